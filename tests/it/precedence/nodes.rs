//! The operations on nodes, zones and the lock of PolarDB.

use super::How::{Before, Parameter};
use super::polardb::{CLASS, STRICT, busy, case, locked, no_node, on, unknown, wide};
use super::{Case, fault, together};

pub fn all() -> Vec<Case> {
    vec![
        case(
            "ModifyDBNodeConfig",
            "Version=2017-08-01 DBClusterId=pc-1 DBNodeId=pi-a ConfigName=FailoverPriority ConfigValue=5",
            "",
            vec![
                unknown("404 InvalidDBClusterId.NotFound (P-100"),
                no_node("DBNodeId", "404 InvalidDBNodeId.NotFound (P-201"),
                locked("403 OperationDenied.DBClusterStatus (P-450"),
            ],
        ),
        wide(
            "CreateDBNodes",
            "Version=2017-08-01 DBClusterId=pc-1 DBNode.1.TargetClass=polar.mysql.x4.large fresh=nodes:pi-7",
            "DBClusterId=pc-2 DBNode.1.TargetClass=polar.mysql.x4.large fresh=nodes:pi-8",
            vec![
                unknown("404 InvalidDBClusterId.NotFound (P-100"),
                fault("403 OperationDenied.ClusterCategory (P-101", "an edition without readers", on("pc-3")),
                fault("403 OperationDenied.ServerlessDbNode (P-625", "a serverless cluster", on("pc-17")),
                fault(
                    "400 OperationDenied.CreateDBNodesWithStrictConsistencyOn (P-626",
                    "a cluster over three zones",
                    on("pc-18"),
                ),
                together(
                    "400 InvalidDBNodeNum.Malformed (P-212",
                    "two nodes, where the engine takes one",
                    vec![on("pc-4"), Parameter("DBNode.2.TargetClass", Some(CLASS))],
                )
                .apart(&["P-600"]),
                together(
                    "400 InvalidDBNode.Malformed (P-214",
                    "no class, where the engine asks for one",
                    vec![
                        on("pc-4"),
                        Parameter("DBNode.1.TargetClass", None),
                        Parameter("DBNode.1.ZoneId", Some("cn-hangzhou-a")),
                    ],
                ),
                fault(
                    "400 InvalidDBNode.Malformed (P-214",
                    "a class that no node has",
                    Parameter("DBNode.1.TargetClass", Some("polar.mysql.x9.large")),
                ),
                together(
                    "400 InvalidZoneId.Malformed (P-601",
                    "a zone that the cluster is not in",
                    vec![
                        Parameter("DBNode.1.TargetClass", Some(CLASS)),
                        Parameter("DBNode.1.ZoneId", Some("cn-hangzhou-z")),
                    ],
                ),
                together(
                    "400 InvalidImciSwitch.Malformed (P-601",
                    "a column-store node, where the engine has none",
                    vec![on("pc-4"), Parameter("ImciSwitch", Some("ON"))],
                )
                .apart(&["P-210"]),
                together(
                    "400 InvalidImciSwitch.Malformed (P-601",
                    "a column-store node without an ordinary reader beside it",
                    vec![on("pc-16"), Parameter("ImciSwitch", Some("ON"))],
                ),
                together(
                    "400 InvalidDBNodeNum.Malformed (P-210",
                    "more nodes than the standard edition has",
                    vec![
                        on("pc-16"),
                        Parameter("DBNode.2.TargetClass", Some(CLASS)),
                        Parameter("DBNode.3.TargetClass", Some(CLASS)),
                        Parameter("DBNode.4.TargetClass", Some(CLASS)),
                        Parameter("DBNode.5.TargetClass", Some(CLASS)),
                        Parameter("DBNode.6.TargetClass", Some(CLASS)),
                        Parameter("DBNode.7.TargetClass", Some(CLASS)),
                        Parameter("DBNode.8.TargetClass", Some(CLASS)),
                    ],
                )
                .apart(&["P-600"]),
                together(
                    "400 InvalidDBNodeNum.Malformed (P-210",
                    "more nodes than a cluster has",
                    vec![
                        Parameter("DBNode.1.TargetClass", Some(CLASS)),
                        Parameter("DBNode.2.TargetClass", Some(CLASS)),
                        Parameter("DBNode.3.TargetClass", Some(CLASS)),
                        Parameter("DBNode.4.TargetClass", Some(CLASS)),
                        Parameter("DBNode.5.TargetClass", Some(CLASS)),
                        Parameter("DBNode.6.TargetClass", Some(CLASS)),
                        Parameter("DBNode.7.TargetClass", Some(CLASS)),
                        Parameter("DBNode.8.TargetClass", Some(CLASS)),
                        Parameter("DBNode.9.TargetClass", Some(CLASS)),
                        Parameter("DBNode.10.TargetClass", Some(CLASS)),
                        Parameter("DBNode.11.TargetClass", Some(CLASS)),
                        Parameter("DBNode.12.TargetClass", Some(CLASS)),
                    ],
                ),
                busy("403 OperationDenied.DBClusterStatus (P-202"),
                locked("403 OperationDenied.DBClusterStatus (P-450"),
            ],
        ),
        wide(
            "DeleteDBNodes",
            "Version=2017-08-01 DBClusterId=pc-1 DBNodeId.1=pi-c fresh=order:o-1",
            "DBClusterId=pc-2 DBNodeId.1=pi-f fresh=order:o-2",
            vec![
                unknown("404 InvalidDBClusterId.NotFound (P-100"),
                fault("403 OperationDenied.ServerlessDbNode (P-625", "a serverless cluster", on("pc-17")),
                fault(
                    "400 OperationDenied.DeleteDBNodesWithStrictConsistencyOn (P-626",
                    "a cluster over three zones",
                    on("pc-18"),
                ),
                together(
                    "400 InvalidDBNodeNum.Malformed (P-212",
                    "two nodes, where the engine takes one",
                    vec![on("pc-4"), Parameter("DBNodeId.2", Some("pi-k"))],
                )
                .apart(&["P-600"]),
                no_node("DBNodeId.1", "400 InvalidDBNode.Malformed (P-201"),
                fault(
                    "400 InvalidDBNode.Malformed (P-220",
                    "a node that is named twice",
                    Parameter("DBNodeId.2", Some("pi-c")),
                )
                .apart(&["P-600", "P-221"]),
                fault(
                    "400 InvalidDBNode.Malformed (P-220",
                    "a node of another type than is said",
                    Parameter("DBNodeType", Some("STANDBY")),
                ),
                fault(
                    "403 OperationDenied.DBNodeRole (P-221",
                    "the primary",
                    Parameter("DBNodeId.1", Some("pi-w")),
                ),
                together(
                    "400 InvalidDBNodeNum.Malformed (P-222",
                    "too few readers would be left",
                    vec![Parameter("DBNodeId.2", Some("pi-a")), Parameter("DBNodeId.3", Some("pi-b"))],
                )
                .apart(&["P-600"]),
                busy("403 OperationDenied.DBClusterStatus (P-202"),
                locked("403 OperationDenied.DBClusterStatus (P-450"),
            ],
        ),
        case(
            "ModifyDBNodeClass",
            "Version=2017-08-01 DBClusterId=pc-1 ModifyType=Upgrade DBNodeTargetClass=polar.mysql.x8.large fresh=order:o-1",
            "DBClusterId=pc-2 ModifyType=Upgrade DBNodeTargetClass=polar.mysql.x8.large fresh=order:o-2",
            vec![
                unknown("404 InvalidDBCluster.NotFound (P-100"),
                fault(
                    "400 InvalidDBNodeType.Malformed (P-601",
                    "a type of which the cluster has no node",
                    Parameter("DBNodeType", Some("DLNode")),
                ),
                together(
                    "400 OperationDenied.ModifyDBNodeClassWithStrictConsistencyOn (P-626",
                    "a cluster over three zones",
                    vec![Before(STRICT), on("pc-18")],
                ),
                busy("403 OperationDenied.DBClusterStatus (P-202"),
                locked("403 OperationDenied.DBClusterStatus (P-450"),
            ],
        ),
        case(
            "ModifyDBNodesClass",
            "Version=2017-08-01 DBClusterId=pc-1 ModifyType=Upgrade DBNode.1.DBNodeId=pi-b DBNode.1.TargetClass=polar.mysql.x8.large fresh=order:o-1",
            "DBClusterId=pc-2 ModifyType=Upgrade DBNode.1.DBNodeId=pi-d DBNode.1.TargetClass=polar.mysql.x8.large fresh=order:o-2",
            vec![
                unknown("404 InvalidDBCluster.NotFound (P-100"),
                no_node("DBNode.1.DBNodeId", "404 InvalidDBNodeId.NotFound (P-201"),
                together(
                    "400 InvalidDBNode.Malformed (P-220",
                    "a node that is named twice",
                    vec![
                        Parameter("DBNode.2.DBNodeId", Some("pi-b")),
                        Parameter("DBNode.2.TargetClass", Some("polar.mysql.x8.large")),
                    ],
                )
                .apart(&["P-600"]),
                together(
                    "400 OperationDenied.ModifyDBNodeClassWithStrictConsistencyOn (P-626",
                    "a cluster over three zones",
                    vec![Before(STRICT), on("pc-18"), Parameter("DBNode.1.DBNodeId", Some("pi-181"))],
                )
                .apart(&["P-220"]),
                fault(
                    "403 OperationDenied.RoEqualSpec (P-231",
                    "no reader of the writer's class would be left",
                    Before(
                        "call ModifyDBNodesClass DBClusterId=pc-1 ModifyType=Upgrade DBNode.1.DBNodeId=pi-a DBNode.1.TargetClass=polar.mysql.x8.large DBNode.2.DBNodeId=pi-c DBNode.2.TargetClass=polar.mysql.x8.large fresh=order:o-3\nreport 9 succeeded",
                    ),
                ),
                together(
                    "404 InvalidDBInstanceClass.NotFound (P-232",
                    "a hot replica of another class than the primary's",
                    vec![Before(
                        "call ModifyDBNodeHotReplicaMode DBClusterId=pc-1 DBNodeId=pi-b HotReplicaMode=ON fresh=order:o-4\nreport 9 succeeded",
                    )],
                ),
                busy("403 OperationDenied.DBClusterStatus (P-202"),
                locked("403 OperationDenied.DBClusterStatus (P-450"),
            ],
        ),
        case(
            "RestartDBNode",
            "Version=2017-08-01 DBNodeId=pi-a",
            "",
            vec![
                fault(
                    "400 InvalidDBNodeId.Malformed (P-240",
                    "a node that is not known",
                    Parameter("DBNodeId", Some("pi-unknown")),
                ),
                busy("403 OperationDenied.DBClusterStatus (P-202"),
                locked("403 OperationDenied.DBClusterStatus (P-450"),
            ],
        ),
        case(
            "RestartDBNodeZonal",
            "Version=2017-08-01 DBClusterId=pc-1 DBNodeId=pi-a",
            "DBClusterId=pc-2 DBNodeId=pi-d",
            vec![
                unknown("404 InvalidDBCluster.NotFound (P-100"),
                no_node("DBNodeId", "400 InvalidDBNodeId.Malformed (P-201"),
                busy("403 OperationDenied.DBClusterStatus (P-202"),
                locked("403 OperationDenied.DBClusterStatus (P-450"),
            ],
        ),
        case(
            "ModifyDBNodeHotReplicaMode",
            "Version=2017-08-01 DBClusterId=pc-1 DBNodeId=pi-a HotReplicaMode=ON fresh=order:o-1",
            "",
            vec![
                unknown("404 InvalidDBCluster.NotFound (P-100"),
                fault("400 InvalidDBType.Malformed (P-250", "an engine that does not have it", on("pc-4")),
                no_node("DBNodeId", "404 InvalidDBNodeId.NotFound (P-201"),
                fault(
                    "400 InvalidDBNodeId.Malformed (P-251",
                    "the primary",
                    Parameter("DBNodeId", Some("pi-w")),
                ),
                fault(
                    "400 InvalidDBNodeId.Malformed (P-251",
                    "a node of a kind that cannot be one",
                    Parameter("DBNodeId", Some("pi-v")),
                ),
                fault(
                    "404 InvalidDBInstanceClass.NotFound (P-252",
                    "a node of another class than the primary's",
                    Before(
                        "call ModifyDBNodesClass DBClusterId=pc-1 ModifyType=Upgrade DBNode.1.DBNodeId=pi-a DBNode.1.TargetClass=polar.mysql.x8.large fresh=order:o-3\nreport 9 succeeded",
                    ),
                ),
                busy("403 OperationDenied.DBClusterStatus (P-202"),
                locked("403 OperationDenied.DBClusterStatus (P-450"),
            ],
        ),
    ]
}
