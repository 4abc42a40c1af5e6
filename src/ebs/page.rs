//! Pages: which part of a list a describe answers, and how the part is found.
//!
//! Records come in the order of their ordinals, which is the order of creation. The token of a page is a keyset cursor on
//! that order, so that records created or deleted between two pages shift nothing.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::hash::Hash;

use crate::cursor::Cursor;
use crate::ebs::replica::Replica;
use crate::ids::{AccountId, RegionId, ResourceGroupId};
use crate::map::Map;
use crate::policy::EbsPolicy;
use crate::text::Tag;

/// The site of a pair or group from which a caller asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
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

/// Which part of the result is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
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
    /// The cursor, if the page goes on from one.
    pub(crate) const fn cursor(self) -> Option<Cursor> {
        match self {
            Self::Token { after, .. } => after,
            Self::Number { .. } => None,
        }
    }

    /// The ordinal of the cursor.
    pub(crate) const fn after(self) -> Option<u64> {
        match self.cursor() {
            Some(Cursor { at, .. }) => Some(at),
            None => None,
        }
    }
}

impl Default for Page {
    fn default() -> Self {
        Self::Token { max_results: 10, after: None }
    }
}

/// The ordinals that a describe goes through when it is not asked for ids.
pub(crate) struct Walk<'a> {
    /// The ordinals after the cursor, ascending.
    pub(crate) ordinals: Box<dyn Iterator<Item = u64> + 'a>,
    /// How many there are before and after the cursor, if that is known without counting.
    pub(crate) count: Option<usize>,
}

/// Who describes, and where from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Viewpoint<'a> {
    /// The calling account.
    pub(crate) account: &'a AccountId,
    /// The called region.
    pub(crate) region: &'a RegionId,
    /// It says which site is the production site.
    pub(crate) policy: &'a EbsPolicy,
}

/// What a describe of pairs or groups asks for.
pub(in crate::ebs) struct Search<'a, K> {
    /// The ids asked for; if there are none, the walk is searched.
    pub(in crate::ebs) ids: &'a [K],
    /// Part of the name.
    pub(in crate::ebs) name: Option<&'a str>,
    pub(in crate::ebs) resource_group: Option<&'a ResourceGroupId>,
    /// Tags that must all be present.
    pub(in crate::ebs) tags: &'a [Tag],
    /// The site that must lie in the called region.
    pub(in crate::ebs) site: Site,
    pub(in crate::ebs) page: Page,
    /// The digest of the list that is asked for.
    pub(in crate::ebs) list: u32,
}

/// The records of one page.
pub(in crate::ebs) struct Records<'a, V> {
    pub(in crate::ebs) items: Vec<&'a V>,
    pub(in crate::ebs) next: Option<Cursor>,
    pub(in crate::ebs) total: usize,
}

impl<'a, K: Clone + Eq + Hash> Search<'a, K> {
    /// The page of the wanted records, which also fulfil the condition `more`, and the ids asked for that the region sees
    /// only from the other site.
    pub(in crate::ebs) fn page<R: Replica>(
        self,
        from: Viewpoint<'a>,
        registry: &'a Map<K, R>,
        walk: Walk<'a>,
        more: Option<&dyn Fn(&R) -> bool>,
    ) -> (Records<'a, R>, Vec<K>) {
        let Self { ids, name, resource_group, tags, site, page, list } = self;
        let visible = |it: &R| it.account() == from.account && !it.is_deleted();
        let seen = |it: &R, site: Site| it.region_of(site, from.policy) == from.region;
        let wanted = |it: &&R| {
            visible(it)
                && seen(it, site)
                && name.is_none_or(|part| it.name_str().is_some_and(|name| name.contains(part)))
                && resource_group.is_none_or(|wanted| it.resource_group() == Some(wanted))
                && tags.iter().all(|tag| it.tags().contains(tag))
                && more.is_none_or(|more| more(it))
        };
        if !ids.is_empty() {
            let mut found: Vec<&R> = ids.iter().filter_map(|id| registry.get(id)).collect();
            found.sort_by_key(|it| it.ordinal());
            found.dedup_by_key(|it| it.ordinal());
            let elsewhere = |it: &&R| visible(it) && !seen(it, site) && seen(it, site.other());
            let other_site = ids.iter().filter(|id| registry.get(*id).as_ref().is_some_and(elsewhere));
            let other_site = other_site.cloned().collect();
            return (cut(page, list, found.into_iter().filter(wanted), None, R::ordinal), other_site);
        }
        // A filter may leave out records of the walk. The vendor calls the total after a cursor meaningless, so nothing
        // is counted for it.
        let filtered = name.is_some() || resource_group.is_some() || !tags.is_empty() || more.is_some();
        let known = walk.count.filter(|_| !filtered || page.after().is_some());
        // The next record is mostly the neighbour; where records of other accounts lie between, it is looked up anew.
        let mut ahead: Option<Box<dyn Iterator<Item = &'a R> + '_>> = None;
        let at = |at: u64| {
            let neighbour = ahead.as_mut().and_then(Iterator::next);
            neighbour.filter(|it| it.ordinal() == at).or_else(|| {
                let mut from = registry.values_from(move |it| it.ordinal() < at);
                let found = from.next();
                ahead = Some(Box::new(from));
                found.filter(|it| it.ordinal() == at)
            })
        };
        (cut(page, list, walk.ordinals.filter_map(at).filter(wanted), known, R::ordinal), Vec::new())
    }
}

/// Cuts one page of a list from `wanted`, which is sorted by ordinal. If the total is `known`, it stops once the page is full and
/// it is clear whether another follows.
pub(in crate::ebs) fn cut<'a, V>(
    page: Page,
    list: u32,
    wanted: impl Iterator<Item = &'a V>,
    known: Option<usize>,
    ordinal: impl Fn(&V) -> u64,
) -> Records<'a, V> {
    let after = page.after();
    let (skip, take) = match page {
        Page::Token { max_results, .. } => (0, usize::from(max_results)),
        Page::Number { number, size } => {
            let skip = (u64::from(number).saturating_sub(1)).saturating_mul(u64::from(size));
            (usize::try_from(skip).unwrap_or(usize::MAX), usize::from(size))
        }
    };
    let mut records = Records { items: Vec::new(), next: None, total: 0 };
    let mut more = false;
    for item in wanted.filter(|item| after.is_none_or(|after| ordinal(item) > after)) {
        if records.total >= skip {
            if records.items.len() < take {
                records.items.push(item);
            } else {
                more = true;
                if known.is_some() {
                    break;
                }
            }
        }
        records.total = records.total.saturating_add(1);
    }
    if more {
        records.next = records.items.last().map(|item| Cursor { at: ordinal(item), list });
    }
    Records { total: known.unwrap_or(records.total), ..records }
}
