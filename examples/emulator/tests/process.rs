//! Starting and ending the server, and the real clock.

mod support;

use std::io::Write;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;
use support::{PAIR, PATIENCE, Server, text};

#[test]
fn it_ends_cleanly_when_told_even_while_somebody_waits() {
    for name in ["TERM", "INT"] {
        let mut server = Server::manual();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| server.events("wait_ms=30000"));
            std::thread::sleep(Duration::from_millis(200));
            server.signal(name);
            assert!(waiting.join().expect("an answer").is_empty());
        });
        let started = Instant::now();
        assert_eq!(server.wait().code(), Some(0), "{name}");
        assert!(started.elapsed() < PATIENCE);
    }
}

#[test]
fn a_start_that_cannot_be_meant_ends_with_2_and_says_why() {
    let directory = std::env::temp_dir().join(format!("failover-emulator-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a directory");
    let file = |name: &str, text: &str| {
        let path = directory.join(name);
        std::fs::File::create(&path).and_then(|mut file| file.write_all(text.as_bytes())).expect("a file");
        path.to_str().expect("text").to_owned()
    };
    let taken = Server::manual();
    let bad_policy = file("policy.json", r#"{"tokens":{"capasity":1}}"#);
    let bad_latency = file("latency.json", r#"{"copy":-1}"#);
    let no_object = file("list.json", "[]");
    for (flags, says) in [
        (vec!["--store", "worlds"], "--store"),
        (vec!["--seed", "x"], "--seed"),
        (vec!["--seed", "-1"], "-1"),
        (vec!["--clock", "lunar"], "lunar"),
        (vec!["--transitions", "sudden"], "sudden"),
        (vec!["--account", "a b"], "--account"),
        (vec!["--region", ""], "--region"),
        (vec!["--listen", "nowhere"], "nowhere"),
        (vec!["--listen", taken.address.as_str()], "cannot listen"),
        (vec!["--policy", "/nonexistent"], "/nonexistent"),
        (vec!["--policy", bad_policy.as_str()], "capasity"),
        (vec!["--policy", no_object.as_str()], "no object"),
        (vec!["--latency", "slow"], "slow"),
        (vec!["--latency", bad_latency.as_str()], "latency"),
        (vec!["--latency", no_object.as_str()], "no object"),
    ] {
        let run = Command::new(env!("CARGO_BIN_EXE_failover-emulator"))
            .args(if flags[0] == "--listen" { vec![] } else { vec!["--listen", "127.0.0.1:0"] })
            .args(&flags)
            .output()
            .expect("it starts");
        let error = String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.code(), Some(2), "{flags:?}: {error}");
        assert!(
            run.stdout.is_empty() && error.contains("error: ") && error.contains(says),
            "{flags:?}: {error}"
        );
    }
    let policy = file("good.json", r#"{"polardb":{"switch_window":1}}"#);
    let latency = file("fast.json", r#"{"create_pair":1}"#);
    let server = Server::start(&["--clock", "manual", "--policy", &policy, "--latency", &latency]);
    assert_eq!(server.get("policy").ok()["polardb"]["switch_window"], 1);
    server.ebs("CreateDiskReplicaPair", &PAIR).ok();
    assert_eq!(server.advance(1)["fired"], 1);
    let _ = std::fs::remove_dir_all(&directory);
}

#[test]
fn the_flags_of_a_start_are_in_force() {
    let flags = [
        "--account",
        "acme",
        "--region",
        "cn-chengdu",
        "--transitions",
        "immediate",
        "--latency",
        "documented",
    ];
    let server =
        Server::start(&[["--clock", "manual", "--seed", "18446744073709551615"].as_slice(), &flags].concat());
    assert_eq!(server.get("health").ok()["seed"], u64::MAX);
    let (cluster, _) = server.cluster(support::MYSQL, 2);
    let call = server.events(&format!("resource={cluster}")).pop().expect("a call");
    assert_eq!((&call["account"], &call["detail"]["region"]), (&json!("acme"), &json!("cn-chengdu")));
    server.put("transitions", &json!({ "mode": "timed" })).done();
    server.polardb("FailoverDBCluster", &[("DBClusterId", &cluster)]).ok();
    assert_eq!(server.advance(24_999)["fired"], 0);
    assert_eq!(server.advance(1)["fired"], 1);
}

#[test]
fn a_seed_is_drawn_and_said() {
    let (one, two) = (Server::start(&[]), Server::start(&[]));
    let seed = |server: &Server| server.get("health").ok()["seed"].as_u64().expect("a number");
    assert_ne!(seed(&one), seed(&two));
    assert!(seed(&one) < 1 << 53);
}

#[test]
fn on_the_real_clock_events_come_by_themselves_and_an_advance_lasts() {
    let server = Server::start(&["--seed", "7"]);
    let system =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_millis();
    let now = |server: &Server| server.get("health").ok()["now_ms"].as_u64().expect("a time");
    assert!(u128::from(now(&server)).abs_diff(system) < 60_000);
    let pair = text(&server.ebs("CreateDiskReplicaPair", &PAIR).ok(), "/ReplicaPairId");
    let seen = server.get("events").ok()["next_seq"].as_u64().expect("a number") - 1;
    let started = Instant::now();
    let events = server.events(&format!("after={seen}&resource={pair}&wait_ms=15000"));
    assert_eq!(text(&events[0], "/kind"), "created");
    let waited = started.elapsed();
    assert!(waited > Duration::from_millis(1_000) && waited < Duration::from_secs(10), "{waited:?}");

    let before = now(&server);
    let month = 31 * 86_400_000;
    server.advance(month);
    let after = now(&server);
    assert!(after >= before + month && after < before + month + 60_000);
    server.ebs("StartDiskReplicaPair", &[("RegionId", "cn-shanghai"), ("ReplicaPairId", &pair)]).ok();
    let next = server.post("clock", &json!({ "to": "next" })).ok();
    assert_eq!((&next["fired"], &next["next"]["reason"]), (&json!(1), &json!("copy_cycle")));
    assert!(now(&server) >= next["now_ms"].as_u64().expect("a time"));
    let state = server.get("state");
    server.delete("state?now_ms=1000").done();
    assert!(now(&server) < 60_000);
    server.request("PUT", "/_emulator/state", &[], state.body.as_bytes()).done();
    assert!(now(&server) >= after);
}
