//! The index that describes walk: the resources that a region sees from a site.
//!
//! It holds the ordinals of all resources but tombstones, by account, region and end. So the cost of a page after a cursor
//! depends on the page and not on the account, and the total is known without counting, unless a filter is given. The
//! ends with which a pair or group was created never change, so that an entry needs no update until it is removed.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::ops::Bound;

use crate::ebs::page::Walk;
use crate::ebs::{Page, Site};
use crate::ids::{AccountId, RegionId};
use crate::policy::ProductionSite;

const NONE: &BTreeSet<u64> = &BTreeSet::new();

/// The index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::control_plane) struct Listing {
    accounts: BTreeMap<AccountId, BTreeMap<RegionId, Ends>>,
}

/// The ordinals of what has its primary in a region, and of what has its standby there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Ends {
    primary: BTreeSet<u64>,
    standby: BTreeSet<u64>,
}

impl Listing {
    /// Enters a resource with these two ends.
    pub(in crate::control_plane) fn enter(
        &mut self,
        account: &AccountId,
        [primary, standby]: [&RegionId; 2],
        ordinal: u64,
    ) {
        let regions = self.accounts.entry(account.clone()).or_default();
        regions.entry(primary.clone()).or_default().primary.insert(ordinal);
        regions.entry(standby.clone()).or_default().standby.insert(ordinal);
    }

    /// Removes a resource that became a tombstone.
    pub(in crate::control_plane) fn leave(
        &mut self,
        account: &AccountId,
        [primary, standby]: [&RegionId; 2],
        ordinal: u64,
    ) {
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

    /// The walk over the resources that a region may see from a site. If the production site follows the direction, it
    /// covers both ends, and the caller checks which one is meant.
    pub(in crate::control_plane) fn walk(
        &self,
        account: &AccountId,
        region: &RegionId,
        site: Site,
        reading: ProductionSite,
        page: Page,
    ) -> Walk<'_> {
        let ends = self.accounts.get(account).and_then(|regions| regions.get(region));
        let (primary, standby) = ends.map_or((NONE, NONE), |ends| (&ends.primary, &ends.standby));
        let range = (page.after().map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded);
        let end = match (reading, site) {
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
