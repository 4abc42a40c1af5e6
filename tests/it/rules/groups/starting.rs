//! What a start and a failover need of the members.

use super::*;

#[test]
fn a_failover_supersedes_the_copies_of_its_members() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Syncing);
    let copy = world.pending(1);
    let point = world.group(1).last_recover_point;
    world.failover_group().unwrap();
    assert_eq!(world.outcome(copy, Outcome::Succeeded), Err(Misuse::Stale(copy)));
    world.later(5).group_succeeds();
    assert_eq!(world.group(1).last_recover_point, point);
    assert_eq!(world.plane.next_deadline(), None);
}

#[test]
fn a_failover_needs_a_recover_point_of_every_member() {
    let mut world = World::default();
    world.group_of(2).start_group(false).unwrap();
    assert_eq!(answer(world.failover_group()), (403, "OperationDenied.InvalidStatus".into(), "G-633"));
    world.pair_succeeds(1);
    assert_eq!(rule(world.failover_group()), "G-633");
    world.pair_succeeds(2);
    world.failover_group().unwrap();
}

#[test]
fn a_start_needs_every_destination_detached() {
    let mut world = World::default();
    world.group_of(2).disk("t-2", DiskChange::Attached(true));
    assert_eq!(
        answer(world.start_group(false)),
        (400, "OperationDenied.StandbyDeviceAttached".into(), "G-631")
    );
    let refusal = world.start_group(true).unwrap_err();
    assert_eq!(refusal.rule().as_str(), "G-631");
    assert!(refusal.to_string().contains("(G-631)"), "{refusal}");
    world.disk("t-2", DiskChange::Attached(false));
    world.start_group(false).unwrap();
}
