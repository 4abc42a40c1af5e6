//! The invariants of global database networks.

use alloc::collections::BTreeSet;

use super::Violation;
use crate::breach::Breach;
use crate::control_plane::ControlPlane;
use crate::polardb::{DbCluster, GlobalDatabaseNetwork};

impl ControlPlane {
    pub(super) fn check_networks(&self) -> Result<(), Violation> {
        self.check_registry(&self.networks, |network| (&network.id, None, network.latest))?;
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
        let broken = |breach: Breach| breach.of(network.id.as_str());
        let own = |id| self.clusters.get(id).filter(|cluster| cluster.account == network.account);
        let clusters = network.members().map(|(id, _)| own(id));
        if clusters.clone().any(|cluster| cluster.is_none()) {
            return Err(broken(Breach::NoCluster));
        }
        let kind = |cluster: &DbCluster| (cluster.engine, cluster.version.clone());
        let kinds: BTreeSet<_> = clusters.flatten().map(kind).collect();
        network.check(self.clock).map_err(broken)?;
        if kinds.len() > 1 { Err(broken(Breach::Engines)) } else { Ok(()) }
    }
}
