//! Lists and maps, in their order or, under a renaming, in the order of the bytes of their entries.

use alloc::vec::Vec;

use serde::ser::{self, Serialize};

use super::{Canon, Done, Unwritable};

/// A list or a map in the making. A mark stands before each entry and another at the end, since not all tell their length.
pub(in crate::testing::explore) struct Entries<'a> {
    canon: &'a mut Canon,
    /// Where each entry begins, if they are to be sorted.
    starts: Vec<usize>,
}

impl<'a> Entries<'a> {
    #[inline]
    pub(super) const fn new(canon: &'a mut Canon) -> Self {
        Self { canon, starts: Vec::new() }
    }

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
