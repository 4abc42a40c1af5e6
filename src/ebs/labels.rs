//! Tags and resource groups: `TagResources`, `UntagResources`, `ListTagResources`, `ChangeResourceGroup`.
//!
//! Scripts label their resources and find them again by label; nothing else depends on labels. The calls are accepted in
//! any status, at either end of a resource, and are all or nothing (`E-701`). Limits and codes are the metadata's; its
//! error lists for the four calls are nearly the same, so that a listed code says little about which call gives it. No
//! source gives the length of a page of `ListTagResources`: it is fifty resources here (`E-710`). Resource groups are not
//! modelled: any id is accepted.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::constructor::constructor;
use crate::cursor::{Cursor, List};
use crate::ebs::replica::ReplicaId;
use crate::ebs::rules::E_708;
use crate::ids::{GroupId, PairId, ResourceGroupId};
use crate::rule::cite;
use crate::spelling::spelled;
use crate::text::{Tag, TagKey, TagValue};

/// The maximum number of tags on a resource, and in a request (`E-703`, `E-705`).
pub const MAX_TAGS: usize = 20;

/// The maximum number of resources in a request (`E-702`).
pub const MAX_RESOURCES: usize = 50;

spelled! {
    /// A type of resource that can have tags. The SDK also knows `dedicatedblockstoragecluster`, which is not modelled.
    ResourceType, "type of resource"
    /// A replication pair.
    Pair = "diskreplicapair",
    /// A consistent group.
    Group = "diskreplicagroup",
}

impl ResourceType {
    /// The type of this name in any case: a public client sends `DiskReplicaPair` (`E-700`).
    pub fn named(text: &str) -> Option<Self> {
        Self::parse(&text.to_ascii_lowercase())
    }
}

/// Resources of one type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Resources {
    /// Replication pairs.
    Pairs(Vec<PairId>),
    /// Consistent groups.
    Groups(Vec<GroupId>),
}

impl Resources {
    /// Their type.
    pub const fn kind(&self) -> ResourceType {
        match self {
            Self::Pairs(_) => ResourceType::Pair,
            Self::Groups(_) => ResourceType::Group,
        }
    }

    /// The distinct resources, in the order of their first mention.
    pub fn each(&self) -> Vec<ReplicaId> {
        let mut all: Vec<ReplicaId> = match self {
            Self::Pairs(ids) => ids.iter().cloned().map(ReplicaId::Pair).collect(),
            Self::Groups(ids) => ids.iter().cloned().map(ReplicaId::Group).collect(),
        };
        let mut seen = BTreeSet::new();
        all.retain(|id| seen.insert(id.clone()));
        all
    }
}

/// `TagResources`: puts tags on resources; a key that a resource has already takes the new value (`E-706`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct TagResources {
    /// `ResourceId.N`, at most 50.
    pub resources: Resources,
    /// `Tag.N`, 1 to 20 with different keys.
    pub tags: Vec<Tag>,
}

constructor! { TagResources(resources: Resources, tags: Vec<Tag>) {} {} }

/// `UntagResources`: takes tags off. A key that a resource does not have is no error.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct UntagResources {
    /// `ResourceId.N`, at most 50.
    pub resources: Resources,
    /// `TagKey.N`, at most 20; `None` is `All=true` (`E-707`).
    pub keys: Option<Vec<TagKey>>,
}

constructor! {
    UntagResources(resources: Resources)
    { keys => keys: Vec<TagKey> }
    {}
}

/// A condition on tags.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct TagFilter {
    /// The key that must be there.
    pub key: TagKey,
    /// Its value; `None` for any.
    pub value: Option<TagValue>,
}

impl TagFilter {
    /// Whether one of these tags meets it.
    pub fn matches(&self, tags: &[Tag]) -> bool {
        cite!(E_708);
        let meets = |tag: &Tag| tag.key == self.key && self.value.as_ref().is_none_or(|v| *v == tag.value);
        tags.iter().any(meets)
    }
}

/// `ListTagResources`: the tags of the resources that are named and meet all conditions (`E-708`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct ListTagResources {
    /// `ResourceId.N`, at most 50; empty for all of the type, which takes a condition (`E-713`). Unknown ones are left out (`E-709`).
    pub resources: Resources,
    /// `Tag.N`, at most 20.
    pub tags: Vec<TagFilter>,
    /// `NextToken`; absent for the first page.
    pub after: Option<Cursor>,
}

constructor! {
    ListTagResources(resources: Resources)
    { after => after: Cursor }
    { tags: Vec<TagFilter> = Vec::new() }
}

impl ListTagResources {
    /// The digest of the list that it asks for.
    pub(crate) fn list(&self, of: List) -> u32 {
        let named = self.resources.each();
        let of = of.filter(Some(self.resources.kind().as_str()));
        let of = of.set(named.iter().map(|id| (id.as_str(), None)));
        of.set(self.tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_ref().map(TagValue::as_str))))
            .digest()
    }
}

/// The tags of one resource.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TaggedResource {
    /// Its id.
    pub id: alloc::string::String,
    /// Its tags, at least one.
    pub tags: Vec<Tag>,
}

/// The answer of `ListTagResources`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TagPage {
    /// The type of all of them.
    pub kind: ResourceType,
    /// The resources of this page that have tags, in the order of creation.
    pub resources: Vec<TaggedResource>,
    /// Where the next page begins; absent on the last one.
    pub next: Option<Cursor>,
}

/// `ChangeResourceGroup`: moves a resource into another resource group (`E-712`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct ChangeResourceGroup {
    /// `ResourceId`.
    pub resource: ReplicaId,
    /// `NewResourceGroupId`.
    pub group: ResourceGroupId,
}

constructor! { ChangeResourceGroup(resource: ReplicaId, group: ResourceGroupId) {} {} }

/// `tags` with `more` added, which replace those of the same key; `None` if a resource cannot have as many (`E-705`).
pub(crate) fn tagged(tags: &[Tag], more: &[Tag]) -> Option<Vec<Tag>> {
    let kept = tags.iter().filter(|tag| more.iter().all(|new| new.key != tag.key));
    let all: Vec<Tag> = kept.chain(more).cloned().collect();
    (all.len() <= MAX_TAGS).then_some(all)
}

/// `tags` without those of the given keys; without all of them if no keys are given.
pub(crate) fn untagged(tags: &[Tag], keys: Option<&[TagKey]>) -> Vec<Tag> {
    let stays = |tag: &&Tag| keys.is_some_and(|keys| !keys.contains(&tag.key));
    tags.iter().filter(stays).cloned().collect()
}
