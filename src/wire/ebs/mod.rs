//! EBS on the wire, a resource a file: its parameters, its answers, and what they enter
//! (`docs/facts/ebs.md#fields-of-pairs-and-groups`). Times are epoch seconds (`W-033`).

pub(super) mod drill;
pub(super) mod group;
pub(super) mod labels;
pub(super) mod pair;
mod place;

pub use drill::{DescribeDrillsResponse, DrillDiskRecord, DrillRecord, StartDrillResponse};
pub use group::{CreateDiskReplicaGroupResponse, DescribeDiskReplicaGroupsResponse, GroupRecord};
pub(super) use labels::TAG;
pub use labels::{ListTagResourcesResponse, TagRecord, TagResourceRecord};
pub use pair::{
    CreateDiskReplicaPairResponse, DescribeDiskReplicaPairProgressResponse, DescribeDiskReplicaPairsResponse,
    PairRecord,
};
