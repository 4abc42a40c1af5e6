use super::*;

/// E-410.
#[test]
fn a_cycle_begins_every_900_seconds_to_the_millisecond() {
    let mut world = at_status(S::Normal);
    let started = world.now;
    assert_eq!(world.plane.next_deadline().unwrap().at, at(started + RPO_MS));
    let next = world.plane.next_deadline().unwrap();
    assert_eq!((next.kind, next.resource), (DeadlineKind::CopyCycle, ResourceId::Pair(pair_id(1))));
    assert!(world.advance(RPO_MS - 1).is_empty());
    let step = world.advance(1);
    assert_eq!((rules(&step), effects(&step)), (vec!["E-410"], vec!["copy"]));
    assert_eq!(world.status(1), S::Syncing);
    world.later(10_000).pair_succeeds(1);
    assert_eq!(world.status(1), S::Normal);
    // The grid is that of the start, not of the copies' ends.
    assert_eq!(world.plane.next_deadline().unwrap().at, at(started + 2 * RPO_MS));
}

/// E-411.
#[test]
fn a_cycle_that_falls_due_during_a_copy_is_skipped() {
    let mut world = at_status(S::Syncing);
    let copy = world.pending(1);
    assert!(world.advance(3 * RPO_MS + 1).is_empty());
    assert_eq!((world.status(1), world.pending(1)), (S::Syncing, copy));
    world.pair_succeeds(1);
    assert_eq!(world.status(1), S::Normal);
    assert!(world.advance(RPO_MS - 2).is_empty());
    assert_eq!(effects(&world.advance(1)), ["copy"]);
}

#[test]
fn a_caller_who_comes_late_finds_one_copy_since_the_first_cycle_missed() {
    let mut world = at_status(S::Normal);
    let due = world.plane.next_deadline().unwrap().at;
    let step = world.advance(1_000 * RPO_MS);
    assert_eq!(effects(&step), ["copy"]);
    assert_eq!((step.effects[0].since, step.events[0].at), (due, due));
    assert_eq!(world.plane.next_deadline().unwrap().at.as_millis(), world.now + RPO_MS);
}

#[test]
fn how_time_is_cut_into_advances_makes_no_difference() {
    let mut whole = at_status(S::Normal);
    let mut parts = whole.clone();
    let all = whole.advance(7 * RPO_MS + 17);
    let mut together = Step::default();
    for _ in 0..7 {
        together.extend(parts.advance(RPO_MS));
    }
    together.extend(parts.advance(17));
    assert_eq!((all, whole.plane), (together, parts.plane));
}

proptest! {
    #![proptest_config(suite!("pair_rules", 64))]

    /// The same for any cut, with two pairs of different phase.
    #[test]
    fn any_cut_of_time_gives_the_same_steps(
        phase in 1..RPO_MS,
        cuts in prop::collection::vec(0..3 * RPO_MS, 0..12),
    ) {
        let mut whole = at_status(S::Normal);
        whole.advance(phase);
        whole.create(2);
        whole.pair_succeeds(2);
        let start = failover_model::ebs::StartDiskReplicaPair::new(pair_id(2));
        whole.call(SOURCE, start).unwrap();
        whole.pair_succeeds(2);
        let mut parts = whole.clone();
        let mut together = Step::default();
        for cut in &cuts {
            together.extend(parts.advance(*cut));
        }
        let all = whole.advance(cuts.iter().sum());
        prop_assert_eq!(all, together);
        prop_assert_eq!(whole.plane, parts.plane);
    }
}

/// E-322, E-411.
#[test]
fn a_failed_copy_keeps_the_status_and_the_next_cycle_tries_again() {
    for status in [S::InitialSyncing, S::Syncing] {
        let mut world = at_status(status);
        let point = world.pair(1).last_recover_point();
        let step = world.pair_fails(1);
        assert_eq!(rules(&step), ["E-322"]);
        assert!(matches!(step.events[0].fact, Fact::Pair { fact: PairFact::CopyFailed, .. }));
        assert_eq!((world.status(1), world.pair(1).pending()), (status, None));
        assert_eq!(world.pair(1).last_recover_point(), point);
        let step = world.advance(RPO_MS);
        assert_eq!(effects(&step), ["copy"]);
        assert_eq!(world.status(1), status);
        world.pair_succeeds(1);
        assert_eq!(world.status(1), S::Normal);
    }
}

/// E-323, E-412.
#[test]
fn a_one_shot_copy_ends_in_stopped_either_way_and_has_no_cycle() {
    for succeeds in [true, false] {
        let mut world = at_status(S::ManualSyncing);
        assert_eq!(world.plane.next_deadline(), None);
        if succeeds {
            world.pair_succeeds(1)
        } else {
            world.pair_fails(1)
        };
        assert_eq!(world.status(1), S::Stopped);
        assert_eq!(world.pair(1).last_recover_point().is_some(), succeeds);
        assert_eq!(world.plane.next_deadline(), None);
    }
}

/// E-412.
#[test]
fn no_cycle_falls_due_once_the_pair_replicates_no_more() {
    for status in [S::Stopping, S::Stopped, S::Failingover, S::Failedover, S::Invalid, S::Reprotecting] {
        let mut world = at_status(status);
        assert_eq!(world.plane.next_deadline(), None, "{status}");
        assert!(world.advance(10 * RPO_MS).is_empty(), "{status}");
    }
}

#[test]
fn a_call_after_an_unfired_deadline_fires_nothing() {
    let mut world = at_status(S::Normal);
    world.later(2 * RPO_MS);
    assert_eq!(rule(world.start(SOURCE, false)), "E-112");
    assert_eq!(world.status(1), S::Normal);
    world.stop(SOURCE).unwrap();
    assert!(world.advance(0).is_empty(), "the deadline is gone with the cycle");
}
