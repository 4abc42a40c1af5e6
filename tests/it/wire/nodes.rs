//! The numbered lists of nodes, and the operations on nodes as they come in.

use failover_model::Request;
use failover_model::polardb::{ModifyType, NodeKind, TargetZoneType};

use super::*;

fn request(operation: Operation, given: &[(&str, &str)]) -> Request {
    accepted(operation, given).request
}

const CLUSTER: (&str, &str) = ("DBClusterId", "pc-1");

#[test]
fn new_nodes_come_in_the_order_of_their_numbers_and_gaps_are_skipped() {
    let given = [
        CLUSTER,
        ("DBNode.10.ZoneId", "z-10"),
        ("DBNode.2.TargetClass", "c-2"),
        ("DBNode.2.ZoneId", "z-2"),
        ("DBNode.1.TargetClass", "c-1"),
        ("DBNode.3.TargetClass", ""),
        ("DBNode.04.ZoneId", "no number"),
        ("DBNode.5.Colour", "unknown"),
        ("DBNode.x.ZoneId", "no number"),
    ];
    let Request::CreateDbNodes(create) = request(Operation::CreateDbNodes, &given) else { panic!() };
    let told = |node: &failover_model::polardb::NewNode| {
        let (class, zone) = (node.class.as_ref(), node.zone.as_ref());
        (class.map(ToString::to_string), zone.map(ToString::to_string))
    };
    let own = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let expected = [("c-1", ""), ("c-2", "z-2"), ("", "z-10")];
    let expected: Vec<_> = expected.iter().map(|(class, zone)| (own(class), own(zone))).collect();
    assert_eq!(create.nodes.iter().map(told).collect::<Vec<_>>(), expected);
    assert_eq!(create.kind, NodeKind::Ordinary);
}

#[test]
fn the_kind_of_new_nodes_is_their_type_or_the_column_store() {
    for (given, kind) in [
        (vec![("DBNodeType", "RO")], NodeKind::Ordinary),
        (vec![("ImciSwitch", "ON")], NodeKind::ColumnStore),
        (vec![("DBNodeType", "STANDBY")], NodeKind::Standby),
        (vec![("DBNodeType", "DLNode")], NodeKind::Ai),
    ] {
        let given = and(least(Operation::CreateDbNodes), &given);
        let Request::CreateDbNodes(create) = request(Operation::CreateDbNodes, &given) else { panic!() };
        assert_eq!(create.kind, kind);
    }
}

/// P-211, by the highest number, as for every list (W-023).
#[test]
fn a_list_has_an_entry_and_no_more_than_fifteen() {
    let lists = [
        (Operation::CreateDbNodes, "DBNode", "DBNode.#.ZoneId"),
        (Operation::ModifyDbNodesClass, "DBNode", "DBNode.#.DBNodeId"),
        (Operation::DeleteDbNodes, "DBNodeId", "DBNodeId.#"),
    ];
    for (operation, list, entry) in lists {
        let mut none: Given<'_> = least(operation);
        none.retain(|(name, _)| !name.starts_with(list));
        let (status, code, message) = refused(operation, &none);
        assert_eq!((status, code.as_str()), (400, "MissingParameter"), "{operation}");
        assert!(message.contains(list), "{message}");
        for number in ["16", "4294967296", "99999999999999999999999"] {
            let name = entry.replace("#", number);
            expect(operation, &and(least(operation), &[(&name, "x")]), 400, "InvalidDBNodeNum.Malformed");
        }
    }
    let fifteen = and(least(Operation::DeleteDbNodes), &[("DBNodeId.15", "pi-15")]);
    accepted(Operation::DeleteDbNodes, &fifteen);
}

#[test]
fn a_bad_entry_names_the_list_and_one_given_twice_is_bad() {
    let code = "InvalidDBNode.Malformed";
    for (operation, name) in [
        (Operation::CreateDbNodes, "DBNode.1.TargetClass"),
        (Operation::CreateDbNodes, "DBNode.1.ZoneId"),
        (Operation::ModifyDbNodesClass, "DBNode.1.DBNodeId"),
        (Operation::ModifyDbNodesClass, "DBNode.1.TargetClass"),
        (Operation::DeleteDbNodes, "DBNodeId.1"),
    ] {
        let (status, found, message) = refused(operation, &with(operation, name, "a b"));
        assert_eq!((status, found.as_str()), (400, code), "{operation} {name}");
        assert!(message.contains("DBNode.N"), "{message}");
        let twice = and(without(operation, name), &[(name, "x"), (name, "y")]);
        expect(operation, &twice, 400, code);
    }
    for half in ["DBNode.2.DBNodeId", "DBNode.2.TargetClass"] {
        let given = and(least(Operation::ModifyDbNodesClass), &[(half, "x")]);
        expect(Operation::ModifyDbNodesClass, &given, 400, code);
    }
}

#[test]
fn each_operation_on_nodes_is_read_as_it_is_meant() {
    let Request::DeleteDbNodes(delete) =
        request(Operation::DeleteDbNodes, &[CLUSTER, ("DBNodeId.2", "pi-2"), ("DBNodeId.1", "pi-9")])
    else {
        panic!()
    };
    assert_eq!(delete.nodes.iter().map(|node| node.as_str()).collect::<Vec<_>>(), ["pi-9", "pi-2"]);
    let Request::ModifyDbNodesClass(classes) =
        request(Operation::ModifyDbNodesClass, &least(Operation::ModifyDbNodesClass))
    else {
        panic!()
    };
    assert_eq!((classes.modify_type, classes.nodes.len()), (ModifyType::Upgrade, 1));
    assert_eq!(classes.nodes[0].class.as_str(), "polar.mysql.x8.large");
    let down = with(Operation::ModifyDbNodeClass, "ModifyType", "Downgrade");
    let Request::ModifyDbNodeClass(class) = request(Operation::ModifyDbNodeClass, &down) else { panic!() };
    assert_eq!((class.modify_type, class.ai_nodes), (ModifyType::Downgrade, false));
    let off = with(Operation::ModifyDbNodeHotReplicaMode, "HotReplicaMode", "OFF");
    let Request::ModifyDbNodeHotReplicaMode(hot) = request(Operation::ModifyDbNodeHotReplicaMode, &off)
    else {
        panic!()
    };
    assert!(!hot.on);
    let standby = with(Operation::ModifyDbClusterPrimaryZone, "ZoneType", "Standby");
    let Request::ModifyDbClusterPrimaryZone(zone) = request(Operation::ModifyDbClusterPrimaryZone, &standby)
    else {
        panic!()
    };
    assert_eq!((zone.zone_type, zone.vswitch), (TargetZoneType::Standby, None));
    let lock = with(Operation::ModifyDbClusterDeletion, "Protection", "True");
    let Request::ModifyDbClusterDeletion(lock) = request(Operation::ModifyDbClusterDeletion, &lock) else {
        panic!()
    };
    assert!(lock.protection);
    let zonal = [CLUSTER, ("TargetDBNodeId", "pi-1"), ("TargetZoneType", "Standby")];
    let Request::FailoverDbClusterZonal(zonal) = request(Operation::FailoverDbClusterZonal, &zonal) else {
        panic!()
    };
    assert_eq!(zonal.0.target_zone_type, TargetZoneType::Standby);
}

/// What a token's second request must not differ in, the model holding nothing for it.
#[test]
fn what_the_model_does_not_use_counts_for_the_token_all_the_same() {
    for operation in [Operation::CreateDbNodes, Operation::ModifyDbNodeClass, Operation::ModifyDbNodesClass] {
        let plain = request(operation, &least(operation));
        for (name, value) in [("PlannedStartTime", "2026-01-01T00:00:00Z"), ("PromotionCode", "x")] {
            assert_ne!(request(operation, &with(operation, name, value)), plain, "{operation} {name}");
        }
    }
}
