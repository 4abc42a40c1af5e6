//! Traces: recorded from simulated services with many clients, explained, altered and refuted.
//!
//! A binary of its own, since it searches for minutes when asked to.

#[path = "traces/service.rs"]
mod service;

#[path = "traces/burst.rs"]
mod burst;

#[path = "traces/random.rs"]
mod random;

#[path = "traces/altered.rs"]
mod altered;

#[path = "traces/readers.rs"]
mod readers;

#[path = "traces/small.rs"]
mod small;

#[path = "traces/overlapping.rs"]
mod overlapping;

#[path = "traces/anew.rs"]
mod anew;

#[path = "traces/found.rs"]
mod found;

#[path = "traces/told.rs"]
mod told;
