//! The rules of tags and resource groups.

use crate::rule::rules;

rules! {
    E_700 Documented "ResourceType parameter; a public client's spelling"
        => "The type of a resource is spelled in any case; one that is not modelled is not found.";
    E_701 Inferred "InvalidResourceId.NotFound is listed; that nothing is done then is our reading"
        => "A resource that is unknown, gone, or without an end in the region is not found, and then nothing is tagged.";
    E_702 Documented "NumberExceed.ResourceIds is listed"
        => "A request names at most 50 resources.";
    E_703 Documented "NumberExceed.Tags is listed; the limit is the parameter's"
        => "A request names at most 20 tags or keys.";
    E_704 Documented "Duplicate.TagKey is listed"
        => "A request names no key twice.";
    E_705 Sibling "OperationDenied.QuotaExceed is listed for untagging; create takes 20 tags"
        => "A resource bears at most 20 tags.";
    E_706 Inferred "no source; tags of other products"
        => "A tag whose key is there already replaces its value.";
    E_707 Documented "All parameter; what a call without keys and All answers is inferred"
        => "All counts only without keys and takes every tag off; a call with neither lacks its keys.";
    E_708 Documented "SDK 5.0.1, Tag of ListTagResources"
        => "A condition without value meets any value, all conditions must be met, and one without key is refused.";
    E_709 Inferred "as describes do (E-690)"
        => "Listing leaves out what is unknown and what bears no tag.";
    E_710 Inferred "no source for the length of a page"
        => "A page of tags covers fifty resources that bear tags.";
    E_711 Inferred "ClientToken is listed for it; a read has no effect to guard"
        => "The token of a listing is read and guards nothing.";
    E_712 Documented "ChangeResourceGroup page; which groups exist is not modelled"
        => "A resource moves into the resource group that is named.";
}
