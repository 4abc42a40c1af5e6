//! The control plane as a context of steps.

use alloc::string::{String, ToString};

use super::{StepContext, id};
use crate::control_plane::{Call, ControlPlane, Request};
use crate::ebs::{GroupEvent, GroupLifecycle, PairEvent, PairLifecycle};
use crate::ids::{ClusterId, GroupId, PairId};
use crate::lifecycle::Verdict;
use crate::polardb::DbCluster;
use crate::testing::view::{GroupView, View};
use crate::time::Timestamp;

impl StepContext for ControlPlane {
    fn clock(&self) -> Timestamp {
        self.clock()
    }

    fn view(&self) -> View {
        View::from(self)
    }

    /// Decides by status and members alone.
    fn permits(&self, _: &Call, request: &Request) -> bool {
        let read = &self.policy().ebs;
        let pair = |pair: &PairId, event| {
            let verdict = |status| PairLifecycle::lookup(status, event).verdict(read);
            self.pair(pair).is_some_and(|pair| verdict(pair.status()) != Verdict::Refuse)
        };
        let group = |group: &GroupId, event| {
            let fits = |empty| match event {
                GroupEvent::Modify | GroupEvent::Stop => true,
                event => (event == GroupEvent::Delete) == empty,
            };
            let verdict = |status| GroupLifecycle::lookup(status, event).verdict(read);
            let known = self.group(group).filter(|view| fits(view.pairs.is_empty()));
            known.is_some_and(|view| verdict(view.status) != Verdict::Refuse)
        };
        match request {
            Request::StartDiskReplicaPair(call) if call.one_shot => pair(&call.pair, PairEvent::StartOneShot),
            Request::StartDiskReplicaPair(call) => pair(&call.pair, PairEvent::StartAgain),
            Request::StopDiskReplicaPair(call) => pair(&call.pair, PairEvent::Stop),
            Request::FailoverDiskReplicaPair(call) => pair(&call.pair, PairEvent::Failover),
            Request::ReprotectDiskReplicaPair(call) => pair(&call.pair, PairEvent::Reprotect),
            Request::DeleteDiskReplicaPair(call) => pair(&call.pair, PairEvent::Delete),
            Request::StartDiskReplicaGroup(call) if call.one_shot => {
                group(&call.group, GroupEvent::StartOneShot)
            }
            Request::StartDiskReplicaGroup(call) => group(&call.group, GroupEvent::Start),
            Request::StopDiskReplicaGroup(call) => group(&call.group, GroupEvent::Stop),
            Request::FailoverDiskReplicaGroup(call) => group(&call.group, GroupEvent::Failover),
            Request::ReprotectDiskReplicaGroup(call) => group(&call.group, GroupEvent::Reprotect),
            Request::DeleteDiskReplicaGroup(call) => group(&call.group, GroupEvent::Delete),
            Request::ModifyDiskReplicaGroup(call) => group(&call.group, GroupEvent::Modify),
            _ => false,
        }
    }

    fn production_region(&self, group: &GroupView) -> String {
        let id: GroupId = id(&group.id);
        let known = self.group(&id).map(|view| view.group.production(&self.policy().ebs).region.to_string());
        known.unwrap_or_else(|| group.source.region.clone())
    }

    fn cluster(&self, cluster: &ClusterId) -> Option<&DbCluster> {
        self.cluster(cluster)
    }
}
