//! A property test whose subject is an HTTP endpoint.
//!
//! `cargo run --package failover-recorder --example endpoint -- http://127.0.0.1:8520` draws sessions of calls, makes them, and
//! demands that the model explains the answers. A session that it does not explain is shrunk: it is made again and again with
//! fewer calls, each time for an account of its own, in which there is nothing yet. Without an address an emulator is started in
//! this process, which creates disks for any name.
//!
//! An endpoint of yours needs no more than accounts that are empty at first. One that has a single account explains, with
//! `trace::explain`, what was there before from the first answer that shows it whole.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Parser;
use failover_emulator::start::Flags;
use failover_model::trace::explain::{Options, Verdict, explain};
use failover_model::trace::{Answer, Exchange, Trace};
use failover_model::{Operation, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestError, TestRunner};

type Failure = Box<dyn std::error::Error>;

/// The most pairs of a session.
const PAIRS: usize = 2;

/// What a client asks. A number names one of the pairs that were created so far.
#[derive(Debug, Clone, Copy)]
enum Ask {
    Create(usize),
    Start(usize),
    Stop(usize),
    Failover(usize),
    Reprotect(usize, bool),
    Look,
}

fn asks() -> impl Strategy<Value = Vec<Ask>> {
    let pair = 0..PAIRS;
    let ask = prop_oneof![
        2 => pair.clone().prop_map(Ask::Create),
        2 => pair.clone().prop_map(Ask::Start),
        1 => pair.clone().prop_map(Ask::Stop),
        2 => pair.clone().prop_map(Ask::Failover),
        2 => (pair, any::<bool>()).prop_map(|(pair, reverse)| Ask::Reprotect(pair, reverse)),
        3 => Just(Ask::Look),
    ];
    proptest::collection::vec(ask, 1..12)
}

/// A client of the endpoint, with an account of its own.
struct Client<'a> {
    agent: &'a ureq::Agent,
    url: &'a str,
    account: String,
    pairs: Vec<String>,
    exchanges: Vec<Exchange>,
}

impl Client<'_> {
    fn ask(&mut self, ask: Ask) -> Result<(), Failure> {
        let known = |at: usize| self.pairs.get(at).map_or("pair-none", String::as_str).to_owned();
        let named = |region: &str, at| vec![("RegionId", region.to_owned()), ("ReplicaPairId", known(at))];
        let (operation, parameters) = match ask {
            Ask::Create(at) => (
                Operation::CreateDiskReplicaPair,
                vec![
                    ("RegionId", "cn-shanghai".to_owned()),
                    ("SourceZoneId", "cn-shanghai-a".to_owned()),
                    ("DiskId", format!("d-{at}-source")),
                    ("DestinationRegionId", "cn-beijing".to_owned()),
                    ("DestinationZoneId", "cn-beijing-a".to_owned()),
                    ("DestinationDiskId", format!("d-{at}-destination")),
                ],
            ),
            Ask::Start(at) => (Operation::StartDiskReplicaPair, named("cn-shanghai", at)),
            Ask::Stop(at) => (Operation::StopDiskReplicaPair, named("cn-shanghai", at)),
            Ask::Failover(at) => (Operation::FailoverDiskReplicaPair, named("cn-beijing", at)),
            Ask::Reprotect(at, reverse) => {
                let mut all = named("cn-beijing", at);
                all.push(("ReverseReplicate", reverse.to_string()));
                (Operation::ReprotectDiskReplicaPair, all)
            }
            Ask::Look => (Operation::DescribeDiskReplicaPairs, vec![("RegionId", "cn-shanghai".to_owned())]),
        };
        let version = operation.product().version();
        let common = [("Action", operation.as_str()), ("Version", version), ("AccessKeyId", &self.account)];
        let sent = now();
        let form = parameters.iter().map(|(name, value)| (*name, value.as_str())).chain(common);
        let mut response = self.agent.post(self.url).send_form(form)?;
        let status = response.status().as_u16();
        let body: serde_json::Value = serde_json::from_str(&response.body_mut().read_to_string()?)?;
        self.pairs.extend(body["ReplicaPairId"].as_str().map(str::to_owned));
        self.exchanges.push(Exchange {
            sent,
            answered: now(),
            order: None,
            account: self.account.parse()?,
            region: None,
            version: version.into(),
            action: operation.as_str().into(),
            parameters: parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            answer: Some(Answer { status, body }),
        });
        Ok(())
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// What the model says of a session; `None` if it explains it.
fn unexplained(agent: &ureq::Agent, url: &str, session: &[Ask]) -> Result<Option<String>, Failure> {
    static ACCOUNTS: AtomicU64 = AtomicU64::new(0);
    let number = ACCOUNTS.fetch_add(1, Ordering::Relaxed);
    let first = now().as_millis() % 1_000_000_000;
    let account = format!("{:016}", 1_000_000_000_000_000 + first * 1_000_000 + number % 1_000_000);
    let mut client = Client { agent, url, account, pairs: Vec::new(), exchanges: Vec::new() };
    for ask in session {
        client.ask(*ask)?;
    }
    let trace = Trace::of(client.exchanges, Vec::new());
    let explanation = explain(&trace, &Options::default());
    let page = || explanation.page(&|number| trace.exchanges.get(number));
    Ok((explanation.verdict() == Verdict::Refuted).then(page))
}

fn check(url: &str, cases: u32) -> Result<(), String> {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let run = |session: Vec<Ask>| match unexplained(&agent, url, &session) {
        Ok(None) => Ok(()),
        Ok(Some(page)) => Err(TestCaseError::fail(page)),
        Err(error) => Err(TestCaseError::reject(error.to_string())),
    };
    runner.run(&asks(), run).map_err(|error| match error {
        TestError::Fail(page, session) => format!("the shortest session found: {session:?}\n\n{page}"),
        TestError::Abort(why) => why.to_string(),
    })
}

fn main() -> Result<(), Failure> {
    const CASES: u32 = 64;
    if let Some(url) = std::env::args().nth(1) {
        check(&url, CASES)?;
    } else {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let url = format!("http://{}", listener.local_addr()?);
        let flags =
            Flags::try_parse_from(["failover-emulator", "--seed", "7", "--transitions", "immediate"])?;
        let emulator = runtime.block_on(flags.emulator(7))?;
        runtime.spawn(emulator.serve(listener, std::future::pending()));
        check(&url, CASES)?;
        runtime.shutdown_background();
    }
    println!("{CASES} sessions: every answer is explained");
    Ok(())
}
