//! The control interface at `/_emulator/`: JSON in and out.
//!
//! A request that cannot be meant is answered 400 with `{"error": "…"}` and changes nothing; so is one with a field or
//! query parameter that is not known, since a test with a misspelt switch would otherwise test something else. The
//! `Content-Type` of a request is not looked at.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get, post, put};
use axum::{Json, body::Bytes};
use failover_model::simulation::Transitions;
use failover_model::{AccountId, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::{END, LONGEST_ADVANCE};
use crate::feed::{Filter, KEPT};
use crate::incoming;
use crate::world::{Emulator, World};
use crate::{effects, faults, policy, seed, state};

/// The longest body of an ordinary request.
pub const LONGEST_BODY: usize = 16 << 20;

/// The longest that a reader of events may wait.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The interface under `/_emulator/`.
pub fn router(emulator: &Arc<Emulator>) -> Router {
    Router::new()
        .route("/_emulator/health", get(health))
        .route("/_emulator/clock", post(move_clock))
        .route("/_emulator/transitions", put(set_transitions))
        .route("/_emulator/policy", get(get_policy).put(put_policy))
        .route("/_emulator/seed", post(seed::plant))
        .route("/_emulator/effects", get(effects::list))
        .route("/_emulator/effects/{id}", post(effects::end))
        .route("/_emulator/faults", get(faults::list).post(faults::make).delete(faults::withdraw_all))
        .route("/_emulator/faults/{id}", delete(faults::withdraw))
        .route("/_emulator/disks", get(disks))
        .route("/_emulator/events", get(events))
        .route("/_emulator/state", get(state::tell).put(state::replace).delete(state::clear))
        .method_not_allowed_fallback(wrong_method)
        .route("/_emulator", any(nothing_here))
        .route("/_emulator/", any(nothing_here))
        .route("/_emulator/{*rest}", any(nothing_here))
        .with_state(Arc::clone(emulator))
}

/// Why a control request is refused.
#[derive(Debug)]
pub struct Refused {
    status: StatusCode,
    error: String,
}

/// What a control request is answered.
pub type Answer = Result<Response, Refused>;

impl Refused {
    /// 400: it cannot be meant.
    pub fn bad(error: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error: error.into() }
    }

    /// 404: what it names does not exist.
    pub fn unknown(error: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, error: error.into() }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.error }))).into_response()
    }
}

/// 200 with this.
pub fn told(answer: impl Serialize) -> Answer {
    Ok(Json(answer).into_response())
}

/// 204.
pub fn done() -> Answer {
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The query of a request. One that defines no parameters takes [`None`].
pub fn query<T: DeserializeOwned>(uri: &Uri) -> Result<T, Refused> {
    match Query::try_from_uri(uri) {
        Ok(Query(query)) => Ok(query),
        Err(rejection) => Err(Refused::bad(rejection.body_text())),
    }
}

/// The query of a request that has none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoQuery {}

/// The query of a request that is about one account or all.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfAccount {
    /// The account.
    pub account: Option<AccountId>,
}

/// The number in the last segment of a path; `None` if it is not the spelling that was handed out.
pub fn number(uri: &Uri) -> Option<u64> {
    let (_, segment) = uri.path().rsplit_once('/')?;
    segment.parse().ok().filter(|number: &u64| number.to_string() == segment)
}

/// Reads the whole body, up to `limit`.
pub async fn body(request: Request, limit: usize) -> Result<Bytes, Refused> {
    let (parts, body) = request.into_parts();
    let read = incoming::read(&parts.headers, body, limit).await;
    read.map_err(|unread| Refused { status: unread.status(), error: unread.to_string() })
}

/// Reads the body as a JSON object.
pub async fn json<T: DeserializeOwned>(request: Request) -> Result<T, Refused> {
    let body = body(request, LONGEST_BODY).await?;
    object(&body).map_err(|error| Refused::bad(format!("the body: {error}")))
}

/// Reads a JSON object. A list is refused: serde would take it for the fields in order.
pub fn object<T: DeserializeOwned>(text: &[u8]) -> Result<T, serde_json::Error> {
    let value: Value = serde_json::from_slice(text)?;
    if !value.is_object() {
        return Err(serde::de::Error::custom("it is no object"));
    }
    serde_json::from_value(value)
}

async fn nothing_here(uri: Uri) -> Refused {
    Refused::unknown(format!("there is no {}", uri.path()))
}

async fn wrong_method(request: Request) -> Refused {
    let error = format!("{} does not take {}", request.uri().path(), request.method());
    Refused { status: StatusCode::METHOD_NOT_ALLOWED, error }
}

async fn health(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let NoQuery {} = query(&uri)?;
    told(emulator.with(|world, now| {
        json!({
            "status": "ok",
            "now_ms": now.as_millis(),
            "seed": world.simulation.seed(),
            "version": env!("CARGO_PKG_VERSION"),
            "transitions": world.simulation.transitions(),
        })
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    advance_ms: Option<u64>,
    to: Option<Destination>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Destination {
    Next,
}

async fn move_clock(State(emulator): State<Arc<Emulator>>, uri: Uri, request: Request) -> Answer {
    let NoQuery {} = query(&uri)?;
    let by = match json(request).await? {
        Move { advance_ms: Some(by), to: None } => Some(by),
        Move { advance_ms: None, to: Some(Destination::Next) } => None,
        _ => return Err(Refused::bad("give either advance_ms or to")),
    };
    if by.is_some_and(|by| by > LONGEST_ADVANCE.as_millis()) {
        let most = LONGEST_ADVANCE.as_millis();
        return Err(Refused::bad(format!("advance_ms is at most {most}, which is 31 days")));
    }
    let moved = emulator.with(|world, now| {
        let to = match by {
            Some(by) => Timestamp::from_millis(now.as_millis().saturating_add(by)),
            None => world.simulation.next_due().map_or(now, |due| due.at),
        };
        if to > END {
            return Err(Refused::bad("the clock ends with the year 9999"));
        }
        let fired = world.move_clock(to);
        let next = world.simulation.next_due();
        let next = next.map(|due| json!({ "at_ms": due.at.as_millis(), "reason": due.reason }));
        Ok(json!({ "now_ms": to.as_millis(), "fired": fired, "next": next }))
    });
    told(moved?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mode {
    mode: Transitions,
}

async fn set_transitions(State(emulator): State<Arc<Emulator>>, uri: Uri, request: Request) -> Answer {
    let NoQuery {} = query(&uri)?;
    let Mode { mode } = json(request).await?;
    emulator.with(|world, now| {
        let happened = world.simulation.set_transitions(now, mode);
        world.record(&happened);
    });
    done()
}

async fn get_policy(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let NoQuery {} = query(&uri)?;
    told(emulator.with(|world, _| world.simulation.plane().policy().clone()))
}

async fn put_policy(State(emulator): State<Arc<Emulator>>, uri: Uri, request: Request) -> Answer {
    let NoQuery {} = query(&uri)?;
    let text = body(request, LONGEST_BODY).await?;
    let policy = policy::over(&policy::default(), &text);
    let policy = policy.map_err(|error| Refused::bad(format!("the policy: {error}")))?;
    emulator
        .with(|world, _| world.simulation.set_policy(policy))
        .map_err(|over| Refused::bad(over.to_string()))?;
    done()
}

async fn disks(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let OfAccount { account } = query(&uri)?;
    let disks = emulator.with(|world, _| world.simulation.plane().disks(account.as_ref()));
    // A removed disk exists no more.
    let disks: Vec<Value> = disks
        .iter()
        .filter(|view| !view.disk.removed)
        .map(|view| {
            json!({
                "id": view.id,
                "up": view.disk.up,
                "attached": view.disk.attached,
                "access": view.access.as_str(),
            })
        })
        .collect();
    told(json!({ "disks": disks }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default)]
    after: u64,
    limit: Option<usize>,
    resource: Option<String>,
    account: Option<AccountId>,
    #[serde(default)]
    wait_ms: u64,
}

async fn events(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let Wanted { after, limit, resource, account, wait_ms } = query(&uri)?;
    let limit = limit.unwrap_or(1_000);
    if limit == 0 || limit > KEPT {
        return Err(Refused::bad(format!("limit is 1 to {KEPT}")));
    }
    let wait = Duration::from_millis(wait_ms);
    if wait > LONGEST_WAIT {
        return Err(Refused::bad(format!("wait_ms is at most {}", LONGEST_WAIT.as_millis())));
    }
    let mut filter = Filter { after, resource, account, limit };
    let deadline = tokio::time::Instant::now() + wait;
    let (mut news, mut ending) = (emulator.news(), emulator.ending.subscribe());
    loop {
        let select = |world: &mut World, _| world.feed.select(&filter);
        news.mark_unchanged();
        let page = emulator.with(select);
        if !page.events.is_empty() || wait.is_zero() {
            return told(page);
        }
        // None of those that there are matches, so only later ones need another look.
        filter.after = filter.after.max(page.next_seq.saturating_sub(1));
        tokio::select! {
            changed = news.changed() => if changed.is_err() { return told(page) },
            () = tokio::time::sleep_until(deadline) => return told(page),
            _ = ending.wait_for(|ending| *ending) => return told(page),
        }
    }
}
