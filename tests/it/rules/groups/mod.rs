//! Consistent groups: membership, rounds, the common recover point, partial failure, what members show. One test for each
//! rule that the table does not hold, named as the sentence it is.

#![allow(unused_must_use, reason = "what a call did is asserted where it matters")]

mod adopting;
mod breaking;
mod creating;
mod describing;
mod failing_partly;
mod joining;
mod leaving;
mod members;
mod reversing;
mod rounds;
mod sites;
mod starting;

use failover_model::NotAdopted;
use failover_model::ebs::{
    AddDiskReplicaPair, DescribeDiskReplicaGroups, DescribeDiskReplicaPairs, DiskChange,
    FailoverDiskReplicaGroup, FailoverDiskReplicaPair, GroupCreated, GroupPage, GroupSeed, GroupSettings,
    GroupStatus, ModifyDiskReplicaGroup, PairStatus, RemoveDiskReplicaPair, Site, StartDiskReplicaGroup,
};
use failover_model::policy::{JoinStatuses, ProductionSite, ReprotectFailedGroup, SiteCodes};
use failover_model::text::{Description, GroupName, Tag, TagKey, TagValue};
use failover_model::{
    EffectKind, Fact, Fresh, GroupFact, Misuse, Observation, Outcome, PairFact, Response, Step,
};

use crate::kit::{
    self, DESTINATION, ELSEWHERE, OWNER, RPO_MS, SOURCE, START, World, answer, at, create_group_request,
    create_request, group_id, group_seed, id, message, pair_id, rule, rules,
};

fn statuses(world: &World, members: u32) -> Vec<&'static str> {
    (1..=members).map(|number| world.status(number).as_str()).collect()
}

fn invalidate(world: &mut World, pair: u32) -> Step {
    world.observe(Observation::PairInvalid { pair: pair_id(pair), message: message("DeviceRemoved") })
}

fn asked(step: &Step) -> Vec<(&'static str, Vec<String>)> {
    let members = |kind: &EffectKind| match kind {
        EffectKind::Group { members, .. } => members.iter().map(ToString::to_string).collect(),
        other => vec![other.resource().to_owned()],
    };
    step.effects.iter().map(|effect| (effect.kind.name(), members(&effect.kind))).collect()
}

/// How many groups and pairs a region sees.
fn listed(world: &mut World, region: &str, site: Site) -> (usize, usize) {
    let groups = DescribeDiskReplicaGroups::default().site(site);
    let pairs = DescribeDiskReplicaPairs::default().site(site);
    let groups = world.apply(OWNER, region, None, groups.into(), Fresh::None).unwrap().result;
    let pairs = world.apply(OWNER, region, None, pairs.into(), Fresh::None).unwrap().result;
    match (groups, pairs) {
        (Some(Ok(Response::GroupPage(groups))), Some(Ok(Response::PairPage(pairs)))) => {
            (groups.groups.len(), pairs.pairs.len())
        }
        other => panic!("{other:?}"),
    }
}
