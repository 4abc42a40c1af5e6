//! `DescribeDiskReplicaGroups`: as for pairs, with the group's members counted in.
//!
//! A group shows `invalid` while a member is (`G-400`), and a recover point iff all members have the same one
//! (`G-650`).

use alloc::string::String;
use alloc::vec::Vec;

use crate::constructor::constructor;
use crate::cursor::{Cursor, List};
use crate::ebs::group::ReplicaGroup;
use crate::ebs::group::rules::{G_650, G_694, G_695, G_696};
use crate::ebs::group::whole::WholeGroup;
use crate::ebs::lifecycle::GroupStatus;
use crate::ebs::page::{Page, Records, Search, Site, Viewpoint, Walk};
use crate::ebs::pair::ReplicaPair;
use crate::ids::{GroupId, PairId, ResourceGroupId};
use crate::map::Map;
use crate::rule::cite;
use crate::text::Tag;
use crate::time::Timestamp;

/// `DescribeDiskReplicaGroups`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct DescribeDiskReplicaGroups {
    /// `GroupIds`, at most 100; empty for all.
    pub groups: Vec<GroupId>,
    /// `Name`: part of the group's name.
    pub name: Option<String>,
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
    DescribeDiskReplicaGroups
    {
        name => name: String,
        resource_group => resource_group: ResourceGroupId,
    }
    { groups: Vec<GroupId>, site: Site, tags: Vec<Tag>, page: Page }
}

/// A group with what follows from its members.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GroupView {
    /// The group itself.
    pub group: ReplicaGroup,
    /// The status that it shows.
    pub status: GroupStatus,
    /// Its members, in the order in which they were given.
    pub pairs: Vec<PairId>,
    /// The recover point that all members share.
    pub last_recover_point: Option<Timestamp>,
}

/// The answer of `DescribeDiskReplicaGroups`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GroupPage {
    /// The groups of this page.
    pub groups: Vec<GroupView>,
    /// The site that every record is stamped with.
    pub site: Site,
    /// Where the next page begins; absent on the last one.
    pub next: Option<Cursor>,
    /// The page that was asked for.
    pub page: Page,
    /// The number of all matching groups. With a cursor, where the vendor calls it meaningless, it is the number of groups
    /// that the region sees from that site, if that is known without counting.
    pub total: usize,
    /// Requested groups that the region sees only from the other site: a hint for the caller's log.
    pub other_site: Vec<GroupId>,
}

impl WholeGroup<'_> {
    /// The group with what follows from its members.
    pub fn view(&self) -> GroupView {
        GroupView {
            group: ReplicaGroup::clone(self),
            status: self.status(),
            pairs: self.members().iter().map(|pair| pair.id.clone()).collect(),
            last_recover_point: common_recover_point(self.members()),
        }
    }
}

/// The recover point that all members share, if there are members (`G-650`).
pub(in crate::ebs) fn common_recover_point(members: &[&ReplicaPair]) -> Option<Timestamp> {
    cite!(G_650);
    let (first, rest) = members.split_first()?;
    let point = first.last_recover_point?;
    rest.iter().all(|pair| pair.last_recover_point == Some(point)).then_some(point)
}

impl DescribeDiskReplicaGroups {
    /// The digest of the list that it asks for.
    pub(crate) fn list(&self, of: List) -> u32 {
        let of = of.filter(self.name.as_deref()).filter(Some(self.site.as_str()));
        let of = of.filter(self.resource_group.as_ref().map(ResourceGroupId::as_str));
        let of = of.set(self.groups.iter().map(|id| (id.as_str(), None)));
        of.set(self.tags.iter().map(Tag::parts)).digest()
    }

    /// Answers from the groups of one account; `list` is the digest of the list.
    pub(crate) fn select(
        &self,
        from: Viewpoint<'_>,
        list: u32,
        groups: &Map<GroupId, ReplicaGroup>,
        walk: Walk<'_>,
        view: impl Fn(&ReplicaGroup) -> GroupView,
    ) -> GroupPage {
        cite!(G_694, G_695, G_696);
        let search = Search {
            ids: &self.groups,
            name: self.name.as_deref(),
            resource_group: self.resource_group.as_ref(),
            tags: &self.tags,
            site: self.site,
            page: self.page,
            list,
        };
        let (Records { items, next, total }, other_site) = search.page(from, groups, walk, None);
        let groups = items.into_iter().map(view).collect();
        GroupPage { groups, site: self.site, next, page: self.page, total, other_site }
    }
}
