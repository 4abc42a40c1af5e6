//! The rules of consistent groups that are not rows of [`GroupLifecycle`](crate::ebs::GroupLifecycle).

use crate::rule::rules;

rules! {
    G_014 Documented "CreateDiskReplicaGroup page: facts/ebs.md#group-create" => "Create makes an empty group and shows creating.";
    G_400 Documented "status enum of groups, invalid: facts/ebs.md#group-statuses" => "A group shows invalid while a member is, else its own status.";
    G_401 Inferred "no source; the two status lists: facts/ebs.md#members-of-a-group-by-status" => "A member shows its group's status.";
    G_402 Inferred "no source for members of a group in part: facts/ebs.md#members-of-a-group-by-status" => "An invalid member stays invalid and takes no part in what its group does.";
    G_403 Inferred "groups have no initial_syncing, pairs have: facts/ebs.md#group-status-during-the-first-copy" => "A member's first copy shows initial_syncing where the group shows syncing.";
    G_404 Inferred "no source for members of a group in part: facts/ebs.md#members-of-a-group-by-status" => "After a partial failure, and in a group that broke as a whole, a member shows its own result.";
    G_405 Inferred "add allows created and stopped on both sides: facts/ebs.md#joining-and-leaving" => "A member that joined created next to stopped, or the reverse, keeps its status until the group starts.";
    G_430 Inferred "the enum has stop_failed and failover_failed: facts/ebs.md#members-of-a-group-by-status" => "Stop and failover can fail for some members; a repeat concerns those alone.";
    G_431 Inferred "half a reverse would leave no direction: facts/ebs.md#members-of-a-group-by-status" => "Reprotect of a group is all or nothing.";
    G_610 Documented "NoSuchResource is listed for all operations: facts/ebs.md#codes-listed-in-the-metadata" => "An unknown group is not found.";
    G_620 Inferred "neither site knows the group: facts/ebs.md#not-found-regions-and-precedence" => "A group is not found from a region that is neither of its sites.";
    G_621 Documented "FailoverDiskReplicaGroup and ReprotectDiskReplicaGroup pages: facts/ebs.md#group-failover, facts/ebs.md#group-reprotect" => "Failover and reprotect of a group are called at the current destination.";
    G_622 Documented "group pages; the code is listed for modify alone: facts/ebs.md#region-rules, facts/ebs.md#group-sites" => "Every other call on a group is made at its production site.";
    G_623 Inferred "both site codes are listed; what they mean after a reverse is open: facts/ebs.md#site-codes" => "By policy the refusal of a call at the wrong site of a reversed group is named after the place where it was made.";
    G_630 Documented "StartDiskReplicaGroup page: facts/ebs.md#group-start" => "The gap between two one-shot rounds exceeds half an RPO.";
    G_631 Documented "StandbyDeviceAttached is listed for StartDiskReplicaGroup: facts/ebs.md#group-start" => "Start of a group needs every destination disk detached.";
    G_632 Sibling "as for pairs: facts/ebs.md#what-a-reverse-needs-of-the-old-primary" => "A reverse of a group needs old primaries that nobody writes to.";
    G_633 Documented "FailoverDiskReplicaGroup page; the code is inferred: facts/ebs.md#failover-before-the-first-copy" => "Failover of a group needs a recover point of every member.";
    G_640 Inferred "as for pairs: facts/ebs.md#when-roles-swap" => "Source and destination of a group and its members swap together when a reverse succeeds.";
    G_641 Documented "group user guide, one common point; the moment is inferred: facts/ebs.md#grouped-pairs, facts/ebs.md#rounds-of-a-group" => "A round commits when every copy ended well: then all members have that instant as recover point.";
    G_642 Inferred "follows from the common recovery point: facts/ebs.md#rounds-of-a-group" => "If one copy of a round fails, no recover point of the group moves.";
    G_643 Inferred "follows from the common recovery point: facts/ebs.md#rounds-of-a-group" => "A member that becomes invalid leaves the round; the others go on.";
    G_650 Inferred "follows from the common recovery point: facts/ebs.md#rounds-of-a-group" => "A group has a recover point iff it has members and all have the same one.";
    G_660 Documented "EnableRtc of groups; what stays after remove is inferred: facts/ebs.md#group-create, facts/ebs.md#joining-and-leaving" => "A member has its group's replication time control and keeps it when it leaves.";
    G_670 Documented "NoPairInGroup is listed for start, failover and reprotect: facts/ebs.md#codes-listed-in-the-metadata" => "Start, failover and reprotect need a member.";
    G_671 Documented "GroupHasPair is listed for DeleteDiskReplicaGroup: facts/ebs.md#group-delete" => "Only an empty group is deleted.";
    G_680 Documented "PairInAnotherGroup is listed for AddDiskReplicaPair: facts/ebs.md#add-and-remove-a-pair" => "A pair is in one group at most.";
    G_681 Inferred "no code for a pair that is a member already: facts/ebs.md#joining-and-leaving" => "Adding a member again is a success without effect.";
    G_682 Documented "PairInitializing is listed; its statuses are inferred: facts/ebs.md#add-and-remove-a-pair, facts/ebs.md#joining-and-leaving" => "A pair that is being created or first copied does not join yet.";
    G_683 Documented "PairStatusCannotAddToGroup is listed for AddDiskReplicaPair: facts/ebs.md#add-and-remove-a-pair" => "A pair joins in created and stopped (E-280) alone.";
    G_684 Documented "PairGroupStatusConflict is listed; its cases are none by default: facts/ebs.md#joining-and-leaving" => "By policy pair and group join in the same status alone.";
    G_685 Documented "AddDiskReplicaPair page; PairGroupAZoneConflict: facts/ebs.md#add-and-remove-a-pair" => "Pair and group have the same source and destination, region and zone, in the current direction.";
    G_686 Documented "limits page; PairsExceedInGroup: facts/ebs.md#quotas-and-limits" => "A group has 17 pairs at most.";
    G_690 Documented "NoPairInGroup is listed for RemoveDiskReplicaPair: facts/ebs.md#add-and-remove-a-pair" => "Nothing is removed from an empty group.";
    G_691 Documented "PairNotInGroup is listed for RemoveDiskReplicaPair: facts/ebs.md#add-and-remove-a-pair" => "A pair in no group is not removed from one.";
    G_692 Documented "PairInAnotherGroup is listed for RemoveDiskReplicaPair: facts/ebs.md#add-and-remove-a-pair" => "A pair is removed from its own group alone.";
    G_693 Documented "PairStatusCannotRemoveFromGroup; statuses inferred: facts/ebs.md#add-and-remove-a-pair, facts/ebs.md#joining-and-leaving" => "A member that is replicating or busy does not leave.";
    G_694 Inferred "a public client detects deletion by an empty list: facts/ebs.md#unknown-ids" => "Describe answers an unknown group with an empty list.";
    G_695 Documented "Site parameter; which role it follows is policy: facts/ebs.md#site" => "Describe lists a group at its production site by default and at its backup site on request.";
    G_696 Inferred "as for pairs: facts/ebs.md#tombstones" => "Describe omits tombstones of groups.";
    G_697 Inferred "as for pairs: facts/ebs.md#tombstones" => "A group's tombstone is forgotten after the policy's time.";
}
