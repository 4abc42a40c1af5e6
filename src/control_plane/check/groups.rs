//! The invariants of groups, memberships and drills, one variant each.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::control_plane::{ControlPlane, Violation};
use crate::ebs::group::membership::lies_in;
use crate::ebs::{
    Drill, DrillDiskStatus, DrillEffect, DrillOwner, DrillStatus, GroupEffect, GroupEvent, GroupLifecycle,
    GroupStatus, MOST_MEMBERS, PairEffect, PairStatus, RPO, ReplicaGroup, ReplicaPair, fits_group,
};
use crate::lifecycle::Verdict;

/// A broken invariant of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GroupViolation {
    /// Groups are not in the order of their ordinals, or an ordinal was never minted.
    #[error("it is out of order")]
    Ordinal,
    /// The pending effect is not the one that the status waits for, or a status that waits has none.
    #[error("its pending effect does not fit its status")]
    Pending,
    /// A time lies after the clock.
    #[error("it holds a time that lies after the clock")]
    InFuture,
    /// A deadline is set in a status that has none, or missing in one that needs it.
    #[error("it has a deadline that its status does not allow, or lacks one")]
    Due,
    /// Both sites are the same place.
    #[error("both its sites are one place")]
    TooClose,
    /// It has more members than a group may have (`G-686`).
    #[error("it has too many members")]
    TooMany,
    /// It has no members, but a status that requires some (`G-520`).
    #[error("it has no member, but its status says that it had")]
    Empty,
    /// It records a failed copy although no member copies.
    #[error("it records a failed copy but has no round under way")]
    Spoilt,
    /// A one-shot round is running although no member copies, so it would never end.
    #[error("its one-shot round has no copy")]
    Stalled,
    /// Members that completed a round do not share a recover point (`G-641`).
    #[error("its members completed a round but do not share a recover point")]
    RecoverPoints,
}

/// A broken invariant of a pair as a group member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MemberViolation {
    /// Its group does not exist or belongs to another account.
    #[error("its group does not exist in its account")]
    NoGroup,
    /// Its status is impossible for a member of a group in that status (`G-401` to `G-405`).
    #[error("it shows what no member of its group shows")]
    Status,
    /// Its ends are not its group's sites, or it replicates in the other direction (`G-685`).
    #[error("it lies between other places than its group")]
    Places,
    /// Its replication time control differs from its group's (`G-660`).
    #[error("its replication time control is not its group's")]
    Rtc,
    /// It is being reversed and its group is not, or the reverse.
    #[error("it disagrees with its group on whether the direction is being reversed")]
    Reversing,
    /// It has a pending effect or a deadline that belongs to its group.
    #[error("it waits for what its group waits for")]
    OwnWork,
}

/// A broken invariant of a drill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DrillViolation {
    /// Drills are not in the order of their ordinals, or an ordinal was never minted.
    #[error("it is out of order")]
    Ordinal,
    /// Its pair or group does not exist or belongs to another account.
    #[error("what it belongs to does not exist in its account")]
    Owner,
    /// The pending effect is not the one that the status waits for, or a status that waits has none.
    #[error("its pending effect does not fit its status")]
    Pending,
    /// A time lies after the clock.
    #[error("it holds a time that lies after the clock")]
    InFuture,
    /// The status of a disk does not fit the drill's status, or the drill has disks and no recover point.
    #[error("its disks do not fit its status")]
    Disks,
    /// A disk is listed twice, in two drills or in one.
    #[error("a disk of it belongs to two drills")]
    DiskTwice,
    /// A status message is set in a status that has none.
    #[error("it shows a status message in a status that has none")]
    Message,
}

impl ControlPlane {
    pub(in crate::control_plane) fn check_groups(&self) -> Result<(), Violation> {
        let mut last = 0;
        for (id, group) in self.groups.iter() {
            if *id != group.id {
                return Err(Violation::Registry(id.as_str().into()));
            }
            if group.ordinal <= last || group.ordinal >= self.next_id {
                return Err(Violation::Group { group: group.id.clone(), why: GroupViolation::Ordinal });
            }
            last = group.ordinal;
        }
        let mut members: alloc::collections::BTreeMap<_, Vec<&ReplicaPair>> =
            self.groups.values().map(|group| (&group.id, Vec::new())).collect();
        for pair in self.pairs.values() {
            let Some(id) = pair.group() else { continue };
            let account = self.groups.get(id).map(|group| &group.account);
            match members.get_mut(id).filter(|_| account == Some(&pair.account)) {
                Some(members) => members.push(pair),
                None => {
                    let (pair, why) = (pair.id.clone(), MemberViolation::NoGroup);
                    return Err(Violation::Member { pair, why });
                }
            }
        }
        for group in self.groups.values() {
            self.check_group(group, members.get(&group.id).map_or(&[], Vec::as_slice))?;
        }
        Ok(())
    }

    /// Verifies a group and its members, which are given in creation order.
    pub(in crate::control_plane) fn check_group(
        &self,
        group: &ReplicaGroup,
        members: &[&ReplicaPair],
    ) -> Result<(), Violation> {
        self.fault_of_group(group, members)
            .map_or(Ok(()), |why| Err(Violation::Group { group: group.id.clone(), why }))?;
        for pair in members {
            if let Some(why) = fault_of_member(group, pair) {
                return Err(Violation::Member { pair: pair.id.clone(), why });
            }
        }
        Ok(())
    }

    fn fault_of_group(&self, group: &ReplicaGroup, members: &[&ReplicaPair]) -> Option<GroupViolation> {
        let pending = group.pending.map(|pending| pending.effect);
        let waits = match (GroupEffect::of(group.status), pending) {
            (Some(GroupEffect::Reprotect { .. }), Some(GroupEffect::Reprotect { .. })) => true,
            (wanted, found) => wanted == found,
        };
        if !waits {
            return Some(GroupViolation::Pending);
        }
        let times = [Some(group.created_at), group.last_one_shot, group.pending.map(|pending| pending.since)];
        if times.into_iter().flatten().any(|time| time > self.clock) {
            return Some(GroupViolation::InFuture);
        }
        let end_of_time = self.clock.as_millis() > u64::MAX.saturating_sub(RPO.as_millis());
        let due_fits = match group.status {
            GroupStatus::Syncing | GroupStatus::Normal => group.due.is_some() || end_of_time,
            GroupStatus::Deleted => group.due.is_some(),
            _ => group.due.is_none(),
        };
        if !due_fits {
            return Some(GroupViolation::Due);
        }
        if group.primary == group.standby {
            return Some(GroupViolation::TooClose);
        }
        if members.len() > MOST_MEMBERS {
            return Some(GroupViolation::TooMany);
        }
        let emptied = GroupLifecycle::lookup(group.status, GroupEvent::Emptied).then;
        if members.is_empty() && emptied != Verdict::NoOp {
            return Some(GroupViolation::Empty);
        }
        let copies =
            |pair: &&&ReplicaPair| pair.pending.is_some_and(|pending| pending.effect == PairEffect::Copy);
        let copying = members.iter().find(copies).is_some();
        if group.copy_failed && !copying {
            return Some(GroupViolation::Spoilt);
        }
        if group.status == GroupStatus::ManualSyncing && !copying {
            return Some(GroupViolation::Stalled);
        }
        let completed = members.iter().filter(|pair| pair.status == PairStatus::Normal);
        let points: BTreeSet<_> = completed.map(|pair| pair.last_recover_point).collect();
        (points.len() > 1).then_some(GroupViolation::RecoverPoints)
    }

    pub(in crate::control_plane) fn check_drills(&self) -> Result<(), Violation> {
        let mut last = 0;
        let mut disks = BTreeSet::new();
        for (id, drill) in self.drills.iter() {
            if *id != drill.id {
                return Err(Violation::Registry(id.as_str().into()));
            }
            let faulty = |why| Err(Violation::Drill { drill: drill.id.clone(), why });
            if drill.ordinal <= last || drill.ordinal >= self.next_id {
                return faulty(DrillViolation::Ordinal);
            }
            last = drill.ordinal;
            self.check_drill(drill)?;
            if !drill.disks.iter().all(|disk| disks.insert((&drill.account, &disk.disk))) {
                return faulty(DrillViolation::DiskTwice);
            }
        }
        Ok(())
    }

    /// Verifies a drill by itself and with its owner.
    pub(in crate::control_plane) fn check_drill(&self, drill: &Drill) -> Result<(), Violation> {
        let fault = self.fault_of_drill(drill);
        fault.map_or(Ok(()), |why| Err(Violation::Drill { drill: drill.id.clone(), why }))
    }

    fn fault_of_drill(&self, drill: &Drill) -> Option<DrillViolation> {
        let owned = match &drill.owner {
            DrillOwner::Pair(id) => self.pairs.get(id).map(|pair| &pair.account),
            DrillOwner::Group(id) => self.groups.get(id).map(|group| &group.account),
        };
        if owned != Some(&drill.account) {
            return Some(DrillViolation::Owner);
        }
        if DrillEffect::of(drill.status) != drill.pending.map(|pending| pending.effect) {
            return Some(DrillViolation::Pending);
        }
        let times = [Some(drill.started_at), drill.recover_point, drill.pending.map(|pending| pending.since)];
        if times.into_iter().flatten().any(|time| time > self.clock) {
            return Some(DrillViolation::InFuture);
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
            return Some(DrillViolation::Disks);
        }
        let shows = matches!(drill.status, DrillStatus::ExecuteFailed | DrillStatus::ClearFailed);
        (drill.status_message.is_some() && !shows).then_some(DrillViolation::Message)
    }
}

fn fault_of_member(group: &ReplicaGroup, pair: &ReplicaPair) -> Option<MemberViolation> {
    if pair.account != group.account {
        return Some(MemberViolation::NoGroup);
    }
    if !fits_group(group.status, pair.status) {
        return Some(MemberViolation::Status);
    }
    let (source, destination) = (pair.source(), pair.destination());
    let same_way = lies_in(source, group.source()) && lies_in(destination, group.destination());
    // A member that became invalid during the reversal of its group keeps its old direction.
    let other_way = lies_in(source, group.destination()) && lies_in(destination, group.source());
    if !(same_way || (other_way && pair.status == PairStatus::Invalid)) {
        return Some(MemberViolation::Places);
    }
    if pair.enable_rtc() != group.enable_rtc() {
        return Some(MemberViolation::Rtc);
    }
    let reverses =
        group.pending.is_some_and(|pending| pending.effect == GroupEffect::Reprotect { reverse: true });
    if pair.reversing != (reverses && pair.status == PairStatus::Reprotecting) {
        return Some(MemberViolation::Reversing);
    }
    let copies = pair.pending.is_none_or(|pending| pending.effect == PairEffect::Copy);
    (pair.due.is_some() || !copies).then_some(MemberViolation::OwnWork)
}
