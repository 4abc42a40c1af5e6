//! The walk through a world, and what is asserted of it.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use failover_model::{ControlPlane, EffectId, Input, RuleId};
use stateright::{Checker, Model, Property};

use super::canonical;
use super::laws::{self, Promises};
use crate::failover_laws::Failovers;

/// A small world.
pub trait World: Clone + Send + Sync + 'static {
    /// Where it begins.
    fn start(&self) -> ControlPlane;
    /// The inputs that are tried in a state.
    fn inputs(&self, plane: &ControlPlane) -> Vec<Input>;
    /// What some state shows.
    fn sometimes(&self) -> Vec<Property<Checked<Self>>>;
    /// The rules that decide on some input, or are told of in some event.
    fn decide(&self) -> Vec<&'static str>;
    /// Whether nothing is under way.
    fn at_rest(&self, plane: &ControlPlane) -> bool;
}

/// A state of a world: the control plane, what its tokens promise, what its failovers did so far, and the law that was
/// broken on the way, if any.
#[derive(Clone, Debug)]
pub struct State {
    pub plane: ControlPlane,
    pub promises: Promises,
    pub failovers: Failovers,
    pub broken: Option<Arc<str>>,
}

impl State {
    fn canonical(&self) -> Vec<u8> {
        let now = self.plane.clock();
        let mut bytes = canonical::bytes(&self.plane.snapshot(), now);
        bytes.extend(canonical::bytes(&self.promises, now));
        bytes.extend(canonical::bytes(&self.failovers, now));
        bytes.push(u8::from(self.broken.is_some()));
        bytes
    }
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }
}

impl Hash for State {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        hasher.write(&self.canonical());
    }
}

/// A world as the checker wants it.
pub struct Checked<W>(pub W);

/// Something that some state shows.
pub fn sometimes<W: World>(
    name: &'static str,
    condition: fn(&Checked<W>, &State) -> bool,
) -> Property<Checked<W>> {
    Property::sometimes(name, condition)
}

const LAWS: &str = "no law is broken";
const UNKNOWN: &str = "a report on an effect that there never was is refused";

impl<W: World> Model for Checked<W> {
    type State = State;
    type Action = Input;

    fn init_states(&self) -> Vec<State> {
        vec![begin(&self.0)]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Input>) {
        *actions = self.0.inputs(&state.plane);
    }

    fn next_state(&self, state: &State, input: Input) -> Option<State> {
        Some(step(state, &input).0)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut properties = self.0.sometimes();
        properties.push(Property::always(LAWS, |_: &Self, state: &State| state.broken.is_none()));
        properties.push(Property::always(UNKNOWN, |_: &Self, state: &State| {
            laws::refuses_a_report_on(&state.plane, EffectId(u64::MAX))
        }));
        properties
    }
}

fn begin(world: &impl World) -> State {
    let (promises, failovers) = (Promises::default(), Failovers::default());
    State { plane: world.start(), promises, failovers, broken: None }
}

/// What an input leads to, and the rules by which it does.
fn step(state: &State, input: &Input) -> (State, Vec<RuleId>) {
    let mut next = state.clone();
    match laws::apply(&mut next.plane, &mut next.promises, &mut next.failovers, input) {
        Ok(Ok(output)) => {
            let told = output.step.events.iter().map(|event| event.rule).chain(output.rule).collect();
            (next, told)
        }
        Ok(Err(_)) => (next, Vec::new()),
        Err(broken) => (State { broken: Some(Arc::from(broken)), ..next }, Vec::new()),
    }
}

/// Walks through all states and asserts everything; `pinned` is how many there are.
pub fn explore(world: impl World, pinned: usize) {
    let checker = Checked(world.clone()).checker().threads(2).spawn_bfs().join();
    if let Some(path) = checker.discovery(LAWS) {
        let (last, _) = path.into_vec().pop().expect("a path has states");
        panic!("{}", last.broken.as_deref().unwrap_or_default());
    }
    assert!(checker.discovery(UNKNOWN).is_none(), "not so: {UNKNOWN}");
    for property in world.sometimes() {
        assert!(checker.discovery(property.name).is_some(), "never seen: {}", property.name);
    }
    let graph = Graph::of(&world);
    println!("{} states, {} transitions", graph.states, checker.state_count() - 1);
    for rule in world.decide() {
        assert!(graph.decided.contains(rule), "{rule} decides nowhere; these do: {:?}", graph.decided);
    }
    assert_eq!(graph.stuck(), None, "from some state nothing leads to rest");
    assert_eq!(checker.unique_state_count(), graph.states, "the two walks count differently");
    assert_eq!(graph.states, pinned, "the number of states; pin it anew if the world was meant to change");
}

/// All states and transitions, walked a second time without the checker: for what it does not answer.
struct Graph {
    states: usize,
    /// From each state, the states that lead to it.
    before: Vec<Vec<u32>>,
    rest: Vec<u32>,
    /// The rules by which anything happened.
    decided: BTreeSet<&'static str>,
}

impl Graph {
    fn of(world: &impl World) -> Self {
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        let mut known: HashMap<u64, u32> = HashMap::new();
        let mut graph = Self { states: 0, before: Vec::new(), rest: Vec::new(), decided: BTreeSet::new() };
        let first = begin(world);
        known.insert(hasher.hash_one(&first), 0);
        graph.before.push(Vec::new());
        let mut layer = vec![(0_u32, first)];
        while !layer.is_empty() {
            let mut following = Vec::new();
            for (at, state) in layer {
                if world.at_rest(&state.plane) {
                    graph.rest.push(at);
                }
                for input in world.inputs(&state.plane) {
                    let (next, rules) = step(&state, &input);
                    graph.decided.extend(rules.iter().map(|rule| rule.as_str()));
                    let fingerprint = hasher.hash_one(&next);
                    let to = *known.entry(fingerprint).or_insert_with(|| {
                        graph.before.push(Vec::new());
                        let number = (graph.before.len() - 1) as u32;
                        following.push((number, next));
                        number
                    });
                    if to != at {
                        graph.before[to as usize].push(at);
                    }
                }
            }
            layer = following;
        }
        graph.states = graph.before.len();
        graph
    }

    /// A state from which no continuation leads to rest.
    fn stuck(&self) -> Option<u32> {
        let mut leads = vec![false; self.states];
        let mut todo = self.rest.clone();
        while let Some(at) = todo.pop() {
            if !std::mem::replace(&mut leads[at as usize], true) {
                todo.extend(&self.before[at as usize]);
            }
        }
        leads.iter().position(|leads| !leads).map(|at| at as u32)
    }
}
