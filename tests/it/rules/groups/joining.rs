//! Pairs that join a group.

use super::*;

#[test]
fn joining_is_judged_in_one_order() {
    let mut world = World::default();
    world.group_of(1).create_group(2);
    let effect = world.group(2).group.pending().unwrap().id;
    world.succeed(effect);
    let unknown = world.add(9);
    assert_eq!(answer(unknown), (404, "NoSuchResource".into(), "E-610"));
    assert!(world.add(1).unwrap().is_empty(), "a member is a member (G-681)");
    let other = AddDiskReplicaPair::new(group_id(2), pair_id(1));
    assert_eq!(
        answer(world.call(SOURCE, other)),
        (403, "OperationDenied.PairInAnotherGroup".into(), "G-680")
    );
    world.create(2);
    assert_eq!(answer(world.add(2)), (403, "OperationDenied.PairInitializing".into(), "G-682"));
    world.pair_succeeds(2);
    let start = |pair| failover_model::ebs::StartDiskReplicaPair::new(pair_id(pair));
    world.call(SOURCE, start(2)).unwrap();
    assert_eq!(rule(world.add(2)), "G-682", "the first copy counts as initialising");
    world.pair_succeeds(2);
    // G-683: the pair's own table decides.
    assert_eq!(answer(world.add(2)), (403, "OperationDenied.PairStatusCannotAddToGroup".into(), "E-281"));
    let stop = failover_model::ebs::StopDiskReplicaPair::new(pair_id(2));
    world.call(SOURCE, stop).unwrap();
    world.pair_succeeds(2);
    let mut strict = world.clone();
    let mut policy = strict.plane.policy().clone();
    policy.ebs.join_statuses = JoinStatuses::Same;
    strict.plane.set_policy(policy).unwrap();
    assert_eq!(answer(strict.add(2)), (403, "OperationDenied.PairGroupStatusConflict".into(), "G-684"));
    world.add(2).expect("it joins in stopped (E-280)");
    // The group's status comes before the pair's.
    world.start_group(false).unwrap();
    world.create(3);
    assert_eq!(answer(world.add(3)), (403, "OperationDenied.GroupStatusCannotAddPair".into(), "G-281"));
}

#[test]
fn pair_and_group_lie_between_the_same_places_and_copy_the_same_way() {
    let mut world = World::default();
    world.group_of(0);
    let mut far = create_request(5);
    far.destination_zone = id("cn-beijing-c");
    let fresh = failover_model::ebs::PairCreated { pair: pair_id(5), order: id("o") };
    let _ = world.apply(OWNER, SOURCE, None, far.into(), Fresh::Pair(fresh)).unwrap();
    world.pair_succeeds(5);
    assert_eq!(answer(world.add(5)), (403, "OperationDenied.PairGroupAZoneConflict".into(), "G-685"));
    // A reversed pair copies the other way.
    world.bring_to(PairStatus::Reprotecting).pair_succeeds(1);
    assert_eq!(world.status(1), PairStatus::Stopped);
    assert_eq!(rule(world.add(1)), "G-685");
}

#[test]
fn a_group_has_seventeen_members_at_most() {
    let mut world = World::default();
    world.group_of(17);
    world.create(18);
    world.pair_succeeds(18);
    assert_eq!(answer(world.add(18)), (403, "OperationDenied.PairsExceedInGroup".into(), "G-686"));
    world.remove(4).unwrap();
    world.add(18).unwrap();
    assert_eq!(world.group(1).pairs.len(), 17);
    assert_eq!(world.group(1).pairs.last(), Some(&pair_id(18)), "in the order of their creation");
}

#[test]
fn an_empty_group_is_deleted_and_not_started_a_full_one_the_other_way() {
    let mut world = World::default();
    world.group_of(0);
    let none = |rule| (403, "OperationDenied.NoPairInGroup".to_owned(), rule);
    assert_eq!(answer(world.start_group(false)), none("G-670"));
    assert_eq!(answer(world.failover_group()), none("G-670"));
    assert_eq!(answer(world.reprotect_group(true)), none("G-670"));
    let mut full = World::default();
    full.group_of(1);
    assert_eq!(answer(full.delete_group()), (403, "OperationDenied.GroupHasPair".into(), "G-671"));
    world.delete_group().unwrap();
}
