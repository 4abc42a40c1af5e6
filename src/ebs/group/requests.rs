//! The requests that groups alone have. The RPO is in none: only 900 s is sold. Groups have no bandwidth of their own
//! ("not open").

use alloc::vec::Vec;

use crate::constructor::constructor;
use crate::ids::{GroupId, PairId, RegionId, ResourceGroupId, ZoneId};
use crate::text::{Description, GroupName, Tag};

/// `CreateDiskReplicaGroup`: an empty group between two places. Called in the production site's region.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct CreateDiskReplicaGroup {
    /// Zone of the production site.
    pub source_zone: ZoneId,
    /// Region of the disaster recovery site.
    pub destination_region: RegionId,
    /// Zone of the disaster recovery site.
    pub destination_zone: ZoneId,
    /// The name and the rest that no decision depends on.
    pub settings: GroupSettings,
}

impl CreateDiskReplicaGroup {
    /// A group from a zone in the region of the call to another place, without a name.
    pub fn new(source_zone: ZoneId, (destination_region, destination_zone): (RegionId, ZoneId)) -> Self {
        Self { source_zone, destination_region, destination_zone, settings: GroupSettings::default() }
    }
}

constructor! { @set CreateDiskReplicaGroup {} { settings: GroupSettings } }

/// The settings of a group, on which no lifecycle decision depends.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct GroupSettings {
    /// `GroupName`.
    pub name: Option<GroupName>,
    /// `Description`.
    pub description: Option<Description>,
    /// `EnableRtc`, false by default; holds for every member (`G-660`).
    pub enable_rtc: bool,
    /// `ResourceGroupId`.
    pub resource_group: Option<ResourceGroupId>,
    /// `Tag.N`, at most 20.
    pub tags: Vec<Tag>,
}

constructor! {
    GroupSettings
    {
        name => name: GroupName,
        description => description: Description,
        resource_group => resource_group: ResourceGroupId,
    }
    { enable_rtc: bool, tags: Vec<Tag> }
}

/// The answer of `CreateDiskReplicaGroup`, and the id it needs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct GroupCreated {
    /// The new group.
    pub group: GroupId,
}

/// `ModifyDiskReplicaGroup`: changes name, description or replication time control. Called at the production site.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct ModifyDiskReplicaGroup {
    /// The group.
    pub group: GroupId,
    /// `GroupName`; absent to leave it.
    pub name: Option<GroupName>,
    /// `Description`; absent to leave it.
    pub description: Option<Description>,
    /// `EnableRtc`; absent to leave it.
    pub enable_rtc: Option<bool>,
}

constructor! {
    ModifyDiskReplicaGroup(group: GroupId)
    { name => name: GroupName, description => description: Description, enable_rtc => enable_rtc: bool }
    {}
}

/// `AddDiskReplicaPair`: the pair joins the group. Called at the group's production site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct AddDiskReplicaPair {
    /// The group.
    pub group: GroupId,
    /// The pair.
    pub pair: PairId,
}

constructor! { AddDiskReplicaPair(group: GroupId, pair: PairId) {} {} }

/// `RemoveDiskReplicaPair`: the pair leaves the group and lives on. Called at the group's production site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct RemoveDiskReplicaPair {
    /// The group.
    pub group: GroupId,
    /// The pair.
    pub pair: PairId,
}

constructor! { RemoveDiskReplicaPair(group: GroupId, pair: PairId) {} {} }
