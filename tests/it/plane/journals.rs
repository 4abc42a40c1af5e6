//! What an embedder wrote down is read: a journal and a snapshot for each version of the format.
//!
//! `UPDATE=1` writes the newest, which is not frozen before release 0.1.0.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use failover_model::snapshot::{JournalHead, RestoreError, Snapshot, VERSION};
use failover_model::{ControlPlane, Input, Policy, Report};

use crate::kit::drawn;

fn folder(version: u32) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/journal/{version}"))
}

/// A journal is read as it was written, and leads to its snapshot.
fn replay(journal: &str) -> ControlPlane {
    let mut lines = journal.lines();
    let head: JournalHead = serde_json::from_str(lines.next().unwrap()).unwrap();
    let mut plane = head.open().unwrap();
    for line in lines {
        let input: Input = serde_json::from_str(line).unwrap_or_else(|bad| panic!("{bad}: {line}"));
        assert_eq!(serde_json::to_string(&input).unwrap(), line);
        // A misuse was written down like any other input, and changes as much on a replay.
        let _ = plane.apply(&input);
    }
    plane
}

/// Three worlds' worth of inputs, one after the other, on one control plane.
fn written() -> (String, String) {
    let mut plane = ControlPlane::new(Policy::default());
    let mut journal = serde_json::to_string(&JournalHead::new(Policy::default())).unwrap() + "\n";
    for number in 0..3 {
        for step in drawn(number).1 {
            let input = step.resolve(&plane);
            journal += &(serde_json::to_string(&input).unwrap() + "\n");
            let _ = plane.apply(&input);
        }
    }
    (journal, serde_json::to_string_pretty(&plane.snapshot()).unwrap() + "\n")
}

#[test]
fn a_journal_of_each_version_leads_to_its_snapshot() {
    if std::env::var_os("UPDATE").is_some() {
        let (journal, snapshot) = written();
        fs::create_dir_all(folder(VERSION)).unwrap();
        fs::write(folder(VERSION).join("journal.jsonl"), journal).unwrap();
        fs::write(folder(VERSION).join("snapshot.json"), snapshot).unwrap();
    }
    for version in 1..=VERSION {
        let read = |name: &str| fs::read_to_string(folder(version).join(name)).unwrap();
        let plane = replay(&read("journal.jsonl"));
        let text = read("snapshot.json");
        let snapshot: Snapshot = serde_json::from_str(&text).unwrap();
        assert!(ControlPlane::restore(snapshot).unwrap() == plane, "the journal leads elsewhere");
        let again = serde_json::to_string_pretty(&plane.snapshot()).unwrap() + "\n";
        assert!(version < VERSION || again == text, "the snapshot is written otherwise now");
    }
}

#[test]
fn the_fixture_has_every_kind_of_input_and_many_operations() {
    let journal = fs::read_to_string(folder(VERSION).join("journal.jsonl")).unwrap();
    let (mut operations, mut outcomes, mut observations, mut advances) = (BTreeSet::new(), 0, 0, 0);
    for line in journal.lines().skip(1) {
        match serde_json::from_str(line).unwrap() {
            Input::Call(_, request, _) => drop(operations.insert(request.operation())),
            Input::Report(_, Report::Outcome { .. }) => outcomes += 1,
            Input::Report(_, Report::Observed(_)) => observations += 1,
            Input::Advance(_) => advances += 1,
        }
    }
    let seen = (operations.len(), outcomes, observations, advances);
    assert!(seen.0 > 25 && seen.1 > 10 && seen.2 > 5 && seen.3 > 5, "{seen:?}");
}

#[test]
fn a_head_of_another_version_and_an_input_that_is_unknown_are_refused() {
    let head = serde_json::to_value(JournalHead::new(Policy::default())).unwrap();
    let mut other = head.clone();
    other["version"] = 2.into();
    let other: JournalHead = serde_json::from_value(other).unwrap();
    assert_eq!(other.open().unwrap_err(), RestoreError::Version(2));
    let mut more = head;
    more["more"] = 1.into();
    assert!(serde_json::from_value::<JournalHead>(more).is_err());
    let call = r#"{"now":1,"account":"1","region":"cn-beijing","token":null}"#;
    let failover = r#"{"pair":"pair-1"}"#;
    let known = format!(r#"{{"call":[{call},{{"FailoverDiskReplicaPair":{failover}}},"none"]}}"#);
    serde_json::from_str::<Input>(&known).unwrap();
    let unknown = known.replace("FailoverDiskReplicaPair", "FailOverDiskReplicaPair");
    assert!(serde_json::from_str::<Input>(&unknown).is_err());
    let fields = known.replace(failover, r#"{"pair":"pair-1","force":true}"#);
    assert!(serde_json::from_str::<Input>(&fields).is_err());
}
