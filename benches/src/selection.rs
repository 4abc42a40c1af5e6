//! The ranking, against one pass that filters and one maximum.

use failover_model::NodeId;
use failover_model::polardb::{Priority, Tried, next_tier};

use crate::pair::{Row, compare};

pub fn rows() -> Vec<Row> {
    [2, 16, 64, 1_000, 10_000].into_iter().flat_map(|nodes| [at(nodes, 0), at(nodes, 1)]).collect()
}

fn at(count: usize, tried: usize) -> Row {
    let nodes: Vec<(NodeId, Priority, bool)> = (0..count)
        .map(|at| {
            let id = format!("pi-{at:017}").parse().unwrap();
            // Priorities without a pattern that a branch predictor could learn; one node in eight is not eligible.
            let mixed = (at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
            (id, Priority::new((mixed % 15) as u8 + 1).unwrap(), mixed % 8 != 7)
        })
        .collect();
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
                let may = |(id, _): &(&NodeId, Priority)| tried.is_empty() || !tried.contains(*id);
                kept.clear();
                kept.extend(std::hint::black_box(eligible()).filter(may));
                std::hint::black_box((&kept, kept.iter().map(|(_, priority)| *priority).max()));
            }
        },
    )
}
