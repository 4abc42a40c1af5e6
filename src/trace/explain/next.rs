//! What can come next between two answers: overlapping calls take effect, hidden work ends, time goes on to a deadline, and, if
//! nothing else explains an answer, something happens outside.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::asked::{Asked, Expected, created};
use super::hidden::{Disks, Ends, begins_failover, ends, leaves_out, outcomes, outside};
use super::names::{Kind, only_looks};
use super::run::{Run, World};
use super::search::Search;
use super::timeline::Happened;
use super::{Others, foreign};
use crate::control_plane::{Outcome, Report};
use crate::operation::Operation;
use crate::time::{Span, Timestamp};

/// An interval that is so long that a call may have taken effect early or late in it.
const LONG: Span = Span::from_secs(1);

/// Which overlapping calls are tried before an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overlaps {
    /// All.
    All,
    /// Those that change something and were sent so long before that it matters when they took effect.
    LongBefore,
}

/// Whether it is open by a second or more when a call took effect.
pub(super) fn is_long(asked: &Asked, world: &World<'_>) -> bool {
    let open = asked.exchange.answered.since(asked.exchange.sent).as_millis();
    open.saturating_add(world.clock_error.as_millis().saturating_mul(2)) >= LONG.as_millis()
}

impl Search<'_> {
    /// Overlapping calls whose answers show that they changed nothing, and that match now, take effect now: that leaves every
    /// continuation open. If one was sent later, time goes on until then, unless that [matters](World::matters).
    pub(super) fn take_what_matches(&self, run: &mut Run) {
        let waits = |other: &&Arc<Asked>| {
            other.changes_nothing() && !run.has(other.number) && !run.is_told_before(other, self.world)
        };
        let mut looks: Vec<&Arc<Asked>> = self.question.open.iter().filter(waits).collect();
        if looks.is_empty() {
            return;
        }
        looks.sort_by_key(|other| self.earliest(other));
        let began = run.plane.clock();
        let due = self.due(run);
        let mut trial = run.clone();
        // Clients that poll ask and are told the same.
        let mut judged: Vec<(&Asked, bool)> = Vec::new();
        for other in looks {
            let at = self.earliest(other).max(began);
            if at > began
                && (at > self.latest() || due.is_some_and(|due| due <= at) || self.world.matters(began, at))
            {
                return;
            }
            let fresh =
                || super::fresh::possible(other, run, self.world).into_iter().next().unwrap_or_default();
            if !only_looks(other.operation()) {
                // The model may accept what is to be refused.
                let (mut refused, fresh) = (run.clone(), fresh());
                if refused.make(other, &fresh, at, self.world).is_ok() {
                    refused.took(other);
                    *run = refused;
                }
                continue;
            }
            let twin = judged.iter().find(|(twin, _)| twin.is_alike(other)).map(|(_, matches)| *matches);
            let matches = twin.unwrap_or_else(|| trial.make(other, &fresh(), at, self.world).is_ok());
            if twin.is_none() {
                judged.push((other, matches));
            }
            if matches {
                run.advance(at, self.world);
                run.took(other);
            }
        }
    }

    fn earliest(&self, asked: &Asked) -> Timestamp {
        let error = self.world.clock_error.as_millis();
        Timestamp::from_millis(asked.exchange.sent.as_millis().saturating_sub(error))
    }

    /// The times at which a call may have taken effect.
    pub(super) fn moments(&self, asked: &Asked, run: &Run) -> Vec<Timestamp> {
        let clock = run.plane.clock();
        let exchange = &asked.exchange;
        let latest = exchange.answered.after(self.world.clock_error);
        let mut moments = Vec::from([exchange.sent.max(clock)]);
        let mut add = |at: Timestamp| {
            if at >= clock && at >= self.earliest(asked) && at <= latest && !moments.contains(&at) {
                moments.push(at);
            }
        };
        let lost =
            Kind::created_by(asked.operation()).filter(|_| matches!(asked.expected, Expected::Unknown));
        let made = self.world.lost.iter().filter(|(_, kind)| lost == Some(*kind)).map(|(id, _)| id.as_str());
        let told = super::fresh::told(asked, self.world).and_then(created);
        let created = told.into_iter().chain(made);
        for second in created.filter_map(|id| self.world.facts.created_at.get(id)) {
            let begins = Timestamp::default().after(Span::from_secs(*second));
            add(begins.max(exchange.sent));
            add(begins);
        }
        if let Some(due) = self.due(run) {
            add(due);
        }
        // What it begins may be shown with its beginning.
        if !asked.changes_nothing() && clock <= latest {
            for second in self.world.moments.range(clock.as_secs()..=latest.as_secs()) {
                add(Timestamp::default().after(Span::from_secs(*second)));
            }
        }
        if is_long(asked, self.world) {
            add(self.earliest(asked).max(clock));
            add(latest);
        }
        moments
    }

    /// The times up to a limit at which a call may have taken effect if the time to a deadline starts thereby.
    pub(super) fn starts(
        &self,
        asked: &Asked,
        run: &Run,
        limit: Timestamp,
    ) -> impl Iterator<Item = (Timestamp, bool)> {
        let latest = asked.exchange.answered.after(self.world.clock_error).min(limit);
        let starts = self.world.starts(self.earliest(asked).max(run.plane.clock()), latest);
        starts.filter(|_| !asked.changes_nothing()).map(|at| (at, true))
    }

    /// An overlapping call takes effect first.
    pub(super) fn overlap(&self, run: &Run, which: Overlaps, push: &mut impl FnMut(Run)) {
        let clock = run.plane.clock();
        let from = self.question.asked.exchange.sent.max(clock);
        let latest = self.latest().max(clock);
        if which == Overlaps::All {
            self.wait(run, push);
        }
        for other in self.open(run).filter(|other| !other.changes_nothing()) {
            let sent = other.exchange.sent.max(clock);
            let long_before = from.since(sent) >= LONG || self.world.matters(sent, from);
            if which == Overlaps::LongBefore && !long_before {
                continue;
            }
            let unknown = matches!(other.expected, Expected::Unknown);
            let moments = self.moments(other, run).into_iter().filter(|at| *at <= latest);
            for (at, must_set) in moments.map(|at| (at, false)).chain(self.starts(other, run, latest)) {
                for fresh in super::fresh::possible(other, run, self.world) {
                    let mut next = run.clone();
                    let before = next.last;
                    next.last = None;
                    if next.make(other, &fresh, at, self.world).is_err()
                        || (must_set && !next.sets_deadline(run, self.world))
                    {
                        continue;
                    }
                    // A lost call without effect is as one that was never made.
                    if unknown && next.last.is_none() {
                        continue;
                    }
                    next.last = next.last.or(before);
                    next.took(other);
                    push(next);
                }
            }
        }
    }

    /// Time goes on until an overlapping look matches.
    fn wait(&self, run: &Run, push: &mut impl FnMut(Run)) {
        let clock = run.plane.clock();
        let due = self.due(run).map_or(self.latest(), |due| due.min(self.latest()));
        let looks = self.open(run).filter(|other| other.changes_nothing());
        let moments: BTreeSet<Timestamp> = looks.flat_map(|other| self.moments(other, run)).collect();
        for at in moments.into_iter().filter(|at| *at > clock && *at <= due) {
            let mut next = run.clone();
            next.advance(at, self.world);
            let before = next.looked.len();
            self.take_what_matches(&mut next);
            if next.looked.len() > before {
                push(next);
            }
        }
    }

    /// Hidden work ends; true if an outcome was left out.
    pub(super) fn work_ends(&self, run: &Run, which: Ends, push: &mut impl FnMut(Run)) -> bool {
        let latest = self.latest();
        let limit = self.due(run).map_or(latest, |due| due.min(latest));
        let wanted = self.question.asked.exchange.sent.max(run.plane.clock());
        let mut left_out = false;
        for effect in run.plane.outstanding() {
            left_out |= which == Ends::All && leaves_out(&effect);
            let outcomes = outcomes(&effect, self.world);
            let ended = |at, outcome: &Outcome| {
                let report = Report::Outcome { id: effect.id, outcome: outcome.clone() };
                let what = Happened::Ended { effect: effect.clone(), outcome: outcome.clone() };
                run.reported(at, report, what, self.world)
            };
            for at in ends(&effect, &run.plane, (wanted, limit), which, self.world) {
                outcomes.iter().filter_map(|outcome| ended(at, outcome)).for_each(&mut *push);
            }
            for at in self.world.starts(run.plane.clock(), limit) {
                let ends = outcomes.iter().filter_map(|outcome| ended(at, outcome));
                ends.filter(|next| next.sets_deadline(run, self.world)).for_each(&mut *push);
            }
        }
        left_out
    }

    /// Time goes on to the next deadline or to what is told next, if work is under way that can end before or after it, or
    /// begins by it.
    pub(super) fn deadline(&self, run: &Run, push: &mut impl FnMut(Run)) {
        let latest = self.latest();
        let Some(due) = self.due(run).filter(|due| *due <= latest) else { return };
        let mut next = run.clone();
        next.fall_due(due, self.world);
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
        let matter = asks(&self.question.asked) || self.question.open.iter().any(|open| asks(open));
        if matter { Disks::Matter } else { Disks::AreIdle }
    }

    /// The log of switches shows that one began in this second, and nothing in the run began one: what happened outside did.
    /// It is assumed when its time comes, since no answer need show it before the log does.
    pub(super) fn failover_begins(&self, run: &Run, push: &mut impl FnMut(Run)) {
        let Some(log) = &run.log else { return };
        let clock = run.plane.clock();
        let limit = self.due(run).map_or(self.latest(), |due| due.min(self.latest()));
        // A recorder's clock can go back.
        let limit = limit.max(clock);
        let error = self.world.clock_error.as_millis().div_ceil(1_000);
        let first = clock.as_secs().saturating_sub(error);
        for second in self.world.began.range(first..=limit.as_secs().saturating_add(error)) {
            let at = Timestamp::default().after(Span::from_secs(*second)).clamp(clock, limit);
            let near = |began: Timestamp| began.as_secs().abs_diff(*second) <= error;
            let mut switches = run.plane.clusters().flat_map(|cluster| log.of(cluster.id()));
            if !near(at) || switches.any(|switch| near(switch.started_at)) {
                continue;
            }
            for (report, what) in outside(&run.plane, Disks::AreIdle, self.world) {
                if begins_failover(&run.plane, &report)
                    && let Some(next) = run.reported(at, report, what, self.world)
                    && next.plane.clusters().any(|cluster| cluster.failover().is_some())
                {
                    push(next);
                }
            }
        }
    }

    pub(super) fn happen_outside(&self, run: &Run, push: &mut impl FnMut(Run)) {
        let wanted = self.question.asked.exchange.sent.max(run.plane.clock());
        let clock = run.plane.clock();
        let mut moments = BTreeSet::from([wanted]);
        // A failover that it began ends later, and may be shown with its beginning.
        if run.plane.clusters().next().is_some() {
            moments.extend((wanted.since(clock) >= LONG).then_some(clock));
            let shown = self.world.moments.range(clock.as_secs()..=wanted.as_secs().max(clock.as_secs()));
            let begins = shown.map(|second| Timestamp::default().after(Span::from_secs(*second)));
            moments.extend(begins.filter(|at| *at > clock && *at < wanted));
        }
        let starts = self.world.starts(clock, wanted).filter(|at| !moments.contains(at)).map(|at| (at, true));
        let starts: Vec<_> = starts.collect();
        for (at, must_set) in moments.into_iter().map(|at| (at, false)).chain(starts) {
            let seen = if run.heard { Vec::new() } else { outside(&run.plane, self.disks(), self.world) };
            let seen = seen.into_iter().filter_map(|(report, what)| {
                let next = run.reported(at, report, what, self.world)?;
                Some(Run { assumed: true, ..next })
            });
            let called = match self.others {
                Others::MayCall => foreign::calls(run, at, self.world),
                Others::Silent => Vec::new(),
            };
            let happened = seen.chain(called).filter(|next| !must_set || next.sets_deadline(run, self.world));
            for mut next in happened {
                next.outside = next.outside.saturating_add(1);
                push(next);
            }
        }
    }
}
