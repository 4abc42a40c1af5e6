//! The operations on PolarDB clusters.

pub(super) mod clusters;
mod ha_log;
pub(super) mod networks;
pub(super) mod nodes;
