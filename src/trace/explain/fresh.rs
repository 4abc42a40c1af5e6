//! The ids that a creating call made, as the trace shows them, at once or later.
//!
//! An id that is never shown is any; then a place holder stands for it.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

use super::asked::{Asked, Expected};
use super::names::{Kind, id_of};
use super::run::{Run, World};
use crate::control_plane::{Fresh, FreshCluster, FreshNodes, Request};
use crate::ebs::{FreshDrill, GroupCreated, PairCreated};
use crate::ids::{BadId, DiskId, NodeId, OrderId};
use crate::polardb::NetworkCreated;

/// The ids that a call may have made in this run: one possibility, several for a cluster, whose first writer only later
/// answers tell, or for a call whose answer was lost.
pub(super) fn possible(asked: &Asked, run: &Run, world: &World<'_>) -> Vec<Fresh> {
    let kind = Kind::created_by(asked.operation());
    let Some(kind) = kind else {
        return of_existing(asked, run, world)
            .ok()
            .flatten()
            .into_iter()
            .chain([Fresh::None])
            .take(1)
            .collect();
    };
    let shown = told(asked, world).and_then(|body| id_of(kind, body)).map(String::from);
    let ids: Vec<String> = match (&asked.expected, shown) {
        (_, Some(id)) => Vec::from([id]),
        (Expected::Unknown, None) => {
            let made = world.lost.iter().filter(|(_, of)| *of == kind).map(|(id, _)| id.clone());
            let free = made.filter(|id| !run.knows(id));
            free.chain([format!("unseen-{}", asked.number)]).collect()
        }
        _ => Vec::from([format!("unseen-{}", asked.number)]),
    };
    let possible = ids.into_iter().flat_map(|id| created(asked, run, world, &id).unwrap_or_default());
    possible.collect()
}

/// The answer of the call; of a lost one that of another call under its token.
pub(super) fn told<'a>(asked: &'a Asked, world: &World<'a>) -> Option<&'a Value> {
    let account = asked.exchange.account.as_str();
    let under = || {
        let token = asked.exchange.parameters.get("ClientToken")?;
        world.facts.by_token.get(&(account.into(), token.clone()))
    };
    let lost = matches!(asked.expected, Expected::Unknown);
    asked.body().or_else(|| if lost { under() } else { None })
}

fn order(asked: &Asked, world: &World<'_>) -> Result<OrderId, BadId> {
    let shown = told(asked, world).and_then(|body| body.get("OrderId")).and_then(Value::as_str);
    shown.unwrap_or("0").parse()
}

/// The ids of a call on what exists: an order, new nodes.
fn of_existing(asked: &Asked, run: &Run, world: &World<'_>) -> Result<Option<Fresh>, BadId> {
    Ok(match &asked.request {
        Request::CreateDbNodes(request) => {
            let shown = told(asked, world).and_then(|body| body.pointer("/DBNodeIds/DBNodeId"));
            let shown = shown.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
            let mut nodes: Vec<NodeId> = shown.map(NodeId::parse).collect::<Result<_, _>>()?;
            if nodes.is_empty() && matches!(asked.expected, Expected::Unknown) {
                // Nodes that are shown later and that no answered call added.
                let shown = world.facts.all_nodes.get(request.cluster.as_str()).into_iter().flatten();
                let added = shown.filter(|node| !world.facts.added_nodes.contains(*node));
                let free = added.filter_map(|node| NodeId::parse(node).ok());
                nodes = free
                    .filter(|node| run.plane.cluster_of(node).is_none())
                    .take(request.nodes.len())
                    .collect();
            }
            if nodes.len() < request.nodes.len() {
                nodes.clear();
                let unseen =
                    (0..request.nodes.len()).map(|at| format!("unseen-{}-{at}", asked.number).parse());
                nodes = unseen.collect::<Result<_, _>>()?;
            }
            Some(Fresh::Nodes(FreshNodes { nodes, order: order(asked, world)? }))
        }
        Request::DeleteDbNodes(_)
        | Request::ModifyDbNodeClass(_)
        | Request::ModifyDbNodesClass(_)
        | Request::ModifyDbNodeHotReplicaMode(_)
        | Request::ModifyDbCluster(_)
        | Request::ModifyDbClusterArch(_) => Some(Fresh::Order(order(asked, world)?)),
        _ => None,
    })
}

fn created(asked: &Asked, run: &Run, world: &World<'_>, id: &str) -> Result<Vec<Fresh>, BadId> {
    Ok(match &asked.request {
        Request::CreateDiskReplicaPair(_) => {
            Vec::from([Fresh::Pair(PairCreated { pair: id.parse()?, order: order(asked, world)? })])
        }
        Request::CreateDiskReplicaGroup(_) => Vec::from([Fresh::Group(GroupCreated { group: id.parse()? })]),
        Request::StartPairDrill(request) => drill(id, world, core::iter::once(request.pair.as_str()))?,
        Request::StartReplicaGroupDrill(request) => {
            let group = run.plane.group(&request.group);
            let members = group.iter().flat_map(|group| &group.pairs).map(|pair| pair.as_str());
            drill(id, world, members)?
        }
        Request::CreateGlobalDatabaseNetwork(_) => {
            Vec::from([Fresh::Network(NetworkCreated { network: id.parse()? })])
        }
        Request::CreateDbCluster(request) => cluster(id, asked, world, usize::from(request.node_number))?,
        _ => Vec::new(),
    })
}

fn drill<'a>(
    id: &str,
    world: &World<'_>,
    members: impl Iterator<Item = &'a str>,
) -> Result<Vec<Fresh>, BadId> {
    let shown = world.facts.drill_disks.get(id);
    let disk = |(at, member): (usize, &str)| {
        let mut shown = shown.into_iter().flatten();
        let found = shown.find(|(pair, _)| pair.is_empty() || pair == member);
        found.map_or_else(|| format!("unseen-{id}-{at}"), |(_, disk)| disk.clone()).parse()
    };
    let disks: Vec<DiskId> = members.enumerate().map(disk).collect::<Result<_, _>>()?;
    Ok(Vec::from([Fresh::Drill(FreshDrill { drill: id.parse()?, disks })]))
}

/// The nodes are those that the cluster was first shown with, without those that were added meanwhile. Which of them was
/// the first writer is open, since a failover may have come before; the one first shown as writer and the first of all are
/// tried before the others.
fn cluster(id: &str, asked: &Asked, world: &World<'_>, number: usize) -> Result<Vec<Fresh>, BadId> {
    let behind_endpoints = || world.facts.behind_endpoints.get(id);
    let shown = world.facts.nodes.get(id).or_else(behind_endpoints).map_or(&[][..], Vec::as_slice);
    let mut nodes: Vec<(String, bool)> = shown
        .iter()
        .filter(|(node, _)| !world.facts.added_nodes.contains(node))
        .take(number)
        .cloned()
        .collect();
    for at in nodes.len()..number {
        nodes.push((format!("unseen-{id}-{at}"), false));
    }
    let shown_as = nodes.iter().position(|(_, writer)| *writer).unwrap_or(0);
    let mut writers = Vec::from([shown_as]);
    writers.extend((0..number).filter(|at| *at != shown_as));
    let mut possible = Vec::with_capacity(number);
    for writer in writers {
        let mut nodes: Vec<NodeId> = nodes.iter().map(|(node, _)| node.parse()).collect::<Result<_, _>>()?;
        if writer >= nodes.len() || (writer > 0 && shown.is_empty()) {
            continue;
        }
        let first = nodes.remove(writer);
        nodes.insert(0, first);
        possible.push(Fresh::Cluster(FreshCluster {
            cluster: id.parse()?,
            nodes,
            order: order(asked, world)?,
        }));
    }
    Ok(possible)
}
