//! Effects, which the embedder carries out, and the reports that it sends back.
//!
//! The enums here are exhaustive on purpose: an embedder matches every variant, so a new effect is a compile error and
//! is not silently dropped.

use alloc::vec::Vec;

use super::ControlPlane;
use crate::ebs::{
    DiskChange, Drill, DrillEffect, GroupEffect, PairEffect, ReplicaGroup, ReplicaId, ReplicaPair,
};
use crate::ids::{
    AccountId, ClusterId, DiskId, DrillId, EffectId, GroupId, NetworkId, NodeId, PairId, ResourceId,
};
use crate::outcome::Outcome;
use crate::polardb::{
    ClusterEffect, DbCluster, GlobalDatabaseNetwork, Lifecycle, NetworkEffect, NodeChange, NodeWork,
};
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
        owner: ReplicaId,
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
    /// Work on a global database network.
    Network {
        /// The network.
        network: NetworkId,
        /// The work.
        effect: NetworkEffect,
        /// Its primary now.
        primary: ClusterId,
        /// Its secondaries now, in the order in which they joined.
        secondaries: Vec<ClusterId>,
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
            NetworkEffect {
                Create create_network 2_000 "Making a global database network around its primary.";
                Delete delete_network 2_000 "Taking a global database network apart.";
                Remove remove_member 2_000 "Removing a secondary from a global database network.";
                SwitchOver switch_over_network 2_000 "Making a secondary the primary of its network.";
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
                InjectFault inject_fault 2_000 "Making nodes fail for a drill.";
                ChangeStandby change_standby 2_000 "Building a standby cluster, or changing what it consists of.";
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
            Self::Network { effect, .. } => effect.name(),
        }
    }

    /// The id of its resource.
    pub fn resource(&self) -> &str {
        match self {
            Self::Pair { pair, .. } => pair.as_str(),
            Self::Group { group, .. } => group.as_str(),
            Self::Drill { drill, .. } => drill.as_str(),
            Self::Cluster { cluster, .. } => cluster.as_str(),
            Self::Network { network, .. } => network.as_str(),
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
    /// A node was measured as so, at a time that may lie as far back as `polardb.sight_delay` allows. It counts from now on,
    /// unless the same was measured later and is known already (`P-670`, `P-671`).
    NodeMeasured {
        /// The node.
        node: NodeId,
        /// What was measured.
        change: NodeChange,
        /// When. What lies ahead was measured now.
        at: Timestamp,
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

impl ControlPlane {
    /// All pending effects in id order, as they would be issued now.
    pub fn outstanding(&self) -> impl Iterator<Item = Effect> {
        self.index.effects.iter().filter_map(|(id, owner)| self.effect_of(EffectId(id), owner))
    }

    /// Whether an effect of this id is pending.
    pub(crate) fn is_outstanding(&self, id: EffectId) -> bool {
        self.index.effects.get(id.0).is_some()
    }

    /// The pending effect of this id.
    pub fn effect(&self, id: EffectId) -> Option<Effect> {
        self.effect_of(id, self.index.effects.get(id.0)?)
    }

    fn effect_of(&self, id: EffectId, owner: &ResourceId) -> Option<Effect> {
        match owner {
            ResourceId::Pair(pair) => pair_effect(self.pairs.get(pair)?),
            ResourceId::Group(group) => self.group_effect(self.groups.get(group)?),
            ResourceId::Drill(drill) => drill_effect(self.drills.get(drill)?),
            ResourceId::Cluster(cluster) => {
                cluster_effects(self.clusters.get(cluster)?).find(|effect| effect.id == id)
            }
            ResourceId::Network(network) => network_effect(self.networks.get(network)?),
        }
    }

    /// The pending effect of a group.
    pub(super) fn group_effect(&self, group: &ReplicaGroup) -> Option<Effect> {
        let pending = group.pending?;
        let members = self.members(&group.id).filter(|pair| group.acts_on(pair));
        let members = members.map(|pair| pair.id.clone()).collect();
        let kind = EffectKind::Group { group: group.id.clone(), effect: pending.effect, members };
        Some(Effect { id: pending.id, since: pending.since, account: group.account.clone(), kind })
    }
}

/// The pending effect of a pair.
pub(super) fn pair_effect(pair: &ReplicaPair) -> Option<Effect> {
    let pending = pair.pending?;
    let kind = EffectKind::Pair { pair: pair.id.clone(), effect: pending.effect };
    Some(Effect { id: pending.id, since: pending.since, account: pair.account.clone(), kind })
}

/// The pending effect of a drill.
pub(super) fn drill_effect(drill: &Drill) -> Option<Effect> {
    let pending = drill.pending?;
    let owner = drill.owner.clone();
    let kind = EffectKind::Drill { drill: drill.id.clone(), owner, effect: pending.effect };
    Some(Effect { id: pending.id, since: pending.since, account: drill.account.clone(), kind })
}

/// The pending effects of a cluster: one for its life or failover, one for the work on its nodes.
pub(super) fn cluster_effects(cluster: &DbCluster) -> impl Iterator<Item = Effect> {
    let pending = cluster.outstanding().into_iter().chain(cluster.outstanding_work());
    pending.map(|(id, since, effect)| {
        let kind = EffectKind::Cluster { cluster: cluster.id.clone(), effect };
        Effect { id, since, account: cluster.account.clone(), kind }
    })
}

/// The pending effect of a network.
pub(super) fn network_effect(network: &GlobalDatabaseNetwork) -> Option<Effect> {
    let pending = network.pending.as_ref()?;
    let kind = EffectKind::Network {
        network: network.id.clone(),
        effect: pending.effect.clone(),
        primary: network.primary.clone(),
        secondaries: network.secondaries.iter().map(|secondary| secondary.cluster.clone()).collect(),
    };
    Some(Effect { id: pending.id, since: pending.since, account: network.account.clone(), kind })
}
