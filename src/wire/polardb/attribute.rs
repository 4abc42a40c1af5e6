//! `DescribeDBClusterAttribute`: one cluster, flat, with priority and status of every node; and the cluster that such an
//! answer enters.
//!
//! It spells some things differently than the list: `VpcId` and `VPCId`, `CreateTime` and `CreationTime`, `ZoneId` and
//! `ZoneIds`; `HotStandbyCluster` is `ON` there and `StandbyClusterON` here.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use serde_json::Value;

use super::clusters::ClusterTag;
use super::words::{
    ENGINE, NodeRole, UNLOCKED, column_store, has_standby, hot_replica, hot_standby, hot_standby_of, switch,
};
use crate::ids::{NodeClass, RegionId, ZoneId};
use crate::polardb::{
    BadPriority, ClusterSeed, ClusterStatus, DbCluster, DbNode, Edition, Engine, NodeKind, PayType, Priority,
    Role,
};
use crate::rule::cite;
use crate::text::StatusMessage;
use crate::time::Timestamp;
use crate::wire::civil::{format_iso, parse_iso};
use crate::wire::misread::{Misread, SeedProblem};
use crate::wire::object::{object, text};
use crate::wire::rules::W_041;
use crate::wire::seed::{self, Defaults, IdKind, SeedError, SeedList, given, parsed, typed};

/// `SubCluster` of a standby node.
const STANDBY: &str = "Standby";

/// `SubCluster` of the other nodes, where there is a standby cluster.
const PRIMARY: &str = "Primary";

object! {
    /// What `DescribeDBClusterAttribute` answers.
    DescribeDbClusterAttributeResponse {
        deletion_lock: Option<u64> = "DeletionLock",
        category: Option<String> = "Category",
        resource_group: Option<String> = "ResourceGroupId",
        backup_chain_size: Option<u64> = "DataLevel1BackupChainSize",
        cluster: Option<String> = "DBClusterId",
        engine_type: Option<String> = "DBType",
        network_type: Option<String> = "DBClusterNetworkType",
        is_latest_version: Option<bool> = "IsLatestVersion",
        has_complete_standby_resources: Option<bool> = "HasCompleteStandbyRes",
        hot_standby_cluster: Option<String> = "HotStandbyCluster",
        data_sync_mode: Option<String> = "DataSyncMode",
        standby_ha_mode: Option<String> = "StandbyHAMode",
        compress_storage_mode: Option<String> = "CompressStorageMode",
        storage_max: Option<u64> = "StorageMax",
        version: Option<String> = "DBVersion",
        nodes: Vec<AttributeNode> = "DBNodes",
        zones: Option<String> = "ZoneIds",
        maintain_time: Option<String> = "MaintainTime",
        engine: Option<String> = "Engine",
        tags: Vec<ClusterTag> = "Tags",
        request_id: String = "RequestId",
        vpc: Option<String> = "VPCId",
        status: Option<String> = "DBClusterStatus",
        vswitch: Option<String> = "VSwitchId",
        description: Option<String> = "DBClusterDescription",
        expired: Option<String> = "Expired",
        pay_type: Option<String> = "PayType",
        storage_pay_type: Option<String> = "StoragePayType",
        lock_mode: Option<String> = "LockMode",
        storage_used: Option<u64> = "StorageUsed",
        compress_storage_used: Option<u64> = "CompressStorageUsed",
        storage_space: Option<u64> = "StorageSpace",
        version_status: Option<String> = "DBVersionStatus",
        creation_time: Option<String> = "CreationTime",
        sql_size: Option<u64> = "SQLSize",
        inode_total: Option<u64> = "InodeTotal",
        inode_used: Option<u64> = "InodeUsed",
        blktag_total: Option<u64> = "BlktagTotal",
        blktag_used: Option<u64> = "BlktagUsed",
        region: Option<String> = "RegionId",
        expire_time: Option<String> = "ExpireTime",
        sub_category: Option<String> = "SubCategory",
        is_proxy_latest_version: Option<bool> = "IsProxyLatestVersion",
        storage_type: Option<String> = "StorageType",
        serverless_type: Option<String> = "ServerlessType",
        strict_consistency: Option<String> = "StrictConsistency",
        proxy_cpu_cores: Option<String> = "ProxyCpuCores",
        proxy_standard_cpu_cores: Option<String> = "ProxyStandardCpuCores",
        proxy_type: Option<String> = "ProxyType",
        proxy_status: Option<String> = "ProxyStatus",
        proxy_serverless_type: Option<String> = "ProxyServerlessType",
        architecture: Option<String> = "Architecture",
        ai_type: Option<String> = "AiType",
        provisioned_iops: Option<String> = "ProvisionedIops",
        ai_creating_time: Option<String> = "AiCreatingTime",
        supports_instant_switch_with_imci: Option<String> = "SupportInstantSwitchWithImci",
        orca: Option<String> = "Orca",
        source_cluster: Option<String> = "SourceDBCluster",
        restore_type: Option<String> = "RestoreType",
        restore_data_point: Option<String> = "RestoreDataPoint",
    }

    /// A node in that answer.
    AttributeNode {
        creation_time: Option<String> = "CreationTime",
        failover_priority: Option<u64> = "FailoverPriority",
        max_iops: Option<u64> = "MaxIOPS",
        class: Option<String> = "DBNodeClass",
        cpu_cores: Option<String> = "CpuCores",
        memory_size: Option<String> = "MemorySize",
        role: Option<String> = "DBNodeRole",
        zone: Option<String> = "ZoneId",
        max_connections: Option<u64> = "MaxConnections",
        status: Option<String> = "DBNodeStatus",
        node: Option<String> = "DBNodeId",
        imci_switch: Option<String> = "ImciSwitch",
        hot_replica_mode: Option<String> = "HotReplicaMode",
        added_cpu_cores: Option<String> = "AddedCpuCores",
        master: Option<String> = "MasterId",
        scc_mode: Option<String> = "SccMode",
        server_weight: Option<String> = "ServerWeight",
        serverless_type: Option<String> = "ServerlessType",
        sub_cluster: Option<String> = "SubCluster",
        remote_memory_size: Option<String> = "RemoteMemorySize",
        orca: Option<String> = "Orca",
    }
}

impl DescribeDbClusterAttributeResponse {
    /// The answer.
    pub fn new(cluster: &DbCluster, request_id: &str) -> Self {
        Self {
            deletion_lock: Some(u64::from(cluster.deletion_lock())),
            category: text(cluster.edition().as_str()),
            resource_group: cluster.resource_group().and_then(text),
            cluster: text(cluster.id()),
            engine_type: text(cluster.engine().as_str()),
            hot_standby_cluster: text(hot_standby(cluster)),
            version: text(cluster.version()),
            nodes: cluster.nodes().iter().map(|node| AttributeNode::new(cluster, node)).collect(),
            zones: Some(zones(cluster)),
            engine: text(ENGINE),
            tags: cluster.tags().iter().map(Into::into).collect(),
            request_id: String::from(request_id),
            status: text(cluster.status()),
            description: cluster.description().and_then(text),
            expired: text("false"),
            pay_type: text(cluster.pay_type().as_str()),
            lock_mode: text(UNLOCKED),
            creation_time: Some(format_iso(cluster.created_at())),
            region: text(cluster.region()),
            ..Self::default()
        }
    }
}

impl AttributeNode {
    /// The record of a node of this cluster.
    pub fn new(cluster: &DbCluster, node: &DbNode) -> Self {
        Self {
            creation_time: Some(format_iso(node.created_at)),
            failover_priority: Some(u64::from(node.priority.get())),
            class: text(&node.class),
            role: text(NodeRole::of(node).as_str()),
            zone: text(&node.zone),
            status: text(cluster.node_status(node)),
            node: text(&node.id),
            imci_switch: text(column_store(node)),
            hot_replica_mode: text(hot_replica(node)),
            sub_cluster: match node.kind {
                NodeKind::Standby => text(STANDBY),
                _ => text(PRIMARY).filter(|_| has_standby(cluster)),
            },
            ..Self::default()
        }
    }
}

/// The zones of a cluster, the writer's first, then in the order of its nodes.
fn zones(cluster: &DbCluster) -> String {
    let mut zones: Vec<&str> = Vec::new();
    for node in cluster.writer().into_iter().chain(cluster.nodes()) {
        if !zones.contains(&node.zone.as_str()) {
            zones.push(node.zone.as_str());
        }
    }
    zones.join(",")
}

/// Reads answers of `DescribeDBClusterAttribute`.
///
/// # Errors
///
/// [`SeedError`] about the first object that cannot be read; ids may have been minted by then.
pub fn seed_clusters(objects: &[Value], defaults: &mut Defaults<'_>) -> Result<Vec<ClusterSeed>, SeedError> {
    seed::read(SeedList::Clusters, objects, |record| enter(record, defaults))
}

type R = DescribeDbClusterAttributeResponse;
type N = AttributeNode;

fn enter(record: &R, defaults: &mut Defaults<'_>) -> Result<ClusterSeed, Misread> {
    let id = defaults.id(record, R::cluster, IdKind::Cluster)?;
    let region = typed(record, R::region)?.unwrap_or_else(|| defaults.region.clone());
    let engine = |text: &str| Engine::parse(text).ok_or("there is no such engine");
    let engine = parsed(record, R::engine_type, engine)?;
    let engine = engine.unwrap_or(Engine::MySql);
    let version = given(record, R::version).or(engine.versions().last().copied()).unwrap_or_default();
    let status = typed(record, R::status)?.map_or(ClusterStatus::Running, status);
    let created_at = parsed(record, R::creation_time, parse_iso)?;
    let created_at = created_at.unwrap_or(defaults.now);
    let edition = parsed(record, R::category, edition)?.unwrap_or_default();
    let cluster = Surroundings { region: &region, engine, status: &status, created_at };
    let nodes = nodes(&record.nodes, &cluster, defaults)?;
    Ok(ClusterSeed {
        id,
        engine,
        version: Arc::from(version),
        edition,
        pay_type: typed(record, R::pay_type)?.unwrap_or(PayType::Postpaid),
        description: typed(record, R::description)?,
        resource_group: typed(record, R::resource_group)?,
        tags: seed::tags(record, R::tags, [ClusterTag::key, ClusterTag::value])?,
        deletion_lock: match record.deletion_lock {
            None | Some(0) => false,
            Some(1) => true,
            Some(_) => return Err(Misread::at(R::deletion_lock.name, "neither 0 nor 1")),
        },
        created_at,
        hot_standby: parsed(record, R::hot_standby_cluster, hot_standby_of)?.unwrap_or_default(),
        standby_zone: None,
        nodes,
        status,
        region,
    })
}

/// What nodes take over from their cluster.
struct Surroundings<'a> {
    region: &'a RegionId,
    engine: Engine,
    status: &'a ClusterStatus,
    created_at: Timestamp,
}

cite!(W_041);

/// The nodes of a cluster, one of them the writer: the first if no node says so (`W-041`).
fn nodes(
    records: &[AttributeNode],
    cluster: &Surroundings<'_>,
    defaults: &mut Defaults<'_>,
) -> Result<Vec<DbNode>, Misread> {
    let named = records.iter().any(|node| given(node, N::role) == Some(NodeRole::Writer.as_str()));
    let nodes = records.iter().enumerate().map(|(at, record)| {
        let by_default = if at == 0 && !named { NodeRole::Writer } else { NodeRole::Reader };
        let node = node(record, cluster, by_default, defaults);
        node.map_err(|misread| misread.within(&format!("[{at}]")).within(R::nodes.name))
    });
    let nodes = nodes.collect::<Result<Vec<DbNode>, Misread>>()?;
    match nodes.iter().filter(|node| node.role == Role::Writer).count() {
        1 => Ok(nodes),
        other => Err(Misread::from(SeedProblem::Writers(other)).within(R::nodes.name)),
    }
}

fn node(
    record: &AttributeNode,
    cluster: &Surroundings<'_>,
    by_default: NodeRole,
    defaults: &mut Defaults<'_>,
) -> Result<DbNode, Misread> {
    let (role, kind) = role_and_kind(record, by_default)?;
    let id = defaults.id(record, N::node, IdKind::Node)?;
    let priority = match record.failover_priority {
        None => Priority::MIN,
        Some(number) => {
            Priority::new(u8::try_from(number).unwrap_or(u8::MAX)).map_err(|BadPriority(_)| {
                let why = format!("a failover priority is 1 to 15, not {number}");
                Misread::at(N::failover_priority.name, why)
            })?
        }
    };
    let class = NodeClass::parse(given(record, N::class).unwrap_or(usual_class(cluster.engine)));
    let status: Option<StatusMessage> = typed(record, N::status)?;
    let created_at = parsed(record, N::creation_time, parse_iso)?;
    Ok(DbNode {
        id,
        role,
        kind,
        priority,
        class: class.map_err(|why| Misread::at(N::class.name, why))?,
        zone: typed(record, N::zone)?.unwrap_or_else(|| ZoneId::first_of(cluster.region)),
        created_at: created_at.unwrap_or(cluster.created_at),
        up: true,
        replicating: true,
        busy: status.filter(|status| keeps_busy(status.as_str(), cluster.status)),
        hot_replica: parsed(record, N::hot_replica_mode, switch)?.unwrap_or(false),
    })
}

/// The role of a node and its kind, which shows in the role, in its column-store switch or in its sub-cluster. The
/// writer is of the ordinary kind whatever its switches say.
fn role_and_kind(record: &AttributeNode, by_default: NodeRole) -> Result<(Role, NodeKind), Misread> {
    let column_store = parsed(record, N::imci_switch, switch)?.unwrap_or(false);
    Ok(match parsed(record, N::role, NodeRole::parse)?.unwrap_or(by_default) {
        NodeRole::Writer => (Role::Writer, NodeKind::Ordinary),
        NodeRole::ColumnReader => (Role::Reader, NodeKind::ColumnStore),
        NodeRole::Ai => (Role::Reader, NodeKind::Ai),
        NodeRole::Reader if given(record, N::sub_cluster) == Some(STANDBY) => {
            (Role::Reader, NodeKind::Standby)
        }
        NodeRole::Reader if column_store => (Role::Reader, NodeKind::ColumnStore),
        NodeRole::Reader => (Role::Reader, NodeKind::Ordinary),
    })
}

/// Whether a status keeps a node busy. A node of a cluster that is being created or released follows its cluster.
fn keeps_busy(status: &str, cluster: &ClusterStatus) -> bool {
    match cluster {
        ClusterStatus::Creating | ClusterStatus::Deleting if status == cluster.as_str() => false,
        _ => !matches!(status, "Running" | "Switching"),
    }
}

fn status(status: StatusMessage) -> ClusterStatus {
    let known =
        [ClusterStatus::Creating, ClusterStatus::Running, ClusterStatus::Switching, ClusterStatus::Deleting];
    let found = known.into_iter().find(|known| known.as_str() == status.as_str());
    found.unwrap_or(ClusterStatus::Busy(status))
}

fn edition(text: &str) -> Result<Edition, &'static str> {
    let spelled = |edition: &Edition| [edition.as_str(), edition.as_creation_category()].contains(&text);
    Edition::ALL.iter().copied().find(spelled).ok_or("there is no such edition")
}

/// A class of the engine, for nodes that do not say.
const fn usual_class(engine: Engine) -> &'static str {
    match engine {
        Engine::MySql => "polar.mysql.x4.large",
        Engine::PostgreSql => "polar.pg.x4.large",
        Engine::Oracle => "polar.o.x4.large",
    }
}
