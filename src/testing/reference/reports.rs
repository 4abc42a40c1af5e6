//! Reports and deadlines.

use alloc::string::{String, ToString};

use super::super::bug::Bug;
use super::super::view::Task;
use super::{CYCLE, Cluster, Job, Pair, Reference, Reply, Rule, put};
use crate::control_plane::{Misuse, Observation, Outcome, Report};
use crate::ebs::DiskChange;
use crate::ids::EffectId;
use crate::polardb::NodeChange;
use crate::policy::WindowFrom;

impl Reference {
    pub(super) fn report(&mut self, report: &Report) -> Reply {
        match report {
            Report::Outcome { id, outcome } => self.outcome(*id, outcome),
            Report::Observed(observation) => self.observed(observation),
        }
    }

    /// An effect ended. A report on an id that is not pending is late (`C-040`).
    fn outcome(&mut self, id: EffectId, outcome: &Outcome) -> Reply {
        let waits = |job: &Option<Job>| job.as_ref().is_some_and(|job| job.id == Some(id));
        if let Some(at) = self.pairs.iter().position(|pair| waits(&pair.job)) {
            let succeeded = match outcome {
                Outcome::Succeeded => true,
                Outcome::Failed { .. } => false,
                _ => return Reply::Misused("C-040", Misuse::WrongOutcome(id)),
            };
            if self.pairs.get(at).is_some_and(|pair| pair.group.is_some()) {
                return Reply::Done(self.member_copied(at, succeeded));
            }
            let message = match outcome {
                Outcome::Failed { message: Some(message), .. } => Some(message.as_str().to_string()),
                _ => None,
            };
            let Some(mut pair) = self.pairs.get(at).cloned() else { return Reply::Done("C-040") };
            let rule = self.pair_ended(&mut pair, succeeded, message);
            put(&mut self.pairs, at, pair);
            return Reply::Done(rule);
        }
        if let Some(at) = self.groups.iter().position(|group| waits(&group.job)) {
            return self.group_ended(at, id, outcome);
        }
        if let Some(at) = self.drills.iter().position(|drill| waits(&drill.job)) {
            return self.drill_ended(at, id, outcome);
        }
        if let Some(at) = self.clusters.iter().position(|cluster| {
            waits(&cluster.job) || cluster.run.as_ref().is_some_and(|run| run.job.id == Some(id))
        }) {
            return self.cluster_ended(at, id, outcome);
        }
        if self.planted(Bug::LateCompletionOverwrites)
            && self.used.contains(&id)
            && *outcome == Outcome::Succeeded
            && let Some(pair) = self.pairs.iter_mut().find(|pair| pair.status == "failovering")
        {
            (pair.status, pair.job) = ("stopped", None);
            return Reply::Done("C-040");
        }
        Reply::Misused("C-040", Misuse::Stale(id))
    }

    fn pair_ended(&self, pair: &mut Pair, succeeded: bool, message: Option<String>) -> Rule {
        let Some(Job { task, .. }) = pair.job.take() else { return "C-040" };
        let one_shot = pair.status == "manual_syncing";
        let (status, rule) = match (&task, succeeded) {
            (Task::CreatePair, true) => ("created", "E-310"),
            (Task::CreatePair, false) => ("create_failed", "E-311"),
            (Task::Copy, true) if one_shot && self.planted(Bug::OneShotEndsInNormal) => ("normal", "E-321"),
            (Task::Copy, true) if one_shot => ("stopped", "E-321"),
            (Task::Copy, true) => ("normal", "E-320"),
            (Task::Copy, false) if one_shot => ("stopped", "E-323"),
            (Task::Copy, false) => (pair.status, "E-322"),
            (Task::StopPair, true) => ("stopped", "E-330"),
            (Task::StopPair, false) => ("stop_failed", "E-331"),
            (Task::FailoverPair, true) => ("failovered", "E-340"),
            (Task::FailoverPair, false) => ("failover_failed", "E-341"),
            (Task::Reprotect(_), true) => ("stopped", "E-350"),
            (Task::Reprotect(_), false) => ("reprotect_failed", "E-351"),
            (Task::DeletePair, true) => ("deleted", "E-360"),
            (Task::DeletePair, false) => ("delete_failed", "E-361"),
            _ => return "C-040",
        };
        (pair.status, pair.message) = (status, message.filter(|_| status == "create_failed"));
        let now = self.clock;
        match task {
            Task::Copy if succeeded || self.planted(Bug::FailedCopyCounts) => {
                (pair.recover_point, pair.ever_copied) = (Some(now), true);
            }
            Task::StopPair if succeeded && self.planted(Bug::StopKeepsWhatArrived) => {
                pair.recover_point = Some(now);
            }
            Task::FailoverPair if succeeded => {
                pair.open = true;
                pair.swapped ^= self.planted(Bug::SwapAtFailover);
            }
            Task::Reprotect(reverse) if succeeded => {
                pair.open = false;
                pair.swapped ^= reverse || self.planted(Bug::SwapOnCancel);
                if reverse && !self.planted(Bug::RecoverPointSurvivesReverse) {
                    pair.recover_point = None;
                }
            }
            Task::DeletePair if succeeded => {
                let forgotten = now.saturating_add(self.policy.ebs.tombstone.as_millis());
                let at_once = self.planted(Bug::TombstoneForgottenAtOnce);
                let never = self.planted(Bug::TombstoneNeverForgotten);
                pair.due = (!never).then_some(if at_once { now } else { forgotten });
            }
            _ => {}
        }
        rule
    }

    /// The deadline of the pair at this position.
    pub(super) fn fire(&mut self, at: usize, due: u64) -> Rule {
        let ignores_running = self.planted(Bug::CycleIgnoresRunningCopy);
        let Some(pair) = self.pairs.get_mut(at) else { return "C-030" };
        if pair.status == "deleted" {
            let gone = self.pairs.remove(at);
            self.forget_drills(&gone.id, false);
            return "E-660";
        }
        pair.due = Some(due.saturating_add(CYCLE));
        if pair.job.is_some() && !ignores_running {
            return "E-411";
        }
        pair.job = Some(Job::new(Task::Copy));
        if pair.status == "normal" {
            pair.status = "syncing";
            return "E-410";
        }
        "E-411"
    }

    fn cluster_ended(&mut self, at: usize, id: EffectId, outcome: &Outcome) -> Reply {
        let Some(mut cluster) = self.clusters.get(at).cloned() else { return Reply::Done("C-040") };
        let wrong = Reply::Misused("C-040", Misuse::WrongOutcome(id));
        let task = match (&cluster.job, &cluster.run) {
            (Some(job), _) => job.task.clone(),
            (None, Some(run)) => run.job.task.clone(),
            (None, None) => return wrong,
        };
        let (rule, stays) = match (task, outcome) {
            (Task::CreateCluster, Outcome::Failed { .. }) => ("P-016", false),
            (Task::DeleteCluster, Outcome::Succeeded) => ("P-024", false),
            (Task::CreateCluster, Outcome::Succeeded) => (self.settled(&mut cluster, "P-015"), true),
            (Task::DeleteCluster, Outcome::Failed { .. }) => (self.settled(&mut cluster, "P-025"), true),
            (Task::ChooseNode(tier), Outcome::Chosen(node)) => {
                let node = node.as_str().to_string();
                if !tier.contains(&node) && !self.planted(Bug::AnybodyChosen) {
                    return Reply::Misused("P-152", Misuse::NotOffered(id));
                }
                if let Some(run) = &mut cluster.run {
                    run.job = Job::new(Task::PromoteNode(node));
                }
                ("P-151", true)
            }
            (Task::PromoteNode(node), Outcome::Succeeded) => {
                self.promoted(&mut cluster, &node);
                ("P-160", true)
            }
            (Task::PromoteNode(_), Outcome::Failed { .. }) => (self.attempt_failed(&mut cluster), true),
            _ => return wrong,
        };
        if !stays {
            self.clusters.remove(at);
        } else {
            put(&mut self.clusters, at, cluster);
        }
        Reply::Done(rule)
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
        let began = cluster.run.take().map(|run| run.began);
        cluster.last_switch = match self.policy.polardb.window_from {
            WindowFrom::End => Some(self.clock),
            WindowFrom::Start => began,
        };
    }

    fn observed(&mut self, observation: &Observation) -> Reply {
        let unknown = Reply::Misused("C-040", Misuse::Unknown);
        match observation {
            Observation::Disk { account, disk, change } => {
                self.disk_changed(account.as_str(), disk.as_str(), *change)
            }
            Observation::PairInvalid { pair: id, message } => {
                match self.pairs.iter().position(|pair| pair.id == id.as_str()) {
                    Some(at) => Reply::Done(self.invalidate(at, message.as_str())),
                    None => unknown,
                }
            }
            Observation::GroupInvalid { group, message } => {
                self.group_broke(group.as_str(), message.as_str())
            }
            Observation::Node { node, change } => self.node_changed(node.as_str(), *change),
            Observation::ClusterBusy { cluster: id, status } => {
                match self.clusters.iter_mut().find(|cluster| cluster.id == id.as_str()) {
                    Some(cluster) => {
                        cluster.busy = status.as_ref().map(|status| status.as_str().to_string());
                        Reply::Done("P-303")
                    }
                    None => unknown,
                }
            }
            Observation::ClusterRemoved { cluster: id } => {
                match self.clusters.iter().position(|cluster| cluster.id == id.as_str()) {
                    Some(at) => {
                        self.clusters.remove(at);
                        Reply::Done("P-304")
                    }
                    None => unknown,
                }
            }
            _ => unknown,
        }
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
        if breaks && disk != before {
            let part = |pair: &Pair| {
                let ends = pair.primary.disk == id || pair.standby.disk == id;
                ends && pair.account == account && pair.status != "deleted"
            };
            for at in 0..self.pairs.len() {
                if self.pairs.get(at).is_some_and(part) {
                    let _ = self.invalidate(at, "DeviceRemoved");
                }
            }
        }
        self.disks.push(disk);
        Reply::Done("E-680")
    }

    pub(super) fn node_changed(&mut self, id: &str, change: NodeChange) -> Reply {
        let has = |cluster: &Cluster| cluster.nodes.iter().any(|node| node.id == id);
        let Some(at) = self.clusters.iter().position(has) else {
            return Reply::Misused("C-040", Misuse::Unknown);
        };
        let Some(mut cluster) = self.clusters.get(at).cloned() else { return Reply::Done("P-310") };
        let rule = self.change_node(&mut cluster, id, change);
        put(&mut self.clusters, at, cluster);
        Reply::Done(rule)
    }

    fn change_node(&self, cluster: &mut Cluster, id: &str, change: NodeChange) -> Rule {
        let Some(node) = cluster.nodes.iter_mut().find(|node| node.id == id) else { return "P-310" };
        let (before, was_eligible) = (node.clone(), self.eligible(node));
        match change {
            NodeChange::Up(up) => node.up = up,
            NodeChange::Replicating(replicating) => node.replicating = replicating,
            NodeChange::Priority(priority) => node.priority = priority.get(),
        }
        let plain = if matches!(change, NodeChange::Priority(_)) { "P-122" } else { "P-310" };
        let (changed, eligible) = (*node != before, self.eligible(node));
        let went_down = change == NodeChange::Up(false);
        let writer_failed = node.writer && went_down;
        if !changed || cluster.job.is_some() {
            return plain;
        }
        let target_lost = cluster.promoting() == Some(id) && went_down;
        let Some(run) = &mut cluster.run else {
            if writer_failed || (!was_eligible && eligible && cluster.writer_lost()) {
                return self.begin_automatic(cluster);
            }
            return plain;
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

    /// The relation of the pair at this position broke (`E-510`, `E-511`).
    fn invalidate(&mut self, at: usize, why: &str) -> Rule {
        let Some(pair) = self.pairs.get_mut(at) else { return "E-511" };
        if ["invalid", "create_failed", "deleting", "deleted"].contains(&pair.status) {
            return "E-511";
        }
        pair.status = "invalid";
        pair.message = Some(why.to_string());
        pair.due = None;
        let was_copied = pair.job.take().is_some();
        if let Some(group) = pair.group.clone() {
            self.member_broke(&group, was_copied);
        }
        "E-510"
    }
}
