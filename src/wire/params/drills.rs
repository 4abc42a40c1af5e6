//! The parameters of the drill operations (`facts/ebs.md` §§2.1, 2.2). The clearing calls define no token.

use crate::control_plane::Refusal;
use crate::ebs::{
    ClearPairDrill, ClearReplicaGroupDrill, DescribePairDrills, DescribeReplicaGroupDrills, Page,
    StartPairDrill, StartReplicaGroupDrill,
};
use crate::ids::{DrillId, GroupId, PairId};

use super::cursor;
use super::ebs::{INT32, page};
use super::reader::Reader;

pub(super) fn start_pair(reader: &mut Reader<'_>) -> Result<StartPairDrill, Refusal> {
    let pair = reader.required("PairId", PairId::parse)?;
    reader.take_token()?;
    Ok(StartPairDrill { pair })
}

pub(super) fn start_group(reader: &mut Reader<'_>) -> Result<StartReplicaGroupDrill, Refusal> {
    let group = reader.required("GroupId", GroupId::parse)?;
    reader.take_token()?;
    Ok(StartReplicaGroupDrill { group })
}

pub(super) fn clear_pair(reader: &Reader<'_>) -> Result<ClearPairDrill, Refusal> {
    let pair = reader.required("PairId", PairId::parse)?;
    Ok(ClearPairDrill { pair, drill: reader.required("DrillId", DrillId::parse)? })
}

pub(super) fn clear_group(reader: &Reader<'_>) -> Result<ClearReplicaGroupDrill, Refusal> {
    let group = reader.required("GroupId", GroupId::parse)?;
    Ok(ClearReplicaGroupDrill { group, drill: reader.required("DrillId", DrillId::parse)? })
}

pub(super) fn describe_pair(reader: &Reader<'_>) -> Result<DescribePairDrills, Refusal> {
    let drill = reader.optional("DrillId", DrillId::parse)?;
    let pair = reader.required("PairId", PairId::parse)?;
    let (max_results, after) =
        (reader.number("MaxResults", 1..=500)?, reader.optional("NextToken", cursor::decode)?);
    let (number, size) = (reader.number("PageNumber", 1..=INT32)?, reader.number("PageSize", 1..=100)?);
    Ok(DescribePairDrills { pair, drill, page: page(max_results, after, number, size) })
}

pub(super) fn describe_group(reader: &Reader<'_>) -> Result<DescribeReplicaGroupDrills, Refusal> {
    let group = reader.required("GroupId", GroupId::parse)?;
    let drill = reader.optional("DrillId", DrillId::parse)?;
    let after = reader.optional("NextToken", cursor::decode)?;
    let max_results = reader.number("MaxResults", 1..=500)?;
    let (size, number) = (reader.number("PageSize", 1..=100)?, reader.number("PageNumber", 1..=INT32)?);
    let page: Page = page(max_results, after, number, size);
    Ok(DescribeReplicaGroupDrills { group, drill, page })
}
