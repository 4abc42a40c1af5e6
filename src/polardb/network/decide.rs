//! What a call or report on a network means: pure decisions.
//!
//! The order of checks is the same everywhere: what the call names, the roles, the engine and the number of members, and
//! last the statuses, which can change by themselves: of the network, then of the clusters.

use alloc::vec::Vec;

use crate::ids::{AccountId, ClusterId, EffectId, NetworkId};
use crate::lifecycle::Pending;
use crate::operation::Operation;
use crate::outcome::{NotTaken, Outcome};
use crate::polardb::Context;
use crate::polardb::cluster::DbCluster;
use crate::polardb::cluster::requests::Engine;
use crate::polardb::cluster::status::ClusterStatus;
use crate::polardb::network::plan::{NetworkChange, NetworkPlan};
use crate::polardb::network::requests::{
    CreateGlobalDatabaseNetwork, Removal, RemoveDbClusterFromGdn, SwitchOverGlobalDatabaseNetwork,
};
use crate::polardb::network::rules::{
    P_400, P_403, P_404, P_411, P_412, P_413, P_420, P_421, P_422, P_423, P_424, P_430, P_431, P_440, P_441,
    P_442, P_444, P_445, P_446, P_447, P_448, P_451, P_453,
};
use crate::polardb::network::{
    GlobalDatabaseNetwork, MemberRole, NetworkEffect, NetworkSeed, NetworkStatus, Secondary, SwitchMode,
};
use crate::polardb::refusal::{PolarDbReason, PolarDbRefusal};
use crate::policy::{NetworkEngines, PolarDbPolicy};
use crate::revision::{Latest, Revision};
use crate::rule::{RuleId, cite};

/// The most secondaries of a network (`P-412`).
pub const MAX_SECONDARIES: usize = 4;

impl NetworkEngines {
    /// Whether clusters of this engine and version can be in a network (`P-402`).
    pub fn admit(self, engine: Engine, version: &str) -> bool {
        match (self, engine) {
            (Self::UserGuides, Engine::MySql) => true,
            (Self::UserGuides, Engine::PostgreSql | Engine::Oracle) => version == "14",
            (Self::Reference, engine) => engine == Engine::MySql && version == "8.0",
        }
    }
}

/// Creation.
impl GlobalDatabaseNetwork {
    /// Decides `CreateGlobalDatabaseNetwork` as far as the cluster decides it. That the cluster is in no other network is
    /// for the caller to check before.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn check_creation(policy: &PolarDbPolicy, cluster: &DbCluster) -> Result<(), PolarDbRefusal> {
        let operation = Operation::CreateGlobalDatabaseNetwork;
        if !policy.network_engines.admit(cluster.engine(), cluster.version()) {
            return Err(PolarDbReason::NetworkEngine { cluster: cluster.id().clone() }.of(operation));
        }
        if cluster.status() != ClusterStatus::Running {
            let (cluster, rule) = (cluster.id().clone(), P_403);
            return Err(PolarDbReason::MemberStatus { cluster, rule }.of(operation));
        }
        Ok(())
    }

    /// A network as it is adopted. `at.effect` becomes the id of its effect if it is being created or deleted.
    pub(crate) fn adopt(at: Context<'_>, seed: NetworkSeed, account: AccountId) -> Self {
        let Context { now, effect: id, .. } = at;
        let effect = match seed.status {
            NetworkStatus::Creating => Some(NetworkEffect::Create),
            NetworkStatus::Deleting => Some(NetworkEffect::Delete),
            NetworkStatus::Active | NetworkStatus::Locked | NetworkStatus::RemovingMember => None,
        };
        let joined = |cluster| Secondary { cluster, replicates: true };
        Self {
            id: seed.id,
            account,
            description: seed.description,
            resource_group: seed.resource_group,
            created_at: seed.created_at,
            primary: seed.primary,
            secondaries: seed.secondaries.into_iter().map(joined).collect(),
            latest: Latest::of(now, effect.as_ref().map(|_| id)),
            pending: effect.map(|effect| Pending { id, effect, since: now }),
            revision: Revision::default(),
        }
    }

    /// Decides `CreateGlobalDatabaseNetwork` and makes the network around its primary, waiting for the effect `at.effect`. That the
    /// cluster is in no other network (`P-401`) is for the caller to check before.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails, as of [`check_creation`](Self::check_creation).
    pub fn create(
        at: Context<'_>,
        id: NetworkId,
        request: &CreateGlobalDatabaseNetwork,
        primary: &DbCluster,
    ) -> Result<Self, PolarDbRefusal> {
        primary.is_named(Operation::CreateGlobalDatabaseNetwork, &request.cluster)?;
        Self::check_creation(at.policy, primary)?;
        Ok(Self::created(at, id, request, primary))
    }

    /// The network that an accepted `CreateGlobalDatabaseNetwork` makes.
    pub(crate) fn created(
        at: Context<'_>,
        id: NetworkId,
        request: &CreateGlobalDatabaseNetwork,
        primary: &DbCluster,
    ) -> Self {
        cite!(P_400);
        Self {
            id,
            account: primary.account().clone(),
            description: request.description.clone(),
            resource_group: request.resource_group.clone(),
            created_at: at.now,
            primary: primary.id().clone(),
            secondaries: Vec::new(),
            pending: Some(Pending { id: at.effect, effect: NetworkEffect::Create, since: at.now }),
            revision: Revision::default(),
            latest: Latest::of(at.now, Some(at.effect)),
        }
    }
}

/// Calls.
impl GlobalDatabaseNetwork {
    /// Decides whether a cluster of this engine and version can be created as secondary beside this primary.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn check_joins(&self, primary: &DbCluster, secondary: (Engine, &str)) -> Result<(), PolarDbRefusal> {
        let operation = Operation::CreateDbCluster;
        self.has(operation, primary)?;
        if primary.id() != &self.primary {
            return Err(self.member_role(operation, primary.id(), P_411));
        }
        if secondary != (primary.engine(), primary.version()) {
            return Err(PolarDbReason::OtherEngine { network: self.id.clone() }.of(operation));
        }
        if self.secondaries.len() >= MAX_SECONDARIES {
            return Err(self.number(operation, P_412));
        }
        self.needs_active(operation)
    }

    /// Decides `RemoveDBClusterFromGDN` for a cluster of this network.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_remove(
        &self,
        at: Context<'_>,
        request: &RemoveDbClusterFromGdn,
        cluster: &DbCluster,
    ) -> Result<NetworkPlan, PolarDbRefusal> {
        let operation = Operation::RemoveDbClusterFromGdn;
        self.is_named(operation, &request.network)?;
        cluster.is_named(operation, &request.cluster)?;
        self.has(operation, cluster)?;
        if self.role(cluster.id()) == Some(MemberRole::Primary) {
            return Err(self.member_role(operation, cluster.id(), P_421));
        }
        self.needs_active(operation)?;
        if request.removal == Removal::Orderly {
            Self::needs_running(operation, cluster, P_423)?;
        }
        Ok(self.plan(at, P_420, NetworkChange::Ask(NetworkEffect::Remove(cluster.id().clone()))))
    }

    /// The cluster that `SwitchOverGlobalDatabaseNetwork` means (`P-441`).
    ///
    /// # Errors
    ///
    /// [`PolarDbReason::NetworkNotFound`] if another network is named, [`PolarDbReason::MissingParameter`] if no cluster is and there
    /// are several secondaries, [`PolarDbReason::MemberNumber`] if there is none.
    pub fn switch_target<'a>(
        &'a self,
        request: &'a SwitchOverGlobalDatabaseNetwork,
    ) -> Result<&'a ClusterId, PolarDbRefusal> {
        let operation = Operation::SwitchOverGlobalDatabaseNetwork;
        self.is_named(operation, &request.network)?;
        match (&request.cluster, self.secondaries.as_slice()) {
            (Some(cluster), _) => Ok(cluster),
            (None, [only]) => Ok(&only.cluster),
            (None, []) => Err(self.number(operation, P_441)),
            (None, _) => {
                Err(PolarDbReason::MissingParameter { parameter: "DBClusterId".into() }.of(operation))
            }
        }
    }

    /// Decides `SwitchOverGlobalDatabaseNetwork` to a cluster of this network.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_switch_over(
        &self,
        at: Context<'_>,
        mode: SwitchMode,
        primary: &DbCluster,
        to: &DbCluster,
    ) -> Result<NetworkPlan, PolarDbRefusal> {
        let operation = Operation::SwitchOverGlobalDatabaseNetwork;
        self.has(operation, primary)?;
        self.has(operation, to)?;
        if primary.id() != &self.primary {
            return Err(self.member_role(operation, primary.id(), P_442));
        }
        let Some(secondary) = self.secondary(to.id()) else {
            return Err(self.member_role(operation, to.id(), P_442));
        };
        if mode == SwitchMode::Forced && primary.engine() != Engine::MySql {
            return Err(PolarDbReason::NoForcedSwitch { network: self.id.clone() }.of(operation));
        }
        self.needs_active(operation)?;
        if mode == SwitchMode::Planned {
            Self::needs_running(operation, primary, P_444)?;
        }
        Self::needs_running(operation, to, P_444)?;
        if mode == SwitchMode::Planned && !secondary.replicates {
            cite!(P_445);
            return Err(PolarDbReason::SecondaryBroken { cluster: to.id().clone() }.of(operation));
        }
        let effect = NetworkEffect::SwitchOver { to: to.id().clone(), mode };
        Ok(self.plan(at, P_440, NetworkChange::Ask(effect)))
    }

    /// Decides `DeleteGlobalDatabaseNetwork`.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_delete(&self, at: Context<'_>) -> Result<NetworkPlan, PolarDbRefusal> {
        let operation = Operation::DeleteGlobalDatabaseNetwork;
        if !self.secondaries.is_empty() {
            return Err(self.number(operation, P_430));
        }
        self.needs_active(operation)?;
        Ok(self.plan(at, P_431, NetworkChange::Ask(NetworkEffect::Delete)))
    }

    /// Refuses a request that names another network than this one, as one that is not known (`P-460`).
    fn is_named(&self, operation: Operation, network: &NetworkId) -> Result<(), PolarDbRefusal> {
        if self.id == *network {
            return Ok(());
        }
        Err(PolarDbReason::NetworkNotFound { network: network.clone() }.of(operation))
    }

    /// Refuses a cluster that is not in the network (`P-422`).
    fn has(&self, operation: Operation, cluster: &DbCluster) -> Result<(), PolarDbRefusal> {
        cite!(P_422);
        if self.role(cluster.id()).is_some() {
            return Ok(());
        }
        let (network, cluster) = (self.id.clone(), cluster.id().clone());
        Err(PolarDbReason::NotMember { network, cluster }.of(operation))
    }

    fn needs_active(&self, operation: Operation) -> Result<(), PolarDbRefusal> {
        cite!(P_451);
        if self.status() == NetworkStatus::Active {
            return Ok(());
        }
        let (network, status) = (self.id.clone(), self.status());
        Err(PolarDbReason::NetworkStatus { network, status }.of(operation))
    }

    fn needs_running(operation: Operation, cluster: &DbCluster, rule: RuleId) -> Result<(), PolarDbRefusal> {
        if cluster.status() == ClusterStatus::Running {
            return Ok(());
        }
        Err(PolarDbReason::MemberStatus { cluster: cluster.id().clone(), rule }.of(operation))
    }

    fn number(&self, operation: Operation, rule: RuleId) -> PolarDbRefusal {
        PolarDbReason::MemberNumber { network: self.id.clone(), rule }.of(operation)
    }

    fn member_role(&self, operation: Operation, cluster: &ClusterId, rule: RuleId) -> PolarDbRefusal {
        let (network, cluster) = (self.id.clone(), cluster.clone());
        PolarDbReason::MemberRole { network, cluster, rule }.of(operation)
    }
}

/// Reports.
impl GlobalDatabaseNetwork {
    /// Decides what the end of the pending effect means.
    ///
    /// # Errors
    ///
    /// [`NotTaken`]: the effect is not pending, or does not end like this.
    pub fn decide_outcome(
        &self,
        at: Context<'_>,
        id: EffectId,
        outcome: &Outcome,
    ) -> Result<NetworkPlan, NotTaken> {
        let pending = self.pending.as_ref().filter(|pending| pending.id == id).ok_or(NotTaken::Stale)?;
        let done = outcome.is_done()?;
        let (rule, change) = match (&pending.effect, done) {
            (NetworkEffect::Create, true) => (P_400, NetworkChange::Clear),
            (NetworkEffect::Create, false) => (P_404, NetworkChange::Gone),
            (NetworkEffect::Delete, true) => (P_431, NetworkChange::Gone),
            (NetworkEffect::Remove(cluster), true) => (P_420, NetworkChange::Leave(cluster.clone())),
            (NetworkEffect::Delete | NetworkEffect::Remove(_), false) => (P_424, NetworkChange::Clear),
            (NetworkEffect::SwitchOver { to, mode }, true) => {
                let rule = match mode {
                    SwitchMode::Planned => P_446,
                    SwitchMode::Forced => P_447,
                };
                (rule, NetworkChange::Switch { to: to.clone(), mode: *mode })
            }
            (NetworkEffect::SwitchOver { to, .. }, false) => {
                (P_448, NetworkChange::SwitchFailed { to: to.clone() })
            }
        };
        Ok(self.plan(at, rule, change))
    }

    /// Decides what it means that a cluster was created as secondary, which [`check_joins`](Self::check_joins) has allowed
    /// (`P-413`); `None` if it is in the network already, or the network is full.
    pub fn decide_joined(&self, at: Context<'_>, cluster: ClusterId) -> Option<NetworkPlan> {
        let joins = self.role(&cluster).is_none() && self.secondaries.len() < MAX_SECONDARIES;
        joins.then(|| self.plan(at, P_413, NetworkChange::Join(cluster)))
    }

    /// Decides what it means that a cluster of this network is gone (`P-453`); `None` if it is in another one, or in none.
    pub fn decide_member_gone(&self, at: Context<'_>, cluster: &ClusterId) -> Option<NetworkPlan> {
        let change = match self.role(cluster)? {
            MemberRole::Primary => NetworkChange::Gone,
            _ => NetworkChange::Leave(cluster.clone()),
        };
        Some(self.plan(at, P_453, change))
    }
}
