//! Which resources a region sees from which site: the index that describes walk.
//!
//! It holds ordinals, by account, region and end, of what is no tombstone. So a page after a cursor costs the page and
//! not the account, and the whole number is known without counting, as long as nothing is filtered out. It is derived:
//! the ends of a pair or group where it was created never move, and what moves is looked up in the resource itself.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::ops::Bound;

use crate::ebs::pair::describe::Site;
use crate::ids::{AccountId, RegionId};
use crate::policy::ProductionSite;

const NONE: &BTreeSet<u64> = &BTreeSet::new();

/// The index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    accounts: BTreeMap<AccountId, BTreeMap<RegionId, Ends>>,
}

/// The ordinals of what has its primary in a region, and of what has its standby there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Ends {
    primary: BTreeSet<u64>,
    standby: BTreeSet<u64>,
}

/// What a walk goes through.
pub(super) struct Walk<'a> {
    /// The ordinals after the cursor, ascending.
    pub(super) ordinals: Box<dyn Iterator<Item = u64> + 'a>,
    /// How many there are before the cursor and after it, if that is known without a look at each.
    pub(super) count: Option<usize>,
}

impl Listing {
    /// Enters a resource with these two ends.
    pub(crate) fn enter(&mut self, account: &AccountId, [primary, standby]: [&RegionId; 2], ordinal: u64) {
        let regions = self.accounts.entry(account.clone()).or_default();
        regions.entry(primary.clone()).or_default().primary.insert(ordinal);
        regions.entry(standby.clone()).or_default().standby.insert(ordinal);
    }

    /// Takes it out, once it is a tombstone.
    pub(crate) fn leave(&mut self, account: &AccountId, [primary, standby]: [&RegionId; 2], ordinal: u64) {
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

    /// Walks what a region may see from a site. Where the production site moves with the direction, both ends are
    /// walked and the caller looks which one it is.
    pub(super) fn walk(
        &self,
        account: &AccountId,
        region: &RegionId,
        site: Site,
        reading: ProductionSite,
        after: Option<u64>,
    ) -> Walk<'_> {
        let ends = self.accounts.get(account).and_then(|regions| regions.get(region));
        let (primary, standby) = ends.map_or((NONE, NONE), |ends| (&ends.primary, &ends.standby));
        let range = (after.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded);
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
