//! One long run whose end is pinned: the same in debug and release builds and under every hash seed.

use failover_model::testing::strategies;
use failover_model::{ControlPlane, Input, Policy};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// How many inputs the run has.
const INPUTS: usize = 10_000;

/// The digest of the snapshot at its end and of all answers on the way. It changes with the format of snapshots, with
/// the rules, and with what the strategies draw; pin it anew only if one of these was meant to change.
const PINNED: u64 = 0x6f31_c01e_47f1_dcd2;

/// FNV-1a: any hash would do that is written down in full.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Digest(u64);

impl Digest {
    fn add(&mut self, text: &str) {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// The same steps under a hash seed.
fn run(hash_seed: u64) -> (Digest, usize) {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[42; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let steps = strategies::steps(INPUTS..INPUTS + 1).new_tree(&mut runner).unwrap().current();
    let mut plane = ControlPlane::with_hash_seed(Policy::default(), hash_seed);
    let (mut digest, mut accepted) = (Digest(0xcbf2_9ce4_8422_2325), 0);
    for step in &steps {
        let input = step.resolve(&plane);
        let result = plane.apply(&input);
        if matches!((&input, &result), (Input::Call(..), Ok(output)) if matches!(output.result, Some(Ok(_))))
        {
            accepted += 1;
        }
        digest.add(&format!("{result:?}"));
    }
    plane.check().unwrap();
    digest.add(&serde_json::to_string(&plane.snapshot()).unwrap());
    (digest, accepted)
}

#[test]
fn a_long_run_ends_where_it_always_ended() {
    let (digest, accepted) = run(0);
    println!("{INPUTS} inputs, {accepted} calls accepted, digest {:#018x}", digest.0);
    assert!(accepted * 10 > INPUTS, "too little happens: {accepted} calls accepted");
    for seed in [1, 0xdead_beef, u64::MAX] {
        assert_eq!(run(seed).0, digest, "the hash seed {seed} is observable");
    }
    assert_eq!(digest.0, PINNED, "the run ends elsewhere");
}
