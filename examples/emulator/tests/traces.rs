//! What `--record` writes is explained by the model, in every transition mode, with many clients at once, faults and lost
//! replies; and no secret is in it.

mod support;

use std::path::PathBuf;
use std::sync::Arc;

use failover_model::trace::Trace;
use failover_model::trace::explain::{Options, Verdict, explain};
use serde_json::json;
use support::{EBS, MYSQL, PAIR, POLARDB, Server, form, text};

fn file(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("failover-trace-{}-{name}.jsonl", std::process::id()))
}

fn recorded(file: &PathBuf) -> Trace {
    let text = std::fs::read_to_string(file).expect("a trace");
    assert!(!text.contains("secret-of-the-client"), "a secret was written");
    let trace = Trace::read(&text).expect("readable");
    let _ = std::fs::remove_file(file);
    trace
}

#[track_caller]
fn accepted(trace: &Trace) {
    let explanation = explain(trace, &Options::default());
    let page = explanation.page(&|number| trace.exchanges.get(number));
    assert_eq!(explanation.verdict(), Verdict::Accepted, "{page}");
    assert!(explanation.judged * 10 >= trace.exchanges.len() * 9, "{page}");
}

/// A call with a signature, which may be answered or not.
fn signed(server: &Server, version: &str, action: &str, parameters: &[(&str, &str)]) -> Vec<u8> {
    let mut all = parameters.to_vec();
    all.extend([
        ("Action", action),
        ("Version", version),
        ("AccessKeyId", "1234567890123456"),
        ("Signature", "secret-of-the-client"),
        ("SecurityToken", "secret-of-the-client"),
    ]);
    let target = format!("/?{}", form(&all));
    server.raw(&server.bytes("POST", &target, &[("accept", "application/json")], b""))
}

#[test]
fn what_was_recorded_is_explained_in_every_mode() {
    for mode in ["immediate", "timed", "manual"] {
        let file = file(mode);
        let path = file.to_str().expect("a path");
        let server =
            Server::start(&["--clock", "manual", "--seed", "7", "--transitions", mode, "--record", path]);
        let end = || {
            if mode == "manual" {
                let effects = server.get("effects").ok();
                for effect in effects["effects"].as_array().expect("effects") {
                    let id = text(effect, "/id");
                    server.post(&format!("effects/{id}"), &json!({ "outcome": "auto" })).ok();
                }
            }
            server.advance(6_000);
        };
        let pair = text(&server.ebs("CreateDiskReplicaPair", &PAIR).ok(), "/ReplicaPairId");
        let at = |region| [("RegionId", region), ("ReplicaPairId", pair.as_str()), ("ClientToken", "one")];
        end();
        server.pair(&pair);
        server.ebs("StartDiskReplicaPair", &at("cn-shanghai")).ok();
        server.pair(&pair);
        end();
        server.pair(&pair);
        server.fault(json!({ "kind": "reply", "action": "FailoverDiskReplicaPair", "lose": true }));
        assert!(signed(&server, EBS, "FailoverDiskReplicaPair", &at("cn-beijing")).is_empty());
        server.ebs("FailoverDiskReplicaPair", &at("cn-beijing")).ok();
        server.ebs("FailoverDiskReplicaPair", &at("cn-shanghai"));
        end();
        server.pair(&pair);
        let (cluster, nodes) = {
            let cluster = server.create_cluster(MYSQL, 3);
            end();
            let view = server.attribute(&cluster);
            let nodes = view["DBNodes"].as_array().expect("nodes").iter();
            let nodes: Vec<String> = nodes.map(|node| text(node, "/DBNodeId")).collect();
            (cluster, nodes)
        };
        server.fault(json!({ "kind": "node", "node": nodes[0], "up": false }));
        server.attribute(&cluster);
        end();
        end();
        server.attribute(&cluster);
        server.polardb("DescribeHALogs", &[("DBClusterId", &cluster), ("LogType", "HaSwitchLogList")]).ok();
        drop(server);
        let trace = recorded(&file);
        assert!(trace.exchanges.iter().any(|exchange| exchange.answer.is_none()));
        accepted(&trace);
    }
}

#[test]
fn what_was_made_to_happen_outside_is_told() {
    let file = file("told");
    let path = file.to_str().expect("a path");
    let server = Server::start(&["--clock", "manual", "--seed", "7", "--record", path]);
    let cluster = server.create_cluster(MYSQL, 4);
    server.advance(6_000);
    let view = server.attribute(&cluster);
    let nodes: Vec<String> =
        view["DBNodes"].as_array().expect("nodes").iter().map(|node| text(node, "/DBNodeId")).collect();
    // All in one moment of the clock, and a call that finds the first of it.
    let at_target = [("DBClusterId", cluster.as_str()), ("TargetDBNodeId", nodes[1].as_str())];
    server.fault(json!({ "kind": "replication", "node": nodes[1], "healthy": false }));
    assert_eq!(server.polardb("FailoverDBCluster", &at_target).status, 400);
    for node in [&nodes[2], &nodes[3], &nodes[0]] {
        server.fault(json!({ "kind": "node", "node": node, "up": false }));
    }
    server.fault(json!({ "kind": "replication", "node": nodes[1], "healthy": true }));
    server.advance(60_000);
    server.attribute(&cluster);
    drop(server);
    let mut trace = recorded(&file);
    assert_eq!(trace.told.len(), 5, "{:?}", trace.told);
    accepted(&trace);
    trace.told.clear();
    assert_eq!(explain(&trace, &Options::default()).verdict(), Verdict::Refuted);
}

#[test]
fn sixteen_clients_at_once_on_the_real_clock_are_explained() {
    let file = file("clients");
    let path = file.to_str().expect("a path");
    let server = Arc::new(Server::start(&["--seed", "7", "--record", path]));
    let cluster = server.create_cluster(MYSQL, 4);
    let pair = text(&server.ebs("CreateDiskReplicaPair", &PAIR).ok(), "/ReplicaPairId");
    std::thread::sleep(std::time::Duration::from_millis(2_200));
    let clients = (0..16).map(|number| {
        let (server, cluster, pair) = (Arc::clone(&server), cluster.clone(), pair.clone());
        std::thread::spawn(move || {
            for round in 0..8 {
                let cluster = [("DBClusterId", cluster.as_str())];
                let named = |region| [("RegionId", region), ("ReplicaPairId", pair.as_str())];
                let listed = [("RegionId", "cn-shanghai"), ("PairIds", pair.as_str())];
                let _ = match (number + round) % 8 {
                    0 => signed(&server, POLARDB, "FailoverDBCluster", &cluster),
                    1 => signed(&server, EBS, "StartDiskReplicaPair", &named("cn-shanghai")),
                    2 => signed(&server, EBS, "StopDiskReplicaPair", &named("cn-shanghai")),
                    3 => signed(&server, EBS, "FailoverDiskReplicaPair", &named("cn-beijing")),
                    4 | 5 => signed(&server, EBS, "DescribeDiskReplicaPairs", &listed),
                    _ => signed(&server, POLARDB, "DescribeDBClusterAttribute", &cluster),
                };
                std::thread::sleep(std::time::Duration::from_millis(20 * (number % 5) as u64));
            }
        })
    });
    let clients: Vec<_> = clients.collect();
    clients.into_iter().for_each(|client| client.join().expect("a client"));
    drop(server);
    let trace = recorded(&file);
    assert_eq!(trace.exchanges.len(), 2 + 16 * 8);
    let orders: Vec<_> = trace.exchanges.iter().filter_map(|exchange| exchange.order).collect();
    let overlap = orders.iter().any(|one| orders.iter().any(|other| one.0 < other.0 && other.0 < one.1));
    assert!(overlap, "no two calls overlapped");
    accepted(&trace);
}
