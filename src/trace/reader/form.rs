//! Which form a recording has, and the reader of each.

use alloc::string::{String, ToString};

use super::{Origin, actiontrail, core_log, har, httpx_log};
use crate::trace::form::{Trace, Unreadable};

/// A form of recordings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// The project's own.
    Trace,
    /// HAR.
    Har,
    /// Events of ActionTrail.
    ActionTrail,
    /// The log of `aliyun-python-sdk-core`.
    CoreLog,
    /// The log of the vendor's clients for Node.
    HttpxLog,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Trace, Self::Har, Self::ActionTrail, Self::CoreLog, Self::HttpxLog];

    /// The name, as a command takes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Har => "har",
            Self::ActionTrail => "actiontrail",
            Self::CoreLog => "core-log",
            Self::HttpxLog => "httpx-log",
        }
    }

    /// The form that a text has by its content, if it is one of these.
    pub fn of(text: &str) -> Option<Self> {
        let begin = text.trim_start_matches('\u{feff}').trim_start();
        if begin.starts_with(['{', '[']) {
            let first = begin.lines().next().unwrap_or("");
            return if first.contains("\"failover_trace\"") {
                Some(Self::Trace)
            } else if text.contains("\"eventName\"")
                || text.contains("eventName\\\"")
                || text.contains("event.eventName")
            {
                Some(Self::ActionTrail)
            } else if text.contains("\"entries\"") {
                Some(Self::Har)
            } else {
                None
            };
        }
        super::logs::form(text)
    }

    /// Reads a text of this form.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if it has another.
    pub fn read(self, text: &str, origin: &Origin) -> Result<Trace, Unreadable> {
        match self {
            Self::Trace => Trace::read(text),
            Self::Har => har(text, origin),
            Self::ActionTrail => actiontrail(text, origin),
            Self::CoreLog => core_log(text, origin),
            Self::HttpxLog => httpx_log(text, origin),
        }
    }
}

impl core::str::FromStr for Form {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = Self::ALL.into_iter().find(|form| form.as_str() == text);
        named.ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join(", ");
            [text.to_string(), " is none of ".into(), names].concat()
        })
    }
}
