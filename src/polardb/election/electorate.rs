//! Who can be elected in one failover. Fixed when it begins, so that a later change of policy judges nothing anew.
//!
//! Documented is that only read-only nodes that can be elected now take part; the exact predicate is not published
//! (`facts/polardb.md` §§2.4, 10.4, 10.5). What is contested are fields here, filled from the policy.

use crate::ids::{NodeId, ZoneId};
use crate::polardb::cluster::DbCluster;
use crate::polardb::cluster::requests::TargetZoneType;
use crate::polardb::election::failover::Next;
use crate::polardb::election::ranking::{Priority, Tried};
use crate::polardb::nodes::{DbNode, NodeKind, Role};
use crate::policy::{ColumnStoreElection, ElectionZone, HotReplicaPreference, LowerTiers, PolarDbPolicy};

/// Who can be elected in one failover.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Electorate {
    /// The nodes of the hot-standby storage cluster instead of the ordinary ones.
    pub standby: bool,
    /// Column-store nodes too.
    pub column_store: bool,
    /// Only nodes of this zone.
    pub zone: Option<ZoneId>,
    /// Only nodes of this priority or a higher one.
    pub floor: Option<Priority>,
    /// Of the highest priority, hot replicas before others.
    pub hot_first: bool,
}

/// Ordinary nodes, whatever their zone and priority.
pub(in crate::polardb) static ORDINARY: Electorate =
    Electorate { standby: false, column_store: false, zone: None, floor: None, hot_first: false };

impl Electorate {
    /// Who takes part in an election after the loss of the writer.
    pub fn automatic(policy: &PolarDbPolicy) -> Self {
        Self {
            column_store: policy.column_store == ColumnStoreElection::Elected,
            hot_first: policy.hot_replicas == HotReplicaPreference::AtEqualPriority,
            ..Self::default()
        }
    }

    /// Who takes part in a manual failover of this cluster.
    pub fn manual(cluster: &DbCluster, zone_type: TargetZoneType, policy: &PolarDbPolicy) -> Self {
        let standby = zone_type == TargetZoneType::Standby;
        let writers = || cluster.writer().map(|writer| writer.zone.clone());
        let bound = !standby && policy.election_zone == ElectionZone::Writers;
        Self { standby, zone: if bound { writers() } else { None }, ..Self::automatic(policy) }
    }

    /// With the policy that lower priorities are not tried: no priority below the highest that there is now.
    pub fn floored(mut self, nodes: &[DbNode], policy: &PolarDbPolicy) -> Self {
        if policy.lower_tiers == LowerTiers::NotTried {
            self.floor = self.candidates(nodes).map(|(_, priority)| priority).max();
        }
        self
    }

    /// Whether nodes of this kind take part.
    pub fn admits(&self, kind: NodeKind) -> bool {
        match kind {
            NodeKind::Ordinary => !self.standby,
            NodeKind::Standby => self.standby,
            NodeKind::ColumnStore => !self.standby && self.column_store,
            NodeKind::Ai => false,
        }
    }

    /// Whether this node takes part but for the health of its replication.
    pub(in crate::polardb) fn counts(&self, node: &DbNode) -> bool {
        node.role == Role::Reader
            && node.is_running()
            && self.admits(node.kind)
            && self.zone.as_ref().is_none_or(|zone| *zone == node.zone)
            && self.floor.is_none_or(|floor| floor <= node.priority)
    }

    /// The nodes of a list that can be elected now, with their priorities.
    pub fn candidates<'a>(
        &'a self,
        nodes: &'a [DbNode],
    ) -> impl Iterator<Item = (&'a NodeId, Priority)> + Clone {
        nodes
            .iter()
            .filter(|node| node.replicating && self.counts(node))
            .map(|node| (&node.id, node.priority))
    }

    /// Who comes next.
    pub fn next(&self, nodes: &[DbNode], tried: &Tried) -> Next {
        self.prefer(Next::among(self.candidates(nodes), tried), nodes)
    }

    /// Narrows what the ranking says to hot replicas, if they come first and there are any.
    pub fn prefer(&self, next: Next, nodes: &[DbNode]) -> Next {
        let Next::Choose(priority, mut tier) = next else { return next };
        if !self.hot_first {
            return Next::Choose(priority, tier);
        }
        let hot =
            |id: &NodeId| nodes.iter().any(|node| node.hot_replica && node.id == *id && node.replicating);
        if tier.iter().any(&hot) {
            tier.retain(hot);
        }
        match tier.as_slice() {
            [only] => Next::Promote(only.clone()),
            _ => Next::Choose(priority, tier),
        }
    }
}
