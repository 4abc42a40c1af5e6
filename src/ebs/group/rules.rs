//! The rules of consistent groups that are not rows of [`GroupLifecycle`](crate::ebs::GroupLifecycle).

use crate::rule::rules;

rules! {
    G_014 Documented "CreateDiskReplicaGroup page"
        => "Create makes an empty group and shows creating.";
    G_400 Documented "Status enum of groups: invalid"
        => "A group shows invalid while a member is, else its own status.";
    G_401 Inferred "§11 #6; the two status lists"
        => "A member shows its group's status.";
    G_402 Inferred "§11 #6"
        => "An invalid member stays invalid and takes no part in what its group does.";
    G_403 Inferred "§4.3 #8: groups have no initial_syncing, pairs have"
        => "A member's first copy shows initial_syncing where the group shows syncing.";
    G_404 Inferred "§11 #6"
        => "After a partial failure, and in a group that broke as a whole, a member shows its own result.";
    G_405 Inferred "§11 #10; Add allows created and stopped on both sides"
        => "A member that joined created next to stopped, or the reverse, keeps its status until the group starts.";
    G_430 Inferred "§11 #6; the enum has stop_failed and failover_failed"
        => "Stop and failover can fail for some members; a repeat concerns those alone.";
    G_431 Inferred "half a reverse would leave the group without a direction"
        => "Reprotect of a group is all or nothing.";
    G_610 Documented "NoSuchResource is listed for all operations"
        => "An unknown group, another account's, or a forgotten tombstone is not found.";
    G_620 Inferred "§6.3"
        => "A group is not found from a region that is neither of its sites.";
    G_621 Documented "FailoverDiskReplicaGroup and ReprotectDiskReplicaGroup pages"
        => "Failover and reprotect of a group are called at the current destination.";
    G_622 Documented "group pages: the group's region is the production site's; its code is listed for modify alone"
        => "Every other call on a group is made at its production site.";
    G_630 Documented "StartDiskReplicaGroup page"
        => "The gap between two one-shot rounds exceeds half an RPO.";
    G_631 Documented "StandbyDeviceAttached is listed for StartDiskReplicaGroup"
        => "Start of a group needs every destination disk detached.";
    G_632 Sibling "as for pairs (E-632)"
        => "A reverse of a group needs old primaries that nobody writes to.";
    G_633 Documented "FailoverDiskReplicaGroup page; the code is inferred (§4.3 #3)"
        => "Failover of a group needs a recover point of every member.";
    G_640 Inferred "as for pairs (E-640)"
        => "Source and destination of a group and its members swap together when a reverse succeeds.";
    G_641 Documented "group user guide: one common recovery point; the moment is inferred"
        => "A round commits when every copy ended well: then all members have that instant as recover point.";
    G_642 Inferred "follows from the common recovery point"
        => "If one copy of a round fails, no recover point of the group moves.";
    G_643 Inferred "§11 #6"
        => "A member that becomes invalid leaves the round; the others go on.";
    G_650 Inferred "LastRecoverPoint of groups"
        => "A group has a recover point iff it has members and all have the same one.";
    G_660 Documented "EnableRtc of groups; that it stays after Remove is inferred (§11 #10)"
        => "A member has its group's replication time control and keeps it when it leaves.";
    G_670 Documented "NoPairInGroup is listed for start, failover and reprotect"
        => "Start, failover and reprotect need a member.";
    G_671 Documented "GroupHasPair is listed for DeleteDiskReplicaGroup"
        => "Only an empty group is deleted.";
    G_680 Documented "PairInAnotherGroup is listed for AddDiskReplicaPair"
        => "A pair is in one group at most.";
    G_681 Inferred "no code says that the pair is in this group already"
        => "Adding a member again is a success without effect.";
    G_682 Documented "PairInitializing is listed for AddDiskReplicaPair; its statuses are inferred"
        => "A pair that is being created or first copied does not join yet.";
    G_683 Documented "PairStatusCannotAddToGroup is listed for AddDiskReplicaPair"
        => "A pair joins in created and stopped (E-280) alone.";
    G_684 Documented "PairGroupStatusConflict is listed; by default its cases are none"
        => "By policy pair and group join in the same status alone.";
    G_685 Documented "AddDiskReplicaPair page; PairGroupAZoneConflict"
        => "Pair and group have the same source and destination, region and zone, in the current direction.";
    G_686 Documented "limits page; PairsExceedInGroup"
        => "A group has 17 pairs at most.";
    G_690 Documented "NoPairInGroup is listed for RemoveDiskReplicaPair"
        => "Nothing is removed from an empty group.";
    G_691 Documented "PairNotInGroup is listed for RemoveDiskReplicaPair"
        => "A pair in no group is not removed from one.";
    G_692 Documented "PairInAnotherGroup is listed for RemoveDiskReplicaPair"
        => "A pair is removed from its own group alone.";
    G_693 Documented "PairStatusCannotRemoveFromGroup is listed; its statuses are inferred"
        => "A member that is replicating or busy does not leave.";
    G_694 Inferred "a public client detects deletion by an empty list (§5.1)"
        => "Describe answers an unknown group with an empty list.";
    G_695 Documented "Site parameter; which role it follows after a reverse is policy"
        => "Describe lists a group at its production site by default and at its backup site on request.";
    G_696 Inferred "as for pairs (E-692)"
        => "Describe omits tombstones of groups.";
    G_697 Inferred "as for pairs (E-660)"
        => "A group's tombstone is forgotten after the policy's time.";
}
