//! Stories about pairs and their disks.

use failover_model::ebs::{DiskChange, PairSeed, PairStatus};
use failover_model::testing::steps::{CallRegion, Completion, LabelCall, ReplicaCall, StepKind};
use failover_model::testing::strategies::World;

use super::{
    Act, CANCEL, ONE_SHOT, OWNER, REVERSE, START_IT, Story, ask, badly, bare, create, created, disk, due,
    from, later, now, pair, story, told, well,
};
use crate::kit::{self, START, at};

pub(super) fn all() -> Vec<Story> {
    let created = &created()[..];
    let stopped: &[Act] = &[ask(START_IT), well(), ask(ReplicaCall::Stop), well()];
    vec![
        story("failover of a pair that was never started", &[created, &[ask(ReplicaCall::Failover), well()]]),
        story(
            "failover of an invalid pair",
            &[created, &[now(StepKind::PairInvalid(Some(0))), ask(ReplicaCall::Failover)]],
        ),
        story(
            "a tombstone",
            &[
                created,
                stopped,
                &[
                    now(pair(from(CallRegion::Destination), ReplicaCall::Delete)),
                    ask(ReplicaCall::Delete),
                    well(),
                    ask(ReplicaCall::Failover),
                    now(StepKind::DescribePairs(OWNER)),
                    create(OWNER, 2, (0, 1)),
                    due(),
                    ask(ReplicaCall::Failover),
                    well(),
                ],
            ],
        ),
        story(
            "a failover that is repeated, superseded work and a late outcome",
            &[
                created,
                &[
                    ask(START_IT),
                    now(pair(from(CallRegion::Source), ReplicaCall::Failover)),
                    ask(ReplicaCall::Failover),
                    ask(ReplicaCall::Failover),
                    now(StepKind::Late(1, Completion::Success(0))),
                    badly(),
                    ask(ReplicaCall::Failover),
                    well(),
                    ask(ReplicaCall::Failover),
                ],
            ],
        ),
        story(
            "cycles of copies",
            &[
                created,
                &[ask(START_IT), badly(), due(), due(), well(), due(), ask(ReplicaCall::Stop), well()],
                &[ask(START_IT), badly(), ask(ReplicaCall::Stop), badly(), ask(ReplicaCall::Stop), well()],
            ],
        ),
        story(
            "one-shot copies",
            &[
                created,
                &[
                    ask(ONE_SHOT),
                    now(StepKind::Ended(0, Completion::Success(0))),
                    ask(ONE_SHOT),
                    later(450_000, pair(OWNER, ONE_SHOT)),
                    later(1, pair(OWNER, ONE_SHOT)),
                    badly(),
                ],
            ],
        ),
        story(
            "a reverse, and back",
            &[
                created,
                &[
                    disk(1, DiskChange::Attached(true)),
                    ask(START_IT),
                    disk(1, DiskChange::Attached(false)),
                    ask(START_IT),
                    well(),
                    ask(ReplicaCall::Failover),
                    well(),
                    disk(0, DiskChange::Attached(true)),
                    ask(REVERSE),
                    disk(0, DiskChange::Up(false)),
                    ask(REVERSE),
                    well(),
                    disk(0, DiskChange::Attached(false)),
                    ask(START_IT),
                    well(),
                    ask(ReplicaCall::Failover),
                    well(),
                    ask(REVERSE),
                    badly(),
                    ask(REVERSE),
                    ask(ReplicaCall::Failover),
                    well(),
                    ask(REVERSE),
                    well(),
                ],
            ],
        ),
        story(
            "a failover that is cancelled",
            &[created, stopped, &[ask(ReplicaCall::Failover), well(), ask(CANCEL), well(), ask(START_IT)]],
        ),
        story(
            "disks",
            &[
                created,
                &[
                    create(OWNER, 2, (1, 2)),
                    disk(0, DiskChange::Up(false)),
                    disk(0, DiskChange::Up(true)),
                    disk(0, DiskChange::Removed),
                    create(OWNER, 2, (0, 3)),
                    ask(ReplicaCall::Delete),
                    badly(),
                ],
            ],
        ),
        story(
            "what is reported of one disk alone",
            &[
                created,
                &[disk(1, DiskChange::Attached(true)), disk(0, DiskChange::Up(false)), ask(START_IT)],
                &[
                    now(StepKind::Disk { account: 1, disk: 1, change: DiskChange::Attached(false) }),
                    ask(START_IT),
                    disk(1, DiskChange::Attached(false)),
                    ask(START_IT),
                ],
            ],
        ),
        story("tags, a resource group, settings and progress", &[created, &labels()]),
        story(
            "two faults at once",
            &[
                created,
                &[
                    now(StepKind::PairInvalid(Some(0))),
                    now(pair(from(CallRegion::Source), ReplicaCall::Failover)),
                ],
            ],
        ),
        told(
            "pairs that are taken in as they are",
            World { pairs: vec![failed_over()], ..bare(|_| {}) },
            &[ask(ReplicaCall::Failover), ask(REVERSE), well(), ask(START_IT), due(), well()],
        ),
    ]
}

fn label(which: u8, ask: LabelCall) -> Act {
    now(StepKind::Label(OWNER, Some(which), ask))
}

fn labels() -> Vec<Act> {
    let mut acts = vec![
        label(0, LabelCall::List),
        label(0, LabelCall::Tag(0)),
        label(0, LabelCall::Tag(0)),
        label(0, LabelCall::List),
        label(0, LabelCall::Regroup(1)),
        label(0, LabelCall::Progress),
        label(0, LabelCall::Modify { name: 1, rtc: Some(true) }),
        now(StepKind::Label(OWNER, None, LabelCall::Tag(1))),
        now(StepKind::Label(from(CallRegion::Other), Some(0), LabelCall::Untag(Some(0)))),
        now(StepKind::Label(from(CallRegion::Other), Some(0), LabelCall::Progress)),
    ];
    // The twenty-first is refused and leaves the twenty.
    acts.extend((1..=20).map(|key| label(0, LabelCall::Tag(key))));
    let group = |ask| now(StepKind::Group(OWNER, Some(0), ask));
    acts.extend([
        label(0, LabelCall::Tag(20)),
        label(0, LabelCall::Untag(Some(7))),
        label(0, LabelCall::Tag(20)),
        label(0, LabelCall::Untag(None)),
        label(0, LabelCall::List),
        // The replication time control of a member is its group's, its name is not.
        now(StepKind::CreateGroup(OWNER, 1)),
        well(),
        group(ReplicaCall::Add(Some(0))),
        label(0, LabelCall::Modify { name: 2, rtc: Some(true) }),
        label(0, LabelCall::Modify { name: 2, rtc: Some(false) }),
        group(ReplicaCall::Modify { rtc: true }),
        label(0, LabelCall::Modify { name: 2, rtc: Some(true) }),
        label(0, LabelCall::Modify { name: 2, rtc: None }),
        group(ReplicaCall::Remove(Some(0))),
        ask(START_IT),
        label(0, LabelCall::Modify { name: 3, rtc: None }),
        label(0, LabelCall::Tag(1)),
        well(),
        ask(ReplicaCall::Stop),
        well(),
        ask(ReplicaCall::Delete),
        well(),
        label(0, LabelCall::Tag(2)),
        label(0, LabelCall::List),
        label(0, LabelCall::Progress),
    ]);
    acts
}

fn failed_over() -> PairSeed {
    PairSeed { last_recover_point: Some(at(START - 1)), ..kit::pair_seed(1, PairStatus::Failedover) }
}
