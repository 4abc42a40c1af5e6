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
        let request = failover_request(Some("a")).roll_back_for_disaster(true);
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
    assert_eq!((world.promoting().as_str(), world.db().failover().unwrap().attempts()), ("s", 1));
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
    assert_eq!((world.promoting().as_str(), world.db().failover().unwrap().attempts()), ("c", 2));
    world.promotion_fails();
    assert!(world.db().failover().is_none(), "nobody is tried twice");
}

/// P-185: an ordinary node elsewhere goes before the standby nodes, be the zone lost at once or bit by bit.
#[test]
fn an_ordinary_node_elsewhere_goes_before_the_standby_nodes() {
    let three_zones = || {
        let mut world = World::default();
        let mut seed = seed(&[("a", 5), ("c", 3), ("s", 4)]);
        seed.nodes[2].zone = id("cn-shanghai-c");
        (seed.nodes[3].kind, seed.nodes[3].zone) = (NodeKind::Standby, id("cn-shanghai-b"));
        let _ = world.adopt(seed);
        world
    };
    let mut world = three_zones();
    down(&mut world, &["w", "a"]);
    assert_eq!(world.promoting(), "c");
    world.promotion_fails();
    assert_eq!(world.promoting(), "s");
    let mut world = three_zones();
    down(&mut world, &["w"]);
    for node in ["a", "c"] {
        assert_eq!(world.promoting(), node);
        world.promotion_fails();
    }
    down(&mut world, &["a"]);
    assert_eq!(world.promoting(), "c", "once more, since the zone is lost now");
    world.promotion_fails();
    assert_eq!(world.promoting(), "s");
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
