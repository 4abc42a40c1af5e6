//! How an effect ended, as the embedder reports it, and why a resource does not take the report.

use alloc::collections::BTreeSet;

use crate::ids::{NodeId, PairId};
use crate::spelling::spelled;
use crate::text::StatusMessage;

/// How an effect ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
pub enum Outcome {
    /// It was done.
    Succeeded,
    /// It was not.
    Failed {
        /// Why.
        failure: Failure,
        /// The status message of the pair or drill, where the vendor shows one, as after a failed creation.
        message: Option<StatusMessage>,
    },
    /// These members of a group failed and the others were done (`G-430`). Only stopping and failing over can end so.
    PartlyFailed {
        /// Why.
        failure: Failure,
        /// The members that failed: at least one.
        failed: BTreeSet<PairId>,
    },
    /// Of the nodes offered, this one was chosen.
    Chosen(NodeId),
}

impl Outcome {
    /// Whether the effect was done.
    ///
    /// # Errors
    ///
    /// [`NotTaken::WrongOutcome`] if it was done in part or ended with a choice.
    pub(crate) const fn is_done(&self) -> Result<bool, NotTaken> {
        match self {
            Self::Succeeded => Ok(true),
            Self::Failed { .. } => Ok(false),
            Self::PartlyFailed { .. } | Self::Chosen(_) => Err(NotTaken::WrongOutcome),
        }
    }
}

spelled! {
    /// Why an effect failed. The model treats all three alike.
    Failure, "failure"
    /// The network.
    Network = "network",
    /// Abnormal replication.
    Replication = "replication",
    /// Anything else.
    Other = "other",
}

/// Why a reported outcome is not taken. Nothing changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// The effect is not pending.
    #[error("the effect is not pending")]
    Stale,
    /// The chosen node was not offered.
    #[error("the chosen node was not offered")]
    NotOffered,
    /// The effect does not end like this.
    #[error("the effect does not end in this way")]
    WrongOutcome,
    /// The pair is a member, and its group decides together with it.
    #[error("the pair is a member of a group, which takes the report")]
    Grouped,
}
