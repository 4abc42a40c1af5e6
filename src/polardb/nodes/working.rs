//! How work on nodes begins and ends.

use alloc::vec::Vec;

use crate::ids::{NodeId, ZoneId};
use crate::lifecycle::Pending;
use crate::outcome::{NotTaken, Outcome};
use crate::polardb::cluster::failing_over::Availability;
use crate::polardb::cluster::plan::{ClusterPlan, Draft};
use crate::polardb::cluster::rules::{P_302, P_303};
use crate::polardb::cluster::step::ClusterFact;
use crate::polardb::cluster::{ClusterEffect, DbCluster};
use crate::polardb::nodes::rules::{P_203, P_230, P_243, P_244, P_262};
use crate::polardb::nodes::work::NodeWork;
use crate::polardb::nodes::{DbNode, NodeKind, Role};
use crate::policy::PolarDbPolicy;
use crate::rule::{RuleId, cite};
use crate::text::StatusMessage;
use crate::time::Timestamp;

impl DbCluster {
    /// A plan that begins work on nodes, some of them `new`.
    pub(in crate::polardb) fn begin_work(
        &self,
        now: Timestamp,
        rule: RuleId,
        work: NodeWork,
        new: Vec<DbNode>,
    ) -> ClusterPlan {
        let mut plan = self.plan(now, rule);
        plan.rule = Some(rule);
        plan.step.joined.extend(new.iter().map(|node| node.id.clone()));
        let mut nodes = self.nodes.clone();
        nodes.extend(new);
        let shows = work.node_status().and_then(|status| StatusMessage::parse(status).ok());
        for node in nodes.iter_mut().filter(|node| work.occupies(&node.id)) {
            node.busy.clone_from(&shows);
        }
        plan.nodes = Some(nodes);
        plan.push(P_230, ClusterFact::WorkBegan { work: work.clone() });
        plan.asks = Some(ClusterEffect::Work(work));
        plan
    }

    /// What the end of the work under way means.
    pub(in crate::polardb) fn decide_work_ended(
        &self,
        now: Timestamp,
        outcome: &Outcome,
        policy: &PolarDbPolicy,
    ) -> Result<ClusterPlan, NotTaken> {
        cite!(P_243, P_244);
        let succeeded = outcome.is_done()?;
        let Some(Pending { id, effect: work, .. }) = &self.work else { return Err(NotTaken::Stale) };
        let mut draft = Draft::new(self, now, P_303, policy);
        draft.ended([*id]);
        let mut seen = Availability::default();
        let mut gone = Vec::new();
        for node in draft.nodes_mut() {
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
                NodeWork::DeleteNodes(nodes) if succeeded && nodes.contains(&node.id) => {
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
                _ => {}
            }
            if !was_able && node.is_able() {
                seen.gained.push(node.id.clone());
            }
            if !node.up && (was_up || matches!(work, NodeWork::SetHotReplica { restarts_all: true, .. })) {
                seen.lost.push(node.id.clone());
            }
            // A writer that went down while it restarted is lost from here on (`P-243`).
            seen.writer_failed |= node.role == Role::Writer && !node.up && occupied;
        }
        match work {
            NodeWork::SetHotReplica { on: true, .. } if succeeded => draft.plan.hot_replica_used = true,
            NodeWork::CreateNodes(nodes) if succeeded => draft.standby_made(nodes),
            NodeWork::ChangeZone { to, standby: true, .. } if succeeded => {
                draft.plan.standby_zone = Some(to.clone());
            }
            NodeWork::ChangeZone { from, to, standby: false, .. } if succeeded => {
                draft.primary_zone_moved(from.as_ref(), to);
            }
            _ => {}
        }
        draft.remove_nodes(&gone);
        draft.push(P_203, ClusterFact::WorkEnded { work: work.clone(), succeeded });
        draft.react(&seen);
        if draft.plan.failover.is_some() || draft.lost_its_writer() {
            draft.plan.status_rule = P_302;
        }
        Ok(draft.plan)
    }
}

impl Draft<'_> {
    /// The first standby nodes outside the primary zone make their zone the standby one.
    fn standby_made(&mut self, made: &[NodeId]) {
        let primary = self.primary_zone();
        let standby = |node: &&DbNode| node.kind == NodeKind::Standby && made.contains(&node.id);
        let zone = self.nodes().iter().find(standby).map(|node| &node.zone);
        if let (None, Some(zone)) = (&self.plan.standby_zone, zone.filter(|zone| Some(*zone) != primary)) {
            self.plan.standby_zone = Some(zone.clone());
        }
    }

    /// Moved to the standby zone, the primary leaves its own to the standby cluster (`P-262`).
    fn primary_zone_moved(&mut self, from: Option<&ZoneId>, to: &ZoneId) {
        cite!(P_262);
        self.plan.home = None;
        if self.plan.standby_zone.as_ref() != Some(to) {
            return;
        }
        self.plan.standby_zone = from.cloned();
        let standby = |node: &&mut DbNode| node.kind == NodeKind::Standby && node.zone == *to;
        for node in self.nodes_mut().iter_mut().filter(standby) {
            if let Some(from) = from {
                node.zone = from.clone();
            }
        }
    }
}
