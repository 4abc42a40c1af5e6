//! The deadlines, ordered by time.
//!
//! The `due` field of each pair, group and cluster is authoritative; this is an index of it. An entry is live while its
//! resource is due at exactly that time; a changed deadline leaves a stale entry behind. The first entry is always live, so
//! [`Deadlines::first`] reads one entry.
//!
//! Most deadlines come in the order of time, since each copy cycle is as long as the last: such are queued in lanes, which
//! costs the same however many there are. What fits in no lane goes to a heap.

use alloc::collections::{BinaryHeap, VecDeque};
use alloc::vec::Vec;
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

/// A due time and the ordinal of the resource: numbers, so that index updates clone nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    at: Timestamp,
    ordinal: u64,
    /// Where the resource most likely is; where it is not, it is searched.
    row: usize,
}

/// Nobody knows where the resource is.
pub(in crate::control_plane) const ANYWHERE: usize = usize::MAX;

/// The resources with deadlines. Ordinals are unique across all of them.
#[derive(Debug, Clone, Copy)]
pub(in crate::control_plane) struct Timed<'a> {
    pub(in crate::control_plane) pairs: &'a Map<PairId, ReplicaPair>,
    pub(in crate::control_plane) groups: &'a Map<GroupId, ReplicaGroup>,
    pub(in crate::control_plane) clusters: &'a Map<ClusterId, DbCluster>,
}

/// A resource with a deadline; of a pair also the row, since most are.
#[derive(Debug, Clone, Copy)]
pub(in crate::control_plane) enum Timer<'a> {
    Pair(usize, &'a ReplicaPair),
    Group(&'a ReplicaGroup),
    Cluster(&'a DbCluster),
}

#[derive(Debug, Clone, Default)]
pub(in crate::control_plane) struct Deadlines {
    /// Each in ascending order.
    lanes: [VecDeque<Entry>; 3],
    heap: BinaryHeap<Reverse<Entry>>,
    stale: usize,
}

impl Deadlines {
    /// Builds the index from the state.
    fn of(timed: Timed<'_>) -> Self {
        let mut entries: Vec<Entry> = timed.entries().collect();
        entries.sort_unstable();
        Self { lanes: [entries.into(), VecDeque::new(), VecDeque::new()], ..Self::default() }
    }

    /// Adds the deadline, if any, of the resource with this ordinal, which is in this row.
    pub(in crate::control_plane) fn schedule(&mut self, due: Option<Timestamp>, ordinal: u64, row: usize) {
        let Some(at) = due else { return };
        let entry = Entry { at, ordinal, row };
        let fits = |lane: &&mut VecDeque<Entry>| lane.back().is_none_or(|last| *last <= entry);
        match self.lanes.iter_mut().find(fits) {
            Some(lane) => lane.push_back(entry),
            None => self.heap.push(Reverse(entry)),
        }
    }

    /// Marks the former deadline of the resource with this ordinal as stale.
    pub(in crate::control_plane) fn retire(&mut self, ordinal: u64, timed: Timed<'_>) {
        self.stale = self.stale.saturating_add(1);
        if self.stale / 3 > (self.len() / 4).saturating_add(8) {
            *self = Self::of(timed);
            return;
        }
        // In front only an entry of this ordinal can have become stale; entries behind it may be stale already.
        if self.peek().is_some_and(|first| first.ordinal == ordinal) {
            while self.peek().is_some_and(|entry| timed.live(entry).is_none()) {
                self.pop();
                self.stale = self.stale.saturating_sub(1);
            }
        }
    }

    /// The first deadline and its resource.
    pub(in crate::control_plane) fn first<'a>(&self, timed: Timed<'a>) -> Option<(Timestamp, Timer<'a>)> {
        let entry = self.peek()?;
        Some((entry.at, timed.live(entry)?))
    }

    /// The time of the first deadline.
    pub(in crate::control_plane) fn first_at(&self) -> Option<Timestamp> {
        Some(self.peek()?.at)
    }

    fn len(&self) -> usize {
        self.lanes.iter().map(VecDeque::len).sum::<usize>().saturating_add(self.heap.len())
    }

    fn peek(&self) -> Option<&Entry> {
        let fronts = self.lanes.iter().filter_map(VecDeque::front);
        fronts.chain(self.heap.peek().map(|Reverse(top)| top)).min()
    }

    fn pop(&mut self) {
        let Some(first) = self.peek().copied() else { return };
        match self.lanes.iter_mut().find(|lane| lane.front() == Some(&first)) {
            Some(lane) => drop(lane.pop_front()),
            None => drop(self.heap.pop()),
        }
    }

    /// Whether the index agrees with the state; for `check`.
    pub(in crate::control_plane) fn agrees_with(&self, timed: Timed<'_>) -> bool {
        let entries = self.lanes.iter().flatten().chain(self.heap.iter().map(|Reverse(entry)| entry));
        let live = entries.filter(|entry| timed.live(entry).is_some());
        let mut held: Vec<_> = live.map(|entry| (entry.at, entry.ordinal)).collect();
        held.sort_unstable();
        held.dedup();
        self.lanes.iter().all(|lane| lane.iter().is_sorted())
            && self.peek().is_none_or(|first| timed.live(first).is_some())
            && held.len() == timed.entries().count()
    }
}

impl<'a> Timed<'a> {
    /// The deadlines, each with the ordinal of its resource.
    #[cfg(all(feature = "testing", feature = "wire"))]
    pub(in crate::control_plane) fn dues(self) -> impl Iterator<Item = (u64, Timestamp)> + 'a {
        self.entries().map(|entry| (entry.ordinal, entry.at))
    }

    fn entries(self) -> impl Iterator<Item = Entry> + 'a {
        let entry = |due: Option<Timestamp>, ordinal, row| Some(Entry { at: due?, ordinal, row });
        let pairs = self.pairs.rows_from(|_| false);
        let pairs = pairs.filter_map(move |(row, pair)| entry(pair.due, pair.ordinal, row));
        let groups = self.groups.values().filter_map(move |group| entry(group.due, group.ordinal, ANYWHERE));
        let clusters = self.clusters.values();
        let clusters = clusters.filter_map(move |cluster| entry(cluster.due, cluster.ordinal, ANYWHERE));
        pairs.chain(groups).chain(clusters)
    }

    /// The resource of an entry, if the entry is live.
    fn live(self, Entry { at, ordinal, row }: &Entry) -> Option<Timer<'a>> {
        let there = self.pairs.at(*row).map(|pair| (*row, pair)).filter(|(_, pair)| pair.ordinal == *ordinal);
        let pair = there.or_else(|| self.pairs.rows_from(|pair| pair.ordinal < *ordinal).next());
        if let Some((row, pair)) = pair.filter(|(_, pair)| pair.ordinal == *ordinal) {
            return (pair.due == Some(*at)).then_some(Timer::Pair(row, pair));
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
            Self::Pair(_, pair) => {
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
