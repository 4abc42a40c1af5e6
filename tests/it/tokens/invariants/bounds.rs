//! What holds of capacity, victims, horizons and memory.

use std::collections::{BTreeMap, BTreeSet};

use allocation_counter::measure;
use failover_model::token::{Admission, ClientToken, Overflow, TokenCache, TokenKey};
use proptest::prelude::*;

use super::trace::*;

proptest! {
    #![proptest_config(suite!("token_invariants", 256))]

    /// No tenant ever has more tokens than its capacity, and what is in flight leaves by its permit alone.
    #[test]
    fn p12_capacity(trace in traces()) {
        watch(&trace, |event, player| {
            // What must be remembered by the answers is exactly what is: nothing was dropped to make room unreported.
            prop_assert_eq!(player.cache.len(), event.after.keys.len());
            for tenant in 0..TENANTS {
                prop_assert!(event.after.live_of(tenant).count() <= trace.bounds.capacity);
            }
            let flights = |cache: &Cache| -> BTreeSet<Key> {
                cache.in_flight().map(|(_, key, _)| short_key(key)).collect()
            };
            let (before, after) = (flights(&event.cache_before), flights(&player.cache));
            let landed = before.difference(&after).count();
            let settled = matches!(event.answer, Answer::Completed(_) | Answer::Released);
            prop_assert_eq!(landed, usize::from(settled));
            prop_assert_eq!(player.cache.check(), Ok(()));
            Ok(())
        })?;
    }

    /// The victim is the tenant's completion of the lowest number, and no number is given twice.
    #[test]
    fn p17_deterministic_victim(trace in traces()) {
        let trace = trace.with(|bounds| bounds.overflow = Overflow::EvictOldestCompleted);
        let mut numbers = BTreeSet::new();
        watch(&trace, |event, _| {
            match (event.op, &event.answer) {
                (_, Answer::Completed(number)) => {
                    prop_assert!(numbers.insert(*number), "two completions have the number {number}");
                }
                (Op::Begin { key, .. }, Answer::Execute { evicted, .. }) => {
                    let (tenant, before) = (key.0, &event.before);
                    let full = before.live_of(tenant).count() == trace.bounds.capacity;
                    prop_assert_eq!(*evicted, full.then(|| before.oldest_completion(tenant).unwrap()));
                }
                (Op::Begin { key, .. }, Answer::Full) => {
                    prop_assert_eq!(event.before.oldest_completion(key.0), None);
                }
                _ => {}
            }
            Ok(())
        })?;
    }

    /// A horizon never falls, and rises when and only when something remembered is evicted, to the victim's number.
    #[test]
    fn p18_horizon(trace in traces()) {
        watch(&trace, |event, player| {
            for tenant in 0..TENANTS {
                let (before, after) = (event.cache_before.horizon(&tenant), player.cache.horizon(&tenant));
                let victim = match (event.op, &event.answer) {
                    (Op::Begin { key, .. }, Answer::Execute { evicted, .. }) if key.0 == tenant => *evicted,
                    _ => None,
                };
                prop_assert_eq!(after, victim.unwrap_or(before));
                prop_assert!(after >= before);
                prop_assert!(after == 0 || trace.bounds.overflow == Overflow::EvictOldestCompleted);
                // Above the horizon, everything that did not expire is remembered; below, nothing.
                let remembered = event.after.oldest_completion(tenant);
                prop_assert!(remembered.is_none_or(|number| number > after));
            }
            Ok(())
        })?;
    }

    /// What is stored is bounded by tenants, capacity and the sizes of what they send, however long they go on.
    #[test]
    fn p27_memory_bound(trace in traces(), size in 1_usize..200) {
        type Texts = TokenCache<u8, u8, String, String>;
        const ROUNDS: u64 = 20;
        let mut kept = None;
        let info = measure(|| {
            let mut cache = Texts::new(trace.bounds.config());
            let mut permits = BTreeMap::<u8, Vec<_>>::new();
            let round_length = trace.ops.iter().map(|(now, _)| now + 1).max().unwrap_or(1);
            for round in 0..ROUNDS {
                for (now, op) in &trace.ops {
                    let now = at(round * round_length + now);
                    match op {
                        // Other tokens in each round, so that they pile up if they can.
                        Op::Begin { key: (tenant, scope, token), request } => {
                            let token = ClientToken::parse(&format!("{round:060}-{token}")).unwrap().unwrap();
                            let key = TokenKey { tenant: *tenant, scope: *scope, token };
                            let request = request.to_string().repeat(size);
                            if let Admission::Execute(permit) = cache.begin(now, Some(&key), &request) {
                                permits.entry(*tenant).or_default().push(permit);
                            }
                        }
                        Op::Complete { tenant, .. } | Op::Release { tenant, .. } => {
                            if let Some(permit) = permits.get_mut(tenant).and_then(Vec::pop) {
                                let _ = cache.complete(now, permit, "o".repeat(size));
                            }
                        }
                        _ => cache.observe(now),
                    }
                }
            }
            kept = Some(cache);
        });
        let cache = kept.unwrap();
        // Expired entries count: they are stored until something removes them.
        let stored = cache.len() + cache.clone().sweep(cache.clock());
        let entries = usize::from(TENANTS) * trace.bounds.capacity;
        prop_assert!(stored <= entries, "{stored} entries of {entries}");
        // A table doubles, so that up to three quarters of it may be empty after entries have left.
        let entry = size_of::<(TokenKey<u8, u8>, String, String)>() + 64;
        let heap = entries.next_power_of_two() * 4 * (entry + 16) + entries * (64 + 2 * size + 16) + 2_048;
        prop_assert!(info.bytes_current <= heap as i64, "{} bytes, more than {heap}", info.bytes_current);
    }
}

/// One tenant sends a hundred thousand distinct tokens: it never has more than its capacity, and the other tenants'
/// tokens are as they were.
#[test]
fn a_flood_of_one_tenants_tokens_stays_within_its_capacity_and_touches_no_other() {
    type Flooded = TokenCache<u8, u8, u32, u32>;
    for overflow in [Overflow::Refuse, Overflow::EvictOldestCompleted] {
        let bounds = Bounds { ttl: None, capacity: 1_000, overflow };
        let mut cache = Flooded::new(bounds.config());
        let key = |tenant, number: u32| TokenKey {
            tenant,
            scope: 0,
            token: ClientToken::parse(&number.to_string()).unwrap().unwrap(),
        };
        let settle = |cache: &mut Flooded, tenant, number| match cache.begin(
            at(0),
            Some(&key(tenant, number)),
            &number,
        ) {
            Admission::Execute(permit) => cache.complete(at(0), permit, number).is_ok(),
            Admission::Refused(_) => false,
            other => panic!("{other:?}"),
        };
        for number in 0..500 {
            assert!(settle(&mut cache, 1, number) && settle(&mut cache, 2, number));
        }
        let accepted = (0..100_000).filter(|number| settle(&mut cache, 0, *number)).count();
        assert_eq!(accepted, if overflow == Overflow::Refuse { 1_000 } else { 100_000 });
        assert_eq!((cache.len(), cache.check()), (2_000, Ok(())));
        assert_eq!((cache.horizon(&1), cache.horizon(&2)), (0, 0));
        for number in 0..500 {
            for tenant in [1, 2] {
                assert_eq!(
                    cache.begin(at(0), Some(&key(tenant, number)), &number),
                    Admission::Replay(&number)
                );
            }
        }
    }
}
