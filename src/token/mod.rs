//! Idempotency tokens: a request takes effect once, however often it arrives.
//!
//! A client that loses a reply cannot know whether its failover was accepted. If it sends the request again under
//! the same `ClientToken`, the service repeats its first answer and does nothing else. [`TokenCache`] decides whether
//! to execute or replay; it executes nothing, reads no clock and knows no operation. It has two phases, so that
//! overlapping requests are distinguished without threads: on [`Admission::Execute`] from
//! [`begin`](TokenCache::begin) the caller does the work and then either [`complete`](TokenCache::complete)s the permit
//! with the outcome or, if the work had no effect, [`release`](TokenCache::release)s it.
//!
//! | Entry | `begin`, equal request | `begin`, other request | `complete` | `release` |
//! | --- | --- | --- | --- | --- |
//! | none, or expired | becomes in flight: `Execute` | the same | | |
//! | in flight | `Processing` | `Mismatch` | becomes completed | becomes none |
//! | completed | `Replay` | `Mismatch` | | |
//!
//! A permit that does not belong to the entry in flight is rejected with [`StalePermit`] in every state and changes
//! nothing.
//!
//! The vendor documents the token's shape, the replay and the mismatch, the last two in a guide that the EBS parameter
//! links and PolarDB's does not. In-flight refusals are listed for sibling operations. Lifetime, scope, capacity and
//! the order of checks are not published: the catalogue marks those rules `Inferred` and names the evidence. Only calls
//! to the real service could settle them.
//!
//! ```
//! use core::num::NonZeroUsize;
//! use failover_model::Timestamp;
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
mod cache;
mod check;
mod client_token;
mod config;
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
pub use snapshot::BadTokenSnapshot;
#[cfg(feature = "serde")]
pub use value::TokenSnapshot;
