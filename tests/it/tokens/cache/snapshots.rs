use super::*;
use failover_model::token::{BadTokenSnapshot, TokenSnapshot, TokenViolation};
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
    assert_eq!(narrow, Err(TokenViolation::OverCapacity(3).into()));
}

#[test]
fn a_snapshot_that_no_cache_can_have_given_is_refused_by_name() {
    use BadTokenSnapshot as Bad;
    use TokenViolation as Broken;
    let cases: &[(&str, Value, Bad)] = &[
        ("/version", json!(2), Bad::Version(2)),
        ("/next", json!(0), Bad::Counter(0)),
        ("/next", json!(u64::MAX / 2 + 1), Bad::Counter(u64::MAX / 2 + 1)),
        ("/next", json!(u64::MAX), Bad::Counter(u64::MAX)),
        ("/next", json!(14), Broken::SequenceAhead(14).into()),
        ("/next", json!(6), Broken::HorizonAhead(6).into()),
        ("/clock", json!(93), Broken::FutureCompletion(12).into()),
        ("/tenants/1/tenant", json!("a"), Bad::TenantOrder(1)),
        ("/tenants/1/tenant", json!("0"), Bad::TenantOrder(1)),
        ("/tenants/1/completed", json!([]), Bad::IdleTenant(1)),
        ("/tenants/0/horizon", json!(15), Broken::HorizonAhead(15).into()),
        ("/tenants/0/horizon", json!(8), Bad::SequenceOrder(8)),
        ("/tenants/0/completed/1/sequence", json!(8), Bad::SequenceOrder(8)),
        ("/tenants/0/completed/1/sequence", json!(12), Broken::RepeatedSequence(12).into()),
        ("/tenants/0/completed/1/sequence", json!(11), Broken::CompletionOrder(12).into()),
        ("/tenants/0/completed/1/completed_at", json!(91), Broken::CompletionOrder(10).into()),
        ("/tenants/0/completed/1/completed_at", json!(121), Broken::FutureCompletion(10).into()),
        ("/tenants/0/completed/1/token", json!("3"), Bad::RepeatedKey(10)),
        ("/tenants/1/completed/0/sequence", json!(0), Bad::SequenceOrder(0)),
        ("/in_flight/0/sequence", json!(0), Bad::SequenceOrder(0)),
        ("/in_flight/0/sequence", json!(14), Bad::SequenceOrder(14)),
        ("/in_flight/0/sequence", json!(10), Broken::RepeatedSequence(10).into()),
        ("/in_flight/1/sequence", json!(15), Broken::SequenceAhead(15).into()),
        ("/in_flight/1/token", json!("4"), Bad::RepeatedKey(14)),
        ("/in_flight/0/tenant", json!("a"), Bad::RepeatedKey(14)),
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
    assert_eq!(restore(&crowded), Err(Broken::OverCapacity(4).into()));
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
