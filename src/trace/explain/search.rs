//! The search for the runs that explain one answer.
//!
//! Between two answers overlapping calls take effect, hidden work ends and deadlines fall due, in any order. All of it is tried,
//! breadth first, so that the explanations with the fewest assumptions come first; states that were reached before are not
//! gone on from.

use alloc::collections::{BTreeSet, VecDeque};
use alloc::sync::Arc;
use alloc::vec::Vec;

use indexmap::IndexMap;

use super::asked::{Asked, Expected, created};
use super::compare::Mismatch;
use super::component::Nearest;
use super::hidden::{Disks, Ends, ends, leaves_out, outcomes, outside};
use super::run::{Run, World};
use super::timeline::{Happened, Trail};
use super::{Limits, Others, foreign};
use crate::control_plane::Report;
use crate::map::HashState;
use crate::operation::Operation;
use crate::time::{Span, Timestamp};

/// An interval that is so long that a call may have taken effect early or late in it.
const LONG: Span = Span::from_secs(1);

/// The most explanations that come near a refuted answer and are told.
const NEAREST: usize = 5;

/// The runs that explain an answer.
pub(super) struct Reached {
    pub(super) runs: IndexMap<u128, Run, HashState>,
    pub(super) nearest: Vec<Nearest>,
    pub(super) partial: Option<&'static str>,
}

/// Whether an operation makes a resource of its own.
pub(super) const fn creates(operation: Operation) -> bool {
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
pub(super) fn is_long(asked: &Asked, world: &World<'_>) -> bool {
    let open = asked.exchange.answered.since(asked.exchange.sent).as_millis();
    open.saturating_add(world.clock_error.as_millis().saturating_mul(2)) >= LONG.as_millis()
}

/// Whether events from outside count beyond the answer before which they are assumed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outside {
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
pub(super) struct Search<'a> {
    pub(super) asked: &'a Arc<Asked>,
    /// The calls that overlap it and are answered later.
    pub(super) open: &'a [Arc<Asked>],
    pub(super) world: &'a World<'a>,
    pub(super) limits: &'a Limits,
    pub(super) others: Others,
    /// How many events from outside may be assumed.
    pub(super) outside: u8,
}

impl Search<'_> {
    pub(super) fn reach(&self, from: &[Run]) -> Reached {
        self.reach_with(from, Outside::Forgotten)
    }

    pub(super) fn reach_with(&self, from: &[Run], assumed: Outside) -> Reached {
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
