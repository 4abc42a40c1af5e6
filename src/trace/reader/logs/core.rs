//! The log of `aliyun-python-sdk-core`, as `set_stream_logger` and `set_file_logger` write it.
//!
//! Read as version 2.16.1 writes it in its own format (PyPI, 2026-11): thread, time, logger, level and message. A request is logged
//! with its parameters when it is sent, an answer with its body only if the call was accepted, an error with its status and code.
//! A thread makes one call at a time. The log does not say in which time zone its times are: they are read as UTC, so the client is
//! to run with `TZ=UTC`, or the times that answers show are off by hours.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};

use super::super::Origin;
use super::super::call::{Call, Request};
use super::super::encoding::moment;
use super::super::seen::only_what_is_shown;
use super::python::{bytes, dictionary};
use super::{Logged, Read};
use crate::time::Timestamp;
use crate::trace::form::{Trace, Unreadable};

/// The loggers of the client begin like this.
const LOGGER: &str = "aliyunsdkcore.";

/// An entry of the log.
struct Entry<'a> {
    line: usize,
    thread: &'a str,
    at: Timestamp,
    message: &'a str,
}

/// A call of a thread that was not answered yet.
struct Open {
    line: usize,
    sent: Timestamp,
    call: Result<Call, String>,
}

/// Whether a line is an entry of such a log.
pub(super) fn is_entry(line: &str) -> bool {
    entry(0, line).is_some()
}

/// Reads the log of `aliyun-python-sdk-core`. A call whose answer is not in the log counts as one whose answer was lost.
///
/// # Errors
///
/// [`Unreadable::Document`] if no line is an entry of such a log.
pub fn core_log(text: &str, origin: &Origin) -> Result<Trace, Unreadable> {
    let (mut read, mut open) = (Read::default(), BTreeMap::new());
    let mut last = None;
    for (at, line) in text.lines().enumerate() {
        let Some(entry) = entry(at.saturating_add(1), line) else { continue };
        last = last.max(Some(entry.at));
        if let Some(said) = entry.message.strip_prefix("Request received. ") {
            if let Some(before) = open.insert(entry.thread, asked(&entry, said, origin)) {
                settle(&mut read, before, entry.at, None, None);
            }
            continue;
        }
        let Some(ended) = ended(entry.message) else { continue };
        match open.remove(entry.thread) {
            Some(asked) => settle(&mut read, asked, entry.at, ended.0, ended.1),
            None => read
                .leave(format!("line {}", entry.line), "the log does not have the request that it answers"),
        }
    }
    let Some(last) = last else {
        let why = String::from("it has no line of a logger of aliyunsdkcore");
        return Err(Unreadable::Document { what: "log of aliyun-python-sdk-core", why });
    };
    for asked in open.into_values() {
        settle(&mut read, asked, last, None, None);
    }
    Ok(only_what_is_shown(read.exchanges, read.unused))
}

fn entry(line: usize, text: &str) -> Option<Entry<'_>> {
    let (thread, rest) = text.split_once(' ')?;
    let (day, rest) = rest.split_once(' ')?;
    let (time, rest) = rest.split_once(' ')?;
    let (logger, rest) = rest.split_once(' ')?;
    let (_level, message) = rest.split_once(' ')?;
    if !logger.starts_with(LOGGER) || thread.is_empty() || !thread.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let at = moment(&format!("{day}T{}Z", time.replace(',', ".")))?;
    Some(Entry { line, thread, at, message })
}

/// The call of `Product:… Endpoint:… Params: {…}`.
fn asked(entry: &Entry<'_>, said: &str, origin: &Origin) -> Open {
    let (line, sent) = (entry.line, entry.at);
    let read = said.split_once(" Params: ").and_then(|(place, given)| Some((place, dictionary(given)?)));
    let Some((place, given)) = read else {
        let call = Err(String::from("its parameters cannot be read"));
        return Open { line, sent, call };
    };
    let host = place.split_once("Endpoint:").map_or("", |(_, host)| host);
    let parameters: BTreeMap<String, String> = given.into_iter().collect();
    let request = Request { host, query: "", form: "", header: &|_| None };
    Open { line, sent, call: Call::with(parameters, &request, origin) }
}

/// How a call ended: the status, if an answer came, and the text of the answer. `None` for what is no end.
fn ended(message: &str) -> Option<(Option<u16>, Option<String>)> {
    if let Some((_, body)) =
        message.strip_prefix("Response received. ").and_then(|said| said.split_once("Response-body: "))
    {
        return Some((Some(200), bytes(body)));
    }
    if message.starts_with("HttpError occurred. ") {
        return Some((None, None));
    }
    let (_, error) = message.strip_prefix("ServerException occurred. ")?.split_once("HTTP Status: ")?;
    let (status, error) = error.split_once(" Error:")?;
    let code = error.split(' ').next().unwrap_or("");
    let known = !code.is_empty() && !code.starts_with("SDK.");
    let text = known.then(|| serde_json::json!({ "Code": code }).to_string());
    Some((status.parse().ok(), text))
}

fn settle(read: &mut Read, asked: Open, answered: Timestamp, status: Option<u16>, text: Option<String>) {
    let (at, sent) = (format!("line {}", asked.line), asked.sent);
    match asked.call {
        Err(why) => read.leave(at, why),
        Ok(call) => read.take(Logged { at, sent, answered, call, status, text }),
    }
}
