//! The operations of the control plane, a row each.
//!
//! Each row defines the variant of [`Request`], its [`Action`], the typed method of [`ControlPlane`] and the branch of
//! [`call_any`](ControlPlane::call_any). Wire name, token, region and listed codes are columns of the table of
//! [`Operation`]. In the last column `it` is the request.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::convert::Infallible;

use super::action::{Action, Answer, Done, Performed, sealed::Sealed};
use super::call::CallContext;
use super::regions::RegionList;
use super::rows::{answers, calls, fresh_ids};
use super::{Call, ControlPlane, FreshCluster, FreshNodes, Misuse, Output, Refusal, Reply};
// The rows name most types of the two products.
use crate::ebs::*;
use crate::ids::OrderId;
use crate::operation::Operation;
use crate::polardb::*;

answers! {
    remembered {
        /// `CreateDiskReplicaPair`: a pair was created.
        PairCreated(PairCreated);
        /// `CreateDiskReplicaGroup`: a group was created.
        GroupCreated(GroupCreated);
        /// `StartPairDrill` or `StartReplicaGroupDrill`: a drill was started.
        DrillStarted(DrillStarted);
        /// `CreateDBCluster`: a cluster was created.
        ClusterCreated(ClusterCreated);
        /// `CreateDBNodes`: nodes were created.
        NodesCreated(NodesCreated);
        /// `DeleteDBNodes`, `ModifyDBNodeClass`, `ModifyDBNodesClass`, `ModifyDBNodeHotReplicaMode`, `ModifyDBCluster` or
        /// `ModifyDBClusterArch`: an order exists.
        Ordered(Ordered);
    }
    observed {
        /// `DescribeDiskReplicaPairs`.
        PairPage(PairPage);
        /// `DescribeDiskReplicaPairProgress`.
        PairProgress(PairProgress);
        /// `ListTagResources`.
        TagPage(TagPage);
        /// `DescribeDiskReplicaGroups`.
        GroupPage(GroupPage);
        /// `DescribePairDrills` or `DescribeReplicaGroupDrills`.
        DrillPage(DrillPage);
        /// `DescribeDBClusters`.
        ClusterPage(ClusterPage);
        /// `DescribeDBClusterAttribute` or `DescribeDbClusterAttributeZonal`.
        Cluster(DbCluster [Box]);
        /// `DescribeDBClusterEndpoints` or `DescribeDBClusterEndpointsZonal`.
        Endpoints(EndpointList);
        /// `DescribeDBClustersZonal`.
        ZonalClusterPage(ZonalClusterPage);
        /// `CreateGlobalDatabaseNetwork`, which takes no token: a network was created.
        NetworkCreated(NetworkCreated);
        /// `DescribeGlobalDatabaseNetwork`.
        Network(NetworkView [Box]);
        /// `DescribeGlobalDatabaseNetworks`.
        NetworkPage(NetworkPage);
        /// `DescribeHALogs`; the embedder [completes](crate::polardb::HaLog::complete) it from the events.
        HaLogs(HaLogPage);
        /// `DescribeRegions` of either product.
        Regions(RegionList);
    }
}

fresh_ids! {
    /// For `CreateDiskReplicaPair`.
    Pair(PairCreated);
    /// For `CreateDiskReplicaGroup`.
    Group(GroupCreated);
    /// For `StartPairDrill` and `StartReplicaGroupDrill`.
    Drill(FreshDrill);
    /// For `CreateDBCluster`.
    Cluster(FreshCluster);
    /// For `CreateDBNodes`.
    Nodes(FreshNodes);
    /// For `CreateGlobalDatabaseNetwork`.
    Network(NetworkCreated);
    /// For an operation that creates only a billing order: `DeleteDBNodes`, `ModifyDBNodeClass`, `ModifyDBNodesClass`
    /// and `ModifyDBNodeHotReplicaMode`.
    Order(OrderId);
}

calls! {
    EbsRefusal {
        /// `CreateDiskReplicaPair`: the pair appears in `creating`.
        CreateDiskReplicaPair [Box] => create_disk_replica_pair() with PairCreated -> PairCreated:
            ControlPlane::create_pair;
        /// `StartDiskReplicaPair`: starts replication.
        StartDiskReplicaPair => start_disk_replica_pair(pair) -> ():
            |plane, call, it| plane.pair_call(call, &it.pair, |pair, disk| {
                PairRequest::Start { one_shot: it.one_shot, destination: disk(pair.destination()) }
            });
        /// `StopDiskReplicaPair`: stops replication.
        StopDiskReplicaPair => stop_disk_replica_pair(pair) -> ():
            |plane, call, it| plane.pair_call(call, &it.pair, |_, _| PairRequest::Stop);
        /// `FailoverDiskReplicaPair`: makes the secondary disk readable and writable. Refused only in `invalid` and
        /// `deleted`; the status is `failovering`, then `failovered` once success is reported.
        FailoverDiskReplicaPair => failover_disk_replica_pair(pair) -> ():
            |plane, call, it| plane.pair_call(call, &it.pair, |_, _| PairRequest::Failover);
        /// `ReprotectDiskReplicaPair`: reverses the direction, or cancels the failover.
        ReprotectDiskReplicaPair => reprotect_disk_replica_pair(pair) -> ():
            |plane, call, it| plane.pair_call(call, &it.pair, |pair, disk| {
                PairRequest::Reprotect { reverse: it.reverse_replicate, source: disk(pair.source()) }
            });
        /// `DeleteDiskReplicaPair`: deletes the pair.
        DeleteDiskReplicaPair => delete_disk_replica_pair(pair) -> ():
            |plane, call, it| plane.pair_call(call, &it.pair, |_, _| PairRequest::Delete);
        /// `DescribeDiskReplicaPairs`.
        DescribeDiskReplicaPairs [Box] => describe_disk_replica_pairs([pairs]) -> PairPage:
            |plane, call, it| Ok(Done::observed(plane.list_pairs(call, it)?));
        /// `ModifyDiskReplicaPair`: changes name, description or replication time control.
        ModifyDiskReplicaPair [Box] => modify_disk_replica_pair(pair) -> ():
            |plane, call, it| plane.pair_call(call, &it.pair, |_, _| PairRequest::Modify(it));
        /// `DescribeDiskReplicaPairProgress`: the progress of the copy.
        DescribeDiskReplicaPairProgress => describe_disk_replica_pair_progress(pair) -> PairProgress:
            |plane, call, it| Ok(Done::observed(plane.pair_progress(call, &it.pair)?));
        /// `TagResources`: adds tags to resources.
        TagResources [Box] => tag_resources([resources]) -> ():
            ControlPlane::put_tags;
        /// `UntagResources`: removes tags from resources.
        UntagResources [Box] => untag_resources([resources]) -> ():
            ControlPlane::take_tags;
        /// `ListTagResources`.
        ListTagResources [Box] => list_tag_resources([resources]) -> TagPage:
            |plane, call, it| Ok(Done::observed(plane.list_tags(call, it)?));
        /// `ChangeResourceGroup`: moves a resource into another resource group.
        ChangeResourceGroup [Box] => change_resource_group(resource) -> ():
            ControlPlane::regroup;
        /// `CreateDiskReplicaGroup`: an empty group appears in `creating`.
        CreateDiskReplicaGroup [Box] => create_disk_replica_group() with GroupCreated -> GroupCreated:
            ControlPlane::create_group;
        /// `ModifyDiskReplicaGroup`: changes name, description or replication time control.
        ModifyDiskReplicaGroup [Box] => modify_disk_replica_group(group) -> ():
            |plane, call, it| plane.group_call(call, &it.group, GroupRequest::Modify(it));
        /// `StartDiskReplicaGroup`: starts rounds of copies.
        StartDiskReplicaGroup => start_disk_replica_group(group) -> ():
            |plane, call, it| plane.group_call(call, &it.group, GroupRequest::Start { one_shot: it.one_shot });
        /// `StopDiskReplicaGroup`: stops replication.
        StopDiskReplicaGroup => stop_disk_replica_group(group) -> ():
            |plane, call, it| plane.group_call(call, &it.group, GroupRequest::Stop);
        /// `FailoverDiskReplicaGroup`: makes every secondary disk readable and writable.
        FailoverDiskReplicaGroup => failover_disk_replica_group(group) -> ():
            |plane, call, it| plane.group_call(call, &it.group, GroupRequest::Failover);
        /// `ReprotectDiskReplicaGroup`: reverses the direction, or cancels the failover.
        ReprotectDiskReplicaGroup => reprotect_disk_replica_group(group) -> ():
            |plane, call, it| {
                plane.group_call(call, &it.group, GroupRequest::Reprotect { reverse: it.reverse_replicate })
            };
        /// `DeleteDiskReplicaGroup`: deletes an empty group.
        DeleteDiskReplicaGroup => delete_disk_replica_group(group) -> ():
            |plane, call, it| plane.group_call(call, &it.group, GroupRequest::Delete);
        /// `DescribeDiskReplicaGroups`.
        DescribeDiskReplicaGroups [Box] => describe_disk_replica_groups([groups]) -> GroupPage:
            |plane, call, it| Ok(Done::observed(plane.list_groups(call, it)?));
        /// `AddDiskReplicaPair`: a pair joins a group.
        AddDiskReplicaPair => add_disk_replica_pair(group) -> ():
            |plane, call, it| plane.membership_call(call, &it.group, &it.pair, |group, at, region, pair| group.decide_add(at, region, pair));
        /// `RemoveDiskReplicaPair`: a pair leaves its group and continues to exist.
        RemoveDiskReplicaPair => remove_disk_replica_pair(group) -> ():
            |plane, call, it| plane.membership_call(call, &it.group, &it.pair, |group, at, region, pair| group.decide_remove(at, region, pair));
        /// `StartPairDrill`: clones the last recover point.
        StartPairDrill => start_pair_drill(pair) with FreshDrill -> DrillStarted:
            |plane, call, it, fresh| plane.start_drill(call, &ReplicaId::Pair(it.pair.clone()), fresh);
        /// `ClearPairDrill`: ends a drill and deletes its disk.
        ClearPairDrill => clear_pair_drill(drill) -> ():
            |plane, call, it| plane.clear_drill(call, &ReplicaId::Pair(it.pair.clone()), &it.drill);
        /// `DescribePairDrills`.
        DescribePairDrills [Box] => describe_pair_drills(pair) -> DrillPage:
            |plane, call, it| {
                let owner = ReplicaId::Pair(it.pair.clone());
                Ok(Done::observed(plane.list_drills(call, owner, it.drill.as_ref(), it.page)?))
            };
        /// `StartReplicaGroupDrill`: clones the last recover point.
        StartReplicaGroupDrill => start_replica_group_drill(group) with FreshDrill -> DrillStarted:
            |plane, call, it, fresh| plane.start_drill(call, &ReplicaId::Group(it.group.clone()), fresh);
        /// `ClearReplicaGroupDrill`: ends a drill and deletes its disks.
        ClearReplicaGroupDrill => clear_replica_group_drill(drill) -> ():
            |plane, call, it| plane.clear_drill(call, &ReplicaId::Group(it.group.clone()), &it.drill);
        /// `DescribeReplicaGroupDrills`.
        DescribeReplicaGroupDrills [Box] => describe_replica_group_drills(group) -> DrillPage:
            |plane, call, it| {
                let owner = ReplicaId::Group(it.group.clone());
                Ok(Done::observed(plane.list_drills(call, owner, it.drill.as_ref(), it.page)?))
            };
        /// `DescribeRegions` of EBS.
        DescribeEbsRegions => describe_ebs_regions() -> RegionList:
            |plane, _, it| Ok(Done::observed(plane.ebs_regions(*it)));
    }
    PolarDbRefusal {
        /// `CreateDBCluster`: the cluster and its nodes appear in `Creating`.
        CreateDbCluster [Box] => create_db_cluster() with FreshCluster -> ClusterCreated:
            ControlPlane::create_cluster;
        /// `DeleteDBCluster`: releases a running cluster.
        DeleteDbCluster => delete_db_cluster(cluster) -> ():
            ControlPlane::delete_cluster;
        /// `ModifyDBNodeConfig`: sets a node's failover priority.
        ModifyDbNodeConfig => modify_db_node_config(cluster) -> ():
            |plane, call, it| plane.cluster_call(call, &it.cluster, |cluster, at| cluster.decide_node_config(at, it));
        /// `FailoverDBCluster`: promotes the named or an elected read-only node to primary.
        FailoverDbCluster => failover_db_cluster(cluster) -> ():
            |plane, call, it| plane.cluster_call(call, &it.cluster, |cluster, at| cluster.decide_failover(at, it));
        /// `FailoverDBClusterZonal`: the same for edge clusters.
        FailoverDbClusterZonal => failover_db_cluster_zonal(0.cluster) -> ():
            |plane, call, it| plane.cluster_call(call, &it.0.cluster, |cluster, at| cluster.decide_failover_zonal(at, it));
        /// `CreateDBNodes`: read-only nodes appear in `DBNodeCreating`.
        CreateDbNodes [Box] => create_db_nodes(cluster) with FreshNodes -> NodesCreated:
            ControlPlane::create_nodes;
        /// `DeleteDBNodes`.
        DeleteDbNodes => delete_db_nodes(cluster) with OrderId -> Ordered:
            |plane, call, it, order| {
                plane.order_call(call, &it.cluster, order, |cluster, at| cluster.decide_delete_nodes(at, it))
            };
        /// `ModifyDBNodeClass`: changes the class of all nodes of a type.
        ModifyDbNodeClass [Box] => modify_db_node_class(cluster) with OrderId -> Ordered:
            |plane, call, it, order| {
                plane.order_call(call, &it.cluster, order, |cluster, at| cluster.decide_node_class(at, it))
            };
        /// `ModifyDBNodesClass`: changes the class of the nodes named.
        ModifyDbNodesClass [Box] => modify_db_nodes_class(cluster) with OrderId -> Ordered:
            |plane, call, it, order| {
                plane.order_call(call, &it.cluster, order, |cluster, at| cluster.decide_nodes_class(at, it))
            };
        /// `RestartDBNode`.
        RestartDbNode => restart_db_node(node) -> ():
            ControlPlane::restart_node;
        /// `RestartDBNodeZonal`: the same for edge clusters.
        RestartDbNodeZonal => restart_db_node_zonal(cluster) -> ():
            |plane, call, it| plane.cluster_call(call, &it.cluster, |cluster, at| {
                cluster.decide_restart_zonal(at, it)
            });
        /// `ModifyDBNodeHotReplicaMode`: sets whether a node is a hot replica.
        ModifyDbNodeHotReplicaMode => modify_db_node_hot_replica_mode(cluster) with OrderId -> Ordered:
            |plane, call, it, order| {
                plane.order_call(call, &it.cluster, order, |cluster, at| cluster.decide_hot_replica(at, it))
            };
        /// `ModifyDBClusterPrimaryZone`.
        ModifyDbClusterPrimaryZone [Box] => modify_db_cluster_primary_zone(cluster) -> ():
            |plane, call, it| plane.cluster_call(call, &it.cluster, |cluster, at| cluster.decide_zone(at, it));
        /// `ModifyDBClusterDeletion`: sets or clears the deletion lock.
        ModifyDbClusterDeletion => modify_db_cluster_deletion(cluster) -> ():
            |plane, call, it| plane.cluster_call(call, &it.cluster, |cluster, at| cluster.decide_lock(at, it));
        /// `ModifyDBClusterMaintainTime`: sets the hour of maintenance.
        ModifyDbClusterMaintainTime => modify_db_cluster_maintain_time(cluster) -> ():
            |plane, call, it| plane.cluster_call(call, &it.cluster, |cluster, at| cluster.decide_maintain_time(at, it));
        /// `ModifyDBCluster`: switches features of a cluster, and makes nodes fail for a drill.
        ModifyDbCluster [Box] => modify_db_cluster(cluster) with OrderId -> Ordered:
            |plane, call, it, order| {
                plane.order_call(call, &it.cluster, order, |cluster, at| cluster.decide_modify(at, it))
            };
        /// `ModifyDBClusterArch`: builds a standby cluster, or changes what it consists of.
        ModifyDbClusterArch [Box] => modify_db_cluster_arch(cluster) with OrderId -> Ordered:
            |plane, call, it, order| {
                plane.order_call(call, &it.cluster, order, |cluster, at| cluster.decide_arch(at, it))
            };
        /// `DescribeDBClusters`.
        DescribeDbClusters [Box] => describe_db_clusters([clusters]) -> ClusterPage:
            |plane, call, it| Ok(Done::observed(it.select(call.account, call.region, &plane.clusters, call.now)));
        /// `DescribeDBClustersZonal`: the same, with pages by token too.
        DescribeDbClustersZonal [Box] => describe_db_clusters_zonal([filter.clusters]) -> ZonalClusterPage:
            |plane, call, it| Ok(Done::observed(plane.list_clusters_zonal(call, it)?));
        /// `DescribeDBClusterAttribute`.
        DescribeDbClusterAttribute => describe_db_cluster_attribute(cluster) -> DbCluster:
            |plane, call, it| Ok(Done::observed(plane.owned_cluster(call, &it.cluster)?.clone()));
        /// `DescribeDbClusterAttributeZonal`: the same for edge clusters.
        DescribeDbClusterAttributeZonal => describe_db_cluster_attribute_zonal(0.cluster) -> DbCluster:
            |plane, call, it| Ok(Done::observed(plane.owned_cluster(call, &it.0.cluster)?.clone()));
        /// `DescribeDBClusterEndpoints`.
        DescribeDbClusterEndpoints => describe_db_cluster_endpoints(cluster) -> EndpointList:
            |plane, call, it| Ok(Done::observed(it.select(plane.owned_cluster(call, &it.cluster)?)));
        /// `DescribeDBClusterEndpointsZonal`: the same for edge clusters.
        DescribeDbClusterEndpointsZonal => describe_db_cluster_endpoints_zonal(0.cluster) -> EndpointList:
            |plane, call, it| Ok(Done::observed(it.0.select(plane.owned_cluster(call, &it.0.cluster)?)));
        /// `DescribeHALogs`: the page without the switches, which the embedder
        /// [adds](crate::polardb::HaLog::complete).
        DescribeHaLogs [Box] => describe_ha_logs(cluster) -> HaLogPage:
            |plane, call, it| Ok(Done::observed(it.page(plane.owned_cluster(call, &it.cluster)?)?));
        /// `CreateGlobalDatabaseNetwork`: the network appears in `creating` with its primary.
        CreateGlobalDatabaseNetwork [Box] => create_global_database_network(cluster)
            with NetworkCreated -> NetworkCreated: ControlPlane::create_network;
        /// `DeleteGlobalDatabaseNetwork`: its primary continues to exist.
        DeleteGlobalDatabaseNetwork => delete_global_database_network(network) -> ():
            ControlPlane::delete_network;
        /// `RemoveDBClusterFromGDN`: a secondary leaves and continues to exist.
        RemoveDbClusterFromGdn => remove_db_cluster_from_gdn(network) -> ():
            ControlPlane::remove_from_network;
        /// `SwitchOverGlobalDatabaseNetwork`: a secondary becomes the primary.
        SwitchOverGlobalDatabaseNetwork => switch_over_global_database_network(network) -> ():
            ControlPlane::switch_over_network;
        /// `DescribeGlobalDatabaseNetwork`.
        DescribeGlobalDatabaseNetwork => describe_global_database_network(network) -> NetworkView:
            |plane, call, it| Ok(Done::observed(plane.network_view(plane.owned_network(call, &it.network)?)));
        /// `DescribeGlobalDatabaseNetworks`.
        DescribeGlobalDatabaseNetworks [Box] => describe_global_database_networks() -> NetworkPage:
            |plane, call, it| Ok(Done::observed(plane.list_networks(call, it)?));
        /// `DescribeRegions` of PolarDB.
        DescribePolarDbRegions => describe_polardb_regions() -> RegionList:
            |plane, _, _| Ok(Done::observed(plane.polardb_regions()));
    }
}

/// A field of a request that names any number of resources.
trait Several {
    /// The id, if there is exactly one.
    fn only(&self) -> Option<&str>;
}

impl<T: Borrow<str>> Several for Vec<T> {
    fn only(&self) -> Option<&str> {
        if let [id] = self.as_slice() { Some(id.borrow()) } else { None }
    }
}

impl Several for Resources {
    fn only(&self) -> Option<&str> {
        match self {
            Self::Pairs(pairs) => pairs.only(),
            Self::Groups(groups) => groups.only(),
        }
    }
}

impl Response {
    /// The id of the one resource that was created; `None` if none was, or nodes were.
    pub fn created(&self) -> Option<&str> {
        match self {
            Self::PairCreated(created) => Some(created.pair.as_str()),
            Self::GroupCreated(created) => Some(created.group.as_str()),
            Self::DrillStarted(started) => Some(started.drill.as_str()),
            Self::ClusterCreated(created) => Some(created.cluster.as_str()),
            Self::NetworkCreated(created) => Some(created.network.as_str()),
            _ => None,
        }
    }
}
