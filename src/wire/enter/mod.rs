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

mod adopt;
mod defaults;
mod forms;
mod shown;

pub use defaults::{Defaults, IdKind};

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

use self::adopt::Entry;
use self::forms::{Kind, Object, Objects};
use super::ebs::group::SeededGroup;
use super::ebs::pair::SeededPair;
use super::ebs::{TAG, drill, group, pair};
use super::pasted::{Misread, Pasted, SeedProblem};
use super::polardb::{attribute, networks};
use super::regions;
use super::rules::{W_042, W_043};
use crate::control_plane::{ControlPlane, NotAdopted, Step};
use crate::ebs::{DrillSeed, PairStatus};
use crate::ids::{AccountId, ClusterId, DrillId, GroupId, NetworkId, NodeId, PairId, RegionId, ZoneId};
use crate::polardb::{ClusterSeed, NetworkSeed};
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
    /// The global database networks.
    pub networks: Vec<NetworkId>,
    /// The regions, each of which now has the zones of the paste too.
    pub regions: Vec<RegionId>,
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
    Network(NetworkSeed),
    Progress(PairId),
    Tag {
        resource: String,
        tag: Tag,
    },
    Endpoint {
        cluster: ClusterId,
        nodes: Vec<NodeId>,
    },
    /// A cluster in a list that does not name its nodes.
    Listed(ClusterId),
    Region {
        region: RegionId,
        zones: BTreeSet<ZoneId>,
    },
    /// Nothing that the model holds.
    Unheld,
}

impl Read {
    fn of(object: &Object<'_>, defaults: &mut Defaults<'_>) -> Result<Self, Misread> {
        let (pasted, around) = (Pasted::of(object.value)?, Pasted::of(object.around)?);
        Ok(match object.kind {
            Kind::Pair => Self::Pair(pair::read(pasted, defaults)?),
            Kind::Group => Self::Group(group::read(pasted, defaults)?),
            Kind::Drill => Self::Drill(drill::read(pasted, around, defaults)?),
            Kind::Cluster if is_listed(object.value) => Self::Listed(pasted.required("DBClusterId")?),
            Kind::Cluster => Self::Cluster(attribute::read(pasted, defaults)?),
            Kind::Progress => {
                Self::Progress(pasted.typed("ReplicaPairId")?.ok_or(SeedProblem::Owner("ReplicaPairId"))?)
            }
            Kind::Tag => match pasted.tag(TAG) {
                Some(tag) => Self::Tag { resource: pasted.required::<String>("ResourceId")?, tag },
                None => Self::Unheld,
            },
            Kind::Endpoint => {
                let cluster = pasted.typed("DBClusterId")?.or(around.typed("DBClusterId")?);
                let cluster = cluster.ok_or(SeedProblem::Owner("DBClusterId"))?;
                let nodes = pasted.text("Nodes")?.unwrap_or_default().split(',').map(str::trim);
                let nodes =
                    nodes.filter(|node| !node.is_empty()).map(NodeId::parse).collect::<Result<_, _>>();
                Self::Endpoint { cluster, nodes: nodes.map_err(|why| Misread::at("Nodes", why))? }
            }
            Kind::Network => Self::Network(networks::read(pasted, defaults)?),
            Kind::Region => {
                let (region, zones) = regions::read(pasted)?;
                Self::Region { region, zones }
            }
            Kind::Switch => Self::Unheld,
        })
    }

    /// The kind and id of the resource that it enters.
    fn resource(&self) -> Option<(Kind, String)> {
        let (kind, id) = match self {
            Self::Pair(pair) => (Kind::Pair, pair.seed.id.as_str()),
            Self::Group(group) => (Kind::Group, group.seed.id.as_str()),
            Self::Drill(drill) => (Kind::Drill, drill.id.as_str()),
            Self::Cluster(cluster) => (Kind::Cluster, cluster.id.as_str()),
            Self::Network(network) => (Kind::Network, network.id.as_str()),
            Self::Progress(_) | Self::Tag { .. } | Self::Endpoint { .. } => return None,
            Self::Listed(_) | Self::Region { .. } | Self::Unheld => return None,
        };
        Some((kind, id.into()))
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
            let first = read.resource().map_or(Some(&number), |resource| firsts.get(&resource));
            let Some(first) = first.filter(|first| !out.contains_key(first)) else { continue };
            let shown = read.shown(&item.given, plane);
            shown::ignored(&item.at, &item.given, shown.as_ref(), &mut entered.ignored);
            match read {
                _ if *first != number => {}
                Read::Pair(pair) => entered.pairs.push(pair.seed.id.clone()),
                Read::Group(group) => entered.groups.push(group.seed.id.clone()),
                Read::Drill(drill) => entered.drills.push(drill.id.clone()),
                Read::Cluster(cluster) => entered.clusters.push(cluster.id.clone()),
                Read::Network(network) => entered.networks.push(network.id.clone()),
                Read::Region { region, .. } if !entered.regions.contains(region) => {
                    entered.regions.push(region.clone())
                }
                Read::Progress(_) | Read::Tag { .. } | Read::Endpoint { .. } => {}
                Read::Listed(_) | Read::Region { .. } | Read::Unheld => {}
            }
        }
        entered
    }

    /// For each resource the object that enters it: the first of several, but the call on a single cluster or network knows
    /// more than the list.
    fn firsts(&self) -> Firsts {
        let mut firsts = Firsts::new();
        let attribute = |item: &Item| {
            let of_network = item.given.get("GDNId").is_some() && item.given.get("DBClusterId").is_some();
            of_network || item.given.get("DBNodes").is_some_and(Value::is_array)
        };
        for (number, item) in self.items.iter().enumerate() {
            let Some(resource) = item.read.as_ref().ok().and_then(Read::resource) else { continue };
            let first = firsts.entry(resource).or_insert(number);
            let listed = self.items.get(*first).is_some_and(|first| !attribute(first));
            if listed && attribute(item) {
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
                    for member in &group.seed.members {
                        groups.entry(member.clone()).or_insert_with(|| group.seed.id.clone());
                    }
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

/// Whether an object is of the list that counts the nodes of a cluster and does not name them.
fn is_listed(cluster: &Value) -> bool {
    cluster.get("DBNodeNumber").is_some() && cluster.get("DBNodes").is_none()
}

/// Adds tags whose keys are new.
fn add_tags(tags: &mut Vec<Tag>, more: Option<&Vec<Tag>>) {
    for tag in more.into_iter().flatten() {
        if tags.iter().all(|held| held.key != tag.key) {
            tags.push(tag.clone());
        }
    }
}
