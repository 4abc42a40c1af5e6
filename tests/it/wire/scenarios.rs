//! Every scenario under `tests/scenarios` happens as it is written.

use std::fs;
use std::path::{Path, PathBuf};

use failover_model::scenario::replay;

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
        for (at, (now, then)) in happened.lines().zip(expected.lines()).enumerate() {
            assert_eq!(
                now,
                then,
                "{} line {}; UPDATE=1 cargo run --example scenario",
                file.display(),
                at + 1
            );
        }
        assert_eq!(happened, expected, "{}", file.display());
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
    ] {
        assert_eq!(replay(text).unwrap_err().line, line, "{text:?}");
    }
}
