//! What an account already has, from what its describe calls answered (`W-042` to `W-045`).
//!
//! A [`Paste`] is read from the bodies of any of the modelled describe calls, from single objects of them, or from a list of
//! either, and entered into a control plane. An answer is not judged by the rules for requests: what the model has is
//! kept, everything else is told as ignored. Each resource is entered or left out as a whole; a group and its members are
//! one such whole, since neither behaves as shown without the other.
//!
//! What is left out of an object, null or empty takes defaults: status `created` and `Running`, priority 1, now, ids that
//! the caller mints. A cluster or node that shows `Switching` is taken as running: which node it was switching to the
//! answer does not say. The log of switches is no state of the control plane, so its records are ignored.

mod defaults;
mod forms;
mod shown;

pub use defaults::{Defaults, IdKind};

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::Value;

use self::forms::{Kind, Object, Objects};
use super::ebs::group::SeededGroup;
use super::ebs::pair::SeededPair;
use super::ebs::{TAG, drill, group, pair};
use super::pasted::{Misread, Pasted, SeedProblem};
use super::polardb::attribute;
use super::rules::{W_042, W_043};
use crate::control_plane::{ControlPlane, NotAdopted, Step};
use crate::ebs::{DrillOwner, DrillSeed, PairStatus};
use crate::ids::{AccountId, ClusterId, DrillId, GroupId, NodeId, PairId};
use crate::polardb::ClusterSeed;
use crate::rule::cite;
use crate::text::Tag;
use crate::time::Timestamp;

/// A paste that has no form of an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}no body and no object of a describe call (W-042)", at, if at.is_empty() { "" } else { ": " })]
pub struct NotAnAnswer {
    /// Where in the paste, such as `[1]`; empty for the whole.
    pub at: String,
}

/// Why a resource was left out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LeftOutReason {
    /// A field that decides how it behaves cannot be read.
    #[error("{}{}{problem}", field, if field.is_empty() { "" } else { ": " })]
    Misread {
        /// The field, such as `DBNodes[1].DBNodeRole`; empty for the object as a whole.
        field: String,
        /// What is wrong with it.
        problem: SeedProblem,
    },
    /// It names a resource that is neither entered with it nor known (`W-043`).
    #[error("{field}: {id} is neither entered nor known (W-043)")]
    Reference {
        /// The field.
        field: &'static str,
        /// What it names.
        id: String,
    },
    /// The control plane does not take it.
    #[error(transparent)]
    NotAdopted(#[from] NotAdopted),
}

/// A resource that was not entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Where it is in the paste, such as `ReplicaPairs[0]`; empty for a paste that is one object.
    pub at: String,
    /// Why.
    pub reason: LeftOutReason,
}

/// What became of a paste.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entered {
    /// The pairs that were entered, in the order of the paste.
    pub pairs: Vec<PairId>,
    /// The groups.
    pub groups: Vec<GroupId>,
    /// The drills.
    pub drills: Vec<DrillId>,
    /// The clusters.
    pub clusters: Vec<ClusterId>,
    /// Where the paste holds what the model does not show again, such as `Clusters[0].DBNodes[1].MaxIOPS`.
    pub ignored: Vec<String>,
    /// The resources that were not entered.
    pub left_out: Vec<LeftOut>,
    /// The effects that the resources in transient statuses wait for.
    pub step: Step,
}

/// Answers of describe calls, read.
#[derive(Debug)]
pub struct Paste {
    items: Vec<Item>,
    unknown: Vec<String>,
}

/// An object of a paste.
#[derive(Debug)]
struct Item {
    at: String,
    given: Value,
    read: Result<Read, LeftOutReason>,
}

/// What an object says.
#[derive(Debug)]
enum Read {
    Pair(SeededPair),
    Group(SeededGroup),
    Drill(DrillSeed),
    Cluster(ClusterSeed),
    Progress(PairId),
    Tag { resource: String, tag: Tag },
    Endpoint { cluster: ClusterId, nodes: Vec<NodeId> },
    Switch,
}

impl Read {
    fn of(object: &Object<'_>, defaults: &mut Defaults<'_>) -> Result<Self, Misread> {
        let (pasted, around) = (Pasted::of(object.value)?, Pasted::of(object.around)?);
        Ok(match object.kind {
            Kind::Pair => Self::Pair(pair::read(pasted, defaults)?),
            Kind::Group => Self::Group(group::read(pasted, defaults)?),
            Kind::Drill => Self::Drill(drill::read(pasted, around, defaults)?),
            Kind::Cluster => Self::Cluster(attribute::read(pasted, defaults)?),
            Kind::Progress => {
                Self::Progress(pasted.typed("ReplicaPairId")?.ok_or(SeedProblem::Owner("ReplicaPairId"))?)
            }
            Kind::Tag => {
                let tag = pasted.tag(TAG).ok_or(SeedProblem::Type("a tag"))?;
                Self::Tag { resource: pasted.required::<String>("ResourceId")?, tag }
            }
            Kind::Endpoint => {
                let nodes = pasted.text("Nodes")?.unwrap_or_default().split(',').map(str::trim);
                let nodes =
                    nodes.filter(|node| !node.is_empty()).map(NodeId::parse).collect::<Result<_, _>>();
                let nodes = nodes.map_err(|why| Misread::at("Nodes", why))?;
                Self::Endpoint { cluster: pasted.required("DBClusterId")?, nodes }
            }
            Kind::Switch => Self::Switch,
        })
    }

    /// The id of the resource that it enters.
    fn resource(&self) -> Option<(Kind, &str)> {
        match self {
            Self::Pair(pair) => Some((Kind::Pair, pair.seed.id.as_str())),
            Self::Group(group) => Some((Kind::Group, group.seed.id.as_str())),
            Self::Drill(drill) => Some((Kind::Drill, drill.id.as_str())),
            Self::Cluster(cluster) => Some((Kind::Cluster, cluster.id.as_str())),
            Self::Progress(_) | Self::Tag { .. } | Self::Endpoint { .. } | Self::Switch => None,
        }
    }
}

cite!(W_042, W_043);

impl Paste {
    /// Reads a paste. Ids may be minted for what is left out later.
    ///
    /// # Errors
    ///
    /// [`NotAnAnswer`] if it has no form of an answer. An odd object is no error: it is left out when the rest is entered.
    pub fn read(pasted: &Value, defaults: &mut Defaults<'_>) -> Result<Self, NotAnAnswer> {
        let Objects { found, unknown } = Objects::of(pasted)?;
        let item = |object: Object<'_>| {
            let read = Read::of(&object, defaults);
            let read = read.map_err(|Misread { field, problem }| LeftOutReason::Misread { field, problem });
            Item { at: object.at, given: object.value.to_owned(), read }
        };
        Ok(Self { items: found.into_iter().map(item).collect(), unknown })
    }

    /// Enters what was read. Nothing else changes, and nothing at all but the clock if nothing can be entered.
    pub fn enter(mut self, plane: &mut ControlPlane, now: Timestamp, account: &AccountId) -> Entered {
        let firsts = self.firsts();
        self.link(&firsts);
        let mut entry = Entry {
            now,
            account,
            items: &self.items,
            firsts: &firsts,
            out: BTreeMap::new(),
            step: Step::default(),
        };
        entry.adopt_replication(plane);
        entry.adopt_others(plane);
        entry.check_references(plane);
        let Entry { out, step, .. } = entry;
        let mut entered = Entered { step, ignored: self.unknown, ..Entered::default() };
        for (number, item) in self.items.iter().enumerate() {
            if let Some(reason) = out.get(&number) {
                entered.left_out.push(LeftOut { at: item.at.clone(), reason: reason.clone() });
            }
            let Ok(read) = &item.read else { continue };
            // Another object of the same resource is compared with what the first one entered.
            let first = read.resource().map_or(Some(&number), |resource| firsts.get(&resource_key(resource)));
            let Some(first) = first.filter(|first| !out.contains_key(first)) else { continue };
            let shown = read.shown(&item.given, plane);
            shown::ignored(&item.at, &item.given, shown.as_ref(), &mut entered.ignored);
            match read {
                _ if *first != number => {}
                Read::Pair(pair) => entered.pairs.push(pair.seed.id.clone()),
                Read::Group(group) => entered.groups.push(group.seed.id.clone()),
                Read::Drill(drill) => entered.drills.push(drill.id.clone()),
                Read::Cluster(cluster) => entered.clusters.push(cluster.id.clone()),
                Read::Progress(_) | Read::Tag { .. } | Read::Endpoint { .. } | Read::Switch => {}
            }
        }
        entered
    }

    /// For each resource the object that enters it: the first of several, but the attribute call knows more of a cluster
    /// than the list.
    fn firsts(&self) -> Firsts {
        let mut firsts = Firsts::new();
        let attribute = |item: &Item| item.given.get("DBNodes").is_some_and(Value::is_array);
        for (number, item) in self.items.iter().enumerate() {
            let Some(resource) = item.read.as_ref().ok().and_then(Read::resource) else { continue };
            let first = firsts.entry(resource_key(resource)).or_insert(number);
            let listed = self.items.get(*first).is_some_and(|first| !attribute(first));
            if resource.0 == Kind::Cluster && listed && attribute(item) {
                *first = number;
            }
        }
        firsts
    }

    /// Tells each group of the pairs that name it and each pair of the group that lists it, gives resources the tags that
    /// were listed apart from them, and finds the groups' own statuses.
    fn link(&mut self, firsts: &Firsts) {
        let mut groups: BTreeMap<PairId, GroupId> = BTreeMap::new();
        let mut tags: BTreeMap<String, Vec<Tag>> = BTreeMap::new();
        for item in &self.items {
            match &item.read {
                Ok(Read::Group(group)) => {
                    let members = group.seed.members.iter().cloned();
                    groups.extend(members.map(|member| (member, group.seed.id.clone())));
                }
                Ok(Read::Tag { resource, tag }) => {
                    tags.entry(resource.clone()).or_default().push(tag.clone())
                }
                _ => {}
            }
        }
        let mut members: BTreeMap<GroupId, Vec<(PairId, PairStatus)>> = BTreeMap::new();
        for number in firsts.values() {
            let Some(Item { read: Ok(Read::Pair(pair)), .. }) = self.items.get_mut(*number) else { continue };
            add_tags(&mut pair.seed.request.settings.tags, tags.get(pair.seed.id.as_str()));
            pair.group = pair.group.take().or_else(|| groups.get(&pair.seed.id).cloned());
            if let Some(group) = &pair.group {
                members.entry(group.clone()).or_default().push((pair.seed.id.clone(), pair.seed.status));
            }
        }
        for number in firsts.values() {
            let Some(Item { read: Ok(Read::Group(group)), .. }) = self.items.get_mut(*number) else {
                continue;
            };
            let seed = &mut group.seed;
            add_tags(&mut seed.request.settings.tags, tags.get(seed.id.as_str()));
            let members = members.remove(&seed.id).unwrap_or_default();
            let statuses: Vec<PairStatus> = members.iter().map(|(_, status)| *status).collect();
            seed.status = group::own_status(seed.status, &statuses);
            let unlisted =
                members.into_iter().map(|(pair, _)| pair).filter(|pair| !seed.members.contains(pair));
            seed.members.extend(unlisted.collect::<Vec<_>>());
        }
    }
}

/// The objects that enter resources, by kind and id.
type Firsts = BTreeMap<(Kind, String), usize>;

fn resource_key((kind, id): (Kind, &str)) -> (Kind, String) {
    (kind, id.into())
}

/// Adds tags whose keys are new.
fn add_tags(tags: &mut Vec<Tag>, more: Option<&Vec<Tag>>) {
    for tag in more.into_iter().flatten() {
        if tags.iter().all(|held| held.key != tag.key) {
            tags.push(tag.clone());
        }
    }
}

/// A paste on its way into a control plane.
struct Entry<'a> {
    now: Timestamp,
    account: &'a AccountId,
    items: &'a [Item],
    firsts: &'a Firsts,
    out: BTreeMap<usize, LeftOutReason>,
    step: Step,
}

impl<'a> Entry<'a> {
    /// What enters a resource and is not left out, in the order of the paste.
    fn entering(&self) -> Vec<(usize, &'a Read)> {
        let firsts: BTreeSet<usize> = self.firsts.values().copied().collect();
        let items = self.items.iter().enumerate().filter(|(number, _)| firsts.contains(number));
        let items = items.filter(|(number, _)| !self.out.contains_key(number));
        items.filter_map(|(number, item)| Some((number, item.read.as_ref().ok()?))).collect()
    }

    /// Adopts pairs and groups. Whenever one of a group and its members is refused, all of them are left out and the
    /// rest begins anew, so that none holds a disk that another needs.
    fn adopt_replication(&mut self, plane: &mut ControlPlane) {
        for (number, item) in self.items.iter().enumerate() {
            self.out.extend(item.read.as_ref().err().map(|reason| (number, reason.clone())));
        }
        loop {
            self.leave_out_dangling(plane);
            let (mut trial, mut step) = (plane.clone(), Step::default());
            let mut refused = BTreeMap::new();
            let mut together = false;
            for (number, read) in self.entering() {
                let Read::Pair(pair) = read else { continue };
                match trial.adopt_pair(self.now, self.account, &pair.region, pair.seed.clone()) {
                    Ok(adopted) => step.extend(adopted),
                    Err(why) => {
                        together |= pair.group.is_some();
                        refused.insert(number, why.into());
                    }
                }
            }
            for (number, read) in self.entering() {
                let Read::Group(group) = read else { continue };
                match trial.adopt_group(self.now, self.account, &group.region, group.seed.clone()) {
                    Ok(adopted) => step.extend(adopted),
                    // A member that was refused is the reason, and is told as such in the next round.
                    Err(_) if group.seed.members.iter().any(|member| trial.pair(member).is_none()) => {
                        together = true
                    }
                    Err(why) => {
                        together = true;
                        refused.insert(number, why.into());
                    }
                }
            }
            self.out.extend(refused);
            if !together {
                *plane = trial;
                self.step.extend(step);
                return;
            }
        }
    }

    /// Leaves out groups and pairs that name one another in vain, until none is left (`W-043`).
    fn leave_out_dangling(&mut self, plane: &ControlPlane) {
        loop {
            let entering = self.entering();
            let pairs: BTreeSet<&PairId> = (entering.iter())
                .filter_map(|(_, read)| if let Read::Pair(pair) = read { Some(&pair.seed.id) } else { None })
                .collect();
            let groups: BTreeSet<&GroupId> = (entering.iter())
                .filter_map(
                    |(_, read)| if let Read::Group(group) = read { Some(&group.seed.id) } else { None },
                )
                .collect();
            let known = |id: &PairId| plane.pair(id).is_some_and(|pair| pair.account() == self.account);
            let dangling = entering.iter().filter_map(|(number, read)| match read {
                Read::Pair(pair) => {
                    let group = pair.group.as_ref().filter(|group| !groups.contains(group))?;
                    Some((*number, reference("ReplicaGroupId", group.as_str())))
                }
                Read::Group(group) => {
                    let mut members = group.seed.members.iter();
                    let missing = members.find(|member| !pairs.contains(member) && !known(member))?;
                    Some((*number, reference("PairIds", missing.as_str())))
                }
                _ => None,
            });
            let dangling: Vec<_> = dangling.collect();
            if dangling.is_empty() {
                return;
            }
            self.out.extend(dangling);
        }
    }

    /// Adopts drills, whose owners and pairs exist by now, and clusters.
    fn adopt_others(&mut self, plane: &mut ControlPlane) {
        for (number, read) in self.entering() {
            let adopted = match read {
                Read::Drill(drill) => match self.dangling(plane, read) {
                    Some(reason) => Err(reason),
                    None => plane.adopt_drill(self.now, self.account, drill.clone()).map_err(Into::into),
                },
                Read::Cluster(cluster) => {
                    plane.adopt_cluster(self.now, self.account, cluster.clone()).map_err(Into::into)
                }
                _ => continue,
            };
            match adopted {
                Ok(step) => self.step.extend(step),
                Err(reason) => drop(self.out.insert(number, reason)),
            }
        }
    }

    /// Leaves out what describes a resource that is neither entered nor known.
    fn check_references(&mut self, plane: &ControlPlane) {
        for (number, item) in self.items.iter().enumerate() {
            let Ok(read @ (Read::Progress(_) | Read::Tag { .. } | Read::Endpoint { .. })) = &item.read else {
                continue;
            };
            self.out.extend(self.dangling(plane, read).map(|reason| (number, reason)));
        }
    }

    /// The first resource that an object names and this account does not have.
    fn dangling(&self, plane: &ControlPlane, read: &Read) -> Option<LeftOutReason> {
        let pair = |id: &PairId| plane.pair(id).is_some_and(|pair| pair.account() == self.account);
        let group = |id: &GroupId| plane.group(id).is_some_and(|view| view.group.account() == self.account);
        match read {
            Read::Drill(drill) => match &drill.owner {
                DrillOwner::Pair(id) if !pair(id) => Some(reference("PairId", id.as_str())),
                DrillOwner::Group(id) if !group(id) => Some(reference("GroupId", id.as_str())),
                _ => {
                    let missing = drill.disks.iter().find(|disk| !pair(&disk.pair))?;
                    Some(reference("PairsInfo", missing.pair.as_str()))
                }
            },
            Read::Progress(id) => (!pair(id)).then(|| reference("ReplicaPairId", id.as_str())),
            Read::Tag { resource, .. } => {
                let known =
                    resource.parse().is_ok_and(|id| pair(&id)) || resource.parse().is_ok_and(|id| group(&id));
                (!known).then(|| reference("ResourceId", resource))
            }
            Read::Endpoint { cluster: id, nodes } => {
                let cluster = plane.cluster(id).filter(|cluster| cluster.account() == self.account);
                let Some(cluster) = cluster else { return Some(reference("DBClusterId", id.as_str())) };
                let missing = nodes.iter().find(|node| cluster.node(node).is_none())?;
                Some(reference("Nodes", missing.as_str()))
            }
            Read::Pair(_) | Read::Group(_) | Read::Cluster(_) | Read::Switch => None,
        }
    }
}

fn reference(field: &'static str, id: &str) -> LeftOutReason {
    LeftOutReason::Reference { field, id: id.to_string() }
}
