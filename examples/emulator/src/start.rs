//! What a server is started with: the flags, and the emulator that they mean.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Parser, ValueEnum};
use failover_model::simulation::{LatencyProfile, Transitions};
use failover_model::{AccountId, Policy, RegionId};

use crate::clock::Clock;
use crate::record::Recorder;
use crate::world::{Emulator, World};
use crate::{control, policy};

/// An emulator of Alibaba Cloud failover: EBS disk replica pairs and PolarDB clusters, in memory.
#[derive(Debug, Parser)]
#[command(version)]
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
    /// Writes every call and its answer into this file, as a trace that can be explained; secrets are left out.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Decides every random choice and id; drawn and printed to standard error if left out.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
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

impl Flags {
    /// The emulator that is meant, with the seed given or else `drawn`.
    ///
    /// # Errors
    ///
    /// What cannot be read, in words.
    pub fn emulator(self, drawn: u64) -> Result<Emulator, String> {
        let policy = match &self.policy {
            None => policy::default(),
            Some(file) => read_policy(file)?,
        };
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
        let world = World::new(policy, seed, self.transitions.into(), latency, clock);
        let unwritable = |file: &Path, error| format!("cannot write the trace {}: {error}", file.display());
        let record = |file: &PathBuf| Recorder::create(file).map_err(|error| unwritable(file, error));
        let recorder = self.record.as_ref().map(record).transpose()?;
        Ok(Emulator::new(world, self.account, self.region).recorded(recorder))
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
