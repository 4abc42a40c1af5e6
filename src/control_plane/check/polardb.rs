//! The invariants of clusters.

use alloc::collections::BTreeSet;

use super::Violation;
use crate::control_plane::ControlPlane;
use crate::polardb::DbCluster;

impl ControlPlane {
    pub(super) fn check_clusters(&self) -> Result<(), Violation> {
        self.check_registry(&self.clusters, |cluster| (&cluster.id, Some(cluster.ordinal), cluster.latest))?;
        let mut nodes = BTreeSet::new();
        for cluster in self.clusters.values() {
            if let Some(twice) = cluster.nodes.iter().find(|node| !nodes.insert(&node.id)) {
                return Err(Violation::NodeTwice(twice.id.clone()));
            }
            self.check_cluster(cluster)?;
        }
        Ok(())
    }

    pub(in crate::control_plane) fn check_cluster(&self, cluster: &DbCluster) -> Result<(), Violation> {
        cluster.check(self.clock).map_err(|breach| breach.of(cluster.id.as_str()))
    }
}
