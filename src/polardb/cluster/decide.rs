//! What a call or report on a cluster means: pure decisions.

use alloc::vec::Vec;

use crate::ids::{EffectId, NodeId};
use crate::operation::Operation;
use crate::outcome::{Failure, NotTaken, Outcome};
use crate::polardb::cluster::requests::{
    DeleteDbCluster, Engine, FailoverDbCluster, ModifyDbNodeConfig, PayType,
};
use crate::polardb::cluster::rules::{P_023, P_026};
use crate::polardb::cluster::{ClusterStatus, DbCluster};
use crate::polardb::election::electorate::Electorate;
use crate::polardb::election::failover::{Next, Stage};
use crate::polardb::election::ranking::Tried;
use crate::polardb::election::rules::{P_105, P_108, P_113, P_122, P_140, P_143};
use crate::polardb::nodes::work::NodeWork;
use crate::polardb::nodes::{DbNode, NodeChange, NodeKind, Role};
use crate::polardb::refusal::{PolarDbReason, PolarDbRefusal};
use crate::policy::{BusyCluster, MissingTarget, PolarDbPolicy, RollBack, TargetInWindow};
use crate::rule::RuleId;
use crate::text::StatusMessage;
use crate::time::Timestamp;

/// What was decided on a cluster. Made by the `decide` functions, consumed by [`DbCluster::apply`].
#[must_use = "a decision does nothing until it is applied"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterPlan(pub(in crate::polardb) Change);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::polardb) enum Change {
    Begin { requested: Option<NodeId>, next: Next, rule: RuleId, electorate: Electorate, roll_back: bool },
    Work { work: NodeWork, new: Vec<DbNode>, rule: RuleId },
    WorkDone { succeeded: bool },
    Lock(bool),
    Delete,
    Settle { succeeded: bool },
    Chosen(NodeId),
    Promoted,
    AttemptFailed(Failure),
    Nodes(Vec<NodeId>, NodeChange),
    Busy(Option<StatusMessage>),
    Removed,
}

impl ClusterPlan {
    /// The rule that decided a call; `None` for what the outside reported.
    pub const fn rule(&self) -> Option<RuleId> {
        match &self.0 {
            Change::Begin { rule, .. } | Change::Work { rule, .. } => Some(*rule),
            Change::Delete => Some(P_023),
            Change::Lock(_) => Some(P_026),
            Change::Nodes(_, NodeChange::Priority(_)) => Some(P_122),
            _ => None,
        }
    }
}

impl DbCluster {
    /// Decides `FailoverDBCluster`. The order of checks: edition, the target as a parameter, the target's kind, the
    /// cluster's status, the frequency window, the target's state, and whether anybody can be elected.
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
        let electorate = Electorate::manual(self, request.target_zone_type, policy);
        let target = match &request.target {
            Some(id) => Some(self.check_target(operation, id, &electorate)?),
            // The twin's page does not repeat the demand.
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
        if electorate.standby && !self.nodes.iter().any(|node| node.kind == NodeKind::Standby) {
            return ha_status(P_108);
        }
        let held = target.is_none() || policy.target_in_window == TargetInWindow::Refused;
        if let Some(last) = self.last_switch.filter(|_| held)
            && now.since(last) < policy.switch_window
        {
            let wait = last.after(policy.switch_window).since(now);
            return Err(PolarDbReason::TooFrequent { cluster: cluster(), wait }.of(operation));
        }
        let roll_back = request.roll_back_for_disaster
            && (electorate.standby || policy.roll_back == RollBack::EverySwitch);
        let begin = |requested, next: Next, rule, electorate: Electorate| {
            let electorate = electorate.floored(&self.nodes, policy);
            Ok(ClusterPlan(Change::Begin { requested, next, rule, electorate, roll_back }))
        };
        if let Some(node) = target {
            if !node.is_running() {
                return ha_status(P_113);
            }
            if !node.replicating {
                return Err(PolarDbReason::UnhealthyReplication { cluster: cluster() }.of(operation));
            }
            let next = Next::Promote(node.id.clone());
            // A named target needs no electorate to admit it; the nodes tried after it, by policy, do.
            return begin(Some(node.id.clone()), next, P_140, electorate);
        }
        match electorate.next(&self.nodes, &Tried::new()) {
            Next::Exhausted if self.nodes.iter().any(|node| electorate.counts(node)) => {
                Err(PolarDbReason::UnhealthyReplication { cluster: cluster() }.of(operation))
            }
            Next::Exhausted => ha_status(P_143),
            next => {
                let rule = next.rule();
                begin(None, next, rule, electorate)
            }
        }
    }

    fn check_target(
        &self,
        operation: Operation,
        id: &NodeId,
        electorate: &Electorate,
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
        // By policy a column-store node may be elected, but never named.
        if node.kind == NodeKind::ColumnStore || !electorate.admits(node.kind) {
            return Err(PolarDbReason::NodeKind { node: id.clone() }.of(operation));
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
            return Err(PolarDbReason::PayType { cluster }.of(operation));
        }
        if self.deletion_lock {
            return Err(PolarDbReason::DeletionLock { cluster }.of(operation));
        }
        if self.status() != ClusterStatus::Running {
            return Err(PolarDbReason::NotRunning { cluster }.of(operation));
        }
        Ok(ClusterPlan(Change::Delete))
    }

    /// Decides `ModifyDBNodeConfig`, in any status: it takes effect at once and disturbs nothing (`P-122`).
    ///
    /// # Errors
    ///
    /// [`PolarDbReason::NodeNotFound`] if the cluster has no such node.
    pub fn decide_node_config(&self, request: &ModifyDbNodeConfig) -> Result<ClusterPlan, PolarDbRefusal> {
        if self.node(&request.node).is_none() {
            return Err(PolarDbReason::NodeNotFound { cluster: self.id.clone(), node: request.node.clone() }
                .of(Operation::ModifyDbNodeConfig));
        }
        let change = NodeChange::Priority(request.priority);
        Ok(ClusterPlan(Change::Nodes(Vec::from([request.node.clone()]), change)))
    }

    /// Decides what a report about an effect means.
    ///
    /// # Errors
    ///
    /// [`NotTaken`]: the effect is not pending, the node was not offered, or the effect does not end so.
    pub fn decide_outcome(&self, id: EffectId, outcome: &Outcome) -> Result<ClusterPlan, NotTaken> {
        if self.pending.is_some_and(|pending| pending.id == id) {
            return match outcome {
                Outcome::Succeeded => Ok(ClusterPlan(Change::Settle { succeeded: true })),
                Outcome::Failed { .. } => Ok(ClusterPlan(Change::Settle { succeeded: false })),
                Outcome::PartlyFailed { .. } | Outcome::Chosen(_) => Err(NotTaken::WrongOutcome),
            };
        }
        if self.work.as_ref().is_some_and(|pending| pending.id == id) {
            return match outcome {
                Outcome::Succeeded => Ok(ClusterPlan(Change::WorkDone { succeeded: true })),
                Outcome::Failed { .. } => Ok(ClusterPlan(Change::WorkDone { succeeded: false })),
                Outcome::PartlyFailed { .. } | Outcome::Chosen(_) => Err(NotTaken::WrongOutcome),
            };
        }
        let Some(failover) = self.failover.as_ref().filter(|failover| failover.stage.id() == id) else {
            return Err(NotTaken::Stale);
        };
        match (&failover.stage, outcome) {
            (Stage::Choosing { .. }, Outcome::Chosen(node)) => {
                match failover.electorate.next(&self.nodes, &failover.tried) {
                    Next::Choose(_, tier) if tier.contains(node) => {
                        Ok(ClusterPlan(Change::Chosen(node.clone())))
                    }
                    _ => Err(NotTaken::NotOffered),
                }
            }
            (Stage::Switching { .. }, Outcome::Succeeded) => Ok(ClusterPlan(Change::Promoted)),
            (Stage::Switching { .. }, Outcome::Failed { failure, .. }) => {
                Ok(ClusterPlan(Change::AttemptFailed(*failure)))
            }
            _ => Err(NotTaken::WrongOutcome),
        }
    }

    /// What an observation of nodes means, all at once; `None` if one of them is not the cluster's.
    pub fn decide_nodes(&self, nodes: &[NodeId], change: NodeChange) -> Option<ClusterPlan> {
        let known = nodes.iter().all(|node| self.node(node).is_some());
        known.then(|| ClusterPlan(Change::Nodes(Vec::from(nodes), change)))
    }

    /// What an observed status means: busy so, or, with `None`, running again.
    pub fn decide_busy(&self, status: Option<StatusMessage>) -> ClusterPlan {
        ClusterPlan(Change::Busy(status))
    }

    /// What it means that the cluster is gone.
    pub fn decide_removed(&self) -> ClusterPlan {
        ClusterPlan(Change::Removed)
    }

    /// Running; or without a writer and with nothing under way, so that a caller can try once more (`P-107`).
    fn accepts_failover(&self, policy: &PolarDbPolicy) -> bool {
        let idle = self.busy.is_none() || policy.busy_cluster == BusyCluster::Accept;
        self.pending.is_none() && self.failover.is_none() && self.work.is_none() && idle
    }
}
