//! The 18 statuses of a consistent group and sets of them.
//!
//! Source: the `Status` values of `DescribeDiskReplicaGroups` in SDK 5.0.1. They are those of a pair without
//! `initial_syncing`: a group shows `syncing` during its first copy too (`docs/facts/ebs.md#group-statuses`).

use crate::lifecycle::statuses;

statuses! {
    /// The status of a consistent group.
    GroupStatus {
        /// A member is abnormal, or the group itself.
        Invalid = "invalid",
        /// Being created.
        Creating = "creating",
        /// Created and never started.
        Created = "created",
        /// Creation failed.
        CreateFailed = "create_failed",
        /// A one-shot round of copies is running, be it the first.
        ManualSyncing = "manual_syncing",
        /// An automatic round of copies is running, be it the first.
        Syncing = "syncing",
        /// This cycle's round is complete.
        Normal = "normal",
        /// Being stopped.
        Stopping = "stopping",
        /// Stopped: also where a one-shot round and a reverse end.
        Stopped = "stopped",
        /// Stopping failed, for some member or for all.
        StopFailed = "stop_failed",
        /// Being failed over.
        Failingover = "failovering",
        /// Failed over: every secondary disk is writable.
        Failedover = "failovered",
        /// The failover failed, for some member or for all.
        FailoverFailed = "failover_failed",
        /// The replication is being reversed, or the failover cancelled.
        Reprotecting = "reprotecting",
        /// Reprotecting failed.
        ReprotectFailed = "reprotect_failed",
        /// Being deleted.
        Deleting = "deleting",
        /// Deletion failed.
        DeleteFailed = "delete_failed",
        /// Deleted: a tombstone that mutations still see and describes omit.
        Deleted = "deleted",
    }
}
