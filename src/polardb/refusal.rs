//! Why a PolarDB call is refused, and how the refusal looks on the wire.
//!
//! One table, [`PolarDbRefusal::wire`], with the vendor's codes, statuses and templates (`facts/polardb.md` §6). A row
//! is `Documented` iff the metadata or a dated page lists that code for that operation ([`Operation::listed_codes`]). The status cannot
//! be read off the code: `InvalidDBClusterId.Malformed` is 404 for failover and 400 for the attribute call.

use alloc::borrow::Cow;
use alloc::format;

use crate::ids::{ClusterId, NodeId};
use crate::operation::Operation;
use crate::polardb::cluster::rules::{P_012, P_020, P_021, P_022, P_600, P_601};
use crate::polardb::election::rules::{P_100, P_101, P_102, P_103, P_104, P_106, P_112, P_114};
use crate::polardb::nodes::rules::{P_201, P_202, P_231, P_240, P_250, P_260};
use crate::polardb::observe::rules::P_510;
use crate::rule::RuleId;
use crate::time::Span;
use crate::token::TokenRefusal;
use crate::token::rules::T_090;
use crate::wire_error::WireError;

/// Why a PolarDB call was refused. Nothing changed but the clock seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum PolarDbRefusal {
    /// A required parameter is absent or empty.
    #[error("{operation}: the required parameter {parameter} is missing")]
    MissingParameter {
        /// The operation asked for.
        operation: Operation,
        /// The wire name of the parameter.
        parameter: Cow<'static, str>,
    },
    /// A parameter cannot be read or is out of range.
    #[error("{operation}: the parameter {parameter} is not valid: {why}")]
    Malformed {
        /// The operation asked for.
        operation: Operation,
        /// The wire name of the parameter.
        parameter: Cow<'static, str>,
        /// What is wrong with it.
        why: Cow<'static, str>,
    },
    /// `DBVersion` is not one of the engine's.
    #[error("{operation}: the engine has no such version (P-012)")]
    EngineVersion {
        /// The operation asked for.
        operation: Operation,
    },
    /// More than 20 tags.
    #[error("{operation}: at most 20 tags")]
    TooManyTags {
        /// The operation asked for.
        operation: Operation,
    },
    /// The idempotency token decided.
    #[error("{operation}: {refusal}")]
    Token {
        /// The operation asked for.
        operation: Operation,
        /// What the token cache answered.
        refusal: TokenRefusal,
    },
    /// The token came with other parameters before, by the reading that this has a code in the house style.
    #[error("{operation}: the token came with other parameters before (T-090)")]
    TokenReused {
        /// The operation asked for.
        operation: Operation,
    },
    /// The cluster is unknown in this account.
    #[error("{operation}: no cluster {cluster} for this account (P-100)")]
    ClusterNotFound {
        /// The operation asked for.
        operation: Operation,
        /// The id asked for.
        cluster: ClusterId,
    },
    /// The node is not one of this cluster's.
    #[error("{operation}: {cluster} has no node {node} ({})", self.rule())]
    NodeNotFound {
        /// The operation asked for.
        operation: Operation,
        /// The cluster.
        cluster: ClusterId,
        /// The id asked for.
        node: NodeId,
    },
    /// The edition does not fail over.
    #[error("{operation}: the edition of {cluster} does not fail over (P-101)")]
    ClusterCategory {
        /// The operation asked for.
        operation: Operation,
        /// The cluster.
        cluster: ClusterId,
    },
    /// The engine demands a named target.
    #[error("{operation}: the engine of {cluster} demands TargetDBNodeId (P-102)")]
    TargetRequired {
        /// The operation asked for.
        operation: Operation,
        /// The cluster.
        cluster: ClusterId,
    },
    /// The engine has no log of switches.
    #[error("{operation}: the engine of {cluster} has no such log (P-510)")]
    NoHaLog {
        /// The operation asked for.
        operation: Operation,
        /// The cluster.
        cluster: ClusterId,
    },
    /// The target is the primary itself.
    #[error("{operation}: {node} is the primary of {cluster} already (P-104); name a read-only node")]
    TargetIsWriter {
        /// The operation asked for.
        operation: Operation,
        /// The cluster.
        cluster: ClusterId,
        /// The target.
        node: NodeId,
    },
    /// The target is of a kind that cannot become the primary.
    #[error("{operation}: the kind of {node} cannot become the primary (P-112)")]
    NodeKind {
        /// The operation asked for.
        operation: Operation,
        /// The target.
        node: NodeId,
    },
    /// The cluster is busy, or nobody in it can be elected.
    #[error("{operation}: {cluster} cannot fail over now ({rule}); try again later")]
    HaStatus {
        /// The operation asked for.
        operation: Operation,
        /// The cluster.
        cluster: ClusterId,
        /// The rule that decided.
        rule: RuleId,
    },
    /// Only abnormal replication stands in the way.
    #[error("{operation}: replication in {cluster} is abnormal (P-114); try again when it is healthy")]
    UnhealthyReplication {
        /// The operation asked for.
        operation: Operation,
        /// The cluster.
        cluster: ClusterId,
    },
    /// The last switch was too recent.
    #[error("{operation}: {cluster} switched too recently (P-106); try again in {wait}")]
    TooFrequent {
        /// The operation asked for.
        operation: Operation,
        /// The cluster.
        cluster: ClusterId,
        /// How long until it would be accepted.
        wait: Span,
    },
    /// The cluster is not running, so it cannot be released.
    #[error("{operation}: {cluster} is not running (P-020)")]
    NotRunning {
        /// The operation asked for.
        operation: Operation,
        /// The cluster.
        cluster: ClusterId,
    },
    /// The cluster is locked against deletion.
    #[error("{operation}: {cluster} is locked against deletion (P-021); unlock it first")]
    DeletionLock {
        /// The operation asked for.
        operation: Operation,
        /// The cluster.
        cluster: ClusterId,
    },
    /// The node is unknown in this account; the operation names no cluster.
    #[error("{operation}: no node {node} for this account (P-240)")]
    NodeUnknown {
        /// The operation asked for.
        operation: Operation,
        /// The id asked for.
        node: NodeId,
    },
    /// Too few or too many nodes are named, or the cluster would have too few or too many.
    #[error("{operation}: the number of nodes is not possible for {cluster} ({rule})")]
    NodeNumber {
        /// The operation asked for.
        operation: Operation,
        /// The cluster.
        cluster: ClusterId,
        /// The rule that decided.
        rule: RuleId,
    },
    /// An entry of the list of nodes is not valid.
    #[error("{operation}: an entry of the list of nodes of {cluster} is not valid ({rule})")]
    NodeList {
        /// The operation asked for.
        operation: Operation,
        /// The cluster.
        cluster: ClusterId,
        /// The rule that decided.
        rule: RuleId,
    },
    /// The node's role forbids it.
    #[error("{operation}: the role of {node} forbids it ({rule})")]
    NodeRole {
        /// The operation asked for.
        operation: Operation,
        /// The node.
        node: NodeId,
        /// The rule that decided.
        rule: RuleId,
    },
    /// The node is one of the cluster's but not one that this can be done to.
    #[error("{operation}: {node} of {cluster} is not a node that this can be done to ({rule})")]
    NodeRefused {
        /// The operation asked for.
        operation: Operation,
        /// The cluster.
        cluster: ClusterId,
        /// The node.
        node: NodeId,
        /// The rule that decided.
        rule: RuleId,
    },
    /// No reader would have the primary's class.
    #[error("{operation}: no read-only node of {cluster} would have the class of the primary (P-231)")]
    RoEqualSpec {
        /// The operation asked for.
        operation: Operation,
        /// The cluster.
        cluster: ClusterId,
    },
    /// A hot replica would not have the primary's class.
    #[error("{operation}: the hot replica {node} needs the class of the primary ({rule})")]
    HotReplicaClass {
        /// The operation asked for.
        operation: Operation,
        /// The node.
        node: NodeId,
        /// The rule that decided.
        rule: RuleId,
    },
    /// The engine does not have it.
    #[error("{operation}: the engine of {cluster} does not have it (P-250)")]
    Engine {
        /// The operation asked for.
        operation: Operation,
        /// The cluster.
        cluster: ClusterId,
    },
    /// The zone is the one that the cluster has already.
    #[error("{operation}: {cluster} is in that zone already (P-260)")]
    SameZone {
        /// The operation asked for.
        operation: Operation,
        /// The cluster.
        cluster: ClusterId,
    },
    /// The cluster is not running, so no work on its nodes begins.
    #[error("{operation}: {cluster} is not running (P-202); try again later")]
    ClusterStatus {
        /// The operation asked for.
        operation: Operation,
        /// The cluster.
        cluster: ClusterId,
    },
    /// A subscription cannot be released.
    #[error("{operation}: {cluster} is a subscription (P-022)")]
    PayType {
        /// The operation asked for.
        operation: Operation,
        /// The cluster.
        cluster: ClusterId,
    },
}

impl PolarDbRefusal {
    /// The operation that was asked for.
    pub const fn operation(&self) -> Operation {
        match self {
            Self::MissingParameter { operation, .. }
            | Self::Malformed { operation, .. }
            | Self::EngineVersion { operation }
            | Self::TooManyTags { operation }
            | Self::TokenReused { operation }
            | Self::Token { operation, .. }
            | Self::ClusterNotFound { operation, .. }
            | Self::NodeNotFound { operation, .. }
            | Self::ClusterCategory { operation, .. }
            | Self::TargetRequired { operation, .. }
            | Self::NoHaLog { operation, .. }
            | Self::TargetIsWriter { operation, .. }
            | Self::NodeKind { operation, .. }
            | Self::HaStatus { operation, .. }
            | Self::UnhealthyReplication { operation, .. }
            | Self::TooFrequent { operation, .. }
            | Self::NotRunning { operation, .. }
            | Self::DeletionLock { operation, .. }
            | Self::NodeUnknown { operation, .. }
            | Self::NodeNumber { operation, .. }
            | Self::NodeList { operation, .. }
            | Self::NodeRole { operation, .. }
            | Self::NodeRefused { operation, .. }
            | Self::RoEqualSpec { operation, .. }
            | Self::HotReplicaClass { operation, .. }
            | Self::Engine { operation, .. }
            | Self::SameZone { operation, .. }
            | Self::ClusterStatus { operation, .. }
            | Self::PayType { operation, .. } => *operation,
        }
    }

    /// The rule that decided.
    pub const fn rule(&self) -> RuleId {
        match self {
            Self::MissingParameter { .. } => P_600,
            Self::Malformed { .. } | Self::TooManyTags { .. } => P_601,
            Self::EngineVersion { .. } => P_012,
            Self::Token { refusal, .. } => refusal.rule(),
            Self::TokenReused { .. } => T_090,
            Self::ClusterNotFound { .. } => P_100,
            Self::NodeNotFound {
                operation: Operation::FailoverDbCluster | Operation::FailoverDbClusterZonal,
                ..
            } => P_103,
            Self::NodeNotFound { .. } => P_201,
            Self::ClusterCategory { .. } => P_101,
            Self::TargetRequired { .. } => P_102,
            Self::NoHaLog { .. } => P_510,
            Self::TargetIsWriter { .. } => P_104,
            Self::NodeKind { .. } => P_112,
            Self::HaStatus { rule, .. }
            | Self::NodeNumber { rule, .. }
            | Self::NodeList { rule, .. }
            | Self::NodeRole { rule, .. }
            | Self::NodeRefused { rule, .. }
            | Self::HotReplicaClass { rule, .. } => *rule,
            Self::NodeUnknown { .. } => P_240,
            Self::RoEqualSpec { .. } => P_231,
            Self::Engine { .. } => P_250,
            Self::SameZone { .. } => P_260,
            Self::ClusterStatus { .. } => P_202,
            Self::UnhealthyReplication { .. } => P_114,
            Self::TooFrequent { .. } => P_106,
            Self::NotRunning { .. } => P_020,
            Self::DeletionLock { .. } => P_021,
            Self::PayType { .. } => P_022,
        }
    }

    /// Whether repeating the call unchanged, under the same token, may succeed later without anybody mending the
    /// request: the state it met may pass.
    pub const fn same_token_retry_may_succeed(&self) -> bool {
        match self {
            Self::HaStatus { .. }
            | Self::UnhealthyReplication { .. }
            | Self::TooFrequent { .. }
            | Self::NotRunning { .. }
            | Self::ClusterStatus { .. }
            | Self::DeletionLock { .. } => true,
            Self::Token { refusal, .. } => refusal.same_token_retry_may_succeed(),
            _ => false,
        }
    }

    /// How the refusal looks on the wire.
    pub fn wire(&self) -> WireError {
        use Operation as O;
        let operation = self.operation();
        let failover = matches!(operation, O::FailoverDbCluster | O::FailoverDbClusterZonal);
        let (status, code, message): (u16, Cow<'static, str>, Cow<'static, str>) = match self {
            Self::MissingParameter { parameter, .. } => (
                400,
                "MissingParameter".into(),
                format!("The input parameter \"{parameter}\" that is mandatory for processing this request is not supplied.")
                    .into(),
            ),
            Self::Malformed { operation, parameter, .. } => malformed(*operation, parameter),
            Self::TokenReused { operation } => malformed(*operation, "ClientToken"),
            Self::EngineVersion { operation } => {
                let status = if *operation == Operation::DescribeDbClusters { 404 } else { 400 };
                let message = "The specified DBType does not match DBVersion.";
                (status, "DBTypeOrDBVersion.Malformed".into(), message.into())
            }
            Self::TooManyTags { .. } => {
                (400, "NumberExceed.Tags".into(), "The Tags parameter's number is exceed.".into())
            }
            Self::Token { refusal: TokenRefusal::Mismatch, .. } => (
                400,
                "IdempotentParameterMismatch".into(),
                "The request uses the same client token as a previous, but non-identical request. Do not reuse a \
                 client token with different requests, unless the requests are identical."
                    .into(),
            ),
            Self::Token { refusal: TokenRefusal::Processing, .. } => {
                (403, "LastTokenProcessing".into(), "The last token request is processing.".into())
            }
            Self::Token { refusal: TokenRefusal::Full, .. } => (
                503,
                "ServiceUnavailable".into(),
                "The request has failed due to a temporary failure of the server.".into(),
            ),
            Self::ClusterNotFound { operation: O::CreateDbNodes | O::DeleteDbNodes, .. } => (
                404,
                "InvalidDBClusterId.NotFound".into(),
                "The DBClusterId provided does not exist in our records.".into(),
            ),
            Self::ClusterNotFound { operation: O::ModifyDbNodeConfig, .. } => (
                404,
                "InvalidDBClusterId.NotFound".into(),
                "The DBInstanceId provided does not exist in our records.".into(),
            ),
            Self::ClusterNotFound { .. } => (
                404,
                "InvalidDBCluster.NotFound".into(),
                "The DBClusterId provided does not exist in our records.".into(),
            ),
            Self::NodeNotFound { operation: O::DeleteDbNodes, .. } | Self::NodeList { .. } => (
                400,
                "InvalidDBNode.Malformed".into(),
                "The specified parameter DBNode.N is not valid.".into(),
            ),
            Self::NodeNotFound { .. } if !failover => (
                404,
                "InvalidDBNodeId.NotFound".into(),
                "The DBNodeId provided does not exist in our records.".into(),
            ),
            Self::NodeNumber { .. } => (
                400,
                "InvalidDBNodeNum.Malformed".into(),
                "The number of parameter DBNode.N is not valid.".into(),
            ),
            Self::NodeRole { .. } => (
                403,
                "OperationDenied.DBNodeRole".into(),
                "The operation is not permitted due to the role of node.".into(),
            ),
            Self::RoEqualSpec { .. } => (
                403,
                "OperationDenied.RoEqualSpec".into(),
                "must exist at least ro class equal with rw".into(),
            ),
            Self::HotReplicaClass { .. } => (
                404,
                "InvalidDBInstanceClass.NotFound".into(),
                "rw class code must be equal with hot replica".into(),
            ),
            Self::Engine { .. } => {
                (400, "InvalidDBType.Malformed".into(), "The Specified DBType is not valid.".into())
            }
            Self::SameZone { .. } => (
                400,
                "InvalidZoneId.Same".into(),
                "The specified parameter ZoneId is same with origin zoneId.".into(),
            ),
            Self::ClusterStatus { .. } => (
                403,
                "OperationDenied.DBClusterStatus".into(),
                "The operation is not permitted due to status of cluster.".into(),
            ),
            Self::NodeNotFound { .. }
            | Self::NodeUnknown { .. }
            | Self::NodeRefused { .. }
            | Self::TargetRequired { .. }
            | Self::TargetIsWriter { .. } => (
                400,
                "InvalidDBNodeId.Malformed".into(),
                "The specified parameter DBNodeId is not valid.".into(),
            ),
            Self::NoHaLog { operation, .. } => malformed(*operation, "DBType"),
            Self::ClusterCategory { .. } => (
                403,
                "OperationDenied.ClusterCategory".into(),
                "The operation is not permitted due to cluster category.".into(),
            ),
            Self::NodeKind { .. } => (
                403,
                "OperationDenied.DBNodeType".into(),
                "The operation is not permitted due to type of node.".into(),
            ),
            Self::HaStatus { .. } => (
                400,
                "HaStatusNotSupport".into(),
                "Current DB instance HA status does not support this operation.".into(),
            ),
            Self::UnhealthyReplication { .. } => (
                400,
                "UnsupportWitchUnhealthyReplication".into(),
                "The action is unsupported with unhealthy replication.".into(),
            ),
            Self::TooFrequent { .. } => (
                400,
                "UnsupportHighFrequenceSwitchOver".into(),
                "The instance has switch over too frequent within ten minutes.".into(),
            ),
            Self::NotRunning { .. } => (
                403,
                "OperationDenied.ClusterStatus".into(),
                "The PolarDB cluster is not allowed to release when it is not running.".into(),
            ),
            Self::DeletionLock { .. } => (
                403,
                "OperationDenied.DBClusterDeletionLock".into(),
                "The operation is not permitted due to the deletion lock of cluster.".into(),
            ),
            Self::PayType { .. } => (
                403,
                "OperationDenied.DBClusterPayType".into(),
                "The operation is not permitted due to the pay type of cluster.".into(),
            ),
        };
        WireError { status, basis: self.operation().basis(&code), code, message }
    }
}

/// The house style: `Invalid<Name>.Malformed`, 400. The cluster id is 404 except for the attribute call, the engine has
/// a text of its own, and a target node is called by the name of its type.
fn malformed(operation: Operation, parameter: &str) -> (u16, Cow<'static, str>, Cow<'static, str>) {
    match parameter {
        "DBType" => (400, "InvalidDBType.Malformed".into(), "The Specified DBType is not valid.".into()),
        "DBNode" => {
            (400, "InvalidDBNode.Malformed".into(), "The specified parameter DBNode.N is not valid.".into())
        }
        "TargetDBNodeId" => malformed(operation, "DBNodeId"),
        _ => {
            let missing = parameter == "DBClusterId" && operation != Operation::DescribeDbClusterAttribute;
            (
                if missing { 404 } else { 400 },
                format!("Invalid{parameter}.Malformed").into(),
                format!("The specified parameter {parameter} is not valid.").into(),
            )
        }
    }
}
