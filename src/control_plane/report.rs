//! Reports from the outside, and the passing of time.

use alloc::vec;
use alloc::vec::Vec;

use super::effect::{EffectKind, Owner};
use super::event::{Event, Fact, PairFact, Step};
use super::index::deadlines::{Due, Timed};
use super::{ControlPlane, Effect, Index, Misuse, Observation, Report};
use crate::ebs::pair::decide::PairPlan;
use crate::ebs::pair::rules::{E_660, E_671, E_672, E_680};
use crate::ebs::{Access, Disk, DiskChange, DrillOwner, PairEffect, PairEvent, ReplicaPair};
use crate::ids::{AccountId, ClusterId, DiskId, EffectId, GroupId, NodeId, PairId};
use crate::lifecycle::{self, Pending};
use crate::outcome::Outcome;
use crate::polardb::{ClusterEffect, ClusterPlan, NodeChange};
use crate::text::StatusMessage;
use crate::time::Timestamp;

impl ControlPlane {
    /// Takes note of what the outside did or saw.
    ///
    /// # Errors
    ///
    /// [`Misuse`] if the report cannot be meant; nothing changed but the clock seen.
    pub fn report(&mut self, now: Timestamp, report: &Report) -> Result<Step, Misuse> {
        let now = self.observe(now);
        match report {
            Report::Outcome { id, outcome } => match self.index.effects.owner(*id).cloned() {
                None => Err(Misuse::Stale(*id)),
                Some(Owner::Pair(pair)) => self.pair_outcome(now, &pair, *id, outcome),
                Some(Owner::Group(group)) => self.group_outcome(now, &group, *id, outcome),
                Some(Owner::Drill(drill)) => self.drill_outcome(now, &drill, *id, outcome),
                Some(Owner::Cluster(cluster)) => self.cluster_outcome(now, &cluster, *id, outcome),
            },
            Report::Observed(observation) => self.observed(now, observation),
        }
    }

    /// Fires every deadline up to `now`, in the order of due time and then of creation. Each event bears the time at
    /// which it was due.
    pub fn advance(&mut self, now: Timestamp) -> Step {
        let mut step = Step::default();
        let target = now.max(self.clock);
        loop {
            let first = self.index.deadlines.first(self.timed()).filter(|(at, _)| *at <= target);
            match first {
                Some((at, Due::Pair(pair))) => {
                    let pair = pair.id.clone();
                    self.observe(at);
                    step.extend(self.fire_pair(&pair, target));
                }
                Some((at, Due::Group(group))) => {
                    let group = group.id.clone();
                    self.observe(at);
                    step.extend(self.fire_group(&group, target));
                }
                None => break,
            }
        }
        self.observe(target);
        step
    }

    fn fire_group(&mut self, id: &GroupId, target: Timestamp) -> Step {
        let Some(group) = self.groups.get(id) else { return Step::default() };
        let members: Vec<&ReplicaPair> = self.members(id).collect();
        match group.decide_due(target, &members) {
            Some(lifecycle::Due::Cycle(plan)) => self.apply_to_group(id, plan),
            Some(lifecycle::Due::Forget) => self.forget_group(id),
            None => Step::default(),
        }
    }

    fn fire_pair(&mut self, id: &PairId, target: Timestamp) -> Step {
        let Some(pair) = self.pairs.get(id) else { return Step::default() };
        match pair.decide_due(target, &self.policy.ebs) {
            Some(lifecycle::Due::Cycle(plan)) => self.apply_to_pair(id, plan),
            Some(lifecycle::Due::Forget) => self.forget(id),
            None => Step::default(),
        }
    }

    fn forget(&mut self, id: &PairId) -> Step {
        let Some(pair) = self.pairs.remove(id) else { return Step::default() };
        self.settle_deadline(pair.due.map(|_| pair.ordinal));
        let fact = PairFact::Status {
            from: Some(pair.status),
            to: None,
            superseded: None,
            took: None,
            recover_point: pair.last_recover_point,
        };
        let at = pair.due.unwrap_or(self.clock);
        let fact = Fact::Pair { pair: pair.id, fact };
        let event = Event { at, account: pair.account, rule: E_660, fact };
        let mut step = Step { effects: Vec::new(), events: vec![event] };
        step.extend(self.forget_drills(at, &DrillOwner::Pair(id.clone())));
        step
    }

    fn group_outcome(
        &mut self,
        now: Timestamp,
        id: &GroupId,
        effect: EffectId,
        outcome: &Outcome,
    ) -> Result<Step, Misuse> {
        let group = self.groups.get(id).ok_or(Misuse::Stale(effect))?;
        let members: Vec<&ReplicaPair> = self.members(id).collect();
        let plan = group.decide_outcome(now, effect, outcome, &members, &self.policy.ebs);
        let plan = plan.map_err(|why| Misuse::of(why, effect))?;
        Ok(self.apply_to_group(id, plan))
    }

    /// The relation of a pair broke. A member is decided with its group, whose round it may have been part of.
    fn pair_invalidated(&mut self, now: Timestamp, id: &PairId, message: StatusMessage) -> Option<Step> {
        let pair = self.pairs.get(id)?;
        let Some(group) = pair.group().and_then(|group| self.groups.get(group)) else {
            let plan = pair.decide_invalidated(now, message);
            return Some(self.apply_to_pair(id, plan));
        };
        let members: Vec<&ReplicaPair> = self.members(&group.id).collect();
        let plan = group.decide_member_invalidated(now, pair, message, &members);
        let group = group.id.clone();
        Some(self.apply_to_group(&group, plan))
    }

    fn pair_outcome(
        &mut self,
        now: Timestamp,
        id: &PairId,
        effect: EffectId,
        outcome: &Outcome,
    ) -> Result<Step, Misuse> {
        let pair = self.pairs.get(id).ok_or(Misuse::Stale(effect))?;
        if let Some(group) = pair.group().and_then(|group| self.groups.get(group)) {
            let members: Vec<&ReplicaPair> = self.members(&group.id).collect();
            let plan = group.decide_copied(now, id, effect, outcome, &members);
            let group = group.id.clone();
            return Ok(self.apply_to_group(&group, plan.map_err(|why| Misuse::of(why, effect))?));
        }
        let plan = pair.decide_outcome(now, effect, outcome, &self.policy.ebs);
        Ok(self.apply_to_pair(id, plan.map_err(|why| Misuse::of(why, effect))?))
    }

    fn cluster_outcome(
        &mut self,
        now: Timestamp,
        id: &ClusterId,
        effect: EffectId,
        outcome: &Outcome,
    ) -> Result<Step, Misuse> {
        let cluster = self.clusters.get(id).ok_or(Misuse::Stale(effect))?;
        let plan = cluster.decide_outcome(effect, outcome).map_err(|why| Misuse::of(why, effect))?;
        Ok(self.apply_to_cluster(now, id, plan))
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
                let plan = found.decide_invalidated(now, message, &members);
                Ok(self.apply_to_group(group, plan))
            }
            Observation::Node { node, change } => {
                self.nodes_changed(now, core::slice::from_ref(node), *change)
            }
            Observation::Nodes { nodes, change } => self.nodes_changed(now, nodes, *change),
            Observation::ClusterBusy { cluster, status } => {
                let found = self.clusters.get(cluster).ok_or(Misuse::Unknown)?;
                let plan = found.decide_busy(status.clone());
                Ok(self.apply_to_cluster(now, cluster, plan))
            }
            Observation::ClusterRemoved { cluster } => {
                let found = self.clusters.get(cluster).ok_or(Misuse::Unknown)?;
                let plan = found.decide_removed();
                Ok(self.apply_to_cluster(now, cluster, plan))
            }
        }
    }

    fn nodes_changed(
        &mut self,
        now: Timestamp,
        nodes: &[NodeId],
        change: NodeChange,
    ) -> Result<Step, Misuse> {
        let first = nodes.first().ok_or(Misuse::Unknown)?;
        let cluster = self.index.nodes.get(first).cloned().ok_or(Misuse::Unknown)?;
        let found = self.clusters.get(&cluster).ok_or(Misuse::Unknown)?;
        let plan = found.decide_nodes(nodes, change).ok_or(Misuse::Unknown)?;
        Ok(self.apply_to_cluster(now, &cluster, plan))
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

    /// Applies a plan to a pair that is looked up anew.
    pub(super) fn apply_to_pair(&mut self, id: &PairId, plan: PairPlan) -> Step {
        match self.pairs.get_mut(id) {
            Some(pair) => {
                let (step, lapsed) = apply_pair_plan(pair, plan, &mut self.next_id, &mut self.index);
                self.settle_deadline(lapsed);
                step
            }
            None => Step::default(),
        }
    }

    /// Takes note that the deadline of the pair or group of this ordinal lapsed, if it did.
    pub(super) fn settle_deadline(&mut self, lapsed: Option<u64>) {
        if let Some(ordinal) = lapsed {
            let timed = Timed { pairs: &self.pairs, groups: &self.groups };
            self.index.deadlines.stands_no_more(ordinal, timed);
        }
    }

    pub(super) fn apply_to_cluster(&mut self, now: Timestamp, id: &ClusterId, plan: ClusterPlan) -> Step {
        // Whether a plan asks for an effect is known only once it is applied; an unused id is given back.
        let effect = EffectId(self.next_id);
        let Some(cluster) = self.clusters.get_mut(id) else { return Step::default() };
        let account = cluster.account.clone();
        let done = cluster.apply(plan, now, effect, &self.policy.polardb);
        let mut step = Step::default();
        done.ended.into_iter().for_each(|ended| self.index.effects.remove(ended));
        done.left.iter().for_each(|node| drop(self.index.nodes.remove(node)));
        for node in done.joined {
            self.index.nodes.insert(node, id.clone());
        }
        if let Some((asked, kind)) = done.asked {
            self.mint();
            self.index.effects.insert(asked, Owner::Cluster(id.clone()));
            step.effects.push(cluster_effect(asked, now, &account, id, kind));
        }
        if done.gone
            && let Some(cluster) = self.clusters.remove(id)
        {
            cluster.nodes.iter().for_each(|node| drop(self.index.nodes.remove(&node.id)));
        }
        step.events.extend(done.facts.into_iter().map(|(rule, fact)| Event {
            at: now,
            account: account.clone(),
            rule,
            fact: Fact::Cluster { cluster: id.clone(), fact },
        }));
        step
    }
}

pub(super) fn cluster_effect(
    id: EffectId,
    since: Timestamp,
    account: &AccountId,
    cluster: &ClusterId,
    effect: ClusterEffect,
) -> Effect {
    let kind = EffectKind::Cluster { cluster: cluster.clone(), effect };
    Effect { id, since, account: account.clone(), kind }
}

/// Applies a plan to a pair, brings the indexes up to date and says what it did; with the pair's ordinal if
/// its deadline lapsed.
pub(super) fn apply_pair_plan(
    pair: &mut ReplicaPair,
    plan: PairPlan,
    next_id: &mut u64,
    index: &mut Index,
) -> (Step, Option<u64>) {
    let access = |pair: &ReplicaPair| {
        let (source, destination) = (pair.source_access(), pair.destination_access());
        if pair.reversed { (destination, source) } else { (source, destination) }
    };
    let (due_before, bound_before, access_before) = (pair.due, pair.binds_disks(), access(pair));
    let effect = EffectId(*next_id);
    *next_id = next_id.saturating_add(u64::from(plan.asks()));
    let done = pair.apply(plan, effect);

    let mut step = Step { effects: Vec::new(), events: Vec::with_capacity(1) };
    if let Some(ended) = done.ended {
        index.effects.remove(ended.id);
    }
    if let Some(asked) = done.asked {
        index.effects.insert(asked.id, Owner::Pair(pair.id.clone()));
        step.effects = vec![pair_effect(pair, asked)];
    }
    if due_before != pair.due {
        index.deadlines.stands_anew(pair.due, pair.ordinal);
    }
    if bound_before && !pair.binds_disks() {
        let regions = [&pair.primary.region, &pair.standby.region];
        index.pair_listing.leave(&pair.account, regions, pair.ordinal);
        for end in [&pair.primary, &pair.standby] {
            index.disks.remove(&(pair.account.clone(), end.disk.clone()));
        }
    }
    let event = |rule, fact| Event { at: done.at, account: pair.account.clone(), rule, fact };
    if let Some(fact) = pair_fact(&done, pair.last_recover_point) {
        step.events.push(event(done.rule, Fact::Pair { pair: pair.id.clone(), fact }));
    }
    let access_after = access(pair);
    let changes =
        [(&pair.primary, access_before.0, access_after.0), (&pair.standby, access_before.1, access_after.1)];
    for (end, from, to) in changes.into_iter().filter(|(_, from, to)| from != to) {
        let rule = if [from, to].contains(&Access::ReadOnly) { E_672 } else { E_671 };
        step.events.push(event(rule, Fact::Access { disk: end.disk.clone(), from, to }));
    }
    let lapsed = due_before.is_some() && due_before != pair.due;
    (step, lapsed.then_some(pair.ordinal))
}

pub(super) fn pair_effect(pair: &ReplicaPair, pending: Pending<PairEffect>) -> Effect {
    let kind = EffectKind::Pair { pair: pair.id.clone(), effect: pending.effect };
    Effect { id: pending.id, since: pending.since, account: pair.account.clone(), kind }
}

fn pair_fact(done: &crate::ebs::PairStep, recover_point: Option<Timestamp>) -> Option<PairFact> {
    let superseded = done.ended.filter(|_| done.asked.is_some()).map(|ended| ended.id);
    if done.from != done.to {
        return Some(PairFact::Status {
            from: Some(done.from),
            to: Some(done.to),
            superseded,
            took: done.ended.map(|ended| done.at.since(ended.since)),
            recover_point,
        });
    }
    let copy_ended = done.ended.is_some_and(|ended| ended.effect.events().1 == PairEvent::CopyFailed);
    let fact = if done.copy_failed { PairFact::CopyFailed } else { PairFact::CopyWaits };
    (copy_ended && done.asked.is_none()).then_some(fact)
}
