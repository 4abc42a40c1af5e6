//! Clusters: creation, release, failover and the list, their parameters and answers
//! (`docs/facts/polardb.md#failover-request`).
//!
//! The list nests its arrays (`Items.DBCluster`, `DBNodes.DBNode`, `Tags.Tag`) and has neither priority nor status of a
//! node. Some numbers are strings, and `Expired` is the string `"false"`.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::words::{ENGINE, NodeRole, UNLOCKED, column_store, has_standby, hot_replica};
use crate::control_plane::Refusal;
use crate::ids::{ClusterId, NodeClass, NodeId, ResourceGroupId, ZoneId};
use crate::polardb::{
    ClusterCreated, ClusterPage, CreateDbCluster, DbCluster, DbNode, DescribeDbClusters, Edition, Engine,
    FailoverDbCluster, HotStandby, PayType, PolarDbReason, TargetZoneType,
};
use crate::text::{Description, Tag};
use crate::wire::civil::format_iso;
use crate::wire::object::{count, object, text};
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

const PAY_TYPES: [(&str, PayType); 2] =
    [(PayType::Postpaid.as_str(), PayType::Postpaid), (PayType::Prepaid.as_str(), PayType::Prepaid)];

/// Parameters that `CreateDBCluster` defines and the model does not use: the metadata of 2024-06 and SDK 9.2.1 together,
/// sorted, without those that every operation takes. The token compares them as they are spelled.
const UNUSED_ON_CREATE: &str = "\
    AgenticDbClusterDescription AgenticDbClusterId AgenticDbType AllowShutDown Architecture AutoRenew AutoUseCoupon \
    BackupRetentionPolicyOnClusterDeletion BurstingEnabled CloneDataPoint CloudProvider ClusterNetworkType \
    CreationOption DBMinorVersion DefaultTimeZone EnsRegionId GDNId LoosePolarLogBin LooseXEngine \
    LooseXEngineUseMemoryPct LowerCaseTableNames ParameterGroupId Period PromotionCode ProvisionedIops ProxyClass \
    ProxyType ScaleMax ScaleMin ScaleRoNumMax ScaleRoNumMin SecurityIPList ServerlessType SourceResourceId SourceUid \
    StorageAutoScale StorageEncryption StorageEncryptionKey StoragePayType StorageSpace StorageType \
    StorageUpperBound StrictConsistency TDEStatus TargetMinorVersion UsedTime VPCId VSwitchId";

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
    reader.take_token()?;
    let resource_group = reader.optional("ResourceGroupId", ResourceGroupId::parse)?;
    let edition = reader.optional("CreationCategory", |text| {
        let mut editions = Edition::ALL.iter().copied();
        editions.find(|edition| edition.as_creation_category() == text).ok_or("no such edition")
    })?;
    let edition = edition.unwrap_or_default();
    let hot_standby = reader.choice("HotStandbyCluster", &HOT_STANDBYS)?;
    let hot_standby = hot_standby.unwrap_or(HotStandby::of(edition));
    let standby_zone = reader.optional("StandbyAZ", ZoneId::parse)?;
    if hot_standby == HotStandby::Compute && standby_zone.is_none() {
        return Err(reader.missing("StandbyAZ"));
    }
    let tags = reader.tags()?;
    let (range, default) = edition.node_numbers();
    let wide = u64::from(*range.start())..=u64::from(*range.end());
    let node_number = reader.number("DBNodeNum", wide)?;
    let node_number = node_number.and_then(|number| u8::try_from(number).ok()).unwrap_or(default);
    let mut other = Vec::new();
    for name in UNUSED_ON_CREATE.split(' ') {
        other.extend(reader.text(name)?.map(|text| (Arc::from(name), Arc::from(text))));
    }
    Ok(CreateDbCluster {
        engine,
        version: Arc::from(version),
        edition,
        class,
        node_number,
        pay_type,
        zone,
        hot_standby,
        standby_zone,
        description,
        resource_group,
        tags,
        other,
    })
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
    let sizes = [("30", 30), ("50", 50), ("100", 100)];
    let page_size = reader.choice("PageSize", &sizes)?.unwrap_or(30);
    let page_number = reader.number("PageNumber", 1..=INT32)?;
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

object! {
    /// What `CreateDBCluster` answers.
    CreateDbClusterResponse {
        request_id: String = "RequestId",
        resource_group: Option<String> = "ResourceGroupId",
        cluster: Option<String> = "DBClusterId",
        order: Option<String> = "OrderId",
    }

    /// What `DescribeDBClusters` answers.
    DescribeDbClustersResponse {
        total_record_count: Option<u64> = "TotalRecordCount",
        page_record_count: Option<u64> = "PageRecordCount",
        request_id: String = "RequestId",
        page_number: Option<u64> = "PageNumber",
        items: ClusterList = "Items",
    }

    /// The nesting of clusters in the list.
    ClusterList {
        clusters: Vec<ListedCluster> = "DBCluster",
    }

    /// A cluster in the list.
    ListedCluster {
        vpc: Option<String> = "VpcId",
        vswitch: Option<String> = "VswitchId",
        expire_time: Option<String> = "ExpireTime",
        expired: Option<String> = "Expired",
        node_number: Option<u64> = "DBNodeNumber",
        create_time: Option<String> = "CreateTime",
        pay_type: Option<String> = "PayType",
        storage_pay_type: Option<String> = "StoragePayType",
        serverless_type: Option<String> = "ServerlessType",
        strict_consistency: Option<String> = "StrictConsistency",
        node_class: Option<String> = "DBNodeClass",
        tags: TagList = "Tags",
        engine_type: Option<String> = "DBType",
        lock_mode: Option<String> = "LockMode",
        nodes: NodeList = "DBNodes",
        region: Option<String> = "RegionId",
        deletion_lock: Option<u64> = "DeletionLock",
        version: Option<String> = "DBVersion",
        cluster: Option<String> = "DBClusterId",
        status: Option<String> = "DBClusterStatus",
        resource_group: Option<String> = "ResourceGroupId",
        storage_used: Option<u64> = "StorageUsed",
        storage_space: Option<u64> = "StorageSpace",
        network_type: Option<String> = "DBClusterNetworkType",
        description: Option<String> = "DBClusterDescription",
        zone: Option<String> = "ZoneId",
        engine: Option<String> = "Engine",
        category: Option<String> = "Category",
        ai_type: Option<String> = "AiType",
        cpu_cores: Option<String> = "CpuCores",
        memory_size: Option<String> = "MemorySize",
        remote_memory_size: Option<String> = "RemoteMemorySize",
        sub_category: Option<String> = "SubCategory",
        hot_standby_cluster: Option<String> = "HotStandbyCluster",
    }

    /// The nesting of tags in the list.
    TagList {
        tags: Vec<ClusterTag> = "Tag",
    }

    /// A tag of a cluster.
    ClusterTag {
        key: Option<String> = "Key",
        value: Option<String> = "Value",
    }

    /// The nesting of nodes in the list.
    NodeList {
        nodes: Vec<ListedNode> = "DBNode",
    }

    /// A node in the list.
    ListedNode {
        class: Option<String> = "DBNodeClass",
        zone: Option<String> = "ZoneId",
        role: Option<String> = "DBNodeRole",
        node: Option<String> = "DBNodeId",
        region: Option<String> = "RegionId",
        serverless: Option<String> = "Serverless",
        imci_switch: Option<String> = "ImciSwitch",
        hot_replica_mode: Option<String> = "HotReplicaMode",
    }
}

impl CreateDbClusterResponse {
    /// The answer.
    pub fn new(created: &ClusterCreated, request_id: &str) -> Self {
        Self {
            request_id: String::from(request_id),
            resource_group: created.resource_group.as_ref().and_then(|group| text(group.as_str())),
            cluster: text(created.cluster.as_str()),
            order: text(created.order.as_str()),
        }
    }
}

impl DescribeDbClustersResponse {
    /// The answer.
    pub fn new(page: &ClusterPage, request_id: &str) -> Self {
        Self {
            total_record_count: count(page.total),
            page_record_count: count(page.clusters.len()),
            request_id: String::from(request_id),
            page_number: Some(u64::from(page.page_number)),
            items: ClusterList { clusters: page.clusters.iter().map(Into::into).collect() },
        }
    }
}

impl From<&DbCluster> for ListedCluster {
    fn from(cluster: &DbCluster) -> Self {
        let listed = |node: &DbNode| ListedNode {
            class: text(node.class.as_str()),
            zone: text(node.zone.as_str()),
            role: text(NodeRole::listed(node).as_str()),
            node: text(node.id.as_str()),
            region: text(cluster.region().as_str()),
            serverless: None,
            imci_switch: text(column_store(node)),
            hot_replica_mode: text(hot_replica(node)),
        };
        Self {
            expired: text("false"),
            node_number: count(cluster.nodes().len()),
            create_time: Some(format_iso(cluster.created_at())),
            pay_type: text(cluster.pay_type().as_str()),
            node_class: cluster.writer().and_then(|writer| text(writer.class.as_str())),
            tags: TagList { tags: cluster.tags().iter().map(Into::into).collect() },
            engine_type: text(cluster.engine().as_str()),
            lock_mode: text(UNLOCKED),
            nodes: NodeList { nodes: cluster.nodes().iter().map(listed).collect() },
            region: text(cluster.region().as_str()),
            deletion_lock: Some(u64::from(cluster.deletion_lock())),
            version: text(cluster.version()),
            cluster: text(cluster.id().as_str()),
            status: text(cluster.status().as_str()),
            resource_group: cluster.resource_group().and_then(|group| text(group.as_str())),
            description: cluster.description().and_then(|description| text(description.as_str())),
            zone: cluster.writer().and_then(|writer| text(writer.zone.as_str())),
            engine: text(ENGINE),
            category: text(cluster.edition().as_str()),
            hot_standby_cluster: text(if has_standby(cluster) { "ON" } else { "OFF" }),
            ..Self::default()
        }
    }
}

impl From<&Tag> for ClusterTag {
    fn from(tag: &Tag) -> Self {
        Self { key: text(&tag.key), value: text(&tag.value) }
    }
}
