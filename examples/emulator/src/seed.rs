//! `POST seed`: what an account already has, pasted from its own describe calls.
//!
//! Reading the objects is the library's business; here they are entered all or none, on a copy that replaces the state
//! only when every object was taken and the whole keeps every invariant.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Uri;
use failover_model::simulation::Simulation;
use failover_model::wire::{self, Defaults, IdKind};
use failover_model::{ClusterId, GroupId, NodeId, PairId};
use failover_model::{Step, Violation};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::control::{Answer, OfAccount, Refused, json, query, told};
use crate::world::Emulator;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pasted {
    #[serde(default, rename = "ReplicaPairs")]
    pairs: Vec<Value>,
    #[serde(default, rename = "ReplicaGroups")]
    groups: Vec<Value>,
    #[serde(default, rename = "Clusters")]
    clusters: Vec<Value>,
}

/// Why an object was not taken.
struct NotTaken(String);

impl From<Violation> for NotTaken {
    fn from(violation: Violation) -> Self {
        Self(violation.to_string())
    }
}

/// `POST seed`.
pub async fn plant(State(emulator): State<Arc<Emulator>>, uri: Uri, request: Request) -> Answer {
    let OfAccount { account } = query(&uri)?;
    let Pasted { pairs, groups, clusters } = json(request).await?;
    let account = account.unwrap_or_else(|| emulator.account.clone());
    let region = emulator.region.clone();
    let planted = emulator.with(|world, now| {
        let mut trial = world.simulation.clone();
        let mut mint = |kind| mint(&mut trial, kind);
        let mut defaults = Defaults { now, region, mint: &mut mint };
        let bad = |error: wire::SeedError| Refused::bad(error.to_string());
        let pairs = wire::seed_pairs(&pairs, &mut defaults).map_err(bad)?;
        let mut groups = wire::seed_groups(&groups, &mut defaults).map_err(bad)?;
        let clusters = wire::seed_clusters(&clusters, &mut defaults).map_err(bad)?;
        // A pair that names its group is a member, even if the group's own list was cut short.
        for pair in &pairs {
            let group = groups.iter_mut().find(|group| Some(&group.seed.id) == pair.group.as_ref());
            if let Some(group) = group.filter(|group| !group.seed.members.contains(&pair.seed.id)) {
                group.seed.members.push(pair.seed.id.clone());
            }
        }
        let group_ids: Vec<GroupId> = groups.iter().map(|group| group.seed.id.clone()).collect();
        let pair_ids: Vec<PairId> = pairs.iter().map(|pair| pair.seed.id.clone()).collect();
        let cluster_ids: Vec<ClusterId> = clusters.iter().map(|cluster| cluster.id.clone()).collect();
        let taken = trial.adopt(now, |plane| {
            let mut step = Step::default();
            for (at, pair) in pairs.into_iter().enumerate() {
                let adopted = plane.adopt_pair(now, &account, &pair.region, pair.seed);
                step.extend(adopted.map_err(|why| NotTaken(format!("ReplicaPairs[{at}]: {why}")))?);
            }
            for (at, group) in groups.into_iter().enumerate() {
                let adopted = plane.adopt_group(now, &account, &group.region, group.seed);
                step.extend(adopted.map_err(|why| NotTaken(format!("ReplicaGroups[{at}]: {why}")))?);
            }
            for (at, cluster) in clusters.into_iter().enumerate() {
                let adopted = plane.adopt_cluster(now, &account, cluster);
                step.extend(adopted.map_err(|why| NotTaken(format!("Clusters[{at}]: {why}")))?);
            }
            Ok(step)
        });
        let happened = taken.map_err(|NotTaken(why)| Refused::bad(why))?;
        world.simulation = trial;
        world.record(&happened);
        Ok(json!({ "ReplicaPairIds": pair_ids, "ReplicaGroupIds": group_ids, "DBClusterIds": cluster_ids }))
    });
    told(planted?)
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
        IdKind::Node => simulation
            .mint("pi-", 17, |id, plane| NodeId::parse(id).is_ok_and(|id| plane.cluster_of(&id).is_some())),
    }
}
