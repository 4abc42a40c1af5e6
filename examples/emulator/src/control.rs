//! The control interface at `/_emulator/`: JSON in and out.
//!
//! A request that cannot be meant is answered 400 with `{"error": "…"}` and changes nothing; so is one with a field or
//! query parameter that is not known, since a test with a misspelt switch would otherwise test something else. The
//! `Content-Type` of a request is not looked at.
//!
//! Each request is about one account, that of `?account=` or the default. A page of another origin that a browser shows
//! is refused: it would steer a server that listens on the same machine.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get, post, put};
use axum::{Json, body::Bytes};
use failover_model::{AccountId, Span};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::account::{Account, NotChanged, NotMoved, Target};
use crate::answers::{AccountRow, Accounts, ClockState, Disk, Disks, Due, Health, Moved};
use crate::clock::LONGEST_ADVANCE;
use crate::emulator::{Emulator, TooManyAccounts};
use crate::feed::{Filter, KEPT};
use crate::journal::{NotKept, Said};
use crate::requests::{ClockMove, Destination, EventQuery, OfAccount, TransitionsChange};
use crate::world::World;
use crate::{answers, effects, faults, incoming, policy, resources, seed, state, strict};

/// The longest body of an ordinary request.
pub const LONGEST_BODY: usize = 16 << 20;

/// The longest that a reader of events may wait.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The interface under `/_emulator/`.
pub fn router(emulator: &Arc<Emulator>) -> Router {
    Router::new()
        .route("/_emulator/", get(page))
        .route("/_emulator/health", get(health))
        .route("/_emulator/resources", get(resources::list))
        .route("/_emulator/clusters/{id}/outlook", get(resources::outlook))
        .route("/_emulator/rules", get(resources::rules))
        .route("/_emulator/accounts", get(accounts))
        .route("/_emulator/accounts/{id}", delete(remove_account))
        .route("/_emulator/clock", get(tell_clock).post(move_clock))
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
        .route("/_emulator/{*rest}", any(nothing_here))
        .layer(from_fn(well_addressed))
        .with_state(Arc::clone(emulator))
}

/// Lets through what names its host once and does not come from a page of another origin.
async fn well_addressed(request: Request, next: Next) -> Response {
    if let Some(why) = incoming::misaddressed(request.version(), request.headers()) {
        return Refused::bad(why).into_response();
    }
    if is_foreign(request.headers()) {
        let error = "a page of another origin is not answered";
        return Refused::new(StatusCode::FORBIDDEN, error).into_response();
    }
    let (method, target) = (request.method().clone(), request.uri().clone());
    let answer = next.run(request).await;
    tracing::debug!(%method, %target, status = answer.status().as_u16(), "control");
    answer
}

/// Browsers name the origin of a page; it is this server's if it ends in the host that was called.
fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let Some(origin) = text(header::ORIGIN) else {
        return text(header::HeaderName::from_static("sec-fetch-site"))
            .is_some_and(|site| site == "cross-site");
    };
    let host = text(header::HOST);
    origin.split_once("://").is_none_or(|(_, origin)| Some(origin) != host)
}

/// Why a control request is refused.
#[derive(Debug)]
pub struct Refused {
    status: StatusCode,
    said: answers::Refused,
}

/// What a control request is answered.
pub type Answer = Result<Response, Refused>;

impl Refused {
    fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self { status, said: answers::Refused { error: error.into(), ..answers::Refused::default() } }
    }

    /// Why, in words.
    pub fn error(self) -> String {
        self.said.error
    }

    /// 400: it cannot be meant.
    pub fn bad(error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// 429: a limit of the account is reached.
    pub fn limit(what: &str, limit: usize, account: &AccountId) -> Self {
        tracing::warn!(limit, account = %account, "{what}: one too many is refused");
        Self::new(StatusCode::TOO_MANY_REQUESTS, format!("an account has at most {limit} {what}"))
    }

    /// 507: what is asked for is longer than what could be put back.
    pub fn too_long(what: &str, limit: usize, account: &AccountId) -> Self {
        tracing::warn!(limit, account = %account, "{what}: one that is too long is not told");
        let error = format!("{what} is longer than {limit} bytes and could not be put back");
        Self::new(StatusCode::INSUFFICIENT_STORAGE, error)
    }

    /// 404: what it names does not exist.
    pub fn unknown(error: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, error)
    }

    /// 410: events that are asked for are gone.
    fn gone(after: u64, first_seq: u64) -> Self {
        let (from, to) = (after.saturating_add(1), first_seq.saturating_sub(1));
        let mut gone = Self::new(StatusCode::GONE, format!("the events from {from} to {to} are gone"));
        gone.said.first_seq = Some(first_seq);
        gone
    }
}

impl From<NotChanged> for Refused {
    fn from(why: NotChanged) -> Self {
        let status = match why {
            NotChanged::Removed => StatusCode::CONFLICT,
            NotChanged::NotKept(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, why.to_string())
    }
}

impl From<NotMoved> for Refused {
    fn from(why: NotMoved) -> Self {
        match why {
            NotMoved::BeyondEnd => Self::bad("the clock ends with the year 9999"),
            NotMoved::Replaced => {
                Self::new(StatusCode::CONFLICT, "the state was replaced while the clock moved")
            }
            NotMoved::Removed => NotChanged::Removed.into(),
            NotMoved::NotKept => NotChanged::from(NotKept).into(),
            NotMoved::GivenUp(at) => {
                let error = "the server ends; the clock stopped on its way";
                let mut stopped = Self::new(StatusCode::SERVICE_UNAVAILABLE, error);
                stopped.said.now_ms = Some(at.now.as_millis());
                stopped
            }
        }
    }
}

impl From<TooManyAccounts> for Refused {
    fn from(why: TooManyAccounts) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, why.to_string())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.status, Json(self.said)).into_response()
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

/// The account of a request whose query names nothing else.
pub fn account(emulator: &Emulator, uri: &Uri) -> Result<Arc<Account>, Refused> {
    let OfAccount { account } = query(uri)?;
    named(emulator, account)
}

/// The account that is named, or the default one.
pub fn named(emulator: &Emulator, account: Option<AccountId>) -> Result<Arc<Account>, Refused> {
    Ok(emulator.account(account.as_ref().unwrap_or(&emulator.origin.account))?)
}

/// The number in the last segment of a path; `None` if it is not the spelling that was handed out.
pub fn number(uri: &Uri) -> Option<u64> {
    let (_, segment) = uri.path().rsplit_once('/')?;
    segment.parse().ok().filter(|number: &u64| number.to_string() == segment)
}

/// Reads the whole body, up to `limit`.
pub async fn body(emulator: &Emulator, request: Request, limit: usize) -> Result<Bytes, Refused> {
    let (parts, body) = request.into_parts();
    let read = incoming::read(&parts.headers, body, limit, emulator.limits.body).await;
    read.map_err(|unread| {
        tracing::warn!("{}: {unread}", parts.uri.path());
        Refused::new(unread.status(), unread.to_string())
    })
}

/// Reads the whole body of an ordinary request, and keeps what was said.
pub async fn heard(emulator: &Emulator, request: Request) -> Result<(Said, Bytes), Refused> {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let body = body(emulator, request, LONGEST_BODY).await?;
    Ok((Said::of(&method, &uri, &[], &body), body))
}

/// Reads the body as a JSON object, and keeps what was said.
pub async fn json<T: DeserializeOwned>(emulator: &Emulator, request: Request) -> Result<(Said, T), Refused> {
    let (said, body) = heard(emulator, request).await?;
    let object = strict::object(&body).map_err(|error| Refused::bad(format!("the body: {error}")))?;
    Ok((said, object))
}

async fn nothing_here(uri: Uri) -> Refused {
    Refused::unknown(format!("there is no {}", uri.path()))
}

async fn wrong_method(request: Request) -> Refused {
    let error = format!("{} does not take {}", request.uri().path(), request.method());
    Refused::new(StatusCode::METHOD_NOT_ALLOWED, error)
}

/// The page for people. Nothing in it comes from elsewhere, and no other page may frame it.
async fn page() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; connect-src 'self'; img-src data:; script-src 'unsafe-inline'; \
             style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
    ];
    (headers, include_str!("page.html")).into_response()
}

async fn health(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let account = account(&emulator, &uri)?;
    let health = account.with(|world, now| Health {
        status: "ok".into(),
        now_ms: now.as_millis(),
        seed: world.simulation.seed(),
        version: env!("CARGO_PKG_VERSION").into(),
        transitions: world.simulation.transitions(),
    });
    told(health.await)
}

/// The query of a request that is about no account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoQuery {}

async fn accounts(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let NoQuery {} = query(&uri)?;
    let mut accounts = Vec::new();
    for account in emulator.accounts() {
        let row = account.with(|world, now| {
            let plane = world.simulation.plane();
            AccountRow {
                account: account.id.clone(),
                now_ms: now.as_millis(),
                resources: plane.resource_count(),
                effects: plane.outstanding().count(),
                faults: world.simulation.faults().len(),
                next_seq: world.feed.last_seq().saturating_add(1),
            }
        });
        accounts.push(row.await);
    }
    told(Accounts { accounts, default: emulator.origin.account.clone() })
}

async fn remove_account(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let NoQuery {} = query(&uri)?;
    let named = uri.path().rsplit('/').next().unwrap_or_default();
    let named = percent_decode_str(named).decode_utf8_lossy();
    let unknown = || Refused::unknown(format!("there is no account {named}"));
    let id = AccountId::parse(&named).map_err(|_| unknown())?;
    let removed = emulator.remove(&id).await.map_err(NotChanged::from)?;
    if removed { done() } else { Err(unknown()) }
}

async fn tell_clock(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let account = account(&emulator, &uri)?;
    let clock = account.with(|world, now| ClockState {
        now_ms: now.as_millis(),
        until_ms: world.until.map(|until| until.as_millis()),
        next: next(world),
    });
    told(clock.await)
}

/// What falls due next.
fn next(world: &World) -> Option<Due> {
    let due = world.simulation.next_due()?;
    Some(Due { at_ms: due.at.as_millis(), reason: due.reason.into(), resource: due.resource })
}

async fn move_clock(State(emulator): State<Arc<Emulator>>, uri: Uri, request: Request) -> Answer {
    let account = account(&emulator, &uri)?;
    let target = match json(&emulator, request).await?.1 {
        ClockMove { advance_ms: Some(by), to: None } if by > LONGEST_ADVANCE.as_millis() => {
            let most = LONGEST_ADVANCE.as_millis();
            return Err(Refused::bad(format!("advance_ms is at most {most}, which is 31 days")));
        }
        ClockMove { advance_ms: Some(by), to: None } => Target::Ahead(Span::from_millis(by)),
        ClockMove { advance_ms: None, to: Some(Destination::Next) } => Target::NextDue,
        _ => return Err(Refused::bad("give either advance_ms or to")),
    };
    let moved = account.move_clock(target, emulator.ending.subscribe()).await?;
    let next = account.with(|world, _| next(world)).await;
    told(Moved { now_ms: moved.now.as_millis(), fired: moved.fired, next })
}

async fn set_transitions(State(emulator): State<Arc<Emulator>>, uri: Uri, request: Request) -> Answer {
    let account = account(&emulator, &uri)?;
    let (said, TransitionsChange { mode }) = json(&emulator, request).await?;
    let set = account.change(
        || said,
        |world, now| {
            let happened = world.simulation.set_transitions(now, mode);
            world.record(happened);
        },
    );
    set.await?;
    done()
}

async fn get_policy(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let account = account(&emulator, &uri)?;
    told(account.with(|world, _| world.simulation.plane().policy().clone()).await)
}

async fn put_policy(State(emulator): State<Arc<Emulator>>, uri: Uri, request: Request) -> Answer {
    let account = account(&emulator, &uri)?;
    let (said, text) = heard(&emulator, request).await?;
    let policy = policy::over(&policy::default(), &text);
    let policy = policy.map_err(|error| Refused::bad(format!("the policy: {error}")))?;
    let set = account.change(|| said, |world, _| world.simulation.set_policy(policy)).await?;
    set.map_err(|over| Refused::bad(over.to_string()))?;
    done()
}

async fn disks(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let account = account(&emulator, &uri)?;
    let disks = account.with(|world, _| world.simulation.plane().disks(None)).await;
    // A removed disk exists no more.
    let there = disks.into_iter().filter(|view| !view.disk.removed);
    let disks = there.map(|view| Disk {
        id: view.id,
        up: view.disk.up,
        attached: view.disk.attached,
        access: view.access.as_str().into(),
    });
    told(Disks { disks: disks.collect() })
}

async fn events(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let EventQuery { after, limit, resource, account, wait_ms } = query(&uri)?;
    let account = named(&emulator, account)?;
    let limit = limit.unwrap_or(1_000);
    if limit == 0 || limit > KEPT {
        return Err(Refused::bad(format!("limit is 1 to {KEPT}")));
    }
    let wait = Duration::from_millis(wait_ms);
    if wait > LONGEST_WAIT {
        return Err(Refused::bad(format!("wait_ms is at most {}", LONGEST_WAIT.as_millis())));
    }
    let mut filter = Filter { after: after.unwrap_or_default(), resource, limit };
    let deadline = tokio::time::Instant::now() + wait;
    let mut ending = emulator.ending.subscribe();
    loop {
        let look = account.with(|world, _| {
            if world.removed {
                return Err(NotChanged::Removed.into());
            }
            let first = world.feed.first_seq();
            if after.is_some() && filter.after.saturating_add(1) < first {
                return Err(Refused::gone(filter.after, first));
            }
            let page = world.feed.select(&filter);
            if !page.events.is_empty() || wait.is_zero() {
                return Ok((page, None));
            }
            let most = emulator.limits.waiters;
            let woken = world.feed.wait(filter.resource.as_deref(), most);
            let woken = woken.ok_or_else(|| Refused::limit("readers that wait", most, &account.id))?;
            Ok((page, Some(woken)))
        });
        let (page, woken) = look.await?;
        let Some(woken) = woken else { return told(page) };
        // None of those that there are matches, so only later ones need another look.
        filter.after = filter.after.max(page.next_seq.saturating_sub(1));
        tokio::select! {
            _ = woken => {}
            () = tokio::time::sleep_until(deadline) => return told(page),
            _ = ending.wait_for(|ending| *ending) => return told(page),
        }
    }
}
