//! The parameters of tags and resource groups, and the bandwidth that is not open.

use failover_model::ebs::{ListTagResources, Resources, TagFilter, UntagResources};
use failover_model::text::{TagKey, TagValue};

use super::*;

const TAG: Operation = Operation::TagResources;
const UNTAG: Operation = Operation::UntagResources;
const LIST: Operation = Operation::ListTagResources;

fn key(text: &str) -> TagKey {
    TagKey::parse(text).unwrap()
}

/// E-702.
#[test]
fn a_request_names_at_most_fifty_resources() {
    for operation in [TAG, UNTAG, LIST] {
        accepted(operation, &and(least(operation), &[("ResourceId.50", "pair-2")]));
        for name in ["ResourceId.51", "ResourceId.4294967296", "ResourceId.99999999999999999999"] {
            expect(operation, &and(least(operation), &[(name, "pair-2")]), 400, "NumberExceed.ResourceIds");
        }
    }
}

/// E-703.
#[test]
fn a_request_names_at_most_twenty_tags_or_keys() {
    for (operation, last, beyond) in [
        (TAG, "Tag.20.Key", "Tag.21.Key"),
        (LIST, "Tag.20.Key", "Tag.21.Key"),
        (UNTAG, "TagKey.20", "TagKey.21"),
    ] {
        accepted(operation, &and(least(operation), &[(last, "k20")]));
        expect(operation, &and(least(operation), &[(beyond, "k21")]), 400, "NumberExceed.Tags");
    }
}

/// E-704.
#[test]
fn a_request_names_no_key_twice() {
    for (operation, one, two) in
        [(TAG, "Tag.2.Key", "Tag.3.Key"), (LIST, "Tag.2.Key", "Tag.3.Key"), (UNTAG, "TagKey.2", "TagKey.3")]
    {
        expect(operation, &and(least(operation), &[(one, "same"), (two, "same")]), 400, "Duplicate.TagKey");
        accepted(operation, &and(least(operation), &[(one, "same"), (two, "Same")]));
    }
}

/// E-707.
#[test]
fn all_counts_only_without_keys_and_a_call_with_neither_lacks_its_keys() {
    let keys = |given: &[(&str, &str)]| {
        request(UNTAG, given, |request| match request {
            Request::UntagResources(request) => Some(*request),
            _ => None,
        })
    };
    let UntagResources { keys: named, .. } = keys(&and(least(UNTAG), &[("All", "true")]));
    assert_eq!(named, Some(vec![key("team")]));
    let UntagResources { keys: all, resources, .. } =
        keys(&and(without(UNTAG, "TagKey.1"), &[("All", "True")]));
    assert_eq!((all, resources), (None, Resources::Pairs(vec!["pair-cn-dsa".parse().unwrap()])));
    for given in [without(UNTAG, "TagKey.1"), and(without(UNTAG, "TagKey.1"), &[("All", "false")])] {
        let (status, code, message) = refused(UNTAG, &given);
        assert_eq!((status, code.as_str()), (400, "MissingParameter"));
        assert!(message.contains(" TagKey.1 "), "{message}");
    }
}

/// E-708, E-700.
#[test]
fn a_condition_may_lack_its_value_and_not_its_key() {
    let given = [("Tag.1.Key", "a"), ("Tag.2.Key", "b"), ("Tag.2.Value", "v")];
    let given = and(with(LIST, "ResourceType", "DiskReplicaGroup"), &given);
    let ListTagResources { resources, tags, after, .. } = request(LIST, &given, |request| match request {
        Request::ListTagResources(request) => Some(*request),
        _ => None,
    });
    let value = TagValue::parse("v").ok();
    let wanted = [TagFilter { key: key("a"), value: None }, TagFilter { key: key("b"), value }];
    assert_eq!((resources, tags.as_slice(), after), (Resources::Groups(vec![]), wanted.as_slice(), None));
    expect(LIST, &and(least(LIST), &[("Tag.1.Value", "v")]), 400, "InvalidParameter.TagValue");
    expect(
        LIST,
        &with(LIST, "ResourceType", "dedicatedblockstoragecluster"),
        404,
        "InvalidResourceType.NotFound",
    );
}

#[test]
fn a_list_counts_from_one_and_may_have_gaps() {
    let given = [
        ("ResourceId.7", "pair-7"),
        ("ResourceId.2", "pair-2"),
        ("ResourceId.02", "x y"),
        ("ResourceId.0", "x y"),
    ];
    match accepted(TAG, &and(least(TAG), &given)).request {
        Request::TagResources(request) => {
            let ids: Vec<String> = request.resources.each().iter().map(|id| id.as_str().to_owned()).collect();
            assert_eq!(ids, ["pair-cn-dsa", "pair-2", "pair-7"]);
        }
        other => panic!("{other:?}"),
    }
}

/// E-274: that of a pair is a part of the request, since a policy may let it count.
#[test]
fn the_bandwidth_of_a_change_is_read_as_a_number() {
    for operation in [
        Operation::ModifyDiskReplicaPair,
        Operation::ModifyDiskReplicaGroup,
        Operation::CreateDiskReplicaGroup,
    ] {
        let plain = accepted(operation, &least(operation)).request;
        for (text, number) in [("0", 0), ("10240", 10_240), ("7", 7)] {
            let mut read = accepted(operation, &with(operation, "Bandwidth", text)).request;
            if let Request::ModifyDiskReplicaPair(change) = &mut read {
                assert_eq!(change.bandwidth.take(), Some(number));
            }
            assert_eq!(read, plain);
        }
        expect(operation, &with(operation, "Bandwidth", "wide"), 400, "InvalidParameter");
    }
}
