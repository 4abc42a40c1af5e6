//! The operations of EBS on drills.

use super::How::{Before, Parameter, Policy};
use super::cases::{PAIRS, at, case, other_list, third};
use super::groups::{GROUPS, MEMBERS, MORE_GROUPS, STOPPED, another};
use super::{Case, fault, together};

const NEEDS_POINT: super::How = Policy(r#"{"ebs":{"drill_without_recover_point":"refuse"}}"#);

pub fn all() -> Vec<Case> {
    // Pair 4 and group 4 are deleted, pair 5 and group 5 have copied nothing.
    let copied = format!(
        "{PAIRS}{GROUPS}{MEMBERS}{STOPPED}{}{}{}{}",
        another(
            4,
            "cn-beijing-b",
            "report 7 succeeded\ncall DeleteDiskReplicaPair RegionId=cn-shanghai ReplicaPairId=pair-4\nreport 8 succeeded"
        ),
        another(5, "cn-beijing-b", "report 9 succeeded"),
        MORE_GROUPS.replace("pg-8", "pg-4").replace("pg-9", "pg-5"),
        "report 10 succeeded\nreport 11 succeeded\ncall DeleteDiskReplicaGroup RegionId=cn-shanghai ReplicaGroupId=pg-4\nreport 12 succeeded\n",
    );
    let drilled = format!(
        "{copied}call StartPairDrill RegionId=cn-beijing PairId=pair-1 fresh=drill-1:d-9\nreport 13 succeeded\n\
         call StartReplicaGroupDrill RegionId=cn-beijing GroupId=pg-1 fresh=pg-drill-1:d-8\nreport 14 succeeded\n\
         call StartPairDrill RegionId=cn-beijing PairId=pair-1 fresh=drill-2:d-7\n\
         call StartReplicaGroupDrill RegionId=cn-beijing GroupId=pg-1 fresh=pg-drill-2:d-6\n"
    );
    let no_pair =
        |answer| fault(answer, "a pair that is not known", Parameter("PairId", Some("pair-unknown")));
    let no_group =
        |answer| fault(answer, "a group that is not known", Parameter("GroupId", Some("pg-unknown")));
    let no_drill =
        |answer| fault(answer, "a drill that is not known", Parameter("DrillId", Some("drill-unknown")));
    let at_source = |answer| at("cn-shanghai", answer, "the source's region");
    vec![
        case(
            "StartPairDrill",
            copied.clone(),
            "RegionId=cn-beijing Version=2021-07-30 PairId=pair-1 fresh=drill-1:d-9",
            "RegionId=cn-beijing PairId=pair-2 fresh=drill-2:d-8",
            vec![
                no_pair("404 NoSuchResource (D-610"),
                third("404 NoSuchResource (D-620"),
                at_source("403 OperationDenied.StartDrillShouldOnDestRegion (D-621"),
                fault(
                    "403 OperationDenied (D-113",
                    "a pair that is deleted",
                    Parameter("PairId", Some("pair-4")),
                ),
                together(
                    "403 OperationDenied.RecoverPointNotFound (D-633",
                    "no recover point, where policy asks for one",
                    vec![NEEDS_POINT, Parameter("PairId", Some("pair-5"))],
                ),
            ],
        ),
        case(
            "ClearPairDrill",
            drilled.clone(),
            "RegionId=cn-beijing Version=2021-07-30 PairId=pair-1 DrillId=drill-1",
            "",
            vec![
                no_pair("404 NoSuchResource (D-610"),
                third("404 NoSuchResource (D-620"),
                no_drill("404 NoSuchResource (D-610"),
                fault(
                    "404 NoSuchResource (D-611",
                    "a drill of a group",
                    Parameter("DrillId", Some("pg-drill-1")),
                ),
                fault(
                    "404 NoSuchResource (D-611",
                    "a drill of another pair",
                    Parameter("PairId", Some("pair-2")),
                ),
                fault(
                    "403 OperationDenied.InvalidStatus (D-132",
                    "a drill that is still executing",
                    Parameter("DrillId", Some("drill-2")),
                ),
            ],
        ),
        case(
            "DescribePairDrills",
            drilled.clone(),
            "RegionId=cn-beijing Version=2021-07-30 PairId=pair-1",
            "",
            vec![other_list("400 InvalidParameter (E-693")],
        ),
        case(
            "StartReplicaGroupDrill",
            copied,
            "RegionId=cn-beijing Version=2021-07-30 GroupId=pg-1 fresh=pg-drill-1:d-9",
            "RegionId=cn-beijing GroupId=pg-2 fresh=pg-drill-2:d-8",
            vec![
                no_group("404 NoSuchResource (D-610"),
                third("404 NoSuchResource (D-620"),
                at_source("403 OperationDenied.StartDrillShouldOnDestRegion (D-621"),
                fault(
                    "403 OperationDenied (D-113",
                    "a group that is deleted",
                    Parameter("GroupId", Some("pg-4")),
                ),
                together(
                    "403 OperationDenied.RecoverPointNotFound (D-633",
                    "a group without pairs, where policy asks for a recover point",
                    vec![NEEDS_POINT, Parameter("GroupId", Some("pg-5"))],
                ),
                together(
                    "403 OperationDenied.RecoverPointNotFound (D-633",
                    "a member without a recover point, where policy asks for one",
                    vec![
                        NEEDS_POINT,
                        Before(
                            "call AddDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-5 ReplicaPairId=pair-5",
                        ),
                        Parameter("GroupId", Some("pg-5")),
                    ],
                ),
                together(
                    "403 OperationDenied.RecoverPointNotFound (D-633",
                    "members with different recover points, where policy asks for one",
                    vec![
                        NEEDS_POINT,
                        Before(
                            "call StartDiskReplicaPair RegionId=cn-shanghai ReplicaPairId=pair-5 OneShot=true\nreport 13 succeeded\ncall AddDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-1 ReplicaPairId=pair-5",
                        ),
                    ],
                ),
            ],
        ),
        case(
            "ClearReplicaGroupDrill",
            drilled.clone(),
            "RegionId=cn-beijing Version=2021-07-30 GroupId=pg-1 DrillId=pg-drill-1",
            "",
            vec![
                no_group("404 NoSuchResource (D-610"),
                third("404 NoSuchResource (D-620"),
                no_drill("404 NoSuchResource (D-610"),
                fault(
                    "404 NoSuchResource (D-611",
                    "a drill of a pair",
                    Parameter("DrillId", Some("drill-1")),
                ),
                fault(
                    "404 NoSuchResource (D-611",
                    "a drill of another group",
                    Parameter("GroupId", Some("pg-2")),
                ),
                fault(
                    "403 OperationDenied.InvalidStatus (D-132",
                    "a drill that is still executing",
                    Parameter("DrillId", Some("pg-drill-2")),
                ),
            ],
        ),
        case(
            "DescribeReplicaGroupDrills",
            drilled,
            "RegionId=cn-beijing Version=2021-07-30 GroupId=pg-1",
            "",
            vec![other_list("400 InvalidParameter (E-693")],
        ),
    ]
}
