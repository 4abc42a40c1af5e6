//! Decisions on a pair, and their application.
//!
//! [`ReplicaPair::decide`] and its siblings return a plan and change nothing; [`ReplicaPair::apply`] carries a plan out
//! and cannot fail. Statuses come from the table alone. This file adds regions, disks, the direction, the recover point
//! and the clock.

use crate::ebs::disk::Disk;
use crate::ebs::pair::rules::{E_620, E_640, E_641, E_650, E_651, E_660};
use crate::ebs::pair::status::PairStatus;
use crate::ebs::pair::table::{PairEvent, PairLifecycle};
use crate::ebs::pair::{CallSite, PairEffect, RPO, ReplicaPair};
use crate::ebs::refusal::{EbsReason, EbsRefusal, GroupReason};
use crate::ids::EffectId;
use crate::lifecycle::{Due, Pending, PendingChange, Verdict};
use crate::operation::Operation;
use crate::outcome::{NotTaken, Outcome};
use crate::policy::{EbsPolicy, FailoverWithoutRecoverPoint, FirstCopy, FirstCopyAfterReverse, ReverseNeeds};
use crate::rule::{RuleId, cite};
use crate::text::StatusMessage;
use crate::time::{Span, Timestamp};

/// A call on a pair, with the condition of the disk on which the decision depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PairRequest {
    /// Start, automatic or one-shot.
    Start {
        /// Copy once only.
        one_shot: bool,
        /// The condition of the destination disk.
        destination: Disk,
    },
    /// Stop.
    Stop,
    /// Failover.
    Failover,
    /// Reprotect.
    Reprotect {
        /// Whether the roles swap.
        reverse: bool,
        /// The condition of the source disk, which is the old primary.
        source: Disk,
    },
    /// Delete.
    Delete,
}

impl PairRequest {
    /// The operation it belongs to.
    pub const fn operation(self) -> Operation {
        match self {
            Self::Start { .. } => Operation::StartDiskReplicaPair,
            Self::Stop => Operation::StopDiskReplicaPair,
            Self::Failover => Operation::FailoverDiskReplicaPair,
            Self::Reprotect { .. } => Operation::ReprotectDiskReplicaPair,
            Self::Delete => Operation::DeleteDiskReplicaPair,
        }
    }
}

/// The changes that a decision makes. Returned by the `decide` functions, consumed by [`ReplicaPair::apply`].
#[must_use = "a decision does nothing until it is applied"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairPlan {
    pub(in crate::ebs) rule: RuleId,
    pub(in crate::ebs) at: Timestamp,
    pub(in crate::ebs) to: PairStatus,
    pub(in crate::ebs) pending: PendingChange<PairEffect>,
    pub(in crate::ebs) due: Option<Timestamp>,
    pub(in crate::ebs) status_message: Option<StatusMessage>,
    pub(in crate::ebs) recover_point: Option<Timestamp>,
    pub(in crate::ebs) copied: bool,
    pub(in crate::ebs) switched: bool,
    pub(in crate::ebs) swap: bool,
    pub(in crate::ebs) one_shot: bool,
    /// Whether a copy failed.
    pub(in crate::ebs) copy_failed: bool,
    pub(in crate::ebs) reversing: bool,
}

/// The result of applying a plan.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairStep {
    /// The rule that decided.
    pub rule: RuleId,
    /// When.
    pub at: Timestamp,
    /// The status before.
    pub from: PairStatus,
    /// The status after.
    pub to: PairStatus,
    /// The effect that is requested.
    pub asked: Option<Pending<PairEffect>>,
    /// The effect that ended or was superseded.
    pub ended: Option<Pending<PairEffect>>,
    /// Whether a copy failed.
    pub copy_failed: bool,
}

impl ReplicaPair {
    /// Decides a call: region and role (`E-620` to `E-622`), then membership (`E-623`), then status (the table), then disks
    /// and limits.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide(
        &self,
        cx: &CallSite<'_>,
        request: PairRequest,
        policy: &EbsPolicy,
    ) -> Result<PairPlan, EbsRefusal> {
        self.check_region(cx, request.operation())?;
        if let Some(group) = self.group() {
            let (operation, group) = (request.operation(), group.clone());
            return Err(GroupReason::PairInGroup(self.id.clone()).of(operation, group));
        }
        let event = self.event_of(request, policy);
        let row = PairLifecycle::lookup(self.status, event);
        let to = match row.verdict(policy) {
            Verdict::Refuse => return Err(self.invalid_status(request.operation(), row.rule)),
            Verdict::NoOp => return Ok(self.unchanged(row.rule, cx.now)),
            Verdict::Move(to) => to,
        };
        self.check_limits(cx, request, policy)?;
        Ok(self.accepted(cx.now, request, row.rule, to, policy))
    }

    pub(crate) fn check_region(&self, cx: &CallSite<'_>, operation: Operation) -> Result<(), EbsRefusal> {
        let at_source = || self.source().region == *cx.region;
        let at_destination = || self.destination().region == *cx.region;
        // Only the ends on which the answer depends are compared: an accepted failover reads one of them.
        let allowed = match operation {
            Operation::FailoverDiskReplicaPair | Operation::ReprotectDiskReplicaPair => at_destination(),
            Operation::DeleteDiskReplicaPair => at_source(),
            _ => at_source() || at_destination(),
        };
        if allowed {
            return Ok(());
        }
        let (pair, region) = (self.id.clone(), cx.region.clone());
        Err(if at_source() {
            EbsReason::OperateNotAllowedForPrimary { pair, region }.of(operation)
        } else if at_destination() {
            EbsReason::NotAtSource { pair, region }.of(operation)
        } else {
            let resource = alloc::string::String::from(pair.as_str()).into();
            EbsReason::NoSuchResource { resource, region, rule: E_620 }.of(operation)
        })
    }

    /// The event by which the table is asked about a request.
    pub(in crate::ebs) fn event_of(&self, request: PairRequest, policy: &EbsPolicy) -> PairEvent {
        match request {
            PairRequest::Start { one_shot: true, .. } => PairEvent::StartOneShot,
            PairRequest::Start { one_shot: false, .. } => {
                let again = match policy.first_copy_after_reverse {
                    FirstCopyAfterReverse::InitialSyncing => self.last_recover_point.is_some(),
                    FirstCopyAfterReverse::Syncing => self.copied,
                };
                if again { PairEvent::StartAgain } else { PairEvent::StartFirst }
            }
            PairRequest::Stop => PairEvent::Stop,
            PairRequest::Failover => PairEvent::Failover,
            PairRequest::Reprotect { .. } => PairEvent::Reprotect,
            PairRequest::Delete => PairEvent::Delete,
        }
    }

    fn check_limits(
        &self,
        cx: &CallSite<'_>,
        request: PairRequest,
        policy: &EbsPolicy,
    ) -> Result<(), EbsRefusal> {
        let operation = request.operation();
        match request {
            PairRequest::Start { destination, .. } if destination.attached => {
                Err(EbsReason::StandbyDeviceAttached {
                    pair: self.id.clone(),
                    disk: self.destination().disk.clone(),
                }
                .of(operation))
            }
            PairRequest::Start { one_shot: true, .. } => match self.last_one_shot {
                // The gap must exceed the limit: a start exactly at it is still too early.
                Some(last) if cx.now.since(last) <= policy.one_shot_gap => Err(EbsReason::ManualSyncLimit {
                    pair: self.id.clone(),
                    wait: last.after(policy.one_shot_gap).after(Span::from_millis(1)).since(cx.now),
                }
                .of(operation)),
                _ => Ok(()),
            },
            PairRequest::Failover
                if self.last_recover_point.is_none()
                    && policy.failover_without_recover_point == FailoverWithoutRecoverPoint::Refuse =>
            {
                Err(EbsReason::NoRecoverPoint { pair: self.id.clone() }.of(operation))
            }
            PairRequest::Reprotect { reverse: true, source } => {
                let in_use = match policy.reverse_needs {
                    ReverseNeeds::DetachedOrDown => source.attached && source.up,
                    ReverseNeeds::Detached => source.attached,
                };
                if in_use {
                    let disk = self.source().disk.clone();
                    Err(EbsReason::PrimaryDeviceAttached { pair: self.id.clone(), disk }.of(operation))
                } else {
                    Ok(())
                }
            }
            _ => Ok(()),
        }
    }

    fn accepted(
        &self,
        now: Timestamp,
        request: PairRequest,
        rule: RuleId,
        to: PairStatus,
        policy: &EbsPolicy,
    ) -> PairPlan {
        cite!(E_651);
        let asks = |effect| PairPlan {
            to,
            pending: PendingChange::Ask(effect),
            due: None,
            status_message: None,
            ..self.unchanged(rule, now)
        };
        match request {
            PairRequest::Start { one_shot: true, .. } => {
                PairPlan { one_shot: true, ..asks(PairEffect::Copy) }
            }
            PairRequest::Start { one_shot: false, .. } => {
                let due = Some(now.after(RPO));
                match policy.first_copy {
                    FirstCopy::AtOnce => PairPlan { due, ..asks(PairEffect::Copy) },
                    FirstCopy::AfterOneRpo => {
                        PairPlan { due, pending: PendingChange::Clear, ..asks(PairEffect::Copy) }
                    }
                }
            }
            PairRequest::Stop => asks(PairEffect::Stop),
            PairRequest::Failover => asks(PairEffect::Failover),
            PairRequest::Reprotect { reverse, .. } => asks(PairEffect::Reprotect { reverse }),
            PairRequest::Delete => asks(PairEffect::Delete),
        }
    }

    /// Decides the reported outcome of an effect. The message of a failed creation becomes the pair's status message.
    ///
    /// # Errors
    ///
    /// [`NotTaken`] if the effect is not the pending one or does not end like this.
    pub fn decide_outcome(
        &self,
        now: Timestamp,
        id: EffectId,
        outcome: &Outcome,
        policy: &EbsPolicy,
    ) -> Result<PairPlan, NotTaken> {
        cite!(E_640, E_641, E_650);
        let pending = self.pending.filter(|pending| pending.id == id).ok_or(NotTaken::Stale)?;
        let (success, failure) = pending.effect.events();
        let row = PairLifecycle::lookup(self.status, if outcome.is_done()? { success } else { failure });
        let to = row.verdict(policy).after(self.status).ok_or(NotTaken::Stale)?;
        let mut plan = PairPlan { to, pending: PendingChange::Clear, ..self.unchanged(row.rule, now) };
        match (pending.effect, outcome) {
            (PairEffect::Create, Outcome::Failed { message, .. }) => plan.status_message.clone_from(message),
            (PairEffect::Copy, Outcome::Failed { .. }) => plan.copy_failed = true,
            (PairEffect::Copy, _) => {
                plan.recover_point = Some(now);
                plan.copied = true;
            }
            (PairEffect::Failover, Outcome::Succeeded) => plan.switched = true,
            (PairEffect::Reprotect { reverse }, Outcome::Succeeded) => {
                plan.switched = false;
                plan.swap = reverse;
                // A recover point belongs to a direction, and the other one has none yet.
                plan.recover_point = if reverse { None } else { self.last_recover_point };
            }
            (PairEffect::Delete, Outcome::Succeeded) => plan.due = Some(now.after(policy.tombstone)),
            _ => {}
        }
        Ok(plan)
    }

    /// Decides what happens at the deadline [`ReplicaPair::due`]. Cycles up to `now` that fall into a running copy are
    /// skipped in one step, so that a late caller costs no loop.
    pub fn decide_due(&self, now: Timestamp, policy: &EbsPolicy) -> Option<Due<PairPlan>> {
        cite!(E_660);
        let at = self.due.filter(|due| *due <= now)?;
        if self.status == PairStatus::Deleted {
            return Some(Due::Forget);
        }
        let row = PairLifecycle::lookup(self.status, PairEvent::CycleDue);
        let to = row.verdict(policy).after(self.status)?;
        let base = PairPlan { to, ..self.unchanged(row.rule, at) };
        Some(Due::Cycle(if self.pending.is_some() {
            PairPlan { due: first_cycle_after(at, now), ..base }
        } else {
            PairPlan { pending: PendingChange::Ask(PairEffect::Copy), due: first_cycle_after(at, at), ..base }
        }))
    }

    /// Decides what a broken relation changes, for instance after a disk was removed (`E-510`).
    pub fn decide_invalidated(&self, now: Timestamp, message: StatusMessage) -> PairPlan {
        let row = PairLifecycle::lookup(self.status, PairEvent::Invalidated);
        match row.then {
            Verdict::Move(to) => PairPlan {
                to,
                pending: PendingChange::Clear,
                due: None,
                status_message: Some(message),
                reversing: false,
                ..self.unchanged(row.rule, now)
            },
            Verdict::NoOp | Verdict::Refuse => self.unchanged(row.rule, now),
        }
    }

    /// Carries a plan out. `id` becomes the id of the effect that the plan requests, if it requests one.
    pub fn apply(&mut self, plan: PairPlan, id: EffectId) -> PairStep {
        let from = self.status;
        let (asked, ended) = plan.pending.apply(&mut self.pending, id, plan.at);
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
        PairStep {
            rule: plan.rule,
            at: plan.at,
            from,
            to: plan.to,
            asked,
            ended,
            copy_failed: plan.copy_failed,
        }
    }

    pub(in crate::ebs) fn unchanged(&self, rule: RuleId, at: Timestamp) -> PairPlan {
        PairPlan {
            rule,
            at,
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
        }
    }

    pub(in crate::ebs) fn invalid_status(&self, operation: Operation, rule: RuleId) -> EbsRefusal {
        EbsReason::InvalidStatus { pair: self.id.clone(), status: self.status, rule }.of(operation)
    }
}

/// The first cycle of the grid through `at` that lies after `now`, if time reaches that far.
pub(in crate::ebs) fn first_cycle_after(at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let cycles = now.since(at).as_millis().checked_div(RPO.as_millis())?.checked_add(1)?;
    let offset = cycles.checked_mul(RPO.as_millis())?;
    at.as_millis().checked_add(offset).map(Timestamp::from_millis)
}

impl PairPlan {
    /// The rule that decided.
    pub const fn rule(&self) -> RuleId {
        self.rule
    }

    /// Whether the plan requests an effect, which needs an id.
    pub const fn asks(&self) -> bool {
        self.pending.asks()
    }
}
