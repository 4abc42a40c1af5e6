//! The statuses of pairs and of groups.
//!
//! Source: the `Status` values of `DescribeDiskReplicaPairs` and `DescribeDiskReplicaGroups` in SDK 5.0.1. A group shows
//! `syncing` during its first copy too (`docs/facts/ebs.md#group-statuses`). There is no `reprotected`: a reverse ends in
//! `stopped`.

use crate::ebs::lifecycle::twins;
use crate::spelling::spelled;

twins! {
    spelled!
    pair (/// The status of a replication pair.
        PairStatus, "pair status")
    group (/// The status of a consistent group.
        GroupStatus, "group status")

    /// Abnormal: the relation of a pair, whose status message says why; a member of a group, or the group itself.
    both Invalid = "invalid",
    /// Being created.
    both Creating = "creating",
    /// Created and never started.
    both Created = "created",
    /// Creation failed; the status message of a pair says why.
    both CreateFailed = "create_failed",
    /// The first automatic copy is running.
    pair InitialSyncing = "initial_syncing",
    /// A one-shot copy or round is running, be it the first.
    both ManualSyncing = "manual_syncing",
    /// An automatic copy or round is running: of a pair a later one, of a group any.
    both Syncing = "syncing",
    /// This cycle's copy or round is complete.
    both Normal = "normal",
    /// Being stopped.
    both Stopping = "stopping",
    /// Stopped: also where a one-shot copy or round and a reverse end.
    both Stopped = "stopped",
    /// Stopping failed, in a group for some member or for all.
    both StopFailed = "stop_failed",
    /// Being failed over.
    both Failingover = "failovering",
    /// Failed over: every secondary disk is writable and the link is cut.
    both Failedover = "failovered",
    /// The failover failed, in a group for some member or for all.
    both FailoverFailed = "failover_failed",
    /// The replication is being reversed, or the failover cancelled.
    both Reprotecting = "reprotecting",
    /// Reprotecting failed.
    both ReprotectFailed = "reprotect_failed",
    /// Being deleted.
    both Deleting = "deleting",
    /// Deletion failed.
    both DeleteFailed = "delete_failed",
    /// Deleted: a tombstone that mutations still see and describes omit.
    both Deleted = "deleted",
}

impl PairStatus {
    /// Whether automatic copies go on: a pair outside any group has a next cycle then.
    pub const fn is_replicating(self) -> bool {
        matches!(self, Self::InitialSyncing | Self::Syncing | Self::Normal)
    }

    /// Whether the status message says why.
    pub const fn shows_message(self) -> bool {
        matches!(self, Self::Invalid | Self::CreateFailed)
    }

    /// Whether the secondary disk is writable; `None` if the status leaves that open.
    pub const fn is_switched(self) -> Option<bool> {
        match self {
            Self::Failedover | Self::Reprotecting | Self::ReprotectFailed => Some(true),
            Self::Invalid | Self::Failingover | Self::FailoverFailed => None,
            Self::Deleting | Self::DeleteFailed | Self::Deleted => None,
            _ => Some(false),
        }
    }
}

impl GroupStatus {
    /// Whether automatic rounds go on: the group has a next one then.
    pub const fn is_replicating(self) -> bool {
        matches!(self, Self::Syncing | Self::Normal)
    }
}
