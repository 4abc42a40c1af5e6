//! Whether a state is sound, told without building its indexes anew: each resource finds itself in them, and they hold no
//! more than the resources have. It agrees with what [`diagnose`](ControlPlane::diagnose) finds out slowly, but cannot name it.

use crate::control_plane::ControlPlane;
use crate::ebs::{GroupStatus, ReplicaPair};
use crate::ids::{EffectId, ResourceId};
use crate::polardb::Failover;

/// Counts what the resources have of each index.
#[derive(Debug, Default)]
struct Found {
    /// Whether the indexes were built of the resources a moment ago: then each resource is there, and only two under one key make
    /// fewer entries than were counted. Of deadlines that is not enough, since their resources are searched by ordinal.
    just_built: bool,
    effects: usize,
    disks: usize,
    listed_pairs: usize,
    listed_groups: usize,
    members: usize,
    drills: usize,
    drill_disks: usize,
    nodes: usize,
    networks: usize,
}

const fn count(number: &mut usize) -> bool {
    *number = number.saturating_add(1);
    true
}

impl ControlPlane {
    /// Whether every invariant holds. O(n), and O(m log m) in the deadlines.
    pub(super) fn is_sound(&self) -> bool {
        self.resources_are_sound(Found::default()) && self.tokens.check().is_ok()
    }

    /// As [`is_sound`](Self::is_sound), of a state whose tokens were verified and whose indexes were built a moment ago.
    #[cfg(feature = "serde")]
    pub(super) fn is_sound_just_built(&self) -> bool {
        self.resources_are_sound(Found { just_built: true, ..Found::default() })
    }

    fn resources_are_sound(&self, mut found: Found) -> bool {
        self.pairs_are_sound(&mut found)
            && self.groups_are_sound(&mut found)
            && self.drills_are_sound(&mut found)
            && self.clusters_are_sound(&mut found)
            && self.networks_are_sound(&mut found)
            && self.indexes_hold_no_more(&found)
            && self.tokens.clock() == self.clock
            && *self.tokens.config() == self.policy.tokens.config()
    }

    fn owns(
        &self,
        effect: Option<EffectId>,
        found: &mut Found,
        is_owner: impl Fn(&ResourceId) -> bool,
    ) -> bool {
        effect.is_none_or(|id| {
            let owned = || self.index.effects.get(id.0).is_some_and(is_owner);
            (found.just_built || owned()) && count(&mut found.effects)
        })
    }

    fn pairs_are_sound(&self, found: &mut Found) -> bool {
        let built = found.just_built;
        let disk = |pair: &ReplicaPair, disk| {
            built || self.index.disks.get(&(pair.account.clone(), disk)) == Some(&pair.id)
        };
        self.check_registry(&self.pairs, |pair| (&pair.id, Some(pair.ordinal), pair.latest)).is_ok()
            && self.disks.values().all(|disk| *disk != crate::ebs::Disk::default())
            && self.pairs.values().all(|pair| {
                let pending = pair.pending.map(|pending| pending.id);
                let ends = [&pair.primary, &pair.standby];
                self.check_pair(pair).is_ok()
                    && self.owns(
                        pending,
                        found,
                        |owner| matches!(owner, ResourceId::Pair(id) if *id == pair.id),
                    )
                    && (!pair.binds_disks()
                        || ((built || self.index.pair_listing.holds(pair))
                            && count(&mut found.listed_pairs)
                            && ends
                                .iter()
                                .all(|end| disk(pair, end.disk.clone()) && count(&mut found.disks))))
                    && pair.group().is_none_or(|group| {
                        self.groups.get(group).is_some_and(|group| group.account == pair.account)
                            && (built
                                || self
                                    .index
                                    .members
                                    .get(group)
                                    .and_then(|members| members.get(&pair.ordinal))
                                    == Some(&pair.id))
                            && count(&mut found.members)
                    })
            })
    }

    fn groups_are_sound(&self, found: &mut Found) -> bool {
        self.check_registry(&self.groups, |group| (&group.id, Some(group.ordinal), group.latest)).is_ok()
            && self.groups.values().all(|group| {
                let members: alloc::vec::Vec<_> = self.members(&group.id).collect();
                let pending = group.pending.map(|pending| pending.id);
                self.check_group(group, &members).is_ok()
                    && self.owns(
                        pending,
                        found,
                        |owner| matches!(owner, ResourceId::Group(id) if *id == group.id),
                    )
                    && (group.status == GroupStatus::Deleted
                        || (self.index.group_listing.holds(group) && count(&mut found.listed_groups)))
            })
    }

    fn drills_are_sound(&self, found: &mut Found) -> bool {
        self.check_drills().is_ok()
            && self.drills.values().all(|drill| {
                let pending = drill.pending.map(|pending| pending.id);
                self.owns(pending, found, |owner| matches!(owner, ResourceId::Drill(id) if *id == drill.id))
                    && self.index.drills.get(&drill.owner).is_some_and(|drills| drills.contains(&drill.id))
                    && count(&mut found.drills)
                    && drill.disks.iter().all(|disk| {
                        let key = (drill.account.clone(), disk.disk.clone());
                        self.index.drill_disks.get(&key) == Some(&drill.id) && count(&mut found.drill_disks)
                    })
            })
            && self.index.drills.values().all(|drills| {
                !drills.is_empty()
                    && drills.iter().map(|id| self.drills.get(id).map(|drill| drill.ordinal)).is_sorted()
            })
    }

    fn clusters_are_sound(&self, found: &mut Found) -> bool {
        self.check_registry(&self.clusters, |cluster| (&cluster.id, Some(cluster.ordinal), cluster.latest))
            .is_ok()
            && self.clusters.values().all(|cluster| {
                let pending = [
                    cluster.pending.map(|pending| pending.id),
                    cluster.failover.as_ref().and_then(Failover::pending),
                    cluster.work.as_ref().map(|pending| pending.id),
                ];
                let is_owner =
                    |owner: &ResourceId| matches!(owner, ResourceId::Cluster(id) if *id == cluster.id);
                self.check_cluster(cluster).is_ok()
                    && pending.into_iter().all(|id| self.owns(id, found, is_owner))
                    && cluster.nodes.iter().all(|node| {
                        self.index.nodes.get(&node.id) == Some(&cluster.id) && count(&mut found.nodes)
                    })
            })
    }

    fn networks_are_sound(&self, found: &mut Found) -> bool {
        self.check_networks().is_ok()
            && self.networks.values().all(|network| {
                let pending = network.pending.as_ref().map(|pending| pending.id);
                self.owns(
                    pending,
                    found,
                    |owner| matches!(owner, ResourceId::Network(id) if *id == network.id),
                ) && network.members().all(|(cluster, _)| {
                    self.index.networks.get(cluster) == Some(&network.id) && count(&mut found.networks)
                })
            })
    }

    /// Whether the indexes hold nothing but what was found. Two entries under one key were counted twice and are there once.
    fn indexes_hold_no_more(&self, found: &Found) -> bool {
        let index = &self.index;
        let members = || index.members.values();
        let minted = |id: u64| id > 0 && id < self.next_id;
        index.effects.is_sound()
            && index.effects.len() == found.effects
            && index.effects.iter().all(|(id, _)| minted(id))
            && index.deadlines.agrees_with(self.timed())
            && index.disks.len() == found.disks
            && index.pair_listing.holds_only(found.listed_pairs)
            && index.group_listing.holds_only(found.listed_groups)
            && members().all(|members| !members.is_empty())
            && members().map(|members| members.len()).sum::<usize>() == found.members
            && index.drills.values().map(alloc::vec::Vec::len).sum::<usize>() == found.drills
            && index.drill_disks.len() == found.drill_disks
            && index.nodes.len() == found.nodes
            && index.networks.len() == found.networks
    }
}
