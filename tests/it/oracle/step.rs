//! Steps of a random script, made by hand.

use failover_model::testing::strategies::{Abstract, Caller, Place, What, When};

/// The account that owns all of the small world, calling where the operation is called, without a token.
pub const OWNER: Caller = Caller { account: 0, place: Place::Fitting, token: None };

/// A step a second later.
pub fn soon(what: What) -> Abstract {
    Abstract { when: When::Later(1_000), what }
}
