//! The 19 statuses of a replication pair and sets of them.
//!
//! Source: the `Status` values of `DescribeDiskReplicaPairs` in SDK 5.0.1. There is no `reprotected`: a reverse ends
//! in `stopped`.

use core::fmt;

macro_rules! statuses {
    ($($(#[$doc:meta])* $name:ident = $wire:literal,)*) => {
        /// The status of a replication pair.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum PairStatus {$( $(#[$doc])* $name, )*}

        impl PairStatus {
            /// All 19, in the order of `docs/rules.md`.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The wire spelling.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $wire,)* }
            }
        }
    };
}

statuses! {
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

impl PairStatus {
    /// The status with this wire spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|status| status.as_str() == text)
    }
}

impl fmt::Display for PairStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for PairStatus {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for PairStatus {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = alloc::string::String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("unknown pair status"))
    }
}

/// A set of pair statuses.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StatusSet(u32);

impl StatusSet {
    /// The set of these statuses.
    pub const fn of(statuses: &[PairStatus]) -> Self {
        let mut bits = 0;
        let mut rest = statuses;
        while let [first, tail @ ..] = rest {
            bits |= 1 << (*first as u32);
            rest = tail;
        }
        Self(bits)
    }

    /// All statuses but these.
    pub const fn but(statuses: &[PairStatus]) -> Self {
        Self(Self::of(PairStatus::ALL).0 & !Self::of(statuses).0)
    }

    /// Whether the set holds this status.
    pub const fn contains(self, status: PairStatus) -> bool {
        self.0 & (1 << (status as u32)) != 0
    }

    /// The statuses in it, in the order of [`PairStatus::ALL`].
    pub fn iter(self) -> impl Iterator<Item = PairStatus> {
        PairStatus::ALL.iter().copied().filter(move |status| self.contains(*status))
    }
}

impl fmt::Debug for StatusSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
