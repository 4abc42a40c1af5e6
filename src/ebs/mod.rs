//! EBS asynchronous replication (`ebs`, 2021-07-30): disks and the pairs that replicate them.
//!
//! When the primary disk of a pair fails, `FailoverDiskReplicaPair` is called in the secondary disk's region. It is
//! refused only in `invalid` and in `deleted`, is answered at once, shows `failovering`, and ends in `failovered` when
//! the outside reports that the secondary disk is writable. The lifecycle is one [table]; this module's [`RULES`] are
//! what stands beside it.

pub mod decide;
pub mod describe;
pub mod disk;
pub mod drill;
pub mod drill_decide;
pub mod drill_describe;
pub mod drill_refusal;
pub mod drill_requests;
pub mod group;
pub mod group_decide;
pub mod group_describe;
pub mod group_outcome;
pub mod group_refusal;
pub mod group_requests;
pub mod group_rules;
pub mod group_status;
pub mod group_table;
pub mod listed;
pub mod listing;
pub mod member;
pub mod membership;
pub mod modify;
pub mod pair;
pub mod progress;
pub mod refusal;
pub mod requests;
pub mod status;
pub mod table;
pub mod tags;

pub use decide::{PairDue, PairPlan, PairRequest, PairStep};
pub use describe::{Cursor, DescribeDiskReplicaPairs, Page, PairPage, Site};
pub use disk::{Access, Disk, DiskChange};
pub use drill::{
    Drill, DrillDisk, DrillDiskStatus, DrillEffect, DrillOwner, DrillStatus, DrillStatusSet, PendingDrill,
};
pub use drill_decide::DrillPlan;
pub use drill_describe::DrillPage;
pub use drill_refusal::DrillRefusal;
pub use drill_requests::{
    ClearPairDrill, ClearReplicaGroupDrill, DescribePairDrills, DescribeReplicaGroupDrills, DrillStarted,
    FreshDrill, StartPairDrill, StartReplicaGroupDrill,
};
pub use group::{GroupEffect, GroupSeed, PendingGroup, Place, ReplicaGroup};
pub use group_decide::{GroupPlan, GroupRequest, GroupStep, Member};
pub use group_describe::{DescribeDiskReplicaGroups, GroupPage, GroupView};
pub use group_outcome::{GroupDue, GroupNotTaken, GroupOutcome};
pub use group_refusal::GroupRefusal;
pub use group_requests::{
    AddDiskReplicaPair, CreateDiskReplicaGroup, DeleteDiskReplicaGroup, FailoverDiskReplicaGroup,
    GroupCreated, GroupSettings, ModifyDiskReplicaGroup, RemoveDiskReplicaPair, ReprotectDiskReplicaGroup,
    StartDiskReplicaGroup, StopDiskReplicaGroup,
};
pub use group_status::{GroupStatus, GroupStatusSet};
pub use membership::{MOST_MEMBERS, Membership};
pub use modify::{ModifyDiskReplicaPair, SettingsPlan};
pub use pair::{Context, End, PairEffect, PairSeed, PendingPair, RPO, ReplicaPair};
pub use progress::{DescribeDiskReplicaPairProgress, PairProgress};
pub use refusal::EbsRefusal;
pub use requests::{
    Bandwidth, Charge, CreateDiskReplicaPair, DeleteDiskReplicaPair, FailoverDiskReplicaPair, PairCreated,
    PairSettings, PeriodUnit, ReprotectDiskReplicaPair, StartDiskReplicaPair, StopDiskReplicaPair,
};
pub use status::{PairStatus, StatusSet};
pub use tags::{
    ChangeResourceGroup, ListTagResources, ResourceId, ResourceType, Resources, TagFilter, TagPage,
    TagResources, TaggedResource, UntagResources,
};

use crate::rule::{Basis, Rule};

/// The regions that the founding page lists. Later pages list ever more, so the default policy admits any.
pub const FOUNDING_REGIONS: [&str; 4] = ["cn-shanghai", "cn-beijing", "cn-heyuan", "cn-chengdu"];

/// The rules beside the table.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    Rule::new("E-010", Basis::Sibling, "founding page lists four regions, later pages more (§4.3 #19)", "Create needs regions that have the feature; by default any has."),
    Rule::new("E-011", Basis::Documented, "overview and group page; the API page differs (§4.3 #12)", "Source and destination lie in different zones and are different disks."),
    Rule::new("E-012", Basis::Documented, "limits page: one pair a disk; the code for it is inferred", "A disk is part of at most one pair."),
    Rule::new("E-013", Basis::Inferred, "no source", "Create of a removed disk finds no resource."),
    Rule::new("E-014", Basis::Documented, "CreateDiskReplicaPair page", "Create only records the relation and shows creating."),
    Rule::new("E-272", Basis::Inferred, "ModifyDiskReplicaPair parameters; none is required", "What a change of settings leaves out stays."),
    Rule::new("E-274", Basis::Inferred, "Bandwidth is not yet available (SDK 5.0.1)", "The bandwidth in a change of settings is read as a number and changes nothing."),
    Rule::new("E-600", Basis::Sibling, "drill operations list MissingParameter", "A required parameter that is absent or empty is named."),
    Rule::new("E-601", Basis::Sibling, "drill operations list InvalidParameter", "A parameter that cannot be read or is out of range is named."),
    Rule::new("E-610", Basis::Documented, "NoSuchResource is listed for all operations", "An unknown pair, another account's, or a forgotten tombstone is not found."),
    Rule::new("E-620", Basis::Inferred, "§6.3", "A pair is not found from a region that is neither of its ends."),
    Rule::new("E-621", Basis::Documented, "founding page; ReprotectDiskReplicaPair page", "Failover and reprotect are called at the current destination."),
    Rule::new("E-622", Basis::Documented, "DeleteDiskReplicaPair page; the code is inferred (§6.3)", "Delete is called at the current source."),
    Rule::new("E-623", Basis::Documented, "user guides on groups; the code is inferred (§6.3), and stop is by analogy", "A pair in a group is started, stopped, failed over, reprotected and deleted by its group alone, and so is its replication time control."),
    Rule::new("E-630", Basis::Sibling, "StartDiskReplicaGroup page; the code is listed for pairs too", "The gap between two one-shot starts exceeds half an RPO."),
    Rule::new("E-631", Basis::Documented, "StandbyDeviceAttached is listed for start", "Start needs a detached destination disk."),
    Rule::new("E-632", Basis::Documented, "ReprotectDiskReplicaPair page and user guide (§4.3 #13); the code is inferred", "A reverse needs an old primary that nobody writes to."),
    Rule::new("E-633", Basis::Sibling, "FailoverDiskReplicaGroup page (§4.3 #3)", "By policy, failover needs a completed copy."),
    Rule::new("E-640", Basis::Inferred, "§4.2: both calls belong to the secondary's region, so the roles swap only in between", "Source and destination swap when a reverse succeeds; primary and standby never move."),
    Rule::new("E-641", Basis::Inferred, "§4.1: a direction has no data before its first copy", "A recover point belongs to a direction: cleared by a successful reverse, kept by a cancelled failover."),
    Rule::new("E-650", Basis::Documented, "LastRecoverPoint field", "The recover point is the completion of the last copy and is absent before it."),
    Rule::new("E-651", Basis::Documented, "StopDiskReplicaPair page; user guide on deletion", "Stop and delete leave the data of the last recover point."),
    Rule::new("E-660", Basis::Inferred, "the enum has deleted, clients see an empty list (§10.19)", "A tombstone is forgotten after the policy's time."),
    Rule::new("E-661", Basis::Documented, "user guide on deletion: limits are lifted", "A tombstone binds no disk."),
    Rule::new("E-670", Basis::Documented, "§2.4: failover does not fence the old primary", "The source stays readable and writable, also after a failover."),
    Rule::new("E-671", Basis::Documented, "founding page; create restricts the secondary disk until deletion", "The destination is neither readable nor writable until a failover succeeds or the pair is deleted."),
    Rule::new("E-672", Basis::Inferred, "user guide: the reverse needs a read-only old primary", "The old primary is read-only while its role is being reversed."),
    Rule::new("E-680", Basis::Inferred, "§3.1 names disk removal as a cause of invalid; the message is DeviceRemoved", "A removed disk invalidates its pair; a disk that is down does not."),
    Rule::new("E-690", Basis::Inferred, "a public client detects deletion by an empty list (§5.1)", "Describe answers an unknown id with an empty list."),
    Rule::new("E-691", Basis::Documented, "Site parameter; which role it follows after a reverse is inferred", "Describe lists a pair at its production site by default and at its backup site on request."),
    Rule::new("E-692", Basis::Inferred, "§10.18", "Describe omits tombstones."),
    Rule::new("E-695", Basis::Inferred, "Progress and RecoverPoint fields; the numbers between belong to who carries the copy out", "Progress is 0 while a copy is shown or before any completed, else 100; of a tombstone there is none."),
    Rule::new("E-696", Basis::Inferred, "no source; the simulation knows how long a copy takes", "In timed mode the simulation tells how much of a running copy's time has passed, at most 99."),
];
