//! Every scenario under `tests/scenarios` happens as it is written.

use std::fs;
use std::path::{Path, PathBuf};

use failover_model::scenario::replay;
use failover_model::{ControlPlane, EffectId, Input, Outcome, Policy, Report, Timestamp};

use crate::kit::generated::current;

fn scenarios() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn every_scenario_happens_as_it_is_written() {
    let files = scenarios();
    assert!(files.len() >= 20, "only {} scenarios were found", files.len());
    for file in files {
        let expected = fs::read_to_string(&file).unwrap();
        let happened = replay(&expected).unwrap_or_else(|bad| panic!("{}: {bad}", file.display()));
        current(file.to_str().unwrap(), &happened, "cargo run --example scenario");
    }
}

#[test]
fn what_happens_differently_shows() {
    let text = "call FailoverDBCluster DBClusterId=pc-1\n----\n200\n";
    assert_eq!(
        replay(text).unwrap(),
        "call FailoverDBCluster DBClusterId=pc-1\n----\n404 InvalidDBCluster.NotFound (P-100, Documented): The DBClusterId \
         provided does not exist in our records.\n"
    );
}

#[test]
fn a_bad_scenario_is_told_with_its_line() {
    for (text, line) in [
        ("bogus\n----\n", 1),
        ("# fine\n\nadvance 5s\n", 3),
        ("advance 5 s\n----\n", 1),
        ("advance 99999999999999999999h\n----\n", 1),
        ("\nreport x succeeded\n----\n", 2),
        ("report 1 chosen\n----\n", 1),
        ("report 1 failed sadly\n----\n", 1),
        ("call FailoverDBCluster DBClusterId\n----\n", 1),
        ("call FailoverDBCluster \"DBClusterId=pc-1\n----\n", 1),
        ("observe node pi-1 asleep\n----\n", 1),
        ("policy {\"ebs\": {\"mood\": 1}}\n----\n", 1),
        ("show moon\n----\n", 1),
        ("restore {\"version\": 1}\n----\n", 1),
        ("apply {\"advance\": \"soon\"}\n----\n", 1),
        ("apply\n----\n", 1),
    ] {
        assert_eq!(replay(text).unwrap_err().line, line, "{text:?}");
    }
}

#[test]
fn a_scenario_begins_from_a_snapshot_and_takes_what_a_journal_holds() {
    let mut plane = ControlPlane::new(Policy::default());
    let _ = plane.advance(Timestamp::from_millis(5_000));
    let snapshot = serde_json::to_string(&plane.snapshot()).unwrap();
    let inputs = [
        Input::Advance(Timestamp::from_millis(7_000)),
        Input::Report(
            Timestamp::from_millis(1_000),
            Report::Outcome { id: EffectId(9), outcome: Outcome::Succeeded },
        ),
    ];
    let [advance, report] = inputs.map(|input| serde_json::to_string(&input).unwrap());
    let text = format!("restore {snapshot}\n----\n\napply {advance}\n----\n\napply {report}\n----\n");
    let answers: Vec<String> = replay(&text).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(answers[2], "restored");
    assert_eq!(answers[6], "nothing");
    assert!(answers[10].starts_with("misuse: effect 9 is not pending"), "{}", answers[10]);
    let broken = text.replace("\"next_id\":1", "\"next_id\":0");
    assert_eq!(replay(&broken).unwrap_err().to_string(), "line 1: the counter of effect ids is 0");
}
