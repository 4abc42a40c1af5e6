use super::*;

/// P-242, P-244.
#[test]
fn a_reader_restarts_and_is_not_elected_meanwhile() {
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    world.call(SOURCE, restart("a")).unwrap();
    assert_eq!((world.db_status().as_str(), eligible(&world)), ("Rebooting", vec!["b".to_string()]));
    world.node("a", NodeChange::Up(false));
    work_ends(&mut world, true);
    assert_eq!(eligible(&world), ["a", "b"], "it runs again though nobody observed it");
}

/// P-243: nobody takes over while the writer restarts, however it looks from outside.
#[test]
fn a_writer_that_restarts_is_waited_for() {
    let mut world = with_readers(&[("a", 5)]);
    world.call(SOURCE, restart("w")).unwrap();
    let step = down(&mut world, &["w"]);
    assert!(step.effects.is_empty());
    assert_eq!(world.db_status(), "Rebooting");
    work_ends(&mut world, true);
    assert_eq!((world.writer().as_str(), world.db_status().as_str()), ("w", "Running"));
}

/// P-244.
#[test]
fn a_writer_that_fails_to_restart_is_replaced() {
    let mut world = with_readers(&[("a", 5)]);
    world.call(SOURCE, restart("w")).unwrap();
    work_ends(&mut world, false);
    assert_eq!(world.promoting(), "a");
    world.promoted();
    assert_eq!((world.writer().as_str(), eligible(&world).len()), ("a", 0));
}

/// P-302: with nobody to replace it, the cluster is without a writer once the restart has failed.
#[test]
fn a_lone_writer_that_fails_to_restart_leaves_the_cluster_switching() {
    let mut world = with_readers(&[]);
    world.call(SOURCE, restart("w")).unwrap();
    let step = work_ends(&mut world, false);
    assert_eq!((world.db_status().as_str(), kit::rules(&step).pop()), ("Switching", Some("P-302")));
}

/// P-240, P-202.
#[test]
fn only_a_known_node_of_a_running_cluster_restarts() {
    let mut world = with_readers(&[("a", 5)]);
    let unknown = refusal(world.call(SOURCE, restart("x")));
    assert_eq!(unknown, is("P-240", 400, "InvalidDBNodeId.Malformed"));
    let foreign = world.apply("2002", SOURCE, None, restart("a").into(), Fresh::None).unwrap();
    assert_eq!(rule(foreign.result.unwrap()), "P-240");
    world.call(SOURCE, restart("a")).unwrap();
    assert_eq!(rule(world.call(SOURCE, restart("w"))), "P-202");
}
