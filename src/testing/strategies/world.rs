//! Small initial states.

use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;

use proptest::collection::vec;
use proptest::prelude::{Just, any};
use proptest::sample::select;
use proptest::strategy::Strategy;
use proptest::{option, prop_oneof};

use super::policy;
use crate::control_plane::ControlPlane;
use crate::ebs::group::member::shown_by;
use crate::ebs::{GroupSeed, GroupStatus, PairSeed, PairStatus};
use crate::polardb::{
    ClusterSeed, ClusterStatus, DataSyncMode, DbNode, Edition, Engine, HotStandby, NetworkSeed,
    NetworkStatus, NodeKind, PayType, Priority, Role,
};
use crate::policy::Policy;
use crate::testing::steps::{
    CallRegion, REGIONS, account, class, create_group, create_pair, id, node_id, zone,
};
use crate::text::StatusMessage;
use crate::time::Timestamp;

/// A small initial state: adopted pairs, clusters and at most one group and one network, in any status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// The policy.
    pub policy: Policy,
    /// Pairs of the first account, created in the first region.
    pub pairs: Vec<PairSeed>,
    /// A group of the first account, created in the first region; its members are among the pairs.
    pub group: Option<GroupSeed>,
    /// Clusters of the first account.
    pub clusters: Vec<ClusterSeed>,
    /// A global database network of the first account; its members are among the clusters.
    pub network: Option<NetworkSeed>,
}

impl World {
    /// A control plane at time `now` that has adopted everything here that the policy admits.
    pub fn plane(&self, now: Timestamp) -> ControlPlane {
        let mut plane = ControlPlane::new(self.policy.clone());
        let _ = plane.advance(now);
        let (account, region) = (account(0), id(REGIONS[0]));
        for pair in &self.pairs {
            let _ = plane.adopt_pair(now, &account, &region, pair.clone());
        }
        if let Some(group) = &self.group {
            let _ = plane.adopt_group(now, &account, &region, group.clone());
        }
        for cluster in &self.clusters {
            let _ = plane.adopt_cluster(now, &account, cluster.clone());
        }
        if let Some(network) = &self.network {
            let _ = plane.adopt_network(now, &account, network.clone());
        }
        plane
    }
}

/// A world of up to two pairs and up to two clusters, half of the time in a group and in a network.
pub fn world() -> impl Strategy<Value = World> {
    let pairs = (option::of(pair_seed(0)), option::of(pair_seed(1)));
    let clusters = (option::of(cluster_seed(0)), option::of(cluster_seed(1)));
    let joint = (option::of(group_seed(0)), option::of(network_status()));
    (policy(), pairs, joint, clusters).prop_map(|(policy, pairs, (group, network), clusters)| {
        let mut pairs: Vec<PairSeed> = [pairs.0, pairs.1].into_iter().flatten().collect();
        let mut group = group;
        if let Some(group) = &mut group {
            // Give the pairs the status of the group, so that they can be members.
            for pair in &mut pairs {
                pair.reversed = group.reversed;
                pair.status = PairStatus::parse(group.status.as_str()).unwrap_or(pair.status);
                pair.last_recover_point = Some(Timestamp::default());
            }
            let fits = |pair: &&PairSeed| shown_by(group.status, pair.status).is_some();
            group.members = pairs.iter().filter(fits).map(|pair| pair.id.clone()).collect();
        }
        let mut clusters: Vec<ClusterSeed> = [clusters.0, clusters.1].into_iter().flatten().collect();
        let network = network.and_then(|status| network_of(&mut clusters, status));
        World { policy, pairs, group, clusters, network }
    })
}

/// Mostly active.
fn network_status() -> impl Strategy<Value = NetworkStatus> {
    prop_oneof![4 => Just(NetworkStatus::Active), 1 => select(NetworkStatus::ALL)]
}

/// The network `gdn-0` of these clusters, if there is any. The others become like the first, and while the network is
/// created or deleted it has none of them.
fn network_of(clusters: &mut [ClusterSeed], status: NetworkStatus) -> Option<NetworkSeed> {
    let (primary, others) = clusters.split_first_mut()?;
    let alone = matches!(status, NetworkStatus::Creating | NetworkStatus::Deleting);
    for other in others.iter_mut().filter(|_| !alone) {
        (other.engine, other.version) = (primary.engine, primary.version.clone());
    }
    let secondaries = others.iter().filter(|_| !alone).map(|other| other.id.clone()).collect();
    let created_at = Timestamp::default();
    let (id, primary) = (id("gdn-0"), primary.id.clone());
    Some(NetworkSeed {
        id,
        description: None,
        resource_group: None,
        created_at,
        primary,
        secondaries,
        status,
    })
}

/// A group to adopt, in any status: `pg-N`, without members.
pub fn group_seed(number: u8) -> impl Strategy<Value = GroupSeed> {
    (select(GroupStatus::ALL), any::<bool>()).prop_map(move |(status, reversed)| GroupSeed {
        id: id(&format!("pg-{number}")),
        status,
        reversed,
        created_at: Timestamp::default(),
        request: create_group(),
        members: Vec::new(),
    })
}

/// A pair to adopt, in any status: `pair-N` between the disks `d-2N` and `d-2N+1`.
pub fn pair_seed(number: u8) -> impl Strategy<Value = PairSeed> {
    let history = (option::of(0_u64..1_000_000), any::<bool>());
    (select(PairStatus::ALL), history, any::<bool>()).prop_map(move |(status, (copied, reversed), told)| {
        let disks = (number.saturating_mul(2), number.saturating_mul(2).saturating_add(1));
        PairSeed {
            id: id(&format!("pair-{number}")),
            status,
            status_message: told.then(|| StatusMessage::parse("DeviceKeyChanged").ok()).flatten(),
            reversed,
            created_at: Timestamp::default(),
            last_recover_point: copied.map(Timestamp::from_millis),
            expires_at: None,
            request: create_pair(disks, CallRegion::Destination, None),
        }
    })
}

/// A cluster to adopt: `pc-N` with a writer and up to four readers, most of them eligible for failover.
pub fn cluster_seed(number: u8) -> impl Strategy<Value = ClusterSeed> {
    let status = prop_oneof![
        6 => Just(ClusterStatus::Running),
        1 => Just(ClusterStatus::Creating),
        1 => Just(ClusterStatus::Deleting),
        1 => Just(StatusMessage::parse("ClassChanging").map_or(ClusterStatus::Running, ClusterStatus::Busy)),
    ];
    let kinds =
        prop_oneof![6 => Just(Edition::Normal), 1 => Just(Edition::SeNormal), 1 => select(Edition::ALL)];
    let engine =
        prop_oneof![3 => Just(Engine::MySql), 1 => Just(Engine::PostgreSql), 1 => Just(Engine::Oracle)];
    let stands = prop_oneof![
        2 => Just(HotStandby::Off),
        2 => Just(HotStandby::Storage),
        1 => Just(HotStandby::Compute),
    ];
    let locks = (rarely(), rarely(), stands);
    (status, kinds, engine, locks, node(), vec(node(), 0..5)).prop_map(
        move |(status, edition, engine, (prepaid, deletion_lock, hot_standby), writer, readers)| {
            let writer = DbNode { role: Role::Writer, kind: NodeKind::Ordinary, ..writer };
            let nodes = (0_u8..).zip(core::iter::once(writer).chain(readers));
            ClusterSeed {
                id: id(&format!("pc-{number}")),
                region: id(REGIONS[0]),
                engine,
                version: Arc::from(engine.versions().first().copied().unwrap_or_default()),
                edition,
                pay_type: if prepaid { PayType::Prepaid } else { PayType::Postpaid },
                description: None,
                resource_group: None,
                tags: Vec::new(),
                deletion_lock,
                created_at: Timestamp::default(),
                hot_standby,
                standby_zone: None,
                standby_ha: None,
                data_sync: DataSyncMode::default(),
                serverless: None,
                strict_consistency: false,
                expires_at: None,
                settings: Vec::new(),
                nodes: nodes.map(|(at, node)| DbNode { id: node_id(number, at), ..node }).collect(),
                status,
            }
        },
    )
}

/// A reader with a placeholder for its id.
fn node() -> impl Strategy<Value = DbNode> {
    let place = prop_oneof![6 => Just(0_u8), 2 => Just(1)];
    let health = (rarely(), rarely(), rarely(), any::<bool>());
    (node_kind(), small_priority(), health, place).prop_map(
        |(kind, priority, (down, lagging, busy, hot_replica), place)| DbNode {
            id: node_id(0, 0),
            role: Role::Reader,
            kind,
            priority,
            class: class(0),
            // The standby storage cluster is elsewhere.
            zone: zone(if kind == NodeKind::Standby { 2 } else { place }),
            created_at: Timestamp::default(),
            up: !down,
            replicating: !lagging,
            busy: busy.then(|| StatusMessage::parse("Rebooting").ok()).flatten(),
            hot_replica,
        },
    )
}

/// Any failover priority, with a bias to the extremes.
pub fn priority() -> impl Strategy<Value = Priority> + Clone {
    let number = prop_oneof![2 => Just(1), 1 => Just(15), 3 => 1_u8..=15];
    number.prop_map(|number| Priority::new(number).unwrap_or_default())
}

pub(super) fn node_kind() -> impl Strategy<Value = NodeKind> + Clone {
    prop_oneof![
        8 => Just(NodeKind::Ordinary),
        1 => Just(NodeKind::ColumnStore),
        1 => Just(NodeKind::Ai),
        2 => Just(NodeKind::Standby),
    ]
}

/// One of few priorities, so that ties are common.
pub(super) fn small_priority() -> impl Strategy<Value = Priority> + Clone {
    prop_oneof![3 => Just(1), 3 => Just(5), 1 => 1_u8..=15]
        .prop_map(|number| Priority::new(number).unwrap_or_default())
}

pub(super) fn rarely() -> impl Strategy<Value = bool> + Clone {
    proptest::bool::weighted(0.1)
}
