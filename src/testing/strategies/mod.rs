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

pub use draw::{step, steps, steps_of};
pub use policy::policy;
pub use world::{World, cluster_seed, group_seed, pair_seed, priority, world};

use alloc::vec::Vec;
use core::num::{NonZeroU8, NonZeroU64, NonZeroUsize};

use proptest::prelude::Just;
use proptest::prop_oneof;
use proptest::sample::select;
use proptest::strategy::Strategy;

use crate::policy::Policy;
use crate::time::Span;
use crate::token::{Lifetime, Overflow};
