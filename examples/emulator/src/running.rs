//! A server in this process, for tests in Rust: [`Emulator::start`].

use std::future::IntoFuture;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use failover_model::simulation::{LatencyProfile, Transitions};
use failover_model::{AccountId, Policy, RegionId};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::client::Control;
use crate::clock::Clock;
use crate::emulator::Emulator;
use crate::limits::Limits;
use crate::policy;
use crate::start::{DEFAULT_ACCOUNT, DEFAULT_REGION, begin, read_regions};
use crate::world::Origin;

/// The first account that is handed out.
const ACCOUNTS_FROM: u64 = 9_000_000_000_000_001;

/// How long tasks that are in flight at the end are waited for.
const GRACE: Duration = Duration::from_secs(1);

/// What a server is to begin with; awaiting it starts it.
///
/// Without more it has what a test wants, where the binary has what a person does: a clock that stands until it is moved, and
/// seed 0, so that every run is the same.
#[derive(Debug, Clone)]
#[must_use = "a server starts when this is awaited"]
pub struct Start {
    clock: Clock,
    transitions: Transitions,
    latency: LatencyProfile,
    policy: Policy,
    seed: u64,
    data: Option<PathBuf>,
}

/// A server did not start; why, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the emulator does not start: {0}")]
pub struct NotStarted(pub String);

/// A server in this process, on a free port of the loopback address. It stops when this is dropped, in the background.
#[derive(Debug)]
pub struct Server {
    control: Control,
    accounts: AtomicU64,
    /// The server stops when it is dropped.
    stop: oneshot::Sender<()>,
    /// Ends once the server has.
    ended: oneshot::Receiver<()>,
}

impl Emulator {
    /// A server in this process.
    ///
    /// It has threads of its own, so that a test whose executor has one thread may block it, with a client that blocks.
    ///
    /// ```
    /// use failover_emulator::Emulator;
    /// use failover_emulator::requests::{Fault, ONCE};
    /// use failover_model::polardb::Failure;
    /// use serde_json::json;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Emulator::start().await?;
    /// let account = server.account();
    /// account.seed(&json!({"DBClusterId": "pc-1", "DBNodes": [{"DBNodeId": "pi-1"}, {"DBNodeId": "pi-2"}]})).await?;
    /// let fails = Fault::Switch { node: "pi-2".into(), reason: Failure::Network, times: ONCE };
    /// account.fault(&fails).await?;
    ///
    /// // Your code calls the vendor's API at `server.url()`, with the account as access key id. Here the writer fails instead.
    /// account.fault(&Fault::Node { node: "pi-1".into(), up: false }).await?;
    /// account.advance(60_000).await?;
    /// let events = account.events(&Default::default()).await?.events;
    /// assert!(events.iter().any(|event| event.kind == "attempt_failed"));
    /// server.stop().await;
    /// # Ok(())
    /// # }
    /// ```
    pub fn start() -> Start {
        Start {
            clock: Clock::manual(),
            transitions: Transitions::Timed,
            latency: LatencyProfile::QUICK,
            policy: policy::default(),
            seed: 0,
            data: None,
        }
    }
}

impl Start {
    /// Which time it is; a [manual](Clock::manual) clock otherwise.
    pub fn clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// How effects end; after a latency otherwise.
    pub fn transitions(self, transitions: Transitions) -> Self {
        Self { transitions, ..self }
    }

    /// How long effects take; [`LatencyProfile::QUICK`] otherwise.
    pub fn latency(self, latency: LatencyProfile) -> Self {
        Self { latency, ..self }
    }

    /// The readings; [`policy::default`] otherwise.
    pub fn policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// Decides every random choice and id; 0 otherwise.
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Keeps everything in this directory, and goes on from what is in it; what that began with wins.
    pub fn data(self, directory: impl Into<PathBuf>) -> Self {
        Self { data: Some(directory.into()), ..self }
    }

    fn origin(&self) -> Result<Origin, String> {
        let told = |error: &dyn std::fmt::Display| error.to_string();
        Ok(Origin {
            policy: self.policy.clone(),
            seed: self.seed,
            transitions: self.transitions,
            latency: self.latency,
            clock: self.clock,
            account: AccountId::parse(DEFAULT_ACCOUNT).map_err(|error| told(&error))?,
            region: RegionId::parse(DEFAULT_REGION).map_err(|error| told(&error))?,
            regions: read_regions(None)?,
        })
    }

    async fn run(self) -> Result<Server, NotStarted> {
        let (ready, started) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let (ending, ended) = oneshot::channel();
        let thread = std::thread::Builder::new().name("failover-emulator".into());
        let running = thread.spawn(move || {
            serve_until(self, ready, stopped);
            drop(ending);
        });
        running.map_err(|error| NotStarted(error.to_string()))?;
        let address = started.await.unwrap_or_else(|_| Err("its thread ended".into())).map_err(NotStarted)?;
        let control =
            Control::at(&format!("http://{address}")).map_err(|error| NotStarted(error.to_string()))?;
        Ok(Server { control, accounts: AtomicU64::new(ACCOUNTS_FROM), stop, ended })
    }
}

impl IntoFuture for Start {
    type Output = Result<Server, NotStarted>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// Serves on this thread, and on those of a runtime of its own, until `stop` is dropped.
fn serve_until(
    start: Start,
    ready: oneshot::Sender<Result<SocketAddr, String>>,
    stop: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime: Runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return drop(ready.send(Err(error.to_string()))),
    };
    runtime.block_on(async {
        let begun = async {
            let origin = start.origin()?;
            let emulator = begin(origin, Limits::DEFAULT, start.data.as_deref(), None).await?;
            let listener =
                TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(|error| error.to_string())?;
            let address = listener.local_addr().map_err(|error| error.to_string())?;
            Ok((emulator, listener, address))
        };
        match begun.await {
            Ok((emulator, listener, address)) => {
                // Who is not there any more has dropped `stop` as well.
                let _ = ready.send(Ok(address));
                let stop = async { drop(stop.await) };
                emulator.serve(listener, stop).await;
            }
            Err(why) => drop(ready.send(Err(why))),
        }
    });
    // Then no task has the state, and a directory is free for the next.
    runtime.shutdown_timeout(GRACE);
}

impl Server {
    /// The address, `http://127.0.0.1:PORT`: the vendor's protocol at `/`, the page at `/_emulator/`.
    pub fn url(&self) -> String {
        self.control.url()
    }

    /// The default account, that of access keys which are no account.
    pub const fn control(&self) -> &Control {
        &self.control
    }

    /// An account that nobody else has, of sixteen digits, which is also its access key id: 9000000000000001, and so on.
    pub fn account(&self) -> Control {
        self.control.of_number(self.accounts.fetch_add(1, Ordering::Relaxed))
    }

    /// Stops the server: calls in flight are finished, within a second or two, and a directory is free for the next server.
    pub async fn stop(self) {
        let Self { stop, ended, .. } = self;
        drop(stop);
        // It resolves when the thread has dropped its end.
        let _ = ended.await;
    }
}
