//! What a call or report on a cluster means: pure decisions, each of them a complete [`ClusterPlan`].

use crate::ids::{ClusterId, EffectId, NodeId, ZoneId};
use crate::lifecycle::Pending;
use crate::operation::Operation;
use crate::outcome::{NotTaken, Outcome};
use crate::polardb::Context;
use crate::polardb::cluster::failover::OnNoCandidate;
use crate::polardb::cluster::plan::{ClusterPlan, Decision};
use crate::polardb::cluster::requests::{Engine, FailoverDbCluster, ModifyDbNodeConfig, PayType};
use crate::polardb::cluster::rules::{P_015, P_016, P_023, P_024, P_025, P_301, P_302, P_303, P_304, P_671};
use crate::polardb::cluster::status::ClusterStatus;
use crate::polardb::cluster::step::ClusterFact;
use crate::polardb::cluster::{ClusterEffect, DbCluster, Lifecycle};
use crate::polardb::election::electorate::{Electorate, TargetZoneType};
use crate::polardb::election::failover::{Cause, Failover, NoCandidate, OnExhaustion, Start};
use crate::polardb::election::ranking::Priority;
use crate::polardb::election::rules::{
    P_104, P_105, P_107, P_108, P_113, P_122, P_143, P_160, P_171, P_187, P_194,
};
use crate::polardb::nodes::requests::FailoverDbClusterZonal;
use crate::polardb::nodes::{DbNode, NodeChange, NodeKind, Role};
use crate::polardb::refusal::{PolarDbReason, PolarDbRefusal};
use crate::policy::{BusyCluster, MissingTarget, PolarDbPolicy, RollBack, TargetInWindow, WriterAsTarget};
use crate::rule::cite;
use crate::text::StatusMessage;
use crate::time::Timestamp;

impl DbCluster {
    /// Decides `FailoverDBCluster`. The order of checks: that it names this cluster, the edition, the target as a parameter, its kind, the status of the
    /// cluster, the frequency window, the state of the target, and whether there is a candidate.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_failover(&self, at: Context<'_>, request: &FailoverDbCluster) -> Decision {
        self.failover_decided(at, Operation::FailoverDbCluster, request)
    }

    /// Decides `FailoverDBClusterZonal`, as [`decide_failover`](Self::decide_failover) but that no engine needs a target.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_failover_zonal(&self, at: Context<'_>, request: &FailoverDbClusterZonal) -> Decision {
        self.failover_decided(at, Operation::FailoverDbClusterZonal, &request.0)
    }

    fn failover_decided(
        &self,
        at: Context<'_>,
        operation: Operation,
        request: &FailoverDbCluster,
    ) -> Decision {
        self.is_named(operation, &request.cluster)?;
        let Context { now, policy, .. } = at;
        let cluster = || self.id.clone();
        let ha_status = |rule| Err(PolarDbReason::HaStatus { cluster: cluster(), rule }.of(operation));
        let unhealthy = || Err(PolarDbReason::UnhealthyReplication { cluster: cluster() }.of(operation));
        self.needs_failover(operation)?;
        let is_running_writer =
            |id: &NodeId| self.writer().is_some_and(|node| node.id == *id && node.is_running());
        if policy.writer_as_target == WriterAsTarget::Succeed
            && self.accepts_failover(policy)
            && request.target.as_ref().is_some_and(is_running_writer)
        {
            return Ok(self.draft(at, P_302).done(P_104));
        }
        let back = self.back(policy, request);
        let zone_type = match &back {
            Some(home) if self.standby_zone.as_ref() == Some(home) => TargetZoneType::Standby,
            Some(_) => TargetZoneType::Primary,
            None => request.target_zone_type,
        };
        let target = match &request.target {
            Some(id) => Some(self.check_target(operation, id, zone_type)?),
            // The page of `FailoverDBClusterZonal` does not demand a target.
            None if self.engine != Engine::MySql && operation == Operation::FailoverDbCluster => {
                let why = match policy.missing_target {
                    MissingTarget::Malformed => PolarDbReason::TargetRequired { cluster: cluster() },
                    MissingTarget::MissingParameter => {
                        PolarDbReason::MissingParameter { parameter: "TargetDBNodeId".into() }
                    }
                };
                return Err(why.of(operation));
            }
            None => None,
        };
        if !self.accepts_failover(policy) {
            return ha_status(P_105);
        }
        let standby = zone_type == TargetZoneType::Standby;
        let takeover = self.storage_takeover().filter(|_| standby);
        if standby && takeover.is_none() && !self.has_standby_nodes() {
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
                return unhealthy();
            }
        }
        if let Some(work) = takeover {
            let mut draft = self.draft(at, P_301);
            draft.begin_work(P_187, work, alloc::vec::Vec::new());
            return Ok(draft.done(P_187));
        }
        let start = Start {
            cause: Cause::Manual,
            requested: target.map(|node| node.id.clone()),
            electorate: Electorate::manual(zone_type, &self.nodes, policy).within(back.as_ref()),
            roll_back: match policy.roll_back {
                RollBack::ZoneSwitches => request.roll_back_for_disaster && standby,
                RollBack::EverySwitch => request.roll_back_for_disaster,
                RollBack::ThisCall => back.is_none(),
            },
        };
        let mut draft = self.draft(at, P_301);
        match draft.begin(start, OnExhaustion::End) {
            Ok(rule) => Ok(draft.done(rule)),
            Err(NoCandidate::UnhealthyReplication) => unhealthy(),
            Err(NoCandidate::NoNode) => ha_status(P_143),
        }
    }

    /// The zone that a call switches back to, by the reading that `RollBackForDisaster` makes it that (`P-194`).
    fn back(&self, policy: &PolarDbPolicy, request: &FailoverDbCluster) -> Option<ZoneId> {
        cite!(P_194);
        let asked = policy.roll_back == RollBack::ThisCall && request.roll_back_for_disaster;
        self.home.clone().filter(|_| asked)
    }

    fn check_target(
        &self,
        operation: Operation,
        id: &NodeId,
        zone: TargetZoneType,
    ) -> Result<&DbNode, PolarDbRefusal> {
        let node = self.node_of(operation, id)?;
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
    pub fn decide_delete(&self, at: Context<'_>) -> Decision {
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
        let mut draft = self.draft(at, P_023);
        draft.ask(ClusterEffect::Lifecycle(Lifecycle::Delete));
        Ok(draft.done(P_023))
    }

    /// Decides `ModifyDBNodeConfig`, in any status: it takes effect at once (`P-122`).
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_node_config(&self, at: Context<'_>, request: &ModifyDbNodeConfig) -> Decision {
        self.is_named(Operation::ModifyDbNodeConfig, &request.cluster)?;
        if request.priority == Priority::NONE {
            let why = "a failover priority is 1 to 15, not 0";
            return Err(PolarDbReason::malformed("ConfigValue", why).of(Operation::ModifyDbNodeConfig));
        }
        self.node_of(Operation::ModifyDbNodeConfig, &request.node)?;
        let mut draft = self.draft(at, P_302);
        let change = NodeChange::Priority(request.priority);
        draft.change_nodes(core::slice::from_ref(&request.node), change, at.now);
        Ok(draft.done(P_122))
    }

    /// Decides what a report about an effect means.
    ///
    /// # Errors
    ///
    /// [`NotTaken`]: the effect is not pending, the chosen node was not offered, or the effect does not end so.
    pub fn decide_outcome(
        &self,
        at: Context<'_>,
        id: EffectId,
        outcome: &Outcome,
    ) -> Result<ClusterPlan, NotTaken> {
        if let Some(pending) = self.pending.filter(|pending| pending.id == id) {
            return self.decide_settled(at, pending, outcome);
        }
        if let Some(pending) = self.work.as_ref().filter(|pending| pending.id == id) {
            return self.decide_work_ended(at, pending, outcome);
        }
        if self.failover.as_ref().and_then(Failover::pending) != Some(id) {
            return Err(NotTaken::Stale);
        }
        match outcome {
            Outcome::Chosen(node) => {
                let mut draft = self.draft(at, P_301);
                draft.choose(id, node)?;
                Ok(draft.done(None))
            }
            Outcome::Succeeded => {
                let mut draft = self.draft(at, P_160);
                draft.promoted(id)?;
                Ok(draft.done(None))
            }
            Outcome::Failed { failure, .. } => {
                let mut draft = self.draft(at, P_302);
                draft.attempt_failed(id, *failure)?;
                Ok(draft.done(None))
            }
            Outcome::PartlyFailed { .. } => Err(NotTaken::WrongOutcome),
        }
    }

    /// Decides what the end of creation or release means.
    fn decide_settled(
        &self,
        at: Context<'_>,
        pending: Pending<Lifecycle>,
        outcome: &Outcome,
    ) -> Result<ClusterPlan, NotTaken> {
        let (rule, gone) = match (pending.effect, outcome.is_done()?) {
            (Lifecycle::Create, true) => (P_015, false),
            (Lifecycle::Create, false) => (P_016, true),
            (Lifecycle::Delete, true) => (P_024, true),
            (Lifecycle::Delete, false) => (P_025, false),
        };
        let mut draft = self.draft(at, rule);
        draft.after.pending = None;
        draft.step.ended.push(pending.id);
        draft.step.gone = gone;
        // A writer that was lost meanwhile could not be replaced before (`P-180`).
        if !gone && draft.after.lost_its_writer() {
            draft.begin_automatic(OnNoCandidate::Report);
        }
        Ok(draft.done(None))
    }

    /// Decides what a change of several nodes at once means, that was measured then; `None` if the cluster does not have all of
    /// them, or the measurement is older than [`sight_delay`](crate::policy::PolarDbPolicy::sight_delay) (`P-671`). One of a later time
    /// counts as of now.
    pub fn decide_nodes(
        &self,
        at: Context<'_>,
        nodes: &[NodeId],
        change: NodeChange,
        measured: Timestamp,
    ) -> Option<ClusterPlan> {
        cite!(P_671);
        let known = nodes.iter().all(|node| self.node(node).is_some());
        let measured = measured.min(at.now);
        (known && at.now.since(measured) <= at.policy.sight_delay).then(|| {
            let mut draft = self.draft(at, P_302);
            draft.change_nodes(nodes, change, measured);
            draft.done(None)
        })
    }

    /// Decides what the deadline means that this time has reached: the next round of a failover; `None` if there is none.
    pub fn decide_due(&self, at: Context<'_>) -> Option<ClusterPlan> {
        let due = self.due.filter(|due| *due <= at.now)?;
        let mut draft = self.draft(self.latest.no_earlier(due, at), P_302);
        draft.go_on();
        Some(draft.done(None))
    }

    /// Decides what an observed status means: the cluster is busy, or, without a status, no longer.
    pub fn decide_busy(&self, at: Context<'_>, status: Option<StatusMessage>) -> ClusterPlan {
        let mut draft = self.draft(at, P_303);
        draft.after.busy = status;
        draft.done(None)
    }

    /// Decides what the removal of the cluster means.
    pub fn decide_removed(&self, at: Context<'_>) -> ClusterPlan {
        let mut draft = self.draft(at, P_304);
        if let Some(failover) = draft.after.failover.take() {
            draft.step.ended.extend(failover.pending());
            draft.push(P_171, ClusterFact::Cancelled);
        }
        draft.step.ended.extend(self.pending.map(|pending| pending.id));
        draft.step.ended.extend(self.work.as_ref().map(|pending| pending.id));
        draft.step.gone = true;
        draft.done(None)
    }

    /// Refuses a request that names another cluster than this one, as one that is not known.
    pub(in crate::polardb) fn is_named(
        &self,
        operation: Operation,
        cluster: &ClusterId,
    ) -> Result<(), PolarDbRefusal> {
        if self.id == *cluster {
            return Ok(());
        }
        Err(PolarDbReason::ClusterNotFound { cluster: cluster.clone() }.of(operation))
    }

    /// Whether nothing is under way. A lost writer alone does not stand against another attempt (`P-107`).
    fn accepts_failover(&self, policy: &PolarDbPolicy) -> bool {
        cite!(P_107);
        let idle = self.busy.is_none() || policy.busy_cluster == BusyCluster::Accept;
        self.pending.is_none() && self.failover.is_none() && self.work.is_none() && idle
    }
}
