//! The reference as a context of steps.

use alloc::string::String;

use super::Reference;
use super::state::Kind;
use crate::control_plane::{Call, Request};
use crate::ids::EffectId;
use crate::testing::steps::{ClusterCall, StepContext, StepKind};
use crate::testing::view::{GroupView, View};
use crate::time::Timestamp;

impl StepContext for Reference {
    fn clock(&self) -> Timestamp {
        self.clock()
    }

    fn view(&self) -> View {
        self.view()
    }

    /// Whether the call would be accepted.
    fn permits(&self, call: &Call, request: &Request) -> bool {
        self.faults_of(call, request).is_none()
    }

    fn production_region(&self, group: &GroupView) -> String {
        let known = self.find(Kind::Group, &group.id);
        known.map_or(&group.source.region, |known| &self.production(known).region).clone()
    }

    /// Counts cyclically through all effects so far and one that does not exist.
    fn effect_numbered(&self, number: u64) -> EffectId {
        let count = u64::try_from(self.used.len()).unwrap_or(u64::MAX);
        let index = number.checked_rem(count.saturating_add(1)).unwrap_or_default();
        let used = usize::try_from(index).ok().and_then(|index| self.used.get(index));
        // No system numbers its effects this high.
        used.copied().unwrap_or(EffectId(u64::MAX.saturating_sub(number)))
    }

    fn restrict(&self, kind: &StepKind) -> StepKind {
        match *kind {
            StepKind::Cluster(origin, cluster, call) => {
                let call = match call {
                    // The reference has no standby nodes, hence none to name there.
                    ClusterCall::Failover { target, standby, .. } => ClusterCall::Failover {
                        target: target.filter(|_| !standby),
                        standby,
                        back: false,
                        zonal: false,
                    },
                    ClusterCall::Priority { .. }
                    | ClusterCall::Lock(_)
                    | ClusterCall::Delete
                    | ClusterCall::StandbyHa(_)
                    | ClusterCall::Drill { .. }
                    | ClusterCall::Arch { .. } => call,
                    _ => ClusterCall::Describe,
                };
                StepKind::Cluster(origin, cluster, call)
            }
            StepKind::Zone { .. } => StepKind::Advance,
            _ => kind.clone(),
        }
    }
}
