//! What a call or report on a cluster means: pure decisions.

use super::cluster::{ClusterStatus, DbCluster};
use super::failover::{Failure, Next, Stage};
use super::node::{DbNode, NodeChange, NodeKind, Role};
use super::refusal::PolarDbRefusal;
use super::requests::{
    DeleteDbCluster, Engine, FailoverDbCluster, ModifyDbNodeConfig, PayType, TargetZoneType,
};
use super::select::Tried;
use crate::ids::{EffectId, NodeId};
use crate::operation::Operation;
use crate::policy::PolarDbPolicy;
use crate::rule::RuleId;
use crate::text::StatusMessage;
use crate::time::Timestamp;

/// What was decided on a cluster. Made by the `decide` functions, consumed by [`DbCluster::apply`].
#[must_use = "a decision does nothing until it is applied"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterPlan(pub(super) Change);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
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

impl ClusterPlan {
    /// The rule that decided a call; `None` for what the outside reported.
    pub const fn rule(&self) -> Option<RuleId> {
        match &self.0 {
            Change::Begin { rule, .. } => Some(*rule),
            Change::Delete => Some(RuleId("P-023")),
            Change::Node(_, NodeChange::Priority(_)) => Some(RuleId("P-122")),
            _ => None,
        }
    }
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
                let rule = next.rule();
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

    /// Running; or without a writer and with nothing under way, so that a caller can try once more (`P-107`).
    fn accepts_failover(&self) -> bool {
        self.pending.is_none() && self.failover.is_none() && self.busy.is_none()
    }
}
