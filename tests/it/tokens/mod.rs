//! Idempotency tokens: the cache, its invariants, and the example of a service.

mod cache;
mod example;
mod invariants;
