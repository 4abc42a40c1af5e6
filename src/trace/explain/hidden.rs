//! What can happen between two answers without being shown: work that ends, and events from outside.
//!
//! Work ends at some time between two answers. Of all these times only those are tried that can make a difference: as late
//! as possible before the next call; within a second that some answer shows as a recover point or as the end of a switch; and
//! on either side of a limit that a later call meets, which is the frequency window of a cluster; and so long before two
//! answers [differ](super::turns) that what falls due thereafter is due between them. Whether work ends before or after a
//! deadline is tried both ways.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::run::World;
use super::timeline::Happened;
use crate::control_plane::{ControlPlane, Effect, EffectKind, Observation, Outcome, Report};
use crate::ebs::{DiskChange, GroupEffect, PairEffect};
use crate::ids::NodeId;
use crate::outcome::Failure;
use crate::polardb::{ClusterEffect, NodeChange, NodeWork, Role};
use crate::text::StatusMessage;
use crate::time::{Span, Timestamp};

/// The most members for which every part of a group is tried as the part that failed.
const FEW_MEMBERS: usize = 8;

/// How an effect can end.
pub(super) fn outcomes(effect: &Effect, world: &World<'_>) -> Vec<Outcome> {
    let failed = |message| Outcome::Failed { failure: Failure::Other, message };
    let with_messages = |id: &str| {
        let shown = world.facts.messages.get(id).into_iter().flatten();
        shown.filter_map(|text| Some(failed(Some(StatusMessage::parse(text).ok()?)))).collect::<Vec<_>>()
    };
    let mut outcomes = Vec::from([Outcome::Succeeded, failed(None)]);
    match &effect.kind {
        EffectKind::Pair { pair, effect: PairEffect::Create } => {
            outcomes.extend(with_messages(pair.as_str()))
        }
        EffectKind::Drill { drill, .. } => outcomes.extend(with_messages(drill.as_str())),
        EffectKind::Group { effect: GroupEffect::Stop | GroupEffect::Failover, members, .. }
            if (2..=FEW_MEMBERS).contains(&members.len()) =>
        {
            let all = 1_u32.checked_shl(u32::try_from(members.len()).unwrap_or(0)).unwrap_or(1);
            for part in 1..all.saturating_sub(1) {
                let chosen = members.iter().enumerate().filter(|(at, _)| part & (1 << at) != 0);
                let failed: BTreeSet<_> = chosen.map(|(_, pair)| pair.clone()).collect();
                outcomes.push(Outcome::PartlyFailed { failure: Failure::Other, failed });
            }
        }
        EffectKind::Cluster { effect: ClusterEffect::ChooseNode(tier), .. } => {
            return tier.iter().map(|node| Outcome::Chosen(node.clone())).collect();
        }
        _ => {}
    }
    outcomes
}

/// Whether some outcome of an effect is left out.
pub(super) fn leaves_out(effect: &Effect) -> bool {
    matches!(&effect.kind, EffectKind::Group { effect: GroupEffect::Stop | GroupEffect::Failover, members, .. }
        if members.len() > FEW_MEMBERS)
}

/// Which of the times at which an effect can end are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// All.
    All,
    /// Only those that a later answer may show: the others can as well come later.
    ThatAreShown,
}

/// When an effect can end: between the clock and `limit`, and at `wanted` if nothing else matters.
pub(super) fn ends(
    effect: &Effect,
    plane: &ControlPlane,
    (wanted, limit): (Timestamp, Timestamp),
    which: Ends,
    world: &World<'_>,
) -> Vec<Timestamp> {
    let clock = plane.clock();
    let mut ends = Vec::new();
    if which == Ends::All {
        ends.push(wanted.clamp(clock, limit.max(clock)));
    }
    let mut add = |at: Timestamp| {
        if at >= clock && at <= limit && !ends.contains(&at) {
            ends.push(at);
        }
    };
    // A choice, or a promotion that fails, begins work whose end is shown; a deletion begins the time of a tombstone.
    let begins = matches!(
        &effect.kind,
        EffectKind::Cluster { effect: ClusterEffect::ChooseNode(_) | ClusterEffect::PromoteNode(_), .. }
            | EffectKind::Pair { effect: PairEffect::Delete, .. }
            | EffectKind::Group { effect: GroupEffect::Delete, .. }
    );
    if begins {
        add(clock);
    }
    // What the log of switches shows to begin can wait for it.
    for second in world.began.range(clock.as_secs()..=limit.max(clock).as_secs()) {
        add(clock);
        add(Timestamp::default().after(Span::from_secs(*second)));
    }
    let copies = matches!(&effect.kind, EffectKind::Pair { effect: PairEffect::Copy, .. });
    // Either begins the frequency window by its end.
    let switches = matches!(
        &effect.kind,
        EffectKind::Cluster {
            effect: ClusterEffect::PromoteNode(_) | ClusterEffect::Work(NodeWork::TakeOver { .. }),
            ..
        }
    );
    if !(copies || switches) || limit < clock {
        return ends;
    }
    let error = world.clock_error.as_millis().div_ceil(1_000);
    let (first, last) = (clock.as_secs().saturating_sub(error), limit.as_secs().saturating_add(error));
    for second in world.moments.range(first..=last) {
        let begins = Timestamp::default().after(Span::from_secs(*second));
        // Within the shown second, as early as the clock admits.
        let at =
            if begins < clock && second.saturating_add(error) >= clock.as_secs() { clock } else { begins };
        add(at.min(limit));
    }
    if switches {
        let window = plane.policy().polardb.switch_window.as_millis();
        let from = clock.as_millis().saturating_add(window);
        let to = limit.as_millis().saturating_add(window);
        for call in world.failovers.range(from..=to) {
            let at = call.saturating_sub(window);
            for at in at.saturating_sub(1)..=at.saturating_add(1) {
                add(Timestamp::from_millis(at));
            }
        }
    }
    ends
}

/// Whether disks matter: whether one of the calls at hand asks what is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disks {
    /// They do.
    Matter,
    /// No call looks at them.
    AreIdle,
}

/// What may have happened outside, as the model takes it.
pub(super) fn outside(plane: &ControlPlane, disks: Disks, world: &World<'_>) -> Vec<(Report, Happened)> {
    let mut seen = Vec::new();
    for cluster in plane.clusters() {
        for node in cluster.nodes() {
            for change in [NodeChange::Up(!node.up), NodeChange::Replicating(!node.replicating)] {
                seen.push(Observation::Node { node: node.id.clone(), change });
            }
        }
        for zone in cluster.nodes().iter().filter(|node| node.role == Role::Writer).map(|node| &node.zone) {
            let there = cluster.nodes().iter().filter(|node| node.zone == *zone && node.up);
            let nodes: Vec<NodeId> = there.map(|node| node.id.clone()).collect();
            if nodes.len() > 1 {
                seen.push(Observation::Nodes { nodes, change: NodeChange::Up(false) });
            }
        }
        let id = cluster.id();
        let shown = world.facts.statuses.get(id.as_str()).into_iter().flatten();
        let busy = shown.filter(|status| !matches!(status.as_str(), "Running" | "Creating" | "Deleting"));
        let busy = busy.filter_map(|status| StatusMessage::parse(status).ok()).map(Some);
        for status in busy.chain([None]).filter(|status| *status != cluster.busy) {
            seen.push(Observation::ClusterBusy { cluster: id.clone(), status });
        }
        seen.push(Observation::ClusterRemoved { cluster: id.clone() });
    }
    for pair in plane.pairs() {
        for end in [pair.primary(), pair.standby()] {
            let (account, disk) = (pair.account().clone(), end.disk.clone());
            let held = plane.disk(&account, &disk);
            let mut changes = Vec::new();
            if disks == Disks::Matter {
                changes.push(DiskChange::Attached(!held.attached));
                changes.extend(held.attached.then_some(DiskChange::Up(!held.up)));
            }
            changes.extend((!held.removed).then_some(DiskChange::Removed));
            for change in changes {
                seen.push(Observation::Disk { account: account.clone(), disk: disk.clone(), change });
            }
        }
        for message in messages(pair.id().as_str(), world) {
            seen.push(Observation::PairInvalid { pair: pair.id().clone(), message });
        }
    }
    for group in plane.groups() {
        let members = group.pairs.iter().flat_map(|pair| messages(pair.as_str(), world));
        let messages: BTreeSet<StatusMessage> = members.chain(StatusMessage::parse("Unknown").ok()).collect();
        for message in messages {
            seen.push(Observation::GroupInvalid { group: group.group.id().clone(), message });
        }
    }
    let as_report = |seen: Observation| (Report::Observed(seen.clone()), Happened::Observed(seen));
    seen.into_iter().map(as_report).collect()
}

/// Whether an event from outside can begin a failover of a cluster that has none: its writer is lost, or it waits for a node.
pub(super) fn begins_failover(plane: &ControlPlane, report: &Report) -> bool {
    let idle = |id: &NodeId| plane.cluster_of(id).filter(|cluster| cluster.failover().is_none());
    let Report::Observed(seen) = report else { return false };
    match seen {
        Observation::Node { node, change: NodeChange::Up(false) } => {
            idle(node).is_some_and(|cluster| cluster.writer().is_some_and(|writer| writer.id == *node))
        }
        Observation::Node { node, change: NodeChange::Up(true) | NodeChange::Replicating(true) } => {
            idle(node).is_some_and(|cluster| cluster.writer().is_none_or(|writer| !writer.up))
        }
        Observation::Nodes { nodes, .. } => nodes.first().is_some_and(|node| idle(node).is_some()),
        _ => false,
    }
}

/// The messages that a resource shows, or one if it shows none.
fn messages(id: &str, world: &World<'_>) -> Vec<StatusMessage> {
    let shown = world.facts.messages.get(id).into_iter().flatten();
    let mut messages: Vec<StatusMessage> = shown.filter_map(|text| StatusMessage::parse(text).ok()).collect();
    if messages.is_empty() {
        messages.extend(StatusMessage::parse("Unknown"));
    }
    messages
}
