//! The committed seeds of the fuzz targets, and all texts in this repository that are of their kind, read as the fuzzer
//! reads them; then each seed again with many small damages, the same in every run.

#[path = "fuzz/src/targets.rs"]
mod targets;

use std::fs;
use std::path::Path;

use failover_model::Timestamp;
use failover_model::testing::strategies;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

fn files(directory: &str) -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let mut paths: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Numbers without a pattern.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }
}

/// A seed with a few bytes flipped, dropped, doubled, or taken from another place.
fn damaged(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut data = seed.to_vec();
    for _ in 0..=dice.below(4) {
        if data.is_empty() {
            break;
        }
        let at = dice.below(data.len());
        match dice.below(5) {
            0 => data[at] = dice.below(256) as u8,
            1 => drop(data.remove(at)),
            2 => data.insert(at, data[at]),
            3 => data.truncate(at),
            _ => {
                let (from, len) = (dice.below(data.len()), dice.below(24));
                let piece = data[from..(from + len).min(data.len())].to_vec();
                data.splice(at..at, piece);
            }
        }
    }
    data
}

fn try_all(target: fn(&[u8]), seeds: &[Vec<u8>], damages: usize) {
    let mut dice = Dice(20_210_730);
    for seed in seeds {
        target(seed);
        for _ in 0..damages {
            target(&damaged(seed, &mut dice));
        }
    }
}

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
