//! The request logs that the vendor's clients write when they are asked to.

mod core;
mod httpx;
mod python;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

pub use self::core::core_log;
pub use httpx::httpx_log;

use super::answer::{Told, accepted};
use super::call::Call;
use super::form::Form;
use crate::time::Timestamp;
use crate::trace::exchange::{Answer, Exchange};
use crate::trace::form::Unused;

/// Which client wrote a text that is no JSON document.
pub(super) fn form(text: &str) -> Option<Form> {
    text.lines().find_map(|line| {
        if httpx::is_entry(line) {
            Some(Form::HttpxLog)
        } else if self::core::is_entry(line) {
            Some(Form::CoreLog)
        } else {
            None
        }
    })
}

/// A call as a log has it.
struct Logged {
    /// Where it is in the log.
    at: String,
    sent: Timestamp,
    answered: Timestamp,
    call: Call,
    /// The HTTP status; `None` if no answer came.
    status: Option<u16>,
    /// The text of the answer; `None` if it is not in the log.
    text: Option<String>,
}

/// The exchanges of a log, and what is of no use in it.
#[derive(Default)]
struct Read {
    exchanges: Vec<Exchange>,
    unused: Vec<Unused>,
}

impl Read {
    fn leave(&mut self, at: String, why: impl Into<String>) {
        self.unused.push(Unused { at, why: why.into() });
    }

    /// Takes a call in as far as its answer is known.
    fn take(&mut self, logged: Logged) {
        let Logged { at, sent, answered, call, status, text } = logged;
        let body: Option<Value> = text.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let answer = match (status, body) {
            (None, _) => None,
            (Some(200), body) => match accepted(&call.version, &call.action, body) {
                Told::Whole(answer) => Some(answer),
                Told::Accepted(field) => {
                    let why =
                        format!("the log has no {field} of it, so it counts as a call whose answer was lost");
                    self.leave(at, why);
                    None
                }
                Told::Nothing(field) => {
                    return self
                        .leave(at, format!("the log has no {field}: what {} was answered", call.action));
                }
            },
            (Some(status), Some(body)) => Some(Answer { status, body }),
            // That the server failed is all that counts of it.
            (Some(status), None) if status >= 500 => Some(Answer { status, body: Value::Object(Map::new()) }),
            (Some(status), None) => {
                return self.leave(at, format!("the log has no code for the status {status}"));
            }
        };
        self.exchanges.push(call.answered(sent, answered.max(sent), answer));
    }
}
