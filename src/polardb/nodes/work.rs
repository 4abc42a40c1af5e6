//! Work on the nodes of a cluster, which an accepted call asks for.
//!
//! A cluster has at most one such work at a time, since every call that begins one needs a running cluster. Meanwhile the
//! cluster shows a status of its own and the nodes under work cannot be elected; a writer that fails is replaced by another
//! node.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::ids::{NodeClass, NodeId, ZoneId};
use crate::lifecycle::Pending;
use crate::operation::Operation;
use crate::outcome::{NotTaken, Outcome};
use crate::polardb::Context;
use crate::polardb::cluster::failover::Availability;
use crate::polardb::cluster::plan::{ClusterPlan, Decision, Draft};
use crate::polardb::cluster::requests::HotStandby;
use crate::polardb::cluster::rules::{P_302, P_303};
use crate::polardb::cluster::status::ClusterStatus;
use crate::polardb::cluster::step::ClusterFact;
use crate::polardb::cluster::{ClusterEffect, DbCluster};
use crate::polardb::nodes::requests::NodeTarget;
use crate::polardb::nodes::rules::{P_202, P_203, P_230, P_243, P_244, P_262};
use crate::polardb::nodes::{DbNode, NodeKind, Role};
use crate::polardb::refusal::PolarDbReason;
use crate::policy::RollBack;
use crate::rule::{RuleId, cite};
use crate::text::StatusMessage;

/// Work on nodes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
pub enum NodeWork {
    /// Create these nodes; they are listed as `DBNodeCreating` until then.
    CreateNodes(Vec<NodeId>),
    /// Remove these nodes.
    DeleteNodes(Vec<NodeId>),
    /// Give each of these nodes its class.
    ChangeClass(Vec<NodeTarget>),
    /// Restart this node.
    RestartNode(NodeId),
    /// Make this node a hot replica, or an ordinary reader again.
    SetHotReplica {
        /// The node.
        node: NodeId,
        /// Whether it becomes one.
        on: bool,
        /// Whether all nodes restart in turn: the first time in a cluster.
        restarts_all: bool,
    },
    /// Move what is in one zone to another.
    ChangeZone {
        /// The zone until now; `None` for a first standby zone.
        from: Option<ZoneId>,
        /// The zone to be.
        to: ZoneId,
        /// Whether it is the standby zone that changes.
        standby: bool,
        /// The vSwitch there, if it was given.
        vswitch: Option<Arc<str>>,
        /// The nodes that move.
        nodes: Vec<NodeId>,
    },
    /// Let the standby storage take over: the nodes of the primary zone come up in its zone (`P-187`).
    TakeOver {
        /// The primary zone until now.
        from: ZoneId,
        /// The zone of the standby storage.
        to: ZoneId,
        /// The nodes.
        nodes: Vec<NodeId>,
    },
    /// Make these nodes fail, for a drill (`P-191`).
    InjectFault {
        /// The nodes.
        nodes: Vec<NodeId>,
    },
    /// Build a standby cluster, or change what it consists of (`P-189`).
    ChangeStandby {
        /// What stands by then.
        to: HotStandby,
        /// In which zone.
        zone: ZoneId,
        /// The standby nodes that leave.
        nodes: Vec<NodeId>,
    },
}

impl NodeWork {
    /// The status of the cluster meanwhile (`P-303`).
    pub const fn status(&self) -> ClusterStatus {
        match self {
            Self::CreateNodes(_) => ClusterStatus::DbNodeCreating,
            Self::DeleteNodes(_) => ClusterStatus::DbNodeDeleting,
            Self::ChangeClass(_) => ClusterStatus::ClassChanging,
            Self::RestartNode(_) => ClusterStatus::Rebooting,
            Self::SetHotReplica { .. } => ClusterStatus::RoleSwitching,
            Self::ChangeZone { standby: false, .. } => ClusterStatus::Transing,
            Self::ChangeZone { standby: true, .. } | Self::ChangeStandby { .. } => {
                ClusterStatus::StandbyTransing
            }
            Self::TakeOver { .. } => ClusterStatus::Switching,
            Self::InjectFault { .. } => ClusterStatus::ConfigSwitching,
        }
    }

    /// The status of the nodes under work, which cannot be elected; `None` if all can (`P-230`).
    pub const fn node_status(&self) -> Option<&'static str> {
        match self {
            Self::CreateNodes(_) => Some("DBNodeCreating"),
            Self::DeleteNodes(_) | Self::ChangeStandby { .. } => Some("DBNodeDeleting"),
            Self::ChangeClass(_) => Some("ClassChanging"),
            Self::RestartNode(_) | Self::SetHotReplica { restarts_all: true, .. } => Some("Rebooting"),
            Self::TakeOver { .. } => Some("Switching"),
            Self::SetHotReplica { .. } | Self::ChangeZone { .. } | Self::InjectFault { .. } => None,
        }
    }

    /// Whether it takes this node out of the election.
    pub fn occupies(&self, node: &NodeId) -> bool {
        let all = matches!(self, Self::SetHotReplica { restarts_all: true, .. });
        all || (self.node_status().is_some() && self.nodes().contains(&node))
    }

    /// Whether it restarts this node.
    pub(in crate::polardb) fn restarts(&self, node: &NodeId) -> bool {
        match self {
            Self::RestartNode(restarted) => restarted == node,
            Self::SetHotReplica { restarts_all, .. } => *restarts_all,
            _ => false,
        }
    }

    /// Its nodes, in the order of the request.
    pub fn nodes(&self) -> Vec<&NodeId> {
        match self {
            Self::CreateNodes(nodes)
            | Self::DeleteNodes(nodes)
            | Self::ChangeZone { nodes, .. }
            | Self::InjectFault { nodes }
            | Self::ChangeStandby { nodes, .. }
            | Self::TakeOver { nodes, .. } => nodes.iter().collect(),
            Self::ChangeClass(targets) => targets.iter().map(|target| &target.node).collect(),
            Self::RestartNode(node) | Self::SetHotReplica { node, .. } => Vec::from([node]),
        }
    }

    /// The new class of a node, if it changes.
    pub fn class_of(&self, node: &NodeId) -> Option<&NodeClass> {
        match self {
            Self::ChangeClass(targets) => {
                targets.iter().find(|target| target.node == *node).map(|target| &target.class)
            }
            _ => None,
        }
    }
}

impl DbCluster {
    /// Begins work on nodes, some of them `new`, which takes a running cluster (`P-202`).
    pub(in crate::polardb) fn begin_work(
        &self,
        at: Context<'_>,
        operation: Operation,
        rule: RuleId,
        work: NodeWork,
        new: Vec<DbNode>,
    ) -> Decision {
        cite!(P_202);
        if self.status() != ClusterStatus::Running {
            return Err(PolarDbReason::ClusterStatus { cluster: self.id.clone() }.of(operation));
        }
        let mut draft = self.draft(at, rule);
        draft.begin_work(P_230, work, new);
        Ok(draft.done(rule))
    }

    /// What the end of the work under way means.
    pub(in crate::polardb) fn decide_work_ended(
        &self,
        at: Context<'_>,
        Pending { id, effect: work, .. }: &Pending<NodeWork>,
        outcome: &Outcome,
    ) -> Result<ClusterPlan, NotTaken> {
        cite!(P_243, P_244);
        let succeeded = outcome.is_done()?;
        let mut draft = self.draft(at, P_303);
        draft.after.work = None;
        draft.step.ended.push(*id);
        let mut seen = Availability::default();
        let mut gone = Vec::new();
        for node in &mut draft.after.nodes {
            let (was_able, was_up) = (node.is_able(), node.up);
            let occupied = work.occupies(&node.id);
            if occupied {
                node.busy = None;
            }
            match work {
                NodeWork::CreateNodes(nodes) if !succeeded && nodes.contains(&node.id) => {
                    gone.push(node.id.clone());
                    continue;
                }
                NodeWork::DeleteNodes(nodes) | NodeWork::ChangeStandby { nodes, .. }
                    if succeeded && nodes.contains(&node.id) =>
                {
                    gone.push(node.id.clone());
                    continue;
                }
                NodeWork::ChangeClass(_) if succeeded => {
                    if let Some(class) = work.class_of(&node.id) {
                        node.class = class.clone();
                    }
                }
                // A node that restarted runs; one that did not is down (`P-244`).
                NodeWork::RestartNode(restarted) if *restarted == node.id => node.up = succeeded,
                NodeWork::SetHotReplica { node: meant, on, restarts_all } if succeeded => {
                    if *meant == node.id {
                        node.hot_replica = *on;
                    }
                    node.up |= *restarts_all;
                }
                NodeWork::ChangeZone { to, nodes, .. } if succeeded && nodes.contains(&node.id) => {
                    node.zone = to.clone();
                }
                NodeWork::TakeOver { to, nodes, .. } if succeeded && nodes.contains(&node.id) => {
                    (node.zone, node.up) = (to.clone(), true);
                }
                NodeWork::InjectFault { nodes } if succeeded && nodes.contains(&node.id) => node.up = false,
                _ => {}
            }
            if !was_able && node.is_able() {
                seen.gained.push(node.id.clone());
            }
            if !node.up && (was_up || matches!(work, NodeWork::SetHotReplica { restarts_all: true, .. })) {
                seen.lost.push(node.id.clone());
            }
            // A writer that went down while it restarted is lost from here on (`P-243`).
            let restarted = occupied && !matches!(work, NodeWork::TakeOver { .. });
            let made_fail = was_up && matches!(work, NodeWork::InjectFault { .. });
            seen.writer_failed |= node.role == Role::Writer && !node.up && (restarted || made_fail);
        }
        match work {
            NodeWork::SetHotReplica { on: true, .. } if succeeded => draft.after.hot_replica_used = true,
            NodeWork::CreateNodes(nodes) if succeeded => draft.standby_made(nodes),
            NodeWork::ChangeZone { to, standby: true, .. } if succeeded => {
                draft.after.standby_zone = Some(to.clone());
            }
            NodeWork::ChangeZone { from, to, standby: false, vswitch, .. } if succeeded => {
                draft.primary_zone_moved(from.as_ref(), to);
                draft.after.set("VSwitchId", vswitch.as_ref());
            }
            NodeWork::TakeOver { from, to, .. } if succeeded => {
                let back = at.policy.roll_back != RollBack::ThisCall || draft.after.home.as_ref() == Some(to);
                draft.primary_zone_moved(Some(from), to);
                draft.after.home = Some(from.clone()).filter(|_| !back);
                draft.after.last_switch = Some(at.now);
            }
            NodeWork::ChangeStandby { to, zone, .. } if succeeded => {
                (draft.after.hot_standby, draft.after.standby_zone) = (*to, Some(zone.clone()));
            }
            _ => {}
        }
        draft.remove_nodes(&gone);
        draft.push(P_203, ClusterFact::WorkEnded { work: work.clone(), succeeded });
        draft.react(&seen);
        if draft.after.failover.is_some() || draft.after.lost_its_writer() {
            draft.status_rule = P_302;
        }
        Ok(draft.done(None))
    }
}

impl Draft<'_> {
    /// Begins work on nodes, some of them `new`, by this rule.
    pub(in crate::polardb) fn begin_work(&mut self, rule: RuleId, work: NodeWork, new: Vec<DbNode>) {
        self.step.joined.extend(new.iter().map(|node| node.id.clone()));
        self.after.nodes.extend(new);
        let shows = work.node_status().and_then(|status| StatusMessage::parse(status).ok());
        for node in self.after.nodes.iter_mut().filter(|node| work.occupies(&node.id)) {
            node.busy.clone_from(&shows);
        }
        self.push(rule, ClusterFact::WorkBegan { work: work.clone() });
        self.ask(ClusterEffect::Work(work));
    }

    /// The first standby nodes outside the primary zone make their zone the standby one.
    fn standby_made(&mut self, made: &[NodeId]) {
        let primary = self.after.primary_zone();
        let standby = |node: &&DbNode| node.kind == NodeKind::Standby && made.contains(&node.id);
        let zone = self.after.nodes.iter().find(standby).map(|node| &node.zone);
        if let (None, Some(zone)) = (&self.after.standby_zone, zone.filter(|zone| Some(*zone) != primary)) {
            self.after.standby_zone = Some(zone.clone());
        }
    }

    /// Moved to the standby zone, the primary leaves its own to the standby cluster (`P-262`).
    fn primary_zone_moved(&mut self, from: Option<&ZoneId>, to: &ZoneId) {
        cite!(P_262);
        self.after.home = None;
        if self.after.standby_zone.as_ref() != Some(to) {
            return;
        }
        self.after.standby_zone = from.cloned();
        let standby = |node: &&mut DbNode| node.kind == NodeKind::Standby && node.zone == *to;
        for node in self.after.nodes.iter_mut().filter(standby) {
            if let Some(from) = from {
                node.zone = from.clone();
            }
        }
    }
}

/// The serialised form of pending work, whose effect is named `work`.
#[cfg(feature = "serde")]
pub(in crate::polardb) mod serialised {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::NodeWork;
    use crate::ids::EffectId;
    use crate::lifecycle::Pending;
    use crate::time::Timestamp;

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Work<T> {
        id: EffectId,
        work: T,
        since: Timestamp,
    }

    pub(in crate::polardb) fn serialize<S: Serializer>(
        pending: &Option<Pending<NodeWork>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let form = pending.as_ref().map(|Pending { id, effect, since }| Work {
            id: *id,
            work: effect,
            since: *since,
        });
        form.serialize(serializer)
    }

    pub(in crate::polardb) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Pending<NodeWork>>, D::Error> {
        let form = Option::<Work<NodeWork>>::deserialize(deserializer)?;
        Ok(form.map(|Work { id, work, since }| Pending { id, effect: work, since }))
    }
}
