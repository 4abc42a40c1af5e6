//! The parameters of the tag and resource group operations.
//!
//! What a resource is named by depends on its type, which stands after it in the vendor's list: both are read before
//! either is understood.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::control_plane::Refusal;
use crate::ebs::labels::{MOST_RESOURCES, MOST_TAGS};
use crate::ebs::{
    ChangeResourceGroup, EbsReason, ListTagResources, ResourceId, ResourceType, Resources, TagFilter,
    TagResources, UntagResources,
};
use crate::ids::{GroupId, PairId, ResourceGroupId};
use crate::operation::Operation;
use crate::text::{Tag, TagKey};
use crate::wire::params::cursor;
use crate::wire::params::reader::Reader;

pub(in crate::wire::params) fn tag(reader: &mut Reader<'_>) -> Result<TagResources, Refusal> {
    let operation = Operation::TagResources;
    let ids = ids(reader, operation, true)?;
    let tags = reader.tags()?;
    if tags.is_empty() {
        return Err(reader.missing("Tag.1.Key"));
    }
    distinct(operation, tags.iter().map(|tag: &Tag| &tag.key))?;
    let resources = resources(reader, operation, ids)?;
    reader.take_token()?;
    Ok(TagResources { resources, tags })
}

pub(in crate::wire::params) fn untag(reader: &mut Reader<'_>) -> Result<UntagResources, Refusal> {
    let operation = Operation::UntagResources;
    let ids = ids(reader, operation, true)?;
    let too_many = || EbsReason::TooManyTags.of(operation).into();
    let keys = reader.list("TagKey.", MOST_TAGS, TagKey::parse, too_many)?;
    distinct(operation, keys.iter())?;
    let all = reader.flag("All", false)?;
    if keys.is_empty() && !all {
        return Err(reader.missing("TagKey.1"));
    }
    let resources = resources(reader, operation, ids)?;
    reader.take_token()?;
    Ok(UntagResources { resources, keys: Some(keys).filter(|keys| !keys.is_empty()) })
}

pub(in crate::wire::params) fn list(reader: &mut Reader<'_>) -> Result<ListTagResources, Refusal> {
    let operation = Operation::ListTagResources;
    let ids = ids(reader, operation, false)?;
    let tags: Vec<TagFilter> = reader.tag_filters()?;
    distinct(operation, tags.iter().map(|tag| &tag.key))?;
    let after = reader.optional("NextToken", cursor::decode)?;
    let resources = resources(reader, operation, ids)?;
    reader.take_token()?;
    Ok(ListTagResources { resources, tags, after })
}

pub(in crate::wire::params) fn change_group(reader: &mut Reader<'_>) -> Result<ChangeResourceGroup, Refusal> {
    let kind = kind(reader, Operation::ChangeResourceGroup)?;
    let id = reader.required("ResourceId", PairId::parse)?;
    let group = reader.required("NewResourceGroupId", ResourceGroupId::parse)?;
    reader.take_token()?;
    let resource = match kind {
        ResourceType::Pair => ResourceId::Pair(id),
        ResourceType::Group => ResourceId::Group(group_id(reader, "ResourceId", &id)?),
    };
    Ok(ChangeResourceGroup { resource, group })
}

/// `ResourceId.N`: ids of all types are spelled alike.
fn ids(reader: &Reader<'_>, operation: Operation, required: bool) -> Result<Vec<PairId>, Refusal> {
    let too_many = || EbsReason::TooManyResources.of(operation).into();
    let ids = reader.list("ResourceId.", MOST_RESOURCES, PairId::parse, too_many)?;
    if ids.is_empty() && required { Err(reader.missing("ResourceId.1")) } else { Ok(ids) }
}

fn kind(reader: &Reader<'_>, operation: Operation) -> Result<ResourceType, Refusal> {
    let text = reader.text("ResourceType")?.ok_or_else(|| reader.missing("ResourceType"))?;
    let unknown = || EbsReason::UnknownResourceType { given: String::from(text).into() }.of(operation);
    Ok(ResourceType::parse(text).ok_or_else(unknown)?)
}

fn resources(reader: &Reader<'_>, operation: Operation, ids: Vec<PairId>) -> Result<Resources, Refusal> {
    Ok(match kind(reader, operation)? {
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

fn distinct<'a>(operation: Operation, keys: impl Iterator<Item = &'a TagKey>) -> Result<(), Refusal> {
    let mut seen = alloc::collections::BTreeSet::new();
    for key in keys {
        if !seen.insert(key) {
            return Err(EbsReason::DuplicateTagKey.of(operation).into());
        }
    }
    Ok(())
}
