//! A small world with the laws that hold in all of them.

use std::ops::ControlFlow;
use std::sync::Arc;

use failover_model::testing::explore::{
    self, Explored, Progress, Refuted, Renaming, Sometimes, State, Transition, World,
};
use failover_model::{ControlPlane, EffectId, Input};
use serde::Serialize;

use super::laws::{self, Promises};
use crate::failover_laws::Failovers;

/// What the laws remember: what the tokens promise, and what the failovers did so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Past {
    pub promises: Promises,
    pub failovers: Failovers,
}

/// A small world, but for its laws.
pub trait Setting: Sized {
    /// Where it begins.
    fn start(&self) -> ControlPlane;
    /// The inputs that are tried in a state.
    fn inputs(&self, plane: &ControlPlane) -> Vec<Input>;
    /// What some state shows.
    fn sometimes(&self) -> Vec<Sometimes<Lawful<Self>>>;
    /// The rules that decide on some input, or are told of in some event.
    fn decide(&self) -> Vec<&'static str>;
    /// Whether nothing is under way.
    fn at_rest(&self, plane: &ControlPlane) -> bool;
    /// After which renamings it looks the same.
    fn renamings(&self) -> Vec<Renaming> {
        Vec::new()
    }
}

/// A setting in which the laws are asserted.
pub struct Lawful<W>(pub W);

/// Something that some state shows.
pub fn sometimes<W: Setting>(
    name: &'static str,
    condition: fn(&Lawful<W>, &State<Arc<Past>>) -> bool,
) -> Sometimes<Lawful<W>> {
    (name, condition)
}

impl<W: Setting> World for Lawful<W> {
    type Memory = Arc<Past>;

    fn start(&self) -> State<Arc<Past>> {
        State { plane: self.0.start(), memory: Arc::default() }
    }

    fn inputs(&self, state: &State<Arc<Past>>, inputs: &mut Vec<Input>) {
        *inputs = self.0.inputs(&state.plane);
    }

    fn observe(&self, transition: &Transition<'_, Arc<Past>>) -> Result<Option<Arc<Past>>, String> {
        Ok(laws::observe(transition)?.map(Arc::new))
    }

    fn holds(&self, state: &State<Arc<Past>>) -> Result<(), String> {
        if !laws::refuses_a_report_on(&state.plane, EffectId(u64::MAX)) {
            return Err("a report on an effect that there never was is not refused".into());
        }
        laws::lost_writers_are_replaced(&state.plane)
    }

    fn sometimes(&self) -> Vec<Sometimes<Self>> {
        self.0.sometimes()
    }

    fn decides(&self) -> Vec<&'static str> {
        self.0.decide()
    }

    fn at_rest(&self, state: &State<Arc<Past>>) -> bool {
        self.0.at_rest(&state.plane)
    }

    fn renamings(&self) -> Vec<Renaming> {
        self.0.renamings()
    }
}

/// Walks through all states and asserts everything; pinned is how many states and transitions there are.
pub fn explore(setting: impl Setting, states: usize, transitions: usize) {
    let explored = walk(setting);
    let pinned = "pin it anew if the world was meant to change";
    assert_eq!(explored.states, states, "the number of states; {pinned}");
    assert_eq!(explored.transitions, transitions, "the number of transitions; {pinned}");
}

/// Walks through all states and asserts everything but how many there are.
pub fn walk(setting: impl Setting) -> Explored {
    let told = |progress: Progress| {
        if progress.states >= 1_000_000 {
            println!("{progress:?}");
        }
        ControlFlow::Continue(())
    };
    match explore::explore_with(&Lawful(setting), told) {
        Ok(explored) => {
            println!(
                "{} states, {} transitions, {} deep",
                explored.states, explored.transitions, explored.depth
            );
            explored
        }
        Err(Refuted::Law(way) | Refuted::Stuck(way)) => panic!("{way}\n\n{}", way.scenario()),
        Err(refuted) => panic!("{refuted}"),
    }
}
