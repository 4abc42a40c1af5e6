//! A consistent group as it stands.
//!
//! A group joins up to 17 pairs between the same two places, so that they share one recover point. Which pairs are in it
//! stands in the pairs; what the group shows of itself follows from its own status and theirs. `primary` and `standby`
//! are the sites it was created with and never move; `source` and `destination` swap when a reverse succeeds (`G-640`).

pub(crate) mod decide;
pub(crate) mod describe;
pub mod member;
pub(crate) mod membership;
pub(crate) mod refusal;
pub(crate) mod requests;
pub(crate) mod round;
pub(crate) mod rules;
pub(crate) mod status;
pub mod table;

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::ebs::group::describe::GroupView;
use crate::ebs::group::requests::{CreateDiskReplicaGroup, GroupSettings};
use crate::ebs::group::status::GroupStatus;
use crate::ebs::pair::status::PairStatus;
use crate::ebs::pair::{Context, RPO, ReplicaPair};
use crate::ids::{AccountId, EffectId, GroupId, PairId, RegionId, ResourceGroupId, ZoneId};
use crate::lifecycle::Pending;
use crate::policy::{EbsPolicy, ProductionSite};
use crate::text::{Description, GroupName, Tag};
use crate::time::Timestamp;

/// One site of a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Place {
    /// Its region.
    pub region: RegionId,
    /// Its zone.
    pub zone: ZoneId,
}

/// What a group asks of the outside. Copies are not here: each member asks for its own.
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
    pub(crate) primary: Place,
    pub(crate) standby: Place,
    pub(crate) reversed: bool,
    pub(crate) settings: Box<GroupSettings>,
    pub(crate) created_at: Timestamp,
    /// Its own status; what it shows is `invalid` while some member is.
    pub(crate) status: GroupStatus,
    /// The members that it is about are those that show the transient status that the group shows.
    pub(crate) pending: Option<Pending<GroupEffect>>,
    /// Next round of copies while replicating, end of the tombstone once deleted.
    pub(crate) due: Option<Timestamp>,
    pub(crate) last_one_shot: Option<Timestamp>,
    /// Whether a member's copy of the running round failed, so that the round will not commit.
    pub(crate) spoilt: bool,
}

/// A group to be adopted: one that exists elsewhere, in any status.
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
    /// A group as `CreateDiskReplicaGroup` makes it: status `creating`, waiting for the effect `asked`.
    pub fn create(
        id: GroupId,
        account: AccountId,
        cx: &Context<'_>,
        asked: EffectId,
        request: &CreateDiskReplicaGroup,
    ) -> Self {
        Self {
            id,
            account,
            ordinal: asked.0,
            primary: Place { region: cx.region.clone(), zone: request.source_zone.clone() },
            standby: Place {
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
            spoilt: false,
        }
    }

    /// A group that exists elsewhere, in any status: a transient one waits for the effect `asked` from now on.
    pub(crate) fn adopt(
        seed: GroupSeed,
        account: AccountId,
        cx: &Context<'_>,
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

    /// Its own status. What describes show is [`GroupView::status`](crate::ebs::GroupView).
    pub const fn own_status(&self) -> GroupStatus {
        self.status
    }

    /// The site that it was created with as source; never moves.
    pub const fn primary(&self) -> &Place {
        &self.primary
    }

    /// The site that it was created with as destination; never moves.
    pub const fn standby(&self) -> &Place {
        &self.standby
    }

    /// The site that is copied now.
    pub const fn source(&self) -> &Place {
        if self.reversed { &self.standby } else { &self.primary }
    }

    /// The site that is copied to now.
    pub const fn destination(&self) -> &Place {
        if self.reversed { &self.primary } else { &self.standby }
    }

    /// The production site: by policy the one it was created with, or the one that is copied now.
    pub const fn production(&self, policy: &EbsPolicy) -> &Place {
        match policy.production_site {
            ProductionSite::Initial => &self.primary,
            ProductionSite::Current => self.source(),
        }
    }

    /// The disaster recovery site: the other one.
    pub const fn backup(&self, policy: &EbsPolicy) -> &Place {
        match policy.production_site {
            ProductionSite::Initial => &self.standby,
            ProductionSite::Current => self.destination(),
        }
    }

    /// The effect that has not been reported on; the copies of its members are theirs.
    pub const fn pending(&self) -> Option<Pending<GroupEffect>> {
        self.pending
    }

    /// When something falls due: the next round, or the end of the tombstone.
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

/// What a group shows, with its members.
impl ReplicaGroup {
    /// The group as it shows; `members` in the order of their creation.
    pub fn view(&self, members: &[&ReplicaPair]) -> GroupView {
        GroupView {
            group: self.clone(),
            status: self.shows(members.iter().map(|pair| pair.status)),
            pairs: members.iter().map(|pair| pair.id.clone()).collect(),
            last_recover_point: common_recover_point(members),
        }
    }

    /// The status that it shows: `invalid` while a member is, else its own (`G-400`).
    pub fn shows(&self, mut members: impl Iterator<Item = PairStatus>) -> GroupStatus {
        if members.any(|status| status == PairStatus::Invalid) { GroupStatus::Invalid } else { self.status }
    }

    /// Whether the pending effect is about this member.
    pub fn acts_on(&self, member: &ReplicaPair) -> bool {
        member.status.as_str() == self.status.as_str() && self.pending.is_some()
    }
}

/// The recover point that all members share, if there are members (`G-650`).
fn common_recover_point(members: &[&ReplicaPair]) -> Option<Timestamp> {
    let (first, rest) = members.split_first()?;
    let point = first.last_recover_point?;
    rest.iter().all(|pair| pair.last_recover_point == Some(point)).then_some(point)
}
