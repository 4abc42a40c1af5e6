//! Requests about nodes, zones and the lock.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::constructor::constructor;
use crate::ids::{ClusterId, NodeClass, NodeId, OrderId, ZoneId};
use crate::polardb::cluster::requests::FailoverDbCluster;
use crate::polardb::election::electorate::TargetZoneType;
use crate::polardb::nodes::NodeKind;
use crate::spelling::spelled;

/// A node to be created, from `NewNode::default()` on. At least one of the two is given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct NewNode {
    /// `TargetClass`, one that the cluster has already. PostgreSQL and Oracle demand it; the default for MySQL is the class of
    /// the primary.
    pub class: Option<NodeClass>,
    /// `ZoneId`, one that the cluster has already; by default that of the primary.
    pub zone: Option<ZoneId>,
}

constructor! { NewNode { class => class: NodeClass, zone => zone: ZoneId } {} }

/// `CreateDBNodes`: adds read-only nodes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct CreateDbNodes {
    /// The cluster.
    pub cluster: ClusterId,
    /// `DBNode.N`, 1 to 15; several at once only for MySQL.
    pub nodes: Vec<NewNode>,
    /// `DBNodeType`: `RO`, `STANDBY` or `DLNode` (AI); with `ImciSwitch=ON`, an `RO` node of the column store.
    pub kind: NodeKind,
    /// The parameters that the model does not use, by wire name. They count when two requests with one token are
    /// compared.
    pub other: Vec<(Arc<str>, Arc<str>)>,
}

constructor! {
    CreateDbNodes(cluster: ClusterId, nodes: Vec<NewNode>)
    {}
    { kind: NodeKind = NodeKind::Ordinary, other: Vec<(Arc<str>, Arc<str>)> = Vec::new() }
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

/// What the operations with a billing order answer: `DeleteDBNodes`, the changes of class and the hot replica mode.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Ordered {
    /// The cluster.
    pub cluster: ClusterId,
    /// The billing order.
    pub order: OrderId,
}

/// `DeleteDBNodes`: removes nodes other than the primary and the last read-only node.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct DeleteDbNodes {
    /// The cluster.
    pub cluster: ClusterId,
    /// `DBNodeId.N`, 1 to 15; several at once only for MySQL.
    pub nodes: Vec<NodeId>,
    /// `DBNodeType`: the kind that all of them have. `RO` means ordinary and column-store nodes.
    pub kind: Option<NodeKind>,
}

constructor! {
    DeleteDbNodes(cluster: ClusterId, nodes: Vec<NodeId>)
    { kind => kind: NodeKind }
    {}
}

spelled! {
    /// `ModifyType`.
    ModifyType, "type of change"
    /// `Upgrade`.
    Upgrade = "Upgrade",
    /// `Downgrade`.
    Downgrade = "Downgrade",
}

/// `ModifyDBNodeClass`: gives all nodes one class.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct ModifyDbNodeClass {
    /// The cluster.
    pub cluster: ClusterId,
    /// `ModifyType`. The model does not know which of two classes is the larger.
    pub modify_type: ModifyType,
    /// `DBNodeTargetClass`.
    pub class: NodeClass,
    /// `DBNodeType=DLNode`: the AI nodes alone; otherwise all the others.
    pub ai_nodes: bool,
    /// The parameters that the model does not use, by wire name. They count when two requests with one token are
    /// compared.
    pub other: Vec<(Arc<str>, Arc<str>)>,
}

constructor! {
    ModifyDbNodeClass(cluster: ClusterId, modify_type: ModifyType, class: NodeClass)
    {}
    { ai_nodes: bool = false, other: Vec<(Arc<str>, Arc<str>)> = Vec::new() }
}

/// A node and its new class.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct NodeTarget {
    /// `DBNodeId`.
    pub node: NodeId,
    /// `TargetClass`.
    pub class: NodeClass,
}

constructor! { NodeTarget(node: NodeId, class: NodeClass) {} {} }

/// `ModifyDBNodesClass`: gives each of these nodes a class of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct ModifyDbNodesClass {
    /// The cluster.
    pub cluster: ClusterId,
    /// `ModifyType`.
    pub modify_type: ModifyType,
    /// `DBNode.N`, 1 to 15.
    pub nodes: Vec<NodeTarget>,
    /// The parameters that the model does not use, by wire name. They count when two requests with one token are
    /// compared.
    pub other: Vec<(Arc<str>, Arc<str>)>,
}

constructor! {
    ModifyDbNodesClass(cluster: ClusterId, modify_type: ModifyType, nodes: Vec<NodeTarget>)
    {}
    { other: Vec<(Arc<str>, Arc<str>)> = Vec::new() }
}

/// `RestartDBNode`, which names only the node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct RestartDbNode {
    /// `DBNodeId`.
    pub node: NodeId,
}

constructor! { RestartDbNode(node: NodeId) {} {} }

/// `RestartDBNodeZonal`: the same for edge clusters; it names the cluster too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct RestartDbNodeZonal {
    /// The cluster.
    pub cluster: ClusterId,
    /// `DBNodeId`.
    pub node: NodeId,
}

constructor! { RestartDbNodeZonal(cluster: ClusterId, node: NodeId) {} {} }

/// `ModifyDBNodeHotReplicaMode`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct ModifyDbNodeHotReplicaMode {
    /// The cluster.
    pub cluster: ClusterId,
    /// The node, a read-only one.
    pub node: NodeId,
    /// `HotReplicaMode`: `ON` or `OFF`.
    pub on: bool,
}

constructor! { ModifyDbNodeHotReplicaMode(cluster: ClusterId, node: NodeId, on: bool) {} {} }

/// `ModifyDBClusterPrimaryZone`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
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

constructor! {
    ModifyDbClusterPrimaryZone(cluster: ClusterId, zone: ZoneId)
    { vswitch => vswitch: Arc<str> }
    { zone_type: TargetZoneType = TargetZoneType::Primary }
}

/// `ModifyDBClusterDeletion`: sets or lifts the lock against release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct ModifyDbClusterDeletion {
    /// The cluster.
    pub cluster: ClusterId,
    /// `Protection`, false by default.
    pub protection: bool,
}

constructor! { ModifyDbClusterDeletion(cluster: ClusterId, protection: bool) {} {} }

/// `ModifyDBClusterMaintainTime`: sets the hour of maintenance, which decides nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct ModifyDbClusterMaintainTime {
    /// The cluster.
    pub cluster: ClusterId,
    /// `MaintainTime`: a whole hour in UTC, such as `16:00Z-17:00Z`.
    pub window: Arc<str>,
}

constructor! { ModifyDbClusterMaintainTime(cluster: ClusterId, window: Arc<str>) {} {} }

/// `FailoverDBClusterZonal`: the same for edge clusters, except that its page demands a target from no engine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct FailoverDbClusterZonal(pub FailoverDbCluster);
