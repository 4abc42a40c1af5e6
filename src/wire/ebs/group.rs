//! Consistent groups: their parameters, their answers, and what an answer of `DescribeDiskReplicaGroups` enters
//! (`docs/facts/ebs.md#group-pages`).
//!
//! `Bandwidth` is "not open" for groups: it is read as a number, changes nothing (`E-274`) and is shown as 0. The list of
//! groups says `SourceRegionId` where that of pairs says `SourceRegion`, and has no `StatusMessage`. The vendor's sample
//! joins all members into one element of `PairIds`; a public client counts the elements, so answers have one for each id
//! (`W-035`), and both forms are read. A recover point is the members' own and is read from them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::Value;

use super::labels::TagRecord;
use super::pair::RPO_SECONDS;
use super::place::Sites;
use crate::control_plane::Refusal;
use crate::ebs::{
    AddDiskReplicaPair, CreateDiskReplicaGroup, DescribeDiskReplicaGroups, GroupCreated, GroupPage,
    GroupSeed, GroupSettings, GroupStatus, GroupView, ModifyDiskReplicaGroup, RemoveDiskReplicaPair,
    ReprotectDiskReplicaGroup, Site, StartDiskReplicaGroup,
};
use crate::ids::{GroupId, PairId, RegionId, ResourceGroupId, ZoneId};
use crate::rule::cite;
use crate::text::{Description, GroupName};
use crate::wire::cursor::{self, page, page_fields};
use crate::wire::misread::Misread;
use crate::wire::object::{count, object, text};
use crate::wire::reader::{INT32, INT64, Reader};
use crate::wire::rules::W_035;
use crate::wire::seed::{self, Defaults, IdKind, SeedError, SeedList, typed};

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
    CreateDiskReplicaGroupResponse {
        request_id: String = "RequestId",
        group: Option<String> = "ReplicaGroupId",
    }

    /// What `DescribeDiskReplicaGroups` answers.
    DescribeDiskReplicaGroupsResponse {
        request_id: String = "RequestId",
        next_token: Option<String> = "NextToken",
        groups: Vec<GroupRecord> = "ReplicaGroups",
        page_number: Option<u64> = "PageNumber",
        page_size: Option<u64> = "PageSize",
        total_count: Option<u64> = "TotalCount",
    }

    /// A group in that list. No answer has `CreateTime`; a pasted group may.
    GroupRecord {
        group: Option<String> = "ReplicaGroupId",
        source_region: Option<String> = "SourceRegionId",
        source_zone: Option<String> = "SourceZoneId",
        destination_region: Option<String> = "DestinationRegionId",
        destination_zone: Option<String> = "DestinationZoneId",
        name: Option<String> = "GroupName",
        description: Option<String> = "Description",
        status: Option<String> = "Status",
        rpo: Option<u64> = "RPO",
        last_recover_point: Option<u64> = "LastRecoverPoint",
        site: Option<String> = "Site",
        pairs: Vec<String> = "PairIds",
        pair_number: Option<u64> = "PairNumber",
        primary_region: Option<String> = "PrimaryRegion",
        standby_region: Option<String> = "StandbyRegion",
        primary_zone: Option<String> = "PrimaryZone",
        standby_zone: Option<String> = "StandbyZone",
        bandwidth: Option<u64> = "Bandwidth",
        enable_rtc: Option<bool> = "EnableRtc",
        resource_group: Option<String> = "ResourceGroupId",
        tags: Vec<TagRecord> = "Tags",
        create_time: Option<u64> = "CreateTime",
    }
}

impl CreateDiskReplicaGroupResponse {
    /// The answer.
    pub fn new(created: &GroupCreated, request_id: &str) -> Self {
        Self { request_id: String::from(request_id), group: text(created.group.as_str()) }
    }
}

impl DescribeDiskReplicaGroupsResponse {
    /// The answer. Pages by token end with an empty token (`W-034`); pages by number have none.
    pub fn new(page: &GroupPage, request_id: &str) -> Self {
        let (next_token, page_number, page_size) = page_fields(page.page, page.next);
        Self {
            request_id: String::from(request_id),
            next_token,
            groups: page.groups.iter().map(|group| GroupRecord::new(group, page.site)).collect(),
            page_number,
            page_size,
            total_count: count(page.total),
        }
    }
}

cite!(W_035);

impl GroupRecord {
    /// The record of a group as it shows, seen from this site.
    pub fn new(view: &GroupView, site: Site) -> Self {
        let group = &view.group;
        let (source, destination) = (group.source(), group.destination());
        let (primary, standby) = (group.primary(), group.standby());
        Self {
            group: text(group.id()),
            source_region: text(&source.region),
            source_zone: text(&source.zone),
            destination_region: text(&destination.region),
            destination_zone: text(&destination.zone),
            name: group.name().and_then(text),
            description: group.description().and_then(text),
            status: text(view.status),
            rpo: Some(RPO_SECONDS),
            last_recover_point: view.last_recover_point.map(|at| at.as_secs()),
            site: text(site.as_str()),
            pairs: view.pairs.iter().map(ToString::to_string).collect(),
            pair_number: count(view.pairs.len()),
            primary_region: text(&primary.region),
            standby_region: text(&standby.region),
            primary_zone: text(&primary.zone),
            standby_zone: text(&standby.zone),
            bandwidth: Some(0),
            enable_rtc: Some(group.enable_rtc()),
            resource_group: group.resource_group().and_then(text),
            tags: group.tags().iter().map(Into::into).collect(),
            create_time: None,
        }
    }
}

/// A group to be adopted in the region of its production site, once its members are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeededGroup {
    /// The region of its production site.
    pub region: RegionId,
    /// The group.
    pub seed: GroupSeed,
}

/// Reads items of `DescribeDiskReplicaGroups`.
///
/// # Errors
///
/// [`SeedError`] about the first object that cannot be read; ids may have been minted by then.
pub fn seed_groups(objects: &[Value], defaults: &mut Defaults<'_>) -> Result<Vec<SeededGroup>, SeedError> {
    seed::read(SeedList::ReplicaGroups, objects, |record| enter(record, defaults))
}

type R = GroupRecord;

fn enter(record: &GroupRecord, defaults: &mut Defaults<'_>) -> Result<SeededGroup, Misread> {
    let members = members(&record.pairs)?;
    let id = defaults.id(record, R::group, IdKind::Group)?;
    let sites = [
        (R::source_region, R::source_zone),
        (R::destination_region, R::destination_zone),
        (R::primary_region, R::primary_zone),
        (R::standby_region, R::standby_zone),
    ];
    let Sites { reversed, primary, standby } = Sites::read(record, sites, defaults)?;
    let seed = GroupSeed {
        id,
        status: typed(record, R::status)?.unwrap_or(GroupStatus::Created),
        reversed,
        created_at: record.create_time.map_or(defaults.now, seed::seconds),
        request: CreateDiskReplicaGroup {
            source_zone: primary.1,
            destination_region: standby.0,
            destination_zone: standby.1,
            settings: GroupSettings {
                name: typed(record, R::name)?,
                description: typed(record, R::description)?,
                enable_rtc: record.enable_rtc.unwrap_or(false),
                resource_group: typed(record, R::resource_group)?,
                tags: seed::tags(record, R::tags, [TagRecord::key, TagRecord::value])?,
            },
        },
        members,
    };
    Ok(SeededGroup { region: primary.0, seed })
}

/// The members, each named once. They must be seeded with the group or exist already.
fn members(texts: &[String]) -> Result<Vec<PairId>, Misread> {
    let mut members = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        for id in text.split(',').map(str::trim).filter(|id| !id.is_empty()) {
            let around = |why| Misread::at(&format!("[{at}]"), why).within(R::pairs.name);
            let id = PairId::parse(id).map_err(around)?;
            if !members.contains(&id) {
                members.push(id);
            }
        }
    }
    Ok(members)
}
