//! Idempotency tokens: the state table, time, capacity, fencing and snapshots, then random calls against a model
//! that is a plain list of records.

mod against_the_naive_model;
mod cost;
mod fencing;
mod naive;
mod snapshots;
mod state_table;
mod time;
mod tokens;
mod vectors;

use core::num::{NonZeroU64, NonZeroUsize};
use std::sync::Arc;

use failover_model::Timestamp;
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

mod rules {
    use super::*;

    #[test]
    fn numbers_ascend_and_every_refusal_has_one() {
        assert!(failover_model::catalogue::rules().is_sorted_by(|earlier, later| earlier.id < later.id));
        for refusal in TokenRefusal::ALL {
            assert!(failover_model::catalogue::rules().iter().any(|rule| rule.id == refusal.rule()));
            assert!(refusal.to_string().contains(refusal.rule().as_str()));
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

fn fingerprint(value: &impl core::hash::Hash) -> u64 {
    core::hash::BuildHasher::hash_one(&foldhash::fast::FixedState::with_seed(5), value)
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
