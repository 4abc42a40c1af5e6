//! What an account already has, from what its own describe calls answered.
//!
//! The objects are the items of `DescribeDiskReplicaPairs` and `DescribeDiskReplicaGroups` and the answers of
//! `DescribeDBClusterAttribute`, as pasted.
//! Fields that the model does not hold are ignored; fields left out, null or empty take defaults: status `created` and
//! `Running`, priority 1, now, ids that the caller mints. What is given and cannot be read is an error that says where.
//!
//! Two things are worth knowing. A status message is kept only with the statuses that show one, `invalid` and
//! `create_failed`. And a cluster or node that shows `Switching` is taken as running: which node it was switching to
//! the answer does not say.

mod cluster;
mod fields;
mod group;
mod pair;
mod place;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

use crate::ebs::{GroupSeed, PairSeed};
use crate::ids::{GroupId, RegionId};
use crate::polardb::ClusterSeed;
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

/// A pair to be adopted in the region of its primary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeededPair {
    /// The region of its primary.
    pub region: RegionId,
    /// The pair.
    pub seed: PairSeed,
    /// The group that it says it is in. It joins through the group's own seed.
    pub group: Option<GroupId>,
}

/// A group to be adopted in the region of its production site, once its members are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeededGroup {
    /// The region of its production site.
    pub region: RegionId,
    /// The group.
    pub seed: GroupSeed,
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
        f.write_str(match self {
            Self::ReplicaPairs => "ReplicaPairs",
            Self::ReplicaGroups => "ReplicaGroups",
            Self::Clusters => "Clusters",
        })
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

/// What is wrong with a seed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SeedProblem {
    /// The field holds another type of JSON.
    #[error("it should be {0}")]
    Type(&'static str),
    /// The field cannot be read as what it is.
    #[error("{0}")]
    Value(Cow<'static, str>),
    /// The source is neither the primary's place nor the standby's (`W-040`).
    #[error("source and destination are not the places of primary and standby, in either order (W-040)")]
    Direction,
    /// Primary and standby are in one zone, or are one disk.
    #[error("primary and standby are in one zone or are one disk (E-011)")]
    TooClose,
    /// The cluster has another number of writers than one (`W-041`).
    #[error("a cluster needs exactly one Writer, not {0} (W-041)")]
    Writers(usize),
}

/// Reads items of `DescribeDiskReplicaPairs`.
///
/// # Errors
///
/// [`SeedError`] about the first object that cannot be read; ids may have been minted by then.
pub fn replica_pairs(objects: &[Value], defaults: &mut Defaults<'_>) -> Result<Vec<SeededPair>, SeedError> {
    let objects = objects.iter().enumerate();
    objects.map(|(index, object)| pair::read(SeedList::ReplicaPairs, index, object, defaults)).collect()
}

/// Reads items of `DescribeDiskReplicaGroups`.
///
/// # Errors
///
/// [`SeedError`] about the first object that cannot be read; ids may have been minted by then.
pub fn replica_groups(objects: &[Value], defaults: &mut Defaults<'_>) -> Result<Vec<SeededGroup>, SeedError> {
    let objects = objects.iter().enumerate();
    objects.map(|(index, object)| group::read(SeedList::ReplicaGroups, index, object, defaults)).collect()
}

/// Reads answers of `DescribeDBClusterAttribute`.
///
/// # Errors
///
/// [`SeedError`] about the first object that cannot be read; ids may have been minted by then.
pub fn db_clusters(objects: &[Value], defaults: &mut Defaults<'_>) -> Result<Vec<ClusterSeed>, SeedError> {
    let objects = objects.iter().enumerate();
    objects.map(|(index, object)| cluster::read(SeedList::Clusters, index, object, defaults)).collect()
}
