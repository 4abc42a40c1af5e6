//! What is written by a creation or a change of a cluster and read back by a describe, as public clients do.

use failover_model::{Call, ControlPlane, EffectId, Fresh, FreshCluster, Outcome, Report};
use serde_json::{Value, json};

use super::bodies::{NOW, account, answer, as_json, enter, entered};
use super::*;

const CREATE: Operation = Operation::CreateDbCluster;
const ATTRIBUTE: Operation = Operation::DescribeDbClusterAttribute;

/// Makes a call, whose ids are these; the status and code of a refusal.
fn made(plane: &mut ControlPlane, operation: Operation, given: &[(&str, &str)]) -> Result<(), (u16, String)> {
    let parsed = accepted(operation, given);
    let region = parsed.region.unwrap_or_else(|| "cn-hangzhou".parse().unwrap());
    let nodes = match &parsed.request {
        Request::CreateDbCluster(create) => create.node_number,
        _ => 0,
    };
    let fresh = match operation {
        CREATE => Fresh::Cluster(FreshCluster {
            cluster: "pc-1".parse().unwrap(),
            nodes: (0..nodes).map(|node| format!("pi-{node}").parse().unwrap()).collect(),
            order: "o-1".parse().unwrap(),
        }),
        _ => Fresh::Order("o-1".parse().unwrap()),
    };
    let call = Call { now: NOW, account: account(), region, token: None };
    let output = plane.call_any(&call, &parsed.request, &fresh).unwrap();
    output
        .result
        .unwrap()
        .map(drop)
        .map_err(|refusal| (refusal.wire().status, refusal.wire().code.to_string()))
}

fn create(more: &[(&'static str, &'static str)]) -> Given<'static> {
    let mut given = least(CREATE);
    given.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    and(given, more)
}

fn created(more: &[(&'static str, &'static str)]) -> ControlPlane {
    let mut plane = ControlPlane::new(failover_model::Policy::default());
    made(&mut plane, CREATE, &create(more)).unwrap();
    let _ = plane.report(NOW, &Report::Outcome { id: EffectId(1), outcome: Outcome::Succeeded }).unwrap();
    plane
}

/// What both describes show of the only cluster.
fn shown(plane: &mut ControlPlane) -> (Value, Value) {
    let attribute = answer(plane, ATTRIBUTE, &[("DBClusterId", "pc-1")]);
    let list = answer(plane, Operation::DescribeDbClusters, &[("RegionId", "cn-hangzhou")]);
    let list = as_json(Operation::DescribeDbClusters, &list)["Items"]["DBCluster"][0].clone();
    (as_json(ATTRIBUTE, &attribute), list)
}

/// P-623.
#[test]
fn what_a_creation_gives_both_describes_show() {
    let mut plane = created(&[
        ("VPCId", "vpc-1"),
        ("VSwitchId", "vsw-1"),
        ("StoragePayType", "Postpaid"),
        ("StrictConsistency", "ON"),
        ("Architecture", "X86"),
        ("ServerlessType", "AgileServerless"),
        ("ScaleMax", "8"),
    ]);
    let (attribute, list) = shown(&mut plane);
    for (name, in_list, value) in [
        ("VPCId", "VpcId", "vpc-1"),
        ("VSwitchId", "VswitchId", "vsw-1"),
        ("StoragePayType", "StoragePayType", "Postpaid"),
        ("StrictConsistency", "StrictConsistency", "ON"),
        ("ServerlessType", "ServerlessType", "AgileServerless"),
        ("DBClusterNetworkType", "DBClusterNetworkType", "VPC"),
    ] {
        assert_eq!((&attribute[name], &list[in_list]), (&json!(value), &json!(value)), "{name}");
    }
    assert_eq!(attribute["Architecture"], "X86");
    assert_eq!(attribute["DBNodes"][0]["ServerlessType"], "AgileServerless");
    assert_eq!(list["DBNodes"]["DBNode"][0]["Serverless"], "ON");
    let (plain, _) = shown(&mut created(&[]));
    assert_eq!(
        (plain.get("VPCId"), plain.get("ExpireTime"), plain.get("ServerlessType")),
        (None, None, None)
    );
    assert_eq!((&plain["StandbyHAMode"], &plain["DataSyncMode"]), (&json!("ON"), &json!("AsyncSync")));
}

/// P-623: so does what answers of elsewhere say, in the spelling of either call.
#[test]
fn what_is_pasted_is_shown_again() {
    let fields = json!({
        "DBClusterId": "pc-1", "RegionId": "cn-hangzhou", "VPCId": "vpc-1", "VSwitchId": "vsw-1",
        "MaintainTime": "18:00Z-19:00Z", "ExpireTime": "2027-01-01T00:00:00Z", "StrictConsistency": "ON",
        "StandbyHAMode": "OFF", "DataSyncMode": "SemiSync", "HotStandbyCluster": "StandbyClusterON",
        "ServerlessType": "SteadyServerless", "DBNodes": [{ "DBNodeId": "pi-1", "DBNodeRole": "Writer" }],
    });
    let (mut plane, entered_fields) = entered(&json!({ "Clusters": [fields] }));
    assert_eq!((entered_fields.ignored, entered_fields.left_out.len()), (vec![], 0));
    let (attribute, list) = shown(&mut plane);
    for (name, value) in fields.as_object().unwrap().iter().filter(|(name, _)| *name != "DBNodes") {
        assert_eq!(attribute[name], *value, "{name}");
    }
    assert_eq!((&list["VpcId"], &list["VswitchId"]), (&json!("vpc-1"), &json!("vsw-1")));
    let (mut plane, again) = entered(&list);
    assert_eq!(again.ignored, Vec::<String>::new());
    assert_eq!(shown(&mut plane).0["VPCId"], "vpc-1");
    // A drill that was under way elsewhere says nothing about the mode.
    let (_, drilled) = entered(&json!({ "Clusters": [{
        "DBClusterId": "pc-1", "StandbyHAMode": "0", "HotStandbyCluster": "StandbyClusterON",
        "DBNodes": [{ "DBNodeId": "pi-1", "DBNodeRole": "Writer" }],
    }] }));
    assert_eq!(drilled.ignored, ["Clusters[0].StandbyHAMode"]);
    // Words of tomorrow are told and lock nothing out.
    let (_, newer) = entered(&json!({ "Clusters": [{
        "DBClusterId": "pc-1", "StandbyHAMode": "AUTO", "DataSyncMode": "Sync", "ServerlessType": "New",
        "StrictConsistency": "MAYBE", "HotStandbyCluster": "StandbyClusterON",
        "DBNodes": [{ "DBNodeId": "pi-1", "DBNodeRole": "Writer" }],
    }] }));
    assert_eq!(newer.left_out, []);
    let fields = ["DataSyncMode", "ServerlessType", "StandbyHAMode", "StrictConsistency"];
    assert_eq!(newer.ignored, fields.map(|field| format!("Clusters[0].{field}")));
}

/// P-261, P-623.
#[test]
fn a_move_of_the_primary_zone_gives_the_new_vswitch() {
    let mut plane = created(&[("VPCId", "vpc-1"), ("VSwitchId", "vsw-1")]);
    let moved = [("DBClusterId", "pc-1"), ("ZoneId", "cn-hangzhou-h"), ("VSwitchId", "vsw-2")];
    made(&mut plane, Operation::ModifyDbClusterPrimaryZone, &moved).unwrap();
    assert_eq!(shown(&mut plane).0["VSwitchId"], "vsw-1");
    let _ = plane.report(NOW, &Report::Outcome { id: EffectId(2), outcome: Outcome::Succeeded }).unwrap();
    assert_eq!(shown(&mut plane).0["VSwitchId"], "vsw-2");
}

/// P-629.
#[test]
fn the_hour_of_maintenance_is_set_and_shown() {
    let mut plane = created(&[]);
    assert_eq!(shown(&mut plane).0.get("MaintainTime"), None);
    for window in ["16:00Z-17:00Z", "23:00Z-00:00Z"] {
        let given = [("DBClusterId", "pc-1"), ("MaintainTime", window)];
        made(&mut plane, Operation::ModifyDbClusterMaintainTime, &given).unwrap();
        assert_eq!(shown(&mut plane).0["MaintainTime"], window);
    }
}

/// P-188, P-189.
#[test]
fn what_a_change_of_the_standby_cluster_sets_is_shown() {
    let mut plane = created(&[]);
    let modify = [("DBClusterId", "pc-1"), ("StandbyHAMode", "OFF"), ("DataSyncMode", "SemiSync")];
    made(&mut plane, Operation::ModifyDbCluster, &modify).unwrap();
    let (attribute, _) = shown(&mut plane);
    assert_eq!(
        (&attribute["StandbyHAMode"], &attribute["DataSyncMode"]),
        (&json!("OFF"), &json!("SemiSync"))
    );
    let equal = [("DBClusterId", "pc-1"), ("HotStandbyCluster", "equal"), ("StandbyAZ", "cn-hangzhou-b")];
    made(&mut plane, Operation::ModifyDbClusterArch, &equal).unwrap();
    let _ = plane.report(NOW, &Report::Outcome { id: EffectId(2), outcome: Outcome::Succeeded }).unwrap();
    assert_eq!(shown(&mut plane).0["HotStandbyCluster"], "equal");
}

/// P-187: the words of each describe for what stands by, and the clusters of the nodes.
#[test]
fn what_stands_by_is_shown_in_the_words_of_each_describe() {
    let cases: [(&[(&'static str, &'static str)], _, _, _); 4] = [
        (&[], "StandbyClusterON", "ON", json!("Primary")),
        (&[("HotStandbyCluster", "ON")], "StandbyClusterON", "ON", json!("Primary")),
        (&[("HotStandbyCluster", "EQUAL"), ("StandbyAZ", "cn-hangzhou-b")], "equal", "ON", json!("Primary")),
        (&[("HotStandbyCluster", "OFF")], "StandbyClusterOFF", "OFF", Value::Null),
    ];
    for (more, whole, in_list, of_nodes) in cases {
        let (attribute, list) = shown(&mut created(more));
        assert_eq!(
            (&attribute["HotStandbyCluster"], &list["HotStandbyCluster"]),
            (&json!(whole), &json!(in_list))
        );
        for node in attribute["DBNodes"].as_array().unwrap() {
            assert_eq!(node["SubCluster"], of_nodes, "{more:?}");
        }
    }
}

/// P-627.
#[test]
fn postgresql_and_oracle_spell_a_move_in_capitals() {
    for (engine, version, spelled) in
        [("MySQL", "8.0", "Transing"), ("PostgreSQL", "14", "TRANSING"), ("Oracle", "11", "TRANSING")]
    {
        let mut plane = ControlPlane::new(failover_model::Policy::default());
        made(&mut plane, CREATE, &create(&[("DBType", engine), ("DBVersion", version)])).unwrap();
        let _ = plane.report(NOW, &Report::Outcome { id: EffectId(1), outcome: Outcome::Succeeded }).unwrap();
        let moved = [("DBClusterId", "pc-1"), ("ZoneId", "cn-hangzhou-h"), ("VSwitchId", "vsw-2")];
        made(&mut plane, Operation::ModifyDbClusterPrimaryZone, &moved).unwrap();
        let (attribute, list) = shown(&mut plane);
        assert_eq!(
            (&attribute["DBClusterStatus"], &list["DBClusterStatus"]),
            (&json!(spelled), &json!(spelled))
        );
        for operation in [Operation::DescribeDbClusters, Operation::DescribeDbClustersZonal] {
            for (status, found) in [(spelled, 1), ("Running", 0)] {
                let given = [("RegionId", "cn-hangzhou"), ("DBClusterStatus", status)];
                let list = answer(&mut plane, operation, &given);
                assert_eq!(as_json(operation, &list)["TotalRecordCount"], found, "{operation} {status}");
            }
        }
        let zonal = answer(&mut plane, Operation::DescribeDbClustersZonal, &[("RegionId", "cn-hangzhou")]);
        let zonal = as_json(Operation::DescribeDbClustersZonal, &zonal);
        assert_eq!(zonal["Items"][0]["DBClusterStatus"], spelled);
        // And of a cluster in a network.
        let network =
            json!({ "GDNId": "gdn-1", "DBClusters": [{ "DBClusterId": "pc-1", "Role": "primary" }] });
        let told = enter(&mut plane, &json!({ "Items": [network] }));
        assert_eq!((told.left_out.len(), told.networks.len()), (0, 1));
        let network = answer(&mut plane, Operation::DescribeGlobalDatabaseNetwork, &[("GDNId", "gdn-1")]);
        let network = as_json(Operation::DescribeGlobalDatabaseNetwork, &network);
        assert_eq!(network["DBClusters"][0]["DBClusterStatus"], spelled);
    }
}

/// P-621.
#[test]
fn a_subscription_says_for_how_long_and_shows_its_end() {
    let prepaid = |more: &[(&'static str, &'static str)]| and(create(&[("PayType", "Prepaid")]), more);
    expect(CREATE, &prepaid(&[]), 400, "MissingParameter");
    expect(CREATE, &prepaid(&[("Period", "Month")]), 400, "MissingParameter");
    expect(CREATE, &prepaid(&[("Period", "Week"), ("UsedTime", "1")]), 400, "InvalidPeriod.Malformed");
    expect(CREATE, &prepaid(&[("Period", "Month"), ("UsedTime", "10")]), 400, "InvalidUsedTime.Malformed");
    expect(CREATE, &prepaid(&[("Period", "Year"), ("UsedTime", "4")]), 400, "InvalidUsedTime.Malformed");
    for (period, used, expires) in
        [("Month", "2", "2026-03-01T00:00:00Z"), ("Year", "3", "2029-01-01T00:00:00Z")]
    {
        let mut plane = created(&[("PayType", "Prepaid"), ("Period", period), ("UsedTime", used)]);
        let (attribute, list) = shown(&mut plane);
        assert_eq!((&attribute["ExpireTime"], &list["ExpireTime"]), (&json!(expires), &json!(expires)));
    }
    // Pay as you go reads neither.
    let mut plane = created(&[("Period", "Week"), ("UsedTime", "x")]);
    assert_eq!(shown(&mut plane).0.get("ExpireTime"), None);
}

/// P-300, P-621.
#[test]
fn the_list_takes_the_age_and_the_end_of_a_cluster() {
    let mut plane = created(&[("PayType", "Prepaid"), ("Period", "Month"), ("UsedTime", "1")]);
    let mut found = |now, name: &str, days: &str| {
        let parsed = accepted(Operation::DescribeDbClusters, &[("RegionId", "cn-hangzhou"), (name, days)]);
        let call = Call { now, account: account(), region: parsed.region.unwrap(), token: None };
        let output = plane.call_any(&call, &parsed.request, &Fresh::None).unwrap();
        as_json(Operation::DescribeDbClusters, &output.result.unwrap().unwrap())["TotalRecordCount"].clone()
    };
    let day = failover_model::Span::from_secs(86_400);
    assert_eq!(found(NOW, "RecentCreationInterval", "0"), 1);
    assert_eq!(found(NOW, "RecentExpirationInterval", "15"), 0);
    assert_eq!(found(NOW.after(day), "RecentCreationInterval", "1"), 1);
    let later = (0..20).fold(NOW, |at, _| at.after(day));
    assert_eq!(found(later, "RecentCreationInterval", "15"), 0);
    assert_eq!(found(later, "RecentExpirationInterval", "15"), 1);
    for name in ["RecentCreationInterval", "RecentExpirationInterval"] {
        let code = format!("Invalid{name}.Malformed");
        expect(Operation::DescribeDbClusters, &[("RegionId", "cn-hangzhou"), (name, "16")], 400, &code);
    }
}

/// P-011, P-620, P-622, P-624.
#[test]
fn what_does_not_fit_is_refused_at_creation() {
    let refused = |more: &[(&'static str, &'static str)]| {
        made(&mut ControlPlane::new(failover_model::Policy::default()), CREATE, &create(more)).unwrap_err()
    };
    assert_eq!(refused(&[("ZoneId", "cn-beijing-a")]), (400, "Location.FailedGetSubDomain".into()));
    assert_eq!(refused(&[("VPCId", "vpc-1")]), (400, "MissingParameter".into()));
    assert_eq!(refused(&[("ServerlessType", "AgileServerless")]), (400, "InvalidScaleMax.Malformed".into()));
    for (name, bad) in [
        ("BackupRetentionPolicyOnClusterDeletion", "SOME"),
        ("LowerCaseTableNames", "2"),
        ("DefaultTimeZone", "-13:00"),
        ("DefaultTimeZone", "+08:30"),
        ("DefaultTimeZone", "ÄÖ:00"),
    ] {
        expect(CREATE, &create(&[(name, bad)]), 400, &format!("Invalid{name}.Malformed"));
        // They are MySQL's.
        accepted(CREATE, &create(&[("DBType", "Oracle"), ("DBVersion", "11"), (name, bad)]));
    }
    for zone in ["SYSTEM", "+08:00", "-12:00", "13:00"] {
        accepted(CREATE, &create(&[("DefaultTimeZone", zone)]));
    }
    // So is the number of nodes.
    let number = |engine, version| {
        let given = create(&[("DBType", engine), ("DBVersion", version), ("DBNodeNum", "3")]);
        match accepted(CREATE, &given).request {
            Request::CreateDbCluster(request) => request.node_number,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((number("MySQL", "8.0"), number("PostgreSQL", "14"), number("Oracle", "14")), (3, 2, 2));
}

/// P-625, P-626.
#[test]
fn a_serverless_cluster_and_one_over_three_zones_keep_their_nodes() {
    let add = [("DBClusterId", "pc-1"), ("DBNode.1.TargetClass", "polar.mysql.x4.medium")];
    let remove = [("DBClusterId", "pc-1"), ("DBNodeId.1", "pi-2")];
    let resize =
        [("DBClusterId", "pc-1"), ("ModifyType", "Upgrade"), ("DBNodeTargetClass", "polar.mysql.x8.large")];
    let three = ("DBNodeNum", "3");
    let mut serverless = created(&[three, ("ServerlessType", "AgileServerless"), ("ScaleMax", "8")]);
    let denied = Err((403, "OperationDenied.ServerlessDbNode".into()));
    assert_eq!(made(&mut serverless, Operation::CreateDbNodes, &add), denied);
    assert_eq!(made(&mut serverless, Operation::DeleteDbNodes, &remove), denied);
    let mut strict = created(&[three, ("StrictConsistency", "ON")]);
    for (operation, given, name) in [
        (Operation::CreateDbNodes, add.as_slice(), "CreateDBNodes"),
        (Operation::DeleteDbNodes, remove.as_slice(), "DeleteDBNodes"),
        (Operation::ModifyDbNodeClass, resize.as_slice(), "ModifyDBNodeClass"),
    ] {
        let code = format!("OperationDenied.{name}WithStrictConsistencyOn");
        assert_eq!(made(&mut strict, operation, given), Err((400, code)));
    }
    // One that scales beyond its class keeps nodes that are asked for.
    let steady = json!({
        "DBClusterId": "pc-1", "ServerlessType": "SteadyServerless",
        "DBNodes": [{ "DBNodeId": "pi-0" }, { "DBNodeId": "pi-1" }, { "DBNodeId": "pi-2" }],
    });
    let (mut plane, _) = entered(&json!({ "Clusters": [steady] }));
    assert_eq!(made(&mut plane, Operation::DeleteDbNodes, &remove), Ok(()));
}
