//! Members that break, and groups that break as a whole.

use super::*;

#[test]
fn a_member_that_becomes_invalid_leaves_the_round_and_the_group_shows_it() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Syncing);
    world.pair_succeeds(1);
    let step = invalidate(&mut world, 2);
    assert_eq!(world.shows(), GroupStatus::Invalid, "G-400");
    assert_eq!(statuses(&world, 2), ["normal", "invalid"], "the round of the others commits (G-643)");
    assert_eq!(world.group(1).group.own_status(), GroupStatus::Normal);
    assert_eq!(step.events[0].rule.as_str(), "G-320");
    // The rounds of the rest go on, and the broken one stays broken (G-402).
    world.advance(RPO_MS);
    assert_eq!(statuses(&world, 2), ["syncing", "invalid"]);
    world.copies_succeed();
    // Of its calls only the removal of the broken member is left.
    assert_eq!(rule(world.stop_group()), "G-133");
    assert_eq!(rule(world.remove(1)), "G-693", "a member that replicates does not leave");
    let step = world.remove(2).unwrap();
    assert_eq!((world.shows(), statuses(&world, 2)), (GroupStatus::Normal, vec!["normal", "invalid"]));
    assert!(
        step.events.iter().any(|event| matches!(&event.fact, Fact::Group { fact: GroupFact::Left(_), .. }))
    );
    world.stop_group().unwrap();
}

#[test]
fn a_round_whose_only_copy_left_commits_for_those_that_were_ready() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Syncing);
    world.pair_fails(1);
    drop(invalidate(&mut world, 2));
    assert_eq!(world.group(1).group.own_status(), GroupStatus::Syncing, "a spoilt round stays spoilt");
    world.remove(2).unwrap();
    assert_eq!(world.shows(), GroupStatus::Syncing);
}

#[test]
fn a_removed_disk_breaks_its_member_and_not_the_others() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal).disk("t-2", DiskChange::Removed);
    assert_eq!((world.shows(), statuses(&world, 2)), (GroupStatus::Invalid, vec!["normal", "invalid"]));
    assert_eq!(world.pair(2).status_message().unwrap().as_str(), "DeviceRemoved");
}

/// Whatever was under way is void: a stop, or a round in which a copy failed already.
#[test]
fn a_group_that_breaks_as_a_whole_waits_for_nothing() {
    let broken = || Observation::GroupInvalid { group: group_id(1), message: message("PrePayOrderExpired") };
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Stopping);
    let late = world.group_pending();
    world.observe(broken());
    assert_eq!((world.shows(), world.plane.outstanding().count()), (GroupStatus::Invalid, 0));
    assert_eq!(world.outcome(late, Outcome::Succeeded), Err(Misuse::Stale(late)));
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Syncing);
    world.pair_fails(1);
    world.observe(broken());
    assert_eq!((world.shows(), world.plane.outstanding().count()), (GroupStatus::Invalid, 0));
}

#[test]
fn a_group_that_breaks_as_a_whole_takes_along_the_members_that_replicate() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Invalid);
    assert_eq!(statuses(&world, 2), ["invalid", "invalid"]);
    for (from, left) in [(GroupStatus::Stopped, "stopped"), (GroupStatus::Failedover, "failovered")] {
        let mut world = World::default();
        let (group, message) = (group_id(1), message("PrePayOrderExpired"));
        world.bring_group_to(from).observe(Observation::GroupInvalid { group, message });
        assert_eq!((world.shows(), statuses(&world, 2)), (GroupStatus::Invalid, vec![left; 2]));
        assert_eq!(rule(world.delete_group()), "G-671");
        world.remove(1).unwrap();
        world.remove(2).unwrap();
        assert_eq!(world.shows(), GroupStatus::Invalid);
        world.delete_group().unwrap();
    }
}

#[test]
fn a_member_that_broke_during_a_reverse_is_left_behind() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Reprotecting);
    drop(invalidate(&mut world, 2));
    assert_eq!(world.shows(), GroupStatus::Invalid);
    world.group_succeeds();
    assert_eq!(statuses(&world, 2), ["stopped", "invalid"]);
    assert_eq!(world.pair(2).source().region.as_str(), SOURCE);
    world.remove(2).unwrap();
    assert_eq!(world.shows(), GroupStatus::Stopped);
}
