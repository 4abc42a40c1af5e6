//! How long effects take in simulated time.

use crate::control_plane::{Effect, EffectKind};
use crate::ebs::PairEffect;
use crate::polardb::{ClusterEffect, Lifecycle, NodeWork};
use crate::time::Span;

/// How long each kind of effect takes, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields, default)
)]
pub struct LatencyProfile {
    /// Setting a pair up.
    pub create_pair: Span,
    /// One copy.
    pub copy: Span,
    /// Stopping a pair.
    pub stop_pair: Span,
    /// Failing a pair over.
    pub failover_pair: Span,
    /// Reprotecting a pair.
    pub reprotect_pair: Span,
    /// Taking a pair down.
    pub delete_pair: Span,
    /// Making a cluster.
    pub create_cluster: Span,
    /// Releasing a cluster.
    pub delete_cluster: Span,
    /// Choosing among nodes of equal priority.
    pub choose_node: Span,
    /// Promoting a node, or failing to.
    pub promote_node: Span,
    /// Promoting a hot replica.
    pub promote_hot_replica: Span,
    /// Making nodes.
    pub create_nodes: Span,
    /// Removing nodes.
    pub delete_nodes: Span,
    /// Changing classes.
    pub change_class: Span,
    /// Restarting a node.
    pub restart_node: Span,
    /// Making a node a hot replica, or an ordinary one again.
    pub set_hot_replica: Span,
    /// Moving to another zone, for each node that moves, and at least once.
    pub change_zone: Span,
}

impl LatencyProfile {
    /// Two seconds, copies five: short enough to watch, long enough to see transient statuses.
    pub const QUICK: Self = Self {
        create_pair: Span::from_secs(2),
        copy: Span::from_secs(5),
        stop_pair: Span::from_secs(2),
        failover_pair: Span::from_secs(2),
        reprotect_pair: Span::from_secs(2),
        delete_pair: Span::from_secs(2),
        create_cluster: Span::from_secs(2),
        delete_cluster: Span::from_secs(2),
        choose_node: Span::from_millis(0),
        promote_node: Span::from_secs(2),
        promote_hot_replica: Span::from_secs(2),
        create_nodes: Span::from_secs(2),
        delete_nodes: Span::from_secs(2),
        change_class: Span::from_secs(2),
        restart_node: Span::from_secs(2),
        set_hot_replica: Span::from_secs(2),
        change_zone: Span::from_secs(2),
    };

    /// What the vendor's pages say: an interruption of 20 to 30 s, and of 5 to 10 s with a hot replica, by their
    /// middles; five minutes for each node that moves to another zone. The pages are silent on everything else, which
    /// takes the quick time.
    pub const DOCUMENTED: Self = Self {
        promote_node: Span::from_secs(25),
        promote_hot_replica: Span::from_millis(7_500),
        change_zone: Span::from_secs(300),
        ..Self::QUICK
    };

    /// How long an effect takes; `hot_replica` says whether the node being promoted is one.
    pub fn of(&self, effect: &Effect, hot_replica: bool) -> Span {
        match &effect.kind {
            EffectKind::Pair { effect, .. } => match effect {
                PairEffect::Create => self.create_pair,
                PairEffect::Copy => self.copy,
                PairEffect::Stop => self.stop_pair,
                PairEffect::Failover => self.failover_pair,
                PairEffect::Reprotect { .. } => self.reprotect_pair,
                PairEffect::Delete => self.delete_pair,
            },
            EffectKind::Cluster { effect, .. } => match effect {
                ClusterEffect::Lifecycle(Lifecycle::Create) => self.create_cluster,
                ClusterEffect::Lifecycle(Lifecycle::Delete) => self.delete_cluster,
                ClusterEffect::ChooseNode(_) => self.choose_node,
                ClusterEffect::PromoteNode(_) if hot_replica => self.promote_hot_replica,
                ClusterEffect::PromoteNode(_) => self.promote_node,
                ClusterEffect::Work(work) => self.of_work(work),
            },
        }
    }
}

impl LatencyProfile {
    fn of_work(&self, work: &NodeWork) -> Span {
        match work {
            NodeWork::CreateNodes(_) => self.create_nodes,
            NodeWork::DeleteNodes(_) => self.delete_nodes,
            NodeWork::ChangeClass(_) => self.change_class,
            NodeWork::RestartNode(_) => self.restart_node,
            NodeWork::SetHotReplica { .. } => self.set_hot_replica,
            NodeWork::ChangeZone { nodes, .. } => {
                let times = nodes.len().max(1) as u64;
                Span::from_millis(self.change_zone.as_millis().saturating_mul(times))
            }
        }
    }
}

impl Default for LatencyProfile {
    fn default() -> Self {
        Self::QUICK
    }
}
