//! What it costs to explain a trace: a long one over many resources, its memory, and overlapping calls on one cluster beside a
//! plain depth-first search.
//!
//! The long trace is explained in two threads, each of which has half of the components. Memory is the most that a process
//! of its own held while it explained exchanges that were made one by one, and thrown away, so that nothing in it is the
//! trace itself. The depth-first search is given the state before the first overlapping call, and does not try what can
//! happen outside; ours begins with the creation of the cluster.

mod linear;
mod long;

#[allow(dead_code, reason = "the tests use all of it")]
#[path = "../../tests/traces/service.rs"]
mod service;

#[path = "../../tests/traces/burst.rs"]
mod burst;

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use failover_model::trace::explain::{Explainer, Explanation, Options, Share, Survey, Verdict, explain};
use failover_model::trace::{Exchange, Trace};

use burst::{Burst, burst};
use linear::{Checked, linearise};
use long::Long;

/// The exchanges of the long trace, and over how many resources.
const EXCHANGES: usize = 100_000;
const RESOURCES: usize = 1_000;

/// How long it may take, in seconds.
const GOAL: f64 = 10.0;

/// How many times as long the trace is whose memory is compared.
const LONGER: usize = 8;

/// By how much memory may grow with it.
const MEMORY_GOAL: f64 = 1.1;

/// How many times as long the depth-first search is to take.
const SEARCH_GOAL: f64 = 10.0;

/// When the depth-first search is given up.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many overlapping calls there are, two of how many change something, and how many traces are made.
const BURSTS: [(usize, usize, u64); 4] = [(16, 8, 5), (24, 8, 5), (32, 16, 5), (64, 16, 3)];

/// Measures, prints, and counts the goals that are missed.
pub fn run() -> usize {
    long_trace() + memory() + overlapping()
}

fn long_trace() -> usize {
    let exchanges: Vec<Arc<Exchange>> = Long::new(RESOURCES).take(EXCHANGES).map(Arc::new).collect();
    let mut survey = Survey::default();
    let began = Instant::now();
    exchanges.iter().for_each(|exchange| survey.see(exchange));
    let options = Options::default();
    let part = |part| {
        let mut explainer = Explainer::sharing(&survey, &options, Share { part, of: 2 });
        exchanges.iter().for_each(|exchange| explainer.take(Arc::clone(exchange)));
        explainer.finish()
    };
    let explanation: Explanation = std::thread::scope(|scope| {
        let other = scope.spawn(|| part(1));
        part(0).join(other.join().expect("the other half"))
    });
    let seconds = began.elapsed().as_secs_f64();
    assert_eq!(explanation.verdict(), Verdict::Accepted);
    assert!(explanation.judged >= EXCHANGES, "{} judged", explanation.judged);
    println!("{EXCHANGES} exchanges over {RESOURCES} resources, two threads: {seconds:.2} s, goal {GOAL} s");
    usize::from(seconds > GOAL)
}

/// Explains so many exchanges, which are made twice, and prints the most memory that it held, in KiB.
pub fn peak(exchanges: usize) {
    let mut survey = Survey::default();
    Long::new(RESOURCES).take(exchanges).for_each(|exchange| survey.see(&exchange));
    let mut options = Options::default();
    options.limits.steps_kept = 0;
    let mut explainer = Explainer::new(&survey, &options);
    Long::new(RESOURCES).take(exchanges).for_each(|exchange| explainer.take(exchange));
    assert_eq!(explainer.finish().verdict(), Verdict::Accepted);
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
    println!("{}", peak.trim().trim_end_matches(" kB"));
}

fn memory() -> usize {
    let peak = |exchanges: usize| -> f64 {
        let own = std::env::current_exe().expect("this program");
        let output = Command::new(own).args(["traces", &exchanges.to_string()]).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number")
    };
    let (short, long) = (peak(EXCHANGES), peak(EXCHANGES * LONGER));
    let growth = long / short;
    println!(
        "peak memory: {:.0} MiB at {EXCHANGES} exchanges, {:.0} MiB at {}: {growth:.2}, goal {MEMORY_GOAL}",
        short / 1_024.0,
        long / 1_024.0,
        EXCHANGES * LONGER
    );
    usize::from(growth > MEMORY_GOAL)
}

fn overlapping() -> usize {
    println!(
        "{:<46} {:>10} {:>10} {:>14} {:>8}",
        "overlapping calls on one cluster", "ours (ms)", "dfs (ms)", "states of dfs", "ratio"
    );
    let (mut ours, mut theirs, mut missed) = (Duration::ZERO, Duration::ZERO, 0);
    for (clients, two_of, seeds) in BURSTS {
        for seed in 0..seeds {
            let Burst { trace, before, prior } = burst(clients, two_of, false, seed);
            let (own, verdict) = timed(&trace);
            let began = Instant::now();
            let Checked { linearisable, states } = linearise(&trace.exchanges[prior..], &before, PATIENCE);
            let other = began.elapsed();
            assert_ne!(linearisable, Some(false), "both accept it");
            missed += usize::from(verdict != Verdict::Accepted);
            (ours, theirs) = (ours + own, theirs + other);
            let (own, other) = (own.as_secs_f64() * 1e3, other.as_secs_f64() * 1e3);
            let given_up = if linearisable.is_none() { ">" } else { "" };
            println!(
                "{:<46} {own:>10.1} {:>10} {states:>14} {:>8}  {verdict}",
                format!("{clients}, two of {two_of} change something, seed {seed}"),
                format!("{given_up}{other:.1}"),
                format!("{given_up}{:.1}", other / own),
            );
        }
    }
    let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
    println!("in all the depth-first search takes {ratio:.1} times as long, goal {SEARCH_GOAL}");
    missed + usize::from(ratio < SEARCH_GOAL)
}

fn timed(trace: &Trace) -> (Duration, Verdict) {
    let began = Instant::now();
    let verdict = explain(trace, &Options::default()).verdict();
    (began.elapsed(), verdict)
}
