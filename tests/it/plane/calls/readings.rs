use super::*;

#[test]
fn a_new_policy_holds_from_now_on() {
    let mut world = at_status(S::Normal);
    assert_eq!(kit::rule(world.start(SOURCE, false)), "E-112");
    let mut policy = Policy::default();
    policy.ebs.start_while_replicating = StartWhileReplicating::NoOp;
    policy.tokens.capacity = NonZeroUsize::MIN;
    world.plane.set_policy(policy.clone()).unwrap();
    world.plane.check().unwrap();
    assert_eq!(world.plane.policy(), &policy);
    world.start(SOURCE, false).unwrap();
    assert!(accepted(&under(&mut world, "a", failover(1))));
    assert_eq!(refusal(under(&mut world, "b", failover(1))), "T-180");
}

#[test]
fn a_policy_with_room_for_fewer_tokens_than_are_held_changes_nothing() {
    let mut world = at_status(S::Normal);
    for token in ["a", "b"] {
        assert!(accepted(&under(&mut world, token, failover(1))));
    }
    let before = world.plane.clone();
    let mut policy = Policy::default();
    policy.tokens.capacity = NonZeroUsize::MIN;
    policy.ebs.start_while_replicating = StartWhileReplicating::NoOp;
    assert!(world.plane.set_policy(policy.clone()).is_err());
    assert_eq!(world.plane, before);
    world.plane.check().unwrap();
    policy.tokens.capacity = NonZeroUsize::new(2).unwrap();
    world.plane.set_policy(policy).unwrap();
    assert!(under(&mut world, "a", failover(1)).replayed);
}

#[test]
fn a_token_that_has_expired_stays_expired_under_a_longer_lifetime() {
    let mut world = World::with(|policy| policy.tokens.lifetime = Lifetime::For(NonZeroU64::MIN));
    world.bring_to(S::Normal);
    assert!(accepted(&under(&mut world, "a", failover(1))));
    world.later(1);
    kit::look(&mut world.plane, at(world.now));
    let longer = Policy::default();
    world.plane.set_policy(longer).unwrap();
    world.plane.check().unwrap();
    assert!(!under(&mut world, "a", failover(1)).replayed);
    assert!(under(&mut world, "a", failover(1)).replayed);
}

#[test]
fn a_status_that_a_stricter_policy_would_not_have_allowed_stays() {
    let mut world = World::default();
    world.bring_to(S::Created);
    world.failover(DESTINATION).unwrap();
    let mut policy = Policy::default();
    policy.ebs.pair_failover = PairFailover::GroupAllowlist;
    world.plane.set_policy(policy).unwrap();
    world.pair_succeeds(1);
    assert_eq!(world.status(1), S::Failedover);
}

#[test]
fn the_policy_is_part_of_the_state() {
    let strict = World::with(|policy| policy.ebs.pair_failover = PairFailover::GroupAllowlist);
    assert_ne!(strict.plane, World::default().plane);
}
