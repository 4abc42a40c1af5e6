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

type Entry = Reverse<(Timestamp, u64, PairId)>;

#[derive(Debug, Clone, Default)]
pub(super) struct Deadlines {
    heap: BinaryHeap<Entry>,
    stale: usize,
}

impl Deadlines {
    /// Builds the index anew.
    pub(super) fn of(pairs: &Map<PairId, ReplicaPair>) -> Self {
        let entry = |pair: &ReplicaPair| Some(Reverse((pair.due?, pair.ordinal, pair.id.clone())));
        Self { heap: pairs.values().filter_map(entry).collect(), stale: 0 }
    }

    /// Takes note that the deadline of this pair changed from `before` to what `pairs` says now.
    pub(super) fn note(&mut self, id: &PairId, before: Option<Timestamp>, pairs: &Map<PairId, ReplicaPair>) {
        let pair = pairs.get(id);
        let after = pair.and_then(|pair| pair.due);
        if before == after {
            return;
        }
        if let (Some(at), Some(pair)) = (after, pair) {
            self.heap.push(Reverse((at, pair.ordinal, pair.id.clone())));
        }
        if before.is_none() {
            return;
        }
        self.stale = self.stale.saturating_add(1);
        if self.stale > (self.heap.len() / 2).saturating_add(16) {
            *self = Self::of(pairs);
            return;
        }
        // Only an entry of this pair can have ceased to count at the top; what it hid may be stale for longer.
        if self.heap.peek().is_some_and(|Reverse((_, _, top))| top == id) {
            while self.heap.peek().is_some_and(|entry| !stands(entry, pairs)) {
                self.heap.pop();
                self.stale = self.stale.saturating_sub(1);
            }
        }
    }

    pub(super) fn first(&self) -> Option<(Timestamp, &PairId)> {
        self.heap.peek().map(|Reverse((at, _, pair))| (*at, pair))
    }

    /// Whether the index holds exactly what the pairs say: for `check`.
    pub(super) fn agrees_with(&self, pairs: &Map<PairId, ReplicaPair>) -> bool {
        let mut standing: alloc::vec::Vec<_> =
            self.heap.iter().filter(|entry| stands(entry, pairs)).collect();
        standing.sort();
        standing.dedup();
        self.heap.peek().is_none_or(|top| stands(top, pairs))
            && standing.len() == pairs.values().filter(|pair| pair.due.is_some()).count()
    }
}

fn stands(Reverse((at, ordinal, id)): &Entry, pairs: &Map<PairId, ReplicaPair>) -> bool {
    pairs.get(id).is_some_and(|pair| pair.due == Some(*at) && pair.ordinal == *ordinal)
}

pub(super) fn reason(pair: &ReplicaPair) -> DeadlineReason {
    if pair.status == PairStatus::Deleted {
        DeadlineReason::TombstoneEnd(pair.id.clone())
    } else {
        DeadlineReason::CopyCycle(pair.id.clone())
    }
}
