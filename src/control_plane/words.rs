//! Effects, events and facts in words, one line each: what scenarios and explanations print.
//!
//! A time is told as the span since some start, such as `1m30s`. `Display` counts from the epoch, which is the start of a scenario;
//! with a clock of the world use [`Event::since`] and [`Fact::since`].

use core::fmt::{self, Display, Formatter};

use super::effect::{Effect, EffectKind};
use super::event::{DrillFact, Event, Fact, GroupFact, PairFact, StatusChange};
use crate::ebs::{DiskChange, GroupStatus, PairStatus};
use crate::polardb::{Cause, ClusterEffect, ClusterFact, NetworkEffect, NetworkFact, NodeChange, NodeWork};
use crate::time::{Span, Timestamp};

/// An [`Event`] or a [`Fact`] in words, its times counted from a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told<'a, T> {
    what: &'a T,
    start: Timestamp,
}

impl Event {
    /// The event in words, its times counted from `start`.
    pub const fn since(&self, start: Timestamp) -> Told<'_, Self> {
        Told { what: self, start }
    }
}

impl Fact {
    /// The fact in words, its times counted from `start`.
    pub const fn since(&self, start: Timestamp) -> Told<'_, Self> {
        Told { what: self, start }
    }
}

impl Display for Event {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.since(Timestamp::default()).fmt(f)
    }
}

impl Display for Fact {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.since(Timestamp::default()).fmt(f)
    }
}

impl Display for Told<'_, Event> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Event { at, rule, fact, .. } = self.what;
        write!(f, "[{}] {rule} {}", Lasting(at.since(self.start)), fact.since(self.start))
    }
}

impl Display for Effect {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "effect {}: {}", self.id, self.kind)
    }
}

impl Display for EffectKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name(), self.resource())?;
        match self {
            Self::Cluster { effect: ClusterEffect::ChooseNode(tier), .. } => {
                write!(f, " of {}", Listed(tier))
            }
            Self::Cluster { effect: ClusterEffect::PromoteNode(node), .. } => write!(f, " {node}"),
            Self::Cluster { effect: ClusterEffect::Work(work), .. } => Details(work).fmt(f),
            Self::Group { members, .. } if !members.is_empty() => write!(f, " of {}", Listed(members)),
            Self::Network { effect: NetworkEffect::Remove(cluster), .. } => write!(f, " {cluster}"),
            Self::Network { effect: NetworkEffect::SwitchOver { to, mode }, primary, .. } => {
                write!(f, " {primary} -> {to}, {}", mode.as_str())
            }
            Self::Cluster { effect: ClusterEffect::Lifecycle(_), .. }
            | Self::Pair { .. }
            | Self::Group { .. }
            | Self::Drill { .. }
            | Self::Network { .. } => Ok(()),
        }
    }
}

impl Display for Told<'_, Fact> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let start = self.start;
        match self.what {
            Fact::Pair { pair, fact } => {
                write!(f, "{pair}: ")?;
                match fact {
                    PairFact::CopyFailed => f.write_str("copy failed"),
                    PairFact::Settings => f.write_str("settings changed"),
                    PairFact::CopyWaits => f.write_str("copy complete, waiting for the other members"),
                    PairFact::Status(change) => status_change(f, change, start),
                }
            }
            Fact::Group { group, fact } => {
                write!(f, "{group}: ")?;
                match fact {
                    GroupFact::Joined(pair) => write!(f, "{pair} joined"),
                    GroupFact::Left(pair) => write!(f, "{pair} left"),
                    GroupFact::Settings => f.write_str("settings changed"),
                    GroupFact::RoundFailed => f.write_str("the round failed"),
                    GroupFact::Status(change) => status_change(f, change, start),
                }
            }
            Fact::Drill { drill, fact: DrillFact::Status { owner, from, to, recover_point } } => {
                let owner = owner.as_str();
                write!(f, "{drill}: {} -> {} of {owner}", OrNone(from.as_ref()), OrNone(to.as_ref()))?;
                point(f, *recover_point, start)
            }
            Fact::Disk { disk, change } => write!(f, "{disk}: {change}"),
            Fact::Access { disk, from, to } => write!(f, "{disk}: access {from} -> {to}"),
            Fact::Cluster { cluster, fact } => write!(f, "{cluster}: {fact}"),
            Fact::Network { network, fact } => write!(f, "{network}: {fact}"),
            Fact::TokenEvicted { horizon } => write!(f, "a token was evicted, horizon {horizon}"),
        }
    }
}

fn status_change<S: Copy + Display + Copied>(
    f: &mut Formatter<'_>,
    change: &StatusChange<S>,
    start: Timestamp,
) -> fmt::Result {
    let StatusChange { from, to, superseded, took, recover_point } = change;
    write!(f, "{} -> {}", OrNone(from.as_ref()), OrNone(to.as_ref()))?;
    match (superseded, took) {
        (Some(superseded), _) => write!(f, ", superseding effect {superseded}")?,
        (None, Some(took)) => write!(f, " after {}", Lasting(*took))?,
        (None, None) => {}
    }
    if to.is_some_and(S::tells_point) { point(f, *recover_point, start) } else { Ok(()) }
}

/// A status that may tell what was copied.
trait Copied {
    /// Whether the recover point is told with it.
    fn tells_point(self) -> bool;
}

impl Copied for PairStatus {
    fn tells_point(self) -> bool {
        matches!(self, Self::Failedover | Self::Normal | Self::Stopped)
    }
}

impl Copied for GroupStatus {
    fn tells_point(self) -> bool {
        matches!(self, Self::Failedover | Self::Normal | Self::Stopped)
    }
}

fn point(f: &mut Formatter<'_>, point: Option<Timestamp>, start: Timestamp) -> fmt::Result {
    match point {
        Some(at) => write!(f, ", recover point {}", Lasting(at.since(start))),
        None => f.write_str(", no recover point"),
    }
}

impl Display for DiskChange {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Up(true) => "up",
            Self::Up(false) => "down",
            Self::Attached(true) => "attached",
            Self::Attached(false) => "detached",
            Self::Removed => "removed",
        })
    }
}

impl Display for NodeChange {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Up(true) => f.write_str("up"),
            Self::Up(false) => f.write_str("down"),
            Self::Replicating(true) => f.write_str("replicating"),
            Self::Replicating(false) => f.write_str("not replicating"),
            Self::Priority(priority) => write!(f, "priority {priority}"),
        }
    }
}

impl Display for ClusterFact {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { from, to } => {
                write!(f, "{} -> {}", OrNone(from.as_ref()), OrNone(to.as_ref()))
            }
            Self::FailoverBegan { cause, requested } => {
                let cause = match cause {
                    Cause::Manual => "manual",
                    Cause::Automatic => "automatic",
                    Cause::RollBack => "returning",
                };
                match requested {
                    Some(node) => write!(f, "{cause} failover to {node} began"),
                    None => write!(f, "{cause} failover began"),
                }
            }
            Self::TurnedAutomatic => f.write_str("the failover is automatic from here on"),
            Self::Offered { priority, tier } => {
                write!(f, "offered at priority {priority}: {}", Listed(tier))
            }
            Self::AttemptBegan { node, attempt } => write!(f, "attempt {attempt}: {node}"),
            Self::AttemptFailed { node, failure } => {
                write!(f, "{node} failed: {}", failure.map_or("lost", |failure| failure.as_str()))
            }
            Self::WriterMoved { from, to, attempts, took, cause: _ } => {
                write!(f, "writer {from} -> {to}, attempts {attempts}, after {}", Lasting(*took))
            }
            Self::Exhausted { attempts } => write!(f, "ended without success, attempts {attempts}"),
            Self::Cancelled => f.write_str("the failover ended with the cluster"),
            Self::WorkBegan { work } => write!(f, "{} began:{}", work.name(), Details(work)),
            Self::WorkEnded { work, succeeded } => {
                write!(f, "{} {}", work.name(), if *succeeded { "succeeded" } else { "failed" })
            }
            Self::Settings => f.write_str("settings changed"),
            Self::Locked(true) => f.write_str("locked against release"),
            Self::Locked(false) => f.write_str("lock lifted"),
            Self::NodeChanged { node, change } => write!(f, "{node} {change}"),
        }
    }
}

impl Display for NetworkFact {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { from, to } => {
                write!(f, "{} -> {}", OrNone(from.as_ref()), OrNone(to.as_ref()))
            }
            Self::Joined(cluster) => write!(f, "{cluster} joined"),
            Self::Left(cluster) => write!(f, "{cluster} left"),
            Self::SwitchedOver { from, to, mode, took } => {
                write!(f, "primary {from} -> {to}, {}, after {}", mode.as_str(), Lasting(*took))
            }
            Self::SwitchFailed { to } => write!(f, "the switch-over to {to} failed"),
        }
    }
}

/// What work is about, after its name.
struct Details<'a>(&'a NodeWork);

impl Display for Details<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            NodeWork::CreateNodes(list) | NodeWork::DeleteNodes(list) => write!(f, " {}", Listed(list)),
            NodeWork::ChangeClass(targets) => {
                let mut separator = " ";
                targets.iter().try_for_each(|target| {
                    write!(f, "{separator}{} {}", target.node, target.class)?;
                    separator = ", ";
                    Ok(())
                })
            }
            NodeWork::RestartNode(node) => write!(f, " {node}"),
            NodeWork::SetHotReplica { node, on, restarts_all } => {
                let switch = if *on { "on" } else { "off" };
                write!(f, " {node} {switch}{}", if *restarts_all { ", restarting all" } else { "" })
            }
            NodeWork::ChangeZone { from, to, standby, nodes, .. } => {
                let which = if *standby { "standby" } else { "primary" };
                write!(f, " {which} {} -> {to}, moving {}", OrNone(from.as_ref()), Listed(nodes))
            }
            NodeWork::TakeOver { from, to, nodes } => write!(f, " {from} -> {to}, moving {}", Listed(nodes)),
            NodeWork::InjectFault { nodes } => write!(f, " {}", Listed(nodes)),
            NodeWork::ChangeStandby { to, zone, nodes } => {
                write!(f, " {} in {zone}", to.as_str())?;
                if nodes.is_empty() { Ok(()) } else { write!(f, ", removing {}", Listed(nodes)) }
            }
        }
    }
}

/// Values with commas between them.
struct Listed<'a, T>(&'a [T]);

impl<T: Display> Display for Listed<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        self.0.iter().try_for_each(|value| {
            write!(f, "{separator}{value}")?;
            separator = ", ";
            Ok(())
        })
    }
}

/// A value, or `(none)`.
struct OrNone<'a, T>(Option<&'a T>);

impl<T: Display> Display for OrNone<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("(none)"),
        }
    }
}

/// A span in words, such as `1m30s`.
pub(crate) struct Lasting(pub(crate) Span);

impl Display for Lasting {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let all = self.0.as_millis();
        if all == 0 {
            return f.write_str("0s");
        }
        let parts =
            [(all / 3_600_000, "h"), (all / 60_000 % 60, "m"), (all / 1_000 % 60, "s"), (all % 1_000, "ms")];
        parts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .try_for_each(|(count, name)| write!(f, "{count}{name}"))
    }
}
