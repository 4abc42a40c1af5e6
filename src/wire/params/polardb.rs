//! The parameters of the PolarDB operations (`facts/polardb.md` §§1.1, 2.3, 3.2, 4.1).

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use crate::control_plane::Refusal;
use crate::ids::{ClusterId, NodeClass, NodeId, ResourceGroupId, ZoneId};
use crate::operation::Operation;
use crate::polardb::{
    CreateDbCluster, DescribeDbClusterEndpoints, DescribeDbClusters, DescribeHaLogs, Edition, Engine,
    FailoverDbCluster, ModifyDbNodeConfig, PayType, PolarDbReason, Priority, TargetZoneType,
};
use crate::text::Description;
use crate::time::Timestamp;

use super::super::civil::{BadTime, parse_iso};
use super::reader::{Reader, number};

const ENGINES: [(&str, Engine); 3] = [
    (Engine::MySql.as_str(), Engine::MySql),
    (Engine::PostgreSql.as_str(), Engine::PostgreSql),
    (Engine::Oracle.as_str(), Engine::Oracle),
];

const PAY_TYPES: [(&str, PayType); 2] =
    [(PayType::Postpaid.as_str(), PayType::Postpaid), (PayType::Prepaid.as_str(), PayType::Prepaid)];

/// What `CreateDBCluster` defines and the model does not use: the metadata of 2024-06 and SDK 9.2.1 together, sorted,
/// without what every operation takes. They count for the token's comparison, as spelled.
const UNUSED_ON_CREATE: &[&str] = &[
    "AgenticDbClusterDescription",
    "AgenticDbClusterId",
    "AgenticDbType",
    "AllowShutDown",
    "Architecture",
    "AutoRenew",
    "AutoUseCoupon",
    "BackupRetentionPolicyOnClusterDeletion",
    "BurstingEnabled",
    "CloneDataPoint",
    "CloudProvider",
    "ClusterNetworkType",
    "CreationOption",
    "DBMinorVersion",
    "DefaultTimeZone",
    "EnsRegionId",
    "GDNId",
    "HotStandbyCluster",
    "LoosePolarLogBin",
    "LooseXEngine",
    "LooseXEngineUseMemoryPct",
    "LowerCaseTableNames",
    "ParameterGroupId",
    "Period",
    "PromotionCode",
    "ProvisionedIops",
    "ProxyClass",
    "ProxyType",
    "ScaleMax",
    "ScaleMin",
    "ScaleRoNumMax",
    "ScaleRoNumMin",
    "SecurityIPList",
    "ServerlessType",
    "SourceResourceId",
    "SourceUid",
    "StandbyAZ",
    "StorageAutoScale",
    "StorageEncryption",
    "StorageEncryptionKey",
    "StoragePayType",
    "StorageSpace",
    "StorageType",
    "StorageUpperBound",
    "StrictConsistency",
    "TDEStatus",
    "TargetMinorVersion",
    "UsedTime",
    "VPCId",
    "VSwitchId",
];

pub(super) fn cluster(reader: &mut Reader<'_>) -> Result<ClusterId, Refusal> {
    reader.required("DBClusterId", ClusterId::parse)
}

pub(super) fn node_config(reader: &mut Reader<'_>) -> Result<ModifyDbNodeConfig, Refusal> {
    let cluster = cluster(reader)?;
    let node = reader.required("DBNodeId", NodeId::parse)?;
    reader.required("ConfigName", |name| match name {
        "FailoverPriority" => Ok(()),
        _ => Err("FailoverPriority is the only configuration of a node"),
    })?;
    Ok(ModifyDbNodeConfig { cluster, node, priority: reader.required("ConfigValue", priority)? })
}

pub(super) fn failover(reader: &mut Reader<'_>) -> Result<FailoverDbCluster, Refusal> {
    let cluster = cluster(reader)?;
    let target = reader.optional("TargetDBNodeId", NodeId::parse)?;
    let roll_back_for_disaster = reader.flag("RollBackForDisaster", false)?;
    reader.take_token()?;
    let kinds = [("Primary", TargetZoneType::Primary), ("Standby", TargetZoneType::Standby)];
    let target_zone_type = reader.choice("TargetZoneType", &kinds)?.unwrap_or_default();
    Ok(FailoverDbCluster { cluster, target, roll_back_for_disaster, target_zone_type })
}

/// A failover priority in decimal digits.
fn priority(text: &str) -> Result<Priority, String> {
    let range = u64::from(Priority::MIN.get())..=u64::from(Priority::MAX.get());
    // The range leaves nothing that is not a priority.
    number(text, range)
        .map(|number| within(number).and_then(|byte| Priority::new(byte).ok()).unwrap_or_default())
}

pub(super) fn create(reader: &mut Reader<'_>) -> Result<CreateDbCluster, Refusal> {
    let zone = reader.optional("ZoneId", ZoneId::parse)?;
    let engine = reader.choice("DBType", &ENGINES)?.ok_or_else(|| reader.missing("DBType"))?;
    let version = reader.text("DBVersion")?.ok_or_else(|| reader.missing("DBVersion"))?;
    if !engine.versions().contains(&version) {
        return Err(PolarDbReason::EngineVersion.of(Operation::CreateDbCluster).into());
    }
    let class = reader.required("DBNodeClass", NodeClass::parse)?;
    let description = reader.optional("DBClusterDescription", Description::parse)?;
    let pay_type = reader.choice("PayType", &PAY_TYPES)?.ok_or_else(|| reader.missing("PayType"))?;
    reader.take_token()?;
    let resource_group = reader.optional("ResourceGroupId", ResourceGroupId::parse)?;
    let edition = reader.optional("CreationCategory", |text| {
        let mut editions = Edition::ALL.iter().copied();
        editions.find(|edition| edition.as_creation_category() == text).ok_or("no such edition")
    })?;
    let edition = edition.unwrap_or_default();
    let tags = reader.tags()?;
    let (range, default) = edition.node_numbers();
    let node_number = reader.number("DBNodeNum", wide(&range))?;
    let node_number = node_number.and_then(within).unwrap_or(default);
    let mut other = Vec::new();
    for name in UNUSED_ON_CREATE {
        other.extend(reader.text(name)?.map(|text| (Arc::from(*name), Arc::from(text))));
    }
    Ok(CreateDbCluster {
        engine,
        version: Arc::from(version),
        edition,
        class,
        node_number,
        pay_type,
        zone,
        description,
        resource_group,
        tags,
        other,
    })
}

pub(super) fn describe(reader: &Reader<'_>) -> Result<DescribeDbClusters, Refusal> {
    let clusters = reader.ids("DBClusterIds", usize::MAX, ClusterId::parse)?;
    let description = reader.text("DBClusterDescription")?.map(String::from);
    let status = reader.text("DBClusterStatus")?.map(String::from);
    let engine = reader.choice("DBType", &ENGINES)?;
    let version = reader.text("DBVersion")?;
    if let (Some(engine), Some(version)) = (engine, version)
        && !engine.versions().contains(&version)
    {
        return Err(PolarDbReason::EngineVersion.of(Operation::DescribeDbClusters).into());
    }
    let sizes = [("30", 30), ("50", 50), ("100", 100)];
    let page_size = reader.choice("PageSize", &sizes)?.unwrap_or(30);
    let page_number = reader.number("PageNumber", 1..=u64::from(i32::MAX.unsigned_abs()))?;
    let resource_group = reader.optional("ResourceGroupId", ResourceGroupId::parse)?;
    let tags = reader.tags()?;
    let pay_type = reader.choice("PayType", &PAY_TYPES)?;
    let nodes = reader.ids("DBNodeIds", usize::MAX, NodeId::parse)?;
    Ok(DescribeDbClusters {
        clusters,
        nodes,
        description,
        status,
        engine,
        version: version.map(Arc::from),
        pay_type,
        resource_group,
        tags,
        page_number: page_number.and_then(|number| u32::try_from(number).ok()).unwrap_or(1),
        page_size,
    })
}

pub(super) fn endpoints(reader: &mut Reader<'_>) -> Result<DescribeDbClusterEndpoints, Refusal> {
    let cluster = cluster(reader)?;
    Ok(DescribeDbClusterEndpoints { cluster, endpoint: reader.text("DBEndpointId")?.map(String::from) })
}

pub(super) fn ha_logs(reader: &mut Reader<'_>) -> Result<DescribeHaLogs, Refusal> {
    let cluster = cluster(reader)?;
    let node = reader.optional("DBNodeId", NodeId::parse)?;
    let page_number = reader.number("PageNumber", 1..=u64::from(i32::MAX.unsigned_abs()))?;
    let page_size = reader.number("PageSize", 5..=50)?;
    let from = reader.optional("StartTime", moment)?;
    let to = reader.optional("EndTime", moment)?;
    if from.zip(to).is_some_and(|(from, to)| to <= from) {
        return Err(reader.bad("EndTime", "not later than StartTime (P-514)"));
    }
    reader.required("LogType", |text| match text {
        "HaSwitchLogList" => Ok(()),
        _ => Err("HaSwitchLogList is the only type of log"),
    })?;
    Ok(DescribeHaLogs {
        cluster,
        node,
        from,
        to,
        page_number: page_number.and_then(|number| u32::try_from(number).ok()).unwrap_or(1),
        page_size: page_size.and_then(|size| u16::try_from(size).ok()).unwrap_or(10),
    })
}

/// A time with seconds as the parameter's text asks, or without as in its older example.
pub(super) fn moment(text: &str) -> Result<Timestamp, BadTime> {
    match text.strip_suffix('Z') {
        Some(minutes) if minutes.len() == 16 => parse_iso(&format!("{minutes}:00Z")),
        _ => parse_iso(text),
    }
}

fn wide(range: &RangeInclusive<u8>) -> RangeInclusive<u64> {
    u64::from(*range.start())..=u64::from(*range.end())
}

fn within(number: u64) -> Option<u8> {
    u8::try_from(number).ok()
}
