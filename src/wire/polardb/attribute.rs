//! `DescribeDBClusterAttribute`: one cluster, flat, with priority and status of every node.

use alloc::string::String;
use alloc::vec::Vec;

use super::super::civil::format_iso;
use super::super::object::{object, text};
use super::{ENGINE, TagRecord, UNLOCKED, has_standby, hot_replica_mode, imci_switch, role};
use crate::polardb::{DbCluster, DbNode, NodeKind};

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
        tags: Vec<TagRecord> = "Tags",
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
            category: text(cluster.edition().as_category()),
            resource_group: cluster.resource_group().and_then(|group| text(group.as_str())),
            cluster: text(cluster.id().as_str()),
            engine_type: text(cluster.engine().as_str()),
            hot_standby_cluster: has_standby(cluster).then(|| String::from("StandbyClusterON")),
            version: text(cluster.version()),
            nodes: cluster.nodes().iter().map(|node| AttributeNode::new(cluster, node)).collect(),
            zones: Some(zones(cluster)),
            engine: text(ENGINE),
            tags: cluster.tags().iter().map(Into::into).collect(),
            request_id: String::from(request_id),
            status: text(cluster.status().as_str()),
            description: cluster.description().and_then(|description| text(description.as_str())),
            expired: text("false"),
            pay_type: text(cluster.pay_type().as_str()),
            lock_mode: text(UNLOCKED),
            creation_time: Some(format_iso(cluster.created_at())),
            region: text(cluster.region().as_str()),
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
            class: text(node.class.as_str()),
            role: text(role(node)),
            zone: text(node.zone.as_str()),
            status: text(cluster.node_status(node)),
            node: text(node.id.as_str()),
            imci_switch: text(imci_switch(node)),
            hot_replica_mode: text(hot_replica_mode(node)),
            sub_cluster: if node.kind == NodeKind::Standby { text("Standby") } else { None },
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
