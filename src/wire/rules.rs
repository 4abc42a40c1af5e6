//! The rules of the wire: the gateway, parameters and answers.

use crate::rule::rules;

rules! {
    P_512 Documented "DescribeHALogs page, example of a manual one; the absence for automatic ones is inferred"
        => "A manual switch has a cause; of an automatic one none is published, so none is shown.";
    P_513 Documented "DescribeHALogs page, HaStatus"
        => "HaStatus is 0 if there are records and 1 if there are none.";
    P_514 Documented "DescribeHALogs page, EndTime"
        => "The end of the time asked for is later than its beginning.";
    P_602 Documented "SDK 9.2.1, PlannedStartTime and PlannedEndTime; that an end needs a start is inferred"
        => "A planned end is at least half an hour after the planned start.";
    W_010 Sibling "gateway codes (ebs §6.2)"
        => "A call that names no action or no version is refused, the action first.";
    W_011 Sibling "gateway codes (ebs §6.2)"
        => "A version that is no product's is refused.";
    W_012 Sibling "gateway codes (ebs §6.2); action names of the SDKs"
        => "An action that the product has and the model has not is refused by name.";
    W_013 Sibling "InvalidApi.NotFound is listed for drill operations"
        => "An action that the product does not have is not found, be it another product's.";
    W_014 Inferred "no source"
        => "Header and parameter may both name action and version if they agree.";
    W_020 Inferred "clients split parameters between query and form (ebs §8)"
        => "A parameter given twice with one value counts once, with two values it is invalid.";
    W_021 Inferred "SDKs send empty optional parameters"
        => "An empty optional parameter is absent, an empty required one missing.";
    W_022 Documented "SDK 5.0.1 and 9.2.1, as observed (ebs §8)"
        => "Booleans are read without regard to case.";
    W_023 Documented "SDK 5.0.1 and 9.2.1, as observed; gaps are inferred"
        => "Lists are flattened and count from 1; a gap is skipped, and the highest number is the length.";
    W_024 Documented "parameter lists"
        => "The region is required by every EBS operation and, of PolarDB's, by create and list; the others ignore it.";
    W_025 Inferred "no source"
        => "Of several bad parameters the first in the vendor's own list is named.";
    W_026 Inferred "generic RPC behaviour"
        => "A parameter that the operation does not define is ignored.";
    W_030 Documented "founding page: Format; the Accept header is inferred"
        => "Answers are JSON, or XML for Format=XML or an Accept of XML without JSON.";
    W_031 Documented "XML samples in the metadata"
        => "In XML a list repeats an element of its own name, and an object that only holds a list is that list.";
    W_032 Inferred "XML 1.0, production 2"
        => "A character that XML cannot carry becomes U+FFFD.";
    W_033 Documented "response fields; PolarDB's are ISO 8601 by example"
        => "Times are epoch seconds in EBS and ISO 8601 in PolarDB.";
    W_034 Sibling "drill pages: an empty NextToken ends the list"
        => "The last page of a list by token has an empty NextToken.";
    W_035 Inferred "a public client counts the elements; the vendor's sample joins them"
        => "The members of a group are listed one id an element.";
    W_040 Inferred "Primary and Standby never move, Source and Destination do (ebs §4.2)"
        => "A seeded pair is reversed iff its source is where its standby is.";
    W_041 Inferred "our contract"
        => "A seeded cluster has exactly one writer, the first node if none says so.";
}
