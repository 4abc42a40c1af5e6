//! `DescribeDBClusterAttribute`: one cluster, flat, with priority and status of every node; and the cluster that such an
//! answer enters.
//!
//! It spells some things differently than the list: `VpcId` and `VPCId`, `CreateTime` and `CreationTime`, `ZoneId` and
//! `ZoneIds`; `HotStandbyCluster` is `ON` there and `StandbyClusterON` here.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::clusters::{ClusterTag, cluster};
use super::standby::DATA_SYNC;
use super::words::{
    ENGINE, NETWORK, ROLES, SETTINGS, STANDBY_HA, SWITCH, UNLOCKED, hot_standby, hot_standby_of, role,
    setting, switch,
};
use crate::control_plane::Refusal;
use crate::ids::{NodeClass, RegionId, ZoneId};
use crate::polardb::{
    ClusterSeed, ClusterStatus, DbCluster, DbNode, DescribeDbClusterAttribute, Edition, Engine, NodeKind,
    PayType, Priority, Role, Serverless,
};
use crate::rule::cite;
use crate::text::StatusMessage;
use crate::time::Timestamp;
use crate::wire::civil::{format_iso, parse_iso};
use crate::wire::enter::{Defaults, IdKind};
use crate::wire::object::{Number, Text, object, text};
use crate::wire::pasted::{Misread, Pasted, SeedProblem};
use crate::wire::reader::Reader;
use crate::wire::rules::W_041;

/// `SubCluster` of a standby node.
const STANDBY: &str = "Standby";

/// `SubCluster` of the other nodes, where there is a standby cluster.
const PRIMARY: &str = "Primary";

pub(in crate::wire) fn describe(reader: &mut Reader<'_>) -> Result<DescribeDbClusterAttribute, Refusal> {
    Ok(DescribeDbClusterAttribute { cluster: cluster(reader)? })
}

object! {
    /// What `DescribeDBClusterAttribute` answers.
    DescribeDbClusterAttributeResponse(cluster: &DbCluster, request_id: &str) {
        deletion_lock: Number = "DeletionLock" => Some(cluster.deletion_lock().into()),
        category: Text = "Category" => text(cluster.edition().as_str()),
        resource_group: Text = "ResourceGroupId" => cluster.resource_group().and_then(text),
        backup_chain_size: Number = "DataLevel1BackupChainSize",
        cluster: Text = "DBClusterId" => text(cluster.id()),
        engine_type: Text = "DBType" => text(cluster.engine().as_str()),
        network_type: Text = "DBClusterNetworkType" => text(NETWORK),
        is_latest_version: Option<bool> = "IsLatestVersion",
        has_complete_standby_resources: Option<bool> = "HasCompleteStandbyRes",
        hot_standby_cluster: Text = "HotStandbyCluster" => text(hot_standby(cluster)),
        data_sync_mode: Text = "DataSyncMode" => cluster.data_sync_shown().and_then(text),
        standby_ha_mode: Text = "StandbyHAMode" => cluster.standby_ha_shown().and_then(text),
        compress_storage_mode: Text = "CompressStorageMode",
        storage_max: Number = "StorageMax",
        version: Text = "DBVersion" => text(cluster.version()),
        nodes: Vec<AttributeNode> = "DBNodes" => cluster.nodes().iter().map(|node| AttributeNode::new(cluster, node)).collect(),
        zones: Text = "ZoneIds" => Some(zones(cluster)),
        maintain_time: Text = "MaintainTime" => setting(cluster, "MaintainTime"),
        engine: Text = "Engine" => text(ENGINE),
        tags: Vec<ClusterTag> = "Tags" => cluster.tags().iter().map(ClusterTag::new).collect(),
        request_id: String = "RequestId" => request_id.into(),
        vpc: Text = "VPCId" => setting(cluster, "VPCId"),
        status: Text = "DBClusterStatus" => text(cluster.status().spelled(cluster.engine())),
        vswitch: Text = "VSwitchId" => setting(cluster, "VSwitchId"),
        description: Text = "DBClusterDescription" => cluster.description().and_then(text),
        expired: Text = "Expired" => text("false"),
        pay_type: Text = "PayType" => text(cluster.pay_type().as_str()),
        storage_pay_type: Text = "StoragePayType" => setting(cluster, "StoragePayType"),
        lock_mode: Text = "LockMode" => text(UNLOCKED),
        storage_used: Number = "StorageUsed",
        compress_storage_used: Number = "CompressStorageUsed",
        storage_space: Number = "StorageSpace",
        version_status: Text = "DBVersionStatus",
        creation_time: Text = "CreationTime" => Some(format_iso(cluster.created_at())),
        sql_size: Number = "SQLSize",
        inode_total: Number = "InodeTotal",
        inode_used: Number = "InodeUsed",
        blktag_total: Number = "BlktagTotal",
        blktag_used: Number = "BlktagUsed",
        region: Text = "RegionId" => text(cluster.region()),
        expire_time: Text = "ExpireTime" => cluster.expires_at().map(format_iso),
        sub_category: Text = "SubCategory",
        is_proxy_latest_version: Option<bool> = "IsProxyLatestVersion",
        storage_type: Text = "StorageType",
        serverless_type: Text = "ServerlessType" => cluster.serverless().and_then(|kind| text(kind.as_str())),
        strict_consistency: Text = "StrictConsistency" => text(switch(cluster.strict_consistency())),
        proxy_cpu_cores: Text = "ProxyCpuCores",
        proxy_standard_cpu_cores: Text = "ProxyStandardCpuCores",
        proxy_type: Text = "ProxyType",
        proxy_status: Text = "ProxyStatus",
        proxy_serverless_type: Text = "ProxyServerlessType",
        architecture: Text = "Architecture" => setting(cluster, "Architecture"),
        ai_type: Text = "AiType",
        provisioned_iops: Text = "ProvisionedIops" => setting(cluster, "ProvisionedIops"),
        ai_creating_time: Text = "AiCreatingTime",
        supports_instant_switch_with_imci: Text = "SupportInstantSwitchWithImci",
        orca: Text = "Orca",
        source_cluster: Text = "SourceDBCluster",
        restore_type: Text = "RestoreType",
        restore_data_point: Text = "RestoreDataPoint",
    }

    /// A node in that answer.
    AttributeNode(cluster: &DbCluster, node: &DbNode) {
        creation_time: Text = "CreationTime" => Some(format_iso(node.created_at)),
        failover_priority: Number = "FailoverPriority" => Some(node.priority.get().into()),
        max_iops: Number = "MaxIOPS",
        class: Text = "DBNodeClass" => text(&node.class),
        cpu_cores: Text = "CpuCores",
        memory_size: Text = "MemorySize",
        role: Text = "DBNodeRole" => text(role(node)),
        zone: Text = "ZoneId" => text(&node.zone),
        max_connections: Number = "MaxConnections",
        status: Text = "DBNodeStatus" => text(cluster.node_status(node)),
        node: Text = "DBNodeId" => text(&node.id),
        imci_switch: Text = "ImciSwitch" => text(switch(node.kind == NodeKind::ColumnStore)),
        hot_replica_mode: Text = "HotReplicaMode" => text(switch(node.hot_replica)),
        added_cpu_cores: Text = "AddedCpuCores",
        master: Text = "MasterId",
        scc_mode: Text = "SccMode",
        server_weight: Text = "ServerWeight",
        serverless_type: Text = "ServerlessType" => cluster.serverless().and_then(|kind| text(kind.as_str())),
        sub_cluster: Text = "SubCluster" => match node.kind {
            NodeKind::Standby => text(STANDBY),
            _ => text(PRIMARY).filter(|_| cluster.has_standby()),
        },
        remote_memory_size: Text = "RemoteMemorySize",
        orca: Text = "Orca",
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

/// Reads an answer of `DescribeDBClusterAttribute` or an item of `DescribeDBClusters`.
pub(in crate::wire) fn read(pasted: Pasted<'_>, defaults: &mut Defaults<'_>) -> Result<ClusterSeed, Misread> {
    let id = pasted.id("DBClusterId", IdKind::Cluster, defaults)?;
    let region = pasted.typed("RegionId")?.unwrap_or_else(|| defaults.region.clone());
    let engine = |text: &str| Engine::parse(text).ok_or("there is no such engine");
    let engine = pasted.parsed("DBType", engine)?.unwrap_or(Engine::MySql);
    let version = pasted.text("DBVersion")?.or(engine.versions().last().copied()).unwrap_or_default();
    let status = pasted.typed("DBClusterStatus")?.map_or(ClusterStatus::Running, status);
    let created_at = created_at(pasted).unwrap_or(defaults.now);
    let edition = pasted.parsed("Category", edition)?.unwrap_or_default();
    let cluster = Surroundings { region: &region, engine, status: &status, created_at };
    let nodes = nodes(pasted, &cluster, defaults)?;
    Ok(ClusterSeed {
        id,
        engine,
        version: Arc::from(version),
        edition,
        pay_type: pasted.kept("PayType").unwrap_or(PayType::Postpaid),
        description: pasted.kept("DBClusterDescription"),
        resource_group: pasted.kept("ResourceGroupId"),
        tags: pasted.tags(["Key", "Value"]),
        deletion_lock: pasted.number("DeletionLock") == Some(1),
        created_at,
        hot_standby: pasted.parsed("HotStandbyCluster", hot_standby_of)?.unwrap_or_default(),
        standby_zone: None,
        // `0`, which shows while a drill is under way, says nothing about it.
        standby_ha: pasted.choice("StandbyHAMode", &STANDBY_HA).ok().flatten(),
        data_sync: pasted.choice("DataSyncMode", &DATA_SYNC).ok().flatten().unwrap_or_default(),
        serverless: pasted.parsed("ServerlessType", serverless).ok().flatten(),
        strict_consistency: pasted.choice("StrictConsistency", &SWITCH).ok().flatten().unwrap_or(false),
        expires_at: pasted.parsed("ExpireTime", parse_iso).ok().flatten(),
        settings: settings(pasted),
        nodes,
        status,
        region,
    })
}

fn serverless(text: &str) -> Result<Serverless, &'static str> {
    let kinds = [Serverless::Agile, Serverless::Steady];
    kinds.into_iter().find(|kind| kind.as_str() == text).ok_or("there is no such serverless type")
}

/// What is shown again without deciding anything, by the names of the attribute call.
fn settings(pasted: Pasted<'_>) -> Vec<(Arc<str>, Arc<str>)> {
    let given = SETTINGS.into_iter().filter_map(|(name, listed)| {
        let text = |name| pasted.text(name).ok().flatten().filter(|text| !text.is_empty());
        Some((Arc::from(name), Arc::from(text(name).or_else(|| text(listed?))?)))
    });
    given.collect()
}

/// When a cluster or node was created, which the list of clusters calls by another name.
fn created_at(pasted: Pasted<'_>) -> Option<Timestamp> {
    let time = |name| pasted.parsed(name, parse_iso).ok().flatten();
    time("CreationTime").or_else(|| time("CreateTime"))
}

/// What nodes take over from their cluster.
struct Surroundings<'a> {
    region: &'a RegionId,
    engine: Engine,
    status: &'a ClusterStatus,
    created_at: Timestamp,
}

cite!(W_041);

/// The nodes of a cluster, one of them the writer: the first that can be one if no node says so (`W-041`).
fn nodes(
    pasted: Pasted<'_>,
    cluster: &Surroundings<'_>,
    defaults: &mut Defaults<'_>,
) -> Result<Vec<DbNode>, Misread> {
    let mut nodes = pasted.list("DBNodes", |_, record| node(Pasted::of(record)?, cluster, defaults))?;
    let writers = nodes.iter().filter(|node| node.role == Role::Writer).count();
    let first = |kind| nodes.iter().position(|node: &DbNode| node.kind == kind);
    let first = first(NodeKind::Ordinary).or_else(|| first(NodeKind::ColumnStore));
    match first.and_then(|first| nodes.get_mut(first)) {
        Some(first) if writers == 0 => (first.role, first.kind) = (Role::Writer, NodeKind::Ordinary),
        _ if writers == 1 => {}
        _ => return Err(Misread::from(SeedProblem::Writers(writers)).within("DBNodes")),
    }
    Ok(nodes)
}

fn node(
    pasted: Pasted<'_>,
    cluster: &Surroundings<'_>,
    defaults: &mut Defaults<'_>,
) -> Result<DbNode, Misread> {
    let (role, kind) = role_and_kind(pasted)?;
    let id = pasted.id("DBNodeId", IdKind::Node, defaults)?;
    let priority = pasted.number("FailoverPriority").and_then(|number| u8::try_from(number).ok());
    let usual =
        || NodeClass::parse(usual_class(cluster.engine)).map_err(|why| Misread::at("DBNodeClass", why));
    let status: Option<StatusMessage> = pasted.kept("DBNodeStatus");
    Ok(DbNode {
        id,
        role,
        kind,
        priority: priority.and_then(|number| Priority::shown(number).ok()).unwrap_or_default(),
        class: pasted.kept("DBNodeClass").map_or_else(usual, Ok)?,
        zone: pasted.typed("ZoneId")?.unwrap_or_else(|| ZoneId::first_of(cluster.region)),
        created_at: created_at(pasted).unwrap_or(cluster.created_at),
        up: true,
        replicating: true,
        busy: status.filter(|status| keeps_busy(status.as_str(), cluster.status)),
        hot_replica: pasted.choice("HotReplicaMode", &SWITCH)?.unwrap_or(false),
    })
}

/// The role of a node and its kind, which shows in the role, in its sub-cluster or in its column-store switch. The
/// writer is of the ordinary kind whatever its switches say.
fn role_and_kind(pasted: Pasted<'_>) -> Result<(Role, NodeKind), Misread> {
    let column_store = pasted.choice("ImciSwitch", &SWITCH)?.unwrap_or(false);
    let (role, kind) = pasted.choice("DBNodeRole", &ROLES)?.unwrap_or((Role::Reader, NodeKind::Ordinary));
    let kind = match (role, kind) {
        (Role::Reader, NodeKind::Ordinary) if pasted.text("SubCluster")? == Some(STANDBY) => {
            NodeKind::Standby
        }
        (Role::Reader, NodeKind::Ordinary) if column_store => NodeKind::ColumnStore,
        (_, kind) => kind,
    };
    Ok((role, kind))
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
