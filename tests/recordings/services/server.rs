//! A service behind HTTP that decides by the naive reference, with or without a mistake.
//!
//! It listens on the loopback address, speaks the vendor's protocol, and writes down what it was asked and answered. Its clock
//! and all that happens beside its calls are moved by the test, as by the world.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;

use failover_model::testing::view::Answer;
use failover_model::testing::{ReferenceSubject, Subject, story};
use failover_model::trace::reader::{self, Origin};
use failover_model::trace::{self, Exchange, Trace};
use failover_model::wire::parse;
use failover_model::{Call, Fresh, Input, Operation, Request, Timestamp};
use serde_json::{Value, json};

use super::shown::{Before, document, leave_out};

/// What is inside.
pub struct Inside {
    pub subject: ReferenceSubject,
    pub now: Timestamp,
    /// The ids that the next call makes.
    pub fresh: Fresh,
    /// What the last call was read as.
    pub read: Option<Request>,
    before: Before,
    moments: u64,
    exchanges: Vec<Exchange>,
}

/// The service, until it is dropped.
pub struct Service {
    server: Arc<tiny_http::Server>,
    inside: Arc<Mutex<Inside>>,
    thread: Option<JoinHandle<()>>,
}

impl Service {
    pub fn start(subject: ReferenceSubject, now: Timestamp, before: Before) -> Self {
        let server = Arc::new(tiny_http::Server::http("127.0.0.1:0").expect("it listens"));
        let (fresh, read) = (Fresh::None, None);
        let inside = Inside { subject, now, fresh, read, before, moments: 0, exchanges: Vec::new() };
        let inside = Arc::new(Mutex::new(inside));
        let (serving, world) = (Arc::clone(&server), Arc::clone(&inside));
        let thread = std::thread::spawn(move || {
            for mut request in serving.incoming_requests() {
                let mut form = String::new();
                let (status, body) = match request.as_reader().read_to_string(&mut form) {
                    Ok(_) => world.lock().expect("nobody panicked").answer(&request, &form),
                    Err(error) => (400, json!({ "Code": "InvalidRequest", "Message": error.to_string() })),
                };
                let response = tiny_http::Response::from_string(body.to_string()).with_status_code(status);
                let _ = request.respond(response);
            }
        });
        Self { server, inside, thread: Some(thread) }
    }

    pub fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().expect("nobody panicked")
    }

    /// Makes a call as a client does, over HTTP. `None` if the service does not answer such a call.
    pub fn call(&self, call: &Call, request: &Request) -> Option<()> {
        let operation = request.operation();
        let given = story::parameters(call, request).filter(|_| !is_hidden(request))?;
        let mut form = format!(
            "Action={operation}&Version={}&AccessKeyId={:0>16}&Signature=never-written",
            operation.product().version(),
            call.account.as_str()
        );
        given.iter().for_each(|(name, value)| form.push_str(&format!("&{name}={}", escaped(value))));
        let host = format!("{}.{}.aliyuncs.com", operation.product().code(), call.region);
        let message = format!(
            "POST / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{form}",
            form.len()
        );
        let address = self.server.server_addr().to_ip().expect("an address");
        let mut stream = TcpStream::connect(address).expect("it accepts");
        stream.write_all(message.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
        Some(())
    }

    /// What was asked and answered.
    pub fn recorded(&self) -> Trace {
        Trace::of(self.inside().exchanges.clone(), Vec::new())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Inside {
    fn answer(&mut self, request: &tiny_http::Request, form: &str) -> (u16, Value) {
        let header = |name: &str| {
            let named = request
                .headers()
                .iter()
                .find(|header| header.field.as_str().as_str().eq_ignore_ascii_case(name));
            named.map(|header| header.value.as_str().to_owned())
        };
        let host = header("host").unwrap_or_default();
        let origin = Origin { account: "1001".parse().expect("an account"), region: None };
        let asked = reader::Request { host: &host, query: "", form, header: &header };
        let asked = reader::Call::of(&asked, &origin).expect("the client's calls can be read");
        let parameters =
            asked.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let sent = self.moment();
        let (status, body) = match parse(Some(&asked.action), Some(&asked.version), &parameters) {
            Err(refusal) => {
                let error = refusal.wire();
                (error.status, json!({ "Code": error.code, "RequestId": "R" }))
            }
            Ok(parsed) => {
                self.read = Some(parsed.request.clone());
                let account = asked.account.as_str().trim_start_matches('0').parse().expect("an account");
                let region = parsed.region.or_else(|| asked.region.clone()).expect("a region");
                let call = Call { now: self.now, account, region, token: parsed.token };
                self.decide(call, parsed.request)
            }
        };
        let answered = self.moment();
        let answer = trace::Answer { status, body: body.clone() };
        self.exchanges.push(Exchange {
            order: Some((sent, answered)),
            ..asked.answered(self.now, self.now, Some(answer))
        });
        (status, body)
    }

    fn moment(&mut self) -> u64 {
        self.moments += 1;
        self.moments
    }

    fn decide(&mut self, call: Call, request: Request) -> (u16, Value) {
        let fresh = std::mem::take(&mut self.fresh);
        let operation = request.operation();
        let answer = self.subject.apply(&Input::Call(call, request.clone(), fresh));
        let view = self.subject.view();
        let told = match answer {
            Answer::Accepted { created, .. } => {
                (200, document(&request, created.as_deref(), &[], &view, &self.before))
            }
            Answer::Listed(ids) => (200, document(&request, None, &ids, &view, &self.before)),
            Answer::Refused { code, .. } => {
                (status(operation, &code), json!({ "Code": code, "Message": "", "RequestId": "R" }))
            }
            Answer::Misused(_) | Answer::Done => (500, json!({ "Code": "InternalError", "RequestId": "R" })),
        };
        leave_out(&request, &mut self.before);
        told
    }
}

/// Calls whose answers, or what they change, the documents of the service do not hold: a story with one of them is no session.
const fn is_hidden(request: &Request) -> bool {
    matches!(
        request,
        Request::CreateDbCluster(_)
            | Request::ModifyDbClusterDeletion(_)
            | Request::ModifyDbClusterArch(_)
            | Request::DescribeDbClusters(_)
            | Request::CreateGlobalDatabaseNetwork(_)
            | Request::DeleteGlobalDatabaseNetwork(_)
            | Request::DescribeGlobalDatabaseNetwork(_)
            | Request::DescribeGlobalDatabaseNetworks(_)
            | Request::RemoveDbClusterFromGdn(_)
            | Request::SwitchOverGlobalDatabaseNetwork(_)
            | Request::DescribeDiskReplicaPairProgress(_)
            | Request::ModifyDiskReplicaPair(_)
            | Request::TagResources(_)
            | Request::UntagResources(_)
            | Request::ListTagResources(_)
            | Request::ChangeResourceGroup(_)
    )
}

/// The status that the metadata lists for a code, of this operation if it lists it there.
fn status(operation: Operation, code: &str) -> u16 {
    let listed: BTreeMap<String, BTreeMap<String, (u16, String)>> =
        serde_json::from_str(include_str!("../../fixtures/error-codes.json")).expect("the fixture");
    let of = |codes: &BTreeMap<String, (u16, String)>| codes.get(code).map(|(status, _)| *status);
    let own = listed.get(operation.as_str()).and_then(of);
    own.or_else(|| listed.values().find_map(of)).unwrap_or(400)
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let byte = |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(byte).collect()
}
