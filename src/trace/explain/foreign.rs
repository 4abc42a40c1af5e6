//! Calls that the trace does not have: somebody else's, on the same resources.

use alloc::vec::Vec;

use super::run::{Run, World};
use super::timeline::Happened;
use crate::control_plane::{Call, Fresh, Request};
use crate::ebs::{
    DeleteDiskReplicaPair, FailoverDiskReplicaGroup, FailoverDiskReplicaPair, ReprotectDiskReplicaGroup,
    ReprotectDiskReplicaPair, StartDiskReplicaGroup, StartDiskReplicaPair, StopDiskReplicaGroup,
    StopDiskReplicaPair,
};
use crate::ids::{AccountId, RegionId};
use crate::polardb::{DeleteDbCluster, FailoverDbCluster, TargetZoneType};
use crate::time::Timestamp;

/// The runs after one such call that was accepted: start, stop, failover, reprotect and deletion, of what exists.
pub(super) fn calls(run: &Run, at: Timestamp, world: &World<'_>) -> Vec<Run> {
    let mut requests: Vec<(AccountId, RegionId, Request)> = Vec::new();
    for pair in run.plane.pairs() {
        let id = || pair.id().clone();
        let (source, destination) = (&pair.source().region, &pair.destination().region);
        for (region, request) in [
            (source, StartDiskReplicaPair { pair: id(), one_shot: false }.into()),
            (source, StartDiskReplicaPair { pair: id(), one_shot: true }.into()),
            (source, StopDiskReplicaPair { pair: id() }.into()),
            (destination, FailoverDiskReplicaPair { pair: id() }.into()),
            (destination, ReprotectDiskReplicaPair { pair: id(), reverse_replicate: true }.into()),
            (destination, ReprotectDiskReplicaPair { pair: id(), reverse_replicate: false }.into()),
            (source, DeleteDiskReplicaPair { pair: id() }.into()),
        ] {
            requests.push((pair.account().clone(), region.clone(), request));
        }
    }
    for group in run.plane.groups().map(|view| view.group) {
        let id = || group.id().clone();
        let (source, destination) = (&group.source().region, &group.destination().region);
        for (region, request) in [
            (source, StartDiskReplicaGroup { group: id(), one_shot: false }.into()),
            (source, StopDiskReplicaGroup { group: id() }.into()),
            (destination, FailoverDiskReplicaGroup { group: id() }.into()),
            (destination, ReprotectDiskReplicaGroup { group: id(), reverse_replicate: true }.into()),
        ] {
            requests.push((group.account.clone(), region.clone(), request));
        }
    }
    for cluster in run.plane.clusters() {
        let failover = FailoverDbCluster {
            cluster: cluster.id().clone(),
            target: None,
            roll_back_for_disaster: false,
            target_zone_type: TargetZoneType::Primary,
        };
        let delete = DeleteDbCluster { cluster: cluster.id().clone() };
        for request in [failover.into(), delete.into()] {
            requests.push((cluster.account.clone(), cluster.region().clone(), request));
        }
    }
    requests.into_iter().filter_map(|made| accepted(run, at, made, world)).collect()
}

fn accepted(
    run: &Run,
    at: Timestamp,
    (account, region, request): (AccountId, RegionId, Request),
    world: &World<'_>,
) -> Option<Run> {
    let mut next = run.clone();
    next.advance(at, world);
    let call = Call { now: at, account, region, token: None };
    let output = next.plane.call_any(&call, &request, &Fresh::None).ok()?;
    let changed = output.result.as_ref().is_some_and(Result::is_ok) && !output.step.is_empty();
    let what = Happened::Foreign(request.operation().as_str());
    changed.then(|| next.note(what, output.step, output.rule, world))?;
    Some(next)
}
