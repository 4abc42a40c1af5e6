//! Rules of PolarDB clusters that a first implementation gets wrong, each as a numbered test. The numbers that are
//! missing here are about the wire: see `wire/polardb_spelling.rs`.

#![allow(unused_must_use, reason = "a fixture's steps are not carried out by anybody")]

use failover_model::polardb::{
    Cause, ClusterFact, ClusterStatus, DeleteDbCluster, Edition, Engine, ModifyDbNodeConfig,
    ModifyDbNodesClass, ModifyType, NodeChange, NodeKind, NodeTarget, PolarDbReason, Priority, Role, Tried,
    next_tier,
};
use failover_model::policy::StandardNodes;
use failover_model::token::TokenRefusal;
use failover_model::{Fresh, NodeId, Observation, Operation, Request, Step};

use crate::kit::{
    self, CLUSTER, OWNER, SOURCE, World, at, code, failover_request, id, ids, message, ordered, rule, seed,
    with_readers,
};

fn engine(engine: Engine) -> World {
    let mut world = World::default();
    let _ = world.adopt(failover_model::polardb::ClusterSeed { engine, ..seed(&[("a", 5), ("b", 3)]) });
    world
}

#[test]
fn rule_1_the_higher_number_is_preferred_and_none_means_never() {
    let mut world = with_readers(&[("low", 1), ("high", 15)]);
    world.fail_over(None).unwrap();
    assert_eq!(world.promoting(), "high");
    world.promotion_fails();
    assert_eq!(world.promoting(), "low", "the lowest priority is elected too");
    assert!(Priority::new(0).is_err() && Priority::new(16).is_err());
    assert_eq!(Priority::default().get(), 1);
}

/// How evenly the simulation draws is shown by the test of fairness.
#[test]
fn rule_2_a_tie_is_offered_whole_and_the_choice_comes_from_outside() {
    for chosen in ["a", "b", "c"] {
        let mut world = with_readers(&[("a", 5), ("b", 5), ("c", 5)]);
        world.fail_over(None).unwrap();
        assert_eq!(world.offered(), ["a", "b", "c"]);
        world.choose(chosen).unwrap();
        world.promoted();
        assert_eq!(world.writer(), chosen);
    }
}

#[test]
fn rule_3_the_highest_priority_is_a_set_and_the_retry_goes_on_past_it() {
    let mut world = with_readers(&[("a", 5), ("b", 5), ("c", 2)]);
    world.fail_over(None).unwrap();
    world.choose("b").unwrap();
    world.promotion_fails();
    assert_eq!(world.promoting(), "a");
    world.promotion_fails();
    assert_eq!(world.promoting(), "c");
    let nodes: Vec<NodeId> = ids(&["a", "b", "c"]);
    let eligible = nodes.iter().zip([5, 5, 2].map(kit::priority));
    let mut tier = Vec::new();
    assert_eq!(next_tier(eligible, &Tried::new(), &mut tier), Some(kit::priority(5)));
    assert_eq!(tier.len(), 2);
}

#[test]
fn rule_4_that_postgresql_and_oracle_need_a_target_is_a_check_and_no_schema() {
    engine(Engine::MySql).fail_over(None).unwrap();
    for kind in [Engine::PostgreSql, Engine::Oracle] {
        // The request without a target is a request like any other; the cluster refuses it.
        assert_eq!(rule(engine(kind).fail_over(None)), "P-102");
        engine(kind).fail_over(Some("b")).unwrap();
    }
}

#[test]
fn rule_5_automatic_failover_elects_on_every_engine() {
    for kind in [Engine::MySql, Engine::PostgreSql, Engine::Oracle] {
        let mut world = engine(kind);
        world.node("w", NodeChange::Up(false));
        assert_eq!(world.promoting(), "a");
        assert_eq!(world.db().failover().unwrap().cause(), Cause::Automatic);
    }
}

#[test]
fn rule_6_the_answer_does_not_say_who_won() {
    let mut world = with_readers(&[("a", 5)]);
    let output = world.apply(OWNER, SOURCE, None, failover_request(None).into(), Fresh::None).unwrap();
    assert_eq!(output.result.unwrap().unwrap(), failover_model::Response::Accepted);
    // Nor can it be planned: the request has a cluster, a target and two zone parameters.
    let serde_json::Value::Object(request) = serde_json::to_value(failover_request(None)).unwrap() else {
        panic!("a request is an object");
    };
    let fields: Vec<_> = request.keys().map(String::as_str).collect();
    assert_eq!(fields, ["cluster", "roll_back_for_disaster", "target", "target_zone_type"]);
}

#[test]
fn rule_7_a_failover_that_fails_after_its_acceptance_is_no_refusal() {
    let mut world = with_readers(&[("a", 5)]);
    world.fail_over(None).expect("it is accepted");
    let step = world.promotion_fails();
    let facts = kit::cluster_facts(&step);
    assert!(facts.contains(&("P-170", ClusterFact::Exhausted { attempts: 1 })));
    assert_eq!((world.writer().as_str(), world.db_status().as_str()), ("w", "Running"));
}

#[test]
fn rule_8_the_status_is_not_read_off_the_code() {
    let wire = |operation| {
        let (parameter, why) = ("DBClusterId".into(), "".into());
        PolarDbReason::Malformed { parameter, why }.of(operation).wire()
    };
    let (failover, attribute) =
        (wire(Operation::FailoverDbCluster), wire(Operation::DescribeDbClusterAttribute));
    assert_eq!(failover.code, attribute.code);
    assert_eq!((failover.status, attribute.status), (404, 400));
}

#[test]
fn rule_9_an_unknown_cluster_has_two_codes_and_two_messages() {
    let wire = |operation| PolarDbReason::ClusterNotFound { cluster: id("pc-x") }.of(operation).wire();
    let told = [
        (Operation::FailoverDbCluster, "InvalidDBCluster.NotFound", "DBClusterId"),
        (Operation::CreateDbNodes, "InvalidDBClusterId.NotFound", "DBClusterId"),
        (Operation::ModifyDbNodeConfig, "InvalidDBClusterId.NotFound", "DBInstanceId"),
    ];
    for (operation, code, named) in told {
        let wire = wire(operation);
        assert_eq!((wire.status, &*wire.code), (404, code));
        assert!(wire.message.contains(named), "{}", wire.message);
    }
}

#[test]
fn rule_10_an_unknown_target_is_malformed_and_not_not_found() {
    let mut world = with_readers(&[("a", 5)]);
    let mut other = seed(&[("f", 5)]);
    other.id = id("pc-other");
    other.nodes[0].id = id("v");
    let _ = world.adopt(other);
    for target in ["nobody", "f"] {
        let refusal = world.fail_over(Some(target)).unwrap_err();
        assert!(!refusal.same_token_retry_may_succeed(), "a repeat names the same node");
        assert_eq!(code::<Step>(Err(refusal)), (400, "InvalidDBNodeId.Malformed".into()));
    }
    // Elsewhere the same node is not found.
    let request = ModifyDbNodeConfig::new(id(CLUSTER), id("f"), kit::priority(2));
    assert_eq!(code(world.call(SOURCE, request)), (404, "InvalidDBNodeId.NotFound".into()));
}

#[test]
fn rule_11_a_busy_cluster_answers_with_the_only_gate_there_is_and_that_passes() {
    let mut world = with_readers(&[("a", 5)]);
    let busy = |world: &mut World, status: Option<&str>| {
        let status = status.map(message);
        world.observe(Observation::ClusterBusy { cluster: id(CLUSTER), status });
    };
    busy(&mut world, Some("ClassChanging"));
    let refusal = world.fail_over(None).unwrap_err();
    assert_eq!(&*refusal.wire().code, "HaStatusNotSupport");
    assert!(refusal.same_token_retry_may_succeed());
    busy(&mut world, None);
    world.fail_over(None).unwrap();
    assert_eq!(code(world.fail_over(None)), (400, "HaStatusNotSupport".into()), "also during a failover");
}

#[test]
fn rule_12_a_second_switch_waits_ten_minutes_and_five_by_policy() {
    for (window, wait) in [(600, 600_000), (300, 300_000)] {
        let mut world =
            World::with(|policy| policy.polardb.switch_window = failover_model::Span::from_secs(window));
        world.cluster(&[("a", 5)]);
        world.fail_over(None).unwrap();
        world.promoted();
        let refused = world.later(wait - 1).fail_over(None);
        assert_eq!(code(refused), (400, "UnsupportHighFrequenceSwitchOver".into()));
        world.later(1).fail_over(None).unwrap();
    }
}

#[test]
fn rule_13_an_edition_is_spelled_otherwise_in_answers() {
    assert_eq!(Edition::Archive.as_creation_category(), "ArchiveNormal");
    assert_eq!(Edition::Archive.as_str(), "Archive");
}

#[test]
fn rule_14_the_wires_spellings_stand_and_class_changed_is_busy() {
    assert_eq!(ClusterStatus::RoleSwitching.as_str(), "RoleSwitching");
    let mut world = with_readers(&[("a", 5)]);
    let status = Some(message("ClassChanged"));
    world.observe(Observation::ClusterBusy { cluster: id(CLUSTER), status });
    assert_eq!(world.db_status(), "ClassChanged");
    assert_eq!(rule(world.fail_over(None)), "P-105");
    assert_eq!(rule(world.call(SOURCE, DeleteDbCluster::new(id(CLUSTER)))), "P-020");
}

#[test]
fn rule_16_one_reader_and_every_hot_replica_keep_the_primarys_class() {
    let change = |nodes: &[&str]| {
        ModifyDbNodesClass::new(
            id(CLUSTER),
            ModifyType::Downgrade,
            nodes.iter().map(|node| NodeTarget::new(id(node), id("polar.mysql.x4.medium"))).collect(),
        )
    };
    let mut world = with_readers(&[("a", 5)]);
    assert_eq!(code(ordered(&mut world, change(&["a"]))), (403, "OperationDenied.RoEqualSpec".into()));
    ordered(&mut world, change(&["w", "a"])).unwrap();
    let mut world = World::default();
    let mut hot = seed(&[("a", 5), ("b", 5)]);
    hot.nodes[1].hot_replica = true;
    let _ = world.adopt(hot);
    assert_eq!(code(ordered(&mut world, change(&["a"]))), (404, "InvalidDBInstanceClass.NotFound".into()));
}

#[test]
fn rule_17_the_old_primary_is_removed_by_failing_over_first() {
    let remove = |nodes: &[&str]| failover_model::polardb::DeleteDbNodes::new(id(CLUSTER), ids(nodes));
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    assert_eq!(code(ordered(&mut world, remove(&["w"]))), (403, "OperationDenied.DBNodeRole".into()));
    assert_eq!(code(ordered(&mut world, remove(&["a", "b"]))), (400, "InvalidDBNodeNum.Malformed".into()));
    world.fail_over(Some("a")).unwrap();
    world.promoted();
    ordered(&mut world, remove(&["w"])).unwrap();
    let pending = world.db().work().unwrap().id;
    world.succeed(pending);
    assert_eq!(
        world.db().nodes().iter().map(|node| node.role).collect::<Vec<_>>(),
        [Role::Writer, Role::Reader]
    );
}

#[test]
fn rule_18_the_first_hot_replica_restarts_the_primary_too() {
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    let on = |node| failover_model::polardb::ModifyDbNodeHotReplicaMode::new(id(CLUSTER), id(node), true);
    ordered(&mut world, on("a")).unwrap();
    let shown = |world: &World| -> Vec<String> {
        world.db().nodes().iter().map(|node| world.db().node_status(node).to_string()).collect()
    };
    assert_eq!(shown(&world), ["Rebooting"; 3]);
    let pending = world.db().work().unwrap().id;
    world.succeed(pending);
    ordered(&mut world, on("b")).unwrap();
    assert_eq!(shown(&world), ["Running"; 3]);
}

/// Planning for later is not modelled; without a planned start everything begins at once.
#[test]
fn rule_19_without_a_planned_start_work_begins_at_once() {
    let mut world = with_readers(&[("a", 5)]);
    let step = world.call(SOURCE, failover_model::polardb::RestartDbNode::new(id("a"))).unwrap();
    assert_eq!((step.effects.len(), step.effects[0].since), (1, at(world.now)));
}

#[test]
fn rule_21_a_restart_names_no_cluster_takes_no_token_and_is_no_failover() {
    assert!(!Operation::RestartDbNode.takes_token());
    let mut world = with_readers(&[("a", 5)]);
    world.call(SOURCE, failover_model::polardb::RestartDbNode::new(id("w"))).unwrap();
    world.node("w", NodeChange::Up(false));
    assert!(world.db().failover().is_none());
    let pending = world.db().work().unwrap().id;
    world.succeed(pending);
    assert_eq!((world.writer().as_str(), world.db_status().as_str()), ("w", "Running"));
}

/// The outside reports the promotion and, for as long as it sees it, that the cluster is still switching.
#[test]
fn rule_22_a_cluster_may_show_switching_after_the_writer_moved() {
    let mut world = with_readers(&[("a", 5)]);
    world.fail_over(None).unwrap();
    let status = Some(message("Switching"));
    world.observe(Observation::ClusterBusy { cluster: id(CLUSTER), status });
    world.promoted();
    assert_eq!((world.writer().as_str(), world.db_status().as_str()), ("a", "Switching"));
    world.later(900_000).observe(Observation::ClusterBusy { cluster: id(CLUSTER), status: None });
    assert_eq!(world.db_status(), "Running");
}

#[test]
fn rule_23_a_token_is_told_apart_by_case_operation_and_account() {
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    let mut call = |account: &str, token: &str, request: Request| {
        let output = world.apply(account, SOURCE, Some(token), request, Fresh::Order(id("o-1"))).unwrap();
        (output.replayed, output.result.unwrap().is_ok())
    };
    let fail_over = || Request::from(failover_request(Some("a")));
    assert_eq!(call(OWNER, "token", fail_over()), (false, true));
    assert_eq!(call(OWNER, "token", fail_over()), (true, true));
    assert_eq!(call(OWNER, "TOKEN", fail_over()), (false, false), "another token; the cluster is busy");
    assert_eq!(call("2002", "token", fail_over()), (false, false), "another account; it has no such cluster");
    let remove = failover_model::polardb::DeleteDbNodes::new(id(CLUSTER), ids(&["b"]));
    assert_eq!(call(OWNER, "token", remove.into()), (false, false), "another operation, and no mismatch");
    // Whether a repeat may help is the token's business here too.
    let (operation, refusal) = (Operation::FailoverDbCluster, TokenRefusal::Processing);
    assert!(PolarDbReason::Token { refusal }.of(operation).same_token_retry_may_succeed());
    let refusal = TokenRefusal::Mismatch;
    assert!(!PolarDbReason::Token { refusal }.of(operation).same_token_retry_may_succeed());
}

#[test]
fn rule_24_a_switch_between_zones_is_another_mechanism() {
    let mut world = World::default();
    let mut two = seed(&[("a", 5), ("s", 15)]);
    two.nodes[2].kind = NodeKind::Standby;
    two.nodes[2].zone = id("cn-shanghai-b");
    let _ = world.adopt(two);
    world.fail_over(None).unwrap();
    assert_eq!(
        world.promoting(),
        "a",
        "an ordinary failover leaves the standby node out, whatever its priority"
    );
    world.promotion_fails();
    assert!(world.db().failover().is_none());
    let across = failover_request(None).target_zone_type(failover_model::polardb::TargetZoneType::Standby);
    world.call(SOURCE, across).unwrap();
    assert_eq!(world.promoting(), "s");
}

#[test]
fn rule_25_the_number_of_nodes_is_a_reading() {
    let most = |edition, nodes| {
        let mut world = World::with(|policy| policy.polardb.standard_nodes = nodes);
        let _ = world.adopt(failover_model::polardb::ClusterSeed { edition, ..seed(&[("a", 5)]) });
        world.db().most_nodes(&world.plane.policy().polardb)
    };
    assert_eq!(most(Edition::Normal, StandardNodes::EightInAll), 16);
    assert_eq!(most(Edition::SeNormal, StandardNodes::EightInAll), 8);
    assert_eq!(most(Edition::SeNormal, StandardNodes::EightReaders), 9);
}

/// What fails over follows from the edition, which versions there are from the engine; of the finer cells of the matrix
/// no complete table is published.
#[test]
fn rule_26_edition_engine_and_version_are_looked_at_together() {
    for edition in Edition::ALL {
        for kind in [Engine::MySql, Engine::PostgreSql, Engine::Oracle] {
            let mut world = World::default();
            let _ = world.adopt(failover_model::polardb::ClusterSeed {
                edition: *edition,
                engine: kind,
                ..seed(&[("a", 5)])
            });
            let accepted = world.fail_over(Some("a")).is_ok();
            assert_eq!(accepted, matches!(edition, Edition::Normal | Edition::SeNormal), "{edition:?}");
        }
    }
    assert!(Engine::Oracle.versions().contains(&"11") && !Engine::MySql.versions().contains(&"11"));
}
