//! What a pasted object that leaves something out is completed with.

use alloc::string::String;

use crate::ids::RegionId;
use crate::time::Timestamp;

/// What an id is minted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdKind {
    /// A replication pair.
    Pair,
    /// A consistent group.
    Group,
    /// A disk.
    Disk,
    /// A cluster.
    Cluster,
    /// A node of a cluster.
    Node,
    /// A global database network.
    Network,
}

impl IdKind {
    /// How the vendor's ids of this kind begin.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Pair => "pair-",
            Self::Group => "pg-",
            Self::Disk => "d-",
            Self::Cluster => "pc-",
            Self::Node => "pi-",
            Self::Network => "gdn-",
        }
    }
}

/// What fields left out are filled with.
pub struct Defaults<'a> {
    /// When a resource was created that does not say.
    pub now: Timestamp,
    /// Where a resource is that does not say.
    pub region: RegionId,
    /// Makes an id that is not in use.
    pub mint: &'a mut dyn FnMut(IdKind) -> String,
}

impl core::fmt::Debug for Defaults<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { now, region, mint: _ } = self;
        f.debug_struct("Defaults").field("now", now).field("region", region).finish_non_exhaustive()
    }
}
