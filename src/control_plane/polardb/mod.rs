//! The operations on PolarDB clusters.

pub(super) mod cluster_plan;
pub(super) mod clusters;
pub(super) mod nodes;
mod observe;
