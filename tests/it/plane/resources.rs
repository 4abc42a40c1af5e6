//! Pairs, groups, drills, clusters and networks without a control plane, as an embedder holds them who keeps resources in a database of their own.

use failover_model::ebs::{
    self, CreateDiskReplicaGroup, CreateDiskReplicaPair, Disk, Drill, DrillSource, DrillStatus, FreshDrill,
    GroupRequest, GroupStatus, Membership, ModifyDiskReplicaGroup, ModifyDiskReplicaPair, NotStarted,
    PairRequest, PairStatus, RPO, ReplicaGroup, ReplicaPair,
};
use failover_model::lifecycle::Due;
use failover_model::polardb::{
    self, ClusterEffect, ClusterSeed, CreateDbCluster, CreateGlobalDatabaseNetwork, DbCluster, DeleteDbNodes,
    Edition, FailoverDbCluster, FailoverDbClusterZonal, Failure, GlobalDatabaseNetwork,
    ModifyDbClusterDeletion, NetworkStatus, NodeChange, NotCreated, PolarDbRefusal, RemoveDbClusterFromGdn,
    RestartDbNodeZonal, SwitchMode, SwitchOverGlobalDatabaseNetwork,
};
use failover_model::policy::{EbsPolicy, PolarDbPolicy};
use failover_model::{DiskId, EffectId, NodeId, NotTaken, Outcome, RegionId, Timestamp, WhyStale, WrongIds};
use serde_json::{Value, json};

use crate::kit::{
    CLUSTER, DESTINATION, OWNER, SOURCE, World, at, create_cluster, create_group_request, create_request, id,
    ids, message, pair_id, seed,
};

/// E-410: the copy that begins leaves the next one due, before anybody looks again.
#[test]
fn the_copy_of_a_pair_that_is_due_leaves_the_next_one_due() {
    let mut world = World::default();
    let mut pair = world.bring_to(PairStatus::Normal).pair(1).clone();
    let due = pair.due().unwrap();
    let Some(Due::Cycle(plan)) = pair.decide_due(ebs_at(due, &EbsPolicy::default())) else {
        panic!("nothing is due")
    };
    let _ = pair.apply(plan).unwrap();
    assert_eq!(pair.due(), Some(due.after(RPO)));
}

/// G-410: the round that begins leaves the next one due, before anybody looks again.
#[test]
fn the_round_of_a_group_that_is_due_leaves_the_next_one_due() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal);
    let mut group = world.group(1).group;
    let members: Vec<&ReplicaPair> = world.plane.pairs().collect();
    let due = group.due().unwrap();
    let Some(Due::Cycle(plan)) = group.with(&members).unwrap().decide_due(ebs_at(due, &EbsPolicy::default()))
    else {
        panic!("nothing is due")
    };
    let _ = group.apply(plan).unwrap();
    assert_eq!(group.due(), Some(due.after(RPO)));
}

#[test]
fn a_group_takes_the_end_of_no_copy_but_the_one_under_way() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Syncing);
    let (group, copy) = (world.group(1).group, world.pending(1));
    let members: Vec<&ReplicaPair> = world.plane.pairs().collect();
    let done = Outcome::Succeeded;
    let policy = EbsPolicy::default();
    let context = ebs_at(world.plane.clock(), &policy);
    let whole = group.with(&members).unwrap();
    let ends = |id| whole.decide_copied(context, &pair_id(1), id, &done).is_ok();
    assert!(ends(copy));
    assert!(!ends(EffectId(copy.0 - 1)) && !ends(world.pending(2)));
}

/// P-161: the next node is found when the plan is made, which takes the id that it is offered only with an effect.
#[test]
fn a_plan_of_a_cluster_names_the_next_node_and_takes_an_id_only_with_an_effect() {
    let mut world = World::default();
    let _ = world.adopt(seed(&[("a", 5), ("b", 3)]));
    let (policy, now) = (PolarDbPolicy::default(), world.plane.clock());
    let context = |id| polardb::Context { now, effect: EffectId(id), policy: &policy };
    let mut cluster = world.db().clone();
    let down =
        |node: &str| cluster.decide_nodes(context(99), &[id(node)], NodeChange::Up(false), now).unwrap();
    let promote = |node: &str| ClusterEffect::PromoteNode(id(node));
    assert_eq!(down("b").effects(), 0);
    let plan = down("w");
    assert_eq!(plan.effects(), 1);
    let step = cluster.apply(plan).unwrap();
    assert_eq!(step.asked.map(|asked| (asked.id, asked.effect)), Some((EffectId(99), promote("a"))));
    let before = cluster.clone();
    let failed = Outcome::Failed { failure: Failure::Network, message: None };
    let plan = cluster.decide_outcome(context(100), EffectId(99), &failed).unwrap();
    assert_eq!((plan.effects(), &cluster), (1, &before));
    let step = cluster.apply(plan).unwrap();
    assert_eq!(step.asked.map(|asked| (asked.id, asked.effect)), Some((EffectId(100), promote("b"))));
    assert_eq!(step.ended, [EffectId(99)]);
}

/// A plan that does not fit gives itself back and changes nothing; what it was decided on takes it.
macro_rules! fits_only {
    ($plan:expr, $own:expr, [$($other:expr),*], $apply:expr) => {
        let (plan, own) = ($plan, $own);
        $(
            let mut other = $other;
            let before = other.clone();
            let stale = $apply(&mut other, plan.clone()).unwrap_err();
            assert_eq!((&*stale.plan, &other), (&plan, &before));
            let decided_on = (own.id().clone().into(), own.revision());
            let applied_to = (before.id().clone().into(), before.revision());
            assert_eq!(stale.why, WhyStale::DecidedOn { decided_on, applied_to });
        )*
        let mut own = own;
        let before = own.revision();
        assert!($apply(&mut own, plan.clone()).is_ok());
        assert_eq!(own.revision().get(), before.get() + 1);
        // Nor does it fit once it was applied.
        assert!($apply(&mut own, plan).is_err());
    };
}

const NEXT: EffectId = EffectId(99);

/// What a decision depends on that may ask for effects from [`NEXT`] on.
const fn ebs_at(now: Timestamp, policy: &EbsPolicy) -> ebs::Context<'_> {
    ebs::Context { now, effect: NEXT, policy }
}

/// A disk of which nothing was reported.
fn sound_disk(_: &DiskId) -> Disk {
    Disk::default()
}

fn destination() -> RegionId {
    DESTINATION.parse().unwrap()
}

/// A plan made before a pair was deleted would move it from `deleted` to `failovering`.
#[test]
fn a_plan_of_a_pair_fits_this_pair_as_it_was() {
    let policy = EbsPolicy::default();
    let (mut early, mut late) = (World::default(), World::default());
    let pair = early.bring_to(PairStatus::Created).pair(1).clone();
    let deleted = late.bring_to(PairStatus::Deleted).pair(1).clone();
    let _ = early.create(2);
    let other = early.pair(2).clone();
    let region = destination();
    let context = ebs_at(early.plane.clock(), &policy);
    let plan = pair.decide(context, &region, PairRequest::Failover).unwrap();
    fits_only!(plan, pair, [deleted, other], ReplicaPair::apply);
}

#[test]
fn a_plan_of_a_group_and_of_its_members_fits_them_as_they_were() {
    let policy = EbsPolicy::default();
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal);
    let group = world.group(1).group;
    let region = destination();
    let context = ebs_at(world.plane.clock(), &policy);
    let members: Vec<ReplicaPair> = world.plane.pairs().cloned().collect();
    let given: Vec<&ReplicaPair> = members.iter().collect();
    let whole = group.with(&given).unwrap();
    let plan = whole.decide(context, &region, GroupRequest::Failover, sound_disk).unwrap();
    let _ = world.failover_group().unwrap();
    let later = world.group(1).group;
    let own = group.clone();
    fits_only!(plan.clone(), own, [later], ReplicaGroup::apply);

    let mut group = group;
    let applied = group.apply(plan).unwrap();
    assert_eq!(applied.members.len(), members.len());
    for (member, (id, plan)) in members.iter().zip(applied.members) {
        assert_eq!(*member.id(), id);
        let later = world.plane.pair(&id).unwrap().clone();
        fits_only!(plan, member.clone(), [later], ReplicaPair::apply);
    }
}

/// The copies of the members have the ids that follow the one that the decision was offered, in the order of the members.
#[test]
fn a_plan_of_a_group_takes_an_id_for_each_copy_of_its_members() {
    let policy = EbsPolicy::default();
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Created);
    let (mut group, members) = (world.group(1).group, world.plane.pairs().cloned().collect::<Vec<_>>());
    let given: Vec<&ReplicaPair> = members.iter().collect();
    let context = ebs_at(world.plane.clock(), &policy);
    let start = GroupRequest::Start { one_shot: false };
    let plan =
        group.with(&given).unwrap().decide(context, &group.source().region, start, sound_disk).unwrap();
    assert_eq!(plan.effects(), 2);
    let applied = group.apply(plan).unwrap();
    assert!(applied.group.asked.is_none());
    let mut asked = Vec::new();
    for (mut member, (_, plan)) in members.into_iter().zip(applied.members) {
        asked.extend(member.apply(plan).unwrap().asked.map(|asked| asked.id));
    }
    assert_eq!(asked, [NEXT, EffectId(NEXT.0 + 1)]);
}

/// What makes a pair a member is part of the plan: the group, the pair, and the replication time control that it takes over.
#[test]
fn a_pair_joins_and_leaves_a_group_by_plans_alone() {
    let policy = EbsPolicy::default();
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Created);
    let _ = world.create(3);
    let _ = world.pair_succeeds(3);
    let mut pair = world.pair(3).clone();
    let mut group = world.group(1).group;
    let region = group.source().region.clone();
    let context = ebs_at(world.plane.clock(), &policy);
    let members: Vec<ReplicaPair> =
        world.plane.pairs().filter(|pair| pair.group().is_some()).cloned().collect();
    let members: Vec<&ReplicaPair> = members.iter().collect();
    assert!(pair.group().is_none());
    let plan = group.with(&members).unwrap().decide_add(context, &region, &pair).unwrap();
    let [(id, joins)] = <[_; 1]>::try_from(group.apply(plan).unwrap().members).unwrap();
    assert_eq!((&id, joins.membership()), (pair.id(), Some(&Membership::Joins(group.id().clone()))));
    let _ = pair.apply(joins).unwrap();
    assert_eq!(pair.group(), Some(group.id()));
    assert_eq!(group.check_member(&pair), Ok(()));
    let all: Vec<&ReplicaPair> = members.into_iter().chain([&pair]).collect();
    assert_eq!(group.size(), 3);
    let plan = group.with(&all).unwrap().decide_remove(context, &region, &pair).unwrap();
    let [(_, leaves)] = <[_; 1]>::try_from(group.apply(plan).unwrap().members).unwrap();
    let _ = pair.apply(leaves).unwrap();
    assert_eq!((pair.group(), group.size()), (None, 2));
}

#[test]
fn a_plan_of_a_cluster_fits_this_cluster_as_it_was() {
    let mut world = World::default();
    let _ = world.adopt(seed(&[("a", 5), ("b", 3)]));
    let (policy, now) = (PolarDbPolicy::default(), world.plane.clock());
    let context = polardb::Context { now, effect: NEXT, policy: &policy };
    let cluster = world.db().clone();
    let plan = cluster.decide_nodes(context, &[id("w")], NodeChange::Up(false), now).unwrap();
    let mut later = cluster.clone();
    let priority = later.decide_nodes(context, &[id("a")], NodeChange::Up(false), now).unwrap();
    let _ = later.apply(priority).unwrap();
    let mut elsewhere = World::default();
    let _ = elsewhere.adopt(ClusterSeed { id: id("pc-elsewhere"), ..seed(&[("a", 5), ("b", 3)]) });
    let other = elsewhere.plane.clusters().next().unwrap().clone();
    fits_only!(plan, cluster, [later, other], DbCluster::apply);
}

/// What is not pending is stale, also where no effect of a cluster ends as it is said to.
#[test]
fn a_cluster_takes_no_outcome_of_another_effect() {
    let mut world = World::default();
    let _ = world.adopt(seed(&[("a", 5)]));
    let _ = world.node("w", NodeChange::Up(false));
    let (policy, now) = (PolarDbPolicy::default(), world.plane.clock());
    let context = polardb::Context { now, effect: NEXT, policy: &policy };
    let pending = world.db().failover().and_then(|failover| failover.pending()).unwrap();
    let partly = Outcome::PartlyFailed { failure: Failure::Other, failed: [pair_id(1)].into() };
    let why = |id| world.db().decide_outcome(context, id, &partly).err();
    assert_eq!(why(pending), Some(NotTaken::WrongOutcome));
    assert_eq!(why(NEXT), Some(NotTaken::Stale));
}

/// A drill of a pair that is being started by effect 98.
fn drill(name: &str, disks: &[&str]) -> Result<Drill, NotStarted> {
    let mut world = World::default();
    let pair = world.bring_to(PairStatus::Normal).pair(1);
    let fresh = FreshDrill { drill: id(name), disks: ids(disks) };
    let context = ebs::Context {
        now: pair.last_recover_point().unwrap(),
        effect: EffectId(98),
        policy: &EbsPolicy::default(),
    };
    Drill::create(context, &destination(), fresh, DrillSource::Pair(pair))
}

#[test]
fn a_plan_of_a_drill_fits_this_drill_as_it_was() {
    let (own, other) = (drill("drill-1", &["x-1"]).unwrap(), drill("drill-2", &["x-2"]).unwrap());
    let policy = EbsPolicy::default();
    let plan =
        own.decide_outcome(ebs_at(own.started_at(), &policy), EffectId(98), &Outcome::Succeeded).unwrap();
    let mut later = own.clone();
    let ended = later.apply(plan.clone()).unwrap().ended;
    assert_eq!((later.status(), ended.map(|ended| ended.id)), (DrillStatus::Executed, Some(EffectId(98))));
    fits_only!(plan, own, [later, other], Drill::apply);
}

/// A network around a cluster that is being created by effect 98.
fn network(name: &str, primary: &DbCluster) -> Result<GlobalDatabaseNetwork, PolarDbRefusal> {
    let request = CreateGlobalDatabaseNetwork::new(primary.id().clone());
    let (now, policy) = (at(2), &PolarDbPolicy::default());
    let context = polardb::Context { now, effect: EffectId(98), policy };
    GlobalDatabaseNetwork::create(context, id(name), &request, primary)
}

#[test]
fn a_plan_of_a_network_fits_this_network_as_it_was() {
    let mut world = World::default();
    let _ = world.adopt(seed(&[("a", 5)]));
    let (own, other) = (network("gdn-1", world.db()).unwrap(), network("gdn-2", world.db()).unwrap());
    let (now, policy) = (at(3), &PolarDbPolicy::default());
    let context = polardb::Context { now, effect: NEXT, policy };
    let plan = own.decide_outcome(context, EffectId(98), &Outcome::Succeeded).unwrap();
    let mut later = own.clone();
    let _ = later.apply(plan.clone()).unwrap();
    assert_eq!(later.status(), NetworkStatus::Active);
    fits_only!(plan, own, [later, other], GlobalDatabaseNetwork::apply);
}

/// A row that breaks an invariant is refused when it is read, with its id and what is wrong.
#[test]
fn a_row_that_breaks_an_invariant_is_not_loaded() {
    let mut world = World::default();
    let _ = world.adopt(seed(&[("a", 5), ("b", 3)]));
    world.bring_group_to(GroupStatus::Normal);
    let pair = serde_json::to_value(world.plane.pairs().next().unwrap()).unwrap();
    let group = serde_json::to_value(&world.group(1).group).unwrap();
    let cluster = serde_json::to_value(world.db()).unwrap();
    let broken = |row: &Value, field: &str, value: Value| {
        let mut row = row.clone();
        row[field] = value;
        row
    };
    assert!(serde_json::from_value::<ReplicaPair>(pair.clone()).is_ok());
    let why =
        serde_json::from_value::<ReplicaPair>(broken(&pair, "status", json!("failovered"))).unwrap_err();
    assert_eq!(why.to_string(), "pair-1: it disagrees with itself on whether its secondary disk is writable");
    assert!(serde_json::from_value::<ReplicaGroup>(group.clone()).is_ok());
    let why =
        serde_json::from_value::<ReplicaGroup>(broken(&group, "status", json!("stopping"))).unwrap_err();
    assert_eq!(why.to_string(), "group-1: its pending effect does not fit its status");
    assert!(serde_json::from_value::<DbCluster>(cluster.clone()).is_ok());
    let mut none = cluster.clone();
    none["nodes"].as_array_mut().unwrap().retain(|node| node["role"] != "Writer");
    let why = serde_json::from_value::<DbCluster>(none).unwrap_err();
    assert_eq!(why.to_string(), format!("{CLUSTER}: it does not have exactly one writer"));
    let drill = serde_json::to_value(drill("drill-1", &["x-1"]).unwrap()).unwrap();
    assert!(serde_json::from_value::<Drill>(drill.clone()).is_ok());
    let why = serde_json::from_value::<Drill>(broken(&drill, "status", json!("executed"))).unwrap_err();
    assert_eq!(why.to_string(), "drill-1: its pending effect does not fit its status");
    let network = serde_json::to_value(network("gdn-1", world.db()).unwrap()).unwrap();
    assert!(serde_json::from_value::<GlobalDatabaseNetwork>(network.clone()).is_ok());
    let joined = json!([{ "cluster": "pc-2", "replicates": true }]);
    let network = broken(&network, "secondaries", joined);
    let why = serde_json::from_value::<GlobalDatabaseNetwork>(network).unwrap_err();
    assert_eq!(why.to_string(), "gdn-1: its pending effect does not fit its status");
}

/// What no control plane would create, no resource is made of either.
#[test]
fn creation_is_decided_without_a_control_plane_too() {
    let (of_ebs, of_polardb) = (EbsPolicy::default(), PolarDbPolicy::default());
    let region: RegionId = SOURCE.parse().unwrap();
    let context = ebs_at(at(0), &of_ebs);
    let create = |request: &CreateDiskReplicaPair| {
        ReplicaPair::create(context, id("pair-9"), id(OWNER), &region, request).map(|pair| pair.status())
    };
    let request = create_request(1);
    assert_eq!(create(&request), Ok(PairStatus::Creating));
    let disk = request.source_disk.clone();
    let itself = with!(request, destination_disk = disk);
    assert_eq!(create(&itself).unwrap_err().rule().to_string(), "E-011");

    let request = create_group_request();
    let create = |request: &CreateDiskReplicaGroup| {
        ReplicaGroup::create(context, id("pg-9"), id(OWNER), &region, request).map(|group| group.own_status())
    };
    assert_eq!(create(&request), Ok(GroupStatus::Creating));
    let (destination_region, destination_zone) = (region.clone(), request.source_zone.clone());
    let itself = with!(request, destination_region = destination_region, destination_zone = destination_zone);
    assert_eq!(create(&itself).unwrap_err().rule().to_string(), "E-011");

    let request = create_cluster(Edition::Normal, 2);
    let zone = request.zone.clone().unwrap_or_else(|| id(&format!("{SOURCE}-a")));
    let context = polardb::Context { now: at(0), effect: NEXT, policy: &of_polardb };
    let create = |request: &CreateDbCluster, nodes: &[NodeId]| {
        DbCluster::create(context, (id("pc-9"), nodes), id(OWNER), (&region, &zone), request)
    };
    let cluster = create(&request, &[id("w"), id("r")]).unwrap();
    assert_eq!(cluster.writer().map(|node| node.id.as_str()), Some("w"));
    for nodes in [&[][..], &[id("w")], &[id("w"), id("w")], &[id("w"), id("r"), id("s")]] {
        assert_eq!(create(&request, nodes), Err(NotCreated::WrongIds(WrongIds)));
    }
    let none = request.node_number(0);
    assert!(matches!(create(&none, &[]), Err(NotCreated::Refused(_))));

    // The cluster is still being created.
    assert_eq!(network("gdn-9", &cluster).unwrap_err().rule().to_string(), "P-403");
    for disks in [&[][..], &["x-1", "x-2"], &["x-1", "x-1"]] {
        assert_eq!(drill("drill-9", disks), Err(NotStarted::WrongIds(WrongIds)), "{disks:?}");
    }
    // A disk of the pair itself is none of a drill's.
    assert_eq!(drill("drill-9", &["s-1"]), Err(NotStarted::WrongIds(WrongIds)));
}

/// A request says which cluster it is about, and no other one takes it.
#[test]
fn a_cluster_takes_no_request_that_names_another() {
    let mut world = World::default();
    let _ = world.adopt(seed(&[("a", 5)]));
    let policy = PolarDbPolicy::default();
    let context = polardb::Context { now: world.plane.clock(), effect: NEXT, policy: &policy };
    let cluster = world.db();
    assert!(cluster.decide_failover(context, &FailoverDbCluster::new(id(CLUSTER))).is_ok());
    let other = FailoverDbCluster::new(id("pc-other"));
    let refused = [
        cluster.decide_failover(context, &other),
        cluster.decide_failover_zonal(context, &FailoverDbClusterZonal(other)),
        cluster.decide_lock(context, &ModifyDbClusterDeletion::new(id("pc-other"), true)),
        cluster.decide_restart_zonal(context, &RestartDbNodeZonal::new(id("pc-other"), id("a"))),
        cluster.decide_delete_nodes(context, &DeleteDbNodes::new(id("pc-other"), ids(&["a"]))),
    ];
    for refused in refused {
        assert_eq!(refused.unwrap_err().rule().as_str(), "P-100");
    }
    let request = CreateGlobalDatabaseNetwork::new(id("pc-other"));
    let network = GlobalDatabaseNetwork::create(context, id("gdn-1"), &request, cluster);
    assert_eq!(network.unwrap_err().rule().as_str(), "P-100");
}

/// A network decides on its own clusters.
#[test]
fn a_network_takes_no_cluster_that_is_not_in_it() {
    let mut world = World::default();
    let _ = world.adopt(seed(&[("a", 5)]));
    let mut network = network("gdn-1", world.db()).unwrap();
    let policy = PolarDbPolicy::default();
    let context = polardb::Context { now: at(3), effect: NEXT, policy: &policy };
    let plan = network.decide_outcome(context, EffectId(98), &Outcome::Succeeded).unwrap();
    let _ = network.apply(plan).unwrap();
    let plan = network.decide_joined(context, id("pc-2")).unwrap();
    let _ = network.apply(plan).unwrap();
    assert!(network.decide_joined(context, id("pc-2")).is_none());
    assert!(network.decide_member_gone(context, &id("pc-stranger")).is_none());
    let stranger = ClusterSeed { id: id("pc-stranger"), ..seed(&[("x", 5)]) };
    let mut elsewhere = World::default();
    let _ = elsewhere.adopt(stranger);
    let stranger = elsewhere.plane.clusters().next().unwrap();
    let secondary = ClusterSeed { id: id("pc-2"), ..seed(&[("y", 5)]) };
    let mut there = World::default();
    let _ = there.adopt(secondary);
    let secondary = there.plane.clusters().next().unwrap();
    let remove = RemoveDbClusterFromGdn::new(network.id().clone(), stranger.id().clone());
    assert_eq!(network.decide_remove(context, &remove, stranger).unwrap_err().rule().as_str(), "P-422");
    let remove = RemoveDbClusterFromGdn::new(network.id().clone(), id("pc-2"));
    assert!(network.decide_remove(context, &remove, secondary).is_ok());
    assert_eq!(network.decide_remove(context, &remove, stranger).unwrap_err().rule().as_str(), "P-100");
    let elsewhere = RemoveDbClusterFromGdn::new(id("gdn-2"), id("pc-2"));
    assert_eq!(network.decide_remove(context, &elsewhere, secondary).unwrap_err().rule().as_str(), "P-460");
    let elsewhere = SwitchOverGlobalDatabaseNetwork::new(id("gdn-2"));
    assert_eq!(network.switch_target(&elsewhere).unwrap_err().rule().as_str(), "P-460");
    let switch =
        |primary: &DbCluster| network.decide_switch_over(context, SwitchMode::Planned, primary, secondary);
    assert!(switch(world.db()).is_ok());
    assert_eq!(switch(stranger).unwrap_err().rule().as_str(), "P-422");
    assert_eq!(switch(secondary).unwrap_err().rule().as_str(), "P-442");
    let to_stranger = network.decide_switch_over(context, SwitchMode::Planned, world.db(), stranger);
    assert_eq!(to_stranger.unwrap_err().rule().as_str(), "P-422");
}

/// A change of settings says whose they are.
#[test]
fn a_pair_and_a_group_take_no_change_that_names_another() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Created);
    let policy = EbsPolicy::default();
    let context = ebs_at(world.plane.clock(), &policy);
    let (region, group) = (SOURCE.parse().unwrap(), world.group(1).group);
    let members: Vec<&ReplicaPair> = world.plane.pairs().collect();
    let pair = members[0];
    let of_pair = |named| {
        let change = ModifyDiskReplicaPair::new(named);
        pair.decide(context, &region, PairRequest::Modify(&change)).map_err(|refused| refused.rule())
    };
    assert!(of_pair(pair.id().clone()).is_ok());
    assert_eq!(of_pair(id("pair-other")).unwrap_err().as_str(), "E-610");
    let of_group = |named| {
        let change = ModifyDiskReplicaGroup::new(named);
        let whole = group.with(&members).unwrap();
        whole
            .decide(context, &region, GroupRequest::Modify(&change), sound_disk)
            .map_err(|refused| refused.rule())
    };
    assert!(of_group(group.id().clone()).is_ok());
    assert_eq!(of_group(id("pg-other")).unwrap_err().as_str(), "G-610");
}

/// The copy of a member ends for its group.
#[test]
fn a_member_takes_no_report_by_itself() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Syncing);
    let policy = EbsPolicy::default();
    let context = ebs_at(world.plane.clock(), &policy);
    let member = world.plane.pairs().next().unwrap();
    let copy = member.pending().unwrap().id;
    assert_eq!(member.decide_outcome(context, copy, &Outcome::Succeeded), Err(NotTaken::Grouped));
    assert_eq!(member.decide_invalidated(context, message("DeviceRemoved")), Err(NotTaken::Grouped));
}

/// A cluster of two nodes with one id, and a group between one zone, are not read either.
#[test]
fn what_create_refuses_is_not_loaded() {
    let mut world = World::default();
    let _ = world.adopt(seed(&[("a", 5), ("b", 3)]));
    world.bring_group_to(GroupStatus::Created);
    let row = serde_json::to_string(world.db()).unwrap();
    let why = serde_json::from_str::<DbCluster>(&row.replacen("\"b\"", "\"a\"", 1)).unwrap_err();
    assert!(why.to_string().contains("it has two nodes of one id"), "{why}");
    let group = world.group(1).group;
    let mut row = serde_json::to_value(&group).unwrap();
    row["standby"]["zone"] = row["primary"]["zone"].clone();
    let why = serde_json::from_value::<ReplicaGroup>(row).unwrap_err();
    assert!(why.to_string().contains("both its ends are in one place"), "{why}");
}
