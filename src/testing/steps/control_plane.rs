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
        match request {
            Request::StartDiskReplicaPair(start) if start.one_shot => {
                self.permits_pair(&start.pair, PairEvent::StartOneShot)
            }
            Request::StartDiskReplicaPair(start) => self.permits_pair(&start.pair, PairEvent::StartAgain),
            Request::StopDiskReplicaPair(stop) => self.permits_pair(&stop.pair, PairEvent::Stop),
            Request::FailoverDiskReplicaPair(failover) => {
                self.permits_pair(&failover.pair, PairEvent::Failover)
            }
            Request::ReprotectDiskReplicaPair(reprotect) => {
                self.permits_pair(&reprotect.pair, PairEvent::Reprotect)
            }
            Request::DeleteDiskReplicaPair(delete) => self.permits_pair(&delete.pair, PairEvent::Delete),
            Request::StartDiskReplicaGroup(start) if start.one_shot => {
                self.permits_group(&start.group, GroupEvent::StartOneShot)
            }
            Request::StartDiskReplicaGroup(start) => self.permits_group(&start.group, GroupEvent::Start),
            Request::StopDiskReplicaGroup(stop) => self.permits_group(&stop.group, GroupEvent::Stop),
            Request::FailoverDiskReplicaGroup(failover) => {
                self.permits_group(&failover.group, GroupEvent::Failover)
            }
            Request::ReprotectDiskReplicaGroup(reprotect) => {
                self.permits_group(&reprotect.group, GroupEvent::Reprotect)
            }
            Request::DeleteDiskReplicaGroup(delete) => self.permits_group(&delete.group, GroupEvent::Delete),
            Request::ModifyDiskReplicaGroup(modify) => self.permits_group(&modify.group, GroupEvent::Modify),
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

impl ControlPlane {
    fn permits_pair(&self, pair: &PairId, event: PairEvent) -> bool {
        let verdict = |status| PairLifecycle::lookup(status, event).verdict(&self.policy().ebs);
        self.pair(pair).is_some_and(|pair| verdict(pair.status()) != Verdict::Refuse)
    }

    fn permits_group(&self, group: &GroupId, event: GroupEvent) -> bool {
        let Some(group) = self.group(group) else { return false };
        let fits = match event {
            GroupEvent::Modify | GroupEvent::Stop => true,
            event => (event == GroupEvent::Delete) == group.pairs.is_empty(),
        };
        fits && GroupLifecycle::lookup(group.status, event).verdict(&self.policy().ebs) != Verdict::Refuse
    }
}
