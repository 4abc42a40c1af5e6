use super::*;

/// P-180.
#[test]
fn a_writer_that_fails_begins_a_failover_by_election() {
    let mut world = with_readers(&[("a", 5), ("b", 9)]);
    let step = down(&mut world, "w");
    assert_eq!(rules(&step), ["P-310", "P-180", "P-141", "P-302"]);
    assert_eq!(
        cluster_facts(&step)[1].1,
        ClusterFact::FailoverBegan { cause: Cause::Automatic, requested: None }
    );
    assert_eq!((world.promoting(), world.db_status()), ("b".into(), "Switching".into()));
    world.promoted();
    assert_eq!(standing(&world), ended("b", "Running"));
    assert!(!world.db().node(&id("w")).unwrap().up, "the old writer is a reader that is down");
}

#[test]
fn it_elects_on_every_engine() {
    for engine in [Engine::MySql, Engine::PostgreSql, Engine::Oracle] {
        let mut world = seeded(|seed| seed.engine = engine);
        down(&mut world, "w");
        assert_eq!(world.promoting(), "a", "{engine:?}");
    }
}

/// P-106 binds only callers.
#[test]
fn the_frequency_window_does_not_hold_it() {
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    world.fail_over(None).unwrap();
    world.promoted();
    assert_eq!(rule(world.fail_over(None)), "P-106");
    down(&mut world, "a");
    assert_eq!(world.promoting(), "b");
}

/// P-181, P-302.
#[test]
fn without_a_candidate_the_cluster_waits_and_the_next_eligible_node_begins_a_failover() {
    let mut world = with_readers(&[("a", 5)]);
    down(&mut world, "a");
    let step = down(&mut world, "w");
    assert_eq!(rules(&step), ["P-310", "P-181", "P-302"]);
    assert_eq!(standing(&world), ended("w", "Switching"));
    let step = up(&mut world, "a");
    assert_eq!(rules(&step), ["P-310", "P-180", "P-141"]);
    world.promoted();
    assert_eq!(standing(&world), ended("a", "Running"));
}

#[test]
fn a_waiting_cluster_is_woken_by_a_healthy_replication_and_by_nothing_less() {
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    world.node("a", NodeChange::Replicating(false));
    down(&mut world, "a");
    down(&mut world, "b");
    down(&mut world, "w");
    up(&mut world, "a");
    assert!(world.db().failover().is_none(), "it is up, but does not replicate");
    world.set_priority("a", 9);
    assert!(world.db().failover().is_none());
    world.node("a", NodeChange::Replicating(true));
    assert_eq!(world.promoting(), "a");
}

#[test]
fn a_writer_that_comes_back_ends_the_waiting() {
    let mut world = with_readers(&[("a", 5)]);
    down(&mut world, "a");
    down(&mut world, "w");
    let step = up(&mut world, "w");
    assert_eq!(rules(&step), ["P-310", "P-302"]);
    assert_eq!(standing(&world), ended("w", "Running"));
    up(&mut world, "a");
    assert!(world.db().failover().is_none());
}

#[test]
fn all_failed_leaves_the_cluster_switching_and_a_manual_call_may_try_again() {
    let mut world = with_readers(&[("a", 5)]);
    down(&mut world, "w");
    let step = world.promotion_fails();
    assert_eq!(rules(&step), ["P-161", "P-170"]);
    assert_eq!(standing(&world), ended("w", "Switching"));
    // P-107.
    world.fail_over(None).unwrap();
    assert_eq!(world.promoting(), "a");
    world.promoted();
    assert_eq!(standing(&world), ended("a", "Running"));
}

/// P-181: only a node that becomes eligible begins another one.
#[test]
fn after_all_failed_a_node_that_falls_begins_nothing_and_one_that_comes_back_does() {
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    down(&mut world, "w");
    let _ = world.promotion_fails();
    let _ = world.promotion_fails();
    assert_eq!(standing(&world), ended("w", "Switching"));
    assert_eq!(rules(&down(&mut world, "b")), ["P-310"]);
    assert_eq!(standing(&world), ended("w", "Switching"));
    let step = world.node("b", NodeChange::Up(true));
    assert_eq!(rules(&step), ["P-310", "P-180", "P-141"]);
    assert_eq!(world.promoting(), "a");
}

#[test]
fn a_tie_is_offered_in_an_automatic_failover_too() {
    let mut world = with_readers(&[("a", 5), ("b", 5)]);
    down(&mut world, "w");
    assert_eq!(world.offered(), ["a", "b"]);
    world.choose("b").unwrap();
    world.promoted();
    assert_eq!(world.writer(), "b");
}

/// P-182.
#[test]
fn a_writer_that_fails_during_a_manual_failover_makes_it_automatic() {
    let mut world = with_readers(&[("a", 5), ("b", 9)]);
    world.fail_over(Some("a")).unwrap();
    let promotion = world.db_pending();
    let step = down(&mut world, "w");
    assert_eq!(rules(&step), ["P-310", "P-182"]);
    assert_eq!(world.db_pending(), promotion, "what is under way goes on");
    world.promotion_fails();
    assert_eq!(world.promoting(), "b", "the named target binds no more");
    world.promotion_fails();
    assert_eq!(standing(&world), ended("w", "Switching"));
}

#[test]
fn a_writer_that_comes_back_during_a_failover_does_not_stop_it() {
    let mut world = with_readers(&[("a", 5)]);
    down(&mut world, "w");
    up(&mut world, "w");
    assert_eq!((world.promoting(), world.db_status()), ("a".into(), "Switching".into()));
    world.promotion_fails();
    assert_eq!(standing(&world), ended("w", "Running"));
}

#[test]
fn editions_that_do_not_fail_over_do_not_do_so_automatically_either() {
    for edition in Edition::ALL {
        let mut world = seeded(|seed| seed.edition = *edition);
        down(&mut world, "w");
        assert_eq!(world.db().failover().is_some(), edition.fails_over(), "{edition:?}");
        assert_eq!(world.db_status(), "Switching");
    }
}

/// The writer may be lost while the cluster is made or released; the failover is then made up for.
#[test]
fn a_writer_that_was_lost_before_the_cluster_ran_is_replaced_as_soon_as_it_runs() {
    let mut world = seeded(|seed| seed.status = ClusterStatus::Creating);
    down(&mut world, "w");
    assert!(world.db().failover().is_none());
    let step = world.promoted();
    assert!(rules(&step).contains(&"P-180"), "{:?}", rules(&step));
    assert_eq!((world.promoting(), world.db_status()), ("a".into(), "Switching".into()));

    let mut world = seeded(|_| ());
    world.call(SOURCE, DeleteDbCluster::new(id(CLUSTER))).unwrap();
    down(&mut world, "w");
    world.promotion_fails();
    assert_eq!((world.promoting(), world.db_status()), ("a".into(), "Switching".into()));
}

#[test]
fn a_busy_cluster_replaces_its_writer_too() {
    let mut world = with_readers(&[("a", 5)]);
    let busy = Observation::ClusterBusy { cluster: id(CLUSTER), status: Some(message("ClassChanging")) };
    world.observe(busy);
    down(&mut world, "w");
    assert_eq!((world.promoting(), world.db_status()), ("a".into(), "Switching".into()));
    world.promoted();
    assert_eq!(world.db_status(), "ClassChanging");
}
