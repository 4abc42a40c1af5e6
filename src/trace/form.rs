//! The form of a trace: JSON Lines, a header and then a line for each exchange and for each thing that is told
//! (`docs/traces.md`).

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::exchange::Exchange;
use super::told::Told;

/// The version that this release writes and reads.
pub const VERSION: u32 = 1;

/// The first line of a trace. It may come again, so that traces can be put one behind the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    failover_trace: u32,
}

/// Whether a line tells what was observed.
#[derive(Deserialize)]
struct Tells {
    observed: Option<serde::de::IgnoredAny>,
}

/// What a line of a trace says.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// That a trace begins.
    Header,
    /// An exchange.
    Exchange(alloc::boxed::Box<Exchange>),
    /// What happened outside.
    Told(Told),
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
    /// What happened outside, as far as it is told, in the order of time.
    pub told: Vec<Told>,
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
    /// A line is no header, no exchange and nothing that is told.
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
    /// [`Unreadable`] if it is no header of this version, no exchange and nothing that is told.
    pub fn read(number: usize, text: &str) -> Result<Self, Unreadable> {
        if let Ok(Header { failover_trace }) = serde_json::from_str(text) {
            return if failover_trace == VERSION {
                Ok(Self::Header)
            } else {
                Err(Unreadable::Version(failover_trace))
            };
        }
        let unreadable = |error: serde_json::Error| Unreadable::Line { line: number, why: error.to_string() };
        let exchange: Exchange = match serde_json::from_str(text) {
            Ok(exchange) => exchange,
            // What is wrong is said of the form that the line has a field of.
            Err(error) => {
                let tells = serde_json::from_str(text).is_ok_and(|Tells { observed }| observed.is_some());
                if !tells {
                    return Err(unreadable(error));
                }
                let told: Told = serde_json::from_str(text).map_err(unreadable)?;
                if told.order.is_some_and(|(first, last)| last < first) {
                    let why = String::from("it was over before it began");
                    return Err(Unreadable::Line { line: number, why });
                }
                return Ok(Self::Told(told));
            }
        };
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
            Self::Told(told) => serde_json::to_string(told),
        };
        // All hold strings, numbers and maps of them, which can be written.
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
        let (mut exchanges, mut told) = (Vec::new(), Vec::new());
        match lines.next().map(|(number, line)| Line::read(number.saturating_add(1), line)) {
            Some(Ok(Line::Header)) => {}
            Some(Err(error @ Unreadable::Version(_))) => return Err(error),
            _ => return Err(Unreadable::NoHeader),
        }
        for (number, line) in lines {
            match Line::read(number.saturating_add(1), line)? {
                Line::Header => {}
                Line::Exchange(exchange) => exchanges.push(*exchange),
                Line::Told(one) => told.push(one),
            }
        }
        told.sort_by_key(|told| (told.at, told.order));
        Ok(Self { told, ..Self::of(exchanges, Vec::new()) })
    }

    /// A trace of these exchanges, which are put into the order of their answers.
    pub fn of(mut exchanges: Vec<Exchange>, unused: Vec<Unused>) -> Self {
        exchanges.sort_by_key(|exchange| (exchange.answered, exchange.order));
        Self { exchanges, told: Vec::new(), unused }
    }

    /// The text of the whole trace, the header first.
    pub fn text(&self) -> String {
        let mut text = Line::Header.text();
        for exchange in &self.exchanges {
            text.push_str(&Line::Exchange(exchange.clone().into()).text());
        }
        self.told.iter().for_each(|told| text.push_str(&Line::Told(told.clone()).text()));
        text
    }
}
