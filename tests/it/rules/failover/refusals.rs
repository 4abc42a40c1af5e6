use super::*;

/// P-102.
#[test]
fn postgresql_and_oracle_must_name_the_target() {
    for engine in [Engine::PostgreSql, Engine::Oracle] {
        let mut world = seeded(|seed| seed.engine = engine);
        assert_eq!(rule(world.fail_over(None)), "P-102");
        world.fail_over(Some("b")).unwrap();
        assert_eq!(world.promoting(), "b");
    }
}

#[test]
fn a_named_target_on_postgresql_that_fails_is_followed_by_an_election_only_by_policy() {
    let mut world = World::with(|policy| policy.polardb.explicit_target_fails = ExplicitTargetFails::Elect);
    let mut seed = seed(&[("a", 5), ("b", 3)]);
    seed.engine = Engine::PostgreSql;
    let _ = world.adopt(seed);
    world.fail_over(Some("b")).unwrap();
    world.promotion_fails();
    assert_eq!(world.promoting(), "a");
}

/// P-101.
#[test]
fn only_cluster_and_standard_edition_fail_over() {
    for edition in Edition::ALL {
        let mut world = seeded(|seed| seed.edition = *edition);
        if matches!(edition, Edition::Normal | Edition::SeNormal) {
            world.fail_over(None).unwrap();
        } else {
            assert_eq!(rule(world.fail_over(None)), "P-101", "{edition:?}");
        }
    }
}

#[test]
fn wrong_targets_are_refused() {
    let mut world = seeded(|seed| {
        for (name, kind) in [("x", NodeKind::ColumnStore), ("y", NodeKind::Ai), ("z", NodeKind::Standby)] {
            seed.nodes.push(failover_model::polardb::DbNode { kind, ..kit::node(name, Role::Reader, 1) });
        }
    });
    // P-103: unknown, and one of another cluster.
    let mut other = seed(&[]);
    other.id = id("pc-2");
    other.nodes = vec![kit::node("elsewhere", Role::Writer, 1)];
    let _ = world.adopt(other);
    assert_eq!(rule(world.fail_over(Some("unknown"))), "P-103");
    let refusal = world.fail_over(Some("elsewhere")).unwrap_err();
    assert_eq!(
        (refusal.rule().as_str(), refusal.wire().code.as_ref()),
        ("P-103", "InvalidDBNodeId.Malformed")
    );
    assert_eq!(rule(world.fail_over(Some("w"))), "P-104");
    for node in ["x", "y", "z"] {
        assert_eq!(rule(world.fail_over(Some(node))), "P-112");
    }
    world.node("a", NodeChange::Replicating(false));
    assert_eq!(rule(world.fail_over(Some("a"))), "P-114");
    down(&mut world, "a");
    assert_eq!(rule(world.fail_over(Some("a"))), "P-113");
    world.fail_over(Some("b")).unwrap();
}

/// P-113.
#[test]
fn a_target_that_is_busy_is_refused() {
    let mut world = seeded(|seed| seed.nodes[1].busy = Some(message("Rebooting")));
    assert_eq!(rule(world.fail_over(Some("a"))), "P-113");
}

/// P-108.
#[test]
fn there_is_no_hot_standby_storage_to_switch_to() {
    let mut world = with_readers(&[("a", 5)]);
    let request = failover_request(None).target_zone_type(TargetZoneType::Standby);
    assert_eq!(rule(world.call(SOURCE, request)), "P-108");
    let request = failover_request(None).roll_back_for_disaster(true);
    world.call(SOURCE, request).unwrap();
}

/// P-100.
#[test]
fn an_unknown_cluster_and_another_accounts_are_not_found_and_the_region_does_not_matter() {
    let mut world = with_readers(&[("a", 5)]);
    for request in [
        Request::from(failover_request(None)),
        DeleteDbCluster::new(id(CLUSTER)).into(),
        ModifyDbNodeConfig::new(id(CLUSTER), id("a"), priority(2)).into(),
    ] {
        let output = world.apply("2002", SOURCE, None, request, Fresh::None).unwrap();
        assert_eq!(output.result.unwrap().unwrap_err().rule().as_str(), "P-100");
    }
    let request = with!(failover_request(None), cluster = id("pc-9"));
    assert_eq!(rule(world.call(SOURCE, request)), "P-100");
    world.call(DESTINATION, failover_request(None)).unwrap();
}

/// Each fault is a change of a healthy world or of a good request; in the order of the checks. Any two at once give
/// the earlier.
#[test]
fn a_call_that_is_wrong_in_two_ways_gets_the_earlier_refusal() {
    type Spoil = fn(&mut ClusterSeed, &mut FailoverDbCluster, &mut Vec<(&'static str, NodeChange)>);
    // Faults of one stage exclude each other; the stage is given first.
    let faults: [(u8, &str, Spoil); 13] = [
        (0, "P-100", |_, request, _| request.cluster = id("pc-9")),
        (1, "P-101", |seed, _, _| seed.edition = Edition::Archive),
        (2, "P-102", |seed, request, _| {
            seed.engine = Engine::Oracle;
            request.target = None;
        }),
        (2, "P-103", |_, request, _| request.target = Some(id("unknown"))),
        (2, "P-104", |_, request, _| request.target = Some(id("w"))),
        (2, "P-112", |_, request, _| request.target = Some(id("x"))),
        (3, "P-105", |seed, _, _| seed.status = ClusterStatus::Busy(message("ClassChanging"))),
        (4, "P-108", |_, request, _| request.target_zone_type = TargetZoneType::Standby),
        (5, "P-106", |_, _, _| ()),
        (6, "P-113", |_, request, changes| {
            request.target = Some(id("b"));
            changes.push(("b", NodeChange::Up(false)));
        }),
        (7, "P-114", |_, request, changes| {
            request.target = Some(id("b"));
            changes.push(("b", NodeChange::Replicating(false)));
        }),
        (8, "P-143", |_, request, changes| {
            request.target = None;
            changes.extend(["a", "b", "c", "w"].map(|node| (node, NodeChange::Up(false))));
        }),
        (8, "P-114", |_, request, changes| {
            request.target = None;
            changes.extend(["a", "b", "c"].map(|node| (node, NodeChange::Replicating(false))));
        }),
    ];
    let answer = |spoils: &[&(u8, &'static str, Spoil)]| {
        let mut seed = seed(&[("a", 5), ("b", 3), ("c", 1)]);
        seed.nodes.push(failover_model::polardb::DbNode {
            kind: NodeKind::ColumnStore,
            ..kit::node("x", Role::Reader, 1)
        });
        let mut request = failover_request(None);
        let mut changes = Vec::new();
        // The later first, so that the earlier has the last word on what they share.
        for (_, _, spoil) in spoils.iter().rev() {
            spoil(&mut seed, &mut request, &mut changes);
        }
        let too_frequent = spoils.iter().any(|(_, number, _)| *number == "P-106");
        let status = std::mem::replace(&mut seed.status, ClusterStatus::Running);
        let mut world = World::default();
        let (edition, engine) = (seed.edition, seed.engine);
        if too_frequent {
            // A switch must have taken place: there is no other way to have one behind.
            (seed.edition, seed.engine) = (Edition::Normal, Engine::MySql);
            let _ = world.adopt(seed.clone());
            world.fail_over(Some("c")).unwrap();
            world.promoted();
            // The writer is another node now: the request that named it names the new one.
            if request.target == Some(id("w")) {
                request.target = Some(id("c"));
            }
            changes.retain(|(node, _)| *node != "w");
            changes.iter_mut().filter(|(node, _)| *node == "c").for_each(|(node, _)| *node = "w");
            if edition != Edition::Normal || engine != Engine::MySql {
                return None;
            }
        } else {
            let _ = world.adopt(seed);
        }
        if let ClusterStatus::Busy(status) = status {
            world.observe(Observation::ClusterBusy { cluster: id(CLUSTER), status: Some(status) });
        }
        for (node, change) in changes {
            if node != world.writer() {
                world.node(node, change);
            }
        }
        Some(rule(world.call(SOURCE, request)))
    };
    let mut pairs = 0;
    for (at, first) in faults.iter().enumerate() {
        if let Some(answered) = answer(&[first]) {
            assert_eq!(answered, first.1, "alone");
        }
        for second in &faults[at + 1..] {
            // A named target that cannot be and none named exclude each other; so do two faults of one stage.
            let shares_target = |fault: &(u8, &str, Spoil)| matches!(fault.0, 2 | 6 | 7 | 8);
            // An ordinary target is of the wrong kind for a switch to the standby nodes.
            let names_ordinary = first.0 == 4 && matches!(second.0, 6 | 7);
            if first.0 == second.0
                || names_ordinary
                || (shares_target(first)
                    && shares_target(second)
                    && first.0 >= 2
                    && !(first.0 == 6 && second.0 == 7))
            {
                continue;
            }
            if let Some(answered) = answer(&[first, second]) {
                assert_eq!(answered, first.1, "{} before {}", first.1, second.1);
                pairs += 1;
            }
        }
    }
    assert!(pairs >= 40, "{pairs} pairs were compared");
}
