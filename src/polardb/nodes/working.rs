//! How work on nodes begins and ends.

use alloc::vec::Vec;

use crate::ids::{NodeId, ZoneId};
use crate::lifecycle::Pending;
use crate::polardb::cluster::failing_over::News;
use crate::polardb::cluster::step::{ClusterFact, ClusterStep, Context};
use crate::polardb::cluster::{ClusterEffect, DbCluster};
use crate::polardb::nodes::rules::{P_203, P_230};
use crate::polardb::nodes::work::NodeWork;
use crate::polardb::nodes::{DbNode, NodeKind, Role};
use crate::text::StatusMessage;

impl DbCluster {
    pub(in crate::polardb) fn begin_work(
        &mut self,
        work: NodeWork,
        new: Vec<DbNode>,
        cx: Context<'_>,
        step: &mut ClusterStep,
    ) {
        step.joined.extend(new.iter().map(|node| node.id.clone()));
        self.nodes.extend(new);
        let shows = work.node_status().and_then(|status| StatusMessage::parse(status).ok());
        for node in self.nodes.iter_mut().filter(|node| work.occupies(&node.id)) {
            node.busy.clone_from(&shows);
        }
        step.push(P_230, ClusterFact::WorkBegan { work: work.clone() });
        step.asked = Some((cx.id, ClusterEffect::Work(work.clone())));
        self.work = Some(Pending { id: cx.id, effect: work, since: cx.now });
    }

    pub(in crate::polardb) fn end_work(&mut self, succeeded: bool, cx: Context<'_>, step: &mut ClusterStep) {
        let offered = self.offered();
        let Some(Pending { id, effect: work, .. }) = self.work.take() else { return };
        step.ended.push(id);
        let mut news = News::default();
        let (occupied, mut gone) = (|node: &NodeId| work.occupies(node), Vec::new());
        for node in &mut self.nodes {
            let (was_able, was_up) = (node.is_able(), node.up);
            if occupied(&node.id) {
                node.busy = None;
            }
            match &work {
                NodeWork::CreateNodes(nodes) if !succeeded && nodes.contains(&node.id) => {
                    gone.push(node.id.clone());
                }
                NodeWork::DeleteNodes(nodes) if succeeded && nodes.contains(&node.id) => {
                    gone.push(node.id.clone());
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
            if gone.last() == Some(&node.id) {
                continue;
            }
            if !was_able && node.is_able() {
                news.risen.push(node.id.clone());
            }
            if !node.up && (was_up || matches!(work, NodeWork::SetHotReplica { restarts_all: true, .. })) {
                news.fallen.push(node.id.clone());
            }
            // A writer that went down while it restarted is missed from here on (`P-243`).
            news.writer_failed |= node.role == Role::Writer && !node.up && occupied(&node.id);
        }
        match &work {
            NodeWork::SetHotReplica { on: true, .. } if succeeded => self.hot_replica_used = true,
            NodeWork::CreateNodes(nodes) if succeeded => self.standby_made(nodes),
            NodeWork::ChangeZone { to, standby: true, .. } if succeeded => {
                self.standby_zone = Some(to.clone());
            }
            NodeWork::ChangeZone { from, to, standby: false, .. } if succeeded => {
                self.primary_zone_moved(from.as_ref(), to);
            }
            _ => {}
        }
        self.remove_nodes(&gone, step);
        step.push(P_203, ClusterFact::WorkEnded { work, succeeded });
        self.hear(&news, offered.as_ref(), cx, step);
    }

    /// The first standby nodes elsewhere make their zone the standby one.
    fn standby_made(&mut self, made: &[NodeId]) {
        let primary = self.primary_zone();
        let standby = |node: &&DbNode| node.kind == NodeKind::Standby && made.contains(&node.id);
        let zone = self.nodes.iter().find(standby).map(|node| &node.zone);
        if let (None, Some(zone)) = (&self.standby_zone, zone.filter(|zone| Some(*zone) != primary)) {
            self.standby_zone = Some(zone.clone());
        }
    }

    /// Moved to the standby zone, the primary leaves its own to the standby cluster (`P-262`).
    fn primary_zone_moved(&mut self, from: Option<&ZoneId>, to: &ZoneId) {
        self.home = None;
        if self.standby_zone.as_ref() != Some(to) {
            return;
        }
        self.standby_zone = from.cloned();
        let standby = |node: &&mut DbNode| node.kind == NodeKind::Standby && node.zone == *to;
        for node in self.nodes.iter_mut().filter(standby) {
            if let Some(from) = from {
                node.zone = from.clone();
            }
        }
    }

    /// Takes nodes out of the cluster and out of what its failover has tried.
    fn remove_nodes(&mut self, gone: &[NodeId], step: &mut ClusterStep) {
        self.nodes.retain(|node| !gone.contains(&node.id));
        if let Some(failover) = &mut self.failover {
            let before = failover.tried.len();
            failover.tried.retain(|node| !gone.contains(node));
            let removed = u32::try_from(before.saturating_sub(failover.tried.len())).unwrap_or(u32::MAX);
            failover.removed = failover.removed.saturating_add(removed);
        }
        step.left.extend_from_slice(gone);
    }
}
