//! Snapshots: the whole state as data, and back.
//!
//! One snapshot holds resources, tokens, clock and policy, since a token without its effect, or the reverse, would
//! break at-most-once execution. Maps are sequences in registry order, so equal states give equal bytes under any hash
//! seed. Unknown fields are rejected. Indexes are left out and rebuilt; [`ControlPlane::check`] verifies a restored
//! state before it is returned.
//!
//! The format is version 1. It freezes with release 0.1.0; a later format gets a new number.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::control_plane::Request;
use crate::control_plane::{ControlPlane, Places, Scope, TokenOutcome, Violation};
use crate::ebs::{Disk, Drill, ReplicaGroup, ReplicaPair};
use crate::ids::{AccountId, DiskId};
use crate::polardb::{DbCluster, GlobalDatabaseNetwork};
use crate::policy::Policy;
use crate::stored::unverified;
use crate::time::Timestamp;
use crate::token::{BadTokenSnapshot, TokenCache, TokenSnapshot};

/// The version of snapshots and journals that this release writes and reads.
pub const VERSION: u32 = 1;

/// The first entry of a journal: the version of its format, and the policy under which its inputs are replayed. What follows are
/// the [`Input`](crate::Input)s in the order in which they were applied (`docs/journal.md`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalHead {
    version: u32,
    policy: Policy,
}

impl JournalHead {
    /// The head of a new journal.
    pub const fn new(policy: Policy) -> Self {
        Self { version: VERSION, policy }
    }

    /// The control plane to which the inputs of the journal are applied.
    ///
    /// # Errors
    ///
    /// [`RestoreError::Version`] if the journal has another version.
    pub fn open(self) -> Result<ControlPlane, RestoreError> {
        if self.version != VERSION {
            return Err(RestoreError::Version(self.version));
        }
        Ok(ControlPlane::new(self.policy))
    }
}

/// A control plane as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    version: u32,
    policy: Policy,
    clock: Timestamp,
    next_id: u64,
    #[serde(deserialize_with = "unverified")]
    pairs: Vec<ReplicaPair>,
    #[serde(deserialize_with = "unverified")]
    groups: Vec<ReplicaGroup>,
    #[serde(deserialize_with = "unverified")]
    drills: Vec<Drill>,
    disks: Vec<DiskRecord>,
    #[serde(deserialize_with = "unverified")]
    clusters: Vec<DbCluster>,
    /// Left out if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "unverified")]
    networks: Vec<GlobalDatabaseNetwork>,
    tokens: TokenSnapshot<AccountId, Scope, Request, TokenOutcome>,
    /// The regions and zones that exist. Left out if there are none.
    #[serde(default, skip_serializing_if = "Places::is_empty")]
    regions: Places,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DiskRecord {
    account: AccountId,
    id: DiskId,
    up: bool,
    attached: bool,
    removed: bool,
}

/// Why a snapshot cannot be restored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// The snapshot or journal has another version.
    #[error("version {0} of the format is not {VERSION}")]
    Version(u32),
    /// The counter of effect ids is zero or beyond what counting can reach.
    #[error("the counter of effect ids is {0}")]
    Counter(u64),
    /// Two entries of a sequence have the same key.
    #[error("entry {at} of {sequence} repeats the key {key}")]
    Twice {
        /// The sequence.
        sequence: &'static str,
        /// The position in it, from 0.
        at: usize,
        /// The key.
        key: String,
    },
    /// The tokens are inconsistent.
    #[error("tokens: {0}")]
    Tokens(#[from] BadTokenSnapshot),
    /// The state breaks an invariant.
    #[error(transparent)]
    Violation(#[from] Violation),
}

impl ControlPlane {
    /// The whole state as data.
    pub fn snapshot(&self) -> Snapshot {
        let disk = |((account, id), disk): (&(AccountId, DiskId), &Disk)| DiskRecord {
            account: account.clone(),
            id: id.clone(),
            up: disk.up,
            attached: disk.attached,
            removed: disk.removed,
        };
        Snapshot {
            version: VERSION,
            policy: self.policy.clone(),
            clock: self.clock,
            next_id: self.next_id,
            pairs: self.pairs.values().cloned().collect(),
            groups: self.groups.values().cloned().collect(),
            drills: self.drills.values().cloned().collect(),
            disks: self.disks.iter().map(disk).collect(),
            clusters: self.clusters.values().cloned().collect(),
            networks: self.networks.values().cloned().collect(),
            tokens: self.tokens.snapshot(),
            regions: self.regions.clone(),
        }
    }

    /// Restores and verifies the state of a snapshot, with the default hash seed.
    ///
    /// # Errors
    ///
    /// [`RestoreError`] names the violated invariant and its location.
    pub fn restore(snapshot: Snapshot) -> Result<Self, RestoreError> {
        Self::restore_with_hash_seed(snapshot, 0)
    }

    /// As [`restore`](Self::restore), with a seed as in [`with_hash_seed`](Self::with_hash_seed), which a snapshot does
    /// not hold, since it may be secret.
    ///
    /// # Errors
    ///
    /// As [`restore`](Self::restore).
    pub fn restore_with_hash_seed(snapshot: Snapshot, seed: u64) -> Result<Self, RestoreError> {
        if snapshot.version != VERSION {
            return Err(RestoreError::Version(snapshot.version));
        }
        if snapshot.next_id == 0 || snapshot.next_id > u64::MAX / 2 {
            return Err(RestoreError::Counter(snapshot.next_id));
        }
        let mut plane = Self::with_hash_seed(snapshot.policy, seed);
        plane.clock = snapshot.clock;
        plane.next_id = snapshot.next_id;
        plane.pairs.reserve(snapshot.pairs.len());
        fill("pairs", snapshot.pairs, |pair| {
            plane.pairs.insert(pair.id.clone(), pair).map(|twice| twice.id.to_string())
        })?;
        fill("groups", snapshot.groups, |group| {
            plane.groups.insert(group.id.clone(), group).map(|twice| twice.id.to_string())
        })?;
        fill("drills", snapshot.drills, |drill| {
            plane.drills.insert(drill.id.clone(), drill).map(|twice| twice.id.to_string())
        })?;
        fill("disks", snapshot.disks, |record| {
            let key = record.id.to_string();
            let disk = Disk { up: record.up, attached: record.attached, removed: record.removed };
            plane.disks.insert((record.account, record.id), disk).map(|_| key)
        })?;
        fill("clusters", snapshot.clusters, |cluster| {
            plane.clusters.insert(cluster.id.clone(), cluster).map(|twice| twice.id.to_string())
        })?;
        fill("networks", snapshot.networks, |network| {
            plane.networks.insert(network.id.clone(), network).map(|twice| twice.id.to_string())
        })?;
        let config = plane.policy.tokens.config();
        plane.tokens = TokenCache::restore_with_hash_seed(config, snapshot.tokens, seed)?;
        plane.regions = snapshot.regions;
        plane.reindex();
        plane.check_just_built()?;
        Ok(plane)
    }
}

/// Enters the entries of a sequence; `enter` answers with the key of an entry that was there already.
fn fill<T>(
    sequence: &'static str,
    entries: Vec<T>,
    mut enter: impl FnMut(T) -> Option<String>,
) -> Result<(), RestoreError> {
    let twice = entries.into_iter().enumerate().find_map(|(at, entry)| Some((at, enter(entry)?)));
    twice.map_or(Ok(()), |(at, key)| Err(RestoreError::Twice { sequence, at, key }))
}
