//! A client of the control interface, in types: of a server in this process or elsewhere.
//!
//! The HTTP client is hyper's, which the server brings with it. Each request has a connection of its own that lives in the
//! request's future: nothing is left behind in an executor, so a [`Control`] may be shared by tests that have an executor
//! each, and a caller who drops the future gives the request up.

use std::fmt::Display;

use axum::body::Bytes;
use axum::http::{Method, Request, StatusCode, Uri, header};
use failover_model::simulation::Transitions;
use failover_model::{AccountId, ClusterId, Policy};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::answers::{
    Accounts, ClockState, Disk, Disks, Effect, Effects, Ended, Faults, Health, Moved, Outlook, Page, Planned,
    Planted, Posted, Refused, Resources, Rule, Rules,
};
use crate::draw_seed;
use crate::requests::{
    Clearing, ClockMove, Destination, EffectQuery, Ending, EventQuery, Fault, OfAccount, ResourceQuery,
    TransitionsChange,
};
use crate::state::AccountState;

/// Controls an account of an emulator.
#[derive(Debug, Clone)]
pub struct Control {
    /// The host and port.
    authority: String,
    account: Option<AccountId>,
}

/// Why a control call has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// The address is not one of a server.
    #[error("{0:?} is no address of a server: it is http://HOST:PORT and no more")]
    BadUrl(String),
    /// The server was not reached, or went away before it answered.
    #[error("{at} does not answer: {why}")]
    Unreachable {
        /// The host and port.
        at: String,
        /// Why.
        why: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server refused.
    #[error("{0}")]
    Refused(Refusal),
    /// What was asked for cannot be written as a request.
    #[error("the request cannot be written: {0}")]
    Unwritable(Box<dyn std::error::Error + Send + Sync>),
    /// The answer is not one of this version of the server, or of something else.
    #[error("the answer to {request} cannot be read: {why}")]
    Unreadable {
        /// Method and path.
        request: String,
        /// Why.
        why: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A refusal by the control interface. Nothing was changed, but by a clock that was stopped on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// 400 if it cannot be meant, 404 if what it names is not there, 409 if the state was replaced or the account removed
    /// meanwhile, 410 if events are gone, 413 if it is too long, 429 at a limit, 503 if the server ends or cannot keep it.
    pub status: u16,
    /// Why, in words.
    pub error: String,
    /// With 410: the number of the oldest event that is kept.
    pub first_seq: Option<u64>,
    /// With 503 of a clock: where it stopped.
    pub now_ms: Option<u64>,
}

impl Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "refused with {}: {}", self.status, self.error)
    }
}

impl Control {
    /// The default account of a server at `http://HOST:PORT`, in whatever process. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`ControlError::BadUrl`].
    pub fn at(url: &str) -> Result<Self, ControlError> {
        let authority = authority(url).ok_or_else(|| ControlError::BadUrl(url.to_owned()))?;
        Ok(Self { authority, account: None })
    }

    /// Another account of the same server. One of sixteen digits is also its access key.
    #[must_use]
    pub fn of(&self, account: AccountId) -> Self {
        Self { authority: self.authority.clone(), account: Some(account) }
    }

    /// An account of the same server that nobody else has: sixteen digits, drawn at random.
    #[must_use]
    pub fn of_fresh_account(&self) -> Self {
        const SMALLEST: u64 = 1_000_000_000_000_000;
        self.of_number(SMALLEST + draw_seed() % (9 * SMALLEST))
    }

    /// The account with this number.
    pub(crate) fn of_number(&self, number: u64) -> Self {
        // Digits are a good id, so there always is one.
        Self { authority: self.authority.clone(), account: number.to_string().parse().ok() }
    }

    /// The account; `None` for the default one. With sixteen digits it is the access key id of calls to [`url`](Self::url).
    pub const fn account(&self) -> Option<&AccountId> {
        self.account.as_ref()
    }

    /// The address of the server, to which also the vendor's calls go.
    pub fn url(&self) -> String {
        format!("http://{}", self.authority)
    }

    /// What the server is, and how the account is set.
    ///
    /// # Errors
    ///
    /// As every call: [`ControlError::Unreachable`], [`ControlError::Unreadable`] and, of status 503, 400 or as it is said,
    /// [`ControlError::Refused`].
    pub async fn health(&self) -> Result<Health, ControlError> {
        self.get("health").await
    }

    /// All accounts of the server.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health).
    pub async fn accounts(&self) -> Result<Accounts, ControlError> {
        self.ask(Method::GET, "accounts", &(), None).await
    }

    /// The time, and what falls due next.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health).
    pub async fn clock(&self) -> Result<ClockState, ControlError> {
        self.get("clock").await
    }

    /// Moves the clock so many milliseconds ahead, at most 31 days, and does what falls due. Whoever drops the future stops it
    /// on its way.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health). 409: the state was replaced meanwhile; 503: the server ends, at
    /// [`now_ms`](Refusal::now_ms).
    pub async fn advance(&self, ms: u64) -> Result<Moved, ControlError> {
        self.send(Method::POST, "clock", &ClockMove { advance_ms: Some(ms), to: None }).await
    }

    /// Moves the clock to the next work that falls due, if there is any.
    ///
    /// # Errors
    ///
    /// As for [`advance`](Self::advance).
    pub async fn advance_to_next(&self) -> Result<Moved, ControlError> {
        self.send(Method::POST, "clock", &ClockMove { advance_ms: None, to: Some(Destination::Next) }).await
    }

    /// Sets how effects end from now on.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health).
    pub async fn set_transitions(&self, mode: Transitions) -> Result<(), ControlError> {
        self.send(Method::PUT, "transitions", &TransitionsChange { mode }).await
    }

    /// The readings in force.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health).
    pub async fn policy(&self) -> Result<Policy, ControlError> {
        self.get("policy").await
    }

    /// Sets all readings.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health). 400: a bound is exceeded already.
    pub async fn set_policy(&self, policy: &Policy) -> Result<(), ControlError> {
        self.send(Method::PUT, "policy", policy).await
    }

    /// Enters what describe calls of a real account answered: bodies or single objects, or a list of either.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health). What cannot be entered is told in the answer and is no error.
    pub async fn seed(&self, pasted: &Value) -> Result<Planted, ControlError> {
        self.send(Method::POST, "seed", pasted).await
    }

    /// The outstanding effects, oldest first; of one resource if it is given.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health).
    pub async fn effects(&self, resource: Option<&str>) -> Result<Vec<Effect>, ControlError> {
        let query = EffectQuery { resource: resource.map(str::to_owned), account: self.account.clone() };
        let Effects { effects } = self.ask(Method::GET, "effects", &query, None).await?;
        Ok(effects)
    }

    /// Ends an outstanding effect.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health). 404: it is not outstanding; 400: it cannot end so.
    pub async fn end(&self, effect: &str, ending: &Ending) -> Result<Ended, ControlError> {
        self.send(Method::POST, &format!("effects/{}", segment(effect)), ending).await
    }

    /// The faults that lie in wait, oldest first.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health).
    pub async fn faults(&self) -> Result<Vec<Planned>, ControlError> {
        let Faults { faults } = self.get("faults").await?;
        Ok(faults)
    }

    /// Plans a fault, or makes it seen.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health). 400: it cannot be meant, or what is to be seen is not there; 429: as many are planned
    /// as the server bears.
    pub async fn fault(&self, fault: &Fault) -> Result<Posted, ControlError> {
        self.send(Method::POST, "faults", fault).await
    }

    /// Withdraws a planned fault.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health). 404: it does not lie in wait.
    pub async fn withdraw(&self, fault: &str) -> Result<(), ControlError> {
        self.ask(Method::DELETE, &format!("faults/{}", segment(fault)), &self.own(), None).await
    }

    /// Withdraws all planned faults.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health).
    pub async fn withdraw_all(&self) -> Result<(), ControlError> {
        self.ask(Method::DELETE, "faults", &self.own(), None).await
    }

    /// The disks of the account's pairs.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health).
    pub async fn disks(&self) -> Result<Vec<Disk>, ControlError> {
        let Disks { disks } = self.get("disks").await?;
        Ok(disks)
    }

    /// The events that are wanted, oldest first.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health). 410: some of those after `after` are gone, and
    /// [`first_seq`](Refusal::first_seq) is the oldest that is there; 429: as many wait as the server bears.
    pub async fn events(&self, wanted: &EventQuery) -> Result<Page, ControlError> {
        let query = EventQuery { account: self.account.clone(), ..wanted.clone() };
        self.ask(Method::GET, "events", &query, None).await
    }

    /// All that decides the account's future.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health).
    pub async fn state(&self) -> Result<AccountState, ControlError> {
        self.get("state").await
    }

    /// Puts the account into a state that it had.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health). 400: it is no state of this account, or more than the server bears.
    pub async fn set_state(&self, state: &AccountState) -> Result<(), ControlError> {
        self.send(Method::PUT, "state", state).await
    }

    /// Clears the account, which keeps its readings, regions, latencies and transitions, and what is not set anew.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health). 400: the time is beyond the year 9999.
    pub async fn clear(&self, anew: &Clearing) -> Result<(), ControlError> {
        let query = Clearing { account: self.account.clone(), ..anew.clone() };
        self.ask(Method::DELETE, "state", &query, None).await
    }

    /// Removes the account, its world and all that is kept of it, and frees its place. Who waits for one of its events or moves
    /// its clock is refused with 409. If the account is asked for again, it begins anew.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health). 404: it was never asked for, or was removed already.
    pub async fn remove(&self) -> Result<(), ControlError> {
        let account = match &self.account {
            Some(account) => account.clone(),
            None => self.accounts().await?.default,
        };
        self.ask(Method::DELETE, &format!("accounts/{}", segment(account.as_str())), &(), None).await
    }

    /// What the account has, at most `limit` of each kind: 1 to 500, and 200 if `None`.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health).
    pub async fn resources(&self, limit: Option<usize>) -> Result<Resources, ControlError> {
        let query = ResourceQuery { account: self.account.clone(), limit };
        self.ask(Method::GET, "resources", &query, None).await
    }

    /// What would happen if a cluster's writer fell now. Nothing does.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health). 404: there is no such cluster, or it has no writer.
    pub async fn outlook(&self, cluster: &ClusterId) -> Result<Outlook, ControlError> {
        self.get(&format!("clusters/{cluster}/outlook")).await
    }

    /// What the numbers of rules stand for.
    ///
    /// # Errors
    ///
    /// As for [`health`](Self::health).
    pub async fn rules(&self) -> Result<Vec<Rule>, ControlError> {
        let Rules { rules } = self.ask(Method::GET, "rules", &(), None).await?;
        Ok(rules)
    }

    fn own(&self) -> OfAccount {
        OfAccount { account: self.account.clone() }
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ControlError> {
        self.ask(Method::GET, path, &self.own(), None).await
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ControlError> {
        let body = serde_json::to_vec(body).map_err(|error| ControlError::Unwritable(error.into()))?;
        self.ask(method, path, &self.own(), Some(body)).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        query: &impl Serialize,
        body: Option<Vec<u8>>,
    ) -> Result<T, ControlError> {
        let query = serde_urlencoded::to_string(query);
        let query = query.map_err(|error| ControlError::Unwritable(error.into()))?;
        let request = format!("{method} /_emulator/{path}");
        let target = format!("/_emulator/{path}?{query}");
        let (status, answer) = self.exchange(method, target.trim_end_matches('?'), body).await?;
        let unreadable = |why: serde_json::Error| ControlError::Unreadable { request, why: why.into() };
        if !status.is_success() {
            let Refused { error, first_seq, now_ms } = serde_json::from_slice(&answer).map_err(unreadable)?;
            return Err(ControlError::Refused(Refusal { status: status.as_u16(), error, first_seq, now_ms }));
        }
        // 204 has nothing to read, which `null` says in JSON.
        let answer = if status == StatusCode::NO_CONTENT { b"null".as_slice() } else { &answer };
        serde_json::from_slice(answer).map_err(unreadable)
    }

    /// One request on a connection of its own, which ends with this future.
    async fn exchange(
        &self,
        method: Method,
        target: &str,
        body: Option<Vec<u8>>,
    ) -> Result<(StatusCode, Bytes), ControlError> {
        let lost = |why: Box<dyn std::error::Error + Send + Sync>| ControlError::Unreachable {
            at: self.authority.clone(),
            why,
        };
        let request = Request::builder().method(method).uri(target).header(header::HOST, &self.authority);
        let request = request.body(Full::new(Bytes::from(body.unwrap_or_default())));
        let request = request.map_err(|error| ControlError::Unwritable(error.into()))?;
        let stream = TcpStream::connect(&self.authority).await.map_err(|error| lost(error.into()))?;
        let opened = http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = opened.map_err(|error| lost(error.into()))?;
        let asked = async {
            let answer = sender.send_request(request).await?;
            let status = answer.status();
            Ok::<_, hyper::Error>((status, answer.into_body().collect().await?.to_bytes()))
        };
        let mut asked = std::pin::pin!(asked);
        let answered = tokio::select! {
            answered = &mut asked => answered,
            // The connection may end with the answer already read.
            ended = connection => match ended {
                Ok(()) => asked.await,
                Err(error) => Err(error),
            },
        };
        answered.map_err(|error| lost(error.into()))
    }
}

/// Host and port of `http://HOST:PORT`.
fn authority(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let bare = uri.scheme_str() == Some("http") && uri.path() == "/" && uri.query().is_none();
    let authority = uri.authority().filter(|authority| bare && !authority.as_str().contains('@'))?;
    match authority.as_str().strip_prefix(authority.host())? {
        "" => Some(format!("{authority}:80")),
        _ => authority.port_u16().map(|_| authority.to_string()),
    }
}

/// A segment of a path.
fn segment(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
