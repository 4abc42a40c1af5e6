//! The invariants of the state, one variant each.

#[cfg(test)]
mod broken;
pub(super) mod groups;

use alloc::collections::BTreeMap;
use alloc::collections::BTreeSet;

use crate::control_plane::ControlPlane;
use crate::control_plane::check::groups::{DrillViolation, GroupViolation, MemberViolation};
use crate::ebs::{Charge, PairEffect, PairStatus, ReplicaPair};
use crate::ids::{AccountId, ClusterId, DiskId, DrillId, EffectId, GroupId, NodeId, PairId};
use crate::polardb::{DbCluster, NodeKind, Role, Stage};
use crate::token::TokenViolation;

/// A broken invariant and its location.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// A resource is registered under an id that is not its own.
    #[error("a resource is registered under {0} but bears another id")]
    Registry(alloc::string::String),
    /// The pending effect is not the one that the status waits for, or a status that waits has none.
    #[error("pair {pair} is {status} but its pending effect says otherwise")]
    PendingAndStatus {
        /// The pair.
        pair: PairId,
        /// Its status.
        status: PairStatus,
    },
    /// An effect id is not below the counter.
    #[error("effect {0} was never minted")]
    EffectNotMinted(EffectId),
    /// Two resources have the same pending effect.
    #[error("effect {0} is pending twice")]
    EffectTwice(EffectId),
    /// A time in a pair is later than the clock.
    #[error("pair {0} holds a time that lies after the clock")]
    PairInFuture(PairId),
    /// A time in a cluster is later than the clock.
    #[error("cluster {0} holds a time that lies after the clock")]
    ClusterInFuture(ClusterId),
    /// A deadline is set in a status that has none, or missing in one that needs it.
    #[error("pair {0} has a deadline that its status does not allow, or lacks one")]
    DueAndStatus(PairId),
    /// A status message is set in a status that has none.
    #[error("pair {0} shows a status message in a status that has none")]
    MessageAndStatus(PairId),
    /// A recover point is set although no copy ever completed.
    #[error("pair {0} has a recover point but was never copied")]
    RecoverPoint(PairId),
    /// A pair is failed over but its secondary disk is not writable, or the reverse.
    #[error("pair {0} disagrees with itself on whether its secondary disk is writable")]
    Switched(PairId),
    /// Both ends of a pair are the same disk or zone.
    #[error("pair {0} has both ends in one place")]
    TooClose(PairId),
    /// A pair is paid for a period that is not sold.
    #[error("pair {0} is paid for a period that is not sold")]
    Period(PairId),
    /// A pair keeps a bandwidth that was asked for along with `POSTPAY`.
    #[error("pair {0} is postpaid and keeps a bandwidth")]
    PostPaid(PairId),
    /// A disk is part of two pairs.
    #[error("disk {disk} of account {account} is part of two pairs")]
    DiskTwice {
        /// The account.
        account: AccountId,
        /// The disk.
        disk: DiskId,
    },
    /// Pairs are not in the order of their ordinals, or an ordinal was never minted.
    #[error("pair {0} is out of order")]
    Ordinal(PairId),
    /// A disk is stored with the default state.
    #[error("disk {0} is stored although nothing was reported about it")]
    DiskDefault(DiskId),
    /// A violation of a group.
    #[error("group {group}: {why}")]
    Group {
        /// The group.
        group: GroupId,
        /// The violation.
        why: GroupViolation,
    },
    /// A violation of a group member.
    #[error("pair {pair}: {why}")]
    Member {
        /// The pair.
        pair: PairId,
        /// The violation.
        why: MemberViolation,
    },
    /// A violation of a drill.
    #[error("drill {drill}: {why}")]
    Drill {
        /// The drill.
        drill: DrillId,
        /// The violation.
        why: DrillViolation,
    },
    /// A cluster has no writer, or more than one.
    #[error("cluster {0} does not have exactly one writer")]
    Writers(ClusterId),
    /// The writer is of a kind that cannot be the primary.
    #[error("the writer of cluster {0} is of a kind that cannot be the primary")]
    WriterKind(ClusterId),
    /// A node is part of two clusters, or twice of one.
    #[error("node {0} exists twice")]
    NodeTwice(NodeId),
    /// A failover runs in a cluster that is being created or released.
    #[error("cluster {0} fails over while it is created or released")]
    FailoverAndLifecycle(ClusterId),
    /// A pending choice offers fewer than two nodes.
    #[error("cluster {0} waits for a choice among fewer than two nodes")]
    NothingToChoose(ClusterId),
    /// Work on nodes is pending in a cluster that is being created or released.
    #[error("work on the nodes of cluster {0} goes on while it is created or released")]
    WorkAndLifecycle(ClusterId),
    /// Work names an unknown node or one node twice, or a node that it occupies lacks the status.
    #[error("the work on the nodes of cluster {0} does not fit them")]
    WorkAndNodes(ClusterId),
    /// The writer is to return to the zone it is already in.
    #[error("the writer of cluster {0} is to return to where it is")]
    Zones(ClusterId),
    /// A cluster waits for an eligible node while it is being created or released, or already fails over.
    #[error("cluster {0} waits for a node while it has something else to do")]
    Waits(ClusterId),
    /// A node is a hot replica although the cluster never activated one.
    #[error("cluster {0} has a hot replica and never activated one")]
    HotReplica(ClusterId),
    /// The node being promoted is not an eligible reader, or was tried in this round.
    #[error("cluster {0} promotes a node that it should not")]
    Promotes(ClusterId),
    /// A node that was tried is not part of the cluster.
    #[error("cluster {0} has tried a node that is not its own")]
    Tried(ClusterId),
    /// The counts of rounds and attempts of a failover do not fit the nodes it tried.
    #[error("the failover of cluster {0} counts wrong")]
    Counts(ClusterId),
    /// A violation of the token cache.
    #[error(transparent)]
    Tokens(#[from] TokenViolation),
    /// The token cache's clock differs from the control plane's.
    #[error("the tokens' clock differs from the control plane's")]
    TokenClock,
    /// The token cache's bounds differ from the policy's.
    #[error("the tokens' bounds differ from the policy's")]
    TokenConfig,
    /// An index disagrees with the state it is derived from.
    #[error("the index of {0} disagrees with the state")]
    Index(&'static str),
}

impl ControlPlane {
    /// Verifies every invariant of the state and of its indexes. O(n log n).
    ///
    /// # Errors
    ///
    /// The first [`Violation`] found.
    pub fn check(&self) -> Result<(), Violation> {
        self.check_pairs()?;
        self.check_groups()?;
        self.check_drills()?;
        self.check_clusters()?;
        self.check_effects()?;
        self.tokens.check()?;
        if self.tokens.clock() != self.clock {
            return Err(Violation::TokenClock);
        }
        if *self.tokens.config() != self.policy.tokens.config() {
            return Err(Violation::TokenConfig);
        }
        self.check_index()
    }

    fn check_pairs(&self) -> Result<(), Violation> {
        let mut last = 0;
        let mut bound = BTreeSet::new();
        for (id, pair) in self.pairs.iter() {
            if *id != pair.id {
                return Err(Violation::Registry(id.as_str().into()));
            }
            if pair.ordinal <= last || pair.ordinal >= self.next_id {
                return Err(Violation::Ordinal(pair.id.clone()));
            }
            last = pair.ordinal;
            self.check_pair(pair)?;
            for end in [&pair.primary, &pair.standby] {
                if pair.binds_disks() && !bound.insert((&pair.account, &end.disk)) {
                    return Err(Violation::DiskTwice {
                        account: pair.account.clone(),
                        disk: end.disk.clone(),
                    });
                }
            }
        }
        let idle = self.disks.iter().find(|(_, disk)| **disk == crate::ebs::Disk::default());
        idle.map_or(Ok(()), |((_, disk), _)| Err(Violation::DiskDefault(disk.clone())))
    }

    pub(in crate::control_plane) fn check_pair(&self, pair: &ReplicaPair) -> Result<(), Violation> {
        let id = || pair.id.clone();
        let waits_for = PairEffect::of(pair.status);
        let pending = pair.pending.map(|pending| pending.effect);
        let between_cycles = matches!(pair.status, PairStatus::InitialSyncing | PairStatus::Syncing);
        let grouped = pair.group.is_some();
        let fits = match (waits_for, pending) {
            (None, None) => true,
            // A member waits for its group's effect, or for the other members of its round.
            (Some(_), None) if grouped => true,
            (Some(PairEffect::Reprotect { .. }), Some(PairEffect::Reprotect { .. })) => true,
            (Some(PairEffect::Copy), None) => between_cycles,
            (wanted, found) => wanted == found,
        };
        if !fits {
            return Err(Violation::PendingAndStatus { pair: id(), status: pair.status });
        }
        let times = [
            Some(pair.created_at),
            pair.last_recover_point,
            pair.last_one_shot,
            pair.pending.map(|pending| pending.since),
        ];
        if times.into_iter().flatten().any(|time| time > self.clock) {
            return Err(Violation::PairInFuture(id()));
        }
        // Cycles end at the greatest time, so only there may a replicating pair lack a deadline.
        let end_of_time = self.clock.as_millis() > u64::MAX.saturating_sub(crate::ebs::RPO.as_millis());
        let due_fits = match pair.status {
            PairStatus::InitialSyncing | PairStatus::Syncing | PairStatus::Normal => {
                pair.due.is_some() != grouped || end_of_time
            }
            PairStatus::Deleted => pair.due.is_some(),
            _ => pair.due.is_none(),
        };
        if !due_fits {
            return Err(Violation::DueAndStatus(id()));
        }
        let shows_message = matches!(pair.status, PairStatus::Invalid | PairStatus::CreateFailed);
        if pair.status_message.is_some() && !shows_message {
            return Err(Violation::MessageAndStatus(id()));
        }
        if pair.last_recover_point.is_some() && !pair.copied {
            return Err(Violation::RecoverPoint(id()));
        }
        let must = matches!(
            pair.status,
            PairStatus::Failedover | PairStatus::Reprotecting | PairStatus::ReprotectFailed
        );
        let must_not = matches!(
            pair.status,
            PairStatus::Creating
                | PairStatus::Created
                | PairStatus::CreateFailed
                | PairStatus::InitialSyncing
                | PairStatus::ManualSyncing
                | PairStatus::Syncing
                | PairStatus::Normal
                | PairStatus::Stopping
                | PairStatus::Stopped
                | PairStatus::StopFailed
        );
        if (must && !pair.switched) || (must_not && pair.switched) {
            return Err(Violation::Switched(id()));
        }
        if let Charge::PrePay { period, unit, .. } = *pair.charge()
            && !unit.sells(period)
        {
            return Err(Violation::Period(id()));
        }
        if let Charge::PostPayWith { .. } = pair.charge() {
            return Err(Violation::PostPaid(id()));
        }
        if pair.reversing && !grouped {
            let (pair, why) = (id(), MemberViolation::Reversing);
            return Err(Violation::Member { pair, why });
        }
        let (primary, standby) = (&pair.primary, &pair.standby);
        let one_place = primary.region == standby.region && primary.zone == standby.zone;
        if one_place || primary.disk == standby.disk { Err(Violation::TooClose(id())) } else { Ok(()) }
    }

    fn check_clusters(&self) -> Result<(), Violation> {
        let mut nodes = BTreeSet::new();
        for (id, cluster) in self.clusters.iter() {
            if *id != cluster.id {
                return Err(Violation::Registry(id.as_str().into()));
            }
            if let Some(twice) = cluster.nodes.iter().find(|node| !nodes.insert(&node.id)) {
                return Err(Violation::NodeTwice(twice.id.clone()));
            }
            self.check_cluster(cluster)?;
        }
        Ok(())
    }

    pub(in crate::control_plane) fn check_cluster(&self, cluster: &DbCluster) -> Result<(), Violation> {
        let id = || cluster.id.clone();
        if cluster.nodes.iter().filter(|node| node.role == Role::Writer).count() != 1 {
            return Err(Violation::Writers(id()));
        }
        let leads = |kind| matches!(kind, NodeKind::Ordinary | NodeKind::ColumnStore);
        if cluster.writer().is_some_and(|writer| !leads(writer.kind)) {
            return Err(Violation::WriterKind(id()));
        }
        let failover = cluster.failover.as_ref();
        let times = [
            Some(cluster.created_at),
            cluster.last_switch,
            cluster.pending.map(|pending| pending.since),
            cluster.work.as_ref().map(|pending| pending.since),
            failover.map(|failover| failover.started_at.max(failover.since)),
        ];
        if times.into_iter().flatten().any(|time| time > self.clock) {
            return Err(Violation::ClusterInFuture(id()));
        }
        self.check_work(cluster)?;
        let Some(failover) = failover else { return Ok(()) };
        if cluster.pending.is_some() {
            return Err(Violation::FailoverAndLifecycle(id()));
        }
        if failover.tried.iter().any(|node| cluster.node(node).is_none()) {
            return Err(Violation::Tried(id()));
        }
        let switching = u32::from(failover.switching().is_some());
        let tried = u32::try_from(failover.tried.len()).unwrap_or(u32::MAX);
        let begun = tried.saturating_add(failover.removed).saturating_add(switching);
        let in_first_round = failover.round == 1 && failover.attempts != begun;
        // A round beyond the policy's limit is valid: the policy may have changed since the failover began.
        if failover.round == 0 || in_first_round {
            return Err(Violation::Counts(id()));
        }
        match &failover.stage {
            Stage::Choosing { .. } if cluster.outstanding().is_none() => {
                Err(Violation::NothingToChoose(id()))
            }
            Stage::Switching { node, .. } => {
                let found = cluster.node(node);
                let able = found.is_some_and(|node| {
                    node.role == Role::Reader && failover.electorate.admits(node.kind) && node.up
                });
                if able && !failover.tried.contains(node) { Ok(()) } else { Err(Violation::Promotes(id())) }
            }
            Stage::Choosing { .. } => Ok(()),
        }
    }

    fn check_work(&self, cluster: &DbCluster) -> Result<(), Violation> {
        let id = || cluster.id.clone();
        if cluster.waits && (cluster.failover.is_some() || cluster.pending.is_some()) {
            return Err(Violation::Waits(id()));
        }
        if cluster.home.is_some() && cluster.home.as_ref() == cluster.primary_zone() {
            return Err(Violation::Zones(id()));
        }
        if !cluster.hot_replica_used && cluster.nodes.iter().any(|node| node.hot_replica) {
            return Err(Violation::HotReplica(id()));
        }
        let Some(pending) = &cluster.work else { return Ok(()) };
        if cluster.pending.is_some() {
            return Err(Violation::WorkAndLifecycle(id()));
        }
        let named = pending.effect.nodes();
        let distinct: BTreeSet<_> = named.iter().collect();
        let own = named.iter().all(|node| cluster.node(node).is_some());
        let shown = |node: &crate::polardb::DbNode| {
            let status = pending.effect.node_status().filter(|_| pending.effect.occupies(&node.id));
            status.is_none_or(|status| node.busy.as_ref().is_some_and(|busy| busy.as_str() == status))
        };
        let fits = own && distinct.len() == named.len() && cluster.nodes.iter().all(shown);
        if fits { Ok(()) } else { Err(Violation::WorkAndNodes(id())) }
    }

    fn check_effects(&self) -> Result<(), Violation> {
        let pairs = self.pairs.values().filter_map(|pair| pair.pending.map(|pending| pending.id));
        let groups = self.groups.values().filter_map(|group| group.pending.map(|pending| pending.id));
        let drills = self.drills.values().filter_map(|drill| drill.pending.map(|pending| pending.id));
        let lifecycles =
            self.clusters.values().filter_map(|cluster| cluster.pending.map(|pending| pending.id));
        let stages =
            self.clusters.values().filter_map(|cluster| cluster.failover.as_ref().map(|run| run.stage.id()));
        let mut seen = BTreeSet::new();
        let works =
            self.clusters.values().filter_map(|cluster| cluster.work.as_ref().map(|pending| pending.id));
        for id in pairs.chain(groups).chain(drills).chain(lifecycles).chain(stages).chain(works) {
            if id.0 == 0 || id.0 >= self.next_id {
                return Err(Violation::EffectNotMinted(id));
            }
            if !seen.insert(id) {
                return Err(Violation::EffectTwice(id));
            }
        }
        Ok(())
    }

    fn check_index(&self) -> Result<(), Violation> {
        let mut fresh = self.clone();
        fresh.reindex();
        if !self.index.effects.iter().eq(fresh.index.effects.iter()) {
            return Err(Violation::Index("effects"));
        }
        if !self.index.deadlines.agrees_with(self.timed()) {
            return Err(Violation::Index("deadlines"));
        }
        if self.index.pair_listing != fresh.index.pair_listing {
            return Err(Violation::Index("pair_listing"));
        }
        if self.index.group_listing != fresh.index.group_listing {
            return Err(Violation::Index("group_listing"));
        }
        let disks = |plane: &Self| -> BTreeMap<_, _> {
            plane.index.disks.iter().map(|(key, pair)| (key.clone(), pair.clone())).collect()
        };
        if disks(self) != disks(&fresh) {
            return Err(Violation::Index("disks"));
        }
        let members = |plane: &Self| -> BTreeMap<_, _> {
            plane.index.members.iter().map(|(group, pairs)| (group.clone(), pairs.clone())).collect()
        };
        if members(self) != members(&fresh) {
            return Err(Violation::Index("members"));
        }
        if self.index.drills != fresh.index.drills {
            return Err(Violation::Index("drills"));
        }
        let drill_disks = |plane: &Self| -> BTreeMap<_, _> {
            plane.index.drill_disks.iter().map(|(key, drill)| (key.clone(), drill.clone())).collect()
        };
        if drill_disks(self) != drill_disks(&fresh) {
            return Err(Violation::Index("drill disks"));
        }
        let nodes = |plane: &Self| -> BTreeMap<_, _> {
            plane.index.nodes.iter().map(|(node, cluster)| (node.clone(), cluster.clone())).collect()
        };
        if nodes(self) == nodes(&fresh) { Ok(()) } else { Err(Violation::Index("nodes")) }
    }
}
