//! Effects that fail for some members.

use super::*;

#[test]
fn a_partial_failover_leaves_each_member_its_own_result_and_a_repeat_concerns_the_rest() {
    let mut world = World::default();
    world.group_of(3).start_group(false).unwrap();
    world.copies_succeed();
    let step = world.failover_group().unwrap();
    let all = || vec!["pair-1".to_owned(), "pair-2".into(), "pair-3".into()];
    assert_eq!(asked(&step), [("failover_group", all())]);
    assert_eq!(statuses(&world, 3), ["failovering"; 3]);
    let step = world.later(5).group_fails_for(&[2]).unwrap();
    assert_eq!(rules(&step)[0], "G-341");
    assert_eq!(world.shows(), GroupStatus::FailoverFailed);
    assert_eq!(statuses(&world, 3), ["failovered", "failover_failed", "failovered"], "G-404");
    let writable = |world: &World, number: u32| world.pair(number).destination_access().as_str();
    assert_eq!([1, 2, 3].map(|number| writable(&world, number)), ["read_write", "none", "read_write"]);
    let step = world.failover_group().unwrap();
    assert_eq!(asked(&step), [("failover_group", vec!["pair-2".to_owned()])], "G-430");
    assert_eq!(statuses(&world, 3), ["failovered", "failovering", "failovered"]);
    let outstanding: Vec<_> = world.plane.outstanding().collect();
    assert_eq!(outstanding, step.effects, "what is outstanding is what was asked");
    world.group_succeeds();
    assert_eq!((world.shows(), statuses(&world, 3)), (GroupStatus::Failedover, vec!["failovered"; 3]));
    assert_eq!(writable(&world, 2), "read_write");
}

#[test]
fn a_partial_stop_is_like_a_partial_failover() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Stopping);
    let step = world.group_fails_for(&[1]).unwrap();
    assert_eq!(rules(&step), ["G-331", "G-401", "G-404"], "pair 2 keeps its own result");
    assert_eq!(
        (world.shows(), statuses(&world, 2)),
        (GroupStatus::StopFailed, vec!["stop_failed", "stopped"])
    );
    let step = world.stop_group().unwrap();
    assert_eq!(asked(&step), [("stop_group", vec!["pair-1".to_owned()])]);
    // A failover concerns both, and supersedes the stop: its report is late.
    let late = world.group_pending();
    let step = world.failover_group().unwrap();
    assert_eq!(asked(&step)[0].1, ["pair-1", "pair-2"]);
    assert_eq!(world.outcome(late, Outcome::Succeeded), Err(Misuse::Stale(late)));
    assert_eq!(statuses(&world, 2), ["failovering"; 2]);
}

#[test]
fn only_a_stop_and_a_failover_fail_partly_and_only_for_their_own_members() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Failingover);
    let pending = world.group_pending();
    for wrong in [&[][..], &[3], &[1, 9]] {
        assert_eq!(world.group_fails_for(wrong), Err(Misuse::WrongOutcome(pending)));
    }
    assert_eq!(world.outcome(pending, Outcome::Chosen(id("n"))), Err(Misuse::WrongOutcome(pending)));
    world.group_fails_for(&[1, 2]).unwrap();
    assert_eq!(statuses(&world, 2), ["failover_failed"; 2]);
    // Those that were done already are not what a repeat is about.
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Failingover).group_fails_for(&[2]).unwrap();
    world.failover_group().unwrap();
    assert!(world.group_fails_for(&[1]).is_err());
    // Reprotect is all or nothing (G-431); creating and deleting concern no member.
    for status in [GroupStatus::Reprotecting, GroupStatus::Creating, GroupStatus::Deleting] {
        let mut world = World::default();
        world.bring_group_to(status);
        assert!(matches!(world.group_fails_for(&[1]), Err(Misuse::WrongOutcome(_))), "{status}");
    }
    // An effect of a pair does not end so either.
    let mut world = World::default();
    world.create(1);
    let id = world.pending(1);
    let outcome = Outcome::PartlyFailed {
        failure: failover_model::polardb::Failure::Other,
        failed: [pair_id(1)].into(),
    };
    assert_eq!(world.outcome(id, outcome), Err(Misuse::WrongOutcome(id)));
}
