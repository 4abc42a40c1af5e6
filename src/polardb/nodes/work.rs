//! Work on the nodes of a cluster, which an accepted call asks for.
//!
//! A cluster has at most one such work at a time, since every call that begins one needs a running cluster. Meanwhile the
//! cluster shows a status of its own and the nodes under work cannot be elected; a writer that fails is replaced by another
//! node.

use alloc::vec::Vec;

use crate::ids::{EffectId, NodeClass, NodeId, ZoneId};
use crate::time::Timestamp;

use crate::polardb::cluster::status::ClusterStatus;
use crate::polardb::nodes::requests::NodeTarget;
use crate::polardb::nodes::rules::P_243;
use crate::polardb::nodes::{DbNode, writer};
use crate::rule::cite;

/// Work on nodes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
pub enum NodeWork {
    /// Create these nodes; they are listed as `DBNodeCreating` until then.
    CreateNodes(Vec<NodeId>),
    /// Remove these nodes.
    DeleteNodes(Vec<NodeId>),
    /// Give each of these nodes its class.
    ChangeClass(Vec<NodeTarget>),
    /// Restart this node.
    RestartNode(NodeId),
    /// Make this node a hot replica, or an ordinary reader again.
    SetHotReplica {
        /// The node.
        node: NodeId,
        /// Whether it becomes one.
        on: bool,
        /// Whether all nodes restart in turn: the first time in a cluster.
        restarts_all: bool,
    },
    /// Move what is in one zone to another.
    ChangeZone {
        /// The zone until now; `None` for a first standby zone.
        from: Option<ZoneId>,
        /// The zone to be.
        to: ZoneId,
        /// Whether it is the standby zone that changes.
        standby: bool,
        /// The nodes that move.
        nodes: Vec<NodeId>,
    },
}

impl NodeWork {
    /// The status of the cluster meanwhile (`P-303`).
    pub const fn status(&self) -> ClusterStatus {
        match self {
            Self::CreateNodes(_) => ClusterStatus::DbNodeCreating,
            Self::DeleteNodes(_) => ClusterStatus::DbNodeDeleting,
            Self::ChangeClass(_) => ClusterStatus::ClassChanging,
            Self::RestartNode(_) => ClusterStatus::Rebooting,
            Self::SetHotReplica { .. } => ClusterStatus::RoleSwitching,
            Self::ChangeZone { standby: false, .. } => ClusterStatus::Transing,
            Self::ChangeZone { standby: true, .. } => ClusterStatus::StandbyTransing,
        }
    }

    /// The status of the nodes under work, which cannot be elected; `None` if all can (`P-230`).
    pub const fn node_status(&self) -> Option<&'static str> {
        match self {
            Self::CreateNodes(_) => Some("DBNodeCreating"),
            Self::DeleteNodes(_) => Some("DBNodeDeleting"),
            Self::ChangeClass(_) => Some("ClassChanging"),
            Self::RestartNode(_) | Self::SetHotReplica { restarts_all: true, .. } => Some("Rebooting"),
            Self::SetHotReplica { .. } | Self::ChangeZone { .. } => None,
        }
    }

    /// Whether it takes this node out of the election.
    pub fn occupies(&self, node: &NodeId) -> bool {
        let all = matches!(self, Self::SetHotReplica { restarts_all: true, .. });
        all || (self.node_status().is_some() && self.nodes().contains(&node))
    }

    /// Whether it restarts this node.
    fn restarts(&self, node: &NodeId) -> bool {
        match self {
            Self::RestartNode(restarted) => restarted == node,
            Self::SetHotReplica { restarts_all, .. } => *restarts_all,
            _ => false,
        }
    }

    /// Its nodes, in the order of the request.
    pub fn nodes(&self) -> Vec<&NodeId> {
        match self {
            Self::CreateNodes(nodes) | Self::DeleteNodes(nodes) | Self::ChangeZone { nodes, .. } => {
                nodes.iter().collect()
            }
            Self::ChangeClass(targets) => targets.iter().map(|target| &target.node).collect(),
            Self::RestartNode(node) | Self::SetHotReplica { node, .. } => Vec::from([node]),
        }
    }

    /// The new class of a node, if it changes.
    pub fn class_of(&self, node: &NodeId) -> Option<&NodeClass> {
        match self {
            Self::ChangeClass(targets) => {
                targets.iter().find(|target| target.node == *node).map(|target| &target.class)
            }
            _ => None,
        }
    }
}

/// Whether the writer of these nodes is down, other than for a restart that this work asks for.
pub(in crate::polardb) fn writer_is_lost(nodes: &[DbNode], work: Option<&NodeWork>) -> bool {
    cite!(P_243);
    let restarts = |writer: &DbNode| work.is_some_and(|work| work.restarts(&writer.id));
    !writer(nodes).is_some_and(|writer| writer.up || restarts(writer))
}

/// Work under way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct PendingWork {
    /// Fencing token, attempt number and, with `since`, age.
    pub id: EffectId,
    /// What was asked.
    pub work: NodeWork,
    /// When.
    pub since: Timestamp,
}
