//! What an embedder wrote down is read: a journal and a snapshot for each version of the format.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use failover_model::snapshot::{JournalHead, RestoreError, Snapshot, VERSION};
use failover_model::{ControlPlane, Input, Policy, Report};

use crate::kit::{drawn, generated};

/// The newest version that a release has written; none before 0.1.0.
const FROZEN: u32 = 0;

fn path(version: u32, name: &str) -> String {
    format!("tests/fixtures/journal/{version}/{name}")
}

fn fixture(version: u32, name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path(version, name))).unwrap()
}

/// What a journal leads to, and the journal as it is written today.
fn replay(journal: &str) -> (ControlPlane, String) {
    let mut lines = journal.lines();
    let head: JournalHead = serde_json::from_str(lines.next().unwrap()).unwrap();
    let mut again = serde_json::to_string(&head).unwrap() + "\n";
    let mut plane = head.open().unwrap();
    for line in lines {
        let input: Input = serde_json::from_str(line).unwrap_or_else(|bad| panic!("{bad}: {line}"));
        again += &(serde_json::to_string(&input).unwrap() + "\n");
        // A misuse was written down like any other input, and changes as much on a replay.
        let _ = plane.apply(&input);
    }
    (plane, again)
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
    if generated::updates() && VERSION > FROZEN {
        let (journal, snapshot) = written();
        let journal_path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path(VERSION, "journal.jsonl"));
        fs::create_dir_all(journal_path.parent().unwrap()).unwrap();
        fs::write(&journal_path, journal).unwrap();
        fs::write(journal_path.with_file_name("snapshot.json"), snapshot).unwrap();
    }
    for version in 1..=VERSION {
        let (plane, again) = replay(&fixture(version, "journal.jsonl"));
        let snapshot: Snapshot = serde_json::from_str(&fixture(version, "snapshot.json")).unwrap();
        assert!(ControlPlane::restore(snapshot).unwrap() == plane, "the journal leads elsewhere");
        if version > FROZEN {
            let command = "cargo test --test it journals";
            let snapshot = serde_json::to_string_pretty(&plane.snapshot()).unwrap() + "\n";
            generated::current(&path(version, "journal.jsonl"), &again, command);
            generated::current(&path(version, "snapshot.json"), &snapshot, command);
        }
        // However a frozen version is written today, it is read as the same.
        assert!(replay(&again) == (plane, again), "what is written today is read otherwise");
    }
}

#[test]
fn the_fixture_has_every_kind_of_input_and_many_operations() {
    let journal = fixture(VERSION, "journal.jsonl");
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

/// A journal and a snapshot of a later release are refused by their version, and the versions are told.
#[test]
fn the_next_version_is_refused_and_told() {
    let next = |written: serde_json::Value| {
        let mut next = written;
        assert_eq!(next["version"], VERSION);
        next["version"] = (VERSION + 1).into();
        next
    };
    let head = next(serde_json::to_value(JournalHead::new(Policy::default())).unwrap());
    let head: JournalHead = serde_json::from_value(head).unwrap();
    let snapshot = next(serde_json::from_str(&fixture(VERSION, "snapshot.json")).unwrap());
    let snapshot: Snapshot = serde_json::from_value(snapshot).unwrap();
    for refused in [head.open().unwrap_err(), ControlPlane::restore(snapshot).unwrap_err()] {
        assert_eq!(refused, RestoreError::Version(VERSION + 1));
        let told = format!("version {} of the format is not {VERSION}", VERSION + 1);
        assert_eq!(refused.to_string(), told);
    }
}

#[test]
fn a_head_and_an_input_with_something_unknown_are_refused() {
    let mut more = serde_json::to_value(JournalHead::new(Policy::default())).unwrap();
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
