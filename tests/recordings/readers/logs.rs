//! The request logs of the vendor's clients, as these wrote them against the emulator (`.ci/clients/logs.py`).

use failover_model::Timestamp;
use failover_model::trace::explain::{Options, Verdict, explain};
use failover_model::trace::reader::{Form, core_log, httpx_log};
use failover_model::trace::{Trace, Unreadable};
use serde_json::json;

use super::{accepted, origin, unused};

const CORE: &str = include_str!("../../fuzz/seeds/readers/core.log");
const POP_CORE: &str = include_str!("../../fuzz/seeds/readers/pop-core.log");
const OPENAPI: &str = include_str!("../../fuzz/seeds/readers/openapi.log");

/// The session that each client made: created, looked at, failed over, looked at, refused, answered by a page of a proxy, looked at.
fn is_the_session(trace: &Trace) {
    let actions: Vec<(&str, Option<u16>)> = trace
        .exchanges
        .iter()
        .map(|exchange| (exchange.action.as_str(), exchange.answer.as_ref().map(|answer| answer.status)))
        .collect();
    let look = ("DescribeDBClusterAttribute", Some(200));
    let failover = |status| ("FailoverDBCluster", Some(status));
    assert_eq!(
        actions,
        [("CreateDBCluster", Some(200)), look, failover(200), look, failover(404), failover(502), look]
    );
    assert_eq!(unused(trace), []);
    for exchange in &trace.exchanges {
        assert_eq!(
            (exchange.account.as_str(), exchange.version.as_str()),
            ("1234567890123456", "2017-08-01")
        );
        assert!(exchange.answered > exchange.sent && exchange.order.is_none(), "{exchange:?}");
    }
    let created = &trace.exchanges[0].parameters;
    assert_eq!(
        (created["ClientToken"].as_str(), created["DBNodeNum"].as_str()),
        ("token-1", "3"),
        "{created:?}"
    );
    let refused = trace.exchanges[4].answer.as_ref().unwrap();
    assert_eq!(refused.code(), Some("InvalidDBCluster.NotFound"));
    assert_eq!(trace.exchanges[5].answer.as_ref().unwrap().body, json!({}));
    assert_eq!(accepted(trace).judged, 7);
    let text = trace.text();
    assert!(!text.contains("Signature") && !text.contains("AccessKey"), "{text}");
}

#[test]
fn the_log_of_the_python_core_is_explained() {
    assert_eq!(Form::of(CORE), Some(Form::CoreLog));
    is_the_session(&core_log(CORE, &origin()).unwrap());
}

#[test]
fn the_log_of_pop_core_is_explained() {
    assert_eq!(Form::of(POP_CORE), Some(Form::HttpxLog));
    is_the_session(&httpx_log(POP_CORE, &origin()).unwrap());
}

/// The same logs with one answer altered: the failover did not move the writer.
#[test]
fn an_altered_log_is_refuted() {
    for (form, text) in [(Form::CoreLog, CORE), (Form::HttpxLog, POP_CORE)] {
        // The answer to the failover becomes a refusal that the model does not give.
        let (accepted, refused) = match form {
            Form::CoreLog => (
                "DEBUG Response received. Product:None Response-body: b'{\"RequestId\":\"9A221A2B-E015-799D-5EA7-F80078B348FB\"}'",
                "ERROR ServerException occurred. Host:h SDK-Version:2.16.1 ServerException:HTTP Status: 404 Error:InvalidDBCluster.NotFound gone RequestID: 1",
            ),
            _ => (
                "{\"RequestId\":\"9A221A2B-E015-799D-5EA7-F80078B348FB\"}",
                "{\"Code\":\"InvalidDBCluster.NotFound\",\"RequestId\":\"9A221A2B-E015-799D-5EA7-F80078B348FB\"}",
            ),
        };
        assert!(text.contains(accepted), "{form:?}");
        let mut text = text.replace(accepted, refused);
        if form == Form::HttpxLog {
            let head = text.find("< x-acs-request-id: 9A221A2B").unwrap();
            let status = text[..head].rfind("< HTTP/1.1 200 OK").unwrap();
            text.replace_range(status..status + "< HTTP/1.1 200 OK".len(), "< HTTP/1.1 404 Not Found");
        }
        let trace = form.read(&text, &origin()).unwrap();
        assert_eq!(explain(&trace, &Options::default()).verdict(), Verdict::Refuted, "{form:?}");
    }
}

/// The log of a client that reads answers by itself has none of them: every call is named.
#[test]
fn a_log_without_answers_says_so() {
    let trace = httpx_log(OPENAPI, &origin()).unwrap();
    let [created] = trace.exchanges.as_slice() else { panic!("{trace:?}") };
    assert_eq!((created.action.as_str(), created.answer.as_ref()), ("CreateDBCluster", None));
    let why = |what: &str| unused(&trace).iter().filter(|(_, why)| why.contains(what)).count();
    assert_eq!(why("the log has no DBClusterId of it, so it counts as a call whose answer was lost"), 1);
    assert_eq!(why("the log has no DBNodes: what DescribeDBClusterAttribute was answered"), 3);
    assert_eq!(why("the log has no code for the status 404"), 1);
    assert_eq!(why("no answer of the recording shows all of pc-"), 2);
    accepted(&trace);
}

const AT: &str = "2026-01-01 00:00:0";

fn core_line(thread: u8, second: u8, message: &str) -> String {
    format!("{thread} {AT}{second},000 aliyunsdkcore.client DEBUG {message}\n")
}

fn core_asked(thread: u8, second: u8) -> String {
    let given =
        "{'Action': 'FailoverDBCluster', 'Version': '2017-08-01', 'DBClusterId': 'pc-1', 'Format': 'JSON'}";
    core_line(
        thread,
        second,
        &format!("Request received. Product:None Endpoint:polardb.cn-beijing.aliyuncs.com Params: {given}"),
    )
}

fn core_refused(thread: u8, second: u8) -> String {
    let said = "HTTP Status: 404 Error:InvalidDBCluster.NotFound The cluster is not there. RequestID: R";
    core_line(
        thread,
        second,
        &format!("ServerException occurred. Host:h SDK-Version:2.16.1 ServerException:{said}"),
    )
}

#[test]
fn threads_of_the_python_core_are_told_apart() {
    let text = [core_asked(1, 0), core_asked(2, 1), core_refused(2, 2), core_refused(1, 3)].concat();
    let trace = core_log(&text, &origin()).unwrap();
    let second = |at: u64| Timestamp::from_millis(1_767_225_600_000 + 1_000 * at);
    let spans: Vec<_> = trace.exchanges.iter().map(|exchange| (exchange.sent, exchange.answered)).collect();
    assert_eq!(spans, [(second(1), second(2)), (second(0), second(3))]);
    assert_eq!(trace.exchanges[0].region.as_ref().map(|region| region.as_str()), Some("cn-beijing"));
    assert_eq!(unused(&trace), []);
}

#[test]
fn what_the_log_of_the_python_core_lacks_is_named() {
    // Never answered, answered by an error of the connection, and answered without a request.
    let lost = core_line(
        1,
        2,
        "HttpError occurred. Host:h SDK-Version:2.16.1 ClientException:SDK.HttpError timed out",
    );
    let text = [core_asked(1, 0), lost, core_refused(1, 3), core_asked(1, 4), core_asked(1, 5)].concat();
    let trace = core_log(&text, &origin()).unwrap();
    assert!(trace.exchanges.is_empty(), "a cluster that no answer shows: {trace:?}");
    assert_eq!(unused(&trace)[0], ("line 3", "the log does not have the request that it answers"));
    assert_eq!(trace.unused.len(), 4);
    let torn = core_line(1, 0, "Request received. Product:None Endpoint:e Params: {'Action': 'Fail");
    let trace = core_log(&torn, &origin()).unwrap();
    assert_eq!(unused(&trace), [("line 1", "its parameters cannot be read")]);
    assert!(matches!(core_log("nothing\n", &origin()), Err(Unreadable::Document { .. })));
}

fn httpx_line(second: u8, kind: &str, text: &str) -> String {
    format!("2026-01-01T00:00:0{second}.000Z httpx:{kind} {text}\n")
}

/// The heads of a request for this cluster, whose body is so long, and of its answer.
fn httpx_heads(second: u8, cluster: &str, length: usize) -> String {
    [
        httpx_line(
            second,
            "header",
            &format!("> POST /?Action=FailoverDBCluster&Version=2017-08-01&DBClusterId={cluster} HTTP/1.1"),
        ),
        httpx_line(second, "header", "> Host: polardb.aliyuncs.com"),
        httpx_line(second, "header", &format!("> Content-Length: {length}")),
        httpx_line(second, "header", "< HTTP/1.1 404 Not Found"),
        httpx_line(second, "header", &format!("< x-acs-request-id: {cluster}-id")),
    ]
    .concat()
}

fn httpx_answer(second: u8, cluster: &str) -> String {
    let body = format!("{{\"Code\":\"InvalidDBCluster.NotFound\",\"RequestId\":\"{cluster}-id\"}}");
    [httpx_line(second, "body", ""), httpx_line(second, "body", &body)].concat()
}

#[test]
fn calls_at_the_same_time_are_told_apart_by_their_request_ids() {
    let none = |second| httpx_line(second, "body", "<no request body>");
    let text = [
        none(0),
        none(1),
        httpx_heads(2, "pc-b", 0),
        httpx_heads(3, "pc-a", 0),
        httpx_answer(4, "pc-a"),
        httpx_answer(5, "pc-b"),
    ]
    .concat();
    let trace = httpx_log(&text, &origin()).unwrap();
    let second = |at: u64| Timestamp::from_millis(1_767_225_600_000 + 1_000 * at);
    let calls: Vec<_> = trace
        .exchanges
        .iter()
        .map(|exchange| (exchange.parameters["DBClusterId"].as_str(), exchange.sent, exchange.answered))
        .collect();
    // Which of the two was sent first the log does not tell, so both may have been.
    assert_eq!(calls, [("pc-a", second(0), second(4)), ("pc-b", second(0), second(5))]);
    assert_eq!(unused(&trace), []);
}

#[test]
fn what_the_log_of_httpx_lacks_is_named() {
    let form = |second| httpx_line(second, "body", "a=12345");
    let text = [
        // Two bodies of one length at a time, of which one is answered.
        form(0),
        form(1),
        httpx_heads(2, "pc-a", 7),
        httpx_answer(3, "pc-a"),
        // An answer to what was never sent, and the body of no answer.
        httpx_heads(4, "pc-b", 3),
        httpx_answer(5, "pc-c"),
    ]
    .concat();
    let trace = httpx_log(&text, &origin()).unwrap();
    assert!(trace.exchanges.is_empty(), "{trace:?}");
    let whys: Vec<&str> = unused(&trace).iter().map(|(_, why)| *why).collect();
    assert_eq!(
        whys,
        [
            "it cannot be told from another request at the same time",
            "it is not clear whose answer it is",
            "the log does not have the request that it answers",
            "it is not clear whose answer it is",
            "no answer came to it, and so the log does not tell what was asked; others may have called",
            "no answer came to it, and so the log does not tell what was asked; others may have called",
        ]
    );
    assert!(matches!(httpx_log("nothing\n", &origin()), Err(Unreadable::Document { .. })));
}
