//! The endpoints, and who is behind them.

use super::*;

fn endpoints(world: &mut World) -> EndpointList {
    let request = DescribeDbClusterEndpoints::new(id(CLUSTER));
    match world.ask(request) {
        Ok(Response::Endpoints(list)) => list,
        other => panic!("{other:?}"),
    }
}

/// P-500.
#[test]
fn a_cluster_has_a_cluster_endpoint_with_all_that_serve_and_a_primary_endpoint_with_the_writer() {
    let mut cluster = seed(&[("a", 1), ("b", 1)]);
    for (name, kind) in [("imci", NodeKind::ColumnStore), ("ai", NodeKind::Ai), ("spare", NodeKind::Standby)]
    {
        cluster.nodes.push(failover_model::polardb::DbNode { kind, ..node(name, Role::Reader, 1) });
    }
    let mut world = World::default();
    let _ = world.adopt(cluster);
    let list = endpoints(&mut world);
    assert_eq!(list.cluster.as_str(), CLUSTER);
    let [all, primary] = list.endpoints.as_slice() else { panic!("{list:?}") };
    assert_eq!((all.kind, names(all)), (EndpointKind::Cluster, vec!["w", "a", "b", "imci"]));
    assert_eq!((primary.kind, names(primary)), (EndpointKind::Primary, vec!["w"]));
    assert_ne!((&all.id, &all.connection_string), (&primary.id, &primary.connection_string));
}

/// P-501, P-502: the writer moves, and nothing else.
#[test]
fn the_primary_endpoint_follows_the_writer_and_no_address_changes() {
    let mut world = World::default();
    world.cluster(&[("a", 5), ("b", 3)]);
    let before = endpoints(&mut world);
    let _ = world.fail_over(None).unwrap();
    assert_eq!(endpoints(&mut world), before, "until the writer has moved");
    let _ = world.promoted();
    let after = endpoints(&mut world);
    assert_eq!(names(&after.endpoints[1]), ["a"]);
    assert_eq!(names(&after.endpoints[0]), ["w", "a", "b"]);
    for (was, is) in before.endpoints.iter().zip(&after.endpoints) {
        assert_eq!((&was.id, &was.connection_string, was.port), (&is.id, &is.connection_string, is.port));
    }
}

/// P-503.
#[test]
fn an_endpoint_is_found_by_its_id_and_an_unknown_one_leaves_the_list_empty() {
    let mut world = World::default();
    world.cluster(&[("a", 5)]);
    let all = endpoints(&mut world);
    let mut by_id = |endpoint: &str| {
        let endpoint = Some(endpoint.to_owned());
        match world.ask(with!(DescribeDbClusterEndpoints::new(id(CLUSTER)), endpoint = endpoint)) {
            Ok(Response::Endpoints(list)) => list.endpoints,
            other => panic!("{other:?}"),
        }
    };
    for endpoint in &all.endpoints {
        assert_eq!(by_id(&endpoint.id), std::slice::from_ref(endpoint));
    }
    assert_eq!(by_id("pe-unknown"), []);
}

/// P-504.
#[test]
fn for_postgresql_and_oracle_endpoints_say_who_writes_and_number_the_readers() {
    for (engine, version, port) in [(Engine::PostgreSql, "14", 5432), (Engine::Oracle, "11", 1521)] {
        let mut world = World::default();
        let cluster = ClusterSeed { engine, version: version.into(), ..seed(&[("a", 1), ("b", 1)]) };
        let _ = world.adopt(cluster);
        let roles = |world: &mut World| {
            let list = endpoints(world);
            assert!(list.endpoints.iter().all(|endpoint| endpoint.port == port));
            list.endpoints
                .iter()
                .map(|endpoint| endpoint.roles.as_ref().unwrap().join(","))
                .collect::<Vec<_>>()
        };
        assert_eq!(roles(&mut world), ["Writer,Reader1,Reader2", "Writer"]);
        let _ = world.fail_over(Some("b")).unwrap();
        let _ = world.promoted();
        assert_eq!(roles(&mut world), ["Reader1,Reader2,Writer", "Writer"]);
    }
    let mut world = World::default();
    world.cluster(&[("a", 1)]);
    assert!(
        endpoints(&mut world).endpoints.iter().all(|endpoint| endpoint.roles.is_none()),
        "MySQL does not"
    );
}

#[test]
fn endpoints_on_the_wire() {
    let mut world = World::default();
    let cluster = ClusterSeed { engine: Engine::PostgreSql, version: "14".into(), ..seed(&[("a", 1)]) };
    let _ = world.adopt(cluster);
    let response = Response::Endpoints(endpoints(&mut world));
    let item = |kind: &str, nodes: &str, roles: &str, add: &str, end: &str, host: &str| {
        json!({
            "DBClusterId": CLUSTER, "DBEndpointId": format!("pe-1{end}"), "EndpointType": kind,
            "ReadWriteMode": "ReadWrite", "Nodes": nodes, "NodeWithRoles": roles, "AutoAddNewNodes": add,
            "AddressItems": [{"NetType": "Private", "Port": "5432",
                "ConnectionString": format!("pc-1.{host}.cn-shanghai.rds.aliyuncs.com")}],
        })
    };
    let expected = json!({"RequestId": "R", "Items": [
        item("Cluster", "w,a", "Writer,Reader1", "Enable", "c", "rwlb"),
        item("Primary", "w", "Writer", "Disable", "p", "pg.polardb"),
    ]});
    assert_eq!(as_json(Operation::DescribeDbClusterEndpoints, &response), expected);
}
