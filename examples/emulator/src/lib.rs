//! An HTTP server that embeds `failover-model` and answers the vendor's official SDKs.
//!
//! Everything that decides lives in the model. Here is what the model leaves to its embedder: HTTP, a clock, a feed of
//! events, and switches for tests. `/` speaks the vendor's protocol, `/_emulator/` controls the world.
//!
//! The binary adds a socket, signals and standard output. What it serves is [`router`], which [`serve::answer`] asks
//! without any of these: so a test can make every request that a client can.
//!
//! Tests of other programs start a server with [`Emulator::start`] and steer it with [`Control`], which also steers one
//! elsewhere.
#![forbid(unsafe_code)]
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails may panic")
)]

pub mod account;
pub mod answers;
pub mod caller;
mod client;
pub mod clock;
mod control;
mod effects;
mod emulator;
mod faults;
pub mod feed;
pub mod happened;
pub mod head;
pub mod incoming;
pub mod journal;
pub mod limits;
mod place;
pub mod policy;
pub mod project;
mod rehearsal;
pub mod reply;
pub mod requests;
mod resources;
mod running;
mod seed;
pub mod serve;
pub mod start;
mod state;
pub mod store;
mod strict;
mod vendor;
pub mod world;

use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use axum::Router;

pub use client::{Control, ControlError, Refusal};
pub use emulator::{Emulator, TooManyAccounts};
pub use running::{NotStarted, Server, Start};
pub use state::AccountState;

/// All that a client can ask of an emulator.
pub fn router(emulator: &Arc<Emulator>) -> Router {
    vendor::router(emulator).merge(control::router(emulator))
}

/// A seed of the standard library's own randomness, small enough that every JSON reader keeps it whole.
pub fn draw_seed() -> u64 {
    const WHOLE: u64 = (1 << 53) - 1;
    std::hash::RandomState::new().build_hasher().finish() & WHOLE
}

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
