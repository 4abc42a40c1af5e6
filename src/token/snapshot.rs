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
use super::client_token::ClientToken;
use super::config::TokenCacheConfig;
use super::value::{Completion, TenantView, View};
use crate::time::Timestamp;

const VERSION: u32 = 1;

/// The greatest plausible counter. Counting cannot reach it, and it leaves room for all later numbers.
const MAX_COUNTER: u64 = u64::MAX / 2;

/// The content of a [`TokenCache`] as plain data.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenSnapshot<T, S, R, O> {
    version: u32,
    clock: Timestamp,
    next: u64,
    tenants: Vec<TenantSnapshot<T, S, R, O>>,
    in_flight: Vec<InFlight<T, S, R>>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct TenantSnapshot<T, S, R, O> {
    tenant: T,
    horizon: u64,
    completed: Vec<Completed<S, R, O>>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Completed<S, R, O> {
    sequence: u64,
    scope: S,
    token: ClientToken,
    request: R,
    outcome: O,
    completed_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct InFlight<T, S, R> {
    sequence: u64,
    tenant: T,
    scope: S,
    token: ClientToken,
    request: R,
}

/// Why no cache with the given bounds could have produced a snapshot.
///
/// Tenants are identified by their position in the snapshot, tokens by their sequence number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadTokenSnapshot {
    /// The format has another version.
    #[error("token snapshot version {version} is not 1")]
    Version {
        /// The version in the snapshot.
        version: u32,
    },
    /// The counter is zero or beyond what counting can reach.
    #[error("the next sequence number cannot be {next}")]
    Counter {
        /// The counter.
        next: u64,
    },
    /// Tenants are not in strictly ascending order.
    #[error("tenant {tenant} is not greater than the one before it")]
    TenantOrder {
        /// The position of the later one.
        tenant: usize,
    },
    /// A tenant has neither a completed token nor a horizon and must be omitted.
    #[error("tenant {tenant} has neither a completed token nor a horizon")]
    IdleTenant {
        /// Its position.
        tenant: usize,
    },
    /// A horizon is not below the counter.
    #[error("the horizon of tenant {tenant} is not below the next sequence number")]
    HorizonAhead {
        /// The tenant's position.
        tenant: usize,
    },
    /// A number is not below the counter.
    #[error("sequence number {sequence} is not below the next one")]
    SequenceAhead {
        /// The number.
        sequence: u64,
    },
    /// Numbers do not ascend, or start at or below the tenant's horizon or zero.
    #[error(
        "sequence number {sequence} is not greater than the one before it, the tenant's horizon, or zero"
    )]
    SequenceOrder {
        /// The number.
        sequence: u64,
    },
    /// Two tokens have the same number.
    #[error("sequence number {sequence} is there twice")]
    RepeatedSequence {
        /// The number.
        sequence: u64,
    },
    /// A token was completed after the clock.
    #[error("token {sequence} was completed after the clock")]
    FutureCompletion {
        /// The number of its completion.
        sequence: u64,
    },
    /// A token was completed before one of a lower number.
    #[error("token {sequence} was completed before one of a lower number")]
    CompletionOrder {
        /// The number of its completion.
        sequence: u64,
    },
    /// Two tokens have the same tenant, scope and text.
    #[error("token {sequence} has the tenant, scope and text of one of a lower number")]
    RepeatedKey {
        /// The higher of their numbers.
        sequence: u64,
    },
    /// A tenant exceeds the capacity.
    #[error("token {sequence} is one more than its tenant may have")]
    OverCapacity {
        /// The number of the first token too many.
        sequence: u64,
    },
}

/// A token of a snapshot, completed or in flight, during a restore.
struct Token<T, S, R, O> {
    sequence: u64,
    key: TokenKey<T, S>,
    request: R,
    done: Option<(O, Timestamp)>,
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
        let View { tenants, in_flight } = self.view();
        let completed = |token: Completion<'_, T, S, R, O>| Completed {
            sequence: token.sequence,
            scope: token.key.scope.clone(),
            token: token.key.token.clone(),
            request: token.request.clone(),
            outcome: token.outcome.clone(),
            completed_at: token.completed_at,
        };
        let tenant = |view: TenantView<'_, T, S, R, O>| TenantSnapshot {
            tenant: view.tenant.clone(),
            horizon: view.horizon,
            completed: view.completed.into_iter().map(completed).collect(),
        };
        let in_flight = in_flight.into_iter().map(|(sequence, key, request)| InFlight {
            sequence,
            tenant: key.tenant.clone(),
            scope: key.scope.clone(),
            token: key.token.clone(),
            request: request.clone(),
        });
        TokenSnapshot {
            version: VERSION,
            clock: self.clock,
            next: self.next,
            tenants: tenants.into_iter().map(tenant).collect(),
            in_flight: in_flight.collect(),
        }
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
            return Err(BadTokenSnapshot::Version { version });
        }
        if next == 0 || next > MAX_COUNTER {
            return Err(BadTokenSnapshot::Counter { next });
        }
        let mut cache = Self::with_hash_seed(config, seed);
        (cache.clock, cache.next) = (clock, next);
        let mut tokens = Vec::new();
        let mut last_tenant = None;
        for (position, TenantSnapshot { tenant, horizon, completed }) in tenants.into_iter().enumerate() {
            if last_tenant.as_ref().is_some_and(|last| *last >= tenant) {
                return Err(BadTokenSnapshot::TenantOrder { tenant: position });
            }
            if horizon == 0 && completed.is_empty() {
                return Err(BadTokenSnapshot::IdleTenant { tenant: position });
            }
            if horizon >= next {
                return Err(BadTokenSnapshot::HorizonAhead { tenant: position });
            }
            if horizon > 0 {
                let index = cache.store.enter_tenant(&tenant);
                cache.store.raise_horizon(index, horizon);
            }
            ascending(horizon, completed.iter().map(|token| token.sequence))?;
            tokens.extend(completed.into_iter().map(
                |Completed { sequence, scope, token, request, outcome, completed_at }| {
                    let key = TokenKey { tenant: tenant.clone(), scope, token };
                    Token { sequence, key, request, done: Some((outcome, completed_at)) }
                },
            ));
            last_tenant = Some(tenant);
        }
        ascending(0, in_flight.iter().map(|token| token.sequence))?;
        tokens.extend(in_flight.into_iter().map(|InFlight { sequence, tenant, scope, token, request }| {
            Token { sequence, key: TokenKey { tenant, scope, token }, request, done: None }
        }));
        tokens.sort_by_key(|token| token.sequence);
        cache.replay(tokens)?;
        Ok(cache)
    }

    /// Inserts tokens in the order of their numbers.
    fn replay(&mut self, tokens: Vec<Token<T, S, R, O>>) -> Result<(), BadTokenSnapshot> {
        let (mut last_sequence, mut last_completed_at) = (0, Timestamp::default());
        for Token { sequence, key, request, done } in tokens {
            if sequence == last_sequence {
                return Err(BadTokenSnapshot::RepeatedSequence { sequence });
            }
            if sequence >= self.next {
                return Err(BadTokenSnapshot::SequenceAhead { sequence });
            }
            last_sequence = sequence;
            if let Some((_, completed_at)) = done {
                if completed_at > self.clock {
                    return Err(BadTokenSnapshot::FutureCompletion { sequence });
                }
                if completed_at < last_completed_at {
                    return Err(BadTokenSnapshot::CompletionOrder { sequence });
                }
                last_completed_at = completed_at;
                if !self.config.lifetime.covers(completed_at, self.clock) {
                    continue;
                }
            }
            let hash = self.store.hash(&key);
            if self.store.find(hash, &key).is_some() {
                return Err(BadTokenSnapshot::RepeatedKey { sequence });
            }
            let tenant = self.store.tenant_index(&key.tenant);
            let held = tenant.and_then(|index| self.store.tenant(index)).map_or(0, |tenant| tenant.held);
            let room = held < self.config.capacity.get();
            let entered =
                room.then(|| self.store.insert(hash, key.clone(), tenant, request, sequence)).flatten();
            entered.ok_or(BadTokenSnapshot::OverCapacity { sequence })?;
            if let Some((outcome, completed_at)) = done {
                self.store.complete(sequence, sequence, outcome, completed_at);
            }
        }
        Ok(())
    }
}

/// Checks that numbers strictly ascend from above `above`.
fn ascending(above: u64, sequences: impl Iterator<Item = u64>) -> Result<(), BadTokenSnapshot> {
    let mut last = above;
    for sequence in sequences {
        if sequence <= last {
            return Err(BadTokenSnapshot::SequenceOrder { sequence });
        }
        last = sequence;
    }
    Ok(())
}
