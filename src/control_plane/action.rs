//! What makes a request an operation of the control plane.

use core::convert::Infallible;

use super::call::CallContext;
use super::{ControlPlane, Misuse, Refusal, Request, Response, Step, TokenOutcome};
use crate::ebs::{EbsReason, EbsRefusal};
use crate::operation::Operation;
use crate::polardb::{PolarDbReason, PolarDbRefusal};
use crate::policy::{Policy, TokenMismatch};
use crate::rule::RuleId;
use crate::token::TokenRefusal;

pub(super) mod sealed {
    /// Keeps the traits here to the types of this crate.
    pub trait Sealed {}
}

use sealed::Sealed;

/// An operation: its request type knows its response, its refusal and the ids it needs.
///
/// Sealed: implemented by the request types of [`ebs`](crate::ebs) and [`polardb`](crate::polardb).
pub trait Action: Sealed + Clone + Eq + core::fmt::Debug + Into<Request> {
    /// The operation.
    const OPERATION: Operation;
    /// What it answers.
    type Response: Answer;
    /// Why it is refused.
    type Refusal: Denial;
    /// The ids for what it creates; `()` if it creates nothing.
    type Fresh;
    /// How its caller can break the contract: [`Misuse`] if it needs fresh ids, else not at all.
    type Misused: Into<Misuse>;

    /// Decides and applies.
    #[doc(hidden)]
    fn perform(
        &self,
        plane: &mut ControlPlane,
        call: &CallContext<'_>,
        fresh: &Self::Fresh,
    ) -> Performed<Self>;
}

/// What performing gives: what was done, or why nothing was.
pub type Performed<A> =
    Result<Done<<A as Action>::Response>, Blocked<<A as Action>::Refusal, <A as Action>::Misused>>;

/// What an accepted call did.
#[derive(Debug)]
pub struct Done<R> {
    /// What it answers.
    pub response: R,
    /// What it asked for and what happened.
    pub step: Step,
    /// The rule that decided; `None` for a describe.
    pub rule: Option<RuleId>,
}

impl<R> Done<R> {
    /// What a describe answers.
    pub(super) fn observed(response: R) -> Self {
        Self { response, step: Step::default(), rule: None }
    }
}

/// Why a call did nothing.
#[derive(Debug)]
pub enum Blocked<R, M = Infallible> {
    /// The service says no.
    Refused(R),
    /// The embedder broke the contract.
    Misused(M),
}

impl<R, M> From<R> for Blocked<R, M> {
    fn from(refusal: R) -> Self {
        Self::Refused(refusal)
    }
}

/// A response, as far as a token remembers it. Sealed.
pub trait Answer: Sealed + Clone + Eq + core::fmt::Debug + Into<Response> {
    /// What is remembered. Describes define no `ClientToken`: nothing of theirs is ever kept or recalled.
    #[doc(hidden)]
    fn keep(&self) -> TokenOutcome {
        TokenOutcome::Accepted
    }

    /// The response of what is remembered; `None` if that is another operation's.
    #[doc(hidden)]
    fn recall(_: &TokenOutcome) -> Option<Self> {
        None
    }
}

/// A product's refusal, as far as the token cache causes or remembers it. Sealed.
pub trait Denial: Sealed + Clone + Eq + core::fmt::Debug + Into<Refusal> {
    /// The refusal that the token cache causes.
    #[doc(hidden)]
    fn of_token(operation: Operation, refusal: TokenRefusal, policy: &Policy) -> Self;
    /// The refusal of a parameter.
    #[doc(hidden)]
    fn of_parameter(operation: Operation, parameter: &'static str, why: &'static str) -> Self;
    /// This product's refusal, if it is one.
    #[doc(hidden)]
    fn narrow(refusal: &Refusal) -> Option<&Self>;
    /// The rule that decided.
    fn rule(&self) -> RuleId;
}

impl Sealed for EbsRefusal {}

impl Denial for EbsRefusal {
    fn of_token(operation: Operation, refusal: TokenRefusal, _policy: &Policy) -> Self {
        EbsReason::Token { refusal }.of(operation)
    }

    fn of_parameter(operation: Operation, parameter: &'static str, why: &'static str) -> Self {
        EbsReason::InvalidParameter { parameter: parameter.into(), why: why.into() }.of(operation)
    }

    fn narrow(refusal: &Refusal) -> Option<&Self> {
        if let Refusal::Ebs(refusal) = refusal { Some(refusal) } else { None }
    }

    fn rule(&self) -> RuleId {
        self.rule()
    }
}

impl Sealed for PolarDbRefusal {}

impl Denial for PolarDbRefusal {
    fn of_token(operation: Operation, refusal: TokenRefusal, policy: &Policy) -> Self {
        let in_house = policy.polardb.token_mismatch == TokenMismatch::InvalidClientToken;
        if refusal == TokenRefusal::Mismatch && in_house {
            return PolarDbReason::TokenReused.of(operation);
        }
        PolarDbReason::Token { refusal }.of(operation)
    }

    fn of_parameter(operation: Operation, parameter: &'static str, why: &'static str) -> Self {
        PolarDbReason::Malformed { parameter: parameter.into(), why: why.into() }.of(operation)
    }

    fn narrow(refusal: &Refusal) -> Option<&Self> {
        if let Refusal::PolarDb(refusal) = refusal { Some(refusal) } else { None }
    }

    fn rule(&self) -> RuleId {
        self.rule()
    }
}
