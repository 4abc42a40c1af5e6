//! A node of a cluster, and whether it can be elected.

mod decide;
pub(crate) mod requests;
pub(crate) mod rules;
pub(crate) mod work;
mod working;

use crate::ids::{NodeClass, NodeId, ZoneId};
use crate::text::StatusMessage;
use crate::time::Timestamp;

use crate::polardb::election::ranking::Priority;

/// The role of a node (`DBNodeRole`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Role {
    /// The primary node.
    Writer,
    /// A read-only node.
    Reader,
}

impl Role {
    /// The wire spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Writer => "Writer",
            Self::Reader => "Reader",
        }
    }
}

/// The kind of a node. Only ordinary nodes can become the primary (`P-112`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum NodeKind {
    /// An ordinary node.
    #[default]
    Ordinary,
    /// A read-only column-store node (`ImciSwitch=ON`).
    ColumnStore,
    /// A node for machine learning or search (`DBNodeRole=AI`).
    Ai,
    /// A node of the hot-standby storage cluster (`SubCluster=Standby`).
    Standby,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct DbNode {
    /// Its id.
    pub id: NodeId,
    /// Its role.
    pub role: Role,
    /// Its kind.
    pub kind: NodeKind,
    /// Its failover priority. It belongs to the node, not to the role, and survives a promotion (`P-121`).
    pub priority: Priority,
    /// Its class.
    pub class: NodeClass,
    /// Its zone.
    pub zone: ZoneId,
    /// When it was created.
    pub created_at: Timestamp,
    /// Whether the outside reaches it.
    pub up: bool,
    /// Whether replication to it is healthy.
    pub replicating: bool,
    /// The status that the outside reported, such as `ClassChanging`; `None` is `Running`.
    pub busy: Option<StatusMessage>,
    /// Whether it is a hot replica. It shortens the interruption and has no bearing on the election.
    pub hot_replica: bool,
}

/// Something that changes whether, or before whom, a node can be elected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum NodeChange {
    /// It went down, or came back.
    Up(bool),
    /// Replication to it became abnormal, or healthy again.
    Replicating(bool),
    /// Its priority was set.
    Priority(Priority),
}

/// The primary node among these.
pub(in crate::polardb) fn writer(nodes: &[DbNode]) -> Option<&DbNode> {
    nodes.iter().find(|node| node.role == Role::Writer)
}

impl DbNode {
    /// Whether it can be elected now: a read-only node of an ordinary kind, running, reachable, its replication healthy
    /// (`P-110` to `P-114`).
    pub fn is_eligible(&self) -> bool {
        self.kind == NodeKind::Ordinary && self.is_able()
    }

    /// Whether some failover could elect it now.
    pub(in crate::polardb) fn is_able(&self) -> bool {
        self.role == Role::Reader && self.kind != NodeKind::Ai && self.is_running() && self.replicating
    }

    /// Whether it runs and is reached.
    pub const fn is_running(&self) -> bool {
        self.up && self.busy.is_none()
    }

    /// Makes the change; false if there is nothing to change.
    pub(in crate::polardb) fn change(&mut self, change: NodeChange) -> bool {
        match change {
            NodeChange::Up(to) => core::mem::replace(&mut self.up, to) != to,
            NodeChange::Replicating(to) => core::mem::replace(&mut self.replicating, to) != to,
            NodeChange::Priority(to) => core::mem::replace(&mut self.priority, to) != to,
        }
    }
}
