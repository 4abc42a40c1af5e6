//! The operations of edge clusters that differ from their twins: the list of clusters and the restart
//! (`docs/facts/polardb.md#edge-clusters`).
//!
//! The list is flat, has no nodes, and tells the next token as long as there are more clusters, whichever way its pages
//! are asked for. The position in a token is the count of clusters told before.

use alloc::string::String;
use alloc::vec::Vec;

use super::clusters::{self, ClusterTag, cluster};
use super::words::UNLOCKED;
use crate::control_plane::Refusal;
use crate::ids::NodeId;
use crate::polardb::{DbCluster, DescribeDbClustersZonal, RestartDbNodeZonal, ZonalClusterPage};
use crate::wire::civil::format_iso;
use crate::wire::cursor;
use crate::wire::object::{Number, Text, count, object, text};
use crate::wire::reader::{INT32, Reader};

pub(in crate::wire) fn describe(reader: &Reader<'_>) -> Result<DescribeDbClustersZonal, Refusal> {
    let filter = clusters::describe(reader)?;
    let max_results = reader.number("MaxResults", 1..=INT32)?;
    let after = reader.optional("NextToken", cursor::decode)?;
    Ok(DescribeDbClustersZonal { filter, max_results, after })
}

pub(in crate::wire) fn restart(reader: &mut Reader<'_>) -> Result<RestartDbNodeZonal, Refusal> {
    let node = reader.required("DBNodeId", NodeId::parse)?;
    let cluster = cluster(reader)?;
    reader.take_token()?;
    Ok(RestartDbNodeZonal { cluster, node })
}

object! {
    /// What `DescribeDBClustersZonal` answers. The last page has no token (`P-116`).
    DescribeDbClustersZonalResponse(page: &ZonalClusterPage, request_id: &str) {
        total_record_count: Number = "TotalRecordCount" => count(page.total),
        page_record_count: Number = "PageRecordCount" => count(page.clusters.len()),
        request_id: String = "RequestId" => request_id.into(),
        page_number: Number = "PageNumber" => Some(page.page_number.into()),
        items: Vec<ZonalCluster> = "Items" => page.clusters.iter().map(ZonalCluster::new).collect(),
        max_results: Number = "MaxResults" => Some(page.max_results.into()),
        next_token: Text = "NextToken" => page.next.map(cursor::encode),
    }

    /// A cluster in that list.
    ZonalCluster(cluster: &DbCluster) {
        category: Text = "Category" => text(cluster.edition().as_str()),
        cluster: Text = "DBClusterId" => text(cluster.id()),
        engine_type: Text = "DBType" => text(cluster.engine().as_str()),
        central_control_region: Text = "CentralControlRegionId",
        version: Text = "DBVersion" => text(cluster.version()),
        cloud_provider: Text = "CloudProvider",
        tags: Vec<ClusterTag> = "Tags" => cluster.tags().iter().map(ClusterTag::new).collect(),
        storage_type: Text = "StorageType",
        zone: Text = "ZoneId" => cluster.writer().and_then(|writer| text(&writer.zone)),
        status: Text = "DBClusterStatus" => text(cluster.status().spelled(cluster.engine())),
        create_time: Text = "CreateTime" => Some(format_iso(cluster.created_at())),
        description: Text = "DBClusterDescription" => cluster.description().and_then(text),
        expired: Text = "Expired" => text("false"),
        pay_type: Text = "PayType" => text(cluster.pay_type().as_str()),
        lock_mode: Text = "LockMode" => text(UNLOCKED),
        vswitch: Text = "VswitchId",
        strict_consistency: Text = "StrictConsistency",
        node_class: Text = "DBNodeClass" => cluster.writer().and_then(|writer| text(&writer.class)),
        storage_used: Number = "StorageUsed",
        ens_region: Text = "ENSRegionId",
        node_number: Number = "DBNodeNumber" => count(cluster.nodes().len()),
        vpc: Text = "VpcId",
        storage_space: Number = "StorageSpace",
        serverless_type: Text = "ServerlessType",
        ai_type: Text = "AiType",
        cpu_cores: Text = "CpuCores",
        sub_category: Text = "SubCategory",
        expire_time: Text = "ExpireTime",
    }
}
