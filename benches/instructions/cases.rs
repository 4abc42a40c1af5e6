//! What is counted.

use std::hint::black_box;
use std::num::NonZeroUsize;

use failover_model::ebs::{
    DeleteDiskReplicaPair, FailoverDiskReplicaPair, PairSeed, PairStatus, ReplicaPair,
    ReprotectDiskReplicaPair, StartDiskReplicaPair, StopDiskReplicaPair,
};
use failover_model::polardb::FailoverDbCluster;
use failover_model::policy::EbsPolicy;
use failover_model::simulation::{LatencyProfile, Simulation, Transitions};
use failover_model::testing::explore::{State, World, explore};
use failover_model::testing::{Drive, Reference, strategies};
use failover_model::token::{Standing, TokenKey};
use failover_model::{
    Call, ClientToken, ControlPlane, Effect, Fresh, Input, Operation, Outcome, PairId, Policy, Product,
    Report, Request, Scope, Timestamp,
};
use foldhash::fast::FixedState;
use indexmap::IndexMap;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::kit::long_pair_id as pair;
use crate::step;

/// A case, and what one of its operations takes.
pub struct Row {
    pub name: &'static str,
    pub operations: usize,
    pub instructions: f64,
    run: fn(usize),
}

const fn row(name: &'static str, operations: usize, instructions: f64, run: fn(usize)) -> Row {
    Row { name, operations, instructions, run }
}

pub const ROWS: &[Row] = &[
    row("a failover under a new token", 200, 3_790.0, failover),
    row("its repeat", 200, 907.0, repeat),
    row("a known token", 200, 540.0, |tokens| look(tokens, true)),
    row("an unknown token", 200, 367.0, |tokens| look(tokens, false)),
    row("a failover of a cluster of five", 100, 10_332.0, failover_of_clusters),
    row("a deadline or end of an idle pair", 2 * PAIRS, 3_809.0, clock),
    row("restoring a pair with its token", PAIRS, 4_709.0, restore),
    row("copying a small world", 100, 7_163.0, copy),
    row("a transition of a walk", WALKED, 12_610.0, walk),
    row("drawing a step", 2_000, 57_387.0, draw),
    row("driving a step", 2_000, 31_961.0, drive),
    row("a status step", STEPS, 54.0, |_| steps(step::by_table)),
    row("a status step by hand", STEPS, 31.0, |_| steps(step::by_hand)),
];

/// Runs one case.
pub fn run(name: &str) {
    if let Some(row) = ROWS.iter().find(|row| row.name == name) {
        return (row.run)(row.operations);
    }
    match name.split_once(' ').map(|(side, pairs)| (side, pairs.parse())) {
        Some(("ours", Ok(pairs))) => failover_beside(pairs),
        Some(("bare", Ok(pairs))) => bare_beside(pairs),
        _ => panic!("no case is called {name}"),
    }
}

/// The only function inside of which instructions are counted.
#[inline(never)]
fn measured<T>(work: impl FnOnce() -> T) -> T {
    black_box(work())
}

const PAIRS: usize = 500;
const MINUTE: u64 = 60_000;

fn id<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().expect("it is well-formed")
}

fn token(at: usize) -> Option<ClientToken> {
    ClientToken::parse(&format!("123e4567-e89b-12d3-a456-{at:012}")).expect("it is well-formed")
}

fn call(region: &str, now: Timestamp, token: Option<ClientToken>) -> Call {
    Call { now, account: id("1234567890123456"), region: id(region), token }
}

/// Pairs that replicate and begin their copies one after the other.
fn plane(pairs: usize) -> ControlPlane {
    let mut policy = Policy::default();
    policy.tokens.capacity = NonZeroUsize::MAX;
    let mut plane = ControlPlane::new(policy);
    for at in 0..pairs {
        let now = Timestamp::from_millis(at as u64 * 15 * MINUTE / pairs as u64);
        let seed = PairSeed {
            created_at: now,
            last_recover_point: Some(now),
            ..crate::kit::long_pair_seed(at, PairStatus::Normal)
        };
        let (account, region) = (id("1234567890123456"), id("cn-shanghai"));
        let _ = plane.adopt_pair(now, &account, &region, seed).expect("it is new");
    }
    plane
}

/// Failovers of so many pairs, in an order that has nothing to do with that of the pairs.
fn failovers(plane: &ControlPlane, pairs: usize, count: usize) -> Vec<(Call, FailoverDiskReplicaPair)> {
    let mut order: Vec<usize> = (0..pairs).collect();
    order.sort_by_key(|at| (*at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let asked = |at| (call("cn-beijing", plane.clock(), token(at)), FailoverDiskReplicaPair::new(pair(at)));
    order.into_iter().take(count).map(asked).collect()
}

fn call_each(plane: &mut ControlPlane, calls: &[(Call, FailoverDiskReplicaPair)], replayed: bool) {
    for (call, request) in calls {
        let reply = plane.failover_disk_replica_pair(call, request);
        assert!(reply.result.is_ok() && reply.replayed == replayed);
    }
}

fn failover(count: usize) {
    let mut plane = plane(PAIRS);
    let calls = failovers(&plane, PAIRS, count);
    measured(|| call_each(&mut plane, &calls, false));
}

fn repeat(count: usize) {
    let mut plane = plane(PAIRS);
    let calls = failovers(&plane, PAIRS, count);
    call_each(&mut plane, &calls, false);
    measured(|| call_each(&mut plane, &calls, true));
}

fn look(count: usize, known: bool) {
    let mut plane = plane(PAIRS);
    let calls = failovers(&plane, PAIRS, PAIRS);
    call_each(&mut plane, &calls, false);
    let scope = Scope {
        region: id("cn-beijing"),
        product: Product::Ebs,
        operation: Some(Operation::FailoverDiskReplicaPair),
    };
    let keys: Vec<_> = calls
        .iter()
        .take(count)
        .enumerate()
        .map(|(at, (call, request))| {
            let token = if known { call.token.clone() } else { token(PAIRS + at) };
            let token = token.expect("it is not empty");
            (TokenKey { tenant: call.account.clone(), scope: scope.clone(), token }, request.clone().into())
        })
        .collect();
    let now = plane.clock();
    measured(|| {
        for (key, request) in &keys {
            match plane.tokens().standing(now, Some(key), request) {
                Standing::Replay(_) => assert!(known),
                Standing::Vacant => assert!(!known),
                other => panic!("{other:?}"),
            }
        }
    });
}

fn failover_of_clusters(count: usize) {
    let mut plane = ControlPlane::new(Policy::default());
    for number in 0..count {
        let seed = crate::kit::cluster_of_five(number);
        let now = crate::kit::at(crate::kit::START);
        let _ = plane.adopt_cluster(now, &id("1234567890123456"), seed).expect("it is new");
    }
    let calls: Vec<_> = (0..count)
        .map(|number| {
            (
                call("cn-shanghai", plane.clock(), token(number)),
                FailoverDbCluster::new(crate::kit::long_cluster_id(number)),
            )
        })
        .collect();
    measured(|| {
        for (call, request) in &calls {
            assert!(plane.failover_db_cluster(call, request).result.is_ok());
        }
    });
}

fn clock(fired: usize) {
    let mut world = Simulation::new(plane(PAIRS), 1, Transitions::Timed, LatencyProfile::QUICK);
    let _ = world.advance(Timestamp::from_millis(30 * MINUTE));
    let trace = measured(|| world.advance(Timestamp::from_millis(45 * MINUTE)));
    assert_eq!(trace.fired, fired as u64);
}

fn restore(pairs: usize) {
    let mut plane = plane(pairs);
    let calls = failovers(&plane, pairs, pairs);
    call_each(&mut plane, &calls, false);
    let snapshot = plane.snapshot();
    assert!(measured(|| ControlPlane::restore(snapshot)).is_ok_and(|restored| restored == plane));
}

fn copy(count: usize) {
    let mut plane = plane(2);
    let seed = crate::kit::seed(&[("a", 3), ("b", 3)]);
    let _ = plane.adopt_cluster(plane.clock(), &id("1234567890123456"), seed).expect("it is new");
    measured(|| {
        for _ in 0..count {
            drop(black_box(plane.clone()));
        }
    });
}

/// Two pairs that are called, and whose work ends well or not.
struct Pairs;

const WALKED: usize = 18_792;

impl World for Pairs {
    type Memory = ();

    fn start(&self) -> State<()> {
        State { plane: plane(2), memory: () }
    }

    fn inputs(&self, state: &State<()>, inputs: &mut Vec<Input>) {
        let now = state.plane.clock();
        for Effect { id, .. } in state.plane.outstanding() {
            let failed =
                Outcome::Failed { failure: failover_model::polardb::Failure::Network, message: None };
            for outcome in [Outcome::Succeeded, failed] {
                inputs.push(Input::Report(now, Report::Outcome { id, outcome }));
            }
        }
        for at in 0..2 {
            let pair = || pair(at);
            let reprotect = ReprotectDiskReplicaPair::new(pair()).reverse_replicate(false);
            let requests: [(&str, Request); 5] = [
                ("cn-beijing", FailoverDiskReplicaPair::new(pair()).into()),
                ("cn-beijing", reprotect.into()),
                ("cn-shanghai", StopDiskReplicaPair::new(pair()).into()),
                ("cn-shanghai", StartDiskReplicaPair::new(pair()).one_shot(true).into()),
                ("cn-shanghai", DeleteDiskReplicaPair::new(pair()).into()),
            ];
            inputs.extend(
                requests.map(|(region, request)| Input::Call(call(region, now, None), request, Fresh::None)),
            );
        }
    }

    fn at_rest(&self, state: &State<()>) -> bool {
        state.plane.outstanding().next().is_none()
    }
}

fn walk(transitions: usize) {
    let explored = measured(|| explore(&Pairs)).expect("its laws hold");
    assert_eq!(explored.transitions, transitions);
}

/// So many steps, in sequences of forty.
fn draw_all(count: usize, runner: &mut TestRunner) -> Vec<Vec<failover_model::testing::steps::TestStep>> {
    let strategy = proptest::collection::vec(strategies::step(), 40);
    (0..count / 40).map(|_| strategy.new_tree(runner).expect("it can be drawn").current()).collect()
}

fn draw(count: usize) {
    let mut runner = TestRunner::deterministic();
    let _ = measured(|| draw_all(count, &mut runner));
}

fn drive(count: usize) {
    let drawn = draw_all(count, &mut TestRunner::deterministic());
    measured(|| {
        for steps in &drawn {
            let plane = ControlPlane::new(Policy::default());
            let mut drive = Drive::new(Reference::new(Policy::default()), plane).expect("both begin empty");
            drive.run(steps).expect("the control plane conforms");
        }
    });
}

/// Every status with every event.
const STEPS: usize = PairStatus::ALL.len() * failover_model::ebs::PairEvent::ALL.len();

fn steps(step: fn(PairStatus, failover_model::ebs::PairEvent, &EbsPolicy) -> step::Step) {
    let (all, policy) = (step::everything(), EbsPolicy::default());
    measured(|| {
        for (status, event) in &all {
            black_box(step(*status, *event, black_box(&policy)));
        }
    });
}

/// How many calls the growth of a call is counted over.
pub const GROWTH_CALLS: usize = 1_000;

/// Failovers without a token beside so many pairs.
fn failover_beside(pairs: usize) {
    let mut plane = plane(pairs);
    let mut calls = failovers(&plane, pairs, GROWTH_CALLS.min(pairs));
    calls.iter_mut().for_each(|(call, _)| call.token = None);
    measured(|| call_each(&mut plane, &calls, false));
}

/// A map of as many pairs, of which the same ones are looked up and changed.
fn bare_beside(pairs: usize) {
    let plane = plane(pairs);
    let calls = failovers(&plane, pairs, GROWTH_CALLS.min(pairs));
    let mut map: IndexMap<PairId, (ReplicaPair, u64), FixedState> =
        plane.pairs().map(|pair| (pair.id().clone(), (pair.clone(), 0))).collect();
    measured(|| {
        for (_, request) in &calls {
            let found = map.get_mut(&request.pair).expect("it is there");
            assert!(black_box(found.0.status()) == PairStatus::Normal);
            found.1 += 1;
        }
    });
}
