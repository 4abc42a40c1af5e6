//! What binds a plan to the resource that it was decided on.

use alloc::boxed::Box;
use core::fmt;
use core::hash::{Hash, Hasher};

use crate::ids::ResourceId;
use crate::time::Timestamp;

/// How often a resource was changed: 0 of one that was just created or adopted. A deadline that moves and nothing else counts as no
/// change, so that it makes no difference at which times somebody looks.
///
/// A plan is bound to the revision and the deadline on which it was decided. Stored beside a row it is also what an optimistic lock compares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Revision(u64);

impl Revision {
    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Counts a change.
    pub(crate) const fn advance(&mut self) {
        self.0 = self.0.wrapping_add(1);
    }
}

/// No decision reads it: two resources that differ in nothing else have the same future, and so the same hash.
impl Hash for Revision {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The resource on which a plan was decided, as it was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DecidedOn<I> {
    pub(crate) id: I,
    pub(crate) revision: Revision,
    pub(crate) due: Option<Timestamp>,
}

impl<I: PartialEq + Into<ResourceId>> DecidedOn<I> {
    /// Gives the plan back unless it was decided on this resource, as it is now.
    pub(crate) fn admit<P>(self, now: Self, plan: P) -> Result<P, StalePlan<P>> {
        if self == now {
            return Ok(plan);
        }
        Err(StalePlan {
            decided_on: (self.id.into(), self.revision),
            applied_to: (now.id.into(), now.revision),
            plan: Box::new(plan),
        })
    }
}

/// A plan was decided on another resource, or on this one before it changed. Nothing has changed: decide
/// again on the resource as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the plan was decided on {} at revision {}, and this is {} at revision {}",
    decided_on.0, decided_on.1, applied_to.0, applied_to.1
)]
pub struct StalePlan<P> {
    /// What it was decided on.
    pub decided_on: (ResourceId, Revision),
    /// What it was to be applied to.
    pub applied_to: (ResourceId, Revision),
    /// The plan.
    pub plan: Box<P>,
}
