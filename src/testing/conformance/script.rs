//! Making an input of a step for the state as the reference has it, so that a system is driven that the crate cannot
//! look into. The control plane is not asked.

use alloc::string::String;
use alloc::vec::Vec;

use super::super::reference::Reference;
use super::super::strategies::{
    ACCOUNTS, Abstract, Caller, ClusterAsk, How, PairAsk, Place, REGIONS, TOKENS, What, When, Which,
};
use super::drill_script;
use super::group_script::{ended_partly, group_call, group_invalid};
use super::{ClusterView, PairView, Task, View};
use crate::control_plane::{Call, ControlPlane, Fresh, Input, Observation, Outcome, Report, Request};
use crate::ebs::{
    DeleteDiskReplicaPair, FailoverDiskReplicaPair, ReprotectDiskReplicaPair, StartDiskReplicaPair,
    StopDiskReplicaPair,
};
use crate::ids::{BadId, EffectId};
use crate::polardb::{
    DeleteDbCluster, DescribeDbClusterAttribute, FailoverDbCluster, ModifyDbNodeConfig, TargetZoneType,
};
use crate::policy::Policy;
use crate::text::StatusMessage;
use crate::time::{Span, Timestamp};
use crate::token::ClientToken;

impl Abstract {
    /// As [`resolve`](Self::resolve), for the state as the [`Reference`] has it. A late outcome is of one of the
    /// effects that were ever asked for, counted round and round, or of none. A step about what the reference leaves out lets time pass.
    #[allow(unreachable_patterns, reason = "steps about what the reference leaves out")]
    pub fn resolve_for(&self, reference: &Reference) -> Input {
        let now = time(self.when, reference);
        let view = reference.view();
        let report = |report| Input::Report(now, report);
        let observed = |observation| report(Report::Observed(observation));
        match &self.what {
            What::Pair { caller, pair, ask, .. } => {
                // A member is refused whatever is asked; a few are asked all the same.
                let free = |pair: &&PairView| pair.group.is_none();
                let pairs: Vec<&PairView> = match ask {
                    PairAsk::Allowed(_) => view.pairs.iter().filter(free).collect(),
                    _ => view.pairs.iter().collect(),
                };
                let pair = pick(*pair, &pairs).copied();
                pair_call(reference, caller, pair, *ask, now)
            }
            What::Group { caller, group, ask } => group_call(reference, &view, caller, (*group, *ask), now),
            What::StartDrill { caller, pair, id } => {
                drill_script::start(pick(*pair, &view.pairs), caller, *id, now)
            }
            What::ClearDrill { caller, drill } => drill_script::clear(&view, caller, *drill, now),
            What::DescribeDrills { caller, drill } => drill_script::describe(&view, caller, *drill, now),
            What::GroupInvalid(group) => group_invalid(&view, *group, now),
            What::EndedPartly { effect, member } => ended_partly(&view, *effect, *member, now),
            What::Cluster { caller, cluster, ask, .. } => {
                let request = cluster_request(*ask, pick(*cluster, &view.clusters));
                Input::Call(call(caller, region(caller.place), now), request, Fresh::None)
            }
            What::Ended { effect, how, .. } => {
                // In the order of the resources, not of the ids, which every system mints in an order of its own.
                let pending: Vec<EffectId> = view.effects.iter().map(|asked| asked.id).collect();
                match pick(Some(*effect), &pending) {
                    Some(id) => report(Report::Outcome { id: *id, outcome: outcome(*how, &view, *id) }),
                    None => Input::Advance(now),
                }
            }
            What::Late { effect, how } => {
                let known = u64::try_from(reference.used().len()).unwrap_or(u64::MAX);
                let number = effect.checked_rem(known.saturating_add(1)).unwrap_or_default();
                let asked = usize::try_from(number).ok().and_then(|number| reference.used().get(number));
                // One that was never asked for is far from any that a system would count up to.
                let id = asked.copied().unwrap_or(EffectId(u64::MAX.saturating_sub(*effect)));
                report(Report::Outcome { id, outcome: outcome(*how, &view, id) })
            }
            What::PairInvalid(pair) => {
                let pair = made(pick(*pair, &view.pairs).map_or("pair-unknown", |pair| pair.id.as_str()));
                match StatusMessage::parse("DeviceSizeChanged") {
                    Ok(message) => observed(Observation::PairInvalid { pair, message }),
                    Err(_) => Input::Advance(now),
                }
            }
            What::Node { node, change } => {
                observed(Observation::Node { node: made(&some_node(&view, *node)), change: *change })
            }
            What::Busy { cluster, busy } => {
                let cluster = made(cluster_id(pick(*cluster, &view.clusters)));
                let status = busy.then(|| StatusMessage::parse("ClassChanging").ok()).flatten();
                observed(Observation::ClusterBusy { cluster, status })
            }
            What::Removed(cluster) => {
                let cluster = made(cluster_id(pick(*cluster, &view.clusters)));
                observed(Observation::ClusterRemoved { cluster })
            }
            // What does not depend on the state is made as for anybody; only the time is ours.
            What::CreatePair { .. }
            | What::CreateGroup { .. }
            | What::CreateCluster { .. }
            | What::Describe { .. }
            | What::DescribeGroups { .. }
            | What::Disk { .. }
            | What::Advance => {
                let input = self.resolve(&ControlPlane::new(Policy::default()));
                at(input, now)
            }
            _ => Input::Advance(now),
        }
    }
}

fn at(input: Input, now: Timestamp) -> Input {
    match input {
        Input::Call(call, request, fresh) => Input::Call(Call { now, ..call }, request, fresh),
        Input::Report(_, report) => Input::Report(now, report),
        Input::Advance(_) => Input::Advance(now),
    }
}

fn time(when: When, reference: &Reference) -> Timestamp {
    let clock = reference.clock();
    match when {
        When::Now => clock,
        When::Later(ms) => clock.after(Span::from_millis(ms)),
        When::Earlier(ms) => Timestamp::from_millis(clock.as_millis().saturating_sub(ms)),
        When::Deadline => reference.view().next_deadline.map_or(clock, |(due, _)| due),
    }
}

pub(super) fn call(caller: &Caller, region: &str, now: Timestamp) -> Call {
    let token = caller.token.and_then(|token| TOKENS.get(usize::from(token)));
    Call {
        now,
        account: made(ACCOUNTS.get(usize::from(caller.account)).copied().unwrap_or("3003")),
        region: made(region),
        token: token.and_then(|token| ClientToken::parse(token).ok().flatten()),
    }
}

pub(super) const fn region(place: Place) -> &'static str {
    match place {
        Place::Fitting | Place::Source => REGIONS[0],
        Place::Destination => REGIONS[1],
        Place::Third => REGIONS[2],
    }
}

pub(super) fn region_of(place: Place, pair: Option<&PairView>, ask: PairAsk) -> String {
    let Some(pair) = pair else { return String::from(region(place)) };
    let at_destination = matches!(ask, PairAsk::Failover | PairAsk::Reprotect { .. });
    match place {
        Place::Fitting if at_destination => pair.destination.region.clone(),
        Place::Fitting | Place::Source => pair.source.region.clone(),
        Place::Destination => pair.destination.region.clone(),
        Place::Third => String::from(region(place)),
    }
}

fn pair_call(
    reference: &Reference,
    caller: &Caller,
    pair: Option<&PairView>,
    ask: PairAsk,
    now: Timestamp,
) -> Input {
    let id = pair.map_or("pair-unknown", |pair| pair.id.as_str());
    let input = |ask: PairAsk| {
        let call = call(caller, &region_of(caller.place, pair, ask), now);
        Input::Call(call, pair_request(ask, id), Fresh::None)
    };
    let PairAsk::Allowed(index) = ask else { return input(ask) };
    // Something that the state allows, if there is such a thing.
    let allowed: Vec<Input> = [
        PairAsk::Start { one_shot: false },
        PairAsk::Start { one_shot: true },
        PairAsk::Stop,
        PairAsk::Failover,
        PairAsk::Reprotect { reverse: true },
        PairAsk::Reprotect { reverse: false },
        PairAsk::Delete,
    ]
    .into_iter()
    .map(input)
    .filter(|input| matches!(input, Input::Call(call, request, _) if reference.accepts(call, request)))
    .collect();
    pick(Some(index), &allowed).cloned().unwrap_or_else(|| input(PairAsk::Failover))
}

#[allow(unreachable_patterns, reason = "asks of what the reference leaves out")]
fn pair_request(ask: PairAsk, pair: &str) -> Request {
    let pair = made(pair);
    match ask {
        PairAsk::Start { one_shot } => StartDiskReplicaPair { pair, one_shot }.into(),
        PairAsk::Stop => StopDiskReplicaPair { pair }.into(),
        PairAsk::Reprotect { reverse } => {
            ReprotectDiskReplicaPair { pair, reverse_replicate: reverse }.into()
        }
        PairAsk::Delete => DeleteDiskReplicaPair { pair }.into(),
        _ => FailoverDiskReplicaPair { pair }.into(),
    }
}

#[allow(unreachable_patterns, reason = "asks of what the reference leaves out")]
fn cluster_request(ask: ClusterAsk, view: Option<&ClusterView>) -> Request {
    let cluster = made(cluster_id(view));
    let nodes = view.map(|cluster| cluster.nodes.as_slice()).unwrap_or_default();
    let named = |index| made(pick(Some(index), nodes).map_or("pi-unknown", |node| node.id.as_str()));
    match ask {
        ClusterAsk::Failover { target, standby, .. } => FailoverDbCluster {
            cluster,
            // Of the hot-standby storage cluster the reference knows only that it is not there.
            target: target.filter(|_| !standby).map(named),
            roll_back_for_disaster: false,
            target_zone_type: if standby { TargetZoneType::Standby } else { TargetZoneType::Primary },
        }
        .into(),
        ClusterAsk::Priority { node, priority } => {
            ModifyDbNodeConfig { cluster, node: named(node), priority }.into()
        }
        ClusterAsk::Delete => DeleteDbCluster { cluster }.into(),
        _ => DescribeDbClusterAttribute { cluster }.into(),
    }
}

fn outcome(how: How, view: &View, id: EffectId) -> Outcome {
    match how {
        How::Well(index) => match view.effects.iter().find(|asked| asked.id == id).map(|asked| &asked.task) {
            Some(Task::ChooseNode(tier)) => {
                pick(Some(index), tier).map_or(Outcome::Succeeded, |node| Outcome::Chosen(made(node)))
            }
            _ => Outcome::Succeeded,
        },
        How::Badly(failure) => {
            Outcome::Failed { failure, message: StatusMessage::parse("OperationDenied.QuotaExceed").ok() }
        }
        How::Chosen(node) => Outcome::Chosen(made(&some_node(view, node))),
        How::Done => Outcome::Succeeded,
    }
}

fn some_node(view: &View, which: Which) -> String {
    let nodes: Vec<String> =
        view.clusters.iter().flat_map(|cluster| &cluster.nodes).map(|node| node.id.clone()).collect();
    pick(which, &nodes).cloned().unwrap_or_else(|| String::from("pi-unknown"))
}

fn cluster_id(cluster: Option<&ClusterView>) -> &str {
    cluster.map_or("pc-unknown", |cluster| cluster.id.as_str())
}

pub(super) fn pick<T>(which: Which, items: &[T]) -> Option<&T> {
    items.get(usize::from(which?).checked_rem(items.len())?)
}

/// An id that was an id before, or is spelled in this file.
#[expect(clippy::expect_used, reason = "what the reference shows was parsed before")]
pub(super) fn made<T: core::str::FromStr<Err = BadId>>(text: &str) -> T {
    text.parse().expect("a well-formed id")
}
