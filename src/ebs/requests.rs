//! The requests that pairs and groups have alike: each names one of them and says the same of it.
//!
//! The vendor calls the keys `ReplicaPairId` and `ReplicaGroupId`, in the drill operations `PairId` and `GroupId`.
//! Requests that differ are in the rooms of pairs and groups. A request holds parsed values with defaults applied, so
//! that requests compare as the idempotency token requires (`T-090`). The region of the call is not part of it: it is in
//! [`Call`](crate::control_plane::Call).

use crate::constructor::constructor;
use crate::ebs::page::Page;
use crate::ids::{DrillId, GroupId, PairId};

/// Requests by two, for a pair and for a group, with the same further fields.
macro_rules! requests {
    ($(
        $(#[$pair_doc:meta])* $Pair:ident
        $(#[$group_doc:meta])* $Group:ident
        { $($(#[$doc:meta])* $field:ident: $Type:ty $(= $default:expr)?,)* }
    )*) => {$(
        requests! { @ $(#[$pair_doc])* $Pair {
            /// The pair.
            pair: PairId, $($(#[$doc])* $field: $Type,)*
        } }
        requests! { @new $Pair(pair: PairId,) $($field: $Type $(= $default)?,)* }
        requests! { @ $(#[$group_doc])* $Group {
            /// The group.
            group: GroupId, $($(#[$doc])* $field: $Type,)*
        } }
        requests! { @new $Group(group: GroupId,) $($field: $Type $(= $default)?,)* }
    )*};
    // What has no default must be given.
    (@new $Request:ident($($required:ident: $Required:ty,)+) $field:ident: $Type:ty, $($rest:tt)*) => {
        requests! { @new $Request($($required: $Required,)+ $field: $Type,) $($rest)* }
    };
    (@new $Request:ident($($required:ident: $Required:ty,)+) $($field:ident: $Type:ty = $default:expr,)*) => {
        constructor! { $Request($($required: $Required),+) {} { $($field: $Type = $default),* } }
    };
    (@ $(#[$about:meta])* $Request:ident { $($(#[$doc:meta])* $field:ident: $Type:ty,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
        #[non_exhaustive]
        pub struct $Request {$(
            $(#[$doc])*
            pub $field: $Type,
        )*}
    };
}

requests! {
    /// `StartDiskReplicaPair`: begins automatic copies, or one copy. Called at either end.
    StartDiskReplicaPair
    /// `StartDiskReplicaGroup`: begins automatic rounds of copies, or one round. Called at the production site.
    StartDiskReplicaGroup {
        /// `OneShot`: copy once and return to `stopped`. False by default.
        one_shot: bool = false,
    }

    /// `StopDiskReplicaPair`: ends copying; the secondary rolls back to the last completed copy. Called at either end.
    StopDiskReplicaPair
    /// `StopDiskReplicaGroup`: ends copying; every secondary rolls back. Called at the production site.
    StopDiskReplicaGroup {}

    /// `FailoverDiskReplicaPair`: makes the secondary disk readable and writable. Called in the secondary disk's region.
    FailoverDiskReplicaPair
    /// `FailoverDiskReplicaGroup`: makes every secondary disk readable and writable. Called at the disaster recovery site.
    FailoverDiskReplicaGroup {}

    /// `ReprotectDiskReplicaPair`: reverses a failed-over pair, or cancels its failover. Called in the secondary disk's
    /// region.
    ReprotectDiskReplicaPair
    /// `ReprotectDiskReplicaGroup`: reverses a failed-over group, or cancels its failover. Called at the disaster recovery
    /// site.
    ReprotectDiskReplicaGroup {
        /// `ReverseReplicate`: true swaps the roles, false returns to the original direction. True by default.
        reverse_replicate: bool = true,
    }

    /// `DeleteDiskReplicaPair`: ends the relation and keeps both disks. Called in the primary disk's region.
    DeleteDiskReplicaPair
    /// `DeleteDiskReplicaGroup`: takes an empty group down. Called at the production site.
    DeleteDiskReplicaGroup {}

    /// `StartPairDrill`: clones the last recover point to a disk. Called at the current destination.
    StartPairDrill
    /// `StartReplicaGroupDrill`: clones the common recover point to a disk for each member. Called at the current
    /// destination.
    StartReplicaGroupDrill {}

    /// `ClearPairDrill`: ends a drill and deletes its disk. Called at either end. Defines no ClientToken.
    ClearPairDrill
    /// `ClearReplicaGroupDrill`: ends a drill and deletes its disks. Called at either site. Defines no ClientToken.
    ClearReplicaGroupDrill {
        /// Its drill.
        drill: DrillId,
    }

    /// `DescribePairDrills`. Called at either end.
    DescribePairDrills
    /// `DescribeReplicaGroupDrills`. Called at either site.
    DescribeReplicaGroupDrills {
        /// One of its drills; absent for all.
        drill: Option<DrillId> = None,
        /// Which part of the result.
        page: Page = Page::default(),
    }
}
