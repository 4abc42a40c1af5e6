//! Events: facts for logs and assertions.

use alloc::vec::Vec;

use super::effect::Effect;
use crate::ebs::{Access, DiskChange, DrillStatus, GroupStatus, PairStatus, ReplicaId};
use crate::ids::{AccountId, ClusterId, DiskId, DrillId, EffectId, GroupId, NetworkId, PairId};
use crate::polardb::{ClusterFact, NetworkFact};
use crate::rule::RuleId;
use crate::time::{Span, Timestamp};

/// The result of an input: the effects to carry out and the events. Empty if nothing happened.
#[must_use = "effects must be carried out and reported on"]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Step {
    /// The effects to carry out.
    pub effects: Vec<Effect>,
    /// The events, in order.
    pub events: Vec<Event>,
}

impl Step {
    /// Whether it has neither effects nor events.
    pub fn is_empty(&self) -> bool {
        self.effects.is_empty() && self.events.is_empty()
    }

    /// Appends a later step.
    pub fn extend(&mut self, later: Self) {
        self.effects.extend(later.effects);
        self.events.extend(later.events);
    }
}

/// A fact with its time, account and rule.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Event {
    /// The time of the input, or of the deadline that fired.
    pub at: Timestamp,
    /// The account of the resource.
    pub account: AccountId,
    /// The rule that decided.
    pub rule: RuleId,
    /// The fact.
    pub fact: Fact,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fact {
    /// To a pair.
    Pair {
        /// The pair.
        pair: PairId,
        /// The fact.
        fact: PairFact,
    },
    /// To a group.
    Group {
        /// The group.
        group: GroupId,
        /// The fact.
        fact: GroupFact,
    },
    /// To a drill.
    Drill {
        /// The drill.
        drill: DrillId,
        /// The fact.
        fact: DrillFact,
    },
    /// An observed change of a disk.
    Disk {
        /// The disk.
        disk: DiskId,
        /// The change.
        change: DiskChange,
    },
    /// The access of a disk's host changed.
    Access {
        /// The disk.
        disk: DiskId,
        /// Before.
        from: Access,
        /// After.
        to: Access,
    },
    /// To a cluster.
    Cluster {
        /// The cluster.
        cluster: ClusterId,
        /// The fact.
        fact: ClusterFact,
    },
    /// To a global database network.
    Network {
        /// The network.
        network: NetworkId,
        /// The fact.
        fact: NetworkFact,
    },
    /// An unexpired token was evicted for space: at and below this horizon, at-most-once is no longer guaranteed.
    TokenEvicted {
        /// The account's new horizon.
        horizon: u64,
    },
}

/// A change of the status of a pair or group.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StatusChange<S> {
    /// Before; `None` before its creation.
    pub from: Option<S>,
    /// After; `None` after its removal.
    pub to: Option<S>,
    /// The pending effect that is superseded: its report will be stale.
    pub superseded: Option<EffectId>,
    /// The duration of the effect that ended.
    pub took: Option<Span>,
    /// The current recover point.
    pub recover_point: Option<Timestamp>,
}

impl<S> StatusChange<S> {
    /// A change that ends no effect, of something without a recover point.
    pub(super) const fn between(from: Option<S>, to: Option<S>) -> Self {
        Self { from, to, superseded: None, took: None, recover_point: None }
    }
}

/// What happened to a pair.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PairFact {
    /// Its status changed.
    Status(StatusChange<PairStatus>),
    /// A copy failed without a change of status.
    CopyFailed,
    /// Its name, description, replication time control, tags or resource group changed.
    Settings,
    /// The copy of a group member is complete; the round commits once all members' copies are (`G-641`).
    CopyWaits,
}

/// What happened to a group.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GroupFact {
    /// Its visible status changed. The recover point is the one that all members share.
    Status(StatusChange<GroupStatus>),
    /// A pair joined.
    Joined(PairId),
    /// A pair left.
    Left(PairId),
    /// A round of copies ended without a commit or a change of status.
    RoundFailed,
    /// Its name, description, replication time control, tags or resource group changed.
    Settings,
}

/// What happened to a drill.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DrillFact {
    /// Its status changed; `None` before its creation and after it is cleared or removed.
    Status {
        /// The pair or group that it belongs to.
        owner: ReplicaId,
        /// Before.
        from: Option<DrillStatus>,
        /// After.
        to: Option<DrillStatus>,
        /// The recover point that it clones.
        recover_point: Option<Timestamp>,
    },
}
