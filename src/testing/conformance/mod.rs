//! Comparison of a system with the reference.

mod compare;

pub use compare::Aspect;
use compare::compare;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::reference::{Branch, Reference};
use super::steps::TestStep;
use super::view::{Answer, Leeway, Task, View};
use crate::catalogue;
use crate::control_plane::{ControlPlane, Input};
use crate::ids::EffectId;
use crate::rule::RuleId;

/// A system under test.
pub trait Subject {
    /// Applies an input and returns the answer.
    fn apply(&mut self, input: &Input) -> Answer;

    /// The visible state.
    fn view(&self) -> View;

    /// The freedom that the system declares; none by default.
    fn leeway(&self) -> Leeway {
        Leeway::default()
    }
}

impl Subject for ControlPlane {
    fn apply(&mut self, input: &Input) -> Answer {
        match Self::apply(self, input) {
            Ok(output) => Answer::from(output),
            Err(misuse) => Answer::Misused(misuse),
        }
    }

    fn view(&self) -> View {
        View::from(self)
    }
}

/// The first deviation of a system from every behaviour that the rules allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Divergence {
    /// The number of the input, from 1; 0 if the initial states differ.
    pub number: usize,
    /// The input; `None` if the initial states differ.
    pub input: Option<Input>,
    /// The respect in which the system deviates.
    pub aspect: Aspect,
    /// The resource; for an answer, the operation.
    pub resource: String,
    /// The allowed values, separated by "or".
    pub allowed: String,
    /// The value of the system.
    pub shown: String,
    /// The rule that the deviation concerns.
    pub rule: RuleId,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, aspect, resource, allowed, shown, .. } = self;
        match &self.input {
            Some(input) => write!(f, "input {number}, {input:?}: ")?,
            None => f.write_str("before the first input: ")?,
        }
        write!(f, "{aspect} {resource} is: {shown}; allowed is: {allowed} ({})", self.law())
    }
}

impl Divergence {
    /// The rule in words, with its number.
    pub(super) fn law(&self) -> String {
        let rule = self.rule;
        let known = catalogue::rules().iter().find(|known| known.id == rule).map(|known| known.says);
        known.map_or_else(|| rule.to_string(), |says| format!("{rule}: {says}"))
    }
}

impl core::error::Error for Divergence {}

/// Statistics of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Inputs applied.
    pub inputs: usize,
    /// Calls among them.
    pub calls: usize,
    /// Accepted calls, replays included.
    pub accepted: usize,
    /// Calls answered by a token.
    pub replayed: usize,
    /// Inputs rejected as misuse.
    pub misused: usize,
    /// The rules that decided, in the order of their first use.
    pub rules: Vec<RuleId>,
    /// The ties that the system broke itself: the number of candidates, and the index of the winner by id.
    pub elections: Vec<(usize, usize)>,
}

impl Summary {
    /// Adds the statistics of another run.
    pub fn extend(&mut self, other: &Self) {
        for (sum, part) in [
            (&mut self.inputs, other.inputs),
            (&mut self.calls, other.calls),
            (&mut self.accepted, other.accepted),
            (&mut self.replayed, other.replayed),
            (&mut self.misused, other.misused),
        ] {
            *sum = sum.saturating_add(part);
        }
        other.rules.iter().for_each(|rule| self.decided(*rule));
        self.elections.extend(&other.elections);
    }

    /// A number of candidates for which the same index won every one of at least `least` elections. Each such election
    /// conforms, but together they suggest that not every node of a tier can be chosen (`P-131`).
    pub fn bias(&self, least: usize) -> Option<(usize, usize)> {
        let first = |size: usize| {
            let mut of_size = self.elections.iter().filter(move |election| election.0 == size);
            let first = *of_size.next()?;
            let alike = of_size.clone().all(|election| *election == first);
            (alike && of_size.count().saturating_add(1) >= least).then_some(first)
        };
        self.elections.iter().find_map(|(size, _)| first(*size))
    }

    fn decided(&mut self, rule: RuleId) {
        if !self.rules.contains(&rule) {
            self.rules.push(rule);
        }
    }
}

/// A system and the reference, side by side.
#[derive(Debug, Clone)]
pub struct Drive<S> {
    reference: Reference,
    subject: S,
    summary: Summary,
}

/// The result of driving: nothing, or the first divergence.
pub type Driven = Result<(), Box<Divergence>>;

impl<S: Subject> Drive<S> {
    /// Starts with a system in the state of the reference.
    ///
    /// # Errors
    ///
    /// The [`Divergence`] if the states differ.
    pub fn new(reference: Reference, subject: S) -> Result<Self, Box<Divergence>> {
        let mut reference = reference.with_leeway(subject.leeway());
        let shown = subject.view();
        compare(&reference.view(), &shown, &reference.used, reference.leeway)?;
        reference.bind(&shown.effects);
        Ok(Self { reference, subject, summary: Summary::default() })
    }

    /// Applies the steps in order.
    ///
    /// # Errors
    ///
    /// The first [`Divergence`].
    pub fn run(&mut self, steps: &[TestStep]) -> Driven {
        steps.iter().try_for_each(|step| self.step(step))
    }

    /// Applies a step, resolved against the reference.
    ///
    /// # Errors
    ///
    /// The [`Divergence`], if there is one.
    pub fn step(&mut self, step: &TestStep) -> Driven {
        let input = step.resolve(&self.reference);
        self.input(&input)
    }

    /// Applies an input to both systems, or to neither if the reference does not model it.
    ///
    /// # Errors
    ///
    /// The [`Divergence`], if there is one.
    pub fn input(&mut self, input: &Input) -> Driven {
        let mut branches = self.reference.allowed(input);
        let Some(first) = branches.first() else { return Ok(()) };
        let answer = self.subject.apply(input);
        let shown = self.subject.view();
        self.count(input, &answer);
        let mut nearest: Option<Box<Divergence>> = None;
        let mut fits = None;
        for (at, branch) in branches.iter().enumerate().filter(|(_, branch)| branch.answer.is(&answer)) {
            match compare(&branch.after.view(), &shown, &self.reference.used, self.reference.leeway) {
                Ok(()) if branch.answer.is_by_the_rule_of(&answer) => {
                    fits = Some(at);
                    break;
                }
                Ok(()) => {}
                Err(mut divergence) => {
                    divergence.rule = rule_of(branch, &divergence);
                    nearest.get_or_insert(divergence);
                }
            }
        }
        if let Some(at) = fits {
            if self.reference.leeway.elects_itself {
                self.summary.elections.extend(election(first, &shown));
            }
            let branch = branches.swap_remove(at);
            self.summary.decided(branch.rule);
            self.reference = branch.after;
            self.reference.bind(&shown.effects);
            return Ok(());
        }
        let mut divergence = nearest.unwrap_or_else(|| {
            let mut allowed: Vec<String> = branches.iter().map(|branch| branch.answer.to_string()).collect();
            allowed.dedup();
            let (aspect, resource, rule) = (Aspect::Answer, subject_of(input), first.rule);
            let (allowed, shown) = (allowed.join(" or "), answer.to_string());
            Box::new(Divergence { number: 0, input: None, aspect, resource, allowed, shown, rule })
        });
        (divergence.number, divergence.input) = (self.summary.inputs, Some(input.clone()));
        Err(divergence)
    }

    /// The reference.
    pub const fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The system under test.
    pub const fn subject(&self) -> &S {
        &self.subject
    }

    /// The statistics so far.
    pub const fn summary(&self) -> &Summary {
        &self.summary
    }

    fn count(&mut self, input: &Input, answer: &Answer) {
        let summary = &mut self.summary;
        let add = |count: &mut usize, whether: bool| *count = count.saturating_add(usize::from(whether));
        add(&mut summary.inputs, true);
        add(&mut summary.calls, matches!(input, Input::Call(..)));
        add(&mut summary.accepted, matches!(answer, Answer::Accepted { .. } | Answer::Listed(_)));
        let replayed = matches!(
            answer,
            Answer::Accepted { replayed: Some(true), .. } | Answer::Refused { replayed: Some(true), .. }
        );
        add(&mut summary.replayed, replayed);
        add(&mut summary.misused, matches!(answer, Answer::Misused(_)));
    }
}

/// The rule about the aspect that differs, where it is not the rule that decided on the input.
fn rule_of(branch: &Branch, difference: &Divergence) -> RuleId {
    let of_group = branch.after.view().groups.iter().any(|group| group.id == difference.resource);
    match (difference.aspect, branch.rule.as_str()) {
        (Aspect::RecoverPoint, _) if of_group => RuleId::new("G-650"),
        (Aspect::Direction, _) if of_group => RuleId::new("G-640"),
        (Aspect::Status, "E-510" | "E-680") if of_group => RuleId::new("G-400"),
        (Aspect::Deadline | Aspect::Effects, "D-110") => RuleId::new("D-112"),
        (Aspect::Existence, "E-660" | "G-697") if difference.resource == "all drills" => RuleId::new("D-150"),
        (Aspect::Deadline, "G-360") => RuleId::new("G-697"),
        (Aspect::Deadline, rule) if rule.starts_with("P-") => RuleId::new("P-183"),
        (Aspect::SourceAccess, _) if difference.allowed.contains("read_only") => RuleId::new("E-672"),
        (Aspect::SourceAccess, _) => RuleId::new("E-670"),
        (Aspect::DestinationAccess, _) => RuleId::new("E-671"),
        (Aspect::Direction, _) => RuleId::new("E-640"),
        (Aspect::RecoverPoint, "E-330" | "E-360") => RuleId::new("E-651"),
        (Aspect::RecoverPoint, "E-350") => RuleId::new("E-641"),
        (Aspect::RecoverPoint, "E-320" | "E-321") => RuleId::new("E-650"),
        (Aspect::Deadline, "E-360") => RuleId::new("E-660"),
        (Aspect::Writer, _) => RuleId::new("P-160"),
        (Aspect::Priority, "P-160") => RuleId::new("P-121"),
        _ => branch.rule,
    }
}

/// The tie that the system broke itself, if the reference asks for a choice.
fn election(first: &Branch, shown: &View) -> Option<(usize, usize)> {
    first.after.view().effects.iter().find_map(|effect| {
        let Task::ChooseNode(tier) = &effect.task else { return None };
        let new = effect.id == EffectId(0);
        let twin = shown.effects.iter().find(|twin| new && twin.resource == effect.resource)?;
        let Task::PromoteNode(node) = &twin.task else { return None };
        Some((tier.len(), tier.iter().position(|offered| offered == node)?))
    })
}

fn subject_of(input: &Input) -> String {
    match input {
        Input::Call(_, request, _) => request.operation().to_string(),
        Input::Report(..) => String::from("the report"),
        Input::Advance(now) => format!("the time {now}"),
    }
}
