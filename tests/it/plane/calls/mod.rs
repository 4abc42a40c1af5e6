//! What holds of every call whatever it asks: the token before the resource, the clock, fresh ids, effects, readings.

#![allow(unused_must_use, reason = "a fixture's steps are not carried out by anybody")]

mod clock;
mod creating;
mod effects;
mod readings;
mod retries;
mod tokens;

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::{NonZeroU64, NonZeroUsize};

use failover_model::ebs::{
    DeleteDiskReplicaPair, DescribeDiskReplicaPairs, DiskChange, FailoverDiskReplicaGroup,
    FailoverDiskReplicaPair, GroupStatus, PairCreated, PairStatus as S, StartDiskReplicaPair, StartPairDrill,
    StopDiskReplicaPair,
};
use failover_model::polardb::{
    CreateDbNodes, DeleteDbCluster, FailoverDbClusterZonal, ModifyDbNodeClass, ModifyDbNodeConfig,
    ModifyDbNodeHotReplicaMode, ModifyDbNodesClass, ModifyType, NewNode, NodeKind, NodeTarget,
};
use failover_model::policy::{
    PairFailover, RejectionPolicy, StartWhileReplicating, TokenAlphabet, TokenScope,
};
use failover_model::token::{Lifetime, Overflow};
use failover_model::{
    AccountId, Call, ControlPlane, DeadlineKind, EffectId, Fresh, Misuse, Observation, Operation, OrderId,
    Outcome, Policy, Refusal, Report, Request, ResourceId, Response,
};
use failover_model::{Fact, FreshCluster, FreshNodes, Output};
use proptest::prelude::*;

use crate::kit::{
    self, CLUSTER, DESTINATION, OWNER, SOURCE, START, World, at, at_status, create_request, failover_request,
    id, pair_id, priority,
};

fn failover(pair: u32) -> Request {
    FailoverDiskReplicaPair::new(pair_id(pair)).into()
}

fn stop(pair: u32) -> Request {
    StopDiskReplicaPair::new(pair_id(pair)).into()
}

fn fresh(pair: u32) -> Fresh {
    Fresh::Pair(PairCreated { pair: pair_id(pair), order: id("o-1") })
}

/// The owner's call under a token, in the destination's region.
#[track_caller]
fn under(world: &mut World, token: &str, request: Request) -> Output {
    world.apply(OWNER, DESTINATION, Some(token), request, Fresh::None).unwrap()
}

fn refusal(output: Output) -> &'static str {
    output.result.unwrap().unwrap_err().rule().as_str()
}

fn accepted(output: &Output) -> bool {
    matches!(output.result, Some(Ok(_)))
}

/// Every operation as a request, of things that do not exist.
#[test]
fn every_operation_is_refused_or_empty_on_an_empty_plane() {
    let requests: Vec<Request> = vec![
        StartDiskReplicaPair::new(pair_id(1)).one_shot(true).into(),
        stop(1),
        failover(1),
        failover_model::ebs::ReprotectDiskReplicaPair::new(pair_id(1)).reverse_replicate(true).into(),
        DeleteDiskReplicaPair::new(pair_id(1)).into(),
        DescribeDiskReplicaPairs::default().into(),
        DeleteDbCluster::new(id(CLUSTER)).into(),
        ModifyDbNodeConfig::new(id(CLUSTER), id("a"), priority(1)).into(),
        failover_request(None).into(),
        failover_model::polardb::DescribeDbClusters::default().into(),
        failover_model::polardb::DescribeDbClusterAttribute::new(id(CLUSTER)).into(),
        failover_model::polardb::DescribeDbClusterEndpoints::new(id(CLUSTER)).into(),
        failover_model::polardb::DescribeHaLogs::new(id(CLUSTER)).page_number(1).page_size(10).into(),
    ];
    let mut world = World::default();
    for request in requests {
        let operation = request.operation();
        let output = world.apply(OWNER, SOURCE, None, request, Fresh::None).unwrap();
        match output.result.unwrap() {
            Err(Refusal::Ebs(refusal)) => {
                assert_eq!((refusal.rule().as_str(), refusal.operation), ("E-610", operation));
            }
            Err(Refusal::PolarDb(refusal)) => {
                assert_eq!((refusal.rule().as_str(), refusal.operation), ("P-100", operation));
            }
            Ok(Response::PairPage(page)) => assert_eq!((page.total, page.pairs.len()), (0, 0)),
            Ok(Response::ClusterPage(page)) => assert_eq!((page.total, page.clusters.len()), (0, 0)),
            Ok(other) => panic!("{other:?}"),
        }
    }
}

proptest! {
    #![proptest_config(suite!("control_plane", 64))]

    /// Whatever was asked under a token, asking the very same again does nothing and answers the same.
    #[test]
    fn any_accepted_call_under_a_token_replays(
        status in prop::sample::select(S::ALL),
        which in 0_u8..6,
        later in 0_u64..86_400_000,
    ) {
        let mut world = at_status(status);
        world.later(500_000);
        let request: Request = match which {
            0 => StartDiskReplicaPair::new(pair_id(1)).into(),
            1 => StartDiskReplicaPair::new(pair_id(1)).one_shot(true).into(),
            2 => stop(1),
            3 => failover(1),
            4 => failover_model::ebs::ReprotectDiskReplicaPair::new(pair_id(1)).reverse_replicate(false).into(),
            _ => DeleteDiskReplicaPair::new(pair_id(1)).into(),
        };
        let region = if which == 5 { SOURCE } else { DESTINATION };
        let first = world.apply(OWNER, region, Some("t"), request.clone(), Fresh::None).unwrap();
        prop_assert!(!first.replayed);
        let good = accepted(&first);
        world.later(later);
        let second = world.apply(OWNER, region, Some("t"), request, Fresh::None).unwrap();
        prop_assert_eq!(second.replayed, good);
        if good {
            prop_assert_eq!(first.result, second.result);
        }
    }
}

#[test]
fn forgetting_an_account_leaves_what_others_have_as_it_is() {
    let mut world = World::default();
    let other = || -> AccountId { id("2002") };
    for account in [id(OWNER), other()] {
        let change = DiskChange::Removed;
        world.observe(Observation::Disk { account, disk: id("s-9"), change });
    }
    world.plane.forget_account(&id(OWNER));
    world.plane.check().unwrap();
    assert!(world.plane.disk(&other(), &id("s-9")).removed);
    assert!(!world.plane.disk(&id(OWNER), &id("s-9")).removed);
}

/// A set of states that were visited tells them apart by their hash.
#[test]
fn states_that_differ_hash_differently_and_equal_ones_alike() {
    let hash = |plane: &ControlPlane| {
        let mut hasher = DefaultHasher::new();
        plane.hash(&mut hasher);
        hasher.finish()
    };
    let mut later = World::default();
    kit::look(&mut later.plane, at(1));
    let mut with_cluster = World::default();
    with_cluster.cluster(&[("a", 1)]);
    let strict = World::with(|policy| policy.ebs.pair_failover = PairFailover::GroupAllowlist);
    let worlds = [World::default(), later, with_cluster, strict, at_status(S::Created), at_status(S::Normal)];
    let hashes: BTreeSet<u64> = worlds.iter().map(|world| hash(&world.plane)).collect();
    assert_eq!(hashes.len(), worlds.len());
    assert_eq!(hash(&at_status(S::Normal).plane), hash(&worlds[5].plane));
}

#[test]
fn two_planes_that_were_told_the_same_are_equal() {
    let run = || {
        let mut world = at_status(S::Failedover);
        world.cluster(&[("a", 5), ("b", 5)]);
        world.fail_over(None).unwrap();
        world.plane
    };
    let (one, two) = (run(), run());
    assert_eq!(one, two);
    assert_ne!(one, ControlPlane::new(Policy::default()));
}

/// A method named after an operation makes the call of its request, with ids for what it makes.
#[test]
fn a_method_is_the_call_of_its_request() {
    let mut world = World::default();
    world.cluster(&[("a", 1)]);
    let (cluster, order) = (|| id(CLUSTER), || -> OrderId { id("o-9") });
    let call = Call { now: at(world.now), account: id(OWNER), region: id(SOURCE), token: None };
    let class = || id("polar.mysql.x8.large");
    let zonal = FailoverDbClusterZonal(failover_request(Some("a")));
    let all = ModifyDbNodeClass::new(cluster(), ModifyType::Upgrade, class());
    let some = ModifyDbNodesClass::new(
        cluster(),
        ModifyType::Upgrade,
        ["w", "a"].map(|node| NodeTarget::new(id(node), class())).into(),
    );
    let hot = ModifyDbNodeHotReplicaMode::new(cluster(), id("a"), true);
    let plane = world.plane;
    let by_request = |request: Request, fresh: Fresh| {
        let mut plane = plane.clone();
        let output = plane.call_any(&call, &request, &fresh).unwrap();
        assert!(accepted(&output), "{output:?}");
        (plane, output)
    };
    let mut made = plane.clone();
    let reply = made.failover_db_cluster_zonal(&call, &zonal);
    assert_eq!((made, reply.into()), by_request(zonal.into(), Fresh::None));
    let mut made = plane.clone();
    let reply = made.modify_db_node_class(&call, &all, order()).unwrap();
    assert_eq!((made, reply.into()), by_request(all.into(), Fresh::Order(order())));
    let mut made = plane.clone();
    let reply = made.modify_db_nodes_class(&call, &some, order()).unwrap();
    assert_eq!((made, reply.into()), by_request(some.into(), Fresh::Order(order())));
    let mut made = plane.clone();
    let reply = made.modify_db_node_hot_replica_mode(&call, &hot, order()).unwrap();
    assert_eq!((made, reply.into()), by_request(hot.into(), Fresh::Order(order())));
}
