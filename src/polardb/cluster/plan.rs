//! Decisions about a cluster as values: what becomes of the cluster, the effect that is asked for, and the events.
//!
//! Every election is held while the plan is made. [`DbCluster::apply`] only writes the plan to the cluster and cannot fail.

use alloc::vec::Vec;

use crate::ids::{EffectId, NodeId, ZoneId};
use crate::lifecycle::Pending;
use crate::polardb::cluster::step::{ClusterFact, ClusterStep};
use crate::polardb::cluster::{ClusterEffect, DbCluster};
use crate::polardb::election::failover::{Next, PlannedFailover};
use crate::polardb::nodes::work::{NodeWork, writer_is_lost};
use crate::polardb::nodes::{DbNode, writer};
use crate::policy::PolarDbPolicy;
use crate::rule::RuleId;
use crate::text::StatusMessage;
use crate::time::Timestamp;

/// What was decided about a cluster. Made by the `decide` functions, consumed by [`DbCluster::apply`].
#[must_use = "a decision does nothing until it is applied"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterPlan {
    /// The rule that decided a call.
    pub(in crate::polardb) rule: Option<RuleId>,
    /// The rule of the change of status, if the status changes.
    pub(in crate::polardb) status_rule: RuleId,
    /// The effect that is asked for.
    pub(in crate::polardb) asks: Option<ClusterEffect>,
    /// What applying the plan does, but for the id of the effect and the change of status.
    pub(in crate::polardb) step: ClusterStep,
    /// The nodes, if any of them changes.
    pub(in crate::polardb) nodes: Option<Vec<DbNode>>,
    pub(in crate::polardb) failover: Option<PlannedFailover>,
    pub(in crate::polardb) busy: Option<StatusMessage>,
    pub(in crate::polardb) deletion_lock: bool,
    pub(in crate::polardb) last_switch: Option<Timestamp>,
    pub(in crate::polardb) standby_zone: Option<ZoneId>,
    pub(in crate::polardb) home: Option<ZoneId>,
    pub(in crate::polardb) hot_replica_used: bool,
    pub(in crate::polardb) waits: bool,
}

impl ClusterPlan {
    /// The rule that decided a call; `None` for what was reported.
    pub const fn rule(&self) -> Option<RuleId> {
        self.rule
    }

    /// Whether applying it takes an effect id.
    pub const fn asks(&self) -> bool {
        self.asks.is_some()
    }

    pub(in crate::polardb) fn push(&mut self, rule: RuleId, fact: ClusterFact) {
        self.step.facts.push((rule, fact));
    }

    /// Asks for the effect that a failover waits for next.
    pub(in crate::polardb) fn ask_next(&mut self, rule: RuleId, next: Next, attempt: u32) {
        match next {
            Next::Choose(priority, tier) => {
                self.push(rule, ClusterFact::Offered { priority, tier: tier.clone() });
                self.asks = Some(ClusterEffect::ChooseNode(tier));
            }
            Next::Promote(node) => {
                self.push(rule, ClusterFact::AttemptBegan { node: node.clone(), attempt });
                self.asks = Some(ClusterEffect::PromoteNode(node));
            }
            Next::Exhausted | Next::Stopped => {}
        }
    }
}

impl DbCluster {
    /// A plan that changes nothing yet.
    pub(in crate::polardb) fn plan(&self, now: Timestamp, status_rule: RuleId) -> ClusterPlan {
        ClusterPlan {
            rule: None,
            status_rule,
            asks: None,
            step: ClusterStep { at: now, ..ClusterStep::default() },
            nodes: None,
            failover: self.failover.as_ref().map(|failover| failover.planned()),
            busy: self.busy.clone(),
            deletion_lock: self.deletion_lock,
            last_switch: self.last_switch,
            standby_zone: self.standby_zone.clone(),
            home: self.home.clone(),
            hot_replica_used: self.hot_replica_used,
            waits: self.waits,
        }
    }

    /// Writes a plan to the cluster. `id` becomes the id of the effect that the plan [asks](ClusterPlan::asks) for.
    pub fn apply(&mut self, plan: ClusterPlan, id: EffectId) -> ClusterStep {
        let before = self.status();
        let mut step = plan.step;
        if let Some(nodes) = plan.nodes {
            self.nodes = nodes;
        }
        self.failover = plan.failover.map(|failover| failover.asked(id));
        self.busy = plan.busy;
        self.deletion_lock = plan.deletion_lock;
        self.last_switch = plan.last_switch;
        self.standby_zone = plan.standby_zone;
        self.home = plan.home;
        self.hot_replica_used = plan.hot_replica_used;
        self.waits = plan.waits;
        self.pending.take_if(|pending| step.ended.contains(&pending.id));
        self.work.take_if(|pending| step.ended.contains(&pending.id));
        match &plan.asks {
            Some(ClusterEffect::Lifecycle(effect)) => {
                self.pending = Some(Pending { id, effect: *effect, since: step.at });
            }
            Some(ClusterEffect::Work(work)) => {
                self.work = Some(Pending { id, effect: work.clone(), since: step.at });
            }
            Some(ClusterEffect::ChooseNode(_) | ClusterEffect::PromoteNode(_)) | None => {}
        }
        step.asked = plan.asks.map(|effect| (id, effect));
        let after = if step.gone { None } else { Some(self.status()) };
        if after.as_ref() != Some(&before) {
            step.facts.push((plan.status_rule, ClusterFact::Status { from: Some(before), to: after }));
        }
        step
    }
}

/// A plan in the making, with the cluster that it is for: what the plan has not changed is read from the cluster.
pub(in crate::polardb) struct Draft<'a> {
    pub(in crate::polardb) cluster: &'a DbCluster,
    pub(in crate::polardb) policy: &'a PolarDbPolicy,
    pub(in crate::polardb) plan: ClusterPlan,
}

impl<'a> Draft<'a> {
    pub(in crate::polardb) fn new(
        cluster: &'a DbCluster,
        now: Timestamp,
        status_rule: RuleId,
        policy: &'a PolarDbPolicy,
    ) -> Self {
        Self { cluster, policy, plan: cluster.plan(now, status_rule) }
    }

    pub(in crate::polardb) const fn now(&self) -> Timestamp {
        self.plan.step.at
    }

    /// The nodes as the plan leaves them.
    pub(in crate::polardb) fn nodes(&self) -> &[DbNode] {
        self.plan.nodes.as_ref().unwrap_or(&self.cluster.nodes)
    }

    pub(in crate::polardb) fn nodes_mut(&mut self) -> &mut Vec<DbNode> {
        self.plan.nodes.get_or_insert_with(|| self.cluster.nodes.clone())
    }

    /// The zone of the writer.
    pub(in crate::polardb) fn primary_zone(&self) -> Option<&ZoneId> {
        writer(self.nodes()).map(|writer| &writer.zone)
    }

    /// Whether creation or release is under way.
    pub(in crate::polardb) fn in_lifecycle(&self) -> bool {
        self.cluster.pending.is_some_and(|pending| !self.plan.step.ended.contains(&pending.id))
    }

    /// The work on nodes under way.
    pub(in crate::polardb) fn work(&self) -> Option<&'a NodeWork> {
        let pending = self.cluster.work.as_ref()?;
        (!self.plan.step.ended.contains(&pending.id)).then_some(&pending.effect)
    }

    /// Whether the writer is down, other than for a restart that was asked for (`P-243`).
    pub(in crate::polardb) fn lost_its_writer(&self) -> bool {
        writer_is_lost(self.nodes(), self.work())
    }

    pub(in crate::polardb) fn push(&mut self, rule: RuleId, fact: ClusterFact) {
        self.plan.push(rule, fact);
    }

    pub(in crate::polardb) fn ended(&mut self, id: impl IntoIterator<Item = EffectId>) {
        self.plan.step.ended.extend(id);
    }

    /// Removes nodes from the cluster and from those that its failover has tried.
    pub(in crate::polardb) fn remove_nodes(&mut self, gone: &[NodeId]) {
        if gone.is_empty() {
            return;
        }
        self.nodes_mut().retain(|node| !gone.contains(&node.id));
        if let Some(failover) = &mut self.plan.failover {
            let before = failover.tried.len();
            failover.tried.retain(|node| !gone.contains(node));
            let removed = u32::try_from(before.saturating_sub(failover.tried.len())).unwrap_or(u32::MAX);
            failover.removed = failover.removed.saturating_add(removed);
        }
        self.plan.step.left.extend_from_slice(gone);
    }
}
