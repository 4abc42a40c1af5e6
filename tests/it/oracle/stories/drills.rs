//! Stories about drills of pairs and groups.

use failover_model::ebs::{ClearPairDrill, DescribePairDrills};
use failover_model::polardb::Failure;
use failover_model::policy::DrillWithoutRecoverPoint;
use failover_model::testing::steps::{CallRegion, Origin, ReplicaCall, StepKind};
use failover_model::{EffectId, Input, Outcome, Report};

use super::groups::{RUN, group, group_of, on, raw};
use super::{
    Act, OWNER, START_IT, Story, ask, badly, bare, create, created, due, from, later, now, story, told, well,
    with,
};
use crate::kit::{START, at, id};

fn start(caller: Origin, number: u8) -> Act {
    later(1_000, StepKind::Pair(caller, Some(0), ReplicaCall::StartDrill(number)))
}

fn clear() -> Act {
    later(1_000, StepKind::ClearDrill(OWNER, Some(0)))
}

fn describe(drill: Option<u8>) -> Act {
    now(StepKind::DescribeDrills(OWNER, drill))
}

/// Each under one reading that is not the default and that decides how it goes.
pub fn readings() -> Vec<Story> {
    let refuses = bare(|policy| policy.ebs.drill_without_recover_point = DrillWithoutRecoverPoint::Refuse);
    let acts = [&created()[..], &[start(OWNER, 1), ask(START_IT), well(), start(OWNER, 1)]].concat();
    vec![told("a drill of nothing that is refused", refuses, &acts)]
}

/// The clearing of a drill of `pair-1` in the name of another pair.
fn clear_of_another() -> Act {
    raw(ClearPairDrill::new(id("pair-2"), id("drill-1")))
}

pub fn all() -> Vec<Story> {
    let copied = &[&created()[..], &[ask(START_IT), well()]].concat()[..];
    let silent = Outcome::Failed { failure: Failure::Other, message: None };
    let fails_silently = Input::Report(at(START), Report::Outcome { id: EffectId(3), outcome: silent });
    let of_group = ReplicaCall::StartDrill(3);
    vec![
        story("a drill beside a copy", &[copied, &[start(OWNER, 1), due(), well(), well()]]),
        story(
            "a drill of another pair",
            &[
                copied,
                &[create(OWNER, 2, (2, 3)), well(), start(OWNER, 1), well(), clear_of_another(), clear()],
            ],
        ),
        story(
            "a drill of nothing",
            &[&created(), &[start(OWNER, 1), start(OWNER, 1), start(OWNER, 2), clear(), well()]],
        ),
        story(
            "a drill where it does not belong",
            &[
                copied,
                &[start(from(CallRegion::Source), 1), start(from(CallRegion::Other), 1), start(with(0), 1)],
            ],
        ),
        story(
            "a drill from its start to its end",
            &[
                copied,
                &[start(OWNER, 1), start(OWNER, 1), clear(), well(), describe(Some(0)), describe(None)],
                &[clear(), clear(), badly(), clear(), well(), clear(), describe(Some(0))],
            ],
        ),
        story(
            "a drill that fails",
            &[copied, &[start(OWNER, 1), Act::Raw(Box::new(fails_silently)), start(OWNER, 2), badly()]],
        ),
        story(
            "a drill of a deleted pair",
            &[
                copied,
                &[start(OWNER, 1), well(), ask(ReplicaCall::Stop), well(), ask(ReplicaCall::Delete), well()],
                &[start(OWNER, 2), raw(DescribePairDrills::new(id("pair-1")))],
                &[clear(), due(), well()],
            ],
        ),
        story(
            "a drill of a group",
            &[
                &group_of(2),
                &[group(of_group), group(RUN), well(), well(), on(from(CallRegion::Source), 0, of_group)],
                &[group(ReplicaCall::StartDrill(4)), well(), describe(Some(1)), start(OWNER, 5)],
                &[now(StepKind::ClearDrill(OWNER, Some(1))), well()],
            ],
        ),
    ]
}
