//! The choices of the EBS policy on which rows of the lifecycles depend.

use crate::lifecycle::Choice;
use crate::policy::{
    DeleteBeforeStart, EbsPolicy, FailoverWhileBusy, PairFailover, ReprotectFailedGroup, RetryAfterFailure,
    StartWhileReplicating,
};

/// A choice, other than the default, under which some row has another verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EbsChoice {
    /// [`PairFailover::GroupAllowlist`].
    FailoverAsGroup,
    /// [`FailoverWhileBusy::Refuse`].
    NoFailoverWhileBusy,
    /// [`StartWhileReplicating::NoOp`].
    StartRepeats,
    /// [`RetryAfterFailure::Refuse`].
    NoRetry,
    /// [`DeleteBeforeStart::Refuse`].
    NoDeleteBeforeStart,
    /// [`ReprotectFailedGroup::Repeat`].
    RepeatReprotect,
}

impl EbsChoice {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::FailoverAsGroup,
        Self::NoFailoverWhileBusy,
        Self::StartRepeats,
        Self::NoRetry,
        Self::NoDeleteBeforeStart,
        Self::RepeatReprotect,
    ];
}

impl Choice for EbsChoice {
    type Policy = EbsPolicy;

    fn holds_under(self, policy: &EbsPolicy) -> bool {
        match self {
            Self::FailoverAsGroup => policy.pair_failover == PairFailover::GroupAllowlist,
            Self::NoFailoverWhileBusy => policy.failover_while_busy == FailoverWhileBusy::Refuse,
            Self::StartRepeats => policy.start_while_replicating == StartWhileReplicating::NoOp,
            Self::NoRetry => policy.retry_after_failure == RetryAfterFailure::Refuse,
            Self::NoDeleteBeforeStart => policy.delete_before_start == DeleteBeforeStart::Refuse,
            Self::RepeatReprotect => policy.reprotect_failed_group == ReprotectFailedGroup::Repeat,
        }
    }
}
