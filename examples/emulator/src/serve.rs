//! Accepting connections, and ending.
//!
//! `axum::serve` has no way to close a connection without an answer, which is what a lost reply looks like to a client.
//! hyper has: a service that fails before it answers makes it drop the connection with no byte written. So this file
//! serves each connection itself, and a response that carries [`Lost`] becomes such a failure.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use failover_model::RegionId;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::ServiceExt;

use crate::head::{self, Answering};
use crate::limits::Limits;

/// Marks a response that is never sent: its connection is closed instead.
#[derive(Debug, Clone, Copy)]
pub struct Lost;

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the reply is lost by a fault")
    }
}

impl std::error::Error for Lost {}

/// How long connections in use may take to finish when the server ends.
const GRACE: Duration = Duration::from_secs(1);

/// How long a connection that is one too many may take to hear so.
const PARTING: Duration = Duration::from_millis(500);

/// How many connections too many are told so at one time; those beyond are closed without a word.
const PARTINGS: usize = 64;

/// Serves until `stop`, then lets calls in flight finish, within bounds.
///
/// Of the limits those on connections and heads count, and `ending` is told to those who wait.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    region: &RegionId,
    ending: &watch::Sender<bool>,
    stop: impl Future<Output = ()>,
) {
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(limits.connections));
    let partings = Arc::new(Semaphore::new(PARTINGS));
    // What an answer names whose request could not be read.
    let host = format!("{region}.aliyuncs.com");
    let mut stop = std::pin::pin!(stop);
    // Each head has a timer. One that would be the first of all to end wakes a thread when it is set, by a system call for each
    // request; so another one always ends before.
    let mut earlier = tokio::time::interval((limits.head / 2).max(Duration::from_millis(1)));
    let mut complained: Option<Instant> = None;
    let mut complain = |text: &str| {
        let now = Instant::now();
        if complained.is_none_or(|last| now.duration_since(last) > Duration::from_secs(1)) {
            complained = Some(now);
            tracing::warn!(limit = limits.connections, "{text}");
        }
    };
    loop {
        tokio::select! {
            accepted = listener.accept() => match (accepted, Arc::clone(&room).try_acquire_owned()) {
                (Ok((stream, _)), Ok(place)) => {
                    connect(stream, (host.clone(), limits.head), router.clone(), &graceful, place);
                }
                (Ok((stream, _)), Err(_)) => {
                    complain("a connection too many is refused");
                    if let Ok(parting) = Arc::clone(&partings).try_acquire_owned() {
                        tokio::spawn(part(stream, host.clone(), parting));
                    }
                }
                // Out of descriptors, or a client that left already: neither ends the server.
                (Err(error), _) => {
                    complain(&format!("a connection is not accepted: {error}"));
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            },
            _ = earlier.tick() => {}
            () = &mut stop => break,
        }
    }
    drop(listener);
    ending.send_replace(true);
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
}

/// An id for an answer that belongs to no account: the stream of no account is drawn on.
pub fn request_id() -> String {
    static GIVEN: AtomicU64 = AtomicU64::new(0);
    let number = GIVEN.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
    format!("00000000-0000-0000-0000-{number:012X}")
}

/// Tells a client that there is no room, and waits until it has heard so: one whose request is on its way would lose the
/// answer with the connection.
async fn part(mut stream: TcpStream, host: String, _parting: OwnedSemaphorePermit) {
    let answer =
        head::refusal(&host, 503, "ServiceUnavailable", "The server has no room for another connection.");
    let said = async {
        stream.write_all(&answer).await?;
        stream.shutdown().await?;
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await
    };
    let _ = tokio::time::timeout(PARTING, said).await;
}

/// Answers one request, or not at all.
///
/// # Errors
///
/// [`Lost`]: a fault loses the answer.
pub async fn answer(router: Router, request: Request<Body>) -> Result<Response, Lost> {
    let answered: Result<Response, Infallible> = router.oneshot(request).await;
    let response = answered.unwrap_or_else(|never| match never {});
    if response.extensions().get::<Lost>().is_some() { Err(Lost) } else { Ok(response) }
}

fn connect(
    stream: TcpStream,
    (host, head): (String, Duration),
    router: Router,
    graceful: &GracefulShutdown,
    place: OwnedSemaphorePermit,
) {
    // Answers are small and written whole; nothing is gained by waiting for more.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        answer(router.clone(), request.map(Body::new))
    });
    // A client that closes its writing side has left: what it asked for is given up, and its place is free.
    let connection = http1::Builder::new()
        // The date of the real clock would be the one byte that differs between two equal runs.
        .auto_date_header(false)
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .serve_connection(TokioIo::new(Answering::new(stream, host)), service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        // A failed connection concerns its client alone.
        if let Err(error) = connection.await
            && error.is_timeout()
        {
            tracing::info!("a connection that sent no request in time is closed");
        }
        drop(place);
    });
}
