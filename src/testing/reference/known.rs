//! The scope of the reference.

use super::Reference;
use crate::control_plane::{Input, Observation, Report, Request};
use crate::polardb::HotStandby;
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
    ("polardb", "zone_loss"),
    ("polardb", "writer_as_target"),
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

    /// Whether the reference models the input.
    pub fn knows(input: &Input) -> bool {
        match input {
            Input::Call(_, Request::CreateDbCluster(create), _) => create.hot_standby == HotStandby::Off,
            Input::Advance(_) | Input::Report(_, Report::Outcome { .. }) => true,
            Input::Report(_, Report::Observed(observation)) => matches!(
                observation,
                Observation::Disk { .. }
                    | Observation::PairInvalid { .. }
                    | Observation::GroupInvalid { .. }
                    | Observation::ClusterBusy { .. }
                    | Observation::ClusterRemoved { .. }
                    | Observation::Node { .. }
            ),
            Input::Call(_, request, _) => matches!(
                request,
                Request::CreateDiskReplicaPair(_)
                    | Request::StartDiskReplicaPair(_)
                    | Request::StopDiskReplicaPair(_)
                    | Request::FailoverDiskReplicaPair(_)
                    | Request::ReprotectDiskReplicaPair(_)
                    | Request::DeleteDiskReplicaPair(_)
                    | Request::DescribeDiskReplicaPairs(_)
                    | Request::CreateDiskReplicaGroup(_)
                    | Request::ModifyDiskReplicaGroup(_)
                    | Request::StartDiskReplicaGroup(_)
                    | Request::StopDiskReplicaGroup(_)
                    | Request::FailoverDiskReplicaGroup(_)
                    | Request::ReprotectDiskReplicaGroup(_)
                    | Request::DeleteDiskReplicaGroup(_)
                    | Request::DescribeDiskReplicaGroups(_)
                    | Request::AddDiskReplicaPair(_)
                    | Request::RemoveDiskReplicaPair(_)
                    | Request::StartPairDrill(_)
                    | Request::ClearPairDrill(_)
                    | Request::DescribePairDrills(_)
                    | Request::StartReplicaGroupDrill(_)
                    | Request::ClearReplicaGroupDrill(_)
                    | Request::DescribeReplicaGroupDrills(_)
                    | Request::DeleteDbCluster(_)
                    | Request::ModifyDbNodeConfig(_)
                    | Request::FailoverDbCluster(_)
                    | Request::DescribeDbClusters(_)
                    | Request::DescribeDbClusterAttribute(_)
            ),
        }
    }
}
