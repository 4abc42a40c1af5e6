//! The EBS operations that change or tell what no lifecycle depends on: names, progress, tags, resource groups.

use alloc::string::String;
use alloc::vec::Vec;
use core::convert::Infallible;

use crate::control_plane::action::{Action, Blocked, Done, Performed, sealed::Sealed};
use crate::control_plane::event::{Event, Fact, GroupFact, PairFact};
use crate::control_plane::{Call, ControlPlane, Reply, Step};
use crate::ebs::labels::{MOST_RESOURCES, tagged, untagged};
use crate::ebs::pair::rules::E_610;
use crate::ebs::rules::{E_706, E_707, E_709, E_710, E_711, E_712};
use crate::ebs::{
    CallContext, ChangeResourceGroup, Cursor, DescribeDiskReplicaPairProgress, EbsRefusal, GroupStatus,
    ListTagResources, ModifyDiskReplicaPair, PairProgress, PairStatus, ReplicaGroup, ReplicaPair, ResourceId,
    ResourceType, Resources, TagPage, TagResources, TaggedResource, UntagResources,
};
use crate::ids::{PairId, ResourceGroupId};
use crate::operation::Operation;
use crate::rule::{RuleId, cite};
use crate::text::Tag;
use crate::time::Timestamp;

/// Whether a call at either end of it reaches this pair.
fn reaches_pair(call: &Call, pair: &ReplicaPair) -> bool {
    pair.account == call.account
        && pair.status != PairStatus::Deleted
        && (pair.primary.region == call.region || pair.standby.region == call.region)
}

/// Whether a call at either of its sites reaches this group.
fn reaches_group(call: &Call, group: &ReplicaGroup) -> bool {
    group.account == call.account
        && group.status != GroupStatus::Deleted
        && (group.primary.region == call.region || group.standby.region == call.region)
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
        let plan =
            pair.decide_modify(&CallContext { now, region: &call.region }, request, &self.policy.ebs)?;
        let rule = plan.rule();
        let mut step = Step::default();
        if pair.apply_settings(plan) {
            let fact = Fact::Pair { pair: request.pair.clone(), fact: PairFact::Settings };
            step.events.push(Event { at: now, account: call.account.clone(), rule, fact });
        }
        Ok(Done { response: (), step, rule: Some(rule) })
    }

    fn pair_progress(&self, call: &Call, id: &PairId) -> Result<PairProgress, EbsRefusal> {
        let operation = Operation::DescribeDiskReplicaPairProgress;
        let owned = |pair: &&ReplicaPair| pair.account == call.account && pair.status != PairStatus::Deleted;
        let pair = self.pairs.get(id).filter(owned).ok_or_else(|| unknown(operation, id, call))?;
        pair.check_region(&CallContext { now: self.clock, region: &call.region }, operation)?;
        Ok(pair.progress())
    }

    /// The tags and the ordinal of a resource that a call at either end of it reaches.
    fn labelled(&self, call: &Call, id: &ResourceId) -> Option<(&[Tag], u64)> {
        match id {
            ResourceId::Pair(id) => {
                let pair = self.pairs.get(id).filter(|pair| reaches_pair(call, pair))?;
                Some((pair.tags(), pair.ordinal))
            }
            ResourceId::Group(id) => {
                let group = self.groups.get(id).filter(|group| reaches_group(call, group))?;
                Some((group.tags(), group.ordinal))
            }
        }
    }

    /// The resources that a call names, each once; all of them or none (`E-701`).
    fn named(
        &self,
        call: &Call,
        operation: Operation,
        resources: &Resources,
    ) -> Result<Vec<ResourceId>, EbsRefusal> {
        let named = resources.each();
        match named.iter().find(|id| self.labelled(call, id).is_none()) {
            Some(id) => {
                Err(EbsRefusal::ResourceNotFound { operation, resource: String::from(id.as_str()).into() })
            }
            None => Ok(named),
        }
    }

    /// Changes the labels of resources that were found.
    fn relabel(
        &mut self,
        now: Timestamp,
        call: &Call,
        rule: RuleId,
        ids: &[ResourceId],
        change: impl Fn(&mut Vec<Tag>, &mut Option<ResourceGroupId>),
    ) -> Done<()> {
        let mut step = Step::default();
        for id in ids {
            let (tags, group, fact) = match id {
                ResourceId::Pair(id) => {
                    let Some(pair) = self.pairs.get_mut(id) else { continue };
                    let fact = Fact::Pair { pair: id.clone(), fact: PairFact::Settings };
                    (&mut pair.settings.tags, &mut pair.settings.resource_group, fact)
                }
                ResourceId::Group(id) => {
                    let Some(group) = self.groups.get_mut(id) else { continue };
                    let fact = Fact::Group { group: id.clone(), fact: GroupFact::Settings };
                    (&mut group.settings.tags, &mut group.settings.resource_group, fact)
                }
            };
            let before = (tags.clone(), group.clone());
            change(tags, group);
            if (&before.0, &before.1) != (&*tags, &*group) {
                step.events.push(Event { at: now, account: call.account.clone(), rule, fact });
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
        let full = |id: &&ResourceId| {
            self.labelled(call, id).is_some_and(|(tags, _)| tagged(tags, &request.tags).is_none())
        };
        if let Some(id) = ids.iter().find(full) {
            return Err(EbsRefusal::TagQuota { operation, resource: String::from(id.as_str()).into() }.into());
        }
        Ok(self.relabel(now, call, E_706, &ids, |tags, _| {
            *tags = tagged(tags, &request.tags).unwrap_or_default();
        }))
    }

    fn take_tags(
        &mut self,
        now: Timestamp,
        call: &Call,
        request: &UntagResources,
    ) -> Result<Done<()>, Blocked<EbsRefusal>> {
        let ids = self.named(call, Operation::UntagResources, &request.resources)?;
        Ok(self.relabel(now, call, E_707, &ids, |tags, _| {
            *tags = untagged(tags, request.keys.as_deref());
        }))
    }

    fn regroup(
        &mut self,
        now: Timestamp,
        call: &Call,
        request: &ChangeResourceGroup,
    ) -> Result<Done<()>, Blocked<EbsRefusal>> {
        let operation = Operation::ChangeResourceGroup;
        let id = &request.resource;
        if self.labelled(call, id).is_none() {
            let resource = String::from(id.as_str()).into();
            return Err(EbsRefusal::ResourceNotFound { operation, resource }.into());
        }
        Ok(self.relabel(now, call, E_712, core::slice::from_ref(id), |_, group| {
            *group = Some(request.group.clone());
        }))
    }

    fn list_tags(&self, call: &Call, request: &ListTagResources) -> TagPage {
        cite!(E_709, E_710, E_711);
        let after = request.after.map_or(0, |Cursor(at)| at);
        let wanted = |tags: &[Tag], ordinal: u64| {
            ordinal > after && !tags.is_empty() && request.tags.iter().all(|filter| filter.matches(tags))
        };
        // One more than a page, to know whether another follows.
        let most = MOST_RESOURCES.saturating_add(1);
        let named = request.resources.each();
        let mut found: Vec<(u64, &str, &[Tag])> = if !named.is_empty() {
            let found = named.iter().filter_map(|id| {
                let (tags, ordinal) = self.labelled(call, id)?;
                Some((ordinal, id.as_str(), tags))
            });
            found.filter(|(ordinal, _, tags)| wanted(tags, *ordinal)).collect()
        } else if request.resources.kind() == ResourceType::Pair {
            let from = self.pairs.values_from(|pair| pair.ordinal <= after);
            let found = from.filter(|pair| reaches_pair(call, pair) && wanted(pair.tags(), pair.ordinal));
            found.take(most).map(|pair| (pair.ordinal, pair.id.as_str(), pair.tags())).collect()
        } else {
            let from = self.groups.values_from(|group| group.ordinal <= after);
            let found =
                from.filter(|group| reaches_group(call, group) && wanted(group.tags(), group.ordinal));
            found.take(most).map(|group| (group.ordinal, group.id.as_str(), group.tags())).collect()
        };
        found.sort_by_key(|(ordinal, ..)| *ordinal);
        let more = found.len() > MOST_RESOURCES;
        found.truncate(MOST_RESOURCES);
        TagPage {
            kind: request.resources.kind(),
            next: found.last().filter(|_| more).map(|(ordinal, ..)| Cursor(*ordinal)),
            resources: found
                .into_iter()
                .map(|(_, id, tags)| TaggedResource { id: String::from(id), tags: tags.to_vec() })
                .collect(),
        }
    }
}

fn unknown(operation: Operation, pair: &PairId, call: &Call) -> EbsRefusal {
    let resource = String::from(pair.as_str()).into();
    EbsRefusal::NoSuchResource { operation, resource, region: call.region.clone(), rule: E_610 }
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
