//! Which operations create resources, and how many resources there are.

use failover_model::polardb::{CreateGlobalDatabaseNetwork, Edition, NetworkCreated};

use super::*;
use crate::kit::create_cluster;

/// The operations are named here once more, so that a column of the table cannot be wrong for itself.
#[test]
fn six_operations_create_a_resource() {
    let creates: Vec<&str> = Operation::ALL
        .iter()
        .filter(|operation| operation.creates_resource())
        .map(|op| op.as_str())
        .collect();
    let expected = [
        "CreateDiskReplicaPair",
        "CreateDiskReplicaGroup",
        "StartPairDrill",
        "StartReplicaGroupDrill",
        "CreateDBCluster",
        "CreateGlobalDatabaseNetwork",
    ];
    assert_eq!(creates, expected);
}

/// A limit on resources holds only if each kind counts. [`World::apply`] verifies each call; here is what they add up to.
#[test]
fn resources_of_each_kind_are_counted() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal);
    assert_eq!(world.plane.resource_count(), 3, "a group of two pairs");
    world.start_drill(1, 1).unwrap();
    world.start_group_drill(2).unwrap();
    assert_eq!(world.plane.resource_count(), 5, "two drills");
    let ids = FreshCluster { cluster: id(CLUSTER), nodes: vec![id("a"), id("b")], order: id("o-1") };
    let request = create_cluster(Edition::Normal, 2).into();
    let created = world.apply(OWNER, SOURCE, None, request, Fresh::Cluster(ids)).unwrap();
    world.succeed(created.step.effects[0].id);
    assert_eq!(world.plane.resource_count(), 6, "a cluster, whatever nodes it has");
    let request = CreateGlobalDatabaseNetwork::new(id(CLUSTER));
    let fresh = Fresh::Network(NetworkCreated { network: id("gdn-1") });
    world.apply(OWNER, SOURCE, None, request.into(), fresh).unwrap();
    assert_eq!(world.plane.resource_count(), 7, "a network");
    world.plane.forget_account(&id(OWNER));
    assert_eq!(world.plane.resource_count(), 0);
}
