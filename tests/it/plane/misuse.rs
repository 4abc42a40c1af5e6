//! What an embedder who keeps resources in a database of their own can do wrong, and what stops it.

use failover_model::ebs::{
    self, Disk, Drill, FreshDrill, GroupRequest, GroupStatus, NotItsMembers, PairRequest, PairStatus,
    ReplicaGroup, ReplicaId, ReplicaPair,
};
use failover_model::lifecycle::Due;
use failover_model::polardb::{
    self, CreateGlobalDatabaseNetwork, DbCluster, Failure, GlobalDatabaseNetwork, NodeChange,
};
use failover_model::policy::{EbsPolicy, PolarDbPolicy};
use failover_model::{Breach, DiskId, EffectId, Outcome, RegionId, WhyStale};

use crate::kit::{
    DESTINATION, OWNER, SOURCE, START, World, at, create_group_request, create_request, id, ids, pair_id,
    seed,
};

const DONE: Outcome = Outcome::Succeeded;
/// The effect that made each resource here, and when it ended.
const TAKEN: EffectId = EffectId(98);
const CHANGED: u64 = START + 6;

fn region(name: &str) -> RegionId {
    name.parse().unwrap()
}

/// A disk of which nothing was reported.
fn sound_disk(_: &DiskId) -> Disk {
    Disk::default()
}

fn ebs_at(ms: u64, effect: EffectId, policy: &EbsPolicy) -> ebs::Context<'_> {
    ebs::Context { now: at(ms), effect, policy }
}

fn polardb_at(ms: u64, effect: EffectId, policy: &PolarDbPolicy) -> polardb::Context<'_> {
    polardb::Context { now: at(ms), effect, policy }
}

/// A resource that was changed at [`CHANGED`] and took [`TAKEN`] takes no plan that goes behind either. `$plan` makes one that asks
/// for an effect, at a time and under an id.
macro_rules! goes_not_back {
    ($resource:expr, $plan:expr, $apply:expr) => {
        let resource = $resource;
        let why = |ms, effect| {
            let (mut own, plan) = (resource.clone(), $plan(&resource, ms, effect));
            let applied = $apply(&mut own, plan);
            assert!(applied.is_ok() || own == resource, "a plan that is not applied changes nothing");
            applied.err().map(|stale| (stale.why.clone(), stale.to_string()))
        };
        let next = EffectId(TAKEN.0 + 1);
        let (taken, told) = why(CHANGED, TAKEN).expect("the id was taken");
        assert_eq!(taken, WhyStale::EffectTaken { asked: TAKEN, free: next });
        assert!(told.contains("98") && told.contains("99"), "{told}");
        assert!(matches!(why(CHANGED, EffectId(3)), Some((WhyStale::EffectTaken { .. }, _))));
        let (past, _) = why(CHANGED - 1, next).expect("the time goes back");
        assert_eq!(past, WhyStale::Past { at: at(CHANGED - 1), changed: at(CHANGED) });
        assert_eq!(why(CHANGED, next), None);
        assert_eq!(why(CHANGED + 1, EffectId(200)), None);
    };
}

/// A pair, created.
fn pair() -> ReplicaPair {
    let policy = EbsPolicy::default();
    let (source, request) = (region(SOURCE), create_request(1));
    let context = ebs_at(CHANGED - 1, TAKEN, &policy);
    let mut pair = ReplicaPair::create(context, pair_id(1), id(OWNER), &source, &request).unwrap();
    let plan = pair.decide_outcome(ebs_at(CHANGED, TAKEN, &policy), TAKEN, &DONE).unwrap();
    let _ = pair.apply(plan).unwrap();
    pair
}

#[test]
fn a_pair_takes_no_time_and_no_effect_id_that_goes_back() {
    let (policy, destination) = (EbsPolicy::default(), region(DESTINATION));
    let plan = |pair: &ReplicaPair, ms, effect| {
        pair.decide(ebs_at(ms, effect, &policy), &destination, PairRequest::Failover).unwrap()
    };
    goes_not_back!(pair(), plan, ReplicaPair::apply);
}

#[test]
fn a_group_takes_no_time_and_no_effect_id_that_goes_back() {
    let (policy, source) = (EbsPolicy::default(), region(SOURCE));
    let context = ebs_at(CHANGED - 1, TAKEN, &policy);
    let mut group =
        ReplicaGroup::create(context, id("group-1"), id(OWNER), &source, &create_group_request()).unwrap();
    let plan = group.with(&[]).unwrap().decide_outcome(ebs_at(CHANGED, TAKEN, &policy), TAKEN, &DONE);
    let _ = group.apply(plan.unwrap()).unwrap();
    let plan = |group: &ReplicaGroup, ms, effect| {
        let whole = group.with(&[]).unwrap();
        whole.decide(ebs_at(ms, effect, &policy), &source, GroupRequest::Delete, sound_disk).unwrap()
    };
    goes_not_back!(group, plan, ReplicaGroup::apply);
}

#[test]
fn a_drill_takes_no_time_and_no_effect_id_that_goes_back() {
    let policy = EbsPolicy::default();
    let fresh = FreshDrill { drill: id("drill-1"), disks: ids(&["x-1"]) };
    let (owner, pairs) = (ReplicaId::Pair(pair_id(1)), &[pair_id(1)]);
    let context = ebs_at(CHANGED - 1, TAKEN, &policy);
    let mut drill = Drill::create(context, fresh, id(OWNER), owner, pairs, Some(at(1))).unwrap();
    let plan = drill.decide_outcome(ebs_at(CHANGED, TAKEN, &policy), TAKEN, &DONE).unwrap();
    let _ = drill.apply(plan).unwrap();
    let plan = |drill: &Drill, ms, effect| drill.decide_clear(ebs_at(ms, effect, &policy)).unwrap();
    goes_not_back!(drill, plan, Drill::apply);
}

#[test]
fn a_cluster_takes_no_time_and_no_effect_id_that_goes_back() {
    let mut world = World::default();
    let _ = world.adopt(seed(&[("a", 5), ("b", 3)]));
    let (policy, mut cluster) = (PolarDbPolicy::default(), world.db().clone());
    let context = polardb_at(CHANGED, TAKEN, &policy);
    let plan = cluster.decide_nodes(context, &[id("w")], NodeChange::Up(false), at(CHANGED)).unwrap();
    let _ = cluster.apply(plan).unwrap();
    let failed = Outcome::Failed { failure: Failure::Network, message: None };
    let plan = |cluster: &DbCluster, ms, effect| {
        cluster.decide_outcome(polardb_at(ms, effect, &policy), TAKEN, &failed).unwrap()
    };
    goes_not_back!(cluster, plan, DbCluster::apply);
}

#[test]
fn a_network_takes_no_time_and_no_effect_id_that_goes_back() {
    let mut world = World::default();
    let _ = world.adopt(seed(&[("a", 5)]));
    let (policy, cluster) = (PolarDbPolicy::default(), world.db());
    let request = CreateGlobalDatabaseNetwork::new(cluster.id().clone());
    let context = polardb_at(CHANGED - 1, TAKEN, &policy);
    let mut network = GlobalDatabaseNetwork::create(context, id("gdn-1"), &request, cluster).unwrap();
    let plan = network.decide_outcome(polardb_at(CHANGED, TAKEN, &policy), TAKEN, &DONE).unwrap();
    let _ = network.apply(plan).unwrap();
    let plan = |network: &GlobalDatabaseNetwork, ms, effect| {
        network.decide_delete(polardb_at(ms, effect, &policy)).unwrap()
    };
    goes_not_back!(network, plan, GlobalDatabaseNetwork::apply);
}

/// Whoever sees to a deadline after a later report is not told that the time goes back: the cycle begins late.
#[test]
fn a_cycle_that_is_seen_to_after_a_later_report_is_of_the_time_of_that_report() {
    let mut world = World::default();
    let mut pair = world.bring_to(PairStatus::Syncing).pair(1).clone();
    let (policy, due, copy) = (EbsPolicy::default(), pair.due().unwrap(), world.pending(1));
    let late = |effect| ebs_at(due.as_millis() + 7, EffectId(effect), &policy);
    let plan = pair.decide_outcome(late(900), copy, &DONE).unwrap();
    let _ = pair.apply(plan).unwrap();
    let Some(Due::Cycle(plan)) = pair.decide_due(late(900)) else { panic!("it is due") };
    let copy = pair.apply(plan).unwrap().asked.expect("a copy begins");
    assert_eq!((copy.since, pair.due()), (late(0).now, Some(due.after(ebs::RPO))));
}

/// A group decides on all its members: those that are given are counted, told apart, and held against it.
#[test]
fn a_group_decides_on_all_its_members_and_on_nobody_else() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal);
    let members: Vec<ReplicaPair> = world.plane.pairs().cloned().collect();
    let [one, two] = &members[..] else { panic!("a group of two") };
    let group = world.group(1).group;
    let refused = |members: &[&ReplicaPair]| group.with(members).err();
    assert_eq!(refused(&[one, two]), None);
    assert_eq!(refused(&[two, one]), None);
    assert_eq!(refused(&[one]), Some(NotItsMembers::Missing { given: 1, of: 2 }));
    assert_eq!(refused(&[]), Some(NotItsMembers::Missing { given: 0, of: 2 }));
    assert_eq!(refused(&[one, one]), Some(NotItsMembers::Twice(one.id().clone())));
    let stranger = pair();
    assert_eq!(refused(&[one, two, &stranger]), Some(NotItsMembers::Stranger(stranger.id().clone())));
}

/// A group that moved without its members does not decide again.
#[test]
fn a_plan_of_a_member_that_was_not_applied_is_found_by_the_next_decision() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal);
    let mut members: Vec<ReplicaPair> = world.plane.pairs().cloned().collect();
    let mut group = world.group(1).group;
    let policy = EbsPolicy::default();
    let context = ebs::Context { now: world.plane.clock(), effect: EffectId(900), policy: &policy };
    let given: Vec<&ReplicaPair> = members.iter().collect();
    let whole = group.with(&given).unwrap();
    let plan = whole.decide(context, &region(DESTINATION), GroupRequest::Failover, sound_disk).unwrap();
    let [(_, first), (id, _dropped)] = <[_; 2]>::try_from(group.apply(plan).unwrap().members).unwrap();
    let _ = members[0].apply(first).unwrap();
    let given: Vec<&ReplicaPair> = members.iter().collect();
    let why = group.with(&given).unwrap_err();
    assert_eq!(why, NotItsMembers::Member(id.clone(), Breach::Status));
    assert_eq!(why.to_string(), format!("{id} does not fit its group: {}", Breach::Status));
}

/// Two members that leave at one time are two changes of the group, so that the last one is not overlooked.
#[test]
fn of_two_removals_that_were_decided_side_by_side_the_second_is_stale() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Stopped);
    let members: Vec<ReplicaPair> = world.plane.pairs().cloned().collect();
    let given: Vec<&ReplicaPair> = members.iter().collect();
    let mut group = world.group(1).group;
    let policy = EbsPolicy::default();
    let context = ebs::Context { now: world.plane.clock(), effect: EffectId(900), policy: &policy };
    let leaves = |pair| group.with(&given).unwrap().decide_remove(context, &region(SOURCE), pair).unwrap();
    let (one, two) = (leaves(&members[0]), leaves(&members[1]));
    let _ = group.apply(one).unwrap();
    assert!(matches!(group.apply(two).unwrap_err().why, WhyStale::DecidedOn { .. }));
    assert_eq!(group.size(), 1);
}
