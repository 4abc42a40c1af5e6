//! The answer of `ListTagResources`: one record a tag, not one a resource.

use alloc::string::String;
use alloc::vec::Vec;

use crate::ebs::TagPage;
use crate::wire::object::{object, text};
use crate::wire::params::encode_cursor;

object! {
    /// What `ListTagResources` answers.
    ListTagResourcesResponse {
        next_token: Option<String> = "NextToken",
        resources: Vec<TagResourceRecord> = "TagResources",
        request_id: String = "RequestId",
    }

    /// A tag of a resource in that list.
    TagResourceRecord {
        key: Option<String> = "TagKey",
        value: Option<String> = "TagValue",
        resource: Option<String> = "ResourceId",
        kind: Option<String> = "ResourceType",
    }
}

impl ListTagResourcesResponse {
    /// The answer. The last page ends with an empty token (`W-034`).
    pub fn new(page: &TagPage, request_id: &str) -> Self {
        let record = |id: &str, tag: &crate::text::Tag| TagResourceRecord {
            key: text(tag.key.as_str()),
            value: text(tag.value.as_str()),
            resource: text(id),
            kind: text(page.kind.as_str()),
        };
        let records =
            page.resources.iter().flat_map(|resource| resource.tags.iter().map(move |tag| (resource, tag)));
        Self {
            next_token: Some(page.next.map(encode_cursor).unwrap_or_default()),
            resources: records.map(|(resource, tag)| record(&resource.id, tag)).collect(),
            request_id: String::from(request_id),
        }
    }
}
