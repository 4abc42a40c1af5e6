//! From the library's events to those of the feed.
//!
//! The library says what happened in types; readers of the feed want one flat shape. This is the whole translation:
//!
//! | Fact | `kind` | `resource` | `from`, `to` | `detail` |
//! |---|---|---|---|---|
//! | a pair's status changed | the new status, such as `failovering`; `forgotten` when its tombstone ends | pair | statuses | `duration_ms` if an effect ended here, `superseded` if one was cut short (its id), `recover_point` |
//! | it became `failovered` | `failovered` | pair | statuses | `recover_point`, `lost_ms`, `duration_ms` |
//! | a copy failed, the status stayed | `copy_failed` | pair | | |
//! | its name, tags or the like changed | `settings` | pair or group | | |
//! | a group's status changed | as for a pair, with the same details | group | statuses | |
//! | a pair joined or left a group | `joined`, `left` | group | | `pair` |
//! | a group's round of copies ended without a common recover point | `round_failed` | group | | |
//! | a drill's status changed | the new status, such as `executed`; `cleared` when the record is gone | drill | statuses | `pair` or `group`, `recover_point` |
//! | a disk was observed | `disk` | disk | | one of `up`, `attached`, `removed` |
//! | a disk's access changed | `access` | disk | accesses | |
//! | a cluster's status changed | `cluster_status` | cluster | statuses | |
//! | a failover began | `failover_began` | cluster | | `cause`, `requested` |
//! | its writer failed during a manual one | `turned_automatic` | cluster | | |
//! | nodes were offered for a choice | `offered` | cluster | | `priority`, `nodes` |
//! | a promotion began | `attempt_began` | cluster | | `node`, `attempt` |
//! | a promotion failed | `attempt_failed` | cluster | | `node`, `reason` (`null`: the node was lost) |
//! | the writer moved | `writer_moved` | cluster | nodes | `attempts`, `duration_ms`, `cause`, `event` |
//! | no eligible node is left | `exhausted` | cluster | | `attempts` |
//! | the cluster went, its failover with it | `cancelled` | cluster | | |
//! | work on nodes began, or ended | `work_began`, `work_ended` | cluster | | `work` (the kind of effect), `nodes`, and of the end `succeeded` |
//! | the lock against release was set or lifted | `deletion_lock` | cluster | | `locked` |
//! | a node changed | `node_changed` | cluster | | `node` and one of `up`, `replicating`, `priority` |
//! | a network's status changed | `network_status` | network | statuses | |
//! | a cluster joined or left a network | `joined`, `left` | network | | `cluster` |
//! | another cluster of a network is its primary | `primary_moved` | network | clusters | `mode`, `duration_ms` |
//! | a switch-over of a network failed | `switch_failed` | network | | `cluster` |
//! | a token was evicted | `token_evicted` | | | `horizon` |
//!
//! `recover_point` is in seconds, as on the wire, or `null`. `lost_ms` is what a drill report calls the data loss: from
//! the recover point to the moment at which the failover was accepted; `null` without a recover point.
//!
//! `event` is the name under which the vendor's event bus tells of it: `polardb:CloudMonitor:InstanceSwitchover` for a
//! switch that was asked for, `polardb:CloudMonitor:InstanceFailover` for one that a fault forced.
//!
//! Two kinds come from calls and not from facts: `call` and `hint`; the types of [`happened`](crate::happened) say what they tell.

use failover_model::ebs::{DiskChange, DrillStatus, GroupStatus, PairStatus, ReplicaId};
use failover_model::polardb::{
    Cause, ClusterFact, ClusterStatus, NetworkFact, NetworkStatus, NodeChange, NodeWork,
};
use failover_model::{DrillFact, Event, Fact, GroupFact, PairFact, StatusChange};
use failover_model::{EffectId, Span, Timestamp};
use serde_json::Value;

use crate::answers::Entry;
use crate::happened::{About, Called, Happened, Hint, Struck};

/// What happened, as the feed tells it.
pub fn entry(happened: &Happened) -> Entry {
    match happened {
        Happened::Fact(event) => of_event(event),
        Happened::Called(called) => of_call(called),
        Happened::Hint(hint) => of_hint(hint),
        Happened::Told(entry) => Entry::clone(entry),
    }
}

fn of_call(called: &Called) -> Entry {
    let Called { at, account, request_id, action, region, token, outcome, code, reply, rule, resource } =
        called;
    let entry = Entry::new(at.as_millis(), account.clone(), "call")
        .with("request_id", request_id.as_str())
        .with("action", action.as_deref())
        .with("region", region.as_deref())
        .with("token", token.as_deref())
        .with("outcome", *outcome)
        .with("code", code.as_deref());
    let entry = match reply {
        Some(Struck::Lost) => entry.with("reply", "lost"),
        Some(Struck::Replaced(status)) => entry.with("reply", *status),
        Some(Struck::Delayed) => entry.with("reply", "delayed"),
        None => entry,
    };
    Entry { rule: rule.map(|rule| rule.as_str().into()), resource: resource.clone(), ..entry }
}

fn of_hint(hint: &Hint) -> Entry {
    let Hint { at, account, request_id, operation, about } = hint;
    let entry = Entry::new(at.as_millis(), account.clone(), "hint")
        .with("request_id", request_id.as_str())
        .with("action", operation.as_str());
    match about {
        About::Site { site, what, resource } => {
            let says = format!("the {what} is visible from this region only with the other Site");
            let entry = entry.with("site", site.as_str()).with("says", says);
            Entry { rule: Some("E-691".into()), resource: Some(resource.clone()), ..entry }
        }
        About::Nothing { token } => {
            let says =
                "the token is a word for nothing: who sends it shares it with all who do; leave it out";
            let entry = entry.with("token", token.as_str()).with("says", says);
            Entry { rule: Some("T-020".into()), ..entry }
        }
    }
}

/// A fact of the library, as the feed tells it.
pub fn of_event(event: &Event) -> Entry {
    let blank = |kind| {
        let entry = Entry::new(event.at.as_millis(), event.account.clone(), kind);
        Entry { rule: Some(event.rule.as_str().into()), ..entry }
    };
    match &event.fact {
        Fact::Pair { pair, fact } => {
            let entry = match fact {
                PairFact::Status(StatusChange { from, to, superseded, took, recover_point }) => {
                    let (from, to) = (from.map(PairStatus::as_str), to.map(PairStatus::as_str));
                    let entry = blank(to.unwrap_or("forgotten"));
                    Moved { at: event.at, from, to, superseded, took, recover_point }.on(entry)
                }
                PairFact::CopyFailed => blank("copy_failed"),
                PairFact::Settings => blank("settings"),
                newer => blank("pair").with("fact", format!("{newer:?}")),
            };
            Entry { resource: Some(pair.to_string()), ..entry }
        }
        Fact::Group { group, fact } => {
            Entry { resource: Some(group.to_string()), ..of_group(event.at, fact, blank) }
        }
        Fact::Drill { drill, fact } => Entry { resource: Some(drill.to_string()), ..of_drill(fact, blank) },
        Fact::Disk { disk, change } => {
            let entry = match change {
                DiskChange::Up(up) => blank("disk").with("up", *up),
                DiskChange::Attached(attached) => blank("disk").with("attached", *attached),
                DiskChange::Removed => blank("disk").with("removed", true),
            };
            Entry { resource: Some(disk.to_string()), ..entry }
        }
        Fact::Access { disk, from, to } => Entry {
            resource: Some(disk.to_string()),
            from: Some(from.to_string()),
            to: Some(to.to_string()),
            ..blank("access")
        },
        Fact::Cluster { cluster, fact } => {
            Entry { resource: Some(cluster.to_string()), ..of_cluster(fact, blank) }
        }
        Fact::Network { network, fact } => {
            Entry { resource: Some(network.to_string()), ..of_network(fact, blank) }
        }
        Fact::TokenEvicted { horizon } => blank("token_evicted").with("horizon", *horizon),
        newer => blank("other").with("fact", format!("{newer:?}")),
    }
}

/// A change of the status of a pair or group.
struct Moved<'a> {
    at: Timestamp,
    from: Option<&'static str>,
    to: Option<&'static str>,
    superseded: &'a Option<EffectId>,
    took: &'a Option<Span>,
    recover_point: &'a Option<Timestamp>,
}

impl Moved<'_> {
    fn on(&self, entry: Entry) -> Entry {
        let Self { at, from, to, superseded, took, recover_point } = self;
        let entry = Entry { from: from.map(str::to_owned), to: to.map(str::to_owned), ..entry };
        let mut entry = entry.with("recover_point", recover_point.map(Timestamp::as_secs));
        if *to == Some(PairStatus::Failedover.as_str()) {
            let accepted = took.map(|took| before(*at, took));
            let lost = recover_point.zip(accepted).map(|(point, at)| at.since(point).as_millis());
            entry = entry.with("lost_ms", lost);
        }
        if let Some(took) = took {
            entry = entry.with("duration_ms", took.as_millis());
        }
        if let Some(effect) = superseded {
            entry = entry.with("superseded", effect.to_string());
        }
        entry
    }
}

fn of_group(at: Timestamp, fact: &GroupFact, blank: impl Fn(&'static str) -> Entry) -> Entry {
    match fact {
        GroupFact::Status(StatusChange { from, to, superseded, took, recover_point }) => {
            let (from, to) = (from.map(GroupStatus::as_str), to.map(GroupStatus::as_str));
            let entry = blank(to.unwrap_or("forgotten"));
            Moved { at, from, to, superseded, took, recover_point }.on(entry)
        }
        GroupFact::Joined(pair) => blank("joined").with("pair", pair.as_str()),
        GroupFact::Left(pair) => blank("left").with("pair", pair.as_str()),
        GroupFact::RoundFailed => blank("round_failed"),
        GroupFact::Settings => blank("settings"),
        newer => blank("group").with("fact", format!("{newer:?}")),
    }
}

fn of_drill(fact: &DrillFact, blank: impl Fn(&'static str) -> Entry) -> Entry {
    match fact {
        DrillFact::Status { owner, from, to, recover_point } => {
            let status = |status: &Option<DrillStatus>| status.map(|status| status.as_str().to_owned());
            let entry = blank(to.map_or("cleared", DrillStatus::as_str));
            let owner = match owner {
                ReplicaId::Pair(pair) => ("pair", pair.as_str()),
                ReplicaId::Group(group) => ("group", group.as_str()),
            };
            Entry { from: status(from), to: status(to), ..entry }
                .with(owner.0, owner.1)
                .with("recover_point", recover_point.map(Timestamp::as_secs))
        }
        newer => blank("drill").with("fact", format!("{newer:?}")),
    }
}

fn of_cluster(fact: &ClusterFact, blank: impl Fn(&'static str) -> Entry) -> Entry {
    match fact {
        ClusterFact::Status { from, to } => {
            let status = |status: &Option<ClusterStatus>| status.as_ref().map(ToString::to_string);
            Entry { from: status(from), to: status(to), ..blank("cluster_status") }
        }
        ClusterFact::FailoverBegan { cause, requested } => {
            let cause = cause.as_str();
            let requested = requested.as_ref().map(ToString::to_string);
            blank("failover_began").with("cause", cause).with("requested", requested)
        }
        ClusterFact::TurnedAutomatic => blank("turned_automatic"),
        ClusterFact::Offered { priority, tier } => {
            let nodes: Vec<Value> = tier.iter().map(|node| Value::from(node.as_str())).collect();
            blank("offered").with("priority", priority.get()).with("nodes", nodes)
        }
        ClusterFact::AttemptBegan { node, attempt } => {
            blank("attempt_began").with("node", node.as_str()).with("attempt", *attempt)
        }
        ClusterFact::AttemptFailed { node, failure } => {
            let reason = failure.map(|failure| failure.as_str());
            blank("attempt_failed").with("node", node.as_str()).with("reason", reason)
        }
        ClusterFact::WriterMoved { from, to, attempts, took, cause } => {
            // The vendor's own events tell a switch that was asked for from one that a fault forced.
            let event = match cause {
                Cause::Manual | Cause::RollBack => "polardb:CloudMonitor:InstanceSwitchover",
                Cause::Automatic => "polardb:CloudMonitor:InstanceFailover",
            };
            let entry =
                blank("writer_moved").with("attempts", *attempts).with("duration_ms", took.as_millis());
            let entry = entry.with("cause", cause.as_str()).with("event", event);
            Entry { from: Some(from.to_string()), to: Some(to.to_string()), ..entry }
        }
        ClusterFact::Exhausted { attempts } => blank("exhausted").with("attempts", *attempts),
        ClusterFact::Cancelled => blank("cancelled"),
        ClusterFact::WorkBegan { work } => work_entry(blank("work_began"), work),
        ClusterFact::WorkEnded { work, succeeded } => {
            work_entry(blank("work_ended"), work).with("succeeded", *succeeded)
        }
        ClusterFact::Locked(locked) => blank("deletion_lock").with("locked", *locked),
        ClusterFact::NodeChanged { node, change } => {
            let entry = blank("node_changed").with("node", node.as_str());
            match change {
                NodeChange::Up(up) => entry.with("up", *up),
                NodeChange::Replicating(replicating) => entry.with("replicating", *replicating),
                NodeChange::Priority(priority) => entry.with("priority", priority.get()),
            }
        }
        newer => blank("cluster").with("fact", format!("{newer:?}")),
    }
}

fn of_network(fact: &NetworkFact, blank: impl Fn(&'static str) -> Entry) -> Entry {
    match fact {
        NetworkFact::Status { from, to } => {
            let status = |status: &Option<NetworkStatus>| status.map(|status| status.as_str().to_owned());
            Entry { from: status(from), to: status(to), ..blank("network_status") }
        }
        NetworkFact::Joined(cluster) => blank("joined").with("cluster", cluster.as_str()),
        NetworkFact::Left(cluster) => blank("left").with("cluster", cluster.as_str()),
        NetworkFact::SwitchedOver { from, to, mode, took } => {
            let entry = blank("primary_moved").with("mode", mode.as_str());
            let entry = entry.with("duration_ms", took.as_millis());
            Entry { from: Some(from.to_string()), to: Some(to.to_string()), ..entry }
        }
        NetworkFact::SwitchFailed { to } => blank("switch_failed").with("cluster", to.as_str()),
        newer => blank("network").with("fact", format!("{newer:?}")),
    }
}

fn work_entry(entry: Entry, work: &NodeWork) -> Entry {
    let nodes: Vec<Value> = work.nodes().into_iter().map(|node| Value::from(node.as_str())).collect();
    entry.with("work", work.name()).with("nodes", nodes)
}

fn before(at: Timestamp, span: Span) -> Timestamp {
    Timestamp::from_millis(at.as_millis().saturating_sub(span.as_millis()))
}
