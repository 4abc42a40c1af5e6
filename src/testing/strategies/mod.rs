//! Strategies for [proptest](https://docs.rs/proptest): policies, small worlds, and sequences of [steps](super::steps).
//!
//! ```
//! use failover_model::testing::strategies;
//! use failover_model::{ControlPlane, Policy};
//! use proptest::strategy::{Strategy, ValueTree};
//! use proptest::test_runner::TestRunner;
//!
//! let mut runner = TestRunner::deterministic();
//! let steps = strategies::steps(0..50).new_tree(&mut runner).unwrap().current();
//! let mut plane = ControlPlane::new(Policy::default());
//! for step in &steps {
//!     let input = step.resolve(&plane);
//!     let _ = plane.apply(&input);
//!     plane.check().unwrap();
//! }
//! ```

mod draw;
mod policy;
mod world;

pub use draw::{step, steps};
pub use policy::{ebs_policy, polardb_policy, policy, token_policy};
pub use world::{World, cluster_seed, group_seed, pair_seed, priority, world};

use core::num::{NonZeroU8, NonZeroU64, NonZeroUsize};

use proptest::prelude::Just;
use proptest::prop_oneof;
use proptest::sample::select;
use proptest::strategy::Strategy;

use crate::policy::{
    AfterExhaustion, AutomaticInWindow, BusyCluster, ColumnStoreElection, DeleteBeforeStart,
    DrillWithoutRecoverPoint, EbsPolicy, ElectionZone, ExplicitTargetFails, FailoverWhileBusy,
    FailoverWithoutRecoverPoint, FirstCopy, FirstCopyAfterReverse, HotReplicaPreference, JoinStatuses,
    LowerTiers, MissingTarget, PairFailover, PolarDbPolicy, Policy, ProductionSite, RejectionPolicy,
    ReprotectFailedGroup, RetryAfterFailure, ReverseNeeds, RollBack, SameRegionPairs, StandardNodes,
    StartWhileReplicating, SwitchStatus, TargetInWindow, TokenAlphabet, TokenMismatch, TokenPolicy,
    TokenScope, WindowFrom, ZoneLoss,
};
use crate::time::Span;
use crate::token::{Lifetime, Overflow};
