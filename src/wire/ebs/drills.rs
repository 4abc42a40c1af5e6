//! The answers about drills.
//!
//! A pair's drill names its one disk beside it; a group's lists one for each pair, under `PairsInfo`, and the pair as
//! `PairId`. A drill that found no recover point shows none, and a message (`D-111`).

use alloc::string::String;
use alloc::vec::Vec;

use crate::ebs::{Drill, DrillOwner, DrillPage, DrillStarted};
use crate::wire::object::{object, text};
use crate::wire::params::page_fields;

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
            total_count: u64::try_from(page.total).ok(),
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
            total_count: u64::try_from(page.total).ok(),
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
            DrillOwner::Group(group) => text(group.as_str()),
            DrillOwner::Pair(_) => None,
        };
        let record = |disk: &crate::ebs::DrillDisk| DrillDiskRecord {
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
