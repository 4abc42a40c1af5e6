//! Effects: what the model asks of the outside; and what the outside reports back.
//!
//! The enums here are exhaustive on purpose: an embedder handles them whole, so that a new effect is a compile error
//! and not a silent drop.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::ebs::{DiskChange, DrillEffect, DrillOwner, GroupEffect, PairEffect};
use crate::ids::{AccountId, ClusterId, DiskId, DrillId, EffectId, GroupId, NodeId, PairId};
use crate::polardb::{ClusterEffect, Failure, Lifecycle, NodeChange, NodeWork};
use crate::text::StatusMessage;
use crate::time::Timestamp;

/// Something that the outside is asked to do, once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Effect {
    /// Its identity; the report carries it back.
    pub id: EffectId,
    /// Since when it is pending.
    pub since: Timestamp,
    /// The account that owns the resource.
    pub account: AccountId,
    /// What is asked, of which resource.
    pub kind: EffectKind,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum EffectKind {
    /// Something of a replication pair.
    Pair {
        /// The pair.
        pair: PairId,
        /// What.
        effect: PairEffect,
    },
    /// Something of a consistent group and its members.
    Group {
        /// The group.
        group: GroupId,
        /// What.
        effect: GroupEffect,
        /// The members that it is about, in the order of their creation: those left over, when it is repeated.
        members: Vec<PairId>,
    },
    /// Something of a drill.
    Drill {
        /// The drill.
        drill: DrillId,
        /// The pair or group that it belongs to.
        owner: DrillOwner,
        /// What.
        effect: DrillEffect,
    },
    /// Something of a cluster or one of its nodes.
    Cluster {
        /// The cluster.
        cluster: ClusterId,
        /// What.
        effect: ClusterEffect,
    },
}

/// The effects, a row each: the variant, its name everywhere, the milliseconds that a simulation takes for it unless told
/// otherwise, and what it does. `$reader!` gets the rows; `..` leads to another list.
macro_rules! effects {
    ($reader:ident) => {
        $reader! {
            PairEffect {
                Create create_pair 2_000 "Setting a pair up.";
                Copy copy 5_000 "One copy.";
                Stop stop_pair 2_000 "Stopping a pair.";
                Failover failover_pair 2_000 "Failing a pair over.";
                Reprotect reprotect_pair 2_000 "Reprotecting a pair.";
                Delete delete_pair 2_000 "Taking a pair down.";
            }
            GroupEffect {
                Create create_group 2_000 "Setting a group up.";
                Stop stop_group 2_000 "Stopping a group.";
                Failover failover_group 2_000 "Failing a group over.";
                Reprotect reprotect_group 2_000 "Reprotecting a group.";
                Delete delete_group 2_000 "Taking a group down.";
            }
            DrillEffect {
                Start start_drill 2_000 "Making the disks of a drill.";
                Clear clear_drill 2_000 "Deleting the disks of a drill.";
            }
            Lifecycle {
                Create create_cluster 2_000 "Making a cluster.";
                Delete delete_cluster 2_000 "Releasing a cluster.";
            }
            ClusterEffect {
                ChooseNode choose_node 0 "Choosing among nodes of equal priority.";
                PromoteNode promote_node 2_000 "Promoting a node, or failing to.";
                .. Lifecycle;
                .. Work;
            }
            NodeWork {
                CreateNodes create_nodes 2_000 "Making nodes.";
                DeleteNodes delete_nodes 2_000 "Removing nodes.";
                ChangeClass change_class 2_000 "Changing classes.";
                RestartNode restart_node 2_000 "Restarting a node.";
                SetHotReplica set_hot_replica 2_000 "Making a node a hot replica, or an ordinary one again.";
                ChangeZone change_zone 2_000 "Moving to another zone, for each node that moves, and at least once.";
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

    /// The resource it is asked of.
    pub fn resource(&self) -> &str {
        match self {
            Self::Pair { pair, .. } => pair.as_str(),
            Self::Group { group, .. } => group.as_str(),
            Self::Drill { drill, .. } => drill.as_str(),
            Self::Cluster { cluster, .. } => cluster.as_str(),
        }
    }
}

/// How an effect ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
pub enum Outcome {
    /// It was done.
    Succeeded,
    /// It was not.
    Failed {
        /// Why.
        failure: Failure,
        /// What the pair's status message says, where the vendor shows one: after a failed creation.
        message: Option<StatusMessage>,
    },
    /// Of the members that a group's effect is about, these failed and the others were done (`G-430`). Only stopping
    /// and failing over can end so.
    PartlyFailed {
        /// Why.
        failure: Failure,
        /// The members that failed: at least one.
        failed: BTreeSet<PairId>,
    },
    /// Of the nodes offered, this one was chosen.
    Chosen(NodeId),
}

/// Something that the outside reports.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
pub enum Report {
    /// An effect ended. Fenced: unless the effect is pending under this very id, nothing changes.
    Outcome {
        /// The effect.
        id: EffectId,
        /// How it ended.
        outcome: Outcome,
    },
    /// Something was observed. Unfenced and idempotent.
    Observed(Observation),
}

/// Something observed that no effect asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
pub enum Observation {
    /// A disk changed. Any disk may be observed, also before it is part of a pair.
    Disk {
        /// The account that owns it.
        account: AccountId,
        /// The disk.
        disk: DiskId,
        /// How.
        change: DiskChange,
    },
    /// A pair's relation broke, for instance because its order expired.
    PairInvalid {
        /// The pair.
        pair: PairId,
        /// What its status message says.
        message: StatusMessage,
    },
    /// A group broke as a whole, and every member that was replicating or busy with it (`G-510`).
    GroupInvalid {
        /// The group.
        group: GroupId,
        /// What the status message of its members says.
        message: StatusMessage,
    },
    /// A node changed.
    Node {
        /// The node.
        node: NodeId,
        /// How.
        change: NodeChange,
    },
    /// Several nodes of one cluster changed at once, as when their zone goes down: no election in between can pick one
    /// that is lost as well.
    Nodes {
        /// The nodes.
        nodes: Vec<NodeId>,
        /// How.
        change: NodeChange,
    },
    /// A cluster is busy with other work, in this status; `None` when it is running again.
    ClusterBusy {
        /// The cluster.
        cluster: ClusterId,
        /// The status it shows.
        status: Option<StatusMessage>,
    },
    /// A cluster is gone without having been deleted through the API.
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

    /// Gaps are closed once they outnumber what is outstanding by more than sixteen, and not before.
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
