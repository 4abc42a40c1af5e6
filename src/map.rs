//! The ordered map of the crate.
//!
//! `IndexMap` has three drawbacks for a long-lived value that is compared and hashed: its equality ignores order, it
//! has no `Hash`, and removing an early entry shifts all later ones. [`Map`] keeps insertion order, includes it in
//! equality and hash, and leaves a gap on removal; gaps are closed once they outnumber entries.
//!
//! Costs: look-up O(1); insertion and removal amortised O(1), except that reinserting a key whose gap is still open is
//! O(n); iteration O(n). Nothing depends on hash order, so the seed is never observable.

use core::fmt;
use core::hash::{Hash, Hasher};

use foldhash::fast::FixedState;
use indexmap::{Equivalent, IndexMap};

/// The hasher state of every map in the crate: fixed, so no look-up depends on a random source.
pub(crate) type HashState = FixedState;

/// A map in insertion order, with `Eq` and `Hash` over that order.
#[derive(Clone)]
pub(crate) struct Map<K, V> {
    slots: IndexMap<K, Option<V>, HashState>,
    live: usize,
}

impl<K: Eq + Hash, V> Map<K, V> {
    /// An empty map whose hasher is seeded. An embedder that faces a network picks a secret seed against chosen hash
    /// collisions; the contents, their order and their snapshot do not depend on it.
    pub(crate) const fn with_hash_seed(seed: u64) -> Self {
        Self { slots: IndexMap::with_hasher(HashState::with_seed(seed)), live: 0 }
    }

    /// Makes room for so many entries more.
    #[cfg(feature = "serde")]
    pub(crate) fn reserve(&mut self, entries: usize) {
        self.slots.reserve(entries);
    }

    /// The number of entries.
    pub(crate) const fn len(&self) -> usize {
        self.live
    }

    /// The value of a key.
    pub(crate) fn get<Q: ?Sized + Hash + Equivalent<K>>(&self, key: &Q) -> Option<&V> {
        self.slots.get(key)?.as_ref()
    }

    /// The value of a key, mutably.
    pub(crate) fn get_mut<Q: ?Sized + Hash + Equivalent<K>>(&mut self, key: &Q) -> Option<&mut V> {
        self.slots.get_mut(key)?.as_mut()
    }

    /// The value of a key and its row: where it is until entries are removed.
    pub(crate) fn get_full<Q: ?Sized + Hash + Equivalent<K>>(&self, key: &Q) -> Option<(usize, &V)> {
        let (row, _, value) = self.slots.get_full(key)?;
        Some((row, value.as_ref()?))
    }

    /// The value of a key, mutably, and its row.
    pub(crate) fn get_full_mut<Q: ?Sized + Hash + Equivalent<K>>(
        &mut self,
        key: &Q,
    ) -> Option<(usize, &mut V)> {
        let (row, _, value) = self.slots.get_full_mut(key)?;
        Some((row, value.as_mut()?))
    }

    /// The value in a row.
    pub(crate) fn at(&self, row: usize) -> Option<&V> {
        self.slots.get_index(row)?.1.as_ref()
    }

    /// The value in a row, mutably.
    pub(crate) fn at_mut(&mut self, row: usize) -> Option<&mut V> {
        self.slots.get_index_mut(row)?.1.as_mut()
    }

    /// Whether the key has a value.
    pub(crate) fn contains_key<Q: ?Sized + Hash + Equivalent<K>>(&self, key: &Q) -> bool {
        self.get(key).is_some()
    }

    /// Appends an entry. A key that is present keeps its position; its old value is returned.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        if let Some(Some(old)) = self.slots.get_mut(&key) {
            return Some(core::mem::replace(old, value));
        }
        // Close the key's gap first; else the entry would return to its old position.
        if self.slots.contains_key(&key) {
            self.slots.shift_remove(&key);
        }
        self.slots.insert(key, Some(value));
        self.live = self.live.saturating_add(1);
        None
    }

    /// Removes an entry and returns its value.
    pub(crate) fn remove<Q: ?Sized + Hash + Equivalent<K>>(&mut self, key: &Q) -> Option<V> {
        let value = self.slots.get_mut(key)?.take()?;
        self.live = self.live.saturating_sub(1);
        let gaps = self.slots.len().saturating_sub(self.live);
        if gaps > self.live.saturating_add(16) {
            self.slots.retain(|_, slot| slot.is_some());
        }
        Some(value)
    }

    /// Removes the entries whose value is not to be kept.
    pub(crate) fn retain(&mut self, keep: impl Fn(&V) -> bool) {
        self.slots.retain(|_, slot| slot.as_ref().is_some_and(&keep));
        self.live = self.slots.len();
    }

    /// The entries in insertion order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.slots.iter().filter_map(|(key, slot)| slot.as_ref().map(|value| (key, value)))
    }

    /// The values in the insertion order of their keys.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.slots.values().flatten()
    }

    /// The values from the first one for which `before` is false; the values must be partitioned by `before`. Finding
    /// the first is O(log n). For keyset pagination.
    pub(crate) fn values_from(&self, before: impl Fn(&V) -> bool) -> impl Iterator<Item = &V> {
        self.rows_from(before).map(|(_, value)| value)
    }

    /// As [`values_from`](Self::values_from), with the row of each value.
    pub(crate) fn rows_from(&self, before: impl Fn(&V) -> bool) -> impl Iterator<Item = (usize, &V)> {
        let mut low = 0_usize;
        let mut high = self.slots.len();
        while low < high {
            let middle = low.midpoint(high);
            let live = (middle..high).find_map(|at| self.slots.get_index(at)?.1.as_ref().map(|v| (at, v)));
            match live {
                Some((at, value)) if before(value) => low = at.saturating_add(1),
                _ => high = middle,
            }
        }
        self.slots.values().enumerate().skip(low).filter_map(|(row, value)| Some((row, value.as_ref()?)))
    }
}

impl<K: Eq + Hash, V: PartialEq> PartialEq for Map<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.live == other.live && self.iter().eq(other.iter())
    }
}

impl<K: Eq + Hash, V: Eq> Eq for Map<K, V> {}

impl<K: Eq + Hash, V: Hash> Hash for Map<K, V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.live.hash(state);
        self.iter().for_each(|entry| entry.hash(state));
    }
}

impl<K: Eq + Hash + fmt::Debug, V: fmt::Debug> fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use core::hash::{Hash, Hasher};
    use std::hash::DefaultHasher;

    use super::Map;
    use alloc::sync::Arc;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn map(keys: impl IntoIterator<Item = u8>) -> Map<u8, u32> {
        let mut map = Map::with_hash_seed(0);
        for key in keys {
            map.insert(key, u32::from(key) * 10);
        }
        map
    }

    fn hash(map: &Map<u8, u32>) -> u64 {
        let mut hasher = DefaultHasher::new();
        map.hash(&mut hasher);
        hasher.finish()
    }

    fn keys(map: &Map<u8, u32>) -> Vec<u8> {
        map.iter().map(|(key, _)| *key).collect()
    }

    #[test]
    fn order_is_insertion_order_and_counts_for_equality() {
        let (mut one, mut two) = (Map::with_hash_seed(0), Map::with_hash_seed(7));
        for key in [3, 1, 2] {
            one.insert(key, 0);
        }
        for key in [1, 2, 3] {
            two.insert(key, 0);
        }
        assert_eq!(keys(&one), [3, 1, 2]);
        assert_ne!(one, two);
        two.remove(&3);
        two.remove(&1);
        two.remove(&2);
        for key in [3, 1, 2] {
            two.insert(key, 0);
        }
        assert_eq!(one, two);
    }

    #[test]
    fn a_key_that_comes_back_goes_to_the_end() {
        let mut map = Map::with_hash_seed(0);
        for key in 0..4 {
            map.insert(key, u32::from(key));
        }
        map.remove(&1);
        map.insert(1, 9);
        assert_eq!(keys(&map), [0, 2, 3, 1]);
        assert_eq!(map.insert(2, 7), Some(2));
        assert_eq!(keys(&map), [0, 2, 3, 1]);
    }

    #[test]
    fn a_gap_is_no_entry() {
        let mut gone = map([1, 2]);
        gone.remove(&1);
        assert_eq!(gone.len(), 1);
        assert_eq!(std::format!("{gone:?}"), "{2: 20}");
        assert!(gone == map([2]) && hash(&gone) == hash(&map([2])));
        gone.remove(&2);
        assert_eq!(gone.len(), 0);
        assert_eq!(gone, map([]));
    }

    #[test]
    fn other_entries_another_order_and_another_number_of_entries_are_another_map() {
        let others = [map([1, 2, 3]), map([1, 2]), map([]), map([3, 2, 1]), map([1, 2, 4])];
        for (at, one) in others.iter().enumerate() {
            for other in &others[at + 1..] {
                assert!(one != other && hash(one) != hash(other), "{one:?} is {other:?}");
            }
        }
    }

    /// To shift all later entries at each removal would cost O(n).
    #[test]
    fn removing_an_early_entry_moves_no_later_one() {
        let mut map = map(0..10);
        let place = |map: &Map<u8, u32>| map.get(&9).map(core::ptr::from_ref);
        let before = place(&map);
        assert!(before.is_some());
        map.remove(&0);
        assert_eq!(place(&map), before);
    }

    /// The keys of gaps are let go once there are more of them than entries: a map that shrinks does not hold what it held.
    #[test]
    fn a_map_that_shrinks_lets_the_removed_keys_go() {
        for number in [100, 101] {
            let keys: Vec<Arc<u32>> = (0..number).map(Arc::new).collect();
            let mut map = Map::with_hash_seed(0);
            for key in &keys {
                map.insert(Arc::clone(key), ());
            }
            for left in (0..number as usize).rev() {
                map.remove(&keys[left]);
                let held = keys.iter().filter(|key| Arc::strong_count(key) > 1).count();
                assert!(held <= 2 * left + 16, "{held} keys are held of {left} entries");
            }
        }
    }

    #[test]
    fn gaps_are_closed_when_they_are_many() {
        let mut map = Map::with_hash_seed(0);
        for key in 0..100_u8 {
            map.insert(key, 0);
        }
        for removed in 1..=58 {
            map.remove(&removed);
            assert_eq!(map.slots.len(), 100);
        }
        map.remove(&59);
        assert_eq!((map.slots.len(), keys(&map).len()), (41, 41));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// The same operations on a plain vector of pairs give the same answers and the same order.
        #[test]
        fn behaves_like_a_vector_of_pairs(ops in prop::collection::vec((0_u8..3, 0_u8..40, any::<u32>()), 0..300)) {
            let mut map = Map::with_hash_seed(1);
            let mut naive: Vec<(u8, u32)> = Vec::new();
            for (op, key, value) in ops {
                let at = naive.iter().position(|(k, _)| *k == key);
                match op {
                    0 | 1 => {
                        let old = at.map(|at| core::mem::replace(&mut naive[at].1, value));
                        if old.is_none() {
                            naive.push((key, value));
                        }
                        prop_assert_eq!(map.insert(key, value), old);
                    }
                    _ => prop_assert_eq!(map.remove(&key), at.map(|at| naive.remove(at).1)),
                }
                prop_assert_eq!(map.len(), naive.len());
                prop_assert_eq!(map.iter().map(|(k, v)| (*k, *v)).collect::<Vec<_>>(), naive.clone());
            }
        }

        /// The keyset step finds the same tail as a scan, whatever gaps there are.
        #[test]
        fn values_from_is_a_skip_while(removed in prop::collection::vec(0_u32..60, 0..60), from in 0_u32..70) {
            let mut map = Map::with_hash_seed(0);
            for key in 0..60_u32 {
                map.insert(key, key);
            }
            for key in removed {
                map.remove(&key);
            }
            let found: Vec<u32> = map.values_from(|value| *value < from).copied().collect();
            let scanned: Vec<u32> = map.values().copied().filter(|value| *value >= from).collect();
            prop_assert_eq!(found, scanned);
        }
    }
}
