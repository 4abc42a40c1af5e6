//! The operations that are modelled, with their wire names.

use core::fmt;

/// A product of the vendor, that is, one API with one version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Product {
    /// Elastic Block Storage, `ebs`, version 2021-07-30.
    Ebs,
    /// PolarDB, `polardb`, version 2017-08-01.
    PolarDb,
}

impl Product {
    /// The API version that requests carry.
    pub const fn version(self) -> &'static str {
        match self {
            Self::Ebs => "2021-07-30",
            Self::PolarDb => "2017-08-01",
        }
    }

    /// The product's code in endpoints, such as `ebs` in `ebs.cn-shanghai.aliyuncs.com`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ebs => "ebs",
            Self::PolarDb => "polardb",
        }
    }
}

macro_rules! operations {
    ($($name:ident = $wire:literal, $product:ident;)*) => {
        /// An operation, named as the vendor's `Action` parameter names it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[non_exhaustive]
        pub enum Operation {$(
            #[doc = concat!("`", $wire, "`.")]
            #[cfg_attr(feature = "serde", serde(rename = $wire))]
            $name,
        )*}

        impl Operation {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The `Action` parameter.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $wire,)* }
            }

            /// The product whose API has this operation.
            pub const fn product(self) -> Product {
                match self { $(Self::$name => Product::$product,)* }
            }
        }
    };
}

operations! {
    CreateDiskReplicaPair = "CreateDiskReplicaPair", Ebs;
    StartDiskReplicaPair = "StartDiskReplicaPair", Ebs;
    StopDiskReplicaPair = "StopDiskReplicaPair", Ebs;
    FailoverDiskReplicaPair = "FailoverDiskReplicaPair", Ebs;
    ReprotectDiskReplicaPair = "ReprotectDiskReplicaPair", Ebs;
    DeleteDiskReplicaPair = "DeleteDiskReplicaPair", Ebs;
    DescribeDiskReplicaPairs = "DescribeDiskReplicaPairs", Ebs;
    ModifyDiskReplicaPair = "ModifyDiskReplicaPair", Ebs;
    DescribeDiskReplicaPairProgress = "DescribeDiskReplicaPairProgress", Ebs;
    TagResources = "TagResources", Ebs;
    UntagResources = "UntagResources", Ebs;
    ListTagResources = "ListTagResources", Ebs;
    ChangeResourceGroup = "ChangeResourceGroup", Ebs;
    CreateDiskReplicaGroup = "CreateDiskReplicaGroup", Ebs;
    ModifyDiskReplicaGroup = "ModifyDiskReplicaGroup", Ebs;
    StartDiskReplicaGroup = "StartDiskReplicaGroup", Ebs;
    StopDiskReplicaGroup = "StopDiskReplicaGroup", Ebs;
    FailoverDiskReplicaGroup = "FailoverDiskReplicaGroup", Ebs;
    ReprotectDiskReplicaGroup = "ReprotectDiskReplicaGroup", Ebs;
    DeleteDiskReplicaGroup = "DeleteDiskReplicaGroup", Ebs;
    DescribeDiskReplicaGroups = "DescribeDiskReplicaGroups", Ebs;
    AddDiskReplicaPair = "AddDiskReplicaPair", Ebs;
    RemoveDiskReplicaPair = "RemoveDiskReplicaPair", Ebs;
    StartPairDrill = "StartPairDrill", Ebs;
    ClearPairDrill = "ClearPairDrill", Ebs;
    DescribePairDrills = "DescribePairDrills", Ebs;
    StartReplicaGroupDrill = "StartReplicaGroupDrill", Ebs;
    ClearReplicaGroupDrill = "ClearReplicaGroupDrill", Ebs;
    DescribeReplicaGroupDrills = "DescribeReplicaGroupDrills", Ebs;
    CreateDbCluster = "CreateDBCluster", PolarDb;
    DeleteDbCluster = "DeleteDBCluster", PolarDb;
    ModifyDbNodeConfig = "ModifyDBNodeConfig", PolarDb;
    FailoverDbCluster = "FailoverDBCluster", PolarDb;
    FailoverDbClusterZonal = "FailoverDBClusterZonal", PolarDb;
    CreateDbNodes = "CreateDBNodes", PolarDb;
    DeleteDbNodes = "DeleteDBNodes", PolarDb;
    ModifyDbNodeClass = "ModifyDBNodeClass", PolarDb;
    ModifyDbNodesClass = "ModifyDBNodesClass", PolarDb;
    RestartDbNode = "RestartDBNode", PolarDb;
    ModifyDbNodeHotReplicaMode = "ModifyDBNodeHotReplicaMode", PolarDb;
    ModifyDbClusterPrimaryZone = "ModifyDBClusterPrimaryZone", PolarDb;
    ModifyDbClusterDeletion = "ModifyDBClusterDeletion", PolarDb;
    DescribeDbClusters = "DescribeDBClusters", PolarDb;
    DescribeDbClusterAttribute = "DescribeDBClusterAttribute", PolarDb;
    DescribeDbClusterEndpoints = "DescribeDBClusterEndpoints", PolarDb;
    DescribeHaLogs = "DescribeHALogs", PolarDb;
}

impl Operation {
    /// Whether it defines the `ClientToken` parameter.
    pub const fn takes_token(self) -> bool {
        matches!(
            self,
            Self::CreateDiskReplicaPair
                | Self::StartDiskReplicaPair
                | Self::StopDiskReplicaPair
                | Self::FailoverDiskReplicaPair
                | Self::ReprotectDiskReplicaPair
                | Self::DeleteDiskReplicaPair
                | Self::ModifyDiskReplicaPair
                | Self::TagResources
                | Self::UntagResources
                | Self::ChangeResourceGroup
                | Self::CreateDiskReplicaGroup
                | Self::ModifyDiskReplicaGroup
                | Self::StartDiskReplicaGroup
                | Self::StopDiskReplicaGroup
                | Self::FailoverDiskReplicaGroup
                | Self::ReprotectDiskReplicaGroup
                | Self::DeleteDiskReplicaGroup
                | Self::AddDiskReplicaPair
                | Self::RemoveDiskReplicaPair
                | Self::StartPairDrill
                | Self::StartReplicaGroupDrill
                | Self::CreateDbCluster
                | Self::FailoverDbCluster
                | Self::FailoverDbClusterZonal
                | Self::CreateDbNodes
                | Self::DeleteDbNodes
                | Self::ModifyDbNodeClass
                | Self::ModifyDbNodesClass
        )
    }

    /// The operation of this product and name, if it is modelled. Names are case-sensitive, as on the wire.
    pub fn find(product: Product, name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|op| op.product() == product && op.as_str() == name)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
