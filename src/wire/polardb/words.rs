//! What the answers about clusters and nodes spell alike.

use crate::polardb::{DbCluster, DbNode, HotStandby, NodeKind, Role};

/// `Engine`, the same for all.
pub(super) const ENGINE: &str = "POLARDB";

/// `LockMode` of a cluster that is not locked: the model holds no other.
pub(super) const UNLOCKED: &str = "Unlock";

/// `DBNodeRole`, with the role and kind of node that it says: the list has words of its own for column-store and AI nodes.
pub(super) const ROLES: [(&str, (Role, NodeKind)); 4] = [
    ("Writer", (Role::Writer, NodeKind::Ordinary)),
    ("Reader", (Role::Reader, NodeKind::Ordinary)),
    ("ColumnReader", (Role::Reader, NodeKind::ColumnStore)),
    ("AI", (Role::Reader, NodeKind::Ai)),
];

/// `DBNodeRole` in the list of clusters.
pub(super) const fn listed_role(node: &DbNode) -> &'static str {
    match (node.role, node.kind) {
        (Role::Reader, NodeKind::ColumnStore) => "ColumnReader",
        _ => role(node),
    }
}

/// `DBNodeRole` in the attribute call, whose page knows `Writer` and `Reader` only; a column-store node shows by its
/// switch, but nothing else than the list's `AI` would tell an AI node from a reader.
pub(super) const fn role(node: &DbNode) -> &'static str {
    match (node.role, node.kind) {
        (Role::Writer, _) => "Writer",
        (Role::Reader, NodeKind::Ai) => "AI",
        (Role::Reader, _) => "Reader",
    }
}

/// The words of a switch.
pub(super) const SWITCH: [(&str, bool); 2] = [("ON", true), ("OFF", false)];

/// The word for a switch.
pub(super) const fn switch(on: bool) -> &'static str {
    if on { "ON" } else { "OFF" }
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
