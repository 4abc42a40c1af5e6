//! The answers of EBS (`facts/ebs.md` §5.2).
//!
//! Times are epoch seconds (`W-033`). `Primary…` and `Standby…` are where the pair was created, `Source…` and
//! `Destination…` the direction in which it copies now. A recover point is absent before the first copy, not 0
//! (`E-650`). The bandwidth of a postpaid pair is 0: it is allotted as needed.

use alloc::string::String;
use alloc::vec::Vec;

mod drills;
mod groups;
mod tags;

use super::object::{object, text};
use super::params::page_fields;
use crate::ebs::{Charge, PairCreated, PairPage, PairProgress, RPO, ReplicaPair, Site};
use crate::text::{GroupName, Tag};

pub use super::object::Accepted;
pub use drills::{
    DescribePairDrillsResponse, DescribeReplicaGroupDrillsResponse, DrillDiskRecord, GroupDrillRecord,
    PairDrillRecord, StartDrillResponse,
};
pub use groups::{CreateDiskReplicaGroupResponse, DescribeDiskReplicaGroupsResponse, GroupRecord};
pub use tags::{ListTagResourcesResponse, TagResourceRecord};

object! {
    /// What `CreateDiskReplicaPair` answers.
    CreateDiskReplicaPairResponse {
        request_id: String = "RequestId",
        pair: Option<String> = "ReplicaPairId",
        order: Option<String> = "OrderId",
    }

    /// What `DescribeDiskReplicaPairProgress` answers.
    DescribeDiskReplicaPairProgressResponse {
        progress: Option<u64> = "Progress",
        recover_point: Option<u64> = "RecoverPoint",
        request_id: String = "RequestId",
    }

    /// What `DescribeDiskReplicaPairs` answers.
    DescribeDiskReplicaPairsResponse {
        request_id: String = "RequestId",
        next_token: Option<String> = "NextToken",
        pairs: Vec<PairRecord> = "ReplicaPairs",
        page_number: Option<u64> = "PageNumber",
        page_size: Option<u64> = "PageSize",
        total_count: Option<u64> = "TotalCount",
    }

    /// A pair in that list.
    PairRecord {
        pair: Option<String> = "ReplicaPairId",
        source_region: Option<String> = "SourceRegion",
        source_zone: Option<String> = "SourceZoneId",
        source_disk: Option<String> = "SourceDiskId",
        destination_region: Option<String> = "DestinationRegion",
        destination_zone: Option<String> = "DestinationZoneId",
        destination_disk: Option<String> = "DestinationDiskId",
        name: Option<String> = "PairName",
        description: Option<String> = "Description",
        status: Option<String> = "Status",
        rpo: Option<u64> = "RPO",
        bandwidth: Option<u64> = "Bandwidth",
        status_message: Option<String> = "StatusMessage",
        last_recover_point: Option<u64> = "LastRecoverPoint",
        group: Option<String> = "ReplicaGroupId",
        create_time: Option<u64> = "CreateTime",
        group_name: Option<String> = "ReplicaGroupName",
        site: Option<String> = "Site",
        primary_region: Option<String> = "PrimaryRegion",
        standby_region: Option<String> = "StandbyRegion",
        primary_zone: Option<String> = "PrimaryZone",
        standby_zone: Option<String> = "StandbyZone",
        charge_type: Option<String> = "ChargeType",
        expired_time: Option<u64> = "ExpiredTime",
        enable_rtc: Option<bool> = "EnableRtc",
        tags: Vec<TagRecord> = "Tags",
        resource_group: Option<String> = "ResourceGroupId",
    }

    /// A tag of a pair: requests say `Key` and `Value`, answers this.
    TagRecord {
        key: Option<String> = "TagKey",
        value: Option<String> = "TagValue",
    }
}

impl CreateDiskReplicaPairResponse {
    /// The answer.
    pub fn new(created: &PairCreated, request_id: &str) -> Self {
        Self {
            request_id: String::from(request_id),
            pair: text(created.pair.as_str()),
            order: text(created.order.as_str()),
        }
    }
}

impl DescribeDiskReplicaPairProgressResponse {
    /// The answer.
    pub fn new(progress: &PairProgress, request_id: &str) -> Self {
        Self {
            progress: Some(u64::from(progress.percent)),
            recover_point: progress.recover_point.map(|at| at.as_secs()),
            request_id: String::from(request_id),
        }
    }
}

impl DescribeDiskReplicaPairsResponse {
    /// The answer. Pages by token end with an empty token (`W-034`); pages by number have none.
    pub fn new(page: &PairPage, request_id: &str) -> Self {
        let (next_token, page_number, page_size) = page_fields(page.page, page.next);
        let group_name = |pair: &ReplicaPair| page.group_names.get(pair.group()?);
        let record = |pair: &ReplicaPair| PairRecord::new(pair, group_name(pair), page.site);
        Self {
            request_id: String::from(request_id),
            next_token,
            pairs: page.pairs.iter().map(record).collect(),
            page_number,
            page_size,
            total_count: u64::try_from(page.total).ok(),
        }
    }
}

impl PairRecord {
    /// The record of a pair as it stands, with the name of its group, stamped with the site from which it is seen.
    pub fn new(pair: &ReplicaPair, group_name: Option<&GroupName>, site: Site) -> Self {
        let (source, destination) = (pair.source(), pair.destination());
        let (charge_type, bandwidth) = match pair.charge() {
            Charge::PostPay => ("POSTPAY", 0),
            Charge::PrePay { bandwidth, .. } => ("PREPAY", bandwidth.as_kbps()),
        };
        Self {
            pair: text(pair.id().as_str()),
            source_region: text(source.region.as_str()),
            source_zone: text(source.zone.as_str()),
            source_disk: text(source.disk.as_str()),
            destination_region: text(destination.region.as_str()),
            destination_zone: text(destination.zone.as_str()),
            destination_disk: text(destination.disk.as_str()),
            name: pair.name().and_then(|name| text(name.as_str())),
            description: pair.description().and_then(|description| text(description.as_str())),
            status: text(pair.status().as_str()),
            rpo: Some(RPO.as_millis() / 1_000),
            bandwidth: Some(u64::from(bandwidth)),
            status_message: pair.status_message().and_then(|message| text(message.as_str())),
            last_recover_point: pair.last_recover_point().map(|at| at.as_secs()),
            group: pair.group().and_then(|group| text(group.as_str())),
            create_time: Some(pair.created_at().as_secs()),
            group_name: group_name.and_then(|name| text(name.as_str())),
            site: text(site.as_str()),
            primary_region: text(pair.primary().region.as_str()),
            standby_region: text(pair.standby().region.as_str()),
            primary_zone: text(pair.primary().zone.as_str()),
            standby_zone: text(pair.standby().zone.as_str()),
            charge_type: text(charge_type),
            expired_time: None,
            enable_rtc: Some(pair.enable_rtc()),
            tags: pair.tags().iter().map(Into::into).collect(),
            resource_group: pair.resource_group().and_then(|group| text(group.as_str())),
        }
    }
}

impl From<&Tag> for TagRecord {
    fn from(tag: &Tag) -> Self {
        Self { key: text(tag.key.as_str()), value: text(tag.value.as_str()) }
    }
}
