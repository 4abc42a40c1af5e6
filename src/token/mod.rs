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
//! remembered, for whom, how many fit, and in which order the checks run is published nowhere: [`RULES`] marks those
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
#[cfg(feature = "serde")]
mod snapshot;
mod store;
mod table;
mod value;

use crate::rule::{Basis, Rule};

pub use admission::{Admission, OverCapacity, Permit, StalePermit, Standing, TokenRefusal};
pub(crate) use cache::Vacancy;
pub use cache::{TokenCache, TokenKey};
pub use check::TokenViolation;
pub use client_token::{BadToken, ClientToken};
pub use config::{DEFAULT_LIFETIME, Lifetime, Overflow, TokenCacheConfig};
#[cfg(feature = "serde")]
pub use snapshot::{BadTokenSnapshot, TokenSnapshot};

/// The rules of tokens, by number.
pub const RULES: &[Rule] = &[
    Rule::new(
        "T-010",
        Basis::Documented,
        "metadata of ebs 2021-07-30 and polardb 2017-08-01, parameter ClientToken",
        "A token is 1 to 64 ASCII characters.",
    ),
    Rule::new(
        "T-020",
        Basis::Documented,
        "metadata of polardb 2017-08-01, parameter ClientToken; ECS idempotence guide, linked from the EBS parameter",
        "Tokens are compared byte by byte: case and surrounding spaces count.",
    ),
    Rule::new(
        "T-030",
        Basis::Sibling,
        "metadata of 627 networking parameters (ALB, VPC, CBN and others): the RequestId stands in for the token",
        "A call without a token is never deduplicated and leaves no entry.",
    ),
    Rule::new(
        "T-040",
        Basis::Inferred,
        "SDKs send optional parameters that are empty; only DataWorks says that a token may be empty",
        "An empty token is an absent token.",
    ),
    Rule::new(
        "T-050",
        Basis::Inferred,
        "the parameter text asks for ASCII and no more; AWS ECS asks for 0x21 to 0x7E",
        "Spaces and control characters are accepted; a strict profile refuses them.",
    ),
    Rule::new(
        "T-060",
        Basis::Inferred,
        "EC2, Adyen and ECS scope by region or narrower; error codes differ between operations of one product",
        "Equal tokens of different tenants or scopes have nothing to do with each other.",
    ),
    Rule::new(
        "T-070",
        Basis::Documented,
        "ECS idempotence guide, linked from the EBS parameter",
        "The first request under a token executes.",
    ),
    Rule::new(
        "T-080",
        Basis::Sibling,
        "ECS idempotence guide, linked from the EBS parameter; PolarDB links none",
        "An equal request under a completed token gets the first outcome again and nothing happens.",
    ),
    Rule::new(
        "T-090",
        Basis::Sibling,
        "IdempotentParameterMismatch: ECS idempotence guide, metadata of CreateDiskReplicaPair",
        "Another request under a token that is in use is refused, and the token's entry stays as it is.",
    ),
    Rule::new(
        "T-100",
        Basis::Sibling,
        "LastTokenProcessing: metadata of 26 operations of ebs 2021-07-30, not of the failover calls",
        "An equal request under a token in flight is refused until the first one is settled.",
    ),
    Rule::new(
        "T-110",
        Basis::Inferred,
        "AWS Powertools compares first; the vendor states no order",
        "The request is compared before the entry's status: another request is a mismatch in flight too.",
    ),
    Rule::new(
        "T-120",
        Basis::Inferred,
        "the vendor's Terraform provider repeats EBS failover under one token through OperationDenied.InvalidStatus",
        "A released token is as good as new.",
    ),
    Rule::new(
        "T-130",
        Basis::Inferred,
        "fencing tokens; AWS Powertools lets a late worker overwrite its successor for want of one",
        "A permit that is no longer the token's current one settles nothing.",
    ),
    Rule::new(
        "T-140",
        Basis::Inferred,
        "24 hours at Stripe, ECS RunTask, Restate, Kafka, Checkout and PPRO; alimt says three minutes of two calls",
        "A completed token is remembered for a lifetime that starts at completion and ends exclusively.",
    ),
    Rule::new(
        "T-150",
        Basis::Inferred,
        "a lifetime that slides lets retries keep a token for ever and makes replays write",
        "A replay does not extend the lifetime.",
    ),
    Rule::new(
        "T-160",
        Basis::Inferred,
        "Kafka pins what is open; a lease that runs out while the work goes on is how a second effect happens",
        "A token in flight neither expires nor is evicted.",
    ),
    Rule::new(
        "T-170",
        Basis::Inferred,
        "the model has no clock of its own",
        "Time never goes back: every call, refused or not, moves the clock to the highest time seen.",
    ),
    Rule::new(
        "T-180",
        Basis::Inferred,
        "the vendor states no bound; one bound for all would let a tenant evict another's tokens",
        "A tenant has at most so many tokens; at the bound, expired ones make room, else a new token is refused.",
    ),
    Rule::new(
        "T-190",
        Basis::Inferred,
        "FoundationDB bounds its idempotency ids by a watermark",
        "Where the policy evicts, the tenant's earliest completion goes, is reported and raises the tenant's horizon.",
    ),
];
