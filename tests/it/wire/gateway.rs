//! Which operation is meant.

use super::*;

const EBS: &str = "2021-07-30";
const POLARDB: &str = "2017-08-01";
const FAILOVER: Operation = Operation::FailoverDiskReplicaPair;

fn outcome(
    action: Option<&str>,
    version: Option<&str>,
    given: &[(&str, &str)],
) -> Result<Operation, GatewayError> {
    let parameters: Parameters = and(least(FAILOVER), given).into_iter().collect();
    match parse(action, version, &parameters) {
        Ok(parsed) => Ok(parsed.request.operation()),
        Err(WireRefusal::Gateway(error)) => Err(error),
        Err(WireRefusal::Refused(refusal)) => panic!("{refusal}"),
    }
}

#[test]
fn action_and_version_come_from_headers_or_parameters_or_both_if_they_agree() {
    let name = FAILOVER.as_str();
    for (action, version, given) in [
        (Some(name), Some(EBS), vec![]),
        (None, None, vec![("Action", name), ("Version", EBS)]),
        (Some(name), None, vec![("Version", EBS)]),
        (None, Some(EBS), vec![("Action", name)]),
        (Some(name), Some(EBS), vec![("Action", name), ("Version", EBS)]),
        (Some(""), Some(""), vec![("Action", name), ("Version", EBS)]),
        (Some(name), Some(EBS), vec![("Action", ""), ("Version", "")]),
    ] {
        assert_eq!(outcome(action, version, &given), Ok(FAILOVER), "{action:?} {version:?} {given:?}");
    }
    let stop = "StopDiskReplicaPair";
    let twice = |parameter| Err(GatewayError::Contradiction { parameter });
    assert_eq!(outcome(Some(stop), Some(EBS), &[("Action", name)]), twice("Action"));
    assert_eq!(outcome(Some(name), Some(EBS), &[("Version", POLARDB)]), twice("Version"));
    assert_eq!(outcome(None, Some(EBS), &[("Action", name), ("Action", stop)]), twice("Action"));
    assert_eq!(outcome(Some(name), Some(EBS), &[("Action", name), ("Action", stop)]), twice("Action"));
}

#[test]
fn the_action_is_looked_at_before_the_version_and_the_version_before_whether_the_product_has_it() {
    assert_eq!(outcome(None, None, &[]), Err(GatewayError::MissingAction));
    assert_eq!(outcome(Some("NoSuch"), None, &[]), Err(GatewayError::MissingVersion));
    let unknown = GatewayError::NoSuchVersion { version: "2014-05-26".into() };
    assert_eq!(outcome(Some("NoSuch"), Some("2014-05-26"), &[]), Err(unknown));
    assert_eq!(outcome(None, Some("2014-05-26"), &[]), Err(GatewayError::MissingAction));
}

#[test]
fn a_real_action_is_told_from_an_unknown_one_and_from_another_products() {
    let unsupported = |product, action| Err(GatewayError::Unsupported { product, action });
    let unknown = |product, action: &str| Err(GatewayError::UnknownAction { product, action: action.into() });
    let of = |action, version| outcome(Some(action), Some(version), &[]);
    assert_eq!(of("DescribeEvents", EBS), unsupported(Product::Ebs, "DescribeEvents"));
    assert_eq!(of("ModifyDBNodeSccMode", POLARDB), unsupported(Product::PolarDb, "ModifyDBNodeSccMode"));
    assert_eq!(of("FailoverDBCluster", EBS), unknown(Product::Ebs, "FailoverDBCluster"));
    assert_eq!(of("ModifyDBNodeSccMode", EBS), unknown(Product::Ebs, "ModifyDBNodeSccMode"));
    assert_eq!(of("FailoverDiskReplicaPair", POLARDB), unknown(Product::PolarDb, "FailoverDiskReplicaPair"));
    for action in ["failoverdiskreplicapair", "FailoverDiskReplicaPair ", "FailoverDiskReplica", "\n", "é"] {
        assert_eq!(of(action, EBS), unknown(Product::Ebs, action));
    }
}

#[test]
fn gateway_errors_have_the_vendors_codes_and_rules_of_the_catalogue() {
    let action = String::from("X");
    let product = Product::Ebs;
    let cases = [
        (GatewayError::MissingAction, 400, "MissingParameter", "Action"),
        (GatewayError::MissingVersion, 400, "MissingParameter", "Version"),
        (GatewayError::Contradiction { parameter: "Action" }, 400, "InvalidParameter", "Action"),
        (GatewayError::NoSuchVersion { version: "1".into() }, 400, "NoSuchVersion", "version"),
        (
            GatewayError::Unsupported { product, action: "CreateApp" },
            400,
            "UnsupportedOperation",
            "CreateApp",
        ),
        (
            GatewayError::UnknownAction { product, action },
            404,
            "InvalidApi.NotFound",
            "Specified api is not found, please check your url and method.",
        ),
    ];
    for (error, status, code, named) in cases {
        let wire = error.wire();
        assert_eq!((wire.status, &*wire.code), (status, code));
        assert!(wire.message.contains(named), "{}", wire.message);
        assert!(
            failover_model::catalogue::rules().iter().any(|rule| rule.id == error.rule()),
            "{}",
            error.rule()
        );
        assert_eq!(WireRefusal::from(error.clone()).wire(), wire);
        assert_eq!(WireRefusal::from(error.clone()).rule(), error.rule());
    }
}

#[test]
fn the_lists_of_actions_are_sorted_and_hold_what_is_modelled() {
    let lists = [
        (Product::Ebs, include_str!("../../../src/wire/actions-ebs.txt")),
        (Product::PolarDb, include_str!("../../../src/wire/actions-polardb.txt")),
    ];
    for (product, list) in lists {
        let names: Vec<&str> = list.split_ascii_whitespace().collect();
        assert!(names.is_sorted_by(|one, two| one < two), "{product:?}");
        let modelled = Operation::ALL.iter().filter(|operation| operation.product() == product);
        for operation in modelled {
            assert!(names.contains(&operation.as_str()), "{operation}");
        }
    }
}
