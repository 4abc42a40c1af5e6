//! What falls due, and when.
//!
//! The truth is each pair's own `due`; this heap is an index of it. An entry counts only while its pair is due at that
//! very time, so a pair that changes simply leaves its old entry behind. The top entry always counts, which keeps
//! [`Deadlines::first`] a look at one entry.

use alloc::collections::BinaryHeap;
use core::cmp::Reverse;

use crate::ebs::{PairStatus, ReplicaPair};
use crate::ids::PairId;
use crate::map::Map;
use crate::time::Timestamp;

/// The next thing to fall due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deadline {
    /// When.
    pub at: Timestamp,
    /// What.
    pub reason: DeadlineReason,
}

/// Why a deadline stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DeadlineReason {
    /// The next copy cycle of this pair (`E-410`).
    CopyCycle(PairId),
    /// The end of this deleted pair's tombstone (`E-660`).
    TombstoneEnd(PairId),
}

impl DeadlineReason {
    /// The resource that it stands for.
    pub fn resource(&self) -> &str {
        match self {
            Self::CopyCycle(pair) | Self::TombstoneEnd(pair) => pair.as_str(),
        }
    }

    /// Its name in listings.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CopyCycle(_) => "copy_cycle",
            Self::TombstoneEnd(_) => "tombstone_end",
        }
    }
}

/// A time and the ordinal of the pair that is due then: two numbers, so that keeping the index clones nothing.
type Entry = Reverse<(Timestamp, u64)>;

#[derive(Debug, Clone, Default)]
pub(super) struct Deadlines {
    heap: BinaryHeap<Entry>,
    stale: usize,
}

impl Deadlines {
    /// Builds the index anew.
    pub(super) fn of(pairs: &Map<PairId, ReplicaPair>) -> Self {
        let entry = |pair: &ReplicaPair| Some(Reverse((pair.due?, pair.ordinal)));
        Self { heap: pairs.values().filter_map(entry).collect(), stale: 0 }
    }

    /// Takes note that a pair has a deadline now that it did not have.
    pub(super) fn stands_anew(&mut self, pair: &ReplicaPair) {
        self.heap.extend(pair.due.map(|at| Reverse((at, pair.ordinal))));
    }

    /// Takes note that the deadline which the pair of this ordinal had stands no more.
    pub(super) fn stands_no_more(&mut self, ordinal: u64, pairs: &Map<PairId, ReplicaPair>) {
        self.stale = self.stale.saturating_add(1);
        if self.stale / 3 > (self.heap.len() / 4).saturating_add(8) {
            *self = Self::of(pairs);
            return;
        }
        // Only an entry of this pair can have ceased to count at the top; what it hid may be stale for longer.
        if self.heap.peek().is_some_and(|Reverse((_, top))| *top == ordinal) {
            while self.heap.peek().is_some_and(|entry| standing(entry, pairs).is_none()) {
                self.heap.pop();
                self.stale = self.stale.saturating_sub(1);
            }
        }
    }

    /// The first deadline and its pair.
    pub(super) fn first<'a>(
        &self,
        pairs: &'a Map<PairId, ReplicaPair>,
    ) -> Option<(Timestamp, &'a ReplicaPair)> {
        let entry = self.heap.peek()?;
        Some((entry.0.0, standing(entry, pairs)?))
    }

    /// Whether the index holds exactly what the pairs say: for `check`.
    pub(super) fn agrees_with(&self, pairs: &Map<PairId, ReplicaPair>) -> bool {
        let mut held: alloc::vec::Vec<_> =
            self.heap.iter().filter(|entry| standing(entry, pairs).is_some()).collect();
        held.sort();
        held.dedup();
        self.heap.peek().is_none_or(|top| standing(top, pairs).is_some())
            && held.len() == pairs.values().filter(|pair| pair.due.is_some()).count()
    }
}

/// The pair of an entry, if the entry counts.
fn standing<'a>(
    Reverse((at, ordinal)): &Entry,
    pairs: &'a Map<PairId, ReplicaPair>,
) -> Option<&'a ReplicaPair> {
    let pair = pairs.values_from(|pair| pair.ordinal < *ordinal).next()?;
    (pair.ordinal == *ordinal && pair.due == Some(*at)).then_some(pair)
}

pub(super) fn reason(pair: &ReplicaPair) -> DeadlineReason {
    if pair.status == PairStatus::Deleted {
        DeadlineReason::TombstoneEnd(pair.id.clone())
    } else {
        DeadlineReason::CopyCycle(pair.id.clone())
    }
}
