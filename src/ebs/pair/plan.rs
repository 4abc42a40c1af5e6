//! Decisions on a pair as values, and their application.
//!
//! [`ReplicaPair::apply`] carries a plan out, if it was decided on this pair as it is.

use alloc::boxed::Box;
use alloc::sync::Arc;

use crate::ebs::Context;
use crate::ebs::lifecycle::{PairEffect, PairStatus};
use crate::ebs::pair::ReplicaPair;
use crate::ebs::pair::requests::PairSettings;
use crate::ids::{EffectId, GroupId, PairId};
use crate::lifecycle::{Applied, PendingChange};
use crate::revision::{DecidedOn, StalePlan};
use crate::rule::RuleId;
use crate::text::StatusMessage;
use crate::time::Timestamp;

/// How a plan changes the membership of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Membership {
    /// It joins this group.
    Joins(GroupId),
    /// It leaves its group.
    Leaves,
}

/// The changes that a decision makes. Returned by the `decide` functions, consumed by [`ReplicaPair::apply`].
#[must_use = "a decision does nothing until it is applied"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairPlan {
    pub(in crate::ebs) decided_on: DecidedOn<PairId>,
    pub(crate) rule: RuleId,
    pub(crate) at: Timestamp,
    /// The id of the effect that it asks for, if it does.
    pub(in crate::ebs) effect: EffectId,
    pub(in crate::ebs) to: PairStatus,
    pub(in crate::ebs) pending: PendingChange<PairEffect>,
    pub(in crate::ebs) due: Option<Timestamp>,
    pub(in crate::ebs) status_message: Option<StatusMessage>,
    pub(in crate::ebs) recover_point: Option<Timestamp>,
    pub(in crate::ebs) copied: bool,
    pub(in crate::ebs) switched: bool,
    pub(in crate::ebs) swap: bool,
    pub(in crate::ebs) one_shot: bool,
    pub(crate) copy_failed: bool,
    pub(in crate::ebs) reversing: bool,
    pub(in crate::ebs) settings: Option<Arc<PairSettings>>,
    pub(crate) membership: Option<Membership>,
    /// The replication time control of its group, which a member has too.
    pub(in crate::ebs) enable_rtc: Option<bool>,
    /// Whether it is part of a group's plan.
    pub(in crate::ebs) of_group: bool,
}

impl PairPlan {
    /// The plan with the success of a reprotect. A recover point belongs to a direction, and the other one has none yet.
    pub(in crate::ebs) fn reprotected(self, reverse: bool) -> Self {
        let recover_point = self.recover_point.filter(|_| !reverse);
        Self { switched: false, swap: reverse, recover_point, ..self }
    }

    /// The rule that decided.
    pub const fn rule(&self) -> RuleId {
        self.rule
    }

    /// The status after it.
    pub const fn to(&self) -> PairStatus {
        self.to
    }

    /// How the membership changes, if it does.
    pub const fn membership(&self) -> Option<&Membership> {
        self.membership.as_ref()
    }

    /// How many effects it asks for, and so how many ids from [`Context::effect`] on it takes: none or one.
    pub fn effects(&self) -> u64 {
        self.pending.effects()
    }

    /// How many plans of its group the pair has taken after this one.
    pub(in crate::ebs) fn group_plans_after(&self) -> u64 {
        match self.membership {
            Some(Membership::Joins(_)) => 1,
            Some(Membership::Leaves) => 0,
            None => self.decided_on.latest.plans.saturating_add(1),
        }
    }

    /// How many it had taken before, of its group.
    pub(in crate::ebs) const fn group_plans_before(&self) -> u64 {
        match self.membership {
            Some(Membership::Joins(_)) => 0,
            _ => self.decided_on.latest.plans,
        }
    }

    /// The id of the effect that it asks for, if it does.
    fn asks(&self) -> Option<EffectId> {
        self.pending.asks(self.effect)
    }
}

impl ReplicaPair {
    /// Carries a plan out.
    ///
    /// # Errors
    ///
    /// [`StalePlan`] if it was decided on another pair, or on this one before another plan was applied, or if its time or effect id goes
    /// back; nothing has changed.
    pub fn apply(&mut self, plan: PairPlan) -> Result<Applied<PairEffect>, StalePlan<PairPlan>> {
        let of = plan.decided_on.clone();
        of.admit(self.as_decided_on(), (plan.at, plan.asks()), plan).map(|plan| self.carry_out(plan))
    }

    fn as_decided_on(&self) -> DecidedOn<PairId> {
        DecidedOn { id: self.id.clone(), revision: self.revision, latest: self.latest, due: self.due }
    }

    /// Whether a plan changes more than the next deadline.
    fn is_changed_by(&self, plan: &PairPlan) -> bool {
        plan.pending != PendingChange::Keep
            || self.status != plan.to
            || self.last_recover_point != plan.recover_point
            || self.status_message != plan.status_message
            || (self.copied, self.switched, self.reversing) != (plan.copied, plan.switched, plan.reversing)
            || plan.membership.is_some()
            || plan.enable_rtc.is_some_and(|rtc| rtc != self.settings.enable_rtc)
            || plan.swap
            || plan.one_shot
            || plan.settings.as_ref().is_some_and(|settings| *settings != self.settings)
    }

    /// Carries out a plan that was decided on this pair as it is.
    pub(crate) fn carry_out(&mut self, plan: PairPlan) -> Applied<PairEffect> {
        if self.is_changed_by(&plan) {
            self.revision.advance();
            self.latest.note(plan.at, plan.effect, plan.effects());
        }
        if plan.of_group {
            self.latest.plans = plan.group_plans_after();
        }
        let mut applied = plan.pending.apply(&mut self.pending, plan.effect, plan.at);
        self.status = plan.to;
        self.due = plan.due;
        self.last_recover_point = plan.recover_point;
        self.status_message = plan.status_message;
        self.copied = plan.copied;
        self.switched = plan.switched;
        self.reversing = plan.reversing;
        self.reversed ^= plan.swap;
        if plan.one_shot {
            self.last_one_shot = Some(plan.at);
        }
        if let Some(settings) = plan.settings {
            applied.resettled = settings != self.settings;
            self.settings = settings;
        }
        if let Some(rtc) = plan.enable_rtc.filter(|rtc| *rtc != self.settings.enable_rtc) {
            Arc::make_mut(&mut self.settings).enable_rtc = rtc;
        }
        match plan.membership {
            Some(Membership::Joins(group)) => self.group = Some(Box::new(group)),
            Some(Membership::Leaves) => self.group = None,
            None => {}
        }
        applied
    }

    pub(in crate::ebs) fn unchanged(&self, rule: RuleId, at: Context<'_>) -> PairPlan {
        PairPlan {
            decided_on: self.as_decided_on(),
            rule,
            at: at.now,
            effect: at.effect,
            to: self.status,
            pending: PendingChange::Keep,
            due: self.due,
            status_message: self.status_message.clone(),
            recover_point: self.last_recover_point,
            copied: self.copied,
            switched: self.switched,
            swap: false,
            one_shot: false,
            copy_failed: false,
            reversing: self.reversing,
            settings: None,
            membership: None,
            enable_rtc: None,
            of_group: false,
        }
    }
}
