//! The rules of pairs that are not rows of [`PairLifecycle`](crate::ebs::PairLifecycle).

use crate::rule::rules;

rules! {
    E_010 Sibling "founding page lists four regions, later pages more: facts/ebs.md#regions-that-have-the-feature" => "Create needs regions that have the feature; by default any has.";
    E_011 Documented "overview and group page; the API page differs: facts/ebs.md#pairs-within-one-region" => "Source and destination lie in different zones and are different disks.";
    E_012 Documented "limits page, one pair a disk; its code is inferred: facts/ebs.md#quotas-and-limits" => "A disk is part of at most one pair.";
    E_013 Inferred "no source for a removed disk: facts/ebs.md#broken-relations" => "Create of a removed disk finds no resource.";
    E_014 Documented "CreateDiskReplicaPair page: facts/ebs.md#pair-create" => "Create only records the relation and shows creating.";
    E_015 Documented "SDK 5.0.1, Period and PeriodUnit; older lists are longer: facts/ebs.md#periods-that-are-sold" => "By policy a prepaid pair is paid for a number of months that the newest list has, and not for weeks.";
    E_016 Documented "SDK 5.0.1, Bandwidth; older texts differ: facts/ebs.md#bandwidth-of-a-postpaid-pair" => "A postpaid pair asks for no bandwidth but 0; by policy another one is accepted and comes to nothing.";
    E_272 Inferred "no parameter is required: facts/ebs.md#settings-that-are-left-out" => "What a change of settings leaves out stays.";
    E_274 Documented "SDK 5.0.1, Bandwidth, not yet available: facts/ebs.md#pair-modify, facts/ebs.md#bandwidth-of-a-prepaid-pair" => "By default the bandwidth in a change of settings is read as a number and changes nothing.";
    E_275 Inferred "a public client's open pull request: facts/ebs.md#bandwidth-of-a-prepaid-pair" => "By policy a change of settings changes the bandwidth of a prepaid pair to another that is sold.";
    E_600 Sibling "drill operations list MissingParameter: facts/ebs.md#drill-pages, facts/ebs.md#codes-listed-in-the-metadata" => "A required parameter that is absent or empty is named.";
    E_601 Sibling "drill operations list InvalidParameter: facts/ebs.md#drill-pages, facts/ebs.md#codes-listed-in-the-metadata" => "A parameter that cannot be read or is out of range is named.";
    E_610 Documented "NoSuchResource is listed for all operations: facts/ebs.md#codes-listed-in-the-metadata" => "An unknown pair is not found.";
    E_620 Inferred "neither end knows the pair: facts/ebs.md#not-found-regions-and-precedence" => "A pair is not found from a region that is neither of its ends.";
    E_621 Documented "founding page; ReprotectDiskReplicaPair page: facts/ebs.md#region-rules" => "Failover and reprotect are called at the current destination.";
    E_622 Documented "DeleteDiskReplicaPair page; the code is inferred: facts/ebs.md#region-rules, facts/ebs.md#not-found-regions-and-precedence" => "Delete is called at the current source.";
    E_623 Documented "user guides on groups; code and stop are inferred: facts/ebs.md#grouped-pairs, facts/ebs.md#not-found-regions-and-precedence" => "A pair in a group is started, stopped, failed over, reprotected and deleted by its group alone, and so is its replication time control.";
    E_624 Inferred "both site codes are listed; what they mean after a reverse is open: facts/ebs.md#site-codes" => "By policy the refusal of a call at the source of a reversed pair is named after the standby, where it was made.";
    E_630 Sibling "StartDiskReplicaGroup page; the code is listed for pairs too: facts/ebs.md#group-start, facts/ebs.md#pair-start" => "The gap between two one-shot starts exceeds half an RPO.";
    E_631 Documented "StandbyDeviceAttached is listed for start: facts/ebs.md#pair-start" => "Start needs a detached destination disk.";
    E_632 Documented "ReprotectDiskReplicaPair page and user guide; code inferred: facts/ebs.md#what-a-reverse-needs-of-the-old-primary" => "A reverse needs an old primary that nobody writes to.";
    E_633 Sibling "FailoverDiskReplicaGroup page: facts/ebs.md#failover-before-the-first-copy" => "By policy, failover needs a completed copy.";
    E_640 Inferred "both calls belong to the secondary's region: facts/ebs.md#when-roles-swap, facts/ebs.md#fixed-and-moving-fields" => "Source and destination swap when a reverse succeeds; primary and standby never move.";
    E_641 Inferred "a direction has no data before its first copy: facts/ebs.md#recover-points-and-direction" => "A recover point belongs to a direction: cleared by a successful reverse, kept by a cancelled failover.";
    E_650 Documented "LastRecoverPoint field: facts/ebs.md#recover-point" => "The recover point is the completion of the last copy.";
    E_651 Documented "StopDiskReplicaPair page; user guide on deletion: facts/ebs.md#pair-stop, facts/ebs.md#pair-delete" => "Stop and delete leave the data of the last recover point.";
    E_652 Inferred "a public client waits for the field to appear: facts/ebs.md#recover-point" => "There is no recover point before the first copy ends.";
    E_660 Inferred "the enum has deleted, clients see an empty list: facts/ebs.md#tombstones" => "A tombstone is forgotten after the policy's time.";
    E_661 Documented "user guide on deletion, limits are lifted: facts/ebs.md#pair-delete, facts/ebs.md#tombstones" => "A tombstone binds no disk.";
    E_670 Inferred "a reverse asks for a detached old primary, failover does not: facts/ebs.md#no-fence-for-the-old-primary" => "The source stays readable and writable, also after a failover.";
    E_671 Documented "founding page; create restricts the secondary: facts/ebs.md#pair-failover, facts/ebs.md#pair-create" => "The destination is neither readable nor writable until a failover succeeds or the pair is deleted.";
    E_672 Inferred "user guide, the reverse needs a read-only old primary: facts/ebs.md#no-fence-for-the-old-primary" => "The old primary is read-only while its role is being reversed.";
    E_680 Inferred "DeviceRemoved is a message of invalid: facts/ebs.md#broken-relations" => "A removed disk invalidates its pair; a disk that is down does not.";
    E_690 Inferred "a public client detects deletion by an empty list: facts/ebs.md#unknown-ids" => "Describe answers an unknown id with an empty list.";
    E_691 Documented "Site parameter; which role it follows is inferred: facts/ebs.md#site" => "Describe lists a pair at its production site by default and at its backup site on request.";
    E_692 Inferred "clients wait for an empty list: facts/ebs.md#tombstones, facts/ebs.md#unknown-ids" => "Describe omits tombstones.";
    E_695 Inferred "Progress and RecoverPoint fields, without a definition: facts/ebs.md#progress" => "Progress is 0 while a copy is shown or before any completed, else 100; of a tombstone there is none.";
    E_696 Inferred "no source, the simulation knows the duration: facts/ebs.md#progress" => "In timed mode the simulation tells how much of a running copy's time has passed, at most 99.";
    E_697 Inferred "ExpiredTime field; that it is CreateTime plus Period is inferred: facts/ebs.md#expired-time" => "A prepaid pair expires when its paid period since its creation ends; one that is taken in, when its answer says.";
}
