//! The invariants of the state, one variant each.

#[cfg(all(test, feature = "wire"))]
mod broken;
mod ebs;
mod networks;
mod polardb;
mod sound;

use alloc::boxed::Box;
use core::borrow::Borrow;
use core::hash::Hash;

use crate::breach::Breach;
use crate::control_plane::ControlPlane;
use crate::control_plane::index::Index;
use crate::ids::{AccountId, DiskId, EffectId, NodeId};
use crate::map::Map;
use crate::revision::Latest;
use crate::token::TokenViolation;

/// A broken invariant and its location.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// Of one resource.
    #[error("{id}: {why}")]
    Resource {
        /// The id of the resource.
        id: Box<str>,
        /// What is wrong with it.
        why: Breach,
    },
    /// An effect id is not below the counter.
    #[error("effect {0} was never minted")]
    EffectNotMinted(EffectId),
    /// Two resources have the same pending effect.
    #[error("effect {0} is pending twice")]
    EffectTwice(EffectId),
    /// A disk is part of two pairs.
    #[error("disk {disk} of account {account} is part of two pairs")]
    DiskTwice {
        /// The account.
        account: AccountId,
        /// The disk.
        disk: DiskId,
    },
    /// A disk is stored with the default state.
    #[error("disk {0} is stored although nothing was reported about it")]
    DiskDefault(DiskId),
    /// A node is part of two clusters, or twice of one.
    #[error("node {0} exists twice")]
    NodeTwice(NodeId),
    /// A violation of the token cache.
    #[error(transparent)]
    Tokens(#[from] TokenViolation),
    /// The token cache's clock differs from the control plane's.
    #[error("the tokens' clock differs from the control plane's")]
    TokenClock,
    /// The token cache's bounds differ from the policy's.
    #[error("the tokens' bounds differ from the policy's")]
    TokenConfig,
    /// An index disagrees with the state it is derived from.
    #[error("the index of {0} disagrees with the state")]
    Index(&'static str),
}

impl Breach {
    /// The violation by the resource of this id.
    pub(in crate::control_plane) fn of(self, id: impl Borrow<str>) -> Violation {
        Violation::Resource { id: id.borrow().into(), why: self }
    }
}

impl ControlPlane {
    /// Verifies every invariant of the state and of its indexes. O(n log n).
    ///
    /// # Errors
    ///
    /// The first [`Violation`] found.
    pub fn check(&self) -> Result<(), Violation> {
        if self.is_sound() { Ok(()) } else { self.diagnose() }
    }

    /// As [`check`](Self::check), where the tokens were verified and the indexes built a moment ago.
    #[cfg(feature = "serde")]
    pub(crate) fn check_just_built(&self) -> Result<(), Violation> {
        if self.is_sound_just_built() { Ok(()) } else { self.diagnose() }
    }

    /// Names the first violation, of the resources before the indexes, which are compared with ones built anew.
    fn diagnose(&self) -> Result<(), Violation> {
        let anew = self.reindexed();
        self.check_pairs()?;
        self.check_groups(&anew)?;
        self.check_drills()?;
        self.check_clusters()?;
        self.check_networks()?;
        self.check_effects(&anew)?;
        self.tokens.check()?;
        if self.tokens.clock() != self.clock {
            return Err(Violation::TokenClock);
        }
        if *self.tokens.config() != self.policy.tokens.config() {
            return Err(Violation::TokenConfig);
        }
        let wrong = self.agreements(&anew).into_iter().find(|(_, agrees)| !agrees);
        wrong.map_or(Ok(()), |(name, _)| Err(Violation::Index(name)))
    }

    /// Verifies that the resources of one kind are registered under their ids and, if they have one, in the order of
    /// their ordinals, and have taken no effect id that was not minted.
    fn check_registry<I: Borrow<str> + Eq + Hash, R>(
        &self,
        registry: &Map<I, R>,
        of: impl Fn(&R) -> (&I, Option<u64>, Latest),
    ) -> Result<(), Violation> {
        let mut last = 0;
        for (key, resource) in registry.iter() {
            let (id, ordinal, latest) = of(resource);
            if key != id {
                return Err(Breach::Registry.of(key.borrow()));
            }
            if ordinal.is_some_and(|ordinal| ordinal <= last || ordinal >= self.next_id) {
                return Err(Breach::Ordinal.of(key.borrow()));
            }
            if latest.free.0 > self.next_id {
                return Err(Breach::EffectId.of(key.borrow()));
            }
            last = ordinal.unwrap_or_default();
        }
        Ok(())
    }

    fn check_effects(&self, index: &Index) -> Result<(), Violation> {
        let mut last = 0;
        for (id, _) in index.effects.iter() {
            if id == 0 || id >= self.next_id {
                return Err(Violation::EffectNotMinted(EffectId(id)));
            }
            if id == last {
                return Err(Violation::EffectTwice(EffectId(id)));
            }
            last = id;
        }
        Ok(())
    }

    /// Of each index its name and whether it agrees with the one built anew.
    fn agreements(&self, anew: &Index) -> [(&'static str, bool); 10] {
        let index = &self.index;
        [
            ("effects", index.effects.iter().eq(anew.effects.iter())),
            ("deadlines", index.deadlines.agrees_with(self.timed())),
            ("pair_listing", index.pair_listing == anew.pair_listing),
            ("group_listing", index.group_listing == anew.group_listing),
            ("disks", index.disks == anew.disks),
            ("members", index.members == anew.members),
            ("drills", index.drills == anew.drills),
            ("drill disks", index.drill_disks == anew.drill_disks),
            ("nodes", index.nodes == anew.nodes),
            ("networks", index.networks == anew.networks),
        ]
    }
}
