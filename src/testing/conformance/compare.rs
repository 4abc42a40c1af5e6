//! The first difference between two visible states.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::{Divergence, Driven};
use crate::ids::EffectId;
use crate::rule::RuleId;
use crate::testing::view::{
    ClusterView, DrillView, GroupView, Leeway, NetworkView, NodeView, PairView, PendingEffect, Task, View,
};

/// The respect in which two systems differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// The answer to the input.
    Answer,
    /// The set of resources.
    Existence,
    /// The status of a pair, group, drill, cluster, node or network.
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
    /// The members of a group, the group of a pair, or the secondaries of a network.
    Membership,
    /// The owner, start time or disks of a drill.
    Drill,
    /// The primary nodes.
    Writer,
    /// The primary cluster of a network.
    Primary,
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
            Self::Primary => "the primary of",
            Self::Priority => "the priority of",
            Self::Effects => "what is asked of",
            Self::EffectId => "the id of the effect of",
            Self::Deadline => "what falls due next of",
        })
    }
}

/// What is compared of a resource, in this order.
type Facts<const N: usize> = [(Aspect, Option<String>); N];

/// Fails with the first difference, as one of initial states. `used` are the effect ids that were shown before; what the leeway says
/// is hidden is not compared.
pub(super) fn compare(allowed: &View, shown: &View, used: &[EffectId], leeway: Leeway) -> Driven {
    for (pair, other) in twins("all pairs", &allowed.pairs, &shown.pairs, |pair| &pair.id)? {
        alike(&pair.id, pair, other, of_pair)?;
    }
    for (group, other) in twins("all groups", &allowed.groups, &shown.groups, |group| &group.id)? {
        alike(&group.id, group, other, of_group)?;
    }
    for (drill, other) in twins("all drills", &allowed.drills, &shown.drills, |drill| &drill.id)? {
        alike(&drill.id, drill, other, of_drill)?;
    }
    let clusters = twins("all clusters", &allowed.clusters, &shown.clusters, |cluster| &cluster.id)?;
    let mut nodes = Vec::new();
    for (cluster, other) in clusters {
        nodes.extend(twins(&cluster.id, &cluster.nodes, &other.nodes, |node| &node.id)?);
        alike(&cluster.id, cluster, other, of_cluster)?;
    }
    let networks = twins("all networks", &allowed.networks, &shown.networks, |network| &network.id)?;
    for (network, other) in networks {
        alike(&network.id, network, other, of_network)?;
    }
    if !leeway.hides_effects {
        compare_effects(&allowed.effects, &shown.effects, used)?;
    }
    // The statuses of nodes follow from the effects.
    for (node, other) in nodes {
        alike(&node.id, node, other, of_node)?;
    }
    if leeway.hides_deadlines || allowed.next_deadline == shown.next_deadline {
        return Ok(());
    }
    let deadline = |view: &View| view.next_deadline.as_ref().map(|(at, of)| format!("{of} at {at}"));
    same("all", [(Aspect::Deadline, deadline(allowed))], [(Aspect::Deadline, deadline(shown))])
}

/// The allowed and the shown view of each resource, provided that the same ones exist.
fn twins<'a, T>(
    what: &str,
    allowed: &'a [T],
    shown: &'a [T],
    id: fn(&T) -> &str,
) -> Result<Vec<(&'a T, &'a T)>, Box<Divergence>> {
    if allowed.len() == shown.len() && allowed.iter().zip(shown).all(|(one, other)| id(one) == id(other)) {
        return Ok(allowed.iter().zip(shown).collect());
    }
    let ids = |all: &[T]| [(Aspect::Existence, listed(all.iter().map(|one| id(one).into())))];
    same(what, ids(allowed), ids(shown))?;
    let twin = |one| Some((one, shown.iter().find(|other| id(other) == id(one))?));
    Ok(allowed.iter().filter_map(twin).collect())
}

/// The same facts are told of two views; of equal views they need not be told.
fn alike<T: PartialEq, const N: usize>(
    resource: &str,
    allowed: &T,
    shown: &T,
    facts: fn(&T) -> Facts<N>,
) -> Driven {
    if allowed == shown { Ok(()) } else { same(resource, facts(allowed), facts(shown)) }
}

fn same<const N: usize>(resource: &str, allowed: Facts<N>, shown: Facts<N>) -> Driven {
    let Some((one, other)) = allowed.into_iter().zip(shown).find(|(one, other)| one != other) else {
        return Ok(());
    };
    let words = |fact: Option<String>| match fact {
        None => String::from("absent"),
        Some(none) if none.is_empty() => String::from("nothing"),
        Some(fact) => fact,
    };
    let (aspect, resource) = (one.0, String::from(resource));
    let (allowed, shown) = (words(one.1), words(other.1));
    let (number, input, rule) = (0, None, RuleId::new("C-030"));
    Err(Box::new(Divergence { number, input, aspect, resource, allowed, shown, rule }))
}

fn of_pair(pair: &PairView) -> Facts<7> {
    let (from, to) = (&pair.source, &pair.destination);
    let direction = format!("from {} in {} to {} in {}", from.disk, from.region, to.disk, to.region);
    [
        (Aspect::Status, Some(pair.status.clone())),
        (Aspect::Message, pair.message.clone()),
        (Aspect::Direction, Some(direction)),
        (Aspect::SourceAccess, Some(from.access.into())),
        (Aspect::DestinationAccess, Some(to.access.into())),
        (Aspect::RecoverPoint, pair.recover_point.map(|at| at.to_string())),
        (Aspect::Membership, pair.group.clone()),
    ]
}

fn of_group(group: &GroupView) -> Facts<4> {
    let (from, to) = (&group.source, &group.destination);
    let direction = format!("from {} in {} to {} in {}", from.zone, from.region, to.zone, to.region);
    [
        (Aspect::Membership, listed(group.members.iter().cloned())),
        (Aspect::Status, Some(group.status.clone())),
        (Aspect::Direction, Some(direction)),
        (Aspect::RecoverPoint, group.recover_point.map(|at| at.to_string())),
    ]
}

fn of_drill(drill: &DrillView) -> Facts<5> {
    let disks = drill.disks.iter().map(|disk| format!("{} of {}: {}", disk.disk, disk.pair, disk.status));
    [
        (Aspect::Status, Some(drill.status.clone())),
        (Aspect::Message, drill.message.clone()),
        (Aspect::RecoverPoint, drill.recover_point.map(|at| at.to_string())),
        (Aspect::Drill, Some(format!("of {} since {}", drill.owner, drill.started_at))),
        (Aspect::Drill, listed(disks)),
    ]
}

fn of_cluster(cluster: &ClusterView) -> Facts<2> {
    let writers = cluster.nodes.iter().filter(|node| node.writer).map(|node| node.id.clone());
    [(Aspect::Writer, listed(writers)), (Aspect::Status, Some(cluster.status.clone()))]
}

fn of_network(network: &NetworkView) -> Facts<3> {
    [
        (Aspect::Primary, Some(network.primary.clone())),
        (Aspect::Membership, listed(network.secondaries.iter().cloned())),
        (Aspect::Status, Some(network.status.clone())),
    ]
}

fn of_node(node: &NodeView) -> Facts<2> {
    [(Aspect::Priority, Some(node.priority.to_string())), (Aspect::Status, Some(node.status.clone()))]
}

fn compare_effects(allowed: &[PendingEffect], shown: &[PendingEffect], used: &[EffectId]) -> Driven {
    let tasks = |effects: &[PendingEffect]| {
        let texts = effects.iter().map(|effect| {
            let mut effect = effect.clone();
            effect.members.sort();
            if let Task::ChooseNode(tier) = &mut effect.task {
                tier.sort();
            }
            effect.to_string()
        });
        [(Aspect::Effects, listed(texts))]
    };
    let is_alike = |(one, other): (&PendingEffect, &PendingEffect)| {
        one.resource == other.resource && one.members == other.members && one.task == other.task
    };
    if allowed.len() != shown.len() || !allowed.iter().zip(shown).all(is_alike) {
        same("the outside", tasks(allowed), tasks(shown))?;
    }
    for effect in allowed {
        let mut twins = shown.iter();
        let Some(twin) = twins.find(|twin| twin.is_of(&effect.resource, &effect.task)) else { continue };
        let (id, of) = (twin.id.to_string(), &effect.resource);
        if effect.id != EffectId(0) {
            let known = Some(effect.id.to_string());
            same(of, [(Aspect::EffectId, known)], [(Aspect::EffectId, Some(id))])?;
        } else if twin.id == EffectId(0) || used.contains(&twin.id) {
            let new = Some(String::from("an id that was never used"));
            same(of, [(Aspect::EffectId, new)], [(Aspect::EffectId, Some(id))])?;
        }
    }
    Ok(())
}

/// The texts in order, separated by commas.
fn listed(texts: impl Iterator<Item = String>) -> Option<String> {
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    Some(texts.join(", "))
}
