//! The value of a cache: the content that equality, hash, `Debug` and snapshots cover, and its order.
//!
//! The clock and the counter; then each tenant, in the order of `T`, with its horizon and remembered completions, by
//! number; then the tokens in flight, by number. Expired entries, the storage order and the hash seed are excluded,
//! since no answer depends on them.

use alloc::vec::Vec;
use core::convert::identity;
use core::fmt;
use core::hash::{Hash, Hasher};

use super::cache::TokenCache;
use super::client_token::ClientToken;
use super::store::Held;
use crate::time::Timestamp;

/// The version of the format.
pub(super) const VERSION: u32 = 1;

/// The content of a [`TokenCache`] as plain data.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct TokenSnapshot<T, S, R, O> {
    pub(super) version: u32,
    pub(super) clock: Timestamp,
    pub(super) next: u64,
    pub(super) tenants: Vec<Tenant<T, S, R, O>>,
    pub(super) in_flight: Vec<InFlight<T, S, R>>,
}

/// The content of a tenant except its tokens in flight.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub(super) struct Tenant<T, S, R, O> {
    pub(super) tenant: T,
    pub(super) horizon: u64,
    pub(super) completed: Vec<Completed<S, R, O>>,
}

/// A completed token.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub(super) struct Completed<S, R, O> {
    pub(super) sequence: u64,
    pub(super) scope: S,
    pub(super) token: ClientToken,
    pub(super) request: R,
    pub(super) outcome: O,
    pub(super) completed_at: Timestamp,
}

/// A token in flight.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub(super) struct InFlight<T, S, R> {
    pub(super) sequence: u64,
    pub(super) tenant: T,
    pub(super) scope: S,
    pub(super) token: ClientToken,
    pub(super) request: R,
}

impl<T: Ord, S, R, O> TokenCache<T, S, R, O> {
    /// The content at the clock, with tenants, scopes, requests and outcomes as these functions give them.
    pub(super) fn content<'a, U, P, Q, V>(
        &'a self,
        tenant: impl Fn(&'a T) -> U,
        scope: impl Fn(&'a S) -> P,
        request: impl Fn(&'a R) -> Q,
        outcome: impl Fn(&'a O) -> V,
    ) -> TokenSnapshot<U, P, Q, V> {
        let completed = |(key, entry): Held<'a, T, S, R, O>| {
            let done = entry.done.as_ref()?;
            Some(Completed {
                sequence: entry.sequence,
                scope: scope(&key.scope),
                token: key.token.clone(),
                request: request(&entry.request),
                outcome: outcome(&done.outcome),
                completed_at: done.at,
            })
        };
        let mut tenants: Vec<_> = self.store.tenants.iter().collect();
        tenants.sort_unstable_by_key(|(id, _)| *id);
        let tenants = tenants.into_iter().map(|(id, record)| {
            let queue = self.store.queue(record).skip_while(|(_, entry)| !self.remembers(entry, self.clock));
            let completed = queue.filter_map(completed).collect();
            Tenant { tenant: tenant(id), horizon: record.horizon, completed }
        });
        let in_flight = self.in_flight().map(|(sequence, key, of)| InFlight {
            sequence,
            tenant: tenant(&key.tenant),
            scope: scope(&key.scope),
            token: key.token.clone(),
            request: request(of),
        });
        TokenSnapshot {
            version: VERSION,
            clock: self.clock,
            next: self.next,
            tenants: tenants.filter(|held| held.horizon > 0 || !held.completed.is_empty()).collect(),
            in_flight: in_flight.collect(),
        }
    }

    fn borrowed(&self) -> TokenSnapshot<&T, &S, &R, &O> {
        self.content(identity, identity, identity, identity)
    }
}

#[cfg(all(feature = "testing", feature = "wire"))]
impl<T: Ord + Hash, S: Hash, R: Hash, O: Hash> TokenCache<T, S, R, O> {
    /// Hashes the tokens without the clock and their numbers; of those whose age does not count also without when and in which
    /// order they were completed.
    pub(crate) fn hash_content<H: Hasher>(&self, state: &mut H, ages: impl Fn(Timestamp) -> bool) {
        for tenant in self.borrowed().tenants {
            (tenant.tenant, tenant.horizon > 0, tenant.completed.len()).hash(state);
            let (aging, mut ageless): (Vec<_>, Vec<_>) =
                tenant.completed.into_iter().partition(|held| ages(held.completed_at));
            ageless.sort_by(|one, other| one.token.cmp(&other.token));
            for held in &aging {
                (held.scope, &held.token, held.request, held.outcome, held.completed_at).hash(state);
            }
            for held in &ageless {
                (held.scope, &held.token, held.request, held.outcome).hash(state);
            }
        }
    }
}

impl<T: Ord, S: PartialEq, R: PartialEq, O: PartialEq> PartialEq for TokenCache<T, S, R, O> {
    fn eq(&self, other: &Self) -> bool {
        self.config == other.config && self.borrowed() == other.borrowed()
    }
}

impl<T: Ord, S: Eq, R: Eq, O: Eq> Eq for TokenCache<T, S, R, O> {}

impl<T: Ord + Hash, S: Hash, R: Hash, O: Hash> Hash for TokenCache<T, S, R, O> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.config, self.borrowed()).hash(state);
    }
}

impl<T: Ord + fmt::Debug, S: fmt::Debug, R: fmt::Debug, O: fmt::Debug> fmt::Debug for TokenCache<T, S, R, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache").field("config", &self.config).field("content", &self.borrowed()).finish()
    }
}
