//! The first difference between two visible states.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::view::{Asked, Aspect, ClusterView, Difference, DrillView, GroupView, NodeView, PairView, View};
use crate::ids::EffectId;
use crate::time::Timestamp;

type Compared = Result<(), Difference>;

/// Fails with the first difference. `used` are the effect ids that were seen so far.
pub(super) fn compare(allowed: &View, shown: &View, used: &[EffectId]) -> Compared {
    pairs(&allowed.pairs, &shown.pairs)?;
    groups(&allowed.groups, &shown.groups)?;
    drills(&allowed.drills, &shown.drills)?;
    clusters(&allowed.clusters, &shown.clusters)?;
    effects(&allowed.effects, &shown.effects, used)?;
    nodes(&allowed.clusters, &shown.clusters)?;
    same(Aspect::Deadline, "all", &allowed.next_deadline, &shown.next_deadline)
}

fn same<T: PartialEq + Words>(aspect: Aspect, resource: &str, allowed: &T, shown: &T) -> Compared {
    if allowed == shown {
        return Ok(());
    }
    Err(Difference { aspect, resource: resource.to_string(), allowed: allowed.words(), shown: shown.words() })
}

/// How a value reads in a sentence.
trait Words {
    fn words(&self) -> String;
}

impl Words for String {
    fn words(&self) -> String {
        self.clone()
    }
}

impl Words for &str {
    fn words(&self) -> String {
        (*self).to_string()
    }
}

impl Words for u8 {
    fn words(&self) -> String {
        self.to_string()
    }
}

impl Words for EffectId {
    fn words(&self) -> String {
        self.to_string()
    }
}

impl Words for Timestamp {
    fn words(&self) -> String {
        self.to_string()
    }
}

impl Words for (Timestamp, String) {
    fn words(&self) -> String {
        format!("{} at {}", self.1, self.0)
    }
}

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

impl Words for [String; 4] {
    fn words(&self) -> String {
        let [region, disk, other_region, other_disk] = self;
        format!("from {disk} in {region} to {other_disk} in {other_region}")
    }
}

fn pairs(allowed: &[PairView], shown: &[PairView]) -> Compared {
    let ids = |pairs: &[PairView]| sorted(pairs.iter().map(|pair| pair.id.clone()));
    same(Aspect::Existence, "all pairs", &ids(allowed), &ids(shown))?;
    for pair in allowed {
        let Some(other) = shown.iter().find(|other| other.id == pair.id) else { continue };
        let id = &pair.id;
        same(Aspect::Status, id, &pair.status, &other.status)?;
        same(Aspect::Message, id, &pair.message, &other.message)?;
        let direction = |pair: &PairView| {
            [&pair.source.region, &pair.source.disk, &pair.destination.region, &pair.destination.disk]
                .map(Clone::clone)
        };
        same(Aspect::Direction, id, &direction(pair), &direction(other))?;
        same(Aspect::SourceAccess, id, &pair.source.access, &other.source.access)?;
        same(Aspect::DestinationAccess, id, &pair.destination.access, &other.destination.access)?;
        same(Aspect::RecoverPoint, id, &pair.recover_point, &other.recover_point)?;
        same(Aspect::Membership, id, &pair.group, &other.group)?;
    }
    Ok(())
}

fn groups(allowed: &[GroupView], shown: &[GroupView]) -> Compared {
    let ids = |groups: &[GroupView]| sorted(groups.iter().map(|group| group.id.clone()));
    same(Aspect::Existence, "all groups", &ids(allowed), &ids(shown))?;
    for group in allowed {
        let Some(other) = shown.iter().find(|other| other.id == group.id) else { continue };
        let id = &group.id;
        let members = |group: &GroupView| sorted(group.members.iter().cloned());
        same(Aspect::Membership, id, &members(group), &members(other))?;
        same(Aspect::Status, id, &group.status, &other.status)?;
        let direction = |group: &GroupView| {
            [&group.source.region, &group.source.zone, &group.destination.region, &group.destination.zone]
                .map(Clone::clone)
        };
        same(Aspect::Direction, id, &direction(group), &direction(other))?;
        same(Aspect::RecoverPoint, id, &group.recover_point, &other.recover_point)?;
    }
    Ok(())
}

fn drills(allowed: &[DrillView], shown: &[DrillView]) -> Compared {
    let ids = |drills: &[DrillView]| sorted(drills.iter().map(|drill| drill.id.clone()));
    same(Aspect::Existence, "all drills", &ids(allowed), &ids(shown))?;
    for drill in allowed {
        let Some(other) = shown.iter().find(|other| other.id == drill.id) else { continue };
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
        same(Aspect::Drill, id, &disks(drill), &disks(other))?;
    }
    Ok(())
}

fn clusters(allowed: &[ClusterView], shown: &[ClusterView]) -> Compared {
    let ids = |clusters: &[ClusterView]| sorted(clusters.iter().map(|cluster| cluster.id.clone()));
    same(Aspect::Existence, "all clusters", &ids(allowed), &ids(shown))?;
    for cluster in allowed {
        let Some(other) = shown.iter().find(|other| other.id == cluster.id) else { continue };
        let id = &cluster.id;
        let nodes = |cluster: &ClusterView| sorted(cluster.nodes.iter().map(|node| node.id.clone()));
        same(Aspect::Existence, id, &nodes(cluster), &nodes(other))?;
        let writers = |cluster: &ClusterView| {
            let writers = cluster.nodes.iter().filter(|node| node.writer);
            sorted(writers.map(|node| node.id.clone()))
        };
        same(Aspect::Writer, id, &writers(cluster), &writers(other))?;
        same(Aspect::Status, id, &cluster.status, &other.status)?;
    }
    Ok(())
}

/// After the effects, since what a node shows follows from them.
fn nodes(allowed: &[ClusterView], shown: &[ClusterView]) -> Compared {
    let others: Vec<&NodeView> = shown.iter().flat_map(|cluster| &cluster.nodes).collect();
    for node in allowed.iter().flat_map(|cluster| &cluster.nodes) {
        let Some(twin) = others.iter().find(|twin| twin.id == node.id) else { continue };
        same(Aspect::Priority, &node.id, &node.priority, &twin.priority)?;
        same(Aspect::Status, &node.id, &node.status, &twin.status)?;
    }
    Ok(())
}

fn effects(allowed: &[Asked], shown: &[Asked], used: &[EffectId]) -> Compared {
    let asked = |effects: &[Asked]| {
        sorted(effects.iter().map(|asked| format!("{} ({})", asked.task, asked.resource)))
    };
    same(Aspect::Effects, "the outside", &asked(allowed), &asked(shown))?;
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
