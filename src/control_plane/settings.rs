//! The EBS operations that change or tell what no lifecycle depends on: names, progress, tags, resource groups.

use alloc::string::String;
use alloc::vec::Vec;
use core::convert::Infallible;

use super::action::{Action, Blocked, Done, Performed, sealed::Sealed};
use super::event::{Event, Fact, PairFact};
use super::{Call, ControlPlane, Reply, Step};
use crate::ebs::tags::{MOST_RESOURCES, tagged, untagged};
use crate::ebs::{
    ChangeResourceGroup, Context, Cursor, DescribeDiskReplicaPairProgress, EbsRefusal, ListTagResources,
    ModifyDiskReplicaPair, PairProgress, PairSettings, PairStatus, ReplicaPair, ResourceId, Resources,
    TagPage, TagResources, TaggedResource, UntagResources,
};
use crate::ids::{AccountId, PairId};
use crate::operation::Operation;
use crate::rule::RuleId;
use crate::time::Timestamp;

/// Whether a call at either end of it reaches this pair.
fn reaches(call: &Call, pair: &ReplicaPair) -> bool {
    pair.account == call.account
        && pair.status != PairStatus::Deleted
        && (pair.primary.region == call.region || pair.standby.region == call.region)
}

impl ControlPlane {
    fn modify_pair(
        &mut self,
        now: Timestamp,
        call: &Call,
        request: &ModifyDiskReplicaPair,
    ) -> Result<Done<()>, Blocked<EbsRefusal>> {
        let operation = Operation::ModifyDiskReplicaPair;
        let pair = self.pairs.get_mut(&request.pair).filter(|pair| pair.account == call.account);
        let pair = pair.ok_or_else(|| unknown(operation, &request.pair, call))?;
        let plan = pair.decide_modify(&Context { now, region: &call.region }, request, &self.policy.ebs)?;
        let rule = plan.rule();
        let mut step = Step::default();
        if pair.apply_settings(plan) {
            step.events.push(changed(now, &call.account, &request.pair, rule));
        }
        Ok(Done { response: (), step, rule: Some(rule) })
    }

    fn pair_progress(&self, call: &Call, id: &PairId) -> Result<PairProgress, EbsRefusal> {
        let operation = Operation::DescribeDiskReplicaPairProgress;
        let owned = |pair: &&ReplicaPair| pair.account == call.account && pair.status != PairStatus::Deleted;
        let pair = self.pairs.get(id).filter(owned).ok_or_else(|| unknown(operation, id, call))?;
        pair.check_region(&Context { now: self.clock, region: &call.region }, operation)?;
        Ok(pair.progress())
    }

    /// The resources that a call names, each once; all of them or none (`E-701`).
    fn named<'a>(
        &self,
        call: &Call,
        operation: Operation,
        resources: &'a Resources,
    ) -> Result<Vec<&'a PairId>, EbsRefusal> {
        let Resources::Pairs(ids) = resources;
        let mut named: Vec<&PairId> = Vec::new();
        for id in ids {
            if !self.pairs.get(id).is_some_and(|pair| reaches(call, pair)) {
                return Err(EbsRefusal::ResourceNotFound {
                    operation,
                    resource: String::from(id.as_str()).into(),
                });
            }
            if !named.contains(&id) {
                named.push(id);
            }
        }
        Ok(named)
    }

    /// Changes the settings of resources that were found.
    fn resettle(
        &mut self,
        now: Timestamp,
        account: &AccountId,
        rule: RuleId,
        ids: &[&PairId],
        change: impl Fn(&mut PairSettings),
    ) -> Done<()> {
        let mut step = Step::default();
        for id in ids {
            let Some(pair) = self.pairs.get_mut(*id) else { continue };
            let before = pair.settings.clone();
            change(&mut pair.settings);
            if before != pair.settings {
                step.events.push(changed(now, account, id, rule));
            }
        }
        Done { response: (), step, rule: Some(rule) }
    }

    fn put_tags(
        &mut self,
        now: Timestamp,
        call: &Call,
        request: &TagResources,
    ) -> Result<Done<()>, Blocked<EbsRefusal>> {
        let operation = Operation::TagResources;
        let ids = self.named(call, operation, &request.resources)?;
        let full = |id: &&&PairId| {
            self.pairs.get(**id).is_some_and(|pair| tagged(pair.tags(), &request.tags).is_none())
        };
        if let Some(id) = ids.iter().find(full) {
            return Err(EbsRefusal::TagQuota { operation, resource: String::from(id.as_str()).into() }.into());
        }
        Ok(self.resettle(now, &call.account, RuleId("E-706"), &ids, |settings| {
            settings.tags = tagged(&settings.tags, &request.tags).unwrap_or_default();
        }))
    }

    fn take_tags(
        &mut self,
        now: Timestamp,
        call: &Call,
        request: &UntagResources,
    ) -> Result<Done<()>, Blocked<EbsRefusal>> {
        let ids = self.named(call, Operation::UntagResources, &request.resources)?;
        Ok(self.resettle(now, &call.account, RuleId("E-707"), &ids, |settings| {
            settings.tags = untagged(&settings.tags, request.keys.as_deref());
        }))
    }

    fn list_tags(&self, call: &Call, request: &ListTagResources) -> TagPage {
        let Resources::Pairs(ids) = &request.resources;
        let after = request.after.map_or(0, |Cursor(at)| at);
        let wanted = |pair: &&ReplicaPair| {
            pair.ordinal > after
                && reaches(call, pair)
                && !pair.tags().is_empty()
                && request.tags.iter().all(|filter| filter.matches(pair.tags()))
        };
        let mut found: Vec<&ReplicaPair> = if ids.is_empty() {
            // One more than a page, to know whether another follows.
            let from = self.pairs.values_from(|pair| pair.ordinal <= after);
            from.filter(wanted).take(MOST_RESOURCES.saturating_add(1)).collect()
        } else {
            ids.iter().filter_map(|id| self.pairs.get(id)).filter(wanted).collect()
        };
        found.sort_by_key(|pair| pair.ordinal);
        found.dedup_by_key(|pair| pair.ordinal);
        let more = found.len() > MOST_RESOURCES;
        found.truncate(MOST_RESOURCES);
        let tags = |pair: &&ReplicaPair| TaggedResource {
            id: String::from(pair.id.as_str()),
            tags: pair.tags().to_vec(),
        };
        TagPage {
            kind: request.resources.kind(),
            resources: found.iter().map(tags).collect(),
            next: found.last().filter(|_| more).map(|pair| Cursor(pair.ordinal)),
        }
    }

    fn regroup(
        &mut self,
        now: Timestamp,
        call: &Call,
        request: &ChangeResourceGroup,
    ) -> Result<Done<()>, Blocked<EbsRefusal>> {
        let ResourceId::Pair(id) = &request.resource;
        let resources = Resources::Pairs(Vec::from([id.clone()]));
        self.named(call, Operation::ChangeResourceGroup, &resources)?;
        Ok(self.resettle(now, &call.account, RuleId("E-712"), &[id], |settings| {
            settings.resource_group = Some(request.group.clone());
        }))
    }
}

fn unknown(operation: Operation, pair: &PairId, call: &Call) -> EbsRefusal {
    let resource = String::from(pair.as_str()).into();
    EbsRefusal::NoSuchResource { operation, resource, region: call.region.clone(), rule: RuleId("E-610") }
}

fn changed(at: Timestamp, account: &AccountId, pair: &PairId, rule: RuleId) -> Event {
    let fact = Fact::Pair { pair: pair.clone(), fact: PairFact::Settings };
    Event { at, account: account.clone(), rule, fact }
}

macro_rules! settings_calls {
    ($($name:ident -> $response:ty: $perform:expr;)*) => {$(
        impl Sealed for $name {}

        impl Action for $name {
            const OPERATION: Operation = Operation::$name;
            type Response = $response;
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
                let perform: fn(&mut ControlPlane, Timestamp, &Call, &Self) -> Performed<Self> = $perform;
                perform(plane, now, call, self)
            }
        }
    )*};
}

settings_calls! {
    ModifyDiskReplicaPair -> (): ControlPlane::modify_pair;
    TagResources -> (): ControlPlane::put_tags;
    UntagResources -> (): ControlPlane::take_tags;
    ChangeResourceGroup -> (): ControlPlane::regroup;
    DescribeDiskReplicaPairProgress -> PairProgress: |plane, _, call, request| {
        let response = plane.pair_progress(call, &request.pair)?;
        Ok(Done { response, step: Step::default(), rule: None })
    };
    ListTagResources -> TagPage: |plane, _, call, request| {
        let response = plane.list_tags(call, request);
        Ok(Done { response, step: Step::default(), rule: None })
    };
}

impl ControlPlane {
    /// `ModifyDiskReplicaPair`: another name, description or replication time control.
    pub fn modify_disk_replica_pair(
        &mut self,
        call: &Call,
        request: &ModifyDiskReplicaPair,
    ) -> Reply<ModifyDiskReplicaPair> {
        self.make(call, request)
    }

    /// `DescribeDiskReplicaPairProgress`: how far the copy is.
    pub fn describe_disk_replica_pair_progress(
        &mut self,
        call: &Call,
        request: &DescribeDiskReplicaPairProgress,
    ) -> Reply<DescribeDiskReplicaPairProgress> {
        self.make(call, request)
    }

    /// `TagResources`: puts tags on resources.
    pub fn tag_resources(&mut self, call: &Call, request: &TagResources) -> Reply<TagResources> {
        self.make(call, request)
    }

    /// `UntagResources`: takes tags off.
    pub fn untag_resources(&mut self, call: &Call, request: &UntagResources) -> Reply<UntagResources> {
        self.make(call, request)
    }

    /// `ListTagResources`.
    pub fn list_tag_resources(&mut self, call: &Call, request: &ListTagResources) -> Reply<ListTagResources> {
        self.make(call, request)
    }

    /// `ChangeResourceGroup`: moves a resource into another resource group.
    pub fn change_resource_group(
        &mut self,
        call: &Call,
        request: &ChangeResourceGroup,
    ) -> Reply<ChangeResourceGroup> {
        self.make(call, request)
    }
}
