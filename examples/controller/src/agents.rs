//! The agents as a controller reaches them, and what it last saw of each.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{Request, header};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::protocol::{AwaitEnds, Done, Ends, Look, Order, Refused, Seen};

/// How long an agent may take to say what is so.
const LOOK: Duration = Duration::from_millis(500);

/// How long an order may take: the longest copies a database.
const ORDER: Duration = Duration::from_secs(1_200);

/// What was last seen of an agent.
#[derive(Debug, Clone)]
pub struct Sight {
    /// When the answer came.
    pub at: Instant,
    /// What it was.
    pub seen: Seen,
}

/// Why an agent did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    /// It gave no answer; whether it did it is not known.
    Silent(String),
    /// It said so.
    Refused(Refused),
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Silent(why) => write!(f, "no answer: {why}"),
            Self::Refused(why) => write!(f, "{why}"),
        }
    }
}

/// All agents that there are, by address.
pub struct Agents {
    client: Client<HttpConnector, Full<Bytes>>,
    /// The file of their addresses, one a line.
    file: PathBuf,
    sights: Mutex<BTreeMap<String, Sight>>,
}

impl Agents {
    /// The agents of a file.
    pub fn new(file: PathBuf) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(LOOK));
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Self { client, file, sights: Mutex::default() }
    }

    fn sights(&self) -> MutexGuard<'_, BTreeMap<String, Sight>> {
        self.sights.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The addresses that the file names now. A file that cannot be read names none.
    pub fn addresses(&self) -> Vec<String> {
        let text = std::fs::read_to_string(&self.file).unwrap_or_default();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.map(str::to_owned).collect()
    }

    /// What was last seen of each, by address.
    pub fn all(&self) -> Vec<(String, Sight)> {
        self.sights().iter().map(|(address, sight)| (address.clone(), sight.clone())).collect()
    }

    /// Forgets all that was seen, for a leader who begins.
    pub fn forget(&self) {
        self.sights().clear();
    }

    /// What was last seen at this address.
    pub fn at(&self, address: &str) -> Option<Sight> {
        self.sights().get(address).cloned()
    }

    /// The address of the agent that is this node, and what was last seen of it.
    pub fn of(&self, node: &str) -> Option<(String, Sight)> {
        let sights = self.sights();
        let is = |sight: &Sight| sight.seen.identity.as_ref().is_some_and(|identity| identity.node == node);
        sights.iter().find(|(_, sight)| is(sight)).map(|(address, sight)| (address.clone(), sight.clone()))
    }

    /// Looks.
    ///
    /// # Errors
    ///
    /// [`Failed`]: nothing was seen.
    pub async fn look(&self, address: &str, look: Look) -> Result<Seen, Failed> {
        let seen: Seen = self.post(address, "look", &look, LOOK).await?;
        self.sights().insert(address.to_owned(), Sight { at: Instant::now(), seen: seen.clone() });
        Ok(seen)
    }

    /// Waits until the database there has ended once more than is known, or for a while.
    ///
    /// # Errors
    ///
    /// [`Failed`]: nothing was told.
    pub async fn await_ends(&self, address: &str, known: Option<Ends>) -> Result<Ends, Failed> {
        self.post(address, "ends", &AwaitEnds { known }, Ends::PATIENCE + LOOK).await
    }

    /// Orders work.
    ///
    /// # Errors
    ///
    /// [`Failed`]: it was not done, or it is not known.
    pub async fn order(
        &self,
        address: &str,
        order: &Order,
        within: Option<Duration>,
    ) -> Result<Done, Failed> {
        self.post(address, "order", order, within.unwrap_or(ORDER)).await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        address: &str,
        what: &str,
        body: &impl Serialize,
        within: Duration,
    ) -> Result<T, Failed> {
        let silent = |error: &dyn std::fmt::Display| Failed::Silent(error.to_string());
        let body = serde_json::to_vec(body).map_err(|error| silent(&error))?;
        let request = Request::post(format!("http://{address}/{what}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::from(body))
            .map_err(|error| silent(&error))?;
        let asked = async {
            let response = self.client.request(request).await.map_err(|error| silent(&error))?;
            let done = response.status().is_success();
            let body = response.into_body().collect().await.map_err(|error| silent(&error))?;
            Ok((done, body.to_bytes()))
        };
        let asked = tokio::time::timeout(within, asked).await;
        let (done, text) = asked.map_err(|_| Failed::Silent(format!("not within {within:?}")))??;
        if done {
            return serde_json::from_slice(&text).map_err(|error| silent(&error));
        }
        match serde_json::from_slice(&text) {
            Ok(refused) => Err(Failed::Refused(refused)),
            Err(error) => Err(silent(&error)),
        }
    }
}
