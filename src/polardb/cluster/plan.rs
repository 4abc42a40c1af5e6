//! Decisions about a cluster as values: the cluster as it becomes, the effect that is asked for, and the events.
//!
//! Every election is held while the plan is made. [`DbCluster::apply`] only writes the plan to the cluster, if that is the one on
//! which it was decided.

use crate::ids::{EffectId, NodeId};
use crate::lifecycle::Pending;
use crate::polardb::Context;
use crate::polardb::cluster::step::{ClusterFact, ClusterStep};
use crate::polardb::cluster::{ClusterEffect, DbCluster};
use crate::polardb::election::failover::Next;
use crate::polardb::refusal::PolarDbRefusal;
use crate::revision::{DecidedOn, StalePlan};
use crate::rule::RuleId;

/// What was decided about a cluster. Made by the `decide` functions, consumed by [`DbCluster::apply`].
#[must_use = "a decision does nothing until it is applied"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterPlan {
    rule: Option<RuleId>,
    /// The cluster as it becomes; its revision is still the one that was decided on.
    after: DbCluster,
    step: ClusterStep,
}

/// What a call on a cluster leads to.
pub type Decision = Result<ClusterPlan, PolarDbRefusal>;

impl ClusterPlan {
    /// The rule that decided a call; `None` for what was reported.
    pub const fn rule(&self) -> Option<RuleId> {
        self.rule
    }

    /// How many effects it asks for, and so how many ids from [`Context::effect`] on it takes: none or one.
    pub fn effects(&self) -> u64 {
        u64::from(self.asks().is_some())
    }

    /// The id of the effect that it asks for, if it does.
    fn asks(&self) -> Option<EffectId> {
        self.step.asked.as_ref().map(|asked| asked.id)
    }
}

impl DbCluster {
    /// A plan in the making that changes nothing yet. By `status_rule` the status changes, if it does.
    pub(in crate::polardb) fn draft<'a>(&'a self, at: Context<'a>, status_rule: RuleId) -> Draft<'a> {
        let step = ClusterStep { at: at.now, ..ClusterStep::default() };
        Draft { at, before: self, after: self.clone(), step, status_rule }
    }

    /// Writes a plan to the cluster.
    ///
    /// # Errors
    ///
    /// [`StalePlan`] if it was decided on another cluster, or on this one before another plan was applied, or if its time or effect id goes
    /// back; nothing has changed.
    pub fn apply(&mut self, plan: ClusterPlan) -> Result<ClusterStep, StalePlan<ClusterPlan>> {
        let decided_on = |cluster: &Self| {
            // The deadline of the cluster as it becomes is another one, and only a change of the cluster moves it.
            DecidedOn {
                id: cluster.id.clone(),
                revision: cluster.revision,
                latest: cluster.latest,
                due: None,
            }
        };
        let of = decided_on(&plan.after);
        of.admit(decided_on(self), (plan.step.at, plan.asks()), plan).map(|plan| self.carry_out(plan))
    }

    /// Carries out a plan that was decided on this cluster as it is.
    pub(crate) fn carry_out(&mut self, plan: ClusterPlan) -> ClusterStep {
        if *self != plan.after {
            *self = plan.after;
            self.revision.advance();
            let asked = plan.step.asked.as_ref();
            self.latest.note(
                plan.step.at,
                asked.map_or(EffectId(0), |asked| asked.id),
                u64::from(asked.is_some()),
            );
        }
        if plan.step.gone {
            self.latest.end();
        }
        plan.step
    }
}

/// A plan in the making.
pub(in crate::polardb) struct Draft<'a> {
    pub(in crate::polardb) at: Context<'a>,
    pub(in crate::polardb) before: &'a DbCluster,
    pub(in crate::polardb) after: DbCluster,
    pub(in crate::polardb) step: ClusterStep,
    pub(in crate::polardb) status_rule: RuleId,
}

impl Draft<'_> {
    pub(in crate::polardb) fn push(&mut self, rule: RuleId, fact: ClusterFact) {
        self.step.facts.push((rule, fact));
    }

    /// Asks for an effect, the only one of the plan.
    pub(in crate::polardb) fn ask(&mut self, effect: ClusterEffect) {
        let (id, since) = (self.at.effect, self.at.now);
        match &effect {
            ClusterEffect::Lifecycle(effect) => {
                self.after.pending = Some(Pending { id, effect: *effect, since });
            }
            ClusterEffect::Work(work) => self.after.work = Some(Pending { id, effect: work.clone(), since }),
            ClusterEffect::ChooseNode(_) | ClusterEffect::PromoteNode(_) => {}
        }
        self.step.asked = Some(Pending { id, effect, since });
    }

    /// Asks for the effect that a failover waits for next.
    pub(in crate::polardb) fn ask_next(&mut self, rule: RuleId, next: Next, attempt: u32) {
        match next {
            Next::Choose(priority, tier) => {
                self.push(rule, ClusterFact::Offered { priority, tier: tier.clone() });
                self.ask(ClusterEffect::ChooseNode(tier));
            }
            Next::Promote(node) => {
                self.push(rule, ClusterFact::AttemptBegan { node: node.clone(), attempt });
                self.ask(ClusterEffect::PromoteNode(node));
            }
            Next::Exhausted | Next::Stopped => {}
        }
    }

    /// Removes nodes from the cluster and from those that its failover has tried.
    pub(in crate::polardb) fn remove_nodes(&mut self, gone: &[NodeId]) {
        self.after.nodes.retain(|node| !gone.contains(&node.id));
        self.after.measured.forget(gone);
        if let Some(failover) = &mut self.after.failover {
            failover.forget(gone);
        }
        self.step.left.extend_from_slice(gone);
    }

    /// The plan, by the rule that decided a call or, of a report, without one.
    pub(in crate::polardb) fn done(mut self, rule: impl Into<Option<RuleId>>) -> ClusterPlan {
        self.after.due = if self.step.gone { None } else { self.after.next_round(self.at) };
        let (from, to) = (Some(self.before.status()), (!self.step.gone).then(|| self.after.status()));
        if from != to {
            self.push(self.status_rule, ClusterFact::Status { from, to });
        }
        ClusterPlan { rule: rule.into(), after: self.after, step: self.step }
    }
}
