//! The operations of PolarDB.

use super::super::How::{Before, Parameter};
use super::super::{Case, Fault, fault};

const CLASS: &str = "polar.mysql.x4.large";

/// Two clusters of four nodes, running; a third of an edition that has no readers to fail over to.
fn stage() -> String {
    let create = |rest: &str| {
        format!(
            "call CreateDBCluster RegionId=cn-hangzhou DBType=MySQL DBVersion=8.0 DBNodeClass={CLASS} PayType=Postpaid {rest}\n"
        )
    };
    [
        create("DBNodeNum=4 fresh=pc-1:pi-w,pi-a,pi-b,pi-c"),
        "report 1 succeeded\n".into(),
        create("DBNodeNum=4 fresh=pc-2:pi-x,pi-d,pi-e,pi-f"),
        "report 2 succeeded\n".into(),
    ]
    .concat()
}

const BUSY: &str = "observe cluster pc-1 busy MinorVersionUpgrading";

fn unknown(answer: &'static str) -> Fault {
    fault(answer, "a cluster that is not known", Parameter("DBClusterId", Some("pc-unknown")))
}

fn no_node(name: &'static str, answer: &'static str) -> Fault {
    fault(answer, "a node that the cluster does not have", Parameter(name, Some("pi-unknown")))
}

fn busy(answer: &'static str) -> Fault {
    fault(answer, "a cluster that is busy", Before(BUSY))
}

fn case(operation: &'static str, call: &'static str, other: &'static str, faults: Vec<Fault>) -> Case {
    Case { operation, stage: stage(), call, other, faults }
}

pub fn all() -> Vec<Case> {
    let mut cases = clusters();
    cases.extend(nodes());
    cases
}

fn failover(operation: &'static str) -> Case {
    case(
        operation,
        "Version=2017-08-01 DBClusterId=pc-1 TargetDBNodeId=pi-a",
        "DBClusterId=pc-2 TargetDBNodeId=pi-d",
        vec![
            unknown("404 InvalidDBCluster.NotFound (P-100"),
            no_node("TargetDBNodeId", "400 InvalidDBNodeId.Malformed (P-103"),
            busy("400 HaStatusNotSupport (P-105"),
            fault(
                "400 UnsupportHighFrequenceSwitchOver (P-106",
                "another switch within the window",
                Before("call FailoverDBCluster DBClusterId=pc-1 TargetDBNodeId=pi-b\nreport 3 succeeded"),
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
        ],
    )
}

fn clusters() -> Vec<Case> {
    vec![
        case(
            "CreateDBCluster",
            "RegionId=cn-hangzhou Version=2017-08-01 DBType=MySQL DBVersion=8.0 DBNodeClass=polar.mysql.x4.large PayType=Postpaid fresh=pc-5:pi-1,pi-2",
            "RegionId=cn-hangzhou DBType=MySQL DBVersion=5.7 DBNodeClass=polar.mysql.x4.large PayType=Postpaid fresh=pc-6:pi-3,pi-4",
            vec![],
        ),
        case(
            "DeleteDBCluster",
            "Version=2017-08-01 DBClusterId=pc-1",
            "",
            vec![
                unknown("404 InvalidDBCluster.NotFound (P-100"),
                fault(
                    "403 OperationDenied.DBClusterDeletionLock (P-021",
                    "a locked cluster",
                    Before("call ModifyDBClusterDeletion DBClusterId=pc-1 Protection=true"),
                ),
                busy("403 OperationDenied.ClusterStatus (P-020"),
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
                    "400 InvalidZoneId.Same (P-260",
                    "the zone that it is in",
                    Parameter("ZoneId", Some("cn-hangzhou-a")),
                ),
                busy("403 OperationDenied.DBClusterStatus (P-202"),
            ],
        ),
        case(
            "ModifyDBClusterDeletion",
            "Version=2017-08-01 DBClusterId=pc-1 Protection=true",
            "",
            vec![unknown("404 InvalidDBCluster.NotFound (P-100")],
        ),
        case("DescribeDBClusters", "RegionId=cn-hangzhou Version=2017-08-01", "", vec![]),
        case(
            "DescribeDBClusterAttribute",
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
            "DescribeHALogs",
            "Version=2017-08-01 DBClusterId=pc-1 StartTime=2026-01-01T00:00Z EndTime=2026-01-02T00:00Z LogType=HaSwitchLogList",
            "",
            vec![unknown("404 InvalidDBCluster.NotFound (P-100")],
        ),
    ]
}

fn nodes() -> Vec<Case> {
    vec![
        case(
            "ModifyDBNodeConfig",
            "Version=2017-08-01 DBClusterId=pc-1 DBNodeId=pi-a ConfigName=FailoverPriority ConfigValue=5",
            "",
            vec![
                unknown("404 InvalidDBClusterId.NotFound (P-100"),
                no_node("DBNodeId", "404 InvalidDBNodeId.NotFound (P-201"),
            ],
        ),
        case(
            "CreateDBNodes",
            "Version=2017-08-01 DBClusterId=pc-1 DBNode.1.TargetClass=polar.mysql.x4.large fresh=nodes:pi-7",
            "DBClusterId=pc-2 DBNode.1.TargetClass=polar.mysql.x4.large fresh=nodes:pi-8",
            vec![
                unknown("404 InvalidDBClusterId.NotFound (P-100"),
                busy("403 OperationDenied.DBClusterStatus (P-202"),
            ],
        ),
        case(
            "DeleteDBNodes",
            "Version=2017-08-01 DBClusterId=pc-1 DBNodeId.1=pi-c fresh=order:o-1",
            "DBClusterId=pc-2 DBNodeId.1=pi-f fresh=order:o-2",
            vec![
                unknown("404 InvalidDBClusterId.NotFound (P-100"),
                no_node("DBNodeId.1", "400 InvalidDBNode.Malformed (P-201"),
                busy("403 OperationDenied.DBClusterStatus (P-202"),
            ],
        ),
        case(
            "ModifyDBNodeClass",
            "Version=2017-08-01 DBClusterId=pc-1 ModifyType=Upgrade DBNodeTargetClass=polar.mysql.x8.large fresh=order:o-1",
            "DBClusterId=pc-2 ModifyType=Upgrade DBNodeTargetClass=polar.mysql.x8.large fresh=order:o-2",
            vec![
                unknown("404 InvalidDBCluster.NotFound (P-100"),
                busy("403 OperationDenied.DBClusterStatus (P-202"),
            ],
        ),
        case(
            "ModifyDBNodesClass",
            "Version=2017-08-01 DBClusterId=pc-1 ModifyType=Upgrade DBNode.1.DBNodeId=pi-b DBNode.1.TargetClass=polar.mysql.x8.large fresh=order:o-1",
            "DBClusterId=pc-2 ModifyType=Upgrade DBNode.1.DBNodeId=pi-d DBNode.1.TargetClass=polar.mysql.x8.large fresh=order:o-2",
            vec![
                unknown("404 InvalidDBCluster.NotFound (P-100"),
                no_node("DBNode.1.DBNodeId", "404 InvalidDBNodeId.NotFound (P-201"),
                busy("403 OperationDenied.DBClusterStatus (P-202"),
                fault(
                    "403 OperationDenied.RoEqualSpec (P-231",
                    "no reader of the writer's class would be left",
                    Before(
                        "call ModifyDBNodesClass DBClusterId=pc-1 ModifyType=Upgrade DBNode.1.DBNodeId=pi-a DBNode.1.TargetClass=polar.mysql.x8.large DBNode.2.DBNodeId=pi-c DBNode.2.TargetClass=polar.mysql.x8.large fresh=order:o-3\nreport 3 succeeded",
                    ),
                ),
            ],
        ),
        case(
            "RestartDBNode",
            "Version=2017-08-01 DBNodeId=pi-a",
            "",
            vec![
                no_node("DBNodeId", "400 InvalidDBNodeId.Malformed (P-240"),
                busy("403 OperationDenied.DBClusterStatus (P-202"),
            ],
        ),
        case(
            "ModifyDBNodeHotReplicaMode",
            "Version=2017-08-01 DBClusterId=pc-1 DBNodeId=pi-a HotReplicaMode=ON fresh=order:o-1",
            "",
            vec![
                unknown("404 InvalidDBCluster.NotFound (P-100"),
                no_node("DBNodeId", "404 InvalidDBNodeId.NotFound (P-201"),
                busy("403 OperationDenied.DBClusterStatus (P-202"),
            ],
        ),
    ]
}
