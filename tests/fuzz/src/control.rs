//! The emulator's requests: what a client can send it, one request a line, answered without a socket.
//!
//! A line is a method, a target and perhaps a body: `PUT /_emulator/transitions {"mode":"manual"}`. A line that begins
//! with `#` is for the reader. What HTTP itself would refuse is skipped. The clock stands until it is told, and who waits
//! is answered at once: the timers of the runtime run ahead when nothing else does.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Method, Request, StatusCode, Uri, header};
use axum::response::Response;
use failover_emulator::Emulator;
use failover_emulator::clock::Clock;
use failover_emulator::limits::Limits;
use failover_emulator::world::Origin;
use failover_emulator::{policy, router, serve};
use failover_model::simulation::{Fault, LatencyProfile, PlannedFault, Transitions};
use failover_model::{AccountId, ControlPlane};
use serde_json::Value;

/// The most requests of one input.
const MAX_REQUESTS: usize = 32;

/// The most that one input advances the clock: each 15 minutes of it are a copy of every pair.
const LONGEST_MS: u64 = 62 * 24 * 60 * 60 * 1_000;

/// The requests of one input, made of an emulator that has just been started.
pub fn control(data: &[u8]) {
    answers(data);
}

/// The same; returns each line that was sent, with the status that it was answered.
pub fn answers(data: &[u8]) -> Vec<(String, Option<u16>)> {
    made(data).0.answers
}

/// The state that the requests lead to, as it is told.
#[allow(dead_code, reason = "the fuzzer does not need it")]
pub fn state_after(data: &[u8]) -> String {
    made(data).1
}

fn made(data: &[u8]) -> (Client, String) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().expect("a runtime");
    let mut client = Client::new();
    let state = runtime.block_on(async {
        let lines = data.split(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"#"));
        for line in lines.take(MAX_REQUESTS) {
            client.line(line).await;
        }
        client.keeps_and_takes_back_its_state().await
    });
    (client, state)
}

struct Client {
    emulator: Arc<Emulator>,
    router: Router,
    advanced_ms: u64,
    answers: Vec<(String, Option<u16>)>,
}

struct Answer {
    status: StatusCode,
    /// `Content-Type`.
    kind: String,
    body: Bytes,
}

/// All that decides the future, and how many events there were.
#[derive(PartialEq)]
struct Seen {
    replies_may_be_struck: bool,
    plane: ControlPlane,
    world: failover_model::simulation::World,
    last_seq: u64,
}

impl Client {
    fn new() -> Self {
        let origin = Origin {
            policy: policy::default(),
            seed: 7,
            transitions: Transitions::Timed,
            latency: LatencyProfile::QUICK,
            clock: Clock::manual(),
            account: AccountId::parse("1001").expect("well formed"),
            region: "cn-hangzhou".parse().expect("well formed"),
            regions: failover_model::Places::default(),
        };
        let emulator = Arc::new(Emulator::new(origin, Limits::DEFAULT));
        Self { router: router(&emulator), emulator, advanced_ms: 0, answers: Vec::new() }
    }

    /// What each account has.
    async fn seen(&self) -> BTreeMap<AccountId, Seen> {
        let is_reply = |planned: &PlannedFault| matches!(planned.fault, Fault::Reply(_));
        let mut seen = BTreeMap::new();
        for account in self.emulator.accounts() {
            let has = account.with(|world, _| Seen {
                replies_may_be_struck: world.simulation.faults().iter().any(is_reply),
                plane: world.simulation.plane().clone(),
                world: world.simulation.world(),
                last_seq: world.feed.last_seq(),
            });
            seen.insert(account.id.clone(), has.await);
        }
        seen
    }

    async fn line(&mut self, line: &[u8]) {
        let mut parts = line.splitn(3, |byte| *byte == b' ');
        let (method, target) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let body = parts.next().unwrap_or_default();
        let (Ok(method), Ok(target)) = (Method::from_bytes(method), Uri::try_from(target)) else { return };
        if target.path().ends_with("/clock") {
            let asked = serde_json::from_slice(body).unwrap_or(Value::Null)["advance_ms"].as_u64();
            self.advanced_ms = self.advanced_ms.saturating_add(asked.unwrap_or(0));
            if self.advanced_ms > LONGEST_MS {
                return;
            }
        }
        let told = String::from_utf8_lossy(line);
        let before = self.seen().await;
        let answer = self.ask(&method, &target, Bytes::copy_from_slice(body)).await;
        self.answers.push((told.to_string(), answer.as_ref().map(|answer| answer.status.as_u16())));
        let mut after = self.seen().await;
        for seen in after.values() {
            seen.plane.check().unwrap_or_else(|violation| panic!("{violation} after {told}"));
        }
        // An account that was not asked for before has what it begins with.
        after.retain(|account, _| before.contains_key(account));
        if target.path() == "/_emulator" || target.path().starts_with("/_emulator/") {
            let answer = answer.expect("no fault loses an answer about faults");
            let status = answer.status;
            well_formed(&method, &answer).unwrap_or_else(|why| panic!("{why}: {status} to {told}"));
            if status.is_client_error() {
                assert!(before == after, "{status} and yet something changed: {told}");
            }
            return;
        }
        let struck = before.values().any(|seen| seen.replies_may_be_struck);
        let count = |seen: &BTreeMap<AccountId, Seen>| seen.values().map(|seen| seen.last_seq).sum::<u64>();
        let Some(answer) = answer else {
            assert!(count(&after) > count(&before), "a lost call leaves no trace: {told}");
            return;
        };
        let status = answer.status;
        vendor(&method, &answer, struck).unwrap_or_else(|why| panic!("{why}: {status} to {told}"));
        if !struck && !status.is_success() {
            let same = |(account, seen): (&AccountId, &Seen)| after[account].plane == seen.plane;
            assert!(before.iter().all(same), "{status} and yet something changed: {told}");
        }
    }

    /// The answer, if the connection is not closed without.
    async fn ask(&self, method: &Method, target: &Uri, body: Bytes) -> Option<Answer> {
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = method.clone();
        *request.uri_mut() = target.clone();
        request.headers_mut().insert(header::HOST, header::HeaderValue::from_static("localhost"));
        let response: Response = serve::answer(self.router.clone(), request).await.ok()?;
        let status = response.status();
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().to_owned();
        let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body that was made");
        Some(Answer { status, kind, body })
    }

    /// What the state is told as can be put back, and is told the same.
    async fn keeps_and_takes_back_its_state(&self) -> String {
        let target = Uri::from_static("/_emulator/state");
        let kept = self.ask(&Method::GET, &target, Bytes::new()).await.expect("an answer").body;
        let put = self.ask(&Method::PUT, &target, kept.clone()).await.expect("an answer");
        assert_eq!(put.status, StatusCode::NO_CONTENT, "{}", String::from_utf8_lossy(&put.body));
        let again = self.ask(&Method::GET, &target, Bytes::new()).await.expect("an answer").body;
        assert_eq!(again, kept);
        String::from_utf8(kept.to_vec()).expect("JSON is UTF-8")
    }
}

/// Whether an answer of the control interface is one of those that it promises.
fn well_formed(method: &Method, answer: &Answer) -> Result<(), &'static str> {
    if *method == Method::HEAD {
        return if answer.body.is_empty() { Ok(()) } else { Err("HEAD has no body") };
    }
    match answer.status.as_u16() {
        204 if answer.body.is_empty() => return Ok(()),
        204 => return Err("no content, and yet some"),
        200 | 400 | 404 | 405 | 409 | 410 | 413 | 429 => {}
        _ => return Err("a status that is not promised"),
    }
    if answer.kind != "application/json" {
        return Err("not said to be JSON");
    }
    let json = json(&answer.body)?;
    match json.get("error").and_then(Value::as_str) {
        _ if answer.status.is_success() => Ok(()),
        None | Some("") => Err("an error that does not say which"),
        Some(_) => Ok(()),
    }
}

/// Whether an answer at `/` has the vendor's shape, in JSON or XML. A fault may put another status or type there.
fn vendor(method: &Method, answer: &Answer, struck: bool) -> Result<(), &'static str> {
    if *method == Method::HEAD {
        return Ok(());
    }
    match answer.status.as_u16() {
        _ if struck => {}
        // The model itself answers 503 where the policy admits no more tokens (`T-180`).
        200 | 400..=499 | 503 => {}
        _ => return Err("neither done nor refused"),
    }
    let names: &[&str] =
        if answer.status.is_success() { &["RequestId"] } else { &["RequestId", "HostId", "Code"] };
    if answer.body.starts_with(b"<") {
        let text = core::str::from_utf8(&answer.body).map_err(|_| "no UTF-8")?;
        let has = |name: &&str| text.contains(&format!("<{name}>")) && text.contains(&format!("</{name}>"));
        let typed = struck || answer.kind.starts_with("text/xml");
        return (typed && names.iter().all(has)).then_some(()).ok_or("an element or its type is missing");
    }
    let json = json(&answer.body)?;
    let typed = struck || answer.kind.starts_with("application/json");
    let has = |name: &&str| json.get(name).is_some();
    (typed && names.iter().all(has)).then_some(()).ok_or("a field or its type is missing")
}

fn json(body: &[u8]) -> Result<Value, &'static str> {
    let value: Value = serde_json::from_slice(body).map_err(|_| "no JSON")?;
    value.is_object().then_some(value).ok_or("no object")
}
