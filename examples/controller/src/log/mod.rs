//! Where inputs are kept before they take effect, and who may append: the engines of the journal.

mod embedded;
mod etcd;

use std::time::Instant;

use failover_model::Input;
use serde_json::value::RawValue;

pub use embedded::Embedded;
pub use etcd::{Etcd, EtcdOptions};

/// What is in the journal when a leader begins.
#[derive(Debug, Default)]
pub struct History {
    /// The number of the last input that the kept state contains, and the state.
    pub state: Option<(u64, Vec<u8>)>,
    /// The inputs after it, in order, with their numbers.
    pub inputs: Vec<(u64, Input)>,
}

/// An input was not appended. Whether it is in the journal all the same is not known; nothing of it may take effect here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAppended {
    /// Another process leads, or none.
    Deposed,
    /// The engine fails.
    Failed(String),
}

impl std::fmt::Display for NotAppended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Deposed => f.write_str("this process leads no more"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}

/// A journal of one order, with one writer at a time.
pub enum Log {
    /// A folder of this process alone.
    Embedded(Embedded),
    /// etcd.
    Etcd(Box<Etcd>),
}

impl Log {
    /// Waits until this process leads, and reads what there is.
    ///
    /// # Errors
    ///
    /// In words: the journal cannot be read.
    pub async fn lead(&mut self) -> Result<History, String> {
        match self {
            Self::Embedded(log) => log.read(),
            Self::Etcd(log) => log.lead().await,
        }
    }

    /// Appends an input under the next number; returns once it is durable.
    ///
    /// # Errors
    ///
    /// [`NotAppended`]: it must not take effect, and this process must not go on as the leader.
    pub async fn append(&mut self, number: u64, input: &Input) -> Result<(), NotAppended> {
        let text = serde_json::to_string(input).map_err(|error| NotAppended::Failed(error.to_string()))?;
        match self {
            Self::Embedded(log) => log.append(number, text).await,
            Self::Etcd(log) => log.append(number, text).await,
        }
    }

    /// Keeps the state that contains the inputs up to this number; they go.
    ///
    /// # Errors
    ///
    /// [`NotAppended`], as for an input.
    pub async fn keep(&mut self, number: u64, state: String) -> Result<(), NotAppended> {
        match self {
            Self::Embedded(log) => log.keep(number, state),
            Self::Etcd(log) => log.keep(number, state).await,
        }
    }

    /// Until when this process leads for sure; `None` if nobody else can.
    pub fn term(&self) -> Term {
        match self {
            Self::Embedded(_) => Term::default(),
            Self::Etcd(log) => log.term(),
        }
    }

    /// Stops renewing, as a process that is frozen does, for tests of who comes next.
    pub fn forget_renewals(&mut self) {
        if let Self::Etcd(log) = self {
            log.forget_renewals();
        }
    }

    /// Lets another process lead at once.
    pub async fn resign(&mut self) {
        if let Self::Etcd(log) = self {
            log.resign().await;
        }
    }
}

/// How long a process leads, kept up to date by whoever renews that.
#[derive(Debug, Clone, Default)]
pub struct Term(Option<tokio::sync::watch::Receiver<Instant>>);

impl Term {
    /// Whether this process leads now, for sure.
    pub fn leads(&self) -> bool {
        self.0.as_ref().is_none_or(|until| *until.borrow() > Instant::now())
    }

    /// Waits until it does not.
    pub async fn end(mut self) {
        let Some(until) = &mut self.0 else { return std::future::pending().await };
        loop {
            let end = *until.borrow_and_update();
            if end <= Instant::now() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep_until(end.into()) => {}
                renewed = until.changed() => if renewed.is_err() { tokio::time::sleep_until(end.into()).await },
            }
        }
    }
}

/// A text that is JSON already.
fn raw(text: String) -> Result<Box<RawValue>, NotAppended> {
    RawValue::from_string(text).map_err(|error| NotAppended::Failed(error.to_string()))
}

fn input(number: u64, text: &[u8]) -> Result<(u64, Input), String> {
    serde_json::from_slice(text)
        .map(|input| (number, input))
        .map_err(|error| format!("input {number}: {error}"))
}
