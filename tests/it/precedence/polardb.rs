//! The operations of PolarDB.

use super::How::{Before, Parameter, Policy};
use super::cases::other_list;
use super::{Case, Fault, fault, networks, nodes, standby, together};

pub const CLASS: &str = "polar.mysql.x4.large";

/// Two clusters of four nodes, running, the first with a column-store node more; a third of an edition that has no readers to
/// fail over to, a fourth of another engine, a fifth that is a subscription; a network of the first with a sixth.
pub fn stage() -> String {
    let create = |rest: &str| {
        format!(
            "call CreateDBCluster RegionId=cn-hangzhou DBType=MySQL DBVersion=8.0 DBNodeClass={CLASS} PayType=Postpaid {rest}\n"
        )
    };
    [
        create("DBNodeNum=4 HotStandbyCluster=OFF fresh=pc-1:pi-w,pi-a,pi-b,pi-c"),
        "report 1 succeeded\n".into(),
        create("DBNodeNum=4 fresh=pc-2:pi-x,pi-d,pi-e,pi-f"),
        "report 2 succeeded\n".into(),
        create("CreationCategory=Basic fresh=pc-3:pi-g"),
        "report 3 succeeded\n".into(),
        create("fresh=pc-4:pi-h,pi-i")
            .replace("DBType=MySQL DBVersion=8.0", "DBType=PostgreSQL DBVersion=14"),
        "report 4 succeeded\n".into(),
        create("Period=Month UsedTime=1 fresh=pc-5:pi-l,pi-m").replace("Postpaid", "Prepaid"),
        "report 5 succeeded\n".into(),
        format!("call CreateDBNodes DBClusterId=pc-1 DBNode.1.TargetClass={CLASS} ImciSwitch=ON fresh=nodes:pi-v\n"),
        "report 6 succeeded\n".into(),
        "call CreateGlobalDatabaseNetwork DBClusterId=pc-1 fresh=gdn-1\n".into(),
        "report 7 succeeded\n".into(),
        create("CreationOption=CreateGdnStandby GDNId=gdn-1 fresh=pc-6:pi-n,pi-o"),
        "report 8 succeeded\n".into(),
    ]
    .concat()
}

/// The same, with more clusters: of the standard edition, a serverless one, and one over three zones.
pub fn wide_stage() -> String {
    let create = |rest: &str, effect: u8| {
        format!(
            "call CreateDBCluster RegionId=cn-hangzhou DBType=MySQL DBVersion=8.0 DBNodeClass={CLASS} PayType=Postpaid {rest}\nreport {effect} succeeded\n"
        )
    };
    [
        stage(),
        create("CreationCategory=SENormal fresh=pc-16:pi-160", 9),
        create("ServerlessType=AgileServerless ScaleMax=8 DBNodeNum=3 fresh=pc-17:pi-170,pi-171,pi-172", 10),
        create("StrictConsistency=ON DBNodeNum=3 fresh=pc-18:pi-180,pi-181,pi-182", 11),
    ]
    .concat()
}

/// Three secondaries more.
pub const FULL: &str = "\
call CreateDBCluster RegionId=cn-beijing DBType=MySQL DBVersion=8.0 DBNodeClass=polar.mysql.x4.large PayType=Postpaid DBNodeNum=1 CreationOption=CreateGdnStandby GDNId=gdn-1 fresh=pc-71:pi-71
call CreateDBCluster RegionId=cn-beijing DBType=MySQL DBVersion=8.0 DBNodeClass=polar.mysql.x4.large PayType=Postpaid DBNodeNum=1 CreationOption=CreateGdnStandby GDNId=gdn-1 fresh=pc-72:pi-72
call CreateDBCluster RegionId=cn-beijing DBType=MySQL DBVersion=8.0 DBNodeClass=polar.mysql.x4.large PayType=Postpaid DBNodeNum=1 CreationOption=CreateGdnStandby GDNId=gdn-1 fresh=pc-73:pi-73";

/// A cluster over three zones, being created.
pub const STRICT: &str = "call CreateDBCluster RegionId=cn-hangzhou DBType=MySQL DBVersion=8.0 DBNodeClass=polar.mysql.x4.large PayType=Postpaid StrictConsistency=ON DBNodeNum=3 fresh=pc-18:pi-180,pi-181,pi-182";

pub const BUSY: &str = "observe cluster pc-1 busy MinorVersionUpgrading";

pub fn unknown(answer: &'static str) -> Fault {
    fault(answer, "a cluster that is not known", Parameter("DBClusterId", Some("pc-unknown")))
}

pub fn no_node(name: &'static str, answer: &'static str) -> Fault {
    fault(answer, "a node that the cluster does not have", Parameter(name, Some("pi-unknown")))
}

pub fn busy(answer: &'static str) -> Fault {
    fault(answer, "a cluster that is busy", Before(BUSY))
}

pub fn case(operation: &'static str, call: &'static str, other: &'static str, faults: Vec<Fault>) -> Case {
    Case { operation, stage: stage(), call, other, faults }
}

pub fn wide(operation: &'static str, call: &'static str, other: &'static str, faults: Vec<Fault>) -> Case {
    Case { stage: wide_stage(), ..case(operation, call, other, faults) }
}

/// Forced, since a busy primary is not switched over otherwise.
pub fn locked(answer: &'static str) -> Fault {
    fault(
        answer,
        "a cluster whose network is locked",
        Before("call SwitchOverGlobalDatabaseNetwork GDNId=gdn-1 DBClusterId=pc-6 Forced=true"),
    )
}

pub fn all() -> Vec<Case> {
    let mut cases = clusters();
    cases.extend(nodes::all());
    cases.extend(networks::all());
    cases
}

pub fn on(cluster: &'static str) -> super::How {
    Parameter("DBClusterId", Some(cluster))
}

pub fn failover(operation: &'static str) -> Case {
    let no_target = together(
        "400 InvalidDBNodeId.Malformed (P-102",
        "no target, where the engine asks for one",
        vec![on("pc-4"), Parameter("TargetDBNodeId", None)],
    );
    case(
        operation,
        "Version=2017-08-01 DBClusterId=pc-1 TargetDBNodeId=pi-a",
        "DBClusterId=pc-2 TargetDBNodeId=pi-d",
        [
            vec![
                unknown("404 InvalidDBCluster.NotFound (P-100"),
                fault(
                    "403 OperationDenied.ClusterCategory (P-101",
                    "an edition that does not fail over",
                    on("pc-3"),
                ),
            ],
            // The page of the zonal twin does not ask for a target.
            if operation == "FailoverDBCluster" { vec![no_target] } else { vec![] },
            vec![
                no_node("TargetDBNodeId", "400 InvalidDBNodeId.Malformed (P-103"),
                fault(
                    "400 InvalidDBNodeId.Malformed (P-104",
                    "a target that is the primary",
                    Parameter("TargetDBNodeId", Some("pi-w")),
                ),
                fault(
                    "403 OperationDenied.DBNodeType (P-112",
                    "a target of a kind that cannot lead",
                    Parameter("TargetDBNodeId", Some("pi-v")),
                ),
                together(
                    "403 OperationDenied.DBNodeType (P-112",
                    "an ordinary target, where a standby node is asked for",
                    vec![
                        Parameter("TargetZoneType", Some("Standby")),
                        Parameter("TargetDBNodeId", Some("pi-a")),
                    ],
                ),
                together(
                    "400 HaStatusNotSupport (P-105",
                    "a cluster that is being created or released",
                    vec![
                        Before("call CreateDBCluster RegionId=cn-hangzhou DBType=MySQL DBVersion=8.0 DBNodeClass=polar.mysql.x4.large PayType=Postpaid DBNodeNum=3 fresh=pc-19:pi-190,pi-191,pi-192"),
                        on("pc-19"),
                        Parameter("TargetDBNodeId", Some("pi-191")),
                    ],
                ),
                fault(
                    "400 HaStatusNotSupport (P-105",
                    "a failover that is under way",
                    Before("call FailoverDBCluster DBClusterId=pc-1 TargetDBNodeId=pi-b"),
                )
                .apart(&["P-143"]),
                fault(
                    "400 HaStatusNotSupport (P-105",
                    "work on nodes that is under way",
                    Before("call RestartDBNodeZonal DBClusterId=pc-1 DBNodeId=pi-c"),
                ),
                busy("400 HaStatusNotSupport (P-105"),
                together(
                    "400 HaStatusNotSupport (P-108",
                    "no node in the hot-standby cluster",
                    vec![Parameter("TargetZoneType", Some("Standby")), Parameter("TargetDBNodeId", None)],
                ),
                fault(
                    "400 UnsupportHighFrequenceSwitchOver (P-106",
                    "another switch within the window",
                    Before("call FailoverDBCluster DBClusterId=pc-1 TargetDBNodeId=pi-b\nreport 9 succeeded\nadvance 11m\ncall FailoverDBCluster DBClusterId=pc-1 TargetDBNodeId=pi-w\nreport 10 succeeded"),
                ),
                fault(
                    "400 HaStatusNotSupport (P-113",
                    "a target that does not run",
                    Before("observe node pi-a down"),
                ),
                fault(
                    "400 UnsupportWitchUnhealthyReplication (P-114",
                    "a target whose replication is abnormal",
                    Before("observe node pi-a not-replicating"),
                ),
                together(
                    "400 UnsupportWitchUnhealthyReplication (P-114",
                    "no target, and no reader that replicates",
                    vec![Before("observe nodes pi-a,pi-b,pi-c not-replicating"), Parameter("TargetDBNodeId", None)],
                )
                .apart(&["P-113", "P-114"]),
                together(
                    "400 HaStatusNotSupport (P-143",
                    "no target, and nobody who can be elected",
                    vec![Before("observe nodes pi-a,pi-b,pi-c down"), Parameter("TargetDBNodeId", None)],
                )
                .apart(&["P-113", "P-114"]),
                together(
                    "400 HaStatusNotSupport (P-143",
                    "no target, and nobody in the writer's zone, where policy elects there alone",
                    vec![
                        Policy(r#"{"polardb":{"election_zone":"writers"}}"#),
                        Before("call CreateDBNodes DBClusterId=pc-2 DBNode.1.TargetClass=polar.mysql.x4.large DBNode.1.ZoneId=cn-hangzhou-b fresh=nodes:pi-z\nreport 9 succeeded\nobserve nodes pi-d,pi-e,pi-f down"),
                        on("pc-2"),
                        Parameter("TargetDBNodeId", None),
                    ],
                )
                .apart(&["P-105", "P-106", "P-113", "P-114", "P-143", "P-450"]),
                locked("400 HaStatusNotSupport (P-450"),
            ],
        ]
        .concat(),
    )
}

fn clusters() -> Vec<Case> {
    vec![
        case(
            "CreateDBCluster",
            "RegionId=cn-hangzhou Version=2017-08-01 DBType=MySQL DBVersion=8.0 DBNodeClass=polar.mysql.x4.large PayType=Postpaid CreationOption=CreateGdnStandby GDNId=gdn-1 fresh=pc-8:pi-1,pi-2",
            "RegionId=cn-hangzhou DBType=MySQL DBVersion=5.7 DBNodeClass=polar.mysql.x4.large PayType=Postpaid fresh=pc-9:pi-3,pi-4",
            vec![
                together(
                    "400 InvalidCreationCategory.Malformed (P-601",
                    "an edition that the version does not have",
                    vec![
                        Parameter("CreationCategory", Some("ArchiveNormal")),
                        Parameter("DBVersion", Some("5.7")),
                    ],
                ),
                fault(
                    "400 Location.FailedGetSubDomain (P-620",
                    "a zone of another region",
                    Parameter("ZoneId", Some("cn-beijing-a")),
                ),
                fault(
                    "400 InvalidHotStandbyCluster.Malformed (P-601",
                    "what stands by in the standard edition, for another edition",
                    Parameter("HotStandbyCluster", Some("STANDBY")),
                ),
                together(
                    "400 InvalidHotStandbyCluster.Malformed (P-601",
                    "a standby cluster that the edition does not have",
                    vec![
                        Parameter("CreationCategory", Some("ArchiveNormal")),
                        Parameter("HotStandbyCluster", Some("ON")),
                    ],
                )
                .apart(&["P-411"]),
                together(
                    "400 InvalidStandbyAZ.Malformed (P-601",
                    "a standby zone without a standby cluster",
                    vec![
                        Parameter("HotStandbyCluster", Some("OFF")),
                        Parameter("StandbyAZ", Some("cn-hangzhou-b")),
                    ],
                ),
                fault(
                    "400 InvalidStandbyAZ.Malformed (P-601",
                    "the primary zone as standby zone",
                    Parameter("StandbyAZ", Some("cn-hangzhou-a")),
                ),
                fault(
                    "400 MissingParameter (P-600",
                    "a VPC without vSwitch",
                    Parameter("VPCId", Some("vpc-1")),
                ),
                fault(
                    "400 InvalidScaleMax.Malformed (P-601",
                    "a serverless cluster that does not say how far it scales",
                    Parameter("ServerlessType", Some("AgileServerless")),
                ),
                fault(
                    "404 GDN.NotFound (P-460",
                    "a network that is not known",
                    Parameter("GDNId", Some("gdn-unknown")),
                ),
                together(
                    "400 InvalidEngineVersion.Unsupported (P-411",
                    "another engine than the primary's",
                    vec![
                        Before(
                            "call CreateGlobalDatabaseNetwork DBClusterId=pc-4 fresh=gdn-4\nreport 9 succeeded",
                        ),
                        Parameter("GDNId", Some("gdn-4")),
                    ],
                ),
                fault(
                    "400 InvalidEngineVersion.Unsupported (P-411",
                    "another version than the primary's",
                    Parameter("DBVersion", Some("5.7")),
                ),
                fault("400 MemberNumber.NotSupport (P-412", "four secondaries", Before(FULL)),
                locked("403 OperationDenied.DBClusterStatus (P-451"),
            ],
        ),
        case(
            "DeleteDBCluster",
            "Version=2017-08-01 DBClusterId=pc-2",
            "",
            vec![
                unknown("404 InvalidDBCluster.NotFound (P-100"),
                fault("403 OperationDenied.DBClusterPayType (P-022", "a subscription", on("pc-5")),
                fault(
                    "403 OperationDenied.DBClusterDeletionLock (P-021",
                    "a locked cluster",
                    Before("call ModifyDBClusterDeletion DBClusterId=pc-2 Protection=true"),
                ),
                fault(
                    "403 OperationDenied.ClusterStatus (P-020",
                    "a cluster that is busy",
                    Before("observe cluster pc-2 busy MinorVersionUpgrading"),
                ),
                fault(
                    "403 OperationDenied.OperateStatus (P-452",
                    "a cluster in a network",
                    Before("call CreateGlobalDatabaseNetwork DBClusterId=pc-2 fresh=gdn-2"),
                ),
            ],
        ),
        failover("FailoverDBCluster"),
        failover("FailoverDBClusterZonal"),
        case(
            "ModifyDBClusterPrimaryZone",
            "Version=2017-08-01 DBClusterId=pc-1 ZoneId=cn-hangzhou-i",
            "",
            vec![
                unknown("404 InvalidDBCluster.NotFound (P-100"),
                fault(
                    "400 MissingParameter (P-600",
                    "no `VSwitchId`, where the engine asks for one",
                    on("pc-4"),
                ),
                fault(
                    "400 InvalidZoneId.Same (P-260",
                    "the zone that it is in",
                    Parameter("ZoneId", Some("cn-hangzhou-a")),
                ),
                together(
                    "400 InvalidZoneId.Same (P-260",
                    "the standby zone that it has",
                    vec![
                        on("pc-2"),
                        Parameter("ZoneType", Some("Standby")),
                        Parameter("ZoneId", Some("cn-hangzhou-b")),
                    ],
                ),
                busy("403 OperationDenied.DBClusterStatus (P-202"),
                locked("403 OperationDenied.DBClusterStatus (P-450"),
            ],
        ),
        case(
            "ModifyDBClusterDeletion",
            "Version=2017-08-01 DBClusterId=pc-1 Protection=true",
            "",
            vec![
                unknown("404 InvalidDBCluster.NotFound (P-100"),
                locked("403 OperationDenied.DBClusterStatus (P-450"),
            ],
        ),
        case(
            "ModifyDBClusterMaintainTime",
            "Version=2017-08-01 DBClusterId=pc-1 MaintainTime=16:00Z-17:00Z",
            "",
            vec![
                unknown("404 InvalidDBCluster.NotFound (P-100"),
                locked("403 OperationDenied.DBClusterStatus (P-450"),
            ],
        ),
        Case { stage: wide_stage(), ..standby::modify() },
        Case { stage: wide_stage(), ..standby::arch() },
        case("DescribeDBClusters", "RegionId=cn-hangzhou Version=2017-08-01", "", vec![]),
        case(
            "DescribeDBClusterAttribute",
            "Version=2017-08-01 DBClusterId=pc-1",
            "",
            vec![unknown("404 InvalidDBCluster.NotFound (P-100")],
        ),
        case(
            "DescribeDbClusterAttributeZonal",
            "Version=2017-08-01 DBClusterId=pc-1",
            "",
            vec![unknown("404 InvalidDBCluster.NotFound (P-100")],
        ),
        case(
            "DescribeDBClusterEndpoints",
            "Version=2017-08-01 DBClusterId=pc-1",
            "",
            vec![unknown("404 InvalidDBCluster.NotFound (P-100")],
        ),
        case(
            "DescribeDBClusterEndpointsZonal",
            "Version=2017-08-01 DBClusterId=pc-1",
            "",
            vec![unknown("404 InvalidDBCluster.NotFound (P-100")],
        ),
        case(
            "DescribeDBClustersZonal",
            "RegionId=cn-hangzhou Version=2017-08-01",
            "",
            vec![other_list("400 InvalidNextToken.Malformed (P-117")],
        ),
        case("DescribePolarDbRegions", "Version=2017-08-01", "", vec![]),
        case(
            "DescribeHALogs",
            "Version=2017-08-01 DBClusterId=pc-1 StartTime=2026-01-01T00:00Z EndTime=2026-01-02T00:00Z LogType=HaSwitchLogList",
            "",
            vec![
                unknown("404 InvalidDBCluster.NotFound (P-100"),
                fault("400 InvalidDBType.Malformed (P-510", "an engine without such a log", on("pc-4")),
            ],
        ),
    ]
}
