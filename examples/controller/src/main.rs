//! The three commands: the agent of a node, a controller, and both at once on one machine.

mod up;

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Parser};
use failover_controller::agents::Agents;
use failover_controller::front::{self, Front};
use failover_controller::log::{Embedded, Etcd, EtcdOptions, Log};
use failover_controller::node::postgres::Postgres;
use failover_controller::node::{self, Agent};
use failover_controller::options::{Options, Replication};
use failover_controller::{Losing, reign, watch};
use failover_emulator::limits::Limits;
use failover_emulator::{policy, serve};
use failover_model::policy::{WriterAlone, ZoneLoss};
use failover_model::{AccountId, RegionId};
use failover_recorder::record::Recorder;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// A controller of PostgreSQL clusters that answers Alibaba Cloud's SDKs.
#[derive(Debug, Parser)]
#[command(version)]
enum Command {
    /// The agent of one node: it runs the database.
    Node(NodeFlags),
    /// A controller.
    Run(RunFlags),
    /// Agents and one controller on this machine.
    Up(up::UpFlags),
}

/// Where a node is.
#[derive(Debug, Clone, Args)]
struct NodeFlags {
    /// The folder of the node.
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// Where the agent listens; port 0 picks a free one. The database listens on the same host.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:0")]
    listen: String,
    /// The port of the database; a free one if left out, and then always the same.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// From where the database trusts connections, as pg_hba.conf spells it.
    #[arg(long, value_name = "CIDR", default_value = "127.0.0.1/32")]
    trusts: String,
    /// The folder of PostgreSQL's programs; what `pg_config --bindir` says if left out.
    #[arg(long, value_name = "DIR")]
    programs: Option<PathBuf>,
}

/// How a controller runs.
#[derive(Debug, Clone, Args)]
struct RunFlags {
    /// Where to listen; port 0 picks a free one.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8530")]
    listen: String,
    /// The file with the addresses of all agents, one a line. It is read again every second.
    #[arg(long, value_name = "FILE")]
    agents: PathBuf,
    /// The journal: a folder of this process alone.
    #[arg(long, value_name = "DIR", required_unless_present = "etcd")]
    data: Option<PathBuf>,
    /// The journal: the members of etcd, http://HOST:PORT.
    #[arg(long, value_name = "URL,...", value_delimiter = ',', conflicts_with = "data")]
    etcd: Vec<String>,
    #[command(flatten)]
    how: How,
}

/// How a controller looks and judges.
#[derive(Debug, Clone, Args)]
struct How {
    /// What the keys in etcd begin with.
    #[arg(long, value_name = "PREFIX", default_value = "/failover")]
    prefix: String,
    /// How long a leader remains one that is not heard of, in seconds.
    #[arg(long, value_name = "S", default_value_t = 3)]
    leader_lease: u64,
    /// How long the writer goes on without hearing from a controller, in seconds.
    #[arg(long, value_name = "S", default_value_t = 10)]
    write_lease: u64,
    /// How often each node is looked at, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 200)]
    look: u64,
    /// For how long a node may give no sign of life, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 2_000)]
    patience: u64,
    /// Lets commits wait for every node that can be elected.
    #[arg(long)]
    synchronous: bool,
    /// How many bytes of log a reader may lag behind and still be elected.
    #[arg(long, value_name = "BYTES", default_value_t = 16 << 20)]
    most_lag: u64,
    /// With how few free bytes a node counts as down.
    #[arg(long, value_name = "BYTES", default_value_t = 24 << 20)]
    least_free: u64,
    /// A JSON file of the readings that differ from the defaults.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The account of access keys that are no account.
    #[arg(long, value_name = "ID", default_value = "1234567890123456")]
    account: String,
    /// The region of calls that name none.
    #[arg(long, value_name = "REGION", default_value = "cn-hangzhou")]
    region: String,
    /// Writes every call and its answer into this file, as a trace that can be explained.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

fn main() -> ExitCode {
    let command = Command::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).init();
    // The database ends with the thread that began it, so an agent has one thread, which lasts.
    let runtime = match &command {
        Command::Node(_) => tokio::runtime::Builder::new_current_thread().enable_all().build(),
        Command::Run(_) | Command::Up(_) => tokio::runtime::Builder::new_multi_thread().enable_all().build(),
    };
    let done = match runtime {
        Ok(runtime) => {
            let done = runtime.block_on(async {
                match command {
                    Command::Node(flags) => run_node(flags).await,
                    Command::Run(flags) => run(flags).await,
                    Command::Up(flags) => up::up(flags).await,
                }
            });
            runtime.shutdown_background();
            done
        }
        Err(error) => Err(format!("no runtime: {error}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::from(2)
        }
    }
}

async fn bind(listen: &str) -> Result<(TcpListener, SocketAddr), String> {
    let told = |error: std::io::Error| format!("cannot listen on {listen}: {error}");
    let listener = TcpListener::bind(listen).await.map_err(told)?;
    let address = listener.local_addr().map_err(told)?;
    Ok((listener, address))
}

fn say(line: &str) {
    let mut out = std::io::stdout();
    // Who closed standard output does not want the line.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

async fn terminated() {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

async fn run_node(flags: NodeFlags) -> Result<(), String> {
    let (listener, address) = bind(&flags.listen).await?;
    let programs = match flags.programs {
        Some(programs) => programs,
        None => installed_programs().await?,
    };
    let postgres = Postgres {
        programs,
        folder: flags.folder,
        host: address.ip().to_string(),
        port: flags.port,
        trusts: flags.trusts,
    };
    let agent = Agent::open(postgres).await?;
    say(&format!("agent on {address}"));
    tokio::select! {
        served = node::serve(listener, Arc::clone(&agent)) => served.map_err(|error| error.to_string()),
        () = terminated() => {
            agent.leave().await;
            Ok(())
        }
    }
}

/// The folder of the programs, as `pg_config` says it: not every distribution has the server's on the `PATH`.
async fn installed_programs() -> Result<PathBuf, String> {
    let asked = tokio::process::Command::new("pg_config").arg("--bindir").output().await;
    let said = asked.ok().filter(|output| output.status.success());
    let folder = said.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    // Packages of the client bring pg_config too.
    let folder = folder.filter(|folder| folder.join("initdb").exists());
    folder.ok_or_else(|| "pg_config does not tell where PostgreSQL's server is; give --programs".into())
}

fn options(how: &How) -> Result<Options, String> {
    let mut readings = policy::default();
    // A writer that nobody can replace is started again, which is work that the rules ask for; and there is no storage that
    // stands by in another zone and could take over from nodes that are all down.
    readings.polardb.writer_alone = WriterAlone::Restarts;
    readings.polardb.zone_loss = ZoneLoss::Wait;
    if let Some(path) = &how.policy {
        let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let text = std::fs::read(path).map_err(|error| told(&error))?;
        readings = policy::over(&readings, &text).map_err(|error| told(&error))?;
    }
    let replication = if how.synchronous { Replication::Synchronous } else { Replication::Asynchronous };
    Ok(Options {
        policy: readings,
        account: AccountId::parse(&how.account).map_err(|error| format!("--account: {error}"))?,
        region: RegionId::parse(&how.region).map_err(|error| format!("--region: {error}"))?,
        replication,
        look: Duration::from_millis(how.look),
        patience: Duration::from_millis(how.patience),
        write_lease: Duration::from_secs(how.write_lease),
        most_lag: how.most_lag,
        least_free: how.least_free,
    })
}

async fn run(flags: RunFlags) -> Result<(), String> {
    let options = Arc::new(options(&flags.how)?);
    let agents = Arc::new(Agents::new(flags.agents));
    let recorder = match &flags.how.record {
        Some(path) => {
            let created = Recorder::create(path);
            Some(Arc::new(created.map_err(|error| format!("{}: {error}", path.display()))?))
        }
        None => None,
    };
    let (listener, address) = bind(&flags.listen).await?;
    let mut log = match flags.data {
        Some(folder) => Log::Embedded(Embedded::open(&folder)?),
        None => Log::Etcd(Box::new(Etcd::new(EtcdOptions {
            members: flags.etcd,
            prefix: flags.how.prefix.trim_end_matches('/').to_owned(),
            lease: Duration::from_secs(flags.how.leader_lease),
            address: format!("http://{address}"),
        }))),
    };
    let published = tokio::sync::watch::Sender::new(None);
    let front = Arc::new(Front {
        options: Arc::clone(&options),
        reign: published.subscribe(),
        recorder: recorder.clone(),
        losing: Losing::default(),
    });
    say(&format!("listening on http://{address}"));
    let ending = tokio::sync::watch::Sender::new(false);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let router = front::router(&front).merge(watch::router(&front));
    let region = options.region.clone();
    let serving = tokio::spawn(async move {
        let stopped = async {
            let _ = stopped.await;
        };
        let limits = Limits { connections: 1_024, ..Limits::DEFAULT };
        serve::serve(listener, router, limits, &region, &ending, stopped).await;
    });
    let embedded = matches!(log, Log::Embedded(_));
    let reigning = async {
        loop {
            let ended = reign::reign(&options, &agents, &mut log, recorder.as_ref(), &published).await;
            if embedded {
                // A journal that cannot be written is nobody's; a restart reads what it holds.
                return ended.and(Err("the journal cannot be written".to_owned()));
            }
            if let Err(why) = ended {
                tracing::error!("cannot lead: {why}");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    };
    let done = tokio::select! {
        done = reigning => done,
        () = terminated() => Ok(()),
    };
    published.send_replace(None);
    log.resign().await;
    drop(stop);
    let _ = serving.await;
    done
}
