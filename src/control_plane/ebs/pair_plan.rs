//! Applies pair plans: updates the pair and the indexes, and returns the effects and events.

use alloc::vec;
use alloc::vec::Vec;

use crate::control_plane::ControlPlane;
use crate::control_plane::effect::{Owner, pair_effect};
use crate::control_plane::event::{Event, Fact, PairFact, StatusChange, Step};
use crate::control_plane::index::Index;
use crate::ebs::pair::decide::PairPlan;
use crate::ebs::pair::rules::{E_660, E_671, E_672};
use crate::ebs::{Access, DrillOwner, PairEvent, PairStep, ReplicaPair};
use crate::ids::{EffectId, PairId};
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

    /// Removes a pair whose tombstone has ended, together with its drills.
    pub(in crate::control_plane) fn forget_pair(&mut self, id: &PairId) -> Step {
        let Some(pair) = self.pairs.remove(id) else { return Step::default() };
        self.retire_deadline(pair.due.map(|_| pair.ordinal));
        let recover_point = pair.last_recover_point;
        let fact = PairFact::Status(StatusChange {
            recover_point,
            ..StatusChange::between(Some(pair.status), None)
        });
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
        index.effects.remove(ended.id.0);
    }
    if let Some(asked) = done.asked {
        index.effects.insert(asked.id.0, Owner::Pair(pair.id.clone()));
        step.effects = pair_effect(pair).into_iter().collect();
    }
    if due_before != pair.due {
        index.deadlines.schedule(pair.due, pair.ordinal);
    }
    if bound_before && !pair.binds_disks() {
        index.bury_pair(pair);
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

fn pair_fact(done: &PairStep, recover_point: Option<Timestamp>) -> Option<PairFact> {
    let superseded = done.ended.filter(|_| done.asked.is_some()).map(|ended| ended.id);
    if done.from != done.to {
        return Some(PairFact::Status(StatusChange {
            from: Some(done.from),
            to: Some(done.to),
            superseded,
            took: done.ended.map(|ended| done.at.since(ended.since)),
            recover_point,
        }));
    }
    let copy_ended = done.ended.is_some_and(|ended| ended.effect.events().1 == PairEvent::CopyFailed);
    let fact = if done.copy_failed { PairFact::CopyFailed } else { PairFact::CopyWaits };
    (copy_ended && done.asked.is_none()).then_some(fact)
}
