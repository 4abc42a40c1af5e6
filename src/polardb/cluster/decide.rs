//! What a call or report on a cluster means: pure decisions, each of them a complete [`ClusterPlan`].

use crate::ids::{EffectId, NodeId};
use crate::operation::Operation;
use crate::outcome::{NotTaken, Outcome};
use crate::polardb::cluster::failing_over::{OnNoCandidate, Search};
use crate::polardb::cluster::plan::{ClusterPlan, Draft};
use crate::polardb::cluster::requests::{Engine, FailoverDbCluster, ModifyDbNodeConfig, PayType};
use crate::polardb::cluster::rules::{P_015, P_016, P_023, P_024, P_025, P_301, P_302, P_303, P_304};
use crate::polardb::cluster::status::ClusterStatus;
use crate::polardb::cluster::step::ClusterFact;
use crate::polardb::cluster::{ClusterEffect, DbCluster, Lifecycle};
use crate::polardb::election::electorate::{Electorate, TargetZoneType};
use crate::polardb::election::failover::{Cause, Next, NoCandidate, OnExhaustion, Stage, Start};
use crate::polardb::election::ranking::Priority;
use crate::polardb::election::rules::{
    P_104, P_105, P_107, P_108, P_113, P_122, P_143, P_151, P_152, P_160, P_171,
};
use crate::polardb::nodes::{DbNode, NodeChange, NodeKind, Role};
use crate::polardb::refusal::{PolarDbReason, PolarDbRefusal};
use crate::policy::{BusyCluster, MissingTarget, PolarDbPolicy, RollBack, TargetInWindow, WriterAsTarget};
use crate::rule::cite;
use crate::text::StatusMessage;
use crate::time::Timestamp;

impl DbCluster {
    /// Decides `FailoverDBCluster`. The order of checks: the edition, the target as a parameter, its kind, the status of the
    /// cluster, the frequency window, the state of the target, and whether there is a candidate.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_failover(
        &self,
        now: Timestamp,
        operation: Operation,
        request: &FailoverDbCluster,
        policy: &PolarDbPolicy,
    ) -> Result<ClusterPlan, PolarDbRefusal> {
        let cluster = || self.id.clone();
        let ha_status = |rule| Err(PolarDbReason::HaStatus { cluster: cluster(), rule }.of(operation));
        if !self.edition.fails_over() {
            return Err(PolarDbReason::ClusterCategory { cluster: cluster() }.of(operation));
        }
        let is_running_writer =
            |id: &NodeId| self.writer().is_some_and(|node| node.id == *id && node.is_running());
        if policy.writer_as_target == WriterAsTarget::Succeed
            && self.accepts_failover(policy)
            && request.target.as_ref().is_some_and(is_running_writer)
        {
            return Ok(ClusterPlan { rule: Some(P_104), ..self.plan(now, P_302) });
        }
        let target = match &request.target {
            Some(id) => Some(self.check_target(operation, id, request.target_zone_type)?),
            // The page of `FailoverDBClusterZonal` does not demand a target.
            None if self.engine != Engine::MySql && operation == Operation::FailoverDbCluster => {
                return Err(match policy.missing_target {
                    MissingTarget::Malformed => {
                        PolarDbReason::TargetRequired { cluster: cluster() }.of(operation)
                    }
                    MissingTarget::MissingParameter => {
                        PolarDbReason::MissingParameter { parameter: "TargetDBNodeId".into() }.of(operation)
                    }
                });
            }
            None => None,
        };
        if !self.accepts_failover(policy) {
            return ha_status(P_105);
        }
        let standby = request.target_zone_type == TargetZoneType::Standby;
        if standby && !self.nodes.iter().any(|node| node.kind == NodeKind::Standby) {
            return ha_status(P_108);
        }
        let held = target.is_none() || policy.target_in_window == TargetInWindow::Refused;
        if let Some(last) = self.last_switch.filter(|_| held)
            && now.since(last) < policy.switch_window
        {
            let wait = last.after(policy.switch_window).since(now);
            return Err(PolarDbReason::TooFrequent { cluster: cluster(), wait }.of(operation));
        }
        if let Some(node) = target {
            if !node.is_running() {
                return ha_status(P_113);
            }
            if !node.replicating {
                return Err(PolarDbReason::UnhealthyReplication { cluster: cluster() }.of(operation));
            }
        }
        let start = Start {
            cause: Cause::Manual,
            requested: target.map(|node| node.id.clone()),
            electorate: Electorate::manual(request.target_zone_type, &self.nodes, policy),
            roll_back: request.roll_back_for_disaster
                && (standby || policy.roll_back == RollBack::EverySwitch),
        };
        let mut draft = Draft::new(self, now, P_301, policy);
        match draft.begin(start, OnExhaustion::End) {
            Ok(rule) => Ok(ClusterPlan { rule: Some(rule), ..draft.plan }),
            Err(NoCandidate::UnhealthyReplication) => {
                Err(PolarDbReason::UnhealthyReplication { cluster: cluster() }.of(operation))
            }
            Err(NoCandidate::NoNode) => ha_status(P_143),
        }
    }

    fn check_target(
        &self,
        operation: Operation,
        id: &NodeId,
        zone: TargetZoneType,
    ) -> Result<&DbNode, PolarDbRefusal> {
        let Some(node) = self.node(id) else {
            return Err(
                PolarDbReason::NodeNotFound { cluster: self.id.clone(), node: id.clone() }.of(operation)
            );
        };
        if node.role == Role::Writer {
            let (cluster, node) = (self.id.clone(), id.clone());
            return Err(PolarDbReason::TargetIsWriter { cluster, node }.of(operation));
        }
        // A column-store node, which by policy can be elected, cannot be named.
        let wanted = match zone {
            TargetZoneType::Primary => NodeKind::Ordinary,
            TargetZoneType::Standby => NodeKind::Standby,
        };
        if node.kind != wanted {
            return Err(PolarDbReason::NodeKind { node: id.clone() }.of(operation));
        }
        Ok(node)
    }

    /// Decides `DeleteDBCluster`. The status, which can change by itself, is checked after pay type and lock.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_delete(&self, now: Timestamp) -> Result<ClusterPlan, PolarDbRefusal> {
        let operation = Operation::DeleteDbCluster;
        let cluster = self.id.clone();
        if self.pay_type == PayType::Prepaid {
            return Err(PolarDbReason::PayType { cluster }.of(operation));
        }
        if self.deletion_lock {
            return Err(PolarDbReason::DeletionLock { cluster }.of(operation));
        }
        if self.status() != ClusterStatus::Running {
            return Err(PolarDbReason::NotRunning { cluster }.of(operation));
        }
        let asks = Some(ClusterEffect::Lifecycle(Lifecycle::Delete));
        Ok(ClusterPlan { rule: Some(P_023), asks, ..self.plan(now, P_023) })
    }

    /// Decides `ModifyDBNodeConfig`, in any status: it takes effect at once (`P-122`).
    ///
    /// # Errors
    ///
    /// [`PolarDbReason::NodeNotFound`] if the cluster has no such node.
    pub fn decide_node_config(
        &self,
        now: Timestamp,
        request: &ModifyDbNodeConfig,
        policy: &PolarDbPolicy,
    ) -> Result<ClusterPlan, PolarDbRefusal> {
        if request.priority == Priority::NONE {
            let (parameter, why) = ("ConfigValue".into(), "a failover priority is 1 to 15, not 0".into());
            return Err(PolarDbReason::Malformed { parameter, why }.of(Operation::ModifyDbNodeConfig));
        }
        let change = NodeChange::Priority(request.priority);
        let plan = self.decide_nodes(now, core::slice::from_ref(&request.node), change, policy);
        let plan = plan.ok_or_else(|| {
            PolarDbReason::NodeNotFound { cluster: self.id.clone(), node: request.node.clone() }
                .of(Operation::ModifyDbNodeConfig)
        })?;
        Ok(ClusterPlan { rule: Some(P_122), ..plan })
    }

    /// Decides what a report about an effect means.
    ///
    /// # Errors
    ///
    /// [`NotTaken`]: the effect is not pending, the chosen node was not offered, or the effect does not end so.
    pub fn decide_outcome(
        &self,
        now: Timestamp,
        id: EffectId,
        outcome: &Outcome,
        policy: &PolarDbPolicy,
    ) -> Result<ClusterPlan, NotTaken> {
        cite!(P_152);
        if self.pending.is_some_and(|pending| pending.id == id) {
            return self.decide_settled(now, outcome, policy);
        }
        if self.work.as_ref().is_some_and(|pending| pending.id == id) {
            return self.decide_work_ended(now, outcome, policy);
        }
        let Some(failover) = self.failover.as_ref().filter(|failover| failover.stage.id() == id) else {
            return Err(NotTaken::Stale);
        };
        let draft = |status_rule| Draft::new(self, now, status_rule, policy);
        match (&failover.stage, outcome) {
            (Stage::Choosing { .. }, Outcome::Chosen(node)) => {
                if !self.offered().is_some_and(|(_, tier)| tier.contains(node)) {
                    return Err(NotTaken::NotOffered);
                }
                let mut draft = draft(P_301);
                draft.advance_to(Next::Promote(node.clone()), P_151);
                Ok(draft.plan)
            }
            (Stage::Switching { .. }, Outcome::Succeeded) => {
                let mut draft = draft(P_160);
                draft.promoted();
                Ok(draft.plan)
            }
            (Stage::Switching { .. }, Outcome::Failed { failure, .. }) => {
                let mut draft = draft(P_302);
                draft.attempt_failed(Some(*failure));
                Ok(draft.plan)
            }
            _ => Err(NotTaken::WrongOutcome),
        }
    }

    /// Decides what the end of creation or release means.
    fn decide_settled(
        &self,
        now: Timestamp,
        outcome: &Outcome,
        policy: &PolarDbPolicy,
    ) -> Result<ClusterPlan, NotTaken> {
        let effect = self.pending.map(|pending| pending.effect);
        let (rule, gone) = match (effect, outcome) {
            (_, Outcome::PartlyFailed { .. } | Outcome::Chosen(_)) => return Err(NotTaken::WrongOutcome),
            (Some(Lifecycle::Create), Outcome::Succeeded) => (P_015, false),
            (Some(Lifecycle::Create), Outcome::Failed { .. }) => (P_016, true),
            (Some(Lifecycle::Delete), Outcome::Succeeded) => (P_024, true),
            (Some(Lifecycle::Delete), Outcome::Failed { .. }) | (None, _) => (P_025, false),
        };
        let mut draft = Draft::new(self, now, rule, policy);
        draft.ended(self.pending.map(|pending| pending.id));
        draft.plan.step.gone = gone;
        // A writer that was lost meanwhile could not be replaced before (`P-180`).
        if !gone && draft.lost_its_writer() {
            draft.begin_automatic(Search::PrimaryThenStandby, OnNoCandidate::Report);
        }
        Ok(draft.plan)
    }

    /// Decides what a change of several nodes at once means; `None` if the cluster does not have all of them.
    pub fn decide_nodes(
        &self,
        now: Timestamp,
        nodes: &[NodeId],
        change: NodeChange,
        policy: &PolarDbPolicy,
    ) -> Option<ClusterPlan> {
        if !nodes.iter().all(|node| self.node(node).is_some()) {
            return None;
        }
        let mut draft = Draft::new(self, now, P_302, policy);
        draft.change_nodes(nodes, change);
        Some(draft.plan)
    }

    /// Decides what an observed status means: the cluster is busy, or, without a status, no longer.
    pub fn decide_busy(&self, now: Timestamp, status: Option<StatusMessage>) -> ClusterPlan {
        ClusterPlan { busy: status, ..self.plan(now, P_303) }
    }

    /// Decides what the removal of the cluster means.
    pub fn decide_removed(&self, now: Timestamp) -> ClusterPlan {
        let mut plan = ClusterPlan { failover: None, ..self.plan(now, P_304) };
        if let Some(failover) = &self.failover {
            plan.step.ended.push(failover.stage.id());
            plan.push(P_171, ClusterFact::Cancelled);
        }
        plan.step.ended.extend(self.pending.map(|pending| pending.id));
        plan.step.ended.extend(self.work.as_ref().map(|pending| pending.id));
        plan.step.gone = true;
        plan
    }

    /// Whether nothing is under way. A lost writer alone does not stand against another attempt (`P-107`).
    fn accepts_failover(&self, policy: &PolarDbPolicy) -> bool {
        cite!(P_107);
        let idle = self.busy.is_none() || policy.busy_cluster == BusyCluster::Accept;
        self.pending.is_none() && self.failover.is_none() && self.work.is_none() && idle
    }
}
