//! A world and a random sequence of steps, the same for a number in every run.

use failover_model::testing::steps::TestStep;
use failover_model::testing::strategies;
use failover_model::{ControlPlane, Timestamp};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

pub fn drawn(number: u8) -> (ControlPlane, Vec<TestStep>) {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[number; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let world = strategies::world().new_tree(&mut runner).unwrap().current();
    let steps = strategies::steps(60..120).new_tree(&mut runner).unwrap().current();
    (world.plane(Timestamp::from_millis(1_000_000)), steps)
}
