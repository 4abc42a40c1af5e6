//! Events: facts for logs and assertions.

use alloc::vec::Vec;

use super::effect::Effect;
use crate::ebs::{Access, DiskChange, DrillOwner, DrillStatus, GroupStatus, PairStatus};
use crate::ids::{AccountId, ClusterId, DiskId, DrillId, EffectId, GroupId, PairId};
use crate::polardb::ClusterFact;
use crate::rule::RuleId;
use crate::time::{Span, Timestamp};

/// What an input did: the effects it asks for and the events that happened. Empty if it did nothing.
#[must_use = "effects must be carried out and reported on"]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Step {
    /// To be carried out.
    pub effects: Vec<Effect>,
    /// What happened, in order.
    pub events: Vec<Event>,
}

impl Step {
    /// Whether nothing was asked for and nothing happened.
    pub fn is_empty(&self) -> bool {
        self.effects.is_empty() && self.events.is_empty()
    }

    /// Appends a later step.
    pub fn extend(&mut self, later: Self) {
        self.effects.extend(later.effects);
        self.events.extend(later.events);
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Event {
    /// When: the time of the input, or of the deadline that fired.
    pub at: Timestamp,
    /// The account concerned.
    pub account: AccountId,
    /// The rule that decided.
    pub rule: RuleId,
    /// What.
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
        /// What.
        fact: PairFact,
    },
    /// To a group.
    Group {
        /// The group.
        group: GroupId,
        /// What.
        fact: GroupFact,
    },
    /// To a drill.
    Drill {
        /// The drill.
        drill: DrillId,
        /// What.
        fact: DrillFact,
    },
    /// A disk changed, as observed.
    Disk {
        /// The disk.
        disk: DiskId,
        /// How.
        change: DiskChange,
    },
    /// What a disk's host can do with it changed.
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
        /// What.
        fact: ClusterFact,
    },
    /// A token that was still remembered was evicted for space: below this horizon the promise no longer holds.
    TokenEvicted {
        /// The account's new horizon.
        horizon: u64,
    },
}

/// What happened to a pair.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PairFact {
    /// Its status changed; `None` before it existed and after it is forgotten.
    Status {
        /// Before.
        from: Option<PairStatus>,
        /// After.
        to: Option<PairStatus>,
        /// The effect that was under way and is superseded: its report will be stale.
        superseded: Option<EffectId>,
        /// How long the effect that ended here was under way.
        took: Option<Span>,
        /// The recover point that stands now.
        recover_point: Option<Timestamp>,
    },
    /// A copy failed and the status stayed.
    CopyFailed,
    /// Its name, description, replication time control, tags or resource group changed.
    Settings,
    /// The copy of a group's member is complete; it counts once those of the others are (`G-641`).
    CopyWaits,
}

/// What happened to a group.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GroupFact {
    /// The status that it shows changed; `None` before it existed and after it is forgotten.
    Status {
        /// Before.
        from: Option<GroupStatus>,
        /// After.
        to: Option<GroupStatus>,
        /// The effect that was under way and is superseded: its report will be stale.
        superseded: Option<EffectId>,
        /// How long the effect that ended here was under way.
        took: Option<Span>,
        /// The recover point that all members share now.
        recover_point: Option<Timestamp>,
    },
    /// A pair joined.
    Joined(PairId),
    /// A pair left.
    Left(PairId),
    /// A round of copies ended without committing, and the status stayed.
    RoundFailed,
    /// Its name, description, replication time control, tags or resource group changed.
    Settings,
}

/// What happened to a drill.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DrillFact {
    /// Its status changed; `None` before it existed and after it is cleared or forgotten.
    Status {
        /// The pair or group that it belongs to.
        owner: DrillOwner,
        /// Before.
        from: Option<DrillStatus>,
        /// After.
        to: Option<DrillStatus>,
        /// The recover point that it holds.
        recover_point: Option<Timestamp>,
    },
}
