//! What applying a decision does to a cluster: infallible, and told in facts.
//!
//! What a failover does stands in `elect`, what becomes of work on nodes in `carry`.

use alloc::vec::Vec;

use crate::ids::{EffectId, NodeId};
use crate::lifecycle::Pending;
use crate::outcome::Failure;
use crate::polardb::cluster::decide::{Change, ClusterPlan};
use crate::polardb::cluster::rules::{P_015, P_016, P_023, P_024, P_025, P_026, P_301, P_302, P_303, P_304};
use crate::polardb::cluster::{ClusterEffect, ClusterStatus, DbCluster, Lifecycle};
use crate::polardb::election::electorate::Electorate;
use crate::polardb::election::failover::{Cause, Next};
use crate::polardb::election::ranking::Priority;
use crate::polardb::election::rules::{P_151, P_160, P_171};
use crate::polardb::nodes::NodeChange;
use crate::polardb::nodes::work::NodeWork;
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
pub(in crate::polardb) struct Context<'a> {
    pub(in crate::polardb) now: Timestamp,
    pub(in crate::polardb) id: EffectId,
    pub(in crate::polardb) policy: &'a PolarDbPolicy,
}

/// How a failover begins.
pub(in crate::polardb) struct Start {
    pub(in crate::polardb) cause: Cause,
    pub(in crate::polardb) requested: Option<NodeId>,
    pub(in crate::polardb) next: Next,
    pub(in crate::polardb) rule: RuleId,
    pub(in crate::polardb) electorate: Electorate,
    pub(in crate::polardb) roll_back: bool,
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
                P_301
            }
            Change::Work { work, new, rule } => {
                self.begin_work(work, new, cx, &mut step);
                rule
            }
            Change::WorkDone { succeeded } => {
                self.end_work(succeeded, cx, &mut step);
                if self.failover.is_some() || self.lost_its_writer() { P_302 } else { P_303 }
            }
            Change::Lock(locked) => {
                if core::mem::replace(&mut self.deletion_lock, locked) != locked {
                    step.push(P_026, ClusterFact::Locked(locked));
                }
                P_026
            }
            Change::Delete => {
                self.pending = Some(Pending { id, effect: Lifecycle::Delete, since: now });
                step.asked = Some((id, ClusterEffect::Lifecycle(Lifecycle::Delete)));
                P_023
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
                self.advance_to(Next::Promote(node), P_151, cx, &mut step);
                P_301
            }
            Change::Promoted => {
                self.promoted(cx, &mut step);
                P_160
            }
            Change::AttemptFailed(failure) => {
                self.attempt_failed(Some(failure), cx, &mut step);
                P_302
            }
            Change::Nodes(nodes, change) => {
                self.nodes_changed(&nodes, change, cx, &mut step);
                P_302
            }
            Change::Busy(status) => {
                self.busy = status;
                P_303
            }
            Change::Removed => {
                if let Some(failover) = self.failover.take() {
                    step.ended.push(failover.stage.id());
                    step.push(P_171, ClusterFact::Cancelled);
                }
                step.ended.extend(self.pending.take().map(|pending| pending.id));
                step.ended.extend(self.work.take().map(|pending| pending.id));
                step.gone = true;
                P_304
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
            (Some(Lifecycle::Create), true) => P_015,
            (Some(Lifecycle::Create), false) => {
                step.gone = true;
                P_016
            }
            (Some(Lifecycle::Delete), true) => {
                step.gone = true;
                P_024
            }
            (Some(Lifecycle::Delete), false) | (None, _) => P_025,
        }
    }
}

impl ClusterStep {
    pub(in crate::polardb) fn push(&mut self, rule: RuleId, fact: ClusterFact) {
        self.facts.push((rule, fact));
    }

    pub(in crate::polardb) fn ask(&mut self, rule: RuleId, id: EffectId, next: Next, attempt: u32) {
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
