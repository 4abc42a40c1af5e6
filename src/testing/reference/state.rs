//! The state: plain lists of plain records.

use alloc::string::String;
use alloc::vec::Vec;

use super::super::view::{Answer, DrillView, Task};
use super::standby::Work;
use crate::control_plane::Request;
use crate::ids::EffectId;

/// A pending effect. The id is unknown until the system under test shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Job {
    pub(super) id: Option<EffectId>,
    pub(super) task: Task,
}

impl Job {
    pub(super) const fn new(task: Task) -> Self {
        Self { id: None, task }
    }
}

/// Pairs and groups obey like rules, under numbers of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Kind {
    #[default]
    Pair,
    Group,
}

impl Kind {
    /// What holds of this kind.
    pub(super) fn of<T>(self, pair: T, group: T) -> T {
        match self {
            Self::Pair => pair,
            Self::Group => group,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Place {
    pub(super) region: String,
    pub(super) zone: String,
    /// Empty for a group.
    pub(super) disk: String,
}

/// A pair or a group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Replica {
    pub(super) kind: Kind,
    pub(super) id: String,
    pub(super) account: String,
    pub(super) primary: Place,
    pub(super) standby: Place,
    pub(super) swapped: bool,
    /// The status of its own; a group shows `invalid` while a member is.
    pub(super) status: &'static str,
    pub(super) message: Option<String>,
    pub(super) job: Option<Job>,
    pub(super) due: Option<u64>,
    /// The place in the order of creation of all pairs, groups and clusters.
    pub(super) ordinal: usize,
    pub(super) last_one_shot: Option<u64>,
    /// Of a pair; a group has that of its members.
    pub(super) recover_point: Option<u64>,
    /// Of a pair: a copy succeeded, in whichever direction.
    pub(super) ever_copied: bool,
    /// Of a pair: a failover succeeded that no reprotect has undone.
    pub(super) open: bool,
    /// Of a pair: the group that it is in.
    pub(super) group: Option<String>,
    /// Of a group: a copy of the current round has failed.
    pub(super) copy_failed: bool,
    /// Replication time control.
    pub(super) timed: bool,
    /// Keys with their values.
    pub(super) tags: Vec<(String, String)>,
}

impl Replica {
    pub(super) fn is(&self, kind: Kind, id: &str) -> bool {
        self.kind == kind && self.id == id
    }

    pub(super) const fn source(&self) -> &Place {
        if self.swapped { &self.standby } else { &self.primary }
    }

    pub(super) const fn destination(&self) -> &Place {
        if self.swapped { &self.primary } else { &self.standby }
    }

    /// Whether an end lies in this region.
    pub(super) fn touches(&self, region: &str) -> bool {
        self.primary.region == region || self.standby.region == region
    }

    /// Whether the disk is an end of this pair.
    pub(super) fn has_disk(&self, account: &str, disk: &str) -> bool {
        self.account == account && (self.primary.disk == disk || self.standby.disk == disk)
    }

    /// Whether the other is this pair, or a member of this group.
    pub(super) fn has(&self, other: &Self) -> bool {
        match self.kind {
            Kind::Pair => other.is(Kind::Pair, &self.id),
            Kind::Group => other.group.as_ref() == Some(&self.id),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Drill {
    pub(super) account: String,
    /// What is drilled: a pair or a group.
    pub(super) of: Kind,
    pub(super) job: Option<Job>,
    pub(super) shown: DrillView,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Disk {
    pub(super) account: String,
    pub(super) id: String,
    pub(super) up: bool,
    pub(super) attached: bool,
    pub(super) removed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) id: String,
    pub(super) writer: bool,
    pub(super) zone: String,
    pub(super) ordinary: bool,
    pub(super) ai: bool,
    pub(super) priority: u8,
    pub(super) up: bool,
    pub(super) replicating: bool,
    pub(super) busy: Option<String>,
}

/// A failover of a cluster in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) automatic: bool,
    pub(super) named: Option<String>,
    pub(super) tried: Vec<String>,
    pub(super) round: u8,
    pub(super) began: u64,
    /// The choice of a node, or its promotion.
    pub(super) job: Job,
}

impl Run {
    pub(super) const fn new(began: u64, task: Task) -> Self {
        Self { automatic: false, named: None, tried: Vec::new(), round: 1, began, job: Job::new(task) }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Cluster {
    pub(super) id: String,
    pub(super) account: String,
    pub(super) region: String,
    pub(super) mysql: bool,
    /// Engine and version, such as `MySQL 8.0`.
    pub(super) kind: String,
    pub(super) fails_over: bool,
    /// `Category`.
    pub(super) edition: &'static str,
    /// `HotStandbyCluster`.
    pub(super) stands: &'static str,
    /// The zone in which something stands by.
    pub(super) away: Option<String>,
    /// `StandbyHAMode`.
    pub(super) on: bool,
    /// `DataSyncMode` is `SemiSync`.
    pub(super) semi: bool,
    pub(super) prepaid: bool,
    pub(super) locked: bool,
    pub(super) nodes: Vec<Node>,
    pub(super) busy: Option<String>,
    /// Creation or release.
    pub(super) job: Option<Job>,
    pub(super) run: Option<Run>,
    /// Work that bears on the standby cluster.
    pub(super) work: Option<(Job, Work)>,
    pub(super) last_switch: Option<u64>,
    /// As of a replica.
    pub(super) ordinal: usize,
    /// The next round of an automatic failover.
    pub(super) due: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Network {
    pub(super) id: String,
    pub(super) account: String,
    pub(super) primary: String,
    /// Each with whether it replicates.
    pub(super) secondaries: Vec<(String, bool)>,
    pub(super) job: Option<Job>,
}

/// A token and the call that it was used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) product: &'static str,
    pub(super) operation: Option<String>,
    pub(super) text: String,
    pub(super) request: Request,
    /// The answer to replays.
    pub(super) reply: Answer,
    pub(super) at: u64,
}
