//! Sight that is late: what was measured of nodes arrives up to so many milliseconds later, by policy.

use failover_model::polardb::{ModifyDbNodeConfig, NodeChange};
use failover_model::{ControlPlane, Misuse, Observation, Report, Span};
use proptest::prelude::*;

use crate::kit::{CLUSTER, SOURCE, START, World, at, id, priority};

/// How late sight may be, in milliseconds.
const DELAY: u64 = 10_000;

fn late() -> World {
    let mut world = World::with(|policy| {
        policy.polardb.sight_delay = Span::from_millis(DELAY);
        policy.polardb.switch_window = Span::default();
    });
    world.cluster(&[("a", 5), ("b", 3), ("c", 1)]);
    world
}

fn measured(node: &str, change: NodeChange, then: u64) -> Report {
    Report::Observed(Observation::NodeMeasured { node: id(node), change, at: at(then) })
}

/// P-671.
#[test]
fn by_default_what_was_measured_before_is_too_old() {
    let mut world = World::default();
    world.cluster(&[("a", 5)]);
    let down = |then| measured("a", NodeChange::Up(false), then);
    assert_eq!(world.report(down(START - 1)), Err(Misuse::TooOld));
    assert!(world.db().node(&id("a")).unwrap().up);
    assert!(world.report(down(START)).is_ok());
    assert!(!world.db().node(&id("a")).unwrap().up);
    // What lies ahead was measured now.
    assert!(world.report(measured("a", NodeChange::Up(true), START + 99)).is_ok());
    assert!(world.db().node(&id("a")).unwrap().up);
}

/// P-671.
#[test]
fn sight_may_be_late_by_the_delay_and_no_more() {
    let mut world = late();
    world.later(DELAY);
    let lags = |world: &mut World, then| world.report(measured("a", NodeChange::Replicating(false), then));
    assert_eq!(lags(&mut world, START - 1), Err(Misuse::TooOld));
    assert!(world.db().node(&id("a")).unwrap().replicating);
    assert!(lags(&mut world, START).is_ok());
    assert!(!world.db().node(&id("a")).unwrap().replicating);
    let unknown = measured("nobody", NodeChange::Up(true), world.now);
    assert_eq!(world.report(unknown), Err(Misuse::Unknown));
}

/// P-670, of each thing by itself, and of each node.
#[test]
fn an_older_measurement_that_comes_last_changes_nothing() {
    for (news, old) in [
        (NodeChange::Up(true), NodeChange::Up(false)),
        (NodeChange::Replicating(true), NodeChange::Replicating(false)),
        (NodeChange::Priority(priority(7)), NodeChange::Priority(priority(2))),
    ] {
        let mut world = late();
        world.later(2_000);
        drop(world.report(measured("a", news, START + 1_500)).unwrap());
        let before = world.db().clone();
        assert!(world.report(measured("a", old, START + 1_000)).unwrap().is_empty());
        assert_eq!(*world.db(), before);
        // A later one counts, and so does one of another node.
        assert!(!world.report(measured("b", old, START + 1_000)).unwrap().is_empty());
        assert!(!world.report(measured("a", old, START + 1_501)).unwrap().is_empty());
    }
}

/// P-670, P-122: a call and an observation without a time are of now.
#[test]
fn what_a_call_sets_is_not_undone_by_what_was_measured_before_it() {
    let mut world = late();
    world.later(2_000);
    drop(world.set_priority("a", 9));
    assert!(
        world.report(measured("a", NodeChange::Priority(priority(5)), START + 1_999)).unwrap().is_empty()
    );
    assert_eq!(world.db().node(&id("a")).unwrap().priority, priority(9));
    drop(world.node("b", NodeChange::Up(false)));
    assert!(world.report(measured("b", NodeChange::Up(true), START + 1_999)).unwrap().is_empty());
    let request = ModifyDbNodeConfig::new(id(CLUSTER), id("a"), priority(9));
    assert!(world.call(SOURCE, request).unwrap().is_empty());
}

/// P-670: the order survives a restart, and a node that left is forgotten with its times.
#[test]
fn a_restart_keeps_the_order_of_measurements() {
    let mut world = late();
    world.later(2_000);
    drop(world.report(measured("a", NodeChange::Up(true), START + 1_500)).unwrap());
    let text = serde_json::to_string(&world.plane.snapshot()).unwrap();
    assert!(text.contains(r#""measured":{"a":"#), "{text}");
    world.plane = ControlPlane::restore(serde_json::from_str(&text).unwrap()).unwrap();
    assert!(world.report(measured("a", NodeChange::Up(false), START + 1_000)).unwrap().is_empty());
    assert!(world.db().node(&id("a")).unwrap().up);
}

/// The case of a peer whose priorities are seen late: a node that was just set to the lowest is promoted, and that is lawful by
/// what the elector was told.
#[test]
fn a_priority_that_is_seen_late_decides_by_what_it_was() {
    let mut world = late();
    // From here on a has the lowest priority; the elector is told 3 s later.
    world.later(1_000);
    drop(world.fail_over(None).unwrap());
    assert_eq!(world.promoting(), "a");
    world.later(2_000);
    drop(world.report(measured("a", NodeChange::Priority(priority(1)), START)).unwrap());
    // At the next try it is known.
    drop(world.promotion_fails());
    assert_eq!(world.promoting(), "b");
    drop(world.promotion_fails());
    assert_eq!(world.promoting(), "c");
}

/// What is so of a node from a moment on.
#[derive(Debug, Clone, Copy)]
struct Truth {
    since: u64,
    node: usize,
    change: NodeChange,
    /// How much later it arrives.
    lag: u64,
}

const NODES: [(&str, u8); 3] = [("a", 5), ("b", 3), ("c", 1)];

/// All values that a thing about a node had within the delay before a moment.
fn values<T>(
    truth: &[Truth],
    node: usize,
    now: u64,
    first: T,
    of: impl Fn(NodeChange) -> Option<T>,
) -> Vec<T> {
    let from = now.saturating_sub(DELAY);
    let mut values = vec![first];
    for told in truth.iter().filter(|told| told.node == node && told.since <= now) {
        let Some(value) = of(told.change) else { continue };
        if told.since <= from {
            values.clear();
        }
        values.push(value);
    }
    values
}

/// The promise: a pick is one that some mix of values allows, each of which was true within the delay before. Truth is in the order
/// of time.
fn is_promised(truth: &[Truth], picked: usize, others: &[usize], now: u64) -> bool {
    let ups = |node| {
        values(truth, node, now, true, |change| match change {
            NodeChange::Up(up) => Some(up),
            _ => None,
        })
    };
    let priorities = |node: usize| {
        values(truth, node, now, NODES[node].1, |change| match change {
            NodeChange::Priority(priority) => Some(priority.get()),
            _ => None,
        })
    };
    let best = priorities(picked).into_iter().max();
    ups(picked).contains(&true)
        && others
            .iter()
            .all(|other| ups(*other).contains(&false) || priorities(*other).into_iter().min() <= best)
}

/// Lets the measurements arrive, each at its time, and fails over from moment to moment; the first pick that is not promised.
/// Whether a measurement bears its time is told.
fn first_broken_promise(truth: &[Truth], report: impl Fn(&Truth) -> Observation) -> Option<String> {
    let mut world = late();
    let mut arrivals: Vec<&Truth> = truth.iter().collect();
    arrivals.sort_by_key(|told| told.since + told.lag);
    let last = arrivals.last().map_or(START, |told| told.since + told.lag);
    let mut moments: Vec<u64> = arrivals.iter().map(|told| told.since + told.lag).collect();
    // Past the last arrival by more than the delay, nothing of the past counts any more.
    moments.push(last + DELAY + 1);
    let mut arrivals = arrivals.into_iter().peekable();
    for moment in moments {
        world.now = world.now.max(moment);
        while let Some(told) = arrivals.next_if(|told| told.since + told.lag <= moment) {
            drop(world.report(Report::Observed(report(told))).expect("it is not too old"));
        }
        // The writer comes back to `w` only if it is named, so each pick is among the same three: none succeeds.
        let _ = world.fail_over(None);
        let mut tried = Vec::new();
        while let Some(failover) = world.db().failover() {
            let Some(node) = failover.switching().map(ToString::to_string) else {
                let first = world.offered()[0].clone();
                drop(world.choose(&first).unwrap());
                continue;
            };
            let picked = NODES.iter().position(|(name, _)| *name == node).expect("one of the three");
            let others: Vec<usize> =
                (0..NODES.len()).filter(|other| *other != picked && !tried.contains(other)).collect();
            if !is_promised(truth, picked, &others, world.now) {
                return Some(format!("{node} at {} of {truth:?}", world.now));
            }
            tried.push(picked);
            drop(world.promotion_fails());
        }
    }
    None
}

fn with_its_time(told: &Truth) -> Observation {
    Observation::NodeMeasured { node: id(NODES[told.node].0), change: told.change, at: at(told.since) }
}

fn truth() -> impl Strategy<Value = Vec<Truth>> {
    let change = prop_oneof![
        any::<bool>().prop_map(NodeChange::Up),
        (1_u8..=6).prop_map(|number| NodeChange::Priority(priority(number))),
    ];
    prop::collection::vec((1_u64..6_000, 0..NODES.len(), change, 0..=DELAY), 0..12).prop_map(|told| {
        let mut since = START;
        let mut each = |(wait, node, change, lag)| {
            since += wait;
            Truth { since, node, change, lag }
        };
        told.into_iter().map(&mut each).collect()
    })
}

proptest! {
    #![proptest_config(suite!("late_sight", 256))]

    /// P-670, P-671.
    #[test]
    fn each_pick_follows_from_values_that_were_true_within_the_delay(truth in truth()) {
        prop_assert_eq!(first_broken_promise(&truth, with_its_time), None);
    }
}

/// The fixed-case twin, and why the order needs a rule: a node goes down and comes back, and the news overtakes the older one.
/// Taken in the order of arrival, the node would be passed over for good.
#[test]
fn without_its_time_an_overtaken_measurement_breaks_the_promise() {
    let told = |since, up, lag| Truth { since: START + since, node: 0, change: NodeChange::Up(up), lag };
    let truth = [told(1_000, false, 900), told(1_500, true, 100)];
    assert_eq!(first_broken_promise(&truth, with_its_time), None);
    let as_it_arrives =
        |told: &Truth| Observation::Node { node: id(NODES[told.node].0), change: told.change };
    let broken = first_broken_promise(&truth, as_it_arrives).expect("the promise is broken");
    assert!(broken.starts_with("b at"), "{broken}");
}
