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

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::ser::{self, Serialize};

use super::State;

/// Longer than every window, gap and lifetime of a world, in milliseconds: an hour. A world whose policy remembers for longer
/// takes times beyond it for one.
pub const LONG_AGO: u64 = 3_600_000;

/// Names that change places: of a pair and its disks with those of another, say. A world that declares it says that it looks
/// the same afterwards, the order of its lists included.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Renaming(Vec<(String, String)>);

impl Renaming {
    /// The exchange of the names of each row; each name may be in one row only.
    pub fn exchange<'a>(names: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let both = |(one, other): (&str, &str)| [(one.into(), other.into()), (other.into(), one.into())];
        Self(names.into_iter().flat_map(both).collect())
    }

    /// What the names become, a row each; it must be a permutation.
    pub fn of<'a>(names: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(names.into_iter().map(|(from, to)| (from.into(), to.into())).collect())
    }

    fn apply<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.iter().find(|(from, _)| from == name).map_or(name, |(_, to)| to)
    }
}

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
            "ordinal" | "revision" | "next_id" | "next" | "sequence" | "policy" | "clock" | "version" => {
                return Ok(());
            }
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

/// A value that is no plain data, such as a map that fails to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what a world remembers cannot be written")]
pub struct Unwritable;

impl ser::Error for Unwritable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

type Done = Result<(), Unwritable>;

/// A list or a map in the making. A mark stands before each entry and another at the end, since not all tell their length.
pub(super) struct Entries<'a> {
    canon: &'a mut Canon,
    /// Where each entry begins, if they are to be sorted.
    starts: Vec<usize>,
}

impl Entries<'_> {
    #[inline]
    fn begin(&mut self) {
        if self.canon.renaming.is_some() {
            self.starts.push(self.canon.out.len());
        }
        self.canon.out.push(1);
    }

    fn finish(mut self) -> Done {
        if self.starts.len() > 1 {
            self.sort();
        }
        self.canon.raw(&[0])
    }

    /// Puts the entries in the order of their bytes, in which effect ids are still blank.
    fn sort(&mut self) {
        let Some(first) = self.starts.first().copied() else { return };
        let ends = self.starts.iter().skip(1).copied().chain([self.canon.out.len()]);
        let tail = self.canon.out.split_off(first);
        let mut entries: Vec<(&[u8], usize)> = Vec::with_capacity(self.starts.len());
        for (start, end) in self.starts.iter().copied().zip(ends) {
            let range = start.saturating_sub(first)..end.saturating_sub(first);
            entries.push((tail.get(range).unwrap_or_default(), start));
        }
        entries.sort();
        let kept = self.canon.places.iter().position(|(place, _)| *place >= first);
        let moved = self.canon.places.split_off(kept.unwrap_or(self.canon.places.len()));
        for (bytes, old) in entries {
            let new = self.canon.out.len();
            let within = old..old.saturating_add(bytes.len());
            let inside = moved.iter().filter(|(place, _)| within.contains(place));
            self.canon
                .places
                .extend(inside.map(|(place, id)| (place.saturating_sub(old).saturating_add(new), *id)));
            self.canon.out.extend_from_slice(bytes);
        }
    }
}

macro_rules! numbers {
    ($($name:ident: $type:ty),*) => {$(
        #[inline]
        fn $name(self, value: $type) -> Done {
            self.raw(&value.to_le_bytes())
        }
    )*};
}

impl<'a> ser::Serializer for &'a mut Canon {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = Entries<'a>;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Entries<'a>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    numbers!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_u8: u8,
        serialize_u16: u16, serialize_u32: u32, serialize_f32: f32, serialize_f64: f64);

    #[inline]
    fn serialize_u64(self, value: u64) -> Done {
        match self.mode {
            Mode::Plain => self.raw(&value.to_le_bytes()),
            Mode::Time { presence: true } => self.raw(&[u8::from(value > 0)]),
            Mode::Time { presence: false } => {
                let ahead = value.saturating_sub(self.now);
                let age = self.now.saturating_sub(value).min(LONG_AGO);
                self.raw(&ahead.to_le_bytes())?;
                self.raw(&age.to_le_bytes())
            }
            Mode::Effect if self.renaming.is_some() => {
                self.places.push((self.out.len(), value));
                self.raw(&[0; 4])
            }
            Mode::Effect => {
                let rank = self.rank(value);
                self.raw(&rank.to_le_bytes())
            }
        }
    }

    #[inline]
    fn serialize_bool(self, value: bool) -> Done {
        self.raw(&[u8::from(value)])
    }

    fn serialize_char(self, value: char) -> Done {
        self.raw(&u32::from(value).to_le_bytes())
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Done {
        self.text(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Done {
        self.raw(&(value.len() as u32).to_le_bytes())?;
        self.raw(value)
    }

    #[inline]
    fn serialize_none(self) -> Done {
        self.raw(&[0])
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        self.raw(&[1])?;
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        Ok(())
    }

    #[inline]
    fn serialize_unit_variant(self, _: &'static str, index: u32, _: &'static str) -> Done {
        self.raw(&index.to_le_bytes())
    }

    #[inline(always)]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Done {
        let before = self.mode;
        match (name, before) {
            ("Timestamp", Mode::Plain) => self.mode = Mode::Time { presence: false },
            ("EffectId", _) => self.mode = Mode::Effect,
            _ => {}
        }
        value.serialize(&mut *self)?;
        self.mode = before;
        Ok(())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        value: &T,
    ) -> Done {
        self.raw(&index.to_le_bytes())?;
        value.serialize(self)
    }

    #[inline]
    fn serialize_seq(self, _: Option<usize>) -> Result<Entries<'a>, Unwritable> {
        Ok(Entries { canon: self, starts: Vec::new() })
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Unwritable> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Unwritable> {
        Ok(self)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Unwritable> {
        self.raw(&index.to_le_bytes())?;
        Ok(self)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Entries<'a>, Unwritable> {
        self.serialize_seq(len)
    }

    #[inline]
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Unwritable> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Unwritable> {
        self.raw(&index.to_le_bytes())?;
        Ok(self)
    }
}

impl ser::SerializeSeq for Entries<'_> {
    type Ok = ();
    type Error = Unwritable;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.begin();
        value.serialize(&mut *self.canon)
    }

    fn end(self) -> Done {
        self.finish()
    }
}

impl ser::SerializeMap for Entries<'_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        self.begin();
        key.serialize(&mut *self.canon)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(&mut *self.canon)
    }

    fn end(self) -> Done {
        self.finish()
    }
}

macro_rules! tuples {
    ($($kind:ident: $method:ident),*) => {$(
        impl ser::$kind for &mut Canon {
            type Ok = ();
            type Error = Unwritable;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
                value.serialize(&mut **self)
            }

            fn end(self) -> Done {
                Ok(())
            }
        }
    )*};
}

tuples!(SerializeTuple: serialize_element, SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field);

macro_rules! structs {
    ($($kind:ident),*) => {$(
        impl ser::$kind for &mut Canon {
            type Ok = ();
            type Error = Unwritable;

            #[inline(always)]
            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
                self.field(name, value)
            }

            #[inline]
            fn end(self) -> Done {
                Ok(())
            }
        }
    )*};
}

structs!(SerializeStruct, SerializeStructVariant);

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
        Canon::new(renaming).bytes(&State { plane, memory }).unwrap().to_vec()
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
