//! Zones and regions that go down, groups and drills, over HTTP.

mod support;

use serde_json::{Value, json};
use support::{EBS, Server, form, text};

const HERE: &str = "cn-shanghai";
const THERE: &str = "cn-beijing";

/// A pair whose disks lie in these two zones, seeded.
fn seed_pair(server: &Server, id: &str, zones: (&str, &str), regions: (&str, &str)) {
    let pair = json!({
        "ReplicaPairId": id, "Status": "normal", "LastRecoverPoint": 1_767_225_000,
        "SourceRegion": regions.0, "SourceZoneId": zones.0, "SourceDiskId": format!("s-{id}"),
        "DestinationRegion": regions.1, "DestinationZoneId": zones.1, "DestinationDiskId": format!("t-{id}"),
    });
    server.post("seed", &json!({ "ReplicaPairs": [pair] })).ok();
}

fn up(server: &Server) -> Vec<(String, bool)> {
    let disks = server.get("disks").ok();
    let disks = disks["disks"].as_array().expect("disks").iter();
    disks.map(|disk| (text(disk, "/id"), disk["up"].as_bool().expect("a flag"))).collect()
}

#[test]
fn a_zone_takes_its_disks_down_and_brings_them_back() {
    let server = Server::manual();
    seed_pair(&server, "pair-1", ("cn-shanghai-a", "cn-shanghai-b"), (HERE, HERE));
    seed_pair(&server, "pair-2", ("cn-shanghai-b", "cn-beijing-a"), (HERE, THERE));
    let zone = |up: bool| json!({ "kind": "zone", "zone": "cn-shanghai-b", "up": up });
    server.fault(zone(false));
    let disk = |id: &str, up| (String::from(id), up);
    let down =
        [disk("s-pair-1", true), disk("s-pair-2", false), disk("t-pair-1", false), disk("t-pair-2", true)];
    assert_eq!(up(&server), down);
    assert_eq!(server.get("faults").ok(), json!({ "faults": [] }), "what is seen is not planned");
    // A down disk makes copies fail and failover too; the relation stays valid.
    server.advance(900_000 + 5_000);
    assert!(server.kinds("resource=pair-1").contains(&"copy_failed".into()));
    server.fault(zone(true));
    assert!(up(&server).iter().all(|(_, up)| *up));
}

#[test]
fn a_region_without_its_api_answers_nothing_until_it_is_back() {
    let server = Server::manual();
    seed_pair(&server, "pair-1", ("cn-shanghai-a", "cn-beijing-a"), (HERE, THERE));
    let id = server.fault(json!({ "kind": "region", "region": HERE, "up": false, "api": false }));
    assert_eq!(up(&server), [("s-pair-1".into(), false), ("t-pair-1".into(), true)]);
    let listed = json!({ "faults": [{ "id": id, "kind": "silence", "region": HERE, "times": null }] });
    assert_eq!(server.get("faults").ok(), listed);
    let ask = |region: &str| {
        let action = [("Action", "DescribeDiskReplicaPairs"), ("Version", EBS), ("RegionId", region)];
        server.raw(&server.bytes("GET", &format!("/?{}", form(&action)), &[], b""))
    };
    assert_eq!(ask(HERE), b"", "the connection is closed without an answer");
    let last = server.events("").pop().expect("an event");
    assert_eq!(
        (&last["kind"], &last["detail"]["reply"], &last["detail"]["outcome"]),
        (&json!("call"), &json!("lost"), &json!("refused"))
    );
    // It takes no effect either, and it is in the state that goes to another server.
    let stop = [
        ("Action", "StopDiskReplicaPair"),
        ("Version", EBS),
        ("RegionId", HERE),
        ("ReplicaPairId", "pair-1"),
    ];
    assert_eq!(server.raw(&server.bytes("GET", &format!("/?{}", form(&stop)), &[], b"")), b"");
    let state = server.get("state").ok();
    server.put("state", &state).done();
    assert_eq!(ask(HERE), b"");
    assert!(!ask(THERE).is_empty());
    let failover = [("RegionId", THERE), ("ReplicaPairId", "pair-1")];
    server.ebs("FailoverDiskReplicaPair", &failover).ok();
    // Back without its API, with it, and withdrawn by hand.
    server.fault(json!({ "kind": "region", "region": HERE, "up": true, "api": false }));
    assert!(up(&server).iter().all(|(_, up)| *up));
    assert_eq!(ask(HERE), b"");
    server.fault(json!({ "kind": "region", "region": HERE, "up": true }));
    assert!(!ask(HERE).is_empty());
    assert_eq!(server.get("faults").ok(), json!({ "faults": [] }));
    let id = server.fault(json!({ "kind": "region", "region": HERE, "up": true, "api": false }));
    server.delete(&format!("faults/{id}")).done();
    assert!(!ask(HERE).is_empty());
    server.fault(json!({ "kind": "region", "region": HERE, "up": false }));
    assert!(!ask(HERE).is_empty(), "a region that is down answers, unless told not to");
}

/// A group of so many pairs, created and started, with one round made; its id and its pairs.
fn group(server: &Server, members: usize) -> (String, Vec<String>) {
    let places = [
        ("RegionId", HERE),
        ("SourceZoneId", "cn-shanghai-a"),
        ("DestinationRegionId", THERE),
        ("DestinationZoneId", "cn-beijing-a"),
    ];
    let named = [&places[..], &[("GroupName", "orders")]].concat();
    let group = text(&server.ebs("CreateDiskReplicaGroup", &named).ok(), "/ReplicaGroupId");
    let pairs: Vec<String> = (0..members)
        .map(|at| {
            let (source, target) = (format!("s-{at}"), format!("t-{at}"));
            let disks = [("DiskId", source.as_str()), ("DestinationDiskId", target.as_str())];
            let created = server.ebs("CreateDiskReplicaPair", &[&places[..], &disks].concat()).ok();
            text(&created, "/ReplicaPairId")
        })
        .collect();
    server.advance(2_000);
    for pair in &pairs {
        let both = [("RegionId", HERE), ("ReplicaGroupId", group.as_str()), ("ReplicaPairId", pair.as_str())];
        server.ebs("AddDiskReplicaPair", &both).ok();
    }
    server.ebs("StartDiskReplicaGroup", &[("RegionId", HERE), ("ReplicaGroupId", &group)]).ok();
    server.advance(5_000);
    (group, pairs)
}

fn view(server: &Server, group: &str) -> Value {
    let answer = server.ebs("DescribeDiskReplicaGroups", &[("RegionId", HERE), ("GroupIds", group)]).ok();
    answer["ReplicaGroups"][0].clone()
}

#[test]
fn a_group_shares_one_recover_point_and_is_described_with_its_members() {
    let server = Server::manual();
    let (group, pairs) = group(&server, 3);
    let shown = view(&server, &group);
    assert_eq!((text(&shown, "/Status"), shown["PairNumber"].as_u64()), ("normal".into(), Some(3)));
    assert_eq!(shown["PairIds"], json!(pairs));
    let members = [("RegionId", HERE), ("ReplicaGroupId", group.as_str())];
    let listed = server.ebs("DescribeDiskReplicaPairs", &members).ok();
    for pair in listed["ReplicaPairs"].as_array().expect("pairs") {
        assert_eq!(
            (text(pair, "/Status"), text(pair, "/ReplicaGroupName")),
            ("normal".into(), "orders".into())
        );
        assert_eq!(pair["LastRecoverPoint"], shown["LastRecoverPoint"]);
        assert_eq!(text(pair, "/ReplicaGroupId"), group);
    }
    assert_eq!(listed["TotalCount"], json!(3));
    let free = [("RegionId", HERE), ("ReplicaGroupId", "-")];
    assert_eq!(server.ebs("DescribeDiskReplicaPairs", &free).ok()["TotalCount"], json!(0));
    let alone = [("RegionId", THERE), ("ReplicaPairId", pairs[0].as_str())];
    assert_eq!(server.ebs("FailoverDiskReplicaPair", &alone).code(403), "OperationDenied");
}

#[test]
fn one_members_fault_fails_the_group_in_part_and_a_repeat_does_the_rest() {
    let server = Server::manual();
    let (group, pairs) = group(&server, 3);
    server.fault(json!({ "kind": "pair", "pair": pairs[1], "fails": "failover" }));
    let failover = [("RegionId", THERE), ("ReplicaGroupId", group.as_str())];
    server.ebs("FailoverDiskReplicaGroup", &failover).ok();
    let effect = server.get("effects").ok()["effects"][0].clone();
    assert_eq!(
        (text(&effect, "/kind"), &effect["detail"]["pairs"]),
        ("failover_group".into(), &json!(pairs))
    );
    server.advance(2_000);
    assert_eq!(text(&view(&server, &group), "/Status"), "failover_failed");
    let statuses: Vec<String> = pairs.iter().map(|pair| text(&server.pair(pair), "/Status")).collect();
    assert_eq!(statuses, ["failovered", "failover_failed", "failovered"]);
    server.ebs("FailoverDiskReplicaGroup", &failover).ok();
    let effect = server.get("effects").ok()["effects"][0].clone();
    assert_eq!(effect["detail"]["pairs"], json!([pairs[1]]));
    server.advance(2_000);
    assert_eq!(text(&view(&server, &group), "/Status"), "failovered");
    let done =
        server.events(&format!("resource={group}")).into_iter().rfind(|event| event["kind"] == "failovered");
    let detail = &done.expect("the event")["detail"];
    assert!(detail["lost_ms"].as_u64() >= Some(2_000) && detail["duration_ms"] == 2_000, "{detail}");
}

#[test]
fn an_effect_of_a_group_is_ended_in_part_by_hand() {
    let server = Server::manual();
    let (group, pairs) = group(&server, 2);
    server.put("transitions", &json!({ "mode": "manual" })).done();
    server.ebs("StopDiskReplicaGroup", &[("RegionId", HERE), ("ReplicaGroupId", &group)]).ok();
    let id = text(&server.get("effects").ok()["effects"][0], "/id");
    let partly = |pair: &str| json!({ "outcome": "failed", "reason": "network", "pairs": [pair] });
    server.post(&format!("effects/{id}"), &partly("pair-unknown")).error(400);
    server.post(&format!("effects/{id}"), &partly(&pairs[0])).ok();
    let statuses: Vec<String> = pairs.iter().map(|pair| text(&server.pair(pair), "/Status")).collect();
    assert_eq!(
        (statuses, text(&view(&server, &group), "/Status")),
        (vec!["stop_failed".into(), "stopped".into()], "stop_failed".into())
    );
}

#[test]
fn a_drill_goes_on_beside_the_replication_and_can_fail() {
    let server = Server::manual();
    let (group, pairs) = group(&server, 2);
    let start = [("RegionId", THERE), ("GroupId", group.as_str())];
    let drill = text(&server.ebs("StartReplicaGroupDrill", &start).ok(), "/DrillId");
    assert!(drill.starts_with("pg-drill-"), "{drill}");
    let drills = || server.ebs("DescribeReplicaGroupDrills", &start).ok()["Drills"].clone();
    assert_eq!(text(&drills()[0], "/Status"), "executing");
    server.advance(2_000);
    let shown = drills();
    assert_eq!(
        (text(&shown[0], "/Status"), shown[0]["PairsInfo"].as_array().map(Vec::len)),
        ("executed".into(), Some(2))
    );
    assert_eq!(shown[0]["RecoverPoint"], view(&server, &group)["LastRecoverPoint"]);
    let disks = server.get("disks").ok();
    let disk = text(&shown[0], "/PairsInfo/0/DrillDiskId");
    let found = disks["disks"].as_array().expect("disks").iter().find(|found| found["id"] == disk.as_str());
    assert_eq!(found.expect("the drill's disk")["access"], "read_write");
    // Replication goes on underneath: the next round commits, the drill keeps its point.
    server.advance(905_000);
    assert!(view(&server, &group)["LastRecoverPoint"].as_u64() > shown[0]["RecoverPoint"].as_u64());
    assert_eq!(drills(), shown);
    server.fault(json!({ "kind": "drill", "group": group, "fails": "clear" }));
    let clear = [start[0], start[1], ("DrillId", drill.as_str())];
    for status in ["clear_failed", ""] {
        server.ebs("ClearReplicaGroupDrill", &clear).ok();
        assert_eq!(text(&drills()[0], "/Status"), "clearing");
        server.advance(2_000);
        assert_eq!(drills()[0]["Status"].as_str().unwrap_or_default(), status);
    }
    assert_eq!(server.kinds(&format!("resource={drill}")).last().map(String::as_str), Some("cleared"));
    server.fault(json!({ "kind": "drill", "pair": pairs[0], "fails": "start", "message": "DRILL_QUOTA" }));
    let alone = [("RegionId", THERE), ("PairId", pairs[0].as_str())];
    server.ebs("StartPairDrill", &alone).ok();
    server.advance(2_000);
    let shown = server.ebs("DescribePairDrills", &alone).ok()["Drills"][0].clone();
    assert_eq!(
        (text(&shown, "/Status"), text(&shown, "/StatusMessage")),
        ("execute_failed".into(), "DRILL_QUOTA".into())
    );
}

/// A network of two clusters, one in each region.
fn network(server: &Server) -> (String, String, String) {
    let (primary, _) = server.cluster(("MySQL", "8.0"), 2);
    let created = server.polardb("CreateGlobalDatabaseNetwork", &[("DBClusterId", &primary)]).ok();
    let network = text(&created, "/GDNId");
    assert!(network.starts_with("gdn-"), "{network}");
    server.advance(2_000);
    let secondary = [
        ("RegionId", THERE),
        ("DBType", "MySQL"),
        ("DBVersion", "8.0"),
        ("DBNodeClass", "polar.mysql.x4.large"),
        ("PayType", "Postpaid"),
        ("CreationOption", "CreateGdnStandby"),
        ("GDNId", &network),
    ];
    let secondary = text(&server.polardb("CreateDBCluster", &secondary).ok(), "/DBClusterId");
    server.advance(2_000);
    (network, primary, secondary)
}

#[test]
fn a_network_switches_over_and_the_switch_can_fail() {
    let server = Server::manual();
    let (network, primary, secondary) = network(&server);
    let named = [("GDNId", network.as_str())];
    let told = || server.polardb("DescribeGlobalDatabaseNetwork", &named).ok();
    let roles = || {
        let told = told();
        let of = |role: &str| {
            let clusters = told["DBClusters"].as_array().expect("clusters");
            let found = clusters.iter().find(|cluster| cluster["Role"] == role).expect("one of this role");
            text(found, "/DBClusterId")
        };
        (of("primary"), of("standby"), text(&told, "/GDNStatus"))
    };
    server.fault(json!({ "kind": "network", "network": network, "fails": "switch_over" }));
    let fault = server.get("faults").ok()["faults"][0].clone();
    assert_eq!((&fault["network"], &fault["fails"]), (&json!(network), &json!("switch_over")));
    for becomes in [(&primary, &secondary), (&secondary, &primary)] {
        server.polardb("SwitchOverGlobalDatabaseNetwork", &named).ok();
        assert_eq!(roles(), (primary.clone(), secondary.clone(), "locked".into()));
        let effect = server.get("effects").ok()["effects"][0].clone();
        assert_eq!((&effect["kind"], &effect["resource"]), (&json!("switch_over_network"), &json!(network)));
        let detail = json!({
            "primary": primary, "secondaries": [secondary], "cluster": secondary, "mode": "planned",
        });
        assert_eq!(effect["detail"], detail);
        server.advance(2_000);
        assert_eq!(roles(), (becomes.0.clone(), becomes.1.clone(), "active".into()));
    }
    let kinds = server.kinds(&format!("resource={network}"));
    let ends: Vec<&str> = kinds
        .iter()
        .map(String::as_str)
        .filter(|kind| kind.starts_with("switch_") || *kind == "primary_moved")
        .collect();
    assert_eq!(ends, ["switch_failed", "primary_moved"]);
    let moved = server.events(&format!("resource={network}"));
    let moved = moved.iter().find(|event| event["kind"] == "primary_moved").expect("the event");
    assert_eq!((&moved["from"], &moved["to"]), (&json!(primary), &json!(secondary)));
    assert_eq!(moved["detail"], json!({ "mode": "planned", "duration_ms": 2_000 }));
    // The new primary is down: a planned switch-over is refused, a forced one is done.
    let nodes = server.attribute(&secondary)["DBNodes"].as_array().expect("nodes").clone();
    for node in &nodes {
        server.fault(json!({ "kind": "node", "node": node["DBNodeId"], "up": false }));
    }
    let code = server.polardb("SwitchOverGlobalDatabaseNetwork", &named).code(403);
    assert_eq!(code, "OperationDenied.DBClusterStatus");
    server.polardb("SwitchOverGlobalDatabaseNetwork", &[named[0], ("Forced", "true")]).ok();
    server.advance(2_000);
    assert_eq!(roles(), (primary, secondary, "active".into()));
}

#[test]
fn a_network_is_seeded_with_its_clusters_or_not_at_all() {
    let server = Server::manual();
    let (network, primary, secondary) = network(&server);
    let told = server.polardb("DescribeGlobalDatabaseNetwork", &[("GDNId", network.as_str())]).ok();
    let [one, two] = [&primary, &secondary].map(|cluster| server.attribute(cluster));
    let other = Server::manual();
    other.advance(7_000);
    let seeded = other.post("seed", &json!([told, one])).ok();
    assert_eq!((&seeded["GDNIds"], &seeded["DBClusterIds"]), (&json!([]), &json!([primary])));
    let reason = format!("DBClusters: {secondary} is neither entered nor known (W-043)");
    assert_eq!(seeded["left_out"], json!([{ "at": "[0]", "reason": reason }]));
    assert_eq!(other.post("seed", &json!([told, two])).ok()["GDNIds"], json!([network]));
    let again = other.polardb("DescribeGlobalDatabaseNetwork", &[("GDNId", network.as_str())]).ok();
    assert_eq!(again["DBClusters"], told["DBClusters"]);
}

#[test]
fn groups_are_seeded_with_their_pairs_or_not_at_all() {
    let server = Server::manual();
    let (made, _) = group(&server, 2);
    let listed = view(&server, &made);
    let pairs = server.ebs("DescribeDiskReplicaPairs", &[("RegionId", HERE)]).ok()["ReplicaPairs"].clone();
    let other = Server::manual();
    other.advance(7_000);
    let planted = other.post("seed", &json!({ "ReplicaPairs": pairs, "ReplicaGroups": [listed] })).ok();
    assert_eq!(
        (&planted["ReplicaGroupIds"], planted["ReplicaPairIds"].as_array().map(Vec::len)),
        (&json!([made]), Some(2))
    );
    assert_eq!((&planted["ignored"], &planted["left_out"]), (&json!([]), &json!([])));
    assert_eq!(view(&other, &made), listed, "what was pasted comes out");
    let before = other.get("state").body;
    let mut lonely = listed.clone();
    lonely["ReplicaGroupId"] = json!("pg-2");
    lonely["PairIds"] = json!(["pair-unknown"]);
    let told = other.post("seed", &json!({ "ReplicaGroups": [lonely] })).ok();
    let reason = "PairIds: pair-unknown is neither entered nor known (W-043)";
    assert_eq!(told["left_out"], json!([{ "at": "ReplicaGroups[0]", "reason": reason }]));
    assert_eq!(other.get("state").body, before);
    let stranger = json!({ "ReplicaGroupId": "pg-3", "SourceRegionId": HERE, "SourceZoneId": "z", "DestinationRegionId": HERE, "DestinationZoneId": "z" });
    let told = other.post("seed", &json!({ "ReplicaGroups": [stranger] })).ok();
    assert_eq!(told["left_out"][0]["at"], "ReplicaGroups[0]");
    // A pair that names its group is a member of it, even where the group's list does not name it.
    let third = Server::manual();
    let mut cut = listed.clone();
    cut["PairIds"] = json!([]);
    third.post("seed", &json!({ "ReplicaPairs": pairs, "ReplicaGroups": [cut] })).ok();
    assert_eq!(view(&third, &made)["PairNumber"], json!(2));
}
