//! The failover of a cluster, row by row of the table in `src/polardb/election/transitions.rs`, through the control plane.

#![allow(unused_must_use, reason = "a fixture's steps are not carried out by anybody")]

mod adopting;
mod automatic;
mod choosing;
mod component;
mod ends;
mod late_sight;
mod lifecycle;
mod next_round;
mod refusals;
mod rounds;
mod start;
mod switching;

use std::collections::BTreeSet;
use std::num::NonZeroU8;
use std::sync::Arc;

use failover_model::polardb::{
    Cause, ClusterEffect, ClusterFact, ClusterSeed, ClusterStatus, DeleteDbCluster, Edition, Engine,
    FailoverDbCluster, Failure, Lifecycle, ModifyDbNodeConfig, NodeChange, NodeKind, PayType, PolarDbReason,
    PolarDbRefusal, Role, TargetZoneType,
};
use failover_model::policy::ExplicitTargetFails;
use failover_model::{EffectKind, FreshCluster};
use failover_model::{Fresh, Misuse, Observation, Outcome, Refusal, Report, Request, Span, Step};

use crate::kit::{
    self, CLUSTER, DESTINATION, OWNER, SOURCE, World, at, cluster_facts, create_cluster, effects,
    failover_request, id, message, priority, rule, rules, seed, with_readers,
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
        let request = ModifyDbNodeConfig::new(id(CLUSTER), id("b"), priority(2));
        let refusal = world.call(SOURCE, request).unwrap_err();
        assert_eq!((refusal.rule().as_str(), refusal.wire().status), ("P-201", 404));
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
