//! The typed requests of the drill operations.
//!
//! The vendor calls the keys `PairId` and `GroupId` here, and `ReplicaPairId` and `ReplicaGroupId` everywhere else. The
//! clearing calls define no ClientToken.

use alloc::vec::Vec;

use crate::ebs::page::Page;
use crate::ids::{DiskId, DrillId, GroupId, PairId};

/// `StartPairDrill`: clones the last recover point to a disk. Called at the current destination.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct StartPairDrill {
    /// The pair.
    pub pair: PairId,
}

/// `ClearPairDrill`: ends a drill and deletes its disk. Called at either end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ClearPairDrill {
    /// The pair.
    pub pair: PairId,
    /// Its drill.
    pub drill: DrillId,
}

/// `DescribePairDrills`. Called at either end.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct DescribePairDrills {
    /// The pair.
    pub pair: PairId,
    /// One of its drills; absent for all.
    pub drill: Option<DrillId>,
    /// Which part of the result.
    pub page: Page,
}

/// `StartReplicaGroupDrill`: clones the common recover point to a disk for each member. Called at the current
/// destination.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct StartReplicaGroupDrill {
    /// The group.
    pub group: GroupId,
}

/// `ClearReplicaGroupDrill`: ends a drill and deletes its disks. Called at either site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ClearReplicaGroupDrill {
    /// The group.
    pub group: GroupId,
    /// Its drill.
    pub drill: DrillId,
}

/// `DescribeReplicaGroupDrills`. Called at either site.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct DescribeReplicaGroupDrills {
    /// The group.
    pub group: GroupId,
    /// One of its drills; absent for all.
    pub drill: Option<DrillId>,
    /// Which part of the result.
    pub page: Page,
}

/// The answer of `StartPairDrill` and `StartReplicaGroupDrill`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct DrillStarted {
    /// The new drill.
    pub drill: DrillId,
}

/// The ids that a drill needs: its own, and a disk for the pair or for each member of the group, in the order in which
/// the members were created.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct FreshDrill {
    /// The drill.
    pub drill: DrillId,
    /// Its disks.
    pub disks: Vec<DiskId>,
}
