//! One call, from the token to the reply.

use alloc::boxed::Box;
use core::convert::Infallible;

use super::action::{Action, Answer, Blocked, Denial, Done};
use super::event::{Event, Fact, Step};
use super::{ControlPlane, Request, Scope, TokenOutcome, Violation};
use crate::control_plane::rules::{C_010, C_020, C_021, C_022, C_023, C_024};
use crate::cursor::List;
use crate::ebs::EbsRefusal;
use crate::ebs::page::Viewpoint;
use crate::ids::{AccountId, EffectId, NodeId, RegionId};
use crate::operation::Operation;
use crate::outcome::NotTaken;
use crate::policy::{EbsPolicy, Policy, RejectionPolicy, TokenAlphabet, TokenScope};
use crate::rule::{RuleId, cite};
use crate::time::Timestamp;
use crate::token::rules::{T_080, T_190};
use crate::token::{ClientToken, Standing, TokenKey, TokenRefusal, Vacancy};

/// The context of a call: time, account, region and token.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Call {
    /// The time of the call.
    pub now: Timestamp,
    /// The calling account.
    pub account: AccountId,
    /// The called region: `RegionId`, or the endpoint's region for PolarDB operations without that parameter.
    pub region: RegionId,
    /// `ClientToken`; ignored by operations that do not define it.
    pub token: Option<ClientToken>,
}

/// The context of a call as an operation sees it.
#[derive(Debug)]
pub struct CallContext<'a> {
    /// The operation.
    pub operation: Operation,
    /// The time of the call, not earlier than the clock.
    pub now: Timestamp,
    /// The calling account.
    pub account: &'a AccountId,
    /// The called region.
    pub region: &'a RegionId,
}

impl<'a> CallContext<'a> {
    /// From where a describe of pairs or groups looks.
    pub(super) const fn viewpoint(&self, policy: &'a EbsPolicy) -> Viewpoint<'a> {
        Viewpoint { account: self.account, region: self.region, policy }
    }

    /// The list that it asks for, without a filter.
    pub(super) fn list(&self) -> List {
        List::of(self.operation, self.account, self.region)
    }
}

/// The answer to a call.
#[must_use = "the step holds effects that must be carried out"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply<A: Action> {
    /// The response, or why the call was refused.
    pub result: Result<A::Response, A::Refusal>,
    /// Whether the answer is a replay from the token cache; then the call did nothing. Not visible on the wire.
    pub replayed: bool,
    /// The effects and events; empty for a refusal or replay, except that storing a refusal may evict a token
    /// (`T-190`).
    pub step: Step,
    /// The rule that decided: of the lifecycle row, the refusal or the token. `None` for a describe.
    pub rule: Option<RuleId>,
}

/// A contract violation by the embedder. Never caused by a client, never on the wire; nothing but the clock changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// A report on an effect that is not pending: superseded, already reported on, or never issued.
    #[error("effect {0} is not pending (C-040)")]
    Stale(EffectId),
    /// The outcome is not one of this effect: a choice for an effect that is no choice, or the reverse.
    #[error("effect {0} does not end in this way")]
    WrongOutcome(EffectId),
    /// The chosen node is not among those offered (`P-152`).
    #[error("the node chosen for effect {0} was not offered (P-152)")]
    NotOffered(EffectId),
    /// An observation of an unknown resource.
    #[error("the observation is of an unknown resource")]
    Unknown,
    /// What was measured of a node is older than the policy lets sight be (`P-671`).
    #[error("the measurement is older than sight may be late (P-671)")]
    TooOld,
    /// The ids for the created resources are too few or too many, hold a duplicate, or one is in use.
    #[error("a fresh id is missing, superfluous, given twice or in use")]
    BadFreshId,
}

impl Misuse {
    /// The misuse for a rejected report on this effect.
    pub(super) const fn of(why: NotTaken, effect: EffectId) -> Self {
        match why {
            NotTaken::Stale => Self::Stale(effect),
            NotTaken::NotOffered => Self::NotOffered(effect),
            NotTaken::WrongOutcome => Self::WrongOutcome(effect),
            // No report of a member reaches it alone.
            NotTaken::Grouped => Self::Stale(effect),
        }
    }
}

/// Why an existing resource cannot be adopted. Nothing but the clock has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAdopted {
    /// Its id, or that of one of its nodes, is in use or given twice.
    #[error("{0}: an id is in use or given twice")]
    IdInUse(alloc::string::String),
    /// It could not have been created here: its disks are in use or too close, or a region lacks the feature.
    #[error(transparent)]
    Refused(#[from] EbsRefusal),
    /// It breaks an invariant.
    #[error(transparent)]
    Violation(#[from] Violation),
}

impl<A: Action> Reply<A> {
    fn refused(refusal: A::Refusal) -> Self {
        let rule = Some(refusal.rule());
        Self { result: Err(refusal), replayed: false, step: Step::default(), rule }
    }

    /// The reply that the token alone decides. A stored outcome belongs to this operation, since the operation is part
    /// of the scope or of the comparison; if it ever did not, the reply would be a mismatch.
    fn of_token(standing: &Standing<'_, TokenOutcome>, policy: &Policy) -> Self {
        let refused = |refusal| Self::refused(A::Refusal::of_token(A::OPERATION, refusal, policy));
        let recalled = match standing {
            Standing::Refused(refusal) => return refused(*refusal),
            Standing::Replay(TokenOutcome::Refused(refusal)) => A::Refusal::narrow(refusal).cloned().map(Err),
            Standing::Replay(outcome) => A::Response::recall(outcome).map(Ok),
            Standing::Bypass | Standing::Vacant => None,
        };
        recalled.map_or_else(|| refused(TokenRefusal::Mismatch), Self::replayed)
    }

    fn replayed(result: Result<A::Response, A::Refusal>) -> Self {
        Self { result, replayed: true, step: Step::default(), rule: Some(T_080) }
    }
}

impl ControlPlane {
    /// Makes any call. The methods named after operations are this one with concrete types.
    ///
    /// # Errors
    ///
    /// [`Misuse::BadFreshId`] if the call would be accepted but its fresh ids cannot be used.
    pub fn call<A: Action>(
        &mut self,
        call: &Call,
        request: &A,
        fresh: &A::Fresh,
    ) -> Result<Reply<A>, A::Misused> {
        cite!(C_020);
        let now = self.observe(call.now);
        let claim = match self.claim(call, request) {
            Ok(claim) => claim,
            Err(refusal) => return Ok(Reply::refused(refusal)),
        };
        let vacancy = match &claim {
            Some(claim) => match self.tokens.peek(now, &claim.key, &claim.request) {
                Ok(vacancy) => Some(vacancy),
                Err(standing) => return Ok(Reply::of_token(&standing, &self.policy)),
            },
            None => None,
        };
        let context =
            CallContext { operation: A::OPERATION, now, account: &call.account, region: &call.region };
        let mut reply = match request.perform(self, &context, fresh) {
            Ok(Done { response, step, rule }) => Reply { result: Ok(response), replayed: false, step, rule },
            Err(Blocked::Refused(refusal)) => Reply::refused(refusal),
            Err(Blocked::Misused(misuse)) => return Err(misuse),
        };
        cite!(C_022);
        let keep = reply.result.is_ok() || self.policy.tokens.rejections == RejectionPolicy::Sticky;
        if let (Some(claim), Some(vacancy), true) = (claim, vacancy, keep) {
            self.remember(now, claim, vacancy, &call.account, &mut reply);
        }
        Ok(reply)
    }

    /// Makes a call that needs no fresh ids and therefore cannot be misused.
    pub(super) fn call_infallible<A: Action<Fresh = (), Misused = Infallible>>(
        &mut self,
        call: &Call,
        request: &A,
    ) -> Reply<A> {
        let Ok(reply) = self.call(call, request, &());
        reply
    }

    /// The token key and request of the call; `None` if it has no token or the operation takes none.
    fn claim<A: Action>(&self, call: &Call, request: &A) -> Result<Option<Claim>, A::Refusal> {
        cite!(C_010, C_021, C_024);
        let Some(token) = call.token.as_ref().filter(|_| A::OPERATION.takes_token()) else { return Ok(None) };
        let graphic = self.policy.tokens.alphabet == TokenAlphabet::Graphic;
        if graphic && ClientToken::parse_strict(token.as_str()).is_err() {
            let why = "only visible ASCII characters are allowed";
            return Err(A::Refusal::of_parameter(A::OPERATION, "ClientToken", why));
        }
        let scope = Scope {
            region: call.region.clone(),
            product: A::OPERATION.product(),
            operation: match self.policy.tokens.scope {
                TokenScope::Operation => Some(A::OPERATION),
                TokenScope::Product => None,
            },
        };
        let key = TokenKey { tenant: call.account.clone(), scope, token: token.clone() };
        Ok(Some(Claim { key, request: request.clone().into() }))
    }

    /// Stores the outcome of a decided call under its token (`C-023`).
    fn remember<A: Action>(
        &mut self,
        now: Timestamp,
        claim: Claim,
        vacancy: Vacancy,
        account: &AccountId,
        reply: &mut Reply<A>,
    ) {
        cite!(C_023);
        let outcome = match &reply.result {
            Ok(response) => response.keep(),
            Err(refusal) => TokenOutcome::Refused(Box::new(refusal.clone().into())),
        };
        if let Some(horizon) = self.tokens.settle(now, vacancy, claim.key, claim.request, outcome) {
            let (account, fact) = (account.clone(), Fact::TokenEvicted { horizon });
            reply.step.events.push(Event { at: now, account, rule: T_190, fact });
        }
    }
}

/// A token key and the request that claims it.
struct Claim {
    key: TokenKey<AccountId, Scope>,
    request: Request,
}

impl From<Infallible> for Misuse {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// Checks that all ids are distinct and unused.
pub(super) fn all_fresh<'a>(
    nodes: impl Iterator<Item = &'a NodeId> + Clone,
    in_use: impl Fn(&NodeId) -> bool,
) -> Result<(), Misuse> {
    let distinct: alloc::collections::BTreeSet<_> = nodes.clone().collect();
    if distinct.len() == nodes.clone().count() && !nodes.into_iter().any(in_use) {
        Ok(())
    } else {
        Err(Misuse::BadFreshId)
    }
}
