//! The steps about groups, for the state as the reference has it.

use alloc::vec::Vec;

use super::super::reference::Reference;
use super::super::strategies::{Caller, GroupAsk, Place, REGIONS, Which};
use super::script::{call, made, pick};
use super::view::{GroupView, PairView, SiteView, Task, View};
use crate::control_plane::{Fresh, Input, Observation, Outcome, Report, Request};
use crate::ebs::{
    AddDiskReplicaPair, DeleteDiskReplicaGroup, FailoverDiskReplicaGroup, ModifyDiskReplicaGroup,
    RemoveDiskReplicaPair, ReprotectDiskReplicaGroup, StartDiskReplicaGroup, StartReplicaGroupDrill,
    StopDiskReplicaGroup,
};
use crate::ids::EffectId;
use crate::polardb::Failure;
use crate::policy::ProductionSite;
use crate::text::StatusMessage;
use crate::time::Timestamp;

/// What a call on a group may ask that concerns the group alone.
const PLAIN: [GroupAsk; 8] = [
    GroupAsk::Start { one_shot: false },
    GroupAsk::Start { one_shot: true },
    GroupAsk::Stop,
    GroupAsk::Failover,
    GroupAsk::Reprotect { reverse: true },
    GroupAsk::Reprotect { reverse: false },
    GroupAsk::Delete,
    GroupAsk::Modify { rtc: true },
];

/// A call on a group.
pub(super) fn group_call(
    reference: &Reference,
    view: &View,
    caller: &Caller,
    (group, ask): (Which, GroupAsk),
    now: Timestamp,
) -> Input {
    let group = pick(group, &view.groups);
    let input = |ask: GroupAsk| {
        let call = call(caller, region_of(caller.place, group, ask, reference), now);
        let members = group.map_or(0, |group| group.members.len());
        let fresh = match ask {
            GroupAsk::StartDrill(number) => super::drill_script::fresh(number, members),
            _ => Fresh::None,
        };
        Input::Call(call, request(ask, group, view), fresh)
    };
    let GroupAsk::Allowed(index) = ask else { return input(ask) };
    // Something that the state allows, if there is such a thing.
    let allowed: Vec<Input> = (PLAIN.into_iter().map(input))
        .filter(|input| matches!(input, Input::Call(call, request, _) if reference.accepts(call, request)))
        .collect();
    pick(Some(index), &allowed).cloned().unwrap_or_else(|| input(GroupAsk::Failover))
}

fn region_of<'a>(
    place: Place,
    group: Option<&'a GroupView>,
    ask: GroupAsk,
    reference: &Reference,
) -> &'a str {
    let Some(group) = group else { return super::script::region(place) };
    let at_destination =
        matches!(ask, GroupAsk::Failover | GroupAsk::Reprotect { .. } | GroupAsk::StartDrill(_));
    let (source, destination) = (group.source.region.as_str(), group.destination.region.as_str());
    match place {
        Place::Fitting if at_destination => destination,
        // Groups of the strategies are made in the first region.
        Place::Fitting if reference.policy().ebs.production_site == ProductionSite::Initial => {
            let initial = |site: &&SiteView| site.region == REGIONS[0];
            [&group.source, &group.destination].into_iter().find(initial).map_or(source, |site| &site.region)
        }
        Place::Fitting | Place::Source => source,
        Place::Destination => destination,
        Place::Third => REGIONS[2],
    }
}

fn request(ask: GroupAsk, group: Option<&GroupView>, view: &View) -> Request {
    let id = made(group.map_or("pg-unknown", |group| group.id.as_str()));
    match ask {
        GroupAsk::Start { one_shot } => StartDiskReplicaGroup { group: id, one_shot }.into(),
        GroupAsk::Stop => StopDiskReplicaGroup { group: id }.into(),
        GroupAsk::Reprotect { reverse } => {
            ReprotectDiskReplicaGroup { group: id, reverse_replicate: reverse }.into()
        }
        GroupAsk::Delete => DeleteDiskReplicaGroup { group: id }.into(),
        GroupAsk::Modify { rtc } => {
            let enable_rtc = Some(rtc);
            ModifyDiskReplicaGroup { group: id, name: None, description: None, enable_rtc }.into()
        }
        GroupAsk::Add(pair) => {
            // Of the pairs that could join if there are any, so that most calls are no refusals.
            let able = |pair: &&PairView| {
                pair.group.is_none() && ["created", "stopped"].contains(&pair.status.as_str())
            };
            let mut pairs: Vec<&PairView> = view.pairs.iter().filter(able).collect();
            if pairs.is_empty() {
                pairs = view.pairs.iter().collect();
            }
            let pair = made(pick(pair, &pairs).map_or("pair-unknown", |pair| pair.id.as_str()));
            AddDiskReplicaPair { group: id, pair }.into()
        }
        GroupAsk::Remove(pair) => {
            let members = group.map(|group| group.members.as_slice()).unwrap_or_default();
            let pair = made(pick(pair, members).map_or("pair-unknown", |pair| pair.as_str()));
            RemoveDiskReplicaPair { group: id, pair }.into()
        }
        GroupAsk::StartDrill(_) => StartReplicaGroupDrill { group: id }.into(),
        _ => FailoverDiskReplicaGroup { group: id }.into(),
    }
}

/// A group broke as a whole.
pub(super) fn group_invalid(view: &View, group: Which, now: Timestamp) -> Input {
    let group = made(pick(group, &view.groups).map_or("pg-unknown", |group| group.id.as_str()));
    match StatusMessage::parse("PrePayOrderExpired") {
        Ok(message) => Input::Report(now, Report::Observed(Observation::GroupInvalid { group, message })),
        Err(_) => Input::Advance(now),
    }
}

/// An effect of a group failed for one of the members that it is about.
pub(super) fn ended_partly(view: &View, effect: u8, member: u8, now: Timestamp) -> Input {
    let mut pending: Vec<(EffectId, &Vec<alloc::string::String>)> = Vec::new();
    for asked in &view.effects {
        if let Task::StopGroup(members) | Task::FailoverGroup(members) | Task::ReprotectGroup(_, members) =
            &asked.task
        {
            pending.push((asked.id, members));
        }
    }
    match pick(Some(effect), &pending) {
        Some((id, members)) => {
            let failed = pick(Some(member), members).map(|pair| made(pair)).into_iter().collect();
            let outcome = Outcome::PartlyFailed { failure: Failure::Other, failed };
            Input::Report(now, Report::Outcome { id: *id, outcome })
        }
        None => Input::Advance(now),
    }
}
