//! Who becomes the primary: the ranking, the electorate it ranks, and one failover around both.

pub(crate) mod electorate;
pub(crate) mod failover;
pub(crate) mod ranking;
pub(crate) mod rules;
pub(crate) mod transitions;
pub(crate) mod tried;
