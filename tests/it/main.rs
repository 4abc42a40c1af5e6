//! The integration tests, by rooms. Binaries of their own: `worlds` and `determinism`, which also run in release, and
//! `allocations`, which replaces the allocator.
//!
//! | Room | Holds |
//! |---|---|
//! | `kit` | what the tests share |
//! | `rules` | the rules, by resource, each through the control plane |
//! | `tables` | lifecycles against an independent statement, every cell |
//! | `traps` | rules that a first implementation gets wrong |
//! | `plane` | what holds of every call, sequence and snapshot |
//! | `oracle` | the naive reference, the conformance check and the gallery of wrong models |
//! | `wire` | parameters, answers, scenarios and fuzz seeds |
//! | `precedence` | which of two faults answers |
//! | `tokens` | the token cache |
//! | `pages` | pages under `docs/` that are made from the rows |

#[macro_use]
mod kit;

mod oracle;
mod pages;
mod plane;
mod precedence;
mod rules;
mod tables;
mod tokens;
mod traps;
mod wire;
