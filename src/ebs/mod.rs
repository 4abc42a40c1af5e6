//! EBS asynchronous replication (`ebs`, 2021-07-30): disks and the pairs that replicate them.
//!
//! When the primary disk of a pair fails, `FailoverDiskReplicaPair` is called in the secondary disk's region. It is
//! refused only in `invalid` and `deleted`. Otherwise it is answered at once, shows `failovering`, and ends in
//! `failovered` when the embedder reports that the secondary disk is writable. The whole lifecycle is one table, [`PairLifecycle`].

mod check;
mod disk;
pub(crate) mod drill;
pub(crate) mod group;
pub(crate) mod labels;
pub(crate) mod lifecycle;
pub(crate) mod page;
pub(crate) mod pair;
pub(crate) mod refusal;
mod regions;
pub(crate) mod replica;
mod requests;
pub(crate) mod rules;

use crate::policy::EbsPolicy;

pub use disk::{Access, Disk, DiskChange};
pub use drill::decide::DrillPlan;
pub use drill::describe::DrillPage;
pub use drill::start::{DrillSource, NotStarted};
pub use drill::{
    Drill, DrillDisk, DrillDiskStatus, DrillEffect, DrillSeed, DrillStarted, DrillStatus, FreshDrill,
};
pub use group::decide::{GroupApplied, GroupPlan, GroupRequest};
pub use group::describe::{DescribeDiskReplicaGroups, GroupPage, GroupView};
pub use group::member::{fits_group, may_leave_group, shown_by};
pub use group::membership::MAX_MEMBERS;
pub use group::requests::{
    AddDiskReplicaPair, CreateDiskReplicaGroup, GroupCreated, GroupSettings, ModifyDiskReplicaGroup,
    RemoveDiskReplicaPair,
};
pub use group::whole::{NotItsMembers, WholeGroup};
pub use group::{GroupSeed, Location, ReplicaGroup};
pub use labels::{
    ChangeResourceGroup, ListTagResources, MAX_RESOURCES, MAX_TAGS, ResourceType, Resources, TagFilter,
    TagPage, TagResources, TaggedResource, UntagResources,
};
pub use lifecycle::{
    GroupEffect, GroupEvent, GroupLifecycle, GroupStatus, PairEffect, PairEvent, PairLifecycle, PairStatus,
};
pub use page::{Page, Site};
pub use pair::decide::PairRequest;
pub use pair::describe::{DescribeDiskReplicaPairs, PairPage};
pub use pair::plan::{Membership, PairPlan};
pub use pair::progress::{DescribeDiskReplicaPairProgress, PairProgress};
pub use pair::requests::{
    BadBandwidth, Bandwidth, Charge, CreateDiskReplicaPair, ModifyDiskReplicaPair, PairCreated, PairSettings,
    PeriodUnit,
};
pub use pair::{End, PairSeed, RPO, ReplicaPair};
pub use refusal::{DrillReason, EbsReason, EbsRefusal, GroupReason};
pub use regions::{DescribeEbsRegions, RegionFeature};
pub use replica::ReplicaId;
pub use requests::{
    ClearPairDrill, ClearReplicaGroupDrill, DeleteDiskReplicaGroup, DeleteDiskReplicaPair,
    DescribePairDrills, DescribeReplicaGroupDrills, FailoverDiskReplicaGroup, FailoverDiskReplicaPair,
    ReprotectDiskReplicaGroup, ReprotectDiskReplicaPair, StartDiskReplicaGroup, StartDiskReplicaPair,
    StartPairDrill, StartReplicaGroupDrill, StopDiskReplicaGroup, StopDiskReplicaPair,
};

/// What every decision about a pair, a group or a drill depends on beside the resource.
pub type Context<'a> = crate::context::Context<'a, EbsPolicy>;

/// The regions that the founding page lists. Later pages list more, so the default policy admits any region.
pub const FOUNDING_REGIONS: [&str; 4] = ["cn-shanghai", "cn-beijing", "cn-heyuan", "cn-chengdu"];
