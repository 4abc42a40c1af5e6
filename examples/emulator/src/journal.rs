//! What `--data DIR` keeps: every input with its time, synced before it is answered.
//!
//! The simulation is deterministic, so the requests that can change an account, with the time at which each took effect, are
//! its whole history. They lie in an embedded store in the order in which the account took them; now and then the state
//! itself is put there, and the requests before it go. A restart takes the last state and makes the later requests again.
//!
//! What the store is: [`store`].

use std::collections::BTreeMap;
use std::path::Path;

use axum::body::Body;
use axum::http::{Method, Request, Uri, Version};
use failover_model::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::state::Kept;
use crate::store::{self, Store};
use crate::world::Origin;

pub use crate::store::{NotKept, Ticket};

/// What the file `format` says.
const FORMAT: &str = "failover-emulator 1\n";

/// An input, with the time at which an account took it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// When.
    pub at: Timestamp,
    /// What a real clock adds to the system's time afterwards.
    pub offset_ms: i64,
    /// What it was.
    pub input: Input,
}

/// What can change an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Input {
    /// A request, as far as its meaning depends on it.
    Request(Said),
    /// The clock moved to the time of the record.
    Clock,
}

/// A request as it was received.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Said {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The headers that have a meaning here; of a signature only whose it is.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Said {
    /// What a request says. `headers` are the names of those that have a meaning.
    pub fn of(method: &Method, uri: &Uri, headers: &[(&str, String)], body: &[u8]) -> Self {
        Self {
            method: method.to_string(),
            target: uri.path_and_query().map_or("/", |target| target.as_str()).to_owned(),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            body: body.into(),
        }
    }

    /// The request again.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn request(self) -> Result<Request<Body>, axum::http::Error> {
        // Of HTTP/1.0, which demands no `Host`: where one has a meaning it is among the headers.
        let mut request = Request::builder().method(self.method.as_str()).uri(self.target);
        request = request.version(Version::HTTP_10);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        request.body(Body::from(Vec::from(self.body)))
    }
}

/// A body; nearly all are text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Bytes {
    /// UTF-8.
    Text(String),
    /// Anything else.
    Raw(Vec<u8>),
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Raw(bytes.to_owned()),
        }
    }
}

impl From<Bytes> for Vec<u8> {
    fn from(bytes: Bytes) -> Self {
        match bytes {
            Bytes::Text(text) => text.into_bytes(),
            Bytes::Raw(bytes) => bytes,
        }
    }
}

/// The open store. Whoever drops it waits until all is written and the store is closed.
pub struct Journal {
    store: Store,
}

/// What a store holds of one account.
#[derive(Default)]
pub struct History {
    /// The last state that was kept.
    pub kept: Option<Kept>,
    /// What came after it, in order, with its numbers.
    pub records: Vec<(u64, Record)>,
}

/// A store that was opened, before it is written to.
pub struct Opened {
    opened: store::Opened,
    /// What worlds begin with: what the directory was made with wins over what is asked for now.
    pub origin: Origin,
}

impl Opened {
    /// Opens a directory, or makes it with this origin.
    ///
    /// # Errors
    ///
    /// In words: the directory is not one of this program or of a newer version, another process has it, or it cannot be
    /// read. Nothing in it was changed.
    pub fn at(directory: &Path, origin: &Origin) -> Result<Self, String> {
        let told = |error| format!("{}: its origin: {error}", directory.display());
        let asked = serde_json::to_vec(origin).map_err(told)?;
        let opened = store::Opened::at(directory, FORMAT, &asked)?;
        let origin = serde_json::from_slice(&opened.origin).map_err(told)?;
        Ok(Self { opened, origin })
    }

    /// All that was kept, by account.
    ///
    /// # Errors
    ///
    /// In words: something cannot be read.
    pub fn histories(&self) -> Result<BTreeMap<AccountId, History>, String> {
        let told = |error: &dyn std::fmt::Display| format!("the journal: {error}");
        let read = |(key, history): (String, _)| {
            Ok((AccountId::parse(&key).map_err(|error| told(&error))?, History::read(history)?))
        };
        self.opened.histories()?.into_iter().map(read).collect()
    }

    /// Begins to write.
    ///
    /// # Errors
    ///
    /// In words: there is no thread to be had.
    pub fn journal(self) -> Result<Journal, String> {
        Ok(Journal { store: self.opened.store()? })
    }
}

impl History {
    fn read(history: store::History) -> Result<Self, String> {
        let told = |error: serde_json::Error| format!("the journal: {error}");
        let kept = history.state.map(|kept| serde_json::from_slice(&kept)).transpose();
        let records = history
            .records
            .into_iter()
            .map(|(number, record)| Ok((number, serde_json::from_slice(&record)?)));
        Ok(Self {
            kept: kept.map_err(told)?,
            records: records.collect::<serde_json::Result<_>>().map_err(told)?,
        })
    }
}

impl Journal {
    /// Puts an input on its way to the disk.
    pub fn append(&self, account: &AccountId, number: u64, record: Record) -> Ticket {
        self.store.append(account.as_str(), number, record)
    }

    /// Puts a state on its way to the disk; what came before it goes.
    pub fn keep(&self, account: &AccountId, kept: Kept) {
        self.store.keep(account.as_str(), kept.number, kept);
    }

    /// Forgets an account, once all that is on its way to the disk is there.
    pub fn forget(&self, account: &AccountId) -> Ticket {
        self.store.forget(account.as_str())
    }
}
