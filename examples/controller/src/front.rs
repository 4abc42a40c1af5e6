//! The vendor's protocol at `/`, read and written by the emulator's front end; here is only whom it is spoken for.
//!
//! A controller that does not lead answers 503, so that clients that retry and load balancers go on to the next.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use axum::response::Response as HttpResponse;
use axum::routing::any;
use failover_emulator::answers::Entry;
use failover_emulator::caller::{Caller, Defaults, error};
use failover_emulator::incoming;
use failover_emulator::limits::Limits;
use failover_emulator::reply;
use failover_emulator::serve::Lost;
use failover_model::trace::Answer;
use failover_model::wire::{Body, Format, Parameters, Parsed};
use failover_model::{Call, Operation, Product, Timestamp, WireError};
use failover_recorder::record::Recorder;
use tokio::sync::watch;

use crate::fresh::request_id;
use crate::lose::Losing;
use crate::options::Options;
use crate::reign::{Answered, Reign, system_time};

/// The longest body.
const LONGEST_BODY: usize = 1 << 20;

/// What the front has.
pub struct Front {
    /// How this controller judges; here, what is meant by calls that do not say it.
    pub options: Arc<Options>,
    /// The reign, while this process leads.
    pub reign: watch::Receiver<Option<Arc<Reign>>>,
    /// Records calls, if asked to.
    pub recorder: Option<Arc<Recorder>>,
    /// Which answers are lost, for tests of clients.
    pub losing: Losing,
}

impl Front {
    fn defaults(&self) -> Defaults<'_> {
        Defaults { account: &self.options.account, region: &self.options.region }
    }

    /// The reign, if this process leads.
    pub fn reign(&self) -> Option<Arc<Reign>> {
        self.reign.borrow().clone().filter(|reign| reign.leads())
    }
}

/// The protocol, and its refusal of every other path.
pub fn router(front: &Arc<Front>) -> Router {
    Router::new().route("/", any(call)).fallback(elsewhere).with_state(Arc::clone(front))
}

/// Whether a controller of databases carries out what this operation asks for.
pub const fn offers(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::CreateDbCluster
            | Operation::DeleteDbCluster
            | Operation::DescribeDbClusters
            | Operation::DescribeDbClusterAttribute
            | Operation::DescribeDbClusterEndpoints
            | Operation::DescribeHaLogs
            | Operation::DescribePolarDbRegions
            | Operation::FailoverDbCluster
            | Operation::ModifyDbNodeConfig
            | Operation::ModifyDbClusterDeletion
            | Operation::CreateDbNodes
            | Operation::DeleteDbNodes
            | Operation::RestartDbNode
    )
}

async fn elsewhere(State(front): State<Arc<Front>>, request: Request) -> HttpResponse {
    let message = "Specified api is not found, please check your url and method.";
    refuse(&front, &request.into_parts().0, &error(404, "InvalidApi.NotFound", message.into()))
}

fn refuse(front: &Front, parts: &Parts, error: &WireError) -> HttpResponse {
    let caller = Caller::of(&parts.headers);
    let (parameters, _) = caller.read(parts.uri.query().unwrap_or_default(), b"");
    let id = request_id();
    let host = caller.host_id(Some(Product::PolarDb), front.defaults());
    reply::response(Body::error(error, None, &id, &host, caller.format(&parameters)), &id)
}

async fn call(State(front): State<Arc<Front>>, request: Request) -> HttpResponse {
    let (parts, body) = request.into_parts();
    if let Some(why) = incoming::misaddressed(parts.version, &parts.headers) {
        let message = format!("The request is refused: {why}.");
        return refuse(&front, &parts, &error(400, "InvalidRequest", message.into()));
    }
    if parts.method != Method::GET && parts.method != Method::POST {
        let message = format!("The method {} is not supported; send GET or POST.", parts.method);
        let mut response = refuse(&front, &parts, &error(405, "UnsupportedHTTPMethod", message.into()));
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
        return response;
    }
    let body = match incoming::read(&parts.headers, body, LONGEST_BODY, Limits::DEFAULT.body).await {
        Ok(body) => body,
        Err(unread) => {
            let message = format!("The request is refused: {unread}.");
            let error = error(unread.status().as_u16(), unread.code(), message.into());
            return refuse(&front, &parts, &error);
        }
    };
    let caller = Caller::of(&parts.headers);
    let (parameters, read) = caller.read(parts.uri.query().unwrap_or_default(), &body);
    let parsed = read.and_then(|()| caller.parse(&parameters));
    let begun = front.recorder.as_ref().map(|recorder| {
        (
            recorder,
            recorder.begin(system_time()),
            caller.recorded(&parameters, parsed.as_ref().ok(), front.defaults()),
        )
    });
    let id = request_id();
    let operation = parsed.as_ref().ok().map(|parsed| parsed.request.operation());
    let answer = match parsed {
        Ok(parsed) => ask(&front, &caller, &parameters, parsed, &id).await,
        Err(early) => Err(early.error),
    };
    let document = |format| match &answer {
        Ok((operation, response)) => Body::success(*operation, response, &id, format),
        Err(error) => {
            let product = caller.product(&parameters);
            Body::error(error, product, &id, &caller.host_id(product, front.defaults()), format)
        }
    };
    let lost = operation.is_some_and(|operation| front.losing.loses(operation));
    let mut response = reply::response(document(caller.format(&parameters)), &id);
    if lost {
        response.extensions_mut().insert(Lost);
    }
    if let Some((recorder, begun, read)) = begun {
        let shown = document(Format::Json);
        let body = serde_json::from_str(&shown.text).ok().filter(|_| !lost);
        recorder.end(begun, system_time(), read, body.map(|body| Answer { status: shown.status, body }));
    }
    response
}

/// What came of a call.
type Came = Result<(Operation, failover_model::Response), WireError>;

async fn ask(front: &Front, caller: &Caller<'_>, parameters: &Parameters, parsed: Parsed, id: &str) -> Came {
    let operation = parsed.request.operation();
    if !offers(operation) {
        let message = format!("This controller does not carry out {}.", operation.as_str());
        return Err(error(400, "UnsupportedOperation", message.into()));
    }
    let unavailable = |message: &'static str| error(503, "ServiceUnavailable", message.into());
    let Some(reign) = front.reign() else {
        return Err(unavailable("This controller does not lead; another one does, or will soon."));
    };
    let account = caller.account(parameters, front.defaults());
    let region = caller.region(&parsed, &front.options.region);
    let call = Call { now: Timestamp::default(), account, region, token: parsed.token.clone() };
    let (account, request) = (call.account.clone(), parsed.request);
    let resource = request.resource().map(str::to_owned);
    let Some(Answered { at, result, replayed, rule }) = reign.call(call, request).await else {
        return Err(unavailable(
            "The request has failed: this controller leads no more. It may have taken effect.",
        ));
    };
    let came = match result {
        Ok(Ok(response)) => Ok((operation, response)),
        Ok(Err(refusal)) => Err(refusal.wire()),
        Err(misuse) => {
            tracing::error!("a call is refused as misuse: {misuse}");
            Err(error(
                500,
                "InternalError",
                "The request processing has failed due to some unknown error.".into(),
            ))
        }
    };
    if !crate::reign::reads(operation) {
        let outcome = if replayed {
            "replayed"
        } else if came.is_ok() {
            "accepted"
        } else {
            "refused"
        };
        let mut entry = Entry::new(at.as_millis(), account, "call")
            .with("request_id", id)
            .with("action", operation.as_str())
            .with("token", parsed.token.as_ref().map(ToString::to_string))
            .with("outcome", outcome)
            .with("code", came.as_ref().err().map(|error| error.code.clone().into_owned()));
        let created = came.as_ref().ok().and_then(|(_, response)| response.created());
        entry.resource = created.map(str::to_owned).or(resource);
        entry.rule = rule.map(|rule| rule.as_str().into());
        reign.tell(entry);
    }
    came
}
