//! What the reference shows of itself.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::super::conformance::{Asked, ClusterView, EndView, NodeView, PairView, Task, View};
use super::super::gallery::Bug;
use super::{Cluster, Job, Node, Pair, Place, Reference};
use crate::ids::EffectId;
use crate::time::Timestamp;
use crate::token::Lifetime;

impl Reference {
    /// The visible state. An effect whose id is not known yet has the id 0.
    pub fn view(&self) -> View {
        let mut effects = Vec::new();
        let mut ask = |resource: &str, job: &Job| {
            let (id, task) = (job.id.unwrap_or(EffectId(0)), job.task.clone());
            effects.push(Asked { id, resource: resource.to_string(), task });
        };
        for pair in &self.pairs {
            pair.job.iter().for_each(|job| ask(&pair.id, job));
        }
        for cluster in &self.clusters {
            let run = cluster.run.iter().map(|run| &run.job);
            cluster.job.iter().chain(run).for_each(|job| ask(&cluster.id, job));
        }
        View {
            pairs: self.pairs.iter().map(|pair| self.show_pair(pair)).collect(),
            clusters: self.clusters.iter().map(show_cluster).collect(),
            effects,
            next_deadline: self
                .first_due()
                .and_then(|(due, at)| Some((Timestamp::from_millis(due), self.pairs.get(at)?.id.clone()))),
        }
    }

    /// The times ahead at which the same input begins to mean something else: deadlines, and the ends of lifetimes, gaps
    /// and windows. Of use to a generator, since mistakes of one millisecond are found nowhere else.
    pub fn moments(&self) -> Vec<Timestamp> {
        let mut moments: Vec<u64> = Vec::new();
        moments.extend(self.pairs.iter().filter_map(|pair| pair.due));
        let gap = self.policy.ebs.one_shot_gap.as_millis();
        moments.extend(self.pairs.iter().filter_map(|pair| pair.last_one_shot?.checked_add(gap)));
        let window = self.policy.polardb.switch_window.as_millis();
        moments.extend(self.clusters.iter().filter_map(|cluster| cluster.last_switch?.checked_add(window)));
        if let Lifetime::For(lifetime) = self.policy.tokens.lifetime {
            moments.extend(self.tokens.iter().filter_map(|token| token.at.checked_add(lifetime.get())));
        }
        moments.retain(|moment| *moment >= self.clock);
        moments.into_iter().map(Timestamp::from_millis).collect()
    }

    fn show_pair(&self, pair: &Pair) -> PairView {
        let reversing = pair.job.as_ref().is_some_and(|job| job.task == Task::Reprotect(true));
        // The source is never fenced, but while its role is being reversed (`E-670`, `E-672`).
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
