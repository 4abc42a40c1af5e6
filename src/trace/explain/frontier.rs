//! Which runs need not be followed, since another one can do whatever they can.
//!
//! Of two runs whose [futures](Run::fingerprint) are the same the one covers the other that is not ahead of it, has explained
//! the same looks or more, and has assumed and been told no more from outside. A look that is explained restricts nothing, so
//! that is an order and not a trade.

use alloc::vec::Vec;

use indexmap::IndexMap;

use super::run::{Run, World};
use crate::map::HashState;
use crate::time::Timestamp;

/// What two runs of the same future can differ in.
#[derive(Debug, Clone)]
struct Rank {
    clock: Timestamp,
    looked: Vec<usize>,
    outside: u8,
    assumed: bool,
    heard: bool,
}

impl Rank {
    fn of(run: &Run) -> Self {
        Self {
            clock: run.plane.clock(),
            looked: run.looked.clone(),
            outside: run.outside,
            assumed: run.assumed,
            heard: run.heard,
        }
    }

    fn covers(&self, other: &Self, world: &World<'_>) -> bool {
        self.outside <= other.outside
            && self.assumed <= other.assumed
            && self.heard <= other.heard
            && (self.clock <= other.clock || !world.matters(other.clock, self.clock))
            && other.looked.iter().all(|number| self.looked.binary_search(number).is_ok())
    }
}

/// Runs, or what is kept of them, none of which covers another.
#[derive(Debug)]
pub(super) struct Frontier<T> {
    by: IndexMap<u128, Vec<(Rank, T)>, HashState>,
    len: usize,
}

impl<T> Default for Frontier<T> {
    fn default() -> Self {
        Self { by: IndexMap::with_hasher(HashState::with_seed(0)), len: 0 }
    }
}

impl<T> Frontier<T> {
    /// The number of entries.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Whether a run in it covers this one.
    pub(super) fn covers(&self, future: u128, run: &Run, world: &World<'_>) -> bool {
        let alike = self.by.get(&future).map_or(&[][..], Vec::as_slice);
        !alike.is_empty() && {
            let rank = Rank::of(run);
            alike.iter().any(|(known, _)| known.covers(&rank, world))
        }
    }

    /// Takes a run of this future in, with what is kept of it, unless one in it covers it, and leaves out those that it covers.
    /// What is kept of a run that is not in it is merged into that of the one that covers it. Whether it was taken in.
    pub(super) fn insert(
        &mut self,
        future: u128,
        run: &Run,
        mut kept: T,
        merge: impl Fn(&mut T, &T),
        world: &World<'_>,
    ) -> bool {
        let rank = Rank::of(run);
        let alike = self.by.entry(future).or_default();
        if let Some((_, known)) = alike.iter_mut().find(|(known, _)| known.covers(&rank, world)) {
            merge(known, &kept);
            return false;
        }
        let before = alike.len();
        alike.retain(|(known, of_known)| {
            let covered = rank.covers(known, world);
            if covered {
                merge(&mut kept, of_known);
            }
            !covered
        });
        let dropped = before.saturating_sub(alike.len());
        alike.push((rank, kept));
        self.len = self.len.saturating_add(1).saturating_sub(dropped);
        true
    }

    /// What is kept, that of the first future first.
    pub(super) fn into_kept(self) -> impl Iterator<Item = T> {
        self.by.into_values().flatten().map(|(_, kept)| kept)
    }
}
