//! Global database networks: parameters, answers, and what an answer enters
//! (`docs/facts/polardb.md#global-database-networks`).
//!
//! The answers are flat. The list shows of a cluster only what it is in the network; the describe of one network shows each
//! cluster with its nodes, spelled as the attribute call does. Connections and lags the model does not hold.

use alloc::string::String;
use alloc::vec::Vec;

use super::clusters::cluster;
use super::words::role;
use crate::control_plane::Refusal;
use crate::ids::{ClusterId, NetworkId, RegionId, ResourceGroupId};
use crate::polardb::{
    CreateGlobalDatabaseNetwork, DbCluster, DbNode, DescribeGlobalDatabaseNetworks, Member, MemberRole,
    NetworkCreated, NetworkPage, NetworkSeed, NetworkStatus, NetworkView, PolarDbReason, Removal,
    RemoveDbClusterFromGdn, SwitchMode, SwitchOverGlobalDatabaseNetwork,
};
use crate::text::NetworkDescription;
use crate::wire::civil::{format_iso, parse_iso};
use crate::wire::enter::{Defaults, IdKind};
use crate::wire::object::{Number, Text, count, object, text};
use crate::wire::pasted::{Misread, Pasted};
use crate::wire::reader::{INT32, Reader};

/// `CreationOption` of a cluster that joins a network.
pub(super) const SECONDARY: &str = "CreateGdnStandby";

pub(in crate::wire) fn network(reader: &Reader<'_>) -> Result<NetworkId, Refusal> {
    reader.required("GDNId", NetworkId::parse)
}

/// The network that a new cluster joins: `GDNId` by itself means nothing (`P-410`).
pub(super) fn joins(reader: &Reader<'_>) -> Result<Option<NetworkId>, Refusal> {
    if reader.text("CreationOption")? != Some(SECONDARY) {
        return Ok(None);
    }
    let network = reader.optional("GDNId", NetworkId::parse)?;
    network.map(Some).ok_or_else(|| PolarDbReason::NetworkRequired.of(reader.operation()).into())
}

pub(in crate::wire) fn create(reader: &mut Reader<'_>) -> Result<CreateGlobalDatabaseNetwork, Refusal> {
    let cluster = cluster(reader)?;
    let description = reader.optional("GDNDescription", NetworkDescription::parse)?;
    let resource_group = reader.optional("ResourceGroupId", ResourceGroupId::parse)?;
    Ok(CreateGlobalDatabaseNetwork { cluster, description, resource_group })
}

pub(in crate::wire) fn remove(reader: &mut Reader<'_>) -> Result<RemoveDbClusterFromGdn, Refusal> {
    let cluster = cluster(reader)?;
    let network = network(reader)?;
    let removal = if reader.flag("Force")?.unwrap_or(false) { Removal::Forced } else { Removal::Orderly };
    Ok(RemoveDbClusterFromGdn { network, cluster, removal })
}

pub(in crate::wire) fn switch_over(reader: &Reader<'_>) -> Result<SwitchOverGlobalDatabaseNetwork, Refusal> {
    let cluster = reader.optional("DBClusterId", ClusterId::parse)?;
    let network = network(reader)?;
    let mode = if reader.flag("Forced")?.unwrap_or(false) { SwitchMode::Forced } else { SwitchMode::Planned };
    Ok(SwitchOverGlobalDatabaseNetwork { network, cluster, mode })
}

pub(in crate::wire) fn describe(reader: &Reader<'_>) -> Result<DescribeGlobalDatabaseNetworks, Refusal> {
    let region = reader.optional("FilterRegion", RegionId::parse)?;
    let cluster = reader.optional("DBClusterId", ClusterId::parse)?;
    let sizes = [("30", 30), ("50", 50), ("100", 100)];
    let page_size = reader.choice("PageSize", &sizes)?.unwrap_or(30);
    let page_number = reader.number("PageNumber", 1..=INT32)?.unwrap_or(1);
    let description = reader.text("GDNDescription")?.map(String::from);
    let network = reader.optional("GDNId", NetworkId::parse)?;
    let resource_group = reader.optional("ResourceGroupId", ResourceGroupId::parse)?;
    Ok(DescribeGlobalDatabaseNetworks {
        network,
        cluster,
        region,
        description,
        resource_group,
        page_number,
        page_size,
    })
}

object! {
    /// What `CreateGlobalDatabaseNetwork` answers.
    CreateGlobalDatabaseNetworkResponse(created: &NetworkCreated, request_id: &str) {
        network: Text = "GDNId" => text(&created.network),
        request_id: String = "RequestId" => request_id.into(),
    }

    /// What `DescribeGlobalDatabaseNetwork` answers.
    DescribeGlobalDatabaseNetworkResponse(view: &NetworkView, request_id: &str) {
        status: Text = "GDNStatus" => text(view.network.status()),
        connections: Vec<NetworkConnection> = "Connections",
        version: Text = "DBVersion" => primary(view).and_then(|primary| text(primary.version())),
        request_id: String = "RequestId" => request_id.into(),
        network: Text = "GDNId" => text(view.network.id()),
        create_time: Text = "CreateTime" => Some(format_iso(view.network.created_at())),
        engine_type: Text = "DBType" => primary(view).and_then(|primary| text(primary.engine().as_str())),
        description: Text = "GDNDescription" => view.network.description().and_then(text),
        clusters: Vec<NetworkCluster> = "DBClusters" => view.members.iter().map(NetworkCluster::new).collect(),
        cluster: Text = "DBClusterId" => text(view.network.primary()),
        resource_group: Text = "ResourceGroupId" => view.network.resource_group().and_then(text),
        global_domain_name: Text = "GlobalDomainName",
    }

    /// Where a network is reached.
    NetworkConnection() {
        connection_string: Text = "ConnectionString",
        net_type: Text = "NetType",
        port: Text = "Port",
    }

    /// A cluster in that answer.
    NetworkCluster(member: &Member) {
        replica_lag: Text = "ReplicaLag",
        expire_time: Text = "ExpireTime",
        expired: Text = "Expired" => text("false"),
        node_class: Text = "DBNodeClass" => member.cluster.writer().and_then(|writer| text(&writer.class)),
        pay_type: Text = "PayType" => text(member.cluster.pay_type().as_str()),
        engine_type: Text = "DBType" => text(member.cluster.engine().as_str()),
        region: Text = "RegionId" => text(member.cluster.region()),
        version: Text = "DBVersion" => text(member.cluster.version()),
        cluster: Text = "DBClusterId" => text(member.cluster.id()),
        status: Text = "DBClusterStatus" => text(member.cluster.status().spelled(member.cluster.engine())),
        storage_used: Text = "StorageUsed",
        description: Text = "DBClusterDescription" => member.cluster.description().and_then(text),
        role: Text = "Role" => text(member.role.as_str()),
        serverless_type: Text = "ServerlessType",
        category: Text = "Category" => text(member.cluster.edition().as_str()),
        nodes: Vec<NetworkNode> = "DBNodes" => {
            let cluster = &member.cluster;
            cluster.nodes().iter().map(|node| NetworkNode::new(cluster, node)).collect()
        },
    }

    /// A node of such a cluster.
    NetworkNode(cluster: &DbCluster, node: &DbNode) {
        class: Text = "DBNodeClass" => text(&node.class),
        zone: Text = "ZoneId" => text(&node.zone),
        creation_time: Text = "CreationTime" => Some(format_iso(node.created_at)),
        role: Text = "DBNodeRole" => text(role(node)),
        status: Text = "DBNodeStatus" => text(cluster.node_status(node)),
        failover_priority: Number = "FailoverPriority" => Some(node.priority.get().into()),
        max_connections: Number = "MaxConnections",
        max_iops: Number = "MaxIOPS",
        node: Text = "DBNodeId" => text(&node.id),
    }

    /// What `DescribeGlobalDatabaseNetworks` answers.
    DescribeGlobalDatabaseNetworksResponse(page: &NetworkPage, request_id: &str) {
        total_record_count: Number = "TotalRecordCount" => count(page.total),
        page_record_count: Number = "PageRecordCount" => count(page.networks.len()),
        request_id: String = "RequestId" => request_id.into(),
        page_number: Number = "PageNumber" => Some(page.page_number.into()),
        items: Vec<ListedNetwork> = "Items" => page.networks.iter().map(ListedNetwork::new).collect(),
    }

    /// A network in the list.
    ListedNetwork(view: &NetworkView) {
        version: Text = "DBVersion" => primary(view).and_then(|primary| text(primary.version())),
        network: Text = "GDNId" => text(view.network.id()),
        create_time: Text = "CreateTime" => Some(format_iso(view.network.created_at())),
        status: Text = "GDNStatus" => text(view.network.status()),
        clusters: Vec<ListedMember> = "DBClusters" => view.members.iter().map(ListedMember::new).collect(),
        engine_type: Text = "DBType" => primary(view).and_then(|primary| text(primary.engine().as_str())),
        description: Text = "GDNDescription" => view.network.description().and_then(text),
    }

    /// A cluster of a network in the list.
    ListedMember(member: &Member) {
        cluster: Text = "DBClusterId" => text(member.cluster.id()),
        role: Text = "Role" => text(member.role.as_str()),
        region: Text = "RegionId" => text(member.cluster.region()),
    }
}

fn primary(view: &NetworkView) -> Option<&DbCluster> {
    view.members.first().map(|primary| &primary.cluster)
}

/// Reads an answer of `DescribeGlobalDatabaseNetwork` or an item of `DescribeGlobalDatabaseNetworks`. Its clusters are
/// entered from answers of their own.
pub(in crate::wire) fn read(pasted: Pasted<'_>, defaults: &mut Defaults<'_>) -> Result<NetworkSeed, Misread> {
    let id = pasted.id("GDNId", IdKind::Network, defaults)?;
    let roles = [MemberRole::Primary, MemberRole::Standby].map(|role| (role.as_str(), role));
    let members = pasted.list("DBClusters", |_, member| {
        let member = Pasted::of(member)?;
        let role = member.choice("Role", &roles)?.ok_or_else(|| Misread::at("Role", "it is missing"))?;
        Ok((member.required::<ClusterId>("DBClusterId")?, role))
    })?;
    let of = |role| members.iter().filter(move |(_, its)| *its == role).map(|(cluster, _)| cluster.clone());
    let primaries = <[ClusterId; 1]>::try_from(of(MemberRole::Primary).collect::<Vec<_>>());
    let [primary] = primaries.map_err(|_| Misread::at("DBClusters", "a network has one primary"))?;
    Ok(NetworkSeed {
        id,
        description: pasted.kept("GDNDescription"),
        resource_group: pasted.kept("ResourceGroupId"),
        created_at: pasted.parsed("CreateTime", parse_iso).ok().flatten().unwrap_or(defaults.now),
        primary,
        secondaries: of(MemberRole::Standby).collect(),
        status: pasted.typed("GDNStatus")?.unwrap_or(NetworkStatus::Active),
    })
}
