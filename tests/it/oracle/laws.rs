//! The laws of failover held against the naive reference and against wrong models: every state of a small cluster that an
//! outside sees, walked breadth first, and the random sequences.
//!
//! Nothing is believed but what a system shows and what it was told: who is up, in sync and of which priority is kept
//! account of here.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use failover_model::polardb::{Failure, ModifyDbNodeConfig, NodeChange};
use failover_model::policy::ExplicitTargetFails;
use failover_model::testing::strategies::World;
use failover_model::testing::view::{Answer, ClusterView, Task, View};
use failover_model::testing::{Bug, Reference, ReferenceSubject, Subject};
use failover_model::{
    Call, ControlPlane, Fresh, Input, Observation, Outcome, Policy, Report, Request, Span, Timestamp,
};

use super::stories;
use crate::kit::failover_laws::{Asks, Broken, Failovers, Law, Sight};
use crate::kit::{CLUSTER, OWNER, SOURCE, START, at, failover_request, id, priority, seed};

/// What a node was last told to be.
#[derive(Debug, Clone, Copy)]
struct Health {
    up: bool,
    replicating: bool,
    priority: u8,
}

/// A system, what was told of its nodes, and what the laws remember.
#[derive(Clone)]
struct Watched<S> {
    system: S,
    health: BTreeMap<String, Health>,
    failovers: Failovers,
}

const WRITER: &str = "w";
/// Two of the highest priority, of which one changes its own, and a lower one.
const READERS: [(&str, u8); 3] = [("a", 3), ("b", 3), ("c", 1)];

/// A window or a pause would only add ages.
fn policy(explicit_target_fails: ExplicitTargetFails) -> Policy {
    let mut policy = Policy::default();
    policy.polardb.switch_window = Span::default();
    policy.polardb.explicit_target_fails = explicit_target_fails;
    policy
}

fn world(policy: &Policy) -> World {
    World { policy: policy.clone(), clusters: vec![seed(&READERS)], ..stories::bare(|_| {}) }
}

impl<S: Subject + Clone> Watched<S> {
    fn new(system: S) -> Self {
        let known = READERS.into_iter().chain([(WRITER, 1)]);
        let health =
            known.map(|(node, priority)| (node.to_owned(), Health { up: true, replicating: true, priority }));
        Self { system, health: health.collect(), failovers: Failovers::default() }
    }

    fn sights(&self) -> Vec<Sight> {
        let view = self.system.view();
        view.clusters.iter().map(|cluster| self.sight(cluster, &view)).collect()
    }

    fn sight(&self, cluster: &ClusterView, view: &View) -> Sight {
        let health = |node: &String| self.health[node];
        let writers: Vec<String> =
            cluster.nodes.iter().filter(|node| node.writer).map(|node| node.id.clone()).collect();
        let able = |node: &&String| !writers.contains(*node) && health(node).up && health(node).replicating;
        let nodes: BTreeSet<String> = cluster.nodes.iter().map(|node| node.id.clone()).collect();
        let eligible = nodes.iter().filter(able).map(|node| (id(node), u16::from(health(node).priority)));
        let asks = view.effects.iter().find_map(|effect| match &effect.task {
            Task::ChooseNode(tier) => {
                Some((effect.id, Asks::Choice(tier.iter().map(|node| id(node)).collect())))
            }
            Task::PromoteNode(node) => Some((effect.id, Asks::Promotion(id(node)))),
            _ => None,
        });
        Sight {
            id: id(&cluster.id),
            eligible: eligible.collect(),
            writer_up: writers.iter().any(|node| health(node).up),
            nodes: nodes.iter().map(|node| id(node)).collect(),
            writers: writers.iter().map(|node| id(node)).collect(),
            asks,
        }
    }

    /// Applies an input and asserts the laws.
    fn apply(&mut self, policy: &Policy, input: &Input) -> Result<(), Broken> {
        let before = self.sights();
        let answer = self.system.apply(input);
        let accepted = matches!(answer, Answer::Accepted { replayed: Some(false), .. });
        match input {
            Input::Report(_, Report::Observed(Observation::Node { node, change })) => {
                let health = self.health.get_mut(node.as_str()).expect("a node of the cluster");
                match change {
                    NodeChange::Up(up) => health.up = *up,
                    NodeChange::Replicating(replicating) => health.replicating = *replicating,
                    NodeChange::Priority(priority) => health.priority = priority.get(),
                }
            }
            Input::Call(_, Request::ModifyDbNodeConfig(config), _) if accepted => {
                let health = self.health.get_mut(config.node.as_str()).expect("a node of the cluster");
                health.priority = config.priority.get();
            }
            _ => {}
        }
        self.failovers.observe(&policy.polardb, input, accepted, &before, &self.sights())
    }

    /// What is tried in this state.
    fn inputs(&self, now: Timestamp) -> Vec<Input> {
        let view = self.system.view();
        let mut inputs = Vec::new();
        let call = |request: Request| {
            let call = Call { now, account: id(OWNER), region: id(SOURCE), token: None };
            Input::Call(call, request, Fresh::None)
        };
        let observed = |node: &str, change| {
            let observation = Observation::Node { node: id(node), change };
            Input::Report(now, Report::Observed(observation))
        };
        for effect in &view.effects {
            let ends = |outcome| Input::Report(now, Report::Outcome { id: effect.id, outcome });
            match effect.task {
                Task::ChooseNode(_) => {
                    inputs.extend(self.health.keys().map(|node| ends(Outcome::Chosen(id(node)))));
                }
                _ => inputs.extend([
                    ends(Outcome::Succeeded),
                    ends(Outcome::Failed { failure: Failure::Network, message: None }),
                ]),
            }
        }
        inputs.push(call(failover_request(None).into()));
        for (node, health) in &self.health {
            inputs.push(call(failover_request(Some(node)).into()));
            inputs.push(observed(node, NodeChange::Up(!health.up)));
        }
        let a = self.health["a"];
        inputs.push(observed("a", NodeChange::Replicating(!a.replicating)));
        let other = priority(if a.priority == 3 { 1 } else { 3 });
        inputs.push(call(ModifyDbNodeConfig::new(id(CLUSTER), id("a"), other).into()));
        inputs.extend(view.next_deadline.map(|(due, _)| Input::Advance(due)));
        inputs
    }

    /// What makes two states one: everything but the numbers of effects and the time.
    fn key(&self) -> String {
        let view = self.system.view();
        let tasks: Vec<&Task> = view.effects.iter().map(|effect| &effect.task).collect();
        let due = view.next_deadline.is_some();
        format!("{:?} {tasks:?} {due} {:?} {:?}", view.clusters, self.health, self.failovers)
    }
}

/// Walks through all states; how many there are, or the law that broke first.
fn walk<S: Subject + Clone>(
    system: S,
    policy: &Policy,
    clock: impl Fn(&S) -> Timestamp,
) -> Result<usize, Broken> {
    let first = Watched::new(system);
    let mut known = BTreeSet::from([first.key()]);
    let mut open = VecDeque::from([first]);
    while let Some(state) = open.pop_front() {
        for input in state.inputs(clock(&state.system)) {
            let mut next = state.clone();
            next.apply(policy, &input)?;
            if known.insert(next.key()) {
                open.push_back(next);
            }
        }
    }
    Ok(known.len())
}

fn walk_reference(policy: &Policy, bug: Option<Bug>) -> Result<usize, Broken> {
    let system = ReferenceSubject::new(Reference::of(&world(policy), at(START)), bug);
    walk(system, policy, |system| system.reference().clock())
}

/// P-132, P-161, P-170.
#[test]
fn the_laws_hold_of_the_reference_and_the_control_plane_in_the_same_states() {
    for (named, states) in [(ExplicitTargetFails::Stop, 3_900), (ExplicitTargetFails::Elect, 3_900)] {
        let policy = policy(named);
        let plane = world(&policy).plane(at(START));
        let shown = walk(plane, &policy, ControlPlane::clock);
        assert_eq!((walk_reference(&policy, None), shown), (Ok(states), Ok(states)), "{named:?}");
    }
}

/// Each law is red for the mistakes that break it, and each of them breaks this law first.
#[test]
fn each_law_rejects_its_mistakes() {
    let policy = policy(ExplicitTargetFails::Stop);
    for (law, bugs) in [
        (
            Law::EachOnce,
            &[
                Bug::FailedNodeRetried,
                Bug::TriedForgotten,
                Bug::StopsAtFirstFailure,
                Bug::PriorityIgnored,
                Bug::PriorityInverted,
                Bug::LowerTierOffered,
                Bug::TierFrozen,
                Bug::DownNodePromoted,
                Bug::ReplicationUnchecked,
            ][..],
        ),
        (Law::WriterUntouched, &[Bug::DemotedInVain, Bug::WriterMovesAtAcceptance, Bug::TwoWriters]),
        (Law::HealthyStays, &[Bug::HealthyDemoted]),
        (Law::NobodyElse, &[Bug::AnotherPromoted, Bug::ExplicitFallsThrough]),
    ] {
        for bug in bugs {
            let broken = walk_reference(&policy, Some(*bug)).expect_err("it breaks a law");
            assert_eq!(broken.0, law, "{bug:?}: {}", broken.1);
        }
    }
}
