//! How long tokens are remembered, how many, and what happens when no more fit.
//!
//! The vendor publishes none of the three.

use core::num::{NonZeroU64, NonZeroUsize};

use crate::time::Timestamp;

/// How long a completed token is remembered, from its completion on (T-140).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Lifetime {
    /// For ever: with [`Overflow::Refuse`], a token that was completed never executes again.
    Never,
    /// For this many milliseconds. At least one, since a token that is forgotten at once protects nothing.
    For(NonZeroU64),
}

/// Twenty-four hours.
///
/// Undocumented upstream: EBS and PolarDB publish no lifetime. The value is where Stripe, ECS, Restate and Kafka
/// agree; what matters is that it exceeds the time over which a client retries.
pub const DEFAULT_LIFETIME: Lifetime = Lifetime::For(NonZeroU64::MIN.saturating_add(86_399_999));

impl Lifetime {
    /// Whether a token completed at `completed_at` is remembered at `now`. The end is exclusive: with a lifetime of
    /// one millisecond, a token is remembered only at the very time of its completion.
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

/// What happens to a new token of a tenant who has as many as it may (T-180, T-190).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Overflow {
    /// It is refused: that a failover happens at most once outranks that it happens now.
    #[default]
    Refuse,
    /// The tenant's earliest completion is forgotten before its time, which the permit and the horizon report. Tokens
    /// in flight stay, so a tenant who has nothing else is refused all the same.
    EvictOldestCompleted,
}

/// The bounds of a [`TokenCache`](super::TokenCache).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct TokenCacheConfig {
    /// How long a completed token is remembered.
    pub lifetime: Lifetime,
    /// How many tokens one tenant may have, in flight and remembered together.
    pub capacity: NonZeroUsize,
    /// What happens to a new token beyond that.
    pub overflow: Overflow,
}

impl TokenCacheConfig {
    /// So many tokens for each tenant, and for the rest the defaults: [`DEFAULT_LIFETIME`] and [`Overflow::Refuse`].
    pub const fn bounded(capacity: NonZeroUsize) -> Self {
        Self { lifetime: DEFAULT_LIFETIME, capacity, overflow: Overflow::Refuse }
    }
}
