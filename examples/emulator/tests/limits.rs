//! What the server bears, and what it says past it.

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::http::Request;
use failover_emulator::Emulator;
use failover_emulator::limits::Limits;
use failover_emulator::{draw_seed, router, serve};
use serde_json::{Value, json};
use support::{Answer, PAIR, PATIENCE, Server, form, origin, text, until};

/// What a server with these limits answers, without a socket: status and body.
struct Small {
    runtime: tokio::runtime::Runtime,
    emulator: Arc<Emulator>,
}

impl Small {
    fn new(limits: Limits) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { runtime, emulator: Arc::new(Emulator::new(origin(), limits)) }
    }

    fn ask(&self, method: &str, target: &str, body: &Value) -> (u16, Value) {
        let (status, text) = self.said(method, target, body);
        (status, serde_json::from_slice(&text).unwrap_or_default())
    }

    fn said(&self, method: &str, target: &str, body: &Value) -> (u16, Vec<u8>) {
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let request = Request::builder().method(method).uri(target).header("host", "localhost").body(body);
        let request = request.expect("a request");
        self.runtime.block_on(async {
            let answer = serve::answer(router(&self.emulator), request).await.expect("an answer");
            let status = answer.status().as_u16();
            let bytes = to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
            (status, bytes.to_vec())
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
    let limits = Limits { accounts: 2, resources: 2, faults: 2, waiters: 0, ..Limits::DEFAULT };
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
    let health = format!("/_emulator/health?account={three}");
    assert_eq!(small.ask("GET", &health, &Value::Null).0, 503);
    // One that is removed makes room for another.
    assert_eq!(small.ask("DELETE", &format!("/_emulator/accounts/{two}"), &Value::Null).0, 204);
    assert_eq!(small.ask("GET", &health, &Value::Null).0, 200);
    assert_eq!(small.create(two, "d-1", "").0, 503);

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
fn a_state_that_is_told_can_be_put_back_and_no_other() {
    let state = "/_emulator/state";
    let roomy = Small::new(Limits::DEFAULT);
    assert_eq!(roomy.create("1234567890123456", "d-1", "&ClientToken=t").0, 200);
    let (_, whole) = roomy.said("GET", state, &Value::Null);
    for (limit, told, taken) in [(whole.len(), 200, 204), (whole.len() - 1, 507, 413)] {
        let small = Small::new(Limits { state: limit, ..Limits::DEFAULT });
        assert_eq!(small.create("1234567890123456", "d-1", "&ClientToken=t").0, 200);
        assert_eq!(small.said("GET", state, &Value::Null).0, told);
        let whole: Value = serde_json::from_slice(&whole).expect("a state");
        assert_eq!(small.said("PUT", state, &whole).0, taken);
    }
    // A key that is there twice is no state, at any depth.
    let doubled = String::from_utf8(whole).expect("text").replacen("{\"", "{\"account\":\"1\",\"", 1);
    let request = Request::builder().method("PUT").uri(state).header("host", "x").body(Body::from(doubled));
    let request = request.expect("a request");
    let status = roomy.runtime.block_on(async {
        serve::answer(router(&roomy.emulator), request).await.expect("an answer").status()
    });
    assert_eq!(status, 400);
}

/// How many bytes a state grows by for each of so many more resources.
fn bytes_each(number: usize, create: impl Fn(&Small, usize)) -> usize {
    let small = Small::new(Limits::DEFAULT);
    let length = || small.said("GET", "/_emulator/state", &Value::Null).1.len();
    create(&small, 0);
    let one = length();
    (1..=number).for_each(|at| create(&small, at));
    (length() - one).div_ceil(number)
}

#[test]
fn a_state_has_room_for_as_many_resources_as_there_may_be() {
    let account = "1234567890123456";
    let pair = bytes_each(50, |small, at| {
        let token = format!("&ClientToken={at:064}");
        assert_eq!(small.create(account, &format!("d-{at:020}"), &token).0, 200);
    });
    let cluster = bytes_each(20, |small, at| {
        let target = format!(
            "/?Action=CreateDBCluster&Version=2017-08-01&RegionId=cn-hangzhou&DBType=MySQL&DBVersion=8.0\
             &DBNodeClass=polar.mysql.x4.large&PayType=Postpaid&DBNodeNum=16&ClientToken={at:064}"
        );
        assert_eq!(small.said("GET", &target, &Value::Null).0, 200);
    });
    println!("{pair} bytes a pair, {cluster} bytes a cluster of sixteen nodes");
    let Limits { resources, state, .. } = Limits::DEFAULT;
    for (what, each) in [("pairs with a token", pair), ("clusters of sixteen nodes", cluster)] {
        assert!(each * resources <= state, "{resources} {what} have {} bytes", each * resources);
    }
}

#[test]
fn who_sends_too_slowly_is_told_or_closed() {
    let second = Duration::from_millis(300);
    let limits = Limits { head: second, body: second, ..Limits::DEFAULT };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let emulator = Arc::new(Emulator::new(origin(), limits));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let address = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(emulator.serve(listener, async { drop(stopped.await) }));
        address
    });
    let sent = |bytes: &[u8]| {
        let mut stream = TcpStream::connect(address).expect("it accepts");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream.write_all(bytes).expect("it reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it closes");
        answer
    };
    assert_eq!(String::from_utf8(sent(b"")).expect("text"), "");
    assert_eq!(String::from_utf8(sent(b"GET / HTTP/1.1\r\nHo")).expect("text"), "");
    let slow = |target: &str| {
        let head = format!("POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab");
        Answer::of(&sent(head.as_bytes()))
    };
    assert_eq!(slow("/").code(408), "RequestTimeout");
    assert_eq!(slow("/_emulator/clock").error(408), "the body did not come within 0.3 s");
    drop(stop);
}

#[test]
fn a_request_names_its_host_once() {
    let server = Server::manual();
    let call = "/?Action=DescribeDBClusters&Version=2017-08-01&RegionId=cn-a";
    for (hosts, status) in [("", 400), ("Host: a\r\nHost: b\r\n", 400), ("Host: a\r\n", 200)] {
        let asked = |target: &str| {
            let head = format!("GET {target} HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
            Answer::of(&server.raw(head.as_bytes()))
        };
        let (call, control, nowhere) = (asked(call), asked("/_emulator/health"), asked("/nowhere"));
        assert_eq!((call.status, control.status), (status, status), "{hosts:?}");
        if status == 400 {
            assert_eq!(
                (call.code(400), nowhere.code(400)),
                ("InvalidRequest".into(), "InvalidRequest".into())
            );
            assert!(control.error(400).contains("Host"));
        } else {
            assert_eq!(nowhere.code(404), "InvalidApi.NotFound");
        }
    }
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

/// A server whose log is read, and perhaps with less than it would like to have.
struct Logged {
    server: Server,
    log: std::path::PathBuf,
}

impl Logged {
    fn start(before: &str, flags: &[&str]) -> Self {
        let log = std::env::temp_dir().join(format!("failover-log-{}", draw_seed()));
        let binary = env!("CARGO_BIN_EXE_failover-emulator");
        let command = format!("{before} exec {binary} \"$@\" 2>{}", log.display());
        let flags = [&["--clock", "manual", "--seed", "7"], flags].concat();
        let mut shell = Command::new("sh");
        let server = Server::through(shell.args(["-c", &command, "sh"]), &flags);
        Self { server, log }
    }

    fn says(&self, what: &str) -> bool {
        std::fs::read_to_string(&self.log).expect("a log").lines().any(|line| line.contains(what))
    }
}

impl Drop for Logged {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.log);
    }
}

#[test]
fn with_all_descriptors_taken_it_says_so_and_recovers() {
    let logged = Logged::start("ulimit -n 48;", &[]);
    let held: Vec<_> =
        (0..64).map(|_| TcpStream::connect(&logged.server.address).expect("it is queued")).collect();
    until("it says so", || logged.says("a connection is not accepted: Too many open files"));
    drop(held);
    until("it recovers", || logged.server.get("health").status == 200);
}

#[test]
fn each_limit_leaves_a_line_in_the_log() {
    let logged = Logged::start("", &["--connections", "4"]);
    let server = &logged.server;
    let held: Vec<_> = (0..4).map(|_| TcpStream::connect(&server.address).expect("it accepts")).collect();
    until("one is refused", || server.get("health").status == 503);
    drop(held);
    until("there is room again", || server.get("health").status == 200);
    for _ in 0..1_000 {
        server.fault(json!({ "kind": "hold", "effect": "copy" }));
    }
    server.post("faults", &json!({ "kind": "hold", "effect": "copy" })).error(429);
    let head = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "x".repeat(1 << 20));
    let mut stream = TcpStream::connect(&server.address).expect("it accepts");
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.read(&mut [0; 1]);
    let long = vec![b'x'; (1 << 20) + 1];
    server.request("POST", "/", &[("Content-Type", "application/x-www-form-urlencoded")], &long).code(413);
    let long = vec![b' '; (16 << 20) + 1];
    server.request("POST", "/_emulator/seed", &[], &long).error(413);
    for says in [
        "a connection too many is refused",
        "planned faults: one too many is refused",
        "the head of a request is refused",
        "a call: the body is longer than 1048576 bytes",
        "/_emulator/seed: the body is longer than 16777216 bytes",
    ] {
        until(says, || logged.says(says));
    }
}

#[test]
fn many_who_wait_are_each_told_their_own_event_and_nobody_else_waits() {
    let server = Server::manual();
    let pair = text(&server.ebs("CreateDiskReplicaPair", &PAIR).ok(), "/ReplicaPairId");
    let seen = server.get("events").ok()["next_seq"].as_u64().expect("a number") - 1;
    let waits = |resource: &str| {
        let target = format!("/_emulator/events?after={seen}&resource={resource}&wait_ms=30000");
        let mut stream = TcpStream::connect(&server.address).expect("it accepts");
        stream.write_all(&server.bytes("GET", &target, &[], b"")).expect("it reads");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream
    };
    let others: Vec<_> = (0..500).map(|number| waits(&format!("pair-other-{number}"))).collect();
    let mut mine = waits(&pair);
    for _ in 0..50 {
        server.ebs("DescribeDiskReplicaPairs", &[("RegionId", "cn-shanghai")]).ok();
    }
    server.advance(2_000);
    let mut answer = Vec::new();
    mine.read_to_end(&mut answer).expect("an answer");
    assert_eq!(text(&Answer::of(&answer).ok(), "/events/0/kind"), "created");
    for mut other in others {
        other.set_nonblocking(true).expect("a socket");
        assert_eq!(other.read(&mut [0; 1]).expect_err("it waits").kind(), std::io::ErrorKind::WouldBlock);
    }
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
