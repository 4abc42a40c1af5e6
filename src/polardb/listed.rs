//! The codes that the vendor lists, operation by operation.

use crate::operation::Operation;

/// The codes that the vendor lists for each modelled operation, as far as the model answers with them: from the
/// metadata of 2024-06, and, for `ModifyDBNodeConfig` and the last two of `FailoverDBCluster`, from dated pages.
pub const LISTED: &[(Operation, &[&str])] = &[
    (
        Operation::DeleteDbCluster,
        &[
            "OperationDenied.DBClusterDeletionLock",
            "OperationDenied.ClusterStatus",
            "OperationDenied.DBClusterPayType",
            "InvalidDBCluster.NotFound",
            "InvalidDBClusterId.Malformed",
        ],
    ),
    (Operation::ModifyDbNodeConfig, &["InvalidDBClusterId.NotFound"]),
    (
        Operation::FailoverDbCluster,
        &[
            "HaStatusNotSupport",
            "InvalidDBNodeId.Malformed",
            "InvalidDBType.Malformed",
            "OperationDenied.DBNodeType",
            "OperationDenied.ClusterCategory",
            "InvalidDBCluster.NotFound",
            "InvalidDBClusterId.Malformed",
            "UnsupportHighFrequenceSwitchOver",
            "UnsupportWitchUnhealthyReplication",
        ],
    ),
    (
        Operation::FailoverDbClusterZonal,
        &[
            "HaStatusNotSupport",
            "OperationDenied.ClusterCategory",
            "UnsupportHighFrequenceSwitchOver",
            "UnsupportWitchUnhealthyReplication",
        ],
    ),
    (
        Operation::CreateDbNodes,
        &[
            "InvalidDBNodeNum.Malformed",
            "InvalidDBNode.Malformed",
            "InvalidZoneId.Malformed",
            "OperationDenied.ClusterCategory",
            "InvalidDBClusterId.NotFound",
            "InvalidDBClusterId.Malformed",
        ],
    ),
    (
        Operation::DeleteDbNodes,
        &[
            "InvalidDBNodeNum.Malformed",
            "InvalidDBNode.Malformed",
            "OperationDenied.DBNodeRole",
            "InvalidDBClusterId.NotFound",
            "InvalidDBClusterId.Malformed",
        ],
    ),
    (
        Operation::ModifyDbNodeClass,
        &["InvalidModifyType.Malformed", "OperationDenied.RoEqualSpec", "OperationDenied.DBClusterStatus"],
    ),
    (Operation::ModifyDbNodesClass, &["InvalidModifyType.Malformed"]),
    (Operation::RestartDbNode, &["InvalidDBNodeId.Malformed"]),
    (
        Operation::ModifyDbNodeHotReplicaMode,
        &[
            "InvalidDBNodeId.Malformed",
            "InvalidDBInstanceClass.NotFound",
            "InvalidDBClusterId.Malformed",
            "InvalidDBNodeId.NotFound",
        ],
    ),
    (
        Operation::ModifyDbClusterPrimaryZone,
        &[
            "InvalidZoneId.Malformed",
            "InvalidZoneId.Same",
            "InvalidDBCluster.NotFound",
            "InvalidDBClusterId.Malformed",
        ],
    ),
    (
        Operation::DescribeDbClusters,
        &[
            "InvalidRegionId.Malformed",
            "NumberExceed.Tags",
            "InvalidPageSize.Malformed",
            "InvalidPageNumber.Malformed",
            "DBTypeOrDBVersion.Malformed",
            "ServiceUnavailable",
        ],
    ),
    (Operation::DescribeDbClusterAttribute, &["InvalidDBClusterId.Malformed", "InvalidDBCluster.NotFound"]),
    (Operation::DescribeDbClusterEndpoints, &["InvalidDBCluster.NotFound", "InvalidDBClusterId.Malformed"]),
];

/// Codes among [`LISTED`] that come from dated pages and are not in the metadata.
pub const FROM_PAGES: &[(Operation, &str, &str)] = &[
    (
        Operation::ModifyDbNodeConfig,
        "InvalidDBClusterId.NotFound",
        "ModifyDBNodeConfig page, help.aliyun.com, 2025-09",
    ),
    (
        Operation::FailoverDbCluster,
        "UnsupportHighFrequenceSwitchOver",
        "FailoverDBCluster page, alibabacloud.com, 2024-10",
    ),
    (
        Operation::FailoverDbCluster,
        "UnsupportWitchUnhealthyReplication",
        "FailoverDBClusterZonal page, alibabacloud.com, 2024-10",
    ),
    (Operation::FailoverDbClusterZonal, "HaStatusNotSupport", ZONAL),
    (Operation::FailoverDbClusterZonal, "OperationDenied.ClusterCategory", ZONAL),
    (Operation::FailoverDbClusterZonal, "UnsupportHighFrequenceSwitchOver", ZONAL),
    (Operation::FailoverDbClusterZonal, "UnsupportWitchUnhealthyReplication", ZONAL),
];

const ZONAL: &str = "FailoverDBClusterZonal page, alibabacloud.com, 2024-10";
