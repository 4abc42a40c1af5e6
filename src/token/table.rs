//! The hash table of the entries.
//!
//! Rows are contiguous; a row's number is its position, and removal moves the last row. The index is an array of cells
//! with linear probing; a cell holds the row's number and a part of its hash. A look-up reads one cache line of the
//! index and then the row, whatever the size; a general ordered map reads its control bytes, its index and the row.
//! Growth and removal need only the hash parts in the cells, so they read no row.

use alloc::vec::Vec;
use core::num::NonZeroU32;

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

/// A cell of the index.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    /// The part of the hash that determines the start of the probe; it also avoids reading most rows of other keys.
    tag: u32,
    slot: Option<Slot>,
}

/// A key and its value.
#[derive(Debug, Clone)]
struct Row<K, V> {
    key: K,
    value: V,
    tag: u32,
}

/// The table. It does not hash keys: the caller passes the hash.
#[derive(Debug, Clone)]
pub(super) struct Table<K, V> {
    rows: Vec<Row<K, V>>,
    /// The length is zero or a power of two. At least a quarter is free, so every probe ends.
    cells: Vec<Cell>,
}

impl<K, V> Table<K, V> {
    const MIN_CELLS: usize = 8;

    pub(super) const fn new() -> Self {
        Self { rows: Vec::new(), cells: Vec::new() }
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
        let tag = tag(hash);
        let mut at = self.home(tag);
        loop {
            let cell = self.cells.get(at)?;
            let slot = cell.slot?;
            if cell.tag == tag && self.rows.get(slot.index()).is_some_and(|row| row.key == *key) {
                return Some(slot);
            }
            at = self.next(at);
        }
    }

    /// Appends a row under a new key. `None`, without a change, if the table has its maximum size.
    pub(super) fn push(&mut self, hash: u64, key: K, value: V) -> Option<Slot> {
        let (slot, tag) = (Slot::at(self.rows.len())?, tag(hash));
        if self.rows.len() >= (self.cells.len() / 4).saturating_mul(3) {
            self.grow();
        }
        self.enter(Cell { tag, slot: Some(slot) });
        self.rows.push(Row { key, value, tag });
        Some(slot)
    }

    /// Removes a row. The last one moves into its slot.
    pub(super) fn swap_remove(&mut self, slot: Slot) {
        let (Some(last), Some(at)) = (self.rows.last(), self.cell_of(slot)) else { return };
        let moved = Slot::at(self.rows.len().saturating_sub(1)).and_then(|old| self.cell_at(last.tag, old));
        if let Some(cell) = moved.and_then(|moved| self.cells.get_mut(moved)) {
            cell.slot = Some(slot);
        }
        self.rows.swap_remove(slot.index());
        self.vacate(at);
    }

    /// A key, for tests that break it.
    #[cfg(test)]
    pub(super) fn key_mut(&mut self, index: usize) -> &mut K {
        &mut self.rows[index].key
    }

    /// The cell at which the probe for a tag begins.
    fn home(&self, tag: u32) -> usize {
        tag as usize & self.cells.len().wrapping_sub(1)
    }

    const fn next(&self, at: usize) -> usize {
        at.wrapping_add(1) & self.cells.len().wrapping_sub(1)
    }

    fn cell_of(&self, slot: Slot) -> Option<usize> {
        self.cell_at(self.rows.get(slot.index())?.tag, slot)
    }

    fn cell_at(&self, tag: u32, slot: Slot) -> Option<usize> {
        let mut at = self.home(tag);
        loop {
            if self.cells.get(at)?.slot? == slot {
                return Some(at);
            }
            at = self.next(at);
        }
    }

    /// Stores a cell at the end of its probe.
    fn enter(&mut self, cell: Cell) {
        let mut at = self.home(cell.tag);
        while self.cells.get(at).is_some_and(|there| there.slot.is_some()) {
            at = self.next(at);
        }
        if let Some(free) = self.cells.get_mut(at) {
            *free = cell;
        }
    }

    /// Empties a cell by backward-shift deletion: later cells that a probe would no longer reach move into the hole.
    fn vacate(&mut self, mut hole: usize) {
        let mut at = hole;
        loop {
            at = self.next(at);
            let Some(cell @ Cell { slot: Some(_), .. }) = self.cells.get(at).copied() else { break };
            // The distance of a place from the start of the cell's probe.
            let behind =
                |place: usize| place.wrapping_sub(self.home(cell.tag)) & self.cells.len().wrapping_sub(1);
            if behind(hole) < behind(at) {
                if let Some(free) = self.cells.get_mut(hole) {
                    *free = cell;
                }
                hole = at;
            }
        }
        if let Some(free) = self.cells.get_mut(hole) {
            *free = Cell::default();
        }
    }

    fn grow(&mut self) {
        let cells = self.cells.len().saturating_mul(2).max(Self::MIN_CELLS);
        let old = core::mem::replace(&mut self.cells, alloc::vec![Cell::default(); cells]);
        old.into_iter().filter(|cell| cell.slot.is_some()).for_each(|cell| self.enter(cell));
    }
}

/// The low half: the hashers used here mix all bits.
const fn tag(hash: u64) -> u32 {
    hash as u32
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
                        let slot = table.push(hash(key), key, step).unwrap();
                        assert_eq!(slot.index(), list.len());
                        list.push((key, step));
                    }
                    Some(at) if !growing || random.is_multiple_of(4) => {
                        table.swap_remove(table.find(hash(key), &key).unwrap());
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
                let cells = table.cells.iter().filter(|cell| cell.slot.is_some()).count();
                assert_eq!(cells, list.len());
                assert!(cells * 4 <= table.cells.len() * 3);
            }
        }
    }

    /// Without collisions, each key is in the cell that its hash selects.
    #[test]
    fn a_probe_begins_where_the_hash_says() {
        let mut table = Table::new();
        for key in (0..6_u64).rev() {
            table.push(key + 8, key, ()).unwrap();
        }
        let tags: Vec<u32> =
            table.cells.iter().filter(|cell| cell.slot.is_some()).map(|cell| cell.tag).collect();
        assert_eq!(tags, [8, 9, 10, 11, 12, 13]);
        assert!(table.cells[..6].iter().all(|cell| cell.slot.is_some()));
    }
}
