//! Rendering of results, steps and the current state, one line each.

use std::borrow::ToOwned;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use super::command::Subject;
use crate::control_plane::words::Lasting;
use crate::control_plane::{ControlPlane, Effect, Event, Response, Step};
use crate::ebs::{Drill, DrillDisk, GroupView, ReplicaPair};
use crate::ids::NodeId;
use crate::polardb::{DbCluster, GlobalDatabaseNetwork, MemberRole};
use crate::refusal::WireError;
use crate::rule::RuleId;
use crate::time::Timestamp;

pub(super) fn refusal(error: &WireError, rule: RuleId, replayed: bool) -> Vec<String> {
    let WireError { status, code, message, basis } = error;
    let replayed = if replayed { ", replayed" } else { "" };
    Vec::from([format!("{status} {code} ({rule}, {basis}{replayed}): {message}")])
}

pub(super) fn response(response: &Response, body: &str, replayed: bool) -> Vec<String> {
    let mut lines = Vec::from([if replayed { "200 (replayed)".to_owned() } else { "200".to_owned() }]);
    match response {
        Response::Accepted | Response::Ordered(_) => {}
        Response::PairCreated(created) => lines.push(format!("created {}", created.pair)),
        Response::GroupCreated(created) => lines.push(format!("created {}", created.group)),
        Response::DrillStarted(started) => lines.push(format!("started {}", started.drill)),
        Response::ClusterCreated(created) => lines.push(format!("created {}", created.cluster)),
        Response::NodesCreated(created) => lines.push(format!("created {}", nodes(&created.nodes))),
        Response::NetworkCreated(created) => lines.push(format!("created {}", created.network)),
        Response::PairPage(_)
        | Response::PairProgress(_)
        | Response::TagPage(_)
        | Response::GroupPage(_)
        | Response::DrillPage(_)
        | Response::ClusterPage(_)
        | Response::ZonalClusterPage(_)
        | Response::Cluster(_)
        | Response::Endpoints(_)
        | Response::HaLogs(_)
        | Response::Network(_)
        | Response::NetworkPage(_)
        | Response::Regions(_) => lines.push(body.to_owned()),
    }
    lines
}

pub(super) fn step(step: &Step) -> Vec<String> {
    let asks = step.effects.iter().map(|effect| format!("asks {effect}"));
    step.events.iter().map(Event::to_string).chain(asks).collect()
}

fn nodes(nodes: &[NodeId]) -> String {
    nodes.iter().map(NodeId::as_str).collect::<Vec<_>>().join(", ")
}

pub(super) fn show(plane: &ControlPlane, subject: &Subject) -> Vec<String> {
    let lines = match subject {
        Subject::Disks => {
            let disks = plane.disks(None);
            Some(disks.iter().map(|view| format!("{} access {}", view.id, view.access)).collect())
        }
        Subject::Effects => {
            let line = |effect: Effect| format!("{effect}, since {}", time(effect.since));
            Some(plane.outstanding().map(line).collect())
        }
        Subject::Pair(id) => plane.pair(id).map(|pair| Vec::from([show_pair(pair)])),
        Subject::Group(id) => plane.group(id).map(|view| show_group(plane, &view)),
        Subject::Drill(id) => plane.drill(id).map(show_drill),
        Subject::Cluster(id) => plane.cluster(id).map(show_cluster),
        Subject::Network(id) => plane.network(id).map(show_network),
    };
    lines.unwrap_or_else(|| Vec::from(["(none)".to_owned()]))
}

fn show_pair(pair: &ReplicaPair) -> String {
    let (source, destination) = (pair.source(), pair.destination());
    let direction =
        format!("{} {} -> {} {}", source.region, source.disk, destination.region, destination.disk);
    let message = pair.status_message().map_or(String::new(), |text| format!(" ({text})"));
    let point = pair.last_recover_point().map_or("none".to_owned(), time);
    format!("{} {}{message}, {direction}, recover point {point}", pair.id(), pair.status())
}

fn show_group(plane: &ControlPlane, view: &GroupView) -> Vec<String> {
    let (id, source, destination) = (view.group.id(), view.group.source(), view.group.destination());
    let point = view.last_recover_point.map_or("none".to_owned(), time);
    let direction = format!("{} -> {}", source.region, destination.region);
    let mut lines = Vec::from([format!("{id} {}, {direction}, recover point {point}", view.status)]);
    lines.extend(view.pairs.iter().filter_map(|pair| plane.pair(pair)).map(|pair| {
        let access = pair.destination_access();
        format!("  {} {}, destination access {access}", pair.id(), pair.status())
    }));
    lines
}

fn show_drill(drill: &Drill) -> Vec<String> {
    let message = drill.status_message().map_or(String::new(), |text| format!(" ({text})"));
    let mut lines = Vec::from([format!("{} {}{message}", drill.id(), drill.status())]);
    let line = |disk: &DrillDisk| format!("  {} of {} {}", disk.disk, disk.pair, disk.status.as_str());
    lines.extend(drill.disks().iter().map(line));
    lines
}

fn show_cluster(cluster: &DbCluster) -> Vec<String> {
    let mut lines = Vec::from([format!("{} {}", cluster.id(), cluster.status())]);
    lines.extend(cluster.nodes().iter().map(|node| {
        let (role, status) = (node.role.as_str(), cluster.node_status(node));
        let eligible = if node.is_eligible() { ", eligible" } else { "" };
        format!("  {} {role} priority {} {status}{eligible}", node.id, node.priority)
    }));
    lines
}

fn show_network(network: &GlobalDatabaseNetwork) -> Vec<String> {
    let mut lines = Vec::from([format!("{} {}", network.id(), network.status())]);
    lines.push(format!("  {} {}", network.primary(), MemberRole::Primary.as_str()));
    lines.extend(network.secondaries().iter().map(|secondary| {
        let replicates = if secondary.replicates { "" } else { ", not replicating" };
        format!("  {} {}{replicates}", secondary.cluster, MemberRole::Standby.as_str())
    }));
    lines
}

/// A time as the span since the start of the scenario, which is zero.
fn time(at: Timestamp) -> String {
    Lasting(at.since(Timestamp::default())).to_string()
}
