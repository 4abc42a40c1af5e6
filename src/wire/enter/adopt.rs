//! A paste on its way into a control plane: what is adopted, what is left out.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::ToString;
use alloc::vec::Vec;

use super::{Firsts, Item, LeftOutReason, Read};
use crate::control_plane::{ControlPlane, Step};
use crate::ebs::ReplicaId;
use crate::ids::{AccountId, ClusterId, GroupId, PairId};
use crate::time::Timestamp;

/// A paste on its way into a control plane.
pub(super) struct Entry<'a> {
    pub(super) now: Timestamp,
    pub(super) account: &'a AccountId,
    pub(super) items: &'a [Item],
    pub(super) firsts: &'a Firsts,
    pub(super) out: BTreeMap<usize, LeftOutReason>,
    pub(super) step: Step,
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
    pub(super) fn adopt_replication(&mut self, plane: &mut ControlPlane) {
        for (number, item) in self.items.iter().enumerate() {
            self.out.extend(item.read.as_ref().err().map(|reason| (number, reason.clone())));
        }
        loop {
            self.leave_out_dangling(plane);
            let (mut trial, mut step) = (plane.clone(), Step::default());
            let (mut alone, mut together) = (BTreeMap::new(), BTreeMap::new());
            for (number, read) in self.entering() {
                let Read::Pair(pair) = read else { continue };
                let refused = if pair.group.is_some() { &mut together } else { &mut alone };
                match trial.adopt_pair(self.now, self.account, &pair.region, pair.seed.clone()) {
                    Ok(adopted) => step.extend(adopted),
                    Err(why) => drop(refused.insert(number, LeftOutReason::from(why))),
                }
            }
            for (number, read) in self.entering() {
                let Read::Group(group) = read else { continue };
                // A member that was refused is the reason, and is told as such in the next round.
                if group.seed.members.iter().any(|member| trial.pair(member).is_none()) {
                    continue;
                }
                match trial.adopt_group(self.now, self.account, &group.region, group.seed.clone()) {
                    Ok(adopted) => step.extend(adopted),
                    Err(why) => drop(together.insert(number, LeftOutReason::from(why))),
                }
            }
            if together.is_empty() {
                self.out.extend(alone);
                *plane = trial;
                self.step.extend(step);
                return;
            }
            self.out.extend(together);
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

    /// Adds regions and zones, and adopts drills, whose owners and pairs exist by now, clusters, and
    /// networks of clusters.
    pub(super) fn adopt_others(&mut self, plane: &mut ControlPlane) {
        for item in self.items {
            let Ok(Read::Region { region, zones }) = &item.read else { continue };
            plane.regions.entry(region.clone()).or_default().extend(zones.iter().cloned());
        }
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
        for (number, read) in self.entering() {
            let Read::Network(network) = read else { continue };
            let adopted = match self.dangling(plane, read) {
                Some(reason) => Err(reason),
                None => plane.adopt_network(self.now, self.account, network.clone()).map_err(Into::into),
            };
            match adopted {
                Ok(step) => self.step.extend(step),
                Err(reason) => drop(self.out.insert(number, reason)),
            }
        }
    }

    /// Leaves out what describes a resource that is neither entered nor known.
    pub(super) fn check_references(&mut self, plane: &ControlPlane) {
        for (number, item) in self.items.iter().enumerate() {
            let Ok(read) = &item.read else { continue };
            if read.resource().is_some() {
                continue;
            }
            self.out.extend(self.dangling(plane, read).map(|reason| (number, reason)));
        }
    }

    /// The first resource that an object names and this account does not have.
    fn dangling(&self, plane: &ControlPlane, read: &Read) -> Option<LeftOutReason> {
        let pair = |id: &PairId| plane.pair(id).is_some_and(|pair| pair.account() == self.account);
        let group = |id: &GroupId| plane.group(id).is_some_and(|view| view.group.account() == self.account);
        let cluster = |id: &ClusterId| plane.cluster(id).is_some_and(|known| known.account() == self.account);
        match read {
            Read::Drill(drill) => match &drill.owner {
                ReplicaId::Pair(id) if !pair(id) => Some(reference("PairId", id.as_str())),
                ReplicaId::Group(id) if !group(id) => Some(reference("GroupId", id.as_str())),
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
            Read::Listed(id) => (!cluster(id)).then(|| reference("DBClusterId", id.as_str())),
            Read::Network(network) => {
                let mut members = core::iter::once(&network.primary).chain(&network.secondaries);
                Some(reference("DBClusters", members.find(|id| !cluster(id))?.as_str()))
            }
            Read::Pair(_) | Read::Group(_) | Read::Cluster(_) | Read::Region { .. } | Read::Unheld => None,
        }
    }
}

fn reference(field: &'static str, id: &str) -> LeftOutReason {
    LeftOutReason::Reference { field, id: id.to_string() }
}
