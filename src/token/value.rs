//! The value of a cache: the content that equality, hash, `Debug` and snapshots cover, and its order.
//!
//! The bounds, the clock and the counter; then each tenant, in the order of `T`, with its horizon and remembered
//! completions, by number; then the tokens in flight, by number. Expired entries, the storage order and the hash seed
//! are excluded, since no answer depends on them.

use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash, Hasher};

use super::cache::{TokenCache, TokenKey};
use super::store::Tenant;
use crate::time::Timestamp;

/// The content at the clock.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct View<'a, T, S, R, O> {
    pub(super) tenants: Vec<TenantView<'a, T, S, R, O>>,
    pub(super) in_flight: Vec<(u64, &'a TokenKey<T, S>, &'a R)>,
}

/// The content of a tenant except its tokens in flight.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct TenantView<'a, T, S, R, O> {
    pub(super) tenant: &'a T,
    pub(super) horizon: u64,
    pub(super) completed: Vec<Completion<'a, T, S, R, O>>,
}

/// A completed token.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Completion<'a, T, S, R, O> {
    pub(super) sequence: u64,
    pub(super) key: &'a TokenKey<T, S>,
    pub(super) request: &'a R,
    pub(super) outcome: &'a O,
    pub(super) completed_at: Timestamp,
}

impl<T: Ord, S, R, O> TokenCache<T, S, R, O> {
    pub(super) fn view(&self) -> View<'_, T, S, R, O> {
        let tenants = self.store.tenants.iter().map(|(tenant, record)| TenantView {
            tenant,
            horizon: record.horizon,
            completed: self.completed(record).collect(),
        });
        let mut tenants: Vec<_> =
            tenants.filter(|view| view.horizon > 0 || !view.completed.is_empty()).collect();
        tenants.sort_unstable_by_key(|view| view.tenant);
        View { tenants, in_flight: self.in_flight().collect() }
    }

    fn completed(&self, tenant: &Tenant) -> impl Iterator<Item = Completion<'_, T, S, R, O>> {
        let queue = self.store.queue(tenant).skip_while(|(_, entry)| !self.remembers(entry, self.clock));
        queue.filter_map(|(key, entry)| {
            let done = entry.done.as_ref()?;
            let (request, outcome, completed_at) = (&entry.request, &done.outcome, done.at);
            Some(Completion { sequence: entry.sequence, key, request, outcome, completed_at })
        })
    }
}

impl<T: Ord, S: PartialEq, R: PartialEq, O: PartialEq> PartialEq for TokenCache<T, S, R, O> {
    fn eq(&self, other: &Self) -> bool {
        (self.config, self.clock, self.next) == (other.config, other.clock, other.next)
            && self.view() == other.view()
    }
}

impl<T: Ord, S: Eq, R: Eq, O: Eq> Eq for TokenCache<T, S, R, O> {}

impl<T: Ord + Hash, S: Hash, R: Hash, O: Hash> Hash for TokenCache<T, S, R, O> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.config, self.clock, self.next, self.view()).hash(state);
    }
}

impl<T: Ord + fmt::Debug, S: fmt::Debug, R: fmt::Debug, O: fmt::Debug> fmt::Debug for TokenCache<T, S, R, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let View { tenants, in_flight } = self.view();
        f.debug_struct("TokenCache")
            .field("config", &self.config)
            .field("clock", &self.clock)
            .field("next", &self.next)
            .field("tenants", &tenants)
            .field("in_flight", &in_flight)
            .finish()
    }
}
