//! The committed seeds, and small damages to them that are the same in every run, for the ordinary tests.

use std::fs;
use std::path::Path;

/// The files of a directory of this package, in order.
pub fn files(directory: &str) -> Vec<Vec<u8>> {
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

/// Gives a target each seed, and each again with so many damages.
pub fn try_all(target: fn(&[u8]), seeds: &[Vec<u8>], damages: usize) {
    let mut dice = Dice(20_210_730);
    for seed in seeds {
        target(seed);
        for _ in 0..damages {
            target(&damaged(seed, &mut dice));
        }
    }
}
