//! Accepting connections, and ending.
//!
//! `axum::serve` has no way to close a connection without an answer, which is what a lost reply looks like to a client.
//! hyper has: a service that fails before it answers makes it drop the connection with no byte written. So this file
//! serves each connection itself, and a response that carries [`Lost`] becomes such a failure.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

use crate::world::Emulator;

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
const GRACE: Duration = Duration::from_secs(2);

/// Serves until `stop`, then lets calls in flight finish, within bounds.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    emulator: Arc<Emulator>,
    stop: impl Future<Output = ()>,
) {
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => connect(stream, router.clone(), &graceful),
                // Out of descriptors, or a client that left already: neither ends the server.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            () = &mut stop => break,
        }
    }
    drop(listener);
    emulator.ending.send_replace(true);
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
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

fn connect(stream: TcpStream, router: Router, graceful: &GracefulShutdown) {
    // Answers are small and written whole; nothing is gained by waiting for more.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        answer(router.clone(), request.map(Body::new))
    });
    let connection = http1::Builder::new()
        // The date of the real clock would be the one byte that differs between two equal runs.
        .auto_date_header(false)
        // A client may close its writing side once it has asked.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        // A failed connection concerns its client alone.
        let _ = connection.await;
    });
}
