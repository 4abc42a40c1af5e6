//! How PolarDB spells requests and answers where a first implementation gets it wrong, each as a numbered test. The
//! same numbers in `traps/polardb.rs` are about the control plane.

use std::collections::BTreeSet;

use failover_model::Fresh;
use failover_model::RuleId;
use failover_model::Timestamp;
use failover_model::polardb::{
    Cause, ClusterStatus, Edition, HaLogPage, InstanceType, PolarDbReason, PolarDbRefusal, Switch,
};
use failover_model::text::StatusMessage;
use failover_model::wire::{Body, Format};
use failover_model::{Call, ControlPlane};
use serde_json::{Value, json};

use super::bodies::{NOW, account, answer, as_json, plane};
use super::*;

/// A cluster of a writer, a reader and a column-store node, as pasted.
fn cluster(more: Value) -> Value {
    let mut pasted = json!({
        "DBClusterId": "pc-1", "RegionId": "cn-hangzhou",
        "DBNodes": [{"DBNodeId": "pi-w"}, {"DBNodeId": "pi-a"}, {"DBNodeId": "pi-i", "ImciSwitch": "ON"}],
    });
    pasted.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    pasted
}

/// HTTP status and code of a call that the control plane refuses.
fn denied(plane: &mut ControlPlane, operation: Operation, given: &[(&str, &str)]) -> (u16, String) {
    let parsed = accepted(operation, given);
    let region = parsed.region.unwrap_or_else(|| "cn-hangzhou".parse().unwrap());
    let call = Call { now: NOW, account: account(), region, token: parsed.token };
    let output = plane.call_any(&call, &parsed.request, &Fresh::None).unwrap();
    let error = output.result.unwrap().expect_err("refused").wire();
    (error.status, error.code.to_string())
}

fn wire(refusal: PolarDbRefusal) -> (u16, String) {
    let error = refusal.wire();
    (error.status, error.code.to_string())
}

/// The HTTP status cannot be read off the code.
#[test]
fn rule_8_one_code_has_two_statuses_and_not_found_may_mean_a_class() {
    let malformed = "InvalidDBClusterId.Malformed";
    expect(Operation::FailoverDbCluster, &[("DBClusterId", "?")], 404, malformed);
    expect(Operation::DescribeDbClusterAttribute, &[("DBClusterId", "?")], 400, malformed);
    let (operation, node, rule) =
        (Operation::ModifyDbNodeHotReplicaMode, "pi-a".parse().unwrap(), RuleId::new("P-252"));
    assert_eq!(
        wire(PolarDbReason::HotReplicaClass { node, rule }.of(operation)),
        (404, "InvalidDBInstanceClass.NotFound".into())
    );
}

/// A cluster that is not found has two codes and two sentences.
#[test]
fn rule_9_a_cluster_that_is_not_found_is_told_in_two_ways() {
    let mut plane = plane(&[], &[]);
    let given = [("DBClusterId", "pc-1")];
    assert_eq!(
        denied(&mut plane, Operation::FailoverDbCluster, &given),
        (404, "InvalidDBCluster.NotFound".into())
    );
    let mut config = with(Operation::ModifyDbNodeConfig, "DBClusterId", "pc-1");
    config.sort_unstable();
    assert_eq!(
        denied(&mut plane, Operation::ModifyDbNodeConfig, &config),
        (404, "InvalidDBClusterId.NotFound".into())
    );
    let sentence = |operation| {
        let cluster = "pc-1".parse().unwrap();
        PolarDbReason::ClusterNotFound { cluster }.of(operation).wire().message.into_owned()
    };
    assert!(sentence(Operation::ModifyDbNodeConfig).contains("DBInstanceId"));
    assert!(sentence(Operation::FailoverDbCluster).contains("DBClusterId"));
}

/// An unknown target is malformed, not missing.
#[test]
fn rule_10_an_unknown_or_foreign_target_is_malformed_and_not_not_found() {
    let other = json!({"DBClusterId": "pc-2", "DBNodes": [{"DBNodeId": "pi-2"}, {"DBNodeId": "pi-3"}]});
    let mut plane = plane(&[], &[cluster(json!({})), other]);
    for target in ["pi-unknown", "pi-3"] {
        let given = [("DBClusterId", "pc-1"), ("TargetDBNodeId", target)];
        let found = denied(&mut plane, Operation::FailoverDbCluster, &given);
        assert_eq!(found, (400, "InvalidDBNodeId.Malformed".into()), "{target}");
    }
}

/// Requests and answers spell the same things differently.
#[test]
fn rule_13_requests_and_answers_have_words_of_their_own() {
    let differ = Edition::ALL.iter().filter(|edition| edition.as_creation_category() != edition.as_str());
    assert_eq!(differ.collect::<Vec<_>>(), [&Edition::Archive]);
    let create = |category| and(least(Operation::CreateDbCluster), &[("CreationCategory", category)]);
    accepted(Operation::CreateDbCluster, &create("ArchiveNormal"));
    refused(Operation::CreateDbCluster, &create("Archive"));
    let standby = json!({"DBNodeId": "pi-s", "SubCluster": "Standby"});
    let nodes = json!([{"DBNodeId": "pi-w"}, standby]);
    let mut plane = plane(&[], &[cluster(json!({"Category": "ArchiveNormal", "DBNodes": nodes}))]);
    let attribute = answer(&mut plane, Operation::DescribeDbClusterAttribute, &[("DBClusterId", "pc-1")]);
    let attribute = as_json(Operation::DescribeDbClusterAttribute, &attribute);
    assert_eq!(
        (&attribute["Category"], &attribute["HotStandbyCluster"]),
        (&json!("Archive"), &json!("StandbyClusterON"))
    );
    let list = answer(&mut plane, Operation::DescribeDbClusters, &[("RegionId", "cn-hangzhou")]);
    let list = as_json(Operation::DescribeDbClusters, &list);
    assert_eq!(list["Items"]["DBCluster"][0]["HotStandbyCluster"], "ON");
}

/// Documented spellings are not those of the wire, and a status that nobody has heard of is busy.
#[test]
fn rule_14_statuses_are_an_open_vocabulary_and_class_changed_is_still_busy() {
    for status in ["ClassChanged", "RoleSwitching", "ROLE_SWITCHING", "STORAGE_EXPANDIN", "StorageExpanding"]
    {
        let mut plane = plane(&[], &[cluster(json!({"DBClusterStatus": status}))]);
        let told = answer(&mut plane, Operation::DescribeDbClusterAttribute, &[("DBClusterId", "pc-1")]);
        let told = as_json(Operation::DescribeDbClusterAttribute, &told);
        assert_eq!(told["DBClusterStatus"], status, "as it was spelled");
        let busy = denied(&mut plane, Operation::FailoverDbCluster, &[("DBClusterId", "pc-1")]);
        assert_eq!(busy, (400, "HaStatusNotSupport".into()), "{status}");
    }
    let status = StatusMessage::parse("Unheard").unwrap();
    assert_eq!(ClusterStatus::Busy(status).as_str(), "Unheard");
}

/// The list is nested and lacks what the attribute call has; some numbers are strings.
#[test]
fn rule_15_the_two_describes_differ_in_shape_and_in_types() {
    let mut plane = plane(&[], &[cluster(json!({}))]);
    let attribute = answer(&mut plane, Operation::DescribeDbClusterAttribute, &[("DBClusterId", "pc-1")]);
    let attribute = as_json(Operation::DescribeDbClusterAttribute, &attribute);
    let list = answer(&mut plane, Operation::DescribeDbClusters, &[("RegionId", "cn-hangzhou")]);
    let list = as_json(Operation::DescribeDbClusters, &list);
    let (flat, nested) = (&attribute["DBNodes"][2], &list["Items"]["DBCluster"][0]["DBNodes"]["DBNode"][2]);
    assert_eq!((&flat["FailoverPriority"], &flat["DBNodeStatus"]), (&json!(1), &json!("Running")));
    assert_eq!((nested.get("FailoverPriority"), nested.get("DBNodeStatus")), (None, None));
    assert_eq!((&flat["DBNodeRole"], &nested["DBNodeRole"]), (&json!("Reader"), &json!("ColumnReader")));
    assert_eq!(
        (&attribute["Expired"], &list["Items"]["DBCluster"][0]["Expired"]),
        (&json!("false"), &json!("false"))
    );
    // In the vendor's sample too: integers here, strings there.
    let samples: Value = serde_json::from_str(include_str!("../../fixtures/vendor-samples.json")).unwrap();
    let node = &samples["DescribeDBClusterAttribute"]["json"]["DBNodes"][0];
    assert!(node["FailoverPriority"].is_u64() && node["MaxConnections"].is_u64());
    assert!(
        node["CpuCores"].is_string() && node["MemorySize"].is_string() && node["ServerWeight"].is_string()
    );
}

/// P-602. What is not planned begins at once; what is, needs an end half an hour later.
#[test]
fn rule_19_a_planned_window_is_half_an_hour_and_without_a_start_nothing_is_planned() {
    let restart = |given: &[(&'static str, &'static str)]| and(least(Operation::RestartDbNode), given);
    let plain = accepted(Operation::RestartDbNode, &restart(&[]));
    for given in [[("FromTimeService", "false")], [("FromTimeService", "True")], [("PlannedStartTime", "")]] {
        assert_eq!(accepted(Operation::RestartDbNode, &restart(&given)), plain);
    }
    let (start, soon, later) = ("2026-01-01T10:00:00Z", "2026-01-01T10:29:59Z", "2026-01-01T10:30:00Z");
    for operation in
        [Operation::RestartDbNode, Operation::ModifyDbClusterPrimaryZone, Operation::CreateDbNodes]
    {
        let window = |from, to| and(least(operation), &[("PlannedStartTime", from), ("PlannedEndTime", to)]);
        accepted(operation, &window(start, ""));
        accepted(operation, &window(start, later));
        for (from, to) in [(start, soon), (start, start), ("", later)] {
            expect(operation, &window(from, to), 400, "InvalidPlannedEndTime.Malformed");
        }
    }
}

/// The log of switches says 0 when it has something.
#[test]
fn rule_20_ha_status_is_turned_round() {
    let page = |switches: Vec<Switch>| {
        let page = HaLogPage {
            cluster: "pc-1".parse().unwrap(),
            node: None,
            instance_type: InstanceType::ReadWrite,
            total: switches.len(),
            switches,
            page_number: 1,
            page_size: 10,
        };
        as_json(Operation::DescribeHaLogs, &page.into())["HaStatus"].clone()
    };
    let switch = Switch {
        number: 1,
        cause: Cause::Manual,
        from: "pi-w".parse().unwrap(),
        to: "pi-a".parse().unwrap(),
        started_at: Timestamp::default(),
        finished_at: Timestamp::default(),
    };
    assert_eq!((page(Vec::new()), page(vec![switch])), (json!(1), json!(0)));
}

/// A restart names neither cluster nor token.
#[test]
fn rule_21_a_restart_takes_a_node_and_no_token() {
    let parsed = accepted(Operation::RestartDbNode, &[("DBNodeId", "pi-a"), ("ClientToken", "ä")]);
    assert_eq!(parsed.token, None, "a token that is no token is not even looked at");
    assert!(!Operation::RestartDbNode.takes_token());
    let (.., message) = refused(Operation::RestartDbNode, &[("DBClusterId", "pc-1")]);
    assert!(message.contains("DBNodeId"), "{message}");
    // Restarting the primary is not a failover: nobody takes over.
    let mut plane = plane(&[], &[cluster(json!({}))]);
    answer(&mut plane, Operation::RestartDbNode, &[("DBNodeId", "pi-w")]);
    let cluster = plane.cluster(&"pc-1".parse().unwrap()).unwrap();
    assert!(cluster.failover().is_none());
    assert_eq!(cluster.status().as_str(), "Rebooting");
}

/// ASCII, at most 64, and case counts.
#[test]
fn rule_23_a_token_is_ascii_at_most_64_long_and_its_case_counts() {
    let given = |token| [("DBClusterId", "pc-1"), ("ClientToken", token)];
    let (longest, longer) = ("t".repeat(64), "t".repeat(65));
    accepted(Operation::FailoverDbCluster, &given(&longest));
    for bad in [longer.as_str(), "tökén"] {
        expect(Operation::FailoverDbCluster, &given(bad), 400, "InvalidClientToken.Malformed");
    }
    let upper = accepted(Operation::FailoverDbCluster, &given("Token")).token;
    assert_ne!(upper, accepted(Operation::FailoverDbCluster, &given("token")).token);
    let with_token: BTreeSet<&str> = (Operation::ALL.iter())
        .filter(|operation| operation.product() == Product::PolarDb && operation.takes_token())
        .map(|operation| operation.as_str())
        .collect();
    let listed = [
        "CreateDBCluster",
        "CreateDBNodes",
        "DeleteDBNodes",
        "FailoverDBCluster",
        "FailoverDBClusterZonal",
        "ModifyDBNodeClass",
        "ModifyDBNodesClass",
        "RestartDBNodeZonal",
    ];
    assert_eq!(with_token, listed.into_iter().collect());
}

/// The client of edge clusters polls the zonal describe: it answers as its twin does, under a name of its own.
#[test]
fn the_zonal_describe_answers_as_its_twin() {
    let mut plane = plane(&[], &[cluster(json!({}))]);
    let given = [("DBClusterId", "pc-1")];
    let twins = [Operation::DescribeDbClusterEndpoints, Operation::DescribeDbClusterEndpointsZonal];
    let [one, zonal] = twins.map(|operation| (operation, answer(&mut plane, operation, &given)));
    assert_eq!(as_json(one.0, &one.1), as_json(zonal.0, &zonal.1));
    let [one, zonal] = [Operation::DescribeDbClusterAttribute, Operation::DescribeDbClusterAttributeZonal];
    let (told, zonal_told) = (answer(&mut plane, one, &given), answer(&mut plane, zonal, &given));
    assert_eq!(as_json(one, &told), as_json(zonal, &zonal_told));
    let xml = Body::success(zonal, &zonal_told, "R-1", Format::Xml);
    assert!(xml.text.contains("<DescribeDbClusterAttributeZonalResponse>"), "{}", xml.text);
    expect(zonal, &[("DBClusterId", "?")], 400, "InvalidDBClusterId.Malformed");
}

/// A failover answers with a request id and nothing else: no task, no order, no node.
#[test]
fn rule_6_the_answer_to_a_failover_names_nobody() {
    let mut plane = plane(&[], &[cluster(json!({}))]);
    let answered = answer(&mut plane, Operation::FailoverDbCluster, &[("DBClusterId", "pc-1")]);
    assert_eq!(as_json(Operation::FailoverDbCluster, &answered), json!({"RequestId": "R-1"}));
    let xml = Body::success(Operation::FailoverDbCluster, &answered, "R-1", Format::Xml);
    assert!(
        xml.text
            .ends_with("<FailoverDBClusterResponse><RequestId>R-1</RequestId></FailoverDBClusterResponse>")
    );
}

/// What the list of edge clusters shows of a cluster that the model holds: no nodes, tags without a nesting.
#[test]
fn the_zonal_list_is_flat_and_ends_without_a_token() {
    let tags = json!([{"Key": "team", "Value": "db"}]);
    let mut plane = plane(
        &[],
        &[cluster(json!({"Tags": tags})), json!({"DBClusterId": "pc-2", "DBNodes": [{"DBNodeId": "pi-x"}]})],
    );
    let operation = Operation::DescribeDbClustersZonal;
    let region = ("RegionId", "cn-hangzhou");
    let first = answer(&mut plane, operation, &[region, ("MaxResults", "1")]);
    let first = as_json(operation, &first);
    let token = first["NextToken"].as_str().expect("more to come");
    let item = &first["Items"][0];
    assert_eq!(
        (&item["DBClusterId"], &item["DBNodeNumber"], &item["Tags"]),
        (&json!("pc-1"), &json!(3), &tags)
    );
    assert_eq!((item.get("DBNodes"), item.get("RegionId")), (None, None));
    let counts =
        ["TotalRecordCount", "PageRecordCount", "PageNumber", "MaxResults"].map(|name| first[name].as_u64());
    assert_eq!(counts, [2, 1, 1, 1].map(Some));
    let last = answer(&mut plane, operation, &[region, ("NextToken", token)]);
    let last = as_json(operation, &last);
    assert_eq!((&last["Items"][0]["DBClusterId"], last.get("NextToken")), (&json!("pc-2"), None));
}

/// EBS answers flat lists of regions, PolarDB nested ones; both products have the action, and the version tells which.
#[test]
fn each_product_tells_its_regions_in_its_own_shape() {
    let mut plane = plane(&[], &[]);
    plane.set_regions([("cn-hangzhou".parse().unwrap(), ["cn-hangzhou-h".parse().unwrap()].into())].into());
    let ebs = answer(&mut plane, Operation::DescribeEbsRegions, &[("ResourceType", "ear")]);
    let expected = json!({"RequestId": "R-1", "Regions": [{
        "RegionEndpoint": "ebs.cn-hangzhou.aliyuncs.com", "RegionId": "cn-hangzhou",
        "Zones": [{"ZoneId": "cn-hangzhou-h", "ResourceTypes": ["ear"]}],
    }]});
    assert_eq!(as_json(Operation::DescribeEbsRegions, &ebs), expected);
    let polardb = answer(&mut plane, Operation::DescribePolarDbRegions, &[]);
    let zones = json!({"Zone": [{"ZoneId": "cn-hangzhou-h", "VpcEnabled": true}]});
    let expected =
        json!({"RequestId": "R-1", "Regions": {"Region": [{"RegionId": "cn-hangzhou", "Zones": zones}]}});
    assert_eq!(as_json(Operation::DescribePolarDbRegions, &polardb), expected);
    let xml = Body::success(Operation::DescribePolarDbRegions, &polardb, "R-1", Format::Xml);
    assert!(xml.text.contains("<DescribeRegionsResponse>"), "{}", xml.text);
    // E-715: the region of EBS is the caller's and selects nothing, even if it is none.
    for region in ["cn-beijing", "?"] {
        let given = answer(&mut plane, Operation::DescribeEbsRegions, &[("RegionId", region)]);
        assert_eq!(given, ebs);
    }
}
