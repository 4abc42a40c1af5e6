//! The recorder of `--record`: every exchange of the vendor's protocol, in the form of [`failover_model::trace`].
//!
//! Sending and answering are numbered as the server sees them, so that the trace tells which calls overlapped. Access keys,
//! signatures and security tokens are never written. A body is written as JSON, also where the client was answered in XML.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use failover_model::trace::{Answer, Exchange, Line, is_secret};
use failover_model::wire::Parameters;
use failover_model::{AccountId, RegionId, Timestamp};

/// Writes exchanges into a file.
#[derive(Debug)]
pub struct Recorder {
    written: Mutex<Written>,
}

#[derive(Debug)]
struct Written {
    file: File,
    moments: u64,
}

/// What is known of a call when it begins.
#[derive(Debug)]
pub struct Begun {
    /// When, on the emulator's clock.
    pub at: Timestamp,
    /// The place in the order of all.
    pub moment: u64,
}

/// A call as it was read.
#[derive(Debug)]
pub struct Read {
    /// The caller.
    pub account: AccountId,
    /// The region called.
    pub region: Option<RegionId>,
    /// The operation, as the client names it.
    pub action: String,
    /// The version, as the client names it.
    pub version: String,
    /// The parameters.
    pub parameters: BTreeMap<String, String>,
}

impl Recorder {
    /// A recorder into a new file, or one that is written over.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn create(path: &Path) -> std::io::Result<Self> {
        let mut file = File::create(path)?;
        file.write_all(Line::Header.text().as_bytes())?;
        Ok(Self { written: Mutex::new(Written { file, moments: 0 }) })
    }

    /// Notes that a call came.
    pub fn begin(&self, at: Timestamp) -> Begun {
        let mut written = self.locked();
        written.moments = written.moments.saturating_add(1);
        Begun { at, moment: written.moments }
    }

    /// Notes how a call was answered; `None` if its answer was lost.
    pub fn end(&self, begun: Begun, at: Timestamp, read: Read, answer: Option<Answer>) {
        let mut written = self.locked();
        written.moments = written.moments.saturating_add(1);
        let exchange = Exchange {
            sent: begun.at,
            answered: at.max(begun.at),
            order: Some((begun.moment, written.moments)),
            account: read.account,
            region: read.region,
            version: read.version,
            action: read.action,
            parameters: read.parameters,
            answer,
        };
        // A disk that is full must not end the server; the file then ends within a line, which a reader refuses.
        let _ = written.file.write_all(Line::Exchange(exchange.into()).text().as_bytes());
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The parameters of a call without what authenticates it. One that is given with two values is left out, since the
/// trace has one value for each name.
pub fn parameters(all: &Parameters) -> BTreeMap<String, String> {
    let known = all.given().filter(|(name, _)| !is_secret(name) && !matches!(*name, "Action" | "Version"));
    known.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
