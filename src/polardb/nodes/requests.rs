//! The typed requests of the operations on nodes, zones and the lock.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::ids::{ClusterId, NodeClass, NodeId, OrderId, ZoneId};
use crate::polardb::cluster::requests::FailoverDbCluster;
use crate::polardb::election::electorate::TargetZoneType;
use crate::polardb::nodes::NodeKind;

/// A node that is asked for: at least one of the two is given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct NewNode {
    /// `TargetClass`, one that the cluster has already; PostgreSQL and Oracle demand it, MySQL takes the primary's.
    pub class: Option<NodeClass>,
    /// `ZoneId`, one that the cluster has already; by default the primary's.
    pub zone: Option<ZoneId>,
}

/// `CreateDBNodes`: adds read-only nodes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct CreateDbNodes {
    /// The cluster.
    pub cluster: ClusterId,
    /// `DBNode.N`, 1 to 15; several at once for MySQL alone.
    pub nodes: Vec<NewNode>,
    /// `DBNodeType`: `RO`, `STANDBY` or `DLNode` (AI); with `ImciSwitch=ON`, an `RO` node of the column store.
    pub kind: NodeKind,
    /// The parameters that the model does not use, by wire name, for the comparison of the token.
    pub other: Vec<(Arc<str>, Arc<str>)>,
}

/// What `CreateDBNodes` answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct NodesCreated {
    /// The cluster.
    pub cluster: ClusterId,
    /// The billing order.
    pub order: OrderId,
    /// The new nodes.
    pub nodes: Vec<NodeId>,
}

/// What an operation answers that makes a billing order: `DeleteDBNodes`, the class changes and the hot replica.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Ordered {
    /// The cluster.
    pub cluster: ClusterId,
    /// The billing order.
    pub order: OrderId,
}

/// `DeleteDBNodes`: removes nodes, never the primary, never the last read-only node.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct DeleteDbNodes {
    /// The cluster.
    pub cluster: ClusterId,
    /// `DBNodeId.N`, 1 to 15; several at once for MySQL alone.
    pub nodes: Vec<NodeId>,
    /// `DBNodeType`: then all of them are of this kind. `RO` means the ordinary and column-store ones.
    pub kind: Option<NodeKind>,
}

/// `ModifyType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum ModifyType {
    /// `Upgrade`.
    Upgrade,
    /// `Downgrade`.
    Downgrade,
}

impl ModifyType {
    /// The wire spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Upgrade => "Upgrade",
            Self::Downgrade => "Downgrade",
        }
    }
}

/// `ModifyDBNodeClass`: gives all nodes one class.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ModifyDbNodeClass {
    /// The cluster.
    pub cluster: ClusterId,
    /// `ModifyType`. Which of two classes is the larger the model does not know.
    pub modify_type: ModifyType,
    /// `DBNodeTargetClass`.
    pub class: NodeClass,
    /// `DBNodeType=DLNode`: the AI nodes alone. Without it, all the others.
    pub ai_nodes: bool,
    /// The parameters that the model does not use, by wire name, for the comparison of the token.
    pub other: Vec<(Arc<str>, Arc<str>)>,
}

/// A node and the class that it shall have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct NodeTarget {
    /// `DBNodeId`.
    pub node: NodeId,
    /// `TargetClass`.
    pub class: NodeClass,
}

/// `ModifyDBNodesClass`: gives each of these nodes a class of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ModifyDbNodesClass {
    /// The cluster.
    pub cluster: ClusterId,
    /// `ModifyType`.
    pub modify_type: ModifyType,
    /// `DBNode.N`, 1 to 15.
    pub nodes: Vec<NodeTarget>,
    /// The parameters that the model does not use, by wire name, for the comparison of the token.
    pub other: Vec<(Arc<str>, Arc<str>)>,
}

/// `RestartDBNode`: names a node alone, no cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct RestartDbNode {
    /// `DBNodeId`.
    pub node: NodeId,
}

/// `ModifyDBNodeHotReplicaMode`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ModifyDbNodeHotReplicaMode {
    /// The cluster.
    pub cluster: ClusterId,
    /// The node, a read-only one.
    pub node: NodeId,
    /// `HotReplicaMode`: `ON` or `OFF`.
    pub on: bool,
}

/// `ModifyDBClusterPrimaryZone`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ModifyDbClusterPrimaryZone {
    /// The cluster.
    pub cluster: ClusterId,
    /// `ZoneId`.
    pub zone: ZoneId,
    /// `ZoneType`: whether the primary or the standby zone changes; `Primary` by default.
    pub zone_type: TargetZoneType,
    /// `VSwitchId`; PostgreSQL and Oracle demand it.
    pub vswitch: Option<Arc<str>>,
}

/// `ModifyDBClusterDeletion`: sets or lifts the lock against release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ModifyDbClusterDeletion {
    /// The cluster.
    pub cluster: ClusterId,
    /// `Protection`, false by default.
    pub protection: bool,
}

/// `FailoverDBClusterZonal`: the twin for edge clusters. It shares everything but its name, and its page does not say
/// that any engine must name the target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct FailoverDbClusterZonal(pub FailoverDbCluster);
