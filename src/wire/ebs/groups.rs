//! The answers about consistent groups.
//!
//! The list of groups says `SourceRegionId` where that of pairs says `SourceRegion`, and has no `StatusMessage`. The
//! vendor's sample joins all members into one element of `PairIds`; a public client counts the elements, so there is one
//! for each id (`W-035`). A group's bandwidth is not open and shown as 0.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::TagRecord;
use crate::ebs::{GroupCreated, GroupPage, GroupView, RPO, Site};
use crate::wire::object::{object, text};
use crate::wire::params::page_fields;

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

    /// A group in that list.
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
            total_count: u64::try_from(page.total).ok(),
        }
    }
}

impl GroupRecord {
    /// The record of a group as it shows, stamped with the site from which it is seen.
    pub fn new(view: &GroupView, site: Site) -> Self {
        let group = &view.group;
        let (source, destination) = (group.source(), group.destination());
        Self {
            group: text(group.id().as_str()),
            source_region: text(source.region.as_str()),
            source_zone: text(source.zone.as_str()),
            destination_region: text(destination.region.as_str()),
            destination_zone: text(destination.zone.as_str()),
            name: group.name().and_then(|name| text(name.as_str())),
            description: group.description().and_then(|description| text(description.as_str())),
            status: text(view.status.as_str()),
            rpo: Some(RPO.as_millis() / 1_000),
            last_recover_point: view.last_recover_point.map(|at| at.as_secs()),
            site: text(site.as_str()),
            pairs: view.pairs.iter().map(ToString::to_string).collect(),
            pair_number: u64::try_from(view.pairs.len()).ok(),
            primary_region: text(group.primary().region.as_str()),
            standby_region: text(group.standby().region.as_str()),
            primary_zone: text(group.primary().zone.as_str()),
            standby_zone: text(group.standby().zone.as_str()),
            bandwidth: Some(0),
            enable_rtc: Some(group.enable_rtc()),
            resource_group: group.resource_group().and_then(|group| text(group.as_str())),
            tags: group.tags().iter().map(Into::into).collect(),
        }
    }
}
