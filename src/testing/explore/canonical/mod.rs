//! A state as bytes in which names that do not matter are gone, so that two states with the same future are one.
//!
//! The bytes are written by a serializer that renames as it goes. It sees every field that a snapshot has, so a field that
//! is added to the state later is told apart from the first day on. What it renames:
//!
//! * effect ids become the order in which they appear; ordinals, revisions, counters and sequence numbers are left out,
//!   since the lists that hold them stand in their order;
//! * times become ages at the clock, or how far ahead they are; ages beyond [`LONG_AGO`] are one;
//! * of times that no decision reads (`created_at`, `since`, `started_at`, `last_recover_point`) and of the horizon of
//!   evicted tokens only the presence is kept;
//! * the policy, which a world does not change, is left out;
//! * under a [`Renaming`], names, and lists stand in the order of their bytes.

mod lists;
mod renaming;
mod serializer;

use alloc::vec::Vec;
use core::fmt;

use serde::ser::{self, Serialize};

use super::State;

pub use renaming::Renaming;

/// Longer than every window, gap and lifetime of a world, in milliseconds: an hour. A world whose policy remembers for longer
/// takes times beyond it for one.
pub const LONG_AGO: u64 = 3_600_000;

/// Writes the canonical bytes of states, one after the other, in the same memory.
#[derive(Debug)]
pub(super) struct Canon {
    out: Vec<u8>,
    now: u64,
    ids: Vec<u64>,
    mode: Mode,
    /// With it, lists are sorted.
    renaming: Option<Renaming>,
    /// Where in `out` an effect id belongs, while lists are sorted: ranks are known only when they are.
    places: Vec<(usize, u64)>,
}

/// How the number that comes next is meant.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mode {
    Plain,
    Time { presence: bool },
    Effect,
}

impl Canon {
    pub(super) fn new(renaming: Option<Renaming>) -> Self {
        let (out, ids) = (Vec::with_capacity(2_048), Vec::with_capacity(8));
        Self { out, now: 0, ids, mode: Mode::Plain, renaming, places: Vec::new() }
    }

    /// The canonical bytes of a state.
    pub(super) fn bytes<M: Serialize>(&mut self, state: &State<M>) -> Result<&[u8], Unwritable> {
        self.out.clear();
        self.ids.clear();
        self.places.clear();
        (self.mode, self.now) = (Mode::Plain, state.plane.clock().as_millis());
        self.resources(state)?;
        state.memory.serialize(&mut *self)?;
        for at in 0..self.places.len() {
            let Some((place, id)) = self.places.get(at).copied() else { break };
            let rank = self.rank(id).to_le_bytes();
            let end = place.saturating_add(rank.len());
            self.out.get_mut(place..end).ok_or(Unwritable)?.copy_from_slice(&rank);
        }
        Ok(&self.out)
    }

    fn resources<M>(&mut self, state: &State<M>) -> Done {
        let plane = &state.plane;
        self.list(plane.pairs.values())?;
        self.list(plane.groups.values())?;
        self.list(plane.drills.values())?;
        self.list(
            plane
                .disks
                .iter()
                .map(|((account, id), disk)| (account, id, disk.up, disk.attached, disk.removed)),
        )?;
        self.list(plane.clusters.values())?;
        self.list(plane.networks.values())?;
        self.list(plane.regions.iter())?;
        plane.tokens.snapshot().serialize(&mut *self)
    }

    fn list<T: Serialize>(&mut self, entries: impl Iterator<Item = T>) -> Done {
        let mut list = ser::Serializer::serialize_seq(&mut *self, None)?;
        for entry in entries {
            ser::SerializeSeq::serialize_element(&mut list, &entry)?;
        }
        ser::SerializeSeq::end(list)
    }

    fn rank(&mut self, id: u64) -> u32 {
        let known = self.ids.iter().position(|known| *known == id);
        let rank = known.unwrap_or_else(|| {
            self.ids.push(id);
            self.ids.len().saturating_sub(1)
        });
        rank as u32
    }

    #[inline]
    fn raw(&mut self, bytes: &[u8]) -> Done {
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    /// A length before its bytes, so that no two sequences of values have the same bytes.
    fn text(&mut self, text: &str) -> Done {
        let Self { out, renaming, .. } = self;
        let text = renaming.as_ref().map_or(text, |renaming| renaming.apply(text));
        out.extend_from_slice(&(text.len() as u32).to_le_bytes());
        out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    #[inline(always)]
    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
        match name {
            "ordinal" | "revision" | "latest" | "next" | "sequence" | "clock" => return Ok(()),
            "created_at" | "since" | "started_at" | "last_recover_point" | "horizon" => {
                self.mode = Mode::Time { presence: true };
            }
            _ => {}
        }
        value.serialize(&mut *self)?;
        self.mode = Mode::Plain;
        Ok(())
    }
}

/// A value that is no plain data, such as a map that fails to be written; or more states than can be numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what a world remembers cannot be written, or there are too many states")]
pub struct Unwritable;

impl ser::Error for Unwritable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

type Done = Result<(), Unwritable>;

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{Canon, LONG_AGO, Renaming};
    use crate::control_plane::ControlPlane;
    use crate::ids::EffectId;
    use crate::policy::Policy;
    use crate::testing::explore::State;
    use crate::time::Timestamp;

    fn bytes<M: serde::Serialize>(memory: M, renaming: Option<Renaming>) -> Vec<u8> {
        let mut plane = ControlPlane::new(Policy::default());
        let _ = plane.advance(Timestamp::from_millis(2 * LONG_AGO));
        let mut canon = Canon::new(renaming);
        let bytes = canon.bytes(&State { plane, memory });
        assert!(bytes.is_ok());
        bytes.map(<[u8]>::to_vec).unwrap_or_default()
    }

    fn plain<M: serde::Serialize>(memory: M) -> Vec<u8> {
        bytes(memory, None)
    }

    #[test]
    fn effects_are_told_apart_by_their_order_alone() {
        let ids = |ids: &[u64]| plain(ids.iter().copied().map(EffectId).collect::<Vec<_>>());
        assert_eq!(ids(&[7, 9, 7]), ids(&[1, 4, 1]));
        assert_ne!(ids(&[7, 9, 7]), ids(&[7, 9, 9]));
    }

    #[test]
    fn times_are_ages_and_long_ago_is_one_age() {
        let at = |ms| plain(Timestamp::from_millis(ms));
        let now = 2 * LONG_AGO;
        assert_eq!(at(0), at(now - LONG_AGO));
        assert_ne!(at(now - LONG_AGO), at(now - LONG_AGO + 1));
        assert_ne!(at(now - 1), at(now + 1));
    }

    #[test]
    fn lists_that_differ_in_how_they_are_cut_differ() {
        let cut = |lists: &[&[u8]]| plain(lists.iter().map(|list| list.to_vec()).collect::<Vec<_>>());
        assert_ne!(cut(&[&[1, 0], &[]]), cut(&[&[1], &[0]]));
        assert_ne!(cut(&[&[1, 1]]), cut(&[&[1], &[1]]));
        assert_ne!(plain(("ab", "c")), plain(("a", "bc")));
    }

    #[test]
    fn a_renaming_exchanges_names_and_sorts_lists_with_what_is_pending_in_them() {
        let exchange = || Some(Renaming::exchange([("a", "b")]));
        let rows = |rows: &[(&'static str, u64)]| {
            rows.iter().map(|(name, id)| (*name, EffectId(*id))).collect::<Vec<_>>()
        };
        let (one, other) = (rows(&[("a", 5), ("b", 6)]), rows(&[("b", 8), ("a", 3)]));
        // Sorted by name, `a` is pending first in either.
        assert_eq!(bytes(&one, Some(Renaming::default())), bytes(&other, Some(Renaming::default())));
        assert_ne!(bytes(&one, None), bytes(&other, None));
        assert_eq!(bytes(rows(&[("a", 1)]), exchange()), bytes(rows(&[("b", 1)]), Some(Renaming::default())));
        // Which of the two is pending twice is not forgotten.
        let (twice, thrice) =
            ([rows(&[("a", 1)]), rows(&[("b", 1)])], [rows(&[("a", 1)]), rows(&[("b", 2)])]);
        assert_ne!(bytes(&twice, exchange()), bytes(&thrice, exchange()));
    }
}
