//! The sessions of `docs/recording.md` over HTTP: each is played against an emulator of each value and recorded. The recording is
//! accepted under the value that the emulator has, and refuted under those that the session says.

#[path = "../../../tests/recording/bound.rs"]
#[allow(dead_code, reason = "each test binary uses a part")]
mod bound;
mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;

use bound::Bound;
use failover_model::Policy;
use failover_model::policy::{READINGS, Reading};
use failover_model::trace::Trace;
use failover_model::trace::explain::{Options, Verdict, explain};
use serde_json::{Value, json};
use support::{EBS, POLARDB, Server, text};

fn file(name: &str, kind: &str) -> PathBuf {
    std::env::temp_dir().join(format!("failover-recording-{}-{name}.{kind}", std::process::id()))
}

fn policy(reading: &Reading, value: usize) -> Policy {
    let mut policy = Policy::default();
    (reading.set)(&mut policy, value);
    policy
}

/// A value as a policy is written.
fn spelled(reading: &Reading, value: usize) -> String {
    let policy = serde_json::to_value(policy(reading, value)).expect("a policy");
    text(&policy[reading.name.0], &format!("/{}", reading.name.1))
}

/// All that is under way.
fn outstanding(server: &Server) -> Vec<Value> {
    server.get("effects").ok()["effects"].as_array().expect("effects").clone()
}

/// Ends all that is under way; what a choice leads to is under way then.
fn end(server: &Server, outcome: &Value) {
    for effect in &outstanding(server) {
        let chooses = text(effect, "/kind") == "choose_node";
        let outcome = if chooses { json!({ "outcome": "auto" }) } else { outcome.clone() };
        // One that another's end superseded is stale.
        let _ = server.post(&format!("effects/{}", text(effect, "/id")), &outcome);
    }
}

fn wait(server: &Server) {
    for _ in 0..8 {
        if outstanding(server).is_empty() {
            return;
        }
        server.advance(5_000);
        end(server, &json!({ "outcome": "auto" }));
    }
}

/// Choices are made, and what then is under way fails.
fn fail(server: &Server) {
    server.advance(5_000);
    if outstanding(server).iter().any(|effect| text(effect, "/kind") == "choose_node") {
        end(server, &json!({ "outcome": "auto" }));
    }
    end(server, &json!({ "outcome": "failed", "reason": "network" }));
}

/// A client of an emulator, and what the answers bound.
struct Client<'a> {
    server: &'a Server,
    bound: Bound,
}

impl Client<'_> {
    fn act(&mut self, act: &Value) {
        if act == "wait" {
            wait(self.server);
        } else if act == "fails" {
            fail(self.server);
        } else if let Some(seconds) = act.pointer("/pass/seconds").and_then(Value::as_u64) {
            self.server.advance(seconds * 1_000);
            wait(self.server);
        } else if let Some(seconds) = act.pointer("/meanwhile/seconds").and_then(Value::as_u64) {
            self.server.advance(seconds * 1_000);
        } else if let Some(what) = act.get("outside") {
            let Some(of) = self.bound.filled(&text(what, "/of")) else { return };
            self.server.advance(1_000);
            let fault = match text(what, "/what").as_str() {
                "disk_attached" => json!({ "kind": "disk", "disk": of, "attached": true }),
                "disk_detached" => json!({ "kind": "disk", "disk": of, "attached": false }),
                "host_down" => json!({ "kind": "disk", "disk": of, "up": false }),
                "node_down" => json!({ "kind": "node", "node": of, "up": false }),
                "node_up" => json!({ "kind": "node", "node": of, "up": true }),
                "cluster_busy" => {
                    json!({ "kind": "cluster", "cluster": of, "status": "NetAddressModifying" })
                }
                "cluster_idle" => json!({ "kind": "cluster", "cluster": of, "status": "Running" }),
                // A switch to the standby cluster moves all nodes to the other zone.
                "zone_down" => {
                    let down = |zone: &str| json!({ "kind": "zone", "zone": zone, "up": false });
                    match self.server.post("faults", &down("cn-hangzhou-i")).status {
                        200 => return,
                        _ => down("cn-hangzhou-j"),
                    }
                }
                other => panic!("{other}"),
            };
            let answer = self.server.post("faults", &fault);
            assert!(answer.status < 300, "{fault}: {}", answer.body);
        } else {
            let action = text(act, "/call/action");
            let parameters: BTreeMap<String, String> =
                serde_json::from_value(act["call"]["parameters"].clone()).expect("parameters");
            let parameters = self.bound.parameters(&parameters);
            let parameters: Vec<(&str, &str)> =
                parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            self.server.advance(1_000);
            let product = failover_model::Operation::find(failover_model::Product::Ebs, &action);
            let version = if product.is_some() { EBS } else { POLARDB };
            let answer = self.server.call(version, &action, &parameters);
            if answer.status == 200 {
                self.bound.bind(&answer.json());
            }
        }
    }
}

/// What an emulator of a value answers in a session.
fn recorded(session: &Value, reading: &Reading, value: usize) -> Trace {
    let name = format!("{}-{}-{value}", reading.name.1, session["acts"].as_array().expect("acts").len());
    let (record, policy_file) = (file(&name, "jsonl"), file(&name, "json"));
    let (section, field) = reading.name;
    let whole = serde_json::to_value(policy(reading, value)).expect("a policy");
    let only = json!({ section: { field: whole[section][field] } });
    std::fs::write(&policy_file, only.to_string()).expect("it is written");
    let path = |path: &PathBuf| path.to_str().expect("a path").to_owned();
    let server = Server::start(&[
        "--clock",
        "manual",
        "--seed",
        "7",
        "--transitions",
        "manual",
        "--policy",
        &path(&policy_file),
        "--record",
        &path(&record),
    ]);
    let mut client = Client { server: &server, bound: Bound::default() };
    session["acts"].as_array().expect("acts").iter().for_each(|act| client.act(act));
    drop(server);
    let read = std::fs::read_to_string(&record).expect("a trace");
    let _ = (std::fs::remove_file(&record), std::fs::remove_file(&policy_file));
    Trace::read(&read).expect("readable")
}

#[test]
fn each_session_tells_the_readings_of_an_emulator_apart() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/recording.json");
    let recordings: Value =
        serde_json::from_str(&std::fs::read_to_string(path).expect("sessions")).expect("JSON");
    let sessions = recordings["sessions"].as_array().expect("sessions");
    assert!(!sessions.is_empty());
    let (mut refuted, mut played) = (0, 0);
    for session in sessions {
        let name = text(session, "/reading");
        let reading =
            READINGS.iter().find(|reading| format!("{}.{}", reading.name.0, reading.name.1) == name);
        let reading = reading.expect("a reading");
        for value in 0..reading.values.len() {
            let trace = recorded(session, reading, value);
            played += 1;
            let told = session["told"][spelled(reading, value)].as_array().expect("what is told");
            for other in 0..reading.values.len() {
                let options = Options { policy: policy(reading, other), ..Options::default() };
                let explanation = explain(&trace, &options);
                let page = || explanation.page(&|number| trace.exchanges.get(number));
                let said = told.iter().any(|told| *told == spelled(reading, other));
                if other == value {
                    assert_eq!(explanation.verdict(), Verdict::Accepted, "{name} = {value}: {}", page());
                } else if said {
                    assert_eq!(
                        explanation.verdict(),
                        Verdict::Refuted,
                        "{name} = {value} under {other}: {}",
                        page()
                    );
                    refuted += 1;
                }
            }
        }
    }
    println!("{played} recordings, {refuted} values refuted");
}
