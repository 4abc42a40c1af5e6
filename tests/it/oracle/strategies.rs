//! What a step becomes: the same input whether the control plane is asked how things stand or the reference is, and the
//! one that its words say.

use failover_model::ebs::{
    AddDiskReplicaPair, Charge, ClearPairDrill, ClearReplicaGroupDrill, DeleteDiskReplicaGroup,
    DeleteDiskReplicaPair, DescribeDiskReplicaGroups, DescribeDiskReplicaPairs, DescribePairDrills,
    DescribeReplicaGroupDrills, DiskChange, FailoverDiskReplicaGroup, FailoverDiskReplicaPair, FreshDrill,
    GroupStatus, ModifyDiskReplicaGroup, ModifyDiskReplicaPair, Page, PairStatus, PeriodUnit,
    RemoveDiskReplicaPair, ReprotectDiskReplicaGroup, ReprotectDiskReplicaPair, Site, StartDiskReplicaGroup,
    StartDiskReplicaPair, StartPairDrill, StartReplicaGroupDrill, StopDiskReplicaGroup, StopDiskReplicaPair,
};
use failover_model::polardb::{
    DeleteDbCluster, DescribeDbClusterAttribute, FailoverDbCluster, FailoverDbClusterZonal, Failure,
    ModifyDbNodeConfig, NodeChange, NodeKind, RestartDbNode, Role, TargetZoneType,
};
use failover_model::policy::ProductionSite;
use failover_model::testing::Drive;
use failover_model::testing::steps::{
    self, CallRegion, ClusterCall, Completion, Origin, ReplicaCall, StepKind, TestStep, Timing,
};
use failover_model::testing::strategies::{self, World};
use failover_model::{ControlPlane, Fresh, Input, Observation, Outcome, Report, Request, Span, Timestamp};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::small::{drive, pair, world};
use super::step::{OWNER, on_cluster, soon};
use crate::kit::{
    CLUSTER, DESTINATION, ELSEWHERE, SOURCE, START, at, drill_id, group_id, group_seed, id, ids, pair_id,
    priority,
};

fn from(place: CallRegion) -> Origin {
    Origin { region: place, ..OWNER }
}

fn later(drive: &Drive<ControlPlane>) -> Timestamp {
    drive.subject().clock().after(Span::from_millis(1_000))
}

/// What a step is for both, a second later.
#[track_caller]
fn both(drive: &Drive<ControlPlane>, what: StepKind) -> Input {
    let step = soon(what);
    let input = step.resolve(drive.subject());
    assert_eq!(step.resolve(drive.reference()), input);
    input
}

/// The call that a step is for both: where it is made, and what it asks.
#[track_caller]
fn call(drive: &Drive<ControlPlane>, what: StepKind) -> (String, Request, Fresh) {
    match both(drive, what) {
        Input::Call(call, request, fresh) => {
            assert_eq!((call.now, call.account.as_str()), (later(drive), "1001"));
            (call.region.to_string(), request, fresh)
        }
        other => panic!("no call: {other:?}"),
    }
}

fn plain(region: &str, request: impl Into<Request>) -> (String, Request, Fresh) {
    (region.to_string(), request.into(), Fresh::None)
}

fn on_pair(pair: Option<u8>, ask: ReplicaCall) -> StepKind {
    StepKind::Pair(OWNER, pair, ask)
}

fn on_group(group: Option<u8>, ask: ReplicaCall) -> StepKind {
    StepKind::Group(OWNER, group, ask)
}

const FAIL_OVER: ClusterCall =
    ClusterCall::Failover { target: None, standby: false, back: false, zonal: false };

#[test]
fn a_step_on_a_pair_is_a_call_where_it_belongs() {
    let drive = drive(&world());
    let (number, asked) = (3, |ask| call(&drive, on_pair(Some(2), ask)));
    let pair = pair_id(number);
    for one_shot in [false, true] {
        let start = StartDiskReplicaPair { pair: pair.clone(), one_shot };
        assert_eq!(asked(ReplicaCall::Start { one_shot }), plain(SOURCE, start));
        let reprotect = ReprotectDiskReplicaPair { pair: pair.clone(), reverse_replicate: one_shot };
        assert_eq!(asked(ReplicaCall::Reprotect { reverse: one_shot }), plain(DESTINATION, reprotect));
    }
    assert_eq!(asked(ReplicaCall::Stop), plain(SOURCE, StopDiskReplicaPair { pair: pair.clone() }));
    assert_eq!(asked(ReplicaCall::Delete), plain(SOURCE, DeleteDiskReplicaPair { pair: pair.clone() }));
    let failover = FailoverDiskReplicaPair { pair };
    assert_eq!(asked(ReplicaCall::Failover), plain(DESTINATION, failover.clone()));
    for (place, region) in
        [(CallRegion::Source, SOURCE), (CallRegion::Destination, DESTINATION), (CallRegion::Other, ELSEWHERE)]
    {
        let elsewhere = StepKind::Pair(from(place), Some(2), ReplicaCall::Failover);
        assert_eq!(call(&drive, elsewhere), plain(region, failover.clone()));
    }
    let (pair, group) = (pair_id(number), group_id(1));
    let add = AddDiskReplicaPair { group: group.clone(), pair: pair.clone() };
    assert_eq!(asked(ReplicaCall::Add(Some(0))), plain(SOURCE, add));
    let remove = RemoveDiskReplicaPair { group, pair: pair.clone() };
    assert_eq!(asked(ReplicaCall::Remove(Some(0))), plain(SOURCE, remove));
    let modify = ModifyDiskReplicaPair { pair, name: None, description: None, enable_rtc: Some(false) };
    assert_eq!(asked(ReplicaCall::Modify { rtc: false }), plain(SOURCE, modify));
    let unknown = StopDiskReplicaPair { pair: id("pair-unknown") };
    assert_eq!(call(&drive, on_pair(None, ReplicaCall::Stop)), plain(SOURCE, unknown));
}

/// Counted round and round, what is allowed is all that would be accepted and nothing else; members are passed over.
#[test]
fn what_a_pair_allows_is_asked_of_those_that_are_free() {
    let drive = drive(&world());
    let asked = |pair, number| call(&drive, on_pair(Some(pair), ReplicaCall::Permitted(number))).1;
    let pair = pair_id(3);
    let replicating: [Request; 2] =
        [StopDiskReplicaPair { pair: pair.clone() }.into(), FailoverDiskReplicaPair { pair }.into()];
    for (number, request) in (0..6).zip(replicating.iter().cycle()) {
        assert_eq!(asked(0, number), *request);
        assert_eq!(asked(3, number), *request, "three are free");
    }
    let pair = pair_id(4);
    assert_eq!(asked(1, 1), StartDiskReplicaPair { pair, one_shot: true }.into());
}

#[test]
fn a_step_on_a_group_is_a_call_where_it_belongs() {
    let drive = drive(&world());
    let asked = |ask| call(&drive, on_group(Some(0), ask));
    let group = group_id(1);
    for one_shot in [false, true] {
        let start = StartDiskReplicaGroup { group: group.clone(), one_shot };
        assert_eq!(asked(ReplicaCall::Start { one_shot }), plain(SOURCE, start));
        let reprotect = ReprotectDiskReplicaGroup { group: group.clone(), reverse_replicate: one_shot };
        assert_eq!(asked(ReplicaCall::Reprotect { reverse: one_shot }), plain(DESTINATION, reprotect));
    }
    let failover = FailoverDiskReplicaGroup { group: group.clone() };
    let stop = StopDiskReplicaGroup { group: group.clone() };
    let modify = ModifyDiskReplicaGroup { group, name: None, description: None, enable_rtc: Some(true) };
    let group = group_id(1);
    assert_eq!(asked(ReplicaCall::Stop), plain(SOURCE, stop.clone()));
    assert_eq!(asked(ReplicaCall::Failover), plain(DESTINATION, failover.clone()));
    assert_eq!(asked(ReplicaCall::Delete), plain(SOURCE, DeleteDiskReplicaGroup { group: group.clone() }));
    assert_eq!(asked(ReplicaCall::Modify { rtc: true }), plain(SOURCE, modify));
    let (_, request, fresh) = asked(ReplicaCall::StartDrill(7));
    assert_eq!(request, StartReplicaGroupDrill { group: group.clone() }.into());
    let disks = ids(&["x-7-0", "x-7-1"]);
    assert_eq!(fresh, Fresh::Drill(FreshDrill { drill: drill_id(7), disks }), "a disk for each member");
    for (place, region) in
        [(CallRegion::Source, SOURCE), (CallRegion::Destination, DESTINATION), (CallRegion::Other, ELSEWHERE)]
    {
        let elsewhere = StepKind::Group(from(place), Some(0), ReplicaCall::Stop);
        assert_eq!(call(&drive, elsewhere), plain(region, stop.clone()));
    }
    let allowed: [Request; 3] =
        [StartDiskReplicaGroup { group, one_shot: false }.into(), stop.into(), failover.into()];
    for (number, request) in (0..6).zip(allowed.iter().cycle()) {
        assert_eq!(asked(ReplicaCall::Permitted(number)).1, *request);
    }
    let unknown = StopDiskReplicaGroup { group: id("pg-unknown") };
    assert_eq!(call(&drive, on_group(None, ReplicaCall::Stop)), plain(SOURCE, unknown));
}

/// A group without members may be deleted and modified, and nothing else that it allows would be accepted.
#[test]
fn of_an_empty_group_nothing_is_asked_that_needs_members() {
    let drive = drive(&World { group: Some(group_seed(GroupStatus::Created, &[])), ..world() });
    let asked = |number| call(&drive, on_group(Some(0), ReplicaCall::Permitted(number))).1;
    for number in [0, 2] {
        assert_eq!(asked(number), DeleteDiskReplicaGroup { group: group_id(1) }.into());
        assert!(matches!(asked(number + 1), Request::ModifyDiskReplicaGroup(_)));
    }
}

/// Only what rests and is free can join, so that is what is asked for while there is such a pair.
#[test]
fn who_could_join_is_added_and_members_are_removed() {
    let asked = |drive: &Drive<ControlPlane>, ask| call(drive, on_group(Some(0), ask)).1;
    let (group, filled) = (group_id(1), drive(&world()));
    for (number, able) in (0..4).zip([4, 5, 4, 5]) {
        let add = AddDiskReplicaPair { group: group.clone(), pair: pair_id(able) };
        assert_eq!(asked(&filled, ReplicaCall::Add(Some(number))), add.into());
        let remove = RemoveDiskReplicaPair { group: group.clone(), pair: pair_id(u32::from(number % 2) + 1) };
        assert_eq!(asked(&filled, ReplicaCall::Remove(Some(number))), remove.into());
    }
    let unknown = AddDiskReplicaPair { group: group.clone(), pair: id("pair-unknown") };
    assert_eq!(asked(&filled, ReplicaCall::Add(None)), unknown.into());
    let mut busy = world();
    busy.pairs.truncate(3);
    let add = AddDiskReplicaPair { group, pair: pair_id(2) };
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
    let start = (DESTINATION.to_string(), StartPairDrill { pair: pair_id(4) }.into(), fresh);
    assert_eq!(call(&drive, of_pair), start);
    let clear = |drill| StepKind::ClearDrill(OWNER, drill);
    let describe = |drill| StepKind::DescribeDrills(from(CallRegion::Destination), drill);
    let unknown = ClearPairDrill { pair: id("pair-0"), drill: id("drill-unknown") };
    assert_eq!(call(&drive, clear(Some(0))), plain(SOURCE, unknown));
    let of_pair = StepKind::Pair(OWNER, Some(2), ReplicaCall::StartDrill(4));
    drive.run(&[soon(of_pair), soon(on_group(Some(0), ReplicaCall::StartDrill(5)))]).unwrap();
    let (pair, group, page) = (pair_id(3), group_id(1), Page::default());
    let named = ClearPairDrill { pair: pair.clone(), drill: drill_id(4) };
    assert_eq!(call(&drive, clear(Some(0))), plain(SOURCE, named));
    let named = ClearReplicaGroupDrill { group: group.clone(), drill: drill_id(5) };
    assert_eq!(call(&drive, clear(Some(1))), plain(SOURCE, named));
    let told = DescribePairDrills { pair, drill: None, page };
    assert_eq!(call(&drive, describe(Some(0))), plain(DESTINATION, told));
    let told = DescribeReplicaGroupDrills { group, drill: None, page };
    assert_eq!(call(&drive, describe(Some(1))), plain(DESTINATION, told));
    let nobody = DescribePairDrills { pair: id("pair-0"), drill: None, page };
    assert_eq!(call(&drive, describe(None)), plain(DESTINATION, nobody));
}

#[test]
fn a_step_on_a_cluster_is_a_call_about_its_nodes() {
    let drive = drive(&world());
    let cluster = || id(CLUSTER);
    let failover = FailoverDbCluster {
        cluster: cluster(),
        target: Some(id("b")),
        roll_back_for_disaster: false,
        target_zone_type: TargetZoneType::Primary,
    };
    let named = ClusterCall::Failover { target: Some(2), standby: false, back: false, zonal: false };
    assert_eq!(call(&drive, on_cluster(named)), plain(SOURCE, failover.clone()));
    let (node, to) = (id("a"), priority(7));
    let modify = ModifyDbNodeConfig { cluster: cluster(), node, priority: to };
    let ask = ClusterCall::Priority { node: 4, priority: to };
    assert_eq!(call(&drive, on_cluster(ask)), plain(SOURCE, modify));
    assert_eq!(
        call(&drive, on_cluster(ClusterCall::Delete)),
        plain(SOURCE, DeleteDbCluster { cluster: cluster() })
    );
    let describe = DescribeDbClusterAttribute { cluster: cluster() };
    assert_eq!(call(&drive, on_cluster(ClusterCall::Describe)), plain(SOURCE, describe.clone()));
    for (place, region) in [(CallRegion::Destination, DESTINATION), (CallRegion::Other, ELSEWHERE)] {
        let ask = StepKind::Cluster(from(place), Some(0), ClusterCall::Describe);
        assert_eq!(call(&drive, ask), plain(region, describe.clone()));
    }
    // What the reference leaves out is for the control plane alone.
    let alone = |ask| match soon(on_cluster(ask)).resolve(drive.subject()) {
        Input::Call(_, request, fresh) => (request, fresh),
        other => panic!("no call: {other:?}"),
    };
    let zonal = ClusterCall::Failover { target: Some(2), standby: true, back: true, zonal: true };
    let (target_zone_type, roll_back_for_disaster) = (TargetZoneType::Standby, true);
    let zonal_request =
        FailoverDbClusterZonal(FailoverDbCluster { target_zone_type, roll_back_for_disaster, ..failover });
    assert_eq!(alone(zonal), (zonal_request.into(), Fresh::None));
    let add = ClusterCall::AddNodes { nodes: 2, kind: NodeKind::Ordinary };
    let (request, fresh) = alone(add);
    assert!(matches!(request, Request::CreateDbNodes(create) if create.nodes.len() == 2));
    let Fresh::Nodes(fresh) = fresh else { panic!("no nodes: {fresh:?}") };
    assert_eq!(fresh.nodes, ids(&["pi-pc-1-0", "pi-pc-1-1"]));
    for ask in [
        ClusterCall::DropNodes { from: 1, nodes: 1 },
        ClusterCall::Class { class: 1 },
        ClusterCall::ClassOf { node: 1, class: 1 },
        ClusterCall::HotReplica { node: 1, on: true },
    ] {
        assert!(matches!(alone(ask).1, Fresh::Order(_)), "{ask:?} makes an order");
    }
    assert_eq!(
        alone(ClusterCall::Restart { node: 1 }),
        (RestartDbNode { node: id("a") }.into(), Fresh::None)
    );
    let (request, fresh) = alone(ClusterCall::Zone { zone: 1, standby: true });
    let Request::ModifyDbClusterPrimaryZone(moved) = request else { panic!("another: {request:?}") };
    assert_eq!((moved.zone.as_str(), moved.zone_type), ("cn-shanghai-b", TargetZoneType::Standby));
    assert_eq!(fresh, Fresh::None);
}

#[test]
fn an_outcome_is_of_what_is_asked_for() {
    let mut drive = drive(&world());
    let ended = |how| StepKind::Ended(0, how);
    let partly = StepKind::EndedPartly { effect: 0, member: 1 };
    for nothing in [ended(Completion::Success(0)), partly.clone()] {
        assert_eq!(both(&drive, nothing), Input::Advance(later(&drive)), "nothing is asked for");
    }
    drive.step(&soon(on_group(Some(0), ReplicaCall::Stop))).unwrap();
    let of = |drive: &Drive<ControlPlane>, what| match both(drive, what) {
        Input::Report(_, Report::Outcome { id, outcome }) => (id, outcome),
        other => panic!("no outcome: {other:?}"),
    };
    let asked = drive.subject().outstanding().next().unwrap().id;
    let failed = Outcome::PartlyFailed { failure: Failure::Other, failed: [pair_id(2)].into() };
    assert_eq!(of(&drive, partly), (asked, failed));
    assert_eq!(of(&drive, ended(Completion::Success(3))), (asked, Outcome::Succeeded));
    let bad = of(&drive, ended(Completion::Failure(Failure::Network))).1;
    assert!(matches!(bad, Outcome::Failed { failure: Failure::Network, message: Some(_) }), "{bad:?}");
    drive.run(&[soon(ended(Completion::Success(0))), soon(on_cluster(FAIL_OVER))]).unwrap();
    for (number, node) in [(0, "a"), (1, "b"), (2, "a")] {
        assert_eq!(
            of(&drive, ended(Completion::Success(number))).1,
            Outcome::Chosen(id(node)),
            "one that is offered"
        );
    }
    assert_eq!(of(&drive, ended(Completion::Chosen(Some(0)))).1, Outcome::Chosen(id("w")), "any node");
    assert_eq!(of(&drive, ended(Completion::Done)).1, Outcome::Succeeded);
    let chooses = drive.subject().outstanding().next().unwrap().id;
    let late = |effect| StepKind::Late(effect, Completion::Success(1));
    let step = soon(late(chooses.0));
    let chosen = Report::Outcome { id: chooses, outcome: Outcome::Chosen(id("b")) };
    assert_eq!(step.resolve(drive.subject()), Input::Report(later(&drive), chosen));
    // The reference counts what was asked for round and round, and one that never was.
    for (effect, known) in [(0, Some(asked)), (1, Some(chooses)), (2, None), (3, Some(asked))] {
        let input = soon(late(effect)).resolve(drive.reference());
        let Input::Report(_, Report::Outcome { id, .. }) = input else { panic!("no outcome: {input:?}") };
        assert_eq!(known.unwrap_or(id), id);
        assert_eq!(drive.subject().effect(id).is_none(), known != Some(chooses));
    }
}

#[test]
fn a_step_that_needs_no_state_is_the_same_input_at_another_time() {
    let drive = drive(&world());
    let describe = StepKind::DescribePairs(from(CallRegion::Destination));
    let backup = DescribeDiskReplicaPairs { site: Site::Backup, ..DescribeDiskReplicaPairs::default() };
    assert_eq!(call(&drive, describe), plain(DESTINATION, backup));
    let describe = StepKind::DescribeGroups(from(CallRegion::Destination));
    let backup = DescribeDiskReplicaGroups { site: Site::Backup, ..DescribeDiskReplicaGroups::default() };
    assert_eq!(call(&drive, describe), plain(DESTINATION, backup));
    let clusters = StepKind::DescribeClusters(OWNER);
    assert!(matches!(call(&drive, clusters).1, Request::DescribeDbClusters(_)));
    let (caller, destination) = (from(CallRegion::Other), CallRegion::Destination);
    let create = StepKind::CreatePair { origin: caller, id: 7, disks: (1, 2), destination, months: Some(3) };
    let (region, request, _) = call(&drive, create);
    let Request::CreateDiskReplicaPair(create) = request else { panic!("another request: {request:?}") };
    let charge = create.settings.charge;
    assert!(matches!(charge, Charge::PrePay { period: 3, unit: PeriodUnit::Month, .. }), "{charge:?}");
    let ends = (&*create.source_disk.to_string(), &*create.destination_region.to_string());
    assert_eq!((&*region, ends), (ELSEWHERE, ("d-1", DESTINATION)));
    let create = StepKind::CreateCluster { origin: OWNER, id: 2, nodes: 2, fresh: 3 };
    let Fresh::Cluster(fresh) = call(&drive, create).2 else { panic!("no cluster") };
    assert_eq!(fresh.nodes, ids(&["pi-2-0", "pi-2-1", "pi-2-2"]));
    let clock = START;
    for (when, now) in [
        (Timing::Now, clock),
        (Timing::Earlier(5), clock - 5),
        (Timing::Deadline, drive.subject().next_deadline().unwrap().at.as_millis()),
    ] {
        let step = TestStep { timing: when, kind: StepKind::Advance };
        assert_eq!(step.resolve(drive.subject()), Input::Advance(at(now)));
        assert_eq!(step.resolve(drive.reference()), Input::Advance(at(now)));
    }
}

#[test]
fn an_observation_is_of_what_there_is() {
    let drive = drive(&world());
    let seen = |what| match both(&drive, what) {
        Input::Report(_, Report::Observed(observation)) => observation,
        other => panic!("no observation: {other:?}"),
    };
    let change = NodeChange::Up(false);
    let node = |which| StepKind::Node(which, change);
    assert_eq!(seen(node(Some(4))), Observation::Node { node: id("a"), change });
    assert_eq!(seen(node(None)), Observation::Node { node: id("pi-unknown"), change });
    assert_eq!(seen(StepKind::ClusterRemoved(Some(0))), Observation::ClusterRemoved { cluster: id(CLUSTER) });
    let idle = Observation::ClusterBusy { cluster: id(CLUSTER), status: None };
    assert_eq!(seen(StepKind::ClusterBusy { cluster: Some(0), busy: false }), idle);
    let busy = seen(StepKind::ClusterBusy { cluster: None, busy: true });
    assert!(matches!(busy, Observation::ClusterBusy { status: Some(_), .. }), "{busy:?}");
    let broken = seen(StepKind::PairInvalid(Some(6)));
    assert!(matches!(broken, Observation::PairInvalid { pair, .. } if pair == pair_id(2)));
    let broken = seen(StepKind::GroupInvalid(Some(3)));
    assert!(matches!(broken, Observation::GroupInvalid { group, .. } if group == group_id(1)));
    let change = DiskChange::Removed;
    let disk = Observation::Disk { account: id("2002"), disk: id("d-3"), change };
    assert_eq!(seen(StepKind::Disk { account: 1, disk: 3, change }), disk);
    // A zone is lost at once, and the reference does not know of zones.
    let lost = soon(StepKind::Zone { cluster: Some(0), zone: 1, up: false });
    let nodes = Observation::Nodes { nodes: ids(&["b"]), change: NodeChange::Up(false) };
    let now = at(START + 1_000);
    assert_eq!(lost.resolve(drive.subject()), Input::Report(now, Report::Observed(nodes)));
    assert_eq!(lost.resolve(drive.reference()), Input::Advance(now));
}

/// There is always a step, if only one that is refused.
#[test]
fn a_pair_that_allows_nothing_is_failed_over() {
    let drive = drive(&World { pairs: vec![pair(1, PairStatus::Deleted)], group: None, ..world() });
    let step = soon(on_pair(Some(0), ReplicaCall::Permitted(3)));
    let failover: Request = FailoverDiskReplicaPair { pair: pair_id(1) }.into();
    for input in [step.resolve(drive.subject()), step.resolve(drive.reference())] {
        assert!(matches!(&input, Input::Call(_, request, _) if *request == failover), "{input:?}");
    }
}

/// Most nodes of a drawn world are sound, and the standby ones, and they alone, are in the third zone.
#[test]
fn the_nodes_of_a_drawn_world_are_mostly_sound_and_where_they_belong() {
    let (mut nodes, mut up, mut replicating, mut standby) = (0, 0, 0, 0);
    let mut runner = TestRunner::deterministic();
    for _ in 0..200 {
        let world = strategies::world().new_tree(&mut runner).unwrap().current();
        for node in world.clusters.iter().flat_map(|cluster| &cluster.nodes) {
            nodes += 1;
            up += u32::from(node.up);
            replicating += u32::from(node.replicating);
            standby += u32::from(node.kind == NodeKind::Standby);
            let third = node.zone.as_str() == steps::ZONES[2];
            assert!(third == (node.kind == NodeKind::Standby) || node.role == Role::Writer, "{node:?}");
        }
    }
    assert!(nodes > 200 && standby > 5, "{nodes}, {standby}");
    assert!(up * 4 > nodes * 3 && replicating * 4 > nodes * 3, "{up} and {replicating} of {nodes}");
}
