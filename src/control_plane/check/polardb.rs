//! The invariants of clusters.

use alloc::collections::BTreeSet;

use super::{Breach, Violation};
use crate::control_plane::ControlPlane;
use crate::polardb::{DbCluster, DbNode, NodeKind, Role, Stage};

impl ControlPlane {
    pub(super) fn check_clusters(&self) -> Result<(), Violation> {
        self.check_registry(&self.clusters, |cluster| (&cluster.id, Some(cluster.ordinal)))?;
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
        self.breach_of_cluster(cluster).map_or(Ok(()), |breach| Err(breach.of(cluster.id.as_str())))
    }

    fn breach_of_cluster(&self, cluster: &DbCluster) -> Option<Breach> {
        if cluster.nodes.iter().filter(|node| node.role == Role::Writer).count() != 1 {
            return Some(Breach::Writers);
        }
        let leads = |kind| matches!(kind, NodeKind::Ordinary | NodeKind::ColumnStore);
        if cluster.writer().is_some_and(|writer| !leads(writer.kind)) {
            return Some(Breach::WriterKind);
        }
        let failover = cluster.failover.as_ref();
        let times = [
            Some(cluster.created_at),
            cluster.last_switch,
            cluster.pending.map(|pending| pending.since),
            cluster.work.as_ref().map(|pending| pending.since),
            failover.map(|failover| failover.started_at.max(failover.since)),
        ];
        if self.in_future(times) {
            return Some(Breach::InFuture);
        }
        if let Some(breach) = breach_of_work(cluster) {
            return Some(breach);
        }
        let failover = failover?;
        if cluster.pending.is_some() {
            return Some(Breach::FailoverAndLifecycle);
        }
        if failover.tried.iter().any(|node| cluster.node(node).is_none()) {
            return Some(Breach::Tried);
        }
        let switching = u32::from(failover.switching().is_some());
        let tried = u32::try_from(failover.tried.len()).unwrap_or(u32::MAX);
        let begun = tried.saturating_add(failover.removed).saturating_add(switching);
        let in_first_round = failover.round == 1 && failover.attempts != begun;
        // A round beyond the policy's limit is valid: the policy may have changed since the failover began.
        if failover.round == 0 || in_first_round {
            return Some(Breach::Counts);
        }
        match &failover.stage {
            Stage::Choosing { .. } => cluster.outstanding().is_none().then_some(Breach::NothingToChoose),
            Stage::Switching { node, .. } => {
                let found = cluster.node(node);
                let able = found.is_some_and(|node| {
                    node.role == Role::Reader && failover.electorate.admits(node.kind) && node.up
                });
                (!able || failover.tried.contains(node)).then_some(Breach::Promotes)
            }
        }
    }
}

fn breach_of_work(cluster: &DbCluster) -> Option<Breach> {
    let occupied = cluster.failover.is_some() || cluster.pending.is_some();
    let waits = cluster.waits || cluster.lost_its_writer();
    if (cluster.waits && occupied) || (cluster.due.is_some() && (occupied || !waits)) {
        return Some(Breach::Waits);
    }
    if cluster.home.is_some() && cluster.home.as_ref() == cluster.primary_zone() {
        return Some(Breach::Zones);
    }
    if !cluster.hot_replica_used && cluster.nodes.iter().any(|node| node.hot_replica) {
        return Some(Breach::HotReplica);
    }
    let pending = cluster.work.as_ref()?;
    if cluster.pending.is_some() {
        return Some(Breach::WorkAndLifecycle);
    }
    let named = pending.effect.nodes();
    let distinct: BTreeSet<_> = named.iter().collect();
    let own = named.iter().all(|node| cluster.node(node).is_some());
    let shown = |node: &DbNode| {
        let status = pending.effect.node_status().filter(|_| pending.effect.occupies(&node.id));
        status.is_none_or(|status| node.busy.as_ref().is_some_and(|busy| busy.as_str() == status))
    };
    let fits = own && distinct.len() == named.len() && cluster.nodes.iter().all(shown);
    (!fits).then_some(Breach::WorkAndNodes)
}
