//! The scope of the reference.

use super::Reference;
use crate::control_plane::Input;
use crate::policy::{Policy, READINGS};

/// The readings whose alternatives the reference does not know.
const UNKNOWN: &[(&str, &str)] = &[
    ("polardb", "after_exhaustion"),
    ("polardb", "writer_alone"),
    ("polardb", "lower_tiers"),
    ("polardb", "hot_replicas"),
    ("polardb", "column_store"),
    ("polardb", "election_zone"),
    ("polardb", "switch_status"),
    ("polardb", "automatic_in_window"),
    ("polardb", "roll_back"),
    ("polardb", "standard_nodes"),
];

impl Reference {
    /// These readings as far as the reference knows them; the others at their defaults. A system that is driven beside it
    /// must have the same.
    pub fn readings(policy: &Policy) -> Policy {
        let mut known = policy.clone();
        for reading in READINGS.iter().filter(|reading| UNKNOWN.contains(&reading.name)) {
            (reading.set)(&mut known, 0);
        }
        known
    }

    /// Whether the reference models the input: then it has a reply even without any resource.
    pub fn knows(input: &Input) -> bool {
        let mut empty = Self::default();
        match input {
            Input::Advance(_) => true,
            Input::Report(_, report) => empty.report(report).is_some(),
            Input::Call(call, request, fresh) => empty.perform(call, request, fresh).is_some(),
        }
    }
}
