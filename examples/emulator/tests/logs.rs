//! What the program says of itself: its log, its help, its version.

mod support;

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use clap::Parser;
use failover_emulator::start::Flags;
use serde_json::{Value, json};
use support::{PAIR, Server, text};

/// A run with these flags in which `act` happens; what it logged.
fn logged(flags: &[&str], act: impl FnOnce(&Server)) -> Vec<Value> {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    let log = std::env::temp_dir().join(format!("failover-log-{}-{run}", std::process::id()));
    // `support` lets nothing be said on standard error; a shell puts it back.
    let mut command = Command::new("sh");
    command.args(["-c", "exec 2>\"$0\"; exec \"$@\""]).arg(&log).arg(env!("CARGO_BIN_EXE_failover-emulator"));
    let mut server = Server::through(&mut command, flags);
    act(&server);
    server.signal("TERM");
    assert_eq!(server.wait().code(), Some(0));
    let text = std::fs::read_to_string(&log).expect("a log");
    std::fs::remove_file(&log).expect("removed");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

fn messages(log: &[Value]) -> Vec<String> {
    log.iter().map(|line| text(line, "/message")).collect()
}

#[test]
fn each_request_is_a_line_of_json_if_that_is_asked_for() {
    let log = logged(&["--log-level", "debug", "--account", "acme"], |server| {
        server.ebs("CreateDiskReplicaPair", &PAIR).ok();
        server
            .post("faults", &json!({ "kind": "reply", "action": "DescribeDiskReplicaPairs", "lose": true }))
            .ok();
        server.raw(&server.bytes(
            "GET",
            "/?Action=DescribeDiskReplicaPairs&Version=2021-07-30&RegionId=cn-x",
            &[],
            b"",
        ));
        server.get("health?account=1").ok();
        server.get("nowhere").error(404);
    });
    assert_eq!(
        messages(&log),
        ["the seed was drawn", "call", "control", "call", "control", "control", "the server has ended"]
    );
    let call = &log[1];
    assert_eq!(
        (text(call, "/account"), text(call, "/action")),
        ("acme".into(), "CreateDiskReplicaPair".into())
    );
    assert_eq!(
        (&call["status"], &call["lost"], text(call, "/level")),
        (&json!(200), &json!(false), "DEBUG".into())
    );
    assert!(text(call, "/timestamp").ends_with('Z') && text(call, "/request_id").len() == 36);
    assert_eq!(log[3]["lost"], true);
    let health = (text(&log[4], "/method"), text(&log[4], "/target"), &log[4]["status"]);
    assert_eq!(health, ("GET".into(), "/_emulator/health?account=1".into(), &json!(200)));
    assert_eq!(log[5]["status"], 404);
}

#[test]
fn a_level_says_how_much_is_logged() {
    let call = |server: &Server| drop(server.ebs("CreateDiskReplicaPair", &PAIR).ok());
    assert_eq!(
        messages(&logged(&["--clock", "manual"], call)),
        ["the seed was drawn", "the server has ended"]
    );
    assert_eq!(messages(&logged(&["--seed", "7"], call)), ["the server has ended"]);
    assert!(logged(&["--log-level", "warn"], call).is_empty());
    assert!(logged(&["--log-level", "off"], call).is_empty());
    // What it had to refuse for its own sake is a warning.
    let log = logged(&["--log-level", "warn", "--connections", "1"], |server| {
        let held = std::net::TcpStream::connect(&server.address).expect("it accepts");
        let other = std::net::TcpStream::connect(&server.address).expect("it accepts");
        let mut line = String::new();
        BufReader::new(other).read_line(&mut line).expect("an answer");
        assert!(line.starts_with("HTTP/1.1 503"), "{line}");
        drop(held);
    });
    assert_eq!((text(&log[0], "/level"), &log[0]["limit"]), ("WARN".into(), &json!(1)));
}

#[test]
fn requests_of_an_earlier_process_are_not_logged_again() {
    let directory = std::env::temp_dir().join(format!("failover-logs-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&directory);
    let flags = ["--log-level", "debug", "--data", directory.to_str().expect("text"), "--seed", "7"];
    let call = |server: &Server| drop(server.ebs("CreateDiskReplicaPair", &PAIR).ok());
    assert_eq!(messages(&logged(&flags, call)), ["call", "the server has ended"]);
    let pair_is_there = |server: &Server| assert_eq!(server.get("resources").ok()["total"], 1);
    assert_eq!(messages(&logged(&flags, pair_is_there)), ["control", "the server has ended"]);
    std::fs::remove_dir_all(&directory).expect("removed");
}

fn printed(flag: &str) -> String {
    let mut run = Command::new(env!("CARGO_BIN_EXE_failover-emulator"));
    let mut run = run.arg(flag).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut said = String::new();
    run.stdout.take().expect("its output").read_to_string(&mut said).expect("text");
    assert_eq!(run.wait().expect("an end").code(), Some(0));
    said
}

#[test]
fn the_version_is_that_of_the_package() {
    assert_eq!(printed("--version"), format!("failover-emulator {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_examples_of_the_help_are_starts_that_can_be_meant() {
    let help = printed("--help");
    let (_, examples) = help.split_once("Examples:").expect("examples");
    let starts = examples.lines().map(str::trim).filter(|line| line.starts_with("failover-emulator "));
    let starts: Vec<&str> = starts.collect();
    assert!(starts.len() >= 3, "{help}");
    for start in starts {
        Flags::try_parse_from(start.split(' ')).unwrap_or_else(|error| panic!("{start}: {error}"));
    }
}
