//! Random traces are accepted, and altered ones refuted.

use std::num::NonZeroU32;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use failover_model::policy::Policy;
use failover_model::simulation::{Fault, Selector, Transitions};
use failover_model::trace::Trace;
use failover_model::trace::explain::{Finding, Limits, Options, Verdict, explain, shorten};
use failover_model::{Operation, polardb::Failure};

use crate::service::{Asked, DESTINATION, Draws, Fate, SOURCE, Service};

/// What a random trace is about.
#[derive(Debug, Clone, Copy)]
pub enum Subject {
    Pairs,
    Group,
    Cluster,
}

fn pair(draws: &mut Draws, known: &[String]) -> String {
    if known.is_empty() || draws.percent(3) { "pair-unknown".into() } else { draws.text(known).to_owned() }
}

/// A call on pairs and groups.
fn replica_call(draws: &mut Draws, service: &Service, subject: Subject) -> Asked {
    let plane = service.simulation.plane();
    let pairs: Vec<String> =
        plane.pairs().map(|pair| pair.id().to_string()).filter(|id| service.is_told(id)).collect();
    let groups: Vec<String> =
        plane.groups().map(|view| view.group.id().to_string()).filter(|id| service.is_told(id)).collect();
    let region = |draws: &mut Draws, usual: &'static str, other: &'static str| {
        if draws.percent(92) { usual } else { other }
    };
    let (most_pairs, most_groups) = match subject {
        Subject::Group => (2, 1),
        _ => (2, 0),
    };
    if pairs.len() < most_pairs && draws.percent(50) {
        let disks = [draws.below(2).to_string(), draws.below(2).to_string()];
        return Asked::new(
            Operation::CreateDiskReplicaPair,
            &[
                ("RegionId", SOURCE),
                ("SourceZoneId", "cn-shanghai-a"),
                ("DiskId", &format!("d-source-{}", disks[0])),
                ("DestinationRegionId", DESTINATION),
                ("DestinationZoneId", "cn-beijing-a"),
                ("DestinationDiskId", &format!("d-destination-{}", disks[1])),
            ],
        );
    }
    if groups.len() < most_groups && draws.percent(50) {
        return Asked::new(
            Operation::CreateDiskReplicaGroup,
            &[
                ("RegionId", SOURCE),
                ("SourceZoneId", "cn-shanghai-a"),
                ("DestinationRegionId", DESTINATION),
                ("DestinationZoneId", "cn-beijing-a"),
            ],
        );
    }
    if !groups.is_empty() && draws.percent(45) {
        let group = draws.one_of(&groups).clone();
        let on = |operation, at: &str| Asked::new(operation, &[("RegionId", at), ("ReplicaGroupId", &group)]);
        let at_source = region(draws, SOURCE, DESTINATION);
        let at_destination = region(draws, DESTINATION, SOURCE);
        return match draws.below(9) {
            0 | 1 => on(Operation::AddDiskReplicaPair, at_source).with("ReplicaPairId", &pair(draws, &pairs)),
            2 => on(Operation::RemoveDiskReplicaPair, at_source).with("ReplicaPairId", &pair(draws, &pairs)),
            3 => on(Operation::StartDiskReplicaGroup, at_source),
            4 => on(Operation::StopDiskReplicaGroup, at_source),
            5 => on(Operation::FailoverDiskReplicaGroup, at_destination),
            6 => on(Operation::ReprotectDiskReplicaGroup, at_destination),
            7 => on(Operation::DeleteDiskReplicaGroup, at_source),
            _ => Asked::new(
                Operation::StartReplicaGroupDrill,
                &[("RegionId", at_destination), ("GroupId", &group)],
            ),
        };
    }
    let id = pair(draws, &pairs);
    let on = |operation, at: &str| Asked::new(operation, &[("RegionId", at), ("ReplicaPairId", &id)]);
    let at_source = region(draws, SOURCE, DESTINATION);
    let at_destination = region(draws, DESTINATION, SOURCE);
    match draws.below(12) {
        0..=2 => on(Operation::StartDiskReplicaPair, at_source),
        3 => on(Operation::StartDiskReplicaPair, at_source).with("OneShot", "true"),
        4 => on(Operation::StopDiskReplicaPair, at_source),
        5 | 6 => on(Operation::FailoverDiskReplicaPair, at_destination),
        7 => on(Operation::ReprotectDiskReplicaPair, at_destination).with("ReverseReplicate", "false"),
        8 => on(Operation::ReprotectDiskReplicaPair, at_destination),
        9 => on(Operation::DeleteDiskReplicaPair, at_source),
        10 => on(Operation::ModifyDiskReplicaPair, at_source).with("PairName", draws.text(&["one", "two"])),
        _ => Asked::new(Operation::StartPairDrill, &[("RegionId", at_destination), ("PairId", &id)]),
    }
}

fn replica_look(draws: &mut Draws, service: &Service) -> Asked {
    let plane = service.simulation.plane();
    let pairs: Vec<String> =
        plane.pairs().map(|pair| pair.id().to_string()).filter(|id| service.is_told(id)).collect();
    let groups: Vec<String> =
        plane.groups().map(|view| view.group.id().to_string()).filter(|id| service.is_told(id)).collect();
    let drills: Vec<_> = plane
        .drills()
        .map(|drill| drill.owner().as_str().to_owned())
        .filter(|id| service.is_told(id))
        .collect();
    let (at, site) = if draws.percent(80) { (SOURCE, "production") } else { (DESTINATION, "backup") };
    let list = |operation| Asked::new(operation, &[("RegionId", at), ("Site", site)]);
    match draws.below(10) {
        0 => list(Operation::DescribeDiskReplicaPairs),
        1 if !groups.is_empty() => list(Operation::DescribeDiskReplicaGroups),
        2..=3 if !groups.is_empty() => {
            list(Operation::DescribeDiskReplicaGroups).with("GroupIds", draws.text(&groups))
        }
        4 if !drills.is_empty() => {
            let owner = draws.one_of(&drills);
            if owner.starts_with("pg-") {
                Asked::new(Operation::DescribeReplicaGroupDrills, &[("RegionId", at), ("GroupId", owner)])
            } else {
                Asked::new(Operation::DescribePairDrills, &[("RegionId", at), ("PairId", owner)])
            }
        }
        5 => Asked::new(
            Operation::DescribeDiskReplicaPairProgress,
            &[("RegionId", at), ("ReplicaPairId", &pair(draws, &pairs))],
        ),
        _ => list(Operation::DescribeDiskReplicaPairs).with("PairIds", &pair(draws, &pairs)),
    }
}

fn cluster_call(draws: &mut Draws, service: &Service) -> Asked {
    let plane = service.simulation.plane();
    let clusters: Vec<_> = plane.clusters().filter(|cluster| service.is_told(&cluster.id())).collect();
    if clusters.is_empty() {
        return Asked::new(
            Operation::CreateDbCluster,
            &[
                ("RegionId", "cn-hangzhou"),
                ("DBType", "MySQL"),
                ("DBVersion", "8.0"),
                ("DBNodeClass", "polar.mysql.x4.large"),
                ("PayType", "Postpaid"),
                ("DBNodeNum", draws.text(&["2", "3", "4"])),
            ],
        );
    }
    let cluster = draws.one_of(&clusters);
    let id = cluster.id().to_string();
    let nodes: Vec<String> =
        cluster.nodes().iter().map(|node| node.id.to_string()).filter(|id| service.is_told(id)).collect();
    let on = |operation| Asked::new(operation, &[("DBClusterId", &id)]);
    match draws.below(12) {
        0..=2 => on(Operation::FailoverDbCluster),
        3..=4 if !nodes.is_empty() => {
            on(Operation::FailoverDbCluster).with("TargetDBNodeId", draws.text(&nodes))
        }
        5..=8 if !nodes.is_empty() => on(Operation::ModifyDbNodeConfig)
            .with("DBNodeId", draws.text(&nodes))
            .with("ConfigName", "FailoverPriority")
            .with("ConfigValue", draws.text(&["1", "5", "9"])),
        9 if !nodes.is_empty() => Asked::new(Operation::RestartDbNode, &[("DBNodeId", draws.text(&nodes))]),
        10 if draws.percent(30) => on(Operation::DeleteDbCluster),
        _ => on(Operation::CreateDbNodes).with("DBNode.1.TargetClass", "polar.mysql.x4.large"),
    }
}

fn cluster_look(draws: &mut Draws, service: &Service) -> Asked {
    let plane = service.simulation.plane();
    let clusters: Vec<String> =
        plane.clusters().map(|cluster| cluster.id().to_string()).filter(|id| service.is_told(id)).collect();
    let list = Asked::new(Operation::DescribeDbClusters, &[("RegionId", "cn-hangzhou")]);
    if clusters.is_empty() {
        return list;
    }
    let id = draws.one_of(&clusters).clone();
    let on = |operation| Asked::new(operation, &[("DBClusterId", &id)]);
    match draws.below(8) {
        0 => list,
        1 => on(Operation::DescribeDbClusterEndpoints),
        2 => on(Operation::DescribeHaLogs).with("LogType", "HaSwitchLogList"),
        _ => on(Operation::DescribeDbClusterAttribute),
    }
}

/// What a random trace says of what happened outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outside {
    /// Nothing, and one thing happens between two answers.
    Silent,
    /// Everything, and any number of things happen.
    Told,
}

/// A random trace of this many calls, and the policy of the service.
pub fn trace(seed: u64, calls: usize, policy: Policy, outside: Outside) -> Trace {
    let mut draws = Draws::new(seed);
    for _ in 0..8 {
        draws.below(2);
    }
    let subject = *draws.one_of(&[Subject::Pairs, Subject::Group, Subject::Cluster]);
    let transitions = *draws.one_of(&[Transitions::Immediate, Transitions::Timed, Transitions::Manual]);
    let clients = *draws.one_of(&[1, 1, 2, 4, 16]);
    let troubled = draws.percent(50);
    let mut service = Service::new(policy, seed, transitions);
    service.told = (outside == Outside::Told).then(Vec::new);
    let mut token = 0;
    let mut retry: Option<Asked> = None;
    let mut made = 0;
    while made < calls {
        let room = service.open() < clients;
        if room && draws.percent(60) {
            made += 1;
            let looks = draws.percent(55);
            let asked = match (retry.take(), subject) {
                (Some(asked), _) => asked,
                (None, Subject::Cluster) if looks => cluster_look(&mut draws, &service),
                (None, Subject::Cluster) => cluster_call(&mut draws, &service),
                (None, _) if looks => replica_look(&mut draws, &service),
                (None, subject) => replica_call(&mut draws, &service, subject),
            };
            let asked = match asked.parameters.contains_key("ClientToken") {
                false if draws.percent(30) => {
                    token += 1;
                    let reused = if draws.percent(10) { 1 } else { token };
                    asked.with("ClientToken", &format!("token-{reused}"))
                }
                _ => asked,
            };
            let fate = match draws.below(100) {
                0..=2 if troubled => Fate::Lost,
                3..=4 if troubled => Fate::Unheard,
                5 if troubled => Fate::Hidden,
                _ => Fate::Arrives,
            };
            if fate != Fate::Arrives && draws.percent(80) {
                retry = Some(asked.clone());
            }
            service.send(asked, fate);
        } else if service.open() > 0 && draws.percent(85) {
            service.go_on(&mut draws);
        } else {
            match draws.below(10) {
                0..=4 => service.pass([50, 700, 2_000, 6_000][draws.below(4)]),
                // Nothing is on its way for so long.
                5 if service.open() == 0 => service.pass([100_000, 901_000, 3_700_000][draws.below(3)]),
                6..=8 if transitions == Transitions::Manual => service.end_something(&mut draws),
                9 if service.told.is_some() => (0..=draws.below(3)).for_each(|_| service.strike(&mut draws)),
                9 if troubled => service.strike(&mut draws),
                _ if troubled && draws.percent(20) => {
                    let fault = Fault::Switch { node: Selector::any(), reason: Failure::Network };
                    service.simulation.plan(fault, NonZeroU32::new(1));
                }
                _ => service.pass(300),
            }
        }
    }
    let trace = service.trace(&mut draws);
    if std::env::var_os("INSIDE").is_some() {
        service.inside.iter().for_each(|(moment, event)| println!("after {moment}: {event:?}"));
    }
    trace
}

pub fn told(trace: &Trace, resources: &[String], finding: &Finding) -> String {
    let Finding::Refuted { exchange, nearest } = finding else { return format!("{finding:?}") };
    let mut text = String::new();
    let refuted = *exchange;
    for (number, exchange) in trace.exchanges.iter().enumerate() {
        let shown = exchange.answer.as_ref().map(|answer| {
            let mut body = answer.body.clone();
            for idle in ["RequestId", "HostId", "Message", "Recommend", "OrderId"] {
                body.as_object_mut().unwrap().remove(idle);
            }
            format!("{} {body}", answer.status)
        });
        let named = |id: &String| format!("{exchange:?}").contains(id.as_str());
        if !resources.is_empty() && !resources.iter().any(named) && shown.is_some() {
            continue;
        }
        text.push_str(&format!(
            "{}{number} {:?} {} {} {:?} -> {shown:?}\n",
            if number == refuted { "refuted: " } else { "" },
            exchange.order,
            exchange.sent.as_millis() - crate::service::START,
            exchange.action,
            exchange.parameters
        ));
    }
    for exchange in shorten(trace, &Options::default(), &mut |_| {}) {
        text.push_str(&format!("needed: {:?} {} {:?}\n", exchange.order, exchange.action, exchange.answer));
    }
    for near in nearest {
        text.push_str(&format!("near: {}\n", near.mismatch));
        for step in &near.assumed {
            text.push_str(&format!("   {:?}\n", step.what));
        }
    }
    text
}

/// A number from the environment.
fn asked(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
}

/// The seeds that the environment asks for: those of `SEEDS=1,2`, or `TRACES` many from `FROM` on.
pub fn seeds() -> Vec<u64> {
    match std::env::var("SEEDS") {
        Ok(seeds) => seeds.split(',').map(|seed| seed.trim().parse().unwrap()).collect(),
        Err(_) => (asked("FROM", 0)..).take(asked("TRACES", 15) as usize).collect(),
    }
}

/// The usual options, but for other bounds in `STEPS` and `RUNS`.
pub fn options() -> Options {
    let usual = Limits::default();
    let bound = |name, usual: usize| asked(name, usual as u64) as usize;
    let (steps, runs) = (bound("STEPS", usual.steps), bound("RUNS", usual.runs));
    Options { limits: Limits { steps, runs, ..usual }, ..Options::default() }
}

/// Does the work of every seed, in as many threads as there are processors, and tells how far it is. What was found is in the
/// order of the seeds.
pub fn each<T: Send>(seeds: &[u64], work: impl Fn(u64) -> T + Sync) -> Vec<(u64, T)> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let found = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)).copied() {
                    let began = std::time::Instant::now();
                    let result = work(seed);
                    if began.elapsed().as_millis() > 3_000 {
                        eprintln!("seed {seed} took {:?}", began.elapsed());
                    }
                    found.lock().unwrap().push((seed, result));
                    let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                    if done % 50 == 0 {
                        eprintln!("{done} of {}", seeds.len());
                    }
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort_by_key(|(seed, _)| *seed);
    found
}

#[test]
fn random_traces_are_accepted() {
    are_accepted(Outside::Silent);
}

#[test]
fn traces_that_tell_what_happened_outside_are_accepted() {
    are_accepted(Outside::Told);
}

fn are_accepted(outside: Outside) {
    let (seeds, options) = (seeds(), options());
    let count = seeds.len();
    let found = each(&seeds, |seed| {
        let trace = trace(seed, 40, Policy::default(), outside);
        let explanation = explain(&trace, &options);
        if explanation.verdict() != Verdict::Accepted {
            eprintln!("seed {seed}: {}", explanation.verdict());
        }
        (trace, explanation)
    });
    let (mut undecided, mut refuted, mut unjudged, mut judged) = (Vec::new(), Vec::new(), 0, 0);
    for (seed, (trace, explanation)) in &found {
        unjudged += explanation.unjudged.len();
        judged += explanation.judged;
        match explanation.verdict() {
            Verdict::Accepted => {}
            Verdict::Undecided => {
                println!("seed {seed}: {:?}", explanation.parts[0].finding);
                undecided.push(seed);
            }
            Verdict::Refuted => {
                let part = &explanation.parts[0];
                if let Finding::Refuted { exchange, nearest } = &part.finding {
                    let near = nearest.first().map(|near| near.mismatch.to_string());
                    println!("seed {seed} refuted at {exchange}: {near:?}");
                }
                if count == 1 {
                    println!("{:?}:\n{}", part.resources, told(trace, &part.resources, &part.finding));
                }
                refuted.push(seed);
            }
        }
    }
    println!("{count} traces: refuted {refuted:?}, undecided {undecided:?}; {judged} judged, {unjudged} not");
    assert!(refuted.is_empty() && undecided.is_empty());
}
