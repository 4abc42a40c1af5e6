//! What is seen of a cluster beside its attributes: its endpoints and its log of switches.

pub(crate) mod endpoint;
pub(crate) mod ha_log;
pub(crate) mod rules;
