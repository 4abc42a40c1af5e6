//! Consistent groups: their parameters, their answers, and what an answer of `DescribeDiskReplicaGroups` enters
//! (`docs/facts/ebs.md#group-pages`).
//!
//! `Bandwidth` is "not open" for groups: it is read as a number, changes nothing (`E-274`) and is shown as 0. The list of
//! groups says `SourceRegionId` where that of pairs says `SourceRegion`, and has no `StatusMessage`. The vendor's sample
//! joins all members into one element of `PairIds`; a public client counts the elements, so answers have one for each id
//! (`W-035`), and both forms are read. A recover point is the members' own and is read from them.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::labels::{TAG, TagRecord};
use super::pair::RPO_SECONDS;
use super::place::Sites;
use crate::control_plane::Refusal;
use crate::ebs::{
    AddDiskReplicaPair, CreateDiskReplicaGroup, DescribeDiskReplicaGroups, GroupCreated, GroupPage,
    GroupSeed, GroupSettings, GroupStatus, GroupView, ModifyDiskReplicaGroup, PairStatus,
    RemoveDiskReplicaPair, ReprotectDiskReplicaGroup, Site, StartDiskReplicaGroup, fits_group,
};
use crate::ids::{GroupId, PairId, RegionId, ResourceGroupId, ZoneId};
use crate::rule::cite;
use crate::text::{Description, GroupName};
use crate::time::Timestamp;
use crate::wire::cursor::{self, next_token, page, page_number, page_size};
use crate::wire::enter::{Defaults, IdKind};
use crate::wire::object::{Number, Text, count, object, text};
use crate::wire::pasted::{Misread, Pasted, SeedProblem};
use crate::wire::reader::{INT32, INT64, Reader};
use crate::wire::rules::{W_035, W_045};

/// The group, and the token that every operation on one group takes.
pub(in crate::wire) fn group(reader: &mut Reader<'_>) -> Result<GroupId, Refusal> {
    let group = reader.required("ReplicaGroupId", GroupId::parse)?;
    reader.take_token()?;
    Ok(group)
}

pub(in crate::wire) fn create(reader: &mut Reader<'_>) -> Result<CreateDiskReplicaGroup, Refusal> {
    let source_zone = reader.required("SourceZoneId", ZoneId::parse)?;
    let destination_region = reader.required("DestinationRegionId", RegionId::parse)?;
    let destination_zone = reader.required("DestinationZoneId", ZoneId::parse)?;
    let name = reader.optional("GroupName", GroupName::parse)?;
    let description = reader.optional("Description", Description::parse)?;
    reader.take_token()?;
    reader.number("RPO", RPO_SECONDS..=RPO_SECONDS)?;
    reader.number("Bandwidth", 0..=INT64)?;
    let resource_group = reader.optional("ResourceGroupId", ResourceGroupId::parse)?;
    let tags = reader.tags()?;
    let enable_rtc = reader.flag("EnableRtc")?.unwrap_or(false);
    let settings = GroupSettings { name, description, enable_rtc, resource_group, tags };
    Ok(CreateDiskReplicaGroup { source_zone, destination_region, destination_zone, settings })
}

pub(in crate::wire) fn modify(reader: &mut Reader<'_>) -> Result<ModifyDiskReplicaGroup, Refusal> {
    let group = reader.required("ReplicaGroupId", GroupId::parse)?;
    let name = reader.optional("GroupName", GroupName::parse)?;
    let description = reader.optional("Description", Description::parse)?;
    reader.number("RPO", RPO_SECONDS..=RPO_SECONDS)?;
    reader.take_token()?;
    reader.number("Bandwidth", 0..=INT64)?;
    let enable_rtc = reader.flag("EnableRtc")?;
    Ok(ModifyDiskReplicaGroup { group, name, description, enable_rtc })
}

pub(in crate::wire) fn start(reader: &mut Reader<'_>) -> Result<StartDiskReplicaGroup, Refusal> {
    Ok(StartDiskReplicaGroup { group: group(reader)?, one_shot: reader.flag("OneShot")?.unwrap_or(false) })
}

pub(in crate::wire) fn reprotect(reader: &mut Reader<'_>) -> Result<ReprotectDiskReplicaGroup, Refusal> {
    let group = group(reader)?;
    Ok(ReprotectDiskReplicaGroup {
        group,
        reverse_replicate: reader.flag("ReverseReplicate")?.unwrap_or(true),
    })
}

pub(in crate::wire) fn add(reader: &mut Reader<'_>) -> Result<AddDiskReplicaPair, Refusal> {
    let (group, pair) = both(reader)?;
    Ok(AddDiskReplicaPair { group, pair })
}

pub(in crate::wire) fn remove(reader: &mut Reader<'_>) -> Result<RemoveDiskReplicaPair, Refusal> {
    let (group, pair) = both(reader)?;
    Ok(RemoveDiskReplicaPair { group, pair })
}

fn both(reader: &mut Reader<'_>) -> Result<(GroupId, PairId), Refusal> {
    let group = reader.required("ReplicaGroupId", GroupId::parse)?;
    let pair = reader.required("ReplicaPairId", PairId::parse)?;
    reader.take_token()?;
    Ok((group, pair))
}

pub(in crate::wire) fn describe(reader: &Reader<'_>) -> Result<DescribeDiskReplicaGroups, Refusal> {
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

object! {
    /// What `CreateDiskReplicaGroup` answers.
    CreateDiskReplicaGroupResponse(created: &GroupCreated, request_id: &str) {
        request_id: String = "RequestId" => request_id.into(),
        group: Text = "ReplicaGroupId" => text(&created.group),
    }

    /// What `DescribeDiskReplicaGroups` answers.
    DescribeDiskReplicaGroupsResponse(page: &GroupPage, request_id: &str) {
        request_id: String = "RequestId" => request_id.into(),
        next_token: Text = "NextToken" => next_token(page.next),
        groups: Vec<GroupRecord> = "ReplicaGroups" => page.groups.iter().map(|group| GroupRecord::new(group, page.site)).collect(),
        page_number: Number = "PageNumber" => Some(page_number(page.page).into()),
        page_size: Number = "PageSize" => Some(page_size(page.page).into()),
        total_count: Number = "TotalCount" => count(page.total),
    }

    /// A group in that list. No answer has `CreateTime`; a pasted group may.
    GroupRecord(view: &GroupView, site: Site) {
        group: Text = "ReplicaGroupId" => text(view.group.id()),
        source_region: Text = "SourceRegionId" => text(&view.group.source().region),
        source_zone: Text = "SourceZoneId" => text(&view.group.source().zone),
        destination_region: Text = "DestinationRegionId" => text(&view.group.destination().region),
        destination_zone: Text = "DestinationZoneId" => text(&view.group.destination().zone),
        name: Text = "GroupName" => view.group.name().and_then(text),
        description: Text = "Description" => view.group.description().and_then(text),
        status: Text = "Status" => text(view.status),
        rpo: Number = "RPO" => Some(RPO_SECONDS),
        last_recover_point: Number = "LastRecoverPoint" => view.last_recover_point.map(Timestamp::as_secs),
        site: Text = "Site" => text(site.as_str()),
        pairs: Vec<String> = "PairIds" => view.pairs.iter().map(ToString::to_string).collect(),
        pair_number: Number = "PairNumber" => count(view.pairs.len()),
        primary_region: Text = "PrimaryRegion" => text(&view.group.primary().region),
        standby_region: Text = "StandbyRegion" => text(&view.group.standby().region),
        primary_zone: Text = "PrimaryZone" => text(&view.group.primary().zone),
        standby_zone: Text = "StandbyZone" => text(&view.group.standby().zone),
        bandwidth: Number = "Bandwidth" => Some(0),
        enable_rtc: Option<bool> = "EnableRtc" => Some(view.group.enable_rtc()),
        resource_group: Text = "ResourceGroupId" => view.group.resource_group().and_then(text),
        tags: Vec<TagRecord> = "Tags" => view.group.tags().iter().map(TagRecord::new).collect(),
        create_time: Number = "CreateTime",
    }
}

cite!(W_035);

/// A group to be adopted in the region of its production site, once its members are.
#[derive(Debug, Clone)]
pub(in crate::wire) struct SeededGroup {
    pub(in crate::wire) region: RegionId,
    pub(in crate::wire) seed: GroupSeed,
}

/// Reads an item of `DescribeDiskReplicaGroups`.
pub(in crate::wire) fn read(pasted: Pasted<'_>, defaults: &mut Defaults<'_>) -> Result<SeededGroup, Misread> {
    let members = members(pasted)?;
    let id = pasted.id("ReplicaGroupId", IdKind::Group, defaults)?;
    let Sites { reversed, primary, standby } =
        Sites::read(pasted, ["SourceRegionId", "DestinationRegionId"], defaults)?;
    let seed = GroupSeed {
        id,
        status: pasted.typed("Status")?.unwrap_or(GroupStatus::Created),
        reversed,
        created_at: pasted.seconds("CreateTime").unwrap_or(defaults.now),
        request: CreateDiskReplicaGroup {
            source_zone: primary.1,
            destination_region: standby.0,
            destination_zone: standby.1,
            settings: GroupSettings {
                name: pasted.kept("GroupName"),
                description: pasted.kept("Description"),
                enable_rtc: pasted.flag("EnableRtc"),
                resource_group: pasted.kept("ResourceGroupId"),
                tags: pasted.tags(TAG),
            },
        },
        members,
    };
    Ok(SeededGroup { region: primary.0, seed })
}

/// The group's own status. Under one that shows `invalid` since a member is lies a status that fits the other members,
/// the one that the first of them shows if it does (`W-045`).
pub(in crate::wire) fn own_status(shown: GroupStatus, members: &[PairStatus]) -> GroupStatus {
    cite!(W_045);
    if shown != GroupStatus::Invalid || !members.contains(&PairStatus::Invalid) {
        return shown;
    }
    let Some(sound) = members.iter().find(|status| **status != PairStatus::Invalid) else { return shown };
    let alike = |own: &&GroupStatus| sound.as_str() == own.as_str();
    let first = GroupStatus::ALL.iter().find(alike);
    let fits = |own: &&GroupStatus| {
        **own != GroupStatus::Invalid && members.iter().all(|member| fits_group(**own, *member))
    };
    first.into_iter().chain(GroupStatus::ALL).find(fits).copied().unwrap_or(shown)
}

/// The members, each named once. They must be seeded with the group or exist already.
fn members(pasted: Pasted<'_>) -> Result<Vec<PairId>, Misread> {
    let mut members = Vec::new();
    pasted.list("PairIds", |_, text| {
        let text = text.as_str().ok_or(SeedProblem::Type("a string"))?;
        for id in text.split(',').map(str::trim).filter(|id| !id.is_empty()) {
            let id = PairId::parse(id).map_err(|why| Misread::at("", why))?;
            if !members.contains(&id) {
                members.push(id);
            }
        }
        Ok(())
    })?;
    Ok(members)
}
