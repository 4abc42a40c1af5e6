//! What a server is started with: the flags, and the emulator that they mean.

use std::fmt::Display;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use clap::{Parser, ValueEnum};
use failover_model::simulation::{LatencyProfile, Transitions};
use failover_model::{AccountId, Places, Policy, RegionId};
use failover_recorder::record::Recorder;
use tracing::level_filters::LevelFilter;

use crate::clock::Clock;
use crate::emulator::Emulator;
use crate::journal::Opened;
use crate::limits::Limits;
use crate::world::Origin;
use crate::{policy, strict};

/// An emulator of Alibaba Cloud failover: EBS disk replica pairs and PolarDB clusters.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES)]
pub struct Flags {
    /// Where to listen; port 0 picks a free one.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8520")]
    pub listen: String,
    /// Which time it is: the system's, or one that starts at 2026-01-01T00:00:00Z and moves only when told.
    #[arg(long, value_enum, default_value_t = ClockFlag::Real)]
    clock: ClockFlag,
    /// How effects end: inside the call that caused them, after a latency, or only when told.
    #[arg(long, value_enum, default_value_t = TransitionsFlag::Timed)]
    transitions: TransitionsFlag,
    /// How long effects take: `quick`, `documented`, or a JSON file of milliseconds by kind of effect.
    #[arg(long, value_name = "quick|documented|FILE", default_value = "quick")]
    latency: String,
    /// A JSON file of the readings that differ from the defaults.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// A JSON file of the regions that there are, each with its zones; those of the vendor's sample answer if left out.
    #[arg(long, value_name = "FILE")]
    regions: Option<PathBuf>,
    /// Writes every call and its answer into this file, as a trace that can be explained; secrets are left out.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Decides every random choice and id; drawn and printed to standard error if left out.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// The account of access keys that are not themselves an account of sixteen digits.
    #[arg(long, value_name = "ID", default_value = DEFAULT_ACCOUNT, value_parser = AccountId::from_str)]
    account: AccountId,
    /// The region of calls that name none.
    #[arg(long, default_value = DEFAULT_REGION, value_parser = RegionId::from_str)]
    region: RegionId,
    /// Keep everything in this directory, and go on from what is in it; what it began with wins over other flags.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The most connections at one time; those beyond are answered 503 and closed.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_CONNECTIONS)]
    connections: NonZeroUsize,
    /// What is logged to standard error, one JSON object a line; `debug` has one for each request.
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = LogLevel::Info)]
    pub log_level: LogLevel,
}

const EXAMPLES: &str = "\
Examples:
  The clock stands until it is moved, and every run is the same:
    failover-emulator --clock manual --seed 7

  A server for a team: it keeps everything, and others may reach it:
    failover-emulator --listen 0.0.0.0:8520 --data state --latency documented

  Each effect ends within its call, each request is logged, and the calls are recorded:
    failover-emulator --transitions immediate --log-level debug --record trace.jsonl

  A call, what came of it, and a minute later:
    curl 'http://127.0.0.1:8520/?Action=DescribeDBClusters&Version=2017-08-01&RegionId=cn-hangzhou'
    curl http://127.0.0.1:8520/_emulator/events
    curl http://127.0.0.1:8520/_emulator/clock -d '{\"advance_ms\":60000}'

For people there is a page at http://127.0.0.1:8520/_emulator/";

/// The account of access keys that are no account, unless another is asked for.
pub(crate) const DEFAULT_ACCOUNT: &str = "1234567890123456";

/// The region of calls that name none, unless another is asked for.
pub(crate) const DEFAULT_REGION: &str = "cn-hangzhou";

const DEFAULT_CONNECTIONS: NonZeroUsize = NonZeroUsize::new(Limits::DEFAULT.connections).unwrap();

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ClockFlag {
    Real,
    Manual,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum TransitionsFlag {
    Immediate,
    Timed,
    Manual,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// What makes the server useless.
    Error,
    /// What it had to refuse for its own sake.
    Warn,
    /// What whoever started it wants to know.
    Info,
    /// Each request.
    Debug,
}

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Off => Self::OFF,
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
        }
    }
}

impl From<TransitionsFlag> for Transitions {
    fn from(flag: TransitionsFlag) -> Self {
        match flag {
            TransitionsFlag::Immediate => Self::Immediate,
            TransitionsFlag::Timed => Self::Timed,
            TransitionsFlag::Manual => Self::Manual,
        }
    }
}

impl Flags {
    /// The emulator that is meant, with the seed given or else `drawn`.
    ///
    /// # Errors
    ///
    /// What cannot be read or taken up, in words.
    pub async fn emulator(self, drawn: u64) -> Result<Arc<Emulator>, String> {
        let policy = match &self.policy {
            None => policy::default(),
            Some(file) => read_policy(file)?,
        };
        let regions = read_regions(self.regions.as_deref())?;
        let latency = match self.latency.as_str() {
            "quick" => LatencyProfile::QUICK,
            "documented" => LatencyProfile::DOCUMENTED,
            file => read_latency(Path::new(file))?,
        };
        let clock = match self.clock {
            ClockFlag::Real => Clock::real(),
            ClockFlag::Manual => Clock::manual(),
        };
        let seed = self.seed.unwrap_or(drawn);
        let Self { transitions, account, region, connections, data, record, .. } = self;
        let unwritable = |file: &Path, error| format!("cannot write the trace {}: {error}", file.display());
        let recorder = |file: PathBuf| Recorder::create(&file).map_err(|error| unwritable(&file, error));
        let recorder = record.map(recorder).transpose()?;
        let transitions = transitions.into();
        let origin = Origin { policy, seed, transitions, latency, clock, account, region, regions };
        let limits = Limits { connections: connections.get(), ..Limits::DEFAULT };
        begin(origin, limits, data.as_deref(), recorder).await
    }
}

/// An emulator that begins so, or goes on from what the directory holds.
///
/// # Errors
///
/// In words: what is in the directory cannot be taken up.
pub async fn begin(
    origin: Origin,
    limits: Limits,
    data: Option<&Path>,
    recorder: Option<Recorder>,
) -> Result<Arc<Emulator>, String> {
    let Some(directory) = data else {
        return Ok(Arc::new(Emulator::new(origin, limits).recorded(recorder)));
    };
    let opened = Opened::at(directory, &origin)?;
    if opened.origin != origin {
        let seed = opened.origin.seed;
        tracing::info!(seed, "{} was begun otherwise, and that is in force", directory.display());
    }
    Emulator::kept(opened, limits, recorder).await
}

fn read_policy(file: &Path) -> Result<Policy, String> {
    let text = read(file, "policy")?;
    policy::over(&policy::default(), &text).map_err(|error| not_a(file, "policy", &error))
}

/// Without a file, the regions and zones in the sample answer of PolarDB's `DescribeRegions`, metadata of 2024-06.
pub(crate) fn read_regions(file: Option<&Path>) -> Result<Places, String> {
    let Some(file) = file else {
        let sample = include_bytes!("../regions.json");
        return strict::object(sample).map_err(|error| format!("the vendor's sample: {error}"));
    };
    strict::object(&read(file, "region")?).map_err(|error| not_a(file, "list of regions", &error))
}

fn read_latency(file: &Path) -> Result<LatencyProfile, String> {
    let text = read(file, "latency")?;
    strict::object(&text).map_err(|error| not_a(file, "latency profile", &error))
}

fn read(file: &Path, what: &str) -> Result<Vec<u8>, String> {
    std::fs::read(file).map_err(|error| format!("cannot read the {what} file {}: {error}", file.display()))
}

fn not_a(file: &Path, what: &str, error: &dyn Display) -> String {
    format!("{} is no {what}: {error}", file.display())
}
