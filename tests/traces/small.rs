//! Small traces: what is said about each kind of answer, hidden work, lost answer and outside event.

use failover_model::policy::{FailoverWhileBusy, PairFailover, Policy};
use failover_model::simulation::Transitions;
use failover_model::trace::explain::{
    Explanation, Finding, Happened, Learnt, Lessons, Limits, Options, Others, Verdict, explain, learn,
    shorten,
};
use failover_model::trace::{Answer, Trace};
use failover_model::{Operation, Span};
use serde_json::json;

use crate::service::{Asked, DESTINATION, PAIR, SOURCE, Service};

fn service(policy: Policy) -> Service {
    Service::new(policy, 7, Transitions::Timed)
}

fn trace(service: &Service) -> Trace {
    Trace::of(service.exchanges.clone(), Vec::new())
}

fn created(service: &mut Service) -> String {
    let answer = service.call(Asked::new(Operation::CreateDiskReplicaPair, &PAIR));
    answer.body["ReplicaPairId"].as_str().unwrap().to_owned()
}

fn on(service: &mut Service, operation: Operation, at: &str, pair: &str) -> Answer {
    service.call(Asked::new(operation, &[("RegionId", at), ("ReplicaPairId", pair)]))
}

fn shown(service: &mut Service, pair: &str) -> String {
    let asked = Asked::new(Operation::DescribeDiskReplicaPairs, &[("RegionId", SOURCE), ("PairIds", pair)]);
    service.call(asked).body["ReplicaPairs"][0]["Status"].as_str().unwrap().to_owned()
}

/// A pair that is failed over, every step of it polled.
fn failed_over(policy: Policy) -> (Service, String) {
    let mut service = service(policy);
    let pair = created(&mut service);
    service.pass(2_000);
    assert_eq!(shown(&mut service, &pair), "created");
    on(&mut service, Operation::StartDiskReplicaPair, SOURCE, &pair);
    service.pass(5_000);
    assert_eq!(shown(&mut service, &pair), "normal");
    on(&mut service, Operation::FailoverDiskReplicaPair, DESTINATION, &pair);
    assert_eq!(shown(&mut service, &pair), "failovering");
    service.pass(2_000);
    assert_eq!(shown(&mut service, &pair), "failovered");
    (service, pair)
}

fn explained(trace: &Trace) -> Explanation {
    explain(trace, &Options::default())
}

#[test]
fn a_failover_is_explained_with_its_hidden_steps_and_rules() {
    let (service, pair) = failed_over(Policy::default());
    let trace = trace(&service);
    let explanation = explained(&trace);
    assert_eq!(explanation.verdict(), Verdict::Accepted);
    let [part] = explanation.parts.as_slice() else { panic!("one component") };
    assert_eq!(part.resources, [pair]);
    let hidden: Vec<&str> = part
        .steps
        .iter()
        .filter_map(|step| match &step.what {
            Happened::Ended { effect, .. } => Some(effect.kind.name()),
            _ => None,
        })
        .collect();
    assert_eq!(hidden, ["create_pair", "copy", "failover_pair"]);
    let needed: Vec<&str> = part.needed.iter().map(|rule| rule.as_str()).collect();
    for rule in ["E-110", "E-310", "E-320", "E-213", "E-340"] {
        assert!(needed.contains(&rule), "{rule} in {needed:?}");
    }
    let page = explanation.page(&|number| trace.exchanges.get(number));
    for line in
        ["# Trace: accepted", "hidden: failover_pair", "E-340", "FailoverDiskReplicaPair -> 200 (E-213)"]
    {
        assert!(page.contains(line), "{line} in {page}");
    }
}

#[test]
fn the_first_answer_that_nothing_explains_is_told_with_its_rule() {
    let (service, pair) = failed_over(Policy::default());
    let mut trace = trace(&service);
    // The source's region accepts a failover.
    let at =
        trace.exchanges.iter().position(|exchange| exchange.action == "FailoverDiskReplicaPair").unwrap();
    trace.exchanges[at].parameters.insert("RegionId".into(), SOURCE.into());
    let explanation = explained(&trace);
    let Finding::Refuted { exchange, nearest } = &explanation.parts[0].finding else { panic!("refuted") };
    assert_eq!(*exchange, at);
    assert_eq!(nearest[0].mismatch.shown, "accepted");
    assert_eq!(nearest[0].mismatch.rule.map(|rule| rule.as_str()), Some("E-621"));
    let page = explanation.page(&|number| trace.exchanges.get(number));
    assert!(page.contains("E-621") && page.contains("refuted"), "{page}");
    // What causes it is the one call, with the creation that holds the id.
    let left = shorten(&trace, &Options::default(), &mut |_| {});
    let answered: Vec<&str> =
        left.iter().filter(|exchange| exchange.answer.is_some()).map(|exchange| &*exchange.action).collect();
    assert_eq!(answered, ["CreateDiskReplicaPair", "FailoverDiskReplicaPair"], "{pair}");
}

#[test]
fn a_lost_call_took_effect_or_not() {
    for heard in [true, false] {
        let mut service = service(Policy::default());
        let pair = created(&mut service);
        service.pass(2_000);
        if heard {
            on(&mut service, Operation::StartDiskReplicaPair, SOURCE, &pair);
        } else {
            service.call(Asked::new(
                Operation::DescribeDiskReplicaPairs,
                &[("RegionId", SOURCE), ("PairIds", &pair)],
            ));
        }
        let expected = if heard { "initial_syncing" } else { "created" };
        assert_eq!(shown(&mut service, &pair), expected);
        let mut trace = trace(&service);
        trace.exchanges[1].action = "StartDiskReplicaPair".into();
        trace.exchanges[1].parameters.insert("ReplicaPairId".into(), pair.clone());
        trace.exchanges[1].answer = None;
        assert_eq!(explained(&trace).verdict(), Verdict::Accepted, "{expected}");
        trace.exchanges[1].answer =
            Some(Answer { status: 503, body: json!({ "Code": "ServiceUnavailable" }) });
        assert_eq!(explained(&trace).verdict(), Verdict::Accepted, "{expected}");
    }
}

#[test]
fn what_the_gateway_answers_or_nobody_models_is_not_judged_and_named() {
    let (service, _) = failed_over(Policy::default());
    let mut trace = trace(&service);
    let mut throttled = trace.exchanges[2].clone();
    throttled.answer = Some(Answer { status: 400, body: json!({ "Code": "Throttling.User" }) });
    let mut unknown = trace.exchanges[2].clone();
    unknown.action = "DescribeMetricData".into();
    trace.exchanges.extend([throttled, unknown]);
    let explanation = explained(&trace);
    assert_eq!(explanation.verdict(), Verdict::Accepted);
    let whys: Vec<&str> = explanation.unjudged.iter().map(|unused| unused.why.as_str()).collect();
    assert!(whys[0].contains("gateway") && whys[1].contains("not modelled"), "{whys:?}");
}

#[test]
fn a_call_that_the_wire_refuses_is_judged_without_a_state() {
    let mut service = service(Policy::default());
    service.call(Asked::new(Operation::FailoverDiskReplicaPair, &[("RegionId", SOURCE)]));
    let mut trace = trace(&service);
    assert_eq!(explained(&trace).verdict(), Verdict::Accepted);
    trace.exchanges[0].answer = Some(Answer { status: 200, body: json!({ "RequestId": "R" }) });
    assert_eq!(explained(&trace).verdict(), Verdict::Refuted);
}

#[test]
fn what_was_there_before_is_taken_from_the_first_answer_that_shows_it() {
    let (service, pair) = failed_over(Policy::default());
    let mut trace = trace(&service);
    trace.exchanges.drain(..3);
    let explanation = explained(&trace);
    assert_eq!(explanation.verdict(), Verdict::Accepted);
    let entered = |step: &failover_model::trace::explain::Step| step.what == Happened::Entered(pair.clone());
    assert!(explanation.parts[0].steps.iter().any(entered), "{explanation:?}");
    // From there on it is judged.
    let last = trace.exchanges.last_mut().unwrap();
    last.answer.as_mut().unwrap().body["ReplicaPairs"][0]["Status"] = json!("normal");
    assert_eq!(explained(&trace).verdict(), Verdict::Refuted);
}

#[test]
fn the_bandwidth_of_a_pair_is_compared() {
    let mut service = service(Policy::default());
    let prepaid =
        [("ChargeType", "PREPAY"), ("Bandwidth", "20480"), ("Period", "1"), ("PeriodUnit", "Month")];
    let parameters = [PAIR.as_slice(), prepaid.as_slice()].concat();
    let create = Asked::new(Operation::CreateDiskReplicaPair, &parameters);
    let pair = service.call(create).body["ReplicaPairId"].as_str().unwrap().to_owned();
    service.pass(2_000);
    shown(&mut service, &pair);
    on(&mut service, Operation::StartDiskReplicaPair, SOURCE, &pair);
    let mut trace = trace(&service);
    assert_eq!(explained(&trace).verdict(), Verdict::Accepted);
    fn bandwidth(trace: &mut Trace, at: usize) -> &mut serde_json::Value {
        &mut trace.exchanges[at].answer.as_mut().unwrap().body["ReplicaPairs"][0]["Bandwidth"]
    }
    assert_eq!(*bandwidth(&mut trace, 1), 20_480);
    *bandwidth(&mut trace, 1) = json!(10_240);
    let explanation = explained(&trace);
    let Finding::Refuted { exchange: 1, nearest } = &explanation.parts[0].finding else {
        panic!("{explanation:?}")
    };
    assert!(nearest[0].mismatch.at.ends_with(".Bandwidth"), "{nearest:?}");
    // Of a pair that was there before, what is shown first holds; what is not sold cannot be held, and is named.
    trace.exchanges.remove(0);
    assert_eq!(explained(&trace).verdict(), Verdict::Accepted);
    *bandwidth(&mut trace, 0) = json!(7);
    let explanation = explained(&trace);
    assert_eq!(explanation.verdict(), Verdict::Accepted);
    assert!(explanation.unjudged[0].why.contains("7 Kbit/s"), "{:?}", explanation.unjudged);
}

#[test]
fn somebody_else_explains_what_nothing_else_does_if_that_is_allowed() {
    let (service, pair) = failed_over(Policy::default());
    let mut trace = trace(&service);
    trace.exchanges.retain(|exchange| exchange.action != "FailoverDiskReplicaPair");
    assert_eq!(explained(&trace).verdict(), Verdict::Refuted);
    let options = Options { others: Others::MayCall, ..Options::default() };
    let explanation = explain(&trace, &options);
    assert_eq!(explanation.verdict(), Verdict::Accepted, "{pair}");
    let foreign = |step: &failover_model::trace::explain::Step| matches!(step.what, Happened::Foreign(_));
    assert!(explanation.parts[0].steps.iter().any(foreign));
}

#[test]
fn a_clock_that_is_off_is_tolerated_as_far_as_stated() {
    let (service, _) = failed_over(Policy::default());
    let mut trace = trace(&service);
    for exchange in &mut trace.exchanges {
        let Some(answer) = &mut exchange.answer else { continue };
        let Some(list) = answer.body.get_mut("ReplicaPairs").and_then(|list| list.as_array_mut()) else {
            continue;
        };
        for record in list {
            for name in ["CreateTime", "LastRecoverPoint"] {
                if let Some(at) = record.get(name).and_then(|at| at.as_u64()) {
                    record[name] = json!(at + 3);
                }
            }
        }
    }
    assert_eq!(explained(&trace).verdict(), Verdict::Refuted);
    let options = Options { clock_error: Span::from_secs(3), ..Options::default() };
    assert_eq!(explain(&trace, &options).verdict(), Verdict::Accepted);
}

#[test]
fn what_exceeds_the_bounds_is_undecided() {
    let (service, _) = failed_over(Policy::default());
    let limits = Limits { steps: 1, ..Limits::default() };
    let explanation = explain(&trace(&service), &Options { limits, ..Options::default() });
    assert_eq!(explanation.verdict(), Verdict::Undecided);
}

fn learnt_of<'a>(lessons: &'a Lessons, name: &str) -> &'a Learnt {
    lessons.learnt.iter().find(|learnt| learnt.reading.name.1 == name).unwrap()
}

#[test]
fn readings_are_refuted_and_borne_out() {
    // A failover of a pair that shows `created` tells the list of pairs from that of groups.
    for (value, reading) in PairFailover::ALL.iter().enumerate() {
        let mut policy = Policy::default();
        policy.ebs.pair_failover = *reading;
        let mut service = service(policy);
        let pair = created(&mut service);
        service.pass(2_000);
        shown(&mut service, &pair);
        on(&mut service, Operation::FailoverDiskReplicaPair, DESTINATION, &pair);
        shown(&mut service, &pair);
        let lessons = learn(&[trace(&service)], &Options::default(), &mut |_, _| {});
        assert_eq!(lessons.verdict, Verdict::Accepted);
        assert_eq!(lessons.changed.len(), value, "the default is changed only if it is refuted");
        assert_eq!(learnt_of(&lessons, "pair_failover").borne_out(), Some(value));
        assert_eq!(learnt_of(&lessons, "first_copy").of(Verdict::Refuted).count(), 0);
        assert!(lessons.section().contains("is borne out"), "{}", lessons.section());
    }
}

#[test]
fn what_hidden_work_can_explain_is_told_by_no_answer() {
    // The creation may have ended before the failover, so its acceptance says nothing about busy pairs. A refusal does.
    for busy in FailoverWhileBusy::ALL {
        let mut policy = Policy::default();
        policy.ebs.failover_while_busy = *busy;
        let mut service = service(policy.clone());
        let pair = created(&mut service);
        on(&mut service, Operation::FailoverDiskReplicaPair, DESTINATION, &pair);
        shown(&mut service, &pair);
        let options = Options { policy, ..Options::default() };
        let lessons = learn(&[trace(&service)], &options, &mut |_, _| {});
        let refuted = learnt_of(&lessons, "failover_while_busy").of(Verdict::Refuted).count();
        assert_eq!(refuted, usize::from(*busy == FailoverWhileBusy::Refuse));
    }
}
