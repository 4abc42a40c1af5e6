//! What the emulator bears, as ratios measured in one run on one machine.
//!
//! `cargo bench --package failover-emulator --bench load -- NAME [SCALE]`, where NAME is
//!
//! * `requests`: answers a second at 1, 16 and 256 connections, in memory and with `--data`, beside a bare server of the same
//!   HTTP library that answers the same bytes and decides nothing; the servers take turns;
//! * `polls`: answers a second at 16 connections beside 500 readers of the feed that wait;
//! * `advance`: the latency of one account while another advances 31 days over 100,000 pairs, and how long SIGTERM takes then;
//! * `memory`: a million mixed requests with faults over 200 accounts and then a day of the clock, five times;
//! * `moto PYTHON`: answers a second at 16 connections beside moto's `FailoverDBCluster`; PYTHON has `moto[server]`.
//!
//! SCALE, 1 by default, multiplies the length of each: 0.1 is a look. Ends with status 1 if a goal is missed.

mod client;
mod memory;
mod server;

use std::process::ExitCode;
use std::time::Duration;

use client::{Connection, bytes, latencies, quantile, rate};
use server::{BARE, Server};

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    if let Ok(body) = std::env::var(BARE) {
        runtime.block_on(server::serve_bare(body));
    }
    // Cargo adds a flag of its own.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let name = arguments.next().unwrap_or_default();
    let python = if name == "moto" { arguments.next() } else { None };
    let scale: f64 = arguments.next().map_or(1.0, |scale| scale.parse().expect("a number"));
    let is_met = match (name.as_str(), python) {
        ("requests", _) => runtime.block_on(requests(scale)),
        ("polls", _) => runtime.block_on(polls(scale)),
        ("advance", _) => runtime.block_on(advance(scale)),
        ("memory", _) => runtime.block_on(memory::run(scale)),
        ("moto", Some(python)) => runtime.block_on(moto(&python, scale)),
        _ => {
            eprintln!("say requests, polls, advance, memory or moto PYTHON, and perhaps a scale");
            return ExitCode::FAILURE;
        }
    };
    if is_met { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How often each server has its turn.
const ROUNDS: usize = 5;

fn turn(scale: f64) -> Duration {
    Duration::from_secs_f64((2.0 * scale).max(0.1))
}

fn median(mut each: Vec<f64>) -> f64 {
    each.sort_by(f64::total_cmp);
    each[each.len() / 2]
}

/// Prints a ratio and tells whether it is at least the goal.
fn row(what: &str, ours: f64, theirs: f64, goal: f64) -> bool {
    let (ratio, met) = (ours / theirs, ours / theirs >= goal);
    println!(
        "{what:<44} {ours:>10.0} {theirs:>10.0} {ratio:>8.2} {goal:>6.2} {}",
        if met { "" } else { "missed" }
    );
    met
}

/// A cluster of three nodes in an emulator, and the request that fails it over.
async fn failover(server: &Server) -> Vec<u8> {
    let cluster = r#"{"Clusters":[{"DBClusterId":"pc-1","DBNodes":[{"DBNodeId":"pi-1"},{"DBNodeId":"pi-2"},{"DBNodeId":"pi-3"}]}]}"#;
    let mut connection = Connection::open(&server.address).await.expect("a connection");
    connection.control("POST", "seed", cluster).await;
    // Each call is accepted and switches, however soon it follows.
    connection.control("PUT", "policy", r#"{"polardb":{"switch_window":0}}"#).await;
    let headers =
        "x-acs-action: FailoverDBCluster\r\nx-acs-version: 2017-08-01\r\naccept: application/json\r\n";
    bytes("POST", "/?DBClusterId=pc-1", headers, "")
}

async fn requests(scale: f64) -> bool {
    let (memory, data) = (Server::emulator("immediate", false), Server::emulator("immediate", true));
    let request = failover(&memory).await;
    failover(&data).await;
    let mut connection = Connection::open(&memory.address).await.expect("a connection");
    let bare = Server::bare(&connection.ask(&request).await.expect("an answer"));
    println!("{:<44} {:>10} {:>10} {:>8} {:>6}", "answers a second", "ours", "bare", "ratio", "goal");
    let mut met = true;
    for connections in [1, 16, 256] {
        let mut rates = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            for (server, rates) in [&bare, &memory, &data].into_iter().zip(&mut rates) {
                rates.push(rate(&server.address, request.clone(), connections, turn(scale), 200).await);
            }
        }
        let [bare, memory, data] = rates.map(median);
        met &= row(&format!("{connections} connections, in memory"), memory, bare, 0.85);
        // One connection waits for the disk at every call.
        let goal = if connections == 1 { 0.0 } else { 0.5 };
        met &= row(&format!("{connections} connections, --data"), data, bare, goal);
    }
    met
}

async fn polls(scale: f64) -> bool {
    let server = Server::emulator("immediate", false);
    let request = failover(&server).await;
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        alone.push(rate(&server.address, request.clone(), 16, turn(scale), 200).await);
        let mut waiting = Vec::new();
        for number in 0..500 {
            let mut connection = Connection::open(&server.address).await.expect("a connection");
            let wait = format!("/_emulator/events?after=1000000000&resource=pair-{number}&wait_ms=30000");
            waiting
                .push(tokio::spawn(async move { drop(connection.ask(&bytes("GET", &wait, "", "")).await) }));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        beside.push(rate(&server.address, request.clone(), 16, turn(scale), 200).await);
        assert!(waiting.iter().all(|reader| !reader.is_finished()), "the readers wait");
        waiting.iter().for_each(tokio::task::JoinHandle::abort);
    }
    println!("{:<44} {:>10} {:>10} {:>8} {:>6}", "answers a second", "polls", "alone", "ratio", "goal");
    row("16 connections beside 500 who wait", median(beside), median(alone), 0.9)
}

async fn advance(scale: f64) -> bool {
    let mut server = Server::emulator("timed", false);
    let (pairs, number) = ((100_000.0 * scale) as usize, (10_000.0 * scale) as usize);
    let mut connection = Connection::open(&server.address).await.expect("a connection");
    let seeded = vec![r#"{"Status":"normal","RPO":900}"#; pairs].join(",");
    let busy = "account=5555555555555555";
    let seed = format!(r#"{{"ReplicaPairs":[{seeded}]}}"#);
    connection.control("POST", &format!("seed?{busy}"), &seed).await;
    let call = "/?Action=DescribeDBClusters&Version=2017-08-01&RegionId=cn-hangzhou";
    let request = bytes("GET", call, "", "");
    latencies(&mut connection, &request, number / 10).await;
    let idle = latencies(&mut connection, &request, number).await;
    let mut other = Connection::open(&server.address).await.expect("a connection");
    let month = format!(r#"{{"advance_ms":{}}}"#, 31_u64 * 86_400_000);
    let advance = bytes("POST", &format!("/_emulator/clock?{busy}"), "", &month);
    let advancing = tokio::spawn(async move { drop(other.ask(&advance).await) });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let beside = latencies(&mut connection, &request, number).await;
    let clock = connection.control("GET", &format!("clock?{busy}"), "").await;
    assert!(!clock["until_ms"].is_null(), "it advances all the while: {clock}");
    println!("{pairs} pairs; by the end of the measurement it had come to {}", clock["now_ms"]);
    println!("{:<44} {:>10} {:>10} {:>8} {:>6}", "microseconds", "beside", "idle", "ratio", "goal");
    let mut met = true;
    for (what, part) in [("median", 0.5), ("p99", 0.99), ("p99.9", 0.999)] {
        let [beside, idle] = [&beside, &idle].map(|each| quantile(each, part).as_secs_f64() * 1e6);
        let goal = if part == 0.99 { 2.0 } else { f64::INFINITY };
        println!("{what:<44} {beside:>10.0} {idle:>10.0} {:>8.2} {goal:>6.2}", beside / idle);
        met &= beside / idle <= goal;
    }
    let ending = server.terminate();
    println!("SIGTERM under it: {} ms, goal 2000", ending.as_millis());
    advancing.abort();
    met && ending < Duration::from_secs(2)
}

/// A request to moto's RDS. It looks at the service in the credential and not at the signature.
fn rds(parameters: &str) -> Vec<u8> {
    let headers = "Content-Type: application/x-www-form-urlencoded\r\nAuthorization: AWS4-HMAC-SHA256 \
                   Credential=x/20260101/us-east-1/rds/aws4_request, SignedHeaders=host, Signature=x\r\n";
    bytes("POST", "/", headers, &format!("Version=2014-10-31&{parameters}"))
}

async fn moto(python: &str, scale: f64) -> bool {
    let moto = Server::moto(python).await;
    let mut connection = Connection::open(&moto.address).await.expect("a connection");
    let cluster = "DBClusterIdentifier=c&Engine=aurora-mysql";
    let mut setup =
        vec![format!("Action=CreateDBCluster&{cluster}&MasterUsername=u&MasterUserPassword=password1")];
    setup.extend((1..=3).map(|number| {
        format!(
            "Action=CreateDBInstance&{cluster}&DBInstanceIdentifier=i{number}&DBInstanceClass=db.r5.large"
        )
    }));
    for parameters in setup {
        let answer = connection.ask(&rds(&parameters)).await.expect("an answer");
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    }
    let theirs = rds("Action=FailoverDBCluster&DBClusterIdentifier=c");
    let (memory, data) = (Server::emulator("immediate", false), Server::emulator("immediate", true));
    let request = failover(&memory).await;
    failover(&data).await;
    let mut rates = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        rates[0].push(rate(&moto.address, theirs.clone(), 16, turn(scale), 200).await);
        rates[1].push(rate(&memory.address, request.clone(), 16, turn(scale), 200).await);
        rates[2].push(rate(&data.address, request.clone(), 16, turn(scale), 200).await);
    }
    let [moto, memory, data] = rates.map(median);
    println!("{:<44} {:>10} {:>10} {:>8} {:>6}", "answers a second", "ours", "moto", "ratio", "goal");
    let in_memory = row("16 connections, in memory", memory, moto, 300.0);
    row("16 connections, --data", data, moto, 150.0) && in_memory
}
