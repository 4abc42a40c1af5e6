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
