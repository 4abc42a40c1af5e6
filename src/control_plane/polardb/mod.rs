//! The operations on PolarDB clusters.

pub(super) mod clusters;
pub(super) mod nodes;
