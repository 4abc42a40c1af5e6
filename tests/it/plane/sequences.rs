//! Laws of the control plane over random sequences of inputs, verified after every single one, and a measure of how
//! much such a sequence does, since laws hold easily of what never happens.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU8;

use failover_model::ebs::PairStatus;
use failover_model::polardb::{
    Cause, ClusterEffect, ClusterFact, DbCluster, DbNode, Failover, NodeKind, Priority, Role,
};
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

/// P-110 to P-114, a second time.
fn can_be_elected(node: &DbNode, among: &failover_model::polardb::Electorate) -> bool {
    let kind = match node.kind {
        NodeKind::Ordinary => !among.standby,
        NodeKind::ColumnStore => !among.standby && among.column_store,
        NodeKind::Standby => among.standby,
        NodeKind::Ai => false,
    };
    let place = among.zone.is_none() || among.zone.as_ref() == Some(&node.zone);
    let high_enough = among.floor.is_none_or(|floor| node.priority >= floor);
    node.role == Role::Reader
        && kind
        && node.up
        && node.busy.is_none()
        && node.replicating
        && place
        && high_enough
}

/// The nodes that can be elected and were not tried in this round.
fn open<'a>(state: &'a DbCluster, failover: &Failover) -> Vec<(&'a NodeId, Priority)> {
    (state.nodes().iter())
        .filter(|node| can_be_elected(node, &failover.electorate) && !failover.tried.contains(&node.id))
        .map(|node| (&node.id, node.priority))
        .collect()
}

/// A state but for its tokens.
fn but_tokens(plane: &ControlPlane) -> serde_json::Value {
    let mut state = serde_json::to_value(plane.snapshot()).unwrap();
    state["tokens"].take();
    state
}

impl Watched {
    /// The twin must be built alike; its hasher is seeded otherwise.
    fn new(world: &strategies::World) -> Self {
        let plane = world.plane(kit::at(kit::START));
        let mut twin = ControlPlane::with_hash_seed(world.policy.clone(), 0xdead_beef);
        let _ = twin.advance(kit::at(kit::START));
        let (account, region) = (kit::id(steps::ACCOUNTS[0]), kit::id(steps::REGIONS[0]));
        for pair in &world.pairs {
            let _ = twin.adopt_pair(kit::at(kit::START), &account, &region, pair.clone());
        }
        if let Some(group) = &world.group {
            let _ = twin.adopt_group(kit::at(kit::START), &account, &region, group.clone());
        }
        for cluster in &world.clusters {
            let _ = twin.adopt_cluster(kit::at(kit::START), &account, cluster.clone());
        }
        plane.check().unwrap();
        let counts = Counts::default();
        Self { plane, twin, tokens: BTreeMap::new(), promoted: BTreeMap::new(), counts }
    }

    fn of(policy: Policy) -> Self {
        Self::new(&strategies::World { policy, pairs: Vec::new(), group: None, clusters: Vec::new() })
    }

    /// Runs a whole sequence.
    fn run(&mut self, steps: &[TestStep]) {
        for step in steps {
            let _ = self.step(step);
        }
        assert_eq!(json(&self.twin), json(&self.plane), "equal states have equal snapshots");
    }

    fn step(&mut self, step: &TestStep) -> Result<Output, Misuse> {
        let input = step.resolve(&self.plane);
        self.apply(&input)
    }

    /// Applies an input and asserts every law.
    fn apply(&mut self, input: &Input) -> Result<Output, Misuse> {
        let mut before = self.plane.clone();
        let result = self.plane.apply(input);
        self.counts.inputs += 1;

        assert_eq!(self.plane.check(), Ok(()), "after {input:?}");
        assert!(self.plane.clock() >= before.clock() && self.plane.clock() >= time(input));

        // The hash seed is never observable.
        assert_eq!(self.twin.apply(input), result, "the twin differs on {input:?}");
        assert_eq!(self.twin, self.plane);
        let text = json(&self.plane);

        // A snapshot is the state, whole.
        let restored = ControlPlane::restore(serde_json::from_str(&text).unwrap()).unwrap();
        assert_eq!(restored, self.plane);
        assert_eq!(json(&restored), text);
        assert!(restored.outstanding().eq(self.plane.outstanding()));
        assert_eq!(restored.next_deadline(), self.plane.next_deadline());

        // What is refused, replayed or misused changes nothing but the clock; so does what has nothing to change.
        let idle = match &result {
            Err(_) => true,
            Ok(output) if output.replayed || matches!(output.result, Some(Err(_))) => {
                // By policy a refusal is remembered, which changes the tokens and may evict one, and nothing else.
                let remembered =
                    !output.replayed && self.plane.policy().tokens.rejections == RejectionPolicy::Sticky;
                let evicts = |event: &failover_model::Event| event.rule.as_str() == "T-190";
                assert!(output.step.effects.is_empty());
                assert!(output.step.is_empty() || (remembered && output.step.events.iter().all(evicts)));
                if remembered {
                    let mut still = before.clone();
                    look(&mut still, time(input));
                    assert_eq!(but_tokens(&self.plane), but_tokens(&still), "{input:?} changed something");
                }
                !remembered
            }
            Ok(_) => false,
        };
        if idle {
            let mut still = before.clone();
            look(&mut still, time(input));
            assert_eq!(json(&still), text, "{input:?} changed something");
        }

        self.watch_effects(&before, input, &result);
        self.watch_clusters(&before, &result);
        if let Input::Call(call, request, _) = input {
            self.watch_tokens(&mut before, call, request, &result);
        }
        self.count(input, &result);
        result
    }

    /// The effects returned are those that are outstanding now and were not before; a report is taken only on one that
    /// was.
    fn watch_effects(&self, before: &ControlPlane, input: &Input, result: &Result<Output, Misuse>) {
        let known: BTreeSet<EffectId> = before.outstanding().map(|effect| effect.id).collect();
        if let Input::Report(_, Report::Outcome { id, .. }) = input {
            assert!(known.contains(id) || result.is_err(), "{id} was not outstanding");
        }
        let all: Vec<Effect> = self.plane.outstanding().collect();
        assert!(all.windows(2).all(|two| two[0].id < two[1].id), "outstanding effects ascend");
        let new: Vec<Effect> = all.iter().filter(|effect| !known.contains(&effect.id)).cloned().collect();
        let mut returned = result.as_ref().map(|output| output.step.effects.clone()).unwrap_or_default();
        returned.sort_by_key(|effect| effect.id);
        assert_eq!(returned, new);
        if let Some(highest) = known.last() {
            assert!(new.iter().all(|effect| effect.id > *highest), "an id is never used again");
        }
        for effect in &all {
            assert_eq!(self.plane.effect(effect.id).as_ref(), Some(effect));
        }
    }

    fn watch_clusters(&mut self, before: &ControlPlane, result: &Result<Output, Misuse>) {
        for cluster in self.plane.clusters() {
            let writers = cluster.nodes().iter().filter(|node| node.role == Role::Writer).count();
            assert_eq!(writers, 1, "{} has exactly one writer", cluster.id());
            let moved = before.cluster(cluster.id()).is_some_and(|old| {
                old.created_at() == cluster.created_at()
                    && old.writer().map(|node| &node.id) != cluster.writer().map(|node| &node.id)
            });
            let told = result.iter().flat_map(|output| &output.step.events).any(|event| {
                matches!(&event.fact, Fact::Cluster { fact: ClusterFact::WriterMoved { .. }, cluster: of } if of == cluster.id())
            });
            assert_eq!(
                moved,
                told,
                "the writer of {} moves only by a promotion that was reported",
                cluster.id()
            );
        }
        let Ok(output) = result else { return };
        for event in &output.step.events {
            if let Fact::Cluster { cluster, fact: ClusterFact::FailoverBegan { .. } } = &event.fact {
                self.promoted.insert(cluster.clone(), Vec::new());
            }
        }
        for effect in &output.step.effects {
            let EffectKind::Cluster { cluster, effect } = &effect.kind else { continue };
            let state = self.plane.cluster(cluster).unwrap();
            let Some(failover) = state.failover() else { continue };
            let tried = self.promoted.entry(cluster.clone()).or_default();
            // Nothing but the answer to this input has happened since the choice, so the nodes are as they were then.
            let (this_round, open) = (&failover.tried, open(state, failover));
            let highest = open.iter().map(|(_, priority)| *priority).max();
            match effect {
                ClusterEffect::PromoteNode(node) => {
                    self.counts.promotions += 1;
                    let named = failover.requested.as_ref() == Some(node) && failover.cause == Cause::Manual;
                    let first = |node: &NodeId| {
                        let hot = |id: &NodeId| state.node(id).is_some_and(|node| node.hot_replica);
                        let colder = failover.electorate.hot_first && !hot(node);
                        !colder || !open.iter().any(|(id, priority)| Some(*priority) == highest && hot(id))
                    };
                    // By policy a named target may be outside the zone and below the floor of the election after it.
                    let named_outside = named && state.node(node).is_some_and(|node| node.is_running());
                    let own = open.iter().find(|(open, _)| *open == node).map(|(_, priority)| *priority);
                    assert!(own.is_some() || named_outside, "{node} can be elected and was not tried");
                    assert!(named || own == highest, "{node} has the highest priority of those left");
                    assert!(named || first(node), "a hot replica comes first, by policy");
                    if self.plane.policy().polardb.rounds == NonZeroU8::MIN {
                        assert!(!tried.contains(node), "{node} is tried a second time");
                        let own = |node: &&NodeId| state.node(node).is_some();
                        assert_eq!(*this_round, tried.iter().filter(own).cloned().collect());
                    }
                    tried.push(node.clone());
                    let rounds = usize::from(self.plane.policy().polardb.rounds.get());
                    let times = tried.iter().filter(|tried| *tried == node).count();
                    assert!(times <= rounds, "{node} is tried more often than there are rounds");
                }
                ClusterEffect::ChooseNode(_) | ClusterEffect::Lifecycle(_) | ClusterEffect::Work(_) => {}
            }
        }
        // A choice that is pending, since now or for long, offers what the ranking says now.
        for effect in self.plane.outstanding() {
            let EffectKind::Cluster { cluster, effect: ClusterEffect::ChooseNode(offered) } = effect.kind
            else {
                continue;
            };
            let state = self.plane.cluster(&cluster).unwrap();
            let failover = state.failover().expect("a choice is asked for in a failover");
            let open = open(state, failover);
            let highest = open.iter().map(|(_, priority)| *priority).max();
            let mut tier: Vec<NodeId> = (open.iter())
                .filter(|(_, priority)| Some(*priority) == highest)
                .map(|(node, _)| (*node).clone())
                .collect();
            let hot = |id: &NodeId| state.node(id).is_some_and(|node| node.hot_replica);
            if failover.electorate.hot_first && tier.iter().any(hot) {
                tier.retain(hot);
            }
            assert_eq!(offered, tier);
            assert!(tier.len() > 1);
        }
    }

    /// One token, one effect: while a token is remembered, its request takes effect no second time, and another request
    /// does not take effect under it.
    fn watch_tokens(
        &mut self,
        before: &mut ControlPlane,
        call: &failover_model::Call,
        request: &Request,
        result: &Result<Output, Misuse>,
    ) {
        let Some(token) = call.token.as_ref().filter(|_| request.operation().takes_token()) else {
            assert!(!result.as_ref().is_ok_and(|output| output.replayed), "no token, no replay");
            return;
        };
        let policy = self.plane.policy().tokens;
        let operation = request.operation();
        let scoped = policy.scope == failover_model::policy::TokenScope::Operation;
        let key: Key = (
            call.account.to_string(),
            call.region.to_string(),
            operation.product().code().to_string(),
            scoped.then(|| operation.as_str().to_string()),
            token.as_str().to_string(),
        );
        let now = self.plane.clock();
        let lives = |known: &Remembered| match policy.lifetime {
            Lifetime::Never => true,
            Lifetime::For(ms) => now.as_millis() - known.at.as_millis() < ms.get(),
        };
        let known = self.tokens.get(&key).filter(|known| lives(known)).cloned();
        // Evictions are told by the horizon, below which nothing is promised.
        let evicted = before.tokens().horizon(&call.account) > 0;
        let Ok(output) = result else {
            assert!(known.is_none() || evicted, "a remembered request needs no fresh ids");
            return;
        };
        let answer = output.result.clone().unwrap();
        match (&known, output.replayed) {
            (Some(known), true) => {
                assert_eq!(known.request, *request);
                assert_eq!(known.result, answer, "a replay answers as the first time");
            }
            (None, true) => panic!("{key:?} replays what was never done"),
            (Some(known), false) if !evicted => {
                assert_ne!(known.request, *request, "{key:?} takes effect a second time");
                assert_eq!(answer.as_ref().unwrap_err().rule().as_str(), "T-090");
            }
            (_, false) => {
                let settles = match &answer {
                    Ok(_) => true,
                    Err(refusal) => {
                        let by_the_token = matches!(refusal.rule().as_str(), "T-090" | "T-180")
                            || refusal.to_string().contains("ClientToken");
                        policy.rejections == RejectionPolicy::Sticky && !by_the_token
                    }
                };
                if settles {
                    self.tokens.insert(key, Remembered { request: request.clone(), result: answer, at: now });
                } else if answer.is_err() && known.is_none() && policy.overflow == Overflow::Refuse {
                    self.tokens.remove(&key);
                }
            }
        }
    }

    fn count(&mut self, input: &Input, result: &Result<Output, Misuse>) {
        let counts = &mut self.counts;
        counts.misused += u32::from(result.is_err());
        match (input, result) {
            (Input::Call(..), Ok(output)) => {
                counts.calls += 1;
                counts.replayed += u32::from(output.replayed);
                match output.result.as_ref().unwrap() {
                    Ok(_) => counts.accepted += 1,
                    Err(refusal) => {
                        counts.refused += 1;
                        counts.rules.insert(refusal.rule().as_str());
                    }
                }
            }
            (Input::Report(_, Report::Outcome { .. }), _) => {
                counts.reports += 1;
                counts.taken += u32::from(result.is_ok());
            }
            _ => {}
        }
        if let Ok(output) = result {
            counts.rules.extend(output.step.events.iter().map(|event| event.rule.as_str()));
        }
        counts.statuses.extend(self.plane.pairs().map(|pair| pair.status().as_str()));
    }
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
    for _ in 0..100 {
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
