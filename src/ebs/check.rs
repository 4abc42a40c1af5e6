//! The invariants of a pair, of a group with its members, and of a drill, each by itself.

use alloc::collections::BTreeSet;

use crate::breach::Breach;
use crate::ebs::drill::{Drill, DrillDiskStatus, DrillEffect, DrillStatus};
use crate::ebs::group::ReplicaGroup;
use crate::ebs::group::member::fits_group;
use crate::ebs::group::membership::{MAX_MEMBERS, lies_in};
use crate::ebs::group::whole::WholeGroup;
use crate::ebs::lifecycle::{GroupEffect, GroupEvent, GroupLifecycle, GroupStatus, PairEffect, PairStatus};
use crate::ebs::pair::requests::Charge;
use crate::ebs::pair::{RPO, ReplicaPair};
use crate::lifecycle::Verdict;
use crate::time::Timestamp;

impl ReplicaPair {
    /// Verifies its invariants, given the time up to which anything can have happened.
    ///
    /// # Errors
    ///
    /// The first [`Breach`] found.
    pub fn check(&self, now: Timestamp) -> Result<(), Breach> {
        self.breach(now).map_or(Ok(()), Err)
    }

    fn breach(&self, now: Timestamp) -> Option<Breach> {
        let waits_for = PairEffect::of(self.status);
        let pending = self.pending.map(|pending| pending.effect);
        let between_cycles = matches!(self.status, PairStatus::InitialSyncing | PairStatus::Syncing);
        let grouped = self.group.is_some();
        let fits = match (waits_for, pending) {
            (None, None) => true,
            // A member waits for its group's effect, or for the other members of its round.
            (Some(_), None) if grouped => true,
            (Some(PairEffect::Reprotect { .. }), Some(PairEffect::Reprotect { .. })) => true,
            (Some(PairEffect::Copy), None) => between_cycles,
            (wanted, found) => wanted == found,
        };
        if !fits {
            return Some(Breach::Pending);
        }
        let times = [
            Some(self.created_at),
            self.last_recover_point,
            self.last_one_shot,
            self.pending.map(|pending| pending.since),
        ];
        let breach = self.latest.breach(now, times, [self.pending.map(|pending| pending.id)]);
        if breach.is_some() {
            return breach;
        }
        // Cycles end at the greatest time, so only there may a replicating pair lack a deadline.
        let end_of_time = now.as_millis() > u64::MAX.saturating_sub(RPO.as_millis());
        let due_fits = match self.status {
            status if status.is_replicating() => self.due.is_some() != grouped || end_of_time,
            PairStatus::Deleted => self.due.is_some(),
            _ => self.due.is_none(),
        };
        if !due_fits {
            return Some(Breach::Due);
        }
        if self.status_message.is_some() && !self.status.shows_message() {
            return Some(Breach::Message);
        }
        if self.last_recover_point.is_some() && !self.copied {
            return Some(Breach::RecoverPoint);
        }
        if self.status.is_switched().is_some_and(|switched| switched != self.switched) {
            return Some(Breach::Switched);
        }
        if let Charge::PrePay { period, unit, .. } = *self.charge()
            && !unit.sells(period)
        {
            return Some(Breach::Period);
        }
        if let Charge::PostPayWith { .. } = self.charge() {
            return Some(Breach::PostPaid);
        }
        if self.reversing && !grouped {
            return Some(Breach::Reversing);
        }
        let (primary, standby) = (&self.primary, &self.standby);
        let one_place = primary.region == standby.region && primary.zone == standby.zone;
        (one_place || primary.disk == standby.disk).then_some(Breach::TooClose)
    }
}

impl ReplicaGroup {
    /// Verifies its invariants, given its members in the order of their creation and the time up to which anything can have
    /// happened. The members have a [check](ReplicaPair::check) of their own, and [another](Self::check_member).
    ///
    /// # Errors
    ///
    /// The first [`Breach`] found.
    pub fn check(&self, now: Timestamp, members: &[&ReplicaPair]) -> Result<(), Breach> {
        self.check_alone(now)?;
        self.with_all(members).breach().map_or(Ok(()), Err)
    }

    /// Verifies that a pair fits this group as its member.
    ///
    /// # Errors
    ///
    /// The first [`Breach`] found.
    pub fn check_member(&self, pair: &ReplicaPair) -> Result<(), Breach> {
        breach_of_member(self, pair).map_or(Ok(()), Err)
    }

    /// Verifies what holds whatever members it has.
    pub(in crate::ebs) fn check_alone(&self, now: Timestamp) -> Result<(), Breach> {
        self.breach_alone(now).map_or(Ok(()), Err)
    }

    fn breach_alone(&self, now: Timestamp) -> Option<Breach> {
        let pending = self.pending.map(|pending| pending.effect);
        let waits = match (GroupEffect::of(self.status), pending) {
            (Some(GroupEffect::Reprotect { .. }), Some(GroupEffect::Reprotect { .. })) => true,
            (wanted, found) => wanted == found,
        };
        if !waits {
            return Some(Breach::Pending);
        }
        let since = self.pending.map(|pending| pending.since);
        let times = [Some(self.created_at), self.last_one_shot, since];
        let breach = self.latest.breach(now, times, [self.pending.map(|pending| pending.id)]);
        if breach.is_some() {
            return breach;
        }
        let end_of_time = now.as_millis() > u64::MAX.saturating_sub(RPO.as_millis());
        let due_fits = match self.status {
            status if status.is_replicating() => self.due.is_some() || end_of_time,
            GroupStatus::Deleted => self.due.is_some(),
            _ => self.due.is_none(),
        };
        if !due_fits {
            return Some(Breach::Due);
        }
        (self.primary.zone == self.standby.zone).then_some(Breach::TooClose)
    }
}

impl WholeGroup<'_> {
    pub(in crate::ebs) fn breach(&self) -> Option<Breach> {
        let members = self.members();
        if usize::try_from(self.size()) != Ok(members.len()) {
            return Some(Breach::Size);
        }
        let taken = members.iter().fold(0_u64, |taken, pair| taken.saturating_add(pair.latest.plans));
        if taken != self.latest.plans {
            return Some(Breach::Plans);
        }
        if members.len() > MAX_MEMBERS {
            return Some(Breach::TooMany);
        }
        let emptied = GroupLifecycle::lookup(self.status, GroupEvent::Emptied).then;
        if members.is_empty() && emptied != Verdict::NoOp {
            return Some(Breach::Empty);
        }
        let copies =
            |pair: &&&ReplicaPair| pair.pending.is_some_and(|pending| pending.effect == PairEffect::Copy);
        let copying = members.iter().find(copies).is_some();
        if self.copy_failed && !copying {
            return Some(Breach::CopyFailed);
        }
        if self.status == GroupStatus::ManualSyncing && !copying {
            return Some(Breach::Stalled);
        }
        let completed = members.iter().filter(|pair| pair.status == PairStatus::Normal);
        let points: BTreeSet<_> = completed.map(|pair| pair.last_recover_point).collect();
        (points.len() > 1).then_some(Breach::RecoverPoints)
    }
}

impl Drill {
    /// Verifies its invariants, given the time up to which anything can have happened.
    ///
    /// # Errors
    ///
    /// The first [`Breach`] found.
    pub fn check(&self, now: Timestamp) -> Result<(), Breach> {
        self.breach(now).map_or(Ok(()), Err)
    }

    fn breach(&self, now: Timestamp) -> Option<Breach> {
        if DrillEffect::of(self.status) != self.pending.map(|pending| pending.effect) {
            return Some(Breach::Pending);
        }
        let since = self.pending.map(|pending| pending.since);
        let times = [Some(self.started_at), self.recover_point, since];
        let breach = self.latest.breach(now, times, [self.pending.map(|pending| pending.id)]);
        if breach.is_some() {
            return breach;
        }
        let fits = |disk: &DrillDiskStatus| match self.status {
            DrillStatus::Executing => *disk == DrillDiskStatus::Creating,
            DrillStatus::Executed => *disk == DrillDiskStatus::Created,
            DrillStatus::Clearing => *disk == DrillDiskStatus::Deleting,
            DrillStatus::ExecuteFailed | DrillStatus::ClearFailed => {
                matches!(disk, DrillDiskStatus::Failed(_))
            }
        };
        let disks_fit = self.disks.iter().all(|disk| fits(&disk.status));
        if !disks_fit || (self.recover_point.is_none() && !self.disks.is_empty()) {
            return Some(Breach::Disks);
        }
        (self.status_message.is_some() && !self.status.is_failed()).then_some(Breach::Message)
    }
}

fn breach_of_member(group: &ReplicaGroup, pair: &ReplicaPair) -> Option<Breach> {
    if pair.account != group.account {
        return Some(Breach::NoGroup);
    }
    if !fits_group(group.status, pair.status) {
        return Some(Breach::Status);
    }
    let (source, destination) = (pair.source(), pair.destination());
    let same_way = lies_in(source, group.source()) && lies_in(destination, group.destination());
    // A member that became invalid during the reversal of its group keeps its old direction.
    let other_way = lies_in(source, group.destination()) && lies_in(destination, group.source());
    if !(same_way || (other_way && pair.status == PairStatus::Invalid)) {
        return Some(Breach::Places);
    }
    if pair.enable_rtc() != group.enable_rtc() {
        return Some(Breach::Rtc);
    }
    let reverses =
        group.pending.is_some_and(|pending| pending.effect == GroupEffect::Reprotect { reverse: true });
    if pair.reversing != (reverses && pair.status == PairStatus::Reprotecting) {
        return Some(Breach::Reversing);
    }
    let copies = pair.pending.is_none_or(|pending| pending.effect == PairEffect::Copy);
    (pair.due.is_some() || !copies).then_some(Breach::OwnWork)
}
