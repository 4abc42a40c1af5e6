//! The answers of PolarDB (`facts/polardb.md` §§2.1, 2.2, 3.2).
//!
//! The list and the attribute call spell the same things differently: `VpcId` and `VPCId`, `CreateTime` and
//! `CreationTime`, `ZoneId` and `ZoneIds`; the list nests its arrays (`Items.DBCluster`, `DBNodes.DBNode`, `Tags.Tag`),
//! the attribute call does not. `HotStandbyCluster` is `ON` and `StandbyClusterON`. The list has neither priority nor status of a node. Some numbers are strings, and
//! `Expired` is the string `"false"`. Times are ISO 8601 (`W-033`).

mod attribute;
mod endpoints;
mod ha_log;

use alloc::string::String;
use alloc::vec::Vec;

use super::civil::format_iso;
use super::object::{object, text};
use crate::polardb::{ClusterCreated, ClusterPage, DbCluster, DbNode, NodeKind, NodesCreated, Ordered, Role};
use crate::text::Tag;

pub use super::object::Accepted;
pub use attribute::{AttributeNode, DescribeDbClusterAttributeResponse};
pub use endpoints::{Address, DescribeDbClusterEndpointsResponse, EndpointItem};
pub use ha_log::{DescribeHaLogsResponse, HaLogItem};

object! {
    /// What `CreateDBCluster` answers.
    CreateDbClusterResponse {
        request_id: String = "RequestId",
        resource_group: Option<String> = "ResourceGroupId",
        cluster: Option<String> = "DBClusterId",
        order: Option<String> = "OrderId",
    }

    /// What `CreateDBNodes` answers.
    CreateDbNodesResponse {
        nodes: NodeIdList = "DBNodeIds",
        request_id: String = "RequestId",
        cluster: Option<String> = "DBClusterId",
        order: Option<String> = "OrderId",
    }

    /// The nesting of the new nodes' ids.
    NodeIdList {
        nodes: Vec<String> = "DBNodeId",
    }

    /// What `DeleteDBNodes`, the class changes and `ModifyDBNodeHotReplicaMode` answer.
    OrderedResponse {
        request_id: String = "RequestId",
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
        tags: Vec<TagRecord> = "Tag",
    }

    /// A tag of a cluster.
    TagRecord {
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

impl CreateDbNodesResponse {
    /// The answer.
    pub fn new(created: &NodesCreated, request_id: &str) -> Self {
        let nodes = created.nodes.iter().map(|node| String::from(node.as_str())).collect();
        Self {
            nodes: NodeIdList { nodes },
            request_id: String::from(request_id),
            cluster: text(created.cluster.as_str()),
            order: text(created.order.as_str()),
        }
    }
}

impl OrderedResponse {
    /// The answer.
    pub fn new(ordered: &Ordered, request_id: &str) -> Self {
        Self {
            request_id: String::from(request_id),
            cluster: text(ordered.cluster.as_str()),
            order: text(ordered.order.as_str()),
        }
    }
}

impl DescribeDbClustersResponse {
    /// The answer.
    pub fn new(page: &ClusterPage, request_id: &str) -> Self {
        Self {
            total_record_count: u64::try_from(page.total).ok(),
            page_record_count: u64::try_from(page.clusters.len()).ok(),
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
            role: text(listed_role(node)),
            node: text(node.id.as_str()),
            region: text(cluster.region().as_str()),
            serverless: None,
            imci_switch: text(imci_switch(node)),
            hot_replica_mode: text(hot_replica_mode(node)),
        };
        Self {
            expired: text("false"),
            node_number: u64::try_from(cluster.nodes().len()).ok(),
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
            category: text(cluster.edition().as_category()),
            hot_standby_cluster: has_standby(cluster).then(|| String::from("ON")),
            ..Self::default()
        }
    }
}

impl From<&Tag> for TagRecord {
    fn from(tag: &Tag) -> Self {
        Self { key: text(tag.key.as_str()), value: text(tag.value.as_str()) }
    }
}

/// `Engine`, the same for all.
const ENGINE: &str = "POLARDB";

/// `LockMode` of a cluster that nobody locked: the model holds no other.
const UNLOCKED: &str = "Unlock";

/// `DBNodeRole` in the list, which has words of its own for column-store and AI nodes.
fn listed_role(node: &DbNode) -> &'static str {
    match (node.role, node.kind) {
        (Role::Reader, NodeKind::ColumnStore) => "ColumnReader",
        _ => role(node),
    }
}

/// `DBNodeRole` in the attribute call. Its page knows `Writer` and `Reader`; a column-store node shows by its switch, but
/// nothing other than the list's `AI` would tell an AI node from a reader, so that word is used here too.
fn role(node: &DbNode) -> &'static str {
    match (node.role, node.kind) {
        (Role::Reader, NodeKind::Ai) => "AI",
        (role, _) => role.as_str(),
    }
}

/// Whether the cluster is seen to have a hot-standby storage cluster: by its standby nodes. One without them may have
/// it all the same, so without them nothing is said. The list calls it `ON`, the attribute call `StandbyClusterON`.
fn has_standby(cluster: &DbCluster) -> bool {
    cluster.nodes().iter().any(|node| node.kind == NodeKind::Standby)
}

fn imci_switch(node: &DbNode) -> &'static str {
    on_off(node.kind == NodeKind::ColumnStore)
}

fn hot_replica_mode(node: &DbNode) -> &'static str {
    on_off(node.hot_replica)
}

const fn on_off(on: bool) -> &'static str {
    if on { "ON" } else { "OFF" }
}
