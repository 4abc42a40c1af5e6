//! `DescribeDiskReplicaPairs`: filters, sites and two styles of paging.
//!
//! An unknown id gives an empty list, never an error (`E-690`). A pair is listed for the region of its production site
//! under `Site=production`, the default, and of its backup site under `Site=backup` (`E-691`). Tombstones are omitted
//! (`E-692`).

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::constructor::constructor;
use crate::cursor::{Cursor, List};
use crate::ebs::page::{Page, Records, Search, Site, Viewpoint, Walk};
use crate::ebs::pair::ReplicaPair;
use crate::ebs::pair::rules::{E_690, E_691, E_692};
use crate::ids::{GroupId, PairId, ResourceGroupId};
use crate::map::Map;
use crate::rule::cite;
use crate::text::{GroupName, Tag};

/// `DescribeDiskReplicaPairs`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
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

constructor! {
    DescribeDiskReplicaPairs
    {
        name => name: String,
        group => group: String,
        resource_group => resource_group: ResourceGroupId,
    }
    { pairs: Vec<PairId>, site: Site, tags: Vec<Tag>, page: Page }
}

/// The answer of `DescribeDiskReplicaPairs`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PairPage {
    /// The pairs of this page.
    pub pairs: Vec<ReplicaPair>,
    /// The names of the groups that these pairs are in; groups without a name are left out.
    pub group_names: BTreeMap<GroupId, GroupName>,
    /// The site that every record is stamped with.
    pub site: Site,
    /// Where the next page begins; absent on the last one.
    pub next: Option<Cursor>,
    /// The page that was asked for.
    pub page: Page,
    /// The number of all matching pairs. With a cursor, where the vendor calls it meaningless, it is the number of pairs
    /// that the region sees from that site, if that is known without counting.
    pub total: usize,
    /// Requested pairs that the region sees only from the other site: a hint for the caller's log.
    pub other_site: Vec<PairId>,
}

impl DescribeDiskReplicaPairs {
    /// The digest of the list that it asks for.
    pub(crate) fn list(&self, of: List) -> u32 {
        let of =
            of.filter(self.name.as_deref()).filter(self.group.as_deref()).filter(Some(self.site.as_str()));
        let of = of.filter(self.resource_group.as_ref().map(ResourceGroupId::as_str));
        let of = of.set(self.pairs.iter().map(|id| (id.as_str(), None)));
        of.set(self.tags.iter().map(Tag::parts)).digest()
    }

    /// Answers from the pairs of one account; `list` is the digest of the list, `group_name` gives the name of a group.
    pub(crate) fn select(
        &self,
        from: Viewpoint<'_>,
        list: u32,
        pairs: &Map<PairId, ReplicaPair>,
        walk: Walk<'_>,
        group_name: impl Fn(&GroupId) -> Option<GroupName>,
    ) -> PairPage {
        cite!(E_690, E_691, E_692);
        let search = Search {
            ids: &self.pairs,
            name: self.name.as_deref(),
            resource_group: self.resource_group.as_ref(),
            tags: &self.tags,
            site: self.site,
            page: self.page,
            list,
        };
        let in_group =
            |pair: &ReplicaPair| self.group.as_deref() == Some(pair.group().map_or("-", GroupId::as_str));
        let in_group: Option<&dyn Fn(&ReplicaPair) -> bool> = self.group.as_ref().map(|_| &in_group as _);
        let (Records { items, next, total }, other_site) = search.page(from, pairs, walk, in_group);
        let names = items.iter().filter_map(|pair| pair.group().cloned());
        let group_names = names.filter_map(|group| Some((group.clone(), group_name(&group)?))).collect();
        let pairs = items.into_iter().cloned().collect();
        PairPage { pairs, group_names, site: self.site, next, page: self.page, total, other_site }
    }
}
