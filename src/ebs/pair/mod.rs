//! A replication pair.
//!
//! A pair has two ends, each a disk in a place.

pub(crate) mod create;
pub(crate) mod decide;
pub(crate) mod describe;
pub(crate) mod plan;
pub(crate) mod progress;
pub(crate) mod requests;
pub(crate) mod rules;

use alloc::boxed::Box;
use alloc::sync::Arc;

use crate::ebs::Context;
use crate::ebs::disk::Access;
use crate::ebs::lifecycle::{PairEffect, PairStatus};
use crate::ebs::pair::requests::{Charge, CreateDiskReplicaPair, PairSettings};
use crate::ebs::pair::rules::{E_661, E_670, E_671, E_672};
use crate::ids::{AccountId, DiskId, GroupId, PairId, RegionId, ZoneId};
use crate::lifecycle::Pending;
use crate::revision::{Latest, Revision};
use crate::rule::cite;
use crate::stored::stored;
use crate::text::StatusMessage;
use crate::time::{Span, Timestamp};

/// The recovery point objective, the only one sold: a copy cycle begins every 900 s (`E-410`).
pub const RPO: Span = Span::from_secs(900);

/// One end of a pair.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct End {
    /// Its region.
    pub region: RegionId,
    /// Its zone.
    pub zone: ZoneId,
    /// Its disk.
    pub disk: DiskId,
}

stored! {
    /// A replication pair.
    pub struct ReplicaPair {
        pub(crate) id: PairId,
        pub(crate) account: AccountId,
        /// Grows with every pair of a control plane: the sort key of describes and their cursor.
        pub(crate) ordinal: u64,
        pub(crate) primary: End,
        pub(crate) standby: End,
        pub(crate) reversed: bool,
        /// Apart because no lifecycle decision reads the settings: the rest of the pair then takes fewer cache lines, and copies of
        /// it share them.
        pub(crate) settings: Arc<PairSettings>,
        pub(crate) created_at: Timestamp,
        /// When its paid period ends, if an answer said so that does not follow from its creation.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub(crate) paid_until: Option<Timestamp>,
        pub(crate) status: PairStatus,
        pub(crate) status_message: Option<StatusMessage>,
        pub(crate) pending: Option<Pending<PairEffect>>,
        /// Next copy cycle while replicating, end of the tombstone once deleted.
        pub(crate) due: Option<Timestamp>,
        /// Completion of the last copy in this direction; absent before the first.
        pub(crate) last_recover_point: Option<Timestamp>,
        /// Whether any copy has completed, in either direction.
        pub(crate) copied: bool,
        /// Whether a failover took effect and no reprotect has undone it: the destination is writable.
        pub(crate) switched: bool,
        pub(crate) last_one_shot: Option<Timestamp>,
        /// The consistent group it is in. Boxed because most pairs are in none, and every call reads this field.
        pub(crate) group: Option<Box<GroupId>>,
        /// Whether its group is being reversed, so that its old primary is read-only. For a pair outside any group this
        /// follows from its pending effect.
        pub(crate) reversing: bool,
        pub(crate) revision: Revision,
        pub(crate) latest: Latest,
    }
    verified by Self::check
}

/// A pair that exists elsewhere, in any status, to be adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairSeed {
    /// Its id.
    pub id: PairId,
    /// Its status.
    pub status: PairStatus,
    /// Why it is `invalid` or `create_failed`; ignored in any other status.
    pub status_message: Option<StatusMessage>,
    /// Whether source and destination have swapped.
    pub reversed: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When the last copy completed.
    pub last_recover_point: Option<Timestamp>,
    /// When the paid period of a prepaid pair ends; `None` if that follows from its creation. Ignored if it is postpaid.
    pub expires_at: Option<Timestamp>,
    /// The request that would have created it in the region of its primary.
    pub request: CreateDiskReplicaPair,
}

impl ReplicaPair {
    /// The pair of a seed. In a transient status it has the pending effect `at.effect` from now on.
    pub(crate) fn adopt(at: Context<'_>, seed: PairSeed, account: AccountId, region: &RegionId) -> Self {
        let Context { now, effect: id, policy } = at;
        let status = seed.status;
        let pending = PairEffect::of(status).map(|effect| Pending { id, effect, since: now });
        let prepaid = matches!(seed.request.settings.charge, Charge::PrePay { .. });
        Self {
            reversed: seed.reversed,
            created_at: seed.created_at.min(now),
            paid_until: seed.expires_at.filter(|_| prepaid),
            status,
            status_message: seed.status_message.filter(|_| status.shows_message()),
            pending,
            latest: Latest::of(now, pending.map(|pending| pending.id)),
            due: match status {
                PairStatus::Deleted => Some(now.after(policy.tombstone)),
                _ if status.is_replicating() => Some(now.after(RPO)),
                _ => None,
            },
            last_recover_point: seed.last_recover_point.map(|at| at.min(now)),
            copied: seed.last_recover_point.is_some(),
            switched: status.is_switched().unwrap_or(false),
            ..Self::created(at, seed.id, account, region, &seed.request)
        }
    }
}

/// Reading a pair.
impl ReplicaPair {
    /// Its status.
    pub const fn status(&self) -> PairStatus {
        self.status
    }

    /// Why it is `invalid` or `create_failed`.
    pub const fn status_message(&self) -> Option<&StatusMessage> {
        self.status_message.as_ref()
    }

    /// The consistent group it is in, which alone changes its status then (`E-623`).
    pub fn group(&self) -> Option<&GroupId> {
        self.group.as_deref()
    }

    /// When the last copy in this direction completed.
    pub const fn last_recover_point(&self) -> Option<Timestamp> {
        self.last_recover_point
    }

    /// When its paid period ends; `None` for a postpaid pair (`E-697`).
    pub fn expires_at(&self) -> Option<Timestamp> {
        match *self.charge() {
            Charge::PrePay { period, unit, .. } => {
                Some(self.paid_until.unwrap_or_else(|| unit.end(self.created_at, period)))
            }
            Charge::PostPay | Charge::PostPayWith { .. } => None,
        }
    }

    /// How it is paid for.
    pub fn charge(&self) -> &Charge {
        &self.settings.charge
    }

    /// Whether its disks are in use by it: a tombstone uses none (`E-661`).
    pub fn binds_disks(&self) -> bool {
        cite!(E_661);
        self.status != PairStatus::Deleted
    }

    /// The access that the host of the source disk has: the old primary is read-only while its role is being reversed and
    /// is otherwise never fenced (`E-670`, `E-672`).
    pub fn source_access(&self) -> Access {
        cite!(E_670, E_672);
        match self.pending {
            Some(Pending { effect: PairEffect::Reprotect { reverse: true }, .. }) => Access::ReadOnly,
            None if self.reversing => Access::ReadOnly,
            _ => Access::ReadWrite,
        }
    }

    /// The access that the host of the destination disk has: none until a failover takes effect or the pair is deleted
    /// (`E-671`).
    pub fn destination_access(&self) -> Access {
        cite!(E_671);
        if self.switched || !self.binds_disks() { Access::ReadWrite } else { Access::None }
    }
}
