//! Events of ActionTrail.

use failover_model::Timestamp;
use failover_model::trace::explain::{Options, Verdict, explain};
use failover_model::trace::reader::{Form, actiontrail};
use failover_model::trace::{Trace, Unreadable};
use serde_json::{Value, json};

use super::{accepted, origin, unused};

/// An event as the vendor's samples have it.
fn event(number: u32, name: &str, parameters: Value, response: Value) -> Value {
    let mut parameters = parameters;
    for (added, value) in
        [("AcsHost", "ebs.cn-beijing.aliyuncs.com"), ("AcsProduct", "ebs"), ("AcceptLanguage", "zh-CN")]
    {
        parameters[added] = json!(value);
    }
    json!({
        "eventId": format!("event-{number}"),
        "eventVersion": 1,
        "eventCategory": "Management",
        "eventType": "ApiCall",
        "eventName": name,
        "eventRW": "Write",
        "eventSource": "ebs.cn-beijing.aliyuncs.com",
        "eventTime": format!("2026-01-01T00:{:02}:{:02}Z", number / 60, number % 60),
        "apiVersion": "2021-07-30",
        "serviceName": "ebs",
        "acsRegion": "cn-beijing",
        "requestId": format!("R-{number}"),
        "sourceIpAddress": "203.0.113.7",
        "userAgent": "AlibabaCloud (linux; x86_64) Python/3.11 Core/1.0 TeaDSL/2",
        "userIdentity": { "type": "ram-user", "accountId": "1234567890123456", "principalId": "2", "userName": "operator",
            "accessKeyId": "hidden-access-key", "sessionContext": { "attributes": { "mfaAuthenticated": "false" } } },
        "recipientAccountId": "1234567890123456",
        "requestParameters": parameters,
        "responseElements": response,
        "isGlobal": false,
    })
}

fn create(number: u32) -> Value {
    let parameters = json!({
        "RegionId": "cn-beijing", "SourceZoneId": "cn-beijing-a", "DiskId": "d-1", "DestinationRegionId": "cn-shanghai",
        "DestinationZoneId": "cn-shanghai-b", "DestinationDiskId": "d-2", "ClientToken": "token-1",
        "SecurityToken": "hidden-token", "SignatureNonce": "hidden-nonce",
    });
    event(
        number,
        "CreateDiskReplicaPair",
        parameters,
        json!({ "RequestId": "R-1", "ReplicaPairId": "pair-1", "OrderId": "1" }),
    )
}

fn on_pair(number: u32, name: &str, region: &str) -> Value {
    let mut event = event(
        number,
        name,
        json!({ "RegionId": region, "ReplicaPairId": "pair-1" }),
        json!({ "RequestId": "R" }),
    );
    event["acsRegion"] = json!(region);
    event
}

/// A look as it is recorded: without what was shown.
fn look(number: u32) -> Value {
    let mut event = on_pair(number, "DescribeDiskReplicaPairs", "cn-beijing");
    event["eventRW"] = json!("Read");
    event.as_object_mut().unwrap().remove("responseElements");
    event
}

fn refused(mut event: Value, code: &str) -> Value {
    event["errorCode"] = json!(code);
    event["errorMessage"] = json!("The operation is not allowed in current status.");
    event.as_object_mut().unwrap().remove("responseElements");
    event
}

/// Created, started, failed over in the wrong place and in the right one, and reversed.
fn session() -> Vec<Value> {
    vec![
        create(1),
        on_pair(10, "StartDiskReplicaPair", "cn-beijing"),
        look(11),
        refused(
            on_pair(20, "FailoverDiskReplicaPair", "cn-beijing"),
            "OperationDenied.OperateNotAllowedForPrimary",
        ),
        on_pair(21, "FailoverDiskReplicaPair", "cn-shanghai"),
        on_pair(40, "ReprotectDiskReplicaPair", "cn-shanghai"),
    ]
}

fn read(text: &str) -> Trace {
    let trace = actiontrail(text, &origin()).unwrap();
    assert!(!format!("{trace:?}").contains("hidden-"), "{trace:?}");
    trace
}

#[test]
fn events_are_explained_as_far_as_they_tell() {
    let trace = read(&json!(session()).to_string());
    assert_eq!(
        unused(&trace),
        [("events[2]", "it has no ReplicaPairs: what DescribeDiskReplicaPairs was answered is not recorded")]
    );
    let first = &trace.exchanges[0];
    assert_eq!(
        (first.sent, first.answered),
        (Timestamp::from_millis(1_767_225_601_000), Timestamp::from_millis(1_767_225_601_999))
    );
    assert_eq!((first.account.as_str(), first.version.as_str()), ("1234567890123456", "2021-07-30"));
    assert_eq!(first.parameters["ClientToken"], "token-1");
    assert!(!first.parameters.contains_key("SecurityToken"));
    let refused = trace.exchanges[2].answer.as_ref().unwrap();
    assert_eq!((refused.status, refused.code()), (403, Some("OperationDenied.OperateNotAllowedForPrimary")));
    assert_eq!(accepted(&trace).judged, 5);
}

/// The same events, one of which no run of the model gives.
#[test]
fn events_can_refute() {
    let mut events = session();
    // It fails over where the source is.
    events[3] = on_pair(20, "FailoverDiskReplicaPair", "cn-beijing");
    let explanation = explain(&read(&json!(events).to_string()), &Options::default());
    assert_eq!(explanation.verdict(), Verdict::Refuted);
}

/// Delivered to a bucket, looked up, in a Logstore, and line by line.
#[test]
fn every_form_of_delivery_holds_the_same_events() {
    let events = session();
    let lines: Vec<String> = events.iter().map(Value::to_string).collect();
    let stored = |event: &Value| {
        json!({ "__topic__": "actiontrail_audit_event", "event": event.to_string() }).to_string()
    };
    let columns = |event: &Value| {
        let fields = event.as_object().unwrap().iter();
        let text = |value: &Value| if value.is_string() { value.clone() } else { json!(value.to_string()) };
        let fields = fields.map(|(name, value)| (format!("event.{name}"), text(value)));
        Value::Object(fields.collect()).to_string()
    };
    let expected = read(&json!(events).to_string());
    for (form, text) in [
        ("lookup", json!({ "RequestId": "R", "Events": events, "NextToken": "n" }).to_string()),
        ("lines", lines.join("\n")),
        ("a Logstore", events.iter().map(stored).collect::<Vec<_>>().join("\n")),
        ("a Logstore of columns", events.iter().map(columns).collect::<Vec<_>>().join("\n")),
        ("one and others", format!("{}\n{}", lines[0], json!(events[1..].to_vec()))),
    ] {
        assert_eq!(Form::of(&text), Some(Form::ActionTrail), "{form}");
        let trace = read(&text);
        assert_eq!(trace.exchanges, expected.exchanges, "{form}");
    }
    // A single event, and one with its parameters in the other field alone.
    let mut only = create(1);
    only["requestParameterJson"] = json!(only["requestParameters"].to_string());
    only.as_object_mut().unwrap().remove("requestParameters");
    assert_eq!(read(&only.to_string()).exchanges, expected.exchanges[..1]);
}

#[test]
fn what_cannot_be_used_is_counted_and_named() {
    let with = |mut event: Value, name: &str, value: Value| {
        event[name] = value;
        event
    };
    let without = |mut event: Value, name: &str| {
        event.as_object_mut().unwrap().remove(name);
        event
    };
    let unnamed = without(without(create(5), "apiVersion"), "serviceName");
    let cases = [
        (with(create(1), "eventVersion", json!(2)), "event version 2 is not 1"),
        (
            with(create(2), "eventType", json!("AliyunServiceEvent")),
            "AliyunServiceEvent is no call of the API",
        ),
        (with(create(3), "apiVersion", json!("2014-05-26")), "version 2014-05-26 is of another product"),
        (with(without(create(4), "apiVersion"), "serviceName", json!("Ecs")), "Ecs is another product"),
        (unnamed, "neither apiVersion nor serviceName says which product it is"),
        (without(create(6), "eventTime"), "it has no eventTime"),
        (with(create(7), "eventTime", json!("yesterday")), "its eventTime is no time"),
        (with(create(8), "acsRegion", json!("no region")), "its acsRegion is no region"),
    ];
    let mut events: Vec<Value> = cases.iter().map(|(event, _)| event.clone()).collect();
    events.extend([create(9), create(9)]);
    let trace = read(&json!(events).to_string());
    assert_eq!((trace.exchanges.len(), trace.unused.len()), (1, cases.len() + 1));
    for ((at, found), (number, (_, why))) in unused(&trace).into_iter().zip(cases.iter().enumerate()) {
        assert_eq!(at, format!("events[{number}]"));
        assert!(found.contains(why), "{found}: {why}");
    }
    assert_eq!(unused(&trace)[cases.len()], ("events[9]", "the event event-9 came before"));
}

/// A resource that was there before the first event is in no known state: nothing is held against what becomes of it.
#[test]
fn what_no_event_shows_is_not_judged() {
    let trace = read(
        &json!([
            on_pair(1, "FailoverDiskReplicaPair", "cn-shanghai"),
            on_pair(2, "StopDiskReplicaPair", "cn-beijing")
        ])
        .to_string(),
    );
    assert!(trace.exchanges.is_empty(), "{trace:?}");
    assert_eq!(unused(&trace)[0].1, "no answer of the recording shows all of pair-1");
    // That something is not there needs no showing.
    let missing = refused(on_pair(1, "FailoverDiskReplicaPair", "cn-shanghai"), "NoSuchResource");
    let trace = read(&missing.to_string());
    assert_eq!((trace.exchanges.len(), accepted(&trace).judged), (1, 1));
}

/// An accepted creation whose id the event does not tell is one whose answer was lost.
#[test]
fn an_accepted_call_without_its_answer_counts_as_lost() {
    let mut event = create(1);
    event["responseElements"] = json!({ "RequestId": "R-1" });
    let trace = read(&event.to_string());
    assert_eq!(trace.exchanges[0].answer, None);
    assert_eq!(
        unused(&trace),
        [("events[0]", "it has no ReplicaPairId, so it counts as a call whose answer was lost")]
    );
    accepted(&trace);
}

#[test]
fn what_is_no_record_of_events_is_refused_with_its_place() {
    assert!(matches!(actiontrail("", &origin()), Err(Unreadable::Document { .. })));
    assert!(matches!(actiontrail("[]", &origin()), Err(Unreadable::Document { .. })));
    let torn = format!("{}\n{{\"eventName\":", create(1));
    assert!(matches!(actiontrail(&torn, &origin()), Err(Unreadable::Line { line: 2, .. })));
    let deep = "[".repeat(100_000);
    assert!(matches!(actiontrail(&deep, &origin()), Err(Unreadable::Line { line: 1, .. })));
}
