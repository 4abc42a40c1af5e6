//! Calls on a member by itself.

use super::*;

#[test]
fn a_pair_in_a_group_refuses_to_move_alone() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Stopped);
    for refused in [
        world.start(SOURCE, false),
        world.stop(SOURCE),
        world.failover(DESTINATION),
        world.reprotect(DESTINATION, true),
        world.delete(SOURCE),
    ] {
        assert_eq!(answer(refused), (403, "OperationDenied".into(), "E-623"));
    }
    // The region is judged first, the status after.
    assert_eq!(rule(world.failover(SOURCE)), "E-621");
    world.remove(1).unwrap();
    world.failover(DESTINATION).unwrap();
}

#[test]
fn a_grouped_pair_is_not_failed_over_by_its_own_call_whatever_its_token() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal);
    let request = FailoverDiskReplicaPair::new(pair_id(1));
    let refused = world.apply(OWNER, DESTINATION, Some("t"), request.clone().into(), Fresh::None).unwrap();
    assert_eq!(rule(refused.result.unwrap()), "E-623");
    // The refusal released the token: once the pair has left, the same call succeeds.
    world.stop_group().unwrap();
    world.group_succeeds();
    world.remove(1).unwrap();
    let taken = world.apply(OWNER, DESTINATION, Some("t"), request.into(), Fresh::None).unwrap();
    assert!(taken.result.unwrap().is_ok() && !taken.replayed);
}
