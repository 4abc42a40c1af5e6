//! The answers of a token cache.

use crate::refusal::Fixed;
use crate::rule::RuleId;
use crate::token::rules::{T_090, T_100, T_180};

/// The right and the obligation to settle one token in flight.
///
/// It settles at most once, since settling consumes it and it cannot be copied. Its number is a fencing token: once the
/// token is released, reclaimed or used by a later request, the permit is stale. A permit is valid for the cache that
/// granted it and for caches restored from it; other caches use the same numbers. A dropped permit leaves its token in
/// flight until it is [reclaimed](super::TokenCache::reclaim).
///
/// ```
/// # use failover_model::Timestamp;
/// # use failover_model::token::{Admission, ClientToken, TokenCache, TokenCacheConfig, TokenKey};
/// # let mut cache = TokenCache::new(TokenCacheConfig::bounded(core::num::NonZeroUsize::MIN));
/// # let now = Timestamp::from_millis(0);
/// # let key = TokenKey { tenant: 1, scope: (), token: ClientToken::parse("c-1")?.ok_or("no token")? };
/// let Admission::Execute(permit) = cache.begin(now, Some(&key), &"pair-1") else { unreachable!() };
/// cache.complete(now, permit, "accepted")?;
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// Settling twice does not compile:
///
/// ```compile_fail,E0382
/// # use failover_model::Timestamp;
/// # use failover_model::token::{Admission, ClientToken, TokenCache, TokenCacheConfig, TokenKey};
/// # let mut cache = TokenCache::new(TokenCacheConfig::bounded(core::num::NonZeroUsize::MIN));
/// # let now = Timestamp::from_millis(0);
/// # let key = TokenKey { tenant: 1, scope: (), token: ClientToken::parse("c-1")?.ok_or("no token")? };
/// let Admission::Execute(permit) = cache.begin(now, Some(&key), &"pair-1") else { unreachable!() };
/// cache.complete(now, permit, "accepted")?;
/// cache.release(now, permit)?;
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// Nor does copying:
///
/// ```compile_fail,E0599
/// # fn copy(permit: failover_model::token::Permit) -> [failover_model::token::Permit; 2] {
/// [permit.clone(), permit]
/// # }
/// ```
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a token stays in flight until its permit is completed or released"]
pub struct Permit {
    pub(super) sequence: u64,
    pub(super) evicted: Option<u64>,
}

impl Permit {
    /// The number under which the token is in flight.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The number of the completion that was evicted to make room for this token. A retry of its request will execute
    /// again.
    pub const fn evicted(&self) -> Option<u64> {
        self.evicted
    }
}

/// The answer of [`begin`](super::TokenCache::begin).
#[derive(Debug, PartialEq, Eq)]
#[must_use = "an admission may hold a permit, which has to be settled"]
pub enum Admission<'a, O> {
    /// There is no token: execute without a permit (T-030).
    Bypass,
    /// The token is new, was released, or has expired: execute, then settle the permit (T-070).
    Execute(Permit),
    /// The request was executed before: answer with its outcome (T-080).
    Replay(&'a O),
    /// Answer with an error; only the clock has changed.
    Refused(TokenRefusal),
}

/// The answer that [`begin`](super::TokenCache::begin) would give, from [`standing`](super::TokenCache::standing).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing<'a, O> {
    /// There is no token.
    Bypass,
    /// It would execute.
    Vacant,
    /// It would replay this outcome.
    Replay(&'a O),
    /// It would be refused.
    Refused(TokenRefusal),
}

/// Why a request is refused because of its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum TokenRefusal {
    /// The token was used for another request. A new token is needed.
    #[error("the client token was used for another request (T-090); send this one under a token of its own")]
    Mismatch,
    /// The same request is still being executed.
    #[error(
        "the request under this client token is still being executed (T-100); repeat it later under the same token"
    )]
    Processing,
    /// The tenant is at its capacity. Not in the vendor's documents.
    #[error(
        "no more client tokens fit (T-180); repeat the request later, when one has been released or has expired"
    )]
    Full,
}

impl TokenRefusal {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Mismatch, Self::Processing, Self::Full];

    /// The rule of the refusal.
    pub const fn rule(self) -> RuleId {
        match self {
            Self::Mismatch => T_090,
            Self::Processing => T_100,
            Self::Full => T_180,
        }
    }

    /// Whether the same request under the same token may succeed later, without waiting for the token to expire.
    pub const fn same_token_retry_may_succeed(self) -> bool {
        !matches!(self, Self::Mismatch)
    }

    /// Its error on the wire. Each product has its own message for a mismatch.
    pub(crate) const fn answer(self, mismatch: &'static str) -> Fixed {
        match self {
            Self::Mismatch => (400, "IdempotentParameterMismatch", mismatch),
            Self::Processing => (403, "LastTokenProcessing", "The last token request is processing."),
            Self::Full => (
                503,
                "ServiceUnavailable",
                "The request has failed due to a temporary failure of the server.",
            ),
        }
    }
}

/// The permit is not the current one of any token in flight (T-130): the token was reclaimed, and perhaps settled,
/// since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("the permit is not that of a token in flight (T-130); its outcome was not recorded")]
pub struct StalePermit;

/// A tenant holds more tokens than the new bounds admit (T-180).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error(
    "an account holds more client tokens than the new capacity admits (T-180); let them expire or admit more"
)]
pub struct OverCapacity;
