//! A node of a cluster.

mod decide;
pub(crate) mod measured;
pub(crate) mod requests;
pub(crate) mod rules;
pub(crate) mod work;

use crate::ids::{NodeClass, NodeId, ZoneId};
use crate::spelling::spelled;
use crate::text::StatusMessage;
use crate::time::Timestamp;

use crate::polardb::election::ranking::Priority;

spelled! {
    /// The role of a node (`DBNodeRole`).
    Role, "role of a node"
    /// The primary node.
    Writer = "Writer",
    /// A read-only node.
    Reader = "Reader",
}

/// The kind of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
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
    /// Whether it is reachable.
    pub up: bool,
    /// Whether replication to it is healthy.
    pub replicating: bool,
    /// Its status while it is busy, such as `ClassChanging`.
    pub busy: Option<StatusMessage>,
    /// Whether it is a hot replica, which shortens the interruption. Its weight in an election is policy.
    pub hot_replica: bool,
}

/// A change that bears on the election of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum NodeChange {
    /// It went down (`false`) or came back.
    Up(bool),
    /// Replication to it became abnormal (`false`) or healthy.
    Replicating(bool),
    /// Its priority was set.
    Priority(Priority),
}

/// The primary node among these.
pub(in crate::polardb) fn writer(nodes: &[DbNode]) -> Option<&DbNode> {
    nodes.iter().find(|node| node.role == Role::Writer)
}

impl DbNode {
    /// A node as the vendor makes it: reachable, in sync and of the lowest priority.
    pub(in crate::polardb) fn new(
        id: &NodeId,
        role: Role,
        kind: NodeKind,
        class: NodeClass,
        zone: ZoneId,
        created_at: Timestamp,
    ) -> Self {
        Self {
            id: id.clone(),
            role,
            kind,
            priority: Priority::MIN,
            class,
            zone,
            created_at,
            up: true,
            replicating: true,
            busy: None,
            hot_replica: false,
        }
    }

    /// Whether a failover among the ordinary nodes can elect it now: a read-only node, running and with healthy replication
    /// (`P-110` to `P-114`).
    pub fn is_eligible(&self) -> bool {
        self.kind == NodeKind::Ordinary && self.is_able()
    }

    /// Whether some failover could elect it now.
    pub(in crate::polardb) fn is_able(&self) -> bool {
        self.role == Role::Reader && self.kind != NodeKind::Ai && self.is_running() && self.replicating
    }

    /// Whether it is reachable and not busy.
    pub const fn is_running(&self) -> bool {
        self.up && self.busy.is_none()
    }

    /// Makes the change; false if it changes nothing.
    pub(in crate::polardb) fn change(&mut self, change: NodeChange) -> bool {
        match change {
            NodeChange::Up(to) => core::mem::replace(&mut self.up, to) != to,
            NodeChange::Replicating(to) => core::mem::replace(&mut self.replicating, to) != to,
            NodeChange::Priority(to) => core::mem::replace(&mut self.priority, to) != to,
        }
    }
}
