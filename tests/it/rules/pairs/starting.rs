use super::*;

/// E-630.
#[test]
fn the_gap_between_two_one_shot_starts_must_exceed_450_seconds() {
    let mut world = at_status(S::ManualSyncing);
    world.pair_succeeds(1);
    world.later(450_000);
    let refusal = world.start(SOURCE, true).unwrap_err();
    let Refusal::Ebs(EbsRefusal { why: EbsReason::ManualSyncLimit { wait, .. }, .. }) = &refusal else {
        panic!("{refusal}")
    };
    assert_eq!((refusal.rule().as_str(), *wait), ("E-630", Span::from_millis(1)));
    // An automatic start is not held.
    world.clone().start(SOURCE, false).unwrap();
    world.later(1);
    world.start(SOURCE, true).unwrap();
}

#[test]
fn the_wait_that_a_refusal_names_is_exactly_enough() {
    for elapsed in [0, 1, 449_999, 450_000] {
        let mut world = at_status(S::ManualSyncing);
        world.pair_succeeds(1);
        world.later(elapsed);
        let Err(Refusal::Ebs(EbsRefusal { why: EbsReason::ManualSyncLimit { wait, .. }, .. })) =
            world.start(SOURCE, true)
        else {
            panic!("refused");
        };
        let mut early = world.clone();
        early.later(wait.as_millis() - 1);
        assert_eq!(rule(early.start(SOURCE, true)), "E-630");
        world.later(wait.as_millis());
        world.start(SOURCE, true).unwrap();
    }
}

#[test]
fn the_gap_counts_from_the_start_whatever_became_of_the_copy_and_is_a_policy() {
    let mut world = World::with(|policy| policy.ebs.one_shot_gap = Span::from_millis(0));
    world.bring_to(S::ManualSyncing);
    world.pair_fails(1);
    assert_eq!(world.status(1), S::Stopped);
    assert_eq!(rule(world.start(SOURCE, true)), "E-630");
    world.later(1);
    world.start(SOURCE, true).unwrap();
}

#[test]
fn a_refused_one_shot_start_does_not_extend_the_gap() {
    let mut world = at_status(S::ManualSyncing);
    world.pair_succeeds(1);
    world.later(450_000);
    assert_eq!(rule(world.start(SOURCE, true)), "E-630");
    world.later(1);
    world.start(SOURCE, true).unwrap();
}

/// E-631.
#[test]
fn start_needs_a_detached_destination_disk_and_only_that() {
    let mut world = at_status(S::Created);
    world.disk("t-1", DiskChange::Attached(true));
    assert_eq!(rule(world.start(SOURCE, false)), "E-631");
    let refusal = world.start(SOURCE, true).unwrap_err();
    assert_eq!(refusal.wire().status, 400);
    assert_eq!(refusal.rule().as_str(), "E-631");
    world.disk("t-1", DiskChange::Attached(false));
    world.disk("s-1", DiskChange::Attached(true));
    world.start(SOURCE, false).unwrap();
}

#[test]
fn after_a_reverse_the_original_primary_must_be_detached() {
    let mut world = reversed();
    world.disk("t-1", DiskChange::Attached(true));
    world.clone().start(SOURCE, false).unwrap();
    world.disk("s-1", DiskChange::Attached(true));
    assert_eq!(rule(world.start(SOURCE, false)), "E-631");
}

#[test]
fn the_status_is_checked_before_the_disks_and_the_disks_before_the_gap() {
    let mut world = at_status(S::ManualSyncing);
    world.disk("t-1", DiskChange::Attached(true));
    assert_eq!(rule(world.start(SOURCE, true)), "E-116");
    world.pair_succeeds(1);
    assert_eq!(rule(world.start(SOURCE, true)), "E-631");
    world.disk("t-1", DiskChange::Attached(false));
    assert_eq!(rule(world.start(SOURCE, true)), "E-630");
}

/// E-112, E-116 read otherwise.
#[test]
fn by_policy_a_repeated_start_succeeds_and_does_nothing() {
    let repeats = || World::with(|policy| policy.ebs.start_while_replicating = StartWhileReplicating::NoOp);
    for status in [S::Syncing, S::Normal] {
        let mut world = repeats();
        world.bring_to(status);
        let before = world.plane.clone();
        assert!(world.start(SOURCE, false).unwrap().is_empty());
        assert_eq!(world.plane, before);
        assert_eq!(rule(world.start(SOURCE, true)), "E-117");
    }
    let mut world = repeats();
    world.bring_to(S::ManualSyncing);
    world.disk("t-1", DiskChange::Attached(true));
    let before = world.plane.clone();
    assert!(world.start(SOURCE, true).unwrap().is_empty());
    assert_eq!(world.plane, before);
}

#[test]
fn a_start_after_a_stop_shows_syncing_and_a_first_one_initial_syncing() {
    let mut world = at_status(S::Stopped);
    world.start(SOURCE, false).unwrap();
    assert_eq!(world.status(1), S::Syncing);
    // A copy that never completed is still the first.
    let mut world = at_status(S::InitialSyncing);
    world.stop(SOURCE).unwrap();
    world.pair_succeeds(1);
    world.start(SOURCE, false).unwrap();
    assert_eq!(world.status(1), S::InitialSyncing);
}

#[test]
fn a_one_shot_copy_counts_as_the_first() {
    let mut world = at_status(S::ManualSyncing);
    world.pair_succeeds(1);
    world.start(SOURCE, false).unwrap();
    assert_eq!(world.status(1), S::Syncing);
}

#[test]
fn by_policy_the_first_copy_begins_after_one_rpo() {
    let mut world = World::with(|policy| policy.ebs.first_copy = FirstCopy::AfterOneRpo);
    world.bring_to(S::Created);
    let step = world.start(SOURCE, false).unwrap();
    assert!(step.effects.is_empty());
    assert_eq!((world.status(1), world.pair(1).pending()), (S::InitialSyncing, None));
    assert!(world.advance(RPO_MS - 1).effects.is_empty());
    let step = world.advance(1);
    assert_eq!(step.effects[0].kind.name(), "copy");
    world.pair_succeeds(1);
    assert_eq!(world.status(1), S::Normal);
    // A one-shot copy is asked for now, and is made now.
    let mut world = World::with(|policy| policy.ebs.first_copy = FirstCopy::AfterOneRpo);
    world.bring_to(S::Created);
    assert_eq!(world.start(SOURCE, true).unwrap().effects.len(), 1);
}

#[test]
fn by_policy_the_first_copy_after_a_reverse_shows_syncing() {
    let mut world = reversed();
    world.start(SOURCE, false).unwrap();
    assert_eq!(world.status(1), S::InitialSyncing);
    let mut world =
        World::with(|policy| policy.ebs.first_copy_after_reverse = FirstCopyAfterReverse::Syncing);
    world.bring_to(S::Reprotecting);
    world.pair_succeeds(1);
    world.start(SOURCE, false).unwrap();
    assert_eq!(world.status(1), S::Syncing);
}
