//! One failover: what it waits for and what was tried, from its beginning to its end.
//!
//! [`TRANSITIONS`](crate::polardb::FAILOVER_TRANSITIONS) is the table of what can follow what. A failover keeps what it offered and what it asked for,
//! so that nothing but the outcome of that effect, fenced by its id, moves it on: no other node can be chosen (`P-152`) and none be
//! promoted that it did not ask for. It knows no cluster. Its caller passes the nodes in with every question, as they are then, and
//! says when they [changed](Failover::nodes_changed).

mod steps;

use alloc::vec::Vec;

use crate::breach::Breach;
use crate::ids::{EffectId, NodeId};
use crate::polardb::election::electorate::Electorate;
use crate::polardb::election::ranking::Priority;
use crate::polardb::election::rules::{P_141, P_142, P_162, P_170};
use crate::polardb::election::tried::Tried;
use crate::polardb::nodes::{DbNode, Role};
use crate::policy::SwitchStatus;
use crate::rule::RuleId;
use crate::spelling::spelled;
use crate::time::Timestamp;

spelled! {
    /// Why a failover runs.
    Cause, "cause of a failover"
    /// `FailoverDBCluster` was called.
    Manual = "manual",
    /// The writer failed.
    Automatic = "automatic",
    /// A switch between zones with `RollBackForDisaster` is undone.
    RollBack = "roll_back",
}

/// What a failover waits for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
pub enum Stage {
    /// Several nodes share the highest priority; one of them is to be chosen.
    Choosing {
        /// The pending choice.
        id: EffectId,
        /// The priority of the nodes offered.
        priority: Priority,
        /// The nodes offered, at least two.
        tier: Vec<NodeId>,
    },
    /// A node is being promoted.
    Switching {
        /// The pending promotion.
        id: EffectId,
        /// The node.
        node: NodeId,
    },
}

impl Stage {
    /// The pending effect.
    pub const fn id(&self) -> EffectId {
        match self {
            Self::Choosing { id, .. } | Self::Switching { id, .. } => *id,
        }
    }
}

/// A failover, from its beginning to its end.
///
/// It is moved on by four functions: [`choose`](Self::choose), [`promoted`](Self::promoted) and [`fail`](Self::fail) take the outcome of
/// the effect that it waits for, and [`nodes_changed`](Self::nodes_changed) what became of the nodes. Once it is over it takes no more.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Failover {
    cause: Cause,
    requested: Option<NodeId>,
    tried: Tried,
    round: u8,
    attempts: u32,
    removed: u32,
    started_at: Timestamp,
    since: Timestamp,
    stage: Option<Stage>,
    electorate: Electorate,
    shows: SwitchStatus,
    roll_back: bool,
}

/// How a failover begins.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Start {
    /// Why.
    pub cause: Cause,
    /// The target that was named.
    pub requested: Option<NodeId>,
    /// Which nodes can be elected.
    pub electorate: Electorate,
    /// Whether the writer returns to its zone later (`P-190`).
    pub roll_back: bool,
}

impl Start {
    /// A failover to an elected node.
    pub const fn elected(cause: Cause, electorate: Electorate) -> Self {
        Self { cause, requested: None, electorate, roll_back: false }
    }
}

/// What a failover does once its electorate is exhausted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OnExhaustion {
    /// It ends.
    End,
    /// It elects in the other of primary and standby cluster (`P-185`).
    TurnOver,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Next {
    /// Offer these nodes, all of this priority, for a choice.
    Choose(Priority, Vec<NodeId>),
    /// Promote this node.
    Promote(NodeId),
    /// No eligible node is left.
    Exhausted,
    /// The named target failed and the policy ends the failover with it.
    Stopped,
}

/// What follows, and the row of [`transitions`](crate::polardb::FAILOVER_TRANSITIONS) by which it does.
#[must_use = "what comes next is to be carried out"]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Transition {
    /// The rule.
    pub rule: RuleId,
    /// What comes next.
    pub next: Next,
}

impl Next {
    const fn rule(&self) -> RuleId {
        match self {
            Self::Promote(_) => P_141,
            Self::Choose(..) => P_142,
            Self::Exhausted => P_170,
            Self::Stopped => P_162,
        }
    }

    /// Whether a failover goes on with it.
    pub const fn goes_on(&self) -> bool {
        matches!(self, Self::Promote(_) | Self::Choose(..))
    }

    fn among(electorate: &Electorate, nodes: &[DbNode], tried: &Tried) -> Self {
        let Some((priority, tier)) = electorate.tier(nodes, tried) else { return Self::Exhausted };
        match tier.as_slice() {
            [only] => Self::Promote(only.clone()),
            _ => Self::Choose(priority, tier),
        }
    }
}

/// Why no failover begins (`P-143`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum NoCandidate {
    /// The nodes that could be elected have abnormal replication.
    #[error("the nodes that could be elected have abnormal replication (P-114)")]
    UnhealthyReplication,
    /// No node could be elected.
    #[error("no node can be elected (P-143)")]
    NoNode,
}

impl Failover {
    /// Verifies its invariants beside the nodes of its cluster.
    ///
    /// # Errors
    ///
    /// The first [`Breach`] found.
    pub fn check(&self, nodes: &[DbNode]) -> Result<(), Breach> {
        let known = |id: &NodeId| nodes.iter().find(|node| node.id == *id);
        if self.tried.iter().any(|node| known(node).is_none()) {
            return Err(Breach::Tried);
        }
        let switching = u32::from(self.switching().is_some());
        let tried = u32::try_from(self.tried.len()).unwrap_or(u32::MAX);
        let begun = tried.saturating_add(self.removed).saturating_add(switching);
        let in_first_round = self.round == 1 && self.attempts != begun;
        // A round beyond the policy's limit is valid: the policy may have changed since the failover began.
        if self.round == 0 || in_first_round {
            return Err(Breach::Counts);
        }
        let holds = match &self.stage {
            None => return Err(Breach::Over),
            Some(Stage::Choosing { priority, tier, .. }) => {
                let offers = tier.len() > 1 && self.still_offers(*priority, tier, nodes);
                return if offers { Ok(()) } else { Err(Breach::Offer) };
            }
            Some(Stage::Switching { node, .. }) => {
                let able = known(node).is_some_and(|node| {
                    node.role == Role::Reader && self.electorate.admits(node.kind) && node.up
                });
                able && !self.tried.contains(node)
            }
        };
        if holds { Ok(()) } else { Err(Breach::Promotes) }
    }

    fn still_offers(&self, priority: Priority, tier: &[NodeId], nodes: &[DbNode]) -> bool {
        let now = self.electorate.tier(nodes, &self.tried);
        now.is_some_and(|(highest, nodes)| highest == priority && nodes == tier)
    }
}

/// What is seen of it.
impl Failover {
    /// Why it runs.
    pub const fn cause(&self) -> Cause {
        self.cause
    }

    /// The target that was named, while it still binds.
    pub const fn requested(&self) -> Option<&NodeId> {
        self.requested.as_ref()
    }

    /// The nodes tried in this round.
    pub const fn tried(&self) -> &Tried {
        &self.tried
    }

    /// Which round this is, from 1.
    pub const fn round(&self) -> u8 {
        self.round
    }

    /// Promotions begun so far.
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// When it began.
    pub const fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// When the pending effect was asked for.
    pub const fn since(&self) -> Timestamp {
        self.since
    }

    /// What it waits for; `None` once it is over.
    pub const fn stage(&self) -> Option<&Stage> {
        self.stage.as_ref()
    }

    /// The effect that it waits for; `None` once it is over.
    pub fn pending(&self) -> Option<EffectId> {
        self.stage.as_ref().map(Stage::id)
    }

    /// The node being promoted.
    pub const fn switching(&self) -> Option<&NodeId> {
        match &self.stage {
            Some(Stage::Switching { node, .. }) => Some(node),
            Some(Stage::Choosing { .. }) | None => None,
        }
    }

    /// Whether the node that is being promoted went down or left.
    pub fn has_lost(&self, nodes: &[DbNode]) -> bool {
        let is_up = |id: &NodeId| nodes.iter().any(|node| node.id == *id && node.up);
        self.switching().is_some_and(|node| !is_up(node))
    }

    /// The nodes offered for the pending choice, with their priority.
    pub fn offered(&self) -> Option<(Priority, &[NodeId])> {
        match &self.stage {
            Some(Stage::Choosing { priority, tier, .. }) => Some((*priority, tier.as_slice())),
            Some(Stage::Switching { .. }) | None => None,
        }
    }

    /// Which nodes can be elected.
    pub const fn electorate(&self) -> &Electorate {
        &self.electorate
    }

    /// The status of the cluster meanwhile.
    pub const fn shows(&self) -> SwitchStatus {
        self.shows
    }

    /// Whether the writer returns to its zone later (`P-190`).
    pub const fn roll_back(&self) -> bool {
        self.roll_back
    }

    /// The same without its times, and its effect under another number, for whoever compares failovers that began at others.
    #[cfg(all(feature = "testing", feature = "wire"))]
    pub(crate) fn untimed(&mut self, rank: impl FnOnce(EffectId) -> EffectId) {
        (self.started_at, self.since) = (Timestamp::default(), Timestamp::default());
        if let Some(Stage::Choosing { id, .. } | Stage::Switching { id, .. }) = &mut self.stage {
            *id = rank(*id);
        }
    }
}
