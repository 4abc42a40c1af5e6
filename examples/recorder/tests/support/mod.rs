//! An emulator and a proxy in this process, and a client that talks HTTP with nothing between the test and the bytes.

#![allow(dead_code, reason = "each test binary uses a part")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;
use failover_emulator::start::Flags;
use failover_model::trace::reader::Origin;
use failover_model::trace::{Exchange, Trace};
use failover_recorder::proxy::Proxy;
use failover_recorder::record::Recorder;
use failover_recorder::upstream::Upstream;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// Nothing here takes longer, or the test fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub const ACCOUNT: &str = "1234567890123456";
pub const EBS: &str = "2021-07-30";
pub const POLARDB: &str = "2017-08-01";

/// What a secret of the client is, wherever it stands.
pub const SECRET: &str = "hidden-secret-of-the-client";

/// A new file of this test's own; it is removed with the value.
pub struct File(pub PathBuf);

impl File {
    pub fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("failover-recorder-{}-{name}.jsonl", std::process::id())))
    }

    pub fn text(&self) -> String {
        std::fs::read_to_string(&self.0).expect("a trace")
    }

    pub fn trace(&self) -> Trace {
        let text = self.text();
        assert!(!text.contains(SECRET), "a secret was written: {text}");
        Trace::read(&text).expect("readable")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A server in a runtime of its own, which ends with the value.
pub struct Running {
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    runtime: Option<Runtime>,
}

impl Running {
    /// Starts what `serve` makes of a listener and of what stops it.
    pub fn start<F, S>(serve: F) -> Self
    where
        F: FnOnce(TcpListener, oneshot::Receiver<()>) -> S,
        S: Future<Output = ()> + Send + 'static,
    {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("it listens");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        runtime.spawn(serve(listener, stopped));
        Self { address, stop: Some(stop), runtime: Some(runtime) }
    }

    /// The emulator, with these flags.
    pub fn emulator(flags: &[&str]) -> Self {
        let all = ["failover-emulator", "--seed", "7"].iter().chain(flags);
        let flags = Flags::try_parse_from(all).expect("flags");
        Self::start(|listener, stopped| async move {
            let emulator = flags.emulator(7).await.expect("an emulator");
            let stop = async move { drop(stopped.await) };
            emulator.serve(listener, stop).await;
        })
    }

    /// The proxy before a service.
    pub fn proxy(
        upstream: &str,
        roots: Option<&Path>,
        file: &File,
        patience: Duration,
    ) -> (Self, Arc<Proxy>) {
        let upstream = Upstream::at(upstream, roots).expect("an address");
        let origin = Origin {
            account: ACCOUNT.parse().expect("an account"),
            region: Some("cn-hangzhou".parse().expect("a region")),
        };
        let recorder = Recorder::create(&file.0).expect("a file");
        let proxy = Proxy::new(upstream, recorder, origin, patience);
        let serving = Arc::clone(&proxy);
        let running =
            Self::start(|listener, stopped| serving.serve(listener, async move { drop(stopped.await) }));
        (running, proxy)
    }

    /// Sends bytes and reads until the other side closes.
    pub fn raw(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.address).expect("it accepts");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream.write_all(bytes).expect("it reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it closes");
        answer
    }

    /// A request with these headers and this body, after which the connection is closed.
    pub fn request(&self, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut head = format!("POST {target} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            head += &format!("Host: {}\r\n", self.address);
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !body.is_empty() {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        head += "\r\n";
        Answer::of(&self.raw(&[head.as_bytes(), body].concat()))
    }

    /// A vendor call as the SDKs make it: action and version in headers, parameters in the query.
    pub fn call(&self, version: &str, action: &str, parameters: &[(&str, &str)]) -> Answer {
        let headers = [
            ("x-acs-action", action),
            ("x-acs-version", version),
            ("accept", "application/json"),
            (
                "Authorization",
                &format!("ACS3-HMAC-SHA256 Credential={ACCOUNT},SignedHeaders=host,Signature={SECRET}"),
            ),
            ("x-acs-security-token", SECRET),
        ];
        self.request(&format!("/?{}", form(parameters)), &headers, b"")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(runtime) = self.runtime.take() {
            // What is in flight is recorded as lost when its task is dropped.
            runtime.shutdown_timeout(Duration::from_secs(3));
        }
    }
}

pub fn form(parameters: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        let byte = |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        text.bytes().map(byte).collect()
    };
    let pairs = parameters.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// An HTTP answer; status 0 is none.
#[derive(Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn of(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let Some(end) = end else { return Self { status: 0, head: String::new(), body: bytes.to_vec() } };
        let head = String::from_utf8(bytes[..end].to_vec()).expect("text");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Self { status, head, body: bytes[end + 4..].to_vec() }
    }

    pub fn json(&self) -> serde_json::Value {
        assert_eq!(self.status, 200, "{self:?}");
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub fn text(&self, field: &str) -> String {
        self.json()[field].as_str().unwrap_or_else(|| panic!("{field} in {self:?}")).to_owned()
    }
}

/// What `explain` uses of an exchange, but for the times.
pub fn used(exchange: &Exchange) -> serde_json::Value {
    let mut all = serde_json::to_value(exchange).expect("JSON");
    for time in ["sent_ms", "answered_ms"] {
        all.as_object_mut().expect("an object").remove(time);
    }
    all
}
