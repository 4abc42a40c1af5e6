//! The operations that are modelled: one table, a row each.

use core::fmt;

use crate::rule::Basis;

/// A product of the vendor, that is, one API with one version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
pub enum Product {
    /// Elastic Block Storage, `ebs`, version 2021-07-30.
    Ebs,
    /// PolarDB, `polardb`, version 2017-08-01.
    PolarDb,
}

impl Product {
    /// The product whose API has this version.
    pub fn of_version(version: &str) -> Option<Self> {
        [Self::Ebs, Self::PolarDb].into_iter().find(|product| product.version() == version)
    }

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
    ($($product:ident {$(
        $name:ident $($wire:literal)? $(= $shared:literal)?: $token:tt $region:tt $creates:tt [$($codes:expr),*] $($page:ident $paged:literal)*;
    )*})*) => {
        /// An operation, named as the vendor's `Action` parameter names it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[non_exhaustive]
        pub enum Operation {$($(
            #[doc = concat!("`", operations!(@wire $name $($wire)? $($shared)?), "`.")]
            $(#[cfg_attr(feature = "serde", serde(rename = $wire))])?
            $name,
        )*)*}

        impl Operation {
            /// All of them.
            pub const ALL: &'static [Self] = &[$($(Self::$name,)*)*];

            /// The `Action` parameter.
            pub const fn as_str(self) -> &'static str {
                match self { $($(Self::$name => operations!(@wire $name $($wire)? $($shared)?),)*)* }
            }

            /// Its name in journals and snapshots: the `Action` parameter, where no other product has the same.
            #[cfg(feature = "serde")]
            pub(crate) const fn stored_name(self) -> &'static str {
                match self { $($(Self::$name => operations!(@wire $name $($wire)?),)*)* }
            }

            /// The product whose API has this operation.
            pub const fn product(self) -> Product {
                match self { $($(Self::$name => Product::$product,)*)* }
            }

            /// Whether a `ClientToken` guards it. That of `ListTagResources` is read and guards nothing (`E-711`).
            pub const fn takes_token(self) -> bool {
                match self { $($(Self::$name => operations!(@is $token),)*)* }
            }

            /// Whether it defines, and then requires, the `RegionId` parameter (`W-024`).
            pub const fn takes_region(self) -> bool {
                match self { $($(Self::$name => operations!(@is $region),)*)* }
            }

            /// Whether it creates a resource that [`ControlPlane::resource_count`](crate::ControlPlane::resource_count)
            /// counts: a pair, a group, a drill, a cluster or a network. Nodes belong to their cluster.
            pub const fn creates_resource(self) -> bool {
                match self { $($(Self::$name => operations!(@is $creates),)*)* }
            }

            /// The codes of the metadata, with blanks between them.
            const fn metadata(self) -> &'static [&'static str] {
                match self { $($(Self::$name => &[$($codes),*],)*)* }
            }

            /// Dated pages, each with the codes that only it lists.
            const fn pages(self) -> &'static [(&'static str, &'static str)] {
                match self { $($(Self::$name => &[$(($page, $paged)),*],)*)* }
            }
        }
    };
    (@wire $name:ident) => { stringify!($name) };
    (@wire $name:ident $wire:literal) => { $wire };
    (@is -) => { false };
    (@is $column:ident) => { true };
}

// Lists of codes that several operations share.
const COMMON: &str = "InvalidParameter InvalidParameter.Conflict InvalidParameter.Format MissingParameter \
    InvalidAccountStatus.NotEnoughBalance LastTokenProcessing NoPermission.SLR OperationDenied \
    InvalidApi.NotFound NoSuchResource";
const RESOURCES: &str = "InvalidResourceId.NotFound InvalidResourceType.NotFound";
const TAGS: &str = "Duplicate.TagKey NumberExceed.ResourceIds NumberExceed.Tags";
const LIFECYCLE: &str = "OperationDenied OperationDenied.InvalidStatus NoSuchResource";
const SITE: &str = "OperationDenied.OperateNotAllowedForPrimary \
    OperationDenied.OperateNotAllowedForStandby";
const DRILL: &str = "OperationDenied.RecoverPointNotFound OperationDenied.StartDrillShouldOnDestRegion";
const CONFLICT: &str = "OperationDenied.PairGroupAZoneConflict OperationDenied.PairGroupStatusConflict";
const CLUSTER: &str = "InvalidDBCluster.NotFound InvalidDBClusterId.Malformed";

const ATTRIBUTE_PAGE: &str = "DescribeDbClusterAttributeZonal page, alibabacloud.com, 2025-11";
const CONFIG_PAGE: &str = "ModifyDBNodeConfig page, help.aliyun.com, 2025-09";
const ENDPOINTS_PAGE: &str = "DescribeDBClusterEndpointsZonal page, alibabacloud.com, 2025-12";
const FAILOVER_PAGE: &str = "FailoverDBCluster page, alibabacloud.com, 2024-10";
const HA_LOG_PAGE: &str = "DescribeHALogs page, api.alibabacloud.com, 2026-11";
const RESTART_PAGE: &str = "RestartDBNodeZonal page, alibabacloud.com, 2025-12";
const ZONAL_PAGE: &str = "FailoverDBClusterZonal page, alibabacloud.com, 2024-10";

// A row: the name, the wire name where it differs (after `=` one that both products have; data then bear the row's name),
// whether a token guards the operation, takes a region and creates a resource, the codes that the metadata lists for it,
// and the dated pages that list others.
operations! {
    Ebs {
        CreateDiskReplicaPair: token region creates [LIFECYCLE,
            "IdempotentParameterMismatch OperationDenied.QuotaExceed LastTokenProcessing \
             InvalidAccountStatus.NotEnoughBalance"];
        StartDiskReplicaPair: token region - [LIFECYCLE,
            "OperationDenied.StandbyDeviceAttached OperationDenied.ManualSyncLimit"];
        StopDiskReplicaPair: token region - [LIFECYCLE];
        FailoverDiskReplicaPair: token region - [LIFECYCLE, SITE];
        ReprotectDiskReplicaPair: token region - [LIFECYCLE, SITE, CONFLICT,
            "OperationDenied.NoPairInGroup OperationDenied.PairNotInGroup"];
        DeleteDiskReplicaPair: token region - [LIFECYCLE];
        DescribeDiskReplicaPairs: - region - [LIFECYCLE];
        ModifyDiskReplicaPair: token region - [LIFECYCLE, SITE];
        DescribeDiskReplicaPairProgress: - region - [LIFECYCLE];
        TagResources: token region - [COMMON, RESOURCES, TAGS, "MissingParameter.ResourceType"];
        UntagResources: token region - [COMMON, RESOURCES, TAGS,
            "OperationDenied.QuotaExceed InvalidRegionId.NotFound"];
        ListTagResources: - region - [COMMON, RESOURCES, TAGS,
            "OperationDenied.QuotaExceed IdempotentParameterMismatch InvalidRegionId.NotFound"];
        ChangeResourceGroup: token region - [COMMON, RESOURCES,
            "OperationDenied.QuotaExceed InvalidResourceGroup.NotFound MissingParameter.ResourceGroup \
             MissingParameter.ResourceType"];
        CreateDiskReplicaGroup: token region creates [LIFECYCLE,
            "OperationDenied.QuotaExceed OperationDenied.TooMuchEmptyGroup"];
        ModifyDiskReplicaGroup: token region - [LIFECYCLE, SITE, "OperationDenied.GroupHasPair"];
        StartDiskReplicaGroup: token region - [LIFECYCLE, CONFLICT,
            "OperationDenied.StandbyDeviceAttached OperationDenied.ManualSyncLimit \
             OperationDenied.NoPairInGroup OperationDenied.PairNotInGroup"];
        StopDiskReplicaGroup: token region - [LIFECYCLE];
        FailoverDiskReplicaGroup: token region - [LIFECYCLE, SITE, CONFLICT,
            "OperationDenied.NoPairInGroup OperationDenied.PairInAnotherGroup"];
        ReprotectDiskReplicaGroup: token region - [LIFECYCLE, SITE, "OperationDenied.NoPairInGroup"];
        DeleteDiskReplicaGroup: token region - [LIFECYCLE, "OperationDenied.GroupHasPair"];
        DescribeDiskReplicaGroups: - region - [LIFECYCLE];
        AddDiskReplicaPair: token region - [LIFECYCLE, CONFLICT,
            "OperationDenied.GroupStatusCannotAddPair OperationDenied.PairInAnotherGroup \
             OperationDenied.PairInitializing OperationDenied.PairStatusCannotAddToGroup \
             OperationDenied.QuotaExceed OperationDenied.PairsExceedInGroup \
             OperationDenied.GroupTotalDiskCapacityLimit"];
        RemoveDiskReplicaPair: token region - [LIFECYCLE, CONFLICT,
            "OperationDenied.GroupStatusCannotRemovePair OperationDenied.NoPairInGroup \
             OperationDenied.PairInAnotherGroup OperationDenied.PairNotInGroup \
             OperationDenied.PairStatusCannotRemoveFromGroup"];
        StartPairDrill: token region creates [COMMON, DRILL];
        ClearPairDrill: - region - [COMMON];
        DescribePairDrills: - region - [COMMON];
        StartReplicaGroupDrill: token region creates [COMMON, DRILL];
        ClearReplicaGroupDrill: - region - [COMMON];
        DescribeReplicaGroupDrills: - region - [COMMON];
        DescribeEbsRegions = "DescribeRegions": - - - ["NoSuchResource"];
    }
    PolarDb {
        CreateDbCluster "CreateDBCluster": token region creates [
            "InvalidBackupRetentionPolicyOnClusterDeletion.Malformed InvalidLowerCaseTableNames.Malformed \
             InvalidDefaultTimeZone.Malformed Location.FailedGetSubDomain MissParameter.GDNId \
             EntityNotExist.ResourceGroup"];
        DeleteDbCluster "DeleteDBCluster": - - - [CLUSTER,
            "EngineMigration.ActionDisabled InvalidParamBackupRetentionPolicyOnClusterDeletion.Malformed \
             InvalidBackupRetentionPolicyOnClusterDeletion.Malformed OperationDenied.DBClusterDeletionLock \
             OperationDenied.OperateStatus OperationDenied.ClusterStatus OperationDenied.DBClusterPayType"];
        ModifyDbNodeConfig "ModifyDBNodeConfig": - - - []
            CONFIG_PAGE "InvalidDBClusterId.NotFound";
        FailoverDbCluster "FailoverDBCluster": token - - [CLUSTER,
            "HaStatusNotSupport InvalidDBNodeId.Malformed InvalidDBType.Malformed OperationDenied.DBNodeType \
             OperationDenied.ClusterCategory"]
            FAILOVER_PAGE "UnsupportHighFrequenceSwitchOver"
            ZONAL_PAGE "UnsupportWitchUnhealthyReplication";
        FailoverDbClusterZonal "FailoverDBClusterZonal": token - - []
            ZONAL_PAGE "HaStatusNotSupport OperationDenied.ClusterCategory UnsupportHighFrequenceSwitchOver \
             UnsupportWitchUnhealthyReplication";
        CreateDbNodes "CreateDBNodes": token - - [
            "ORDER.ARREARAGE InvalidDBNodeNum.Malformed InvalidDBNode.Malformed \
             OperationDenied.CreateDBNodesWithStrictConsistencyOn InvalidZoneId.Malformed \
             OperationDenied.ClusterCategory OperationDenied.DbVersion InvalidDBClusterId.NotFound \
             InvalidDBClusterId.Malformed"];
        DeleteDbNodes "DeleteDBNodes": token - - [
            "InvalidDBNodeNum.Malformed OperationDenied.DeleteDBNodesWithStrictConsistencyOn \
             InvalidDBNode.Malformed OperationDenied.DBNodeRole InvalidDBClusterId.NotFound \
             InvalidDBClusterId.Malformed"];
        ModifyDbNodeClass "ModifyDBNodeClass": token - - [
            "ORDER.ARREARAGE InsufficientResourceCapacity InvalidModifyType.Malformed \
              OperationDenied.RoEqualSpec OperationDenied.DBClusterStatus"];
        ModifyDbNodesClass "ModifyDBNodesClass": token - - [
            "InvalidModifyType.Malformed"];
        RestartDbNode "RestartDBNode": - - - [
            "InvalidDBNodeId.Malformed"];
        RestartDbNodeZonal "RestartDBNodeZonal": token - - []
            RESTART_PAGE "InvalidDBNodeId.Malformed";
        ModifyDbNodeHotReplicaMode "ModifyDBNodeHotReplicaMode": - - - [
            "InvalidDBNodeId.Malformed InvalidDBInstanceClass.NotFound InvalidDBClusterId.Malformed \
             InvalidDBNodeId.NotFound"];
        ModifyDbClusterPrimaryZone "ModifyDBClusterPrimaryZone": - - - [CLUSTER,
            "ScheduleTaskExist InvalidZoneId.Malformed InvalidZoneId.Same ActionUnauthorized \
             OperationDenied.MutexLock InsufficientResource"];
        ModifyDbClusterDeletion "ModifyDBClusterDeletion": - - - [];
        ModifyDbClusterMaintainTime "ModifyDBClusterMaintainTime": - - - [];
        ModifyDbCluster "ModifyDBCluster": - - - [
            "OperationDenied.CreateDBNodesWithStrictConsistencyOn InvalidDBProxyClusterClass.Malformed \
             InvalidDBNodeNum.Malformed OperationDenied.ModifyDBNodeClassWithStrictConsistencyOn \
             InvalidDowngradeDBNodeClass.Limit InvalidEngine.Unsupported \
             OperationDenied.ModifyProxyWithStrictConsistencyOn StandbyClusterTurnOn IncorrectDBInstanceType \
             IncorrectDBInstance OperationDenied.LockMode OperationDenied.DBClusterStatus \
             OperationDenied.TempUpgradeDuring InvalidParam.PgDBNodeSpec InvalidParam.NoChange \
             OperationDenied.DBNodeClass OperationDenied.ReaderNum InvalidParam.DBNodeNum \
             OperationDenied.DBNodeRole OperationDenied.DeleteNode OperationDenied.EndpointDBNodeNumber \
             OperationDenied.StandbyEqualSpec OperationDenied.DeleteDBNodeNumber OperationDenied.DbVersion \
             OperationDenied.ClusterCategory OperationDenied.clusterSingleNodeLimit \
             InvalidParam.CRACParamNodeNum InvalidParam.ECSESSDSTANDARDParamNodeNum InvalidParam \
             InvalidEditType"];
        ModifyDbClusterArch "ModifyDBClusterArch": - - - [];
        DescribeDbClusters "DescribeDBClusters": - region - [
            "InvalidRegionId.Malformed NumberExceed.Tags InvalidPageSize.Malformed \
             InvalidPageNumber.Malformed InvalidRecentCreationInterval.Malformed \
             InvalidRecentExpirationInterval.Malformed DBTypeOrDBVersion.Malformed ServiceUnavailable"];
        DescribeDbClustersZonal "DescribeDBClustersZonal": - region - [];
        DescribeDbClusterAttribute "DescribeDBClusterAttribute": - - - [CLUSTER];
        DescribeDbClusterAttributeZonal: - - - []
            ATTRIBUTE_PAGE "InvalidDBCluster.NotFound InvalidDBClusterId.Malformed";
        DescribeDbClusterEndpoints "DescribeDBClusterEndpoints": - - - [CLUSTER,
            "InvalidDBClusterId.NotFound"];
        DescribeDbClusterEndpointsZonal "DescribeDBClusterEndpointsZonal": - - - []
            ENDPOINTS_PAGE "InvalidDBCluster.NotFound InvalidDBClusterId.Malformed";
        DescribeHaLogs "DescribeHALogs": - - - []
            HA_LOG_PAGE "InvalidDBClusterId.Malformed InvalidDBCluster.NotFound InvalidPageSize.Malformed \
                InvalidPageNumber.Malformed";
        CreateGlobalDatabaseNetwork: - - creates [
            "MemberIns.Exist InvalidEngineVersion.Unsupported InvalidDBCluster.NotFound InvalidDBClusterId.NotFound"];
        DeleteGlobalDatabaseNetwork: - - - ["MemberNumber.NotSupport GDN.NotFound InvalidDBCluster.NotFound"];
        RemoveDbClusterFromGdn "RemoveDBClusterFromGDN": - - - [
            "MemberRole.NotSupport GDN.NotFound InvalidDBCluster.NotFound InvalidDBClusterId.NotFound"];
        SwitchOverGlobalDatabaseNetwork: - - - ["InvalidDBCluster.NotFound InvalidDBClusterId.NotFound"];
        DescribeGlobalDatabaseNetwork: - - - ["GDN.NotFound InvalidDBCluster.NotFound"];
        DescribeGlobalDatabaseNetworks: - - - [
            "InvalidPageSize.Malformed InvalidPageNumber.Malformed InvalidDBCluster.NotFound"];
        DescribePolarDbRegions = "DescribeRegions": - - - [];
    }
}

impl Operation {
    /// The operation of this product and name, if it is modelled. Names are case-sensitive, as on the wire.
    pub fn find(product: Product, name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|op| op.product() == product && op.as_str() == name)
    }

    /// The error codes that the vendor lists for it, each with the dated page that lists it or, of those from the
    /// vendor's metadata, `None`.
    ///
    /// Several lists of the metadata look copied from one operation to the next (`docs/facts/ebs.md#codes-listed-in-the-metadata`): that a code is
    /// listed makes its row `Documented` and says nothing about when it is given. Codes of layers outside the model
    /// (`Forbidden`, `Forbidden.Action`, `Forbidden.RAM`, `InternalError`, `RequestTimeout`) are left out.
    pub fn listed_codes(self) -> impl Iterator<Item = (&'static str, Option<&'static str>)> {
        let metadata = self.metadata().iter().map(|codes| (*codes, None));
        let lists = metadata.chain(self.pages().iter().map(|(page, codes)| (*codes, Some(*page))));
        lists.flat_map(|(codes, page)| codes.split_ascii_whitespace().map(move |code| (code, page)))
    }

    /// How sure it is that the operation answers with this code: `Documented` iff the code is listed for it.
    pub(crate) fn basis(self, code: &str) -> Basis {
        let listed = self.listed_codes().any(|(listed, _)| listed == code);
        if listed { Basis::Documented } else { Basis::Inferred }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
