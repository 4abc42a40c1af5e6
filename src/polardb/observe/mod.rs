//! The endpoints of a cluster and its log of switches.

pub(crate) mod endpoint;
pub(crate) mod ha_log;
pub(crate) mod rules;
