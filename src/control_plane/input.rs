//! Calls, reports and time as one type: the unit that is journalled, replayed, replicated and generated. Adopting,
//! forgetting an account and changing the policy are not inputs.

use super::{Action, Call, ControlPlane, Fresh, Misuse, Reply, Report, Request, Response, Step};
use crate::ebs::EbsRefusal;
use crate::polardb::PolarDbRefusal;
use crate::refusal::WireError;
use crate::rule::RuleId;
use crate::time::Timestamp;

/// Why any call was refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Refusal {
    /// By EBS.
    #[error(transparent)]
    Ebs(#[from] EbsRefusal),
    /// By PolarDB.
    #[error(transparent)]
    PolarDb(#[from] PolarDbRefusal),
}

impl Refusal {
    /// Its error on the wire.
    pub fn wire(&self) -> WireError {
        match self {
            Self::Ebs(refusal) => refusal.wire(),
            Self::PolarDb(refusal) => refusal.wire(),
        }
    }

    /// The rule that decided.
    pub const fn rule(&self) -> RuleId {
        match self {
            Self::Ebs(refusal) => refusal.rule(),
            Self::PolarDb(refusal) => refusal.rule(),
        }
    }

    /// Whether repeating the call unchanged, under the same token, may succeed later.
    pub const fn same_token_retry_may_succeed(&self) -> bool {
        match self {
            Self::Ebs(refusal) => refusal.same_token_retry_may_succeed(),
            Self::PolarDb(refusal) => refusal.same_token_retry_may_succeed(),
        }
    }
}

/// An input that can change a control plane.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Input {
    /// A call.
    Call(Call, Request, Fresh),
    /// A report.
    Report(Timestamp, Report),
    /// The passing of time.
    Advance(Timestamp),
}

/// The result of an [`Input`].
#[must_use = "the step holds effects that must be carried out"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// For a call, the response or refusal.
    pub result: Option<Result<Response, Refusal>>,
    /// For a call, whether the answer is a replay from the token cache.
    pub replayed: bool,
    /// The effects and events of the input.
    pub step: Step,
    /// For a call, the rule that decided; `None` for a describe.
    pub rule: Option<RuleId>,
}

impl<A: Action> From<Reply<A>> for Output {
    fn from(reply: Reply<A>) -> Self {
        let result = reply.result.map(Into::into).map_err(Into::into);
        Self { result: Some(result), replayed: reply.replayed, step: reply.step, rule: reply.rule }
    }
}

impl From<Step> for Output {
    fn from(step: Step) -> Self {
        Self { result: None, replayed: false, step, rule: None }
    }
}

impl ControlPlane {
    /// Applies an input.
    ///
    /// # Errors
    ///
    /// [`Misuse`] if the embedder broke the contract; nothing but the clock has changed.
    pub fn apply(&mut self, input: &Input) -> Result<Output, Misuse> {
        match input {
            Input::Call(call, request, fresh) => self.call_any(call, request, fresh),
            Input::Report(now, report) => self.report(*now, report).map(Into::into),
            Input::Advance(now) => Ok(self.advance(*now).into()),
        }
    }
}
