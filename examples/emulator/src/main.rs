//! `failover-emulator`: an HTTP server that embeds `failover-model` and answers the vendor's official SDKs.
//!
//! Everything that decides lives in the library. Here is what the library leaves to its embedder: HTTP, a clock, a feed
//! of events, and switches for tests. `/` speaks the vendor's protocol ([`vendor`]), `/_emulator/` controls the world
//! ([`control`]).

mod caller;
mod clock;
mod control;
mod effects;
mod faults;
mod feed;
mod incoming;
mod place;
mod policy;
mod project;
mod reply;
mod seed;
mod serve;
mod state;
mod vendor;
mod world;

use std::fmt::Display;
use std::hash::{BuildHasher, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;

use clap::{Parser, ValueEnum};
use failover_model::simulation::{LatencyProfile, Simulation, Transitions};
use failover_model::{AccountId, ControlPlane, Policy, RegionId};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use clock::Clock;
use feed::Feed;
use world::{Emulator, World};

/// An emulator of Alibaba Cloud failover: EBS disk replica pairs and PolarDB clusters, in memory.
#[derive(Debug, Parser)]
#[command(version)]
struct Flags {
    /// Where to listen; port 0 picks a free one.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8520")]
    listen: String,
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
    /// Decides every random choice and id; drawn and printed to standard error if left out.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// The account of access keys that are not themselves an account of sixteen digits.
    #[arg(long, value_name = "ID", default_value = "1234567890123456", value_parser = AccountId::from_str)]
    account: AccountId,
    /// The region of calls that name none.
    #[arg(long, default_value = "cn-hangzhou", value_parser = RegionId::from_str)]
    region: RegionId,
}

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

impl From<TransitionsFlag> for Transitions {
    fn from(flag: TransitionsFlag) -> Self {
        match flag {
            TransitionsFlag::Immediate => Self::Immediate,
            TransitionsFlag::Timed => Self::Timed,
            TransitionsFlag::Manual => Self::Manual,
        }
    }
}

fn main() -> ExitCode {
    let flags = Flags::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&format!("no runtime: {error}")),
    };
    let code = match runtime.block_on(run(flags)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => refuse(&why),
    };
    // Whatever is still in flight after the grace is not waited for.
    runtime.shutdown_background();
    code
}

/// A start that cannot be meant ends as clap's own refusals do.
fn refuse(why: &str) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::from(2)
}

async fn run(flags: Flags) -> Result<(), String> {
    let policy = match &flags.policy {
        None => policy::default(),
        Some(file) => read_policy(file)?,
    };
    let latency = match flags.latency.as_str() {
        "quick" => LatencyProfile::QUICK,
        "documented" => LatencyProfile::DOCUMENTED,
        file => read_latency(Path::new(file))?,
    };
    let seed = flags.seed.unwrap_or_else(draw_seed);
    let mut clock = match flags.clock {
        ClockFlag::Real => Clock::real(),
        ClockFlag::Manual => Clock::manual(),
    };
    let real = clock.is_real();
    // Clients choose the names that are hashed here.
    let plane = ControlPlane::with_hash_seed(policy, draw_seed());
    let mut simulation = Simulation::new(plane, seed, flags.transitions.into(), latency);
    // Nothing is pending yet, so there is nothing to record.
    drop(simulation.advance(clock.now()));
    let world = World { simulation, clock, feed: Feed::default() };
    let emulator = Arc::new(Emulator::new(world, flags.account, flags.region));

    let in_the_way = |error| format!("cannot listen on {}: {error}", flags.listen);
    let listener = TcpListener::bind(&flags.listen).await.map_err(in_the_way)?;
    let address = listener.local_addr().map_err(in_the_way)?;
    let no_signals = |error| format!("cannot wait for signals: {error}");
    let terminated = signal(SignalKind::terminate()).map_err(no_signals)?;
    let interrupted = signal(SignalKind::interrupt()).map_err(no_signals)?;

    if flags.seed.is_none() {
        eprintln!("seed {seed}");
    }
    let mut out = std::io::stdout();
    // Who closed standard output does not want the line.
    let _ = writeln!(out, "listening on http://{address}").and_then(|()| out.flush());

    if real {
        let emulator = Arc::clone(&emulator);
        tokio::spawn(async move { emulator.keep_time().await });
    }
    let router = vendor::router(&emulator).merge(control::router(&emulator));
    serve::serve(listener, router, emulator, either(terminated, interrupted)).await;
    Ok(())
}

async fn either(mut terminated: Signal, mut interrupted: Signal) {
    tokio::select! {
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
    }
}

fn read_policy(file: &Path) -> Result<Policy, String> {
    let text = read(file, "policy")?;
    policy::over(&policy::default(), &text).map_err(|error| not_a(file, "policy", &error))
}

fn read_latency(file: &Path) -> Result<LatencyProfile, String> {
    let text = read(file, "latency")?;
    control::object(&text).map_err(|error| not_a(file, "latency profile", &error))
}

fn read(file: &Path, what: &str) -> Result<Vec<u8>, String> {
    std::fs::read(file).map_err(|error| format!("cannot read the {what} file {}: {error}", file.display()))
}

fn not_a(file: &Path, what: &str, error: &dyn Display) -> String {
    format!("{} is no {what}: {error}", file.display())
}

/// A seed of the standard library's own randomness, small enough that every JSON reader keeps it whole.
fn draw_seed() -> u64 {
    const WHOLE: u64 = (1 << 53) - 1;
    std::hash::RandomState::new().build_hasher().finish() & WHOLE
}
