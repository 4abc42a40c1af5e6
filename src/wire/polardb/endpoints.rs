//! `DescribeDBClusterEndpoints`: the nodes behind the addresses of a cluster (`P-500` to `P-504`).
//!
//! The model holds no network, so an address shows only its connection string, port and kind; `Nodes` and
//! `NodeWithRoles` are lists separated by commas.

use alloc::string::String;
use alloc::vec::Vec;

use super::clusters::cluster;
use crate::control_plane::Refusal;
use crate::ids::{ClusterId, NodeId};
use crate::polardb::{DescribeDbClusterEndpoints, Endpoint, EndpointKind, EndpointList};
use crate::wire::object::{Text, object, text};
use crate::wire::reader::Reader;

pub(in crate::wire) fn endpoints(reader: &mut Reader<'_>) -> Result<DescribeDbClusterEndpoints, Refusal> {
    let cluster = cluster(reader)?;
    Ok(DescribeDbClusterEndpoints { cluster, endpoint: reader.text("DBEndpointId")?.map(String::from) })
}

object! {
    /// What `DescribeDBClusterEndpoints` answers.
    DescribeDbClusterEndpointsResponse(list: &EndpointList, request_id: &str) {
        request_id: String = "RequestId" => request_id.into(),
        items: Vec<EndpointItem> = "Items" => list.endpoints.iter().map(|endpoint| EndpointItem::new(&list.cluster, endpoint)).collect(),
    }

    /// An endpoint.
    EndpointItem(cluster: &ClusterId, endpoint: &Endpoint) {
        node_with_roles: Text = "NodeWithRoles" => endpoint.roles.as_ref().map(|roles| roles.join(",")),
        nodes: Text = "Nodes" => Some(nodes(endpoint)),
        read_write_mode: Text = "ReadWriteMode" => text("ReadWrite"),
        addresses: Vec<Address> = "AddressItems" => Vec::from([Address::new(endpoint)]),
        endpoint: Text = "DBEndpointId" => text(&endpoint.id),
        config: Text = "EndpointConfig",
        description: Text = "DBEndpointDescription",
        endpoint_type: Text = "EndpointType" => text(endpoint.kind.as_str()),
        auto_add_new_nodes: Text = "AutoAddNewNodes" => text(if endpoint.kind == EndpointKind::Cluster { "Enable" } else { "Disable" }),
        cluster: Text = "DBClusterId" => text(cluster),
        scc_mode: Text = "SccMode",
        polar_scc_wait_timeout: Text = "PolarSccWaitTimeout",
        polar_scc_timeout_action: Text = "PolarSccTimeoutAction",
    }

    /// An address of an endpoint.
    Address(endpoint: &Endpoint) {
        vswitch: Text = "VSwitchId",
        private_zone_connection_string: Text = "PrivateZoneConnectionString",
        connection_string: Text = "ConnectionString" => text(&endpoint.connection_string),
        net_type: Text = "NetType" => text("Private"),
        port: Text = "Port" => text(endpoint.port),
        vpc_instance: Text = "VpcInstanceId",
        vpc: Text = "VPCId",
        ip_address: Text = "IPAddress",
        dashboard_used: Option<bool> = "DashboardUsed",
    }
}

/// The ids of the nodes behind an endpoint.
fn nodes(endpoint: &Endpoint) -> String {
    let nodes: Vec<&str> = endpoint.nodes.iter().map(NodeId::as_str).collect();
    nodes.join(",")
}
