//! The operations of EBS on groups.

use super::How::{Before, Parameter, Policy};
use super::cases::{DETACHED, PAIRS, PLACES, at, case, other_list, third, unfit_places, unknown_pair};
use super::{Case, Fault, fault, together};

/// Two groups beside them, each with one of the pairs.
pub const GROUPS: &str = "\
call CreateDiskReplicaGroup RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b fresh=pg-1
report 3 succeeded
call CreateDiskReplicaGroup RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b fresh=pg-2
report 4 succeeded
";

pub const MEMBERS: &str = "\
call AddDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-1 ReplicaPairId=pair-1
call AddDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-2 ReplicaPairId=pair-2
";

/// Both groups have copied and are stopped.
pub const STOPPED: &str = "\
call StartDiskReplicaGroup RegionId=cn-shanghai ReplicaGroupId=pg-1 OneShot=true
call StartDiskReplicaGroup RegionId=cn-shanghai ReplicaGroupId=pg-2 OneShot=true
report 5 succeeded
report 6 succeeded
advance 20m
";

/// What a group is tried with beside groups 1 and 2: group 8 is being created, and in group 9 there is nobody.
pub const MORE_GROUPS: &str = "\
call CreateDiskReplicaGroup RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b fresh=pg-8
call CreateDiskReplicaGroup RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b fresh=pg-9
";

const GROUP_AT_SOURCE: &str = "RegionId=cn-shanghai Version=2021-07-30 ReplicaGroupId=pg-1";
const GROUP_AT_TARGET: &str = "RegionId=cn-beijing Version=2021-07-30 ReplicaGroupId=pg-1";
const OTHER_GROUP_AT_SOURCE: &str = "RegionId=cn-shanghai ReplicaGroupId=pg-2";
const OTHER_GROUP_AT_TARGET: &str = "RegionId=cn-beijing ReplicaGroupId=pg-2";

fn unknown_group(rule: &'static str) -> Fault {
    fault(rule, "a group that is not known", Parameter("ReplicaGroupId", Some("pg-unknown")))
}

/// Another pair, to whichever zone.
pub fn another(number: u32, zone: &str, then: &str) -> String {
    format!(
        "call CreateDiskReplicaPair RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DiskId=s-{number} DestinationRegionId=cn-beijing DestinationZoneId={zone} DestinationDiskId=t-{number} fresh=pair-{number}\n{then}\n"
    )
}

/// Groups 1 and 2 with nobody in them and the two pairs beside, a full group 9, and pairs that do not join: 5 is being
/// created, 6 has copied and stopped, 7 lies elsewhere.
fn crowd() -> String {
    let mut stage = format!("{PAIRS}{GROUPS}");
    stage.push_str(&another(6, "cn-beijing-b", "report 5 succeeded"));
    stage.push_str("call StartDiskReplicaPair RegionId=cn-shanghai ReplicaPairId=pair-6 OneShot=true\nreport 6 succeeded\n");
    stage.push_str(&another(7, "cn-beijing-c", "report 7 succeeded"));
    stage.push_str("call CreateDiskReplicaGroup RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b fresh=pg-9\nreport 8 succeeded\n");
    for number in 0..17 {
        let pair = 20 + number;
        let join = format!(
            "report {} succeeded\ncall AddDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-9 ReplicaPairId=pair-{pair}",
            9 + number
        );
        stage.push_str(&another(pair, "cn-beijing-b", &join));
    }
    stage.push_str(&another(5, "cn-beijing-b", ""));
    stage.replace("\n\n", "\n")
}

/// Pair 4 joins group 1, and breaks once both replicate.
const HALF_BROKEN: &str = "\
call AddDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-1 ReplicaPairId=pair-4
call StartDiskReplicaGroup RegionId=cn-shanghai ReplicaGroupId=pg-1
report 7 succeeded
observe pair pair-4 invalid Broken
";

/// A pair that has copied nothing joins group 1.
const UNCOPIED: &str = "\
call CreateDiskReplicaPair RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DiskId=s-3 DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b DestinationDiskId=t-3 fresh=pair-3
report 9 succeeded
call AddDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-1 ReplicaPairId=pair-3
";

/// Group 1 is copied, failed over and reversed.
const COPIED_AND_REVERSED: &str = "\
call StartDiskReplicaGroup RegionId=cn-shanghai ReplicaGroupId=pg-1 OneShot=true
report 5 succeeded
call FailoverDiskReplicaGroup RegionId=cn-beijing ReplicaGroupId=pg-1
report 6 succeeded
call ReprotectDiskReplicaGroup RegionId=cn-beijing ReplicaGroupId=pg-1
report 7 succeeded
";

/// A call at the source of group 1, which these commands reverse.
fn at_source_of_reversed(reversal: &'static str) -> Fault {
    let says = "the standby, where it is the source and policy names places";
    let code = "403 OperationDenied.OperateNotAllowedForStandby (G-623";
    together(code, says, vec![PLACES, Before(reversal)]).apart(&["G-621", "G-670"])
}

/// A call at the old production site of group 1, which these commands reverse.
fn at_old_site_of_reversed(code: &str, reversal: &'static str) -> Fault {
    let moves = Policy(r#"{"ebs":{"production_site":"current"}}"#);
    let says = "the old production site of a reversed group, where policy moves it";
    together(&format!("{code} (G-622"), says, vec![moves, Before(reversal)]).apart(&["G-622", "G-623"])
}

/// A pair of another account, beside the group of this one.
fn foreign_pair() -> Fault {
    together(
        "404 NoSuchResource (E-610",
        "a pair of another account",
        vec![
            Before(
                "call CreateDiskReplicaPair RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DiskId=s-50 DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b DestinationDiskId=t-50 fresh=pair-50 by=2000000000000000",
            ),
            Parameter("ReplicaPairId", Some("pair-50")),
        ],
    )
}

pub fn all() -> Vec<Case> {
    let two = format!("{PAIRS}{GROUPS}{MEMBERS}");
    let stopped = format!("{two}{STOPPED}");
    let nowhere = || third("404 NoSuchResource (G-620");
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
            unfit_places(),
        ),
        case(
            "ModifyDiskReplicaGroup",
            two.clone(),
            "RegionId=cn-shanghai Version=2021-07-30 ReplicaGroupId=pg-1 GroupName=one",
            "RegionId=cn-shanghai ReplicaGroupId=pg-2 GroupName=two",
            vec![
                unknown_group("404 NoSuchResource (G-610"),
                nowhere(),
                at_standby("403 OperationDenied.OperateNotAllowedForStandby (G-622"),
                together(
                    "403 OperationDenied.OperateNotAllowedForPrimary (G-623",
                    "the primary of a reversed group, where policy moves the production site and names places",
                    vec![
                        Policy(r#"{"ebs":{"production_site":"current","site_codes":"place"}}"#),
                        Before(COPIED_AND_REVERSED),
                    ],
                )
                .apart(&["G-622"]),
                at_old_site_of_reversed(
                    "403 OperationDenied.OperateNotAllowedForStandby",
                    COPIED_AND_REVERSED,
                ),
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
                nowhere(),
                at_standby("403 OperationDenied (G-622"),
                at_old_site_of_reversed("403 OperationDenied", COPIED_AND_REVERSED),
                fault(
                    "403 OperationDenied.NoPairInGroup (G-670",
                    "a group without pairs",
                    Before(
                        "call RemoveDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-1 ReplicaPairId=pair-1",
                    ),
                ),
                broken("403 OperationDenied.InvalidStatus (G-112"),
                together(
                    "403 OperationDenied.InvalidStatus (G-117",
                    "a status that does not allow one round",
                    vec![
                        Before("observe group pg-1 invalid Broken"),
                        Parameter("OneShot", Some("true")),
                    ],
                ),
                fault(
                    "400 OperationDenied.StandbyDeviceAttached (G-631",
                    "a secondary disk is attached",
                    Before("observe disk t-1 attached"),
                ),
                together(
                    "403 OperationDenied.ManualSyncLimit (G-630",
                    "one round too soon after another",
                    vec![
                        Before(
                            "call StartDiskReplicaGroup RegionId=cn-shanghai ReplicaGroupId=pg-1 OneShot=true\nreport 5 succeeded",
                        ),
                        Parameter("OneShot", Some("true")),
                    ],
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
                nowhere(),
                at_standby("403 OperationDenied (G-622"),
                at_old_site_of_reversed(
                    "403 OperationDenied",
                    "call FailoverDiskReplicaGroup RegionId=cn-beijing ReplicaGroupId=pg-1\nreport 7 succeeded\ncall ReprotectDiskReplicaGroup RegionId=cn-beijing ReplicaGroupId=pg-1\nreport 8 succeeded",
                ),
                broken("403 OperationDenied.InvalidStatus (G-133"),
            ],
        ),
        case(
            "FailoverDiskReplicaGroup",
            format!("{stopped}{MORE_GROUPS}"),
            GROUP_AT_TARGET,
            OTHER_GROUP_AT_TARGET,
            vec![
                unknown_group("404 NoSuchResource (G-610"),
                nowhere(),
                at(
                    "cn-shanghai",
                    "403 OperationDenied.OperateNotAllowedForPrimary (G-621",
                    "the source's region",
                ),
                at_source_of_reversed(
                    "call FailoverDiskReplicaGroup RegionId=cn-beijing ReplicaGroupId=pg-1\nreport 9 succeeded\ncall ReprotectDiskReplicaGroup RegionId=cn-beijing ReplicaGroupId=pg-1\nreport 10 succeeded",
                ),
                fault(
                    "403 OperationDenied.NoPairInGroup (G-670",
                    "a group without pairs",
                    Parameter("ReplicaGroupId", Some("pg-9")),
                ),
                broken("403 OperationDenied.InvalidStatus (G-214"),
                fault(
                    "403 OperationDenied.InvalidStatus (G-213",
                    "a reprotect that failed",
                    Before(
                        "call FailoverDiskReplicaGroup RegionId=cn-beijing ReplicaGroupId=pg-1\nreport 9 succeeded\ncall ReprotectDiskReplicaGroup RegionId=cn-beijing ReplicaGroupId=pg-1\nreport 10 failed other",
                    ),
                ),
                fault(
                    "403 OperationDenied.InvalidStatus (G-633",
                    "a member without a recover point",
                    Before(UNCOPIED),
                ),
            ],
        ),
        case(
            "ReprotectDiskReplicaGroup",
            format!(
                "{stopped}call FailoverDiskReplicaGroup {OTHER_GROUP_AT_TARGET}\ncall FailoverDiskReplicaGroup RegionId=cn-beijing ReplicaGroupId=pg-1\nreport 7 succeeded\nreport 8 succeeded\n{MORE_GROUPS}"
            ),
            GROUP_AT_TARGET,
            OTHER_GROUP_AT_TARGET,
            vec![
                unknown_group("404 NoSuchResource (G-610"),
                nowhere(),
                at(
                    "cn-shanghai",
                    "403 OperationDenied.OperateNotAllowedForPrimary (G-621",
                    "the source's region",
                ),
                at_source_of_reversed(
                    "call ReprotectDiskReplicaGroup RegionId=cn-beijing ReplicaGroupId=pg-1\nreport 11 succeeded",
                ),
                fault(
                    "403 OperationDenied.NoPairInGroup (G-670",
                    "a group without pairs",
                    Parameter("ReplicaGroupId", Some("pg-9")),
                ),
                broken("403 OperationDenied.InvalidStatus (G-232"),
                fault(
                    "403 OperationDenied.InvalidStatus (G-231",
                    "a reprotect that failed",
                    Before(
                        "call ReprotectDiskReplicaGroup RegionId=cn-beijing ReplicaGroupId=pg-1\nreport 11 failed other",
                    ),
                ),
                fault(
                    "403 OperationDenied (G-632",
                    "an old primary disk is attached",
                    Before("observe disk s-1 attached"),
                ),
                together(
                    "403 OperationDenied (G-632",
                    "an old primary disk is attached and down, where policy asks for detached ones",
                    vec![DETACHED, Before("observe disk s-1 attached\nobserve disk s-1 down")],
                ),
            ],
        ),
        case(
            "DeleteDiskReplicaGroup",
            format!("{PAIRS}{GROUPS}{MORE_GROUPS}"),
            GROUP_AT_SOURCE,
            OTHER_GROUP_AT_SOURCE,
            vec![
                unknown_group("404 NoSuchResource (G-610"),
                nowhere(),
                at_standby("403 OperationDenied (G-622"),
                at_old_site_of_reversed(
                    "403 OperationDenied",
                    "call AddDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-1 ReplicaPairId=pair-1\ncall StartDiskReplicaGroup RegionId=cn-shanghai ReplicaGroupId=pg-1 OneShot=true\nreport 7 succeeded\ncall FailoverDiskReplicaGroup RegionId=cn-beijing ReplicaGroupId=pg-1\nreport 8 succeeded\ncall ReprotectDiskReplicaGroup RegionId=cn-beijing ReplicaGroupId=pg-1\nreport 9 succeeded",
                )
                .apart(&["G-622", "G-252"]),
                fault(
                    "403 OperationDenied.GroupHasPair (G-671",
                    "a group with pairs",
                    Before(
                        "call AddDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-1 ReplicaPairId=pair-1",
                    ),
                ),
                fault(
                    "403 OperationDenied.InvalidStatus (G-252",
                    "a status that does not allow it",
                    Parameter("ReplicaGroupId", Some("pg-8")),
                )
                .apart(&["G-671"]),
            ],
        ),
        case(
            "DescribeDiskReplicaGroups",
            format!("{PAIRS}{GROUPS}"),
            "RegionId=cn-shanghai Version=2021-07-30",
            "",
            vec![other_list("400 InvalidParameter (E-693")],
        ),
        case(
            "AddDiskReplicaPair",
            crowd(),
            "RegionId=cn-shanghai Version=2021-07-30 ReplicaGroupId=pg-1 ReplicaPairId=pair-1",
            "RegionId=cn-shanghai ReplicaGroupId=pg-2 ReplicaPairId=pair-2",
            vec![
                unknown_group("404 NoSuchResource (G-610"),
                unknown_pair("404 NoSuchResource (E-610"),
                foreign_pair(),
                nowhere(),
                at_standby("403 OperationDenied (G-622"),
                at_old_site_of_reversed(
                    "403 OperationDenied",
                    "call CreateDiskReplicaPair RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DiskId=s-9 DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b DestinationDiskId=t-9 fresh=pair-9\nreport 27 succeeded\ncall AddDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-1 ReplicaPairId=pair-9\ncall StartDiskReplicaGroup RegionId=cn-shanghai ReplicaGroupId=pg-1 OneShot=true\nreport 28 succeeded\ncall FailoverDiskReplicaGroup RegionId=cn-beijing ReplicaGroupId=pg-1\nreport 29 succeeded\ncall ReprotectDiskReplicaGroup RegionId=cn-beijing ReplicaGroupId=pg-1\nreport 30 succeeded",
                )
                .apart(&["G-622", "G-686"]),
                fault(
                    "403 OperationDenied.PairInAnotherGroup (G-680",
                    "a pair of another group",
                    Parameter("ReplicaPairId", Some("pair-20")),
                ),
                fault(
                    "403 OperationDenied.GroupStatusCannotAddPair (G-281",
                    "a group whose status does not allow it",
                    Before("observe group pg-1 invalid Broken\nobserve group pg-9 invalid Broken"),
                ),
                fault(
                    "403 OperationDenied.PairInitializing (G-682",
                    "a pair that is being created",
                    Parameter("ReplicaPairId", Some("pair-5")),
                ),
                fault(
                    "403 OperationDenied.PairInitializing (G-682",
                    "a pair that is copied for the first time",
                    Before(
                        "call StartDiskReplicaPair RegionId=cn-shanghai ReplicaPairId=pair-1\ncall StartDiskReplicaPair RegionId=cn-shanghai ReplicaPairId=pair-7",
                    ),
                )
                .apart(&["E-281", "G-684"]),
                fault(
                    "403 OperationDenied.PairStatusCannotAddToGroup (E-281",
                    "a pair whose status does not allow it",
                    Before(
                        "observe pair pair-1 invalid Broken\nobserve pair pair-6 invalid Broken\nobserve pair pair-7 invalid Broken",
                    ),
                ),
                together(
                    "403 OperationDenied.PairGroupStatusConflict (G-684",
                    "another status than the group's, where policy asks for the same",
                    vec![
                        Policy(r#"{"ebs":{"join_statuses":"same"}}"#),
                        Parameter("ReplicaPairId", Some("pair-6")),
                    ],
                ),
                together(
                    "403 OperationDenied.PairGroupAZoneConflict (G-685",
                    "a pair from another place",
                    vec![
                        Before(
                            "call CreateDiskReplicaPair RegionId=cn-shanghai SourceZoneId=cn-shanghai-c DiskId=s-8 DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b DestinationDiskId=t-8 fresh=pair-8\nreport 27 succeeded",
                        ),
                        Parameter("ReplicaPairId", Some("pair-8")),
                    ],
                )
                .apart(&["E-281", "G-682"]),
                fault(
                    "403 OperationDenied.PairGroupAZoneConflict (G-685",
                    "a pair to another place",
                    Parameter("ReplicaPairId", Some("pair-7")),
                ),
                fault(
                    "403 OperationDenied.PairGroupAZoneConflict (G-685",
                    "a pair that copies the other way",
                    Before(
                        "call FailoverDiskReplicaPair RegionId=cn-beijing ReplicaPairId=pair-1\nreport 27 succeeded\ncall ReprotectDiskReplicaPair RegionId=cn-beijing ReplicaPairId=pair-1\nreport 28 succeeded",
                    ),
                ),
                fault(
                    "403 OperationDenied.PairsExceedInGroup (G-686",
                    "a group that is full",
                    Parameter("ReplicaGroupId", Some("pg-9")),
                )
                .apart(&["G-680"]),
            ],
        ),
        case(
            "RemoveDiskReplicaPair",
            format!(
                "{two}{}{}",
                another(3, "cn-beijing-b", "report 5 succeeded"),
                another(4, "cn-beijing-b", "report 6 succeeded")
            ),
            "RegionId=cn-shanghai Version=2021-07-30 ReplicaGroupId=pg-1 ReplicaPairId=pair-1",
            "RegionId=cn-shanghai ReplicaGroupId=pg-2 ReplicaPairId=pair-2",
            vec![
                unknown_group("404 NoSuchResource (G-610"),
                unknown_pair("404 NoSuchResource (E-610"),
                foreign_pair(),
                nowhere(),
                at_standby("403 OperationDenied (G-622"),
                at_old_site_of_reversed(
                    "403 OperationDenied",
                    "call StartDiskReplicaGroup RegionId=cn-shanghai ReplicaGroupId=pg-1 OneShot=true\nreport 7 succeeded\ncall FailoverDiskReplicaGroup RegionId=cn-beijing ReplicaGroupId=pg-1\nreport 8 succeeded\ncall ReprotectDiskReplicaGroup RegionId=cn-beijing ReplicaGroupId=pg-1\nreport 9 succeeded",
                ),
                fault(
                    "403 OperationDenied.NoPairInGroup (G-690",
                    "a group without pairs",
                    Before(
                        "call RemoveDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-1 ReplicaPairId=pair-1",
                    ),
                ),
                fault(
                    "403 OperationDenied.PairNotInGroup (G-691",
                    "a pair of no group",
                    Parameter("ReplicaPairId", Some("pair-3")),
                ),
                fault(
                    "403 OperationDenied.PairInAnotherGroup (G-692",
                    "a pair of another group",
                    Parameter("ReplicaPairId", Some("pair-2")),
                ),
                fault(
                    "403 OperationDenied.GroupStatusCannotRemovePair (G-291",
                    "a group whose status does not allow it",
                    Before("call StartDiskReplicaGroup RegionId=cn-shanghai ReplicaGroupId=pg-1"),
                ),
                fault(
                    "403 OperationDenied.PairStatusCannotRemoveFromGroup (G-693",
                    "a pair that replicates, in a group that shows another one as invalid",
                    Before(HALF_BROKEN),
                )
                .apart(&["G-690"]),
            ],
        ),
    ]
}
