//! The rules beside the pair table, each through the control plane: regions, disks, directions, the clock, supersession
//! and what describes show.

#![allow(unused_must_use, reason = "a fixture's steps are not carried out by anybody")]

mod access;
mod adopting;
mod breaking;
mod charging;
mod copying;
mod creating;
mod describing;
mod regions;
mod reversing;
mod starting;
mod supersession;
mod tombstones;

use failover_model::ebs::{
    Access, Bandwidth, Charge, CreateDiskReplicaPair, DescribeDiskReplicaPairs, DiskChange, EbsReason,
    EbsRefusal, FOUNDING_REGIONS, Page, PairCreated, PairPage, PairSeed, PairSettings, PairStatus as S,
    PeriodUnit, Site,
};
use failover_model::policy::{
    FailoverWithoutRecoverPoint, FirstCopy, FirstCopyAfterReverse, ProductionSite, ReverseNeeds,
    SameRegionPairs, SiteCodes, StartWhileReplicating,
};
use failover_model::text::{Name, Tag, TagKey, TagValue};
use failover_model::{DeadlineKind, Fact, NotAdopted, PairFact, ResourceId, StatusChange};
use failover_model::{Fresh, Misuse, Observation, Outcome, Policy, Refusal, Response, Span, Step};
use proptest::prelude::*;

use super::cursor;
use crate::kit::{
    self, DESTINATION, ELSEWHERE, OWNER, RPO_MS, SOURCE, World, at, at_status, create_request, effects, id,
    message, pair_id, pair_seed, rule, rules,
};

/// A pair whose direction was reversed once: stopped, source in [`DESTINATION`].
fn reversed() -> World {
    let mut world = at_status(S::Reprotecting);
    world.pair_succeeds(1);
    assert_eq!(world.status(1), S::Stopped);
    world
}

fn access(world: &World) -> (Access, Access) {
    let of = |disk: &str| {
        let disks = world.plane.disks(Some(&id(OWNER)));
        disks.into_iter().find(|view| view.id.as_str() == disk).expect("the disk is known").access
    };
    (of("s-1"), of("t-1"))
}

/// The access changes in a step: rule, disk, before, after.
fn access_events(step: &Step) -> Vec<(&'static str, String, Access, Access)> {
    let change = |event: &failover_model::Event| match &event.fact {
        Fact::Access { disk, from, to } => Some((event.rule.as_str(), disk.to_string(), *from, *to)),
        _ => None,
    };
    step.events.iter().filter_map(change).collect()
}
