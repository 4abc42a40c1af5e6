//! What applying a decision does to a cluster: infallible, and told in facts.
//!
//! Which node comes next is the business of [`Failover`], which is asked with the nodes as they are.

use alloc::vec::Vec;

use super::cluster::{ClusterEffect, ClusterStatus, DbCluster, Lifecycle, PendingCluster, eligible};
use super::decide::{Change, ClusterPlan};
use super::failover::{Cause, Failover, Failure, Next, Stage};
use super::node::{NodeChange, Role};
use super::select::{Priority, Tried};
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
}

/// What applying a plan did.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClusterStep {
    /// What happened, in order, each with its rule.
    pub facts: Vec<(RuleId, ClusterFact)>,
    /// The effect that is asked for now.
    pub asked: Option<(EffectId, ClusterEffect)>,
    /// The effect that ended or was superseded.
    pub ended: Option<EffectId>,
    /// Whether the cluster is gone.
    pub gone: bool,
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
        let mut step = ClusterStep::default();
        let rule = match plan.0 {
            Change::Begin { requested, next, rule } => {
                self.begin(Cause::Manual, requested, next, rule, now, id, &mut step);
                RuleId("P-301")
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
                    self.begin_automatic(true, now, id, &mut step);
                }
                rule
            }
            Change::Chosen(node) => {
                self.advance_to(Next::Promote(node), RuleId("P-151"), now, id, &mut step);
                RuleId("P-301")
            }
            Change::Promoted => {
                self.promoted(now, &mut step);
                RuleId("P-160")
            }
            Change::AttemptFailed(failure) => {
                self.attempt_failed(Some(failure), now, id, policy, &mut step);
                RuleId("P-302")
            }
            Change::Node(node, change) => {
                self.node_changed(&node, change, now, id, policy, &mut step);
                RuleId("P-302")
            }
            Change::Busy(status) => {
                self.busy = status;
                RuleId("P-303")
            }
            Change::Removed => {
                if let Some(failover) = self.failover.take() {
                    step.ended = Some(failover.stage.id());
                    step.push("P-171", ClusterFact::Cancelled);
                }
                if let Some(pending) = self.pending.take() {
                    step.ended = Some(pending.id);
                }
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
        step.ended = pending.map(|pending| pending.id);
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

    #[expect(clippy::too_many_arguments, reason = "the parts of a beginning, each from another caller")]
    fn begin(
        &mut self,
        cause: Cause,
        requested: Option<NodeId>,
        next: Next,
        rule: RuleId,
        now: Timestamp,
        id: EffectId,
        step: &mut ClusterStep,
    ) {
        self.failover = Failover::begin(cause, requested.clone(), &next, now, id);
        let began = if cause == Cause::Manual { "P-301" } else { "P-180" };
        step.push(began, ClusterFact::FailoverBegan { cause, requested });
        step.ask(rule, id, next, 1);
    }

    /// Moves the running failover to what comes next, or ends it without success.
    fn advance_to(&mut self, next: Next, rule: RuleId, now: Timestamp, id: EffectId, step: &mut ClusterStep) {
        let Some(failover) = &mut self.failover else { return };
        step.ended = Some(failover.stage.id());
        if failover.enter(&next, now, id) {
            step.ask(rule, id, next, failover.attempts);
        } else {
            step.facts.push((next.rule(), ClusterFact::Exhausted { attempts: failover.attempts }));
            self.failover = None;
        }
    }

    fn promoted(&mut self, now: Timestamp, step: &mut ClusterStep) {
        let Some(failover) = self.failover.take() else { return };
        let Some(to) = failover.switching().cloned() else { return };
        step.ended = Some(failover.stage.id());
        let mut from = to.clone();
        for node in &mut self.nodes {
            if node.role == Role::Writer {
                node.role = Role::Reader;
                from = node.id.clone();
            }
            if node.id == to {
                node.role = Role::Writer;
            }
        }
        self.last_switch = Some(now);
        let took = now.since(failover.started_at);
        step.push(
            "P-160",
            ClusterFact::WriterMoved { from, to, attempts: failover.attempts, took, cause: failover.cause },
        );
    }

    fn attempt_failed(
        &mut self,
        failure: Option<Failure>,
        now: Timestamp,
        id: EffectId,
        policy: &PolarDbPolicy,
        step: &mut ClusterStep,
    ) {
        let Some(failover) = &mut self.failover else { return };
        let Some(node) = failover.switching().cloned() else { return };
        step.push("P-161", ClusterFact::AttemptFailed { node, failure });
        let next = failover.attempt_failed(eligible(&self.nodes), policy);
        let rule = next.rule();
        self.advance_to(next, rule, now, id, step);
    }

    fn node_changed(
        &mut self,
        id: &NodeId,
        change: NodeChange,
        now: Timestamp,
        effect: EffectId,
        policy: &PolarDbPolicy,
        step: &mut ClusterStep,
    ) {
        let offered = self.offered();
        let Some(node) = self.nodes.iter_mut().find(|node| node.id == *id) else { return };
        let was_eligible = node.is_eligible();
        if !node.change(change) {
            return;
        }
        let became_eligible = !was_eligible && node.is_eligible();
        let writer_failed = node.role == Role::Writer && change == NodeChange::Up(false);
        let rule = if matches!(change, NodeChange::Priority(_)) { "P-122" } else { "P-310" };
        step.push(rule, ClusterFact::NodeChanged { node: id.clone(), change });
        if self.pending.is_some() {
            return;
        }
        let Some(failover) = &mut self.failover else {
            if writer_failed || (became_eligible && self.lost_its_writer()) {
                self.begin_automatic(writer_failed, now, effect, step);
            }
            return;
        };
        if writer_failed && failover.cause == Cause::Manual {
            failover.cause = Cause::Automatic;
            failover.requested = None;
            step.push("P-182", ClusterFact::TurnedAutomatic);
        }
        if failover.switching() == Some(id) && change == NodeChange::Up(false) {
            self.attempt_failed(None, now, effect, policy, step);
        } else if offered.is_some() && offered != self.offered() {
            self.reoffer(now, effect, policy, step);
        }
    }

    fn begin_automatic(&mut self, report: bool, now: Timestamp, id: EffectId, step: &mut ClusterStep) {
        if !self.edition.fails_over() {
            return;
        }
        match Next::among(self.eligible(), &Tried::new()) {
            Next::Exhausted if report => step.push("P-181", ClusterFact::Exhausted { attempts: 0 }),
            Next::Exhausted => {}
            next => {
                let rule = next.rule();
                self.begin(Cause::Automatic, None, next, rule, now, id, step);
            }
        }
    }

    fn reoffer(&mut self, now: Timestamp, id: EffectId, policy: &PolarDbPolicy, step: &mut ClusterStep) {
        let Some(failover) = &mut self.failover else { return };
        let next = failover.reconsider(eligible(&self.nodes), policy);
        self.advance_to(next, RuleId("P-150"), now, id, step);
    }

    /// The tier that stands for a choice now, if one is pending.
    fn offered(&self) -> Option<Next> {
        let failover = self.failover.as_ref()?;
        matches!(failover.stage, Stage::Choosing { .. })
            .then(|| Next::among(eligible(&self.nodes), &failover.tried))
    }
}

impl ClusterStep {
    fn push(&mut self, rule: &'static str, fact: ClusterFact) {
        self.facts.push((RuleId(rule), fact));
    }

    fn ask(&mut self, rule: RuleId, id: EffectId, next: Next, attempt: u32) {
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
