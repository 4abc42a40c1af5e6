//! The rules of pages, tags, resource groups and regions.

use crate::rule::rules;

rules! {
    E_693 Inferred "other services say so of their tokens; the vendor's pages do not say: facts/ebs.md#pages-of-lists" => "A NextToken goes on with the list that it was given for; of another operation, account, region or filter it is invalid.";
    E_700 Documented "ResourceType parameter; a public client's spelling: facts/ebs.md#tags-and-resource-groups" => "The type of a resource is spelled in any case; one that is not modelled is not found.";
    E_701 Inferred "InvalidResourceId.NotFound is listed; all or nothing is ours: facts/ebs.md#tags-by-analogy" => "A resource that is unknown, gone, or without an end in the region is not found, and then nothing is tagged.";
    E_702 Documented "NumberExceed.ResourceIds is listed, valid 50: facts/ebs.md#tags-and-resource-groups" => "A request names at most 50 resources.";
    E_703 Documented "NumberExceed.Tags is listed; the parameter takes 20: facts/ebs.md#tags-and-resource-groups" => "A request names at most 20 tags or keys.";
    E_704 Documented "Duplicate.TagKey is listed: facts/ebs.md#tags-and-resource-groups" => "A request names no key twice.";
    E_705 Documented "SDK 3.1.2, TagResources; QuotaExceed is listed for untagging: facts/ebs.md#tags-and-resource-groups" => "A resource bears at most 20 tags.";
    E_706 Inferred "no source, as tags of other products: facts/ebs.md#tags-by-analogy" => "A tag whose key is there already replaces its value.";
    E_707 Documented "All parameter; a call with neither is inferred: facts/ebs.md#tags-and-resource-groups" => "All counts only without keys and takes every tag off; a call with neither lacks its keys.";
    E_708 Documented "SDK 5.0.1, Tag of ListTagResources: facts/ebs.md#tags-and-resource-groups" => "A condition without value meets any value, all conditions must be met, and one without key is refused.";
    E_709 Inferred "as describes do: facts/ebs.md#tags-by-analogy, facts/ebs.md#unknown-ids" => "Listing leaves out what is unknown and what bears no tag.";
    E_710 Inferred "no source for a page's length: facts/ebs.md#tags-by-analogy" => "A page of tags covers fifty resources that bear tags.";
    E_711 Inferred "ClientToken is defined for it; a read has no effect: facts/ebs.md#tags-by-analogy" => "The token of a listing is read and guards nothing.";
    E_712 Documented "ChangeResourceGroup page; groups are not modelled: facts/ebs.md#tags-and-resource-groups" => "A resource moves into the resource group that is named.";
    E_713 Documented "ListTagResources page and SDK 3.0.1; MissingParameter is listed: facts/ebs.md#tags-and-resource-groups" => "A listing names a resource or a tag; with neither it lacks its resource.";
    E_714 Documented "DescribeRegions page, ResourceType; which regions have it is policy: facts/ebs.md#describe-regions" => "Regions that have asynchronous replication are told; those with another feature are not known, so none is told.";
    E_715 Documented "DescribeRegions page, zh, RegionId: facts/ebs.md#describe-regions" => "RegionId of DescribeRegions is where the caller is and selects nothing.";
}
