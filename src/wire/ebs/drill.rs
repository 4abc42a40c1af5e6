//! Drills: their parameters and answers (`docs/facts/ebs.md#drill-pages`). The clearing calls define no token.
//!
//! A pair's drill names its one disk beside it; a group's lists one for each pair, under `PairsInfo`, and the pair as
//! `PairId`. A drill that found no recover point shows none, and a message (`D-111`).

use alloc::string::String;
use alloc::vec::Vec;

use crate::control_plane::Refusal;
use crate::ebs::{
    ClearPairDrill, ClearReplicaGroupDrill, DescribePairDrills, DescribeReplicaGroupDrills, Drill, DrillDisk,
    DrillPage, DrillStarted, Page, ReplicaId, StartPairDrill, StartReplicaGroupDrill,
};
use crate::ids::{DrillId, GroupId, PairId};
use crate::wire::cursor::{self, page, page_fields};
use crate::wire::object::{count, object, text};
use crate::wire::reader::{INT32, Reader};

pub(in crate::wire) fn start_pair(reader: &mut Reader<'_>) -> Result<StartPairDrill, Refusal> {
    let pair = reader.required("PairId", PairId::parse)?;
    reader.take_token()?;
    Ok(StartPairDrill { pair })
}

pub(in crate::wire) fn start_group(reader: &mut Reader<'_>) -> Result<StartReplicaGroupDrill, Refusal> {
    let group = reader.required("GroupId", GroupId::parse)?;
    reader.take_token()?;
    Ok(StartReplicaGroupDrill { group })
}

pub(in crate::wire) fn clear_pair(reader: &Reader<'_>) -> Result<ClearPairDrill, Refusal> {
    let pair = reader.required("PairId", PairId::parse)?;
    Ok(ClearPairDrill { pair, drill: reader.required("DrillId", DrillId::parse)? })
}

pub(in crate::wire) fn clear_group(reader: &Reader<'_>) -> Result<ClearReplicaGroupDrill, Refusal> {
    let group = reader.required("GroupId", GroupId::parse)?;
    Ok(ClearReplicaGroupDrill { group, drill: reader.required("DrillId", DrillId::parse)? })
}

pub(in crate::wire) fn describe_pair(reader: &Reader<'_>) -> Result<DescribePairDrills, Refusal> {
    let drill = reader.optional("DrillId", DrillId::parse)?;
    let pair = reader.required("PairId", PairId::parse)?;
    let (max_results, after) =
        (reader.number("MaxResults", 1..=500)?, reader.optional("NextToken", cursor::decode)?);
    let (number, size) = (reader.number("PageNumber", 1..=INT32)?, reader.number("PageSize", 1..=100)?);
    Ok(DescribePairDrills { pair, drill, page: page(max_results, after, number, size) })
}

pub(in crate::wire) fn describe_group(reader: &Reader<'_>) -> Result<DescribeReplicaGroupDrills, Refusal> {
    let group = reader.required("GroupId", GroupId::parse)?;
    let drill = reader.optional("DrillId", DrillId::parse)?;
    let after = reader.optional("NextToken", cursor::decode)?;
    let max_results = reader.number("MaxResults", 1..=500)?;
    let (size, number) = (reader.number("PageSize", 1..=100)?, reader.number("PageNumber", 1..=INT32)?);
    let page: Page = page(max_results, after, number, size);
    Ok(DescribeReplicaGroupDrills { group, drill, page })
}

object! {
    /// What `StartPairDrill` and `StartReplicaGroupDrill` answer.
    StartDrillResponse {
        drill: Option<String> = "DrillId",
        request_id: String = "RequestId",
    }

    /// What `DescribePairDrills` answers.
    DescribePairDrillsResponse {
        drills: Vec<PairDrillRecord> = "Drills",
        next_token: Option<String> = "NextToken",
        page_number: Option<u64> = "PageNumber",
        page_size: Option<u64> = "PageSize",
        total_count: Option<u64> = "TotalCount",
        request_id: String = "RequestId",
    }

    /// A drill of a pair.
    PairDrillRecord {
        drill: Option<String> = "DrillId",
        status: Option<String> = "Status",
        disk: Option<String> = "DrillDiskId",
        disk_status: Option<String> = "DrillDiskStatus",
        started_at: Option<u64> = "StartAt",
        recover_point: Option<u64> = "RecoverPoint",
        status_message: Option<String> = "StatusMessage",
    }

    /// What `DescribeReplicaGroupDrills` answers.
    DescribeReplicaGroupDrillsResponse {
        drills: Vec<GroupDrillRecord> = "Drills",
        next_token: Option<String> = "NextToken",
        page_number: Option<u64> = "PageNumber",
        page_size: Option<u64> = "PageSize",
        total_count: Option<u64> = "TotalCount",
        request_id: String = "RequestId",
    }

    /// A drill of a group.
    GroupDrillRecord {
        drill: Option<String> = "DrillId",
        group: Option<String> = "GroupId",
        status: Option<String> = "Status",
        pairs: Vec<DrillDiskRecord> = "PairsInfo",
        started_at: Option<u64> = "StartAt",
        recover_point: Option<u64> = "RecoverPoint",
        status_message: Option<String> = "StatusMessage",
    }

    /// A disk of a group's drill.
    DrillDiskRecord {
        pair: Option<String> = "PairId",
        disk: Option<String> = "DrillDiskId",
        status: Option<String> = "DrillDiskStatus",
    }
}

impl StartDrillResponse {
    /// The answer.
    pub fn new(started: &DrillStarted, request_id: &str) -> Self {
        Self { drill: text(started.drill.as_str()), request_id: String::from(request_id) }
    }
}

impl DescribePairDrillsResponse {
    /// The answer. Pages by token end with an empty token (`W-034`); pages by number have none.
    pub fn new(page: &DrillPage, request_id: &str) -> Self {
        let (next_token, page_number, page_size) = page_fields(page.page, page.next);
        Self {
            drills: page.drills.iter().map(Into::into).collect(),
            next_token,
            page_number,
            page_size,
            total_count: count(page.total),
            request_id: String::from(request_id),
        }
    }
}

impl DescribeReplicaGroupDrillsResponse {
    /// The answer. Pages by token end with an empty token (`W-034`); pages by number have none.
    pub fn new(page: &DrillPage, request_id: &str) -> Self {
        let (next_token, page_number, page_size) = page_fields(page.page, page.next);
        Self {
            drills: page.drills.iter().map(Into::into).collect(),
            next_token,
            page_number,
            page_size,
            total_count: count(page.total),
            request_id: String::from(request_id),
        }
    }
}

impl From<&Drill> for PairDrillRecord {
    fn from(drill: &Drill) -> Self {
        let disk = drill.disks().first();
        Self {
            drill: text(drill.id().as_str()),
            status: text(drill.status().as_str()),
            disk: disk.and_then(|disk| text(disk.disk.as_str())),
            disk_status: disk.and_then(|disk| text(disk.status.as_str())),
            started_at: Some(drill.started_at().as_secs()),
            recover_point: drill.recover_point().map(|at| at.as_secs()),
            status_message: drill.status_message().and_then(|message| text(message.as_str())),
        }
    }
}

impl From<&Drill> for GroupDrillRecord {
    fn from(drill: &Drill) -> Self {
        let group = match drill.owner() {
            ReplicaId::Group(group) => text(group.as_str()),
            ReplicaId::Pair(_) => None,
        };
        let record = |disk: &DrillDisk| DrillDiskRecord {
            pair: text(disk.pair.as_str()),
            disk: text(disk.disk.as_str()),
            status: text(disk.status.as_str()),
        };
        Self {
            drill: text(drill.id().as_str()),
            group,
            status: text(drill.status().as_str()),
            pairs: drill.disks().iter().map(record).collect(),
            started_at: Some(drill.started_at().as_secs()),
            recover_point: drill.recover_point().map(|at| at.as_secs()),
            status_message: drill.status_message().and_then(|message| text(message.as_str())),
        }
    }
}
