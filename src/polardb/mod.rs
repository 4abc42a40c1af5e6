//! PolarDB (`polardb`, 2017-08-01): clusters whose read-only nodes take over from the primary.
//!
//! `FailoverDBCluster` names the node that becomes the primary or leaves it to an election: [`next_tier`] is the ranking,
//! whole, [`Failover`] the bookkeeping of one failover around it, [`DbCluster`] the cluster that both belong to.

pub(crate) mod cluster;
pub(crate) mod election;
pub(crate) mod nodes;
pub(crate) mod observe;
pub(crate) mod refusal;

pub use crate::outcome::Failure;
pub use cluster::decide::ClusterPlan;
pub use cluster::describe::{ClusterPage, DescribeDbClusterAttribute, DescribeDbClusters};
pub use cluster::requests::{
    ClusterCreated, CreateDbCluster, DeleteDbCluster, Edition, Engine, FailoverDbCluster, ModifyDbNodeConfig,
    PayType, TargetZoneType,
};
pub use cluster::step::{ClusterFact, ClusterStep};
pub use cluster::{ClusterEffect, ClusterSeed, ClusterStatus, DbCluster, Lifecycle};
pub use election::electorate::Electorate;
pub use election::failover::{Cause, Failover, Next, Stage};
pub use election::ranking::{BadPriority, Priority, Tried, next_tier};
pub use nodes::requests::{
    CreateDbNodes, DeleteDbNodes, FailoverDbClusterZonal, ModifyDbClusterDeletion,
    ModifyDbClusterPrimaryZone, ModifyDbNodeClass, ModifyDbNodeHotReplicaMode, ModifyDbNodesClass,
    ModifyType, NewNode, NodeTarget, NodesCreated, Ordered, RestartDbNode,
};
pub use nodes::work::NodeWork;
pub use nodes::{DbNode, NodeChange, NodeKind, Role};
pub use observe::endpoint::{DescribeDbClusterEndpoints, Endpoint, EndpointKind, EndpointList};
pub use observe::ha_log::{DescribeHaLogs, HaLog, HaLogPage, InstanceType, Switch};
pub use refusal::{PolarDbReason, PolarDbRefusal};
