//! The clock of a simulation over pairs that nobody calls: each copies every quarter of an hour.
//!
//! What a deadline or an end costs must not grow with the number of pairs. Events are dropped every quarter of an hour, as the
//! emulator does, so that memory stays flat.

use std::time::Instant;

use failover_model::ebs::{PairSeed, PairStatus};
use failover_model::simulation::{LatencyProfile, Simulation, Transitions};
use failover_model::{AccountId, ControlPlane, Policy, RegionId, Timestamp};

use crate::kit;

const MINUTE: u64 = 60_000;

/// A world of so many pairs that replicate, created one after the other within a quarter of an hour.
fn world(pairs: usize) -> Simulation {
    let plane = ControlPlane::new(Policy::default());
    let mut world = Simulation::new(plane, 1, Transitions::Timed, LatencyProfile::QUICK);
    let account: AccountId = "1234567890123456".parse().unwrap();
    let region: RegionId = "cn-shanghai".parse().unwrap();
    for number in 0..pairs {
        let now = Timestamp::from_millis(number as u64 * 15 * MINUTE / pairs as u64);
        let seed = PairSeed {
            created_at: now,
            last_recover_point: Some(now),
            ..kit::long_pair_seed(number, PairStatus::Normal)
        };
        let adopted = world.adopt(now, |plane| plane.adopt_pair(now, &account, &region, seed));
        let _ = adopted.expect("it is new");
    }
    let _ = world.advance(Timestamp::from_millis(30 * MINUTE));
    world
}

/// Nanoseconds for each deadline fired or effect ended, in a span of time over so many pairs; also how many there were, and the
/// peak of the memory beyond that of the world, in bytes.
pub struct Ticked {
    pub pairs: usize,
    pub each: f64,
    pub fired: u64,
    pub seconds: f64,
    pub peak: u64,
}

fn tick(pairs: usize, hours: u64) -> Ticked {
    let mut world = world(pairs);
    let (mut fired, mut seconds) = (0, 0.0);
    let memory = allocation_counter::measure(|| {
        let start = Instant::now();
        for quarter in 1..=hours * 4 {
            let trace = world.advance(Timestamp::from_millis((30 + 15 * quarter) * MINUTE));
            assert!(trace.events.len() as u64 >= trace.fired);
            fired += trace.fired;
        }
        seconds = start.elapsed().as_secs_f64();
    });
    assert_eq!(fired, pairs as u64 * hours * 8, "each pair begins and ends a copy every quarter of an hour");
    Ticked { pairs, each: seconds * 1e9 / fired as f64, fired, seconds, peak: memory.bytes_max }
}

/// The curve: a day over 100,000 pairs, and as much time over fewer and more as gives enough to measure.
pub fn curve() -> Vec<Ticked> {
    // No two pairs are due in the same millisecond, which would count as one deadline.
    [(100, 240), (1_000, 24), (10_000, 24), (100_000, 24), (900_000, 1)]
        .into_iter()
        .map(|(pairs, hours)| tick(pairs, hours))
        .collect()
}
