//! What applying a decision does to a cluster: infallible, and told in facts.
//!
//! What a failover does stands in `elect`, what becomes of work on nodes in `carry`.

use alloc::vec::Vec;

use super::cluster::{ClusterEffect, ClusterStatus, DbCluster, Lifecycle, PendingCluster};
use super::decide::{Change, ClusterPlan};
use super::electorate::Electorate;
use super::failover::{Cause, Failure, Next};
use super::node::NodeChange;
use super::select::Priority;
use super::work::NodeWork;
use crate::ids::{EffectId, NodeId};
use crate::policy::PolarDbPolicy;
use crate::rule::RuleId;
use crate::time::{Span, Timestamp};

/// Something that happened to a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ClusterFact {
    /// Its status changed; `None` before it existed and after it is gone.
    Status {
        /// Before.
        from: Option<ClusterStatus>,
        /// After.
        to: Option<ClusterStatus>,
    },
    /// A failover began.
    FailoverBegan {
        /// Why.
        cause: Cause,
        /// The target that was named.
        requested: Option<NodeId>,
    },
    /// The writer failed during a manual failover, which is automatic from here on.
    TurnedAutomatic,
    /// Several nodes share the highest priority and were offered for a choice.
    Offered {
        /// Their priority.
        priority: Priority,
        /// The nodes.
        tier: Vec<NodeId>,
    },
    /// A promotion was asked for.
    AttemptBegan {
        /// The node.
        node: NodeId,
        /// Its number within this failover, from 1.
        attempt: u32,
    },
    /// A promotion failed.
    AttemptFailed {
        /// The node.
        node: NodeId,
        /// Why; `None` if the node was lost meanwhile.
        failure: Option<Failure>,
    },
    /// The writer moved: the failover succeeded.
    WriterMoved {
        /// The writer before.
        from: NodeId,
        /// The writer now.
        to: NodeId,
        /// Promotions that it took.
        attempts: u32,
        /// How long it took.
        took: Span,
        /// Why it ran: what was asked for, or a writer that failed.
        cause: Cause,
    },
    /// The failover ended without success: no eligible node is left, or the named target failed.
    Exhausted {
        /// Promotions that were tried.
        attempts: u32,
    },
    /// The cluster is gone and its failover with it.
    Cancelled,
    /// A node changed.
    NodeChanged {
        /// The node.
        node: NodeId,
        /// How.
        change: NodeChange,
    },
    /// Work on nodes began.
    WorkBegan {
        /// What.
        work: NodeWork,
    },
    /// Work on nodes ended.
    WorkEnded {
        /// What.
        work: NodeWork,
        /// Whether it was done.
        succeeded: bool,
    },
    /// The lock against release was set or lifted.
    Locked(bool),
}

/// What applying a plan did.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClusterStep {
    /// What happened, in order, each with its rule.
    pub facts: Vec<(RuleId, ClusterFact)>,
    /// The effect that is asked for now.
    pub asked: Option<(EffectId, ClusterEffect)>,
    /// The effects that ended or were superseded.
    pub ended: Vec<EffectId>,
    /// Nodes that are the cluster's from now on.
    pub joined: Vec<NodeId>,
    /// Nodes that are not the cluster's any more.
    pub left: Vec<NodeId>,
    /// Whether the cluster is gone.
    pub gone: bool,
}

/// When a plan is applied, under which id and readings.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) now: Timestamp,
    pub(super) id: EffectId,
    pub(super) policy: &'a PolarDbPolicy,
}

/// How a failover begins.
pub(super) struct Start {
    pub(super) cause: Cause,
    pub(super) requested: Option<NodeId>,
    pub(super) next: Next,
    pub(super) rule: RuleId,
    pub(super) electorate: Electorate,
    pub(super) roll_back: bool,
}

/// Applying: infallible.
impl DbCluster {
    /// Carries a plan out. `id` names the effect that the step asks for, if it asks for one.
    pub fn apply(
        &mut self,
        plan: ClusterPlan,
        now: Timestamp,
        id: EffectId,
        policy: &PolarDbPolicy,
    ) -> ClusterStep {
        let before = self.status();
        let cx = Context { now, id, policy };
        let mut step = ClusterStep::default();
        let rule = match plan.0 {
            Change::Begin { requested, next, rule, electorate, roll_back } => {
                let start = Start { cause: Cause::Manual, requested, next, rule, electorate, roll_back };
                self.begin(start, cx, &mut step);
                RuleId("P-301")
            }
            Change::Work { work, new, rule } => {
                self.begin_work(work, new, cx, &mut step);
                rule
            }
            Change::WorkDone { succeeded } => {
                self.end_work(succeeded, cx, &mut step);
                RuleId(if self.failover.is_some() || self.lost_its_writer() { "P-302" } else { "P-303" })
            }
            Change::Lock(locked) => {
                if core::mem::replace(&mut self.deletion_lock, locked) != locked {
                    step.push("P-026", ClusterFact::Locked(locked));
                }
                RuleId("P-026")
            }
            Change::Delete => {
                self.pending = Some(PendingCluster { id, effect: Lifecycle::Delete, since: now });
                step.asked = Some((id, ClusterEffect::Lifecycle(Lifecycle::Delete)));
                RuleId("P-023")
            }
            Change::Settle { succeeded } => {
                let rule = self.settle(succeeded, &mut step);
                // A writer that was lost meanwhile could not be replaced before (`P-180`).
                if !step.gone && self.lost_its_writer() {
                    self.begin_automatic(true, true, cx, &mut step);
                }
                rule
            }
            Change::Chosen(node) => {
                self.advance_to(Next::Promote(node), RuleId("P-151"), cx, &mut step);
                RuleId("P-301")
            }
            Change::Promoted => {
                self.promoted(cx, &mut step);
                RuleId("P-160")
            }
            Change::AttemptFailed(failure) => {
                self.attempt_failed(Some(failure), cx, &mut step);
                RuleId("P-302")
            }
            Change::Nodes(nodes, change) => {
                self.nodes_changed(&nodes, change, cx, &mut step);
                RuleId("P-302")
            }
            Change::Busy(status) => {
                self.busy = status;
                RuleId("P-303")
            }
            Change::Removed => {
                if let Some(failover) = self.failover.take() {
                    step.ended.push(failover.stage.id());
                    step.push("P-171", ClusterFact::Cancelled);
                }
                step.ended.extend(self.pending.take().map(|pending| pending.id));
                step.ended.extend(self.work.take().map(|pending| pending.id));
                step.gone = true;
                RuleId("P-304")
            }
        };
        let after = if step.gone { None } else { Some(self.status()) };
        if after.as_ref() != Some(&before) {
            step.facts.push((rule, ClusterFact::Status { from: Some(before), to: after }));
        }
        step
    }

    fn settle(&mut self, succeeded: bool, step: &mut ClusterStep) -> RuleId {
        let pending = self.pending.take();
        step.ended.extend(pending.map(|pending| pending.id));
        match (pending.map(|pending| pending.effect), succeeded) {
            (Some(Lifecycle::Create), true) => RuleId("P-015"),
            (Some(Lifecycle::Create), false) => {
                step.gone = true;
                RuleId("P-016")
            }
            (Some(Lifecycle::Delete), true) => {
                step.gone = true;
                RuleId("P-024")
            }
            (Some(Lifecycle::Delete), false) | (None, _) => RuleId("P-025"),
        }
    }
}

impl ClusterStep {
    pub(super) fn push(&mut self, rule: &'static str, fact: ClusterFact) {
        self.facts.push((RuleId(rule), fact));
    }

    pub(super) fn ask(&mut self, rule: RuleId, id: EffectId, next: Next, attempt: u32) {
        match next {
            Next::Choose(priority, tier) => {
                self.facts.push((rule, ClusterFact::Offered { priority, tier: tier.clone() }));
                self.asked = Some((id, ClusterEffect::ChooseNode(tier)));
            }
            Next::Promote(node) => {
                self.facts.push((rule, ClusterFact::AttemptBegan { node: node.clone(), attempt }));
                self.asked = Some((id, ClusterEffect::PromoteNode(node)));
            }
            Next::Exhausted | Next::Stopped => {}
        }
    }
}
