//! What happened outside, as whoever recorded a trace knows from elsewhere.

use serde::{Deserialize, Serialize};

use crate::control_plane::Observation;
use crate::time::Timestamp;

/// Something outside that the service took notice of: a node that failed, a disk that was detached. No answer tells it, but the
/// service's own log may, or its monitoring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// When the service took notice, on its own clock.
    #[serde(rename = "at_ms")]
    pub at: Timestamp,
    /// The places between which that was, in the order of all that the recorder saw, as
    /// [`Exchange::order`](super::Exchange::order) counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<(u64, u64)>,
    /// What it was.
    pub observed: Observation,
}
