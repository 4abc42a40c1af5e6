//! The vendor's protocol at `/`: from an HTTP request to a call of the library and back.
//!
//! What a request means is read by the library ([`failover_model::wire`]); here is only where its parts come from. The
//! account is the access key id if that is sixteen digits, so that tests in parallel share a server and nothing else;
//! signatures are not verified. The region is `RegionId` where the operation defines it; elsewhere the endpoint's, and
//! then it only scopes the token.
//!
//! Every call leaves one event of kind `call` in the feed, before the events that it caused: `resource` and `rule` as
//! usual (a call that is accepted has no one rule), and in `detail` `request_id`, `action`, `region`, `token`, `outcome`
//! (`accepted`, `replayed`, `refused`) and `code`; where a fault struck, also `reply`: `lost`, `delayed`, or the status
//! that it was replaced by. A call that a fault kept from taking effect is `refused` with the fault's code. A describe
//! adds one event of kind `hint` for each pair that was asked for by id and is visible only from the other `Site`, since
//! an empty answer does not tell why it is empty. A token that is a language's word for nothing, which some clients send
//! where they are given none ([which](../../../docs/clients.md#tokens)), gives a `hint` as well: its callers share it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, header, request::Parts};
use axum::response::Response as HttpResponse;
use axum::routing::any;
use failover_model::simulation::{ReplyFault, Trace};
use failover_model::trace::Answer;
use failover_model::wire::{Body, Format, Parameters, Parsed};
use failover_model::{AccountId, Call, ControlPlane, Operation, RegionId, RuleId, Timestamp, WireError};
use failover_model::{Refusal, Request as Asked, Response};

use crate::account::NotChanged;
use crate::caller::{Caller, Early, error, quote};
use crate::emulator::{Emulator, TooManyAccounts};
use crate::happened::{About, Called, Happened, Hint, Struck};
use crate::incoming;
use crate::limits::Limits;
use crate::reply::{self, TEMPORARY};
use crate::serve;
use crate::world::World;

/// The longest body.
const LONGEST_BODY: usize = 1 << 20;

/// The words for nothing of the languages that there are SDKs for.
const NOTHING: [&str; 4] = ["None", "undefined", "null", "nil"];

/// The protocol at `/`, and its refusal of every other path.
pub fn router(emulator: &Arc<Emulator>) -> Router {
    Router::new().route("/", any(call)).fallback(elsewhere).with_state(Arc::clone(emulator))
}

/// What came of a call: the document to answer with, and what the event about it says.
struct Decided {
    document: Outcome,
    outcome: &'static str,
    code: Option<Cow<'static, str>>,
    rule: Option<RuleId>,
    resource: Option<String>,
    happened: Trace,
}

enum Outcome {
    Success(Operation, Response),
    Error(WireError),
}

impl Decided {
    /// A call that did nothing.
    fn refused(error: WireError) -> Self {
        Self {
            code: Some(error.code.clone()),
            document: Outcome::Error(error),
            outcome: "refused",
            rule: None,
            resource: None,
            happened: Trace::default(),
        }
    }
}

async fn elsewhere(State(emulator): State<Arc<Emulator>>, request: Request) -> HttpResponse {
    let (parts, _) = request.into_parts();
    let not_found = || {
        let message = "Specified api is not found, please check your url and method.";
        error(404, "InvalidApi.NotFound", message.into())
    };
    refuse(&emulator, &parts, misaddressed(&parts).unwrap_or_else(not_found)).await
}

async fn call(State(emulator): State<Arc<Emulator>>, request: Request) -> HttpResponse {
    let (parts, body) = request.into_parts();
    if let Some(error) = misaddressed(&parts) {
        return refuse(&emulator, &parts, error).await;
    }
    if parts.method != Method::GET && parts.method != Method::POST {
        let message = format!("The method {} is not supported; send GET or POST.", parts.method);
        let mut response =
            refuse(&emulator, &parts, error(405, "UnsupportedHTTPMethod", message.into())).await;
        response.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static("GET, POST"));
        return response;
    }
    let body = match incoming::read(&parts.headers, body, LONGEST_BODY, emulator.limits.body).await {
        Ok(body) => body,
        Err(unread) => {
            tracing::warn!("a call: {unread}");
            let message = format!("The request is refused: {unread}.");
            let error = error(unread.status().as_u16(), unread.code(), message.into());
            return refuse(&emulator, &parts, error).await;
        }
    };
    let caller = Caller::of(&parts.headers);
    let (parameters, read) = caller.read(parts.uri.query().unwrap_or_default(), &body);
    let parsed = read.and_then(|()| caller.parse(&parameters));
    let account = match emulator.account(&caller.account(&parameters, emulator.defaults())) {
        Ok(account) => account,
        Err(full) => return refusal(&emulator, &caller, &parameters, &no_room(full), &serve::request_id()),
    };
    let recorded = match emulator.recorder() {
        Some(recorder) => {
            let begun = recorder.begin(account.with(|_, now| now).await);
            Some((recorder, begun, caller.recorded(&parameters, parsed.as_ref().ok(), emulator.defaults())))
        }
        None => None,
    };
    let said = || caller.said(&parts, &body);
    let act = |world: &mut World, now| {
        answer(world, now, &account.id, emulator.limits, &caller, &parameters, parsed)
    };
    let (answer, request_id, fault) = match account.change(said, act).await {
        Ok(answered) => answered,
        Err(why) => {
            return refusal(&emulator, &caller, &parameters, &not_changed(why), &serve::request_id());
        }
    };
    // Writing the document needs no lock.
    let hidden = fault.as_ref().and_then(reply::replacement);
    let document = |format| match (&hidden, &answer) {
        (None, Outcome::Success(operation, response)) => {
            Body::success(*operation, response, &request_id, format)
        }
        (Some(error), _) | (None, Outcome::Error(error)) => {
            let product = caller.product(&parameters);
            Body::error(error, product, &request_id, &caller.host_id(product, emulator.defaults()), format)
        }
    };
    let response = reply::response(document(caller.format(&parameters)), &request_id);
    let response = match &fault {
        Some(fault) => reply::struck(&emulator, fault, response).await,
        None => response,
    };
    let lost = fault.as_ref().is_some_and(|fault| fault.lose);
    let (action, status) = (caller.action(&parameters).map(quote), response.status().as_u16());
    tracing::debug!(account = %account.id, action = action.as_deref(), request_id, status, lost, "call");
    if let Some((recorder, begun, read)) = recorded {
        let now = account.with(|_, now| now).await;
        let answer = if lost { None } else { recorded_answer(&document(Format::Json)) };
        recorder.end(begun, now, read, answer);
    }
    response
}

/// The error of a request whose `Host` cannot be meant.
fn misaddressed(parts: &Parts) -> Option<WireError> {
    let why = incoming::misaddressed(parts.version, &parts.headers)?;
    Some(error(400, "InvalidRequest", format!("The request is refused: {why}.").into()))
}

/// An answer as it is recorded.
fn recorded_answer(document: &Body) -> Option<Answer> {
    Some(Answer { status: document.status, body: serde_json::from_str(&document.text).ok()? })
}

/// An answer to what is no call at all: it takes a request id of the account, if there is one, and leaves no event.
async fn refuse(emulator: &Emulator, parts: &Parts, error: WireError) -> HttpResponse {
    let caller = Caller::of(&parts.headers);
    let (parameters, _) = caller.read(parts.uri.query().unwrap_or_default(), b"");
    let minted = match emulator.account(&caller.account(&parameters, emulator.defaults())) {
        Ok(account) => {
            let said = || caller.said(parts, b"");
            account.change(said, |world, _| world.simulation.mint_request_id()).await.ok()
        }
        Err(_) => None,
    };
    refusal(emulator, &caller, &parameters, &error, &minted.unwrap_or_else(serve::request_id))
}

/// The document of an error, in the format that the caller asks for.
fn refusal(
    emulator: &Emulator,
    caller: &Caller,
    parameters: &Parameters,
    error: &WireError,
    request_id: &str,
) -> HttpResponse {
    let host = caller.host_id(None, emulator.defaults());
    reply::response(Body::error(error, None, request_id, &host, caller.format(parameters)), request_id)
}

/// The error of a call that was not made, or whose effect may be lost when the server ends.
fn not_changed(why: NotChanged) -> WireError {
    error(503, "ServiceUnavailable", format!("The request has failed: {why}.").into())
}

/// The error of a call by an account too many.
fn no_room(why: TooManyAccounts) -> WireError {
    error(503, "ServiceUnavailable", format!("The request is refused: {why}.").into())
}

/// Everything that happens under the lock.
fn answer(
    world: &mut World,
    now: Timestamp,
    account: &AccountId,
    limits: Limits,
    caller: &Caller,
    parameters: &Parameters,
    parsed: Result<Parsed, Early>,
) -> (Outcome, String, Option<ReplyFault>) {
    let request_id = world.simulation.mint_request_id();
    let default = world.region.clone();
    let operation = match &parsed {
        Ok(parsed) => Some(parsed.request.operation()),
        Err(early) => early.operation,
    };
    let quoted = |name| parameters.get(name).map(|text| quote(text).into_owned());
    let (region, token) = match &parsed {
        Ok(parsed) => {
            let region = caller.region(parsed, &default);
            (Some(region.to_string()), parsed.token.as_ref().map(ToString::to_string))
        }
        Err(_) => (quoted("RegionId"), quoted("ClientToken")),
    };
    // A region that is silent swallows the call before any other fault can strike its reply.
    let fault = operation.and_then(|operation| {
        let silenced = silenced(world, operation, region.as_deref());
        silenced.or_else(|| world.simulation.strike_reply(operation))
    });
    let decided = match (&parsed, &fault) {
        (Ok(_), Some(fault)) if !fault.effect => kept_from_effect(fault),
        (Ok(parsed), _) => {
            let region = caller.region(parsed, &default);
            let call = Call { now, account: account.clone(), region, token: parsed.token.clone() };
            decide(world, &call, &parsed.request, limits)
        }
        (Err(early), _) => Decided { rule: early.rule, ..Decided::refused(early.error.clone()) },
    };

    let action = operation.map(|operation| Cow::Borrowed(operation.as_str()));
    let action = action.or_else(|| Some(Cow::Owned(quote(caller.action(parameters)?).into_owned())));
    let reply = fault.as_ref().map(|fault| match fault.status {
        _ if fault.lose => Struck::Lost,
        Some(status) => Struck::Replaced(status),
        None => Struck::Delayed,
    });
    world.feed.push(Happened::Called(Box::new(Called {
        at: now,
        account: account.clone(),
        request_id: request_id.clone(),
        action,
        region,
        token,
        outcome: decided.outcome,
        code: decided.code,
        reply,
        rule: decided.rule,
        resource: decided.resource,
    })));
    world.record(decided.happened);
    let mut hint = |operation, about| {
        let (account, request_id) = (account.clone(), request_id.clone());
        world.feed.push(Happened::Hint(Box::new(Hint { at: now, account, request_id, operation, about })));
    };
    if let Ok(Parsed { request, token: Some(token), .. }) = &parsed
        && NOTHING.contains(&token.as_str())
    {
        hint(request.operation(), About::Nothing { token: token.to_string() });
    }
    match &decided.document {
        Outcome::Success(operation, Response::PairPage(page)) => {
            for pair in &page.other_site {
                let resource = pair.to_string();
                hint(*operation, About::Site { site: page.site, what: "pair", resource });
            }
        }
        Outcome::Success(operation, Response::GroupPage(page)) => {
            for group in &page.other_site {
                let resource = group.to_string();
                hint(*operation, About::Site { site: page.site, what: "group", resource });
            }
        }
        _ => {}
    }
    (decided.document, request_id, fault)
}

/// Asks the library.
fn decide(world: &mut World, call: &Call, request: &Asked, limits: Limits) -> Decided {
    let operation = request.operation();
    let is_full = world.is_full(operation, limits);
    let (output, happened) = if is_full {
        world.simulation.call_without_room(call, request)
    } else {
        world.simulation.call(call, request)
    };
    let resource = resource(world.simulation.plane(), request, output.result.as_ref());
    let outcome = if output.replayed { "replayed" } else { "accepted" };
    let rule = output.rule;
    match output.result {
        Some(Ok(response)) => Decided {
            document: Outcome::Success(operation, response),
            outcome,
            code: None,
            rule,
            resource,
            happened,
        },
        Some(Err(refusal)) => {
            let error = refusal.wire();
            let outcome = if output.replayed { outcome } else { "refused" };
            let code = Some(error.code.clone());
            Decided { document: Outcome::Error(error), outcome, code, rule, resource, happened }
        }
        None if is_full => Decided { happened, ..full(limits, &call.account) },
        // The simulation mints ids that are free, so a call always has a result.
        None => {
            let message = "The request processing has failed due to some unknown error.";
            let refused = Decided::refused(error(500, "InternalError", message.into()));
            Decided { resource, happened, ..refused }
        }
    }
}

/// A region whose API is down answers nothing and does nothing.
fn silenced(world: &World, operation: Operation, region: Option<&str>) -> Option<ReplyFault> {
    if world.simulation.faults().is_empty() {
        return None;
    }
    let region = RegionId::parse(region?).ok()?;
    if !world.simulation.is_silent(&region) {
        return None;
    }
    Some(ReplyFault {
        action: operation,
        effect: false,
        lose: true,
        status: None,
        code: None,
        message: None,
        body: None,
        delay_ms: 0,
        headers: BTreeMap::new(),
    })
}

/// A call that creates, by an account that has as much as the server bears.
fn full(limits: Limits, account: &AccountId) -> Decided {
    tracing::warn!(limit = limits.resources, account = %account, "a resource too many is refused");
    let message = format!("The account has {} resources and the server bears no more.", limits.resources);
    Decided::refused(error(403, "OperationDenied.QuotaExceed", message.into()))
}

/// A call that a fault keeps from taking effect, with the answer that the fault gives.
fn kept_from_effect(fault: &ReplyFault) -> Decided {
    match reply::replacement(fault) {
        Some(error) => Decided::refused(error),
        // The reply is lost, and nobody sees this.
        None => {
            Decided { code: None, ..Decided::refused(error(503, "ServiceUnavailable", TEMPORARY.into())) }
        }
    }
}

/// The one resource that a call is about; where it names a node alone, the node's cluster.
fn resource(
    plane: &ControlPlane,
    request: &Asked,
    result: Option<&Result<Response, Refusal>>,
) -> Option<String> {
    if let Asked::RestartDbNode(restart) = request
        && let Some(cluster) = plane.cluster_of(&restart.node)
    {
        return Some(cluster.id().to_string());
    }
    let created = result.and_then(|result| result.as_ref().ok()).and_then(Response::created);
    created.or_else(|| request.resource()).map(str::to_owned)
}
