//! The deadlines, ordered by time.
//!
//! The `due` field of each pair, group and cluster is authoritative; this heap is an index of it. An entry is live while
//! its resource is due at exactly that time; a changed deadline leaves a stale entry behind. The top entry is always
//! live, so [`Deadlines::first`] reads one entry.

use alloc::collections::BinaryHeap;
use core::cmp::Reverse;

use crate::ebs::replica::Replica;
use crate::ebs::{ReplicaGroup, ReplicaPair};
use crate::ids::{ClusterId, GroupId, PairId, ResourceId};
use crate::map::Map;
use crate::polardb::DbCluster;
use crate::spelling::spelled;
use crate::time::Timestamp;

/// A deadline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deadline {
    /// The due time.
    pub at: Timestamp,
    /// What falls due.
    pub kind: DeadlineKind,
    /// On which resource.
    pub resource: ResourceId,
}

spelled! {
    /// What falls due.
    #[non_exhaustive]
    DeadlineKind
    /// The next copy cycle of a pair (`E-410`), or round of copies of a group (`G-410`).
    CopyCycle = "copy_cycle",
    /// The end of the tombstone of a deleted pair (`E-660`) or group (`G-697`).
    TombstoneEnd = "tombstone_end",
    /// The next round of a cluster's failover (`P-183`).
    NextRound = "next_round",
}

/// A due time and the ordinal of the resource: two numbers, so that index updates clone nothing.
type Entry = Reverse<(Timestamp, u64)>;

/// The resources with deadlines. Ordinals are unique across all of them.
#[derive(Debug, Clone, Copy)]
pub(in crate::control_plane) struct Timed<'a> {
    pub(in crate::control_plane) pairs: &'a Map<PairId, ReplicaPair>,
    pub(in crate::control_plane) groups: &'a Map<GroupId, ReplicaGroup>,
    pub(in crate::control_plane) clusters: &'a Map<ClusterId, DbCluster>,
}

/// A resource with a deadline.
#[derive(Debug, Clone, Copy)]
pub(in crate::control_plane) enum Timer<'a> {
    Pair(&'a ReplicaPair),
    Group(&'a ReplicaGroup),
    Cluster(&'a DbCluster),
}

#[derive(Debug, Clone, Default)]
pub(in crate::control_plane) struct Deadlines {
    heap: BinaryHeap<Entry>,
    stale: usize,
}

impl Deadlines {
    /// Builds the index from the state.
    pub(in crate::control_plane) fn of(timed: Timed<'_>) -> Self {
        Self { heap: timed.entries().collect(), stale: 0 }
    }

    /// Adds the deadline, if any, of the resource with this ordinal.
    pub(in crate::control_plane) fn schedule(&mut self, due: Option<Timestamp>, ordinal: u64) {
        self.heap.extend(due.map(|at| Reverse((at, ordinal))));
    }

    /// Marks the former deadline of the resource with this ordinal as stale.
    pub(in crate::control_plane) fn retire(&mut self, ordinal: u64, timed: Timed<'_>) {
        self.stale = self.stale.saturating_add(1);
        if self.stale / 3 > (self.heap.len() / 4).saturating_add(8) {
            *self = Self::of(timed);
            return;
        }
        // At the top only an entry of this ordinal can have become stale; entries below it may be stale already.
        if self.heap.peek().is_some_and(|Reverse((_, top))| *top == ordinal) {
            while self.heap.peek().is_some_and(|entry| timed.live(entry).is_none()) {
                self.heap.pop();
                self.stale = self.stale.saturating_sub(1);
            }
        }
    }

    /// The first deadline and its resource.
    pub(in crate::control_plane) fn first<'a>(&self, timed: Timed<'a>) -> Option<(Timestamp, Timer<'a>)> {
        let entry = self.heap.peek()?;
        Some((entry.0.0, timed.live(entry)?))
    }

    /// Whether the index agrees with the state; for `check`.
    pub(in crate::control_plane) fn agrees_with(&self, timed: Timed<'_>) -> bool {
        let mut held: alloc::vec::Vec<_> =
            self.heap.iter().filter(|entry| timed.live(entry).is_some()).collect();
        held.sort();
        held.dedup();
        self.heap.peek().is_none_or(|top| timed.live(top).is_some()) && held.len() == timed.entries().count()
    }
}

impl<'a> Timed<'a> {
    fn entries(self) -> impl Iterator<Item = Entry> + 'a {
        let pairs = self.pairs.values().filter_map(|pair| Some(Reverse((pair.due?, pair.ordinal))));
        let groups = self.groups.values().filter_map(|group| Some(Reverse((group.due?, group.ordinal))));
        let clusters = self.clusters.values();
        let clusters = clusters.filter_map(|cluster| Some(Reverse((cluster.due?, cluster.ordinal))));
        pairs.chain(groups).chain(clusters)
    }

    /// The resource of an entry, if the entry is live.
    fn live(self, Reverse((at, ordinal)): &Entry) -> Option<Timer<'a>> {
        let pair = self.pairs.values_from(|pair| pair.ordinal < *ordinal).next();
        if let Some(pair) = pair.filter(|pair| pair.ordinal == *ordinal) {
            return (pair.due == Some(*at)).then_some(Timer::Pair(pair));
        }
        let group = self.groups.values_from(|group| group.ordinal < *ordinal).next();
        if let Some(group) = group.filter(|group| group.ordinal == *ordinal) {
            return (group.due == Some(*at)).then_some(Timer::Group(group));
        }
        let cluster = self.clusters.values_from(|cluster| cluster.ordinal < *ordinal).next()?;
        (cluster.ordinal == *ordinal && cluster.due == Some(*at)).then_some(Timer::Cluster(cluster))
    }
}

impl Timer<'_> {
    pub(in crate::control_plane) fn deadline(self, at: Timestamp) -> Deadline {
        let (deleted, cycle, resource) = match self {
            Self::Pair(pair) => {
                (pair.is_deleted(), DeadlineKind::CopyCycle, ResourceId::Pair(pair.id.clone()))
            }
            Self::Group(group) => {
                (group.is_deleted(), DeadlineKind::CopyCycle, ResourceId::Group(group.id.clone()))
            }
            Self::Cluster(cluster) => {
                (false, DeadlineKind::NextRound, ResourceId::Cluster(cluster.id.clone()))
            }
        };
        Deadline { at, kind: if deleted { DeadlineKind::TombstoneEnd } else { cycle }, resource }
    }
}
