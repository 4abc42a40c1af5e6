//! The rules beside the pair table, each through the control plane: regions, disks, directions, the clock, supersession
//! and what describes show.

#![allow(unused_must_use, reason = "a fixture's steps are not carried out by anybody")]

use failover_model::control_plane::{DeadlineReason, Fact, NotAdopted, PairFact};
use failover_model::ebs::{
    Access, Bandwidth, Charge, CreateDiskReplicaPair, Cursor, DescribeDiskReplicaPairs, DiskChange,
    EbsReason, EbsRefusal, FOUNDING_REGIONS, Page, PairCreated, PairPage, PairSeed, PairSettings,
    PairStatus as S, PeriodUnit, Site,
};
use failover_model::policy::{
    FailoverWithoutRecoverPoint, FirstCopy, FirstCopyAfterReverse, ProductionSite, ReverseNeeds,
    SameRegionPairs, StartWhileReplicating,
};
use failover_model::text::{Name, Tag, TagKey, TagValue};
use failover_model::{Fresh, Misuse, Observation, Outcome, Policy, Refusal, Response, Span, Step};
use proptest::prelude::*;

use crate::kit::{
    self, DESTINATION, ELSEWHERE, OWNER, RPO_MS, SOURCE, World, at, at_status, create_request, effects, id,
    message, pair_id, rule, rules,
};

/// A pair whose direction was reversed once: stopped, source in [`DESTINATION`].
fn reversed() -> World {
    let mut world = at_status(S::Reprotecting);
    world.pair_succeeds(1);
    assert_eq!(world.status(1), S::Stopped);
    world
}

fn access(world: &World) -> (Access, Access) {
    let of = |disk: &str| {
        let disks = world.plane.disks(Some(&id(OWNER)));
        disks.into_iter().find(|view| view.id.as_str() == disk).expect("the disk is known").access
    };
    (of("s-1"), of("t-1"))
}

/// The access changes in a step: rule, disk, before, after.
fn access_events(step: &Step) -> Vec<(&'static str, String, Access, Access)> {
    let change = |event: &failover_model::Event| match &event.fact {
        Fact::Access { disk, from, to } => Some((event.rule.0, disk.to_string(), *from, *to)),
        _ => None,
    };
    step.events.iter().filter_map(change).collect()
}

mod regions {
    use super::*;

    #[test]
    fn a_pair_is_not_found_from_a_region_that_is_neither_of_its_ends() {
        let mut world = at_status(S::Failedover);
        for result in [
            world.start(ELSEWHERE, false),
            world.stop(ELSEWHERE),
            world.failover(ELSEWHERE),
            world.reprotect(ELSEWHERE, true),
            world.delete(ELSEWHERE),
        ] {
            assert_eq!(result.as_ref().unwrap_err().wire().code, "NoSuchResource");
            assert_eq!(rule(result), "E-620");
        }
    }

    #[test]
    fn failover_and_reprotect_are_refused_at_the_source() {
        let mut world = at_status(S::Normal);
        assert_eq!(rule(world.failover(SOURCE)), "E-621");
        world.failover(DESTINATION).unwrap();
        world.pair_succeeds(1);
        // The roles do not move at failover: the source is where it was.
        assert_eq!(rule(world.reprotect(SOURCE, true)), "E-621");
        assert_eq!(rule(world.reprotect(SOURCE, false)), "E-621");
        world.reprotect(DESTINATION, true).unwrap();
    }

    #[test]
    fn delete_is_refused_at_the_destination() {
        let mut world = at_status(S::Stopped);
        let refusal = world.delete(DESTINATION).unwrap_err();
        assert_eq!((refusal.rule().0, refusal.wire().code.as_ref()), ("E-622", "OperationDenied"));
        world.delete(SOURCE).unwrap();
    }

    #[test]
    fn start_and_stop_are_accepted_at_either_end() {
        for region in [SOURCE, DESTINATION] {
            let mut world = at_status(S::Created);
            world.start(region, false).unwrap();
            world.stop(region).unwrap();
        }
    }

    #[test]
    fn after_a_reverse_each_call_belongs_to_the_other_end() {
        let mut world = reversed();
        assert_eq!(rule(world.failover(DESTINATION)), "E-621");
        assert_eq!(rule(world.delete(SOURCE)), "E-622");
        world.failover(SOURCE).unwrap();
        world.pair_succeeds(1);
        assert_eq!(rule(world.reprotect(DESTINATION, false)), "E-621");
        world.reprotect(SOURCE, true).unwrap();
        world.pair_succeeds(1);
        // Twice reversed is as created.
        assert_eq!(world.pair(1).source(), world.pair(1).primary());
        world.delete(SOURCE).unwrap();
    }

    #[test]
    fn a_reverse_that_fails_or_is_superseded_leaves_the_calls_where_they_were() {
        let mut world = at_status(S::Reprotecting);
        assert_eq!(rule(world.failover(SOURCE)), "E-621");
        world.failover(DESTINATION).unwrap();
        world.pair_fails(1);
        assert_eq!(rule(world.failover(SOURCE)), "E-621");
        assert_eq!(world.pair(1).source().region.as_str(), SOURCE);
    }

    #[test]
    fn the_region_is_checked_before_the_status() {
        let mut world = at_status(S::Invalid);
        assert_eq!(rule(world.failover(ELSEWHERE)), "E-620");
        assert_eq!(rule(world.failover(SOURCE)), "E-621");
        assert_eq!(rule(world.failover(DESTINATION)), "E-210");
    }

    #[test]
    fn existence_and_ownership_are_checked_before_the_region() {
        let mut world = at_status(S::Normal);
        let request = failover_model::ebs::FailoverDiskReplicaPair { pair: pair_id(1) };
        let of_another = world.apply("2002", ELSEWHERE, None, request.into(), Fresh::None).unwrap();
        assert_eq!(of_another.result.unwrap().unwrap_err().rule().0, "E-610");
        let unknown = failover_model::ebs::FailoverDiskReplicaPair { pair: pair_id(9) };
        assert_eq!(rule(world.call(DESTINATION, unknown)), "E-610");
    }

    #[test]
    fn within_one_region_every_call_is_at_both_ends() {
        let mut world = World::default();
        let request = CreateDiskReplicaPair {
            destination_region: id(SOURCE),
            destination_zone: id("cn-shanghai-b"),
            ..create_request(1)
        };
        let fresh = Fresh::Pair(PairCreated { pair: pair_id(1), order: id("o-1") });
        world.apply(OWNER, SOURCE, None, request.into(), fresh).unwrap().result.unwrap().unwrap();
        world.pair_succeeds(1);
        world.failover(SOURCE).unwrap();
        world.pair_succeeds(1);
        world.reprotect(SOURCE, true).unwrap();
        world.pair_succeeds(1);
        world.delete(SOURCE).unwrap();
    }
}

mod creating {
    use super::*;

    fn refused(world: &mut World, region: &str, request: CreateDiskReplicaPair) -> Refusal {
        let fresh = Fresh::Pair(PairCreated { pair: pair_id(9), order: id("o-9") });
        world.apply(OWNER, region, None, request.into(), fresh).unwrap().result.unwrap().unwrap_err()
    }

    /// E-014.
    #[test]
    fn create_records_the_relation_and_asks_for_it_to_be_made() {
        let mut world = World::default();
        let step = world.create(1);
        assert_eq!(rules(&step), ["E-014", "E-671"]);
        assert_eq!(step.effects[0].kind.name(), "create_pair");
        let pair = world.pair(1);
        assert_eq!((pair.status(), pair.created_at()), (S::Creating, at(world.now)));
        assert_eq!((pair.primary().region.as_str(), pair.standby().region.as_str()), (SOURCE, DESTINATION));
        assert_eq!(pair.last_recover_point(), None);
    }

    /// E-010.
    #[test]
    fn the_feature_exists_everywhere_or_where_the_policy_says() {
        World::default().create(1);
        let mut world = World::with(|policy| {
            policy.ebs.regions = Some(FOUNDING_REGIONS.iter().map(|region| id(region)).collect());
        });
        world.create(1);
        let far = CreateDiskReplicaPair { destination_region: id("cn-hangzhou"), ..create_request(2) };
        assert_eq!(refused(&mut world, SOURCE, far.clone()).rule().0, "E-010");
        assert_eq!(refused(&mut world, "cn-hangzhou", create_request(2)).rule().0, "E-010");
        // A pair that stands is not judged again: a failover is possible wherever it is.
        world.pair_succeeds(1);
        let narrower = Some([id("cn-chengdu")].into_iter().collect());
        let mut policy = world.plane.policy().clone();
        policy.ebs.regions = narrower;
        world.plane.set_policy(policy).unwrap();
        world.failover(DESTINATION).unwrap();
    }

    /// E-011.
    #[test]
    fn source_and_destination_lie_in_different_zones_and_are_different_disks() {
        let mut world = World::default();
        let one_disk = CreateDiskReplicaPair { destination_disk: id("s-1"), ..create_request(1) };
        assert_eq!(refused(&mut world, SOURCE, one_disk).rule().0, "E-011");
        let one_zone = CreateDiskReplicaPair {
            destination_region: id(SOURCE),
            destination_zone: id("cn-shanghai-a"),
            ..create_request(1)
        };
        assert_eq!(refused(&mut world, SOURCE, one_zone).rule().0, "E-011");
        let two_zones = CreateDiskReplicaPair {
            destination_region: id(SOURCE),
            destination_zone: id("cn-shanghai-b"),
            ..create_request(1)
        };
        let mut strict = World::with(|policy| policy.ebs.same_region_pairs = SameRegionPairs::Refuse);
        assert_eq!(refused(&mut strict, SOURCE, two_zones).rule().0, "E-011");
        strict.create(1);
    }

    /// E-012, E-013.
    #[test]
    fn a_disk_is_part_of_one_pair_and_a_removed_disk_of_none() {
        let mut world = World::default();
        world.create(1);
        for busy in [
            CreateDiskReplicaPair { source_disk: id("s-1"), ..create_request(2) },
            CreateDiskReplicaPair { source_disk: id("t-1"), ..create_request(2) },
            CreateDiskReplicaPair { destination_disk: id("s-1"), ..create_request(2) },
            CreateDiskReplicaPair { destination_disk: id("t-1"), ..create_request(2) },
        ] {
            assert_eq!(refused(&mut world, SOURCE, busy).rule().0, "E-012");
        }
        world.disk("s-3", DiskChange::Removed);
        assert_eq!(refused(&mut world, SOURCE, create_request(3)).rule().0, "E-013");
        // A disk that is down or attached can be part of a pair.
        world.disk("s-2", DiskChange::Up(false));
        world.disk("t-2", DiskChange::Attached(true));
        world.create(2);
    }

    #[test]
    fn another_accounts_disk_of_the_same_name_is_another_disk() {
        let mut world = World::default();
        world.create(1);
        let fresh = Fresh::Pair(PairCreated { pair: pair_id(2), order: id("o-2") });
        world.apply("2002", SOURCE, None, create_request(1).into(), fresh).unwrap().result.unwrap().unwrap();
        let change = DiskChange::Removed;
        world.observe(Observation::Disk { account: id("2002"), disk: id("s-1"), change });
        assert_eq!((world.status(1), world.status(2)), (S::Creating, S::Invalid));
    }

    #[test]
    fn the_checks_of_create_come_in_the_order_regions_distance_existence_use() {
        let mut world = World::with(|policy| {
            policy.ebs.regions = Some([SOURCE, DESTINATION].iter().map(|region| id(region)).collect());
        });
        world.create(1);
        world.disk("x", DiskChange::Removed);
        let all_wrong = CreateDiskReplicaPair {
            source_disk: id("x"),
            destination_disk: id("x"),
            destination_region: id(ELSEWHERE),
            ..create_request(2)
        };
        assert_eq!(refused(&mut world, SOURCE, all_wrong.clone()).rule().0, "E-010");
        let one_disk = CreateDiskReplicaPair { destination_region: id(DESTINATION), ..all_wrong };
        assert_eq!(refused(&mut world, SOURCE, one_disk.clone()).rule().0, "E-011");
        let removed = CreateDiskReplicaPair { destination_disk: id("t-1"), ..one_disk };
        assert_eq!(refused(&mut world, SOURCE, removed.clone()).rule().0, "E-013");
        let in_use = CreateDiskReplicaPair { source_disk: id("s-2"), ..removed };
        assert_eq!(refused(&mut world, SOURCE, in_use).rule().0, "E-012");
    }

    #[test]
    fn fresh_ids_that_are_missing_or_in_use_are_the_embedders_fault_and_only_if_the_call_is_good() {
        let mut world = World::default();
        world.create(1);
        let taken = Fresh::Pair(PairCreated { pair: pair_id(1), order: id("o-2") });
        for fresh in [taken.clone(), Fresh::None] {
            let misuse = world.apply(OWNER, SOURCE, None, create_request(2).into(), fresh);
            assert_eq!(misuse.unwrap_err(), Misuse::BadFreshId);
        }
        let refused = world.apply(OWNER, SOURCE, None, create_request(1).into(), taken).unwrap();
        assert_eq!(refused.result.unwrap().unwrap_err().rule().0, "E-012");
    }

    /// E-311: the message is shown in `create_failed` and goes with the next status.
    #[test]
    fn a_failed_creation_shows_its_message_until_the_status_changes() {
        let mut world = at_status(S::Creating);
        let outcome = Outcome::Failed {
            failure: failover_model::polardb::Failure::Other,
            message: Some(message("OperationDenied.QuotaExceed")),
        };
        world.outcome(world.pending(1), outcome).unwrap();
        assert_eq!(world.pair(1).status_message().unwrap().as_str(), "OperationDenied.QuotaExceed");
        world.delete(SOURCE).unwrap();
        assert_eq!(world.pair(1).status_message(), None);
    }

    /// E-601: a typed request can still hold a period that nobody sells.
    #[test]
    fn a_period_that_is_not_sold_is_refused() {
        let mut world = World::default();
        let charge = |period, unit| Charge::PrePay { bandwidth: Bandwidth::Kbps10240, period, unit };
        let paid = |charge| CreateDiskReplicaPair {
            settings: PairSettings { charge, ..PairSettings::default() },
            ..create_request(1)
        };
        for (period, unit) in [(0, PeriodUnit::Month), (10, PeriodUnit::Month), (5, PeriodUnit::Week)] {
            let request = paid(charge(period, unit));
            assert_eq!(refused(&mut world, SOURCE, request).rule().0, "E-601");
        }
        let request = paid(charge(9, PeriodUnit::Month));
        let fresh = Fresh::Pair(PairCreated { pair: pair_id(1), order: id("o-1") });
        world.apply(OWNER, SOURCE, None, request.into(), fresh).unwrap().result.unwrap().unwrap();
    }
}

mod starting {
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
        assert_eq!((refusal.rule().0, *wait), ("E-630", Span::from_millis(1)));
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
        assert_eq!(refusal.rule().0, "E-631");
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
        let repeats =
            || World::with(|policy| policy.ebs.start_while_replicating = StartWhileReplicating::NoOp);
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
}

mod reversing {
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
            for (reading, refused) in
                [(ReverseNeeds::DetachedOrDown, default), (ReverseNeeds::Detached, strict)]
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
        assert_eq!(
            world.pair(1).last_recover_point(),
            point,
            "nothing is decided before the outside reports"
        );
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
            World::with(|policy| {
                policy.ebs.failover_without_recover_point = FailoverWithoutRecoverPoint::Refuse
            })
        };
        for status in [S::Created, S::InitialSyncing] {
            at_status(status).failover(DESTINATION).unwrap();
            let mut world = strict();
            world.bring_to(status);
            let refusal = world.failover(DESTINATION).unwrap_err();
            assert_eq!(refusal.rule().0, "E-633");
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
            let Fact::Pair { fact: PairFact::Status { recover_point, .. }, .. } = &step.events[0].fact else {
                panic!("a status event comes first");
            };
            assert_eq!(recover_point.is_some(), known);
        }
    }
}

mod access {
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
        assert!(
            access_events(&world.failover(DESTINATION).unwrap()).is_empty(),
            "accepting changes no access"
        );
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
}

mod copying {
    use super::*;

    /// E-410.
    #[test]
    fn a_cycle_begins_every_900_seconds_to_the_millisecond() {
        let mut world = at_status(S::Normal);
        let started = world.now;
        assert_eq!(world.plane.next_deadline().unwrap().at, at(started + RPO_MS));
        assert_eq!(world.plane.next_deadline().unwrap().reason, DeadlineReason::CopyCycle(pair_id(1)));
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
            let start = failover_model::ebs::StartDiskReplicaPair { pair: pair_id(2), one_shot: false };
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
}

mod tombstones {
    use super::*;

    /// E-660.
    #[test]
    fn a_tombstone_is_forgotten_at_its_very_millisecond() {
        let mut world = at_status(S::Deleted);
        assert_eq!(world.plane.next_deadline().unwrap().reason, DeadlineReason::TombstoneEnd(pair_id(1)));
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
        assert_eq!(again.result.unwrap().unwrap_err().rule().0, "E-012");
        world.pair_succeeds(1);
        world
            .apply(OWNER, SOURCE, None, create_request(1).into(), fresh(2))
            .unwrap()
            .result
            .unwrap()
            .unwrap();
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
}

mod supersession {
    use super::*;

    #[test]
    fn a_failover_supersedes_what_is_under_way_and_the_late_outcome_changes_nothing() {
        for (status, number) in [
            (S::Creating, "E-215"),
            (S::Stopping, "E-214"),
            (S::Reprotecting, "E-215"),
            (S::Deleting, "E-215"),
        ] {
            for late_success in [true, false] {
                let mut world = at_status(status);
                let late = world.pending(1);
                let step = world.later(1_000).failover(DESTINATION).unwrap();
                assert_eq!(step.events[0].rule.0, number);
                let Fact::Pair { fact: PairFact::Status { superseded, .. }, .. } = &step.events[0].fact
                else {
                    panic!("a status event comes first");
                };
                assert_eq!(*superseded, Some(late), "{status}");
                let report = |world: &mut World| {
                    let failed =
                        Outcome::Failed { failure: failover_model::polardb::Failure::Other, message: None };
                    world.outcome(late, if late_success { Outcome::Succeeded } else { failed })
                };
                // Before the failover ends, and after.
                assert_eq!(report(&mut world), Err(Misuse::Stale(late)), "{status}");
                assert_eq!(world.status(1), S::Failingover);
                world.pair_succeeds(1);
                assert_eq!(report(&mut world), Err(Misuse::Stale(late)), "{status}");
                assert_eq!(world.status(1), S::Failedover);
            }
        }
    }

    /// E-361, then E-252.
    #[test]
    fn a_failed_deletion_is_repeated() {
        let mut world = at_status(S::Deleting);
        assert_eq!(rules(&world.pair_fails(1)), ["E-361"]);
        assert_eq!(rules(&world.delete(SOURCE).unwrap()), ["E-252"]);
        world.pair_succeeds(1);
        assert_eq!(world.status(1), S::Deleted);
    }

    #[test]
    fn a_late_copy_neither_moves_the_recover_point_nor_the_status() {
        let mut world = at_status(S::Syncing);
        let (late, point) = (world.pending(1), world.pair(1).last_recover_point());
        world.failover(DESTINATION).unwrap();
        assert_eq!(world.later(5_000).outcome(late, Outcome::Succeeded), Err(Misuse::Stale(late)));
        assert_eq!(world.pair(1).last_recover_point(), point);
    }

    #[test]
    fn a_superseded_deletion_frees_no_disk() {
        let mut world = at_status(S::Deleting);
        let late = world.pending(1);
        world.failover(DESTINATION).unwrap();
        assert_eq!(world.outcome(late, Outcome::Succeeded), Err(Misuse::Stale(late)));
        let fresh = Fresh::Pair(PairCreated { pair: pair_id(2), order: id("o-2") });
        let again = world.apply(OWNER, SOURCE, None, create_request(1).into(), fresh).unwrap();
        assert_eq!(again.result.unwrap().unwrap_err().rule().0, "E-012");
    }

    #[test]
    fn a_stop_supersedes_a_copy() {
        let mut world = at_status(S::Syncing);
        let late = world.pending(1);
        world.stop(SOURCE).unwrap();
        assert_eq!(world.outcome(late, Outcome::Succeeded), Err(Misuse::Stale(late)));
    }

    #[test]
    fn an_outcome_is_taken_once() {
        let mut world = at_status(S::Failingover);
        let once = world.pending(1);
        world.succeed(once);
        assert_eq!(world.outcome(once, Outcome::Succeeded), Err(Misuse::Stale(once)));
    }

    #[test]
    fn a_choice_is_no_outcome_of_a_pair() {
        let mut world = at_status(S::Failingover);
        let pending = world.pending(1);
        assert_eq!(world.outcome(pending, Outcome::Chosen(id("r"))), Err(Misuse::WrongOutcome(pending)));
        world.succeed(pending);
    }

    /// E-211, E-212.
    #[test]
    fn a_repeated_failover_joins_the_running_one_and_a_finished_one_stays() {
        let mut world = at_status(S::Failingover);
        let running = world.pending(1);
        assert!(world.later(1_000).failover(DESTINATION).unwrap().is_empty());
        assert_eq!(world.pending(1), running);
        world.succeed(running);
        assert!(world.failover(DESTINATION).unwrap().is_empty());
        assert_eq!(world.status(1), S::Failedover);
    }
}

mod breaking {
    use super::*;

    /// E-510, E-680.
    #[test]
    fn a_removed_disk_invalidates_its_pair_whatever_was_under_way() {
        for disk in ["s-1", "t-1"] {
            for status in [S::Creating, S::Created, S::Syncing, S::Stopping, S::Failingover, S::Reprotecting]
            {
                let mut world = at_status(status);
                let late = world.pair(1).pending().map(|pending| pending.id);
                let step = world.disk(disk, DiskChange::Removed);
                assert_eq!(rules(&step)[..2], ["E-680", "E-510"], "{status}");
                assert_eq!(world.status(1), S::Invalid, "{status}");
                assert_eq!(world.pair(1).status_message().unwrap().as_str(), "DeviceRemoved");
                if let Some(late) = late {
                    assert_eq!(world.outcome(late, Outcome::Succeeded), Err(Misuse::Stale(late)));
                }
                assert_eq!(world.plane.next_deadline(), None);
                assert_eq!(rule(world.failover(DESTINATION)), "E-210");
                world.delete(SOURCE).unwrap();
            }
        }
    }

    /// E-511.
    #[test]
    fn a_removed_disk_leaves_a_pair_that_is_going_away_or_never_was() {
        for status in [S::CreateFailed, S::Deleting, S::Deleted, S::Invalid] {
            let mut world = at_status(status);
            let before = world.pair(1).clone();
            let step = world.disk("s-1", DiskChange::Removed);
            assert_eq!(rules(&step), ["E-680"], "{status}");
            assert_eq!(world.pair(1), &before);
        }
    }

    #[test]
    fn a_disk_that_is_down_or_attached_does_not_invalidate_its_pair() {
        let mut world = at_status(S::Normal);
        for disk in ["s-1", "t-1"] {
            for change in [DiskChange::Up(false), DiskChange::Attached(true)] {
                assert_eq!(rules(&world.disk(disk, change)), ["E-680"]);
            }
        }
        assert_eq!(world.status(1), S::Normal);
        world.failover(DESTINATION).unwrap();
    }

    #[test]
    fn an_observation_that_is_known_does_nothing() {
        let mut world = at_status(S::Normal);
        assert!(world.disk("s-1", DiskChange::Up(true)).is_empty());
        assert!(!world.disk("s-1", DiskChange::Removed).is_empty());
        let before = world.plane.clone();
        assert!(world.disk("s-1", DiskChange::Removed).is_empty());
        let invalid = Observation::PairInvalid { pair: pair_id(1), message: message("DeviceSizeChanged") };
        assert!(world.observe(invalid).is_empty());
        assert_eq!(world.plane, before, "the first cause stays");
    }

    #[test]
    fn an_observation_of_an_unknown_pair_is_misuse() {
        let mut world = World::default();
        let invalid = Observation::PairInvalid { pair: pair_id(1), message: message("DeviceRemoved") };
        assert_eq!(world.report(failover_model::Report::Observed(invalid)).unwrap_err(), Misuse::Unknown);
    }

    #[test]
    fn a_disk_that_is_as_it_was_before_anybody_reported_is_not_kept() {
        let mut world = World::default();
        let empty = world.plane.clone();
        world.disk("s-1", DiskChange::Up(false));
        assert_eq!(world.plane.disks(None).len(), 1);
        world.disk("s-1", DiskChange::Up(true));
        assert_eq!(world.plane, {
            let mut plane = empty;
            kit::look(&mut plane, at(world.now));
            plane
        });
    }
}

mod describing {
    use super::*;

    fn describe(
        world: &mut World,
        account: &str,
        region: &str,
        request: DescribeDiskReplicaPairs,
    ) -> PairPage {
        let output = world.apply(account, region, None, request.into(), Fresh::None).unwrap();
        assert!(output.step.is_empty());
        match output.result.unwrap().unwrap() {
            Response::PairPage(page) => page,
            other => panic!("{other:?}"),
        }
    }

    fn found(page: &PairPage) -> Vec<String> {
        page.pairs.iter().map(|pair| pair.id().to_string()).collect()
    }

    fn numbered(from: u32, to: u32) -> Vec<String> {
        (from..to).map(|number| format!("pair-{number}")).collect()
    }

    fn many() -> World {
        let mut world = World::default();
        for number in 0..25 {
            world.create(number);
        }
        world
    }

    /// E-690.
    #[test]
    fn an_unknown_id_gives_an_empty_list() {
        let mut world = at_status(S::Normal);
        let request = DescribeDiskReplicaPairs { pairs: vec![pair_id(9)], ..Default::default() };
        assert!(describe(&mut world, OWNER, SOURCE, request).pairs.is_empty());
        let request = DescribeDiskReplicaPairs { pairs: vec![pair_id(1)], ..Default::default() };
        assert!(describe(&mut world, "2002", SOURCE, request.clone()).pairs.is_empty());
        assert!(describe(&mut world, OWNER, ELSEWHERE, request).pairs.is_empty());
    }

    #[test]
    fn the_other_site_is_hinted_at_to_the_owner_alone() {
        let mut world = at_status(S::Normal);
        let request = DescribeDiskReplicaPairs {
            site: Site::Backup,
            pairs: vec![pair_id(1)],
            ..DescribeDiskReplicaPairs::default()
        };
        assert_eq!(describe(&mut world, OWNER, SOURCE, request.clone()).other_site, [pair_id(1)]);
        assert!(describe(&mut world, "2002", SOURCE, request).other_site.is_empty());
    }

    #[test]
    fn what_others_created_in_between_is_passed_over() {
        let mut world = World::default();
        for (number, account) in [OWNER, "2002", OWNER, "2002", "2002", OWNER].into_iter().enumerate() {
            let number = number as u32;
            let fresh = Fresh::Pair(PairCreated { pair: pair_id(number), order: id("o-1") });
            world.apply(account, SOURCE, None, create_request(number).into(), fresh).unwrap();
        }
        let all = DescribeDiskReplicaPairs::default;
        assert_eq!(found(&describe(&mut world, OWNER, SOURCE, all())), ["pair-0", "pair-2", "pair-5"]);
        assert_eq!(found(&describe(&mut world, "2002", SOURCE, all())), ["pair-1", "pair-3", "pair-4"]);
    }

    /// E-691.
    #[test]
    fn a_pair_is_listed_at_its_production_site_and_on_request_at_its_backup_site() {
        // After a reverse, too: the sites are those of the creation.
        for mut world in [at_status(S::Normal), reversed()] {
            for (region, site, listed) in [
                (SOURCE, Site::Production, 1),
                (SOURCE, Site::Backup, 0),
                (DESTINATION, Site::Production, 0),
                (DESTINATION, Site::Backup, 1),
            ] {
                let request = DescribeDiskReplicaPairs { site, ..Default::default() };
                let page = describe(&mut world, OWNER, region, request);
                assert_eq!((page.pairs.len(), page.total, page.site), (listed, listed, site));
                let request =
                    DescribeDiskReplicaPairs { site, pairs: vec![pair_id(1)], ..Default::default() };
                let page = describe(&mut world, OWNER, region, request);
                assert_eq!(page.other_site.len(), 1 - listed, "the hint names it where the list does not");
            }
        }
    }

    /// E-692.
    #[test]
    fn tombstones_are_omitted() {
        let mut world = at_status(S::Deleting);
        assert_eq!(describe(&mut world, OWNER, SOURCE, Default::default()).pairs.len(), 1);
        world.pair_succeeds(1);
        let request = DescribeDiskReplicaPairs { pairs: vec![pair_id(1)], ..Default::default() };
        let page = describe(&mut world, OWNER, SOURCE, request);
        assert_eq!((page.pairs.len(), page.total, page.other_site.len()), (0, 0, 0));
    }

    #[test]
    fn pages_by_token_are_ten_long_and_the_last_has_no_token() {
        let mut world = many();
        let mut request = DescribeDiskReplicaPairs::default();
        let mut seen = Vec::new();
        let mut lengths = Vec::new();
        loop {
            let page = describe(&mut world, OWNER, SOURCE, request.clone());
            seen.extend(found(&page));
            lengths.push(page.pairs.len());
            let Some(after) = page.next else { break };
            request.page = Page::Token { max_results: 10, after: Some(after) };
        }
        assert_eq!((seen, lengths), (numbered(0, 25), vec![10, 10, 5]));
    }

    #[test]
    fn a_full_last_page_has_no_token() {
        let mut world = many();
        let page = Page::Token { max_results: 25, after: None };
        let page =
            describe(&mut world, OWNER, SOURCE, DescribeDiskReplicaPairs { page, ..Default::default() });
        assert_eq!((page.pairs.len(), page.next), (25, None));
    }

    #[test]
    fn pairs_that_come_or_go_between_two_pages_shift_nothing() {
        let mut world = many();
        let first = describe(&mut world, OWNER, SOURCE, Default::default());
        // The pair at the cursor itself, one before it and one after it go; one comes.
        for number in [3, 9, 12] {
            world.pair_succeeds(number);
            let delete = failover_model::ebs::DeleteDiskReplicaPair { pair: pair_id(number) };
            world.call(SOURCE, delete).unwrap();
            world.pair_succeeds(number);
        }
        world.advance(3_600_000);
        assert_eq!(world.plane.pairs().count(), 22);
        world.create(30);
        let page = Page::Token { max_results: 500, after: first.next };
        let rest =
            describe(&mut world, OWNER, SOURCE, DescribeDiskReplicaPairs { page, ..Default::default() });
        let mut wanted = numbered(10, 12);
        wanted.extend(numbered(13, 25));
        wanted.push("pair-30".into());
        assert_eq!(found(&rest), wanted);
    }

    #[test]
    fn any_cursor_is_understood() {
        let mut world = many();
        for (after, left) in [(0, 25), (1, 24), (25, 0), (u64::MAX, 0)] {
            let page = Page::Token { max_results: 500, after: Some(Cursor(after)) };
            let page =
                describe(&mut world, OWNER, SOURCE, DescribeDiskReplicaPairs { page, ..Default::default() });
            assert_eq!(page.pairs.len(), left, "after {after}");
        }
    }

    #[test]
    fn the_total_is_the_whole_number_at_first_and_nothing_to_rely_on_after_a_cursor() {
        let mut world = many();
        let total = |world: &mut World, request: DescribeDiskReplicaPairs| {
            let page = describe(world, OWNER, SOURCE, request);
            (page.pairs.len(), page.total, page.next.is_some())
        };
        let token = |max_results, after| Page::Token { max_results, after };
        let page = |page| DescribeDiskReplicaPairs { page, ..DescribeDiskReplicaPairs::default() };
        assert_eq!(total(&mut world, page(token(10, None))), (10, 25, true));
        let first = describe(&mut world, OWNER, SOURCE, page(token(10, None))).next;
        assert_eq!(total(&mut world, page(token(500, first))), (15, 25, false));
        let filtered =
            |page| DescribeDiskReplicaPairs { group: Some("-".into()), page, ..Default::default() };
        assert_eq!(total(&mut world, filtered(token(10, None))), (10, 25, true));
        assert_eq!(total(&mut world, filtered(token(10, first))), (10, 25, true));
        let none = DescribeDiskReplicaPairs { name: Some("none".into()), ..Default::default() };
        assert_eq!(total(&mut world, none), (0, 0, false));
        // By policy the production site moves with the direction, and then everything is counted.
        let mut policy = Policy::default();
        policy.ebs.production_site = ProductionSite::Current;
        world.plane.set_policy(policy).unwrap();
        assert_eq!(total(&mut world, page(token(10, None))), (10, 25, true));
        assert_eq!(total(&mut world, page(token(500, first))), (15, 15, false));
    }

    #[test]
    fn pages_by_number_count_from_one_and_tell_the_total() {
        let mut world = many();
        for (number, size, from, to) in [
            (1, 10, 0, 10),
            (3, 10, 20, 25),
            (4, 10, 0, 0),
            (0, 10, 0, 10),
            (u32::MAX, 100, 0, 0),
            (2, 24, 24, 25),
        ] {
            let page = Page::Number { number, size };
            let page =
                describe(&mut world, OWNER, SOURCE, DescribeDiskReplicaPairs { page, ..Default::default() });
            assert_eq!(found(&page), numbered(from, to), "page {number} of {size}");
            assert_eq!((page.total, page.next), (25, None));
        }
    }

    #[test]
    fn filters_are_joined_by_and() {
        let mut world = World::default();
        let tag = |key: &str, value: &str| Tag {
            key: TagKey::parse(key).unwrap(),
            value: TagValue::parse(value).unwrap(),
        };
        let dressed = |number: u32, name: &str, group: &str, tags: Vec<Tag>| CreateDiskReplicaPair {
            settings: PairSettings {
                name: Some(Name::parse(name).unwrap()),
                resource_group: Some(id(group)),
                tags,
                ..PairSettings::default()
            },
            ..create_request(number)
        };
        let requests = [
            dressed(0, "orders-db", "rg-1", vec![tag("env", "prod"), tag("team", "a")]),
            dressed(1, "orders-log", "rg-2", vec![tag("env", "prod")]),
            dressed(2, "users-db", "rg-1", vec![tag("env", "test")]),
            create_request(3),
        ];
        for (number, request) in (0..).zip(requests) {
            let fresh = Fresh::Pair(PairCreated { pair: pair_id(number), order: id("o-1") });
            world.apply(OWNER, SOURCE, None, request.into(), fresh).unwrap().result.unwrap().unwrap();
        }
        let all = DescribeDiskReplicaPairs::default();
        let cases = [
            (all.clone(), vec![0, 1, 2, 3]),
            (DescribeDiskReplicaPairs { name: Some("orders".into()), ..all.clone() }, vec![0, 1]),
            (DescribeDiskReplicaPairs { name: Some("-db".into()), ..all.clone() }, vec![0, 2]),
            (DescribeDiskReplicaPairs { resource_group: Some(id("rg-1")), ..all.clone() }, vec![0, 2]),
            (DescribeDiskReplicaPairs { tags: vec![tag("env", "prod")], ..all.clone() }, vec![0, 1]),
            (
                DescribeDiskReplicaPairs { tags: vec![tag("env", "prod"), tag("team", "a")], ..all.clone() },
                vec![0],
            ),
            (DescribeDiskReplicaPairs { tags: vec![tag("env", "")], ..all.clone() }, vec![]),
            (DescribeDiskReplicaPairs { group: Some("-".into()), ..all.clone() }, vec![0, 1, 2, 3]),
            (DescribeDiskReplicaPairs { group: Some("pg-1".into()), ..all.clone() }, vec![]),
            (DescribeDiskReplicaPairs { pairs: vec![pair_id(3), pair_id(0)], ..all.clone() }, vec![0, 3]),
            (
                DescribeDiskReplicaPairs {
                    pairs: vec![pair_id(0), pair_id(1)],
                    name: Some("log".into()),
                    resource_group: Some(id("rg-2")),
                    ..all
                },
                vec![1],
            ),
        ];
        for (request, wanted) in cases {
            let wanted: Vec<String> = wanted.into_iter().map(|number| format!("pair-{number}")).collect();
            let page = describe(&mut world, OWNER, SOURCE, request.clone());
            assert_eq!(found(&page), wanted, "{request:?}");
            assert_eq!(page.total, wanted.len());
        }
    }
}

mod adopting {
    use super::*;

    fn seed(status: S) -> PairSeed {
        PairSeed {
            id: pair_id(1),
            status,
            status_message: None,
            reversed: false,
            created_at: at(0),
            last_recover_point: Some(at(1)),
            request: create_request(1),
        }
    }

    #[test]
    fn a_pair_can_be_adopted_in_every_status_and_goes_on_from_there() {
        for status in S::ALL {
            for reversed in [false, true] {
                for told in [None, Some(message("DeviceRemoved"))] {
                    let mut world = World::default();
                    let seed = PairSeed { reversed, status_message: told, ..seed(*status) };
                    let step = world.plane.adopt_pair(at(world.now), &id(OWNER), &id(SOURCE), seed).unwrap();
                    world.plane.check().unwrap();
                    assert_eq!(world.status(1), *status);
                    assert_eq!(step.effects.len(), world.plane.outstanding().count());
                    for effect in step.effects {
                        world.succeed(effect.id);
                    }
                    world.advance(10 * RPO_MS);
                }
            }
        }
    }

    #[test]
    fn a_pair_in_one_place_is_adopted_in_no_status() {
        for status in S::ALL {
            let mut world = World::default();
            let request = CreateDiskReplicaPair { destination_disk: id("s-1"), ..create_request(1) };
            let seed = PairSeed { request, ..seed(*status) };
            assert!(
                world.plane.adopt_pair(at(world.now), &id(OWNER), &id(SOURCE), seed).is_err(),
                "{status}"
            );
            world.plane.check().unwrap();
        }
    }

    /// E-012: a tombstone binds no disk, so it alone is taken in beside the pair that has them now.
    #[test]
    fn a_pair_whose_disks_are_in_use_is_adopted_as_a_tombstone_alone() {
        for status in S::ALL {
            let mut world = World::default();
            world.create(1);
            let seed = PairSeed { id: pair_id(2), ..seed(*status) };
            let adopted = world.plane.adopt_pair(at(world.now), &id(OWNER), &id(SOURCE), seed);
            world.plane.check().unwrap();
            match adopted {
                Ok(_) => assert_eq!(*status, S::Deleted),
                Err(NotAdopted::Refused(refusal)) => assert_eq!(refusal.rule().0, "E-012", "{status}"),
                Err(other) => panic!("{other}"),
            }
        }
    }

    #[test]
    fn times_of_a_seed_that_lie_ahead_count_as_now() {
        let mut world = World::default();
        let seed =
            PairSeed { created_at: at(u64::MAX), last_recover_point: Some(at(u64::MAX)), ..seed(S::Normal) };
        let _ = world.plane.adopt_pair(at(world.now), &id(OWNER), &id(SOURCE), seed).unwrap();
        world.plane.check().unwrap();
        assert_eq!(world.pair(1).last_recover_point(), Some(at(world.now)));
    }
}
