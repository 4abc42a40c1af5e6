//! When things about nodes were measured, for an embedder whose measurements reach the elector late.
//!
//! The elector decides by what it was told. So late sight needs no second view of the nodes beside the first: what arrives late
//! counts from its arrival. What does need a rule is the order, since measurements that are late by different spans overtake
//! each other, and an older one that came last would stay (`P-670`).

use alloc::collections::BTreeMap;

use crate::ids::NodeId;
use crate::polardb::cluster::rules::P_670;
use crate::polardb::nodes::NodeChange;
use crate::rule::cite;
use crate::time::{Span, Timestamp};

/// For each node the times of its last measurements; empty unless the policy lets sight be late.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub(crate) struct Measured(BTreeMap<NodeId, Times>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
struct Times {
    up: Timestamp,
    replicating: Timestamp,
    priority: Timestamp,
}

impl Measured {
    /// Takes note of a measurement; false if a later one of the same thing is known.
    pub(in crate::polardb) fn take(
        &mut self,
        node: &NodeId,
        change: NodeChange,
        at: Timestamp,
        delay: Span,
    ) -> bool {
        cite!(P_670);
        if delay == Span::default() {
            return true;
        }
        let times = self.0.entry(node.clone()).or_default();
        let last = match change {
            NodeChange::Up(_) => &mut times.up,
            NodeChange::Replicating(_) => &mut times.replicating,
            NodeChange::Priority(_) => &mut times.priority,
        };
        let newest = at >= *last;
        *last = at.max(*last);
        newest
    }

    /// Forgets nodes that left the cluster.
    pub(in crate::polardb) fn forget(&mut self, gone: &[NodeId]) {
        self.0.retain(|node, _| !gone.contains(node));
    }
}
