use super::*;

/// P-141, P-301.
#[test]
fn the_single_node_of_the_highest_priority_is_promoted() {
    let mut world = with_readers(&[("a", 1), ("b", 9), ("c", 5)]);
    let step = world.fail_over(None).unwrap();
    assert_eq!((world.promoting(), world.db_status()), ("b".into(), "Switching".into()));
    assert_eq!(rules(&step), ["P-301", "P-141", "P-301"]);
    assert_eq!(effects(&step), ["promote_node"]);
    assert_eq!(world.writer(), "w", "the old writer stays until the promotion is reported");
}

/// P-140: whatever the priorities.
#[test]
fn a_named_target_is_promoted() {
    let mut world = with_readers(&[("a", 1), ("b", 9)]);
    let step = world.fail_over(Some("a")).unwrap();
    assert_eq!(world.promoting(), "a");
    assert_eq!(rules(&step), ["P-301", "P-140", "P-301"]);
}

/// P-142, P-131.
#[test]
fn several_nodes_of_the_highest_priority_are_offered() {
    let mut world = with_readers(&[("a", 9), ("b", 3), ("c", 9)]);
    let step = world.fail_over(None).unwrap();
    assert_eq!(world.offered(), ["a", "c"]);
    assert_eq!(rules(&step), ["P-301", "P-142", "P-301"]);
    assert_eq!(effects(&step), ["choose_node"]);
}

/// P-143.
#[test]
fn without_a_candidate_the_call_is_refused_and_nothing_begins() {
    let mut world = with_readers(&[("a", 1)]);
    down(&mut world, "a");
    assert_eq!(rule(world.fail_over(None)), "P-143");
    let mut alone = with_readers(&[]);
    assert_eq!(rule(alone.fail_over(None)), "P-143");
    assert_eq!(standing(&alone), ended("w", "Running"));
}

/// P-114.
#[test]
fn only_abnormal_replication_in_the_way_is_told_apart() {
    let mut world = with_readers(&[("a", 1), ("b", 1)]);
    down(&mut world, "b");
    world.node("a", NodeChange::Replicating(false));
    let refusal = world.fail_over(None).unwrap_err();
    assert_eq!(
        (refusal.rule().as_str(), refusal.wire().code.as_ref()),
        ("P-114", "UnsupportWitchUnhealthyReplication")
    );
    assert_eq!(rule(world.fail_over(Some("a"))), "P-114");
}

/// P-110, P-112, P-113.
#[test]
fn who_is_down_busy_or_of_another_kind_is_not_elected() {
    let mut world = seeded(|seed| {
        for (name, kind) in [
            ("x", NodeKind::ColumnStore),
            ("y", NodeKind::Ai),
            ("z", NodeKind::Standby),
            ("u", NodeKind::Ordinary),
        ] {
            seed.nodes.push(failover_model::polardb::DbNode { kind, ..kit::node(name, Role::Reader, 15) });
        }
        seed.nodes.last_mut().unwrap().busy = Some(message("Rebooting"));
        seed.nodes.push(failover_model::polardb::DbNode { up: false, ..kit::node("v", Role::Reader, 15) });
        seed.nodes[0].priority = priority(15);
    });
    world.fail_over(None).unwrap();
    assert_eq!(world.promoting(), "a");
    let eligible: Vec<String> = world.db().eligible().map(|(node, _)| node.to_string()).collect();
    assert_eq!(eligible, ["a", "b"]);
}

#[test]
fn a_hot_replica_has_no_better_chance() {
    let mut world = seeded(|seed| {
        seed.nodes[1].priority = priority(3);
        seed.nodes[1].hot_replica = true;
    });
    world.fail_over(None).unwrap();
    assert_eq!(world.offered(), ["a", "b"]);
}
