//! Calls on clusters.

use super::*;

#[test]
fn a_step_on_a_cluster_is_a_call_about_its_nodes() {
    let drive = drive(&world());
    let cluster = || id(CLUSTER);
    let failover = FailoverDbCluster::new(cluster()).to(id("b")).target_zone_type(TargetZoneType::Primary);
    let named = ClusterCall::Failover { target: Some(2), standby: false, back: false, zonal: false };
    assert_eq!(call(&drive, on_cluster(named)), plain(SOURCE, failover.clone()));
    let (node, to) = (id("a"), priority(7));
    let modify = ModifyDbNodeConfig::new(cluster(), node, to);
    let ask = ClusterCall::Priority { node: 4, priority: to };
    assert_eq!(call(&drive, on_cluster(ask)), plain(SOURCE, modify));
    assert_eq!(call(&drive, on_cluster(ClusterCall::Delete)), plain(SOURCE, DeleteDbCluster::new(cluster())));
    let describe = DescribeDbClusterAttribute::new(cluster());
    assert_eq!(call(&drive, on_cluster(ClusterCall::Describe)), plain(SOURCE, describe.clone()));
    for (place, region) in [(CallRegion::Destination, DESTINATION), (CallRegion::Other, ELSEWHERE)] {
        let ask = StepKind::Cluster(from(place), Some(0), ClusterCall::Describe);
        assert_eq!(call(&drive, ask), plain(region, describe.clone()));
    }
    // What the reference leaves out is for the control plane alone.
    let alone = |ask| match soon(on_cluster(ask)).resolve(drive.subject()) {
        Input::Call(_, request, fresh) => (request, fresh),
        other => panic!("no call: {other:?}"),
    };
    let zonal = ClusterCall::Failover { target: Some(2), standby: true, back: true, zonal: true };
    let (target_zone_type, roll_back_for_disaster) = (TargetZoneType::Standby, true);
    let zonal_request = FailoverDbClusterZonal(
        failover.target_zone_type(target_zone_type).roll_back_for_disaster(roll_back_for_disaster),
    );
    assert_eq!(alone(zonal), (zonal_request.into(), Fresh::None));
    let add = ClusterCall::AddNodes { nodes: 2, kind: NodeKind::Ordinary };
    let (request, fresh) = alone(add);
    assert!(matches!(request, Request::CreateDbNodes(create) if create.nodes.len() == 2));
    let Fresh::Nodes(fresh) = fresh else { panic!("no nodes: {fresh:?}") };
    assert_eq!(fresh.nodes, ids(&["pi-pc-1-0", "pi-pc-1-1"]));
    for ask in [
        ClusterCall::DropNodes { from: 1, nodes: 1 },
        ClusterCall::Class { class: 1 },
        ClusterCall::ClassOf { node: 1, class: 1 },
        ClusterCall::HotReplica { node: 1, on: true },
    ] {
        assert!(matches!(alone(ask).1, Fresh::Order(_)), "{ask:?} makes an order");
    }
    assert_eq!(alone(ClusterCall::Restart { node: 1 }), (RestartDbNode::new(id("a")).into(), Fresh::None));
    let (request, fresh) = alone(ClusterCall::Zone { zone: 1, standby: true });
    let Request::ModifyDbClusterPrimaryZone(moved) = request else { panic!("another: {request:?}") };
    assert_eq!((moved.zone.as_str(), moved.zone_type), ("cn-shanghai-b", TargetZoneType::Standby));
    assert_eq!(fresh, Fresh::None);
}
