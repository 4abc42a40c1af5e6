//! The lifecycle of a consistent group, whole.
//!
//! As for pairs, every change of a group's own status is a row here, and this file knows no member, region or clock. The
//! table is not that of pairs because the vendor's lists differ: failover of a pair is a **denylist**, failover of a group
//! an **allowlist**, and a repeated stop or failover of a group succeeds. The matrix is `docs/facts/ebs.md#group-matrix`.
//!
//! Calls look a row up by the status that the group *shows*, which is `invalid` while a member is; outcomes and the clock
//! by the group's own status.

use crate::ebs::choice::EbsChoice;
use crate::ebs::group::status::GroupStatus;
use crate::lifecycle::{events, lifecycle};

events! {
    /// An event in the lifecycle of a group.
    GroupEvent {
        /// Automatic start.
        Start,
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
        /// A pair is to join.
        AddPair,
        /// A pair is to leave.
        RemovePair,
        /// Reported: the group was created.
        CreateSucceeded,
        /// Reported: creation failed.
        CreateFailed,
        /// Every copy of a round is complete.
        RoundSucceeded,
        /// Every copy of a round has ended, and one failed.
        RoundFailed,
        /// Reported: all members are stopped.
        StopSucceeded,
        /// Reported: stopping failed, for some member or for all.
        StopFailed,
        /// Reported: every secondary disk took over.
        FailoverSucceeded,
        /// Reported: the failover failed, for some member or for all.
        FailoverFailed,
        /// Reported: reprotecting is done.
        ReprotectSucceeded,
        /// Reported: reprotecting failed.
        ReprotectFailed,
        /// Reported: the group is deleted.
        DeleteSucceeded,
        /// Reported: deletion failed.
        DeleteFailed,
        /// The next round is due.
        CycleDue,
        /// The group broke as a whole.
        Invalidated,
        /// The last member left.
        Emptied,
    }
}

#[rustfmt::skip]
lifecycle! {
    /// The lifecycle of a consistent group.
    GroupLifecycle(GroupStatus, GroupEvent, EbsChoice)

    // Start
    G_110: from [Created, Stopped] on [Start] => Move(Syncing),
        Documented "status enum of groups; the start page differs: facts/ebs.md#group-status-during-the-first-copy"
        => "An automatic round shows syncing, be it the first.";
    G_111: from [Syncing, Normal] on [Start] => NoOp,
        Documented "StartDiskReplicaGroup page: facts/ebs.md#group-start"
        => "Starting a group that replicates is a success without effect.";
    G_112: from_all_but [Created, Stopped, Syncing, Normal] on [Start] => Refuse,
        Documented "StartDiskReplicaGroup page: facts/ebs.md#group-start"
        => "Automatic start needs created, syncing, normal or stopped.";
    G_115: from [Created, Stopped] on [StartOneShot] => Move(ManualSyncing),
        Documented "StartDiskReplicaGroup page: facts/ebs.md#group-start"
        => "A one-shot round shows manual_syncing, be it the first.";
    G_116: from [ManualSyncing] on [StartOneShot] => NoOp,
        Documented "StartDiskReplicaGroup page: facts/ebs.md#group-start"
        => "A repeated one-shot start joins the running round.";
    G_117: from_all_but [Created, Stopped, ManualSyncing] on [StartOneShot] => Refuse,
        Documented "StartDiskReplicaGroup page: facts/ebs.md#group-start"
        => "One-shot start needs created, manual_syncing or stopped.";
    // Stop
    G_130: from [ManualSyncing, Syncing, Normal] on [Stop] => Move(Stopping),
        Documented "StopDiskReplicaGroup page: facts/ebs.md#group-stop"
        => "Stop ends a replicating group.";
    G_131: from [StopFailed] on [Stop] => Move(Stopping),
        Documented "StopDiskReplicaGroup page; the rest alone is inferred: facts/ebs.md#group-stop, facts/ebs.md#members-of-a-group-by-status"
        => "A failed stop may be repeated; it concerns the members that are left.";
    G_132: from [Stopping, Stopped] on [Stop] => NoOp,
        Documented "StopDiskReplicaGroup page: facts/ebs.md#group-stop"
        => "A repeated stop joins the running one or finds it done.";
    G_133: from_all_but [ManualSyncing, Syncing, Normal, StopFailed, Stopping, Stopped] on [Stop] => Refuse,
        Documented "StopDiskReplicaGroup page: facts/ebs.md#group-stop"
        => "Stop is refused in any other status.";
    // Failover
    G_210: from [ManualSyncing, Syncing, Normal, Stopping, StopFailed, Stopped] on [Failover] => Move(Failingover),
        Documented "FailoverDiskReplicaGroup page: facts/ebs.md#group-failover"
        => "Failover is accepted from the listed statuses alone and shows failovering.";
    G_211: from [Failingover, Failedover] on [Failover] => NoOp,
        Documented "FailoverDiskReplicaGroup page: facts/ebs.md#group-failover"
        => "A repeated failover joins the running one or finds it done.";
    G_212: from [FailoverFailed] on [Failover] => Move(Failingover),
        Documented "FailoverDiskReplicaGroup page; rest inferred: facts/ebs.md#group-failover, facts/ebs.md#members-of-a-group-by-status"
        => "A failed failover may be repeated; it concerns the members that are left.";
    G_213: from [ReprotectFailed] on [Failover] => Refuse
        unless [RepeatReprotect => Move(Failingover)],
        Documented "FailoverDiskReplicaGroup page; leaves no way out: facts/ebs.md#group-failover, facts/ebs.md#dead-ends-of-groups"
        => "A group whose reprotect failed does not fail over.";
    G_214: from [Invalid, Creating, Created, CreateFailed, Reprotecting, Deleting, DeleteFailed, Deleted] on [Failover] => Refuse,
        Documented "FailoverDiskReplicaGroup page: facts/ebs.md#group-failover"
        => "Failover is refused in any status that is not listed.";
    // Reprotect
    G_230: from [Failedover] on [Reprotect] => Move(Reprotecting),
        Documented "ReprotectDiskReplicaGroup page: facts/ebs.md#group-reprotect"
        => "Reprotect needs failovered.";
    G_231: from [ReprotectFailed] on [Reprotect] => Refuse
        unless [RepeatReprotect => Move(Reprotecting)],
        Documented "ReprotectDiskReplicaGroup page; leaves no way out: facts/ebs.md#group-reprotect, facts/ebs.md#dead-ends-of-groups"
        => "A failed reprotect is not repeated.";
    G_232: from_all_but [Failedover, ReprotectFailed] on [Reprotect] => Refuse,
        Documented "ReprotectDiskReplicaGroup page: facts/ebs.md#group-reprotect"
        => "Reprotect is refused in any other status.";
    // Delete
    G_250: from [Created, CreateFailed, Stopped, Failedover, DeleteFailed, Invalid] on [Delete] => Move(Deleting),
        Documented "DeleteDiskReplicaGroup page: facts/ebs.md#group-delete"
        => "An empty group is deleted from the listed statuses.";
    G_251: from [Deleting] on [Delete] => NoOp,
        Documented "DeleteDiskReplicaGroup page: facts/ebs.md#group-delete"
        => "A repeated deletion joins the running one.";
    G_252: from_all_but [Created, CreateFailed, Stopped, Failedover, DeleteFailed, Invalid, Deleting] on [Delete] => Refuse,
        Documented "DeleteDiskReplicaGroup page: facts/ebs.md#group-delete"
        => "Delete is refused in any other status.";
    // Settings and membership
    G_270: from [Created, Stopped] on [Modify] => NoOp,
        Documented "ModifyDiskReplicaGroup page: facts/ebs.md#group-modify"
        => "Settings change in created and stopped.";
    G_271: from_all_but [Created, Stopped] on [Modify] => Refuse,
        Documented "ModifyDiskReplicaGroup page: facts/ebs.md#group-modify"
        => "Settings do not change in any other status.";
    G_280: from [Created, Stopped] on [AddPair] => NoOp,
        Documented "AddDiskReplicaPair page: facts/ebs.md#add-and-remove-a-pair"
        => "A group takes in a pair in created and stopped.";
    G_281: from_all_but [Created, Stopped] on [AddPair] => Refuse,
        Documented "AddDiskReplicaPair page; GroupStatusCannotAddPair: facts/ebs.md#add-and-remove-a-pair"
        => "A group takes in no pair in any other status.";
    G_290: from [Created, Stopped, Invalid] on [RemovePair] => NoOp,
        Documented "RemoveDiskReplicaPair page: facts/ebs.md#add-and-remove-a-pair"
        => "A group lets go of a pair in created, stopped and invalid.";
    G_291: from_all_but [Created, Stopped, Invalid] on [RemovePair] => Refuse,
        Documented "RemoveDiskReplicaPair page; GroupStatusCannotRemovePair: facts/ebs.md#add-and-remove-a-pair"
        => "A group lets go of no pair in any other status.";
    // Outcomes of effects. They are fenced by the effect's id, so the refusals below are a second wall.
    G_310: from [Creating] on [CreateSucceeded] => Move(Created),
        Inferred "status enum, bound by name: facts/ebs.md#bindings-by-name"
        => "Creation ends in created.";
    G_311: from [Creating] on [CreateFailed] => Move(CreateFailed),
        Inferred "status enum, bound by name: facts/ebs.md#bindings-by-name"
        => "Failed creation ends in create_failed.";
    G_312: from_all_but [Creating] on [CreateSucceeded, CreateFailed] => Refuse,
        Inferred "a late end must not overwrite a newer status: facts/ebs.md#late-outcomes"
        => "A late outcome of creation changes nothing.";
    G_320: from [Syncing] on [RoundSucceeded] => Move(Normal),
        Documented "status enum, normal until the next cycle: facts/ebs.md#group-statuses, facts/ebs.md#pair-statuses"
        => "An automatic round ends in normal until the next cycle.";
    G_321: from [ManualSyncing] on [RoundSucceeded] => Move(Stopped),
        Documented "StartDiskReplicaGroup page: facts/ebs.md#group-start"
        => "A one-shot round ends in stopped.";
    G_322: from [Syncing] on [RoundFailed] => NoOp,
        Inferred "no source, the next cycle tries again: facts/ebs.md#failed-copies-and-skipped-cycles"
        => "A failed automatic round keeps the status and the recover points.";
    G_323: from [ManualSyncing] on [RoundFailed] => Move(Stopped),
        Inferred "no source, a one-shot has no next cycle: facts/ebs.md#failed-copies-and-skipped-cycles"
        => "A failed one-shot round returns to stopped and keeps the recover points.";
    G_324: from_all_but [Syncing, ManualSyncing] on [RoundSucceeded, RoundFailed] => Refuse,
        Inferred "a late end must not overwrite a newer status: facts/ebs.md#late-outcomes"
        => "A late end of a round changes nothing.";
    G_330: from [Stopping] on [StopSucceeded] => Move(Stopped),
        Documented "StopDiskReplicaGroup page: facts/ebs.md#group-stop"
        => "Stopping ends in stopped.";
    G_331: from [Stopping] on [StopFailed] => Move(StopFailed),
        Documented "StopDiskReplicaGroup page: facts/ebs.md#group-stop"
        => "A failed stop ends in stop_failed.";
    G_332: from_all_but [Stopping] on [StopSucceeded, StopFailed] => Refuse,
        Inferred "a late end must not overwrite a newer status: facts/ebs.md#late-outcomes"
        => "A late outcome of a stop changes nothing.";
    G_340: from [Failingover] on [FailoverSucceeded] => Move(Failedover),
        Documented "FailoverDiskReplicaGroup page: facts/ebs.md#group-failover"
        => "Failover ends in failovered.";
    G_341: from [Failingover] on [FailoverFailed] => Move(FailoverFailed),
        Inferred "status enum, bound by name: facts/ebs.md#bindings-by-name"
        => "A failed failover ends in failover_failed.";
    G_342: from_all_but [Failingover] on [FailoverSucceeded, FailoverFailed] => Refuse,
        Inferred "a late end must not overwrite a newer status: facts/ebs.md#late-outcomes"
        => "A late outcome of a failover changes nothing.";
    G_350: from [Reprotecting] on [ReprotectSucceeded] => Move(Stopped),
        Inferred "a public client waits for stopped, no reprotected exists: facts/ebs.md#reprotect-ends-in-stopped"
        => "Reprotect ends in stopped; nothing is copied until the next start.";
    G_351: from [Reprotecting] on [ReprotectFailed] => Move(ReprotectFailed),
        Inferred "status enum, bound by name: facts/ebs.md#bindings-by-name"
        => "A failed reprotect ends in reprotect_failed.";
    G_352: from_all_but [Reprotecting] on [ReprotectSucceeded, ReprotectFailed] => Refuse,
        Inferred "a late end must not overwrite a newer status: facts/ebs.md#late-outcomes"
        => "A late outcome of a reprotect changes nothing.";
    G_360: from [Deleting] on [DeleteSucceeded] => Move(Deleted),
        Inferred "status enum, bound by name: facts/ebs.md#bindings-by-name"
        => "Deletion ends in a tombstone.";
    G_361: from [Deleting] on [DeleteFailed] => Move(DeleteFailed),
        Inferred "status enum, bound by name: facts/ebs.md#bindings-by-name"
        => "A failed deletion ends in delete_failed.";
    G_362: from_all_but [Deleting] on [DeleteSucceeded, DeleteFailed] => Refuse,
        Inferred "a late end must not overwrite a newer status: facts/ebs.md#late-outcomes"
        => "A late outcome of a deletion changes nothing.";
    // The clock
    G_410: from [Normal] on [CycleDue] => Move(Syncing),
        Documented "status enum, normal and syncing alternate: facts/ebs.md#pair-statuses"
        => "When a cycle is due the next round begins.";
    G_411: from [Syncing] on [CycleDue] => NoOp,
        Inferred "no source, one round at a time: facts/ebs.md#failed-copies-and-skipped-cycles"
        => "A cycle due during a round is skipped; after a failed round it is the retry.";
    G_412: from_all_but [Normal, Syncing] on [CycleDue] => Refuse,
        Inferred "no cycle runs in these statuses: facts/ebs.md#failed-copies-and-skipped-cycles"
        => "No cycle falls due in any other status.";
    // Observations, and what follows from its members
    G_510: from_all_but [Invalid, CreateFailed, Deleting, Deleted] on [Invalidated] => Move(Invalid),
        Sibling "status enum of groups, and as for pairs: facts/ebs.md#group-statuses, facts/ebs.md#broken-relations"
        => "A broken group becomes invalid, whatever was under way, and with it the members that replicate or are busy.";
    G_511: from [Invalid, CreateFailed, Deleting, Deleted] on [Invalidated] => NoOp,
        Inferred "as for pairs: facts/ebs.md#broken-relations"
        => "A group that is invalid already, never came to be, or is going away stays as it is.";
    G_520: from [ManualSyncing, Syncing, Normal, Stopping, StopFailed, Failingover, FailoverFailed, Reprotecting, ReprotectFailed] on [Emptied] => Move(Stopped),
        Inferred "no source, without members nothing replicates: facts/ebs.md#members-of-a-group-by-status"
        => "A group whose last member was removed is stopped.";
    G_521: from_all_but [ManualSyncing, Syncing, Normal, Stopping, StopFailed, Failingover, FailoverFailed, Reprotecting, ReprotectFailed] on [Emptied] => NoOp,
        Inferred "no source, without members nothing replicates: facts/ebs.md#members-of-a-group-by-status"
        => "A group at rest stays as it is when its last member leaves.";
}
