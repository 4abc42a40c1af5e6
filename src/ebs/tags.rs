//! Tags and resource groups: `TagResources`, `UntagResources`, `ListTagResources`, `ChangeResourceGroup`.
//!
//! Scripts label what they make and find it again by its labels; nothing else depends on them. The calls take any
//! status, at either end of a resource, and are all or nothing (`E-701`). Limits and codes are the metadata's; its error
//! lists for the four are nearly one list, so a code that stands there says little about which call gives it. No source
//! says how long a page of `ListTagResources` is: it is fifty resources here (`E-710`). Which resource groups exist is
//! not modelled: any is taken.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::fmt;

use crate::ebs::describe::Cursor;
use crate::ids::{GroupId, PairId, ResourceGroupId};
use crate::rule::{Basis, Rule};
use crate::text::{Tag, TagKey, TagValue};

/// The most tags that a resource bears, and the most that a request names (`E-703`, `E-705`).
pub const MOST_TAGS: usize = 20;

/// The most resources that a request names (`E-702`).
pub const MOST_RESOURCES: usize = 50;

/// A type of resource that bears tags. The SDK also knows `dedicatedblockstoragecluster`, which is not modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceType {
    /// `diskreplicapair`.
    Pair,
    /// `diskreplicagroup`.
    Group,
}

impl ResourceType {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Pair, Self::Group];

    /// The spelling in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pair => "diskreplicapair",
            Self::Group => "diskreplicagroup",
        }
    }

    /// The type of this name in any case: a public client sends `DiskReplicaPair` (`E-700`).
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| text.eq_ignore_ascii_case(kind.as_str()))
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
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

    /// Each of them once, in the order in which they are named first.
    pub fn each(&self) -> Vec<ResourceId> {
        let mut all: Vec<ResourceId> = match self {
            Self::Pairs(ids) => ids.iter().cloned().map(ResourceId::Pair).collect(),
            Self::Groups(ids) => ids.iter().cloned().map(ResourceId::Group).collect(),
        };
        let mut seen = BTreeSet::new();
        all.retain(|id| seen.insert(id.clone()));
        all
    }
}

/// `TagResources`: puts tags on resources; a key that a resource has already takes the new value (`E-706`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct TagResources {
    /// `ResourceId.N`, at most 50.
    pub resources: Resources,
    /// `Tag.N`, 1 to 20 with different keys.
    pub tags: Vec<Tag>,
}

/// `UntagResources`: takes tags off. A key that a resource does not have is no error.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct UntagResources {
    /// `ResourceId.N`, at most 50.
    pub resources: Resources,
    /// `TagKey.N`, at most 20; `None` is `All=true` (`E-707`).
    pub keys: Option<Vec<TagKey>>,
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
        let meets = |tag: &Tag| tag.key == self.key && self.value.as_ref().is_none_or(|v| *v == tag.value);
        tags.iter().any(meets)
    }
}

/// `ListTagResources`: the tags of the resources that are named and meet all conditions (`E-708`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ListTagResources {
    /// `ResourceId.N`, at most 50; empty for all of the type. Unknown ones are left out (`E-709`).
    pub resources: Resources,
    /// `Tag.N`, at most 20.
    pub tags: Vec<TagFilter>,
    /// `NextToken`; absent for the first page.
    pub after: Option<Cursor>,
}

/// The tags of one resource.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TaggedResource {
    /// Its id.
    pub id: alloc::string::String,
    /// Its tags, at least one.
    pub tags: Vec<Tag>,
}

/// What `ListTagResources` answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TagPage {
    /// The type of all of them.
    pub kind: ResourceType,
    /// The resources of this page that bear tags, in the order of creation.
    pub resources: Vec<TaggedResource>,
    /// Where the next page begins; absent on the last one.
    pub next: Option<Cursor>,
}

/// A resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum ResourceId {
    /// A replication pair.
    Pair(PairId),
    /// A consistent group.
    Group(GroupId),
}

impl ResourceId {
    /// The id.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pair(pair) => pair.as_str(),
            Self::Group(group) => group.as_str(),
        }
    }
}

/// `ChangeResourceGroup`: moves a resource into another resource group (`E-712`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ChangeResourceGroup {
    /// `ResourceId`.
    pub resource: ResourceId,
    /// `NewResourceGroupId`.
    pub group: ResourceGroupId,
}

/// These tags with others put over them; `None` if that is more than a resource bears (`E-705`).
pub fn tagged(tags: &[Tag], more: &[Tag]) -> Option<Vec<Tag>> {
    let kept = tags.iter().filter(|tag| more.iter().all(|new| new.key != tag.key));
    let all: Vec<Tag> = kept.chain(more).cloned().collect();
    (all.len() <= MOST_TAGS).then_some(all)
}

/// These tags without those of the keys given, or without any.
pub fn untagged(tags: &[Tag], keys: Option<&[TagKey]>) -> Vec<Tag> {
    let stays = |tag: &&Tag| keys.is_some_and(|keys| !keys.contains(&tag.key));
    tags.iter().filter(stays).cloned().collect()
}

/// The rules of tags and resource groups.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    Rule::new("E-700", Basis::Documented, "ResourceType parameter; a public client's spelling", "The type of a resource is spelled in any case; one that is not modelled is not found."),
    Rule::new("E-701", Basis::Inferred, "InvalidResourceId.NotFound is listed; that nothing is done then is our reading", "A resource that is unknown, gone, or without an end in the region is not found, and then nothing is tagged."),
    Rule::new("E-702", Basis::Documented, "NumberExceed.ResourceIds is listed", "A request names at most 50 resources."),
    Rule::new("E-703", Basis::Documented, "NumberExceed.Tags is listed; the limit is the parameter's", "A request names at most 20 tags or keys."),
    Rule::new("E-704", Basis::Documented, "Duplicate.TagKey is listed", "A request names no key twice."),
    Rule::new("E-705", Basis::Sibling, "OperationDenied.QuotaExceed is listed for untagging; create takes 20 tags", "A resource bears at most 20 tags."),
    Rule::new("E-706", Basis::Inferred, "no source; tags of other products", "A tag whose key is there already replaces its value."),
    Rule::new("E-707", Basis::Documented, "All parameter; what a call without keys and All answers is inferred", "All counts only without keys and takes every tag off; a call with neither lacks its keys."),
    Rule::new("E-708", Basis::Documented, "SDK 5.0.1, Tag of ListTagResources", "A condition without value meets any value, all conditions must be met, and one without key is refused."),
    Rule::new("E-709", Basis::Inferred, "as describes do (E-690)", "Listing leaves out what is unknown and what bears no tag."),
    Rule::new("E-710", Basis::Inferred, "no source for the length of a page", "A page of tags covers fifty resources that bear tags."),
    Rule::new("E-711", Basis::Inferred, "ClientToken is listed for it; a read has no effect to guard", "The token of a listing is read and guards nothing."),
    Rule::new("E-712", Basis::Documented, "ChangeResourceGroup page; which groups exist is not modelled", "A resource moves into the resource group that is named."),
];
