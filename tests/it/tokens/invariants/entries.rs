//! What holds of one token.

use std::collections::BTreeSet;

use failover_model::token::{
    Admission, BadToken, ClientToken, Lifetime, Overflow, StalePermit, Standing, TokenCacheConfig,
};
use proptest::prelude::*;

use super::trace::*;

proptest! {
    #![proptest_config(suite!("token_invariants", 256))]

    /// Between two grants of a token lies its release, its expiry or its reported eviction.
    #[test]
    fn p01_at_most_once(trace in traces()) {
        watch(&trace, |event, _| {
            if let (Op::Begin { key, .. }, Answer::Execute { .. }) = (event.op, &event.answer) {
                prop_assert_eq!(event.before.keys.get(key), None);
            }
            Ok(())
        })?;
        // Where nothing is released, forgotten or evicted, that is once at all.
        let mut trace = trace.with(|bounds| (bounds.ttl, bounds.overflow) = (None, Overflow::Refuse));
        trace.ops.retain(|(_, op)| !matches!(op, Op::Release { .. }));
        let mut granted = BTreeSet::new();
        watch(&trace, |event, _| {
            if let (Op::Begin { key, .. }, Answer::Execute { .. }) = (event.op, &event.answer) {
                prop_assert!(granted.insert(*key), "{key:?} was granted twice");
            }
            Ok(())
        })?;
    }

    /// A call that does not grant, settle or reclaim leaves all but the clock as it was.
    #[test]
    fn p03_refusals_and_replays_are_read_only(trace in traces()) {
        watch(&trace, |event, player| {
            let changes = matches!(
                event.answer,
                Answer::Execute { .. } | Answer::Completed(_) | Answer::Released | Answer::Reclaimed(_)
            );
            if !changes {
                let mut before = event.cache_before.clone();
                before.observe(at(event.now));
                prop_assert_eq!(&player.cache, &before);
                prop_assert_eq!(bytes(&player.cache), bytes(&before));
            }
            Ok(())
        })?;
    }

    /// While a token is completed and remembered, an equal request gets the outcome that was completed.
    #[test]
    fn p05_replay_equality(trace in traces()) {
        watch(&trace, |event, player| {
            for (key, held) in &event.after.keys {
                if let Held::Completed { request, outcome, .. } = held {
                    let mut cache = player.cache.clone();
                    let admission = cache.begin(at(event.now), Some(&full_key(*key)), request);
                    prop_assert_eq!(admission, Admission::Replay(outcome));
                }
            }
            Ok(())
        })?;
    }

    /// A token that is not remembered at one time is not remembered at a later one unless it is granted again, and the
    /// end of its lifetime was fixed by its completion, however often it was replayed since.
    #[test]
    fn p09_expiry_is_monotone(trace in traces()) {
        watch(&trace, |event, player| {
            let Some(ttl) = trace.bounds.ttl else { return Ok(()) };
            for (key, held) in &event.after.keys {
                let Held::Completed { request, outcome, at: completed_at, .. } = held else { continue };
                let standing = |ms| player.cache.standing(at(ms), Some(&full_key(*key)), request);
                prop_assert_eq!(standing(completed_at + ttl - 1), Standing::Replay(outcome));
                for later in 0..5 {
                    prop_assert_eq!(standing(completed_at + ttl + later * later), Standing::Vacant);
                }
            }
            for key in &event.after.expired {
                let standing = |ms| player.cache.standing(at(ms), Some(&full_key(*key)), &0);
                for ms in [0, event.after.clock, event.after.clock + 1, u64::MAX] {
                    prop_assert!(!matches!(standing(ms), Standing::Replay(_)), "{key:?} rose from the dead");
                }
            }
            Ok(())
        })?;
    }

    /// Remembered to the last millisecond of the lifetime and not longer, anywhere up to the end of time.
    #[test]
    fn p10_boundary(trace in traces(), completed_at in any::<u64>(), ttl in 1..=u64::MAX) {
        let config = TokenCacheConfig {
            lifetime: Lifetime::For(ttl.try_into().unwrap()),
            ..Bounds::ROOMY.config()
        };
        let (mut cache, key) = (Cache::new(config), full_key((0, 0, 0)));
        let Admission::Execute(permit) = cache.begin(at(completed_at), Some(&key), &1) else { unreachable!() };
        prop_assert!(cache.complete(at(completed_at), permit, 7).is_ok());
        let standing = |now| cache.standing(at(now), Some(&key), &1);
        let last = completed_at.saturating_add(ttl - 1);
        prop_assert_eq!(standing(last), Standing::Replay(&7));
        if let Some(end) = completed_at.checked_add(ttl) {
            prop_assert_eq!(standing(end), Standing::Vacant);
            prop_assert_eq!(standing(u64::MAX), Standing::Vacant);
        }
        // A trace at the end of time, where completion and lifetime do not add up any more, is answered as at its
        // beginning.
        let (answers, _) = play(&trace, 0);
        let mut late = trace;
        let last = late.ops.iter().map(|(now, _)| *now).max().unwrap_or(0);
        late.ops.iter_mut().for_each(|(now, _)| *now += u64::MAX - last);
        prop_assert_eq!(play(&late, 0).0, answers);
    }

    /// A permit settles once at most; one from before a reclaim, whether here or in a restored cache, settles nothing.
    #[test]
    fn p16_fencing(trace in traces(), resume_at in any::<prop::sample::Index>()) {
        let mut granted = BTreeSet::new();
        watch(&trace, |event, player| {
            match event.answer {
                Answer::Execute { permit, .. } | Answer::Reclaimed(permit) => {
                    prop_assert!(granted.insert(permit), "permit {permit} was granted twice");
                }
                Answer::Completed(_) | Answer::Released => {
                    prop_assert!(!matches!(event.op, Op::Zombie { .. }), "a zombie settled");
                }
                Answer::Stale => {
                    prop_assert!(matches!(event.op, Op::Zombie { .. }), "the current permit is stale");
                    let mut before = event.cache_before.clone();
                    before.observe(at(event.now));
                    prop_assert_eq!(&player.cache, &before);
                }
                _ => {}
            }
            Ok(())
        })?;
        // Resume a snapshot of some moment: each token in flight is reclaimed, and the permits from before are stale.
        let mut begun = trace.clone();
        begun.ops.truncate(if trace.ops.is_empty() { 0 } else { resume_at.index(trace.ops.len()) + 1 });
        let (_, player) = play(&begun, 0);
        let mut cache = restored(&player.cache, 3);
        let open: Vec<u64> = cache.in_flight().map(|(number, ..)| number).collect();
        let resumed: Vec<_> = open.iter().map(|number| cache.reclaim(*number).unwrap()).collect();
        let before = cache.clone();
        for (old, _) in player.held.into_values().flatten() {
            prop_assert!(open.contains(&old.sequence()));
            prop_assert_eq!(cache.complete(cache.clock(), old, 0), Err(StalePermit));
        }
        prop_assert_eq!(&cache, &before);
        for permit in resumed {
            prop_assert!(cache.complete(cache.clock(), permit, 0).is_ok());
        }
        prop_assert_eq!(cache.in_flight().count(), 0);
    }

    /// Every text is a token, no token, or refused for the first of the reasons that hold; nothing of it is changed.
    #[test]
    fn p22_token_parsing(text in prop_oneof![
        "[ -~]{0,70}",
        "[\\x00-\\x7f]{0,70}",
        "[a-c\\u{80}令 ]{0,70}",
        "[xX]{63,66}",
        any::<String>(),
    ]) {
        let expected = if !text.is_ascii() {
            Err(BadToken::NotAscii(text.bytes().position(|byte| byte >= 0x80).unwrap()))
        } else if text.len() > 64 {
            Err(BadToken::TooLong(text.len()))
        } else {
            Ok((!text.is_empty()).then_some(text.as_str()))
        };
        let parsed = ClientToken::parse(&text);
        prop_assert_eq!(parsed.as_ref().map(|token| token.as_ref().map(ClientToken::as_str)), expected.as_ref().map(|text| *text));
        let strict = match text.bytes().position(|byte| !(0x21..=0x7e).contains(&byte)) {
            Some(at) if parsed.is_ok() => Err(BadToken::NotGraphic(at)),
            _ => parsed.clone(),
        };
        prop_assert_eq!(ClientToken::parse_strict(&text), strict);
        if let Ok(Some(token)) = parsed {
            prop_assert_eq!(ClientToken::parse(token.as_str()).unwrap().unwrap(), token.clone());
            prop_assert_eq!(token.to_string(), text.clone());
            // Case, spaces and length make another token.
            for other in [text.to_uppercase(), text.to_lowercase(), format!("{text} "), format!(" {text}"), format!("{text}\0")] {
                if let (Ok(Some(other_token)), true) = (ClientToken::parse(&other), other != text) {
                    prop_assert_ne!(&other_token, &token);
                    prop_assert_eq!(other_token.cmp(&token), other.as_str().cmp(&text));
                }
            }
        }
    }
}
