//! Rules of pairs, groups and drills that a first implementation gets wrong, each as a numbered test. The numbers that
//! are missing here are about the wire: see `wire/ebs_spelling.rs`.

#![allow(unused_must_use, reason = "a fixture's steps are not carried out by anybody")]

use failover_model::ebs::{
    ClearPairDrill, DescribeDiskReplicaPairs, FailoverDiskReplicaGroup, FailoverDiskReplicaPair, GroupEvent,
    GroupLifecycle, GroupStatus, PairEvent, PairLifecycle, PairStatus, ReprotectDiskReplicaPair, Site,
    StartDiskReplicaGroup, StartDiskReplicaPair,
};
use failover_model::lifecycle::Verdict;
use failover_model::policy::EbsPolicy;
use failover_model::{Fresh, Operation, Outcome, Response};

use crate::kit::{
    DESTINATION, ELSEWHERE, OWNER, RPO_MS, SOURCE, World, at, code, group_id, id, pair_id, rule,
};

fn invalid_status() -> (u16, String) {
    (403, "OperationDenied.InvalidStatus".into())
}

#[test]
fn rule_01_pair_failover_is_a_denylist_and_group_failover_an_allowlist() {
    let policy = EbsPolicy::default();
    for group in GroupStatus::ALL {
        let pair = PairStatus::parse(group.as_str()).unwrap();
        let denied = matches!(pair, PairStatus::Invalid | PairStatus::Deleted);
        assert_eq!(
            PairLifecycle::lookup(pair, PairEvent::Failover).verdict(&policy) == Verdict::Refuse,
            denied
        );
    }
    let refused =
        |status| GroupLifecycle::lookup(status, GroupEvent::Failover).verdict(&policy) == Verdict::Refuse;
    assert!(refused(GroupStatus::Created) && refused(GroupStatus::Reprotecting));
    assert!(!refused(GroupStatus::Stopping) && !refused(GroupStatus::FailoverFailed));
}

#[test]
fn rule_02_an_accepted_failover_is_not_a_finished_one_and_may_fail() {
    let mut world = World::default();
    world.bring_to(PairStatus::Normal).failover(DESTINATION).unwrap();
    assert_eq!(world.status(1), PairStatus::Failingover);
    let mut failed = world.clone();
    failed.pair_fails(1);
    assert_eq!(failed.status(1), PairStatus::FailoverFailed);
    world.pair_succeeds(1);
    assert_eq!(world.status(1), PairStatus::Failedover);
}

#[test]
fn rule_03_three_region_rules_stand_side_by_side_and_groups_have_a_fourth() {
    let mut world = World::default();
    world.bring_to(PairStatus::Stopped);
    assert_eq!(code(world.failover(SOURCE)).1, "OperationDenied.OperateNotAllowedForPrimary");
    assert_eq!(rule(world.delete(DESTINATION)), "E-622");
    world.clone().start(SOURCE, false).unwrap();
    world.clone().start(DESTINATION, false).unwrap();
    assert_eq!(code(world.start(ELSEWHERE, false)), (404, "NoSuchResource".into()));
    let mut world = World::default();
    world.group_of(1);
    let start = StartDiskReplicaGroup::new(group_id(1));
    assert_eq!(rule(world.call(DESTINATION, start)), "G-622");
    assert_eq!(rule(world.call(SOURCE, FailoverDiskReplicaGroup::new(group_id(1)))), "G-621");
}

#[test]
fn rule_04_after_a_reverse_the_secondary_region_is_the_original_primarys() {
    let mut world = World::default();
    world.bring_to(PairStatus::Reprotecting).pair_succeeds(1);
    assert_eq!(rule(world.failover(DESTINATION)), "E-621");
    assert_eq!(rule(world.delete(SOURCE)), "E-622", "delete moves too");
    world.clone().delete(DESTINATION).unwrap();
    world.failover(SOURCE).unwrap();
}

#[test]
fn rule_05_reprotect_ends_in_stopped_and_nothing_is_copied_until_a_start() {
    let mut world = World::default();
    world.bring_to(PairStatus::Reprotecting).pair_succeeds(1);
    assert_eq!(world.status(1), PairStatus::Stopped);
    assert!(PairStatus::parse("reprotected").is_none());
    assert!(world.advance(RPO_MS * 3).is_empty());
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Reprotecting).group_succeeds();
    assert_eq!(world.shows(), GroupStatus::Stopped);
    assert!(world.advance(RPO_MS * 3).is_empty());
}

#[test]
fn rule_07_reprotect_without_a_reverse_cancels_the_failover_and_swaps_nothing() {
    for reverse in [true, false] {
        let mut world = World::default();
        world.bring_to(PairStatus::Failedover).reprotect(DESTINATION, reverse).unwrap();
        world.pair_succeeds(1);
        assert_eq!(world.status(1), PairStatus::Stopped, "the same end status");
        assert_eq!(world.pair(1).source().region.as_str() == DESTINATION, reverse);
        let mut world = World::default();
        world.bring_group_to(GroupStatus::Failedover).reprotect_group(reverse).unwrap();
        world.group_succeeds();
        assert_eq!(world.group(1).group.source().region.as_str() == DESTINATION, reverse);
    }
}

#[test]
fn rule_08_one_shot_shows_manual_syncing_returns_to_stopped_and_is_throttled() {
    let mut world = World::default();
    world.bring_to(PairStatus::Created).start(SOURCE, true).unwrap();
    assert_eq!(world.status(1), PairStatus::ManualSyncing, "the first included");
    world.pair_succeeds(1);
    assert_eq!(world.status(1), PairStatus::Stopped);
    assert_eq!(code(world.later(450_000).start(SOURCE, true)).1, "OperationDenied.ManualSyncLimit");
    world.later(1).start(SOURCE, true).unwrap();
}

#[test]
fn rule_09_normal_and_syncing_alternate_each_cycle() {
    let mut world = World::default();
    world.bring_to(PairStatus::Normal);
    for _ in 0..3 {
        world.advance(RPO_MS);
        assert_eq!(world.status(1), PairStatus::Syncing);
        world.pair_succeeds(1);
        assert_eq!(world.status(1), PairStatus::Normal);
    }
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal).advance(RPO_MS);
    assert_eq!(world.shows(), GroupStatus::Syncing);
    world.copies_succeed();
    assert_eq!(world.shows(), GroupStatus::Normal);
}

#[test]
fn rule_10_stop_and_delete_leave_the_data_of_the_last_recover_point() {
    let mut world = World::default();
    world.bring_to(PairStatus::Syncing);
    let point = world.pair(1).last_recover_point();
    let copy = world.pending(1);
    world.later(7).stop(SOURCE).unwrap();
    assert!(world.outcome(copy, Outcome::Succeeded).is_err(), "what was in flight is dropped");
    world.pair_succeeds(1);
    assert_eq!(world.pair(1).last_recover_point(), point);
    world.delete(SOURCE).unwrap();
    world.pair_succeeds(1);
    assert_eq!(world.pair(1).last_recover_point(), point);
}

#[test]
fn rule_11_a_failover_does_not_fence_the_old_primary() {
    let mut world = World::default();
    world.bring_to(PairStatus::Failedover);
    assert_eq!(world.pair(1).source_access().as_str(), "read_write");
    assert_eq!(world.pair(1).destination_access().as_str(), "read_write");
}

#[test]
fn rule_12_a_grouped_pair_refuses_to_move_alone_and_has_its_groups_settings() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Stopped);
    let denied = (403, "OperationDenied".to_owned());
    assert_eq!(code(world.call(SOURCE, StartDiskReplicaPair::new(pair_id(1)))), denied);
    assert_eq!(code(world.call(DESTINATION, FailoverDiskReplicaPair::new(pair_id(1)))), denied);
    let reprotect = ReprotectDiskReplicaPair::new(pair_id(1)).reverse_replicate(true);
    assert_eq!(code(world.call(DESTINATION, reprotect)), denied);
    assert_eq!(code(world.delete(SOURCE)), denied);
    assert_eq!(world.pair(1).enable_rtc(), world.group(1).group.enable_rtc());
}

#[test]
fn rule_13_delete_needs_an_empty_group_and_start_failover_and_reprotect_one_that_is_not() {
    let mut world = World::default();
    world.group_of(0);
    assert_eq!(code(world.start_group(false)).1, "OperationDenied.NoPairInGroup");
    assert_eq!(code(world.failover_group()).1, "OperationDenied.NoPairInGroup");
    assert_eq!(code(world.reprotect_group(true)).1, "OperationDenied.NoPairInGroup");
    let mut world = World::default();
    world.group_of(1);
    assert_eq!(code(world.delete_group()).1, "OperationDenied.GroupHasPair");
}

#[test]
fn rule_14_joining_compares_places_direction_and_both_statuses() {
    let mut world = World::default();
    world.group_of(0);
    world.bring_to(PairStatus::Reprotecting).pair_succeeds(1);
    assert_eq!(code(world.add(1)).1, "OperationDenied.PairGroupAZoneConflict");
    let mut world = World::default();
    world.group_of(0);
    world.bring_to(PairStatus::Normal);
    assert_eq!(code(world.add(1)).1, "OperationDenied.PairStatusCannotAddToGroup");
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal).create(9);
    world.pair_succeeds(9);
    assert_eq!(code(world.add(9)).1, "OperationDenied.GroupStatusCannotAddPair");
}

#[test]
fn rule_15_a_group_never_shows_initial_syncing() {
    assert!(GroupStatus::parse("initial_syncing").is_none());
    let mut world = World::default();
    world.group_of(2).start_group(false).unwrap();
    assert_eq!((world.shows(), world.status(1)), (GroupStatus::Syncing, PairStatus::InitialSyncing));
}

#[test]
fn rule_16_primary_and_standby_never_move_source_and_destination_do() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Reprotecting).group_succeeds();
    let (pair, group) = (world.pair(1), world.group(1).group);
    assert_eq!((pair.primary().region.as_str(), pair.source().region.as_str()), (SOURCE, DESTINATION));
    assert_eq!((group.primary().region.as_str(), group.source().region.as_str()), (SOURCE, DESTINATION));
    assert_eq!((group.standby().region.as_str(), group.destination().region.as_str()), (DESTINATION, SOURCE));
}

fn listed(world: &mut World, region: &str, request: DescribeDiskReplicaPairs) -> usize {
    match world.apply(OWNER, region, None, request.into(), Fresh::None).unwrap().result {
        Some(Ok(Response::PairPage(page))) => page.pairs.len(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn rule_17_the_secondary_region_sees_a_pair_under_site_backup_alone() {
    let mut world = World::default();
    world.create(1);
    let by = |site| DescribeDiskReplicaPairs::default().site(site);
    assert_eq!(listed(&mut world, DESTINATION, by(Site::Production)), 0);
    assert_eq!(listed(&mut world, DESTINATION, by(Site::Backup)), 1);
}

#[test]
fn rule_18_an_unknown_id_is_an_empty_list_for_describe_and_404_for_everything_else() {
    let mut world = World::default();
    let unknown = DescribeDiskReplicaPairs::default().pairs(vec![pair_id(9)]);
    assert_eq!(listed(&mut world, SOURCE, unknown), 0);
    let not_found = (404, "NoSuchResource".to_owned());
    assert_eq!(code(world.call(SOURCE, FailoverDiskReplicaPair::new(pair_id(9)))), not_found);
    assert_eq!(code(world.call(SOURCE, FailoverDiskReplicaGroup::new(group_id(9)))), not_found);
    assert_eq!(code(world.clear_drill(9, 9)), not_found);
}

#[test]
fn rule_19_a_deleted_pair_is_invalid_status_first_and_not_found_after() {
    let mut world = World::default();
    world.bring_to(PairStatus::Deleted);
    assert_eq!(code(world.failover(DESTINATION)), invalid_status());
    assert_eq!(listed(&mut world, SOURCE, DescribeDiskReplicaPairs::default()), 0);
    world.advance(3_600_000);
    assert_eq!(code(world.failover(DESTINATION)), (404, "NoSuchResource".into()));
}

#[test]
fn rule_20_status_errors_are_403_and_an_attached_standby_is_400() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Failedover);
    assert_eq!(code(world.start_group(false)), invalid_status());
    let mut world = World::default();
    world.group_of(1).disk("t-1", failover_model::ebs::DiskChange::Attached(true));
    assert_eq!(code(world.start_group(false)), (400, "OperationDenied.StandbyDeviceAttached".into()));
}

#[test]
fn rule_21_a_token_replays_the_first_success_and_forgets_failures() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal);
    let request = FailoverDiskReplicaGroup::new(group_id(1));
    let first = world.apply(OWNER, DESTINATION, Some("t"), request.clone().into(), Fresh::None).unwrap();
    assert!(!first.replayed);
    world.group_succeeds();
    world.reprotect_group(false).unwrap();
    let again = world.apply(OWNER, DESTINATION, Some("t"), request.clone().into(), Fresh::None).unwrap();
    assert!(again.replayed && again.result == first.result, "though the status would refuse it now");
    let refused = world.apply(OWNER, DESTINATION, Some("u"), request.clone().into(), Fresh::None).unwrap();
    assert_eq!(code(refused.result.unwrap()), invalid_status());
    world.group_succeeds();
    let taken = world.apply(OWNER, DESTINATION, Some("u"), request.into(), Fresh::None).unwrap();
    assert!(taken.result.unwrap().is_ok() && !taken.replayed);
}

#[test]
fn rule_22_a_repeated_failover_without_a_token_is_harmless() {
    for status in [PairStatus::Failingover, PairStatus::Failedover] {
        let mut world = World::default();
        assert!(world.bring_to(status).failover(DESTINATION).unwrap().is_empty());
    }
    for status in [GroupStatus::Failingover, GroupStatus::Failedover] {
        let mut world = World::default();
        assert!(world.bring_group_to(status).failover_group().unwrap().is_empty());
    }
}

#[test]
fn rule_24_a_recover_point_is_absent_before_the_first_copy() {
    let mut world = World::default();
    world.group_of(1).start_group(false).unwrap();
    assert_eq!((world.pair(1).last_recover_point(), world.group(1).last_recover_point), (None, None));
    world.copies_succeed();
    assert_eq!(world.group(1).last_recover_point, Some(at(world.now)));
}

#[test]
fn rule_27_a_superseded_operation_does_not_overwrite_the_failover_later() {
    let mut world = World::default();
    world.bring_to(PairStatus::Stopping);
    let stop = world.pending(1);
    world.failover(DESTINATION).unwrap();
    world.pair_succeeds(1);
    assert!(world.outcome(stop, Outcome::Succeeded).is_err());
    assert_eq!(world.status(1), PairStatus::Failedover);
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Stopping);
    let stop = world.group_pending();
    world.failover_group().unwrap();
    world.group_succeeds();
    assert!(world.outcome(stop, Outcome::Succeeded).is_err());
    assert_eq!(world.shows(), GroupStatus::Failedover);
}

#[test]
fn rule_28_clearing_a_drill_has_no_token_and_no_last_status_and_its_disk_may_show_an_error() {
    assert!(!Operation::ClearPairDrill.takes_token() && !Operation::ClearReplicaGroupDrill.takes_token());
    let mut world = World::default();
    world.bring_to(PairStatus::Normal).start_drill(1, 1).unwrap();
    world.start_drill(1, 2).unwrap();
    world.succeed(world.drill_pending(1));
    world.fail(world.drill_pending(2));
    assert_eq!(world.drill(2).disks()[0].status.as_str(), "InternalError");
    let clear = ClearPairDrill::new(pair_id(1), id("drill-1"));
    let call = world.apply(OWNER, SOURCE, Some("t"), clear.into(), Fresh::None).unwrap();
    assert!(call.result.unwrap().is_ok() && world.plane.tokens().is_empty());
    world.succeed(world.drill_pending(1));
    assert!(world.plane.drill(&id("drill-1")).is_none(), "the record vanishes");
}
