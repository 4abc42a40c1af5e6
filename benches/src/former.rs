//! This build beside an earlier one, [`COMMIT`], whose figures the goals are shares of.
//!
//! The program of one side, `side`, is a binary of this package, and compiled against the earlier checkout by a manifest of its own
//! with the same versions of dependencies; exhaustive walks are what `tests/worlds.rs` of each checkout does, both walks of the earlier
//! one together. Sides run in turn, each on one processor, so that walls are processor time. What is told is the ratio of the medians.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::pair::{Row, median, print};

type Failure = Box<dyn Error>;

const COMMIT: &str = "2d890c2";

/// One build.
struct Side {
    checkout: PathBuf,
    program: PathBuf,
}

/// Worlds that both know, and their transitions.
const WALKS: [(&str, usize); 6] = [
    ("one_pair", 51_079),
    ("a_group_of_one", 25_878),
    ("a_group_of_two", 425_056),
    ("a_cluster_of_three_with_a_tie", 47_280),
    ("three_tokens_within_a_capacity_of_two", 540_104),
    ("tokens_that_are_evicted", 158_158),
];

/// Builds both sides and prints the ratios; returns how many goals were missed.
pub fn run(checkout: Option<&Path>) -> Result<usize, Failure> {
    let theirs = Side::former(&checkout.map_or_else(former_checkout, |former| Ok(former.canonicalize()?))?)?;
    let ours = Side::ours()?;
    let mut missed = 0;
    let mut beside = |of: &[&str], rounds, goals: &[(&str, &str, f64)]| -> Result<(), Failure> {
        let (mut our_figures, mut their_figures) = (Figures::default(), Figures::default());
        for _ in 0..rounds {
            our_figures.add(&figures(&ours.program, of)?);
            their_figures.add(&figures(&theirs.program, of)?);
        }
        let row = |(figure, name, goal): &(&str, &str, f64)| {
            our_figures.beside(&their_figures, figure, name, *goal)
        };
        missed += print(&goals.iter().map(row).collect::<Result<Vec<_>, _>>()?, "former");
        if of[0] == "clock" {
            for counted in ["fired", "events"] {
                let (one, other) = (our_figures.median(counted)?, their_figures.median(counted)?);
                if one != other {
                    return Err(format!("{counted} differ: {one} and {other}").into());
                }
            }
            for (whose, figures) in [("ours", &our_figures), ("former", &their_figures)] {
                println!(
                    "{whose}: {} bytes at most beyond the world while the clock moves",
                    figures.median("peak")?
                );
            }
        }
        Ok(())
    };
    beside(
        &["replicas", "100000"],
        5,
        &[
            ("memory", "bytes of a pair with its token, among 100,000", 0.6),
            ("clone", "copy, ns a pair of 100,000", 1.0),
            ("write", "snapshot to JSON, ns a pair", 1.0),
            ("read", "JSON to snapshot, ns a pair", 1.0),
            ("restore", "restore, ns a pair", 1.0),
        ],
    )?;
    beside(
        &["small"],
        9,
        &[
            ("a pair", "copy of a world of a pair, ns", 0.3),
            ("a group of two", "copy of a world of a group of two, ns", 0.3),
            ("a cluster of three", "copy of a world of a cluster of three, ns", 0.3),
        ],
    )?;
    beside(
        &["drive", "400"],
        9,
        &[("draw", "drawing a step, ns", 0.4), ("drive", "driving a step, ns", 0.4)],
    )?;
    beside(&["clock", "1000", "24"], 5, &[("seconds", "a day over 1,000 idle pairs, s", 0.1)])?;
    beside(&["clock", "100000", "2"], 2, &[("seconds", "two hours over 100,000 idle pairs, s", 0.1)])?;
    let (our_worlds, their_worlds) = (ours.worlds()?, theirs.worlds()?);
    for (walk, transitions) in WALKS {
        let (mut one, mut other) = (Vec::new(), Vec::new());
        // A walk that takes the former build many seconds is its own average.
        for _ in 0..if transitions < 100_000 { 3 } else { 1 } {
            one.push(walked(&our_worlds, walk)? / transitions as f64);
            other.push(walked(&their_worlds, walk)? / transitions as f64);
        }
        let name = format!("a transition of {}, ns", walk.replace('_', " "));
        missed += print(&[Row { name, ours: median(one), bare: median(other), goal: Some(0.1) }], "former");
    }
    Ok(missed)
}

/// The figures of some runs of one side.
#[derive(Default)]
struct Figures(BTreeMap<String, Vec<f64>>);

impl Figures {
    fn add(&mut self, run: &BTreeMap<String, f64>) {
        for (name, figure) in run {
            self.0.entry(name.clone()).or_default().push(*figure);
        }
    }

    fn median(&self, name: &str) -> Result<f64, Failure> {
        Ok(median(self.0.get(name).ok_or_else(|| format!("{name} was not measured"))?.clone()))
    }

    fn beside(&self, other: &Self, figure: &str, name: &str, goal: f64) -> Result<Row, Failure> {
        let (ours, bare) = (self.median(figure)?, other.median(figure)?);
        Ok(Row { name: name.to_owned(), ours, bare, goal: Some(goal) })
    }
}

impl Side {
    fn ours() -> Result<Self, Failure> {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let checkout = package.parent().ok_or("no checkout")?.to_owned();
        Ok(Self { checkout, program: build(&package.join("Cargo.toml"), &[])? })
    }

    fn former(checkout: &Path) -> Result<Self, Failure> {
        let benches = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (package, main) = (scratch("former")?, benches.join("former/main.rs"));
        let manifest = format!(
            r#"[workspace]
[package]
name = "former-side"
version = "0.0.0"
edition = "2024"
[features]
former = []
[[bin]]
name = "side"
path = {main:?}
[dependencies]
allocation-counter = "0.8.1"
failover-model = {{ path = {checkout:?}, features = ["wire", "testing"] }}
proptest = {{ version = "1.12", default-features = false, features = ["std"] }}
serde_json = "1"
"#
        );
        fs::write(package.join("Cargo.toml"), manifest)?;
        fs::copy(benches.join("Cargo.lock"), package.join("Cargo.lock"))?;
        let program = build(&package.join("Cargo.toml"), &["--features", "former"])?;
        Ok(Self { checkout: checkout.to_owned(), program })
    }

    /// The tests that walk the worlds.
    fn worlds(&self) -> Result<PathBuf, Failure> {
        let mut test = cargo();
        test.args([
            "test",
            "--quiet",
            "--release",
            "--package",
            "failover-model",
            "--test",
            "worlds",
            "--no-run",
        ]);
        test.args(["--message-format", "json", "--manifest-path"]).arg(self.checkout.join("Cargo.toml"));
        test.arg("--target-dir").arg(target()?);
        let worlds = succeeded(&mut test)?
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter(|message| message["target"]["name"] == "worlds")
            .find_map(|message| Some(PathBuf::from(message["executable"].as_str()?)));
        worlds.ok_or_else(|| "cargo told of no test".into())
    }
}

/// A checkout of [`COMMIT`], from the repository of this one.
fn former_checkout() -> Result<PathBuf, Failure> {
    let checkout = scratch(COMMIT)?;
    let archive = checkout.with_extension("tar");
    let mut git = Command::new("git");
    git.args(["archive", "--format", "tar", "--output"]).arg(&archive).arg(COMMIT);
    // Of a subdirectory git would archive that alone.
    succeeded(git.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")))?;
    succeeded(
        Command::new("tar").arg("--extract").arg("--file").arg(&archive).arg("--directory").arg(&checkout),
    )?;
    Ok(checkout)
}

/// Builds the program `side` of a package and keeps it apart from that of the other side.
fn build(manifest: &Path, options: &[&str]) -> Result<PathBuf, Failure> {
    let (target, package) = (target()?, manifest.parent().ok_or("no package")?);
    let mut build = cargo();
    build.args(["build", "--quiet", "--release", "--bin", "side", "--manifest-path"]).arg(manifest);
    succeeded(build.args(options).arg("--target-dir").arg(&target))?;
    let kept = scratch("sides")?.join(package.file_name().ok_or("no name")?);
    fs::copy(target.join("release/side"), &kept)?;
    Ok(kept)
}

/// Cargo, which compiles as it does for a user: without optimisation across crates.
pub fn cargo() -> Command {
    let mut cargo = Command::new("cargo");
    cargo.env("CARGO_INCREMENTAL", "0").env("CARGO_PROFILE_RELEASE_LTO", "false");
    // One build of the dependencies serves all.
    cargo.env("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only");
    cargo
}

/// The target directory that this program was built in.
fn target() -> Result<PathBuf, Failure> {
    let program = std::env::current_exe()?;
    Ok(program.parent().and_then(Path::parent).ok_or("no target directory")?.to_owned())
}

/// A directory beside the build of this program.
pub fn scratch(name: &str) -> Result<PathBuf, Failure> {
    let scratch = target()?.join("beside").join(name);
    fs::create_dir_all(&scratch)?;
    Ok(scratch)
}

/// Runs a command to its end and returns what it printed.
pub fn succeeded(command: &mut Command) -> Result<String, Failure> {
    let output = command.output().map_err(|failed| format!("{command:?}: {failed}"))?;
    if !output.status.success() {
        return Err(
            format!("{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)).into()
        );
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// A command that runs on one processor.
pub fn alone(program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", "0"]).arg(program);
    command
}

fn figures(program: &Path, arguments: &[&str]) -> Result<BTreeMap<String, f64>, Failure> {
    let printed = succeeded(alone(program).args(arguments))?;
    let figure = |line: &str| -> Result<(String, f64), Failure> {
        let (name, figure) = line.split_once('\t').ok_or_else(|| format!("{line} is no figure"))?;
        Ok((name.to_owned(), figure.parse()?))
    };
    printed.lines().map(figure).collect()
}

/// Nanoseconds of the walk through a world.
fn walked(worlds: &Path, world: &str) -> Result<f64, Failure> {
    let start = Instant::now();
    let printed = succeeded(alone(worlds).args(["--exact", "--include-ignored", world]))?;
    if !printed.contains("1 passed") {
        return Err(format!("{world} was not walked: {printed}").into());
    }
    Ok(start.elapsed().as_nanos() as f64)
}
