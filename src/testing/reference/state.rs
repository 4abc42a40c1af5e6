//! The state: plain lists of plain records.

use alloc::string::String;
use alloc::vec::Vec;

use super::super::view::Task;
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) region: String,
    pub(super) zone: String,
    pub(super) disk: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) id: String,
    pub(super) account: String,
    pub(super) primary: Place,
    pub(super) standby: Place,
    pub(super) swapped: bool,
    pub(super) status: &'static str,
    pub(super) message: Option<String>,
    pub(super) job: Option<Job>,
    pub(super) due: Option<u64>,
    pub(super) recover_point: Option<u64>,
    pub(super) ever_copied: bool,
    /// A failover succeeded that no reprotect has undone.
    pub(super) open: bool,
    pub(super) last_one_shot: Option<u64>,
    /// The group of the pair.
    pub(super) group: Option<String>,
    /// Grows with every pair and group. Of deadlines at one instant the lowest ordinal comes first.
    pub(super) ordinal: usize,
}

/// A region and a zone.
pub(super) type Site = (String, String);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) account: String,
    pub(super) primary: Site,
    pub(super) standby: Site,
    pub(super) swapped: bool,
    /// The status of its own; a group shows `invalid` while a member is.
    pub(super) status: &'static str,
    pub(super) job: Option<Job>,
    pub(super) due: Option<u64>,
    pub(super) last_one_shot: Option<u64>,
    /// A copy of the current round has failed.
    pub(super) copy_failed: bool,
    pub(super) ordinal: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Drill {
    pub(super) id: String,
    pub(super) account: String,
    /// The pair or group that is drilled.
    pub(super) owner: String,
    pub(super) of_group: bool,
    pub(super) status: &'static str,
    pub(super) message: Option<String>,
    pub(super) started: u64,
    pub(super) recover_point: Option<u64>,
    /// Pairs, their drill disks and the statuses of these.
    pub(super) disks: Vec<(String, String, String)>,
    pub(super) job: Option<Job>,
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
    pub(super) ordinary: bool,
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cluster {
    pub(super) id: String,
    pub(super) account: String,
    pub(super) region: String,
    pub(super) mysql: bool,
    pub(super) fails_over: bool,
    pub(super) prepaid: bool,
    pub(super) locked: bool,
    pub(super) nodes: Vec<Node>,
    pub(super) busy: Option<String>,
    /// Creation or release.
    pub(super) job: Option<Job>,
    pub(super) run: Option<Run>,
    pub(super) last_switch: Option<u64>,
    pub(super) ordinal: usize,
    /// The next round of an automatic failover.
    pub(super) due: Option<u64>,
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
    pub(super) reply: Remembered,
    pub(super) at: u64,
}

/// The reply that a token remembers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Remembered {
    Accepted(Option<String>),
    Refused(&'static str),
}
