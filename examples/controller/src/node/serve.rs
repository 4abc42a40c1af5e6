//! The agent's requests over HTTP.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use tokio::net::TcpListener;

use super::Agent;
use crate::protocol::{AwaitEnds, Ends, Look, Order, Refused};

/// Serves until it is dropped.
///
/// # Errors
///
/// The socket fails.
pub async fn serve(listener: TcpListener, agent: Arc<Agent>) -> std::io::Result<()> {
    let router =
        Router::new().route("/look", post(look)).route("/order", post(order)).route("/ends", post(ends));
    let router = router.with_state(agent);
    axum::serve(listener, router).await
}

async fn look(State(agent): State<Arc<Agent>>, Json(look): Json<Look>) -> Response {
    answer(agent.look(look))
}

async fn ends(State(agent): State<Arc<Agent>>, Json(asked): Json<AwaitEnds>) -> Json<Ends> {
    Json(agent.await_ends(asked.known).await)
}

async fn order(State(agent): State<Arc<Agent>>, Json(order): Json<Order>) -> Response {
    // Work that has begun goes on when the one who ordered it leaves: half of it would be worse than either.
    let work = tokio::spawn(async move { agent.order(order).await });
    answer(work.await.unwrap_or_else(|error| Err(Refused::Failed(error.to_string()))))
}

fn answer<T: serde::Serialize>(answer: Result<T, Refused>) -> Response {
    match answer {
        Ok(done) => Json(done).into_response(),
        Err(refused) => (StatusCode::CONFLICT, Json(refused)).into_response(),
    }
}
