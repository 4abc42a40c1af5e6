//! The life of a cluster's nodes and zones, and switches between zones, through the control plane.

#![allow(unused_must_use, reason = "a fixture's steps are not carried out by anybody")]

use failover_model::control_plane::FreshNodes;
use failover_model::polardb::{
    Cause, ClusterFact, ClusterSeed, CreateDbNodes, DeleteDbNodes, Edition, Engine, FailoverDbCluster,
    FailoverDbClusterZonal, ModifyDbClusterDeletion, ModifyDbClusterPrimaryZone, ModifyDbNodeClass,
    ModifyDbNodeHotReplicaMode, ModifyDbNodesClass, ModifyType, NewNode, NodeChange, NodeKind, NodeTarget,
    RestartDbNode, TargetZoneType,
};
use failover_model::policy::{
    AfterExhaustion, AutomaticInWindow, BusyCluster, ColumnStoreElection, ElectionZone, HotReplicaPreference,
    LowerTiers, MissingTarget, RollBack, StandardNodes, SwitchStatus, TargetInWindow, TokenMismatch,
    WindowFrom, ZoneLoss,
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
    NewNode { class: class.map(id), zone: zone.map(id) }
}

fn create(nodes: usize) -> CreateDbNodes {
    CreateDbNodes {
        cluster: id(CLUSTER),
        nodes: vec![new_node(Some(LARGE), None); nodes],
        kind: NodeKind::Ordinary,
        other: Vec::new(),
    }
}

fn add(world: &mut World, request: CreateDbNodes) -> Result<Step, Refusal> {
    let nodes = (0..request.nodes.len()).map(|at| id(&format!("n-{at}"))).collect();
    let fresh = Fresh::Nodes(FreshNodes { nodes, order: id("o-8") });
    let output = world.apply(OWNER, SOURCE, None, request.into(), fresh).unwrap();
    output.result.unwrap().map(|_| output.step)
}

fn drop_nodes(names: &[&str]) -> DeleteDbNodes {
    DeleteDbNodes { cluster: id(CLUSTER), nodes: ids(names), kind: None }
}

fn class_of(nodes: &[(&str, &str)]) -> ModifyDbNodesClass {
    let nodes = nodes.iter().map(|(node, class)| NodeTarget { node: id(node), class: id(class) }).collect();
    ModifyDbNodesClass { cluster: id(CLUSTER), modify_type: ModifyType::Upgrade, nodes, other: Vec::new() }
}

fn class(class: &str) -> ModifyDbNodeClass {
    ModifyDbNodeClass {
        cluster: id(CLUSTER),
        modify_type: ModifyType::Upgrade,
        class: id(class),
        ai_nodes: false,
        other: Vec::new(),
    }
}

fn hot(node: &str, on: bool) -> ModifyDbNodeHotReplicaMode {
    ModifyDbNodeHotReplicaMode { cluster: id(CLUSTER), node: id(node), on }
}

fn to_zone(zone: &str, zone_type: TargetZoneType) -> ModifyDbClusterPrimaryZone {
    ModifyDbClusterPrimaryZone { cluster: id(CLUSTER), zone: id(zone), zone_type, vswitch: None }
}

fn restart(node: &str) -> RestartDbNode {
    RestartDbNode { node: id(node) }
}

fn across(target: Option<&str>, back: bool) -> FailoverDbCluster {
    FailoverDbCluster {
        roll_back_for_disaster: back,
        target_zone_type: TargetZoneType::Standby,
        ..failover_request(target)
    }
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
    (refusal.rule().0, wire.status, wire.code.to_string())
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
        output.rule.map(|rule| rule.0)
    };
    let cluster = || id(CLUSTER);
    let node = failover_model::polardb::ModifyDbNodeConfig {
        cluster: cluster(),
        node: id("a"),
        priority: kit::priority(1),
    };
    let lock = ModifyDbClusterDeletion { cluster: cluster(), protection: true };
    let plain = [
        (failover_request(Some("b")).into(), "P-140"),
        (failover_request(None).into(), "P-141"),
        (restart("a").into(), "P-242"),
        (failover_model::polardb::DeleteDbCluster { cluster: cluster() }.into(), "P-023"),
        (lock.into(), "P-026"),
        (node.into(), "P-122"),
    ];
    for (request, rule) in plain {
        assert_eq!(decided(request, Fresh::None), Some(rule));
    }
    assert_eq!(decided(hot("a", true).into(), Fresh::Order(id("o-1"))), Some("P-253"));
}

mod creating {
    use super::*;

    /// P-213.
    #[test]
    fn a_new_node_is_listed_at_once_and_can_be_elected_once_it_is_made() {
        let mut world = with_readers(&[("a", 5)]);
        let step = add(&mut world, create(1)).unwrap();
        assert_eq!(step.effects[0].kind.name(), "create_nodes");
        assert_eq!(world.db_status(), "DBNodeCreating");
        let node = world.db().node(&id("n-0")).unwrap();
        assert_eq!((world.db().node_status(node), node.priority.get()), ("DBNodeCreating", 1));
        assert_eq!(eligible(&world), ["a"]);
        work_ends(&mut world, true);
        assert_eq!(world.db_status(), "Running");
        assert_eq!(eligible(&world), ["a", "n-0"]);
        assert_eq!(world.plane.cluster_of(&id("n-0")).unwrap().id().as_str(), CLUSTER);
    }

    /// P-203.
    #[test]
    fn nodes_whose_creation_fails_are_gone_and_their_ids_are_free() {
        let mut world = with_readers(&[("a", 5)]);
        add(&mut world, create(2)).unwrap();
        work_ends(&mut world, false);
        assert_eq!((world.db().nodes().len(), world.db_status().as_str()), (2, "Running"));
        assert!(world.plane.cluster_of(&id("n-1")).is_none());
        add(&mut world, create(2)).unwrap();
    }

    /// P-108, P-214: only nodes of the standby cluster, made elsewhere than the primary zone, make a standby zone.
    #[test]
    fn the_first_standby_nodes_elsewhere_make_their_zone_the_standby_one() {
        let made = |kind, zone: &str, succeeded| {
            let mut world = seeded(|seed| seed.nodes[1].zone = id("cn-shanghai-b"));
            let nodes = vec![new_node(Some(LARGE), Some(zone))];
            add(&mut world, CreateDbNodes { nodes, kind, ..create(1) }).unwrap();
            work_ends(&mut world, succeeded);
            world.db().standby_zone().map(ToString::to_string)
        };
        assert_eq!(made(NodeKind::Standby, "cn-shanghai-b", true).as_deref(), Some("cn-shanghai-b"));
        assert_eq!(made(NodeKind::Standby, "cn-shanghai-b", false), None);
        assert_eq!(made(NodeKind::Standby, "cn-shanghai-a", true), None, "the primary zone");
        assert_eq!(made(NodeKind::Ordinary, "cn-shanghai-b", true), None);
    }

    /// P-214.
    #[test]
    fn a_standby_node_goes_to_the_standby_zone_unless_told_otherwise() {
        let mut world = two_zones();
        add(&mut world, CreateDbNodes { kind: NodeKind::Standby, ..create(1) }).unwrap();
        assert_eq!(zone_of(&world, "n-0"), "cn-shanghai-b");
        work_ends(&mut world, true);
        let ordinary = CreateDbNodes { nodes: vec![new_node(Some(LARGE), None)], ..create(1) };
        let fresh = Fresh::Nodes(FreshNodes { nodes: ids(&["n-9"]), order: id("o-8") });
        drop(world.apply(OWNER, SOURCE, None, ordinary.into(), fresh).unwrap().result.unwrap().unwrap());
        assert_eq!(zone_of(&world, "n-9"), "cn-shanghai-a");
    }

    /// P-210, P-211, P-212: fifteen in one call, sixteen in all.
    #[test]
    fn the_number_of_nodes_is_bounded() {
        let number = |rule| is(rule, 400, "InvalidDBNodeNum.Malformed");
        assert_eq!(refusal(add(&mut with_readers(&[("a", 1)]), create(0))), number("P-211"));
        assert_eq!(refusal(add(&mut with_readers(&[("a", 1)]), create(16))), number("P-211"));
        assert_eq!(refusal(add(&mut with_readers(&[("a", 1)]), create(15))), number("P-210"));
        let mut world = with_readers(&[("a", 1)]);
        add(&mut world, create(14)).unwrap();
        work_ends(&mut world, true);
        let mut one = create(1);
        one.nodes.truncate(1);
        assert_eq!(refusal(add(&mut world, one)), number("P-210"));
        let mut world = seeded(|seed| seed.engine = Engine::PostgreSql);
        assert_eq!(refusal(add(&mut world, create(2))), number("P-212"));
        add(&mut world, create(1)).unwrap();
    }

    /// P-214.
    #[test]
    fn a_new_node_is_like_those_there_are() {
        let nodes = |node| CreateDbNodes { nodes: vec![node], ..create(1) };
        let malformed = || is("P-214", 400, "InvalidDBNode.Malformed");
        let mut world = with_readers(&[("a", 5)]);
        assert_eq!(refusal(add(&mut world, nodes(new_node(None, None)))), malformed());
        assert_eq!(refusal(add(&mut world, nodes(new_node(Some(MEDIUM), None)))), malformed());
        let elsewhere = refusal(add(&mut world, nodes(new_node(Some(LARGE), Some("cn-shanghai-x")))));
        assert_eq!(elsewhere, is("P-601", 400, "InvalidZoneId.Malformed"));
        add(&mut world, nodes(new_node(None, Some("cn-shanghai-a")))).unwrap();
        let mut world = seeded(|seed| seed.engine = Engine::Oracle);
        assert_eq!(refusal(add(&mut world, nodes(new_node(None, Some("cn-shanghai-a"))))), malformed());
    }

    /// P-215, P-112.
    #[test]
    fn a_column_store_node_needs_mysql_and_a_reader_and_is_never_elected() {
        let column = || CreateDbNodes { kind: NodeKind::ColumnStore, ..create(1) };
        let code = || is("P-601", 400, "InvalidImciSwitch.Malformed");
        assert_eq!(refusal(add(&mut with_readers(&[]), column())), code());
        let mut world = seeded(|seed| seed.engine = Engine::PostgreSql);
        assert_eq!(refusal(add(&mut world, column())), code());
        let mut world = with_readers(&[("a", 1)]);
        add(&mut world, column()).unwrap();
        work_ends(&mut world, true);
        assert_eq!(eligible(&world), ["a"]);
        assert_eq!(rule(world.fail_over(Some("n-0"))), "P-112");
    }

    /// P-101, P-202, P-100.
    #[test]
    fn the_edition_the_status_and_the_owner_are_looked_at() {
        let mut world = seeded(|seed| seed.edition = Edition::Archive);
        assert_eq!(refusal(add(&mut world, create(1))), is("P-101", 403, "OperationDenied.ClusterCategory"));
        let mut world = with_readers(&[("a", 1)]);
        add(&mut world, create(1)).unwrap();
        let busy = is("P-202", 403, "OperationDenied.DBClusterStatus");
        assert_eq!(refusal(ordered(&mut world, drop_nodes(&["a"]))).0, "P-202");
        assert_eq!(refusal(ordered(&mut world, class(MEDIUM))), busy);
        assert_eq!(rule(world.fail_over(None)), "P-105");
        let unknown = CreateDbNodes { cluster: id("pc-x"), ..create(1) };
        assert_eq!(refusal(add(&mut world, unknown)), is("P-100", 404, "InvalidDBClusterId.NotFound"));
    }
}

mod removing {
    use super::*;

    /// P-223.
    #[test]
    fn a_removed_node_goes_when_that_is_reported() {
        let mut world = with_readers(&[("a", 5), ("b", 3)]);
        ordered(&mut world, drop_nodes(&["a"])).unwrap();
        assert_eq!((world.db_status().as_str(), eligible(&world)), ("DBNodeDeleting", vec!["b".to_string()]));
        work_ends(&mut world, true);
        assert!(world.db().node(&id("a")).is_none() && world.plane.cluster_of(&id("a")).is_none());
        assert_eq!(world.db_status(), "Running");
        // The last reader stays.
        assert_eq!(
            refusal(ordered(&mut world, drop_nodes(&["b"]))),
            is("P-222", 400, "InvalidDBNodeNum.Malformed")
        );
    }

    /// P-203.
    #[test]
    fn a_removal_that_fails_leaves_the_node_as_it_was() {
        let mut world = with_readers(&[("a", 5), ("b", 3)]);
        ordered(&mut world, drop_nodes(&["a"])).unwrap();
        work_ends(&mut world, false);
        assert_eq!(eligible(&world), ["a", "b"]);
    }

    /// P-221, P-220, P-201, P-222.
    #[test]
    fn the_writer_strangers_and_too_many_are_not_removed() {
        let mut world = with_readers(&[("a", 5), ("b", 3), ("c", 1)]);
        let mut refused = |names: &[&str]| refusal(ordered(&mut world, drop_nodes(names)));
        assert_eq!(refused(&["w"]), is("P-221", 403, "OperationDenied.DBNodeRole"));
        assert_eq!(refused(&["x"]), is("P-201", 400, "InvalidDBNode.Malformed"));
        assert_eq!(refused(&["a", "a"]), is("P-220", 400, "InvalidDBNode.Malformed"));
        assert_eq!(refused(&["a", "b", "c"]), is("P-222", 400, "InvalidDBNodeNum.Malformed"));
        assert_eq!(refused(&[]), is("P-211", 400, "InvalidDBNodeNum.Malformed"));
        let ai = DeleteDbNodes { kind: Some(NodeKind::Ai), ..drop_nodes(&["a"]) };
        assert_eq!(refusal(ordered(&mut world, ai)), is("P-220", 400, "InvalidDBNode.Malformed"));
        ordered(&mut world, drop_nodes(&["a", "b"])).unwrap();
    }

    /// P-212.
    #[test]
    fn only_mysql_removes_several_at_once() {
        let mut world = World::default();
        world.adopt(ClusterSeed { engine: Engine::PostgreSql, ..seed(&[("a", 5), ("b", 3), ("c", 1)]) });
        let several = refusal(ordered(&mut world, drop_nodes(&["a", "b"])));
        assert_eq!(several, is("P-212", 400, "InvalidDBNodeNum.Malformed"));
        ordered(&mut world, drop_nodes(&["a"])).unwrap();
    }

    /// P-222: what is no ordinary node does not count.
    #[test]
    fn a_column_store_node_may_go_from_beside_the_last_reader() {
        let mut world = seeded(|seed| seed.nodes[2].kind = NodeKind::ColumnStore);
        assert_eq!(refusal(ordered(&mut world, drop_nodes(&["a"]))).0, "P-222");
        ordered(&mut world, drop_nodes(&["b"])).unwrap();
    }
}

mod classes {
    use super::*;

    /// P-234, P-230.
    #[test]
    fn a_change_of_class_shows_and_keeps_its_nodes_out_of_the_election() {
        let mut world = with_readers(&[("a", 5), ("b", 3)]);
        ordered(&mut world, class_of(&[("a", MEDIUM)])).unwrap();
        assert_eq!((world.db_status().as_str(), eligible(&world)), ("ClassChanging", vec!["b".to_string()]));
        work_ends(&mut world, true);
        assert_eq!(world.db().node(&id("a")).unwrap().class.as_str(), MEDIUM);
        assert_eq!(eligible(&world), ["a", "b"]);
        ordered(&mut world, class(MEDIUM)).unwrap();
        assert_eq!(world.db().work().unwrap().effect.nodes().len(), 3);
        work_ends(&mut world, false);
        assert_eq!(world.db().node(&id("b")).unwrap().class.as_str(), LARGE);
    }

    /// P-231: one reader keeps the class of the primary, whichever of the two changes.
    #[test]
    fn one_reader_keeps_the_class_of_the_writer() {
        let denied = || is("P-231", 403, "OperationDenied.RoEqualSpec");
        let mut world = with_readers(&[("a", 5), ("b", 3)]);
        let both = class_of(&[("a", MEDIUM), ("b", MEDIUM)]);
        assert_eq!(refusal(ordered(&mut world, both)), denied());
        assert_eq!(refusal(ordered(&mut world, class_of(&[("w", MEDIUM)]))), denied());
        ordered(&mut world, class_of(&[("w", MEDIUM), ("b", MEDIUM)])).unwrap();
        // A cluster of one node has no reader to keep.
        let mut world = with_readers(&[]);
        ordered(&mut world, class(MEDIUM)).unwrap();
    }

    /// P-232, P-233.
    #[test]
    fn hot_replicas_follow_the_writer_and_ai_nodes_go_their_own_way() {
        let mut world = seeded(|seed| {
            seed.nodes[1].hot_replica = true;
            seed.nodes[2].kind = NodeKind::Ordinary;
        });
        let apart = ordered(&mut world, class_of(&[("a", MEDIUM)]));
        assert_eq!(refusal(apart), is("P-232", 404, "InvalidDBInstanceClass.NotFound"));
        let ai = ModifyDbNodeClass { ai_nodes: true, ..class(MEDIUM) };
        assert_eq!(refusal(ordered(&mut world, ai.clone())).0, "P-601");
        let mut world = seeded(|seed| seed.nodes[2].kind = NodeKind::Ai);
        ordered(&mut world, ai).unwrap();
        assert_eq!(world.db().work().unwrap().effect.nodes(), [&id("b")]);
    }

    /// P-201, P-211.
    #[test]
    fn the_nodes_are_known_and_few() {
        let mut world = with_readers(&[("a", 5)]);
        assert_eq!(refusal(ordered(&mut world, class_of(&[("x", MEDIUM)]))).0, "P-201");
        assert_eq!(refusal(ordered(&mut world, class_of(&[]))).0, "P-211");
    }
}

mod restarting {
    use super::*;

    /// P-242, P-244.
    #[test]
    fn a_reader_restarts_and_is_not_elected_meanwhile() {
        let mut world = with_readers(&[("a", 5), ("b", 3)]);
        world.call(SOURCE, restart("a")).unwrap();
        assert_eq!((world.db_status().as_str(), eligible(&world)), ("Rebooting", vec!["b".to_string()]));
        world.node("a", NodeChange::Up(false));
        work_ends(&mut world, true);
        assert_eq!(eligible(&world), ["a", "b"], "it runs again though nobody observed it");
    }

    /// P-243: nobody takes over while the writer restarts, however it looks from outside.
    #[test]
    fn a_writer_that_restarts_is_waited_for() {
        let mut world = with_readers(&[("a", 5)]);
        world.call(SOURCE, restart("w")).unwrap();
        let step = down(&mut world, &["w"]);
        assert!(step.effects.is_empty());
        assert_eq!(world.db_status(), "Rebooting");
        work_ends(&mut world, true);
        assert_eq!((world.writer().as_str(), world.db_status().as_str()), ("w", "Running"));
    }

    /// P-244.
    #[test]
    fn a_writer_that_fails_to_restart_is_replaced() {
        let mut world = with_readers(&[("a", 5)]);
        world.call(SOURCE, restart("w")).unwrap();
        work_ends(&mut world, false);
        assert_eq!(world.promoting(), "a");
        world.promoted();
        assert_eq!((world.writer().as_str(), eligible(&world).len()), ("a", 0));
    }

    /// P-302: with nobody to replace it, the cluster is without a writer once the restart has failed.
    #[test]
    fn a_lone_writer_that_fails_to_restart_leaves_the_cluster_switching() {
        let mut world = with_readers(&[]);
        world.call(SOURCE, restart("w")).unwrap();
        let step = work_ends(&mut world, false);
        assert_eq!((world.db_status().as_str(), kit::rules(&step).pop()), ("Switching", Some("P-302")));
    }

    /// P-240, P-202.
    #[test]
    fn only_a_known_node_of_a_running_cluster_restarts() {
        let mut world = with_readers(&[("a", 5)]);
        let unknown = refusal(world.call(SOURCE, restart("x")));
        assert_eq!(unknown, is("P-240", 400, "InvalidDBNodeId.Malformed"));
        let foreign = world.apply("2002", SOURCE, None, restart("a").into(), Fresh::None).unwrap();
        assert_eq!(rule(foreign.result.unwrap()), "P-240");
        world.call(SOURCE, restart("a")).unwrap();
        assert_eq!(rule(world.call(SOURCE, restart("w"))), "P-202");
    }
}

mod hot_replicas {
    use super::*;

    /// P-253, P-254.
    #[test]
    fn the_first_hot_replica_restarts_every_node_and_later_ones_none() {
        let mut world = with_readers(&[("a", 5), ("b", 3)]);
        ordered(&mut world, hot("a", true)).unwrap();
        assert_eq!((world.db_status().as_str(), eligible(&world).len()), ("RoleSwitching", 0));
        let writer = world.db().writer().unwrap();
        assert_eq!(world.db().node_status(writer), "Rebooting");
        assert!(down(&mut world, &["w", "a"]).effects.is_empty(), "they restart");
        assert_eq!(world.db_status(), "RoleSwitching", "and the writer is not lost");
        work_ends(&mut world, true);
        assert!(world.db().node(&id("a")).unwrap().hot_replica);
        assert_eq!((world.db_status().as_str(), eligible(&world).len()), ("Running", 2));
        for (node, on) in [("b", true), ("a", false), ("b", false), ("a", true)] {
            ordered(&mut world, hot(node, on)).unwrap();
            assert_eq!(eligible(&world).len(), 2, "nobody restarts");
            work_ends(&mut world, true);
        }
    }

    /// P-203, P-253: what failed was not the first.
    #[test]
    fn a_hot_replica_that_fails_is_none_and_the_next_one_restarts_every_node_again() {
        let mut world = with_readers(&[("a", 5), ("b", 3)]);
        for _ in 0..2 {
            ordered(&mut world, hot("a", true)).unwrap();
            assert_eq!(eligible(&world).len(), 0, "all restart");
            work_ends(&mut world, false);
            assert!(!world.db().node(&id("a")).unwrap().hot_replica);
            assert_eq!(eligible(&world), ["a", "b"]);
        }
    }

    /// P-250, P-251, P-252, P-201.
    #[test]
    fn a_hot_replica_is_an_ordinary_reader_of_the_writers_class_on_mysql() {
        let mut world = seeded(|seed| seed.engine = Engine::PostgreSql);
        let engine = refusal(ordered(&mut world, hot("a", true)));
        assert_eq!(engine, is("P-250", 400, "InvalidDBType.Malformed"));
        let mut world = seeded(|seed| {
            seed.nodes[1].class = id(MEDIUM);
            seed.nodes[2].kind = NodeKind::ColumnStore;
        });
        let mut refused = |node| refusal(ordered(&mut world, hot(node, true)));
        assert_eq!(refused("x"), is("P-201", 404, "InvalidDBNodeId.NotFound"));
        assert_eq!(refused("w"), is("P-251", 400, "InvalidDBNodeId.Malformed"));
        assert_eq!(refused("b"), is("P-251", 400, "InvalidDBNodeId.Malformed"));
        assert_eq!(refused("a"), is("P-252", 404, "InvalidDBInstanceClass.NotFound"));
    }
}

mod zones {
    use super::*;

    /// P-261, P-262.
    #[test]
    fn the_primary_zone_changes_and_changes_places_with_the_standby_one() {
        let mut world = two_zones();
        world.call(SOURCE, to_zone("cn-shanghai-b", TargetZoneType::Primary)).unwrap();
        assert_eq!(
            (world.db_status().as_str(), zone_of(&world, "w").as_str()),
            ("Transing", "cn-shanghai-a")
        );
        work_ends(&mut world, true);
        assert_eq!(zone_of(&world, "a"), "cn-shanghai-b");
        assert_eq!(zone_of(&world, "s"), "cn-shanghai-a");
        assert_eq!(world.db().standby_zone().unwrap().as_str(), "cn-shanghai-a");
        world.call(SOURCE, to_zone("cn-shanghai-c", TargetZoneType::Standby)).unwrap();
        assert_eq!(world.db_status(), "StandbyTransing");
        work_ends(&mut world, true);
        assert_eq!(
            (zone_of(&world, "s"), zone_of(&world, "w")),
            ("cn-shanghai-c".into(), "cn-shanghai-b".into())
        );
        assert_eq!(world.db().standby_zone().unwrap().as_str(), "cn-shanghai-c");
    }

    /// P-203.
    #[test]
    fn a_move_that_fails_leaves_both_zones_where_they_were() {
        for (zone, kind) in
            [("cn-shanghai-b", TargetZoneType::Primary), ("cn-shanghai-c", TargetZoneType::Standby)]
        {
            let mut world = two_zones();
            world.call(SOURCE, to_zone(zone, kind)).unwrap();
            work_ends(&mut world, false);
            let zones = ["w", "a", "s", "t"].map(|node| zone_of(&world, node).pop().unwrap());
            assert_eq!(zones, ['a', 'a', 'b', 'b']);
            assert_eq!(world.db().standby_zone().unwrap().as_str(), "cn-shanghai-b");
        }
    }

    /// P-261.
    #[test]
    fn only_what_is_in_the_zone_moves() {
        let mut world = seeded(|seed| seed.nodes[2].zone = id("cn-shanghai-c"));
        world.call(SOURCE, to_zone("cn-shanghai-b", TargetZoneType::Primary)).unwrap();
        assert_eq!(world.db().work().unwrap().effect.nodes(), [&id("w"), &id("a")]);
    }

    /// P-108: a standby node in the primary zone makes no standby zone.
    #[test]
    fn an_adopted_cluster_has_its_standby_zone_where_its_standby_nodes_are_but_for_the_writers() {
        let adopted = |zone: &str| {
            let world =
                seeded(|seed| (seed.nodes[1].kind, seed.nodes[1].zone) = (NodeKind::Standby, id(zone)));
            world.db().standby_zone().map(ToString::to_string)
        };
        assert_eq!(adopted("cn-shanghai-b").as_deref(), Some("cn-shanghai-b"));
        assert_eq!(adopted("cn-shanghai-a"), None);
    }

    /// P-260, P-202.
    #[test]
    fn the_zone_is_another_and_the_cluster_running() {
        let same = is("P-260", 400, "InvalidZoneId.Same");
        let mut world = two_zones();
        for (zone, kind) in [
            ("cn-shanghai-a", TargetZoneType::Primary),
            ("cn-shanghai-a", TargetZoneType::Standby),
            ("cn-shanghai-b", TargetZoneType::Standby),
        ] {
            assert_eq!(refusal(world.call(SOURCE, to_zone(zone, kind))), same);
        }
        world.call(SOURCE, restart("a")).unwrap();
        assert_eq!(rule(world.call(SOURCE, to_zone("cn-shanghai-c", TargetZoneType::Primary))), "P-202");
        let mut world = seeded(|seed| seed.engine = Engine::Oracle);
        let request = to_zone("cn-shanghai-c", TargetZoneType::Primary);
        assert_eq!(rule(world.call(SOURCE, request.clone())), "P-600");
        let request = ModifyDbClusterPrimaryZone { vswitch: Some("vsw-1".into()), ..request };
        world.call(SOURCE, request).unwrap();
    }

    /// P-026.
    #[test]
    fn the_lock_is_set_and_lifted() {
        let lock = |protection| ModifyDbClusterDeletion { cluster: id(CLUSTER), protection };
        let delete = || failover_model::polardb::DeleteDbCluster { cluster: id(CLUSTER) };
        let mut world = with_readers(&[("a", 5)]);
        let step = world.call(SOURCE, lock(true)).unwrap();
        assert_eq!(cluster_facts(&step), [("P-026", ClusterFact::Locked(true))]);
        assert!(world.call(SOURCE, lock(true)).unwrap().events.is_empty());
        let locked = refusal(world.call(SOURCE, delete()));
        assert_eq!(locked, is("P-021", 403, "OperationDenied.DBClusterDeletionLock"));
        world.call(SOURCE, lock(false)).unwrap();
        world.call(SOURCE, delete()).unwrap();
    }
}

mod switching_zones {
    use super::*;

    /// P-108, P-109.
    #[test]
    fn the_standby_nodes_take_over_and_become_the_primary_cluster() {
        let mut world = two_zones();
        assert_eq!(rule(world.call(SOURCE, across(Some("a"), false))), "P-112");
        assert_eq!(rule(world.fail_over(Some("s"))), "P-112");
        world.call(SOURCE, across(None, false)).unwrap();
        assert_eq!(world.promoting(), "s", "the highest priority among the standby nodes");
        world.promotion_fails();
        assert_eq!(world.promoting(), "t", "and no ordinary node after it");
        world.promoted();
        let kind = |world: &World, node| world.db().node(&id(node)).unwrap().kind;
        assert_eq!((kind(&world, "t"), kind(&world, "s")), (NodeKind::Ordinary, NodeKind::Ordinary));
        assert_eq!((kind(&world, "w"), kind(&world, "a")), (NodeKind::Standby, NodeKind::Standby));
        assert_eq!(world.db().standby_zone().unwrap().as_str(), "cn-shanghai-a");
        assert_eq!(eligible(&world), ["s"]);
    }

    /// P-190.
    #[test]
    fn the_writer_returns_when_a_node_of_its_zone_becomes_eligible() {
        let mut world = two_zones();
        world.call(SOURCE, across(Some("s"), true)).unwrap();
        world.promoted();
        assert_eq!(world.db().home().unwrap().as_str(), "cn-shanghai-a");
        assert!(down(&mut world, &["a"]).effects.is_empty());
        let step = up(&mut world, &["a"]);
        let began = ClusterFact::FailoverBegan { cause: Cause::RollBack, requested: None };
        assert!(cluster_facts(&step).contains(&("P-190", began)));
        // Only nodes of that zone take part; there are two of them, w with priority 1 and a with 5.
        assert_eq!(world.promoting(), "a");
        world.promotion_fails();
        assert_eq!(world.promoting(), "w");
        world.promoted();
        assert_eq!((world.writer().as_str(), world.db().home()), ("w", None));
    }

    /// P-190: who is called back is of that zone, whatever the priority of others.
    #[test]
    fn nobody_of_a_third_zone_takes_part_in_the_return() {
        let mut world = World::default();
        let mut seed = seed(&[("a", 5), ("s", 3), ("x", 9)]);
        (seed.nodes[2].kind, seed.nodes[2].zone) = (NodeKind::Standby, id("cn-shanghai-b"));
        seed.nodes[3].zone = id("cn-shanghai-c");
        let _ = world.adopt(seed);
        world.call(SOURCE, across(Some("s"), true)).unwrap();
        world.promoted();
        down(&mut world, &["a"]);
        up(&mut world, &["a"]);
        assert_eq!(world.promoting(), "a");
    }

    /// P-190, P-202: nobody is called back while something else is under way.
    #[test]
    fn the_writer_does_not_return_during_work_or_while_the_cluster_is_busy() {
        let away = || {
            let mut world = two_zones();
            world.call(SOURCE, across(Some("s"), true)).unwrap();
            world.promoted();
            down(&mut world, &["a"]);
            world
        };
        let mut world = away();
        let status = Some(message("SSLModifying"));
        world.observe(Observation::ClusterBusy { cluster: id(CLUSTER), status });
        assert!(up(&mut world, &["a"]).effects.is_empty());
        let mut world = away();
        world.call(SOURCE, restart("t")).unwrap();
        assert!(up(&mut world, &["a"]).effects.is_empty());
    }

    /// P-109: a switch within the zone leaves the standby cluster what it is.
    #[test]
    fn standby_nodes_stay_what_they_are_when_an_ordinary_one_takes_over() {
        let mut world = two_zones();
        world.fail_over(Some("a")).unwrap();
        world.promoted();
        assert_eq!(eligible(&world), ["w"]);
        assert!(["s", "t"].iter().all(|node| world.db().node(&id(node)).unwrap().kind == NodeKind::Standby));
    }

    /// P-190: without the parameter, or after a switch within the zone, nothing calls the writer back.
    #[test]
    fn the_writer_stays_where_nothing_calls_it_back() {
        let mut world = two_zones();
        world.call(SOURCE, across(Some("s"), false)).unwrap();
        world.promoted();
        down(&mut world, &["a"]);
        assert!(up(&mut world, &["a"]).effects.is_empty());
        let back = |world: &mut World| {
            adopt(world, |seed| seed.nodes[1].zone = id("cn-shanghai-b"));
            let request = FailoverDbCluster { roll_back_for_disaster: true, ..failover_request(Some("a")) };
            world.call(SOURCE, request).unwrap();
            world.promoted();
            down(world, &["w"]);
            up(world, &["w"]).effects.len()
        };
        assert_eq!(back(&mut World::default()), 0);
        assert_eq!(back(&mut World::with(|policy| policy.polardb.roll_back = RollBack::EverySwitch)), 1);
    }

    /// P-185: the whole zone at once, told in one report: nobody of it is tried.
    #[test]
    fn when_the_whole_zone_is_lost_the_standby_cluster_takes_over() {
        let mut world = two_zones();
        down(&mut world, &["w", "a"]);
        assert_eq!((world.promoting().as_str(), world.db().failover().unwrap().attempts), ("s", 1));
        world.promoted();
        assert_eq!((world.writer().as_str(), world.db_status().as_str()), ("s", "Running"));
        up(&mut world, &["w", "a"]);
        assert_eq!(world.writer(), "s", "the return of the zone moves nobody");
        assert_eq!(eligible(&world), ["t"]);
    }

    /// P-185, in any order of single reports.
    #[test]
    fn the_order_of_the_reports_of_a_lost_zone_does_not_matter_in_the_end() {
        for order in [["w", "a"], ["a", "w"]] {
            let mut world = two_zones();
            for node in order {
                down(&mut world, &[node]);
            }
            while world.db().outstanding().is_some() {
                world.promoted();
            }
            assert_eq!(world.writer(), "s");
        }
        let mut world = World::with(|policy| policy.polardb.zone_loss = ZoneLoss::Wait);
        adopt_two_zones(&mut world);
        assert!(down(&mut world, &["w", "a"]).effects.is_empty());
        assert_eq!(world.db_status(), "Switching");
        up(&mut world, &["a"]);
        assert_eq!(world.promoting(), "a");
    }

    /// P-185: one of the zone still runs, or the engine has no such feature.
    #[test]
    fn short_of_the_whole_zone_the_standby_cluster_does_not_take_over() {
        let mut world = two_zones();
        world.node("a", NodeChange::Replicating(false));
        assert!(down(&mut world, &["w"]).effects.is_empty());
        down(&mut world, &["a"]);
        assert_eq!(world.promoting(), "s", "now the whole zone is lost");
        let mut world = World::default();
        let mut seed = seed(&[("s", 3)]);
        seed.engine = Engine::PostgreSql;
        seed.nodes[1].kind = NodeKind::Standby;
        let _ = world.adopt(seed);
        assert!(down(&mut world, &["w"]).effects.is_empty());
    }

    /// P-185, P-244: the last of the zone was asked to restart and does not come up, or did not before.
    #[test]
    fn the_last_node_of_a_zone_that_fails_to_restart_makes_it_a_lost_one() {
        let mut world = two_zones();
        world.call(SOURCE, restart("a")).unwrap();
        assert!(down(&mut world, &["w"]).effects.is_empty());
        work_ends(&mut world, false);
        assert_eq!(world.promoting(), "s");
        let mut world = two_zones();
        ordered(&mut world, hot("a", true)).unwrap();
        down(&mut world, &["a", "w"]);
        work_ends(&mut world, false);
        assert_eq!(world.promoting(), "s");
    }

    /// P-185, P-182: the writer fails while the standby nodes are tried, and none of them can: then the ordinary ones.
    #[test]
    fn a_switch_between_zones_that_turned_automatic_falls_back_on_the_ordinary_nodes() {
        let mut world = two_zones();
        world.call(SOURCE, across(Some("s"), false)).unwrap();
        down(&mut world, &["w"]);
        world.promotion_fails();
        assert_eq!(world.promoting(), "t");
        world.promotion_fails();
        assert_eq!(world.promoting(), "a");
        world.promotion_fails();
        assert!(world.db().failover().is_none(), "and then it ends");
    }

    /// P-185: a node elsewhere that came back meanwhile is not forgotten.
    #[test]
    fn a_standby_cluster_that_cannot_take_over_leaves_it_to_whoever_is_left() {
        let mut world = World::default();
        let mut seed = seed(&[("a", 5), ("s", 3), ("c", 1)]);
        (seed.nodes[2].kind, seed.nodes[2].zone) = (NodeKind::Standby, id("cn-shanghai-b"));
        (seed.nodes[3].replicating, seed.nodes[3].zone) = (false, id("cn-shanghai-c"));
        let _ = world.adopt(seed);
        down(&mut world, &["w", "a"]);
        assert_eq!(world.promoting(), "s");
        world.node("c", NodeChange::Replicating(true));
        world.promotion_fails();
        assert_eq!((world.promoting().as_str(), world.db().failover().unwrap().attempts), ("c", 2));
        world.promotion_fails();
        assert!(world.db().failover().is_none(), "nobody is tried twice");
    }

    /// P-102 is not the twin's.
    #[test]
    fn the_zonal_twin_shares_all_but_the_demand_for_a_target() {
        let mut world = seeded(|seed| seed.engine = Engine::PostgreSql);
        assert_eq!(rule(world.fail_over(None)), "P-102");
        world.call(SOURCE, FailoverDbClusterZonal(failover_request(None))).unwrap();
        assert_eq!(world.promoting(), "a");
        world.promoted();
        let twin = world.call(SOURCE, FailoverDbClusterZonal(failover_request(Some("w"))));
        assert_eq!(refusal(twin), is("P-106", 400, "UnsupportHighFrequenceSwitchOver"));
    }
}

/// Questions that the vendor's pages leave open, each under its other reading.
mod other_readings {
    use super::*;
    use failover_model::policy::{PolarDbPolicy, Policy};

    fn under(change: impl FnOnce(&mut PolarDbPolicy), seed: impl FnOnce(&mut ClusterSeed)) -> World {
        let mut world = World::with(|policy: &mut Policy| change(&mut policy.polardb));
        adopt(&mut world, seed);
        world
    }

    /// P-172.
    #[test]
    fn what_follows_exhaustion() {
        for (reading, status) in [(AfterExhaustion::Ends, "Running"), (AfterExhaustion::Waits, "Switching")] {
            let mut world = under(|policy| policy.after_exhaustion = reading, |_| ());
            world.fail_over(None).unwrap();
            world.promotion_fails();
            world.promotion_fails();
            assert_eq!(world.db_status(), status);
            down(&mut world, &["a"]);
            let begins = !up(&mut world, &["a"]).effects.is_empty();
            assert_eq!(begins, reading == AfterExhaustion::Waits);
        }
        // What waits is a manual failover that found nobody: not one whose target failed, and no automatic one.
        let waits = |policy: &mut PolarDbPolicy| policy.after_exhaustion = AfterExhaustion::Waits;
        let mut world = under(waits, |_| ());
        world.fail_over(Some("a")).unwrap();
        world.promotion_fails();
        assert_eq!(world.db_status(), "Running");
        down(&mut world, &["w"]);
        world.promotion_fails();
        world.promotion_fails();
        assert!(world.db().failover().is_none());
        up(&mut world, &["w"]);
        assert_eq!(world.db_status(), "Running", "the writer is back");
    }

    /// P-132.
    #[test]
    fn whether_lower_priorities_are_tried() {
        let mut world = under(|policy| policy.lower_tiers = LowerTiers::NotTried, |_| ());
        world.fail_over(None).unwrap();
        world.promotion_fails();
        assert!(world.db().failover().is_none());
    }

    /// P-132, P-185: the highest priority of the standby cluster is its own.
    #[test]
    fn where_only_the_highest_priority_is_tried_the_standby_cluster_has_one_of_its_own() {
        let mut world = World::with(|policy| policy.polardb.lower_tiers = LowerTiers::NotTried);
        adopt_two_zones(&mut world);
        down(&mut world, &["w"]);
        assert_eq!(world.promoting(), "a");
        down(&mut world, &["a"]);
        assert_eq!(world.promoting(), "s", "priority 3, below the 5 of a");
        world.promotion_fails();
        assert!(world.db().failover().is_none(), "t has 2");
    }

    /// P-131.
    #[test]
    fn whether_hot_replicas_come_first_at_equal_priority() {
        let equal = |seed: &mut ClusterSeed| {
            seed.nodes[1].priority = kit::priority(3);
            seed.nodes[2].hot_replica = true;
        };
        let mut world = under(|_| (), equal);
        world.fail_over(None).unwrap();
        assert_eq!(world.offered(), ["a", "b"]);
        let mut world = under(|policy| policy.hot_replicas = HotReplicaPreference::AtEqualPriority, equal);
        world.fail_over(None).unwrap();
        assert_eq!(world.promoting(), "b");
        world.promotion_fails();
        assert_eq!(world.promoting(), "a", "and the others after it");
    }

    /// P-112.
    #[test]
    fn whether_column_store_nodes_are_elected() {
        let column = |seed: &mut ClusterSeed| seed.nodes[1].kind = NodeKind::ColumnStore;
        let mut world = under(|policy| policy.column_store = ColumnStoreElection::Elected, column);
        assert_eq!(rule(world.fail_over(Some("a"))), "P-112");
        world.fail_over(None).unwrap();
        assert_eq!(world.promoting(), "a");
        world.promoted();
        assert_eq!(world.writer(), "a");
    }

    #[test]
    fn which_zones_are_elected_from() {
        let away = |seed: &mut ClusterSeed| seed.nodes[1].zone = id("cn-shanghai-b");
        let mut world = under(|_| (), away);
        world.fail_over(None).unwrap();
        assert_eq!(world.promoting(), "a");
        let mut world = under(|policy| policy.election_zone = ElectionZone::Writers, away);
        world.fail_over(None).unwrap();
        assert_eq!(world.promoting(), "b");
        down(&mut world, &["w"]);
        world.promotion_fails();
        assert_eq!(world.promoting(), "a", "once it is automatic any zone does");
    }

    /// P-102.
    #[test]
    fn which_code_a_missing_target_has() {
        let pg = |seed: &mut ClusterSeed| seed.engine = Engine::PostgreSql;
        let mut world = under(|_| (), pg);
        assert_eq!(refusal(world.fail_over(None)), is("P-102", 400, "InvalidDBNodeId.Malformed"));
        let mut world = under(|policy| policy.missing_target = MissingTarget::MissingParameter, pg);
        assert_eq!(refusal(world.fail_over(None)), is("P-600", 400, "MissingParameter"));
    }

    /// T-090.
    #[test]
    fn which_code_a_reused_token_has() {
        let codes = [
            (TokenMismatch::IdempotentParameterMismatch, "IdempotentParameterMismatch"),
            (TokenMismatch::InvalidClientToken, "InvalidClientToken.Malformed"),
        ];
        for (reading, code) in codes {
            let mut world = under(|policy| policy.token_mismatch = reading, |_| ());
            let mut call = |target| {
                let request = failover_request(Some(target)).into();
                world.apply(OWNER, SOURCE, Some("t"), request, Fresh::None).unwrap().result.unwrap()
            };
            call("a").unwrap();
            assert_eq!(call("b").unwrap_err().wire().code, code);
        }
    }

    /// P-105, P-301.
    #[test]
    fn whether_a_busy_cluster_fails_over_and_what_it_shows() {
        let mut world = under(|policy| policy.busy_cluster = BusyCluster::Accept, |_| ());
        let status = Some(message("SSLModifying"));
        world.observe(Observation::ClusterBusy { cluster: id(CLUSTER), status });
        world.fail_over(None).unwrap();
        assert_eq!((world.db_status().as_str(), rule(world.fail_over(None))), ("Switching", "P-105"));
        let mut world = under(|policy| policy.switch_status = SwitchStatus::RoleSwitching, |_| ());
        world.fail_over(None).unwrap();
        assert_eq!(world.db_status(), "RoleSwitching");
    }

    /// P-106, P-186.
    #[test]
    fn how_the_window_counts_and_whom_it_holds() {
        let switched = |change: fn(&mut PolarDbPolicy)| {
            let mut world = under(change, |_| ());
            world.fail_over(None).unwrap();
            world.later(5_000).promoted();
            world
        };
        assert_eq!(rule(switched(|_| ()).later(599_999).fail_over(None)), "P-106");
        let mut world = switched(|policy| policy.window_from = WindowFrom::Start);
        assert_eq!(rule(world.later(594_999).fail_over(None)), "P-106");
        world.later(1).fail_over(None).unwrap();
        assert_eq!(rule(switched(|_| ()).fail_over(Some("w"))), "P-106");
        switched(|policy| policy.target_in_window = TargetInWindow::Accepted).fail_over(Some("w")).unwrap();
        assert_eq!(down(&mut switched(|_| ()), &["a"]).effects.len(), 1);
        let mut world = switched(|policy| policy.automatic_in_window = AutomaticInWindow::Held);
        assert!(down(&mut world, &["a"]).effects.is_empty());
        assert!(down(world.later(599_999), &["a"]).effects.is_empty());
        assert_eq!(down(world.later(1), &["a"]).effects.len(), 1, "told again after the window");
    }

    /// P-210.
    #[test]
    fn how_many_nodes_the_standard_edition_has() {
        for (reading, most) in [(StandardNodes::EightInAll, 8), (StandardNodes::EightReaders, 9)] {
            let standard = |seed: &mut ClusterSeed| seed.edition = Edition::SeNormal;
            let mut world = under(|policy| policy.standard_nodes = reading, standard);
            assert_eq!(refusal(add(&mut world, create(most - 2))).0, "P-210");
            add(&mut world, create(most - 3)).unwrap();
        }
        let world = seeded(|seed| seed.edition = Edition::Basic);
        assert_eq!(world.db().most_nodes(&PolarDbPolicy::default()), 1, "in either");
    }
}

mod beside_a_failover {
    use super::*;

    /// P-180, P-230: work on a reader does not hold the replacement of the writer, by anybody else.
    #[test]
    fn a_writer_that_fails_during_work_is_replaced_by_another() {
        let mut world = with_readers(&[("a", 5), ("b", 3)]);
        ordered(&mut world, class_of(&[("a", MEDIUM)])).unwrap();
        down(&mut world, &["w"]);
        assert_eq!((world.promoting().as_str(), world.db_status().as_str()), ("b", "Switching"));
        world.promotion_fails();
        assert_eq!(world.db_status(), "Switching", "nobody is left");
        work_ends(&mut world, true);
        // The one that was out of the election begins another failover.
        assert_eq!(world.promoting(), "a");
        world.promoted();
        assert_eq!((world.writer().as_str(), world.db_status().as_str()), ("a", "Running"));
    }

    /// P-150: work that ends while a choice is pending widens it.
    #[test]
    fn a_node_that_is_done_joins_the_choice() {
        let mut world = with_readers(&[("a", 5), ("b", 5), ("c", 5)]);
        world.call(SOURCE, restart("a")).unwrap();
        down(&mut world, &["w"]);
        assert_eq!(world.offered(), ["b", "c"]);
        let stale = world.db_pending();
        work_ends(&mut world, true);
        assert_eq!(world.offered(), ["a", "b", "c"]);
        assert!(world.outcome(stale, Outcome::Chosen(id("b"))).is_err(), "the earlier choice is stale");
    }

    /// P-223, P-161: removed nodes are forgotten by the failover that tried them.
    #[test]
    fn nodes_that_are_removed_while_others_are_tried_leave_no_trace() {
        let mut world = with_readers(&[("a", 5), ("b", 3), ("c", 1)]);
        ordered(&mut world, drop_nodes(&["a"])).unwrap();
        down(&mut world, &["w"]);
        assert_eq!(world.promoting(), "b");
        world.promotion_fails();
        work_ends(&mut world, true);
        assert_eq!(world.promoting(), "c");
        world.promoted();
        assert_eq!((world.writer().as_str(), world.db().nodes().len()), ("c", 3));
    }

    /// P-161: who was tried stays so when others are removed.
    #[test]
    fn nobody_is_tried_again_because_another_was_removed() {
        let mut world = with_readers(&[("a", 5), ("b", 3), ("c", 1)]);
        ordered(&mut world, drop_nodes(&["a"])).unwrap();
        down(&mut world, &["w"]);
        world.promotion_fails();
        assert_eq!(world.promoting(), "c");
        work_ends(&mut world, true);
        world.promotion_fails();
        assert!(world.db().failover().is_none(), "b failed before");
    }

    /// P-202, P-171.
    #[test]
    fn no_work_begins_during_a_failover_and_all_ends_with_the_cluster() {
        let mut world = with_readers(&[("a", 5), ("b", 3)]);
        world.fail_over(None).unwrap();
        assert_eq!(refusal(ordered(&mut world, class(MEDIUM))).0, "P-202");
        world.promoted();
        ordered(&mut world, class(MEDIUM)).unwrap();
        world.observe(Observation::ClusterRemoved { cluster: id(CLUSTER) });
        assert_eq!(world.plane.outstanding().count(), 0);
    }
}
