//! The walk: each state once, each transition once, in the order of distance.

use alloc::boxed::Box;
use alloc::collections::{BTreeSet, VecDeque};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::ops::ControlFlow;

use super::canonical::{Canon, Unwritable};
use super::known::Known;
use super::{
    Counterexample, Explored, Progress, Refuted, Renaming, Sometimes, State, Transition, World, time,
};
use crate::control_plane::{ControlPlane, Effect, Input, Misuse, Output};
use crate::policy::RejectionPolicy;
use crate::rule::RuleId;

/// The state in which a walk begins.
const FIRST: u32 = 0;
/// After how many states it is told how far the walk is.
const TELL: usize = 4_096;

/// How a state was first reached: from which, and by which of the inputs there.
#[derive(Debug, Clone, Copy)]
struct Way {
    from: u32,
    input: u32,
}

pub(super) struct Walk<'w, W: World, K: Known> {
    world: &'w W,
    /// One for each renaming, the one that renames nothing first.
    canons: Vec<Canon>,
    known: K,
    ways: Vec<Way>,
    /// The states found and not looked at, in the order of their numbers.
    open: VecDeque<State<W::Memory>>,
    /// Where each state leads: its part of `to` ends here.
    ends: Vec<usize>,
    to: Vec<u32>,
    rest: Vec<u32>,
    decided: BTreeSet<RuleId>,
    unseen: Vec<Sometimes<W>>,
    transitions: usize,
}

impl<'w, W: World, K: Known> Walk<'w, W, K> {
    pub(super) fn new(world: &'w W) -> Result<Self, Refuted> {
        let renamings = world.renamings();
        let mut canons = vec![Canon::new((!renamings.is_empty()).then(Renaming::default))];
        canons.extend(renamings.into_iter().map(|renaming| Canon::new(Some(renaming))));
        let mut walk = Self {
            world,
            canons,
            known: K::default(),
            ways: Vec::new(),
            open: VecDeque::new(),
            ends: Vec::new(),
            to: Vec::new(),
            rest: Vec::new(),
            decided: BTreeSet::new(),
            unseen: world.sometimes(),
            transitions: 0,
        };
        let start = world.start();
        if let Err(violation) = start.plane.check() {
            return Err(walk.broken(None, violation.to_string()));
        }
        let _ = walk.enter(start, Way { from: FIRST, input: 0 })?;
        Ok(walk)
    }

    pub(super) fn run(
        mut self,
        mut tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Explored, Refuted> {
        let mut inputs = Vec::new();
        let (mut at, mut depth, mut last_of_depth) = (FIRST, 0_usize, FIRST);
        while let Some(state) = self.open.pop_front() {
            if at > last_of_depth {
                depth = depth.saturating_add(1);
                last_of_depth = self.ways.len().saturating_sub(1) as u32;
            }
            inputs.clear();
            self.world.inputs(&state, &mut inputs);
            self.look_at(at, &state, &inputs)?;
            at = at.checked_add(1).ok_or(Unwritable)?;
            if (at as usize).is_multiple_of(TELL) || self.open.is_empty() {
                let (states, open) = (self.ways.len(), self.open.len());
                let progress = Progress { states, transitions: self.transitions, open, depth };
                if tell(progress).is_break() {
                    return Err(Refuted::Stopped(progress));
                }
            }
        }
        self.finish(depth)
    }

    /// Asserts the laws of a state and takes all its transitions.
    fn look_at(&mut self, at: u32, state: &State<W::Memory>, inputs: &[Input]) -> Result<(), Refuted> {
        self.world.holds(state).map_err(|broken| self.broken(Some((at, None)), broken))?;
        let world = self.world;
        self.unseen.retain(|(_, shows)| !shows(world, state));
        if world.at_rest(state) {
            self.rest.push(at);
        }
        let outstanding: Vec<Effect> = state.plane.outstanding().collect();
        let first = self.to.len();
        // Most inputs change nothing: the next one then finds the copy as good as new.
        let mut unchanged: Option<ControlPlane> = None;
        for (nth, input) in (0_u32..).zip(inputs) {
            self.transitions = self.transitions.saturating_add(1);
            let broken = |walk: &Self, why: String| walk.broken(Some((at, Some(input))), why);
            let mut plane = unchanged.take().unwrap_or_else(|| state.plane.clone());
            let result = plane.apply(input);
            let changed = plane != state.plane;
            if changed {
                plane.check().map_err(|violation| broken(self, format!("{violation} after {input:?}")))?;
                may_change(&state.plane, &plane, input, &result).then_some(()).ok_or_else(|| {
                    broken(self, format!("{input:?} was not accepted and changed something"))
                })?;
            }
            if let Ok(output) = &result {
                self.decided
                    .extend(output.rule.iter().chain(output.step.events.iter().map(|event| &event.rule)));
            }
            let transition = Transition {
                before: state,
                outstanding: &outstanding,
                input,
                after: &plane,
                changed,
                result: &result,
            };
            let memory = world.observe(&transition).map_err(|why| broken(self, why))?;
            match memory {
                None if !changed => unchanged = Some(plane),
                memory => {
                    let memory = memory.unwrap_or_else(|| state.memory.clone());
                    let to = self.enter(State { plane, memory }, Way { from: at, input: nth })?;
                    let there = self.to.get(first..).unwrap_or_default().contains(&to);
                    if to != at && !there {
                        self.to.push(to);
                    }
                }
            }
        }
        // What was refused may have left an index wrong, which no comparison sees.
        if let Some(Err(violation)) = unchanged.map(|plane| plane.check()) {
            return Err(
                self.broken(Some((at, None)), format!("{violation} after some input that changed nothing"))
            );
        }
        self.ends.push(self.to.len());
        Ok(())
    }

    /// The number of a state, which is looked at later if it is new.
    fn enter(&mut self, state: State<W::Memory>, way: Way) -> Result<u32, Unwritable> {
        let mut least: Option<K::Key> = None;
        for canon in &mut self.canons {
            let key = K::key(canon.bytes(&state)?);
            if least.as_ref().is_none_or(|least| key < *least) {
                least = Some(key);
            }
        }
        let (number, new) = self.known.number(least.ok_or(Unwritable)?).ok_or(Unwritable)?;
        if new {
            self.ways.push(way);
            self.open.push_back(state);
        }
        Ok(number)
    }

    fn finish(self, depth: usize) -> Result<Explored, Refuted> {
        if let Some(stuck) = self.stuck() {
            let why = "from here nothing leads to rest".into();
            return Err(Refuted::Stuck(self.counterexample(stuck, None, why)));
        }
        if let Some((name, _)) = self.unseen.first() {
            return Err(Refuted::NeverSeen(name));
        }
        for rule in self.world.decides() {
            if !self.decided.iter().any(|decided| decided.as_str() == rule) {
                return Err(Refuted::NeverDecides { rule, decided: self.decided });
            }
        }
        Ok(Explored { states: self.ways.len(), transitions: self.transitions, depth, decided: self.decided })
    }

    /// The state of the least number from which no continuation leads to rest.
    fn stuck(&self) -> Option<u32> {
        // Where each state is reached from: counted, then filled in.
        let mut begins = vec![0_usize; self.ways.len().saturating_add(1)];
        for to in &self.to {
            let count = begins.get_mut((*to as usize).saturating_add(1))?;
            *count = count.saturating_add(1);
        }
        let mut sum = 0_usize;
        for begin in &mut begins {
            sum = sum.saturating_add(*begin);
            *begin = sum;
        }
        let mut next = begins.clone();
        let mut from = vec![0_u32; self.to.len()];
        let mut first = 0;
        for (at, end) in (0_u32..).zip(&self.ends) {
            for to in self.to.get(first..*end)? {
                let place = next.get_mut(*to as usize)?;
                *from.get_mut(*place)? = at;
                *place = place.saturating_add(1);
            }
            first = *end;
        }
        let mut leads = vec![false; self.ways.len()];
        let mut todo = self.rest.clone();
        while let Some(at) = todo.pop() {
            let at = at as usize;
            if !core::mem::replace(leads.get_mut(at)?, true) {
                todo.extend(from.get(*begins.get(at)?..*begins.get(at.saturating_add(1))?)?);
            }
        }
        leads.iter().position(|leads| !leads).map(|at| at as u32)
    }

    /// A law is broken in a state, by an input, or in the state itself, or in the first one.
    fn broken(&self, place: Option<(u32, Option<&Input>)>, why: String) -> Refuted {
        let (at, input) = place.unwrap_or((FIRST, None));
        Refuted::Law(self.counterexample(at, input, why))
    }

    /// The shortest way to a state, and one input more.
    fn counterexample(&self, at: u32, input: Option<&Input>, why: String) -> Box<Counterexample> {
        let mut way = Vec::new();
        let mut back = at;
        while back != FIRST {
            let Some(Way { from, input }) = self.ways.get(back as usize).copied() else { break };
            way.push(input);
            back = from;
        }
        let start = self.world.start();
        let (mut state, mut taken, mut inputs) = (start.clone(), Vec::new(), Vec::new());
        for nth in way.into_iter().rev() {
            inputs.clear();
            self.world.inputs(&state, &mut inputs);
            let Some(input) = inputs.get(nth as usize) else { break };
            state = self.follow(&state, input);
            taken.push(input.clone());
        }
        taken.extend(input.cloned());
        Box::new(Counterexample { why, start: start.plane, inputs: taken })
    }

    /// Takes a transition of which it is known that no law is broken.
    fn follow(&self, before: &State<W::Memory>, input: &Input) -> State<W::Memory> {
        let mut plane = before.plane.clone();
        let result = plane.apply(input);
        let outstanding: Vec<Effect> = before.plane.outstanding().collect();
        let changed = plane != before.plane;
        let (outstanding, after, result) = (&outstanding[..], &plane, &result);
        let memory = self.world.observe(&Transition { before, outstanding, input, after, changed, result });
        let memory = memory.ok().flatten().unwrap_or_else(|| before.memory.clone());
        State { plane, memory }
    }
}

/// A refused, replayed or misused input changes nothing but the clock; a refusal that is kept by policy, the tokens too.
fn may_change(
    before: &ControlPlane,
    after: &ControlPlane,
    input: &Input,
    result: &Result<Output, Misuse>,
) -> bool {
    let idle = match result {
        Err(_) => true,
        Ok(output) => {
            let refused = matches!(output.result, Some(Err(_)));
            output.replayed || (refused && before.policy().tokens.rejections == RejectionPolicy::Released)
        }
    };
    if !idle {
        return true;
    }
    let mut still = before.clone();
    still.clock = still.clock.max(time(input));
    still.tokens.observe(still.clock);
    still == *after
}
