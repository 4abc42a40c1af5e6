//! The bounds of a token cache: lifetime, capacity and overflow.
//!
//! The vendor publishes none of the three.

use core::num::{NonZeroU64, NonZeroUsize};

use crate::time::Timestamp;

/// The lifetime of a completed token, from its completion on (T-140).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Lifetime {
    /// Unlimited: with [`Overflow::Refuse`], a completed token never executes again.
    Never,
    /// This many milliseconds. At least one, since a token that expires at once protects nothing.
    For(NonZeroU64),
}

/// Twenty-four hours.
///
/// Undocumented upstream: EBS and PolarDB publish no lifetime. The value is common to Stripe, ECS, Restate and
/// Kafka; it must exceed the time over which clients retry.
pub const DEFAULT_LIFETIME: Lifetime = Lifetime::For(NonZeroU64::MIN.saturating_add(86_399_999));

impl Lifetime {
    /// Whether a token completed at `completed_at` is remembered at `now`. The end is exclusive: with a lifetime of
    /// one millisecond, a token is remembered only at the time of its completion.
    pub const fn covers(self, completed_at: Timestamp, now: Timestamp) -> bool {
        match self {
            Self::Never => true,
            Self::For(lifetime) => now.since(completed_at).as_millis() < lifetime.get(),
        }
    }
}

impl Default for Lifetime {
    fn default() -> Self {
        DEFAULT_LIFETIME
    }
}

/// The treatment of a new token of a tenant at its capacity (T-180, T-190).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Overflow {
    /// The token is refused: at-most-once execution has priority over availability.
    #[default]
    Refuse,
    /// The tenant's earliest completion is evicted, as reported by the permit and the horizon. Tokens in flight are not
    /// evicted, so a tenant with no completion is still refused.
    EvictOldestCompleted,
}

/// The bounds of a [`TokenCache`](super::TokenCache).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct TokenCacheConfig {
    /// The lifetime of a completed token.
    pub lifetime: Lifetime,
    /// The maximum number of tokens of one tenant, in flight and remembered together.
    pub capacity: NonZeroUsize,
    /// The treatment of a new token beyond that.
    pub overflow: Overflow,
}

impl TokenCacheConfig {
    /// A capacity for each tenant, with the defaults [`DEFAULT_LIFETIME`] and [`Overflow::Refuse`].
    pub const fn bounded(capacity: NonZeroUsize) -> Self {
        Self { lifetime: DEFAULT_LIFETIME, capacity, overflow: Overflow::Refuse }
    }
}
