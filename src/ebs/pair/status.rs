//! The 19 statuses of a replication pair and sets of them.
//!
//! Source: the `Status` values of `DescribeDiskReplicaPairs` in SDK 5.0.1. There is no `reprotected`: a reverse ends
//! in `stopped`.

/// An enum of statuses with their wire spelling, and sets of them for the rows of a table.
macro_rules! statuses {
    (
        $(#[$status_doc:meta])* $Status:ident, $(#[$set_doc:meta])* $Set:ident, $what:literal {
            $($(#[$doc:meta])* $name:ident = $wire:literal,)*
        }
    ) => {
        $(#[$status_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $Status {$( $(#[$doc])* $name, )*}

        impl $Status {
            /// All of them, in the order of `docs/rules.md`.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The wire spelling.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $wire,)* }
            }

            /// The status with this wire spelling.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|status| status.as_str() == text)
            }
        }

        impl core::fmt::Display for $Status {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $Status {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $Status {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = alloc::string::String::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom(concat!("unknown ", $what, " status")))
            }
        }

        $(#[$set_doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $Set(u32);

        impl $Set {
            /// The set of these statuses.
            pub const fn of(statuses: &[$Status]) -> Self {
                let mut bits = 0;
                let mut rest = statuses;
                while let [first, tail @ ..] = rest {
                    bits |= 1 << (*first as u32);
                    rest = tail;
                }
                Self(bits)
            }

            /// All statuses but these.
            pub const fn but(statuses: &[$Status]) -> Self {
                Self(Self::of($Status::ALL).0 & !Self::of(statuses).0)
            }

            /// Whether the set holds this status.
            pub const fn contains(self, status: $Status) -> bool {
                self.0 & (1 << (status as u32)) != 0
            }

            /// The statuses in it, in the order in which they are listed.
            pub fn iter(self) -> impl Iterator<Item = $Status> {
                $Status::ALL.iter().copied().filter(move |status| self.contains(*status))
            }
        }

        impl core::fmt::Debug for $Set {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_set().entries(self.iter()).finish()
            }
        }
    };
}

pub(in crate::ebs) use statuses;

statuses! {
    /// The status of a replication pair.
    PairStatus,
    /// A set of pair statuses.
    StatusSet,
    "pair" {
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
