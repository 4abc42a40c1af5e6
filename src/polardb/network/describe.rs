//! `DescribeGlobalDatabaseNetwork` and `DescribeGlobalDatabaseNetworks`.

use alloc::string::String;
use alloc::vec::Vec;

use crate::constructor::constructor;
use crate::ids::{ClusterId, NetworkId, RegionId, ResourceGroupId};
use crate::polardb::cluster::DbCluster;
use crate::polardb::network::decide::MAX_SECONDARIES;
use crate::polardb::network::rules::P_461;
use crate::polardb::network::{GlobalDatabaseNetwork, MemberRole, NetworkStatus};
use crate::rule::cite;

/// `DescribeGlobalDatabaseNetworks`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct DescribeGlobalDatabaseNetworks {
    /// `GDNId`.
    pub network: Option<NetworkId>,
    /// `DBClusterId`: the network that this cluster is in.
    pub cluster: Option<ClusterId>,
    /// `FilterRegion`: networks that could take another secondary there.
    pub region: Option<RegionId>,
    /// `GDNDescription`: part of the description.
    pub description: Option<String>,
    /// `ResourceGroupId`.
    pub resource_group: Option<ResourceGroupId>,
    /// `PageNumber`, from 1.
    pub page_number: u32,
    /// `PageSize`: 30, 50 or 100.
    pub page_size: u16,
}

constructor! {
    DescribeGlobalDatabaseNetworks
    {
        network => network: NetworkId,
        cluster => cluster: ClusterId,
        region => region: RegionId,
        description => description: String,
        resource_group => resource_group: ResourceGroupId,
    }
    { page_number: u32, page_size: u16 }
}

impl Default for DescribeGlobalDatabaseNetworks {
    fn default() -> Self {
        Self {
            network: None,
            cluster: None,
            region: None,
            description: None,
            resource_group: None,
            page_number: 1,
            page_size: 30,
        }
    }
}

/// A member as the describes show it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Member {
    /// The cluster.
    pub cluster: DbCluster,
    /// Its role.
    pub role: MemberRole,
}

/// A network as the describes show it: with its clusters, the primary first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NetworkView {
    /// The network.
    pub network: GlobalDatabaseNetwork,
    /// Its clusters.
    pub members: Vec<Member>,
}

/// What `DescribeGlobalDatabaseNetworks` answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NetworkPage {
    /// The networks of this page.
    pub networks: Vec<NetworkView>,
    /// The page that was asked for.
    pub page_number: u32,
    /// How many networks match in all.
    pub total: usize,
}

impl DescribeGlobalDatabaseNetworks {
    /// Whether a network meets every condition.
    pub(crate) fn matches(&self, network: &GlobalDatabaseNetwork) -> bool {
        cite!(P_461);
        let has_room =
            || network.status() == NetworkStatus::Active && network.secondaries().len() < MAX_SECONDARIES;
        let described = |part: &str| network.description().is_some_and(|text| text.as_str().contains(part));
        self.network.as_ref().is_none_or(|id| network.id() == id)
            && self.cluster.as_ref().is_none_or(|cluster| network.role(cluster).is_some())
            && (self.region.is_none() || has_room())
            && self.description.as_deref().is_none_or(described)
            && self.resource_group.as_ref().is_none_or(|group| network.resource_group() == Some(group))
    }

    /// The part of the matching networks that is on the page asked for.
    pub(crate) fn page<'a, T>(&self, matching: &'a [T]) -> &'a [T] {
        let before = u64::from(self.page_number).saturating_sub(1).saturating_mul(self.page_size.into());
        let rest = usize::try_from(before).ok().and_then(|before| matching.get(before..)).unwrap_or_default();
        rest.get(..usize::from(self.page_size)).unwrap_or(rest)
    }
}
