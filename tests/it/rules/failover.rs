//! The failover of a cluster, row by row of the table in `src/polardb/failover.rs`, through the control plane.

#![allow(unused_must_use, reason = "a fixture's steps are not carried out by anybody")]

use std::collections::BTreeSet;
use std::num::NonZeroU8;
use std::sync::Arc;

use failover_model::control_plane::{EffectKind, FreshCluster};
use failover_model::polardb::{
    Cause, ClusterEffect, ClusterFact, ClusterSeed, ClusterStatus, CreateDbCluster, DeleteDbCluster, Edition,
    Engine, FailoverDbCluster, Failure, Lifecycle, ModifyDbNodeConfig, NodeChange, NodeKind, PayType,
    PolarDbReason, PolarDbRefusal, Role, TargetZoneType,
};
use failover_model::policy::ExplicitTargetFails;
use failover_model::{Fresh, Misuse, Observation, Outcome, Refusal, Report, Request, Span, Step};

use crate::kit::{
    self, CLUSTER, DESTINATION, OWNER, SOURCE, World, at, cluster_facts, effects, failover_request, id,
    message, priority, rule, rules, seed, with_readers,
};

const WINDOW: u64 = 600_000;

fn with_rounds(rounds: u8, readers: &[(&str, u8)]) -> World {
    let mut world = World::with(|policy| policy.polardb.rounds = NonZeroU8::new(rounds).unwrap());
    world.cluster(readers);
    world
}

fn electing(readers: &[(&str, u8)]) -> World {
    let mut world = World::with(|policy| policy.polardb.explicit_target_fails = ExplicitTargetFails::Elect);
    world.cluster(readers);
    world
}

/// A cluster as seeded, with changes.
fn seeded(change: impl FnOnce(&mut ClusterSeed)) -> World {
    let mut world = World::default();
    let mut seed = seed(&[("a", 5), ("b", 3)]);
    change(&mut seed);
    let _ = world.adopt(seed);
    world
}

fn down(world: &mut World, node: &str) -> Step {
    world.node(node, NodeChange::Up(false))
}

fn up(world: &mut World, node: &str) -> Step {
    world.node(node, NodeChange::Up(true))
}

/// How a failover ended: the writer, the status, and whether anything still runs.
fn standing(world: &World) -> (String, String, bool) {
    (world.writer(), world.db_status(), world.db().failover().is_some())
}

fn ended(writer: &str, status: &str) -> (String, String, bool) {
    (writer.into(), status.into(), false)
}

mod start {
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
            (refusal.rule().0, refusal.wire().code.as_ref()),
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
                seed.nodes
                    .push(failover_model::polardb::DbNode { kind, ..kit::node(name, Role::Reader, 15) });
            }
            seed.nodes.last_mut().unwrap().busy = Some(message("Rebooting"));
            seed.nodes
                .push(failover_model::polardb::DbNode { up: false, ..kit::node("v", Role::Reader, 15) });
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
}

mod choosing {
    use super::*;

    /// P-151.
    #[test]
    fn any_node_of_the_tier_can_be_chosen() {
        for chosen in ["a", "c"] {
            let mut world = with_readers(&[("a", 9), ("b", 3), ("c", 9)]);
            world.fail_over(None).unwrap();
            let step = world.choose(chosen).unwrap();
            assert_eq!((world.promoting().as_str(), rules(&step)), (chosen, vec!["P-151"]));
            world.promoted();
            assert_eq!(standing(&world), ended(chosen, "Running"));
        }
    }

    /// P-152.
    #[test]
    fn a_node_outside_the_tier_cannot_be_chosen() {
        let mut world = with_readers(&[("a", 9), ("b", 3), ("c", 9)]);
        world.fail_over(None).unwrap();
        let choice = world.db_pending();
        for outside in ["b", "w", "unknown"] {
            assert_eq!(world.choose(outside), Err(Misuse::NotOffered(choice)));
        }
        assert_eq!(world.db_pending(), choice);
    }

    #[test]
    fn a_choice_ends_by_a_choice_and_a_promotion_by_success_or_failure() {
        let mut world = with_readers(&[("a", 9), ("b", 9)]);
        world.fail_over(None).unwrap();
        let choice = world.db_pending();
        let failed = Outcome::Failed { failure: Failure::Other, message: None };
        assert_eq!(world.outcome(choice, Outcome::Succeeded), Err(Misuse::WrongOutcome(choice)));
        assert_eq!(world.outcome(choice, failed), Err(Misuse::WrongOutcome(choice)));
        world.choose("a").unwrap();
        let promotion = world.db_pending();
        assert_eq!(world.choose("a"), Err(Misuse::WrongOutcome(promotion)));
        assert_eq!(world.outcome(choice, Outcome::Chosen(id("a"))), Err(Misuse::Stale(choice)));
    }

    /// P-150, P-122.
    #[test]
    fn a_change_of_priority_makes_a_new_offer_and_the_old_choice_stale() {
        let mut world = with_readers(&[("a", 9), ("b", 3), ("c", 9)]);
        world.fail_over(None).unwrap();
        let old = world.db_pending();
        let step = world.later(1_000).set_priority("b", 9);
        assert_eq!(rules(&step), ["P-122", "P-150"]);
        assert_eq!(world.offered(), ["a", "b", "c"]);
        assert_ne!(world.db_pending(), old);
        assert_eq!(world.db().outstanding().unwrap().1, at(world.now), "the new offer has an age of its own");
        assert_eq!(world.outcome(old, Outcome::Chosen(id("a"))), Err(Misuse::Stale(old)));
        world.choose("b").unwrap();
    }

    #[test]
    fn a_change_of_priority_that_leaves_one_node_on_top_promotes_it() {
        let mut world = with_readers(&[("a", 9), ("b", 3), ("c", 9)]);
        world.fail_over(None).unwrap();
        let step = world.set_priority("b", 10);
        assert_eq!((world.promoting(), rules(&step)), ("b".into(), vec!["P-122", "P-150"]));
        let mut world = with_readers(&[("a", 9), ("b", 3), ("c", 9)]);
        world.fail_over(None).unwrap();
        world.set_priority("a", 8);
        assert_eq!(world.promoting(), "c");
    }

    #[test]
    fn the_same_nodes_at_another_priority_are_a_new_offer() {
        let mut world = with_readers(&[("a", 9), ("b", 3), ("c", 9)]);
        world.fail_over(None).unwrap();
        world.set_priority("a", 2);
        assert_eq!(world.promoting(), "c");
        let mut world = with_readers(&[("a", 9), ("b", 9), ("c", 4)]);
        world.fail_over(None).unwrap();
        let old = world.db_pending();
        down(&mut world, "c");
        assert_eq!(world.db_pending(), old, "the tier did not change");
    }

    /// P-310.
    #[test]
    fn a_node_that_goes_down_or_stops_replicating_leaves_the_offer() {
        for change in [NodeChange::Up(false), NodeChange::Replicating(false)] {
            let mut world = with_readers(&[("a", 9), ("b", 9), ("c", 9)]);
            world.fail_over(None).unwrap();
            let step = world.node("b", change);
            assert_eq!(rules(&step), ["P-310", "P-150"]);
            assert_eq!(world.offered(), ["a", "c"]);
            world.node("c", change);
            assert_eq!(world.promoting(), "a");
        }
    }

    #[test]
    fn a_node_that_comes_up_joins_the_offer_or_outranks_it() {
        let mut world = with_readers(&[("a", 9), ("b", 9), ("c", 9), ("d", 15)]);
        down(&mut world, "c");
        down(&mut world, "d");
        world.fail_over(None).unwrap();
        up(&mut world, "c");
        assert_eq!(world.offered(), ["a", "b", "c"]);
        up(&mut world, "d");
        assert_eq!(world.promoting(), "d");
    }

    #[test]
    fn when_all_of_the_tier_are_lost_the_next_tier_follows() {
        let mut world = with_readers(&[("a", 9), ("b", 9), ("c", 1)]);
        world.fail_over(None).unwrap();
        down(&mut world, "a");
        assert_eq!(world.promoting(), "b");
        down(&mut world, "b");
        assert_eq!(world.promoting(), "c");
    }

    #[test]
    fn a_lower_node_that_comes_or_goes_does_not_disturb_the_offer() {
        let mut world = with_readers(&[("a", 9), ("b", 9), ("c", 1)]);
        world.fail_over(None).unwrap();
        let choice = world.db_pending();
        down(&mut world, "c");
        up(&mut world, "c");
        world.set_priority("c", 8);
        assert_eq!(world.db_pending(), choice);
    }
}

mod switching {
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
        assert_eq!(
            world.db().node(&id("a")).unwrap().priority,
            priority(5),
            "the priority belongs to the node"
        );
        assert_eq!(world.db().last_switch(), Some(at(world.now)));
    }

    /// P-161: whatever the reason.
    #[test]
    fn a_promotion_that_fails_leads_to_the_next_node() {
        for failure in [Failure::Network, Failure::Replication, Failure::Other] {
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
}

mod explicit_targets {
    use super::*;

    /// P-162.
    #[test]
    fn a_named_target_that_fails_ends_the_failover() {
        let mut world = with_readers(&[("a", 5), ("b", 9)]);
        world.fail_over(Some("a")).unwrap();
        let step = world.promotion_fails();
        assert_eq!(rules(&step), ["P-161", "P-162", "P-302"]);
        assert_eq!(standing(&world), ended("w", "Running"));
        let mut world = with_readers(&[("a", 5), ("b", 9)]);
        world.fail_over(Some("a")).unwrap();
        down(&mut world, "a");
        assert_eq!(standing(&world), ended("w", "Running"));
    }

    #[test]
    fn by_policy_the_rest_are_tried_as_if_none_had_been_named() {
        let mut world = electing(&[("a", 5), ("b", 9), ("c", 9)]);
        world.fail_over(Some("a")).unwrap();
        let step = world.promotion_fails();
        assert_eq!(rules(&step), ["P-161", "P-142"]);
        assert_eq!(world.offered(), ["b", "c"]);
        world.choose("c").unwrap();
        world.promotion_fails();
        assert_eq!(world.promoting(), "b");
        world.promotion_fails();
        assert_eq!(standing(&world), ended("w", "Running"));
    }

    #[test]
    fn a_named_target_that_fails_ends_the_failover_in_every_round() {
        let mut world = with_rounds(3, &[("a", 5), ("b", 9)]);
        world.fail_over(Some("a")).unwrap();
        world.promotion_fails();
        assert_eq!(standing(&world), ended("w", "Running"));
    }
}

mod rounds {
    use super::*;

    #[test]
    fn with_two_rounds_each_node_is_tried_twice_in_order() {
        let mut world = with_rounds(2, &[("a", 5), ("b", 3)]);
        world.fail_over(None).unwrap();
        let mut order = Vec::new();
        while world.db().failover().is_some() {
            order.push(world.promoting());
            world.promotion_fails();
        }
        assert_eq!(order, ["a", "b", "a", "b"]);
        assert_eq!(standing(&world), ended("w", "Running"));
    }

    #[test]
    fn a_new_round_offers_the_whole_tier_again() {
        let mut world = with_rounds(2, &[("a", 5), ("b", 5)]);
        world.fail_over(None).unwrap();
        world.choose("a").unwrap();
        world.promotion_fails();
        assert_eq!(world.promoting(), "b");
        world.promotion_fails();
        assert_eq!(world.offered(), ["a", "b"]);
        assert_eq!(world.db().failover().unwrap().round, 2);
        assert_eq!(world.db().failover().unwrap().attempts, 2);
    }

    #[test]
    fn a_round_that_finds_nobody_is_not_begun() {
        let mut world = with_rounds(9, &[("a", 5)]);
        world.fail_over(None).unwrap();
        down(&mut world, "a");
        assert_eq!(standing(&world), ended("w", "Running"));
    }

    /// Readings that change while a failover runs judge nothing that stands.
    #[test]
    fn fewer_rounds_by_a_new_policy_leave_a_sound_state() {
        let mut world = with_rounds(3, &[("a", 5), ("b", 3)]);
        world.fail_over(None).unwrap();
        world.promotion_fails();
        world.promotion_fails();
        assert_eq!(world.db().failover().unwrap().round, 2);
        world.plane.set_policy(Default::default()).unwrap();
        assert_eq!(world.plane.check(), Ok(()));
        world.promotion_fails();
        assert_eq!(world.promoting(), "b", "the round that runs goes on");
        world.promotion_fails();
        assert_eq!(standing(&world), ended("w", "Running"));
    }
}

mod automatic {
    use super::*;

    /// P-180.
    #[test]
    fn a_writer_that_fails_begins_a_failover_by_election() {
        let mut world = with_readers(&[("a", 5), ("b", 9)]);
        let step = down(&mut world, "w");
        assert_eq!(rules(&step), ["P-310", "P-180", "P-141", "P-302"]);
        assert_eq!(
            cluster_facts(&step)[1].1,
            ClusterFact::FailoverBegan { cause: Cause::Automatic, requested: None }
        );
        assert_eq!((world.promoting(), world.db_status()), ("b".into(), "Switching".into()));
        world.promoted();
        assert_eq!(standing(&world), ended("b", "Running"));
        assert!(!world.db().node(&id("w")).unwrap().up, "the old writer is a reader that is down");
    }

    #[test]
    fn it_elects_on_every_engine() {
        for engine in [Engine::MySql, Engine::PostgreSql, Engine::Oracle] {
            let mut world = seeded(|seed| seed.engine = engine);
            down(&mut world, "w");
            assert_eq!(world.promoting(), "a", "{engine:?}");
        }
    }

    /// P-106 binds only callers.
    #[test]
    fn the_frequency_window_does_not_hold_it() {
        let mut world = with_readers(&[("a", 5), ("b", 3)]);
        world.fail_over(None).unwrap();
        world.promoted();
        assert_eq!(rule(world.fail_over(None)), "P-106");
        down(&mut world, "a");
        assert_eq!(world.promoting(), "b");
    }

    /// P-181, P-302.
    #[test]
    fn without_a_candidate_the_cluster_waits_and_the_next_eligible_node_begins_a_failover() {
        let mut world = with_readers(&[("a", 5)]);
        down(&mut world, "a");
        let step = down(&mut world, "w");
        assert_eq!(rules(&step), ["P-310", "P-181", "P-302"]);
        assert_eq!(standing(&world), ended("w", "Switching"));
        let step = up(&mut world, "a");
        assert_eq!(rules(&step), ["P-310", "P-180", "P-141"]);
        world.promoted();
        assert_eq!(standing(&world), ended("a", "Running"));
    }

    #[test]
    fn a_waiting_cluster_is_woken_by_a_healthy_replication_and_by_nothing_less() {
        let mut world = with_readers(&[("a", 5), ("b", 3)]);
        world.node("a", NodeChange::Replicating(false));
        down(&mut world, "a");
        down(&mut world, "b");
        down(&mut world, "w");
        up(&mut world, "a");
        assert!(world.db().failover().is_none(), "it is up, but does not replicate");
        world.set_priority("a", 9);
        assert!(world.db().failover().is_none());
        world.node("a", NodeChange::Replicating(true));
        assert_eq!(world.promoting(), "a");
    }

    #[test]
    fn a_writer_that_comes_back_ends_the_waiting() {
        let mut world = with_readers(&[("a", 5)]);
        down(&mut world, "a");
        down(&mut world, "w");
        let step = up(&mut world, "w");
        assert_eq!(rules(&step), ["P-310", "P-302"]);
        assert_eq!(standing(&world), ended("w", "Running"));
        up(&mut world, "a");
        assert!(world.db().failover().is_none());
    }

    #[test]
    fn all_failed_leaves_the_cluster_switching_and_a_manual_call_may_try_again() {
        let mut world = with_readers(&[("a", 5)]);
        down(&mut world, "w");
        let step = world.promotion_fails();
        assert_eq!(rules(&step), ["P-161", "P-170"]);
        assert_eq!(standing(&world), ended("w", "Switching"));
        // P-107.
        world.fail_over(None).unwrap();
        assert_eq!(world.promoting(), "a");
        world.promoted();
        assert_eq!(standing(&world), ended("a", "Running"));
    }

    /// P-181: only a node that becomes eligible begins another one.
    #[test]
    fn after_all_failed_a_node_that_falls_begins_nothing_and_one_that_comes_back_does() {
        let mut world = with_readers(&[("a", 5), ("b", 3)]);
        down(&mut world, "w");
        let _ = world.promotion_fails();
        let _ = world.promotion_fails();
        assert_eq!(standing(&world), ended("w", "Switching"));
        assert_eq!(rules(&down(&mut world, "b")), ["P-310"]);
        assert_eq!(standing(&world), ended("w", "Switching"));
        let step = world.node("b", NodeChange::Up(true));
        assert_eq!(rules(&step), ["P-310", "P-180", "P-141"]);
        assert_eq!(world.promoting(), "a");
    }

    #[test]
    fn a_tie_is_offered_in_an_automatic_failover_too() {
        let mut world = with_readers(&[("a", 5), ("b", 5)]);
        down(&mut world, "w");
        assert_eq!(world.offered(), ["a", "b"]);
        world.choose("b").unwrap();
        world.promoted();
        assert_eq!(world.writer(), "b");
    }

    /// P-182.
    #[test]
    fn a_writer_that_fails_during_a_manual_failover_makes_it_automatic() {
        let mut world = with_readers(&[("a", 5), ("b", 9)]);
        world.fail_over(Some("a")).unwrap();
        let promotion = world.db_pending();
        let step = down(&mut world, "w");
        assert_eq!(rules(&step), ["P-310", "P-182"]);
        assert_eq!(world.db_pending(), promotion, "what is under way goes on");
        world.promotion_fails();
        assert_eq!(world.promoting(), "b", "the named target binds no more");
        world.promotion_fails();
        assert_eq!(standing(&world), ended("w", "Switching"));
    }

    #[test]
    fn a_writer_that_comes_back_during_a_failover_does_not_stop_it() {
        let mut world = with_readers(&[("a", 5)]);
        down(&mut world, "w");
        up(&mut world, "w");
        assert_eq!((world.promoting(), world.db_status()), ("a".into(), "Switching".into()));
        world.promotion_fails();
        assert_eq!(standing(&world), ended("w", "Running"));
    }

    #[test]
    fn editions_that_do_not_fail_over_do_not_do_so_automatically_either() {
        for edition in Edition::ALL {
            let mut world = seeded(|seed| seed.edition = *edition);
            down(&mut world, "w");
            assert_eq!(world.db().failover().is_some(), edition.fails_over(), "{edition:?}");
            assert_eq!(world.db_status(), "Switching");
        }
    }

    /// The writer may be lost while the cluster is made or released; the failover is then made up for.
    #[test]
    fn a_writer_that_was_lost_before_the_cluster_ran_is_replaced_as_soon_as_it_runs() {
        let mut world = seeded(|seed| seed.status = ClusterStatus::Creating);
        down(&mut world, "w");
        assert!(world.db().failover().is_none());
        let step = world.promoted();
        assert!(rules(&step).contains(&"P-180"), "{:?}", rules(&step));
        assert_eq!((world.promoting(), world.db_status()), ("a".into(), "Switching".into()));

        let mut world = seeded(|_| ());
        world.call(SOURCE, DeleteDbCluster { cluster: id(CLUSTER) }).unwrap();
        down(&mut world, "w");
        world.promotion_fails();
        assert_eq!((world.promoting(), world.db_status()), ("a".into(), "Switching".into()));
    }

    #[test]
    fn a_busy_cluster_replaces_its_writer_too() {
        let mut world = with_readers(&[("a", 5)]);
        let busy = Observation::ClusterBusy { cluster: id(CLUSTER), status: Some(message("ClassChanging")) };
        world.observe(busy);
        down(&mut world, "w");
        assert_eq!((world.promoting(), world.db_status()), ("a".into(), "Switching".into()));
        world.promoted();
        assert_eq!(world.db_status(), "ClassChanging");
    }
}

mod ends {
    use super::*;

    fn removed() -> Observation {
        Observation::ClusterRemoved { cluster: id(CLUSTER) }
    }

    /// P-171, P-304.
    #[test]
    fn a_failover_ends_with_its_cluster() {
        let mut world = with_readers(&[("a", 5), ("b", 5)]);
        world.fail_over(None).unwrap();
        let choice = world.db_pending();
        let step = world.observe(removed());
        assert_eq!(rules(&step), ["P-171", "P-304"]);
        assert_eq!(world.plane.outstanding().count(), 0);
        assert_eq!(world.outcome(choice, Outcome::Chosen(id("a"))), Err(Misuse::Stale(choice)));
        assert_eq!(rule(world.fail_over(None)), "P-100");
        assert_eq!(world.report(Report::Observed(removed())), Err(Misuse::Unknown));
        let node = Observation::Node { node: id("a"), change: NodeChange::Up(false) };
        assert_eq!(world.report(Report::Observed(node)), Err(Misuse::Unknown));
    }

    #[test]
    fn a_cluster_without_a_failover_can_be_removed_too_and_its_ids_are_free() {
        for status in [ClusterStatus::Running, ClusterStatus::Creating, ClusterStatus::Deleting] {
            let mut world = seeded(|seed| seed.status = status.clone());
            assert_eq!(rules(&world.observe(removed())), ["P-304"]);
            world.cluster(&[("a", 1)]);
        }
    }

    /// P-106.
    #[test]
    fn the_frequency_window_ends_at_its_very_millisecond_and_counts_from_the_end_of_the_switch() {
        let mut world = with_readers(&[("a", 5), ("b", 3)]);
        world.fail_over(None).unwrap();
        world.later(30_000).promoted();
        world.later(WINDOW - 1);
        let refusal = world.fail_over(None).unwrap_err();
        let Refusal::PolarDb(PolarDbRefusal { why: PolarDbReason::TooFrequent { wait, .. }, .. }) = &refusal
        else {
            panic!("{refusal}")
        };
        assert_eq!((refusal.rule().0, *wait), ("P-106", Span::from_millis(1)));
        assert_eq!(rule(world.fail_over(Some("b"))), "P-106");
        world.later(1).fail_over(None).unwrap();
    }

    #[test]
    fn the_frequency_window_is_a_policy_and_zero_switches_it_off() {
        let mut world = World::with(|policy| policy.polardb.switch_window = Span::from_millis(0));
        world.cluster(&[("a", 5)]);
        world.fail_over(None).unwrap();
        world.promoted();
        world.fail_over(None).unwrap();
        assert_eq!(world.promoting(), "w");
    }

    #[test]
    fn an_automatic_switch_begins_the_window_for_callers() {
        let mut world = with_readers(&[("a", 5), ("b", 3)]);
        down(&mut world, "w");
        world.promoted();
        assert_eq!(rule(world.fail_over(None)), "P-106");
    }

    /// P-105, P-303.
    #[test]
    fn a_busy_cluster_does_not_fail_over() {
        let mut world = with_readers(&[("a", 5)]);
        world.fail_over(None).unwrap();
        assert_eq!(rule(world.fail_over(None)), "P-105");
        for status in [ClusterStatus::Creating, ClusterStatus::Deleting] {
            let mut world = seeded(|seed| seed.status = status.clone());
            assert_eq!(rule(world.fail_over(None)), "P-105", "{status}");
        }
        let mut world = with_readers(&[("a", 5)]);
        let busy = |status| Observation::ClusterBusy { cluster: id(CLUSTER), status };
        let step = world.observe(busy(Some(message("ClassChanging"))));
        assert_eq!(rules(&step), ["P-303"]);
        assert_eq!(world.db_status(), "ClassChanging");
        let refusal = world.fail_over(None).unwrap_err();
        assert_eq!((refusal.rule().0, refusal.wire().code.as_ref()), ("P-105", "HaStatusNotSupport"));
        assert!(world.observe(busy(Some(message("ClassChanging")))).is_empty());
        world.observe(busy(None));
        world.fail_over(None).unwrap();
    }
}

mod refusals {
    use super::*;

    /// P-102.
    #[test]
    fn postgresql_and_oracle_must_name_the_target() {
        for engine in [Engine::PostgreSql, Engine::Oracle] {
            let mut world = seeded(|seed| seed.engine = engine);
            assert_eq!(rule(world.fail_over(None)), "P-102");
            world.fail_over(Some("b")).unwrap();
            assert_eq!(world.promoting(), "b");
        }
    }

    #[test]
    fn a_named_target_on_postgresql_that_fails_is_followed_by_an_election_only_by_policy() {
        let mut world =
            World::with(|policy| policy.polardb.explicit_target_fails = ExplicitTargetFails::Elect);
        let mut seed = seed(&[("a", 5), ("b", 3)]);
        seed.engine = Engine::PostgreSql;
        let _ = world.adopt(seed);
        world.fail_over(Some("b")).unwrap();
        world.promotion_fails();
        assert_eq!(world.promoting(), "a");
    }

    /// P-101.
    #[test]
    fn only_cluster_and_standard_edition_fail_over() {
        for edition in Edition::ALL {
            let mut world = seeded(|seed| seed.edition = *edition);
            if matches!(edition, Edition::Normal | Edition::SeNormal) {
                world.fail_over(None).unwrap();
            } else {
                assert_eq!(rule(world.fail_over(None)), "P-101", "{edition:?}");
            }
        }
    }

    #[test]
    fn wrong_targets_are_refused() {
        let mut world = seeded(|seed| {
            for (name, kind) in [("x", NodeKind::ColumnStore), ("y", NodeKind::Ai), ("z", NodeKind::Standby)]
            {
                seed.nodes.push(failover_model::polardb::DbNode { kind, ..kit::node(name, Role::Reader, 1) });
            }
        });
        // P-103: unknown, and one of another cluster.
        let mut other = seed(&[]);
        other.id = id("pc-2");
        other.nodes = vec![kit::node("elsewhere", Role::Writer, 1)];
        let _ = world.adopt(other);
        assert_eq!(rule(world.fail_over(Some("unknown"))), "P-103");
        let refusal = world.fail_over(Some("elsewhere")).unwrap_err();
        assert_eq!((refusal.rule().0, refusal.wire().code.as_ref()), ("P-103", "InvalidDBNodeId.Malformed"));
        assert_eq!(rule(world.fail_over(Some("w"))), "P-104");
        for node in ["x", "y", "z"] {
            assert_eq!(rule(world.fail_over(Some(node))), "P-112");
        }
        world.node("a", NodeChange::Replicating(false));
        assert_eq!(rule(world.fail_over(Some("a"))), "P-114");
        down(&mut world, "a");
        assert_eq!(rule(world.fail_over(Some("a"))), "P-113");
        world.fail_over(Some("b")).unwrap();
    }

    /// P-113.
    #[test]
    fn a_target_that_is_busy_is_refused() {
        let mut world = seeded(|seed| seed.nodes[1].busy = Some(message("Rebooting")));
        assert_eq!(rule(world.fail_over(Some("a"))), "P-113");
    }

    /// P-108.
    #[test]
    fn there_is_no_hot_standby_storage_to_switch_to() {
        let mut world = with_readers(&[("a", 5)]);
        let request =
            FailoverDbCluster { target_zone_type: TargetZoneType::Standby, ..failover_request(None) };
        assert_eq!(rule(world.call(SOURCE, request)), "P-108");
        let request = FailoverDbCluster { roll_back_for_disaster: true, ..failover_request(None) };
        world.call(SOURCE, request).unwrap();
    }

    /// P-100.
    #[test]
    fn an_unknown_cluster_and_another_accounts_are_not_found_and_the_region_does_not_matter() {
        let mut world = with_readers(&[("a", 5)]);
        for request in [
            Request::from(failover_request(None)),
            DeleteDbCluster { cluster: id(CLUSTER) }.into(),
            ModifyDbNodeConfig { cluster: id(CLUSTER), node: id("a"), priority: priority(2) }.into(),
        ] {
            let output = world.apply("2002", SOURCE, None, request, Fresh::None).unwrap();
            assert_eq!(output.result.unwrap().unwrap_err().rule().0, "P-100");
        }
        let request = FailoverDbCluster { cluster: id("pc-9"), ..failover_request(None) };
        assert_eq!(rule(world.call(SOURCE, request)), "P-100");
        world.call(DESTINATION, failover_request(None)).unwrap();
    }

    /// Each fault is a change of a healthy world or of a good request; in the order of the checks. Any two at once give
    /// the earlier.
    #[test]
    fn a_call_that_is_wrong_in_two_ways_gets_the_earlier_refusal() {
        type Spoil = fn(&mut ClusterSeed, &mut FailoverDbCluster, &mut Vec<(&'static str, NodeChange)>);
        // Faults of one stage exclude each other; the stage is given first.
        let faults: [(u8, &str, Spoil); 13] = [
            (0, "P-100", |_, request, _| request.cluster = id("pc-9")),
            (1, "P-101", |seed, _, _| seed.edition = Edition::Archive),
            (2, "P-102", |seed, request, _| {
                seed.engine = Engine::Oracle;
                request.target = None;
            }),
            (2, "P-103", |_, request, _| request.target = Some(id("unknown"))),
            (2, "P-104", |_, request, _| request.target = Some(id("w"))),
            (2, "P-112", |_, request, _| request.target = Some(id("x"))),
            (3, "P-105", |seed, _, _| seed.status = ClusterStatus::Busy(message("ClassChanging"))),
            (4, "P-108", |_, request, _| request.target_zone_type = TargetZoneType::Standby),
            (5, "P-106", |_, _, _| ()),
            (6, "P-113", |_, request, changes| {
                request.target = Some(id("b"));
                changes.push(("b", NodeChange::Up(false)));
            }),
            (7, "P-114", |_, request, changes| {
                request.target = Some(id("b"));
                changes.push(("b", NodeChange::Replicating(false)));
            }),
            (8, "P-143", |_, request, changes| {
                request.target = None;
                changes.extend(["a", "b", "c", "w"].map(|node| (node, NodeChange::Up(false))));
            }),
            (8, "P-114", |_, request, changes| {
                request.target = None;
                changes.extend(["a", "b", "c"].map(|node| (node, NodeChange::Replicating(false))));
            }),
        ];
        let answer = |spoils: &[&(u8, &'static str, Spoil)]| {
            let mut seed = seed(&[("a", 5), ("b", 3), ("c", 1)]);
            seed.nodes.push(failover_model::polardb::DbNode {
                kind: NodeKind::ColumnStore,
                ..kit::node("x", Role::Reader, 1)
            });
            let mut request = failover_request(None);
            let mut changes = Vec::new();
            // The later first, so that the earlier has the last word on what they share.
            for (_, _, spoil) in spoils.iter().rev() {
                spoil(&mut seed, &mut request, &mut changes);
            }
            let too_frequent = spoils.iter().any(|(_, number, _)| *number == "P-106");
            let status = std::mem::replace(&mut seed.status, ClusterStatus::Running);
            let mut world = World::default();
            let (edition, engine) = (seed.edition, seed.engine);
            if too_frequent {
                // A switch must have taken place: there is no other way to have one behind.
                (seed.edition, seed.engine) = (Edition::Normal, Engine::MySql);
                let _ = world.adopt(seed.clone());
                world.fail_over(Some("c")).unwrap();
                world.promoted();
                // The writer is another node now: the request that named it names the new one.
                if request.target == Some(id("w")) {
                    request.target = Some(id("c"));
                }
                changes.retain(|(node, _)| *node != "w");
                changes.iter_mut().filter(|(node, _)| *node == "c").for_each(|(node, _)| *node = "w");
                if edition != Edition::Normal || engine != Engine::MySql {
                    return None;
                }
            } else {
                let _ = world.adopt(seed);
            }
            if let ClusterStatus::Busy(status) = status {
                world.observe(Observation::ClusterBusy { cluster: id(CLUSTER), status: Some(status) });
            }
            for (node, change) in changes {
                if node != world.writer() {
                    world.node(node, change);
                }
            }
            Some(rule(world.call(SOURCE, request)))
        };
        let mut pairs = 0;
        for (at, first) in faults.iter().enumerate() {
            if let Some(answered) = answer(&[first]) {
                assert_eq!(answered, first.1, "alone");
            }
            for second in &faults[at + 1..] {
                // A named target that cannot be and none named exclude each other; so do two faults of one stage.
                let shares_target = |fault: &(u8, &str, Spoil)| matches!(fault.0, 2 | 6 | 7 | 8);
                // An ordinary target is of the wrong kind for a switch to the standby nodes.
                let names_ordinary = first.0 == 4 && matches!(second.0, 6 | 7);
                if first.0 == second.0
                    || names_ordinary
                    || (shares_target(first)
                        && shares_target(second)
                        && first.0 >= 2
                        && !(first.0 == 6 && second.0 == 7))
                {
                    continue;
                }
                if let Some(answered) = answer(&[first, second]) {
                    assert_eq!(answered, first.1, "{} before {}", first.1, second.1);
                    pairs += 1;
                }
            }
        }
        assert!(pairs >= 40, "{pairs} pairs were compared");
    }
}

mod priorities {
    use super::*;

    /// P-122.
    #[test]
    fn a_priority_is_set_in_any_status_and_disturbs_nothing() {
        for status in [
            ClusterStatus::Running,
            ClusterStatus::Creating,
            ClusterStatus::Deleting,
            ClusterStatus::Busy(message("X")),
        ] {
            let mut world = seeded(|seed| seed.status = status.clone());
            let before = world.db().outstanding();
            assert_eq!(rules(&world.set_priority("b", 15)), ["P-122"]);
            assert_eq!(world.db().node(&id("b")).unwrap().priority, priority(15));
            assert_eq!((world.db_status(), world.db().outstanding()), (status.to_string(), before));
            assert!(world.set_priority("b", 15).is_empty(), "it has that priority already");
        }
    }

    #[test]
    fn a_priority_of_a_node_that_the_cluster_lacks_is_refused() {
        let mut world = with_readers(&[("a", 5)]);
        let request = ModifyDbNodeConfig { cluster: id(CLUSTER), node: id("b"), priority: priority(2) };
        let refusal = world.call(SOURCE, request).unwrap_err();
        assert_eq!((refusal.rule().0, refusal.wire().status), ("P-201", 404));
    }

    #[test]
    fn the_writers_own_priority_counts_only_once_it_is_a_reader() {
        let mut world = with_readers(&[("a", 5), ("b", 3)]);
        world.set_priority("w", 15);
        world.fail_over(None).unwrap();
        assert_eq!(world.promoting(), "a");
        world.promoted();
        world.later(WINDOW).fail_over(None).unwrap();
        assert_eq!(world.promoting(), "w");
    }
}

mod lifecycle {
    use super::*;

    fn create(edition: Edition, node_number: u8) -> CreateDbCluster {
        CreateDbCluster {
            engine: Engine::MySql,
            version: Arc::from("8.0"),
            edition,
            class: id("polar.mysql.x4.large"),
            node_number,
            pay_type: PayType::Postpaid,
            zone: None,
            description: None,
            resource_group: None,
            tags: Vec::new(),
            other: Vec::new(),
        }
    }

    fn fresh(nodes: &[&str]) -> Fresh {
        Fresh::Cluster(FreshCluster { cluster: id(CLUSTER), nodes: kit::ids(nodes), order: id("o-1") })
    }

    /// P-010, P-013, P-015, P-300, P-305.
    #[test]
    fn create_makes_one_writer_and_readers_of_priority_1_in_the_first_zone() {
        let mut world = World::default();
        let output = world
            .apply(OWNER, SOURCE, None, create(Edition::Normal, 3).into(), fresh(&["w", "a", "b"]))
            .unwrap();
        output.result.unwrap().unwrap();
        assert_eq!(rules(&output.step), ["P-010"]);
        let kind = ClusterEffect::Lifecycle(Lifecycle::Create);
        assert_eq!(output.step.effects[0].kind, EffectKind::Cluster { cluster: id(CLUSTER), effect: kind });
        let db = world.db();
        assert_eq!((db.status().to_string(), db.nodes().len()), ("Creating".into(), 3));
        for (at, node) in db.nodes().iter().enumerate() {
            assert_eq!(node.role, if at == 0 { Role::Writer } else { Role::Reader });
            assert_eq!((node.priority, node.zone.as_str()), (priority(1), "cn-shanghai-a"));
            assert_eq!(db.node_status(node), "Creating");
        }
        let step = world.promoted();
        assert_eq!(rules(&step), ["P-015"]);
        assert_eq!(standing(&world), ended("w", "Running"));
    }

    /// P-016.
    #[test]
    fn a_cluster_whose_creation_fails_is_gone() {
        let mut world = World::default();
        world
            .apply(OWNER, SOURCE, None, create(Edition::Normal, 1).into(), fresh(&["w"]))
            .unwrap()
            .result
            .unwrap()
            .unwrap();
        let step = world.promotion_fails();
        assert_eq!(rules(&step), ["P-016"]);
        assert!(world.plane.cluster(&id(CLUSTER)).is_none());
        world.cluster(&[("a", 1)]);
    }

    /// P-011.
    #[test]
    fn the_number_of_nodes_belongs_to_the_edition() {
        for (edition, most) in [
            (Edition::Normal, 16),
            (Edition::Archive, 16),
            (Edition::NormalMultimaster, 16),
            (Edition::SeNormal, 8),
            (Edition::Basic, 1),
        ] {
            for number in [0, 1, most, most + 1, u8::MAX] {
                let mut world = World::default();
                let names: Vec<String> = (0..number).map(|at| format!("n-{at}")).collect();
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let output =
                    world.apply(OWNER, SOURCE, None, create(edition, number).into(), fresh(&names)).unwrap();
                let accepted = (1..=most).contains(&number);
                assert_eq!(output.result.unwrap().is_ok(), accepted, "{edition:?} {number}");
            }
            assert!(edition.node_numbers().0.contains(&edition.node_numbers().1));
        }
    }

    /// P-012.
    #[test]
    fn a_version_belongs_to_its_engine() {
        for engine in [Engine::MySql, Engine::PostgreSql, Engine::Oracle] {
            for version in ["5.6", "5.7", "8.0", "11", "14", "15", "9", ""] {
                let request =
                    CreateDbCluster { engine, version: Arc::from(version), ..create(Edition::Normal, 1) };
                let output =
                    World::default().apply(OWNER, SOURCE, None, request.into(), fresh(&["w"])).unwrap();
                match output.result.unwrap() {
                    Ok(_) => assert!(engine.versions().contains(&version)),
                    Err(refusal) => {
                        assert!(!engine.versions().contains(&version));
                        assert_eq!(refusal.rule().0, "P-012");
                    }
                }
            }
        }
    }

    #[test]
    fn fresh_ids_must_be_as_many_as_the_nodes_distinct_and_unused() {
        let mut world = with_readers(&[("a", 1)]);
        let mut attempt = |cluster: &str, nodes: &[&str]| {
            let fresh = FreshCluster { cluster: id(cluster), nodes: kit::ids(nodes), order: id("o-1") };
            world
                .apply(OWNER, SOURCE, None, create(Edition::Normal, 2).into(), Fresh::Cluster(fresh))
                .map(|_| ())
        };
        assert_eq!(attempt(CLUSTER, &["x", "y"]), Err(Misuse::BadFreshId));
        assert_eq!(attempt("pc-2", &["x"]), Err(Misuse::BadFreshId));
        assert_eq!(attempt("pc-2", &["x", "y", "z"]), Err(Misuse::BadFreshId));
        assert_eq!(attempt("pc-2", &["x", "x"]), Err(Misuse::BadFreshId));
        assert_eq!(attempt("pc-2", &["x", "a"]), Err(Misuse::BadFreshId));
        assert_eq!(attempt("pc-2", &["x", "y"]), Ok(()));
    }

    /// P-023, P-024.
    #[test]
    fn a_running_cluster_is_released() {
        let mut world = with_readers(&[("a", 5)]);
        let step = world.call(SOURCE, DeleteDbCluster { cluster: id(CLUSTER) }).unwrap();
        assert_eq!((rules(&step), effects(&step)), (vec!["P-023"], vec!["delete_cluster"]));
        assert_eq!(world.db_status(), "Deleting");
        let step = world.promoted();
        assert_eq!(rules(&step), ["P-024"]);
        assert!(world.plane.cluster(&id(CLUSTER)).is_none());
    }

    /// P-025.
    #[test]
    fn a_release_that_fails_returns_to_the_status_before() {
        let mut world = with_readers(&[("a", 5)]);
        world.call(SOURCE, DeleteDbCluster { cluster: id(CLUSTER) }).unwrap();
        let step = world.promotion_fails();
        assert_eq!(rules(&step), ["P-025"]);
        assert_eq!(world.db_status(), "Running");
        world.fail_over(None).unwrap();
    }

    /// P-020, P-021, P-022: what will not pass comes before what may.
    #[test]
    fn subscriptions_locked_clusters_and_busy_ones_are_not_released_in_this_order() {
        let delete = |change: &dyn Fn(&mut ClusterSeed)| {
            let mut world = seeded(|seed| change(seed));
            rule(world.call(SOURCE, DeleteDbCluster { cluster: id(CLUSTER) }))
        };
        let prepaid = |seed: &mut ClusterSeed| seed.pay_type = PayType::Prepaid;
        let locked = |seed: &mut ClusterSeed| seed.deletion_lock = true;
        let busy = |seed: &mut ClusterSeed| seed.status = ClusterStatus::Busy(message("ClassChanging"));
        assert_eq!(delete(&prepaid), "P-022");
        assert_eq!(delete(&locked), "P-021");
        assert_eq!(delete(&busy), "P-020");
        assert_eq!(
            delete(&|seed| {
                prepaid(seed);
                locked(seed);
                busy(seed);
            }),
            "P-022"
        );
        assert_eq!(
            delete(&|seed| {
                locked(seed);
                busy(seed);
            }),
            "P-021"
        );
    }

    #[test]
    fn a_cluster_that_fails_over_or_has_lost_its_writer_is_not_released() {
        let mut world = with_readers(&[("a", 5)]);
        world.fail_over(None).unwrap();
        assert_eq!(rule(world.call(SOURCE, DeleteDbCluster { cluster: id(CLUSTER) })), "P-020");
        let mut world = with_readers(&[]);
        down(&mut world, "w");
        assert_eq!(rule(world.call(SOURCE, DeleteDbCluster { cluster: id(CLUSTER) })), "P-020");
    }

    /// P-305.
    #[test]
    fn node_statuses_follow_the_failover_and_the_nodes_own_state() {
        let mut world = seeded(|seed| {
            seed.nodes.push(kit::node("c", Role::Reader, 1));
            seed.nodes.last_mut().unwrap().busy = Some(message("ClassChanging"));
        });
        down(&mut world, "b");
        let shown = |world: &World| -> Vec<String> {
            world.db().nodes().iter().map(|node| world.db().node_status(node).to_string()).collect()
        };
        assert_eq!(shown(&world), ["Running", "Running", "Rebooting", "ClassChanging"]);
        world.fail_over(None).unwrap();
        assert_eq!(shown(&world), ["Switching", "Switching", "Rebooting", "ClassChanging"]);
        world.promoted();
        assert_eq!(shown(&world), ["Running", "Running", "Rebooting", "ClassChanging"]);
    }
}

mod adopting {
    use super::*;
    use failover_model::control_plane::{NotAdopted, Violation};

    #[test]
    fn a_cluster_is_adopted_only_with_exactly_one_writer_of_an_ordinary_kind() {
        let spoils: [fn(&mut ClusterSeed); 4] = [
            |seed| seed.nodes.clear(),
            |seed| seed.nodes[0].role = Role::Reader,
            |seed| seed.nodes[1].role = Role::Writer,
            |seed| seed.nodes[0].kind = NodeKind::ColumnStore,
        ];
        for spoil in spoils {
            let mut world = World::default();
            let mut seed = seed(&[("a", 1)]);
            spoil(&mut seed);
            let before = world.plane.clone();
            world.now = 0;
            let taken = world.plane.adopt_cluster(at(world.now), &id(OWNER), seed);
            let broken = taken.unwrap_err();
            assert!(
                matches!(broken, NotAdopted::Violation(Violation::Writers(_) | Violation::WriterKind(_))),
                "{broken}"
            );
            assert_eq!(world.plane, before);
        }
    }

    #[test]
    fn nothing_that_is_adopted_was_made_later_than_now() {
        let later = at(kit::START + 5);
        let world = seeded(|seed| (seed.created_at, seed.nodes[1].created_at) = (later, later));
        let made =
            [world.db().created_at(), world.db().nodes()[1].created_at, world.db().nodes()[0].created_at];
        assert_eq!(made, [at(kit::START), at(kit::START), at(0)]);
    }

    #[test]
    fn a_cluster_can_be_adopted_in_every_status() {
        for (status, pending) in [
            (ClusterStatus::Creating, 1),
            (ClusterStatus::Running, 0),
            (ClusterStatus::Deleting, 1),
            (ClusterStatus::Busy(message("ClassChanging")), 0),
        ] {
            let mut world = World::default();
            let step = world.adopt(ClusterSeed { status: status.clone(), ..seed(&[("a", 1)]) });
            assert_eq!((world.db().status(), step.effects.len()), (status, pending));
        }
        // Which node it was switching to is not known.
        let world = seeded(|seed| seed.status = ClusterStatus::Switching);
        assert_eq!(world.db_status(), "Running");
    }
}
