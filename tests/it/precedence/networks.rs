//! The operations on global database networks.

use super::How::{Before, Parameter, Policy};
use super::polardb::{self, on, unknown};
use super::{Case, Fault, fault, together};

fn create(rest: &str) -> String {
    format!("call CreateDBCluster RegionId=cn-beijing PayType=Postpaid DBNodeNum=1 {rest}\n")
}

/// Beside the network `gdn-1` of `pc-1` and `pc-6`: a cluster of an older version.
fn stage() -> String {
    let older = create("DBType=MySQL DBVersion=5.7 DBNodeClass=polar.mysql.x4.large fresh=pc-7:pi-p");
    [polardb::stage(), older, "report 9 succeeded\n".into()].concat()
}

/// And a network without a secondary, and one of another engine.
fn with_networks() -> String {
    [
        stage(),
        "call CreateGlobalDatabaseNetwork DBClusterId=pc-2 fresh=gdn-2\n".into(),
        "report 10 succeeded\n".into(),
        "call CreateGlobalDatabaseNetwork DBClusterId=pc-4 fresh=gdn-4\n".into(),
        "report 11 succeeded\n".into(),
        create("DBType=PostgreSQL DBVersion=14 DBNodeClass=polar.pg.x4.large CreationOption=CreateGdnStandby GDNId=gdn-4 fresh=pc-10:pi-q,pi-q2"),
        "report 12 succeeded\n".into(),
    ]
    .concat()
}

fn case(operation: &'static str, call: &'static str, faults: Vec<Fault>) -> Case {
    Case { operation, stage: with_networks(), call, other: "", faults }
}

fn no_network(answer: &'static str) -> Fault {
    fault(answer, "a network that is not known", Parameter("GDNId", Some("gdn-unknown")))
}

/// A cluster of another account, beside the network of this one.
fn foreign_cluster() -> Fault {
    together(
        "404 InvalidDBCluster.NotFound (P-100",
        "a cluster of another account",
        vec![
            Before(
                "call CreateDBCluster RegionId=cn-beijing DBType=MySQL DBVersion=8.0 DBNodeClass=polar.mysql.x4.large PayType=Postpaid DBNodeNum=1 fresh=pc-50:pi-50 by=2000000000000000",
            ),
            on("pc-50"),
        ],
    )
}

const STATUS: &str = "403 OperationDenied.DBClusterStatus";

fn status(rule: &str, says: &str, before: &'static str) -> Fault {
    fault(&format!("{STATUS} ({rule}"), says, Before(before))
}

pub fn all() -> Vec<Case> {
    vec![
        Case {
            operation: "CreateGlobalDatabaseNetwork",
            stage: stage(),
            call: "Version=2017-08-01 DBClusterId=pc-7 fresh=gdn-9",
            other: "",
            faults: vec![
                unknown("404 InvalidDBCluster.NotFound (P-100"),
                fault("400 MemberIns.Exist (P-401", "a cluster in a network", on("pc-1")),
                together(
                    "400 InvalidEngineVersion.Unsupported (P-402",
                    "a version without networks",
                    vec![
                        Before(
                            "call CreateDBCluster RegionId=cn-beijing PayType=Postpaid DBType=PostgreSQL DBVersion=15 DBNodeClass=polar.pg.x4.large fresh=pc-15:pi-15,pi-15b",
                        ),
                        on("pc-15"),
                    ],
                ),
                fault(
                    "400 InvalidEngineVersion.Unsupported (P-402",
                    "a version without networks, where policy has those of the reference",
                    Policy(r#"{"polardb":{"network_engines":"reference"}}"#),
                ),
                status("P-403", "a cluster that is busy", "observe cluster pc-7 busy MinorVersionUpgrading"),
            ],
        },
        case(
            "DeleteGlobalDatabaseNetwork",
            "Version=2017-08-01 GDNId=gdn-2",
            vec![
                no_network("404 GDN.NotFound (P-460"),
                fault(
                    "400 MemberNumber.NotSupport (P-430",
                    "a network with a secondary",
                    Before(
                        "call CreateDBCluster RegionId=cn-beijing DBType=MySQL DBVersion=8.0 DBNodeClass=polar.mysql.x4.large PayType=Postpaid DBNodeNum=1 CreationOption=CreateGdnStandby GDNId=gdn-2 fresh=pc-11:pi-r",
                    ),
                ),
                status(
                    "P-451",
                    "a network that is not active",
                    "call DeleteGlobalDatabaseNetwork GDNId=gdn-2",
                ),
            ],
        ),
        case(
            "RemoveDBClusterFromGDN",
            "Version=2017-08-01 GDNId=gdn-1 DBClusterId=pc-6",
            vec![
                no_network("404 GDN.NotFound (P-460"),
                unknown("404 InvalidDBCluster.NotFound (P-100"),
                foreign_cluster(),
                fault("404 InvalidDBClusterId.NotFound (P-422", "a cluster of another network", on("pc-2")),
                fault("400 MemberRole.NotSupport (P-421", "the primary", on("pc-1")),
                status(
                    "P-451",
                    "a network that is not active",
                    "call SwitchOverGlobalDatabaseNetwork GDNId=gdn-1 DBClusterId=pc-6 Forced=true",
                ),
                status(
                    "P-423",
                    "a secondary that is busy",
                    "observe cluster pc-6 busy MinorVersionUpgrading",
                ),
            ],
        ),
        case(
            "SwitchOverGlobalDatabaseNetwork",
            "Version=2017-08-01 GDNId=gdn-1 DBClusterId=pc-6",
            vec![
                no_network("404 GDN.NotFound (P-460"),
                together(
                    "400 MemberNumber.NotSupport (P-441",
                    "no secondary, and none named",
                    vec![Parameter("GDNId", Some("gdn-2")), Parameter("DBClusterId", None)],
                ),
                together(
                    "400 MissingParameter (P-600",
                    "two secondaries, and none named",
                    vec![
                        Before(
                            "call CreateDBCluster RegionId=cn-beijing DBType=MySQL DBVersion=8.0 DBNodeClass=polar.mysql.x4.large PayType=Postpaid DBNodeNum=1 CreationOption=CreateGdnStandby GDNId=gdn-1 fresh=pc-11:pi-r",
                        ),
                        Parameter("DBClusterId", None),
                    ],
                ),
                unknown("404 InvalidDBCluster.NotFound (P-100"),
                foreign_cluster(),
                fault("404 InvalidDBClusterId.NotFound (P-422", "a cluster of another network", on("pc-2")),
                fault("400 MemberRole.NotSupport (P-442", "the primary", on("pc-1")),
                together(
                    "400 InvalidDBType.Malformed (P-443",
                    "forced, where the engine has no such switch-over",
                    vec![Parameter("GDNId", Some("gdn-4")), on("pc-10"), Parameter("Forced", Some("true"))],
                ),
                status(
                    "P-451",
                    "a network that is not active",
                    "call RemoveDBClusterFromGDN GDNId=gdn-1 DBClusterId=pc-6 Force=true",
                ),
                status("P-444", "a primary that is busy", "observe cluster pc-1 busy MinorVersionUpgrading"),
                status(
                    "P-444",
                    "a secondary that is busy",
                    "observe cluster pc-6 busy MinorVersionUpgrading",
                ),
                together(
                    "400 UnsupportWitchUnhealthyReplication (P-445",
                    "a secondary that a forced switch-over left behind",
                    vec![
                        Before(
                            "call SwitchOverGlobalDatabaseNetwork GDNId=gdn-1 DBClusterId=pc-6 Forced=true\nreport 13 succeeded",
                        ),
                        on("pc-1"),
                    ],
                ),
            ],
        ),
        case(
            "DescribeGlobalDatabaseNetwork",
            "Version=2017-08-01 GDNId=gdn-1",
            vec![no_network("400 GDN.NotFound (P-460")],
        ),
        case(
            "DescribeGlobalDatabaseNetworks",
            "Version=2017-08-01 DBClusterId=pc-1",
            vec![unknown("404 InvalidDBCluster.NotFound (P-100")],
        ),
    ]
}
