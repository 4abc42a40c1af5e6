//! Snapshots of a token cache, version 1.
//!
//! A snapshot holds the content of the cache at its clock in a fixed order, so equal caches give equal bytes. It
//! includes tokens in flight with their numbers: after a restore the embedder resumes each with a new permit or
//! releases it. It must be stored together with the resources that the tokens refer to; else a restore could bring back
//! the token without the effect, or the effect without the token.
//!
//! The bounds are excluded, since they are stored with the policy. Restoring under other bounds is well defined: tokens
//! that have expired under them are dropped, and more tokens than they admit are an error.

use alloc::vec::Vec;
use core::hash::Hash;

use super::cache::{TokenCache, TokenKey};
use super::check::{TokenViolation, check_numbers};
use super::config::TokenCacheConfig;
use super::store::{Done, Entry};
use super::value::{Completed, InFlight, Tenant, TokenSnapshot, VERSION};

/// The greatest plausible counter. Counting cannot reach it, and it leaves room for all later numbers.
const MAX_COUNTER: u64 = u64::MAX / 2;

/// Why no cache with the given bounds could have produced a snapshot.
///
/// Tenants are identified by their position in the snapshot, tokens by their sequence number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadTokenSnapshot {
    /// The format has another version.
    #[error("token snapshot version {0} is not 1")]
    Version(u32),
    /// The counter is zero or beyond what counting can reach.
    #[error("the next sequence number cannot be {0}")]
    Counter(u64),
    /// Tenants are not in strictly ascending order.
    #[error("tenant {0} is not greater than the one before it")]
    TenantOrder(usize),
    /// A tenant has neither a completed token nor a horizon and must be omitted.
    #[error("tenant {0} has neither a completed token nor a horizon")]
    IdleTenant(usize),
    /// Numbers do not ascend, or start at or below the tenant's horizon or zero.
    #[error("sequence number {0} is not greater than the one before it, the tenant's horizon, or zero")]
    SequenceOrder(u64),
    /// Two tokens have the same tenant, scope and text.
    #[error("token {0} has the tenant, scope and text of one of a lower number")]
    RepeatedKey(u64),
    /// The tokens break an invariant of every cache.
    #[error(transparent)]
    Violation(#[from] TokenViolation),
}

impl<T, S, R, O> TokenCache<T, S, R, O>
where
    T: Clone + Eq + Ord + Hash,
    S: Clone + Eq + Hash,
    R: Clone + Eq,
    O: Clone,
{
    /// The content of the cache at its clock. Equal caches give equal snapshots.
    pub fn snapshot(&self) -> TokenSnapshot<T, S, R, O> {
        self.content(T::clone, S::clone, R::clone, O::clone)
    }

    /// Restores a cache from a snapshot, with the default hash seed. Permits that were unsettled when the snapshot was
    /// taken are valid for it.
    ///
    /// # Errors
    ///
    /// [`BadTokenSnapshot`] if no cache with these bounds could have produced the snapshot, expired tokens aside.
    pub fn restore(
        config: TokenCacheConfig,
        snapshot: TokenSnapshot<T, S, R, O>,
    ) -> Result<Self, BadTokenSnapshot> {
        Self::restore_with_hash_seed(config, snapshot, 0)
    }

    /// As [`restore`](Self::restore), with a seed as in [`with_hash_seed`](Self::with_hash_seed).
    ///
    /// # Errors
    ///
    /// As [`restore`](Self::restore).
    pub fn restore_with_hash_seed(
        config: TokenCacheConfig,
        snapshot: TokenSnapshot<T, S, R, O>,
        seed: u64,
    ) -> Result<Self, BadTokenSnapshot> {
        let TokenSnapshot { version, clock, next, tenants, in_flight } = snapshot;
        if version != VERSION {
            return Err(BadTokenSnapshot::Version(version));
        }
        if next == 0 || next > MAX_COUNTER {
            return Err(BadTokenSnapshot::Counter(next));
        }
        let mut cache = Self::with_hash_seed(config, seed);
        (cache.clock, cache.next) = (clock, next);
        let mut tokens = Vec::new();
        let mut last_tenant = None;
        for (position, Tenant { tenant, horizon, completed }) in tenants.into_iter().enumerate() {
            if last_tenant.as_ref().is_some_and(|last| *last >= tenant) {
                return Err(BadTokenSnapshot::TenantOrder(position));
            }
            if horizon == 0 && completed.is_empty() {
                return Err(BadTokenSnapshot::IdleTenant(position));
            }
            if horizon >= next {
                return Err(TokenViolation::HorizonAhead(horizon).into());
            }
            if horizon > 0 {
                let index = cache.store.enter_tenant(&tenant);
                cache.store.raise_horizon(index, horizon);
            }
            ascending(horizon, completed.iter().map(|token| token.sequence))?;
            tokens.extend(completed.into_iter().map(
                |Completed { sequence, scope, token, request, outcome, completed_at }| {
                    let key = TokenKey { tenant: tenant.clone(), scope, token };
                    let done = Done { outcome, at: completed_at, older: None, newer: None };
                    (key, Entry { sequence, request, done: Some(done) })
                },
            ));
            last_tenant = Some(tenant);
        }
        ascending(0, in_flight.iter().map(|token| token.sequence))?;
        tokens.extend(in_flight.into_iter().map(|InFlight { sequence, tenant, scope, token, request }| {
            (TokenKey { tenant, scope, token }, Entry { sequence, request, done: None })
        }));
        tokens.sort_by_key(|(_, entry)| entry.sequence);
        check_numbers(tokens.iter().map(|(_, entry)| entry), next, clock)?;
        for (key, entry) in tokens {
            cache.enter(key, entry)?;
        }
        Ok(cache)
    }

    /// Inserts a token, whose number must be greater than every earlier one, unless it has expired.
    fn enter(&mut self, key: TokenKey<T, S>, entry: Entry<R, O>) -> Result<(), BadTokenSnapshot> {
        if !self.remembers(&entry, self.clock) {
            return Ok(());
        }
        let Entry { sequence, request, done } = entry;
        let hash = self.store.hash(&key);
        if self.store.find(hash, &key).is_some() {
            return Err(BadTokenSnapshot::RepeatedKey(sequence));
        }
        let tenant = self.store.tenant_index(&key.tenant);
        let held = tenant.and_then(|index| self.store.tenant(index)).map_or(0, |tenant| tenant.held);
        let room = held < self.config.capacity.get();
        let entered = room.then(|| match done {
            None => self.store.insert(hash, key, tenant, request, sequence),
            Some(Done { outcome, at, .. }) => {
                self.store.insert_completed(hash, key, tenant, request, sequence, outcome, at)
            }
        });
        Ok(entered.flatten().ok_or(TokenViolation::OverCapacity(held.saturating_add(1)))?)
    }
}

/// Checks that numbers strictly ascend from above `above`.
fn ascending(above: u64, sequences: impl Iterator<Item = u64>) -> Result<(), BadTokenSnapshot> {
    let mut last = above;
    for sequence in sequences {
        if sequence <= last {
            return Err(BadTokenSnapshot::SequenceOrder(sequence));
        }
        last = sequence;
    }
    Ok(())
}
