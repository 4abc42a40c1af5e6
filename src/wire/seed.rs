//! What an account already has, from what its own describe calls answered.
//!
//! The objects are the items of `DescribeDiskReplicaPairs` and `DescribeDiskReplicaGroups` and the answers of
//! `DescribeDBClusterAttribute`, as pasted; the function that enters an object is beside
//! the record that shows it. Fields that it does not read are ignored; fields left out, null or empty take
//! defaults: status `created` and `Running`, priority 1, now, ids that the caller mints. A field that cannot be read is an
//! error that says where it is.
//!
//! Two things are worth knowing. A status message is kept only with the statuses that show one, `invalid` and
//! `create_failed`. And a cluster or node that shows `Switching` is taken as running: which node it was switching to
//! the answer does not say.

use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

use super::pasted::{Misread, Pasted, SeedProblem};
use crate::ids::RegionId;
use crate::time::Timestamp;

/// What an id is minted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdKind {
    /// A replication pair.
    Pair,
    /// A consistent group.
    Group,
    /// A disk.
    Disk,
    /// A cluster.
    Cluster,
    /// A node of a cluster.
    Node,
}

impl IdKind {
    /// How the vendor's ids of this kind begin.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Pair => "pair-",
            Self::Group => "pg-",
            Self::Disk => "d-",
            Self::Cluster => "pc-",
            Self::Node => "pi-",
        }
    }
}

/// What fields left out are filled with.
pub struct Defaults<'a> {
    /// When a resource was created that does not say.
    pub now: Timestamp,
    /// Where a resource is that does not say.
    pub region: RegionId,
    /// Makes an id that is not in use.
    pub mint: &'a mut dyn FnMut(IdKind) -> String,
}

impl core::fmt::Debug for Defaults<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { now, region, mint: _ } = self;
        f.debug_struct("Defaults").field("now", now).field("region", region).finish_non_exhaustive()
    }
}

/// Which list a seed is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SeedList {
    /// `ReplicaPairs`.
    ReplicaPairs,
    /// `ReplicaGroups`.
    ReplicaGroups,
    /// `Clusters`.
    Clusters,
}

impl core::fmt::Display for SeedList {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Debug::fmt(self, f)
    }
}

/// What is wrong with a seed, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{list}[{index}]{}{field}: {problem}", if field.is_empty() { "" } else { "." })]
pub struct SeedError {
    /// The list.
    pub list: SeedList,
    /// The position of the object in it.
    pub index: usize,
    /// The field, such as `DBNodes[1].FailoverPriority`; empty for the object as a whole.
    pub field: String,
    /// What is wrong with it.
    pub problem: SeedProblem,
}

/// Reads and enters each object.
pub(super) fn read<T>(
    list: SeedList,
    objects: &[Value],
    mut enter: impl FnMut(Pasted<'_>) -> Result<T, Misread>,
) -> Result<Vec<T>, SeedError> {
    let objects = objects.iter().enumerate().map(|(index, object)| {
        let entered = Pasted::of(object).and_then(&mut enter);
        entered.map_err(|Misread { field, problem }| SeedError { list, index, field, problem })
    });
    objects.collect()
}
