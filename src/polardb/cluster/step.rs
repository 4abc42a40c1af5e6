//! What happened to a cluster: the facts of an applied plan.

use alloc::vec::Vec;

use crate::ids::{EffectId, NodeId};
use crate::lifecycle::Pending;
use crate::outcome::Failure;
use crate::polardb::cluster::ClusterEffect;
use crate::polardb::cluster::status::ClusterStatus;
use crate::polardb::election::failover::Cause;
use crate::polardb::election::ranking::Priority;
use crate::polardb::nodes::NodeChange;
use crate::polardb::nodes::work::NodeWork;
use crate::rule::RuleId;
use crate::time::{Span, Timestamp};

/// Something that happened to a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClusterFact {
    /// Its status changed. There is none before its creation and after its removal.
    Status {
        /// Before.
        from: Option<ClusterStatus>,
        /// After.
        to: Option<ClusterStatus>,
    },
    /// A failover began.
    FailoverBegan {
        /// Why.
        cause: Cause,
        /// The target that was named.
        requested: Option<NodeId>,
    },
    /// The writer failed during a manual failover, which became automatic.
    TurnedAutomatic,
    /// Several nodes share the highest priority and were offered for a choice.
    Offered {
        /// Their priority.
        priority: Priority,
        /// The nodes.
        tier: Vec<NodeId>,
    },
    /// A promotion was asked for.
    AttemptBegan {
        /// The node.
        node: NodeId,
        /// Its number within this failover, from 1.
        attempt: u32,
    },
    /// A promotion failed.
    AttemptFailed {
        /// The node.
        node: NodeId,
        /// Why; `None` if the node was lost meanwhile.
        failure: Option<Failure>,
    },
    /// The writer moved: the failover succeeded.
    WriterMoved {
        /// The writer before.
        from: NodeId,
        /// The writer now.
        to: NodeId,
        /// Promotions begun.
        attempts: u32,
        /// How long it took.
        took: Span,
        /// Why the failover ran.
        cause: Cause,
    },
    /// The failover ended without success: no eligible node is left, or the named target failed.
    Exhausted {
        /// Promotions begun.
        attempts: u32,
    },
    /// The cluster was removed and its failover with it.
    Cancelled,
    /// A node changed.
    NodeChanged {
        /// The node.
        node: NodeId,
        /// How.
        change: NodeChange,
    },
    /// Work on nodes began.
    WorkBegan {
        /// What.
        work: NodeWork,
    },
    /// Work on nodes ended.
    WorkEnded {
        /// What.
        work: NodeWork,
        /// Whether it succeeded.
        succeeded: bool,
    },
    /// The switches of its standby cluster changed, or its hour of maintenance.
    Settings,
    /// The lock against release was set or lifted.
    Locked(bool),
}

/// What applying a plan did.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClusterStep {
    /// When.
    pub at: Timestamp,
    /// What happened, in order, each with its rule.
    pub facts: Vec<(RuleId, ClusterFact)>,
    /// The effect that is asked for now.
    pub asked: Option<Pending<ClusterEffect>>,
    /// The effects that ended or were superseded.
    pub ended: Vec<EffectId>,
    /// Nodes that joined the cluster.
    pub joined: Vec<NodeId>,
    /// Nodes that left the cluster.
    pub left: Vec<NodeId>,
    /// Whether the cluster is gone.
    pub gone: bool,
}
