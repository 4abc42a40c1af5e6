//! The visible state of the reference.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::super::bug::Bug;
use super::super::view::{
    ClusterView, DrillDiskView, DrillView, EndView, GroupView, NodeView, PairView, PendingEffect, SiteView,
    Task, View,
};
use super::{Cluster, DeadlineOf, Drill, Group, Job, Node, Pair, Place, Reference, Site};
use crate::ids::EffectId;
use crate::time::Timestamp;
use crate::token::Lifetime;

impl Reference {
    /// The visible state. An effect without a known id has the id 0.
    pub fn view(&self) -> View {
        View {
            effects: self.effects(),
            pairs: self.pairs.iter().map(|pair| self.show_pair(pair)).collect(),
            groups: self.groups.iter().map(|group| self.show_group(group)).collect(),
            drills: self.drills.iter().map(show_drill).collect(),
            clusters: self.clusters.iter().map(show_cluster).collect(),
            next_deadline: self.first_due().and_then(|(due, _, of)| {
                let id = match of {
                    DeadlineOf::Pair(at) => &self.pairs.get(at)?.id,
                    DeadlineOf::Group(at) => &self.groups.get(at)?.id,
                    DeadlineOf::Cluster(at) => &self.clusters.get(at)?.id,
                };
                Some((Timestamp::from_millis(due), id.clone()))
            }),
        }
    }

    /// The pending effects.
    pub(in super::super) fn effects(&self) -> Vec<PendingEffect> {
        let mut effects = Vec::new();
        let mut ask = |resource: &str, job: &Job| {
            let (id, task) = (job.id.unwrap_or(EffectId(0)), job.task.clone());
            effects.push(PendingEffect { id, resource: resource.to_string(), task });
        };
        for pair in &self.pairs {
            pair.job.iter().for_each(|job| ask(&pair.id, job));
        }
        for group in &self.groups {
            let Some(job) = &group.job else { continue };
            let about = self.affected_members(group);
            let task = match &job.task {
                Task::StopGroup(_) => Task::StopGroup(about),
                Task::FailoverGroup(_) => Task::FailoverGroup(about),
                Task::ReprotectGroup(reverse, _) => Task::ReprotectGroup(*reverse, about),
                task => task.clone(),
            };
            ask(&group.id, &Job { task, ..job.clone() });
        }
        for drill in &self.drills {
            drill.job.iter().for_each(|job| ask(&drill.id, job));
        }
        for cluster in &self.clusters {
            let run = cluster.run.iter().map(|run| &run.job);
            cluster.job.iter().chain(run).for_each(|job| ask(&cluster.id, job));
        }
        effects
    }

    /// The future times at which the meaning of an input changes: deadlines, and the ends of lifetimes, gaps and windows.
    /// A generator of steps needs them to find mistakes of one millisecond.
    pub fn moments(&self) -> Vec<Timestamp> {
        let mut moments: Vec<u64> = Vec::new();
        moments.extend(self.pairs.iter().filter_map(|pair| pair.due));
        moments.extend(self.groups.iter().filter_map(|group| group.due));
        let gap = self.policy.ebs.one_shot_gap.as_millis();
        moments.extend(self.pairs.iter().filter_map(|pair| pair.last_one_shot?.checked_add(gap)));
        moments.extend(self.groups.iter().filter_map(|group| group.last_one_shot?.checked_add(gap)));
        let window = self.policy.polardb.switch_window.as_millis();
        moments.extend(self.clusters.iter().filter_map(|cluster| cluster.last_switch?.checked_add(window)));
        if let Lifetime::For(lifetime) = self.policy.tokens.lifetime {
            moments.extend(self.tokens.iter().filter_map(|token| token.at.checked_add(lifetime.get())));
        }
        moments.retain(|moment| *moment >= self.clock);
        moments.into_iter().map(Timestamp::from_millis).collect()
    }

    fn show_pair(&self, pair: &Pair) -> PairView {
        let reverses = |job: &Job| matches!(job.task, Task::Reprotect(true) | Task::ReprotectGroup(true, _));
        let group = self.groups.iter().find(|group| pair.group.as_deref() == Some(group.id.as_str()));
        let of_group = group.and_then(|group| group.job.as_ref()).filter(|_| pair.status == "reprotecting");
        let reversing = pair.job.as_ref().or(of_group).is_some_and(reverses);
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

    fn show_group(&self, group: &Group) -> GroupView {
        let site = |(region, zone): &Site| SiteView { region: region.clone(), zone: zone.clone() };
        GroupView {
            id: group.id.clone(),
            status: self.shown_status(group).to_string(),
            source: site(group.source()),
            destination: site(group.destination()),
            members: self.members(&group.id).iter().map(|pair| pair.id.clone()).collect(),
            recover_point: self.common_recover_point(group).map(Timestamp::from_millis),
        }
    }
}

fn show_drill(drill: &Drill) -> DrillView {
    let disk = |(pair, disk, status): &(String, String, String)| DrillDiskView {
        pair: pair.clone(),
        disk: disk.clone(),
        status: status.clone(),
    };
    DrillView {
        id: drill.id.clone(),
        owner: drill.owner.clone(),
        status: drill.status.to_string(),
        message: drill.message.clone(),
        started_at: Timestamp::from_millis(drill.started),
        recover_point: drill.recover_point.map(Timestamp::from_millis),
        disks: drill.disks.iter().map(disk).collect(),
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
