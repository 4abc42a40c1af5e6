//! Laws of the control plane over random sequences of inputs, verified after every single one, and a measure of how
//! much such a sequence does, since laws hold easily of what never happens.

mod laws;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU8;

use failover_model::ebs::PairStatus;
use failover_model::polardb::{Cause, ClusterEffect, ClusterFact, DbCluster, Failover, Priority, Role};
use failover_model::policy::RejectionPolicy;
use failover_model::testing::steps::{
    self, CallRegion, ClusterCall, Completion, Origin, ReplicaCall, StepKind, TestStep, Timing,
};
use failover_model::testing::strategies;
use failover_model::token::{Lifetime, Overflow};
use failover_model::{
    ClusterId, ControlPlane, Effect, EffectId, EffectKind, Input, Misuse, NodeId, Policy, Refusal, Report,
    Request, Response, Timestamp,
};
use failover_model::{Fact, Output};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::kit::failover_laws::{Failovers, Sight, can_be_elected, is_accepted};
use crate::kit::{self, look, time};

/// A token as the test sees it: account, region, product, operation if it is part of the scope, text.
type Key = (String, String, String, Option<String>, String);

/// What a token stands for.
#[derive(Debug, Clone)]
struct Remembered {
    request: Request,
    result: Result<Response, Refusal>,
    at: Timestamp,
}

/// A control plane, a twin that hashes with another seed, and what the laws need to remember.
struct Watched {
    plane: ControlPlane,
    twin: ControlPlane,
    tokens: BTreeMap<Key, Remembered>,
    /// For each running failover, the nodes whose promotion it asked for.
    promoted: BTreeMap<ClusterId, Vec<NodeId>>,
    failovers: Failovers,
    counts: Counts,
}

#[derive(Debug, Default)]
struct Counts {
    inputs: u32,
    calls: u32,
    accepted: u32,
    refused: u32,
    replayed: u32,
    reports: u32,
    taken: u32,
    misused: u32,
    promotions: u32,
    rules: BTreeSet<&'static str>,
    statuses: BTreeSet<&'static str>,
}

fn json(plane: &ControlPlane) -> String {
    serde_json::to_string(&plane.snapshot()).unwrap()
}

proptest! {
    #![proptest_config(suite!("sequences", 96))]

    #[test]
    fn the_laws_hold_after_every_input(world in strategies::world(), steps in strategies::steps(0..60)) {
        Watched::new(&world).run(&steps);
    }

    /// A journal is enough: the inputs alone, in their written form, give the same state again.
    #[test]
    fn the_inputs_replayed_from_their_written_form_give_the_same_state(
        world in strategies::world(),
        steps in strategies::steps(0..40),
    ) {
        let mut plane = world.plane(kit::at(kit::START));
        let mut again = plane.clone();
        let mut journal = Vec::new();
        for step in &steps {
            let input = step.resolve(&plane);
            journal.push(serde_json::to_string(&input).unwrap());
            let _ = plane.apply(&input);
        }
        for line in &journal {
            let input: Input = serde_json::from_str(line).unwrap();
            let _ = again.apply(&input);
        }
        prop_assert_eq!(plane, again);
    }

    /// A value, not a service: a clone goes its own way, and a state that is reached again is equal and hashes alike.
    #[test]
    fn a_clone_is_independent_and_equal_states_hash_alike(
        world in strategies::world(),
        steps in strategies::steps(0..30),
    ) {
        let hash = |plane: &ControlPlane| {
            use std::hash::{DefaultHasher, Hash, Hasher};
            let mut state = DefaultHasher::new();
            plane.hash(&mut state);
            state.finish()
        };
        let start = world.plane(kit::at(kit::START));
        let kept = json(&start);
        let (mut one, mut two) = (start.clone(), start.clone());
        for step in &steps {
            let input = step.resolve(&one);
            let _ = one.apply(&input);
        }
        prop_assert_eq!(json(&start), kept, "the original is as it was");
        for step in &steps {
            let input = step.resolve(&two);
            let _ = two.apply(&input);
        }
        prop_assert_eq!(&one, &two);
        prop_assert_eq!(hash(&one), hash(&two));
    }
}

proptest! {
    #![proptest_config(suite!("sequences", 16))]

    /// With nothing but the defaults, long enough for tokens and tombstones to come round.
    #[test]
    fn the_laws_hold_under_the_default_policy_from_an_empty_plane(steps in strategies::steps(60..120)) {
        Watched::of(Policy::default()).run(&steps);
    }
}

fn caller(token: Option<u8>) -> Origin {
    Origin { account: 0, region: CallRegion::Required, token }
}

fn now(what: StepKind) -> TestStep {
    TestStep { timing: Timing::Now, kind: what }
}

/// The fixed-case twin: a life of a pair and a cluster, with a lost reply, a late outcome and a tie.
#[test]
fn the_laws_hold_in_a_story_that_is_told() {
    let mut watched = Watched::of(Policy::default());
    let ended = |how| now(StepKind::Ended(0, how));
    let pair = |ask, token| now(StepKind::Pair(caller(token), Some(0), ask));
    let cluster = |ask, token| now(StepKind::Cluster(caller(token), Some(0), ask));
    let create_pair = now(StepKind::CreatePair {
        origin: caller(Some(0)),
        id: 1,
        disks: (0, 1),
        destination: CallRegion::Destination,
        months: None,
    });
    let fails_over = ClusterCall::Failover { target: None, standby: false, back: false, zonal: false };
    let story: Vec<(TestStep, bool)> = vec![
        (create_pair.clone(), true),
        (create_pair, true),
        (ended(Completion::Success(0)), true),
        (pair(ReplicaCall::Start { one_shot: false }, None), true),
        (ended(Completion::Failure(failover_model::polardb::Failure::Network)), true),
        (TestStep { timing: Timing::Deadline, kind: StepKind::Advance }, true),
        (ended(Completion::Success(0)), true),
        (pair(ReplicaCall::Stop, None), true),
        (pair(ReplicaCall::Failover, Some(1)), true),
        (pair(ReplicaCall::Failover, Some(1)), true),
        (now(StepKind::Late(4, Completion::Success(0))), false),
        (ended(Completion::Success(0)), true),
        (pair(ReplicaCall::Reprotect { reverse: true }, Some(1)), true),
        (ended(Completion::Success(0)), true),
        (pair(ReplicaCall::Delete, None), true),
        (ended(Completion::Success(0)), true),
        (TestStep { timing: Timing::Deadline, kind: StepKind::Advance }, true),
        (now(StepKind::CreateCluster { origin: caller(None), id: 1, nodes: 4, fresh: 4 }), true),
        (ended(Completion::Success(0)), true),
        (cluster(fails_over, Some(2)), true),
        (ended(Completion::Chosen(Some(0))), false),
        (ended(Completion::Success(1)), true),
        (ended(Completion::Failure(failover_model::polardb::Failure::Other)), true),
        (cluster(fails_over, Some(2)), true),
        (ended(Completion::Success(0)), true),
        (ended(Completion::Success(0)), true),
        (cluster(ClusterCall::Delete, None), true),
    ];
    for (number, (step, fine)) in story.iter().enumerate() {
        let result = watched.step(step);
        let accepted = result.is_ok_and(|output| !matches!(output.result, Some(Err(_))));
        assert_eq!(accepted, *fine, "step {number}: {step:?}");
    }
    let Counts { replayed, misused, promotions, .. } = watched.counts;
    assert_eq!((replayed, misused, promotions), (3, 2, 2));
    assert!(watched.plane.pairs().next().is_none());
    assert_eq!(watched.plane.clusters().next().unwrap().status().as_str(), "Deleting");
}

/// The sequences are not vacuous: how much of what they do succeeds, and how much of the model they reach.
#[test]
fn the_sequences_do_enough_of_everything() {
    let mut runner = TestRunner::deterministic();
    let mut total = Counts::default();
    for _ in 0..90 {
        let world = strategies::world().new_tree(&mut runner).unwrap().current();
        let steps = strategies::steps(40..60).new_tree(&mut runner).unwrap().current();
        let mut plane = Watched::new(&world);
        plane.run(&steps);
        let counts = plane.counts;
        total.inputs += counts.inputs;
        total.calls += counts.calls;
        total.accepted += counts.accepted;
        total.refused += counts.refused;
        total.replayed += counts.replayed;
        total.reports += counts.reports;
        total.taken += counts.taken;
        total.misused += counts.misused;
        total.promotions += counts.promotions;
        total.rules.extend(counts.rules);
        total.statuses.extend(counts.statuses);
    }
    let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole);
    let accepted = share(total.accepted, total.calls);
    assert!((0.3..0.7).contains(&accepted), "accepted calls: {accepted} of {total:?}");
    let taken = share(total.taken, total.reports);
    assert!((0.5..0.95).contains(&taken), "outcomes taken: {taken} of {total:?}");
    assert!(total.replayed >= 10, "{total:?}");
    assert!(total.misused >= 50, "{total:?}");
    assert!(total.promotions >= 40, "{total:?}");
    assert_eq!(total.statuses.len(), PairStatus::ALL.len(), "every status of a pair was seen: {total:?}");
    assert!(total.rules.len() >= 85, "{} rules decided something: {:?}", total.rules.len(), total.rules);
}
