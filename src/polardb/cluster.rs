//! A cluster: pure decisions and their application.
//!
//! `decide` checks a call and changes nothing; [`DbCluster::apply`] cannot fail and returns what happened. The status
//! is not stored: it follows from what is pending (`P-300`). Which node comes next is the business of
//! [`Failover`], which is asked with the nodes as they are.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::failover::{Cause, Failover, Failure, Next, Stage};
use super::node::{DbNode, NodeChange, NodeKind, Role};
use super::refusal::PolarDbRefusal;
use super::requests::{
    CreateDbCluster, DeleteDbCluster, Edition, Engine, FailoverDbCluster, ModifyDbNodeConfig, PayType,
    TargetZoneType,
};
use super::select::{Priority, Tried};
use crate::ids::{AccountId, ClusterId, EffectId, NodeId, RegionId, ResourceGroupId, ZoneId};
use crate::operation::Operation;
use crate::policy::PolarDbPolicy;
use crate::rule::RuleId;
use crate::text::{Description, StatusMessage, Tag};
use crate::time::{Span, Timestamp};

/// The status of a cluster (`DBClusterStatus`): an open vocabulary, since the documented values are not the ones that
/// clients meet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ClusterStatus {
    /// `Creating`.
    Creating,
    /// `Running`.
    Running,
    /// `Switching`: failing over, or waiting for a node that can take over.
    Switching,
    /// `Deleting`.
    Deleting,
    /// Any other status, as the outside reported it; the cluster is busy.
    Busy(StatusMessage),
}

impl ClusterStatus {
    /// The wire spelling.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Creating => "Creating",
            Self::Running => "Running",
            Self::Switching => "Switching",
            Self::Deleting => "Deleting",
            Self::Busy(status) => status.as_str(),
        }
    }
}

impl fmt::Display for ClusterStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a cluster as a whole asks of the outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Lifecycle {
    /// Make the cluster and its nodes.
    Create,
    /// Release it.
    Delete,
}

/// A pending effect on the cluster as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct PendingCluster {
    /// Fencing token, attempt number and, with `since`, age.
    pub id: EffectId,
    /// What was asked.
    pub effect: Lifecycle,
    /// When.
    pub since: Timestamp,
}

/// A cluster.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct DbCluster {
    pub(crate) id: ClusterId,
    pub(crate) account: AccountId,
    pub(crate) region: RegionId,
    pub(crate) engine: Engine,
    pub(crate) version: Arc<str>,
    pub(crate) edition: Edition,
    pub(crate) pay_type: PayType,
    pub(crate) description: Option<Description>,
    pub(crate) resource_group: Option<ResourceGroupId>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) deletion_lock: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) nodes: Vec<DbNode>,
    /// The status that the outside reported, such as `ClassChanging`.
    pub(crate) busy: Option<StatusMessage>,
    pub(crate) pending: Option<PendingCluster>,
    pub(crate) failover: Option<Failover>,
    /// When the writer last moved.
    pub(crate) last_switch: Option<Timestamp>,
}

/// A cluster to be adopted: one that exists elsewhere, in any status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterSeed {
    /// Its id.
    pub id: ClusterId,
    /// Its region.
    pub region: RegionId,
    /// Its engine.
    pub engine: Engine,
    /// Its version.
    pub version: Arc<str>,
    /// Its edition.
    pub edition: Edition,
    /// How it is paid for.
    pub pay_type: PayType,
    /// Its description.
    pub description: Option<Description>,
    /// Its resource group.
    pub resource_group: Option<ResourceGroupId>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// Whether it is locked against deletion.
    pub deletion_lock: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// Its nodes, one of them the writer.
    pub nodes: Vec<DbNode>,
    /// Its status. One that shows `Switching` elsewhere is taken as running: which node it was switching to is not
    /// known.
    pub status: ClusterStatus,
}

/// What was decided on a cluster. Made by the `decide` functions, consumed by [`DbCluster::apply`].
#[must_use = "a decision does nothing until it is applied"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterPlan(Change);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    Begin { requested: Option<NodeId>, next: Next, rule: RuleId },
    Delete,
    Settle { succeeded: bool },
    Chosen(NodeId),
    Promoted,
    AttemptFailed(Failure),
    Node(NodeId, NodeChange),
    Busy(Option<StatusMessage>),
    Removed,
}

/// What a cluster asks of the outside.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ClusterEffect {
    /// Make it, or release it.
    Lifecycle(Lifecycle),
    /// Choose one of these nodes of equal priority.
    ChooseNode(Vec<NodeId>),
    /// Promote this node.
    PromoteNode(NodeId),
}

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
    },
    /// No eligible node is left: the failover ended without success.
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

/// Why a report about a pending effect is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// The effect is not pending.
    Stale,
    /// The chosen node was not offered.
    NotOffered,
    /// The effect does not end like this.
    WrongOutcome,
}

/// What the outside reports of a pending effect.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ClusterOutcome {
    /// It was done.
    Succeeded,
    /// It failed.
    Failed(Failure),
    /// This node was chosen.
    Chosen(NodeId),
}

/// Deciding: pure.
impl DbCluster {
    /// A cluster as `CreateDBCluster` makes it: one writer and readers of priority 1 (`P-010`), waiting for the effect
    /// `asked`. The first of `nodes` is the writer.
    pub fn create(
        id: ClusterId,
        nodes: &[NodeId],
        account: AccountId,
        region: &RegionId,
        now: Timestamp,
        asked: EffectId,
        request: &CreateDbCluster,
    ) -> Self {
        let zone = request.zone.clone().unwrap_or_else(|| ZoneId::first_of(region));
        let node = |(at, id): (usize, &NodeId)| DbNode {
            id: id.clone(),
            role: if at == 0 { Role::Writer } else { Role::Reader },
            kind: NodeKind::Ordinary,
            priority: Priority::MIN,
            class: request.class.clone(),
            zone: zone.clone(),
            created_at: now,
            up: true,
            replicating: true,
            busy: None,
            hot_replica: false,
        };
        Self {
            id,
            account,
            region: region.clone(),
            engine: request.engine,
            version: request.version.clone(),
            edition: request.edition,
            pay_type: request.pay_type,
            description: request.description.clone(),
            resource_group: request.resource_group.clone(),
            tags: request.tags.clone(),
            deletion_lock: false,
            created_at: now,
            nodes: nodes.iter().enumerate().map(node).collect(),
            busy: None,
            pending: Some(PendingCluster { id: asked, effect: Lifecycle::Create, since: now }),
            failover: None,
            last_switch: None,
        }
    }

    /// A cluster that exists elsewhere: one that is being created or released waits for the effect `asked` from now on.
    pub(crate) fn adopt(seed: ClusterSeed, account: AccountId, now: Timestamp, asked: EffectId) -> Self {
        let pending = |effect| Some(PendingCluster { id: asked, effect, since: now });
        let (pending, busy) = match seed.status {
            ClusterStatus::Creating => (pending(Lifecycle::Create), None),
            ClusterStatus::Deleting => (pending(Lifecycle::Delete), None),
            ClusterStatus::Busy(status) => (None, Some(status)),
            ClusterStatus::Running | ClusterStatus::Switching => (None, None),
        };
        Self {
            id: seed.id,
            account,
            region: seed.region,
            engine: seed.engine,
            version: seed.version,
            edition: seed.edition,
            pay_type: seed.pay_type,
            description: seed.description,
            resource_group: seed.resource_group,
            tags: seed.tags,
            deletion_lock: seed.deletion_lock,
            created_at: seed.created_at.min(now),
            nodes: seed.nodes,
            busy,
            pending,
            failover: None,
            last_switch: None,
        }
    }

    /// Decides `FailoverDBCluster`. The order of checks: edition, the target as a parameter, the target's kind, the
    /// cluster's status, the frequency window, the target's state, and whether anybody can be elected.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_failover(
        &self,
        now: Timestamp,
        request: &FailoverDbCluster,
        policy: &PolarDbPolicy,
    ) -> Result<ClusterPlan, PolarDbRefusal> {
        let operation = Operation::FailoverDbCluster;
        let cluster = || self.id.clone();
        let ha_status =
            |rule| Err(PolarDbRefusal::HaStatus { operation, cluster: cluster(), rule: RuleId(rule) });
        if !self.edition.fails_over() {
            return Err(PolarDbRefusal::ClusterCategory { operation, cluster: cluster() });
        }
        let target = match &request.target {
            Some(id) => Some(self.check_target(operation, id)?),
            None if self.engine != Engine::MySql => {
                return Err(PolarDbRefusal::TargetRequired { operation, cluster: cluster() });
            }
            None => None,
        };
        if !self.accepts_failover() {
            return ha_status("P-105");
        }
        // No hot-standby storage cluster is modelled, so there is nothing to switch to.
        if request.target_zone_type == TargetZoneType::Standby {
            return ha_status("P-108");
        }
        if let Some(last) = self.last_switch
            && now.since(last) < policy.switch_window
        {
            let wait = last.after(policy.switch_window).since(now);
            return Err(PolarDbRefusal::TooFrequent { operation, cluster: cluster(), wait });
        }
        if let Some(node) = target {
            if !node.is_running() {
                return ha_status("P-113");
            }
            if !node.replicating {
                return Err(PolarDbRefusal::UnhealthyReplication { operation, cluster: cluster() });
            }
            let (requested, next) = (Some(node.id.clone()), Next::Promote(node.id.clone()));
            return Ok(ClusterPlan(Change::Begin { requested, next, rule: RuleId("P-140") }));
        }
        match Next::among(self.eligible(), &Tried::new()) {
            Next::Exhausted if self.nodes.iter().any(|node| node.is_candidate()) => {
                Err(PolarDbRefusal::UnhealthyReplication { operation, cluster: cluster() })
            }
            Next::Exhausted => ha_status("P-143"),
            next => {
                let rule = rule_of(&next);
                Ok(ClusterPlan(Change::Begin { requested: None, next, rule }))
            }
        }
    }

    fn check_target(&self, operation: Operation, id: &NodeId) -> Result<&DbNode, PolarDbRefusal> {
        let Some(node) = self.node(id) else {
            return Err(PolarDbRefusal::NodeNotFound {
                operation,
                cluster: self.id.clone(),
                node: id.clone(),
            });
        };
        if node.role == Role::Writer {
            let (cluster, node) = (self.id.clone(), id.clone());
            return Err(PolarDbRefusal::TargetIsWriter { operation, cluster, node });
        }
        if node.kind != NodeKind::Ordinary {
            return Err(PolarDbRefusal::NodeKind { operation, node: id.clone() });
        }
        Ok(node)
    }

    /// Decides `DeleteDBCluster`: subscriptions and locked clusters are refused before a status that may pass.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_delete(&self, _request: &DeleteDbCluster) -> Result<ClusterPlan, PolarDbRefusal> {
        let operation = Operation::DeleteDbCluster;
        let cluster = self.id.clone();
        if self.pay_type == PayType::Prepaid {
            return Err(PolarDbRefusal::PayType { operation, cluster });
        }
        if self.deletion_lock {
            return Err(PolarDbRefusal::DeletionLock { operation, cluster });
        }
        if self.status() != ClusterStatus::Running {
            return Err(PolarDbRefusal::NotRunning { operation, cluster });
        }
        Ok(ClusterPlan(Change::Delete))
    }

    /// Decides `ModifyDBNodeConfig`, in any status: it takes effect at once and disturbs nothing (`P-122`).
    ///
    /// # Errors
    ///
    /// [`PolarDbRefusal::NodeNotFound`] if the cluster has no such node.
    pub fn decide_node_config(&self, request: &ModifyDbNodeConfig) -> Result<ClusterPlan, PolarDbRefusal> {
        if self.node(&request.node).is_none() {
            return Err(PolarDbRefusal::NodeNotFound {
                operation: Operation::ModifyDbNodeConfig,
                cluster: self.id.clone(),
                node: request.node.clone(),
            });
        }
        Ok(ClusterPlan(Change::Node(request.node.clone(), NodeChange::Priority(request.priority))))
    }

    /// Decides what a report about an effect means.
    ///
    /// # Errors
    ///
    /// [`NotTaken`]: the effect is not pending, the node was not offered, or the effect does not end so.
    pub fn decide_outcome(&self, id: EffectId, outcome: &ClusterOutcome) -> Result<ClusterPlan, NotTaken> {
        if self.pending.is_some_and(|pending| pending.id == id) {
            return match outcome {
                ClusterOutcome::Succeeded => Ok(ClusterPlan(Change::Settle { succeeded: true })),
                ClusterOutcome::Failed(_) => Ok(ClusterPlan(Change::Settle { succeeded: false })),
                ClusterOutcome::Chosen(_) => Err(NotTaken::WrongOutcome),
            };
        }
        let Some(failover) = self.failover.as_ref().filter(|failover| failover.stage.id() == id) else {
            return Err(NotTaken::Stale);
        };
        match (&failover.stage, outcome) {
            (Stage::Choosing { .. }, ClusterOutcome::Chosen(node)) => {
                if failover.offers(node, self.eligible()) {
                    Ok(ClusterPlan(Change::Chosen(node.clone())))
                } else {
                    Err(NotTaken::NotOffered)
                }
            }
            (Stage::Switching { .. }, ClusterOutcome::Succeeded) => Ok(ClusterPlan(Change::Promoted)),
            (Stage::Switching { .. }, ClusterOutcome::Failed(failure)) => {
                Ok(ClusterPlan(Change::AttemptFailed(*failure)))
            }
            _ => Err(NotTaken::WrongOutcome),
        }
    }

    /// What an observation of a node means; `None` if the cluster has no such node.
    pub fn decide_node(&self, node: &NodeId, change: NodeChange) -> Option<ClusterPlan> {
        self.node(node).map(|node| ClusterPlan(Change::Node(node.id.clone(), change)))
    }

    /// What an observed status means: busy so, or, with `None`, running again.
    pub fn decide_busy(&self, status: Option<StatusMessage>) -> ClusterPlan {
        ClusterPlan(Change::Busy(status))
    }

    /// What it means that the cluster is gone.
    pub fn decide_removed(&self) -> ClusterPlan {
        ClusterPlan(Change::Removed)
    }
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
            Change::Settle { succeeded } => self.settle(succeeded, &mut step),
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
            step.push("P-170", ClusterFact::Exhausted { attempts: failover.attempts });
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
        step.push("P-160", ClusterFact::WriterMoved { from, to, attempts: failover.attempts, took });
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
        let rule = rule_of(&next);
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
                let rule = rule_of(&next);
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

    /// Whether the writer is down.
    fn lost_its_writer(&self) -> bool {
        !self.writer().is_some_and(|writer| writer.up)
    }

    /// Running; or without a writer and with nothing under way, so that a caller can try once more (`P-107`).
    fn accepts_failover(&self) -> bool {
        self.pending.is_none() && self.failover.is_none() && self.busy.is_none()
    }
}

fn eligible(nodes: &[DbNode]) -> impl Iterator<Item = (&NodeId, Priority)> + Clone {
    nodes.iter().filter(|node| node.is_eligible()).map(|node| (&node.id, node.priority))
}

/// The row of the failover's table by which `next` was reached from the start.
const fn rule_of(next: &Next) -> RuleId {
    match next {
        Next::Promote(_) => RuleId("P-141"),
        Next::Choose(..) => RuleId("P-142"),
        Next::Exhausted => RuleId("P-170"),
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
            Next::Exhausted => {}
        }
    }
}

/// Reading a cluster.
impl DbCluster {
    /// Its status (`P-300`): what is pending, then a failover or a lost writer, then what the outside reported.
    pub fn status(&self) -> ClusterStatus {
        match (self.pending, &self.busy) {
            (Some(PendingCluster { effect: Lifecycle::Create, .. }), _) => ClusterStatus::Creating,
            (Some(PendingCluster { effect: Lifecycle::Delete, .. }), _) => ClusterStatus::Deleting,
            _ if self.failover.is_some() || self.lost_its_writer() => ClusterStatus::Switching,
            (None, Some(busy)) => ClusterStatus::Busy(busy.clone()),
            (None, None) => ClusterStatus::Running,
        }
    }

    /// The status of one of its nodes on the wire (`DBNodeStatus`, `P-305`).
    pub fn node_status<'a>(&self, node: &'a DbNode) -> &'a str {
        let switching = self.failover.as_ref().and_then(Failover::switching);
        match self.pending.map(|pending| pending.effect) {
            Some(Lifecycle::Create) => "Creating",
            Some(Lifecycle::Delete) => "Deleting",
            None if switching.is_some_and(|to| *to == node.id || node.role == Role::Writer) => "Switching",
            None => match &node.busy {
                Some(busy) => busy.as_str(),
                None if node.up => "Running",
                None => "Rebooting",
            },
        }
    }

    /// The effect that is pending, with its id and since when.
    pub fn outstanding(&self) -> Option<(EffectId, Timestamp, ClusterEffect)> {
        if let Some(pending) = self.pending {
            return Some((pending.id, pending.since, ClusterEffect::Lifecycle(pending.effect)));
        }
        let failover = self.failover.as_ref()?;
        let effect = match &failover.stage {
            Stage::Switching { node, .. } => ClusterEffect::PromoteNode(node.clone()),
            Stage::Choosing { .. } => {
                let Next::Choose(_, tier) = Next::among(self.eligible(), &failover.tried) else {
                    return None;
                };
                ClusterEffect::ChooseNode(tier)
            }
        };
        Some((failover.stage.id(), failover.since, effect))
    }

    /// The nodes that can be elected now, with their priorities.
    pub fn eligible(&self) -> impl Iterator<Item = (&NodeId, Priority)> + Clone {
        eligible(&self.nodes)
    }

    /// The node of this id.
    pub fn node(&self, id: &NodeId) -> Option<&DbNode> {
        self.nodes.iter().find(|node| node.id == *id)
    }

    /// The primary node.
    pub fn writer(&self) -> Option<&DbNode> {
        self.nodes.iter().find(|node| node.role == Role::Writer)
    }

    /// All nodes, in the order in which they were created.
    pub fn nodes(&self) -> &[DbNode] {
        &self.nodes
    }

    /// The failover that is running.
    pub const fn failover(&self) -> Option<&Failover> {
        self.failover.as_ref()
    }

    /// Its id.
    pub const fn id(&self) -> &ClusterId {
        &self.id
    }

    /// The account that owns it.
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// Its region.
    pub const fn region(&self) -> &RegionId {
        &self.region
    }

    /// Its engine.
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Its edition.
    pub const fn edition(&self) -> Edition {
        self.edition
    }

    /// How it is paid for.
    pub const fn pay_type(&self) -> PayType {
        self.pay_type
    }

    /// Its description.
    pub const fn description(&self) -> Option<&Description> {
        self.description.as_ref()
    }

    /// Its resource group.
    pub const fn resource_group(&self) -> Option<&ResourceGroupId> {
        self.resource_group.as_ref()
    }

    /// Its tags.
    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// Whether it is locked against deletion.
    pub const fn deletion_lock(&self) -> bool {
        self.deletion_lock
    }

    /// When it was created.
    pub const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// When the writer last moved.
    pub const fn last_switch(&self) -> Option<Timestamp> {
        self.last_switch
    }
}
