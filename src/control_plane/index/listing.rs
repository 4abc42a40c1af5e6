//! The index for describes: the resources that are visible in a region from a site.
//!
//! It holds the ordinals of all resources except tombstones, by account, region and end. The cost of a page after a
//! cursor therefore depends on the page size and not on the account, and an unfiltered total needs no counting. The
//! ends of a pair or group never change after creation, so an entry needs no update until its removal.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::ops::Bound;

use crate::ebs::page::{Viewpoint, Walk};
use crate::ebs::replica::Replica;
use crate::ebs::{Page, Site};
use crate::ids::{AccountId, RegionId};
use crate::policy::ProductionSite;

const NONE: &BTreeSet<u64> = &BTreeSet::new();

/// The ordinals of listed resources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::control_plane) struct Listing {
    accounts: BTreeMap<AccountId, BTreeMap<RegionId, Ends>>,
}

/// The ordinals of the resources with their primary in a region, and of those with their standby there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Ends {
    primary: BTreeSet<u64>,
    standby: BTreeSet<u64>,
}

impl Listing {
    /// Adds a pair or group.
    pub(in crate::control_plane) fn enter(&mut self, it: &impl Replica) {
        let ([primary, standby], ordinal) = (it.regions(), it.ordinal());
        let regions = self.accounts.entry(it.account().clone()).or_default();
        regions.entry(primary.clone()).or_default().primary.insert(ordinal);
        regions.entry(standby.clone()).or_default().standby.insert(ordinal);
    }

    /// Removes one that became a tombstone.
    pub(in crate::control_plane) fn leave(&mut self, it: &impl Replica) {
        let ([primary, standby], ordinal, account) = (it.regions(), it.ordinal(), it.account());
        let Some(regions) = self.accounts.get_mut(account) else { return };
        if let Some(ends) = regions.get_mut(primary) {
            ends.primary.remove(&ordinal);
        }
        if let Some(ends) = regions.get_mut(standby) {
            ends.standby.remove(&ordinal);
        }
        regions.retain(|_, ends| !ends.primary.is_empty() || !ends.standby.is_empty());
        if regions.is_empty() {
            self.accounts.remove(account);
        }
    }

    /// Walks the resources that are visible in a region from a site. If the production site follows the current
    /// direction, the walk covers both ends and the caller filters them.
    pub(in crate::control_plane) fn walk(&self, from: Viewpoint<'_>, site: Site, page: Page) -> Walk<'_> {
        let ends = self.accounts.get(from.account).and_then(|regions| regions.get(from.region));
        let (primary, standby) = ends.map_or((NONE, NONE), |ends| (&ends.primary, &ends.standby));
        let range = (page.after().map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded);
        let end = match (from.policy.production_site, site) {
            (ProductionSite::Initial, Site::Production) => primary,
            (ProductionSite::Initial, Site::Backup) => standby,
            (ProductionSite::Current, _) => {
                let mut both: Vec<u64> = primary.range(range).chain(standby.range(range)).copied().collect();
                both.sort_unstable();
                both.dedup();
                return Walk { ordinals: Box::new(both.into_iter()), count: None };
            }
        };
        Walk { ordinals: Box::new(end.range(range).copied()), count: Some(end.len()) }
    }
}
