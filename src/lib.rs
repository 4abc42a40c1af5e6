//! A pure model of Alibaba Cloud failover.
//!
//! It models two control-plane behaviours exactly: failing an EBS disk replication pair over to its secondary disk
//! ([`ebs`], `FailoverDiskReplicaPair`), and failing a PolarDB cluster over to a read-only node ([`polardb`],
//! `FailoverDBCluster`); and the idempotency tokens that make both safe to retry ([`token`]).
//!
//! Nothing here does I/O, reads a clock, draws a random number or starts a thread. Time, ids, choices and the outcomes
//! of effects are arguments; effects and events are return values. The state is a value: clone it, compare it,
//! hash it, store it.
//!
//! # The loop
//!
//! ```
//! use failover_model::ebs::{CreateDiskReplicaPair, FailoverDiskReplicaPair, PairCreated, PairStatus};
//! use failover_model::{Call, ControlPlane, Outcome, Policy, Report, Timestamp};
//!
//! let mut plane = ControlPlane::new(Policy::default());
//! let call = |region: &str, ms| -> Result<Call, failover_model::BadId> {
//!     Ok(Call { now: Timestamp::from_millis(ms), account: "1".parse()?, region: region.parse()?, token: None })
//! };
//! let create = CreateDiskReplicaPair::new(
//!     ("cn-beijing-a".parse()?, "d-1".parse()?),
//!     ("cn-shanghai".parse()?, "cn-shanghai-b".parse()?, "d-2".parse()?),
//! );
//! // A call is accepted or refused at once. The work to be done is returned as effects …
//! let fresh = PairCreated { pair: "pair-1".parse()?, order: "order-1".parse()? };
//! let reply = plane.create_disk_replica_pair(&call("cn-beijing", 0)?, &create, fresh)?;
//! // … which the embedder carries out and reports on.
//! for effect in reply.step.effects {
//!     plane.report(Timestamp::from_millis(2_000), &Report::Outcome { id: effect.id, outcome: Outcome::Succeeded })?;
//! }
//! // Failover is called where the secondary disk is. Its status is `failovering` until the embedder reports.
//! let failover = FailoverDiskReplicaPair::new("pair-1".parse()?);
//! let reply = plane.failover_disk_replica_pair(&call("cn-shanghai", 3_000)?, &failover);
//! assert!(reply.result.is_ok());
//! assert_eq!(plane.pair(&failover.pair).map(|pair| pair.status()), Some(PairStatus::Failingover));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Layers, each usable alone
//!
//! | Layer | Contents | Use |
//! |---|---|---|
//! | Rules | [`ebs::PairLifecycle`], [`polardb::next_tier`]: functions over small enums | a reviewer, a checker |
//! | Resources | [`ebs::ReplicaPair`], [`polardb::DbCluster`]: `decide`, then `apply` | resources in your own database |
//! | Components | [`polardb::Failover`], [`token::TokenCache`] | a controller, any service with tokens |
//! | Control plane | [`ControlPlane`] | an emulator, an oracle |
//! | Simulation | [`simulation::Simulation`]: latencies, faults, virtual time | an emulator, a test |
//!
//! # Confidence
//!
//! Every rule has a number, a source and a [`Basis`]; [`catalogue::rules`] lists them. Where the vendor's documents
//! contradict each other or are silent and the readings differ in behaviour, the choice is a field of [`Policy`].
//!
//! # Features
//!
//! `serde`: snapshots and journals. `wire`: RPC parameters to typed requests, replies to JSON and XML bodies (needs
//! std). `testing`: strategies, a naive reference and a conformance check for property tests (needs std). None changes
//! behaviour; the core needs only `alloc`.
#![no_std]
#![forbid(unsafe_code)]
#![deny(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "a test that fails may panic"
    )
)]

extern crate alloc;
#[cfg(any(test, feature = "wire", feature = "testing"))]
extern crate std;

mod ascending;
mod breach;
mod calendar;
pub mod catalogue;
mod checked;
mod constructor;
mod context;
mod control_plane;
mod cursor;
pub mod ebs;
mod ids;
pub mod lifecycle;
mod map;
mod not_created;
mod operation;
mod outcome;
pub mod polardb;
pub mod policy;
mod refusal;
mod revision;
mod rule;
#[cfg(feature = "wire")]
pub mod scenario;
pub mod simulation;
#[cfg(feature = "serde")]
pub mod snapshot;
mod spelling;
mod stored;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;
mod time;
pub mod token;
#[cfg(feature = "wire")]
pub mod trace;
#[cfg(feature = "wire")]
pub mod wire;

pub use breach::Breach;
pub use context::Context;
pub use control_plane::{
    Action, Call, ControlPlane, Deadline, DeadlineKind, DiskView, DrillFact, Effect, EffectKind, Event, Fact,
    Fresh, FreshCluster, FreshNodes, GroupFact, Input, Misuse, NotAdopted, Observation, Output, PairFact,
    Places, Refusal, RegionList, Reply, Report, Request, Response, Scope, StatusChange, Step, TokenOutcome,
    Tokens, Told, Violation,
};
pub use cursor::Cursor;
pub use ids::{
    AccountId, BadId, ClusterId, DiskId, DrillId, EffectId, GroupId, NetworkId, NodeClass, NodeId, OrderId,
    PairId, RegionId, ResourceGroupId, ResourceId, WrongIds, ZoneId,
};
pub use not_created::NotCreated;
pub use operation::{Operation, Product};
pub use outcome::{NotTaken, Outcome};
pub use policy::Policy;
pub use refusal::WireError;
pub use revision::{Revision, StalePlan, WhyStale};
pub use rule::{Basis, Rule, RuleId};
pub use spelling::UnknownValue;
pub use time::{Span, Timestamp};
pub use token::ClientToken;

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// Compiles and runs the examples of the page on embedding.
#[cfg(all(doctest, feature = "serde"))]
#[doc = include_str!("../docs/embed.md")]
struct Embedding;

/// Compiles and runs the page on misuse, and sees to it that what must not compile does not.
#[cfg(all(doctest, feature = "serde"))]
#[doc = include_str!("../docs/misuse.md")]
struct Misuses;
