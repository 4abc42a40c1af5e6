//! One failover: who is next, and what was tried, from its beginning to its end.
//!
//! [`Failover::next`] is the only question there is about who is next:
//!
//! | Stage | Input | Next | Rule |
//! |---|---|---|---|
//! | start | explicit target | `Switching` | `P-140` |
//! | start | one node in the tier | `Switching` | `P-141` |
//! | start | several nodes in the tier | `Choosing` | `P-142` |
//! | start | no candidate | nothing begins | `P-143` |
//! | `Choosing` | the tier changed | as at start, new id | `P-150` |
//! | `Choosing` | a node of the tier was chosen | `Switching` | `P-151` |
//! | `Choosing` | another node was chosen | unchanged, not offered | `P-152` |
//! | `Switching` | promoted | ended, the writer moves | `P-160` |
//! | `Switching` | failed, or the node is lost | the node joins the tried ones; as at start | `P-161` |
//! | `Switching` | the named target failed, and by policy no other is tried | ended without success | `P-162` |
//! | any | no eligible node is left | ended without success | `P-170` |
//! | any | the cluster is gone | ended | `P-171` |
//!
//! A failover knows no cluster. Its caller passes the nodes in with every question, as they are then.

use alloc::vec::Vec;

use crate::ids::{EffectId, NodeId};
use crate::polardb::context::Context;
use crate::polardb::election::electorate::Electorate;
use crate::polardb::election::ranking::Priority;
use crate::polardb::election::rules::{P_114, P_132, P_140, P_141, P_142, P_143, P_161, P_162, P_170, P_185};
use crate::polardb::election::tried::Tried;
use crate::polardb::nodes::DbNode;
use crate::policy::{ExplicitTargetFails, PolarDbPolicy, SwitchStatus};
use crate::rule::{RuleId, cite};
use crate::spelling::spelled;
use crate::time::Timestamp;

spelled! {
    /// Why a failover runs.
    #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
    Cause
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
            Self::Choosing { id } | Self::Switching { id, .. } => *id,
        }
    }
}

/// A running failover.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Failover {
    /// Why it runs.
    pub cause: Cause,
    /// The target that was named, while it still binds.
    pub requested: Option<NodeId>,
    /// The nodes tried in this round.
    pub tried: Tried,
    /// Which round this is, from 1.
    pub round: u8,
    /// Promotions begun so far.
    pub attempts: u32,
    /// Tried nodes that were removed from the cluster since.
    pub removed: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// When the pending effect was asked for.
    pub since: Timestamp,
    /// What it waits for.
    pub stage: Stage,
    /// Which nodes can be elected.
    pub electorate: Electorate,
    /// The status of the cluster meanwhile.
    pub shows: SwitchStatus,
    /// Whether the writer returns to its zone later (`P-190`).
    pub roll_back: bool,
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

impl Next {
    /// The row of the table at the head of this file by which it follows.
    pub const fn rule(&self) -> RuleId {
        match self {
            Self::Promote(_) => P_141,
            Self::Choose(..) => P_142,
            Self::Exhausted => P_170,
            Self::Stopped => P_162,
        }
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoCandidate {
    /// The nodes that could be elected have abnormal replication.
    UnhealthyReplication,
    /// No node could be elected.
    NoNode,
}

impl Failover {
    /// A failover among these nodes, with what comes first: the promotion of the named target, which the electorate need not
    /// admit, otherwise of who is next.
    ///
    /// # Errors
    ///
    /// [`NoCandidate`] if it cannot begin.
    pub fn begin(
        start: Start,
        nodes: &[DbNode],
        at: Context<'_>,
        then: OnExhaustion,
    ) -> Result<(Self, Next), NoCandidate> {
        cite!(P_140, P_143);
        let mut failover = Self {
            cause: start.cause,
            requested: start.requested,
            tried: Tried::new(),
            round: 1,
            attempts: 0,
            removed: 0,
            started_at: at.now,
            since: at.now,
            stage: Stage::Choosing { id: at.effect },
            electorate: start.electorate.floored(nodes, at.policy),
            shows: at.policy.switch_status,
            roll_back: start.roll_back,
        };
        let next = match &failover.requested {
            Some(target) => Next::Promote(target.clone()),
            None => failover.next(nodes, at.policy, then),
        };
        if failover.enter(&next, at) {
            Ok((failover, next))
        } else if nodes.iter().any(|node| failover.electorate.barred_by(node) == Some(P_114)) {
            Err(NoCandidate::UnhealthyReplication)
        } else {
            Err(NoCandidate::NoNode)
        }
    }

    /// Enters the stage that `next` calls for; false, and unchanged, if there is none.
    pub fn enter(&mut self, next: &Next, at: Context<'_>) -> bool {
        let id = at.effect;
        match next {
            Next::Exhausted | Next::Stopped => return false,
            Next::Choose(..) => self.stage = Stage::Choosing { id },
            Next::Promote(node) => {
                self.stage = Stage::Switching { id, node: node.clone() };
                self.attempts = self.attempts.saturating_add(1);
            }
        }
        self.since = at.now;
        true
    }

    /// The node being promoted.
    pub const fn switching(&self) -> Option<&NodeId> {
        match &self.stage {
            Stage::Switching { node, .. } => Some(node),
            Stage::Choosing { .. } => None,
        }
    }

    /// The nodes offered for the pending choice, with their priority.
    pub fn offered(&self, nodes: &[DbNode]) -> Option<(Priority, Vec<NodeId>)> {
        match &self.stage {
            Stage::Switching { .. } => None,
            Stage::Choosing { .. } => {
                self.electorate.tier(nodes, &self.tried).filter(|(_, tier)| tier.len() > 1)
            }
        }
    }

    /// The node being promoted failed or is lost (`P-161`): it joins the tried ones.
    pub fn attempt_failed(&mut self) {
        cite!(P_161);
        if let Stage::Switching { node, .. } = &self.stage {
            self.tried.insert(node.clone());
        }
    }

    /// Who is next among these nodes: of the untried ones, those that come first. Without any, the failover goes on to its
    /// next round, if the policy has one, and then does what `then` says. A named target that failed may end it (`P-162`).
    pub fn next(&mut self, nodes: &[DbNode], policy: &PolarDbPolicy, then: OnExhaustion) -> Next {
        cite!(P_132, P_185);
        if self.requested.as_ref().is_some_and(|target| self.tried.contains(target)) {
            self.requested = None;
            let stops = policy.explicit_target_fails == ExplicitTargetFails::Stop;
            if stops && self.cause == Cause::Manual {
                return Next::Stopped;
            }
        }
        let mut next = Next::among(&self.electorate, nodes, &self.tried);
        if next == Next::Exhausted && self.round < policy.rounds.get() && !self.tried.is_empty() {
            self.round = self.round.saturating_add(1);
            self.tried.clear();
            next = Next::among(&self.electorate, nodes, &self.tried);
        }
        if next == Next::Exhausted && then == OnExhaustion::TurnOver {
            // What was tried stays tried, so that turning over comes to an end.
            let other = self.electorate.turned_over(nodes, policy);
            next = Next::among(&other, nodes, &self.tried);
            if next != Next::Exhausted {
                self.electorate = other;
            }
        }
        next
    }
}
