//! The operations of edge clusters.

use failover_model::polardb::{
    ClusterSeed, DescribeDbClusterEndpoints, DescribeDbClusterEndpointsZonal, DescribeDbClusters,
    DescribeDbClustersZonal, RestartDbNodeZonal, Role, ZonalClusterPage,
};
use failover_model::{Fresh, Request, Response};

use super::cursor;
use crate::kit::{self, CLUSTER, OWNER, SOURCE, World, id, node, rule, seed, with_readers};

fn restart(name: &str) -> RestartDbNodeZonal {
    RestartDbNodeZonal::new(id(CLUSTER), id(name))
}

/// P-115: the restart is that of any cluster, but a token guards it and the cluster is named.
#[test]
fn the_zonal_restart_is_a_restart_with_a_token() {
    let mut world = with_readers(&[("a", 5)]);
    let ask = |world: &mut World, request: RestartDbNodeZonal| {
        world.apply(OWNER, SOURCE, Some("t"), request.into(), Fresh::None).unwrap()
    };
    let first = ask(&mut world, restart("a"));
    assert_eq!((first.rule.unwrap().as_str(), world.db_status().as_str()), ("P-242", "Rebooting"));
    assert!(ask(&mut world, restart("a")).replayed);
    let other = ask(&mut world, restart("w")).result.unwrap().unwrap_err().wire();
    assert_eq!((other.status, &*other.code), (400, "IdempotentParameterMismatch"));
}

/// P-201, P-100, P-202.
#[test]
fn the_zonal_restart_names_a_node_of_its_cluster() {
    let mut world = with_readers(&[("a", 5)]);
    let mut other = seed(&[]);
    (other.id, other.nodes) = (id("pc-2"), vec![node("x", Role::Writer, 1)]);
    let _ = world.adopt(other);
    for unknown in ["x", "y"] {
        let refusal = world.call(SOURCE, restart(unknown)).unwrap_err();
        let wire = refusal.wire();
        assert_eq!(
            (refusal.rule().as_str(), wire.status, &*wire.code),
            ("P-201", 400, "InvalidDBNodeId.Malformed")
        );
    }
    let nowhere = RestartDbNodeZonal::new(id("pc-3"), id("a"));
    assert_eq!(rule(world.call(SOURCE, nowhere)), "P-100");
    let _ = world.call(SOURCE, restart("a")).unwrap();
    assert_eq!(rule(world.call(SOURCE, restart("w"))), "P-202");
}

/// P-115.
#[test]
fn the_zonal_endpoints_are_those_of_any_cluster() {
    let mut world = with_readers(&[("a", 5)]);
    let request = DescribeDbClusterEndpoints::new(id(CLUSTER));
    let mut told = |request: Request| world.apply(OWNER, SOURCE, None, request, Fresh::None).unwrap().result;
    let zonal = told(DescribeDbClusterEndpointsZonal(request.clone()).into());
    assert!(matches!(zonal, Some(Ok(Response::Endpoints(_)))));
    assert_eq!(zonal, told(request.into()));
}

fn clusters(count: usize) -> World {
    let mut world = World::default();
    for number in 1..=count {
        let nodes = vec![node(&format!("x-{number}"), Role::Writer, 1)];
        let _ = world.adopt(ClusterSeed { id: id(&format!("pc-{number}")), nodes, ..seed(&[]) });
    }
    world
}

fn page(world: &mut World, request: DescribeDbClustersZonal) -> ZonalClusterPage {
    let output = world.apply(OWNER, SOURCE, None, request.into(), Fresh::None).unwrap();
    let Some(Ok(Response::ZonalClusterPage(page))) = output.result else { panic!("no page") };
    assert_eq!(page.total, world.plane.clusters().count());
    page
}

fn ids(page: &ZonalClusterPage) -> Vec<&str> {
    page.clusters.iter().map(|cluster| cluster.id().as_str()).collect()
}

/// P-116: whoever follows the token comes to the end, in whichever style it began.
#[test]
fn a_reader_by_token_sees_every_cluster_once() {
    for (count, first) in [(0, None), (10, None), (35, None), (35, Some(7)), (11, Some(11)), (12, Some(11))] {
        let mut world = clusters(count);
        let mut request = with!(DescribeDbClustersZonal::default(), max_results = first);
        let (mut seen, mut pages) = (Vec::new(), 0);
        loop {
            let page = page(&mut world, request.clone());
            assert!(page.clusters.len() <= page.max_results as usize);
            seen.extend(ids(&page).into_iter().map(String::from));
            pages += 1;
            match page.next {
                Some(next) => request.after = Some(next),
                None => break,
            }
        }
        assert_eq!(seen, (1..=count).map(|number| format!("pc-{number}")).collect::<Vec<_>>());
        // Thirty by number, then ten by token.
        let expected = match (count, first) {
            (35, None) => 2,
            (35, Some(7)) => 5,
            (12, _) => 2,
            _ => 1,
        };
        assert_eq!(pages, expected, "{count} {first:?}");
    }
}

/// P-116: by number as in the other list, and with the token that goes on from there.
#[test]
fn a_reader_by_number_gets_the_next_token_too() {
    let mut world = clusters(5);
    let numbered = |page_number| {
        DescribeDbClustersZonal::default()
            .filter(DescribeDbClusters::default().page_number(page_number).page_size(2))
    };
    let second = page(&mut world, numbered(2));
    assert_eq!(
        (ids(&second), second.next.map(|it| it.at), second.max_results),
        (vec!["pc-3", "pc-4"], Some(4), 2)
    );
    let last = page(&mut world, numbered(3));
    assert_eq!((ids(&last), last.next), (vec!["pc-5"], None));
    let beyond = page(&mut world, numbered(9));
    assert_eq!((ids(&beyond).len(), beyond.next), (0, None));
    // A token counts more than a number.
    let after = Some(cursor(numbered(3), 1));
    let both = with!(numbered(3).max_results(1), after = after);
    assert_eq!(ids(&page(&mut world, both)), ["pc-2"]);
    let filter = DescribeDbClusters::default().clusters(vec![id("pc-4")]);
    let output = kit::World::apply(
        &mut world,
        OWNER,
        SOURCE,
        None,
        DescribeDbClustersZonal::default().filter(filter).into(),
        Fresh::None,
    );
    let Some(Ok(Response::ZonalClusterPage(one))) = output.unwrap().result else { panic!("no page") };
    assert_eq!((ids(&one), one.total), (vec!["pc-4"], 1));
}
