//! A consistent group.
//!
//! A group joins up to 17 pairs between the same two locations, so that they share one recover point. Each pair records
//! its membership; the status that a group shows follows from its own and those of its members. `primary` and `standby`
//! are the sites it was created with and never change; `source` and `destination` swap when a reverse succeeds (`G-640`).

pub(crate) mod decide;
pub(crate) mod describe;
pub(crate) mod member;
pub(crate) mod membership;
pub(crate) mod requests;
pub(crate) mod round;
pub(crate) mod rules;
pub(crate) mod status;
pub(crate) mod table;

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::ebs::group::requests::{CreateDiskReplicaGroup, GroupSettings};
use crate::ebs::group::rules::G_400;
use crate::ebs::group::status::GroupStatus;
use crate::ebs::pair::status::PairStatus;
use crate::ebs::pair::{CallSite, RPO, ReplicaPair};
use crate::ids::{AccountId, EffectId, GroupId, PairId, RegionId, ResourceGroupId, ZoneId};
use crate::lifecycle::Pending;
use crate::policy::{EbsPolicy, ProductionSite};
use crate::rule::cite;
use crate::text::{Description, GroupName, Tag};
use crate::time::Timestamp;

/// The location of one site of a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Location {
    /// Its region.
    pub region: RegionId,
    /// Its zone.
    pub zone: ZoneId,
}

/// Work that a group requests from the embedder. Copies are not here: each member requests its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
pub enum GroupEffect {
    /// Set the group up.
    Create,
    /// Stop copying and roll every destination back to the last completed round.
    Stop,
    /// Cut the links and make the destinations readable and writable.
    Failover,
    /// Prepare the other direction, or the original one again.
    Reprotect {
        /// Whether the roles swap.
        reverse: bool,
    },
    /// Take the group down.
    Delete,
}

/// A consistent group.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ReplicaGroup {
    pub(crate) id: GroupId,
    pub(crate) account: AccountId,
    /// Grows with every group, and differs from every pair's: the sort key of describes and their cursor.
    pub(crate) ordinal: u64,
    pub(crate) primary: Location,
    pub(crate) standby: Location,
    pub(crate) reversed: bool,
    pub(crate) settings: Box<GroupSettings>,
    pub(crate) created_at: Timestamp,
    /// Its own status; it shows `invalid` while a member is.
    pub(crate) status: GroupStatus,
    /// It acts on the members that show the same transient status as the group.
    pub(crate) pending: Option<Pending<GroupEffect>>,
    /// Next round of copies while replicating, end of the tombstone once deleted.
    pub(crate) due: Option<Timestamp>,
    pub(crate) last_one_shot: Option<Timestamp>,
    /// Whether a member's copy of the running round failed, so that the round will not commit.
    #[cfg_attr(feature = "serde", serde(rename = "spoilt"))]
    pub(crate) copy_failed: bool,
}

/// A group that exists elsewhere, in any status, to be adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupSeed {
    /// Its id.
    pub id: GroupId,
    /// Its own status.
    pub status: GroupStatus,
    /// Whether source and destination have swapped.
    pub reversed: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// The request that would have created it in the region of its production site.
    pub request: CreateDiskReplicaGroup,
    /// Its members: pairs that exist already, in no group, between the same places and in a status that fits.
    pub members: Vec<PairId>,
}

impl ReplicaGroup {
    /// The group that `CreateDiskReplicaGroup` makes: status `creating`, with the pending effect `asked`.
    pub fn create(
        id: GroupId,
        account: AccountId,
        cx: &CallSite<'_>,
        asked: EffectId,
        request: &CreateDiskReplicaGroup,
    ) -> Self {
        Self {
            id,
            account,
            ordinal: asked.0,
            primary: Location { region: cx.region.clone(), zone: request.source_zone.clone() },
            standby: Location {
                region: request.destination_region.clone(),
                zone: request.destination_zone.clone(),
            },
            reversed: false,
            settings: Box::new(request.settings.clone()),
            created_at: cx.now,
            status: GroupStatus::Creating,
            pending: Some(Pending { id: asked, effect: GroupEffect::Create, since: cx.now }),
            due: None,
            last_one_shot: None,
            copy_failed: false,
        }
    }

    /// The group of a seed. In a transient status it has the pending effect `asked` from now on.
    pub(crate) fn adopt(
        seed: GroupSeed,
        account: AccountId,
        cx: &CallSite<'_>,
        asked: EffectId,
        policy: &EbsPolicy,
    ) -> Self {
        let status = seed.status;
        let pending = GroupEffect::of(status).map(|effect| Pending { id: asked, effect, since: cx.now });
        Self {
            reversed: seed.reversed,
            created_at: seed.created_at.min(cx.now),
            status,
            pending,
            due: match status {
                GroupStatus::Deleted => Some(cx.now.after(policy.tombstone)),
                GroupStatus::Syncing | GroupStatus::Normal => Some(cx.now.after(RPO)),
                _ => None,
            },
            ..Self::create(seed.id, account, cx, asked, &seed.request)
        }
    }
}

/// Reading a group.
impl ReplicaGroup {
    /// Its id.
    pub const fn id(&self) -> &GroupId {
        &self.id
    }

    /// The account that owns it.
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// Its own status. Describes show [`GroupView::status`](crate::ebs::GroupView).
    pub const fn own_status(&self) -> GroupStatus {
        self.status
    }

    /// The site it was created with as source; never changes.
    pub const fn primary(&self) -> &Location {
        &self.primary
    }

    /// The site it was created with as destination; never changes.
    pub const fn standby(&self) -> &Location {
        &self.standby
    }

    /// The site that is copied now.
    pub const fn source(&self) -> &Location {
        if self.reversed { &self.standby } else { &self.primary }
    }

    /// The site that is copied to now.
    pub const fn destination(&self) -> &Location {
        if self.reversed { &self.primary } else { &self.standby }
    }

    /// The production site: by policy the one it was created with, or the one that is copied now.
    pub const fn production(&self, policy: &EbsPolicy) -> &Location {
        match policy.production_site {
            ProductionSite::Initial => &self.primary,
            ProductionSite::Current => self.source(),
        }
    }

    /// The disaster recovery site: the other one.
    pub const fn backup(&self, policy: &EbsPolicy) -> &Location {
        match policy.production_site {
            ProductionSite::Initial => &self.standby,
            ProductionSite::Current => self.destination(),
        }
    }

    /// The pending effect; the copies of members are pending effects of the members.
    pub const fn pending(&self) -> Option<Pending<GroupEffect>> {
        self.pending
    }

    /// The next deadline: a round of copies, or the end of the tombstone.
    pub const fn due(&self) -> Option<Timestamp> {
        self.due
    }

    /// When it was created.
    pub const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// Its name.
    pub fn name(&self) -> Option<&GroupName> {
        self.settings.name.as_ref()
    }

    /// Its description.
    pub fn description(&self) -> Option<&Description> {
        self.settings.description.as_ref()
    }

    /// Whether replication time control is on, for every member.
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
}

/// The shown status.
impl ReplicaGroup {
    /// The status that it shows: `invalid` while a member is, else its own (`G-400`).
    pub fn shows(&self, mut members: impl Iterator<Item = PairStatus>) -> GroupStatus {
        cite!(G_400);
        if members.any(|status| status == PairStatus::Invalid) { GroupStatus::Invalid } else { self.status }
    }

    /// Whether the pending effect acts on this member.
    pub fn acts_on(&self, member: &ReplicaPair) -> bool {
        member.status.as_str() == self.status.as_str() && self.pending.is_some()
    }
}
