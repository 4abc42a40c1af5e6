//! Why a drill is not started or cleared (`facts/ebs.md` §6.1).
//!
//! The metadata lists no status error for drills; a public client retries the clearing call on
//! `OperationDenied.InvalidStatus`, so that is what a drill in another status answers.

use crate::ebs::drill::DrillStatus;
use crate::ebs::drill::rules::{D_113, D_132, D_621, D_633};
use crate::ebs::refusal::EbsRefusal;
use crate::ids::{DrillId, RegionId};
use crate::operation::Operation;
use crate::rule::RuleId;

/// Why a drill does not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum DrillRefusal {
    /// Called at the current source, but belongs to the destination.
    #[error("{0} is the source (D-621); call it in the secondary site's region")]
    NotAtDestination(RegionId),
    /// By policy a drill needs a recover point.
    #[error("there is no recover point (D-633); let a copy complete first")]
    NoRecoverPoint,
    /// What the drill would belong to is deleted.
    #[error("what it would belong to is deleted (D-113)")]
    OwnerDeleted,
    /// The drill's status does not allow it.
    #[error("{drill} is {status} (D-132); wait until it is executed")]
    InvalidStatus {
        /// The drill.
        drill: DrillId,
        /// Its status.
        status: DrillStatus,
    },
}

impl DrillRefusal {
    /// The refusal of this operation.
    pub const fn of(self, operation: Operation) -> EbsRefusal {
        EbsRefusal::Drill { operation, why: self }
    }

    /// The rule that decided.
    pub const fn rule(&self) -> RuleId {
        match self {
            Self::NotAtDestination(_) => D_621,
            Self::NoRecoverPoint => D_633,
            Self::OwnerDeleted => D_113,
            Self::InvalidStatus { .. } => D_132,
        }
    }

    /// Whether the state that it met may pass without anybody mending the request.
    pub(in crate::ebs) const fn may_pass(&self) -> bool {
        matches!(self, Self::NoRecoverPoint | Self::InvalidStatus { .. })
    }

    /// HTTP status, code and message.
    pub(in crate::ebs) const fn wire(&self) -> (u16, &'static str, &'static str) {
        match self {
            Self::NotAtDestination(_) => (
                403,
                "OperationDenied.StartDrillShouldOnDestRegion",
                "Operation should be executed on the secondary region.",
            ),
            Self::NoRecoverPoint => {
                (403, "OperationDenied.RecoverPointNotFound", "Recover point is not found.")
            }
            Self::OwnerDeleted | Self::InvalidStatus { .. } => {
                (403, "OperationDenied.InvalidStatus", "The operation is not allowed in current status.")
            }
        }
    }
}
