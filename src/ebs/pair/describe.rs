//! `DescribeDiskReplicaPairs`: filters, sites and two styles of paging.
//!
//! An unknown id gives an empty list, never an error (`E-690`). A pair is listed for the region of its production site
//! under `Site=production`, the default, and of its backup site under `Site=backup` (`E-691`). Tombstones are omitted
//! (`E-692`). Records come in the order of creation; the token is a keyset cursor on that order, so that pairs created
//! or deleted between two pages shift nothing.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::hash::Hash;

use crate::ebs::listing::{Listing, Walk};
use crate::ebs::pair::ReplicaPair;
use crate::ebs::pair::status::PairStatus;
use crate::ids::{AccountId, GroupId, PairId, RegionId, ResourceGroupId};
use crate::map::Map;
use crate::policy::{EbsPolicy, ProductionSite};
use crate::text::{GroupName, Tag};

/// Which site of a pair the caller asks from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Site {
    /// `production`: the primary's.
    #[default]
    Production,
    /// `backup`: the standby's.
    Backup,
}

impl Site {
    /// The wire spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Backup => "backup",
        }
    }

    pub(in crate::ebs) const fn other(self) -> Self {
        match self {
            Self::Production => Self::Backup,
            Self::Backup => Self::Production,
        }
    }
}

/// A position between two pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Cursor(pub u64);

/// Which part of the result is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub enum Page {
    /// By token: at most `max_results` (1 to 500, default 10) after the cursor.
    Token {
        /// `MaxResults`.
        max_results: u16,
        /// `NextToken`; absent for the first page.
        after: Option<Cursor>,
    },
    /// By number.
    Number {
        /// `PageNumber`, from 1.
        number: u32,
        /// `PageSize`, 1 to 100.
        size: u16,
    },
}

impl Page {
    pub(in crate::ebs) const fn after(self) -> Option<u64> {
        match self {
            Self::Token { after: Some(Cursor(at)), .. } => Some(at),
            Self::Token { after: None, .. } | Self::Number { .. } => None,
        }
    }
}

impl Default for Page {
    fn default() -> Self {
        Self::Token { max_results: 10, after: None }
    }
}

/// `DescribeDiskReplicaPairs`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct DescribeDiskReplicaPairs {
    /// `PairIds`, at most 100; empty for all.
    pub pairs: Vec<PairId>,
    /// `Name`: part of the pair's name.
    pub name: Option<String>,
    /// `ReplicaGroupId`: the group that the pair is in, or `-` for pairs that are in none.
    pub group: Option<String>,
    /// `Site`.
    pub site: Site,
    /// `ResourceGroupId`.
    pub resource_group: Option<ResourceGroupId>,
    /// `Tag.N`: all must be present.
    pub tags: Vec<Tag>,
    /// Which part of the result.
    pub page: Page,
}

/// What `DescribeDiskReplicaPairs` answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PairPage {
    /// The pairs of this page, each as it stands.
    pub pairs: Vec<ReplicaPair>,
    /// The names of the groups that these pairs are in, of those that have one.
    pub group_names: BTreeMap<GroupId, GroupName>,
    /// The site that every record is stamped with.
    pub site: Site,
    /// Where the next page begins; absent on the last one and under paging by number.
    pub next: Option<Cursor>,
    /// The page that was asked for.
    pub page: Page,
    /// How many pairs match in all. With a cursor, where the vendor calls it meaningless, it is how many the region sees
    /// from that site, if that is known without counting.
    pub total: usize,
    /// Pairs asked for by id that the region sees only from the other site: a hint for the caller's log.
    pub other_site: Vec<PairId>,
}

impl DescribeDiskReplicaPairs {
    fn matches(&self, pair: &ReplicaPair) -> bool {
        let name = self.name.as_deref();
        let group = self.group.as_deref();
        name.is_none_or(|part| pair.name().is_some_and(|name| name.as_str().contains(part)))
            && group.is_none_or(|group| pair.group().map_or("-", GroupId::as_str) == group)
            && self.resource_group.as_ref().is_none_or(|group| pair.resource_group() == Some(group))
            && self.tags.iter().all(|tag| pair.tags().contains(tag))
    }

    /// Answers from the pairs of one account; `group_name` tells the name of a pair's group.
    pub(crate) fn select(
        &self,
        account: &AccountId,
        region: &RegionId,
        policy: &EbsPolicy,
        pairs: &Map<PairId, ReplicaPair>,
        listing: &Listing,
        group_name: impl Fn(&GroupId) -> Option<GroupName>,
    ) -> PairPage {
        let visible = |pair: &ReplicaPair| pair.account == *account && pair.status != PairStatus::Deleted;
        let seen_from = |pair: &ReplicaPair, site: Site| {
            let initial = policy.production_site == ProductionSite::Initial;
            let end = match (site, initial) {
                (Site::Production, true) => &pair.primary,
                (Site::Production, false) => pair.source(),
                (Site::Backup, true) => &pair.standby,
                (Site::Backup, false) => pair.destination(),
            };
            end.region == *region
        };
        let listed = |pair: &ReplicaPair| visible(pair) && seen_from(pair, self.site) && self.matches(pair);
        let list = List {
            all: pairs,
            ids: &self.pairs,
            walk: listing.walk(account, region, self.site, policy.production_site, self.page.after()),
            filtered: self.name.is_some()
                || self.group.is_some()
                || self.resource_group.is_some()
                || !self.tags.is_empty(),
            ordinal: |pair: &ReplicaPair| pair.ordinal,
        };
        let Turned { items, next, total } = list.turn(self.page, listed);
        let names = items.iter().filter_map(|pair| pair.group().cloned());
        let group_names = names.filter_map(|group| Some((group.clone(), group_name(&group)?))).collect();
        let other = self.site.other();
        let other_site = (self.pairs.iter().filter_map(|id| pairs.get(id)))
            .filter(|pair| visible(pair) && !seen_from(pair, self.site) && seen_from(pair, other))
            .map(|pair| pair.id.clone())
            .collect();
        let pairs = items.into_iter().cloned().collect();
        PairPage { pairs, group_names, site: self.site, next, page: self.page, total, other_site }
    }
}

/// A registry to be turned page by page: what a walk goes through, or only what is asked for by id.
pub(in crate::ebs) struct List<'a, K, V, F> {
    pub(in crate::ebs) all: &'a Map<K, V>,
    /// The ids asked for; none for the walk.
    pub(in crate::ebs) ids: &'a [K],
    /// What is walked otherwise.
    pub(in crate::ebs) walk: Walk<'a>,
    /// Whether something may be filtered out of the walk.
    pub(in crate::ebs) filtered: bool,
    /// The sort key and cursor.
    pub(in crate::ebs) ordinal: F,
}

/// What a page holds.
pub(in crate::ebs) struct Turned<'a, V> {
    pub(in crate::ebs) items: Vec<&'a V>,
    pub(in crate::ebs) next: Option<Cursor>,
    pub(in crate::ebs) total: usize,
}

impl<'a, K: Eq + Hash, V, F: Fn(&V) -> u64> List<'a, K, V, F> {
    /// The page, of what is wanted.
    pub(in crate::ebs) fn turn(self, page: Page, wanted: impl Fn(&V) -> bool) -> Turned<'a, V> {
        let Self { all, ids, walk, filtered, ordinal } = self;
        if ids.is_empty() {
            // After a cursor the number means nothing to anybody, so nothing is counted for it.
            let known = walk.count.filter(|_| !filtered || page.after().is_some());
            // The next one is mostly the neighbour; where another account's lie between, it is looked up anew.
            let ordinal = &ordinal;
            let mut ahead: Option<Box<dyn Iterator<Item = &'a V> + '_>> = None;
            let at = |at: u64| {
                let neighbour = ahead.as_mut().and_then(Iterator::next);
                neighbour.filter(|item| ordinal(item) == at).or_else(|| {
                    let mut from = all.values_from(move |item| ordinal(item) < at);
                    let found = from.next();
                    ahead = Some(Box::new(from));
                    found.filter(|item| ordinal(item) == at)
                })
            };
            return turn(page, walk.ordinals.filter_map(at).filter(|item| wanted(item)), known, ordinal);
        }
        let mut found: Vec<&V> = ids.iter().filter_map(|id| all.get(id)).collect();
        found.sort_by_key(|item| ordinal(item));
        found.dedup_by_key(|item| ordinal(item));
        turn(page, found.into_iter().filter(|item| wanted(item)), None, &ordinal)
    }
}

/// The page of what is left of a list in the order of its ordinals. Where the whole number is `known`, the list is left
/// as soon as the page is full and it is clear whether another follows.
pub(in crate::ebs) fn turn<'a, V>(
    page: Page,
    wanted: impl Iterator<Item = &'a V>,
    known: Option<usize>,
    ordinal: impl Fn(&V) -> u64,
) -> Turned<'a, V> {
    let after = page.after();
    let (skip, take) = match page {
        Page::Token { max_results, .. } => (0, usize::from(max_results)),
        Page::Number { number, size } => {
            let skip = (u64::from(number).saturating_sub(1)).saturating_mul(u64::from(size));
            (usize::try_from(skip).unwrap_or(usize::MAX), usize::from(size))
        }
    };
    let mut turned = Turned { items: Vec::new(), next: None, total: 0 };
    let mut more = false;
    for item in wanted.filter(|item| after.is_none_or(|after| ordinal(item) > after)) {
        if turned.total >= skip {
            if turned.items.len() < take {
                turned.items.push(item);
            } else {
                more = true;
                if known.is_some() {
                    break;
                }
            }
        }
        turned.total = turned.total.saturating_add(1);
    }
    if matches!(page, Page::Token { .. }) && more {
        turned.next = turned.items.last().map(|item| Cursor(ordinal(item)));
    }
    Turned { total: known.unwrap_or(turned.total), ..turned }
}
