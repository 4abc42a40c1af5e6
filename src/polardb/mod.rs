//! PolarDB (`polardb`, 2017-08-01): clusters whose read-only nodes take over from the primary.
//!
//! `FailoverDBCluster` names the node that becomes the primary or leaves it to an election. [`next_tier`] is the whole
//! ranking, [`Electorate`] says which nodes are ranked, [`Failover`] keeps what one failover has tried, and [`DbCluster`]
//! decides what a call or a report means: each decision is a [`ClusterPlan`], which [`DbCluster::apply`] writes down.

mod check;
pub(crate) mod cluster;
pub(crate) mod election;
pub(crate) mod network;
pub(crate) mod nodes;
pub(crate) mod observe;
pub(crate) mod refusal;
pub(crate) mod standby;

pub use crate::outcome::Failure;
use crate::policy::PolarDbPolicy;
pub use cluster::create::NotCreated;
pub use cluster::describe::{
    ClusterPage, DescribeDbClusterAttribute, DescribeDbClusterAttributeZonal, DescribeDbClusters,
};
pub use cluster::plan::{ClusterPlan, Decision};
pub use cluster::requests::{
    ClusterCreated, CreateDbCluster, DeleteDbCluster, Edition, Engine, FailoverDbCluster, HotStandby,
    ModifyDbNodeConfig, PayType, Serverless,
};
pub use cluster::status::ClusterStatus;
pub use cluster::step::{ClusterFact, ClusterStep};
pub use cluster::zonal::{DescribeDbClustersZonal, ZonalClusterPage};
pub use cluster::{ClusterEffect, ClusterSeed, DbCluster, Lifecycle};
pub use election::electorate::{Electorate, TargetZoneType};
pub use election::failover::{Cause, Failover, Next, NoCandidate, OnExhaustion, Stage, Start, Transition};
pub use election::ranking::{BadPriority, Priority, next_tier};
pub use election::transitions::{
    FailoverInput, FailoverState, FailoverTransition, TRANSITIONS as FAILOVER_TRANSITIONS,
};
pub use election::tried::Tried;
pub use network::decide::MAX_SECONDARIES;
pub use network::describe::{DescribeGlobalDatabaseNetworks, Member, NetworkPage, NetworkView};
pub use network::plan::{NetworkFact, NetworkPlan, NetworkStep};
pub use network::requests::{
    CreateGlobalDatabaseNetwork, DeleteGlobalDatabaseNetwork, DescribeGlobalDatabaseNetwork, NetworkCreated,
    Removal, RemoveDbClusterFromGdn, SwitchOverGlobalDatabaseNetwork,
};
pub use network::{
    GlobalDatabaseNetwork, MemberRole, NetworkEffect, NetworkSeed, NetworkStatus, Secondary, SwitchMode,
};
pub use nodes::requests::{
    CreateDbNodes, DeleteDbNodes, FailoverDbClusterZonal, ModifyDbClusterDeletion,
    ModifyDbClusterMaintainTime, ModifyDbClusterPrimaryZone, ModifyDbNodeClass, ModifyDbNodeHotReplicaMode,
    ModifyDbNodesClass, ModifyType, NewNode, NodeTarget, NodesCreated, Ordered, RestartDbNode,
    RestartDbNodeZonal,
};
pub use nodes::work::NodeWork;
pub use nodes::{DbNode, NodeChange, NodeKind, Role};
pub use observe::endpoint::{
    DescribeDbClusterEndpoints, DescribeDbClusterEndpointsZonal, Endpoint, EndpointKind, EndpointList,
};
pub use observe::ha_log::{DescribeHaLogs, HaLog, HaLogPage, InstanceType, Switch};
pub use observe::regions::DescribePolarDbRegions;
pub use refusal::{PolarDbReason, PolarDbRefusal};
pub use standby::requests::{
    DataSyncMode, DrillScope, FaultDrill, ModifyDbCluster, ModifyDbClusterArch, StandbyArch, StandbyHaMode,
};

/// What every decision about a cluster or a network depends on beside the resource.
pub type Context<'a> = crate::context::Context<'a, PolarDbPolicy>;
