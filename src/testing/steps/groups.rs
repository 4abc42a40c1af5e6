//! Calls on groups.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{CallRegion, Origin, REGIONS, Resolver, Selector, StepContext, drills, id, pairs, pick};
use crate::control_plane::{Fresh, Input, Request};
use crate::ebs::{
    AddDiskReplicaPair, CreateDiskReplicaGroup, DeleteDiskReplicaGroup, FailoverDiskReplicaGroup,
    GroupCreated, GroupSettings, ModifyDiskReplicaGroup, RemoveDiskReplicaPair, ReprotectDiskReplicaGroup,
    StartDiskReplicaGroup, StartReplicaGroupDrill, StopDiskReplicaGroup,
};
use crate::ids::GroupId;
use crate::testing::view::{GroupView, PairView};

/// A call on a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupCall {
    /// One of the calls from [`Self::Start`] to [`Self::Modify`] that the group permits, or a failover if it permits none.
    Permitted(u8),
    /// `StartDiskReplicaGroup`.
    Start {
        /// `OneShot`.
        one_shot: bool,
    },
    /// `StopDiskReplicaGroup`.
    Stop,
    /// `FailoverDiskReplicaGroup`.
    Failover,
    /// `ReprotectDiskReplicaGroup`.
    Reprotect {
        /// `ReverseReplicate`.
        reverse: bool,
    },
    /// `DeleteDiskReplicaGroup`.
    Delete,
    /// `ModifyDiskReplicaGroup`.
    Modify {
        /// `EnableRtc`.
        rtc: bool,
    },
    /// `AddDiskReplicaPair`, of a pair that is able to join if there is any.
    Add(Selector),
    /// `RemoveDiskReplicaPair`, of a member.
    Remove(Selector),
    /// `StartReplicaGroupDrill`, with ids from a small pool.
    StartDrill(u8),
}

impl GroupCall {
    /// The calls that concern a group alone.
    pub(in crate::testing) const PLAIN: [Self; 8] = [
        Self::Start { one_shot: false },
        Self::Start { one_shot: true },
        Self::Stop,
        Self::Failover,
        Self::Reprotect { reverse: true },
        Self::Reprotect { reverse: false },
        Self::Delete,
        Self::Modify { rtc: true },
    ];
}

impl<C: StepContext> Resolver<'_, C> {
    pub(super) fn group(&self, origin: &Origin, group: Selector, call: GroupCall) -> Input {
        let group = pick(group, &self.view.groups);
        let input = |call: GroupCall| {
            let fresh = match call {
                GroupCall::StartDrill(number) => {
                    drills::fresh(number, group.map_or(0, |group| group.members.len()))
                }
                _ => Fresh::None,
            };
            let region = self.region_of_group(origin.region, group, call);
            self.call(origin, &region, self.group_request(group, call), fresh)
        };
        let GroupCall::Permitted(index) = call else { return input(call) };
        let permitted = self.permitted(index, GroupCall::PLAIN.into_iter().map(input));
        permitted.unwrap_or_else(|| input(call))
    }

    fn region_of_group(&self, region: CallRegion, group: Option<&GroupView>, call: GroupCall) -> String {
        let Some(group) = group else { return region.of_none().into() };
        let (source, destination) = (group.source.region.as_str(), group.destination.region.as_str());
        let required = match call {
            GroupCall::Failover | GroupCall::Reprotect { .. } | GroupCall::StartDrill(_) => destination,
            _ => &self.context.production_region(group),
        };
        region.of(required, source, destination).into()
    }

    fn group_request(&self, group: Option<&GroupView>, call: GroupCall) -> Request {
        let group_id = id_of(group);
        match call {
            GroupCall::Start { one_shot } => StartDiskReplicaGroup { group: group_id, one_shot }.into(),
            GroupCall::Stop => StopDiskReplicaGroup { group: group_id }.into(),
            GroupCall::Permitted(_) | GroupCall::Failover => {
                FailoverDiskReplicaGroup { group: group_id }.into()
            }
            GroupCall::Reprotect { reverse } => {
                ReprotectDiskReplicaGroup { group: group_id, reverse_replicate: reverse }.into()
            }
            GroupCall::Delete => DeleteDiskReplicaGroup { group: group_id }.into(),
            GroupCall::Modify { rtc } => {
                let enable_rtc = Some(rtc);
                ModifyDiskReplicaGroup { group: group_id, name: None, description: None, enable_rtc }.into()
            }
            GroupCall::Add(pair) => {
                let able = |pair: &&PairView| {
                    pair.group.is_none() && ["created", "stopped"].contains(&pair.status.as_str())
                };
                let mut pairs: Vec<&PairView> = self.view.pairs.iter().filter(able).collect();
                if pairs.is_empty() {
                    pairs = self.view.pairs.iter().collect();
                }
                let pair = pairs::id_of(pick(pair, &pairs).copied());
                AddDiskReplicaPair { group: group_id, pair }.into()
            }
            GroupCall::Remove(pair) => {
                let members = group.map(|group| group.members.as_slice()).unwrap_or_default();
                let pair = id(pick(pair, members).map_or("pair-unknown", |pair| pair.as_str()));
                RemoveDiskReplicaPair { group: group_id, pair }.into()
            }
            GroupCall::StartDrill(_) => StartReplicaGroupDrill { group: group_id }.into(),
        }
    }
}

pub(super) fn id_of(group: Option<&GroupView>) -> GroupId {
    id(group.map_or("pg-unknown", |group| group.id.as_str()))
}

pub(super) fn fresh(number: u8) -> Fresh {
    Fresh::Group(GroupCreated { group: id(&format!("pg-{number}")) })
}

pub(in crate::testing) fn create_group() -> CreateDiskReplicaGroup {
    CreateDiskReplicaGroup {
        source_zone: id("zone-a"),
        destination_region: id(REGIONS[1]),
        destination_zone: id("zone-b"),
        settings: GroupSettings::default(),
    }
}
