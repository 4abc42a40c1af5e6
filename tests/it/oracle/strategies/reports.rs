//! Reports, what needs no state, and drawn worlds.

use super::*;

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
    let backup = DescribeDiskReplicaPairs::default().site(Site::Backup);
    assert_eq!(call(&drive, describe), plain(DESTINATION, backup));
    let describe = StepKind::DescribeGroups(from(CallRegion::Destination));
    let backup = DescribeDiskReplicaGroups::default().site(Site::Backup);
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
