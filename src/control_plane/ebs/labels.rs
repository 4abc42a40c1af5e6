//! The operations on tags and resource groups.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::control_plane::action::{Blocked, Done};
use crate::control_plane::call::CallContext;
use crate::control_plane::event::{Event, Fact, GroupFact, PairFact};
use crate::control_plane::{ControlPlane, Step, list};
use crate::cursor::Cursor;
use crate::ebs::labels::{MAX_RESOURCES, tagged, untagged};
use crate::ebs::replica::Replica;
use crate::ebs::rules::{E_706, E_707, E_709, E_710, E_711, E_712};
use crate::ebs::{
    ChangeResourceGroup, EbsReason, EbsRefusal, ListTagResources, ReplicaId, ResourceType, Resources,
    TagPage, TagResources, TaggedResource, UntagResources,
};
use crate::ids::ResourceGroupId;
use crate::rule::{RuleId, cite};
use crate::text::Tag;

impl ControlPlane {
    /// The pair or group of this id.
    pub(super) fn replica(&self, id: &ReplicaId) -> Option<&dyn Replica> {
        match id {
            ReplicaId::Pair(id) => self.pairs.get(id).map(|pair| pair as _),
            ReplicaId::Group(id) => self.groups.get(id).map(|group| group as _),
        }
    }

    /// The pair or group of this id, if the call reaches it.
    fn labelled(&self, call: &CallContext<'_>, id: &ReplicaId) -> Option<&dyn Replica> {
        self.replica(id).filter(|it| reaches(call, *it))
    }

    /// The distinct resources that a call names; refused unless all are found (`E-701`).
    fn named(&self, call: &CallContext<'_>, resources: &Resources) -> Result<Vec<ReplicaId>, EbsRefusal> {
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
        ids: &[ReplicaId],
        change: impl Fn(&mut Vec<Tag>, &mut Option<ResourceGroupId>),
    ) -> Done<()> {
        let mut step = Step::default();
        for id in ids {
            let (it, fact): (Option<&mut dyn Replica>, _) = match id.clone() {
                ReplicaId::Pair(pair) => {
                    let it = self.pairs.get_mut(&pair).map(|pair| pair as _);
                    (it, Fact::Pair { pair, fact: PairFact::Settings })
                }
                ReplicaId::Group(group) => {
                    let it = self.groups.get_mut(&group).map(|group| group as _);
                    (it, Fact::Group { group, fact: GroupFact::Settings })
                }
            };
            if it.is_some_and(|it| it.relabel(&change)) {
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
        let full = |id: &&ReplicaId| {
            self.labelled(call, id).is_some_and(|it| tagged(it.tags(), &request.tags).is_none())
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
    ) -> Result<TagPage, EbsRefusal> {
        cite!(E_709, E_710, E_711);
        let named = request.resources.each();
        if named.is_empty() && request.tags.is_empty() {
            return Err(EbsReason::NothingToList.of(call.operation));
        }
        let list = request.list(call.list());
        list::own(call, request.after, list)?;
        let after = request.after.map_or(0, |cursor| cursor.at);
        let wanted = |it: &&dyn Replica| {
            let all_met = request.tags.iter().all(|filter| filter.matches(it.tags()));
            it.ordinal() > after && !it.tags().is_empty() && all_met && reaches(call, *it)
        };
        let known: Box<dyn Iterator<Item = &dyn Replica>> = match request.resources.kind() {
            _ if !named.is_empty() => Box::new(named.iter().filter_map(|id| self.replica(id))),
            ResourceType::Pair => {
                Box::new(self.pairs.values_from(|pair| pair.ordinal <= after).map(|pair| pair as _))
            }
            ResourceType::Group => {
                Box::new(self.groups.values_from(|group| group.ordinal <= after).map(|group| group as _))
            }
        };
        // One more than a page, to know whether another page follows; as many are named at the most.
        let mut found: Vec<&dyn Replica> =
            known.filter(wanted).take(MAX_RESOURCES.saturating_add(1)).collect();
        found.sort_by_key(|it| it.ordinal());
        let more = found.len() > MAX_RESOURCES;
        found.truncate(MAX_RESOURCES);
        let tagged = |it: &&dyn Replica| TaggedResource { id: it.id_str().into(), tags: it.tags().to_vec() };
        Ok(TagPage {
            kind: request.resources.kind(),
            next: found.last().filter(|_| more).map(|it| Cursor { at: it.ordinal(), list }),
            resources: found.iter().map(tagged).collect(),
        })
    }
}

/// Whether a call reaches this pair or group: the same account, either end, not deleted.
fn reaches(call: &CallContext<'_>, it: &dyn Replica) -> bool {
    it.account() == call.account && !it.is_deleted() && it.regions().contains(&call.region)
}

fn not_found(call: &CallContext<'_>, id: &ReplicaId) -> EbsRefusal {
    EbsReason::ResourceNotFound { resource: String::from(id.as_str()).into() }.of(call.operation)
}
