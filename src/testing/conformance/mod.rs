//! The model as an oracle: a system of your own is driven with generated inputs, and the first thing that it does
//! and no rule allows is told in words.
//!
//! Implement [`Subject`] for the system: apply an [`Input`], say what was answered, and show what can be seen. A
//! [`Drive`] then makes the same inputs of the system and of the [naive reference](super::reference), which answers each
//! with the set of replies that the rules allow. What the system asks of the outside it shows as effects with ids of its
//! own; the drive reports on them as the steps say: done, failed, late.
//!
//! A system that elects the next node by itself, or checks a call in another order, says so by its [`Leeway`].
//!
//! ```
//! use failover_model::testing::conformance::{Answer, Aspect, Drive, Subject, View};
//! use failover_model::testing::reference::Reference;
//! use failover_model::testing::strategies;
//! use failover_model::{ControlPlane, Input, Policy, Request};
//! use proptest::strategy::{Strategy, ValueTree};
//! use proptest::test_runner::TestRunner;
//!
//! /// A system of one's own; here the control plane itself, which forgets the region rule of failover.
//! struct Mine(ControlPlane);
//!
//! impl Subject for Mine {
//!     fn apply(&mut self, input: &Input) -> Answer {
//!         let mut input = input.clone();
//!         if let Input::Call(call, Request::FailoverDiskReplicaPair(request), _) = &mut input
//!             && let Some(pair) = self.0.pair(&request.pair)
//!         {
//!             call.region = pair.destination().region.clone();
//!         }
//!         Subject::apply(&mut self.0, &input)
//!     }
//!
//!     fn view(&self) -> View {
//!         Subject::view(&self.0)
//!     }
//! }
//!
//! let mut runner = TestRunner::deterministic();
//! let mut found = None;
//! while found.is_none() {
//!     let steps = strategies::inputs(1..60).new_tree(&mut runner).unwrap().current();
//!     let (reference, mine) = (Reference::new(Policy::default()), Mine(ControlPlane::new(Policy::default())));
//!     found = Drive::new(reference, mine).and_then(|mut drive| drive.run(&steps)).err();
//! }
//! let divergence = found.unwrap();
//! assert_eq!(divergence.aspect, Aspect::Answer);
//! assert!(divergence.to_string().contains("FailoverDiskReplicaPair"), "{divergence}");
//! ```
//!
//! In a property test the steps are drawn by the strategy instead, and shrink. `tests/reference.rs` of the crate does the
//! same with `proptest-state-machine`.

mod compare;
mod control_plane;
mod drill_script;
mod group_script;
mod script;
mod view;

pub use view::{
    Answer, Asked, Aspect, ClusterView, DrillDiskView, DrillView, EndView, GroupView, NodeView, PairView,
    SiteView, Task, View,
};

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::reference::{Branch, Reference};
use super::strategies::Abstract;
use crate::catalogue;
use crate::control_plane::Input;
use crate::ids::EffectId;
use crate::rule::RuleId;

/// A system that can be driven by inputs.
pub trait Subject {
    /// Applies an input and says what was answered.
    fn apply(&mut self, input: &Input) -> Answer;

    /// What can be seen now.
    fn view(&self) -> View;

    /// What the system may decide by itself; nothing, by default.
    fn leeway(&self) -> Leeway {
        Leeway::default()
    }
}

/// What a system may decide by itself and still be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Leeway {
    /// It elects among equals by itself: it promotes any node of a tier without having it chosen (`P-131`).
    pub elects_itself: bool,
    /// Of several faults of one call it names any, not the one that our order of checks comes to first.
    pub any_fault: bool,
}

/// The first thing that a system did and no rule allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Divergence {
    /// The number of the input, from 1; 0 if the system began in another state.
    pub number: usize,
    /// The input; `None` if the system began in another state.
    pub input: Option<Input>,
    /// In which respect.
    pub aspect: Aspect,
    /// The pair, cluster or node; for an answer, the operation.
    pub resource: String,
    /// What is allowed; alternatives are separated by "or".
    pub allowed: String,
    /// What the system did.
    pub shown: String,
    /// The rule by which the reference decided.
    pub rule: RuleId,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, aspect, resource, allowed, shown, rule, .. } = self;
        match &self.input {
            Some(input) => write!(f, "input {number}, {input:?}: ")?,
            None => f.write_str("before the first input: ")?,
        }
        write!(f, "{aspect} {resource} is: {shown}; allowed is: {allowed} ({rule}")?;
        match catalogue::rules().iter().find(|known| known.id == *rule) {
            Some(known) => write!(f, ": {})", known.says),
            None => f.write_str(")"),
        }
    }
}

impl core::error::Error for Divergence {}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Inputs applied.
    pub inputs: usize,
    /// Of these, calls.
    pub calls: usize,
    /// Of these, accepted, replays included.
    pub accepted: usize,
    /// Calls that a token answered.
    pub replayed: usize,
    /// Inputs that were not taken.
    pub misused: usize,
    /// The rules that decided, each once, in the order in which they first did.
    pub rules: Vec<RuleId>,
    /// The elections that the system held by itself: between how many, and which in the order of ids, from 0.
    pub elections: Vec<(usize, usize)>,
}

impl Summary {
    /// Adds what another run did.
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

    /// The position that every election between so many went to, if there were at least `least` of them and all went to
    /// one: each by itself is legal, but together they show that not every node of a tier can be chosen (`P-131`).
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

/// What driving gives: nothing, or the first divergence.
pub type Driven = Result<(), Box<Divergence>>;

impl<S: Subject> Drive<S> {
    /// Begins with a system that should be in the state of the reference.
    ///
    /// # Errors
    ///
    /// The [`Divergence`] if it is not.
    pub fn new(reference: Reference, subject: S) -> Result<Self, Box<Divergence>> {
        let mut reference = reference.with_leeway(subject.leeway());
        let shown = subject.view();
        if let Err(difference) = compare::compare(&reference.view(), &shown, reference.used()) {
            return Err(divergence(0, None, difference, RuleId("C-030")));
        }
        reference.bind(&shown.effects);
        Ok(Self { reference, subject, summary: Summary::default() })
    }

    /// Makes every step.
    ///
    /// # Errors
    ///
    /// The first [`Divergence`].
    pub fn run(&mut self, steps: &[Abstract]) -> Driven {
        steps.iter().try_for_each(|step| self.step(step))
    }

    /// Makes a step, resolved for the state as the reference has it. A step about what the reference leaves out lets time
    /// pass instead.
    ///
    /// # Errors
    ///
    /// The [`Divergence`], if there is one.
    pub fn step(&mut self, step: &Abstract) -> Driven {
        let input = step.resolve_for(&self.reference);
        self.input(&input)
    }

    /// Applies an input to both. One that the reference leaves out is applied to neither.
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
        let used = self.reference.used();
        let mut nearest: Option<(view::Difference, RuleId)> = None;
        let mut fits = None;
        for (at, branch) in branches.iter().enumerate().filter(|(_, branch)| branch.answer.is(&answer)) {
            match compare::compare(&branch.after.view(), &shown, used) {
                Ok(()) if branch.answer.is_by_the_rule_of(&answer) => {
                    fits = Some(at);
                    break;
                }
                Ok(()) => {}
                Err(difference) => {
                    let rule = rule_of(difference.aspect, branch, &difference);
                    nearest.get_or_insert((difference, rule));
                }
            }
        }
        if let Some(at) = fits {
            if self.reference.leeway().elects_itself {
                self.summary.elections.extend(election(first, &shown));
            }
            let branch = branches.swap_remove(at);
            self.summary.decided(branch.rule);
            self.reference = branch.after;
            self.reference.bind(&shown.effects);
            return Ok(());
        }
        let (difference, rule) = nearest.unwrap_or_else(|| {
            let mut allowed: Vec<String> = branches.iter().map(|branch| branch.answer.to_string()).collect();
            allowed.dedup();
            let (allowed, shown) = (allowed.join(" or "), answer.to_string());
            let difference =
                view::Difference { aspect: Aspect::Answer, resource: subject_of(input), allowed, shown };
            (difference, first.rule)
        });
        Err(divergence(self.summary.inputs, Some(input.clone()), difference, rule))
    }

    /// The state as the reference has it.
    pub const fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The system.
    pub const fn subject(&self) -> &S {
        &self.subject
    }

    /// What was done so far.
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

fn divergence(
    number: usize,
    input: Option<Input>,
    difference: view::Difference,
    rule: RuleId,
) -> Box<Divergence> {
    let view::Difference { aspect, resource, allowed, shown } = difference;
    Box::new(Divergence { number, input, aspect, resource, allowed, shown, rule })
}

/// The rule that speaks of what differs, where it is another than the one that decided on the input.
fn rule_of(aspect: Aspect, branch: &Branch, difference: &view::Difference) -> RuleId {
    let of_group = branch.after.view().groups.iter().any(|group| group.id == difference.resource);
    match (aspect, branch.rule.0) {
        (Aspect::RecoverPoint, _) if of_group => RuleId("G-650"),
        (Aspect::Direction, _) if of_group => RuleId("G-640"),
        (Aspect::Status, "E-510" | "E-680") if of_group => RuleId("G-400"),
        (Aspect::Deadline | Aspect::Effects, "D-110") => RuleId("D-112"),
        (Aspect::Existence, "E-660" | "G-697") if difference.resource == "all drills" => RuleId("D-150"),
        (Aspect::Deadline, "G-360") => RuleId("G-697"),
        (Aspect::SourceAccess, _) if difference.allowed.contains("read_only") => RuleId("E-672"),
        (Aspect::SourceAccess, _) => RuleId("E-670"),
        (Aspect::DestinationAccess, _) => RuleId("E-671"),
        (Aspect::Direction, _) => RuleId("E-640"),
        (Aspect::RecoverPoint, "E-330" | "E-360") => RuleId("E-651"),
        (Aspect::RecoverPoint, "E-350") => RuleId("E-641"),
        (Aspect::RecoverPoint, "E-320" | "E-321") => RuleId("E-650"),
        (Aspect::Deadline, "E-360") => RuleId("E-660"),
        (Aspect::Writer, _) => RuleId("P-160"),
        (Aspect::Priority, "P-160") => RuleId("P-121"),
        _ => branch.rule,
    }
}

/// The election that a system held by itself, if the reference would have had a node chosen.
fn election(first: &Branch, shown: &View) -> Option<(usize, usize)> {
    first.after.view().effects.iter().find_map(|asked| {
        let Task::ChooseNode(tier) = &asked.task else { return None };
        let new = asked.id == EffectId(0);
        let twin = shown.effects.iter().find(|twin| new && twin.resource == asked.resource)?;
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
