//! Random traces with one answer altered in a way that changes its meaning.

use std::collections::BTreeMap;

use failover_model::policy::Policy;
use failover_model::trace::explain::{Verdict, explain};
use failover_model::trace::{Answer, Trace};
use serde_json::{Value, json};

use crate::random::{Outside, each, options, seeds, trace};
use crate::service::Draws;

const STATUSES: [&str; 12] = [
    "creating",
    "created",
    "initial_syncing",
    "manual_syncing",
    "syncing",
    "normal",
    "stopping",
    "stopped",
    "failovering",
    "failovered",
    "reprotecting",
    "deleting",
];

/// The records of an answer, of any kind.
fn records(body: &mut Value) -> Option<&mut Vec<Value>> {
    for at in ["/ReplicaPairs", "/ReplicaGroups", "/Items/DBCluster", "/DBNodes"] {
        if body.pointer(at).and_then(Value::as_array).is_some_and(|list| !list.is_empty()) {
            return body.pointer_mut(at).and_then(Value::as_array_mut);
        }
    }
    None
}

/// Alters an answer; tells how, if it can be.
fn alter(answer: &mut Answer, creates: bool, draws: &mut Draws) -> Option<&'static str> {
    if answer.status >= 500 {
        return None;
    }
    if answer.status != 200 {
        let code = answer.body["Code"].as_str()?.to_owned();
        if draws.percent(50) {
            *answer = Answer { status: 200, body: json!({ "RequestId": "R" }) };
            return Some("a refusal became an acceptance");
        }
        let other = ["NoSuchResource", "OperationDenied.InvalidStatus", "InvalidDBCluster.NotFound"];
        let other = other.into_iter().find(|other| *other != code)?;
        answer.body["Code"] = json!(other);
        return Some("a refusal has another code");
    }
    if let Some(percent) = answer.body.get("Progress").and_then(Value::as_u64) {
        answer.body["Progress"] = json!(if percent == 100 { 7 } else { 100 });
        return Some("another progress");
    }
    if answer.body.get("HaStatus").is_some() {
        let items = answer.body["HaLogItems"].as_array_mut()?;
        items.pop()?;
        return Some("a switch is not listed");
    }
    let Some(list) = records(&mut answer.body) else {
        if creates || answer.body.as_object()?.len() > 2 {
            return None;
        }
        *answer = Answer { status: 403, body: json!({ "Code": "OperationDenied.InvalidStatus" }) };
        return Some("an acceptance became a refusal");
    };
    let at = draws.below(list.len());
    let record = &mut list[at];
    let is_node = record.get("DBNodeStatus").is_some();
    match draws.below(4) {
        0 if !is_node => {
            list.remove(at);
            Some("a record is not listed")
        }
        1 if record.get("LastRecoverPoint").is_some() => {
            let point = record["LastRecoverPoint"].as_u64()?;
            record["LastRecoverPoint"] = json!(point - 7);
            Some("another recover point")
        }
        1 if is_node => {
            let priority = record["FailoverPriority"].as_u64()?;
            record["FailoverPriority"] = json!(priority + 1);
            Some("another priority")
        }
        2 if is_node => {
            let role = record["DBNodeRole"].as_str()?.to_owned();
            record["DBNodeRole"] = json!(if role == "Writer" { "Reader" } else { "Writer" });
            Some("another role")
        }
        _ => {
            let (name, now) = [
                ("Status", &STATUSES[..]),
                ("DBClusterStatus", &["Switching", "Running", "Deleting"][..]),
                ("DBNodeStatus", &["Running", "Switching", "ClassChanging"][..]),
            ]
            .into_iter()
            .find(|(name, _)| record.get(*name).is_some())?;
            let shown = record[name].as_str()?.to_owned();
            // What is under way may have ended already.
            if matches!(
                shown.as_str(),
                "creating" | "Creating" | "stopping" | "failovering" | "reprotecting" | "deleting"
            ) {
                return None;
            }
            let other = loop {
                let other = now[draws.below(now.len())];
                if other != shown {
                    break other;
                }
            };
            record[name] = json!(other);
            Some("another status")
        }
    }
}

/// The trace with one answer altered, and how.
fn altered(trace: &Trace, draws: &mut Draws) -> Option<(Trace, usize, &'static str)> {
    for _ in 0..50 {
        let number = draws.below(trace.exchanges.len());
        let mut other = trace.clone();
        let exchange = &mut other.exchanges[number];
        let creates = exchange.action.starts_with("Create") || exchange.action.contains("Drill");
        let Some(answer) = &mut exchange.answer else { continue };
        if let Some(how) = alter(answer, creates, draws) {
            return Some((other, number, how));
        }
    }
    None
}

#[test]
fn altered_traces_are_refuted() {
    let options = options();
    let found = each(&seeds(), |seed| {
        let mut draws = Draws::new(seed + 77_777);
        let original = trace(seed, 40, Policy::default(), Outside::Silent);
        let (other, number, how) = altered(&original, &mut draws)?;
        let explanation = explain(&other, &options);
        let verdict = explanation.verdict();
        if verdict != Verdict::Refuted {
            let why = explanation.parts.first().map(|part| &part.finding);
            eprintln!("seed {seed}, exchange {number}, {how}: {verdict}, {why:?}");
        }
        let exchange = |of: &Trace| of.exchanges[number].clone();
        Some((number, how, verdict, exchange(&original), exchange(&other)))
    });
    let mut classes: BTreeMap<&str, [u32; 3]> = BTreeMap::new();
    let (mut made, mut refuted) = (0, 0);
    for (seed, altered) in found {
        let Some((number, how, verdict, was, is)) = altered else { continue };
        made += 1;
        classes.entry(how).or_default()[verdict as usize] += 1;
        if verdict == Verdict::Refuted {
            refuted += 1;
        } else if std::env::var_os("SHOW").is_some() {
            println!("seed {seed}, exchange {number}, {how}: {verdict}; {} {:?}", was.action, was.parameters);
            println!("   was {:?}", was.answer);
            println!("   is {:?}", is.answer);
        }
    }
    println!(
        "{refuted} of {made} altered traces are refuted; accepted, undecided, refuted by class: {classes:#?}"
    );
    assert!(refuted * 100 >= made * 85, "{refuted} of {made}");
}
