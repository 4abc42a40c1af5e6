//! The invariants of a cluster and of a global database network, each by itself.

use alloc::collections::BTreeSet;

use crate::breach::Breach;
use crate::polardb::cluster::DbCluster;
use crate::polardb::network::decide::MAX_SECONDARIES;
use crate::polardb::network::{GlobalDatabaseNetwork, NetworkEffect};
use crate::polardb::{DbNode, Failover, NodeKind, Role};
use crate::time::Timestamp;

impl DbCluster {
    /// Verifies its invariants, given the time up to which anything can have happened.
    ///
    /// # Errors
    ///
    /// The first [`Breach`] found.
    pub fn check(&self, now: Timestamp) -> Result<(), Breach> {
        self.breach(now).map_or(Ok(()), Err)
    }

    fn breach(&self, now: Timestamp) -> Option<Breach> {
        if self.nodes.iter().filter(|node| node.role == Role::Writer).count() != 1 {
            return Some(Breach::Writers);
        }
        let ids = || self.nodes.iter().map(|node| &node.id);
        if (1_usize..).zip(ids()).any(|(next, id)| ids().skip(next).any(|other| other == id)) {
            return Some(Breach::NodeTwice);
        }
        let leads = |kind| matches!(kind, NodeKind::Ordinary | NodeKind::ColumnStore);
        if self.writer().is_some_and(|writer| !leads(writer.kind)) {
            return Some(Breach::WriterKind);
        }
        let failover = self.failover.as_ref();
        let times = [
            Some(self.created_at),
            self.last_switch,
            self.pending.map(|pending| pending.since),
            self.work.as_ref().map(|pending| pending.since),
            failover.map(|failover| failover.started_at().max(failover.since())),
        ];
        let pending = [
            self.pending.map(|pending| pending.id),
            self.work.as_ref().map(|pending| pending.id),
            failover.and_then(Failover::pending),
        ];
        let breach = self.latest.breach(now, times, pending).or_else(|| breach_of_work(self));
        if breach.is_some() {
            return breach;
        }
        let failover = failover?;
        if self.pending.is_some() {
            return Some(Breach::FailoverAndLifecycle);
        }
        failover.check(&self.nodes).err()
    }
}

impl GlobalDatabaseNetwork {
    /// Verifies its invariants, given the time up to which anything can have happened. What its clusters are it does not know.
    ///
    /// # Errors
    ///
    /// The first [`Breach`] found.
    pub fn check(&self, now: Timestamp) -> Result<(), Breach> {
        self.breach(now).map_or(Ok(()), Err)
    }

    fn breach(&self, now: Timestamp) -> Option<Breach> {
        let mut members = BTreeSet::new();
        if self.members().any(|(cluster, _)| !members.insert(cluster)) {
            return Some(Breach::MemberTwice);
        }
        if self.secondaries.len() > MAX_SECONDARIES {
            return Some(Breach::TooMany);
        }
        let fits = match self.pending.as_ref().map(|pending| &pending.effect) {
            None => true,
            Some(NetworkEffect::Create | NetworkEffect::Delete) => self.secondaries.is_empty(),
            Some(NetworkEffect::Remove(cluster) | NetworkEffect::SwitchOver { to: cluster, .. }) => {
                self.secondary(cluster).is_some()
            }
        };
        if !fits {
            return Some(Breach::Pending);
        }
        let since = self.pending.as_ref().map(|pending| pending.since);
        let pending = self.pending.as_ref().map(|pending| pending.id);
        self.latest.breach(now, [Some(self.created_at), since], [pending])
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
