use super::*;

/// P-253, P-254.
#[test]
fn the_first_hot_replica_restarts_every_node_and_later_ones_none() {
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    ordered(&mut world, hot("a", true)).unwrap();
    assert_eq!((world.db_status().as_str(), eligible(&world).len()), ("RoleSwitching", 0));
    let writer = world.db().writer().unwrap();
    assert_eq!(world.db().node_status(writer), "Rebooting");
    assert!(down(&mut world, &["w", "a"]).effects.is_empty(), "they restart");
    assert_eq!(world.db_status(), "RoleSwitching", "and the writer is not lost");
    work_ends(&mut world, true);
    assert!(world.db().node(&id("a")).unwrap().hot_replica);
    assert_eq!((world.db_status().as_str(), eligible(&world).len()), ("Running", 2));
    for (node, on) in [("b", true), ("a", false), ("b", false), ("a", true)] {
        ordered(&mut world, hot(node, on)).unwrap();
        assert_eq!(eligible(&world).len(), 2, "nobody restarts");
        work_ends(&mut world, true);
    }
}

/// P-203, P-253: what failed was not the first.
#[test]
fn a_hot_replica_that_fails_is_none_and_the_next_one_restarts_every_node_again() {
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    for _ in 0..2 {
        ordered(&mut world, hot("a", true)).unwrap();
        assert_eq!(eligible(&world).len(), 0, "all restart");
        work_ends(&mut world, false);
        assert!(!world.db().node(&id("a")).unwrap().hot_replica);
        assert_eq!(eligible(&world), ["a", "b"]);
    }
}

/// P-250, P-251, P-252, P-201.
#[test]
fn a_hot_replica_is_an_ordinary_reader_of_the_writers_class_on_mysql() {
    let mut world = seeded(|seed| seed.engine = Engine::PostgreSql);
    let engine = refusal(ordered(&mut world, hot("a", true)));
    assert_eq!(engine, is("P-250", 400, "InvalidDBType.Malformed"));
    let mut world = seeded(|seed| {
        seed.nodes[1].class = id(MEDIUM);
        seed.nodes[2].kind = NodeKind::ColumnStore;
    });
    let mut refused = |node| refusal(ordered(&mut world, hot(node, true)));
    assert_eq!(refused("x"), is("P-201", 404, "InvalidDBNodeId.NotFound"));
    assert_eq!(refused("w"), is("P-251", 400, "InvalidDBNodeId.Malformed"));
    assert_eq!(refused("b"), is("P-251", 400, "InvalidDBNodeId.Malformed"));
    assert_eq!(refused("a"), is("P-252", 404, "InvalidDBInstanceClass.NotFound"));
}
