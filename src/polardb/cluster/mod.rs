//! A cluster: its state, and what can be read from it.

pub(crate) mod create;
pub(crate) mod decide;
pub(crate) mod describe;
pub(in crate::polardb) mod failover;
pub(crate) mod plan;
pub(crate) mod requests;
pub(crate) mod rules;
pub(crate) mod status;
pub(crate) mod step;
pub(crate) mod zonal;

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::ids::{AccountId, ClusterId, EffectId, NodeId, RegionId, ResourceGroupId, ZoneId};
use crate::lifecycle::Pending;
use crate::polardb::Context;
use crate::polardb::cluster::requests::{Edition, Engine, HotStandby, PayType, Serverless};
use crate::polardb::cluster::rules::{P_300, P_305};
use crate::polardb::cluster::status::ClusterStatus;
use crate::polardb::election::electorate::ORDINARY;
use crate::polardb::election::failover::{Failover, Stage};
use crate::polardb::election::ranking::Priority;
use crate::polardb::nodes::measured::Measured;
use crate::polardb::nodes::rules::P_243;
use crate::polardb::nodes::work::NodeWork;
use crate::polardb::nodes::{DbNode, NodeKind, Role, writer};
use crate::polardb::standby::requests::{DataSyncMode, StandbyHaMode};
use crate::policy::{SwitchStatus, ZoneLoss};
use crate::revision::{Latest, Revision};
use crate::rule::cite;
use crate::stored::stored;
use crate::text::{Description, StatusMessage, Tag};
use crate::time::Timestamp;

/// An effect on a cluster as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Lifecycle {
    /// Create the cluster and its nodes.
    Create,
    /// Release it.
    Delete,
}

/// An effect that a cluster asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ClusterEffect {
    /// Create it, or release it.
    Lifecycle(Lifecycle),
    /// Choose one of these nodes of equal priority.
    ChooseNode(Vec<NodeId>),
    /// Promote this node.
    PromoteNode(NodeId),
    /// Work on nodes.
    Work(NodeWork),
}

stored! {
    /// A cluster.
    pub struct DbCluster {
        pub(crate) id: ClusterId,
        /// Its place in the order of creation.
        pub(crate) ordinal: u64,
        pub(crate) account: AccountId,
        pub(crate) region: RegionId,
        pub(crate) engine: Engine,
        pub(crate) version: Arc<str>,
        pub(crate) edition: Edition,
        pub(crate) pay_type: PayType,
        pub(crate) description: Option<Description>,
        pub(crate) resource_group: Option<ResourceGroupId>,
        pub(crate) tags: Vec<Tag>,
        pub(crate) deletion_lock: bool,
        pub(crate) created_at: Timestamp,
        pub(crate) nodes: Vec<DbNode>,
        /// A status that was observed, such as `ClassChanging`.
        pub(crate) busy: Option<StatusMessage>,
        pub(crate) pending: Option<Pending<Lifecycle>>,
        pub(crate) failover: Option<Failover>,
        /// When the writer last moved; by policy, when that switch began.
        pub(crate) last_switch: Option<Timestamp>,
        /// Work on nodes. Unlike `pending`, it can go on during a failover.
        #[cfg_attr(feature = "serde", serde(with = "crate::polardb::nodes::work::serialised", default))]
        pub(crate) work: Option<Pending<NodeWork>>,
        /// What stands by for the primary zone.
        pub(crate) hot_standby: HotStandby,
        /// The zone of the hot-standby storage cluster.
        pub(crate) standby_zone: Option<ZoneId>,
        /// Whether that takes over by itself.
        pub(crate) standby_ha: StandbyHaMode,
        /// How data reach it.
        pub(crate) data_sync: DataSyncMode,
        /// Whether its nodes scale by themselves.
        pub(crate) serverless: Option<Serverless>,
        /// Whether it is strongly consistent over three zones, which fixes its nodes.
        pub(crate) strict_consistency: bool,
        /// When what is paid for ends.
        pub(crate) expires_at: Option<Timestamp>,
        /// What was given about it and decides nothing, by wire name.
        pub(crate) settings: Vec<(Arc<str>, Arc<str>)>,
        /// The zone to which the writer returns when a node there becomes eligible (`P-190`).
        pub(crate) home: Option<ZoneId>,
        /// Whether a hot replica was ever activated.
        pub(crate) hot_replica_used: bool,
        /// Whether the next node to become eligible begins a failover that found no candidate before (`P-172`).
        pub(crate) waits: bool,
        /// When a failover that is not over begins again (`P-183`).
        pub(crate) due: Option<Timestamp>,
        /// When what is known of its nodes was measured (`P-670`).
        pub(crate) measured: Measured,
        pub(crate) revision: Revision,
        pub(crate) latest: Latest,
    }
    verified by Self::check
}

/// A cluster that exists elsewhere, in any status, to be adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterSeed {
    /// Its id.
    pub id: ClusterId,
    /// Its region.
    pub region: RegionId,
    /// Its engine.
    pub engine: Engine,
    /// Its version.
    pub version: Arc<str>,
    /// Its edition.
    pub edition: Edition,
    /// How it is paid for.
    pub pay_type: PayType,
    /// Its description.
    pub description: Option<Description>,
    /// Its resource group.
    pub resource_group: Option<ResourceGroupId>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// Whether it is locked against deletion.
    pub deletion_lock: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// What stands by for its primary zone.
    pub hot_standby: HotStandby,
    /// The zone in which it does; if that is not known, the zone of its standby nodes, otherwise the first one beside the
    /// primary.
    pub standby_zone: Option<ZoneId>,
    /// Whether that takes over by itself; by policy if that is not known.
    pub standby_ha: Option<StandbyHaMode>,
    /// How data reach it.
    pub data_sync: DataSyncMode,
    /// Whether its nodes scale by themselves.
    pub serverless: Option<Serverless>,
    /// Whether it is strongly consistent over three zones, which fixes its nodes.
    pub strict_consistency: bool,
    /// When what is paid for ends.
    pub expires_at: Option<Timestamp>,
    /// What is known of it and decides nothing, such as `VPCId`, by the wire name in requests or answers. It is shown again.
    pub settings: Vec<(Arc<str>, Arc<str>)>,
    /// Its nodes, one of them the writer.
    pub nodes: Vec<DbNode>,
    /// Its status. `Switching` is adopted as `Running`, since the node it was switching to is not known.
    pub status: ClusterStatus,
}

impl DbCluster {
    /// A cluster that exists elsewhere: one that is being created or released waits for an effect from now on.
    pub(crate) fn adopt(at: Context<'_>, seed: ClusterSeed, account: AccountId) -> Self {
        let now = at.now;
        let pending = |effect| Some(Pending { id: at.effect, effect, since: now });
        let (pending, busy) = match seed.status {
            ClusterStatus::Creating => (pending(Lifecycle::Create), None),
            ClusterStatus::Deleting => (pending(Lifecycle::Delete), None),
            ClusterStatus::Busy(status) => (None, Some(status)),
            ClusterStatus::Running | ClusterStatus::Switching => (None, None),
            // Something is under way elsewhere; which effect it is, is not known.
            other => (None, StatusMessage::parse(other.as_str()).ok()),
        };
        let writers = seed.nodes.iter().find(|node| node.role == Role::Writer).map(|node| &node.zone);
        let of_standby = seed.nodes.iter().find(|node| node.kind == NodeKind::Standby);
        let known = seed.standby_zone.as_ref().or(of_standby.map(|node| &node.zone));
        let standby_zone = match (known, writers, seed.hot_standby) {
            (Some(zone), ..) => Some(zone.clone()).filter(|zone| Some(zone) != writers),
            (None, Some(primary), HotStandby::Storage | HotStandby::Compute | HotStandby::Standard) => {
                Some(ZoneId::beside(&seed.region, primary)).filter(|zone| zone != primary)
            }
            (None, ..) => None,
        };
        let standby_ha = match at.policy.zone_loss {
            ZoneLoss::SwitchOver => StandbyHaMode::On,
            ZoneLoss::Wait => StandbyHaMode::Off,
        };
        let hot_replica_used = seed.nodes.iter().any(|node| node.hot_replica);
        let mut cluster = Self {
            id: seed.id,
            ordinal: at.effect.0,
            account,
            region: seed.region,
            engine: seed.engine,
            version: seed.version,
            edition: seed.edition,
            pay_type: seed.pay_type,
            description: seed.description,
            resource_group: seed.resource_group,
            tags: seed.tags,
            deletion_lock: seed.deletion_lock,
            created_at: seed.created_at.min(now),
            nodes: seed
                .nodes
                .into_iter()
                .map(|node| DbNode { created_at: node.created_at.min(now), ..node })
                .collect(),
            busy,
            latest: Latest::of(at.now, pending.map(|pending| pending.id)),
            pending,
            failover: None,
            last_switch: None,
            work: None,
            hot_standby: seed.hot_standby,
            standby_zone,
            standby_ha: seed.standby_ha.unwrap_or(standby_ha),
            data_sync: seed.data_sync,
            serverless: seed.serverless,
            strict_consistency: seed.strict_consistency,
            expires_at: seed.expires_at,
            settings: seed.settings,
            home: None,
            hot_replica_used,
            waits: false,
            due: None,
            measured: Measured::default(),
            revision: Revision::default(),
        };
        cluster.due = cluster.next_round(at);
        cluster
    }
}

impl DbCluster {
    /// How often it was changed.
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// Its status, which is not stored (`P-300`). It follows, in this order, from creation or release, a failover or a lost
    /// writer, work on nodes, and the observed status.
    pub fn status(&self) -> ClusterStatus {
        cite!(P_300);
        match self.pending.map(|pending| pending.effect) {
            Some(Lifecycle::Create) => return ClusterStatus::Creating,
            Some(Lifecycle::Delete) => return ClusterStatus::Deleting,
            None => {}
        }
        match (&self.failover, &self.work, &self.busy) {
            (Some(failover), ..) => match failover.shows() {
                SwitchStatus::Switching => ClusterStatus::Switching,
                SwitchStatus::RoleSwitching => ClusterStatus::RoleSwitching,
            },
            _ if self.lost_its_writer() || self.waits => ClusterStatus::Switching,
            (None, Some(pending), _) => pending.effect.status(),
            (None, None, Some(busy)) => ClusterStatus::Busy(busy.clone()),
            (None, None, None) => ClusterStatus::Running,
        }
    }

    /// The status of one of its nodes on the wire (`DBNodeStatus`, `P-305`).
    pub fn node_status<'a>(&self, node: &'a DbNode) -> &'a str {
        cite!(P_305);
        let switching = self.failover.as_ref().and_then(Failover::switching);
        match self.pending.map(|pending| pending.effect) {
            Some(Lifecycle::Create) => "Creating",
            Some(Lifecycle::Delete) => "Deleting",
            None if switching.is_some_and(|to| *to == node.id || node.role == Role::Writer) => "Switching",
            None => match &node.busy {
                Some(busy) => busy.as_str(),
                None if node.up => "Running",
                None => "Rebooting",
            },
        }
    }

    /// The pending effect of its creation, release or failover, with its id and the time since which it is pending.
    pub fn outstanding(&self) -> Option<(EffectId, Timestamp, ClusterEffect)> {
        if let Some(pending) = self.pending {
            return Some((pending.id, pending.since, ClusterEffect::Lifecycle(pending.effect)));
        }
        let failover = self.failover.as_ref()?;
        let effect = match failover.stage()? {
            Stage::Switching { node, .. } => ClusterEffect::PromoteNode(node.clone()),
            Stage::Choosing { tier, .. } => ClusterEffect::ChooseNode(tier.clone()),
        };
        Some((failover.pending()?, failover.since(), effect))
    }

    /// The pending effect of its work on nodes, likewise. It can go on during a failover.
    pub fn outstanding_work(&self) -> Option<(EffectId, Timestamp, ClusterEffect)> {
        let pending = self.work.as_ref()?;
        Some((pending.id, pending.since, ClusterEffect::Work(pending.effect.clone())))
    }

    /// The work on nodes that is under way.
    pub const fn work(&self) -> Option<&Pending<NodeWork>> {
        self.work.as_ref()
    }

    /// The nodes that can be elected now, with their priorities: in the running failover, otherwise in one within the
    /// ordinary nodes.
    pub fn eligible(&self) -> impl Iterator<Item = (&NodeId, Priority)> + Clone {
        self.failover.as_ref().map_or(&ORDINARY, Failover::electorate).candidates(&self.nodes)
    }

    /// The node of this id.
    pub fn node(&self, id: &NodeId) -> Option<&DbNode> {
        self.nodes.iter().find(|node| node.id == *id)
    }

    /// The primary node.
    pub fn writer(&self) -> Option<&DbNode> {
        writer(&self.nodes)
    }

    /// All nodes, in the order in which they were created.
    pub fn nodes(&self) -> &[DbNode] {
        &self.nodes
    }

    /// The failover that is running.
    pub const fn failover(&self) -> Option<&Failover> {
        self.failover.as_ref()
    }

    /// Its id.
    pub const fn id(&self) -> &ClusterId {
        &self.id
    }

    /// The account that owns it.
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// Its region.
    pub const fn region(&self) -> &RegionId {
        &self.region
    }

    /// Its engine.
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Its edition.
    pub const fn edition(&self) -> Edition {
        self.edition
    }

    /// How it is paid for.
    pub const fn pay_type(&self) -> PayType {
        self.pay_type
    }

    /// Its description.
    pub const fn description(&self) -> Option<&Description> {
        self.description.as_ref()
    }

    /// Its resource group.
    pub const fn resource_group(&self) -> Option<&ResourceGroupId> {
        self.resource_group.as_ref()
    }

    /// Its tags.
    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// Whether it is locked against deletion.
    pub const fn deletion_lock(&self) -> bool {
        self.deletion_lock
    }

    /// When it was created.
    pub const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// When the writer last moved.
    pub const fn last_switch(&self) -> Option<Timestamp> {
        self.last_switch
    }

    /// The primary zone: the writer's.
    pub fn primary_zone(&self) -> Option<&ZoneId> {
        self.writer().map(|writer| &writer.zone)
    }

    /// The zone of the hot-standby storage cluster, if it has one.
    pub const fn standby_zone(&self) -> Option<&ZoneId> {
        self.standby_zone.as_ref()
    }

    /// What stands by for the primary zone.
    pub const fn hot_standby(&self) -> HotStandby {
        self.hot_standby
    }

    /// Whether its nodes scale by themselves.
    pub const fn serverless(&self) -> Option<Serverless> {
        self.serverless
    }

    /// Whether it is strongly consistent over three zones.
    pub const fn strict_consistency(&self) -> bool {
        self.strict_consistency
    }

    /// When what is paid for ends, of a subscription (`P-621`).
    pub const fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// What was given about it under this wire name and decides nothing (`P-623`).
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.iter().find(|(known, _)| &**known == name).map(|(_, text)| &**text)
    }

    /// The zone to which the writer returns when a node there becomes eligible (`P-190`).
    pub const fn home(&self) -> Option<&ZoneId> {
        self.home.as_ref()
    }

    /// When a failover that is not over begins again (`P-183`).
    pub const fn due(&self) -> Option<Timestamp> {
        self.due
    }

    /// Replaces what is known under a wire name and decides nothing, if there is something new.
    pub(in crate::polardb) fn set(&mut self, name: &str, text: Option<&Arc<str>>) {
        let Some(text) = text else { return };
        self.settings.retain(|(known, _)| &**known != name);
        self.settings.push((Arc::from(name), text.clone()));
    }

    /// Whether the writer is down, other than for a restart that was asked for (`P-243`).
    pub(crate) fn lost_its_writer(&self) -> bool {
        cite!(P_243);
        let restarts =
            |writer: &DbNode| self.work.as_ref().is_some_and(|work| work.effect.restarts(&writer.id));
        !self.writer().is_some_and(|writer| writer.up || restarts(writer))
    }
}
