//! Adoption of resources that exist already.

use alloc::string::{String, ToString};

use super::super::steps::{ACCOUNTS, REGIONS};
use super::super::strategies::World;
use super::super::view::Task;
use super::clusters::kind;
use super::standby::beside;
use super::state::Kind;
use super::{CYCLE, Cluster, Job, Network, Node, Reference, Replica};
use crate::ebs::{GroupSeed, PairSeed};
use crate::polardb::{
    ClusterSeed, ClusterStatus, DataSyncMode, DbNode, HotStandby, NetworkSeed, NetworkStatus, NodeKind,
    PayType, Role, StandbyHaMode,
};
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
        if let Some(seed) = &world.network {
            reference.adopt_network(account, seed);
        }
        reference
    }

    /// Adopts a pair. In a transient status its effect is pending from now on; a replicating pair has its next cycle after
    /// one RPO, a tombstone expires after its full lifetime.
    pub fn adopt_pair(&mut self, account: &str, region: &str, seed: &PairSeed) {
        let status = seed.status.as_str();
        let message = seed.status_message.as_ref().map(|message| message.as_str().to_string());
        let recover_point = seed.last_recover_point.map(|at| at.as_millis().min(self.clock));
        self.adopt(Replica {
            swapped: seed.reversed,
            status,
            message: message.filter(|_| status == "invalid" || status == "create_failed"),
            recover_point,
            ever_copied: recover_point.is_some(),
            open: ["failovered", "reprotecting", "reprotect_failed"].contains(&status),
            ..Replica::pair(seed.id.as_str(), account, region, &seed.request)
        });
    }

    /// Adopts a group whose members are known and fit. Copies of members continue; their other effects and their cycles
    /// become the group's.
    pub fn adopt_group(&mut self, account: &str, region: &str, seed: &GroupSeed) {
        for pair in self.replicas.iter_mut().filter(|pair| pair.kind == Kind::Pair) {
            if seed.members.iter().any(|member| member.as_str() == pair.id) {
                pair.group = Some(seed.id.as_str().to_string());
                pair.timed = seed.request.settings.enable_rtc;
                pair.due = None;
                pair.job.take_if(|job| job.task != Task::Copy);
            }
        }
        self.adopt(Replica {
            swapped: seed.reversed,
            status: seed.status.as_str(),
            ..Replica::group(seed.id.as_str(), account, region, &seed.request)
        });
    }

    fn adopt(&mut self, replica: Replica) {
        let task = match replica.status {
            "creating" => Some(Task::Create),
            // Of a group the members have the copies.
            "initial_syncing" | "manual_syncing" | "syncing" => {
                Some(Task::Copy).filter(|_| replica.kind == Kind::Pair)
            }
            "stopping" => Some(Task::Stop),
            "failovering" => Some(Task::Failover),
            "reprotecting" => Some(Task::Reprotect(true)),
            "deleting" => Some(Task::Delete),
            _ => None,
        };
        let wait = match replica.status {
            "initial_syncing" | "syncing" | "normal" => Some(CYCLE),
            "deleted" => Some(self.policy.ebs.tombstone.as_millis()),
            _ => None,
        };
        let due = wait.map(|wait| self.clock.saturating_add(wait));
        self.add_replica(Replica { job: task.map(Job::new), due, ..replica });
    }

    /// Adopts a network. Only its creation and its deletion go on.
    pub fn adopt_network(&mut self, account: &str, seed: &NetworkSeed) {
        let task = match seed.status {
            NetworkStatus::Creating => Some(Task::Create),
            NetworkStatus::Deleting => Some(Task::Delete),
            _ => None,
        };
        self.networks.push(Network {
            id: seed.id.to_string(),
            account: account.to_string(),
            primary: seed.primary.to_string(),
            secondaries: seed.secondaries.iter().map(|cluster| (cluster.to_string(), true)).collect(),
            job: task.map(Job::new),
        });
    }

    /// Adopts a cluster.
    pub fn adopt_cluster(&mut self, account: &str, seed: &ClusterSeed) {
        let (task, busy): (_, Option<String>) = match &seed.status {
            ClusterStatus::Creating => (Some(Task::Create), None),
            ClusterStatus::Deleting => (Some(Task::Delete), None),
            ClusterStatus::Busy(status) => (None, Some(status.as_str().to_string())),
            _ => (None, None),
        };
        let node = |node: &DbNode| Node {
            id: node.id.to_string(),
            writer: node.role == Role::Writer,
            zone: node.zone.to_string(),
            ordinary: node.kind == NodeKind::Ordinary,
            ai: node.kind == NodeKind::Ai,
            priority: node.priority.get(),
            up: node.up,
            replicating: node.replicating,
            busy: node.busy.as_ref().map(|busy| busy.as_str().to_string()),
        };
        let primary = seed.nodes.iter().find(|node| node.role == Role::Writer).map(|node| node.zone.as_str());
        let away = match (&seed.standby_zone, seed.hot_standby) {
            (Some(zone), _) => Some(zone.to_string()),
            (None, HotStandby::Off) => None,
            (None, _) => Some(beside(seed.region.as_str(), primary)),
        };
        self.add_cluster(Cluster {
            stands: seed.hot_standby.as_str(),
            away: away.filter(|zone| Some(&**zone) != primary),
            on: seed.standby_ha.map_or_else(|| self.switched_on(), |mode| mode == StandbyHaMode::On),
            semi: seed.data_sync == DataSyncMode::Semi,
            kind: kind(seed.engine, &seed.version),
            prepaid: seed.pay_type == PayType::Prepaid,
            locked: seed.deletion_lock,
            nodes: seed.nodes.iter().map(node).collect(),
            busy,
            job: task.map(Job::new),
            ..Cluster::new(seed.id.as_str(), account, seed.region.as_str(), seed.engine, seed.edition)
        });
        self.plan_rounds();
    }
}
