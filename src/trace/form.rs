//! The form of a trace: JSON Lines, a header and then a line an exchange (`docs/traces.md`).

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::exchange::Exchange;

/// The version that this release writes and reads.
pub const VERSION: u32 = 1;

/// The first line of a trace. It may come again, so that traces can be put one behind the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    failover_trace: u32,
}

/// What a line of a trace says.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// That a trace begins.
    Header,
    /// An exchange.
    Exchange(alloc::boxed::Box<Exchange>),
}

/// A part of a recording that is no usable exchange, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unused {
    /// Where it is: a line such as `line 3`, or an entry such as `entries[2]`.
    pub at: String,
    /// Why it cannot be used.
    pub why: String,
}

/// The exchanges of a recording, and what could not be used.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trace {
    /// The exchanges, in the order of their answers.
    pub exchanges: Vec<Exchange>,
    /// What is no usable exchange.
    pub unused: Vec<Unused>,
}

/// Why a recording cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// It has another version.
    #[error("trace version {0} is not {VERSION}")]
    Version(u32),
    /// A line is neither a header nor an exchange.
    #[error("line {line}: {why}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// The first line is no header.
    #[error("the first line is no header, {{\"failover_trace\":{VERSION}}}")]
    NoHeader,
    /// It is not the document that the reader reads.
    #[error("this is no {what}: {why}")]
    Document {
        /// What was expected.
        what: &'static str,
        /// What is wrong.
        why: String,
    },
}

impl Line {
    /// Reads a line; `number` is its place, from 1, for the error.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if it is neither a header of this version nor an exchange.
    pub fn read(number: usize, text: &str) -> Result<Self, Unreadable> {
        if let Ok(Header { failover_trace }) = serde_json::from_str(text) {
            return if failover_trace == VERSION {
                Ok(Self::Header)
            } else {
                Err(Unreadable::Version(failover_trace))
            };
        }
        let exchange: Exchange = serde_json::from_str(text)
            .map_err(|error| Unreadable::Line { line: number, why: error.to_string() })?;
        if exchange.answered < exchange.sent || exchange.order.is_some_and(|(sent, answered)| answered < sent)
        {
            let why = String::from("it was answered before it was sent");
            return Err(Unreadable::Line { line: number, why });
        }
        Ok(Self::Exchange(exchange.into()))
    }

    /// The text of the line, with its end.
    pub fn text(&self) -> String {
        let text = match self {
            Self::Header => serde_json::to_string(&Header { failover_trace: VERSION }),
            Self::Exchange(exchange) => serde_json::to_string(exchange),
        };
        // Both hold strings, numbers and maps of them, which can be written.
        format!("{}\n", text.unwrap_or_default())
    }
}

impl Trace {
    /// Reads a trace. Empty lines are skipped.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] at the first line that is wrong.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let mut exchanges = Vec::new();
        match lines.next().map(|(number, line)| Line::read(number.saturating_add(1), line)) {
            Some(Ok(Line::Header)) => {}
            Some(Err(error @ Unreadable::Version(_))) => return Err(error),
            _ => return Err(Unreadable::NoHeader),
        }
        for (number, line) in lines {
            if let Line::Exchange(exchange) = Line::read(number.saturating_add(1), line)? {
                exchanges.push(*exchange);
            }
        }
        Ok(Self::of(exchanges, Vec::new()))
    }

    /// A trace of these exchanges, which are put into the order of their answers.
    pub fn of(mut exchanges: Vec<Exchange>, unused: Vec<Unused>) -> Self {
        exchanges.sort_by_key(|exchange| (exchange.answered, exchange.order));
        Self { exchanges, unused }
    }

    /// The text of the whole trace, the header first.
    pub fn text(&self) -> String {
        let mut text = Line::Header.text();
        for exchange in &self.exchanges {
            text.push_str(&Line::Exchange(exchange.clone().into()).text());
        }
        text
    }
}
