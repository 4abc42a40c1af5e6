//! Copies that commit together, and the common recover point.

use super::*;

#[test]
fn members_move_with_their_group_and_share_its_recover_point() {
    let mut world = World::default();
    world.group_of(3);
    let step = world.start_group(false).unwrap();
    assert_eq!(asked(&step).len(), 3, "each member copies for itself");
    assert_eq!(world.shows(), GroupStatus::Syncing, "groups have no initial_syncing (G-110)");
    assert_eq!(statuses(&world, 3), ["initial_syncing"; 3], "members have (G-403)");
    let (first, second, third) = (world.pending(1), world.pending(2), world.pending(3));
    let waiting = world.later(10).succeed(first);
    assert_eq!(rules(&waiting), ["G-641"]);
    assert!(matches!(waiting.events[0].fact, Fact::Pair { fact: PairFact::CopyWaits, .. }));
    assert_eq!(world.later(10).succeed(third).events.len(), 1);
    assert!(
        world.group(1).last_recover_point.is_none(),
        "nobody has a recover point before all have (G-641)"
    );
    assert!(world.pair(1).last_recover_point().is_none());
    let step = world.later(10).succeed(second);
    let now = at(world.now);
    assert_eq!(rules(&step), ["G-320", "G-401", "G-401", "G-401"]);
    assert_eq!(statuses(&world, 3), ["normal"; 3]);
    assert_eq!(world.group(1).last_recover_point, Some(now), "the round commits at one instant");
    assert!((1..=3).all(|number| world.pair(number).last_recover_point() == Some(now)));
    assert!((1..=3).all(|number| world.pair(number).due().is_none()), "the cycle is the group's");
}

#[test]
fn a_group_has_a_recover_point_iff_all_its_members_have_the_same() {
    let mut world = World::default();
    world.group_of(1);
    assert_eq!(world.group(1).last_recover_point, None);
    // A second one comes with a recover point of its own (G-650).
    world.create(2);
    world.pair_succeeds(2);
    let copy = failover_model::ebs::StartDiskReplicaPair::new(pair_id(2)).one_shot(true);
    world.call(SOURCE, copy).unwrap();
    world.pair_succeeds(2);
    world.add(2).unwrap();
    assert_eq!(world.group(1).last_recover_point, None);
    assert_eq!(statuses(&world, 2), ["created", "stopped"], "each keeps what it showed (G-405)");
    world.start_group(false).unwrap();
    assert_eq!(statuses(&world, 2), ["initial_syncing", "syncing"], "each is copied as it needs");
    world.copies_succeed();
    assert_eq!(world.group(1).last_recover_point, Some(at(world.now)));
}

#[test]
fn a_round_in_which_a_copy_failed_does_not_commit() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal);
    let point = world.group(1).last_recover_point;
    let begun = world.advance(RPO_MS);
    assert_eq!(rules(&begun), ["G-410", "G-401", "G-401"]);
    let failed = world.later(5).pair_fails(1);
    assert_eq!(rules(&failed), ["G-642"]);
    assert!(matches!(failed.events[0].fact, Fact::Pair { fact: PairFact::CopyFailed, .. }));
    let ended = world.later(5).pair_succeeds(2);
    assert!(
        ended
            .events
            .iter()
            .any(|event| matches!(&event.fact, Fact::Group { fact, .. } if *fact == GroupFact::RoundFailed))
    );
    assert_eq!(ended.events[0].rule.as_str(), "G-322");
    assert_eq!(world.shows(), GroupStatus::Syncing, "the status stays until the next cycle");
    assert_eq!(world.group(1).last_recover_point, point, "no recover point moves (G-642)");
    assert_eq!(world.pair(2).last_recover_point(), point);
    let next = world.advance(RPO_MS);
    assert_eq!(asked(&next).len(), 2, "the next cycle tries again, for all");
    world.copies_succeed();
    assert_eq!(
        (world.shows(), world.group(1).last_recover_point),
        (GroupStatus::Normal, Some(at(world.now)))
    );
}

#[test]
fn the_last_copy_of_a_round_may_be_the_one_that_failed() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Syncing);
    let point = world.group(1).last_recover_point;
    world.pair_succeeds(1);
    let ended = world.pair_fails(2);
    assert!(
        ended.events.iter().any(|event| matches!(event.fact, Fact::Pair { fact: PairFact::CopyFailed, .. }))
    );
    assert_eq!((world.shows(), world.group(1).last_recover_point), (GroupStatus::Syncing, point));
}

#[test]
fn a_one_shot_round_returns_to_stopped_whether_it_commits_or_not() {
    for fails in [false, true] {
        let mut world = World::default();
        world.group_of(2).start_group(true).unwrap();
        assert_eq!(
            (world.shows(), statuses(&world, 2)),
            (GroupStatus::ManualSyncing, vec!["manual_syncing"; 2])
        );
        world.pair_succeeds(1);
        if fails {
            drop(world.pair_fails(2))
        } else {
            drop(world.pair_succeeds(2))
        }
        assert_eq!((world.shows(), statuses(&world, 2)), (GroupStatus::Stopped, vec!["stopped"; 2]));
        assert_eq!(world.group(1).last_recover_point.is_some(), !fails);
        assert_eq!(rule(world.start_group(true)), "G-630", "half an RPO must pass");
        world.later(450_000);
        assert_eq!(answer(world.start_group(true)), (403, "OperationDenied.ManualSyncLimit".into(), "G-630"));
        world.later(1).start_group(true).unwrap();
    }
}

#[test]
fn a_cycle_that_a_running_round_swallows_is_skipped() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Syncing);
    assert!(world.advance(RPO_MS * 7).is_empty());
    assert_eq!(world.plane.next_deadline().unwrap().at, at(world.now + RPO_MS));
    assert_eq!(world.plane.next_deadline().unwrap().resource.as_str(), "group-1");
    world.copies_succeed();
    assert_eq!(world.shows(), GroupStatus::Normal);
}

#[test]
fn a_first_copy_after_one_rpo_is_one_for_groups_too() {
    let mut world =
        World::with(|policy| policy.ebs.first_copy = failover_model::policy::FirstCopy::AfterOneRpo);
    let step = world.group_of(2).start_group(false).unwrap();
    assert!(step.effects.is_empty());
    assert_eq!((world.shows(), statuses(&world, 2)), (GroupStatus::Syncing, vec!["initial_syncing"; 2]));
    assert_eq!(world.advance(RPO_MS).effects.len(), 2);
}
