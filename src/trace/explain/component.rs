//! The search within one component: all runs of the model that give the answers so far.
//!
//! Answers are explained in the order in which they came. Whatever took effect before an answer, be it an overlapping call or
//! hidden work, is tried then and not earlier; so a set of runs stands for everything that can have happened until now, and
//! the first answer after which the set is empty is one that nothing explains. Events from outside are assumed only where
//! nothing else explains an answer, and at most one between two answers.

use alloc::collections::{BTreeSet, VecDeque};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use indexmap::IndexMap;

use super::asked::{Asked, Expected, created};
use super::compare::Mismatch;
use super::hidden::{Disks, Ends, ends, leaves_out, outcomes, outside};
use super::names::Kind;
use super::run::{Run, World};
use super::timeline::{Happened, Step, Trail};
use super::{Limits, Others, foreign};
use crate::control_plane::Report;
use crate::map::HashState;
use crate::operation::Operation;
use crate::time::{Span, Timestamp};

/// The most events from outside that are assumed between two answers. The failure of a zone is one.
const MOST_OUTSIDE: u8 = 1;

/// The most answers that are explained anew when the log of switches tells of something before them.
const MOST_PAST: usize = 6;

/// An interval that is so long that a call may have taken effect early or late in it.
const LONG: Span = Span::from_secs(1);

/// The most explanations that come near a refuted answer and are told.
const NEAREST: usize = 5;

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

/// The runs that explain an answer.
struct Reached {
    runs: IndexMap<u128, Run, HashState>,
    nearest: Vec<Nearest>,
    partial: Option<&'static str>,
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

/// Whether an operation makes a resource of its own.
const fn creates(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::CreateDiskReplicaPair
            | Operation::CreateDiskReplicaGroup
            | Operation::StartPairDrill
            | Operation::StartReplicaGroupDrill
            | Operation::CreateDbCluster
    )
}

/// Whether it is open by a second or more when a call took effect.
fn is_long(asked: &Asked, world: &World<'_>) -> bool {
    let open = asked.exchange.answered.since(asked.exchange.sent).as_millis();
    open.saturating_add(world.clock_error.as_millis().saturating_mul(2)) >= LONG.as_millis()
}

/// Whether events from outside count beyond the answer before which they are assumed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outside {
    Forgotten,
    Remembered,
}

/// Which overlapping calls are tried before an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Overlaps {
    /// All.
    All,
    /// Those that change something and were sent so long before that it matters when they took effect.
    LongBefore,
}

/// The search for the runs that explain one answer.
struct Search<'a> {
    asked: &'a Arc<Asked>,
    /// The calls that overlap it and are answered later.
    open: &'a [Arc<Asked>],
    world: &'a World<'a>,
    limits: &'a Limits,
    others: Others,
    /// How many events from outside may be assumed.
    outside: u8,
}

impl Search<'_> {
    fn reach(&self, from: &[Run]) -> Reached {
        self.reach_with(from, Outside::Forgotten)
    }

    fn reach_with(&self, from: &[Run], assumed: Outside) -> Reached {
        let hasher = || HashState::with_seed(0);
        let mut reached =
            Reached { runs: IndexMap::with_hasher(hasher()), nearest: Vec::new(), partial: None };
        let mut visited: IndexMap<u128, Timestamp, HashState> = IndexMap::with_hasher(hasher());
        let mut queue: VecDeque<(Run, Option<Arc<Trail>>)> = VecDeque::new();
        for run in from {
            let mut run = run.clone();
            if let Some(at) = run.taken.iter().position(|number| *number == self.asked.number) {
                run.taken.remove(at);
                keep(&mut reached, run, assumed);
                continue;
            }
            let start = run.trail.clone();
            queue.push_back((run, start));
        }
        let mut work = 0_usize;
        while let Some((mut run, start)) = queue.pop_front() {
            work = work.saturating_add(1);
            if work > self.limits.steps || reached.runs.len() > self.limits.runs {
                reached.partial = Some("more possibilities between two answers than the bound");
                break;
            }
            self.take_what_matches(&mut run);
            // Different ways can lead to the same state; the one whose clock is behind can do whatever the other can.
            let clock = run.plane.clock();
            match visited.entry(run.fingerprint()) {
                indexmap::map::Entry::Occupied(mut known) if clock < *known.get() => {
                    let _ = known.insert(clock);
                }
                indexmap::map::Entry::Occupied(_) => continue,
                indexmap::map::Entry::Vacant(vacant) => {
                    vacant.insert(clock);
                }
            }
            let explained = self.answer(&run, start.as_ref(), assumed, &mut reached);
            let mut push = |next: Run| queue.push_back((next, start.clone()));
            // A look that matches now can as well come before whatever else happens, unless a deadline is in between.
            let settled = explained && self.asked.changes_nothing() && !self.is_due(&run);
            let which = if settled { Ends::ThatAreShown } else { Ends::All };
            if self.work_ends(&run, which, &mut push) {
                reached.partial = Some("a group with more members than all of whose parts are tried");
            }
            self.overlap(&run, if settled { Overlaps::LongBefore } else { Overlaps::All }, &mut push);
            if settled {
                continue;
            }
            self.deadline(&run, &mut push);
            if run.outside < self.outside {
                self.happen_outside(&run, &mut push);
            }
        }
        reached
    }

    /// Overlapping calls whose answers show that they changed nothing, and that match now, take effect now: that leaves every
    /// continuation open.
    fn take_what_matches(&self, run: &mut Run) {
        for other in self.open {
            let known = run.taken.contains(&other.number);
            let clock = run.plane.clock();
            if known || !other.changes_nothing() || self.earliest(other) > clock {
                continue;
            }
            let mut trial = run.clone();
            let fresh = super::fresh::possible(other, run, self.world).into_iter().next().unwrap_or_default();
            if trial.make(other, &fresh, clock, self.world).is_ok() {
                *run = trial;
                insert(&mut run.taken, other.number);
            }
        }
    }

    fn earliest(&self, asked: &Asked) -> Timestamp {
        let error = self.world.clock_error.as_millis();
        Timestamp::from_millis(asked.exchange.sent.as_millis().saturating_sub(error))
    }

    /// The times at which a call may have taken effect.
    fn moments(&self, asked: &Asked, run: &Run) -> Vec<Timestamp> {
        let clock = run.plane.clock();
        let exchange = &asked.exchange;
        let latest = exchange.answered.after(self.world.clock_error);
        let mut moments = Vec::from([exchange.sent.max(clock)]);
        let mut add = |at: Timestamp| {
            if at >= clock && at >= self.earliest(asked) && at <= latest && !moments.contains(&at) {
                moments.push(at);
            }
        };
        let lost = creates(asked.operation()) && matches!(asked.expected, Expected::Unknown);
        let orphans = self.world.orphans.iter().filter(|_| lost).map(|(id, _)| id.as_str());
        let told = super::fresh::told(asked, self.world).and_then(created);
        let created = told.into_iter().chain(orphans);
        for second in created.filter_map(|id| self.world.facts.created_at.get(id)) {
            let begins = Timestamp::default().after(Span::from_secs(*second));
            add(begins.max(exchange.sent));
            add(begins);
        }
        if let Some(deadline) = run.plane.next_deadline() {
            add(deadline.at);
        }
        if is_long(asked, self.world) {
            add(self.earliest(asked).max(clock));
            add(latest);
        }
        moments
    }

    /// Whether something falls due before the answer came.
    fn is_due(&self, run: &Run) -> bool {
        let latest = self.asked.exchange.answered.after(self.world.clock_error);
        run.plane.next_deadline().is_some_and(|deadline| deadline.at <= latest)
    }

    /// Makes the call; whether the model's answer is the recorded one at some time.
    fn answer(&self, run: &Run, start: Option<&Arc<Trail>>, assumed: Outside, reached: &mut Reached) -> bool {
        let mut explained = false;
        if matches!(self.asked.expected, Expected::Unknown) {
            keep(reached, run.clone(), assumed);
        }
        let possible = super::fresh::possible(self.asked, run, self.world);
        for at in self.moments(self.asked, run) {
            for fresh in &possible {
                let mut next = run.clone();
                match next.make(self.asked, fresh, at, self.world) {
                    Ok(()) => {
                        explained = true;
                        keep(reached, next, assumed);
                    }
                    Err(mismatch) => self.near(run, start, mismatch, reached),
                }
            }
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

    /// An overlapping call takes effect first.
    fn overlap(&self, run: &Run, which: Overlaps, push: &mut impl FnMut(Run)) {
        let from = self.asked.exchange.sent.max(run.plane.clock());
        for other in self.open.iter().filter(|other| !run.taken.contains(&other.number)) {
            let long_before = from.since(other.exchange.sent.max(run.plane.clock())) >= LONG;
            if which == Overlaps::LongBefore && (!long_before || other.changes_nothing()) {
                continue;
            }
            let unknown = matches!(other.expected, Expected::Unknown);
            let latest = self.asked.exchange.answered.after(self.world.clock_error).max(run.plane.clock());
            for at in self.moments(other, run).into_iter().filter(|at| *at <= latest) {
                for fresh in super::fresh::possible(other, run, self.world) {
                    let mut next = run.clone();
                    let before = next.last;
                    next.last = None;
                    if next.make(other, &fresh, at, self.world).is_err() {
                        continue;
                    }
                    // A lost call without effect is as one that was never made.
                    if unknown && next.last.is_none() {
                        continue;
                    }
                    next.last = next.last.or(before);
                    insert(&mut next.taken, other.number);
                    push(next);
                }
            }
        }
    }

    /// Hidden work ends; true if an outcome was left out.
    fn work_ends(&self, run: &Run, which: Ends, push: &mut impl FnMut(Run)) -> bool {
        let latest = self.asked.exchange.answered.after(self.world.clock_error);
        let limit = run.plane.next_deadline().map_or(latest, |deadline| deadline.at.min(latest));
        let wanted = self.asked.exchange.sent.max(run.plane.clock());
        let mut left_out = false;
        for effect in run.plane.outstanding() {
            left_out |= which == Ends::All && leaves_out(&effect);
            for at in ends(&effect, &run.plane, (wanted, limit), which, self.world) {
                for outcome in outcomes(&effect, self.world) {
                    let report = Report::Outcome { id: effect.id, outcome: outcome.clone() };
                    let what = Happened::Ended { effect: effect.clone(), outcome };
                    if let Some(next) = run.reported(at, report, what, self.world) {
                        push(next);
                    }
                }
            }
        }
        left_out
    }

    /// Time goes on to the next deadline, if work is under way that can end before or after it, or begins by it.
    fn deadline(&self, run: &Run, push: &mut impl FnMut(Run)) {
        let latest = self.asked.exchange.answered.after(self.world.clock_error);
        let Some(deadline) = run.plane.next_deadline().filter(|deadline| deadline.at <= latest) else {
            return;
        };
        let mut next = run.clone();
        next.advance(deadline.at, self.world);
        push(next);
    }

    /// Whether the call or one that overlaps it asks what is attached.
    fn disks(&self) -> Disks {
        let asks = |asked: &Asked| {
            matches!(
                asked.operation(),
                Operation::StartDiskReplicaPair
                    | Operation::StartDiskReplicaGroup
                    | Operation::ReprotectDiskReplicaPair
                    | Operation::ReprotectDiskReplicaGroup
            )
        };
        let matter = asks(self.asked) || self.open.iter().any(|open| asks(open));
        if matter { Disks::Matter } else { Disks::AreIdle }
    }

    fn happen_outside(&self, run: &Run, push: &mut impl FnMut(Run)) {
        let wanted = self.asked.exchange.sent.max(run.plane.clock());
        let clock = run.plane.clock();
        let mut moments = BTreeSet::from([wanted]);
        // A failover that it began ends later, and may be shown with its beginning.
        if run.plane.clusters().next().is_some() {
            moments.extend((wanted.since(clock) >= LONG).then_some(clock));
            let shown = self.world.moments.range(clock.as_secs()..=wanted.as_secs().max(clock.as_secs()));
            let begins = shown.map(|second| Timestamp::default().after(Span::from_secs(*second)));
            moments.extend(begins.filter(|at| *at > clock && *at < wanted));
        }
        for at in moments {
            for (report, what) in outside(&run.plane, self.disks(), self.world) {
                if let Some(mut next) = run.reported(at, report, what, self.world) {
                    next.outside = next.outside.saturating_add(1);
                    push(next);
                }
            }
            if self.others == Others::MayCall {
                for mut next in foreign::calls(run, at, self.world) {
                    next.outside = next.outside.saturating_add(1);
                    push(next);
                }
            }
        }
    }
}

/// Adds a run that explains the answer. Of two that are alike the one whose clock is behind is kept.
fn keep(reached: &mut Reached, mut run: Run, assumed: Outside) {
    if assumed == Outside::Forgotten {
        run.outside = 0;
    }
    match reached.runs.entry(run.fingerprint()) {
        indexmap::map::Entry::Vacant(vacant) => drop(vacant.insert(run)),
        indexmap::map::Entry::Occupied(mut known) => {
            let mut rules = known.get().rules;
            rules.intersect(&run.rules);
            if run.plane.clock() < known.get().plane.clock() {
                drop(known.insert(run));
            }
            known.get_mut().rules = rules;
        }
    }
}

/// Adds a number to a sorted list.
fn insert(numbers: &mut Vec<usize>, number: usize) {
    let at = numbers.partition_point(|known| *known < number);
    numbers.insert(at, number);
}

impl core::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { at, allowed, shown, rule } = self;
        write!(f, "{at}: the model answers {allowed}, the trace shows {shown}")?;
        match rule {
            Some(rule) => write!(f, " ({})", rule),
            None => Ok(()),
        }
    }
}
