//! Steps.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use proptest::collection::vec;
use proptest::prelude::{Just, any};
use proptest::sample::select;
use proptest::strategy::Strategy;
use proptest::{option, prop_oneof};

use super::world::{node_kind, rarely, small_priority};
use crate::ebs::DiskChange;
use crate::operation::Product;
use crate::polardb::{Failure, NodeChange, Removal, StandbyArch, StandbyHaMode, SwitchMode};
use crate::testing::steps::{
    CallRegion, ClusterCall, Completion, LabelCall, NetworkCall, Origin, ReplicaCall, Selector, StepKind,
    TestStep, Timing,
};

/// Sequences of steps. Some steps are repeated at once, as by a client that lost the reply.
pub fn steps(length: Range<usize>) -> impl Strategy<Value = Vec<TestStep>> {
    vec((step(), proptest::bool::weighted(0.12)), length).prop_map(|steps| {
        let mut all = Vec::new();
        for (step, repeated) in steps {
            let again = repeated.then(|| TestStep { timing: Timing::Now, ..step.clone() });
            all.push(step);
            all.extend(again);
        }
        all
    })
}

/// Sequences of steps that concern one product alone, for a system that has no other: each a call, a report or the passing of time.
pub fn steps_of(product: Product, length: Range<usize>) -> impl Strategy<Value = Vec<TestStep>> {
    let of_it = move |step: &TestStep| step.kind.product().is_none_or(|of| of == product);
    vec(step().prop_filter("it concerns the other product", of_it), length)
}

/// One step.
pub fn step() -> impl Strategy<Value = TestStep> {
    (timing(), kind()).prop_map(|(timing, kind)| TestStep { timing, kind })
}

fn timing() -> impl Strategy<Value = Timing> {
    prop_oneof![
        6 => Just(Timing::Now),
        6 => (1_u64..5_000).prop_map(Timing::Later),
        2 => select([450_000, 450_001, 600_000, 900_000, 3_600_000, 90_000_000].as_slice()).prop_map(Timing::Later),
        1 => (1_u64..5_000).prop_map(Timing::Earlier),
        2 => Just(Timing::Deadline),
    ]
}

fn selector() -> impl Strategy<Value = Selector> {
    prop_oneof![15 => any::<u8>().prop_map(Some), 1 => Just(None)]
}

fn origin() -> impl Strategy<Value = Origin> {
    let region = prop_oneof![
        12 => Just(CallRegion::Required),
        1 => Just(CallRegion::Source),
        1 => Just(CallRegion::Destination),
        1 => Just(CallRegion::Other),
    ];
    let account = prop_oneof![12 => Just(0_u8), 1 => Just(1)];
    (account, region, option::weighted(0.35, 0_u8..3)).prop_map(|(account, region, token)| Origin {
        account,
        region,
        token,
    })
}

fn pair_call() -> impl Strategy<Value = ReplicaCall> {
    prop_oneof![4 => any::<u8>().prop_map(ReplicaCall::Permitted), 1 => select(ReplicaCall::OF_PAIRS.as_slice())]
}

fn group_call() -> impl Strategy<Value = ReplicaCall> {
    prop_oneof![
        10 => any::<u8>().prop_map(ReplicaCall::Permitted),
        2 => select(ReplicaCall::OF_GROUPS.as_slice()),
        3 => selector().prop_map(ReplicaCall::Add),
        2 => selector().prop_map(ReplicaCall::Remove),
        2 => (0_u8..6).prop_map(ReplicaCall::StartDrill),
    ]
}

fn cluster_call() -> impl Strategy<Value = ClusterCall> {
    prop_oneof![
        16 => (option::weighted(0.35, any::<u8>()), rarely(), any::<bool>(), rarely())
            .prop_map(|(target, standby, back, zonal)| ClusterCall::Failover { target, standby, back, zonal }),
        10 => (any::<u8>(), small_priority())
            .prop_map(|(node, priority)| ClusterCall::Priority { node, priority }),
        6 => node_call(),
        3 => standby_call(),
        1 => any::<bool>().prop_map(ClusterCall::Lock),
        1 => Just(ClusterCall::Delete),
        1 => Just(ClusterCall::Describe),
    ]
}

fn standby_call() -> impl Strategy<Value = ClusterCall> {
    let mode = select([StandbyHaMode::On, StandbyHaMode::Off].as_slice());
    let arch = select([StandbyArch::Storage, StandbyArch::Compute].as_slice());
    prop_oneof![
        2 => mode.prop_map(ClusterCall::StandbyHa),
        4 => option::of(any::<u8>()).prop_map(|node| ClusterCall::Drill { node }),
        2 => (arch, option::of(0_u8..3)).prop_map(|(standby, zone)| ClusterCall::Arch { standby, zone }),
    ]
}

fn node_call() -> impl Strategy<Value = ClusterCall> {
    prop_oneof![
        3 => (1_u8..4, node_kind()).prop_map(|(nodes, kind)| ClusterCall::AddNodes { nodes, kind }),
        3 => (any::<u8>(), 1_u8..3).prop_map(|(from, nodes)| ClusterCall::DropNodes { from, nodes }),
        1 => (0_u8..3).prop_map(|class| ClusterCall::Class { class }),
        2 => (any::<u8>(), 0_u8..2).prop_map(|(node, class)| ClusterCall::ClassOf { node, class }),
        3 => any::<u8>().prop_map(|node| ClusterCall::Restart { node }),
        3 => (any::<u8>(), proptest::bool::weighted(0.7))
            .prop_map(|(node, on)| ClusterCall::HotReplica { node, on }),
        2 => (0_u8..3, any::<bool>()).prop_map(|(zone, standby)| ClusterCall::Zone { zone, standby }),
    ]
}

fn network_call() -> impl Strategy<Value = NetworkCall> {
    let removal = prop_oneof![3 => Just(Removal::Orderly), 1 => Just(Removal::Forced)];
    let mode = prop_oneof![2 => Just(SwitchMode::Planned), 1 => Just(SwitchMode::Forced)];
    prop_oneof![
        1 => (selector(), removal).prop_map(|(cluster, removal)| NetworkCall::Remove { cluster, removal }),
        5 => (option::weighted(0.7, any::<u8>()), mode)
            .prop_map(|(to, mode)| NetworkCall::SwitchOver { to, mode }),
        1 => Just(NetworkCall::Delete),
        1 => Just(NetworkCall::Describe),
    ]
}

fn label_call() -> impl Strategy<Value = LabelCall> {
    prop_oneof![
        2 => (0_u8..3, option::of(any::<bool>())).prop_map(|(name, rtc)| LabelCall::Modify { name, rtc }),
        2 => (0_u8..24).prop_map(LabelCall::Tag),
        1 => option::of(0_u8..24).prop_map(LabelCall::Untag),
        1 => Just(LabelCall::List),
        1 => (0_u8..3).prop_map(LabelCall::Regroup),
        1 => Just(LabelCall::Progress),
    ]
}

fn completion() -> impl Strategy<Value = Completion> {
    let failure = select(Failure::ALL);
    prop_oneof![
        8 => any::<u8>().prop_map(Completion::Success),
        5 => failure.prop_map(Completion::Failure),
        1 => selector().prop_map(Completion::Chosen),
        1 => Just(Completion::Done),
    ]
}

fn kind() -> impl Strategy<Value = StepKind> {
    let disk_change = prop_oneof![
        6 => any::<bool>().prop_map(DiskChange::Up),
        6 => any::<bool>().prop_map(DiskChange::Attached),
        1 => Just(DiskChange::Removed),
    ];
    let node_change = prop_oneof![
        4 => proptest::bool::weighted(0.6).prop_map(NodeChange::Up),
        2 => proptest::bool::weighted(0.6).prop_map(NodeChange::Replicating),
        1 => small_priority().prop_map(NodeChange::Priority),
    ];
    let destination = prop_oneof![8 => Just(CallRegion::Destination), 1 => Just(CallRegion::Source), 1 => Just(CallRegion::Other)];
    let few_nodes = prop_oneof![8 => 2_u8..5, 1 => Just(0), 1 => 1_u8..20];
    let create_pair = (
        origin(),
        0_u8..4,
        (0_u8..8, 0_u8..8),
        destination,
        option::weighted(0.15, prop_oneof![3 => select([0, 1, 4, 9, 12, 48].as_slice()), 1 => any::<u8>()]),
    )
        .prop_map(|(origin, id, disks, destination, months)| StepKind::CreatePair {
            origin,
            id,
            disks,
            destination,
            months,
        });
    let create_cluster = (origin(), 0_u8..3, few_nodes, proptest::bool::weighted(0.9)).prop_map(
        |(origin, id, nodes, enough)| {
            let fresh = if enough { nodes } else { nodes.saturating_add(1) };
            StepKind::CreateCluster { origin, id, nodes, fresh }
        },
    );
    let describe = (origin(), any::<bool>()).prop_map(|(origin, pairs)| match pairs {
        true => StepKind::DescribePairs(origin),
        false => StepKind::DescribeClusters(origin),
    });
    prop_oneof![
        18 => (origin(), selector(), pair_call()).prop_map(|(origin, pair, call)| StepKind::Pair(origin, pair, call)),
        3 => create_pair,
        14 => (origin(), selector(), group_call()).prop_map(|(origin, group, call)| StepKind::Group(origin, group, call)),
        2 => (origin(), 0_u8..3).prop_map(|(origin, id)| StepKind::CreateGroup(origin, id)),
        1 => (origin(), selector(), 0_u8..6).prop_map(|(origin, pair, id)| StepKind::Pair(origin, pair, ReplicaCall::StartDrill(id))),
        1 => (origin(), selector()).prop_map(|(origin, drill)| StepKind::ClearDrill(origin, drill)),
        1 => selector().prop_map(StepKind::GroupInvalid),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(effect, member)| StepKind::EndedPartly { effect, member }),
        18 => (origin(), selector(), cluster_call())
            .prop_map(|(origin, cluster, call)| StepKind::Cluster(origin, cluster, call)),
        3 => create_cluster,
        1 => (origin(), selector(), 0_u8..3).prop_map(|(origin, cluster, id)| StepKind::CreateNetwork(origin, cluster, id)),
        1 => (origin(), selector(), 2_u8..6).prop_map(|(origin, network, id)| StepKind::CreateSecondary(origin, network, id)),
        3 => (origin(), selector(), network_call())
            .prop_map(|(origin, network, call)| StepKind::Network(origin, network, call)),
        1 => (origin(), selector(), label_call()).prop_map(|(origin, pair, call)| StepKind::Label(origin, pair, call)),
        2 => describe,
        1 => origin().prop_map(StepKind::DescribeGroups),
        1 => origin().prop_map(StepKind::DescribeNetworks),
        1 => (origin(), selector()).prop_map(|(origin, drill)| StepKind::DescribeDrills(origin, drill)),
        32 => (any::<u8>(), completion()).prop_map(|(effect, completion)| StepKind::Ended(effect, completion)),
        2 => (0_u64..60, completion()).prop_map(|(effect, completion)| StepKind::Late(effect, completion)),
        3 => (0_u8..2, 0_u8..8, disk_change)
            .prop_map(|(account, disk, change)| StepKind::Disk { account, disk, change }),
        1 => selector().prop_map(StepKind::PairInvalid),
        10 => (selector(), node_change).prop_map(|(node, change)| StepKind::Node(node, change)),
        2 => (selector(), 0_u8..3, proptest::bool::weighted(0.6))
            .prop_map(|(cluster, zone, up)| StepKind::Zone { cluster, zone, up }),
        1 => (selector(), any::<bool>()).prop_map(|(cluster, busy)| StepKind::ClusterBusy { cluster, busy }),
        1 => selector().prop_map(StepKind::ClusterRemoved),
        5 => Just(StepKind::Advance),
    ]
}
