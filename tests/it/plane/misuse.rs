//! What an embedder who keeps resources in a database of their own can do wrong, and what stops it.

use failover_model::ebs::{
    self, Disk, Drill, DrillSource, FreshDrill, GroupRequest, GroupStatus, NotItsMembers, NotStarted,
    PairRequest, PairStatus, ReplicaGroup, ReplicaPair,
};
use failover_model::lifecycle::Due;
use failover_model::polardb::{
    self, ClusterSeed, CreateDbNodes, CreateGlobalDatabaseNetwork, DbCluster, Failure, GlobalDatabaseNetwork,
    NewNode, NodeChange, NotCreated,
};
use failover_model::policy::{DrillWithoutRecoverPoint, EbsPolicy, PolarDbPolicy};
use failover_model::{Breach, DiskId, EffectId, Outcome, RegionId, Span, WhyStale, WrongIds};

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

/// A group of two in a status, apart from its control plane, and its members.
fn grouped(status: GroupStatus) -> (World, ReplicaGroup, Vec<ReplicaPair>) {
    let mut world = World::default();
    world.bring_group_to(status);
    let (group, members) = (world.group(1).group, world.plane.pairs().cloned().collect());
    (world, group, members)
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
    let mut world = World::default();
    let pair = world.bring_to(PairStatus::Normal).pair(1);
    let fresh = FreshDrill { drill: id("drill-1"), disks: ids(&["x-1"]) };
    let context = ebs_at(CHANGED - 1, TAKEN, &policy);
    let mut drill = Drill::create(context, &region(DESTINATION), fresh, DrillSource::Pair(pair)).unwrap();
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
    let (_, group, members) = grouped(GroupStatus::Normal);
    let [one, two] = &members[..] else { panic!("a group of two") };
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
    let (world, mut group, mut members) = grouped(GroupStatus::Normal);
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
    let said = why.to_string();
    assert!(said.contains(id.as_str()) && said.contains("was the plan applied"), "{said}");
}

/// The end of a copy is a plan of its member too, and so is what the group's own row is left without.
#[test]
fn a_group_finds_out_which_of_its_plans_were_not_applied() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Syncing);
    let members: Vec<ReplicaPair> = world.plane.pairs().cloned().collect();
    let given: Vec<&ReplicaPair> = members.iter().collect();
    let policy = EbsPolicy::default();
    let context = ebs::Context { now: world.plane.clock(), effect: EffectId(900), policy: &policy };
    let before = world.group(1).group;
    let mut group = before.clone();
    let whole = before.with(&given).unwrap();
    let plan = whole.decide_copied(context, &pair_id(1), world.pending(1), &DONE).unwrap();
    let [(_, own)] = <[_; 1]>::try_from(group.apply(plan).unwrap().members).unwrap();
    // The member still copies, as far as it knows.
    assert_eq!(group.with(&given).err(), Some(NotItsMembers::Group(Breach::Plans)));
    let mut first = members[0].clone();
    let _ = first.apply(own).unwrap();
    let given = [&first, &members[1]];
    assert!(group.with(&given).is_ok());
    // The row of the group was not stored.
    assert_eq!(before.with(&given).err(), Some(NotItsMembers::Group(Breach::Plans)));
}

/// What is gone and was kept takes no plan, and is not read.
#[test]
fn what_is_gone_takes_nothing_more() {
    let mut world = World::default();
    let _ = world.adopt(seed(&[("a", 5)]));
    let policy = PolarDbPolicy::default();
    let at = |ms| polardb_at(START + ms, EffectId(900), &policy);
    let (mut cluster, next) = (world.db().clone(), world.db().clone());
    let plan = cluster.decide_removed(at(1));
    assert!(cluster.apply(plan).unwrap().gone);
    let plan = cluster.decide_nodes(at(2), &[id("w")], NodeChange::Up(false), at(2).now).unwrap();
    assert_eq!(cluster.apply(plan).unwrap_err().why, WhyStale::Gone(cluster.id().clone().into()));
    let row =
        |cluster: &DbCluster| serde_json::from_value::<DbCluster>(serde_json::to_value(cluster).unwrap());
    assert!(row(&next).is_ok());
    assert!(row(&cluster).unwrap_err().to_string().contains("it is gone"));
}

/// Two members that leave at one time are two changes of the group, so that the last one is not overlooked.
#[test]
fn of_two_removals_that_were_decided_side_by_side_the_second_is_stale() {
    let (world, mut group, members) = grouped(GroupStatus::Stopped);
    let given: Vec<&ReplicaPair> = members.iter().collect();
    let policy = EbsPolicy::default();
    let context = ebs::Context { now: world.plane.clock(), effect: EffectId(900), policy: &policy };
    let leaves = |pair| group.with(&given).unwrap().decide_remove(context, &region(SOURCE), pair).unwrap();
    let (one, two) = (leaves(&members[0]), leaves(&members[1]));
    let _ = group.apply(one).unwrap();
    assert!(matches!(group.apply(two).unwrap_err().why, WhyStale::DecidedOn { .. }));
    assert_eq!(group.size(), 1);
}

/// A plan belongs to the history that it was decided in: that of a transaction which was rolled back has the same revisions.
#[test]
fn a_plan_of_a_transaction_that_was_rolled_back_is_stale() {
    let (policy, destination) = (EbsPolicy::default(), region(DESTINATION));
    let mut row = pair();
    let mut rolled_back = row.clone();
    let fails_over = |pair: &ReplicaPair, ms, effect| {
        pair.decide(ebs_at(ms, effect, &policy), &destination, PairRequest::Failover).unwrap()
    };
    let _ = rolled_back.apply(fails_over(&rolled_back, CHANGED, EffectId(100))).unwrap();
    let kept =
        rolled_back.decide_outcome(ebs_at(CHANGED, EffectId(102), &policy), EffectId(100), &DONE).unwrap();
    let _ = row.apply(fails_over(&row, CHANGED, EffectId(101))).unwrap();
    assert_eq!(row.revision(), rolled_back.revision());
    assert!(matches!(row.apply(kept).unwrap_err().why, WhyStale::DecidedOn { .. }));
}

/// The ends of the last two copies of a round, decided side by side, would leave it without an end.
#[test]
fn of_two_ends_of_copies_that_were_decided_side_by_side_the_second_is_stale() {
    let (world, mut group, members) = grouped(GroupStatus::Syncing);
    let given: Vec<&ReplicaPair> = members.iter().collect();
    let policy = EbsPolicy::default();
    let context = ebs::Context { now: world.plane.clock(), effect: EffectId(900), policy: &policy };
    let ends = |number| {
        let whole = group.with(&given).unwrap();
        whole.decide_copied(context, &pair_id(number), world.pending(number), &DONE).unwrap()
    };
    let (one, two) = (ends(1), ends(2));
    let before = group.revision();
    let _ = group.apply(one).unwrap();
    assert_ne!(group.revision(), before, "an optimistic lock on the row of the group sees it too");
    assert!(matches!(group.apply(two).unwrap_err().why, WhyStale::DecidedOn { .. }));
}

/// The copies of its members have ids of the group's plan, none of which it is offered again.
#[test]
fn a_group_takes_no_effect_id_that_a_copy_of_its_members_has() {
    let (world, mut group, mut members) = grouped(GroupStatus::Stopped);
    let policy = EbsPolicy::default();
    let at = |effect| ebs::Context { now: world.plane.clock(), effect: EffectId(effect), policy: &policy };
    let decide = |group: &ReplicaGroup, members: &[ReplicaPair], from: &str, effect, request| {
        let given: Vec<&ReplicaPair> = members.iter().collect();
        group.with(&given).unwrap().decide(at(effect), &region(from), request, sound_disk).unwrap()
    };
    let plan = decide(&group, &members, SOURCE, 900, GroupRequest::Start { one_shot: false });
    assert_eq!(plan.effects(), 2);
    for (member, (_, plan)) in members.iter_mut().zip(group.apply(plan).unwrap().members) {
        let _ = member.apply(plan).unwrap();
    }
    let fails_over = |effect| decide(&group, &members, DESTINATION, effect, GroupRequest::Failover);
    let (late, next) = (fails_over(901), fails_over(902));
    let taken = group.clone().apply(late).unwrap_err().why;
    assert_eq!(taken, WhyStale::EffectTaken { asked: EffectId(901), free: EffectId(902) });
    assert!(group.apply(next).is_ok());
}

/// A pair joins a group of its own account.
#[test]
fn a_group_takes_no_pair_of_another_account() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Created);
    let members: Vec<&ReplicaPair> = world.plane.pairs().collect();
    let policy = EbsPolicy::default();
    let context = ebs::Context { now: world.plane.clock(), effect: EffectId(900), policy: &policy };
    let (source, request) = (region(SOURCE), create_request(9));
    let group = world.group(1).group;
    let adds = |account: &str| {
        let mut pair = ReplicaPair::create(context, pair_id(9), id(account), &source, &request).unwrap();
        let at = ebs::Context { effect: EffectId(901), ..context };
        let plan = pair.decide_outcome(at, EffectId(900), &DONE).unwrap();
        let _ = pair.apply(plan).unwrap();
        group.with(&members).unwrap().decide_add(context, &source, &pair).map_err(|refused| refused.rule())
    };
    assert!(adds(OWNER).is_ok());
    assert_eq!(adds("9999").unwrap_err().as_str(), "E-610");
}

/// A drill is one of all members, at the destination, of a pair or group that is there, with a recover point if policy asks for one.
#[test]
fn a_drill_is_decided_on_what_it_clones() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal);
    let members: Vec<&ReplicaPair> = world.plane.pairs().collect();
    let group = world.group(1).group;
    let source = DrillSource::Group(group.with(&members).unwrap());
    let policy = EbsPolicy::default();
    let strict =
        EbsPolicy { drill_without_recover_point: DrillWithoutRecoverPoint::Refuse, ..EbsPolicy::default() };
    let context = |policy| ebs::Context { now: world.plane.clock(), effect: EffectId(900), policy };
    let start = |at: &str, disks: &[&str], policy, source| {
        let fresh = FreshDrill { drill: id("drill-1"), disks: ids(disks) };
        Drill::create(context(policy), &region(at), fresh, source)
    };
    let drill = start(DESTINATION, &["x-1", "x-2"], &strict, source).unwrap();
    assert_eq!(drill.recover_point(), members[0].last_recover_point());
    assert_eq!(drill.disks().iter().map(|disk| &disk.pair).collect::<Vec<_>>(), [&pair_id(1), &pair_id(2)]);
    for disks in [&[][..], &["x-1"], &["x-1", "x-1"], &["x-1", "s-2"], &["x-1", "x-2", "x-3"]] {
        assert_eq!(
            start(DESTINATION, disks, &policy, source),
            Err(NotStarted::WrongIds(WrongIds)),
            "{disks:?}"
        );
    }
    let refused = |at, policy, source| match start(at, &["x-1"], policy, source) {
        Err(NotStarted::Refused(refused)) => refused.rule().to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(SOURCE, &policy, source), "D-621");
    assert_eq!(refused("cn-hangzhou", &policy, source), "D-620");
    let (created, mut deleted) = (pair(), World::default());
    assert_eq!(refused(DESTINATION, &strict, DrillSource::Pair(&created)), "D-633");
    let deleted = deleted.bring_to(PairStatus::Deleted).pair(1);
    assert_eq!(refused(DESTINATION, &policy, DrillSource::Pair(deleted)), "D-113");
}

/// Nodes get an id of their own each, that the cluster does not have.
#[test]
fn a_cluster_takes_as_many_new_nodes_as_were_asked_for() {
    let mut world = World::default();
    let _ = world.adopt(seed(&[("a", 5)]));
    let policy = PolarDbPolicy::default();
    let context = polardb::Context { now: world.plane.clock(), effect: EffectId(900), policy: &policy };
    let class = world.db().nodes()[0].class.clone();
    let node = NewNode::default().class(class);
    let request = CreateDbNodes::new(world.db().id().clone(), vec![node.clone(), node]);
    let create = |nodes: &[&str]| world.db().decide_create_nodes(context, &request, &ids(nodes));
    assert!(create(&["e", "f"]).is_ok());
    for nodes in [&[][..], &["e"], &["e", "e"], &["e", "a"], &["e", "f", "g"], &["e", "f", "e"]] {
        assert_eq!(create(nodes), Err(NotCreated::WrongIds(WrongIds)), "{nodes:?}");
    }
}

/// A network has four secondaries, and they are made beside its own primary.
#[test]
fn a_network_takes_no_fifth_secondary_and_no_other_primary() {
    let mut world = World::default();
    let _ = world.adopt(seed(&[("a", 5)]));
    let policy = PolarDbPolicy::default();
    let context = polardb_at(CHANGED, TAKEN, &policy);
    let request = CreateGlobalDatabaseNetwork::new(world.db().id().clone());
    let mut network = GlobalDatabaseNetwork::create(context, id("gdn-1"), &request, world.db()).unwrap();
    let plan = network.decide_outcome(context, TAKEN, &DONE).unwrap();
    let _ = network.apply(plan).unwrap();
    let secondary = (world.db().engine(), world.db().version());
    assert!(network.check_joins(world.db(), secondary).is_ok());
    for number in 2..=5 {
        let plan = network.decide_joined(context, id(&format!("pc-{number}"))).unwrap();
        let _ = network.apply(plan).unwrap();
    }
    assert!(network.decide_joined(context, id("pc-6")).is_none());
    for (name, rule) in [("pc-2", "P-411"), ("pc-9", "P-422")] {
        let mut elsewhere = World::default();
        let _ = elsewhere.adopt(ClusterSeed { id: id(name), ..seed(&[("b", 5)]) });
        assert_eq!(
            network
                .check_joins(elsewhere.plane.clusters().next().unwrap(), secondary)
                .unwrap_err()
                .rule()
                .as_str(),
            rule
        );
    }
}

/// What was measured too long ago is not taken, and nothing was measured later than now.
#[test]
fn a_cluster_takes_no_measurement_that_is_too_old() {
    let mut world = World::default();
    let _ = world.adopt(seed(&[("a", 5)]));
    let policy = PolarDbPolicy { sight_delay: Span::from_millis(10), ..PolarDbPolicy::default() };
    let context = polardb_at(CHANGED + 100, TAKEN, &policy);
    let down = |measured| world.db().decide_nodes(context, &[id("w")], NodeChange::Up(false), at(measured));
    assert!(down(CHANGED + 89).is_none());
    assert!(down(CHANGED + 90).is_some());
    assert_eq!(down(CHANGED + 500), down(CHANGED + 100));
}
