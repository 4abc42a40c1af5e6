//! The pair operations: a call is decided by the pair itself, and its plan is applied to the pair and the indexes.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::control_plane::action::{Blocked, Done};
use crate::control_plane::call::CallContext;
use crate::control_plane::ebs::groups::unknown;
use crate::control_plane::effect::pair_effect;
use crate::control_plane::event::{Event, Fact, PairFact, StatusChange};
use crate::control_plane::index::Index;
use crate::control_plane::rules::C_050;
use crate::control_plane::{ControlPlane, DiskKey, Effect, Misuse, NotAdopted, Step, list};
use crate::ebs::pair::rules::{E_013, E_014, E_610, E_660, E_671, E_672};
use crate::ebs::{
    Access, Context, CreateDiskReplicaPair, DescribeDiskReplicaPairs, Disk, EbsReason, EbsRefusal, End,
    PairCreated, PairEffect, PairPage, PairPlan, PairProgress, PairRequest, PairSeed, PairStatus, ReplicaId,
    ReplicaPair,
};
use crate::ids::{AccountId, DiskId, EffectId, PairId, RegionId, ResourceId};
use crate::operation::Operation;
use crate::rule::cite;
use crate::time::Timestamp;

/// The current state of a disk.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DiskView {
    /// The account that owns it.
    pub account: AccountId,
    /// Its id.
    pub id: DiskId,
    /// Its reported state.
    pub disk: Disk,
    /// The access that its host has.
    pub access: Access,
}

impl ControlPlane {
    /// Handles a call on one pair: a single look-up, decision, application. The request may depend on what was reported
    /// of the pair's disks.
    pub(in crate::control_plane) fn pair_call<'b>(
        &mut self,
        call: &CallContext<'_>,
        id: &PairId,
        ask: impl FnOnce(&ReplicaPair, &dyn Fn(&End) -> Disk) -> PairRequest<'b>,
    ) -> Result<Done<()>, Blocked<EbsRefusal>> {
        let pair = self.pairs.get_full_mut(id).filter(|(_, pair)| pair.account == *call.account);
        let (row, pair) = pair.ok_or_else(|| unknown(call.operation, id.as_str(), call.region, E_610))?;
        let reported = |end: &End| disk_in(&self.disks, call.account, &end.disk);
        let request = ask(pair, &reported);
        let at = Context { now: call.now, effect: EffectId(self.next_id), policy: &self.policy.ebs };
        let plan = pair.decide(at, call.region, request)?;
        let rule = Some(plan.rule);
        let (step, retired) = apply_pair_plan((row, pair), plan, &mut self.next_id, &mut self.index);
        self.retire_deadline(retired);
        Ok(Done { response: (), step, rule })
    }

    pub(in crate::control_plane) fn list_pairs(
        &self,
        call: &CallContext<'_>,
        request: &DescribeDiskReplicaPairs,
    ) -> Result<PairPage, EbsRefusal> {
        let list = request.list(call.list());
        list::own(call, request.page.cursor(), list)?;
        let from = call.viewpoint(&self.policy.ebs);
        let walk = self.index.pair_listing.walk(from, request.site, request.page);
        let name = |group: &_| self.groups.get(group)?.name().cloned();
        Ok(request.select(from, list, &self.pairs, walk, name))
    }

    /// Finds a pair of the calling account.
    pub(super) fn find_pair(&self, call: &CallContext<'_>, id: &PairId) -> Result<&ReplicaPair, EbsRefusal> {
        cite!(C_050);
        let pair = self.pairs.get(id).filter(|pair| pair.account == *call.account);
        pair.ok_or_else(|| unknown(call.operation, id.as_str(), call.region, E_610))
    }

    pub(in crate::control_plane) fn pair_progress(
        &self,
        call: &CallContext<'_>,
        id: &PairId,
    ) -> Result<PairProgress, EbsRefusal> {
        let pair = self.find_pair(call, id)?;
        if pair.status == PairStatus::Deleted {
            return Err(unknown(call.operation, id.as_str(), call.region, E_610));
        }
        pair.check_region(&self.policy.ebs, call.region, call.operation)?;
        Ok(pair.progress())
    }

    pub(in crate::control_plane) fn create_pair(
        &mut self,
        call: &CallContext<'_>,
        request: &CreateDiskReplicaPair,
        fresh: Option<&PairCreated>,
    ) -> Result<Done<PairCreated>, Blocked<EbsRefusal, Misuse>> {
        ReplicaPair::check_creation(&self.policy.ebs, call.region, request)?;
        self.check_disks(call.account, call.region, request)?;
        let fresh = fresh.filter(|fresh| !self.pairs.contains_key(&fresh.pair));
        let fresh = fresh.ok_or(Blocked::Misused(Misuse::BadFreshId))?;
        let (id, account) = (fresh.pair.clone(), call.account.clone());
        let pair = ReplicaPair::created(self.ebs(call.now), id, account, call.region, request);
        self.mint();
        let effects = self.admit_pair(pair);
        let event = |rule, fact| Event { at: call.now, account: call.account.clone(), rule, fact };
        let fact = PairFact::Status(StatusChange::between(None, Some(PairStatus::Creating)));
        let created = event(E_014, Fact::Pair { pair: fresh.pair.clone(), fact });
        let disk = request.destination_disk.clone();
        let fact = Fact::Access { disk, from: Access::ReadWrite, to: Access::None };
        let step = Step { effects, events: [created, event(E_671, fact)].into() };
        Ok(Done { response: fresh.clone(), step, rule: Some(E_014) })
    }

    /// The remaining checks of `CreateDiskReplicaPair`: for each disk, that it exists, then that it is free.
    fn check_disks(
        &self,
        account: &AccountId,
        region: &RegionId,
        request: &CreateDiskReplicaPair,
    ) -> Result<(), EbsRefusal> {
        let operation = Operation::CreateDiskReplicaPair;
        for disk in [&request.source_disk, &request.destination_disk] {
            let key = (account.clone(), disk.clone());
            if self.disks.get(&key).is_some_and(|disk| disk.removed) {
                return Err(unknown(operation, disk.as_str(), region, E_013));
            }
            if let Some(pair) = self.index.disks.get(&key) {
                return Err(EbsReason::DiskInUse { disk: disk.clone(), pair: pair.clone() }.of(operation));
            }
        }
        Ok(())
    }

    /// Adds a pair to the registry and the indexes; returns its pending effect.
    fn admit_pair(&mut self, pair: ReplicaPair) -> Vec<Effect> {
        let effects = pair_effect(&pair).into_iter().collect();
        self.index.enter_pair(&pair);
        self.pairs.insert(pair.id.clone(), pair);
        effects
    }

    /// Applies a plan to the pair of this id.
    pub(in crate::control_plane) fn apply_to_pair(&mut self, id: &PairId, plan: PairPlan) -> Step {
        match self.pairs.get_full(id).map(|(row, _)| row) {
            Some(row) => self.apply_to_pair_at(row, plan),
            None => Step::default(),
        }
    }

    /// Applies a plan to the pair in this row.
    pub(in crate::control_plane) fn apply_to_pair_at(&mut self, row: usize, plan: PairPlan) -> Step {
        match self.pairs.at_mut(row) {
            Some(pair) => {
                let (step, retired) = apply_pair_plan((row, pair), plan, &mut self.next_id, &mut self.index);
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
        let change = StatusChange { recover_point, ..StatusChange::between(Some(pair.status), None) };
        let at = pair.due.unwrap_or(self.clock);
        let fact = Fact::Pair { pair: pair.id, fact: PairFact::Status(change) };
        let event = Event { at, account: pair.account, rule: E_660, fact };
        let mut step = Step { effects: Vec::new(), events: vec![event] };
        step.extend(self.forget_drills(at, &ReplicaId::Pair(id.clone())));
        step
    }

    /// Adopts an existing pair, in any status. In a transient status its effect is pending from now on; a replicating
    /// pair starts its next cycle in one RPO; a tombstone lasts its full time.
    ///
    /// # Errors
    ///
    /// [`NotAdopted`]; nothing but the clock has changed.
    pub fn adopt_pair(
        &mut self,
        now: Timestamp,
        account: &AccountId,
        region: &RegionId,
        seed: PairSeed,
    ) -> Result<Step, NotAdopted> {
        let now = self.observe(now);
        if self.pairs.contains_key(&seed.id) {
            return Err(NotAdopted::IdInUse(String::from(seed.id.as_str())));
        }
        ReplicaPair::check_ends(&self.policy.ebs, region, &seed.request)?;
        if seed.status != PairStatus::Deleted {
            self.check_disks(account, region, &seed.request)?;
        }
        let pair = ReplicaPair::adopt(self.ebs(now), seed, account.clone(), region);
        self.check_pair(&pair)?;
        self.mint();
        Ok(Step { effects: self.admit_pair(pair), events: Vec::new() })
    }

    /// The reported state of a disk.
    pub fn disk(&self, account: &AccountId, disk: &DiskId) -> Disk {
        disk_in(&self.disks, account, disk)
    }

    /// The disks of an account, or of all accounts: those of pairs and drills and those with a report, sorted by
    /// account and id.
    pub fn disks(&self, account: Option<&AccountId>) -> Vec<DiskView> {
        let mut known: BTreeMap<DiskKey, Access> =
            self.disks.keys().map(|key| (key.clone(), Access::ReadWrite)).collect();
        for drill in self.drills.values().filter(|drill| drill.has_disks()) {
            for disk in drill.disks() {
                known.insert((drill.account.clone(), disk.disk.clone()), Access::ReadWrite);
            }
        }
        for pair in self.pairs.values() {
            for (end, access) in
                [(pair.source(), pair.source_access()), (pair.destination(), pair.destination_access())]
            {
                let key = (pair.account.clone(), end.disk.clone());
                if pair.binds_disks() {
                    known.insert(key, access);
                } else {
                    known.entry(key).or_insert(Access::ReadWrite);
                }
            }
        }
        let wanted = |(owner, _): &DiskKey| account.is_none_or(|account| account == owner);
        known
            .into_iter()
            .filter(|(key, _)| wanted(key))
            .map(|(key, access)| {
                let disk = self.disks.get(&key).copied().unwrap_or_default();
                DiskView { account: key.0, id: key.1, disk, access }
            })
            .collect()
    }
}

/// The state of a disk among the reported ones. Without any, no key is made to look for it.
fn disk_in(disks: &BTreeMap<DiskKey, Disk>, account: &AccountId, disk: &DiskId) -> Disk {
    if disks.is_empty() {
        return Disk::default();
    }
    disks.get(&(account.clone(), disk.clone())).copied().unwrap_or_default()
}

/// Applies a plan to a pair, which is in this row, and updates the indexes. Returns the effects and events, and the pair's
/// ordinal if its former deadline is now stale.
pub(in crate::control_plane) fn apply_pair_plan(
    (row, pair): (usize, &mut ReplicaPair),
    plan: PairPlan,
    next_id: &mut u64,
    index: &mut Index,
) -> (Step, Option<u64>) {
    let access = |pair: &ReplicaPair| {
        let (source, destination) = (pair.source_access(), pair.destination_access());
        if pair.reversed { (destination, source) } else { (source, destination) }
    };
    let (due_before, bound_before, access_before) = (pair.due, pair.binds_disks(), access(pair));
    *next_id = next_id.saturating_add(plan.effects());
    let (from, rule, at, copy_failed) = (pair.status, plan.rule, plan.at, plan.copy_failed);
    if let (Some(_), Some(group)) = (&plan.membership, &pair.group) {
        index.leave_member(group, pair.ordinal);
    }
    let joins = plan.membership.is_some();
    let done = pair.carry_out(plan);
    if joins && let Some(group) = &pair.group {
        index.enter_member(group, pair);
    }

    let mut step = Step { effects: Vec::new(), events: Vec::with_capacity(1) };
    if let Some(ended) = done.ended {
        index.effects.remove(ended.id.0);
    }
    if let Some(asked) = done.asked {
        index.effects.insert(asked.id.0, ResourceId::Pair(pair.id.clone()));
        step.effects = pair_effect(pair).into_iter().collect();
    }
    if due_before != pair.due {
        index.deadlines.schedule(pair.due, pair.ordinal, row);
    }
    if bound_before && !pair.binds_disks() {
        index.leave_pair(pair);
    }
    let event = |rule, fact| Event { at, account: pair.account.clone(), rule, fact };
    let fact = if from != pair.status {
        Some(PairFact::Status(StatusChange {
            from: Some(from),
            to: Some(pair.status),
            superseded: done.ended.filter(|_| done.asked.is_some()).map(|ended| ended.id),
            took: done.ended.map(|ended| at.since(ended.since)),
            recover_point: pair.last_recover_point,
        }))
    } else if done.resettled {
        Some(PairFact::Settings)
    } else if done.asked.is_none() && done.ended.is_some_and(|ended| ended.effect == PairEffect::Copy) {
        Some(if copy_failed { PairFact::CopyFailed } else { PairFact::CopyWaits })
    } else {
        None
    };
    step.events.extend(fact.map(|fact| event(rule, Fact::Pair { pair: pair.id.clone(), fact })));
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
