//! Indexes: all that is derived from the resources. Each kind of resource enters and leaves them here.

pub(super) mod deadlines;
pub(super) mod listing;

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};
use core::ops::{Deref, DerefMut};

use indexmap::IndexMap;

use crate::ascending::Ascending;
use crate::control_plane::{ControlPlane, DiskKey};
use crate::ebs::{Drill, GroupStatus, ReplicaGroup, ReplicaId, ReplicaPair};
use crate::ids::{ClusterId, DrillId, EffectId, GroupId, NetworkId, NodeId, PairId, ResourceId};
use crate::map::HashState;
use crate::polardb::{DbCluster, Failover, GlobalDatabaseNetwork};
use deadlines::{ANYWHERE, Deadlines, Timed};
use listing::Listing;

/// A look-up table in any order.
type Table<K, V> = IndexMap<K, V, HashState>;

/// The indexes. They follow from the resources and are therefore no part of a control plane's value: all are equal.
#[derive(Debug, Clone)]
pub(super) struct Index {
    /// With which the maps hash, kept for when they are rebuilt.
    pub(super) hash_seed: u64,
    /// The resource of each pending effect.
    pub(super) effects: Ascending<ResourceId>,
    pub(super) deadlines: Deadlines,
    links: Arc<Links>,
}

/// What leads from one resource to another. It changes where resources come, go or join only, so clones share it until
/// then: reading it goes through `Deref`, and whoever writes gets a copy of its own.
#[derive(Debug, Clone)]
pub(super) struct Links {
    pub(super) disks: Table<DiskKey, PairId>,
    pub(super) pair_listing: Listing,
    pub(super) group_listing: Listing,
    /// The members of each non-empty group, by the pairs' ordinals.
    pub(super) members: Table<GroupId, BTreeMap<u64, PairId>>,
    /// The drills of each pair or group that has any, in start order.
    pub(super) drills: BTreeMap<ReplicaId, Vec<DrillId>>,
    pub(super) drill_disks: Table<DiskKey, DrillId>,
    pub(super) nodes: Table<NodeId, ClusterId>,
    /// The network of each cluster that is in one.
    pub(super) networks: Table<ClusterId, NetworkId>,
}

impl Deref for Index {
    type Target = Links;

    fn deref(&self) -> &Links {
        &self.links
    }
}

impl DerefMut for Index {
    fn deref_mut(&mut self) -> &mut Links {
        Arc::make_mut(&mut self.links)
    }
}

impl PartialEq for Index {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Index {}

impl Hash for Index {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl ControlPlane {
    /// Rebuilds the indexes.
    pub(crate) fn reindex(&mut self) {
        self.index = self.reindexed();
    }

    /// The indexes, built anew.
    pub(super) fn reindexed(&self) -> Index {
        let mut index = Index::with_hash_seed(self.index.hash_seed);
        index.disks.reserve(self.pairs.len().saturating_mul(2));
        index.pair_listing = Listing::of(self.pairs.values().filter(|pair| pair.binds_disks()));
        self.pairs.values().for_each(|pair| index.enter_listed_pair(pair));
        self.groups.values().for_each(|group| index.enter_group(group));
        self.drills.values().for_each(|drill| index.enter_drill(drill));
        self.clusters.values().for_each(|cluster| index.enter_cluster(cluster));
        self.networks.values().for_each(|network| index.enter_network(network));
        index.effects.sort();
        index
    }

    pub(super) const fn timed(&self) -> Timed<'_> {
        Timed { pairs: &self.pairs, groups: &self.groups, clusters: &self.clusters }
    }

    /// Marks the deadline of the resource with this ordinal, if any, as stale in the index.
    pub(super) fn retire_deadline(&mut self, retired: Option<u64>) {
        if let Some(ordinal) = retired {
            self.index.deadlines.retire(
                ordinal,
                Timed { pairs: &self.pairs, groups: &self.groups, clusters: &self.clusters },
            );
        }
    }
}

impl Index {
    pub(super) fn with_hash_seed(seed: u64) -> Self {
        let hasher = || HashState::with_seed(seed);
        Self {
            hash_seed: seed,
            effects: Ascending::new(),
            deadlines: Deadlines::default(),
            links: Arc::new(Links {
                disks: Table::with_hasher(hasher()),
                pair_listing: Listing::default(),
                group_listing: Listing::default(),
                members: Table::with_hasher(hasher()),
                drills: BTreeMap::new(),
                drill_disks: Table::with_hasher(hasher()),
                nodes: Table::with_hasher(hasher()),
                networks: Table::with_hasher(hasher()),
            }),
        }
    }

    /// Adds the pending effects of a resource.
    fn own(&mut self, effects: impl IntoIterator<Item = EffectId>, owner: &ResourceId) {
        effects.into_iter().for_each(|id| self.effects.insert(id.0, owner.clone()));
    }

    pub(super) fn enter_pair(&mut self, pair: &ReplicaPair) {
        if pair.binds_disks() {
            self.pair_listing.enter(pair);
        }
        self.enter_listed_pair(pair);
    }

    /// Adds a pair that is in the listing, if it belongs there.
    fn enter_listed_pair(&mut self, pair: &ReplicaPair) {
        self.own(pair.pending.map(|pending| pending.id), &ResourceId::Pair(pair.id.clone()));
        self.deadlines.schedule(pair.due, pair.ordinal, ANYWHERE);
        if pair.binds_disks() {
            for end in [&pair.primary, &pair.standby] {
                self.disks.insert((pair.account.clone(), end.disk.clone()), pair.id.clone());
            }
        }
        if let Some(group) = pair.group() {
            self.enter_member(group, pair);
        }
    }

    /// Removes what a pair that became a tombstone has no longer.
    pub(super) fn leave_pair(&mut self, pair: &ReplicaPair) {
        self.pair_listing.leave(pair);
        for end in [&pair.primary, &pair.standby] {
            self.disks.swap_remove(&(pair.account.clone(), end.disk.clone()));
        }
    }

    pub(super) fn enter_group(&mut self, group: &ReplicaGroup) {
        self.own(group.pending.map(|pending| pending.id), &ResourceId::Group(group.id.clone()));
        self.deadlines.schedule(group.due, group.ordinal, ANYWHERE);
        if group.status != GroupStatus::Deleted {
            self.group_listing.enter(group);
        }
    }

    /// Removes what a group that became a tombstone has no longer.
    pub(super) fn leave_group(&mut self, group: &ReplicaGroup) {
        self.group_listing.leave(group);
    }

    pub(super) fn enter_member(&mut self, group: &GroupId, pair: &ReplicaPair) {
        self.members.entry(group.clone()).or_default().insert(pair.ordinal, pair.id.clone());
    }

    pub(super) fn leave_member(&mut self, group: &GroupId, ordinal: u64) {
        if let Some(members) = self.members.get_mut(group) {
            members.remove(&ordinal);
            if members.is_empty() {
                self.members.swap_remove(group);
            }
        }
    }

    pub(super) fn enter_drill(&mut self, drill: &Drill) {
        self.own(drill.pending.map(|pending| pending.id), &ResourceId::Drill(drill.id.clone()));
        self.drills.entry(drill.owner.clone()).or_default().push(drill.id.clone());
        for disk in &drill.disks {
            self.drill_disks.insert((drill.account.clone(), disk.disk.clone()), drill.id.clone());
        }
    }

    pub(super) fn leave_drill(&mut self, drill: &Drill) {
        drill.pending.into_iter().for_each(|pending| drop(self.effects.remove(pending.id.0)));
        if let Some(drills) = self.drills.get_mut(&drill.owner) {
            drills.retain(|other| *other != drill.id);
            if drills.is_empty() {
                self.drills.remove(&drill.owner);
            }
        }
        for disk in &drill.disks {
            self.drill_disks.swap_remove(&(drill.account.clone(), disk.disk.clone()));
        }
    }

    pub(super) fn enter_cluster(&mut self, cluster: &DbCluster) {
        self.deadlines.schedule(cluster.due, cluster.ordinal, ANYWHERE);
        let life = cluster.pending.map(|pending| pending.id);
        let stage = cluster.failover.as_ref().and_then(Failover::pending);
        let work = cluster.work.as_ref().map(|pending| pending.id);
        self.own([life, stage, work].into_iter().flatten(), &ResourceId::Cluster(cluster.id.clone()));
        for node in &cluster.nodes {
            self.nodes.insert(node.id.clone(), cluster.id.clone());
        }
    }

    pub(super) fn enter_network(&mut self, network: &GlobalDatabaseNetwork) {
        let pending = network.pending.as_ref().map(|pending| pending.id);
        self.own(pending, &ResourceId::Network(network.id.clone()));
        for (cluster, _) in network.members() {
            self.networks.insert(cluster.clone(), network.id.clone());
        }
    }
}

#[cfg(test)]
#[test]
fn a_rebuilt_index_hashes_with_the_same_seed() -> Result<(), alloc::boxed::Box<dyn core::error::Error>> {
    let mut plane = ControlPlane::with_hash_seed(crate::policy::Policy::default(), 7);
    plane.forget_account(&crate::ids::AccountId::parse("1")?);
    assert_eq!(plane.index.hash_seed, 7);
    #[cfg(feature = "serde")]
    assert_eq!(ControlPlane::restore_with_hash_seed(plane.snapshot(), 8)?.index.hash_seed, 8);
    Ok(())
}
