//! What holds of every call whatever it asks: the token before the resource, the clock, fresh ids, effects, readings.

#![allow(unused_must_use, reason = "a fixture's steps are not carried out by anybody")]

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::{NonZeroU64, NonZeroUsize};

use failover_model::control_plane::{Fact, FreshNodes, Output};
use failover_model::ebs::{
    DeleteDiskReplicaPair, DescribeDiskReplicaPairs, DiskChange, FailoverDiskReplicaGroup,
    FailoverDiskReplicaPair, GroupStatus, PairCreated, PairStatus as S, StartDiskReplicaPair, StartPairDrill,
    StopDiskReplicaPair,
};
use failover_model::polardb::{
    CreateDbNodes, DeleteDbCluster, FailoverDbClusterZonal, ModifyDbNodeClass, ModifyDbNodeConfig,
    ModifyDbNodeHotReplicaMode, ModifyDbNodesClass, ModifyType, NewNode, NodeKind, NodeTarget,
};
use failover_model::policy::{
    PairFailover, RejectionPolicy, StartWhileReplicating, TokenAlphabet, TokenScope,
};
use failover_model::token::{Lifetime, Overflow};
use failover_model::{
    AccountId, Call, ControlPlane, DeadlineReason, EffectId, Fresh, Misuse, Observation, Operation, OrderId,
    Outcome, Policy, Refusal, Report, Request, Response,
};
use proptest::prelude::*;

use crate::kit::{
    self, CLUSTER, DESTINATION, OWNER, SOURCE, START, World, at, at_status, create_request, failover_request,
    id, pair_id, priority,
};

fn failover(pair: u32) -> Request {
    FailoverDiskReplicaPair { pair: pair_id(pair) }.into()
}

fn stop(pair: u32) -> Request {
    StopDiskReplicaPair { pair: pair_id(pair) }.into()
}

fn fresh(pair: u32) -> Fresh {
    Fresh::Pair(PairCreated { pair: pair_id(pair), order: id("o-1") })
}

/// The owner's call under a token, in the destination's region.
#[track_caller]
fn under(world: &mut World, token: &str, request: Request) -> Output {
    world.apply(OWNER, DESTINATION, Some(token), request, Fresh::None).unwrap()
}

fn refusal(output: Output) -> &'static str {
    output.result.unwrap().unwrap_err().rule().0
}

fn accepted(output: &Output) -> bool {
    matches!(output.result, Some(Ok(_)))
}

mod tokens {
    use super::*;

    /// C-020: the late retry of a failover that worked does not meet the status that it brought about.
    #[test]
    fn the_token_is_looked_at_before_the_resource() {
        let mut world = at_status(S::Normal);
        assert!(accepted(&under(&mut world, "t", failover(1))));
        world.pair_succeeds(1);
        world
            .call(
                DESTINATION,
                failover_model::ebs::ReprotectDiskReplicaPair { pair: pair_id(1), reverse_replicate: true },
            )
            .unwrap();
        world.pair_succeeds(1);
        // By now the call belongs to the other region, and the pair could even be gone.
        let again = under(&mut world, "t", failover(1));
        assert!(again.replayed && accepted(&again));
        assert_eq!(kit::rule(world.failover(DESTINATION)), "E-621");
        assert_eq!(world.status(1), S::Stopped);
    }

    /// C-023.
    #[test]
    fn a_token_is_settled_by_the_acceptance_and_not_by_the_completion() {
        let mut world = at_status(S::Normal);
        let first = under(&mut world, "t", failover(1));
        let effect = first.step.effects[0].id;
        assert!(under(&mut world, "t", failover(1)).replayed);
        world.fail(effect);
        assert_eq!(world.status(1), S::FailoverFailed);
        let again = under(&mut world, "t", failover(1));
        assert!(again.replayed && again.step.is_empty());
        assert_eq!(world.status(1), S::FailoverFailed, "a replay is no retry");
        assert!(!under(&mut world, "another", failover(1)).replayed);
    }

    /// C-021.
    #[test]
    fn a_token_holds_for_one_account_region_product_and_operation() {
        let mut world = at_status(S::Normal);
        world.cluster(&[("a", 1)]);
        assert!(accepted(&under(&mut world, "t", stop(1))));
        // Another operation, product, region, account: each its own token.
        assert!(!under(&mut world, "t", failover(1)).replayed);
        let elsewhere = world.apply(OWNER, SOURCE, Some("t"), failover(1), Fresh::None).unwrap();
        assert_eq!(refusal(elsewhere), "E-621");
        let cluster = under(&mut world, "t", failover_request(None).into());
        assert!(!cluster.replayed && accepted(&cluster));
        let another = world.apply("2002", DESTINATION, Some("t"), stop(1), Fresh::None).unwrap();
        assert_eq!(refusal(another), "E-610");
        // And all of them are remembered side by side.
        for request in [stop(1), failover(1), failover_request(None).into()] {
            assert!(under(&mut world, "t", request).replayed);
        }
    }

    #[test]
    fn by_policy_a_token_holds_for_the_whole_product() {
        let mut world = World::with(|policy| policy.tokens.scope = TokenScope::Product);
        world.bring_to(S::Normal);
        world.cluster(&[("a", 1)]);
        assert!(accepted(&under(&mut world, "t", stop(1))));
        assert_eq!(refusal(under(&mut world, "t", failover(1))), "T-090");
        assert!(accepted(&under(&mut world, "t", failover_request(None).into())));
    }

    /// T-090, before anything about the resource.
    #[test]
    fn another_request_under_a_used_token_is_a_mismatch() {
        let mut world = at_status(S::Normal);
        assert!(accepted(&under(&mut world, "t", failover(1))));
        assert_eq!(refusal(under(&mut world, "t", failover(99))), "T-090");
        let mut world = at_status(S::Created);
        let start = |one_shot| Request::from(StartDiskReplicaPair { pair: pair_id(1), one_shot });
        assert!(accepted(&under(&mut world, "t", start(false))));
        assert_eq!(refusal(under(&mut world, "t", start(true))), "T-090");
    }

    /// C-022.
    #[test]
    fn a_refused_call_releases_its_token() {
        let mut world = at_status(S::Failingover);
        let request = || -> Request {
            failover_model::ebs::ReprotectDiskReplicaPair { pair: pair_id(1), reverse_replicate: true }.into()
        };
        assert_eq!(refusal(under(&mut world, "t", request())), "E-232");
        world.pair_succeeds(1);
        let retried = under(&mut world, "t", request());
        assert!(accepted(&retried) && !retried.replayed);
    }

    #[test]
    fn by_policy_a_refusal_is_remembered() {
        let mut world = World::with(|policy| policy.tokens.rejections = RejectionPolicy::Sticky);
        world.bring_to(S::Failingover);
        let request: Request =
            failover_model::ebs::ReprotectDiskReplicaPair { pair: pair_id(1), reverse_replicate: true }
                .into();
        let call = |world: &mut World| {
            let token = failover_model::ClientToken::parse("t").unwrap();
            let call = failover_model::Call {
                now: at(world.now),
                account: id(OWNER),
                region: id(DESTINATION),
                token,
            };
            world.plane.call_any(&call, &request, &Fresh::None).unwrap()
        };
        let first = call(&mut world);
        assert!(!first.replayed);
        world.pair_succeeds(1);
        let second = call(&mut world);
        assert!(second.replayed);
        assert_eq!(first.result, second.result);
        world.later(86_400_000);
        assert!(accepted(&call(&mut world)), "until the token expires");
    }

    /// C-010.
    #[test]
    fn a_token_of_a_narrower_alphabet_is_refused_before_anything_else() {
        let mut world = World::with(|policy| policy.tokens.alphabet = TokenAlphabet::Graphic);
        for token in ["a b", "tab\t", "\u{7f}"] {
            assert_eq!(refusal(under(&mut world, token, failover(9))), "E-601");
            assert_eq!(refusal(under(&mut world, token, failover_request(None).into())), "P-601");
            assert_eq!(refusal(under(&mut World::default(), token, failover(9))), "E-610");
        }
        assert_eq!(refusal(under(&mut world, "a-b", failover(9))), "E-610");
    }

    /// C-024.
    #[test]
    fn an_operation_without_a_client_token_ignores_one() {
        let mut world = World::with(|policy| policy.tokens.alphabet = TokenAlphabet::Graphic);
        world.cluster(&[("a", 1)]);
        let modify =
            |number| ModifyDbNodeConfig { cluster: id(CLUSTER), node: id("a"), priority: priority(number) };
        for number in [3, 3, 4] {
            let output = under(&mut world, "a b", modify(number).into());
            assert!(accepted(&output) && !output.replayed);
        }
        assert!(accepted(&under(&mut world, "t", DeleteDbCluster { cluster: id(CLUSTER) }.into())));
        assert_eq!(refusal(under(&mut world, "t", DeleteDbCluster { cluster: id(CLUSTER) }.into())), "P-020");
        assert!(world.plane.tokens().is_empty());
        let without: Vec<&str> = Operation::ALL
            .iter()
            .filter(|operation| !operation.takes_token())
            .map(|op| op.as_str())
            .collect();
        assert_eq!(
            without,
            [
                "DescribeDiskReplicaPairs",
                "DescribeDiskReplicaPairProgress",
                "ListTagResources",
                "DescribeDiskReplicaGroups",
                "ClearPairDrill",
                "DescribePairDrills",
                "ClearReplicaGroupDrill",
                "DescribeReplicaGroupDrills",
                "DeleteDBCluster",
                "ModifyDBNodeConfig",
                "RestartDBNode",
                "ModifyDBNodeHotReplicaMode",
                "ModifyDBClusterPrimaryZone",
                "ModifyDBClusterDeletion",
                "DescribeDBClusters",
                "DescribeDBClusterAttribute",
                "DescribeDBClusterEndpoints",
                "DescribeHALogs"
            ]
        );
    }

    #[test]
    fn a_replayed_create_answers_with_the_first_ids_and_uses_no_new_ones() {
        let mut world = World::default();
        let call = |world: &mut World, number| {
            world.apply(OWNER, SOURCE, Some("t"), create_request(1).into(), fresh(number))
        };
        let first = call(&mut world, 1).unwrap();
        for number in [2, 1] {
            let again = call(&mut world, number).unwrap();
            assert!(again.replayed);
            assert_eq!(again.result, first.result);
        }
        assert!(
            matches!(first.result, Some(Ok(Response::PairCreated(created))) if created.pair == pair_id(1))
        );
        assert_eq!(world.plane.pairs().count(), 1);
    }

    /// T-080 for the calls on nodes: the nodes and the order are the first ones.
    #[test]
    fn a_replayed_call_on_nodes_answers_with_the_first_ids() {
        let mut world = World::default();
        world.cluster(&[("a", 1)]);
        let create = CreateDbNodes {
            cluster: id(CLUSTER),
            nodes: vec![NewNode { class: Some(id("polar.mysql.x4.large")), zone: None }],
            kind: NodeKind::Ordinary,
            other: Vec::new(),
        };
        let class = ModifyDbNodeClass {
            cluster: id(CLUSTER),
            modify_type: ModifyType::Upgrade,
            class: id("polar.mysql.x8.large"),
            ai_nodes: false,
            other: Vec::new(),
        };
        for request in [Request::from(create), class.into()] {
            let fresh = |number| {
                let order = id(&format!("o-{number}"));
                match request {
                    Request::CreateDbNodes(_) => {
                        Fresh::Nodes(FreshNodes { nodes: vec![id(&format!("n-{number}"))], order })
                    }
                    _ => Fresh::Order(order),
                }
            };
            let first = world.apply(OWNER, SOURCE, Some("t"), request.clone(), fresh(1)).unwrap();
            assert!(accepted(&first) && !first.replayed, "{first:?}");
            let work = world.db().outstanding_work().expect("the call asked for work").0;
            world.succeed(work);
            let again = world.apply(OWNER, SOURCE, Some("t"), request.clone(), fresh(2)).unwrap();
            assert!(again.replayed);
            assert_eq!(again.result, first.result);
        }
        assert_eq!(world.db().nodes().len(), 3, "no node was made twice");
    }

    /// A file that was damaged may say that a stop answered what only a creation answers.
    #[test]
    fn a_token_that_remembers_the_answer_of_another_operation_is_a_mismatch() {
        let mut world = at_status(S::Normal);
        assert!(accepted(&under(&mut world, "t", stop(1))));
        let mut snapshot = serde_json::to_value(world.plane.snapshot()).unwrap();
        let outcome = snapshot.pointer_mut("/tokens/tenants/0/completed/0/outcome").unwrap();
        assert_eq!(*outcome, "accepted");
        *outcome = serde_json::json!({ "pair_created": { "pair": "pair-1", "order": "o-1" } });
        world.plane = ControlPlane::restore(serde_json::from_value(snapshot).unwrap()).unwrap();
        assert_eq!(refusal(under(&mut world, "t", stop(1))), "T-090");
    }

    #[test]
    fn a_misused_call_leaves_its_token_free() {
        let mut world = World::default();
        world.create(1);
        let misuse = world.apply(OWNER, SOURCE, Some("t"), create_request(2).into(), fresh(1));
        assert_eq!(misuse.unwrap_err(), Misuse::BadFreshId);
        let output = world.apply(OWNER, SOURCE, Some("t"), create_request(2).into(), fresh(2)).unwrap();
        assert!(accepted(&output) && !output.replayed);
    }

    /// T-140, T-180, T-190 as the calls see them.
    #[test]
    fn tokens_expire_fill_up_and_are_evicted_as_the_policy_says() {
        let bounded = |overflow| {
            let mut world = World::with(|policy| {
                policy.tokens.capacity = NonZeroUsize::new(2).unwrap();
                policy.tokens.lifetime = Lifetime::For(NonZeroU64::new(1_000).unwrap());
                policy.tokens.overflow = overflow;
            });
            world.bring_to(S::Normal);
            world.later(10).failover(DESTINATION).unwrap();
            world
        };
        let mut world = bounded(Overflow::Refuse);
        assert!(accepted(&under(&mut world, "a", failover(1))));
        assert!(accepted(&under(&mut world, "b", failover(1))));
        assert_eq!(refusal(under(&mut world, "c", failover(1))), "T-180");
        assert_eq!(refusal(under(&mut world, "c", failover(99))), "T-180", "before the resource");
        world.later(999);
        assert!(under(&mut world, "a", failover(1)).replayed);
        world.later(1);
        let late = under(&mut world, "a", failover(1));
        assert!(accepted(&late) && !late.replayed);

        let mut world = bounded(Overflow::EvictOldestCompleted);
        for token in ["a", "b"] {
            under(&mut world, token, failover(1));
        }
        let third = under(&mut world, "c", failover(1));
        assert_eq!(kit::rules(&third.step), ["T-190"]);
        assert!(matches!(third.step.events[0].fact, Fact::TokenEvicted { horizon } if horizon > 0));
        assert!(under(&mut world, "b", failover(1)).replayed);
        assert!(!under(&mut world, "a", failover(1)).replayed);
    }
}

mod clock {
    use super::*;

    /// C-030.
    #[test]
    fn the_clock_never_goes_back() {
        let mut world = at_status(S::Created);
        let seen = world.plane.clock();
        world.now = 5;
        world.start(SOURCE, false).unwrap();
        assert_eq!(world.plane.clock(), seen);
        assert_eq!(world.pair(1).pending().unwrap().since, seen, "an earlier time counts as the time seen");
        world.pair_succeeds(1);
        assert_eq!(world.pair(1).last_recover_point(), Some(seen));
        assert!(world.plane.advance(at(0)).is_empty());
        assert_eq!(world.plane.clock(), seen);
    }

    #[test]
    fn a_refused_call_and_a_misused_report_move_the_clock_and_nothing_else() {
        let mut world = World::default();
        let empty = world.plane.clone();
        world.later(77);
        kit::rule(world.failover(SOURCE));
        assert_eq!(world.plane.clock(), at(START + 77));
        world.later(1).outcome(EffectId(1), Outcome::Succeeded).unwrap_err();
        assert_eq!(world.plane.clock(), at(START + 78));
        let mut expected = empty;
        expected.advance(at(START + 78));
        assert_eq!(world.plane, expected);
    }

    #[test]
    fn time_may_come_to_its_end() {
        let mut world = at_status(S::Normal);
        world.bring_second();
        let step = world.plane.advance(at(u64::MAX));
        assert_eq!(step.effects.len(), 1);
        world.plane.check().unwrap();
        world.now = u64::MAX;
        world.pair_succeeds(1);
        world.stop(SOURCE).unwrap();
        world.pair_succeeds(1);
        world.start(SOURCE, false).unwrap();
        world.plane.advance(at(u64::MAX));
        world.plane.check().unwrap();
    }

    #[test]
    fn deadlines_fire_in_the_order_of_due_time_and_then_of_creation() {
        let mut world = World::default();
        for number in [3, 1, 2] {
            world.create(number);
            world.pair_succeeds(number);
        }
        for number in [2, 3] {
            world.call(SOURCE, StartDiskReplicaPair { pair: pair_id(number), one_shot: false }).unwrap();
            world.pair_succeeds(number);
        }
        world.later(1);
        world.start(SOURCE, false).unwrap();
        world.pair_succeeds(1);
        let step = world.advance(kit::RPO_MS + 5);
        let order: Vec<&str> = step.effects.iter().map(|effect| effect.kind.resource()).collect();
        assert_eq!(order, ["pair-3", "pair-2", "pair-1"]);
        assert!(step.events.windows(2).all(|two| two[0].at <= two[1].at));
        assert_eq!(step.events[2].at, at(START + 1 + kit::RPO_MS));
    }

    /// What is due next says of which kind it is, for pairs (E-410, E-660) and groups (G-410, G-697) alike.
    #[test]
    fn the_next_deadline_tells_a_cycle_from_the_end_of_a_tombstone() {
        let pair = |status| {
            let world = at_status(status);
            let next = world.plane.next_deadline().unwrap();
            assert_eq!(world.pair(1).due(), Some(next.at));
            next.reason
        };
        assert_eq!(pair(S::Normal), DeadlineReason::CopyCycle(pair_id(1)));
        assert_eq!(pair(S::Deleted), DeadlineReason::TombstoneEnd(pair_id(1)));
        let group = |status| {
            let mut world = World::default();
            let next = world.bring_group_to(status).plane.next_deadline().unwrap();
            assert_eq!(world.group(1).group.due(), Some(next.at));
            next.reason
        };
        let id = kit::group_id(1);
        assert_eq!(group(GroupStatus::Normal), DeadlineReason::GroupCycle(id.clone()));
        assert_eq!(group(GroupStatus::Deleted), DeadlineReason::GroupTombstoneEnd(id));
    }

    #[test]
    fn times_and_spans_are_shown_in_milliseconds() {
        let (start, end) = (at(1_500), at(4_000));
        assert_eq!(format!("{start}, {} later", end.since(start)), "1500 ms, 2500 ms later");
    }

    impl World {
        /// A second pair, deleted: its tombstone falls due.
        fn bring_second(&mut self) {
            self.create(2);
            self.pair_succeeds(2);
            self.call(SOURCE, DeleteDiskReplicaPair { pair: pair_id(2) }).unwrap();
            self.pair_succeeds(2);
        }
    }
}

mod effects {
    use super::*;

    /// C-040.
    #[test]
    fn a_report_about_an_effect_that_is_not_pending_changes_nothing() {
        let mut world = at_status(S::Failingover);
        for number in [0, 1, 2, 999, u64::MAX] {
            let number = EffectId(number);
            assert_eq!(world.outcome(number, Outcome::Succeeded), Err(Misuse::Stale(number)));
        }
        assert_eq!(world.status(1), S::Failingover);
    }

    #[test]
    fn outstanding_effects_are_listed_by_id_and_found_by_it() {
        let mut world = World::default();
        for number in 1..30 {
            world.create(number);
        }
        world.cluster(&[("a", 5), ("b", 5)]);
        world.fail_over(None).unwrap();
        for number in (1..30).step_by(2) {
            world.pair_succeeds(number);
        }
        let all: Vec<_> = world.plane.outstanding().collect();
        assert_eq!(all.len(), 15);
        assert!(all.windows(2).all(|two| two[0].id < two[1].id));
        for effect in all {
            assert_eq!(world.plane.effect(effect.id), Some(effect));
        }
        assert_eq!(world.plane.effect(EffectId(999)), None);
    }

    #[test]
    fn a_refused_call_mints_no_id() {
        let mut world = at_status(S::Stopped);
        kit::rule(world.stop(SOURCE));
        let mut other = at_status(S::Stopped);
        let (one, two) = (world.start(SOURCE, false).unwrap(), other.start(SOURCE, false).unwrap());
        assert_eq!(one.effects[0].id, two.effects[0].id);
    }

    #[test]
    fn observations_of_what_is_not_known_are_misuse_but_any_disk_may_be_observed() {
        let mut world = World::default();
        let unknown = [
            Observation::PairInvalid { pair: pair_id(1), message: kit::message("DeviceRemoved") },
            Observation::Node { node: id("a"), change: failover_model::polardb::NodeChange::Up(false) },
            Observation::ClusterBusy { cluster: id(CLUSTER), status: None },
            Observation::ClusterRemoved { cluster: id(CLUSTER) },
        ];
        for observation in unknown {
            assert_eq!(world.report(Report::Observed(observation)), Err(Misuse::Unknown));
        }
        assert!(!world.disk("s-1", DiskChange::Removed).is_empty());
    }
}

/// Whether the very same call may succeed later, without anybody mending it.
mod retries {
    use super::*;

    #[track_caller]
    fn may_succeed<T: std::fmt::Debug>(result: Result<T, Refusal>) -> bool {
        result.expect_err("the call is refused").same_token_retry_may_succeed()
    }

    #[test]
    fn a_call_that_met_a_passing_state_succeeds_under_the_same_token_once_it_has_passed() {
        let mut world = at_status(S::Creating);
        let start = || Request::from(StartDiskReplicaPair { pair: pair_id(1), one_shot: false });
        let call = |world: &mut World| world.apply(OWNER, SOURCE, Some("t"), start(), Fresh::None).unwrap();
        assert!(may_succeed(call(&mut world).result.unwrap()));
        world.pair_succeeds(1);
        assert!(accepted(&call(&mut world)));
    }

    #[test]
    fn a_call_at_the_wrong_place_or_of_what_is_not_there_fails_however_often_it_is_repeated() {
        let mut world = at_status(S::Normal);
        assert!(!may_succeed(world.failover(SOURCE)));
        assert!(!may_succeed(world.call(SOURCE, StopDiskReplicaPair { pair: pair_id(9) })));
        assert!(!may_succeed(world.start_drill_at(SOURCE)));
        let mut world = World::default();
        world.bring_group_to(GroupStatus::Normal);
        assert!(!may_succeed(world.call(SOURCE, FailoverDiskReplicaGroup { group: kit::group_id(1) })));
    }

    #[test]
    fn what_is_said_of_pairs_holds_of_groups_drills_and_tokens_too() {
        let mut world = World::default();
        world.bring_group_to(GroupStatus::Normal);
        assert!(may_succeed(world.delete_group()), "its members may be removed");
        world.start_drill(1, 1).unwrap();
        assert!(may_succeed(world.clear_drill(1, 1)), "it will be executed");
        let mut world = World::with(|policy| policy.tokens.capacity = NonZeroUsize::MIN);
        world.bring_to(S::Normal);
        assert!(accepted(&under(&mut world, "a", failover(1))));
        assert!(may_succeed(under(&mut world, "b", failover(1)).result.unwrap()), "tokens expire");
        assert!(!may_succeed(under(&mut world, "a", failover(9)).result.unwrap()), "a token is used up");
    }

    impl World {
        fn start_drill_at(&mut self, region: &str) -> Result<Option<Response>, Refusal> {
            let request = StartPairDrill { pair: pair_id(1) };
            let fresh = kit::fresh_drill(1, 1);
            self.apply(OWNER, region, None, request.into(), fresh).unwrap().result.transpose()
        }
    }
}

mod readings {
    use super::*;

    #[test]
    fn a_new_policy_holds_from_now_on() {
        let mut world = at_status(S::Normal);
        assert_eq!(kit::rule(world.start(SOURCE, false)), "E-112");
        let mut policy = Policy::default();
        policy.ebs.start_while_replicating = StartWhileReplicating::NoOp;
        policy.tokens.capacity = NonZeroUsize::MIN;
        world.plane.set_policy(policy.clone()).unwrap();
        world.plane.check().unwrap();
        assert_eq!(world.plane.policy(), &policy);
        world.start(SOURCE, false).unwrap();
        assert!(accepted(&under(&mut world, "a", failover(1))));
        assert_eq!(refusal(under(&mut world, "b", failover(1))), "T-180");
    }

    #[test]
    fn a_policy_with_room_for_fewer_tokens_than_are_held_changes_nothing() {
        let mut world = at_status(S::Normal);
        for token in ["a", "b"] {
            assert!(accepted(&under(&mut world, token, failover(1))));
        }
        let before = world.plane.clone();
        let mut policy = Policy::default();
        policy.tokens.capacity = NonZeroUsize::MIN;
        policy.ebs.start_while_replicating = StartWhileReplicating::NoOp;
        assert!(world.plane.set_policy(policy.clone()).is_err());
        assert_eq!(world.plane, before);
        world.plane.check().unwrap();
        policy.tokens.capacity = NonZeroUsize::new(2).unwrap();
        world.plane.set_policy(policy).unwrap();
        assert!(under(&mut world, "a", failover(1)).replayed);
    }

    #[test]
    fn a_token_that_has_expired_stays_expired_under_a_longer_lifetime() {
        let mut world = World::with(|policy| policy.tokens.lifetime = Lifetime::For(NonZeroU64::MIN));
        world.bring_to(S::Normal);
        assert!(accepted(&under(&mut world, "a", failover(1))));
        world.later(1);
        kit::look(&mut world.plane, at(world.now));
        let longer = Policy::default();
        world.plane.set_policy(longer).unwrap();
        world.plane.check().unwrap();
        assert!(!under(&mut world, "a", failover(1)).replayed);
        assert!(under(&mut world, "a", failover(1)).replayed);
    }

    #[test]
    fn a_status_that_a_stricter_policy_would_not_have_allowed_stays() {
        let mut world = World::default();
        world.bring_to(S::Created);
        world.failover(DESTINATION).unwrap();
        let mut policy = Policy::default();
        policy.ebs.pair_failover = PairFailover::GroupAllowlist;
        world.plane.set_policy(policy).unwrap();
        world.pair_succeeds(1);
        assert_eq!(world.status(1), S::Failedover);
    }

    #[test]
    fn the_policy_is_part_of_the_state() {
        let strict = World::with(|policy| policy.ebs.pair_failover = PairFailover::GroupAllowlist);
        assert_ne!(strict.plane, World::default().plane);
    }
}

/// Every operation as a request, of things that do not exist.
#[test]
fn every_operation_is_refused_or_empty_on_an_empty_plane() {
    let requests: Vec<Request> = vec![
        StartDiskReplicaPair { pair: pair_id(1), one_shot: true }.into(),
        stop(1),
        failover(1),
        failover_model::ebs::ReprotectDiskReplicaPair { pair: pair_id(1), reverse_replicate: true }.into(),
        DeleteDiskReplicaPair { pair: pair_id(1) }.into(),
        DescribeDiskReplicaPairs::default().into(),
        DeleteDbCluster { cluster: id(CLUSTER) }.into(),
        ModifyDbNodeConfig { cluster: id(CLUSTER), node: id("a"), priority: priority(1) }.into(),
        failover_request(None).into(),
        failover_model::polardb::DescribeDbClusters::default().into(),
        failover_model::polardb::DescribeDbClusterAttribute { cluster: id(CLUSTER) }.into(),
        failover_model::polardb::DescribeDbClusterEndpoints { cluster: id(CLUSTER), endpoint: None }.into(),
        failover_model::polardb::DescribeHaLogs {
            cluster: id(CLUSTER),
            node: None,
            from: None,
            to: None,
            page_number: 1,
            page_size: 10,
        }
        .into(),
    ];
    let mut world = World::default();
    for request in requests {
        let operation = request.operation();
        let output = world.apply(OWNER, SOURCE, None, request, Fresh::None).unwrap();
        match output.result.unwrap() {
            Err(Refusal::Ebs(refusal)) => {
                assert_eq!((refusal.rule().0, refusal.operation()), ("E-610", operation));
            }
            Err(Refusal::PolarDb(refusal)) => {
                assert_eq!((refusal.rule().0, refusal.operation()), ("P-100", operation));
            }
            Ok(Response::PairPage(page)) => assert_eq!((page.total, page.pairs.len()), (0, 0)),
            Ok(Response::ClusterPage(page)) => assert_eq!((page.total, page.clusters.len()), (0, 0)),
            Ok(other) => panic!("{other:?}"),
        }
    }
}

proptest! {
    #![proptest_config(suite!("control_plane", 64))]

    /// Whatever was asked under a token, asking the very same again does nothing and answers the same.
    #[test]
    fn any_accepted_call_under_a_token_replays(
        status in prop::sample::select(S::ALL),
        which in 0_u8..6,
        later in 0_u64..86_400_000,
    ) {
        let mut world = at_status(status);
        world.later(500_000);
        let request: Request = match which {
            0 => StartDiskReplicaPair { pair: pair_id(1), one_shot: false }.into(),
            1 => StartDiskReplicaPair { pair: pair_id(1), one_shot: true }.into(),
            2 => stop(1),
            3 => failover(1),
            4 => failover_model::ebs::ReprotectDiskReplicaPair { pair: pair_id(1), reverse_replicate: false }.into(),
            _ => DeleteDiskReplicaPair { pair: pair_id(1) }.into(),
        };
        let region = if which == 5 { SOURCE } else { DESTINATION };
        let first = world.apply(OWNER, region, Some("t"), request.clone(), Fresh::None).unwrap();
        prop_assert!(!first.replayed);
        let good = accepted(&first);
        world.later(later);
        let second = world.apply(OWNER, region, Some("t"), request, Fresh::None).unwrap();
        prop_assert_eq!(second.replayed, good);
        if good {
            prop_assert_eq!(first.result, second.result);
        }
    }
}

#[test]
fn forgetting_an_account_leaves_what_others_have_as_it_is() {
    let mut world = World::default();
    let other = || -> AccountId { id("2002") };
    for account in [id(OWNER), other()] {
        let change = DiskChange::Removed;
        world.observe(Observation::Disk { account, disk: id("s-9"), change });
    }
    world.plane.forget_account(&id(OWNER));
    world.plane.check().unwrap();
    assert!(world.plane.disk(&other(), &id("s-9")).removed);
    assert!(!world.plane.disk(&id(OWNER), &id("s-9")).removed);
}

/// A set of states that were visited tells them apart by their hash.
#[test]
fn states_that_differ_hash_differently_and_equal_ones_alike() {
    let hash = |plane: &ControlPlane| {
        let mut hasher = DefaultHasher::new();
        plane.hash(&mut hasher);
        hasher.finish()
    };
    let mut later = World::default();
    kit::look(&mut later.plane, at(1));
    let mut with_cluster = World::default();
    with_cluster.cluster(&[("a", 1)]);
    let strict = World::with(|policy| policy.ebs.pair_failover = PairFailover::GroupAllowlist);
    let worlds = [World::default(), later, with_cluster, strict, at_status(S::Created), at_status(S::Normal)];
    let hashes: BTreeSet<u64> = worlds.iter().map(|world| hash(&world.plane)).collect();
    assert_eq!(hashes.len(), worlds.len());
    assert_eq!(hash(&at_status(S::Normal).plane), hash(&worlds[5].plane));
}

#[test]
fn two_planes_that_were_told_the_same_are_equal() {
    let run = || {
        let mut world = at_status(S::Failedover);
        world.cluster(&[("a", 5), ("b", 5)]);
        world.fail_over(None).unwrap();
        world.plane
    };
    let (one, two) = (run(), run());
    assert_eq!(one, two);
    assert_ne!(one, ControlPlane::new(Policy::default()));
}

/// A method named after an operation makes the call of its request, with ids for what it makes.
#[test]
fn a_method_is_the_call_of_its_request() {
    let mut world = World::default();
    world.cluster(&[("a", 1)]);
    let (cluster, order) = (|| id(CLUSTER), || -> OrderId { id("o-9") });
    let call = Call { now: at(world.now), account: id(OWNER), region: id(SOURCE), token: None };
    let class = || id("polar.mysql.x8.large");
    let zonal = FailoverDbClusterZonal(failover_request(Some("a")));
    let all = ModifyDbNodeClass {
        cluster: cluster(),
        modify_type: ModifyType::Upgrade,
        class: class(),
        ai_nodes: false,
        other: Vec::new(),
    };
    let some = ModifyDbNodesClass {
        cluster: cluster(),
        modify_type: ModifyType::Upgrade,
        nodes: ["w", "a"].map(|node| NodeTarget { node: id(node), class: class() }).into(),
        other: Vec::new(),
    };
    let hot = ModifyDbNodeHotReplicaMode { cluster: cluster(), node: id("a"), on: true };
    let plane = world.plane;
    let by_request = |request: Request, fresh: Fresh| {
        let mut plane = plane.clone();
        let output = plane.call_any(&call, &request, &fresh).unwrap();
        assert!(accepted(&output), "{output:?}");
        (plane, output)
    };
    let mut made = plane.clone();
    let reply = made.failover_db_cluster_zonal(&call, &zonal);
    assert_eq!((made, reply.into()), by_request(zonal.into(), Fresh::None));
    let mut made = plane.clone();
    let reply = made.modify_db_node_class(&call, &all, order()).unwrap();
    assert_eq!((made, reply.into()), by_request(all.into(), Fresh::Order(order())));
    let mut made = plane.clone();
    let reply = made.modify_db_nodes_class(&call, &some, order()).unwrap();
    assert_eq!((made, reply.into()), by_request(some.into(), Fresh::Order(order())));
    let mut made = plane.clone();
    let reply = made.modify_db_node_hot_replica_mode(&call, &hot, order()).unwrap();
    assert_eq!((made, reply.into()), by_request(hot.into(), Fresh::Order(order())));
}
