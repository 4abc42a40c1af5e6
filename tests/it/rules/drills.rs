//! Drills: what they need, how they live and end, and that replication goes on underneath.

#![allow(unused_must_use, reason = "what a call did is asserted where it matters")]

use failover_model::ebs::{
    ClearPairDrill, ClearReplicaGroupDrill, DescribePairDrills, DescribeReplicaGroupDrills, DiskChange,
    DrillDiskStatus, DrillPage, DrillStatus, GroupStatus, Page, PairStatus, ReplicaId, StartPairDrill,
};
use failover_model::policy::DrillWithoutRecoverPoint;
use failover_model::{Fresh, Misuse, Outcome, Request, Response};

use crate::kit::{
    DESTINATION, ELSEWHERE, OWNER, RPO_MS, SOURCE, World, answer, at, drill_id, fresh_drill, group_id, id,
    message, pair_id, rule, rules,
};

fn page(world: &mut World, region: &str, request: impl Into<Request>) -> DrillPage {
    match world.apply(OWNER, region, None, request.into(), Fresh::None).unwrap().result {
        Some(Ok(Response::DrillPage(page))) => page,
        other => panic!("{other:?}"),
    }
}

fn of_pair(drill: Option<u32>) -> DescribePairDrills {
    DescribePairDrills::new(pair_id(1)).drill(drill.map(drill_id))
}

#[test]
fn a_drill_clones_the_recover_point_to_a_disk_of_its_own() {
    let mut world = World::default();
    world.bring_to(PairStatus::Normal).later(5);
    let point = world.pair(1).last_recover_point();
    let step = world.start_drill(1, 7).unwrap();
    assert_eq!(rules(&step), ["D-110"]);
    assert_eq!(step.effects[0].kind.name(), "start_drill");
    assert_eq!(step.effects[0].kind.resource(), "drill-7");
    let drill = world.drill(7);
    assert_eq!((drill.status(), drill.recover_point()), (DrillStatus::Executing, point));
    assert_eq!((drill.started_at(), drill.owner()), (at(world.now), &ReplicaId::Pair(pair_id(1))));
    assert_eq!(drill.disks()[0].status, DrillDiskStatus::Creating);
    let listed = |world: &World| {
        let disks = world.plane.disks(None);
        disks.iter().find(|view| view.id.as_str() == "x-7").map(|view| view.access.as_str())
    };
    assert_eq!(listed(&world), None, "not made yet");
    let step = world.succeed(world.drill_pending(7));
    assert_eq!(rules(&step), ["D-120"]);
    assert_eq!(world.drill(7).status(), DrillStatus::Executed);
    assert_eq!(world.drill(7).disks()[0].status.as_str(), "created");
    assert_eq!(listed(&world), Some("read_write"), "D-160");
    world.clear_drill(1, 7).unwrap();
    assert_eq!(world.drill(7).disks()[0].status.as_str(), "deleting");
    world.succeed(world.drill_pending(7));
    assert_eq!(listed(&world), None);
    assert!(world.plane.drill(&drill_id(7)).is_none(), "there is no cleared (D-140)");
}

#[test]
fn replication_goes_on_beneath_a_drill() {
    let mut world = World::default();
    world.bring_to(PairStatus::Normal).start_drill(1, 1).unwrap();
    let held = world.drill(1).recover_point();
    world.advance(RPO_MS);
    assert_eq!(world.status(1), PairStatus::Syncing, "D-112");
    world.pair_succeeds(1);
    assert_ne!(world.pair(1).last_recover_point(), held);
    assert_eq!(world.drill(1).recover_point(), held, "the drill keeps the point that it holds");
    world.failover(DESTINATION).unwrap();
    world.pair_succeeds(1);
    world.succeed(world.drill_pending(1));
    assert_eq!((world.status(1), world.drill(1).status()), (PairStatus::Failedover, DrillStatus::Executed));
}

#[test]
fn a_drill_without_a_recover_point_fails_at_once_or_by_policy_is_refused() {
    let mut world = World::default();
    world.bring_to(PairStatus::InitialSyncing);
    let step = world.start_drill(1, 1).unwrap();
    assert_eq!((rules(&step), step.effects.len()), (vec!["D-111"], 0));
    let drill = world.drill(1);
    assert_eq!(drill.status(), DrillStatus::ExecuteFailed);
    assert_eq!(drill.status_message().unwrap().as_str(), "PAIR_SYNCPOINT_NOT_FOUND");
    assert!(drill.disks().is_empty());
    world.clear_drill(1, 1).unwrap();
    world.succeed(world.drill_pending(1));
    let mut world = World::default();
    world.group_of(2).start_group_drill(1).unwrap();
    assert_eq!(world.drill(1).status_message().unwrap().as_str(), "GROUP_SYNCPOINT_NOT_FOUND");
    let refuses = DrillWithoutRecoverPoint::Refuse;
    let mut world = World::with(|policy| policy.ebs.drill_without_recover_point = refuses);
    world.bring_to(PairStatus::InitialSyncing);
    let refused = (403, "OperationDenied.RecoverPointNotFound".to_owned(), "D-633");
    assert_eq!(answer(world.start_drill(1, 1)), refused);
}

#[test]
fn a_group_drill_has_a_disk_for_each_member() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal).start_group_drill(1).unwrap();
    let drill = world.drill(1);
    assert_eq!(drill.recover_point(), world.group(1).last_recover_point);
    let disks: Vec<_> = drill.disks().iter().map(|disk| (disk.pair.as_str(), disk.disk.as_str())).collect();
    assert_eq!(disks, [("pair-1", "x-1"), ("pair-2", "x-2")]);
    world.succeed(world.drill_pending(1));
    let clear = ClearReplicaGroupDrill::new(group_id(1), drill_id(1));
    world.call(DESTINATION, clear.clone()).unwrap();
    assert!(world.call(SOURCE, clear.clone()).unwrap().is_empty(), "it is being cleared already (D-131)");
    world.succeed(world.drill_pending(1));
    assert_eq!(rule(world.call(SOURCE, clear)), "D-610");
}

#[test]
fn a_failed_drill_tells_why_and_can_be_cleared() {
    let failed = |text: Option<&str>| Outcome::Failed {
        failure: failover_model::polardb::Failure::Other,
        message: text.map(message),
    };
    let mut world = World::default();
    world.bring_to(PairStatus::Normal).start_drill(1, 1).unwrap();
    let step = world.outcome(world.drill_pending(1), failed(Some("QuotaExceed.Disk"))).unwrap();
    assert_eq!(rules(&step), ["D-121"]);
    assert_eq!(world.drill(1).status(), DrillStatus::ExecuteFailed);
    assert_eq!(world.drill(1).disks()[0].status.as_str(), "QuotaExceed.Disk");
    world.clear_drill(1, 1).unwrap();
    let step = world.outcome(world.drill_pending(1), failed(None)).unwrap();
    assert_eq!(rules(&step), ["D-141"]);
    assert_eq!(world.drill(1).status(), DrillStatus::ClearFailed);
    assert_eq!(world.drill(1).disks()[0].status.as_str(), "InternalError");
    let step = world.clear_drill(1, 1).unwrap();
    assert_eq!(rules(&step), ["D-130"]);
    let wrong = world.outcome(world.drill_pending(1), Outcome::Chosen(id("n")));
    assert!(matches!(wrong, Err(Misuse::WrongOutcome(_))));
}

#[test]
fn a_drill_that_executes_is_not_cleared_yet() {
    let mut world = World::default();
    world.bring_to(PairStatus::Normal).start_drill(1, 1).unwrap();
    let refused = (403, "OperationDenied.InvalidStatus".to_owned(), "D-132");
    assert_eq!(answer(world.clear_drill(1, 1)), refused);
}

#[test]
fn a_drill_is_started_at_the_current_destination_and_cleared_at_either_end() {
    let mut world = World::default();
    world.bring_to(PairStatus::Normal);
    let start = |world: &mut World, region: &str, number| {
        let request = StartPairDrill::new(pair_id(1));
        world.apply(OWNER, region, None, request.into(), fresh_drill(number, 1)).unwrap().result.unwrap()
    };
    let listed = (403, "OperationDenied.StartDrillShouldOnDestRegion".to_owned(), "D-621");
    assert_eq!(answer(start(&mut world, SOURCE, 1)), listed);
    assert_eq!(answer(start(&mut world, ELSEWHERE, 1)), (404, "NoSuchResource".into(), "D-620"));
    start(&mut world, DESTINATION, 1).unwrap();
    world.succeed(world.drill_pending(1));
    let clear = ClearPairDrill::new(pair_id(1), drill_id(1));
    assert_eq!(rule(world.call(ELSEWHERE, clear.clone())), "D-620");
    let unknown = ClearPairDrill::new(pair_id(1), drill_id(2));
    assert_eq!(rule(world.call(SOURCE, unknown)), "D-610");
    world.create(2);
    let of_another = ClearPairDrill::new(pair_id(2), drill_id(1));
    assert_eq!(answer(world.call(SOURCE, of_another)), (404, "NoSuchResource".into(), "D-611"));
    world.clone().call(SOURCE, clear.clone()).unwrap();
    world.call(DESTINATION, clear).unwrap();
}

#[test]
fn the_ids_for_a_drill_are_new_and_as_many_as_its_disks() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal);
    let mut start = |fresh: Fresh| {
        let request = failover_model::ebs::StartReplicaGroupDrill::new(group_id(1));
        world.apply(OWNER, DESTINATION, None, request.into(), fresh)
    };
    for wrong in [Fresh::None, fresh_drill(1, 1), fresh_drill(1, 3)] {
        assert_eq!(start(wrong).unwrap_err(), Misuse::BadFreshId);
    }
    let with = |disks: [&str; 2]| {
        let disks = disks.map(id).into();
        Fresh::Drill(failover_model::ebs::FreshDrill { drill: drill_id(9), disks })
    };
    assert_eq!(start(with(["y", "y"])).unwrap_err(), Misuse::BadFreshId);
    assert_eq!(start(with(["y", "t-1"])).unwrap_err(), Misuse::BadFreshId);
    assert!(start(with(["y", "z"])).is_ok());
    assert_eq!(start(with(["v", "w"])).unwrap_err(), Misuse::BadFreshId, "the drill's id is in use");
    assert_eq!(start(fresh_drill(1, 2)).map(|output| output.result.unwrap().is_ok()), Ok(true));
}

/// An id that is free can be that of a drill's disk.
#[test]
fn a_disk_is_known_as_an_end_of_a_pair_as_a_drills_or_by_what_was_reported() {
    let mut world = World::default();
    world.bring_to(PairStatus::Normal).start_drill(1, 1).unwrap();
    world.disk("r-1", DiskChange::Up(false));
    let known = |account: &str, disk: &str| world.plane.has_disk(&id(account), &id(disk));
    assert_eq!(
        ["s-1", "t-1", "x-1", "r-1", "x-2"].map(|disk| known(OWNER, disk)),
        [true, true, true, true, false]
    );
    assert!(!known("2002", "s-1"), "another account's disk is another disk");
}

#[test]
fn drills_are_listed_page_by_page_and_unknown_ones_give_an_empty_list() {
    let mut world = World::default();
    world.bring_to(PairStatus::Normal);
    for number in 1..=3 {
        world.start_drill(1, number).unwrap();
    }
    let all = page(&mut world, SOURCE, of_pair(None));
    assert_eq!((all.drills.len(), all.total, all.next), (3, 3, None));
    assert_eq!(page(&mut world, DESTINATION, of_pair(Some(2))).drills[0].id(), &drill_id(2));
    assert!(page(&mut world, SOURCE, of_pair(Some(9))).drills.is_empty(), "D-690");
    assert!(page(&mut world, ELSEWHERE, of_pair(None)).drills.is_empty());
    let unknown = DescribeReplicaGroupDrills::new(group_id(1));
    assert!(page(&mut world, SOURCE, unknown).drills.is_empty());
    let first = of_pair(None).page(Page::Token { max_results: 2, after: None });
    let first = page(&mut world, SOURCE, first);
    let rest = of_pair(None).page(Page::Token { max_results: 2, after: first.next });
    let rest = page(&mut world, SOURCE, rest);
    assert_eq!((first.drills.len(), rest.drills.len(), rest.next), (2, 1, None));
}

#[test]
fn a_drill_is_forgotten_with_its_pair_and_a_deleted_pair_starts_none() {
    let mut world = World::default();
    world.bring_to(PairStatus::Stopped).start_drill(1, 1).unwrap();
    let pending = world.drill_pending(1);
    world.delete(SOURCE).unwrap();
    world.pair_succeeds(1);
    assert_eq!(answer(world.start_drill(1, 2)), (403, "OperationDenied".into(), "D-113"));
    let step = world.advance(3_600_000);
    assert_eq!(rules(&step), ["E-660", "D-150"]);
    assert!(world.plane.drill(&drill_id(1)).is_none());
    assert_eq!(world.outcome(pending, Outcome::Succeeded), Err(Misuse::Stale(pending)));
}

#[test]
fn a_drill_is_started_once_under_one_token() {
    let mut world = World::default();
    world.bring_to(PairStatus::Normal);
    let request = StartPairDrill::new(pair_id(1));
    let first =
        world.apply(OWNER, DESTINATION, Some("t"), request.clone().into(), fresh_drill(1, 1)).unwrap();
    let second = world.apply(OWNER, DESTINATION, Some("t"), request.into(), fresh_drill(2, 1)).unwrap();
    assert!(second.replayed);
    assert_eq!(first.result, second.result);
    assert_eq!(world.plane.drills().count(), 1);
}
