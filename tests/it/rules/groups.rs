//! Consistent groups: membership, rounds, the common recover point, partial failure, what members show. One test for each
//! rule that the table does not hold, named as the sentence it is.

#![allow(unused_must_use, reason = "what a call did is asserted where it matters")]

use failover_model::NotAdopted;
use failover_model::ebs::{
    AddDiskReplicaPair, CreateDiskReplicaGroup, DescribeDiskReplicaGroups, DescribeDiskReplicaPairs,
    DiskChange, FailoverDiskReplicaGroup, FailoverDiskReplicaPair, GroupCreated, GroupPage, GroupSeed,
    GroupSettings, GroupStatus, ModifyDiskReplicaGroup, PairStatus, RemoveDiskReplicaPair, Site,
    StartDiskReplicaGroup,
};
use failover_model::policy::{JoinStatuses, ProductionSite, ReprotectFailedGroup, SiteCodes};
use failover_model::text::{Description, GroupName, Tag, TagKey, TagValue};
use failover_model::{
    EffectKind, Fact, Fresh, GroupFact, Misuse, Observation, Outcome, PairFact, Response, Step,
};

use crate::kit::{
    self, DESTINATION, ELSEWHERE, OWNER, RPO_MS, SOURCE, START, World, answer, at, create_group_request,
    create_request, group_id, group_seed, id, message, pair_id, rule, rules,
};

fn statuses(world: &World, members: u32) -> Vec<&'static str> {
    (1..=members).map(|number| world.status(number).as_str()).collect()
}

fn invalidate(world: &mut World, pair: u32) -> Step {
    world.observe(Observation::PairInvalid { pair: pair_id(pair), message: message("DeviceRemoved") })
}

fn asked(step: &Step) -> Vec<(&'static str, Vec<String>)> {
    let members = |kind: &EffectKind| match kind {
        EffectKind::Group { members, .. } => members.iter().map(ToString::to_string).collect(),
        other => vec![other.resource().to_owned()],
    };
    step.effects.iter().map(|effect| (effect.kind.name(), members(&effect.kind))).collect()
}

#[test]
fn a_group_is_created_empty_and_shows_creating() {
    let mut world = World::default();
    let step = world.create_group(1);
    assert_eq!(rules(&step), ["G-014"]);
    assert_eq!(asked(&step), [("create_group", vec![])]);
    assert_eq!(world.shows(), GroupStatus::Creating);
    world.group_succeeds();
    assert_eq!(world.shows(), GroupStatus::Created);
    assert!(world.group(1).pairs.is_empty());
    let again = Fresh::Group(failover_model::ebs::GroupCreated { group: group_id(1) });
    let misused = world.apply(OWNER, SOURCE, None, create_group_request().into(), again);
    assert_eq!(misused.unwrap_err(), Misuse::BadFreshId);
}

#[test]
fn the_sites_of_a_group_lie_apart_in_regions_that_have_the_feature() {
    let mut world = World::default();
    let mut close = create_group_request();
    close.destination_region = id(SOURCE);
    close.destination_zone = close.source_zone.clone();
    assert_eq!(rule(world.call(SOURCE, close)), "E-011");
    let mut world = World::with(|policy| policy.ebs.regions = Some([id(SOURCE)].into()));
    assert_eq!(rule(world.call(SOURCE, create_group_request())), "E-010");
}

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
    let copy = failover_model::ebs::StartDiskReplicaPair { pair: pair_id(2), one_shot: true };
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
    assert_eq!(world.plane.next_deadline().unwrap().reason.resource(), "group-1");
    world.copies_succeed();
    assert_eq!(world.shows(), GroupStatus::Normal);
}

#[test]
fn a_member_that_becomes_invalid_leaves_the_round_and_the_group_shows_it() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Syncing);
    world.pair_succeeds(1);
    let step = invalidate(&mut world, 2);
    assert_eq!(world.shows(), GroupStatus::Invalid, "G-400");
    assert_eq!(statuses(&world, 2), ["normal", "invalid"], "the round of the others commits (G-643)");
    assert_eq!(world.group(1).group.own_status(), GroupStatus::Normal);
    assert_eq!(step.events[0].rule.as_str(), "G-320");
    // The rounds of the rest go on, and the broken one stays broken (G-402).
    world.advance(RPO_MS);
    assert_eq!(statuses(&world, 2), ["syncing", "invalid"]);
    world.copies_succeed();
    // Of its calls only the removal of the broken member is left.
    assert_eq!(rule(world.stop_group()), "G-133");
    assert_eq!(rule(world.remove(1)), "G-693", "a member that replicates does not leave");
    let step = world.remove(2).unwrap();
    assert_eq!((world.shows(), statuses(&world, 2)), (GroupStatus::Normal, vec!["normal", "invalid"]));
    assert!(
        step.events.iter().any(|event| matches!(&event.fact, Fact::Group { fact: GroupFact::Left(_), .. }))
    );
    world.stop_group().unwrap();
}

#[test]
fn a_round_whose_only_copy_left_commits_for_those_that_were_ready() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Syncing);
    world.pair_fails(1);
    drop(invalidate(&mut world, 2));
    assert_eq!(world.group(1).group.own_status(), GroupStatus::Syncing, "a spoilt round stays spoilt");
    world.remove(2).unwrap();
    assert_eq!(world.shows(), GroupStatus::Syncing);
}

#[test]
fn a_removed_disk_breaks_its_member_and_not_the_others() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal).disk("t-2", DiskChange::Removed);
    assert_eq!((world.shows(), statuses(&world, 2)), (GroupStatus::Invalid, vec!["normal", "invalid"]));
    assert_eq!(world.pair(2).status_message().unwrap().as_str(), "DeviceRemoved");
}

#[test]
fn a_group_whose_last_member_was_removed_is_stopped() {
    let mut world = World::default();
    world.group_of(1).start_group(false).unwrap();
    drop(invalidate(&mut world, 1));
    let step = world.remove(1).unwrap();
    assert_eq!((world.shows(), world.group(1).group.due()), (GroupStatus::Stopped, None));
    assert!(rules(&step).contains(&"G-520"));
    world.delete_group().unwrap();
    assert_eq!(world.status(1), PairStatus::Invalid, "the pair lives on");
    // One at rest stays as it is (G-521).
    let mut world = World::default();
    world.group_of(1).remove(1).unwrap();
    assert_eq!(world.shows(), GroupStatus::Created);
}

/// Its own status is what it would be without the broken member, so what it waits for is void once that one is gone.
#[test]
fn a_group_whose_last_member_is_removed_while_it_is_being_stopped_waits_for_nothing() {
    let mut world = World::default();
    world.group_of(1).start_group(false).unwrap();
    world.copies_succeed();
    world.stop_group().unwrap();
    let late = world.group_pending();
    drop(invalidate(&mut world, 1));
    world.remove(1).unwrap();
    assert_eq!((world.shows(), world.plane.outstanding().count()), (GroupStatus::Stopped, 0));
    assert_eq!(world.outcome(late, Outcome::Succeeded), Err(Misuse::Stale(late)));
}

/// Whatever was under way is void: a stop, or a round in which a copy failed already.
#[test]
fn a_group_that_breaks_as_a_whole_waits_for_nothing() {
    let broken = || Observation::GroupInvalid { group: group_id(1), message: message("PrePayOrderExpired") };
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Stopping);
    let late = world.group_pending();
    world.observe(broken());
    assert_eq!((world.shows(), world.plane.outstanding().count()), (GroupStatus::Invalid, 0));
    assert_eq!(world.outcome(late, Outcome::Succeeded), Err(Misuse::Stale(late)));
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Syncing);
    world.pair_fails(1);
    world.observe(broken());
    assert_eq!((world.shows(), world.plane.outstanding().count()), (GroupStatus::Invalid, 0));
}

#[test]
fn a_group_that_breaks_as_a_whole_takes_along_the_members_that_replicate() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Invalid);
    assert_eq!(statuses(&world, 2), ["invalid", "invalid"]);
    for (from, left) in [(GroupStatus::Stopped, "stopped"), (GroupStatus::Failedover, "failovered")] {
        let mut world = World::default();
        let (group, message) = (group_id(1), message("PrePayOrderExpired"));
        world.bring_group_to(from).observe(Observation::GroupInvalid { group, message });
        assert_eq!((world.shows(), statuses(&world, 2)), (GroupStatus::Invalid, vec![left; 2]));
        assert_eq!(rule(world.delete_group()), "G-671");
        world.remove(1).unwrap();
        world.remove(2).unwrap();
        assert_eq!(world.shows(), GroupStatus::Invalid);
        world.delete_group().unwrap();
    }
}

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
fn a_partial_failover_leaves_each_member_its_own_result_and_a_repeat_concerns_the_rest() {
    let mut world = World::default();
    world.group_of(3).start_group(false).unwrap();
    world.copies_succeed();
    let step = world.failover_group().unwrap();
    let all = || vec!["pair-1".to_owned(), "pair-2".into(), "pair-3".into()];
    assert_eq!(asked(&step), [("failover_group", all())]);
    assert_eq!(statuses(&world, 3), ["failovering"; 3]);
    let step = world.later(5).group_fails_for(&[2]).unwrap();
    assert_eq!(rules(&step)[0], "G-341");
    assert_eq!(world.shows(), GroupStatus::FailoverFailed);
    assert_eq!(statuses(&world, 3), ["failovered", "failover_failed", "failovered"], "G-404");
    let writable = |world: &World, number: u32| world.pair(number).destination_access().as_str();
    assert_eq!([1, 2, 3].map(|number| writable(&world, number)), ["read_write", "none", "read_write"]);
    let step = world.failover_group().unwrap();
    assert_eq!(asked(&step), [("failover_group", vec!["pair-2".to_owned()])], "G-430");
    assert_eq!(statuses(&world, 3), ["failovered", "failovering", "failovered"]);
    let outstanding: Vec<_> = world.plane.outstanding().collect();
    assert_eq!(outstanding, step.effects, "what is outstanding is what was asked");
    world.group_succeeds();
    assert_eq!((world.shows(), statuses(&world, 3)), (GroupStatus::Failedover, vec!["failovered"; 3]));
    assert_eq!(writable(&world, 2), "read_write");
}

#[test]
fn a_partial_stop_is_like_a_partial_failover() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Stopping);
    let step = world.group_fails_for(&[1]).unwrap();
    assert_eq!(rules(&step), ["G-331", "G-401", "G-404"], "pair 2 keeps its own result");
    assert_eq!(
        (world.shows(), statuses(&world, 2)),
        (GroupStatus::StopFailed, vec!["stop_failed", "stopped"])
    );
    let step = world.stop_group().unwrap();
    assert_eq!(asked(&step), [("stop_group", vec!["pair-1".to_owned()])]);
    // A failover concerns both, and supersedes the stop: its report is late.
    let late = world.group_pending();
    let step = world.failover_group().unwrap();
    assert_eq!(asked(&step)[0].1, ["pair-1", "pair-2"]);
    assert_eq!(world.outcome(late, Outcome::Succeeded), Err(Misuse::Stale(late)));
    assert_eq!(statuses(&world, 2), ["failovering"; 2]);
}

#[test]
fn only_a_stop_and_a_failover_fail_partly_and_only_for_their_own_members() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Failingover);
    let pending = world.group_pending();
    for wrong in [&[][..], &[3], &[1, 9]] {
        assert_eq!(world.group_fails_for(wrong), Err(Misuse::WrongOutcome(pending)));
    }
    assert_eq!(world.outcome(pending, Outcome::Chosen(id("n"))), Err(Misuse::WrongOutcome(pending)));
    world.group_fails_for(&[1, 2]).unwrap();
    assert_eq!(statuses(&world, 2), ["failover_failed"; 2]);
    // Those that were done already are not what a repeat is about.
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Failingover).group_fails_for(&[2]).unwrap();
    world.failover_group().unwrap();
    assert!(world.group_fails_for(&[1]).is_err());
    // Reprotect is all or nothing (G-431); creating and deleting concern no member.
    for status in [GroupStatus::Reprotecting, GroupStatus::Creating, GroupStatus::Deleting] {
        let mut world = World::default();
        world.bring_group_to(status);
        assert!(matches!(world.group_fails_for(&[1]), Err(Misuse::WrongOutcome(_))), "{status}");
    }
    // An effect of a pair does not end so either.
    let mut world = World::default();
    world.create(1);
    let id = world.pending(1);
    let outcome = Outcome::PartlyFailed {
        failure: failover_model::polardb::Failure::Other,
        failed: [pair_id(1)].into(),
    };
    assert_eq!(world.outcome(id, outcome), Err(Misuse::WrongOutcome(id)));
}

#[test]
fn a_failover_supersedes_the_copies_of_its_members() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Syncing);
    let copy = world.pending(1);
    let point = world.group(1).last_recover_point;
    world.failover_group().unwrap();
    assert_eq!(world.outcome(copy, Outcome::Succeeded), Err(Misuse::Stale(copy)));
    world.later(5).group_succeeds();
    assert_eq!(world.group(1).last_recover_point, point);
    assert_eq!(world.plane.next_deadline(), None);
}

#[test]
fn a_failover_needs_a_recover_point_of_every_member() {
    let mut world = World::default();
    world.group_of(2).start_group(false).unwrap();
    assert_eq!(answer(world.failover_group()), (403, "OperationDenied.InvalidStatus".into(), "G-633"));
    world.pair_succeeds(1);
    assert_eq!(rule(world.failover_group()), "G-633");
    world.pair_succeeds(2);
    world.failover_group().unwrap();
}

#[test]
fn a_reverse_swaps_the_group_and_its_members_and_a_cancel_does_not() {
    for reverse in [true, false] {
        let mut world = World::default();
        world.bring_group_to(GroupStatus::Failedover);
        let point = world.group(1).last_recover_point;
        world.reprotect_group(reverse).unwrap();
        assert_eq!(statuses(&world, 2), ["reprotecting"; 2]);
        world.group_succeeds();
        assert_eq!((world.shows(), statuses(&world, 2)), (GroupStatus::Stopped, vec!["stopped"; 2]));
        let source = if reverse { DESTINATION } else { SOURCE };
        assert_eq!(world.group(1).group.source().region.as_str(), source, "G-640");
        assert_eq!(world.pair(2).source().region.as_str(), source);
        assert_eq!(world.group(1).last_recover_point, if reverse { None } else { point });
        assert_eq!(world.group(1).group.primary().region.as_str(), SOURCE, "the sites stay");
        world.start_group(false).expect("called at the production site, which stays");
        let expected = if reverse { "initial_syncing" } else { "syncing" };
        assert_eq!(statuses(&world, 2), [expected; 2]);
        world.copies_succeed();
        // The next failover belongs to the other side.
        let wrong = world.call(source, FailoverDiskReplicaGroup { group: group_id(1) });
        assert_eq!(answer(wrong), (403, "OperationDenied.OperateNotAllowedForPrimary".into(), "G-621"));
        world.failover_group().unwrap();
    }
}

/// G-623: failover and reprotect at the source of a reversed group, and a change of settings where the production site
/// moved with it.
#[test]
fn by_policy_a_refusal_of_a_reversed_group_is_named_after_the_place() {
    for (reading, at_standby, at_primary) in [
        (SiteCodes::Role, ("Primary", "G-621"), ("Standby", "G-622")),
        (SiteCodes::Place, ("Standby", "G-623"), ("Primary", "G-623")),
    ] {
        let mut world = World::with(|policy| {
            policy.ebs.site_codes = reading;
            policy.ebs.production_site = ProductionSite::Current;
        });
        world.bring_group_to(GroupStatus::Failedover).reprotect_group(true).unwrap();
        world.group_succeeds();
        let group = || group_id(1);
        let answer = |result, (site, rule): (&str, &'static str)| {
            let code = format!("OperationDenied.OperateNotAllowedFor{site}");
            assert_eq!(crate::kit::answer(result), (403, code, rule), "{reading:?}");
        };
        answer(world.call(DESTINATION, FailoverDiskReplicaGroup { group: group() }), at_standby);
        let change =
            ModifyDiskReplicaGroup { group: group(), name: None, description: None, enable_rtc: None };
        answer(world.call(SOURCE, change.clone()), at_primary);
        world.call(DESTINATION, change).unwrap();
        let start = StartDiskReplicaGroup { group: group(), one_shot: false };
        assert_eq!(crate::kit::answer(world.call(SOURCE, start)), (403, "OperationDenied".into(), "G-622"));
    }
}

#[test]
fn a_reverse_needs_old_primaries_that_nobody_writes_to() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Failedover).disk("s-2", DiskChange::Attached(true));
    assert_eq!(
        rule(world.reprotect_group(true)),
        "G-632",
        "a rule of its own, by analogy with a pair's (E-632)"
    );
    world.clone().reprotect_group(false).unwrap();
    world.disk("s-2", DiskChange::Up(false));
    world.reprotect_group(true).unwrap();
}

#[test]
fn a_start_needs_every_destination_detached() {
    let mut world = World::default();
    world.group_of(2).disk("t-2", DiskChange::Attached(true));
    assert_eq!(
        answer(world.start_group(false)),
        (400, "OperationDenied.StandbyDeviceAttached".into(), "G-631")
    );
    let refusal = world.start_group(true).unwrap_err();
    assert_eq!(refusal.rule().as_str(), "G-631");
    assert!(refusal.to_string().contains("(G-631)"), "{refusal}");
    world.disk("t-2", DiskChange::Attached(false));
    world.start_group(false).unwrap();
}

#[test]
fn the_old_primaries_are_read_only_while_a_group_is_being_reversed() {
    for (reverse, access) in [(true, "read_only"), (false, "read_write")] {
        let mut world = World::default();
        world.bring_group_to(GroupStatus::Failedover).reprotect_group(reverse).unwrap();
        assert_eq!(world.pair(2).source_access().as_str(), access, "E-672");
        world.group_fails();
        assert_eq!(world.pair(2).source_access().as_str(), "read_write");
    }
}

#[test]
fn a_failed_reprotect_of_a_group_has_no_way_out_unless_policy_gives_one() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::ReprotectFailed);
    assert_eq!(rule(world.reprotect_group(true)), "G-231");
    assert_eq!(rule(world.failover_group()), "G-213");
    assert_eq!(rule(world.start_group(false)), "G-112");
    assert_eq!(rule(world.remove(1)), "G-291");
    let mut world = World::with(|policy| policy.ebs.reprotect_failed_group = ReprotectFailedGroup::Repeat);
    world.bring_group_to(GroupStatus::ReprotectFailed);
    let mut again = world.clone();
    again.reprotect_group(true).unwrap();
    again.group_succeeds();
    assert_eq!(again.shows(), GroupStatus::Stopped);
    world.failover_group().unwrap();
    world.group_succeeds();
    assert_eq!(statuses(&world, 2), ["failovered"; 2]);
}

#[test]
fn every_group_call_belongs_to_one_site() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Stopped);
    let start = StartDiskReplicaGroup { group: group_id(1), one_shot: false };
    let add = AddDiskReplicaPair { group: group_id(1), pair: pair_id(1) };
    let remove = RemoveDiskReplicaPair { group: group_id(1), pair: pair_id(1) };
    let modify =
        ModifyDiskReplicaGroup { group: group_id(1), name: None, description: None, enable_rtc: None };
    let denied = (403, "OperationDenied".to_owned(), "G-622");
    assert_eq!(answer(world.call(DESTINATION, start.clone())), denied);
    assert_eq!(answer(world.call(DESTINATION, add)), denied);
    assert_eq!(answer(world.call(DESTINATION, remove)), denied);
    let listed = (403, "OperationDenied.OperateNotAllowedForStandby".to_owned(), "G-622");
    assert_eq!(answer(world.call(DESTINATION, modify)), listed);
    assert_eq!(answer(world.call(ELSEWHERE, start.clone())), (404, "NoSuchResource".into(), "G-620"));
    let unknown = StartDiskReplicaGroup { group: group_id(9), one_shot: false };
    assert_eq!(rule(world.call(SOURCE, unknown)), "G-610");
    let other = world.apply("2002", SOURCE, None, start.into(), Fresh::None).unwrap();
    assert_eq!(rule(other.result.unwrap()), "G-610");
}

#[test]
fn after_a_reverse_policy_tells_which_site_is_the_production_site() {
    for (site, fits, misses) in
        [(ProductionSite::Initial, SOURCE, DESTINATION), (ProductionSite::Current, DESTINATION, SOURCE)]
    {
        let mut world = World::with(|policy| policy.ebs.production_site = site);
        world.bring_group_to(GroupStatus::Failedover).reprotect_group(true).unwrap();
        world.group_succeeds();
        let start = StartDiskReplicaGroup { group: group_id(1), one_shot: false };
        assert_eq!(rule(world.call(misses, start.clone())), "G-622");
        world.call(fits, start).unwrap();
        for (region, seen) in [(fits, Site::Production), (misses, Site::Backup)] {
            assert_eq!(listed(&mut world, region, seen), (1, 2), "G-695");
            let other = if seen == Site::Production { Site::Backup } else { Site::Production };
            assert_eq!(listed(&mut world, region, other), (0, 0));
        }
    }
}

fn described(world: &mut World, account: &str, request: DescribeDiskReplicaGroups) -> GroupPage {
    match world.apply(account, SOURCE, None, request.into(), Fresh::None).unwrap().result {
        Some(Ok(Response::GroupPage(page))) => page,
        other => panic!("{other:?}"),
    }
}

/// How many groups and pairs a region sees.
fn listed(world: &mut World, region: &str, site: Site) -> (usize, usize) {
    let groups = DescribeDiskReplicaGroups { site, ..DescribeDiskReplicaGroups::default() };
    let pairs = DescribeDiskReplicaPairs { site, ..DescribeDiskReplicaPairs::default() };
    let groups = world.apply(OWNER, region, None, groups.into(), Fresh::None).unwrap().result;
    let pairs = world.apply(OWNER, region, None, pairs.into(), Fresh::None).unwrap().result;
    match (groups, pairs) {
        (Some(Ok(Response::GroupPage(groups))), Some(Ok(Response::PairPage(pairs)))) => {
            (groups.groups.len(), pairs.pairs.len())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn describe_filters_groups_as_it_does_pairs_and_pairs_by_their_group() {
    let mut world = World::default();
    world.group_of(2);
    world.create(3);
    let name = GroupName::parse("orders").ok();
    let modify = ModifyDiskReplicaGroup { group: group_id(1), name, description: None, enable_rtc: None };
    world.call(SOURCE, modify).unwrap();
    let mut pairs = |group: &str| {
        let group = Some(group.to_owned());
        let request = DescribeDiskReplicaPairs { group, ..DescribeDiskReplicaPairs::default() };
        match world.apply(OWNER, SOURCE, None, request.into(), Fresh::None).unwrap().result {
            Some(Ok(Response::PairPage(page))) => {
                (page.pairs.iter().map(|pair| pair.id().to_string()).collect::<Vec<_>>(), page.group_names)
            }
            other => panic!("{other:?}"),
        }
    };
    let (members, names) = pairs("group-1");
    assert_eq!(members, ["pair-1", "pair-2"]);
    assert_eq!(names[&group_id(1)].as_str(), "orders");
    assert_eq!(pairs("-").0, ["pair-3"], "a hyphen stands for no group");
    assert!(pairs("group-9").0.is_empty());
    let mut groups = |request: DescribeDiskReplicaGroups| match world
        .apply(OWNER, SOURCE, None, request.into(), Fresh::None)
        .unwrap()
        .result
    {
        Some(Ok(Response::GroupPage(page))) => page,
        other => panic!("{other:?}"),
    };
    let by = |name: &str| DescribeDiskReplicaGroups { name: Some(name.into()), ..Default::default() };
    assert_eq!(groups(by("rder")).groups.len(), 1);
    assert!(groups(by("x")).groups.is_empty());
    let unknown = DescribeDiskReplicaGroups { groups: vec![group_id(9)], ..Default::default() };
    assert_eq!(groups(unknown).total, 0, "an empty list and no error (G-694)");
    let elsewhere =
        DescribeDiskReplicaGroups { groups: vec![group_id(1)], site: Site::Backup, ..Default::default() };
    assert_eq!(groups(elsewhere).other_site, [group_id(1)]);
}

/// A number that is told counts what the filter lets through, be the filter a name, a resource group or a tag alone.
#[test]
fn each_filter_of_groups_is_a_filter_by_itself() {
    let mut world = World::default();
    let tag = Tag { key: TagKey::parse("env").unwrap(), value: TagValue::parse("test").unwrap() };
    let settings = [
        GroupSettings { name: GroupName::parse("orders").ok(), ..GroupSettings::default() },
        GroupSettings { resource_group: Some(id("rg-1")), ..GroupSettings::default() },
        GroupSettings { tags: vec![tag.clone()], ..GroupSettings::default() },
    ];
    for (number, settings) in (1..).zip(settings) {
        let request = CreateDiskReplicaGroup { settings, ..create_group_request() };
        let fresh = Fresh::Group(GroupCreated { group: group_id(number) });
        world.apply(OWNER, SOURCE, None, request.into(), fresh).unwrap();
    }
    let all = DescribeDiskReplicaGroups::default;
    let filters = [
        DescribeDiskReplicaGroups { name: Some("orders".into()), ..all() },
        DescribeDiskReplicaGroups { resource_group: Some(id("rg-1")), ..all() },
        DescribeDiskReplicaGroups { tags: vec![tag], ..all() },
    ];
    for (number, filter) in (1..).zip(filters) {
        let page = described(&mut world, OWNER, filter);
        assert_eq!(page.groups.iter().map(|view| view.group.id()).collect::<Vec<_>>(), [&group_id(number)]);
        assert_eq!(page.total, 1);
    }
    assert_eq!(described(&mut world, OWNER, all()).total, 3);
}

#[test]
fn the_other_site_of_a_group_is_hinted_at_to_its_owner_and_where_the_list_does_not_name_it() {
    let mut world = World::default();
    world.group_of(1);
    let request = |site| DescribeDiskReplicaGroups { site, groups: vec![group_id(1)], ..Default::default() };
    let here = described(&mut world, OWNER, request(Site::Production));
    assert_eq!((here.groups.len(), here.other_site.len()), (1, 0));
    assert_eq!(described(&mut world, OWNER, request(Site::Backup)).other_site, [group_id(1)]);
    assert!(described(&mut world, "2002", request(Site::Backup)).other_site.is_empty());
}

#[test]
fn a_deleted_group_is_a_tombstone_and_then_forgotten() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Deleted);
    assert_eq!(listed(&mut world, SOURCE, Site::Production).0, 0, "G-696");
    assert_eq!(rule(world.delete_group()), "G-252");
    let step = world.advance(3_600_000);
    assert_eq!(rules(&step), ["G-697"]);
    assert_eq!(rule(world.delete_group()), "G-610");
}

#[test]
fn joining_is_judged_in_one_order() {
    let mut world = World::default();
    world.group_of(1).create_group(2);
    let effect = world.group(2).group.pending().unwrap().id;
    world.succeed(effect);
    let unknown = world.add(9);
    assert_eq!(answer(unknown), (404, "NoSuchResource".into(), "E-610"));
    assert!(world.add(1).unwrap().is_empty(), "a member is a member (G-681)");
    let other = AddDiskReplicaPair { group: group_id(2), pair: pair_id(1) };
    assert_eq!(
        answer(world.call(SOURCE, other)),
        (403, "OperationDenied.PairInAnotherGroup".into(), "G-680")
    );
    world.create(2);
    assert_eq!(answer(world.add(2)), (403, "OperationDenied.PairInitializing".into(), "G-682"));
    world.pair_succeeds(2);
    let start = |pair| failover_model::ebs::StartDiskReplicaPair { pair: pair_id(pair), one_shot: false };
    world.call(SOURCE, start(2)).unwrap();
    assert_eq!(rule(world.add(2)), "G-682", "the first copy counts as initialising");
    world.pair_succeeds(2);
    // G-683: the pair's own table decides.
    assert_eq!(answer(world.add(2)), (403, "OperationDenied.PairStatusCannotAddToGroup".into(), "E-281"));
    let stop = failover_model::ebs::StopDiskReplicaPair { pair: pair_id(2) };
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
fn leaving_is_judged_in_one_order() {
    let mut world = World::default();
    world.group_of(0);
    world.create(1);
    world.pair_succeeds(1);
    assert_eq!(answer(world.remove(1)), (403, "OperationDenied.NoPairInGroup".into(), "G-690"));
    world.create(2);
    world.pair_succeeds(2);
    world.add(2).unwrap();
    assert_eq!(answer(world.remove(1)), (403, "OperationDenied.PairNotInGroup".into(), "G-691"));
    world.create_group(2);
    let effect = world.group(2).group.pending().unwrap().id;
    world.succeed(effect);
    world.call(SOURCE, AddDiskReplicaPair { group: group_id(2), pair: pair_id(1) }).unwrap();
    assert_eq!(answer(world.remove(1)), (403, "OperationDenied.PairInAnotherGroup".into(), "G-692"));
    world.start_group(false).unwrap();
    assert_eq!(answer(world.remove(2)), (403, "OperationDenied.GroupStatusCannotRemovePair".into(), "G-291"));
    // While the group shows invalid, a member that replicates does not leave.
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal);
    drop(invalidate(&mut world, 1));
    assert_eq!(
        answer(world.remove(2)),
        (403, "OperationDenied.PairStatusCannotRemoveFromGroup".into(), "G-693")
    );
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

#[test]
fn a_member_has_its_groups_replication_time_control_and_keeps_it_when_it_leaves() {
    let mut world = World::default();
    world.group_of(2);
    let modify =
        ModifyDiskReplicaGroup { group: group_id(1), name: None, description: None, enable_rtc: Some(true) };
    world.call(SOURCE, modify).unwrap();
    assert!(world.group(1).group.enable_rtc() && world.pair(1).enable_rtc() && world.pair(2).enable_rtc());
    world.create(3);
    world.pair_succeeds(3);
    assert!(!world.pair(3).enable_rtc());
    world.add(3).unwrap();
    assert!(world.pair(3).enable_rtc(), "G-660");
    world.remove(3).unwrap();
    assert!(world.pair(3).enable_rtc());
}

#[test]
fn a_member_that_broke_during_a_reverse_is_left_behind() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Reprotecting);
    drop(invalidate(&mut world, 2));
    assert_eq!(world.shows(), GroupStatus::Invalid);
    world.group_succeeds();
    assert_eq!(statuses(&world, 2), ["stopped", "invalid"]);
    assert_eq!(world.pair(2).source().region.as_str(), SOURCE);
    world.remove(2).unwrap();
    assert_eq!(world.shows(), GroupStatus::Stopped);
}

#[test]
fn a_group_is_adopted_with_pairs_that_fit_it() {
    let adopt = |world: &mut World, seed: GroupSeed| {
        let before = world.plane.clone();
        let adopted = world.plane.adopt_group(at(world.now), &id(OWNER), &id(SOURCE), seed);
        world.plane.check().unwrap();
        if adopted.is_err() {
            let mut before = before;
            kit::look(&mut before, at(world.now));
            assert_eq!(before, world.plane);
        }
        adopted
    };
    let mut world = World::default();
    world.bring_to(PairStatus::Normal);
    let mut idle = world.clone();
    assert!(matches!(
        adopt(&mut world, group_seed(GroupStatus::Stopped, &[1])),
        Err(NotAdopted::Violation(_))
    ));
    assert!(matches!(
        adopt(&mut world, group_seed(GroupStatus::Normal, &[1, 1])),
        Err(NotAdopted::IdInUse(_))
    ));
    assert!(matches!(adopt(&mut world, group_seed(GroupStatus::Normal, &[9])), Err(NotAdopted::Refused(_))));
    assert!(matches!(adopt(&mut world, group_seed(GroupStatus::Normal, &[])), Err(NotAdopted::Violation(_))));
    assert!(adopt(&mut world, group_seed(GroupStatus::Normal, &[1])).unwrap().effects.is_empty());
    assert_eq!((world.shows(), world.pair(1).due()), (GroupStatus::Normal, None));
    assert_eq!(world.advance(RPO_MS).effects.len(), 1, "the next round is one RPO ahead");
    assert!(matches!(adopt(&mut world, group_seed(GroupStatus::Normal, &[])), Err(NotAdopted::IdInUse(_))));
    // What a pair waited for is its group's.
    idle.failover(DESTINATION).unwrap();
    let lost = idle.pending(1);
    let step = adopt(&mut idle, group_seed(GroupStatus::Failingover, &[1])).unwrap();
    assert_eq!(asked(&step), [("failover_group", vec!["pair-1".to_owned()])]);
    assert!(idle.outcome(lost, Outcome::Succeeded).is_err());
    idle.group_succeeds();
    assert_eq!(idle.status(1), PairStatus::Failedover);
}

#[test]
fn a_group_that_is_adopted_keeps_its_description_and_when_it_was_created() {
    for (told, kept) in [(7, 7), (u64::MAX, START)] {
        let mut world = World::default();
        let description = Description::parse("of orders").ok();
        let settings = GroupSettings { description: description.clone(), ..GroupSettings::default() };
        let request = CreateDiskReplicaGroup { settings, ..create_group_request() };
        let seed = GroupSeed { created_at: at(told), request, ..group_seed(GroupStatus::Created, &[]) };
        world.plane.adopt_group(at(START), &id(OWNER), &id(SOURCE), seed).unwrap();
        let group = world.group(1).group;
        assert_eq!((group.created_at(), group.description()), (at(kept), description.as_ref()));
    }
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

#[test]
fn forgetting_an_account_forgets_its_groups_and_drills() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal).start_group_drill(1).unwrap();
    world.plane.forget_account(&id(OWNER));
    world.plane.check().unwrap();
    assert_eq!((world.plane.groups().count(), world.plane.drills().count()), (0, 0));
    assert_eq!(world.plane.outstanding().count(), 0);
}

#[test]
fn a_grouped_pair_is_not_failed_over_by_its_own_call_whatever_its_token() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal);
    let request = FailoverDiskReplicaPair { pair: pair_id(1) };
    let refused = world.apply(OWNER, DESTINATION, Some("t"), request.clone().into(), Fresh::None).unwrap();
    assert_eq!(rule(refused.result.unwrap()), "E-623");
    // The refusal released the token: once the pair has left, the same call succeeds.
    world.stop_group().unwrap();
    world.group_succeeds();
    world.remove(1).unwrap();
    let taken = world.apply(OWNER, DESTINATION, Some("t"), request.into(), Fresh::None).unwrap();
    assert!(taken.result.unwrap().is_ok() && !taken.replayed);
}
