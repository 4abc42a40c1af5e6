//! The hot standby storage cluster, which takes over without compute nodes of its own (`P-187`).

use failover_model::polardb::{CreateDbCluster, HotStandby, NodeWork};
use failover_model::{DeadlineKind, FreshCluster, ResourceId};

use super::*;

const OTHER: &str = "cn-shanghai-b";

/// `w`, `a` and `b` in the first zone, and something that stands by in the second.
fn standing_by(standby: HotStandby) -> World {
    seeded(|seed| seed.hot_standby = standby)
}

fn zones(world: &World) -> (String, String) {
    let db = world.db();
    (db.primary_zone().unwrap().to_string(), db.standby_zone().unwrap().to_string())
}

/// P-187.
#[test]
fn a_lost_zone_is_taken_over_by_storage_alone() {
    for standby in [HotStandby::Storage, HotStandby::Compute] {
        let mut world = standing_by(standby);
        let step = down(&mut world, &["w", "a", "b"]);
        assert!(step.events.iter().any(|event| event.rule.as_str() == "P-187"), "{step:?}");
        let NodeWork::TakeOver { nodes, .. } = &world.db().work().unwrap().effect else {
            panic!("no takeover")
        };
        assert_eq!(*nodes, ids(&["w", "a", "b"]));
        assert_eq!(world.db_status(), "Switching");
        // Nothing else begins meanwhile.
        up(&mut world, &["a"]);
        assert!(world.db().failover().is_none() && world.plane.next_deadline().is_none());
        work_ends(&mut world, true);
        assert_eq!((world.db_status().as_str(), world.writer().as_str()), ("Running", "w"));
        assert_eq!(zones(&world), (OTHER.into(), "cn-shanghai-a".into()));
        assert!(world.db().nodes().iter().all(|node| node.up && node.zone.as_str() == OTHER));
    }
}

/// P-183, P-187.
#[test]
fn a_takeover_that_fails_is_tried_again_after_the_pause() {
    let mut world = standing_by(HotStandby::Storage);
    down(&mut world, &["w", "a", "b"]);
    for _ in 0..3 {
        work_ends(&mut world, false);
        assert_eq!(world.db_status(), "Switching");
        let due = world.plane.next_deadline().unwrap();
        assert_eq!((due.kind, due.resource), (DeadlineKind::NextRound, ResourceId::Cluster(id(CLUSTER))));
        world.advance(3_000);
        assert!(world.db().work().is_some());
    }
    work_ends(&mut world, true);
    assert_eq!(world.db_status(), "Running");
}

/// P-185, P-187.
#[test]
fn nodes_that_can_take_over_go_first() {
    // A reader that is up is elected; the zone is not lost.
    let mut world = standing_by(HotStandby::Storage);
    down(&mut world, &["w"]);
    assert_eq!(world.promoting(), "a");
    // So is one in another zone, though the primary zone is lost.
    let mut world = seeded(|seed| {
        seed.hot_standby = HotStandby::Storage;
        seed.nodes[2].zone = id("cn-shanghai-c");
    });
    down(&mut world, &["w", "a"]);
    assert_eq!(world.promoting(), "b");
    // Standby nodes are what a cluster with them switches to.
    let mut world = two_zones();
    down(&mut world, &["w", "a"]);
    assert_eq!(world.promoting(), "s");
}

/// The writer `w` is lost, and `a` of its zone and `b` elsewhere were tried in vain: the next round is to come.
fn in_the_pause(standby: HotStandby) -> World {
    let mut world = seeded(|seed| {
        seed.hot_standby = standby;
        seed.nodes[2].zone = id("cn-shanghai-c");
    });
    down(&mut world, &["w"]);
    for node in ["a", "b"] {
        assert_eq!(world.promoting(), node);
        world.promotion_fails();
    }
    assert!(world.db().failover().is_none() && world.plane.next_deadline().is_some());
    world
}

/// P-180, P-187: the loss of the last node of the zone is seen by itself, after that of the writer.
#[test]
fn a_node_elsewhere_goes_first_also_where_the_zone_is_lost_bit_by_bit() {
    let mut world = in_the_pause(HotStandby::Storage);
    let step = down(&mut world, &["a"]);
    assert_eq!(began(&step), ["P-180"]);
    assert_eq!(world.promoting(), "b");
    assert!(world.db().work().is_none());
    world.promoted();
    assert_eq!((world.writer().as_str(), zones(&world).0.as_str()), ("b", "cn-shanghai-c"));
}

/// P-187: its twin without a candidate.
#[test]
fn storage_takes_over_where_the_zone_is_lost_bit_by_bit_and_no_node_is_left() {
    let mut world = in_the_pause(HotStandby::Storage);
    assert!(began(&down(&mut world, &["b"])).is_empty(), "the zone is not lost yet");
    let step = down(&mut world, &["a"]);
    assert_eq!(began(&step), ["P-187"]);
    work_ends(&mut world, true);
    assert_eq!((world.writer().as_str(), zones(&world).0.as_str()), ("w", OTHER));
    // Where nothing stands by, nothing begins.
    let mut world = in_the_pause(HotStandby::Off);
    down(&mut world, &["b"]);
    assert!(began(&down(&mut world, &["a"])).is_empty());
}

/// The rules by which a failover or a takeover began.
fn began(step: &Step) -> Vec<&'static str> {
    let begins = |rule: &&str| ["P-180", "P-185", "P-187"].contains(rule);
    kit::rules(step).into_iter().filter(begins).collect()
}

/// P-108, P-187.
#[test]
fn a_call_may_switch_to_it() {
    let mut world = standing_by(HotStandby::Storage);
    world.call(SOURCE, across(None, false)).unwrap();
    assert_eq!(world.db_status(), "Switching");
    assert_eq!(rule(world.fail_over(None)), "P-105");
    work_ends(&mut world, true);
    assert_eq!(zones(&world).0, OTHER);
    assert_eq!(rule(world.fail_over(None)), "P-106", "it was a switch");
    world.later(600_000).call(SOURCE, across(None, false)).unwrap();
    work_ends(&mut world, false);
    assert_eq!((zones(&world).0.as_str(), world.db_status().as_str()), (OTHER, "Running"));
    let mut world = standing_by(HotStandby::Off);
    assert_eq!(rule(world.call(SOURCE, across(None, false))), "P-108");
}

/// P-187: without it, by policy, and on another engine the cluster waits.
#[test]
fn what_does_not_stand_by_takes_over_nothing() {
    let mut none = standing_by(HotStandby::Off);
    let mut postgres = seeded(|seed| {
        seed.hot_standby = HotStandby::Storage;
        seed.engine = Engine::PostgreSql;
    });
    let mut waits = World::with(|policy| policy.polardb.zone_loss = ZoneLoss::Wait);
    adopt(&mut waits, |seed| seed.hot_standby = HotStandby::Storage);
    for world in [&mut none, &mut postgres, &mut waits] {
        down(world, &["w", "a", "b"]);
        assert!(world.db().work().is_none() && world.plane.next_deadline().is_none());
        assert_eq!(world.db_status(), "Switching");
    }
}

/// P-203: work that is under way ends first.
#[test]
fn other_work_ends_before_a_takeover_begins() {
    let mut world = standing_by(HotStandby::Storage);
    world.call(SOURCE, restart("b")).unwrap();
    down(&mut world, &["w", "a", "b"]);
    assert!(matches!(world.db().work().unwrap().effect, NodeWork::RestartNode(_)));
    work_ends(&mut world, false);
    world.advance(3_000);
    assert!(matches!(world.db().work().unwrap().effect, NodeWork::TakeOver { .. }));
}

fn creation(change: impl FnOnce(&mut CreateDbCluster)) -> Result<World, (&'static str, u16, String)> {
    let mut request =
        CreateDbCluster::new(Engine::MySql, "8.0", id(LARGE)).node_number(1).hot_standby(HotStandby::Storage);
    change(&mut request);
    let fresh = Fresh::Cluster(FreshCluster { cluster: id(CLUSTER), nodes: ids(&["w"]), order: id("o-1") });
    let mut world = World::default();
    let output = world.apply(OWNER, SOURCE, None, request.into(), fresh).unwrap();
    match output.result.unwrap() {
        Ok(_) => Ok(world),
        Err(why) => Err(refusal(Err(why))),
    }
}

/// P-017, P-018.
#[test]
fn a_new_cluster_has_it_beside_its_zone_and_only_where_it_fits() {
    let standby = |change: fn(&mut CreateDbCluster)| {
        creation(change).map(|world| world.db().standby_zone().map(ToString::to_string))
    };
    assert_eq!(standby(|_| ()), Ok(Some(OTHER.into())));
    assert_eq!(standby(|request| request.zone = Some(id(OTHER))), Ok(Some("cn-shanghai-a".into())));
    assert_eq!(
        standby(|request| request.standby_zone = Some(id("cn-shanghai-f"))),
        Ok(Some("cn-shanghai-f".into()))
    );
    assert_eq!(standby(|request| request.hot_standby = HotStandby::Off), Ok(None));
    let bad = |parameter: &str| Err(is("P-601", 400, &format!("Invalid{parameter}.Malformed")));
    assert_eq!(standby(|request| request.hot_standby = HotStandby::Standard), bad("HotStandbyCluster"));
    assert_eq!(
        standby(|request| (request.hot_standby, request.edition) = (HotStandby::Storage, Edition::Basic)),
        bad("HotStandbyCluster")
    );
    assert_eq!(standby(|request| request.standby_zone = Some(id("cn-shanghai-a"))), bad("StandbyAZ"));
    assert_eq!(
        standby(|request| {
            (request.hot_standby, request.standby_zone) = (HotStandby::Off, Some(id(OTHER)));
        }),
        bad("StandbyAZ")
    );
    assert_eq!(
        standby(|request| request.hot_standby = HotStandby::Compute),
        Err(is("P-600", 400, "MissingParameter"))
    );
}

/// P-014.
#[test]
fn an_edition_is_for_some_engines_and_versions() {
    use Edition::{Archive, Basic, Normal, NormalMultimaster, SeNormal};
    use Engine::{MySql, Oracle, PostgreSql};
    for (edition, engine, version, fits) in [
        (Normal, PostgreSql, "18", true),
        (Normal, Oracle, "11", true),
        (Archive, MySql, "8.0", true),
        (Archive, PostgreSql, "14", false),
        (NormalMultimaster, MySql, "5.6", false),
        (Basic, PostgreSql, "14", true),
        (Basic, PostgreSql, "11", false),
        (Basic, Oracle, "14", true),
        (SeNormal, PostgreSql, "14", true),
        (SeNormal, PostgreSql, "16", false),
        (SeNormal, Oracle, "14", false),
    ] {
        let made = creation(|request| {
            (request.edition, request.engine, request.version) = (edition, engine, version.into());
            request.hot_standby = HotStandby::of(edition);
        });
        let expected = is("P-601", 400, "InvalidCreationCategory.Malformed");
        assert_eq!(made.err(), (!fits).then_some(expected), "{edition:?} {engine:?} {version}");
    }
}

/// P-222.
#[test]
fn a_standard_edition_may_lose_its_last_reader() {
    let mut world = seeded(|seed| seed.edition = Edition::SeNormal);
    ordered(&mut world, drop_nodes(&["a", "b"])).unwrap();
    let mut world = seeded(|_| ());
    assert_eq!(refusal(ordered(&mut world, drop_nodes(&["a", "b"]))).0, "P-222");
}
