//! A map under numbers that only grow.
//!
//! Numbers are drawn in ascending order, so the entries stay sorted and look-up is a binary search. Removal from the
//! middle leaves a gap; gaps at the ends are dropped at once and all others once they outnumber the entries, so removal
//! is amortised O(1) in any order.

use alloc::collections::VecDeque;

/// The map.
#[derive(Debug, Clone)]
pub(crate) struct Ascending<V> {
    /// Sorted by number; `None` is a gap.
    queue: VecDeque<(u64, Option<V>)>,
    gaps: usize,
}

impl<V> Ascending<V> {
    /// The number of gaps tolerated beyond the number of entries.
    const SLACK: usize = 16;

    pub(crate) const fn new() -> Self {
        Self { queue: VecDeque::new(), gaps: 0 }
    }

    /// The number of entries.
    pub(crate) fn len(&self) -> usize {
        self.queue.len().saturating_sub(self.gaps)
    }

    /// Adds an entry. Its number must be greater than every earlier one, or the map must be [sorted](Self::sort) next.
    pub(crate) fn insert(&mut self, number: u64, value: V) {
        self.queue.push_back((number, Some(value)));
    }

    /// Restores the order after insertions out of order.
    pub(crate) fn sort(&mut self) {
        self.queue.make_contiguous().sort_by_key(|(number, _)| *number);
    }

    /// The value of a number.
    pub(crate) fn get(&self, number: u64) -> Option<&V> {
        self.queue.get(self.position(number)?)?.1.as_ref()
    }

    /// The value of a number, mutably.
    pub(crate) fn get_mut(&mut self, number: u64) -> Option<&mut V> {
        let at = self.position(number)?;
        self.queue.get_mut(at)?.1.as_mut()
    }

    /// Removes an entry and returns its value.
    pub(crate) fn remove(&mut self, number: u64) -> Option<V> {
        let at = self.position(number)?;
        let value = self.queue.get_mut(at)?.1.take()?;
        self.gaps = self.gaps.saturating_add(1);
        while self.queue.back().is_some_and(|(_, value)| value.is_none()) {
            self.queue.pop_back();
            self.gaps = self.gaps.saturating_sub(1);
        }
        while self.queue.front().is_some_and(|(_, value)| value.is_none()) {
            self.queue.pop_front();
            self.gaps = self.gaps.saturating_sub(1);
        }
        if self.gaps > self.len().saturating_add(Self::SLACK) {
            self.queue.retain(|(_, value)| value.is_some());
            self.gaps = 0;
        }
        Some(value)
    }

    /// The entries, by number.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &V)> {
        self.queue.iter().filter_map(|(number, value)| Some((*number, value.as_ref()?)))
    }

    /// The values, by number, mutably.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.queue.iter_mut().filter_map(|(_, value)| value.as_mut())
    }

    /// Whether numbers ascend, the gap count is right and neither end is a gap.
    pub(crate) fn is_sound(&self) -> bool {
        let ends = [self.queue.front(), self.queue.back()];
        self.queue.iter().is_sorted_by(|earlier, later| earlier.0 < later.0)
            && self.iter().count() == self.len()
            && ends.into_iter().flatten().all(|(_, value)| value.is_some())
            && self.gaps <= self.len().saturating_add(Self::SLACK)
    }

    fn position(&self, number: u64) -> Option<usize> {
        self.queue.binary_search_by_key(&number, |(number, _)| *number).ok()
    }

    /// The queue, for tests that break it.
    #[cfg(test)]
    pub(crate) fn queue_mut(&mut self) -> &mut VecDeque<(u64, Option<V>)> {
        &mut self.queue
    }
}

#[cfg(test)]
mod tests {
    use super::Ascending;
    use alloc::vec::Vec;

    fn numbers(map: &Ascending<char>) -> Vec<u64> {
        map.iter().map(|(number, _)| number).collect()
    }

    #[test]
    fn entries_are_removed_once_in_any_order() {
        let mut map = Ascending::new();
        for (number, value) in (1..).zip("abcde".chars()) {
            map.insert(number, value);
        }
        assert_eq!(map.remove(3), Some('c'));
        assert_eq!(map.remove(3), None);
        assert_eq!(numbers(&map), [1, 2, 4, 5]);
        assert_eq!(map.remove(5), Some('e'));
        assert_eq!(map.remove(1), Some('a'));
        assert_eq!(map.remove(0), None);
        assert_eq!(map.remove(6), None);
        assert_eq!((numbers(&map), map.len()), ([2, 4].into(), 2));
        assert_eq!((map.get(4), map.get(3), map.get(2)), (Some(&'d'), None, Some(&'b')));
        assert_eq!(map.get_mut(2), Some(&mut 'b'));
        assert!(map.is_sound());
    }

    #[test]
    fn sorting_restores_the_order() {
        let mut map = Ascending::new();
        [3, 1, 2].into_iter().for_each(|number| map.insert(number, 'x'));
        assert!(!map.is_sound());
        map.sort();
        assert!(map.is_sound());
        assert_eq!(numbers(&map), [1, 2, 3]);
    }

    #[test]
    fn gaps_are_closed_before_they_outnumber_the_entries_by_much() {
        let mut map = Ascending::new();
        for number in 0..1_000 {
            map.insert(number, 'x');
        }
        for number in 1..999 {
            assert!(map.remove(number).is_some());
            assert!(map.is_sound());
            assert!(map.queue.len() <= 2 * map.len() + 16);
        }
        assert_eq!(numbers(&map), [0, 999]);
    }

    /// Gaps are closed once they outnumber the entries by more than the slack, and not before.
    #[test]
    fn gaps_are_closed_when_they_are_many() {
        let mut map = Ascending::new();
        (0..100).for_each(|number| map.insert(number, 'x'));
        for removed in 1..=57_usize {
            assert!(map.remove(removed as u64).is_some());
            assert_eq!((map.queue.len(), map.len()), (100, 100 - removed));
        }
        assert!(map.remove(58).is_some());
        assert_eq!((map.queue.len(), map.len()), (100, 42));
        assert!(map.remove(59).is_some());
        assert_eq!((map.queue.len(), map.len()), (41, 41));
    }
}
