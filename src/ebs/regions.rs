//! `DescribeRegions` of EBS: which regions have a feature.

use crate::constructor::constructor;
use crate::spelling::spelled;

spelled! {
    /// A feature that a region may have (`ResourceType`).
    RegionFeature, "feature of a region"
    /// `ear`: asynchronous replication.
    AsyncReplication = "ear",
    /// `lens`: CloudLens for EBS. The model knows of no region that has it.
    Lens = "lens",
    /// `dbsc`: dedicated clusters of block storage. Likewise.
    DedicatedCluster = "dbsc",
}

/// `DescribeRegions` of EBS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct DescribeEbsRegions {
    /// `ResourceType`; without one, regions with any feature.
    pub feature: Option<RegionFeature>,
}

constructor! { DescribeEbsRegions { feature => feature: RegionFeature } {} }
