//! The lifecycle of a replication pair, whole.
//!
//! Two rules about this file. First, every change of a pair's status is a row here and nowhere else. Second, this file
//! knows no disk, region, group or clock: facts become a [`PairEvent`] before the table is asked.
//!
//! A row reads as a sentence: *from* these statuses, *on* this event, *then* that. `unless` lists the policy choices
//! under which something else happens. The rows compile to a dense table; a (status, event) cell that no row covers, or
//! two rows cover, is a build error. The matrix is `facts/ebs.md` §4.1, the contradictions are §4.3.

use crate::ebs::pair::status::{PairStatus, StatusSet};
use crate::policy::{
    DeleteBeforeStart, EbsPolicy, FailoverWhileBusy, PairFailover, RetryAfterFailure, StartWhileReplicating,
};
use crate::rule::{Basis, Rule, RuleId};

use Basis::{Documented, Inferred, Sibling};
use PairEvent as On;
use PairStatus as S;
use Verdict::{Move, NoOp, Refuse};

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What can happen to a pair. Data-less, so that the table is finite.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum PairEvent {$( $(#[$doc])* $name, )*}

        impl PairEvent {
            /// All of them, in the order of `docs/rules.md`.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

events! {
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
    /// The outside reports that the pair was created.
    CreateSucceeded,
    /// The outside reports that creation failed.
    CreateFailed,
    /// The outside reports that a copy is complete.
    CopySucceeded,
    /// The outside reports that a copy failed.
    CopyFailed,
    /// The outside reports that the pair is stopped.
    StopSucceeded,
    /// The outside reports that stopping failed.
    StopFailed,
    /// The outside reports that the secondary disk took over.
    FailoverSucceeded,
    /// The outside reports that the failover failed.
    FailoverFailed,
    /// The outside reports that reprotecting is done.
    ReprotectSucceeded,
    /// The outside reports that reprotecting failed.
    ReprotectFailed,
    /// The outside reports that the pair is deleted.
    DeleteSucceeded,
    /// The outside reports that deletion failed.
    DeleteFailed,
    /// The next copy cycle is due.
    CycleDue,
    /// The relation broke: a disk removed, its key or size changed, the order expired.
    Invalidated,
}

/// What a row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The pair takes this status.
    Move(PairStatus),
    /// Accepted; the status stays.
    NoOp,
    /// Not accepted; nothing changes.
    Refuse,
}

/// A policy choice other than the default under which a row says something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Choice {
    /// [`PairFailover::GroupAllowlist`].
    FailoverAsGroup,
    /// [`FailoverWhileBusy::Refuse`].
    NoFailoverWhileBusy,
    /// [`StartWhileReplicating::NoOp`].
    StartRepeats,
    /// [`RetryAfterFailure::Refuse`].
    NoRetry,
    /// [`DeleteBeforeStart::Refuse`].
    NoDeleteBeforeStart,
}

impl Choice {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::FailoverAsGroup,
        Self::NoFailoverWhileBusy,
        Self::StartRepeats,
        Self::NoRetry,
        Self::NoDeleteBeforeStart,
    ];

    /// Whether the policy makes this choice.
    pub fn made_by(self, policy: &EbsPolicy) -> bool {
        match self {
            Self::FailoverAsGroup => policy.pair_failover == PairFailover::GroupAllowlist,
            Self::NoFailoverWhileBusy => policy.failover_while_busy == FailoverWhileBusy::Refuse,
            Self::StartRepeats => policy.start_while_replicating == StartWhileReplicating::NoOp,
            Self::NoRetry => policy.retry_after_failure == RetryAfterFailure::Refuse,
            Self::NoDeleteBeforeStart => policy.delete_before_start == DeleteBeforeStart::Refuse,
        }
    }
}

/// One rule of the lifecycle.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its number.
    pub rule: RuleId,
    /// The statuses it covers.
    pub from: StatusSet,
    /// The events it covers.
    pub on: &'static [PairEvent],
    /// What happens under the default policy.
    pub then: Verdict,
    /// What happens instead under these choices; the first that is made decides.
    pub unless: &'static [(Choice, Verdict)],
    /// How sure we are.
    pub basis: Basis,
    /// Where it comes from.
    pub source: &'static str,
    /// What it says, in one sentence.
    pub says: &'static str,
}

impl Row {
    /// What the row says under a policy.
    pub fn verdict(&self, policy: &EbsPolicy) -> Verdict {
        let other = self.unless.iter().find(|(choice, _)| choice.made_by(policy));
        other.map_or(self.then, |(_, verdict)| *verdict)
    }

    /// The row as an entry of the catalogue.
    pub const fn as_rule(&self) -> Rule {
        Rule { id: self.rule, basis: self.basis, source: self.source, says: self.says }
    }
}

const fn row(rule: &'static str, from: StatusSet, on: &'static [PairEvent], then: Verdict) -> Row {
    Row { rule: RuleId(rule), from, on, then, unless: &[], basis: Inferred, source: "", says: "" }
}

impl Row {
    const fn unless(self, unless: &'static [(Choice, Verdict)]) -> Self {
        Self { unless, ..self }
    }

    const fn because(self, basis: Basis, source: &'static str, says: &'static str) -> Self {
        Self { basis, source, says, ..self }
    }
}

const fn from(statuses: &[PairStatus]) -> StatusSet {
    StatusSet::of(statuses)
}

const fn but(statuses: &[PairStatus]) -> StatusSet {
    StatusSet::but(statuses)
}

const AUTO: &[PairEvent] = &[On::StartFirst, On::StartAgain];

/// The rows.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    // Start
    row("E-110", from(&[S::Created, S::Stopped]), &[On::StartFirst], Move(S::InitialSyncing))
        .because(Documented, "StartDiskReplicaPair page; Status enum", "The first automatic copy shows initial_syncing."),
    row("E-111", from(&[S::Created, S::Stopped]), &[On::StartAgain], Move(S::Syncing))
        .because(Documented, "Status enum; contradicts the start page (§4.3 #7)", "A later automatic copy shows syncing."),
    row("E-112", from(&[S::Syncing, S::Normal]), AUTO, Refuse).unless(&[(Choice::StartRepeats, NoOp)])
        .because(Documented, "StartDiskReplicaPair page: only created and stopped; the user guide differs (§4.3 #4)", "A replicating pair is not started again."),
    row("E-113", but(&[S::Created, S::Stopped, S::Syncing, S::Normal]), AUTO, Refuse)
        .because(Documented, "StartDiskReplicaPair page", "Automatic start needs created or stopped."),
    row("E-115", from(&[S::Created, S::Stopped]), &[On::StartOneShot], Move(S::ManualSyncing))
        .because(Documented, "SDK 5.0.1, OneShot", "A one-shot copy shows manual_syncing, be it the first."),
    row("E-116", from(&[S::ManualSyncing]), &[On::StartOneShot], Refuse).unless(&[(Choice::StartRepeats, NoOp)])
        .because(Documented, "StartDiskReplicaPair page; the user guide differs (§4.3 #5)", "A running one-shot copy is not started again."),
    row("E-117", but(&[S::Created, S::Stopped, S::ManualSyncing]), &[On::StartOneShot], Refuse)
        .because(Documented, "StartDiskReplicaPair page", "One-shot start needs created or stopped."),
    // Stop
    row("E-130", from(&[S::InitialSyncing, S::ManualSyncing, S::Syncing, S::Normal]), &[On::Stop], Move(S::Stopping))
        .because(Documented, "StopDiskReplicaPair page (manual_syncing since 2023, §4.3 #9)", "Stop needs a replicating pair."),
    row("E-131", from(&[S::StopFailed]), &[On::Stop], Move(S::Stopping)).unless(&[(Choice::NoRetry, Refuse)])
        .because(Sibling, "StopDiskReplicaGroup page lists it (§4.3 #10)", "A failed stop may be repeated."),
    row("E-132", but(&[S::InitialSyncing, S::ManualSyncing, S::Syncing, S::Normal, S::StopFailed]), &[On::Stop], Refuse)
        .because(Documented, "StopDiskReplicaPair page", "Stop is refused in any other status."),
    // Failover
    row("E-210", from(&[S::Invalid, S::Deleted]), &[On::Failover], Refuse)
        .because(Documented, "founding page; unchanged through 2026-09", "Failover is refused in invalid and in deleted."),
    row("E-211", from(&[S::Failingover]), &[On::Failover], NoOp)
        .because(Inferred, "the group list names failovering as allowed (§4.1)", "A repeated failover joins the running one."),
    row("E-212", from(&[S::Failedover]), &[On::Failover], NoOp)
        .because(Inferred, "the group list names failovered as allowed (§4.1)", "Failing over a pair that is failed over changes nothing."),
    row("E-213", from(&[S::InitialSyncing, S::ManualSyncing, S::Syncing, S::Normal, S::Stopped, S::StopFailed, S::FailoverFailed]), &[On::Failover], Move(S::Failingover))
        .because(Documented, "founding page: any status but invalid and deleted", "Failover is accepted and shows failovering."),
    row("E-214", from(&[S::Stopping]), &[On::Failover], Move(S::Failingover)).unless(&[(Choice::NoFailoverWhileBusy, Refuse)])
        .because(Documented, "founding page; the listed InvalidStatus suggests a stricter service (§4.3 #2)", "Failover supersedes a running stop."),
    row("E-215", from(&[S::Creating, S::Reprotecting, S::Deleting]), &[On::Failover], Move(S::Failingover))
        .unless(&[(Choice::FailoverAsGroup, Refuse), (Choice::NoFailoverWhileBusy, Refuse)])
        .because(Documented, "founding page; contested (§4.3 #1 and #2)", "Failover supersedes a running create, reprotect or delete."),
    row("E-216", from(&[S::Created, S::CreateFailed, S::ReprotectFailed, S::DeleteFailed]), &[On::Failover], Move(S::Failingover))
        .unless(&[(Choice::FailoverAsGroup, Refuse)])
        .because(Documented, "founding page; contested (§4.3 #1)", "Failover is accepted even where the group list would not have it."),
    // Reprotect
    row("E-230", from(&[S::Failedover]), &[On::Reprotect], Move(S::Reprotecting))
        .because(Documented, "ReprotectDiskReplicaPair page", "Reprotect needs failovered."),
    row("E-231", from(&[S::ReprotectFailed]), &[On::Reprotect], Refuse).unless(&[(Choice::FailoverAsGroup, Move(S::Reprotecting))])
        .because(Documented, "ReprotectDiskReplicaPair page; the strict failover policy leaves no other way out (§4.1)", "A failed reprotect is repeated after another failover."),
    row("E-232", but(&[S::Failedover, S::ReprotectFailed]), &[On::Reprotect], Refuse)
        .because(Documented, "ReprotectDiskReplicaPair page", "Reprotect is refused in any other status."),
    // Delete
    row("E-250", from(&[S::Stopped, S::Invalid, S::Failedover]), &[On::Delete], Move(S::Deleting))
        .because(Documented, "DeleteDiskReplicaPair page", "Delete needs stopped, invalid or failovered."),
    row("E-251", from(&[S::Created, S::CreateFailed]), &[On::Delete], Move(S::Deleting)).unless(&[(Choice::NoDeleteBeforeStart, Refuse)])
        .because(Inferred, "an older public client deletes straight after create (§4.3 #11)", "A pair that was never started can be deleted."),
    row("E-252", from(&[S::DeleteFailed]), &[On::Delete], Move(S::Deleting)).unless(&[(Choice::NoRetry, Refuse)])
        .because(Sibling, "DeleteDiskReplicaGroup page lists it (§4.1)", "A failed delete may be repeated."),
    row("E-253", but(&[S::Stopped, S::Invalid, S::Failedover, S::Created, S::CreateFailed, S::DeleteFailed]), &[On::Delete], Refuse)
        .because(Documented, "DeleteDiskReplicaPair page", "Delete is refused in any other status."),
    // Modify and group membership
    row("E-270", from(&[S::Created, S::Stopped]), &[On::Modify], NoOp)
        .because(Documented, "ModifyDiskReplicaPair page", "Settings change in created and stopped."),
    row("E-271", but(&[S::Created, S::Stopped]), &[On::Modify], Refuse)
        .because(Documented, "ModifyDiskReplicaPair page", "Settings do not change in any other status."),
    row("E-280", from(&[S::Created, S::Stopped]), &[On::AddToGroup], NoOp)
        .because(Documented, "AddDiskReplicaPair page", "A pair joins a group in created and stopped."),
    row("E-281", but(&[S::Created, S::Stopped]), &[On::AddToGroup], Refuse)
        .because(Documented, "AddDiskReplicaPair page", "A pair does not join a group in any other status."),
    // Outcomes of effects. They are fenced by the effect's id, so the refusals below are a second wall.
    row("E-310", from(&[S::Creating]), &[On::CreateSucceeded], Move(S::Created))
        .because(Inferred, "Status enum; the binding is read from the names", "Creation ends in created."),
    row("E-311", from(&[S::Creating]), &[On::CreateFailed], Move(S::CreateFailed))
        .because(Inferred, "Status enum; StatusMessage names OperationDenied.QuotaExceed", "Failed creation ends in create_failed with a message."),
    row("E-312", but(&[S::Creating]), &[On::CreateSucceeded, On::CreateFailed], Refuse)
        .because(Inferred, "§10.27", "A late outcome of creation changes nothing."),
    row("E-320", from(&[S::InitialSyncing, S::Syncing]), &[On::CopySucceeded], Move(S::Normal))
        .because(Documented, "Status enum", "An automatic copy ends in normal until the next cycle."),
    row("E-321", from(&[S::ManualSyncing]), &[On::CopySucceeded], Move(S::Stopped))
        .because(Documented, "SDK 5.0.1, OneShot", "A one-shot copy ends in stopped."),
    row("E-322", from(&[S::InitialSyncing, S::Syncing]), &[On::CopyFailed], NoOp)
        .because(Inferred, "no source; the next cycle tries again", "A failed automatic copy keeps the status and the recover point."),
    row("E-323", from(&[S::ManualSyncing]), &[On::CopyFailed], Move(S::Stopped))
        .because(Inferred, "no source; there is no next cycle", "A failed one-shot copy returns to stopped and keeps the recover point."),
    row("E-324", but(&[S::InitialSyncing, S::ManualSyncing, S::Syncing]), &[On::CopySucceeded, On::CopyFailed], Refuse)
        .because(Inferred, "§10.27", "A late outcome of a copy changes nothing."),
    row("E-330", from(&[S::Stopping]), &[On::StopSucceeded], Move(S::Stopped))
        .because(Documented, "StopDiskReplicaPair page", "Stopping ends in stopped."),
    row("E-331", from(&[S::Stopping]), &[On::StopFailed], Move(S::StopFailed))
        .because(Sibling, "StopDiskReplicaGroup page names stop_failed", "A failed stop ends in stop_failed."),
    row("E-332", but(&[S::Stopping]), &[On::StopSucceeded, On::StopFailed], Refuse)
        .because(Inferred, "§10.27", "A late outcome of a stop changes nothing."),
    row("E-340", from(&[S::Failingover]), &[On::FailoverSucceeded], Move(S::Failedover))
        .because(Documented, "founding page", "Failover ends in failovered."),
    row("E-341", from(&[S::Failingover]), &[On::FailoverFailed], Move(S::FailoverFailed))
        .because(Inferred, "Status enum; the binding is read from the name", "A failed failover ends in failover_failed."),
    row("E-342", but(&[S::Failingover]), &[On::FailoverSucceeded, On::FailoverFailed], Refuse)
        .because(Inferred, "§10.27", "A late outcome of a failover changes nothing."),
    row("E-350", from(&[S::Reprotecting]), &[On::ReprotectSucceeded], Move(S::Stopped))
        .because(Inferred, "a public client waits for stopped (§9); no reprotected status exists", "Reprotect ends in stopped; nothing is copied until the next start."),
    row("E-351", from(&[S::Reprotecting]), &[On::ReprotectFailed], Move(S::ReprotectFailed))
        .because(Inferred, "Status enum; the binding is read from the name", "A failed reprotect ends in reprotect_failed."),
    row("E-352", but(&[S::Reprotecting]), &[On::ReprotectSucceeded, On::ReprotectFailed], Refuse)
        .because(Inferred, "§10.27", "A late outcome of a reprotect changes nothing."),
    row("E-360", from(&[S::Deleting]), &[On::DeleteSucceeded], Move(S::Deleted))
        .because(Inferred, "Status enum; the binding is read from the name", "Deletion ends in a tombstone."),
    row("E-361", from(&[S::Deleting]), &[On::DeleteFailed], Move(S::DeleteFailed))
        .because(Inferred, "Status enum; the binding is read from the name", "A failed deletion ends in delete_failed."),
    row("E-362", but(&[S::Deleting]), &[On::DeleteSucceeded, On::DeleteFailed], Refuse)
        .because(Inferred, "§10.27", "A late outcome of a deletion changes nothing."),
    // The clock
    row("E-410", from(&[S::Normal]), &[On::CycleDue], Move(S::Syncing))
        .because(Documented, "Status enum: normal and syncing alternate each cycle", "When a cycle is due the next copy begins."),
    row("E-411", from(&[S::InitialSyncing, S::Syncing]), &[On::CycleDue], NoOp)
        .because(Inferred, "no source; one copy at a time", "A cycle due during a copy is skipped; after a failed copy it is the retry."),
    row("E-412", but(&[S::Normal, S::InitialSyncing, S::Syncing]), &[On::CycleDue], Refuse)
        .because(Inferred, "no cycle stands in these statuses", "No cycle falls due in any other status."),
    // Observations
    row("E-510", but(&[S::Invalid, S::CreateFailed, S::Deleting, S::Deleted]), &[On::Invalidated], Move(S::Invalid))
        .because(Documented, "StatusMessage values for invalid", "A broken relation becomes invalid, whatever was under way."),
    row("E-511", from(&[S::Invalid, S::CreateFailed, S::Deleting, S::Deleted]), &[On::Invalidated], NoOp)
        .because(Inferred, "§4.1: any live status", "A relation that is invalid already, never came to be, or is going away stays as it is."),
];

/// The dense table of a lifecycle: for each event and status the index of its row, with the look-up in it. Building it
/// proves the rows complete and disjoint.
macro_rules! dense {
    ($Status:ident, $Event:ident, $Row:ident) => {
        const EVENTS: usize = $Event::ALL.len();
        const STATUSES: usize = $Status::ALL.len();
        const UNCOVERED: u8 = u8::MAX;

        #[expect(
            clippy::indexing_slicing,
            reason = "evaluated at compile time: a slip here is a build error, which is the purpose"
        )]
        const DENSE: [[u8; STATUSES]; EVENTS] = {
            let mut table = [[UNCOVERED; STATUSES]; EVENTS];
            let mut at = 0;
            while at < ROWS.len() {
                let row = &ROWS[at];
                let mut on = 0;
                while on < row.on.len() {
                    let mut status = 0;
                    while status < STATUSES {
                        if row.from.contains($Status::ALL[status]) {
                            let cell = &mut table[row.on[on] as usize][status];
                            if *cell != UNCOVERED {
                                panic!("two rows cover one cell");
                            }
                            *cell = at as u8;
                        }
                        status += 1;
                    }
                    on += 1;
                }
                at += 1;
            }
            let mut event = 0;
            while event < EVENTS {
                let mut status = 0;
                while status < STATUSES {
                    if table[event][status] == UNCOVERED {
                        panic!("a cell has no row");
                    }
                    status += 1;
                }
                event += 1;
            }
            table
        };

        /// The one row that covers this status and event.
        #[expect(
            clippy::indexing_slicing,
            reason = "enum discriminants index arrays of the enums' own lengths, and every cell holds a row's index"
        )]
        pub const fn lookup(status: $Status, event: $Event) -> &'static $Row {
            &ROWS[DENSE[event as usize][status as usize] as usize]
        }
    };
}

pub(in crate::ebs) use dense;

dense!(PairStatus, PairEvent, Row);
