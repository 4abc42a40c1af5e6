//! Decisions on calls to a group, and their application.
//!
//! A decision on a group covers its members, which the caller looks up: the plan of the group holds a plan for each member
//! that changes. Statuses come from the group's table and from [`shown_by`](crate::ebs::group::member::shown_by) alone; this
//! file adds regions, disks, recover points and the clock.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::ebs::Context;
use crate::ebs::disk::Disk;
use crate::ebs::group::ReplicaGroup;
use crate::ebs::group::requests::{GroupSettings, ModifyDiskReplicaGroup};
use crate::ebs::group::rules::{G_610, G_620, G_670};
use crate::ebs::group::whole::WholeGroup;
use crate::ebs::lifecycle::{
    GroupEffect, GroupEvent, GroupLifecycle, GroupStatus, PairLifecycle, PairStatus,
};
use crate::ebs::pair::decide::{PairRequest, one_shot_wait};
use crate::ebs::pair::plan::{Membership, PairPlan};
use crate::ebs::pair::{RPO, ReplicaPair};
use crate::ebs::refusal::{EbsReason, EbsRefusal, GroupReason};
use crate::ids::{DiskId, EffectId, GroupId, PairId, RegionId};
use crate::lifecycle::{Applied, PendingChange, Verdict};
use crate::operation::Operation;
use crate::policy::{EbsPolicy, FirstCopy, SiteCodes};
use crate::revision::{DecidedOn, StalePlan};
use crate::rule::RuleId;
use crate::time::Timestamp;

/// A call on a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupRequest<'a> {
    /// Start, automatic or one-shot.
    Start {
        /// Copy once only.
        one_shot: bool,
    },
    /// Stop.
    Stop,
    /// Failover.
    Failover,
    /// Reprotect.
    Reprotect {
        /// Whether the roles swap.
        reverse: bool,
    },
    /// Delete.
    Delete,
    /// Change of settings.
    Modify(&'a ModifyDiskReplicaGroup),
}

impl GroupRequest<'_> {
    /// The operation it belongs to.
    pub const fn operation(&self) -> Operation {
        match self {
            Self::Start { .. } => Operation::StartDiskReplicaGroup,
            Self::Stop => Operation::StopDiskReplicaGroup,
            Self::Failover => Operation::FailoverDiskReplicaGroup,
            Self::Reprotect { .. } => Operation::ReprotectDiskReplicaGroup,
            Self::Delete => Operation::DeleteDiskReplicaGroup,
            Self::Modify(_) => Operation::ModifyDiskReplicaGroup,
        }
    }

    const fn event(&self) -> GroupEvent {
        match self {
            Self::Start { one_shot: true } => GroupEvent::StartOneShot,
            Self::Start { one_shot: false } => GroupEvent::Start,
            Self::Stop => GroupEvent::Stop,
            Self::Failover => GroupEvent::Failover,
            Self::Reprotect { .. } => GroupEvent::Reprotect,
            Self::Delete => GroupEvent::Delete,
            Self::Modify(_) => GroupEvent::Modify,
        }
    }
}

/// The changes that a decision makes to a group and to its members. Returned by the `decide` functions, consumed by
/// [`ReplicaGroup::apply`], which gives back the plans of the members for [`ReplicaPair::apply`].
#[must_use = "a decision does nothing until it is applied"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupPlan {
    pub(in crate::ebs) decided_on: DecidedOn<GroupId>,
    pub(crate) rule: RuleId,
    pub(crate) at: Timestamp,
    /// The id of the first effect that it asks for.
    pub(in crate::ebs) effect: EffectId,
    pub(in crate::ebs) to: GroupStatus,
    pub(in crate::ebs) pending: PendingChange<GroupEffect>,
    pub(in crate::ebs) due: Option<Timestamp>,
    pub(in crate::ebs) copy_failed: bool,
    pub(in crate::ebs) swap: bool,
    pub(in crate::ebs) one_shot: bool,
    pub(crate) round_failed: bool,
    pub(in crate::ebs) settings: Option<Arc<GroupSettings>>,
    pub(in crate::ebs) members: Vec<(PairId, PairPlan)>,
}

/// What applying a plan changed of a group, and what is to be done with its members.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupApplied {
    /// What changed of the group.
    pub group: Applied<GroupEffect>,
    /// The plans of the members that change, in the order in which the members were given: apply each in the same transaction.
    pub members: Vec<(PairId, PairPlan)>,
}

impl WholeGroup<'_> {
    /// Decides a call: that a change names this group (`G-610`), site (`G-620` to `G-622`), then whether it has members (`G-670`,
    /// `G-671`), then status (the table), then recover points, disks and limits. `disk` tells the condition of a member's disk.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide(
        &self,
        at: Context<'_>,
        region: &RegionId,
        request: GroupRequest<'_>,
        disk: impl Fn(&DiskId) -> Disk,
    ) -> Result<GroupPlan, EbsRefusal> {
        let operation = request.operation();
        if let GroupRequest::Modify(change) = request
            && change.group != self.id
        {
            return Err(EbsReason::unknown(change.group.as_str(), region, G_610).of(operation));
        }
        self.check_site(at.policy, region, operation)?;
        let refused = |why: GroupReason| Err(why.of(operation, self.id.clone()));
        let needs_some = matches!(
            request,
            GroupRequest::Start { .. } | GroupRequest::Failover | GroupRequest::Reprotect { .. }
        );
        if needs_some && self.members().is_empty() {
            return refused(GroupReason::Empty(G_670));
        }
        if request == GroupRequest::Delete && !self.members().is_empty() {
            return refused(GroupReason::HasPair);
        }
        let status = self.status();
        let row = GroupLifecycle::lookup(status, request.event());
        let to = match (row.verdict(at.policy), &request) {
            (Verdict::Refuse, _) => {
                return refused(GroupReason::InvalidStatus { status, rule: row.rule });
            }
            (Verdict::NoOp, GroupRequest::Modify(change)) => {
                let settings = self.settings_after(change);
                let rtc = Some(settings.enable_rtc).filter(|rtc| *rtc != self.settings.enable_rtc);
                let members = if rtc.is_some() { self.members() } else { &[] };
                let follows = |pair: &ReplicaPair| {
                    let plan = PairPlan { enable_rtc: rtc, ..pair.unchanged(row.rule, at) };
                    (pair.id.clone(), plan)
                };
                return Ok(GroupPlan {
                    settings: Some(Arc::new(settings)),
                    members: members.iter().copied().map(follows).collect(),
                    ..self.unchanged(row.rule, at)
                });
            }
            (Verdict::NoOp, _) => return Ok(self.unchanged(row.rule, at)),
            (Verdict::Move(to), _) => to,
        };
        self.check_limits(at, &request, disk)?;
        Ok(self.accepted(at, &request, row.rule, to))
    }

    fn check_limits(
        &self,
        at: Context<'_>,
        request: &GroupRequest<'_>,
        disk: impl Fn(&DiskId) -> Disk,
    ) -> Result<(), EbsRefusal> {
        let Context { now, policy, .. } = at;
        let operation = request.operation();
        let refused = |why: GroupReason| Err(why.of(operation, self.id.clone()));
        match request {
            GroupRequest::Start { one_shot } => {
                let check =
                    |pair: &&ReplicaPair| pair.check_destination(disk(&pair.destination().disk), operation);
                self.members().iter().try_for_each(check)?;
                match one_shot_wait(self.last_one_shot, now, policy).filter(|_| *one_shot) {
                    Some(wait) => refused(GroupReason::ManualSyncLimit(wait)),
                    None => Ok(()),
                }
            }
            GroupRequest::Failover => {
                let without = self.members().iter().find(|pair| pair.last_recover_point.is_none());
                without.map_or(Ok(()), |pair| refused(GroupReason::NoRecoverPoint(pair.id.clone())))
            }
            GroupRequest::Reprotect { reverse: true } => {
                let check =
                    |pair: &&ReplicaPair| pair.check_source(disk(&pair.source().disk), operation, policy);
                self.members().iter().try_for_each(check)
            }
            _ => Ok(()),
        }
    }

    fn accepted(
        &self,
        at: Context<'_>,
        request: &GroupRequest<'_>,
        rule: RuleId,
        to: GroupStatus,
    ) -> GroupPlan {
        let policy = at.policy;
        let moved = |plan: &dyn Fn(&ReplicaPair) -> PairPlan| -> Vec<(PairId, PairPlan)> {
            let taking_part = self.members().iter().copied().filter(|pair| pair.takes_part());
            taking_part.map(|pair| (pair.id.clone(), plan(pair))).collect()
        };
        let base = GroupPlan { to, due: None, copy_failed: false, ..self.unchanged(rule, at) };
        let asks = |effect| GroupPlan {
            pending: PendingChange::Ask(effect),
            members: moved(&|pair| pair.follow(at, to)),
            ..base.clone()
        };
        match request {
            GroupRequest::Start { one_shot: true } => GroupPlan {
                one_shot: true,
                members: moved(&|pair| pair.begin_copy(at, PairStatus::ManualSyncing)),
                ..base
            },
            GroupRequest::Start { one_shot: false } => {
                let begin = |pair: &ReplicaPair| {
                    let plan = pair.begin_copy(at, first_status(pair, policy));
                    match policy.first_copy {
                        FirstCopy::AtOnce => plan,
                        FirstCopy::AfterOneRpo => PairPlan { pending: PendingChange::Clear, ..plan },
                    }
                };
                GroupPlan { due: Some(at.now.after(RPO)), members: moved(&begin), ..base }
            }
            GroupRequest::Stop => asks(GroupEffect::Stop),
            GroupRequest::Failover => asks(GroupEffect::Failover),
            GroupRequest::Reprotect { reverse } => GroupPlan {
                pending: PendingChange::Ask(GroupEffect::Reprotect { reverse: *reverse }),
                members: moved(&|pair| PairPlan { reversing: *reverse, ..pair.follow(at, to) }),
                ..base
            },
            GroupRequest::Delete => asks(GroupEffect::Delete),
            GroupRequest::Modify(_) => base,
        }
    }
}

impl ReplicaGroup {
    /// Failover and reprotect belong to the current destination, everything else to the production site.
    pub(in crate::ebs) fn check_site(
        &self,
        policy: &EbsPolicy,
        region: &RegionId,
        operation: Operation,
    ) -> Result<(), EbsRefusal> {
        let switches =
            matches!(operation, Operation::FailoverDiskReplicaGroup | Operation::ReprotectDiskReplicaGroup);
        let belongs = if switches { self.destination() } else { self.production(policy) };
        if belongs.region == *region {
            return Ok(());
        }
        let region = region.clone();
        if ![&self.primary, &self.standby].into_iter().any(|place| place.region == region) {
            return Err(EbsReason::unknown(self.id.as_str(), &region, G_620).of(operation));
        }
        // By policy the code names the place of the call instead of its role; of the others it names neither.
        let by_place = policy.site_codes == SiteCodes::Place;
        let at_primary = region == self.primary.region;
        let why = match operation {
            _ if switches && by_place && !at_primary => GroupReason::CalledAtStandby(region),
            _ if switches => GroupReason::NotAtDestination(region),
            Operation::ModifyDiskReplicaGroup if by_place && at_primary => {
                GroupReason::CalledAtPrimary(region)
            }
            _ => GroupReason::NotAtProduction(region),
        };
        Err(why.of(operation, self.id.clone()))
    }

    fn settings_after(&self, change: &ModifyDiskReplicaGroup) -> GroupSettings {
        let before = &*self.settings;
        GroupSettings {
            name: change.name.clone().or_else(|| before.name.clone()),
            description: change.description.clone().or_else(|| before.description.clone()),
            enable_rtc: change.enable_rtc.unwrap_or(before.enable_rtc),
            ..before.clone()
        }
    }

    /// Carries a plan out on the group, and gives back what is to be applied to its members.
    ///
    /// # Errors
    ///
    /// [`StalePlan`] if it was decided on another group, or on this one before another plan was applied, or if its time or effect id goes
    /// back; nothing has changed.
    pub fn apply(&mut self, plan: GroupPlan) -> Result<GroupApplied, StalePlan<GroupPlan>> {
        let of = plan.decided_on.clone();
        of.admit(self.as_decided_on(), (plan.at, plan.asks()), plan).map(|plan| self.carry_out(plan))
    }

    fn as_decided_on(&self) -> DecidedOn<GroupId> {
        DecidedOn { id: self.id.clone(), revision: self.revision, latest: self.latest, due: self.due }
    }

    /// Whether a plan changes more than the next deadline. A change of a member is one of the group: of two that were decided side by
    /// side, such as the ends of the last two copies of a round, the second has to see the first.
    fn is_changed_by(&self, plan: &GroupPlan) -> bool {
        !plan.members.is_empty()
            || plan.pending != PendingChange::Keep
            || self.status != plan.to
            || self.copy_failed != plan.copy_failed
            || plan.swap
            || plan.one_shot
            || plan.settings.as_ref().is_some_and(|settings| *settings != self.settings)
    }

    fn size_after(&self, plan: &GroupPlan) -> u32 {
        plan.members.iter().fold(self.size, |size, (_, plan)| match plan.membership {
            Some(Membership::Joins(_)) => size.saturating_add(1),
            Some(Membership::Leaves) => size.saturating_sub(1),
            None => size,
        })
    }

    /// Carries out a plan that was decided on this group as it is.
    pub(crate) fn carry_out(&mut self, plan: GroupPlan) -> GroupApplied {
        if self.is_changed_by(&plan) {
            self.revision.advance();
            self.latest.note(plan.at, plan.effect, plan.effects());
        }
        let mut applied = plan.pending.apply(&mut self.pending, plan.effect, plan.at);
        self.size = self.size_after(&plan);
        self.status = plan.to;
        self.due = plan.due;
        self.copy_failed = plan.copy_failed;
        self.reversed ^= plan.swap;
        if plan.one_shot {
            self.last_one_shot = Some(plan.at);
        }
        if let Some(settings) = plan.settings {
            applied.resettled = settings != self.settings;
            self.settings = settings;
        }
        for (_, plan) in &plan.members {
            let others = self.latest.plans.saturating_sub(plan.group_plans_before());
            self.latest.plans = others.saturating_add(plan.group_plans_after());
        }
        let mut free = plan.effect.after(plan.pending.effects());
        let mut members = plan.members;
        for (_, plan) in &mut members {
            plan.effect = free;
            plan.of_group = true;
            free = free.after(plan.effects());
        }
        GroupApplied { group: applied, members }
    }

    pub(in crate::ebs) fn unchanged(&self, rule: RuleId, at: Context<'_>) -> GroupPlan {
        GroupPlan {
            decided_on: self.as_decided_on(),
            rule,
            at: at.now,
            effect: at.effect,
            to: self.status,
            pending: PendingChange::Keep,
            due: self.due,
            copy_failed: self.copy_failed,
            swap: false,
            one_shot: false,
            round_failed: false,
            settings: None,
            members: Vec::new(),
        }
    }
}

/// The first status of a member in an automatic round: the one it would take on its own, from `stopped`, where every
/// start is allowed, so that the status of the member before does not matter.
fn first_status(pair: &ReplicaPair, policy: &EbsPolicy) -> PairStatus {
    let start = PairRequest::Start { one_shot: false, destination: Disk::default() };
    let row = PairLifecycle::lookup(PairStatus::Stopped, pair.event_of(start, policy));
    row.verdict(policy).after(PairStatus::Syncing).unwrap_or(PairStatus::Syncing)
}

impl GroupPlan {
    /// The rule that decided.
    pub const fn rule(&self) -> RuleId {
        self.rule
    }

    /// The group's own status after it.
    pub const fn to(&self) -> GroupStatus {
        self.to
    }

    /// How many effects it asks for of the group and of its members, and so how many ids from [`Context::effect`] on it takes.
    pub fn effects(&self) -> u64 {
        let members = self.members.iter().map(|(_, plan)| plan.effects());
        members.fold(self.pending.effects(), u64::saturating_add)
    }

    /// The first id of the effects that it asks for, if it does.
    fn asks(&self) -> Option<EffectId> {
        (self.effects() > 0).then_some(self.effect)
    }
}
