//! The operations on global database networks: dispatch of a call to the network's own decision, and what a network means
//! for its clusters.

use alloc::string::String;
use alloc::vec::Vec;

use crate::control_plane::action::{Blocked, Done};
use crate::control_plane::call::CallContext;
use crate::control_plane::effect::network_effect;
use crate::control_plane::event::{Event, Fact};
use crate::control_plane::{ControlPlane, Effect, Misuse, NotAdopted, Step};
use crate::ids::{AccountId, ClusterId, NetworkId, ResourceId};
use crate::polardb::network::rules::{P_400, P_401, P_450, P_460, P_462};
use crate::polardb::{
    CreateGlobalDatabaseNetwork, DeleteGlobalDatabaseNetwork, DescribeGlobalDatabaseNetworks, Engine,
    GlobalDatabaseNetwork, Member, NetworkCreated, NetworkFact, NetworkPage, NetworkPlan, NetworkSeed,
    NetworkStatus, NetworkView, PolarDbReason, PolarDbRefusal, RemoveDbClusterFromGdn,
    SwitchOverGlobalDatabaseNetwork,
};
use crate::rule::cite;
use crate::time::Timestamp;

/// Calls.
impl ControlPlane {
    pub(in crate::control_plane) fn create_network(
        &mut self,
        call: &CallContext<'_>,
        request: &CreateGlobalDatabaseNetwork,
        fresh: Option<&NetworkCreated>,
    ) -> Result<Done<NetworkCreated>, Blocked<PolarDbRefusal, Misuse>> {
        let primary = self.owned_cluster(call, &request.cluster)?;
        cite!(P_401);
        if self.network_of(&request.cluster).is_some() {
            let cluster = request.cluster.clone();
            return Err(PolarDbReason::MemberExists { cluster }.of(call.operation).into());
        }
        GlobalDatabaseNetwork::check_creation(&self.policy.polardb, primary)?;
        let unused = |fresh: &&NetworkCreated| !self.networks.contains_key(&fresh.network);
        let fresh = fresh.filter(unused).ok_or(Blocked::Misused(Misuse::BadFreshId))?.clone();
        let at = self.polardb(call.now);
        let network = GlobalDatabaseNetwork::created(at, fresh.network.clone(), request, primary);
        self.mint();
        let status = NetworkFact::Status { from: None, to: Some(network.status()) };
        let fact = Fact::Network { network: fresh.network.clone(), fact: status };
        let event = Event { at: call.now, account: call.account.clone(), rule: P_400, fact };
        let step = Step { effects: self.admit_network(network), events: alloc::vec![event] };
        Ok(Done { response: fresh, step, rule: Some(P_400) })
    }

    pub(in crate::control_plane) fn delete_network(
        &mut self,
        call: &CallContext<'_>,
        request: &DeleteGlobalDatabaseNetwork,
    ) -> Result<Done<()>, Blocked<PolarDbRefusal>> {
        let plan = self.owned_network(call, &request.network)?.decide_delete(self.polardb(call.now))?;
        Ok(self.network_done(&request.network, plan))
    }

    pub(in crate::control_plane) fn remove_from_network(
        &mut self,
        call: &CallContext<'_>,
        request: &RemoveDbClusterFromGdn,
    ) -> Result<Done<()>, Blocked<PolarDbRefusal>> {
        let network = self.owned_network(call, &request.network)?;
        let cluster = self.owned_cluster(call, &request.cluster)?;
        let plan = network.decide_remove(self.polardb(call.now), request, cluster)?;
        Ok(self.network_done(&request.network, plan))
    }

    pub(in crate::control_plane) fn switch_over_network(
        &mut self,
        call: &CallContext<'_>,
        request: &SwitchOverGlobalDatabaseNetwork,
    ) -> Result<Done<()>, Blocked<PolarDbRefusal>> {
        let network = self.owned_network(call, &request.network)?;
        let to = self.owned_cluster(call, network.switch_target(request)?)?;
        let primary = self.owned_cluster(call, network.primary())?;
        let plan = network.decide_switch_over(self.polardb(call.now), request.mode, primary, to)?;
        Ok(self.network_done(&request.network, plan))
    }

    pub(in crate::control_plane) fn owned_network(
        &self,
        call: &CallContext<'_>,
        id: &NetworkId,
    ) -> Result<&GlobalDatabaseNetwork, PolarDbRefusal> {
        cite!(P_460);
        let network = self.networks.get(id).filter(|network| network.account == *call.account);
        network.ok_or_else(|| PolarDbReason::NetworkNotFound { network: id.clone() }.of(call.operation))
    }

    /// Whether `CreateDBCluster` can create a secondary of this engine and version in this network.
    pub(super) fn check_joins(
        &self,
        call: &CallContext<'_>,
        network: &NetworkId,
        secondary: (Engine, &str),
    ) -> Result<(), PolarDbRefusal> {
        let network = self.owned_network(call, network)?;
        network.check_joins(self.owned_cluster(call, network.primary())?, secondary)
    }

    /// Refuses a call that changes a cluster whose network is locked (`P-450`): after the cluster's own checks, since a
    /// lock passes by itself.
    pub(super) fn check_unlocked(
        &self,
        call: &CallContext<'_>,
        cluster: &ClusterId,
    ) -> Result<(), PolarDbRefusal> {
        cite!(P_450);
        match self.network_of(cluster).filter(|network| network.status() == NetworkStatus::Locked) {
            Some(network) => Err(PolarDbReason::Locked { network: network.id().clone() }.of(call.operation)),
            None => Ok(()),
        }
    }

    fn network_done(&mut self, id: &NetworkId, plan: NetworkPlan) -> Done<()> {
        let rule = Some(plan.rule());
        Done { response: (), step: self.apply_to_network(id, plan), rule }
    }
}

/// Describes.
impl ControlPlane {
    /// A network with its clusters, as the describes show it.
    pub fn network_view(&self, network: &GlobalDatabaseNetwork) -> NetworkView {
        let shown = |(cluster, role)| Some(Member { cluster: self.clusters.get(cluster)?.clone(), role });
        NetworkView { network: network.clone(), members: network.members().filter_map(shown).collect() }
    }

    pub(in crate::control_plane) fn list_networks(
        &self,
        call: &CallContext<'_>,
        request: &DescribeGlobalDatabaseNetworks,
    ) -> Result<NetworkPage, PolarDbRefusal> {
        cite!(P_462);
        if let Some(cluster) = &request.cluster {
            self.owned_cluster(call, cluster)?;
        }
        let matching: Vec<&GlobalDatabaseNetwork> = self
            .networks
            .values()
            .filter(|network| network.account == *call.account && request.matches(network))
            .collect();
        let shown = request.page(&matching).iter().map(|network| self.network_view(network));
        Ok(NetworkPage { networks: shown.collect(), page_number: request.page_number, total: matching.len() })
    }
}

/// Reports, and the life of a network.
impl ControlPlane {
    /// Takes a cluster that is gone out of its network, if it is in one (`P-453`).
    pub(super) fn leave_network(&mut self, now: Timestamp, cluster: &ClusterId) -> Step {
        let Some(network) = self.network_of(cluster) else { return Step::default() };
        let (id, plan) = (network.id().clone(), network.decide_member_gone(self.polardb(now), cluster));
        plan.map(|plan| self.apply_to_network(&id, plan)).unwrap_or_default()
    }

    /// Applies a plan to the network of this id, minting an effect id if the plan needs one.
    pub(in crate::control_plane) fn apply_to_network(&mut self, id: &NetworkId, plan: NetworkPlan) -> Step {
        let Some(network) = self.networks.get_mut(id) else { return Step::default() };
        self.next_id = self.next_id.saturating_add(plan.effects());
        let done = network.carry_out(plan);
        let account = network.account.clone();
        let mut step = Step::default();
        done.ended.into_iter().for_each(|ended| drop(self.index.effects.remove(ended.0)));
        done.left.iter().for_each(|cluster| drop(self.index.networks.swap_remove(cluster)));
        for cluster in done.joined {
            self.index.networks.insert(cluster, id.clone());
        }
        if let Some(asked) = done.asked {
            self.index.effects.insert(asked.id.0, ResourceId::Network(id.clone()));
            step.effects.extend(network_effect(network));
        }
        if done.gone {
            self.networks.remove(id);
        }
        step.events.extend(done.facts.into_iter().map(|(rule, fact)| Event {
            at: done.at,
            account: account.clone(),
            rule,
            fact: Fact::Network { network: id.clone(), fact },
        }));
        step
    }

    /// Adds a network to the registry and the indexes; returns its pending effect.
    fn admit_network(&mut self, network: GlobalDatabaseNetwork) -> Vec<Effect> {
        let effect = network_effect(&network);
        self.index.enter_network(&network);
        self.networks.insert(network.id.clone(), network);
        effect.into_iter().collect()
    }

    /// Adopts an existing network of clusters that are known.
    ///
    /// # Errors
    ///
    /// [`NotAdopted`]; nothing but the clock has changed.
    pub fn adopt_network(
        &mut self,
        now: Timestamp,
        account: &AccountId,
        seed: NetworkSeed,
    ) -> Result<Step, NotAdopted> {
        let now = self.observe(now);
        if self.networks.contains_key(&seed.id) {
            return Err(NotAdopted::IdInUse(String::from(seed.id.as_str())));
        }
        let network = GlobalDatabaseNetwork::adopt(self.polardb(now), seed, account.clone());
        if let Some((taken, _)) = network.members().find(|(cluster, _)| self.network_of(cluster).is_some()) {
            return Err(NotAdopted::IdInUse(String::from(taken.as_str())));
        }
        self.check_network(&network)?;
        self.mint();
        Ok(Step { effects: self.admit_network(network), events: Vec::new() })
    }
}
