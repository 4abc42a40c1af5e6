//! The state that the inputs make: the control plane, and what is folded from its events.

use std::sync::Arc;

use failover_emulator::feed::Feed;
use failover_emulator::happened::Happened;
use failover_model::polardb::HaLog;
use failover_model::snapshot::Snapshot;
use failover_model::{ControlPlane, Fact, Input, Misuse, Output, Policy, Report};
use failover_recorder::record::Recorder;
use serde::{Deserialize, Serialize};

use crate::log::History;

/// The control plane, with the log of switches and the feed.
pub struct State {
    /// Everything that decides.
    pub plane: ControlPlane,
    /// The switches of clusters.
    pub switches: HaLog,
    /// What happened, for people.
    pub feed: Feed,
    /// The number of the last input.
    pub number: u64,
    /// Where it is told what was observed.
    recorder: Option<Arc<Recorder>>,
}

/// A state as the journal keeps it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    number: u64,
    plane: Snapshot,
    switches: HaLog,
    last_seq: u64,
}

impl State {
    /// The state that a history leads to; without one, an empty one with this policy. What was observed since a state was kept
    /// is told again: who led before may have ended before it could tell.
    ///
    /// # Errors
    ///
    /// In words: it cannot be read.
    pub fn replay(
        history: History,
        policy: &Policy,
        recorder: Option<Arc<Recorder>>,
    ) -> Result<Self, String> {
        let seed = failover_emulator::draw_seed();
        let mut state = Self {
            plane: ControlPlane::with_hash_seed(policy.clone(), seed),
            switches: HaLog::default(),
            feed: Feed::default(),
            number: 0,
            recorder,
        };
        if let Some((_, text)) = history.state {
            let kept: Kept = serde_json::from_slice(&text).map_err(|error| format!("the state: {error}"))?;
            let plane = ControlPlane::restore_with_hash_seed(kept.plane, seed);
            state.plane = plane.map_err(|error| format!("the state: {error}"))?;
            (state.switches, state.number) = (kept.switches, kept.number);
            state.feed.resume(kept.last_seq);
        }
        for (number, input) in history.inputs {
            // What was refused then is refused again.
            let _ = state.take(number, &input);
        }
        Ok(state)
    }

    /// Applies a journalled input.
    ///
    /// # Errors
    ///
    /// [`Misuse`], as the library says; nothing but the clock has changed.
    pub fn take(&mut self, number: u64, input: &Input) -> Result<Output, Misuse> {
        self.number = number;
        let begun = self.recorder.as_ref().map(|recorder| recorder.begin(self.plane.clock()));
        let output = self.plane.apply(input)?;
        if let (Some(recorder), Some(begun)) = (&self.recorder, begun)
            && let Input::Report(at, Report::Observed(observed)) = input
        {
            recorder.tell(&begun, *at, observed.clone());
        }
        for event in &output.step.events {
            if let Fact::Cluster { cluster, fact } = &event.fact {
                self.switches.record(event.at, &event.account, cluster, fact);
            }
            self.feed.push(Happened::Fact(event.clone()));
        }
        Ok(output)
    }

    /// The state as JSON.
    ///
    /// # Errors
    ///
    /// It cannot be written as such.
    pub fn keep(&self) -> serde_json::Result<String> {
        let (plane, switches) = (self.plane.snapshot(), self.switches.clone());
        serde_json::to_string(&Kept { number: self.number, plane, switches, last_seq: self.feed.last_seq() })
    }
}
