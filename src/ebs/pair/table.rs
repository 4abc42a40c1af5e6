//! The lifecycle of a replication pair, whole.
//!
//! Every change of a pair's status is a row here. This file knows no disk, region, group or clock: such facts become a
//! [`PairEvent`] before the table is asked. The matrix is `docs/facts/ebs.md#pair-matrix`.

use crate::ebs::choice::EbsChoice;
use crate::ebs::pair::status::PairStatus;
use crate::lifecycle::{events, lifecycle};

events! {
    /// An event in the lifecycle of a pair.
    PairEvent {
        /// Automatic start, no copy completed yet in this direction.
        StartFirst,
        /// Automatic start after a completed copy.
        StartAgain,
        /// Start with `OneShot=true`.
        StartOneShot,
        /// Stop.
        Stop,
        /// Failover.
        Failover,
        /// Reprotect, in either form.
        Reprotect,
        /// Delete.
        Delete,
        /// Change of name, description or settings.
        Modify,
        /// Addition to a consistent group.
        AddToGroup,
        /// Reported: the pair was created.
        CreateSucceeded,
        /// Reported: creation failed.
        CreateFailed,
        /// Reported: a copy is complete.
        CopySucceeded,
        /// Reported: a copy failed.
        CopyFailed,
        /// Reported: the pair is stopped.
        StopSucceeded,
        /// Reported: stopping failed.
        StopFailed,
        /// Reported: the secondary disk took over.
        FailoverSucceeded,
        /// Reported: the failover failed.
        FailoverFailed,
        /// Reported: reprotecting is done.
        ReprotectSucceeded,
        /// Reported: reprotecting failed.
        ReprotectFailed,
        /// Reported: the pair is deleted.
        DeleteSucceeded,
        /// Reported: deletion failed.
        DeleteFailed,
        /// The next copy cycle is due.
        CycleDue,
        /// The relation broke: a disk removed, its key or size changed, the order expired.
        Invalidated,
    }
}

#[rustfmt::skip]
lifecycle! {
    /// The lifecycle of a replication pair.
    PairLifecycle(PairStatus, PairEvent, EbsChoice)

    // Start
    E_110: from [Created, Stopped] on [StartFirst] => Move(InitialSyncing),
        Documented "StartDiskReplicaPair page and status enum: facts/ebs.md#pair-start, facts/ebs.md#pair-statuses"
        => "The first automatic copy shows initial_syncing.";
    E_111: from [Created, Stopped] on [StartAgain] => Move(Syncing),
        Documented "status enum; contradicts the start page: facts/ebs.md#status-of-a-later-first-copy"
        => "A later automatic copy shows syncing.";
    E_112: from [Syncing, Normal] on [StartFirst, StartAgain] => Refuse
        unless [StartRepeats => NoOp],
        Documented "StartDiskReplicaPair page; the user guide differs: facts/ebs.md#start-while-replicating"
        => "A replicating pair is not started again.";
    E_113: from_all_but [Created, Stopped, Syncing, Normal] on [StartFirst, StartAgain] => Refuse,
        Documented "StartDiskReplicaPair page, only created and stopped: facts/ebs.md#pair-start"
        => "Automatic start needs created or stopped.";
    E_115: from [Created, Stopped] on [StartOneShot] => Move(ManualSyncing),
        Documented "SDK 5.0.1, OneShot: facts/ebs.md#pair-start"
        => "A one-shot copy shows manual_syncing, be it the first.";
    E_116: from [ManualSyncing] on [StartOneShot] => Refuse
        unless [StartRepeats => NoOp],
        Documented "StartDiskReplicaPair page; the user guide differs: facts/ebs.md#start-while-replicating"
        => "A running one-shot copy is not started again.";
    E_117: from_all_but [Created, Stopped, ManualSyncing] on [StartOneShot] => Refuse,
        Documented "StartDiskReplicaPair page, only created and stopped: facts/ebs.md#pair-start"
        => "One-shot start needs created or stopped.";
    // Stop
    E_130: from [InitialSyncing, ManualSyncing, Syncing, Normal] on [Stop] => Move(Stopping),
        Documented "StopDiskReplicaPair page, manual_syncing since 2023: facts/ebs.md#pair-stop, facts/ebs.md#stop-of-a-one-shot-copy"
        => "Stop needs a replicating pair.";
    E_131: from [StopFailed] on [Stop] => Move(Stopping)
        unless [NoRetry => Refuse],
        Sibling "StopDiskReplicaGroup page lists it: facts/ebs.md#repeating-a-stop-or-a-delete"
        => "A failed stop may be repeated.";
    E_132: from_all_but [InitialSyncing, ManualSyncing, Syncing, Normal, StopFailed] on [Stop] => Refuse,
        Documented "StopDiskReplicaPair page: facts/ebs.md#pair-stop"
        => "Stop is refused in any other status.";
    // Failover
    E_210: from [Invalid, Deleted] on [Failover] => Refuse,
        Documented "founding page, unchanged through 2026-09: facts/ebs.md#pair-failover"
        => "Failover is refused in invalid and in deleted.";
    E_211: from [Failingover] on [Failover] => NoOp,
        Inferred "the group list names failovering as allowed: facts/ebs.md#repeated-failover"
        => "A repeated failover joins the running one.";
    E_212: from [Failedover] on [Failover] => NoOp,
        Inferred "the group list names failovered as allowed: facts/ebs.md#repeated-failover"
        => "Failing over a pair that is failed over changes nothing.";
    E_213: from [InitialSyncing, ManualSyncing, Syncing, Normal, Stopped, StopFailed, FailoverFailed] on [Failover] => Move(Failingover),
        Documented "founding page, any status but invalid and deleted: facts/ebs.md#pair-failover"
        => "Failover is accepted and shows failovering.";
    E_214: from [Stopping] on [Failover] => Move(Failingover)
        unless [NoFailoverWhileBusy => Refuse],
        Documented "founding page; the listed InvalidStatus suggests a stricter service: facts/ebs.md#failover-while-busy"
        => "Failover supersedes a running stop.";
    E_215: from [Creating, Reprotecting, Deleting] on [Failover] => Move(Failingover)
        unless [FailoverAsGroup => Refuse, NoFailoverWhileBusy => Refuse],
        Documented "founding page; contested: facts/ebs.md#failover-while-busy, facts/ebs.md#failover-denylist-or-allowlist"
        => "Failover supersedes a running create, reprotect or delete.";
    E_216: from [Created, CreateFailed, ReprotectFailed, DeleteFailed] on [Failover] => Move(Failingover)
        unless [FailoverAsGroup => Refuse],
        Documented "founding page; contested: facts/ebs.md#failover-denylist-or-allowlist"
        => "Failover is accepted even where the group list would not have it.";
    // Reprotect
    E_230: from [Failedover] on [Reprotect] => Move(Reprotecting),
        Documented "ReprotectDiskReplicaPair page: facts/ebs.md#pair-reprotect"
        => "Reprotect needs failovered.";
    E_231: from [ReprotectFailed] on [Reprotect] => Refuse
        unless [FailoverAsGroup => Move(Reprotecting)],
        Documented "ReprotectDiskReplicaPair page; the repeat is inferred: facts/ebs.md#pair-reprotect, facts/ebs.md#reprotect-ends-in-stopped"
        => "A failed reprotect is repeated after another failover.";
    E_232: from_all_but [Failedover, ReprotectFailed] on [Reprotect] => Refuse,
        Documented "ReprotectDiskReplicaPair page: facts/ebs.md#pair-reprotect"
        => "Reprotect is refused in any other status.";
    // Delete
    E_250: from [Stopped, Invalid, Failedover] on [Delete] => Move(Deleting),
        Documented "DeleteDiskReplicaPair page: facts/ebs.md#pair-delete"
        => "Delete needs stopped, invalid or failovered.";
    E_251: from [Created, CreateFailed] on [Delete] => Move(Deleting)
        unless [NoDeleteBeforeStart => Refuse],
        Inferred "an older public client deletes straight after create: facts/ebs.md#delete-of-a-pair-never-started"
        => "A pair that was never started can be deleted.";
    E_252: from [DeleteFailed] on [Delete] => Move(Deleting)
        unless [NoRetry => Refuse],
        Sibling "DeleteDiskReplicaGroup page lists it: facts/ebs.md#repeating-a-stop-or-a-delete"
        => "A failed delete may be repeated.";
    E_253: from_all_but [Stopped, Invalid, Failedover, Created, CreateFailed, DeleteFailed] on [Delete] => Refuse,
        Documented "DeleteDiskReplicaPair page: facts/ebs.md#pair-delete"
        => "Delete is refused in any other status.";
    // Modify and group membership
    E_270: from [Created, Stopped] on [Modify] => NoOp,
        Documented "ModifyDiskReplicaPair page, created and stopped: facts/ebs.md#pair-modify"
        => "Settings change in created and stopped.";
    E_271: from_all_but [Created, Stopped] on [Modify] => Refuse,
        Documented "ModifyDiskReplicaPair page, created and stopped: facts/ebs.md#pair-modify"
        => "Settings do not change in any other status.";
    E_280: from [Created, Stopped] on [AddToGroup] => NoOp,
        Documented "AddDiskReplicaPair page: facts/ebs.md#add-and-remove-a-pair"
        => "A pair joins a group in created and stopped.";
    E_281: from_all_but [Created, Stopped] on [AddToGroup] => Refuse,
        Documented "AddDiskReplicaPair page: facts/ebs.md#add-and-remove-a-pair"
        => "A pair does not join a group in any other status.";
    // Outcomes of effects. They are fenced by the effect's id, so the refusals below are a second wall.
    E_310: from [Creating] on [CreateSucceeded] => Move(Created),
        Inferred "status enum, bound by name: facts/ebs.md#bindings-by-name"
        => "Creation ends in created.";
    E_311: from [Creating] on [CreateFailed] => Move(CreateFailed),
        Inferred "status enum, and a message for quotas: facts/ebs.md#bindings-by-name, facts/ebs.md#status-messages"
        => "Failed creation ends in create_failed with a message.";
    E_312: from_all_but [Creating] on [CreateSucceeded, CreateFailed] => Refuse,
        Inferred "a late end must not overwrite a newer status: facts/ebs.md#late-outcomes"
        => "A late outcome of creation changes nothing.";
    E_320: from [InitialSyncing, Syncing] on [CopySucceeded] => Move(Normal),
        Documented "status enum, normal until the next cycle: facts/ebs.md#pair-statuses"
        => "An automatic copy ends in normal until the next cycle.";
    E_321: from [ManualSyncing] on [CopySucceeded] => Move(Stopped),
        Documented "SDK 5.0.1, OneShot: facts/ebs.md#pair-start"
        => "A one-shot copy ends in stopped.";
    E_322: from [InitialSyncing, Syncing] on [CopyFailed] => NoOp,
        Inferred "no source, the next cycle tries again: facts/ebs.md#failed-copies-and-skipped-cycles"
        => "A failed automatic copy keeps the status and the recover point.";
    E_323: from [ManualSyncing] on [CopyFailed] => Move(Stopped),
        Inferred "no source, a one-shot has no next cycle: facts/ebs.md#failed-copies-and-skipped-cycles"
        => "A failed one-shot copy returns to stopped and keeps the recover point.";
    E_324: from_all_but [InitialSyncing, ManualSyncing, Syncing] on [CopySucceeded, CopyFailed] => Refuse,
        Inferred "a late end must not overwrite a newer status: facts/ebs.md#late-outcomes"
        => "A late outcome of a copy changes nothing.";
    E_330: from [Stopping] on [StopSucceeded] => Move(Stopped),
        Documented "StopDiskReplicaPair page: facts/ebs.md#pair-stop"
        => "Stopping ends in stopped.";
    E_331: from [Stopping] on [StopFailed] => Move(StopFailed),
        Sibling "StopDiskReplicaGroup page names stop_failed: facts/ebs.md#group-stop"
        => "A failed stop ends in stop_failed.";
    E_332: from_all_but [Stopping] on [StopSucceeded, StopFailed] => Refuse,
        Inferred "a late end must not overwrite a newer status: facts/ebs.md#late-outcomes"
        => "A late outcome of a stop changes nothing.";
    E_340: from [Failingover] on [FailoverSucceeded] => Move(Failedover),
        Documented "founding page: facts/ebs.md#pair-failover"
        => "Failover ends in failovered.";
    E_341: from [Failingover] on [FailoverFailed] => Move(FailoverFailed),
        Inferred "status enum, bound by name: facts/ebs.md#bindings-by-name"
        => "A failed failover ends in failover_failed.";
    E_342: from_all_but [Failingover] on [FailoverSucceeded, FailoverFailed] => Refuse,
        Inferred "a late end must not overwrite a newer status: facts/ebs.md#late-outcomes"
        => "A late outcome of a failover changes nothing.";
    E_350: from [Reprotecting] on [ReprotectSucceeded] => Move(Stopped),
        Inferred "a public client waits for stopped, no reprotected exists: facts/ebs.md#reprotect-ends-in-stopped"
        => "Reprotect ends in stopped; nothing is copied until the next start.";
    E_351: from [Reprotecting] on [ReprotectFailed] => Move(ReprotectFailed),
        Inferred "status enum, bound by name: facts/ebs.md#bindings-by-name"
        => "A failed reprotect ends in reprotect_failed.";
    E_352: from_all_but [Reprotecting] on [ReprotectSucceeded, ReprotectFailed] => Refuse,
        Inferred "a late end must not overwrite a newer status: facts/ebs.md#late-outcomes"
        => "A late outcome of a reprotect changes nothing.";
    E_360: from [Deleting] on [DeleteSucceeded] => Move(Deleted),
        Inferred "status enum, bound by name: facts/ebs.md#bindings-by-name"
        => "Deletion ends in a tombstone.";
    E_361: from [Deleting] on [DeleteFailed] => Move(DeleteFailed),
        Inferred "status enum, bound by name: facts/ebs.md#bindings-by-name"
        => "A failed deletion ends in delete_failed.";
    E_362: from_all_but [Deleting] on [DeleteSucceeded, DeleteFailed] => Refuse,
        Inferred "a late end must not overwrite a newer status: facts/ebs.md#late-outcomes"
        => "A late outcome of a deletion changes nothing.";
    // The clock
    E_410: from [Normal] on [CycleDue] => Move(Syncing),
        Documented "status enum, normal and syncing alternate: facts/ebs.md#pair-statuses"
        => "When a cycle is due the next copy begins.";
    E_411: from [InitialSyncing, Syncing] on [CycleDue] => NoOp,
        Inferred "no source, one copy at a time: facts/ebs.md#failed-copies-and-skipped-cycles"
        => "A cycle due during a copy is skipped; after a failed copy it is the retry.";
    E_412: from_all_but [Normal, InitialSyncing, Syncing] on [CycleDue] => Refuse,
        Inferred "no cycle runs in these statuses: facts/ebs.md#failed-copies-and-skipped-cycles"
        => "No cycle falls due in any other status.";
    // Observations
    E_510: from_all_but [Invalid, CreateFailed, Deleting, Deleted] on [Invalidated] => Move(Invalid),
        Documented "StatusMessage values of invalid: facts/ebs.md#status-messages, facts/ebs.md#broken-relations"
        => "A broken relation becomes invalid, whatever was under way.";
    E_511: from [Invalid, CreateFailed, Deleting, Deleted] on [Invalidated] => NoOp,
        Inferred "any live status breaks, the others stay: facts/ebs.md#broken-relations"
        => "A relation that is invalid already, never came to be, or is going away stays as it is.";
}
