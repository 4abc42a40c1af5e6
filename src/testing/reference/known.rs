//! What the reference knows of, and what it leaves out.

use super::Reference;
use crate::control_plane::{Input, Observation, Report, Request};
use crate::policy::Policy;

impl Reference {
    /// These readings as far as the reference knows them; the others at their defaults. A system that is driven beside it
    /// must have the same.
    pub fn readings(policy: &Policy) -> Policy {
        let mut known = Policy { tokens: policy.tokens, ..Policy::default() };
        let (ebs, read) = (&mut known.ebs, &policy.ebs);
        ebs.pair_failover = read.pair_failover;
        ebs.failover_while_busy = read.failover_while_busy;
        ebs.failover_without_recover_point = read.failover_without_recover_point;
        ebs.start_while_replicating = read.start_while_replicating;
        ebs.first_copy = read.first_copy;
        ebs.first_copy_after_reverse = read.first_copy_after_reverse;
        ebs.retry_after_failure = read.retry_after_failure;
        ebs.delete_before_start = read.delete_before_start;
        ebs.same_region_pairs = read.same_region_pairs;
        ebs.reverse_needs = read.reverse_needs;
        ebs.production_site = read.production_site;
        ebs.join_statuses = read.join_statuses;
        ebs.reprotect_failed_group = read.reprotect_failed_group;
        ebs.drill_without_recover_point = read.drill_without_recover_point;
        ebs.regions = read.regions.clone();
        ebs.tombstone = read.tombstone;
        ebs.one_shot_gap = read.one_shot_gap;
        let (polardb, read) = (&mut known.polardb, &policy.polardb);
        polardb.rounds = read.rounds;
        polardb.explicit_target_fails = read.explicit_target_fails;
        polardb.switch_window = read.switch_window;
        polardb.missing_target = read.missing_target;
        polardb.token_mismatch = read.token_mismatch;
        polardb.busy_cluster = read.busy_cluster;
        polardb.window_from = read.window_from;
        polardb.target_in_window = read.target_in_window;
        known
    }

    /// Whether the input is of a kind that is not left out.
    pub fn knows(input: &Input) -> bool {
        match input {
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
                    | Request::CreateDbCluster(_)
                    | Request::DeleteDbCluster(_)
                    | Request::ModifyDbNodeConfig(_)
                    | Request::FailoverDbCluster(_)
                    | Request::DescribeDbClusters(_)
                    | Request::DescribeDbClusterAttribute(_)
            ),
        }
    }
}
