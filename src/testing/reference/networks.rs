//! Global database networks.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::super::bug::Bug;
use super::super::view::Task;
use super::{Fault, Job, Network, Reference, Reply, fault};
use crate::control_plane::{Call, Fresh, Misuse, Outcome};
use crate::ids::EffectId;
use crate::polardb::{
    CreateGlobalDatabaseNetwork, Removal, RemoveDbClusterFromGdn, SwitchMode, SwitchOverGlobalDatabaseNetwork,
};
use crate::policy::NetworkEngines;

const NO_NETWORK: Fault = fault("GDN.NotFound", "P-460");
const NO_CLUSTER: Fault = fault("InvalidDBCluster.NotFound", "P-100");
const STATUS: &str = "OperationDenied.DBClusterStatus";

impl Network {
    /// `P-400`, `P-420`, `P-431`, `P-440`.
    pub(super) fn status(&self) -> &'static str {
        match self.job.as_ref().map(|job| &job.task) {
            None => "active",
            Some(Task::Create) => "creating",
            Some(Task::Delete) => "deleting",
            Some(Task::RemoveMember(_)) => "removing_member",
            Some(_) => "locked",
        }
    }

    fn has(&self, cluster: &str) -> bool {
        self.primary == cluster || self.secondaries.iter().any(|(secondary, _)| secondary == cluster)
    }

    fn replicates(&self, cluster: &str) -> bool {
        self.secondaries.iter().any(|(secondary, replicates)| secondary == cluster && *replicates)
    }
}

impl Reference {
    pub(super) fn network_of(&self, cluster: &str) -> Option<&Network> {
        self.networks.iter().find(|network| network.has(cluster))
    }

    /// `P-450`.
    pub(super) fn locked(&self, cluster: &str) -> bool {
        self.network_of(cluster).is_some_and(|network| network.status() == "locked")
    }

    fn runs(&self, id: &str) -> bool {
        self.clusters.iter().any(|cluster| cluster.id == id && cluster.status() == "Running")
    }

    fn network_named(&self, account: &str, id: &str) -> Option<&Network> {
        self.networks.iter().find(|network| network.id == id && network.account == account)
    }

    fn ask_network(&mut self, id: &str, task: Task) {
        if let Some(network) = self.networks.iter_mut().find(|network| network.id == id) {
            network.job = Some(Job::new(task));
        }
    }

    pub(super) fn create_network(
        &mut self,
        account: &str,
        create: &CreateGlobalDatabaseNetwork,
        fresh: &Fresh,
    ) -> Reply {
        let id = create.cluster.as_str();
        let Some((_, cluster)) = self.cluster(account, id) else {
            return Reply::Refused(Vec::from([NO_CLUSTER]));
        };
        let mut faults = Vec::new();
        if self.network_of(id).is_some() {
            faults.push(fault("MemberIns.Exist", "P-401"));
        }
        let kind = cluster.kind.as_str();
        let can = match self.policy.polardb.network_engines {
            NetworkEngines::UserGuides => {
                kind.starts_with("MySQL ") || ["PostgreSQL 14", "Oracle 14"].contains(&kind)
            }
            NetworkEngines::Reference => kind == "MySQL 8.0",
        };
        if !can {
            faults.push(fault("InvalidEngineVersion.Unsupported", "P-402"));
        }
        if cluster.status() != "Running" {
            faults.push(fault(STATUS, "P-403"));
        }
        if !faults.is_empty() {
            return Reply::Refused(faults);
        }
        let bad = Reply::misused("P-400", Misuse::BadFreshId);
        let Fresh::Network(fresh) = fresh else { return bad };
        let network = fresh.network.as_str().to_string();
        if self.networks.iter().any(|known| known.id == network) {
            return bad;
        }
        self.networks.push(Network {
            id: network.clone(),
            account: account.to_string(),
            primary: id.to_string(),
            secondaries: Vec::new(),
            job: Some(Job::new(Task::Create)),
        });
        Reply::accepted("P-400", Some(network))
    }

    /// The faults of a new cluster of this kind as a secondary: `P-411`, `P-412`, `P-451`.
    pub(super) fn faults_of_joining(&self, call: &Call, network: &str, kind: &str) -> Vec<Fault> {
        let Some(network) = self.network_named(call.account.as_str(), network) else {
            return Vec::from([NO_NETWORK]);
        };
        let mut faults = Vec::new();
        if self.clusters.iter().any(|cluster| cluster.id == network.primary && cluster.kind != kind) {
            faults.push(fault("InvalidEngineVersion.Unsupported", "P-411"));
        }
        if network.secondaries.len() >= 4 {
            faults.push(fault("MemberNumber.NotSupport", "P-412"));
        }
        if network.status() != "active" {
            faults.push(fault(STATUS, "P-451"));
        }
        faults
    }

    pub(super) fn join(&mut self, network: &str, cluster: &str) {
        if let Some(network) = self.networks.iter_mut().find(|known| known.id == network) {
            network.secondaries.push((cluster.to_string(), true));
        }
    }

    pub(super) fn delete_network(&mut self, account: &str, id: &str) -> Reply {
        let Some(network) = self.network_named(account, id) else {
            return Reply::Refused(Vec::from([NO_NETWORK]));
        };
        let mut faults = Vec::new();
        if !network.secondaries.is_empty() && !self.planted(Bug::NetworkDeletedWithSecondaries) {
            faults.push(fault("MemberNumber.NotSupport", "P-430"));
        }
        if network.status() != "active" {
            faults.push(fault(STATUS, "P-451"));
        }
        if !faults.is_empty() {
            return Reply::Refused(faults);
        }
        self.ask_network(id, Task::Delete);
        Reply::accepted("P-431", None)
    }

    pub(super) fn remove_from_network(&mut self, account: &str, remove: &RemoveDbClusterFromGdn) -> Reply {
        let (id, cluster) = (remove.network.as_str(), remove.cluster.as_str());
        let Some(network) = self.network_named(account, id) else {
            return Reply::Refused(Vec::from([NO_NETWORK]));
        };
        if self.cluster(account, cluster).is_none() {
            return Reply::Refused(Vec::from([NO_CLUSTER]));
        }
        if !network.has(cluster) {
            return Reply::refused("InvalidDBClusterId.NotFound", "P-422");
        }
        let mut faults = Vec::new();
        if network.primary == cluster && !self.planted(Bug::PrimaryRemoved) {
            faults.push(fault("MemberRole.NotSupport", "P-421"));
        }
        if network.status() != "active" {
            faults.push(fault(STATUS, "P-451"));
        }
        if remove.removal == Removal::Orderly && !self.runs(cluster) {
            faults.push(fault(STATUS, "P-423"));
        }
        if !faults.is_empty() {
            return Reply::Refused(faults);
        }
        self.ask_network(id, Task::RemoveMember(cluster.to_string()));
        Reply::accepted("P-420", None)
    }

    pub(super) fn switch_network_over(
        &mut self,
        account: &str,
        switch: &SwitchOverGlobalDatabaseNetwork,
    ) -> Reply {
        let (id, forced) = (switch.network.as_str(), switch.mode == SwitchMode::Forced);
        let Some(network) = self.network_named(account, id) else {
            return Reply::Refused(Vec::from([NO_NETWORK]));
        };
        let to = match (&switch.cluster, network.secondaries.as_slice()) {
            (Some(cluster), _) => cluster.as_str().to_string(),
            (None, [(only, _)]) => only.clone(),
            (None, []) => return Reply::refused("MemberNumber.NotSupport", "P-441"),
            (None, _) => return Reply::refused("MissingParameter", "P-600"),
        };
        if self.cluster(account, &to).is_none() {
            return Reply::Refused(Vec::from([NO_CLUSTER]));
        }
        if !network.has(&to) {
            return Reply::refused("InvalidDBClusterId.NotFound", "P-422");
        }
        if network.primary == to {
            return Reply::refused("MemberRole.NotSupport", "P-442");
        }
        let mut faults = Vec::new();
        let mysql = self.clusters.iter().any(|cluster| cluster.id == network.primary && cluster.mysql);
        if forced && !mysql {
            faults.push(fault("InvalidDBType.Malformed", "P-443"));
        }
        if network.status() != "active" {
            faults.push(fault(STATUS, "P-451"));
        }
        if !self.runs(&to) || (!forced && !self.runs(&network.primary)) {
            faults.push(fault(STATUS, "P-444"));
        }
        if !forced && !network.replicates(&to) {
            faults.push(fault("UnsupportWitchUnhealthyReplication", "P-445"));
        }
        if !faults.is_empty() {
            return Reply::Refused(faults);
        }
        if self.planted(Bug::PrimaryMovesAtAcceptance) {
            self.switch_roles(id, &to, forced);
        }
        self.ask_network(id, Task::SwitchOver(to, forced));
        Reply::accepted("P-440", None)
    }

    fn switch_roles(&mut self, id: &str, to: &str, forced: bool) {
        let leaves = self.planted(Bug::OldPrimaryLeaves);
        let Some(network) = self.networks.iter_mut().find(|network| network.id == id) else { return };
        let old = network.primary.clone();
        for (secondary, replicates) in &mut network.secondaries {
            if secondary == to {
                (*secondary, *replicates) = (old.clone(), !forced);
            }
        }
        if leaves {
            network.secondaries.retain(|(secondary, _)| *secondary != old);
        }
        network.primary = to.to_string();
    }

    /// An effect of the network at this position ended.
    pub(super) fn network_ended(&mut self, at: usize, effect: EffectId, outcome: &Outcome) -> Reply {
        let succeeded = match outcome {
            Outcome::Succeeded => true,
            Outcome::Failed { .. } => false,
            _ => return Reply::misused("C-040", Misuse::WrongOutcome(effect)),
        };
        let Some(network) = self.networks.get_mut(at) else { return Reply::done("C-040") };
        let Some(Job { task, .. }) = network.job.take() else { return Reply::done("C-040") };
        let id: String = network.id.clone();
        Reply::done(match (task, succeeded) {
            (Task::Create, true) => "P-400",
            (Task::Create, false) => {
                self.networks.remove(at);
                "P-404"
            }
            (Task::Delete, true) => {
                self.networks.remove(at);
                "P-431"
            }
            (Task::RemoveMember(cluster), true) => {
                network.secondaries.retain(|(secondary, _)| *secondary != cluster);
                "P-420"
            }
            (Task::SwitchOver(to, forced), true) => {
                if !self.planted(Bug::PrimaryMovesAtAcceptance) {
                    self.switch_roles(&id, &to, forced);
                }
                if forced { "P-447" } else { "P-446" }
            }
            (Task::SwitchOver(..), false) => "P-448",
            _ => "P-424",
        })
    }

    /// The cluster at this position is gone (`P-453`).
    pub(super) fn cluster_gone(&mut self, at: usize) {
        let gone = self.clusters.remove(at).id;
        self.networks.retain(|network| network.primary != gone);
        for network in &mut self.networks {
            network.secondaries.retain(|(secondary, _)| *secondary != gone);
            network.job.take_if(|job| match &job.task {
                Task::RemoveMember(cluster) | Task::SwitchOver(cluster, _) => *cluster == gone,
                _ => false,
            });
        }
    }

    pub(super) fn list_networks(&self, account: &str) -> Reply {
        let mine = self.networks.iter().filter(|network| network.account == account);
        Reply::listed("P-300", mine.map(|network| network.id.clone()).take(30).collect())
    }
}
