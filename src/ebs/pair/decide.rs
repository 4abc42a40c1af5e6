//! Decisions on a pair.
//!
//! [`ReplicaPair::decide`] and its siblings return a plan and change nothing. Statuses come from the table alone. This file adds
//! regions, disks, the direction, the recover point and the clock.

use alloc::sync::Arc;

use crate::ebs::Context;
use crate::ebs::disk::Disk;
use crate::ebs::lifecycle::{PairEffect, PairEvent, PairLifecycle, PairStatus};
use crate::ebs::pair::plan::PairPlan;
use crate::ebs::pair::requests::{Bandwidth, Charge, ModifyDiskReplicaPair, PairSettings};
use crate::ebs::pair::rules::{
    E_016, E_272, E_274, E_275, E_610, E_620, E_640, E_641, E_650, E_651, E_652, E_660,
};
use crate::ebs::pair::{RPO, ReplicaPair};
use crate::ebs::refusal::{EbsReason, EbsRefusal, GroupReason};
use crate::ids::{EffectId, RegionId};
use crate::lifecycle::{Due, PendingChange, Verdict};
use crate::operation::Operation;
use crate::outcome::{NotTaken, Outcome};
use crate::policy::{
    BandwidthInPlace, EbsPolicy, FailoverWithoutRecoverPoint, FirstCopy, FirstCopyAfterReverse,
    PostpaidBandwidth, ReverseNeeds, SiteCodes,
};
use crate::rule::{RuleId, cite};
use crate::text::StatusMessage;
use crate::time::{Span, Timestamp};

/// A call on a pair, with the condition of the disk on which the decision depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PairRequest<'a> {
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
    /// Change of settings.
    Modify(&'a ModifyDiskReplicaPair),
}

impl PairRequest<'_> {
    /// The operation it belongs to.
    pub const fn operation(self) -> Operation {
        match self {
            Self::Start { .. } => Operation::StartDiskReplicaPair,
            Self::Stop => Operation::StopDiskReplicaPair,
            Self::Failover => Operation::FailoverDiskReplicaPair,
            Self::Reprotect { .. } => Operation::ReprotectDiskReplicaPair,
            Self::Delete => Operation::DeleteDiskReplicaPair,
            Self::Modify(_) => Operation::ModifyDiskReplicaPair,
        }
    }
}

impl ReplicaPair {
    /// Decides a call: that a change names this pair (`E-610`), region and role (`E-620` to `E-622`), then membership (`E-623`),
    /// then status (the table), then disks and limits. Of its settings only the replication time control of a member is its group's.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide(
        &self,
        at: Context<'_>,
        region: &RegionId,
        request: PairRequest<'_>,
    ) -> Result<PairPlan, EbsRefusal> {
        let policy = at.policy;
        if let PairRequest::Modify(change) = request
            && change.pair != self.id
        {
            return Err(EbsReason::unknown(change.pair.as_str(), region, E_610).of(request.operation()));
        }
        self.check_region(policy, region, request.operation())?;
        if let Some(group) = self.group()
            && match request {
                PairRequest::Modify(change) => change.enable_rtc.is_some_and(|rtc| rtc != self.enable_rtc()),
                _ => true,
            }
        {
            let (operation, group) = (request.operation(), group.clone());
            return Err(GroupReason::PairInGroup(self.id.clone()).of(operation, group));
        }
        let event = self.event_of(request, policy);
        let row = PairLifecycle::lookup(self.status, event);
        let to = match (row.verdict(policy), request) {
            (Verdict::Refuse, _) => {
                let why =
                    EbsReason::InvalidStatus { pair: self.id.clone(), status: self.status, rule: row.rule };
                return Err(why.of(request.operation()));
            }
            (Verdict::NoOp, PairRequest::Modify(change)) => {
                let settings = Some(Arc::new(self.settings_after(change, policy)?));
                return Ok(PairPlan { settings, ..self.unchanged(row.rule, at) });
            }
            (Verdict::NoOp, _) => return Ok(self.unchanged(row.rule, at)),
            (Verdict::Move(to), _) => to,
        };
        self.check_limits(at, request)?;
        Ok(self.accepted(at, request, row.rule, to))
    }

    pub(crate) fn check_region(
        &self,
        policy: &EbsPolicy,
        region: &RegionId,
        operation: Operation,
    ) -> Result<(), EbsRefusal> {
        let at_source = || self.source().region == *region;
        let at_destination = || self.destination().region == *region;
        // Only the ends on which the answer depends are compared: an accepted failover reads one of them.
        let allowed = match operation {
            Operation::FailoverDiskReplicaPair | Operation::ReprotectDiskReplicaPair => at_destination(),
            Operation::DeleteDiskReplicaPair => at_source(),
            _ => at_source() || at_destination(),
        };
        if allowed {
            return Ok(());
        }
        let (pair, region) = (self.id.clone(), region.clone());
        Err(if at_source() && policy.site_codes == SiteCodes::Place && region != self.primary.region {
            EbsReason::OperateNotAllowedForStandby { pair, region }.of(operation)
        } else if at_source() {
            EbsReason::OperateNotAllowedForPrimary { pair, region }.of(operation)
        } else if at_destination() {
            EbsReason::NotAtSource { pair, region }.of(operation)
        } else {
            EbsReason::unknown(pair.as_str(), &region, E_620).of(operation)
        })
    }

    /// The event by which the table is asked about a request.
    pub(in crate::ebs) fn event_of(&self, request: PairRequest<'_>, policy: &EbsPolicy) -> PairEvent {
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
            PairRequest::Modify(_) => PairEvent::Modify,
        }
    }

    fn check_limits(&self, at: Context<'_>, request: PairRequest<'_>) -> Result<(), EbsRefusal> {
        let Context { now, policy, .. } = at;
        let operation = request.operation();
        let refused = |why: EbsReason| Err(why.of(operation));
        match request {
            PairRequest::Start { one_shot, destination } => {
                self.check_destination(destination, operation)?;
                match one_shot_wait(self.last_one_shot, now, policy).filter(|_| one_shot) {
                    Some(wait) => refused(EbsReason::ManualSyncLimit { pair: self.id.clone(), wait }),
                    None => Ok(()),
                }
            }
            PairRequest::Failover
                if self.last_recover_point.is_none()
                    && policy.failover_without_recover_point == FailoverWithoutRecoverPoint::Refuse =>
            {
                refused(EbsReason::NoRecoverPoint { pair: self.id.clone() })
            }
            PairRequest::Reprotect { reverse: true, source } => self.check_source(source, operation, policy),
            _ => Ok(()),
        }
    }

    /// A start overwrites the destination disk, so no host may use it (`E-631`, `G-631`).
    pub(in crate::ebs) fn check_destination(
        &self,
        disk: Disk,
        operation: Operation,
    ) -> Result<(), EbsRefusal> {
        if !disk.attached {
            return Ok(());
        }
        let (pair, disk) = (self.id.clone(), self.destination().disk.clone());
        Err(EbsReason::StandbyDeviceAttached { pair, disk }.of(operation))
    }

    /// A reverse will overwrite the source disk, the old primary, so nobody may write to it (`E-632`, `G-632`).
    pub(in crate::ebs) fn check_source(
        &self,
        disk: Disk,
        operation: Operation,
        policy: &EbsPolicy,
    ) -> Result<(), EbsRefusal> {
        let in_use = match policy.reverse_needs {
            ReverseNeeds::DetachedOrDown => disk.attached && disk.up,
            ReverseNeeds::Detached => disk.attached,
        };
        if !in_use {
            return Ok(());
        }
        let (pair, disk) = (self.id.clone(), self.source().disk.clone());
        Err(EbsReason::PrimaryDeviceAttached { pair, disk }.of(operation))
    }

    fn accepted(&self, at: Context<'_>, request: PairRequest<'_>, rule: RuleId, to: PairStatus) -> PairPlan {
        cite!(E_651);
        let asks = |effect| PairPlan {
            to,
            pending: PendingChange::Ask(effect),
            due: None,
            status_message: None,
            ..self.unchanged(rule, at)
        };
        match request {
            PairRequest::Start { one_shot: true, .. } => {
                PairPlan { one_shot: true, ..asks(PairEffect::Copy) }
            }
            PairRequest::Start { one_shot: false, .. } => {
                let due = Some(at.now.after(RPO));
                match at.policy.first_copy {
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
            // The table moves nothing on a change of settings.
            PairRequest::Modify(_) => PairPlan { to, ..self.unchanged(rule, at) },
        }
    }

    /// The settings after a change; what it leaves out stays.
    fn settings_after(
        &self,
        change: &ModifyDiskReplicaPair,
        policy: &EbsPolicy,
    ) -> Result<PairSettings, EbsRefusal> {
        cite!(E_272);
        let before = &*self.settings;
        Ok(PairSettings {
            name: change.name.clone().or_else(|| before.name.clone()),
            description: change.description.clone().or_else(|| before.description.clone()),
            enable_rtc: change.enable_rtc.unwrap_or(before.enable_rtc),
            charge: self.charge_after(change, policy)?,
            ..before.clone()
        })
    }

    /// How the pair is paid for after a change of its bandwidth.
    fn charge_after(&self, change: &ModifyDiskReplicaPair, policy: &EbsPolicy) -> Result<Charge, EbsRefusal> {
        cite!(E_274);
        let asked = change.bandwidth.filter(|_| policy.bandwidth_in_place == BandwidthInPlace::Changed);
        let refused = |rule| EbsReason::unfit_charge("Bandwidth", rule).of(Operation::ModifyDiskReplicaPair);
        match (self.charge(), asked) {
            (charge, None) => Ok(charge.clone()),
            (Charge::PrePay { period, unit, .. }, Some(kbps)) => {
                let bandwidth = Bandwidth::from_kbps(kbps).ok_or_else(|| refused(E_275))?;
                Ok(Charge::PrePay { bandwidth, period: *period, unit: *unit })
            }
            (_, Some(kbps)) if kbps != 0 && policy.postpaid_bandwidth == PostpaidBandwidth::Refuse => {
                Err(refused(E_016))
            }
            (_, Some(_)) => Ok(Charge::PostPay),
        }
    }

    /// Decides the reported outcome of an effect. The message of a failed creation becomes the pair's status message.
    ///
    /// # Errors
    ///
    /// [`NotTaken`] if a group takes the report, since it decides on its round as a whole (`G-641`, `G-642`), or if the effect is not the
    /// pending one or does not end like this.
    pub fn decide_outcome(
        &self,
        at: Context<'_>,
        id: EffectId,
        outcome: &Outcome,
    ) -> Result<PairPlan, NotTaken> {
        cite!(E_640, E_641, E_650, E_652);
        if self.group.is_some() {
            return Err(NotTaken::Grouped);
        }
        let Context { now, policy, .. } = at;
        let pending = self.pending.filter(|pending| pending.id == id).ok_or(NotTaken::Stale)?;
        let (success, failure) = pending.effect.events();
        let row = PairLifecycle::lookup(self.status, if outcome.is_done()? { success } else { failure });
        let to = row.verdict(policy).after(self.status).ok_or(NotTaken::Stale)?;
        let mut plan = PairPlan { to, pending: PendingChange::Clear, ..self.unchanged(row.rule, at) };
        match (pending.effect, outcome) {
            (PairEffect::Create, Outcome::Failed { message, .. }) => plan.status_message.clone_from(message),
            (PairEffect::Copy, Outcome::Failed { .. }) => plan.copy_failed = true,
            (PairEffect::Copy, _) => {
                plan.recover_point = Some(now);
                plan.copied = true;
            }
            (PairEffect::Failover, Outcome::Succeeded) => plan.switched = true,
            (PairEffect::Reprotect { reverse }, Outcome::Succeeded) => plan = plan.reprotected(reverse),
            (PairEffect::Delete, Outcome::Succeeded) => plan.due = Some(now.after(policy.tombstone)),
            _ => {}
        }
        Ok(plan)
    }

    /// Decides what happens at the deadline [`ReplicaPair::due`]. Cycles up to `now` that fall into a running copy are
    /// skipped in one step, so that a late caller costs no loop.
    pub fn decide_due(&self, at: Context<'_>) -> Option<Due<PairPlan>> {
        cite!(E_660);
        let due = self.due.filter(|due| *due <= at.now)?;
        if self.status == PairStatus::Deleted {
            return Some(Due::Forget);
        }
        let row = PairLifecycle::lookup(self.status, PairEvent::CycleDue);
        let to = row.verdict(at.policy).after(self.status)?;
        let base = PairPlan { to, ..self.unchanged(row.rule, self.latest.no_earlier(due, at)) };
        Some(Due::Cycle(if self.pending.is_some() {
            PairPlan { due: first_cycle_after(due, at.now), ..base }
        } else {
            PairPlan {
                pending: PendingChange::Ask(PairEffect::Copy),
                due: first_cycle_after(due, due),
                ..base
            }
        }))
    }

    /// Decides what a broken relation changes, for instance after a disk was removed (`E-510`).
    ///
    /// # Errors
    ///
    /// [`NotTaken::Grouped`] of a member: its group decides with
    /// [`decide_member_invalidated`](crate::ebs::WholeGroup::decide_member_invalidated).
    pub fn decide_invalidated(&self, at: Context<'_>, message: StatusMessage) -> Result<PairPlan, NotTaken> {
        if self.group.is_some() { Err(NotTaken::Grouped) } else { Ok(self.invalidated(at, message)) }
    }

    /// What a broken relation changes of a pair, be it a member or not.
    pub(in crate::ebs) fn invalidated(&self, at: Context<'_>, message: StatusMessage) -> PairPlan {
        let row = PairLifecycle::lookup(self.status, PairEvent::Invalidated);
        match row.then {
            Verdict::Move(to) => PairPlan {
                to,
                pending: PendingChange::Clear,
                due: None,
                status_message: Some(message),
                reversing: false,
                ..self.unchanged(row.rule, at)
            },
            Verdict::NoOp | Verdict::Refuse => self.unchanged(row.rule, at),
        }
    }
}

/// How long a one-shot start has to wait after the last one, if it does (`E-630`, `G-630`). The gap must exceed the limit:
/// a start exactly at it is still too early.
pub(in crate::ebs) fn one_shot_wait(
    last: Option<Timestamp>,
    now: Timestamp,
    policy: &EbsPolicy,
) -> Option<Span> {
    let last = last.filter(|last| now.since(*last) <= policy.one_shot_gap)?;
    Some(last.after(policy.one_shot_gap).after(Span::from_millis(1)).since(now))
}

/// The first cycle of the grid through `at` that lies after `now`, if time reaches that far.
pub(in crate::ebs) fn first_cycle_after(at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let cycles = now.since(at).as_millis().checked_div(RPO.as_millis())?.checked_add(1)?;
    let offset = cycles.checked_mul(RPO.as_millis())?;
    at.as_millis().checked_add(offset).map(Timestamp::from_millis)
}
