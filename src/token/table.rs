//! The hash table of the entries.
//!
//! Rows are contiguous; a row's number is its position, and removal moves the last row. A row keeps its hash, so growth and
//! removal hash no key. The numbers are in a [`HashTable`], four bytes each; a look-up reads its control bytes, a number
//! and the row.

use alloc::vec::Vec;
use core::num::NonZeroU32;

use hashbrown::HashTable;

/// The position of a row: its index plus one. Four bytes, since cells and entries hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot(NonZeroU32);

impl Slot {
    /// The slot at an index; `None` beyond the maximum table size.
    pub(super) fn at(index: usize) -> Option<Self> {
        u32::try_from(index.saturating_add(1)).ok().and_then(NonZeroU32::new).map(Self)
    }

    pub(super) const fn index(self) -> usize {
        self.0.get().saturating_sub(1) as usize
    }
}

/// A key and its value.
#[derive(Debug, Clone)]
struct Row<K, V> {
    key: K,
    value: V,
    hash: u64,
}

/// The table. It does not hash keys: the caller passes the hash.
#[derive(Debug, Clone)]
pub(super) struct Table<K, V> {
    rows: Vec<Row<K, V>>,
    slots: HashTable<Slot>,
}

impl<K, V> Table<K, V> {
    pub(super) const fn new() -> Self {
        Self { rows: Vec::new(), slots: HashTable::new() }
    }

    pub(super) const fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter().map(|row| (&row.key, &row.value))
    }

    /// The row in a slot.
    pub(super) fn get(&self, slot: Slot) -> Option<(&K, &V)> {
        self.rows.get(slot.index()).map(|row| (&row.key, &row.value))
    }

    /// The value in a slot, mutably.
    pub(super) fn get_mut(&mut self, slot: Slot) -> Option<&mut V> {
        self.rows.get_mut(slot.index()).map(|row| &mut row.value)
    }

    /// The slot of a key.
    pub(super) fn find(&self, hash: u64, key: &K) -> Option<Slot>
    where
        K: Eq,
    {
        let is_it = |slot: &Slot| self.rows.get(slot.index()).is_some_and(|row| row.key == *key);
        self.slots.find(hash, is_it).copied()
    }

    /// Appends a row under a new key. `None`, without a change, if the table has its maximum size.
    pub(super) fn push(&mut self, hash: u64, key: K, value: V) -> Option<Slot> {
        let slot = Slot::at(self.rows.len())?;
        let Self { rows, slots } = self;
        slots.insert_unique(hash, slot, |slot| rows.get(slot.index()).map_or(hash, |row| row.hash));
        rows.push(Row { key, value, hash });
        Some(slot)
    }

    /// Removes a row. The last one moves into its slot.
    pub(super) fn swap_remove(&mut self, slot: Slot) {
        let (Some(gone), Some(last)) = (self.rows.get(slot.index()), self.rows.last()) else { return };
        let (gone, moved) = (gone.hash, last.hash);
        if let Ok(entry) = self.slots.find_entry(gone, |other| *other == slot) {
            entry.remove();
        }
        let old = Slot::at(self.rows.len().saturating_sub(1));
        if let Some(entry) = self.slots.find_mut(moved, |other| Some(*other) == old) {
            *entry = slot;
        }
        self.rows.swap_remove(slot.index());
    }

    /// A key, for tests that break it.
    #[cfg(test)]
    pub(super) fn key_mut(&mut self, index: usize) -> &mut K {
        &mut self.rows[index].key
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::Table;

    /// Random insertions and removals against a plain list, under several patterns of hash collisions: all equal, a few
    /// neighbours, the end of the array, no pattern.
    #[test]
    fn it_finds_what_a_plain_list_holds_however_hashes_collide() {
        let hashes: [fn(u16) -> u64; 5] = [
            |_| 3,
            |key| u64::from(key % 5),
            |key| u64::MAX - u64::from(key % 3),
            |key| u64::from(key) << 32 | 6,
            |key| u64::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15),
        ];
        for hash in hashes {
            let (mut table, mut list) = (Table::new(), Vec::<(u16, u32)>::new());
            let mut random = 1_u64;
            for step in 0..4_000_u32 {
                random =
                    random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                // It grows to a hundred, shrinks to none, and grows again.
                let key = (random >> 33) as u16 % 100;
                let growing = step / 500 % 2 == 0;
                match list.iter().position(|(held, _)| *held == key) {
                    None if growing => {
                        let slot = table.push(hash(key), key, step).map(super::Slot::index);
                        assert_eq!(slot, Some(list.len()));
                        list.push((key, step));
                    }
                    Some(at) if !growing || random.is_multiple_of(4) => {
                        let held = table.find(hash(key), &key);
                        assert!(held.is_some());
                        held.into_iter().for_each(|slot| table.swap_remove(slot));
                        list.swap_remove(at);
                    }
                    _ => {}
                }
                assert!(table.iter().map(|(key, value)| (*key, *value)).eq(list.iter().copied()));
                // All keys only occasionally, since probes are long where all hashes are equal.
                let all = if step % 32 == 0 { 0..100 } else { key..key + 1 };
                for key in all {
                    let found = table.find(hash(key), &key).map(super::Slot::index);
                    assert_eq!(found, list.iter().position(|(held, _)| *held == key));
                }
                assert_eq!(table.slots.len(), list.len());
            }
        }
    }
}
