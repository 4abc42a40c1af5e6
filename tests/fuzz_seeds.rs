//! The committed seeds of the fuzz targets, and all texts in this repository that are of their kind, read as the fuzzer
//! reads them; then each seed again with many small damages, the same in every run.

#[path = "fuzz/src/seeds.rs"]
mod seeds;
#[path = "fuzz/src/targets.rs"]
mod targets;

use std::fs;
use std::path::Path;

use failover_model::Timestamp;
use failover_model::testing::strategies;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use seeds::{files, try_all};

#[test]
fn parameters_are_read_or_refused() {
    try_all(targets::parameters, &files("tests/fuzz/seeds/parameters"), 400);
}

/// Snapshots of control planes that had many inputs. `UPDATE=1` writes them anew.
fn write_snapshots() {
    for number in 0..8_u8 {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[number; 32]);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let world = strategies::world().new_tree(&mut runner).unwrap().current();
        let steps = strategies::inputs(60..120).new_tree(&mut runner).unwrap().current();
        let mut plane = world.plane(Timestamp::from_millis(1_000_000));
        for step in steps {
            let _ = plane.apply(&step.resolve(&plane));
        }
        let text = serde_json::to_string(&plane.snapshot()).unwrap();
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds/snapshot");
        fs::write(directory.join(format!("world-{number}.json")), text).unwrap();
    }
}

#[test]
fn snapshots_are_restored_or_refused() {
    if std::env::var_os("UPDATE").is_some() {
        write_snapshots();
    }
    try_all(targets::snapshot, &files("tests/fuzz/seeds/snapshot"), 60);
}

#[test]
fn scenarios_are_replayed_or_refused() {
    try_all(targets::scenario, &files("tests/fuzz/seeds/scenario"), 60);
    try_all(targets::scenario, &files("tests/scenarios"), 2);
}
