//! The invariants of pairs, groups, memberships and drills.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::Violation;
use crate::breach::Breach;
use crate::control_plane::ControlPlane;
use crate::control_plane::index::Index;
use crate::ebs::{Disk, Drill, ReplicaGroup, ReplicaId, ReplicaPair};

impl ControlPlane {
    pub(super) fn check_pairs(&self) -> Result<(), Violation> {
        self.check_registry(&self.pairs, |pair| (&pair.id, Some(pair.ordinal), pair.latest))?;
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
        pair.check(self.clock).map_err(|breach| breach.of(pair.id.as_str()))
    }

    pub(super) fn check_groups(&self, anew: &Index) -> Result<(), Violation> {
        self.check_registry(&self.groups, |group| (&group.id, Some(group.ordinal), group.latest))?;
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
        group.check(self.clock, members).map_err(|breach| breach.of(group.id.as_str()))?;
        let member =
            |pair: &&ReplicaPair| group.check_member(pair).map_err(|breach| breach.of(pair.id.as_str()));
        members.iter().try_for_each(member)
    }

    pub(super) fn check_drills<'a>(&'a self) -> Result<(), Violation> {
        self.check_registry(&self.drills, |drill| (&drill.id, Some(drill.ordinal), drill.latest))?;
        let mut disks = BTreeSet::new();
        let mut twice =
            |drill: &'a Drill| !drill.disks.iter().all(|disk| disks.insert((&drill.account, &disk.disk)));
        for drill in self.drills.values() {
            self.check_drill(drill)?;
            if twice(drill) {
                return Err(Breach::DiskTwice.of(drill.id.as_str()));
            }
        }
        Ok(())
    }

    pub(in crate::control_plane) fn check_drill(&self, drill: &Drill) -> Result<(), Violation> {
        let owned = match &drill.owner {
            ReplicaId::Pair(id) => self.pairs.get(id).map(|pair| &pair.account),
            ReplicaId::Group(id) => self.groups.get(id).map(|group| &group.account),
        };
        if owned != Some(&drill.account) {
            return Err(Breach::Owner.of(drill.id.as_str()));
        }
        drill.check(self.clock).map_err(|breach| breach.of(drill.id.as_str()))
    }
}
