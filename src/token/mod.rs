//! Idempotency tokens: one request, however often it arrives, takes effect once.
//!
//! A client that loses a reply cannot know whether its failover was accepted. If it sends the request again under
//! the same `ClientToken`, the service answers as it did the first time and does nothing. [`TokenCache`] decides
//! which of the two happens; it executes nothing, reads no clock and knows no operation. Use is in two phases, so
//! that overlapping requests can be told apart without threads: [`begin`](TokenCache::begin) asks, and where it
//! answers [`Admission::Execute`] the caller does the work and then either [`complete`](TokenCache::complete)s the
//! permit with the outcome or, if nothing had any effect, [`release`](TokenCache::release)s it.
//!
//! | Entry | `begin`, equal request | `begin`, other request | `complete` | `release` |
//! | --- | --- | --- | --- | --- |
//! | none, or expired | becomes in flight: `Execute` | the same | | |
//! | in flight | `Processing` | `Mismatch` | becomes completed | becomes none |
//! | completed | `Replay` | `Mismatch` | | |
//!
//! A permit that does not belong to the entry in flight is [`StalePermit`], whatever the entry is, and changes
//! nothing.
//!
//! The vendor documents the token's shape, the replay and the mismatch, the last two in a guide that the EBS
//! parameter links and PolarDB's does not. In-flight refusals are listed for sibling operations. How long a token is
//! remembered, for whom, how many fit, and in which order the checks run is published nowhere: the catalogue marks those
//! `Inferred` and names the evidence. Only calls to the real service could settle them.
//!
//! ```
//! use core::num::NonZeroUsize;
//! use failover_model::time::Timestamp;
//! use failover_model::token::{Admission, ClientToken, TokenCache, TokenCacheConfig, TokenKey};
//!
//! let mut cache = TokenCache::new(TokenCacheConfig::bounded(NonZeroUsize::MIN));
//! let key = ClientToken::parse("c-1")?.map(|token| TokenKey { tenant: "alice", scope: "failover", token });
//! let now = Timestamp::from_millis(0);
//!
//! let Admission::Execute(permit) = cache.begin(now, key.as_ref(), &"pair-1") else { unreachable!() };
//! cache.complete(now, permit, "accepted")?;
//! assert_eq!(cache.begin(now, key.as_ref(), &"pair-1"), Admission::Replay(&"accepted"));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod admission;
#[cfg(test)]
mod broken;
mod cache;
mod check;
mod client_token;
mod config;
mod flights;
pub(crate) mod rules;
#[cfg(feature = "serde")]
mod snapshot;
mod store;
mod table;
mod value;

pub use admission::{Admission, OverCapacity, Permit, StalePermit, Standing, TokenRefusal};
pub(crate) use cache::Vacancy;
pub use cache::{TokenCache, TokenKey};
pub use check::TokenViolation;
pub use client_token::{BadToken, ClientToken};
pub use config::{DEFAULT_LIFETIME, Lifetime, Overflow, TokenCacheConfig};
#[cfg(feature = "serde")]
pub use snapshot::{BadTokenSnapshot, TokenSnapshot};
