//! Requests about the standby cluster.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::constructor::constructor;
use crate::ids::{ClusterId, NodeId, ZoneId};
use crate::spelling::spelled;

spelled! {
    /// Whether the standby cluster takes over a lost primary zone by itself (`StandbyHAMode`).
    #[derive(Default)]
    StandbyHaMode, "mode of the standby cluster"
    /// It does.
    #[default]
    On = "ON",
    /// It waits for a call.
    Off = "OFF",
}

spelled! {
    /// How data reach the standby cluster (`DataSyncMode`). No decision depends on it: the model does not say what is lost.
    #[derive(Default)]
    DataSyncMode, "mode of synchronisation"
    /// Asynchronously.
    #[default]
    Async = "AsyncSync",
    /// Semi-synchronously.
    Semi = "SemiSync",
}

/// What a fault drill makes fail (`FaultSimulateMode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum DrillScope {
    /// `0`: all compute nodes of the primary zone.
    PrimaryZone,
    /// `1`: one node.
    Node,
}

/// A fault drill.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct FaultDrill {
    /// `FaultSimulateMode`.
    pub scope: DrillScope,
    /// `DBNodeCrashList`: the one node, or all nodes of the primary zone; none means these, too.
    pub nodes: Vec<NodeId>,
}

constructor! { FaultDrill(scope: DrillScope) {} { nodes: Vec<NodeId> = Vec::new() } }

/// `ModifyDBCluster`: the switches of a cluster's features, as far as they bear on a failover, and fault drills.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct ModifyDbCluster {
    /// The cluster.
    pub cluster: ClusterId,
    /// `StandbyHAMode`.
    pub standby_ha: Option<StandbyHaMode>,
    /// `DataSyncMode`.
    pub data_sync: Option<DataSyncMode>,
    /// `FaultSimulateMode` and what goes with it.
    pub drill: Option<FaultDrill>,
    /// The parameters that the model does not use, by wire name.
    pub other: Vec<(Arc<str>, Arc<str>)>,
}

constructor! {
    ModifyDbCluster(cluster: ClusterId)
    { standby_ha => standby_ha: StandbyHaMode, data_sync => data_sync: DataSyncMode, drill => drill: FaultDrill }
    { other: Vec<(Arc<str>, Arc<str>)> = Vec::new() }
}

spelled! {
    /// What `ModifyDBClusterArch` makes of the standby cluster, spelled as in its requests (`HotStandbyCluster`).
    StandbyArch, "standby cluster"
    /// `on`: storage alone.
    Storage = "on",
    /// `equal`: storage, and compute nodes once they are added.
    Compute = "equal",
}

/// `ModifyDBClusterArch`: builds a standby cluster, or changes storage standby and compute standby into each other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct ModifyDbClusterArch {
    /// The cluster.
    pub cluster: ClusterId,
    /// `HotStandbyCluster`.
    pub standby: StandbyArch,
    /// `StandbyAZ`, which `equal` demands; `None` for `auto`.
    pub zone: Option<ZoneId>,
}

constructor! {
    ModifyDbClusterArch(cluster: ClusterId, standby: StandbyArch)
    { zone => zone: ZoneId }
    {}
}
