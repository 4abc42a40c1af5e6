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
