//! The reference as a state machine of `proptest-state-machine`, minting effect ids of its own: what random sequences are
//! drawn for. It looks ahead where a blind generator would hardly ever get to.

use failover_model::ebs::DiskChange;
use failover_model::polardb::{Failure, NodeChange, Removal, StandbyArch, StandbyHaMode, SwitchMode};
use failover_model::testing::steps::{
    CallRegion, ClusterCall, Completion, LabelCall, NetworkCall, Origin, ReplicaCall, StepKind, TestStep,
    Timing,
};
use failover_model::testing::strategies::{self, World};
use failover_model::testing::view::{ClusterView, PairView, View};
use failover_model::testing::{Reference, ReferenceSubject, Subject};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;
use proptest_state_machine::ReferenceStateMachine;

use super::{failover_ask, known};
use crate::kit::{START, at, priority};

thread_local! {
    /// Any step. Made once, since it is asked for at every step and costs more than the step itself.
    static ANY: BoxedStrategy<TestStep> = strategies::step().boxed();
}

/// The machine.
pub struct Naive;

/// Its state, with the world that it began in and the last step.
#[derive(Debug, Clone)]
pub struct Model {
    pub world: World,
    pub system: ReferenceSubject,
    last: Option<TestStep>,
}

impl ReferenceStateMachine for Naive {
    type State = Model;
    type Transition = TestStep;

    fn init_state() -> BoxedStrategy<Model> {
        let model = |world: World| {
            let world = known(world);
            let system = ReferenceSubject::new(Reference::of(&world, at(START)), None);
            Model { world, system, last: None }
        };
        strategies::world().prop_map(model).boxed()
    }

    fn transitions(model: &Model) -> BoxedStrategy<TestStep> {
        let (any, likely) = (ANY.with(Clone::clone), likely(model));
        let mut steps = vec![(10, any.clone()), (14, likely.clone())];
        let clock = model.system.reference().clock().as_millis();
        let moments: Vec<u64> =
            model.system.reference().moments().iter().map(|moment| moment.as_millis() - clock).collect();
        if !moments.is_empty() {
            let when = (select(moments), 0_u64..3);
            let when = when.prop_map(|(wait, off)| Timing::Later((wait + off).saturating_sub(1))).boxed();
            let step = prop_oneof![any, likely];
            let step = (when.clone(), step).prop_map(|(when, step)| TestStep { timing: when, ..step });
            steps.push((3, step.boxed()));
            if let Some(last) = model.last.clone() {
                let again = (when, 0_u8..6);
                let again = again.prop_map(move |(when, how)| repeated(&last, when, how));
                steps.push((3, again.boxed()));
            }
        }
        if let Some(last) = model.last.clone() {
            let again = (0_u8..6).prop_map(move |how| repeated(&last, Timing::Now, how));
            steps.push((4, again.boxed()));
        }
        Union::new_weighted(steps).boxed()
    }

    fn apply(mut model: Model, step: &TestStep) -> Model {
        let input = step.resolve(model.system.reference());
        let _ = model.system.apply(&input);
        model.last = Some(step.clone());
        model
    }
}

/// What the owner can do in the right place as things stand, and what the outside then does.
fn likely(model: &Model) -> BoxedStrategy<TestStep> {
    let view = model.system.view();
    let token = proptest::option::weighted(0.25, 0_u8..3);
    let caller = token.prop_map(|token| Origin { account: 0, region: CallRegion::Required, token });
    let attached = (0_u8..4, any::<bool>()).prop_map(|(disk, attached)| StepKind::Disk {
        account: 0,
        disk,
        change: DiskChange::Attached(attached),
    });
    let change = prop_oneof![
        4 => any::<bool>().prop_map(NodeChange::Up),
        1 => any::<bool>().prop_map(NodeChange::Replicating),
        1 => (1_u8..6).prop_map(|number| NodeChange::Priority(priority(number))),
    ];
    let node = (any::<u8>(), change).prop_map(|(node, change)| StepKind::Node(Some(node), change));
    let mut whats = vec![(1, attached.boxed())];
    if !view.clusters.is_empty() {
        whats.push((3, node.boxed()));
    }
    if view.pairs.len() < 3 {
        let pair = (caller.clone(), 0_u8..4, 0_u8..4);
        let pair = pair.prop_map(|(caller, id, disk)| StepKind::CreatePair {
            origin: caller,
            id,
            disks: (2 * disk, 2 * disk + 1),
            destination: CallRegion::Destination,
            months: None,
        });
        whats.push((2, pair.boxed()));
    }
    if !view.pairs.is_empty() {
        let ask = prop_oneof![
            8 => any::<u8>().prop_map(ReplicaCall::Permitted),
            3 => Just(ReplicaCall::Start { one_shot: true }),
            1 => Just(ReplicaCall::Reprotect { reverse: true }),
        ];
        let pair = (caller.clone(), any::<u8>(), ask);
        let pair = pair.prop_map(|(caller, pair, ask)| StepKind::Pair(caller, Some(pair), ask));
        whats.push((10, pair.boxed()));
    }
    let label = (caller.clone(), any::<u8>(), on_labels());
    let label = label.prop_map(|(caller, pair, ask)| StepKind::Label(caller, Some(pair), ask));
    if !view.pairs.is_empty() {
        whats.push((1, label.boxed()));
    }
    let drill = (caller.clone(), any::<u8>(), 0_u8..6);
    let drill =
        drill.prop_map(|(caller, pair, id)| StepKind::Pair(caller, Some(pair), ReplicaCall::StartDrill(id)));
    if !view.pairs.is_empty() {
        whats.push((2, drill.boxed()));
    }
    if !view.drills.is_empty() {
        let drill = (caller.clone(), any::<u8>());
        let cleared = drill.clone().prop_map(|(caller, drill)| StepKind::ClearDrill(caller, Some(drill)));
        let told = drill.prop_map(|(caller, drill)| StepKind::DescribeDrills(caller, Some(drill)));
        whats.extend([(2, cleared.boxed()), (1, told.boxed())]);
    }
    whats.extend(on_groups(&view, caller.clone()));
    let running = |(at, cluster): (usize, &ClusterView)| (cluster.status == "Running").then_some(at as u8);
    let running: Vec<u8> = view.clusters.iter().enumerate().filter_map(running).collect();
    whats.extend(on_networks(&view, caller.clone(), &running));
    if !running.is_empty() {
        let standby = (caller.clone(), select(running.clone()), on_standby());
        let standby =
            standby.prop_map(|(caller, cluster, ask)| StepKind::Cluster(caller, Some(cluster), ask));
        whats.push((1, standby.boxed()));
        let cluster = (caller, select(running), proptest::option::weighted(0.3, any::<u8>()));
        let cluster = cluster.prop_map(|(caller, cluster, target)| {
            StepKind::Cluster(caller, Some(cluster), failover_ask(target))
        });
        whats.push((3, cluster.boxed()));
    }
    if !view.effects.is_empty() {
        let how = prop_oneof![
            4 => any::<u8>().prop_map(Completion::Success),
            2 => Just(Completion::Failure(Failure::Network)),
            1 => any::<u8>().prop_map(|node| Completion::Chosen(Some(node))),
        ];
        let ended = (any::<u8>(), how).prop_map(|(effect, how)| StepKind::Ended(effect, how));
        whats.push((6, ended.boxed()));
    }
    Union::new_weighted(whats).prop_map(|what| TestStep { timing: Timing::Later(1), kind: what }).boxed()
}

/// What is likely of networks: one is made, gets a secondary, and switches over.
fn on_networks(
    view: &View,
    caller: impl Strategy<Value = Origin> + Clone + 'static,
    running: &[u8],
) -> Vec<(u32, BoxedStrategy<StepKind>)> {
    let Some(network) = view.networks.iter().find(|network| network.status == "active") else {
        let made = (caller, any::<u8>(), 0_u8..3);
        let made = made.prop_map(|(caller, cluster, id)| StepKind::CreateNetwork(caller, Some(cluster), id));
        return if running.is_empty() { vec![] } else { vec![(1, made.boxed())] };
    };
    let joined = (caller.clone(), 0_u8..6);
    let joined = joined.prop_map(|(caller, id)| StepKind::CreateSecondary(caller, Some(0), id)).boxed();
    if network.secondaries.is_empty() {
        return vec![(3, joined)];
    }
    let mode = prop_oneof![3 => Just(SwitchMode::Planned), 1 => Just(SwitchMode::Forced)];
    let call = prop_oneof![
        4 => (proptest::option::weighted(0.5, any::<u8>()), mode)
            .prop_map(|(to, mode)| NetworkCall::SwitchOver { to, mode }),
        1 => any::<u8>()
            .prop_map(|cluster| NetworkCall::Remove { cluster: Some(cluster), removal: Removal::Forced }),
        1 => Just(NetworkCall::Delete),
    ];
    let call = (caller.clone(), any::<u8>(), call);
    let call = call.prop_map(|(caller, network, call)| StepKind::Network(caller, Some(network), call));
    let released = (caller, any::<u8>());
    let released =
        released.prop_map(|(caller, cluster)| StepKind::Cluster(caller, Some(cluster), ClusterCall::Delete));
    vec![(1, joined), (2, call.boxed()), (1, released.boxed())]
}

/// What is likely of the labels of a pair.
fn on_labels() -> impl Strategy<Value = LabelCall> {
    prop_oneof![
        2 => (0_u8..3, proptest::option::of(any::<bool>())).prop_map(|(name, rtc)| LabelCall::Modify { name, rtc }),
        2 => (0_u8..24).prop_map(LabelCall::Tag),
        1 => proptest::option::of(0_u8..24).prop_map(LabelCall::Untag),
        1 => Just(LabelCall::List),
        1 => (0_u8..3).prop_map(LabelCall::Regroup),
        1 => Just(LabelCall::Progress),
    ]
}

/// What is likely of a cluster besides failovers: of its standby cluster, and of its lock.
fn on_standby() -> impl Strategy<Value = ClusterCall> {
    let across = ClusterCall::Failover { target: None, standby: true, back: false, zonal: false };
    let arch = (select(vec![StandbyArch::Storage, StandbyArch::Compute]), proptest::option::of(0_u8..3));
    prop_oneof![
        2 => Just(across),
        3 => proptest::option::of(any::<u8>()).prop_map(|node| ClusterCall::Drill { node }),
        1 => select(vec![StandbyHaMode::On, StandbyHaMode::Off]).prop_map(ClusterCall::StandbyHa),
        1 => arch.prop_map(|(standby, zone)| ClusterCall::Arch { standby, zone }),
        1 => any::<bool>().prop_map(ClusterCall::Lock),
    ]
}

/// What is likely of groups: one is made, gets members, and then does something with them.
fn on_groups(
    view: &View,
    caller: impl Strategy<Value = Origin> + Clone + 'static,
) -> Vec<(u32, BoxedStrategy<StepKind>)> {
    let ended = ["create_failed", "deleting", "delete_failed", "deleted"];
    if view.groups.iter().all(|group| ended.contains(&&*group.status)) {
        let group = (caller, 0_u8..3).prop_map(|(caller, id)| StepKind::CreateGroup(caller, id));
        return vec![(3, group.boxed())];
    }
    let on = |which: u8, ask: BoxedStrategy<ReplicaCall>| {
        let group = (caller.clone(), ask);
        group.prop_map(move |(caller, ask)| StepKind::Group(caller, Some(which), ask)).boxed()
    };
    let free = |pair: &&PairView| pair.group.is_none() && ["created", "stopped"].contains(&&*pair.status);
    let free = view.pairs.iter().filter(free).count();
    let mut whats = Vec::new();
    for (which, group) in (0_u8..).zip(&view.groups) {
        let takes_in = ["created", "stopped"].contains(&&*group.status) && free > 0;
        let add = any::<u8>().prop_map(|pair| ReplicaCall::Add(Some(pair))).boxed();
        let remove = any::<u8>().prop_map(|pair| ReplicaCall::Remove(Some(pair))).boxed();
        let allowed = any::<u8>().prop_map(ReplicaCall::Permitted);
        let reverse = Just(ReplicaCall::Reprotect { reverse: true });
        let one_shot = Just(ReplicaCall::Start { one_shot: true });
        let start = Just(ReplicaCall::Start { one_shot: false });
        if takes_in {
            whats.push((14, on(which, add)));
        }
        if group.members.is_empty() {
            whats.push((1, on(which, allowed.boxed())));
            continue;
        }
        let ask = prop_oneof![8 => allowed, 2 => start, 1 => one_shot, 1 => reverse].boxed();
        whats.push((if takes_in { 4 } else { 12 }, on(which, ask)));
        whats.push((if group.status == "invalid" { 3 } else { 1 }, on(which, remove)));
    }
    let member = |pair: &PairView| pair.group.is_some() && pair.status != "invalid";
    let members = view.pairs.iter().enumerate().filter(|(_, pair)| member(pair));
    let members: Vec<u8> = members.map(|(at, _)| at as u8).collect();
    if members.len() > 1 {
        let broken = select(members).prop_map(|pair| StepKind::PairInvalid(Some(pair)));
        whats.push((1, broken.boxed()));
    }
    let drilled = (0_u8..6).prop_map(ReplicaCall::StartDrill).boxed();
    whats.push((1, on(0, drilled)));
    let described = caller.clone().prop_map(StepKind::DescribeGroups);
    whats.push((1, described.boxed()));
    let partly = (any::<u8>(), any::<u8>());
    whats.push((2, partly.prop_map(|(effect, member)| StepKind::EndedPartly { effect, member }).boxed()));
    whats
}

/// The last step once more, as it was or with one thing changed.
fn repeated(last: &TestStep, when: Timing, how: u8) -> TestStep {
    let mut what = last.kind.clone();
    if let StepKind::Pair(caller, ..)
    | StepKind::Group(caller, ..)
    | StepKind::CreateGroup(caller, ..)
    | StepKind::Cluster(caller, ..)
    | StepKind::CreatePair { origin: caller, .. }
    | StepKind::CreateNetwork(caller, ..)
    | StepKind::Network(caller, ..)
    | StepKind::CreateCluster { origin: caller, .. } = &mut what
    {
        match how {
            0 => caller.account = 1 - caller.account.min(1),
            1 => caller.region = CallRegion::Destination,
            2 => caller.token = Some(0),
            _ => {}
        }
    }
    TestStep { timing: when, kind: what }
}
