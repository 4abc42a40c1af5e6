//! HAR 1.2, as browsers and mitmproxy write it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::Origin;
use super::call::{Call, Request};
use super::encoding::{base64, moment};
use crate::time::Span;
use crate::trace::exchange::{Answer, Exchange};
use crate::trace::form::{Trace, Unreadable, Unused};

#[derive(Deserialize)]
struct Har {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    started_date_time: String,
    #[serde(default)]
    time: f64,
    request: Asked,
    response: Answered,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    url: String,
    #[serde(default)]
    headers: Vec<Header>,
    #[serde(default)]
    post_data: Option<PostData>,
}

#[derive(Deserialize)]
struct Header {
    name: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PostData {
    #[serde(default)]
    mime_type: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    params: Vec<Param>,
}

#[derive(Deserialize)]
struct Param {
    name: String,
    #[serde(default)]
    value: String,
}

#[derive(Deserialize)]
struct Answered {
    status: i64,
    #[serde(default)]
    content: Content,
}

#[derive(Deserialize, Default)]
struct Content {
    #[serde(default)]
    text: String,
    #[serde(default)]
    encoding: String,
}

/// Reads a HAR file. An entry with status 0 or -1 is one whose answer was lost.
///
/// # Errors
///
/// [`Unreadable::Document`] if it is no HAR file.
pub fn har(text: &str, origin: &Origin) -> Result<Trace, Unreadable> {
    let Har { log } = serde_json::from_str(text)
        .map_err(|error| Unreadable::Document { what: "HAR file", why: error.to_string() })?;
    let (mut exchanges, mut unused) = (Vec::new(), Vec::new());
    for (number, entry) in log.entries.into_iter().enumerate() {
        match exchange(entry, origin) {
            Ok(exchange) => exchanges.push(exchange),
            Err(why) => unused.push(Unused { at: format!("entries[{number}]"), why }),
        }
    }
    Ok(Trace::of(exchanges, unused))
}

fn exchange(entry: Entry, origin: &Origin) -> Result<Exchange, String> {
    let Entry { started_date_time, time, request, response } = entry;
    let (_, rest) = request.url.split_once("://").ok_or("its address is no URL")?;
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let host = place.split('/').next().unwrap_or("");
    let post = request.post_data.as_ref();
    let header = |name: &str| {
        let named = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        let of_body =
            || post.map(|post| post.mime_type.clone()).filter(|of| name == "content-type" && !of.is_empty());
        named.map(|header| header.value.clone()).or_else(of_body)
    };
    let form = post.map_or("", |post| post.text.as_str());
    let mut call = Call::of(&Request { host, query, form, header: &header }, origin)?;
    for Param { name, value } in post.map_or(&[][..], |post| post.params.as_slice()) {
        if !crate::trace::is_secret(name) {
            call.parameters.insert(name.clone(), value.clone());
        }
    }
    let sent = moment(&started_date_time).ok_or("its startedDateTime is no time")?;
    Ok(call.answered(sent, sent.after(millis(time)), answer(response)?))
}

/// The time that an answer took, rounded up, so that the interval holds the answer.
fn millis(time: f64) -> Span {
    // A cast from a float saturates.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it saturates, and below 0 is 0"
    )]
    let millis = if time > 0.0 { (time as u64).saturating_add(1) } else { 0 };
    Span::from_millis(millis)
}

fn answer(response: Answered) -> Result<Option<Answer>, String> {
    let Answered { status, content } = response;
    let Some(status) = u16::try_from(status).ok().filter(|status| *status > 0) else { return Ok(None) };
    let text = match content.encoding.as_str() {
        "base64" => {
            let bytes = base64(&content.text).ok_or("its body is no base64")?;
            String::from_utf8(bytes).map_err(|_| "its body is no UTF-8")?
        }
        _ => content.text,
    };
    match serde_json::from_str(&text) {
        Ok(body) => Ok(Some(Answer { status, body })),
        // A page of a proxy in between. That the server failed is all that counts of it.
        Err(_) if status >= 500 => Ok(Some(Answer { status, body: Value::Object(Map::new()) })),
        Err(_) => Err("its body is no JSON".into()),
    }
}
