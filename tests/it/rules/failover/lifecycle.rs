use super::*;

fn fresh(nodes: &[&str]) -> Fresh {
    Fresh::Cluster(FreshCluster { cluster: id(CLUSTER), nodes: kit::ids(nodes), order: id("o-1") })
}

/// P-010, P-013, P-015, P-300, P-305.
#[test]
fn create_makes_one_writer_and_readers_of_priority_1_in_the_first_zone() {
    let mut world = World::default();
    let output = world
        .apply(OWNER, SOURCE, None, create_cluster(Edition::Normal, 3).into(), fresh(&["w", "a", "b"]))
        .unwrap();
    output.result.unwrap().unwrap();
    assert_eq!(rules(&output.step), ["P-010"]);
    let kind = ClusterEffect::Lifecycle(Lifecycle::Create);
    assert_eq!(output.step.effects[0].kind, EffectKind::Cluster { cluster: id(CLUSTER), effect: kind });
    let db = world.db();
    assert_eq!((db.status().to_string(), db.nodes().len()), ("Creating".into(), 3));
    for (at, node) in db.nodes().iter().enumerate() {
        assert_eq!(node.role, if at == 0 { Role::Writer } else { Role::Reader });
        assert_eq!((node.priority, node.zone.as_str()), (priority(1), "cn-shanghai-a"));
        assert_eq!(db.node_status(node), "Creating");
    }
    let step = world.promoted();
    assert_eq!(rules(&step), ["P-015"]);
    assert_eq!(standing(&world), ended("w", "Running"));
}

/// P-016.
#[test]
fn a_cluster_whose_creation_fails_is_gone() {
    let mut world = World::default();
    world
        .apply(OWNER, SOURCE, None, create_cluster(Edition::Normal, 1).into(), fresh(&["w"]))
        .unwrap()
        .result
        .unwrap()
        .unwrap();
    let step = world.promotion_fails();
    assert_eq!(rules(&step), ["P-016"]);
    assert!(world.plane.cluster(&id(CLUSTER)).is_none());
    world.cluster(&[("a", 1)]);
}

/// P-011.
#[test]
fn the_number_of_nodes_belongs_to_the_edition() {
    for (edition, most) in [
        (Edition::Normal, 16),
        (Edition::Archive, 16),
        (Edition::NormalMultimaster, 16),
        (Edition::SeNormal, 8),
        (Edition::Basic, 1),
    ] {
        for number in [0, 1, most, most + 1, u8::MAX] {
            let mut world = World::default();
            let names: Vec<String> = (0..number).map(|at| format!("n-{at}")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let output = world
                .apply(OWNER, SOURCE, None, create_cluster(edition, number).into(), fresh(&names))
                .unwrap();
            let accepted = (1..=most).contains(&number);
            assert_eq!(output.result.unwrap().is_ok(), accepted, "{edition:?} {number}");
        }
        assert!(edition.node_numbers().0.contains(&edition.node_numbers().1));
    }
}

/// P-012.
#[test]
fn a_version_belongs_to_its_engine() {
    for engine in [Engine::MySql, Engine::PostgreSql, Engine::Oracle] {
        for version in ["5.6", "5.7", "8.0", "11", "14", "15", "9", ""] {
            let request =
                with!(create_cluster(Edition::Normal, 1), engine = engine, version = Arc::from(version));
            let output = World::default().apply(OWNER, SOURCE, None, request.into(), fresh(&["w"])).unwrap();
            match output.result.unwrap() {
                Ok(_) => assert!(engine.versions().contains(&version)),
                Err(refusal) => {
                    assert!(!engine.versions().contains(&version));
                    assert_eq!(refusal.rule().as_str(), "P-012");
                }
            }
        }
    }
}

#[test]
fn fresh_ids_must_be_as_many_as_the_nodes_distinct_and_unused() {
    let mut world = with_readers(&[("a", 1)]);
    let mut attempt = |cluster: &str, nodes: &[&str]| {
        let fresh = FreshCluster { cluster: id(cluster), nodes: kit::ids(nodes), order: id("o-1") };
        world
            .apply(OWNER, SOURCE, None, create_cluster(Edition::Normal, 2).into(), Fresh::Cluster(fresh))
            .map(|_| ())
    };
    assert_eq!(attempt(CLUSTER, &["x", "y"]), Err(Misuse::BadFreshId));
    assert_eq!(attempt("pc-2", &["x"]), Err(Misuse::BadFreshId));
    assert_eq!(attempt("pc-2", &["x", "y", "z"]), Err(Misuse::BadFreshId));
    assert_eq!(attempt("pc-2", &["x", "x"]), Err(Misuse::BadFreshId));
    assert_eq!(attempt("pc-2", &["x", "a"]), Err(Misuse::BadFreshId));
    assert_eq!(attempt("pc-2", &["x", "y"]), Ok(()));
}

/// P-023, P-024.
#[test]
fn a_running_cluster_is_released() {
    let mut world = with_readers(&[("a", 5)]);
    let step = world.call(SOURCE, DeleteDbCluster::new(id(CLUSTER))).unwrap();
    assert_eq!((rules(&step), effects(&step)), (vec!["P-023"], vec!["delete_cluster"]));
    assert_eq!(world.db_status(), "Deleting");
    let step = world.promoted();
    assert_eq!(rules(&step), ["P-024"]);
    assert!(world.plane.cluster(&id(CLUSTER)).is_none());
}

/// P-025.
#[test]
fn a_release_that_fails_returns_to_the_status_before() {
    let mut world = with_readers(&[("a", 5)]);
    world.call(SOURCE, DeleteDbCluster::new(id(CLUSTER))).unwrap();
    let step = world.promotion_fails();
    assert_eq!(rules(&step), ["P-025"]);
    assert_eq!(world.db_status(), "Running");
    world.fail_over(None).unwrap();
}

/// P-020, P-021, P-022: what will not pass comes before what may.
#[test]
fn subscriptions_locked_clusters_and_busy_ones_are_not_released_in_this_order() {
    let delete = |change: &dyn Fn(&mut ClusterSeed)| {
        let mut world = seeded(|seed| change(seed));
        rule(world.call(SOURCE, DeleteDbCluster::new(id(CLUSTER))))
    };
    let prepaid = |seed: &mut ClusterSeed| seed.pay_type = PayType::Prepaid;
    let locked = |seed: &mut ClusterSeed| seed.deletion_lock = true;
    let busy = |seed: &mut ClusterSeed| seed.status = ClusterStatus::Busy(message("ClassChanging"));
    assert_eq!(delete(&prepaid), "P-022");
    assert_eq!(delete(&locked), "P-021");
    assert_eq!(delete(&busy), "P-020");
    assert_eq!(
        delete(&|seed| {
            prepaid(seed);
            locked(seed);
            busy(seed);
        }),
        "P-022"
    );
    assert_eq!(
        delete(&|seed| {
            locked(seed);
            busy(seed);
        }),
        "P-021"
    );
}

#[test]
fn a_cluster_that_fails_over_or_has_lost_its_writer_is_not_released() {
    let mut world = with_readers(&[("a", 5)]);
    world.fail_over(None).unwrap();
    assert_eq!(rule(world.call(SOURCE, DeleteDbCluster::new(id(CLUSTER)))), "P-020");
    let mut world = with_readers(&[]);
    down(&mut world, "w");
    assert_eq!(rule(world.call(SOURCE, DeleteDbCluster::new(id(CLUSTER)))), "P-020");
}

/// P-305.
#[test]
fn node_statuses_follow_the_failover_and_the_nodes_own_state() {
    let mut world = seeded(|seed| {
        seed.nodes.push(kit::node("c", Role::Reader, 1));
        seed.nodes.last_mut().unwrap().busy = Some(message("ClassChanging"));
    });
    down(&mut world, "b");
    let shown = |world: &World| -> Vec<String> {
        world.db().nodes().iter().map(|node| world.db().node_status(node).to_string()).collect()
    };
    assert_eq!(shown(&world), ["Running", "Running", "Rebooting", "ClassChanging"]);
    world.fail_over(None).unwrap();
    assert_eq!(shown(&world), ["Switching", "Switching", "Rebooting", "ClassChanging"]);
    world.promoted();
    assert_eq!(shown(&world), ["Running", "Running", "Rebooting", "ClassChanging"]);
}

/// P-305: who will be promoted is open, so no node shows it; the cluster does.
#[test]
fn while_a_choice_is_pending_every_node_shows_its_own_state() {
    let mut world = with_readers(&[("a", 5), ("b", 5), ("c", 1)]);
    down(&mut world, "c");
    world.fail_over(None).unwrap();
    let shown: Vec<_> = world.db().nodes().iter().map(|node| world.db().node_status(node)).collect();
    assert_eq!(shown, ["Running", "Running", "Running", "Rebooting"]);
    assert_eq!(world.db_status(), "Switching");
}
