//! The search for the runs that explain one answer.
//!
//! Between two answers overlapping calls take effect, hidden work ends and deadlines fall due, in any order. It is tried breadth
//! first, so that the explanations with the fewest assumptions come first. Three things keep it small. A call whose answer
//! shows that it changed nothing is taken as soon as it matches. A run that [another one covers](super::frontier) is not
//! followed. And a [lean](Effort::Lean) search ends soon after it has found explanations; the others are looked for only when
//! these lead nowhere.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::asked::{Asked, Expected};
use super::compare::Mismatch;
use super::component::Nearest;
use super::frontier::Frontier;
use super::hidden::Ends;
use super::next::Overlaps;
use super::run::{Run, World};
use super::timeline::Trail;
use super::{Limits, Others};
use crate::time::Timestamp;

/// The most explanations that come near a refuted answer and are told.
const NEAREST: usize = 5;

/// The most states that a lean search tries until it finds an explanation, and from there on.
const LEAN_STATES: (usize, usize) = (4_000, 400);

/// The most runs that a lean search finds.
const LEAN_RUNS: usize = 64;

/// How far a search goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    /// Until a few explanations are found.
    Lean,
    /// Until all are found, or the limits are reached.
    Full,
}

/// The runs that explain an answer.
#[derive(Debug, Default)]
pub(super) struct Reached {
    pub(super) runs: Frontier<Run>,
    pub(super) nearest: Vec<Nearest>,
    /// Whether a lean search left something to try.
    pub(super) cut: bool,
    /// The bound that was reached.
    pub(super) partial: Option<&'static str>,
    /// How many states were tried.
    pub(super) tried: usize,
}

/// What searches for one answer, with so many events from outside at most, have followed.
#[derive(Debug, Default)]
pub(super) struct Visited {
    states: Frontier<()>,
    /// Whether they found runs that explain it.
    pub(super) found: bool,
}

/// An answer that is to be explained.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) asked: Arc<Asked>,
    /// The calls that overlap it and are answered later.
    pub(super) open: Vec<Arc<Asked>>,
}

/// The search for the runs that explain one answer.
pub(super) struct Search<'a> {
    pub(super) question: &'a Question,
    pub(super) world: &'a World<'a>,
    pub(super) limits: &'a Limits,
    pub(super) others: Others,
    /// How many events from outside may be assumed.
    pub(super) outside: u8,
    pub(super) effort: Effort,
}

impl Search<'_> {
    /// The runs that explain the answer, after one of these. What was visited is not followed again.
    pub(super) fn reach(&self, from: &[Run], visited: &mut Visited) -> Reached {
        let mut reached = Reached::default();
        let mut queue: VecDeque<(Run, u128, Option<Arc<Trail>>)> = VecDeque::new();
        let mut queued: Frontier<()> = Frontier::default();
        let mut left_out = false;
        for run in from {
            let mut run = run.clone();
            if run.answered(self.question.asked.number) {
                self.keep(&mut reached, run);
            } else {
                let (future, start) = (run.fingerprint(self.world), run.trail.clone());
                queue.push_back((run, future, start));
            }
        }
        let mut found_after = (reached.runs.len() > 0).then_some(0);
        while let Some((mut run, future, start)) = queue.pop_front() {
            if self.is_enough(&mut reached, found_after) {
                break;
            }
            // Taking looks does not change the future.
            if visited.states.covers(future, &run, self.world) {
                continue;
            }
            reached.tried = reached.tried.saturating_add(1);
            self.take_what_matches(&mut run);
            if !visited.states.insert(future, &run, (), |(), ()| {}, self.world) {
                continue;
            }
            let explained = self.answer(&run, start.as_ref(), &mut reached);
            if reached.runs.len() > 0 {
                found_after.get_or_insert(reached.tried);
            }
            let tried = reached.tried;
            let mut push = |next: Run| {
                let future = next.fingerprint(self.world);
                if visited.states.covers(future, &next, self.world)
                    || !queued.insert(future, &next, (), |(), ()| {}, self.world)
                {
                    return;
                }
                // What comes after so many is not tried.
                if tried.saturating_add(queue.len()) < self.limits.steps {
                    queue.push_back((next, future, start.clone()));
                } else {
                    left_out = true;
                }
            };
            // A look that matches now can as well come before whatever else happens, unless a deadline is in between.
            let settled = explained && self.question.asked.changes_nothing() && !self.is_due(&run);
            let which = if settled { Ends::ThatAreShown } else { Ends::All };
            if self.work_ends(&run, which, &mut push) {
                reached.partial = Some("a group with more members than all of whose parts are tried");
            }
            self.overlap(&run, if settled { Overlaps::LongBefore } else { Overlaps::All }, &mut push);
            self.failover_begins(&run, &mut push);
            if settled {
                continue;
            }
            self.deadline(&run, &mut push);
            if run.outside < self.outside {
                self.happen_outside(&run, &mut push);
            }
        }
        if left_out {
            self.leaves_out(&mut reached);
        }
        visited.found |= reached.runs.len() > 0;
        reached
    }

    /// Whether the search ends here though there is more to try.
    fn is_enough(&self, reached: &mut Reached, found_after: Option<usize>) -> bool {
        let Limits { runs, steps, .. } = *self.limits;
        match self.effort {
            Effort::Full if reached.tried >= steps || reached.runs.len() > runs => {
                self.leaves_out(reached);
                true
            }
            Effort::Full => false,
            Effort::Lean => {
                let most = match found_after {
                    Some(after) => after.saturating_add(LEAN_STATES.1),
                    None => LEAN_STATES.0,
                };
                reached.cut = reached.tried >= most.min(steps) || reached.runs.len() > LEAN_RUNS.min(runs);
                reached.cut
            }
        }
    }

    /// Notes that there is more to try.
    fn leaves_out(&self, reached: &mut Reached) {
        match self.effort {
            Effort::Full => reached.partial = Some("more possibilities between two answers than the bound"),
            Effort::Lean => reached.cut = true,
        }
    }

    /// Adds a run that explains the answer.
    fn keep(&self, reached: &mut Reached, mut run: Run) {
        // Who tells of one thing tells of all.
        if run.assumed && run.heard {
            return;
        }
        (run.outside, run.assumed, run.heard) = (0, false, false);
        let merge = |kept: &mut Run, other: &Run| kept.rules.intersect(&other.rules);
        reached.runs.insert(run.fingerprint(self.world), &run, run.clone(), merge, self.world);
    }

    /// The latest time at which something can have happened before the answer came.
    pub(super) fn latest(&self) -> Timestamp {
        self.question.asked.exchange.answered.after(self.world.clock_error)
    }

    /// The overlapping calls that have not taken effect.
    pub(super) fn open<'r>(&'r self, run: &'r Run) -> impl Iterator<Item = &'r Arc<Asked>> {
        self.question.open.iter().filter(|other| !run.has(other.number))
    }

    /// When something falls due or is told to happen, the next time.
    pub(super) fn due(&self, run: &Run) -> Option<Timestamp> {
        run.due(self.question.asked.end, self.world)
    }

    /// Whether that is before the answer came.
    fn is_due(&self, run: &Run) -> bool {
        self.due(run).is_some_and(|due| due <= self.latest())
    }

    /// Makes the call; whether the model's answer is the recorded one at some time.
    fn answer(&self, run: &Run, start: Option<&Arc<Trail>>, reached: &mut Reached) -> bool {
        let asked = &self.question.asked;
        if matches!(asked.expected, Expected::Unknown) {
            self.keep(reached, run.clone());
        }
        let possible = super::fresh::possible(asked, run, self.world);
        let mut explained = false;
        let moments = self.moments(asked, run).into_iter().map(|at| (at, false));
        let moments = moments.chain(self.starts(asked, run, self.latest()));
        for ((at, must_set), fresh) in moments.flat_map(|at| possible.iter().map(move |fresh| (at, fresh))) {
            let mut next = run.clone();
            if let Err(mismatch) = next.make(asked, fresh, at, self.world) {
                self.near(run, start, mismatch, reached);
                continue;
            }
            if must_set && !next.sets_deadline(run, self.world) {
                continue;
            }
            explained = true;
            self.keep(reached, next);
        }
        explained
    }

    fn near(&self, run: &Run, start: Option<&Arc<Trail>>, mismatch: Mismatch, reached: &mut Reached) {
        let told = reached.nearest.iter().any(|near| near.mismatch == mismatch);
        if !told && reached.nearest.len() < NEAREST {
            let assumed = Trail::steps(run.trail.as_ref(), start).into();
            reached.nearest.push(Nearest { assumed, mismatch });
        }
    }
}
