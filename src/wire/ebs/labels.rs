//! Tags and resource groups: their parameters and answers.
//!
//! The id of a resource depends on its type, which follows it in the vendor's list: both are read before either is
//! interpreted. Requests call the halves of a tag `Key` and `Value`, answers `TagKey` and `TagValue`; the answer of
//! `ListTagResources` has one record a tag, not one a resource.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::control_plane::Refusal;
use crate::ebs::labels::{MAX_RESOURCES, MAX_TAGS};
use crate::ebs::{
    ChangeResourceGroup, EbsReason, ListTagResources, ReplicaId, ResourceType, Resources, TagFilter, TagPage,
    TagResources, UntagResources,
};
use crate::ids::{GroupId, PairId, ResourceGroupId};
use crate::text::{Tag, TagKey};
use crate::wire::cursor;
use crate::wire::object::{Text, object, text};
use crate::wire::reader::Reader;

pub(in crate::wire) fn tag(reader: &mut Reader<'_>) -> Result<TagResources, Refusal> {
    let ids = required_ids(reader)?;
    let tags = reader.tags()?;
    if tags.is_empty() {
        return Err(reader.missing("Tag.1.Key"));
    }
    distinct(reader, tags.iter().map(|tag: &Tag| &tag.key))?;
    let resources = resources(reader, ids)?;
    reader.take_token()?;
    Ok(TagResources { resources, tags })
}

pub(in crate::wire) fn untag(reader: &mut Reader<'_>) -> Result<UntagResources, Refusal> {
    let ids = required_ids(reader)?;
    let too_many = || EbsReason::TooManyTags.of(reader.operation()).into();
    let keys = reader.list("TagKey.", MAX_TAGS, TagKey::parse, too_many)?;
    distinct(reader, keys.iter())?;
    let all = reader.flag("All")?.unwrap_or(false);
    if keys.is_empty() && !all {
        return Err(reader.missing("TagKey.1"));
    }
    let resources = resources(reader, ids)?;
    reader.take_token()?;
    Ok(UntagResources { resources, keys: Some(keys).filter(|keys| !keys.is_empty()) })
}

pub(in crate::wire) fn list(reader: &mut Reader<'_>) -> Result<ListTagResources, Refusal> {
    let ids = ids(reader)?;
    let tags: Vec<TagFilter> = reader.tag_filters()?;
    distinct(reader, tags.iter().map(|tag| &tag.key))?;
    let after = reader.optional("NextToken", cursor::decode)?;
    let resources = resources(reader, ids)?;
    reader.take_token()?;
    Ok(ListTagResources { resources, tags, after })
}

pub(in crate::wire) fn change_group(reader: &mut Reader<'_>) -> Result<ChangeResourceGroup, Refusal> {
    let kind = kind(reader)?;
    let id = reader.required("ResourceId", PairId::parse)?;
    let group = reader.required("NewResourceGroupId", ResourceGroupId::parse)?;
    reader.take_token()?;
    let resource = match kind {
        ResourceType::Pair => ReplicaId::Pair(id),
        ResourceType::Group => ReplicaId::Group(group_id(reader, "ResourceId", &id)?),
    };
    Ok(ChangeResourceGroup { resource, group })
}

/// `ResourceId.N`: ids of all types are spelled alike.
fn ids(reader: &Reader<'_>) -> Result<Vec<PairId>, Refusal> {
    let too_many = || EbsReason::TooManyResources.of(reader.operation()).into();
    reader.list("ResourceId.", MAX_RESOURCES, PairId::parse, too_many)
}

fn required_ids(reader: &Reader<'_>) -> Result<Vec<PairId>, Refusal> {
    let ids = ids(reader)?;
    if ids.is_empty() { Err(reader.missing("ResourceId.1")) } else { Ok(ids) }
}

fn kind(reader: &Reader<'_>) -> Result<ResourceType, Refusal> {
    let text = reader.text("ResourceType")?.ok_or_else(|| reader.missing("ResourceType"))?;
    let unknown =
        || EbsReason::UnknownResourceType { given: String::from(text).into() }.of(reader.operation());
    Ok(ResourceType::named(text).ok_or_else(unknown)?)
}

fn resources(reader: &Reader<'_>, ids: Vec<PairId>) -> Result<Resources, Refusal> {
    Ok(match kind(reader)? {
        ResourceType::Pair => Resources::Pairs(ids),
        ResourceType::Group => {
            let ids: Result<_, _> = ids.iter().map(|id| group_id(reader, "ResourceId", id)).collect();
            Resources::Groups(ids?)
        }
    })
}

/// Ids of all types are spelled alike, so this cannot fail; if it ever does, the id is what is wrong.
fn group_id(reader: &Reader<'_>, name: &'static str, id: &PairId) -> Result<GroupId, Refusal> {
    GroupId::parse(id.as_str()).map_err(|why| reader.bad(name, why.to_string()))
}

fn distinct<'a>(reader: &Reader<'_>, keys: impl Iterator<Item = &'a TagKey>) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    for key in keys {
        if !seen.insert(key) {
            return Err(EbsReason::DuplicateTagKey.of(reader.operation()).into());
        }
    }
    Ok(())
}

/// The fields of a tag's key and value in answers.
pub(in crate::wire) const TAG: [&str; 2] = ["TagKey", "TagValue"];

object! {
    /// What `ListTagResources` answers.
    ListTagResourcesResponse(page: &TagPage, request_id: &str) {
        next_token: Text = "NextToken" => cursor::next_token(page.next),
        resources: Vec<TagResourceRecord> = "TagResources" => page.resources.iter().flat_map(|of| of.tags.iter().map(|tag| TagResourceRecord::new(tag, &of.id, page.kind))).collect(),
        request_id: String = "RequestId" => request_id.into(),
    }

    /// A tag of a pair or group.
    TagRecord(tag: &Tag) {
        key: Text = "TagKey" => text(&tag.key),
        value: Text = "TagValue" => text(&tag.value),
    }

    /// A tag of a resource in that list.
    TagResourceRecord(tag: &Tag, resource: &str, kind: ResourceType) {
        key: Text = "TagKey" => text(&tag.key),
        value: Text = "TagValue" => text(&tag.value),
        resource: Text = "ResourceId" => text(resource),
        kind: Text = "ResourceType" => text(kind.as_str()),
    }
}
