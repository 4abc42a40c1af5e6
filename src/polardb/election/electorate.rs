//! The electorate of a failover: which nodes of a cluster can be elected, and which of them come first.
//!
//! It is fixed when the failover begins, so that a later change of policy does not affect a running failover. The vendor
//! documents that only read-only nodes that can be elected now take part; the exact predicate is not published
//! (`P-113`). The contested parts of it are fields, filled in from the policy.

use alloc::vec::Vec;

use crate::ids::{NodeId, ZoneId};
use crate::polardb::election::ranking::{Priority, next_tier};
use crate::polardb::election::rules::{P_108, P_110, P_112, P_113, P_114, P_132, P_185};
use crate::polardb::election::tried::Tried;
use crate::polardb::nodes::{DbNode, NodeKind, Role, writer};
use crate::policy::{ColumnStoreElection, ElectionZone, HotReplicaPreference, LowerTiers, PolarDbPolicy};
use crate::rule::{RuleId, cite};

/// `TargetZoneType`: the part of a cluster that elects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum TargetZoneType {
    /// The primary zone.
    #[default]
    Primary,
    /// The hot-standby storage cluster.
    Standby,
}

/// Which nodes can be elected in a failover.
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
    /// Among nodes of the highest priority, hot replicas before others.
    pub hot_first: bool,
}

/// The ordinary nodes, whatever their zone and priority.
pub(in crate::polardb) static ORDINARY: Electorate =
    Electorate { standby: false, column_store: false, zone: None, floor: None, hot_first: false };

impl Electorate {
    /// The electorate after the loss of the writer.
    pub fn automatic(policy: &PolarDbPolicy) -> Self {
        Self {
            column_store: policy.column_store == ColumnStoreElection::Elected,
            hot_first: policy.hot_replicas == HotReplicaPreference::AtEqualPriority,
            ..Self::default()
        }
    }

    /// The electorate of a manual failover in a cluster of these nodes.
    pub fn manual(target: TargetZoneType, nodes: &[DbNode], policy: &PolarDbPolicy) -> Self {
        cite!(P_108);
        let zone = match (target, policy.election_zone) {
            (TargetZoneType::Primary, ElectionZone::Writers) => {
                writer(nodes).map(|writer| writer.zone.clone())
            }
            _ => None,
        };
        Self { standby: target == TargetZoneType::Standby, zone, ..Self::automatic(policy) }
    }

    /// The same, but of this zone alone, if there is one.
    #[must_use]
    pub fn within(self, zone: Option<&ZoneId>) -> Self {
        Self { zone: zone.cloned().or(self.zone), ..self }
    }

    /// The electorate of the other part of the cluster: the standby nodes for the ordinary ones, and the other way round.
    pub(super) fn turned_over(&self, nodes: &[DbNode], policy: &PolarDbPolicy) -> Self {
        cite!(P_185);
        Self { standby: !self.standby, floor: None, ..self.clone() }.floored(nodes, policy)
    }

    /// The same without the priorities below the highest of now, if the policy does not try those.
    pub(super) fn floored(mut self, nodes: &[DbNode], policy: &PolarDbPolicy) -> Self {
        if policy.lower_tiers == LowerTiers::NotTried {
            self.floor = self.candidates(nodes).map(|(_, priority)| priority).max();
        }
        self
    }

    /// Whether nodes of this kind can be elected.
    pub const fn admits(&self, kind: NodeKind) -> bool {
        cite!(P_112);
        match kind {
            NodeKind::Ordinary => !self.standby,
            NodeKind::Standby => self.standby,
            NodeKind::ColumnStore => !self.standby && self.column_store,
            NodeKind::Ai => false,
        }
    }

    /// The rule that keeps this node out of the election now, that of abnormal replication if it alone does; `None` for a
    /// candidate.
    pub fn barred_by(&self, node: &DbNode) -> Option<RuleId> {
        if node.role != Role::Reader {
            Some(P_110)
        } else if !self.admits(node.kind) {
            Some(P_112)
        } else if !node.is_running() {
            Some(P_113)
        } else if self.zone.as_ref().is_some_and(|zone| *zone != node.zone) {
            Some(P_108)
        } else if self.floor.is_some_and(|floor| floor > node.priority) {
            Some(P_132)
        } else if !node.replicating {
            Some(P_114)
        } else {
            None
        }
    }

    /// The nodes that can be elected now, with their priorities.
    pub fn candidates<'a>(
        &'a self,
        nodes: &'a [DbNode],
    ) -> impl Iterator<Item = (&'a NodeId, Priority)> + Clone {
        let candidates = nodes.iter().filter(|node| self.barred_by(node).is_none());
        candidates.map(|node| (&node.id, node.priority))
    }

    /// The untried candidates that come first: those of the highest priority, of them the hot replicas if these go before
    /// others.
    pub(super) fn tier(&self, nodes: &[DbNode], tried: &Tried) -> Option<(Priority, Vec<NodeId>)> {
        let mut tier = Vec::new();
        let priority = next_tier(self.candidates(nodes), tried, &mut tier)?;
        let is_hot = |id: &&NodeId| nodes.iter().any(|node| node.hot_replica && node.id == **id);
        if self.hot_first && tier.iter().any(is_hot) {
            tier.retain(is_hot);
        }
        Some((priority, tier.into_iter().cloned().collect()))
    }
}
