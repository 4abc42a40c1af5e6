//! What a decision about a cluster depends on beside the cluster.

use crate::ids::EffectId;
use crate::policy::PolarDbPolicy;
use crate::time::Timestamp;

/// What every decision depends on beside the cluster.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The time.
    pub now: Timestamp,
    /// The id of the effect, if the decision [asks](crate::polardb::ClusterPlan::asks) for one.
    pub effect: EffectId,
    /// The readings.
    pub policy: &'a PolarDbPolicy,
}
