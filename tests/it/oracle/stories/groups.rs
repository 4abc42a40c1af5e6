//! Stories about consistent groups of pairs.

use failover_model::ebs::{
    AddDiskReplicaPair, DescribeDiskReplicaGroups, DiskChange, RemoveDiskReplicaPair, Site,
};
use failover_model::policy::{EbsPolicy, JoinStatuses, ProductionSite, ReprotectFailedGroup};
use failover_model::testing::strategies::{GroupAsk, How, PairAsk, Place, What};
use failover_model::{Call, Fresh, Input, Request};

use super::{
    Act, Caller, OWNER, Story, badly, bare, create, disk, due, from, later, now, pair, story, told, well,
};
use crate::kit::{at, id};

pub(super) const RUN: GroupAsk = GroupAsk::Start { one_shot: false };
const ONCE: GroupAsk = GroupAsk::Start { one_shot: true };
const TURN: GroupAsk = GroupAsk::Reprotect { reverse: true };
const BACK: GroupAsk = GroupAsk::Reprotect { reverse: false };
const ADD: GroupAsk = GroupAsk::Add(Some(0));
const REMOVE: GroupAsk = GroupAsk::Remove(Some(0));

pub(super) fn on(caller: Caller, group: u8, ask: GroupAsk) -> Act {
    later(1_000, What::Group { caller, group: Some(group), ask })
}

pub(super) fn group(ask: GroupAsk) -> Act {
    on(OWNER, 0, ask)
}

fn partly(member: u8) -> Act {
    now(What::EndedPartly { effect: 0, member })
}

/// A call as the owner makes it in Shanghai, that no step is.
pub(super) fn raw(request: impl Into<Request>) -> Act {
    let call = Call { now: at(0), account: id("1001"), region: id("cn-shanghai"), token: None };
    Act::Raw(Box::new(Input::Call(call, request.into(), Fresh::None)))
}

fn create_group(number: u8) -> Act {
    now(What::CreateGroup { caller: OWNER, id: number })
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
    let copied: &[Act] = &[group(RUN), well(), group(GroupAsk::Failover), well(), group(TURN)];
    let stopped: &[Act] = &[group(RUN), well(), group(GroupAsk::Stop), well()];
    let again: &[Act] = &[badly(), group(TURN), badly(), group(GroupAsk::Failover), well()];
    vec![
        told(
            "a pair that joins in another status than its group's",
            under(|read| read.join_statuses = JoinStatuses::Same),
            &[&group_of(1)[..], stopped, &[create(OWNER, 2, (4, 5)), well(), group(ADD)]].concat(),
        ),
        told(
            "a production site that moves",
            under(|read| read.production_site = ProductionSite::Current),
            &[&group_of(1)[..], copied, &[well(), group(RUN), now(What::DescribeGroups { caller: OWNER })]]
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
    let fails_over = group(GroupAsk::Failover);
    let stops = group(GroupAsk::Stop);
    vec![
        story(
            "a group fails over by the list",
            &[
                two,
                &[fails_over.clone(), group(TURN), group(GroupAsk::Modify { rtc: true }), group(RUN)],
                &[fails_over.clone(), well(), well(), group(RUN)],
                &[
                    on(from(Place::Source), 0, GroupAsk::Failover),
                    on(from(Place::Third), 0, GroupAsk::Failover),
                ],
                &[on(from(Place::Destination), 0, GroupAsk::Stop), group(GroupAsk::Modify { rtc: true })],
                &[on(from(Place::Destination), 0, GroupAsk::Modify { rtc: true })],
                &[fails_over.clone(), fails_over.clone(), badly(), fails_over.clone(), well()],
                &[fails_over.clone(), group(GroupAsk::Stop), group(BACK), well()],
            ],
        ),
        story(
            "copies that commit together",
            &[
                two,
                copied,
                &[due(), group(RUN), well(), badly(), due(), due(), badly(), well(), due(), well(), well()],
                &[due(), later(500, What::Ended { effect: 1, how: How::Well(0) }), stops.clone(), well()],
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
                &[later(600_000, What::Advance), group(ONCE), badly(), well(), group(RUN), group(ONCE)],
            ],
        ),
        story(
            "a deleted group",
            &[
                &group_of(1),
                &[group(GroupAsk::Delete), group(RUN), badly(), group(REMOVE), stops, well(), group(REMOVE)],
                &[group(RUN), on(from(Place::Destination), 0, GroupAsk::Delete), group(GroupAsk::Delete)],
                &[group(GroupAsk::Delete), badly(), group(ADD), group(GroupAsk::Delete), well()],
                &[fails_over, raw(DescribeDiskReplicaGroups::default()), due(), group(RUN)],
            ],
        ),
        story(
            "a group that is not made",
            &[&[create_group(1), group(GroupAsk::Delete), badly(), group(RUN), group(GroupAsk::Delete)]],
        ),
    ]
}

fn members() -> Vec<Story> {
    let two = &group_of(2)[..];
    let alone = |ask| now(pair(OWNER, ask));
    let breaks = now(What::PairInvalid(Some(0)));
    let seen_from = |site| raw(DescribeDiskReplicaGroups { site, ..DescribeDiskReplicaGroups::default() });
    let elsewhere =
        What::CreatePair { caller: OWNER, id: 3, disks: (8, 9), destination: Place::Third, months: None };
    let leave = |pair| raw(RemoveDiskReplicaPair { group: id("pg-1"), pair: id(pair) });
    let join = |group, pair| raw(AddDiskReplicaPair { group: id(group), pair: id(pair) });
    vec![
        story(
            "a member that is called alone",
            &[&group_of(1), &[alone(PairAsk::Start { one_shot: false }), alone(PairAsk::Failover)]],
        ),
        story(
            "a member that breaks",
            &[
                two,
                &[group(RUN), breaks.clone(), group(GroupAsk::Stop), group(GroupAsk::Failover), well()],
                &[group(GroupAsk::Delete), group(GroupAsk::Remove(Some(1))), group(REMOVE), due(), well()],
            ],
        ),
        story(
            "a member that breaks last",
            &[two, &[group(RUN), later(9, What::Ended { effect: 1, how: How::Well(0) }), breaks.clone()]],
        ),
        story(
            "the last member leaves",
            &[&group_of(1), &[group(RUN), breaks.clone(), due(), group(REMOVE), group(RUN)]],
        ),
        story(
            "a group that breaks as a whole",
            &[
                two,
                &[group(RUN), well(), now(What::GroupInvalid(Some(0))), now(What::GroupInvalid(Some(0)))],
                &[
                    now(What::GroupInvalid(None)),
                    group(REMOVE),
                    group(REMOVE),
                    group(GroupAsk::Delete),
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
                &[now(What::PairInvalid(Some(0))), on(OWNER, 1, GroupAsk::Remove(Some(1)))],
            ],
        ),
        told("as many pairs as a group may have", bare(|_| {}), &group_of(18)),
    ]
}
