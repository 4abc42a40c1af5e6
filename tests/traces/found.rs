//! Fixed cases: right services that were refuted.

use failover_model::polardb::{ClusterEffect, Failure, NodeChange};
use failover_model::policy::{Policy, WriterAlone};
use failover_model::simulation::{Resolution, Transitions};
use failover_model::trace::Trace;
use failover_model::trace::explain::{Options, Verdict, explain};
use failover_model::{EffectKind, Operation, Outcome, Timestamp};
use serde_json::json;

use crate::burst::{CREATE, cluster, on};
use crate::service::{Asked, DESTINATION, Draws, Fate, PAIR, SOURCE, Service};

const LOOK: Operation = Operation::DescribeDbClusterAttribute;

fn add_node(cluster: &str) -> Asked {
    on(cluster, Operation::CreateDbNodes).with("DBNode.1.TargetClass", "polar.mysql.x4.large")
}

fn log(cluster: &str) -> Asked {
    on(cluster, Operation::DescribeHaLogs).with("LogType", "HaSwitchLogList")
}

/// A node changes, and no answer tells.
fn see(service: &mut Service, node: &str, change: NodeChange) {
    service.see(crate::service::node(node, change));
}

fn lose(service: &mut Service, node: &str) {
    see(service, node, NodeChange::Up(false));
}

/// The only call on its way takes effect, or is answered.
fn go_on(service: &mut Service) {
    service.go_on(&mut Draws::new(1));
}

fn verdict(service: &Service, alter: impl Fn(&mut Trace)) -> Verdict {
    let mut trace = Trace::of(service.exchanges.clone(), Vec::new());
    alter(&mut trace);
    let policy = service.simulation.plane().policy().clone();
    let explanation = explain(&trace, &Options { policy, ..Options::default() });
    assert!(explanation.unjudged.is_empty(), "{:?}", explanation.unjudged);
    explanation.verdict()
}

#[test]
fn nodes_can_be_known_from_the_endpoints_alone() {
    let mut service = Service::new(Default::default(), 7, Transitions::Timed);
    let created = service.call(Asked::new(Operation::CreateDbCluster, &CREATE));
    let id = created.body["DBClusterId"].as_str().unwrap().to_owned();
    service.pass(6_000);
    let shown = service.call(on(&id, Operation::DescribeDbClusterEndpoints)).body;
    let nodes = |at: usize| shown["Items"][at]["Nodes"].as_str().unwrap();
    assert_eq!(nodes(0).split(',').count(), 4, "{shown}");
    let reader = nodes(0).split(',').find(|node| *node != nodes(1)).unwrap();
    assert_eq!(service.call(Asked::new(Operation::RestartDbNode, &[("DBNodeId", reader)])).status, 200);
    assert_eq!(verdict(&service, |_| {}), Verdict::Accepted);
    // Another cluster's node cannot be restarted here.
    let other = |trace: &mut Trace| {
        trace.exchanges[2].parameters.insert("DBNodeId".into(), "pi-other".into());
    };
    assert_eq!(verdict(&service, other), Verdict::Refuted);
}

#[test]
fn a_node_is_created_in_the_second_that_is_shown() {
    let (mut service, id, _) = cluster(Transitions::Timed);
    service.pass(300);
    service.send(add_node(&id), Fate::Arrives);
    service.pass(300);
    service.call_beside(on(&id, Operation::DescribeDbClusterEndpoints));
    go_on(&mut service);
    // A look that the new node does not change comes in the next second, and is answered first.
    service.pass(700);
    service.call_beside(log(&id));
    go_on(&mut service);
    service.pass(6_000);
    let shown = service.call(on(&id, LOOK)).body;
    let nodes = shown["DBNodes"].as_array().unwrap();
    let second = "2026-01-01T00:00:02Z";
    assert_eq!(nodes.iter().filter(|node| node["CreationTime"] == second).count(), 1, "{shown}");
    assert_eq!(verdict(&service, |_| {}), Verdict::Accepted);
    // In the second after its answer it was not.
    let later = |trace: &mut Trace| {
        let body = &mut trace.exchanges.last_mut().unwrap().answer.as_mut().unwrap().body;
        for node in body["DBNodes"].as_array_mut().unwrap() {
            if node["CreationTime"] == second {
                node["CreationTime"] = json!("2026-01-01T00:00:04Z");
            }
        }
    };
    assert_eq!(verdict(&service, later), Verdict::Refuted);
}

#[test]
fn work_ends_in_time_for_a_failover_that_the_log_shows() {
    let mut service = Service::new(Default::default(), 7, Transitions::Timed);
    let created = service.call(Asked::new(Operation::CreateDbCluster, &CREATE));
    let id = created.body["DBClusterId"].as_str().unwrap().to_owned();
    let nodes = service.call(on(&id, LOOK)).body["DBNodes"].clone();
    let writer = nodes.as_array().unwrap().iter().find(|node| node["DBNodeRole"] == "Writer").unwrap();
    service.pass(7_000);
    lose(&mut service, writer["DBNodeId"].as_str().unwrap());
    service.pass(7_000);
    assert_eq!(service.call(add_node(&id)).status, 200);
    service.pass(7_000);
    let shown = service.call(log(&id)).body;
    assert_eq!(shown["HaLogItems"][0]["SwitchStartTime"], "2026-01-01T00:00:07Z", "{shown}");
    assert_eq!(verdict(&service, |_| {}), Verdict::Accepted);
    // It had not begun before the cluster was there.
    let earlier = |trace: &mut Trace| {
        let log = trace.exchanges.last_mut().unwrap().answer.as_mut().unwrap();
        log.body["HaLogItems"][0]["SwitchStartTime"] = json!("2025-12-31T23:59:59Z");
    };
    assert_eq!(verdict(&service, earlier), Verdict::Refuted);
}

#[test]
fn a_look_tells_late_of_an_event_that_no_answer_before_it_needed() {
    let (mut service, id, nodes) = cluster(Transitions::Timed);
    service.pass(600);
    service.send(on(&id, LOOK), Fate::Arrives);
    lose(&mut service, &nodes[1]);
    go_on(&mut service);
    assert_eq!(service.call_beside(on(&id, Operation::DeleteDbCluster)).status, 200);
    go_on(&mut service);
    let last = service.exchanges.last().unwrap().answer.clone().unwrap().body;
    assert_eq!(last["DBClusterStatus"], "Running", "{last}");
    assert!(last["DBNodes"].as_array().unwrap().iter().any(|node| node["DBNodeStatus"] == "Rebooting"));
    assert_eq!(verdict(&service, |_| {}), Verdict::Accepted);
    // Two things did not happen outside.
    let two = |trace: &mut Trace| {
        let look = trace.exchanges.iter_mut().rfind(|exchange| exchange.action == LOOK.as_str());
        let body = &mut look.unwrap().answer.as_mut().unwrap().body;
        for node in
            body["DBNodes"].as_array_mut().unwrap().iter_mut().filter(|node| node["DBNodeRole"] != "Writer")
        {
            node["DBNodeStatus"] = json!("Rebooting");
        }
    };
    assert_eq!(verdict(&service, two), Verdict::Refuted);
}

const LIST: Operation = Operation::DescribeDbClusters;

fn list() -> Asked {
    Asked::new(LIST, &[("RegionId", "cn-hangzhou")])
}

#[test]
fn a_lost_creation_made_what_is_shown_later() {
    let mut service = Service::new(Default::default(), 7, Transitions::Timed);
    service.send(Asked::new(Operation::CreateDbCluster, &CREATE), Fate::Lost);
    go_on(&mut service);
    go_on(&mut service);
    // A list that shows it as it was is answered after one that shows it as it is.
    service.send(list(), Fate::Arrives);
    go_on(&mut service);
    service.pass(6_000);
    let shown = service.call_beside(list()).body;
    assert_eq!(shown["Items"]["DBCluster"][0]["DBClusterStatus"], "Running", "{shown}");
    go_on(&mut service);
    let shown = &service.exchanges.last().unwrap().answer.as_ref().unwrap().body;
    assert_eq!(shown["Items"]["DBCluster"][0]["DBClusterStatus"], "Creating", "{shown}");
    assert_eq!(verdict(&service, |_| {}), Verdict::Accepted);
    // What was asked for is what was made.
    let nodes = |trace: &mut Trace| {
        trace.exchanges[0].parameters.insert("DBNodeNum".into(), "3".into());
    };
    assert_eq!(verdict(&service, nodes), Verdict::Refuted);
}

#[test]
fn what_was_there_before_can_be_created_after_the_look_was_sent_that_shows_it_first() {
    let mut service = Service::new(Default::default(), 7, Transitions::Timed);
    service.send(list(), Fate::Arrives);
    service.pass(3_000);
    service.call_beside(Asked::new(Operation::CreateDbCluster, &CREATE));
    service.pass(6_000);
    go_on(&mut service);
    go_on(&mut service);
    let shown = service.call(list()).body;
    assert_eq!(shown["Items"]["DBCluster"][0]["CreateTime"], "2026-01-01T00:00:03Z", "{shown}");
    // Somebody else created it.
    let without = |trace: &mut Trace| drop(trace.exchanges.remove(0));
    assert_eq!(verdict(&service, without), Verdict::Accepted);
    // It is created once.
    let again = |trace: &mut Trace| {
        without(trace);
        let last = trace.exchanges.last_mut().unwrap().answer.as_mut().unwrap();
        last.body["Items"]["DBCluster"][0]["CreateTime"] = json!("2026-01-01T00:00:04Z");
    };
    assert_eq!(verdict(&service, again), Verdict::Refuted);
}

#[test]
fn a_takeover_ends_so_early_that_the_window_after_it_is_over() {
    let mut service = Service::new(Default::default(), 7, Transitions::Timed);
    let two = Asked::new(Operation::CreateDbCluster, &CREATE).with("DBNodeNum", "2");
    let id = service.call(two).body["DBClusterId"].as_str().unwrap().to_owned();
    service.pass(2_000);
    let nodes = service.call(on(&id, LOOK)).body["DBNodes"].clone();
    let role = |writes: bool| {
        let found = nodes.as_array().unwrap().iter().find(|node| (node["DBNodeRole"] == "Writer") == writes);
        found.unwrap()["DBNodeId"].as_str().unwrap()
    };
    lose(&mut service, role(false));
    service.call(on(&id, LOOK));
    lose(&mut service, role(true));
    assert_eq!(service.call(on(&id, LOOK)).body["DBClusterStatus"], "Switching");
    service.pass(901_000);
    assert_eq!(service.call(on(&id, LOOK)).body["DBClusterStatus"], "Running");
    service.pass(10_000);
    assert_eq!(service.call(on(&id, Operation::FailoverDbCluster)).status, 200);
    assert_eq!(verdict(&service, |_| {}), Verdict::Accepted);
    // Twenty seconds after it was under way the window is not over.
    let sooner = |trace: &mut Trace| {
        for exchange in trace.exchanges.iter_mut().rev().take(2) {
            exchange.sent = Timestamp::from_millis(exchange.sent.as_millis() - 891_000);
            exchange.answered = Timestamp::from_millis(exchange.answered.as_millis() - 891_000);
        }
    };
    assert_eq!(verdict(&service, sooner), Verdict::Refuted);
}

#[test]
fn a_page_counts_the_clusters_that_it_shows() {
    let mut service = Service::new(Default::default(), 7, Transitions::Timed);
    service.call(list());
    service.call(Asked::new(Operation::CreateDbCluster, &CREATE));
    assert_eq!(service.call(list()).body["PageRecordCount"], 1);
    assert_eq!(verdict(&service, |_| {}), Verdict::Accepted);
    // The creation may have failed, but then none is counted.
    let unlisted = |trace: &mut Trace| {
        let last = trace.exchanges.last_mut().unwrap().answer.as_mut().unwrap();
        last.body["Items"]["DBCluster"] = json!([]);
    };
    assert_eq!(verdict(&service, unlisted), Verdict::Refuted);
    let uncounted = |trace: &mut Trace| {
        unlisted(trace);
        let last = trace.exchanges.last_mut().unwrap().answer.as_mut().unwrap();
        last.body["PageRecordCount"] = json!(0);
        last.body["TotalRecordCount"] = json!(0);
    };
    assert_eq!(verdict(&service, uncounted), Verdict::Accepted);
}

/// What is under way ends, a choice with the first node and all else as said.
fn end_all(service: &mut Service, outcome: &Outcome) {
    let at = Timestamp::from_millis(service.now);
    let effects: Vec<_> = service.simulation.plane().outstanding().collect();
    for effect in effects {
        let outcome = match effect.kind {
            EffectKind::Cluster { effect: ClusterEffect::ChooseNode(tier), .. } => {
                Outcome::Chosen(tier[0].clone())
            }
            _ => outcome.clone(),
        };
        let _ = service.simulation.resolve(at, effect.id, &Resolution::Outcome(outcome)).unwrap();
    }
}

#[test]
fn a_look_that_comes_first_tells_when_a_node_was_created() {
    let (mut service, id, _) = cluster(Transitions::Timed);
    service.send(add_node(&id), Fate::Arrives);
    service.pass(3_300);
    go_on(&mut service);
    service.pass(7_000);
    // It is answered before the call that created the node.
    service.call_beside(on(&id, LOOK));
    service.pass(100);
    go_on(&mut service);
    assert_eq!(verdict(&service, |_| {}), Verdict::Accepted);
}

/// From here on work ends when it is told to.
fn by_hand(service: &mut Service) {
    let _ = service.simulation.set_transitions(Timestamp::from_millis(service.now), Transitions::Manual);
}

const FAILED: Outcome = Outcome::Failed { failure: Failure::Other, message: None };

/// A service by hand with a running cluster of two: its id, and its writer and its reader.
fn two(policy: Policy) -> (Service, String, String, String) {
    let mut service = Service::new(policy, 7, Transitions::Timed);
    let two = Asked::new(Operation::CreateDbCluster, &CREATE).with("DBNodeNum", "2");
    let id =
        service.call(two.with("HotStandbyCluster", "OFF")).body["DBClusterId"].as_str().unwrap().to_owned();
    service.pass(2_000);
    by_hand(&mut service);
    let nodes = service.call(on(&id, LOOK)).body["DBNodes"].clone();
    let role = |role: &str| {
        let found = nodes.as_array().unwrap().iter().find(|node| node["DBNodeRole"] == role);
        found.unwrap()["DBNodeId"].as_str().unwrap().to_owned()
    };
    (service, id, role("Writer"), role("Reader"))
}

/// Whether the reader is shown as being promoted.
fn promotes(service: &mut Service, id: &str) -> bool {
    let shown = service.call(on(id, LOOK)).body;
    let nodes = shown["DBNodes"].as_array().unwrap();
    nodes.iter().any(|node| node["DBNodeRole"] == "Reader" && node["DBNodeStatus"] == "Switching")
}

/// A service by hand with a pair, and its id.
fn pair() -> (Service, String) {
    let mut service = Service::new(Policy::default(), 7, Transitions::Timed);
    let created = service.call(Asked::new(Operation::CreateDiskReplicaPair, &PAIR));
    service.pass(5_000);
    by_hand(&mut service);
    (service, created.body["ReplicaPairId"].as_str().unwrap().to_owned())
}

/// A call on a pair.
fn on_pair(operation: Operation, region: &str, pair: &str) -> Asked {
    Asked::new(operation, &[("RegionId", region), ("ReplicaPairId", pair)])
}

/// The trace is accepted, and refuted if its last two answers had come so much sooner, when nothing was due yet.
fn is_told_by_the_time(service: &Service, ms: u64) {
    assert_eq!(verdict(service, |_| {}), Verdict::Accepted);
    let sooner = |trace: &mut Trace| {
        for exchange in trace.exchanges.iter_mut().rev().take(2) {
            exchange.sent = Timestamp::from_millis(exchange.sent.as_millis() - ms);
            exchange.answered = exchange.sent;
        }
    };
    assert_eq!(verdict(service, sooner), Verdict::Refuted);
}

#[test]
fn a_failover_begins_again_a_pause_after_work_that_no_answer_times() {
    let (mut service, id, writer, _) = two(Policy::default());
    service.pass(100);
    lose(&mut service, &writer);
    assert!(promotes(&mut service, &id));
    service.pass(40);
    end_all(&mut service, &FAILED);
    service.pass(60);
    assert!(!promotes(&mut service, &id));
    service.pass(2_920);
    assert!(!promotes(&mut service, &id));
    service.pass(30);
    assert!(promotes(&mut service, &id));
    // So long before that its work was under way.
    is_told_by_the_time(&service, 60);
}

#[test]
fn a_writer_is_restarted_a_pause_after_it_was_lost_which_no_answer_times() {
    let mut policy = Policy::default();
    policy.polardb.writer_alone = WriterAlone::Restarts;
    let (mut service, id, writer, reader) = two(policy);
    let status = |service: &mut Service| service.call(on(&id, LOOK)).body["DBClusterStatus"].clone();
    service.pass(100);
    lose(&mut service, &reader);
    assert_eq!(status(&mut service), "Running");
    service.pass(40);
    lose(&mut service, &writer);
    service.pass(60);
    assert_eq!(status(&mut service), "Switching");
    service.pass(2_920);
    assert_eq!(status(&mut service), "Switching");
    service.pass(30);
    assert_eq!(status(&mut service), "Rebooting");
    // So long before that the writer was there.
    is_told_by_the_time(&service, 60);
}

#[test]
fn a_cycle_begins_as_long_after_a_call_as_after_the_moment_in_which_it_took_effect() {
    let (mut service, id) = pair();
    let status = |service: &mut Service| {
        let list = Operation::DescribeDiskReplicaPairs;
        let look = Asked::new(list, &[("RegionId", SOURCE), ("PairIds", &id)]);
        service.call(look).body["ReplicaPairs"][0]["Status"].as_str().unwrap().to_owned()
    };
    assert_eq!(status(&mut service), "created");
    service.send(on_pair(Operation::StartDiskReplicaPair, SOURCE, &id), Fate::Arrives);
    service.pass(60);
    go_on(&mut service);
    service.pass(60);
    go_on(&mut service);
    end_all(&mut service, &Outcome::Succeeded);
    assert_eq!(status(&mut service), "normal");
    service.pass(899_920);
    assert_eq!(status(&mut service), "normal");
    service.pass(30);
    assert_eq!(status(&mut service), "syncing");
    is_told_by_the_time(&service, 100);
}

#[test]
fn a_tombstone_ends_so_long_after_a_deletion_that_no_answer_times() {
    let (mut service, id) = pair();
    let failover = |service: &mut Service| {
        let asked = on_pair(Operation::FailoverDiskReplicaPair, DESTINATION, &id);
        service.call(asked).body["Code"].as_str().unwrap().to_owned()
    };
    service.call(on_pair(Operation::DeleteDiskReplicaPair, SOURCE, &id));
    service.pass(40);
    end_all(&mut service, &Outcome::Succeeded);
    service.pass(60);
    assert_eq!(failover(&mut service), "OperationDenied.InvalidStatus");
    service.pass(3_599_930);
    assert_eq!(failover(&mut service), "OperationDenied.InvalidStatus");
    service.pass(50);
    assert_eq!(failover(&mut service), "NoSuchResource");
    is_told_by_the_time(&service, 100);
}
