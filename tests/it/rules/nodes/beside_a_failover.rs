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
