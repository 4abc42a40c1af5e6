//! The control interface over HTTP.

mod support;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{EBS, MYSQL, PAIR, PATIENCE, START, Server, form, text};

#[test]
fn health_says_what_the_server_is() {
    let server = Server::start(&["--clock", "manual", "--seed", "42", "--transitions", "manual"]);
    let health = server.get("health").ok();
    let version = env!("CARGO_PKG_VERSION");
    let wanted =
        json!({ "status": "ok", "now_ms": START, "seed": 42, "version": version, "transitions": "manual" });
    assert_eq!(health, wanted);
}

#[test]
fn the_clock_moves_when_told_and_says_what_comes_next() {
    let server = Server::manual();
    assert_eq!(server.advance(5), json!({ "now_ms": START + 5, "fired": 0, "next": null }));
    let next = json!({ "to": "next" });
    assert_eq!(server.post("clock", &next).ok(), json!({ "now_ms": START + 5, "fired": 0, "next": null }));
    server.ebs("CreateDiskReplicaPair", &PAIR).ok();
    let told = server.advance(0);
    let pair = text(&told, "/next/resource");
    let due = json!({ "at_ms": START + 2_005, "reason": "create_pair", "resource": pair });
    assert_eq!(told, json!({ "now_ms": START + 5, "fired": 0, "next": due }));
    assert_eq!(server.get("clock").ok(), json!({ "now_ms": START + 5, "until_ms": null, "next": due }));
    assert_eq!(server.advance(1_999)["fired"], 0);
    assert_eq!(
        server.post("clock", &next).ok(),
        json!({ "now_ms": START + 2_005, "fired": 1, "next": null })
    );
    assert_eq!(text(&server.events("").pop().expect("created"), "/resource"), pair);
    server.ebs("StartDiskReplicaPair", &[("RegionId", "cn-shanghai"), ("ReplicaPairId", &pair)]).ok();
    let copied = server.post("clock", &next).ok();
    assert_eq!((&copied["fired"], &copied["next"]["reason"]), (&json!(1), &json!("copy_cycle")));
    // 31 days of cycles: each a deadline and a copy.
    let month = server.advance(31 * 86_400_000);
    assert_eq!(month["now_ms"], START + 7_005 + 31 * 86_400_000);
    assert!(month["fired"].as_u64().is_some_and(|fired| fired > 2 * 31 * 95), "{month}");
    // Each event bears the time at which it was due.
    let events = server.events(&format!("resource={pair}&limit=20000"));
    let times: Vec<_> = events.iter().filter_map(|event| event["at_ms"].as_u64()).collect();
    assert!(times.is_sorted() && times.len() == events.len());
}

#[test]
fn transitions_are_changed_while_running() {
    let server = Server::manual();
    let mode = |mode: &str| server.put("transitions", &json!({ "mode": mode })).done();
    mode("manual");
    server.ebs("CreateDiskReplicaPair", &PAIR).ok();
    server.advance(86_400_000);
    let effects = server.get("effects").ok();
    assert_eq!(effects["effects"].as_array().map(Vec::len), Some(1));
    mode("immediate");
    assert_eq!(server.get("effects").ok(), json!({ "effects": [] }));
    let pair = text(&server.events("").pop().expect("created"), "/resource");
    let at = [("RegionId", "cn-beijing"), ("ReplicaPairId", pair.as_str())];
    server.ebs("StartDiskReplicaPair", &at).ok();
    server.ebs("FailoverDiskReplicaPair", &at).ok();
    assert_eq!(text(&server.pair(&pair), "/Status"), "failovered");
    assert_eq!(server.get("health").ok()["transitions"], "immediate");
}

#[test]
fn the_policy_is_told_and_replaced() {
    let server = Server::manual();
    let policy = server.get("policy").ok();
    assert_eq!(policy["tokens"]["overflow"], "evict_oldest_completed");
    assert_eq!(policy["polardb"]["switch_window"], 600_000);
    server.put("policy", &json!({ "polardb": { "switch_window": 0 } })).done();
    let changed = server.get("policy").ok();
    assert_eq!(changed["polardb"]["switch_window"], 0);
    assert_eq!(changed["ebs"], policy["ebs"]);
    let (cluster, _) = server.cluster(MYSQL, 2);
    for _ in 0..2 {
        server.polardb("FailoverDBCluster", &[("DBClusterId", &cluster)]).ok();
        server.advance(2_000);
    }
    server.put("policy", &policy).done();
    assert_eq!(server.get("policy").ok(), policy);
    // Bounds that are already exceeded are refused.
    for token in ["a", "b"] {
        let parameters = [PAIR.as_slice(), &[("ClientToken", token)]].concat();
        let disks = [("DiskId", format!("d-{token}1")), ("DestinationDiskId", format!("d-{token}2"))];
        let parameters: Vec<(&str, &str)> = parameters
            .into_iter()
            .map(|(name, value)| {
                let other = disks.iter().find(|(found, _)| *found == name);
                (name, other.map_or(value, |(_, disk)| disk.as_str()))
            })
            .collect();
        server.ebs("CreateDiskReplicaPair", &parameters).ok();
    }
    server.put("policy", &json!({ "tokens": { "capacity": 1 } })).error(400);
    assert_eq!(server.get("policy").ok(), policy);
    server.put("policy", &json!({ "tokens": { "capacity": 2 } })).done();
    assert_eq!(server.get("policy").ok()["tokens"]["capacity"], 2);
}

#[test]
fn what_an_account_has_is_seeded_as_it_was_pasted() {
    let server = Server::manual();
    let pasted = json!({
        "ReplicaPairs": [
            {
                "ReplicaPairId": "pair-cn-dsa", "Status": "normal", "SourceRegion": "cn-shanghai",
                "SourceZoneId": "cn-shanghai-e", "SourceDiskId": "d-a", "DestinationRegion": "cn-beijing",
                "DestinationZoneId": "cn-beijing-f", "DestinationDiskId": "d-b", "PrimaryRegion": "cn-shanghai",
                "LastRecoverPoint": START / 1_000 - 100, "Nonsense": [1, 2],
            },
            { "SourceRegion": "cn-shanghai", "DestinationRegion": "cn-beijing" },
        ],
        "ReplicaGroups": [],
        "Clusters": [{
            "DBClusterId": "pc-1", "RegionId": "cn-beijing", "DBType": "MySQL",
            "DBNodes": [
                { "DBNodeId": "pi-1", "DBNodeRole": "Reader", "FailoverPriority": 4 },
                { "DBNodeId": "pi-2", "DBNodeRole": "Writer" },
                {},
            ],
        }],
    });
    let seeded = server.post("seed", &pasted).ok();
    assert_eq!(seeded["ReplicaPairIds"][0], "pair-cn-dsa");
    assert!(text(&seeded, "/ReplicaPairIds/1").starts_with("pair-cn-"));
    assert_eq!((&seeded["ReplicaGroupIds"], &seeded["DBClusterIds"]), (&json!([]), &json!(["pc-1"])));
    assert_eq!(server.pair("pair-cn-dsa")["LastRecoverPoint"], START / 1_000 - 100);
    assert_eq!(text(&server.pair(&text(&seeded, "/ReplicaPairIds/1")), "/Status"), "created");
    assert_eq!(server.writer("pc-1"), "pi-2");
    server.polardb("FailoverDBCluster", &[("DBClusterId", "pc-1")]).ok();
    server.advance(2_000);
    assert_eq!(server.writer("pc-1"), "pi-1");

    assert_eq!(seeded["ignored"], json!([{ "at": "ReplicaPairs[0].Nonsense" }]));
    assert_eq!(seeded["left_out"], json!([]));

    // An odd resource is left out and told, and does not lock out the rest.
    let before = server.get("state").body;
    let beside = |pair: Value| json!({ "Clusters": [{ "DBNodes": [{}] }], "ReplicaPairs": [pair] });
    let disk_in_use =
        json!({ "SourceDiskId": "d-a", "SourceRegion": "cn-shanghai", "DestinationRegion": "cn-beijing" });
    for odd in
        [json!({ "ReplicaPairId": "pair-cn-dsa" }), disk_in_use, json!({ "Status": "nonsense" }), json!(5)]
    {
        let told = server.post("seed", &beside(odd.clone())).ok();
        assert_eq!(told["left_out"][0]["at"], "ReplicaPairs[0]", "{odd}");
        assert_eq!(told["ReplicaPairIds"], json!([]), "{odd}");
        assert_eq!(told["DBClusterIds"].as_array().map(Vec::len), Some(1), "{odd}");
        server.put("state", &serde_json::from_str(&before).unwrap()).done();
    }
    for (alone, at) in [
        (json!({ "Clusters": [{ "DBClusterId": "pc-1", "DBNodes": [{}] }] }), "Clusters[0]"),
        (json!({ "Clusters": [{ "DBNodes": [] }] }), "Clusters[0]"),
        (json!({ "Clusters": [{ "DBNodes": [{ "DBNodeId": "pi-2" }] }] }), "Clusters[0]"),
        (json!({ "ReplicaGroups": [{ "Status": "nap" }] }), "ReplicaGroups[0]"),
        (json!({ "ReplicaPairId": "pair-1", "ReplicaGroupId": "pg-1" }), ""),
    ] {
        let told = server.post("seed", &alone).ok();
        assert_eq!(told["left_out"][0]["at"], at, "{alone}");
        assert_eq!(server.get("state").body, before, "{alone}");
    }
    // What has no form of an answer is refused as a whole.
    for bad in [json!({ "Pairs": [] }), json!([]), json!({}), json!([5]), json!({ "ReplicaPairs": 5 })] {
        server.post("seed", &bad).error(400);
        assert_eq!(server.get("state").body, before, "{bad}");
    }
    // In another account the same disks are others.
    let mine = json!({ "ReplicaPairs": [{ "SourceDiskId": "d-a", "SourceRegion": "cn-shanghai", "DestinationRegion": "cn-beijing" }] });
    server.post("seed?account=2222222222222222", &mine).ok();
    assert_eq!(server.get("disks?account=2222222222222222").ok()["disks"].as_array().map(Vec::len), Some(2));
    let nothing = json!({
        "ReplicaPairIds": [], "ReplicaGroupIds": [], "DrillIds": [], "DBClusterIds": [], "GDNIds": [], "RegionIds": [], "ignored": [], "left_out": [],
    });
    assert_eq!(server.post("seed", &json!({ "RequestId": "x", "ReplicaPairs": [] })).ok(), nothing);
}

#[test]
fn effects_are_listed_and_ended_by_hand() {
    let server = Server::start(&["--clock", "manual", "--seed", "7", "--transitions", "manual"]);
    server.ebs("CreateDiskReplicaPair", &PAIR).ok();
    let listed = server.get("effects").ok();
    let effect = &listed["effects"][0];
    assert_eq!(
        (&effect["kind"], &effect["since_ms"], &effect["detail"]),
        (&json!("create_pair"), &json!(START), &json!({}))
    );
    let (id, pair) = (text(effect, "/id"), text(effect, "/resource"));
    let end = |id: &str, how: Value| server.post(&format!("effects/{id}"), &how);
    for wrong in [json!({ "outcome": "chosen", "node": "pi-1" }), json!({ "outcome": "done" }), json!({})] {
        end(&id, wrong).error(400);
    }
    let ended = end(&id, json!({ "outcome": "succeeded" })).ok();
    assert_eq!((text(&ended, "/events/0/kind"), &ended["effects"]), ("created".into(), &json!([])));
    end(&id, json!({ "outcome": "succeeded" })).error(404);
    for unknown in ["999", "x", "-1", "01", "%FF"] {
        end(unknown, json!({ "outcome": "auto" })).error(404);
    }

    let at = [("RegionId", "cn-beijing"), ("ReplicaPairId", pair.as_str())];
    server.ebs("StartDiskReplicaPair", &at).ok();
    let copy = text(&server.get("effects").ok(), "/effects/0/id");
    server.ebs("FailoverDiskReplicaPair", &at).ok();
    end(&copy, json!({ "outcome": "succeeded" })).error(404);
    let only = server.get(&format!("effects?resource={pair}")).ok();
    assert_eq!(only["effects"].as_array().map(Vec::len), Some(1));
    let failed = end(&text(&only, "/effects/0/id"), json!({ "outcome": "failed", "reason": "other" })).ok();
    assert_eq!(text(&failed, "/events/0/kind"), "failover_failed");

    server.put("transitions", &json!({ "mode": "immediate" })).done();
    let (cluster, nodes) = server.cluster(MYSQL, 3);
    server.put("transitions", &json!({ "mode": "manual" })).done();
    server.fault(json!({ "kind": "switch", "node": "*", "reason": "other" }));
    server.polardb("FailoverDBCluster", &[("DBClusterId", &cluster)]).ok();
    let choice = server.get("effects?account=1234567890123456").ok()["effects"][0].clone();
    assert_eq!(choice["kind"], "choose_node");
    assert_eq!(choice["detail"], json!({ "cluster": cluster, "tier": [nodes[1], nodes[2]] }));
    end(&text(&choice, "/id"), json!({ "outcome": "chosen", "node": nodes[0] })).error(400);
    let chosen = end(&text(&choice, "/id"), json!({ "outcome": "chosen", "node": nodes[2] })).ok();
    let promote = &chosen["effects"][0];
    assert_eq!(
        (&promote["kind"], &promote["detail"]),
        (&json!("promote_node"), &json!({ "cluster": cluster, "node": nodes[2] }))
    );
    // An explicit outcome consumes no fault; the next one, left to the faults, does.
    let failed = end(&text(promote, "/id"), json!({ "outcome": "failed", "reason": "network" })).ok();
    assert_eq!(server.get("faults").ok()["faults"].as_array().map(Vec::len), Some(1));
    let last = end(&text(&failed, "/effects/0/id"), json!({ "outcome": "auto" })).ok();
    let kinds: Vec<_> =
        last["events"].as_array().expect("events").iter().map(|event| text(event, "/kind")).collect();
    assert_eq!(kinds, ["attempt_failed", "exhausted", "cluster_status"]);
    assert_eq!(server.get("faults").ok(), json!({ "faults": [] }));
    assert_eq!(server.get("effects?account=1").ok(), json!({ "effects": [] }));
}

#[test]
fn events_are_filtered_limited_and_numbered_without_gaps() {
    let server = Server::manual();
    assert_eq!(server.get("events").ok(), json!({ "events": [], "first_seq": 1, "next_seq": 1 }));
    let pair = server.copied_pair();
    let all = server.events("");
    let seqs: Vec<_> = all.iter().map(|event| event["seq"].as_u64()).collect();
    assert_eq!(seqs, (1..=all.len() as u64).map(Some).collect::<Vec<_>>());
    let keys: Vec<_> = all[0].as_object().expect("an object").keys().cloned().collect();
    assert_eq!(keys, ["account", "at_ms", "detail", "from", "kind", "resource", "rule", "seq", "to"]);
    let page = server.get("events?after=2&limit=2").ok();
    assert_eq!((&page["events"][0]["seq"], page["events"].as_array().map(Vec::len)), (&json!(3), Some(2)));
    assert_eq!(page["next_seq"], all.len() as u64 + 1);
    let kinds = server.kinds(&format!("resource={pair}"));
    assert_eq!(kinds, ["call", "creating", "created", "call", "initial_syncing", "normal"]);
    assert_eq!(server.kinds("resource=d-destination"), ["access"]);
    assert!(server.kinds("account=1").is_empty() && server.kinds("after=18446744073709551615").is_empty());
    let last = all.len() as u64;
    server.delete("state").done();
    server.advance(1);
    server.ebs("DescribeDiskReplicaPairs", &[("RegionId", "cn-shanghai")]).ok();
    assert_eq!(server.events("").last().expect("an event")["seq"], last + 1);
}

#[test]
fn a_reader_waits_for_the_first_event_that_matches() {
    let server = Server::manual();
    let started = Instant::now();
    assert!(server.events("wait_ms=300").is_empty());
    assert!(started.elapsed() >= Duration::from_millis(300));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let started = Instant::now();
            (server.events("wait_ms=30000&resource=d-destination"), started.elapsed())
        });
        std::thread::sleep(Duration::from_millis(200));
        server.ebs("DescribeDiskReplicaPairs", &[("RegionId", "cn-shanghai")]).ok();
        std::thread::sleep(Duration::from_millis(100));
        assert!(!waiting.is_finished(), "a call is not what it waits for");
        server.ebs("CreateDiskReplicaPair", &PAIR).ok();
        let (events, waited) = waiting.join().expect("an answer");
        assert_eq!((events.len(), text(&events[0], "/kind")), (1, "access".into()));
        assert!(waited < PATIENCE);
    });
    // What is already there is not waited for.
    let started = Instant::now();
    assert!(!server.events("wait_ms=30000").is_empty());
    assert!(started.elapsed() < PATIENCE);
}

#[test]
fn a_state_goes_to_another_server_and_has_the_same_future() {
    let flags = ["--clock", "manual", "--seed", "7"];
    let (one, two) = (Server::start(&flags), Server::start(&["--clock", "manual", "--seed", "8"]));
    let pair = one.copied_pair();
    let (cluster, _) = one.cluster(MYSQL, 4);
    one.polardb("FailoverDBCluster", &[("DBClusterId", &cluster), ("ClientToken", "t")]).ok();
    one.fault(json!({ "kind": "pair", "pair": pair, "fails": "copy", "times": 2 }));
    one.fault(json!({ "kind": "hold", "effect": "copy" }));
    let state = one.get("state");
    two.request("PUT", "/_emulator/state", &[], state.body.as_bytes()).done();
    assert_eq!(two.get("state").body, state.body);
    assert_eq!(two.get("health").ok(), one.get("health").ok());
    let future = |server: &Server| {
        let mut said = vec![server.advance(3_600_000).to_string()];
        said.push(
            server.polardb("FailoverDBCluster", &[("DBClusterId", &cluster), ("ClientToken", "t")]).body,
        );
        said.push(
            server
                .ebs(
                    "CreateDiskReplicaPair",
                    &[PAIR[0], PAIR[1], ("DiskId", "d-1"), PAIR[3], PAIR[4], ("DestinationDiskId", "d-2")],
                )
                .body,
        );
        said.push(server.attribute(&cluster).to_string());
        said.push(server.get("state").body);
        said.join("\n").replace(&server.address, "")
    };
    assert_eq!(future(&one), future(&two));

    let before = one.get("state");
    let broken = |change: &dyn Fn(&mut Value)| {
        let mut state = before.json();
        change(&mut state);
        let answer = one.put("state", &state);
        assert_eq!(answer.status, 400, "{state}");
        answer.error(400);
        assert_eq!(one.get("state").body, before.body);
    };
    broken(&|state| state["model"]["version"] = json!(99));
    // The writer, wherever it is, becomes a reader.
    broken(&|state| {
        let nodes = state["model"]["clusters"][0]["nodes"].as_array_mut().expect("nodes");
        nodes.iter_mut().for_each(|node| node["role"] = json!("Reader"));
    });
    broken(&|state| state["model"]["pairs"][0]["status"] = json!("created"));
    broken(&|state| state["model"]["clock"] = json!(0));
    broken(&|state| state["model"]["clock"] = json!(u64::MAX));
    broken(&|state| state["simulation"]["held"] = json!([999]));
    broken(&|state| state["simulation"]["more"] = json!(1));
    broken(&|state| {
        let reply = json!({
            "kind": "reply", "action": "FailoverDbCluster", "effect": true, "lose": false, "status": 100,
            "code": null, "delay_ms": 0, "headers": {},
        });
        let planned = state["simulation"]["faults"]["planned"].as_array_mut().expect("faults");
        planned.insert(0, json!({ "id": 1, "fault": reply, "times": 1 }));
        planned.truncate(1);
    });
    broken(&|state| state["more"] = json!(1));
    broken(&|state| *state = json!([]));
}

#[test]
fn a_cleared_server_is_as_after_its_start() {
    let server = Server::manual();
    let fresh = server.get("state").body;
    let pair = server.copied_pair();
    server.fault(json!({ "kind": "hold", "effect": "copy" }));
    let target = format!("state?now_ms={START}");
    server.delete(&target).done();
    assert_eq!(server.get("state").body, fresh);
    assert_eq!(server.copied_pair(), pair, "the seed is rewound");
    server.delete("state?seed=8").done();
    assert_eq!(server.get("health").ok()["seed"], 8);
    assert_eq!(server.get("health").ok()["now_ms"], START + 7_000);
    assert_ne!(server.copied_pair(), pair);
    for bad in ["account=", "now_ms=-1", "now_ms=18446744073709551615", "seed=x", "x=1"] {
        let before = server.get("state").body;
        server.delete(&format!("state?{bad}")).error(400);
        assert_eq!(server.get("state").body, before, "{bad}");
    }
}

#[test]
fn one_account_is_cleared_and_the_others_stay() {
    let server = Server::manual();
    let fresh = server.get("state").ok();
    server.copied_pair();
    let (cluster, _) = server.cluster(MYSQL, 3);
    server.polardb("FailoverDBCluster", &[("DBClusterId", &cluster), ("ClientToken", "T")]).ok();
    server.post("seed?account=2222222222222222", &json!({ "ReplicaPairs": [{}] })).ok();
    let other = server.get("state?account=2222222222222222").body;
    server.delete(&format!("state?account=1234567890123456&now_ms={START}")).done();
    assert_eq!(server.get("effects").ok(), json!({ "effects": [] }));
    assert_eq!(server.get("state").ok(), fresh);
    assert_eq!(server.get("state?account=2222222222222222").body, other);
}

#[test]
fn a_bad_control_request_changes_nothing() {
    let server = Server::manual();
    server.copied_pair();
    let (cluster, _) = server.cluster(MYSQL, 3);
    server.polardb("FailoverDBCluster", &[("DBClusterId", &cluster)]).ok();
    let effect = text(&server.get("effects").ok(), "/effects/0/id");
    let before = server.get("state").body;
    let events = server.get("events").body;
    let effect = format!("effects/{effect}");
    let twice = r#"{"advance_ms":1,"mode":"manual","mode":"manual","advance_ms":1}"#;
    let bad_bodies = ["", "{", "null", "[]", "5", "\"x\"", "{\"x\":1}", "\u{fffd}", twice, "{}"];
    for (method, path) in [
        ("POST", "clock"),
        ("PUT", "transitions"),
        ("POST", effect.as_str()),
        ("POST", "faults"),
        ("PUT", "state"),
    ] {
        for body in bad_bodies {
            let target = format!("/_emulator/{path}");
            server.request(method, &target, &[], body.as_bytes()).error(400);
        }
        server.request(method, &format!("/_emulator/{path}"), &[], b"{\"a\":\"\xff\"}").error(400);
    }
    for (method, path) in [("PUT", "policy"), ("POST", "seed")] {
        for body in &bad_bodies[..bad_bodies.len() - 1] {
            server.request(method, &format!("/_emulator/{path}"), &[], body.as_bytes()).error(400);
        }
    }
    for clock in [
        json!({ "advance_ms": -1 }),
        json!({ "advance_ms": 1.5 }),
        json!({ "advance_ms": "1" }),
        json!({ "advance_ms": 2_678_400_001_u64 }),
        json!({ "to": "past" }),
        json!({ "to": "next", "advance_ms": 1 }),
        json!({ "advance_ms": 1, "more": 1 }),
    ] {
        server.post("clock", &clock).error(400);
    }
    for query in [
        "events?after=x",
        "events?limit=0",
        "events?limit=20001",
        "events?wait_ms=30001",
        "events?account=",
        "events?more=1",
        "events?after=1&after=2",
        "effects?x=1",
        "disks?account=%20",
        "state?x=1",
        "health?x=1",
        "policy?x",
        "faults?x=1",
    ] {
        server.get(query).error(400);
    }
    server.delete("faults/1").error(404);
    server.delete("faults/x").error(404);
    server.delete("faults/%FF").error(404);
    for path in ["nothing", "health/", "effects/1/2", "%FF", "../state/x"] {
        server.get(path).error(404);
    }
    assert_eq!(server.request("GET", "/_emulator", &[], b"").error(404), "there is no /_emulator");
    for (method, path) in [
        ("POST", "health"),
        ("PUT", "clock"),
        ("DELETE", "policy"),
        ("PATCH", "state"),
        ("GET", "effects/1"),
        ("PUT", "faults"),
    ] {
        let answer = server.request(method, &format!("/_emulator/{path}"), &[], b"");
        answer.error(405);
        assert!(answer.header("allow").is_some(), "{method} {path}");
    }
    assert_eq!(server.get("state").body, before);
    assert_eq!(server.get("events").body, events);
}

#[test]
fn equal_runs_give_equal_bytes() {
    let run = || {
        let server = Server::manual();
        let mut said = Vec::new();
        let mut say = |bytes: Vec<u8>| said.push(String::from_utf8(bytes).expect("text"));
        let host = ("host", "emulator");
        let control = |method: &str, path: &str, body: &str| {
            server.raw(&server.bytes(method, &format!("/_emulator/{path}"), &[host], body.as_bytes()))
        };
        let vendor = |version: &str, action: &str, parameters: &[(&str, &str)]| {
            let headers = [host, ("x-acs-action", action), ("x-acs-version", version)];
            server.raw(&server.bytes("POST", &format!("/?{}", form(parameters)), &headers, b""))
        };
        say(vendor(EBS, "CreateDiskReplicaPair", &PAIR));
        let create = [
            ("RegionId", "cn-hangzhou"),
            ("DBType", "MySQL"),
            ("DBVersion", "8.0"),
            ("DBNodeClass", "polar.mysql.x4.large"),
            ("PayType", "Postpaid"),
            ("DBNodeNum", "8"),
        ];
        say(vendor(support::POLARDB, "CreateDBCluster", &create));
        say(control("POST", "clock", r#"{"advance_ms":2000}"#));
        let listed = support::Answer::of(&control("GET", "events", "")).json();
        let events = listed["events"].as_array().expect("events");
        let of = |kind: &str| {
            events
                .iter()
                .find(|event| event["kind"] == kind)
                .map(|event| text(event, "/resource"))
                .expect("one")
        };
        let (pair, cluster) = (of("created"), of("cluster_status"));
        say(control("POST", "faults", r#"{"kind":"switch","node":"*","reason":"other","times":3}"#));
        let at = [("RegionId", "cn-beijing"), ("ReplicaPairId", pair.as_str())];
        say(vendor(EBS, "StartDiskReplicaPair", &at));
        say(vendor(support::POLARDB, "FailoverDBCluster", &[("DBClusterId", &cluster)]));
        say(control("POST", "clock", r#"{"to":"next"}"#));
        say(control("POST", "clock", r#"{"advance_ms":100000}"#));
        say(vendor(EBS, "FailoverDiskReplicaPair", &at));
        say(vendor(EBS, "Nonsense", &at));
        say(control("POST", "clock", r#"{"advance_ms":1000000}"#));
        say(vendor(support::POLARDB, "DescribeDBClusterAttribute", &[("DBClusterId", &cluster)]));
        say(vendor(EBS, "DescribeDiskReplicaPairs", &[("RegionId", "cn-shanghai"), ("Format", "XML")]));
        for path in ["health", "policy", "effects", "faults", "disks", "events", "state"] {
            say(control("GET", path, ""));
        }
        said
    };
    let (one, two) = (run(), run());
    assert!(one.iter().all(|answer| answer.starts_with("HTTP/1.1 ")));
    assert_eq!(one, two);
}

/// A test that says both means neither.
#[test]
fn a_key_that_is_there_twice_is_refused_everywhere_and_changes_nothing() {
    let server = Server::manual();
    let pair = server.copied_pair();
    server.fault(json!({ "kind": "hold", "effect": "stop_pair" }));
    server.ebs("StopDiskReplicaPair", &[("RegionId", "cn-shanghai"), ("ReplicaPairId", &pair)]).ok();
    let effect = text(&server.get("effects").ok(), "/effects/0/id");
    let before = server.get("state").body;
    for (method, path, body) in [
        ("POST", "clock".to_owned(), r#"{"advance_ms":1,"advance_ms":1}"#),
        ("PUT", "transitions".to_owned(), r#"{"mode":"manual","mode":"timed"}"#),
        ("PUT", "policy".to_owned(), r#"{"polardb":{"switch_window":1,"switch_window":2}}"#),
        ("POST", "seed".to_owned(), r#"{"ReplicaPairs":[{"Status":"normal","Status":"stopped"}]}"#),
        ("POST", format!("effects/{effect}"), r#"{"outcome":"succeeded","outcome":"failed"}"#),
        ("POST", "faults".to_owned(), r#"{"kind":"hold","effect":"copy","kind":"hold"}"#),
        ("PUT", "state".to_owned(), r#"{"account":"1","account":"2"}"#),
    ] {
        let answer = server.request(method, &format!("/_emulator/{path}"), &[], body.as_bytes());
        assert!(answer.error(400).contains("is there twice"), "{path}: {}", answer.body);
        assert_eq!(server.get("state").body, before, "{path}");
    }
}
