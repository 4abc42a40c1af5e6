//! Rendering of results, steps and the current state, one line each.

use std::borrow::ToOwned;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use super::command::{DISK_CHANGES, Subject};
use crate::control_plane::{
    ControlPlane, DrillFact, Effect, EffectKind, Event, Fact, GroupFact, PairFact, Response, StatusChange,
    Step,
};
use crate::ebs::{DiskChange, Drill, DrillDisk, GroupView, ReplicaPair};
use crate::ids::{NodeId, PairId};
use crate::polardb::{Cause, ClusterEffect, ClusterFact, DbCluster, NodeChange, NodeWork};
use crate::refusal::WireError;
use crate::rule::RuleId;
use crate::time::{Span, Timestamp};

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
        Response::PairPage(_)
        | Response::PairProgress(_)
        | Response::TagPage(_)
        | Response::GroupPage(_)
        | Response::DrillPage(_)
        | Response::ClusterPage(_)
        | Response::Cluster(_)
        | Response::Endpoints(_)
        | Response::HaLogs(_) => lines.push(body.to_owned()),
    }
    lines
}

pub(super) fn step(step: &Step) -> Vec<String> {
    step.events.iter().map(event).chain(step.effects.iter().map(asks)).collect()
}

fn asks(effect: &Effect) -> String {
    format!("asks effect {}: {}", effect.id, kind(&effect.kind))
}

/// An effect in words.
pub(crate) fn kind(kind: &EffectKind) -> String {
    let (name, resource) = (kind.name(), kind.resource());
    match kind {
        EffectKind::Cluster { effect: ClusterEffect::ChooseNode(tier), .. } => {
            format!("{name} {resource} of {}", nodes(tier))
        }
        EffectKind::Cluster { effect: ClusterEffect::PromoteNode(node), .. } => {
            format!("{name} {resource} {node}")
        }
        EffectKind::Group { members, .. } if !members.is_empty() => {
            let members: Vec<&str> = members.iter().map(PairId::as_str).collect();
            format!("{name} {resource} of {}", members.join(", "))
        }
        EffectKind::Cluster { effect: ClusterEffect::Work(work), .. } => {
            format!("{name} {resource}{}", of_work(work))
        }
        _ => format!("{name} {resource}"),
    }
}

fn nodes(nodes: &[NodeId]) -> String {
    nodes.iter().map(NodeId::as_str).collect::<Vec<_>>().join(", ")
}

fn of_work(work: &NodeWork) -> String {
    match work {
        NodeWork::CreateNodes(list) | NodeWork::DeleteNodes(list) => format!(" {}", nodes(list)),
        NodeWork::ChangeClass(targets) => {
            let each: Vec<String> =
                targets.iter().map(|target| format!("{} {}", target.node, target.class)).collect();
            format!(" {}", each.join(", "))
        }
        NodeWork::RestartNode(node) => format!(" {node}"),
        NodeWork::SetHotReplica { node, on, restarts_all } => {
            let switch = if *on { "on" } else { "off" };
            format!(" {node} {switch}{}", if *restarts_all { ", restarting all" } else { "" })
        }
        NodeWork::ChangeZone { from, to, standby, nodes: moving } => {
            let which = if *standby { "standby" } else { "primary" };
            format!(" {which} {} -> {to}, moving {}", or_none(from.as_ref()), nodes(moving))
        }
        NodeWork::TakeOver { from, to, nodes: moving } => {
            format!(" {from} -> {to}, moving {}", nodes(moving))
        }
    }
}

fn event(event: &Event) -> String {
    format!("[{}] {} {}", time(event.at), event.rule, fact(&event.fact, Timestamp::default()))
}

/// A fact in words; times in it are spans since `start`.
pub(crate) fn fact(fact: &Fact, start: Timestamp) -> String {
    match fact {
        Fact::Pair { pair, fact } => format!("{pair}: {}", pair_fact(fact, start)),
        Fact::Group { group, fact } => format!("{group}: {}", group_fact(fact, start)),
        Fact::Drill { drill, fact } => format!("{drill}: {}", drill_fact(fact, start)),
        Fact::Disk { disk, change } => format!("{disk}: {}", disk_change(*change)),
        Fact::Access { disk, from, to } => format!("{disk}: access {from} -> {to}"),
        Fact::Cluster { cluster, fact } => format!("{cluster}: {}", cluster_fact(fact)),
        Fact::TokenEvicted { horizon } => format!("a token was evicted, horizon {horizon}"),
    }
}

fn pair_fact(fact: &PairFact, start: Timestamp) -> String {
    match fact {
        PairFact::CopyFailed => "copy failed".to_owned(),
        PairFact::Settings => "settings changed".to_owned(),
        PairFact::CopyWaits => "copy complete, waiting for the other members".to_owned(),
        PairFact::Status(change) => status_change(change, start),
    }
}

fn group_fact(fact: &GroupFact, start: Timestamp) -> String {
    match fact {
        GroupFact::Joined(pair) => format!("{pair} joined"),
        GroupFact::Left(pair) => format!("{pair} left"),
        GroupFact::Settings => "settings changed".to_owned(),
        GroupFact::RoundFailed => "the round failed".to_owned(),
        GroupFact::Status(change) => status_change(change, start),
    }
}

/// The text of a value, or `(none)`.
fn or_none(found: Option<impl ToString>) -> String {
    found.map_or_else(|| "(none)".to_owned(), |found| found.to_string())
}

fn drill_fact(fact: &DrillFact, start: Timestamp) -> String {
    let DrillFact::Status { owner, from, to, recover_point } = fact;
    let (from, to) = (or_none(*from), or_none(*to));
    let point = recover_point
        .map_or("no recover point".to_owned(), |at| format!("recover point {}", span(at.since(start))));
    format!("{from} -> {to} of {}, {point}", owner.as_str())
}

fn status_change<S: Copy + ToString>(change: &StatusChange<S>, start: Timestamp) -> String {
    let StatusChange { superseded, took, recover_point, .. } = *change;
    let (from, to) = (or_none(change.from), or_none(change.to));
    let mut text = format!("{from} -> {to}");
    if let Some(superseded) = superseded {
        text.push_str(&format!(", superseding effect {superseded}"));
    } else if let Some(took) = took {
        text.push_str(&format!(" after {}", span(took)));
    }
    if matches!(to.as_str(), "failovered" | "normal" | "stopped") {
        match recover_point {
            Some(at) => text.push_str(&format!(", recover point {}", span(at.since(start)))),
            None => text.push_str(", no recover point"),
        }
    }
    text
}

fn disk_change(change: DiskChange) -> &'static str {
    DISK_CHANGES.iter().find(|(_, known)| *known == change).map_or("changed", |(word, _)| word)
}

fn cluster_fact(fact: &ClusterFact) -> String {
    match fact {
        ClusterFact::Status { from, to } => format!("{} -> {}", or_none(from.as_ref()), or_none(to.as_ref())),
        ClusterFact::FailoverBegan { cause, requested } => {
            let cause = match cause {
                Cause::Manual => "manual",
                Cause::Automatic => "automatic",
                Cause::RollBack => "returning",
            };
            let target = requested.as_ref().map_or(String::new(), |node| format!(" to {node}"));
            format!("{cause} failover{target} began")
        }
        ClusterFact::TurnedAutomatic => "the failover is automatic from here on".to_owned(),
        ClusterFact::Offered { priority, tier } => format!("offered at priority {priority}: {}", nodes(tier)),
        ClusterFact::AttemptBegan { node, attempt } => format!("attempt {attempt}: {node}"),
        ClusterFact::AttemptFailed { node, failure } => {
            format!("{node} failed: {}", failure.map_or("lost", |failure| failure.as_str()))
        }
        ClusterFact::WriterMoved { from, to, attempts, took, cause: _ } => {
            format!("writer {from} -> {to}, attempts {attempts}, after {}", span(*took))
        }
        ClusterFact::Exhausted { attempts } => format!("ended without success, attempts {attempts}"),
        ClusterFact::Cancelled => "the failover ended with the cluster".to_owned(),
        ClusterFact::WorkBegan { work } => format!("{} began:{}", work.name(), of_work(work)),
        ClusterFact::WorkEnded { work, succeeded } => {
            format!("{} {}", work.name(), if *succeeded { "succeeded" } else { "failed" })
        }
        ClusterFact::Locked(true) => "locked against release".to_owned(),
        ClusterFact::Locked(false) => "lock lifted".to_owned(),
        ClusterFact::NodeChanged { node, change } => match change {
            NodeChange::Up(up) => format!("{node} {}", if *up { "up" } else { "down" }),
            NodeChange::Replicating(yes) => {
                format!("{node} {}", if *yes { "replicating" } else { "not replicating" })
            }
            NodeChange::Priority(priority) => format!("{node} priority {priority}"),
        },
    }
}

pub(super) fn show(plane: &ControlPlane, subject: &Subject) -> Vec<String> {
    let lines = match subject {
        Subject::Disks => {
            let disks = plane.disks(None);
            Some(disks.iter().map(|view| format!("{} access {}", view.id, view.access)).collect())
        }
        Subject::Effects => {
            let line = |effect: Effect| {
                format!("effect {}: {}, since {}", effect.id, kind(&effect.kind), time(effect.since))
            };
            Some(plane.outstanding().map(line).collect())
        }
        Subject::Pair(id) => plane.pair(id).map(|pair| Vec::from([show_pair(pair)])),
        Subject::Group(id) => plane.group(id).map(|view| show_group(plane, &view)),
        Subject::Drill(id) => plane.drill(id).map(show_drill),
        Subject::Cluster(id) => plane.cluster(id).map(show_cluster),
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

/// A time as the span since the start of the scenario, which is zero.
fn time(at: Timestamp) -> String {
    span(at.since(Timestamp::default()))
}

/// A span in words, such as `1m30s`.
pub(crate) fn span(span: Span) -> String {
    let all = span.as_millis();
    let parts =
        [(all / 3_600_000, "h"), (all / 60_000 % 60, "m"), (all / 1_000 % 60, "s"), (all % 1_000, "ms")];
    let mut text = String::new();
    for (count, name) in parts.into_iter().filter(|(count, _)| *count > 0) {
        text.push_str(&format!("{count}{name}"));
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}
