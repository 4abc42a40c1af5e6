//! EBS asynchronous replication (`ebs`, 2021-07-30): disks and the pairs that replicate them.
//!
//! When the primary disk of a pair fails, `FailoverDiskReplicaPair` is called in the secondary disk's region. It is
//! refused only in `invalid` and `deleted`. Otherwise it is answered at once, shows `failovering`, and ends in
//! `failovered` when the embedder reports that the secondary disk is writable. The whole lifecycle is one table, [`PairLifecycle`].

mod choice;
mod disk;
pub(crate) mod drill;
pub(crate) mod group;
pub(crate) mod labels;
pub(crate) mod page;
pub(crate) mod pair;
pub(crate) mod refusal;
pub(crate) mod rules;

pub use choice::EbsChoice;
pub use disk::{Access, Disk, DiskChange};
pub use drill::decide::DrillPlan;
pub use drill::describe::DrillPage;
pub use drill::requests::{
    ClearPairDrill, ClearReplicaGroupDrill, DescribePairDrills, DescribeReplicaGroupDrills, DrillStarted,
    FreshDrill, StartPairDrill, StartReplicaGroupDrill,
};
pub use drill::{Drill, DrillDisk, DrillDiskStatus, DrillEffect, DrillOwner, DrillSeed, DrillStatus};
pub use group::decide::{GroupPlan, GroupRequest, GroupStep, Member};
pub use group::describe::{DescribeDiskReplicaGroups, GroupPage, GroupView};
pub use group::member::{fits_group, may_leave_group, shown_by};
pub use group::membership::{MOST_MEMBERS, Membership};
pub use group::requests::{
    AddDiskReplicaPair, CreateDiskReplicaGroup, DeleteDiskReplicaGroup, FailoverDiskReplicaGroup,
    GroupCreated, GroupSettings, ModifyDiskReplicaGroup, RemoveDiskReplicaPair, ReprotectDiskReplicaGroup,
    StartDiskReplicaGroup, StopDiskReplicaGroup,
};
pub use group::status::GroupStatus;
pub use group::table::{GroupEvent, GroupLifecycle};
pub use group::{GroupEffect, GroupSeed, Location, ReplicaGroup};
pub use labels::{
    ChangeResourceGroup, ListTagResources, MOST_RESOURCES, MOST_TAGS, ResourceId, ResourceType, Resources,
    TagFilter, TagPage, TagResources, TaggedResource, UntagResources,
};
pub use page::{Cursor, Page, Site};
pub use pair::decide::{PairPlan, PairRequest, PairStep};
pub use pair::describe::{DescribeDiskReplicaPairs, PairPage};
pub use pair::progress::{DescribeDiskReplicaPairProgress, PairProgress};
pub use pair::requests::{
    Bandwidth, Charge, CreateDiskReplicaPair, DeleteDiskReplicaPair, FailoverDiskReplicaPair, PairCreated,
    PairSettings, PeriodUnit, ReprotectDiskReplicaPair, StartDiskReplicaPair, StopDiskReplicaPair,
};
pub use pair::settings::{ModifyDiskReplicaPair, SettingsPlan};
pub use pair::status::PairStatus;
pub use pair::table::{PairEvent, PairLifecycle};
pub use pair::{CallSite, End, PairEffect, PairSeed, RPO, ReplicaPair};
pub use refusal::{DrillReason, EbsReason, EbsRefusal, GroupReason};

/// The regions that the founding page lists. Later pages list more, so the default policy admits any region.
pub const FOUNDING_REGIONS: [&str; 4] = ["cn-shanghai", "cn-beijing", "cn-heyuan", "cn-chengdu"];
