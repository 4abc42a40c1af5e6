use super::*;

/// P-160, P-121.
#[test]
fn a_promotion_that_succeeds_moves_the_writer() {
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    world.fail_over(None).unwrap();
    let step = world.later(11_000).promoted();
    assert_eq!(rules(&step), ["P-160", "P-160"]);
    assert_eq!(
        cluster_facts(&step)[0].1,
        ClusterFact::WriterMoved {
            from: id("w"),
            to: id("a"),
            attempts: 1,
            took: Span::from_millis(11_000),
            cause: Cause::Manual
        }
    );
    assert_eq!(standing(&world), ended("a", "Running"));
    let roles: Vec<Role> = world.db().nodes().iter().map(|node| node.role).collect();
    assert_eq!(roles, [Role::Reader, Role::Writer, Role::Reader]);
    assert_eq!(world.db().node(&id("a")).unwrap().priority, priority(5), "the priority belongs to the node");
    assert_eq!(world.db().last_switch(), Some(at(world.now)));
}

/// P-161: whatever the reason.
#[test]
fn a_promotion_that_fails_leads_to_the_next_node() {
    for &failure in Failure::ALL {
        let mut world = with_readers(&[("a", 5), ("b", 3), ("c", 1)]);
        world.fail_over(None).unwrap();
        let first = world.db_pending();
        let step = world.outcome(first, Outcome::Failed { failure, message: None }).unwrap();
        assert_eq!(rules(&step), ["P-161", "P-141"]);
        assert_eq!(
            cluster_facts(&step)[0].1,
            ClusterFact::AttemptFailed { node: id("a"), failure: Some(failure) }
        );
        assert_eq!(world.promoting(), "b");
        assert_eq!(world.outcome(first, Outcome::Succeeded), Err(Misuse::Stale(first)));
        world.promoted();
        assert_eq!(standing(&world), ended("b", "Running"));
    }
}

#[test]
fn the_whole_top_tier_is_tried_before_the_next_one() {
    let mut world = with_readers(&[("a", 9), ("b", 9), ("c", 1), ("d", 9)]);
    world.fail_over(None).unwrap();
    world.choose("b").unwrap();
    world.promotion_fails();
    assert_eq!(world.offered(), ["a", "d"]);
    world.choose("d").unwrap();
    world.promotion_fails();
    assert_eq!(world.promoting(), "a");
    world.promotion_fails();
    assert_eq!(world.promoting(), "c");
    world.promoted();
    assert_eq!(standing(&world), ended("c", "Running"));
}

/// P-170.
#[test]
fn when_all_have_failed_the_old_writer_stays() {
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    world.fail_over(None).unwrap();
    world.promotion_fails();
    let step = world.promotion_fails();
    assert_eq!(rules(&step), ["P-161", "P-170", "P-302"]);
    assert_eq!(cluster_facts(&step)[1].1, ClusterFact::Exhausted { attempts: 2 });
    assert_eq!(standing(&world), ended("w", "Running"));
    assert_eq!(world.db().last_switch(), None, "the writer did not move, so no window begins");
    world.fail_over(None).unwrap();
    assert_eq!(world.promoting(), "a", "a new failover has tried nobody");
}

#[test]
fn the_node_being_promoted_can_be_lost() {
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    world.fail_over(None).unwrap();
    let lost = world.db_pending();
    let step = down(&mut world, "a");
    assert_eq!(rules(&step), ["P-310", "P-161", "P-141"]);
    assert_eq!(cluster_facts(&step)[1].1, ClusterFact::AttemptFailed { node: id("a"), failure: None });
    assert_eq!(world.promoting(), "b");
    // It was tried: it does not come back within the round.
    up(&mut world, "a");
    assert_eq!(world.outcome(lost, Outcome::Succeeded), Err(Misuse::Stale(lost)));
    world.promotion_fails();
    assert_eq!(standing(&world), ended("w", "Running"));
}

/// P-161: whether a switch fails for abnormal replication is for the switch to report.
#[test]
fn replication_that_becomes_abnormal_ends_no_promotion() {
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    world.fail_over(None).unwrap();
    let promotion = world.db_pending();
    let step = world.node("a", NodeChange::Replicating(false));
    assert_eq!((rules(&step), world.db_pending()), (vec!["P-310"], promotion));
    world.promoted();
    assert_eq!(world.writer(), "a");
}

#[test]
fn what_happens_to_others_does_not_disturb_a_promotion() {
    let mut world = with_readers(&[("a", 5), ("b", 3)]);
    world.fail_over(None).unwrap();
    let promotion = world.db_pending();
    down(&mut world, "b");
    up(&mut world, "b");
    world.set_priority("b", 15);
    world.set_priority("a", 1);
    world.node("a", NodeChange::Replicating(false));
    assert_eq!(world.db_pending(), promotion);
    world.promoted();
    assert_eq!(world.writer(), "a");
}

#[test]
fn a_node_that_comes_up_during_a_failover_is_tried_in_its_turn() {
    let mut world = with_readers(&[("a", 5), ("b", 3), ("c", 9)]);
    down(&mut world, "c");
    world.fail_over(None).unwrap();
    up(&mut world, "c");
    world.promotion_fails();
    assert_eq!(world.promoting(), "c", "it has the highest priority of those left");
    world.promotion_fails();
    assert_eq!(world.promoting(), "b");
}

/// P-131, P-132, through the control plane: exactly the orders along which priorities never rise.
#[test]
fn exactly_the_permitted_orders_of_promotion_come_about() {
    fn explore(world: &World, so_far: &mut Vec<String>, all: &mut BTreeSet<Vec<String>>) {
        let Some((_, _, effect)) = world.db().outstanding() else {
            all.insert(so_far.clone());
            return;
        };
        match effect {
            ClusterEffect::ChooseNode(tier) => {
                for node in tier {
                    let mut world = world.clone();
                    world.choose(node.as_str()).unwrap();
                    explore(&world, so_far, all);
                }
            }
            ClusterEffect::PromoteNode(node) => {
                so_far.push(node.to_string());
                let mut world = world.clone();
                world.promotion_fails();
                explore(&world, so_far, all);
                so_far.pop();
            }
            ClusterEffect::Lifecycle(_) | ClusterEffect::Work(_) => unreachable!(),
        }
    }
    for vector in [[1, 1, 1, 1], [1, 2, 3, 4], [2, 2, 1, 1], [7, 15, 7, 15], [3, 1, 3, 3]] {
        let readers: Vec<(&str, u8)> = ["a", "b", "c", "d"].into_iter().zip(vector).collect();
        let mut world = with_readers(&readers);
        world.fail_over(None).unwrap();
        let mut all = BTreeSet::new();
        explore(&world, &mut Vec::new(), &mut all);
        let of = |name: &String| readers.iter().find(|(reader, _)| reader == name).unwrap().1;
        assert!(
            all.iter()
                .all(|order| order.len() == 4 && order.windows(2).all(|two| of(&two[0]) >= of(&two[1])))
        );
        let factorial = |n: usize| (1..=n).product::<usize>();
        let permitted: usize =
            (1..=15).map(|number| factorial(vector.iter().filter(|p| **p == number).count())).product();
        assert_eq!(all.len(), permitted, "{vector:?}");
    }
}
