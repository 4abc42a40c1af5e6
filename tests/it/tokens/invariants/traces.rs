//! Pairs of traces that must be answered alike.

use failover_model::token::{Admission, Overflow, Standing, TokenRefusal};
use proptest::prelude::*;

use super::trace::*;

/// Where something may be put in: for each call, a list of things to do before it.
fn insertions<T: std::fmt::Debug>(what: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<Vec<T>>> {
    prop::collection::vec(prop::collection::vec(what, 0..2), 1..20)
}

/// Answers with the numbers left out, for traces whose numbers differ by rights.
fn renamed(answers: &[Answer]) -> Vec<Answer> {
    let rename = |answer: &Answer| match answer {
        Answer::Execute { evicted, .. } => Answer::Execute { permit: 0, evicted: evicted.map(|_| 0) },
        Answer::Completed(_) => Answer::Completed(0),
        Answer::Reclaimed(_) => Answer::Reclaimed(0),
        other => other.clone(),
    };
    answers.iter().map(rename).collect()
}

/// Plays a trace, doing something else before each call, at a time that is not above that of the call.
fn interrupted(trace: &Trace, mut before: impl FnMut(usize, u64, &mut Player)) -> (Vec<Answer>, Player) {
    let mut player = Player::new(trace.bounds, 0);
    let answers = trace.ops.iter().enumerate().map(|(step, (now, op))| {
        before(step, *now, &mut player);
        player.step(*now, op)
    });
    (answers.collect(), player)
}

proptest! {
    #![proptest_config(suite!("token_invariants", 256))]

    /// Any number of repetitions of live tokens, equal or not, put in anywhere, change no other answer.
    #[test]
    fn p06_retry_storm_invariance(
        trace in traces(),
        storms in insertions((0..TENANTS, 0..SCOPES, 0..TOKENS, 0..REQUESTS, 0_u64..5)),
    ) {
        let (answers, player) = play(&trace, 0);
        let (stormy, stormed) = interrupted(&trace, |step, now, player| {
            for &(tenant, scope, token, request, earlier) in &storms[step % storms.len()] {
                let (key, now) = ((tenant, scope, token), now.saturating_sub(earlier));
                player.cache.observe(at(now));
                if player.is_live(key) {
                    let answer = player.step(now, &Op::Begin { key, request });
                    assert!(!matches!(answer, Answer::Execute { .. } | Answer::Full), "{answer:?}");
                }
            }
        });
        prop_assert_eq!(stormy, answers);
        prop_assert_eq!(bytes(&stormed.cache), bytes(&player.cache));
    }

    /// Sweeps put in anywhere change no answer and nothing that is remembered.
    #[test]
    fn p07_sweep_transparency(trace in traces(), sweeps in insertions(0_u64..5)) {
        let (answers, player) = play(&trace, 0);
        let (swept_answers, swept) = interrupted(&trace, |step, now, player| {
            for earlier in &sweeps[step % sweeps.len()] {
                let mut before = player.cache.clone();
                before.observe(at(now.saturating_sub(*earlier)));
                player.cache.sweep(at(now.saturating_sub(*earlier)));
                assert_eq!(player.cache, before);
                assert_eq!(player.cache.sweep(at(0)), 0, "a sweep leaves nothing to sweep");
            }
        });
        prop_assert_eq!(swept_answers, answers);
        prop_assert_eq!(bytes(&swept.cache), bytes(&player.cache));
    }

    /// A cache that is written down and restored at any point answers as the one that never was; permits hold over.
    #[test]
    fn p08_snapshot_transparency(trace in traces(), restores in insertions(any::<u64>())) {
        let (answers, player) = play(&trace, 0);
        let (resumed_answers, resumed) = interrupted(&trace, |step, _, player| {
            for seed in &restores[step % restores.len()] {
                let before = player.cache.clone();
                player.cache = restored(&before, *seed);
                assert_eq!(player.cache, before);
                assert_eq!(bytes(&player.cache), bytes(&before));
            }
        });
        prop_assert_eq!(resumed_answers, answers);
        prop_assert_eq!(bytes(&resumed.cache), bytes(&player.cache));
    }

    /// A call with a time below the clock is answered as one with the clock's time.
    #[test]
    fn p11_clock(trace in traces()) {
        let (answers, player) = play(&trace, 0);
        let (forward_answers, forward) = play(&trace.clone().in_order_of_time(), 0);
        prop_assert_eq!(forward_answers, answers);
        prop_assert_eq!(bytes(&forward.cache), bytes(&player.cache));
        let highest = trace.ops.iter().map(|(now, _)| *now).max().unwrap_or(0);
        prop_assert_eq!(player.cache.clock(), at(highest));
    }

    /// One tenant's answers are the same, up to numbers, with another's calls left out.
    ///
    /// What a left-out call leaves behind is the time that it told; where time only rises, not even that.
    #[test]
    fn p13_account_isolation(trace in traces(), absent in 0..TENANTS) {
        for (trace, tell_time) in [(trace.clone(), true), (trace.in_order_of_time(), false)] {
            let is_absent = |op: &Op| op.tenant() == Some(absent);
            let (answers, player) = play(&trace, 0);
            let mut alone = trace.clone();
            for (_, op) in &mut alone.ops {
                if is_absent(op) {
                    *op = Op::Observe;
                }
            }
            let kept: Vec<Answer> = trace.ops.iter().zip(&answers)
                .filter(|((_, op), _)| !is_absent(op))
                .map(|(_, answer)| answer.clone())
                .collect();
            let alone_answers = if tell_time {
                let left: Vec<Answer> = play(&alone, 0).0.iter().zip(&trace.ops)
                    .filter(|(_, (_, op))| !is_absent(op))
                    .map(|(answer, _)| answer.clone())
                    .collect();
                left
            } else {
                alone.ops = trace.ops.iter().filter(|(_, op)| !is_absent(op)).cloned().collect();
                play(&alone, 0).0
            };
            prop_assert_eq!(renamed(&alone_answers), renamed(&kept));
            // The same victim, not only a victim: the same tokens are left.
            let (_, lonely) = play(&alone, 0);
            let mut left = player.cache.clone();
            left.observe(lonely.cache.clock());
            for (tenant, scope, token) in every_key().filter(|(tenant, ..)| *tenant != absent) {
                let key = full_key((tenant, scope, token));
                for request in 0..REQUESTS {
                    let now = left.clock();
                    prop_assert_eq!(
                        left.standing(now, Some(&key), &request),
                        lonely.cache.standing(now, Some(&key), &request)
                    );
                }
            }
        }
    }

    /// Of requests under one vacant token at one instant, in any order, the first is granted, those equal to it are
    /// told to wait, and the others are refused.
    #[test]
    fn p14_contention(trace in traces(), token in 0..TOKENS, requests in prop::collection::vec(0..REQUESTS, 1..8)) {
        let (_, mut player) = play(&trace.with(|bounds| bounds.capacity = 1_000), 0);
        let now = player.cache.clock().as_millis();
        // A scope that no trace has, so that the token is vacant.
        let key = (0, SCOPES, token);
        let answers: Vec<Answer> =
            requests.iter().map(|request| player.step(now, &Op::Begin { key, request: *request })).collect();
        for (at, (answer, request)) in answers.iter().zip(&requests).enumerate() {
            match answer {
                Answer::Execute { .. } => prop_assert_eq!(at, 0),
                Answer::Processing => prop_assert!(at > 0 && *request == requests[0]),
                Answer::Mismatch => prop_assert_ne!(*request, requests[0]),
                other => prop_assert!(false, "{other:?}"),
            }
        }
        let first_is_granted = matches!(answers[0], Answer::Execute { .. });
        prop_assert!(first_is_granted);
    }

    /// While no capacity is reached, requests under distinct tokens at one instant are answered alike in any order.
    #[test]
    fn p15_commutation(trace in traces(), order in Just((0..27).collect::<Vec<usize>>()).prop_shuffle(), count in 2_usize..12) {
        let trace = trace.with(|bounds| bounds.capacity = 1_000);
        let begins: Vec<Op> = every_key().enumerate()
            .map(|(at, key)| Op::Begin { key, request: (at % usize::from(REQUESTS)) as u8 })
            .collect();
        let chosen = &order[..count];
        let answers = |order: &mut dyn Iterator<Item = &usize>| {
            let (_, mut player) = play(&trace, 0);
            let now = player.cache.clock().as_millis();
            let mut answers: Vec<_> = order.map(|at| (*at, player.step(now, &begins[*at]))).collect();
            answers.sort_by_key(|(at, _)| *at);
            renamed(&answers.into_iter().map(|(_, answer)| answer).collect::<Vec<_>>())
        };
        prop_assert_eq!(answers(&mut chosen.iter()), answers(&mut chosen.iter().rev()));
    }

    /// Calls without a token, put in anywhere, are executed each, and change and see nothing.
    #[test]
    fn p19_bypass(trace in traces(), calls in insertions((0..TENANTS, 0..REQUESTS, 0_u64..5))) {
        let (answers, player) = play(&trace, 0);
        let (other_answers, other) = interrupted(&trace, |step, now, player| {
            for &(tenant, request, earlier) in &calls[step % calls.len()] {
                let now = now.saturating_sub(earlier);
                let mut before = player.cache.clone();
                before.observe(at(now));
                for _ in 0..2 {
                    let answer = player.step(now, &Op::Bare { tenant, request });
                    assert_eq!(answer, Answer::Bypass);
                    assert_eq!(player.cache.standing(at(now), None, &request), Standing::Bypass);
                }
                assert_eq!(player.cache, before);
            }
        });
        prop_assert_eq!(other_answers, answers);
        prop_assert_eq!(bytes(&other.cache), bytes(&player.cache));
    }

    /// The same calls give the same answers and, after each of them, the same bytes, whatever the hasher's seed.
    #[test]
    fn p23_determinism(trace in traces(), seeds in any::<[u64; 3]>()) {
        let mut players: Vec<Player> =
            [0].iter().chain(&seeds).map(|seed| Player::new(trace.bounds, *seed)).collect();
        for (now, op) in &trace.ops {
            let told: Vec<(Answer, String)> = players
                .iter_mut()
                .map(|player| (player.step(*now, op), bytes(&player.cache)))
                .collect();
            prop_assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
        }
    }
}

fn every_key() -> impl Iterator<Item = Key> {
    let keys =
        |tenant| (0..SCOPES).flat_map(move |scope| (0..TOKENS).map(move |token| (tenant, scope, token)));
    (0..TENANTS).flat_map(keys)
}

/// P15 does not hold at the capacity: with room for one, the first of two requests gets it, under either policy.
#[test]
fn p15_counterexample_at_the_capacity() {
    let (one, two) = (full_key((0, 0, 1)), full_key((0, 0, 2)));
    let full = Admission::Refused(TokenRefusal::Full);
    for overflow in [Overflow::Refuse, Overflow::EvictOldestCompleted] {
        let cache = Cache::new(Bounds { ttl: None, capacity: 1, overflow }.config());
        let (mut forwards, mut backwards) = (cache.clone(), cache);
        assert!(matches!(forwards.begin(at(0), Some(&one), &0), Admission::Execute(_)));
        assert_eq!(forwards.begin(at(0), Some(&two), &0), full);
        assert!(matches!(backwards.begin(at(0), Some(&two), &0), Admission::Execute(_)));
        assert_eq!(backwards.begin(at(0), Some(&one), &0), full);
    }
    // Where the capacity evicts, order also decides whether a token is replayed or forgotten before it is asked for.
    let mut cache =
        Cache::new(Bounds { ttl: None, capacity: 1, overflow: Overflow::EvictOldestCompleted }.config());
    let Admission::Execute(permit) = cache.begin(at(0), Some(&one), &0) else { unreachable!() };
    cache.complete(at(0), permit, 7).unwrap();
    let mut backwards = cache.clone();
    assert_eq!(cache.begin(at(0), Some(&one), &0), Admission::Replay(&7));
    assert!(matches!(cache.begin(at(0), Some(&two), &0), Admission::Execute(_)));
    assert!(matches!(backwards.begin(at(0), Some(&two), &0), Admission::Execute(_)));
    assert_eq!(backwards.begin(at(0), Some(&one), &0), full);
}

/// P13 is about answers and not about time: where times go back, a call tells its time to everybody.
#[test]
fn p13_counterexample_with_a_clock_that_only_the_other_tenant_told() {
    let trace = |ops: Vec<(u64, Op)>| Trace {
        bounds: Bounds { ttl: Some(5), capacity: 1, overflow: Overflow::Refuse },
        ops,
    };
    let begin = |tenant| Op::Begin { key: (tenant, 0, 0), request: 0 };
    let complete = Op::Complete { tenant: 0, pick: 0, outcome: 7 };
    let own = vec![(0, begin(0)), (0, complete), (1, begin(0))];
    let mut with_other = own.clone();
    with_other.insert(2, (9, begin(1)));
    assert_eq!(play(&trace(own), 0).0.last(), Some(&Answer::Replay(7)));
    assert!(matches!(play(&trace(with_other), 0).0.last(), Some(Answer::Execute { .. })));
}
