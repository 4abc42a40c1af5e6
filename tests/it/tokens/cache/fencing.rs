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
    let mut permits: Vec<Permit> = keys.iter().map(|k| granted(cache.begin(at(0), Some(k), &1))).collect();
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
