//! The form of traces, and the readers of what others recorded.

use failover_model::trace::reader::{Origin, har};
use failover_model::trace::{Answer, Exchange, Trace, Unreadable, is_secret};
use failover_model::{RegionId, Timestamp};
use serde_json::json;

fn origin() -> Origin {
    Origin { account: "1001".parse().unwrap(), region: None }
}

fn exchange() -> Exchange {
    Exchange {
        sent: Timestamp::from_millis(1_000),
        answered: Timestamp::from_millis(1_250),
        order: None,
        account: "1001".parse().unwrap(),
        region: Some("cn-beijing".parse().unwrap()),
        version: "2017-08-01".into(),
        action: "FailoverDBCluster".into(),
        parameters: [("DBClusterId".to_owned(), "pc-1".to_owned())].into(),
        answer: Some(Answer { status: 200, body: json!({ "RequestId": "R" }) }),
    }
}

#[test]
fn a_trace_is_read_as_it_was_written() {
    let lost = Exchange { answer: None, order: Some((1, 2)), region: None, ..exchange() };
    let trace = Trace::of(vec![exchange(), lost], Vec::new());
    let text = trace.text();
    assert_eq!(Trace::read(&text), Ok(trace.clone()));
    // One behind the other is a trace too.
    let twice = Trace::read(&format!("{text}\n{text}")).unwrap();
    assert_eq!(twice.exchanges.len(), 4);
}

#[test]
fn what_is_no_trace_is_refused_with_its_line() {
    let good = Trace::of(vec![exchange()], Vec::new()).text();
    let line = |text: &str| Trace::read(&format!("{{\"failover_trace\":1}}\n{text}")).unwrap_err();
    assert_eq!(Trace::read(""), Err(Unreadable::NoHeader));
    assert_eq!(Trace::read("{\"failover_trace\":2}"), Err(Unreadable::Version(2)));
    assert_eq!(Trace::read(good.lines().nth(1).unwrap()), Err(Unreadable::NoHeader));
    for (text, why) in [
        ("{", "EOF"),
        ("{\"sent_ms\":1}", "missing field"),
        (&good.lines().nth(1).unwrap().replace("\"action\"", "\"verb\""), "action"),
        (&good.lines().nth(1).unwrap().replace("1250", "999"), "answered before"),
    ] {
        let Unreadable::Line { line: 2, why: told } = line(text) else { panic!("{text}") };
        assert!(told.contains(why), "{told}");
    }
}

#[test]
fn secrets_are_never_written() {
    let mut exchange = exchange();
    for name in
        ["AccessKeyId", "AccessKeySecret", "Signature", "SignatureNonce", "SecurityToken", "BearerToken"]
    {
        assert!(is_secret(name), "{name}");
        exchange.parameters.insert(name.into(), "hidden-value".into());
    }
    exchange.answer = Some(Answer {
        status: 400,
        body: json!({ "Code": "SignatureDoesNotMatch", "Message": "hidden-value was signed", "RequestId": "R" }),
    });
    let text = Trace::of(vec![exchange], Vec::new()).text();
    assert!(!text.contains("hidden-value"), "{text}");
    assert!(!is_secret("ClientToken") && !is_secret("NextToken"));
}

#[test]
fn har_files_are_read_and_what_is_of_no_use_is_named() {
    let entry = |request: serde_json::Value, status: i64, content: serde_json::Value| {
        json!({ "startedDateTime": "2026-01-01T08:00:00.500+08:00", "time": 12.3, "request": request,
            "response": { "status": status, "content": content } })
    };
    let json_body = json!({ "mimeType": "application/json", "text": "{\"RequestId\":\"R\"}" });
    let v3 = json!({ "method": "POST", "url": "https://ebs.cn-beijing.aliyuncs.com/?RegionId=cn-beijing&ReplicaPairId=pair-1",
        "headers": [{ "name": "x-acs-action", "value": "FailoverDiskReplicaPair" }, { "name": "x-acs-version", "value": "2021-07-30" },
            { "name": "Authorization", "value": "ACS3-HMAC-SHA256 Credential=1234567890123456,Signature=abc" }] });
    let rpc = json!({ "method": "POST", "url": "https://polardb.aliyuncs.com/", "headers": [],
        "postData": { "mimeType": "application/x-www-form-urlencoded", "text":
            "Action=FailoverDBCluster&Version=2017-08-01&DBClusterId=pc-1&AccessKeyId=LTAIx&Signature=s%3D" } });
    let elsewhere = json!({ "method": "GET", "url": "https://example.com/style.css", "headers": [] });
    let base64 = json!({ "text": "eyJDb2RlIjoiTm9TdWNoUmVzb3VyY2UifQ==", "encoding": "base64" });
    let file = json!({ "log": { "version": "1.2", "entries": [
        entry(v3.clone(), 200, json_body.clone()),
        entry(rpc, 404, base64),
        entry(elsewhere, 200, json_body),
        entry(v3.clone(), 0, json!({})),
        entry(v3, 200, json!({ "text": "<xml/>" })),
    ] } });
    let trace = har(&file.to_string(), &origin()).unwrap();
    let [first, second, third] = trace.exchanges.as_slice() else { panic!("{trace:?}") };
    assert_eq!(first.sent, Timestamp::from_millis(1_767_225_600_500));
    assert_eq!(first.answered, Timestamp::from_millis(1_767_225_600_513));
    assert_eq!(
        (first.account.as_str(), first.action.as_str()),
        ("1234567890123456", "FailoverDiskReplicaPair")
    );
    assert_eq!(first.region, Some("cn-beijing".parse::<RegionId>().unwrap()));
    assert_eq!(second.answer.as_ref().unwrap().code(), Some("NoSuchResource"));
    assert_eq!((second.account.as_str(), second.parameters.len()), ("1001", 1));
    assert_eq!(third.answer, None);
    let unused: Vec<(&str, &str)> =
        trace.unused.iter().map(|unused| (unused.at.as_str(), unused.why.as_str())).collect();
    assert_eq!(unused[0].0, "entries[2]");
    assert!(unused[0].1.contains("no action"), "{unused:?}");
    assert_eq!(unused[1], ("entries[4]", "its body is no JSON"));
    assert!(matches!(har("[]", &origin()), Err(Unreadable::Document { .. })));
}
