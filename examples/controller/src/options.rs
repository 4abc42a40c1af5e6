//! What a controller is told when it starts.

use std::time::Duration;

use failover_model::{AccountId, Policy, RegionId};

/// Whether commits wait for standbys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replication {
    /// They do not: a failover may lose what no standby had received, and says how much that was.
    Asynchronous,
    /// They wait for every node that can be elected.
    Synchronous,
}

/// How a controller looks and judges.
#[derive(Debug, Clone)]
pub struct Options {
    /// The readings.
    pub policy: Policy,
    /// The account of access keys that are no account.
    pub account: AccountId,
    /// The region of calls that name none.
    pub region: RegionId,
    /// Whether commits wait for standbys.
    pub replication: Replication,
    /// How often each node is looked at.
    pub look: Duration,
    /// For how long a node may give no sign of life before it counts as down.
    pub patience: Duration,
    /// How long a node that takes writes goes on without hearing from a controller.
    pub write_lease: Duration,
    /// How many bytes of log a reader may lag behind and still be elected.
    pub most_lag: u64,
    /// With how few free bytes a node counts as down, since it could not write.
    pub least_free: u64,
}
