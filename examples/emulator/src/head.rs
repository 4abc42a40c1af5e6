//! The answer to a request whose head cannot be read.
//!
//! hyper answers such a request itself, with a status and nothing else. A client that expects the vendor's document finds
//! it here: the stream knows hyper's own answers, and writes ours in their place.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use failover_model::wire::{Body, Format};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::caller::error;
use crate::serve;

/// What hyper answers by itself, with the code and the message that stand for it.
const ITS_OWN: [(&[u8], u16, &str, &str); 2] = [
    (
        b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
        431,
        "RequestHeaderFieldsTooLarge",
        "The head of the request is too large.",
    ),
    (
        b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
        400,
        "InvalidRequest",
        "The head of the request cannot be read.",
    ),
];

/// A connection whose refused heads are answered with a document.
pub struct Answering {
    stream: TcpStream,
    /// The host that an error names.
    host: String,
    /// An answer on its way out, and how much of it is.
    answer: Option<(Vec<u8>, usize)>,
}

/// A whole answer with an error, to a client that could not be listened to.
pub fn refusal(host: &str, status: u16, code: &'static str, message: &'static str) -> Vec<u8> {
    let id = serve::request_id();
    let document = Body::error(&error(status, code, message.into()), None, &id, host, Format::Json);
    let reason = axum::http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let (reason, length) = (reason.unwrap_or_default(), document.text.len());
    let mut answer = format!(
        "HTTP/1.1 {status} {reason}\r\ncontent-type: {}\r\nx-acs-request-id: {id}\r\nconnection: close\r\n\
         content-length: {length}\r\n\r\n",
        document.content_type
    );
    answer.push_str(&document.text);
    answer.into_bytes()
}

impl Answering {
    /// The connection of a client.
    pub const fn new(stream: TcpStream, host: String) -> Self {
        Self { stream, host, answer: None }
    }
}

impl AsyncRead for Answering {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Answering {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.answer.is_none() {
            let Some((_, status, code, message)) = ITS_OWN.iter().find(|(own, ..)| *own == bytes) else {
                return Pin::new(&mut this.stream).poll_write(cx, bytes);
            };
            tracing::warn!(status, "the head of a request is refused");
            this.answer = Some((refusal(&this.host, *status, code, message), 0));
        }
        while let Some((answer, written)) = &mut this.answer {
            let Some(rest) = answer.get(*written..).filter(|rest| !rest.is_empty()) else {
                this.answer = None;
                break;
            };
            let more = ready!(Pin::new(&mut this.stream).poll_write(cx, rest))?;
            if more == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            *written = written.saturating_add(more);
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
