//! Stories about consistent groups of pairs.

use failover_model::ebs::{
    AddDiskReplicaPair, DescribeDiskReplicaGroups, DiskChange, RemoveDiskReplicaPair, Site,
};
use failover_model::policy::{EbsPolicy, JoinStatuses, ProductionSite, ReprotectFailedGroup, SiteCodes};
use failover_model::testing::steps::{CallRegion, Completion, ReplicaCall, StepKind};
use failover_model::{Call, Fresh, Input, Request};

use super::{
    Act, OWNER, Origin, Story, badly, bare, create, disk, due, from, later, now, pair, story, told, well,
};
use crate::kit::{at, id};

pub(super) const RUN: ReplicaCall = ReplicaCall::Start { one_shot: false };
const ONCE: ReplicaCall = ReplicaCall::Start { one_shot: true };
const TURN: ReplicaCall = ReplicaCall::Reprotect { reverse: true };
const BACK: ReplicaCall = ReplicaCall::Reprotect { reverse: false };
const ADD: ReplicaCall = ReplicaCall::Add(Some(0));
const REMOVE: ReplicaCall = ReplicaCall::Remove(Some(0));

pub(super) fn on(caller: Origin, group: u8, ask: ReplicaCall) -> Act {
    later(1_000, StepKind::Group(caller, Some(group), ask))
}

pub(super) fn group(ask: ReplicaCall) -> Act {
    on(OWNER, 0, ask)
}

fn partly(member: u8) -> Act {
    now(StepKind::EndedPartly { effect: 0, member })
}

/// A call as the owner makes it in Shanghai, that no step is.
pub(super) fn raw(request: impl Into<Request>) -> Act {
    let call = Call { now: at(0), account: id("1001"), region: id("cn-shanghai"), token: None };
    Act::Raw(Box::new(Input::Call(call, request.into(), Fresh::None)))
}

fn create_group(number: u8) -> Act {
    now(StepKind::CreateGroup(OWNER, number))
}

/// `pg-1` of `pair-1` up to this number of pairs.
pub(super) fn group_of(pairs: u8) -> Vec<Act> {
    let mut acts = vec![create_group(1), well()];
    for number in 1..=pairs {
        acts.extend([create(OWNER, number, (2 * number, 2 * number + 1)), well(), group(ADD)]);
    }
    acts
}

/// Each under one reading that is not the default and that decides how it goes.
pub fn readings() -> Vec<Story> {
    let under = |change: fn(&mut EbsPolicy)| bare(|policy| change(&mut policy.ebs));
    let copied: &[Act] = &[group(RUN), well(), group(ReplicaCall::Failover), well(), group(TURN)];
    let stopped: &[Act] = &[group(RUN), well(), group(ReplicaCall::Stop), well()];
    let again: &[Act] = &[badly(), group(TURN), badly(), group(ReplicaCall::Failover), well()];
    vec![
        told(
            "a pair that joins in another status than its group's",
            under(|read| read.join_statuses = JoinStatuses::Same),
            &[&group_of(1)[..], stopped, &[create(OWNER, 2, (4, 5)), well(), group(ADD)]].concat(),
        ),
        told(
            "a production site that moves",
            under(|read| read.production_site = ProductionSite::Current),
            &[&group_of(1)[..], copied, &[well(), group(RUN), now(StepKind::DescribeGroups(OWNER))]].concat(),
        ),
        told(
            "a refusal of a group that is named after the place",
            under(|read| {
                read.site_codes = SiteCodes::Place;
                read.production_site = ProductionSite::Current;
            }),
            &[
                &group_of(1)[..],
                copied,
                &[well(), on(from(CallRegion::Source), 0, ReplicaCall::Failover)],
                &[on(from(CallRegion::Destination), 0, ReplicaCall::Modify { rtc: true })],
            ]
            .concat(),
        ),
        told(
            "a way out of a failed reverse",
            under(|read| read.reprotect_failed_group = ReprotectFailedGroup::Repeat),
            &[&group_of(2)[..], &[group(RUN), well()], &copied[1..], again].concat(),
        ),
    ]
}

pub fn all() -> Vec<Story> {
    let mut all = calls();
    all.extend(members());
    all
}

fn calls() -> Vec<Story> {
    let two = &group_of(2)[..];
    let copied: &[Act] = &[group(RUN), well(), well()];
    let fails_over = group(ReplicaCall::Failover);
    let stops = group(ReplicaCall::Stop);
    vec![
        story(
            "a group fails over by the list",
            &[
                two,
                &[fails_over.clone(), group(TURN), group(ReplicaCall::Modify { rtc: true }), group(RUN)],
                &[fails_over.clone(), well(), well(), group(RUN)],
                &[
                    on(from(CallRegion::Source), 0, ReplicaCall::Failover),
                    on(from(CallRegion::Other), 0, ReplicaCall::Failover),
                ],
                &[
                    on(from(CallRegion::Destination), 0, ReplicaCall::Stop),
                    group(ReplicaCall::Modify { rtc: true }),
                ],
                &[on(from(CallRegion::Destination), 0, ReplicaCall::Modify { rtc: true })],
                &[fails_over.clone(), fails_over.clone(), badly(), fails_over.clone(), well()],
                &[fails_over.clone(), group(ReplicaCall::Stop), group(BACK), well()],
            ],
        ),
        story(
            "copies that commit together",
            &[
                two,
                copied,
                &[due(), group(RUN), well(), badly(), due(), due(), badly(), well(), due(), well(), well()],
                &[due(), later(500, StepKind::Ended(1, Completion::Success(0))), stops.clone(), well()],
            ],
        ),
        story(
            "a stop and a failover that fail for some",
            &[
                two,
                copied,
                &[stops.clone(), partly(0), stops.clone(), stops.clone(), well(), stops.clone()],
                &[fails_over.clone(), partly(1), fails_over.clone(), badly(), fails_over.clone(), well()],
            ],
        ),
        story(
            "a group is reversed, or not at all",
            &[
                two,
                copied,
                &[fails_over.clone(), well(), disk(2, DiskChange::Attached(true)), group(TURN)],
                &[disk(2, DiskChange::Up(false)), group(TURN), partly(0), well(), group(RUN)],
                &[disk(2, DiskChange::Attached(false)), group(RUN), badly(), well(), due(), well(), well()],
                &[fails_over.clone(), well(), group(TURN), badly(), group(TURN), fails_over.clone()],
            ],
        ),
        story(
            "one-shot rounds",
            &[
                two,
                &[disk(3, DiskChange::Attached(true)), group(ONCE), disk(3, DiskChange::Attached(false))],
                &[group(ONCE), group(ONCE), group(RUN), well(), well(), group(ONCE)],
                &[later(600_000, StepKind::Advance), group(ONCE), badly(), well(), group(RUN), group(ONCE)],
            ],
        ),
        story(
            "a deleted group",
            &[
                &group_of(1),
                &[
                    group(ReplicaCall::Delete),
                    group(RUN),
                    badly(),
                    group(REMOVE),
                    stops,
                    well(),
                    group(REMOVE),
                ],
                &[
                    group(RUN),
                    on(from(CallRegion::Destination), 0, ReplicaCall::Delete),
                    group(ReplicaCall::Delete),
                ],
                &[group(ReplicaCall::Delete), badly(), group(ADD), group(ReplicaCall::Delete), well()],
                &[fails_over, raw(DescribeDiskReplicaGroups::default()), due(), group(RUN)],
            ],
        ),
        story(
            "a group that is not made",
            &[&[
                create_group(1),
                group(ReplicaCall::Delete),
                badly(),
                group(RUN),
                group(ReplicaCall::Delete),
            ]],
        ),
    ]
}

fn members() -> Vec<Story> {
    let two = &group_of(2)[..];
    let alone = |ask| now(pair(OWNER, ask));
    let breaks = now(StepKind::PairInvalid(Some(0)));
    let seen_from = |site| raw(DescribeDiskReplicaGroups::default().site(site));
    let elsewhere = StepKind::CreatePair {
        origin: OWNER,
        id: 3,
        disks: (8, 9),
        destination: CallRegion::Other,
        months: None,
    };
    let leave = |pair| raw(RemoveDiskReplicaPair::new(id("pg-1"), id(pair)));
    let join = |group, pair| raw(AddDiskReplicaPair::new(id(group), id(pair)));
    vec![
        story(
            "a member that is called alone",
            &[&group_of(1), &[alone(ReplicaCall::Start { one_shot: false }), alone(ReplicaCall::Failover)]],
        ),
        story(
            "a member that breaks",
            &[
                two,
                &[group(RUN), breaks.clone(), group(ReplicaCall::Stop), group(ReplicaCall::Failover), well()],
                &[
                    group(ReplicaCall::Delete),
                    group(ReplicaCall::Remove(Some(1))),
                    group(REMOVE),
                    due(),
                    well(),
                ],
            ],
        ),
        story(
            "a member that breaks last",
            &[two, &[group(RUN), later(9, StepKind::Ended(1, Completion::Success(0))), breaks.clone()]],
        ),
        story(
            "the last member leaves",
            &[&group_of(1), &[group(RUN), breaks.clone(), due(), group(REMOVE), group(RUN)]],
        ),
        story(
            "a group that breaks as a whole",
            &[
                two,
                &[
                    group(RUN),
                    well(),
                    now(StepKind::GroupInvalid(Some(0))),
                    now(StepKind::GroupInvalid(Some(0))),
                ],
                &[
                    now(StepKind::GroupInvalid(None)),
                    group(REMOVE),
                    group(REMOVE),
                    group(ReplicaCall::Delete),
                    well(),
                ],
            ],
        ),
        story(
            "who joins and who leaves",
            &[
                &group_of(1),
                &[create_group(2), well(), join("pg-1", "pair-1"), join("pg-2", "pair-1")],
                &[create(OWNER, 2, (4, 5)), leave("pair-2"), join("pg-2", "pair-2"), well()],
                &[join("pg-2", "pair-2"), leave("pair-2"), leave("pair-1"), leave("pair-1")],
                &[seen_from(Site::Production), seen_from(Site::Backup), join("pg-2", "pair-1")],
                &[now(elsewhere), well(), join("pg-2", "pair-3")],
                &[on(OWNER, 1, RUN), on(OWNER, 1, REMOVE), on(OWNER, 1, ADD)],
                &[now(StepKind::PairInvalid(Some(0))), on(OWNER, 1, ReplicaCall::Remove(Some(1)))],
            ],
        ),
        told("as many pairs as a group may have", bare(|_| {}), &group_of(18)),
    ]
}
