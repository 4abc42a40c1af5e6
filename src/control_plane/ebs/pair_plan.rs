//! Applies pair plans: updates the pair and the indexes, and returns the effects and events.

use alloc::vec;
use alloc::vec::Vec;

use crate::control_plane::effect::{EffectKind, Owner};
use crate::control_plane::event::{Event, Fact, PairFact, Step};
use crate::control_plane::index::deadlines::Timed;
use crate::control_plane::{ControlPlane, Effect, Index};
use crate::ebs::pair::decide::PairPlan;
use crate::ebs::pair::rules::{E_660, E_671, E_672};
use crate::ebs::{Access, DrillOwner, PairEffect, PairEvent, PairStep, ReplicaPair};
use crate::ids::{EffectId, PairId};
use crate::lifecycle::Pending;
use crate::time::Timestamp;

impl ControlPlane {
    /// Applies a plan to the pair of this id.
    pub(in crate::control_plane) fn apply_to_pair(&mut self, id: &PairId, plan: PairPlan) -> Step {
        match self.pairs.get_mut(id) {
            Some(pair) => {
                let (step, retired) = apply_pair_plan(pair, plan, &mut self.next_id, &mut self.index);
                self.retire_deadline(retired);
                step
            }
            None => Step::default(),
        }
    }

    /// Marks the deadline of the resource with this ordinal, if any, as stale in the index.
    pub(in crate::control_plane) fn retire_deadline(&mut self, retired: Option<u64>) {
        if let Some(ordinal) = retired {
            let timed = Timed { pairs: &self.pairs, groups: &self.groups, clusters: &self.clusters };
            self.index.deadlines.retire(ordinal, timed);
        }
    }

    /// Removes a pair whose tombstone has ended, together with its drills.
    pub(in crate::control_plane) fn forget_pair(&mut self, id: &PairId) -> Step {
        let Some(pair) = self.pairs.remove(id) else { return Step::default() };
        self.retire_deadline(pair.due.map(|_| pair.ordinal));
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
}

/// Applies a plan to a pair and updates the indexes. Returns the effects and events, and the pair's ordinal if its
/// former deadline is now stale.
pub(in crate::control_plane) fn apply_pair_plan(
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
        index.deadlines.schedule(pair.due, pair.ordinal);
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
    let retired = due_before.is_some() && due_before != pair.due;
    (step, retired.then_some(pair.ordinal))
}

pub(in crate::control_plane) fn pair_effect(pair: &ReplicaPair, pending: Pending<PairEffect>) -> Effect {
    let kind = EffectKind::Pair { pair: pair.id.clone(), effect: pending.effect };
    Effect { id: pending.id, since: pending.since, account: pair.account.clone(), kind }
}

fn pair_fact(done: &PairStep, recover_point: Option<Timestamp>) -> Option<PairFact> {
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
