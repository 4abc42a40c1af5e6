//! PolarDB on the wire, a resource a file: its parameters, its answers, and what they enter
//! (`docs/facts/polardb.md#node-fields`). Times are ISO 8601 (`W-033`).

pub(super) mod attribute;
pub(super) mod clusters;
pub(super) mod endpoints;
pub(super) mod ha_log;
pub(super) mod networks;
pub(super) mod nodes;
pub(super) mod standby;
mod words;
pub(super) mod zonal;

pub use attribute::{AttributeNode, DescribeDbClusterAttributeResponse};
pub use clusters::{
    ClusterList, ClusterTag, CreateDbClusterResponse, DescribeDbClustersResponse, ListedCluster, ListedNode,
    NodeList, TagList,
};
pub use endpoints::{Address, DescribeDbClusterEndpointsResponse, EndpointItem};
pub use ha_log::{DescribeHaLogsResponse, HaLogItem};
pub use networks::{
    CreateGlobalDatabaseNetworkResponse, DescribeGlobalDatabaseNetworkResponse,
    DescribeGlobalDatabaseNetworksResponse, ListedMember, ListedNetwork, NetworkCluster, NetworkConnection,
    NetworkNode,
};
pub use nodes::{CreateDbNodesResponse, NodeIdList, OrderedResponse};
pub use zonal::{DescribeDbClustersZonalResponse, ZonalCluster};
