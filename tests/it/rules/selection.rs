//! The ranking against a second statement of the founding page's sentence, for every vector of priorities and every set
//! of tried nodes up to five nodes; then what must not matter to it, and what a priority is.

use std::collections::BTreeSet;

use failover_model::NodeId;
use failover_model::polardb::{BadPriority, Priority, Tried, next_tier};
use proptest::prelude::*;

use crate::kit::{self, id, priority};

type Nodes = Vec<(NodeId, Priority)>;

fn tier(nodes: &Nodes, tried: &Tried) -> (Option<Priority>, Vec<NodeId>) {
    // What was in it before must not matter.
    let stale: NodeId = id("stale");
    let mut out = vec![&stale];
    let highest = next_tier(nodes.iter().map(|(node, priority)| (node, *priority)), tried, &mut out);
    (highest, out.into_iter().cloned().collect())
}

/// The sentence: of the nodes that can be elected and were not tried, those than which none has a higher priority.
fn sentence(nodes: &Nodes, tried: &Tried) -> (Option<Priority>, Vec<NodeId>) {
    let open = |node: &NodeId| !tried.contains(node);
    let is_next = |(node, own): &&(NodeId, Priority)| {
        open(node) && !nodes.iter().any(|(other, priority)| open(other) && priority > own)
    };
    let next: Vec<&(NodeId, Priority)> = nodes.iter().filter(is_next).collect();
    (next.first().map(|(_, priority)| *priority), next.into_iter().map(|(node, _)| node.clone()).collect())
}

fn set(tier: &(Option<Priority>, Vec<NodeId>)) -> (Option<Priority>, BTreeSet<NodeId>) {
    (tier.0, tier.1.iter().cloned().collect())
}

/// Every vector of `length` priorities out of `choices`.
fn vectors(choices: &[u8], length: usize) -> Vec<Vec<u8>> {
    (0..length).fold(vec![Vec::new()], |shorter, _| {
        shorter
            .iter()
            .flat_map(|vector| {
                choices.iter().map(move |choice| vector.iter().copied().chain([*choice]).collect::<Vec<u8>>())
            })
            .collect()
    })
}

fn names() -> Vec<NodeId> {
    // Neither ascending nor descending, so that an order by name would show.
    kit::ids(&["pi-c", "pi-a", "pi-e", "pi-b", "pi-d"])
}

fn nodes(names: &[NodeId], vector: &[u8]) -> Nodes {
    names.iter().cloned().zip(vector.iter().map(|number| priority(*number))).collect()
}

fn subsets(names: &[NodeId]) -> Vec<Tried> {
    let chosen = |bits: u32| {
        let member = |(at, name): (usize, &NodeId)| (bits & (1 << at) != 0).then(|| name.clone());
        names.iter().enumerate().filter_map(member).collect()
    };
    (0..1_u32 << names.len()).map(chosen).collect()
}

fn permutations<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for at in 0..items.len() {
        let mut rest = items.to_vec();
        let first = rest.remove(at);
        for mut tail in permutations(&rest) {
            tail.insert(0, first.clone());
            all.push(tail);
        }
    }
    all
}

/// P-130.
#[test]
fn the_next_tier_is_what_the_sentence_says_for_every_priority_vector_and_every_tried_set() {
    let mut cases = 0;
    for choices in [&[1, 2, 3, 4, 5][..], &[1, 8, 15][..]] {
        for length in 0..=5 {
            let names = &names()[..length];
            let tried = subsets(names);
            for vector in vectors(choices, length) {
                let nodes = nodes(names, &vector);
                for tried in &tried {
                    assert_eq!(tier(&nodes, tried), sentence(&nodes, tried), "{vector:?} {tried:?}");
                    cases += 1;
                }
            }
        }
    }
    assert_eq!(cases, 111_111 + 9_331);
}

/// The fixed-case twin.
/// P-130.
#[test]
fn larger_wins_ties_stay_together_and_the_next_tier_follows_when_one_is_exhausted() {
    let names: Vec<NodeId> = kit::ids(&["a", "b", "c", "d"]);
    let nodes = nodes(&names, &[1, 15, 7, 15]);
    let tried = |names: &[&str]| names.iter().map(|name| id(name)).collect::<Tried>();
    let open = |list: &[&str]| tier(&nodes, &tried(list));
    assert_eq!(open(&[]), (Some(priority(15)), kit::ids(&["b", "d"])));
    assert_eq!(open(&["b"]), (Some(priority(15)), kit::ids(&["d"])));
    assert_eq!(open(&["b", "d"]), (Some(priority(7)), kit::ids(&["c"])));
    assert_eq!(open(&["b", "c", "d"]), (Some(priority(1)), kit::ids(&["a"])));
    assert_eq!(open(&["a", "b", "c", "d"]), (None, vec![]));
    assert_eq!(open(&["elsewhere"]), (Some(priority(15)), kit::ids(&["b", "d"])));
    assert_eq!(tier(&Vec::new(), &tried(&[])), (None, vec![]));
}

#[test]
fn the_tier_does_not_depend_on_the_order_of_the_nodes() {
    for length in 0..=4 {
        let names = &names()[..length];
        for vector in vectors(&[1, 2, 3], length) {
            let nodes = nodes(names, &vector);
            for tried in subsets(names) {
                let expected = set(&tier(&nodes, &tried));
                for shuffled in permutations(&nodes) {
                    assert_eq!(set(&tier(&shuffled, &tried)), expected);
                }
            }
        }
    }
}

#[test]
fn the_tier_keeps_the_order_in_which_the_nodes_were_given() {
    for vector in vectors(&[1, 2], 4) {
        let nodes = nodes(&names(), &vector);
        let (_, next) = tier(&nodes, &Tried::new());
        let in_order: Vec<NodeId> =
            nodes.iter().map(|(node, _)| node.clone()).filter(|node| next.contains(node)).collect();
        assert_eq!(next, in_order);
    }
}

#[test]
fn names_mean_nothing() {
    for length in 0..=4 {
        let old = &names()[..length];
        for new in permutations(old) {
            let rename = |node: &NodeId| new[old.iter().position(|name| name == node).unwrap()].clone();
            for vector in vectors(&[1, 2, 3], length) {
                for tried in subsets(old) {
                    let (highest, next) = tier(&nodes(old, &vector), &tried);
                    let renamed: Tried = tried.iter().map(rename).collect();
                    let wanted = (highest, next.iter().map(rename).collect::<Vec<_>>());
                    assert_eq!(tier(&nodes(&new, &vector), &renamed), wanted);
                }
            }
        }
    }
}

#[test]
fn a_node_of_lower_priority_or_one_that_was_tried_changes_nothing_while_others_are_left() {
    for length in 1..=4 {
        let all = names();
        let (names, extra) = (&all[..length], &all[4]);
        for vector in vectors(&[2, 3, 4], length) {
            let nodes = nodes(names, &vector);
            for tried in subsets(names) {
                let before = tier(&nodes, &tried);
                for place in 0..=length {
                    if before.0.is_some() {
                        let mut lower = nodes.clone();
                        lower.insert(place, (extra.clone(), priority(1)));
                        assert_eq!(tier(&lower, &tried), before);
                    }
                    let mut more = nodes.clone();
                    more.insert(place, (extra.clone(), priority(15)));
                    let mut tried = tried.clone();
                    tried.insert(extra.clone());
                    assert_eq!(tier(&more, &tried), before);
                }
            }
        }
    }
}

/// P-131, P-132: an order is permitted iff priorities never rise along it; exactly those orders come about when each
/// choice is free.
#[test]
fn exactly_the_permitted_orders_can_be_produced() {
    fn orders(nodes: &Nodes, tried: &Tried, so_far: &mut Vec<NodeId>, all: &mut BTreeSet<Vec<NodeId>>) {
        let (highest, next) = tier(nodes, tried);
        if highest.is_none() {
            all.insert(so_far.clone());
        }
        for node in next {
            let mut tried = tried.clone();
            tried.insert(node.clone());
            so_far.push(node);
            orders(nodes, &tried, so_far, all);
            so_far.pop();
        }
    }
    for length in 0..=5 {
        let choices: &[u8] = if length == 5 { &[1, 2, 3] } else { &[1, 2, 3, 4, 5] };
        for vector in vectors(choices, length) {
            let nodes = nodes(&names()[..length], &vector);
            let permitted: BTreeSet<Vec<NodeId>> = permutations(&nodes)
                .into_iter()
                .filter(|order| order.windows(2).all(|two| two[0].1 >= two[1].1))
                .map(|order| order.into_iter().map(|(node, _)| node).collect())
                .collect();
            let mut produced = BTreeSet::new();
            orders(&nodes, &Tried::new(), &mut Vec::new(), &mut produced);
            assert_eq!(produced, permitted, "{vector:?}");
        }
    }
}

proptest! {
    #![proptest_config(suite!("selection", 512))]

    /// Beyond five nodes and over all priorities.
    #[test]
    fn the_next_tier_is_what_the_sentence_says_of_more_nodes(
        nodes in prop::collection::vec((1_u8..=15, any::<bool>()), 0..40),
    ) {
        let named: Vec<(NodeId, Priority, bool)> = nodes
            .iter()
            .enumerate()
            .map(|(at, (number, tried))| (id(&format!("pi-{at}")), priority(*number), *tried))
            .collect();
        let tried: Tried = named.iter().filter(|node| node.2).map(|node| node.0.clone()).collect();
        let nodes: Nodes = named.into_iter().map(|(node, priority, _)| (node, priority)).collect();
        prop_assert_eq!(tier(&nodes, &tried), sentence(&nodes, &tried));
    }
}

/// P-120.
#[test]
fn a_priority_is_1_to_15_and_1_by_default() {
    for number in 0..=u8::MAX {
        let valid = (1..=15).contains(&number);
        assert_eq!(Priority::new(number).is_ok(), valid, "{number}");
        // An answer may show 0 (P-123).
        let shown = if valid || number == 0 { Ok(number) } else { Err(BadPriority(number)) };
        assert_eq!(Priority::try_from(number).map(Priority::get), shown);
    }
    assert_eq!((Priority::default(), Priority::MIN.get(), Priority::MAX.get()), (Priority::MIN, 1, 15));
    assert!(priority(10) > priority(9), "as numbers, not as text");
    assert_eq!(priority(10).to_string(), "10");
    assert_eq!(u8::from(priority(3)), 3);
}

#[test]
fn a_priority_in_a_snapshot_is_a_number_of_that_range() {
    assert_eq!(serde_json::from_str::<Priority>("15").unwrap(), Priority::MAX);
    assert_eq!(serde_json::from_str::<Priority>("0").unwrap(), Priority::NONE, "P-123");
    for text in ["16", "-1", "1.5", "256", "\"3\"", "null", "[1]"] {
        assert!(serde_json::from_str::<Priority>(text).is_err(), "{text}");
    }
    assert_eq!(serde_json::to_string(&priority(7)).unwrap(), "7");
}
