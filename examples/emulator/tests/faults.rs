//! Every kind of fault, over HTTP.

mod support;

use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use support::{EBS, MYSQL, PAIR, PATIENCE, POLARDB, Server, form, text};

#[test]
fn a_switch_fault_fails_so_many_promotions_of_its_node() {
    let server = Server::manual();
    let (cluster, nodes) = server.cluster(MYSQL, 2);
    server.put("policy", &json!({ "polardb": { "switch_window": 0 } })).done();
    let id = server.fault(json!({ "kind": "switch", "node": nodes[1], "reason": "replication", "times": 2 }));
    let wanted = json!({ "id": id, "kind": "switch", "node": nodes[1], "reason": "replication", "times": 2 });
    assert_eq!(server.get("faults").ok(), json!({ "faults": [wanted] }));
    for left in [Some(1), None] {
        server.polardb("FailoverDBCluster", &[("DBClusterId", &cluster)]).ok();
        server.advance(2_000);
        assert_eq!(server.writer(&cluster), nodes[0]);
        assert_eq!(server.get("faults").ok()["faults"][0]["times"].as_u64(), left);
    }
    server.polardb("FailoverDBCluster", &[("DBClusterId", &cluster)]).ok();
    server.advance(2_000);
    assert_eq!(server.writer(&cluster), nodes[1]);
    let forever = server.fault(json!({ "kind": "switch", "node": "*", "reason": "other", "times": null }));
    assert_eq!(server.get("faults").ok()["faults"][0]["times"], Value::Null);
    server.polardb("FailoverDBCluster", &[("DBClusterId", &cluster)]).ok();
    server.advance(2_000);
    assert_eq!(server.writer(&cluster), nodes[1]);
    server.delete(&format!("faults/{forever}")).done();
    server.delete(&format!("faults/{forever}")).error(404);
    assert_ne!(forever, id);
}

#[test]
fn a_writer_that_goes_down_is_replaced_and_a_reader_that_does_is_passed_over() {
    let server = Server::manual();
    let (cluster, nodes) = server.cluster(MYSQL, 3);
    server.fault(json!({ "kind": "node", "node": nodes[1], "up": false }));
    server.fault(json!({ "kind": "node", "node": nodes[0], "up": false }));
    assert_eq!(text(&server.attribute(&cluster), "/DBClusterStatus"), "Switching");
    server.advance(2_000);
    assert_eq!(server.writer(&cluster), nodes[2]);
    let began = server.events("").into_iter().find(|event| event["kind"] == "failover_began").expect("one");
    assert_eq!((&began["detail"]["cause"], &began["rule"]), (&json!("automatic"), &json!("P-180")));
    let changed = server.events("").into_iter().find(|event| event["kind"] == "node_changed").expect("one");
    assert_eq!(
        (&changed["resource"], &changed["detail"]),
        (&json!(cluster), &json!({ "node": nodes[1], "up": false }))
    );
    server.fault(json!({ "kind": "node", "node": nodes[1], "up": true }));
    server.fault(json!({ "kind": "replication", "node": nodes[1], "healthy": false }));
    server.fault(json!({ "kind": "node", "node": nodes[2], "up": false }));
    assert_eq!(server.kinds("").last().map(String::as_str), Some("cluster_status"));
    server.fault(json!({ "kind": "replication", "node": "*", "healthy": true }));
    server.advance(2_000);
    assert_eq!(server.writer(&cluster), nodes[1]);
    assert_eq!(server.get("faults").ok(), json!({ "faults": [] }), "an observation lies in wait for nothing");
}

#[test]
fn a_cluster_is_busy_until_it_runs() {
    let server = Server::manual();
    let (cluster, _) = server.cluster(MYSQL, 2);
    let set = |status: &str| json!({ "kind": "cluster", "cluster": cluster, "status": status });
    server.fault(set("ClassChanging"));
    assert_eq!(text(&server.attribute(&cluster), "/DBClusterStatus"), "ClassChanging");
    assert_eq!(server.polardb("FailoverDBCluster", &[("DBClusterId", &cluster)]).status / 100, 4);
    server.fault(set("Running"));
    server.polardb("FailoverDBCluster", &[("DBClusterId", &cluster)]).ok();
    for own in ["Creating", "Switching", "Deleting", ""] {
        server.post("faults", &set(own)).error(400);
    }
}

#[test]
fn disks_are_as_the_outside_reports_them() {
    let server = Server::manual();
    let pair = server.copied_pair();
    server.fault(json!({ "kind": "disk", "disk": "d-source", "up": false, "attached": true }));
    let source = server.get("disks").ok()["disks"][1].clone();
    assert_eq!(source, json!({ "id": "d-source", "up": false, "attached": true, "access": "read_write" }));
    let point = server.pair(&pair)["LastRecoverPoint"].clone();
    server.advance(910_000);
    assert_eq!(server.pair(&pair)["LastRecoverPoint"], point);
    assert!(server.kinds(&format!("resource={pair}")).contains(&"copy_failed".to_owned()));
    server.fault(json!({ "kind": "disk", "disk": "d-destination", "removed": true }));
    let view = server.pair(&pair);
    assert_eq!(
        (text(&view, "/Status"), text(&view, "/StatusMessage")),
        ("invalid".into(), "DeviceRemoved".into())
    );
    assert_eq!(server.get("disks").ok()["disks"].as_array().map(Vec::len), Some(1));
    assert_eq!(server.kinds("resource=d-source"), ["disk", "disk"]);
    // One that is part of no pair counts once it is; the answer says so.
    let seen = server.post("faults", &json!({ "kind": "disk", "disk": "d-new", "attached": true })).ok();
    assert_eq!(seen["known"], false);
    server
        .post("faults?account=2222222222222222", &json!({ "kind": "disk", "disk": "d-other", "up": false }))
        .ok();
    assert_eq!(server.get("disks?account=2222222222222222").ok()["disks"][0]["id"], "d-other");
}

#[test]
fn pair_faults_fail_their_effects_by_pair_and_by_disk() {
    let server = Server::manual();
    server
        .fault(json!({ "kind": "pair", "disk": "d-source", "fails": "create", "message": "QuotaExceeded" }));
    let listed = server.get("faults").ok()["faults"][0].clone();
    let wanted = json!({
        "id": "1", "kind": "pair", "disk": "d-source", "fails": "create", "message": "QuotaExceeded", "times": 1,
    });
    assert_eq!(listed, wanted);
    let failed = text(&server.ebs("CreateDiskReplicaPair", &PAIR).ok(), "/ReplicaPairId");
    server.advance(2_000);
    let view = server.pair(&failed);
    assert_eq!(
        (text(&view, "/Status"), text(&view, "/StatusMessage")),
        ("create_failed".into(), "QuotaExceeded".into())
    );
    server.ebs("DeleteDiskReplicaPair", &[("RegionId", "cn-shanghai"), ("ReplicaPairId", &failed)]).ok();
    server.advance(2_000);

    let pair = server.copied_pair();
    let at = [("RegionId", "cn-beijing"), ("ReplicaPairId", pair.as_str())];
    let steps = [
        ("StopDiskReplicaPair", "stop", "stop_failed"),
        ("FailoverDiskReplicaPair", "failover", "failover_failed"),
        ("FailoverDiskReplicaPair", "", "failovered"),
        ("ReprotectDiskReplicaPair", "reprotect", "reprotect_failed"),
        ("FailoverDiskReplicaPair", "", "failovered"),
        ("ReprotectDiskReplicaPair", "", "stopped"),
        ("DeleteDiskReplicaPair", "delete", "delete_failed"),
    ];
    for (action, stage, status) in steps {
        if !stage.is_empty() {
            server.fault(json!({ "kind": "pair", "pair": pair, "fails": stage }));
        }
        server.ebs(action, &at).ok();
        server.advance(2_000);
        assert_eq!(text(&server.pair(&pair), "/Status"), status, "{action}");
    }
    server.fault(json!({ "kind": "pair", "pair": pair, "invalid": "OrderExpired" }));
    let view = server.pair(&pair);
    assert_eq!(
        (text(&view, "/Status"), text(&view, "/StatusMessage")),
        ("invalid".into(), "OrderExpired".into())
    );
    server.delete("faults").done();
}

#[test]
fn a_held_effect_stays_outstanding_in_any_mode() {
    let server = Server::manual();
    let pair = server.copied_pair();
    server.fault(json!({ "kind": "hold", "effect": "failover_pair", "resource": pair }));
    let at = [("RegionId", "cn-beijing"), ("ReplicaPairId", pair.as_str())];
    server.ebs("FailoverDiskReplicaPair", &at).ok();
    server.advance(86_400_000);
    server.put("transitions", &json!({ "mode": "immediate" })).done();
    assert_eq!(text(&server.pair(&pair), "/Status"), "failovering");
    assert_eq!(server.get("faults").ok(), json!({ "faults": [] }));
    let id = text(&server.get("effects").ok(), "/effects/0/id");
    server.post(&format!("effects/{id}"), &json!({ "outcome": "auto" })).ok();
    assert_eq!(text(&server.pair(&pair), "/Status"), "failovered");
}

#[test]
fn a_lost_reply_closes_the_connection_and_its_repetition_has_one_effect() {
    let server = Server::manual();
    let (cluster, _) = server.cluster(MYSQL, 2);
    let failover = |token: &str| {
        let headers = [("x-acs-action", "FailoverDBCluster"), ("x-acs-version", POLARDB)];
        let query = form(&[("DBClusterId", &cluster), ("ClientToken", token)]);
        server.bytes("POST", &format!("/?{query}"), &headers, b"")
    };
    let lost = json!({ "kind": "reply", "action": "FailoverDBCluster", "lose": true, "effect": true });
    server.fault(lost.clone());
    assert_eq!(server.raw(&failover("t")), b"", "not one byte");
    assert_eq!(support::Answer::of(&server.raw(&failover("t"))).status, 200);
    let calls = server.events(&format!("resource={cluster}"));
    let calls: Vec<_> = calls.iter().filter(|event| event["detail"]["token"] == "t").collect();
    assert_eq!(
        (&calls[0]["detail"]["outcome"], &calls[0]["detail"]["reply"]),
        (&json!("accepted"), &json!("lost"))
    );
    assert_eq!((&calls[1]["detail"]["outcome"], calls[1]["detail"].get("reply")), (&json!("replayed"), None));
    let began = || server.kinds("").iter().filter(|kind| *kind == "failover_began").count();
    assert_eq!(began(), 1);
    server.advance(1_000_000);

    let mut without = lost;
    without["effect"] = json!(false);
    server.fault(without);
    assert_eq!(server.raw(&failover("u")), b"");
    assert_eq!(began(), 1);
    assert_eq!(text(&server.attribute(&cluster), "/DBClusterStatus"), "Running");
    assert_eq!(support::Answer::of(&server.raw(&failover("u"))).status, 200);
    assert_eq!(began(), 2);
}

#[test]
fn a_lost_reply_closes_a_connection_that_was_kept_alive_and_had_answers() {
    let server = Server::manual();
    server.fault(json!({ "kind": "reply", "action": "DescribeDBClusters", "lose": true }));
    let mut stream = TcpStream::connect(&server.address).expect("it accepts");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let mut one = [0_u8; 4096];
    stream.write_all(b"GET /_emulator/health HTTP/1.1\r\nHost: x\r\n\r\n").expect("it reads");
    let read = stream.read(&mut one).expect("an answer");
    assert!(one[..read].starts_with(b"HTTP/1.1 200"));
    let call = form(&[("Action", "DescribeDBClusters"), ("Version", POLARDB), ("RegionId", "cn-hangzhou")]);
    stream.write_all(format!("GET /?{call} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).expect("it reads");
    assert_eq!(stream.read(&mut one).expect("an end and no reset"), 0);
}

#[test]
fn a_reply_is_replaced_delayed_and_dressed() {
    let server = Server::manual();
    let fault = json!({
        "kind": "reply", "action": "CreateDiskReplicaPair", "status": 503, "code": "ServiceUnavailable",
        "effect": false, "headers": { "x-acs-retry-after": "3" }, "times": 2,
    });
    let id = server.fault(fault);
    let listed = server.get("faults").ok()["faults"][0].clone();
    let wanted = json!({
        "id": id, "kind": "reply", "action": "CreateDiskReplicaPair", "status": 503, "code": "ServiceUnavailable",
        "effect": false, "delay_ms": 0, "headers": { "x-acs-retry-after": "3" }, "times": 2,
    });
    assert_eq!(listed, wanted);
    for _ in 0..2 {
        let answer = server.ebs("CreateDiskReplicaPair", &PAIR);
        assert_eq!(answer.code(503), "ServiceUnavailable");
        assert_eq!(answer.header("x-acs-retry-after"), Some("3"));
    }
    assert_eq!(server.get("effects").ok(), json!({ "effects": [] }));
    let call = server.events("").pop().expect("a call");
    assert_eq!(
        (&call["detail"]["outcome"], &call["detail"]["code"]),
        (&json!("refused"), &json!("ServiceUnavailable"))
    );

    server.fault(
        json!({ "kind": "reply", "action": "CreateDiskReplicaPair", "status": 500, "code": "InternalError" }),
    );
    assert_eq!(server.ebs("CreateDiskReplicaPair", &PAIR).code(500), "InternalError");
    let call = server.events("").into_iter().rfind(|event| event["kind"] == "call").expect("a call");
    assert_eq!((&call["detail"]["outcome"], &call["detail"]["reply"]), (&json!("accepted"), &json!(500)));

    server.fault(json!({ "kind": "reply", "action": "DescribeDiskReplicaPairs", "delay_ms": 300 }));
    let started = Instant::now();
    server.ebs("DescribeDiskReplicaPairs", &[("RegionId", "cn-shanghai")]).ok();
    assert!(started.elapsed() >= Duration::from_millis(300));
    // A call that is malformed is such a call too.
    server.fault(json!({ "kind": "reply", "action": "DescribeDiskReplicaPairs", "lose": true }));
    let target = format!("/?{}", form(&[("Action", "DescribeDiskReplicaPairs"), ("Version", EBS)]));
    assert_eq!(server.raw(&server.bytes("GET", &target, &[], b"")), b"");
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let server = Server::manual();
    let pair = server.copied_pair();
    let before = server.get("state").body;
    for bad in [
        json!({ "kind": "nonsense" }),
        json!({ "node": "pi-1", "up": false }),
        json!({ "kind": "switch", "node": "pi 1", "reason": "other" }),
        json!({ "kind": "switch", "node": "pi-1", "reason": "mood" }),
        json!({ "kind": "switch", "node": "pi-1", "reason": "other", "times": 0 }),
        json!({ "kind": "switch", "node": "pi-1", "reason": "other", "tmes": 1 }),
        json!({ "kind": "node", "node": "pi-1", "up": false }),
        json!({ "kind": "node", "node": "*" }),
        json!({ "kind": "replication", "node": "pi-1", "healthy": false }),
        json!({ "kind": "cluster", "cluster": "pc-1", "status": "ClassChanging" }),
        json!({ "kind": "disk", "disk": "d-1" }),
        json!({ "kind": "disk", "disk": "", "up": true }),
        json!({ "kind": "disk", "disk": "d-source", "removed": false }),
        json!({ "kind": "pair", "fails": "copy" }),
        json!({ "kind": "pair", "pair": pair, "disk": "d-source", "fails": "copy" }),
        json!({ "kind": "pair", "pair": pair, "fails": "nap" }),
        json!({ "kind": "pair", "pair": pair }),
        json!({ "kind": "pair", "pair": pair, "fails": "copy", "invalid": "x" }),
        json!({ "kind": "pair", "pair": pair, "invalid": "x", "times": null }),
        json!({ "kind": "pair", "pair": "pair-unknown", "invalid": "x" }),
        json!({ "kind": "pair", "pair": pair, "invalid": "" }),
        json!({ "kind": "hold", "effect": "nap", "resource": "*" }),
        json!({ "kind": "group", "group": "pg-1" }),
        json!({ "kind": "group", "group": "pg-1", "fails": "copy" }),
        json!({ "kind": "group", "group": "pg-1", "fails": "stop", "invalid": "x" }),
        json!({ "kind": "group", "group": "pg-unknown", "invalid": "x" }),
        json!({ "kind": "network", "network": "gdn-1" }),
        json!({ "kind": "network", "network": "gdn-1", "fails": "nap" }),
        json!({ "kind": "network", "network": "a b", "fails": "remove" }),
        json!({ "kind": "drill", "fails": "start" }),
        json!({ "kind": "drill", "drill": "*", "pair": pair, "fails": "start" }),
        json!({ "kind": "drill", "drill": "*", "fails": "nap" }),
        json!({ "kind": "zone", "zone": "a b", "up": false }),
        json!({ "kind": "zone", "zone": "z" }),
        json!({ "kind": "zone", "zone": "z", "up": false, "api": false }),
        json!({ "kind": "region", "region": "cn-shanghai" }),
        json!({ "kind": "hold", "effect": "copy", "resource": "" }),
        json!({ "kind": "reply", "action": "Nap", "lose": true }),
        json!({ "kind": "reply", "action": "FailoverDBCluster" }),
        json!({ "kind": "reply", "action": "FailoverDBCluster", "effect": false, "delay_ms": 5 }),
        json!({ "kind": "reply", "action": "FailoverDBCluster", "lose": true, "status": 500 }),
        json!({ "kind": "reply", "action": "FailoverDBCluster", "lose": true, "code": "X" }),
        json!({ "kind": "reply", "action": "FailoverDBCluster", "status": 200 }),
        json!({ "kind": "reply", "action": "FailoverDBCluster", "status": 500, "delay_ms": 600_001 }),
        json!({ "kind": "reply", "action": "FailoverDBCluster", "headers": { "a b": "c" } }),
        json!({ "kind": "reply", "action": "FailoverDBCluster", "headers": { "a": "b\nc" } }),
        json!({ "kind": "reply", "action": "FailoverDBCluster", "headers": { "Content-Length": "1" } }),
    ] {
        server.post("faults", &bad).error(400);
        assert_eq!(server.get("state").body, before, "{bad}");
    }
    assert_eq!(server.get("state").body, before);
}

/// A cluster of two zones: the writer and one reader in the first, two readers of lower priority in the second.
fn two_zones(server: &Server) {
    let node = |id: &str, zone: &str, priority: u8| json!({ "DBNodeId": id, "ZoneId": zone, "FailoverPriority": priority });
    let nodes = [
        node("pi-w", "cn-hangzhou-g", 1),
        node("pi-near", "cn-hangzhou-g", 15),
        node("pi-far", "cn-hangzhou-i", 5),
        node("pi-last", "cn-hangzhou-i", 2),
    ];
    server.post("seed", &json!({ "Clusters": [{ "DBClusterId": "pc-z", "DBNodes": nodes }] })).ok();
}

#[test]
fn a_zone_goes_down_as_a_whole_a_node_elsewhere_takes_over_and_the_zone_comes_back() {
    for transitions in ["timed", "immediate"] {
        let server = Server::start(&["--clock", "manual", "--seed", "7", "--transitions", transitions]);
        two_zones(&server);
        let zone = |up: bool| json!({ "kind": "zone", "zone": "cn-hangzhou-g", "up": up });
        server.fault(zone(false));
        server.advance(2_000);
        assert_eq!(server.writer("pc-z"), "pi-far", "not the dead one of the highest priority");
        let began = server.events("").into_iter().filter(|event| event["kind"] == "attempt_began");
        assert_eq!(began.count(), 1, "nobody in the dead zone was tried");
        let moved = server.events("").into_iter().find(|event| event["kind"] == "writer_moved").expect("one");
        assert_eq!(moved["detail"]["event"], "polardb:CloudMonitor:InstanceFailover");
        server.fault(zone(true));
        server.advance(60_000);
        assert_eq!(server.writer("pc-z"), "pi-far", "nobody asked to go back");
        let statuses: Vec<Value> = server.attribute("pc-z")["DBNodes"].as_array().expect("nodes").clone();
        assert!(statuses.iter().all(|node| node["DBNodeStatus"] == "Running"), "{statuses:?}");
    }
}

#[test]
fn a_region_that_is_lost_leaves_nobody_and_its_return_brings_back_the_writer_that_was() {
    let server = Server::manual();
    two_zones(&server);
    let region = |region: &str, up: bool| json!({ "kind": "region", "region": region, "up": up });
    server.post("faults", &region("cn-beijing", false)).error(400);
    server.post("faults", &json!({ "kind": "zone", "zone": "cn-beijing-a", "up": false })).error(400);
    assert_eq!(text(&server.attribute("pc-z"), "/DBClusterStatus"), "Running", "another region's loss");
    server.fault(region("cn-hangzhou", false));
    server.advance(60_000);
    assert_eq!(text(&server.attribute("pc-z"), "/DBClusterStatus"), "Switching");
    assert!(server.events("").iter().all(|event| event["kind"] != "failover_began"));
    server.fault(region("cn-hangzhou", true));
    server.advance(60_000);
    assert_eq!(text(&server.attribute("pc-z"), "/DBClusterStatus"), "Running");
    assert_eq!(server.writer("pc-z"), "pi-w");
}

#[test]
fn work_on_nodes_fails_as_planned_and_its_effects_and_events_tell_the_nodes() {
    let server = Server::manual();
    let (cluster, nodes) = server.cluster(MYSQL, 3);
    let of = ("DBClusterId", cluster.as_str());
    let add = [of, ("DBNode.1.TargetClass", "polar.mysql.x4.large")];
    server.fault(json!({ "kind": "work", "cluster": cluster, "effect": "create_nodes" }));
    let created = server.polardb("CreateDBNodes", &add).ok();
    let new = text(&created, "/DBNodeIds/DBNodeId/0");
    assert_eq!(text(&server.attribute(&cluster), "/DBClusterStatus"), "DBNodeCreating");
    let effect = server.get("effects").ok()["effects"][0].clone();
    assert_eq!((&effect["kind"], &effect["resource"]), (&json!("create_nodes"), &json!(cluster)));
    assert_eq!(effect["detail"], json!({ "cluster": cluster, "nodes": [new] }));
    server.advance(2_000);
    let left = server.attribute(&cluster)["DBNodes"].as_array().expect("nodes").len();
    assert_eq!(left, 3, "the node that could not be made is gone");
    let ended = server.events("").into_iter().find(|event| event["kind"] == "work_ended").expect("one");
    assert_eq!(ended["detail"], json!({ "work": "create_nodes", "nodes": [new], "succeeded": false }));

    server.polardb("RestartDBNode", &[("DBNodeId", &nodes[2])]).ok();
    let call = server.events("").into_iter().rfind(|event| event["kind"] == "call").expect("the call");
    assert_eq!((&call["resource"], &call["detail"]["action"]), (&json!(cluster), &json!("RestartDBNode")));
    // Held, it stays so until somebody ends it.
    server.advance(2_000);
    server.fault(json!({ "kind": "hold", "effect": "delete_nodes" }));
    server.polardb("DeleteDBNodes", &[of, ("DBNodeId.1", &nodes[2])]).ok();
    server.advance(60_000);
    assert_eq!(text(&server.attribute(&cluster), "/DBClusterStatus"), "DBNodeDeleting");
    let id = text(&server.get("effects").ok()["effects"][0], "/id");
    server.post(&format!("effects/{id}"), &json!({ "outcome": "succeeded" })).ok();
    assert_eq!(text(&server.attribute(&cluster), "/DBClusterStatus"), "Running");
    for bad in [json!({ "kind": "work", "cluster": "*", "effect": "copy" }), json!({ "kind": "work" })] {
        server.post("faults", &bad).error(400);
    }
}

/// What is accepted for later is said to be.
#[test]
fn a_fault_about_what_is_not_there_yet_says_so() {
    let server = Server::manual();
    let known = |fault: Value| server.post("faults", &fault).ok()["known"].clone();
    let disk = || json!({ "kind": "disk", "disk": "d-source", "up": true });
    let planned = || json!({ "kind": "pair", "disk": "d-source", "fails": "copy" });
    let silence = || json!({ "kind": "region", "region": "cn-shanghai", "up": true, "api": false });
    assert_eq!(
        [known(disk()), known(planned()), known(silence())],
        [json!(false), json!(false), json!(false)]
    );
    server.delete("faults").done();
    server.copied_pair();
    assert_eq!([known(disk()), known(planned()), known(silence())], [json!(true), json!(true), json!(true)]);
    let hold = json!({ "kind": "hold", "effect": "copy" });
    assert_eq!(known(hold), Value::Null);
}
