//! The operations on EBS resources.

pub(super) mod drills;
pub(super) mod groups;
mod labels;
pub(super) mod pairs;
