use super::*;

/// E-231.
#[test]
fn a_failed_reprotect_is_repeated_after_another_failover_alone() {
    let mut world = at_status(S::ReprotectFailed);
    assert_eq!(rule(world.reprotect(DESTINATION, true)), "E-231");
    world.failover(DESTINATION).unwrap();
    world.pair_succeeds(1);
    world.reprotect(DESTINATION, true).unwrap();
    assert_eq!(world.status(1), S::Reprotecting);
}

/// E-632.
#[test]
fn a_reverse_needs_an_old_primary_that_nobody_writes_to() {
    // Attached, up → whether it is refused under the default reading, and under the strict one.
    for (attached, up, default, strict) in [
        (false, true, false, false),
        (false, false, false, false),
        (true, false, false, true),
        (true, true, true, true),
    ] {
        for (reading, refused) in [(ReverseNeeds::DetachedOrDown, default), (ReverseNeeds::Detached, strict)]
        {
            let mut world = World::with(|policy| policy.ebs.reverse_needs = reading);
            world.bring_to(S::Failedover);
            world.disk("s-1", DiskChange::Attached(attached));
            world.disk("s-1", DiskChange::Up(up));
            // The other disk has no say.
            world.disk("t-1", DiskChange::Attached(true));
            let result = world.clone().reprotect(DESTINATION, true);
            if refused {
                assert_eq!(rule(result), "E-632", "{attached} {up} {reading:?}");
            } else {
                result.unwrap();
            }
            // A cancelled failover needs nothing.
            world.reprotect(DESTINATION, false).unwrap();
        }
    }
}

/// E-640.
#[test]
fn source_and_destination_swap_when_a_reverse_succeeds_and_primary_and_standby_never_move() {
    let mut world = at_status(S::Failedover);
    let (primary, standby) = (world.pair(1).primary().clone(), world.pair(1).standby().clone());
    world.reprotect(DESTINATION, true).unwrap();
    assert_eq!(world.pair(1).source(), &primary);
    world.pair_succeeds(1);
    let pair = world.pair(1);
    assert_eq!((pair.source(), pair.destination()), (&standby, &primary));
    assert_eq!((pair.primary(), pair.standby()), (&primary, &standby));
}

#[test]
fn a_cancelled_failover_and_a_failed_reverse_swap_nothing() {
    let mut world = at_status(S::Failedover);
    world.reprotect(DESTINATION, false).unwrap();
    world.pair_succeeds(1);
    assert_eq!((world.status(1), world.pair(1).source().region.as_str()), (S::Stopped, SOURCE));
    let world = at_status(S::ReprotectFailed);
    assert_eq!(world.pair(1).source().region.as_str(), SOURCE);
}

/// E-641.
#[test]
fn a_recover_point_belongs_to_a_direction() {
    let mut world = at_status(S::Failedover);
    let point = world.pair(1).last_recover_point();
    assert!(point.is_some());
    let mut cancelled = world.clone();
    cancelled.reprotect(DESTINATION, false).unwrap();
    cancelled.pair_succeeds(1);
    assert_eq!(cancelled.pair(1).last_recover_point(), point);
    world.reprotect(DESTINATION, true).unwrap();
    assert_eq!(world.pair(1).last_recover_point(), point, "nothing is decided before the outside reports");
    let mut failed = world.clone();
    failed.pair_fails(1);
    assert_eq!(failed.pair(1).last_recover_point(), point);
    world.pair_succeeds(1);
    assert_eq!(world.pair(1).last_recover_point(), None);
}

/// E-650.
#[test]
fn the_recover_point_is_the_completion_of_the_last_copy() {
    let mut world = at_status(S::InitialSyncing);
    assert_eq!(world.pair(1).last_recover_point(), None);
    world.later(5_000).pair_succeeds(1);
    let first = at(world.now);
    assert_eq!(world.pair(1).last_recover_point(), Some(first));
    world.advance(RPO_MS);
    assert_eq!((world.status(1), world.pair(1).last_recover_point()), (S::Syncing, Some(first)));
    world.pair_fails(1);
    assert_eq!(world.pair(1).last_recover_point(), Some(first));
}

/// E-651: what stays is the data of the recover point, so the point stays too.
#[test]
fn stop_failover_and_delete_keep_the_recover_point() {
    for status in [S::Stopped, S::Failedover, S::Deleting, S::Deleted, S::StopFailed, S::Invalid] {
        let world = at_status(status);
        assert!(world.pair(1).last_recover_point().is_some(), "{status}");
    }
}

/// E-633.
#[test]
fn by_policy_failover_needs_a_recover_point_in_the_present_direction() {
    let strict = || {
        World::with(|policy| policy.ebs.failover_without_recover_point = FailoverWithoutRecoverPoint::Refuse)
    };
    for status in [S::Created, S::InitialSyncing] {
        at_status(status).failover(DESTINATION).unwrap();
        let mut world = strict();
        world.bring_to(status);
        let refusal = world.failover(DESTINATION).unwrap_err();
        assert_eq!(refusal.rule().as_str(), "E-633");
        assert_eq!(refusal.wire().code, "OperationDenied.InvalidStatus");
    }
    let mut world = strict();
    world.bring_to(S::Reprotecting);
    world.pair_succeeds(1);
    assert_eq!(rule(world.failover(SOURCE)), "E-633");
    world.start(SOURCE, false).unwrap();
    world.pair_succeeds(1);
    world.failover(SOURCE).unwrap();
}

#[test]
fn a_failover_event_says_to_which_recover_point_it_fails_over() {
    for (status, known) in [(S::Created, false), (S::Normal, true)] {
        let mut world = at_status(status);
        let step = world.failover(DESTINATION).unwrap();
        let Fact::Pair { fact: PairFact::Status(StatusChange { recover_point, .. }), .. } =
            &step.events[0].fact
        else {
            panic!("a status event comes first");
        };
        assert_eq!(recover_point.is_some(), known);
    }
}
