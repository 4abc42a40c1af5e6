//! The visible state of the reference.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::super::bug::Bug;
use super::super::view::{
    ClusterView, EndView, GroupView, NetworkView, NodeView, PairView, PendingEffect, SiteView, Task, View,
};
use super::state::Kind;
use super::{Cluster, DueAt, Job, Network, Node, Place, Reference, Replica};
use crate::ids::EffectId;
use crate::time::Timestamp;
use crate::token::Lifetime;

impl Reference {
    /// The visible state. An effect without a known id has the id 0.
    pub fn view(&self) -> View {
        let of = |kind| self.replicas.iter().filter(move |replica| replica.kind == kind);
        let first = self.first_due().and_then(|(due, of)| {
            let id = match of {
                DueAt::Replica(at) => &self.replicas.get(at)?.id,
                DueAt::Cluster(at) => &self.clusters.get(at)?.id,
            };
            Some((Timestamp::from_millis(due), id.clone()))
        });
        View {
            effects: self.effects(),
            pairs: of(Kind::Pair).map(|pair| self.show_pair(pair)).collect(),
            groups: of(Kind::Group).map(|group| self.show_group(group)).collect(),
            drills: self.drills.iter().map(|drill| drill.shown.clone()).collect(),
            clusters: self.clusters.iter().map(show_cluster).collect(),
            networks: self.networks.iter().map(show_network).collect(),
            next_deadline: first,
        }
    }

    /// The pending effects.
    pub(in super::super) fn effects(&self) -> Vec<PendingEffect> {
        let mut effects = Vec::new();
        let mut ask = |resource: &str, members, job: &Job| {
            let (id, task) = (job.id.unwrap_or(EffectId(0)), job.task.clone());
            effects.push(PendingEffect { id, resource: resource.to_string(), members, task });
        };
        for replica in &self.replicas {
            let members = if replica.kind == Kind::Group { self.concerned(replica) } else { Vec::new() };
            replica.job.iter().for_each(|job| ask(&replica.id, members.clone(), job));
        }
        for drill in &self.drills {
            drill.job.iter().for_each(|job| ask(&drill.shown.id, Vec::new(), job));
        }
        for cluster in &self.clusters {
            let run = cluster.run.iter().map(|run| &run.job);
            let work = cluster.work.iter().map(|(job, _)| job);
            cluster.job.iter().chain(run).chain(work).for_each(|job| ask(&cluster.id, Vec::new(), job));
        }
        for network in &self.networks {
            network.job.iter().for_each(|job| ask(&network.id, Vec::new(), job));
        }
        effects
    }

    /// The future times at which the meaning of an input changes: deadlines, and the ends of lifetimes, gaps and windows.
    /// A generator of steps needs them to find mistakes of one millisecond.
    pub fn moments(&self) -> Vec<Timestamp> {
        let mut moments: Vec<u64> = Vec::new();
        moments.extend(self.replicas.iter().filter_map(|replica| replica.due));
        let gap = self.policy.ebs.one_shot_gap.as_millis();
        moments.extend(self.replicas.iter().filter_map(|replica| replica.last_one_shot?.checked_add(gap)));
        let window = self.policy.polardb.switch_window.as_millis();
        moments.extend(self.clusters.iter().filter_map(|cluster| cluster.last_switch?.checked_add(window)));
        if let Lifetime::For(lifetime) = self.policy.tokens.lifetime {
            moments.extend(self.tokens.iter().filter_map(|token| token.at.checked_add(lifetime.get())));
        }
        moments.retain(|moment| *moment >= self.clock);
        moments.into_iter().map(Timestamp::from_millis).collect()
    }

    fn show_pair(&self, pair: &Replica) -> PairView {
        let reverses = |of: &Replica| of.job.as_ref().is_some_and(|job| job.task == Task::Reprotect(true));
        let mut having = self.replicas.iter().filter(|of| of.has(pair));
        let reversing = pair.status == "reprotecting" && having.any(reverses);
        // The source is fenced only while the direction is being reversed (`E-670`, `E-672`).
        let source = if reversing && !self.planted(Bug::OldPrimaryOpenInReverse) {
            "read_only"
        } else if pair.status == "failovered" && self.planted(Bug::OldPrimaryFenced) {
            "none"
        } else {
            "read_write"
        };
        // The destination is closed until a failover succeeded or the pair is deleted (`E-671`).
        let destination = if pair.open || pair.status == "deleted" { "read_write" } else { "none" };
        let end = |place: &Place, access| EndView {
            region: place.region.clone(),
            disk: place.disk.clone(),
            access,
        };
        PairView {
            id: pair.id.clone(),
            status: pair.status.to_string(),
            message: pair.message.clone(),
            source: end(pair.source(), source),
            destination: end(pair.destination(), destination),
            recover_point: pair.recover_point.map(Timestamp::from_millis),
            group: pair.group.clone(),
        }
    }

    fn show_group(&self, group: &Replica) -> GroupView {
        let site = |of: &Place| SiteView { region: of.region.clone(), zone: of.zone.clone() };
        GroupView {
            id: group.id.clone(),
            status: self.shown_status(group).to_string(),
            source: site(group.source()),
            destination: site(group.destination()),
            members: self.parts(group).map(|pair| pair.id.clone()).collect(),
            recover_point: self.recover_point(group).map(Timestamp::from_millis),
        }
    }
}

fn show_cluster(cluster: &Cluster) -> ClusterView {
    ClusterView {
        id: cluster.id.clone(),
        status: cluster.status(),
        nodes: cluster
            .nodes
            .iter()
            .map(|node| NodeView {
                id: node.id.clone(),
                writer: node.writer,
                priority: node.priority,
                status: node_status(cluster, node),
            })
            .collect(),
    }
}

fn show_network(network: &Network) -> NetworkView {
    NetworkView {
        id: network.id.clone(),
        status: network.status().to_string(),
        primary: network.primary.clone(),
        secondaries: network.secondaries.iter().map(|(cluster, _)| cluster.clone()).collect(),
    }
}

/// `P-305`.
fn node_status(cluster: &Cluster, node: &Node) -> String {
    if cluster.job.is_some() {
        return cluster.status();
    }
    if let Some(to) = cluster.promoting()
        && (to == node.id || node.writer)
    {
        return "Switching".to_string();
    }
    if let Some(busy) = &node.busy {
        return busy.clone();
    }
    if node.up { "Running".to_string() } else { "Rebooting".to_string() }
}
