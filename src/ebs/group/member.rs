//! The status of a pair in a group.
//!
//! A member shows its group's status. [`shown_by`] is that sentence with its exceptions, as one pure function from the
//! group's own status and the member's status before to the member's status after. It is idempotent: a member that follows
//! its group twice has the same status as after once. So it both moves members when their group moves and checks that a
//! member at rest has the right status.
//!
//! No source relates the status of a group to those of its members (`docs/facts/ebs.md#members-of-a-group-by-status`); all rules here are inferred
//! from what the two lists of statuses have in common.

use alloc::boxed::Box;
use alloc::sync::Arc;

use crate::ebs::Context;
use crate::ebs::group::ReplicaGroup;
use crate::ebs::group::rules::{G_401, G_402, G_403, G_404, G_405, G_660};
use crate::ebs::lifecycle::{GroupStatus as G, PairEffect, PairStatus as P};
use crate::ebs::pair::ReplicaPair;
use crate::ebs::pair::plan::PairPlan;
use crate::lifecycle::PendingChange;
use crate::rule::{RuleId, cite};

/// The status that a member with status `member` takes in a group with own status `group`, and the rule; `None` if a
/// group in this status has no such member.
pub fn shown_by(group: G, member: P) -> Option<(RuleId, P)> {
    let same = |to| Some((G_401, to));
    let own = Some((G_404, member));
    match (group, member) {
        // Broken stays broken, whatever the group does.
        (_, P::Invalid) => Some((G_402, P::Invalid)),
        // A group that is being created, was not created, or is being deleted has no members.
        (G::Creating | G::CreateFailed | G::Deleting | G::DeleteFailed | G::Deleted, _) => None,
        // A pair that joined created next to stopped, or the reverse, keeps its own until the group starts.
        (G::Created, P::Created | P::Stopped) | (G::Stopped, P::Created) => Some((G_405, member)),
        (G::Created, _) => None,
        // Groups have no status for a first copy, pairs have one.
        (G::Syncing, P::InitialSyncing) => Some((G_403, P::InitialSyncing)),
        // After a partial failure each member shows its own result, and keeps it while the rest is repeated.
        (G::Stopping | G::StopFailed, P::Stopped)
        | (G::StopFailed, P::StopFailed)
        | (G::Failingover | G::FailoverFailed, P::Failedover)
        | (G::FailoverFailed, P::FailoverFailed) => own,
        // A group that broke as a whole leaves alone the members that rest.
        (
            G::Invalid,
            P::Created | P::Stopped | P::StopFailed | P::Failedover | P::FailoverFailed | P::ReprotectFailed,
        ) => own,
        (G::Invalid, _) => None,
        (G::ManualSyncing, _) => same(P::ManualSyncing),
        (G::Syncing, _) => same(P::Syncing),
        (G::Normal, _) => same(P::Normal),
        (G::Stopping, _) => same(P::Stopping),
        (G::Stopped, _) => same(P::Stopped),
        (G::StopFailed, _) => same(P::StopFailed),
        (G::Failingover, _) => same(P::Failingover),
        (G::Failedover, _) => same(P::Failedover),
        (G::FailoverFailed, _) => same(P::FailoverFailed),
        (G::Reprotecting, _) => same(P::Reprotecting),
        (G::ReprotectFailed, _) => same(P::ReprotectFailed),
    }
}

/// Whether a member in this status is at rest in a group with this own status.
pub fn fits_group(group: G, member: P) -> bool {
    shown_by(group, member).is_some_and(|(_, shown)| shown == member)
}

/// Whether a member in this status may leave a group that shows `invalid`: neither replicating nor busy (`G-693`).
pub const fn may_leave_group(member: P) -> bool {
    !matches!(
        member,
        P::InitialSyncing
            | P::ManualSyncing
            | P::Syncing
            | P::Normal
            | P::Stopping
            | P::Failingover
            | P::Reprotecting
    )
}

/// A pair as a member.
impl ReplicaPair {
    /// Whether it takes part in the work of its group: an invalid member does not.
    pub(in crate::ebs) fn takes_part(&self) -> bool {
        self.status != P::Invalid
    }

    /// Whether its copy of the group's round is under way.
    pub(in crate::ebs) fn is_copying(&self) -> bool {
        self.pending.is_some_and(|pending| pending.effect == PairEffect::Copy)
    }

    /// The plan by which it follows its group to this status; a running copy is dropped.
    pub(in crate::ebs) fn follow(&self, at: Context<'_>, group: G) -> PairPlan {
        let (rule, to) = shown_by(group, self.status).unwrap_or((G_404, self.status));
        PairPlan { to, pending: PendingChange::Clear, reversing: false, ..self.unchanged(rule, at) }
    }

    /// The plan by which it begins its copy of a round, showing this status.
    pub(in crate::ebs) fn begin_copy(&self, at: Context<'_>, to: P) -> PairPlan {
        let rule = if to == P::InitialSyncing { G_403 } else { G_401 };
        PairPlan { to, pending: PendingChange::Ask(PairEffect::Copy), ..self.unchanged(rule, at) }
    }

    /// Enters an adopted group, which takes over its deadlines and its pending effect, unless that is a copy.
    pub(crate) fn bind(&mut self, group: &ReplicaGroup) {
        cite!(G_660);
        self.revision.advance();
        self.latest.plans = 0;
        self.group = Some(Box::new(group.id.clone()));
        if self.settings.enable_rtc != group.settings.enable_rtc {
            Arc::make_mut(&mut self.settings).enable_rtc = group.settings.enable_rtc;
        }
        self.due = None;
        self.reversing = self
            .pending
            .is_some_and(|pending| matches!(pending.effect, PairEffect::Reprotect { reverse: true }));
        self.pending = self.pending.filter(|pending| pending.effect == PairEffect::Copy);
    }
}
