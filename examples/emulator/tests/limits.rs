//! What the server bears, and what it says past it.

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::http::Request;
use failover_emulator::Emulator;
use failover_emulator::clock::Clock;
use failover_emulator::limits::Limits;
use failover_emulator::world::Origin;
use failover_emulator::{policy, router, serve};
use failover_model::simulation::{LatencyProfile, Transitions};
use serde_json::{Value, json};
use support::{Answer, PAIR, PATIENCE, Server, form, text};

/// What a server with these limits answers, without a socket: status and body.
struct Small {
    runtime: tokio::runtime::Runtime,
    emulator: Arc<Emulator>,
}

impl Small {
    fn new(limits: Limits) -> Self {
        let origin = Origin {
            policy: policy::default(),
            seed: 7,
            transitions: Transitions::Timed,
            latency: LatencyProfile::QUICK,
            clock: Clock::manual(),
            account: "1234567890123456".parse().expect("an account"),
            region: "cn-hangzhou".parse().expect("a region"),
            regions: failover_model::Places::default(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { runtime, emulator: Arc::new(Emulator::new(origin, limits)) }
    }

    fn ask(&self, method: &str, target: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let request = Request::builder().method(method).uri(target).header("host", "localhost").body(body);
        let request = request.expect("a request");
        self.runtime.block_on(async {
            let answer = serve::answer(router(&self.emulator), request).await.expect("an answer");
            let status = answer.status().as_u16();
            let bytes = to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
            (status, serde_json::from_slice(&bytes).unwrap_or_default())
        })
    }

    fn create(&self, account: &str, disk: &str, more: &str) -> (u16, Value) {
        let mut pair = PAIR;
        pair[2].1 = disk;
        let destination = format!("{disk}-copy");
        pair[5].1 = &destination;
        let target = format!(
            "/?Action=CreateDiskReplicaPair&Version=2021-07-30&AccessKeyId={account}&{}{more}",
            form(&pair)
        );
        self.ask("GET", &target, &Value::Null)
    }
}

#[test]
fn accounts_resources_faults_and_waiters_are_bounded() {
    let limits = Limits { connections: 9, accounts: 2, resources: 2, faults: 2, waiters: 0 };
    let small = Small::new(limits);
    let (one, two, three) = ("1111111111111111", "2222222222222222", "3333333333333333");
    assert_eq!(small.create(one, "d-1", "").0, 200);
    let (status, first) = small.create(one, "d-2", "&ClientToken=t");
    assert_eq!(status, 200);
    let (status, error) = small.create(one, "d-3", "");
    assert_eq!((status, text(&error, "/Code")), (403, "OperationDenied.QuotaExceed".into()));
    // What was accepted is answered again.
    let (status, again) = small.create(one, "d-2", "&ClientToken=t");
    assert_eq!((status, &again["ReplicaPairId"]), (200, &first["ReplicaPairId"]));
    assert_eq!(small.create(two, "d-1", "").0, 200, "another account has its own room");

    let (status, error) = small.create(three, "d-1", "");
    assert_eq!((status, text(&error, "/Code")), (503, "ServiceUnavailable".into()));
    assert_eq!(small.ask("GET", &format!("/_emulator/health?account={three}"), &Value::Null).0, 503);

    let faults = format!("/_emulator/faults?account={one}");
    let hold = json!({ "kind": "hold", "effect": "copy" });
    assert_eq!((small.ask("POST", &faults, &hold).0, small.ask("POST", &faults, &hold).0), (200, 200));
    let silence = json!({ "kind": "region", "region": "cn-a", "up": false, "api": false });
    for planned in [&hold, &silence] {
        assert_eq!(small.ask("POST", &faults, planned).0, 429);
    }
    // What is seen at once lies in no list.
    let seen = json!({ "kind": "disk", "disk": "d-1", "up": false });
    assert_eq!(small.ask("POST", &faults, &seen).0, 200);
    let waits = format!("/_emulator/events?account={one}&resource=none&wait_ms=1000");
    assert_eq!(small.ask("GET", &waits, &Value::Null).0, 429);

    // A state that was taken out within the limits can be put back, one beyond them cannot.
    let state = format!("/_emulator/state?account={one}");
    let (_, whole) = small.ask("GET", &state, &Value::Null);
    assert_eq!(small.ask("PUT", &state, &whole).0, 204);
    let tight = Small::new(Limits { resources: 1, ..limits });
    let (status, why) = tight.ask("PUT", &state, &whole);
    assert!(status == 400 && text(&why, "/error").contains("at most 1 resources"), "{why}");
}

#[test]
fn a_reader_who_fell_behind_is_told() {
    let server = Server::manual();
    let pairs: Vec<_> = (0..600).map(|_| json!({ "Status": "normal", "RPO": 900 })).collect();
    server.post("seed", &json!({ "ReplicaPairs": pairs })).ok();
    server.advance(86_400_000);
    let page = server.get("events?limit=1").ok();
    let first = page["first_seq"].as_u64().expect("a number");
    assert!(first > 1, "{page}");
    assert_eq!(server.get(&format!("events?after={}&limit=1", first - 1)).ok()["events"][0]["seq"], first);
    let gone = server.get(&format!("events?after={}", first - 2));
    assert_eq!(gone.error(410), format!("the events from {0} to {0} are gone", first - 1));
    assert_eq!(gone.json()["first_seq"], first);
}

#[test]
fn a_head_that_cannot_be_read_is_answered_in_the_vendor_s_shape() {
    let server = Server::manual();
    let long = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "x".repeat(1 << 20));
    for (bytes, status, code) in [
        (long.as_str(), 431, "RequestHeaderFieldsTooLarge"),
        ("GET / HTTP/1.1\r\nHost: x\r\nbad name: 1\r\n\r\n", 400, "InvalidRequest"),
        ("nonsense\r\n\r\n", 400, "InvalidRequest"),
        (
            "GET /?Action=DescribeDBClusters&Version=2017-08-01 HTTP/1.1\r\nConnection: close\r\n\r\n",
            400,
            "InvalidRequest",
        ),
    ] {
        let mut stream = TcpStream::connect(&server.address).expect("it accepts");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        // What is too long may be refused before it is written.
        let _ = stream.write_all(bytes.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert_eq!(Answer::of(&answer).code(status), code);
    }
    // HTTP/1.0 knows no Host.
    let old =
        server.raw(b"GET /?Action=DescribeDBClusters&Version=2017-08-01&RegionId=cn-a HTTP/1.0\r\n\r\n");
    assert_eq!(Answer::of(&old).status, 200);
}

fn descriptors(server: &Server) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", server.id())).expect("Linux").count()
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_client_that_left_frees_its_descriptor_also_under_a_delay() {
    let server = Server::manual();
    server.fault(
        json!({ "kind": "reply", "action": "DescribeDBClusters", "delay_ms": 600_000, "times": null }),
    );
    server.get("health").ok();
    let before = descriptors(&server);
    let request =
        server.bytes("GET", "/?Action=DescribeDBClusters&Version=2017-08-01&RegionId=cn-a", &[], b"");
    let waits = server.bytes("GET", "/_emulator/events?resource=none&wait_ms=30000", &[], b"");
    let clients: Vec<_> = (0..20)
        .map(|number| {
            let mut stream = TcpStream::connect(&server.address).expect("it accepts");
            stream.write_all(if number % 2 == 0 { &request } else { &waits }).expect("it reads");
            stream
        })
        .collect();
    until("the clients are connected", || descriptors(&server) >= before + 19);
    drop(clients);
    until("their descriptors are free", || descriptors(&server) <= before);
}

#[test]
fn connections_beyond_the_limit_are_told_and_there_is_room_again() {
    let server = Server::start(&["--clock", "manual", "--seed", "7", "--connections", "3"]);
    let held: Vec<_> = (0..3).map(|_| TcpStream::connect(&server.address).expect("it accepts")).collect();
    until("a fourth is refused", || {
        let answer = server.get("health");
        answer.status == 503 && answer.code(503) == "ServiceUnavailable"
    });
    drop(held);
    until("there is room again", || server.get("health").status == 200);
}

#[test]
fn work_that_takes_long_disturbs_nobody_and_is_given_up_with_its_caller() {
    let mut server = Server::manual();
    let (busy, calm) = ("5555555555555555", "6666666666666666");
    let pairs: Vec<_> = (0..2_000).map(|_| json!({ "Status": "normal", "RPO": 900 })).collect();
    server.post(&format!("seed?account={busy}"), &json!({ "ReplicaPairs": pairs })).ok();
    let clock = || server.get(&format!("clock?account={busy}")).ok();
    let advance = |ms: u64| {
        let target = format!("/_emulator/clock?account={busy}");
        let body = json!({ "advance_ms": ms }).to_string();
        let mut stream = TcpStream::connect(&server.address).expect("it accepts");
        stream.write_all(&server.bytes("POST", &target, &[], body.as_bytes())).expect("it reads");
        stream
    };
    let month = 31 * 86_400_000_u64;
    let caller = advance(month);
    until("it is under way", || !clock()["until_ms"].is_null());
    // Its own account reads on, and sees how far it came; another account does not notice.
    let (first, started) = (clock()["now_ms"].as_u64(), Instant::now());
    until("it moves", || clock()["now_ms"].as_u64() > first);
    for _ in 0..20 {
        server.get(&format!("health?account={calm}")).ok();
    }
    assert!(started.elapsed() < PATIENCE);
    assert!(!clock()["until_ms"].is_null(), "that was not long enough");
    drop(caller);
    until("it stops", || clock()["until_ms"].is_null());
    let stopped = clock()["now_ms"].as_u64();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(clock()["now_ms"].as_u64(), stopped);

    // A state that is replaced meanwhile ends it with a word.
    let mut caller = advance(month);
    until("it is under way", || !clock()["until_ms"].is_null());
    server.delete(&format!("state?account={busy}")).done();
    let mut answer = Vec::new();
    caller.read_to_end(&mut answer).expect("an answer");
    Answer::of(&answer).error(409);

    // The end of the server waits for no clock.
    server.post(&format!("seed?account={busy}"), &json!({ "ReplicaPairs": pairs })).ok();
    let _caller = advance(month);
    until("it is under way", || !clock()["until_ms"].is_null());
    let ending = Instant::now();
    server.signal("TERM");
    assert!(server.wait().success());
    assert!(ending.elapsed() < Duration::from_secs(10), "{:?}", ending.elapsed());
}
