//! Ratios of the model's operations to the bare work that they cannot do without, measured side by side in one run.
//!
//! `cargo run --release --manifest-path benches/Cargo.toml` measures everything, one [part](PARTS) after the other; `-- PART` one alone.
//! `former` is given an earlier checkout, or makes one from the repository; `moto` a Python that has moto and boto3, or makes an
//! environment by `python3`. What cannot be measured where it runs is told, and is no missed goal.
//!
//! The samples of the two sides alternate, so that a noisy machine disturbs both alike; the ratio is that of the
//! medians. Ends with status 1 if a ratio misses its goal.

mod clock;
mod control_plane;
mod draw;
mod explore;
mod former;
mod moto;
mod pair;
mod restore;
mod scale;
mod selection;
mod stateright;
mod tokens;
mod traces;

#[path = "../../tests/it/kit/failover_laws.rs"]
mod failover_laws;
#[allow(dead_code, reason = "the tests need more of it")]
#[macro_use]
#[path = "../../tests/it/kit/fixtures.rs"]
mod kit;
#[allow(dead_code, reason = "the tests need more of it")]
mod worlds;

use std::process::ExitCode;
use std::time::Instant;

use draw::{Curve, Picture};
use pair::Row;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(missed) => {
            println!("goals missed: {missed}");
            ExitCode::FAILURE
        }
        Err(failed) => {
            eprintln!("{failed}");
            ExitCode::FAILURE
        }
    }
}

type Failure = Box<dyn std::error::Error>;

/// What is measured: its name, and how many goals it missed.
type Part = (&'static str, fn() -> Result<usize, Failure>);

const PARTS: [Part; 8] = [
    // Calls, the ranking, exhaustive walks, the clock and restoring; draws the curves into `docs/performance/`.
    ("ratios", || Ok(ratios())),
    // The ranking as a curve.
    ("selection", || Ok(selection::curve())),
    // What a call costs beside a thousand pairs and beside a million.
    ("scale", || Ok(scale::run())),
    // The explanation of recorded traces.
    ("traces", || Ok(traces::run())),
    // The token cache beside maps and caches.
    ("tokens", || Ok(tokens::run())),
    // Walks beside that library's examples.
    ("stateright", stateright::run),
    // This build beside an earlier one.
    ("former", || former::run(None)),
    // A failover beside moto's.
    ("moto", || moto::run(None)),
];

/// Measures what is asked for; returns how many goals were missed.
fn run(arguments: &[&str]) -> Result<usize, Failure> {
    match arguments {
        [] => Ok(all()),
        // A process of its own, whose memory is measured.
        ["traces", exchanges] => {
            traces::peak(exchanges.parse()?);
            Ok(0)
        }
        ["former", checkout] => former::run(Some(checkout.as_ref())),
        ["moto", python] => moto::run(Some(python)),
        asked => match PARTS.iter().find(|(name, _)| asked == [*name]) {
            Some((_, part)) => part(),
            None => {
                let known = PARTS.map(|(name, _)| name).join(", ");
                Err(format!("there is no benchmark {}; say nothing or one of {known}", asked.join(" "))
                    .into())
            }
        },
    }
}

/// Measures everything, and tells what could not be.
fn all() -> usize {
    let (mut missed, mut untold) = (0, Vec::new());
    for (name, part) in PARTS {
        println!("\n{name}\n");
        let began = Instant::now();
        match part() {
            Ok(goals) => missed += goals,
            Err(failed) => {
                println!("{name} was NOT measured: {failed}");
                untold.push(name);
            }
        }
        println!("{name}: {:.0} s", began.elapsed().as_secs_f64());
    }
    if !untold.is_empty() {
        println!("NOT measured: {}", untold.join(", "));
    }
    missed
}

fn ratios() -> usize {
    let mut missed = 0;
    let mut told = |rows: &[Row]| missed += pair::print(rows, "bare");
    let calls = control_plane::rows();
    let (sizes, rows): (Vec<usize>, Vec<Row>) = calls.into_iter().unzip();
    told(&rows);
    let calls: Vec<_> = sizes.into_iter().zip(rows).collect();
    told(&selection::rows());
    told(&[1_000, 10_000, 100_000].map(restore::at));
    let walks = explore::walks();
    let walked = |walk: &explore::Walked| Row {
        name: format!("a transition of {}, {} of them", walk.name, walk.transitions),
        ours: walk.walk,
        bare: walk.bare,
        goal: Some(5.0),
    };
    told(&walks.iter().map(walked).collect::<Vec<_>>());
    let ticks = clock::curve();
    let grown = |tick: &clock::Ticked| Row {
        name: format!("a deadline or end over {} idle pairs beside 100", tick.pairs),
        ours: tick.each,
        bare: ticks[0].each,
        goal: Some(3.0),
    };
    told(&ticks.iter().skip(1).map(grown).collect::<Vec<_>>());
    for walk in &walks {
        println!("{}: {} states, {:.0} transitions a second", walk.name, walk.states, 1e9 / walk.walk);
    }
    for tick in &ticks {
        println!(
            "{} idle pairs: {} deadlines and ends in {:.2} s, {} bytes at the most beyond the world",
            tick.pairs, tick.fired, tick.seconds, tick.peak
        );
    }
    println!("a pair with its token: {:.0} bytes in a copy of 100,000", restore::bytes(100_000));
    let curve = |name: &str, points: Vec<(f64, f64)>| Curve { name: name.to_owned(), points };
    let points = |kind: &'static str| -> Vec<(f64, f64)> {
        let of_kind = calls.iter().filter(|(_, row)| row.name.starts_with(kind));
        of_kind.map(|(pairs, row)| (*pairs as f64, row.ratio())).collect()
    };
    let pictures = [
        Picture {
            file: "calls.svg",
            joined: true,
            title: "A call with a token beside the bare change and insertion",
            over: "pairs",
            shows: "times the bare work",
            goal: Some(1.4),
            curves: vec![
                curve("a failover under a new token", points("failover")),
                curve("a repeat under a known token", points("replay")),
            ],
        },
        Picture {
            file: "clock.svg",
            joined: true,
            title: "The clock over pairs that nobody calls",
            over: "pairs",
            shows: "ns for each deadline fired or effect ended",
            goal: None,
            curves: vec![curve("ns each", ticks.iter().map(|tick| (tick.pairs as f64, tick.each)).collect())],
        },
        Picture {
            file: "walk.svg",
            joined: false,
            title: "Transitions of exhaustive walks, each point a world",
            over: "transitions",
            shows: "ns each",
            goal: None,
            curves: vec![
                curve("the walk", sorted(walks.iter().map(|walk| (walk.transitions as f64, walk.walk)))),
                curve(
                    "a copy and the input alone",
                    sorted(walks.iter().map(|walk| (walk.transitions as f64, walk.bare))),
                ),
            ],
        },
    ];
    for picture in &pictures {
        if let Err(failed) = picture.draw() {
            eprintln!("{}: {failed}", picture.file);
            missed += 1;
        }
    }
    missed
}

fn sorted(points: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut points: Vec<_> = points.collect();
    points.sort_by(|one, other| one.0.total_cmp(&other.0));
    points
}
