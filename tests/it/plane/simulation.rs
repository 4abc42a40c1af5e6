//! The simulated world: what is planned and how it strikes, and which worlds are not restored.

use core::num::NonZeroU32;

use failover_model::ebs::{
    DescribeDiskReplicaPairProgress, DiskChange, DrillEffect, DrillStatus, FailoverDiskReplicaGroup,
    FailoverDiskReplicaPair, GroupStatus, PairStatus, ReprotectDiskReplicaGroup, StartDiskReplicaPair,
    StartPairDrill, StopDiskReplicaPair,
};
use failover_model::polardb::{
    ClusterFact, Failure, ModifyDbClusterPrimaryZone, NodeChange, RestartDbNode, TargetZoneType,
};
use failover_model::simulation::{
    BadWorld, Fault, GroupStage, LatencyProfile, PairStage, ReplyFault, Selector, Simulation, Trace,
    Transitions,
};
use failover_model::{
    Call, ClientToken, ControlPlane, Observation, Operation, Policy, Request, Response, Span, Timestamp,
};
use failover_model::{Fact, Output};
use serde_json::{Value, json};

use crate::kit::{
    CLUSTER, DESTINATION, OWNER, SOURCE, START, World, at, create_request, failover_request, group_id, id,
    pair_id, seed,
};

/// An empty world.
fn world() -> Simulation {
    Simulation::new(ControlPlane::new(Policy::default()), 1, Transitions::Timed, LatencyProfile::QUICK)
}

fn hold(effect: &str) -> Fault {
    Fault::Hold { effect: effect.into(), resource: Selector::any() }
}

#[test]
fn a_fault_number_is_given_once_and_withdraws_its_fault_alone() {
    let mut world = world();
    let numbers = [world.plan(hold("copy"), None), world.number_fault(), world.plan(hold("stop_pair"), None)];
    assert_eq!(numbers, [1, 2, 3]);
    assert!(!world.withdraw(2), "it struck at once and was never planned");
    assert!(world.withdraw(1) && !world.withdraw(1));
    assert_eq!(world.faults().iter().map(|planned| planned.id).collect::<Vec<_>>(), [3]);
    world.withdraw_all();
    assert!(world.faults().is_empty());
    assert_eq!(world.number_fault(), 4, "no number is given again");
}

/// A call of the owner.
fn ask(
    world: &mut Simulation,
    now: Timestamp,
    region: &str,
    token: &str,
    request: impl Into<Request>,
) -> (Output, Trace) {
    let token = ClientToken::parse(token).unwrap();
    world.call(&Call { now, account: id(OWNER), region: id(region), token }, &request.into())
}

/// Pair 1 in this status.
fn pair(status: PairStatus, transitions: Transitions, latency: LatencyProfile) -> Simulation {
    let mut world = World::default();
    world.bring_to(status);
    Simulation::new(world.plane, 1, transitions, latency)
}

fn status(world: &Simulation) -> PairStatus {
    world.plane().pair(&pair_id(1)).unwrap().status()
}

#[test]
fn a_fault_of_a_reply_strikes_its_operation_alone() {
    let mut world = world();
    let action = Operation::StopDiskReplicaPair;
    let reply = ReplyFault {
        action,
        effect: true,
        lose: true,
        status: None,
        code: None,
        message: None,
        body: None,
        delay_ms: 0,
        headers: Default::default(),
    };
    world.plan(Fault::Reply(reply.clone()), NonZeroU32::new(1));
    assert_eq!(world.strike_reply(Operation::FailoverDiskReplicaPair), None);
    assert_eq!(world.strike_reply(action), Some(reply));
    assert_eq!(world.strike_reply(action), None);
}

#[test]
fn ids_are_counted_for_what_is_created_alone() {
    let mut world = world();
    let minted = |world: &Simulation| serde_json::to_value(world.world()).unwrap()["minted"].clone();
    let mut create = |token, number, (accepted, replayed)| {
        let before = minted(&world);
        let (output, _) = ask(&mut world, at(START), SOURCE, token, create_request(number));
        assert_eq!((output.result.unwrap().is_ok(), output.replayed), (accepted, replayed));
        minted(&world) != before
    };
    assert!(create("T", 1, (true, false)));
    assert!(!create("T", 1, (true, true)), "a replay creates nothing");
    assert!(!create("U", 1, (false, false)), "nor does a refusal");
    assert!(create("V", 2, (true, false)));
}

#[test]
fn what_is_held_is_of_the_kind_and_the_resource_that_are_named() {
    for (effect, resource, held) in [
        ("stop_pair", "pair-1", true),
        ("stop_pair", "*", true),
        ("stop_pair", "pair-2", false),
        ("copy", "*", false),
    ] {
        let mut world = pair(PairStatus::Normal, Transitions::Immediate, LatencyProfile::QUICK);
        world.plan(Fault::Hold { effect: effect.into(), resource: Selector(resource.into()) }, None);
        let now = world.plane().clock();
        let _ = ask(&mut world, now, SOURCE, "", StopDiskReplicaPair::new(pair_id(1)));
        let shown = if held { PairStatus::Stopping } else { PairStatus::Stopped };
        assert_eq!(status(&world), shown, "{effect} of {resource}");
    }
}

/// What takes no time has happened when the call returns, and is told with it.
#[test]
fn an_effect_without_a_latency_ends_within_the_call() {
    let latency = LatencyProfile { stop_pair: Span::from_millis(0), ..LatencyProfile::QUICK };
    let mut world = pair(PairStatus::Normal, Transitions::Timed, latency);
    let now = world.plane().clock();
    let (_, happened) = ask(&mut world, now, SOURCE, "", StopDiskReplicaPair::new(pair_id(1)));
    assert_eq!((status(&world), happened.fired), (PairStatus::Stopped, 1));
    assert_eq!(happened.events.len(), 2, "it began and it ended: {:?}", happened.events);
}

/// An effect that ends before, with and after a deadline.
#[test]
fn what_is_due_comes_in_the_order_of_time_and_effects_before_deadlines() {
    for (before, first) in [(5_000, "create_pair"), (2_000, "create_pair"), (1_000, "copy_cycle")] {
        let mut world = pair(PairStatus::Normal, Transitions::Timed, LatencyProfile::QUICK);
        let due = world.next_due().unwrap();
        assert_eq!(due.reason, "copy_cycle");
        let now = at(due.at.as_millis() - before);
        let _ = ask(&mut world, now, SOURCE, "", create_request(2));
        assert_eq!(world.next_due().unwrap().reason, first, "{before} ms before the cycle");
        let happened = world.advance(due.at.after(Span::from_millis(1_500)));
        assert_eq!(happened.fired, 2);
        let times: Vec<Timestamp> = happened.events.iter().map(|event| event.at).collect();
        assert!(times.len() > 1 && times.is_sorted(), "{times:?}");
    }
}

#[test]
fn only_a_world_with_latencies_knows_how_far_a_copy_is() {
    for (transitions, percent) in [(Transitions::Timed, 40), (Transitions::Manual, 0)] {
        let mut world = pair(PairStatus::Created, transitions, LatencyProfile::QUICK);
        let start = StartDiskReplicaPair::new(pair_id(1));
        let now = world.plane().clock();
        let _ = ask(&mut world, now, SOURCE, "", start);
        let later = now.after(Span::from_millis(2_000));
        let request = DescribeDiskReplicaPairProgress::new(pair_id(1));
        let (output, _) = ask(&mut world, later, SOURCE, "", request);
        let Some(Ok(Response::PairProgress(told))) = output.result else { panic!("{:?}", output.result) };
        assert_eq!(told.percent, percent, "{transitions:?}");
    }
}

/// Failover needs the disk that becomes writable, and it alone.
#[test]
fn a_failover_fails_where_the_secondary_disk_is_down() {
    for (disk, ends) in [("t-1", PairStatus::FailoverFailed), ("s-1", PairStatus::Failedover)] {
        let mut world = pair(PairStatus::Normal, Transitions::Immediate, LatencyProfile::QUICK);
        let now = world.plane().clock();
        let down = Observation::Disk { account: id(OWNER), disk: id(disk), change: DiskChange::Up(false) };
        let _ = world.observe(now, &down).unwrap();
        let _ = ask(&mut world, now, DESTINATION, "", FailoverDiskReplicaPair::new(pair_id(1)));
        assert_eq!(status(&world), ends, "{disk}");
    }
}

#[test]
fn a_fault_of_a_drill_strikes_that_drill_and_that_effect_alone() {
    for (of, fails, ends) in [
        ("pair-1", DrillEffect::Start, DrillStatus::ExecuteFailed),
        ("*", DrillEffect::Start, DrillStatus::ExecuteFailed),
        ("pair-1", DrillEffect::Clear, DrillStatus::Executed),
        ("pair-2", DrillEffect::Start, DrillStatus::Executed),
    ] {
        let mut world = pair(PairStatus::Normal, Transitions::Immediate, LatencyProfile::QUICK);
        world.plan(Fault::Drill { of: Selector(of.into()), fails, message: None }, None);
        let now = world.plane().clock();
        let _ = ask(&mut world, now, DESTINATION, "", StartPairDrill::new(pair_id(1)));
        assert_eq!(world.plane().drills().next().unwrap().status(), ends, "{of} {fails:?}");
    }
}

mod clusters {
    use super::*;

    /// Writer `w`, reader `a`, and `b`, which is a hot replica in another zone.
    fn cluster(transitions: Transitions) -> Simulation {
        let mut seed = seed(&[("a", 5), ("b", 3)]);
        seed.nodes[2].hot_replica = true;
        seed.nodes[2].zone = id("cn-shanghai-b");
        let mut plane = ControlPlane::new(Policy::default());
        let _ = plane.adopt_cluster(at(START), &id(OWNER), seed).unwrap();
        Simulation::new(plane, 1, transitions, LatencyProfile::DOCUMENTED)
    }

    fn facts(happened: &Trace) -> Vec<&ClusterFact> {
        let events = happened.events.iter();
        events
            .filter_map(|event| match &event.fact {
                Fact::Cluster { fact, .. } => Some(fact),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn a_hot_replica_takes_over_in_less_time() {
        for (node, ms) in [("a", 25_000), ("b", 7_500)] {
            let mut world = cluster(Transitions::Timed);
            let _ = ask(&mut world, at(START), SOURCE, "", failover_request(Some(node)));
            assert_eq!(world.next_due().unwrap().at, at(START + ms), "{node}");
        }
    }

    /// `w` and `a` move; `b` is in another zone already.
    #[test]
    fn a_change_of_zone_takes_its_time_for_each_node_that_moves() {
        let mut world = cluster(Transitions::Timed);
        let (zone, zone_type) = (id("cn-shanghai-c"), TargetZoneType::Primary);
        let request = ModifyDbClusterPrimaryZone::new(id(CLUSTER), zone).zone_type(zone_type);
        let _ = ask(&mut world, at(START), SOURCE, "", request);
        assert_eq!(world.next_due().unwrap().at, at(START + 2 * 300_000));
    }

    #[test]
    fn a_promotion_fails_where_replication_broke_meanwhile() {
        let mut world = cluster(Transitions::Timed);
        let _ = ask(&mut world, at(START), SOURCE, "", failover_request(None));
        let lags = Observation::Node { node: id("a"), change: NodeChange::Replicating(false) };
        let _ = world.observe(at(START + 1), &lags).unwrap();
        let happened = world.advance(at(START + 25_000));
        let failed = ClusterFact::AttemptFailed { node: id("a"), failure: Some(Failure::Replication) };
        assert!(facts(&happened).contains(&&failed), "{:?}", happened.events);
        let _ = world.advance(at(START + 60_000));
        assert_eq!(world.plane().cluster(&id(CLUSTER)).unwrap().writer().unwrap().id, id("b"));
    }

    #[test]
    fn a_fault_of_work_strikes_that_cluster_and_that_work_alone() {
        for (cluster, effect, done) in [
            (CLUSTER, Some("restart_node"), false),
            ("*", None, false),
            (CLUSTER, Some("change_class"), true),
            ("pc-2", Some("restart_node"), true),
        ] {
            let mut world = self::cluster(Transitions::Immediate);
            let reason = Failure::Other;
            let effect = effect.map(String::from);
            world.plan(Fault::Work { cluster: Selector(cluster.into()), effect, reason }, None);
            let (_, happened) = ask(&mut world, at(START), SOURCE, "", RestartDbNode::new(id("a")));
            let ended = |fact: &&ClusterFact| matches!(fact, ClusterFact::WorkEnded { succeeded: so, .. } if *so == done);
            assert!(facts(&happened).iter().any(ended), "{cluster}: {:?}", happened.events);
        }
    }
}

/// The world of one as data, changed.
fn restored(world: &Simulation, change: impl FnOnce(&mut Value)) -> Result<Simulation, BadWorld> {
    let mut data = serde_json::to_value(world.world()).unwrap();
    change(&mut data);
    let plane = ControlPlane::restore(world.plane().snapshot()).unwrap();
    Simulation::restore(plane, serde_json::from_value(data).unwrap())
}

#[test]
fn faults_are_restored_only_in_the_order_of_their_numbers_and_if_those_were_given() {
    let mut world = world();
    world.plan(hold("copy"), None);
    world.plan(hold("stop_pair"), None);
    assert_eq!(restored(&world, |_| ()).unwrap().faults(), world.faults());
    for (first, second, next, wrong) in [(2, 1, 2, 1), (1, 1, 2, 1), (0, 1, 2, 0), (1, 2, 1, 2)] {
        let faults = restored(&world, |data| {
            data["faults"]["planned"][0]["id"] = json!(first);
            data["faults"]["planned"][1]["id"] = json!(second);
            data["faults"]["next"] = json!(next);
        });
        assert_eq!(faults.unwrap_err(), BadWorld::FaultOrder(wrong), "{first}, {second} of {next}");
    }
}

#[test]
fn a_count_of_ids_is_restored_up_to_the_highest_that_its_numbers_allow() {
    let counted = |count: u64| restored(&world(), |data| data["minted"]["pair-cn-"] = json!(count));
    assert!(counted(u64::MAX / 128).is_ok());
    assert_eq!(counted(u64::MAX / 128 + 1).unwrap_err(), BadWorld::Minted("pair-cn-".into()));
}

mod groups {
    use super::*;

    /// A group in this status, in a world that does everything at once.
    fn group(status: GroupStatus) -> Simulation {
        let mut world = World::default();
        world.bring_group_to(status);
        Simulation::new(world.plane, 1, Transitions::Immediate, LatencyProfile::QUICK)
    }

    fn call(world: &mut Simulation, request: impl Into<Request>) -> GroupStatus {
        let (output, _) = ask(world, at(START), DESTINATION, "", request);
        output.result.unwrap().unwrap();
        world.plane().group(&group_id(1)).unwrap().status
    }

    #[test]
    fn a_fault_of_a_group_strikes_that_group_and_that_effect_alone() {
        let fail_over = |group: &str, fails| {
            let mut world = self::group(GroupStatus::Normal);
            world.plan(Fault::Group { group: Selector(group.into()), fails }, None);
            call(&mut world, FailoverDiskReplicaGroup::new(group_id(1)))
        };
        assert_eq!(fail_over("group-1", GroupStage::Failover), GroupStatus::FailoverFailed);
        assert_eq!(fail_over("*", GroupStage::Failover), GroupStatus::FailoverFailed);
        assert_eq!(fail_over("group-2", GroupStage::Failover), GroupStatus::Failedover);
        assert_eq!(fail_over("group-1", GroupStage::Stop), GroupStatus::Failedover);
    }

    /// G-431.
    #[test]
    fn one_member_that_cannot_be_reprotected_fails_the_whole_group() {
        let mut world = group(GroupStatus::Failedover);
        let (pair, fails) = (Some(Selector("pair-2".into())), PairStage::Reprotect);
        world.plan(Fault::Pair { pair, disk: None, fails, message: None }, None);
        let request = ReprotectDiskReplicaGroup::new(group_id(1)).reverse_replicate(true);
        assert_eq!(call(&mut world, request), GroupStatus::ReprotectFailed);
        let members = [1, 2].map(|number| world.plane().pair(&pair_id(number)).unwrap().status());
        assert_eq!(members, [PairStatus::ReprotectFailed; 2]);
    }
}
