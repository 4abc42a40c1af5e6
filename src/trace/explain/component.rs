//! The search within one component: all runs of the model that give the answers so far.
//!
//! Answers are explained in the order in which they came. Whatever took effect before an answer, be it an overlapping call or
//! hidden work, is tried then and not earlier; so a set of runs stands for everything that can have happened until now, and
//! the first answer after which the set is empty is one that nothing explains. Events from outside are assumed only where
//! nothing else explains an answer, and at most one between two answers.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::asked::{Asked, Expected};
use super::compare::Mismatch;
use super::names::Kind;
use super::run::{Run, World};
use super::search::{Outside, Search, creates, is_long};
use super::timeline::{Step, Trail};
use super::{Limits, Others};
use crate::operation::Operation;

/// The most events from outside that are assumed between two answers. The failure of a zone is one.
const MOST_OUTSIDE: u8 = 1;

/// The most answers that are explained anew when the log of switches tells of something before them.
const MOST_PAST: usize = 6;

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
    /// Whether a creation was lost, which may have made what is shown later.
    lost_creation: bool,
    /// The last answers, and the runs before each, where a later answer can tell what happened between them.
    past: VecDeque<Past>,
}

/// An answer that was explained, and the runs before it.
#[derive(Debug)]
struct Past {
    runs: Vec<Run>,
    asked: Arc<Asked>,
    open: Vec<Arc<Asked>>,
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
            lost_creation: false,
            past: VecDeque::new(),
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
    pub(super) fn explain(&mut self, until: Option<u64>, world: &World<'_>, limits: &Limits, others: Others) {
        while let Some(first) = self.waiting.front() {
            if until.is_some_and(|until| first.end >= until) {
                return;
            }
            let Some(asked) = self.waiting.pop_front() else { return };
            if self.finding == Finding::Accepted {
                self.settle(&asked, world, limits, others);
                self.condense(limits);
            }
        }
    }

    fn settle(&mut self, asked: &Arc<Asked>, world: &World<'_>, limits: &Limits, others: Others) {
        if let Some(why) = self.enter(asked, world) {
            self.unjudged.push((asked.number, why));
            return;
        }
        self.judged = self.judged.saturating_add(1);
        let open: Vec<Arc<Asked>> =
            self.waiting.iter().filter(|other| other.begin <= asked.end).map(Arc::clone).collect();
        // Only the log of switches tells of what happened long ago.
        if self.runs.first().is_some_and(|run| run.log.is_some()) {
            let (runs, asked, open) = (self.runs.clone(), Arc::clone(asked), open.clone());
            self.past.push_back(Past { runs, asked, open });
            if self.past.len() > MOST_PAST {
                self.past.pop_front();
            }
        }
        if self.settled_at_once(asked, world) {
            return;
        }
        let mut nearest = Vec::new();
        for most in 0..=MOST_OUTSIDE {
            let search = Search { asked, open: &open, world, limits, others, outside: most };
            let reached = search.reach(&self.runs);
            self.partial = self.partial.or(reached.partial);
            if !reached.runs.is_empty() {
                self.runs = reached.runs.into_values().collect();
                self.runs.iter_mut().for_each(|run| run.outside = 0);
                return;
            }
            if most == 0 {
                nearest = reached.nearest;
                nearest.sort_by_key(|near| near.assumed.len());
            }
        }
        if asked.operation() == Operation::DescribeHaLogs
            && let Some(runs) = self.look_back(world, limits, others)
        {
            self.runs = runs;
            return;
        }
        self.finding = match self.partial {
            Some(why) => Finding::Undecided { exchange: asked.number, why },
            None => Finding::Refuted { exchange: asked.number, nearest },
        };
    }

    /// Explains the last answers anew, with an event from outside that none of them needed by itself.
    fn look_back(&mut self, world: &World<'_>, limits: &Limits, others: Others) -> Option<Vec<Run>> {
        for from in (0..self.past.len()).rev() {
            let mut runs = self.past.get(from)?.runs.clone();
            for past in self.past.range(from..) {
                let Past { asked, open, .. } = past;
                let search = Search { asked, open, world, limits, others, outside: MOST_OUTSIDE };
                let reached = search.reach_with(&runs, Outside::Remembered);
                self.partial = self.partial.or(reached.partial);
                runs = reached.runs.into_values().collect();
            }
            if !runs.is_empty() {
                runs.iter_mut().for_each(|run| run.outside = 0);
                return Some(runs);
            }
        }
        None
    }

    /// The usual case: one run, nothing under way, nothing overlapping, and an answer that is as it is to be.
    fn settled_at_once(&mut self, asked: &Asked, world: &World<'_>) -> bool {
        let [run] = self.runs.as_mut_slice() else { return false };
        let limit = asked.exchange.answered.after(world.clock_error);
        let overlaps = self.waiting.iter().any(|other| other.begin <= asked.end);
        let due = run.plane.next_deadline().is_some_and(|deadline| deadline.at <= limit);
        if overlaps || due || !run.taken.is_empty() || run.plane.outstanding().next().is_some() {
            return false;
        }
        if !asked.changes_nothing() || matches!(asked.expected, Expected::Unknown) || is_long(asked, world) {
            return false;
        }
        let at = asked.exchange.sent.max(run.plane.clock());
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
        self.lost_creation |= creates(asked.operation()) && matches!(asked.expected, Expected::Unknown);
        if self.lost_creation {
            return None;
        }
        let run = self.runs.first()?;
        let unknown = |(id, _): &&(String, Kind)| !run.knows(id);
        let unknown: Vec<&String> = world.orphans.iter().filter(unknown).map(|(id, _)| id).collect();
        if unknown.is_empty() {
            return None;
        }
        let shown = super::entering::shown(asked, &unknown);
        if !shown.is_empty() {
            let entered = super::entering::enter(&mut self.runs, asked, &shown, world);
            if entered.is_ok() {
                return None;
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
        self.history.extend(Trail::steps(Some(&trail), None));
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
