//! Pairs that leave a group.

use super::*;

#[test]
fn a_group_whose_last_member_was_removed_is_stopped() {
    let mut world = World::default();
    world.group_of(1).start_group(false).unwrap();
    drop(invalidate(&mut world, 1));
    let step = world.remove(1).unwrap();
    assert_eq!((world.shows(), world.group(1).group.due()), (GroupStatus::Stopped, None));
    assert!(rules(&step).contains(&"G-520"));
    world.delete_group().unwrap();
    assert_eq!(world.status(1), PairStatus::Invalid, "the pair lives on");
    // One at rest stays as it is (G-521).
    let mut world = World::default();
    world.group_of(1).remove(1).unwrap();
    assert_eq!(world.shows(), GroupStatus::Created);
}

/// Its own status is what it would be without the broken member, so what it waits for is void once that one is gone.
#[test]
fn a_group_whose_last_member_is_removed_while_it_is_being_stopped_waits_for_nothing() {
    let mut world = World::default();
    world.group_of(1).start_group(false).unwrap();
    world.copies_succeed();
    world.stop_group().unwrap();
    let late = world.group_pending();
    drop(invalidate(&mut world, 1));
    world.remove(1).unwrap();
    assert_eq!((world.shows(), world.plane.outstanding().count()), (GroupStatus::Stopped, 0));
    assert_eq!(world.outcome(late, Outcome::Succeeded), Err(Misuse::Stale(late)));
}

#[test]
fn leaving_is_judged_in_one_order() {
    let mut world = World::default();
    world.group_of(0);
    world.create(1);
    world.pair_succeeds(1);
    assert_eq!(answer(world.remove(1)), (403, "OperationDenied.NoPairInGroup".into(), "G-690"));
    world.create(2);
    world.pair_succeeds(2);
    world.add(2).unwrap();
    assert_eq!(answer(world.remove(1)), (403, "OperationDenied.PairNotInGroup".into(), "G-691"));
    world.create_group(2);
    let effect = world.group(2).group.pending().unwrap().id;
    world.succeed(effect);
    world.call(SOURCE, AddDiskReplicaPair::new(group_id(2), pair_id(1))).unwrap();
    assert_eq!(answer(world.remove(1)), (403, "OperationDenied.PairInAnotherGroup".into(), "G-692"));
    world.start_group(false).unwrap();
    assert_eq!(answer(world.remove(2)), (403, "OperationDenied.GroupStatusCannotRemovePair".into(), "G-291"));
    // While the group shows invalid, a member that replicates does not leave.
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal);
    drop(invalidate(&mut world, 1));
    assert_eq!(
        answer(world.remove(2)),
        (403, "OperationDenied.PairStatusCannotRemoveFromGroup".into(), "G-693")
    );
}

#[test]
fn a_member_has_its_groups_replication_time_control_and_keeps_it_when_it_leaves() {
    let mut world = World::default();
    world.group_of(2);
    let modify = ModifyDiskReplicaGroup::new(group_id(1)).enable_rtc(true);
    world.call(SOURCE, modify).unwrap();
    assert!(world.group(1).group.enable_rtc() && world.pair(1).enable_rtc() && world.pair(2).enable_rtc());
    world.create(3);
    world.pair_succeeds(3);
    assert!(!world.pair(3).enable_rtc());
    world.add(3).unwrap();
    assert!(world.pair(3).enable_rtc(), "G-660");
    world.remove(3).unwrap();
    assert!(world.pair(3).enable_rtc());
}
