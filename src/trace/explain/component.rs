//! One component: all runs of the model that give the answers so far.
//!
//! Answers are explained in the order in which they came. Whatever took effect before an answer, be it an overlapping call or
//! hidden work, is tried then and not earlier; so a set of runs stands for everything that can have happened until now, and
//! the first answer after which the set is empty is one that nothing explains. Events from outside are assumed only where
//! nothing else explains an answer, and at most one between two answers.
//!
//! A few explanations of an answer do at first. Where some were left out, the runs before that answer are kept, and if a later
//! answer has no explanation, all that were left out are tried.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::asked::{Asked, Expected};
use super::compare::Mismatch;
use super::names::Kind;
use super::next::is_long;
use super::run::{Run, World};
use super::search::{Effort, Question, Reached, Search, Visited};
use super::timeline::{Step, Trail};
use super::{Limits, Others};

/// The most events from outside that are assumed between two answers. The failure of a zone is one.
const MOST_OUTSIDE: u8 = 1;

/// The most answers that can be explained anew.
const MOST_PAST: usize = 48;

/// How many times the [limit](Limits::steps) of states are tried where an earlier answer is explained anew with an event from
/// outside, which it did not need. Unlike the limit it leaves an answer refuted where it does not suffice.
const OUTSIDE_SHARE: usize = 4;

/// What an answer could have been explained by, and why it is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearest {
    /// The steps that were assumed since the answer before.
    pub assumed: Vec<Step>,
    /// How the model's answer then differs.
    pub mismatch: Mismatch,
}

/// What became of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Some run of the model gives all its answers.
    Accepted,
    /// No run gives the answer of this exchange after those before it.
    Refuted {
        /// The number of the exchange, from 0.
        exchange: usize,
        /// The explanations that come nearest, the one with the fewest assumptions first.
        nearest: Vec<Nearest>,
    },
    /// The bounds did not suffice.
    Undecided {
        /// The number of the exchange at which they were reached.
        exchange: usize,
        /// Which bound.
        why: &'static str,
    },
}

/// A component and its runs.
#[derive(Debug)]
pub(super) struct Component {
    pub(super) runs: Vec<Run>,
    pub(super) waiting: VecDeque<Arc<Asked>>,
    pub(super) finding: Finding,
    pub(super) history: VecDeque<Step>,
    /// How many exchanges were judged, and which were not, each with the reason.
    pub(super) judged: usize,
    pub(super) unjudged: Vec<(usize, String)>,
    /// Whether the runs are not all that there are, since a bound was reached.
    partial: Option<&'static str>,
    /// The last answers, from the first one on of which some explanations were left out.
    past: VecDeque<Past>,
    /// How many steps were moved out of the runs.
    condensed: usize,
}

/// An answer that was explained.
#[derive(Debug)]
struct Past {
    question: Question,
    /// The runs before it, if some explanations were left out.
    before: Option<Before>,
}

/// What there was before an answer.
#[derive(Debug)]
struct Before {
    runs: Vec<Run>,
    condensed: usize,
    left: Left,
}

/// What was left out when an answer was explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    /// Some explanations.
    Explanations,
    /// Events from outside alone, which it did not need and a look that overlaps it may show.
    Outside,
}

/// Under which assumptions and bounds a component is searched.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) limits: &'a Limits,
    pub(super) others: Others,
}

impl Component {
    pub(super) fn new(run: Run) -> Self {
        Self {
            runs: Vec::from([run]),
            waiting: VecDeque::new(),
            finding: Finding::Accepted,
            history: VecDeque::new(),
            judged: 0,
            unjudged: Vec::new(),
            partial: None,
            past: VecDeque::new(),
            condensed: 0,
        }
    }

    /// Puts a call into the queue, which is in the order of the answers.
    pub(super) fn enqueue(&mut self, asked: Arc<Asked>) {
        let at = self
            .waiting
            .iter()
            .rposition(|other| other.end <= asked.end)
            .map_or(0, |at| at.saturating_add(1));
        self.waiting.insert(at, asked);
    }

    /// Explains the answers that no later call can overlap any more: those before `until`, or all.
    pub(super) fn explain(&mut self, until: Option<u64>, scope: Scope<'_>) {
        while let Some(first) = self.waiting.front() {
            if until.is_some_and(|until| first.end >= until) {
                return;
            }
            let Some(asked) = self.waiting.pop_front() else { return };
            if self.finding == Finding::Accepted {
                self.settle(&asked, scope);
                self.condense(scope.limits);
            }
        }
    }

    fn settle(&mut self, asked: &Arc<Asked>, scope: Scope<'_>) {
        if let Some(why) = self.enter(asked, scope.world) {
            self.unjudged.push((asked.number, why));
            return;
        }
        self.judged = self.judged.saturating_add(1);
        let overlaps = self.waiting.iter().filter(|other| other.begin <= asked.end);
        let question = Question { asked: Arc::clone(asked), open: overlaps.map(Arc::clone).collect() };
        if self.settled_at_once(&question, scope.world) {
            self.remember(question, None);
            return;
        }
        let mut followed = Followed::new();
        let mut reached = explained(&self.runs, &question, Effort::Lean, &mut followed, scope);
        self.partial = self.partial.or(reached.partial);
        let mut left_some = reached.cut;
        if reached.cut && reached.runs.len() == 0 {
            followed.clear();
            reached = explained(&self.runs, &question, Effort::Full, &mut followed, scope);
            self.partial = self.partial.or(reached.partial);
            left_some = false;
        }
        if reached.runs.len() > 0 {
            let runs = core::mem::replace(&mut self.runs, reached.runs.into_kept().collect());
            let overlaps_look = question.open.iter().any(|other| other.changes_nothing());
            let left = match left_some {
                true => Some(Left::Explanations),
                false => overlaps_look.then_some(Left::Outside),
            };
            let before = left.map(|left| Before { runs, condensed: self.condensed, left });
            self.remember(question, before);
            return;
        }
        let mut nearest = reached.nearest;
        let mut runs = self.explain_anew(&question, followed, scope);
        if runs.is_empty() && self.partial.is_none() {
            runs = self.explain_outside_earlier(&question, scope);
        }
        if runs.is_empty() {
            nearest.sort_by_key(|near| near.assumed.len());
            self.finding = match self.partial {
                Some(why) => Finding::Undecided { exchange: asked.number, why },
                None => Finding::Refuted { exchange: asked.number, nearest },
            };
        } else {
            self.runs = runs;
            self.remember(question, None);
        }
    }

    /// Keeps an answer, as long as one before it may have to be explained anew.
    fn remember(&mut self, question: Question, before: Option<Before>) {
        if self.past.is_empty() && before.is_none() {
            return;
        }
        self.past.push_back(Past { question, before });
        if self.past.len() > MOST_PAST
            && let Some(Past { before: Some(Before { left: Left::Explanations, .. }), .. }) =
                self.past.pop_front()
        {
            self.partial = Some("explanations of earlier answers that were not tried");
        }
        self.forget();
    }

    /// Forgets the first answers of which nothing is left to try.
    fn forget(&mut self) {
        while self.past.front().is_some_and(|past| past.before.is_none()) {
            self.past.pop_front();
        }
    }

    /// The runs that explain an answer after all, if explanations of earlier answers are tried that were left out; the
    /// latest first.
    fn explain_anew(&mut self, last: &Question, mut followed: Followed, scope: Scope<'_>) -> Vec<Run> {
        let mut left = scope.limits.steps;
        for from in (0..self.past.len()).rev() {
            let Some(before) = self.past.get(from).and_then(|past| past.before.as_ref()) else { continue };
            if before.left == Left::Outside {
                continue;
            }
            let (mut runs, condensed) = (before.runs.clone(), before.condensed);
            let mut partial = None;
            for question in self.past.range(from..).map(|past| &past.question).chain([last]) {
                let limits = Limits { steps: left, ..*scope.limits };
                let scope = Scope { limits: &limits, ..scope };
                let reached = explained(&runs, question, Effort::Full, &mut followed, scope);
                left = left.saturating_sub(reached.tried);
                partial = partial.or(reached.partial);
                runs = reached.runs.into_kept().collect();
                if runs.is_empty() {
                    break;
                }
            }
            self.partial = self.partial.or(partial);
            if !runs.is_empty() {
                self.explained_from(from, condensed);
                return runs;
            }
        }
        Vec::new()
    }

    /// The runs that explain an answer after all, if something happened outside before an earlier one, the latest first, which
    /// was explained without. A look that overlapped it may have shown the event, and is answered only now.
    fn explain_outside_earlier(&mut self, last: &Question, scope: Scope<'_>) -> Vec<Run> {
        let mut left = scope.limits.steps.saturating_mul(OUTSIDE_SHARE);
        for from in (0..self.past.len()).rev() {
            let Some(before) = self.past.get(from).and_then(|past| past.before.as_ref()) else { continue };
            let (mut runs, condensed) = (before.runs.clone(), before.condensed);
            let questions = self.past.range(from..).map(|past| &past.question).chain([last]);
            for (at, question) in questions.enumerate() {
                let limits = Limits { steps: left, ..*scope.limits };
                let scope = Scope { limits: &limits, ..scope };
                let mut followed = Followed::new();
                let reached = match at {
                    0 => reach(&runs, question, MOST_OUTSIDE, Effort::Full, &mut followed, scope),
                    _ => explained(&runs, question, Effort::Full, &mut followed, scope),
                };
                left = left.saturating_sub(reached.tried);
                runs = reached.runs.into_kept().collect();
                if runs.is_empty() {
                    break;
                }
            }
            if !runs.is_empty() {
                self.explained_from(from, condensed);
                return runs;
            }
        }
        Vec::new()
    }

    /// The answers from this one on were explained anew; so many steps had been moved out of the runs before it.
    fn explained_from(&mut self, from: usize, condensed: usize) {
        let since = self.condensed.saturating_sub(condensed);
        self.history.truncate(self.history.len().saturating_sub(since));
        self.condensed = condensed;
        // They have nothing left to try, but are explained again if an answer before them is.
        self.past.range_mut(from..).for_each(|past| past.before = None);
        self.forget();
    }

    /// The usual case: one run, nothing under way, nothing overlapping, and an answer that is as it is to be.
    fn settled_at_once(&mut self, question: &Question, world: &World<'_>) -> bool {
        let [run] = self.runs.as_mut_slice() else { return false };
        let asked = &question.asked;
        let limit = asked.exchange.answered.after(world.clock_error);
        let due = run.due(asked.end, world).is_some_and(|due| due <= limit);
        let taken = !run.taken.is_empty() || !run.looked.is_empty();
        if !question.open.is_empty() || due || taken || run.plane.outstanding().next().is_some() {
            return false;
        }
        if !asked.changes_nothing() || matches!(asked.expected, Expected::Unknown) || is_long(asked, world) {
            return false;
        }
        let clock = run.plane.clock();
        // A recorder's clock can go back.
        if world.began.range(clock.as_secs()..=limit.max(clock).as_secs()).next().is_some() {
            return false;
        }
        let at = asked.exchange.sent.max(clock);
        let mut trial = run.clone();
        let fresh = super::fresh::possible(asked, run, world).into_iter().next().unwrap_or_default();
        if trial.make(asked, &fresh, at, world).is_ok() {
            *run = trial;
            return true;
        }
        false
    }

    /// Takes resources that existed before the trace from the first answer that shows them whole; tells why the exchange
    /// cannot be judged, if so.
    fn enter(&mut self, asked: &Asked, world: &World<'_>) -> Option<String> {
        let run = self.runs.first()?;
        let unknown = |(id, _): &&(String, Kind)| !run.knows(id);
        let unknown: Vec<&String> = world.before.iter().filter(unknown).map(|(id, _)| id).collect();
        if unknown.is_empty() {
            return None;
        }
        let shown = super::entering::shown(asked, &unknown);
        if !shown.is_empty() {
            let entered = super::entering::enter(&mut self.runs, asked, &shown, world);
            if entered.is_ok() {
                let left = |past: &Past| {
                    past.before.as_ref().is_some_and(|before| before.left == Left::Explanations)
                };
                if self.past.iter().any(left) {
                    self.partial = Some("explanations of earlier answers that were not tried");
                }
                self.past.clear();
            }
            return entered.err();
        }
        let named = unknown.iter().find(|id| asked.named().any(|named| named.contains(id.as_str())));
        named.map(|id| alloc::format!("{id} is there before the trace and not shown yet"))
    }

    /// Moves the steps that all runs share out of the runs.
    fn condense(&mut self, limits: &Limits) {
        let [run] = self.runs.as_mut_slice() else { return };
        let Some(trail) = run.trail.take() else { return };
        let steps = Trail::steps(Some(&trail), None);
        self.condensed = self.condensed.saturating_add(steps.len());
        self.history.extend(steps);
        while self.history.len() > limits.steps_kept {
            self.history.pop_front();
        }
    }

    /// The steps of one run that explains the component.
    pub(super) fn steps(&self) -> Vec<Step> {
        let last = self.runs.first().and_then(|run| run.trail.as_ref());
        self.history.iter().cloned().chain(Trail::steps(last, None)).collect()
    }
}

/// What full searches have followed, by the number of the exchange and the number of events from outside. It leads to no
/// explanation of the last answer.
type Followed = BTreeMap<(usize, u8), Visited>;

/// The runs that explain an answer, with as few events from outside as do. What was followed before is not followed again.
fn explained(
    runs: &[Run],
    question: &Question,
    effort: Effort,
    followed: &mut Followed,
    scope: Scope<'_>,
) -> Reached {
    let mut reached = reach(runs, question, 0, effort, followed, scope);
    for outside in 1..=MOST_OUTSIDE {
        // An answer that some run gives without them needs none.
        if followed
            .get(&(question.asked.number, outside.saturating_sub(1)))
            .is_some_and(|visited| visited.found)
        {
            break;
        }
        let further = reach(runs, question, outside, effort, followed, scope);
        reached = Reached {
            // What comes near without events from outside is told.
            nearest: reached.nearest,
            cut: reached.cut || further.cut,
            partial: reached.partial.or(further.partial),
            tried: reached.tried.saturating_add(further.tried),
            runs: further.runs,
        };
    }
    reached
}

/// The runs that explain an answer with so many events from outside at most.
fn reach(
    runs: &[Run],
    question: &Question,
    outside: u8,
    effort: Effort,
    followed: &mut Followed,
    scope: Scope<'_>,
) -> Reached {
    let Scope { world, limits, others } = scope;
    let visited = followed.entry((question.asked.number, outside)).or_default();
    Search { question, world, limits, others, outside, effort }.reach(runs, visited)
}
