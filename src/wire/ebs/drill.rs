//! Drills: their parameters and answers (`docs/facts/ebs.md#drill-pages`). The clearing calls define no token.
//!
//! A pair's drill names its one disk beside it; a group's lists one for each pair, under `PairsInfo`, and the pair as
//! `PairId`. A drill that found no recover point shows none, and a message (`D-111`).

use alloc::string::String;
use alloc::vec::Vec;

use crate::control_plane::Refusal;
use crate::ebs::{
    ClearPairDrill, ClearReplicaGroupDrill, DescribePairDrills, DescribeReplicaGroupDrills, Drill, DrillDisk,
    DrillDiskStatus, DrillPage, DrillSeed, DrillStarted, ReplicaId, StartPairDrill, StartReplicaGroupDrill,
};
use crate::ids::{DrillId, GroupId, PairId};
use crate::rule::cite;
use crate::text::StatusMessage;
use crate::time::Timestamp;
use crate::wire::cursor::{self, next_token, page, page_number, page_size};
use crate::wire::enter::Defaults;
use crate::wire::object::{Number, Text, count, object, text};
use crate::wire::pasted::{Misread, Pasted, SeedProblem};
use crate::wire::reader::{INT32, Reader};
use crate::wire::rules::W_044;

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
    Ok(DescribeReplicaGroupDrills { group, drill, page: page(max_results, after, number, size) })
}

object! {
    /// What `StartPairDrill` and `StartReplicaGroupDrill` answer.
    StartDrillResponse(started: &DrillStarted, request_id: &str) {
        drill: Text = "DrillId" => text(&started.drill),
        request_id: String = "RequestId" => request_id.into(),
    }

    /// What `DescribePairDrills` and `DescribeReplicaGroupDrills` answer.
    DescribeDrillsResponse(page: &DrillPage, request_id: &str) {
        drills: Vec<DrillRecord> = "Drills" => page.drills.iter().map(DrillRecord::new).collect(),
        next_token: Text = "NextToken" => next_token(page.next),
        page_number: Number = "PageNumber" => Some(page_number(page.page).into()),
        page_size: Number = "PageSize" => Some(page_size(page.page).into()),
        total_count: Number = "TotalCount" => count(page.total),
        request_id: String = "RequestId" => request_id.into(),
    }

    /// A drill: a group's has an id of the group and a list of disks where a pair's has its disk.
    DrillRecord(drill: &Drill) {
        drill: Text = "DrillId" => text(drill.id()),
        group: Text = "GroupId" => of_group(drill).and_then(text),
        status: Text = "Status" => text(drill.status().as_str()),
        pairs: Option<Vec<DrillDiskRecord>> = "PairsInfo"
            => of_group(drill).map(|_| drill.disks().iter().map(DrillDiskRecord::new).collect()),
        disk: Text = "DrillDiskId" => disk_of_pair(drill).and_then(|disk| text(&disk.disk)),
        disk_status: Text = "DrillDiskStatus" => disk_of_pair(drill).and_then(|disk| text(disk.status.as_str())),
        started_at: Number = "StartAt" => Some(drill.started_at().as_secs()),
        recover_point: Number = "RecoverPoint" => drill.recover_point().map(Timestamp::as_secs),
        status_message: Text = "StatusMessage" => drill.status_message().and_then(text),
    }

    /// A disk of a group's drill.
    DrillDiskRecord(disk: &DrillDisk) {
        pair: Text = "PairId" => text(&disk.pair),
        disk: Text = "DrillDiskId" => text(&disk.disk),
        status: Text = "DrillDiskStatus" => text(disk.status.as_str()),
    }
}

/// The group that a drill is of.
const fn of_group(drill: &Drill) -> Option<&GroupId> {
    if let ReplicaId::Group(group) = drill.owner() { Some(group) } else { None }
}

/// The disk of a pair's drill.
fn disk_of_pair(drill: &Drill) -> Option<&DrillDisk> {
    drill.disks().first().filter(|_| of_group(drill).is_none())
}

/// Reads a drill, whose pair the answer does not name: the paste has `PairId` beside it or around it (`W-044`).
pub(in crate::wire) fn read(
    pasted: Pasted<'_>,
    around: Pasted<'_>,
    defaults: &Defaults<'_>,
) -> Result<DrillSeed, Misread> {
    cite!(W_044);
    let pair = pasted.typed("PairId")?.or(around.typed("PairId")?);
    let group = pasted.typed("GroupId")?.or(around.typed("GroupId")?);
    let owner = group.map(ReplicaId::Group).or(pair.map(ReplicaId::Pair));
    let owner = owner.ok_or(SeedProblem::Owner("PairId"))?;
    let disk = |pasted: Pasted<'_>, pair: Option<PairId>| {
        let status: Option<StatusMessage> = pasted.kept("DrillDiskStatus");
        let disk = pair.zip(pasted.typed("DrillDiskId")?);
        Ok::<_, Misread>(disk.map(|(pair, disk)| DrillDisk {
            pair,
            disk,
            status: status.map_or(DrillDiskStatus::Created, DrillDiskStatus::of),
        }))
    };
    let disks = match &owner {
        ReplicaId::Pair(pair) => Vec::from([disk(pasted, Some(pair.clone()))?]),
        ReplicaId::Group(_) => pasted.list("PairsInfo", |_, item| {
            let item = Pasted::of(item)?;
            disk(item, item.typed("PairId")?)
        })?,
    };
    Ok(DrillSeed {
        id: pasted.required("DrillId")?,
        owner,
        status: pasted.required("Status")?,
        status_message: pasted.kept("StatusMessage"),
        started_at: pasted.seconds("StartAt").unwrap_or(defaults.now),
        recover_point: pasted.seconds("RecoverPoint"),
        disks: disks.into_iter().flatten().collect(),
    })
}
