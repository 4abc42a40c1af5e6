//! A replication pair: pure decisions and their application.
//!
//! [`ReplicaPair::decide`] and its siblings answer what would happen and change nothing; [`ReplicaPair::apply`] cannot
//! fail. Statuses come from the [table](super::table) alone; this file adds what the table does not know: regions,
//! disks, the direction, the recover point and the clock.
//!
//! A pair has two ends. `primary` and `standby` are where it was created and never move; `source` and `destination`
//! are the direction in which it copies, and swap when a reverse succeeds (`E-640`).

use alloc::vec::Vec;

use super::disk::{Access, Disk};
use super::refusal::EbsRefusal;
use super::requests::{Charge, CreateDiskReplicaPair};
use super::status::PairStatus;
use super::table::{self, PairEvent, Verdict};
use crate::ids::{AccountId, DiskId, EffectId, PairId, RegionId, ResourceGroupId, ZoneId};
use crate::operation::Operation;
use crate::policy::{EbsPolicy, FailoverWithoutRecoverPoint, FirstCopy, FirstCopyAfterReverse, ReverseNeeds};
use crate::rule::RuleId;
use crate::text::{Description, Name, StatusMessage, Tag};
use crate::time::{Span, Timestamp};

/// The recovery point objective, the only one sold: a copy cycle begins every 900 s (`E-410`).
pub const RPO: Span = Span::from_secs(900);

/// One end of a pair.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct End {
    /// Its region.
    pub region: RegionId,
    /// Its zone.
    pub zone: ZoneId,
    /// Its disk.
    pub disk: DiskId,
}

/// What a pair asks of the outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum PairEffect {
    /// Set the relation up.
    Create,
    /// Copy the source to the destination.
    Copy,
    /// Stop copying and roll the destination back to the last completed copy.
    Stop,
    /// Cut the link and make the destination readable and writable.
    Failover,
    /// Prepare the other direction, or the original one again.
    Reprotect {
        /// Whether the roles swap.
        reverse: bool,
    },
    /// Take the relation down.
    Delete,
}

impl PairEffect {
    /// The event of its success and of its failure.
    pub const fn events(self) -> (PairEvent, PairEvent) {
        match self {
            Self::Create => (PairEvent::CreateSucceeded, PairEvent::CreateFailed),
            Self::Copy => (PairEvent::CopySucceeded, PairEvent::CopyFailed),
            Self::Stop => (PairEvent::StopSucceeded, PairEvent::StopFailed),
            Self::Failover => (PairEvent::FailoverSucceeded, PairEvent::FailoverFailed),
            Self::Reprotect { .. } => (PairEvent::ReprotectSucceeded, PairEvent::ReprotectFailed),
            Self::Delete => (PairEvent::DeleteSucceeded, PairEvent::DeleteFailed),
        }
    }

    /// The effect that a pair in this status waits for, if the status is transient. A copy may be between two cycles.
    pub const fn of(status: PairStatus) -> Option<Self> {
        match status {
            PairStatus::Creating => Some(Self::Create),
            PairStatus::InitialSyncing | PairStatus::ManualSyncing | PairStatus::Syncing => Some(Self::Copy),
            PairStatus::Stopping => Some(Self::Stop),
            PairStatus::Failingover => Some(Self::Failover),
            PairStatus::Reprotecting => Some(Self::Reprotect { reverse: true }),
            PairStatus::Deleting => Some(Self::Delete),
            _ => None,
        }
    }
}

/// An effect that was asked for and has not been reported on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct PendingPair {
    /// Fencing token, attempt number and, with `since`, age.
    pub id: EffectId,
    /// What was asked.
    pub effect: PairEffect,
    /// When.
    pub since: Timestamp,
}

/// A replication pair.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ReplicaPair {
    pub(crate) id: PairId,
    pub(crate) account: AccountId,
    /// Grows with every pair of a control plane: the sort key of describes and their cursor.
    pub(crate) ordinal: u64,
    pub(crate) primary: End,
    pub(crate) standby: End,
    pub(crate) reversed: bool,
    pub(crate) name: Option<Name>,
    pub(crate) description: Option<Description>,
    pub(crate) charge: Charge,
    pub(crate) enable_rtc: bool,
    pub(crate) resource_group: Option<ResourceGroupId>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) created_at: Timestamp,
    pub(crate) status: PairStatus,
    pub(crate) status_message: Option<StatusMessage>,
    pub(crate) pending: Option<PendingPair>,
    /// Next copy cycle while replicating, end of the tombstone once deleted.
    pub(crate) due: Option<Timestamp>,
    /// Completion of the last copy in this direction; absent before the first.
    pub(crate) last_recover_point: Option<Timestamp>,
    /// Whether any copy has completed, in either direction.
    pub(crate) copied: bool,
    /// Whether a failover took effect that no reprotect has undone: the destination is writable.
    pub(crate) switched: bool,
    pub(crate) last_one_shot: Option<Timestamp>,
}

/// What a call on a pair asks, with the facts about its disks that the decision needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PairRequest {
    /// Start, automatic or one-shot.
    Start {
        /// Copy once only.
        one_shot: bool,
        /// The destination disk as it is.
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
        /// The source disk, that is, the old primary, as it is.
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

/// A pair to be adopted: one that exists elsewhere, in any status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairSeed {
    /// Its id.
    pub id: PairId,
    /// Its status.
    pub status: PairStatus,
    /// Why it is `invalid` or `create_failed`.
    pub status_message: Option<StatusMessage>,
    /// Whether source and destination have swapped.
    pub reversed: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When the last copy completed.
    pub last_recover_point: Option<Timestamp>,
    /// The request that would have created it in the region of its primary.
    pub request: CreateDiskReplicaPair,
}

/// When and where a call was made.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The time of the call.
    pub now: Timestamp,
    /// The region of the call (`RegionId`).
    pub region: &'a RegionId,
}

/// What a decision changes. Made by the `decide` functions, consumed by [`ReplicaPair::apply`].
#[must_use = "a decision does nothing until it is applied"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairPlan {
    rule: RuleId,
    at: Timestamp,
    to: PairStatus,
    pending: PendingChange,
    due: Option<Timestamp>,
    status_message: Option<StatusMessage>,
    recover_point: Option<Timestamp>,
    copied: bool,
    switched: bool,
    swap: bool,
    one_shot: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PendingChange {
    Keep,
    Clear,
    Ask(PairEffect),
}

/// What applying a plan did.
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
    /// The effect that is asked for now.
    pub asked: Option<PendingPair>,
    /// The effect that ended or was superseded.
    pub ended: Option<PendingPair>,
}

/// What falls due on a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PairDue {
    /// Its next copy cycle.
    Cycle(PairPlan),
    /// The end of its tombstone: the pair is forgotten (`E-660`).
    Forget,
}

impl ReplicaPair {
    /// A pair as `CreateDiskReplicaPair` makes it: status `creating`, waiting for the effect `asked`.
    pub fn create(
        id: PairId,
        account: AccountId,
        cx: &Context<'_>,
        asked: EffectId,
        request: &CreateDiskReplicaPair,
    ) -> Self {
        Self {
            id,
            account,
            ordinal: asked.0,
            primary: End {
                region: cx.region.clone(),
                zone: request.source_zone.clone(),
                disk: request.source_disk.clone(),
            },
            standby: End {
                region: request.destination_region.clone(),
                zone: request.destination_zone.clone(),
                disk: request.destination_disk.clone(),
            },
            reversed: false,
            name: request.name.clone(),
            description: request.description.clone(),
            charge: request.charge.clone(),
            enable_rtc: request.enable_rtc,
            resource_group: request.resource_group.clone(),
            tags: request.tags.clone(),
            created_at: cx.now,
            status: PairStatus::Creating,
            status_message: None,
            pending: Some(PendingPair { id: asked, effect: PairEffect::Create, since: cx.now }),
            due: None,
            last_recover_point: None,
            copied: false,
            switched: false,
            last_one_shot: None,
        }
    }

    /// A pair that exists elsewhere, in any status: a transient one waits for the effect `asked` from now on.
    pub(crate) fn adopt(
        seed: PairSeed,
        account: AccountId,
        cx: &Context<'_>,
        asked: EffectId,
        policy: &EbsPolicy,
    ) -> Self {
        let status = seed.status;
        let pending = PairEffect::of(status).map(|effect| PendingPair { id: asked, effect, since: cx.now });
        let cycles = matches!(status, PairStatus::InitialSyncing | PairStatus::Syncing | PairStatus::Normal);
        let switched =
            matches!(status, PairStatus::Failedover | PairStatus::Reprotecting | PairStatus::ReprotectFailed);
        Self {
            reversed: seed.reversed,
            created_at: seed.created_at.min(cx.now),
            status,
            status_message: seed.status_message,
            pending,
            due: match status {
                PairStatus::Deleted => Some(cx.now.after(policy.tombstone)),
                _ if cycles => Some(cx.now.after(RPO)),
                _ => None,
            },
            last_recover_point: seed.last_recover_point.map(|at| at.min(cx.now)),
            copied: seed.last_recover_point.is_some(),
            switched,
            ..Self::create(seed.id, account, cx, asked, &seed.request)
        }
    }

    /// Decides a call: region and role (`E-620` to `E-622`), then status (the table), then disks and limits.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide(
        &self,
        cx: &Context<'_>,
        request: PairRequest,
        policy: &EbsPolicy,
    ) -> Result<PairPlan, EbsRefusal> {
        self.check_region(cx, request.operation())?;
        let event = self.event_of(request, policy);
        let row = table::lookup(self.status, event);
        let to = match row.verdict(policy) {
            Verdict::Refuse => return Err(self.invalid_status(request.operation(), row.rule)),
            Verdict::NoOp => return Ok(self.unchanged(row.rule, cx.now)),
            Verdict::Move(to) => to,
        };
        self.check_limits(cx, request, policy)?;
        Ok(self.accepted(cx.now, request, row.rule, to, policy))
    }

    fn check_region(&self, cx: &Context<'_>, operation: Operation) -> Result<(), EbsRefusal> {
        let (source, destination) = (self.source(), self.destination());
        let at_source = source.region == *cx.region;
        let at_destination = destination.region == *cx.region;
        if !at_source && !at_destination {
            return Err(EbsRefusal::NoSuchResource {
                operation,
                resource: alloc::string::String::from(self.id.as_str()).into(),
                region: cx.region.clone(),
                rule: RuleId("E-620"),
            });
        }
        let pair = self.id.clone();
        let region = cx.region.clone();
        match operation {
            Operation::FailoverDiskReplicaPair | Operation::ReprotectDiskReplicaPair if !at_destination => {
                Err(EbsRefusal::OperateNotAllowedForPrimary { operation, pair, region })
            }
            Operation::DeleteDiskReplicaPair if !at_source => {
                Err(EbsRefusal::NotAtSource { operation, pair, region })
            }
            _ => Ok(()),
        }
    }

    /// Turns what was asked and what is known into the event that the table is asked about.
    fn event_of(&self, request: PairRequest, policy: &EbsPolicy) -> PairEvent {
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
        cx: &Context<'_>,
        request: PairRequest,
        policy: &EbsPolicy,
    ) -> Result<(), EbsRefusal> {
        let operation = request.operation();
        match request {
            PairRequest::Start { destination, .. } if destination.attached => {
                Err(EbsRefusal::StandbyDeviceAttached {
                    operation,
                    pair: self.id.clone(),
                    disk: self.destination().disk.clone(),
                })
            }
            PairRequest::Start { one_shot: true, .. } => match self.last_one_shot {
                // The gap must exceed the limit: a start exactly at it is still too early.
                Some(last) if cx.now.since(last) <= policy.one_shot_gap => Err(EbsRefusal::ManualSyncLimit {
                    operation,
                    pair: self.id.clone(),
                    wait: last.after(policy.one_shot_gap).after(Span::from_millis(1)).since(cx.now),
                }),
                _ => Ok(()),
            },
            PairRequest::Failover
                if self.last_recover_point.is_none()
                    && policy.failover_without_recover_point == FailoverWithoutRecoverPoint::Refuse =>
            {
                Err(EbsRefusal::NoRecoverPoint { operation, pair: self.id.clone() })
            }
            PairRequest::Reprotect { reverse: true, source } => {
                let in_use = match policy.reverse_needs {
                    ReverseNeeds::DetachedOrDown => source.attached && source.up,
                    ReverseNeeds::Detached => source.attached,
                };
                if in_use {
                    let disk = self.source().disk.clone();
                    Err(EbsRefusal::PrimaryDeviceAttached { operation, pair: self.id.clone(), disk })
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

    /// Decides the reported outcome of an effect; `message` becomes the status message of a failed creation.
    /// `None` if the effect is not the pending one: the report is stale and nothing changes.
    pub fn decide_outcome(
        &self,
        now: Timestamp,
        id: EffectId,
        succeeded: bool,
        message: Option<StatusMessage>,
        policy: &EbsPolicy,
    ) -> Option<PairPlan> {
        let pending = self.pending.filter(|pending| pending.id == id)?;
        let (success, failure) = pending.effect.events();
        let row = table::lookup(self.status, if succeeded { success } else { failure });
        let to = match row.verdict(policy) {
            Verdict::Move(to) => to,
            Verdict::NoOp => self.status,
            Verdict::Refuse => return None,
        };
        let mut plan = PairPlan {
            to,
            pending: PendingChange::Clear,
            status_message: None,
            ..self.unchanged(row.rule, now)
        };
        match (pending.effect, succeeded) {
            (PairEffect::Create, false) => plan.status_message = message,
            (PairEffect::Copy, true) => {
                plan.recover_point = Some(now);
                plan.copied = true;
            }
            (PairEffect::Failover, true) => plan.switched = true,
            (PairEffect::Reprotect { reverse }, true) => {
                plan.switched = false;
                plan.swap = reverse;
                // A recover point belongs to a direction: the other one has none yet.
                plan.recover_point = if reverse { None } else { self.last_recover_point };
            }
            (PairEffect::Delete, true) => plan.due = Some(now.after(policy.tombstone)),
            _ => {}
        }
        Some(plan)
    }

    /// What falls due at [`ReplicaPair::due`], seen from `now`: cycles up to `now` that a running copy swallows are
    /// skipped in one step, so that a late caller costs no loop.
    pub fn decide_due(&self, now: Timestamp, policy: &EbsPolicy) -> Option<PairDue> {
        let at = self.due.filter(|due| *due <= now)?;
        if self.status == PairStatus::Deleted {
            return Some(PairDue::Forget);
        }
        let row = table::lookup(self.status, PairEvent::CycleDue);
        let to = match row.verdict(policy) {
            Verdict::Move(to) => to,
            Verdict::NoOp => self.status,
            Verdict::Refuse => return None,
        };
        let base = PairPlan { to, ..self.unchanged(row.rule, at) };
        Some(PairDue::Cycle(if self.pending.is_some() {
            PairPlan { due: first_cycle_after(at, now), ..base }
        } else {
            PairPlan { pending: PendingChange::Ask(PairEffect::Copy), due: first_cycle_after(at, at), ..base }
        }))
    }

    /// Decides that the relation broke, for instance because a disk was removed (`E-510`).
    pub fn decide_invalidated(&self, now: Timestamp, message: StatusMessage) -> PairPlan {
        let row = table::lookup(self.status, PairEvent::Invalidated);
        match row.then {
            Verdict::Move(to) => PairPlan {
                to,
                pending: PendingChange::Clear,
                due: None,
                status_message: Some(message),
                ..self.unchanged(row.rule, now)
            },
            Verdict::NoOp | Verdict::Refuse => self.unchanged(row.rule, now),
        }
    }

    /// Carries a plan out. `id` names the effect that the plan asks for, if it asks for one.
    pub fn apply(&mut self, plan: PairPlan, id: EffectId) -> PairStep {
        let from = self.status;
        let ended = match plan.pending {
            PendingChange::Keep => None,
            PendingChange::Clear => self.pending.take(),
            PendingChange::Ask(effect) => self.pending.replace(PendingPair { id, effect, since: plan.at }),
        };
        let asked = match plan.pending {
            PendingChange::Ask(_) => self.pending,
            PendingChange::Keep | PendingChange::Clear => None,
        };
        self.status = plan.to;
        self.due = plan.due;
        self.last_recover_point = plan.recover_point;
        self.status_message = plan.status_message;
        self.copied = plan.copied;
        self.switched = plan.switched;
        self.reversed ^= plan.swap;
        if plan.one_shot {
            self.last_one_shot = Some(plan.at);
        }
        PairStep { rule: plan.rule, at: plan.at, from, to: plan.to, asked, ended }
    }

    fn unchanged(&self, rule: RuleId, at: Timestamp) -> PairPlan {
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
        }
    }

    fn invalid_status(&self, operation: Operation, rule: RuleId) -> EbsRefusal {
        EbsRefusal::InvalidStatus { operation, pair: self.id.clone(), status: self.status, rule }
    }
}

/// The first cycle of the grid through `at` that lies after `now`, if time reaches that far.
fn first_cycle_after(at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let cycles = now.since(at).as_millis().checked_div(RPO.as_millis())?.checked_add(1)?;
    let offset = cycles.checked_mul(RPO.as_millis())?;
    at.as_millis().checked_add(offset).map(Timestamp::from_millis)
}

impl PairPlan {
    /// Whether the plan asks for an effect and so needs an id.
    pub const fn asks(&self) -> bool {
        matches!(self.pending, PendingChange::Ask(_))
    }
}

/// Reading a pair.
impl ReplicaPair {
    /// Its id.
    pub const fn id(&self) -> &PairId {
        &self.id
    }

    /// The account that owns it.
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// Its status.
    pub const fn status(&self) -> PairStatus {
        self.status
    }

    /// Why it is `invalid` or `create_failed`.
    pub const fn status_message(&self) -> Option<&StatusMessage> {
        self.status_message.as_ref()
    }

    /// Where it was created as source; never moves.
    pub const fn primary(&self) -> &End {
        &self.primary
    }

    /// Where it was created as destination; never moves.
    pub const fn standby(&self) -> &End {
        &self.standby
    }

    /// The end that is copied now.
    pub const fn source(&self) -> &End {
        if self.reversed { &self.standby } else { &self.primary }
    }

    /// The end that is copied to now.
    pub const fn destination(&self) -> &End {
        if self.reversed { &self.primary } else { &self.standby }
    }

    /// The effect that has not been reported on.
    pub const fn pending(&self) -> Option<PendingPair> {
        self.pending
    }

    /// When something falls due: the next cycle, or the end of the tombstone.
    pub const fn due(&self) -> Option<Timestamp> {
        self.due
    }

    /// When the last copy in this direction completed.
    pub const fn last_recover_point(&self) -> Option<Timestamp> {
        self.last_recover_point
    }

    /// When it was created.
    pub const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// Its name.
    pub const fn name(&self) -> Option<&Name> {
        self.name.as_ref()
    }

    /// Its description.
    pub const fn description(&self) -> Option<&Description> {
        self.description.as_ref()
    }

    /// How it is paid for.
    pub const fn charge(&self) -> &Charge {
        &self.charge
    }

    /// Whether replication time control is on.
    pub const fn enable_rtc(&self) -> bool {
        self.enable_rtc
    }

    /// Its resource group.
    pub const fn resource_group(&self) -> Option<&ResourceGroupId> {
        self.resource_group.as_ref()
    }

    /// Its tags.
    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// Whether it still binds its disks: a tombstone does not (`E-661`).
    pub fn binds_disks(&self) -> bool {
        self.status != PairStatus::Deleted
    }

    /// What the relation leaves to the host of its source disk: the old primary is read-only while its role is being
    /// reversed and is otherwise never fenced (`E-670`, `E-672`).
    pub fn source_access(&self) -> Access {
        match self.pending {
            Some(PendingPair { effect: PairEffect::Reprotect { reverse: true }, .. }) => Access::ReadOnly,
            _ => Access::ReadWrite,
        }
    }

    /// What the relation leaves to the host of its destination disk: nothing, until a failover takes effect or the
    /// pair is deleted (`E-671`).
    pub fn destination_access(&self) -> Access {
        if self.switched || !self.binds_disks() { Access::ReadWrite } else { Access::None }
    }
}
