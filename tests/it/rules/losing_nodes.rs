//! A cluster that loses nodes while it fails over: removed, down, changing class, restarting, not replicating, or one
//! coming back. It never has two writers, never elects a node that cannot be elected, and always ends.

#![allow(unused_must_use, reason = "a fixture's steps are not carried out by anybody")]

use std::collections::BTreeMap;

use failover_model::EffectKind;
use failover_model::polardb::{
    ClusterEffect, DeleteDbNodes, ModifyDbNodesClass, ModifyType, NodeChange, NodeKind, NodeTarget,
    RestartDbNode, Role,
};
use failover_model::{EffectId, Fresh, Misuse, NodeId, Observation, Outcome, Request, Step};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::kit::{self, CLUSTER, OWNER, SOURCE, World, id, ids, seed};

const READERS: [&str; 6] = ["a", "b", "c", "d", "s", "t"];
const ALL: [&str; 7] = ["w", "a", "b", "c", "d", "s", "t"];

/// Something that happens while the cluster works or fails over.
#[derive(Debug, Clone)]
enum Happens {
    Up(usize, bool),
    Replicating(usize, bool),
    Zone(bool, bool),
    Remove(usize),
    Class(usize),
    Restart(usize),
    FailOver(Option<usize>, bool),
    /// The failover's effect ends, well or badly; a choice falls on one of those offered.
    Ends(bool, usize),
    WorkEnds(bool),
}

fn happens() -> impl Strategy<Value = Happens> {
    let node = 0..ALL.len();
    prop_oneof![
        5 => (node.clone(), proptest::bool::weighted(0.5)).prop_map(|(node, up)| Happens::Up(node, up)),
        3 => (node.clone(), any::<bool>()).prop_map(|(node, well)| Happens::Replicating(node, well)),
        2 => (any::<bool>(), any::<bool>()).prop_map(|(second, up)| Happens::Zone(second, up)),
        2 => node.clone().prop_map(Happens::Remove),
        2 => node.clone().prop_map(Happens::Class),
        2 => node.clone().prop_map(Happens::Restart),
        4 => (proptest::option::of(node), proptest::bool::weighted(0.2))
            .prop_map(|(target, across)| Happens::FailOver(target, across)),
        7 => (proptest::bool::weighted(0.4), any::<usize>()).prop_map(|(well, which)| Happens::Ends(well, which)),
        3 => any::<bool>().prop_map(Happens::WorkEnds),
    ]
}

/// Four ordinary readers in two zones and two standby nodes in the third.
fn world() -> World {
    let mut world = World::with(|policy| policy.polardb.switch_window = failover_model::Span::from_secs(0));
    let mut seed = seed(&READERS.map(|node| (node, if "ab".contains(node) { 5 } else { 3 })));
    for node in &mut seed.nodes {
        match node.id.as_str() {
            "c" | "d" => node.zone = id("cn-shanghai-b"),
            "s" | "t" => (node.zone, node.kind) = (id("cn-shanghai-c"), NodeKind::Standby),
            _ => {}
        }
    }
    let _ = world.adopt(seed);
    world
}

/// Whether a node could be promoted at all: P-110 to P-114 once more, without what the electorate adds.
fn able(world: &World, node: &NodeId) -> bool {
    let standby = world.db().failover().is_some_and(|failover| failover.electorate().standby);
    let wanted = if standby { NodeKind::Standby } else { NodeKind::Ordinary };
    world.db().node(node).is_some_and(|node| {
        let fit = node.up && node.busy.is_none() && node.replicating;
        fit && node.role == Role::Reader && node.kind == wanted
    })
}

fn ordered(world: &mut World, request: impl Into<Request>) -> Option<Step> {
    let output = world.apply(OWNER, SOURCE, None, request.into(), Fresh::Order(id("o-1"))).unwrap();
    output.result.unwrap().ok().map(|_| output.step)
}

/// Lets one thing happen and watches the laws. `World` itself verifies every invariant, one writer among them.
fn watch(world: &mut World, happens: &Happens) {
    let observe = |world: &mut World, nodes: Vec<NodeId>, change| match world
        .report(failover_model::Report::Observed(Observation::Nodes { nodes, change }))
    {
        Ok(step) => Some(step),
        Err(misuse) => {
            assert_eq!(misuse, Misuse::Unknown, "the node was removed");
            None
        }
    };
    let writer_before = world.writer();
    let mut reported = false;
    let step = match happens {
        Happens::Up(node, up) => observe(world, ids(&[ALL[*node]]), NodeChange::Up(*up)),
        Happens::Replicating(node, well) => {
            observe(world, ids(&[ALL[*node]]), NodeChange::Replicating(*well))
        }
        Happens::Zone(second, up) => {
            let zone = if *second { "cn-shanghai-b" } else { "cn-shanghai-a" };
            let there = world.db().nodes().iter().filter(|node| node.zone.as_str() == zone);
            let there = there.map(|node| node.id.clone()).collect();
            observe(world, there, NodeChange::Up(*up))
        }
        Happens::Remove(node) => {
            let request = DeleteDbNodes::new(id(CLUSTER), ids(&[ALL[*node]]));
            ordered(world, request)
        }
        Happens::Class(node) => {
            let class = id("polar.mysql.x4.medium");
            let nodes = vec![NodeTarget::new(id(ALL[*node]), class)];
            let modify_type = ModifyType::Upgrade;
            let request = ModifyDbNodesClass::new(id(CLUSTER), modify_type, nodes);
            ordered(world, request)
        }
        Happens::Restart(node) => world.call(SOURCE, RestartDbNode::new(id(ALL[*node]))).ok(),
        Happens::FailOver(target, across) => {
            let mut request = kit::failover_request(target.map(|node| ALL[node]));
            if *across {
                request.target_zone_type = failover_model::polardb::TargetZoneType::Standby;
                request.roll_back_for_disaster = true;
            }
            world.call(SOURCE, request).ok()
        }
        Happens::Ends(well, which) => world.db().outstanding().map(|(pending, _, effect)| match effect {
            ClusterEffect::ChooseNode(tier) => {
                let node = tier[which % tier.len()].clone();
                world.outcome(pending, Outcome::Chosen(node)).unwrap()
            }
            _ if *well => {
                reported = true;
                world.succeed(pending)
            }
            _ => world.fail(pending),
        }),
        Happens::WorkEnds(well) => {
            let pending = world.db().work().map(|pending| pending.id);
            pending.map(|id: EffectId| if *well { world.succeed(id) } else { world.fail(id) })
        }
    };
    assert!(reported || world.writer() == writer_before, "only a reported promotion moves the writer");
    for effect in step.iter().flat_map(|step| &step.effects) {
        match &effect.kind {
            EffectKind::Cluster { effect: ClusterEffect::PromoteNode(node), .. } => {
                assert!(able(world, node), "{node} cannot be elected: {:?}", world.db());
            }
            EffectKind::Cluster { effect: ClusterEffect::ChooseNode(tier), .. } => {
                assert!(tier.len() > 1 && tier.iter().all(|node| able(world, node)));
            }
            _ => {}
        }
    }
    if let Some(failover) = world.db().failover()
        && let Some(node) = failover.switching()
    {
        let node = world.db().node(node).expect("a node that is being promoted is there");
        assert!(node.up && node.busy.is_none() && node.role == Role::Reader);
    }
}

/// With every further attempt failing, what runs comes to an end.
fn ends(world: &mut World) {
    let mut tries: BTreeMap<NodeId, u32> = BTreeMap::new();
    for _ in 0..40 {
        let Some((pending, _, effect)) = world.db().outstanding() else {
            // The cluster is as it was without a failover, or waits for a node that can take over.
            let lost = !world.db().writer().unwrap().up;
            assert_eq!(world.db_status() == "Switching", lost && !restarts(world), "{:?}", world.db());
            return;
        };
        match effect {
            ClusterEffect::ChooseNode(tier) => drop(world.outcome(pending, Outcome::Chosen(tier[0].clone()))),
            ClusterEffect::PromoteNode(node) => {
                *tries.entry(node.clone()).or_default() += 1;
                assert!(tries[&node] <= 1, "{node} is tried twice");
                world.fail(pending);
            }
            other => unreachable!("{other:?}"),
        }
    }
    panic!("the failover goes on: {:?}", world.db());
}

fn restarts(world: &World) -> bool {
    let writer = world.db().writer().unwrap();
    writer.busy.as_ref().is_some_and(|status| status.as_str() == "Rebooting")
}

proptest! {
    #![proptest_config(suite!("losing_nodes", 512))]

    #[test]
    fn a_cluster_that_loses_nodes_has_one_writer_elects_who_can_lead_and_ends(all in vec(happens(), 1..60)) {
        let mut world = world();
        for one in &all {
            world.later(1);
            watch(&mut world, one);
        }
        ends(&mut world);
    }
}

/// The same with one of everything: the fixed twin of the above.
#[test]
fn a_cluster_that_loses_one_node_in_each_way_elects_the_one_that_is_left() {
    let mut world = world();
    // d changes its class; the writer fails; a and b are offered, and b loses its replication.
    for one in [
        Happens::Class(4),
        Happens::Up(0, false),
        Happens::Replicating(2, false),
        // a is alone in its tier and goes down while it is promoted; c is next, and fails; nobody is left.
        Happens::Up(1, false),
        Happens::Ends(false, 0),
    ] {
        watch(&mut world, &one);
    }
    assert!(world.db().failover().is_none());
    assert_eq!(world.db_status(), "Switching");
    // The work on d ends, and a failover begins anew; c, which only failed once, takes part in it again.
    watch(&mut world, &Happens::WorkEnds(true));
    assert_eq!(world.offered(), ["c", "d"]);
    watch(&mut world, &Happens::Ends(true, 1));
    watch(&mut world, &Happens::Ends(true, 0));
    assert_eq!((world.writer().as_str(), world.db_status().as_str()), ("d", "Running"));
    // Those that come back are readers.
    watch(&mut world, &Happens::Zone(false, true));
    assert_eq!(world.db().nodes().iter().filter(|node| node.role == Role::Writer).count(), 1);
}
