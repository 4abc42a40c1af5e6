use super::*;

/// P-213.
#[test]
fn a_new_node_is_listed_at_once_and_can_be_elected_once_it_is_made() {
    let mut world = with_readers(&[("a", 5)]);
    let step = add(&mut world, create(1)).unwrap();
    assert_eq!(step.effects[0].kind.name(), "create_nodes");
    assert_eq!(world.db_status(), "DBNodeCreating");
    let node = world.db().node(&id("n-0")).unwrap();
    assert_eq!((world.db().node_status(node), node.priority.get()), ("DBNodeCreating", 1));
    assert_eq!(eligible(&world), ["a"]);
    work_ends(&mut world, true);
    assert_eq!(world.db_status(), "Running");
    assert_eq!(eligible(&world), ["a", "n-0"]);
    assert_eq!(world.plane.cluster_of(&id("n-0")).unwrap().id().as_str(), CLUSTER);
}

/// P-203.
#[test]
fn nodes_whose_creation_fails_are_gone_and_their_ids_are_free() {
    let mut world = with_readers(&[("a", 5)]);
    add(&mut world, create(2)).unwrap();
    work_ends(&mut world, false);
    assert_eq!((world.db().nodes().len(), world.db_status().as_str()), (2, "Running"));
    assert!(world.plane.cluster_of(&id("n-1")).is_none());
    add(&mut world, create(2)).unwrap();
}

/// P-108, P-214: only nodes of the standby cluster, made elsewhere than the primary zone, make a standby zone.
#[test]
fn the_first_standby_nodes_elsewhere_make_their_zone_the_standby_one() {
    let made = |kind, zone: &str, succeeded| {
        let mut world = seeded(|seed| seed.nodes[1].zone = id("cn-shanghai-b"));
        let nodes = vec![new_node(Some(LARGE), Some(zone))];
        add(&mut world, with!(create(1).kind(kind), nodes = nodes)).unwrap();
        work_ends(&mut world, succeeded);
        world.db().standby_zone().map(ToString::to_string)
    };
    assert_eq!(made(NodeKind::Standby, "cn-shanghai-b", true).as_deref(), Some("cn-shanghai-b"));
    assert_eq!(made(NodeKind::Standby, "cn-shanghai-b", false), None);
    assert_eq!(made(NodeKind::Standby, "cn-shanghai-a", true), None, "the primary zone");
    assert_eq!(made(NodeKind::Ordinary, "cn-shanghai-b", true), None);
}

/// P-214.
#[test]
fn a_standby_node_goes_to_the_standby_zone_unless_told_otherwise() {
    let mut world = two_zones();
    add(&mut world, create(1).kind(NodeKind::Standby)).unwrap();
    assert_eq!(zone_of(&world, "n-0"), "cn-shanghai-b");
    work_ends(&mut world, true);
    let ordinary = with!(create(1), nodes = vec![new_node(Some(LARGE), None)]);
    let fresh = Fresh::Nodes(FreshNodes { nodes: ids(&["n-9"]), order: id("o-8") });
    drop(world.apply(OWNER, SOURCE, None, ordinary.into(), fresh).unwrap().result.unwrap().unwrap());
    assert_eq!(zone_of(&world, "n-9"), "cn-shanghai-a");
}

/// P-210, P-211, P-212: fifteen in one call, sixteen in all.
#[test]
fn the_number_of_nodes_is_bounded() {
    let number = |rule| is(rule, 400, "InvalidDBNodeNum.Malformed");
    assert_eq!(refusal(add(&mut with_readers(&[("a", 1)]), create(0))), number("P-211"));
    assert_eq!(refusal(add(&mut with_readers(&[("a", 1)]), create(16))), number("P-211"));
    assert_eq!(refusal(add(&mut with_readers(&[("a", 1)]), create(15))), number("P-210"));
    let mut world = with_readers(&[("a", 1)]);
    add(&mut world, create(14)).unwrap();
    work_ends(&mut world, true);
    let mut one = create(1);
    one.nodes.truncate(1);
    assert_eq!(refusal(add(&mut world, one)), number("P-210"));
    let mut world = seeded(|seed| seed.engine = Engine::PostgreSql);
    assert_eq!(refusal(add(&mut world, create(2))), number("P-212"));
    add(&mut world, create(1)).unwrap();
}

/// P-214.
#[test]
fn a_new_node_is_like_those_there_are() {
    let nodes = |node| with!(create(1), nodes = vec![node]);
    let malformed = || is("P-214", 400, "InvalidDBNode.Malformed");
    let mut world = with_readers(&[("a", 5)]);
    assert_eq!(refusal(add(&mut world, nodes(new_node(None, None)))), malformed());
    assert_eq!(refusal(add(&mut world, nodes(new_node(Some(MEDIUM), None)))), malformed());
    let elsewhere = refusal(add(&mut world, nodes(new_node(Some(LARGE), Some("cn-shanghai-x")))));
    assert_eq!(elsewhere, is("P-601", 400, "InvalidZoneId.Malformed"));
    add(&mut world, nodes(new_node(None, Some("cn-shanghai-a")))).unwrap();
    let mut world = seeded(|seed| seed.engine = Engine::Oracle);
    assert_eq!(refusal(add(&mut world, nodes(new_node(None, Some("cn-shanghai-a"))))), malformed());
}

/// P-215, P-112.
#[test]
fn a_column_store_node_needs_mysql_and_a_reader_and_is_never_elected() {
    let column = || create(1).kind(NodeKind::ColumnStore);
    let code = || is("P-601", 400, "InvalidImciSwitch.Malformed");
    assert_eq!(refusal(add(&mut with_readers(&[]), column())), code());
    let mut world = seeded(|seed| seed.engine = Engine::PostgreSql);
    assert_eq!(refusal(add(&mut world, column())), code());
    let mut world = with_readers(&[("a", 1)]);
    add(&mut world, column()).unwrap();
    work_ends(&mut world, true);
    assert_eq!(eligible(&world), ["a"]);
    assert_eq!(rule(world.fail_over(Some("n-0"))), "P-112");
}

/// P-101, P-202, P-100.
#[test]
fn the_edition_the_status_and_the_owner_are_looked_at() {
    let mut world = seeded(|seed| seed.edition = Edition::Archive);
    assert_eq!(refusal(add(&mut world, create(1))), is("P-101", 403, "OperationDenied.ClusterCategory"));
    let mut world = with_readers(&[("a", 1)]);
    add(&mut world, create(1)).unwrap();
    let busy = is("P-202", 403, "OperationDenied.DBClusterStatus");
    assert_eq!(refusal(ordered(&mut world, drop_nodes(&["a"]))).0, "P-202");
    assert_eq!(refusal(ordered(&mut world, class(MEDIUM))), busy);
    assert_eq!(rule(world.fail_over(None)), "P-105");
    let unknown = with!(create(1), cluster = id("pc-x"));
    assert_eq!(refusal(add(&mut world, unknown)), is("P-100", 404, "InvalidDBClusterId.NotFound"));
}
