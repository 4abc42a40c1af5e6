//! A consistent group.
//!
//! A group joins up to 17 pairs between the same two locations, so that they share one recover point. Each pair records
//! its membership; the status that a group shows follows from its own and those of its members.

pub(crate) mod decide;
pub(crate) mod describe;
pub(crate) mod member;
pub(crate) mod membership;
pub(crate) mod requests;
pub(crate) mod round;
pub(crate) mod rules;
pub(crate) mod whole;

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::ebs::Context;
use crate::ebs::group::requests::{CreateDiskReplicaGroup, GroupSettings};
use crate::ebs::group::rules::G_400;
use crate::ebs::lifecycle::{GroupEffect, GroupStatus, PairStatus};
use crate::ebs::pair::create::check_places;
use crate::ebs::pair::{RPO, ReplicaPair};
use crate::ebs::refusal::EbsRefusal;
use crate::ids::{AccountId, GroupId, PairId, RegionId, ZoneId};
use crate::lifecycle::Pending;
use crate::operation::Operation;
use crate::policy::EbsPolicy;
use crate::revision::{Latest, Revision};
use crate::rule::cite;
use crate::stored::stored;
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

stored! {
    /// A consistent group.
    pub struct ReplicaGroup {
        pub(crate) id: GroupId,
        pub(crate) account: AccountId,
        /// Grows with every group, and differs from every pair's: the sort key of describes and their cursor.
        pub(crate) ordinal: u64,
        pub(crate) primary: Location,
        pub(crate) standby: Location,
        pub(crate) reversed: bool,
        pub(crate) settings: Arc<GroupSettings>,
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
        /// How many members it has, which it knows without them.
        pub(crate) size: u32,
        pub(crate) revision: Revision,
        pub(crate) latest: Latest,
    }
    verified by Self::check_alone
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
    /// Decides `CreateDiskReplicaGroup` and makes the group: status `creating`, with the pending effect `at.effect`.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails, as of [`check_creation`](Self::check_creation).
    pub fn create(
        at: Context<'_>,
        id: GroupId,
        account: AccountId,
        region: &RegionId,
        request: &CreateDiskReplicaGroup,
    ) -> Result<Self, EbsRefusal> {
        Self::check_creation(at.policy, region, request)?;
        Ok(Self::created(at, id, account, region, request))
    }

    /// Decides `CreateDiskReplicaGroup`: the regions and the distance (`E-011`).
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn check_creation(
        policy: &EbsPolicy,
        region: &RegionId,
        request: &CreateDiskReplicaGroup,
    ) -> Result<(), EbsRefusal> {
        let destination = (&request.destination_region, &request.destination_zone);
        let source = (region, &request.source_zone);
        check_places(Operation::CreateDiskReplicaGroup, source, destination, policy)
    }

    /// The group that an accepted `CreateDiskReplicaGroup` makes.
    pub(crate) fn created(
        at: Context<'_>,
        id: GroupId,
        account: AccountId,
        region: &RegionId,
        request: &CreateDiskReplicaGroup,
    ) -> Self {
        Self {
            id,
            account,
            ordinal: at.effect.0,
            primary: Location { region: region.clone(), zone: request.source_zone.clone() },
            standby: Location {
                region: request.destination_region.clone(),
                zone: request.destination_zone.clone(),
            },
            reversed: false,
            settings: Arc::new(request.settings.clone()),
            created_at: at.now,
            status: GroupStatus::Creating,
            pending: Some(Pending { id: at.effect, effect: GroupEffect::Create, since: at.now }),
            due: None,
            last_one_shot: None,
            copy_failed: false,
            size: 0,
            revision: Revision::default(),
            latest: Latest::of(at.now, Some(at.effect)),
        }
    }

    /// The group of a seed. In a transient status it has the pending effect `at.effect` from now on.
    pub(crate) fn adopt(at: Context<'_>, seed: GroupSeed, account: AccountId, region: &RegionId) -> Self {
        let Context { now, effect: id, policy } = at;
        let status = seed.status;
        let size = u32::try_from(seed.members.len()).unwrap_or(u32::MAX);
        let pending = GroupEffect::of(status).map(|effect| Pending { id, effect, since: now });
        Self {
            reversed: seed.reversed,
            created_at: seed.created_at.min(now),
            status,
            size,
            pending,
            latest: Latest::of(now, pending.map(|pending| pending.id)),
            due: match status {
                GroupStatus::Deleted => Some(now.after(policy.tombstone)),
                _ if status.is_replicating() => Some(now.after(RPO)),
                _ => None,
            },
            ..Self::created(at, seed.id, account, region, &seed.request)
        }
    }
}

/// The shown status.
impl ReplicaGroup {
    /// Its own status. Describes show [`GroupView::status`](crate::ebs::GroupView).
    pub const fn own_status(&self) -> GroupStatus {
        self.status
    }

    /// How many members it has.
    pub const fn size(&self) -> u32 {
        self.size
    }

    /// The status that it shows: `invalid` while a member is, else its own (`G-400`).
    pub(crate) fn shows(&self, mut members: impl Iterator<Item = PairStatus>) -> GroupStatus {
        cite!(G_400);
        if members.any(|status| status == PairStatus::Invalid) { GroupStatus::Invalid } else { self.status }
    }

    /// Whether the pending effect acts on this member.
    pub fn acts_on(&self, member: &ReplicaPair) -> bool {
        member.status.as_str() == self.status.as_str() && self.pending.is_some()
    }
}
