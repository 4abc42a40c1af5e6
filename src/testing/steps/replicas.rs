//! Calls on pairs and groups.

use alloc::format;
use alloc::vec::Vec;

use super::{CallRegion, Origin, REGIONS, Resolver, Selector, StepContext, drills, id, pick};
use crate::control_plane::{Fresh, Input, Request};
use crate::ebs::{
    AddDiskReplicaPair, Bandwidth, Charge, CreateDiskReplicaGroup, CreateDiskReplicaPair,
    DeleteDiskReplicaGroup, DeleteDiskReplicaPair, FailoverDiskReplicaGroup, FailoverDiskReplicaPair,
    GroupCreated, GroupSettings, ModifyDiskReplicaGroup, ModifyDiskReplicaPair, PairCreated, PairSettings,
    PeriodUnit, RemoveDiskReplicaPair, ReprotectDiskReplicaGroup, ReprotectDiskReplicaPair,
    StartDiskReplicaGroup, StartDiskReplicaPair, StartPairDrill, StartReplicaGroupDrill,
    StopDiskReplicaGroup, StopDiskReplicaPair,
};
use crate::ids::{GroupId, PairId};
use crate::testing::view::{GroupView, PairView};

/// A call on a pair or group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplicaCall {
    /// One of the calls up to [`Self::Delete`], for a group up to [`Self::Modify`], that the pair or group permits; a
    /// failover if it permits none.
    Permitted(u8),
    /// `StartDiskReplicaPair` or `StartDiskReplicaGroup`.
    Start {
        /// `OneShot`.
        one_shot: bool,
    },
    /// `StopDiskReplicaPair` or `StopDiskReplicaGroup`.
    Stop,
    /// `FailoverDiskReplicaPair` or `FailoverDiskReplicaGroup`.
    Failover,
    /// `ReprotectDiskReplicaPair` or `ReprotectDiskReplicaGroup`.
    Reprotect {
        /// `ReverseReplicate`.
        reverse: bool,
    },
    /// `DeleteDiskReplicaPair` or `DeleteDiskReplicaGroup`.
    Delete,
    /// `ModifyDiskReplicaPair` or `ModifyDiskReplicaGroup`.
    Modify {
        /// `EnableRtc`.
        rtc: bool,
    },
    /// `AddDiskReplicaPair`: to a group, a pair that is able to join if there is any; of a pair, to a group.
    Add(Selector),
    /// `RemoveDiskReplicaPair`: from a group, a member; of a pair, from a group.
    Remove(Selector),
    /// `StartPairDrill` or `StartReplicaGroupDrill`, as `drill-N` with the disks `x-N-M`.
    StartDrill(u8),
}

use ReplicaCall::{Add, Delete, Failover, Modify, Permitted, Remove, Reprotect, Start, StartDrill, Stop};

impl ReplicaCall {
    /// What [`Self::Permitted`] chooses from for a pair.
    pub(in crate::testing) const OF_PAIRS: [Self; 7] = [
        Start { one_shot: false },
        Start { one_shot: true },
        Stop,
        Failover,
        Reprotect { reverse: true },
        Reprotect { reverse: false },
        Delete,
    ];

    /// What it chooses from for a group.
    pub(in crate::testing) const OF_GROUPS: [Self; 8] = {
        let [first, second, third, fourth, fifth, sixth, seventh] = Self::OF_PAIRS;
        [first, second, third, fourth, fifth, sixth, seventh, Modify { rtc: true }]
    };

    const fn region<'a>(self, production: &'a str, destination: &'a str) -> &'a str {
        if matches!(self, Failover | Reprotect { .. } | StartDrill(_)) { destination } else { production }
    }

    fn fresh(self, members: usize) -> Fresh {
        if let StartDrill(number) = self { drills::fresh(number, members) } else { Fresh::None }
    }
}

impl CallRegion {
    pub(super) fn of_pair(self, pair: Option<&PairView>, call: ReplicaCall) -> &str {
        let Some(pair) = pair else { return self.of_none() };
        let (source, destination) = (pair.source.region.as_str(), pair.destination.region.as_str());
        self.of(call.region(source, destination), source, destination)
    }
}

impl<C: StepContext> Resolver<'_, C> {
    pub(super) fn pair(&self, origin: &Origin, pair: Selector, call: ReplicaCall) -> Input {
        // A member permits nothing, so only the other calls select among members too.
        let selectable = |pair: &&PairView| pair.group.is_none() || !matches!(call, Permitted(_));
        let pairs: Vec<&PairView> = self.view.pairs.iter().filter(selectable).collect();
        let pair = pick(pair, &pairs).copied();
        self.permitted(call, &ReplicaCall::OF_PAIRS, |call| {
            let region = origin.region.of_pair(pair, call);
            self.call(origin, region, self.pair_request(pair_id(pair), call), call.fresh(1))
        })
    }

    pub(super) fn group(&self, origin: &Origin, group: Selector, call: ReplicaCall) -> Input {
        let group = pick(group, &self.view.groups);
        let production = group.map(|group| self.context.production_region(group)).unwrap_or_default();
        self.permitted(call, &ReplicaCall::OF_GROUPS, |call| {
            let region = group.map_or(origin.region.of_none(), |group| {
                let (source, destination) = (&group.source.region, &group.destination.region);
                origin.region.of(call.region(&production, destination), source, destination)
            });
            let members = group.map_or(0, |group| group.members.len());
            self.call(origin, region, self.group_request(group, call), call.fresh(members))
        })
    }

    /// The input for a call; for [`Permitted`], one of those that the present state permits, if there is any.
    fn permitted(
        &self,
        call: ReplicaCall,
        calls: &[ReplicaCall],
        input: impl Fn(ReplicaCall) -> Input,
    ) -> Input {
        let Permitted(index) = call else { return input(call) };
        let permits = |input: &Input| matches!(input, Input::Call(call, request, _) if self.context.permits(call, request));
        let permitted: Vec<Input> = calls.iter().copied().map(&input).filter(permits).collect();
        pick(Some(index), &permitted).cloned().unwrap_or_else(|| input(call))
    }

    fn pair_request(&self, pair: PairId, call: ReplicaCall) -> Request {
        let group = |group| group_id(pick(group, &self.view.groups));
        match call {
            Start { one_shot } => StartDiskReplicaPair { pair, one_shot }.into(),
            Stop => StopDiskReplicaPair { pair }.into(),
            Permitted(_) | Failover => FailoverDiskReplicaPair { pair }.into(),
            Reprotect { reverse } => ReprotectDiskReplicaPair { pair, reverse_replicate: reverse }.into(),
            Delete => DeleteDiskReplicaPair { pair }.into(),
            Modify { rtc } => {
                let enable_rtc = Some(rtc);
                ModifyDiskReplicaPair { pair, name: None, description: None, enable_rtc, bandwidth: None }
                    .into()
            }
            Add(to) => AddDiskReplicaPair { group: group(to), pair }.into(),
            Remove(from) => RemoveDiskReplicaPair { group: group(from), pair }.into(),
            StartDrill(_) => StartPairDrill { pair }.into(),
        }
    }

    fn group_request(&self, view: Option<&GroupView>, call: ReplicaCall) -> Request {
        let group = group_id(view);
        match call {
            Start { one_shot } => StartDiskReplicaGroup { group, one_shot }.into(),
            Stop => StopDiskReplicaGroup { group }.into(),
            Permitted(_) | Failover => FailoverDiskReplicaGroup { group }.into(),
            Reprotect { reverse } => ReprotectDiskReplicaGroup { group, reverse_replicate: reverse }.into(),
            Delete => DeleteDiskReplicaGroup { group }.into(),
            Modify { rtc } => {
                let enable_rtc = Some(rtc);
                ModifyDiskReplicaGroup { group, name: None, description: None, enable_rtc }.into()
            }
            Add(pair) => {
                let able = |pair: &&PairView| {
                    pair.group.is_none() && ["created", "stopped"].contains(&pair.status.as_str())
                };
                let mut pairs: Vec<&PairView> = self.view.pairs.iter().filter(able).collect();
                if pairs.is_empty() {
                    pairs = self.view.pairs.iter().collect();
                }
                AddDiskReplicaPair { group, pair: pair_id(pick(pair, &pairs).copied()) }.into()
            }
            Remove(pair) => {
                let members = view.map(|view| view.members.as_slice()).unwrap_or_default();
                let pair = id(pick(pair, members).map_or("pair-unknown", |pair| pair.as_str()));
                RemoveDiskReplicaPair { group, pair }.into()
            }
            StartDrill(_) => StartReplicaGroupDrill { group }.into(),
        }
    }
}

pub(super) fn pair_id(pair: Option<&PairView>) -> PairId {
    id(pair.map_or("pair-unknown", |pair| pair.id.as_str()))
}

pub(super) fn group_id(group: Option<&GroupView>) -> GroupId {
    id(group.map_or("pg-unknown", |group| group.id.as_str()))
}

pub(super) fn fresh_pair(number: u8) -> Fresh {
    Fresh::Pair(PairCreated { pair: id(&format!("pair-{number}")), order: id("order-1") })
}

pub(super) fn fresh_group(number: u8) -> Fresh {
    Fresh::Group(GroupCreated { group: id(&format!("pg-{number}")) })
}

pub(in crate::testing) fn create_pair(
    (source, destination): (u8, u8),
    region: CallRegion,
    months: Option<u8>,
) -> CreateDiskReplicaPair {
    let bandwidth = Bandwidth::Kbps10240;
    let charge = months.map(|months| match months {
        0 => Charge::PostPayWith { bandwidth: u64::from(bandwidth.as_kbps()) },
        period => Charge::PrePay { bandwidth, period, unit: PeriodUnit::Month },
    });
    CreateDiskReplicaPair {
        source_zone: id("zone-a"),
        source_disk: id(&format!("d-{source}")),
        destination_region: id(region.of_none()),
        destination_zone: id("zone-b"),
        destination_disk: id(&format!("d-{destination}")),
        settings: PairSettings { charge: charge.unwrap_or_default(), ..PairSettings::default() },
    }
}

pub(in crate::testing) fn create_group() -> CreateDiskReplicaGroup {
    CreateDiskReplicaGroup {
        source_zone: id("zone-a"),
        destination_region: id(REGIONS[1]),
        destination_zone: id("zone-b"),
        settings: GroupSettings::default(),
    }
}
