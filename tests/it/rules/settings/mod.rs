//! What no lifecycle depends on: names and descriptions, progress, tags and resource groups.

#![allow(unused_must_use, reason = "a fixture's steps are not carried out by anybody")]

mod modifying;
mod progressing;
mod tagging;

use failover_model::ebs::{
    Bandwidth, ChangeResourceGroup, Charge, DescribeDiskReplicaPairProgress, DescribeDiskReplicaPairs,
    ListTagResources, MAX_RESOURCES, MAX_TAGS, ModifyDiskReplicaPair, Page, PairCreated, PairProgress,
    PairSettings, PairStatus as S, PeriodUnit, ReplicaId, ResourceType, Resources, TagFilter, TagPage,
    TagResources, UntagResources,
};
use failover_model::policy::{BandwidthInPlace, PostpaidBandwidth};
use failover_model::simulation::{Fault, LatencyProfile, Selector, Simulation, Transitions};
use failover_model::text::{Description, Name, Tag, TagKey, TagValue};
use failover_model::{Call, Cursor, Fact, Fresh, Refusal, Request, Step};
use failover_model::{GroupFact, PairFact, Response};

use super::cursor;
use crate::kit::{
    self, DESTINATION, ELSEWHERE, OWNER, RPO_MS, SOURCE, World, at, at_status, id, pair_id, rule, rules, tag,
};

fn modify(name: Option<&str>, description: Option<&str>, enable_rtc: Option<bool>) -> ModifyDiskReplicaPair {
    with!(
        ModifyDiskReplicaPair::new(pair_id(1)),
        name = name.map(|name| Name::parse(name).unwrap()),
        description = description.map(|text| Description::parse(text).unwrap()),
        enable_rtc = enable_rtc
    )
}

fn pairs(numbers: &[u32]) -> Resources {
    Resources::Pairs(numbers.iter().copied().map(pair_id).collect())
}

fn put(world: &mut World, numbers: &[u32], tags: &[Tag]) -> Result<Step, Refusal> {
    world.call(SOURCE, TagResources::new(pairs(numbers), tags.to_vec()))
}

fn take(world: &mut World, numbers: &[u32], keys: Option<&[&str]>) -> Result<Step, Refusal> {
    let keys = keys.map(|keys| keys.iter().map(|key| TagKey::parse(key).unwrap()).collect());
    world.call(SOURCE, with!(UntagResources::new(pairs(numbers)), keys = keys))
}

fn ask(world: &mut World, region: &str, request: impl Into<Request>) -> Result<Response, Refusal> {
    let output = world.apply(OWNER, region, None, request.into(), Fresh::None).unwrap();
    assert!(output.step.is_empty() && output.rule.is_none_or(|_| matches!(output.result, Some(Err(_)))));
    output.result.unwrap()
}

fn list(world: &mut World, numbers: &[u32], tags: Vec<TagFilter>, after: Option<Cursor>) -> TagPage {
    match ask(world, SOURCE, with!(ListTagResources::new(pairs(numbers)).tags(tags), after = after)) {
        Ok(Response::TagPage(page)) => page,
        other => panic!("{other:?}"),
    }
}

fn found(page: &TagPage) -> Vec<&str> {
    page.resources.iter().map(|resource| resource.id.as_str()).collect()
}

fn progress(world: &mut World, region: &str) -> Result<PairProgress, Refusal> {
    match ask(world, region, DescribeDiskReplicaPairProgress::new(pair_id(1)))? {
        Response::PairProgress(progress) => Ok(progress),
        other => panic!("{other:?}"),
    }
}
