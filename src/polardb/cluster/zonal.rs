//! `DescribeDBClustersZonal`: the list of clusters in its newer form, flat and with pages by token as well as by number.
//!
//! The model makes no difference between clusters of a region and of an edge zone (`P-115`), so it lists both.

use alloc::vec::Vec;

use crate::constructor::constructor;
use crate::cursor::{Cursor, List};
use crate::ids::{AccountId, ClusterId, RegionId};
use crate::map::Map;
use crate::polardb::cluster::DbCluster;
use crate::polardb::cluster::describe::DescribeDbClusters;
use crate::polardb::cluster::rules::{P_115, P_116};
use crate::rule::cite;
use crate::time::Timestamp;

/// `MaxResults`, where only `NextToken` is given.
const RESULTS: u32 = 10;

/// `DescribeDBClustersZonal`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct DescribeDbClustersZonal {
    /// Which clusters, and which page of them by number.
    pub filter: DescribeDbClusters,
    /// `MaxResults`, 1 or more: asks for pages by token, as `after` does. The default is then 10.
    pub max_results: Option<u32>,
    /// `NextToken`: after so many matching clusters.
    pub after: Option<Cursor>,
}

constructor! {
    DescribeDbClustersZonal
    { max_results => max_results: u32, after => after: Cursor }
    { filter: DescribeDbClusters }
}

/// What `DescribeDBClustersZonal` answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ZonalClusterPage {
    /// The clusters of this page.
    pub clusters: Vec<DbCluster>,
    /// The page that was asked for by number.
    pub page_number: u32,
    /// The most that a page can have.
    pub max_results: u32,
    /// After how many matching clusters the next page begins; absent on the last one.
    pub next: Option<Cursor>,
    /// How many clusters match in all.
    pub total: usize,
}

impl DescribeDbClustersZonal {
    /// The digest of the list that it asks for.
    pub(crate) fn list(&self, of: List) -> u32 {
        self.filter.list(of).digest()
    }

    /// Answers from the clusters of one account; `list` is the digest of the list.
    pub(crate) fn select(
        &self,
        list: u32,
        account: &AccountId,
        region: &RegionId,
        clusters: &Map<ClusterId, DbCluster>,
        now: Timestamp,
    ) -> ZonalClusterPage {
        cite!(P_115, P_116);
        let by_token = self.max_results.is_some() || self.after.is_some();
        let size = if by_token { self.max_results.unwrap_or(RESULTS) } else { self.filter.page_size.into() };
        let skip = if by_token { self.after.map_or(0, |after| after.at) } else { self.filter.skips() };
        let (clusters, total) = self.filter.page(account, region, clusters, now, skip, size);
        let told = skip.saturating_add(clusters.len() as u64);
        ZonalClusterPage {
            next: (told < total as u64).then_some(Cursor { at: told, list }),
            clusters,
            page_number: self.filter.page_number,
            max_results: size,
            total,
        }
    }
}
