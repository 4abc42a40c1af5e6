//! Calls on drills.

use alloc::format;

use super::{Resolver, Selector, StepContext, id, pick};
use crate::control_plane::{Fresh, Request};
use crate::ebs::{
    ClearPairDrill, ClearReplicaGroupDrill, DescribePairDrills, DescribeReplicaGroupDrills, FreshDrill, Page,
};

impl<C: StepContext> Resolver<'_, C> {
    pub(super) fn clear_drill(&self, drill: Selector) -> Request {
        match pick(drill, &self.view.drills) {
            Some(drill) if self.is_group(&drill.owner) => {
                ClearReplicaGroupDrill { group: id(&drill.owner), drill: id(&drill.id) }.into()
            }
            Some(drill) => ClearPairDrill { pair: id(&drill.owner), drill: id(&drill.id) }.into(),
            None => ClearPairDrill { pair: id("pair-0"), drill: id("drill-unknown") }.into(),
        }
    }

    pub(super) fn describe_drills(&self, drill: Selector) -> Request {
        let page = Page::default();
        let owner = pick(drill, &self.view.drills).map_or("pair-0", |drill| drill.owner.as_str());
        if self.is_group(owner) {
            return DescribeReplicaGroupDrills { group: id(owner), drill: None, page }.into();
        }
        DescribePairDrills { pair: id(owner), drill: None, page }.into()
    }

    pub(super) fn is_group(&self, owner: &str) -> bool {
        self.view.groups.iter().any(|group| group.id == owner)
    }
}

/// Ids for a drill: `drill-N` with disks `x-N-M`.
pub(super) fn fresh(number: u8, disks: usize) -> Fresh {
    let disk = |at| id(&format!("x-{number}-{at}"));
    Fresh::Drill(FreshDrill { drill: id(&format!("drill-{number}")), disks: (0..disks).map(disk).collect() })
}
