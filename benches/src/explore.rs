//! The exhaustive walk: transitions a second in the worlds of `tests/worlds.rs`, beside the bare work of each transition.
//!
//! The bare work is what nobody can leave out: a copy of the state and the input applied to it. The walk adds the laws, the
//! check of the invariants, the canonical bytes and the look-up among the known states.

use std::hint::black_box;
use std::time::Instant;

use failover_model::Input;
use failover_model::testing::explore::{State, Transition, World, explore};

use crate::worlds::clusters::Clusters;
use crate::worlds::groups::Groups;
use crate::worlds::pairs::Pairs;
use crate::worlds::tokens::Tokens;
use crate::worlds::walk::{Lawful, Past, Setting};

/// A walk and the bare work of its transitions.
pub struct Walked {
    pub name: &'static str,
    pub states: usize,
    pub transitions: usize,
    /// Nanoseconds for each transition.
    pub walk: f64,
    pub bare: f64,
}

/// The same world, in which each transition is taken once more, alone.
struct Bare<'a, W>(&'a Lawful<W>, std::cell::Cell<(f64, usize)>);

impl<W: Setting> World for Bare<'_, W> {
    type Memory = std::sync::Arc<Past>;

    fn start(&self) -> State<Self::Memory> {
        self.0.start()
    }

    fn inputs(&self, state: &State<Self::Memory>, inputs: &mut Vec<Input>) {
        self.0.inputs(state, inputs);
        let (mut time, taken) = self.1.get();
        let start = Instant::now();
        for input in inputs.iter() {
            let mut plane = state.plane.clone();
            let _ = black_box(plane.apply(black_box(input)));
        }
        time += start.elapsed().as_nanos() as f64;
        self.1.set((time, taken + inputs.len()));
    }

    fn observe(&self, transition: &Transition<'_, Self::Memory>) -> Result<Option<Self::Memory>, String> {
        self.0.observe(transition)
    }

    fn at_rest(&self, state: &State<Self::Memory>) -> bool {
        self.0.at_rest(state)
    }
}

fn walked(name: &'static str, setting: impl Setting) -> Walked {
    let world = Lawful(setting);
    let start = Instant::now();
    let explored = explore(&world).expect("its laws hold");
    let walk = start.elapsed().as_nanos() as f64 / explored.transitions as f64;
    let bare = Bare(&world, std::cell::Cell::default());
    let again = explore(&bare).expect("its laws hold");
    let (time, taken) = bare.1.get();
    assert_eq!((again.states, taken), (explored.states, explored.transitions));
    let (states, transitions) = (explored.states, explored.transitions);
    Walked { name, states, transitions, walk, bare: time / taken as f64 }
}

/// Walks worlds of every kind that take seconds.
pub fn walks() -> Vec<Walked> {
    let cluster = |readers, replication| Clusters {
        readers,
        rounds: 1,
        named_target_elects: false,
        replication,
        standby: false,
    };
    let refuse = failover_model::token::Overflow::Refuse;
    vec![
        walked("one pair that is prepaid", Pairs { disks: false, prepaid: true }),
        walked("a group of two", Groups { pairs: 2, breaks: false, disks: false, alike: false }),
        walked("a cluster of three", cluster(&[3, 3], false)),
        walked("a cluster of three whose replication breaks", cluster(&[3, 3], true)),
        walked(
            "three tokens within a capacity of two",
            Tokens { accounts: 2, tokens: 3, capacity: 2, overflow: refuse },
        ),
    ]
}
