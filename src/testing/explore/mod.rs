//! Every reachable state of a small world.
//!
//! A [`World`] says where it begins, which inputs are tried in a state, which laws hold, and what some state shows. [`explore`]
//! walks breadth first through all states that the inputs lead to, takes each transition once, and answers with what it
//! counted or with the shortest way to what is wrong, which is a [scenario](Counterexample::scenario) to be played again.
//!
//! Asserted of every world are, beside its own laws: [`ControlPlane::check`] of whatever changed; that an input that is
//! refused, replayed or misused changes nothing but the clock and, where the policy keeps refusals, the tokens; that something which
//! [`sometimes`](World::sometimes) happens does; that each of its [rules](World::decides) decides somewhere; and that from
//! every state some continuation leads to [rest](World::at_rest), so that no transient status is a dead end.
//!
//! Two states that differ only in names (effect ids, counters, points in time) are one, which makes an endless future finite;
//! what is forgotten is told in `canonical/mod.rs`. A state is known by 128 bits of its canonical bytes: among a hundred million states
//! two would be taken for one with a probability of 10^-23, far below that of an error of the machine.
//!
//! ```
//! use failover_model::testing::explore::{State, World, explore};
//! use failover_model::{Call, ControlPlane, Fresh, Input, Outcome, Policy, Report, Timestamp};
//! use failover_model::ebs::{CreateDiskReplicaPair, PairCreated};
//! use failover_model::polardb::Failure;
//!
//! /// A pair that is created once, well or not.
//! struct Creation;
//!
//! impl World for Creation {
//!     type Memory = ();
//!
//!     fn start(&self) -> State<()> {
//!         State { plane: ControlPlane::new(Policy::default()), memory: () }
//!     }
//!
//!     fn inputs(&self, state: &State<()>, inputs: &mut Vec<Input>) {
//!         for effect in state.plane.outstanding() {
//!             for outcome in [Outcome::Succeeded, Outcome::Failed { failure: Failure::Network, message: None }] {
//!                 let report = Report::Outcome { id: effect.id, outcome };
//!                 inputs.push(Input::Report(state.plane.clock(), report));
//!             }
//!         }
//!         let call = Call {
//!             now: Timestamp::default(),
//!             account: "1001".parse().unwrap(),
//!             region: "cn-shanghai".parse().unwrap(),
//!             token: None,
//!         };
//!         let request = CreateDiskReplicaPair::new(
//!             ("cn-shanghai-a".parse().unwrap(), "d-1".parse().unwrap()),
//!             ("cn-beijing".parse().unwrap(), "cn-beijing-b".parse().unwrap(), "d-2".parse().unwrap()),
//!         );
//!         let fresh = PairCreated { pair: "pair-1".parse().unwrap(), order: "order-1".parse().unwrap() };
//!         inputs.push(Input::Call(call, request.into(), Fresh::Pair(fresh)));
//!     }
//!
//!     fn at_rest(&self, state: &State<()>) -> bool {
//!         state.plane.outstanding().next().is_none()
//!     }
//! }
//!
//! let explored = explore(&Creation).unwrap();
//! // Nothing, `creating`, `created`, `create_failed`.
//! assert_eq!((explored.states, explored.transitions), (4, 6));
//! ```

mod canonical;
mod counterexample;
mod known;
#[cfg(test)]
mod tests;
mod walk;

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::ControlFlow;

use serde::Serialize;

use crate::control_plane::{ControlPlane, Effect, Input, Misuse, Output};
use crate::rule::RuleId;
use crate::time::Timestamp;

pub use canonical::{LONG_AGO, Renaming, Unwritable};
pub use counterexample::Counterexample;

/// A state of a world.
#[derive(Debug, Clone, PartialEq)]
pub struct State<M> {
    /// The control plane.
    pub plane: ControlPlane,
    /// What the world remembers beside it.
    pub memory: M,
}

/// What an input did.
#[derive(Debug)]
pub struct Transition<'a, M> {
    /// The state before.
    pub before: &'a State<M>,
    /// The effects that were outstanding before.
    pub outstanding: &'a [Effect],
    /// The input.
    pub input: &'a Input,
    /// The control plane after.
    pub after: &'a ControlPlane,
    /// Whether it differs from the one before.
    pub changed: bool,
    /// What the input was answered.
    pub result: &'a Result<Output, Misuse>,
}

/// Something that some state shows: a name, and by what it is told.
pub type Sometimes<W> = (&'static str, fn(&W, &State<<W as World>::Memory>) -> bool);

/// A small world.
pub trait World {
    /// What is remembered beside the control plane, for laws over several inputs or for a script that makes the calls. It is part
    /// of a state; `()` if there is nothing. As in all of a state, fields named `ordinal`, `revision`, `latest`, `next`, `sequence` and `clock` are left
    /// out, and of those named `created_at`, `since`, `started_at`, `last_recover_point` and `horizon` only the presence counts.
    type Memory: Clone + PartialEq + Serialize;

    /// Where it begins.
    fn start(&self) -> State<Self::Memory>;

    /// The inputs that are tried in a state. They must depend on nothing but the state.
    fn inputs(&self, state: &State<Self::Memory>, inputs: &mut Vec<Input>);

    /// The laws of a transition, and what is remembered of it: `None` if that is what was.
    ///
    /// # Errors
    ///
    /// The law that is broken, and how.
    fn observe(&self, transition: &Transition<'_, Self::Memory>) -> Result<Option<Self::Memory>, String> {
        let _ = transition;
        Ok(None)
    }

    /// The laws of a state, asserted once of each.
    ///
    /// # Errors
    ///
    /// The law that is broken, and how.
    fn holds(&self, state: &State<Self::Memory>) -> Result<(), String> {
        let _ = state;
        Ok(())
    }

    /// What some state shows, since laws hold easily of what never happens.
    fn sometimes(&self) -> Vec<Sometimes<Self>>
    where
        Self: Sized,
    {
        Vec::new()
    }

    /// The rules, by number, that decide on some input or are told of in some event.
    fn decides(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// Whether nothing is under way.
    fn at_rest(&self, state: &State<Self::Memory>) -> bool;

    /// The renamings after which the world looks the same, but for the one that renames nothing. States that differ by one of
    /// them are one. All of them together must be a group: with two, also what they give one after the other.
    fn renamings(&self) -> Vec<Renaming> {
        Vec::new()
    }
}

/// The time that an input has.
const fn time(input: &Input) -> Timestamp {
    match input {
        Input::Call(call, ..) => call.now,
        Input::Report(now, _) | Input::Advance(now) => *now,
    }
}

/// How far a walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// The states found so far.
    pub states: usize,
    /// The transitions taken so far.
    pub transitions: usize,
    /// The states found and not looked at yet.
    pub open: usize,
    /// How many inputs lead to the states that are looked at now.
    pub depth: usize,
}

/// A world that was walked to the last state, without anything wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explored {
    /// The number of states.
    pub states: usize,
    /// The number of transitions: every input in every state.
    pub transitions: usize,
    /// How many inputs lead to the last state.
    pub depth: usize,
    /// The rules by which anything happened.
    pub decided: BTreeSet<RuleId>,
}

/// Why a world is not as it says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refuted {
    /// A law is broken; the shortest way there.
    #[error("{0}")]
    Law(Box<Counterexample>),
    /// From some state nothing leads to rest; the shortest way there.
    #[error("{0}")]
    Stuck(Box<Counterexample>),
    /// No state shows what some state was said to.
    #[error("never seen: {0}")]
    NeverSeen(&'static str),
    /// A rule that was said to decide does so nowhere.
    #[error("{rule} decides nowhere; these do: {decided:?}")]
    NeverDecides {
        /// The rule.
        rule: &'static str,
        /// Those that decide.
        decided: BTreeSet<RuleId>,
    },
    /// The walk was stopped by who follows its progress.
    #[error("stopped after {} states and {} transitions", .0.states, .0.transitions)]
    Stopped(Progress),
    /// A state cannot be written: what is remembered is no plain data, or there are more states than a number has room for.
    #[error("{0}")]
    Unwritable(#[from] Unwritable),
}

/// Walks through a world.
///
/// # Errors
///
/// [`Refuted`].
pub fn explore<W: World>(world: &W) -> Result<Explored, Refuted> {
    explore_with(world, |_| ControlFlow::Continue(()))
}

/// As [`explore`], and tells every few thousand states how far it is; to break off ends the walk.
///
/// # Errors
///
/// [`Refuted`].
pub fn explore_with<W: World>(
    world: &W,
    progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Explored, Refuted> {
    walk::Walk::<W, known::Digests>::new(world)?.run(progress)
}
