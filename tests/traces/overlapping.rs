//! Many calls at once on one cluster, what only a later answer tells of, and the search in parts and within its bounds.

use failover_model::polardb::NodeChange;
use failover_model::policy::Policy;
use failover_model::simulation::Transitions;
use failover_model::trace::explain::{
    Explainer, Explanation, Happened, Limits, Options, Share, Survey, Verdict, explain,
};
use failover_model::trace::{Answer, Trace};
use failover_model::{Observation, Operation, Timestamp};
use serde_json::json;

use crate::burst::{burst, cluster, on};
use crate::random::{Outside, trace as random};
use crate::service::{Asked, Draws, Fate};

fn explained(trace: &Trace) -> Explanation {
    explain(trace, &Options::default())
}

#[test]
fn sixty_four_overlapping_calls_on_one_cluster_are_decided() {
    let mut trace = burst(64, 16, false, 3).trace;
    assert_eq!(explained(&trace).verdict(), Verdict::Accepted);
    // The last look, after which nothing can have happened, shows another priority.
    let last = trace.exchanges.last_mut().unwrap().answer.as_mut().unwrap();
    last.body["DBNodes"][0]["FailoverPriority"] = json!(13);
    // To refute it every order of all that changes something would have to be tried, which the bounds may not allow.
    assert_ne!(explained(&trace).verdict(), Verdict::Accepted);
}

#[test]
fn a_trace_that_is_made_to_be_hard_is_undecided_within_the_bound() {
    let mut trace = burst(48, 4, true, 5).trace;
    let last = trace.exchanges.last_mut().unwrap().answer.as_mut().unwrap();
    last.body["DBNodes"][0]["FailoverPriority"] = json!(13);
    let limits = Limits { steps: 300, ..Limits::default() };
    let explanation = explain(&trace, &Options { limits, ..Options::default() });
    assert_eq!(explanation.verdict(), Verdict::Undecided);
}

#[test]
fn the_log_tells_when_a_failover_began_that_no_answer_before_it_shows() {
    let (mut service, id, nodes) = cluster(Transitions::Timed);
    service.pass(10_000);
    let seen = Observation::Node { node: nodes[0].parse().unwrap(), change: NodeChange::Up(false) };
    let _ = service.simulation.observe(Timestamp::from_millis(service.now), &seen).unwrap();
    // More answers that it does not bear on than are explained anew.
    for _ in 0..60 {
        service.pass(1_000);
        service.call(on(&id, Operation::DescribeDbClusterEndpoints));
    }
    let log = on(&id, Operation::DescribeHaLogs).with("LogType", "HaSwitchLogList");
    let shown = service.call(log).body;
    assert_eq!(shown["HaLogItems"].as_array().map(Vec::len), Some(1), "{shown}");
    let mut trace = Trace::of(service.exchanges.clone(), Vec::new());
    let explanation = explained(&trace);
    let page = explanation.page(&|number| trace.exchanges.get(number));
    assert_eq!(explanation.verdict(), Verdict::Accepted, "{page}");
    let outside = explanation.parts[0].steps.iter().filter(|step| matches!(step.what, Happened::Observed(_)));
    assert_eq!(outside.count(), 1, "{page}");
    // A switch that begins after it ends is none.
    let log = trace.exchanges.last_mut().unwrap().answer.as_mut().unwrap();
    log.body["HaLogItems"][0]["SwitchStartTime"] = json!("2026-01-01T00:00:59Z");
    assert_eq!(explained(&trace).verdict(), Verdict::Refuted);
}

#[test]
fn a_call_takes_effect_within_the_second_that_the_log_shows() {
    let (mut service, id, nodes) = cluster(Transitions::Timed);
    let mut draws = Draws::new(1);
    service.pass(600);
    let named = on(&id, Operation::FailoverDbCluster).with("TargetDBNodeId", &nodes[1]);
    service.send(named, Fate::Arrives);
    // Less than a second later, in the next one of the clock, it is heard and answered.
    service.pass(500);
    service.go_on(&mut draws);
    service.go_on(&mut draws);
    service.pass(6_000);
    service.call(on(&id, Operation::DescribeDbClusterAttribute));
    let log = on(&id, Operation::DescribeHaLogs).with("LogType", "HaSwitchLogList");
    let shown = service.call(log).body;
    assert_eq!(shown["HaLogItems"][0]["SwitchStartTime"], "2026-01-01T00:00:03Z", "{shown}");
    let mut trace = Trace::of(service.exchanges.clone(), Vec::new());
    assert_eq!(explained(&trace).verdict(), Verdict::Accepted);
    // It had been answered by then.
    let log = trace.exchanges.last_mut().unwrap().answer.as_mut().unwrap();
    log.body["HaLogItems"][0]["SwitchStartTime"] = json!("2026-01-01T00:00:04Z");
    assert_eq!(explained(&trace).verdict(), Verdict::Refuted);
}

#[test]
fn a_clock_of_the_recorder_that_goes_back_does_no_harm() {
    let (mut service, id, _) = cluster(Transitions::Timed);
    service.call(on(&id, Operation::FailoverDbCluster));
    service.pass(6_000);
    let shown = service.call(on(&id, Operation::DescribeHaLogs).with("LogType", "HaSwitchLogList")).body;
    assert_eq!(shown["HaLogItems"].as_array().map(Vec::len), Some(1), "{shown}");
    service.call(on(&id, Operation::DescribeDbClusterAttribute));
    let mut trace = Trace::of(service.exchanges.clone(), Vec::new());
    assert!(trace.exchanges.iter().all(|exchange| exchange.order.is_some()));
    let began = trace.exchanges[0].sent;
    let last = trace.exchanges.last_mut().unwrap();
    (last.sent, last.answered) = (began, began);
    assert_eq!(explained(&trace).verdict(), Verdict::Accepted);
}

#[test]
fn parts_of_the_components_are_explained_apart_and_joined() {
    // Several resources in one trace, and a call that nothing explains.
    let mut trace = Trace::default();
    for seed in [3, 4, 7] {
        trace.exchanges.extend(random(seed, 12, Policy::default(), Outside::Silent).exchanges);
    }
    trace.exchanges.iter_mut().for_each(|exchange| exchange.order = None);
    trace.exchanges.sort_by_key(|exchange| exchange.answered);
    let options = Options::default();
    let whole = explain(&trace, &options);
    let mut survey = Survey::default();
    trace.exchanges.iter().for_each(|exchange| survey.see(exchange));
    let part = |part| {
        let mut explainer = Explainer::sharing(&survey, &options, Share { part, of: 3 });
        trace.exchanges.iter().for_each(|exchange| explainer.take(exchange.clone()));
        explainer.finish()
    };
    let (first, rest) = (part(0), part(1).join(part(2)));
    assert!(!first.parts.is_empty() && !rest.parts.is_empty(), "one part has all: {whole:?}");
    let joined = first.join(rest);
    let resources = |of: &Explanation| {
        let mut all: Vec<_> = of.parts.iter().map(|part| (part.resources.clone(), part.judged)).collect();
        all.sort();
        all
    };
    assert_eq!(resources(&joined), resources(&whole));
    assert_eq!((joined.judged, joined.verdict()), (whole.judged, whole.verdict()));
    assert_eq!(joined.unjudged.len(), whole.unjudged.len());
}

#[test]
fn a_network_is_explained_with_its_clusters() {
    let (mut service, id, _) = cluster(Transitions::Timed);
    let network = service.call(on(&id, Operation::CreateGlobalDatabaseNetwork)).body["GDNId"].clone();
    let network = network.as_str().unwrap().to_owned();
    service.pass(6_000);
    let shown = service.call(Asked::new(Operation::DescribeGlobalDatabaseNetwork, &[("GDNId", &network)]));
    assert_eq!(shown.body["GDNStatus"], "active");
    service.call(Asked::new(Operation::DescribeGlobalDatabaseNetworks, &[]));
    service.call(Asked::new(Operation::DescribePolarDbRegions, &[]));
    service.call(Asked::new(Operation::DescribeDbClustersZonal, &[("RegionId", "cn-hangzhou")]));
    let mut trace = Trace::of(service.exchanges.clone(), Vec::new());
    let explanation = explained(&trace);
    let page = explanation.page(&|number| trace.exchanges.get(number));
    assert_eq!(explanation.verdict(), Verdict::Accepted, "{page}");
    assert_eq!(explanation.unjudged.len(), 3, "{page}");
    // A cluster is in one network at most.
    let mut again = trace.exchanges[2].clone();
    again.sent = trace.exchanges.last().unwrap().answered;
    again.answered = again.sent;
    again.order = Some((1_000, 1_001));
    again.answer = Some(Answer { status: 200, body: json!({ "GDNId": "gdn-other" }) });
    trace.exchanges.push(again);
    assert_eq!(explained(&trace).verdict(), Verdict::Refuted);
}
