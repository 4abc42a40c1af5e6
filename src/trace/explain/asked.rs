//! A call as it is put to the model, and what it is to answer.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use serde_json::Value;

use super::compare::{Exactness, Mismatch};
use super::names::{Kind, id_of, lists, only_looks, records};
use super::run::World;
use crate::control_plane::{Call, ControlPlane, Output, Request, Response};
use crate::ebs::PairEffect;
use crate::ids::RegionId;
use crate::operation::Operation;
use crate::time::Timestamp;
use crate::token::ClientToken;
use crate::trace::exchange::Exchange;
use crate::wire::Document;

/// A call, and the part of its answer that concerns one component.
#[derive(Debug)]
pub(super) struct Asked {
    /// The number of the exchange in the trace, from 0.
    pub(super) number: usize,
    pub(super) exchange: Arc<Exchange>,
    /// Sent and answered, in the unit that orders the exchanges.
    pub(super) begin: u64,
    pub(super) end: u64,
    pub(super) region: RegionId,
    pub(super) token: Option<ClientToken>,
    pub(super) request: Request,
    /// Whether its token would remember a refusal.
    pub(super) sticks: bool,
    pub(super) expected: Expected,
}

/// The answer that was recorded.
#[derive(Debug, PartialEq)]
pub(super) enum Expected {
    /// The call was accepted.
    Accepted {
        /// The document, of a list the records of this component alone.
        body: Value,
        /// Whether the whole list is about this component.
        whole: bool,
        /// Whether the list may go on elsewhere.
        cut: bool,
    },
    /// It was refused.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The code.
        code: String,
    },
    /// The answer was lost, or a failure of the server hides it: the call took effect or did not.
    Unknown,
}

impl Expected {
    /// What the model is to answer.
    ///
    /// # Errors
    ///
    /// Why the answer says nothing about the model.
    pub(super) fn of(exchange: &Exchange) -> Result<Self, String> {
        let Some(answer) = &exchange.answer else { return Ok(Self::Unknown) };
        let Some(code) = answer.code() else {
            return Ok(Self::Accepted { body: answer.body.clone(), whole: true, cut: false });
        };
        // Refused before the product is asked.
        const GATEWAY: [&str; 9] = [
            "Throttling",
            "Signature",
            "IncompleteSignature",
            "InvalidAccessKeyId",
            "InvalidSecurityToken",
            "Forbidden",
            "NoPermission",
            "InvalidTimeStamp",
            "MissingSecurityToken",
        ];
        if GATEWAY.iter().any(|begins| code.starts_with(begins)) {
            return Err(format!("{code} is answered by the gateway, so the call had no effect"));
        }
        if answer.status >= 500 {
            return Ok(Self::Unknown);
        }
        Ok(Self::Refused { status: answer.status, code: code.to_owned() })
    }
}

impl Asked {
    /// The operation.
    pub(super) const fn operation(&self) -> Operation {
        self.request.operation()
    }

    /// Whether its answer shows that it changed nothing.
    pub(super) const fn changes_nothing(&self) -> bool {
        only_looks(self.operation()) || (matches!(self.expected, Expected::Refused { .. }) && !self.sticks)
    }

    /// Whether it asks the same as another and was answered the same.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        self.request == other.request
            && self.region == other.region
            && self.exchange.account == other.exchange.account
            && self.expected == other.expected
    }

    /// The call at this time.
    pub(super) fn call(&self, now: Timestamp) -> Call {
        let (account, region) = (self.exchange.account.clone(), self.region.clone());
        Call { now, account, region, token: self.token.clone() }
    }

    /// The document of the answer, if the call was accepted.
    pub(super) const fn body(&self) -> Option<&Value> {
        if let Expected::Accepted { body, .. } = &self.expected { Some(body) } else { None }
    }

    /// The ids that the request names.
    pub(super) fn named(&self) -> impl Iterator<Item = &str> {
        self.exchange
            .parameters
            .iter()
            .filter(|(name, _)| !name.contains("Token"))
            .map(|(_, value)| value.as_str())
    }

    /// Whether the model's output is the recorded answer; else how it differs.
    pub(super) fn judge(
        &self,
        plane: &ControlPlane,
        output: &Output,
        world: &World<'_>,
    ) -> Result<(), Mismatch> {
        let answer = |allowed: String, shown: String| {
            Err(Mismatch { at: "the answer".to_owned(), allowed, shown, rule: output.rule })
        };
        let accepted = || "accepted".to_owned();
        match (&self.expected, &output.result) {
            (Expected::Unknown, _) | (_, None) => Ok(()),
            (Expected::Refused { status, code }, Some(Ok(_))) => {
                answer(accepted(), format!("{status} {code}"))
            }
            (Expected::Accepted { .. }, Some(Err(refusal))) => {
                let error = refusal.wire();
                answer(format!("{} {}", error.status, error.code), accepted())
            }
            (Expected::Refused { status, code }, Some(Err(refusal))) => {
                let error = refusal.wire();
                if error.status == *status && error.code == code.as_str() {
                    return Ok(());
                }
                answer(format!("{} {}", error.status, error.code), format!("{status} {code}"))
            }
            (Expected::Accepted { body, whole, cut }, Some(Ok(response))) => {
                let exactness = Exactness { clock_error: world.clock_error, whole: *whole, cut: *cut };
                let compare = || {
                    let own = serde_json::to_value(Document::of(response, "")).unwrap_or_default();
                    exactness.difference(&self.as_far_as_known(plane, response, own, body), body)
                };
                let difference = match response {
                    // What the plane knows beside it decides.
                    Response::PairProgress(_) => compare(),
                    _ => world.judged.difference(self.number, response, compare),
                };
                match difference {
                    None => Ok(()),
                    Some(mismatch) => Err(Mismatch { rule: output.rule, ..mismatch }),
                }
            }
        }
    }

    /// The model does not know how far a running copy is (`E-696`): any percentage below 100 is one of its answers.
    fn as_far_as_known(
        &self,
        plane: &ControlPlane,
        response: &Response,
        mut own: Value,
        shown: &Value,
    ) -> Value {
        let (Response::PairProgress(_), Request::DescribeDiskReplicaPairProgress(asked)) =
            (response, &self.request)
        else {
            return own;
        };
        let pending = plane.pair(&asked.pair).and_then(crate::ebs::ReplicaPair::pending);
        let copies = pending.is_some_and(|pending| pending.effect == PairEffect::Copy);
        let percent =
            shown.get("Progress").filter(|percent| percent.as_u64().is_some_and(|percent| percent < 100));
        if let (true, Some(percent), Some(own)) = (copies, percent, own.get_mut("Progress")) {
            *own = percent.clone();
        }
        own
    }
}

/// What the answer of a list says about one component: the records whose id is `mine`.
pub(super) fn part_of(operation: Operation, body: &Value, mine: impl Fn(&str) -> bool) -> Value {
    let Some(kind) = lists(operation) else { return body.clone() };
    let found =
        records(body).filter(|(found, record)| *found == kind && id_of(kind, record).is_some_and(&mine));
    let found: Vec<Value> = found.map(|(_, record)| record.clone()).collect();
    match kind {
        Kind::Pair => serde_json::json!({ "ReplicaPairs": found }),
        Kind::Group => serde_json::json!({ "ReplicaGroups": found }),
        Kind::Cluster | Kind::Drill | Kind::Network => serde_json::json!({ "Items": { "DBCluster": found } }),
    }
}

/// Whether a list may go on on another page, or was begun on one.
pub(super) fn is_cut(exchange: &Exchange, body: &Value) -> bool {
    let next = body.get("NextToken").and_then(Value::as_str).is_some_and(|token| !token.is_empty());
    let asked =
        |name: &str| exchange.parameters.get(name).map(String::as_str).filter(|text| !text.is_empty());
    let later = asked("NextToken").is_some() || asked("PageNumber").is_some_and(|page| page != "1");
    // A list of clusters has no token; its page is full if more follow.
    const SHORTEST_PAGE: usize = 30;
    let full = body.get("NextToken").is_none() && records(body).count() >= SHORTEST_PAGE;
    next || later || full
}

/// The id of what an answer says was created.
pub(super) fn created(body: &Value) -> Option<&str> {
    let nodes = body.pointer("/DBNodeIds/DBNodeId/0").and_then(Value::as_str);
    nodes.or_else(|| Kind::ALL.into_iter().find_map(|kind| id_of(kind, body)))
}
