//! Bodies that pass through: read to their end where they are short, and never held whole where they are not.

use std::pin::Pin;
use std::task::{Context, Poll};

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};

/// A body whose beginning was read.
#[derive(Debug)]
pub struct Begun {
    read: Option<Bytes>,
    trailers: Option<hyper::HeaderMap>,
    rest: Option<Incoming>,
}

impl Begun {
    /// Reads a body to its end, or until it is longer than `most` bytes.
    ///
    /// # Errors
    ///
    /// The connection broke before the end.
    pub async fn read(mut body: Incoming, most: usize) -> Result<Self, hyper::Error> {
        let (mut read, mut trailers) = (Vec::new(), None);
        while let Some(frame) = body.frame().await {
            match frame?.into_data() {
                Ok(data) => read.extend_from_slice(&data),
                Err(frame) => trailers = frame.into_trailers().ok(),
            }
            if read.len() > most {
                return Ok(Self { read: Some(read.into()), trailers, rest: Some(body) });
            }
        }
        Ok(Self { read: Some(read.into()), trailers, rest: None })
    }

    /// A body of these bytes.
    pub fn of(text: String) -> Self {
        Self { read: Some(text.into()), trailers: None, rest: None }
    }

    /// The whole body; `None` if it is longer than was read.
    pub fn whole(&self) -> Option<&[u8]> {
        self.read.as_deref().filter(|_| self.rest.is_none())
    }
}

impl Body for Begun {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if let Some(read) = self.read.take().filter(|read| !read.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(read))));
        }
        match &mut self.rest {
            Some(rest) => Pin::new(rest).poll_frame(context),
            None => Poll::Ready(self.trailers.take().map(|trailers| Ok(Frame::trailers(trailers)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        let read = self.read.as_ref().is_none_or(Bytes::is_empty);
        read && self.trailers.is_none() && self.rest.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let read = self.read.as_ref().map_or(0, |read| read.len() as u64);
        let Some(rest) = &self.rest else { return SizeHint::with_exact(read) };
        let (rest, mut all) = (rest.size_hint(), SizeHint::new());
        all.set_lower(rest.lower().saturating_add(read));
        if let Some(upper) = rest.upper().and_then(|upper| upper.checked_add(read)) {
            all.set_upper(upper);
        }
        all
    }
}
