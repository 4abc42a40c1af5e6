//! Decisions on a drill, and their application.
//!
//! A drill has no table of rows: a successful clearing leads to no status but to the removal of the record.

use crate::ebs::Context;
use crate::ebs::drill::rules::{D_120, D_121, D_130, D_131, D_140, D_141, D_160};
use crate::ebs::drill::{Drill, DrillDiskStatus, DrillEffect, DrillStatus};
use crate::ebs::refusal::{DrillReason, EbsRefusal};
use crate::ebs::replica::ReplicaId;
use crate::ids::{DrillId, EffectId};
use crate::lifecycle::{Applied, PendingChange};
use crate::operation::Operation;
use crate::outcome::{NotTaken, Outcome};
use crate::revision::{DecidedOn, StalePlan};
use crate::rule::{RuleId, cite};
use crate::text::StatusMessage;
use crate::time::Timestamp;

/// The changes that a decision makes to a drill.
#[must_use = "a decision does nothing until it is applied"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrillPlan {
    decided_on: DecidedOn<DrillId>,
    pub(crate) rule: RuleId,
    pub(crate) to: Option<DrillStatus>,
    message: Option<StatusMessage>,
    disks: Option<DrillDiskStatus>,
    pending: PendingChange<DrillEffect>,
    pub(crate) at: Timestamp,
    effect: EffectId,
}

impl DrillPlan {
    /// The rule that decided.
    pub const fn rule(&self) -> RuleId {
        self.rule
    }

    /// The status that the drill takes; `None` if it is removed.
    pub const fn to(&self) -> Option<DrillStatus> {
        self.to
    }

    /// How many effects it asks for, and so how many ids from [`Context::effect`] on it takes: none or one.
    pub fn effects(&self) -> u64 {
        self.pending.effects()
    }
}

impl DrillEffect {
    /// The effect that a drill in this transient status waits for; `None` for other statuses.
    pub const fn of(status: DrillStatus) -> Option<Self> {
        match status {
            DrillStatus::Executing => Some(Self::Start),
            DrillStatus::Clearing => Some(Self::Clear),
            DrillStatus::Executed | DrillStatus::ExecuteFailed | DrillStatus::ClearFailed => None,
        }
    }
}

impl Drill {
    /// Decides the clearing call.
    ///
    /// # Errors
    ///
    /// A drill that is still executing is not cleared (`D-132`).
    pub fn decide_clear(&self, at: Context<'_>) -> Result<DrillPlan, EbsRefusal> {
        let operation = match self.owner {
            ReplicaId::Pair(_) => Operation::ClearPairDrill,
            ReplicaId::Group(_) => Operation::ClearReplicaGroupDrill,
        };
        let status = self.status;
        match status {
            DrillStatus::Executing => {
                Err(DrillReason::InvalidStatus { drill: self.id.clone(), status }.of(operation))
            }
            DrillStatus::Clearing => Ok(self.plan(at, D_131, Some(status))),
            DrillStatus::Executed | DrillStatus::ExecuteFailed | DrillStatus::ClearFailed => {
                let (to, disks) = (Some(DrillStatus::Clearing), Some(DrillDiskStatus::Deleting));
                Ok(DrillPlan {
                    disks,
                    pending: PendingChange::Ask(DrillEffect::Clear),
                    ..self.plan(at, D_130, to)
                })
            }
        }
    }

    /// Decides the reported outcome of an effect. The message of a failure becomes the status message of the drill and
    /// the status of its disks.
    ///
    /// # Errors
    ///
    /// [`NotTaken`] if the effect is not the pending one or does not end like this.
    pub fn decide_outcome(
        &self,
        at: Context<'_>,
        id: EffectId,
        outcome: &Outcome,
    ) -> Result<DrillPlan, NotTaken> {
        let effect = self.pending.filter(|pending| pending.id == id).ok_or(NotTaken::Stale)?.effect;
        let message = match outcome {
            Outcome::Failed { message, .. } => message.clone(),
            _ => None,
        };
        // A failure without a message shows the one error code that every operation lists.
        let message = message.or_else(|| StatusMessage::parse("InternalError").ok());
        let failed = message.clone().map(DrillDiskStatus::Failed);
        let pending = PendingChange::Clear;
        let plan =
            |rule, to, message, disks| DrillPlan { message, disks, pending, ..self.plan(at, rule, to) };
        Ok(match (effect, outcome.is_done()?) {
            (DrillEffect::Start, true) => {
                plan(D_120, Some(DrillStatus::Executed), None, Some(DrillDiskStatus::Created))
            }
            (DrillEffect::Start, false) => plan(D_121, Some(DrillStatus::ExecuteFailed), message, failed),
            (DrillEffect::Clear, true) => plan(D_140, None, None, Some(DrillDiskStatus::Deleted)),
            (DrillEffect::Clear, false) => plan(D_141, Some(DrillStatus::ClearFailed), message, failed),
        })
    }

    fn plan(&self, at: Context<'_>, rule: RuleId, to: Option<DrillStatus>) -> DrillPlan {
        let Context { now: at, effect, .. } = at;
        let (decided_on, pending) = (self.as_decided_on(), PendingChange::Keep);
        DrillPlan { decided_on, rule, to, message: None, disks: None, pending, at, effect }
    }

    /// Carries a plan out. If the plan has no status, the caller removes the drill.
    ///
    /// # Errors
    ///
    /// [`StalePlan`] if it was decided on another drill, or on this one before another plan was applied, or if its time or effect id goes
    /// back; nothing has changed.
    pub fn apply(&mut self, plan: DrillPlan) -> Result<Applied<DrillEffect>, StalePlan<DrillPlan>> {
        let of = plan.decided_on.clone();
        of.admit(self.as_decided_on(), (plan.at, plan.pending.asks(plan.effect)), plan)
            .map(|plan| self.carry_out(plan))
    }

    fn as_decided_on(&self) -> DecidedOn<DrillId> {
        DecidedOn { id: self.id.clone(), revision: self.revision, latest: self.latest, due: None }
    }

    /// Carries out a plan that was decided on this drill as it is.
    pub(crate) fn carry_out(&mut self, plan: DrillPlan) -> Applied<DrillEffect> {
        let taken = plan.pending.effects();
        let applied = plan.pending.apply(&mut self.pending, plan.effect, plan.at);
        if plan.to == Some(self.status) {
            return applied;
        }
        self.revision.advance();
        self.latest.note(plan.at, plan.effect, taken);
        let Some(to) = plan.to else {
            self.latest.end();
            return applied;
        };
        self.status = to;
        self.status_message = plan.message;
        if let Some(status) = plan.disks {
            self.disks.iter_mut().for_each(|disk| disk.status = status.clone());
        }
        applied
    }

    /// Whether its disks can be used: made and not yet deleted (`D-160`).
    pub const fn has_disks(&self) -> bool {
        cite!(D_160);
        matches!(self.status, DrillStatus::Executed | DrillStatus::Clearing | DrillStatus::ClearFailed)
    }
}
