//! The changes of a cluster and of its standby cluster.

use super::How::{Before, Parameter};
use super::polardb::{busy, case, locked, on, unknown};
use super::{Case, fault, together};

pub fn modify() -> Case {
    let drill = |answer, says, more: Vec<super::How>| {
        together(answer, says, [vec![Parameter("FaultSimulateMode", Some("1"))], more].concat())
    };
    case(
        "ModifyDBCluster",
        "Version=2017-08-01 DBClusterId=pc-2 StandbyHAMode=OFF fresh=order:o-1",
        "",
        vec![
            unknown("404 InvalidDBCluster.NotFound (P-100"),
            fault("400 InvalidEngine.Unsupported (P-610", "an engine without such features", on("pc-4")),
            drill(
                "403 OperationDenied.clusterSingleNodeLimit (P-610",
                "a drill of the single node edition",
                vec![on("pc-3"), Parameter("DBNodeCrashList", Some("pi-g"))],
            ),
            fault(
                "403 OperationDenied.ClusterCategory (P-610",
                "an edition without such features",
                on("pc-16"),
            ),
            fault("403 IncorrectDBInstance (P-612", "a cluster without standby cluster", on("pc-1")),
            drill(
                "404 InvalidParam (P-201",
                "a drill of a node that the cluster does not have",
                vec![Parameter("DBNodeCrashList", Some("pi-unknown"))],
            ),
            drill("403 InvalidParam.DBNodeNum (P-613", "a drill of no node", vec![]).apart(&["P-201"]),
            drill(
                "403 InvalidParam.DBNodeNum (P-613",
                "a drill of two nodes",
                vec![Parameter("DBNodeCrashList", Some("pi-d,pi-e"))],
            ),
            together(
                "403 InvalidParam.DBNodeNum (P-613",
                "a drill of the zone that names some of its nodes",
                vec![Parameter("FaultSimulateMode", Some("0")), Parameter("DBNodeCrashList", Some("pi-d"))],
            ),
            fault(
                "403 InvalidParam.NoChange (P-611",
                "nothing that would change",
                Parameter("StandbyHAMode", None),
            )
            .apart(&["P-610", "P-612"]),
            together(
                "403 InvalidParam.NoChange (P-611",
                "the mode of synchronisation that it is in",
                vec![Parameter("StandbyHAMode", None), Parameter("DataSyncMode", Some("AsyncSync"))],
            ),
            fault(
                "403 InvalidParam.NoChange (P-611",
                "the mode that it is in",
                Parameter("StandbyHAMode", Some("ON")),
            ),
            fault(
                "403 OperationDenied.DBClusterStatus (P-202",
                "a cluster that is busy",
                Before("observe cluster pc-2 busy MinorVersionUpgrading"),
            ),
            fault(
                "403 OperationDenied.DBClusterStatus (P-450",
                "a cluster whose network is locked",
                Before(
                    "call CreateGlobalDatabaseNetwork DBClusterId=pc-2 fresh=gdn-2\nreport 12 succeeded\ncall CreateDBCluster RegionId=cn-beijing DBType=MySQL DBVersion=8.0 DBNodeClass=polar.mysql.x4.large PayType=Postpaid DBNodeNum=1 CreationOption=CreateGdnStandby GDNId=gdn-2 fresh=pc-21:pi-21\nreport 13 succeeded\ncall SwitchOverGlobalDatabaseNetwork GDNId=gdn-2 DBClusterId=pc-21 Forced=true",
                ),
            ),
        ],
    )
}

pub fn arch() -> Case {
    case(
        "ModifyDBClusterArch",
        "Version=2017-08-01 DBClusterId=pc-1 HotStandbyCluster=on fresh=order:o-1",
        "",
        vec![
            unknown("404 InvalidDBCluster.NotFound (P-100"),
            fault(
                "400 MissingParameter (P-600",
                "compute standby without a zone",
                Parameter("HotStandbyCluster", Some("equal")),
            )
            .apart(&["P-601"]),
            fault(
                "403 OperationDenied.ClusterCategory (P-018",
                "an edition that cannot have it",
                on("pc-16"),
            ),
            fault("400 StandbyClusterTurnOn (P-614", "a standby cluster that is there", on("pc-2")),
            together(
                "400 StandbyClusterTurnOn (P-614",
                "a standby cluster with compute nodes that is there",
                vec![
                    Before(
                        "call ModifyDBClusterArch DBClusterId=pc-1 HotStandbyCluster=equal StandbyAZ=cn-hangzhou-b fresh=order:o-2\nreport 12 succeeded",
                    ),
                    Parameter("HotStandbyCluster", Some("equal")),
                    Parameter("StandbyAZ", Some("cn-hangzhou-b")),
                ],
            ),
            fault(
                "400 StandbyClusterTurnOn (P-614",
                "standby nodes that are there",
                Before(
                    "call CreateDBNodes DBClusterId=pc-1 DBNode.1.TargetClass=polar.mysql.x4.large DBNodeType=STANDBY fresh=nodes:pi-s\nreport 12 succeeded",
                ),
            ),
            together(
                "400 InvalidStandbyAZ.Malformed (P-601",
                "another zone than it has its standby cluster in",
                vec![
                    on("pc-2"),
                    Parameter("HotStandbyCluster", Some("equal")),
                    Parameter("StandbyAZ", Some("cn-hangzhou-k")),
                ],
            )
            .apart(&["P-614"]),
            fault(
                "400 InvalidStandbyAZ.Malformed (P-601",
                "the primary zone",
                Parameter("StandbyAZ", Some("cn-hangzhou-a")),
            ),
            busy("403 OperationDenied.DBClusterStatus (P-202"),
            locked("403 OperationDenied.DBClusterStatus (P-450"),
        ],
    )
}
