//! A world for each account: what one does to its time, faults, readings and feed is invisible to all others.

mod support;

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use failover_emulator::Emulator;
use failover_emulator::limits::Limits;
use failover_emulator::{router, serve};
use serde_json::{Value, json};
use support::{MYSQL, PAIR, START, Server, form, origin, text};

const OTHER: &str = "2222222222222222";

fn pair_of(server: &Server, account: &str) -> String {
    let parameters = [PAIR.as_slice(), &[("AccessKeyId", account)]].concat();
    text(&server.ebs("CreateDiskReplicaPair", &parameters).ok(), "/ReplicaPairId")
}

#[test]
fn ids_time_faults_readings_and_feed_belong_to_the_account() {
    let (server, alone) = (Server::manual(), Server::manual());
    // Another account's noise changes nothing.
    for _ in 0..3 {
        server.post(&format!("seed?account={OTHER}"), &json!({ "ReplicaPairs": [{}] })).ok();
    }
    server.post(&format!("clock?account={OTHER}"), &json!({ "advance_ms": 86_400_000 })).ok();
    server.put(&format!("transitions?account={OTHER}"), &json!({ "mode": "manual" })).done();
    server.put(&format!("policy?account={OTHER}"), &json!({ "polardb": { "switch_window": 5 } })).done();
    let strikes = json!({ "kind": "reply", "action": "CreateDiskReplicaPair", "status": 503, "times": null });
    server.post(&format!("faults?account={OTHER}"), &strikes).ok();
    server
        .post(&format!("faults?account={OTHER}"), &json!({ "kind": "pair", "pair": "*", "fails": "create" }))
        .ok();

    assert_eq!(server.copied_pair(), alone.copied_pair());
    assert_eq!(server.cluster(MYSQL, 3), alone.cluster(MYSQL, 3));
    for what in ["state", "events", "health", "effects", "faults", "disks", "policy", "clock"] {
        assert_eq!(server.get(what).body, alone.get(what).body, "{what}");
    }
    let other = server.get(&format!("health?account={OTHER}")).ok();
    assert_eq!((&other["now_ms"], &other["transitions"]), (&json!(START + 86_400_000), &json!("manual")));
    assert_ne!(other["seed"], server.get("health").ok()["seed"]);
    assert_eq!(
        server.get(&format!("faults?account={OTHER}")).ok()["faults"].as_array().map(Vec::len),
        Some(2)
    );
    server
        .request(
            "POST",
            &format!("/?{}&AccessKeyId={OTHER}&Action=CreateDiskReplicaPair&Version=2021-07-30", form(&PAIR)),
            &[],
            b"",
        )
        .code(503);
    let accounts = server.get("accounts").ok();
    let listed: Vec<_> =
        accounts["accounts"].as_array().expect("a list").iter().map(|it| text(it, "/account")).collect();
    assert_eq!(listed, ["1234567890123456", OTHER]);
    assert_eq!(accounts["accounts"][1]["resources"], 4, "a reply was lost, and not the call");
}

#[test]
fn a_state_is_told_and_replaced_by_account() {
    let server = Server::manual();
    let pair = pair_of(&server, OTHER);
    let state = server.get(&format!("state?account={OTHER}"));
    assert_eq!(text(&state.ok(), "/account"), OTHER);
    assert_eq!(text(&state.ok(), "/region"), "cn-hangzhou");
    server.post(&format!("clock?account={OTHER}"), &json!({ "advance_ms": 2_000 })).ok();
    let moved = server.get(&format!("state?account={OTHER}")).body;
    server.put(&format!("state?account={OTHER}"), &state.ok()).done();
    assert_eq!(server.get(&format!("state?account={OTHER}")).body, state.body);
    server.post(&format!("clock?account={OTHER}"), &json!({ "advance_ms": 2_000 })).ok();
    assert_eq!(server.get(&format!("state?account={OTHER}")).body, moved);

    // The state of one account is none of another, whatever it says of itself.
    let default = server.get("state").body;
    assert!(server.put("state", &state.ok()).error(400).contains(OTHER));
    let mut relabelled = state.ok();
    relabelled["account"] = json!("1234567890123456");
    assert!(server.put("state", &relabelled).error(400).contains("other accounts"), "{pair} is the other's");
    assert_eq!(server.get("state").body, default);
}

#[test]
fn an_account_that_is_removed_begins_anew_and_no_other_notices() {
    let (server, fresh) = (Server::manual(), Server::manual());
    let (pair, others) = (pair_of(&server, OTHER), server.copied_pair());
    server.post(&format!("faults?account={OTHER}"), &json!({ "kind": "hold", "effect": "copy" })).ok();
    server.post(&format!("clock?account={OTHER}"), &json!({ "advance_ms": 86_400_000 })).ok();
    server.put(&format!("policy?account={OTHER}"), &json!({ "polardb": { "switch_window": 5 } })).done();
    let kept = ["state", "events", "faults"].map(|what| server.get(what).body);

    server.delete(&format!("accounts/{OTHER}")).done();
    let listed = server.get("accounts").ok();
    assert_eq!(listed["accounts"].as_array().map(Vec::len), Some(1), "{listed}");
    for id in [OTHER, "nobody", "a%2Fb", "%FF"] {
        assert!(server.delete(&format!("accounts/{id}")).error(404).contains("there is no account"), "{id}");
    }
    server.get(&format!("accounts/{OTHER}")).error(405);
    server.delete("accounts").error(405);
    server.delete(&format!("accounts/{OTHER}?account={OTHER}")).error(400);
    assert_eq!(["state", "events", "faults"].map(|what| server.get(what).body), kept);
    assert_eq!(text(&server.pair(&others), "/ReplicaPairId"), others);

    // It is as if it had never been.
    for what in ["state", "events", "faults", "policy", "clock", "health"] {
        let of = format!("{what}?account={OTHER}");
        assert_eq!(server.get(&of).body, fresh.get(&of).body, "{what}");
    }
    assert_eq!(pair_of(&server, OTHER), pair);
    // An id that has to be spelt otherwise in a path, and the default account.
    server.get("health?account=a%3Ab").ok();
    server.delete("accounts/a%3Ab").done();
    server.delete("accounts/1234567890123456").done();
    assert_eq!(server.get("state").body, fresh.get("state").body);
}

#[test]
fn who_waits_for_an_account_that_is_removed_is_told_so() {
    let server = Server::manual();
    server
        .post(
            &format!("seed?account={OTHER}"),
            &json!({ "ReplicaPairs": vec![json!({ "Status": "normal", "RPO": 900 }); 2_000] }),
        )
        .ok();
    let paths = [
        ("GET", "events?after=1000000&wait_ms=30000", b"".as_slice()),
        ("GET", "events?after=1000000&resource=pair-none&wait_ms=30000", b""),
        ("POST", "clock?", br#"{"advance_ms":2678400000}"#),
    ];
    std::thread::scope(|scope| {
        let waiting = paths.map(|(method, path, body)| {
            let server = &server;
            scope.spawn(move || {
                let target = format!("/_emulator/{path}&account={OTHER}");
                server.request(method, &target.replace("?&", "?"), &[], body).error(409)
            })
        });
        support::until("the clock moves", || {
            !server.get(&format!("clock?account={OTHER}")).ok()["until_ms"].is_null()
        });
        // By now the readers wait.
        std::thread::sleep(std::time::Duration::from_millis(300));
        server.delete(&format!("accounts/{OTHER}")).done();
        for waiting in waiting {
            assert_eq!(waiting.join().expect("an answer"), "the account was removed meanwhile");
        }
    });
    assert_eq!(server.get(&format!("clock?account={OTHER}")).ok()["now_ms"], START);
}

#[test]
fn a_page_of_another_origin_is_not_answered() {
    let server = Server::manual();
    let own = format!("http://{}", server.address);
    for (header, value, status) in [
        ("Origin", own.as_str(), 204),
        ("Origin", "http://evil.example", 403),
        ("Origin", "null", 403),
        ("Origin", "http://127.0.0.1:1", 403),
        ("Sec-Fetch-Site", "cross-site", 403),
        ("Sec-Fetch-Site", "same-origin", 204),
        ("Sec-Fetch-Site", "none", 204),
    ] {
        let target = "/_emulator/transitions";
        let answer = server.request("PUT", target, &[(header, value)], br#"{"mode":"manual"}"#);
        assert_eq!(answer.status, status, "{header}: {value}");
    }
}

/// The server without a socket.
fn emulator() -> Arc<Emulator> {
    Arc::new(Emulator::new(origin(), Limits::DEFAULT))
}

/// The test of one account: its own seed, readings, transitions, clock and faults. Returns all that it was answered.
async fn test_of(emulator: Arc<Emulator>, number: u64) -> Vec<String> {
    let (router, account) = (router(&emulator), format!("{:016}", 5_000_000 + number));
    let (mut answers, mut pair, mut cluster) = (Vec::new(), String::new(), String::new());
    let control = |method: &'static str, path: &str, body: Value| {
        (method, format!("/_emulator/{path}account={account}"), body)
    };
    let call = |action: &str, version: &str, parameters: &[(&str, &str)]| {
        let target =
            format!("/?Action={action}&Version={version}&AccessKeyId={account}&{}", form(parameters));
        ("GET", target, Value::Null)
    };
    let nodes = (2 + number % 4).to_string();
    for step in 0..16 {
        let (method, target, body) = match step {
            0 => control("DELETE", &format!("state?seed={}&", number / 3), Value::Null),
            1 => control("PUT", "policy?", json!({ "polardb": { "switch_window": 1 + number % 3 } })),
            2 => {
                let mode = if number.is_multiple_of(7) { "immediate" } else { "timed" };
                control("PUT", "transitions?", json!({ "mode": mode }))
            }
            3 => call("CreateDiskReplicaPair", support::EBS, &PAIR),
            4 | 7 | 11 => control("POST", "clock?", json!({ "advance_ms": 1_000 * (1 + number % 9) })),
            5 => control(
                "POST",
                "faults?",
                match number % 3 {
                    0 => json!({ "kind": "pair", "pair": pair, "fails": "copy" }),
                    1 => json!({ "kind": "switch", "node": "*", "times": 2 }),
                    _ => json!({ "kind": "hold", "effect": "copy" }),
                },
            ),
            6 => call(
                "StartDiskReplicaPair",
                support::EBS,
                &[("RegionId", "cn-shanghai"), ("ReplicaPairId", &pair)],
            ),
            8 => call(
                "CreateDBCluster",
                support::POLARDB,
                &[
                    ("RegionId", "cn-hangzhou"),
                    ("DBType", "MySQL"),
                    ("DBVersion", "8.0"),
                    ("DBNodeClass", "polar.mysql.x4.large"),
                    ("PayType", "Postpaid"),
                    ("DBNodeNum", &nodes),
                    ("ClientToken", "t"),
                ],
            ),
            9 => control("POST", "clock?", json!({ "to": "next" })),
            10 => call(
                "FailoverDBCluster",
                support::POLARDB,
                &[("DBClusterId", &cluster), ("ClientToken", "u")],
            ),
            12 => call("DescribeDBClusterAttribute", support::POLARDB, &[("DBClusterId", &cluster)]),
            13 => call(
                "FailoverDiskReplicaPair",
                support::EBS,
                &[("RegionId", "cn-beijing"), ("ReplicaPairId", &pair)],
            ),
            14 => control("GET", "events?", Value::Null),
            _ => control("GET", "state?", Value::Null),
        };
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let request = Request::builder().method(method).uri(&target).header("host", "localhost").body(body);
        let answer = serve::answer(router.clone(), request.expect("a request")).await.expect("an answer");
        assert_ne!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR, "{target}");
        let bytes = to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
        let said = String::from_utf8(bytes.to_vec()).expect("text");
        let field = |name: &str| {
            let said: Value = serde_json::from_str(&said).unwrap_or_default();
            said[name].as_str().unwrap_or_default().to_owned()
        };
        match step {
            3 => pair = field("ReplicaPairId"),
            8 => cluster = field("DBClusterId"),
            _ => {}
        }
        answers.push(said);
        tokio::task::yield_now().await;
    }
    answers
}

#[test]
fn a_thousand_accounts_at_once_are_each_answered_as_when_alone() {
    const ACCOUNTS: u64 = 1_000;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let (together, alone) = runtime.block_on(async {
        let shared = emulator();
        let tests: Vec<_> =
            (0..ACCOUNTS).map(|number| tokio::spawn(test_of(Arc::clone(&shared), number))).collect();
        let mut together = Vec::new();
        for test in tests {
            together.push(test.await.expect("a test"));
        }
        let mut alone = Vec::new();
        for number in 0..ACCOUNTS {
            alone.push(test_of(emulator(), number).await);
        }
        (together, alone)
    });
    let different: Vec<_> =
        (0..).zip(together.iter().zip(&alone)).filter(|(_, (one, two))| one != two).collect();
    assert!(different.is_empty(), "{:?}", different.first());
    // The tests do what they say: failovers happen, and no two accounts tell the same.
    assert!(alone.iter().filter(|answers| answers[14].contains("writer_moved")).count() > 300);
    assert!(alone.iter().filter(|answers| answers[14].contains("\"failovering\"")).count() > 300);
    assert_eq!(together.iter().collect::<std::collections::BTreeSet<_>>().len(), together.len());
}

#[test]
fn what_people_see_says_why_a_node_is_out_and_what_would_happen() {
    let server = Server::manual();
    let (cluster, nodes) = server.cluster(MYSQL, 4);
    server.fault(json!({ "kind": "replication", "node": nodes[1], "healthy": false }));
    server.fault(json!({ "kind": "node", "node": nodes[2], "up": false }));
    let shown = server.get("resources").ok();
    let out: Vec<_> = (shown["clusters"][0]["nodes"].as_array().expect("nodes").iter())
        .map(|node| (node["barred_by"].clone(), node["tier"].clone()))
        .collect();
    let bars = ["P-110", "P-114", "P-113"].map(|rule| (json!(rule), Value::Null));
    assert_eq!(out, [bars.as_slice(), &[(Value::Null, json!(1))]].concat());

    let before = server.get("state").body;
    let outlook = server.get(&format!("clusters/{cluster}/outlook")).ok();
    assert_eq!((text(&outlook, "/writer"), text(&outlook, "/next")), (nodes[0].clone(), nodes[3].clone()));
    assert_eq!(server.get("state").body, before);
    server.get("clusters/pc-none/outlook").error(404);
    for bad in ["resources?limit=0", "resources?limit=501", "rules?x=1"] {
        server.get(bad).error(400);
    }
    let rules = server.get("rules").ok();
    let rules = rules["rules"].as_array().expect("rules");
    assert!(rules.iter().any(|rule| rule["id"] == "P-114" && !text(rule, "/source").is_empty()));
    let page = server.get("");
    assert!(
        page.header("content-security-policy").is_some_and(|policy| policy.contains("default-src 'none'"))
    );
}
