//! Calls on pairs and groups, and on their drills.

use super::*;

fn on_pair(pair: Option<u8>, ask: ReplicaCall) -> StepKind {
    StepKind::Pair(OWNER, pair, ask)
}

#[test]
fn a_step_on_a_pair_is_a_call_where_it_belongs() {
    let drive = drive(&world());
    let (number, asked) = (3, |ask| call(&drive, on_pair(Some(2), ask)));
    let pair = pair_id(number);
    for one_shot in [false, true] {
        let start = StartDiskReplicaPair::new(pair.clone()).one_shot(one_shot);
        assert_eq!(asked(ReplicaCall::Start { one_shot }), plain(SOURCE, start));
        let reprotect = ReprotectDiskReplicaPair::new(pair.clone()).reverse_replicate(one_shot);
        assert_eq!(asked(ReplicaCall::Reprotect { reverse: one_shot }), plain(DESTINATION, reprotect));
    }
    assert_eq!(asked(ReplicaCall::Stop), plain(SOURCE, StopDiskReplicaPair::new(pair.clone())));
    assert_eq!(asked(ReplicaCall::Delete), plain(SOURCE, DeleteDiskReplicaPair::new(pair.clone())));
    let failover = FailoverDiskReplicaPair::new(pair);
    assert_eq!(asked(ReplicaCall::Failover), plain(DESTINATION, failover.clone()));
    for (place, region) in
        [(CallRegion::Source, SOURCE), (CallRegion::Destination, DESTINATION), (CallRegion::Other, ELSEWHERE)]
    {
        let elsewhere = StepKind::Pair(from(place), Some(2), ReplicaCall::Failover);
        assert_eq!(call(&drive, elsewhere), plain(region, failover.clone()));
    }
    let (pair, group) = (pair_id(number), group_id(1));
    let add = AddDiskReplicaPair::new(group.clone(), pair.clone());
    assert_eq!(asked(ReplicaCall::Add(Some(0))), plain(SOURCE, add));
    let remove = RemoveDiskReplicaPair::new(group, pair.clone());
    assert_eq!(asked(ReplicaCall::Remove(Some(0))), plain(SOURCE, remove));
    let modify = ModifyDiskReplicaPair::new(pair).enable_rtc(false);
    assert_eq!(asked(ReplicaCall::Modify { rtc: false }), plain(SOURCE, modify));
    let unknown = StopDiskReplicaPair::new(id("pair-unknown"));
    assert_eq!(call(&drive, on_pair(None, ReplicaCall::Stop)), plain(SOURCE, unknown));
}

/// Counted round and round, what is allowed is all that would be accepted and nothing else; members are passed over.
#[test]
fn what_a_pair_allows_is_asked_of_those_that_are_free() {
    let drive = drive(&world());
    let asked = |pair, number| call(&drive, on_pair(Some(pair), ReplicaCall::Permitted(number))).1;
    let pair = pair_id(3);
    let replicating: [Request; 2] =
        [StopDiskReplicaPair::new(pair.clone()).into(), FailoverDiskReplicaPair::new(pair).into()];
    for (number, request) in (0..6).zip(replicating.iter().cycle()) {
        assert_eq!(asked(0, number), *request);
        assert_eq!(asked(3, number), *request, "three are free");
    }
    let pair = pair_id(4);
    assert_eq!(asked(1, 1), StartDiskReplicaPair::new(pair).one_shot(true).into());
}

#[test]
fn a_step_on_a_group_is_a_call_where_it_belongs() {
    let drive = drive(&world());
    let asked = |ask| call(&drive, on_group(Some(0), ask));
    let group = group_id(1);
    for one_shot in [false, true] {
        let start = StartDiskReplicaGroup::new(group.clone()).one_shot(one_shot);
        assert_eq!(asked(ReplicaCall::Start { one_shot }), plain(SOURCE, start));
        let reprotect = ReprotectDiskReplicaGroup::new(group.clone()).reverse_replicate(one_shot);
        assert_eq!(asked(ReplicaCall::Reprotect { reverse: one_shot }), plain(DESTINATION, reprotect));
    }
    let failover = FailoverDiskReplicaGroup::new(group.clone());
    let stop = StopDiskReplicaGroup::new(group.clone());
    let modify = ModifyDiskReplicaGroup::new(group).enable_rtc(true);
    let group = group_id(1);
    assert_eq!(asked(ReplicaCall::Stop), plain(SOURCE, stop.clone()));
    assert_eq!(asked(ReplicaCall::Failover), plain(DESTINATION, failover.clone()));
    assert_eq!(asked(ReplicaCall::Delete), plain(SOURCE, DeleteDiskReplicaGroup::new(group.clone())));
    assert_eq!(asked(ReplicaCall::Modify { rtc: true }), plain(SOURCE, modify));
    let (_, request, fresh) = asked(ReplicaCall::StartDrill(7));
    assert_eq!(request, StartReplicaGroupDrill::new(group.clone()).into());
    let disks = ids(&["x-7-0", "x-7-1"]);
    assert_eq!(fresh, Fresh::Drill(FreshDrill { drill: drill_id(7), disks }), "a disk for each member");
    for (place, region) in
        [(CallRegion::Source, SOURCE), (CallRegion::Destination, DESTINATION), (CallRegion::Other, ELSEWHERE)]
    {
        let elsewhere = StepKind::Group(from(place), Some(0), ReplicaCall::Stop);
        assert_eq!(call(&drive, elsewhere), plain(region, stop.clone()));
    }
    let allowed: [Request; 3] = [StartDiskReplicaGroup::new(group).into(), stop.into(), failover.into()];
    for (number, request) in (0..6).zip(allowed.iter().cycle()) {
        assert_eq!(asked(ReplicaCall::Permitted(number)).1, *request);
    }
    let unknown = StopDiskReplicaGroup::new(id("pg-unknown"));
    assert_eq!(call(&drive, on_group(None, ReplicaCall::Stop)), plain(SOURCE, unknown));
}

/// A group without members may be deleted and modified, and nothing else that it allows would be accepted.
#[test]
fn of_an_empty_group_nothing_is_asked_that_needs_members() {
    let drive = drive(&World { group: Some(group_seed(GroupStatus::Created, &[])), ..world() });
    let asked = |number| call(&drive, on_group(Some(0), ReplicaCall::Permitted(number))).1;
    for number in [0, 2] {
        assert_eq!(asked(number), DeleteDiskReplicaGroup::new(group_id(1)).into());
        assert!(matches!(asked(number + 1), Request::ModifyDiskReplicaGroup(_)));
    }
}

/// Only what rests and is free can join, so that is what is asked for while there is such a pair.
#[test]
fn who_could_join_is_added_and_members_are_removed() {
    let asked = |drive: &Drive<ControlPlane>, ask| call(drive, on_group(Some(0), ask)).1;
    let (group, filled) = (group_id(1), drive(&world()));
    for (number, able) in (0..4).zip([4, 5, 4, 5]) {
        let add = AddDiskReplicaPair::new(group.clone(), pair_id(able));
        assert_eq!(asked(&filled, ReplicaCall::Add(Some(number))), add.into());
        let remove = RemoveDiskReplicaPair::new(group.clone(), pair_id(u32::from(number % 2) + 1));
        assert_eq!(asked(&filled, ReplicaCall::Remove(Some(number))), remove.into());
    }
    let unknown = AddDiskReplicaPair::new(group.clone(), id("pair-unknown"));
    assert_eq!(asked(&filled, ReplicaCall::Add(None)), unknown.into());
    let mut busy = world();
    busy.pairs.truncate(3);
    let add = AddDiskReplicaPair::new(group, pair_id(2));
    assert_eq!(asked(&drive(&busy), ReplicaCall::Add(Some(1))), add.into(), "nobody could");
}

/// After a reverse the production site stays where it was, or moves, by policy.
#[test]
fn a_reversed_group_is_called_at_its_production_site() {
    for (site, production) in [(ProductionSite::Initial, SOURCE), (ProductionSite::Current, DESTINATION)] {
        let mut world = world();
        world.policy.ebs.production_site = site;
        world.pairs.iter_mut().for_each(|pair| pair.reversed = true);
        world.group.as_mut().unwrap().reversed = true;
        let drive = drive(&world);
        assert_eq!(call(&drive, on_group(Some(0), ReplicaCall::Stop)).0, production);
        assert_eq!(call(&drive, on_group(Some(0), ReplicaCall::Failover)).0, SOURCE, "the destination");
        assert_eq!(call(&drive, on_pair(Some(2), ReplicaCall::Failover)).0, SOURCE);
    }
}

#[test]
fn a_step_on_a_drill_is_about_what_the_drill_belongs_to() {
    let mut drive = drive(&world());
    let of_pair = StepKind::Pair(OWNER, Some(3), ReplicaCall::StartDrill(4));
    let fresh = Fresh::Drill(FreshDrill { drill: drill_id(4), disks: ids(&["x-4-0"]) });
    let start = (DESTINATION.to_string(), StartPairDrill::new(pair_id(4)).into(), fresh);
    assert_eq!(call(&drive, of_pair), start);
    let clear = |drill| StepKind::ClearDrill(OWNER, drill);
    let describe = |drill| StepKind::DescribeDrills(from(CallRegion::Destination), drill);
    let unknown = ClearPairDrill::new(id("pair-0"), id("drill-unknown"));
    assert_eq!(call(&drive, clear(Some(0))), plain(SOURCE, unknown));
    let of_pair = StepKind::Pair(OWNER, Some(2), ReplicaCall::StartDrill(4));
    drive.run(&[soon(of_pair), soon(on_group(Some(0), ReplicaCall::StartDrill(5)))]).unwrap();
    let (pair, group, page) = (pair_id(3), group_id(1), Page::default());
    let named = ClearPairDrill::new(pair.clone(), drill_id(4));
    assert_eq!(call(&drive, clear(Some(0))), plain(SOURCE, named));
    let named = ClearReplicaGroupDrill::new(group.clone(), drill_id(5));
    assert_eq!(call(&drive, clear(Some(1))), plain(SOURCE, named));
    let told = DescribePairDrills::new(pair).page(page);
    assert_eq!(call(&drive, describe(Some(0))), plain(DESTINATION, told));
    let told = DescribeReplicaGroupDrills::new(group).page(page);
    assert_eq!(call(&drive, describe(Some(1))), plain(DESTINATION, told));
    let nobody = DescribePairDrills::new(id("pair-0")).page(page);
    assert_eq!(call(&drive, describe(None)), plain(DESTINATION, nobody));
}

/// There is always a step, if only one that is refused.
#[test]
fn a_pair_that_allows_nothing_is_failed_over() {
    let drive = drive(&World { pairs: vec![pair(1, PairStatus::Deleted)], group: None, ..world() });
    let step = soon(on_pair(Some(0), ReplicaCall::Permitted(3)));
    let failover: Request = FailoverDiskReplicaPair::new(pair_id(1)).into();
    for input in [step.resolve(drive.subject()), step.resolve(drive.reference())] {
        assert!(matches!(&input, Input::Call(_, request, _) if *request == failover), "{input:?}");
    }
}
