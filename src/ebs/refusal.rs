//! Why an EBS call is refused, and how the refusal looks on the wire.
//!
//! Three tables, a row for each refusal: of groups, of drills, and of all other EBS calls. Codes, statuses and templates
//! are the vendor's (`docs/facts/ebs.md#codes-listed-in-the-metadata`), two blanks in a row included. An answer is `Documented` iff the metadata
//! lists that code for that operation ([`Operation::listed_codes`]); the same code on another operation is `Inferred`.

use alloc::borrow::Cow;
use alloc::format;

use crate::ebs::drill::DrillStatus;
use crate::ebs::drill::rules::{D_113, D_132, D_621, D_633};
use crate::ebs::group::rules::{
    G_621, G_622, G_623, G_630, G_631, G_632, G_633, G_671, G_682, G_684, G_685, G_686, G_691, G_693,
};
use crate::ebs::lifecycle::{GroupStatus, PairStatus};
use crate::ebs::pair::rules::{
    E_010, E_012, E_600, E_601, E_621, E_622, E_623, E_624, E_630, E_631, E_632, E_633,
};
use crate::ebs::rules::{E_693, E_700, E_701, E_702, E_703, E_704, E_705, E_708, E_713};
use crate::ids::{DiskId, DrillId, GroupId, PairId, RegionId};
use crate::operation::Operation;
use crate::refusal::Cause::{Permanent, Transient};
use crate::refusal::{Answer, Fixed, refusals};
use crate::rule::RuleId;
use crate::time::Span;
use crate::token::TokenRefusal;

const DENIED: Fixed = (403, "OperationDenied", "The operation is not allowed.");
const INVALID_STATUS: Fixed =
    (403, "OperationDenied.InvalidStatus", "The operation is not allowed in current status.");
const AT_PRIMARY: Fixed =
    (403, "OperationDenied.OperateNotAllowedForPrimary", "Operation is not allowed on the primary site.");
const AT_STANDBY: Fixed =
    (403, "OperationDenied.OperateNotAllowedForStandby", "Operation is not allowed on the secondary site.");
const MANUAL_SYNC_LIMIT: Fixed = (
    403,
    "OperationDenied.ManualSyncLimit",
    "One shot start manual syncing too frequently, please try again later.",
);
const TOKEN_MISMATCH: &str = "The specified parameter has changed while using an already used clientToken.";

refusals! {
    /// Why an EBS call was refused. Nothing changed but the clock seen.
    EbsRefusal;

    /// The reasons for which an EBS call is refused.
    ///
    /// `parameter` is a parameter's wire name, `resource` and `given` are what the call named, `region` is where the
    /// call was made, `rule` is the rule that decided, and after `wait` the call would be accepted.
    EbsReason(operation, rule);

    /// A required parameter is absent or empty.
    MissingParameter { parameter: Cow<'static, str> } => (
        "the required parameter {parameter} is missing",
        E_600, Permanent, missing(operation, parameter)
    );
    /// A parameter cannot be read, is out of range or contradicts another.
    InvalidParameter { parameter: Cow<'static, str>, why: Cow<'static, str> } => (
        "the parameter {parameter} is invalid: {why}",
        E_601, Permanent, (400, "InvalidParameter", format!("The parameter {parameter} is invalid."))
    );
    /// The token of a page was given for another list.
    OtherList => (
        "NextToken was given for another list ({rule}); keep the operation, the region and the filters",
        E_693, Permanent, (400, "InvalidParameter", "The parameter NextToken is invalid.")
    );
    /// The token cache refused the call.
    Token { refusal: TokenRefusal } => (
        "{refusal}",
        refusal.rule(), if refusal.same_token_retry_may_succeed() { Transient } else { Permanent },
        refusal.answer(TOKEN_MISMATCH)
    );
    /// The pair or disk is unknown in this account, gone, or has no end in the region called.
    NoSuchResource { resource: Cow<'static, str>, region: RegionId, rule: RuleId } => (
        "no {resource} in {region} for this account ({rule}); check the id and the region",
        *rule, Permanent, (404, "NoSuchResource", "The specified resource does not exist.")
    );
    /// The pair's status does not allow the operation.
    InvalidStatus { pair: PairId, status: PairStatus, rule: RuleId } => (
        "{pair} is {status} ({rule}); wait for or bring about a status that allows it",
        *rule, Transient, INVALID_STATUS
    );
    /// Called in the current source's region, but belongs to the destination's.
    OperateNotAllowedForPrimary { pair: PairId, region: RegionId } => (
        "{region} is the source of {pair} ({rule}); call it in the secondary disk's region",
        E_621, Permanent, AT_PRIMARY
    );
    /// The same of a reversed pair, where by policy the code names the place: the source is the standby.
    OperateNotAllowedForStandby { pair: PairId, region: RegionId } => (
        "{region} is the source of {pair} ({rule}); call it in the primary disk's region",
        E_624, Permanent, AT_STANDBY
    );
    /// A parameter does not fit how the pair is paid for.
    UnfitCharge { parameter: Cow<'static, str>, rule: RuleId } => (
        "the parameter {parameter} does not fit how the pair is paid for ({rule})",
        *rule, Permanent, (400, "InvalidParameter", format!("The parameter {parameter} is invalid."))
    );
    /// Called in the current destination's region, but belongs to the source's.
    NotAtSource { pair: PairId, region: RegionId } => (
        "{region} is the destination of {pair} ({rule}); call it in the primary disk's region",
        E_622, Permanent, DENIED
    );
    /// The destination disk is attached to a host, so it cannot be overwritten.
    StandbyDeviceAttached { pair: PairId, disk: DiskId } => (
        "the secondary disk {disk} of {pair} is attached ({rule}); detach it first",
        if matches!(operation, Operation::StartDiskReplicaGroup) { G_631 } else { E_631 },
        Transient, (400, "OperationDenied.StandbyDeviceAttached", "The secondary disk is attached.")
    );
    /// The old primary is still in use, so its role cannot be reversed.
    PrimaryDeviceAttached { pair: PairId, disk: DiskId } => (
        "the old primary disk {disk} of {pair} is attached ({rule}); detach it first",
        if matches!(operation, Operation::ReprotectDiskReplicaGroup) { G_632 } else { E_632 },
        Transient, DENIED
    );
    /// Two one-shot starts follow each other too fast.
    ManualSyncLimit { pair: PairId, wait: Span } => (
        "{pair} made a one-shot copy too recently ({rule}); try again in {wait}",
        E_630, Transient, MANUAL_SYNC_LIMIT
    );
    /// No copy has completed in this direction and the policy demands one.
    NoRecoverPoint { pair: PairId } => (
        "{pair} has no recover point ({rule}); let a copy complete first",
        E_633, Transient, INVALID_STATUS
    );
    /// The disk is already part of this pair.
    DiskInUse { disk: DiskId, pair: PairId } => (
        "{disk} is already part of {pair} ({rule}); delete that pair first",
        E_012, Transient, DENIED
    );
    /// Source and destination lie in one zone, or in one region and the policy forbids it, or are one disk.
    TooClose { rule: RuleId } => (
        "source and destination are too close ({rule}); choose another zone or region",
        *rule, Permanent, DENIED
    );
    /// The type of resource is unknown or not modelled.
    UnknownResourceType { given: Cow<'static, str> } => (
        "no type of resource is named {given} ({rule}); there are diskreplicapair and diskreplicagroup",
        E_700, Permanent,
        (404, "InvalidResourceType.NotFound", "The ResourceType provided does not exist in our records.")
    );
    /// A resource to be labelled is unknown in this account, gone, or has no end in the region called.
    ResourceNotFound { resource: Cow<'static, str> } => (
        "no {resource} here ({rule}); check the id, its type and the region",
        E_701, Permanent, (404, "InvalidResourceId.NotFound", match operation {
            Operation::ChangeResourceGroup => "The specified ResourceId is not found in our records.",
            _ => "The specified ResourceIds are not found in our records.",
        })
    );
    /// More than 50 resources are named.
    TooManyResources => (
        "more than 50 resources ({rule}); split the call",
        E_702, Permanent,
        (400, "NumberExceed.ResourceIds", "The ResourceIds parameter number is exceed , Valid : 50")
    );
    /// More than 20 tags or keys are named.
    TooManyTags => (
        "more than 20 tags ({rule}); split the call",
        E_703, Permanent, (400, "NumberExceed.Tags", "NumberExceed.Tags")
    );
    /// A key is named twice.
    DuplicateTagKey => (
        "a key is given twice ({rule})",
        E_704, Permanent, (400, "Duplicate.TagKey", "The Tag.N.Key contain duplicate key.")
    );
    /// The resource would bear more than 20 tags.
    TagQuota { resource: Cow<'static, str> } => (
        "{resource} would bear more than 20 tags ({rule}); take some off first",
        E_705, Permanent,
        (400, "OperationDenied.QuotaExceed", "The quota of tags on resource is beyond permitted range.")
    );
    /// A listing names neither a resource nor a tag.
    NothingToList => (
        "neither a resource nor a tag is named ({rule})",
        E_713, Permanent, missing(operation, "ResourceId.1")
    );
    /// A condition has a value and no key.
    TagValueAlone { parameter: Cow<'static, str> } => (
        "{parameter} has a value and no key ({rule})",
        E_708, Permanent, (400, "InvalidParameter.TagValue", format!("The parameter {parameter} is invalid."))
    );
    /// A group refused, or a pair because of its group.
    Group { group: GroupId, why: GroupReason } => (
        "{group}: " then why,
        why.rule(operation), why.cause(), why.answer(operation)
    );
    /// A drill refused.
    Drill { why: DrillReason } => (
        "" then why,
        why.rule(operation), why.cause(), why.answer(operation)
    );
    /// The region does not have the feature under this policy.
    RegionNotSupported { region: RegionId } => (
        "{region} does not support asynchronous replication ({rule})",
        E_010, Permanent, DENIED
    );
}

refusals! {
    /// The reasons for which a group, or a pair because of its group, does not do what was asked.
    ///
    /// `status` is what the pair or the group shows, and `rule` the row that decided.
    GroupReason(operation, rule);

    /// Only its group moves this member.
    PairInGroup(pair: PairId) => (
        "{pair} is a member ({rule}); call the operation of the group",
        E_623, Permanent, DENIED
    );
    /// Called at the current source, but belongs to the destination.
    NotAtDestination(region: RegionId) => (
        "{region} is its source ({rule}); call it in the disaster recovery site's region",
        G_621, Permanent, AT_PRIMARY
    );
    /// A failover or reprotect at the source of a reversed group, where by policy the code names the place: the standby.
    CalledAtStandby(region: RegionId) => (
        "{region} is its source ({rule}); call it in the production site's region",
        G_623, Permanent, AT_STANDBY
    );
    /// A change of settings at the primary of a reversed group, where by policy the production site moves and the code
    /// names the place.
    CalledAtPrimary(region: RegionId) => (
        "{region} is its other site ({rule}); call it in the current production site's region",
        G_623, Permanent, AT_PRIMARY
    );
    /// Called at the other site, but belongs to the production site. The metadata lists a code of its own for this on
    /// `ModifyDiskReplicaGroup` alone.
    NotAtProduction(region: RegionId) => (
        "{region} is its other site ({rule}); call it in the production site's region",
        G_622, Permanent, if operation == Operation::ModifyDiskReplicaGroup { AT_STANDBY } else { DENIED }
    );
    /// The status that the group shows does not allow the operation.
    InvalidStatus { status: GroupStatus, rule: RuleId } => (
        "it is {status} ({rule}); wait for or bring about a status that allows it",
        *rule, Transient, INVALID_STATUS
    );
    /// The group has no member.
    Empty(rule: RuleId) => (
        "it has no member ({rule}); add a pair first",
        *rule, Transient,
        (403, "OperationDenied.NoPairInGroup", "The operation is not allowed because no pair in the group.")
    );
    /// The group has members, so it is not deleted.
    HasPair => (
        "it has members ({rule}); remove them first",
        G_671, Transient,
        (403, "OperationDenied.GroupHasPair", "The group cannot be deleted due to not empty.")
    );
    /// A member has no recover point.
    NoRecoverPoint(pair: PairId) => (
        "{pair} has no recover point ({rule}); let the first round complete",
        G_633, Transient, INVALID_STATUS
    );
    /// Two one-shot starts follow each other too fast.
    ManualSyncLimit(wait: Span) => (
        "it made a one-shot round too recently ({rule}); try again in {wait}",
        G_630, Transient, MANUAL_SYNC_LIMIT
    );
    /// The pair is in another group.
    InAnotherGroup { pair: PairId, other: GroupId, rule: RuleId } => (
        "{pair} is in {other} ({rule})",
        *rule, Transient, (
            403, "OperationDenied.PairInAnotherGroup",
            "The operation is not allowed because pair is already in another group."
        )
    );
    /// The pair is in no group.
    NotInGroup(pair: PairId) => (
        "{pair} is in no group ({rule})",
        G_691, Transient, (
            403, "OperationDenied.PairNotInGroup",
            "The operation is not allowed because pair is not in any group."
        )
    );
    /// The group takes in no pair in the status that it shows.
    CannotAdd { status: GroupStatus, rule: RuleId } => (
        "it is {status} and takes in no pair ({rule})",
        *rule, Transient, (
            403, "OperationDenied.GroupStatusCannotAddPair",
            "The pair cannot be added in group current status."
        )
    );
    /// The group lets go of no pair in the status that it shows.
    CannotRemove { status: GroupStatus, rule: RuleId } => (
        "it is {status} and lets go of no pair ({rule})",
        *rule, Transient, (
            403, "OperationDenied.GroupStatusCannotRemovePair",
            "The pair cannot be removed in group current status."
        )
    );
    /// The pair is being created or copied for the first time.
    PairInitializing { pair: PairId, status: PairStatus } => (
        "{pair} is {status} ({rule}); wait until that is over",
        G_682, Transient, (
            403, "OperationDenied.PairInitializing",
            "The operation is not allowed due to pair initializing,  please try again later."
        )
    );
    /// The pair joins no group in its status.
    PairCannotJoin { pair: PairId, status: PairStatus, rule: RuleId } => (
        "{pair} is {status} and joins no group ({rule})",
        *rule, Transient, (
            403, "OperationDenied.PairStatusCannotAddToGroup",
            "The pair cannot be added in pair current status."
        )
    );
    /// The pair is replicating or busy, so it does not leave.
    PairCannotLeave { pair: PairId, status: PairStatus } => (
        "{pair} is {status} and does not leave ({rule})",
        G_693, Transient, (
            403, "OperationDenied.PairStatusCannotRemoveFromGroup",
            "The pair cannot be removed in pair  current status."
        )
    );
    /// By policy pair and group must be in one status.
    StatusConflict { pair: PairId, status: PairStatus } => (
        "{pair} is {status}, which the group is not ({rule})",
        G_684, Transient, (
            403, "OperationDenied.PairGroupStatusConflict",
            "The operation is not allowed due to pair and group status are not consistent."
        )
    );
    /// The pair lies between other places than the group, or copies the other way.
    ZoneConflict(pair: PairId) => (
        "{pair} lies between other places or copies the other way ({rule})",
        G_685, Permanent, (
            403, "OperationDenied.PairGroupAZoneConflict",
            "The operation is not allowed due to pair and group having different RegionId or ZoneId."
        )
    );
    /// The group has as many members as it may have.
    Full => (
        "it has 17 members already ({rule})",
        G_686, Transient, (
            403, "OperationDenied.PairsExceedInGroup",
            "The operation is not allowed due to too much pair in the group."
        )
    );
}

refusals! {
    /// The reasons for which a drill is not started or cleared.
    ///
    /// The metadata lists no status error for drills; a public client retries the clearing call on
    /// `OperationDenied.InvalidStatus`, so a drill in another status answers with that code.
    DrillReason(operation, rule);

    /// Called at the current source, but belongs to the destination.
    NotAtDestination(region: RegionId) => (
        "{region} is the source ({rule}); call it in the secondary site's region",
        D_621, Permanent, (
            403, "OperationDenied.StartDrillShouldOnDestRegion",
            "Operation should be executed on the secondary region."
        )
    );
    /// By policy a drill needs a recover point.
    NoRecoverPoint => (
        "there is no recover point ({rule}); let a copy complete first",
        D_633, Transient, (403, "OperationDenied.RecoverPointNotFound", "Recover point is not found.")
    );
    /// The pair or group that the drill would belong to is deleted.
    OwnerDeleted => (
        "what it would belong to is deleted ({rule})",
        D_113, Permanent, DENIED
    );
    /// The drill's status does not allow it.
    InvalidStatus { drill: DrillId, status: DrillStatus } => (
        "{drill} is {status} ({rule}); wait until it is executed",
        D_132, Transient, INVALID_STATUS
    );
}

impl GroupReason {
    /// The refusal of this operation, which named or met this group.
    pub const fn of(self, operation: Operation, group: GroupId) -> EbsRefusal {
        EbsReason::Group { group, why: self }.of(operation)
    }
}

impl DrillReason {
    /// The refusal of this operation.
    pub const fn of(self, operation: Operation) -> EbsRefusal {
        EbsReason::Drill { why: self }.of(operation)
    }
}

impl EbsReason {
    /// The refusal of an id that is not known in a region.
    pub(crate) fn unknown(id: &str, region: &RegionId, rule: RuleId) -> Self {
        Self::NoSuchResource {
            resource: alloc::string::String::from(id).into(),
            region: region.clone(),
            rule,
        }
    }

    /// The refusal of a parameter that does not fit how the pair is paid for.
    pub(crate) const fn unfit_charge(parameter: &'static str, rule: RuleId) -> Self {
        Self::UnfitCharge { parameter: Cow::Borrowed(parameter), rule }
    }
}

/// Calls on tags and resource groups have codes of their own for two parameters.
fn missing(operation: Operation, parameter: &str) -> Answer {
    match (operation, parameter) {
        (Operation::TagResources | Operation::ChangeResourceGroup, "ResourceType") => {
            (404, "MissingParameter.ResourceType", "The parameter - ResourceType should not be null").into()
        }
        (Operation::ChangeResourceGroup, "NewResourceGroupId") => {
            (404, "MissingParameter.ResourceGroup", "The parameter - Resource Group should not be null")
                .into()
        }
        _ => {
            let message = format!(
                "The input parameter {parameter} that is mandatory for processing this request is not supplied."
            );
            (400, "MissingParameter", message).into()
        }
    }
}
