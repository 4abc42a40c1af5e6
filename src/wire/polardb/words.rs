//! What the answers about clusters and nodes spell alike.

use crate::polardb::{DbCluster, DbNode, HotStandby, NodeKind, Role, StandbyHaMode};
use crate::wire::object::{Text, text};

/// `Engine`, the same for all.
pub(super) const ENGINE: &str = "POLARDB";

/// `DBClusterNetworkType`: there is no other (SDK 9.2.1, `ClusterNetworkType`, read 2026-11).
pub(super) const NETWORK: &str = "VPC";

/// What answers show that was given once and decides nothing (`P-623`): the wire names in the attribute call, where nothing
/// else is said, and their other spelling in the list.
pub(super) const SETTINGS: [(&str, Option<&str>); 6] = [
    ("VPCId", Some("VpcId")),
    ("VSwitchId", Some("VswitchId")),
    ("MaintainTime", None),
    ("StoragePayType", None),
    ("Architecture", None),
    ("ProvisionedIops", None),
];

/// What was given about a cluster under this name.
pub(super) fn setting(cluster: &DbCluster, name: &str) -> Text {
    cluster.setting(name).and_then(text)
}

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

/// The words of `StandbyHAMode` in requests.
pub(super) const STANDBY_HA: [(&str, StandbyHaMode); 2] =
    [(StandbyHaMode::On.as_str(), StandbyHaMode::On), (StandbyHaMode::Off.as_str(), StandbyHaMode::Off)];

/// The words of a switch.
pub(super) const SWITCH: [(&str, bool); 2] = [("ON", true), ("OFF", false)];

/// The word for a switch.
pub(super) const fn switch(on: bool) -> &'static str {
    if on { "ON" } else { "OFF" }
}

/// `HotStandbyCluster` as the attribute call answers it. `equal` is known from a public client alone.
pub(super) fn hot_standby(cluster: &DbCluster) -> &'static str {
    match cluster.hot_standby() {
        HotStandby::Compute => "equal",
        _ if cluster.has_standby() => "StandbyClusterON",
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
