//! Why an EBS call is refused, and how the refusal looks on the wire.
//!
//! One table, [`EbsRefusal::wire`], maps every refusal to HTTP status, code and message. Codes, statuses and templates
//! are the vendor's (`facts/ebs.md` §6.1). A row is `Documented` iff the metadata lists that code for that operation
//! ([`Operation::listed_codes`]); the same code on another operation is `Inferred`.

use alloc::borrow::Cow;
use alloc::format;

use crate::ebs::drill::refusal::DrillRefusal;
use crate::ebs::group::refusal::GroupRefusal;
use crate::ebs::group::rules::{G_631, G_632};
use crate::ebs::pair::rules::{E_010, E_012, E_600, E_601, E_621, E_622, E_630, E_631, E_632, E_633};
use crate::ebs::pair::status::PairStatus;
use crate::ebs::rules::{E_700, E_701, E_702, E_703, E_704, E_705, E_708};
use crate::ids::{DiskId, GroupId, PairId, RegionId};
use crate::operation::Operation;
use crate::rule::RuleId;
use crate::time::Span;
use crate::token::TokenRefusal;
use crate::wire_error::WireError;

/// Why an EBS call was refused. Nothing changed but the clock seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum EbsRefusal {
    /// A required parameter is absent or empty.
    #[error("{operation}: the required parameter {parameter} is missing")]
    MissingParameter {
        /// The operation asked for.
        operation: Operation,
        /// The wire name of the parameter.
        parameter: Cow<'static, str>,
    },
    /// A parameter cannot be read, is out of range or contradicts another.
    #[error("{operation}: the parameter {parameter} is invalid: {why}")]
    InvalidParameter {
        /// The operation asked for.
        operation: Operation,
        /// The wire name of the parameter.
        parameter: Cow<'static, str>,
        /// What is wrong with it.
        why: Cow<'static, str>,
    },
    /// The idempotency token decided.
    #[error("{operation}: {refusal}")]
    Token {
        /// The operation asked for.
        operation: Operation,
        /// What the token cache answered.
        refusal: TokenRefusal,
    },
    /// The pair or disk is unknown in this account, gone, or has no end in the region called.
    #[error("{operation}: no {resource} in {region} for this account ({rule}); check the id and the region")]
    NoSuchResource {
        /// The operation asked for.
        operation: Operation,
        /// The id asked for.
        resource: Cow<'static, str>,
        /// Where the call was made.
        region: RegionId,
        /// The rule that decided.
        rule: RuleId,
    },
    /// The pair's status does not allow the operation.
    #[error("{operation}: {pair} is {status} ({rule}); wait for or bring about a status that allows it")]
    InvalidStatus {
        /// The operation asked for.
        operation: Operation,
        /// The pair.
        pair: PairId,
        /// Its status.
        status: PairStatus,
        /// The row that decided.
        rule: RuleId,
    },
    /// Called in the current source's region, but belongs to the destination's.
    #[error("{operation}: {region} is the source of {pair} (E-621); call it in the secondary disk's region")]
    OperateNotAllowedForPrimary {
        /// The operation asked for.
        operation: Operation,
        /// The pair.
        pair: PairId,
        /// Where the call was made.
        region: RegionId,
    },
    /// Called in the current destination's region, but belongs to the source's.
    #[error(
        "{operation}: {region} is the destination of {pair} (E-622); call it in the primary disk's region"
    )]
    NotAtSource {
        /// The operation asked for.
        operation: Operation,
        /// The pair.
        pair: PairId,
        /// Where the call was made.
        region: RegionId,
    },
    /// The destination disk is attached to a host, so it cannot be overwritten.
    #[error("{operation}: the secondary disk {disk} of {pair} is attached ({}); detach it first", attached(*operation))]
    StandbyDeviceAttached {
        /// The operation asked for.
        operation: Operation,
        /// The pair.
        pair: PairId,
        /// The disk.
        disk: DiskId,
    },
    /// The old primary is still in use, so its role cannot be reversed.
    #[error("{operation}: the old primary disk {disk} of {pair} is attached ({}); detach it first", in_use(*operation))]
    PrimaryDeviceAttached {
        /// The operation asked for.
        operation: Operation,
        /// The pair.
        pair: PairId,
        /// The disk.
        disk: DiskId,
    },
    /// Two one-shot starts follow each other too fast.
    #[error("{operation}: {pair} made a one-shot copy too recently (E-630); try again in {wait}")]
    ManualSyncLimit {
        /// The operation asked for.
        operation: Operation,
        /// The pair.
        pair: PairId,
        /// How long until it would be accepted.
        wait: Span,
    },
    /// No copy has completed in this direction and the policy demands one.
    #[error("{operation}: {pair} has no recover point (E-633); let a copy complete first")]
    NoRecoverPoint {
        /// The operation asked for.
        operation: Operation,
        /// The pair.
        pair: PairId,
    },
    /// A disk is already part of a pair.
    #[error("{operation}: {disk} is already part of {pair} (E-012); delete that pair first")]
    DiskInUse {
        /// The operation asked for.
        operation: Operation,
        /// The disk.
        disk: DiskId,
        /// The pair it is part of.
        pair: PairId,
    },
    /// Source and destination lie in one zone, or in one region and the policy forbids it, or are one disk.
    #[error("{operation}: source and destination are too close ({rule}); choose another zone or region")]
    TooClose {
        /// The operation asked for.
        operation: Operation,
        /// The rule that decided.
        rule: RuleId,
    },
    /// The type of resource is unknown or not modelled.
    #[error(
        "{operation}: no type of resource is named {given} (E-700); there are diskreplicapair and diskreplicagroup"
    )]
    UnknownResourceType {
        /// The operation asked for.
        operation: Operation,
        /// The type asked for.
        given: Cow<'static, str>,
    },
    /// A resource to be labelled is unknown in this account, gone, or has no end in the region called.
    #[error("{operation}: no {resource} here (E-701); check the id, its type and the region")]
    ResourceNotFound {
        /// The operation asked for.
        operation: Operation,
        /// The id asked for.
        resource: Cow<'static, str>,
    },
    /// More than 50 resources are named.
    #[error("{operation}: more than 50 resources (E-702); split the call")]
    TooManyResources {
        /// The operation asked for.
        operation: Operation,
    },
    /// More than 20 tags or keys are named.
    #[error("{operation}: more than 20 tags (E-703); split the call")]
    TooManyTags {
        /// The operation asked for.
        operation: Operation,
    },
    /// A key is named twice.
    #[error("{operation}: a key is given twice (E-704)")]
    DuplicateTagKey {
        /// The operation asked for.
        operation: Operation,
    },
    /// A resource would bear more than 20 tags.
    #[error("{operation}: {resource} would bear more than 20 tags (E-705); take some off first")]
    TagQuota {
        /// The operation asked for.
        operation: Operation,
        /// The resource.
        resource: Cow<'static, str>,
    },
    /// A condition has a value and no key.
    #[error("{operation}: {parameter} has a value and no key (E-708)")]
    TagValueAlone {
        /// The operation asked for.
        operation: Operation,
        /// The wire name of the value.
        parameter: Cow<'static, str>,
    },
    /// A group decided, or a pair because of its group.
    #[error("{operation}: {group}: {why}")]
    Group {
        /// The operation asked for.
        operation: Operation,
        /// The group.
        group: GroupId,
        /// Why.
        why: GroupRefusal,
    },
    /// A drill decided.
    #[error("{operation}: {why}")]
    Drill {
        /// The operation asked for.
        operation: Operation,
        /// Why.
        why: DrillRefusal,
    },
    /// The region does not have the feature under this policy.
    #[error("{operation}: {region} does not support asynchronous replication (E-010)")]
    RegionNotSupported {
        /// The operation asked for.
        operation: Operation,
        /// The region.
        region: RegionId,
    },
}

/// A group's start has a rule of its own, with a source of its own.
const fn attached(operation: Operation) -> RuleId {
    if matches!(operation, Operation::StartDiskReplicaGroup) { G_631 } else { E_631 }
}

/// As is a group's reverse.
const fn in_use(operation: Operation) -> RuleId {
    if matches!(operation, Operation::ReprotectDiskReplicaGroup) { G_632 } else { E_632 }
}

impl EbsRefusal {
    /// The operation that was asked for.
    pub const fn operation(&self) -> Operation {
        match self {
            Self::MissingParameter { operation, .. }
            | Self::InvalidParameter { operation, .. }
            | Self::Token { operation, .. }
            | Self::NoSuchResource { operation, .. }
            | Self::InvalidStatus { operation, .. }
            | Self::OperateNotAllowedForPrimary { operation, .. }
            | Self::NotAtSource { operation, .. }
            | Self::StandbyDeviceAttached { operation, .. }
            | Self::PrimaryDeviceAttached { operation, .. }
            | Self::ManualSyncLimit { operation, .. }
            | Self::NoRecoverPoint { operation, .. }
            | Self::DiskInUse { operation, .. }
            | Self::TooClose { operation, .. }
            | Self::UnknownResourceType { operation, .. }
            | Self::ResourceNotFound { operation, .. }
            | Self::TooManyResources { operation }
            | Self::TooManyTags { operation }
            | Self::DuplicateTagKey { operation }
            | Self::TagQuota { operation, .. }
            | Self::TagValueAlone { operation, .. }
            | Self::Group { operation, .. }
            | Self::Drill { operation, .. }
            | Self::RegionNotSupported { operation, .. } => *operation,
        }
    }

    /// The rule that decided.
    pub const fn rule(&self) -> RuleId {
        match self {
            Self::MissingParameter { .. } => E_600,
            Self::InvalidParameter { .. } => E_601,
            Self::Token { refusal, .. } => refusal.rule(),
            Self::NoSuchResource { rule, .. }
            | Self::InvalidStatus { rule, .. }
            | Self::TooClose { rule, .. } => *rule,
            Self::Group { why, .. } => why.rule(),
            Self::Drill { why, .. } => why.rule(),
            Self::OperateNotAllowedForPrimary { .. } => E_621,
            Self::NotAtSource { .. } => E_622,
            Self::StandbyDeviceAttached { operation, .. } => attached(*operation),
            Self::PrimaryDeviceAttached { operation, .. } => in_use(*operation),
            Self::ManualSyncLimit { .. } => E_630,
            Self::NoRecoverPoint { .. } => E_633,
            Self::DiskInUse { .. } => E_012,
            Self::RegionNotSupported { .. } => E_010,
            Self::UnknownResourceType { .. } => E_700,
            Self::ResourceNotFound { .. } => E_701,
            Self::TooManyResources { .. } => E_702,
            Self::TooManyTags { .. } => E_703,
            Self::DuplicateTagKey { .. } => E_704,
            Self::TagQuota { .. } => E_705,
            Self::TagValueAlone { .. } => E_708,
        }
    }

    /// Whether repeating the call unchanged, under the same token, may succeed later without anybody mending the
    /// request: the state it met may pass.
    pub const fn same_token_retry_may_succeed(&self) -> bool {
        match self {
            Self::InvalidStatus { .. }
            | Self::StandbyDeviceAttached { .. }
            | Self::PrimaryDeviceAttached { .. }
            | Self::ManualSyncLimit { .. }
            | Self::NoRecoverPoint { .. }
            | Self::DiskInUse { .. } => true,
            Self::Group { why, .. } => why.may_pass(),
            Self::Drill { why, .. } => why.may_pass(),
            Self::Token { refusal, .. } => refusal.same_token_retry_may_succeed(),
            _ => false,
        }
    }

    /// How the refusal looks on the wire.
    pub fn wire(&self) -> WireError {
        let (status, code, message): (u16, &'static str, Cow<'static, str>) = match self {
            Self::MissingParameter { operation: Operation::TagResources, parameter }
            | Self::MissingParameter { operation: Operation::ChangeResourceGroup, parameter }
                if parameter == "ResourceType" =>
            {
                let message = "The parameter - ResourceType should not be null";
                (404, "MissingParameter.ResourceType", message.into())
            }
            Self::MissingParameter { operation: Operation::ChangeResourceGroup, parameter }
                if parameter == "NewResourceGroupId" =>
            {
                let message = "The parameter - Resource Group should not be null";
                (404, "MissingParameter.ResourceGroup", message.into())
            }
            Self::MissingParameter { parameter, .. } => (
                400,
                "MissingParameter",
                format!("The input parameter {parameter} that is mandatory for processing this request is not supplied.")
                    .into(),
            ),
            Self::InvalidParameter { parameter, .. } => {
                (400, "InvalidParameter", format!("The parameter {parameter} is invalid.").into())
            }
            Self::Token { refusal: TokenRefusal::Mismatch, .. } => (
                400,
                "IdempotentParameterMismatch",
                "The specified parameter has changed while using an already used clientToken.".into(),
            ),
            Self::Token { refusal: TokenRefusal::Processing, .. } => {
                (403, "LastTokenProcessing", "The last token request is processing.".into())
            }
            Self::Token { refusal: TokenRefusal::Full, .. } => (
                503,
                "ServiceUnavailable",
                "The request has failed due to a temporary failure of the server.".into(),
            ),
            Self::NoSuchResource { .. } => {
                (404, "NoSuchResource", "The specified resource does not exist.".into())
            }
            Self::InvalidStatus { .. } => (
                403,
                "OperationDenied.InvalidStatus",
                "The operation is not allowed in current status.".into(),
            ),
            Self::NoRecoverPoint { .. } => (
                403,
                "OperationDenied.InvalidStatus",
                "The operation is not allowed in current status.".into(),
            ),
            Self::OperateNotAllowedForPrimary { .. } => (
                403,
                "OperationDenied.OperateNotAllowedForPrimary",
                "Operation is not allowed on the primary site.".into(),
            ),
            Self::StandbyDeviceAttached { .. } => {
                (400, "OperationDenied.StandbyDeviceAttached", "The secondary disk is attached.".into())
            }
            Self::ManualSyncLimit { .. } => (
                403,
                "OperationDenied.ManualSyncLimit",
                "One shot start manual syncing too frequently, please try again later.".into(),
            ),
            Self::UnknownResourceType { .. } => (
                404,
                "InvalidResourceType.NotFound",
                "The ResourceType provided does not exist in our records.".into(),
            ),
            Self::ResourceNotFound { operation: Operation::ChangeResourceGroup, .. } => (
                404,
                "InvalidResourceId.NotFound",
                "The specified ResourceId is not found in our records.".into(),
            ),
            Self::ResourceNotFound { .. } => (
                404,
                "InvalidResourceId.NotFound",
                "The specified ResourceIds are not found in our records.".into(),
            ),
            Self::TooManyResources { .. } => (
                400,
                "NumberExceed.ResourceIds",
                "The ResourceIds parameter number is exceed , Valid : 50".into(),
            ),
            Self::TooManyTags { .. } => (400, "NumberExceed.Tags", "NumberExceed.Tags".into()),
            Self::DuplicateTagKey { .. } => {
                (400, "Duplicate.TagKey", "The Tag.N.Key contain duplicate key.".into())
            }
            Self::TagQuota { .. } => (
                400,
                "OperationDenied.QuotaExceed",
                "The quota of tags on resource is beyond permitted range.".into(),
            ),
            Self::TagValueAlone { parameter, .. } => {
                (400, "InvalidParameter.TagValue", format!("The parameter {parameter} is invalid.").into())
            }
            Self::Group { operation, why, .. } => {
                let (status, code, message) = why.wire(*operation);
                (status, code, message.into())
            }
            Self::Drill { why, .. } => {
                let (status, code, message) = why.wire();
                (status, code, message.into())
            }
            Self::NotAtSource { .. }
            | Self::PrimaryDeviceAttached { .. }
            | Self::DiskInUse { .. }
            | Self::TooClose { .. }
            | Self::RegionNotSupported { .. } => {
                (403, "OperationDenied", "The operation is not allowed.".into())
            }
        };
        WireError { status, code: code.into(), message, basis: self.operation().basis(code) }
    }
}
