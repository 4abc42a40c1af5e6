//! Strategies for [proptest](https://docs.rs/proptest): policies, small worlds, and sequences of inputs that fit whatever
//! state they meet.
//!
//! A sequence that is generated blindly is refused nearly everywhere: its effect ids are stale and its pairs unknown. So
//! an input is generated as an [`Abstract`] step, which says *the second pair, at its source* or *the first pending
//! effect, as a failure*, and [`Abstract::resolve`] turns it into an [`Input`] for the control plane as it stands. A step
//! always resolves, so that shrinking may drop any step before it.
//!
//! ```
//! use failover_model::{ControlPlane, Policy};
//! use failover_model::testing::strategies::{Abstract, inputs};
//! use proptest::strategy::{Strategy, ValueTree};
//! use proptest::test_runner::TestRunner;
//!
//! let mut runner = TestRunner::deterministic();
//! let steps = inputs(0..50).new_tree(&mut runner).unwrap().current();
//! let mut plane = ControlPlane::new(Policy::default());
//! for step in &steps {
//!     let input = step.resolve(&plane);
//!     let _ = plane.apply(&input);
//!     plane.check().unwrap();
//! }
//! ```

use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::num::{NonZeroU8, NonZeroU64, NonZeroUsize};
use core::ops::Range;

use proptest::collection::vec;
use proptest::prelude::{Just, any};
use proptest::sample::select;
use proptest::strategy::{Strategy, Union};
use proptest::{option, prop_oneof};

use crate::control_plane::{
    Call, ControlPlane, EffectKind, Fresh, FreshCluster, FreshNodes, Input, Observation, Outcome, Report,
    Request,
};
use crate::ebs::{
    AddDiskReplicaPair, Bandwidth, Charge, ClearPairDrill, ClearReplicaGroupDrill, CreateDiskReplicaGroup,
    CreateDiskReplicaPair, DeleteDiskReplicaGroup, DeleteDiskReplicaPair, DescribeDiskReplicaGroups,
    DescribeDiskReplicaPairs, DescribePairDrills, DescribeReplicaGroupDrills, DiskChange, Drill, DrillOwner,
    FailoverDiskReplicaGroup, FailoverDiskReplicaPair, FreshDrill, GroupCreated, GroupEffect, GroupSeed,
    GroupSettings, GroupStatus, GroupView, ModifyDiskReplicaGroup, Page, PairCreated, PairSeed, PairSettings,
    PairStatus, PeriodUnit, RemoveDiskReplicaPair, ReplicaPair, ReprotectDiskReplicaGroup,
    ReprotectDiskReplicaPair, Site, StartDiskReplicaGroup, StartDiskReplicaPair, StartPairDrill,
    StartReplicaGroupDrill, StopDiskReplicaGroup, StopDiskReplicaPair,
};
use crate::ebs::{
    ChangeResourceGroup, DescribeDiskReplicaPairProgress, ListTagResources, ModifyDiskReplicaPair,
    ResourceId, Resources, TagResources, UntagResources,
};
use crate::ebs::{GroupEvent, GroupLifecycle, PairEvent, PairLifecycle};
use crate::ids::{
    AccountId, BadId, ClusterId, DiskId, EffectId, NodeClass, NodeId, PairId, RegionId, ZoneId,
};
use crate::lifecycle::Verdict;
use crate::polardb::{
    ClusterEffect, ClusterSeed, ClusterStatus, CreateDbCluster, CreateDbNodes, DbCluster, DbNode,
    DeleteDbCluster, DeleteDbNodes, DescribeDbClusterAttribute, DescribeDbClusters, Edition, Engine,
    FailoverDbCluster, FailoverDbClusterZonal, Failure, ModifyDbClusterDeletion, ModifyDbClusterPrimaryZone,
    ModifyDbNodeClass, ModifyDbNodeConfig, ModifyDbNodeHotReplicaMode, ModifyDbNodesClass, ModifyType,
    NewNode, NodeChange, NodeKind, NodeTarget, PayType, Priority, RestartDbNode, Role, TargetZoneType,
};
use crate::policy::{EbsPolicy, Policy};
use crate::text::{Name, StatusMessage, Tag, TagKey, TagValue};
use crate::time::{Span, Timestamp};
use crate::token::{ClientToken, Lifetime, Overflow};

mod draw;
mod policy;
mod resolve;
mod step;
mod world;

use resolve::{create_group, create_pair, pick};
use world::{node_kind, rarely, small_priority};

pub use draw::{inputs, step};
pub use policy::policy;
pub use step::{Abstract, Caller, ClusterAsk, GroupAsk, How, LabelAsk, PairAsk, Place, What, When, Which};
pub use world::{World, cluster_seed, group_seed, pair_seed, world};

/// The regions of generated worlds. Sources lie in the first, destinations mostly in the second.
pub const REGIONS: [&str; 3] = ["cn-shanghai", "cn-beijing", "cn-heyuan"];

/// The accounts of generated worlds. Most calls are the first one's.
pub const ACCOUNTS: [&str; 2] = ["1001", "2002"];

/// The tokens of generated calls. The last has a character that the narrow alphabet refuses.
pub const TOKENS: [&str; 3] = ["token-a", "token-b", "token c"];

/// The zones of generated nodes. Most are in the first.
pub const ZONES: [&str; 3] = ["cn-shanghai-a", "cn-shanghai-b", "cn-shanghai-c"];

/// The classes of generated nodes. Most have the first.
pub const CLASSES: [&str; 2] = ["polar.mysql.x4.large", "polar.mysql.x4.medium"];

/// Any failover priority, the extremes more often.
pub fn priority() -> impl Strategy<Value = Priority> + Clone {
    let number = prop_oneof![2 => Just(1), 1 => Just(15), 3 => 1_u8..=15];
    number.prop_map(|number| Priority::new(number).unwrap_or_default())
}

fn account(number: u8) -> AccountId {
    made(ACCOUNTS.get(usize::from(number)).copied().unwrap_or("3003"))
}

fn region(number: usize) -> RegionId {
    made(REGIONS.get(number).copied().unwrap_or("cn-chengdu"))
}

fn disk_id(number: u8) -> DiskId {
    made(&format!("d-{number}"))
}

fn zone(number: u8) -> ZoneId {
    made(ZONES.get(usize::from(number)).copied().unwrap_or("cn-shanghai-d"))
}

fn class(number: u8) -> NodeClass {
    made(CLASSES.get(usize::from(number)).copied().unwrap_or("polar.mysql.x8.large"))
}

fn node_id(cluster: u8, number: u8) -> NodeId {
    made(&format!("pi-{cluster}-{number}"))
}

/// An id that is spelled in this file, and therefore well formed.
#[expect(clippy::expect_used, reason = "the texts are this file's own literals with small numbers in them")]
fn made<T: core::str::FromStr<Err = BadId>>(text: &str) -> T {
    text.parse().expect("a well-formed id")
}
