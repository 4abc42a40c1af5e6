//! The steps about drills, for the state as the reference has it.

use alloc::format;

use super::super::strategies::{Caller, PairAsk, Which};
use super::script::{call, made, pick, region, region_of};
use super::view::{DrillView, PairView, View};
use crate::control_plane::{Fresh, Input, Request};
use crate::ebs::{
    ClearPairDrill, ClearReplicaGroupDrill, DescribePairDrills, DescribeReplicaGroupDrills, FreshDrill, Page,
    StartPairDrill,
};
use crate::time::Timestamp;

/// Ids for a drill: `drill-N` with disks `x-N-M`.
pub(super) fn fresh(number: u8, disks: usize) -> Fresh {
    let disk = |at| made(&format!("x-{number}-{at}"));
    Fresh::Drill(FreshDrill {
        drill: made(&format!("drill-{number}")),
        disks: (0..disks).map(disk).collect(),
    })
}

/// A drill of a pair.
pub(super) fn start(pair: Option<&PairView>, caller: &Caller, number: u8, now: Timestamp) -> Input {
    // Where a failover would be called.
    let call = call(caller, &region_of(caller.place, pair, PairAsk::Failover), now);
    let pair = made(pair.map_or("pair-unknown", |pair| pair.id.as_str()));
    Input::Call(call, StartPairDrill { pair }.into(), fresh(number, 1))
}

fn of_group<'a>(drill: &'a DrillView, view: &View) -> Option<&'a str> {
    view.groups.iter().any(|group| group.id == drill.owner).then_some(drill.owner.as_str())
}

/// The clearing of a drill.
pub(super) fn clear(view: &View, caller: &Caller, drill: Which, now: Timestamp) -> Input {
    let request: Request = match pick(drill, &view.drills) {
        Some(drill) => match of_group(drill, view) {
            Some(group) => ClearReplicaGroupDrill { group: made(group), drill: made(&drill.id) }.into(),
            None => ClearPairDrill { pair: made(&drill.owner), drill: made(&drill.id) }.into(),
        },
        None => ClearPairDrill { pair: made("pair-0"), drill: made("drill-unknown") }.into(),
    };
    Input::Call(call(caller, region(caller.place), now), request, Fresh::None)
}

/// A describe of the drills of what a drill belongs to.
pub(super) fn describe(view: &View, caller: &Caller, drill: Which, now: Timestamp) -> Input {
    let (drill, page) = (pick(drill, &view.drills), Page::default());
    let request: Request = match drill.and_then(|drill| of_group(drill, view)) {
        Some(group) => DescribeReplicaGroupDrills { group: made(group), drill: None, page }.into(),
        None => {
            let pair = made(drill.map_or("pair-0", |drill| drill.owner.as_str()));
            DescribePairDrills { pair, drill: None, page }.into()
        }
    };
    Input::Call(call(caller, region(caller.place), now), request, Fresh::None)
}
