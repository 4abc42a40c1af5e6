//! `DescribeDBClusterEndpoints`: the nodes behind the addresses of a cluster (`P-500` to `P-504`).
//!
//! The model holds no network, so an address shows only its connection string, port and kind; `Nodes` and
//! `NodeWithRoles` are lists separated by commas.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::clusters::cluster;
use crate::control_plane::Refusal;
use crate::ids::{ClusterId, NodeId};
use crate::polardb::{DescribeDbClusterEndpoints, Endpoint, EndpointKind, EndpointList};
use crate::wire::object::{object, text};
use crate::wire::reader::Reader;

pub(in crate::wire) fn endpoints(reader: &mut Reader<'_>) -> Result<DescribeDbClusterEndpoints, Refusal> {
    let cluster = cluster(reader)?;
    Ok(DescribeDbClusterEndpoints { cluster, endpoint: reader.text("DBEndpointId")?.map(String::from) })
}

object! {
    /// What `DescribeDBClusterEndpoints` answers.
    DescribeDbClusterEndpointsResponse {
        request_id: String = "RequestId",
        items: Vec<EndpointItem> = "Items",
    }

    /// An endpoint.
    EndpointItem {
        node_with_roles: Option<String> = "NodeWithRoles",
        nodes: Option<String> = "Nodes",
        read_write_mode: Option<String> = "ReadWriteMode",
        addresses: Vec<Address> = "AddressItems",
        endpoint: Option<String> = "DBEndpointId",
        config: Option<String> = "EndpointConfig",
        description: Option<String> = "DBEndpointDescription",
        endpoint_type: Option<String> = "EndpointType",
        auto_add_new_nodes: Option<String> = "AutoAddNewNodes",
        cluster: Option<String> = "DBClusterId",
        scc_mode: Option<String> = "SccMode",
        polar_scc_wait_timeout: Option<String> = "PolarSccWaitTimeout",
        polar_scc_timeout_action: Option<String> = "PolarSccTimeoutAction",
    }

    /// An address of an endpoint.
    Address {
        vswitch: Option<String> = "VSwitchId",
        private_zone_connection_string: Option<String> = "PrivateZoneConnectionString",
        connection_string: Option<String> = "ConnectionString",
        net_type: Option<String> = "NetType",
        port: Option<String> = "Port",
        vpc_instance: Option<String> = "VpcInstanceId",
        vpc: Option<String> = "VPCId",
        ip_address: Option<String> = "IPAddress",
        dashboard_used: Option<bool> = "DashboardUsed",
    }
}

impl DescribeDbClusterEndpointsResponse {
    /// The answer.
    pub fn new(list: &EndpointList, request_id: &str) -> Self {
        let items =
            list.endpoints.iter().map(|endpoint| EndpointItem::new(&list.cluster, endpoint)).collect();
        Self { request_id: String::from(request_id), items }
    }
}

impl EndpointItem {
    fn new(cluster: &ClusterId, endpoint: &Endpoint) -> Self {
        let nodes: Vec<&str> = endpoint.nodes.iter().map(NodeId::as_str).collect();
        let address = Address {
            connection_string: text(&endpoint.connection_string),
            net_type: text("Private"),
            port: Some(endpoint.port.to_string()),
            ..Address::default()
        };
        Self {
            node_with_roles: endpoint.roles.as_ref().map(|roles| roles.join(",")),
            nodes: Some(nodes.join(",")),
            read_write_mode: text("ReadWrite"),
            addresses: Vec::from([address]),
            endpoint: text(&endpoint.id),
            endpoint_type: text(endpoint.kind.as_str()),
            auto_add_new_nodes: text(match endpoint.kind {
                EndpointKind::Cluster => "Enable",
                EndpointKind::Primary => "Disable",
            }),
            cluster: text(cluster.as_str()),
            ..Self::default()
        }
    }
}
