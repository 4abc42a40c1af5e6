//! Disks, as far as failover changes them.
//!
//! Failover decides which disk may be written. [`Disk`] holds what was reported about a disk. The access that its host has
//! follows from its pair and is not stored
//! ([`source_access`](super::ReplicaPair::source_access), [`destination_access`](super::ReplicaPair::destination_access)).

use crate::spelling::spelled;

spelled! {
    /// What a host can do with a disk.
    Access, "access"
    /// Neither read nor write: the destination of a relation.
    None = "none",
    /// Read only: the old primary while its role is being reversed.
    ReadOnly = "read_only",
    /// Read and write.
    ReadWrite = "read_write",
}

/// The reported condition of a disk. A disk without reports is up, detached and present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Disk {
    /// Whether it answers. A copy from or to a disk that is down fails; the relation stays valid (`E-680`).
    pub up: bool,
    /// Whether it is attached to a host.
    pub attached: bool,
    /// Whether it was removed.
    pub removed: bool,
}

impl Default for Disk {
    fn default() -> Self {
        Self { up: true, attached: false, removed: false }
    }
}

/// An observed change of a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum DiskChange {
    /// It went down, or came back.
    Up(bool),
    /// It was attached to a host, or detached.
    Attached(bool),
    /// It was removed, for good.
    Removed,
}

impl Disk {
    /// The disk after the change.
    pub const fn after(self, change: DiskChange) -> Self {
        match change {
            DiskChange::Up(up) => Self { up, ..self },
            DiskChange::Attached(attached) => Self { attached, ..self },
            DiskChange::Removed => Self { removed: true, ..self },
        }
    }
}
