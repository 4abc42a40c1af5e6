//! PolarDB (`polardb`, 2017-08-01): clusters whose read-only nodes take over from the primary.
//!
//! `FailoverDBCluster` names the node that becomes the primary or leaves it to an election: [select] is the ranking,
//! whole, [failover] the bookkeeping of one failover around it, [cluster] the cluster that both belong to.

mod apply;
mod carry;
pub mod cluster;
pub mod decide;
mod decide_nodes;
pub mod describe;
mod elect;
pub mod electorate;
pub mod endpoint;
pub mod failover;
pub mod ha_log;
mod listed;
pub mod node;
pub mod node_requests;
pub mod refusal;
pub mod requests;
pub mod select;
mod status;
pub mod work;

pub use apply::{ClusterFact, ClusterStep};
pub use cluster::{ClusterEffect, ClusterSeed, ClusterStatus, DbCluster, Lifecycle, PendingCluster};
pub use decide::{ClusterOutcome, ClusterPlan, NotTaken};
pub use describe::{ClusterPage, DescribeDbClusterAttribute, DescribeDbClusters};
pub use electorate::Electorate;
pub use endpoint::{DescribeDbClusterEndpoints, Endpoint, EndpointKind, EndpointList};
pub use failover::{Cause, Failover, Failure, Next, Stage};
pub use ha_log::{DescribeHaLogs, HaLog, HaLogPage, InstanceType, Switch};
pub use node::{DbNode, NodeChange, NodeKind, Role};
pub use node_requests::{
    CreateDbNodes, DeleteDbNodes, FailoverDbClusterZonal, ModifyDbClusterDeletion,
    ModifyDbClusterPrimaryZone, ModifyDbNodeClass, ModifyDbNodeHotReplicaMode, ModifyDbNodesClass,
    ModifyType, NewNode, NodeTarget, NodesCreated, Ordered, RestartDbNode,
};
pub use refusal::PolarDbRefusal;
pub use requests::{
    ClusterCreated, CreateDbCluster, DeleteDbCluster, Edition, Engine, FailoverDbCluster, ModifyDbNodeConfig,
    PayType, TargetZoneType,
};
pub use select::{BadPriority, Priority, Tried, next_tier};
pub use work::{NodeWork, PendingWork};

use crate::rule::{Basis, Rule};

/// The rules of this product.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    Rule::new("P-010", Basis::Documented, "CreateDBCluster page, DBNodeNum", "Create makes one writer and the remaining nodes as readers."),
    Rule::new("P-011", Basis::Documented, "SDK 9.2.1, DBNodeNum; Basic is inferred from its one node", "Cluster edition has 1 to 16 nodes and 2 by default, standard edition 1 to 8 and 1, basic edition 1."),
    Rule::new("P-012", Basis::Documented, "SDK 9.2.1, DBVersion", "A version belongs to its engine."),
    Rule::new("P-013", Basis::Inferred, "no source", "Without a zone the first zone of the region is taken."),
    Rule::new("P-015", Basis::Documented, "cluster status table", "Creation ends in Running."),
    Rule::new("P-016", Basis::Inferred, "no status for it exists", "A cluster whose creation fails is gone."),
    Rule::new("P-020", Basis::Documented, "DeleteDBCluster error list", "A cluster is released only while it is running."),
    Rule::new("P-021", Basis::Documented, "DeleteDBCluster error list", "A locked cluster is not released."),
    Rule::new("P-022", Basis::Documented, "DeleteDBCluster page and error list", "A subscription is not released."),
    Rule::new("P-023", Basis::Documented, "cluster status table", "Release shows Deleting."),
    Rule::new("P-024", Basis::Documented, "public clients wait for the cluster to be gone", "Release ends with the cluster gone."),
    Rule::new("P-025", Basis::Inferred, "no source", "A release that fails returns to the status before."),
    Rule::new("P-026", Basis::Documented, "SDK 9.2.1, ModifyDBClusterDeletion; in any status by inference", "The lock against release is set and lifted at once."),
    Rule::new("P-100", Basis::Documented, "error lists", "An unknown cluster, or another account's, is not found."),
    Rule::new("P-101", Basis::Documented, "failover pages on editions; standard edition is inferred", "Cluster and standard edition fail over; basic, archive and multi-master do not."),
    Rule::new("P-102", Basis::Documented, "founding page; the code is inferred (§10.6)", "PostgreSQL and Oracle need a named target in a manual failover; MySQL may leave it out."),
    Rule::new("P-103", Basis::Documented, "founding page; InvalidDBNodeId.Malformed is listed", "The target is a node of the same cluster."),
    Rule::new("P-104", Basis::Documented, "founding page: a read-only node; the code is inferred", "The target is not the primary."),
    Rule::new("P-105", Basis::Inferred, "HaStatusNotSupport is the only gate listed (§8.11)", "A busy cluster does not fail over."),
    Rule::new("P-106", Basis::Documented, "UnsupportHighFrequenceSwitchOver; counted from the end of the last switch by inference", "A manual failover waits until the frequency window since the last switch has passed."),
    Rule::new("P-107", Basis::Inferred, "no source; otherwise nothing leads out", "A cluster without a writer and without a failover under way accepts a manual failover."),
    Rule::new("P-108", Basis::Inferred, "§2.4; the code is inferred", "TargetZoneType=Standby elects among the standby nodes alone; without any the call is refused."),
    Rule::new("P-109", Basis::Inferred, "SubCluster marks the zone, not the node", "After a switch between zones the standby cluster is the primary one, and the other way round."),
    Rule::new("P-110", Basis::Documented, "founding page", "Only read-only nodes are elected."),
    Rule::new("P-112", Basis::Documented, "OperationDenied.DBNodeType; exclusion from the election is inferred (§2.4)", "Column-store, AI and standby nodes do not become the primary."),
    Rule::new("P-113", Basis::Documented, "page on automatic failover: nodes that can be elected now; the predicate is inferred", "Only running, reachable nodes are elected."),
    Rule::new("P-114", Basis::Documented, "UnsupportWitchUnhealthyReplication", "Nodes with abnormal replication are not elected."),
    Rule::new("P-120", Basis::Documented, "SDK 9.2.1, FailoverPriority; release note of 2019-10", "A priority is 1 to 15, 1 by default; none means never."),
    Rule::new("P-121", Basis::Inferred, "§1.3", "The priority belongs to the node and survives a promotion."),
    Rule::new("P-122", Basis::Documented, "release note of 2019-10", "A change of priority takes effect at once."),
    Rule::new("P-130", Basis::Documented, "founding page", "The nodes of the highest priority come first; larger wins."),
    Rule::new("P-131", Basis::Documented, "page on automatic failover", "Among equal priorities any node may be chosen, each equally likely."),
    Rule::new("P-132", Basis::Documented, "founding page; going on to lower priorities is inferred (§10.2)", "When a switch fails the next node is tried until one succeeds."),
    Rule::new("P-140", Basis::Documented, "founding page", "A named target is promoted."),
    Rule::new("P-141", Basis::Documented, "founding page", "A single node of the highest priority is promoted."),
    Rule::new("P-142", Basis::Documented, "founding page; page on automatic failover", "Several nodes of the highest priority are offered for a choice."),
    Rule::new("P-143", Basis::Inferred, "§1.3", "Without a candidate the call is refused and nothing begins."),
    Rule::new("P-150", Basis::Inferred, "the election is among the nodes that can be elected when it happens", "A choice is offered anew when its tier changes."),
    Rule::new("P-151", Basis::Documented, "page on automatic failover", "A chosen node of the tier is promoted."),
    Rule::new("P-152", Basis::Documented, "founding page", "A node outside the tier cannot be chosen."),
    Rule::new("P-160", Basis::Documented, "founding page", "A promotion that succeeds moves the writer; the old one becomes a reader."),
    Rule::new("P-161", Basis::Documented, "founding page", "A promotion that fails, whatever the reason, or loses its node, leads to the next node; once a round."),
    Rule::new("P-162", Basis::Inferred, "the retry rule is stated only for calls without a target (§10.3)", "A named target that fails ends the failover, by policy."),
    Rule::new("P-170", Basis::Inferred, "§10.1", "When no eligible node is left the failover ends and the old writer stays."),
    Rule::new("P-171", Basis::Inferred, "no source", "A failover ends with its cluster."),
    Rule::new("P-172", Basis::Inferred, "§10.1", "By policy a manual failover that found nobody goes on with the next node to become eligible."),
    Rule::new("P-180", Basis::Documented, "page on automatic failover", "A writer that fails begins an automatic failover, which elects on every engine."),
    Rule::new("P-181", Basis::Inferred, "§10.1", "Without a candidate the cluster waits; the next node to become eligible begins a failover."),
    Rule::new("P-182", Basis::Inferred, "no source", "A writer that fails during a manual failover makes it automatic."),
    Rule::new("P-185", Basis::Documented, "page on cross-zone switchover: MySQL cluster edition, all compute nodes of the primary zone; StandbyHAMode as policy", "When the whole primary zone is down the standby cluster takes over; if it cannot, whoever is left of the ordinary nodes."),
    Rule::new("P-186", Basis::Inferred, "§10.9", "By policy the frequency window holds an automatic failover until the first report after it."),
    Rule::new("P-190", Basis::Documented, "SDK 9.2.1, RollBackForDisaster; when it returns is inferred (§10.10)", "After a switch out of its zone the writer returns when a node there becomes eligible."),
    Rule::new("P-201", Basis::Documented, "InvalidDBNodeId.NotFound; for DeleteDBNodes InvalidDBNode.Malformed", "A node that is configured, changed or removed is one of the cluster."),
    Rule::new("P-202", Basis::Documented, "OperationDenied.DBClusterStatus of ModifyDBNodeClass; the others by its example", "Work on nodes begins only in a running cluster."),
    Rule::new("P-203", Basis::Inferred, "every accepted call ends asynchronously (§4)", "Work that fails leaves the nodes as they were; nodes that were to come are gone."),
    Rule::new("P-210", Basis::Documented, "SDK 9.2.1, DBNode: at most 16 less the current number; standard edition is policy (§8.25)", "A cluster has at most 16 nodes, standard edition 8, basic edition 1."),
    Rule::new("P-211", Basis::Documented, "metadata, maxItems", "One call names 1 to 15 nodes."),
    Rule::new("P-212", Basis::Documented, "CreateDBNodes and DeleteDBNodes pages", "Several nodes at once are for MySQL alone."),
    Rule::new("P-213", Basis::Documented, "cluster status table; release note of 2019-10 on the priority", "New nodes show DBNodeCreating, become readers of priority 1 and then can be elected."),
    Rule::new("P-214", Basis::Documented, "SDK 9.2.1, DBNode: as the existing nodes; TargetClass for PostgreSQL and Oracle", "A new node has a class and a zone that the cluster knows."),
    Rule::new("P-215", Basis::Documented, "page on column-store nodes", "A column-store node needs MySQL and an ordinary reader beside it."),
    Rule::new("P-220", Basis::Inferred, "InvalidDBNode.Malformed is listed", "The nodes of one call differ and are of the kind it names."),
    Rule::new("P-221", Basis::Documented, "OperationDenied.DBNodeRole", "The primary is not removed."),
    Rule::new("P-222", Basis::Documented, "DeleteDBNodes page: at most the current number less two", "One reader stays beside the primary."),
    Rule::new("P-223", Basis::Documented, "cluster status table", "Removal shows DBNodeDeleting and ends with the nodes gone."),
    Rule::new("P-230", Basis::Inferred, "DBNodeStatus values; only running nodes are elected", "Nodes under work show it and are not elected meanwhile."),
    Rule::new("P-231", Basis::Documented, "OperationDenied.RoEqualSpec; for ModifyDBNodesClass by the example of its sibling", "One reader keeps the class of the primary."),
    Rule::new("P-232", Basis::Inferred, "InvalidDBInstanceClass.NotFound is listed for the hot replica only", "A hot replica keeps the class of the primary."),
    Rule::new("P-233", Basis::Inferred, "DBNodeType takes DLNode alone", "One class is given to all nodes but the AI ones, or to those alone."),
    Rule::new("P-234", Basis::Documented, "cluster status table", "A change of class shows ClassChanging."),
    Rule::new("P-240", Basis::Documented, "RestartDBNode error list", "A restart names a node alone; an unknown one is not valid."),
    Rule::new("P-242", Basis::Inferred, "Rebooting in both status tables", "A restart shows Rebooting."),
    Rule::new("P-243", Basis::Inferred, "restarting the primary is not documented as a failover", "A writer that is asked to restart is waited for."),
    Rule::new("P-244", Basis::Inferred, "no source", "A node that fails to restart is down; one that restarted runs."),
    Rule::new("P-250", Basis::Documented, "page on hot replicas; the code is inferred", "Hot replicas are for MySQL alone."),
    Rule::new("P-251", Basis::Documented, "page on hot replicas: an existing read-only node; the code is listed", "A hot replica is an ordinary reader."),
    Rule::new("P-252", Basis::Documented, "InvalidDBInstanceClass.NotFound", "A hot replica has the class of the primary."),
    Rule::new("P-253", Basis::Documented, "page on hot replicas", "The first hot replica of a cluster restarts every node."),
    Rule::new("P-254", Basis::Documented, "page on hot replicas; RoleSwitching from a public client", "Later changes restart none."),
    Rule::new("P-260", Basis::Documented, "InvalidZoneId.Same; page on zones", "The new zone is neither the primary one nor, for the standby zone, the standby one."),
    Rule::new("P-261", Basis::Documented, "cluster status table; page on zones", "Nodes are in the new zone when that is reported; Transing or StandbyTransing shows meanwhile."),
    Rule::new("P-262", Basis::Inferred, "page on zones: compute moves to the existing standby zone", "Moving the primary to the standby zone exchanges the two."),
    Rule::new("P-300", Basis::Documented, "cluster status table", "The status follows from what is pending."),
    Rule::new("P-301", Basis::Documented, "cluster status table", "A failover shows Switching; by policy RoleSwitching."),
    Rule::new("P-302", Basis::Inferred, "cluster status table: Switching while the primary fails over", "Without a running writer the cluster shows Switching, with one that stayed Running."),
    Rule::new("P-303", Basis::Documented, "cluster status table", "Other work shows its own status."),
    Rule::new("P-304", Basis::Inferred, "no source", "A cluster that the outside removed is gone."),
    Rule::new("P-305", Basis::Inferred, "DBNodeStatus values; none says that a node is down", "The writer and the node being promoted show Switching, a node that is down Rebooting."),
    Rule::new("P-310", Basis::Inferred, "what the outside observes", "A node that goes down, comes back or loses replication is known by observation; several at once, before anybody is elected."),
    Rule::new("P-500", Basis::Documented, "SDK 9.2.1, EndpointType; custom endpoints are not modelled", "A cluster has a cluster endpoint with all nodes that serve queries and a primary endpoint with the writer alone."),
    Rule::new("P-501", Basis::Inferred, "§1.3, Endpoints; EndpointType Primary", "The primary endpoint follows the writer."),
    Rule::new("P-502", Basis::Documented, "page on PostgreSQL failover", "Connection strings do not change."),
    Rule::new("P-503", Basis::Inferred, "no code is listed", "An endpoint id that the cluster does not have leaves the list empty."),
    Rule::new("P-504", Basis::Documented, "SDK 9.2.1, NodeWithRoles; how readers are numbered is inferred", "For PostgreSQL and Oracle the endpoints say which role each node has."),
    Rule::new("P-510", Basis::Documented, "DescribeHALogs page; the code is inferred", "Only MySQL clusters have a log of switches."),
    Rule::new("P-511", Basis::Inferred, "DescribeHALogs page: switchover records", "A switch is in the log once it has moved the writer, the latest first."),
    Rule::new("P-512", Basis::Documented, "DescribeHALogs page, example of a manual one; the absence for automatic ones is inferred", "A manual switch has a cause; of an automatic one none is published, so none is shown."),
    Rule::new("P-513", Basis::Documented, "DescribeHALogs page, HaStatus", "HaStatus is 0 if there are records and 1 if there are none."),
    Rule::new("P-514", Basis::Documented, "DescribeHALogs page, EndTime", "The end of the time asked for is later than its beginning."),
    Rule::new("P-600", Basis::Sibling, "gateway codes", "A required parameter that is absent or empty is named."),
    Rule::new("P-601", Basis::Sibling, "Invalid<Name>.Malformed is the house style", "A parameter that cannot be read or is out of range is named."),
    Rule::new("P-602", Basis::Documented, "SDK 9.2.1, PlannedStartTime and PlannedEndTime; that an end needs a start is inferred", "A planned end is at least half an hour after the planned start."),
];
