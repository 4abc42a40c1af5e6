//! A pure model of Alibaba Cloud failover.
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

pub mod control_plane;
pub mod ebs;
pub mod ids;
pub mod map;
pub mod operation;
pub mod polardb;
pub mod policy;
pub mod rule;
#[cfg(feature = "wire")]
pub mod scenario;
pub mod simulation;
#[cfg(feature = "serde")]
pub mod snapshot;
pub mod text;
pub mod time;
pub mod token;
#[cfg(feature = "wire")]
pub mod wire;
mod wire_error;

pub use control_plane::{
    Action, Call, ControlPlane, Deadline, DeadlineReason, DiskView, Effect, EffectKind, Event, Fact, Fresh,
    FreshCluster, Input, Misuse, Observation, Outcome, Output, PairFact, Refusal, Reply, Report, Request,
    Response, Step, Violation,
};
pub use ids::{
    AccountId, BadId, ClusterId, DiskId, EffectId, NodeClass, NodeId, OrderId, PairId, RegionId,
    ResourceGroupId, ZoneId,
};
pub use map::Map;
pub use operation::{Operation, Product};
pub use policy::Policy;
pub use rule::{Basis, Rule, RuleId};
pub use time::{Span, Timestamp};
pub use token::ClientToken;
pub use wire_error::WireError;
