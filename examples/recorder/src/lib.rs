//! Records what was asked of Alibaba Cloud failover and what it answered, as a [trace](failover_model::trace).
//!
//! A server that decides itself what it answers, such as the emulator, hands each call to a [`Recorder`](record::Recorder).
//! Of any other service, the [`proxy`] stands between it and its clients.
#![forbid(unsafe_code)]
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails may panic")
)]

#[cfg(feature = "proxy")]
mod body;
#[cfg(feature = "proxy")]
pub mod proxy;
pub mod record;
#[cfg(feature = "proxy")]
pub mod upstream;
