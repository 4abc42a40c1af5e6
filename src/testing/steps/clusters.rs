//! Calls on clusters.

use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::{Resolver, Selector, StepContext, class, id, node_id, pick, zone};
use crate::control_plane::{Fresh, FreshCluster, FreshNodes, Request};
use crate::ids::{ClusterId, NodeId};
use crate::polardb::{
    CreateDbCluster, CreateDbNodes, DbCluster, DeleteDbCluster, DeleteDbNodes, DescribeDbClusterAttribute,
    DrillScope, Engine, FailoverDbCluster, FailoverDbClusterZonal, FaultDrill, HotStandby, ModifyDbCluster,
    ModifyDbClusterArch, ModifyDbClusterDeletion, ModifyDbClusterPrimaryZone, ModifyDbNodeClass,
    ModifyDbNodeConfig, ModifyDbNodeHotReplicaMode, ModifyDbNodesClass, ModifyType, NewNode, NodeKind,
    NodeTarget, Priority, RestartDbNode, StandbyArch, StandbyHaMode, TargetZoneType,
};
use crate::testing::view::{ClusterView, NodeView};

/// A call on a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClusterCall {
    /// `FailoverDBCluster`.
    Failover {
        /// `TargetDBNodeId`: none, or a node of the cluster.
        target: Option<u8>,
        /// Whether `TargetZoneType` is `Standby`.
        standby: bool,
        /// `RollBackForDisaster`.
        back: bool,
        /// Whether the operation is `FailoverDBClusterZonal`.
        zonal: bool,
    },
    /// `CreateDBNodes`.
    AddNodes {
        /// The number of nodes.
        nodes: u8,
        /// Their kind.
        kind: NodeKind,
    },
    /// `DeleteDBNodes`.
    DropNodes {
        /// The first node.
        from: u8,
        /// The number of nodes.
        nodes: u8,
    },
    /// `ModifyDBNodeClass`.
    Class {
        /// Index into [`CLASSES`](super::CLASSES).
        class: u8,
    },
    /// `ModifyDBNodesClass`, of one node.
    ClassOf {
        /// The node.
        node: u8,
        /// Index into [`CLASSES`](super::CLASSES).
        class: u8,
    },
    /// `RestartDBNode`.
    Restart {
        /// The node.
        node: u8,
    },
    /// `ModifyDBNodeHotReplicaMode`.
    HotReplica {
        /// The node.
        node: u8,
        /// Whether it becomes a hot replica.
        on: bool,
    },
    /// `ModifyDBClusterPrimaryZone`.
    Zone {
        /// Index into [`ZONES`](super::ZONES).
        zone: u8,
        /// Whether the standby zone changes.
        standby: bool,
    },
    /// `ModifyDBClusterDeletion`.
    Lock(bool),
    /// `ModifyDBNodeConfig`.
    Priority {
        /// The node.
        node: u8,
        /// The new priority.
        priority: Priority,
    },
    /// `ModifyDBCluster` with `StandbyHAMode`.
    StandbyHa(StandbyHaMode),
    /// `ModifyDBCluster` with `FaultSimulateMode`.
    Drill {
        /// The node, or without one all of the primary zone.
        node: Option<u8>,
    },
    /// `ModifyDBClusterArch`.
    Arch {
        /// What is to stand by.
        standby: StandbyArch,
        /// Index into [`ZONES`](super::ZONES).
        zone: Option<u8>,
    },
    /// `DeleteDBCluster`.
    Delete,
    /// `DescribeDBClusterAttribute`.
    Describe,
}

impl<C: StepContext> Resolver<'_, C> {
    pub(super) fn cluster(&self, cluster: Selector, call: ClusterCall) -> (Request, Fresh) {
        let view = pick(cluster, &self.view.clusters);
        let cluster = id_of(view);
        let nodes = view.map(|cluster| cluster.nodes.as_slice()).unwrap_or_default();
        let node = |index| id(pick(Some(index), nodes).map_or("pi-unknown", |node| node.id.as_str()));
        let request: Request = match call {
            ClusterCall::Failover { target, standby, back, zonal } => {
                let request = FailoverDbCluster {
                    cluster,
                    target: target.map(node),
                    roll_back_for_disaster: back,
                    target_zone_type: zone_type(standby),
                };
                if zonal { FailoverDbClusterZonal(request).into() } else { request.into() }
            }
            ClusterCall::AddNodes { nodes: count, kind } => {
                let writer = self.context.cluster(&cluster).and_then(DbCluster::writer);
                let like = writer.map_or_else(|| class(0), |writer| writer.class.clone());
                let node = NewNode { class: Some(like), zone: None };
                let nodes = (0..count).map(|_| node.clone()).collect();
                let fresh = self.fresh_nodes(view, count);
                return (CreateDbNodes { cluster, nodes, kind, other: Vec::new() }.into(), fresh);
            }
            ClusterCall::DropNodes { from, nodes: count } => {
                let dropped = (0..count).map(|more| node(from.wrapping_add(more))).collect();
                DeleteDbNodes { cluster, nodes: dropped, kind: None }.into()
            }
            ClusterCall::Class { class: number } => ModifyDbNodeClass {
                cluster,
                modify_type: ModifyType::Upgrade,
                class: class(number),
                ai_nodes: false,
                other: Vec::new(),
            }
            .into(),
            ClusterCall::ClassOf { node: index, class: number } => ModifyDbNodesClass {
                cluster,
                modify_type: ModifyType::Downgrade,
                nodes: Vec::from([NodeTarget { node: node(index), class: class(number) }]),
                other: Vec::new(),
            }
            .into(),
            ClusterCall::Restart { node: index } => RestartDbNode { node: node(index) }.into(),
            ClusterCall::HotReplica { node: index, on } => {
                ModifyDbNodeHotReplicaMode { cluster, node: node(index), on }.into()
            }
            ClusterCall::Zone { zone: number, standby } => ModifyDbClusterPrimaryZone {
                cluster,
                zone: zone(number),
                zone_type: zone_type(standby),
                vswitch: Some(Arc::from("vsw-1")),
            }
            .into(),
            ClusterCall::Lock(protection) => ModifyDbClusterDeletion { cluster, protection }.into(),
            ClusterCall::Priority { node: index, priority } => {
                ModifyDbNodeConfig { cluster, node: node(index), priority }.into()
            }
            ClusterCall::StandbyHa(mode) => {
                ModifyDbCluster { standby_ha: Some(mode), ..no_change(cluster) }.into()
            }
            ClusterCall::Drill { node: index } => {
                let scope = if index.is_some() { DrillScope::Node } else { DrillScope::PrimaryZone };
                let drill = FaultDrill { scope, nodes: index.map(node).into_iter().collect() };
                ModifyDbCluster { drill: Some(drill), ..no_change(cluster) }.into()
            }
            ClusterCall::Arch { standby, zone: number } => {
                ModifyDbClusterArch { cluster, standby, zone: number.map(zone) }.into()
            }
            ClusterCall::Delete => DeleteDbCluster { cluster }.into(),
            ClusterCall::Describe => DescribeDbClusterAttribute { cluster }.into(),
        };
        let ordered = matches!(
            call,
            ClusterCall::DropNodes { .. }
                | ClusterCall::Class { .. }
                | ClusterCall::ClassOf { .. }
                | ClusterCall::HotReplica { .. }
                | ClusterCall::StandbyHa(_)
                | ClusterCall::Drill { .. }
                | ClusterCall::Arch { .. }
        );
        (request, if ordered { Fresh::Order(id("order-4")) } else { Fresh::None })
    }

    /// The first node ids that are not in use.
    fn fresh_nodes(&self, cluster: Option<&ClusterView>, count: u8) -> Fresh {
        let name = cluster.map_or("none", |cluster| cluster.id.as_str());
        let used = |node: &NodeId| self.nodes().any(|known| known.id == node.as_str());
        let free = (0_u32..).map(|at| id(&format!("pi-{name}-{at}"))).filter(|node| !used(node));
        Fresh::Nodes(FreshNodes { nodes: free.take(usize::from(count)).collect(), order: id("order-3") })
    }

    fn nodes(&self) -> impl Iterator<Item = &NodeView> {
        self.view.clusters.iter().flat_map(|cluster| &cluster.nodes)
    }

    pub(super) fn node(&self, node: Selector) -> NodeId {
        let nodes: Vec<&NodeView> = self.nodes().collect();
        id(pick(node, &nodes).map_or("pi-unknown", |node| node.id.as_str()))
    }
}

pub(super) fn id_of(cluster: Option<&ClusterView>) -> ClusterId {
    id(cluster.map_or("pc-unknown", |cluster| cluster.id.as_str()))
}

/// A call that changes nothing yet.
const fn no_change(cluster: ClusterId) -> ModifyDbCluster {
    ModifyDbCluster { cluster, standby_ha: None, data_sync: None, drill: None, other: Vec::new() }
}

const fn zone_type(standby: bool) -> TargetZoneType {
    if standby { TargetZoneType::Standby } else { TargetZoneType::Primary }
}

pub(super) fn fresh(number: u8, nodes: u8) -> Fresh {
    Fresh::Cluster(FreshCluster {
        cluster: id(&format!("pc-{number}")),
        nodes: (0..nodes).map(|at| node_id(number, at)).collect(),
        order: id("order-2"),
    })
}

pub(super) fn create(node_number: u8) -> CreateDbCluster {
    CreateDbCluster {
        node_number,
        hot_standby: HotStandby::Off,
        ..CreateDbCluster::new(Engine::MySql, "8.0", class(0))
    }
}
