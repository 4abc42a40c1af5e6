//! The pair operations: dispatch of a call to the pair's own decision.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::borrow::Borrow;

use crate::control_plane::action::{Blocked, Done};
use crate::control_plane::call::CallContext;
use crate::control_plane::ebs::groups::unknown;
use crate::control_plane::ebs::pair_plan::apply_pair_plan;
use crate::control_plane::effect::pair_effect;
use crate::control_plane::event::{Event, Fact, PairFact, StatusChange};
use crate::control_plane::{ControlPlane, DiskKey, Effect, Misuse, NotAdopted, Step};
use crate::ebs::pair::rules::{E_011, E_013, E_014, E_610, E_671};

use crate::ebs::{
    Access, CallSite, Charge, CreateDiskReplicaPair, DescribeDiskReplicaPairs, Disk, EbsReason, EbsRefusal,
    PairCreated, PairPage, PairRequest, PairSeed, PairStatus, ReplicaPair, ReprotectDiskReplicaPair,
    StartDiskReplicaPair,
};
use crate::ids::{AccountId, DiskId, EffectId, PairId, RegionId, ZoneId};
use crate::operation::Operation;
use crate::policy::SameRegionPairs;
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
    /// Handles a call on one pair: a single look-up, decision, application.
    pub(in crate::control_plane) fn pair_call(
        &mut self,
        call: &CallContext<'_>,
        id: &PairId,
        ask: impl FnOnce(&ReplicaPair, &BTreeMap<DiskKey, Disk>) -> PairRequest,
    ) -> Result<Done<()>, Blocked<EbsRefusal>> {
        let pair = owned_pair(self.pairs.get_mut(id), call, id)?;
        let request = ask(pair, &self.disks);
        let plan = pair.decide(&call.site(), request, &self.policy.ebs)?;
        let rule = Some(plan.rule());
        let (step, retired) = apply_pair_plan(pair, plan, &mut self.next_id, &mut self.index);
        self.retire_deadline(retired);
        Ok(Done { response: (), step, rule })
    }

    pub(in crate::control_plane) fn start_pair(
        &mut self,
        call: &CallContext<'_>,
        request: &StartDiskReplicaPair,
    ) -> Result<Done<()>, Blocked<EbsRefusal>> {
        self.pair_call(call, &request.pair, |pair, disks| PairRequest::Start {
            one_shot: request.one_shot,
            destination: reported(disks, pair, &pair.destination().disk),
        })
    }

    pub(in crate::control_plane) fn reprotect_pair(
        &mut self,
        call: &CallContext<'_>,
        request: &ReprotectDiskReplicaPair,
    ) -> Result<Done<()>, Blocked<EbsRefusal>> {
        self.pair_call(call, &request.pair, |pair, disks| PairRequest::Reprotect {
            reverse: request.reverse_replicate,
            source: reported(disks, pair, &pair.source().disk),
        })
    }

    pub(in crate::control_plane) fn list_pairs(
        &self,
        call: &CallContext<'_>,
        request: &DescribeDiskReplicaPairs,
    ) -> PairPage {
        let policy = &self.policy.ebs;
        let reading = policy.production_site;
        let walk =
            self.index.pair_listing.walk(call.account, call.region, request.site, reading, request.page);
        let name = |group: &_| self.groups.get(group)?.name().cloned();
        request.select(call.account, call.region, policy, &self.pairs, walk, name)
    }

    pub(in crate::control_plane) fn create_pair(
        &mut self,
        call: &CallContext<'_>,
        request: &CreateDiskReplicaPair,
        fresh: Option<&PairCreated>,
    ) -> Result<Done<PairCreated>, Blocked<EbsRefusal, Misuse>> {
        self.check_ends(call.region, request)?;
        self.check_disks(call.account, call.region, request)?;
        let fresh = fresh.filter(|fresh| !self.pairs.contains_key(&fresh.pair));
        let fresh = fresh.ok_or(Blocked::Misused(Misuse::BadFreshId))?;
        let (now, asked) = (call.now, self.mint());
        let (id, account) = (fresh.pair.clone(), call.account.clone());
        let pair = ReplicaPair::create(id, account, &call.site(), asked, request);
        let effects = self.admit_pair(pair);
        let mut step = Step { effects, events: Vec::new() };
        let created = |fact| Event { at: now, account: call.account.clone(), rule: E_014, fact };
        step.events.push(created(Fact::Pair {
            pair: fresh.pair.clone(),
            fact: PairFact::Status(StatusChange::between(None, Some(PairStatus::Creating))),
        }));
        let disk = request.destination_disk.clone();
        let fact = Fact::Access { disk, from: Access::ReadWrite, to: Access::None };
        step.events.push(Event { rule: E_671, ..created(fact) });
        Ok(Done { response: fresh.clone(), step, rule: Some(E_014) })
    }

    /// The first checks of `CreateDiskReplicaPair`, in order: the paid period, the regions, the distance.
    fn check_ends(&self, region: &RegionId, request: &CreateDiskReplicaPair) -> Result<(), EbsRefusal> {
        let operation = Operation::CreateDiskReplicaPair;
        if let Charge::PrePay { period, unit, .. } = request.settings.charge
            && !unit.sells(period)
        {
            let (parameter, why) = ("Period".into(), "such a period is not sold".into());
            return Err(EbsReason::InvalidParameter { parameter, why }.of(operation));
        }
        let destination = (&request.destination_region, &request.destination_zone);
        self.check_places(operation, (region, &request.source_zone), destination)?;
        if request.source_disk == request.destination_disk {
            return Err(EbsReason::TooClose { rule: E_011 }.of(operation));
        }
        Ok(())
    }

    /// Whether two places may be the ends of a pair or the sites of a group.
    pub(in crate::control_plane) fn check_places(
        &self,
        operation: Operation,
        source: (&RegionId, &ZoneId),
        destination: (&RegionId, &ZoneId),
    ) -> Result<(), EbsRefusal> {
        if let Some(regions) = &self.policy.ebs.regions {
            let missing = [source.0, destination.0].into_iter().find(|region| !regions.contains(*region));
            if let Some(region) = missing {
                return Err(EbsReason::RegionNotSupported { region: region.clone() }.of(operation));
            }
        }
        let same_region = source.0 == destination.0;
        let forbidden = same_region && self.policy.ebs.same_region_pairs == SameRegionPairs::Refuse;
        if source == destination || forbidden {
            return Err(EbsReason::TooClose { rule: E_011 }.of(operation));
        }
        Ok(())
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
        self.check_ends(region, &seed.request)?;
        if seed.status != PairStatus::Deleted {
            self.check_disks(account, region, &seed.request)?;
        }
        let cx = CallSite { now, region };
        let asked = EffectId(self.next_id);
        let pair = ReplicaPair::adopt(seed, account.clone(), &cx, asked, &self.policy.ebs);
        self.check_pair(&pair)?;
        self.mint();
        Ok(Step { effects: self.admit_pair(pair), events: Vec::new() })
    }

    /// The reported state of a disk.
    pub fn disk(&self, account: &AccountId, disk: &DiskId) -> Disk {
        self.disks.get(&(account.clone(), disk.clone())).copied().unwrap_or_default()
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

/// The pair that was found under an id, if the calling account owns it.
pub(super) fn owned_pair<P: Borrow<ReplicaPair>>(
    found: Option<P>,
    call: &CallContext<'_>,
    id: &PairId,
) -> Result<P, EbsRefusal> {
    let owned = found.filter(|pair| pair.borrow().account == *call.account);
    owned.ok_or_else(|| unknown(call.operation, id.as_str(), call.region, E_610))
}

/// The reported state of a pair's disk.
fn reported(disks: &BTreeMap<DiskKey, Disk>, pair: &ReplicaPair, disk: &DiskId) -> Disk {
    disks.get(&(pair.account.clone(), disk.clone())).copied().unwrap_or_default()
}
