//! What the answers about clusters and nodes spell alike.

use crate::polardb::{DbCluster, DbNode, HotStandby, NodeKind, Role};

/// `Engine`, the same for all.
pub(super) const ENGINE: &str = "POLARDB";

/// `LockMode` of a cluster that is not locked: the model holds no other.
pub(super) const UNLOCKED: &str = "Unlock";

/// `DBNodeRole`: the list has words of its own for column-store and AI nodes. The page of the attribute call knows `Writer`
/// and `Reader` only; there a column-store node shows by its switch, but nothing else than the list's `AI` would tell an AI
/// node from a reader, so that word is used in both.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NodeRole {
    Writer,
    Reader,
    ColumnReader,
    Ai,
}

impl NodeRole {
    const ALL: [Self; 4] = [Self::Writer, Self::Reader, Self::ColumnReader, Self::Ai];

    /// The wire spelling.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Writer => "Writer",
            Self::Reader => "Reader",
            Self::ColumnReader => "ColumnReader",
            Self::Ai => "AI",
        }
    }

    /// The role that is spelled so.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let found = Self::ALL.into_iter().find(|role| role.as_str() == text);
        found.ok_or("not Writer, Reader, ColumnReader or AI")
    }

    /// As the list of clusters shows it.
    pub(super) const fn listed(node: &DbNode) -> Self {
        match (node.role, node.kind) {
            (Role::Reader, NodeKind::ColumnStore) => Self::ColumnReader,
            _ => Self::of(node),
        }
    }

    /// As the attribute call shows it.
    pub(super) const fn of(node: &DbNode) -> Self {
        match (node.role, node.kind) {
            (Role::Writer, _) => Self::Writer,
            (Role::Reader, NodeKind::Ai) => Self::Ai,
            (Role::Reader, _) => Self::Reader,
        }
    }
}

/// The words of a switch.
pub(super) const SWITCH: [(&str, bool); 2] = [("ON", true), ("OFF", false)];

/// The switch that is spelled so.
pub(super) fn switch(text: &str) -> Result<bool, &'static str> {
    let found = SWITCH.into_iter().find(|(word, _)| *word == text);
    found.map(|(_, on)| on).ok_or("neither ON nor OFF")
}

/// `ImciSwitch`.
pub(super) fn column_store(node: &DbNode) -> &'static str {
    if node.kind == NodeKind::ColumnStore { "ON" } else { "OFF" }
}

/// `HotReplicaMode`.
pub(super) const fn hot_replica(node: &DbNode) -> &'static str {
    if node.hot_replica { "ON" } else { "OFF" }
}

/// Whether the cluster has a hot-standby cluster: of storage, or of standby nodes.
pub(super) fn has_standby(cluster: &DbCluster) -> bool {
    let nodes = || cluster.nodes().iter().any(|node| node.kind == NodeKind::Standby);
    cluster.hot_standby() != HotStandby::Off || nodes()
}

/// `HotStandbyCluster` as the attribute call answers it. `equal` is known from a public client alone.
pub(super) fn hot_standby(cluster: &DbCluster) -> &'static str {
    match cluster.hot_standby() {
        HotStandby::Compute => "equal",
        _ if has_standby(cluster) => "StandbyClusterON",
        _ => "StandbyClusterOFF",
    }
}

/// What such an answer, or the list's, says.
pub(super) fn hot_standby_of(text: &str) -> Result<HotStandby, &'static str> {
    match text {
        "StandbyClusterON" => Ok(HotStandby::Storage),
        "StandbyClusterOFF" => Ok(HotStandby::Off),
        "equal" => Ok(HotStandby::Compute),
        _ => HotStandby::ALL
            .iter()
            .copied()
            .find(|standby| standby.as_str() == text)
            .ok_or("no such standby cluster"),
    }
}
