//! The visible behaviour of a system: its answer to an input, and its state afterwards.
//!
//! Values are plain text and numbers in the cloud's own spelling, so that any implementation can produce them. A system
//! that cannot tell whether a token answered (`replayed`), or which rule decided (`rule`), leaves these out, and they are
//! not compared.

mod control_plane;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::control_plane::Misuse;
use crate::ids::EffectId;
use crate::rule::RuleId;
use crate::time::Timestamp;

/// The answer to an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The call was accepted.
    Accepted {
        /// The id of the resource that it created.
        created: Option<String>,
        /// Whether a token answered; `None` if unknown.
        replayed: Option<bool>,
        /// The rule that decided; `None` if unknown.
        rule: Option<RuleId>,
    },
    /// A list was returned: these ids, in this order.
    Listed(Vec<String>),
    /// The call was refused.
    Refused {
        /// The error code on the wire.
        code: String,
        /// Whether a token answered; `None` if unknown.
        replayed: Option<bool>,
        /// The rule that decided; `None` if unknown.
        rule: Option<RuleId>,
    },
    /// The input breaks the contract of the embedder: a late report, a node that was not offered, an id in use.
    Misused(Misuse),
    /// The report was accepted, or time advanced.
    Done,
}

impl Answer {
    /// Whether `shown` equals this answer in everything that `shown` tells, rules aside.
    pub(super) fn is(&self, shown: &Self) -> bool {
        let mut told = self.clone();
        if let Self::Accepted { replayed, rule, .. } | Self::Refused { replayed, rule, .. } = &mut told
            && let Self::Accepted { replayed: again, rule: by, .. }
            | Self::Refused { replayed: again, rule: by, .. } = shown
        {
            *rule = *by;
            *replayed = replayed.filter(|_| again.is_some());
        }
        told == *shown
    }

    /// Whether both answers name the same rule; true if either names none.
    pub(super) fn is_by_the_rule_of(&self, shown: &Self) -> bool {
        match (self.rule(), shown.rule()) {
            (Some(allowed), Some(shown)) => allowed == shown,
            _ => true,
        }
    }

    const fn rule(&self) -> Option<RuleId> {
        match self {
            Self::Accepted { rule, .. } | Self::Refused { rule, .. } => *rule,
            Self::Listed(_) | Self::Misused(_) | Self::Done => None,
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (replayed, rule) = match self {
            Self::Accepted { replayed, rule, created } => {
                f.write_str("accepted")?;
                if let Some(created) = created {
                    write!(f, ", created {created}")?;
                }
                (replayed, rule)
            }
            Self::Refused { code, replayed, rule } => {
                write!(f, "refused, {code}")?;
                (replayed, rule)
            }
            Self::Listed(ids) => return write!(f, "listed {ids:?}"),
            Self::Misused(misuse) => return write!(f, "not taken: {misuse}"),
            Self::Done => return f.write_str("taken"),
        };
        if *replayed == Some(true) {
            f.write_str(", as before")?;
        }
        rule.map_or(Ok(()), |rule| write!(f, " ({rule})"))
    }
}

/// Freedom that a system declares: where it deviates from the order of this crate and still conforms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Leeway {
    /// It breaks ties itself: it promotes any node of a tier instead of asking for a choice (`P-131`).
    pub elects_itself: bool,
    /// Of several faults of one call it reports any, not the one that this crate checks first.
    pub any_fault: bool,
    /// Its timers follow the clock: what has fallen due by the time of a call or report has happened before it. Otherwise only
    /// the passing of time, [`Input::Advance`](crate::Input::Advance), makes anything fall due.
    pub timers_follow_clock: bool,
    /// It shows no effects: they are not compared, and reports name them by numbers, from 1, in the order in which the reference
    /// asks for them; of several in one step, in the order of pairs and groups, drills, clusters, networks.
    pub hides_effects: bool,
    /// It shows no deadline, which is not compared.
    pub hides_deadlines: bool,
}

/// One end of a pair, in its present role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndView {
    /// The region.
    pub region: String,
    /// The disk.
    pub disk: String,
    /// The access of the disk's host: `none`, `read_only` or `read_write`.
    pub access: &'static str,
}

/// A replication pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairView {
    /// The id.
    pub id: String,
    /// The status.
    pub status: String,
    /// The status message.
    pub message: Option<String>,
    /// The end that is copied from now.
    pub source: EndView,
    /// The end that is copied to now.
    pub destination: EndView,
    /// Completion of the last copy in this direction.
    pub recover_point: Option<Timestamp>,
    /// The group that the pair belongs to.
    pub group: Option<String>,
}

/// One site of a group, in its present role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteView {
    /// The region.
    pub region: String,
    /// The zone.
    pub zone: String,
}

/// A consistent group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupView {
    /// The id.
    pub id: String,
    /// The status shown.
    pub status: String,
    /// The site that is copied from now.
    pub source: SiteView,
    /// The site that is copied to now.
    pub destination: SiteView,
    /// The member pairs, in any order.
    pub members: Vec<String>,
    /// The recover point common to all members.
    pub recover_point: Option<Timestamp>,
}

/// A disk that a drill creates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrillDiskView {
    /// The pair whose recover point it holds.
    pub pair: String,
    /// The disk.
    pub disk: String,
    /// `creating`, `created`, `deleting`, `deleted`, or an error code.
    pub status: String,
}

/// A drill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrillView {
    /// The id.
    pub id: String,
    /// The pair or group that is drilled.
    pub owner: String,
    /// The status.
    pub status: String,
    /// The status message.
    pub message: Option<String>,
    /// The time of the start.
    pub started_at: Timestamp,
    /// The recover point that the disks hold.
    pub recover_point: Option<Timestamp>,
    /// The disks, in any order.
    pub disks: Vec<DrillDiskView>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeView {
    /// The id.
    pub id: String,
    /// Whether it is the primary.
    pub writer: bool,
    /// The failover priority.
    pub priority: u8,
    /// The status.
    pub status: String,
}

/// A cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterView {
    /// The id.
    pub id: String,
    /// The status.
    pub status: String,
    /// The nodes, in any order.
    pub nodes: Vec<NodeView>,
}

/// A global database network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkView {
    /// The id.
    pub id: String,
    /// The status.
    pub status: String,
    /// The primary cluster.
    pub primary: String,
    /// The secondary clusters, in any order.
    pub secondaries: Vec<String>,
}

/// What an effect asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Create the resource; of a drill its disks, from the recover point.
    Create,
    /// Copy the source of a pair to its destination.
    Copy,
    /// Stop the copies of a pair or of members of a group.
    Stop,
    /// Make the destination of a pair or of members of a group writable.
    Failover,
    /// Prepare a pair or members of a group for the opposite direction, or, if false, for the same one again.
    Reprotect(bool),
    /// Delete the resource; of a drill its disks.
    Delete,
    /// Choose one of these nodes, in any order.
    ChooseNode(Vec<String>),
    /// Promote this node.
    PromoteNode(String),
    /// Take this secondary out of a network.
    RemoveMember(String),
    /// Make this secondary the primary of its network; forced, if true.
    SwitchOver(String, bool),
    /// A task that the reference does not model.
    Other(String),
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create",
            Self::Copy => "copy",
            Self::Stop => "stop copying",
            Self::Failover => "fail over",
            Self::Reprotect(true) => "reverse the direction",
            Self::Reprotect(false) => "cancel the failover",
            Self::Delete => "delete",
            Self::RemoveMember(cluster) => return write!(f, "remove {cluster}"),
            Self::SwitchOver(to, false) => return write!(f, "switch over to {to}"),
            Self::SwitchOver(to, true) => return write!(f, "force a switch-over to {to}"),
            Self::ChooseNode(tier) => return write!(f, "choose one of {}", tier.join(" and ")),
            Self::PromoteNode(node) => return write!(f, "promote {node}"),
            Self::Other(what) => what,
        })
    }
}

/// A pending effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingEffect {
    /// The id, from 1. In an allowed state, 0 stands for any id that was never used.
    pub id: EffectId,
    /// The pair, group, drill or cluster.
    pub resource: String,
    /// The members of the group that it concerns, in any order; none if the resource is not a group.
    pub members: Vec<String>,
    /// What it asks for.
    pub task: Task,
}

impl PendingEffect {
    /// Whether it is the one of this resource for such a task: a failover of a cluster and work on it can be pending at a time.
    pub(in crate::testing) fn is_of(&self, resource: &str, task: &Task) -> bool {
        let is_work = |task: &Task| matches!(task, Task::Other(_));
        self.resource == resource && is_work(&self.task) == is_work(task)
    }
}

impl fmt::Display for PendingEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.task, self.resource)?;
        if !self.members.is_empty() {
            write!(f, ": {}", self.members.join(" and "))?;
        }
        f.write_str(")")
    }
}

/// The visible state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct View {
    /// All pairs, tombstones included.
    pub pairs: Vec<PairView>,
    /// All groups, tombstones included.
    pub groups: Vec<GroupView>,
    /// All drills.
    pub drills: Vec<DrillView>,
    /// All clusters.
    pub clusters: Vec<ClusterView>,
    /// All global database networks.
    pub networks: Vec<NetworkView>,
    /// All pending effects.
    pub effects: Vec<PendingEffect>,
    /// The next deadline: its time, and its pair or group.
    pub next_deadline: Option<(Timestamp, String)>,
}
