use super::*;

/// P-223.
#[test]
fn a_removed_node_goes_when_that_is_reported() {
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    ordered(&mut world, drop_nodes(&["a"])).unwrap();
    assert_eq!((world.db_status().as_str(), eligible(&world)), ("DBNodeDeleting", vec!["b".to_string()]));
    work_ends(&mut world, true);
    assert!(world.db().node(&id("a")).is_none() && world.plane.cluster_of(&id("a")).is_none());
    assert_eq!(world.db_status(), "Running");
    // The last reader stays.
    assert_eq!(
        refusal(ordered(&mut world, drop_nodes(&["b"]))),
        is("P-222", 400, "InvalidDBNodeNum.Malformed")
    );
}

/// P-203.
#[test]
fn a_removal_that_fails_leaves_the_node_as_it_was() {
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    ordered(&mut world, drop_nodes(&["a"])).unwrap();
    work_ends(&mut world, false);
    assert_eq!(eligible(&world), ["a", "b"]);
}

/// P-221, P-220, P-201, P-222.
#[test]
fn the_writer_strangers_and_too_many_are_not_removed() {
    let mut world = with_readers(&[("a", 5), ("b", 3), ("c", 1)]);
    let mut refused = |names: &[&str]| refusal(ordered(&mut world, drop_nodes(names)));
    assert_eq!(refused(&["w"]), is("P-221", 403, "OperationDenied.DBNodeRole"));
    assert_eq!(refused(&["x"]), is("P-201", 400, "InvalidDBNode.Malformed"));
    assert_eq!(refused(&["a", "a"]), is("P-220", 400, "InvalidDBNode.Malformed"));
    assert_eq!(refused(&["a", "b", "c"]), is("P-222", 400, "InvalidDBNodeNum.Malformed"));
    assert_eq!(refused(&[]), is("P-211", 400, "InvalidDBNodeNum.Malformed"));
    let ai = drop_nodes(&["a"]).kind(NodeKind::Ai);
    assert_eq!(refusal(ordered(&mut world, ai)), is("P-220", 400, "InvalidDBNode.Malformed"));
    ordered(&mut world, drop_nodes(&["a", "b"])).unwrap();
}

/// P-212.
#[test]
fn only_mysql_removes_several_at_once() {
    let mut world = World::default();
    world.adopt(ClusterSeed { engine: Engine::PostgreSql, ..seed(&[("a", 5), ("b", 3), ("c", 1)]) });
    let several = refusal(ordered(&mut world, drop_nodes(&["a", "b"])));
    assert_eq!(several, is("P-212", 400, "InvalidDBNodeNum.Malformed"));
    ordered(&mut world, drop_nodes(&["a"])).unwrap();
}

/// P-222: what is no ordinary node does not count.
#[test]
fn a_column_store_node_may_go_from_beside_the_last_reader() {
    let mut world = seeded(|seed| seed.nodes[2].kind = NodeKind::ColumnStore);
    assert_eq!(refusal(ordered(&mut world, drop_nodes(&["a"]))).0, "P-222");
    ordered(&mut world, drop_nodes(&["b"])).unwrap();
}
