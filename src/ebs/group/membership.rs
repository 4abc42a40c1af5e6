//! Joining and leaving a consistent group.
//!
//! The order of checks: site, whether the pair is in a group already, the group's status, the pair's, by policy whether
//! they agree, the places, and last the number. The vendor gives a code to each and no order (`docs/facts/ebs.md#add-and-remove-a-pair`).

use crate::ebs::group::decide::GroupPlan;
use crate::ebs::group::member::may_leave_group;
use crate::ebs::group::rules::{G_680, G_681, G_683, G_690, G_692};
use crate::ebs::group::status::GroupStatus;
use crate::ebs::group::table::{GroupEvent, GroupLifecycle};
use crate::ebs::group::{Location, ReplicaGroup};
use crate::ebs::pair::status::PairStatus;
use crate::ebs::pair::table::{PairEvent, PairLifecycle};
use crate::ebs::pair::{CallSite, End, ReplicaPair};
use crate::ebs::refusal::{EbsRefusal, GroupReason};
use crate::lifecycle::{PendingChange, Verdict};
use crate::operation::Operation;
use crate::policy::{EbsPolicy, JoinStatuses};
use crate::rule::{RuleId, cite};

/// The maximum number of pairs in a group (`G-686`).
pub const MAX_MEMBERS: usize = 17;

/// The changes that a decision on a pair's membership makes.
#[must_use = "a decision does nothing until it is applied"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Membership {
    /// The pair is a member already: nothing changes (`G-681`).
    Already,
    /// The pair joins.
    Joins(RuleId),
    /// The pair leaves, and the group changes by this plan.
    Leaves(GroupPlan),
}

impl Membership {
    /// The rule that decided.
    pub const fn rule(&self) -> RuleId {
        match self {
            Self::Already => G_681,
            Self::Joins(rule) => *rule,
            Self::Leaves(plan) => plan.rule(),
        }
    }
}

impl ReplicaGroup {
    /// Decides whether a pair joins. `status` is the one that the group shows, `members` the number of its members.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_add(
        &self,
        cx: &CallSite<'_>,
        pair: &ReplicaPair,
        status: GroupStatus,
        members: usize,
        policy: &EbsPolicy,
    ) -> Result<Membership, EbsRefusal> {
        cite!(G_683);
        let operation = Operation::AddDiskReplicaPair;
        self.check_site(cx, operation, policy)?;
        let refused = |why: GroupReason| Err(why.of(operation, self.id.clone()));
        let id = || pair.id.clone();
        match pair.group() {
            Some(group) if *group == self.id => return Ok(Membership::Already),
            Some(other) => {
                let (other, rule) = (other.clone(), G_680);
                return refused(GroupReason::InAnotherGroup { pair: id(), other, rule });
            }
            None => {}
        }
        let row = GroupLifecycle::lookup(status, GroupEvent::AddPair);
        if row.verdict(policy) == Verdict::Refuse {
            return refused(GroupReason::CannotAdd { status, rule: row.rule });
        }
        if matches!(pair.status, PairStatus::Creating | PairStatus::InitialSyncing) {
            return refused(GroupReason::PairInitializing { pair: id(), status: pair.status });
        }
        let of_pair = PairLifecycle::lookup(pair.status, PairEvent::AddToGroup);
        if of_pair.verdict(policy) == Verdict::Refuse {
            let rule = of_pair.rule;
            return refused(GroupReason::PairCannotJoin { pair: id(), status: pair.status, rule });
        }
        if policy.join_statuses == JoinStatuses::Same && pair.status.as_str() != status.as_str() {
            return refused(GroupReason::StatusConflict { pair: id(), status: pair.status });
        }
        if !(lies_in(pair.source(), self.source()) && lies_in(pair.destination(), self.destination())) {
            return refused(GroupReason::ZoneConflict(id()));
        }
        if members >= MAX_MEMBERS {
            return refused(GroupReason::Full);
        }
        Ok(Membership::Joins(row.rule))
    }

    /// Decides whether a pair leaves. `status` is the one that the group shows, `members` the number of its members.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_remove(
        &self,
        cx: &CallSite<'_>,
        pair: &ReplicaPair,
        status: GroupStatus,
        members: usize,
        policy: &EbsPolicy,
    ) -> Result<Membership, EbsRefusal> {
        let operation = Operation::RemoveDiskReplicaPair;
        self.check_site(cx, operation, policy)?;
        let refused = |why: GroupReason| Err(why.of(operation, self.id.clone()));
        if members == 0 {
            return refused(GroupReason::Empty(G_690));
        }
        match pair.group() {
            None => return refused(GroupReason::NotInGroup(pair.id.clone())),
            Some(other) if *other != self.id => {
                let (pair, other, rule) = (pair.id.clone(), other.clone(), G_692);
                return refused(GroupReason::InAnotherGroup { pair, other, rule });
            }
            Some(_) => {}
        }
        let row = GroupLifecycle::lookup(status, GroupEvent::RemovePair);
        if row.verdict(policy) == Verdict::Refuse {
            return refused(GroupReason::CannotRemove { status, rule: row.rule });
        }
        if !may_leave_group(pair.status) {
            return refused(GroupReason::PairCannotLeave { pair: pair.id.clone(), status: pair.status });
        }
        let kept = self.unchanged(row.rule, cx.now);
        let emptied = GroupLifecycle::lookup(self.status, GroupEvent::Emptied);
        Ok(Membership::Leaves(match emptied.then {
            Verdict::Move(to) if members == 1 => {
                GroupPlan { rule: emptied.rule, to, pending: PendingChange::Clear, due: None, ..kept }
            }
            _ => kept,
        }))
    }
}

/// Whether an end of a pair lies in this location.
pub(crate) fn lies_in(end: &End, place: &Location) -> bool {
    end.region == place.region && end.zone == place.zone
}
