use super::*;
use Access::{None as Nothing, ReadOnly, ReadWrite};

#[test]
fn the_source_is_writable_and_the_destination_is_not_until_a_failover_succeeds() {
    for status in [
        S::Creating,
        S::Created,
        S::CreateFailed,
        S::InitialSyncing,
        S::ManualSyncing,
        S::Syncing,
        S::Normal,
        S::Stopping,
        S::Stopped,
        S::StopFailed,
        S::Failingover,
        S::FailoverFailed,
        S::Deleting,
        S::DeleteFailed,
        S::Invalid,
    ] {
        assert_eq!(access(&at_status(status)), (ReadWrite, Nothing), "{status}");
    }
}

#[test]
fn create_and_failover_report_what_they_do_to_the_destination() {
    let mut world = World::default();
    let step = world.create(1);
    assert_eq!(access_events(&step), [("E-671", "t-1".into(), ReadWrite, Nothing)]);
    let mut world = at_status(S::Normal);
    assert!(access_events(&world.failover(DESTINATION).unwrap()).is_empty(), "accepting changes no access");
    let mut failed = world.clone();
    assert!(access_events(&failed.pair_fails(1)).is_empty());
    assert_eq!(access(&failed), (ReadWrite, Nothing));
    let step = world.pair_succeeds(1);
    assert_eq!(access_events(&step), [("E-671", "t-1".into(), Nothing, ReadWrite)]);
}

/// E-670.
#[test]
fn failover_does_not_fence_the_old_primary() {
    assert_eq!(access(&at_status(S::Failedover)), (ReadWrite, ReadWrite));
}

/// E-672.
#[test]
fn the_old_primary_is_read_only_while_its_role_is_reversed() {
    let mut world = at_status(S::Failedover);
    let step = world.reprotect(DESTINATION, true).unwrap();
    assert_eq!(access_events(&step), [("E-672", "s-1".into(), ReadWrite, ReadOnly)]);
    assert_eq!(access(&world), (ReadOnly, ReadWrite));
    let mut failed = world.clone();
    let step = failed.pair_fails(1);
    assert_eq!(access_events(&step), [("E-672", "s-1".into(), ReadOnly, ReadWrite)]);
    assert_eq!(access(&failed), (ReadWrite, ReadWrite));
    let mut superseded = world.clone();
    superseded.failover(DESTINATION).unwrap();
    assert_eq!(access(&superseded), (ReadWrite, ReadWrite));
    let step = world.pair_succeeds(1);
    assert_eq!(access_events(&step), [("E-672", "s-1".into(), ReadOnly, Nothing)]);
    assert_eq!(access(&world), (Nothing, ReadWrite));
}

#[test]
fn a_cancelled_failover_takes_the_destination_away_when_it_succeeds() {
    let mut world = at_status(S::Failedover);
    assert!(access_events(&world.reprotect(DESTINATION, false).unwrap()).is_empty());
    assert_eq!(access(&world), (ReadWrite, ReadWrite));
    let step = world.pair_succeeds(1);
    assert_eq!(access_events(&step), [("E-671", "t-1".into(), ReadWrite, Nothing)]);
    assert_eq!(access(&world), (ReadWrite, Nothing));
}

#[test]
fn a_failover_of_a_reversed_pair_gives_the_original_primary_back() {
    let mut world = reversed();
    world.failover(SOURCE).unwrap();
    let step = world.pair_succeeds(1);
    assert_eq!(access_events(&step), [("E-671", "s-1".into(), Nothing, ReadWrite)]);
}

#[test]
fn deletion_lifts_the_limits_when_it_succeeds() {
    let mut world = at_status(S::Deleting);
    let mut failed = world.clone();
    assert!(access_events(&failed.pair_fails(1)).is_empty());
    let step = world.pair_succeeds(1);
    assert_eq!(access_events(&step), [("E-671", "t-1".into(), Nothing, ReadWrite)]);
    assert_eq!(access(&world), (ReadWrite, ReadWrite));
}

#[test]
fn a_failed_over_pair_that_breaks_keeps_its_writable_secondary() {
    let mut world = at_status(S::Failedover);
    world.disk("s-1", DiskChange::Removed);
    assert_eq!(world.status(1), S::Invalid);
    assert_eq!(access(&world), (ReadWrite, ReadWrite));
    let world = at_status(S::Invalid);
    assert_eq!(access(&world), (ReadWrite, Nothing));
}

#[test]
fn a_second_failover_that_fails_does_not_take_the_secondary_away() {
    let mut world = at_status(S::ReprotectFailed);
    world.failover(DESTINATION).unwrap();
    world.pair_fails(1);
    assert_eq!((world.status(1), access(&world)), (S::FailoverFailed, (ReadWrite, ReadWrite)));
}
