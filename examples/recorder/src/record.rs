//! The file that exchanges are written into, in the form of [`failover_model::trace`].
//!
//! Sending and answering are numbered as the recorder sees them, so that the trace tells which calls overlapped. Access keys,
//! signatures and security tokens are never written.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use failover_model::trace::reader::Call;
use failover_model::trace::{Answer, Exchange, Line, Told};
use failover_model::{Observation, Timestamp};

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

/// When something began: a call, or what happened outside.
#[derive(Debug)]
pub struct Begun {
    /// When, on the recorder's clock.
    at: Timestamp,
    /// The place in the order of all.
    moment: u64,
}

impl Written {
    /// A disk that is full must not end the server; the file then ends within a line, which a reader refuses.
    fn write(&mut self, line: &Line) {
        let _ = self.file.write_all(line.text().as_bytes());
    }
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

    /// Notes that a call came, or that the service is about to take notice of something outside.
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
        written.write(&Line::Exchange(exchange.into()));
    }

    /// Tells what the service took notice of, and when, on the service's clock.
    pub fn tell(&self, begun: &Begun, at: Timestamp, observed: Observation) {
        let mut written = self.locked();
        written.moments = written.moments.saturating_add(1);
        let order = Some((begun.moment, written.moments));
        written.write(&Line::Told(Told { at, order, observed }));
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
