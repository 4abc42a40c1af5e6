//! What is looked at before a request is understood: its `Host`, and its body up to a limit.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, Version, header};
use http_body_util::BodyExt;
use hyper::body::Body as _;

/// Why the `Host` of a request cannot be meant, if so: HTTP/1.1 demands one, and only one (RFC 9112, section 3.2).
pub fn misaddressed(version: Version, headers: &HeaderMap) -> Option<&'static str> {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) if version == Version::HTTP_11 => Some("HTTP/1.1 demands the header Host"),
        (Some(_), Some(_)) => Some("the header Host is there twice"),
        _ => None,
    }
}

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// It is longer than the limit.
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// It did not come to its end in time.
    Slow {
        /// The longest that it may take.
        limit: Duration,
    },
    /// The client went away, or broke the framing.
    Broken,
}

impl Unread {
    /// The HTTP status that says so.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::TooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Slow { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::Broken => StatusCode::BAD_REQUEST,
        }
    }

    /// The vendor's error code that says so.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "RequestEntityTooLarge",
            Self::Slow { .. } => "RequestTimeout",
            Self::Broken => "InvalidRequest",
        }
    }
}

impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLong { limit } => write!(f, "the body is longer than {limit} bytes"),
            Self::Slow { limit } => write!(f, "the body did not come within {} s", limit.as_secs_f32()),
            Self::Broken => f.write_str("the body could not be read to its end"),
        }
    }
}

/// How much of a body that is too long is read away before the answer, and for how long.
const DRAINED: usize = 64 << 20;
const DRAINING: Duration = Duration::from_secs(5);

/// Reads a whole body of at most `limit` bytes, within `time`.
///
/// One that is longer is read away, within bounds: a server that answers and closes while the client still writes
/// resets the connection, and the client often loses the answer with it. A client that waits for `100 Continue` has not
/// begun to write and is answered at once.
pub async fn read(
    headers: &HeaderMap,
    mut body: Body,
    limit: usize,
    time: Duration,
) -> Result<Bytes, Unread> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let too_long = Unread::TooLong { limit };
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit && headers.contains_key(header::EXPECT) {
        return Err(too_long);
    }
    let deadline = tokio::time::Instant::now() + time;
    let mut kept = Vec::with_capacity(announced.min(limit).min(1 << 20));
    let slow = |_| Unread::Slow { limit: time };
    while let Some(frame) = tokio::time::timeout_at(deadline, body.frame()).await.map_err(slow)? {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
        if kept.len().saturating_add(data.len()) > limit {
            drop(kept);
            let _ = tokio::time::timeout(DRAINING, drain(body)).await;
            return Err(too_long);
        }
        kept.extend_from_slice(&data);
    }
    Ok(kept.into())
}

async fn drain(mut body: Body) {
    let mut read: usize = 0;
    while let Some(Ok(frame)) = body.frame().await {
        read = read.saturating_add(frame.data_ref().map_or(0, Bytes::len));
        if read > DRAINED {
            return;
        }
    }
}
