//! The calls on global database networks. None of them takes a `ClientToken` or a region that decides anything.

use crate::constructor::constructor;
use crate::ids::{ClusterId, NetworkId, ResourceGroupId};
use crate::polardb::network::SwitchMode;
use crate::text::NetworkDescription;

/// `CreateGlobalDatabaseNetwork`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct CreateGlobalDatabaseNetwork {
    /// `DBClusterId`: the primary.
    pub cluster: ClusterId,
    /// `GDNDescription`.
    pub description: Option<NetworkDescription>,
    /// `ResourceGroupId`.
    pub resource_group: Option<ResourceGroupId>,
}

constructor! {
    CreateGlobalDatabaseNetwork(cluster: ClusterId)
    { description => description: NetworkDescription, resource_group => resource_group: ResourceGroupId }
    {}
}

/// What `CreateGlobalDatabaseNetwork` answers; also its fresh ids.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct NetworkCreated {
    /// `GDNId`.
    pub network: NetworkId,
}

/// `DeleteGlobalDatabaseNetwork`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct DeleteGlobalDatabaseNetwork {
    /// `GDNId`.
    pub network: NetworkId,
}

constructor! { DeleteGlobalDatabaseNetwork(network: NetworkId) {} {} }

/// Whether a removal asks for the status of the secondary (`Force`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Removal {
    /// Only a running secondary is removed.
    #[default]
    Orderly,
    /// A secondary in any status is.
    Forced,
}

/// `RemoveDBClusterFromGDN`: a secondary becomes a cluster of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct RemoveDbClusterFromGdn {
    /// `GDNId`.
    pub network: NetworkId,
    /// `DBClusterId`: the secondary.
    pub cluster: ClusterId,
    /// `Force`, false by default.
    pub removal: Removal,
}

constructor! {
    RemoveDbClusterFromGdn(network: NetworkId, cluster: ClusterId)
    {}
    { removal: Removal = Removal::Orderly }
}

/// `SwitchOverGlobalDatabaseNetwork`: a secondary becomes the primary.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct SwitchOverGlobalDatabaseNetwork {
    /// `GDNId`.
    pub network: NetworkId,
    /// `DBClusterId`: the secondary. Absent, the only one is meant (`P-441`).
    pub cluster: Option<ClusterId>,
    /// `Forced`, false by default.
    pub mode: SwitchMode,
}

constructor! {
    SwitchOverGlobalDatabaseNetwork(network: NetworkId)
    { cluster => cluster: ClusterId }
    { mode: SwitchMode = SwitchMode::Planned }
}

/// `DescribeGlobalDatabaseNetwork`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct DescribeGlobalDatabaseNetwork {
    /// `GDNId`.
    pub network: NetworkId,
}

constructor! { DescribeGlobalDatabaseNetwork(network: NetworkId) {} {} }
