//! Clusters: creation, release, failover and the list, their parameters and answers
//! (`docs/facts/polardb.md#failover-request`).
//!
//! The list nests its arrays (`Items.DBCluster`, `DBNodes.DBNode`, `Tags.Tag`) and has neither priority nor status of a
//! node. Some numbers are strings, and `Expired` is the string `"false"`.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::networks;
use super::standby::standby_zone;
use super::words::{ENGINE, NETWORK, SWITCH, UNLOCKED, listed_role, setting, switch};
use crate::control_plane::Refusal;
use crate::ids::{ClusterId, NodeClass, NodeId, ResourceGroupId, ZoneId};
use crate::polardb::{
    ClusterCreated, ClusterPage, CreateDbCluster, DbCluster, DbNode, DescribeDbClusters, Edition, Engine,
    FailoverDbCluster, HotStandby, NodeKind, PayType, PolarDbReason, Serverless, TargetZoneType,
};
use crate::text::{Description, Tag};
use crate::wire::civil::format_iso;
use crate::wire::object::{Number, Text, count, object, text};
use crate::wire::reader::{INT32, Reader};

/// The words of `TargetZoneType` and `ZoneType`.
pub(super) const ZONE_TYPES: [(&str, TargetZoneType); 2] =
    [("Primary", TargetZoneType::Primary), ("Standby", TargetZoneType::Standby)];

const ENGINES: [(&str, Engine); 3] = [
    (Engine::MySql.as_str(), Engine::MySql),
    (Engine::PostgreSql.as_str(), Engine::PostgreSql),
    (Engine::Oracle.as_str(), Engine::Oracle),
];

/// The values of `HotStandbyCluster` (SDK 9.2.1, read 2026-11) but `3AZ`, which is left out.
const HOT_STANDBYS: [(&str, HotStandby); 4] = [
    (HotStandby::Storage.as_str(), HotStandby::Storage),
    (HotStandby::Compute.as_str(), HotStandby::Compute),
    (HotStandby::Standard.as_str(), HotStandby::Standard),
    (HotStandby::Off.as_str(), HotStandby::Off),
];

/// The most days of an interval in the list of clusters (SDK 9.2.1, read 2026-11).
const MAX_DAYS: u8 = 15;

const PAY_TYPES: [(&str, PayType); 2] =
    [(PayType::Postpaid.as_str(), PayType::Postpaid), (PayType::Prepaid.as_str(), PayType::Prepaid)];

/// Parameters that `CreateDBCluster` defines and nothing later depends on: the metadata of 2024-06 and SDK 9.2.1 together,
/// sorted, without those that every operation takes; of a secondary the first and the network are used. The token compares
/// them as they are spelled.
const UNUSED_ON_CREATE: &str = "\
    AgenticDbClusterDescription AgenticDbClusterId AgenticDbType AllowShutDown Architecture AutoRenew AutoUseCoupon \
    BackupRetentionPolicyOnClusterDeletion BurstingEnabled CloneDataPoint CloudProvider ClusterNetworkType \
    CreationOption DBMinorVersion DefaultTimeZone EnsRegionId GDNId LoosePolarLogBin LooseXEngine \
    LooseXEngineUseMemoryPct LowerCaseTableNames ParameterGroupId PromotionCode ProvisionedIops ProxyClass \
    ProxyType ScaleMax ScaleMin ScaleRoNumMax ScaleRoNumMin SecurityIPList SourceResourceId SourceUid \
    StorageAutoScale StorageEncryption StorageEncryptionKey StoragePayType StorageSpace StorageType \
    StorageUpperBound TDEStatus TargetMinorVersion VPCId VSwitchId";

pub(in crate::wire) fn cluster(reader: &mut Reader<'_>) -> Result<ClusterId, Refusal> {
    reader.required("DBClusterId", ClusterId::parse)
}

pub(in crate::wire) fn failover(reader: &mut Reader<'_>) -> Result<FailoverDbCluster, Refusal> {
    let cluster = cluster(reader)?;
    let target = reader.optional("TargetDBNodeId", NodeId::parse)?;
    let roll_back_for_disaster = reader.flag("RollBackForDisaster")?.unwrap_or(false);
    reader.take_token()?;
    let target_zone_type = reader.choice("TargetZoneType", &ZONE_TYPES)?.unwrap_or_default();
    Ok(FailoverDbCluster { cluster, target, roll_back_for_disaster, target_zone_type })
}

pub(in crate::wire) fn create(reader: &mut Reader<'_>) -> Result<CreateDbCluster, Refusal> {
    let zone = reader.optional("ZoneId", ZoneId::parse)?;
    let engine = reader.required_choice("DBType", &ENGINES)?;
    let version = reader.text("DBVersion")?.ok_or_else(|| reader.missing("DBVersion"))?;
    if !engine.versions().contains(&version) {
        return Err(PolarDbReason::EngineVersion.of(reader.operation()).into());
    }
    let class = reader.required("DBNodeClass", NodeClass::parse)?;
    let description = reader.optional("DBClusterDescription", Description::parse)?;
    let pay_type = reader.required_choice("PayType", &PAY_TYPES)?;
    let months = months(reader, pay_type)?;
    reader.take_token()?;
    let resource_group = reader.optional("ResourceGroupId", ResourceGroupId::parse)?;
    if engine == Engine::MySql {
        retention(reader)?;
        reader.choice("LowerCaseTableNames", &[("0", ()), ("1", ())])?;
        reader.optional("DefaultTimeZone", time_zone)?;
    }
    let edition = reader.optional("CreationCategory", |text| {
        let mut editions = Edition::ALL.iter().copied();
        editions.find(|edition| edition.as_creation_category() == text).ok_or("no such edition")
    })?;
    let edition = edition.unwrap_or_default();
    let hot_standby = reader.choice("HotStandbyCluster", &HOT_STANDBYS)?;
    let hot_standby = hot_standby.unwrap_or(HotStandby::of(edition));
    let standby_zone = standby_zone(reader)?;
    if hot_standby == HotStandby::Compute && standby_zone.is_none() {
        return Err(reader.missing("StandbyAZ"));
    }
    let tags = reader.tags()?;
    // No creation asks for `SteadyServerless` (SDK 9.2.1, read 2026-11).
    let serverless = reader.choice("ServerlessType", &[(Serverless::Agile.as_str(), Serverless::Agile)])?;
    let strict_consistency = reader.choice("StrictConsistency", &SWITCH)?.unwrap_or(false);
    let (range, default) = edition.node_numbers();
    let counts = engine == Engine::MySql;
    let asked = if counts { reader.number("DBNodeNum", range)? } else { None };
    let node_number = asked.unwrap_or(default);
    let joins = networks::joins(reader)?;
    let mut other = Vec::new();
    let used = |name: &&str| joins.is_some() && matches!(*name, "CreationOption" | "GDNId");
    for name in UNUSED_ON_CREATE.split(' ').filter(|name| !used(name)) {
        other.extend(reader.text(name)?.map(|text| (Arc::from(name), Arc::from(text))));
    }
    Ok(CreateDbCluster {
        engine,
        version: Arc::from(version),
        edition,
        class,
        node_number,
        pay_type,
        months,
        zone,
        hot_standby,
        standby_zone,
        serverless,
        strict_consistency,
        description,
        resource_group,
        tags,
        joins,
        other,
    })
}

/// `BackupRetentionPolicyOnClusterDeletion` (SDK 9.2.1, read 2026-11): backups are not modelled, the code of a bad one is.
pub(in crate::wire) fn retention(reader: &Reader<'_>) -> Result<(), Refusal> {
    let policies = [("ALL", ()), ("LATEST", ()), ("NONE", ())];
    reader.choice("BackupRetentionPolicyOnClusterDeletion", &policies).map(Option::unwrap_or_default)
}

/// `DefaultTimeZone` (SDK 9.2.1, read 2026-11): `SYSTEM`, or whole hours from `-12:00` to `+13:00`.
fn time_zone(text: &str) -> Result<(), &'static str> {
    let (sign, hours) = match text.split_at_checked(1) {
        Some((sign @ ("+" | "-"), hours)) => (sign, hours),
        _ => ("+", text),
    };
    let most = if sign == "-" { 12 } else { 13 };
    let hour =
        hours.strip_suffix(":00").filter(|hour| hour.len() == 2).and_then(|hour| hour.parse::<u8>().ok());
    let known = text == "SYSTEM" || hour.is_some_and(|hour| hour <= most);
    if known { Ok(()) } else { Err("neither SYSTEM nor whole hours from -12:00 to +13:00") }
}

/// `Period` and `UsedTime` in months, for a subscription alone (SDK 9.2.1, read 2026-11: up to 9 months or 3 years).
fn months(reader: &Reader<'_>, pay_type: PayType) -> Result<Option<u8>, Refusal> {
    if pay_type == PayType::Postpaid {
        return Ok(None);
    }
    let (most, months) = reader.required_choice("Period", &[("Month", (9, 1)), ("Year", (3, 12))])?;
    let used = reader.number("UsedTime", 1..=most)?.ok_or_else(|| reader.missing("UsedTime"))?;
    Ok(Some(u8::saturating_mul(used, months)))
}

pub(in crate::wire) fn describe(reader: &Reader<'_>) -> Result<DescribeDbClusters, Refusal> {
    let clusters = reader.ids("DBClusterIds", usize::MAX, ClusterId::parse)?;
    let description = reader.text("DBClusterDescription")?.map(String::from);
    let status = reader.text("DBClusterStatus")?.map(String::from);
    let engine = reader.choice("DBType", &ENGINES)?;
    let version = reader.text("DBVersion")?;
    if let (Some(engine), Some(version)) = (engine, version)
        && !engine.versions().contains(&version)
    {
        return Err(PolarDbReason::EngineVersion.of(reader.operation()).into());
    }
    let created_within = reader.number("RecentCreationInterval", 0..=MAX_DAYS)?;
    let expires_within = reader.number("RecentExpirationInterval", 0..=MAX_DAYS)?;
    let sizes = [("30", 30), ("50", 50), ("100", 100)];
    let page_size = reader.choice("PageSize", &sizes)?.unwrap_or(30);
    let page_number = reader.number("PageNumber", 1..=INT32)?.unwrap_or(1);
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
        created_within,
        expires_within,
        resource_group,
        tags,
        page_number,
        page_size,
    })
}

object! {
    /// What `CreateDBCluster` answers.
    CreateDbClusterResponse(created: &ClusterCreated, request_id: &str) {
        request_id: String = "RequestId" => request_id.into(),
        resource_group: Text = "ResourceGroupId" => created.resource_group.as_ref().and_then(text),
        cluster: Text = "DBClusterId" => text(&created.cluster),
        order: Text = "OrderId" => text(&created.order),
    }

    /// What `DescribeDBClusters` answers.
    DescribeDbClustersResponse(page: &ClusterPage, request_id: &str) {
        total_record_count: Number = "TotalRecordCount" => count(page.total),
        page_record_count: Number = "PageRecordCount" => count(page.clusters.len()),
        request_id: String = "RequestId" => request_id.into(),
        page_number: Number = "PageNumber" => Some(page.page_number.into()),
        items: ClusterList = "Items" => ClusterList::new(&page.clusters),
    }

    /// The nesting of clusters in the list.
    ClusterList(clusters: &[DbCluster]) {
        clusters: Vec<ListedCluster> = "DBCluster" => clusters.iter().map(ListedCluster::new).collect(),
    }

    /// A cluster in the list.
    ListedCluster(cluster: &DbCluster) {
        vpc: Text = "VpcId" => setting(cluster, "VPCId"),
        vswitch: Text = "VswitchId" => setting(cluster, "VSwitchId"),
        expire_time: Text = "ExpireTime" => cluster.expires_at().map(format_iso),
        expired: Text = "Expired" => text("false"),
        node_number: Number = "DBNodeNumber" => count(cluster.nodes().len()),
        create_time: Text = "CreateTime" => Some(format_iso(cluster.created_at())),
        pay_type: Text = "PayType" => text(cluster.pay_type().as_str()),
        storage_pay_type: Text = "StoragePayType" => setting(cluster, "StoragePayType"),
        serverless_type: Text = "ServerlessType" => cluster.serverless().and_then(|kind| text(kind.as_str())),
        strict_consistency: Text = "StrictConsistency" => text(switch(cluster.strict_consistency())),
        node_class: Text = "DBNodeClass" => cluster.writer().and_then(|writer| text(&writer.class)),
        tags: TagList = "Tags" => TagList::new(cluster.tags()),
        engine_type: Text = "DBType" => text(cluster.engine().as_str()),
        lock_mode: Text = "LockMode" => text(UNLOCKED),
        nodes: NodeList = "DBNodes" => NodeList::new(cluster),
        region: Text = "RegionId" => text(cluster.region()),
        deletion_lock: Number = "DeletionLock" => Some(cluster.deletion_lock().into()),
        version: Text = "DBVersion" => text(cluster.version()),
        cluster: Text = "DBClusterId" => text(cluster.id()),
        status: Text = "DBClusterStatus" => text(cluster.status().spelled(cluster.engine())),
        resource_group: Text = "ResourceGroupId" => cluster.resource_group().and_then(text),
        storage_used: Number = "StorageUsed",
        storage_space: Number = "StorageSpace",
        network_type: Text = "DBClusterNetworkType" => text(NETWORK),
        description: Text = "DBClusterDescription" => cluster.description().and_then(text),
        zone: Text = "ZoneId" => cluster.writer().and_then(|writer| text(&writer.zone)),
        engine: Text = "Engine" => text(ENGINE),
        category: Text = "Category" => text(cluster.edition().as_str()),
        ai_type: Text = "AiType",
        cpu_cores: Text = "CpuCores",
        memory_size: Text = "MemorySize",
        remote_memory_size: Text = "RemoteMemorySize",
        sub_category: Text = "SubCategory",
        hot_standby_cluster: Text = "HotStandbyCluster" => text(switch(cluster.has_standby())),
    }

    /// The nesting of tags in the list.
    TagList(tags: &[Tag]) {
        tags: Vec<ClusterTag> = "Tag" => tags.iter().map(ClusterTag::new).collect(),
    }

    /// A tag of a cluster.
    ClusterTag(tag: &Tag) {
        key: Text = "Key" => text(&tag.key),
        value: Text = "Value" => text(&tag.value),
    }

    /// The nesting of nodes in the list.
    NodeList(cluster: &DbCluster) {
        nodes: Vec<ListedNode> = "DBNode" => cluster.nodes().iter().map(|node| ListedNode::new(cluster, node)).collect(),
    }

    /// A node in the list.
    ListedNode(cluster: &DbCluster, node: &DbNode) {
        class: Text = "DBNodeClass" => text(&node.class),
        zone: Text = "ZoneId" => text(&node.zone),
        role: Text = "DBNodeRole" => text(listed_role(node)),
        node: Text = "DBNodeId" => text(&node.id),
        region: Text = "RegionId" => text(cluster.region()),
        serverless: Text = "Serverless" => cluster.serverless().and_then(|_| text(switch(true))),
        imci_switch: Text = "ImciSwitch" => text(switch(node.kind == NodeKind::ColumnStore)),
        hot_replica_mode: Text = "HotReplicaMode" => text(switch(node.hot_replica)),
    }
}
