//! `DescribeDiskReplicaPairs`: filters, sites and two styles of paging.
//!
//! An unknown id gives an empty list, never an error (`E-690`). A pair is listed for the region of its production site
//! under `Site=production`, the default, and of its backup site under `Site=backup` (`E-691`). Tombstones are omitted
//! (`E-692`). Records come in the order of creation; the token is a keyset cursor on that order, so that pairs created
//! or deleted between two pages shift nothing.

use alloc::string::String;
use alloc::vec::Vec;

use super::pair::ReplicaPair;
use super::status::PairStatus;
use crate::ids::{AccountId, PairId, RegionId, ResourceGroupId};
use crate::map::Map;
use crate::text::Tag;

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
    /// `ReplicaGroupId`. No pair is in a group yet, so `-` (in no group) matches all and any other value none.
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
    /// The site that every record is stamped with.
    pub site: Site,
    /// Where the next page begins; absent on the last one and under paging by number.
    pub next: Option<Cursor>,
    /// The page that was asked for.
    pub page: Page,
    /// How many pairs match in all. With a cursor it is the number from there on, which the vendor calls meaningless.
    pub total: usize,
    /// Pairs asked for by id that the region sees only from the other site: a hint for the caller's log.
    pub other_site: Vec<PairId>,
}

impl DescribeDiskReplicaPairs {
    fn matches(&self, pair: &ReplicaPair) -> bool {
        let name = self.name.as_deref();
        let group = self.group.as_deref();
        (self.pairs.is_empty() || self.pairs.contains(&pair.id))
            && name.is_none_or(|part| pair.name().is_some_and(|name| name.as_str().contains(part)))
            && group.is_none_or(|group| group == "-")
            && self.resource_group.as_ref().is_none_or(|group| pair.resource_group() == Some(group))
            && self.tags.iter().all(|tag| pair.tags().contains(tag))
    }

    /// Answers from the pairs of one account.
    pub fn select(
        &self,
        account: &AccountId,
        region: &RegionId,
        pairs: &Map<PairId, ReplicaPair>,
    ) -> PairPage {
        let visible = |pair: &&ReplicaPair| pair.account == *account && pair.status != PairStatus::Deleted;
        let seen_from = |pair: &ReplicaPair, site: Site| match site {
            Site::Production => pair.primary.region == *region,
            Site::Backup => pair.standby.region == *region,
        };
        let listed = |pair: &&ReplicaPair| visible(pair) && seen_from(pair, self.site) && self.matches(pair);
        let mut page = PairPage {
            pairs: Vec::new(),
            site: self.site,
            next: None,
            page: self.page,
            total: 0,
            other_site: Vec::new(),
        };
        let (skip, take, after) = match self.page {
            Page::Token { max_results, after } => (0, usize::from(max_results), after.map(|Cursor(at)| at)),
            Page::Number { number, size } => {
                let skip = (u64::from(number).saturating_sub(1)).saturating_mul(u64::from(size));
                (usize::try_from(skip).unwrap_or(usize::MAX), usize::from(size), None)
            }
        };
        let from = pairs.values_from(|pair| after.is_some_and(|after| pair.ordinal <= after));
        for pair in from.filter(listed) {
            if page.total >= skip && page.pairs.len() < take {
                page.pairs.push(pair.clone());
            }
            page.total = page.total.saturating_add(1);
        }
        if matches!(self.page, Page::Token { .. }) && page.total > page.pairs.len() {
            page.next = page.pairs.last().map(|pair| Cursor(pair.ordinal));
        }
        let other = match self.site {
            Site::Production => Site::Backup,
            Site::Backup => Site::Production,
        };
        page.other_site = (self.pairs.iter().filter_map(|id| pairs.get(id)))
            .filter(|pair| visible(pair) && !seen_from(pair, self.site) && seen_from(pair, other))
            .map(|pair| pair.id.clone())
            .collect();
        page
    }
}
