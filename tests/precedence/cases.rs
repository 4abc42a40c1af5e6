//! The operations of EBS.

use super::super::How::{Before, Parameter, Policy};
use super::super::{Case, Fault, fault};

/// Two pairs, created.
const PAIRS: &str = "\
call CreateDiskReplicaPair RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DiskId=s-1 DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b DestinationDiskId=t-1 fresh=pair-1
report 1 succeeded
call CreateDiskReplicaPair RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DiskId=s-2 DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b DestinationDiskId=t-2 fresh=pair-2
report 2 succeeded
";

/// Two groups beside them, each with one of the pairs.
const GROUPS: &str = "\
call CreateDiskReplicaGroup RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b fresh=pg-1
report 3 succeeded
call CreateDiskReplicaGroup RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b fresh=pg-2
report 4 succeeded
";

const MEMBERS: &str = "\
call AddDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-1 ReplicaPairId=pair-1
call AddDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-2 ReplicaPairId=pair-2
";

/// Both groups have copied and are stopped.
const STOPPED: &str = "\
call StartDiskReplicaGroup RegionId=cn-shanghai ReplicaGroupId=pg-1 OneShot=true
call StartDiskReplicaGroup RegionId=cn-shanghai ReplicaGroupId=pg-2 OneShot=true
report 5 succeeded
report 6 succeeded
advance 20m
";

/// A group that pair 1 joins.
const GROUPED: &str = "\
call CreateDiskReplicaGroup RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b fresh=pg-9
report 3 succeeded
call AddDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-9 ReplicaPairId=pair-1
";

const BROKEN: &str = "observe pair pair-1 invalid DeviceRemoved";

fn unknown_pair(rule: &'static str) -> Fault {
    fault(rule, "a pair that is not known", Parameter("ReplicaPairId", Some("pair-unknown")))
}

fn unknown_group(rule: &'static str) -> Fault {
    fault(rule, "a group that is not known", Parameter("ReplicaGroupId", Some("pg-unknown")))
}

fn third(rule: &'static str) -> Fault {
    fault(rule, "a region where neither end is", Parameter("RegionId", Some("cn-heyuan")))
}

fn at(region: &'static str, rule: &'static str, says: &'static str) -> Fault {
    fault(rule, says, Parameter("RegionId", Some(region)))
}

fn case(
    operation: &'static str,
    stage: String,
    call: &'static str,
    other: &'static str,
    faults: Vec<Fault>,
) -> Case {
    Case { operation, stage, call, other, faults }
}

const PAIR_AT_SOURCE: &str = "RegionId=cn-shanghai Version=2021-07-30 ReplicaPairId=pair-1";
const PAIR_AT_TARGET: &str = "RegionId=cn-beijing Version=2021-07-30 ReplicaPairId=pair-1";
const OTHER_AT_SOURCE: &str = "RegionId=cn-shanghai ReplicaPairId=pair-2";
const OTHER_AT_TARGET: &str = "RegionId=cn-beijing ReplicaPairId=pair-2";
const GROUP_AT_SOURCE: &str = "RegionId=cn-shanghai Version=2021-07-30 ReplicaGroupId=pg-1";
const GROUP_AT_TARGET: &str = "RegionId=cn-beijing Version=2021-07-30 ReplicaGroupId=pg-1";
const OTHER_GROUP_AT_SOURCE: &str = "RegionId=cn-shanghai ReplicaGroupId=pg-2";
const OTHER_GROUP_AT_TARGET: &str = "RegionId=cn-beijing ReplicaGroupId=pg-2";

pub fn all() -> Vec<Case> {
    let mut cases = pairs();
    cases.extend(labels());
    cases.extend(groups());
    cases.extend(drills());
    cases
}

fn pairs() -> Vec<Case> {
    let grouped = || fault("403 OperationDenied (E-623", "the pair is a member of a group", Before(GROUPED));
    let broken = |answer| fault(answer, "a status that does not allow it", Before(BROKEN));
    vec![
        case(
            "CreateDiskReplicaPair",
            PAIRS.replace("pair-1", "pair-7").replace("pair-2", "pair-8"),
            "RegionId=cn-shanghai Version=2021-07-30 SourceZoneId=cn-shanghai-a DiskId=s-5 DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b DestinationDiskId=t-5 fresh=pair-5",
            "RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DiskId=s-6 DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b DestinationDiskId=t-6 fresh=pair-6",
            vec![
                fault("404 NoSuchResource (E-013", "a disk that is gone", Before("observe disk s-5 removed")),
                fault(
                    "403 OperationDenied (E-012",
                    "a disk that is in use",
                    Parameter("DestinationDiskId", Some("t-1")),
                ),
            ],
        ),
        case(
            "StartDiskReplicaPair",
            PAIRS.into(),
            PAIR_AT_SOURCE,
            OTHER_AT_SOURCE,
            vec![
                unknown_pair("404 NoSuchResource (E-610"),
                third("404 NoSuchResource (E-620"),
                grouped(),
                broken("403 OperationDenied.InvalidStatus (E-113"),
                fault(
                    "400 OperationDenied.StandbyDeviceAttached (E-631",
                    "the secondary disk is attached",
                    Before("observe disk t-1 attached"),
                ),
            ],
        ),
        case(
            "StopDiskReplicaPair",
            format!(
                "{PAIRS}call StartDiskReplicaPair {OTHER_AT_SOURCE}\ncall StartDiskReplicaPair RegionId=cn-shanghai ReplicaPairId=pair-1\n"
            ),
            PAIR_AT_SOURCE,
            OTHER_AT_SOURCE,
            vec![
                unknown_pair("404 NoSuchResource (E-610"),
                third("404 NoSuchResource (E-620"),
                broken("403 OperationDenied.InvalidStatus (E-132"),
            ],
        ),
        case(
            "FailoverDiskReplicaPair",
            PAIRS.into(),
            PAIR_AT_TARGET,
            OTHER_AT_TARGET,
            vec![
                unknown_pair("404 NoSuchResource (E-610"),
                at(
                    "cn-shanghai",
                    "403 OperationDenied.OperateNotAllowedForPrimary (E-621",
                    "the primary disk's region",
                ),
                grouped(),
                broken("403 OperationDenied.InvalidStatus (E-210"),
                fault(
                    "403 OperationDenied.InvalidStatus (E-633",
                    "no recover point, where policy asks for one",
                    Policy(r#"{"ebs":{"failover_without_recover_point":"refuse"}}"#),
                ),
            ],
        ),
        case(
            "ReprotectDiskReplicaPair",
            format!(
                "{PAIRS}call FailoverDiskReplicaPair {OTHER_AT_TARGET}\ncall FailoverDiskReplicaPair RegionId=cn-beijing ReplicaPairId=pair-1\nreport 3 succeeded\nreport 4 succeeded\n"
            ),
            PAIR_AT_TARGET,
            OTHER_AT_TARGET,
            vec![
                unknown_pair("404 NoSuchResource (E-610"),
                at(
                    "cn-shanghai",
                    "403 OperationDenied.OperateNotAllowedForPrimary (E-621",
                    "the old primary disk's region",
                ),
                broken("403 OperationDenied.InvalidStatus (E-232"),
                fault(
                    "403 OperationDenied (E-632",
                    "the old primary disk is attached",
                    Before("observe disk s-1 attached"),
                ),
            ],
        ),
        case(
            "DeleteDiskReplicaPair",
            PAIRS.into(),
            PAIR_AT_SOURCE,
            OTHER_AT_SOURCE,
            vec![
                unknown_pair("404 NoSuchResource (E-610"),
                at("cn-beijing", "403 OperationDenied (E-622", "the secondary disk's region"),
                grouped(),
                fault(
                    "403 OperationDenied.InvalidStatus (E-253",
                    "a status that does not allow it",
                    Before("call FailoverDiskReplicaPair RegionId=cn-beijing ReplicaPairId=pair-1"),
                ),
            ],
        ),
        case(
            "ModifyDiskReplicaPair",
            PAIRS.into(),
            "RegionId=cn-shanghai Version=2021-07-30 ReplicaPairId=pair-1 EnableRtc=true",
            "RegionId=cn-shanghai ReplicaPairId=pair-2 PairName=other",
            vec![
                unknown_pair("404 NoSuchResource (E-610"),
                third("404 NoSuchResource (E-620"),
                grouped(),
                broken("403 OperationDenied.InvalidStatus (E-271"),
            ],
        ),
        case(
            "DescribeDiskReplicaPairProgress",
            PAIRS.into(),
            PAIR_AT_SOURCE,
            "",
            vec![unknown_pair("404 NoSuchResource (E-610"), third("404 NoSuchResource (E-620")],
        ),
        case(
            "DescribeDiskReplicaPairs",
            PAIRS.into(),
            "RegionId=cn-shanghai Version=2021-07-30",
            "",
            vec![fault(
                "400 InvalidParameter (E-601",
                "a parameter that cannot be read",
                Parameter("MaxResults", Some("0")),
            )],
        ),
    ]
}

fn labels() -> Vec<Case> {
    let unknown = |answer| {
        fault(answer, "a resource that is not known", Parameter("ResourceId.1", Some("pair-unknown")))
    };
    vec![
        case(
            "TagResources",
            PAIRS.into(),
            "RegionId=cn-shanghai Version=2021-07-30 ResourceType=diskreplicapair ResourceId.1=pair-1 Tag.1.Key=k Tag.1.Value=v",
            "RegionId=cn-shanghai ResourceType=diskreplicapair ResourceId.1=pair-2 Tag.1.Key=k Tag.1.Value=v",
            vec![unknown("404 InvalidResourceId.NotFound (E-701")],
        ),
        case(
            "UntagResources",
            PAIRS.into(),
            "RegionId=cn-shanghai Version=2021-07-30 ResourceType=diskreplicapair ResourceId.1=pair-1 TagKey.1=k",
            "RegionId=cn-shanghai ResourceType=diskreplicapair ResourceId.1=pair-2 TagKey.1=k",
            vec![unknown("404 InvalidResourceId.NotFound (E-701")],
        ),
        case(
            "ListTagResources",
            PAIRS.into(),
            "RegionId=cn-shanghai Version=2021-07-30 ResourceType=diskreplicapair ResourceId.1=pair-1",
            "",
            vec![],
        ),
        case(
            "ChangeResourceGroup",
            PAIRS.into(),
            "RegionId=cn-shanghai Version=2021-07-30 ResourceType=diskreplicapair ResourceId=pair-1 NewResourceGroupId=rg-1",
            "RegionId=cn-shanghai ResourceType=diskreplicapair ResourceId=pair-2 NewResourceGroupId=rg-1",
            vec![fault(
                "404 InvalidResourceId.NotFound (E-701",
                "a resource that is not known",
                Parameter("ResourceId", Some("pair-unknown")),
            )],
        ),
    ]
}

fn groups() -> Vec<Case> {
    let two = format!("{PAIRS}{GROUPS}{MEMBERS}");
    let stopped = format!("{two}{STOPPED}");
    let at_standby = |answer| at("cn-beijing", answer, "the region of the other site");
    let broken = |answer| {
        fault(answer, "a status that does not allow it", Before("observe group pg-1 invalid Broken"))
    };
    vec![
        case(
            "CreateDiskReplicaGroup",
            String::from("advance 1s\n"),
            "RegionId=cn-shanghai Version=2021-07-30 SourceZoneId=cn-shanghai-a DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b fresh=pg-5",
            "RegionId=cn-shanghai SourceZoneId=cn-shanghai-c DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b fresh=pg-6",
            vec![fault(
                "403 OperationDenied (E-010",
                "a region that policy does not have",
                Policy(r#"{"ebs":{"regions":["cn-shanghai"]}}"#),
            )],
        ),
        case(
            "ModifyDiskReplicaGroup",
            two.clone(),
            "RegionId=cn-shanghai Version=2021-07-30 ReplicaGroupId=pg-1 GroupName=one",
            "RegionId=cn-shanghai ReplicaGroupId=pg-2 GroupName=two",
            vec![
                unknown_group("404 NoSuchResource (G-610"),
                at_standby("403 OperationDenied.OperateNotAllowedForStandby (G-622"),
                broken("403 OperationDenied.InvalidStatus (G-271"),
            ],
        ),
        case(
            "StartDiskReplicaGroup",
            two.clone(),
            GROUP_AT_SOURCE,
            OTHER_GROUP_AT_SOURCE,
            vec![
                unknown_group("404 NoSuchResource (G-610"),
                at_standby("403 OperationDenied (G-622"),
                fault(
                    "403 OperationDenied.NoPairInGroup (G-670",
                    "a group without pairs",
                    Before(
                        "call RemoveDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-1 ReplicaPairId=pair-1",
                    ),
                ),
                broken("403 OperationDenied.InvalidStatus (G-112"),
                fault(
                    "400 OperationDenied.StandbyDeviceAttached (G-631",
                    "a secondary disk is attached",
                    Before("observe disk t-1 attached"),
                ),
            ],
        ),
        case(
            "StopDiskReplicaGroup",
            stopped.clone(),
            GROUP_AT_SOURCE,
            OTHER_GROUP_AT_SOURCE,
            vec![
                unknown_group("404 NoSuchResource (G-610"),
                at_standby("403 OperationDenied (G-622"),
                broken("403 OperationDenied.InvalidStatus (G-133"),
            ],
        ),
        case(
            "FailoverDiskReplicaGroup",
            stopped.clone(),
            GROUP_AT_TARGET,
            OTHER_GROUP_AT_TARGET,
            vec![
                unknown_group("404 NoSuchResource (G-610"),
                at(
                    "cn-shanghai",
                    "403 OperationDenied.OperateNotAllowedForPrimary (G-621",
                    "the source's region",
                ),
                fault(
                    "403 OperationDenied.NoPairInGroup (G-670",
                    "a group without pairs",
                    Before(
                        "call RemoveDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-1 ReplicaPairId=pair-1",
                    ),
                ),
                broken("403 OperationDenied.InvalidStatus (G-214"),
            ],
        ),
        case(
            "ReprotectDiskReplicaGroup",
            format!(
                "{stopped}call FailoverDiskReplicaGroup {OTHER_GROUP_AT_TARGET}\ncall FailoverDiskReplicaGroup RegionId=cn-beijing ReplicaGroupId=pg-1\nreport 7 succeeded\nreport 8 succeeded\n"
            ),
            GROUP_AT_TARGET,
            OTHER_GROUP_AT_TARGET,
            vec![
                unknown_group("404 NoSuchResource (G-610"),
                at(
                    "cn-shanghai",
                    "403 OperationDenied.OperateNotAllowedForPrimary (G-621",
                    "the source's region",
                ),
                broken("403 OperationDenied.InvalidStatus (G-232"),
                fault(
                    "403 OperationDenied (G-632",
                    "an old primary disk is attached",
                    Before("observe disk s-1 attached"),
                ),
            ],
        ),
        case(
            "DeleteDiskReplicaGroup",
            format!("{PAIRS}{GROUPS}"),
            GROUP_AT_SOURCE,
            OTHER_GROUP_AT_SOURCE,
            vec![
                unknown_group("404 NoSuchResource (G-610"),
                at_standby("403 OperationDenied (G-622"),
                fault(
                    "403 OperationDenied.GroupHasPair (G-671",
                    "a group with pairs",
                    Before(
                        "call AddDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-1 ReplicaPairId=pair-1",
                    ),
                ),
            ],
        ),
        case(
            "DescribeDiskReplicaGroups",
            format!("{PAIRS}{GROUPS}"),
            "RegionId=cn-shanghai Version=2021-07-30",
            "",
            vec![fault(
                "400 InvalidParameter (E-601",
                "a parameter that cannot be read",
                Parameter("MaxResults", Some("0")),
            )],
        ),
        case(
            "AddDiskReplicaPair",
            format!("{PAIRS}{GROUPS}"),
            "RegionId=cn-shanghai Version=2021-07-30 ReplicaGroupId=pg-1 ReplicaPairId=pair-1",
            "RegionId=cn-shanghai ReplicaGroupId=pg-2 ReplicaPairId=pair-2",
            vec![
                unknown_group("404 NoSuchResource (G-610"),
                unknown_pair("404 NoSuchResource (E-610"),
                at_standby("403 OperationDenied (G-622"),
                fault(
                    "403 OperationDenied.PairInAnotherGroup (G-680",
                    "a pair of another group",
                    Before(
                        "call AddDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-2 ReplicaPairId=pair-1",
                    ),
                ),
                broken("403 OperationDenied.GroupStatusCannotAddPair (G-281"),
                fault(
                    "403 OperationDenied.PairStatusCannotAddToGroup (E-281",
                    "a pair whose status does not allow it",
                    Before(BROKEN),
                ),
            ],
        ),
        case(
            "RemoveDiskReplicaPair",
            two.clone(),
            "RegionId=cn-shanghai Version=2021-07-30 ReplicaGroupId=pg-1 ReplicaPairId=pair-1",
            "RegionId=cn-shanghai ReplicaGroupId=pg-2 ReplicaPairId=pair-2",
            vec![
                unknown_group("404 NoSuchResource (G-610"),
                unknown_pair("404 NoSuchResource (E-610"),
                at_standby("403 OperationDenied (G-622"),
                fault(
                    "403 OperationDenied.NoPairInGroup (G-690",
                    "a group without pairs",
                    Before(
                        "call RemoveDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-1 ReplicaPairId=pair-1",
                    ),
                ),
                fault(
                    "403 OperationDenied.GroupStatusCannotRemovePair (G-291",
                    "a group whose status does not allow it",
                    Before("call StartDiskReplicaGroup RegionId=cn-shanghai ReplicaGroupId=pg-1"),
                ),
            ],
        ),
    ]
}

fn drills() -> Vec<Case> {
    let copied = format!("{PAIRS}{GROUPS}{MEMBERS}{STOPPED}");
    let drilled = format!(
        "{copied}call StartPairDrill RegionId=cn-beijing PairId=pair-1 fresh=drill-1:d-9\nreport 7 succeeded\n\
         call StartReplicaGroupDrill RegionId=cn-beijing GroupId=pg-1 fresh=pg-drill-1:d-8\nreport 8 succeeded\n"
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
                at_source("403 OperationDenied.StartDrillShouldOnDestRegion (D-621"),
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
            ],
        ),
        case(
            "DescribePairDrills",
            drilled.clone(),
            "RegionId=cn-beijing Version=2021-07-30 PairId=pair-1",
            "",
            vec![],
        ),
        case(
            "StartReplicaGroupDrill",
            copied,
            "RegionId=cn-beijing Version=2021-07-30 GroupId=pg-1 fresh=pg-drill-1:d-9",
            "RegionId=cn-beijing GroupId=pg-2 fresh=pg-drill-2:d-8",
            vec![
                no_group("404 NoSuchResource (D-610"),
                at_source("403 OperationDenied.StartDrillShouldOnDestRegion (D-621"),
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
            ],
        ),
        case(
            "DescribeReplicaGroupDrills",
            drilled,
            "RegionId=cn-beijing Version=2021-07-30 GroupId=pg-1",
            "",
            vec![],
        ),
    ]
}
