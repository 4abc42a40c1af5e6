//! The drill operations: dispatch of a call to the drill's own decision.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use crate::control_plane::action::{Blocked, Done};
use crate::control_plane::call::CallContext;
use crate::control_plane::ebs::groups::unknown;
use crate::control_plane::effect::drill_effect;
use crate::control_plane::event::{DrillFact, Event, Fact};
use crate::control_plane::{ControlPlane, Effect, Misuse, NotAdopted, Step, list};
use crate::ebs::drill::rules::{D_110, D_111, D_150, D_610, D_611, D_620};
use crate::ebs::{
    Drill, DrillPage, DrillPlan, DrillReason, DrillSeed, DrillStarted, DrillStatus, EbsRefusal, FreshDrill,
    Page, ReplicaId,
};
use crate::ids::{AccountId, DiskId, DrillId, PairId, ResourceId};
use crate::policy::DrillWithoutRecoverPoint;
use crate::rule::RuleId;
use crate::time::Timestamp;

impl ControlPlane {
    /// The drills of a pair or group, in start order.
    pub fn drills_of(&self, owner: &ReplicaId) -> impl Iterator<Item = &Drill> {
        let drills = self.index.drills.get(owner);
        drills.into_iter().flatten().filter_map(|drill| self.drills.get(drill))
    }

    /// The pair or group of a drill, if this account owns it and the call is at one of its ends.
    fn drill_target(&self, call: &CallContext<'_>, owner: &ReplicaId) -> Result<DrillTarget, EbsRefusal> {
        let known = self.replica(owner).filter(|it| it.account() == call.account);
        let known = known.ok_or_else(|| unknown(call.operation, owner.as_str(), call.region, D_610))?;
        if !known.regions().contains(&call.region) {
            return Err(unknown(call.operation, owner.as_str(), call.region, D_620));
        }
        let (recover_point, pairs) = match owner {
            ReplicaId::Pair(id) => {
                (self.pairs.get(id).and_then(|pair| pair.last_recover_point), [id.clone()].into())
            }
            ReplicaId::Group(id) => {
                let view = self.group(id);
                view.map_or((None, Vec::new()), |view| (view.last_recover_point, view.pairs))
            }
        };
        let at_destination = known.destination_region() == call.region;
        Ok(DrillTarget { at_destination, deleted: known.is_deleted(), recover_point, pairs })
    }

    /// Starts a drill. Checks in order: the region, that the pair or group is not deleted, and, by policy, that it has
    /// a recover point.
    pub(in crate::control_plane) fn start_drill(
        &mut self,
        call: &CallContext<'_>,
        owner: ReplicaId,
        fresh: Option<&FreshDrill>,
    ) -> Result<Done<DrillStarted>, Blocked<EbsRefusal, Misuse>> {
        let target = self.drill_target(call, &owner)?;
        let refused = |why: DrillReason| Err(Blocked::Refused(why.of(call.operation)));
        if !target.at_destination {
            return refused(DrillReason::NotAtDestination(call.region.clone()));
        }
        if target.deleted {
            return refused(DrillReason::OwnerDeleted);
        }
        let refuses = self.policy.ebs.drill_without_recover_point == DrillWithoutRecoverPoint::Refuse;
        if target.recover_point.is_none() && refuses {
            return refused(DrillReason::NoRecoverPoint);
        }
        let fresh = fresh.filter(|fresh| self.is_fresh(call, fresh, target.pairs.len()));
        let fresh = fresh.ok_or(Blocked::Misused(Misuse::BadFreshId))?.clone();
        let id = fresh.drill.clone();
        let at = self.ebs(call.now);
        let (account, pairs) = (call.account.clone(), target.pairs.into_iter());
        let drill = Drill::created(at, fresh, account, owner, pairs, target.recover_point);
        let rule = if drill.pending.is_some() { D_110 } else { D_111 };
        let events = [status_event(&drill, call.now, rule, None, Some(drill.status))].into();
        self.mint();
        let step = Step { effects: self.admit_drill(drill), events };
        Ok(Done { response: DrillStarted { drill: id }, step, rule: Some(rule) })
    }

    /// Takes in a drill that exists elsewhere, in any status. Its owner and the pairs that its disks name exist already.
    ///
    /// # Errors
    ///
    /// [`NotAdopted`]; nothing but the clock has changed.
    pub fn adopt_drill(
        &mut self,
        now: Timestamp,
        account: &AccountId,
        seed: DrillSeed,
    ) -> Result<Step, NotAdopted> {
        let now = self.observe(now);
        let disks: BTreeSet<_> = seed.disks.iter().map(|disk| &disk.disk).collect();
        let in_use = |disk: &DiskId| self.has_disk(account, disk);
        let known = self.drills.contains_key(&seed.id) || disks.len() != seed.disks.len();
        if known || disks.into_iter().any(in_use) {
            return Err(NotAdopted::IdInUse(String::from(seed.id.as_str())));
        }
        let drill = Drill::adopt(self.ebs(now), seed, account.clone());
        self.check_drill(&drill)?;
        self.mint();
        Ok(Step { effects: self.admit_drill(drill), events: Vec::new() })
    }

    /// Enters a drill into the registry and the indexes. Returns its effect.
    fn admit_drill(&mut self, drill: Drill) -> Vec<Effect> {
        self.index.enter_drill(&drill);
        let effects = drill_effect(&drill).into_iter().collect();
        self.drills.insert(drill.id.clone(), drill);
        effects
    }

    /// Whether these ids are complete, distinct and unused.
    fn is_fresh(&self, call: &CallContext<'_>, fresh: &FreshDrill, pairs: usize) -> bool {
        let distinct: BTreeSet<_> = fresh.disks.iter().collect();
        let in_use = |disk: &DiskId| self.has_disk(call.account, disk);
        fresh.disks.len() == pairs
            && distinct.len() == pairs
            && !fresh.disks.iter().any(in_use)
            && !self.drills.contains_key(&fresh.drill)
    }

    /// Whether a disk of this id is known: from a pair, a drill or a report.
    pub fn has_disk(&self, account: &AccountId, disk: &DiskId) -> bool {
        let key = (account.clone(), disk.clone());
        self.index.disks.contains_key(&key)
            || self.index.drill_disks.contains_key(&key)
            || self.disks.contains_key(&key)
    }

    pub(in crate::control_plane) fn clear_drill(
        &mut self,
        call: &CallContext<'_>,
        owner: &ReplicaId,
        id: &DrillId,
    ) -> Result<Done<()>, Blocked<EbsRefusal>> {
        let _ = self.drill_target(call, owner)?;
        let drill = self.drills.get(id).filter(|drill| drill.owner == *owner);
        let rule = if self.drills.contains_key(id) { D_611 } else { D_610 };
        let drill = drill.ok_or_else(|| unknown(call.operation, id.as_str(), call.region, rule))?;
        let plan = drill.decide_clear(self.ebs(call.now))?;
        let rule = Some(plan.rule);
        Ok(Done { response: (), step: self.apply_to_drill(id, plan), rule })
    }

    pub(in crate::control_plane) fn apply_to_drill(&mut self, id: &DrillId, plan: DrillPlan) -> Step {
        let Some(drill) = self.drills.get_mut(id) else { return Step::default() };
        let (before, rule, at, to) = (drill.status, plan.rule, plan.at, plan.to);
        self.next_id = self.next_id.saturating_add(plan.effects());
        let done = drill.carry_out(plan);
        if to == Some(before) {
            return Step::default();
        }
        let event = status_event(drill, at, rule, Some(before), to);
        let mut effects = Vec::new();
        if let Some(ended) = done.ended {
            self.index.effects.remove(ended.id.0);
        }
        if let Some(asked) = done.asked {
            self.index.effects.insert(asked.id.0, ResourceId::Drill(id.clone()));
            effects.extend(drill_effect(drill));
        }
        if to.is_none() {
            self.remove_drill(id);
        }
        Step { effects, events: [event].into() }
    }

    /// Removes a drill from the registry and the indexes.
    fn remove_drill(&mut self, id: &DrillId) -> Option<Drill> {
        let drill = self.drills.remove(id)?;
        self.index.leave_drill(&drill);
        Some(drill)
    }

    /// Removes the drills of a removed pair or group (`D-150`).
    pub(in crate::control_plane) fn forget_drills(&mut self, at: Timestamp, owner: &ReplicaId) -> Step {
        let drills = self.index.drills.get(owner).cloned().unwrap_or_default();
        let forgotten = drills.iter().filter_map(|id| self.remove_drill(id));
        let event = |drill: Drill| status_event(&drill, at, D_150, Some(drill.status), None);
        Step { effects: Vec::new(), events: forgotten.map(event).collect() }
    }

    /// The drills of a pair or group for a call at one of its ends; empty in other regions.
    pub(in crate::control_plane) fn list_drills(
        &self,
        call: &CallContext<'_>,
        owner: ReplicaId,
        wanted: Option<&DrillId>,
        page: Page,
    ) -> Result<DrillPage, EbsRefusal> {
        let list = DrillPage::list(call.list(), owner.as_str(), wanted);
        list::own(call, page.cursor(), list)?;
        let seen = self.drill_target(call, &owner).is_ok();
        let drills = self.drills_of(&owner).filter(|_| seen);
        Ok(DrillPage::of(owner.clone(), drills, wanted, page, list))
    }
}

/// The properties of a pair or group that decide on its drills.
struct DrillTarget {
    at_destination: bool,
    deleted: bool,
    recover_point: Option<Timestamp>,
    pairs: Vec<PairId>,
}

/// The event of a drill's change of status.
fn status_event(
    drill: &Drill,
    at: Timestamp,
    rule: RuleId,
    from: Option<DrillStatus>,
    to: Option<DrillStatus>,
) -> Event {
    let (owner, recover_point) = (drill.owner.clone(), drill.recover_point);
    let fact = DrillFact::Status { owner, from, to, recover_point };
    Event { at, account: drill.account.clone(), rule, fact: Fact::Drill { drill: drill.id.clone(), fact } }
}
