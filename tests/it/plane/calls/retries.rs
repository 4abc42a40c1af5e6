//! Whether the very same call may succeed later, without anybody mending it.

use super::*;

#[track_caller]
fn may_succeed<T: std::fmt::Debug>(result: Result<T, Refusal>) -> bool {
    result.expect_err("the call is refused").same_token_retry_may_succeed()
}

#[test]
fn a_call_that_met_a_passing_state_succeeds_under_the_same_token_once_it_has_passed() {
    let mut world = at_status(S::Creating);
    let start = || Request::from(StartDiskReplicaPair::new(pair_id(1)));
    let call = |world: &mut World| world.apply(OWNER, SOURCE, Some("t"), start(), Fresh::None).unwrap();
    assert!(may_succeed(call(&mut world).result.unwrap()));
    world.pair_succeeds(1);
    assert!(accepted(&call(&mut world)));
}

#[test]
fn a_call_at_the_wrong_place_or_of_what_is_not_there_fails_however_often_it_is_repeated() {
    let mut world = at_status(S::Normal);
    assert!(!may_succeed(world.failover(SOURCE)));
    assert!(!may_succeed(world.call(SOURCE, StopDiskReplicaPair::new(pair_id(9)))));
    assert!(!may_succeed(world.start_drill_at(SOURCE)));
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal);
    assert!(!may_succeed(world.call(SOURCE, FailoverDiskReplicaGroup::new(kit::group_id(1)))));
}

#[test]
fn what_is_said_of_pairs_holds_of_groups_drills_and_tokens_too() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal);
    assert!(may_succeed(world.delete_group()), "its members may be removed");
    world.start_drill(1, 1).unwrap();
    assert!(may_succeed(world.clear_drill(1, 1)), "it will be executed");
    let mut world = World::with(|policy| policy.tokens.capacity = NonZeroUsize::MIN);
    world.bring_to(S::Normal);
    assert!(accepted(&under(&mut world, "a", failover(1))));
    assert!(may_succeed(under(&mut world, "b", failover(1)).result.unwrap()), "tokens expire");
    assert!(!may_succeed(under(&mut world, "a", failover(9)).result.unwrap()), "a token is used up");
}

impl World {
    fn start_drill_at(&mut self, region: &str) -> Result<Option<Response>, Refusal> {
        let request = StartPairDrill::new(pair_id(1));
        let fresh = kit::fresh_drill(1, 1);
        self.apply(OWNER, region, None, request.into(), fresh).unwrap().result.transpose()
    }
}
