//! A controller of real PostgreSQL clusters on `failover-model`.
//!
//! Everything that decides lives in the model. Here is what the model leaves to its embedder: databases, a journal on one
//! machine or on etcd, time, ids, and the vendor's protocol over HTTP.
//!
//! ```text
//! SDK ─▶ front ─▶ reign ─▶ log (etcd or a folder) ─▶ state ─▶ effects ─▶ carry ─▶ agents, one a node ─▶ PostgreSQL
//!                   ▲                                                       │
//!                   └── outcomes, fenced by their ids ◀─────────────────────┤
//!                   └── observations ◀── keeper, one a node ◀───────────────┘
//! ```
#![forbid(unsafe_code)]
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails may panic")
)]

pub mod agents;
mod carry;
mod fresh;
pub mod front;
mod keeper;
pub mod log;
mod lose;
pub mod node;
pub mod options;
pub mod protocol;
pub mod reign;
pub mod state;
pub mod watch;

pub use lose::Losing;
