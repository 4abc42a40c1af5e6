//! What the answers about clusters and nodes spell alike.

use crate::polardb::{DbCluster, DbNode, NodeKind, Role};

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

/// Whether the cluster is seen to have a hot-standby storage cluster: by its standby nodes. One without them may have
/// it all the same, so without them nothing is said. The list calls it `ON`, the attribute call `StandbyClusterON`.
pub(super) fn has_standby(cluster: &DbCluster) -> bool {
    cluster.nodes().iter().any(|node| node.kind == NodeKind::Standby)
}
