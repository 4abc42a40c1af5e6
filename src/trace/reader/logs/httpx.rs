//! The log of `httpx`, which the vendor's clients for Node call through, as `DEBUG=httpx*` writes it into a file.
//!
//! Read as version 2 writes it, through `debug` 2 to 4 (npm, 2026-11; driven by `@alicloud/pop-core` 1.8.0): an entry a line, with its
//! time, `httpx:header` or `httpx:body`, and what is said. A request's body, or `<no request body>`, is logged when it is sent, its head only
//! when the answer comes, together with that of the answer; then an empty entry and the body of the answer. So of a request that was
//! never answered the log does not tell what it was. Nor does it have answers that a client reads by itself, as
//! `@alicloud/openapi-client` 0.4.15 does.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::super::Origin;
use super::super::call::{Call, Request};
use super::super::encoding::moment;
use super::super::seen::only_what_is_shown;
use super::{Logged, Read};
use crate::time::{Span, Timestamp};
use crate::trace::form::{Trace, Unreadable};

/// How long a request is waited for that no answer came to. Clients give up after 10 s, if they are not told otherwise.
const PATIENCE: Span = Span::from_secs(60);

/// An entry of the log.
struct Entry<'a> {
    line: usize,
    at: Timestamp,
    body: bool,
    text: &'a str,
}

/// A request that was sent, and its body.
struct Sent<'a> {
    line: usize,
    at: Timestamp,
    body: Option<&'a str>,
}

/// The heads of a request and of its answer.
struct Head<'a> {
    line: usize,
    at: Timestamp,
    sent: Timestamp,
    target: &'a str,
    form: &'a str,
    request: Vec<(&'a str, &'a str)>,
    status: Option<u16>,
    answer: Vec<(&'a str, &'a str)>,
}

/// Whether a line is an entry of such a log.
pub(super) fn is_entry(line: &str) -> bool {
    entry(0, line).is_some()
}

/// Reads the log of `httpx`. A call whose answer is not in the log is named as unused.
///
/// # Errors
///
/// [`Unreadable::Document`] if no line is an entry of such a log.
pub fn httpx_log(text: &str, origin: &Origin) -> Result<Trace, Unreadable> {
    let entries = text.lines().enumerate().filter_map(|(at, line)| entry(at.saturating_add(1), line));
    let mut entries = entries.peekable();
    if entries.peek().is_none() {
        let why = String::from("it has no line with a time and httpx:header or httpx:body");
        return Err(Unreadable::Document { what: "log of httpx", why });
    }
    let mut log = Log { origin, read: Read::default(), sent: Vec::new(), heads: Vec::new() };
    let mut answers = false;
    for entry in entries {
        if !entry.body {
            log.head(&entry);
        } else if core::mem::take(&mut answers) {
            log.answered(&entry);
        } else if entry.text.is_empty() {
            answers = true;
        } else {
            let body = Some(entry.text).filter(|text| *text != "<no request body>");
            log.sent.push(Sent { line: entry.line, at: entry.at, body });
        }
    }
    Ok(log.finish())
}

fn entry(line: usize, text: &str) -> Option<Entry<'_>> {
    let (at, rest) = text.split_once(' ')?;
    let rest = rest.strip_prefix("httpx:")?;
    let (kind, text) = rest.split_once(' ').unwrap_or((rest, ""));
    let body = match kind {
        "header" => false,
        "body" => true,
        _ => return None,
    };
    Some(Entry { line, at: moment(at)?, body, text })
}

struct Log<'a> {
    origin: &'a Origin,
    read: Read,
    /// Requests whose head has not come.
    sent: Vec<Sent<'a>>,
    /// Heads whose answer's body has not come.
    heads: Vec<Head<'a>>,
}

impl<'a> Log<'a> {
    fn head(&mut self, entry: &Entry<'a>) {
        let Some((side, text)) = entry.text.split_once(' ') else { return };
        let text = text.trim();
        if side == ">" && text.ends_with(" HTTP/1.1") && !text.contains(": ") {
            let target = text.split(' ').nth(1).unwrap_or("");
            let (line, at) = (entry.line, entry.at);
            let (request, answer) = (Vec::new(), Vec::new());
            self.heads.push(Head { line, at, sent: at, target, form: "", request, status: None, answer });
            return;
        }
        let Some(head) = self.heads.last_mut() else { return };
        let field = text.split_once(": ");
        match side {
            ">" => head.request.extend(field),
            "<" if text.starts_with("HTTP/") && head.status.is_none() => {
                head.status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
                if let Err(why) = sent(head, &mut self.sent) {
                    let at = format!("line {}", head.line);
                    self.heads.pop();
                    self.read.leave(at, why);
                }
            }
            "<" => head.answer.extend(field),
            _ => {}
        }
    }

    /// The body of an answer: of the head that has its request id, or else of the only one that waits.
    fn answered(&mut self, entry: &Entry<'a>) {
        let named = |head: &Head<'_>| {
            let id = head.answer.iter().find(|(name, _)| *name == "x-acs-request-id").map(|(_, id)| *id);
            id.is_some_and(|id| entry.text.contains(id))
        };
        let only = || (self.heads.len() == 1).then_some(0);
        let Some(at) = self.heads.iter().position(named).or_else(only) else {
            return self.read.leave(format!("line {}", entry.line), "it is not clear whose answer it is");
        };
        let head = self.heads.remove(at);
        self.take(head, Some(entry));
    }

    fn take(&mut self, head: Head<'a>, body: Option<&Entry<'a>>) {
        let at = format!("line {}", head.line);
        let value = |name: &str| {
            let named = head.request.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            named.map(|(_, value)| value.to_string())
        };
        let host = value("host").unwrap_or_default();
        let query = head.target.split_once('?').map_or("", |(_, query)| query);
        match Call::of(&Request { host: &host, query, form: head.form, header: &value }, self.origin) {
            Err(why) => self.read.leave(at, why),
            Ok(call) => self.read.take(Logged {
                at,
                sent: head.sent,
                answered: body.map_or(head.at, |body| body.at),
                call,
                status: head.status,
                text: body.map(|body| body.text.to_string()),
            }),
        }
    }

    fn finish(mut self) -> Trace {
        for head in core::mem::take(&mut self.heads) {
            self.take(head, None);
        }
        for sent in &self.sent {
            let why =
                "no answer came to it, and so the log does not tell what was asked; others may have called";
            self.read
                .unused
                .push(crate::trace::form::Unused { at: format!("line {}", sent.line), why: why.into() });
        }
        only_what_is_shown(self.read.exchanges, self.read.unused)
    }
}

/// Finds when a request was sent, and its body.
///
/// Requests are told apart by the length of their body. Of those without one it does not matter which it was: the earliest time
/// is taken and the latest given up, so that every call spans at least the time that it took.
fn sent<'a>(head: &mut Head<'a>, open: &mut Vec<Sent<'a>>) -> Result<(), &'static str> {
    let length = head.request.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|(_, length)| length.parse::<usize>().ok()).filter(|length| *length > 0);
    let recent = |sent: &Sent<'_>| head.at.since(sent.at).as_millis() <= PATIENCE.as_millis();
    let fits = |sent: &Sent<'_>| recent(sent) && sent.body.map(str::len) == length;
    let mut fitting = open.iter().enumerate().filter(|(_, sent)| fits(sent)).map(|(at, _)| at);
    let (first, last) = (fitting.next(), fitting.next_back());
    let Some(first) = first else { return Err("the log does not have the request that it answers") };
    if length.is_some() && last.is_some() {
        return Err("it cannot be told from another request at the same time");
    }
    if let Some(sent) = open.get(first) {
        head.sent = sent.at;
        head.form = sent.body.unwrap_or("");
    }
    open.remove(last.unwrap_or(first));
    Ok(())
}
