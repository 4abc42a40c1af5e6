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
