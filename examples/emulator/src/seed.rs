//! `POST seed`: what an account already has, pasted from its own describe calls.
//!
//! Reading and entering is the library's business; here it happens on a copy that replaces the state, and what became of
//! the paste is told: what was entered, what was ignored and what was left out, with the reason.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Uri;
use failover_model::Violation;
use failover_model::simulation::Simulation;
use failover_model::wire::{Defaults, Entered, IdKind, Paste};
use failover_model::{ClusterId, GroupId, NetworkId, NodeId, PairId};
use serde_json::{Value, json};

use crate::control::{Answer, LONGEST_BODY, OfAccount, Refused, body, query, told};
use crate::world::Emulator;

/// `POST seed`.
pub async fn plant(State(emulator): State<Arc<Emulator>>, uri: Uri, request: Request) -> Answer {
    let OfAccount { account } = query(&uri)?;
    let text = body(request, LONGEST_BODY).await?;
    let pasted: Value =
        serde_json::from_slice(&text).map_err(|error| Refused::bad(format!("the body: {error}")))?;
    let account = account.unwrap_or_else(|| emulator.account.clone());
    let region = emulator.region.clone();
    let planted = emulator.with(|world, now| {
        let mut trial = world.simulation.clone();
        let mut mint = |kind| mint(&mut trial, kind);
        let paste = Paste::read(&pasted, &mut Defaults { now, region, mint: &mut mint });
        let paste = paste.map_err(|error| Refused::bad(error.to_string()))?;
        let mut entered = Entered::default();
        let happened = trial.adopt(now, |plane| {
            entered = paste.enter(plane, now, &account);
            Ok(std::mem::take(&mut entered.step))
        });
        let happened = happened.map_err(|violation: Violation| Refused::bad(violation.to_string()))?;
        let Entered { pairs, groups, drills, clusters, networks, regions, .. } = &entered;
        let resources = pairs.len() + groups.len() + drills.len() + clusters.len() + networks.len();
        if resources + regions.len() > 0 {
            world.simulation = trial;
            world.record(&happened);
        }
        Ok(as_json(&entered))
    });
    told(planted?)
}

/// What became of a paste.
fn as_json(entered: &Entered) -> Value {
    let Entered { pairs, groups, drills, clusters, networks, regions, ignored, left_out, .. } = entered;
    let ignored: Vec<Value> = ignored.iter().map(|at| json!({ "at": at })).collect();
    let left_out: Vec<Value> =
        left_out.iter().map(|out| json!({ "at": out.at, "reason": out.reason.to_string() })).collect();
    json!({
        "ReplicaPairIds": pairs,
        "ReplicaGroupIds": groups,
        "DrillIds": drills,
        "DBClusterIds": clusters,
        "GDNIds": networks,
        "RegionIds": regions,
        "ignored": ignored,
        "left_out": left_out,
    })
}

/// An id for an object that brings none, from the same streams as those of creating calls.
fn mint(simulation: &mut Simulation, kind: IdKind) -> String {
    match kind {
        IdKind::Pair => simulation
            .mint("pair-cn-", 11, |id, plane| PairId::parse(id).is_ok_and(|id| plane.pair(&id).is_some())),
        IdKind::Group => simulation
            .mint("pg-", 16, |id, plane| GroupId::parse(id).is_ok_and(|id| plane.group(&id).is_some())),
        // Disks are registered nowhere; twenty characters of a stream of their own do not meet.
        IdKind::Disk => simulation.mint("d-", 20, |_, _| false),
        IdKind::Cluster => simulation
            .mint("pc-", 17, |id, plane| ClusterId::parse(id).is_ok_and(|id| plane.cluster(&id).is_some())),
        IdKind::Network => simulation
            .mint("gdn-", 17, |id, plane| NetworkId::parse(id).is_ok_and(|id| plane.network(&id).is_some())),
        IdKind::Node => simulation
            .mint("pi-", 17, |id, plane| NodeId::parse(id).is_ok_and(|id| plane.cluster_of(&id).is_some())),
    }
}
