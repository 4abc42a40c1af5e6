//! The 27 invariants of idempotency tokens, each a property under its number, on traces of one generator.
//!
//! | File | Speaks of |
//! |---|---|
//! | `trace` | the generator, the player, and a ledger kept from the answers alone |
//! | `entries` | one token: P1, P3, P5, P9, P10, P16, P22 |
//! | `traces` | two traces that must be answered alike: P6 to P8, P11, P13 to P15, P19, P23 |
//! | `bounds` | capacity, victims, horizons and memory: P12, P17, P18, P27 |
//! | `stage`, `plane` | resources, through the control plane: P2, P4, P20, P21, P24 to P26 |

mod bounds;
mod entries;
mod plane;
mod stage;
mod trace;
mod traces;

use std::collections::BTreeMap;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use trace::Kind;

/// Of everything that an invariant speaks of there is enough, and of nothing so much that it crowds the rest out.
#[test]
fn the_one_generator_mixes_what_the_invariants_speak_of() {
    let mut runner = TestRunner::deterministic();
    let (mut calls, mut kinds, mut seen_in) = (0, BTreeMap::<Kind, u32>::new(), BTreeMap::<Kind, u32>::new());
    const TRACES: u32 = 500;
    for _ in 0..TRACES {
        let trace = trace::traces().new_tree(&mut runner).unwrap().current();
        let mut here = BTreeMap::<Kind, u32>::new();
        let watched = trace::watch(&trace, |event, _| {
            calls += 1;
            event.kinds.iter().for_each(|kind| *here.entry(*kind).or_default() += 1);
            Ok(())
        });
        watched.unwrap();
        for (kind, count) in here {
            *kinds.entry(kind).or_default() += count;
            *seen_in.entry(kind).or_default() += 1;
        }
    }
    // Thousandths of all calls, and hundredths of all traces, at least.
    let least = [
        (Kind::Accepted, 150, 90),
        (Kind::AcceptedAfterExpiry, 15, 20),
        (Kind::AcceptedByEviction, 20, 20),
        (Kind::Replayed, 25, 40),
        (Kind::Mismatched, 30, 50),
        (Kind::MismatchedInFlight, 15, 40),
        (Kind::Processing, 25, 50),
        (Kind::AtCapacity, 60, 50),
        (Kind::Bypassed, 25, 65),
        (Kind::Completed, 100, 80),
        (Kind::Released, 15, 40),
        (Kind::Reclaimed, 15, 40),
        (Kind::Stale, 4, 20),
        (Kind::TimeWentBack, 40, 45),
    ];
    let shares: Vec<(Kind, u32, u32)> = least
        .iter()
        .map(|(kind, ..)| {
            let count = |counts: &BTreeMap<Kind, u32>| counts.get(kind).copied().unwrap_or(0);
            (*kind, count(&kinds) * 1_000 / calls, count(&seen_in) * 100 / TRACES)
        })
        .collect();
    for ((kind, calls, traces), (_, least_calls, least_traces)) in shares.iter().zip(least) {
        assert!(*calls >= least_calls && *traces >= least_traces, "{kind:?} is too rare: {shares:?}");
        assert!(*calls <= 500, "{kind:?} crowds the rest out: {shares:?}");
    }
}
