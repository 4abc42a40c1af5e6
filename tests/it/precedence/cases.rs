//! The operations of EBS on pairs.

use super::How::{Before, Parameter, Policy};
use super::{Case, Fault, fault, labels, together};

/// Two pairs, created.
pub const PAIRS: &str = "\
call CreateDiskReplicaPair RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DiskId=s-1 DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b DestinationDiskId=t-1 fresh=pair-1
report 1 succeeded
call CreateDiskReplicaPair RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DiskId=s-2 DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b DestinationDiskId=t-2 fresh=pair-2
report 2 succeeded
";

/// A third pair, the member of a group.
const MEMBER: &str = "\
call CreateDiskReplicaGroup RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b fresh=pg-9
report 3 succeeded
call CreateDiskReplicaPair RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DiskId=s-3 DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b DestinationDiskId=t-3 fresh=pair-3
report 4 succeeded
call AddDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-9 ReplicaPairId=pair-3
";

/// Pair 1 joins that group.
const GROUPED: &str = "call AddDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-9 ReplicaPairId=pair-1";

/// Pair 1 stops and joins it.
const STOPPED_AND_GROUPED: &str = "\
call StopDiskReplicaPair RegionId=cn-shanghai ReplicaPairId=pair-1
report 7 succeeded
call AddDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-9 ReplicaPairId=pair-1
";

/// Pair 1 is failed over and reversed.
const REVERSED: &str = "\
call FailoverDiskReplicaPair RegionId=cn-beijing ReplicaPairId=pair-1
report 5 succeeded
call ReprotectDiskReplicaPair RegionId=cn-beijing ReplicaPairId=pair-1
report 6 succeeded
";

/// A prepaid pair beside.
const PREPAID: &str = "\
call CreateDiskReplicaPair RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DiskId=s-4 DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b DestinationDiskId=t-4 ChargeType=PREPAY Period=1 fresh=pair-4
report 5 succeeded
";

pub const PLACES: super::How = Policy(r#"{"ebs":{"site_codes":"place"}}"#);

const IN_PLACE: super::How = Policy(r#"{"ebs":{"bandwidth_in_place":"changed"}}"#);

/// Only two regions have the feature.
pub const TWO_REGIONS: super::How = Policy(r#"{"ebs":{"regions":["cn-shanghai","cn-beijing"]}}"#);

const NO_REPEAT: super::How = Policy(r#"{"ebs":{"retry_after_failure":"refuse"}}"#);

const NOT_SUPERSEDED: super::How = Policy(r#"{"ebs":{"failover_while_busy":"refuse"}}"#);

const GROUP_LIST: super::How = Policy(r#"{"ebs":{"pair_failover":"group_allowlist"}}"#);

pub const DETACHED: super::How = Policy(r#"{"ebs":{"reverse_needs":"detached"}}"#);

const DELETING: &str = "call DeleteDiskReplicaPair RegionId=cn-shanghai ReplicaPairId=pair-1";

const BROKEN: &str = "observe pair pair-1 invalid DeviceRemoved\nobserve pair pair-3 invalid DeviceRemoved";

pub fn unknown_pair(rule: &'static str) -> Fault {
    fault(rule, "a pair that is not known", Parameter("ReplicaPairId", Some("pair-unknown")))
}

/// A token of a page, of no list that there is.
pub fn other_list(rule: &'static str) -> Fault {
    fault(rule, "a token of another list", Parameter("NextToken", Some("0000000000000000000000000000")))
}

pub fn third(rule: &'static str) -> Fault {
    fault(rule, "a region where neither end is", Parameter("RegionId", Some("cn-heyuan")))
}

pub fn at(region: &'static str, rule: &'static str, says: &'static str) -> Fault {
    fault(rule, says, Parameter("RegionId", Some(region)))
}

pub fn case(
    operation: &'static str,
    stage: String,
    call: &'static str,
    other: &'static str,
    faults: Vec<Fault>,
) -> Case {
    Case { operation, stage, call, other, faults }
}

/// Regions and zones between which nothing is replicated, in the order in which they are looked at.
pub fn unfit_places() -> Vec<Fault> {
    vec![
        together(
            "403 OperationDenied (E-010",
            "a source region that policy does not have",
            vec![TWO_REGIONS, Parameter("RegionId", Some("cn-heyuan"))],
        ),
        together(
            "403 OperationDenied (E-010",
            "a destination region that policy does not have",
            vec![TWO_REGIONS, Parameter("DestinationRegionId", Some("cn-heyuan"))],
        ),
        together(
            "403 OperationDenied (E-011",
            "one zone at both ends",
            vec![
                Parameter("DestinationRegionId", Some("cn-shanghai")),
                Parameter("DestinationZoneId", Some("cn-shanghai-a")),
            ],
        ),
        together(
            "403 OperationDenied (E-011",
            "one region at both ends, where policy refuses it",
            vec![
                Policy(r#"{"ebs":{"same_region_pairs":"refuse"}}"#),
                Parameter("DestinationRegionId", Some("cn-shanghai")),
                Parameter("DestinationZoneId", Some("cn-shanghai-b")),
            ],
        ),
    ]
}

const PAIR_AT_SOURCE: &str = "RegionId=cn-shanghai Version=2021-07-30 ReplicaPairId=pair-1";
const PAIR_AT_TARGET: &str = "RegionId=cn-beijing Version=2021-07-30 ReplicaPairId=pair-1";
const OTHER_AT_SOURCE: &str = "RegionId=cn-shanghai ReplicaPairId=pair-2";
const OTHER_AT_TARGET: &str = "RegionId=cn-beijing ReplicaPairId=pair-2";

pub fn all() -> Vec<Case> {
    let mut cases = pairs();
    cases.extend(labels::all());
    cases
}

fn pairs() -> Vec<Case> {
    let three = format!("{PAIRS}{MEMBER}");
    let grouped = || fault("403 OperationDenied (E-623", "the pair is a member of a group", Before(GROUPED));
    let broken = |answer| fault(answer, "a status that does not allow it", Before(BROKEN));
    let nowhere = || third("404 NoSuchResource (E-620");
    vec![
        case(
            "CreateDiskReplicaPair",
            PAIRS.replace("pair-1", "pair-7").replace("pair-2", "pair-8"),
            "RegionId=cn-shanghai Version=2021-07-30 SourceZoneId=cn-shanghai-a DiskId=s-5 DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b DestinationDiskId=t-5 fresh=pair-5",
            "RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DiskId=s-6 DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b DestinationDiskId=t-6 fresh=pair-6",
            [
                vec![
                together(
                    "400 InvalidParameter (E-015",
                    "a period of weeks, where policy has none",
                    vec![
                        Policy(r#"{"ebs":{"paid_periods":"months"}}"#),
                        Parameter("ChargeType", Some("PREPAY")),
                        Parameter("Period", Some("1")),
                        Parameter("PeriodUnit", Some("Week")),
                    ],
                ),
                together(
                    "400 InvalidParameter (E-015",
                    "a number of months that is no longer sold, where policy has the newest list",
                    vec![
                        Policy(r#"{"ebs":{"paid_periods":"months"}}"#),
                        Parameter("ChargeType", Some("PREPAY")),
                        Parameter("Period", Some("4")),
                    ],
                ),
                fault(
                    "400 InvalidParameter (E-016",
                    "a bandwidth for a postpaid pair",
                    Parameter("Bandwidth", Some("20480")),
                )
                .apart(&["E-015"]),
                ],
                unfit_places(),
                vec![
                together(
                    "403 OperationDenied (E-011",
                    "one disk at both ends",
                    vec![Parameter("DiskId", Some("t-5")), Parameter("DestinationDiskId", Some("t-5"))],
                ),
                fault(
                    "404 NoSuchResource (E-013",
                    "a source disk that is gone",
                    Before("observe disk s-5 removed"),
                ),
                fault(
                    "403 OperationDenied (E-012",
                    "a source disk that is in use",
                    Before(
                        "call CreateDiskReplicaPair RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DiskId=s-5 DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b DestinationDiskId=t-11 fresh=pair-11",
                    ),
                ),
                fault(
                    "404 NoSuchResource (E-013",
                    "a destination disk that is gone",
                    Before("observe disk t-5 removed"),
                ),
                fault(
                    "403 OperationDenied (E-012",
                    "a destination disk that is in use",
                    Before(
                        "call CreateDiskReplicaPair RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DiskId=s-12 DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b DestinationDiskId=t-5 fresh=pair-12",
                    ),
                ),
                ],
            ]
            .concat(),
        ),
        case(
            "StartDiskReplicaPair",
            three.clone(),
            PAIR_AT_SOURCE,
            OTHER_AT_SOURCE,
            vec![
                unknown_pair("404 NoSuchResource (E-610"),
                nowhere(),
                grouped(),
                broken("403 OperationDenied.InvalidStatus (E-113"),
                fault(
                    "403 OperationDenied.InvalidStatus (E-112",
                    "a pair that replicates already",
                    Before(
                        "call StartDiskReplicaPair RegionId=cn-shanghai ReplicaPairId=pair-1\nreport 5 succeeded",
                    ),
                ),
                together(
                    "403 OperationDenied.InvalidStatus (E-117",
                    "a status that does not allow one copy",
                    vec![Before(BROKEN), Parameter("OneShot", Some("true"))],
                ),
                together(
                    "403 OperationDenied.InvalidStatus (E-116",
                    "one copy that is under way already",
                    vec![
                        Before(
                            "call StartDiskReplicaPair RegionId=cn-shanghai ReplicaPairId=pair-1 OneShot=true",
                        ),
                        Parameter("OneShot", Some("true")),
                    ],
                ),
                fault(
                    "400 OperationDenied.StandbyDeviceAttached (E-631",
                    "the secondary disk is attached",
                    Before("observe disk t-1 attached"),
                ),
                together(
                    "403 OperationDenied.ManualSyncLimit (E-630",
                    "one copy too soon after another",
                    vec![
                        Before(
                            "call StartDiskReplicaPair RegionId=cn-shanghai ReplicaPairId=pair-1 OneShot=true\nreport 5 succeeded",
                        ),
                        Parameter("OneShot", Some("true")),
                    ],
                ),
            ],
        ),
        case(
            "StopDiskReplicaPair",
            format!(
                "{three}call StartDiskReplicaPair {OTHER_AT_SOURCE}\ncall StartDiskReplicaPair RegionId=cn-shanghai ReplicaPairId=pair-1\nreport 5 succeeded\nreport 6 succeeded\n"
            ),
            PAIR_AT_SOURCE,
            OTHER_AT_SOURCE,
            vec![
                unknown_pair("404 NoSuchResource (E-610"),
                nowhere(),
                fault(
                    "403 OperationDenied (E-623",
                    "the pair is a member of a group",
                    Before(STOPPED_AND_GROUPED),
                ),
                broken("403 OperationDenied.InvalidStatus (E-132"),
                together(
                    "403 OperationDenied.InvalidStatus (E-131",
                    "a stop that failed, where policy lets none be repeated",
                    vec![
                        NO_REPEAT,
                        Before(
                            "call StopDiskReplicaPair RegionId=cn-shanghai ReplicaPairId=pair-1\nreport 7 failed other",
                        ),
                    ],
                ),
            ],
        ),
        case(
            "FailoverDiskReplicaPair",
            three.clone(),
            PAIR_AT_TARGET,
            OTHER_AT_TARGET,
            vec![
                unknown_pair("404 NoSuchResource (E-610"),
                nowhere(),
                at(
                    "cn-shanghai",
                    "403 OperationDenied.OperateNotAllowedForPrimary (E-621",
                    "the primary disk's region",
                ),
                together(
                    "403 OperationDenied.OperateNotAllowedForStandby (E-624",
                    "the standby, where it is the source and policy names places",
                    vec![PLACES, Before(REVERSED)],
                )
                .apart(&["E-621"]),
                grouped(),
                broken("403 OperationDenied.InvalidStatus (E-210"),
                together(
                    "403 OperationDenied.InvalidStatus (E-214",
                    "a stop that is under way, where policy supersedes nothing",
                    vec![
                        NOT_SUPERSEDED,
                        Before(
                            "call StartDiskReplicaPair RegionId=cn-shanghai ReplicaPairId=pair-1\nreport 5 succeeded\ncall StopDiskReplicaPair RegionId=cn-shanghai ReplicaPairId=pair-1",
                        ),
                    ],
                ),
                together(
                    "403 OperationDenied.InvalidStatus (E-215",
                    "a creation, reprotect or deletion that is under way, where policy supersedes nothing",
                    vec![NOT_SUPERSEDED, Before(DELETING)],
                ),
                together(
                    "403 OperationDenied.InvalidStatus (E-215",
                    "a creation, reprotect or deletion that is under way, where policy has the list of groups",
                    vec![GROUP_LIST, Before(DELETING)],
                ),
                together(
                    "403 OperationDenied.InvalidStatus (E-216",
                    "a pair that never replicated or failed, where policy has the list of groups",
                    vec![GROUP_LIST],
                ),
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
                "{three}call FailoverDiskReplicaPair {OTHER_AT_TARGET}\ncall FailoverDiskReplicaPair RegionId=cn-beijing ReplicaPairId=pair-1\nreport 5 succeeded\nreport 6 succeeded\n"
            ),
            PAIR_AT_TARGET,
            OTHER_AT_TARGET,
            vec![
                unknown_pair("404 NoSuchResource (E-610"),
                nowhere(),
                at(
                    "cn-shanghai",
                    "403 OperationDenied.OperateNotAllowedForPrimary (E-621",
                    "the old primary disk's region",
                ),
                together(
                    "403 OperationDenied.OperateNotAllowedForStandby (E-624",
                    "the standby, where it is the source and policy names places",
                    vec![
                        PLACES,
                        Before(
                            "call ReprotectDiskReplicaPair RegionId=cn-beijing ReplicaPairId=pair-1\nreport 7 succeeded",
                        ),
                    ],
                )
                .apart(&["E-621", "E-623"]),
                fault(
                    "403 OperationDenied (E-623",
                    "the pair is a member of a group",
                    Parameter("ReplicaPairId", Some("pair-3")),
                ),
                broken("403 OperationDenied.InvalidStatus (E-232"),
                fault(
                    "403 OperationDenied.InvalidStatus (E-231",
                    "a reprotect that failed",
                    Before(
                        "call ReprotectDiskReplicaPair RegionId=cn-beijing ReplicaPairId=pair-1\nreport 7 failed other",
                    ),
                ),
                fault(
                    "403 OperationDenied (E-632",
                    "the old primary disk is attached",
                    Before("observe disk s-1 attached"),
                ),
                together(
                    "403 OperationDenied (E-632",
                    "the old primary disk is attached and down, where policy asks for a detached one",
                    vec![DETACHED, Before("observe disk s-1 attached\nobserve disk s-1 down")],
                ),
            ],
        ),
        case(
            "DeleteDiskReplicaPair",
            three.clone(),
            PAIR_AT_SOURCE,
            OTHER_AT_SOURCE,
            vec![
                unknown_pair("404 NoSuchResource (E-610"),
                nowhere(),
                at("cn-beijing", "403 OperationDenied (E-622", "the secondary disk's region"),
                grouped(),
                fault(
                    "403 OperationDenied.InvalidStatus (E-253",
                    "a status that does not allow it",
                    Before("call FailoverDiskReplicaPair RegionId=cn-beijing ReplicaPairId=pair-1"),
                ),
                together(
                    "403 OperationDenied.InvalidStatus (E-251",
                    "a pair that was never started, where policy does not let it be deleted",
                    vec![Policy(r#"{"ebs":{"delete_before_start":"refuse"}}"#)],
                ),
                together(
                    "403 OperationDenied.InvalidStatus (E-252",
                    "a deletion that failed, where policy lets none be repeated",
                    vec![
                        NO_REPEAT,
                        Before(
                            "call DeleteDiskReplicaPair RegionId=cn-shanghai ReplicaPairId=pair-1\nreport 5 failed other",
                        ),
                    ],
                ),
            ],
        ),
        case(
            "ModifyDiskReplicaPair",
            three.clone(),
            "RegionId=cn-shanghai Version=2021-07-30 ReplicaPairId=pair-1 EnableRtc=true",
            "RegionId=cn-shanghai ReplicaPairId=pair-2 PairName=other",
            vec![
                unknown_pair("404 NoSuchResource (E-610"),
                nowhere(),
                grouped(),
                broken("403 OperationDenied.InvalidStatus (E-271"),
                together(
                    "400 InvalidParameter (E-275",
                    "a bandwidth that is not sold, where policy lets it change",
                    vec![
                        IN_PLACE,
                        Before(PREPAID),
                        Parameter("ReplicaPairId", Some("pair-4")),
                        Parameter("Bandwidth", Some("1")),
                    ],
                )
                .apart(&["E-623", "E-271"]),
                together(
                    "400 InvalidParameter (E-016",
                    "a bandwidth for a postpaid pair, where policy lets it change",
                    vec![IN_PLACE, Parameter("Bandwidth", Some("20480"))],
                ),
            ],
        ),
        case(
            "DescribeDiskReplicaPairProgress",
            PAIRS.into(),
            PAIR_AT_SOURCE,
            "",
            vec![
                unknown_pair("404 NoSuchResource (E-610"),
                fault(
                    "404 NoSuchResource (E-610",
                    "a pair that is deleted",
                    Before(
                        "call DeleteDiskReplicaPair RegionId=cn-shanghai ReplicaPairId=pair-1\nreport 3 succeeded",
                    ),
                ),
                third("404 NoSuchResource (E-620"),
            ],
        ),
        case(
            "DescribeDiskReplicaPairs",
            PAIRS.into(),
            "RegionId=cn-shanghai Version=2021-07-30",
            "",
            vec![other_list("400 InvalidParameter (E-693")],
        ),
    ]
}
