//! The EBS operations outside the lifecycles: names, progress, tags and resource groups.

use alloc::string::String;
use alloc::vec::Vec;

use crate::control_plane::action::{Blocked, Done};
use crate::control_plane::call::CallContext;
use crate::control_plane::ebs::pairs::owned_pair;
use crate::control_plane::event::{Event, Fact, GroupFact, PairFact};
use crate::control_plane::{ControlPlane, Step};
use crate::ebs::labels::{MAX_RESOURCES, tagged, untagged};
use crate::ebs::rules::{E_706, E_707, E_709, E_710, E_711, E_712};
use crate::ebs::{
    ChangeResourceGroup, Cursor, EbsReason, EbsRefusal, GroupStatus, ListTagResources, ModifyDiskReplicaPair,
    PairProgress, PairStatus, ReplicaGroup, ReplicaPair, ResourceId, ResourceType, Resources, TagPage,
    TagResources, TaggedResource, UntagResources,
};
use crate::ids::{PairId, ResourceGroupId};
use crate::rule::{RuleId, cite};
use crate::text::Tag;

/// The tags and the ordinal of a pair, if a call reaches it: the same account, either end, not deleted.
fn of_pair<'a>(call: &CallContext<'_>, pair: &'a ReplicaPair) -> Option<(&'a [Tag], u64)> {
    let reached = pair.account == *call.account
        && pair.status != PairStatus::Deleted
        && (pair.primary.region == *call.region || pair.standby.region == *call.region);
    reached.then(|| (pair.tags(), pair.ordinal))
}

/// The tags and the ordinal of a group, if a call reaches it: the same account, either site, not deleted.
fn of_group<'a>(call: &CallContext<'_>, group: &'a ReplicaGroup) -> Option<(&'a [Tag], u64)> {
    let reached = group.account == *call.account
        && group.status != GroupStatus::Deleted
        && (group.primary.region == *call.region || group.standby.region == *call.region);
    reached.then(|| (group.tags(), group.ordinal))
}

impl ControlPlane {
    pub(in crate::control_plane) fn modify_pair(
        &mut self,
        call: &CallContext<'_>,
        request: &ModifyDiskReplicaPair,
    ) -> Result<Done<()>, Blocked<EbsRefusal>> {
        let pair = owned_pair(self.pairs.get_mut(&request.pair), call, &request.pair)?;
        let plan = pair.decide_modify(&call.site(), request, &self.policy.ebs)?;
        let rule = plan.rule();
        let mut step = Step::default();
        if pair.apply_settings(plan) {
            let fact = Fact::Pair { pair: request.pair.clone(), fact: PairFact::Settings };
            step.events.push(Event { at: call.now, account: call.account.clone(), rule, fact });
        }
        Ok(Done { response: (), step, rule: Some(rule) })
    }

    pub(in crate::control_plane) fn pair_progress(
        &self,
        call: &CallContext<'_>,
        id: &PairId,
    ) -> Result<PairProgress, EbsRefusal> {
        let alive = self.pairs.get(id).filter(|pair| pair.status != PairStatus::Deleted);
        let pair = owned_pair(alive, call, id)?;
        pair.check_region(&call.site(), call.operation)?;
        Ok(pair.progress())
    }

    /// The tags and the ordinal of a resource, if the call reaches it.
    fn labelled(&self, call: &CallContext<'_>, id: &ResourceId) -> Option<(&[Tag], u64)> {
        match id {
            ResourceId::Pair(id) => of_pair(call, self.pairs.get(id)?),
            ResourceId::Group(id) => of_group(call, self.groups.get(id)?),
        }
    }

    /// The distinct resources that a call names; refused unless all are found (`E-701`).
    fn named(&self, call: &CallContext<'_>, resources: &Resources) -> Result<Vec<ResourceId>, EbsRefusal> {
        let named = resources.each();
        match named.iter().find(|id| self.labelled(call, id).is_none()) {
            Some(id) => Err(not_found(call, id)),
            None => Ok(named),
        }
    }

    /// Changes the labels of resources, with an event for each one that changed.
    fn relabel(
        &mut self,
        call: &CallContext<'_>,
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
                step.events.push(Event { at: call.now, account: call.account.clone(), rule, fact });
            }
        }
        Done { response: (), step, rule: Some(rule) }
    }

    pub(in crate::control_plane) fn put_tags(
        &mut self,
        call: &CallContext<'_>,
        request: &TagResources,
    ) -> Result<Done<()>, Blocked<EbsRefusal>> {
        let ids = self.named(call, &request.resources)?;
        let full = |id: &&ResourceId| {
            self.labelled(call, id).is_some_and(|(tags, _)| tagged(tags, &request.tags).is_none())
        };
        if let Some(id) = ids.iter().find(full) {
            let resource = String::from(id.as_str()).into();
            return Err(EbsReason::TagQuota { resource }.of(call.operation).into());
        }
        Ok(self.relabel(call, E_706, &ids, |tags, _| {
            *tags = tagged(tags, &request.tags).unwrap_or_default();
        }))
    }

    pub(in crate::control_plane) fn take_tags(
        &mut self,
        call: &CallContext<'_>,
        request: &UntagResources,
    ) -> Result<Done<()>, Blocked<EbsRefusal>> {
        let ids = self.named(call, &request.resources)?;
        Ok(self.relabel(call, E_707, &ids, |tags, _| {
            *tags = untagged(tags, request.keys.as_deref());
        }))
    }

    pub(in crate::control_plane) fn regroup(
        &mut self,
        call: &CallContext<'_>,
        request: &ChangeResourceGroup,
    ) -> Result<Done<()>, Blocked<EbsRefusal>> {
        let id = &request.resource;
        if self.labelled(call, id).is_none() {
            return Err(not_found(call, id).into());
        }
        Ok(self.relabel(call, E_712, core::slice::from_ref(id), |_, group| {
            *group = Some(request.group.clone());
        }))
    }

    pub(in crate::control_plane) fn list_tags(
        &self,
        call: &CallContext<'_>,
        request: &ListTagResources,
    ) -> TagPage {
        cite!(E_709, E_710, E_711);
        let after = request.after.map_or(0, |Cursor(at)| at);
        // One more than a page, to know whether another page follows.
        let most = MAX_RESOURCES.saturating_add(1);
        let named = request.resources.each();
        let mut found: Vec<(u64, &str, &[Tag])> = if !named.is_empty() {
            named.iter().filter_map(|id| wanted(request, id.as_str(), self.labelled(call, id)?)).collect()
        } else if request.resources.kind() == ResourceType::Pair {
            let from = self.pairs.values_from(|pair| pair.ordinal <= after);
            from.filter_map(|pair| wanted(request, pair.id.as_str(), of_pair(call, pair)?))
                .take(most)
                .collect()
        } else {
            let from = self.groups.values_from(|group| group.ordinal <= after);
            let found = from.filter_map(|group| wanted(request, group.id.as_str(), of_group(call, group)?));
            found.take(most).collect()
        };
        found.sort_by_key(|(ordinal, ..)| *ordinal);
        let more = found.len() > MAX_RESOURCES;
        found.truncate(MAX_RESOURCES);
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

/// The resource with its ordinal, if the request lists it.
fn wanted<'a>(
    request: &ListTagResources,
    id: &'a str,
    (tags, ordinal): (&'a [Tag], u64),
) -> Option<(u64, &'a str, &'a [Tag])> {
    let new = request.after.is_none_or(|Cursor(at)| ordinal > at);
    let fits = new && !tags.is_empty() && request.tags.iter().all(|filter| filter.matches(tags));
    fits.then_some((ordinal, id, tags))
}

fn not_found(call: &CallContext<'_>, id: &ResourceId) -> EbsRefusal {
    EbsReason::ResourceNotFound { resource: String::from(id.as_str()).into() }.of(call.operation)
}
