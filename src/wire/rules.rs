//! The rules of the wire: the gateway, parameters and answers.

use crate::rule::rules;

rules! {
    P_512 Documented "DescribeHALogs page, a manual sample; the rest is inferred: facts/polardb.md#ha-log, facts/polardb.md#records-of-switches" => "A manual switch has a cause; of an automatic one none is published, so none is shown.";
    P_513 Documented "DescribeHALogs page, HaStatus: facts/polardb.md#ha-log" => "HaStatus is 0 if there are records and 1 if there are none.";
    P_514 Documented "DescribeHALogs page, EndTime: facts/polardb.md#ha-log" => "The end of the time asked for is later than its beginning.";
    P_602 Documented "SDK 9.2.1, planned times; that an end needs a start is inferred: facts/polardb.md#planned-times" => "A planned end is at least half an hour after the planned start.";
    W_010 Sibling "gateway codes: facts/ebs.md#gateway-codes" => "A call that names no action or no version is refused, the action first.";
    W_011 Sibling "gateway codes: facts/ebs.md#gateway-codes" => "A version that is no product's is refused.";
    W_012 Sibling "gateway codes; actions of the SDKs: facts/ebs.md#gateway-codes, facts/ebs.md#parameters-at-the-gateway" => "An action that the product has and the model has not is refused by name.";
    W_013 Sibling "InvalidApi.NotFound is listed for drills: facts/ebs.md#codes-listed-in-the-metadata" => "An action that the product does not have is not found, be it another product's.";
    W_014 Inferred "npm @alicloud/pop-core 1.8.0 sends both, the header with a small first letter: facts/ebs.md#parameters-at-the-gateway" => "Header and parameter may both name action and version if they agree but for case; the parameter counts.";
    W_020 Inferred "clients split parameters between query and form: facts/ebs.md#requests, facts/ebs.md#parameters-at-the-gateway" => "A parameter given twice with one value counts once, with two values it is invalid.";
    W_021 Inferred "SDKs send empty optional parameters: facts/ebs.md#lists-and-booleans" => "An empty optional parameter is absent, an empty required one missing.";
    W_022 Documented "SDKs as observed: facts/ebs.md#lists-and-booleans" => "Booleans are read without regard to case.";
    W_023 Documented "SDKs as observed; gaps are inferred: facts/ebs.md#lists-and-booleans, facts/ebs.md#parameters-at-the-gateway" => "Lists are flattened and count from 1; a gap is skipped, and the highest number is the length.";
    W_024 Documented "parameter lists: facts/ebs.md#pair-pages, facts/polardb.md#wire-format-of-polardb" => "The region is required by every EBS operation but DescribeRegions and, of PolarDB's, by create and the lists; the others ignore it.";
    W_025 Inferred "no source: facts/ebs.md#parameters-at-the-gateway" => "Of several bad parameters the first in the vendor's own list is named.";
    W_026 Inferred "as RPC gateways do: facts/ebs.md#parameters-at-the-gateway" => "A parameter that the operation does not define is ignored.";
    W_030 Documented "founding page, Format; the Accept header is inferred: facts/ebs.md#requests, facts/ebs.md#parameters-at-the-gateway" => "Answers are JSON, or XML for Format=XML or an Accept of XML without JSON.";
    W_031 Documented "XML samples in the metadata: facts/ebs.md#answers" => "In XML a list repeats an element of its own name, and an object that only holds a list is that list.";
    W_032 Inferred "XML 1.0, production 2: facts/ebs.md#parameters-at-the-gateway" => "A character that XML cannot carry becomes U+FFFD.";
    W_033 Documented "response fields; PolarDB's by example: facts/ebs.md#answers, facts/polardb.md#wire-format-of-polardb" => "Times are epoch seconds in EBS and ISO 8601 in PolarDB.";
    W_034 Sibling "drill pages, an empty NextToken ends the list: facts/ebs.md#drill-pages" => "The last page of a list by token has an empty NextToken.";
    W_035 Inferred "a public client counts elements; the sample joins them: facts/ebs.md#members-of-a-group" => "The members of a group are listed one id an element.";
    W_036 Inferred "the samples have all four; that both styles have them is inferred: facts/ebs.md#pages-of-lists" => "Every page of pairs, groups and drills shows NextToken, PageNumber, PageSize and TotalCount.";
    W_037 Sibling "an error of another product: facts/ebs.md#error-envelope" => "An error has a Recommend, the address of the page that explains its code.";
    W_040 Inferred "Primary and Standby never move, Source and Destination do: facts/ebs.md#fixed-and-moving-fields" => "An entered pair or group is reversed iff its source is where its standby is.";
    W_041 Inferred "our contract, what is adopted breaks no invariant: design.md#what-was-decided-here" => "An entered cluster has exactly one writer, the first node that can be one if none is shown as one.";
    W_042 Inferred "our contract: design.md#what-was-decided-here" => "Any body or object of a modelled describe call can be entered; what the model does not show again is told as ignored.";
    W_043 Inferred "our contract: design.md#what-was-decided-here" => "A resource is entered or left out as a whole, and left out with its reason if it names one that is neither entered nor known.";
    W_044 Documented "drill pages, a pair's record does not name its pair: facts/ebs.md#drill-pages" => "The drills of a pair are entered with the PairId of the request beside them.";
    W_046 Inferred "house style, a value that no source knows: facts/polardb.md#closed-lists-of-values, facts/ebs.md#closed-lists-of-values" => "A parameter with a list of words takes no other; each list has a source and the day on which it was compared.";
    W_045 Inferred "a group that shows invalid may have any status underneath: facts/ebs.md#members-of-a-group-by-status" => "An entered group that shows invalid since a member is has the status of its other members underneath.";
}
