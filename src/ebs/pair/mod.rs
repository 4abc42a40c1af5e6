//! A replication pair.
//!
//! A pair has two ends. `primary` and `standby` are the ends it was created with and never change; `source` and
//! `destination` give the direction of the copy and swap when a reverse succeeds (`E-640`).

pub(crate) mod decide;
pub(crate) mod describe;
pub(crate) mod progress;
pub(crate) mod requests;
pub(crate) mod rules;
pub(crate) mod settings;
pub(crate) mod status;
pub(crate) mod table;

use alloc::boxed::Box;

use crate::ebs::disk::Access;
use crate::ebs::pair::requests::{Charge, CreateDiskReplicaPair, PairSettings};
use crate::ebs::pair::rules::{E_661, E_670, E_671, E_672};
use crate::ebs::pair::status::PairStatus;
use crate::ebs::pair::table::PairEvent;
use crate::ids::{AccountId, DiskId, EffectId, GroupId, PairId, RegionId, ResourceGroupId, ZoneId};
use crate::lifecycle::Pending;
use crate::policy::EbsPolicy;
use crate::rule::cite;
use crate::text::{Description, Name, StatusMessage, Tag};
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

/// Work that a pair requests from the embedder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
pub enum PairEffect {
    /// Set the relation up.
    Create,
    /// Copy the source to the destination.
    Copy,
    /// Stop copying and roll the destination back to the last completed copy.
    Stop,
    /// Cut the link and make the destination readable and writable.
    Failover,
    /// Prepare the other direction, or the original one again.
    Reprotect {
        /// Whether the roles swap.
        reverse: bool,
    },
    /// Take the relation down.
    Delete,
}

impl PairEffect {
    /// The event of its success and of its failure.
    pub const fn events(self) -> (PairEvent, PairEvent) {
        match self {
            Self::Create => (PairEvent::CreateSucceeded, PairEvent::CreateFailed),
            Self::Copy => (PairEvent::CopySucceeded, PairEvent::CopyFailed),
            Self::Stop => (PairEvent::StopSucceeded, PairEvent::StopFailed),
            Self::Failover => (PairEvent::FailoverSucceeded, PairEvent::FailoverFailed),
            Self::Reprotect { .. } => (PairEvent::ReprotectSucceeded, PairEvent::ReprotectFailed),
            Self::Delete => (PairEvent::DeleteSucceeded, PairEvent::DeleteFailed),
        }
    }

    /// The effect that a pair in this transient status waits for; `None` for other statuses. Between a failed copy and
    /// the next cycle a pair in a copying status waits for none.
    pub const fn of(status: PairStatus) -> Option<Self> {
        match status {
            PairStatus::Creating => Some(Self::Create),
            PairStatus::InitialSyncing | PairStatus::ManualSyncing | PairStatus::Syncing => Some(Self::Copy),
            PairStatus::Stopping => Some(Self::Stop),
            PairStatus::Failingover => Some(Self::Failover),
            PairStatus::Reprotecting => Some(Self::Reprotect { reverse: true }),
            PairStatus::Deleting => Some(Self::Delete),
            _ => None,
        }
    }
}

/// When and where a call was made.
#[derive(Debug, Clone, Copy)]
pub struct CallSite<'a> {
    /// The time of the call.
    pub now: Timestamp,
    /// The region of the call (`RegionId`).
    pub region: &'a RegionId,
}

/// A replication pair.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ReplicaPair {
    pub(crate) id: PairId,
    pub(crate) account: AccountId,
    /// Grows with every pair of a control plane: the sort key of describes and their cursor.
    pub(crate) ordinal: u64,
    pub(crate) primary: End,
    pub(crate) standby: End,
    pub(crate) reversed: bool,
    /// Boxed because no lifecycle decision reads the settings: the rest of the pair then takes fewer cache lines.
    pub(crate) settings: Box<PairSettings>,
    pub(crate) created_at: Timestamp,
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
    /// The request that would have created it in the region of its primary.
    pub request: CreateDiskReplicaPair,
}

impl ReplicaPair {
    /// The pair that `CreateDiskReplicaPair` makes: status `creating`, with the pending effect `asked`.
    pub fn create(
        id: PairId,
        account: AccountId,
        cx: &CallSite<'_>,
        asked: EffectId,
        request: &CreateDiskReplicaPair,
    ) -> Self {
        Self {
            id,
            account,
            ordinal: asked.0,
            primary: End {
                region: cx.region.clone(),
                zone: request.source_zone.clone(),
                disk: request.source_disk.clone(),
            },
            standby: End {
                region: request.destination_region.clone(),
                zone: request.destination_zone.clone(),
                disk: request.destination_disk.clone(),
            },
            reversed: false,
            settings: Box::new(request.settings.clone()),
            created_at: cx.now,
            status: PairStatus::Creating,
            status_message: None,
            pending: Some(Pending { id: asked, effect: PairEffect::Create, since: cx.now }),
            due: None,
            last_recover_point: None,
            copied: false,
            switched: false,
            last_one_shot: None,
            group: None,
            reversing: false,
        }
    }

    /// The pair of a seed. In a transient status it has the pending effect `asked` from now on.
    pub(crate) fn adopt(
        seed: PairSeed,
        account: AccountId,
        cx: &CallSite<'_>,
        asked: EffectId,
        policy: &EbsPolicy,
    ) -> Self {
        let status = seed.status;
        let pending = PairEffect::of(status).map(|effect| Pending { id: asked, effect, since: cx.now });
        let cycles = matches!(status, PairStatus::InitialSyncing | PairStatus::Syncing | PairStatus::Normal);
        let switched =
            matches!(status, PairStatus::Failedover | PairStatus::Reprotecting | PairStatus::ReprotectFailed);
        Self {
            reversed: seed.reversed,
            created_at: seed.created_at.min(cx.now),
            status,
            status_message: seed
                .status_message
                .filter(|_| matches!(status, PairStatus::Invalid | PairStatus::CreateFailed)),
            pending,
            due: match status {
                PairStatus::Deleted => Some(cx.now.after(policy.tombstone)),
                _ if cycles => Some(cx.now.after(RPO)),
                _ => None,
            },
            last_recover_point: seed.last_recover_point.map(|at| at.min(cx.now)),
            copied: seed.last_recover_point.is_some(),
            switched,
            ..Self::create(seed.id, account, cx, asked, &seed.request)
        }
    }
}

/// Reading a pair.
impl ReplicaPair {
    /// Its id.
    pub const fn id(&self) -> &PairId {
        &self.id
    }

    /// The account that owns it.
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// Its status.
    pub const fn status(&self) -> PairStatus {
        self.status
    }

    /// Why it is `invalid` or `create_failed`.
    pub const fn status_message(&self) -> Option<&StatusMessage> {
        self.status_message.as_ref()
    }

    /// The end it was created with as source; never changes.
    pub const fn primary(&self) -> &End {
        &self.primary
    }

    /// The end it was created with as destination; never changes.
    pub const fn standby(&self) -> &End {
        &self.standby
    }

    /// The end that is copied now.
    pub const fn source(&self) -> &End {
        if self.reversed { &self.standby } else { &self.primary }
    }

    /// The end that is copied to now.
    pub const fn destination(&self) -> &End {
        if self.reversed { &self.primary } else { &self.standby }
    }

    /// The consistent group it is in, which alone changes its status then (`E-623`).
    pub fn group(&self) -> Option<&GroupId> {
        self.group.as_deref()
    }

    /// The pending effect.
    pub const fn pending(&self) -> Option<Pending<PairEffect>> {
        self.pending
    }

    /// The next deadline: a copy cycle, or the end of the tombstone.
    pub const fn due(&self) -> Option<Timestamp> {
        self.due
    }

    /// When the last copy in this direction completed.
    pub const fn last_recover_point(&self) -> Option<Timestamp> {
        self.last_recover_point
    }

    /// When it was created.
    pub const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// Its name.
    pub fn name(&self) -> Option<&Name> {
        self.settings.name.as_ref()
    }

    /// Its description.
    pub fn description(&self) -> Option<&Description> {
        self.settings.description.as_ref()
    }

    /// How it is paid for.
    pub fn charge(&self) -> &Charge {
        &self.settings.charge
    }

    /// Whether replication time control is on.
    pub fn enable_rtc(&self) -> bool {
        self.settings.enable_rtc
    }

    /// Its resource group.
    pub fn resource_group(&self) -> Option<&ResourceGroupId> {
        self.settings.resource_group.as_ref()
    }

    /// Its tags.
    pub fn tags(&self) -> &[Tag] {
        &self.settings.tags
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
