//! `DescribeDBClusterEndpoints`: the addresses of a cluster, a pure projection of it.
//!
//! Every cluster has two endpoints (`P-500`): the cluster endpoint, behind which all nodes stand that serve queries, and
//! the primary endpoint, behind which the writer stands alone. So the primary endpoint follows the writer (`P-501`), and
//! neither ids nor connection strings ever change (`P-502`): they are made from the cluster's id and nothing else. Their
//! form follows the vendor's examples; the text is ours, and no such host exists. Custom endpoints are not modelled.
//!
//! Not known: whether a node that is down stays listed behind the cluster endpoint (we leave it listed: the call shows the
//! configuration, not the health), and how readers are numbered in `NodeWithRoles` (we number them in the order of the
//! cluster's nodes, from 1).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::ids::{ClusterId, NodeId};
use crate::polardb::cluster::DbCluster;
use crate::polardb::cluster::requests::Engine;
use crate::polardb::nodes::{DbNode, NodeKind, Role};

/// `DescribeDBClusterEndpoints`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct DescribeDbClusterEndpoints {
    /// The cluster.
    pub cluster: ClusterId,
    /// `DBEndpointId`: only this endpoint. One that the cluster does not have leaves the list empty (`P-503`).
    pub endpoint: Option<String>,
}

/// `EndpointType`. Custom endpoints are not modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EndpointKind {
    /// `Cluster`: the default cluster endpoint.
    Cluster,
    /// `Primary`: the primary endpoint.
    Primary,
}

impl EndpointKind {
    /// The wire spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cluster => "Cluster",
            Self::Primary => "Primary",
        }
    }
}

/// An endpoint as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// `DBEndpointId`; made from the cluster's id, so it never changes.
    pub id: String,
    /// `EndpointType`.
    pub kind: EndpointKind,
    /// `ConnectionString`; made from the cluster's id, engine and region, so it never changes.
    pub connection_string: String,
    /// `Port`.
    pub port: u16,
    /// The nodes behind it, in the order of the cluster's nodes.
    pub nodes: Vec<NodeId>,
    /// `NodeWithRoles`: `Writer`, `Reader1` and so on, of the nodes in their order; `None` for MySQL (`P-504`).
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
        let wanted = |endpoint: &Endpoint| self.endpoint.as_ref().is_none_or(|id| *id == endpoint.id);
        let endpoints = cluster.endpoints().into_iter().filter(wanted).collect();
        EndpointList { cluster: cluster.id.clone(), endpoints }
    }
}

impl DbCluster {
    /// Its two endpoints, the cluster endpoint first (`P-500`).
    pub fn endpoints(&self) -> [Endpoint; 2] {
        [EndpointKind::Cluster, EndpointKind::Primary].map(|kind| self.endpoint(kind))
    }

    fn endpoint(&self, kind: EndpointKind) -> Endpoint {
        let behind: Vec<&DbNode> = self.nodes.iter().filter(|node| kind.has(node)).collect();
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
    /// Whether this node stands behind such an endpoint. Standby and AI nodes serve none of its queries.
    fn has(self, node: &DbNode) -> bool {
        match self {
            Self::Primary => node.role == Role::Writer,
            Self::Cluster => {
                node.role == Role::Writer || matches!(node.kind, NodeKind::Ordinary | NodeKind::ColumnStore)
            }
        }
    }
}

/// The words of `NodeWithRoles`, readers numbered from 1.
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
