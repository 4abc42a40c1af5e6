//! What the server bears, so that a client that goes wrong costs itself and nobody else.
//!
//! | Limit | Where it is met | Answer past it |
//! |---|---|---|
//! | `connections` | accepting | 503 in the vendor's shape, and the connection is closed |
//! | [`HEAD`] | the head of a request, idle time before it included | the connection is closed |
//! | [`BODY`] | the body of a request | 408 |
//! | `accounts` | the first request of an account | 503 |
//! | `resources` of an account | a call that creates | 403 `OperationDenied.QuotaExceed` |
//! | `faults` of an account | planning one | 429 |
//! | `waiters` of an account | `GET events` with `wait_ms` | 429 |
//! | `STATE` | `PUT state` | 413 |
//!
//! A state is kept below its limit by the number of resources: at most 200,000 pairs with a token each have less than
//! half of it.

use std::time::Duration;

/// The longest that a connection may take to send the head of its next request.
pub const HEAD: Duration = Duration::from_secs(60);

/// The longest that a request may take to send its body.
pub const BODY: Duration = Duration::from_secs(30);

/// The longest state that is taken, in bytes.
pub const STATE: usize = 1 << 30;

/// The limits in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at one time.
    pub connections: usize,
    /// Accounts that have a world.
    pub accounts: usize,
    /// Pairs, groups, drills and clusters of an account, tombstones included.
    pub resources: usize,
    /// Planned faults of an account.
    pub faults: usize,
    /// Readers of an account's feed that wait at one time.
    pub waiters: usize,
}

impl Limits {
    /// What the binary serves with.
    pub const DEFAULT: Self =
        Self { connections: 4_096, accounts: 10_000, resources: 200_000, faults: 1_000, waiters: 2_000 };
}
