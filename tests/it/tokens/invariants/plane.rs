//! What holds of resources whose calls carry tokens.

use std::collections::BTreeMap;

use failover_model::Output;
use failover_model::policy::{RejectionPolicy, TokenScope};
use failover_model::{Fact, Operation, Request};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::stage::*;
use super::trace::*;

fn rejections() -> impl Strategy<Value = RejectionPolicy> {
    prop::sample::select(RejectionPolicy::ALL)
}

/// The horizon that an accepted call reports because it evicted a token.
fn evicted(output: &Output) -> Option<u64> {
    output.step.events.iter().find_map(|event| match event.fact {
        Fact::TokenEvicted { horizon } => Some(horizon),
        _ => None,
    })
}

/// A copy of a stage, for calls of which nothing is kept.
fn aside(stage: &Stage) -> Stage {
    Stage { plane: stage.plane.clone() }
}

fn ask(stage: &mut Stage, now: u64, key: Key, number: u8) -> Output {
    stage.call(&call(now, key.0, Some(&key.2.to_string())), &request(key, number))
}

/// Repetitions to put into a trace: after the call at the first index, before the one at the second.
fn repetitions() -> impl Strategy<Value = Vec<(u8, u8)>> {
    prop::collection::vec((any::<u8>(), any::<u8>()), 1..12)
}

/// Plays a trace with some of its calls repeated at any later time, if `may_repeat` says so of their first answer, and
/// returns the resources at the end.
fn with_repetitions(
    trace: &Trace,
    rejections: RejectionPolicy,
    repetitions: &[(u8, u8)],
    may_repeat: fn(&Output) -> bool,
) -> Resources {
    let mut stage = Stage::new(policy(trace.bounds, rejections));
    let mut late = BTreeMap::<usize, Vec<(Key, u8)>>::new();
    let length = trace.ops.len();
    for (at, (now, op)) in trace.ops.iter().enumerate() {
        for (key, number) in late.remove(&at).unwrap_or_default() {
            let _ = ask(&mut stage, *now, key, number);
        }
        let output = stage.step(*now, op);
        if let (Op::Begin { key, request }, Some(output)) = (op, &output)
            && may_repeat(output)
        {
            for (first, second) in repetitions {
                if usize::from(*first) % length == at {
                    let delay = 1 + usize::from(*second) % (length - at);
                    late.entry(at + delay).or_default().push((*key, *request));
                }
            }
        }
    }
    for (key, number) in late.into_values().flatten() {
        let last = trace.ops.last().map_or(0, |(now, _)| *now);
        let _ = ask(&mut stage, last, key, number);
    }
    stage.resources()
}

proptest! {
    #![proptest_config(suite!("token_invariants", 256))]

    /// In the lifetime of a token's outcome, at most one call under it takes effect.
    #[test]
    fn p02_at_most_one_effect(trace in traces(), rejections in rejections()) {
        let mut stage = Stage::new(policy(trace.bounds, rejections));
        let mut clock = 0;
        // Each tenant's completions in order: the token, when, and whether it took effect.
        let mut completed = BTreeMap::<u8, Vec<(Key, u64, bool)>>::new();
        for (now, op) in &trace.ops {
            clock = clock.max(*now);
            let before = stage.resources();
            let Some(output) = stage.step(*now, op) else { continue };
            let Op::Begin { key, .. } = op else { continue };
            let completed = completed.entry(key.0).or_default();
            completed.retain(|(_, at, _)| trace.bounds.ttl.is_none_or(|ttl| clock - at < ttl));
            if evicted(&output).is_some() {
                completed.remove(0);
            }
            if accepted(&output) {
                prop_assert!(!completed.iter().any(|(held, _, effect)| held == key && *effect), "{key:?} twice");
            } else {
                prop_assert_eq!(stage.resources(), before);
            }
            if accepted(&output) || (rejected(&output) && rejections == RejectionPolicy::Sticky) {
                completed.push((*key, clock, accepted(&output)));
            }
            prop_assert!(completed.len() <= trace.bounds.capacity);
        }
    }

    /// A call that is answered or refused for its token leaves every resource as it was.
    #[test]
    fn p04_mismatch_never_touches_resources(trace in traces(), rejections in rejections()) {
        let mut stage = Stage::new(policy(trace.bounds, rejections));
        for (now, op) in &trace.ops {
            let before = stage.resources();
            if let Some(output) = stage.step(*now, op)
                && (output.replayed || refused_for_token(&output))
            {
                prop_assert_eq!(stage.resources(), before);
                prop_assert!(output.step.is_empty());
            }
        }
        prop_assert_eq!(stage.plane.check(), Ok(()));
    }

    /// Equal tokens of another account, region, product or operation might as well be other tokens.
    #[test]
    fn p20_scope(trace in traces(), rejections in rejections()) {
        let (mut shared, mut apart) =
            (Stage::new(policy(trace.bounds, rejections)), Stage::new(policy(trace.bounds, rejections)));
        for (now, op) in &trace.ops {
            let one = shared.step(*now, op);
            let other = apart.step_spelled(*now, op, |(tenant, scope, token)| format!("{tenant}/{scope}/{token}"));
            prop_assert_eq!(one, other);
            prop_assert_eq!(shared.resources(), apart.resources());
        }
        // Region alone: elsewhere, the tokens of this trace mean nothing.
        let now = shared.plane.clock();
        for (_, op) in &trace.ops {
            let Op::Begin { key, request: number } = op else { continue };
            let mut elsewhere = call(0, key.0, Some(&key.2.to_string()));
            (elsewhere.now, elsewhere.region) = (now, "cn-heyuan".parse().unwrap());
            let output = aside(&shared).call(&elsewhere, &request(*key, *number));
            prop_assert!(!output.replayed);
            if refused_for_token(&output) {
                prop_assert_eq!(output.result.unwrap().unwrap_err().rule().as_str(), "T-180");
            }
        }
    }

    /// For an accepted call, the answer to its token is the same at every later stage of what it began.
    #[test]
    fn p24_acceptance_not_completion(trace in traces(), rejections in rejections()) {
        let bounds = Bounds { ttl: None, ..Bounds::ROOMY };
        let mut stage = Stage::new(policy(bounds, rejections));
        let mut answers = BTreeMap::new();
        for (now, op) in &trace.ops {
            let output = stage.step(*now, op);
            if let (Op::Begin { key, request }, Some(output)) = (op, output)
                && accepted(&output)
            {
                answers.insert(*key, (*request, output.result));
            }
            let mut aside = aside(&stage);
            for (key, (number, result)) in &answers {
                let again = ask(&mut aside, *now, *key, *number);
                prop_assert!(again.replayed && again.step.is_empty());
                prop_assert_eq!(&again.result, result);
            }
            prop_assert_eq!(&aside.plane, &stage.plane);
        }
    }

    /// Replies are lost and their calls repeated under the same token: the resources end as if none had been lost.
    /// Under sticky rejections whatever is repeated and whenever; by default if it had been accepted, or if it is
    /// repeated before anything else happens.
    #[test]
    fn p25_lost_reply(trace in traces(), repetitions in repetitions()) {
        let trace = Trace { bounds: Bounds::ROOMY, ops: trace.ops };
        let (sticky, released) = (RejectionPolicy::Sticky, RejectionPolicy::Released);
        let faultless = |rejections| with_repetitions(&trace, rejections, &[], |_| false);
        let any = with_repetitions(&trace, sticky, &repetitions, |_| true);
        prop_assert_eq!(any, faultless(sticky));
        let only_accepted = with_repetitions(&trace, released, &repetitions, accepted);
        prop_assert_eq!(only_accepted, faultless(released));
        let mut stage = Stage::new(policy(trace.bounds, released));
        for (now, op) in &trace.ops {
            let _ = stage.step(*now, op);
            if let Op::Begin { .. } = op {
                let _ = stage.step(*now, op);
            }
        }
        prop_assert_eq!(stage.resources(), faultless(released));
    }

    /// By default a rejection leaves nothing behind, and the next equal call is judged as one under a new token would
    /// be; under sticky rejections the first error is given again for a lifetime.
    #[test]
    fn p26_rejections_leave_no_trace(trace in traces(), rejections in rejections()) {
        let mut stage = Stage::new(policy(trace.bounds, rejections));
        let mut clock = 0;
        let mut refused = BTreeMap::<Key, (u8, u64, Output)>::new();
        for (now, op) in &trace.ops {
            clock = clock.max(*now);
            let mut tokens = stage.plane.tokens().clone();
            tokens.observe(at(*now));
            let output = stage.step(*now, op);
            if let (Op::Begin { key, request }, Some(output)) = (op, output) {
                // Whatever is executed under the key, or evicted from its tenant, ends what is known of it.
                if evicted(&output).is_some() {
                    refused.retain(|held, _| held.0 != key.0);
                }
                if accepted(&output) {
                    refused.remove(key);
                } else if rejected(&output) {
                    if rejections == RejectionPolicy::Released {
                        prop_assert_eq!(stage.plane.tokens(), &tokens);
                    }
                    refused.insert(*key, (*request, clock, output));
                }
            }
            for (key, (number, since, first)) in &refused {
                let again = ask(&mut aside(&stage), *now, *key, *number);
                match rejections {
                    RejectionPolicy::Released => {
                        let fresh = (key.0, key.1, TOKENS);
                        prop_assert_eq!(&again, &ask(&mut aside(&stage), *now, fresh, *number));
                    }
                    RejectionPolicy::Sticky => {
                        let live = trace.bounds.ttl.is_none_or(|ttl| clock - since < ttl);
                        prop_assert_eq!(again.replayed, live);
                        if live {
                            prop_assert_eq!(&again.result, &first.result);
                        }
                    }
                }
            }
        }
    }

    /// What is compared is what was asked. Order, method and the fields of the single call do not count; each parameter
    /// of the operation does.
    #[test]
    fn p21_comparison_laws(
        which in 0..PARAMETERS.len(),
        shuffled in Just((0..16).collect::<Vec<usize>>()).prop_shuffle(),
        noise in prop::collection::btree_map(prop::sample::select(EXCLUDED), "[a-z0-9:-]{1,20}", 0..EXCLUDED.len()),
        changed in any::<prop::sample::Index>(),
        trace in traces(),
    ) {
        let (operation, parameters) = PARAMETERS[which];
        let read = |given: &[(&str, &str)]| read(operation, given);
        let mut plain: Vec<(&str, &str)> = parameters.iter().map(|(name, value, _)| (*name, *value)).collect();
        plain.push(("RegionId", STANDBY));
        let mut order = shuffled.clone();
        order.retain(|at| *at < plain.len());
        let mut noisy: Vec<(&str, &str)> = order.iter().map(|at| plain[*at]).collect();
        noisy.extend(noise.iter().map(|(name, value)| (*name, value.as_str())));
        prop_assert_eq!(read(&noisy), read(&plain));
        let (name, _, another) = parameters[changed.index(parameters.len())];
        let mut other = noisy.clone();
        other.iter_mut().filter(|(given, _)| *given == name).for_each(|(_, value)| *value = another);
        prop_assert_ne!(read(&other), read(&plain), "{} does not count", name);

        // Equality is one: reflexive, symmetric and transitive over whatever requests a trace makes.
        let requests: Vec<Request> = trace.ops.iter()
            .filter_map(|(_, op)| if let Op::Begin { key, request: number } = op { Some(request(*key, *number)) } else { None })
            .take(12)
            .collect();
        for one in &requests {
            prop_assert_eq!(one, &one.clone());
            for two in &requests {
                prop_assert_eq!(one == two, two == one);
                prop_assert!(requests.iter().all(|three| one != two || two != three || one == three));
            }
        }
    }
}

/// The fields of the single call, which may differ between a request and its repetition.
const EXCLUDED: &[&str] = &[
    "SignatureNonce",
    "Timestamp",
    "Signature",
    "SignatureMethod",
    "SignatureVersion",
    "AccessKeyId",
    "SecurityToken",
    "Format",
    "ClientToken",
];

/// Operations with their parameters: name, value, another value. The region is not here: it is scope, not comparison.
type Parameter = (&'static str, &'static str, &'static str);
const PARAMETERS: &[(Operation, &[Parameter])] = &[
    (Operation::FailoverDiskReplicaPair, &[("ReplicaPairId", "pair-1", "pair-2")]),
    (
        Operation::ReprotectDiskReplicaPair,
        &[("ReplicaPairId", "pair-1", "pair-2"), ("ReverseReplicate", "false", "true")],
    ),
    (Operation::StartDiskReplicaPair, &[("ReplicaPairId", "pair-1", "pair-2"), ("OneShot", "true", "false")]),
    (
        Operation::FailoverDbCluster,
        &[
            ("DBClusterId", "pc-1", "pc-2"),
            ("TargetDBNodeId", "pi-1", "pi-2"),
            ("RollBackForDisaster", "true", "false"),
            ("TargetZoneType", "Standby", "Primary"),
        ],
    ),
];

/// P25 cannot be widened: by default, a *rejected* call that is repeated late may take effect, and the resource ends
/// elsewhere. Under sticky rejections it does not.
#[test]
fn p25_counterexample_of_a_rejected_call_repeated_late() {
    let run = |rejections, repeat: bool| {
        let mut stage = Stage::new(policy(Bounds::ROOMY, rejections));
        let reprotect = Op::Begin { key: (0, 1, 1), request: 0 };
        // Nothing has failed over yet, so there is nothing to reprotect.
        assert!(rejected(&stage.step(0, &reprotect).unwrap()));
        assert!(accepted(&stage.step(1, &Op::Begin { key: (0, 0, 2), request: 0 }).unwrap()));
        stage.step(2, &Op::Complete { tenant: 0, pick: 0, outcome: 1 });
        if repeat {
            let _ = stage.step(3, &reprotect);
        }
        stage.resources()
    };
    let (released, sticky) = (RejectionPolicy::Released, RejectionPolicy::Sticky);
    assert_ne!(run(released, true), run(released, false));
    assert_eq!(run(sticky, true), run(sticky, false));
}

/// Where the operation is no part of the scope, another operation under the same token is a mismatch.
#[test]
fn p20_by_policy_the_operation_is_compared_instead() {
    let mut policy = policy(Bounds::ROOMY, RejectionPolicy::Released);
    policy.tokens.scope = TokenScope::Product;
    let mut stage = Stage::new(policy);
    assert!(accepted(&stage.step(0, &Op::Begin { key: (0, 0, 1), request: 0 }).unwrap()));
    let output = stage.step(0, &Op::Begin { key: (0, 1, 1), request: 0 }).unwrap();
    assert_eq!(output.result.unwrap().unwrap_err().rule().as_str(), "T-090");
}

/// Asked for and not: what is chosen for the caller is not what the caller asked for, and a default spelled out is.
#[test]
fn p21_defaults_count_as_given_and_an_elected_node_does_not() {
    let read = |given: &[(&str, &str)]| read(Operation::FailoverDbCluster, given);
    let omitted = read(&[("DBClusterId", "pc-1")]);
    assert_eq!(read(&[("DBClusterId", "pc-1"), ("RollBackForDisaster", "False")]), omitted);
    assert_eq!(read(&[("DBClusterId", "pc-1"), ("TargetDBNodeId", "")]), omitted);
    assert_ne!(read(&[("DBClusterId", "pc-1"), ("TargetDBNodeId", "pi-1")]), omitted);
}

/// The traces reach everything that the invariants of resources speak of.
#[test]
fn traces_played_on_resources_mix_what_the_invariants_speak_of() {
    let mut runner = TestRunner::deterministic();
    let mut counts = BTreeMap::<&str, u32>::new();
    for round in 0..300 {
        let trace = traces().new_tree(&mut runner).unwrap().current();
        let sticky = round % 2 == 0;
        let rejections = if sticky { RejectionPolicy::Sticky } else { RejectionPolicy::Released };
        let mut stage = Stage::new(policy(trace.bounds, rejections));
        for (now, op) in &trace.ops {
            let pending = stage.plane.outstanding().count();
            let Some(output) = stage.step(*now, op) else {
                if stage.plane.outstanding().count() < pending {
                    *counts.entry("effect ended").or_default() += 1;
                }
                continue;
            };
            let rule =
                output.result.as_ref().and_then(|result| result.as_ref().err()).map(|r| r.rule().as_str());
            let deletion = matches!(op, Op::Reclaim { .. });
            for (what, holds) in [
                ("accepted", accepted(&output)),
                ("accepted by eviction", evicted(&output).is_some()),
                ("replayed", output.replayed && rule.is_none()),
                ("replayed refusal", output.replayed && rule.is_some()),
                ("rejected", rejected(&output)),
                ("mismatched", rule == Some("T-090")),
                ("at capacity", rule == Some("T-180")),
                ("deleted", deletion && accepted(&output)),
            ] {
                *counts.entry(what).or_default() += u32::from(holds);
            }
        }
    }
    let least = [
        ("accepted", 1_000),
        ("accepted by eviction", 100),
        ("replayed", 300),
        ("replayed refusal", 75),
        ("rejected", 1_000),
        ("mismatched", 200),
        ("at capacity", 300),
        ("deleted", 50),
        ("effect ended", 500),
    ];
    for (what, least) in least {
        assert!(counts.get(what).is_some_and(|count| *count >= least), "{what} is too rare: {counts:?}");
    }
}
