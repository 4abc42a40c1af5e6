//! A deterministic world around a control plane: effects end after a latency, with outcomes from a fault plan, in
//! virtual time.
//!
//! Time is an argument here too; nothing runs in the background. Every input first performs the work that is due, in
//! the order of time, and outcomes before deadlines at the same time. Random choices come from independent keyed
//! streams, so equal seeds, policies and inputs give equal bytes, and an additional describe changes no choice.
//!
//! [`Transitions`] selects how effects end; deadlines follow the clock in every mode. No pair starts two copies at the
//! same time and every failover ends, so [`Simulation::advance`] terminates.

mod fault;
mod latency;
mod mint;
mod outcome;
mod progress;
#[cfg(feature = "serde")]
mod snapshot;
mod stream;

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use core::convert::Infallible;
use core::num::NonZeroU32;

pub use fault::{Fault, GroupStage, NetworkStage, PairStage, PlannedFault, ReplyFault, Selector};
pub use latency::LatencyProfile;
pub use mint::Minted;
#[cfg(feature = "serde")]
pub use snapshot::BadWorld;

use fault::FaultPlan;

use crate::control_plane::{
    Call, ControlPlane, Effect, EffectKind, Event, Fresh, Misuse, Observation, Outcome, Output, Report,
    Request, Step,
};
use crate::ids::{AccountId, EffectId, RegionId};
use crate::operation::Operation;
use crate::polardb::{ClusterEffect, HaLog};
use crate::time::Timestamp;
use crate::token::OverCapacity;

/// How effects end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Transitions {
    /// Within the call or deadline that issued them.
    Immediate,
    /// After a latency on the clock.
    #[default]
    Timed,
    /// Only by [`Simulation::resolve`].
    Manual,
}

/// The outcome to give an outstanding effect.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Resolution {
    /// This outcome. No fault is consumed.
    Outcome(Outcome),
    /// The outcome that the faults and the seed determine.
    Auto,
}

/// A control plane in its simulated world.
#[derive(Debug, Clone)]
pub struct Simulation {
    plane: ControlPlane,
    world: World,
    /// The end times of effects in timed mode, derived from the outstanding effects, the latencies and the held
    /// effects. The entry of an effect that ended otherwise stays until its time and is then skipped.
    schedule: BTreeSet<(Timestamp, EffectId)>,
}

/// The state of a simulation except the control plane.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct World {
    seed: u64,
    transitions: Transitions,
    latency: LatencyProfile,
    faults: FaultPlan,
    /// The number of minted ids of each kind.
    minted: BTreeMap<String, u64>,
    held: BTreeSet<EffectId>,
    /// The switches of clusters, collected from the events.
    ha_log: HaLog,
}

/// The result of an input to the simulation.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trace {
    /// The events, in order, of the input, of the work due before it and of the work it caused.
    pub events: Vec<Event>,
    /// How many effects ended, and at how many moments deadlines fired: those that fire at one moment count once.
    pub fired: u64,
}

/// The next due effect or deadline of the simulation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextDue {
    /// The due time.
    pub at: Timestamp,
    /// The name of the deadline, or of the effect that ends.
    pub reason: &'static str,
    /// Its resource.
    pub resource: String,
}

impl Simulation {
    /// A world around a control plane.
    pub fn new(plane: ControlPlane, seed: u64, transitions: Transitions, latency: LatencyProfile) -> Self {
        let world = World {
            seed,
            transitions,
            latency,
            faults: FaultPlan::default(),
            minted: BTreeMap::new(),
            held: BTreeSet::new(),
            ha_log: HaLog::default(),
        };
        let mut simulation = Self { plane, world, schedule: BTreeSet::new() };
        simulation.reschedule();
        simulation
    }

    /// The control plane.
    pub const fn plane(&self) -> &ControlPlane {
        &self.plane
    }

    /// The seed.
    pub const fn seed(&self) -> u64 {
        self.world.seed
    }

    /// How effects end.
    pub const fn transitions(&self) -> Transitions {
        self.world.transitions
    }

    /// The latencies of effects.
    pub const fn latency(&self) -> &LatencyProfile {
        &self.world.latency
    }

    /// The switches of clusters so far.
    pub const fn ha_log(&self) -> &HaLog {
        &self.world.ha_log
    }

    /// The planned faults, oldest first.
    pub fn faults(&self) -> &[PlannedFault] {
        &self.world.faults.planned
    }

    /// Replaces the policy.
    ///
    /// # Errors
    ///
    /// As [`ControlPlane::set_policy`]; nothing is changed.
    pub fn set_policy(&mut self, policy: crate::policy::Policy) -> Result<(), OverCapacity> {
        self.plane.set_policy(policy)
    }

    /// Says which regions and zones there are, as [`ControlPlane::set_regions`].
    pub fn set_regions(&mut self, regions: crate::control_plane::Places) {
        self.plane.set_regions(regions);
    }

    /// Changes how effects end, including outstanding ones; held effects stay held.
    pub fn set_transitions(&mut self, now: Timestamp, transitions: Transitions) -> Trace {
        let Ok(trace) = self.input(now, |simulation| {
            simulation.world.transitions = transitions;
            simulation.reschedule();
            let asked = transitions == Transitions::Immediate;
            let effects = simulation.plane.outstanding().filter(|_| asked).collect();
            Ok::<_, Infallible>(Step { effects, events: Vec::new() })
        });
        trace
    }

    /// Plans a fault that strikes `times` times, or until withdrawn; returns its number.
    pub fn plan(&mut self, fault: Fault, times: Option<NonZeroU32>) -> u64 {
        self.world.faults.add(fault, times)
    }

    /// Allocates a fault number, for a fault that strikes at once and is therefore never planned.
    pub fn number_fault(&mut self) -> u64 {
        self.world.faults.number()
    }

    /// Removes all state of an account, after all work that is due. Faults stay.
    pub fn forget_account(&mut self, now: Timestamp, account: &AccountId) -> Trace {
        let trace = self.advance(now);
        self.plane.forget_account(account);
        self.world.ha_log.forget_account(account);
        self.reschedule();
        trace
    }

    /// Withdraws a fault; false if there is none of this number.
    pub fn withdraw(&mut self, id: u64) -> bool {
        self.world.faults.withdraw(id)
    }

    /// Withdraws all faults.
    pub fn withdraw_all(&mut self) {
        self.world.faults.planned.clear();
    }

    /// Makes calls to a region go unanswered until [`Simulation::answer`]; returns the number of the fault.
    pub fn silence(&mut self, region: &RegionId) -> u64 {
        self.world.faults.planned.retain(|planned| !silences(&planned.fault, region));
        self.world.faults.add(Fault::Silence { region: region.clone() }, None)
    }

    /// Lets calls to a region be answered again; returns a fault number, as every change of faults does.
    pub fn answer(&mut self, region: &RegionId) -> u64 {
        self.world.faults.planned.retain(|planned| !silences(&planned.fault, region));
        self.world.faults.number()
    }

    /// Whether calls to this region get no answer.
    pub fn is_silent(&self, region: &RegionId) -> bool {
        self.world.faults.planned.iter().any(|planned| silences(&planned.fault, region))
    }

    /// Finds the oldest fault that strikes the reply to this operation and uses it once.
    pub fn strike_reply(&mut self, operation: Operation) -> Option<ReplyFault> {
        self.world.faults.strike(|fault| match fault {
            Fault::Reply(reply) if reply.action == operation => Some(reply.clone()),
            _ => None,
        })
    }

    /// Makes a call, after all work that is due; mints the ids of created resources. The step of the output is empty: its
    /// effects were handled, and its events are in the trace.
    pub fn call(&mut self, call: &Call, request: &Request) -> (Output, Trace) {
        let trace = self.advance(call.now);
        let (fresh, counts) = self.fresh(&call.account, request);
        // Minted ids are known to be free, so the control plane cannot reject them as misuse.
        self.call_with(call, request, &fresh, counts, trace)
    }

    /// Makes a call as [`call`](Self::call) does, in a world that has no room for another resource: what would create one
    /// has no result and does nothing, after its token and whatever else is refused first.
    pub fn call_without_room(&mut self, call: &Call, request: &Request) -> (Output, Trace) {
        let trace = self.advance(call.now);
        self.call_with(call, request, &Fresh::None, BTreeMap::new(), trace)
    }

    fn call_with(
        &mut self,
        call: &Call,
        request: &Request,
        fresh: &Fresh,
        counts: BTreeMap<String, u64>,
        mut trace: Trace,
    ) -> (Output, Trace) {
        let mut output = self.plane.call_any(call, request, fresh).unwrap_or_else(|_| Step::default().into());
        if matches!(output.result, Some(Ok(_))) && !output.replayed {
            self.world.minted.extend(counts);
        }
        self.fill_progress(request, &mut output);
        self.settle(core::mem::take(&mut output.step), &mut trace);
        self.world.ha_log.fill(request, &mut output);
        trace.extend(self.advance(call.now));
        (output, trace)
    }

    /// Reports an observation, after all work that is due.
    ///
    /// # Errors
    ///
    /// [`Misuse::Unknown`] if the resource is unknown.
    pub fn observe(&mut self, now: Timestamp, observation: &Observation) -> Result<Trace, Misuse> {
        let report = Report::Observed(observation.clone());
        self.input(now, |simulation| simulation.plane.report(now, &report))
    }

    /// Ends an outstanding effect, held or not, after all work that is due.
    ///
    /// # Errors
    ///
    /// [`Misuse`]: the effect is not outstanding, cannot have this outcome, or the node was not offered.
    pub fn resolve(
        &mut self,
        now: Timestamp,
        id: EffectId,
        resolution: &Resolution,
    ) -> Result<Trace, Misuse> {
        let mut trace = self.input(now, |simulation| {
            let outcome = match resolution {
                Resolution::Outcome(outcome) => outcome.clone(),
                Resolution::Auto => {
                    let effect = simulation.plane.effect(id).ok_or(Misuse::Stale(id))?;
                    simulation.outcome_of(&effect)
                }
            };
            let step = simulation.plane.report(now, &Report::Outcome { id, outcome })?;
            simulation.world.held.remove(&id);
            Ok::<_, Misuse>(step)
        })?;
        trace.fired = trace.fired.saturating_add(1);
        Ok(trace)
    }

    /// Performs all work that is due up to `now`.
    pub fn advance(&mut self, now: Timestamp) -> Trace {
        let mut trace = Trace::default();
        loop {
            let outcome = self.schedule.first().copied().filter(|(at, _)| *at <= now);
            let deadline = self.plane.due_next().filter(|at| *at <= now);
            match (outcome, deadline) {
                (Some((at, id)), deadline) if deadline.is_none_or(|deadline| at <= deadline) => {
                    self.schedule.remove(&(at, id));
                    if let Some(effect) = self.plane.effect(id) {
                        let step = self.end(at, &effect, &mut trace);
                        self.settle(step, &mut trace);
                    }
                }
                (_, Some(at)) => {
                    let step = self.plane.advance(at);
                    trace.fired = trace.fired.saturating_add(1);
                    self.settle(step, &mut trace);
                }
                (_, None) => break,
            }
        }
        let step = self.plane.advance(now);
        self.settle(step, &mut trace);
        trace
    }

    /// The next effect to end or deadline to fire.
    pub fn next_due(&self) -> Option<NextDue> {
        let live = |(at, id): &(Timestamp, EffectId)| self.plane.effect(*id).map(|effect| (*at, effect));
        let outcome = self.schedule.iter().find_map(live).map(|(at, effect)| NextDue {
            at,
            reason: effect.kind.name(),
            resource: String::from(effect.kind.resource()),
        });
        let deadline = self.plane.next_deadline().map(|deadline| NextDue {
            at: deadline.at,
            reason: deadline.kind.as_str(),
            resource: String::from(deadline.resource.as_str()),
        });
        match (outcome, deadline) {
            (Some(outcome), Some(deadline)) if deadline.at < outcome.at => Some(deadline),
            (None, deadline) => deadline,
            (outcome, _) => outcome,
        }
    }

    /// Adopts resources into the control plane, after all work that is due, and handles the effects. All or nothing if
    /// `change` is, as each method of the control plane that adopts.
    ///
    /// # Errors
    ///
    /// The error of `change`.
    pub fn adopt<E>(
        &mut self,
        now: Timestamp,
        change: impl FnOnce(&mut ControlPlane) -> Result<Step, E>,
    ) -> Result<Trace, E> {
        self.input(now, |simulation| change(&mut simulation.plane))
    }

    /// Makes an input after all work that is due, handles its effects, and performs the work that is due then.
    fn input<E>(
        &mut self,
        now: Timestamp,
        act: impl FnOnce(&mut Self) -> Result<Step, E>,
    ) -> Result<Trace, E> {
        let mut trace = self.advance(now);
        let step = act(self)?;
        self.settle(step, &mut trace);
        trace.extend(self.advance(now));
        Ok(trace)
    }

    /// Handles the effects of a step; in immediate mode ends them and the effects that follow. A queue instead of
    /// recursion, since a failover may try any number of nodes.
    fn settle(&mut self, step: Step, trace: &mut Trace) {
        self.record(step.events, trace);
        let mut asked = VecDeque::from(step.effects);
        while let Some(effect) = asked.pop_front() {
            if !self.plane.is_outstanding(effect.id) || self.world.held.contains(&effect.id) {
                continue;
            }
            let held = self.world.faults.strike(|fault| match fault {
                Fault::Hold { effect: kind, resource } => {
                    let meant = kind == effect.kind.name() && resource.matches(effect.kind.resource());
                    meant.then_some(())
                }
                _ => None,
            });
            if held.is_some() {
                self.world.held.insert(effect.id);
                continue;
            }
            match self.world.transitions {
                Transitions::Manual => {}
                Transitions::Timed => {
                    self.schedule.insert((self.end_of(&effect), effect.id));
                }
                Transitions::Immediate => {
                    let step = self.end(self.plane.clock(), &effect, trace);
                    self.record(step.events, trace);
                    asked.extend(step.effects);
                }
            }
        }
    }

    /// Collects the events, and records switches in the HA log.
    fn record(&mut self, events: Vec<Event>, trace: &mut Trace) {
        self.world.ha_log.observe(&events);
        trace.events.extend(events);
    }

    /// Ends an effect with its default outcome.
    fn end(&mut self, at: Timestamp, effect: &Effect, trace: &mut Trace) -> Step {
        let outcome = self.outcome_of(effect);
        let Ok(step) = self.plane.report(at, &Report::Outcome { id: effect.id, outcome }) else {
            return Step::default();
        };
        trace.fired = trace.fired.saturating_add(1);
        step
    }

    fn end_of(&self, effect: &Effect) -> Timestamp {
        let promoted = match &effect.kind {
            EffectKind::Cluster { effect: ClusterEffect::PromoteNode(node), cluster } => {
                self.plane.cluster(cluster).and_then(|cluster| cluster.node(node))
            }
            _ => None,
        };
        effect.since.after(self.world.latency.of(effect, promoted))
    }

    fn reschedule(&mut self) {
        self.schedule.clear();
        self.world.held.retain(|id| self.plane.effect(*id).is_some());
        if self.world.transitions == Transitions::Timed {
            let waiting: Vec<Effect> =
                self.plane.outstanding().filter(|effect| !self.world.held.contains(&effect.id)).collect();
            self.schedule = waiting.iter().map(|effect| (self.end_of(effect), effect.id)).collect();
        }
    }
}

fn silences(fault: &Fault, region: &RegionId) -> bool {
    matches!(fault, Fault::Silence { region: silent } if silent == region)
}

impl Trace {
    fn extend(&mut self, later: Self) {
        self.events.extend(later.events);
        self.fired = self.fired.saturating_add(later.fired);
    }
}
