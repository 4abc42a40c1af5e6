//! Which regions there are, and `DescribeRegions` of both products.

use failover_model::ebs::{DescribeEbsRegions, RegionFeature};
use failover_model::polardb::{DescribePolarDbRegions, Edition};
use failover_model::snapshot::Snapshot;
use failover_model::{ControlPlane, Fresh, FreshCluster, Places, Policy, RegionList, Request, Response};

use crate::kit::{CLUSTER, DESTINATION, OWNER, SOURCE, World, create_cluster, id};

fn places(regions: &[(&str, &[&str])]) -> Places {
    let zones = |zones: &[&str]| zones.iter().map(|zone| id(zone)).collect();
    regions.iter().map(|(region, all)| (id(region), zones(all))).collect()
}

/// A world with two regions, one of which has no zone.
fn world(policy: Policy) -> World {
    let mut world = World::new(policy);
    world
        .plane
        .set_regions(places(&[("cn-hangzhou", &["cn-hangzhou-i", "cn-hangzhou-h"]), ("us-east-1", &[])]));
    world
}

fn told(world: &mut World, request: impl Into<Request>) -> Vec<String> {
    let output = world.apply(OWNER, SOURCE, None, request.into(), Fresh::None).unwrap();
    assert!(output.step.is_empty() && output.rule.is_none());
    let Some(Ok(Response::Regions(RegionList { regions, .. }))) = output.result else { panic!("no list") };
    regions.keys().map(ToString::to_string).collect()
}

fn of_ebs(feature: Option<RegionFeature>) -> DescribeEbsRegions {
    with!(DescribeEbsRegions::default(), feature = feature)
}

/// C-060.
#[test]
fn the_regions_are_those_that_were_given() {
    let mut world = world(Policy::default());
    assert_eq!(told(&mut world, DescribePolarDbRegions::default()), ["cn-hangzhou", "us-east-1"]);
    assert_eq!(told(&mut world, of_ebs(None)), ["cn-hangzhou", "us-east-1"]);
    assert!(told(&mut World::default(), DescribePolarDbRegions::default()).is_empty());
    world.plane.set_regions(places(&[("cn-beijing", &[])]));
    assert_eq!(told(&mut world, DescribePolarDbRegions::default()), ["cn-beijing"]);
}

/// E-714: of the regions given, those that the policy says have the feature.
#[test]
fn ebs_tells_the_regions_that_have_asynchronous_replication() {
    let mut policy = Policy::default();
    policy.ebs.regions = Some([id("us-east-1"), id("cn-shanghai")].into());
    let mut world = world(policy);
    for feature in [None, Some(RegionFeature::AsyncReplication)] {
        assert_eq!(told(&mut world, of_ebs(feature)), ["us-east-1"], "{feature:?}");
    }
    for feature in [RegionFeature::Lens, RegionFeature::DedicatedCluster] {
        assert!(told(&mut world, of_ebs(Some(feature))).is_empty(), "{feature:?}");
    }
    assert_eq!(
        told(&mut world, DescribePolarDbRegions::default()),
        ["cn-hangzhou", "us-east-1"],
        "another product's"
    );
}

/// P-013: a cluster without a zone is in the first one of its region that was given.
#[test]
fn a_cluster_without_a_zone_is_in_the_first_that_was_given() {
    for (region, zone) in
        [("cn-hangzhou", "cn-hangzhou-h"), ("us-east-1", "us-east-1-a"), (DESTINATION, "cn-beijing-a")]
    {
        let mut world = world(Policy::default());
        let create = create_cluster(Edition::Normal, 2);
        let fresh = FreshCluster { cluster: id(CLUSTER), nodes: vec![id("w"), id("a")], order: id("o-1") };
        let created = world.apply(OWNER, region, None, create.into(), Fresh::Cluster(fresh)).unwrap();
        assert!(matches!(created.result, Some(Ok(_))));
        let cluster = world.plane.cluster(&id(CLUSTER)).unwrap();
        assert!(cluster.nodes().iter().all(|node| node.zone.as_str() == zone), "{region}: {cluster:?}");
    }
}

/// C-060: a snapshot carries them, and one without them has none.
#[test]
fn a_snapshot_carries_the_regions() {
    let world = world(Policy::default());
    let text = serde_json::to_string(&world.plane.snapshot()).unwrap();
    let restored = ControlPlane::restore(serde_json::from_str(&text).unwrap()).unwrap();
    assert_eq!(restored, world.plane);
    assert_ne!(restored, World::default().plane, "they are part of the state");
    let mut without: serde_json::Value = serde_json::from_str(&text).unwrap();
    without.as_object_mut().unwrap().remove("regions").unwrap();
    let without: Snapshot = serde_json::from_value(without).unwrap();
    assert!(ControlPlane::restore(without).unwrap().regions().is_empty());
}
