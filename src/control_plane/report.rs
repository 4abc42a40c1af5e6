//! Reports of outcomes and observations, and the passing of time.

use alloc::vec;
use alloc::vec::Vec;

use super::event::{Event, Fact, Step};
use super::index::deadlines::Timer;
use super::{ControlPlane, Misuse, Observation, Report};
use crate::control_plane::rules::C_040;
use crate::ebs::pair::rules::E_680;
use crate::ebs::{Disk, DiskChange, ReplicaPair};
use crate::ids::{AccountId, DiskId, EffectId, NodeId, PairId, ResourceId};
use crate::lifecycle;
use crate::outcome::{NotTaken, Outcome};
use crate::polardb::NodeChange;
use crate::polardb::cluster::rules::P_671;
use crate::rule::cite;
use crate::text::StatusMessage;
use crate::time::Timestamp;

impl ControlPlane {
    /// Applies the outcome of an effect, or an observation.
    ///
    /// # Errors
    ///
    /// [`Misuse`] if the report does not fit the state; nothing but the clock changes.
    pub fn report(&mut self, now: Timestamp, report: &Report) -> Result<Step, Misuse> {
        cite!(C_040);
        let now = self.observe(now);
        match report {
            Report::Outcome { id, outcome } => {
                let owner = self.index.effects.get(id.0).cloned().ok_or(Misuse::Stale(*id))?;
                self.ended(now, &owner, *id, outcome).map_err(|why| Misuse::of(why, *id))
            }
            Report::Observed(observation) => self.observed(now, observation),
        }
    }

    /// Fires every deadline up to `now`, ordered by due time and then by creation. Each event carries the due time.
    pub fn advance(&mut self, now: Timestamp) -> Step {
        let mut step = Step::default();
        let target = now.max(self.clock);
        while let Some((at, timer)) = self.index.deadlines.first(self.timed()).filter(|(at, _)| *at <= target)
        {
            let fired = match timer {
                Timer::Pair(row, pair) => match pair.decide_due(self.ebs(target)) {
                    Some(lifecycle::Due::Cycle(plan)) => self.apply_to_pair_at(row, plan),
                    Some(lifecycle::Due::Forget) => {
                        let id = pair.id.clone();
                        self.forget_pair(&id)
                    }
                    None => Step::default(),
                },
                Timer::Group(group) => {
                    let id = group.id.clone();
                    let members: Vec<&ReplicaPair> = self.members(&id).collect();
                    match group.with_all(&members).decide_due(self.ebs(target)) {
                        Some(lifecycle::Due::Cycle(plan)) => self.apply_to_group(&id, plan),
                        Some(lifecycle::Due::Forget) => self.forget_group(&id),
                        None => Step::default(),
                    }
                }
                Timer::Cluster(cluster) => {
                    let id = cluster.id.clone();
                    let plan = cluster.decide_due(self.polardb(at));
                    plan.map(|plan| self.apply_to_cluster(&id, plan)).unwrap_or_default()
                }
            };
            self.observe(at);
            step.extend(fired);
        }
        self.observe(target);
        step
    }

    /// Takes the outcome of the effect of a resource. A member of a group is decided together with its group.
    fn ended(
        &mut self,
        now: Timestamp,
        owner: &ResourceId,
        effect: EffectId,
        outcome: &Outcome,
    ) -> Result<Step, NotTaken> {
        match owner {
            ResourceId::Pair(id) => {
                let (row, pair) = self.pairs.get_full(id).ok_or(NotTaken::Stale)?;
                let Some(group) = pair.group().and_then(|group| self.groups.get(group)) else {
                    let plan = pair.decide_outcome(self.ebs(now), effect, outcome)?;
                    return Ok(self.apply_to_pair_at(row, plan));
                };
                let members: Vec<&ReplicaPair> = self.members(&group.id).collect();
                let plan = group.with_all(&members).decide_copied(self.ebs(now), id, effect, outcome)?;
                let group = group.id.clone();
                Ok(self.apply_to_group(&group, plan))
            }
            ResourceId::Group(id) => {
                let group = self.groups.get(id).ok_or(NotTaken::Stale)?;
                let members: Vec<&ReplicaPair> = self.members(id).collect();
                let plan = group.with_all(&members).decide_outcome(self.ebs(now), effect, outcome)?;
                Ok(self.apply_to_group(id, plan))
            }
            ResourceId::Drill(id) => {
                let drill = self.drills.get(id).ok_or(NotTaken::Stale)?;
                let plan = drill.decide_outcome(self.ebs(now), effect, outcome)?;
                Ok(self.apply_to_drill(id, plan))
            }
            ResourceId::Cluster(id) => {
                let cluster = self.clusters.get(id).ok_or(NotTaken::Stale)?;
                let plan = cluster.decide_outcome(self.polardb(now), effect, outcome)?;
                Ok(self.apply_to_cluster(id, plan))
            }
            ResourceId::Network(id) => {
                let network = self.networks.get(id).ok_or(NotTaken::Stale)?;
                let plan = network.decide_outcome(self.polardb(now), effect, outcome)?;
                Ok(self.apply_to_network(id, plan))
            }
        }
    }

    /// Invalidates a pair. A member is decided together with its group, since it may be part of a round.
    fn pair_invalidated(&mut self, now: Timestamp, id: &PairId, message: StatusMessage) -> Option<Step> {
        let pair = self.pairs.get(id)?;
        let Some(group) = pair.group().and_then(|group| self.groups.get(group)) else {
            let plan = pair.decide_invalidated(self.ebs(now), message).ok()?;
            return Some(self.apply_to_pair(id, plan));
        };
        let members: Vec<&ReplicaPair> = self.members(&group.id).collect();
        let plan = group.with_all(&members).decide_member_invalidated(self.ebs(now), id, message)?;
        let group = group.id.clone();
        Some(self.apply_to_group(&group, plan))
    }

    fn observed(&mut self, now: Timestamp, observation: &Observation) -> Result<Step, Misuse> {
        match observation {
            Observation::Disk { account, disk, change } => Ok(self.disk_changed(now, account, disk, *change)),
            Observation::PairInvalid { pair, message } => {
                self.pair_invalidated(now, pair, message.clone()).ok_or(Misuse::Unknown)
            }
            Observation::GroupInvalid { group, message } => {
                let found = self.groups.get(group).ok_or(Misuse::Unknown)?;
                let members: Vec<&ReplicaPair> = self.members(group).collect();
                let plan = found.with_all(&members).decide_invalidated(self.ebs(now), message);
                Ok(self.apply_to_group(group, plan))
            }
            Observation::Node { node, change } => {
                self.nodes_changed(now, core::slice::from_ref(node), *change, now)
            }
            Observation::Nodes { nodes, change } => self.nodes_changed(now, nodes, *change, now),
            Observation::NodeMeasured { node, change, at } => {
                cite!(P_671);
                if now.since(*at) > self.policy.polardb.sight_delay {
                    return Err(Misuse::TooOld);
                }
                self.nodes_changed(now, core::slice::from_ref(node), *change, now.min(*at))
            }
            Observation::ClusterBusy { cluster, status } => {
                let found = self.clusters.get(cluster).ok_or(Misuse::Unknown)?;
                let plan = found.decide_busy(self.polardb(now), status.clone());
                Ok(self.apply_to_cluster(cluster, plan))
            }
            Observation::ClusterRemoved { cluster } => {
                let found = self.clusters.get(cluster).ok_or(Misuse::Unknown)?;
                let plan = found.decide_removed(self.polardb(now));
                Ok(self.apply_to_cluster(cluster, plan))
            }
        }
    }

    fn nodes_changed(
        &mut self,
        now: Timestamp,
        nodes: &[NodeId],
        change: NodeChange,
        measured: Timestamp,
    ) -> Result<Step, Misuse> {
        let first = nodes.first().ok_or(Misuse::Unknown)?;
        let cluster = self.index.nodes.get(first).cloned().ok_or(Misuse::Unknown)?;
        let found = self.clusters.get(&cluster).ok_or(Misuse::Unknown)?;
        let plan = found.decide_nodes(self.polardb(now), nodes, change, measured).ok_or(Misuse::Unknown)?;
        Ok(self.apply_to_cluster(&cluster, plan))
    }

    fn disk_changed(&mut self, now: Timestamp, account: &AccountId, id: &DiskId, change: DiskChange) -> Step {
        let key = (account.clone(), id.clone());
        let before = self.disks.get(&key).copied().unwrap_or_default();
        let after = before.after(change);
        if before == after {
            return Step::default();
        }
        let fact = Fact::Disk { disk: id.clone(), change };
        let event = Event { at: now, account: account.clone(), rule: E_680, fact };
        let mut step = Step { effects: Vec::new(), events: vec![event] };
        if after.removed
            && let Some(pair) = self.index.disks.get(&key).cloned()
            && let Ok(message) = StatusMessage::parse("DeviceRemoved")
            && let Some(invalidated) = self.pair_invalidated(now, &pair, message)
        {
            step.extend(invalidated);
        }
        if after == Disk::default() {
            self.disks.remove(&key);
        } else {
            self.disks.insert(key, after);
        }
        step
    }
}
