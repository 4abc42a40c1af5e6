//! Clients whose calls on one cluster overlap, beside a plain depth-first search with memory.

use std::time::Instant;

use failover_model::simulation::{LatencyProfile, Simulation, Transitions};
use failover_model::trace::explain::{Limits, Options, Verdict, explain};
use failover_model::trace::{Exchange, Trace};
use failover_model::{ControlPlane, Fresh, FreshCluster, NodeId, Operation, OrderId, Policy, Timestamp};

use super::depth_first::{DepthFirst, Found};
use super::long::exchange;

/// The most states of the depth-first search; where it gives up, the ratio is a lower bound.
const MOST_STATES: usize = 300_000;

/// A cluster and bursts of so many calls on it, which take effect in another order than they are answered in.
fn trace(clients: usize, bursts: usize, seed: u64) -> (Vec<Exchange>, Fresh) {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut draw = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % below
    };
    let mut simulation = Simulation::new(
        ControlPlane::new(Policy::default()),
        seed,
        Transitions::Timed,
        LatencyProfile::QUICK,
    );
    let mut now = 1_767_225_600_000;
    let mut all: Vec<Exchange> = Vec::new();
    let mut place = 0;
    let mut alone = |simulation: &mut Simulation, now: u64, operation, parameters: &[(&str, &str)]| {
        let made = exchange(simulation, (now, 0), operation, parameters);
        place += 2;
        Exchange { answered: made.sent, order: Some((place - 2, place - 1)), ..made }
    };
    let create = [
        ("RegionId", "cn-hangzhou"),
        ("ZoneId", "cn-hangzhou-i"),
        ("DBType", "MySQL"),
        ("DBVersion", "8.0"),
        ("DBNodeClass", "polar.mysql.x4.large"),
        ("PayType", "Postpaid"),
        ("DBNodeNum", "4"),
    ];
    let created = alone(&mut simulation, now, Operation::CreateDbCluster, &create);
    let body = created.answer.as_ref().unwrap().body.clone();
    let cluster = body["DBClusterId"].as_str().unwrap().to_owned();
    now += 10_000;
    let _ = simulation.advance(Timestamp::from_millis(now));
    let look =
        alone(&mut simulation, now, Operation::DescribeDbClusterAttribute, &[("DBClusterId", &cluster)]);
    let nodes: Vec<String> = look.answer.as_ref().unwrap().body["DBNodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["DBNodeId"].as_str().unwrap().to_owned())
        .collect();
    let mut ids: Vec<NodeId> =
        simulation.plane().clusters().next().unwrap().nodes().iter().map(|node| node.id.clone()).collect();
    let writer = simulation.plane().clusters().next().unwrap().writer().unwrap().id.clone();
    ids.retain(|id| *id != writer);
    ids.insert(0, writer);
    let order: OrderId = body["OrderId"].as_str().unwrap_or("0").parse().unwrap();
    let fresh = Fresh::Cluster(FreshCluster { cluster: cluster.parse().unwrap(), nodes: ids, order });
    all.extend([created, look]);
    for _ in 0..bursts {
        now += 700_000;
        let _ = simulation.advance(Timestamp::from_millis(now));
        // All are sent; they take effect in one order and are answered in another.
        let sent: Vec<u64> = (0..clients)
            .map(|_| {
                place += 1;
                place - 1
            })
            .collect();
        let mut burst: Vec<Exchange> = Vec::new();
        for (at, sent) in sent.iter().enumerate() {
            if at == clients / 2 {
                now += 3_000;
                let _ = simulation.advance(Timestamp::from_millis(now));
            }
            let of = [("DBClusterId", cluster.as_str())];
            let node = nodes[draw(nodes.len())].clone();
            let value = ["1", "5", "9"][draw(3)];
            let made = match draw(8) {
                0 => exchange(&mut simulation, (now, 0), Operation::FailoverDbCluster, &of),
                1 => exchange(
                    &mut simulation,
                    (now, 0),
                    Operation::FailoverDbCluster,
                    &[of[0], ("TargetDBNodeId", &node)],
                ),
                2 | 3 => exchange(
                    &mut simulation,
                    (now, 0),
                    Operation::ModifyDbNodeConfig,
                    &[of[0], ("DBNodeId", &node), ("ConfigName", "FailoverPriority"), ("ConfigValue", value)],
                ),
                _ => exchange(&mut simulation, (now, 0), Operation::DescribeDbClusterAttribute, &of),
            };
            burst.push(Exchange { order: Some((*sent, 0)), ..made });
        }
        let began = burst[0].sent;
        for at in (1..burst.len()).rev() {
            burst.swap(at, draw(at + 1));
        }
        for made in &mut burst {
            place += 1;
            made.sent = began;
            made.answered = Timestamp::from_millis(now);
            made.order = made.order.map(|(sent, _)| (sent, place - 1));
        }
        all.extend(burst);
    }
    (all, fresh)
}

pub fn run() -> usize {
    println!(
        "{:<34} {:>12} {:>14} {:>16} {:>9}",
        "calls that overlap on one cluster", "ours (ms)", "plain (ms)", "plain found", "ratio"
    );
    let mut missed = 0;
    for clients in [4, 8, 16, 64] {
        let (mut ours, mut plain) = (0.0, 0.0);
        let (mut verdicts, mut found) = (Vec::new(), Vec::new());
        for seed in 1..=5 {
            let (exchanges, fresh) = trace(clients, 3, seed);
            let recorded = Trace { exchanges: exchanges.clone(), unused: Vec::new() };
            let limits = Limits { steps_kept: 0, ..Limits::default() };
            let options = Options { limits, ..Options::default() };
            let began = Instant::now();
            verdicts.push(explain(&recorded, &options).verdict());
            ours += began.elapsed().as_secs_f64() * 1e3;
            let began = Instant::now();
            let of = |exchange: &Exchange| match exchange.action.as_str() {
                "CreateDBCluster" => fresh.clone(),
                _ => Fresh::None,
            };
            let mut search = DepthFirst::new(&exchanges, of, MOST_STATES);
            found.push(search.run());
            plain += began.elapsed().as_secs_f64() * 1e3;
        }
        let decided = found.iter().filter(|found| **found == Found::Linearization).count();
        let accepted = verdicts.iter().filter(|verdict| **verdict == Verdict::Accepted).count();
        let ratio = plain / ours;
        println!(
            "{:<34} {ours:>12.1} {plain:>14.1} {:>16} {ratio:>9.1}",
            format!("{clients}, {accepted} of 5 accepted"),
            format!("{decided} of 5")
        );
        missed += usize::from(accepted < 5) + usize::from(clients >= 16 && ratio < 10.0);
    }
    missed
}
