//! What happened outside, told beside the exchanges.

use failover_model::polardb::NodeChange;
use failover_model::simulation::Transitions;
use failover_model::trace::explain::{
    Explanation, Finding, Happened, Options, Part, Verdict, explain, shorten,
};
use failover_model::trace::{Answer, Told, Trace, Unreadable};
use failover_model::{Observation, Operation, Timestamp};
use serde_json::json;

use crate::burst::{CREATE, cluster, on};
use crate::service::{Asked, Fate, Service, node};

const LOOK: Operation = Operation::DescribeDbClusterAttribute;

/// A service that tells, with a cluster, its id and its nodes, the writer first.
fn telling() -> (Service, String, Vec<String>) {
    let (mut service, id, nodes) = cluster(Transitions::Timed);
    service.told = Some(Vec::new());
    (service, id, nodes)
}

/// The trace as if nobody had told anything.
fn untold(service: &Service) -> Trace {
    Trace::of(service.exchanges.clone(), Vec::new())
}

fn explained(trace: &Trace) -> Explanation {
    explain(trace, &Options::default())
}

fn verdict(trace: &Trace) -> Verdict {
    let explanation = explained(trace);
    assert!(explanation.unjudged.is_empty(), "{:?}", explanation.unjudged);
    explanation.verdict()
}

/// Whether a trace is refuted, or accepted only if something happened that is not told.
fn assumes(trace: &Trace) -> bool {
    let explanation = explained(trace);
    let assumed = |part: &Part| part.steps.iter().any(|step| matches!(step.what, Happened::Observed(_)));
    explanation.verdict() != Verdict::Accepted || explanation.parts.iter().any(assumed)
}

#[test]
fn several_things_can_happen_between_two_answers() {
    let (mut service, id, nodes) = telling();
    // All readers fall but one, and the writer.
    for lost in nodes[2..].iter().chain([&nodes[0]]) {
        service.see(node(lost, NodeChange::Up(false)));
        service.pass(10);
    }
    service.pass(20_000);
    service.call(on(&id, LOOK));
    assert_eq!(service.simulation.plane().clusters().next().unwrap().writer().unwrap().id.as_str(), nodes[1]);
    assert_eq!(verdict(&untold(&service)), Verdict::Refuted);
    let trace = service.recorded();
    assert!(!assumes(&trace));
    let explanation = explained(&trace);
    let told = explanation.parts[0].steps.iter().filter(|step| matches!(step.what, Happened::Told(_)));
    assert_eq!(told.count(), nodes.len() - 1);
    assert!(explanation.page(&|number| trace.exchanges.get(number)).contains("outside, as told: node"));
    // Who tells of the readers would have told of the writer.
    let mut partly = trace.clone();
    partly.told.pop();
    assert_eq!(verdict(&partly), Verdict::Refuted);
    // What is told forbids what could be assumed otherwise: a node that was lost is not promoted.
    let mut never = trace;
    let first = never.told[0].clone();
    for change in [NodeChange::Replicating(false), NodeChange::Up(false)] {
        never.told.insert(0, Told { observed: node(&nodes[1], change), ..first.clone() });
    }
    assert_eq!(verdict(&never), Verdict::Refuted);
}

/// A reader is lost in two ways, so that one event alone does not bring it back.
fn lose(service: &mut Service, reader: &str) {
    service.see(node(reader, NodeChange::Up(false)));
    service.see(node(reader, NodeChange::Replicating(false)));
}

#[test]
fn a_refutation_keeps_what_is_told() {
    let (mut service, id, nodes) = telling();
    nodes[1..].iter().for_each(|reader| lose(&mut service, reader));
    let refused = service.call(on(&id, Operation::FailoverDbCluster));
    assert_ne!(refused.status, 200);
    let mut trace = service.recorded();
    assert_eq!(verdict(&trace), Verdict::Accepted);
    let last = trace.exchanges.last_mut().unwrap();
    last.answer = Some(Answer { status: 200, body: json!({ "RequestId": "R" }) });
    assert!(matches!(explained(&trace).parts[0].finding, Finding::Refuted { exchange: 2, .. }));
    // The creation, the look that shows the nodes, and the call.
    assert_eq!(shorten(&trace, &Options::default(), &mut |_| {}).len(), 3);
}

/// A call and what happened, all in one millisecond, the latter first or last.
fn at_one_time(first: bool) -> Service {
    let (mut service, id, nodes) = telling();
    let fall = |service: &mut Service| nodes[1..].iter().for_each(|reader| lose(service, reader));
    if first {
        fall(&mut service);
    }
    let answer = service.call(on(&id, Operation::FailoverDbCluster));
    assert_eq!(answer.status == 200, !first, "{}", answer.body);
    if !first {
        fall(&mut service);
    }
    let at = service.told.as_ref().unwrap()[0].at;
    assert_eq!(service.exchanges.last().unwrap().sent, at);
    service
}

#[test]
fn the_order_tells_what_came_first_in_one_millisecond() {
    for first in [true, false] {
        let service = at_one_time(first);
        let right = service.recorded();
        assert!(!assumes(&right), "{first}");
        // What came before the call is put after it, or before it what came after.
        let mut wrong = right.clone();
        for exchange in &mut wrong.exchanges {
            exchange.order = exchange.order.map(|(sent, answered)| (sent * 10, answered * 10));
        }
        let (sent, answered) = wrong.exchanges.last().unwrap().order.unwrap();
        let place = if first { answered + 1 } else { sent - 1 };
        wrong.told.iter_mut().for_each(|told| told.order = Some((place, place)));
        assert!(assumes(&wrong), "{first}");
        // Without the places of all either may be.
        let mut unordered = right.clone();
        unordered.exchanges.iter_mut().for_each(|exchange| exchange.order = None);
        assert!(!assumes(&unordered), "{first}");
        unordered.told.iter_mut().for_each(|told| told.order = None);
        assert!(!assumes(&unordered), "{first}");
    }
}

#[test]
fn a_look_of_before_is_no_look_of_after() {
    let (mut service, id, nodes) = cluster(Transitions::Immediate);
    service.told = Some(Vec::new());
    service.send(on(&id, Operation::FailoverDbCluster), Fate::Arrives);
    service.pass(300);
    service.send(on(&id, LOOK), Fate::Arrives);
    // The look takes effect, the writer falls and is replaced, and a look is sent that shows so.
    service.go_on_with(1);
    service.see(node(&nodes[0], NodeChange::Up(false)));
    service.send(on(&id, Operation::DescribeDbClusterEndpoints), Fate::Arrives);
    // The call is refused, since the writer has just moved.
    service.go_on_with(0);
    service.go_on_with(0);
    assert_eq!(service.exchanges.last().unwrap().answer.as_ref().unwrap().status, 400);
    for at in [1, 1, 0] {
        service.go_on_with(at);
    }
    assert!(!assumes(&service.recorded()));
}

#[test]
fn a_creation_that_ends_without_its_writer_begins_a_failover() {
    let mut service = Service::new(Default::default(), 7, Transitions::Timed);
    let created = service.call(Asked::new(Operation::CreateDbCluster, &CREATE));
    let id = created.body["DBClusterId"].as_str().unwrap().to_owned();
    let shown = service.call(on(&id, LOOK)).body;
    let is_writer = |node: &&serde_json::Value| node["DBNodeRole"] == "Writer";
    let writer = shown["DBNodes"].as_array().unwrap().iter().find(is_writer).unwrap();
    service.told = Some(Vec::new());
    service.pass(1_800);
    service.see(node(writer["DBNodeId"].as_str().unwrap(), NodeChange::Up(false)));
    service.pass(8_300);
    // It began in the second in which the creation ended, which nothing else tells.
    let log = service.call(on(&id, Operation::DescribeHaLogs).with("LogType", "HaSwitchLogList")).body;
    assert_eq!(log["HaLogItems"][0]["SwitchStartTime"], "2026-01-01T00:00:02Z");
    assert!(!assumes(&service.recorded()));
}

#[test]
fn what_is_told_of_what_no_answer_shows_is_counted() {
    let (service, _, nodes) = telling();
    let told = |at: u64, observed| Told { at: Timestamp::from_millis(at), order: None, observed };
    let stranger = told(service.now, node("pi-stranger", NodeChange::Up(false)));
    let early = told(5, node(&nodes[1], NodeChange::Up(false)));
    let trace = Trace { told: vec![early, stranger], ..untold(&service) };
    let explanation = explained(&trace);
    assert_eq!(explanation.verdict(), Verdict::Accepted);
    let named: Vec<&str> = explanation.unjudged.iter().map(|unused| unused.at.as_str()).collect();
    assert_eq!(named, ["what is told of 5 ms", &format!("what is told of {}", trace.told[1].at)]);
}

#[test]
fn what_is_told_is_read_as_it_was_written() {
    let (mut service, _, nodes) = telling();
    service.see(node(&nodes[1], NodeChange::Replicating(false)));
    service.told.as_mut().unwrap().push(Told {
        at: Timestamp::from_millis(7),
        order: None,
        observed: Observation::ClusterRemoved { cluster: "pc-1".parse().unwrap() },
    });
    let text = service.recorded().text();
    let read = Trace::read(&text).unwrap();
    // In the order of time.
    assert_eq!(read.told.iter().map(|told| told.at.as_millis()).collect::<Vec<_>>(), [7, service.now]);
    assert!(text.contains(r#"{"at_ms":7,"observed":{"cluster_removed":{"cluster":"pc-1"}}}"#), "{text}");
    for (line, why) in [
        (r#"{"at_ms":7,"observed":{"cluster_removed":{"cluster":"pc-1"}},"more":1}"#, "unknown field `more`"),
        (r#"{"observed":{"cluster_removed":{"cluster":"pc-1"}}}"#, "missing field `at_ms`"),
        (r#"{"at_ms":7,"observed":{"cluster_lost":{"cluster":"pc-1"}}}"#, "unknown variant `cluster_lost`"),
        (r#"{"at_ms":7,"observed":{"node":{"node":"","change":{"up":true}}}}"#, "empty"),
        (
            r#"{"at_ms":7,"order":[5,4],"observed":{"cluster_removed":{"cluster":"pc-1"}}}"#,
            "over before it began",
        ),
        (r#"{"at_ms":7,"observed":null}"#, "missing field `sent_ms`"),
    ] {
        let refused = Trace::read(&format!("{{\"failover_trace\":1}}\n{line}"));
        let Err(Unreadable::Line { line: 2, why: said }) = refused else { panic!("{line}: {refused:?}") };
        assert!(said.contains(why), "{said}");
    }
}
