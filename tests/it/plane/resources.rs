//! A pair, a group and a cluster without a control plane, as an embedder holds them who keeps resources in a database of their own.

use failover_model::ebs::{GroupStatus, PairStatus, RPO, ReplicaPair};
use failover_model::lifecycle::Due;
use failover_model::polardb::{ClusterEffect, Context, Failure, NodeChange};
use failover_model::policy::{EbsPolicy, PolarDbPolicy};
use failover_model::{EffectId, Outcome};

use crate::kit::{World, at, id, pair_id, seed};

/// E-410: the copy that begins leaves the next one due, before anybody looks again.
#[test]
fn the_copy_of_a_pair_that_is_due_leaves_the_next_one_due() {
    let mut world = World::default();
    let mut pair = world.bring_to(PairStatus::Normal).pair(1).clone();
    let due = pair.due().unwrap();
    let Some(Due::Cycle(plan)) = pair.decide_due(due, &EbsPolicy::default()) else {
        panic!("nothing is due")
    };
    let _ = pair.apply(plan, EffectId(99));
    assert_eq!(pair.due(), Some(due.after(RPO)));
}

/// G-410: the round that begins leaves the next one due, before anybody looks again.
#[test]
fn the_round_of_a_group_that_is_due_leaves_the_next_one_due() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal);
    let mut group = world.group(1).group;
    let members: Vec<&ReplicaPair> = world.plane.pairs().collect();
    let due = group.due().unwrap();
    let Some(Due::Cycle(plan)) = group.decide_due(due, &members) else { panic!("nothing is due") };
    let _ = group.apply(plan, EffectId(99));
    assert_eq!(group.due(), Some(due.after(RPO)));
}

#[test]
fn a_group_takes_the_end_of_no_copy_but_the_one_under_way() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Syncing);
    let (group, copy) = (world.group(1).group, world.pending(1));
    let members: Vec<&ReplicaPair> = world.plane.pairs().collect();
    let done = Outcome::Succeeded;
    let ends = |id| group.decide_copied(world.plane.clock(), &pair_id(1), id, &done, &members).is_ok();
    assert!(ends(copy));
    assert!(!ends(EffectId(copy.0 - 1)) && !ends(world.pending(2)));
}

/// P-161: the next node is found when the plan is made, which takes the id that it is offered only with an effect.
#[test]
fn a_plan_of_a_cluster_names_the_next_node_and_takes_an_id_only_with_an_effect() {
    let mut world = World::default();
    let _ = world.adopt(seed(&[("a", 5), ("b", 3)]));
    let (policy, now) = (PolarDbPolicy::default(), world.plane.clock());
    let context = |id| Context { now, effect: EffectId(id), policy: &policy };
    let mut cluster = world.db().clone();
    let down =
        |node: &str| cluster.decide_nodes(context(99), &[id(node)], NodeChange::Up(false), at(99)).unwrap();
    assert!(!down("b").asks());
    let plan = down("w");
    assert!(plan.asks());
    let step = cluster.apply(plan);
    assert_eq!(step.asked, Some((EffectId(99), ClusterEffect::PromoteNode(id("a")))));
    let before = cluster.clone();
    let failed = Outcome::Failed { failure: Failure::Network, message: None };
    let plan = cluster.decide_outcome(context(100), EffectId(99), &failed).unwrap();
    assert!(plan.asks() && cluster == before);
    let step = cluster.apply(plan);
    assert_eq!(step.asked, Some((EffectId(100), ClusterEffect::PromoteNode(id("b")))));
    assert_eq!(step.ended, [EffectId(99)]);
}
