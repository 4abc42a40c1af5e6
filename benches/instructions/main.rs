//! How many instructions what users wait for takes, by callgrind: what must not creep back.
//!
//! `cargo bench --bench instructions` runs itself under valgrind, once for each row of [`ROWS`], and compares the instructions of one
//! operation with the row. A count does not depend on what else the machine does; it depends a little on the compiler, hence
//! [`TOLERANCE`]. `-- growth` counts the simulated misses of both cache levels, of a call beside a hundred resources and beside a
//! hundred thousand (minutes). Whoever makes something slower on purpose, or faster, changes its row.

mod cases;
#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../../tests/it/kit/fixtures.rs"]
mod kit;
mod step;

use std::process::{Command, ExitCode};

use cases::ROWS;

/// By how much a count may exceed its row. A compiler moves counts by some per cent; what is worth a red build costs more.
const TOLERANCE: f64 = 1.15;

/// What a status step should take at most beside a `match` by hand; its row is what it may.
const STEP: f64 = 1.05;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => guard(),
        ["growth"] => growth(),
        ["case", name] => {
            cases::run(name);
            return ExitCode::SUCCESS;
        }
        _ => Err("say nothing, or growth".to_owned()),
    };
    match result {
        Ok(0) => ExitCode::SUCCESS,
        Ok(missed) => {
            eprintln!("missed: {missed}");
            ExitCode::FAILURE
        }
        Err(failed) => {
            eprintln!("{failed}");
            ExitCode::FAILURE
        }
    }
}

/// Compares every row; returns how many take more than they may.
fn guard() -> Result<usize, String> {
    let mut missed = 0;
    let mut counted = Vec::new();
    println!("{:<44} {:>12} {:>12} {:>7}", "instructions of", "counted", "row", "ratio");
    for row in ROWS {
        let count = collected(row.name, &[])?.instructions / row.operations as f64;
        let ratio = count / row.instructions;
        let said = verdict(ratio);
        println!("{:<44} {count:>12.1} {:>12.1} {ratio:>7.3} {said}", row.name, row.instructions);
        missed += usize::from(ratio > TOLERANCE);
        counted.push((row.name, count));
    }
    let of =
        |name| counted.iter().find(|(counted, _)| *counted == name).map_or(f64::NAN, |(_, count)| *count);
    let ratio = of("a status step") / of("a status step by hand");
    println!("a status step beside a match by hand: {ratio:.3}, goal {STEP}");
    Ok(missed)
}

/// What a count beside its row asks for. A row far above its count would let as much creep back.
fn verdict(ratio: f64) -> &'static str {
    if ratio > TOLERANCE {
        "too many"
    } else if ratio < 1.0 / TOLERANCE {
        "lower the row"
    } else {
        ""
    }
}

/// Prints cache misses for each call, ours and of the bare look-up, and by how much they grow; returns at how many levels ours grow
/// by more.
fn growth() -> Result<usize, String> {
    let mut misses = Vec::new();
    println!(
        "{:<36} {:>10} {:>8} {:>10} {:>10}",
        "of one call", "resources", "first", "last", "instructions"
    );
    for (side, name) in [("ours", "a failover"), ("bare", "the bare look-up and change")] {
        for resources in [100, 100_000] {
            let calls = cases::GROWTH_CALLS.min(resources) as f64;
            let counted = collected(&format!("{side} {resources}"), &["--cache-sim=yes"])?;
            let (first, last) = (counted.first_misses / calls, counted.last_misses / calls);
            println!(
                "{name:<36} {resources:>10} {first:>8.1} {last:>10.1} {:>10.0}",
                counted.instructions / calls
            );
            misses.push([first, last]);
        }
    }
    let mut missed = 0;
    for (level, name) in ["first", "last"].iter().enumerate() {
        let (ours, bare) = (misses[1][level] - misses[0][level], misses[3][level] - misses[2][level]);
        let said = if ours > bare { "missed" } else { "reached" };
        println!("{said}: a call gains {ours:.1} misses of the {name} level, the bare look-up {bare:.1}");
        missed += usize::from(ours > bare);
    }
    Ok(missed)
}

/// What callgrind counted of one case.
struct Collected {
    instructions: f64,
    /// Misses of the first-level data cache, and of the last level.
    first_misses: f64,
    last_misses: f64,
}

/// Runs a case under callgrind, which counts inside [`cases::measured`] alone.
fn collected(case: &str, options: &[&str]) -> Result<Collected, String> {
    let program = std::env::current_exe().map_err(|failed| failed.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*cases*measured*"])
        .args(options)
        .arg(program)
        .args(["case", case])
        .output()
        .map_err(|failed| format!("valgrind: {failed}"))?;
    let told = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("{case}: {}\n{told}", output.status));
    }
    let line = told.lines().find_map(|line| line.split("Collected :").nth(1));
    let numbers: Vec<f64> =
        line.unwrap_or_default().split_whitespace().filter_map(|number| number.parse().ok()).collect();
    // Without a cache: instructions. With one: Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw.
    let at = |at: usize| numbers.get(at).copied().unwrap_or_default();
    let counted = Collected { instructions: at(0), first_misses: at(4) + at(5), last_misses: at(7) + at(8) };
    if counted.instructions > 0.0 { Ok(counted) } else { Err(format!("{case}: nothing was counted\n{told}")) }
}
