//! Why a PolarDB call is refused, and how the refusal looks on the wire.
//!
//! One table, a row for each refusal, with the vendor's codes, statuses and templates (`docs/facts/polardb.md#error-codes`). An answer
//! is `Documented` iff the metadata or a dated page lists that code for that operation ([`Operation::listed_codes`]). The
//! status cannot be read off the code: `InvalidDBClusterId.Malformed` is 404 for failover and 400 for the attribute call.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;

use crate::ids::{ClusterId, NetworkId, NodeId, ZoneId};
use crate::operation::Operation;
use crate::polardb::cluster::rules::{P_012, P_018, P_020, P_021, P_022, P_117, P_600, P_601, P_603, P_620};
use crate::polardb::election::rules::{P_100, P_101, P_102, P_103, P_104, P_106, P_112, P_114};
use crate::polardb::network::NetworkStatus;
use crate::polardb::network::rules::{
    P_401, P_402, P_410, P_411, P_422, P_443, P_445, P_450, P_451, P_452, P_460,
};
use crate::polardb::nodes::rules::{P_201, P_202, P_231, P_240, P_250, P_260, P_625, P_626};
use crate::polardb::observe::rules::P_510;
use crate::polardb::standby::rules::{P_610, P_611, P_612, P_613, P_614, P_616};
use crate::refusal::Cause::{Permanent, Transient};
use crate::refusal::{Answer, Fixed, refusals};
use crate::rule::{RuleId, cite};
use crate::time::Span;
use crate::token::TokenRefusal;
use crate::token::rules::T_090;

const BAD_NODE: Fixed = (400, "InvalidDBNode.Malformed", "The specified parameter DBNode.N is not valid.");
const BAD_NODE_ID: Fixed =
    (400, "InvalidDBNodeId.Malformed", "The specified parameter DBNodeId is not valid.");
const BAD_PARAM: Fixed = (404, "InvalidParam", "Invalid Parameter.");
const BAD_TYPE: Fixed = (400, "InvalidDBType.Malformed", "The Specified DBType is not valid.");
const CLUSTER_STATUS: Fixed =
    (403, "OperationDenied.DBClusterStatus", "The operation is not permitted due to status of cluster.");
const ENGINE_VERSION: Fixed =
    (400, "InvalidEngineVersion.Unsupported", "The specified engineVersion is not supported.");
const HA_STATUS: Fixed =
    (400, "HaStatusNotSupport", "Current DB instance HA status does not support this operation.");
const OPERATE_STATUS: Fixed =
    (403, "OperationDenied.OperateStatus", "Specified action is denied by operate status.");
const UNHEALTHY: Fixed =
    (400, "UnsupportWitchUnhealthyReplication", "The action is unsupported with unhealthy replication.");
const TOKEN_MISMATCH: &str = "The request uses the same client token as a previous, but non-identical request. Do not reuse a \
     client token with different requests, unless the requests are identical.";

refusals! {
    /// Why a PolarDB call was refused. Nothing changed but the clock seen.
    PolarDbRefusal;

    /// The reasons for which a PolarDB call is refused.
    ///
    /// `parameter` is a parameter's wire name, `cluster` and `node` are the cluster and the node concerned, `rule` is
    /// the rule that decided, and after `wait` the call would be accepted.
    PolarDbReason(operation, rule);

    /// A required parameter is absent or empty.
    MissingParameter { parameter: Cow<'static, str> } => (
        "the required parameter {parameter} is missing",
        P_600, Permanent, (400, "MissingParameter", format!(
            "The input parameter \"{parameter}\" that is mandatory for processing this request is not supplied."
        ))
    );
    /// A parameter cannot be read or is out of range.
    Malformed { parameter: Cow<'static, str>, why: Cow<'static, str> } => (
        "the parameter {parameter} is not valid: {why}",
        P_601, Permanent, malformed(operation, parameter)
    );
    /// The token of a page was given for another list.
    OtherList => (
        "NextToken was given for another list ({rule}); keep the operation, the region and the filters",
        P_117, Permanent, malformed(operation, "NextToken")
    );
    /// `DBVersion` is not one of the engine's.
    EngineVersion => (
        "the engine has no such version ({rule})",
        P_012, Permanent, (
            if lists_clusters(operation) { 404 } else { 400 },
            "DBTypeOrDBVersion.Malformed", "The specified DBType does not match DBVersion."
        )
    );
    /// More than 20 tags.
    TooManyTags => (
        "at most 20 tags",
        P_601, Permanent, (400, "NumberExceed.Tags", "The Tags parameter's number is exceed.")
    );
    /// The token cache refused the call.
    Token { refusal: TokenRefusal } => (
        "{refusal}",
        refusal.rule(), if refusal.same_token_retry_may_succeed() { Transient } else { Permanent },
        refusal.answer(TOKEN_MISMATCH)
    );
    /// The token came with other parameters before, by the reading that this has a code in the house style.
    TokenReused => (
        "the token came with other parameters before ({rule})",
        T_090, Permanent, malformed(operation, "ClientToken")
    );
    /// The cluster is unknown in this account.
    ClusterNotFound { cluster: ClusterId } => (
        "no cluster {cluster} for this account ({rule})",
        P_100, Permanent, cluster_not_found(operation)
    );
    /// The node is not one of this cluster's.
    NodeNotFound { cluster: ClusterId, node: NodeId } => (
        "{cluster} has no node {node} ({rule})",
        if fails_over(operation) { P_103 } else { P_201 },
        Permanent, match operation {
            Operation::DeleteDbNodes => BAD_NODE,
            Operation::RestartDbNodeZonal => BAD_NODE_ID,
            Operation::ModifyDbCluster => BAD_PARAM,
            _ if fails_over(operation) => BAD_NODE_ID,
            _ => (404, "InvalidDBNodeId.NotFound", "The DBNodeId provided does not exist in our records."),
        }
    );
    /// The edition does not fail over.
    ClusterCategory { cluster: ClusterId } => (
        "the edition of {cluster} does not fail over ({rule})",
        P_101, Permanent, (403, "OperationDenied.ClusterCategory", denied("cluster category"))
    );
    /// The engine demands a named target.
    TargetRequired { cluster: ClusterId } => (
        "the engine of {cluster} demands TargetDBNodeId ({rule})",
        P_102, Permanent, BAD_NODE_ID
    );
    /// The engine has no log of switches.
    NoHaLog { cluster: ClusterId } => (
        "the engine of {cluster} has no such log ({rule})",
        P_510, Permanent, BAD_TYPE
    );
    /// The target is the primary itself.
    TargetIsWriter { cluster: ClusterId, node: NodeId } => (
        "{node} is the primary of {cluster} already ({rule}); name a read-only node",
        P_104, Permanent, BAD_NODE_ID
    );
    /// The target is of a kind that cannot become the primary.
    NodeKind { node: NodeId } => (
        "the kind of {node} cannot become the primary ({rule})",
        P_112, Permanent, (403, "OperationDenied.DBNodeType", denied("type of node"))
    );
    /// The cluster is busy, or no node in it can be elected.
    HaStatus { cluster: ClusterId, rule: RuleId } => (
        "{cluster} cannot fail over now ({rule}); try again later",
        *rule, Transient, HA_STATUS
    );
    /// Only abnormal replication prevents the switch.
    UnhealthyReplication { cluster: ClusterId } => (
        "replication in {cluster} is abnormal ({rule}); try again when it is healthy",
        P_114, Transient, UNHEALTHY
    );
    /// The last switch was too recent.
    TooFrequent { cluster: ClusterId, wait: Span } => (
        "{cluster} switched too recently ({rule}); try again in {wait}",
        P_106, Transient, (
            400, "UnsupportHighFrequenceSwitchOver",
            "The instance has switch over too frequent within ten minutes."
        )
    );
    /// The cluster is not running, so it cannot be released.
    NotRunning { cluster: ClusterId } => (
        "{cluster} is not running ({rule})",
        P_020, Transient, (
            403, "OperationDenied.ClusterStatus",
            "The PolarDB cluster is not allowed to release when it is not running."
        )
    );
    /// The cluster is locked against deletion.
    DeletionLock { cluster: ClusterId } => (
        "{cluster} is locked against deletion ({rule}); unlock it first",
        P_021, Transient, (403, "OperationDenied.DBClusterDeletionLock", denied("the deletion lock of cluster"))
    );
    /// The node is unknown in this account; the operation names no cluster.
    NodeUnknown { node: NodeId } => (
        "no node {node} for this account ({rule})",
        P_240, Permanent, BAD_NODE_ID
    );
    /// Too few or too many nodes are named, or the cluster would have too few or too many.
    NodeNumber { cluster: ClusterId, rule: RuleId } => (
        "the number of nodes is not possible for {cluster} ({rule})",
        *rule, Permanent,
        (400, "InvalidDBNodeNum.Malformed", "The number of parameter DBNode.N is not valid.")
    );
    /// An entry of the list of nodes is not valid.
    NodeList { cluster: ClusterId, rule: RuleId } => (
        "an entry of the list of nodes of {cluster} is not valid ({rule})",
        *rule, Permanent, BAD_NODE
    );
    /// The node's role forbids it.
    NodeRole { node: NodeId, rule: RuleId } => (
        "the role of {node} forbids it ({rule})",
        *rule, Permanent, (403, "OperationDenied.DBNodeRole", denied("the role of node"))
    );
    /// The node is one of the cluster's but not one that this can be done to.
    NodeRefused { cluster: ClusterId, node: NodeId, rule: RuleId } => (
        "{node} of {cluster} is not a node that this can be done to ({rule})",
        *rule, Permanent, BAD_NODE_ID
    );
    /// No reader would have the primary's class.
    RoEqualSpec { cluster: ClusterId } => (
        "no read-only node of {cluster} would have the class of the primary ({rule})",
        P_231, Permanent, (403, "OperationDenied.RoEqualSpec", "must exist at least ro class equal with rw")
    );
    /// A hot replica would not have the primary's class.
    HotReplicaClass { node: NodeId, rule: RuleId } => (
        "the hot replica {node} needs the class of the primary ({rule})",
        *rule, Permanent,
        (404, "InvalidDBInstanceClass.NotFound", "rw class code must be equal with hot replica")
    );
    /// The engine does not have it.
    Engine { cluster: ClusterId } => (
        "the engine of {cluster} does not have it ({rule})",
        P_250, Permanent, BAD_TYPE
    );
    /// The zone is the one that the cluster has already.
    SameZone { cluster: ClusterId } => (
        "{cluster} is in that zone already ({rule})",
        P_260, Permanent,
        (400, "InvalidZoneId.Same", "The specified parameter ZoneId is same with origin zoneId.")
    );
    /// The cluster is not running, so no work on its nodes begins.
    ClusterStatus { cluster: ClusterId } => (
        "{cluster} is not running ({rule}); try again later",
        P_202, Transient, CLUSTER_STATUS
    );
    /// The engine has no such feature to switch.
    FeatureEngine { cluster: ClusterId } => (
        "the engine of {cluster} has no such feature ({rule})",
        P_610, Permanent,
        (400, "InvalidEngine.Unsupported", "The specified Engine does not support this feature.")
    );
    /// The edition has a single node.
    SingleNodeEdition { cluster: ClusterId } => (
        "{cluster} is of the single node edition ({rule})",
        P_610, Permanent, (
            403, "OperationDenied.clusterSingleNodeLimit",
            "Single-node instances are not supported and need to be upgraded to cluster version"
        )
    );
    /// The edition does not have it.
    EditionWithout { cluster: ClusterId } => (
        "the edition of {cluster} does not have it ({rule})",
        if matches!(operation, Operation::ModifyDbCluster) { P_610 } else { P_018 },
        Permanent, (403, "OperationDenied.ClusterCategory", denied("cluster category"))
    );
    /// There is no standby cluster that the call could be about.
    NoStandby { cluster: ClusterId } => (
        "{cluster} has no standby cluster ({rule})",
        P_612, Permanent,
        (403, "IncorrectDBInstance", "Current DB instance does not support this operation.")
    );
    /// Nothing would change.
    NoChange { cluster: ClusterId } => (
        "nothing of {cluster} would change ({rule})",
        P_611, Permanent, (403, "InvalidParam.NoChange", "No change found")
    );
    /// A drill names other nodes than one, or all of the primary zone.
    DrillNodes { cluster: ClusterId } => (
        "a drill of {cluster} names one node, or none or all of the primary zone ({rule})",
        P_613, Permanent, (403, "InvalidParam.DBNodeNum", "The number of DB nodes is incorrect.")
    );
    /// The standby cluster is there already.
    StandbyTurnedOn { cluster: ClusterId } => (
        "{cluster} has such a standby cluster already ({rule})",
        P_614, Permanent, (
            400, "StandbyClusterTurnOn",
            "The specified dbCluster already turn on hot standby cluster."
        )
    );
    /// The nodes of a cluster over three zones are fixed.
    StrictConsistency { cluster: ClusterId } => (
        "{cluster} is strongly consistent over three zones, which fixes its nodes ({rule})",
        P_626, Permanent, strictly(operation)
    );
    /// The zone is not one of the region.
    ForeignZone { zone: ZoneId } => (
        "{zone} is not a zone of this region ({rule})",
        P_620, Permanent, (
            400, "Location.FailedGetSubDomain",
            "The specified regionId does not match the zoneId or the zoneId does not exist."
        )
    );
    /// A serverless cluster adds and removes its nodes by itself.
    ServerlessNodes { cluster: ClusterId } => (
        "{cluster} is serverless: it adds and removes nodes by itself ({rule})",
        P_625, Permanent, (403, "OperationDenied.ServerlessDbNode", denied("serverless nodes"))
    );
    /// A subscription cannot be released.
    PayType { cluster: ClusterId } => (
        "{cluster} is a subscription ({rule})",
        P_022, Permanent, (403, "OperationDenied.DBClusterPayType", denied("the pay type of cluster"))
    );
    /// The network is unknown in this account.
    NetworkNotFound { network: NetworkId } => (
        "no network {network} for this account ({rule})",
        P_460, Permanent, (
            if operation == Operation::DescribeGlobalDatabaseNetwork { 400 } else { 404 },
            "GDN.NotFound", format!("Failed to found GdnInstance by name:{network}")
        )
    );
    /// The cluster is in a network already.
    MemberExists { cluster: ClusterId } => (
        "{cluster} is in a network already ({rule})",
        P_401, Permanent, (400, "MemberIns.Exist", "Specified member ins already exist.")
    );
    /// Clusters of this engine and version have no networks.
    NetworkEngine { cluster: ClusterId } => (
        "clusters of the engine and version of {cluster} have no networks ({rule})",
        P_402, Permanent, ENGINE_VERSION
    );
    /// A secondary is to be created, and its network is not named.
    NetworkRequired => (
        "a secondary cluster needs the GDNId of its network ({rule})",
        P_410, Permanent, (400, "MissParameter.GDNId", "The GDNId parameter is required.")
    );
    /// The network's primary is of another engine or version.
    OtherEngine { network: NetworkId } => (
        "the primary of {network} is of another engine or version ({rule})",
        P_411, Permanent, ENGINE_VERSION
    );
    /// The network has too few or too many clusters.
    MemberNumber { network: NetworkId, rule: RuleId } => (
        "the number of clusters in {network} forbids it ({rule})",
        *rule, Transient, (400, "MemberNumber.NotSupport", "Specified member numbers are not support.")
    );
    /// The role of the cluster in the network forbids it.
    MemberRole { network: NetworkId, cluster: ClusterId, rule: RuleId } => (
        "the role of {cluster} in {network} forbids it ({rule})",
        *rule, Permanent, (400, "MemberRole.NotSupport", "Specified member role is not support.")
    );
    /// The cluster exists and is not in the network.
    NotMember { network: NetworkId, cluster: ClusterId } => (
        "{cluster} is not in {network} ({rule})",
        P_422, Permanent,
        (404, "InvalidDBClusterId.NotFound", "The DBInstanceId provided does not exist in our records.")
    );
    /// The engine has no forced switch-over.
    NoForcedSwitch { network: NetworkId } => (
        "the engine of {network} has no forced switch-over ({rule})",
        P_443, Permanent, BAD_TYPE
    );
    /// The secondary does not replicate from the primary.
    SecondaryBroken { cluster: ClusterId } => (
        "{cluster} does not replicate from the primary ({rule}); remove it and create another",
        P_445, Permanent, UNHEALTHY
    );
    /// The network is not active.
    NetworkStatus { network: NetworkId, status: NetworkStatus } => (
        "{network} is {status} ({rule}); try again when it is active",
        P_451, Transient, CLUSTER_STATUS
    );
    /// A cluster of the network is not running.
    MemberStatus { cluster: ClusterId, rule: RuleId } => (
        "{cluster} is not running ({rule}); try again later",
        *rule, Transient, CLUSTER_STATUS
    );
    /// The cluster's network is locked.
    Locked { network: NetworkId } => (
        "{network} is locked ({rule}); try again when it is active",
        P_450, Transient, if fails_over(operation) { HA_STATUS } else { CLUSTER_STATUS }
    );
    /// A cluster in a network is not released.
    InNetwork { network: NetworkId } => (
        "the cluster is in {network} ({rule}); remove it or delete the network first",
        P_452, Transient, OPERATE_STATUS
    );
}

impl PolarDbReason {
    /// A parameter that is not valid, and why.
    pub(crate) fn malformed(parameter: &'static str, why: &'static str) -> Self {
        Self::Malformed { parameter: parameter.into(), why: why.into() }
    }
}

const fn describes_attributes(operation: Operation) -> bool {
    matches!(operation, Operation::DescribeDbClusterAttribute | Operation::DescribeDbClusterAttributeZonal)
}

const fn lists_clusters(operation: Operation) -> bool {
    matches!(operation, Operation::DescribeDbClusters | Operation::DescribeDbClustersZonal)
}

const fn fails_over(operation: Operation) -> bool {
    matches!(operation, Operation::FailoverDbCluster | Operation::FailoverDbClusterZonal)
}

/// Each operation on nodes has a code of its own.
const fn strictly(operation: Operation) -> Fixed {
    match operation {
        Operation::CreateDbNodes => (
            400,
            "OperationDenied.CreateDBNodesWithStrictConsistencyOn",
            "3AZ cluster does not allow create db nodes.",
        ),
        Operation::DeleteDbNodes => (
            400,
            "OperationDenied.DeleteDBNodesWithStrictConsistencyOn",
            "3AZ cluster does not allow delete db nodes.",
        ),
        _ => (
            400,
            "OperationDenied.ModifyDBNodeClassWithStrictConsistencyOn",
            "3AZ cluster does not allow modify db node class.",
        ),
    }
}

/// The message of most codes of `OperationDenied`.
fn denied(because: &str) -> String {
    format!("The operation is not permitted due to {because}.")
}

/// Three operations on nodes have a code of their own, and one of these a message of its own.
const fn cluster_not_found(operation: Operation) -> Fixed {
    let message = "The DBClusterId provided does not exist in our records.";
    match operation {
        Operation::CreateDbNodes | Operation::DeleteDbNodes => (404, "InvalidDBClusterId.NotFound", message),
        Operation::ModifyDbNodeConfig => {
            (404, "InvalidDBClusterId.NotFound", "The DBInstanceId provided does not exist in our records.")
        }
        _ => (404, "InvalidDBCluster.NotFound", message),
    }
}

/// The house style: `Invalid<Name>.Malformed`, 400, but for the cluster id. The engine has a text of its own, and a
/// target node is called by the name of its type.
fn malformed(operation: Operation, parameter: &str) -> Answer {
    cite!(P_603);
    match parameter {
        "DBType" => BAD_TYPE.into(),
        "DBNode" => BAD_NODE.into(),
        "TargetDBNodeId" => BAD_NODE_ID.into(),
        _ if operation == Operation::ModifyDbCluster && parameter != "DBClusterId" => {
            cite!(P_616);
            BAD_PARAM.into()
        }
        "BackupRetentionPolicyOnClusterDeletion" | "LowerCaseTableNames" | "DefaultTimeZone" => {
            let message = format!("The specified {parameter} is invalid.");
            (400, format!("Invalid{parameter}.Malformed"), message).into()
        }
        _ => {
            let missing = parameter == "DBClusterId"
                && !describes_attributes(operation)
                && operation != Operation::DescribeHaLogs;
            let code = format!("Invalid{parameter}.Malformed");
            let message = format!("The specified parameter {parameter} is not valid.");
            (if missing { 404 } else { 400 }, code, message).into()
        }
    }
}
