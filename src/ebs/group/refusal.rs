//! Why a call on a consistent group, or on a pair that is in one, is refused.
//!
//! Codes and templates are the vendor's (`facts/ebs.md` §6.1), two blanks in a row included. What the metadata lists for
//! which operation: [`Operation::listed_codes`].

use crate::ebs::group::rules::{G_621, G_622, G_630, G_633, G_671, G_682, G_684, G_685, G_686, G_691, G_693};
use crate::ebs::group::status::GroupStatus;
use crate::ebs::pair::rules::E_623;
use crate::ebs::pair::status::PairStatus;
use crate::ebs::refusal::EbsRefusal;
use crate::ids::{GroupId, PairId, RegionId};
use crate::operation::Operation;
use crate::rule::RuleId;
use crate::time::Span;

/// Why a group, or a pair because of its group, does not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum GroupRefusal {
    /// A member is moved by its group alone.
    #[error("{0} is a member (E-623); call the operation of the group")]
    PairInGroup(PairId),
    /// Called at the current source, but belongs to the destination.
    #[error("{0} is its source (G-621); call it in the disaster recovery site's region")]
    NotAtDestination(RegionId),
    /// Called at the other site, but belongs to the production site.
    #[error("{0} is its other site (G-622); call it in the production site's region")]
    NotAtProduction(RegionId),
    /// The status that the group shows does not allow the operation.
    #[error("it is {status} ({rule}); wait for or bring about a status that allows it")]
    InvalidStatus {
        /// The status that it shows.
        status: GroupStatus,
        /// The row that decided.
        rule: RuleId,
    },
    /// The group has no member.
    #[error("it has no member ({0}); add a pair first")]
    Empty(RuleId),
    /// The group has members, so it is not deleted.
    #[error("it has members (G-671); remove them first")]
    HasPair,
    /// A member has no recover point.
    #[error("{0} has no recover point (G-633); let the first round complete")]
    NoRecoverPoint(PairId),
    /// Two one-shot starts follow each other too fast.
    #[error("it made a one-shot round too recently (G-630); try again in {0}")]
    ManualSyncLimit(Span),
    /// The pair is in another group.
    #[error("{pair} is in {other} ({rule})")]
    InAnotherGroup {
        /// The pair.
        pair: PairId,
        /// The group it is in.
        other: GroupId,
        /// The rule that decided.
        rule: RuleId,
    },
    /// The pair is in no group.
    #[error("{0} is in no group (G-691)")]
    NotInGroup(PairId),
    /// The group takes in no pair in the status that it shows.
    #[error("it is {status} and takes in no pair ({rule})")]
    CannotAdd {
        /// The status that it shows.
        status: GroupStatus,
        /// The row that decided.
        rule: RuleId,
    },
    /// The group lets go of no pair in the status that it shows.
    #[error("it is {status} and lets go of no pair ({rule})")]
    CannotRemove {
        /// The status that it shows.
        status: GroupStatus,
        /// The row that decided.
        rule: RuleId,
    },
    /// The pair is being created or copied for the first time.
    #[error("{pair} is {status} (G-682); wait until that is over")]
    PairInitializing {
        /// The pair.
        pair: PairId,
        /// Its status.
        status: PairStatus,
    },
    /// The pair joins no group in its status.
    #[error("{pair} is {status} and joins no group ({rule})")]
    PairCannotJoin {
        /// The pair.
        pair: PairId,
        /// Its status.
        status: PairStatus,
        /// The row that decided.
        rule: RuleId,
    },
    /// The pair is replicating or busy, so it does not leave.
    #[error("{pair} is {status} and does not leave (G-693)")]
    PairCannotLeave {
        /// The pair.
        pair: PairId,
        /// Its status.
        status: PairStatus,
    },
    /// By policy pair and group must be in one status.
    #[error("{pair} is {status}, which the group is not (G-684)")]
    StatusConflict {
        /// The pair.
        pair: PairId,
        /// Its status.
        status: PairStatus,
    },
    /// The pair lies between other places than the group, or copies the other way.
    #[error("{0} lies between other places or copies the other way (G-685)")]
    ZoneConflict(PairId),
    /// The group has as many members as it may have.
    #[error("it has 17 members already (G-686)")]
    Full,
}

impl GroupRefusal {
    /// The refusal of this operation, which named or met this group.
    pub const fn of(self, operation: Operation, group: GroupId) -> EbsRefusal {
        EbsRefusal::Group { operation, group, why: self }
    }

    /// The rule that decided.
    pub const fn rule(&self) -> RuleId {
        match self {
            Self::PairInGroup(_) => E_623,
            Self::NotAtDestination(_) => G_621,
            Self::NotAtProduction(_) => G_622,
            Self::InvalidStatus { rule, .. }
            | Self::Empty(rule)
            | Self::InAnotherGroup { rule, .. }
            | Self::CannotAdd { rule, .. }
            | Self::CannotRemove { rule, .. }
            | Self::PairCannotJoin { rule, .. } => *rule,
            Self::HasPair => G_671,
            Self::NoRecoverPoint(_) => G_633,
            Self::ManualSyncLimit(_) => G_630,
            Self::NotInGroup(_) => G_691,
            Self::PairInitializing { .. } => G_682,
            Self::PairCannotLeave { .. } => G_693,
            Self::StatusConflict { .. } => G_684,
            Self::ZoneConflict(_) => G_685,
            Self::Full => G_686,
        }
    }

    /// Whether the state that it met may pass without anybody mending the request.
    pub(in crate::ebs) const fn may_pass(&self) -> bool {
        !matches!(
            self,
            Self::NotAtDestination(_)
                | Self::NotAtProduction(_)
                | Self::ZoneConflict(_)
                | Self::PairInGroup(_)
        )
    }

    /// HTTP status, code and message.
    pub(in crate::ebs) const fn wire(&self, operation: Operation) -> (u16, &'static str, &'static str) {
        let denied = (403, "OperationDenied", "The operation is not allowed.");
        match self {
            Self::PairInGroup(_) => denied,
            // The metadata lists the code for the other site for these alone.
            Self::NotAtProduction(_) if !matches!(operation, Operation::ModifyDiskReplicaGroup) => denied,
            Self::NotAtProduction(_) => (
                403,
                "OperationDenied.OperateNotAllowedForStandby",
                "Operation is not allowed on the secondary site.",
            ),
            Self::NotAtDestination(_) => (
                403,
                "OperationDenied.OperateNotAllowedForPrimary",
                "Operation is not allowed on the primary site.",
            ),
            Self::InvalidStatus { .. } | Self::NoRecoverPoint(_) => {
                (403, "OperationDenied.InvalidStatus", "The operation is not allowed in current status.")
            }
            Self::Empty(_) => (
                403,
                "OperationDenied.NoPairInGroup",
                "The operation is not allowed because no pair in the group.",
            ),
            Self::HasPair => {
                (403, "OperationDenied.GroupHasPair", "The group cannot be deleted due to not empty.")
            }
            Self::ManualSyncLimit(_) => (
                403,
                "OperationDenied.ManualSyncLimit",
                "One shot start manual syncing too frequently, please try again later.",
            ),
            Self::InAnotherGroup { .. } => (
                403,
                "OperationDenied.PairInAnotherGroup",
                "The operation is not allowed because pair is already in another group.",
            ),
            Self::NotInGroup(_) => (
                403,
                "OperationDenied.PairNotInGroup",
                "The operation is not allowed because pair is not in any group.",
            ),
            Self::CannotAdd { .. } => (
                403,
                "OperationDenied.GroupStatusCannotAddPair",
                "The pair cannot be added in group current status.",
            ),
            Self::CannotRemove { .. } => (
                403,
                "OperationDenied.GroupStatusCannotRemovePair",
                "The pair cannot be removed in group current status.",
            ),
            Self::PairInitializing { .. } => (
                403,
                "OperationDenied.PairInitializing",
                "The operation is not allowed due to pair initializing,  please try again later.",
            ),
            Self::PairCannotJoin { .. } => (
                403,
                "OperationDenied.PairStatusCannotAddToGroup",
                "The pair cannot be added in pair current status.",
            ),
            Self::PairCannotLeave { .. } => (
                403,
                "OperationDenied.PairStatusCannotRemoveFromGroup",
                "The pair cannot be removed in pair  current status.",
            ),
            Self::StatusConflict { .. } => (
                403,
                "OperationDenied.PairGroupStatusConflict",
                "The operation is not allowed due to pair and group status are not consistent.",
            ),
            Self::ZoneConflict(_) => (
                403,
                "OperationDenied.PairGroupAZoneConflict",
                "The operation is not allowed due to pair and group having different RegionId or ZoneId.",
            ),
            Self::Full => (
                403,
                "OperationDenied.PairsExceedInGroup",
                "The operation is not allowed due to too much pair in the group.",
            ),
        }
    }
}
