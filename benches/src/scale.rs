//! What one call costs beside a thousand pairs, and beside a million: it must not grow with their number.
//!
//! One pair in a hundred opens a group of five members, so a million pairs come with ten thousand groups. Each sample is
//! one call on a resource that no earlier sample touched, in an order that has nothing to do with that of the
//! resources. What remains of growth is the memory's: a million pairs are in no cache, and trees are deeper by a factor
//! of two. A walk of the whole plane would be a thousandfold, so the gate is far from both.

use std::time::Instant;

use failover_model::Output;
use failover_model::ebs::{
    AddDiskReplicaPair, CreateDiskReplicaGroup, DescribeDiskReplicaGroups, DescribeDiskReplicaPairs,
    FailoverDiskReplicaGroup, FailoverDiskReplicaPair, GroupSeed, GroupStatus, Page, PairSeed, PairStatus,
    Resources, StartDiskReplicaGroup, TagResources,
};
use failover_model::text::{Tag, TagKey, TagValue};
use failover_model::{
    AccountId, Call, ClientToken, ControlPlane, Cursor, Fresh, GroupId, Policy, RegionId, Request, Timestamp,
};

use crate::kit::{self, long_pair_id as pair};

/// The sizes of the curve, in pairs.
const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// How many members a group has.
const MEMBERS: usize = 5;

/// How many pairs there are for each group.
const PAIRS_A_GROUP: usize = 100;

/// The most by which the cost of a call may grow from the first size to the last.
const GOAL: f64 = 20.0;

/// Samples of each call; no more than there are groups at the least size.
const SAMPLES: usize = 10;

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

/// Measures, prints, and counts the rows that miss the goal.
pub fn run() -> usize {
    let mut rows: Vec<(&str, Vec<f64>)> = Vec::new();
    for size in SIZES {
        for (at, (name, cost)) in measure(size).into_iter().enumerate() {
            if rows.len() <= at {
                rows.push((name, Vec::new()));
            }
            rows[at].1.push(cost);
        }
    }
    print!("{:<46}", "ns a call, beside so many pairs");
    SIZES.iter().for_each(|size| print!(" {size:>10}"));
    println!(" {:>8} {:>6}", "growth", "goal");
    let mut missed = 0;
    for (name, costs) in &rows {
        print!("{name:<46}");
        costs.iter().for_each(|cost| print!(" {cost:>10.0}"));
        let growth = costs[costs.len() - 1] / costs[0];
        println!(" {growth:>8.1} {GOAL:>6.0}");
        missed += usize::from(growth > GOAL);
    }
    missed
}

fn measure(size: usize) -> Vec<(&'static str, f64)> {
    let groups = size / PAIRS_A_GROUP;
    let mut plane = plane(size, groups);
    let order = |count: usize, from: usize| -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|at| (*at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        order.into_iter().skip(from * SAMPLES).take(SAMPLES).collect()
    };
    // The first of every hundred pairs are members; these are not, and are at rest.
    let free = |at: usize| at * PAIRS_A_GROUP + MEMBERS + 1;
    let mut rows = Vec::new();
    let mut row = |name, asked: Vec<(Call, Request)>| rows.push((name, median(&mut plane, asked)));
    let source = |at: usize| call("cn-shanghai", Some(at));
    let destination = |at: usize| call("cn-beijing", Some(at));
    let ten = |after| Page::Token { max_results: 10, after };

    row(
        "FailoverDiskReplicaPair",
        each(order(groups, 0), |at| (destination(at), FailoverDiskReplicaPair::new(pair(free(at))).into())),
    );
    row(
        "AddDiskReplicaPair",
        each(order(groups, 0), |at| {
            (source(at), AddDiskReplicaPair::new(group(at), pair(free(at) + 1)).into())
        }),
    );
    row(
        "StartDiskReplicaGroup, of six",
        each(order(groups, 0), |at| (source(at), StartDiskReplicaGroup::new(group(at)).into())),
    );
    row(
        "FailoverDiskReplicaGroup, of six, refused",
        each(order(groups, 0), |at| (destination(at), FailoverDiskReplicaGroup::new(group(at)).into())),
    );
    row(
        "TagResources, one pair",
        each(order(groups, 0), |at| {
            let tag = Tag { key: parsed(TagKey::parse("k")), value: parsed(TagValue::parse("v")) };
            (source(at), TagResources::new(Resources::Pairs(vec![pair(free(at) + 2)]), vec![tag]).into())
        }),
    );
    row(
        "DescribeDiskReplicaPairs, first page",
        each(order(groups, 0), |_| {
            (call("cn-shanghai", None), DescribeDiskReplicaPairs::default().page(ten(None)).into())
        }),
    );
    row(
        "DescribeDiskReplicaPairs, page after a token",
        each(order(groups, 0), |at| {
            let page = ten(Some(cursor(DescribeDiskReplicaPairs::default().into(), free(at))));
            (call("cn-shanghai", None), DescribeDiskReplicaPairs::default().page(page).into())
        }),
    );
    row(
        "DescribeDiskReplicaPairs, one id",
        each(order(groups, 0), |at| {
            let request = DescribeDiskReplicaPairs::default().pairs(vec![pair(free(at))]);
            (call("cn-shanghai", None), request.into())
        }),
    );
    row(
        "DescribeDiskReplicaGroups, page after a token",
        each(order(groups, 0), |at| {
            let page = ten(Some(cursor(DescribeDiskReplicaGroups::default().into(), size + at)));
            (call("cn-shanghai", None), DescribeDiskReplicaGroups::default().page(page).into())
        }),
    );
    rows
}

/// A position in the list that a request asks for in cn-shanghai.
fn cursor(request: Request, at: usize) -> Cursor {
    let Call { account, region, .. } = call("cn-shanghai", None);
    Cursor { at: at as u64, list: request.list(&account, &region).unwrap_or_default() }
}

fn each(order: Vec<usize>, asked: impl Fn(usize) -> (Call, Request)) -> Vec<(Call, Request)> {
    order.into_iter().map(asked).collect()
}

/// The median time of these calls, one sample each.
fn median(plane: &mut ControlPlane, asked: Vec<(Call, Request)>) -> f64 {
    let mut times: Vec<f64> = Vec::new();
    for (call, request) in &asked {
        let start = Instant::now();
        let output: Output =
            plane.call_any(call, request, &Fresh::None).expect("no call here makes anything");
        times.push(start.elapsed().as_nanos() as f64);
        let refused = matches!(request, Request::FailoverDiskReplicaGroup(_));
        assert!(output.result.is_some_and(|result| result.is_err() == refused), "{request:?}");
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn plane(size: usize, groups: usize) -> ControlPlane {
    let mut plane = ControlPlane::new(Policy::default());
    let region: RegionId = id("cn-shanghai");
    for at in 0..size {
        let seed = PairSeed { created_at: NOW, ..kit::long_pair_seed(at, PairStatus::Created) };
        let _ = plane.adopt_pair(NOW, &account(), &region, seed).expect("it can be taken in");
    }
    for at in 0..groups {
        let seed = GroupSeed {
            id: group(at),
            status: GroupStatus::Created,
            reversed: false,
            created_at: NOW,
            request: CreateDiskReplicaGroup::new(id("cn-shanghai-a"), (id("cn-beijing"), id("cn-beijing-b"))),
            members: (0..MEMBERS).map(|member| pair(at * PAIRS_A_GROUP + member)).collect(),
        };
        let _ = plane.adopt_group(NOW, &account(), &region, seed).expect("it can be taken in");
    }
    plane
}

fn call(region: &str, token: Option<usize>) -> Call {
    let token =
        token.and_then(|at| ClientToken::parse(&format!("123e4567-e89b-12d3-a456-{at:012}")).ok().flatten());
    Call { now: NOW, account: account(), region: id(region), token }
}

fn account() -> AccountId {
    id("1234567890123456")
}

fn group(at: usize) -> GroupId {
    id(&format!("pg-{at:016}"))
}

fn id<T: std::str::FromStr>(text: &str) -> T {
    parsed(text.parse())
}

fn parsed<T, E>(result: Result<T, E>) -> T {
    result.ok().expect("it is well-formed")
}
