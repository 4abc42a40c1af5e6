//! The invariants of global database networks.

use alloc::collections::BTreeSet;

use super::{Breach, Violation};
use crate::control_plane::ControlPlane;
use crate::polardb::{DbCluster, GlobalDatabaseNetwork, MAX_SECONDARIES, NetworkEffect};

impl ControlPlane {
    pub(super) fn check_networks(&self) -> Result<(), Violation> {
        self.check_registry(&self.networks, |network| (&network.id, None))?;
        let mut members = BTreeSet::new();
        for network in self.networks.values() {
            self.check_network(network)?;
            if network.members().any(|(cluster, _)| !members.insert(cluster)) {
                return Err(Breach::MemberTwice.of(network.id.as_str()));
            }
        }
        Ok(())
    }

    pub(in crate::control_plane) fn check_network(
        &self,
        network: &GlobalDatabaseNetwork,
    ) -> Result<(), Violation> {
        self.breach_of_network(network).map_or(Ok(()), |breach| Err(breach.of(network.id.as_str())))
    }

    fn breach_of_network(&self, network: &GlobalDatabaseNetwork) -> Option<Breach> {
        let own = |id| self.clusters.get(id).filter(|cluster| cluster.account == network.account);
        let clusters = network.members().map(|(id, _)| own(id));
        if clusters.clone().any(|cluster| cluster.is_none()) {
            return Some(Breach::NoCluster);
        }
        let mut members = BTreeSet::new();
        if network.members().any(|(cluster, _)| !members.insert(cluster)) {
            return Some(Breach::MemberTwice);
        }
        if network.secondaries.len() > MAX_SECONDARIES {
            return Some(Breach::TooMany);
        }
        let kind = |cluster: &DbCluster| (cluster.engine, cluster.version.clone());
        let kinds: BTreeSet<_> = clusters.flatten().map(kind).collect();
        if kinds.len() > 1 {
            return Some(Breach::Engines);
        }
        let fits = match network.pending.as_ref().map(|pending| &pending.effect) {
            None => true,
            Some(NetworkEffect::Create | NetworkEffect::Delete) => network.secondaries.is_empty(),
            Some(NetworkEffect::Remove(cluster) | NetworkEffect::SwitchOver { to: cluster, .. }) => {
                network.secondary(cluster).is_some()
            }
        };
        if !fits {
            return Some(Breach::Pending);
        }
        let since = network.pending.as_ref().map(|pending| pending.since);
        self.in_future([Some(network.created_at), since]).then_some(Breach::InFuture)
    }
}
