//! The invariants of pairs, groups, memberships and drills.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::{Breach, Violation};
use crate::control_plane::ControlPlane;
use crate::control_plane::index::Index;
use crate::ebs::group::membership::lies_in;
use crate::ebs::{
    Charge, Disk, Drill, DrillDiskStatus, DrillEffect, DrillStatus, GroupEffect, GroupEvent, GroupLifecycle,
    GroupStatus, MAX_MEMBERS, PairEffect, PairStatus, RPO, ReplicaGroup, ReplicaId, ReplicaPair, fits_group,
};
use crate::lifecycle::Verdict;

impl ControlPlane {
    pub(super) fn check_pairs(&self) -> Result<(), Violation> {
        self.check_registry(&self.pairs, |pair| (&pair.id, Some(pair.ordinal)))?;
        let mut bound = BTreeSet::new();
        for pair in self.pairs.values() {
            self.check_pair(pair)?;
            for end in [&pair.primary, &pair.standby] {
                if pair.binds_disks() && !bound.insert((&pair.account, &end.disk)) {
                    return Err(Violation::DiskTwice {
                        account: pair.account.clone(),
                        disk: end.disk.clone(),
                    });
                }
            }
        }
        let idle = self.disks.iter().find(|(_, disk)| **disk == Disk::default());
        idle.map_or(Ok(()), |((_, disk), _)| Err(Violation::DiskDefault(disk.clone())))
    }

    pub(in crate::control_plane) fn check_pair(&self, pair: &ReplicaPair) -> Result<(), Violation> {
        self.breach_of_pair(pair).map_or(Ok(()), |breach| Err(breach.of(pair.id.as_str())))
    }

    fn breach_of_pair(&self, pair: &ReplicaPair) -> Option<Breach> {
        let waits_for = PairEffect::of(pair.status);
        let pending = pair.pending.map(|pending| pending.effect);
        let between_cycles = matches!(pair.status, PairStatus::InitialSyncing | PairStatus::Syncing);
        let grouped = pair.group.is_some();
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
            Some(pair.created_at),
            pair.last_recover_point,
            pair.last_one_shot,
            pair.pending.map(|pending| pending.since),
        ];
        if self.in_future(times) {
            return Some(Breach::InFuture);
        }
        // Cycles end at the greatest time, so only there may a replicating pair lack a deadline.
        let end_of_time = self.clock.as_millis() > u64::MAX.saturating_sub(RPO.as_millis());
        let due_fits = match pair.status {
            status if status.is_replicating() => pair.due.is_some() != grouped || end_of_time,
            PairStatus::Deleted => pair.due.is_some(),
            _ => pair.due.is_none(),
        };
        if !due_fits {
            return Some(Breach::Due);
        }
        if pair.status_message.is_some() && !pair.status.shows_message() {
            return Some(Breach::Message);
        }
        if pair.last_recover_point.is_some() && !pair.copied {
            return Some(Breach::RecoverPoint);
        }
        if pair.status.is_switched().is_some_and(|switched| switched != pair.switched) {
            return Some(Breach::Switched);
        }
        if let Charge::PrePay { period, unit, .. } = *pair.charge()
            && !unit.sells(period)
        {
            return Some(Breach::Period);
        }
        if let Charge::PostPayWith { .. } = pair.charge() {
            return Some(Breach::PostPaid);
        }
        if pair.reversing && !grouped {
            return Some(Breach::Reversing);
        }
        let (primary, standby) = (&pair.primary, &pair.standby);
        let one_place = primary.region == standby.region && primary.zone == standby.zone;
        (one_place || primary.disk == standby.disk).then_some(Breach::TooClose)
    }

    pub(super) fn check_groups(&self, anew: &Index) -> Result<(), Violation> {
        self.check_registry(&self.groups, |group| (&group.id, Some(group.ordinal)))?;
        let lost = |pair: &&ReplicaPair| {
            let group = pair.group().map(|id| self.groups.get(id));
            group.is_some_and(|group| group.is_none_or(|group| group.account != pair.account))
        };
        if let Some(pair) = self.pairs.values().find(lost) {
            return Err(Breach::NoGroup.of(pair.id.as_str()));
        }
        for group in self.groups.values() {
            let members = anew.members.get(&group.id).into_iter().flat_map(|members| members.values());
            let members: Vec<&ReplicaPair> = members.filter_map(|id| self.pairs.get(id)).collect();
            self.check_group(group, &members)?;
        }
        Ok(())
    }

    /// Verifies a group and its members, which are given in creation order.
    pub(in crate::control_plane) fn check_group(
        &self,
        group: &ReplicaGroup,
        members: &[&ReplicaPair],
    ) -> Result<(), Violation> {
        if let Some(breach) = self.breach_of_group(group, members) {
            return Err(breach.of(group.id.as_str()));
        }
        let broken = members.iter().find_map(|pair| Some((pair, breach_of_member(group, pair)?)));
        broken.map_or(Ok(()), |(pair, breach)| Err(breach.of(pair.id.as_str())))
    }

    fn breach_of_group(&self, group: &ReplicaGroup, members: &[&ReplicaPair]) -> Option<Breach> {
        let pending = group.pending.map(|pending| pending.effect);
        let waits = match (GroupEffect::of(group.status), pending) {
            (Some(GroupEffect::Reprotect { .. }), Some(GroupEffect::Reprotect { .. })) => true,
            (wanted, found) => wanted == found,
        };
        if !waits {
            return Some(Breach::Pending);
        }
        let times = [Some(group.created_at), group.last_one_shot, group.pending.map(|pending| pending.since)];
        if self.in_future(times) {
            return Some(Breach::InFuture);
        }
        let end_of_time = self.clock.as_millis() > u64::MAX.saturating_sub(RPO.as_millis());
        let due_fits = match group.status {
            status if status.is_replicating() => group.due.is_some() || end_of_time,
            GroupStatus::Deleted => group.due.is_some(),
            _ => group.due.is_none(),
        };
        if !due_fits {
            return Some(Breach::Due);
        }
        if group.primary == group.standby {
            return Some(Breach::TooClose);
        }
        if members.len() > MAX_MEMBERS {
            return Some(Breach::TooMany);
        }
        let emptied = GroupLifecycle::lookup(group.status, GroupEvent::Emptied).then;
        if members.is_empty() && emptied != Verdict::NoOp {
            return Some(Breach::Empty);
        }
        let copies =
            |pair: &&&ReplicaPair| pair.pending.is_some_and(|pending| pending.effect == PairEffect::Copy);
        let copying = members.iter().find(copies).is_some();
        if group.copy_failed && !copying {
            return Some(Breach::CopyFailed);
        }
        if group.status == GroupStatus::ManualSyncing && !copying {
            return Some(Breach::Stalled);
        }
        let completed = members.iter().filter(|pair| pair.status == PairStatus::Normal);
        let points: BTreeSet<_> = completed.map(|pair| pair.last_recover_point).collect();
        (points.len() > 1).then_some(Breach::RecoverPoints)
    }

    pub(super) fn check_drills<'a>(&'a self) -> Result<(), Violation> {
        self.check_registry(&self.drills, |drill| (&drill.id, Some(drill.ordinal)))?;
        let mut disks = BTreeSet::new();
        let mut twice =
            |drill: &'a Drill| !drill.disks.iter().all(|disk| disks.insert((&drill.account, &disk.disk)));
        for drill in self.drills.values() {
            let breach = self.breach_of_drill(drill).or_else(|| twice(drill).then_some(Breach::DiskTwice));
            if let Some(breach) = breach {
                return Err(breach.of(drill.id.as_str()));
            }
        }
        Ok(())
    }

    pub(in crate::control_plane) fn check_drill(&self, drill: &Drill) -> Result<(), Violation> {
        self.breach_of_drill(drill).map_or(Ok(()), |breach| Err(breach.of(drill.id.as_str())))
    }

    fn breach_of_drill(&self, drill: &Drill) -> Option<Breach> {
        let owned = match &drill.owner {
            ReplicaId::Pair(id) => self.pairs.get(id).map(|pair| &pair.account),
            ReplicaId::Group(id) => self.groups.get(id).map(|group| &group.account),
        };
        if owned != Some(&drill.account) {
            return Some(Breach::Owner);
        }
        if DrillEffect::of(drill.status) != drill.pending.map(|pending| pending.effect) {
            return Some(Breach::Pending);
        }
        let times = [Some(drill.started_at), drill.recover_point, drill.pending.map(|pending| pending.since)];
        if self.in_future(times) {
            return Some(Breach::InFuture);
        }
        let fits = |disk: &DrillDiskStatus| match drill.status {
            DrillStatus::Executing => *disk == DrillDiskStatus::Creating,
            DrillStatus::Executed => *disk == DrillDiskStatus::Created,
            DrillStatus::Clearing => *disk == DrillDiskStatus::Deleting,
            DrillStatus::ExecuteFailed | DrillStatus::ClearFailed => {
                matches!(disk, DrillDiskStatus::Failed(_))
            }
        };
        let disks_fit = drill.disks.iter().all(|disk| fits(&disk.status));
        if !disks_fit || (drill.recover_point.is_none() && !drill.disks.is_empty()) {
            return Some(Breach::Disks);
        }
        (drill.status_message.is_some() && !drill.status.is_failed()).then_some(Breach::Message)
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
