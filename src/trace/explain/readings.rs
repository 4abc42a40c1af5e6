//! What traces tell about the contested readings.
//!
//! Each value of each reading is tried with all other readings as they are, first of all as the caller gives them. If those
//! do not explain the traces, the reading whose change leads furthest is changed, until they do or nothing leads further; what
//! is said about a value is then said beside these changes. A value is **refuted** if no run under it gives the answers. It is
//! **borne out** if it alone is accepted and every other value is refuted. Otherwise the traces say nothing about it.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Explanation, Finding, Limits, Options, Verdict, explain};
use crate::operation::Product;
use crate::policy::{Policy, READINGS, Reading};
use crate::trace::form::Trace;

/// What traces say about one reading.
#[derive(Debug, Clone)]
pub struct Learnt {
    /// The reading.
    pub reading: &'static Reading,
    /// The verdict under each of its values, in their order.
    pub verdicts: Vec<Verdict>,
}

/// What traces say about all readings.
#[derive(Debug, Clone)]
pub struct Lessons {
    /// The policy beside which each value was tried.
    pub beside: Policy,
    /// The readings of it that differ from the caller's, each with the value.
    pub changed: Vec<(&'static Reading, usize)>,
    /// The verdict under that policy.
    pub verdict: Verdict,
    /// The readings that have values, in the order of the policy.
    pub learnt: Vec<Learnt>,
}

impl Learnt {
    /// The value that alone explains the traces.
    pub fn borne_out(&self) -> Option<usize> {
        let accepted: Vec<usize> = self.of(Verdict::Accepted).collect();
        match accepted.as_slice() {
            [only] if self.of(Verdict::Refuted).count() == self.verdicts.len().saturating_sub(1) => {
                Some(*only)
            }
            _ => None,
        }
    }

    /// The values with this verdict.
    pub fn of(&self, verdict: Verdict) -> impl Iterator<Item = usize> {
        let found = self.verdicts.iter().enumerate().filter(move |(_, of)| **of == verdict);
        found.map(|(value, _)| value)
    }
}

/// How many readings are changed at most to find a policy that explains the traces.
const MOST_CHANGES: usize = 4;

/// Tries every value of every reading. `progress` is told how many of how many trials were made.
pub fn learn(traces: &[Trace], options: &Options, progress: &mut dyn FnMut(usize, usize)) -> Lessons {
    let mut trial = Trial { traces, options, tried: 0, progress };
    let mut beside = options.policy.clone();
    let mut changed: Vec<(&'static Reading, usize)> = Vec::new();
    let mut standing = trial.verdict(&beside);
    while standing.0 == Verdict::Refuted && changed.len() < MOST_CHANGES {
        let mut best = None;
        for (reading, value, policy) in others(&beside) {
            if !trial.concerns(reading) {
                continue;
            }
            let reached = trial.verdict(&policy);
            let leads = |than: &Option<((Verdict, usize), _)>| {
                than.as_ref().is_none_or(|(than, _)| further(reached, *than))
            };
            if further(reached, standing) && leads(&best) {
                best = Some((reached, (reading, value, policy)));
            }
        }
        let Some((reached, (reading, value, policy))) = best else { break };
        (standing, beside) = (reached, policy);
        changed.push((reading, value));
    }
    let mut learnt = Vec::new();
    for reading in READINGS.iter().filter(|reading| !reading.values.is_empty()) {
        let held = (reading.get)(&beside);
        let verdicts = (0..reading.values.len()).map(|value| {
            if value == held || !trial.concerns(reading) {
                return standing.0;
            }
            let mut policy = beside.clone();
            (reading.set)(&mut policy, value);
            trial.verdict(&policy).0
        });
        learnt.push(Learnt { reading, verdicts: verdicts.collect() });
    }
    Lessons { beside, changed, verdict: standing.0, learnt }
}

/// Every policy that differs in one reading.
fn others(policy: &Policy) -> impl Iterator<Item = (&'static Reading, usize, Policy)> {
    READINGS.iter().flat_map(move |reading| {
        let held = (reading.get)(policy);
        (0..reading.values.len()).filter(move |value| *value != held).map(move |value| {
            let mut policy = policy.clone();
            (reading.set)(&mut policy, value);
            (reading, value, policy)
        })
    })
}

/// Whether one result leads further than another: a better verdict, or a later refutation.
fn further(one: (Verdict, usize), than: (Verdict, usize)) -> bool {
    one.0 < than.0 || (one.0 == than.0 && one.1 > than.1)
}

struct Trial<'a> {
    traces: &'a [Trace],
    options: &'a Options,
    tried: usize,
    progress: &'a mut dyn FnMut(usize, usize),
}

impl Trial<'_> {
    /// The verdict on all traces, and how many answers are explained.
    fn verdict(&mut self, policy: &Policy) -> (Verdict, usize) {
        self.tried = self.tried.saturating_add(1);
        let all = READINGS.iter().map(|reading| reading.values.len().saturating_sub(1)).sum::<usize>();
        (self.progress)(self.tried, all.saturating_add(1).max(self.tried));
        let limits = Limits { steps_kept: 0, ..self.options.limits };
        let options = Options { policy: policy.clone(), limits, ..self.options.clone() };
        let mut verdict = (Verdict::Accepted, 0_usize);
        for trace in self.traces {
            let found = explain(trace, &options);
            verdict = (verdict.0.max(found.verdict()), verdict.1.saturating_add(explained(&found)));
        }
        verdict
    }

    /// Whether the traces have calls that the reading can bear on.
    fn concerns(&self, reading: &Reading) -> bool {
        let version = match reading.name.0 {
            "ebs" => Product::Ebs.version(),
            "polardb" => Product::PolarDb.version(),
            _ => return true,
        };
        self.traces.iter().flat_map(|trace| &trace.exchanges).any(|exchange| exchange.version == version)
    }
}

/// How many answers are explained: of a refuted component those before the refuted one.
fn explained(found: &Explanation) -> usize {
    let of = |finding: &Finding, judged: usize| match finding {
        Finding::Accepted => judged,
        Finding::Refuted { .. } | Finding::Undecided { .. } => judged.saturating_sub(1),
    };
    found.parts.iter().map(|part| of(&part.finding, part.judged)).sum()
}

impl Lessons {
    /// The lessons in Markdown: the values that are refuted and borne out, each in a line; then those about which the traces
    /// say nothing.
    pub fn section(&self) -> String {
        let name = |reading: &Reading| format!("`{}.{}`", reading.name.0, reading.name.1);
        let value = |reading: &Reading, value: usize| {
            reading.values.get(value).map_or("", |value| value.name).to_owned()
        };
        let mut text = String::from("\n## Readings\n\n");
        for (reading, changed) in &self.changed {
            let line =
                format!("Everything is said beside {} = `{}`.\n", name(reading), value(reading, *changed));
            text.push_str(&line);
        }
        let mut silent = Vec::new();
        for learnt in &self.learnt {
            let reading = learnt.reading;
            let refuted: Vec<String> =
                learnt.of(Verdict::Refuted).map(|refuted| format!("`{}`", value(reading, refuted))).collect();
            if let Some(only) = learnt.borne_out() {
                text.push_str(&format!("* {}: `{}` is borne out; ", name(reading), value(reading, only)));
                text.push_str(&format!("refuted: {}\n", refuted.join(", ")));
            } else if !refuted.is_empty() && refuted.len() < learnt.verdicts.len() {
                text.push_str(&format!("* {}: refuted: {}\n", name(reading), refuted.join(", ")));
            } else {
                silent.push(name(reading));
            }
        }
        text.push_str(&format!("* Nothing is said about {}\n", silent.join(", ")));
        text
    }
}
