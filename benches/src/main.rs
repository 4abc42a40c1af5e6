//! Ratios of the model's operations to the bare work that they cannot do without, measured side by side in one run.
//!
//! `cargo run --release --manifest-path benches/Cargo.toml` measures calls and the ranking; with `-- scale` what a call
//! costs beside a thousand pairs and beside a million; with `-- selection` the ranking as a curve; with `-- tokens` the
//! token cache beside maps and caches (some minutes, 10 GiB of memory).
//!
//! The samples of the two sides alternate, so that a noisy machine disturbs both alike; the ratio is that of the
//! medians. Ends with status 1 if a ratio misses its goal.

mod control_plane;
mod pair;
mod scale;
mod selection;
mod tokens;

use std::process::ExitCode;

fn main() -> ExitCode {
    let missed = match std::env::args().nth(1).as_deref() {
        None => calls(),
        Some("scale") => scale::run(),
        Some("tokens") => tokens::run(),
        Some("selection") => selection::curve(),
        Some(other) => {
            eprintln!("there is no benchmark called {other}; say scale, selection or tokens, or nothing");
            return ExitCode::FAILURE;
        }
    };
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn calls() -> usize {
    let mut rows = control_plane::rows();
    rows.extend(selection::rows());
    println!("{:<58} {:>10} {:>10} {:>7} {:>6}", "", "ours (ns)", "bare (ns)", "ratio", "goal");
    let mut missed = 0;
    for row in &rows {
        let goal = row.goal.map_or(String::new(), |goal| format!("{goal:.1}"));
        println!("{:<58} {:>10.1} {:>10.1} {:>7.2} {goal:>6}", row.name, row.ours, row.bare, row.ratio());
        missed += usize::from(row.goal.is_some_and(|goal| row.ratio() > goal));
    }
    missed
}
