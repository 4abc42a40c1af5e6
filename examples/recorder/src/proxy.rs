//! The reverse proxy: what comes is sent on as it is, and what is a call of the two products is recorded.
//!
//! A request goes to the one service behind the proxy, with its `Host` unchanged, since that is signed. An answer is given back
//! as it came. Where there is none the client's connection is closed without a byte, as it would have been without the proxy.
//! A body is held as far as a call or its answer may be long, and passes in pieces beyond that.

use std::future::Future;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use failover_model::trace::Answer;
use failover_model::trace::reader::{Call, Origin, Request as Head, region_of};
use failover_model::{Product, Timestamp};
use flate2::read::{GzDecoder, ZlibDecoder};
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::body::Begun;
use crate::record::{self, Recorder};
use crate::upstream::{Failed, Upstream};

/// The longest body of a request that is a call, in bytes.
const LONGEST_CALL: usize = 1 << 20;

/// The longest body of an answer that is recorded, in bytes.
const LONGEST_ANSWER: usize = 8 << 20;

/// The most connections at one time; others wait until one is closed.
const CONNECTIONS: usize = 256;

/// How long the head of a request may take.
const HEAD: Duration = Duration::from_secs(30);

/// How long connections in use may take to finish when the proxy ends.
const GRACE: Duration = Duration::from_secs(1);

/// Headers that concern one connection and not the exchange.
const OF_A_CONNECTION: [HeaderName; 7] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// A proxy before one service.
#[derive(Debug)]
pub struct Proxy {
    upstream: Upstream,
    recorder: Recorder,
    origin: Origin,
    /// How long the service may take for an answer.
    patience: Duration,
    unrecorded: AtomicU64,
}

/// There is no answer: the client's connection is to be closed.
#[derive(Debug)]
struct NoAnswer(String);

impl std::fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoAnswer {}

/// A call that was sent on. However it ends, it is recorded: without an answer unless it is given one.
struct Open {
    proxy: Arc<Proxy>,
    /// Taken when it is recorded.
    call: Option<(record::Begun, Call)>,
}

impl Open {
    fn answered(mut self, answer: Option<Answer>) {
        self.end(answer);
    }

    /// The call never reached the service: there is nothing to record.
    fn dismissed(mut self) {
        self.call = None;
    }

    fn end(&mut self, answer: Option<Answer>) {
        if let Some((begun, call)) = self.call.take() {
            self.proxy.recorder.end(begun, now(), call, answer);
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.end(None);
    }
}

impl Proxy {
    /// A proxy that records into `recorder`. `origin` says who calls where the access key is no account, and the region where
    /// neither the request nor the address of the service says it.
    pub fn new(upstream: Upstream, recorder: Recorder, origin: Origin, patience: Duration) -> Arc<Self> {
        // A client that is pointed at the proxy names the proxy as host.
        let behind = [Product::Ebs, Product::PolarDb].map(|product| region_of(upstream.host(), product));
        let region = behind.into_iter().flatten().next().or(origin.region);
        let origin = Origin { region, ..origin };
        Arc::new(Self { upstream, recorder, origin, patience, unrecorded: AtomicU64::new(0) })
    }

    /// How many exchanges passed and were not recorded, or not with their answer.
    pub fn unrecorded(&self) -> u64 {
        self.unrecorded.load(Ordering::Relaxed)
    }

    /// Serves until `stop`, then lets calls in flight finish, within a second; those that do not are recorded as lost.
    pub async fn serve(self: Arc<Self>, listener: TcpListener, stop: impl Future<Output = ()>) {
        let graceful = GracefulShutdown::new();
        let room = Arc::new(Semaphore::new(CONNECTIONS));
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = async {
                // The semaphore is never closed.
                let place = Arc::clone(&room).acquire_owned().await.ok();
                (listener.accept().await, place)
            };
            let (accepted, place) = tokio::select! {
                accepted = accepted => accepted,
                () = &mut stop => break,
            };
            let Ok((stream, _)) = accepted else {
                // Out of descriptors, or a client that left already.
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            };
            let _ = stream.set_nodelay(true);
            let proxy = Arc::clone(&self);
            let service = service_fn(move |request| Arc::clone(&proxy).pass(request));
            let connection = http1::Builder::new()
                .auto_date_header(false)
                .preserve_header_case(true)
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD)
                .serve_connection(TokioIo::new(stream), service);
            let connection = graceful.watch(connection);
            tokio::spawn(async move {
                // A failed connection concerns its client alone.
                let _ = connection.await;
                drop(place);
            });
        }
        drop(listener);
        let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    }

    /// Sends a request on and gives its answer back.
    async fn pass(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Begun>, NoAnswer> {
        if let Some(refused) = self.misdirected(&request) {
            return Ok(refused);
        }
        let (parts, body) = request.into_parts();
        let body = Begun::read(body, LONGEST_CALL).await.map_err(|error| NoAnswer(error.to_string()))?;
        let call = self.call(&parts.uri, &parts.headers, &body);
        let mut request = Request::from_parts(parts, body);
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
        let target = target.parse::<Uri>().map_err(|error| NoAnswer(error.to_string()))?;
        *request.uri_mut() = target;
        for name in OF_A_CONNECTION {
            request.headers_mut().remove(name);
        }
        // What was sent is followed to its end even if the client leaves.
        let followed = tokio::spawn(async move {
            match call {
                Ok(call) => {
                    let begun = self.recorder.begin(now());
                    let open = Open { proxy: Arc::clone(&self), call: Some((begun, call)) };
                    self.follow(request, Some(open)).await
                }
                Err(why) => {
                    self.note(&why);
                    self.follow(request, None).await
                }
            }
        });
        followed.await.unwrap_or_else(|error| Err(NoAnswer(error.to_string())))
    }

    async fn follow(&self, request: Request<Begun>, open: Option<Open>) -> Result<Response<Begun>, NoAnswer> {
        let answered = tokio::time::timeout(self.patience, async {
            let (mut parts, body) = self.upstream.send(request).await?.into_parts();
            let body = Begun::read(body, LONGEST_ANSWER).await;
            let body = body.map_err(|error| Failed::Lost(error.to_string()))?;
            for name in OF_A_CONNECTION {
                parts.headers.remove(name);
            }
            Ok(Response::from_parts(parts, body))
        });
        match answered.await.unwrap_or_else(|_| Err(Failed::Lost("it takes too long to answer".into()))) {
            Ok(response) => {
                if let Some(open) = open {
                    let answer = answer(&response);
                    if answer.is_none() {
                        self.note("its answer is too long, or no JSON, and counts as lost");
                    }
                    open.answered(answer);
                }
                Ok(response)
            }
            Err(Failed::Unreached(why)) => {
                if let Some(open) = open {
                    open.dismissed();
                }
                self.note(&why);
                Ok(own(StatusCode::BAD_GATEWAY, &why))
            }
            Err(Failed::Lost(why)) => Err(NoAnswer(why)),
        }
    }

    /// What is called, or why nothing is.
    fn call(&self, uri: &Uri, headers: &HeaderMap, body: &Begun) -> Result<Call, String> {
        let form = body.whole().ok_or("the request is longer than any call")?;
        let form = std::str::from_utf8(form).map_err(|_| "the request is no text")?;
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let named = header("host").or_else(|| uri.authority().map(ToString::to_string)).unwrap_or_default();
        let head = Head { host: &named, query: uri.query().unwrap_or_default(), form, header: &header };
        Call::of(&head, &self.origin)
    }

    /// An answer to what cannot be meant for the service behind.
    fn misdirected(&self, request: &Request<Incoming>) -> Option<Response<Begun>> {
        if request.method() == Method::CONNECT {
            let why = "a tunnel cannot be recorded; use http between the client and the proxy";
            return Some(own(StatusCode::METHOD_NOT_ALLOWED, why));
        }
        // A client that was given the proxy as its HTTP proxy names the service itself.
        let host = request.uri().host().filter(|host| !host.eq_ignore_ascii_case(self.upstream.host()))?;
        Some(own(
            StatusCode::MISDIRECTED_REQUEST,
            &format!("this proxy stands before {}, not {host}", self.upstream.host()),
        ))
    }

    fn note(&self, why: &str) {
        self.unrecorded.fetch_add(1, Ordering::Relaxed);
        eprintln!("not recorded: {why}");
    }
}

/// The proxy's own answer.
fn own(status: StatusCode, why: &str) -> Response<Begun> {
    let mut response = Response::new(Begun::of(format!("{why}\n")));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=utf-8"));
    response
}

/// The answer as it is recorded; `None` if that cannot be told from one that was lost.
fn answer(response: &Response<Begun>) -> Option<Answer> {
    let status = response.status().as_u16();
    let body = response.body().whole();
    let encoding = response.headers().get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes);
    let body =
        body.and_then(|body| unpacked(encoding, body)).and_then(|body| serde_json::from_slice(&body).ok());
    match body {
        Some(body) => Some(Answer { status, body }),
        // A page of something in between. That the server failed is all that counts of it.
        None if status >= 500 => Some(Answer { status, body: Value::Object(Map::new()) }),
        None => None,
    }
}

/// The bytes of a body without its content coding.
fn unpacked(encoding: Option<&[u8]>, body: &[u8]) -> Option<Vec<u8>> {
    let most = LONGEST_ANSWER as u64;
    let mut out = Vec::new();
    match encoding {
        None | Some(b"identity" | b"") => return Some(body.to_vec()),
        Some(b"gzip") => GzDecoder::new(body).take(most).read_to_end(&mut out).ok()?,
        Some(b"deflate") => ZlibDecoder::new(body).take(most).read_to_end(&mut out).ok()?,
        Some(_) => return None,
    };
    Some(out)
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
