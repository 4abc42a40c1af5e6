//! Calls on clusters, and failover.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::super::bug::Bug;
use super::super::view::Task;
use super::{Cluster, Fault, Job, Node, Reference, Reply, Rule, Run, fault, put};
use crate::control_plane::{Call, Fresh, Misuse};
use crate::polardb::{
    CreateDbCluster, Edition, Engine, FailoverDbCluster, ModifyDbClusterDeletion, ModifyDbNodeConfig,
    PayType, TargetZoneType,
};
use crate::policy::{BusyCluster, ExplicitTargetFails, MissingTarget, TargetInWindow, WriterAsTarget};

impl Node {
    const fn running(&self) -> bool {
        self.up && self.busy.is_none()
    }

    /// Whether some failover could elect it.
    pub(super) const fn able(&self) -> bool {
        !self.writer && !self.ai && self.running() && self.replicating
    }
}

impl Cluster {
    /// A postpaid cluster without nodes.
    pub(super) fn new(id: &str, account: &str, region: &str, engine: Engine, edition: Edition) -> Self {
        Self {
            id: id.to_string(),
            account: account.to_string(),
            region: region.to_string(),
            mysql: engine == Engine::MySql,
            fails_over: matches!(edition, Edition::Normal | Edition::SeNormal),
            edition: edition.as_str(),
            stands: "OFF",
            ..Self::default()
        }
    }

    pub(super) fn writer_lost(&self) -> bool {
        !self.nodes.iter().any(|node| node.writer && node.up)
    }

    pub(super) fn promoting(&self) -> Option<&str> {
        match &self.run.as_ref()?.job.task {
            Task::PromoteNode(node) => Some(node),
            _ => None,
        }
    }

    pub(super) fn status(&self) -> String {
        match &self.job {
            Some(Job { task: Task::Create, .. }) => return "Creating".to_string(),
            Some(_) => return "Deleting".to_string(),
            None => {}
        }
        if self.run.is_some() || self.writer_lost() {
            return "Switching".to_string();
        }
        if let Some(status) = self.work_status() {
            return status.to_string();
        }
        self.busy.clone().unwrap_or_else(|| "Running".to_string())
    }
}

/// An engine and its version.
pub(super) fn kind(engine: Engine, version: &str) -> String {
    let engine = match engine {
        Engine::MySql => "MySQL",
        Engine::PostgreSql => "PostgreSQL",
        Engine::Oracle => "Oracle",
    };
    format!("{engine} {version}")
}

impl Reference {
    /// A cluster of this account, with its position.
    pub(super) fn cluster(&self, account: &str, id: &str) -> Option<(usize, &Cluster)> {
        let mut clusters = self.clusters.iter().enumerate();
        clusters.find(|(_, cluster)| cluster.id == id && cluster.account == account)
    }

    /// `P-110` to `P-114`.
    pub(super) fn eligible(&self, node: &Node) -> bool {
        !node.writer
            && (node.ordinary || self.planted(Bug::ColumnStorePromoted))
            && (node.running() || self.planted(Bug::DownNodePromoted))
            && (node.replicating || self.planted(Bug::ReplicationUnchecked))
    }

    /// The next candidates (`P-130`): the remaining nodes of the highest priority, by id.
    pub(super) fn tier(&self, cluster: &Cluster, tried: &[String]) -> Vec<String> {
        let mut left: Vec<&Node> = cluster.nodes.iter().filter(|node| self.eligible(node)).collect();
        left.retain(|node| !tried.contains(&node.id));
        let priorities = || left.iter().map(|node| node.priority);
        let inverted = self.planted(Bug::PriorityInverted);
        let highest = if inverted { priorities().min() } else { priorities().max() };
        let second = priorities().filter(|priority| Some(*priority) < highest).max();
        if !self.planted(Bug::PriorityIgnored) {
            let lower = second.filter(|_| self.planted(Bug::LowerTierOffered));
            left.retain(|node| highest == Some(node.priority) || lower == Some(node.priority));
        }
        let mut tier: Vec<String> = left.iter().map(|node| node.id.clone()).collect();
        if self.planted(Bug::FirstOnTies) {
            tier.truncate(1);
        }
        tier.sort();
        tier
    }

    /// The task for a tier; `None` if the tier is empty.
    pub(super) fn task_of(tier: Vec<String>) -> Option<Task> {
        match tier.as_slice() {
            [] => None,
            [only] => Some(Task::PromoteNode(only.clone())),
            _ => Some(Task::ChooseNode(tier)),
        }
    }

    /// Proceeds to the next candidates, in another round if one is left (`P-132`, `P-161`); false if there are none.
    pub(super) fn try_next(&self, cluster: &mut Cluster) -> bool {
        let Some(mut run) = cluster.run.take() else { return false };
        let mut tier = self.tier(cluster, &run.tried);
        if tier.is_empty() && run.round < self.policy.polardb.rounds.get() && !run.tried.is_empty() {
            run.round = run.round.saturating_add(1);
            run.tried.clear();
            tier = self.tier(cluster, &run.tried);
        }
        let Some(task) = Self::task_of(tier) else { return false };
        cluster.run = Some(Run { job: Job::new(task), ..run });
        true
    }

    /// The promotion of a node failed, or the node was lost (`P-161`, `P-162`, `P-170`).
    pub(super) fn attempt_failed(&self, cluster: &mut Cluster) -> Rule {
        let node = cluster.promoting().map(ToString::to_string);
        let Some(run) = &mut cluster.run else { return "P-170" };
        if let Some(node) = node {
            if self.planted(Bug::TriedForgotten) {
                run.tried.clear();
            }
            if !self.planted(Bug::FailedNodeRetried) {
                run.tried.push(node);
            }
        }
        let named = run.named.take().is_some() && !run.automatic;
        let stops = self.policy.polardb.explicit_target_fails == ExplicitTargetFails::Stop
            && !self.planted(Bug::ExplicitFallsThrough);
        if named && stops || self.planted(Bug::StopsAtFirstFailure) {
            cluster.run = None;
            return if named && stops { "P-162" } else { "P-161" };
        }
        if self.try_next(cluster) { "P-161" } else { "P-170" }
    }

    /// Whether the last switch lies within the frequency window (`P-106`).
    fn switched_lately(&self, cluster: &Cluster) -> bool {
        let window = self.policy.polardb.switch_window.as_millis();
        cluster.last_switch.is_some_and(|last| self.clock.saturating_sub(last) < window)
    }

    /// Begins an automatic failover if there is a candidate (`P-180`, `P-181`).
    pub(super) fn begin_automatic(&self, cluster: &mut Cluster) -> Rule {
        let held = (self.switched_lately(cluster) && self.planted(Bug::WindowBindsAutomatic))
            || (!cluster.mysql && self.planted(Bug::AutomaticOnMySqlOnly));
        match Self::task_of(self.tier(cluster, &[])) {
            _ if held || !cluster.fails_over || cluster.is_taken_over() => "P-181",
            Some(task) => {
                cluster.run = Some(Run { automatic: true, ..Run::new(self.clock, task) });
                "P-180"
            }
            None if self.takes_over(cluster) => {
                cluster.begin_takeover();
                "P-187"
            }
            None => "P-181",
        }
    }

    /// After the pause a cluster without a writer tries again, as long as a node can be elected (`P-183`).
    pub(super) fn plan_rounds(&mut self) {
        let then = self.clock.saturating_add(self.policy.polardb.retry_pause.as_millis());
        let tries = |cluster: &Cluster| {
            let idle = cluster.job.is_none() && cluster.run.is_none() && !cluster.is_taken_over();
            let can = !self.tier(cluster, &[]).is_empty() || self.takes_over(cluster);
            idle && cluster.writer_lost() && cluster.fails_over && can
        };
        let due = |cluster: &Cluster| {
            (tries(cluster) && !self.planted(Bug::GivesUpAfterOneRound)).then(|| cluster.due.unwrap_or(then))
        };
        let dues: Vec<Option<u64>> = self.clusters.iter().map(due).collect();
        self.clusters.iter_mut().zip(dues).for_each(|(cluster, due)| cluster.due = due);
    }

    /// The next round of a cluster is due.
    pub(super) fn fire_cluster(&mut self, at: usize) -> Rule {
        let Some(mut cluster) = self.clusters.get(at).cloned() else { return "P-183" };
        cluster.due = None;
        let rule = self.begin_automatic(&mut cluster);
        put(&mut self.clusters, at, cluster);
        rule
    }

    /// The states of a system that has broken the tie itself.
    pub(super) fn elections(&self) -> Vec<Self> {
        let mut all = Vec::new();
        for (at, cluster) in self.clusters.iter().enumerate() {
            let Some(run) = &cluster.run else { continue };
            let (None, Task::ChooseNode(tier)) = (run.job.id, &run.job.task) else { continue };
            for node in tier {
                let mut other = self.clone();
                if let Some(run) = other.clusters.get_mut(at).and_then(|cluster| cluster.run.as_mut()) {
                    run.job = Job::new(Task::PromoteNode(node.clone()));
                    all.push(other);
                }
            }
        }
        all
    }

    pub(super) fn fail_cluster_over(&mut self, account: &str, request: &FailoverDbCluster) -> Reply {
        let Some((at, cluster)) = self.cluster(account, request.cluster.as_str()) else {
            return Reply::refused("InvalidDBCluster.NotFound", "P-100");
        };
        let mut cluster = cluster.clone();
        let target = request.target.as_ref().map(|target| target.as_str());
        let is_target = |node: &Node| node.writer && node.running() && Some(&*node.id) == target;
        let succeeds = self.policy.polardb.writer_as_target == WriterAsTarget::Succeed;
        let succeeds = succeeds && cluster.fails_over && self.is_free(&cluster);
        let succeeds = succeeds && cluster.nodes.iter().any(is_target);
        let mut faults = match succeeds {
            true => Vec::new(),
            false => self.faults_of_failover(&cluster, target, request.target_zone_type),
        };
        if self.locked(&cluster.id) && !self.planted(Bug::FailoverWhileLocked) {
            faults.push(fault("HaStatusNotSupport", "P-450"));
        }
        if succeeds && faults.is_empty() {
            return Reply::accepted("P-104", None);
        }
        if !faults.is_empty() {
            return Reply::Refused(faults);
        }
        if request.target_zone_type == TargetZoneType::Standby {
            cluster.begin_takeover();
            put(&mut self.clusters, at, cluster);
            return Reply::accepted("P-187", None);
        }
        let mut tier = self.tier(&cluster, &[]);
        if let Some(target) = target {
            let first = tier.first().filter(|_| self.planted(Bug::AnotherPromoted));
            tier = Vec::from([first.cloned().unwrap_or_else(|| target.to_string())]);
        }
        let rule = if target.is_some() {
            "P-140"
        } else if tier.len() == 1 {
            "P-141"
        } else {
            "P-142"
        };
        let Some(task) = Self::task_of(tier) else {
            if !self.planted(Bug::DemotedInVain) {
                return Reply::refused("HaStatusNotSupport", "P-143");
            }
            cluster.nodes.iter_mut().for_each(|node| node.writer = false);
            put(&mut self.clusters, at, cluster);
            return Reply::accepted("P-143", None);
        };
        if let (true, Task::PromoteNode(to)) = (self.planted(Bug::WriterMovesAtAcceptance), &task) {
            for node in &mut cluster.nodes {
                node.writer = node.id == *to;
            }
        }
        cluster.run = Some(Run { named: target.map(ToString::to_string), ..Run::new(self.clock, task) });
        put(&mut self.clusters, at, cluster);
        Reply::accepted(rule, None)
    }

    /// Whether nothing else occupies the cluster (`P-105`).
    fn is_free(&self, cluster: &Cluster) -> bool {
        let occupied = cluster.busy.is_some() && self.policy.polardb.busy_cluster == BusyCluster::Refuse;
        cluster.job.is_none() && cluster.run.is_none() && cluster.work.is_none() && !occupied
    }

    /// The faults of a failover, in the order of checks: edition, target, status, window, state of the target.
    fn faults_of_failover(
        &self,
        cluster: &Cluster,
        target: Option<&str>,
        zone: TargetZoneType,
    ) -> Vec<Fault> {
        let mut faults = Vec::new();
        if !cluster.fails_over {
            faults.push(fault("OperationDenied.ClusterCategory", "P-101"));
        }
        let node = target.and_then(|id| cluster.nodes.iter().find(|node| node.id == id));
        match (target, node) {
            (Some(_), None) => faults.push(fault("InvalidDBNodeId.Malformed", "P-103")),
            (Some(_), Some(node)) if node.writer => faults.push(fault("InvalidDBNodeId.Malformed", "P-104")),
            (Some(_), Some(node)) if !node.ordinary => {
                faults.push(fault("OperationDenied.DBNodeType", "P-112"));
            }
            (None, _) if !cluster.mysql && !self.planted(Bug::TargetOptionalEverywhere) => {
                faults.push(match self.policy.polardb.missing_target {
                    MissingTarget::Malformed => fault("InvalidDBNodeId.Malformed", "P-102"),
                    MissingTarget::MissingParameter => fault("MissingParameter", "P-600"),
                });
            }
            _ => {}
        }
        if !self.is_free(cluster) {
            faults.push(fault("HaStatusNotSupport", "P-105"));
        }
        if zone == TargetZoneType::Standby && !cluster.has_storage() {
            faults.push(fault("HaStatusNotSupport", "P-108"));
        }
        let free = target.is_some() && self.policy.polardb.target_in_window == TargetInWindow::Accepted;
        if self.switched_lately(cluster) && !free && !self.planted(Bug::WindowIgnored) {
            faults.push(fault("UnsupportHighFrequenceSwitchOver", "P-106"));
        }
        match node {
            Some(node) if !node.running() && !self.planted(Bug::DownNodePromoted) => {
                faults.push(fault("HaStatusNotSupport", "P-113"));
            }
            Some(node) if !node.replicating && !self.planted(Bug::ReplicationUnchecked) => {
                faults.push(fault("UnsupportWitchUnhealthyReplication", "P-114"));
            }
            None if target.is_none()
                && zone == TargetZoneType::Primary
                && self.tier(cluster, &[]).is_empty()
                && !self.planted(Bug::DemotedInVain) =>
            {
                let able = |node: &Node| !node.writer && node.ordinary && node.running();
                faults.push(if cluster.nodes.iter().any(able) {
                    fault("UnsupportWitchUnhealthyReplication", "P-114")
                } else {
                    fault("HaStatusNotSupport", "P-143")
                });
            }
            _ => {}
        }
        faults
    }

    pub(super) fn set_priority(&mut self, account: &str, request: &ModifyDbNodeConfig) -> Reply {
        let (id, node) = (request.cluster.as_str(), request.node.as_str());
        let Some((_, cluster)) = self.cluster(account, id) else {
            return Reply::refused("InvalidDBClusterId.NotFound", "P-100");
        };
        if !cluster.nodes.iter().any(|known| known.id == node) {
            return Reply::refused("InvalidDBNodeId.NotFound", "P-201");
        }
        if self.locked(id) {
            return Reply::refused("OperationDenied.DBClusterStatus", "P-450");
        }
        let _ = self.node_changed(node, crate::polardb::NodeChange::Priority(request.priority));
        Reply::accepted("P-122", None)
    }

    /// The lock against release, in any status (`P-026`).
    pub(super) fn lock_cluster(&mut self, account: &str, request: &ModifyDbClusterDeletion) -> Reply {
        let id = request.cluster.as_str();
        let Some((at, cluster)) = self.cluster(account, id) else {
            return Reply::refused("InvalidDBCluster.NotFound", "P-100");
        };
        if self.locked(id) {
            return Reply::refused("OperationDenied.DBClusterStatus", "P-450");
        }
        let locked = Cluster { locked: request.protection, ..cluster.clone() };
        put(&mut self.clusters, at, locked);
        Reply::accepted("P-026", None)
    }

    pub(super) fn delete_cluster(&mut self, account: &str, id: &str) -> Reply {
        let joined = self.network_of(id).is_some() && !self.planted(Bug::MemberReleased);
        let Some((at, cluster)) = self.cluster(account, id) else {
            return Reply::refused("InvalidDBCluster.NotFound", "P-100");
        };
        let mut faults = Vec::new();
        if cluster.prepaid {
            faults.push(fault("OperationDenied.DBClusterPayType", "P-022"));
        }
        if cluster.locked && !self.planted(Bug::LockedReleased) {
            faults.push(fault("OperationDenied.DBClusterDeletionLock", "P-021"));
        }
        if cluster.status() != "Running" {
            faults.push(fault("OperationDenied.ClusterStatus", "P-020"));
        }
        if joined {
            faults.push(fault("OperationDenied.OperateStatus", "P-452"));
        }
        if !faults.is_empty() {
            return Reply::Refused(faults);
        }
        let released = Cluster { job: Some(Job::new(Task::Delete)), ..cluster.clone() };
        put(&mut self.clusters, at, released);
        Reply::accepted("P-023", None)
    }

    pub(super) fn create_cluster(&mut self, call: &Call, create: &CreateDbCluster, fresh: &Fresh) -> Reply {
        let versions: &[&str] = match create.engine {
            Engine::MySql => &["5.6", "5.7", "8.0"],
            Engine::PostgreSql => &["11", "14", "15", "16", "17", "18"],
            Engine::Oracle => &["11", "14"],
        };
        let most = match create.edition {
            Edition::Basic => 1,
            Edition::SeNormal => 8,
            Edition::Normal | Edition::Archive | Edition::NormalMultimaster => 16,
        };
        let mut faults = Vec::new();
        if !versions.contains(&&*create.version) {
            faults.push(fault("DBTypeOrDBVersion.Malformed", "P-012"));
        }
        if create.node_number == 0 || create.node_number > most {
            faults.push(fault("InvalidDBNodeNum.Malformed", "P-601"));
        }
        let fits = match create.edition {
            Edition::Normal => true,
            Edition::Archive | Edition::NormalMultimaster => &*create.version == "8.0",
            Edition::Basic => create.engine == Engine::MySql || &*create.version == "14",
            Edition::SeNormal => {
                let fits = create.engine == Engine::PostgreSql && &*create.version == "14";
                create.engine == Engine::MySql || fits
            }
        };
        if !fits {
            faults.push(fault("InvalidCreationCategory.Malformed", "P-601"));
        }
        if let Some(network) = &create.joins {
            let kind = kind(create.engine, &create.version);
            faults.extend(self.faults_of_joining(call, network.as_str(), &kind));
        }
        if !faults.is_empty() {
            return Reply::Refused(faults);
        }
        let bad = Reply::misused("P-010", Misuse::BadFreshId);
        let Fresh::Cluster(fresh) = fresh else { return bad };
        let names: Vec<String> = fresh.nodes.iter().map(|node| node.as_str().to_string()).collect();
        let id = fresh.cluster.as_str().to_string();
        let known = |name: &String| {
            let of = |cluster: &Cluster| cluster.nodes.iter().any(|node| node.id == *name);
            self.clusters.iter().any(of) || names.iter().filter(|other| *other == name).count() > 1
        };
        let in_use = self.clusters.iter().any(|cluster| cluster.id == id);
        if names.len() != usize::from(create.node_number) || in_use || names.iter().any(known) {
            return bad;
        }
        let zone = create.zone.as_ref().map_or_else(|| format!("{}-a", call.region), ToString::to_string);
        let node = |(at, id): (usize, String)| Node {
            id,
            writer: at == 0,
            zone: zone.clone(),
            ordinary: true,
            ai: false,
            priority: 1,
            up: true,
            replicating: true,
            busy: None,
        };
        let (account, region) = (call.account.as_str(), call.region.as_str());
        self.add_cluster(Cluster {
            kind: kind(create.engine, &create.version),
            prepaid: create.pay_type == PayType::Prepaid,
            nodes: names.into_iter().enumerate().map(node).collect(),
            job: Some(Job::new(Task::Create)),
            on: self.switched_on(),
            ..Cluster::new(&id, account, region, create.engine, create.edition)
        });
        if let Some(network) = &create.joins {
            self.join(network.as_str(), &id);
        }
        Reply::accepted("P-010", Some(id))
    }

    /// The clusters of a region, in order of creation.
    pub(super) fn list_clusters(&self, call: &Call) -> Reply {
        let here = |cluster: &&Cluster| {
            cluster.account == call.account.as_str() && cluster.region == call.region.as_str()
        };
        let ids = self.clusters.iter().filter(here).map(|cluster| cluster.id.clone()).take(30).collect();
        Reply::listed("P-300", ids)
    }
}
