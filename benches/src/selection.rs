//! The ranking, against one pass that filters and one maximum; and as a curve from 2 to 10,000 nodes.

use std::collections::BTreeSet;

use failover_model::NodeId;
use failover_model::polardb::{Priority, Tried, next_tier};

use crate::pair::{Row, compare};

pub fn rows() -> Vec<Row> {
    [2, 16, 64, 1_000, 10_000].into_iter().flat_map(|nodes| [at(nodes, 0), at(nodes, 1)]).collect()
}

type Node = (NodeId, Priority, bool);

/// Priorities without a pattern that a branch predictor could learn, in so many values; one node in eight is not eligible.
fn cluster(count: usize, values: u64) -> Vec<Node> {
    let node = |at: usize| {
        let id = format!("pi-{at:017}").parse().unwrap();
        let mixed = (at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        (id, Priority::new((mixed % values) as u8 + 1).unwrap(), mixed % 8 != 7)
    };
    (0..count).map(node).collect()
}

/// Prints the curve of `docs/selection.md`; returns how many goals were missed.
pub fn curve() -> usize {
    println!(
        "{:>7} {:>12} {:>9} {:>11} {:>7} {:>14} {:>14} {:>7} {:>14} {:>10}",
        "nodes",
        "first (ns)",
        "per node",
        "bare (ns)",
        "ratio",
        "retries (ns)",
        "ordered (ns)",
        "ratio",
        "nodes offered",
        "per n² "
    );
    let mut missed = 0;
    for count in [2, 4, 8, 16, 32, 64, 128, 256, 512, 1_000, 2_000, 5_000, 10_000] {
        let first = at(count, 0);
        let Retries { ours, ordered, offered } = all_retries(count);
        missed += usize::from(first.goal.is_some_and(|goal| first.ratio() > goal));
        missed += usize::from(count == 10_000 && ours / ordered > 0.1);
        println!(
            "{count:>7} {:>12.1} {:>9.2} {:>11.1} {:>7.2} {ours:>14.0} {ordered:>14.0} {:>7.2} {offered:>14} {:>10.2}",
            first.ours,
            first.ours / count as f64,
            first.bare,
            first.ratio(),
            ours / ordered,
            ours / (count as f64).powi(2)
        );
    }
    missed
}

/// All retries in nanoseconds, the medians of some runs, and how many nodes were offered in all.
struct Retries {
    ours: f64,
    /// With the tried nodes in an ordered set.
    ordered: f64,
    offered: usize,
}

/// The same question asked of an ordered set.
fn next_ordered<'a>(
    eligible: impl Iterator<Item = (&'a NodeId, Priority)>,
    tried: &BTreeSet<NodeId>,
    out: &mut Vec<&'a NodeId>,
) -> Option<Priority> {
    out.clear();
    let mut highest = None;
    for (node, priority) in eligible {
        if highest > Some(priority) || tried.contains(node) {
            continue;
        }
        if highest < Some(priority) {
            highest = Some(priority);
            out.clear();
        }
        out.push(node);
    }
    highest
}

/// Every node fails, all of one priority: from the first choice to nobody left.
fn all_retries(count: usize) -> Retries {
    let nodes = cluster(count, 1);
    let eligible = || nodes.iter().filter(|(.., eligible)| *eligible).map(|(id, own, _)| (id, *own));
    let mut tier = Vec::with_capacity(count);
    let (repeat, runs) = ((20_000 / (count * count)).max(1), if count > 1_000 { 3 } else { 15 });
    let mut offered = 0;
    let (mut ours, mut ordered) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let start = std::time::Instant::now();
        for _ in 0..repeat {
            let mut tried = Tried::new();
            offered = 0;
            while next_tier(std::hint::black_box(eligible()), &tried, &mut tier).is_some() {
                offered += tier.len();
                tried.extend(tier.first().map(|node| (*node).clone()));
            }
        }
        ours.push(start.elapsed().as_nanos() as f64 / repeat as f64);
        let start = std::time::Instant::now();
        for _ in 0..repeat {
            let mut tried = BTreeSet::new();
            while next_ordered(std::hint::black_box(eligible()), &tried, &mut tier).is_some() {
                tried.extend(tier.first().map(|node| (*node).clone()));
            }
        }
        ordered.push(start.elapsed().as_nanos() as f64 / repeat as f64);
    }
    let median = |mut samples: Vec<f64>| {
        samples.sort_by(f64::total_cmp);
        samples[runs / 2]
    };
    Retries { ours: median(ours), ordered: median(ordered), offered }
}

fn at(count: usize, tried: usize) -> Row {
    let nodes = cluster(count, 15);
    let tried: Tried =
        nodes.iter().filter(|(_, _, eligible)| *eligible).take(tried).map(|(id, ..)| id.clone()).collect();
    let repeat = (100_000 / count).max(10);
    let eligible =
        || nodes.iter().filter(|(_, _, eligible)| *eligible).map(|(id, priority, _)| (id, *priority));
    let goal = ([16, 64].contains(&count) && tried.is_empty()).then_some(1.5);
    let (mut tier, mut kept) = (Vec::with_capacity(count), Vec::with_capacity(count));
    compare(
        &format!("next tier of {count} nodes, {} tried", tried.len()),
        goal,
        51,
        repeat,
        || {
            for _ in 0..repeat {
                std::hint::black_box(next_tier(std::hint::black_box(eligible()), &tried, &mut tier));
            }
        },
        || {
            for _ in 0..repeat {
                // One pass that keeps who may be chosen, and one maximum over what is kept.
                let may = |(id, _): &(&NodeId, Priority)| tried.is_empty() || !tried.contains(id);
                kept.clear();
                kept.extend(std::hint::black_box(eligible()).filter(may));
                std::hint::black_box((&kept, kept.iter().map(|(_, priority)| *priority).max()));
            }
        },
    )
}
