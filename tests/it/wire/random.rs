//! Random parameters: nothing panics, order does not count, and what is valid comes back.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use failover_model::polardb::{FailoverDbCluster, TargetZoneType};
use failover_model::wire::{Body, Format};

use super::samples::xml_leaves;
use super::*;

const NAMES: &[&str] = &[
    "Action",
    "Version",
    "RegionId",
    "ReplicaPairId",
    "ClientToken",
    "OneShot",
    "ReverseReplicate",
    "PairIds",
    "NextToken",
    "MaxResults",
    "PageNumber",
    "PageSize",
    "Site",
    "ChargeType",
    "Period",
    "PeriodUnit",
    "Bandwidth",
    "RPO",
    "DiskId",
    "DestinationDiskId",
    "SourceZoneId",
    "DestinationZoneId",
    "DestinationRegionId",
    "Tag.1.Key",
    "Tag.1.Value",
    "Tag.21.Key",
    "Tag.",
    "Tag.18446744073709551616.Value",
    "DBClusterId",
    "TargetDBNodeId",
    "DBType",
    "DBVersion",
    "DBNodeClass",
    "PayType",
    "DBNodeNum",
    "CreationCategory",
    "HotStandbyCluster",
    "StandbyAZ",
    "ConfigName",
    "ConfigValue",
    "DBNodeId",
    "DBClusterIds",
    "VPCId",
    "PairName",
    "Description",
    "EnableRtc",
    "ResourceType",
    "ResourceId",
    "ResourceId.1",
    "ResourceId.51",
    "TagKey.1",
    "TagKey.01",
    "All",
    "NewResourceGroupId",
];

const VALUES: &[&str] = &[
    "",
    "cn-hangzhou",
    "pair-1",
    "True",
    "false",
    "1",
    "900",
    "PREPAY",
    "10240",
    "MySQL",
    "8.0",
    "Postpaid",
    "SENormal",
    "DiskReplicaPair",
    "FailoverPriority",
    "15",
    "16",
    "-1",
    ",",
    "a,b",
    "18446744073709551616",
    "ä",
    "\u{0}",
    "https://x",
];

fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![8 => select(NAMES).prop_map(String::from), 1 => any::<String>(), 1 => "Tag\\.[0-9]{1,3}\\.(Key|Value)"];
    let value = prop_oneof![4 => select(VALUES).prop_map(String::from), 1 => any::<String>()];
    vec((name, value), 0..30)
}

fn id() -> impl Strategy<Value = String> {
    "[A-Za-z0-9_.:*-]{1,128}"
}

/// `true` or `false`, in any case.
fn flag() -> impl Strategy<Value = (bool, String)> {
    (any::<bool>(), any::<u8>()).prop_map(|(flag, case)| {
        let mut text = flag.to_string();
        for (at, byte) in text.clone().bytes().enumerate() {
            if case & (1 << at) != 0 {
                text.replace_range(at..=at, &char::from(byte.to_ascii_uppercase()).to_string());
            }
        }
        (flag, text)
    })
}

proptest! {
    #![proptest_config(suite!("wire", 2_000))]

    #[test]
    fn parsing_never_panics_and_does_not_depend_on_order(
        operation in prop::option::weighted(0.95, select(Operation::ALL)),
        mut pairs in pairs(),
        complete in any::<bool>(),
    ) {
        if let (Some(operation), true) = (operation, complete) {
            let least = least(operation);
            pairs.retain(|(name, _)| !least.iter().any(|(found, _)| found == name));
            pairs.extend(least.into_iter().map(|(name, value)| (name.into(), value.into())));
        }
        let action = operation.map(Operation::as_str);
        let version = operation.map(|operation| operation.product().version());
        let parameters: Parameters = pairs.iter().cloned().collect();
        let reversed: Parameters = pairs.iter().rev().cloned().collect();
        let parsed = parse(action, version, &parameters);
        prop_assert_eq!(&parsed, &parse(action, version, &reversed));
        match parsed {
            Ok(parsed) => prop_assert!(operation.is_none_or(|operation| operation == parsed.request.operation())),
            Err(refusal) => {
                let error = refusal.wire();
                prop_assert!((400..500).contains(&error.status));
                for format in [Format::Json, Format::Xml] {
                    let once = Body::error(&error, None, "R", "H", format);
                    prop_assert_eq!(&once, &Body::error(&error, None, "R", "H", format));
                    if format == Format::Xml {
                        prop_assert_eq!(xml_leaves(&once.text).len(), 5);
                    }
                }
            }
        }
    }

    #[test]
    fn a_failover_comes_out_as_it_was_asked(
        cluster in id(),
        target in prop::option::of(id()),
        (roll_back_for_disaster, spelled) in flag(),
        token in "[ -~]{0,64}",
        standby in any::<bool>(),
        in_headers in any::<bool>(),
    ) {
        let operation = Operation::FailoverDbCluster;
        let (action, version) = (operation.as_str(), operation.product().version());
        let mut parameters: Parameters = [
            ("DBClusterId", cluster.as_str()),
            ("TargetDBNodeId", target.as_deref().unwrap_or("")),
            ("RollBackForDisaster", &spelled),
            ("ClientToken", &token),
            ("TargetZoneType", if standby { "Standby" } else { "Primary" }),
        ].into_iter().collect();
        let parsed = if in_headers {
            parse(Some(action), Some(version), &parameters)
        } else {
            parameters.extend([("Action", action), ("Version", version)]);
            parse(None, None, &parameters)
        };
        let expected = with!(FailoverDbCluster::new(cluster.parse().unwrap()).roll_back_for_disaster(roll_back_for_disaster).target_zone_type(if standby { TargetZoneType::Standby } else { TargetZoneType::Primary }), target = target.map(|target| target.parse().unwrap()));
        let parsed = parsed.unwrap();
        prop_assert_eq!(parsed.request, expected.into());
        prop_assert_eq!(parsed.region, None);
        let found = parsed.token.as_ref().map_or("", |token| token.as_str());
        prop_assert_eq!(found, token.as_str());
    }

    /// W-032.
    #[test]
    fn any_text_survives_xml_but_for_what_xml_cannot_carry(message in any::<String>(), odd in "[\u{0}-\u{ff}\u{fffd}-\u{ffff}]{0,20}") {
        let message = message + &odd;
        let error = failover_model::WireError {
            status: 400,
            code: "C".into(),
            message: message.clone().into(),
            basis: failover_model::Basis::Inferred,
        };
        let xml = Body::error(&error, None, "R", "H", Format::Xml);
        let carried = |c: char| !matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
        let expected: String = message.chars().map(|c| if carried(c) { c } else { '\u{fffd}' }).collect();
        prop_assert_eq!(&xml_leaves(&xml.text)[3].1, &expected);
    }
}
