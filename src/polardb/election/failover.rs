//! One failover: the bookkeeping around the ranking, resumable between inputs.
//!
//! The ranking ([`next_tier`]) says which nodes come next; this file says what a failover does with the answer:
//!
//! | Stage | Input | Next | Rule |
//! |---|---|---|---|
//! | start | explicit target | `Switching` | `P-140` |
//! | start | one in the tier | `Switching` | `P-141` |
//! | start | several in the tier | `Choosing` | `P-142` |
//! | start | none | nothing begins | `P-143` |
//! | `Choosing` | the tier changed | as at start, new id | `P-150` |
//! | `Choosing` | a node of the tier was chosen | `Switching` | `P-151` |
//! | `Choosing` | another node was chosen | unchanged, not offered | `P-152` |
//! | `Switching` | promoted | ended, the writer moves | `P-160` |
//! | `Switching` | failed, or the node is lost | the node joins the tried ones; as at start | `P-161` |
//! | `Switching` | the named target failed, and by policy nobody else is tried | ended without success | `P-162` |
//! | any | no eligible node is left | ended without success | `P-170` |
//! | any | the cluster is gone | ended | `P-171` |
//!
//! It knows no cluster: whoever holds the nodes passes the eligible ones in with every input, as they are then.

use alloc::vec::Vec;

use crate::ids::{EffectId, NodeId};
use crate::polardb::election::electorate::Electorate;
use crate::polardb::election::ranking::{Priority, Tried, next_tier};
use crate::polardb::election::rules::{P_141, P_142, P_162, P_170};
use crate::policy::{ExplicitTargetFails, PolarDbPolicy, SwitchStatus};
use crate::rule::RuleId;
use crate::time::Timestamp;

/// Why a failover runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Cause {
    /// `FailoverDBCluster` was called.
    Manual,
    /// The writer failed.
    Automatic,
    /// A switch between zones with `RollBackForDisaster` is undone.
    RollBack,
}

impl Cause {
    /// The spelling in events.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Automatic => "automatic",
            Self::RollBack => "roll_back",
        }
    }
}

/// Where a failover stands. The id is the pending effect's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
pub enum Stage {
    /// Several nodes share the highest priority; the outside chooses.
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
    /// When the pending effect was asked.
    pub since: Timestamp,
    /// Where it stands.
    pub stage: Stage,
    /// Who can be elected.
    pub electorate: Electorate,
    /// What the cluster shows meanwhile.
    pub shows: SwitchStatus,
    /// Whether the writer returns to its zone later (`P-190`).
    pub roll_back: bool,
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
    /// What the ranking says of these nodes (`P-141`, `P-142`, `P-143`).
    pub fn among<'a>(eligible: impl Iterator<Item = (&'a NodeId, Priority)>, tried: &Tried) -> Self {
        let mut tier = Vec::new();
        match (next_tier(eligible, tried, &mut tier), tier.as_slice()) {
            (None, _) | (_, []) => Self::Exhausted,
            (Some(_), [only]) => Self::Promote((*only).clone()),
            (Some(priority), _) => Self::Choose(priority, tier.into_iter().cloned().collect()),
        }
    }

    /// The row of the table above by which it follows.
    pub const fn rule(&self) -> RuleId {
        match self {
            Self::Promote(_) => P_141,
            Self::Choose(..) => P_142,
            Self::Exhausted => P_170,
            Self::Stopped => P_162,
        }
    }
}

impl Failover {
    /// A failover that begins with `next`; `None` if there is nobody to begin with (`P-143`).
    pub fn begin(
        cause: Cause,
        requested: Option<NodeId>,
        next: &Next,
        now: Timestamp,
        id: EffectId,
    ) -> Option<Self> {
        let stage = match next {
            Next::Exhausted | Next::Stopped => return None,
            Next::Choose(..) => Stage::Choosing { id },
            Next::Promote(node) => Stage::Switching { id, node: node.clone() },
        };
        let attempts = u32::from(matches!(stage, Stage::Switching { .. }));
        Some(Self {
            cause,
            requested,
            tried: Tried::new(),
            round: 1,
            attempts,
            removed: 0,
            started_at: now,
            since: now,
            stage,
            electorate: Electorate::default(),
            shows: SwitchStatus::default(),
            roll_back: false,
        })
    }

    /// The node being promoted.
    pub const fn switching(&self) -> Option<&NodeId> {
        match &self.stage {
            Stage::Switching { node, .. } => Some(node),
            Stage::Choosing { .. } => None,
        }
    }

    /// What comes next when nothing is being promoted (`P-150`): the ranking over the untried, then another round if
    /// the policy has one and any node is eligible.
    pub fn reconsider<'a>(
        &mut self,
        eligible: impl Iterator<Item = (&'a NodeId, Priority)> + Clone,
        policy: &PolarDbPolicy,
    ) -> Next {
        match Next::among(eligible.clone(), &self.tried) {
            Next::Exhausted if self.round < policy.rounds.get() && !self.tried.is_empty() => {
                self.round = self.round.saturating_add(1);
                self.tried.clear();
                Next::among(eligible, &self.tried)
            }
            next => next,
        }
    }

    /// The node that was being promoted failed or is lost (`P-161`): it joins the tried ones, and the ranking is asked
    /// again, unless a named target binds (`P-162`).
    pub fn attempt_failed<'a>(
        &mut self,
        eligible: impl Iterator<Item = (&'a NodeId, Priority)> + Clone,
        policy: &PolarDbPolicy,
    ) -> Next {
        if let Stage::Switching { node, .. } = &self.stage {
            self.tried.insert(node.clone());
        }
        let bound = self.requested.take().is_some() && self.cause == Cause::Manual;
        if bound && policy.explicit_target_fails == ExplicitTargetFails::Stop {
            return Next::Stopped;
        }
        self.reconsider(eligible, policy)
    }

    /// Enters the stage that `next` calls for under a new effect id; false, and unchanged, if there is none.
    pub fn enter(&mut self, next: &Next, now: Timestamp, id: EffectId) -> bool {
        self.stage = match next {
            Next::Exhausted | Next::Stopped => return false,
            Next::Choose(..) => Stage::Choosing { id },
            Next::Promote(node) => Stage::Switching { id, node: node.clone() },
        };
        self.since = now;
        if matches!(self.stage, Stage::Switching { .. }) {
            self.attempts = self.attempts.saturating_add(1);
        }
        true
    }
}
