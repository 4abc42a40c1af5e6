//! The last step of a vendor call: the answer goes out as it is, late, replaced, or not at all.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use failover_model::simulation::ReplyFault;
use failover_model::wire::Body as Document;
use failover_model::{Basis, WireError};

use crate::emulator::Emulator;
use crate::serve::Lost;

/// The header that repeats the request id, as the vendor's gateway sends it.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-acs-request-id");

/// The longest delay of a reply.
const LONGEST_DELAY_MS: u64 = 600_000;

/// The longest body of a fault, in bytes.
const LONGEST_BODY: usize = 1 << 16;

/// The most headers that a fault adds.
const MAX_HEADERS: usize = 100;

/// Headers that say where an answer ends: to change one would break the connection and not the answer.
const FRAMING: [HeaderName; 6] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Why a fault cannot be meant, if so.
pub fn check(reply: &ReplyFault) -> Result<(), String> {
    let ReplyFault { action: _, effect, lose, status, code, message, body, delay_ms, headers } = reply;
    let why = match (lose, status) {
        (true, Some(_)) => "a lost reply has no status",
        (_, Some(status)) if !(400..=599).contains(status) => "status is 400 to 599",
        (_, None) if code.is_some() || message.is_some() || body.is_some() => {
            "a code, message or body needs a status"
        }
        _ if body.is_some() && (code.is_some() || message.is_some()) => {
            "give either a body or what it is made of, code and message"
        }
        _ if body.as_ref().is_some_and(|body| body.len() > LONGEST_BODY) => "body has at most 65536 bytes",
        (false, None) if !effect => "a call without effect needs lose or status",
        (false, None) if *delay_ms == 0 && headers.is_empty() => "give lose, status, delay_ms or headers",
        _ if *delay_ms > LONGEST_DELAY_MS => "delay_ms is at most 600000",
        _ if headers.len() > MAX_HEADERS => "there are at most 100 headers",
        _ => "",
    };
    if !why.is_empty() {
        return Err(why.into());
    }
    for (name, value) in headers {
        let parsed = name.parse::<HeaderName>();
        let parsed = parsed.map_err(|_| format!("headers: {name:?} is not a name"))?;
        if FRAMING.contains(&parsed) {
            return Err(format!("headers: {name} belongs to the connection"));
        }
        let parsed = value.parse::<HeaderValue>();
        parsed.map_err(|_| format!("headers: the value of {name} is not a header's"))?;
    }
    Ok(())
}

/// A document as an HTTP response.
pub fn response(document: Document, request_id: &str) -> Response {
    let mut response = Response::new(Body::from(document.text));
    *response.status_mut() =
        StatusCode::from_u16(document.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(document.content_type));
    if let Ok(id) = HeaderValue::from_str(request_id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// What an answer says whose fault names no message.
pub const TEMPORARY: &str = "The request has failed due to a temporary failure of the server.";

/// The error that a fault puts in the place of the answer, if it does.
pub fn replacement(fault: &ReplyFault) -> Option<WireError> {
    Some(WireError {
        status: fault.status?,
        code: fault.code.clone().unwrap_or_else(|| "ServiceUnavailable".into()).into(),
        message: fault.message.clone().map_or(TEMPORARY.into(), Into::into),
        basis: Basis::Inferred,
    })
}

/// What a fault makes of a response, once its delay is over or the server ends.
pub async fn struck(emulator: &Emulator, fault: &ReplyFault, mut response: Response) -> Response {
    if fault.delay_ms > 0 && !emulator.replays() {
        let mut ending = emulator.ending.subscribe();
        let ended = ending.wait_for(|ending| *ending);
        let _ = tokio::time::timeout(Duration::from_millis(fault.delay_ms), ended).await;
    }
    if fault.lose {
        response.extensions_mut().insert(Lost);
        return response;
    }
    if let Some(body) = &fault.body {
        // What a proxy in between answers is no document of the vendor's; which type it claims, a header may say.
        response.headers_mut().remove(REQUEST_ID);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
        *response.body_mut() = Body::from(body.clone());
    }
    for (name, value) in &fault.headers {
        // Both were read like this when the fault was planned.
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
