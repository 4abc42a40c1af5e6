use super::*;

/// P-151.
#[test]
fn any_node_of_the_tier_can_be_chosen() {
    for chosen in ["a", "c"] {
        let mut world = with_readers(&[("a", 9), ("b", 3), ("c", 9)]);
        world.fail_over(None).unwrap();
        let step = world.choose(chosen).unwrap();
        assert_eq!((world.promoting().as_str(), rules(&step)), (chosen, vec!["P-151"]));
        world.promoted();
        assert_eq!(standing(&world), ended(chosen, "Running"));
    }
}

/// P-152.
#[test]
fn a_node_outside_the_tier_cannot_be_chosen() {
    let mut world = with_readers(&[("a", 9), ("b", 3), ("c", 9)]);
    world.fail_over(None).unwrap();
    let choice = world.db_pending();
    for outside in ["b", "w", "unknown"] {
        assert_eq!(world.choose(outside), Err(Misuse::NotOffered(choice)));
    }
    assert_eq!(world.db_pending(), choice);
}

#[test]
fn a_choice_ends_by_a_choice_and_a_promotion_by_success_or_failure() {
    let mut world = with_readers(&[("a", 9), ("b", 9)]);
    world.fail_over(None).unwrap();
    let choice = world.db_pending();
    let failed = Outcome::Failed { failure: Failure::Other, message: None };
    assert_eq!(world.outcome(choice, Outcome::Succeeded), Err(Misuse::WrongOutcome(choice)));
    assert_eq!(world.outcome(choice, failed), Err(Misuse::WrongOutcome(choice)));
    world.choose("a").unwrap();
    let promotion = world.db_pending();
    assert_eq!(world.choose("a"), Err(Misuse::WrongOutcome(promotion)));
    assert_eq!(world.outcome(choice, Outcome::Chosen(id("a"))), Err(Misuse::Stale(choice)));
}

/// P-150, P-122.
#[test]
fn a_change_of_priority_makes_a_new_offer_and_the_old_choice_stale() {
    let mut world = with_readers(&[("a", 9), ("b", 3), ("c", 9)]);
    world.fail_over(None).unwrap();
    let old = world.db_pending();
    let step = world.later(1_000).set_priority("b", 9);
    assert_eq!(rules(&step), ["P-122", "P-150"]);
    assert_eq!(world.offered(), ["a", "b", "c"]);
    assert_ne!(world.db_pending(), old);
    assert_eq!(world.db().outstanding().unwrap().1, at(world.now), "the new offer has an age of its own");
    assert_eq!(world.outcome(old, Outcome::Chosen(id("a"))), Err(Misuse::Stale(old)));
    world.choose("b").unwrap();
}

#[test]
fn a_change_of_priority_that_leaves_one_node_on_top_promotes_it() {
    let mut world = with_readers(&[("a", 9), ("b", 3), ("c", 9)]);
    world.fail_over(None).unwrap();
    let step = world.set_priority("b", 10);
    assert_eq!((world.promoting(), rules(&step)), ("b".into(), vec!["P-122", "P-150"]));
    let mut world = with_readers(&[("a", 9), ("b", 3), ("c", 9)]);
    world.fail_over(None).unwrap();
    world.set_priority("a", 8);
    assert_eq!(world.promoting(), "c");
}

#[test]
fn the_same_nodes_at_another_priority_are_a_new_offer() {
    let mut world = with_readers(&[("a", 9), ("b", 3), ("c", 9)]);
    world.fail_over(None).unwrap();
    world.set_priority("a", 2);
    assert_eq!(world.promoting(), "c");
    let mut world = with_readers(&[("a", 9), ("b", 9), ("c", 4)]);
    world.fail_over(None).unwrap();
    let old = world.db_pending();
    down(&mut world, "c");
    assert_eq!(world.db_pending(), old, "the tier did not change");
}

/// P-310.
#[test]
fn a_node_that_goes_down_or_stops_replicating_leaves_the_offer() {
    for change in [NodeChange::Up(false), NodeChange::Replicating(false)] {
        let mut world = with_readers(&[("a", 9), ("b", 9), ("c", 9)]);
        world.fail_over(None).unwrap();
        let step = world.node("b", change);
        assert_eq!(rules(&step), ["P-310", "P-150"]);
        assert_eq!(world.offered(), ["a", "c"]);
        world.node("c", change);
        assert_eq!(world.promoting(), "a");
    }
}

#[test]
fn a_node_that_comes_up_joins_the_offer_or_outranks_it() {
    let mut world = with_readers(&[("a", 9), ("b", 9), ("c", 9), ("d", 15)]);
    down(&mut world, "c");
    down(&mut world, "d");
    world.fail_over(None).unwrap();
    up(&mut world, "c");
    assert_eq!(world.offered(), ["a", "b", "c"]);
    up(&mut world, "d");
    assert_eq!(world.promoting(), "d");
}

#[test]
fn when_all_of_the_tier_are_lost_the_next_tier_follows() {
    let mut world = with_readers(&[("a", 9), ("b", 9), ("c", 1)]);
    world.fail_over(None).unwrap();
    down(&mut world, "a");
    assert_eq!(world.promoting(), "b");
    down(&mut world, "b");
    assert_eq!(world.promoting(), "c");
}

#[test]
fn a_lower_node_that_comes_or_goes_does_not_disturb_the_offer() {
    let mut world = with_readers(&[("a", 9), ("b", 9), ("c", 1)]);
    world.fail_over(None).unwrap();
    let choice = world.db_pending();
    down(&mut world, "c");
    up(&mut world, "c");
    world.set_priority("c", 8);
    assert_eq!(world.db_pending(), choice);
}
