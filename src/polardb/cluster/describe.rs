//! `DescribeDBClusters` and `DescribeDBClusterAttribute`.
//!
//! Both answer with clusters; what each of them shows of a cluster, and how it spells it, is decided in the wire layer.

use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::calendar::DAY;
use crate::constructor::constructor;
use crate::cursor::List;
use crate::ids::{AccountId, ClusterId, NodeId, RegionId, ResourceGroupId};
use crate::map::Map;
use crate::polardb::cluster::DbCluster;
use crate::polardb::cluster::requests::{Engine, PayType};
use crate::text::Tag;
use crate::time::{Span, Timestamp};

/// `DescribeDBClusters`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct DescribeDbClusters {
    /// `DBClusterIds`; empty for all.
    pub clusters: Vec<ClusterId>,
    /// `DBNodeIds`: clusters that have one of these nodes; empty for all.
    pub nodes: Vec<NodeId>,
    /// `DBClusterDescription`: part of the description.
    pub description: Option<String>,
    /// `DBClusterStatus`.
    pub status: Option<String>,
    /// `DBType`.
    pub engine: Option<Engine>,
    /// `DBVersion`.
    pub version: Option<Arc<str>>,
    /// `PayType`.
    pub pay_type: Option<PayType>,
    /// `RecentCreationInterval`: created within so many days, 0 to 15.
    pub created_within: Option<u8>,
    /// `RecentExpirationInterval`: a subscription that expires within so many days, 0 to 15.
    pub expires_within: Option<u8>,
    /// `ResourceGroupId`.
    pub resource_group: Option<ResourceGroupId>,
    /// `Tag.N`: all must be present.
    pub tags: Vec<Tag>,
    /// `PageNumber`, from 1.
    pub page_number: u32,
    /// `PageSize`: 30, 50 or 100.
    pub page_size: u16,
}

constructor! {
    DescribeDbClusters
    {
        description => description: String,
        status => status: String,
        engine => engine: Engine,
        version => version: Arc<str>,
        pay_type => pay_type: PayType,
        created_within => created_within: u8,
        expires_within => expires_within: u8,
        resource_group => resource_group: ResourceGroupId,
    }
    { clusters: Vec<ClusterId>, nodes: Vec<NodeId>, tags: Vec<Tag>, page_number: u32, page_size: u16 }
}

impl Default for DescribeDbClusters {
    fn default() -> Self {
        Self {
            clusters: Vec::new(),
            nodes: Vec::new(),
            description: None,
            status: None,
            engine: None,
            version: None,
            pay_type: None,
            created_within: None,
            expires_within: None,
            resource_group: None,
            tags: Vec::new(),
            page_number: 1,
            page_size: 30,
        }
    }
}

/// What `DescribeDBClusters` answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClusterPage {
    /// The clusters of this page.
    pub clusters: Vec<DbCluster>,
    /// The page that was asked for.
    pub page_number: u32,
    /// How many clusters match in all.
    pub total: usize,
}

/// `DescribeDBClusterAttribute`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct DescribeDbClusterAttribute {
    /// The cluster.
    pub cluster: ClusterId,
}

constructor! { DescribeDbClusterAttribute(cluster: ClusterId) {} {} }

/// `DescribeDbClusterAttributeZonal`: the same for edge clusters. A client of `FailoverDBClusterZonal` polls it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct DescribeDbClusterAttributeZonal(pub DescribeDbClusterAttribute);

impl DescribeDbClusters {
    fn matches(&self, cluster: &DbCluster, now: Timestamp) -> bool {
        let within = |days: u8, early: Timestamp, late: Timestamp| {
            early.after(Span::from_secs(u64::from(days).saturating_mul(DAY))) >= late
        };
        let has_node = || self.nodes.iter().any(|node| cluster.node(node).is_some());
        let described = |part: &str| cluster.description().is_some_and(|text| text.as_str().contains(part));
        (self.clusters.is_empty() || self.clusters.contains(&cluster.id))
            && (self.nodes.is_empty() || has_node())
            && self.description.as_deref().is_none_or(described)
            && self.status.as_deref().is_none_or(|status| cluster.status().spelled(cluster.engine) == status)
            && self.engine.is_none_or(|engine| cluster.engine == engine)
            && self.version.as_deref().is_none_or(|version| cluster.version() == version)
            && self.pay_type.is_none_or(|pay_type| cluster.pay_type == pay_type)
            && self.created_within.is_none_or(|days| within(days, cluster.created_at, now))
            && (self.expires_within)
                .is_none_or(|days| cluster.expires_at.is_some_and(|end| within(days, now, end)))
            && self.resource_group.as_ref().is_none_or(|group| cluster.resource_group() == Some(group))
            && self.tags.iter().all(|tag| cluster.tags.contains(tag))
    }

    /// How many matching clusters come before the page that is asked for.
    pub(in crate::polardb) fn skips(&self) -> u64 {
        u64::from(self.page_number).saturating_sub(1).saturating_mul(self.page_size.into())
    }

    /// The list that it asks for: what it filters by, and not which page.
    pub(in crate::polardb) fn list(&self, of: List) -> List {
        let days = |days: Option<u8>| days.map(|days| days.to_string());
        let of = of.set(self.clusters.iter().map(|id| (id.as_str(), None)));
        let of = of.set(self.nodes.iter().map(|id| (id.as_str(), None)));
        let of = of.filter(self.description.as_deref()).filter(self.status.as_deref());
        let of = of.filter(self.engine.map(Engine::as_str)).filter(self.version.as_deref());
        let of = of.filter(self.pay_type.map(PayType::as_str));
        let of = of.filter(days(self.created_within).as_deref()).filter(days(self.expires_within).as_deref());
        let of = of.filter(self.resource_group.as_ref().map(ResourceGroupId::as_str));
        of.set(self.tags.iter().map(Tag::parts))
    }

    /// Answers from the clusters of one account.
    pub(crate) fn select(
        &self,
        account: &AccountId,
        region: &RegionId,
        clusters: &Map<ClusterId, DbCluster>,
        now: Timestamp,
    ) -> ClusterPage {
        let (clusters, total) =
            self.page(account, region, clusters, now, self.skips(), self.page_size.into());
        ClusterPage { clusters, page_number: self.page_number, total }
    }

    /// At most `size` matching clusters behind the first `skip`, and how many match in all.
    pub(in crate::polardb) fn page(
        &self,
        account: &AccountId,
        region: &RegionId,
        clusters: &Map<ClusterId, DbCluster>,
        now: Timestamp,
        skip: u64,
        size: u32,
    ) -> (Vec<DbCluster>, usize) {
        let listed = |cluster: &&DbCluster| {
            cluster.account == *account && cluster.region == *region && self.matches(cluster, now)
        };
        let (mut page, mut total) = (Vec::new(), 0_usize);
        for cluster in clusters.values().filter(listed) {
            if total as u64 >= skip && (page.len() as u64) < u64::from(size) {
                page.push(cluster.clone());
            }
            total = total.saturating_add(1);
        }
        (page, total)
    }
}
