//! Effects, which the embedder carries out, and the reports that it sends back.
//!
//! The enums here are exhaustive on purpose: an embedder matches every variant, so a new effect is a compile error and
//! is not silently dropped.

use alloc::vec::Vec;

use crate::ebs::{DiskChange, DrillEffect, DrillOwner, GroupEffect, PairEffect};
use crate::ids::{AccountId, ClusterId, DiskId, DrillId, EffectId, GroupId, NodeId, PairId};
use crate::outcome::Outcome;
use crate::polardb::{ClusterEffect, Lifecycle, NodeChange, NodeWork};
use crate::text::StatusMessage;
use crate::time::Timestamp;

/// Work for the embedder to carry out once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Effect {
    /// Its identity; the report carries it back.
    pub id: EffectId,
    /// The time at which it was issued.
    pub since: Timestamp,
    /// The account that owns the resource.
    pub account: AccountId,
    /// The work and its resource.
    pub kind: EffectKind,
}

/// The work of an effect and its resource.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum EffectKind {
    /// Work on a replication pair.
    Pair {
        /// The pair.
        pair: PairId,
        /// The work.
        effect: PairEffect,
    },
    /// Work on a consistent group and its members.
    Group {
        /// The group.
        group: GroupId,
        /// The work.
        effect: GroupEffect,
        /// The members concerned, in creation order; in a later listing, the remaining ones.
        members: Vec<PairId>,
    },
    /// Work on a drill.
    Drill {
        /// The drill.
        drill: DrillId,
        /// The pair or group that it belongs to.
        owner: DrillOwner,
        /// The work.
        effect: DrillEffect,
    },
    /// Work on a cluster or one of its nodes.
    Cluster {
        /// The cluster.
        cluster: ClusterId,
        /// The work.
        effect: ClusterEffect,
    },
}

/// The effects, a row each: the variant, its external name, its default latency in a simulation in milliseconds, and
/// its description. The rows are passed to `$reader!`; `..` refers to another list.
macro_rules! effects {
    ($reader:ident) => {
        $reader! {
            PairEffect {
                Create create_pair 2_000 "Creating a pair.";
                Copy copy 5_000 "One copy.";
                Stop stop_pair 2_000 "Stopping a pair.";
                Failover failover_pair 2_000 "Failing a pair over.";
                Reprotect reprotect_pair 2_000 "Reprotecting a pair.";
                Delete delete_pair 2_000 "Deleting a pair.";
            }
            GroupEffect {
                Create create_group 2_000 "Creating a group.";
                Stop stop_group 2_000 "Stopping a group.";
                Failover failover_group 2_000 "Failing a group over.";
                Reprotect reprotect_group 2_000 "Reprotecting a group.";
                Delete delete_group 2_000 "Deleting a group.";
            }
            DrillEffect {
                Start start_drill 2_000 "Creating the disks of a drill.";
                Clear clear_drill 2_000 "Deleting the disks of a drill.";
            }
            Lifecycle {
                Create create_cluster 2_000 "Creating a cluster.";
                Delete delete_cluster 2_000 "Releasing a cluster.";
            }
            ClusterEffect {
                ChooseNode choose_node 0 "Choosing among nodes of equal priority.";
                PromoteNode promote_node 2_000 "Promoting a node, whether or not it succeeds.";
                .. Lifecycle;
                .. Work;
            }
            NodeWork {
                CreateNodes create_nodes 2_000 "Creating nodes.";
                DeleteNodes delete_nodes 2_000 "Removing nodes.";
                ChangeClass change_class 2_000 "Changing classes.";
                RestartNode restart_node 2_000 "Restarting a node.";
                SetHotReplica set_hot_replica 2_000 "Turning the hot replica mode of a node on or off.";
                ChangeZone change_zone 2_000 "Moving to another zone: the time for each node that moves, at least one.";
                TakeOver take_over 2_000 "Letting the standby storage take over from the primary zone.";
            }
        }
    };
}

pub(crate) use effects;

macro_rules! names {
    ($($effect:ident {
        $($kind:ident $name:ident $millis:literal $does:literal;)*
        $(.. $inner:ident;)*
    })*) => {
        impl EffectKind {
            /// The names of all kinds.
            pub const NAMES: &'static [&'static str] = &[$($(stringify!($name),)*)*];
        }

        $(impl $effect {
            /// The names of its kinds.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name),)*];

            /// Its name in listings, scenarios, faults and latencies.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$kind { .. } => stringify!($name),)*
                    $(Self::$inner(inner) => inner.name(),)*
                }
            }
        })*
    };
}

effects! { names }

impl EffectKind {
    /// Its name in listings, such as `failover_pair` or `promote_node`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Pair { effect, .. } => effect.name(),
            Self::Group { effect, .. } => effect.name(),
            Self::Drill { effect, .. } => effect.name(),
            Self::Cluster { effect, .. } => effect.name(),
        }
    }

    /// The id of its resource.
    pub fn resource(&self) -> &str {
        match self {
            Self::Pair { pair, .. } => pair.as_str(),
            Self::Group { group, .. } => group.as_str(),
            Self::Drill { drill, .. } => drill.as_str(),
            Self::Cluster { cluster, .. } => cluster.as_str(),
        }
    }
}

/// A report by the embedder.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
pub enum Report {
    /// An effect ended. Fenced: the report is rejected unless the effect is pending under this id.
    Outcome {
        /// The effect.
        id: EffectId,
        /// The outcome.
        outcome: Outcome,
    },
    /// An observation. Unfenced and idempotent.
    Observed(Observation),
}

/// A change that no effect caused.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
pub enum Observation {
    /// A disk changed. Any disk may be reported, even before it is part of a pair.
    Disk {
        /// The account that owns it.
        account: AccountId,
        /// The disk.
        disk: DiskId,
        /// The change.
        change: DiskChange,
    },
    /// A pair became invalid, for instance because its order expired.
    PairInvalid {
        /// The pair.
        pair: PairId,
        /// Its status message.
        message: StatusMessage,
    },
    /// A group became invalid, with every member that was replicating or took part in its work (`G-510`).
    GroupInvalid {
        /// The group.
        group: GroupId,
        /// The status message of its members.
        message: StatusMessage,
    },
    /// A node changed.
    Node {
        /// The node.
        node: NodeId,
        /// The change.
        change: NodeChange,
    },
    /// Several nodes of one cluster changed at once, as in a zone failure: no election in between can pick a node that
    /// is also lost.
    Nodes {
        /// The nodes.
        nodes: Vec<NodeId>,
        /// The change.
        change: NodeChange,
    },
    /// A cluster is busy with other work, in this status; `None` once it runs again.
    ClusterBusy {
        /// The cluster.
        cluster: ClusterId,
        /// Its visible status.
        status: Option<StatusMessage>,
    },
    /// A cluster was removed other than through the API.
    ClusterRemoved {
        /// The cluster.
        cluster: ClusterId,
    },
}

/// The resource that a pending effect belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Owner {
    Pair(PairId),
    Group(GroupId),
    Drill(DrillId),
    Cluster(ClusterId),
}

/// Which resource each pending effect belongs to. Ids only grow, so appending keeps the list sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct EffectIndex {
    slots: Vec<(EffectId, Option<Owner>)>,
    live: usize,
}

impl EffectIndex {
    pub(super) fn insert(&mut self, id: EffectId, owner: Owner) {
        self.slots.push((id, Some(owner)));
        self.live = self.live.saturating_add(1);
    }

    pub(super) fn remove(&mut self, id: EffectId) {
        if let Ok(at) = self.position(id)
            && let Some((_, owner)) = self.slots.get_mut(at)
            && owner.take().is_some()
        {
            self.live = self.live.saturating_sub(1);
        }
        if self.slots.len() > self.live.saturating_mul(2).saturating_add(16) {
            self.slots.retain(|(_, owner)| owner.is_some());
        }
    }

    pub(super) fn owner(&self, id: EffectId) -> Option<&Owner> {
        self.slots.get(self.position(id).ok()?)?.1.as_ref()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (EffectId, &Owner)> {
        self.slots.iter().filter_map(|(id, owner)| owner.as_ref().map(|owner| (*id, owner)))
    }

    fn position(&self, id: EffectId) -> Result<usize, usize> {
        self.slots.binary_search_by_key(&id, |(id, _)| *id)
    }
}

#[cfg(test)]
mod tests {
    use super::{EffectId, EffectIndex, Owner};

    /// Gaps are closed once they outnumber the outstanding effects by more than sixteen, and not before.
    #[test]
    fn gaps_are_closed_when_they_are_many() {
        for outstanding in [100, 101] {
            let mut index = EffectIndex::default();
            let owner = || Owner::Pair("pair-1".parse().expect("an id"));
            (1..=outstanding).for_each(|id| index.insert(EffectId(id), owner()));
            for removed in 1..=outstanding {
                index.remove(EffectId(removed));
                let live = outstanding - removed;
                let held = index.slots.len() as u64;
                assert!(held <= 2 * live + 16, "{held} slots for {live}");
                assert!(removed > 58 || held == outstanding, "closed early: {held} slots for {live}");
                assert_eq!(index.iter().count() as u64, live);
            }
        }
    }
}
