//! The steps of a run.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::control_plane::{Effect, Event, Observation, Outcome};
use crate::rule::RuleId;
use crate::time::Timestamp;

/// A step of a run that explains a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When, on the service's clock.
    pub at: Timestamp,
    /// What happened.
    pub what: Happened,
    /// The events that it caused.
    pub events: Vec<Event>,
}

/// What happened in a step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Happened {
    /// A call of the trace took effect, or was refused.
    Call {
        /// The number of the exchange, from 0.
        exchange: usize,
        /// The rule that decided.
        rule: Option<RuleId>,
        /// Whether its token answered.
        replayed: bool,
    },
    /// Hidden work ended.
    Ended {
        /// The work.
        effect: Effect,
        /// How.
        outcome: Outcome,
    },
    /// A deadline fell due.
    Due,
    /// Something happened outside that the trace does not show.
    Observed(Observation),
    /// Something happened outside that the trace tells.
    Told(Observation),
    /// A call that the trace does not have took effect.
    Foreign(&'static str),
    /// A resource that existed before the trace was taken from the first answer that shows it.
    Entered(alloc::string::String),
}

impl Happened {
    /// Whether the trace does not show it.
    pub const fn is_hidden(&self) -> bool {
        !matches!(self, Self::Call { .. } | Self::Told(_))
    }
}

/// The steps of a run as a list that runs share, the last first.
#[derive(Debug)]
pub(super) struct Trail {
    pub(super) before: Option<Arc<Self>>,
    pub(super) step: Step,
}

impl Trail {
    /// The steps after `since`, oldest first; all of them if it is not on the way.
    pub(super) fn steps(last: Option<&Arc<Self>>, since: Option<&Arc<Self>>) -> VecDeque<Step> {
        let mut steps = VecDeque::new();
        let mut at = last;
        while let Some(trail) = at {
            if since.is_some_and(|since| Arc::ptr_eq(since, trail)) {
                break;
            }
            steps.push_front(trail.step.clone());
            at = trail.before.as_ref();
        }
        steps
    }
}

impl Drop for Trail {
    /// Drops the list one by one, since the stack would not hold a long one.
    fn drop(&mut self) {
        let mut before = self.before.take();
        while let Some(trail) = before {
            match Arc::try_unwrap(trail) {
                Ok(mut alone) => before = alone.before.take(),
                Err(_) => break,
            }
        }
    }
}
