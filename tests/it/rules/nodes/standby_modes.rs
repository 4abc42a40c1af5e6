//! What switches, drills and changes the standby cluster (`P-188`, `P-189`, `P-191` to `P-193`, `P-610` to `P-616`).

use failover_model::Policy;
use failover_model::polardb::{
    DataSyncMode, DrillScope, FaultDrill, HotStandby, ModifyDbCluster, ModifyDbClusterArch, NodeWork,
    StandbyArch, StandbyHaMode,
};

use super::*;

const OTHER: &str = "cn-shanghai-b";

/// `w`, `a` and `b` in the first zone, and storage that stands by in the second.
fn standing_by() -> World {
    seeded(|seed| seed.hot_standby = HotStandby::Storage)
}

fn modify() -> ModifyDbCluster {
    ModifyDbCluster::new(id(CLUSTER))
}

fn ha(mode: StandbyHaMode) -> ModifyDbCluster {
    modify().standby_ha(mode)
}

fn drill(scope: DrillScope, nodes: &[&str]) -> ModifyDbCluster {
    modify().drill(FaultDrill::new(scope).nodes(ids(nodes)))
}

fn arch(standby: StandbyArch, zone: Option<&str>) -> ModifyDbClusterArch {
    with!(ModifyDbClusterArch::new(id(CLUSTER), standby), zone = zone.map(id))
}

/// P-188.
#[test]
fn the_mode_decides_whether_a_lost_zone_is_taken_over() {
    for (mode, takes_over) in [(StandbyHaMode::Off, false), (StandbyHaMode::On, true)] {
        let mut world = seeded(|seed| {
            seed.hot_standby = HotStandby::Storage;
            seed.standby_ha = Some(if takes_over { StandbyHaMode::Off } else { StandbyHaMode::On });
        });
        ordered(&mut world, ha(mode)).unwrap();
        assert_eq!((world.db().standby_ha(), world.db_status().as_str()), (mode, "Running"));
        down(&mut world, &["w", "a", "b"]);
        assert_eq!(world.db().work().is_some(), takes_over);
        // A call switches all the same once the nodes are back.
        if !takes_over {
            up(&mut world, &["w", "a", "b"]);
            world.call(SOURCE, across(None, false)).unwrap();
            assert!(matches!(world.db().work().unwrap().effect, NodeWork::TakeOver { .. }));
        }
    }
}

/// P-188: the mode of standby nodes likewise, and by policy what it is at first.
#[test]
fn the_policy_says_what_the_mode_is_at_first() {
    for reading in [ZoneLoss::SwitchOver, ZoneLoss::Wait] {
        let mut world = World::with(|policy: &mut Policy| policy.polardb.zone_loss = reading);
        adopt_two_zones(&mut world);
        let on = reading == ZoneLoss::SwitchOver;
        assert_eq!(world.db().standby_ha_shown(), Some(if on { "ON" } else { "OFF" }));
        if !on {
            down(&mut world, &["w", "a"]);
            assert!(world.db().failover().is_none());
            up(&mut world, &["w", "a"]);
            ordered(&mut world, ha(StandbyHaMode::On)).unwrap();
        }
        down(&mut world, &["w", "a"]);
        assert_eq!(world.promoting(), "s");
    }
}

/// P-188: what it could switch must be there for it to be shown.
#[test]
fn the_mode_is_shown_where_it_switches_something() {
    assert_eq!(standing_by().db().standby_ha_shown(), Some("ON"));
    assert_eq!(standing_by().db().data_sync_shown(), Some("AsyncSync"));
    for change in [
        (|seed| seed.hot_standby = HotStandby::Off) as fn(&mut ClusterSeed),
        |seed| seed.engine = Engine::PostgreSql,
        |seed| (seed.edition, seed.hot_standby) = (Edition::SeNormal, HotStandby::Standard),
    ] {
        let world = seeded(|seed| {
            seed.hot_standby = HotStandby::Storage;
            change(seed);
        });
        assert_eq!((world.db().standby_ha_shown(), world.db().data_sync_shown()), (None, None));
    }
}

/// P-188, P-193, P-611.
#[test]
fn what_changes_nothing_is_refused() {
    let mut world = standing_by();
    for same in [modify(), ha(StandbyHaMode::On), modify().data_sync(DataSyncMode::Async)] {
        assert_eq!(refusal(ordered(&mut world, same)), is("P-611", 403, "InvalidParam.NoChange"));
    }
    let semi = ha(StandbyHaMode::On).data_sync(DataSyncMode::Semi);
    ordered(&mut world, semi).unwrap();
    assert_eq!(world.db().data_sync_shown(), Some("SemiSync"));
    let other = modify().other(vec![("CompressStorage".into(), "ON".into())]);
    assert_eq!(ordered(&mut world, other).unwrap().events, []);
}

/// P-191, P-192.
#[test]
fn a_drill_of_the_writer_is_a_failover() {
    let mut world = standing_by();
    ordered(&mut world, drill(DrillScope::Node, &["w"])).unwrap();
    assert_eq!((world.db_status().as_str(), world.db().standby_ha_shown()), ("ConfigSwitching", Some("0")));
    assert!(world.db().writer().unwrap().is_running());
    work_ends(&mut world, true);
    assert_eq!((world.db_status().as_str(), world.promoting().as_str()), ("Switching", "a"));
    assert_eq!(world.db().standby_ha_shown(), Some("ON"));
    world.promoted();
    assert_eq!((world.db_status().as_str(), world.writer().as_str()), ("Running", "a"));
    assert!(!world.db().node(&id("w")).unwrap().up, "down until it is reported up");
    up(&mut world, &["w"]);
    assert!(world.db().node(&id("w")).unwrap().is_eligible());
}

/// P-191: a reader that fails moves nobody, and faults that cannot be injected change nothing.
#[test]
fn a_drill_may_concern_a_reader_or_fail() {
    let mut world = standing_by();
    ordered(&mut world, drill(DrillScope::Node, &["b"])).unwrap();
    work_ends(&mut world, true);
    assert_eq!((world.db_status().as_str(), eligible(&world)), ("Running", vec!["a".to_string()]));
    ordered(&mut world, drill(DrillScope::Node, &["w"])).unwrap();
    work_ends(&mut world, false);
    assert_eq!((world.db_status().as_str(), world.writer().as_str()), ("Running", "w"));
    assert!(world.db().writer().unwrap().up);
}

/// P-187, P-188, P-191.
#[test]
fn a_drill_of_the_zone_shows_the_takeover() {
    for all in [&[] as &[&str], &["a", "w", "b"]] {
        let mut world = standing_by();
        ordered(&mut world, drill(DrillScope::PrimaryZone, all)).unwrap();
        work_ends(&mut world, true);
        assert!(matches!(world.db().work().unwrap().effect, NodeWork::TakeOver { .. }));
        work_ends(&mut world, true);
        assert_eq!((world.db_status().as_str(), world.writer().as_str()), ("Running", "w"));
        assert_eq!(world.db().primary_zone().unwrap().as_str(), OTHER);
    }
    // Switched off, it shows that nobody takes over.
    let mut world = standing_by();
    ordered(&mut world, ha(StandbyHaMode::Off)).unwrap();
    ordered(&mut world, drill(DrillScope::PrimaryZone, &[])).unwrap();
    work_ends(&mut world, true);
    assert_eq!(world.db_status(), "Switching");
    assert!(world.db().work().is_none());
    // Nodes of another zone, standby ones too, are not concerned.
    let mut world = two_zones();
    ordered(&mut world, drill(DrillScope::PrimaryZone, &[])).unwrap();
    assert_eq!(world.db().work().unwrap().effect, NodeWork::InjectFault { nodes: ids(&["w", "a"]) });
    work_ends(&mut world, true);
    assert_eq!(world.promoting(), "s");
}

/// P-202, P-610, P-612, P-613, P-616.
#[test]
fn modify_cluster_refuses_with_codes_of_its_own() {
    let refused = |change: fn(&mut ClusterSeed), request: ModifyDbCluster| {
        let mut world = seeded(|seed| {
            seed.hot_standby = HotStandby::Storage;
            change(seed);
        });
        refusal(ordered(&mut world, request))
    };
    let off = || ha(StandbyHaMode::Off);
    let node = |nodes: &[&str]| drill(DrillScope::Node, nodes);
    let same = |_: &mut ClusterSeed| ();
    assert_eq!(
        refused(|seed| seed.engine = Engine::Oracle, off()),
        is("P-610", 400, "InvalidEngine.Unsupported")
    );
    let basic = |seed: &mut ClusterSeed| {
        (seed.edition, seed.hot_standby) = (Edition::Basic, HotStandby::Off);
    };
    let category = is("P-610", 403, "OperationDenied.ClusterCategory");
    assert_eq!(refused(basic, off()), category);
    assert_eq!(refused(basic, node(&["w"])), is("P-610", 403, "OperationDenied.clusterSingleNodeLimit"));
    assert_eq!(refused(|seed| seed.edition = Edition::SeNormal, node(&["w"])), category);
    assert_eq!(
        refused(|seed| seed.hot_standby = HotStandby::Off, off()),
        is("P-612", 403, "IncorrectDBInstance")
    );
    let number = is("P-613", 403, "InvalidParam.DBNodeNum");
    assert_eq!(refused(same, node(&[])), number);
    assert_eq!(refused(same, node(&["w", "a"])), number);
    assert_eq!(refused(same, drill(DrillScope::PrimaryZone, &["w"])), number);
    assert_eq!(refused(same, drill(DrillScope::PrimaryZone, &["w", "a", "a"])), number);
    assert_eq!(refused(same, node(&["x"])), is("P-201", 404, "InvalidParam"));
    let busy = |seed: &mut ClusterSeed| {
        seed.status = failover_model::polardb::ClusterStatus::Busy(message("ClassChanging"));
    };
    assert_eq!(refused(busy, off()), is("P-202", 403, "OperationDenied.DBClusterStatus"));
}

/// P-189.
#[test]
fn storage_standby_and_compute_standby_are_changed_into_each_other() {
    let mut world = standing_by();
    ordered(&mut world, arch(StandbyArch::Compute, Some(OTHER))).unwrap();
    assert_eq!(
        (world.db_status().as_str(), world.db().hot_standby()),
        ("StandbyTransing", HotStandby::Storage)
    );
    work_ends(&mut world, true);
    assert_eq!((world.db_status().as_str(), world.db().hot_standby()), ("Running", HotStandby::Compute));
    let standby = create(1).kind(NodeKind::Standby);
    add(&mut world, standby).unwrap();
    work_ends(&mut world, true);
    assert_eq!(zone_of(&world, "n-0"), OTHER);
    // Back again: the standby node leaves, unless that fails.
    for succeeds in [false, true] {
        ordered(&mut world, arch(StandbyArch::Storage, None)).unwrap();
        let node = world.db().node(&id("n-0")).unwrap();
        assert_eq!(world.db().node_status(node), "DBNodeDeleting");
        work_ends(&mut world, succeeds);
        assert_eq!(world.db().node(&id("n-0")).is_none(), succeeds);
    }
    assert_eq!(world.db().hot_standby(), HotStandby::Storage);
    down(&mut world, &["w", "a", "b"]);
    assert!(matches!(world.db().work().unwrap().effect, NodeWork::TakeOver { .. }));
}

/// P-189, P-187: a cluster without one gets a standby cluster, which then takes over.
#[test]
fn a_standby_cluster_is_built_later() {
    for (zone, expected) in [(None, OTHER), (Some("cn-shanghai-f"), "cn-shanghai-f")] {
        let mut world = seeded(|_| ());
        assert_eq!(rule(world.call(SOURCE, across(None, false))), "P-108");
        ordered(&mut world, arch(StandbyArch::Storage, zone)).unwrap();
        assert!(!world.db().has_standby());
        work_ends(&mut world, true);
        assert_eq!(world.db().standby_zone().unwrap().as_str(), expected);
        world.call(SOURCE, across(None, false)).unwrap();
        work_ends(&mut world, true);
        assert_eq!(world.db().primary_zone().unwrap().as_str(), expected);
    }
}

/// P-018, P-202, P-614, P-615.
#[test]
fn a_change_of_the_standby_cluster_fits_what_there_is() {
    let refused = |change: fn(&mut ClusterSeed), request: ModifyDbClusterArch| {
        refusal(ordered(&mut seeded(change), request))
    };
    let storage = |seed: &mut ClusterSeed| seed.hot_standby = HotStandby::Storage;
    let compute = |seed: &mut ClusterSeed| seed.hot_standby = HotStandby::Compute;
    let on = is("P-614", 400, "StandbyClusterTurnOn");
    assert_eq!(refused(storage, arch(StandbyArch::Storage, None)), on);
    assert_eq!(refused(compute, arch(StandbyArch::Compute, Some(OTHER))), on);
    assert_eq!(refusal(ordered(&mut two_zones(), arch(StandbyArch::Storage, None))), on);
    assert_eq!(refused(storage, arch(StandbyArch::Compute, None)), is("P-600", 400, "MissingParameter"));
    let bad = is("P-601", 400, "InvalidStandbyAZ.Malformed");
    assert_eq!(refused(|_| (), arch(StandbyArch::Compute, Some("cn-shanghai-a"))), bad);
    assert_eq!(refused(storage, arch(StandbyArch::Compute, Some("cn-shanghai-f"))), bad);
    assert_eq!(
        refused(|seed| seed.edition = Edition::SeNormal, arch(StandbyArch::Storage, None)),
        is("P-018", 403, "OperationDenied.ClusterCategory")
    );
    let busy = |seed: &mut ClusterSeed| {
        seed.status = failover_model::polardb::ClusterStatus::Busy(message("ClassChanging"));
    };
    assert_eq!(
        refused(busy, arch(StandbyArch::Storage, None)),
        is("P-202", 403, "OperationDenied.DBClusterStatus")
    );
}
