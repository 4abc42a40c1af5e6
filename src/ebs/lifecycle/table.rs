//! The lifecycles of replication pairs and of consistent groups, whole.
//!
//! Every change of a pair's status, and of a group's own status, is a row here. This file knows no disk, member, region
//! or clock: such facts become an event before the table is asked. The matrices are `docs/facts/ebs.md#pair-matrix` and
//! `docs/facts/ebs.md#group-matrix`. The vendor's lists differ: failover of a pair is a **denylist**, failover of a group
//! an **allowlist**, and a repeated stop or failover of a group succeeds. Where both agree, one row has both numbers.
//!
//! Calls look a group's row up by the status that the group *shows*, which is `invalid` while a member is; outcomes and
//! the clock by the group's own status.

use crate::ebs::lifecycle::event::{GroupEvent, PairEvent};
use crate::ebs::lifecycle::status::{GroupStatus, PairStatus};
use crate::ebs::lifecycle::twins;
use crate::lifecycle::lifecycle;
use crate::policy::{
    DeleteBeforeStart, EbsPolicy, FailoverWhileBusy, PairFailover, ReprotectFailedGroup, RetryAfterFailure,
    StartWhileReplicating,
};

#[rustfmt::skip]
twins! {
    lifecycle!
    pair (/// The lifecycle of a replication pair.
        PairLifecycle(PairStatus, PairEvent, EbsPolicy))
    group (/// The lifecycle of a consistent group.
        GroupLifecycle(GroupStatus, GroupEvent, EbsPolicy))

    // Start
    pair E_110: (from [Created, Stopped] on [StartFirst] => Move(InitialSyncing),
        Documented "StartDiskReplicaPair page and status enum: facts/ebs.md#pair-start, facts/ebs.md#pair-statuses"
        => "The first automatic copy shows initial_syncing.");
    group G_110: (from [Created, Stopped] on [Start] => Move(Syncing),
        Documented "status enum of groups and a public client's documentation; the start page differs: facts/ebs.md#group-status-during-the-first-copy"
        => "An automatic round shows syncing, be it the first.");
    pair E_111: (from [Created, Stopped] on [StartAgain] => Move(Syncing),
        Documented "status enum; contradicts the start page: facts/ebs.md#status-of-a-later-first-copy"
        => "A later automatic copy shows syncing.");
    group G_111: (from [Syncing, Normal] on [Start] => NoOp,
        Documented "StartDiskReplicaGroup page: facts/ebs.md#group-start"
        => "Starting a group that replicates is a success without effect.");
    pair E_112: (from [Syncing, Normal] on [StartFirst, StartAgain] => Refuse
        unless [start_while_replicating: StartWhileReplicating::NoOp => NoOp],
        Documented "StartDiskReplicaPair page; the user guide differs: facts/ebs.md#start-while-replicating"
        => "A replicating pair is not started again.");
    group G_112: (from_all_but [Created, Stopped, Syncing, Normal] on [Start] => Refuse,
        Documented "StartDiskReplicaGroup page: facts/ebs.md#group-start"
        => "Automatic start needs created, syncing, normal or stopped.");
    pair E_113: (from_all_but [Created, Stopped, Syncing, Normal] on [StartFirst, StartAgain] => Refuse,
        Documented "StartDiskReplicaPair page, only created and stopped: facts/ebs.md#pair-start"
        => "Automatic start needs created or stopped.");
    pair E_115 group G_115: (from [Created, Stopped] on [StartOneShot] => Move(ManualSyncing),
        Documented "SDK 5.0.1, OneShot; StartDiskReplicaGroup page: facts/ebs.md#pair-start, facts/ebs.md#group-start"
        => "A one-shot copy or round shows manual_syncing, be it the first.");
    pair E_116: (from [ManualSyncing] on [StartOneShot] => Refuse
        unless [start_while_replicating: StartWhileReplicating::NoOp => NoOp],
        Documented "StartDiskReplicaPair page; the user guide differs: facts/ebs.md#start-while-replicating"
        => "A running one-shot copy is not started again.");
    group G_116: (from [ManualSyncing] on [StartOneShot] => NoOp,
        Documented "StartDiskReplicaGroup page: facts/ebs.md#group-start"
        => "A repeated one-shot start joins the running round.");
    pair E_117: (from_all_but [Created, Stopped, ManualSyncing] on [StartOneShot] => Refuse,
        Documented "StartDiskReplicaPair page, only created and stopped: facts/ebs.md#pair-start"
        => "One-shot start needs created or stopped.");
    group G_117: (from_all_but [Created, Stopped, ManualSyncing] on [StartOneShot] => Refuse,
        Documented "StartDiskReplicaGroup page: facts/ebs.md#group-start"
        => "One-shot start needs created, manual_syncing or stopped.");
    // Stop
    pair E_130: (from [InitialSyncing, ManualSyncing, Syncing, Normal] on [Stop] => Move(Stopping),
        Documented "StopDiskReplicaPair page, manual_syncing since 2023: facts/ebs.md#pair-stop, facts/ebs.md#stop-of-a-one-shot-copy"
        => "Stop needs a replicating pair.");
    group G_130: (from [ManualSyncing, Syncing, Normal] on [Stop] => Move(Stopping),
        Documented "StopDiskReplicaGroup page: facts/ebs.md#group-stop"
        => "Stop ends a replicating group.");
    pair E_131: (from [StopFailed] on [Stop] => Move(Stopping)
        unless [retry_after_failure: RetryAfterFailure::Refuse => Refuse],
        Sibling "StopDiskReplicaGroup page lists it: facts/ebs.md#repeating-a-stop-or-a-delete"
        => "A failed stop may be repeated.");
    group G_131: (from [StopFailed] on [Stop] => Move(Stopping),
        Documented "StopDiskReplicaGroup page: facts/ebs.md#group-stop"
        => "A failed stop may be repeated.");
    pair E_132: (from_all_but [InitialSyncing, ManualSyncing, Syncing, Normal, StopFailed] on [Stop] => Refuse,
        Documented "StopDiskReplicaPair page: facts/ebs.md#pair-stop"
        => "Stop is refused in any other status.");
    group G_132: (from [Stopping, Stopped] on [Stop] => NoOp,
        Documented "StopDiskReplicaGroup page: facts/ebs.md#group-stop"
        => "A repeated stop joins the running one or finds it done.");
    group G_133: (from_all_but [ManualSyncing, Syncing, Normal, StopFailed, Stopping, Stopped] on [Stop] => Refuse,
        Documented "StopDiskReplicaGroup page: facts/ebs.md#group-stop"
        => "Stop is refused in any other status.");
    // Failover
    pair E_210: (from [Invalid, Deleted] on [Failover] => Refuse,
        Documented "founding page, unchanged through 2026-09: facts/ebs.md#pair-failover"
        => "Failover is refused in invalid and in deleted.");
    group G_210: (from [ManualSyncing, Syncing, Normal, Stopping, StopFailed, Stopped] on [Failover] => Move(Failingover),
        Documented "FailoverDiskReplicaGroup page: facts/ebs.md#group-failover"
        => "Failover is accepted from the listed statuses alone and shows failovering.");
    pair E_211: (from [Failingover] on [Failover] => NoOp,
        Inferred "the group list names failovering as allowed: facts/ebs.md#repeated-failover"
        => "A repeated failover joins the running one.");
    group G_211: (from [Failingover, Failedover] on [Failover] => NoOp,
        Documented "FailoverDiskReplicaGroup page: facts/ebs.md#group-failover"
        => "A repeated failover joins the running one or finds it done.");
    pair E_212: (from [Failedover] on [Failover] => NoOp,
        Inferred "the group list names failovered as allowed: facts/ebs.md#repeated-failover"
        => "Failing over a pair that is failed over changes nothing.");
    group G_212: (from [FailoverFailed] on [Failover] => Move(Failingover),
        Documented "FailoverDiskReplicaGroup page: facts/ebs.md#group-failover"
        => "A failed failover may be repeated.");
    pair E_213: (from [InitialSyncing, ManualSyncing, Syncing, Normal, Stopped, StopFailed, FailoverFailed] on [Failover] => Move(Failingover),
        Documented "founding page, any status but invalid and deleted: facts/ebs.md#pair-failover"
        => "Failover is accepted and shows failovering.");
    group G_213: (from [ReprotectFailed] on [Failover] => Refuse
        unless [reprotect_failed_group: ReprotectFailedGroup::Repeat => Move(Failingover)],
        Documented "FailoverDiskReplicaGroup page; leaves no way out: facts/ebs.md#group-failover, facts/ebs.md#dead-ends-of-groups"
        => "A group whose reprotect failed does not fail over.");
    pair E_214: (from [Stopping] on [Failover] => Move(Failingover)
        unless [failover_while_busy: FailoverWhileBusy::Refuse => Refuse],
        Documented "founding page; the listed InvalidStatus suggests a stricter service: facts/ebs.md#failover-while-busy"
        => "Failover supersedes a running stop.");
    group G_214: (from [Invalid, Creating, Created, CreateFailed, Reprotecting, Deleting, DeleteFailed, Deleted] on [Failover] => Refuse,
        Documented "FailoverDiskReplicaGroup page: facts/ebs.md#group-failover"
        => "Failover is refused in any status that is not listed.");
    pair E_215: (from [Creating, Reprotecting, Deleting] on [Failover] => Move(Failingover)
        unless [pair_failover: PairFailover::GroupAllowlist => Refuse, failover_while_busy: FailoverWhileBusy::Refuse => Refuse],
        Documented "founding page; contested: facts/ebs.md#failover-while-busy, facts/ebs.md#failover-denylist-or-allowlist"
        => "Failover supersedes a running create, reprotect or delete.");
    pair E_216: (from [Created, CreateFailed, ReprotectFailed, DeleteFailed] on [Failover] => Move(Failingover)
        unless [pair_failover: PairFailover::GroupAllowlist => Refuse],
        Documented "founding page; contested: facts/ebs.md#failover-denylist-or-allowlist"
        => "Failover is accepted even where the group list would not have it.");
    // Reprotect
    pair E_230 group G_230: (from [Failedover] on [Reprotect] => Move(Reprotecting),
        Documented "both reprotect pages: facts/ebs.md#pair-reprotect, facts/ebs.md#group-reprotect"
        => "Reprotect needs failovered.");
    pair E_231: (from [ReprotectFailed] on [Reprotect] => Refuse
        unless [pair_failover: PairFailover::GroupAllowlist => Move(Reprotecting)],
        Documented "ReprotectDiskReplicaPair page, needs failovered: facts/ebs.md#pair-reprotect"
        => "A failed reprotect is not repeated.");
    group G_231: (from [ReprotectFailed] on [Reprotect] => Refuse
        unless [reprotect_failed_group: ReprotectFailedGroup::Repeat => Move(Reprotecting)],
        Documented "ReprotectDiskReplicaGroup page; leaves no way out: facts/ebs.md#group-reprotect, facts/ebs.md#dead-ends-of-groups"
        => "A failed reprotect is not repeated.");
    pair E_232 group G_232: (from_all_but [Failedover, ReprotectFailed] on [Reprotect] => Refuse,
        Documented "both reprotect pages: facts/ebs.md#pair-reprotect, facts/ebs.md#group-reprotect"
        => "Reprotect is refused in any other status.");
    // Delete
    pair E_250: (from [Stopped, Invalid, Failedover] on [Delete] => Move(Deleting),
        Documented "DeleteDiskReplicaPair page: facts/ebs.md#pair-delete"
        => "Delete needs stopped, invalid or failovered.");
    group G_250: (from [Created, CreateFailed, Stopped, Failedover, DeleteFailed, Invalid] on [Delete] => Move(Deleting),
        Documented "DeleteDiskReplicaGroup page: facts/ebs.md#group-delete"
        => "An empty group is deleted from the listed statuses.");
    pair E_251: (from [Created, CreateFailed] on [Delete] => Move(Deleting)
        unless [delete_before_start: DeleteBeforeStart::Refuse => Refuse],
        Inferred "an older public client deletes straight after create: facts/ebs.md#delete-of-a-pair-never-started"
        => "A pair that was never started can be deleted.");
    group G_251: (from [Deleting] on [Delete] => NoOp,
        Documented "DeleteDiskReplicaGroup page: facts/ebs.md#group-delete"
        => "A repeated deletion joins the running one.");
    pair E_252: (from [DeleteFailed] on [Delete] => Move(Deleting)
        unless [retry_after_failure: RetryAfterFailure::Refuse => Refuse],
        Sibling "DeleteDiskReplicaGroup page lists it: facts/ebs.md#repeating-a-stop-or-a-delete"
        => "A failed delete may be repeated.");
    group G_252: (from_all_but [Created, CreateFailed, Stopped, Failedover, DeleteFailed, Invalid, Deleting] on [Delete] => Refuse,
        Documented "DeleteDiskReplicaGroup page: facts/ebs.md#group-delete"
        => "Delete is refused in any other status.");
    pair E_253: (from_all_but [Stopped, Invalid, Failedover, Created, CreateFailed, DeleteFailed] on [Delete] => Refuse,
        Documented "DeleteDiskReplicaPair page: facts/ebs.md#pair-delete"
        => "Delete is refused in any other status.");
    // Settings and membership
    pair E_270 group G_270: (from [Created, Stopped] on [Modify] => NoOp,
        Documented "both modify pages, created and stopped: facts/ebs.md#pair-modify, facts/ebs.md#group-modify"
        => "Settings change in created and stopped.");
    pair E_271 group G_271: (from_all_but [Created, Stopped] on [Modify] => Refuse,
        Documented "both modify pages, created and stopped: facts/ebs.md#pair-modify, facts/ebs.md#group-modify"
        => "Settings do not change in any other status.");
    pair E_280: (from [Created, Stopped] on [AddToGroup] => NoOp,
        Documented "AddDiskReplicaPair page: facts/ebs.md#add-and-remove-a-pair"
        => "A pair joins a group in created and stopped.");
    group G_280: (from [Created, Stopped] on [AddPair] => NoOp,
        Documented "AddDiskReplicaPair page: facts/ebs.md#add-and-remove-a-pair"
        => "A group takes in a pair in created and stopped.");
    pair E_281: (from_all_but [Created, Stopped] on [AddToGroup] => Refuse,
        Documented "AddDiskReplicaPair page: facts/ebs.md#add-and-remove-a-pair"
        => "A pair does not join a group in any other status.");
    group G_281: (from_all_but [Created, Stopped] on [AddPair] => Refuse,
        Documented "AddDiskReplicaPair page; GroupStatusCannotAddPair: facts/ebs.md#add-and-remove-a-pair"
        => "A group takes in no pair in any other status.");
    group G_290: (from [Created, Stopped, Invalid] on [RemovePair] => NoOp,
        Documented "RemoveDiskReplicaPair page: facts/ebs.md#add-and-remove-a-pair"
        => "A group lets go of a pair in created, stopped and invalid.");
    group G_291: (from_all_but [Created, Stopped, Invalid] on [RemovePair] => Refuse,
        Documented "RemoveDiskReplicaPair page; GroupStatusCannotRemovePair: facts/ebs.md#add-and-remove-a-pair"
        => "A group lets go of no pair in any other status.");
    // Outcomes of effects. They are fenced by the effect's id, so the refusals below are a second wall.
    pair E_310 group G_310: (from [Creating] on [CreateSucceeded] => Move(Created),
        Inferred "status enum, bound by name: facts/ebs.md#bindings-by-name"
        => "Creation ends in created.");
    pair E_311: (from [Creating] on [CreateFailed] => Move(CreateFailed),
        Inferred "status enum, and a message for quotas: facts/ebs.md#bindings-by-name, facts/ebs.md#status-messages"
        => "Failed creation ends in create_failed with a message.");
    group G_311: (from [Creating] on [CreateFailed] => Move(CreateFailed),
        Inferred "status enum, bound by name: facts/ebs.md#bindings-by-name"
        => "Failed creation ends in create_failed.");
    pair E_312 group G_312: (from_all_but [Creating] on [CreateSucceeded, CreateFailed] => Refuse,
        Inferred "a late end must not overwrite a newer status: facts/ebs.md#late-outcomes"
        => "A late outcome of creation changes nothing.");
    pair E_320: (from [InitialSyncing, Syncing] on [CopySucceeded] => Move(Normal),
        Documented "status enum, normal until the next cycle: facts/ebs.md#pair-statuses"
        => "An automatic copy ends in normal until the next cycle.");
    group G_320: (from [Syncing] on [RoundSucceeded] => Move(Normal),
        Documented "status enum, normal until the next cycle: facts/ebs.md#group-statuses, facts/ebs.md#pair-statuses"
        => "An automatic round ends in normal until the next cycle.");
    pair E_321: (from [ManualSyncing] on [CopySucceeded] => Move(Stopped),
        Documented "SDK 5.0.1, OneShot: facts/ebs.md#pair-start"
        => "A one-shot copy ends in stopped.");
    group G_321: (from [ManualSyncing] on [RoundSucceeded] => Move(Stopped),
        Documented "StartDiskReplicaGroup page: facts/ebs.md#group-start"
        => "A one-shot round ends in stopped.");
    pair E_322: (from [InitialSyncing, Syncing] on [CopyFailed] => NoOp,
        Inferred "no source, the next cycle tries again: facts/ebs.md#failed-copies-and-skipped-cycles"
        => "A failed automatic copy keeps the status and the recover point.");
    group G_322: (from [Syncing] on [RoundFailed] => NoOp,
        Inferred "no source, the next cycle tries again: facts/ebs.md#failed-copies-and-skipped-cycles"
        => "A failed automatic round keeps the status and the recover points.");
    pair E_323: (from [ManualSyncing] on [CopyFailed] => Move(Stopped),
        Inferred "no source, a one-shot has no next cycle: facts/ebs.md#failed-copies-and-skipped-cycles"
        => "A failed one-shot copy returns to stopped and keeps the recover point.");
    group G_323: (from [ManualSyncing] on [RoundFailed] => Move(Stopped),
        Inferred "no source, a one-shot has no next cycle: facts/ebs.md#failed-copies-and-skipped-cycles"
        => "A failed one-shot round returns to stopped and keeps the recover points.");
    pair E_324: (from_all_but [InitialSyncing, ManualSyncing, Syncing] on [CopySucceeded, CopyFailed] => Refuse,
        Inferred "a late end must not overwrite a newer status: facts/ebs.md#late-outcomes"
        => "A late outcome of a copy changes nothing.");
    group G_324: (from_all_but [Syncing, ManualSyncing] on [RoundSucceeded, RoundFailed] => Refuse,
        Inferred "a late end must not overwrite a newer status: facts/ebs.md#late-outcomes"
        => "A late end of a round changes nothing.");
    pair E_330 group G_330: (from [Stopping] on [StopSucceeded] => Move(Stopped),
        Documented "both stop pages: facts/ebs.md#pair-stop, facts/ebs.md#group-stop"
        => "Stopping ends in stopped.");
    pair E_331: (from [Stopping] on [StopFailed] => Move(StopFailed),
        Sibling "StopDiskReplicaGroup page names stop_failed: facts/ebs.md#group-stop"
        => "A failed stop ends in stop_failed.");
    group G_331: (from [Stopping] on [StopFailed] => Move(StopFailed),
        Documented "StopDiskReplicaGroup page: facts/ebs.md#group-stop"
        => "A failed stop ends in stop_failed.");
    pair E_332 group G_332: (from_all_but [Stopping] on [StopSucceeded, StopFailed] => Refuse,
        Inferred "a late end must not overwrite a newer status: facts/ebs.md#late-outcomes"
        => "A late outcome of a stop changes nothing.");
    pair E_340 group G_340: (from [Failingover] on [FailoverSucceeded] => Move(Failedover),
        Documented "founding page; FailoverDiskReplicaGroup page: facts/ebs.md#pair-failover, facts/ebs.md#group-failover"
        => "Failover ends in failovered.");
    pair E_341 group G_341: (from [Failingover] on [FailoverFailed] => Move(FailoverFailed),
        Inferred "status enum, bound by name: facts/ebs.md#bindings-by-name"
        => "A failed failover ends in failover_failed.");
    pair E_342 group G_342: (from_all_but [Failingover] on [FailoverSucceeded, FailoverFailed] => Refuse,
        Inferred "a late end must not overwrite a newer status: facts/ebs.md#late-outcomes"
        => "A late outcome of a failover changes nothing.");
    pair E_350 group G_350: (from [Reprotecting] on [ReprotectSucceeded] => Move(Stopped),
        Inferred "a public client waits for stopped, no reprotected exists: facts/ebs.md#reprotect-ends-in-stopped"
        => "Reprotect ends in stopped; nothing is copied until the next start.");
    pair E_351 group G_351: (from [Reprotecting] on [ReprotectFailed] => Move(ReprotectFailed),
        Inferred "status enum, bound by name: facts/ebs.md#bindings-by-name"
        => "A failed reprotect ends in reprotect_failed.");
    pair E_352 group G_352: (from_all_but [Reprotecting] on [ReprotectSucceeded, ReprotectFailed] => Refuse,
        Inferred "a late end must not overwrite a newer status: facts/ebs.md#late-outcomes"
        => "A late outcome of a reprotect changes nothing.");
    pair E_360 group G_360: (from [Deleting] on [DeleteSucceeded] => Move(Deleted),
        Inferred "status enum, bound by name: facts/ebs.md#bindings-by-name"
        => "Deletion ends in a tombstone.");
    pair E_361 group G_361: (from [Deleting] on [DeleteFailed] => Move(DeleteFailed),
        Inferred "status enum, bound by name: facts/ebs.md#bindings-by-name"
        => "A failed deletion ends in delete_failed.");
    pair E_362 group G_362: (from_all_but [Deleting] on [DeleteSucceeded, DeleteFailed] => Refuse,
        Inferred "a late end must not overwrite a newer status: facts/ebs.md#late-outcomes"
        => "A late outcome of a deletion changes nothing.");
    // The clock
    pair E_410 group G_410: (from [Normal] on [CycleDue] => Move(Syncing),
        Documented "status enum, normal and syncing alternate: facts/ebs.md#pair-statuses"
        => "When a cycle is due the next copy or round begins.");
    pair E_411: (from [InitialSyncing, Syncing] on [CycleDue] => NoOp,
        Inferred "no source, one copy at a time: facts/ebs.md#failed-copies-and-skipped-cycles"
        => "A cycle due during a copy is skipped; after a failed copy it is the retry.");
    group G_411: (from [Syncing] on [CycleDue] => NoOp,
        Inferred "no source, one round at a time: facts/ebs.md#failed-copies-and-skipped-cycles"
        => "A cycle due during a round is skipped; after a failed round it is the retry.");
    pair E_412: (from_all_but [Normal, InitialSyncing, Syncing] on [CycleDue] => Refuse,
        Inferred "no cycle runs in these statuses: facts/ebs.md#failed-copies-and-skipped-cycles"
        => "No cycle falls due in any other status.");
    group G_412: (from_all_but [Normal, Syncing] on [CycleDue] => Refuse,
        Inferred "no cycle runs in these statuses: facts/ebs.md#failed-copies-and-skipped-cycles"
        => "No cycle falls due in any other status.");
    // Observations, and what follows from the members of a group
    pair E_510: (from_all_but [Invalid, CreateFailed, Deleting, Deleted] on [Invalidated] => Move(Invalid),
        Documented "StatusMessage values of invalid: facts/ebs.md#status-messages, facts/ebs.md#broken-relations"
        => "A broken relation becomes invalid, whatever was under way.");
    group G_510: (from_all_but [Invalid, CreateFailed, Deleting, Deleted] on [Invalidated] => Move(Invalid),
        Sibling "status enum of groups, and as for pairs: facts/ebs.md#group-statuses, facts/ebs.md#broken-relations"
        => "A broken group becomes invalid, whatever was under way, and with it the members that replicate or are busy.");
    pair E_511 group G_511: (from [Invalid, CreateFailed, Deleting, Deleted] on [Invalidated] => NoOp,
        Inferred "any live status breaks, the others stay: facts/ebs.md#broken-relations"
        => "What is invalid already, never came to be, or is going away stays as it is.");
    group G_520: (from [ManualSyncing, Syncing, Normal, Stopping, StopFailed, Failingover, FailoverFailed, Reprotecting, ReprotectFailed] on [Emptied] => Move(Stopped),
        Inferred "no source, without members nothing replicates: facts/ebs.md#members-of-a-group-by-status"
        => "A group whose last member was removed is stopped.");
    group G_521: (from_all_but [ManualSyncing, Syncing, Normal, Stopping, StopFailed, Failingover, FailoverFailed, Reprotecting, ReprotectFailed] on [Emptied] => NoOp,
        Inferred "no source, without members nothing replicates: facts/ebs.md#members-of-a-group-by-status"
        => "A group at rest stays as it is when its last member leaves.");
}
