//! What a step becomes: the same input whether the control plane is asked how things stand or the reference is, and the
//! one that its words say.

mod clusters;
mod replicas;
mod reports;

use failover_model::ebs::{
    AddDiskReplicaPair, Charge, ClearPairDrill, ClearReplicaGroupDrill, DeleteDiskReplicaGroup,
    DeleteDiskReplicaPair, DescribeDiskReplicaGroups, DescribeDiskReplicaPairs, DescribePairDrills,
    DescribeReplicaGroupDrills, DiskChange, FailoverDiskReplicaGroup, FailoverDiskReplicaPair, FreshDrill,
    GroupStatus, ModifyDiskReplicaGroup, ModifyDiskReplicaPair, Page, PairStatus, PeriodUnit,
    RemoveDiskReplicaPair, ReprotectDiskReplicaGroup, ReprotectDiskReplicaPair, Site, StartDiskReplicaGroup,
    StartDiskReplicaPair, StartPairDrill, StartReplicaGroupDrill, StopDiskReplicaGroup, StopDiskReplicaPair,
};
use failover_model::polardb::{
    DeleteDbCluster, DescribeDbClusterAttribute, FailoverDbCluster, FailoverDbClusterZonal, Failure,
    ModifyDbNodeConfig, NodeChange, NodeKind, RestartDbNode, Role, TargetZoneType,
};
use failover_model::policy::ProductionSite;
use failover_model::testing::Drive;
use failover_model::testing::steps::{
    self, CallRegion, ClusterCall, Completion, Origin, ReplicaCall, StepKind, TestStep, Timing,
};
use failover_model::testing::strategies::{self, World};
use failover_model::{ControlPlane, Fresh, Input, Observation, Outcome, Report, Request, Span, Timestamp};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::small::{drive, pair, world};
use super::step::{OWNER, on_cluster, soon};
use crate::kit::{
    CLUSTER, DESTINATION, ELSEWHERE, SOURCE, START, at, drill_id, group_id, group_seed, id, ids, pair_id,
    priority,
};

fn from(place: CallRegion) -> Origin {
    Origin { region: place, ..OWNER }
}

fn later(drive: &Drive<ControlPlane>) -> Timestamp {
    drive.subject().clock().after(Span::from_millis(1_000))
}

/// What a step is for both, a second later.
#[track_caller]
fn both(drive: &Drive<ControlPlane>, what: StepKind) -> Input {
    let step = soon(what);
    let input = step.resolve(drive.subject());
    assert_eq!(step.resolve(drive.reference()), input);
    input
}

/// The call that a step is for both: where it is made, and what it asks.
#[track_caller]
fn call(drive: &Drive<ControlPlane>, what: StepKind) -> (String, Request, Fresh) {
    match both(drive, what) {
        Input::Call(call, request, fresh) => {
            assert_eq!((call.now, call.account.as_str()), (later(drive), "1001"));
            (call.region.to_string(), request, fresh)
        }
        other => panic!("no call: {other:?}"),
    }
}

fn plain(region: &str, request: impl Into<Request>) -> (String, Request, Fresh) {
    (region.to_string(), request.into(), Fresh::None)
}

fn on_group(group: Option<u8>, ask: ReplicaCall) -> StepKind {
    StepKind::Group(OWNER, group, ask)
}

const FAIL_OVER: ClusterCall =
    ClusterCall::Failover { target: None, standby: false, back: false, zonal: false };
