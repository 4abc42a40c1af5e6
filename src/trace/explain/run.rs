//! One run of the model, up to the answers that were explained so far.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::{BuildHasher, Hash, Hasher};

use super::asked::Asked;
use super::compare::Mismatch;
use super::names::Kind;
use super::survey::Facts;
use super::timeline::{Happened, Step, Trail};
use crate::control_plane::{self, ControlPlane, Fresh, Input, Report};
use crate::ids::{ClusterId, DrillId, EffectId, GroupId, PairId};
use crate::map::HashState;
use crate::polardb::HaLog;
use crate::rule::RuleId;
use crate::time::{Span, Timestamp};

/// What all runs of a component share.
#[derive(Debug)]
pub(super) struct World<'a> {
    pub(super) facts: &'a Facts,
    /// Recover points and ends of switches that are shown, in seconds.
    pub(super) moments: &'a BTreeSet<u64>,
    /// When manual failovers were asked for, in milliseconds.
    pub(super) failovers: &'a BTreeSet<u64>,
    /// Resources that are shown and that no answered call created.
    pub(super) orphans: &'a [(alloc::string::String, Kind)],
    /// How far the clocks may differ.
    pub(super) clock_error: Span,
    /// Every rule, sorted.
    pub(super) rules: &'a [RuleId],
    /// Whether steps are kept.
    pub(super) keeps_steps: bool,
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
    /// The overlapping calls that took effect before the one whose answer is to be explained, by number.
    pub(super) taken: Vec<usize>,
    /// How many events from outside it assumes since the last answer.
    pub(super) outside: u8,
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
        Self { plane, log, taken: Vec::new(), outside: 0, rules, last: None, trail: None }
    }

    /// Whether a resource of this id exists.
    pub(super) fn knows(&self, id: &str) -> bool {
        PairId::parse(id).is_ok_and(|id| self.plane.pair(&id).is_some())
            || GroupId::parse(id).is_ok_and(|id| self.plane.groups.contains_key(&id))
            || DrillId::parse(id).is_ok_and(|id| self.plane.drill(&id).is_some())
            || ClusterId::parse(id).is_ok_and(|id| self.plane.cluster(&id).is_some())
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

    /// Lets time pass; what falls due happens.
    pub(super) fn advance(&mut self, to: Timestamp, world: &World<'_>) {
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
        let judged = asked.judge(&self.plane, &output, world.clock_error);
        judged.map_err(|mismatch| Mismatch { rule: mismatch.rule.or(self.last), ..mismatch })?;
        let looked = output.rule.is_none() && output.step.is_empty();
        if !looked {
            let what =
                Happened::Call { exchange: asked.number, rule: output.rule, replayed: output.replayed };
            self.note(what, output.step, output.rule, world);
        }
        Ok(())
    }

    /// A fingerprint of all that decides what can still happen. Left out are the clock, the numbers of effects and when they
    /// began, which no answer depends on; of two runs that are equal otherwise the one that is behind can do whatever the
    /// other can.
    pub(super) fn fingerprint(&self) -> u128 {
        let half = |seed: u64| {
            let mut hasher = HashState::with_seed(seed).build_hasher();
            self.hash_into(&mut hasher);
            u128::from(hasher.finish())
        };
        (half(1) << 64) | half(2)
    }

    fn hash_into<H: Hasher>(&self, hasher: &mut H) {
        let mut ids: Vec<EffectId> = Vec::new();
        let mut rank = |id: EffectId| {
            let known = ids.iter().position(|known| *known == id);
            EffectId(known.unwrap_or_else(|| {
                ids.push(id);
                ids.len()
            }) as u64)
        };
        let none = Timestamp::default();
        for pair in self.plane.pairs.values() {
            let mut pair = pair.clone();
            pair.ordinal = 0;
            if let Some(pending) = &mut pair.pending {
                (pending.id, pending.since) = (rank(pending.id), none);
            }
            pair.hash(hasher);
        }
        for group in self.plane.groups.values() {
            let mut group = group.clone();
            group.ordinal = 0;
            if let Some(pending) = &mut group.pending {
                (pending.id, pending.since) = (rank(pending.id), none);
            }
            group.hash(hasher);
        }
        for drill in self.plane.drills.values() {
            let mut drill = drill.clone();
            drill.ordinal = 0;
            if let Some(pending) = &mut drill.pending {
                (pending.id, pending.since) = (rank(pending.id), none);
            }
            drill.hash(hasher);
        }
        for cluster in self.plane.clusters.values() {
            let mut cluster = cluster.clone();
            cluster.ordinal = 0;
            if let Some(pending) = &mut cluster.pending {
                (pending.id, pending.since) = (rank(pending.id), none);
            }
            if let Some(pending) = &mut cluster.work {
                (pending.id, pending.since) = (rank(pending.id), none);
            }
            if let Some(failover) = &mut cluster.failover {
                failover.since = none;
                match &mut failover.stage {
                    crate::polardb::Stage::Choosing { id } | crate::polardb::Stage::Switching { id, .. } => {
                        *id = rank(*id);
                    }
                }
            }
            cluster.hash(hasher);
        }
        self.plane.disks.hash(hasher);
        self.plane.tokens.hash_content(hasher);
        (&self.log, &self.taken, self.outside).hash(hasher);
    }
}
