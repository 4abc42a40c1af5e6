//! A session: what a client does, and which values of a reading it tells apart.

use std::collections::BTreeMap;

use failover_model::Policy;
use failover_model::policy::{READINGS, Reading};
use failover_model::trace::explain::{Limits, Options, Verdict, explain};
use serde::{Deserialize, Serialize};

use crate::seat::Seat;

/// One thing that a client does, waits for, or sees to outside of the two products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// A call. A value in braces is a name that an earlier answer bound, such as `{pair}`.
    Call { action: String, parameters: BTreeMap<String, String> },
    /// Until nothing is under way.
    Wait,
    /// So many seconds, and until nothing is under way.
    Pass { seconds: u64 },
    /// So many seconds, while what is under way goes on.
    Meanwhile { seconds: u64 },
    /// Something that no call of the two products does.
    Outside { what: Outside, of: String },
    /// What is under way fails, which nobody can ask for.
    Fails,
}

/// What can be done to a disk, a node or a cluster from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outside {
    DiskAttached,
    DiskDetached,
    HostDown,
    NodeDown,
    NodeUp,
    ZoneDown,
    /// Work begins that is no call of the model.
    ClusterBusy,
    ClusterIdle,
}

impl Act {
    pub fn call(action: &str, parameters: &[(&str, &str)]) -> Self {
        let parameters =
            parameters.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Self::Call { action: action.into(), parameters }
    }

    /// Whether a person with an account cannot bring it about.
    pub fn is_luck(&self) -> bool {
        let failure =
            |what: &Outside| matches!(what, Outside::NodeDown | Outside::NodeUp | Outside::ZoneDown);
        matches!(self, Self::Fails) || matches!(self, Self::Outside { what, .. } if failure(what))
    }
}

/// A session and what it tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub reading: String,
    pub acts: Vec<Act>,
    /// Of each value that a service may have, the values that its answers refute.
    pub told: BTreeMap<String, Vec<String>>,
}

/// A pair of values that no session tells apart, and how far the search went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Untold {
    pub reading: String,
    /// The value that the service has, and the one that its answers do not refute.
    pub has: String,
    pub not_refuted: String,
    /// How many steps the longest sequence had beside those with which its stage begins, and how many led to a new state.
    pub steps: usize,
    pub states: usize,
    /// Whether no further act leads to a state that was not met.
    pub exhausted: bool,
    /// How many sequences were answered differently, though hidden work explains either.
    pub explained: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Recordings {
    pub sessions: Vec<Session>,
    pub untold: Vec<Untold>,
}

impl Recordings {
    /// Puts in what was found of one reading, in the order of the readings.
    pub fn replace(&mut self, reading: &str, found: Self) {
        let place = |name: &str| READINGS.iter().position(|reading| self::name(reading) == name);
        self.sessions.retain(|session| session.reading != reading);
        self.untold.retain(|untold| untold.reading != reading);
        self.sessions.extend(found.sessions);
        self.untold.extend(found.untold);
        self.sessions.sort_by_key(|session| place(&session.reading));
        self.untold.sort_by_key(|untold| place(&untold.reading));
    }

    /// Whether a session refutes this value by the answers of the one that a service has, or no session was found that does.
    pub fn is_searched(&self, reading: &str, has: &str, other: &str) -> bool {
        let tells = |session: &Session| {
            session.told.get(has).is_some_and(|told| told.iter().any(|told| told == other))
        };
        let mut sessions = self.sessions.iter().filter(|session| session.reading == reading);
        let mut untold = self.untold.iter().filter(|untold| untold.reading == reading);
        sessions.any(tells) || untold.any(|untold| untold.has == has && untold.not_refuted == other)
    }
}

pub fn name(reading: &Reading) -> String {
    format!("{}.{}", reading.name.0, reading.name.1)
}

pub fn reading(wanted: &str) -> &'static Reading {
    READINGS.iter().find(|reading| name(reading) == wanted).unwrap_or_else(|| panic!("{wanted}"))
}

/// The default policy but for one value.
pub fn policy(reading: &Reading, value: usize) -> Policy {
    let mut policy = Policy::default();
    (reading.set)(&mut policy, value);
    policy
}

/// A value as a policy is written.
pub fn value(reading: &Reading, value: usize) -> String {
    let policy = serde_json::to_value(policy(reading, value)).unwrap();
    policy[reading.name.0][reading.name.1].as_str().unwrap().to_owned()
}

/// Whether the answers that a service of one value gives refute another value.
pub fn refutes(reading: &Reading, acts: &[Act], has: usize, other: usize) -> bool {
    let mut seat = Seat::new(policy(reading, has));
    acts.iter().for_each(|act| drop(seat.act(act)));
    let trace = seat.trace();
    let limits = Limits { steps_kept: 0, ..Limits::default() };
    let under = |value| {
        let options = Options { policy: policy(reading, value), limits, ..Options::default() };
        explain(&trace, &options).verdict()
    };
    under(other) == Verdict::Refuted && under(has) == Verdict::Accepted
}

impl Session {
    /// What it tells, found anew.
    pub fn matrix(&self) -> BTreeMap<String, Vec<String>> {
        matrix(reading(&self.reading), &self.acts)
    }
}

pub fn matrix(reading: &Reading, acts: &[Act]) -> BTreeMap<String, Vec<String>> {
    let values = 0..reading.values.len();
    let of = |has: usize| {
        let others = values.clone().filter(|other| *other != has && refutes(reading, acts, has, *other));
        (value(reading, has), others.map(|other| value(reading, other)).collect())
    };
    values.clone().map(of).collect()
}
