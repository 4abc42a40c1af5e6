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
    Drill, DrillPage, DrillPlan, DrillSeed, DrillSource, DrillStarted, DrillStatus, EbsRefusal, FreshDrill,
    Page, ReplicaId, ReplicaPair,
};
use crate::ids::{AccountId, DiskId, DrillId, ResourceId};
use crate::rule::RuleId;
use crate::time::Timestamp;

impl ControlPlane {
    /// The drills of a pair or group, in start order.
    pub fn drills_of(&self, owner: &ReplicaId) -> impl Iterator<Item = &Drill> {
        let drills = self.index.drills.get(owner);
        drills.into_iter().flatten().filter_map(|drill| self.drills.get(drill))
    }

    /// Refuses a call about the drills of a pair or group that this account does not own, or at neither of its ends.
    fn check_drill_owner(&self, call: &CallContext<'_>, owner: &ReplicaId) -> Result<(), EbsRefusal> {
        let known = self.replica(owner).filter(|it| it.account() == call.account);
        let known = known.ok_or_else(|| unknown(call.operation, owner.as_str(), call.region, D_610))?;
        if known.regions().contains(&call.region) {
            return Ok(());
        }
        Err(unknown(call.operation, owner.as_str(), call.region, D_620))
    }

    /// Starts a drill.
    pub(in crate::control_plane) fn start_drill(
        &mut self,
        call: &CallContext<'_>,
        owner: &ReplicaId,
        fresh: Option<&FreshDrill>,
    ) -> Result<Done<DrillStarted>, Blocked<EbsRefusal, Misuse>> {
        let members: Vec<&ReplicaPair>;
        let source = match owner {
            ReplicaId::Pair(id) => self.pairs.get(id).map(DrillSource::Pair),
            ReplicaId::Group(id) => {
                members = self.members(id).collect();
                self.groups.get(id).map(|group| DrillSource::Group(group.with_all(&members)))
            }
        };
        let source = source.filter(|source| source.replica().account() == call.account);
        let source = source.ok_or_else(|| unknown(call.operation, owner.as_str(), call.region, D_610))?;
        let at = self.ebs(call.now);
        Drill::check_start(at, call.region, source)?;
        let fresh = fresh.filter(|fresh| self.is_fresh(call, fresh)).cloned();
        let drill = fresh.and_then(|fresh| Drill::started(at, fresh, source).ok());
        let drill = drill.ok_or(Blocked::Misused(Misuse::BadFreshId))?;
        let id = drill.id.clone();
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

    /// Whether these ids are unused.
    fn is_fresh(&self, call: &CallContext<'_>, fresh: &FreshDrill) -> bool {
        let in_use = |disk: &DiskId| self.has_disk(call.account, disk);
        !fresh.disks.iter().any(in_use) && !self.drills.contains_key(&fresh.drill)
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
        self.check_drill_owner(call, owner)?;
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
        let seen = self.check_drill_owner(call, &owner).is_ok();
        let drills = self.drills_of(&owner).filter(|_| seen);
        Ok(DrillPage::of(owner.clone(), drills, wanted, page, list))
    }
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
