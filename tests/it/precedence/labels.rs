//! The operations of EBS on tags.

use super::How::{Before, Parameter};
use super::cases::{PAIRS, case, other_list, third};
use super::{Case, fault};

/// Pair 1 bears as many tags as it may.
const FULL: &str = "call TagResources RegionId=cn-shanghai ResourceType=diskreplicapair ResourceId.1=pair-1 Tag.1.Key=k1 Tag.2.Key=k2 Tag.3.Key=k3 Tag.4.Key=k4 Tag.5.Key=k5 Tag.6.Key=k6 Tag.7.Key=k7 Tag.8.Key=k8 Tag.9.Key=k9 Tag.10.Key=k10 Tag.11.Key=k11 Tag.12.Key=k12 Tag.13.Key=k13 Tag.14.Key=k14 Tag.15.Key=k15 Tag.16.Key=k16 Tag.17.Key=k17 Tag.18.Key=k18 Tag.19.Key=k19 Tag.20.Key=k20";

pub fn all() -> Vec<Case> {
    let unreached = |name| {
        let not_found = "404 InvalidResourceId.NotFound (E-701";
        let deleted = Before(
            "call DeleteDiskReplicaPair RegionId=cn-shanghai ReplicaPairId=pair-1\nreport 3 succeeded",
        );
        [
            fault(not_found, "a resource that is not known", Parameter(name, Some("pair-unknown"))),
            fault(not_found, "a resource that is deleted", deleted),
            third(not_found),
        ]
    };
    vec![
        case(
            "TagResources",
            PAIRS.into(),
            "RegionId=cn-shanghai Version=2021-07-30 ResourceType=diskreplicapair ResourceId.1=pair-1 Tag.1.Key=k Tag.1.Value=v",
            "RegionId=cn-shanghai ResourceType=diskreplicapair ResourceId.1=pair-2 Tag.1.Key=k Tag.1.Value=v",
            [
                unreached("ResourceId.1").as_slice(),
                &[fault(
                    "400 OperationDenied.QuotaExceed (E-705",
                    "more tags than a resource bears",
                    Before(FULL),
                )],
            ]
            .concat(),
        ),
        case(
            "UntagResources",
            PAIRS.into(),
            "RegionId=cn-shanghai Version=2021-07-30 ResourceType=diskreplicapair ResourceId.1=pair-1 TagKey.1=k",
            "RegionId=cn-shanghai ResourceType=diskreplicapair ResourceId.1=pair-2 TagKey.1=k",
            unreached("ResourceId.1").into(),
        ),
        case(
            "ListTagResources",
            PAIRS.into(),
            "RegionId=cn-shanghai Version=2021-07-30 ResourceType=diskreplicapair ResourceId.1=pair-1",
            "",
            vec![
                fault(
                    "400 MissingParameter (E-713",
                    "neither a resource nor a tag",
                    Parameter("ResourceId.1", None),
                ),
                other_list("400 InvalidParameter (E-693"),
            ],
        ),
        case("DescribeEbsRegions", PAIRS.into(), "Version=2021-07-30", "", vec![]),
        case(
            "ChangeResourceGroup",
            PAIRS.into(),
            "RegionId=cn-shanghai Version=2021-07-30 ResourceType=diskreplicapair ResourceId=pair-1 NewResourceGroupId=rg-1",
            "RegionId=cn-shanghai ResourceType=diskreplicapair ResourceId=pair-2 NewResourceGroupId=rg-1",
            unreached("ResourceId").into(),
        ),
    ]
}
