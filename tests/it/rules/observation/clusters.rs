//! Filters and pages of the list of clusters.

use super::*;

/// Which clusters are listed, and how many match in all.
fn listed(world: &mut World, request: DescribeDbClusters) -> (Vec<String>, usize) {
    match world.ask(request) {
        Ok(Response::ClusterPage(page)) => {
            (page.clusters.iter().map(|cluster| cluster.id().to_string()).collect(), page.total)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_filter_narrows_the_list_of_clusters_and_all_of_them_hold() {
    let tag = |key: &str| Tag { key: TagKey::parse(key).unwrap(), value: TagValue::parse("v").unwrap() };
    let mut world = World::default();
    let _ = world.adopt(seed(&[]));
    let _ = world.adopt(ClusterSeed {
        id: id("pc-2"),
        engine: Engine::Oracle,
        version: "11".into(),
        pay_type: PayType::Prepaid,
        description: Some(Description::parse("the test one").unwrap()),
        resource_group: Some(id("rg-2")),
        tags: vec![tag("k"), tag("l")],
        nodes: vec![node("x", Role::Writer, 1)],
        status: ClusterStatus::Deleting,
        ..seed(&[])
    });
    let all = DescribeDbClusters::default;
    assert_eq!(listed(&mut world, all()), (vec!["pc-1".into(), "pc-2".into()], 2));
    for filter in [
        all().clusters(vec![id("pc-2"), id("pc-3")]),
        all().nodes(vec![id("y"), id("x")]),
        all().description("test".into()),
        all().status("Deleting".into()),
        all().engine(Engine::Oracle),
        all().version("11".into()),
        all().pay_type(PayType::Prepaid),
        all().resource_group(id("rg-2")),
        all().tags(vec![tag("l")]),
    ] {
        assert_eq!(listed(&mut world, filter.clone()), (vec!["pc-2".into()], 1), "{filter:?}");
        let none = filter.tags(vec![tag("m")]);
        assert_eq!(listed(&mut world, none), (vec![], 0));
    }
}

#[test]
fn the_list_of_clusters_comes_in_pages() {
    let mut world = World::default();
    for number in 1..=5 {
        let nodes = vec![node(&format!("x-{number}"), Role::Writer, 1)];
        let _ = world.adopt(ClusterSeed { id: id(&format!("pc-{number}")), nodes, ..seed(&[]) });
    }
    let mut page = |page_number| {
        let (clusters, total) =
            listed(&mut world, DescribeDbClusters::default().page_number(page_number).page_size(2));
        assert_eq!(total, 5);
        clusters.join(" ")
    };
    assert_eq!([page(1), page(2), page(3), page(4)], ["pc-1 pc-2", "pc-3 pc-4", "pc-5", ""]);
}
