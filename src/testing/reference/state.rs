//! The state: plain lists of plain records. What a status or a flag means is said where it is used.

use alloc::string::String;
use alloc::vec::Vec;

use super::super::view::Task;
use crate::control_plane::Request;
use crate::ids::EffectId;

/// What a resource waits for. The id is unknown until the system under test has shown it.
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
    /// A failover took effect that no reprotect has undone.
    pub(super) open: bool,
    pub(super) last_one_shot: Option<u64>,
    /// The group that it is a member of.
    pub(super) group: Option<String>,
    /// Grows with every pair and group: of deadlines at one instant the older one's comes first.
    pub(super) born: usize,
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
    /// Its own status; it shows `invalid` while a member is.
    pub(super) status: &'static str,
    pub(super) job: Option<Job>,
    pub(super) due: Option<u64>,
    pub(super) last_one_shot: Option<u64>,
    /// A copy of the running round has failed.
    pub(super) spoilt: bool,
    pub(super) born: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Drill {
    pub(super) id: String,
    pub(super) account: String,
    /// The pair or group that it belongs to.
    pub(super) owner: String,
    pub(super) of_group: bool,
    pub(super) status: &'static str,
    pub(super) message: Option<String>,
    pub(super) started: u64,
    pub(super) recover_point: Option<u64>,
    /// For each pair its drill disk and how it stands with that.
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

/// A failover of a cluster that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) automatic: bool,
    pub(super) named: Option<String>,
    pub(super) tried: Vec<String>,
    pub(super) round: u8,
    pub(super) began: u64,
    /// A choice among several, or the promotion of one.
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
    /// Being made or released.
    pub(super) job: Option<Job>,
    pub(super) run: Option<Run>,
    pub(super) last_switch: Option<u64>,
}

/// What a token was used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) product: &'static str,
    pub(super) operation: Option<&'static str>,
    pub(super) text: String,
    pub(super) request: Request,
    pub(super) reply: Kept,
    pub(super) at: u64,
}

/// What is remembered under a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kept {
    Accepted(Option<String>),
    Refused(&'static str),
}
