//! A counterexample told as a story: the fewest and plainest steps that still show the mistake, as a scenario that replays.
//!
//! What a property test has shrunk is shortened once more here, since the steps of [`testing`](crate::testing) can be dropped one by
//! one, whatever comes after them: each resolves in every state. A shorter sequence counts if it ends in the same mistake, that
//! is, another value of the same aspect by the same rule.

mod commands;
mod parameters;

#[cfg(feature = "wire")]
pub(in crate::testing) use commands::report;
pub use parameters::parameters;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::conformance::{Aspect, Divergence, Drive, Subject};
use super::reference::Reference;
use super::steps::{Completion, Origin, StepKind, TestStep, Timing};
use crate::policy::Policy;
use crate::rule::RuleId;

/// The shortest way found to a mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    steps: Vec<TestStep>,
    divergence: Box<Divergence>,
    scenario: String,
}

impl Story {
    /// The story of the first mistake that these steps show, from nothing under this policy; `None` if they show none. `system`
    /// makes the system under test anew, since it is tried many times: about as often as there are steps, a few times over.
    pub fn of<S: Subject>(policy: &Policy, system: impl Fn() -> S, steps: &[TestStep]) -> Option<Self> {
        let attempt = |steps: &[TestStep]| first_mistake(policy, system(), steps);
        let (at, divergence) = attempt(steps)?;
        let what = fault(&divergence);
        let mut kept: Vec<TestStep> = steps.get(..=at)?.to_vec();
        let same = |steps: &[TestStep]| {
            attempt(steps).filter(|(_, divergence)| fault(divergence) == what).map(|(at, _)| at)
        };
        drop_what_is_not_needed(&mut kept, &same);
        for at in 0..kept.len() {
            for plainer in plainer(kept.get(at)?) {
                let mut tried = kept.clone();
                *tried.get_mut(at)? = plainer;
                if same(&tried).is_some() {
                    kept = tried;
                }
            }
        }
        // A call at a later time, as time that passes and a call: so a scenario has it.
        let apart: Vec<TestStep> = kept.iter().flat_map(time_apart).collect();
        if same(&apart).is_some() {
            kept = apart;
        }
        drop_what_is_not_needed(&mut kept, &same);
        let (_, divergence) = attempt(&kept)?;
        let scenario = commands::scenario(policy, system(), &kept, &divergence);
        Some(Self { steps: kept, divergence, scenario })
    }

    /// The steps.
    pub fn steps(&self) -> &[TestStep] {
        &self.steps
    }

    /// The mistake that the last step shows.
    pub const fn divergence(&self) -> &Divergence {
        &self.divergence
    }

    /// The story as a scenario file without what is expected: the mistake as a comment, then the commands. Resources are numbered in
    /// the order in which they occur. [`replay`](crate::scenario::replay) tells what the model does instead.
    pub fn scenario(&self) -> &str {
        &self.scenario
    }

    /// The commands of the scenario, a line each.
    pub fn commands(&self) -> impl Iterator<Item = &str> {
        self.scenario.lines().filter(|line| !line.is_empty() && !line.starts_with('#') && *line != "----")
    }
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.scenario)
    }
}

/// By what a mistake is known again.
fn fault(divergence: &Divergence) -> (Aspect, RuleId) {
    (divergence.aspect, divergence.rule)
}

/// The position of the step that shows the first mistake.
fn first_mistake<S: Subject>(
    policy: &Policy,
    system: S,
    steps: &[TestStep],
) -> Option<(usize, Box<Divergence>)> {
    let mut drive = match Drive::new(Reference::new(policy.clone()), system) {
        Ok(drive) => drive,
        Err(divergence) => return Some((0, divergence)),
    };
    steps.iter().enumerate().find_map(|(at, step)| Some((at, drive.step(step).err()?)))
}

/// Drops ever smaller runs of steps, down to single ones, as long as that changes anything.
fn drop_what_is_not_needed(kept: &mut Vec<TestStep>, same: &impl Fn(&[TestStep]) -> Option<usize>) {
    let mut run = kept.len().div_ceil(2).max(1);
    loop {
        let before = kept.len();
        let mut at = 0;
        while at < kept.len() {
            let mut tried = kept.clone();
            tried.drain(at..at.saturating_add(run).min(kept.len()));
            match same(&tried) {
                Some(last) => {
                    tried.truncate(last.saturating_add(1));
                    *kept = tried;
                }
                None => at = at.saturating_add(run),
            }
        }
        if run > 1 {
            run = run.div_ceil(2);
        } else if kept.len() == before {
            return;
        }
    }
}

/// The same step at once, without its token, by the first account, where it belongs.
fn plainer(step: &TestStep) -> Vec<TestStep> {
    let now = TestStep { timing: Timing::Now, ..step.clone() };
    let mut all = Vec::from([now]);
    for plain in [
        |origin: Origin| Origin { token: None, ..origin },
        |origin: Origin| Origin { account: 0, ..origin },
        |origin: Origin| Origin { region: super::steps::CallRegion::Required, ..origin },
    ] {
        let mut other = step.clone();
        if let Some(origin) = other.kind.origin_mut() {
            *origin = plain(*origin);
            all.push(other);
        }
    }
    if let StepKind::Ended(effect, Completion::Success(_)) = step.kind {
        for timing in [Timing::Now, step.timing] {
            all.push(TestStep { timing, kind: StepKind::Ended(effect, Completion::Success(0)) });
        }
    }
    all.retain(|other| other != step);
    all
}

fn time_apart(step: &TestStep) -> Vec<TestStep> {
    let passes = !matches!(step.timing, Timing::Now | Timing::Earlier(_));
    if passes && step.kind != StepKind::Advance {
        let passing = TestStep { timing: step.timing, kind: StepKind::Advance };
        return Vec::from([passing, TestStep { timing: Timing::Now, kind: step.kind.clone() }]);
    }
    Vec::from([step.clone()])
}

/// A text with the ids of its resources numbered from 1 in the order in which they occur, each kind by itself.
fn renumbered(text: &str) -> String {
    const KINDS: [&str; 7] = ["pair", "pg", "drill", "d", "pc", "pi", "gdn"];
    let mut known: Vec<(&str, String)> = Vec::new();
    let mut counts = [0_usize; KINDS.len()];
    let mut told = String::new();
    let mut rest = text;
    let is_of_id = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.';
    while let Some(start) = rest.find(is_of_id) {
        let (before, tail) = rest.split_at(start);
        let (word, after) = tail.split_at(tail.find(|c| !is_of_id(c)).unwrap_or(tail.len()));
        told.push_str(before);
        rest = after;
        let numbered = |kind: &&str| {
            let number = word.strip_prefix(*kind).and_then(|rest| rest.strip_prefix('-'));
            number.is_some_and(|number| {
                number.starts_with(|c: char| c.is_ascii_digit())
                    && number.chars().all(|c| c.is_ascii_digit() || c == '-')
            })
        };
        match KINDS.iter().position(numbered) {
            None => told.push_str(word),
            Some(kind) => match known.iter().find(|(old, _)| *old == word) {
                Some((_, new)) => told.push_str(new),
                None => {
                    let (Some(count), Some(kind)) = (counts.get_mut(kind), KINDS.get(kind)) else { continue };
                    *count = count.saturating_add(1);
                    let new = format!("{kind}-{count}");
                    told.push_str(&new);
                    known.push((word, new));
                }
            },
        }
    }
    told.push_str(rest);
    told
}

#[cfg(test)]
mod tests {
    use super::renumbered;

    #[test]
    fn each_kind_is_numbered_in_the_order_in_which_it_occurs() {
        let text = "pair-7 of d-3 and d-0: pc-2:pi-2-0,pi-2-1 in cn-shanghai-b, pair-7 and pair-0 (pi-2-0)";
        let told = "pair-1 of d-1 and d-2: pc-1:pi-1,pi-2 in cn-shanghai-b, pair-1 and pair-2 (pi-1)";
        assert_eq!(renumbered(text), told);
        assert_eq!(renumbered(told), told);
        assert_eq!(renumbered("d- pair x-1, polar.mysql.x4"), "d- pair x-1, polar.mysql.x4");
    }
}
