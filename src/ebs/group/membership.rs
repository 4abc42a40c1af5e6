//! Joining and leaving a consistent group.
//!
//! The order of checks: site, whether the pair is in a group already, the group's status, the pair's, by policy whether
//! they agree, the places, and last the number. The vendor gives a code to each and no order (`docs/facts/ebs.md#add-and-remove-a-pair`).

use crate::ebs::Context;
use crate::ebs::group::Location;
use crate::ebs::group::decide::GroupPlan;
use crate::ebs::group::member::may_leave_group;
use crate::ebs::group::rules::{G_660, G_680, G_681, G_683, G_690, G_692};
use crate::ebs::group::whole::WholeGroup;
use crate::ebs::lifecycle::{GroupEvent, GroupLifecycle, PairEvent, PairLifecycle, PairStatus};
use crate::ebs::pair::plan::{Membership, PairPlan};
use crate::ebs::pair::rules::E_610;
use crate::ebs::pair::{End, ReplicaPair};
use crate::ebs::refusal::{EbsReason, EbsRefusal, GroupReason};
use crate::ids::RegionId;
use crate::lifecycle::{PendingChange, Verdict};
use crate::operation::Operation;
use crate::policy::JoinStatuses;
use crate::rule::cite;

/// The maximum number of pairs in a group (`G-686`).
pub const MAX_MEMBERS: usize = 17;

impl WholeGroup<'_> {
    /// Decides whether a pair joins.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_add(
        &self,
        at: Context<'_>,
        region: &RegionId,
        pair: &ReplicaPair,
    ) -> Result<GroupPlan, EbsRefusal> {
        cite!(G_683);
        let operation = Operation::AddDiskReplicaPair;
        let policy = at.policy;
        if pair.account != self.account {
            return Err(EbsReason::unknown(pair.id.as_str(), region, E_610).of(operation));
        }
        self.check_site(policy, region, operation)?;
        let refused = |why: GroupReason| Err(why.of(operation, self.id.clone()));
        let id = || pair.id.clone();
        match pair.group() {
            Some(group) if *group == self.id => return Ok(self.unchanged(G_681, at)),
            Some(other) => {
                let (other, rule) = (other.clone(), G_680);
                return refused(GroupReason::InAnotherGroup { pair: id(), other, rule });
            }
            None => {}
        }
        let status = self.status();
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
        if self.members().len() >= MAX_MEMBERS {
            return refused(GroupReason::Full);
        }
        cite!(G_660);
        let joins = PairPlan {
            membership: Some(Membership::Joins(self.id.clone())),
            enable_rtc: Some(self.settings.enable_rtc),
            ..pair.unchanged(row.rule, at)
        };
        Ok(GroupPlan { members: [(id(), joins)].into(), ..self.unchanged(row.rule, at) })
    }

    /// Decides whether a pair leaves.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_remove(
        &self,
        at: Context<'_>,
        region: &RegionId,
        pair: &ReplicaPair,
    ) -> Result<GroupPlan, EbsRefusal> {
        let operation = Operation::RemoveDiskReplicaPair;
        let policy = at.policy;
        self.check_site(policy, region, operation)?;
        let refused = |why: GroupReason| Err(why.of(operation, self.id.clone()));
        if self.members().is_empty() {
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
        let status = self.status();
        let row = GroupLifecycle::lookup(status, GroupEvent::RemovePair);
        if row.verdict(policy) == Verdict::Refuse {
            return refused(GroupReason::CannotRemove { status, rule: row.rule });
        }
        if !may_leave_group(pair.status) {
            return refused(GroupReason::PairCannotLeave { pair: pair.id.clone(), status: pair.status });
        }
        let leaves = PairPlan { membership: Some(Membership::Leaves), ..pair.unchanged(row.rule, at) };
        let kept = GroupPlan { members: [(pair.id.clone(), leaves)].into(), ..self.unchanged(row.rule, at) };
        let emptied = GroupLifecycle::lookup(self.status, GroupEvent::Emptied);
        Ok(match emptied.then {
            Verdict::Move(to) if self.members().len() == 1 => {
                GroupPlan { rule: emptied.rule, to, pending: PendingChange::Clear, due: None, ..kept }
            }
            _ => kept,
        })
    }
}

/// Whether an end of a pair lies in this location.
pub(crate) fn lies_in(end: &End, place: &Location) -> bool {
    end.region == place.region && end.zone == place.zone
}
