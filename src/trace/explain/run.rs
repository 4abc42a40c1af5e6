//! One run of the model, up to the answers that were explained so far.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::asked::Asked;
use super::compare::Mismatch;
use super::judged::Judged;
use super::names::Kind;
use super::survey::Facts;
use super::timeline::{Happened, Step, Trail};
use crate::control_plane::{self, ControlPlane, Fresh, Input, Report};
use crate::ids::{ClusterId, DrillId, GroupId, NetworkId, PairId};
use crate::polardb::HaLog;
use crate::rule::RuleId;
use crate::time::{Span, Timestamp};
use crate::trace::told::Told;

/// What all runs of a component share.
#[derive(Debug)]
pub(super) struct World<'a> {
    pub(super) facts: &'a Facts,
    /// Recover points, beginnings and ends of switches that are shown, in seconds.
    pub(super) moments: &'a BTreeSet<u64>,
    /// When the switches began that the log of switches shows, in seconds.
    pub(super) began: &'a BTreeSet<u64>,
    /// When resources were created, in seconds.
    pub(super) created: &'a BTreeSet<u64>,
    /// When manual failovers were asked for and answered, in milliseconds.
    pub(super) failovers: &'a BTreeSet<u64>,
    /// When what answers show can have fallen due, at the earliest or at the latest, in milliseconds.
    pub(super) turns: &'a BTreeSet<u64>,
    /// How long after what sets it a deadline of these resources is.
    pub(super) delays: &'a [Span],
    /// The longest time from a request to its answer, in milliseconds.
    pub(super) longest: u64,
    /// When the last answer came.
    pub(super) ends: Timestamp,
    /// Resources that were there before the trace.
    pub(super) before: &'a [(String, Kind)],
    /// Resources that creations may have made whose answers were lost.
    pub(super) lost: &'a [(String, Kind)],
    /// How far the clocks may differ.
    pub(super) clock_error: Span,
    /// How long after a switch another one is refused.
    pub(super) switch_window: Span,
    /// What was compared before.
    pub(super) judged: Judged,
    /// What is told, in the order of time.
    pub(super) told: &'a [Told],
    /// Every rule, sorted.
    pub(super) rules: &'a [RuleId],
    /// Whether steps are kept.
    pub(super) keeps_steps: bool,
}

impl World<'_> {
    /// The times from one to another at which the time to a deadline can start that answers show.
    pub(super) fn starts(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = Timestamp> {
        let within = move |delay: &Span| {
            let (first, last) = (from.after(*delay).as_millis(), to.after(*delay).as_millis());
            let due = (first <= last).then(|| self.turns.range(first..=last));
            let delay = delay.as_millis();
            due.into_iter().flatten().map(move |due| Timestamp::from_millis(due.saturating_sub(delay)))
        };
        self.delays.iter().flat_map(within)
    }

    /// Whether it can matter that time goes on from one moment to another while nothing else happens: then a second ends
    /// that an answer shows, or a window that a call of the trace meets, or the time to a deadline can start.
    pub(super) fn matters(&self, from: Timestamp, to: Timestamp) -> bool {
        if to <= from {
            return false;
        }
        let error = self.clock_error.as_millis();
        // The seconds that have not ended at `from` and have at `to`.
        let first = from.as_millis().saturating_sub(error).div_euclid(1_000);
        let last = to.as_millis().saturating_add(error).div_euclid(1_000);
        let ends = |seconds: &BTreeSet<u64>| first < last && seconds.range(first..last).next().is_some();
        let window = self.switch_window.as_millis();
        let begins = from.as_millis().saturating_sub(error).saturating_add(window);
        let until = to.as_millis().saturating_add(error).saturating_add(window);
        ends(self.moments)
            || ends(self.created)
            || self.failovers.range(begins..=until).next().is_some()
            || self.starts(from, to).any(|at| at < to)
    }
}

/// A set of rules, by their place in the sorted list of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Rules([u64; 8]);

impl Rules {
    fn insert(&mut self, rule: RuleId, all: &[RuleId]) {
        let Ok(at) = all.binary_search(&rule) else { return };
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1_u64 << (at % 64);
        }
    }

    /// The rules that are in both.
    pub(super) fn intersect(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(word, other)| *word &= other);
    }

    /// Those of the list that are in the set.
    pub(super) fn of<'a>(&self, all: &'a [RuleId]) -> impl Iterator<Item = RuleId> + 'a {
        let words = self.0;
        let held = move |at: usize| words.get(at / 64).is_some_and(|word| word & (1_u64 << (at % 64)) != 0);
        all.iter().enumerate().filter(move |(at, _)| held(*at)).map(|(_, rule)| *rule)
    }
}

/// A run of the model.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) plane: ControlPlane,
    /// The log of switches, if it is read in the trace.
    pub(super) log: Option<HaLog>,
    /// The overlapping calls that took effect before the one whose answer is to be explained, by number, sorted.
    pub(super) taken: Vec<usize>,
    /// Those among them whose answers show that they changed nothing, likewise.
    pub(super) looked: Vec<usize>,
    /// How many events from outside it assumes since the last answer, calls of others among them.
    pub(super) outside: u8,
    /// Whether one of them is something that could have been told, and was not.
    pub(super) assumed: bool,
    /// Whether something that is told happened since the last answer.
    pub(super) heard: bool,
    /// How much of what is told has happened.
    pub(super) told: usize,
    /// The rules that every way to this state used.
    pub(super) rules: Rules,
    /// The rule of the last event.
    pub(super) last: Option<RuleId>,
    /// The steps, the last first.
    pub(super) trail: Option<Arc<Trail>>,
}

impl Run {
    /// A run in which nothing has happened.
    pub(super) const fn new(plane: ControlPlane, log: Option<HaLog>) -> Self {
        let rules = Rules([0; 8]);
        Self {
            plane,
            log,
            taken: Vec::new(),
            looked: Vec::new(),
            outside: 0,
            assumed: false,
            heard: false,
            told: 0,
            rules,
            last: None,
            trail: None,
        }
    }

    /// Whether a resource of this id exists.
    pub(super) fn knows(&self, id: &str) -> bool {
        PairId::parse(id).is_ok_and(|id| self.plane.pair(&id).is_some())
            || GroupId::parse(id).is_ok_and(|id| self.plane.groups.contains_key(&id))
            || DrillId::parse(id).is_ok_and(|id| self.plane.drill(&id).is_some())
            || ClusterId::parse(id).is_ok_and(|id| self.plane.cluster(&id).is_some())
            || NetworkId::parse(id).is_ok_and(|id| self.plane.networks.contains_key(&id))
    }

    /// Takes in what a step of the model did.
    pub(super) fn note(
        &mut self,
        what: Happened,
        step: control_plane::Step,
        rule: Option<RuleId>,
        world: &World<'_>,
    ) {
        if let Some(log) = &mut self.log {
            log.observe(&step.events);
        }
        let told = step.events.iter().map(|event| event.rule);
        for rule in told.chain(rule) {
            self.rules.insert(rule, world.rules);
            self.last = Some(rule);
        }
        if world.keeps_steps {
            let step = Step { at: self.plane.clock(), what, events: step.events };
            self.trail = Some(Arc::new(Trail { before: self.trail.take(), step }));
        }
    }

    /// Whether a deadline is set that was not `before` and whose time answers can tell from others.
    pub(super) fn sets_deadline(&self, before: &Self, world: &World<'_>) -> bool {
        let is_new = |due: &(u64, Timestamp)| !before.plane.dues().any(|known| known == *due);
        self.plane.dues().any(|due| world.turns.contains(&due.1.as_millis()) && is_new(&due))
    }

    /// Whether a call of this number has taken effect already.
    pub(super) fn has(&self, number: usize) -> bool {
        self.taken.binary_search(&number).is_ok() || self.looked.binary_search(&number).is_ok()
    }

    /// Notes that an overlapping call took effect.
    pub(super) fn took(&mut self, asked: &Asked) {
        let numbers = if asked.changes_nothing() { &mut self.looked } else { &mut self.taken };
        let at = numbers.partition_point(|known| *known < asked.number);
        numbers.insert(at, asked.number);
    }

    /// Forgets that a call took effect, whose answer is there now; whether it had.
    pub(super) fn answered(&mut self, number: usize) -> bool {
        for numbers in [&mut self.taken, &mut self.looked] {
            if let Ok(at) = numbers.binary_search(&number) {
                numbers.remove(at);
                return true;
            }
        }
        false
    }

    /// What is told to happen next.
    fn told_next<'w>(&self, world: &World<'w>) -> Option<&'w Told> {
        world.told.get(self.told)
    }

    /// Whether what is told next happened before this call was sent, as the places say.
    pub(super) fn is_told_before(&self, asked: &Asked, world: &World<'_>) -> bool {
        self.told_next(world).and_then(|told| told.order).is_some_and(|(_, last)| last < asked.begin)
    }

    /// When something falls due or is told to happen, the next time, as far as that may be before an answer that came at
    /// this place in the order of the trace.
    pub(super) fn due(&self, until: u64, world: &World<'_>) -> Option<Timestamp> {
        let told = self.told_next(world).filter(|told| told.order.is_none_or(|(first, _)| first < until));
        let told = told.map(|told| told.at.max(self.plane.clock()));
        let due = self.plane.next_deadline().map(|deadline| deadline.at);
        told.into_iter().chain(due).min()
    }

    /// Lets what is due then happen: a deadline before what is told.
    pub(super) fn fall_due(&mut self, at: Timestamp, world: &World<'_>) {
        if self.plane.next_deadline().is_some_and(|deadline| deadline.at <= at) {
            self.advance(at, world);
        } else {
            self.hear(world);
        }
    }

    /// Lets what is told to be next happen. What a run does not have, it changes nothing in.
    fn hear(&mut self, world: &World<'_>) {
        let Some(told) = self.told_next(world) else { return };
        self.told = self.told.saturating_add(1);
        self.heard = true;
        let at = told.at.max(self.plane.clock());
        self.pass(at, world);
        let report = Report::Observed(told.observed.clone());
        if let Ok(output) = self.plane.apply(&Input::Report(at, report)) {
            self.note(Happened::Told(told.observed.clone()), output.step, None, world);
        }
    }

    /// Lets time pass; what falls due happens, and what is told to have been before. Of what is told for this very time the
    /// call at hand may be before or after.
    pub(super) fn advance(&mut self, to: Timestamp, world: &World<'_>) {
        while self.told_next(world).is_some_and(|told| told.at < to) {
            self.hear(world);
        }
        self.pass(to, world);
    }

    fn pass(&mut self, to: Timestamp, world: &World<'_>) {
        let due = self.plane.next_deadline().is_some_and(|deadline| deadline.at <= to);
        let step = self.plane.advance(to);
        if due {
            self.note(Happened::Due, step, None, world);
        }
    }

    /// The run in which a report came at this time; `None` if the model does not take it.
    pub(super) fn reported(
        &self,
        at: Timestamp,
        report: Report,
        what: Happened,
        world: &World<'_>,
    ) -> Option<Self> {
        let mut next = self.clone();
        next.advance(at, world);
        let output = next.plane.apply(&Input::Report(at, report)).ok()?;
        next.note(what, output.step, None, world);
        Some(next)
    }

    /// Makes the call at this time, and says whether the answer is the recorded one. The run is of no use if it is not.
    ///
    /// # Errors
    ///
    /// How the answer differs.
    pub(super) fn make(
        &mut self,
        asked: &Asked,
        fresh: &Fresh,
        at: Timestamp,
        world: &World<'_>,
    ) -> Result<(), Mismatch> {
        while self.is_told_before(asked, world) {
            self.hear(world);
        }
        self.advance(at, world);
        let output = self.plane.call_any(&asked.call(at), &asked.request, fresh);
        let mut output = output.map_err(|misuse| Mismatch {
            at: "the ids".into(),
            allowed: alloc::string::ToString::to_string(&misuse),
            shown: "created".into(),
            rule: None,
        })?;
        if let Some(log) = &self.log {
            log.fill(&asked.request, &mut output);
        }
        let judged = asked.judge(&self.plane, &output, world);
        judged.map_err(|mismatch| Mismatch { rule: mismatch.rule.or(self.last), ..mismatch })?;
        let looked = output.rule.is_none() && output.step.is_empty();
        if !looked {
            let what =
                Happened::Call { exchange: asked.number, rule: output.rule, replayed: output.replayed };
            self.note(what, output.step, output.rule, world);
        }
        Ok(())
    }
}
