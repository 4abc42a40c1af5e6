//! The life of a cluster's nodes and zones, and switches between zones, through the control plane.

#![allow(unused_must_use, reason = "a fixture's steps are not carried out by anybody")]

mod beside_a_failover;
mod classes;
mod creating;
mod hot_replicas;
mod other_readings;
mod removing;
mod restarting;
mod standby_modes;
mod standby_storage;
mod switching_zones;
mod zones;

use failover_model::FreshNodes;
use failover_model::polardb::{
    Cause, ClusterFact, ClusterSeed, CreateDbNodes, DeleteDbNodes, Edition, Engine, FailoverDbCluster,
    FailoverDbClusterZonal, ModifyDbClusterDeletion, ModifyDbClusterPrimaryZone, ModifyDbNodeClass,
    ModifyDbNodeHotReplicaMode, ModifyDbNodesClass, ModifyType, NewNode, NodeChange, NodeKind, NodeTarget,
    RestartDbNode, TargetZoneType,
};
use failover_model::policy::{
    AfterExhaustion, AutomaticInWindow, BusyCluster, ColumnStoreElection, ElectionZone, HotReplicaPreference,
    LowerTiers, MissingTarget, RollBack, StandardNodes, SwitchStatus, TargetInWindow, TokenMismatch,
    WindowFrom, WriterAsTarget, ZoneLoss,
};
use failover_model::{Fresh, Observation, Outcome, Refusal, Request, Step};

use crate::kit::{
    self, CLUSTER, OWNER, SOURCE, World, cluster_facts, failover_request, id, ids, message, ordered, rule,
    seed, with_readers,
};

const LARGE: &str = "polar.mysql.x4.large";
const MEDIUM: &str = "polar.mysql.x4.medium";

/// Readers `a` (5) and `b` (3), with changes.
fn seeded(change: impl FnOnce(&mut ClusterSeed)) -> World {
    let mut world = World::default();
    adopt(&mut world, change);
    world
}

fn adopt(world: &mut World, change: impl FnOnce(&mut ClusterSeed)) {
    let mut seed = seed(&[("a", 5), ("b", 3)]);
    change(&mut seed);
    let _ = world.adopt(seed);
}

/// `w` and `a` in the first zone, `s` and `t` in the standby cluster of the second.
fn two_zones() -> World {
    let mut world = World::default();
    adopt_two_zones(&mut world);
    world
}

fn adopt_two_zones(world: &mut World) {
    let mut seed = seed(&[("a", 5), ("s", 3), ("t", 2)]);
    for node in seed.nodes.iter_mut().skip(2) {
        node.kind = NodeKind::Standby;
        node.zone = id("cn-shanghai-b");
    }
    let _ = world.adopt(seed);
}

fn new_node(class: Option<&str>, zone: Option<&str>) -> NewNode {
    with!(NewNode::default(), class = class.map(id), zone = zone.map(id))
}

fn create(nodes: usize) -> CreateDbNodes {
    CreateDbNodes::new(id(CLUSTER), vec![new_node(Some(LARGE), None); nodes]).kind(NodeKind::Ordinary)
}

fn add(world: &mut World, request: CreateDbNodes) -> Result<Step, Refusal> {
    let nodes = (0..request.nodes.len()).map(|at| id(&format!("n-{at}"))).collect();
    let fresh = Fresh::Nodes(FreshNodes { nodes, order: id("o-8") });
    let output = world.apply(OWNER, SOURCE, None, request.into(), fresh).unwrap();
    output.result.unwrap().map(|_| output.step)
}

fn drop_nodes(names: &[&str]) -> DeleteDbNodes {
    DeleteDbNodes::new(id(CLUSTER), ids(names))
}

fn class_of(nodes: &[(&str, &str)]) -> ModifyDbNodesClass {
    let nodes = nodes.iter().map(|(node, class)| NodeTarget::new(id(node), id(class))).collect();
    ModifyDbNodesClass::new(id(CLUSTER), ModifyType::Upgrade, nodes)
}

fn class(class: &str) -> ModifyDbNodeClass {
    ModifyDbNodeClass::new(id(CLUSTER), ModifyType::Upgrade, id(class))
}

fn hot(node: &str, on: bool) -> ModifyDbNodeHotReplicaMode {
    ModifyDbNodeHotReplicaMode::new(id(CLUSTER), id(node), on)
}

fn to_zone(zone: &str, zone_type: TargetZoneType) -> ModifyDbClusterPrimaryZone {
    ModifyDbClusterPrimaryZone::new(id(CLUSTER), id(zone)).zone_type(zone_type)
}

fn restart(node: &str) -> RestartDbNode {
    RestartDbNode::new(id(node))
}

fn across(target: Option<&str>, back: bool) -> FailoverDbCluster {
    failover_request(target).roll_back_for_disaster(back).target_zone_type(TargetZoneType::Standby)
}

fn down(world: &mut World, nodes: &[&str]) -> Step {
    world.observe(Observation::Nodes { nodes: ids(nodes), change: NodeChange::Up(false) })
}

fn up(world: &mut World, nodes: &[&str]) -> Step {
    world.observe(Observation::Nodes { nodes: ids(nodes), change: NodeChange::Up(true) })
}

#[track_caller]
fn work_ends(world: &mut World, succeeded: bool) -> Step {
    let pending = world.db().work().expect("work is under way").id;
    if succeeded { world.succeed(pending) } else { world.fail(pending) }
}

fn refusal(result: Result<Step, Refusal>) -> (&'static str, u16, String) {
    let refusal = result.expect_err("the call is refused");
    let wire = refusal.wire();
    (refusal.rule().as_str(), wire.status, wire.code.to_string())
}

fn is(rule: &'static str, status: u16, code: &str) -> (&'static str, u16, String) {
    (rule, status, code.to_string())
}

fn eligible(world: &World) -> Vec<String> {
    world.db().eligible().map(|(node, _)| node.to_string()).collect()
}

fn zone_of(world: &World, node: &str) -> String {
    world.db().node(&id(node)).unwrap().zone.to_string()
}

/// What a call answers as its reason, beside the events.
#[test]
fn an_accepted_call_names_the_rule_that_decided() {
    let decided = |request: Request, fresh| {
        let output = with_readers(&[("a", 5), ("b", 3)]).apply(OWNER, SOURCE, None, request, fresh).unwrap();
        output.result.unwrap().unwrap();
        output.rule.map(|rule| rule.as_str())
    };
    let cluster = || id(CLUSTER);
    let node = failover_model::polardb::ModifyDbNodeConfig::new(cluster(), id("a"), kit::priority(1));
    let lock = ModifyDbClusterDeletion::new(cluster(), true);
    let plain = [
        (failover_request(Some("b")).into(), "P-140"),
        (failover_request(None).into(), "P-141"),
        (restart("a").into(), "P-242"),
        (failover_model::polardb::DeleteDbCluster::new(cluster()).into(), "P-023"),
        (lock.into(), "P-026"),
        (node.into(), "P-122"),
    ];
    for (request, rule) in plain {
        assert_eq!(decided(request, Fresh::None), Some(rule));
    }
    assert_eq!(decided(hot("a", true).into(), Fresh::Order(id("o-1"))), Some("P-253"));
}
