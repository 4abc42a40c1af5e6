//! The drill operations: dispatch of a call to the drill's own decision.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use crate::control_plane::action::{Blocked, Done};
use crate::control_plane::call::CallContext;
use crate::control_plane::ebs::groups::unknown;
use crate::control_plane::effect::Owner;
use crate::control_plane::event::{DrillFact, Event, Fact};
use crate::control_plane::{ControlPlane, Effect, EffectKind, Index, Misuse, NotAdopted, Step};
use crate::ebs::drill::rules::{D_110, D_111, D_150, D_610, D_620};
use crate::ebs::{
    Drill, DrillOwner, DrillPage, DrillPlan, DrillReason, DrillSeed, DrillStarted, DrillStatus, EbsRefusal,
    FreshDrill, GroupStatus, Page, PairStatus,
};
use crate::ids::{AccountId, DiskId, DrillId, EffectId, PairId};
use crate::outcome::Outcome;
use crate::policy::DrillWithoutRecoverPoint;
use crate::rule::RuleId;
use crate::time::Timestamp;

/// The pending effect of a drill.
pub(in crate::control_plane) fn drill_effect(drill: &Drill) -> Option<Effect> {
    let pending = drill.pending?;
    let owner = drill.owner.clone();
    let kind = EffectKind::Drill { drill: drill.id.clone(), owner, effect: pending.effect };
    Some(Effect { id: pending.id, since: pending.since, account: drill.account.clone(), kind })
}

impl ControlPlane {
    /// The drills of a pair or group, in start order.
    pub fn drills_of(&self, owner: &DrillOwner) -> impl Iterator<Item = &Drill> {
        let drills = self.index.drills.get(owner);
        drills.into_iter().flatten().filter_map(|drill| self.drills.get(drill))
    }

    /// Adds the index entries of all drills.
    pub(in crate::control_plane) fn reindex_drills(
        &self,
        index: &mut Index,
        owners: &mut Vec<(EffectId, Owner)>,
    ) {
        for drill in self.drills.values() {
            index.enter_drill(drill);
            owners.extend(drill.pending.map(|pending| (pending.id, Owner::Drill(drill.id.clone()))));
        }
    }

    /// The pair or group of a drill, if this account owns it and the call is at one of its ends.
    fn drill_target(&self, call: &CallContext<'_>, owner: &DrillOwner) -> Result<DrillTarget, EbsRefusal> {
        let target = match owner {
            DrillOwner::Pair(id) => {
                let pair = self.pairs.get(id).filter(|pair| pair.account == *call.account);
                pair.map(|pair| DrillTarget {
                    at_source: pair.source().region == *call.region,
                    at_destination: pair.destination().region == *call.region,
                    deleted: pair.status == PairStatus::Deleted,
                    recover_point: pair.last_recover_point,
                    pairs: [id.clone()].into(),
                })
            }
            DrillOwner::Group(id) => {
                let group = self.groups.get(id).filter(|group| group.account == *call.account);
                group.map(|group| {
                    let view = self.view(group);
                    DrillTarget {
                        at_source: group.source().region == *call.region,
                        at_destination: group.destination().region == *call.region,
                        deleted: group.status == GroupStatus::Deleted,
                        recover_point: view.last_recover_point,
                        pairs: view.pairs,
                    }
                })
            }
        };
        let target = target.ok_or_else(|| unknown(call.operation, owner.as_str(), call.region, D_610))?;
        if target.at_source || target.at_destination {
            Ok(target)
        } else {
            Err(unknown(call.operation, owner.as_str(), call.region, D_620))
        }
    }

    /// Starts a drill. Checks in order: the region, that the pair or group is not deleted, and, by policy, that it has
    /// a recover point.
    pub(in crate::control_plane) fn start_drill(
        &mut self,
        call: &CallContext<'_>,
        owner: DrillOwner,
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
        let (now, asked) = (call.now, self.mint());
        let (account, pairs) = (call.account.clone(), target.pairs.into_iter());
        let drill = Drill::start(fresh, account, owner, pairs, target.recover_point, now, asked);
        let rule = if drill.pending.is_some() { D_110 } else { D_111 };
        let events = [status_event(&drill, now, rule, None, Some(drill.status))].into();
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
        let drill = Drill::adopt(seed, account.clone(), now, EffectId(self.next_id));
        self.check_drill(&drill)?;
        self.mint();
        Ok(Step { effects: self.admit_drill(drill), events: Vec::new() })
    }

    /// Enters a drill into the registry and the indexes. Returns its effect.
    fn admit_drill(&mut self, drill: Drill) -> Vec<Effect> {
        self.index.enter_drill(&drill);
        if let Some(pending) = drill.pending {
            self.index.effects.insert(pending.id, Owner::Drill(drill.id.clone()));
        }
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
        owner: &DrillOwner,
        id: &DrillId,
    ) -> Result<Done<()>, Blocked<EbsRefusal>> {
        let _ = self.drill_target(call, owner)?;
        let drill = self.drills.get(id).filter(|drill| drill.owner == *owner);
        let drill = drill.ok_or_else(|| unknown(call.operation, id.as_str(), call.region, D_610))?;
        let plan = drill.decide_clear(call.operation)?;
        let rule = Some(plan.rule());
        Ok(Done { response: (), step: self.apply_to_drill(call.now, id, plan), rule })
    }

    pub(in crate::control_plane) fn drill_outcome(
        &mut self,
        now: Timestamp,
        id: &DrillId,
        effect: EffectId,
        outcome: &Outcome,
    ) -> Result<Step, Misuse> {
        let drill = self.drills.get(id).ok_or(Misuse::Stale(effect))?;
        let plan = drill.decide_outcome(effect, outcome).map_err(|why| Misuse::of(why, effect))?;
        Ok(self.apply_to_drill(now, id, plan))
    }

    fn apply_to_drill(&mut self, now: Timestamp, id: &DrillId, plan: DrillPlan) -> Step {
        let (rule, to, asks) = (plan.rule(), plan.to(), plan.asks());
        let effect = EffectId(self.next_id);
        let Some(drill) = self.drills.get_mut(id) else { return Step::default() };
        let (before, pending) = (drill.status, drill.pending);
        drill.apply(plan, now, effect);
        if to == Some(before) {
            return Step::default();
        }
        let event = status_event(drill, now, rule, Some(before), to);
        if let Some(ended) = pending {
            self.index.effects.remove(ended.id);
        }
        if asks {
            self.mint();
            self.index.effects.insert(effect, Owner::Drill(id.clone()));
        }
        let effects = self.drills.get(id).filter(|_| asks).and_then(drill_effect).into_iter().collect();
        if to.is_none() {
            self.remove_drill(id);
        }
        Step { effects, events: [event].into() }
    }

    /// Removes a drill from the registry and the indexes.
    fn remove_drill(&mut self, id: &DrillId) -> Option<Drill> {
        let drill = self.drills.remove(id)?;
        if let Some(drills) = self.index.drills.get_mut(&drill.owner) {
            drills.retain(|other| other != id);
            if drills.is_empty() {
                self.index.drills.remove(&drill.owner);
            }
        }
        for disk in &drill.disks {
            self.index.drill_disks.remove(&(drill.account.clone(), disk.disk.clone()));
        }
        if let Some(pending) = drill.pending {
            self.index.effects.remove(pending.id);
        }
        Some(drill)
    }

    /// Removes the drills of a removed pair or group (`D-150`).
    pub(in crate::control_plane) fn forget_drills(&mut self, at: Timestamp, owner: &DrillOwner) -> Step {
        let drills = self.index.drills.get(owner).cloned().unwrap_or_default();
        let forgotten = drills.iter().filter_map(|id| self.remove_drill(id));
        let event = |drill: Drill| status_event(&drill, at, D_150, Some(drill.status), None);
        Step { effects: Vec::new(), events: forgotten.map(event).collect() }
    }

    /// The drills of a pair or group for a call at one of its ends; empty in other regions.
    pub(in crate::control_plane) fn list_drills(
        &self,
        call: &CallContext<'_>,
        owner: DrillOwner,
        wanted: Option<&DrillId>,
        page: Page,
    ) -> DrillPage {
        let seen = self.drill_target(call, &owner).is_ok();
        let drills = self.drills_of(&owner).filter(|_| seen);
        DrillPage::of(owner.clone(), drills, wanted, page)
    }
}

/// The properties of a pair or group that decide on its drills.
struct DrillTarget {
    at_source: bool,
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

impl Index {
    pub(in crate::control_plane) fn enter_drill(&mut self, drill: &Drill) {
        self.drills.entry(drill.owner.clone()).or_default().push(drill.id.clone());
        for disk in &drill.disks {
            self.drill_disks.insert((drill.account.clone(), disk.disk.clone()), drill.id.clone());
        }
    }
}
