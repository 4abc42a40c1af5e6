//! `DescribeDBClusterEndpoints`: the addresses of a cluster, a pure projection of it.
//!
//! Every cluster has two endpoints (`P-500`): the cluster endpoint for all nodes that serve queries, and the primary
//! endpoint for the writer, which it follows (`P-501`). Ids and connection strings are made from the id, engine and region of
//! the cluster and never change (`P-502`). They have the form of the vendor's examples; no such host exists. Custom endpoints
//! are not modelled.
//!
//! Two things are not documented. Whether the cluster endpoint still lists a node that is down: here it does, since the call
//! shows the configuration and not the health. And how `NodeWithRoles` numbers the readers: here from 1, in the order of the
//! nodes.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::constructor::constructor;
use crate::ids::{ClusterId, NodeId};
use crate::polardb::cluster::DbCluster;
use crate::polardb::cluster::requests::Engine;
use crate::polardb::nodes::{DbNode, NodeKind, Role};
use crate::polardb::observe::rules::{P_500, P_501, P_502, P_503, P_504};
use crate::rule::cite;
use crate::spelling::spelled;

/// `DescribeDBClusterEndpoints`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct DescribeDbClusterEndpoints {
    /// The cluster.
    pub cluster: ClusterId,
    /// `DBEndpointId`: only this endpoint. An id that the cluster does not have leaves the list empty (`P-503`).
    pub endpoint: Option<String>,
}

constructor! {
    DescribeDbClusterEndpoints(cluster: ClusterId)
    { endpoint => endpoint: String }
    {}
}

/// `DescribeDBClusterEndpointsZonal`: the same for edge clusters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct DescribeDbClusterEndpointsZonal(pub DescribeDbClusterEndpoints);

spelled! {
    /// `EndpointType`. Custom endpoints are not modelled.
    EndpointKind
    /// `Cluster`: the default cluster endpoint.
    Cluster = "Cluster",
    /// `Primary`: the primary endpoint.
    Primary = "Primary",
}

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// `DBEndpointId`, which never changes.
    pub id: String,
    /// `EndpointType`.
    pub kind: EndpointKind,
    /// `ConnectionString`, which never changes.
    pub connection_string: String,
    /// `Port`.
    pub port: u16,
    /// The nodes that it leads to, in their order in the cluster.
    pub nodes: Vec<NodeId>,
    /// `NodeWithRoles`: `Writer`, `Reader1` and so on, one for each node; `None` for MySQL (`P-504`).
    pub roles: Option<Vec<String>>,
}

/// What `DescribeDBClusterEndpoints` answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EndpointList {
    /// The cluster.
    pub cluster: ClusterId,
    /// Its endpoints, the cluster endpoint first.
    pub endpoints: Vec<Endpoint>,
}

impl DescribeDbClusterEndpoints {
    /// Answers from the cluster.
    pub fn select(&self, cluster: &DbCluster) -> EndpointList {
        cite!(P_503);
        let wanted = |endpoint: &Endpoint| self.endpoint.as_ref().is_none_or(|id| *id == endpoint.id);
        let endpoints = cluster.endpoints().into_iter().filter(wanted).collect();
        EndpointList { cluster: cluster.id.clone(), endpoints }
    }
}

impl DbCluster {
    /// Its two endpoints, the cluster endpoint first (`P-500`).
    pub fn endpoints(&self) -> [Endpoint; 2] {
        cite!(P_500);
        [EndpointKind::Cluster, EndpointKind::Primary].map(|kind| self.endpoint(kind))
    }

    fn endpoint(&self, kind: EndpointKind) -> Endpoint {
        cite!(P_502, P_504);
        let behind: Vec<&DbNode> = self.nodes.iter().filter(|node| kind.leads_to(node)).collect();
        let (id, region) = (self.id.as_str(), self.region.as_str());
        let stem = id.strip_prefix("pc-").unwrap_or(id);
        let (short, port) = match self.engine {
            Engine::MySql => ("mysql", 3306),
            Engine::PostgreSql => ("pg", 5432),
            Engine::Oracle => ("o", 1521),
        };
        let (suffix, host) = match kind {
            EndpointKind::Cluster => ("c", String::from("rwlb")),
            EndpointKind::Primary => ("p", format!("{short}.polardb")),
        };
        Endpoint {
            id: format!("pe-{stem}{suffix}"),
            kind,
            connection_string: format!("{id}.{host}.{region}.rds.aliyuncs.com"),
            port,
            roles: (self.engine != Engine::MySql).then(|| roles(&behind)),
            nodes: behind.into_iter().map(|node| node.id.clone()).collect(),
        }
    }
}

impl EndpointKind {
    /// Whether such an endpoint leads to this node. Standby and AI nodes serve none of its queries.
    fn leads_to(self, node: &DbNode) -> bool {
        cite!(P_501);
        match self {
            Self::Primary => node.role == Role::Writer,
            Self::Cluster => {
                node.role == Role::Writer || matches!(node.kind, NodeKind::Ordinary | NodeKind::ColumnStore)
            }
        }
    }
}

/// The values of `NodeWithRoles`, readers numbered from 1.
fn roles(nodes: &[&DbNode]) -> Vec<String> {
    let mut readers: usize = 0;
    let role = |node: &&DbNode| match node.role {
        Role::Writer => String::from("Writer"),
        Role::Reader => {
            readers = readers.saturating_add(1);
            format!("Reader{readers}")
        }
    };
    nodes.iter().map(role).collect()
}
