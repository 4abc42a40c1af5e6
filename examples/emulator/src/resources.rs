//! What an account has, for people: all of a resource at once, and what would become of a cluster.
//!
//! Programs ask the vendor's operations; these answers serve the page, which shows what those keep to themselves: why a
//! node is out of the election, and which effect is outstanding.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use axum::http::Uri;
use failover_model::ebs::{self, Access, End, GroupView, ReplicaId, ReplicaPair};
use failover_model::polardb::{DbCluster, Electorate, NodeChange, Priority};
use failover_model::simulation::Transitions;
use failover_model::{ClusterId, ControlPlane, Observation, Timestamp, catalogue};

use crate::answers::{Cluster, Drill, Group, Node, Outlook, Pair, PairEnd, Resources, Rule, Rules};
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
        Resources {
            now_ms: now.as_millis(),
            total: plane.resource_count(),
            pairs: plane.pairs().take(limit).map(pair).collect(),
            groups: plane.groups().take(limit).map(group).collect(),
            drills: plane.drills().take(limit).map(drill).collect(),
            clusters: plane.clusters().take(limit).map(|it| cluster(it, plane)).collect(),
        }
    });
    told(listed.await)
}

fn pair(pair: &ReplicaPair) -> Pair {
    let end = |end: &End, access: Access| PairEnd {
        region: end.region.clone(),
        zone: end.zone.to_string(),
        disk: end.disk.clone(),
        access: access.as_str().into(),
    };
    Pair {
        id: pair.id().clone(),
        status: pair.status().as_str().into(),
        message: pair.status_message().map(ToString::to_string),
        group: pair.group().cloned(),
        source: end(pair.source(), pair.source_access()),
        destination: end(pair.destination(), pair.destination_access()),
        recover_point_ms: pair.last_recover_point().map(Timestamp::as_millis),
    }
}

fn group(view: GroupView) -> Group {
    Group {
        id: view.group.id().clone(),
        status: view.status.as_str().into(),
        pairs: view.pairs,
        source: view.group.source().region.clone(),
        destination: view.group.destination().region.clone(),
        recover_point_ms: view.last_recover_point.map(Timestamp::as_millis),
    }
}

fn drill(drill: &ebs::Drill) -> Drill {
    let of = match drill.owner() {
        ReplicaId::Pair(pair) => pair.to_string(),
        ReplicaId::Group(group) => group.to_string(),
    };
    Drill { id: drill.id().clone(), status: drill.status().as_str().into(), of }
}

fn cluster(cluster: &DbCluster, plane: &ControlPlane) -> Cluster {
    let electorate = Electorate::automatic(&plane.policy().polardb);
    let tiers: BTreeSet<Priority> =
        electorate.candidates(cluster.nodes()).map(|(_, priority)| priority).collect();
    let tier =
        |priority: Priority| tiers.iter().rev().position(|it| *it == priority).map(|at| at.saturating_add(1));
    let nodes = cluster.nodes().iter().map(|node| {
        let barred = electorate.barred_by(node);
        Node {
            id: node.id.clone(),
            role: node.role.as_str().into(),
            kind: node.kind,
            status: cluster.node_status(node).into(),
            zone: node.zone.to_string(),
            priority: node.priority.get(),
            up: node.up,
            replicating: node.replicating,
            hot_replica: node.hot_replica,
            tier: tier(node.priority).filter(|_| barred.is_none()),
            barred_by: barred.map(|rule| rule.to_string()),
        }
    });
    Cluster {
        id: cluster.id().clone(),
        status: cluster.status().as_str().into(),
        region: cluster.region().clone(),
        engine: cluster.engine().as_str().into(),
        version: cluster.version().to_string(),
        nodes: nodes.collect(),
    }
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
        let of_it = happened.events.iter().map(project::of_event);
        let events: Vec<_> = of_it.filter(|entry| entry.resource.as_deref() == Some(id.as_str())).collect();
        let next = trial.plane().cluster(&id)?.writer().map(|node| node.id.clone());
        let moved = next.filter(|node| *node != writer);
        let status = trial.plane().cluster(&id)?.status().as_str().to_owned();
        Some(Outlook { writer, next: moved, status, events })
    });
    told(tried.await.ok_or_else(unknown)?)
}

/// `GET rules`: what each number in the feed stands for.
pub async fn rules(uri: Uri) -> Answer {
    let NoQuery {} = query(&uri)?;
    let all = catalogue::rules();
    let rules = all.iter().map(|rule| Rule {
        id: rule.id.to_string(),
        basis: rule.basis.to_string(),
        source: rule.source.to_string(),
        says: rule.says.to_string(),
    });
    told(Rules { rules: rules.collect() })
}
