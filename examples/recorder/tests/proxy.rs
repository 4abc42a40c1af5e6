//! What passes through the proxy is unchanged, and what is recorded is what the service did.

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use failover_model::trace::Trace;
use failover_model::trace::explain::{Options, Verdict, explain};
use serde_json::{Value, json};
use support::{Answer, EBS, File, PATIENCE, POLARDB, Running, SECRET, form, used};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const PAIR: [(&str, &str); 6] = [
    ("RegionId", "cn-shanghai"),
    ("SourceZoneId", "cn-shanghai-a"),
    ("DiskId", "d-source"),
    ("DestinationRegionId", "cn-beijing"),
    ("DestinationZoneId", "cn-beijing-a"),
    ("DestinationDiskId", "d-destination"),
];

const CLUSTER: [(&str, &str); 6] = [
    ("RegionId", "cn-hangzhou"),
    ("DBType", "MySQL"),
    ("DBVersion", "8.0"),
    ("DBNodeClass", "polar.mysql.x4.large"),
    ("PayType", "Postpaid"),
    ("DBNodeNum", "3"),
];

const FAILOVER: [(&str, &str); 3] =
    [("Action", "FailoverDBCluster"), ("Version", POLARDB), ("DBClusterId", "pc-1")];

/// A service that answers every connection with these bytes and closes it; with none it closes without a word.
fn canned(answer: Vec<u8>) -> Running {
    Running::start(|listener, _| async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut request = [0; 65_536];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            });
        }
    })
}

/// A service that takes every connection and never answers.
fn silent() -> Running {
    Running::start(|listener, _| async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    })
}

/// A client that has sent a call and does not wait for its answer.
fn sent(proxy: &Running) -> TcpStream {
    let mut stream = TcpStream::connect(proxy.address).expect("it accepts");
    let request = format!("POST /?{} HTTP/1.1\r\nHost: a\r\n\r\n", form(&FAILOVER));
    stream.write_all(request.as_bytes()).expect("it reads");
    stream
}

fn http(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn before(service: &Running, file: &File) -> (Running, Arc<failover_recorder::proxy::Proxy>) {
    Running::proxy(&format!("http://{}", service.address), None, file, PATIENCE)
}

#[track_caller]
fn accepted(trace: &Trace) {
    let explanation = explain(trace, &Options::default());
    let page = explanation.page(&|number| trace.exchanges.get(number));
    assert_eq!(explanation.verdict(), Verdict::Accepted, "{page}");
    assert!(explanation.judged * 10 >= trace.exchanges.len() * 9, "{page}");
}

/// A pair and a cluster: created, looked at, failed over, with a lost answer, a 503 and a page of HTML.
fn session(service: &Running, control: &Running) {
    let fault = |fault: Value| {
        let made = control.request("/_emulator/faults", &[], fault.to_string().as_bytes());
        assert_eq!(made.status, 200, "{made:?}");
    };
    let pair = service.call(EBS, "CreateDiskReplicaPair", &PAIR).text("ReplicaPairId");
    let at = |region| [("RegionId", region), ("ReplicaPairId", pair.as_str()), ("ClientToken", "one")];
    let listed = [("RegionId", "cn-shanghai"), ("PairIds", pair.as_str())];
    service.call(EBS, "DescribeDiskReplicaPairs", &listed).json();
    service.call(EBS, "StartDiskReplicaPair", &at("cn-shanghai")).json();
    fault(json!({ "kind": "reply", "action": "FailoverDiskReplicaPair", "lose": true }));
    assert_eq!(service.call(EBS, "FailoverDiskReplicaPair", &at("cn-beijing")).status, 0);
    service.call(EBS, "FailoverDiskReplicaPair", &at("cn-beijing")).json();
    assert_eq!(service.call(EBS, "FailoverDiskReplicaPair", &at("cn-shanghai")).status, 403);
    service.call(EBS, "DescribeDiskReplicaPairs", &listed).json();
    let cluster = service.call(POLARDB, "CreateDBCluster", &CLUSTER).text("DBClusterId");
    let named = [("DBClusterId", cluster.as_str())];
    service.call(POLARDB, "DescribeDBClusterAttribute", &named).json();
    fault(
        json!({ "kind": "reply", "action": "FailoverDBCluster", "status": 502, "body": "<html>502</html>" }),
    );
    assert_eq!(service.call(POLARDB, "FailoverDBCluster", &named).status, 502);
    service.call(POLARDB, "DescribeDBClusterAttribute", &named).json();
    assert_eq!(service.call(POLARDB, "FailoverDBCluster", &[("DBClusterId", "pc-none")]).status, 404);
}

#[test]
fn the_proxy_records_what_the_service_records_itself() {
    let (own, through) = (File::new("own"), File::new("through"));
    let path = own.0.to_str().expect("a path");
    let emulator = Running::emulator(&["--transitions", "immediate", "--record", path]);
    let (proxy, counted) = before(&emulator, &through);
    session(&proxy, &emulator);
    drop(proxy);
    drop(emulator);
    let (own, through) = (own.trace(), through.trace());
    let all = |trace: &Trace| -> Vec<Value> {
        let mut all: Vec<Value> = trace.exchanges.iter().map(used).collect();
        for exchange in &mut all {
            // Of a failure of the server it only counts that it was one.
            if exchange["status"].as_u64().is_some_and(|status| status >= 500) {
                exchange["body"] = Value::Null;
            }
            // What explains an error names the product or not, and says nothing of the call.
            if let Some(body) = exchange["body"].as_object_mut() {
                body.remove("Recommend");
            }
            // The proxy does not know which regions the service takes for calls that name none.
            exchange.as_object_mut().expect("an object").remove("region");
        }
        all
    };
    assert_eq!(all(&through), all(&own));
    assert_eq!(through.exchanges.len(), 12);
    assert_eq!(counted.unrecorded(), 0);
    for (through, own) in through.exchanges.iter().zip(&own.exchanges) {
        // The service is asked after the proxy, and has answered before it.
        assert!(through.sent <= own.sent && through.answered >= own.answered, "{through:?} {own:?}");
    }
    accepted(&own);
    accepted(&through);
}

#[test]
fn bytes_pass_unchanged() {
    let service = canned(http(
        "299 Peculiar",
        "Content-Type: application/octet-stream\r\nX-Mixed-Case: kept  as is\r\n",
        b"\x00\xff{ }\r\n\r\n",
    ));
    let file = File::new("bytes");
    let (proxy, _) = before(&service, &file);
    let request = b"POST /?a=%00 HTTP/1.1\r\nHost: ebs.example\r\nX-Odd: 1\r\nConnection: close\r\nContent-Length: 3\r\n\r\n\xff\x00a";
    let through = Answer::of(&proxy.raw(request));
    let direct = Answer::of(&service.raw(request));
    assert_eq!((through.status, &through.body), (direct.status, &direct.body));
    assert!(through.head.contains("X-Mixed-Case: kept  as is"), "{}", through.head);
    assert!(!through.head.to_lowercase().contains("date:"), "{}", through.head);
    assert!(file.trace().exchanges.is_empty());
}

/// What the service receives: the request as it was sent, with its signature.
#[test]
fn a_signature_reaches_the_service_and_not_the_file() {
    let (sent, received) = std::sync::mpsc::channel();
    let service = Running::start(|listener, _| async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 65_536];
            let read = stream.read(&mut request).await.unwrap_or(0);
            let _ = sent.send(String::from_utf8_lossy(&request[..read]).into_owned());
            let _ = stream
                .write_all(&http(
                    "200 OK",
                    "",
                    br#"{"RequestId":"R","AccessKeySecret":"hidden-secret-of-the-client"}"#,
                ))
                .await;
        }
    });
    let file = File::new("secrets");
    let (proxy, _) = before(&service, &file);
    let secrets = [("Signature", SECRET), ("SecurityToken", SECRET), ("AccountPassword", SECRET)];
    let named = [("DBClusterId", "pc-1"), ("Action", "FailoverDBCluster"), ("Version", POLARDB)];
    let both = form(&[&named[..], &secrets[..]].concat());
    let authorization = ("Authorization", SECRET);
    let is_form = ("Content-Type", "application/x-www-form-urlencoded");
    let json = format!(r#"{{"Password":"{SECRET}"}}"#);
    for (target, headers, body) in [
        (format!("/?{both}"), vec![], ""),
        ("/".to_owned(), vec![is_form], both.as_str()),
        (format!("/?{}", form(&named)), vec![authorization, ("x-acs-security-token", SECRET)], ""),
        (format!("/?{}", form(&named)), vec![("Content-Type", "application/json")], json.as_str()),
    ] {
        assert_eq!(proxy.request(&target, &headers, body.as_bytes()).status, 200);
        let request = received.recv_timeout(PATIENCE).expect("a request");
        assert!(request.contains(SECRET), "{request}");
        assert!(request.contains(&format!("Host: {}", proxy.address)), "{request}");
    }
    drop(proxy);
    let trace = file.trace();
    assert_eq!(trace.exchanges.len(), 4);
    for exchange in &trace.exchanges {
        assert_eq!(exchange.parameters.len(), 1, "{exchange:?}");
        assert_eq!(exchange.answer.as_ref().expect("an answer").body, json!({ "RequestId": "R" }));
    }
}

#[test]
fn an_answer_that_never_comes_is_lost_for_the_client_too() {
    let service = canned(Vec::new());
    let file = File::new("closed");
    let (proxy, _) = before(&service, &file);
    assert_eq!(
        proxy.call(POLARDB, "FailoverDBCluster", &[("DBClusterId", "pc-1")]),
        Answer { status: 0, head: String::new(), body: Vec::new() }
    );
    // An answer that breaks off is none.
    let broken = canned(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec());
    let cut = File::new("cut");
    let (before_broken, _) = before(&broken, &cut);
    assert_eq!(before_broken.call(POLARDB, "FailoverDBCluster", &[("DBClusterId", "pc-1")]).status, 0);
    drop((proxy, before_broken));
    for file in [&file, &cut] {
        let trace = file.trace();
        assert_eq!(trace.exchanges.len(), 1);
        assert_eq!(trace.exchanges[0].answer, None);
    }
}

#[test]
fn a_service_that_is_not_reached_had_no_call() {
    let gone = canned(Vec::new()).address;
    let file = File::new("gone");
    let (proxy, counted) = Running::proxy(&format!("http://{gone}"), None, &file, PATIENCE);
    let answer = proxy.call(POLARDB, "FailoverDBCluster", &[("DBClusterId", "pc-1")]);
    assert_eq!(answer.status, 502);
    assert!(String::from_utf8_lossy(&answer.body).contains("is not reached"), "{answer:?}");
    assert_eq!((file.trace().exchanges.len(), counted.unrecorded()), (0, 1));
}

#[test]
fn a_service_that_is_too_slow_counts_as_lost() {
    let service = silent();
    let file = File::new("slow");
    let patience = Duration::from_millis(300);
    let (proxy, _) = Running::proxy(&format!("http://{}", service.address), None, &file, patience);
    assert_eq!(proxy.call(POLARDB, "FailoverDBCluster", &[("DBClusterId", "pc-1")]).status, 0);
    let [exchange] = &file.trace().exchanges[..] else { panic!("one exchange") };
    assert_eq!(exchange.answer, None);
    assert!(exchange.answered.since(exchange.sent).as_millis() >= 300);
}

#[test]
fn a_client_that_leaves_does_not_lose_what_the_service_answered() {
    let service = Running::start(|listener, _| async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::time::sleep(Duration::from_millis(300)).await;
            let _ = stream.write_all(&http("200 OK", "", br#"{"RequestId":"R"}"#)).await;
        }
    });
    let file = File::new("left");
    let (proxy, _) = before(&service, &file);
    let stream = sent(&proxy);
    std::thread::sleep(Duration::from_millis(100));
    drop(stream);
    let deadline = std::time::Instant::now() + PATIENCE;
    while file.trace().exchanges.is_empty() && std::time::Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
    let [exchange] = &file.trace().exchanges[..] else { panic!("one exchange") };
    assert_eq!(exchange.answer.as_ref().map(|answer| answer.status), Some(200));
}

#[test]
fn large_bodies_pass_and_are_not_held() {
    let large = vec![b'x'; (8 << 20) + 12_345];
    let service = canned(http("200 OK", "Content-Type: application/json\r\n", &large));
    let file = File::new("large");
    let (proxy, counted) = before(&service, &file);
    let answer = proxy.call(POLARDB, "DescribeDBClusters", &[("RegionId", "cn-hangzhou")]);
    assert!(answer.status == 200 && answer.body == large, "{} bytes", answer.body.len());
    drop(proxy);
    let trace = file.trace();
    assert_eq!(
        (trace.exchanges.len(), trace.exchanges[0].answer.as_ref(), counted.unrecorded()),
        (1, None, 1)
    );

    // A request that is longer than any call passes whole.
    let (sent, received) = std::sync::mpsc::channel();
    let service = Running::start(|listener, _| async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (mut all, mut buffer) = (0_usize, vec![0; 1 << 16]);
            while all < (2 << 20) {
                match stream.read(&mut buffer).await {
                    Ok(0) | Err(_) => break,
                    Ok(read) => all += read,
                }
            }
            let _ = sent.send(all);
            let _ = stream.write_all(&http("200 OK", "", b"{}")).await;
        }
    });
    let file = File::new("long");
    let (proxy, counted) = before(&service, &file);
    assert_eq!(
        proxy.request("/?Action=FailoverDBCluster&Version=2017-08-01", &[], &vec![b'a'; 2 << 20]).status,
        200
    );
    assert!(received.recv_timeout(PATIENCE).expect("a length") >= 2 << 20);
    assert_eq!((file.trace().exchanges.len(), counted.unrecorded()), (0, 1));
}

#[test]
fn packed_answers_are_read_and_pass_as_they_are() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(br#"{"RequestId":"R"}"#).expect("memory");
    let packed = packed.finish().expect("memory");
    let service = canned(http("200 OK", "Content-Encoding: gzip\r\n", &packed));
    let file = File::new("packed");
    let (proxy, _) = before(&service, &file);
    let answer = proxy.call(POLARDB, "FailoverDBCluster", &[("DBClusterId", "pc-1")]);
    assert_eq!(answer.body, packed);
    drop(proxy);
    let [exchange] = &file.trace().exchanges[..] else { panic!("one exchange") };
    assert_eq!(exchange.answer.as_ref().expect("an answer").body, json!({ "RequestId": "R" }));
}

#[test]
fn an_html_page_of_something_in_between_passes_and_says_that_the_server_failed() {
    let service = canned(http("502 Bad Gateway", "Content-Type: text/html\r\n", b"<html>502</html>"));
    let file = File::new("html");
    let (proxy, _) = before(&service, &file);
    let answer = proxy.call(POLARDB, "FailoverDBCluster", &[("DBClusterId", "pc-1")]);
    assert_eq!((answer.status, answer.body.as_slice()), (502, &b"<html>502</html>"[..]));
    drop(proxy);
    let [exchange] = &file.trace().exchanges[..] else { panic!("one exchange") };
    let answer = exchange.answer.as_ref().expect("an answer");
    assert_eq!((answer.status, &answer.body), (502, &json!({})));
}

#[test]
fn overlapping_calls_keep_their_order() {
    let file = File::new("overlap");
    let emulator = Running::emulator(&["--transitions", "immediate"]);
    let (proxy, _) = before(&emulator, &file);
    let cluster = proxy.call(POLARDB, "CreateDBCluster", &CLUSTER).text("DBClusterId");
    let fault = json!({ "kind": "reply", "action": "FailoverDBCluster", "delay_ms": 400 });
    assert_eq!(emulator.request("/_emulator/faults", &[], fault.to_string().as_bytes()).status, 200);
    std::thread::scope(|scope| {
        scope.spawn(|| proxy.call(POLARDB, "FailoverDBCluster", &[("DBClusterId", &cluster)]).json());
        std::thread::sleep(Duration::from_millis(150));
        proxy.call(POLARDB, "DescribeDBClusterAttribute", &[("DBClusterId", &cluster)]).json();
    });
    drop(proxy);
    let trace = file.trace();
    let order = |action: &str| {
        let found = trace.exchanges.iter().find(|exchange| exchange.action == action);
        found.and_then(|exchange| exchange.order).expect("an order")
    };
    let (slow, quick) = (order("FailoverDBCluster"), order("DescribeDBClusterAttribute"));
    assert!(slow.0 < quick.0 && quick.1 < slow.1, "{slow:?} {quick:?}");
    accepted(&trace);
}

#[test]
fn a_client_may_take_it_for_its_http_proxy_before_this_service_alone() {
    let service = canned(http("200 OK", "", br#"{"RequestId":"R"}"#));
    let file = File::new("absolute");
    let (proxy, _) = before(&service, &file);
    let query = form(&FAILOVER);
    let own = format!("http://{}/?{query}", service.address);
    let host = [("Host", "polardb.cn-beijing.aliyuncs.com")];
    assert_eq!(proxy.request(&own, &host, b"").status, 200);
    assert_eq!(proxy.request(&format!("http://elsewhere.example/?{query}"), &host, b"").status, 421);
    let tunnel = proxy.raw(
        b"CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n",
    );
    assert!(tunnel.starts_with(b"HTTP/1.1 405"), "{}", String::from_utf8_lossy(&tunnel));
    drop(proxy);
    let [exchange] = &file.trace().exchanges[..] else { panic!("one exchange") };
    assert_eq!(exchange.region.as_ref().map(|region| region.as_str()), Some("cn-beijing"));
}

#[test]
fn a_call_in_flight_when_the_proxy_ends_is_recorded_as_lost() {
    let service = silent();
    let file = File::new("ending");
    let (proxy, _) = before(&service, &file);
    let mut stream = sent(&proxy);
    std::thread::sleep(Duration::from_millis(200));
    drop(proxy);
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    let [exchange] = &file.trace().exchanges[..] else { panic!("one exchange") };
    assert_eq!(exchange.answer, None);
}
