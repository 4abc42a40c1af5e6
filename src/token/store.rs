//! The storage of a token cache, independent of time, capacity and policy.
//!
//! All entries are in one [table](super::table) under their whole key, so a hit is one look-up. Removal moves the last
//! entry into the gap. The completed entries of a tenant form an intrusive queue in the order of completion; since the
//! clock never goes back, that is also the order of expiry. Expiry and eviction remove the head of the queue, and reuse
//! of an expired entry removes it from the middle, each in O(1).

use core::hash::{BuildHasher, Hash};
use core::iter::successors;

use indexmap::IndexMap;

use super::cache::TokenKey;
use super::table::{Slot, Table};
use crate::ascending::Ascending;
use crate::map::HashState;
use crate::time::Timestamp;

/// The entry of a token.
#[derive(Debug, Clone)]
pub(super) struct Entry<R, O> {
    /// The number of its permit while in flight, then of its completion.
    pub(super) sequence: u64,
    pub(super) request: R,
    /// `None` while in flight.
    pub(super) done: Option<Done<O>>,
}

/// The completion of an entry.
#[derive(Debug, Clone)]
pub(super) struct Done<O> {
    pub(super) outcome: O,
    pub(super) at: Timestamp,
    /// The tenant's completion before this one.
    pub(super) older: Option<Slot>,
    /// The tenant's completion after this one.
    pub(super) newer: Option<Slot>,
}

/// A key with its entry.
pub(super) type Held<'a, T, S, R, O> = (&'a TokenKey<T, S>, &'a Entry<R, O>);

/// The record of a tenant.
#[derive(Debug, Clone, Default)]
pub(super) struct Tenant {
    /// The number of its entries, expired ones included.
    pub(super) held: usize,
    /// The head of its queue.
    pub(super) oldest: Option<Slot>,
    /// The tail of its queue.
    pub(super) newest: Option<Slot>,
    /// The number of the last evicted completion, zero if there is none.
    pub(super) horizon: u64,
}

/// A token in flight.
#[derive(Debug, Clone)]
pub(super) struct Flight {
    /// The index of its tenant.
    pub(super) tenant: usize,
    /// The slot of its entry.
    pub(super) slot: Slot,
}

/// The entries, the tenants, and the tokens in flight.
#[derive(Clone)]
pub(super) struct Store<T, S, R, O> {
    pub(super) entries: Table<TokenKey<T, S>, Entry<R, O>>,
    pub(super) tenants: IndexMap<T, Tenant, HashState>,
    /// No tenant holds more entries. Most often it is below every capacity, and then none has to be looked at.
    pub(super) most_held: usize,
    /// By sequence number.
    pub(super) flights: Ascending<Flight>,
}

impl<T, S, R, O> Store<T, S, R, O> {
    pub(super) const fn new(seed: u64) -> Self {
        Self {
            entries: Table::new(),
            tenants: IndexMap::with_hasher(HashState::with_seed(seed)),
            most_held: 0,
            flights: Ascending::new(),
        }
    }

    /// The entry in a slot.
    pub(super) fn entry(&self, slot: Slot) -> Option<Held<'_, T, S, R, O>> {
        self.entries.get(slot)
    }

    /// The completion of the entry in a slot; `None` while it is in flight.
    pub(super) fn done(&self, slot: Slot) -> Option<&Done<O>> {
        self.entry(slot)?.1.done.as_ref()
    }

    /// The tenant at an index.
    pub(super) fn tenant(&self, index: usize) -> Option<&Tenant> {
        Some(self.tenants.get_index(index)?.1)
    }

    /// The completed entries of a tenant in the order of completion, expired ones included.
    pub(super) fn queue(&self, tenant: &Tenant) -> impl Iterator<Item = Held<'_, T, S, R, O>> {
        successors(tenant.oldest, |slot| self.done(*slot)?.newer).filter_map(|slot| self.entry(slot))
    }
}

impl<T: Clone + Eq + Hash, S: Clone + Eq + Hash, R, O> Store<T, S, R, O> {
    /// The hash of a key, for [`find`](Self::find) and [`insert`](Self::insert).
    pub(super) fn hash(&self, key: &TokenKey<T, S>) -> u64 {
        self.tenants.hasher().hash_one(key)
    }

    /// The slot of a key.
    pub(super) fn find(&self, hash: u64, key: &TokenKey<T, S>) -> Option<Slot> {
        self.entries.find(hash, key)
    }

    /// The index of a tenant.
    pub(super) fn tenant_index(&self, tenant: &T) -> Option<usize> {
        self.tenants.get_index_of(tenant)
    }

    /// Adds a tenant that has no index yet.
    pub(super) fn enter_tenant(&mut self, tenant: &T) -> usize {
        self.tenants.insert_full(tenant.clone(), Tenant::default()).0
    }

    /// Puts a new key in flight. Its number must be greater than every earlier one. `None` if the table is full.
    pub(super) fn insert(
        &mut self,
        hash: u64,
        key: TokenKey<T, S>,
        tenant: Option<usize>,
        request: R,
        sequence: u64,
    ) -> Option<()> {
        let tenant = tenant.unwrap_or_else(|| self.enter_tenant(&key.tenant));
        let slot = self.entries.push(hash, key, Entry { sequence, request, done: None })?;
        self.hold(tenant);
        self.flights.insert(sequence, Flight { tenant, slot });
        Some(())
    }

    /// Adds a new key that is completed at once. The number is as in [`complete`](Self::complete). `None` if the table is full.
    #[expect(clippy::too_many_arguments, reason = "they are the parts of an entry")]
    pub(super) fn insert_completed(
        &mut self,
        hash: u64,
        key: TokenKey<T, S>,
        tenant: Option<usize>,
        request: R,
        sequence: u64,
        outcome: O,
        at: Timestamp,
    ) -> Option<()> {
        let tenant = tenant.unwrap_or_else(|| self.enter_tenant(&key.tenant));
        let older = self.tenant(tenant)?.newest;
        let done = Some(Done { outcome, at, older, newer: None });
        let slot = self.entries.push(hash, key, Entry { sequence, request, done })?;
        self.hold(tenant);
        self.link(Some(tenant), older, Some(slot));
        self.link(Some(tenant), Some(slot), None);
        Some(())
    }

    /// Counts another entry of a tenant.
    fn hold(&mut self, tenant: usize) {
        if let Some((_, tenant)) = self.tenants.get_index_mut(tenant) {
            tenant.held = tenant.held.saturating_add(1);
            self.most_held = self.most_held.max(tenant.held);
        }
    }

    /// Puts a completed entry in flight again, for a new request. The number is as in [`insert`](Self::insert).
    pub(super) fn restart(&mut self, slot: Slot, request: R, sequence: u64) -> Option<()> {
        let tenant = self.tenant_index(&self.entry(slot)?.0.tenant)?;
        self.unlink(Some(tenant), slot);
        let entry = self.entries.get_mut(slot)?;
        *entry = Entry { sequence, request, done: None };
        self.flights.insert(sequence, Flight { tenant, slot });
        Some(())
    }

    /// Completes the entry in flight under a number and sets the number of its completion, which must be greater than
    /// every earlier one. `None`, without a change, if no entry is in flight under the number.
    pub(super) fn complete(&mut self, flight: u64, sequence: u64, outcome: O, at: Timestamp) -> Option<()> {
        let Flight { tenant, slot } = self.flights.remove(flight)?;
        let older = self.tenant(tenant)?.newest;
        let entry = self.entries.get_mut(slot)?;
        entry.sequence = sequence;
        entry.done = Some(Done { outcome, at, older, newer: None });
        self.link(Some(tenant), older, Some(slot));
        self.link(Some(tenant), Some(slot), None);
        Some(())
    }

    /// Removes the entry in flight under a number. `None`, without a change, if there is none.
    pub(super) fn release(&mut self, flight: u64) -> Option<()> {
        let Flight { tenant, slot } = self.flights.remove(flight)?;
        self.remove(tenant, slot);
        Some(())
    }

    /// Renumbers an entry in flight. The new number must be greater than every earlier one.
    pub(super) fn renumber(&mut self, flight: u64, sequence: u64) -> Option<()> {
        let Flight { tenant, slot } = self.flights.remove(flight)?;
        self.flights.insert(sequence, Flight { tenant, slot });
        self.entries.get_mut(slot)?.sequence = sequence;
        Some(())
    }

    /// Removes the head of a tenant's queue and returns its number.
    pub(super) fn remove_oldest(&mut self, tenant: usize) -> Option<u64> {
        let slot = self.tenant(tenant)?.oldest?;
        let sequence = self.entry(slot)?.1.sequence;
        self.unlink(Some(tenant), slot);
        self.remove(tenant, slot);
        Some(sequence)
    }

    /// Raises a tenant's horizon.
    pub(super) fn raise_horizon(&mut self, tenant: usize, horizon: u64) {
        if let Some((_, record)) = self.tenants.get_index_mut(tenant) {
            record.horizon = record.horizon.max(horizon);
        }
    }

    /// Removes the tenants without entries and horizon.
    pub(super) fn forget_idle_tenants(&mut self) {
        let known = self.tenants.len();
        self.tenants.retain(|_, tenant| tenant.held > 0 || tenant.horizon > 0);
        self.most_held = self.tenants.values().map(|tenant| tenant.held).max().unwrap_or_default();
        if self.tenants.len() < known {
            let Self { entries, tenants, flights, .. } = self;
            for flight in flights.values_mut() {
                let moved = entries.get(flight.slot).and_then(|(key, _)| tenants.get_index_of(&key.tenant));
                flight.tenant = moved.unwrap_or(flight.tenant);
            }
        }
    }

    /// Removes a completed entry from its tenant's queue.
    fn unlink(&mut self, tenant: Option<usize>, slot: Slot) {
        if let Some(Done { older, newer, .. }) = self.done(slot) {
            self.link(tenant, *older, *newer);
        }
    }

    /// Makes two completions neighbours in their tenant's queue; with `None` on one side, the other becomes an end of
    /// the queue.
    fn link(&mut self, tenant: Option<usize>, older: Option<Slot>, newer: Option<Slot>) {
        match older {
            Some(slot) => self.change_done(slot, |done| done.newer = newer),
            None => self.change_tenant(tenant, |tenant| tenant.oldest = newer),
        }
        match newer {
            Some(slot) => self.change_done(slot, |done| done.older = older),
            None => self.change_tenant(tenant, |tenant| tenant.newest = older),
        }
    }

    /// Removes an entry that is neither in a queue nor in flight. The last entry moves into its slot, and references to
    /// it are updated.
    fn remove(&mut self, tenant: usize, slot: Slot) {
        self.change_tenant(Some(tenant), |tenant| tenant.held = tenant.held.saturating_sub(1));
        self.entries.swap_remove(slot);
        let Some((key, entry)) = self.entry(slot) else { return };
        match &entry.done {
            None => {
                if let Some(flight) = self.flights.get_mut(entry.sequence) {
                    flight.slot = slot;
                }
            }
            Some(Done { older, newer, .. }) => {
                let (older, newer) = (*older, *newer);
                // A tenant refers only to the ends of its queue.
                let at_end = older.is_none() || newer.is_none();
                let tenant = if at_end { self.tenant_index(&key.tenant) } else { None };
                self.link(tenant, older, Some(slot));
                self.link(tenant, Some(slot), newer);
            }
        }
    }

    fn change_done(&mut self, slot: Slot, change: impl FnOnce(&mut Done<O>)) {
        if let Some(done) = self.entries.get_mut(slot).and_then(|entry| entry.done.as_mut()) {
            change(done);
        }
    }

    fn change_tenant(&mut self, index: Option<usize>, change: impl FnOnce(&mut Tenant)) {
        if let Some((_, tenant)) = index.and_then(|index| self.tenants.get_index_mut(index)) {
            change(tenant);
        }
    }
}
