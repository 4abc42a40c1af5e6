//! The operations on EBS resources.

pub(super) mod drills;
mod group_calls;
pub(super) mod groups;
mod labels;
pub(super) mod pair_plan;
pub(super) mod pairs;
