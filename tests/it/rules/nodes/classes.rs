use super::*;

/// P-234, P-230.
#[test]
fn a_change_of_class_shows_and_keeps_its_nodes_out_of_the_election() {
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    ordered(&mut world, class_of(&[("a", MEDIUM)])).unwrap();
    assert_eq!((world.db_status().as_str(), eligible(&world)), ("ClassChanging", vec!["b".to_string()]));
    work_ends(&mut world, true);
    assert_eq!(world.db().node(&id("a")).unwrap().class.as_str(), MEDIUM);
    assert_eq!(eligible(&world), ["a", "b"]);
    ordered(&mut world, class(MEDIUM)).unwrap();
    assert_eq!(world.db().work().unwrap().effect.nodes().len(), 3);
    work_ends(&mut world, false);
    assert_eq!(world.db().node(&id("b")).unwrap().class.as_str(), LARGE);
}

/// P-231: one reader keeps the class of the primary, whichever of the two changes.
#[test]
fn one_reader_keeps_the_class_of_the_writer() {
    let denied = || is("P-231", 403, "OperationDenied.RoEqualSpec");
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    let both = class_of(&[("a", MEDIUM), ("b", MEDIUM)]);
    assert_eq!(refusal(ordered(&mut world, both)), denied());
    assert_eq!(refusal(ordered(&mut world, class_of(&[("w", MEDIUM)]))), denied());
    ordered(&mut world, class_of(&[("w", MEDIUM), ("b", MEDIUM)])).unwrap();
    // A cluster of one node has no reader to keep.
    let mut world = with_readers(&[]);
    ordered(&mut world, class(MEDIUM)).unwrap();
}

/// P-232, P-233.
#[test]
fn hot_replicas_follow_the_writer_and_ai_nodes_go_their_own_way() {
    let mut world = seeded(|seed| {
        seed.nodes[1].hot_replica = true;
        seed.nodes[2].kind = NodeKind::Ordinary;
    });
    let apart = ordered(&mut world, class_of(&[("a", MEDIUM)]));
    assert_eq!(refusal(apart), is("P-232", 404, "InvalidDBInstanceClass.NotFound"));
    let ai = class(MEDIUM).ai_nodes(true);
    assert_eq!(refusal(ordered(&mut world, ai.clone())).0, "P-601");
    let mut world = seeded(|seed| seed.nodes[2].kind = NodeKind::Ai);
    ordered(&mut world, ai).unwrap();
    assert_eq!(world.db().work().unwrap().effect.nodes(), [&id("b")]);
}

/// P-201, P-211.
#[test]
fn the_nodes_are_known_and_few() {
    let mut world = with_readers(&[("a", 5)]);
    assert_eq!(refusal(ordered(&mut world, class_of(&[("x", MEDIUM)]))).0, "P-201");
    assert_eq!(refusal(ordered(&mut world, class_of(&[]))).0, "P-211");
}
