//! Our ranking beside naive statements of three peers' rules, on the same clusters: where they pick alike, where not, and
//! why. The page `docs/peers.md` quotes cases from here; what it quotes is checked at the end.
//!
//! A peer's rule is stated as its own documents state it, each on its own scale:
//!
//! | Peer | Statement |
//! |---|---|
//! | Aurora | of the replicas, the lowest promotion tier (0 to 15); of those the largest; of those any |
//! | Redis Sentinel | of the replicas whose priority is not 0, the lowest; of those the furthest ahead; of those the smallest run id |
//! | pg_auto_failover | of the standbys whose priority is not 0, the highest (0 to 100); of those the furthest ahead; of those any |
//!
//! Each yields the set of nodes that may be next, as ours does, so that a rule with a lottery and one without compare.

use std::collections::BTreeSet;

use failover_model::NodeId;
use failover_model::polardb::{Priority, Tried, next_tier};
use proptest::prelude::*;

use crate::kit::{id, priority};

/// One node as all of them see it. `priority` is the number that an operator would write down on every system.
#[derive(Debug, Clone)]
struct Candidate {
    id: String,
    priority: u8,
    /// Size of the machine; only Aurora looks at it.
    size: u8,
    /// How much of the log it has; shared storage has no such difference.
    ahead: u8,
}

fn candidate(id: &str, priority: u8, size: u8, ahead: u8) -> Candidate {
    Candidate { id: id.to_owned(), priority, size, ahead }
}

type Picked = BTreeSet<String>;

/// Ours. A cluster that elects has only priorities that exist; 0 does not (P-120).
fn ours(cluster: &[Candidate], tried: &[&str]) -> Picked {
    let nodes: Vec<(NodeId, Priority)> =
        cluster.iter().map(|node| (id(&node.id), priority(node.priority.max(1)))).collect();
    let tried: Tried = tried.iter().map(|name| id(name)).collect();
    let mut tier = Vec::new();
    next_tier(nodes.iter().map(|(node, priority)| (node, *priority)), &tried, &mut tier);
    tier.into_iter().map(ToString::to_string).collect()
}

/// Those with the least key.
fn least<K: Ord>(nodes: Vec<&Candidate>, key: impl Fn(&Candidate) -> K) -> Vec<&Candidate> {
    let best = nodes.iter().map(|node| key(node)).min();
    nodes.into_iter().filter(|node| Some(key(node)) == best).collect()
}

fn named(nodes: Vec<&Candidate>) -> Picked {
    nodes.into_iter().map(|node| node.id.clone()).collect()
}

fn aurora(cluster: &[Candidate]) -> Picked {
    let first = least(cluster.iter().collect(), |node| node.priority);
    named(least(first, |node| u8::MAX - node.size))
}

fn sentinel(cluster: &[Candidate]) -> Picked {
    let may = cluster.iter().filter(|node| node.priority != 0).collect();
    let first = least(may, |node| node.priority);
    let ahead = least(first, |node| u8::MAX - node.ahead);
    named(least(ahead, |node| node.id.clone()))
}

fn pg_auto_failover(cluster: &[Candidate]) -> Picked {
    let may = cluster.iter().filter(|node| node.priority != 0).collect();
    let first = least(may, |node| u8::MAX - node.priority);
    named(least(first, |node| u8::MAX - node.ahead))
}

fn set(names: &[&str]) -> Picked {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The cases that the page quotes: a name, the cluster as it is written there, and what each of the four picks.
struct Case {
    name: &'static str,
    cluster: Vec<Candidate>,
    ours: Picked,
    aurora: Picked,
    sentinel: Picked,
    pg_auto_failover: Picked,
}

fn cases() -> Vec<Case> {
    let case = |name, cluster: &[(&str, u8, u8, u8)], picks: [&[&str]; 4]| Case {
        name,
        cluster: cluster
            .iter()
            .map(|(id, priority, size, ahead)| candidate(id, *priority, *size, *ahead))
            .collect(),
        ours: set(picks[0]),
        aurora: set(picks[1]),
        sentinel: set(picks[2]),
        pg_auto_failover: set(picks[3]),
    };
    vec![
        case("direction", &[("a", 1, 4, 9), ("b", 15, 4, 9)], [&["b"], &["a"], &["a"], &["b"]]),
        case("size", &[("a", 5, 8, 9), ("b", 5, 4, 9)], [&["a", "b"], &["a"], &["a"], &["a", "b"]]),
        case("freshness", &[("a", 5, 4, 8), ("b", 5, 4, 9)], [&["a", "b"], &["a", "b"], &["b"], &["b"]]),
        case("tie", &[("b", 5, 4, 9), ("a", 5, 4, 9)], [&["a", "b"], &["a", "b"], &["a"], &["a", "b"]]),
        case("never", &[("a", 0, 4, 9)], [&["a"], &["a"], &[], &[]]),
        case("one", &[("a", 1, 4, 9)], [&["a"], &["a"], &["a"], &["a"]]),
    ]
}

#[test]
fn on_the_cases_of_the_page_each_picks_what_the_page_says() {
    for case in cases() {
        assert_eq!(ours(&case.cluster, &[]), case.ours, "ours, {}", case.name);
        assert_eq!(aurora(&case.cluster), case.aurora, "Aurora, {}", case.name);
        assert_eq!(sentinel(&case.cluster), case.sentinel, "Sentinel, {}", case.name);
        assert_eq!(pg_auto_failover(&case.cluster), case.pg_auto_failover, "pg_auto_failover, {}", case.name);
    }
}

/// Ours alone goes on by rule: past the failed one to its peers, then downwards, to the end.
#[test]
fn a_retry_asks_again_with_one_more_tried_and_ends_with_nobody() {
    let cluster = [candidate("a", 9, 1, 1), candidate("b", 9, 1, 1), candidate("c", 2, 1, 1)];
    assert_eq!(ours(&cluster, &[]), set(&["a", "b"]));
    assert_eq!(ours(&cluster, &["b"]), set(&["a"]));
    assert_eq!(ours(&cluster, &["b", "a"]), set(&["c"]));
    assert_eq!(ours(&cluster, &["b", "a", "c"]), set(&[]));
}

fn clusters() -> impl Strategy<Value = Vec<Candidate>> {
    prop::collection::vec((1_u8..=15, 0_u8..4, 0_u8..4), 1..10).prop_map(|nodes| {
        let named = nodes.into_iter().enumerate();
        named.map(|(at, (number, size, ahead))| candidate(&format!("n{at}"), number, size, ahead)).collect()
    })
}

/// The same cluster with the scale turned round: what is preferred is now least.
fn turned(cluster: &[Candidate]) -> Vec<Candidate> {
    cluster.iter().map(|node| Candidate { priority: 16 - node.priority, ..node.clone() }).collect()
}

proptest! {
    #![proptest_config(suite!("peers", 512))]

    /// Aurora with its scale turned round picks among ours, and exactly ours where all are of one size: what is left of
    /// the difference is the size, which in PolarDB has no say.
    #[test]
    fn aurora_differs_by_direction_and_size_alone(cluster in clusters()) {
        let (mine, theirs) = (ours(&cluster, &[]), aurora(&turned(&cluster)));
        prop_assert!(theirs.is_subset(&mine));
        let one_size: Vec<Candidate> = cluster.iter().map(|node| Candidate { size: 1, ..node.clone() }).collect();
        prop_assert_eq!(ours(&one_size, &[]), aurora(&turned(&one_size)));
    }

    /// Sentinel with its scale turned round picks one of ours: the furthest ahead, then the smallest name. It never
    /// leaves anything to chance.
    #[test]
    fn sentinel_differs_by_direction_freshness_and_name(cluster in clusters()) {
        let (mine, theirs) = (ours(&cluster, &[]), sentinel(&turned(&cluster)));
        prop_assert_eq!(theirs.len(), 1);
        prop_assert!(theirs.is_subset(&mine));
    }

    /// pg_auto_failover, in the same direction, picks among ours, and exactly ours where all have the same log, as all have
    /// on shared storage.
    #[test]
    fn pg_auto_failover_differs_by_freshness_alone(cluster in clusters()) {
        let (mine, theirs) = (ours(&cluster, &[]), pg_auto_failover(&cluster));
        prop_assert!(theirs.is_subset(&mine));
        let shared: Vec<Candidate> = cluster.iter().map(|node| Candidate { ahead: 1, ..node.clone() }).collect();
        prop_assert_eq!(ours(&shared, &[]), pg_auto_failover(&shared));
    }

    /// Left on its own scale, a rule that takes the lowest picks none of ours unless all are equal: a priority carried
    /// over from there elects the very node that it was to spare.
    #[test]
    fn an_inverted_scale_picks_none_of_ours_unless_all_priorities_are_equal(cluster in clusters()) {
        let equal = cluster.iter().all(|node| node.priority == cluster[0].priority);
        for theirs in [aurora(&cluster), sentinel(&cluster)] {
            prop_assert_eq!(theirs.is_disjoint(&ours(&cluster, &[])), !equal);
        }
    }
}

/// The fixed-case twin of the four above: the differences do occur.
#[test]
fn every_difference_shows_on_a_cluster_of_two() {
    let two = |one: (u8, u8, u8), other: (u8, u8, u8)| {
        [candidate("n0", one.0, one.1, one.2), candidate("n1", other.0, other.1, other.2)]
    };
    let both = set(&["n0", "n1"]);
    let sizes = two((5, 1, 1), (5, 2, 1));
    assert_eq!((ours(&sizes, &[]), aurora(&turned(&sizes))), (both.clone(), set(&["n1"])));
    let logs = two((5, 1, 1), (5, 1, 2));
    assert_eq!((ours(&logs, &[]), sentinel(&turned(&logs))), (both.clone(), set(&["n1"])));
    assert_eq!(pg_auto_failover(&logs), set(&["n1"]));
    let same = two((5, 1, 1), (5, 1, 1));
    assert_eq!((ours(&same, &[]), sentinel(&turned(&same))), (both, set(&["n0"])));
    let unequal = two((1, 1, 1), (2, 1, 1));
    assert_eq!((ours(&unequal, &[]), aurora(&unequal)), (set(&["n1"]), set(&["n0"])));
}

/// The row of the page for a case, as it must stand there.
fn row(case: &Case) -> String {
    let nodes: Vec<String> = (case.cluster.iter())
        .map(|node| format!("{} {}/{}/{}", node.id, node.priority, node.size, node.ahead))
        .collect();
    let picked = |picked: &Picked| match picked.len() {
        0 => "nobody".to_owned(),
        _ => picked.iter().cloned().collect::<Vec<_>>().join(" or "),
    };
    format!(
        "| {} | {} | {} | {} | {} | {} |",
        case.name,
        nodes.join(", "),
        picked(&case.ours),
        picked(&case.aurora),
        picked(&case.sentinel),
        picked(&case.pg_auto_failover)
    )
}

#[test]
fn the_page_quotes_the_cases_as_they_are() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/peers.md");
    let page = std::fs::read_to_string(page).unwrap();
    let quoted = page.lines().skip_while(|line| !line.starts_with("| Case |")).skip(2);
    let quoted: Vec<String> = quoted.take_while(|line| line.starts_with('|')).map(str::to_owned).collect();
    let expected: Vec<String> = cases().iter().map(row).collect();
    assert_eq!(quoted, expected, "docs/peers.md should say:\n{}", expected.join("\n"));
}
