//! The control plane beside the naive reference where random sequences seldom come: ids that are in use, places that are
//! one, clusters that are taken in at work, drills that go with what they belong to.

use failover_model::ebs::{
    ClearPairDrill, DeleteDiskReplicaGroup, DeleteDiskReplicaPair, DescribePairDrills, DiskChange,
    FreshDrill, GroupCreated, PairCreated, PairStatus, StartDiskReplicaPair, StartPairDrill,
    StartReplicaGroupDrill, StopDiskReplicaPair,
};
use failover_model::polardb::{ClusterStatus, Failure, NodeChange};
use failover_model::policy::{SameRegionPairs, StartWhileReplicating};
use failover_model::testing::Drive;
use failover_model::testing::strategies::World;
use failover_model::{
    Call, ControlPlane, Fresh, Input, Observation, Outcome, Policy, Report, Request, Timestamp,
};
use failover_model::{DeadlineKind, ResourceId};

use super::small::{cluster, drive, pair, world};
use crate::kit::{
    DESTINATION, SOURCE, START, create_group_request, create_request, failover_request, group_id, id, ids,
    message, pair_id,
};

/// Makes a call of both, and says whether it was taken and accepted.
#[track_caller]
fn call(
    drive: &mut Drive<ControlPlane>,
    account: &str,
    region: &str,
    request: impl Into<Request>,
    fresh: Fresh,
) -> (bool, bool) {
    let before = (drive.summary().misused, drive.summary().accepted);
    let call = Call { now: drive.subject().clock(), account: id(account), region: id(region), token: None };
    input(drive, Input::Call(call, request.into(), fresh));
    (drive.summary().misused == before.0, drive.summary().accepted > before.1)
}

#[track_caller]
fn input(drive: &mut Drive<ControlPlane>, input: Input) {
    drive.input(&input).unwrap_or_else(|divergence| panic!("{divergence}"));
}

#[track_caller]
fn observe(drive: &mut Drive<ControlPlane>, observation: Observation) {
    let now = drive.subject().clock();
    input(drive, Input::Report(now, Report::Observed(observation)));
}

/// Everything that is asked of the outside succeeds, but choices.
#[track_caller]
fn all_well(drive: &mut Drive<ControlPlane>) {
    let asked: Vec<_> = drive.subject().outstanding().map(|effect| effect.id).collect();
    for id in asked {
        let now = drive.subject().clock();
        input(drive, Input::Report(now, Report::Outcome { id, outcome: Outcome::Succeeded }));
    }
}

fn start(drive: &mut Drive<ControlPlane>, pair: u32, drill: &str, disks: &[&str]) -> (bool, bool) {
    let fresh = Fresh::Drill(FreshDrill { drill: id(drill), disks: ids(disks) });
    call(drive, "1001", DESTINATION, StartPairDrill::new(pair_id(pair)), fresh)
}

#[test]
fn the_disks_of_a_drill_are_new_to_their_account() {
    let (bad, good) = ((false, false), (true, true));
    let mut both = drive(&world());
    observe(
        &mut both,
        Observation::Disk { account: id("1001"), disk: id("seen"), change: DiskChange::Up(false) },
    );
    observe(
        &mut both,
        Observation::Disk { account: id("1002"), disk: id("theirs"), change: DiskChange::Up(false) },
    );
    for known in ["s-3", "t-3", "s-1", "t-4", "seen"] {
        assert_eq!(start(&mut both, 3, "drill-1", &[known]), bad, "{known}");
    }
    assert_eq!(start(&mut both, 3, "drill-1", &[]), bad);
    assert_eq!(start(&mut both, 3, "drill-1", &["x-1", "x-2"]), bad);
    assert_eq!(start(&mut both, 3, "drill-1", &["theirs"]), good);
    assert_eq!(start(&mut both, 3, "drill-1", &["x-1"]), bad, "the drill is known");
    assert_eq!(start(&mut both, 3, "drill-2", &["theirs"]), bad, "another drill's");
    assert_eq!(start(&mut both, 1, "drill-2", &["x-1"]), good);
}

#[test]
fn the_disks_of_one_drill_are_each_another() {
    let mut both = drive(&world());
    let mut start = |disks: &[&str]| {
        let fresh = Fresh::Drill(FreshDrill { drill: id("drill-1"), disks: ids(disks) });
        call(&mut both, "1001", DESTINATION, StartReplicaGroupDrill::new(group_id(1)), fresh)
    };
    assert_eq!(start(&["x-1", "x-1"]), (false, false));
    assert_eq!(start(&["x-1", "x-2"]), (true, true));
}

#[test]
fn of_what_is_due_at_one_instant_the_older_comes_first() {
    let mut both = drive(&World { pairs: Vec::new(), group: None, clusters: Vec::new(), ..world() });
    let group = Fresh::Group(GroupCreated { group: group_id(1) });
    let pair = Fresh::Pair(PairCreated { pair: pair_id(1), order: id("order-1") });
    assert_eq!(call(&mut both, "1001", SOURCE, create_group_request(), group), (true, true));
    assert_eq!(call(&mut both, "1001", SOURCE, create_request(1), pair), (true, true));
    all_well(&mut both);
    let delete = DeleteDiskReplicaPair::new(pair_id(1));
    assert_eq!(call(&mut both, "1001", SOURCE, delete, Fresh::None), (true, true));
    let delete = DeleteDiskReplicaGroup::new(group_id(1));
    assert_eq!(call(&mut both, "1001", SOURCE, delete, Fresh::None), (true, true));
    all_well(&mut both);
    let due = both.subject().next_deadline().unwrap();
    assert_eq!((due.kind, due.resource), (DeadlineKind::TombstoneEnd, ResourceId::Group(group_id(1))));
    input(&mut both, Input::Advance(due.at));
    assert!(both.subject().pair(&pair_id(1)).is_none() && both.subject().group(&group_id(1)).is_none());
}

#[test]
fn a_start_of_what_replicates_is_a_repeat_by_policy() {
    for reading in [StartWhileReplicating::NoOp, StartWhileReplicating::Refuse] {
        for status in [PairStatus::Syncing, PairStatus::Normal] {
            let mut policy = Policy::default();
            policy.ebs.start_while_replicating = reading;
            let mut both = drive(&World { policy, pairs: vec![pair(3, status)], group: None, ..world() });
            let start = StartDiskReplicaPair::new(pair_id(3));
            let repeats = reading == StartWhileReplicating::NoOp;
            assert_eq!(call(&mut both, "1001", SOURCE, start, Fresh::None), (true, repeats));
            assert_eq!(both.subject().pair(&pair_id(3)).unwrap().status(), status);
        }
    }
}

#[test]
fn the_disks_of_a_deleted_pair_are_free_for_a_drill() {
    let mut both = drive(&world());
    let delete = DeleteDiskReplicaPair::new(pair_id(5));
    assert_eq!(call(&mut both, "1001", SOURCE, delete, Fresh::None), (true, true));
    all_well(&mut both);
    assert_eq!(both.subject().pair(&pair_id(5)).unwrap().status(), PairStatus::Deleted);
    assert_eq!(start(&mut both, 3, "drill-1", &["t-5"]), (true, true));
}

#[test]
fn drills_go_with_their_pair_and_no_other() {
    let mut both = drive(&world());
    assert_eq!(start(&mut both, 3, "drill-1", &["x-1"]), (true, true));
    assert_eq!(start(&mut both, 5, "drill-2", &["x-2"]), (true, true));
    all_well(&mut both);
    let list = |both: &mut Drive<ControlPlane>, pair| {
        for drill in [None, Some(id("drill-1")), Some(id("drill-2"))] {
            let told = DescribePairDrills::new(pair_id(pair)).drill(drill);
            call(both, "1001", SOURCE, told.clone(), Fresh::None);
            call(both, "1001", DESTINATION, told, Fresh::None);
        }
    };
    (3..6).for_each(|pair| list(&mut both, pair));
    let of_another = ClearPairDrill::new(pair_id(3), id("drill-2"));
    assert_eq!(call(&mut both, "1001", SOURCE, of_another, Fresh::None), (true, false));
    let delete = DeleteDiskReplicaPair::new(pair_id(5));
    assert_eq!(call(&mut both, "1001", SOURCE, delete, Fresh::None), (true, true));
    all_well(&mut both);
    (3..6).for_each(|pair| list(&mut both, pair));
    let gone = Timestamp::from_millis(START + 100 * 24 * 60 * 60 * 1_000);
    call(&mut both, "1001", SOURCE, StopDiskReplicaPair::new(pair_id(3)), Fresh::None);
    all_well(&mut both);
    while let Some(due) = both.subject().next_deadline().filter(|due| due.at < gone) {
        input(&mut both, Input::Advance(due.at));
        all_well(&mut both);
        if both.subject().pair(&pair_id(5)).is_none() {
            break;
        }
    }
    assert!(both.subject().pair(&pair_id(5)).is_none());
    assert_eq!(both.subject().drills().count(), 1, "the other pair's stays");
    (3..6).for_each(|pair| list(&mut both, pair));
}

#[test]
fn both_ends_in_one_zone_are_refused_and_in_one_region_by_policy() {
    for reading in [SameRegionPairs::AcrossZones, SameRegionPairs::Refuse] {
        let mut policy = Policy::default();
        policy.ebs.same_region_pairs = reading;
        let mut both = drive(&World { policy, ..world() });
        for (number, region, zone) in [
            (7, SOURCE, "cn-shanghai-a"),
            (8, SOURCE, "cn-shanghai-b"),
            (9, DESTINATION, "cn-beijing-b"),
            (10, DESTINATION, "cn-shanghai-a"),
        ] {
            let accepted =
                region != SOURCE || (reading == SameRegionPairs::AcrossZones && zone != "cn-shanghai-a");
            let group =
                with!(create_group_request(), destination_region = id(region), destination_zone = id(zone));
            let fresh = Fresh::Group(GroupCreated { group: id(&format!("pg-{number}")) });
            assert_eq!(call(&mut both, "1001", SOURCE, group, fresh).1, accepted, "{region} {zone}");
            let pair =
                with!(create_request(number), destination_region = id(region), destination_zone = id(zone));
            let fresh = Fresh::Pair(PairCreated { pair: pair_id(number), order: id("order-1") });
            assert_eq!(call(&mut both, "1001", SOURCE, pair, fresh).1, accepted, "{region} {zone}");
        }
    }
}

#[test]
fn a_cluster_that_is_taken_in_at_work_goes_on_in_both() {
    for status in [
        ClusterStatus::Running,
        ClusterStatus::Creating,
        ClusterStatus::Deleting,
        ClusterStatus::Busy(message("Upgrading")),
    ] {
        let mut seed = cluster();
        seed.status = status.clone();
        let mut both = drive(&World {
            clusters: vec![seed],
            pairs: vec![pair(1, PairStatus::Normal)],
            group: None,
            ..world()
        });
        assert_eq!(both.subject().clusters().next().unwrap().status(), status);
        observe(&mut both, Observation::Node { node: id("w"), change: NodeChange::Up(false) });
        all_well(&mut both);
        all_well(&mut both);
    }
}

fn up(node: &str, up: bool) -> Observation {
    Observation::Node { node: id(node), change: NodeChange::Up(up) }
}

#[test]
fn a_cluster_that_nobody_could_lead_is_led_by_the_first_who_can() {
    let mut both = drive(&world());
    for node in ["a", "b", "w"] {
        observe(&mut both, up(node, false));
    }
    assert!(both.subject().clusters().next().unwrap().failover().is_none());
    observe(&mut both, up("a", true));
    assert!(both.subject().clusters().next().unwrap().failover().is_some());
    all_well(&mut both);
    assert_eq!(both.subject().clusters().next().unwrap().writer().unwrap().id, id("a"));
}

#[test]
fn a_failover_whose_writer_fails_goes_on_without_its_named_target() {
    let mut both = drive(&world());
    let request = failover_request(Some("a"));
    assert_eq!(call(&mut both, "1001", SOURCE, request, Fresh::None), (true, true));
    observe(&mut both, up("w", false));
    let asked = both.subject().outstanding().next().unwrap().id;
    let outcome = Outcome::Failed { failure: Failure::Network, message: None };
    let now = both.subject().clock();
    input(&mut both, Input::Report(now, Report::Outcome { id: asked, outcome }));
    all_well(&mut both);
    assert_eq!(both.subject().clusters().next().unwrap().writer().unwrap().id, id("b"));
}
