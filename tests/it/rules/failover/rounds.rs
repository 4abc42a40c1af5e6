use super::*;

#[test]
fn with_two_rounds_each_node_is_tried_twice_in_order() {
    let mut world = with_rounds(2, &[("a", 5), ("b", 3)]);
    world.fail_over(None).unwrap();
    let mut order = Vec::new();
    while world.db().failover().is_some() {
        order.push(world.promoting());
        world.promotion_fails();
    }
    assert_eq!(order, ["a", "b", "a", "b"]);
    assert_eq!(standing(&world), ended("w", "Running"));
}

#[test]
fn a_new_round_offers_the_whole_tier_again() {
    let mut world = with_rounds(2, &[("a", 5), ("b", 5)]);
    world.fail_over(None).unwrap();
    world.choose("a").unwrap();
    world.promotion_fails();
    assert_eq!(world.promoting(), "b");
    world.promotion_fails();
    assert_eq!(world.offered(), ["a", "b"]);
    assert_eq!(world.db().failover().unwrap().round(), 2);
    assert_eq!(world.db().failover().unwrap().attempts(), 2);
}

#[test]
fn a_round_that_finds_nobody_is_not_begun() {
    let mut world = with_rounds(9, &[("a", 5)]);
    world.fail_over(None).unwrap();
    down(&mut world, "a");
    assert_eq!(standing(&world), ended("w", "Running"));
}

/// Readings that change while a failover runs judge nothing that stands.
#[test]
fn fewer_rounds_by_a_new_policy_leave_a_sound_state() {
    let mut world = with_rounds(3, &[("a", 5), ("b", 3)]);
    world.fail_over(None).unwrap();
    world.promotion_fails();
    world.promotion_fails();
    assert_eq!(world.db().failover().unwrap().round(), 2);
    world.plane.set_policy(Default::default()).unwrap();
    assert_eq!(world.plane.check(), Ok(()));
    world.promotion_fails();
    assert_eq!(world.promoting(), "b", "the round that runs goes on");
    world.promotion_fails();
    assert_eq!(standing(&world), ended("w", "Running"));
}
