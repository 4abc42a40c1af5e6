//! A failover that is not over begins again (`P-183`, `P-184`).

use failover_model::policy::{AfterExhaustion, AutomaticInWindow, PolarDbPolicy, WriterAlone};
use failover_model::{DeadlineKind, ResourceId};

use super::*;

const PAUSE: u64 = 3_000;

fn under(change: fn(&mut PolarDbPolicy), readers: &[(&str, u8)]) -> World {
    let mut world = World::with(|policy| change(&mut policy.polardb));
    world.cluster(readers);
    world
}

fn restarts(policy: &mut PolarDbPolicy) {
    policy.writer_alone = WriterAlone::Restarts;
}

/// When the cluster falls due, from now on.
fn due(world: &World) -> Option<u64> {
    let deadline = world.plane.next_deadline()?;
    assert_eq!(
        (deadline.kind, deadline.resource),
        (DeadlineKind::NextRound, ResourceId::Cluster(id(CLUSTER)))
    );
    Some(deadline.at.as_millis() - at(world.now).as_millis())
}

#[test]
fn a_reader_whose_promotion_failed_is_tried_again_until_one_succeeds() {
    let mut world = with_readers(&[("a", 5)]);
    down(&mut world, "w");
    for _ in 0..5 {
        world.promotion_fails();
        assert_eq!((standing(&world), due(&world)), (ended("w", "Switching"), Some(PAUSE)));
        assert!(world.advance(PAUSE - 1).is_empty(), "not before the pause is over");
        let step = world.advance(1);
        assert_eq!(rules(&step), ["P-180", "P-141"]);
        assert_eq!((world.promoting().as_str(), due(&world)), ("a", None));
    }
    world.promoted();
    assert_eq!((standing(&world), due(&world)), (ended("a", "Running"), None));
}

#[test]
fn the_next_round_elects_anew() {
    let mut world = with_readers(&[("a", 5), ("b", 5), ("c", 3)]);
    down(&mut world, "w");
    world.choose("b").unwrap();
    for _ in 0..3 {
        world.promotion_fails();
    }
    world.set_priority("c", 9);
    world.advance(PAUSE);
    assert_eq!(world.promoting(), "c");
    world.promotion_fails();
    assert_eq!(world.offered(), ["a", "b"]);
}

#[test]
fn an_eligible_node_is_all_it_takes_whatever_ended_the_round_before() {
    // It stays eligible while its rival becomes eligible and falls again.
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    down(&mut world, "w");
    world.promotion_fails();
    down(&mut world, "b");
    assert_eq!(due(&world), Some(PAUSE));
    // Nobody is left: nothing to wait for but a change.
    down(&mut world, "a");
    assert_eq!(due(&world), None);
    assert!(world.advance(WINDOW).is_empty());
    // A node that becomes eligible does not wait for the pause (P-181).
    up(&mut world, "b");
    assert_eq!(world.promoting(), "b");
}

#[test]
fn a_writer_that_comes_back_calls_the_next_round_off() {
    let mut world = with_readers(&[("a", 5)]);
    down(&mut world, "w");
    world.promotion_fails();
    up(&mut world, "w");
    assert_eq!((standing(&world), due(&world)), (ended("w", "Running"), None));
    assert!(world.advance(WINDOW).is_empty());
}

#[test]
fn a_cluster_taken_in_without_its_writer_fails_over_after_the_pause() {
    let mut world = seeded(|seed| seed.nodes[0].up = false);
    assert_eq!(due(&world), Some(PAUSE));
    world.advance(PAUSE);
    assert!(world.db().failover().is_some());
}

#[test]
fn an_edition_that_does_not_fail_over_has_no_next_round() {
    let mut world = seeded(|seed| seed.edition = Edition::Archive);
    down(&mut world, "w");
    assert_eq!(due(&world), None);
}

#[test]
fn the_pause_is_a_policy_and_none_at_all_does_not_spin() {
    let mut world = under(|policy| policy.retry_pause = Span::from_secs(60), &[("a", 5)]);
    down(&mut world, "w");
    world.promotion_fails();
    assert_eq!(due(&world), Some(60_000));
    let mut world = under(|policy| policy.retry_pause = Span::from_millis(0), &[("a", 5)]);
    down(&mut world, "w");
    world.promotion_fails();
    assert_eq!(rules(&world.advance(0)), ["P-180", "P-141"], "one round, whose outcome is waited for");
}

/// P-172.
#[test]
fn a_manual_failover_that_waits_begins_again_too() {
    let mut world = under(|policy| policy.after_exhaustion = AfterExhaustion::Waits, &[("a", 5)]);
    world.fail_over(None).unwrap();
    world.promotion_fails();
    assert_eq!(due(&world), Some(PAUSE));
    assert_eq!(rules(&world.advance(PAUSE)), ["P-301", "P-141"]);
    world.promoted();
    assert_eq!((standing(&world), due(&world)), (ended("a", "Running"), None));
    let mut world = with_readers(&[("a", 5)]);
    world.fail_over(None).unwrap();
    world.promotion_fails();
    assert_eq!(due(&world), None, "by default it has ended");
}

/// P-186.
#[test]
fn a_window_that_holds_it_begins_it_at_its_end() {
    let hold = |policy: &mut PolarDbPolicy| policy.automatic_in_window = AutomaticInWindow::Held;
    let mut world = under(hold, &[("a", 5)]);
    world.fail_over(None).unwrap();
    world.promoted();
    up(&mut world, "w");
    world.later(WINDOW - 10_000);
    down(&mut world, "a");
    assert_eq!((world.db().failover(), due(&world)), (None, Some(10_000)));
    world.advance(10_000);
    assert_eq!(world.promoting(), "w");
}

/// P-184.
#[test]
fn a_writer_that_nobody_can_replace_is_restarted_by_policy() {
    let mut world = under(restarts, &[("a", 5)]);
    down(&mut world, "a");
    assert_eq!(rules(&down(&mut world, "w")), ["P-310", "P-181", "P-302"]);
    for _ in 0..3 {
        assert_eq!(due(&world), Some(PAUSE));
        assert_eq!(rules(&world.advance(PAUSE)), ["P-184", "P-302"]);
        assert_eq!((world.db_status().as_str(), due(&world)), ("Rebooting", None));
        let work = world.db().work().unwrap().id;
        world.fail(work);
        assert_eq!(world.db_status(), "Switching");
    }
    world.advance(PAUSE);
    let work = world.db().work().unwrap().id;
    world.succeed(work);
    assert_eq!((standing(&world), due(&world)), (ended("w", "Running"), None));
    // Where a node can take over it does, and by default nobody is restarted.
    let mut world = under(restarts, &[("a", 5)]);
    down(&mut world, "w");
    world.promotion_fails();
    world.advance(PAUSE);
    assert_eq!(world.promoting(), "a");
    let mut world = with_readers(&[("a", 5)]);
    down(&mut world, "a");
    down(&mut world, "w");
    assert!(world.advance(WINDOW).is_empty());
}

/// P-181, P-184.
#[test]
fn a_node_that_becomes_eligible_during_the_restart_takes_over_if_it_fails() {
    let mut world = under(restarts, &[("a", 5)]);
    down(&mut world, "a");
    down(&mut world, "w");
    world.advance(PAUSE);
    up(&mut world, "a");
    assert!(world.db().failover().is_none(), "the writer is waited for (P-243)");
    let work = world.db().work().unwrap().id;
    world.fail(work);
    assert_eq!(world.promoting(), "a");
}
