//! The 19 statuses of a replication pair and sets of them.
//!
//! Source: the `Status` values of `DescribeDiskReplicaPairs` in SDK 5.0.1. There is no `reprotected`: a reverse ends
//! in `stopped`.

use crate::lifecycle::statuses;

statuses! {
    /// The status of a replication pair.
    PairStatus {
        /// The relation is abnormal; the status message says why.
        Invalid = "invalid",
        /// Being created.
        Creating = "creating",
        /// Created and never started.
        Created = "created",
        /// Creation failed; the status message says why.
        CreateFailed = "create_failed",
        /// The first automatic copy is running.
        InitialSyncing = "initial_syncing",
        /// A one-shot copy is running, be it the first.
        ManualSyncing = "manual_syncing",
        /// A later automatic copy is running.
        Syncing = "syncing",
        /// This cycle's copy is complete.
        Normal = "normal",
        /// Being stopped.
        Stopping = "stopping",
        /// Stopped: also where a one-shot copy and a reverse end.
        Stopped = "stopped",
        /// Stopping failed.
        StopFailed = "stop_failed",
        /// Being failed over.
        Failingover = "failovering",
        /// Failed over: the secondary disk is writable and the link is cut.
        Failedover = "failovered",
        /// The failover failed.
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
