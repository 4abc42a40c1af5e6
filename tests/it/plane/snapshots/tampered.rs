//! Random changes, as data and as bytes.

use super::*;

type Change = (prop::sample::Index, prop::sample::Index, u8);

fn changes() -> impl Strategy<Value = Vec<Change>> {
    prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0_u8..12), 1..4)
}

/// What is restored from the rich world's snapshot after several changes at once, if it is taken.
fn tampered(changes: &[Change]) -> Option<ControlPlane> {
    thread_local! {
        static ORIGINAL: (Value, Vec<String>) = {
            let original = value(&rich().plane);
            let all = paths(&original);
            (original, all)
        };
    }
    let changed = ORIGINAL.with(|(original, all)| {
        let mut changed = original.clone();
        for (target, source, how) in changes {
            let (target, elsewhere): (&String, &String) = (target.get(all), source.get(all));
            let Some(from) = original.pointer(target) else { continue };
            let other = match how {
                0 => original.pointer(elsewhere).unwrap().clone(),
                1 => source.get(&others(from)).clone(),
                // Mostly what can at least be read.
                _ => {
                    let mut others = others(from);
                    others.retain(|other| std::mem::discriminant(other) == std::mem::discriminant(from));
                    others.push(from.clone());
                    source.get(&others).clone()
                }
            };
            if let Some(place) = changed.pointer_mut(target) {
                *place = other;
            }
        }
        changed
    });
    restore(&changed).ok()
}

proptest! {
    #![proptest_config(suite!("snapshots", 400))]

    /// Never a panic, and what is taken is sound, a state of its own, and goes on.
    #[test]
    fn a_snapshot_that_was_tampered_with_is_refused_or_sound(changes in changes()) {
        if let Some(plane) = tampered(&changes) {
            plane.check().unwrap();
            assert_eq!(restore(&value(&plane)).unwrap(), plane, "a snapshot of what was restored restores it");
            goes_on(&plane);
        }
    }

    /// Bytes that are no snapshot at all.
    #[test]
    fn bytes_that_were_cut_or_overwritten_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        thread_local! {
            static BYTES: Vec<u8> = serde_json::to_vec(&rich().plane.snapshot()).unwrap();
        }
        let mut bytes = BYTES.with(Clone::clone);
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        if let Ok(snapshot) = serde_json::from_slice::<Snapshot>(&bytes)
            && let Ok(plane) = ControlPlane::restore(snapshot)
        {
            plane.check().unwrap();
        }
    }
}

#[test]
fn enough_tampered_snapshots_are_taken_for_that_to_mean_something() {
    let mut runner = TestRunner::deterministic();
    let cases = (0..200).map(|_| changes().new_tree(&mut runner).unwrap().current());
    let taken = cases.filter(|changes| tampered(changes).is_some()).count();
    assert!((20..180).contains(&taken), "{taken} of 200");
}
