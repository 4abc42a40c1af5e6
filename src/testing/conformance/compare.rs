//! The first difference between two visible states.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::ids::EffectId;
use crate::testing::view::{ClusterView, DrillView, GroupView, PairView, PendingEffect, View};
use crate::time::Timestamp;

/// The respect in which two systems differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// The answer to the input.
    Answer,
    /// The set of resources.
    Existence,
    /// The status of a pair, group, drill, cluster or node.
    Status,
    /// A status message.
    Message,
    /// The end of a pair, or the site of a group, that is the source.
    Direction,
    /// The access of a host to the source disk.
    SourceAccess,
    /// The access of a host to the destination disk.
    DestinationAccess,
    /// The recover point.
    RecoverPoint,
    /// The members of a group, or the group of a pair.
    Membership,
    /// The owner, start time or disks of a drill.
    Drill,
    /// The primary nodes.
    Writer,
    /// A priority.
    Priority,
    /// The pending effects.
    Effects,
    /// The id of an effect: reused by a new effect, or changed while the effect is pending.
    EffectId,
    /// The next deadline.
    Deadline,
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Answer => "the answer to",
            Self::Existence => "what there is of",
            Self::Status => "the status of",
            Self::Message => "the status message of",
            Self::Direction => "the direction of",
            Self::SourceAccess => "the access to the source disk of",
            Self::DestinationAccess => "the access to the destination disk of",
            Self::RecoverPoint => "the recover point of",
            Self::Membership => "the membership of",
            Self::Drill => "what there is of drill",
            Self::Writer => "the writer of",
            Self::Priority => "the priority of",
            Self::Effects => "what is asked of",
            Self::EffectId => "the id of the effect of",
            Self::Deadline => "what falls due next of",
        })
    }
}

/// The first difference between an allowed and the shown state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) aspect: Aspect,
    pub(super) resource: String,
    pub(super) allowed: String,
    pub(super) shown: String,
}

type Compared = Result<(), Difference>;

/// Fails with the first difference. `used` are the effect ids that were shown before.
pub(super) fn compare(allowed: &View, shown: &View, used: &[EffectId]) -> Compared {
    for (pair, other) in twins("all pairs", &allowed.pairs, &shown.pairs, |pair| &pair.id)? {
        compare_pairs(pair, other)?;
    }
    for (group, other) in twins("all groups", &allowed.groups, &shown.groups, |group| &group.id)? {
        compare_groups(group, other)?;
    }
    for (drill, other) in twins("all drills", &allowed.drills, &shown.drills, |drill| &drill.id)? {
        compare_drills(drill, other)?;
    }
    let clusters = twins("all clusters", &allowed.clusters, &shown.clusters, |cluster| &cluster.id)?;
    for (cluster, other) in &clusters {
        compare_clusters(cluster, other)?;
    }
    compare_effects(&allowed.effects, &shown.effects, used)?;
    // The statuses of nodes follow from the effects.
    for (cluster, other) in &clusters {
        compare_nodes(cluster, other)?;
    }
    let deadline = |view: &View| view.next_deadline.as_ref().map(|(at, of)| format!("{of} at {at}"));
    same(Aspect::Deadline, "all", &deadline(allowed), &deadline(shown))
}

/// The allowed and the shown view of each resource, provided that the same ones exist.
fn twins<'a, T>(
    what: &str,
    allowed: &'a [T],
    shown: &'a [T],
    id: fn(&T) -> &str,
) -> Result<Vec<(&'a T, &'a T)>, Difference> {
    let ids = |all: &[T]| sorted(all.iter().map(|one| String::from(id(one))));
    same(Aspect::Existence, what, &ids(allowed), &ids(shown))?;
    let twin = |one| Some((one, shown.iter().find(|other| id(other) == id(one))?));
    Ok(allowed.iter().filter_map(twin).collect())
}

fn same<T: PartialEq + Words>(aspect: Aspect, resource: &str, allowed: &T, shown: &T) -> Compared {
    if allowed == shown {
        return Ok(());
    }
    Err(Difference { aspect, resource: resource.to_string(), allowed: allowed.words(), shown: shown.words() })
}

/// A value as it reads in a sentence.
trait Words {
    fn words(&self) -> String;
}

macro_rules! words {
    ($($type:ty),*) => {
        $(impl Words for $type {
            fn words(&self) -> String {
                self.to_string()
            }
        })*
    };
}

words!(String, &str, u8, EffectId, Timestamp);

impl<T: Words> Words for Option<T> {
    fn words(&self) -> String {
        self.as_ref().map_or_else(|| String::from("absent"), Words::words)
    }
}

impl Words for Vec<String> {
    fn words(&self) -> String {
        if self.is_empty() { String::from("nothing") } else { self.join(", ") }
    }
}

/// From one place in a region to another.
impl Words for [&String; 4] {
    fn words(&self) -> String {
        let [region, place, other_region, other_place] = self;
        format!("from {place} in {region} to {other_place} in {other_region}")
    }
}

fn compare_pairs(pair: &PairView, other: &PairView) -> Compared {
    let id = &pair.id;
    same(Aspect::Status, id, &pair.status, &other.status)?;
    same(Aspect::Message, id, &pair.message, &other.message)?;
    same(Aspect::Direction, id, &pair_direction(pair), &pair_direction(other))?;
    same(Aspect::SourceAccess, id, &pair.source.access, &other.source.access)?;
    same(Aspect::DestinationAccess, id, &pair.destination.access, &other.destination.access)?;
    same(Aspect::RecoverPoint, id, &pair.recover_point, &other.recover_point)?;
    same(Aspect::Membership, id, &pair.group, &other.group)
}

const fn pair_direction(pair: &PairView) -> [&String; 4] {
    [&pair.source.region, &pair.source.disk, &pair.destination.region, &pair.destination.disk]
}

fn compare_groups(group: &GroupView, other: &GroupView) -> Compared {
    let id = &group.id;
    let members = |group: &GroupView| sorted(group.members.iter().cloned());
    same(Aspect::Membership, id, &members(group), &members(other))?;
    same(Aspect::Status, id, &group.status, &other.status)?;
    same(Aspect::Direction, id, &group_direction(group), &group_direction(other))?;
    same(Aspect::RecoverPoint, id, &group.recover_point, &other.recover_point)
}

const fn group_direction(group: &GroupView) -> [&String; 4] {
    [&group.source.region, &group.source.zone, &group.destination.region, &group.destination.zone]
}

fn compare_drills(drill: &DrillView, other: &DrillView) -> Compared {
    let id = &drill.id;
    same(Aspect::Status, id, &drill.status, &other.status)?;
    same(Aspect::Message, id, &drill.message, &other.message)?;
    same(Aspect::RecoverPoint, id, &drill.recover_point, &other.recover_point)?;
    let of = |drill: &DrillView| format!("of {} since {}", drill.owner, drill.started_at);
    same(Aspect::Drill, id, &of(drill), &of(other))?;
    let disks = |drill: &DrillView| {
        let disks = drill.disks.iter();
        sorted(disks.map(|disk| format!("{} of {}: {}", disk.disk, disk.pair, disk.status)))
    };
    same(Aspect::Drill, id, &disks(drill), &disks(other))
}

fn compare_clusters(cluster: &ClusterView, other: &ClusterView) -> Compared {
    let id = &cluster.id;
    let _ = twins(id, &cluster.nodes, &other.nodes, |node| &node.id)?;
    let writers = |cluster: &ClusterView| {
        let writers = cluster.nodes.iter().filter(|node| node.writer);
        sorted(writers.map(|node| node.id.clone()))
    };
    same(Aspect::Writer, id, &writers(cluster), &writers(other))?;
    same(Aspect::Status, id, &cluster.status, &other.status)
}

fn compare_nodes(cluster: &ClusterView, other: &ClusterView) -> Compared {
    for (node, twin) in twins(&cluster.id, &cluster.nodes, &other.nodes, |node| &node.id)? {
        same(Aspect::Priority, &node.id, &node.priority, &twin.priority)?;
        same(Aspect::Status, &node.id, &node.status, &twin.status)?;
    }
    Ok(())
}

fn compare_effects(allowed: &[PendingEffect], shown: &[PendingEffect], used: &[EffectId]) -> Compared {
    let tasks = |effects: &[PendingEffect]| {
        sorted(effects.iter().map(|effect| format!("{} ({})", effect.task.clone().sorted(), effect.resource)))
    };
    same(Aspect::Effects, "the outside", &tasks(allowed), &tasks(shown))?;
    for effect in allowed {
        let mut twins = shown.iter();
        let Some(twin) = twins.find(|twin| twin.resource == effect.resource) else { continue };
        if effect.id != EffectId(0) {
            same(Aspect::EffectId, &effect.resource, &effect.id, &twin.id)?;
        } else if twin.id == EffectId(0) || used.contains(&twin.id) {
            return Err(Difference {
                aspect: Aspect::EffectId,
                resource: effect.resource.clone(),
                allowed: String::from("an id that was never used"),
                shown: twin.id.to_string(),
            });
        }
    }
    Ok(())
}

fn sorted(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    texts
}
