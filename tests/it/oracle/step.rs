//! Steps of a random script, made by hand.

use failover_model::testing::strategies::{Abstract, Caller, ClusterAsk, GroupAsk, Place, What, When};

/// The account that owns all of the small world, calling where the operation is called, without a token.
pub const OWNER: Caller = Caller { account: 0, place: Place::Fitting, token: None };

/// A step a second later.
pub fn soon(what: What) -> Abstract {
    Abstract { when: When::Later(1_000), what }
}

pub fn on_group(ask: GroupAsk) -> What {
    What::Group { caller: OWNER, group: Some(0), ask }
}

pub fn on_cluster(ask: ClusterAsk) -> What {
    What::Cluster { caller: OWNER, cluster: Some(0), ask }
}
