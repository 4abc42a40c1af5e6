use super::*;

/// P-261, P-262.
#[test]
fn the_primary_zone_changes_and_changes_places_with_the_standby_one() {
    let mut world = two_zones();
    world.call(SOURCE, to_zone("cn-shanghai-b", TargetZoneType::Primary)).unwrap();
    assert_eq!((world.db_status().as_str(), zone_of(&world, "w").as_str()), ("Transing", "cn-shanghai-a"));
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
        let world = seeded(|seed| (seed.nodes[1].kind, seed.nodes[1].zone) = (NodeKind::Standby, id(zone)));
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
    let request = request.vswitch("vsw-1".into());
    world.call(SOURCE, request).unwrap();
}

/// P-026.
#[test]
fn the_lock_is_set_and_lifted() {
    let lock = |protection| ModifyDbClusterDeletion::new(id(CLUSTER), protection);
    let delete = || failover_model::polardb::DeleteDbCluster::new(id(CLUSTER));
    let mut world = with_readers(&[("a", 5)]);
    let step = world.call(SOURCE, lock(true)).unwrap();
    assert_eq!(cluster_facts(&step), [("P-026", ClusterFact::Locked(true))]);
    assert!(world.call(SOURCE, lock(true)).unwrap().events.is_empty());
    let locked = refusal(world.call(SOURCE, delete()));
    assert_eq!(locked, is("P-021", 403, "OperationDenied.DBClusterDeletionLock"));
    world.call(SOURCE, lock(false)).unwrap();
    world.call(SOURCE, delete()).unwrap();
}
