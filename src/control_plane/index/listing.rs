//! The index for describes: the resources that are visible in a region from a site.
//!
//! It holds the ordinals of all resources except tombstones, by account, region and site. The cost of a page after a
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

/// The ordinals of the resources whose end of this site lies in a region: the primary end is the production site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::control_plane) struct Listing(BTreeMap<Key, BTreeSet<u64>>);

/// Whose resources are seen in which region from which site.
type Key = (AccountId, RegionId, Site);

/// The keys of a pair or group.
fn keys(it: &impl Replica) -> [Key; 2] {
    let ([primary, standby], account) = (it.regions(), it.account());
    [(primary, Site::Production), (standby, Site::Backup)]
        .map(|(region, site)| (account.clone(), region.clone(), site))
}

impl Listing {
    /// The listing of these pairs or groups, which come in the order of their ordinals.
    pub(in crate::control_plane) fn of<'a, R: Replica + 'a>(all: impl Iterator<Item = &'a R>) -> Self {
        let mut listed: BTreeMap<_, Vec<u64>> = BTreeMap::new();
        // Neighbours mostly have their ends in common: only where one differs is it looked for.
        let mut run: [Option<(Key, Vec<u64>)>; 2] = [None, None];
        for it in all {
            let (regions, account) = (it.regions(), it.account());
            for ((region, site), run) in
                regions.into_iter().zip([Site::Production, Site::Backup]).zip(&mut run)
            {
                match run {
                    Some((key, ordinals)) if key.0 == *account && key.1 == *region => {
                        ordinals.push(it.ordinal())
                    }
                    _ => {
                        let key = (account.clone(), region.clone(), site);
                        if let Some((key, ordinals)) = run.replace((key, Vec::from([it.ordinal()]))) {
                            listed.entry(key).or_default().extend(ordinals);
                        }
                    }
                }
            }
        }
        for (key, ordinals) in run.into_iter().flatten() {
            listed.entry(key).or_default().extend(ordinals);
        }
        Self(listed.into_iter().map(|(key, ordinals)| (key, ordinals.into_iter().collect())).collect())
    }

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

    /// Whether it holds a pair or group, at both ends.
    pub(in crate::control_plane) fn holds(&self, it: &impl Replica) -> bool {
        keys(it).iter().all(|key| self.0.get(key).is_some_and(|ordinals| ordinals.contains(&it.ordinal())))
    }

    /// Whether it holds so many resources, each at two ends, and no end without one.
    pub(in crate::control_plane) fn holds_only(&self, resources: usize) -> bool {
        let ends: usize = self.0.values().map(BTreeSet::len).sum();
        ends == resources.saturating_mul(2) && self.0.values().all(|ordinals| !ordinals.is_empty())
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
