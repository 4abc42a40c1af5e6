//! The deadlines, ordered by time.
//!
//! The `due` field of each pair, group and cluster is authoritative; this heap is an index of it. An entry is live while
//! its resource is due at exactly that time; a changed deadline leaves a stale entry behind. The top entry is always
//! live, so [`Deadlines::first`] reads one entry.

use alloc::collections::BinaryHeap;
use core::cmp::Reverse;

use crate::ebs::{GroupStatus, PairStatus, ReplicaGroup, ReplicaPair};
use crate::ids::{ClusterId, GroupId, PairId};
use crate::map::Map;
use crate::polardb::DbCluster;
use crate::time::Timestamp;

/// A deadline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deadline {
    /// The due time.
    pub at: Timestamp,
    /// Its reason.
    pub reason: DeadlineReason,
}

/// The reason of a deadline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DeadlineReason {
    /// The next copy cycle of this pair (`E-410`).
    CopyCycle(PairId),
    /// The end of this deleted pair's tombstone (`E-660`).
    TombstoneEnd(PairId),
    /// The next round of copies of this group (`G-410`).
    GroupCycle(GroupId),
    /// The end of this deleted group's tombstone (`G-697`).
    GroupTombstoneEnd(GroupId),
    /// The next round of this cluster's failover (`P-183`).
    NextRound(ClusterId),
}

impl DeadlineReason {
    /// The id of its resource.
    pub fn resource(&self) -> &str {
        match self {
            Self::CopyCycle(pair) | Self::TombstoneEnd(pair) => pair.as_str(),
            Self::GroupCycle(group) | Self::GroupTombstoneEnd(group) => group.as_str(),
            Self::NextRound(cluster) => cluster.as_str(),
        }
    }

    /// Its name in listings.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CopyCycle(_) | Self::GroupCycle(_) => "copy_cycle",
            Self::TombstoneEnd(_) | Self::GroupTombstoneEnd(_) => "tombstone_end",
            Self::NextRound(_) => "next_round",
        }
    }
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

/// The resource that is due.
#[derive(Debug, Clone, Copy)]
pub(in crate::control_plane) enum Due<'a> {
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
    pub(in crate::control_plane) fn first<'a>(&self, timed: Timed<'a>) -> Option<(Timestamp, Due<'a>)> {
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
    fn live(self, Reverse((at, ordinal)): &Entry) -> Option<Due<'a>> {
        let pair = self.pairs.values_from(|pair| pair.ordinal < *ordinal).next();
        if let Some(pair) = pair.filter(|pair| pair.ordinal == *ordinal) {
            return (pair.due == Some(*at)).then_some(Due::Pair(pair));
        }
        let group = self.groups.values_from(|group| group.ordinal < *ordinal).next();
        if let Some(group) = group.filter(|group| group.ordinal == *ordinal) {
            return (group.due == Some(*at)).then_some(Due::Group(group));
        }
        let cluster = self.clusters.values_from(|cluster| cluster.ordinal < *ordinal).next()?;
        (cluster.ordinal == *ordinal && cluster.due == Some(*at)).then_some(Due::Cluster(cluster))
    }
}

impl Due<'_> {
    pub(in crate::control_plane) fn reason(self) -> DeadlineReason {
        match self {
            Self::Pair(pair) if pair.status == PairStatus::Deleted => {
                DeadlineReason::TombstoneEnd(pair.id.clone())
            }
            Self::Pair(pair) => DeadlineReason::CopyCycle(pair.id.clone()),
            Self::Group(group) if group.status == GroupStatus::Deleted => {
                DeadlineReason::GroupTombstoneEnd(group.id.clone())
            }
            Self::Group(group) => DeadlineReason::GroupCycle(group.id.clone()),
            Self::Cluster(cluster) => DeadlineReason::NextRound(cluster.id.clone()),
        }
    }
}
