//! One failover among five nodes with a token, beside the failover of an Aurora cluster by moto: its model alone, called in process,
//! and its mock through boto3.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Instant;

use failover_model::polardb::{ClusterEffect, FailoverDbCluster};
use failover_model::{Call, ClientToken, ControlPlane, EffectKind, Outcome, Policy, Report, Request};

use crate::former::{scratch, succeeded};
use crate::kit;
use crate::pair::{Row, median, print};

type Failure = Box<dyn std::error::Error>;

const CLUSTERS: usize = 1_000;
const ROUNDS: usize = 11;

const PACKAGES: [&str; 2] = ["moto[rds]==5.2.5", "boto3"];

/// Prints the ratios; returns how many goals were missed. `python` is an interpreter that has moto and boto3.
pub fn run(python: Option<&str>) -> Result<usize, Failure> {
    let python = python.map_or_else(environment, |python| Ok(python.into()))?;
    let mut moto = Moto::start(&python)?;
    let mut ours = Clusters::new();
    let (mut our_times, mut models, mut mocks) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        our_times.push(ours.fail_over());
        models.push(moto.ask("model", 2_000)?);
        mocks.push(moto.ask("mock", 50)?);
    }
    moto.end()?;
    let ours = median(our_times);
    let row =
        |name: &str, bare, goal| Row { name: name.to_owned(), ours, bare: median(bare), goal: Some(goal) };
    Ok(print(
        &[
            row("a failover of five nodes with a token beside moto's model, ns", models, 0.01),
            row("the same beside moto's mock through boto3, ns", mocks, 0.0001),
        ],
        "moto",
    ))
}

struct Clusters {
    plane: ControlPlane,
    calls: usize,
}

impl Clusters {
    fn new() -> Self {
        let mut plane = ControlPlane::new(Policy::default());
        for at in 0..CLUSTERS {
            let seed = kit::cluster_of_five(at);
            let _ = plane.adopt_cluster(kit::at(kit::START), &kit::id(kit::OWNER), seed).unwrap();
        }
        Self { plane, calls: 0 }
    }

    /// Nanoseconds of a call. Each cluster is called once under a new token; what the calls ask for is done afterwards.
    fn fail_over(&mut self) -> f64 {
        let now = self.plane.clock().after(failover_model::Span::from_secs(3_600));
        let calls: Vec<(Call, Request)> = (0..CLUSTERS)
            .map(|at| {
                self.calls += 1;
                let token =
                    ClientToken::parse(&format!("123e4567-e89b-12d3-a456-{:012}", self.calls)).unwrap();
                let call = Call { now, account: kit::id(kit::OWNER), region: kit::id(kit::SOURCE), token };
                (call, FailoverDbCluster::new(kit::long_cluster_id(at)).into())
            })
            .collect();
        let start = Instant::now();
        for (call, request) in &calls {
            let Request::FailoverDbCluster(request) = request else { continue };
            let reply = self.plane.failover_db_cluster(call, request);
            assert!(reply.result.is_ok() && !reply.replayed);
        }
        let each = start.elapsed().as_nanos() as f64 / CLUSTERS as f64;
        loop {
            let outstanding: Vec<_> = self.plane.outstanding().collect();
            if outstanding.is_empty() {
                return each;
            }
            for effect in outstanding {
                let outcome = match effect.kind {
                    EffectKind::Cluster { effect: ClusterEffect::ChooseNode(tier), .. } => {
                        Outcome::Chosen(tier.first().unwrap().clone())
                    }
                    _ => Outcome::Succeeded,
                };
                let _ = self.plane.report(now, &Report::Outcome { id: effect.id, outcome }).unwrap();
            }
        }
    }
}

/// The interpreter of an environment beside this build, which has [`PACKAGES`].
fn environment() -> Result<PathBuf, Failure> {
    let environment = scratch("moto")?;
    let python = environment.join("bin/python");
    succeeded(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    succeeded(Command::new(&python).args(install).args(PACKAGES))?;
    Ok(python)
}

/// A process that fails over on request.
struct Moto {
    process: Child,
    answers: BufReader<ChildStdout>,
}

impl Moto {
    fn start(python: &Path) -> Result<Self, Failure> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/failovers_by_moto.py");
        let mut process =
            Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let answers = BufReader::new(process.stdout.take().ok_or("no output")?);
        Ok(Self { process, answers })
    }

    /// Nanoseconds of one failover, the mean of some.
    fn ask(&mut self, side: &str, times: usize) -> Result<f64, Failure> {
        writeln!(self.process.stdin.as_mut().ok_or("no input")?, "{side} {times}")?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        Ok(answer.trim().parse()?)
    }

    fn end(mut self) -> Result<(), Failure> {
        drop(self.process.stdin.take());
        let status = self.process.wait()?;
        if status.success() { Ok(()) } else { Err(format!("moto: {status}").into()) }
    }
}
