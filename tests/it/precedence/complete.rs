//! No list lacks a fault: what operations are refused for elsewhere is among theirs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use failover_model::ebs::{GroupLifecycle, PairLifecycle};
use failover_model::lifecycle::Verdict;
use failover_model::policy::EbsPolicy;
use failover_model::wire::WireRefusal;
use failover_model::wire::{Parameters, parse};
use failover_model::{Input, Policy, catalogue, scenario};

use super::parameters;
use super::{Fault, How, cases, is_refusal};
use crate::kit::drawn;

/// Refusals that no list has, by operation and rule, and why.
const LEFT_OUT: &[(&str, &str, &str)] = &[(
    "ModifyDBNodeClass",
    "P-232",
    "only a cluster that is taken in with an AI node as hot replica leads there, and no scenario takes one in",
)];

/// The rules of the tables are one: a status that does not allow it.
pub fn class(rule: &str) -> String {
    let of_pairs = PairLifecycle::ROWS.iter().any(|row| row.rule.as_str() == rule);
    let of_groups = GroupLifecycle::ROWS.iter().any(|row| row.rule.as_str() == rule);
    let of = match (of_pairs, of_groups) {
        (true, _) => "a status of the pair",
        (_, true) => "a status of the group",
        _ => rule,
    };
    of.into()
}

fn listed() -> BTreeSet<(String, String)> {
    let mut listed = BTreeSet::new();
    for (case, faults) in cases() {
        listed.extend(faults.iter().map(|fault| (case.operation.to_owned(), class(fault.rule()))));
    }
    listed
}

/// Which refusals were met that no list has, each with an example.
fn missing(met: BTreeMap<(String, String), String>) -> Vec<String> {
    let listed = listed();
    let excused =
        |operation: &str, rule: &str| LEFT_OUT.iter().any(|(of, left, _)| *of == operation && *left == rule);
    let missing = met.into_iter().filter(|(key, _)| !listed.contains(key) && !excused(&key.0, &key.1));
    missing.map(|((operation, rule), example)| format!("{operation}, {rule}: {example}")).collect()
}

#[test]
fn what_the_tables_of_refusals_name_is_listed() {
    let tables =
        [include_str!("../../../src/ebs/refusal.rs"), include_str!("../../../src/polardb/refusal.rs")];
    let listed: BTreeSet<String> = listed().into_iter().map(|(_, rule)| rule).collect();
    // A rule that is only cited decides how a row answers, not that it does.
    let cited = |line: &&str| line.contains("cite!") || line.starts_with("use ");
    let lines = tables.iter().flat_map(|table| table.lines().filter(|line| !cited(line)));
    let words = lines.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'));
    let rules: BTreeSet<String> = catalogue::rules().iter().map(|rule| rule.id.as_str().to_owned()).collect();
    let named: BTreeSet<String> = words.map(|word| word.replace('_', "-")).collect();
    let named: Vec<&String> = named.intersection(&rules).collect();
    assert!(named.len() > 50, "{}", named.len());
    let missing: Vec<&String> = named.into_iter().filter(|rule| !listed.contains(&class(rule))).collect();
    assert_eq!(missing, Vec::<&String>::new());
}

/// The operation of which an event of a table is the call; `None` for what is reported and what falls due.
fn called(event: &str, of: &str) -> Option<String> {
    Some(match event {
        "Start" | "StartFirst" | "StartAgain" | "StartOneShot" => format!("StartDiskReplica{of}"),
        "Stop" | "Failover" | "Reprotect" | "Delete" | "Modify" => format!("{event}DiskReplica{of}"),
        "AddToGroup" | "AddPair" => "AddDiskReplicaPair".into(),
        "RemovePair" => "RemoveDiskReplicaPair".into(),
        _ => return None,
    })
}

/// Whether a fault is under a policy that makes this choice.
fn chooses(fault: &Fault, choice: &dyn Fn(&EbsPolicy) -> bool) -> bool {
    let chosen = |how: &How| match how {
        How::Policy(text) => choice(&serde_json::from_str::<Policy>(text).expect("a policy").ebs),
        _ => false,
    };
    fault.how.iter().any(chosen)
}

/// A row that refuses by default has a fault, and one that refuses by policy has one for each such choice.
#[test]
fn each_row_by_which_a_table_refuses_a_call_is_listed() {
    let cases = cases();
    let mut missing = BTreeSet::new();
    let (mut by_default, mut by_policy) = (0, 0);
    macro_rules! look {
        ($Lifecycle:ident, $of:literal) => {
            for row in $Lifecycle::ROWS {
                for operation in row.on.iter().filter_map(|event| called(&format!("{event:?}"), $of)) {
                    let faults = cases.iter().filter(|(case, _)| case.operation == operation);
                    let faults =
                        faults.flat_map(|(_, faults)| faults).filter(|it| it.rule() == row.rule.as_str());
                    let faults: Vec<&Fault> = faults.collect();
                    if row.then == Verdict::Refuse {
                        by_default += 1;
                        if faults.is_empty() {
                            missing.insert(format!("{operation}, {}", row.rule));
                        }
                    }
                    for (choice, _) in row.unless.iter().filter(|(_, verdict)| *verdict == Verdict::Refuse) {
                        by_policy += 1;
                        if !faults.iter().any(|fault| chooses(fault, &choice.holds)) {
                            missing.insert(format!(
                                "{operation}, {} by {} {}",
                                row.rule, choice.field, choice.value
                            ));
                        }
                    }
                }
            }
        };
    }
    look!(PairLifecycle, "Pair");
    look!(GroupLifecycle, "Group");
    assert!(by_default > 20 && by_policy >= 6, "{by_default}, {by_policy}");
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn what_scenarios_are_refused_for_is_listed() {
    let mut met = BTreeMap::new();
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios");
    for entry in fs::read_dir(directory).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        // Each command in a block of its own, so that each answer stands behind its call.
        let mut apart = String::new();
        let mut told = false;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            told = (told || line == "----") && !line.trim().is_empty();
            if !told && !line.trim().is_empty() {
                apart.push_str(line);
                apart.push_str("\n----\n\n");
            }
        }
        let mut operation = "";
        let replayed = scenario::replay(&apart).unwrap();
        for line in replayed.lines() {
            if let Some(call) = line.strip_prefix("call ") {
                operation = call.split(' ').next().unwrap_or_default();
            } else if is_refusal(line) && !line.contains("replayed)") {
                let rule = line.split('(').nth(1).and_then(|rest| rest.split(',').next()).unwrap_or_default();
                met.insert((operation.to_owned(), class(rule)), line.to_owned());
            }
        }
    }
    met.retain(|(_, rule), _| !rule.starts_with("W-0"));
    assert!(met.len() > 50, "{}", met.len());
    let missing = missing(met);
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn what_random_sequences_are_refused_for_is_listed() {
    let mut met = BTreeMap::new();
    for number in 0..150_u8 {
        let (mut plane, steps) = drawn(number);
        for step in steps {
            let input = step.resolve(&plane);
            let Ok(output) = plane.apply(&input) else { continue };
            if let (Input::Call(_, request, _), Some(Err(refusal)), false) =
                (&input, output.result, output.replayed)
            {
                let key = (request.operation().as_str().to_owned(), class(refusal.rule().as_str()));
                met.insert(key, format!("{refusal:?}"));
            }
        }
    }
    assert!(met.len() > 100, "{}", met.len());
    let missing = missing(met);
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn what_spoilt_parameters_are_refused_for_is_listed() {
    let long = "x".repeat(300);
    let values = ["", "!", "x", "0", "1", "99999999999999999999", "a b", "2026-01-01T00:00Z", &long];
    let mut missing = BTreeSet::new();
    for (case, faults) in cases() {
        let names = parameters::names();
        let given = case.call.split_whitespace().filter_map(|pair| pair.split_once('='));
        let given: BTreeMap<&str, &str> = given.filter(|(name, _)| *name != "fresh").collect();
        for name in names.iter().chain(given.keys()).filter(|name| **name != "Version") {
            for value in values {
                let mut call = given.clone();
                call.insert(name, value);
                let call: Parameters = call.into_iter().collect();
                let Err(WireRefusal::Refused(refusal)) =
                    parse(Some(super::operation(&case).as_str()), None, &call)
                else {
                    continue;
                };
                let of_it = |how: &How| matches!(how, How::Parameter(of, _) if parameters::item(of) == parameters::item(name));
                let (wire, rule) = (refusal.wire(), refusal.rule());
                let answer = format!("{} {} ({rule}", wire.status, wire.code);
                let listed =
                    |fault: &Fault| fault.is_read && fault.how.iter().any(of_it) && fault.answer == answer;
                if !faults.iter().any(listed) {
                    missing.insert(format!("{}, {name}={value}: {answer}: {refusal}", case.operation));
                }
            }
        }
    }
    let missing: Vec<String> = missing.into_iter().collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
