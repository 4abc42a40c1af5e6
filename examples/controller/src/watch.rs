//! What people and monitoring see: whether this process leads, the clusters as they are measured, the feed, the metrics, a page.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use failover_emulator::feed::{Filter, KEPT};
use failover_model::Operation;
use failover_model::polardb::{DbCluster, Electorate, Role};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::front::Front;
use crate::protocol::Process;
use crate::reign::Reign;

/// Everything but the vendor's protocol.
pub fn router(front: &Arc<Front>) -> Router {
    Router::new()
        .route("/_controller/", get(page))
        .route("/_controller/health", get(health))
        .route("/_controller/clusters", get(clusters))
        .route("/_controller/events", get(events))
        .route("/_controller/lose", post(lose))
        .route("/metrics", get(metrics))
        .with_state(Arc::clone(front))
}

fn no_leader() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "error": "this controller does not lead" })))
        .into_response()
}

/// `GET health`: 200 from the leader and 503 from all others, for load balancers.
async fn health(State(front): State<Arc<Front>>) -> Response {
    let Some(reign) = front.reign() else { return no_leader() };
    Json(json!({ "leads": true, "term": reign.term, "number": reign.state().number })).into_response()
}

/// `GET clusters`.
async fn clusters(State(front): State<Arc<Front>>) -> Response {
    let Some(reign) = front.reign() else { return no_leader() };
    let clusters: Vec<DbCluster> = reign.state().plane.clusters().cloned().collect();
    let shown: Vec<Value> = clusters.iter().map(|it| cluster(&reign, it)).collect();
    let free = reign.agents.all().into_iter().filter(|(_, sight)| sight.seen.identity.is_none());
    let free: Vec<String> = free.map(|(address, _)| address).collect();
    Json(json!({ "clusters": shown, "free_agents": free })).into_response()
}

fn cluster(reign: &Reign, cluster: &DbCluster) -> Value {
    let electorate = Electorate::automatic(&reign.state().plane.policy().polardb);
    let nodes: Vec<Value> = cluster
        .nodes()
        .iter()
        .map(|node| {
            let sight = reign.agents.of(node.id.as_str());
            let seen = sight.as_ref().map(|(_, sight)| &sight.seen);
            json!({
                "id": node.id,
                "role": node.role,
                "priority": node.priority,
                "up": node.up,
                "replicating": node.replicating,
                "barred_by": electorate.barred_by(node),
                "entitled": reign.is_entitled(cluster.id(), &node.id),
                "agent": sight.as_ref().map(|(address, _)| address),
                "seen_ms_ago": sight.as_ref().map(|(_, sight)| sight.at.elapsed().as_millis() as u64),
                "seen": seen,
            })
        })
        .collect();
    json!({
        "id": cluster.id(),
        "status": cluster.status().as_str(),
        "engine": cluster.engine().as_str(),
        "nodes": nodes,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default)]
    after: u64,
    limit: Option<usize>,
    resource: Option<String>,
}

/// `GET events`: the feed, as the emulator tells it. It begins anew with each leader, from the last kept state on.
async fn events(State(front): State<Arc<Front>>, Query(wanted): Query<Wanted>) -> Response {
    let Some(reign) = front.reign() else { return no_leader() };
    let limit = wanted.limit.unwrap_or(1_000).min(KEPT);
    let page = reign.state().feed.select(&Filter { after: wanted.after, resource: wanted.resource, limit });
    Json(page).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lose {
    action: String,
    times: u32,
}

/// `POST lose`: of the next calls of this operation the answer is lost, so that clients can be tried.
async fn lose(State(front): State<Arc<Front>>, Json(lose): Json<Lose>) -> Response {
    let known = Operation::ALL.iter().find(|operation| operation.as_str() == lose.action);
    let Some(operation) = known else {
        let error = format!("there is no operation {}", lose.action);
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    };
    front.losing.lose(*operation, lose.times);
    StatusCode::NO_CONTENT.into_response()
}

async fn page() -> Response {
    let policy = "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
                  frame-ancestors 'none'";
    let headers =
        [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, policy)];
    (headers, include_str!("page.html")).into_response()
}

/// `GET /metrics` in Prometheus' text form.
async fn metrics(State(front): State<Arc<Front>>) -> Response {
    let reign = front.reign();
    let mut text = String::new();
    let mut family = |name: &str, kind: &str, help: &str, samples: &[(String, f64)]| {
        let _ = writeln!(text, "# HELP failover_{name} {help}\n# TYPE failover_{name} {kind}");
        for (labels, value) in samples {
            let _ = writeln!(text, "failover_{name}{labels} {value}");
        }
    };
    let flag = |is: bool| if is { 1.0 } else { 0.0 };
    family("leader", "gauge", "Whether this controller leads.", &[(String::new(), flag(reign.is_some()))]);
    if let Some(reign) = reign {
        let clusters: Vec<DbCluster> = reign.state().plane.clusters().cloned().collect();
        let input = reign.state().number as f64;
        family(
            "journal_inputs",
            "counter",
            "Inputs in the journal since it began.",
            &[(String::new(), input)],
        );
        let outstanding = reign.state().plane.outstanding().count() as f64;
        family(
            "effects_outstanding",
            "gauge",
            "Effects asked for and not reported.",
            &[(String::new(), outstanding)],
        );
        let mut switches = Vec::new();
        for cluster in &clusters {
            let count =
                reign.state().switches.of(cluster.id()).last().map_or(0, |switch| switch.number) as f64;
            switches.push((format!("{{cluster=\"{}\"}}", cluster.id()), count));
        }
        family("switches", "counter", "Moves of the writer.", &switches);
        let nodes = |value: &dyn Fn(&DbCluster, &failover_model::polardb::DbNode) -> Option<f64>| {
            let mut samples = Vec::new();
            for cluster in &clusters {
                for node in cluster.nodes() {
                    let labels = format!("{{cluster=\"{}\",node=\"{}\"}}", cluster.id(), node.id);
                    samples.extend(value(cluster, node).map(|value| (labels, value)));
                }
            }
            samples
        };
        let seen = |node: &failover_model::polardb::DbNode| {
            let sight = reign.agents.of(node.id.as_str());
            sight
                .filter(|(_, sight)| sight.at.elapsed() < Duration::from_secs(5))
                .map(|(_, sight)| sight.seen)
        };
        family(
            "node_writer",
            "gauge",
            "Whether the node is the writer.",
            &nodes(&|_, node| Some(flag(node.role == Role::Writer))),
        );
        family("node_up", "gauge", "Whether the node counts as up.", &nodes(&|_, node| Some(flag(node.up))));
        family(
            "node_replicating",
            "gauge",
            "Whether the node can be elected by its replication.",
            &nodes(&|_, node| Some(flag(node.replicating))),
        );
        family(
            "node_running",
            "gauge",
            "Whether the database process runs.",
            &nodes(&|_, node| seen(node).map(|seen| flag(seen.process == Process::Running))),
        );
        family(
            "node_lease_seconds",
            "gauge",
            "What is left of the lease under which the node takes writes.",
            &nodes(&|_, node| seen(node).map(|seen| seen.lease_ms as f64 / 1_000.0)),
        );
        family(
            "node_lag_bytes",
            "gauge",
            "How far a reader is behind the writer, in bytes of log.",
            &nodes(&|cluster, node| {
                let there = seen(cluster.writer()?)?.sql?.written;
                let here = seen(node)?.sql?.written;
                (node.role == Role::Reader).then(|| there.saturating_sub(here) as f64)
            }),
        );
        family(
            "node_free_bytes",
            "gauge",
            "Free bytes on the file system of the node.",
            &nodes(&|_, node| seen(node).map(|seen| seen.free_bytes as f64)),
        );
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}
