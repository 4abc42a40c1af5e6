//! The file that exchanges are written into, in the form of [`failover_model::trace`].
//!
//! Sending and answering are numbered as the recorder sees them, so that the trace tells which calls overlapped. Access keys,
//! signatures and security tokens are never written.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use failover_model::Timestamp;
use failover_model::trace::reader::Call;
use failover_model::trace::{Answer, Exchange, Line};

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
    /// When, on the recorder's clock.
    at: Timestamp,
    /// The place in the order of all.
    moment: u64,
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
    pub fn end(&self, begun: Begun, at: Timestamp, call: Call, answer: Option<Answer>) {
        let mut written = self.locked();
        written.moments = written.moments.saturating_add(1);
        let exchange = Exchange {
            sent: begun.at,
            answered: at.max(begun.at),
            order: Some((begun.moment, written.moments)),
            account: call.account,
            region: call.region,
            version: call.version,
            action: call.action,
            parameters: call.parameters,
            answer,
        };
        // A disk that is full must not end the server; the file then ends within a line, which a reader refuses.
        let _ = written.file.write_all(Line::Exchange(exchange.into()).text().as_bytes());
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
