use super::naive::{Answer, Naive, State};
use super::*;
use proptest::prelude::*;

type Small = TokenCache<u8, u8, u8, u8>;

#[derive(Debug, Clone)]
enum Call {
    Begin { key: Option<(u8, u8, u8)>, request: u8 },
    Complete { permit: prop::sample::Index, outcome: u8 },
    Release { permit: prop::sample::Index },
    Reclaim { permit: prop::sample::Index },
    DropPermit { permit: prop::sample::Index },
    Observe,
    Sweep,
    Restore,
}

fn calls() -> impl Strategy<Value = Vec<(i8, Call)>> {
    let permit = any::<prop::sample::Index>;
    let call = prop_oneof![
        12 => (prop::option::weighted(0.95, (0_u8..3, 0_u8..2, 0_u8..4)), 0_u8..2)
            .prop_map(|(key, request)| Call::Begin { key, request }),
        8 => (permit(), any::<u8>()).prop_map(|(permit, outcome)| Call::Complete { permit, outcome }),
        2 => permit().prop_map(|permit| Call::Release { permit }),
        1 => permit().prop_map(|permit| Call::Reclaim { permit }),
        1 => permit().prop_map(|permit| Call::DropPermit { permit }),
        1 => Just(Call::Observe),
        1 => Just(Call::Sweep),
        1 => Just(Call::Restore),
    ];
    let step = prop_oneof![4 => Just(0_i8), 2 => 1_i8..3, 1 => -3_i8..6];
    prop::collection::vec((step, call), 0..150)
}

fn configs() -> impl Strategy<Value = (Option<u64>, usize, Overflow)> {
    let lifetime = prop::sample::select(vec![None, Some(1), Some(3), Some(8)]);
    let overflow = prop::sample::select(vec![Overflow::Refuse, Overflow::EvictOldestCompleted]);
    (lifetime, 1_usize..=5, overflow)
}

fn full_key((tenant, scope, text): (u8, u8, u8)) -> TokenKey<u8, u8> {
    TokenKey { tenant, scope, token: token(&text.to_string()) }
}

fn as_answer(admission: &Admission<'_, u8>) -> Answer {
    match admission {
        Admission::Bypass => Answer::Bypass,
        Admission::Execute(permit) => {
            Answer::Execute { permit: permit.sequence(), evicted: permit.evicted() }
        }
        Admission::Replay(outcome) => Answer::Replay(**outcome),
        Admission::Refused(refusal) => Answer::Refused(*refusal),
    }
}

/// Whether `standing` foretold this answer of `begin`.
fn foretold(standing: &Standing<'_, u8>, answer: &Answer) -> bool {
    match (standing, answer) {
        (Standing::Bypass, Answer::Bypass) | (Standing::Vacant, Answer::Execute { .. }) => true,
        (Standing::Replay(foretold), Answer::Replay(outcome)) => *foretold == outcome,
        (Standing::Refused(foretold), Answer::Refused(refusal)) => foretold == refusal,
        _ => false,
    }
}

/// What the naive model remembers, as the cache lists it.
fn same_in_flight(cache: &Small, naive: &Naive) -> bool {
    let mut records: Vec<(u64, TokenKey<u8, u8>, u8)> = naive
        .records
        .iter()
        .filter_map(|record| match record.state {
            State::InFlight { permit } => {
                Some((permit, full_key((record.tenant, record.scope, record.token)), record.request))
            }
            State::Completed { .. } => None,
        })
        .collect();
    records.sort();
    cache.in_flight().map(|(permit, key, request)| (permit, key.clone(), *request)).eq(records)
}

proptest! {
    #![proptest_config(suite!("token_cache", 256))]

    /// Two caches of different seeds, one of which is swept and restored from snapshots in between, answer every
    /// call as the naive model does and stay equal.
    #[test]
    fn every_answer_is_the_naive_one((ttl, capacity, overflow) in configs(), calls in calls()) {
        let bounds = config(ttl, capacity, overflow);
        let (mut one, mut two) = (Small::new(bounds), Small::with_hash_seed(bounds, 99));
        let mut naive = Naive {
            ttl, capacity, overflow, clock: 0, drawn: 0, records: vec![], horizons: [0; 3],
        };
        // Permits for either cache; some are stale.
        let mut permits: Vec<(Permit, Permit)> = vec![];
        for (step, call) in calls {
            let ms = naive.clock.saturating_add_signed(step.into());
            let now = at(ms);
            match call {
                Call::Begin { key, request } => {
                    let answer = naive.begin(ms, key, request);
                    let key = key.map(full_key);
                    let standing = one.standing(now, key.as_ref(), &request);
                    prop_assert!(foretold(&standing, &answer), "{standing:?} but {answer:?}");
                    let (first, second) =
                        (one.begin(now, key.as_ref(), &request), two.begin(now, key.as_ref(), &request));
                    prop_assert_eq!(as_answer(&first), answer);
                    prop_assert_eq!(&first, &second);
                    if let (Admission::Execute(first), Admission::Execute(second)) = (first, second) {
                        permits.push((first, second));
                    }
                }
                Call::Complete { permit, outcome } if !permits.is_empty() => {
                    let (first, second) = permits.remove(permit.index(permits.len()));
                    let answer = naive.complete(ms, first.sequence(), outcome).ok_or(StalePermit);
                    prop_assert_eq!(one.complete(now, first, outcome), answer);
                    prop_assert_eq!(two.complete(now, second, outcome), answer);
                }
                Call::Release { permit } if !permits.is_empty() => {
                    let (first, second) = permits.remove(permit.index(permits.len()));
                    let answer = naive.release(ms, first.sequence()).ok_or(StalePermit);
                    prop_assert_eq!(one.release(now, first), answer);
                    prop_assert_eq!(two.release(now, second), answer);
                }
                Call::Reclaim { permit } if !permits.is_empty() => {
                    let sequence = permits[permit.index(permits.len())].0.sequence();
                    let answer = naive.reclaim(sequence);
                    let (first, second) = (one.reclaim(sequence), two.reclaim(sequence));
                    prop_assert_eq!(first.as_ref().map(Permit::sequence), answer);
                    // The old permit stays in the list: it is stale now.
                    permits.extend(first.zip(second));
                }
                Call::DropPermit { permit } if !permits.is_empty() => {
                    drop(permits.remove(permit.index(permits.len())));
                }
                Call::Sweep => {
                    naive.tick(ms);
                    one.observe(now);
                    two.sweep(now);
                }
                Call::Restore => two = Small::restore_with_hash_seed(bounds, two.snapshot(), 7).unwrap(),
                _ => {
                    naive.tick(ms);
                    one.observe(now);
                    two.observe(now);
                }
            }
            for cache in [&one, &two] {
                prop_assert_eq!(cache.check(), Ok(()));
                prop_assert_eq!(cache.clock(), at(naive.clock));
                prop_assert_eq!(cache.len(), naive.records.len());
                prop_assert_eq!(cache.is_empty(), naive.records.is_empty());
                prop_assert_eq!([0, 1, 2].map(|tenant| cache.horizon(&tenant)), naive.horizons);
                prop_assert!(same_in_flight(cache, &naive));
            }
            prop_assert_eq!(&one, &two);
            prop_assert_eq!(fingerprint(&one), fingerprint(&two));
            prop_assert_eq!(one.snapshot(), two.snapshot());
        }
    }
}
