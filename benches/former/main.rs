//! One side of the comparison with an earlier build: what `src/former.rs` compiles against both and runs in alternation.
//!
//! `replicas N` | `small` | `clock N HOURS` | `drive SEQUENCES`. Prints a line for each figure: a name and a number.

mod requests;

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::Instant;

use failover_model::ebs::{GroupCreated, PairCreated};
use failover_model::simulation::{LatencyProfile, Simulation, Transitions};
use failover_model::snapshot::Snapshot;
#[cfg(not(feature = "former"))]
use failover_model::testing::{Drive, Reference, strategies::steps};
#[cfg(feature = "former")]
use failover_model::testing::{conformance::Drive, reference::Reference, strategies::inputs as steps};
use failover_model::{
    Call, ClientToken, ControlPlane, Effect, EffectId, Fresh, FreshCluster, Outcome, PairId, Policy, Report,
    Request, Timestamp,
};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

const MINUTE: u64 = 60_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments[at].parse::<usize>().expect("a number");
    match arguments[0].as_str() {
        "replicas" => replicas(number(1)),
        "small" => small(),
        "clock" => clock(number(1), number(2) as u64),
        "drive" => drive(number(1)),
        other => panic!("no measurement is called {other}"),
    }
}

fn tell(name: &str, figure: f64) {
    println!("{name}\t{figure}");
}

fn id<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().expect("it is well-formed")
}

fn call(now: Timestamp, token: Option<usize>) -> Call {
    let token = token.and_then(|at| {
        ClientToken::parse(&format!("123e4567-e89b-12d3-a456-{at:012}")).expect("it is well-formed")
    });
    Call { now, account: id("1234567890123456"), region: id("cn-shanghai"), token }
}

fn succeed(plane: &mut ControlPlane, now: Timestamp, effects: &[Effect]) {
    for effect in effects {
        end(plane, now, effect.id);
    }
}

fn end(plane: &mut ControlPlane, now: Timestamp, id: EffectId) {
    let _ =
        plane.report(now, &Report::Outcome { id, outcome: Outcome::Succeeded }).expect("it is outstanding");
}

fn pair(at: usize) -> PairId {
    id(&format!("pair-cn-{at:011}"))
}

/// Pairs that replicate, each created under a token, at times that `when` tells.
fn plane(count: usize, when: impl Fn(usize) -> Timestamp) -> ControlPlane {
    let mut policy = Policy::default();
    policy.tokens.capacity = NonZeroUsize::MAX;
    let mut plane = ControlPlane::new(policy);
    for at in 0..count {
        let now = when(at);
        let request = requests::create_pair(at);
        let fresh = PairCreated { pair: pair(at), order: id("1") };
        let created =
            plane.create_disk_replica_pair(&call(now, Some(at)), &request, fresh).expect("it is new");
        succeed(&mut plane, now, &created.step.effects);
        let start = requests::start(pair(at));
        let started = plane.start_disk_replica_pair(&call(now, None), &start);
        succeed(&mut plane, now, &started.step.effects);
    }
    plane
}

/// Bytes of a pair with its token, and nanoseconds a pair of copying, writing, reading and restoring the plane.
fn replicas(count: usize) {
    let mut built = None;
    let memory =
        allocation_counter::measure(|| built = Some(plane(count, |_| Timestamp::from_millis(1_000))));
    let plane = built.expect("it was built");
    tell("memory", memory.bytes_current as f64 / count as f64);
    let each = |name: &str, work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        tell(name, start.elapsed().as_nanos() as f64 / count as f64);
    };
    let (mut copy, mut text, mut snapshot, mut restored) = (None, String::new(), None, None);
    each("clone", &mut || copy = Some(plane.clone()));
    each("write", &mut || text = serde_json::to_string(&plane.snapshot()).expect("it can be written"));
    each("read", &mut || snapshot = Some(serde_json::from_str::<Snapshot>(&text).expect("it was written")));
    let snapshot = snapshot.expect("it was read");
    let mut snapshot = Some(snapshot);
    each("restore", &mut || {
        restored = Some(ControlPlane::restore(snapshot.take().expect("once")).expect("it is sound"));
    });
    assert!(restored.expect("it was restored") == copy.expect("it was copied"));
}

/// Nanoseconds of copying worlds as a model checker has them.
fn small() {
    let now = Timestamp::from_millis(1_000);
    let one = plane(1, |_| now);
    let mut group = plane(2, |_| now);
    let request = requests::create_group();
    let fresh = Fresh::Group(GroupCreated { group: id("pg-1") });
    let created = group.call_any(&call(now, None), &Request::from(request), &fresh).expect("it is new");
    assert!(created.result.is_some_and(|result| result.is_ok()));
    succeed(&mut group, now, &created.step.effects);
    for member in 0..2 {
        let stop = requests::stop(pair(member));
        let stopped = group.stop_disk_replica_pair(&call(now, None), &stop);
        succeed(&mut group, now, &stopped.step.effects);
        let add = requests::add(id("pg-1"), pair(member));
        assert!(group.add_disk_replica_pair(&call(now, None), &add).result.is_ok());
    }
    for (name, plane) in [("a pair", one), ("a group of two", group), ("a cluster of three", cluster())] {
        const COPIES: usize = 20_000;
        let mut copies = Vec::with_capacity(100);
        let start = Instant::now();
        for at in 0..COPIES {
            // Copies live for a while, as those of a walk do.
            if copies.len() == 100 {
                copies.clear();
            }
            copies.push(black_box(&plane).clone());
            black_box(at);
        }
        tell(name, start.elapsed().as_nanos() as f64 / COPIES as f64);
    }
}

/// A cluster of three with a failover under a token.
fn cluster() -> ControlPlane {
    let mut plane = ControlPlane::new(Policy::default());
    let now = Timestamp::from_millis(1_000);
    let request = requests::create_cluster();
    let nodes = ["pi-1", "pi-2", "pi-3"].map(id).to_vec();
    let fresh = Fresh::Cluster(FreshCluster { cluster: id("pc-1"), nodes, order: id("1") });
    let created = plane.call_any(&call(now, Some(1)), &Request::from(request), &fresh).expect("it is new");
    assert!(created.result.is_some_and(|result| result.is_ok()));
    succeed(&mut plane, now, &created.step.effects);
    plane
}

/// Nanoseconds of a deadline or end of an effect, over pairs that nobody calls; also what fired, and the peak of memory.
fn clock(count: usize, hours: u64) {
    let plane = plane(count, |at| Timestamp::from_millis(at as u64 * 15 * MINUTE / count as u64));
    let mut world = Simulation::new(plane, 1, Transitions::Timed, LatencyProfile::QUICK);
    let _ = world.advance(Timestamp::from_millis(30 * MINUTE));
    let (mut fired, mut events, mut seconds) = (0, 0, 0.0);
    let memory = allocation_counter::measure(|| {
        let start = Instant::now();
        for quarter in 1..=hours * 4 {
            let trace = world.advance(Timestamp::from_millis((30 + 15 * quarter) * MINUTE));
            fired += trace.fired;
            events += trace.events.len();
        }
        seconds = start.elapsed().as_secs_f64();
    });
    tell("fired", fired as f64);
    tell("events", events as f64);
    tell("seconds", seconds);
    tell("peak", memory.bytes_max as f64);
}

/// Nanoseconds of drawing a step and of driving one.
fn drive(sequences: usize) {
    let mut runner = TestRunner::deterministic();
    let strategy = steps(40..60);
    let start = Instant::now();
    let drawn: Vec<_> =
        (0..sequences).map(|_| strategy.new_tree(&mut runner).expect("it can be drawn").current()).collect();
    let draw = start.elapsed();
    let count: usize = drawn.iter().map(Vec::len).sum();
    let start = Instant::now();
    for sequence in &drawn {
        let (reference, plane) = (Reference::new(Policy::default()), ControlPlane::new(Policy::default()));
        let mut drive = Drive::new(reference, plane).expect("both begin empty");
        assert!(drive.run(sequence).is_ok(), "the control plane conforms");
    }
    let drove = start.elapsed();
    tell("draw", draw.as_nanos() as f64 / count as f64);
    tell("drive", drove.as_nanos() as f64 / count as f64);
    tell("inputs", count as f64);
}
