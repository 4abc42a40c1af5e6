//! The shortest session that tells two values of a reading apart: breadth first over the acts of a stage, played on a service
//! of each value at once.
//!
//! As long as both answer alike nothing is told. Where they differ, the recording of either is explained under the other, since
//! hidden work may explain it all the same. What a person with an account cannot bring about is tried only if nothing else
//! tells.

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use failover_model::policy::{READINGS, Reading};
use failover_model::trace::Answer;
use serde_json::Value;

use crate::seat::Seat;
use crate::session::{Act, Recordings, Session, Untold, matrix, name, policy, refutes, value};
use crate::stage::{Stage, stages};

/// The most steps of a sequence, beside those with which its stage begins. A step is an act, or an act and the wait until nothing
/// is under way.
const MOST_STEPS: usize = 40;

/// The most states of a stage, two services together. The layer in which they run out is not finished.
const MOST_STATES: usize = 5_000;

/// How many readings are searched at a time.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[derive(Clone)]
struct Node {
    seats: [Seat; 2],
    acts: Vec<Act>,
    /// Whether the two services have answered differently.
    differs: bool,
    /// Whether a look followed the last act.
    looked: bool,
}

struct Found {
    /// The session that refutes the second value by the answers of the first, and the other way round.
    sessions: [Option<Vec<Act>>; 2],
    reach: Reach,
}

/// How far the searches of the stages went that leave no act out.
#[derive(Clone, Copy)]
struct Reach {
    /// Of how many steps all sequences were tried, how many states were met, and how many sequences were answered differently.
    steps: usize,
    states: usize,
    explained: usize,
    /// Whether no further act leads to a state that was not met.
    exhausted: bool,
}

/// The sessions of all readings, searched in threads; of those whose name does not contain `wanted` what is known already.
/// `keep` is told what is known after each.
pub fn all(known: &Recordings, wanted: &str, keep: impl Fn(&Recordings) + Sync) {
    let readings: Vec<&Reading> = READINGS.iter().filter(|reading| !reading.values.is_empty()).collect();
    let next = AtomicUsize::new(0);
    let found = Mutex::new(known.clone());
    std::thread::scope(|scope| {
        for _ in 0..threads() {
            scope.spawn(|| {
                while let Some(reading) = readings.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let name = name(reading);
                    if !name.contains(wanted) {
                        continue;
                    }
                    let began = std::time::Instant::now();
                    let of = of(reading);
                    let (sessions, untold) = (of.sessions.len(), of.untold.len());
                    eprintln!("{name}: {sessions} sessions, {untold} untold, {:?}", began.elapsed());
                    let mut found = found.lock().unwrap();
                    found.replace(&name, of);
                    keep(&found);
                }
            });
        }
    });
}

fn of(reading: &Reading) -> Recordings {
    let mut untold = Vec::new();
    let mut sessions: Vec<Vec<Act>> = Vec::new();
    let count = reading.values.len();
    for one in 0..count {
        for other in one + 1..count {
            let found = apart(reading, [one, other]);
            for (session, [has, not_refuted]) in found.sessions.iter().zip([[one, other], [other, one]]) {
                match session {
                    Some(acts) if !sessions.contains(acts) => sessions.push(acts.clone()),
                    Some(_) => {}
                    None => untold.push(Untold {
                        reading: name(reading),
                        has: value(reading, has),
                        not_refuted: value(reading, not_refuted),
                        steps: found.reach.steps,
                        states: found.reach.states,
                        exhausted: found.reach.exhausted,
                        explained: found.reach.explained,
                    }),
                }
            }
        }
    }
    Recordings { sessions: fewest(reading, sessions), untold }
}

/// As few sessions as tell what all of them tell.
fn fewest(reading: &Reading, sessions: Vec<Vec<Act>>) -> Vec<Session> {
    let mut left: Vec<Session> = sessions
        .into_iter()
        .map(|acts| Session { reading: name(reading), told: matrix(reading, &acts), acts })
        .collect();
    let pairs = |session: &Session| -> Vec<(String, String)> {
        let of = |(has, others): (&String, &Vec<String>)| {
            others.iter().map(|other| (has.clone(), other.clone())).collect::<Vec<_>>()
        };
        session.told.iter().flat_map(of).collect()
    };
    let mut chosen = Vec::new();
    let mut told: HashSet<(String, String)> = HashSet::new();
    loop {
        let new = |session: &Session| pairs(session).iter().filter(|pair| !told.contains(*pair)).count();
        let best = (0..left.len()).max_by_key(|at| (new(&left[*at]), usize::MAX - left[*at].acts.len()));
        let Some(best) = best.filter(|best| new(&left[*best]) > 0) else { return chosen };
        let session = left.remove(best);
        told.extend(pairs(&session));
        chosen.push(session);
    }
}

fn apart(reading: &Reading, values: [usize; 2]) -> Found {
    let reach = Reach { steps: usize::MAX, states: 0, explained: 0, exhausted: true };
    let mut found = Found { sessions: [None, None], reach };
    let stages = stages(&name(reading));
    let kinds = [(false, Steps::Settled), (false, Steps::All), (true, Steps::Settled), (true, Steps::All)];
    // The few acts of a stage of its own are tried all at once.
    let first = if stages.iter().any(Stage::is_own) { kinds.len() - 1 } else { 0 };
    for kind in kinds[first..].iter().copied() {
        found.reach = reach;
        for stage in &stages {
            walk(reading, values, stage, kind, &mut found);
            if found.sessions.iter().all(Option::is_some) {
                return found;
            }
        }
    }
    found
}

/// Whether a client waits after each act.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Steps {
    /// It does.
    Settled,
    /// It does or does not.
    All,
}

fn walk(
    reading: &Reading,
    values: [usize; 2],
    stage: &Stage,
    (luck, steps): (bool, Steps),
    found: &mut Found,
) {
    let seats = values.map(|value| Seat::new(policy(reading, value)));
    let mut first = Node { seats, acts: Vec::new(), differs: false, looked: true };
    stage.begins.iter().for_each(|act| first.perform(act));
    if first.differs {
        consider(reading, values, &first, stage, found);
    }
    let acts: Vec<&Act> = stage.acts.iter().filter(|act| luck || !act.is_luck()).collect();
    let mut seen: HashSet<(String, bool, bool)> = HashSet::new();
    let mut layer = vec![first];
    let mut whole = true;
    let mut depth = 0;
    while whole && !layer.is_empty() && depth < MOST_STEPS {
        let mut next = Vec::new();
        for node in &layer {
            for act in acts.iter().filter(|act| node.can(act)) {
                for child in children(node, act, stage, steps) {
                    let state = child.seats.iter().map(Seat::state).collect::<String>();
                    let state = (state, child.differs, child.looked);
                    let fits = seen.len() < MOST_STATES || seen.contains(&state);
                    whole &= fits;
                    let new = fits && seen.insert(state);
                    // An answer can differ and leave everything as it was.
                    if child.differs && (new || !node.differs) {
                        consider(reading, values, &child, stage, found);
                        if found.sessions.iter().all(Option::is_some) {
                            return;
                        }
                    }
                    if new {
                        next.push(child);
                    }
                }
            }
        }
        depth += usize::from(whole);
        layer = next;
        let (states, explained) = (seen.len(), found.reach.explained);
        eprintln!("{}: {depth} steps, {states} states, {explained} answered differently", stage.of);
    }
    let reach = &mut found.reach;
    reach.steps = reach.steps.min(depth);
    reach.states += seen.len();
    reach.exhausted &= whole && layer.is_empty();
}

/// What an act leads to, and the wait until nothing is under way after it; each with a look after it, and without, if the client
/// may go on blindly.
fn children(node: &Node, act: &Act, stage: &Stage, steps: Steps) -> Vec<Node> {
    let done = after(node, act, stage);
    let mut children = Vec::new();
    for child in done {
        if child.can(&Act::Wait) {
            children.extend(after(&child, &Act::Wait, stage));
            children.extend((steps == Steps::All).then_some(child));
        } else {
            children.push(child);
        }
    }
    children
}

fn after(node: &Node, act: &Act, stage: &Stage) -> Vec<Node> {
    let mut done = node.clone();
    done.perform(act);
    done.looked = false;
    let blindly = stage.blind.then(|| done.clone());
    done.look(stage);
    std::iter::once(done).chain(blindly).collect()
}

impl Node {
    /// Whether both seats can do it.
    fn can(&self, act: &Act) -> bool {
        self.seats.iter().all(|seat| seat.can(act))
    }

    /// Looks at what there is.
    fn look(&mut self, stage: &Stage) {
        for look in &stage.looks {
            if self.can(look) {
                self.perform(look);
            }
        }
        self.looked = true;
    }

    /// Performs an act on both seats.
    fn perform(&mut self, act: &Act) {
        self.acts.push(act.clone());
        let [one, other] = &mut self.seats;
        self.differs |= meaning(one.act(act)) != meaning(other.act(act));
    }
}

/// An answer without what only names the call.
fn meaning(answer: Option<Answer>) -> Option<(u16, Value)> {
    let mut answer = answer?;
    if let Some(code) = answer.body.get("Code").cloned() {
        return Some((answer.status, code));
    }
    if let Some(fields) = answer.body.as_object_mut() {
        fields.remove("RequestId");
        fields.remove("OrderId");
    }
    Some((answer.status, answer.body))
}

/// Explains what was recorded of either under the other; as it is, and when what is under way has ended.
fn consider(reading: &Reading, values: [usize; 2], node: &Node, stage: &Stage, found: &mut Found) {
    found.reach.explained += 1;
    let mut seen = node.clone();
    if !seen.looked {
        seen.look(stage);
    }
    let mut waited = node.clone();
    if waited.seats.iter().any(|seat| seat.can(&Act::Wait)) {
        waited.perform(&Act::Wait);
        waited.look(stage);
    }
    let mut sessions = vec![&node.acts, &seen.acts, &waited.acts];
    sessions.dedup();
    for acts in sessions {
        let [one, other] = values;
        let [of_one, of_other] = found.sessions.each_ref().map(Option::is_none);
        let told =
            [of_one && refutes(reading, acts, one, other), of_other && refutes(reading, acts, other, one)];
        if told == [false; 2] {
            continue;
        }
        let short = shortened(reading, values, acts, told);
        for (told, known) in told.iter().zip(&mut found.sessions) {
            if *told && known.is_none() {
                *known = Some(short.clone());
            }
        }
    }
}

/// The session without what it can do without.
fn shortened(reading: &Reading, [one, other]: [usize; 2], acts: &[Act], told: [bool; 2]) -> Vec<Act> {
    let mut acts = acts.to_vec();
    let mut at = acts.len();
    while at > 0 {
        at -= 1;
        let mut fewer = acts.clone();
        fewer.remove(at);
        if is_bound(&fewer)
            && (!told[0] || refutes(reading, &fewer, one, other))
            && (!told[1] || refutes(reading, &fewer, other, one))
        {
            acts = fewer;
        }
    }
    acts
}

/// Whether every name is bound before it is used.
fn is_bound(acts: &[Act]) -> bool {
    let mut seat = Seat::new(failover_model::Policy::default());
    let needs = |act: &Act| -> BTreeMap<String, String> {
        match act {
            Act::Call { parameters, .. } => parameters.clone(),
            Act::Outside { of, .. } => BTreeMap::from([("of".into(), of.clone())]),
            _ => BTreeMap::new(),
        }
    };
    acts.iter().all(|act| {
        let bound = needs(act).values().all(|value| seat.bound.filled(value).is_some());
        let _ = seat.act(act);
        bound
    })
}
