//! What can be seen of a system: its answer to an input, and its state afterwards.
//!
//! Plain text and numbers, so that a system of any making can show them, and spelled as the cloud spells them. What a
//! system cannot tell about an answer (`replayed`, `rule`) it leaves out, and it is not compared.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::control_plane::Misuse;
use crate::ids::EffectId;
use crate::rule::RuleId;
use crate::time::Timestamp;

/// What was answered to an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A call was accepted.
    Accepted {
        /// The id of what it created.
        created: Option<String>,
        /// Whether a token answered; `None` if that cannot be seen.
        replayed: Option<bool>,
        /// The rule that decided; `None` if it is not told.
        rule: Option<RuleId>,
    },
    /// A list was answered: these resources, in this order.
    Listed(Vec<String>),
    /// A call was refused.
    Refused {
        /// The code on the wire.
        code: String,
        /// Whether a token answered; `None` if that cannot be seen.
        replayed: Option<bool>,
        /// The rule that decided; `None` if it is not told.
        rule: Option<RuleId>,
    },
    /// The input cannot be meant: a late report, a node that was not offered, an id in use.
    Misused(Misuse),
    /// A report was taken, or time has passed.
    Done,
}

impl Answer {
    /// Whether `shown` is this answer, as far as it tells, whatever the rule.
    pub(super) fn is(&self, shown: &Self) -> bool {
        fn agree(allowed: Option<bool>, shown: Option<bool>) -> bool {
            shown.is_none() || allowed == shown
        }
        match (self, shown) {
            (
                Self::Accepted { created, replayed, .. },
                Self::Accepted { created: shown, replayed: again, .. },
            ) => created == shown && agree(*replayed, *again),
            (Self::Refused { code, replayed, .. }, Self::Refused { code: shown, replayed: again, .. }) => {
                code == shown && agree(*replayed, *again)
            }
            (allowed, shown) => allowed == shown,
        }
    }

    /// Whether `shown` names this answer's rule, if both name one.
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

/// One end of a pair, in its present role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndView {
    /// Its region.
    pub region: String,
    /// Its disk.
    pub disk: String,
    /// What the disk's host can do with it: `none`, `read_only` or `read_write`.
    pub access: &'static str,
}

/// A pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairView {
    /// Its id.
    pub id: String,
    /// Its status.
    pub status: String,
    /// Its status message.
    pub message: Option<String>,
    /// The end that is copied now.
    pub source: EndView,
    /// The end that is copied to now.
    pub destination: EndView,
    /// When the last copy in this direction completed.
    pub recover_point: Option<Timestamp>,
    /// The group that it is a member of.
    pub group: Option<String>,
}

/// One site of a group, in its present role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteView {
    /// Its region.
    pub region: String,
    /// Its zone.
    pub zone: String,
}

/// A consistent group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupView {
    /// Its id.
    pub id: String,
    /// The status that it shows.
    pub status: String,
    /// The site that is copied now.
    pub source: SiteView,
    /// The site that is copied to now.
    pub destination: SiteView,
    /// Its members, in any order.
    pub members: Vec<String>,
    /// The recover point that all members share.
    pub recover_point: Option<Timestamp>,
}

/// A disk that a drill makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrillDiskView {
    /// The pair whose recover point it holds.
    pub pair: String,
    /// The disk.
    pub disk: String,
    /// How it stands with it: `creating`, `created`, `deleting`, `deleted`, or the code of an error.
    pub status: String,
}

/// A drill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrillView {
    /// Its id.
    pub id: String,
    /// The pair or group that it belongs to.
    pub owner: String,
    /// Its status.
    pub status: String,
    /// Its status message.
    pub message: Option<String>,
    /// When it was started.
    pub started_at: Timestamp,
    /// The recover point that its disks hold.
    pub recover_point: Option<Timestamp>,
    /// Its disks, in any order.
    pub disks: Vec<DrillDiskView>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeView {
    /// Its id.
    pub id: String,
    /// Whether it is the primary.
    pub writer: bool,
    /// Its failover priority.
    pub priority: u8,
    /// Its status.
    pub status: String,
}

/// A cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterView {
    /// Its id.
    pub id: String,
    /// Its status.
    pub status: String,
    /// Its nodes, in any order.
    pub nodes: Vec<NodeView>,
}

/// What is asked of the outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Set a pair up.
    CreatePair,
    /// Copy its source to its destination.
    Copy,
    /// Stop copying.
    StopPair,
    /// Make its destination writable.
    FailoverPair,
    /// Prepare the other direction, or, if false, the same one again.
    Reprotect(bool),
    /// Take the relation down.
    DeletePair,
    /// Set a group up.
    CreateGroup,
    /// Stop copying these members of a group; in the order of their ids.
    StopGroup(Vec<String>),
    /// Make the destinations of these members writable; in the order of their ids.
    FailoverGroup(Vec<String>),
    /// Prepare the other direction of a group, or, if false, the same one again; its members in the order of their ids.
    ReprotectGroup(bool, Vec<String>),
    /// Take a group down.
    DeleteGroup,
    /// Make the disks of a drill from the recover point.
    StartDrill,
    /// Delete the disks of a drill.
    ClearDrill,
    /// Make a cluster.
    CreateCluster,
    /// Release it.
    DeleteCluster,
    /// Choose one of these nodes; in the order of their ids.
    ChooseNode(Vec<String>),
    /// Promote this node.
    PromoteNode(String),
    /// Something that the reference does not know.
    Other(String),
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CreatePair => "create the pair",
            Self::Copy => "copy",
            Self::StopPair => "stop copying",
            Self::FailoverPair => "fail over",
            Self::Reprotect(true) => "reverse the direction",
            Self::Reprotect(false) => "cancel the failover",
            Self::DeletePair => "delete the pair",
            Self::CreateGroup => "create the group",
            Self::StopGroup(members) => return write!(f, "stop copying {}", members.join(" and ")),
            Self::FailoverGroup(members) => return write!(f, "fail {} over", members.join(" and ")),
            Self::ReprotectGroup(true, members) => {
                return write!(f, "reverse the direction of {}", members.join(" and "));
            }
            Self::ReprotectGroup(false, members) => {
                return write!(f, "cancel the failover of {}", members.join(" and "));
            }
            Self::DeleteGroup => "delete the group",
            Self::StartDrill => "make the drill's disks",
            Self::ClearDrill => "delete the drill's disks",
            Self::CreateCluster => "create the cluster",
            Self::DeleteCluster => "release the cluster",
            Self::ChooseNode(tier) => return write!(f, "choose one of {}", tier.join(" and ")),
            Self::PromoteNode(node) => return write!(f, "promote {node}"),
            Self::Other(what) => what,
        })
    }
}

/// A pending effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its id, from 1. In what is *allowed*, 0 stands for any id that was never used.
    pub id: EffectId,
    /// The pair, group, drill or cluster.
    pub resource: String,
    /// What is asked of it.
    pub task: Task,
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
    /// All effects that are pending.
    pub effects: Vec<Asked>,
    /// What falls due next: when, and of which pair or group.
    pub next_deadline: Option<(Timestamp, String)>,
}

/// In which respect two systems differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// What was answered: whether a call is accepted, or by what it is refused, or whether a report is taken.
    Answer,
    /// Which resources exist.
    Existence,
    /// The status of a pair, group, drill, cluster or node.
    Status,
    /// A status message.
    Message,
    /// Which end of a pair, or site of a group, is the source.
    Direction,
    /// What a host can do with the source disk.
    SourceAccess,
    /// What a host can do with the destination disk.
    DestinationAccess,
    /// The recover point.
    RecoverPoint,
    /// Which pairs a group has, or which group a pair is in.
    Membership,
    /// What a drill belongs to, when it was started, and how it stands with its disks.
    Drill,
    /// Which nodes are primary.
    Writer,
    /// A priority.
    Priority,
    /// What is asked of the outside.
    Effects,
    /// The id of what is asked: not new, or new where nothing new is asked.
    EffectId,
    /// What falls due next.
    Deadline,
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Answer => "the answer to",
            Self::Existence => "what there is of",
            Self::Status => "the status of",
            Self::Message => "the status message of",
            Self::Direction => "the direction of",
            Self::SourceAccess => "the access to the source disk of",
            Self::DestinationAccess => "the access to the destination disk of",
            Self::RecoverPoint => "the recover point of",
            Self::Membership => "the membership of",
            Self::Drill => "what there is of drill",
            Self::Writer => "the writer of",
            Self::Priority => "the priority of",
            Self::Effects => "what is asked of",
            Self::EffectId => "the id of the effect of",
            Self::Deadline => "what falls due next of",
        })
    }
}

/// A difference between what is allowed and what is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) aspect: Aspect,
    pub(super) resource: String,
    pub(super) allowed: String,
    pub(super) shown: String,
}
