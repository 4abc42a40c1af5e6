//! Starting the real binary and talking HTTP to it, with nothing between the test and the bytes.

#![allow(dead_code, reason = "each test binary uses a part")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use failover_emulator::clock::Clock;
use failover_emulator::policy;
use failover_emulator::world::Origin;
use failover_model::simulation::{LatencyProfile, Transitions};
use serde_json::{Value, json};

/// Nothing here takes longer, or the test fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// 2026-01-01T00:00:00Z.
pub const START: u64 = 1_767_225_600_000;

pub const EBS: &str = "2021-07-30";
pub const POLARDB: &str = "2017-08-01";

/// What the worlds of a server without a socket begin with: a manual clock and seed 7.
pub fn origin() -> Origin {
    Origin {
        policy: policy::default(),
        seed: 7,
        transitions: Transitions::Timed,
        latency: LatencyProfile::QUICK,
        clock: Clock::manual(),
        account: "1234567890123456".parse().expect("an account"),
        region: "cn-hangzhou".parse().expect("a region"),
        regions: failover_model::Places::default(),
    }
}

/// Waits until something is so.
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// An emulator; ended with the test.
pub struct Server {
    child: Child,
    pub address: String,
}

impl Server {
    /// One with a manual clock and seed 7.
    pub fn manual() -> Self {
        Self::start(&["--clock", "manual", "--seed", "7"])
    }

    pub fn start(flags: &[&str]) -> Self {
        Self::through(&mut Command::new(env!("CARGO_BIN_EXE_failover-emulator")), flags)
    }

    /// Starts it by a command that takes its flags.
    pub fn through(command: &mut Command, flags: &[&str]) -> Self {
        command.args(["--listen", "127.0.0.1:0"]).args(flags);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let out = child.stdout.take().expect("its output");
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let _ = BufReader::new(out).read_line(&mut line);
            let _ = send.send(line);
        });
        let line = receive.recv_timeout(PATIENCE).expect("it listens in time");
        let address = line.trim().strip_prefix("listening on http://").expect("the line").to_owned();
        Self { child, address }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends this very process a signal.
    pub fn signal(&self, name: &str) {
        let kill = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.id())]).status();
        assert!(kill.expect("a shell").success());
    }

    /// Waits for the end.
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("it does not end");
    }

    /// Sends bytes and reads until the server closes.
    pub fn raw(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.address).expect("it accepts");
        stream.set_read_timeout(Some(PATIENCE + PATIENCE)).expect("a timeout");
        stream.set_write_timeout(Some(PATIENCE)).expect("a timeout");
        stream.write_all(bytes).expect("it reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it answers and closes");
        answer
    }

    pub fn request(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let bytes = self.bytes(method, target, headers, body);
        Answer::of(&self.raw(&bytes))
    }

    pub fn bytes(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
        let mut head = format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n");
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
        [head.as_bytes(), body].concat()
    }

    /// A vendor call as the SDKs make it: action and version in headers, parameters in the query.
    pub fn call(&self, version: &str, action: &str, parameters: &[(&str, &str)]) -> Answer {
        let headers = [("x-acs-action", action), ("x-acs-version", version), ("accept", "application/json")];
        self.request("POST", &format!("/?{}", form(parameters)), &headers, b"")
    }

    pub fn ebs(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.call(EBS, action, parameters)
    }

    pub fn polardb(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.call(POLARDB, action, parameters)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.request("GET", &format!("/_emulator/{path}"), &[], b"")
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.request("POST", &format!("/_emulator/{path}"), &[], body.to_string().as_bytes())
    }

    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.request("PUT", &format!("/_emulator/{path}"), &[], body.to_string().as_bytes())
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.request("DELETE", &format!("/_emulator/{path}"), &[], b"")
    }

    pub fn advance(&self, ms: u64) -> Value {
        self.post("clock", &json!({ "advance_ms": ms })).ok()
    }

    pub fn fault(&self, fault: Value) -> String {
        text(&self.post("faults", &fault).ok(), "/id")
    }

    /// The events after `after`, as `kind` and resource.
    pub fn events(&self, query: &str) -> Vec<Value> {
        let page = self.get(&format!("events?{query}")).ok();
        page["events"].as_array().expect("events").clone()
    }

    pub fn kinds(&self, query: &str) -> Vec<String> {
        self.events(query).iter().map(|event| text(event, "/kind")).collect()
    }

    /// A pair from cn-shanghai to cn-beijing, created and started, with one copy made.
    pub fn copied_pair(&self) -> String {
        let created = self.ebs("CreateDiskReplicaPair", &PAIR).ok();
        let pair = text(&created, "/ReplicaPairId");
        self.advance(2_000);
        let start = [("RegionId", "cn-shanghai"), ("ReplicaPairId", pair.as_str())];
        self.ebs("StartDiskReplicaPair", &start).ok();
        self.advance(5_000);
        pair
    }

    /// The pair as its primary's region lists it.
    pub fn pair(&self, pair: &str) -> Value {
        let answer =
            self.ebs("DescribeDiskReplicaPairs", &[("RegionId", "cn-shanghai"), ("PairIds", pair)]).ok();
        answer["ReplicaPairs"][0].clone()
    }

    /// Asks for a cluster of so many nodes.
    pub fn create_cluster(&self, engine: (&str, &str), nodes: usize) -> String {
        let number = nodes.to_string();
        let parameters = [
            ("RegionId", "cn-hangzhou"),
            ("DBType", engine.0),
            ("DBVersion", engine.1),
            ("DBNodeClass", "polar.mysql.x4.large"),
            ("PayType", "Postpaid"),
            ("DBNodeNum", number.as_str()),
        ];
        text(&self.polardb("CreateDBCluster", &parameters).ok(), "/DBClusterId")
    }

    /// A cluster of so many nodes, running; its id and its nodes, the writer first.
    pub fn cluster(&self, engine: (&str, &str), nodes: usize) -> (String, Vec<String>) {
        let cluster = self.create_cluster(engine, nodes);
        self.advance(2_000);
        let view = self.attribute(&cluster);
        assert_eq!(text(&view, "/DBClusterStatus"), "Running");
        let nodes = view["DBNodes"].as_array().expect("nodes").iter();
        (cluster, nodes.map(|node| text(node, "/DBNodeId")).collect())
    }

    pub fn attribute(&self, cluster: &str) -> Value {
        self.polardb("DescribeDBClusterAttribute", &[("DBClusterId", cluster)]).ok()
    }

    pub fn writer(&self, cluster: &str) -> String {
        let view = self.attribute(cluster);
        let nodes = view["DBNodes"].as_array().expect("nodes");
        let writer = nodes.iter().find(|node| node["DBNodeRole"] == "Writer").expect("a writer");
        text(writer, "/DBNodeId")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub const PAIR: [(&str, &str); 6] = [
    ("RegionId", "cn-shanghai"),
    ("SourceZoneId", "cn-shanghai-a"),
    ("DiskId", "d-source"),
    ("DestinationRegionId", "cn-beijing"),
    ("DestinationZoneId", "cn-beijing-a"),
    ("DestinationDiskId", "d-destination"),
];

pub const MYSQL: (&str, &str) = ("MySQL", "8.0");

pub fn form(parameters: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        let byte = |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        text.bytes().map(byte).collect()
    };
    let pairs = parameters.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// The text at a JSON pointer.
pub fn text(value: &Value, at: &str) -> String {
    value.pointer(at).and_then(Value::as_str).unwrap_or_else(|| panic!("{at} in {value}")).to_owned()
}

/// An HTTP answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn of(bytes: &[u8]) -> Self {
        let text = std::str::from_utf8(bytes).expect("text");
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("an answer, not {text:?}"));
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(": "));
        Self {
            status: status.expect("a status line"),
            headers: headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect(),
            body: body.to_owned(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {:?}", self.body))
    }

    /// The JSON of a 200.
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.json()
    }

    /// A 204.
    pub fn done(&self) {
        assert_eq!((self.status, self.body.as_str()), (204, ""));
    }

    /// The `Code` of a refusal by the vendor, which has its four fields.
    pub fn code(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.body);
        let error = self.json();
        let id = text(&error, "/RequestId");
        assert_eq!(self.header("x-acs-request-id"), Some(id.as_str()));
        assert!(!text(&error, "/HostId").is_empty() && !text(&error, "/Message").is_empty());
        text(&error, "/Code")
    }

    /// The `error` of a refusal by the control interface.
    pub fn error(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.header("content-type"), Some("application/json"));
        text(&self.json(), "/error")
    }
}
