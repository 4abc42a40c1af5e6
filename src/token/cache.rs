//! The cache: the entry of each token, and the decisions.
//!
//! A token is in flight or completed; expiry is computed from the completion and is not a state of its own. The request
//! is stored whole and compared by `Eq`, so the embedder passes it parsed and with defaults filled in, without the
//! parts that may differ between a request and its retry. Requests are not compared by hash: a collision would replay
//! success for a failover that never happened.
//!
//! Answers depend only on the calls and their times. The storage order of entries and the removal of expired ones are
//! not part of the value: `Eq`, `Hash`, `Debug` and snapshots do not show them.
//!
//! Costs: only granting a permit allocates or clones. A call hashes its key once, and its tenant where a permit is granted or some
//! tenant may be full. [`begin`](TokenCache::begin), [`complete`](TokenCache::complete) and
//! [`release`](TokenCache::release) are amortised O(1), plus a binary search among the tokens in flight. A grant
//! removes a bounded number of expired entries, so a mass expiry delays no call. A completed entry takes 32 bytes in
//! addition to its key, request and outcome, or 40 if the outcome's type has no niche, and 6 to 12 in the index.

use alloc::vec::Vec;
use core::hash::Hash;

use super::admission::{Admission, OverCapacity, Permit, StalePermit, Standing, TokenRefusal};
use super::client_token::ClientToken;
use super::config::{Overflow, TokenCacheConfig};
use super::store::{Entry, Store, Tenant};
use super::table::Slot;
use crate::rule::cite;
use crate::time::Timestamp;
use crate::token::rules::{T_030, T_060, T_070, T_110, T_120, T_130, T_140, T_150, T_160, T_170};

/// The tenant, the scope and the token. Tokens of different tenants or scopes are independent (T-060).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct TokenKey<T, S> {
    /// The account, not its access key: keys may be rotated between a request and its retry. Capacity and horizon are
    /// per tenant.
    pub tenant: T,
    /// The validity of the token within the tenant, such as region, product and operation. Not the resource: the same
    /// token for another resource is a mismatch.
    pub scope: S,
    /// The token.
    pub token: ClientToken,
}

cite!(T_060);

/// A bounded memory of tokens: `T` is a tenant, `S` a scope, `R` a request and `O` an outcome.
///
/// Every call with a time moves the clock to the highest time seen, whatever its answer (T-170). A call that does not
/// grant, settle or reclaim a permit changes nothing else.
///
/// `Eq` and `Hash` cover the unexpired content at the clock, in the order of tenants and sequence numbers.
#[derive(Clone)]
pub struct TokenCache<T, S, R, O> {
    pub(super) config: TokenCacheConfig,
    pub(super) clock: Timestamp,
    /// The next number. Permits and completions share one counter, so all their numbers are distinct.
    pub(super) next: u64,
    pub(super) store: Store<T, S, R, O>,
}

/// The place for a granted token.
enum Place {
    /// The slot of an expired entry with the same key.
    Expired(Slot),
    /// A new slot.
    New,
}

/// The place for a token that was looked up and can be granted.
pub(crate) struct Vacancy {
    hash: u64,
    place: Place,
}

/// What looking a request up under its token finds.
enum Find {
    Nothing,
    Expired(Slot),
    OtherRequest,
    EqualRequest(Slot),
}

/// The number of expired entries of a tenant that a grant removes. More than one, so that a backlog shrinks.
const REMOVED_PER_GRANT: usize = 2;

impl<T, S, R, O> TokenCache<T, S, R, O> {
    /// An empty cache whose clock is at zero, with the default hash seed.
    pub const fn new(config: TokenCacheConfig) -> Self {
        Self::with_hash_seed(config, 0)
    }

    /// An empty cache whose hasher is seeded. An embedder that faces a network picks a secret seed against chosen hash
    /// collisions; no answer depends on it.
    pub const fn with_hash_seed(config: TokenCacheConfig, seed: u64) -> Self {
        // Zero means no horizon, so numbers start at one.
        Self { config, clock: Timestamp::from_millis(0), next: 1, store: Store::new(seed) }
    }

    /// The current bounds.
    pub const fn config(&self) -> &TokenCacheConfig {
        &self.config
    }

    /// The highest time seen.
    pub const fn clock(&self) -> Timestamp {
        self.clock
    }

    /// Moves the clock to `now` unless it is already later; changes nothing else (T-170).
    pub fn observe(&mut self, now: Timestamp) {
        cite!(T_170);
        self.clock = self.clock.max(now);
    }

    /// The number of tokens in flight or remembered. O(tenants and expired entries still in memory).
    pub fn len(&self) -> usize {
        let expired = self.store.tenants.values().map(|tenant| {
            let expired = |entry: &Entry<R, O>| !self.remembers(entry, self.clock);
            self.store.queue(tenant).take_while(|(_, entry)| expired(entry)).count()
        });
        self.store.entries.len().saturating_sub(expired.sum())
    }

    /// Whether no token is in flight or remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The tokens in flight in the order of their grants: sequence number, key, request.
    ///
    /// After a restore, an embedder [reclaims](Self::reclaim) each of them and finishes the work, or releases the new
    /// permit if it knows that the work had no effect.
    pub fn in_flight(&self) -> impl Iterator<Item = (u64, &TokenKey<T, S>, &R)> {
        self.store.flights.iter().filter_map(|(sequence, flight)| {
            let (key, entry) = self.store.entry(flight.slot)?;
            Some((sequence, key, &entry.request))
        })
    }

    /// Whether an entry is in flight, or completed and not expired at `now`.
    pub(super) fn remembers(&self, entry: &Entry<R, O>, now: Timestamp) -> bool {
        cite!(T_140);
        entry.done.as_ref().is_none_or(|done| self.config.lifetime.covers(done.at, now))
    }

    fn oldest_is_expired(&self, tenant: &Tenant, now: Timestamp) -> bool {
        cite!(T_160);
        let oldest = tenant.oldest.and_then(|slot| self.store.entry(slot));
        oldest.is_some_and(|(_, entry)| !self.remembers(entry, now))
    }

    fn next_sequence(&mut self) -> u64 {
        let drawn = self.next;
        self.next = self.next.saturating_add(1);
        drawn
    }
}

impl<T: Clone + Eq + Ord + Hash, S: Clone + Eq + Hash, R: Clone + Eq, O> TokenCache<T, S, R, O> {
    /// Admits a request that arrives at `now` with `key` or without one: execute, replay or refuse. An expired token
    /// counts as absent; the request is compared before the token's status (T-110).
    ///
    /// Only [`Admission::Execute`] changes anything: the token is in flight from then on. For a tenant at its capacity,
    /// expired tokens are removed first; if there are none, the token is [`Full`](TokenRefusal::Full) or evicts another
    /// one, according to [`Overflow`].
    ///
    /// With 4,294,967,295 tokens of all tenants together, a new one is also `Full`.
    pub fn begin(&mut self, now: Timestamp, key: Option<&TokenKey<T, S>>, request: &R) -> Admission<'_, O> {
        cite!(T_030);
        self.observe(now);
        let Some(key) = key else { return Admission::Bypass };
        let hash = self.store.hash(key);
        let place = match self.find(hash, key, request, self.clock) {
            Find::OtherRequest => return Admission::Refused(TokenRefusal::Mismatch),
            Find::EqualRequest(slot) => {
                return match self.store.done(slot) {
                    Some(done) => Admission::Replay(&done.outcome),
                    None => Admission::Refused(TokenRefusal::Processing),
                };
            }
            Find::Expired(slot) => Some(Place::Expired(slot)),
            Find::Nothing => self.new_place(&key.tenant, self.clock),
        };
        let vacancy = place.map(|place| Vacancy { hash, place });
        match vacancy.and_then(|vacancy| self.grant(vacancy, || key.clone(), request.clone())) {
            Some(permit) => Admission::Execute(permit),
            None => Admission::Refused(TokenRefusal::Full),
        }
    }

    /// The answer of [`begin`](Self::begin), or the place for the token. The place is valid for
    /// [`settle`](Self::settle) until the cache changes.
    pub(crate) fn peek(
        &self,
        now: Timestamp,
        key: &TokenKey<T, S>,
        request: &R,
    ) -> Result<Vacancy, Standing<'_, O>> {
        cite!(T_150);
        let now = self.clock.max(now);
        let hash = self.store.hash(key);
        let place = match self.find(hash, key, request, now) {
            Find::OtherRequest => return Err(Standing::Refused(TokenRefusal::Mismatch)),
            Find::EqualRequest(slot) => {
                return Err(match self.store.done(slot) {
                    Some(done) => Standing::Replay(&done.outcome),
                    None => Standing::Refused(TokenRefusal::Processing),
                });
            }
            Find::Expired(slot) => Some(Place::Expired(slot)),
            Find::Nothing => self.new_place(&key.tenant, now),
        };
        let vacancy = place.map(|place| Vacancy { hash, place });
        vacancy.ok_or(Standing::Refused(TokenRefusal::Full))
    }

    /// Begins and completes at once the token of a vacancy; returns the number of the completion evicted for it.
    pub(crate) fn settle(
        &mut self,
        now: Timestamp,
        vacancy: Vacancy,
        key: TokenKey<T, S>,
        request: R,
        outcome: O,
    ) -> Option<u64> {
        self.observe(now);
        let Vacancy { hash, place: Place::New } = vacancy else {
            let permit = self.grant(vacancy, || key, request)?;
            // The permit is the one of the entry just made, so it cannot be stale.
            let _ = self.complete(now, permit, outcome);
            return None;
        };
        let tenant = self.store.tenant_index(&key.tenant);
        let evicted = tenant.and_then(|index| self.make_room(index));
        // The number before it would be that of a permit.
        let sequence = self.next.saturating_add(1);
        self.store.insert_completed(hash, key, tenant, request, sequence, outcome, self.clock)?;
        self.next = sequence.saturating_add(1);
        evicted
    }

    /// Puts the token of a vacancy in flight under the next number. `None` if the table is full.
    fn grant(
        &mut self,
        vacancy: Vacancy,
        key: impl FnOnce() -> TokenKey<T, S>,
        request: R,
    ) -> Option<Permit> {
        cite!(T_070);
        let mut evicted = None;
        match vacancy.place {
            Place::Expired(slot) => self.store.restart(slot, request, self.next)?,
            Place::New => {
                let key = key();
                let tenant = self.store.tenant_index(&key.tenant);
                evicted = tenant.and_then(|index| self.make_room(index));
                self.store.insert(vacancy.hash, key, tenant, request, self.next)?;
            }
        }
        Some(Permit { sequence: self.next_sequence(), evicted })
    }

    /// The answer of [`begin`](Self::begin) at `now`, without moving the clock or granting a permit.
    pub fn standing(&self, now: Timestamp, key: Option<&TokenKey<T, S>>, request: &R) -> Standing<'_, O> {
        let Some(key) = key else { return Standing::Bypass };
        self.peek(now, key, request).map_or_else(|standing| standing, |_| Standing::Vacant)
    }

    /// Completes a permit: its token is remembered with this outcome from `now` on. Returns the number of the
    /// completion, to which [`Permit::evicted`] and [`horizon`](Self::horizon) refer.
    ///
    /// The outcome is the decision without the data of a single call, such as its RequestId. The token stays completed
    /// if the reply is lost afterwards.
    ///
    /// # Errors
    ///
    /// [`StalePermit`] if the permit is not the current one of its token; the outcome is dropped.
    pub fn complete(&mut self, now: Timestamp, permit: Permit, outcome: O) -> Result<u64, StalePermit> {
        self.observe(now);
        self.store.complete(permit.sequence, self.next, outcome, self.clock).ok_or(StalePermit)?;
        Ok(self.next_sequence())
    }

    /// Forgets the token of a permit whose work is known to have had no effect (T-120).
    ///
    /// # Errors
    ///
    /// [`StalePermit`] if the permit is not the current one of its token.
    pub fn release(&mut self, now: Timestamp, permit: Permit) -> Result<(), StalePermit> {
        cite!(T_120);
        self.observe(now);
        self.store.release(permit.sequence).ok_or(StalePermit)
    }

    /// Issues a new permit with a higher number for a token in flight whose permit was lost. The old permit becomes
    /// stale (T-130). `None` if no token is in flight under that number.
    pub fn reclaim(&mut self, sequence: u64) -> Option<Permit> {
        cite!(T_130);
        self.store.renumber(sequence, self.next)?;
        Some(Permit { sequence: self.next_sequence(), evicted: None })
    }

    /// Removes expired tokens and empty tenants from memory; returns the number of removed tokens. O(tenants and tokens
    /// removed).
    ///
    /// No answer and no comparison depends on it. New tokens remove expired ones of their own tenant, so it is needed
    /// only for inactive tenants. The returned number is the only value in this interface that depends on earlier
    /// removals.
    pub fn sweep(&mut self, now: Timestamp) -> usize {
        self.observe(now);
        let before = self.store.entries.len();
        for index in 0..self.store.tenants.len() {
            self.remove_expired(index, usize::MAX);
        }
        self.store.forget_idle_tenants();
        before.saturating_sub(self.store.entries.len())
    }

    /// Replaces the bounds. Expired tokens are removed first, so a longer lifetime revives none.
    ///
    /// # Errors
    ///
    /// [`OverCapacity`] if a tenant holds more tokens than the new bounds admit; the bounds are unchanged.
    pub fn reconfigure(&mut self, config: TokenCacheConfig) -> Result<(), OverCapacity> {
        self.sweep(self.clock);
        if self.store.tenants.values().any(|tenant| tenant.held > config.capacity.get()) {
            return Err(OverCapacity);
        }
        self.config = config;
        Ok(())
    }

    /// Forgets a tenant: its horizon and its tokens, including those in flight, whose permits become stale. For
    /// removing an account; then at-most-once holds only for new tokens. O(tokens in flight, tenants, tokens removed).
    pub fn forget(&mut self, tenant: &T) {
        let Some(index) = self.store.tenant_index(tenant) else { return };
        let flights = self.store.flights.iter().filter(|(_, flight)| flight.tenant == index);
        for sequence in flights.map(|(sequence, _)| sequence).collect::<Vec<u64>>() {
            self.store.release(sequence);
        }
        while self.store.remove_oldest(index).is_some() {}
        if let Some((_, record)) = self.store.tenants.get_index_mut(index) {
            record.horizon = 0;
        }
        self.store.forget_idle_tenants();
    }

    /// The number of the tenant's last evicted completion, zero if there is none. It never decreases. Completions with
    /// higher numbers are remembered until they expire; for the others, at-most-once is not guaranteed.
    pub fn horizon(&self, tenant: &T) -> u64 {
        self.store.tenants.get(tenant).map_or(0, |tenant| tenant.horizon)
    }

    fn find(&self, hash: u64, key: &TokenKey<T, S>, request: &R, now: Timestamp) -> Find {
        cite!(T_110);
        let Some(slot) = self.store.find(hash, key) else { return Find::Nothing };
        match self.store.entry(slot) {
            Some((_, entry)) if !self.remembers(entry, now) => Find::Expired(slot),
            Some((_, entry)) if entry.request == *request => Find::EqualRequest(slot),
            _ => Find::OtherRequest,
        }
    }

    /// The place for a new token, if its tenant has room.
    fn new_place(&self, tenant: &T, now: Timestamp) -> Option<Place> {
        let room = self.store.most_held < self.config.capacity.get()
            || self.store.tenant_index(tenant).is_none_or(|index| self.has_room(index, now));
        room.then_some(Place::New)
    }

    /// Makes room for one more token of a tenant that [has room](Self::has_room): expired entries are removed, and if
    /// that is not enough, the completion that is returned is evicted.
    fn make_room(&mut self, index: usize) -> Option<u64> {
        self.remove_expired(index, REMOVED_PER_GRANT);
        if self.store.tenant(index)?.held < self.config.capacity.get() {
            return None;
        }
        let evicted = self.store.remove_oldest(index)?;
        self.store.raise_horizon(index, evicted);
        Some(evicted)
    }

    /// Whether the tenant may have one more token.
    fn has_room(&self, index: usize, now: Timestamp) -> bool {
        self.store.tenant(index).is_none_or(|tenant| {
            let evicts = self.config.overflow == Overflow::EvictOldestCompleted;
            tenant.held < self.config.capacity.get()
                || (evicts && tenant.oldest.is_some())
                || self.oldest_is_expired(tenant, now)
        })
    }

    /// Removes at most `at_most` expired entries of a tenant.
    fn remove_expired(&mut self, index: usize, at_most: usize) {
        for _ in 0..at_most {
            match self.store.tenant(index) {
                Some(tenant) if self.oldest_is_expired(tenant, self.clock) => self.store.remove_oldest(index),
                _ => return,
            };
        }
    }
}
