//! Reports.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::super::bug::Bug;
use super::super::view::Task;
use super::state::Kind;
use super::{Cluster, Job, Node, Reference, Reply, Rule, Run, put};
use crate::control_plane::{Misuse, Observation, Outcome, Report};
use crate::ebs::DiskChange;
use crate::ids::EffectId;
use crate::polardb::NodeChange;
use crate::policy::WindowFrom;

/// The reply to an observation of what does not exist.
const UNKNOWN: Reply = Reply::misused("C-040", Misuse::Unknown);

impl Reference {
    pub(super) fn report(&mut self, report: &Report) -> Option<Reply> {
        match report {
            Report::Outcome { id, outcome } => self.outcome(*id, outcome),
            Report::Observed(observation) => self.observed(observation),
        }
    }

    /// An effect ended. A report on an id that is not pending is late (`C-040`).
    fn outcome(&mut self, id: EffectId, outcome: &Outcome) -> Option<Reply> {
        let waits = |job: &Option<Job>| job.as_ref().is_some_and(|job| job.id == Some(id));
        if let Some(at) = self.replicas.iter().position(|replica| waits(&replica.job)) {
            return self.replica_ended(at, id, outcome);
        }
        if let Some(at) = self.drills.iter().position(|drill| waits(&drill.job)) {
            return self.drill_ended(at, id, outcome);
        }
        if let Some(at) = self.clusters.iter().position(|cluster| {
            waits(&cluster.job)
                || cluster.run.as_ref().is_some_and(|run| run.job.id == Some(id))
                || cluster.work.as_ref().is_some_and(|(job, _)| job.id == Some(id))
        }) {
            return self.cluster_ended(at, id, outcome);
        }
        if let Some(at) = self.networks.iter().position(|network| waits(&network.job)) {
            return Some(self.network_ended(at, id, outcome));
        }
        if self.planted(Bug::LateCompletionOverwrites)
            && self.used.contains(&id)
            && *outcome == Outcome::Succeeded
            && let Some(pair) =
                self.replicas.iter_mut().find(|pair| pair.kind == Kind::Pair && pair.status == "failovering")
        {
            (pair.status, pair.job) = ("stopped", None);
            return Some(Reply::done("C-040"));
        }
        Some(Reply::misused("C-040", Misuse::Stale(id)))
    }

    fn cluster_ended(&mut self, at: usize, id: EffectId, outcome: &Outcome) -> Option<Reply> {
        let mut cluster = self.clusters.get(at)?.clone();
        if cluster.work.as_ref().is_some_and(|(job, _)| job.id == Some(id)) {
            let succeeded = match outcome {
                Outcome::Succeeded => true,
                Outcome::Failed { .. } => false,
                _ => return Some(Reply::misused("C-040", Misuse::WrongOutcome(id))),
            };
            let rule = self.work_ended(&mut cluster, succeeded);
            put(&mut self.clusters, at, cluster);
            return Some(Reply::done(rule));
        }
        let job = cluster.job.as_ref().or(cluster.run.as_ref().map(|run| &run.job))?;
        let (rule, stays) = match (job.task.clone(), outcome) {
            (Task::Create, Outcome::Failed { .. }) => ("P-016", false),
            (Task::Delete, Outcome::Succeeded) => ("P-024", false),
            (Task::Create, Outcome::Succeeded) => (self.settled(&mut cluster, "P-015"), true),
            (Task::Delete, Outcome::Failed { .. }) => (self.settled(&mut cluster, "P-025"), true),
            (Task::ChooseNode(tier), Outcome::Chosen(node)) => {
                let node = node.as_str().to_string();
                if !tier.contains(&node) && !self.planted(Bug::AnybodyChosen) {
                    return Some(Reply::misused("P-152", Misuse::NotOffered(id)));
                }
                cluster.run.as_mut()?.job = Job::new(Task::PromoteNode(node));
                ("P-151", true)
            }
            (Task::PromoteNode(node), Outcome::Succeeded) => {
                self.promoted(&mut cluster, &node);
                ("P-160", true)
            }
            (Task::PromoteNode(_), Outcome::Failed { .. }) => (self.attempt_failed(&mut cluster), true),
            _ => return Some(Reply::misused("C-040", Misuse::WrongOutcome(id))),
        };
        put(&mut self.clusters, at, cluster);
        if !stays {
            self.cluster_gone(at);
        }
        Some(Reply::done(rule))
    }

    /// Ends a creation or failed release; a writer lost meanwhile is replaced now.
    fn settled(&self, cluster: &mut Cluster, rule: Rule) -> Rule {
        cluster.job = None;
        if cluster.writer_lost() { self.begin_automatic(cluster) } else { rule }
    }

    /// `P-160`.
    fn promoted(&self, cluster: &mut Cluster, to: &str) {
        let before = cluster.nodes.iter().find(|node| node.writer).map(|node| node.priority);
        for node in &mut cluster.nodes {
            if node.id == to {
                if let (true, Some(priority)) = (self.planted(Bug::PriorityMovesWithRole), before) {
                    node.priority = priority;
                }
                node.writer = true;
            } else if !self.planted(Bug::TwoWriters) {
                node.writer = false;
            }
        }
        let run = cluster.run.take();
        cluster.last_switch = match self.policy.polardb.window_from {
            WindowFrom::End => Some(self.clock),
            WindowFrom::Start => run.as_ref().map(|run| run.began),
        };
        if let Some(failed) = run.and_then(|run| run.tried.first().cloned())
            && self.planted(Bug::HealthyDemoted)
        {
            cluster.run = Some(Run::new(self.clock, Task::PromoteNode(failed)));
        }
    }

    /// `None` if the observation is not modelled.
    pub(super) fn observed(&mut self, observation: &Observation) -> Option<Reply> {
        let reply = match observation {
            Observation::Disk { account, disk, change } => {
                self.disk_changed(account.as_str(), disk.as_str(), *change)
            }
            Observation::PairInvalid { pair, message } => {
                self.invalidate(Kind::Pair, pair.as_str(), message.as_str())
            }
            Observation::GroupInvalid { group, message } => {
                self.invalidate(Kind::Group, group.as_str(), message.as_str())
            }
            Observation::Node { node, change } => return self.node_changed(node.as_str(), *change),
            Observation::ClusterBusy { cluster: id, status } => {
                let busy = status.as_ref().map(|status| status.as_str().to_string());
                let named = self.clusters.iter_mut().find(|cluster| cluster.id == id.as_str());
                named.map_or(UNKNOWN, |cluster| {
                    cluster.busy = busy;
                    Reply::done("P-303")
                })
            }
            Observation::ClusterRemoved { cluster: id } => {
                match self.clusters.iter().position(|cluster| cluster.id == id.as_str()) {
                    Some(at) => {
                        self.cluster_gone(at);
                        Reply::done("P-304")
                    }
                    None => UNKNOWN,
                }
            }
            _ => return None,
        };
        Some(reply)
    }

    /// A removed disk invalidates its pair, one that is down does not (`E-680`).
    fn disk_changed(&mut self, account: &str, id: &str, change: DiskChange) -> Reply {
        let mut disk = self.disk(account, id);
        let before = disk.clone();
        match change {
            DiskChange::Up(up) => disk.up = up,
            DiskChange::Attached(attached) => disk.attached = attached,
            DiskChange::Removed => disk.removed = true,
        }
        self.disks.retain(|known| known.account != account || known.id != id);
        let breaks = disk.removed || (!disk.up && self.planted(Bug::DownDiskInvalidates));
        let broken =
            self.replicas.iter().filter(|pair| breaks && disk != before && pair.has_disk(account, id));
        for pair in broken.map(|pair| pair.id.clone()).collect::<Vec<_>>() {
            let _ = self.invalidate(Kind::Pair, &pair, "DeviceRemoved");
        }
        self.disks.push(disk);
        Reply::done("E-680")
    }

    pub(super) fn node_changed(&mut self, id: &str, change: NodeChange) -> Option<Reply> {
        let has = |cluster: &Cluster| cluster.nodes.iter().any(|node| node.id == id);
        let Some(at) = self.clusters.iter().position(has) else { return Some(UNKNOWN) };
        let mut cluster = self.clusters.get(at)?.clone();
        let rule = self.change_node(&mut cluster, id, change);
        put(&mut self.clusters, at, cluster);
        Some(Reply::done(rule))
    }

    fn change_node(&self, cluster: &mut Cluster, id: &str, change: NodeChange) -> Rule {
        let before = cluster.nodes.clone();
        let Some(node) = cluster.nodes.iter_mut().find(|node| node.id == id) else { return "P-310" };
        match change {
            NodeChange::Up(up) => node.up = up,
            NodeChange::Replicating(replicating) => node.replicating = replicating,
            NodeChange::Priority(priority) => node.priority = priority.get(),
        }
        let plain = if matches!(change, NodeChange::Priority(_)) { "P-122" } else { "P-310" };
        if cluster.nodes == before || cluster.job.is_some() {
            return plain;
        }
        self.react(cluster, &before, plain)
    }

    /// What a change of nodes means for the failover that runs, or for one that is to begin.
    pub(super) fn react(&self, cluster: &mut Cluster, before: &[Node], plain: Rule) -> Rule {
        let pairs = || before.iter().zip(&cluster.nodes);
        let went_down = |(was, is): (&Node, &Node)| was.up && !is.up;
        let lost: Vec<String> =
            pairs().filter(|pair| went_down(*pair)).map(|(_, is)| is.id.clone()).collect();
        let writer_failed = pairs().any(|(was, is)| is.writer && went_down((was, is)));
        let gained = pairs().any(|(was, is)| !self.eligible(was) && self.eligible(is));
        let target_lost = cluster.promoting().is_some_and(|node| lost.iter().any(|lost| lost == node));
        let others = pairs().any(|(was, is)| !was.able() && is.able()) || !lost.is_empty();
        let (without_writer, completes) = (cluster.writer_lost(), others && self.takes_over(cluster));
        let Some(run) = &mut cluster.run else {
            // Any change may complete the loss of the zone.
            let begins = writer_failed || (without_writer && (gained || completes));
            return if begins { self.begin_automatic(cluster) } else { plain };
        };
        let mut rule = plain;
        if writer_failed && !run.automatic {
            (run.automatic, run.named, rule) = (true, None, "P-182");
        }
        let tried = run.tried.clone();
        let offered = if let Task::ChooseNode(tier) = &run.job.task { Some(tier.clone()) } else { None };
        if target_lost {
            return self.attempt_failed(cluster);
        }
        if let Some(offered) = offered
            && offered != self.tier(cluster, &tried)
            && !self.planted(Bug::TierFrozen)
        {
            return if self.try_next(cluster) { "P-150" } else { "P-170" };
        }
        rule
    }
}
