//! The index for describes: the resources that are visible in a region from a site.
//!
//! It holds the ordinals of all resources except tombstones, by account, region and site. The cost of a page after a
//! cursor therefore depends on the page size and not on the account, and an unfiltered total needs no counting. The
//! ends of a pair or group never change after creation, so an entry needs no update until its removal.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use core::ops::Bound;

use crate::ebs::page::{Viewpoint, Walk};
use crate::ebs::replica::Replica;
use crate::ebs::{Page, Site};
use crate::ids::{AccountId, RegionId};
use crate::policy::ProductionSite;

const NONE: &BTreeSet<u64> = &BTreeSet::new();

/// The ordinals of the resources whose end of this site lies in a region: the primary end is the production site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::control_plane) struct Listing(BTreeMap<(AccountId, RegionId, Site), BTreeSet<u64>>);

/// The keys of a pair or group.
fn keys(it: &impl Replica) -> [(AccountId, RegionId, Site); 2] {
    let ([primary, standby], account) = (it.regions(), it.account());
    [(primary, Site::Production), (standby, Site::Backup)]
        .map(|(region, site)| (account.clone(), region.clone(), site))
}

impl Listing {
    /// Adds a pair or group.
    pub(in crate::control_plane) fn enter(&mut self, it: &impl Replica) {
        for key in keys(it) {
            self.0.entry(key).or_default().insert(it.ordinal());
        }
    }

    /// Removes one that became a tombstone.
    pub(in crate::control_plane) fn leave(&mut self, it: &impl Replica) {
        for key in keys(it) {
            let Some(ordinals) = self.0.get_mut(&key) else { continue };
            ordinals.remove(&it.ordinal());
            if ordinals.is_empty() {
                self.0.remove(&key);
            }
        }
    }

    /// Walks the resources that are visible in a region from a site. If the production site follows the current
    /// direction, the walk covers both ends and the caller filters them.
    pub(in crate::control_plane) fn walk(&self, from: Viewpoint<'_>, site: Site, page: Page) -> Walk<'_> {
        let at = |site| self.0.get(&(from.account.clone(), from.region.clone(), site)).unwrap_or(NONE);
        let range = (page.after().map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded);
        if from.policy.production_site == ProductionSite::Current {
            let ends = [at(Site::Production), at(Site::Backup)];
            let both: BTreeSet<u64> = ends.into_iter().flat_map(|end| end.range(range)).copied().collect();
            return Walk { ordinals: Box::new(both.into_iter()), count: None };
        }
        let end = at(site);
        Walk { ordinals: Box::new(end.range(range).copied()), count: Some(end.len()) }
    }
}
