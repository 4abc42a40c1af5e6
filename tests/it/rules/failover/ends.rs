use super::*;

fn removed() -> Observation {
    Observation::ClusterRemoved { cluster: id(CLUSTER) }
}

/// P-171, P-304.
#[test]
fn a_failover_ends_with_its_cluster() {
    let mut world = with_readers(&[("a", 5), ("b", 5)]);
    world.fail_over(None).unwrap();
    let choice = world.db_pending();
    let step = world.observe(removed());
    assert_eq!(rules(&step), ["P-171", "P-304"]);
    assert_eq!(world.plane.outstanding().count(), 0);
    assert_eq!(world.outcome(choice, Outcome::Chosen(id("a"))), Err(Misuse::Stale(choice)));
    assert_eq!(rule(world.fail_over(None)), "P-100");
    assert_eq!(world.report(Report::Observed(removed())), Err(Misuse::Unknown));
    let node = Observation::Node { node: id("a"), change: NodeChange::Up(false) };
    assert_eq!(world.report(Report::Observed(node)), Err(Misuse::Unknown));
}

#[test]
fn a_cluster_without_a_failover_can_be_removed_too_and_its_ids_are_free() {
    for status in [ClusterStatus::Running, ClusterStatus::Creating, ClusterStatus::Deleting] {
        let mut world = seeded(|seed| seed.status = status.clone());
        assert_eq!(rules(&world.observe(removed())), ["P-304"]);
        world.cluster(&[("a", 1)]);
    }
}

/// P-106.
#[test]
fn the_frequency_window_ends_at_its_very_millisecond_and_counts_from_the_end_of_the_switch() {
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    world.fail_over(None).unwrap();
    world.later(30_000).promoted();
    world.later(WINDOW - 1);
    let refusal = world.fail_over(None).unwrap_err();
    let Refusal::PolarDb(PolarDbRefusal { why: PolarDbReason::TooFrequent { wait, .. }, .. }) = &refusal
    else {
        panic!("{refusal}")
    };
    assert_eq!((refusal.rule().as_str(), *wait), ("P-106", Span::from_millis(1)));
    assert_eq!(rule(world.fail_over(Some("b"))), "P-106");
    world.later(1).fail_over(None).unwrap();
}

#[test]
fn the_frequency_window_is_a_policy_and_zero_switches_it_off() {
    let mut world = World::with(|policy| policy.polardb.switch_window = Span::from_millis(0));
    world.cluster(&[("a", 5)]);
    world.fail_over(None).unwrap();
    world.promoted();
    world.fail_over(None).unwrap();
    assert_eq!(world.promoting(), "w");
}

#[test]
fn an_automatic_switch_begins_the_window_for_callers() {
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    down(&mut world, "w");
    world.promoted();
    assert_eq!(rule(world.fail_over(None)), "P-106");
}

/// P-105, P-303.
#[test]
fn a_busy_cluster_does_not_fail_over() {
    let mut world = with_readers(&[("a", 5)]);
    world.fail_over(None).unwrap();
    assert_eq!(rule(world.fail_over(None)), "P-105");
    for status in [ClusterStatus::Creating, ClusterStatus::Deleting] {
        let mut world = seeded(|seed| seed.status = status.clone());
        assert_eq!(rule(world.fail_over(None)), "P-105", "{status}");
    }
    let mut world = with_readers(&[("a", 5)]);
    let busy = |status| Observation::ClusterBusy { cluster: id(CLUSTER), status };
    let step = world.observe(busy(Some(message("ClassChanging"))));
    assert_eq!(rules(&step), ["P-303"]);
    assert_eq!(world.db_status(), "ClassChanging");
    let refusal = world.fail_over(None).unwrap_err();
    assert_eq!((refusal.rule().as_str(), refusal.wire().code.as_ref()), ("P-105", "HaStatusNotSupport"));
    assert!(world.observe(busy(Some(message("ClassChanging")))).is_empty());
    world.observe(busy(None));
    world.fail_over(None).unwrap();
}
