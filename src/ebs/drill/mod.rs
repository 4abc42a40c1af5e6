//! Drills: clones of the last recover point, for tests while replication goes on.
//!
//! A drill belongs to a pair or a group, its owner, and is forgotten with it. It has a lifecycle of its own and never
//! touches the status of its owner (`docs/facts/ebs.md#drill-pages`):
//!
//! ```text
//! start → executing → executed
//!                   ↘ execute_failed      (at once, if there is no recover point)
//! clear → clearing → gone                 from executed, execute_failed and clear_failed
//!                  ↘ clear_failed
//! ```
//!
//! There is no `cleared`: the record is removed. No source says whether a pair may have several drills at a time (it may
//! here), nor from which statuses of the owner a drill starts (any but `deleted` here).

pub(crate) mod decide;
pub(crate) mod describe;
pub(crate) mod rules;
pub(crate) mod start;

use alloc::vec::Vec;

use crate::ebs::Context;
use crate::ebs::replica::ReplicaId;
use crate::ids::{AccountId, DiskId, DrillId, PairId};
use crate::lifecycle::Pending;
use crate::revision::{Latest, Revision};
use crate::spelling::spelled;
use crate::stored::stored;
use crate::text::StatusMessage;
use crate::time::Timestamp;

spelled! {
    /// The status of a drill.
    DrillStatus, "drill status"
    /// Its disks are being made.
    Executing = "executing",
    /// Its disks can be used.
    Executed = "executed",
    /// Its disks could not be made; the status message says why.
    ExecuteFailed = "execute_failed",
    /// Its disks are being deleted.
    Clearing = "clearing",
    /// Its disks could not be deleted.
    ClearFailed = "clear_failed",
}

impl DrillStatus {
    /// Whether something could not be done; the status message says why.
    pub const fn is_failed(self) -> bool {
        matches!(self, Self::ExecuteFailed | Self::ClearFailed)
    }
}

/// The status of a drill's disk.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum DrillDiskStatus {
    /// Being made.
    Creating,
    /// Made.
    Created,
    /// Being deleted.
    Deleting,
    /// Deleted.
    Deleted,
    /// Failed, with the code of the error.
    Failed(StatusMessage),
}

impl DrillDiskStatus {
    /// The status that is spelled so; any other text is the code of an error.
    pub fn of(text: StatusMessage) -> Self {
        let known = [Self::Creating, Self::Created, Self::Deleting, Self::Deleted];
        known.into_iter().find(|known| known.as_str() == text.as_str()).unwrap_or(Self::Failed(text))
    }

    /// The wire spelling.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Creating => "creating",
            Self::Created => "created",
            Self::Deleting => "deleting",
            Self::Deleted => "deleted",
            Self::Failed(code) => code.as_str(),
        }
    }
}

/// A disk that a drill makes for a pair.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct DrillDisk {
    /// The pair whose recover point it holds.
    pub pair: PairId,
    /// The disk.
    pub disk: DiskId,
    /// Its status.
    pub status: DrillDiskStatus,
}

/// The answer of `StartPairDrill` and `StartReplicaGroupDrill`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct DrillStarted {
    /// The new drill.
    pub drill: DrillId,
}

/// The ids that a drill needs: its own, and a disk for the pair or for each member of the group, in the order in which
/// the members were created.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct FreshDrill {
    /// The drill.
    pub drill: DrillId,
    /// Its disks.
    pub disks: Vec<DiskId>,
}

/// Work that a drill requests from the embedder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum DrillEffect {
    /// Make its disks from the recover point.
    Start,
    /// Delete its disks.
    Clear,
}

stored! {
    /// A drill.
    pub struct Drill {
        pub(crate) id: DrillId,
        pub(crate) account: AccountId,
        /// Grows with every drill: the sort key of describes and their cursor.
        pub(crate) ordinal: u64,
        pub(crate) owner: ReplicaId,
        pub(crate) status: DrillStatus,
        pub(crate) status_message: Option<StatusMessage>,
        pub(crate) started_at: Timestamp,
        pub(crate) recover_point: Option<Timestamp>,
        pub(crate) disks: Vec<DrillDisk>,
        pub(crate) pending: Option<Pending<DrillEffect>>,
        pub(crate) revision: Revision,
        pub(crate) latest: Latest,
    }
    verified by Self::check
}

/// A drill that exists elsewhere, in any status, to be adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrillSeed {
    /// Its id.
    pub id: DrillId,
    /// Its owner, which exists already.
    pub owner: ReplicaId,
    /// Its status.
    pub status: DrillStatus,
    /// Why it failed; ignored in any other status.
    pub status_message: Option<StatusMessage>,
    /// When it was started.
    pub started_at: Timestamp,
    /// The recover point of its disks.
    pub recover_point: Option<Timestamp>,
    /// Its disks, one for each pair. Only the code of a failed one counts; what else they show follows from the drill.
    pub disks: Vec<DrillDisk>,
}

impl Drill {
    /// The drill of a seed. In a transient status it has the pending effect `at.effect` from now on.
    pub(crate) fn adopt(at: Context<'_>, seed: DrillSeed, account: AccountId) -> Self {
        let Context { now, effect: id, .. } = at;
        let status_message = seed.status_message.filter(|_| seed.status.is_failed());
        let shown = |disk: DrillDiskStatus| match (seed.status, disk) {
            (DrillStatus::Executing, _) => DrillDiskStatus::Creating,
            (DrillStatus::Executed, _) => DrillDiskStatus::Created,
            (DrillStatus::Clearing, _) => DrillDiskStatus::Deleting,
            (_, DrillDiskStatus::Failed(code)) => DrillDiskStatus::Failed(code),
            (_, other) => status_message.clone().map_or(other, DrillDiskStatus::Failed),
        };
        let disks =
            seed.disks.into_iter().map(|disk| DrillDisk { status: shown(disk.status), ..disk }).collect();
        let pending = DrillEffect::of(seed.status).map(|effect| Pending { id, effect, since: now });
        Self {
            id: seed.id,
            account,
            ordinal: id.0,
            owner: seed.owner,
            status: seed.status,
            started_at: seed.started_at.min(now),
            recover_point: seed.recover_point.map(|at| at.min(now)),
            disks,
            latest: Latest::of(now, pending.map(|pending| pending.id)),
            pending,
            status_message,
            revision: Revision::default(),
        }
    }
}

/// Reading a drill.
impl Drill {
    /// Its id.
    pub const fn id(&self) -> &DrillId {
        &self.id
    }

    /// How often it was changed.
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// The account that owns it.
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// Its owner.
    pub const fn owner(&self) -> &ReplicaId {
        &self.owner
    }

    /// Its status.
    pub const fn status(&self) -> DrillStatus {
        self.status
    }

    /// Why it failed.
    pub const fn status_message(&self) -> Option<&StatusMessage> {
        self.status_message.as_ref()
    }

    /// When it was started.
    pub const fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// The recover point of its disks; absent if there was none to clone.
    pub const fn recover_point(&self) -> Option<Timestamp> {
        self.recover_point
    }

    /// Its disks, one for each pair.
    pub fn disks(&self) -> &[DrillDisk] {
        &self.disks
    }

    /// The pending effect.
    pub const fn pending(&self) -> Option<Pending<DrillEffect>> {
        self.pending
    }
}
