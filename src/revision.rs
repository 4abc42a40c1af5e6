//! What binds a plan to the resource that it was decided on.

use alloc::boxed::Box;
use core::fmt;
use core::hash::{Hash, Hasher};

use crate::breach::Breach;
use crate::context::Context;
use crate::ids::{EffectId, ResourceId};
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

/// What a resource remembers of the plans that changed it. No decision reads it: it is what a plan is held against before it is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub(crate) struct Latest {
    /// The time of the last one.
    pub(crate) at: Timestamp,
    /// The first effect id above all that the resource has taken.
    pub(crate) free: EffectId,
    /// Of a member, how many plans of its group it took since it joined; of a group, how many its members should have taken in all.
    /// So it shows if one was not applied.
    pub(crate) plans: u64,
}

impl Latest {
    /// Of a resource made at a time, with its pending effect.
    pub(crate) fn of(at: Timestamp, pending: Option<EffectId>) -> Self {
        Self { at, free: pending.map_or(EffectId(0), |id| id.after(1)), plans: 0 }
    }

    /// Takes note of a plan that changed the resource: its time, the first id that it was offered, and how many it took.
    pub(crate) fn note(&mut self, at: Timestamp, first: EffectId, taken: u64) {
        self.at = self.at.max(at);
        if taken > 0 {
            self.free = self.free.max(first.after(taken));
        }
    }

    /// What is decided at a deadline is of that time, or of the last change if a call was taken late, before the deadline was seen to.
    pub(crate) fn no_earlier<'a, P>(&self, due: Timestamp, at: Context<'a, P>) -> Context<'a, P> {
        Context { now: due.max(self.at), ..at }
    }

    /// The resource is gone: it takes no plan any more.
    pub(crate) const fn end(&mut self) {
        self.plans = Self::GONE;
    }

    /// Whether it is gone.
    fn is_over(&self) -> bool {
        self.plans == Self::GONE
    }

    /// No group makes so many plans.
    const GONE: u64 = u64::MAX;

    /// What is wrong with a resource that remembers this, if it is gone, has one of these times or its last change after `now`, or
    /// waits for an effect that it has not taken.
    pub(crate) fn breach<const N: usize, const M: usize>(
        &self,
        now: Timestamp,
        times: [Option<Timestamp>; N],
        pending: [Option<EffectId>; M],
    ) -> Option<Breach> {
        if self.is_over() {
            Some(Breach::Gone)
        } else if self.at > now || times.into_iter().flatten().any(|time| time > now) {
            Some(Breach::InFuture)
        } else if pending.into_iter().flatten().any(|id| id >= self.free) {
            Some(Breach::EffectId)
        } else {
            None
        }
    }
}

impl Hash for Latest {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// The resource on which a plan was decided, as it was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DecidedOn<I> {
    pub(crate) id: I,
    pub(crate) revision: Revision,
    /// Of two histories that part, such as that of a transaction which was rolled back, a revision is the same number.
    pub(crate) latest: Latest,
    pub(crate) due: Option<Timestamp>,
}

impl<I: PartialEq + Into<ResourceId>> DecidedOn<I> {
    /// Gives the plan back unless it was decided on this resource, as it is now, at no earlier time than that of the last change, and
    /// asks for an effect, if it does, under an id that the resource has not taken yet.
    pub(crate) fn admit<P>(
        self,
        now: Self,
        (at, asked): (Timestamp, Option<EffectId>),
        plan: P,
    ) -> Result<P, StalePlan<P>> {
        let latest = now.latest;
        let why = if self != now {
            WhyStale::DecidedOn {
                decided_on: (self.id.into(), self.revision),
                applied_to: (now.id.into(), now.revision),
            }
        } else if latest.is_over() {
            WhyStale::Gone(now.id.into())
        } else if at < latest.at {
            WhyStale::Past { at, changed: latest.at }
        } else if let Some(asked) = asked.filter(|asked| *asked < latest.free) {
            WhyStale::EffectTaken { asked, free: latest.free }
        } else {
            return Ok(plan);
        };
        Err(StalePlan { why, plan: Box::new(plan) })
    }
}

/// Why a plan is not applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WhyStale {
    /// It was decided on another resource, or on this one before it changed: decide again on the resource as it is.
    #[error(
        "it was decided on {} at revision {}, and this is {} at revision {}{}; decide again on it",
        decided_on.0, decided_on.1, applied_to.0, applied_to.1,
        if decided_on == applied_to { ", of another history or with another deadline" } else { "" }
    )]
    DecidedOn {
        /// What it was decided on.
        decided_on: (ResourceId, Revision),
        /// What it was to be applied to.
        applied_to: (ResourceId, Revision),
    },
    /// It is for a resource that is gone, and whose row is to be deleted.
    #[error("{0} is gone")]
    Gone(ResourceId),
    /// It is of an earlier time than the last change: decide at a time that does not go back.
    #[error("it is of {at}, and the resource was changed at {changed}")]
    Past {
        /// The time of the plan.
        at: Timestamp,
        /// The time of the last change.
        changed: Timestamp,
    },
    /// It asks for an effect under an id that was, or may have been, an earlier effect of this resource, whose late report would pass
    /// for the new one's: decide with an id that is above all before.
    #[error("it asks for effect {asked}, and the first id that the resource has not taken is {free}")]
    EffectTaken {
        /// The id that it asks for.
        asked: EffectId,
        /// The first id that it may ask for.
        free: EffectId,
    },
}

/// A plan that is not applied, with the reason. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the plan is not applied: {why}")]
pub struct StalePlan<P> {
    /// Why.
    pub why: WhyStale,
    /// The plan.
    pub plan: Box<P>,
}
