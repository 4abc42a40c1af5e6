//! A transition of the exhaustive walk beside one of stateright's own example models, `paxos` and `2pc`.
//!
//! The examples are compiled where the registry unpacked them, with the dependencies that the crate's tests have. Both sides run on
//! one processor. Their states are small records; ours are whole control planes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::explore::Walked;
use crate::former::{alone, cargo, scratch, succeeded};
use crate::pair::{Row, median, print};

type Failure = Box<dyn std::error::Error>;

/// The examples: name, arguments.
const EXAMPLES: [(&str, [&str; 2]); 2] = [("paxos", ["check", "3"]), ("2pc", ["check", "7"])];

const ROUNDS: usize = 3;

/// Prints the ratios; returns how many goals were missed.
pub fn run() -> Result<usize, Failure> {
    let programs = build()?;
    let (mut ours, mut all) = (Vec::<Vec<Walked>>::new(), EXAMPLES.map(|_| Vec::new()));
    for _ in 0..ROUNDS {
        ours.push(crate::explore::walks());
        for (((_, arguments), program), theirs) in EXAMPLES.iter().zip(&programs).zip(&mut all) {
            let mut run = alone(program);
            run.args(arguments);
            theirs.push(transition(run)?);
        }
    }
    let mut rows = Vec::new();
    for ((name, _), theirs) in EXAMPLES.iter().zip(all) {
        let theirs = median(theirs);
        for at in 0..ours[0].len() {
            let times = ours.iter().map(|walks| walks[at].walk).collect();
            let name = format!("a transition of {} beside {name}'s", ours[0][at].name);
            rows.push(Row { name, ours: median(times), bare: theirs, goal: Some(3.0) });
        }
    }
    Ok(print(&rows, "stateright"))
}

/// Nanoseconds of processor for each transition of a run. It ends with `Done. states=…, unique=…, depth=…, sec=…`, where `states` are
/// transitions and one; the seconds are whole ones, and the report sleeps between two looks.
fn transition(mut run: Command) -> Result<f64, Failure> {
    let before = processor_of_children()?;
    let printed = succeeded(&mut run)?;
    let spent = processor_of_children()? - before;
    let done = printed.lines().rev().find(|line| line.starts_with("Done.")).ok_or("it did not end")?;
    let states = done.split(['=', ',']).nth(1).ok_or("it told of no states")?;
    Ok(spent / (states.parse::<f64>()? - 1.0))
}

/// Nanoseconds of processor that all ended children took: the 16th and 17th field, in hundredths of a second.
fn processor_of_children() -> Result<f64, Failure> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks =
        fields.get(13).ok_or("no time")?.parse::<f64>()? + fields.get(14).ok_or("no time")?.parse::<f64>()?;
    Ok(ticks * 1e7)
}

fn build() -> Result<Vec<PathBuf>, Failure> {
    let package = scratch("stateright")?;
    let manifest = |bins: &str| {
        format!(
            r#"[workspace]
[package]
name = "stateright-examples"
version = "0.0.0"
edition = "2021"
autobins = false
[lib]
path = "lib.rs"
{bins}
[dependencies]
env_logger = "0.11"
lazy_static = "1.5"
num_cpus = "1.17"
pico-args = "0.5"
serde = {{ version = "1", features = ["derive", "rc"] }}
serde_json = "1"
stateright = "=0.31.0"
"#
        )
    };
    let path = package.join("Cargo.toml");
    fs::write(package.join("lib.rs"), "")?;
    fs::write(&path, manifest(""))?;
    let mut ask = cargo();
    let metadata = succeeded(ask.args(["metadata", "--format-version", "1", "--manifest-path"]).arg(&path))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"].as_array().ok_or("cargo told of no packages")?;
    let stateright =
        packages.iter().find(|package| package["name"] == "stateright").ok_or("no stateright")?;
    let unpacked =
        Path::new(stateright["manifest_path"].as_str().ok_or("no path")?).with_file_name("examples");
    let bin = |(name, _): &(&str, _)| {
        let source = unpacked.join(name).with_extension("rs");
        format!("[[bin]]\nname = \"example-{name}\"\npath = {source:?}\n")
    };
    fs::write(&path, manifest(&EXAMPLES.iter().map(bin).collect::<String>()))?;
    let target = package.join("target");
    let mut build = cargo();
    build
        .args(["build", "--quiet", "--release", "--manifest-path"])
        .arg(&path)
        .arg("--target-dir")
        .arg(&target);
    succeeded(&mut build)?;
    Ok(EXAMPLES.iter().map(|(name, _)| target.join(format!("release/example-{name}"))).collect())
}
