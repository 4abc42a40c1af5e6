use super::*;

/// E-660.
#[test]
fn a_tombstone_is_forgotten_at_its_very_millisecond() {
    let mut world = at_status(S::Deleted);
    let next = world.plane.next_deadline().unwrap();
    assert_eq!((next.kind, next.resource), (DeadlineKind::TombstoneEnd, ResourceId::Pair(pair_id(1))));
    assert!(world.advance(3_600_000 - 1).is_empty());
    assert_eq!(rule(world.failover(DESTINATION)), "E-210");
    assert_eq!(rule(world.delete(SOURCE)), "E-253");
    let step = world.advance(1);
    assert_eq!(rules(&step), ["E-660"]);
    assert_eq!(rule(world.failover(DESTINATION)), "E-610");
    assert!(world.plane.pairs().next().is_none());
}

#[test]
fn the_time_of_a_tombstone_is_a_policy() {
    let mut world = World::with(|policy| policy.ebs.tombstone = Span::from_millis(0));
    world.bring_to(S::Deleted);
    assert_eq!(rules(&world.advance(0)), ["E-660"]);
}

/// E-661.
#[test]
fn a_tombstone_binds_no_disk() {
    let mut world = at_status(S::Deleting);
    let fresh = |number| Fresh::Pair(PairCreated { pair: pair_id(number), order: id("o-2") });
    let again = world.apply(OWNER, SOURCE, None, create_request(1).into(), fresh(2)).unwrap();
    assert_eq!(again.result.unwrap().unwrap_err().rule().as_str(), "E-012");
    world.pair_succeeds(1);
    world.apply(OWNER, SOURCE, None, create_request(1).into(), fresh(2)).unwrap().result.unwrap().unwrap();
    assert_eq!((world.status(1), world.status(2)), (S::Deleted, S::Creating));
    // The disks' access is that of the pair which binds them, and a removal breaks that one.
    assert_eq!(access(&world), (Access::ReadWrite, Access::None));
    world.disk("s-1", DiskChange::Removed);
    assert_eq!((world.status(1), world.status(2)), (S::Deleted, S::Invalid));
    world.advance(3_600_000);
    assert_eq!(world.plane.pairs().count(), 1);
}

#[test]
fn a_pair_id_can_be_used_again_once_its_tombstone_is_forgotten() {
    let mut world = at_status(S::Deleted);
    let fresh = || Fresh::Pair(PairCreated { pair: pair_id(1), order: id("o-2") });
    let misuse = world.apply(OWNER, SOURCE, None, create_request(1).into(), fresh());
    assert_eq!(misuse.unwrap_err(), Misuse::BadFreshId);
    world.advance(3_600_000);
    world.apply(OWNER, SOURCE, None, create_request(1).into(), fresh()).unwrap().result.unwrap().unwrap();
    assert_eq!(world.status(1), S::Creating);
}
