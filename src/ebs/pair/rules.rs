//! The rules of pairs that are not rows of [`PairLifecycle`](crate::ebs::PairLifecycle).

use crate::rule::rules;

rules! {
    E_010 Sibling "founding page lists four regions, later pages more (§4.3 #19)"
        => "Create needs regions that have the feature; by default any has.";
    E_011 Documented "overview and group page; the API page differs (§4.3 #12)"
        => "Source and destination lie in different zones and are different disks.";
    E_012 Documented "limits page: one pair a disk; the code for it is inferred"
        => "A disk is part of at most one pair.";
    E_013 Inferred "no source"
        => "Create of a removed disk finds no resource.";
    E_014 Documented "CreateDiskReplicaPair page"
        => "Create only records the relation and shows creating.";
    E_272 Inferred "ModifyDiskReplicaPair parameters; none is required"
        => "What a change of settings leaves out stays.";
    E_274 Inferred "Bandwidth is not yet available (SDK 5.0.1)"
        => "The bandwidth in a change of settings is read as a number and changes nothing.";
    E_600 Sibling "drill operations list MissingParameter"
        => "A required parameter that is absent or empty is named.";
    E_601 Sibling "drill operations list InvalidParameter"
        => "A parameter that cannot be read or is out of range is named.";
    E_610 Documented "NoSuchResource is listed for all operations"
        => "An unknown pair, another account's, or a forgotten tombstone is not found.";
    E_620 Inferred "§6.3"
        => "A pair is not found from a region that is neither of its ends.";
    E_621 Documented "founding page; ReprotectDiskReplicaPair page"
        => "Failover and reprotect are called at the current destination.";
    E_622 Documented "DeleteDiskReplicaPair page; the code is inferred (§6.3)"
        => "Delete is called at the current source.";
    E_623 Documented "user guides on groups; the code is inferred (§6.3), and stop is by analogy"
        => "A pair in a group is started, stopped, failed over, reprotected and deleted by its group alone, and so is its replication time control.";
    E_630 Sibling "StartDiskReplicaGroup page; the code is listed for pairs too"
        => "The gap between two one-shot starts exceeds half an RPO.";
    E_631 Documented "StandbyDeviceAttached is listed for start"
        => "Start needs a detached destination disk.";
    E_632 Documented "ReprotectDiskReplicaPair page and user guide (§4.3 #13); the code is inferred"
        => "A reverse needs an old primary that nobody writes to.";
    E_633 Sibling "FailoverDiskReplicaGroup page (§4.3 #3)"
        => "By policy, failover needs a completed copy.";
    E_640 Inferred "§4.2: both calls belong to the secondary's region, so the roles swap only in between"
        => "Source and destination swap when a reverse succeeds; primary and standby never move.";
    E_641 Inferred "§4.1: a direction has no data before its first copy"
        => "A recover point belongs to a direction: cleared by a successful reverse, kept by a cancelled failover.";
    E_650 Documented "LastRecoverPoint field"
        => "The recover point is the completion of the last copy and is absent before it.";
    E_651 Documented "StopDiskReplicaPair page; user guide on deletion"
        => "Stop and delete leave the data of the last recover point.";
    E_660 Inferred "the enum has deleted, clients see an empty list (§10.19)"
        => "A tombstone is forgotten after the policy's time.";
    E_661 Documented "user guide on deletion: limits are lifted"
        => "A tombstone binds no disk.";
    E_670 Documented "§2.4: failover does not fence the old primary"
        => "The source stays readable and writable, also after a failover.";
    E_671 Documented "founding page; create restricts the secondary disk until deletion"
        => "The destination is neither readable nor writable until a failover succeeds or the pair is deleted.";
    E_672 Inferred "user guide: the reverse needs a read-only old primary"
        => "The old primary is read-only while its role is being reversed.";
    E_680 Inferred "§3.1 names disk removal as a cause of invalid; the message is DeviceRemoved"
        => "A removed disk invalidates its pair; a disk that is down does not.";
    E_690 Inferred "a public client detects deletion by an empty list (§5.1)"
        => "Describe answers an unknown id with an empty list.";
    E_691 Documented "Site parameter; which role it follows after a reverse is inferred"
        => "Describe lists a pair at its production site by default and at its backup site on request.";
    E_692 Inferred "§10.18"
        => "Describe omits tombstones.";
    E_695 Inferred "Progress and RecoverPoint fields; the numbers between belong to who carries the copy out"
        => "Progress is 0 while a copy is shown or before any completed, else 100; of a tombstone there is none.";
    E_696 Inferred "no source; the simulation knows how long a copy takes"
        => "In timed mode the simulation tells how much of a running copy's time has passed, at most 99.";
}
