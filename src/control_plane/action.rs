//! The traits that tie a request type to its operation, response and refusal.

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
    /// Limits the implementors of the traits here to types of this crate.
    pub trait Sealed {}
}

use sealed::Sealed;

/// An operation, implemented by its request type: the response, the refusal and the ids it needs.
///
/// Sealed: implemented by the request types of [`ebs`](crate::ebs) and [`polardb`](crate::polardb).
pub trait Action: Sealed + Clone + Eq + core::fmt::Debug + Into<Request> {
    /// The operation.
    const OPERATION: Operation;
    /// Its response.
    type Response: Answer;
    /// Its refusal.
    type Refusal: Denial;
    /// The ids of the resources it creates; `()` if it creates none.
    type Fresh;
    /// The caller's possible contract violation: [`Misuse`] if it needs fresh ids, else uninhabited.
    type Misused: Into<Misuse>;

    /// Decides the request and applies the decision.
    #[doc(hidden)]
    fn perform(
        &self,
        plane: &mut ControlPlane,
        call: &CallContext<'_>,
        fresh: &Self::Fresh,
    ) -> Performed<Self>;
}

/// The result of [`Action::perform`].
pub type Performed<A> =
    Result<Done<<A as Action>::Response>, Blocked<<A as Action>::Refusal, <A as Action>::Misused>>;

/// An accepted call.
#[derive(Debug)]
pub struct Done<R> {
    /// The response.
    pub response: R,
    /// Its effects and events.
    pub step: Step,
    /// The rule that decided; `None` for a describe.
    pub rule: Option<RuleId>,
}

impl<R> Done<R> {
    /// The result of a describe, which changes nothing.
    pub(super) fn observed(response: R) -> Self {
        Self { response, step: Step::default(), rule: None }
    }
}

/// Why a call was not performed.
#[derive(Debug)]
pub enum Blocked<R, M = Infallible> {
    /// The service refuses it.
    Refused(R),
    /// The embedder broke the contract.
    Misused(M),
}

impl<R, M> From<R> for Blocked<R, M> {
    fn from(refusal: R) -> Self {
        Self::Refused(refusal)
    }
}

/// A response, with its conversion to and from the outcome stored under a token. Sealed.
pub trait Answer: Sealed + Clone + Eq + core::fmt::Debug + Into<Response> {
    /// The outcome to store. Describes define no `ClientToken`, so theirs is never stored or recalled.
    #[doc(hidden)]
    fn keep(&self) -> TokenOutcome {
        TokenOutcome::Accepted
    }

    /// The response of a stored outcome; `None` if it belongs to another operation.
    #[doc(hidden)]
    fn recall(_: &TokenOutcome) -> Option<Self> {
        None
    }
}

/// A product's refusal, with the conversions that the token cache needs. Sealed.
pub trait Denial: Sealed + Clone + Eq + core::fmt::Debug + Into<Refusal> {
    /// The refusal for a token that the cache turns away.
    #[doc(hidden)]
    fn of_token(operation: Operation, refusal: TokenRefusal, policy: &Policy) -> Self;
    /// The refusal for an invalid parameter.
    #[doc(hidden)]
    fn of_parameter(operation: Operation, parameter: &'static str, why: &'static str) -> Self;
    /// Downcasts to this product's refusal.
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
