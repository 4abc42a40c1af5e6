//! What a decision depends on beside the resource.

use core::fmt;

use crate::ids::EffectId;
use crate::time::Timestamp;

/// What every decision depends on beside the resource and what it is decided about. `P` is the policy of the product.
pub struct Context<'a, P> {
    /// The time.
    pub now: Timestamp,
    /// The id of the first effect that the decision asks for; further effects have the ids that follow. A plan says how many
    /// of them it takes.
    pub effect: EffectId,
    /// The readings.
    pub policy: &'a P,
}

impl<P> Clone for Context<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Context<'_, P> {}

impl<P: fmt::Debug> fmt::Debug for Context<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { now, effect, policy } = self;
        f.debug_struct("Context").field("now", now).field("effect", effect).field("policy", policy).finish()
    }
}
