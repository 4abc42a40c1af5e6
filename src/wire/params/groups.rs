//! The parameters of the operations on consistent groups (`facts/ebs.md` §§2.2, 2.3, 5.1).
//!
//! `Bandwidth` is "not open" for groups: it is read as a number and changes nothing (`E-274`).

use alloc::string::String;

use crate::control_plane::Refusal;
use crate::ebs::{
    AddDiskReplicaPair, CreateDiskReplicaGroup, DescribeDiskReplicaGroups, GroupSettings,
    ModifyDiskReplicaGroup, RemoveDiskReplicaPair, ReprotectDiskReplicaGroup, Site, StartDiskReplicaGroup,
};
use crate::ids::{GroupId, PairId, RegionId, ResourceGroupId, ZoneId};
use crate::text::{Description, GroupName};

use super::cursor;
use super::ebs::{INT32, INT64, only_rpo, page};
use super::reader::Reader;

/// The group, and the token that every operation on one group takes.
pub(super) fn group(reader: &mut Reader<'_>) -> Result<GroupId, Refusal> {
    let group = reader.required("ReplicaGroupId", GroupId::parse)?;
    reader.take_token()?;
    Ok(group)
}

pub(super) fn create(reader: &mut Reader<'_>) -> Result<CreateDiskReplicaGroup, Refusal> {
    let source_zone = reader.required("SourceZoneId", ZoneId::parse)?;
    let destination_region = reader.required("DestinationRegionId", RegionId::parse)?;
    let destination_zone = reader.required("DestinationZoneId", ZoneId::parse)?;
    let name = reader.optional("GroupName", GroupName::parse)?;
    let description = reader.optional("Description", Description::parse)?;
    reader.take_token()?;
    reader.optional("RPO", only_rpo)?;
    reader.number("Bandwidth", 0..=INT64)?;
    let resource_group = reader.optional("ResourceGroupId", ResourceGroupId::parse)?;
    let tags = reader.tags()?;
    let enable_rtc = reader.flag("EnableRtc", false)?;
    let settings = GroupSettings { name, description, enable_rtc, resource_group, tags };
    Ok(CreateDiskReplicaGroup { source_zone, destination_region, destination_zone, settings })
}

pub(super) fn modify(reader: &mut Reader<'_>) -> Result<ModifyDiskReplicaGroup, Refusal> {
    let group = reader.required("ReplicaGroupId", GroupId::parse)?;
    let name = reader.optional("GroupName", GroupName::parse)?;
    let description = reader.optional("Description", Description::parse)?;
    reader.optional("RPO", only_rpo)?;
    reader.take_token()?;
    reader.number("Bandwidth", 0..=INT64)?;
    let enable_rtc = reader.optional_flag("EnableRtc")?;
    Ok(ModifyDiskReplicaGroup { group, name, description, enable_rtc })
}

pub(super) fn start(reader: &mut Reader<'_>) -> Result<StartDiskReplicaGroup, Refusal> {
    Ok(StartDiskReplicaGroup { group: group(reader)?, one_shot: reader.flag("OneShot", false)? })
}

pub(super) fn reprotect(reader: &mut Reader<'_>) -> Result<ReprotectDiskReplicaGroup, Refusal> {
    let group = group(reader)?;
    Ok(ReprotectDiskReplicaGroup { group, reverse_replicate: reader.flag("ReverseReplicate", true)? })
}

pub(super) fn add(reader: &mut Reader<'_>) -> Result<AddDiskReplicaPair, Refusal> {
    let (group, pair) = both(reader)?;
    Ok(AddDiskReplicaPair { group, pair })
}

pub(super) fn remove(reader: &mut Reader<'_>) -> Result<RemoveDiskReplicaPair, Refusal> {
    let (group, pair) = both(reader)?;
    Ok(RemoveDiskReplicaPair { group, pair })
}

fn both(reader: &mut Reader<'_>) -> Result<(GroupId, PairId), Refusal> {
    let group = reader.required("ReplicaGroupId", GroupId::parse)?;
    let pair = reader.required("ReplicaPairId", PairId::parse)?;
    reader.take_token()?;
    Ok((group, pair))
}

pub(super) fn describe(reader: &Reader<'_>) -> Result<DescribeDiskReplicaGroups, Refusal> {
    let max_results = reader.number("MaxResults", 1..=500)?;
    let after = reader.optional("NextToken", cursor::decode)?;
    let groups = reader.ids("GroupIds", 100, GroupId::parse)?;
    let sites = [Site::Production, Site::Backup].map(|site| (site.as_str(), site));
    let site = reader.choice("Site", &sites)?.unwrap_or_default();
    let number = reader.number("PageNumber", 1..=INT32)?;
    let size = reader.number("PageSize", 1..=100)?;
    let resource_group = reader.optional("ResourceGroupId", ResourceGroupId::parse)?;
    let tags = reader.tags()?;
    let name = reader.text("Name")?.map(String::from);
    let page = page(max_results, after, number, size);
    Ok(DescribeDiskReplicaGroups { groups, name, site, resource_group, tags, page })
}
