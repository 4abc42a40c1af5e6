//! The EBS operations, from a call to the pair's own decision.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::convert::Infallible;

use crate::control_plane::action::{Action, Blocked, Done, Performed, sealed::Sealed};
use crate::control_plane::effect::Owner;
use crate::control_plane::event::{Event, Fact, PairFact};
use crate::control_plane::report::{apply_pair_plan, pair_effect};
use crate::control_plane::{Call, ControlPlane, Effect, Misuse, NotAdopted, Reply, Step};
use crate::ebs::pair::rules::{E_011, E_013, E_014, E_610, E_671};

use crate::ebs::{
    Access, CallContext, Charge, CreateDiskReplicaPair, DeleteDiskReplicaPair, DescribeDiskReplicaPairs,
    Disk, EbsRefusal, FailoverDiskReplicaPair, PairCreated, PairPage, PairRequest, PairSeed, PairStatus,
    ReplicaPair, ReprotectDiskReplicaPair, StartDiskReplicaPair, StopDiskReplicaPair,
};
use crate::ids::{AccountId, DiskId, EffectId, PairId, RegionId, ZoneId};
use crate::operation::Operation;
use crate::policy::SameRegionPairs;
use crate::time::Timestamp;

/// A disk as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DiskView {
    /// The account that owns it.
    pub account: AccountId,
    /// Its id.
    pub id: DiskId,
    /// What was reported about it.
    pub disk: Disk,
    /// What its host can do with it.
    pub access: Access,
}

impl ControlPlane {
    /// One call on one pair: looked up once, decided, applied.
    fn pair_call(
        &mut self,
        now: Timestamp,
        call: &Call,
        operation: Operation,
        id: &PairId,
        ask: impl FnOnce(&ReplicaPair, &BTreeMap<crate::control_plane::DiskKey, Disk>) -> PairRequest,
    ) -> Result<Done<()>, Blocked<EbsRefusal>> {
        let pair = self.pairs.get_mut(id).filter(|pair| pair.account == call.account);
        let Some(pair) = pair else {
            return Err(EbsRefusal::NoSuchResource {
                operation,
                resource: String::from(id.as_str()).into(),
                region: call.region.clone(),
                rule: E_610,
            }
            .into());
        };
        let request = ask(pair, &self.disks);
        let cx = CallContext { now, region: &call.region };
        let plan = pair.decide(&cx, request, &self.policy.ebs)?;
        let rule = Some(plan.rule());
        let (step, lapsed) = apply_pair_plan(pair, plan, &mut self.next_id, &mut self.index);
        self.settle_deadline(lapsed);
        Ok(Done { response: (), step, rule })
    }

    fn create_pair(
        &mut self,
        now: Timestamp,
        call: &Call,
        request: &CreateDiskReplicaPair,
        fresh: Option<&PairCreated>,
    ) -> Result<Done<PairCreated>, Blocked<EbsRefusal, Misuse>> {
        self.check_ends(&call.region, request)?;
        self.check_disks(&call.account, &call.region, request)?;
        let fresh = fresh.filter(|fresh| !self.pairs.contains_key(&fresh.pair));
        let fresh = fresh.ok_or(Blocked::Misused(Misuse::BadFreshId))?;
        let asked = self.mint();
        let cx = CallContext { now, region: &call.region };
        let pair = ReplicaPair::create(fresh.pair.clone(), call.account.clone(), &cx, asked, request);
        let effects = self.admit_pair(pair);
        let mut step = Step { effects, events: Vec::new() };
        let created = |fact| Event { at: now, account: call.account.clone(), rule: E_014, fact };
        step.events.push(created(Fact::Pair {
            pair: fresh.pair.clone(),
            fact: PairFact::Status {
                from: None,
                to: Some(PairStatus::Creating),
                superseded: None,
                took: None,
                recover_point: None,
            },
        }));
        let disk = request.destination_disk.clone();
        let fact = Fact::Access { disk, from: Access::ReadWrite, to: Access::None };
        step.events.push(Event { rule: E_671, ..created(fact) });
        Ok(Done { response: fresh.clone(), step, rule: Some(E_014) })
    }

    /// The first checks of `CreateDiskReplicaPair`, in their order: the paid period, regions, distance.
    fn check_ends(&self, region: &RegionId, request: &CreateDiskReplicaPair) -> Result<(), EbsRefusal> {
        let operation = Operation::CreateDiskReplicaPair;
        if let Charge::PrePay { period, unit, .. } = request.settings.charge
            && !unit.sells(period)
        {
            let (parameter, why) = ("Period".into(), "such a period is not sold".into());
            return Err(EbsRefusal::InvalidParameter { operation, parameter, why });
        }
        let destination = (&request.destination_region, &request.destination_zone);
        self.check_places(operation, (region, &request.source_zone), destination)?;
        if request.source_disk == request.destination_disk {
            return Err(EbsRefusal::TooClose { operation, rule: E_011 });
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
                return Err(EbsRefusal::RegionNotSupported { operation, region: region.clone() });
            }
        }
        let same_region = source.0 == destination.0;
        let forbidden = same_region && self.policy.ebs.same_region_pairs == SameRegionPairs::Refuse;
        if source == destination || forbidden {
            return Err(EbsRefusal::TooClose { operation, rule: E_011 });
        }
        Ok(())
    }

    /// Its further checks: for each disk, existence, then use.
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
                return Err(EbsRefusal::NoSuchResource {
                    operation,
                    resource: String::from(disk.as_str()).into(),
                    region: region.clone(),
                    rule: E_013,
                });
            }
            if let Some(pair) = self.index.disks.get(&key) {
                return Err(EbsRefusal::DiskInUse { operation, disk: disk.clone(), pair: pair.clone() });
            }
        }
        Ok(())
    }

    /// Enters a pair into the registry and the indexes; returns the effect that it waits for.
    fn admit_pair(&mut self, pair: ReplicaPair) -> Vec<Effect> {
        let mut effects = Vec::new();
        if let Some(pending) = pair.pending {
            self.index.effects.insert(pending.id, Owner::Pair(pair.id.clone()));
            effects.push(pair_effect(&pair, pending));
        }
        if pair.binds_disks() {
            let regions = [&pair.primary.region, &pair.standby.region];
            self.index.pair_listing.enter(&pair.account, regions, pair.ordinal);
            for end in [&pair.primary, &pair.standby] {
                self.index.disks.insert((pair.account.clone(), end.disk.clone()), pair.id.clone());
            }
        }
        self.index.deadlines.stands_anew(pair.due, pair.ordinal);
        self.pairs.insert(pair.id.clone(), pair);
        effects
    }

    /// Takes in a pair that exists elsewhere, in any status. A transient status waits for its effect from now on, a
    /// replicating one has its next cycle one RPO ahead, a tombstone its whole time.
    ///
    /// # Errors
    ///
    /// [`NotAdopted`]; nothing changed but the clock seen.
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
        let cx = CallContext { now, region };
        let asked = EffectId(self.next_id);
        let pair = ReplicaPair::adopt(seed, account.clone(), &cx, asked, &self.policy.ebs);
        self.check_pair(&pair)?;
        self.mint();
        Ok(Step { effects: self.admit_pair(pair), events: Vec::new() })
    }

    /// What was reported about a disk.
    pub fn disk(&self, account: &AccountId, disk: &DiskId) -> Disk {
        self.disks.get(&(account.clone(), disk.clone())).copied().unwrap_or_default()
    }

    /// The disks of an account, or of all: those of its pairs and drills and those that were reported on, by account and id.
    pub fn disks(&self, account: Option<&AccountId>) -> Vec<DiskView> {
        let mut known: BTreeMap<crate::control_plane::DiskKey, Access> =
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
        let wanted =
            |(owner, _): &crate::control_plane::DiskKey| account.is_none_or(|account| account == owner);
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

impl Sealed for CreateDiskReplicaPair {}

impl Action for CreateDiskReplicaPair {
    const OPERATION: Operation = Operation::CreateDiskReplicaPair;
    type Response = PairCreated;
    type Refusal = EbsRefusal;
    type Fresh = Option<PairCreated>;
    type Misused = Misuse;

    fn perform(
        &self,
        plane: &mut ControlPlane,
        now: Timestamp,
        call: &Call,
        fresh: &Self::Fresh,
    ) -> Performed<Self> {
        plane.create_pair(now, call, self, fresh.as_ref())
    }
}

impl Sealed for DescribeDiskReplicaPairs {}

impl Action for DescribeDiskReplicaPairs {
    const OPERATION: Operation = Operation::DescribeDiskReplicaPairs;
    type Response = PairPage;
    type Refusal = EbsRefusal;
    type Fresh = ();
    type Misused = Infallible;

    fn perform(&self, plane: &mut ControlPlane, _now: Timestamp, call: &Call, (): &()) -> Performed<Self> {
        let name = |group: &_| plane.groups.get(group)?.name().cloned();
        let (account, region, policy) = (&call.account, &call.region, &plane.policy.ebs);
        let walk =
            plane.index.pair_listing.walk(account, region, self.site, policy.production_site, self.page);
        let response = self.select(account, region, policy, &plane.pairs, walk, name);
        Ok(Done { response, step: Step::default(), rule: None })
    }
}

macro_rules! pair_calls {
    ($($name:ident: $ask:expr;)*) => {$(
        impl Sealed for $name {}

        impl Action for $name {
            const OPERATION: Operation = Operation::$name;
            type Response = ();
            type Refusal = EbsRefusal;
            type Fresh = ();
            type Misused = Infallible;

            fn perform(
                &self,
                plane: &mut ControlPlane,
                now: Timestamp,
                call: &Call,
                (): &(),
            ) -> Performed<Self> {
                let ask: fn(&Self, &ReplicaPair, &BTreeMap<crate::control_plane::DiskKey, Disk>) -> PairRequest = $ask;
                plane.pair_call(now, call, Self::OPERATION, &self.pair, |pair, disks| ask(self, pair, disks))
            }
        }
    )*};
}

pair_calls! {
    StartDiskReplicaPair: |request, pair, disks| PairRequest::Start {
        one_shot: request.one_shot,
        destination: reported(disks, pair, &pair.destination().disk),
    };
    StopDiskReplicaPair: |_, _, _| PairRequest::Stop;
    FailoverDiskReplicaPair: |_, _, _| PairRequest::Failover;
    ReprotectDiskReplicaPair: |request, pair, disks| PairRequest::Reprotect {
        reverse: request.reverse_replicate,
        source: reported(disks, pair, &pair.source().disk),
    };
    DeleteDiskReplicaPair: |_, _, _| PairRequest::Delete;
}

fn reported(
    disks: &BTreeMap<crate::control_plane::DiskKey, Disk>,
    pair: &ReplicaPair,
    disk: &DiskId,
) -> Disk {
    disks.get(&(pair.account.clone(), disk.clone())).copied().unwrap_or_default()
}

impl ControlPlane {
    /// `CreateDiskReplicaPair`: the pair appears in `creating`.
    ///
    /// # Errors
    ///
    /// [`Misuse::BadFreshId`] if the call is accepted and the pair id is in use.
    pub fn create_disk_replica_pair(
        &mut self,
        call: &Call,
        request: &CreateDiskReplicaPair,
        fresh: PairCreated,
    ) -> Result<Reply<CreateDiskReplicaPair>, Misuse> {
        self.call(call, request, &Some(fresh))
    }

    /// `StartDiskReplicaPair`: begins to copy.
    pub fn start_disk_replica_pair(
        &mut self,
        call: &Call,
        request: &StartDiskReplicaPair,
    ) -> Reply<StartDiskReplicaPair> {
        self.make(call, request)
    }

    /// `StopDiskReplicaPair`: ends copying.
    pub fn stop_disk_replica_pair(
        &mut self,
        call: &Call,
        request: &StopDiskReplicaPair,
    ) -> Reply<StopDiskReplicaPair> {
        self.make(call, request)
    }

    /// `FailoverDiskReplicaPair`: the secondary disk is to become readable and writable. Refused only in `invalid` and
    /// `deleted`; shows `failovering`; ends in `failovered` once that is reported.
    pub fn failover_disk_replica_pair(
        &mut self,
        call: &Call,
        request: &FailoverDiskReplicaPair,
    ) -> Reply<FailoverDiskReplicaPair> {
        self.make(call, request)
    }

    /// `ReprotectDiskReplicaPair`: reverses the direction, or cancels the failover.
    pub fn reprotect_disk_replica_pair(
        &mut self,
        call: &Call,
        request: &ReprotectDiskReplicaPair,
    ) -> Reply<ReprotectDiskReplicaPair> {
        self.make(call, request)
    }

    /// `DeleteDiskReplicaPair`: ends the relation.
    pub fn delete_disk_replica_pair(
        &mut self,
        call: &Call,
        request: &DeleteDiskReplicaPair,
    ) -> Reply<DeleteDiskReplicaPair> {
        self.make(call, request)
    }

    /// `DescribeDiskReplicaPairs`.
    pub fn describe_disk_replica_pairs(
        &mut self,
        call: &Call,
        request: &DescribeDiskReplicaPairs,
    ) -> Reply<DescribeDiskReplicaPairs> {
        self.make(call, request)
    }
}
