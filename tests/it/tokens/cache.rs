//! Idempotency tokens: the state table, time, capacity, fencing and snapshots, then random calls against a model
//! that is a plain list of records.

use core::num::{NonZeroU64, NonZeroUsize};
use std::sync::Arc;

use failover_model::time::Timestamp;
use failover_model::token::{
    Admission, BadToken, ClientToken, Lifetime, OverCapacity, Overflow, Permit, StalePermit, Standing,
    TokenCache, TokenCacheConfig, TokenKey, TokenRefusal,
};

type Key = TokenKey<String, String>;
type Cache = TokenCache<String, String, u8, u8>;

fn token(text: &str) -> ClientToken {
    ClientToken::parse(text).unwrap().unwrap()
}

fn key(tenant: &str, scope: &str, text: &str) -> Key {
    TokenKey { tenant: tenant.into(), scope: scope.into(), token: token(text) }
}

fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn config(lifetime: Option<u64>, capacity: usize, overflow: Overflow) -> TokenCacheConfig {
    let lifetime = lifetime.map_or(Lifetime::Never, |ms| Lifetime::For(NonZeroU64::new(ms).unwrap()));
    TokenCacheConfig { lifetime, capacity: NonZeroUsize::new(capacity).unwrap(), overflow }
}

fn roomy() -> Cache {
    Cache::new(config(Some(100), 10, Overflow::Refuse))
}

#[track_caller]
fn granted(admission: Admission<'_, u8>) -> Permit {
    match admission {
        Admission::Execute(permit) => permit,
        other => panic!("not granted: {other:?}"),
    }
}

fn refused(refusal: TokenRefusal) -> Admission<'static, u8> {
    Admission::Refused(refusal)
}

/// Begins and completes in one go; returns the number of the completion.
#[track_caller]
fn settle(cache: &mut Cache, ms: u64, key: &Key, request: u8, outcome: u8) -> u64 {
    let permit = granted(cache.begin(at(ms), Some(key), &request));
    cache.complete(at(ms), permit, outcome).unwrap()
}

mod state_table {
    use super::*;

    /// T-070.
    #[test]
    fn a_vacant_token_executes_and_is_in_flight() {
        let (mut cache, k) = (roomy(), key("a", "s", "t"));
        let permit = granted(cache.begin(at(0), Some(&k), &1));
        assert_eq!(cache.in_flight().collect::<Vec<_>>(), [(permit.sequence(), &k, &1)]);
        assert_eq!((cache.len(), cache.is_empty(), permit.evicted()), (1, false, None));
    }

    /// T-100.
    #[test]
    fn an_equal_request_in_flight_is_processing() {
        let (mut cache, k) = (roomy(), key("a", "s", "t"));
        let _permit = granted(cache.begin(at(0), Some(&k), &1));
        let before = cache.clone();
        assert_eq!(cache.begin(at(0), Some(&k), &1), refused(TokenRefusal::Processing));
        assert_eq!(cache, before);
    }

    /// T-090, T-110.
    #[test]
    fn another_request_in_flight_is_a_mismatch_and_not_processing() {
        let (mut cache, k) = (roomy(), key("a", "s", "t"));
        let _permit = granted(cache.begin(at(0), Some(&k), &1));
        let before = cache.clone();
        assert_eq!(cache.begin(at(0), Some(&k), &2), refused(TokenRefusal::Mismatch));
        assert_eq!(cache, before);
    }

    #[test]
    fn completing_ends_the_flight() {
        let (mut cache, k) = (roomy(), key("a", "s", "t"));
        let permit = granted(cache.begin(at(0), Some(&k), &1));
        let sequence = permit.sequence();
        assert!(cache.complete(at(0), permit, 7).unwrap() > sequence);
        assert_eq!((cache.in_flight().count(), cache.len()), (0, 1));
    }

    /// T-120.
    #[test]
    fn releasing_makes_the_token_vacant() {
        let (mut cache, k) = (roomy(), key("a", "s", "t"));
        let permit = granted(cache.begin(at(0), Some(&k), &1));
        assert_eq!(cache.release(at(0), permit), Ok(()));
        assert!(cache.is_empty());
        let _permit = granted(cache.begin(at(0), Some(&k), &2));
    }

    /// T-080.
    #[test]
    fn an_equal_request_under_a_completed_token_replays_its_outcome() {
        let (mut cache, k) = (roomy(), key("a", "s", "t"));
        settle(&mut cache, 0, &k, 1, 7);
        let before = cache.clone();
        assert_eq!(cache.begin(at(0), Some(&k), &1), Admission::Replay(&7));
        assert_eq!(cache.begin(at(0), Some(&k), &1), Admission::Replay(&7));
        assert_eq!(cache, before);
    }

    /// T-090.
    #[test]
    fn another_request_under_a_completed_token_is_a_mismatch() {
        let (mut cache, k) = (roomy(), key("a", "s", "t"));
        settle(&mut cache, 0, &k, 1, 7);
        let before = cache.clone();
        assert_eq!(cache.begin(at(0), Some(&k), &2), refused(TokenRefusal::Mismatch));
        assert_eq!(cache, before);
        assert_eq!(cache.begin(at(0), Some(&k), &1), Admission::Replay(&7));
    }

    /// T-140.
    #[test]
    fn an_expired_token_is_vacant_for_any_request() {
        for request in [1, 2] {
            let (mut cache, k) = (roomy(), key("a", "s", "t"));
            settle(&mut cache, 0, &k, 1, 7);
            let permit = granted(cache.begin(at(100), Some(&k), &request));
            assert_eq!(cache.begin(at(100), Some(&k), &request), refused(TokenRefusal::Processing));
            cache.complete(at(100), permit, 8).unwrap();
            assert_eq!(cache.begin(at(199), Some(&k), &request), Admission::Replay(&8));
            assert_eq!(cache.check(), Ok(()));
        }
    }

    /// T-190.
    #[test]
    fn an_evicted_token_is_vacant_and_the_horizon_names_it() {
        let mut cache = Cache::new(config(None, 1, Overflow::EvictOldestCompleted));
        let (one, two) = (key("a", "s", "1"), key("a", "s", "2"));
        let number = settle(&mut cache, 0, &one, 1, 7);
        assert_eq!(cache.horizon(&"a".into()), 0);
        let permit = granted(cache.begin(at(0), Some(&two), &1));
        assert_eq!(permit.evicted(), Some(number));
        assert_eq!(cache.horizon(&"a".into()), number);
        cache.release(at(0), permit).unwrap();
        let _permit = granted(cache.begin(at(0), Some(&one), &9));
    }

    /// T-130.
    #[test]
    fn a_stale_permit_settles_nothing_whatever_the_token_is() {
        let k = key("a", "s", "t");
        type Step = fn(&mut Cache, &Key);
        let states: [(&str, Step); 3] = [
            ("vacant", |_, _| ()),
            ("in flight", |cache, k| drop(cache.begin(at(0), Some(k), &1))),
            ("completed", |cache, k| assert!(settle(cache, 0, k, 1, 7) > 0)),
        ];
        for (state, reach) in states {
            let mut cache = roomy();
            let mut stale = || {
                let lost = granted(cache.begin(at(0), Some(&k), &1));
                let permit = cache.reclaim(lost.sequence()).unwrap();
                cache.release(at(0), permit).unwrap();
                lost
            };
            let (one, two) = (stale(), stale());
            reach(&mut cache, &k);
            let before = cache.clone();
            assert_eq!(cache.complete(at(0), one, 9), Err(StalePermit), "{state}");
            assert_eq!(cache.release(at(0), two), Err(StalePermit), "{state}");
            assert_eq!(cache, before, "{state}");
        }
    }

    /// T-030.
    #[test]
    fn without_a_token_everything_executes_and_nothing_is_kept() {
        let mut cache = roomy();
        let before = cache.clone();
        assert_eq!(cache.begin(at(0), None, &1), Admission::Bypass);
        assert_eq!(cache.begin(at(0), None, &1), Admission::Bypass);
        assert_eq!(cache.standing(at(0), None, &1), Standing::Bypass);
        assert_eq!(cache, before);
    }
}

mod vectors {
    use super::*;

    #[test]
    fn the_token_of_one_pair_is_a_mismatch_for_another() {
        let (mut cache, k) = (roomy(), key("a", "ebs failover", "t"));
        let (pair_a, pair_b) = (1, 2);
        settle(&mut cache, 0, &k, pair_a, 7);
        assert_eq!(cache.begin(at(1), Some(&k), &pair_b), refused(TokenRefusal::Mismatch));
        assert_eq!(cache.begin(at(2), Some(&k), &pair_a), Admission::Replay(&7));
    }

    /// T-020, T-060.
    #[test]
    fn tenants_scopes_and_cases_do_not_share_a_token() {
        let mut cache = roomy();
        let keys = [
            key("a", "cn-shanghai", "abc"),
            key("a", "cn-beijing", "abc"),
            key("b", "cn-shanghai", "abc"),
            key("a", "cn-shanghai", "ABC"),
            key("a", "cn-shanghai", " abc"),
        ];
        for (outcome, k) in (0..).zip(&keys) {
            settle(&mut cache, 0, k, 1, outcome);
        }
        for (outcome, k) in (0..).zip(&keys) {
            assert_eq!(cache.begin(at(0), Some(k), &1), Admission::Replay(&outcome));
        }
    }

    #[test]
    fn an_overlapping_repetition_is_processing_and_a_later_one_replays() {
        let (mut cache, k) = (roomy(), key("a", "s", "t"));
        let permit = granted(cache.begin(at(0), Some(&k), &1));
        assert_eq!(cache.begin(at(1), Some(&k), &1), refused(TokenRefusal::Processing));
        cache.complete(at(2), permit, 7).unwrap();
        assert_eq!(cache.begin(at(3), Some(&k), &1), Admission::Replay(&7));
    }

    /// T-130.
    #[test]
    fn a_zombie_does_not_overwrite_its_successor() {
        let (mut cache, k) = (roomy(), key("a", "s", "t"));
        let zombie = granted(cache.begin(at(0), Some(&k), &1));
        let reclaimed = cache.reclaim(zombie.sequence()).unwrap();
        cache.release(at(0), reclaimed).unwrap();
        let current = granted(cache.begin(at(0), Some(&k), &1));
        assert_eq!(cache.complete(at(0), zombie, 6), Err(StalePermit));
        assert!(cache.complete(at(0), current, 7).is_ok());
        assert_eq!(cache.begin(at(0), Some(&k), &1), Admission::Replay(&7));
    }

    /// T-140, T-170.
    #[test]
    fn a_token_expires_at_its_lifetime_exactly_and_stays_expired_when_time_goes_back() {
        let (mut cache, k) = (roomy(), key("a", "s", "t"));
        settle(&mut cache, 50, &k, 1, 7);
        assert_eq!(cache.begin(at(149), Some(&k), &1), Admission::Replay(&7));
        for now in [150, 151] {
            let mut cache = cache.clone();
            assert_eq!(cache.standing(at(now), Some(&k), &1), Standing::Vacant);
            assert_eq!(cache.begin(at(now), Some(&k), &1), Admission::Execute(cache_permit(3)));
        }
        cache.observe(at(150));
        assert_eq!(cache.standing(at(60), Some(&k), &1), Standing::Vacant);
        assert!(cache.is_empty());
        let _permit = granted(cache.begin(at(60), Some(&k), &1));
    }

    /// A permit with this number, from a cache that counted so far.
    fn cache_permit(number: u64) -> Permit {
        let mut cache = roomy();
        for counted in 1..number {
            let permit = granted(cache.begin(at(0), Some(&key("a", "s", "x")), &1));
            assert_eq!(permit.sequence(), counted);
            cache.release(at(0), permit).unwrap();
        }
        granted(cache.begin(at(0), Some(&key("a", "s", "x")), &1))
    }

    /// T-160, T-180.
    #[test]
    fn tokens_in_flight_fill_the_capacity_under_either_policy() {
        for overflow in [Overflow::Refuse, Overflow::EvictOldestCompleted] {
            let mut cache = Cache::new(config(Some(100), 2, overflow));
            let permits =
                [1, 2].map(|n: u8| granted(cache.begin(at(0), Some(&key("a", "s", &n.to_string())), &1)));
            let before = cache.clone();
            let third = key("a", "s", "3");
            assert_eq!(cache.begin(at(0), Some(&third), &1), refused(TokenRefusal::Full));
            assert_eq!(cache.standing(at(0), Some(&third), &1), Standing::Refused(TokenRefusal::Full));
            assert_eq!(cache, before);
            assert_eq!(cache.begin(at(9_999), Some(&third), &1), refused(TokenRefusal::Full));
            // Another tenant has room, and so has this one after a release.
            settle(&mut cache, 9_999, &key("b", "s", "3"), 1, 7);
            for permit in permits {
                cache.release(at(9_999), permit).unwrap();
            }
            settle(&mut cache, 9_999, &third, 1, 7);
        }
    }

    /// T-180, T-190.
    #[test]
    fn completed_tokens_fill_the_capacity_and_are_refused_or_evicted_by_policy() {
        let fourth = key("a", "s", "4");
        for overflow in [Overflow::Refuse, Overflow::EvictOldestCompleted] {
            let mut cache = Cache::new(config(Some(100), 3, overflow));
            let permits = ["1", "2", "3"].map(|n| granted(cache.begin(at(0), Some(&key("a", "s", n)), &1)));
            let [one, two, three] = permits;
            // Completed in another order than granted: it is the order of completion that counts.
            let first_done = cache.complete(at(0), two, 2).unwrap();
            cache.complete(at(0), three, 3).unwrap();
            cache.complete(at(0), one, 1).unwrap();
            // A replay does not make a token younger.
            assert_eq!(cache.begin(at(0), Some(&key("a", "s", "2")), &1), Admission::Replay(&2));
            match overflow {
                Overflow::Refuse => {
                    assert_eq!(cache.begin(at(99), Some(&fourth), &1), refused(TokenRefusal::Full));
                    assert_eq!(cache.horizon(&"a".into()), 0);
                }
                Overflow::EvictOldestCompleted => {
                    let permit = granted(cache.begin(at(99), Some(&fourth), &1));
                    assert_eq!(permit.evicted(), Some(first_done));
                    assert_eq!(cache.horizon(&"a".into()), first_done);
                    assert_eq!(cache.horizon(&"b".into()), 0);
                    assert_eq!(cache.standing(at(99), Some(&key("a", "s", "2")), &1), Standing::Vacant);
                    assert_eq!(cache.standing(at(99), Some(&key("a", "s", "3")), &1), Standing::Replay(&3));
                    assert_eq!(cache.standing(at(99), Some(&key("a", "s", "1")), &1), Standing::Replay(&1));
                }
            }
            assert_eq!(cache.len(), 3);
            assert_eq!(cache.check(), Ok(()));
        }
    }
}

mod time {
    use super::*;

    /// T-170.
    #[test]
    fn every_call_moves_the_clock_refused_or_not() {
        let (mut cache, k) = (roomy(), key("a", "s", "t"));
        assert_eq!(cache.clock(), at(0));
        drop(cache.begin(at(1), None, &1));
        assert_eq!(cache.clock(), at(1));
        let lost = granted(cache.begin(at(2), Some(&k), &1));
        assert_eq!(cache.clock(), at(2));
        assert_eq!(cache.begin(at(3), Some(&k), &1), refused(TokenRefusal::Processing));
        assert_eq!(cache.clock(), at(3));
        assert_eq!(cache.begin(at(4), Some(&k), &2), refused(TokenRefusal::Mismatch));
        assert_eq!(cache.clock(), at(4));
        let permit = cache.reclaim(lost.sequence()).unwrap();
        assert_eq!(cache.complete(at(5), lost, 1), Err(StalePermit));
        assert_eq!(cache.clock(), at(5));
        cache.complete(at(6), permit, 7).unwrap();
        assert_eq!(cache.clock(), at(6));
        assert_eq!(cache.begin(at(7), Some(&k), &1), Admission::Replay(&7));
        assert_eq!(cache.clock(), at(7));
        cache.sweep(at(8));
        assert_eq!(cache.clock(), at(8));
        cache.observe(at(9));
        assert_eq!(cache.clock(), at(9));
        cache.standing(at(10), Some(&k), &1);
        assert_eq!(cache.clock(), at(9));
        cache.observe(at(3));
        assert_eq!(cache.clock(), at(9));
    }

    /// T-170.
    #[test]
    fn an_earlier_time_counts_as_the_clock() {
        let (mut cache, k) = (roomy(), key("a", "s", "t"));
        let permit = granted(cache.begin(at(500), Some(&k), &1));
        cache.complete(at(0), permit, 7).unwrap();
        assert_eq!(cache.begin(at(599), Some(&k), &1), Admission::Replay(&7));
        let _permit = granted(cache.begin(at(600), Some(&k), &1));
    }

    /// T-140, T-160.
    #[test]
    fn the_lifetime_starts_at_completion_and_not_at_the_request() {
        let (mut cache, k) = (roomy(), key("a", "s", "t"));
        let permit = granted(cache.begin(at(0), Some(&k), &1));
        // In flight for longer than a lifetime, and still there.
        assert_eq!(cache.begin(at(1_000), Some(&k), &1), refused(TokenRefusal::Processing));
        cache.complete(at(1_000), permit, 7).unwrap();
        assert_eq!(cache.begin(at(1_099), Some(&k), &1), Admission::Replay(&7));
        assert_eq!(cache.standing(at(1_100), Some(&k), &1), Standing::Vacant);
    }

    /// T-150.
    #[test]
    fn replays_do_not_extend_the_lifetime() {
        let (mut cache, k) = (roomy(), key("a", "s", "t"));
        settle(&mut cache, 0, &k, 1, 7);
        for now in 0..100 {
            assert_eq!(cache.begin(at(now), Some(&k), &1), Admission::Replay(&7));
        }
        let _permit = granted(cache.begin(at(100), Some(&k), &1));
    }

    #[test]
    fn the_end_of_time_is_an_ordinary_time() {
        let k = key("a", "s", "t");
        for lifetime in [1, u64::MAX] {
            let mut cache = Cache::new(config(Some(lifetime), 1, Overflow::Refuse));
            settle(&mut cache, u64::MAX, &k, 1, 7);
            assert_eq!(cache.begin(at(u64::MAX), Some(&k), &1), Admission::Replay(&7));
        }
        let mut cache = Cache::new(config(Some(u64::MAX), 1, Overflow::Refuse));
        settle(&mut cache, 0, &k, 1, 7);
        assert_eq!(cache.begin(at(u64::MAX - 1), Some(&k), &1), Admission::Replay(&7));
        let _permit = granted(cache.begin(at(u64::MAX), Some(&k), &1));
        let mut cache = Cache::new(config(None, 1, Overflow::Refuse));
        settle(&mut cache, 0, &k, 1, 7);
        assert_eq!(cache.begin(at(u64::MAX), Some(&k), &1), Admission::Replay(&7));
    }

    /// T-180.
    #[test]
    fn expired_tokens_make_room_before_any_is_refused_or_evicted() {
        for overflow in [Overflow::Refuse, Overflow::EvictOldestCompleted] {
            let mut cache = Cache::new(config(Some(10), 2, overflow));
            settle(&mut cache, 0, &key("a", "s", "1"), 1, 1);
            settle(&mut cache, 5, &key("a", "s", "2"), 1, 2);
            let third = key("a", "s", "3");
            assert_eq!(cache.standing(at(10), Some(&third), &1), Standing::Vacant);
            assert_eq!(granted(cache.begin(at(10), Some(&third), &1)).evicted(), None);
            assert_eq!(cache.standing(at(10), Some(&key("a", "s", "2")), &1), Standing::Replay(&2));
            assert_eq!((cache.len(), cache.horizon(&"a".into())), (2, 0));
        }
    }

    /// Of a tenant of whom nothing is left, nothing is kept.
    #[test]
    fn a_tenant_leaves_with_its_last_token_unless_it_has_a_horizon() {
        let tenant: Arc<str> = "a".into();
        let elsewhere = || Arc::strong_count(&tenant) - 1;
        let key = |text| TokenKey { tenant: tenant.clone(), scope: 0, token: token(text) };
        let fill = |overflow| {
            let mut cache = TokenCache::<Arc<str>, u8, u8, u8>::new(config(Some(100), 1, overflow));
            for text in ["x", "y"] {
                if let Admission::Execute(permit) = cache.begin(at(0), Some(&key(text)), &1) {
                    cache.complete(at(0), permit, 1).unwrap();
                }
            }
            cache
        };
        let mut cache = fill(Overflow::Refuse);
        let snapshot = cache.snapshot();
        cache.sweep(at(100));
        drop(snapshot);
        assert_eq!(elsewhere(), 0);
        cache = fill(Overflow::Refuse);
        let short = config(Some(1), 1, Overflow::Refuse);
        cache.observe(at(99));
        let restored = TokenCache::restore(short, cache.snapshot()).unwrap();
        drop(cache);
        assert_eq!((restored.len(), elsewhere()), (0, 0));
        cache = fill(Overflow::EvictOldestCompleted);
        cache.sweep(at(100));
        assert_eq!((cache.len(), elsewhere()), (0, 1), "what was evicted is still told");
        cache.forget(&tenant);
        assert_eq!(elsewhere(), 0);
    }

    #[test]
    fn sweeping_is_not_observable_but_for_its_count() {
        let mut cache = roomy();
        for n in 0..6_u8 {
            settle(&mut cache, n.into(), &key(if n < 4 { "a" } else { "b" }, "s", &n.to_string()), 1, n);
        }
        let _open = granted(cache.begin(at(9), Some(&key("c", "s", "0")), &1));
        cache.observe(at(104));
        let mut swept = cache.clone();
        assert_eq!(swept.sweep(at(0)), 5);
        assert_eq!((swept.len(), cache.len()), (2, 2));
        assert_eq!(swept, cache);
        assert_eq!(swept.sweep(at(0)), 0);
        assert_eq!(swept.check(), Ok(()));
        // The tenant whose record went is a new one; the one that moved is still found.
        let (open, ..) = swept.in_flight().next().unwrap();
        let permit = swept.reclaim(open).unwrap();
        swept.complete(at(0), permit, 1).unwrap();
        settle(&mut swept, 0, &key("a", "s", "0"), 1, 1);
        assert_eq!(swept.check(), Ok(()));
    }
}

mod leftovers {
    use super::*;

    #[test]
    fn a_grant_removes_two_expired_tokens_of_its_tenant_and_none_of_others() {
        let mut cache = roomy();
        for n in 0..5_u8 {
            settle(&mut cache, 0, &key("a", "s", &n.to_string()), 1, n);
            settle(&mut cache, 0, &key("b", "s", &n.to_string()), 1, n);
        }
        let _open = granted(cache.begin(at(100), Some(&key("a", "s", "new")), &1));
        assert_eq!(cache.len(), 1);
        assert_eq!(cache.clone().sweep(at(100)), 10 - 2);
        // One that is used again takes its own place and removes no other.
        let _open = granted(cache.begin(at(100), Some(&key("b", "s", "3")), &1));
        assert_eq!(cache.clone().sweep(at(100)), 10 - 3);
        assert_eq!(cache.check(), Ok(()));
    }
}

mod fencing {
    use super::*;

    /// T-130.
    #[test]
    fn a_reclaimed_permit_is_newer_and_the_old_one_is_stale() {
        let (mut cache, k) = (roomy(), key("a", "s", "t"));
        let old = granted(cache.begin(at(0), Some(&k), &1));
        let new = cache.reclaim(old.sequence()).unwrap();
        assert!(new.sequence() > old.sequence());
        assert_eq!(cache.reclaim(old.sequence()), None);
        assert_eq!(cache.release(at(0), old), Err(StalePermit));
        assert_eq!(cache.begin(at(0), Some(&k), &1), refused(TokenRefusal::Processing));
        assert!(cache.complete(at(0), new, 7).is_ok());
        assert_eq!(cache.check(), Ok(()));
    }

    #[test]
    fn only_what_is_in_flight_can_be_reclaimed() {
        let (mut cache, k) = (roomy(), key("a", "s", "t"));
        let number = settle(&mut cache, 0, &k, 1, 7);
        let before = cache.clone();
        for sequence in [0, 1, number, number + 1, u64::MAX] {
            assert_eq!(cache.reclaim(sequence), None);
        }
        assert_eq!(cache, before);
    }

    #[test]
    fn permits_settle_in_any_order() {
        let mut cache = Cache::new(config(None, 200, Overflow::Refuse));
        let keys: Vec<Key> = (0..200_u8).map(|n| key("a", "s", &n.to_string())).collect();
        let mut permits: Vec<Permit> =
            keys.iter().map(|k| granted(cache.begin(at(0), Some(k), &1))).collect();
        // Every other one is released, from the middle outwards: the entries of the rest move about.
        for n in (0..200_u8).map(|n| if n % 2 == 0 { 100 + n / 2 } else { 99 - n / 2 }) {
            let number = permits[usize::from(n)].sequence();
            let spare = cache.reclaim(number).unwrap();
            permits[usize::from(n)] = spare;
        }
        for (n, permit) in (0..).zip(permits) {
            let settled = match n % 2 {
                0 => cache.release(at(0), permit),
                _ => cache.complete(at(0), permit, n).map(drop),
            };
            assert_eq!(settled, Ok(()));
            assert_eq!(cache.check(), Ok(()));
        }
        assert_eq!(cache.len(), 100);
        for (n, k) in (0..).zip(&keys) {
            let standing = if n % 2 == 0 { Standing::Vacant } else { Standing::Replay(&n) };
            assert_eq!(cache.standing(at(0), Some(k), &1), standing);
        }
    }
}

mod cost {
    use super::*;
    use core::cell::Cell;
    use core::hash::{Hash, Hasher};

    thread_local! {
        static HASHED: Cell<u32> = const { Cell::new(0) };
        static CLONED: Cell<u32> = const { Cell::new(0) };
    }

    /// A tenant, scope or request that counts what is done to it.
    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
    struct Counting(u8);

    impl Hash for Counting {
        fn hash<H: Hasher>(&self, state: &mut H) {
            HASHED.set(HASHED.get() + 1);
            self.0.hash(state);
        }
    }

    impl Clone for Counting {
        fn clone(&self) -> Self {
            CLONED.set(CLONED.get() + 1);
            Self(self.0)
        }
    }

    #[track_caller]
    fn costs(hashed: u32, cloned: u32) {
        assert_eq!((HASHED.take(), CLONED.take()), (hashed, cloned));
    }

    #[test]
    fn a_call_that_changes_nothing_hashes_its_key_once_and_clones_nothing() {
        let mut cache: TokenCache<Counting, Counting, Counting, u8> =
            TokenCache::new(config(None, 2, Overflow::Refuse));
        let key =
            |tenant, text| TokenKey { tenant: Counting(tenant), scope: Counting(2), token: token(text) };
        let (one, other) = (key(1, "1"), key(1, "2"));
        // A table of one entry does not hash, so there is more than one tenant.
        for tenant in 0..3 {
            let _open = cache.begin(at(0), Some(&key(tenant, "0")), &Counting(3));
        }
        HASHED.set(0);
        CLONED.set(0);

        let Admission::Execute(permit) = cache.begin(at(0), Some(&one), &Counting(3)) else { unreachable!() };
        // The tenant and the scope of the key, and the tenant once more for its capacity; key and request are kept.
        costs(3, 3);
        assert_eq!(cache.begin(at(0), Some(&one), &Counting(3)), refused(TokenRefusal::Processing));
        costs(2, 0);
        assert_eq!(cache.begin(at(0), Some(&one), &Counting(4)), refused(TokenRefusal::Mismatch));
        costs(2, 0);
        cache.complete(at(0), permit, 7).unwrap();
        costs(0, 0);
        assert_eq!(cache.begin(at(0), Some(&one), &Counting(3)), Admission::Replay(&7));
        costs(2, 0);
        assert_eq!(cache.begin(at(0), Some(&other), &Counting(3)), refused(TokenRefusal::Full));
        costs(3, 0);
    }
}

mod tokens {
    use super::*;

    /// T-010, T-040.
    #[test]
    fn an_empty_token_is_absent_and_lengths_are_bounded() {
        assert_eq!(ClientToken::parse(""), Ok(None));
        assert_eq!(ClientToken::parse_strict(""), Ok(None));
        for length in [1, 64] {
            let text = "x".repeat(length);
            assert_eq!(token(&text).as_str(), text);
            assert_eq!(token(&text).to_string(), text);
        }
        assert_eq!(ClientToken::parse(&"x".repeat(65)), Err(BadToken::TooLong { length: 65 }));
    }

    /// T-010.
    #[test]
    fn a_text_of_64_characters_that_is_not_ascii_is_refused_for_that() {
        let text = format!("{}é", "x".repeat(63));
        assert_eq!((text.chars().count(), text.len()), (64, 65));
        assert_eq!(ClientToken::parse(&text), Err(BadToken::NotAscii { at: 63 }));
        assert_eq!(ClientToken::parse(&"令".repeat(64)), Err(BadToken::NotAscii { at: 0 }));
        assert_eq!(ClientToken::parse_strict(" é"), Err(BadToken::NotAscii { at: 1 }));
    }

    /// T-020, T-050.
    #[test]
    fn case_and_spaces_count_and_only_the_strict_profile_minds_them() {
        assert_ne!(token("abc"), token("ABC"));
        assert_ne!(token("abc"), token(" abc"));
        assert_ne!(token("abc"), token("abc "));
        for (text, at) in [("a b", 1), (" a", 0), ("a\n", 1), ("\0", 0), ("ab\u{7f}", 2)] {
            assert_eq!(token(text).as_str(), text);
            assert_eq!(ClientToken::parse_strict(text), Err(BadToken::NotGraphic { at }));
        }
        let visible: String = ('!'..='~').collect();
        for text in visible.as_bytes().chunks(50).map(|chunk| str::from_utf8(chunk).unwrap()) {
            assert_eq!(ClientToken::parse_strict(text), ClientToken::parse(text));
        }
    }

    #[test]
    fn a_token_is_a_string_in_serde_and_is_validated() {
        assert_eq!(serde_json::to_string(&token("a\"b")).unwrap(), r#""a\"b""#);
        assert_eq!(serde_json::from_str::<ClientToken>(r#""a\"b""#).unwrap(), token("a\"b"));
        assert!(serde_json::from_str::<ClientToken>(r#""""#).is_err());
        assert!(serde_json::from_str::<ClientToken>(r#""é""#).is_err());
        assert!(serde_json::from_str::<ClientToken>("7").is_err());
    }
}

mod rules {
    use super::*;

    #[test]
    fn numbers_ascend_and_every_refusal_has_one() {
        assert!(failover_model::catalogue::rules().is_sorted_by(|earlier, later| earlier.id < later.id));
        for refusal in TokenRefusal::ALL {
            assert!(failover_model::catalogue::rules().iter().any(|rule| rule.id == refusal.rule()));
            assert!(refusal.to_string().contains(refusal.rule().0));
        }
        assert!(StalePermit.to_string().contains("T-130"));
    }

    #[test]
    fn only_a_mismatch_needs_another_token() {
        let helped = TokenRefusal::ALL.iter().filter(|refusal| refusal.same_token_retry_may_succeed());
        assert_eq!(helped.collect::<Vec<_>>(), [&TokenRefusal::Processing, &TokenRefusal::Full]);
    }

    #[test]
    fn the_default_lifetime_is_a_day() {
        assert_eq!(Lifetime::default(), Lifetime::For(NonZeroU64::new(24 * 60 * 60 * 1_000).unwrap()));
        assert_eq!(Overflow::default(), Overflow::Refuse);
        let config = TokenCacheConfig::bounded(NonZeroUsize::MIN);
        assert_eq!((config.lifetime, config.overflow), (Lifetime::default(), Overflow::default()));
    }
}

mod snapshots {
    use super::*;
    use failover_model::token::{BadTokenSnapshot, TokenSnapshot};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    type Snapshot = TokenSnapshot<String, String, u8, u8>;

    const CONFIG: fn() -> TokenCacheConfig = || config(Some(100), 3, Overflow::EvictOldestCompleted);

    /// Two tenants; one has evicted, one has an expired token; one token in flight each.
    fn sample() -> Cache {
        let mut cache = Cache::new(CONFIG());
        settle(&mut cache, 0, &key("b", "s", "old"), 1, 1);
        for (n, ms) in [(1, 90), (2, 91), (3, 92), (4, 93)] {
            settle(&mut cache, ms, &key("a", "s", &n.to_string()), n, n);
        }
        settle(&mut cache, 94, &key("b", "s", "1"), 5, 5);
        drop(cache.begin(at(95), Some(&key("b", "s", "open")), &6));
        drop(cache.begin(at(120), Some(&key("a", "s", "open")), &7));
        cache
    }

    fn bytes(cache: &Cache) -> Value {
        serde_json::to_value(cache.snapshot()).unwrap()
    }

    fn restore(value: &Value) -> Result<Cache, BadTokenSnapshot> {
        Cache::restore(CONFIG(), serde_json::from_value::<Snapshot>(value.clone()).unwrap())
    }

    #[test]
    fn a_snapshot_reads_as_what_is_remembered() {
        assert_eq!(
            bytes(&sample()),
            json!({
                "version": 1, "clock": 120, "next": 15,
                "tenants": [
                    { "tenant": "a", "horizon": 6, "completed": [
                        { "sequence": 8, "scope": "s", "token": "3", "request": 3, "outcome": 3, "completed_at": 92 },
                        { "sequence": 10, "scope": "s", "token": "4", "request": 4, "outcome": 4, "completed_at": 93 },
                    ] },
                    { "tenant": "b", "horizon": 0, "completed": [
                        { "sequence": 12, "scope": "s", "token": "1", "request": 5, "outcome": 5, "completed_at": 94 },
                    ] },
                ],
                "in_flight": [
                    { "sequence": 13, "tenant": "b", "scope": "s", "token": "open", "request": 6 },
                    { "sequence": 14, "tenant": "a", "scope": "s", "token": "open", "request": 7 },
                ],
            })
        );
    }

    #[test]
    fn a_restored_cache_equals_the_old_one_and_honours_its_permits() {
        let mut old = sample();
        let permit = granted(old.begin(at(120), Some(&key("c", "s", "t")), &1));
        let mut new = restore(&bytes(&old)).unwrap();
        assert_eq!(new, old);
        assert_eq!(new.check(), Ok(()));
        assert_eq!(new.begin(at(120), Some(&key("a", "s", "3")), &3), Admission::Replay(&3));
        new.complete(at(120), permit, 9).unwrap();
        assert_eq!(new.begin(at(120), Some(&key("c", "s", "t")), &1), Admission::Replay(&9));
        let open: Vec<u64> = new.in_flight().map(|(sequence, ..)| sequence).collect();
        for sequence in open {
            let permit = new.reclaim(sequence).unwrap();
            new.release(at(120), permit).unwrap();
        }
        assert_eq!(new.in_flight().count(), 0);
        assert_eq!(new.check(), Ok(()));
    }

    #[test]
    fn under_another_seed_the_same_calls_give_equal_bytes() {
        let mut seeded = Cache::restore_with_hash_seed(CONFIG(), sample().snapshot(), 42).unwrap();
        let mut plain = sample();
        for cache in [&mut seeded, &mut plain] {
            settle(cache, 130, &key("a", "s", "5"), 5, 5);
        }
        let text = |cache: &Cache| serde_json::to_string(&cache.snapshot()).unwrap();
        assert_eq!(text(&seeded), text(&plain));
        assert_eq!(format!("{seeded:?}"), format!("{plain:?}"));
    }

    #[test]
    fn the_counter_is_believed_up_to_half_of_what_it_can_be() {
        let mut snapshot = bytes(&sample());
        snapshot["next"] = json!(u64::MAX / 2);
        assert!(restore(&snapshot).is_ok());
    }

    #[test]
    fn other_bounds_forget_what_expires_under_them_and_refuse_what_does_not_fit() {
        let short = Cache::restore(config(Some(28), 3, Overflow::Refuse), sample().snapshot()).unwrap();
        assert_eq!(short.standing(at(0), Some(&key("a", "s", "3")), &3), Standing::Vacant);
        assert_eq!(short.standing(at(0), Some(&key("a", "s", "4")), &4), Standing::Replay(&4));
        assert_eq!((short.len(), short.horizon(&"a".into())), (4, 6));
        let narrow = Cache::restore(config(Some(100), 2, Overflow::Refuse), sample().snapshot());
        assert_eq!(narrow, Err(BadTokenSnapshot::OverCapacity { sequence: 14 }));
    }

    #[test]
    fn a_snapshot_that_no_cache_can_have_given_is_refused_by_name() {
        use BadTokenSnapshot as Bad;
        let cases: &[(&str, Value, Bad)] = &[
            ("/version", json!(2), Bad::Version { version: 2 }),
            ("/next", json!(0), Bad::Counter { next: 0 }),
            ("/next", json!(u64::MAX / 2 + 1), Bad::Counter { next: u64::MAX / 2 + 1 }),
            ("/next", json!(u64::MAX), Bad::Counter { next: u64::MAX }),
            ("/next", json!(14), Bad::SequenceAhead { sequence: 14 }),
            ("/next", json!(6), Bad::HorizonAhead { tenant: 0 }),
            ("/clock", json!(93), Bad::FutureCompletion { sequence: 12 }),
            ("/tenants/1/tenant", json!("a"), Bad::TenantOrder { tenant: 1 }),
            ("/tenants/1/tenant", json!("0"), Bad::TenantOrder { tenant: 1 }),
            ("/tenants/1/completed", json!([]), Bad::IdleTenant { tenant: 1 }),
            ("/tenants/0/horizon", json!(15), Bad::HorizonAhead { tenant: 0 }),
            ("/tenants/0/horizon", json!(8), Bad::SequenceOrder { sequence: 8 }),
            ("/tenants/0/completed/1/sequence", json!(8), Bad::SequenceOrder { sequence: 8 }),
            ("/tenants/0/completed/1/sequence", json!(12), Bad::RepeatedSequence { sequence: 12 }),
            ("/tenants/0/completed/1/sequence", json!(11), Bad::CompletionOrder { sequence: 12 }),
            ("/tenants/0/completed/1/completed_at", json!(91), Bad::CompletionOrder { sequence: 10 }),
            ("/tenants/0/completed/1/completed_at", json!(121), Bad::FutureCompletion { sequence: 10 }),
            ("/tenants/0/completed/1/token", json!("3"), Bad::RepeatedKey { sequence: 10 }),
            ("/tenants/1/completed/0/sequence", json!(0), Bad::SequenceOrder { sequence: 0 }),
            ("/in_flight/0/sequence", json!(0), Bad::SequenceOrder { sequence: 0 }),
            ("/in_flight/0/sequence", json!(14), Bad::SequenceOrder { sequence: 14 }),
            ("/in_flight/0/sequence", json!(10), Bad::RepeatedSequence { sequence: 10 }),
            ("/in_flight/1/sequence", json!(15), Bad::SequenceAhead { sequence: 15 }),
            ("/in_flight/1/token", json!("4"), Bad::RepeatedKey { sequence: 14 }),
            ("/in_flight/0/tenant", json!("a"), Bad::RepeatedKey { sequence: 14 }),
        ];
        for (path, replacement, expected) in cases {
            let mut value = bytes(&sample());
            *value.pointer_mut(path).unwrap() = replacement.clone();
            // A later completion under an earlier time needs its time to stay: only the number is wrong.
            if *path == "/tenants/0/completed/1/sequence" && *replacement == json!(11) {
                value["tenants"][0]["completed"][1]["completed_at"] = json!(95);
            }
            assert_eq!(restore(&value), Err(*expected), "{path} = {replacement}");
        }
        let mut crowded = bytes(&sample());
        crowded["in_flight"][0]["tenant"] = json!("a");
        crowded["in_flight"][0]["token"] = json!("other");
        assert_eq!(restore(&crowded), Err(Bad::OverCapacity { sequence: 14 }));
    }

    #[test]
    fn caches_that_differ_in_anything_they_remember_are_unequal() {
        let changes: &[(&str, Value)] = &[
            ("/clock", json!(121)),
            ("/next", json!(16)),
            ("/tenants/0/tenant", json!("aa")),
            ("/tenants/0/horizon", json!(5)),
            ("/tenants/0/completed/0/sequence", json!(7)),
            ("/tenants/0/completed/0/scope", json!("r")),
            ("/tenants/0/completed/0/token", json!("5")),
            ("/tenants/0/completed/0/request", json!(9)),
            ("/tenants/0/completed/0/outcome", json!(9)),
            ("/tenants/0/completed/0/completed_at", json!(91)),
            ("/tenants/0/completed", json!([])),
            ("/in_flight/0/sequence", json!(11)),
            ("/in_flight/0/tenant", json!("c")),
            ("/in_flight/0/scope", json!("r")),
            ("/in_flight/0/token", json!("5")),
            ("/in_flight/0/request", json!(9)),
            ("/in_flight", json!([])),
        ];
        let same = restore(&bytes(&sample())).unwrap();
        assert_eq!((&same, fingerprint(&same)), (&sample(), fingerprint(&sample())));
        for (path, replacement) in changes {
            let mut value = bytes(&sample());
            *value.pointer_mut(path).unwrap() = replacement.clone();
            let other = restore(&value).unwrap();
            assert_ne!(other, same, "{path}");
            assert_ne!(fingerprint(&other), fingerprint(&same), "{path}");
            assert_ne!(format!("{other:?}"), format!("{same:?}"), "{path}");
            assert_eq!(bytes(&other), value, "{path}");
        }
        let bounds = config(Some(101), 3, Overflow::EvictOldestCompleted);
        assert_ne!(Cache::restore(bounds, sample().snapshot()).unwrap(), same);
    }

    #[test]
    fn fields_that_are_missing_unknown_or_malformed_are_refused() {
        let broken = |change: fn(&mut Value)| {
            let mut value = bytes(&sample());
            change(&mut value);
            serde_json::from_value::<Snapshot>(value).is_err()
        };
        assert!(broken(|value| value["more"] = json!(1)));
        assert!(broken(|value| value["tenants"][0]["more"] = json!(1)));
        assert!(broken(|value| value["tenants"][0]["completed"][0]["more"] = json!(1)));
        assert!(broken(|value| value["in_flight"][0]["more"] = json!(1)));
        assert!(broken(|value| value["in_flight"][0]["token"] = json!("")));
        assert!(broken(|value| value["clock"] = json!(-1)));
        assert!(broken(|value| drop(value.as_object_mut().unwrap().remove("next"))));
    }

    proptest! {
        #![proptest_config(suite!("token_cache", 256))]

        /// Whatever number is planted anywhere, restoring does not panic, and what it accepts is sound and lossless.
        #[test]
        fn a_planted_number_is_refused_or_harmless(
            path in prop::sample::select(NUMBERS),
            number in prop_oneof![0_u64..140, any::<u64>()],
        ) {
            let mut value = bytes(&sample());
            *value.pointer_mut(path).unwrap() = json!(number);
            let forever = TokenCacheConfig { lifetime: Lifetime::Never, ..CONFIG() };
            let Ok(snapshot) = serde_json::from_value::<Snapshot>(value) else { return Ok(()) };
            if let Ok(cache) = Cache::restore(forever, snapshot.clone()) {
                prop_assert_eq!(cache.check(), Ok(()));
                prop_assert_eq!(cache.snapshot(), snapshot);
            }
        }
    }

    const NUMBERS: &[&str] = &[
        "/version",
        "/clock",
        "/next",
        "/tenants/0/horizon",
        "/tenants/1/horizon",
        "/tenants/0/completed/0/sequence",
        "/tenants/0/completed/1/sequence",
        "/tenants/1/completed/0/sequence",
        "/tenants/0/completed/0/completed_at",
        "/tenants/0/completed/1/completed_at",
        "/tenants/1/completed/0/completed_at",
        "/in_flight/0/sequence",
        "/in_flight/1/sequence",
    ];
}

fn fingerprint(value: &impl core::hash::Hash) -> u64 {
    core::hash::BuildHasher::hash_one(&foldhash::fast::FixedState::with_seed(5), value)
}

/// The rules once more, as plainly as they can be put: a list of records, searched from end to end at each call.
mod naive {
    use failover_model::token::{Overflow, TokenRefusal};

    #[derive(Debug, Clone, PartialEq)]
    pub enum State {
        InFlight { permit: u64 },
        Completed { outcome: u8, completed_at: u64, done_seq: u64 },
    }

    #[derive(Debug, Clone, PartialEq)]
    pub struct Record {
        pub tenant: u8,
        pub scope: u8,
        pub token: u8,
        pub request: u8,
        pub state: State,
    }

    #[derive(Debug, PartialEq)]
    pub enum Answer {
        Bypass,
        Execute { permit: u64, evicted: Option<u64> },
        Replay(u8),
        Refused(TokenRefusal),
    }

    #[derive(Debug)]
    pub struct Naive {
        pub ttl: Option<u64>,
        pub capacity: usize,
        pub overflow: Overflow,
        pub clock: u64,
        pub drawn: u64,
        pub records: Vec<Record>,
        pub horizons: [u64; 3],
    }

    impl Naive {
        pub fn tick(&mut self, now: u64) {
            self.clock = self.clock.max(now);
            // To behave as vacant and to be gone is the same to an observer.
            let (ttl, clock) = (self.ttl, self.clock);
            self.records.retain(|record| match record.state {
                State::InFlight { .. } => true,
                State::Completed { completed_at, .. } => ttl.is_none_or(|ttl| clock - completed_at < ttl),
            });
        }

        fn draw(&mut self) -> u64 {
            self.drawn += 1;
            self.drawn
        }

        pub fn begin(&mut self, now: u64, key: Option<(u8, u8, u8)>, request: u8) -> Answer {
            self.tick(now);
            let Some((tenant, scope, token)) = key else { return Answer::Bypass };
            for record in &self.records {
                if (record.tenant, record.scope, record.token) == (tenant, scope, token) {
                    return match record.state {
                        _ if record.request != request => Answer::Refused(TokenRefusal::Mismatch),
                        State::InFlight { .. } => Answer::Refused(TokenRefusal::Processing),
                        State::Completed { outcome, .. } => Answer::Replay(outcome),
                    };
                }
            }
            let mut evicted = None;
            if self.records.iter().filter(|record| record.tenant == tenant).count() == self.capacity {
                let completions = self.records.iter().filter_map(|record| match record.state {
                    State::Completed { done_seq, .. } if record.tenant == tenant => Some(done_seq),
                    _ => None,
                });
                let victim = match self.overflow {
                    Overflow::Refuse => None,
                    Overflow::EvictOldestCompleted => completions.min(),
                };
                let Some(victim) = victim else { return Answer::Refused(TokenRefusal::Full) };
                self.records.retain(
                    |record| !matches!(record.state, State::Completed { done_seq, .. } if done_seq == victim),
                );
                self.horizons[usize::from(tenant)] = victim;
                evicted = Some(victim);
            }
            let permit = self.draw();
            self.records.push(Record { tenant, scope, token, request, state: State::InFlight { permit } });
            Answer::Execute { permit, evicted }
        }

        fn held_by(&mut self, permit: u64) -> Option<usize> {
            self.records.iter().position(|record| record.state == State::InFlight { permit })
        }

        pub fn complete(&mut self, now: u64, permit: u64, outcome: u8) -> Option<u64> {
            self.tick(now);
            let index = self.held_by(permit)?;
            let done_seq = self.draw();
            self.records[index].state = State::Completed { outcome, completed_at: self.clock, done_seq };
            Some(done_seq)
        }

        pub fn release(&mut self, now: u64, permit: u64) -> Option<()> {
            self.tick(now);
            let index = self.held_by(permit)?;
            self.records.remove(index);
            Some(())
        }

        pub fn reclaim(&mut self, permit: u64) -> Option<u64> {
            let index = self.held_by(permit)?;
            let permit = self.draw();
            self.records[index].state = State::InFlight { permit };
            Some(permit)
        }
    }
}

mod against_the_naive_model {
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
}

#[test]
fn other_bounds_bring_no_token_back_and_push_none_out() {
    let lifetime = |ms| Lifetime::For(NonZeroU64::new(ms).unwrap());
    let bounds = |ms, capacity| TokenCacheConfig {
        lifetime: lifetime(ms),
        capacity: NonZeroUsize::new(capacity).unwrap(),
        overflow: Overflow::Refuse,
    };
    let mut cache: TokenCache<&str, &str, u32, u32> = TokenCache::new(bounds(10, 3));
    let key = |token: &str| TokenKey {
        tenant: "a",
        scope: "s",
        token: ClientToken::parse(token).unwrap().unwrap(),
    };
    for (at, token) in [(0, "old"), (5, "one"), (5, "two")] {
        let now = Timestamp::from_millis(at);
        let Admission::Execute(permit) = cache.begin(now, Some(&key(token)), &1) else { panic!("{token}") };
        cache.complete(now, permit, 7).unwrap();
    }
    cache.observe(Timestamp::from_millis(10));
    assert_eq!(cache.reconfigure(bounds(100, 1)), Err(OverCapacity));
    assert_eq!(cache.config(), &bounds(10, 3));
    assert_eq!(cache.reconfigure(bounds(100, 2)), Ok(()));
    assert_eq!(cache.check(), Ok(()));
    let now = Timestamp::from_millis(50);
    assert_eq!(cache.standing(now, Some(&key("one")), &1), Standing::Replay(&7));
    assert_eq!(cache.standing(now, Some(&key("old")), &1), Standing::Refused(TokenRefusal::Full));
}

#[test]
fn a_forgotten_tenant_leaves_nothing_and_the_others_everything() {
    let config = TokenCacheConfig {
        lifetime: Lifetime::Never,
        capacity: NonZeroUsize::new(2).unwrap(),
        overflow: Overflow::EvictOldestCompleted,
    };
    let mut cache: TokenCache<&str, &str, u32, u32> = TokenCache::new(config);
    let key = |tenant, token: &str| TokenKey {
        tenant,
        scope: "s",
        token: ClientToken::parse(token).unwrap().unwrap(),
    };
    let now = Timestamp::from_millis(1);
    for (tenant, token) in [("a", "1"), ("b", "1"), ("a", "2"), ("b", "2"), ("a", "3")] {
        let Admission::Execute(permit) = cache.begin(now, Some(&key(tenant, token)), &1) else {
            panic!("{token}")
        };
        cache.complete(now, permit, 7).unwrap();
    }
    let Admission::Execute(permit) = cache.begin(now, Some(&key("a", "4")), &1) else { panic!("in flight") };
    assert!(cache.horizon(&"a") > 0);
    cache.forget(&"a");
    cache.forget(&"nobody");
    assert_eq!(cache.check(), Ok(()));
    assert_eq!((cache.len(), cache.horizon(&"a")), (2, 0));
    assert_eq!(cache.complete(now, permit, 7), Err(StalePermit));
    assert_eq!(cache.standing(now, Some(&key("a", "3")), &1), Standing::Vacant);
    assert_eq!(cache.standing(now, Some(&key("b", "2")), &1), Standing::Replay(&7));
}
