//! What a constructor leaves out of a request is what the vendor's API takes when the parameter is left out.

use failover_model::ebs::*;
use failover_model::polardb::*;
use failover_model::wire::{Parameters, parse};
use failover_model::{ClusterId, GroupId, NetworkId, NodeId, Operation, PairId, Request};

use crate::kit::id;

/// The request of a call with these parameters alone.
fn called(action: &str, parameters: &str) -> Request {
    let pairs = parameters.split_whitespace().filter_map(|pair| pair.split_once('='));
    let parameters: Parameters = pairs.collect();
    let operation = Operation::ALL.iter().find(|operation| operation.as_str() == action);
    let version = operation.map(|operation| operation.product().version());
    parse(Some(action), version, &parameters).unwrap_or_else(|bad| panic!("{action}: {bad}")).request
}

#[test]
fn a_constructor_leaves_out_what_a_call_leaves_out() {
    let same = |action: &str, parameters: &str, request: Request| {
        assert_eq!(called(action, parameters), request, "{action} {parameters}");
    };
    let (pair, group): (PairId, GroupId) = (id("pair-1"), id("pg-1"));
    let (cluster, network): (ClusterId, NetworkId) = (id("pc-1"), id("gdn-1"));
    let place = || (id("cn-beijing"), id("cn-beijing-b"));
    same(
        "CreateDiskReplicaPair",
        "RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DiskId=d-1 DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b DestinationDiskId=d-2",
        CreateDiskReplicaPair::new((id("cn-shanghai-a"), id("d-1")), (place().0, place().1, id("d-2")))
            .into(),
    );
    same(
        "CreateDiskReplicaGroup",
        "RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b",
        CreateDiskReplicaGroup::new(id("cn-shanghai-a"), place()).into(),
    );
    macro_rules! twins {
        ($($Pair:ident $Group:ident)*) => {$(
            same(stringify!($Pair), "RegionId=cn-shanghai ReplicaPairId=pair-1", $Pair::new(pair.clone()).into());
            same(stringify!($Group), "RegionId=cn-shanghai ReplicaGroupId=pg-1", $Group::new(group.clone()).into());
        )*};
    }
    twins! {
        StartDiskReplicaPair StartDiskReplicaGroup
        StopDiskReplicaPair StopDiskReplicaGroup
        FailoverDiskReplicaPair FailoverDiskReplicaGroup
        ReprotectDiskReplicaPair ReprotectDiskReplicaGroup
        DeleteDiskReplicaPair DeleteDiskReplicaGroup
    }
    let pair_drills = DescribePairDrills::new(pair.clone());
    same("DescribePairDrills", "RegionId=cn-shanghai PairId=pair-1", pair_drills.into());
    let group_drills = DescribeReplicaGroupDrills::new(group.clone());
    same("DescribeReplicaGroupDrills", "RegionId=cn-shanghai GroupId=pg-1", group_drills.into());
    let untag = UntagResources::new(Resources::Pairs(vec![pair.clone()]));
    let resource = "RegionId=cn-shanghai ResourceType=diskreplicapair ResourceId.1=pair-1";
    same("UntagResources", &format!("{resource} All=true"), untag.into());
    same("ListTagResources", resource, ListTagResources::new(Resources::Pairs(vec![pair])).into());
    let class = || id("polar.mysql.x4.large");
    for (category, edition) in [("", Edition::Normal), (" CreationCategory=SENormal", Edition::SeNormal)] {
        same(
            "CreateDBCluster",
            &format!(
                "RegionId=cn-shanghai DBType=MySQL DBVersion=8.0 DBNodeClass=polar.mysql.x4.large PayType=Postpaid{category}"
            ),
            CreateDbCluster::new(Engine::MySql, "8.0", class()).edition(edition).into(),
        );
    }
    let nodes = |names: &[&str]| -> Vec<NodeId> { names.iter().map(|name| id(name)).collect() };
    same("FailoverDBCluster", "DBClusterId=pc-1", FailoverDbCluster::new(cluster.clone()).into());
    let new = vec![NewNode::default().class(class())];
    same(
        "CreateDBNodes",
        "DBClusterId=pc-1 DBNode.1.TargetClass=polar.mysql.x4.large",
        CreateDbNodes::new(cluster.clone(), new).into(),
    );
    let delete = DeleteDbNodes::new(cluster.clone(), nodes(&["pi-a"]));
    same("DeleteDBNodes", "DBClusterId=pc-1 DBNodeId.1=pi-a", delete.into());
    same(
        "ModifyDBNodeClass",
        "DBClusterId=pc-1 ModifyType=Upgrade DBNodeTargetClass=polar.mysql.x4.large",
        ModifyDbNodeClass::new(cluster.clone(), ModifyType::Upgrade, class()).into(),
    );
    same(
        "ModifyDBNodesClass",
        "DBClusterId=pc-1 ModifyType=Upgrade DBNode.1.DBNodeId=pi-a DBNode.1.TargetClass=polar.mysql.x4.large",
        ModifyDbNodesClass::new(
            cluster.clone(),
            ModifyType::Upgrade,
            vec![NodeTarget::new(id("pi-a"), class())],
        )
        .into(),
    );
    same(
        "DescribeDBClusterEndpoints",
        "DBClusterId=pc-1",
        DescribeDbClusterEndpoints::new(cluster.clone()).into(),
    );
    same(
        "ModifyDBClusterPrimaryZone",
        "DBClusterId=pc-1 ZoneId=cn-shanghai-b",
        ModifyDbClusterPrimaryZone::new(cluster.clone(), id("cn-shanghai-b")).into(),
    );
    let logs = DescribeHaLogs::new(cluster.clone());
    same("DescribeHALogs", "DBClusterId=pc-1 LogType=HaSwitchLogList", logs.into());
    same(
        "CreateGlobalDatabaseNetwork",
        "DBClusterId=pc-1",
        CreateGlobalDatabaseNetwork::new(cluster.clone()).into(),
    );
    same(
        "RemoveDBClusterFromGDN",
        "GDNId=gdn-1 DBClusterId=pc-1",
        RemoveDbClusterFromGdn::new(network.clone(), cluster).into(),
    );
    same(
        "SwitchOverGlobalDatabaseNetwork",
        "GDNId=gdn-1",
        SwitchOverGlobalDatabaseNetwork::new(network).into(),
    );
}

/// A function sets the field of its name; `to` the target of a failover.
#[test]
fn what_may_be_left_out_is_set_by_a_function() {
    let failover =
        FailoverDbCluster::new(id("pc-1")).to(id("pi-a")).target_zone_type(TargetZoneType::Standby);
    let called = called("FailoverDBCluster", "DBClusterId=pc-1 TargetDBNodeId=pi-a TargetZoneType=Standby");
    assert_eq!(called, failover.into());
    let settings = PairSettings::default().name("name".parse().unwrap()).enable_rtc(true);
    let expected = with!(PairSettings::default(), name = "name".parse().ok(), enable_rtc = true);
    assert_eq!(settings, expected);
    assert!(StartDiskReplicaPair::new(id("pair-1")).one_shot(true).one_shot);
    assert!(!ReprotectDiskReplicaGroup::new(id("pg-1")).reverse_replicate(false).reverse_replicate);
    let logs = DescribeHaLogs::new(id("pc-1")).node(id("pi-a")).page_size(5);
    assert_eq!((logs.node, logs.page_number, logs.page_size), (Some(id("pi-a")), 1, 5));
}
