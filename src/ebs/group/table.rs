//! The lifecycle of a consistent group, whole.
//!
//! As with pairs, every change of a group's own status is a row here and nowhere else, and this file knows no member,
//! region or clock. It is a table of its own because the vendor's lists differ: failover of a pair is a **denylist**,
//! failover of a group an **allowlist**, and repeating a stop or a failover is legal here by the letter. The matrix is
//! `facts/ebs.md` §4.2.
//!
//! The table is asked with the status that the group *shows*, so while a member is invalid it is asked with `invalid`;
//! outcomes and the clock, which the caller does not see, are asked with the group's own.

use crate::ebs::group::status::{GroupStatus, GroupStatusSet};
use crate::ebs::pair::table::dense;
use crate::policy::{EbsPolicy, ReprotectFailedGroup};
use crate::rule::{Basis, Rule, RuleId};

use Basis::{Documented, Inferred, Sibling};
use GroupEvent as On;
use GroupStatus as S;
use GroupVerdict::{Move, NoOp, Refuse};

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What can happen to a group. Data-less, so that the table is finite.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum GroupEvent {$( $(#[$doc])* $name, )*}

        impl GroupEvent {
            /// All of them, in the order of `docs/rules.md`.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

events! {
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
    /// The outside reports that the group was created.
    CreateSucceeded,
    /// The outside reports that creation failed.
    CreateFailed,
    /// Every copy of a round is complete.
    RoundSucceeded,
    /// Every copy of a round has ended, and one failed.
    RoundFailed,
    /// The outside reports that all members are stopped.
    StopSucceeded,
    /// The outside reports that stopping failed, for some member or for all.
    StopFailed,
    /// The outside reports that every secondary disk took over.
    FailoverSucceeded,
    /// The outside reports that the failover failed, for some member or for all.
    FailoverFailed,
    /// The outside reports that reprotecting is done.
    ReprotectSucceeded,
    /// The outside reports that reprotecting failed.
    ReprotectFailed,
    /// The outside reports that the group is deleted.
    DeleteSucceeded,
    /// The outside reports that deletion failed.
    DeleteFailed,
    /// The next round is due.
    CycleDue,
    /// The group broke as a whole.
    Invalidated,
    /// The last member left.
    Emptied,
}

/// What a row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupVerdict {
    /// The group takes this status.
    Move(GroupStatus),
    /// Accepted; the status stays.
    NoOp,
    /// Not accepted; nothing changes.
    Refuse,
}

/// One rule of the lifecycle.
#[derive(Debug, Clone, Copy)]
pub struct GroupRow {
    /// Its number.
    pub rule: RuleId,
    /// The statuses it covers.
    pub from: GroupStatusSet,
    /// The events it covers.
    pub on: &'static [GroupEvent],
    /// What happens under the default policy.
    pub then: GroupVerdict,
    /// What happens instead under [`ReprotectFailedGroup::Repeat`], if the row is contested.
    pub if_repeated: Option<GroupVerdict>,
    /// How sure we are of the default.
    pub basis: Basis,
    /// Where it comes from.
    pub source: &'static str,
    /// What it says, in one sentence.
    pub says: &'static str,
}

impl GroupRow {
    /// What the row says under a policy.
    pub fn verdict(&self, policy: &EbsPolicy) -> GroupVerdict {
        let repeated = policy.reprotect_failed_group == ReprotectFailedGroup::Repeat;
        self.if_repeated.filter(|_| repeated).unwrap_or(self.then)
    }

    /// The row as an entry of the catalogue.
    pub const fn as_rule(&self) -> Rule {
        Rule { id: self.rule, basis: self.basis, source: self.source, says: self.says }
    }
}

const fn row(
    rule: &'static str,
    from: GroupStatusSet,
    on: &'static [GroupEvent],
    then: GroupVerdict,
) -> GroupRow {
    GroupRow { rule: RuleId(rule), from, on, then, if_repeated: None, basis: Inferred, source: "", says: "" }
}

impl GroupRow {
    const fn if_repeated(self, then: GroupVerdict) -> Self {
        Self { if_repeated: Some(then), ..self }
    }

    const fn because(self, basis: Basis, source: &'static str, says: &'static str) -> Self {
        Self { basis, source, says, ..self }
    }
}

const fn from(statuses: &[GroupStatus]) -> GroupStatusSet {
    GroupStatusSet::of(statuses)
}

const fn but(statuses: &[GroupStatus]) -> GroupStatusSet {
    GroupStatusSet::but(statuses)
}

/// The rows.
#[rustfmt::skip]
pub const ROWS: &[GroupRow] = &[
    // Start
    row("G-110", from(&[S::Created, S::Stopped]), &[On::Start], Move(S::Syncing))
        .because(Documented, "Status enum of groups; the start page differs (§4.3 #8)", "An automatic round shows syncing, be it the first."),
    row("G-111", from(&[S::Syncing, S::Normal]), &[On::Start], NoOp)
        .because(Documented, "StartDiskReplicaGroup page", "Starting a group that replicates is a success without effect."),
    row("G-112", but(&[S::Created, S::Stopped, S::Syncing, S::Normal]), &[On::Start], Refuse)
        .because(Documented, "StartDiskReplicaGroup page", "Automatic start needs created, syncing, normal or stopped."),
    row("G-115", from(&[S::Created, S::Stopped]), &[On::StartOneShot], Move(S::ManualSyncing))
        .because(Documented, "StartDiskReplicaGroup page", "A one-shot round shows manual_syncing, be it the first."),
    row("G-116", from(&[S::ManualSyncing]), &[On::StartOneShot], NoOp)
        .because(Documented, "StartDiskReplicaGroup page", "A repeated one-shot start joins the running round."),
    row("G-117", but(&[S::Created, S::Stopped, S::ManualSyncing]), &[On::StartOneShot], Refuse)
        .because(Documented, "StartDiskReplicaGroup page", "One-shot start needs created, manual_syncing or stopped."),
    // Stop
    row("G-130", from(&[S::ManualSyncing, S::Syncing, S::Normal]), &[On::Stop], Move(S::Stopping))
        .because(Documented, "StopDiskReplicaGroup page", "Stop ends a replicating group."),
    row("G-131", from(&[S::StopFailed]), &[On::Stop], Move(S::Stopping))
        .because(Documented, "StopDiskReplicaGroup page", "A failed stop may be repeated; it concerns the members that are left."),
    row("G-132", from(&[S::Stopping, S::Stopped]), &[On::Stop], NoOp)
        .because(Documented, "StopDiskReplicaGroup page", "A repeated stop joins the running one or finds it done."),
    row("G-133", but(&[S::ManualSyncing, S::Syncing, S::Normal, S::StopFailed, S::Stopping, S::Stopped]), &[On::Stop], Refuse)
        .because(Documented, "StopDiskReplicaGroup page", "Stop is refused in any other status."),
    // Failover
    row("G-210", from(&[S::ManualSyncing, S::Syncing, S::Normal, S::Stopping, S::StopFailed, S::Stopped]), &[On::Failover], Move(S::Failingover))
        .because(Documented, "FailoverDiskReplicaGroup page", "Failover is accepted from the listed statuses alone and shows failovering."),
    row("G-211", from(&[S::Failingover, S::Failedover]), &[On::Failover], NoOp)
        .because(Documented, "FailoverDiskReplicaGroup page", "A repeated failover joins the running one or finds it done."),
    row("G-212", from(&[S::FailoverFailed]), &[On::Failover], Move(S::Failingover))
        .because(Documented, "FailoverDiskReplicaGroup page; that it concerns the rest is inferred", "A failed failover may be repeated; it concerns the members that are left."),
    row("G-213", from(&[S::ReprotectFailed]), &[On::Failover], Refuse).if_repeated(Move(S::Failingover))
        .because(Documented, "FailoverDiskReplicaGroup page; leaves no way out (§4.2)", "A group whose reprotect failed does not fail over."),
    row("G-214", from(&[S::Invalid, S::Creating, S::Created, S::CreateFailed, S::Reprotecting, S::Deleting, S::DeleteFailed, S::Deleted]), &[On::Failover], Refuse)
        .because(Documented, "FailoverDiskReplicaGroup page", "Failover is refused in any status that is not listed."),
    // Reprotect
    row("G-230", from(&[S::Failedover]), &[On::Reprotect], Move(S::Reprotecting))
        .because(Documented, "ReprotectDiskReplicaGroup page", "Reprotect needs failovered."),
    row("G-231", from(&[S::ReprotectFailed]), &[On::Reprotect], Refuse).if_repeated(Move(S::Reprotecting))
        .because(Documented, "ReprotectDiskReplicaGroup page; leaves no way out (§4.2)", "A failed reprotect is not repeated."),
    row("G-232", but(&[S::Failedover, S::ReprotectFailed]), &[On::Reprotect], Refuse)
        .because(Documented, "ReprotectDiskReplicaGroup page", "Reprotect is refused in any other status."),
    // Delete
    row("G-250", from(&[S::Created, S::CreateFailed, S::Stopped, S::Failedover, S::DeleteFailed, S::Invalid]), &[On::Delete], Move(S::Deleting))
        .because(Documented, "DeleteDiskReplicaGroup page", "An empty group is deleted from the listed statuses."),
    row("G-251", from(&[S::Deleting]), &[On::Delete], NoOp)
        .because(Documented, "DeleteDiskReplicaGroup page", "A repeated deletion joins the running one."),
    row("G-252", but(&[S::Created, S::CreateFailed, S::Stopped, S::Failedover, S::DeleteFailed, S::Invalid, S::Deleting]), &[On::Delete], Refuse)
        .because(Documented, "DeleteDiskReplicaGroup page", "Delete is refused in any other status."),
    // Settings and membership
    row("G-270", from(&[S::Created, S::Stopped]), &[On::Modify], NoOp)
        .because(Documented, "ModifyDiskReplicaGroup page", "Settings change in created and stopped."),
    row("G-271", but(&[S::Created, S::Stopped]), &[On::Modify], Refuse)
        .because(Documented, "ModifyDiskReplicaGroup page", "Settings do not change in any other status."),
    row("G-280", from(&[S::Created, S::Stopped]), &[On::AddPair], NoOp)
        .because(Documented, "AddDiskReplicaPair page", "A group takes in a pair in created and stopped."),
    row("G-281", but(&[S::Created, S::Stopped]), &[On::AddPair], Refuse)
        .because(Documented, "AddDiskReplicaPair page; GroupStatusCannotAddPair", "A group takes in no pair in any other status."),
    row("G-290", from(&[S::Created, S::Stopped, S::Invalid]), &[On::RemovePair], NoOp)
        .because(Documented, "RemoveDiskReplicaPair page", "A group lets go of a pair in created, stopped and invalid."),
    row("G-291", but(&[S::Created, S::Stopped, S::Invalid]), &[On::RemovePair], Refuse)
        .because(Documented, "RemoveDiskReplicaPair page; GroupStatusCannotRemovePair", "A group lets go of no pair in any other status."),
    // Outcomes of effects. They are fenced by the effect's id, so the refusals below are a second wall.
    row("G-310", from(&[S::Creating]), &[On::CreateSucceeded], Move(S::Created))
        .because(Inferred, "Status enum; the binding is read from the names", "Creation ends in created."),
    row("G-311", from(&[S::Creating]), &[On::CreateFailed], Move(S::CreateFailed))
        .because(Inferred, "Status enum; the binding is read from the names", "Failed creation ends in create_failed."),
    row("G-312", but(&[S::Creating]), &[On::CreateSucceeded, On::CreateFailed], Refuse)
        .because(Inferred, "§10.27", "A late outcome of creation changes nothing."),
    row("G-320", from(&[S::Syncing]), &[On::RoundSucceeded], Move(S::Normal))
        .because(Documented, "Status enum", "An automatic round ends in normal until the next cycle."),
    row("G-321", from(&[S::ManualSyncing]), &[On::RoundSucceeded], Move(S::Stopped))
        .because(Documented, "StartDiskReplicaGroup page", "A one-shot round ends in stopped."),
    row("G-322", from(&[S::Syncing]), &[On::RoundFailed], NoOp)
        .because(Inferred, "no source; the next cycle tries again", "A failed automatic round keeps the status and the recover points."),
    row("G-323", from(&[S::ManualSyncing]), &[On::RoundFailed], Move(S::Stopped))
        .because(Inferred, "no source; there is no next cycle", "A failed one-shot round returns to stopped and keeps the recover points."),
    row("G-324", but(&[S::Syncing, S::ManualSyncing]), &[On::RoundSucceeded, On::RoundFailed], Refuse)
        .because(Inferred, "§10.27", "A late end of a round changes nothing."),
    row("G-330", from(&[S::Stopping]), &[On::StopSucceeded], Move(S::Stopped))
        .because(Documented, "StopDiskReplicaGroup page", "Stopping ends in stopped."),
    row("G-331", from(&[S::Stopping]), &[On::StopFailed], Move(S::StopFailed))
        .because(Documented, "StopDiskReplicaGroup page", "A failed stop ends in stop_failed."),
    row("G-332", but(&[S::Stopping]), &[On::StopSucceeded, On::StopFailed], Refuse)
        .because(Inferred, "§10.27", "A late outcome of a stop changes nothing."),
    row("G-340", from(&[S::Failingover]), &[On::FailoverSucceeded], Move(S::Failedover))
        .because(Documented, "FailoverDiskReplicaGroup page", "Failover ends in failovered."),
    row("G-341", from(&[S::Failingover]), &[On::FailoverFailed], Move(S::FailoverFailed))
        .because(Inferred, "Status enum; the binding is read from the name", "A failed failover ends in failover_failed."),
    row("G-342", but(&[S::Failingover]), &[On::FailoverSucceeded, On::FailoverFailed], Refuse)
        .because(Inferred, "§10.27", "A late outcome of a failover changes nothing."),
    row("G-350", from(&[S::Reprotecting]), &[On::ReprotectSucceeded], Move(S::Stopped))
        .because(Inferred, "a public client waits for stopped (§9); no reprotected status exists", "Reprotect ends in stopped; nothing is copied until the next start."),
    row("G-351", from(&[S::Reprotecting]), &[On::ReprotectFailed], Move(S::ReprotectFailed))
        .because(Inferred, "Status enum; the binding is read from the name", "A failed reprotect ends in reprotect_failed."),
    row("G-352", but(&[S::Reprotecting]), &[On::ReprotectSucceeded, On::ReprotectFailed], Refuse)
        .because(Inferred, "§10.27", "A late outcome of a reprotect changes nothing."),
    row("G-360", from(&[S::Deleting]), &[On::DeleteSucceeded], Move(S::Deleted))
        .because(Inferred, "Status enum; the binding is read from the name", "Deletion ends in a tombstone."),
    row("G-361", from(&[S::Deleting]), &[On::DeleteFailed], Move(S::DeleteFailed))
        .because(Inferred, "Status enum; the binding is read from the name", "A failed deletion ends in delete_failed."),
    row("G-362", but(&[S::Deleting]), &[On::DeleteSucceeded, On::DeleteFailed], Refuse)
        .because(Inferred, "§10.27", "A late outcome of a deletion changes nothing."),
    // The clock
    row("G-410", from(&[S::Normal]), &[On::CycleDue], Move(S::Syncing))
        .because(Documented, "Status enum: normal and syncing alternate each cycle", "When a cycle is due the next round begins."),
    row("G-411", from(&[S::Syncing]), &[On::CycleDue], NoOp)
        .because(Inferred, "no source; one round at a time", "A cycle due during a round is skipped; after a failed round it is the retry."),
    row("G-412", but(&[S::Normal, S::Syncing]), &[On::CycleDue], Refuse)
        .because(Inferred, "no cycle stands in these statuses", "No cycle falls due in any other status."),
    // Observations, and what follows from its members
    row("G-510", but(&[S::Invalid, S::CreateFailed, S::Deleting, S::Deleted]), &[On::Invalidated], Move(S::Invalid))
        .because(Sibling, "Status enum: invalid; as for pairs", "A broken group becomes invalid, whatever was under way, and with it the members that replicate or are busy."),
    row("G-511", from(&[S::Invalid, S::CreateFailed, S::Deleting, S::Deleted]), &[On::Invalidated], NoOp)
        .because(Inferred, "as for pairs (E-511)", "A group that is invalid already, never came to be, or is going away stays as it is."),
    row("G-520", from(&[S::ManualSyncing, S::Syncing, S::Normal, S::Stopping, S::StopFailed, S::Failingover, S::FailoverFailed, S::Reprotecting, S::ReprotectFailed]), &[On::Emptied], Move(S::Stopped))
        .because(Inferred, "no source; without members there is nothing to replicate or to switch", "A group whose last member was removed is stopped."),
    row("G-521", but(&[S::ManualSyncing, S::Syncing, S::Normal, S::Stopping, S::StopFailed, S::Failingover, S::FailoverFailed, S::Reprotecting, S::ReprotectFailed]), &[On::Emptied], NoOp)
        .because(Inferred, "no source", "A group at rest stays as it is when its last member leaves."),
];

dense!(GroupStatus, GroupEvent, GroupRow);
