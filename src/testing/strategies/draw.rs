//! Drawing steps.

use super::*;

/// Sequences of steps. Some are repeated at once, as a client does who lost the reply.
pub fn inputs(length: Range<usize>) -> impl Strategy<Value = Vec<Abstract>> {
    vec((step(), proptest::bool::weighted(0.12)), length).prop_map(|steps| {
        let mut all = Vec::new();
        for (step, repeated) in steps {
            let again = repeated.then(|| Abstract { when: When::Now, ..step.clone() });
            all.push(step);
            all.extend(again);
        }
        all
    })
}

/// One step.
pub fn step() -> impl Strategy<Value = Abstract> {
    (when(), what()).prop_map(|(when, what)| Abstract { when, what })
}

fn when() -> impl Strategy<Value = When> {
    prop_oneof![
        6 => Just(When::Now),
        6 => (1_u64..5_000).prop_map(When::Later),
        2 => select([450_000, 450_001, 600_000, 900_000, 3_600_000, 90_000_000].as_slice()).prop_map(When::Later),
        1 => (1_u64..5_000).prop_map(When::Earlier),
        2 => Just(When::Deadline),
    ]
}

fn which() -> impl Strategy<Value = Which> {
    prop_oneof![15 => any::<u8>().prop_map(Some), 1 => Just(None)]
}

fn caller() -> impl Strategy<Value = Caller> {
    let place = prop_oneof![
        12 => Just(Place::Fitting),
        1 => Just(Place::Source),
        1 => Just(Place::Destination),
        1 => Just(Place::Third),
    ];
    let account = prop_oneof![12 => Just(0_u8), 1 => Just(1)];
    (account, place, option::weighted(0.35, 0_u8..3)).prop_map(|(account, place, token)| Caller {
        account,
        place,
        token,
    })
}

fn pair_ask() -> impl Strategy<Value = PairAsk> {
    prop_oneof![2 => any::<u8>().prop_map(PairAsk::Allowed), 1 => select(PairAsk::PLAIN.as_slice())]
}

fn group_ask() -> impl Strategy<Value = GroupAsk> {
    prop_oneof![
        10 => any::<u8>().prop_map(GroupAsk::Allowed),
        2 => select(GroupAsk::PLAIN.as_slice()),
        5 => which().prop_map(GroupAsk::Add),
        3 => which().prop_map(GroupAsk::Remove),
        2 => (0_u8..6).prop_map(GroupAsk::StartDrill),
    ]
}

fn cluster_ask() -> impl Strategy<Value = ClusterAsk> {
    prop_oneof![
        14 => (option::weighted(0.35, any::<u8>()), rarely(), any::<bool>(), rarely())
            .prop_map(|(target, standby, back, zonal)| ClusterAsk::Failover { target, standby, back, zonal }),
        8 => (any::<u8>(), small_priority())
            .prop_map(|(node, priority)| ClusterAsk::Priority { node, priority }),
        6 => node_ask(),
        1 => any::<bool>().prop_map(ClusterAsk::Lock),
        1 => Just(ClusterAsk::Delete),
        1 => Just(ClusterAsk::Describe),
    ]
}

fn node_ask() -> impl Strategy<Value = ClusterAsk> {
    prop_oneof![
        3 => (1_u8..4, node_kind()).prop_map(|(nodes, kind)| ClusterAsk::AddNodes { nodes, kind }),
        3 => (any::<u8>(), 1_u8..3).prop_map(|(from, nodes)| ClusterAsk::DropNodes { from, nodes }),
        1 => (0_u8..3).prop_map(|class| ClusterAsk::Class { class }),
        2 => (any::<u8>(), 0_u8..2).prop_map(|(node, class)| ClusterAsk::ClassOf { node, class }),
        3 => any::<u8>().prop_map(|node| ClusterAsk::Restart { node }),
        3 => (any::<u8>(), proptest::bool::weighted(0.7))
            .prop_map(|(node, on)| ClusterAsk::HotReplica { node, on }),
        2 => (0_u8..3, any::<bool>()).prop_map(|(zone, standby)| ClusterAsk::Zone { zone, standby }),
    ]
}

fn label_ask() -> impl Strategy<Value = LabelAsk> {
    prop_oneof![
        2 => (0_u8..3, option::of(any::<bool>())).prop_map(|(name, rtc)| LabelAsk::Modify { name, rtc }),
        2 => (0_u8..24).prop_map(LabelAsk::Tag),
        1 => option::of(0_u8..24).prop_map(LabelAsk::Untag),
        1 => Just(LabelAsk::List),
        1 => (0_u8..3).prop_map(LabelAsk::Regroup),
        1 => Just(LabelAsk::Progress),
    ]
}

fn how() -> impl Strategy<Value = How> {
    let failure = select([Failure::Network, Failure::Replication, Failure::Other].as_slice());
    prop_oneof![
        8 => any::<u8>().prop_map(How::Well),
        5 => failure.prop_map(How::Badly),
        1 => which().prop_map(How::Chosen),
        1 => Just(How::Done),
    ]
}

fn what() -> impl Strategy<Value = What> {
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
    let destination =
        prop_oneof![8 => Just(Place::Destination), 1 => Just(Place::Source), 1 => Just(Place::Third)];
    let few_nodes = prop_oneof![8 => 2_u8..5, 1 => Just(0), 1 => 1_u8..20];
    let branches = [
        (
            18,
            (caller(), which(), pair_ask())
                .prop_map(|(caller, pair, ask)| What::Pair { caller, pair, ask })
                .boxed(),
        ),
        (
            3,
            (caller(), 0_u8..4, (0_u8..8, 0_u8..8), destination, option::weighted(0.1, any::<u8>()))
                .prop_map(|(caller, id, disks, destination, months)| What::CreatePair {
                    caller,
                    id,
                    disks,
                    destination,
                    months,
                })
                .boxed(),
        ),
        (
            14,
            (caller(), which(), group_ask())
                .prop_map(|(caller, group, ask)| What::Group { caller, group, ask })
                .boxed(),
        ),
        (2, (caller(), 0_u8..3).prop_map(|(caller, id)| What::CreateGroup { caller, id }).boxed()),
        (
            2,
            (caller(), which(), 0_u8..6)
                .prop_map(|(caller, pair, id)| What::StartDrill { caller, pair, id })
                .boxed(),
        ),
        (2, (caller(), which()).prop_map(|(caller, drill)| What::ClearDrill { caller, drill }).boxed()),
        (1, which().prop_map(What::GroupInvalid).boxed()),
        (
            2,
            (any::<u8>(), any::<u8>())
                .prop_map(|(effect, member)| What::EndedPartly { effect, member })
                .boxed(),
        ),
        (
            18,
            (caller(), which(), cluster_ask())
                .prop_map(|(caller, cluster, ask)| What::Cluster { caller, cluster, ask })
                .boxed(),
        ),
        (
            3,
            (caller(), 0_u8..3, few_nodes, proptest::bool::weighted(0.9))
                .prop_map(|(caller, id, nodes, enough)| {
                    let fresh = if enough { nodes } else { nodes.saturating_add(1) };
                    What::CreateCluster { caller, id, nodes, fresh }
                })
                .boxed(),
        ),
        (
            1,
            (caller(), which(), label_ask())
                .prop_map(|(caller, pair, ask)| What::Label { caller, pair, ask })
                .boxed(),
        ),
        (1, (caller(), any::<bool>()).prop_map(|(caller, pairs)| What::Describe { caller, pairs }).boxed()),
        (1, caller().prop_map(|caller| What::DescribeGroups { caller }).boxed()),
        (1, (caller(), which()).prop_map(|(caller, drill)| What::DescribeDrills { caller, drill }).boxed()),
        (32, (any::<u8>(), how()).prop_map(|(effect, how)| What::Ended { effect, how }).boxed()),
        (2, (0_u64..60, how()).prop_map(|(effect, how)| What::Late { effect, how }).boxed()),
        (
            3,
            (0_u8..2, 0_u8..8, disk_change)
                .prop_map(|(account, disk, change)| What::Disk { account, disk, change })
                .boxed(),
        ),
        (1, which().prop_map(What::PairInvalid).boxed()),
        (10, (which(), node_change).prop_map(|(node, change)| What::Node { node, change }).boxed()),
        (
            2,
            (which(), 0_u8..3, proptest::bool::weighted(0.6))
                .prop_map(|(cluster, zone, up)| What::ZoneOf { cluster, zone, up })
                .boxed(),
        ),
        (1, (which(), any::<bool>()).prop_map(|(cluster, busy)| What::Busy { cluster, busy }).boxed()),
        (1, which().prop_map(What::Removed).boxed()),
        (5, Just(What::Advance).boxed()),
    ];
    Union::new_weighted(branches.into())
}
