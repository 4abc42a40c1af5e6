//! The tokens in flight, by sequence number.
//!
//! Numbers are drawn in ascending order, so the queue stays sorted and look-up is a binary search. Removal from the
//! middle leaves a gap; gaps at the ends are dropped at once and all others once they outnumber the tokens in flight,
//! so removal is amortised O(1) in any order.

use alloc::collections::VecDeque;

use super::table::Slot;

/// An entry of the queue.
#[derive(Debug, Clone)]
pub(super) struct Flight {
    pub(super) sequence: u64,
    /// The index of the tenant in the store.
    pub(super) tenant: usize,
    /// The slot of the entry in the store; `None` for a gap.
    pub(super) slot: Option<Slot>,
}

/// The queue.
#[derive(Debug, Clone)]
pub(super) struct Flights {
    queue: VecDeque<Flight>,
    gaps: usize,
}

impl Flights {
    /// The number of gaps tolerated beyond the number of tokens in flight.
    const SLACK: usize = 16;

    pub(super) const fn new() -> Self {
        Self { queue: VecDeque::new(), gaps: 0 }
    }

    /// The number of tokens in flight.
    pub(super) fn len(&self) -> usize {
        self.queue.len().saturating_sub(self.gaps)
    }

    /// Adds a token. Its number must be greater than every earlier one.
    pub(super) fn insert(&mut self, sequence: u64, tenant: usize, slot: Slot) {
        self.queue.push_back(Flight { sequence, tenant, slot: Some(slot) });
    }

    /// Removes a token and returns its tenant and slot; `None` if it is not in flight.
    pub(super) fn remove(&mut self, sequence: u64) -> Option<(usize, Slot)> {
        let flight = self.find_mut(sequence)?;
        let (tenant, slot) = (flight.tenant, flight.slot.take()?);
        self.gaps = self.gaps.saturating_add(1);
        while self.queue.back().is_some_and(|flight| flight.slot.is_none()) {
            self.queue.pop_back();
            self.gaps = self.gaps.saturating_sub(1);
        }
        while self.queue.front().is_some_and(|flight| flight.slot.is_none()) {
            self.queue.pop_front();
            self.gaps = self.gaps.saturating_sub(1);
        }
        if self.gaps > self.len().saturating_add(Self::SLACK) {
            self.queue.retain(|flight| flight.slot.is_some());
            self.gaps = 0;
        }
        Some((tenant, slot))
    }

    /// Updates the slot of a token in flight.
    pub(super) fn relocate(&mut self, sequence: u64, slot: Slot) {
        if let Some(flight) = self.find_mut(sequence) {
            flight.slot = Some(slot);
        }
    }

    /// Updates the tenant indexes; `tenant_of` gives the new one of a slot.
    pub(super) fn relocate_tenants(&mut self, tenant_of: impl Fn(Slot) -> Option<usize>) {
        for flight in &mut self.queue {
            if let Some(tenant) = flight.slot.and_then(&tenant_of) {
                flight.tenant = tenant;
            }
        }
    }

    /// The tokens in flight, in ascending order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, usize, Slot)> {
        self.queue.iter().filter_map(|flight| Some((flight.sequence, flight.tenant, flight.slot?)))
    }

    /// Whether numbers ascend, the gap count is right and neither end is a gap.
    pub(super) fn is_sound(&self) -> bool {
        let ends = [self.queue.front(), self.queue.back()];
        self.queue.iter().is_sorted_by(|earlier, later| earlier.sequence < later.sequence)
            && self.iter().count() == self.len()
            && ends.into_iter().flatten().all(|flight| flight.slot.is_some())
            && self.gaps <= self.len().saturating_add(Self::SLACK)
    }

    fn find_mut(&mut self, sequence: u64) -> Option<&mut Flight> {
        let at = self.queue.binary_search_by_key(&sequence, |flight| flight.sequence).ok()?;
        self.queue.get_mut(at)
    }

    #[cfg(test)]
    pub(super) fn queue_mut(&mut self) -> &mut VecDeque<Flight> {
        &mut self.queue
    }
}

#[cfg(test)]
mod tests {
    use super::{Flights, Slot};
    use alloc::vec::Vec;

    fn numbers(flights: &Flights) -> Vec<u64> {
        flights.iter().map(|(sequence, ..)| sequence).collect()
    }

    #[test]
    fn tokens_are_removed_once_in_any_order() {
        let slot = Slot::at(3).unwrap();
        let mut flights = Flights::new();
        for sequence in 1..=5 {
            flights.insert(sequence, 9, slot);
        }
        assert_eq!(flights.remove(3), Some((9, slot)));
        assert_eq!(flights.remove(3), None);
        assert_eq!(numbers(&flights), [1, 2, 4, 5]);
        assert_eq!(flights.remove(5), Some((9, slot)));
        assert_eq!(flights.remove(1), Some((9, slot)));
        assert_eq!(flights.remove(0), None);
        assert_eq!(flights.remove(6), None);
        assert_eq!((numbers(&flights), flights.len()), ([2, 4].into(), 2));
        assert!(flights.is_sound());
    }

    #[test]
    fn gaps_are_closed_before_they_outnumber_the_tokens_by_much() {
        let slot = Slot::at(0).unwrap();
        let mut flights = Flights::new();
        for sequence in 0..1_000 {
            flights.insert(sequence, 0, slot);
        }
        for sequence in 1..999 {
            assert!(flights.remove(sequence).is_some());
            assert!(flights.is_sound());
            assert!(flights.queue.len() <= 2 * flights.len() + 16);
        }
        assert_eq!(numbers(&flights), [0, 999]);
    }

    /// Gaps are closed once they outnumber the tokens in flight by more than the slack, and not before.
    #[test]
    fn gaps_are_closed_when_they_are_many() {
        let slot = Slot::at(3).unwrap();
        let mut flights = Flights::new();
        (0..100).for_each(|sequence| flights.insert(sequence, 0, slot));
        for removed in 1..=57_usize {
            flights.remove(removed as u64).unwrap();
            assert_eq!((flights.queue.len(), flights.len()), (100, 100 - removed));
        }
        flights.remove(58).unwrap();
        assert_eq!((flights.queue.len(), flights.len()), (100, 42));
        flights.remove(59).unwrap();
        assert_eq!((flights.queue.len(), flights.len()), (41, 41));
    }
}
