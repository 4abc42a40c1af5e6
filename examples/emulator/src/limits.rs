//! What the server bears, so that a client that goes wrong costs itself and nobody else.
//!
//! | Limit | Where it is met | Answer past it |
//! |---|---|---|
//! | `connections` | accepting | 503 in the vendor's shape, and the connection is closed |
//! | `head` | the head of a request, idle time before it included | the connection is closed |
//! | `body` | the body of a request | 408 |
//! | `accounts` | the first request of an account | 503 |
//! | `resources` of an account | a call that creates | 403 `OperationDenied.QuotaExceed` |
//! | `faults` of an account | planning one | 429 |
//! | `waiters` of an account | `GET events` with `wait_ms` | 429 |
//! | `state` | `PUT state`, and `GET state` of one that could not be put back | 413, and 507 |
//!
//! Each refusal leaves a line in the log.

use std::time::Duration;

/// The limits in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at one time.
    pub connections: usize,
    /// The longest that a connection may take to send the head of its next request.
    pub head: Duration,
    /// The longest that a request may take to send its body.
    pub body: Duration,
    /// Accounts that have a world.
    pub accounts: usize,
    /// Pairs, groups, drills, clusters and networks of an account, tombstones included.
    pub resources: usize,
    /// Planned faults of an account.
    pub faults: usize,
    /// Readers of an account's feed that wait at one time.
    pub waiters: usize,
    /// The longest state that is told and taken, in bytes.
    pub state: usize,
}

impl Limits {
    /// What the binary serves with.
    ///
    /// As many resources as there may be fit into a state: 200,000 pairs with a token of 64 characters each have 252 MB,
    /// 200,000 clusters of sixteen nodes 962 MB. What is longer, full of tags say, is refused by its length.
    pub const DEFAULT: Self = Self {
        connections: 4_096,
        head: Duration::from_secs(60),
        body: Duration::from_secs(30),
        accounts: 10_000,
        resources: 200_000,
        faults: 1_000,
        waiters: 2_000,
        state: 2 << 30,
    };
}
