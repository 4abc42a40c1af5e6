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
use crate::stage::{Stage, all as stages};

/// The most steps of a sequence, beside those with which its stage begins. A step is an act, or an act and the wait until nothing
/// is under way.
const MOST_STEPS: usize = 7;

/// The most states of a stage.
const MOST_STATES: usize = 120;

/// The most sequences with different answers that are explained.
const MOST_EXPLAINED: usize = 12;

/// How many readings are searched at a time.
const THREADS: usize = 12;

#[derive(Clone)]
struct Node {
    seats: [Seat; 2],
    acts: Vec<Act>,
}

#[derive(Default)]
struct Found {
    /// The session that refutes the second value by the answers of the first, and the other way round.
    sessions: [Option<Vec<Act>>; 2],
    steps: usize,
    states: usize,
    explained: usize,
}

/// The sessions of all readings, searched in threads.
pub fn all() -> Recordings {
    let readings: Vec<&Reading> = READINGS.iter().filter(|reading| !reading.values.is_empty()).collect();
    let next = AtomicUsize::new(0);
    let found = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(reading) = readings.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let of = of(reading);
                    eprintln!(
                        "{}: {} sessions, {} untold",
                        name(reading),
                        of.sessions.len(),
                        of.untold.len()
                    );
                    let at = readings.iter().position(|other| other.name == reading.name);
                    found.lock().unwrap().insert(at, of);
                }
            });
        }
    });
    let mut recordings = Recordings::default();
    for of in found.into_inner().unwrap().into_values() {
        recordings.sessions.extend(of.sessions);
        recordings.untold.extend(of.untold);
    }
    recordings
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
                        steps: found.steps,
                        states: found.states,
                        explained: found.explained,
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
    let mut found = Found::default();
    for luck in [false, true] {
        for steps in [Steps::Settled, Steps::All] {
            for stage in stages().iter().filter(|stage| stage.section == reading.name.0) {
                walk(reading, values, stage, (luck, steps), &mut found);
                if found.sessions.iter().all(Option::is_some) {
                    return found;
                }
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
    let mut layer = vec![Node { seats, acts: Vec::new() }];
    for act in &stage.begins {
        let differs = done(&mut layer[0], act, stage);
        if differs {
            consider(reading, values, &layer[0], stage, found);
            return;
        }
    }
    let acts: Vec<&Act> = stage.acts.iter().filter(|act| luck || !act.is_luck()).collect();
    let mut seen: HashSet<String> = HashSet::new();
    let mut explained = 0;
    for depth in 1..=MOST_STEPS {
        let mut next = Vec::new();
        for node in &layer {
            for act in acts.iter().filter(|act| node.seats.iter().all(|seat| seat.can(act))) {
                let mut child = node.clone();
                let mut children = Vec::new();
                let mut differs = done(&mut child, act, stage);
                if !differs && child.seats.iter().all(|seat| seat.can(&Act::Wait)) {
                    if steps == Steps::All {
                        children.push(child.clone());
                    }
                    differs = done(&mut child, &Act::Wait, stage);
                }
                if differs {
                    explained += 1;
                    if explained <= MOST_EXPLAINED {
                        consider(reading, values, &child, stage, found);
                    }
                    if found.sessions.iter().all(Option::is_some) {
                        return;
                    }
                } else {
                    children.push(child);
                }
                for child in children {
                    let state = child.seats.iter().map(Seat::state).collect::<String>();
                    if seen.len() < MOST_STATES && seen.insert(state) {
                        next.push(child);
                    }
                }
            }
        }
        found.steps = found.steps.max(depth);
        layer = next;
        if layer.is_empty() {
            break;
        }
    }
    found.states += seen.len();
}

/// Does an act on both seats, and looks; whether they are answered differently.
fn done(node: &mut Node, act: &Act, stage: &Stage) -> bool {
    let mut differs = both(node, act);
    for look in &stage.looks {
        if node.seats.iter().all(|seat| seat.can(look)) {
            differs |= both(node, look);
        }
    }
    differs
}

fn both(node: &mut Node, act: &Act) -> bool {
    node.acts.push(act.clone());
    let [one, other] = &mut node.seats;
    meaning(one.act(act)) != meaning(other.act(act))
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
    found.explained += 1;
    let mut waited = node.clone();
    if waited.seats.iter().any(|seat| seat.can(&Act::Wait)) {
        done(&mut waited, &Act::Wait, stage);
    }
    for acts in [&node.acts, &waited.acts] {
        let [one, other] = values;
        let told = [refutes(reading, acts, one, other), refutes(reading, acts, other, one)];
        if !told.iter().zip(&found.sessions).any(|(told, known)| *told && known.is_none()) {
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
        let bound = needs(act).values().all(|value| seat.filled(value).is_some());
        let _ = seat.act(act);
        bound
    })
}
