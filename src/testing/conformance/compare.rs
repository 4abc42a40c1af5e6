//! The first difference between two visible states.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Debug;

use super::view::{Asked, Aspect, ClusterView, Difference, NodeView, PairView, View};
use crate::ids::EffectId;

type Compared = Result<(), Difference>;

/// Fails with the first difference. `used` are the effect ids that were seen so far.
pub(super) fn compare(allowed: &View, shown: &View, used: &[EffectId]) -> Compared {
    pairs(&allowed.pairs, &shown.pairs)?;
    clusters(&allowed.clusters, &shown.clusters)?;
    effects(&allowed.effects, &shown.effects, used)?;
    nodes(&allowed.clusters, &shown.clusters)?;
    same(Aspect::Deadline, "the deadlines", &allowed.next_deadline, &shown.next_deadline)
}

fn same<T: PartialEq + Debug>(aspect: Aspect, resource: &str, allowed: &T, shown: &T) -> Compared {
    if allowed == shown {
        return Ok(());
    }
    Err(Difference {
        aspect,
        resource: resource.to_string(),
        allowed: format!("{allowed:?}"),
        shown: format!("{shown:?}"),
    })
}

fn pairs(allowed: &[PairView], shown: &[PairView]) -> Compared {
    let ids = |pairs: &[PairView]| sorted(pairs.iter().map(|pair| pair.id.clone()));
    same(Aspect::Existence, "the pairs", &ids(allowed), &ids(shown))?;
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
    }
    Ok(())
}

fn clusters(allowed: &[ClusterView], shown: &[ClusterView]) -> Compared {
    let ids = |clusters: &[ClusterView]| sorted(clusters.iter().map(|cluster| cluster.id.clone()));
    same(Aspect::Existence, "the clusters", &ids(allowed), &ids(shown))?;
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
        sorted(effects.iter().map(|asked| format!("{} of {}", in_words(asked), asked.resource)))
    };
    same(Aspect::Effects, "the effects", &asked(allowed), &asked(shown))?;
    for effect in allowed {
        let mut twins = shown.iter();
        let Some(twin) = twins.find(|twin| twin.resource == effect.resource) else { continue };
        if effect.id != EffectId(0) {
            same(Aspect::EffectId, &effect.resource, &effect.id.0, &twin.id.0)?;
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

fn in_words(asked: &Asked) -> String {
    format!("{:?}", asked.task)
}

fn sorted(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    texts
}
