//! The endpoints of a cluster, its log of switches, and the regions.

pub(crate) mod endpoint;
pub(crate) mod ha_log;
pub(crate) mod regions;
pub(crate) mod rules;
