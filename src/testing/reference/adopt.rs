//! Adoption of resources that exist already.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::super::steps::{ACCOUNTS, REGIONS};
use super::super::strategies::World;
use super::super::view::Task;
use super::{CYCLE, Cluster, Group, Job, Node, Pair, Reference};
use crate::ebs::{GroupSeed, PairSeed};
use crate::polardb::{ClusterSeed, ClusterStatus, DbNode, Edition, Engine, NodeKind, PayType, Role};
use crate::time::Timestamp;

impl Reference {
    /// The state of [`World::plane`] at the same time, provided that the policy admits all of the world.
    pub fn of(world: &World, now: Timestamp) -> Self {
        let mut reference = Self::new(world.policy.clone());
        reference.clock = now.as_millis();
        let (account, region) = (ACCOUNTS[0], REGIONS[0]);
        for seed in &world.pairs {
            reference.adopt_pair(account, region, seed);
        }
        if let Some(seed) = &world.group {
            reference.adopt_group(account, region, seed);
        }
        for seed in &world.clusters {
            reference.adopt_cluster(account, seed);
        }
        reference
    }

    /// Adopts a pair. In a transient status its effect is pending from now on; a replicating pair has its next cycle after
    /// one RPO, a tombstone expires after its full lifetime.
    pub fn adopt_pair(&mut self, account: &str, region: &str, seed: &PairSeed) {
        let status = seed.status.as_str();
        let now = self.clock;
        let task = match status {
            "creating" => Some(Task::CreatePair),
            "initial_syncing" | "manual_syncing" | "syncing" => Some(Task::Copy),
            "stopping" => Some(Task::StopPair),
            "failovering" => Some(Task::FailoverPair),
            "reprotecting" => Some(Task::Reprotect(true)),
            "deleting" => Some(Task::DeletePair),
            _ => None,
        };
        let message = seed.status_message.as_ref().map(|message| message.as_str().to_string());
        let recover_point = seed.last_recover_point.map(|at| at.as_millis().min(now));
        let ordinal = self.next_ordinal();
        self.pairs.push(Pair {
            swapped: seed.reversed,
            status,
            message: message.filter(|_| status == "invalid" || status == "create_failed"),
            job: task.map(Job::new),
            due: match status {
                "initial_syncing" | "syncing" | "normal" => Some(now.saturating_add(CYCLE)),
                "deleted" => Some(now.saturating_add(self.policy.ebs.tombstone.as_millis())),
                _ => None,
            },
            recover_point,
            ever_copied: recover_point.is_some(),
            open: ["failovered", "reprotecting", "reprotect_failed"].contains(&status),
            ..Pair::new(seed.id.as_str(), account, region, &seed.request, ordinal)
        });
    }

    /// Adopts a group whose members are known and fit. Copies of members continue; their other effects and their cycles
    /// become the group's.
    pub fn adopt_group(&mut self, account: &str, region: &str, seed: &GroupSeed) {
        let status = seed.status.as_str();
        let now = self.clock;
        for pair in &mut self.pairs {
            if seed.members.iter().any(|member| member.as_str() == pair.id) {
                pair.group = Some(seed.id.as_str().to_string());
                pair.due = None;
                pair.job.take_if(|job| job.task != Task::Copy);
            }
        }
        let task = match status {
            "creating" => Some(Task::CreateGroup),
            "stopping" => Some(Task::StopGroup(Vec::new())),
            "failovering" => Some(Task::FailoverGroup(Vec::new())),
            "reprotecting" => Some(Task::ReprotectGroup(true, Vec::new())),
            "deleting" => Some(Task::DeleteGroup),
            _ => None,
        };
        let ordinal = self.next_ordinal();
        self.groups.push(Group {
            swapped: seed.reversed,
            status,
            job: task.map(Job::new),
            due: match status {
                "syncing" | "normal" => Some(now.saturating_add(CYCLE)),
                "deleted" => Some(now.saturating_add(self.policy.ebs.tombstone.as_millis())),
                _ => None,
            },
            ..Group::new(seed.id.as_str(), account, region, &seed.request, ordinal)
        });
    }

    /// Adopts a cluster.
    pub fn adopt_cluster(&mut self, account: &str, seed: &ClusterSeed) {
        let (task, busy) = match &seed.status {
            ClusterStatus::Creating => (Some(Task::CreateCluster), None),
            ClusterStatus::Deleting => (Some(Task::DeleteCluster), None),
            ClusterStatus::Busy(status) => (None, Some(status.as_str().to_string())),
            _ => (None, None),
        };
        let node = |node: &DbNode| Node {
            id: node.id.to_string(),
            writer: node.role == Role::Writer,
            ordinary: node.kind == NodeKind::Ordinary,
            priority: node.priority.get(),
            up: node.up,
            replicating: node.replicating,
            busy: node.busy.as_ref().map(|busy| busy.as_str().to_string()),
        };
        let ordinal = self.next_ordinal();
        self.clusters.push(Cluster {
            id: seed.id.as_str().to_string(),
            account: account.to_string(),
            region: seed.region.as_str().to_string(),
            mysql: seed.engine == Engine::MySql,
            fails_over: matches!(seed.edition, Edition::Normal | Edition::SeNormal),
            prepaid: seed.pay_type == PayType::Prepaid,
            locked: seed.deletion_lock,
            nodes: seed.nodes.iter().map(node).collect(),
            busy,
            job: task.map(Job::new),
            run: None,
            last_switch: None,
            ordinal,
            due: None,
        });
        self.plan_rounds();
    }
}
