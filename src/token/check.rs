//! The invariants of a token cache.
//!
//! For tests, which check a restored or randomly driven cache after each step.

use alloc::vec::Vec;
use core::hash::Hash;

use super::cache::TokenCache;
use super::store::{Done, Entry, Flight, Tenant};
use super::table::Slot;
use crate::time::Timestamp;

/// A broken invariant of a token cache. Tokens are identified by their sequence numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenViolation {
    /// Looking a token up does not find its entry.
    #[error("token {0} is not found under its key")]
    NotFound(u64),
    /// A token's tenant is unknown.
    #[error("the tenant of token {0} is unknown")]
    UnknownTenant(u64),
    /// A number was not drawn from the counter.
    #[error("sequence number {0} is not between zero and the next one")]
    SequenceAhead(u64),
    /// Two tokens have the same number.
    #[error("sequence number {0} is there twice")]
    RepeatedSequence(u64),
    /// A token was completed after the clock.
    #[error("token {0} was completed after the clock")]
    FutureCompletion(u64),
    /// A token was completed before one of a lower number.
    #[error("token {0} was completed before one of a lower number")]
    CompletionOrder(u64),
    /// The queue of a tenant's completions is torn at this token.
    #[error("the queue of completions is torn at token {0}")]
    TornQueue(u64),
    /// A tenant's recorded count differs from its number of completions and tokens in flight.
    #[error("a tenant is said to have {held} tokens, but has {found}")]
    Miscounted {
        /// The recorded count.
        held: usize,
        /// The number in its queue and in flight.
        found: usize,
    },
    /// A tenant exceeds its capacity.
    #[error("a tenant has {0} tokens, more than its capacity")]
    OverCapacity(usize),
    /// A horizon was not drawn from the counter.
    #[error("horizon {0} is not below the next sequence number")]
    HorizonAhead(u64),
    /// A completion at or below its tenant's horizon is remembered, although eviction is in order.
    #[error("completion {0} is not above its tenant's horizon")]
    BelowHorizon(u64),
    /// A token in flight is missing from the list or listed with wrong data.
    #[error("token {0} and the list of tokens in flight disagree")]
    LostFlight(u64),
    /// The list of tokens in flight is out of order or miscounted.
    #[error("the list of tokens in flight is out of order")]
    FlightOrder,
}

impl<T, S, R, O> TokenCache<T, S, R, O>
where
    T: Clone + Eq + Ord + Hash,
    S: Clone + Eq + Hash,
    R: Clone + Eq,
{
    /// Verifies every invariant. O(n log n).
    ///
    /// # Errors
    ///
    /// The first [`TokenViolation`] found. None is known to be reachable.
    pub fn check(&self) -> Result<(), TokenViolation> {
        self.check_entries()?;
        let mut entries: Vec<&Entry<R, O>> = self.store.entries.iter().map(|(_, entry)| entry).collect();
        entries.sort_unstable_by_key(|entry| entry.sequence);
        check_numbers(entries, self.next, self.clock)?;
        self.check_flights()?;
        let mut in_flight = alloc::vec![0_usize; self.store.tenants.len()];
        for (_, flight) in self.store.flights.iter() {
            if let Some(count) = in_flight.get_mut(flight.tenant) {
                *count = count.saturating_add(1);
            }
        }
        let mut found = 0_usize;
        for ((index, tenant), in_flight) in self.store.tenants.values().enumerate().zip(in_flight) {
            found = found.saturating_add(self.check_tenant(index, tenant, in_flight)?);
        }
        // The count of a tenant may also miss an entry that is neither in a queue nor in flight.
        let held = self.store.entries.len();
        if found == held { Ok(()) } else { Err(TokenViolation::Miscounted { held, found }) }
    }

    /// Breaks the cache, for tests of the checks around it: the numbers of its tokens were never drawn.
    #[cfg(test)]
    pub(crate) fn reset_counter(&mut self) {
        self.next = 1;
    }

    fn check_entries(&self) -> Result<(), TokenViolation> {
        for (index, (key, entry)) in self.store.entries.iter().enumerate() {
            let sequence = entry.sequence;
            if self.store.find(self.store.hash(key), key) != Slot::at(index) {
                return Err(TokenViolation::NotFound(sequence));
            }
            if self.store.tenant_index(&key.tenant).is_none() {
                return Err(TokenViolation::UnknownTenant(sequence));
            }
        }
        Ok(())
    }

    fn check_flights(&self) -> Result<(), TokenViolation> {
        if !self.store.flights.is_sound() {
            return Err(TokenViolation::FlightOrder);
        }
        for (sequence, Flight { tenant, slot }) in self.store.flights.iter() {
            let listed = self.store.entry(*slot).is_some_and(|(key, entry)| {
                entry.done.is_none()
                    && entry.sequence == sequence
                    && self.store.tenant_index(&key.tenant) == Some(*tenant)
            });
            if !listed {
                return Err(TokenViolation::LostFlight(sequence));
            }
        }
        Ok(())
    }

    /// Walks a tenant's queue; returns the number of its entries, including those in flight.
    fn check_tenant(&self, index: usize, tenant: &Tenant, in_flight: usize) -> Result<usize, TokenViolation> {
        if tenant.horizon >= self.next {
            return Err(TokenViolation::HorizonAhead(tenant.horizon));
        }
        let (mut length, mut older, mut at, mut last) = (0_usize, None, tenant.oldest, tenant.horizon);
        while let Some(slot) = at {
            let torn = TokenViolation::TornQueue(last);
            let (key, entry) = self.store.entry(slot).ok_or(torn)?;
            let sequence = entry.sequence;
            let done = entry.done.as_ref().ok_or(TokenViolation::TornQueue(sequence))?;
            if sequence <= tenant.horizon {
                return Err(TokenViolation::BelowHorizon(sequence));
            }
            // Ascending numbers also guarantee that the walk ends.
            if sequence <= last || done.older != older || self.store.tenant_index(&key.tenant) != Some(index)
            {
                return Err(TokenViolation::TornQueue(sequence));
            }
            (length, older, at, last) = (length.saturating_add(1), at, done.newer, sequence);
        }
        if tenant.newest != older {
            return Err(TokenViolation::TornQueue(last));
        }
        let (held, found) = (tenant.held, length.saturating_add(in_flight));
        if held != found {
            return Err(TokenViolation::Miscounted { held, found });
        }
        if held > self.config.capacity.get() {
            return Err(TokenViolation::OverCapacity(held));
        }
        // Whoever makes room relies on it.
        if held > self.store.most_held {
            return Err(TokenViolation::Miscounted { held: self.store.most_held, found: held });
        }
        Ok(held)
    }
}

/// Checks entries that are sorted by number: that the numbers are unique and drawn from the counter, and that
/// completions are in the order of time and not after the clock.
pub(super) fn check_numbers<'a, R: 'a, O: 'a>(
    entries: impl IntoIterator<Item = &'a Entry<R, O>>,
    next: u64,
    clock: Timestamp,
) -> Result<(), TokenViolation> {
    let (mut last_sequence, mut last_completed_at) = (None, Timestamp::default());
    for Entry { sequence, done, .. } in entries {
        let sequence = *sequence;
        if sequence == 0 || sequence >= next {
            return Err(TokenViolation::SequenceAhead(sequence));
        }
        if last_sequence == Some(sequence) {
            return Err(TokenViolation::RepeatedSequence(sequence));
        }
        last_sequence = Some(sequence);
        let Some(Done { at, .. }) = done else { continue };
        if *at > clock {
            return Err(TokenViolation::FutureCompletion(sequence));
        }
        if *at < last_completed_at {
            return Err(TokenViolation::CompletionOrder(sequence));
        }
        last_completed_at = *at;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use core::num::NonZeroUsize;

    use super::TokenViolation as Broken;
    use crate::breach::set;
    use crate::time::Timestamp;
    use crate::token::store::{Done, Entry, Flight};
    use crate::token::table::Slot;
    use crate::token::{Admission, ClientToken, Overflow, TokenCache, TokenCacheConfig, TokenKey};

    type Cache = TokenCache<u8, u8, u8, u8>;

    fn key(tenant: u8, text: &str) -> Option<TokenKey<u8, u8>> {
        Some(TokenKey { tenant, scope: 0, token: ClientToken::parse(text).ok()?? })
    }

    /// Tenant 0 has completed 2, 4 and 6 in slots 1 to 3, tenant 1 has completed 8 in slot 4; then 9, 10 and 11 are
    /// in flight in slots 5 to 7, for tenants 0, 1 and 0. Times are ten times the numbers.
    fn sound() -> Cache {
        let mut config = TokenCacheConfig::bounded(NonZeroUsize::MIN.saturating_add(4));
        config.overflow = Overflow::EvictOldestCompleted;
        let mut cache = Cache::new(config);
        for (tenant, text) in [(0, "a"), (0, "b"), (0, "c"), (1, "a")] {
            let now = Timestamp::from_millis(10 * (cache.next + 1));
            let key = key(tenant, text);
            assert!(key.is_some(), "{text}");
            let begun = cache.begin(now, key.as_ref(), &0);
            assert!(matches!(begun, Admission::Execute(_)), "{text}");
            if let Admission::Execute(permit) = begun {
                assert!(cache.complete(now, permit, 0).is_ok());
            }
        }
        for (tenant, text) in [(0, "x"), (1, "y"), (0, "z")] {
            let _open = cache.begin(Timestamp::from_millis(0), key(tenant, text).as_ref(), &0);
        }
        cache
    }

    fn entry(cache: &mut Cache, number: usize) -> Option<&mut Entry<u8, u8>> {
        cache.store.entries.get_mut(slot(number)?)
    }

    fn done(cache: &mut Cache, number: usize) -> Option<&mut Done<u8>> {
        entry(cache, number)?.done.as_mut()
    }

    fn flight(cache: &mut Cache, sequence: u64) -> Option<&mut Flight> {
        cache.store.flights.get_mut(sequence)
    }

    fn slot(number: usize) -> Option<Slot> {
        Slot::at(number - 1)
    }

    #[test]
    fn every_way_to_break_a_cache_is_noticed() {
        /// `None` if there was nothing to break.
        type Break = fn(&mut Cache) -> Option<()>;
        let cases: &[(Break, Broken)] = &[
            (|c| set(&mut c.store.entries.key_mut(2).scope, 9), Broken::NotFound(6)),
            (
                |c| {
                    c.store.tenants.truncate(1);
                    Some(())
                },
                Broken::UnknownTenant(8),
            ),
            (|c| set(&mut c.clock, Timestamp::from_millis(79)), Broken::FutureCompletion(8)),
            (|c| set(&mut entry(c, 1)?.sequence, 0), Broken::SequenceAhead(0)),
            (|c| set(&mut c.next, 11), Broken::SequenceAhead(11)),
            (|c| set(&mut entry(c, 4)?.sequence, 6), Broken::RepeatedSequence(6)),
            (|c| set(&mut done(c, 3)?.at, Timestamp::from_millis(39)), Broken::CompletionOrder(6)),
            (
                |c| {
                    c.store.flights.queue_mut().swap(0, 2);
                    Some(())
                },
                Broken::FlightOrder,
            ),
            (|c| set(&mut c.store.flights.queue_mut()[1].1, None), Broken::FlightOrder),
            (
                |c| {
                    let first = c.store.flights.queue_mut()[0].clone();
                    set(&mut c.store.flights.queue_mut()[1], first)
                },
                Broken::FlightOrder,
            ),
            (
                |c| {
                    c.store.flights.queue_mut().truncate(2);
                    Some(())
                },
                Broken::Miscounted { held: 5, found: 4 },
            ),
            (|c| set(&mut flight(c, 9)?.tenant, 1), Broken::LostFlight(9)),
            (|c| set(&mut flight(c, 9)?.slot, slot(7)?), Broken::LostFlight(9)),
            (|c| set(&mut flight(c, 9)?.slot, slot(8)?), Broken::LostFlight(9)),
            (
                |c| {
                    let other = done(c, 4)?.clone();
                    set(&mut entry(c, 5)?.done, other.into())
                },
                Broken::LostFlight(9),
            ),
            (|c| set(&mut c.store.tenants[1].horizon, 12), Broken::HorizonAhead(12)),
            (|c| set(&mut c.store.tenants[1].horizon, 8), Broken::BelowHorizon(8)),
            (|c| set(&mut c.store.tenants[0].oldest, slot(2)), Broken::TornQueue(4)),
            (|c| set(&mut c.store.tenants[0].oldest, slot(5)), Broken::TornQueue(9)),
            (|c| set(&mut c.store.tenants[0].oldest, slot(9)), Broken::TornQueue(0)),
            (|c| set(&mut c.store.tenants[0].newest, slot(2)), Broken::TornQueue(6)),
            (|c| set(&mut c.store.tenants[0].newest, None), Broken::TornQueue(6)),
            (|c| set(&mut done(c, 2)?.older, None), Broken::TornQueue(4)),
            (|c| set(&mut done(c, 2)?.newer, None), Broken::TornQueue(4)),
            (|c| set(&mut done(c, 3)?.newer, slot(1)), Broken::TornQueue(2)),
            (
                |c| {
                    set(&mut done(c, 3)?.newer, slot(4))?;
                    set(&mut done(c, 4)?.older, slot(3))
                },
                Broken::TornQueue(8),
            ),
            (|c| set(&mut c.store.tenants[0].held, 6), Broken::Miscounted { held: 6, found: 5 }),
            (|c| set(&mut c.config.capacity, NonZeroUsize::MIN.saturating_add(3)), Broken::OverCapacity(5)),
            (
                |c| {
                    set(&mut c.store.tenants[1].oldest, None)?;
                    set(&mut c.store.tenants[1].newest, None)?;
                    set(&mut c.store.tenants[1].held, 1)
                },
                Broken::Miscounted { held: 7, found: 6 },
            ),
        ];
        assert_eq!(sound().check(), Ok(()));
        for (number, (change, violation)) in cases.iter().enumerate() {
            let mut cache = sound();
            assert!(change(&mut cache).is_some(), "case {number}");
            assert_eq!(cache.check(), Err(*violation), "case {number}");
        }
    }
}
