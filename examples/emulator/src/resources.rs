//! What an account has, for people: all of a resource at once, and what would become of a cluster.
//!
//! Programs ask the vendor's operations; these answers serve the page, which shows what those keep to themselves: why a
//! node is out of the election, and which effect is outstanding.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use axum::http::Uri;
use failover_model::ebs::{ReplicaId, ReplicaPair};
use failover_model::polardb::{DbCluster, Electorate, NodeChange, Priority};
use failover_model::simulation::Transitions;
use failover_model::{ClusterId, ControlPlane, Observation, catalogue};
use serde_json::{Value, json};

use crate::control::{Answer, NoQuery, Refused, account, named, query, told};
use crate::emulator::Emulator;
use crate::project;
use crate::requests::ResourceQuery;

/// The most of each kind that is told.
const MOST: usize = 500;

/// `GET resources`.
pub async fn list(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let ResourceQuery { account, limit } = query(&uri)?;
    let limit = limit.unwrap_or(200);
    if limit == 0 || limit > MOST {
        return Err(Refused::bad(format!("limit is 1 to {MOST}")));
    }
    let account = named(&emulator, account)?;
    let listed = account.with(|world, now| {
        let plane = world.simulation.plane();
        let pairs: Vec<Value> = plane.pairs().take(limit).map(pair).collect();
        let groups: Vec<Value> = (plane.groups().take(limit))
            .map(|view| {
                json!({
                    "id": view.group.id(),
                    "status": view.status.as_str(),
                    "pairs": view.pairs,
                    "source": view.group.source().region,
                    "destination": view.group.destination().region,
                    "recover_point_ms": view.last_recover_point.map(|at| at.as_millis()),
                })
            })
            .collect();
        let drills: Vec<Value> = (plane.drills().take(limit))
            .map(|drill| {
                let of = match drill.owner() {
                    ReplicaId::Pair(pair) => pair.as_str(),
                    ReplicaId::Group(group) => group.as_str(),
                };
                json!({ "id": drill.id(), "status": drill.status().as_str(), "of": of })
            })
            .collect();
        let clusters: Vec<Value> = plane.clusters().take(limit).map(|it| cluster(it, plane)).collect();
        json!({
            "now_ms": now.as_millis(),
            "total": plane.resource_count(),
            "pairs": pairs,
            "groups": groups,
            "drills": drills,
            "clusters": clusters,
        })
    });
    told(listed.await)
}

fn pair(pair: &ReplicaPair) -> Value {
    let end = |end: &failover_model::ebs::End, access: &str| json!({ "region": end.region, "zone": end.zone, "disk": end.disk, "access": access });
    json!({
        "id": pair.id(),
        "status": pair.status().as_str(),
        "message": pair.status_message(),
        "group": pair.group(),
        "source": end(pair.source(), pair.source_access().as_str()),
        "destination": end(pair.destination(), pair.destination_access().as_str()),
        "recover_point_ms": pair.last_recover_point().map(|at| at.as_millis()),
    })
}

fn cluster(cluster: &DbCluster, plane: &ControlPlane) -> Value {
    let electorate = Electorate::automatic(&plane.policy().polardb);
    let tiers: BTreeSet<Priority> =
        electorate.candidates(cluster.nodes()).map(|(_, priority)| priority).collect();
    let tier =
        |priority: Priority| tiers.iter().rev().position(|it| *it == priority).map(|at| at.saturating_add(1));
    let nodes: Vec<Value> = cluster
        .nodes()
        .iter()
        .map(|node| {
            let barred = electorate.barred_by(node);
            json!({
                "id": node.id,
                "role": node.role,
                "kind": node.kind,
                "status": cluster.node_status(node),
                "zone": node.zone,
                "priority": node.priority,
                "up": node.up,
                "replicating": node.replicating,
                "hot_replica": node.hot_replica,
                "tier": tier(node.priority).filter(|_| barred.is_none()),
                "barred_by": barred,
            })
        })
        .collect();
    json!({
        "id": cluster.id(),
        "status": cluster.status().as_str(),
        "region": cluster.region(),
        "engine": cluster.engine().as_str(),
        "version": cluster.version(),
        "nodes": nodes,
    })
}

/// `GET clusters/{id}/outlook`: what would happen if the writer fell now, tried on a copy of the world in which every effect
/// ends at once and as the planned faults say.
pub async fn outlook(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let account = account(&emulator, &uri)?;
    let id = uri.path().rsplit('/').nth(1).unwrap_or_default().to_owned();
    let unknown = || Refused::unknown(format!("there is no cluster {id}"));
    let id = ClusterId::parse(&id).map_err(|_| unknown())?;
    let tried = account.with(|world, now| {
        let cluster = world.simulation.plane().cluster(&id)?;
        let writer = cluster.writer()?.id.clone();
        let mut trial = world.simulation.clone();
        drop(trial.set_transitions(now, Transitions::Immediate));
        let fell = Observation::Node { node: writer.clone(), change: NodeChange::Up(false) };
        let happened = trial.observe(now, &fell).ok()?;
        let of_it = happened.events.iter().map(project::entry);
        let events: Vec<_> = of_it.filter(|entry| entry.resource.as_deref() == Some(id.as_str())).collect();
        let next = trial.plane().cluster(&id)?.writer().map(|node| node.id.clone());
        let moved = next.filter(|node| *node != writer);
        let status = trial.plane().cluster(&id)?.status().as_str().to_owned();
        Some(json!({ "writer": writer, "next": moved, "status": status, "events": events }))
    });
    told(tried.await.ok_or_else(unknown)?)
}

/// `GET rules`: what each number in the feed stands for.
pub async fn rules(uri: Uri) -> Answer {
    let NoQuery {} = query(&uri)?;
    let rules: Vec<Value> = catalogue::rules()
        .iter()
        .map(|rule| json!({ "id": rule.id, "basis": rule.basis, "source": rule.source, "says": rule.says }))
        .collect();
    told(json!({ "rules": rules }))
}
