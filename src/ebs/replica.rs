//! What pairs and groups are alike in: identity, places, direction, settings.
//!
//! `primary` and `standby` are the places that a pair or group was created with and never change; `source` and
//! `destination` give the direction of the copy and swap when a reverse succeeds (`E-640`, `G-640`).

use alloc::vec::Vec;

use crate::ebs::group::{Location, ReplicaGroup};
use crate::ebs::lifecycle::{GroupEffect, GroupStatus, PairEffect, PairStatus};
use crate::ebs::page::Site;
use crate::ebs::pair::{End, ReplicaPair};
use crate::ids::{AccountId, GroupId, PairId, RegionId, ResourceGroupId};
use crate::lifecycle::Pending;
use crate::policy::{EbsPolicy, ProductionSite};
use crate::revision::Revision;
use crate::text::{Description, GroupName, Name, Tag};
use crate::time::Timestamp;

/// The id of a pair or a group: of what has a tag, or a drill.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum ReplicaId {
    /// A replication pair.
    Pair(PairId),
    /// A consistent group.
    Group(GroupId),
}

impl ReplicaId {
    /// The id.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pair(pair) => pair.as_str(),
            Self::Group(group) => group.as_str(),
        }
    }
}

/// A pair or a group, for whatever treats both alike.
pub(crate) trait Replica {
    /// Its id.
    fn id_str(&self) -> &str;
    /// The account that owns it.
    fn account(&self) -> &AccountId;
    /// Grows with every pair and group: the sort key of describes and their cursor.
    fn ordinal(&self) -> u64;
    /// Whether it is a tombstone, which describes omit and which binds nothing.
    fn is_deleted(&self) -> bool;
    /// The regions of its primary and its standby.
    fn regions(&self) -> [&RegionId; 2];
    /// The region that is copied to now.
    fn destination_region(&self) -> &RegionId;
    /// The region of its production or of its backup site.
    fn region_of(&self, site: Site, policy: &EbsPolicy) -> &RegionId;
    /// Its name.
    fn name_str(&self) -> Option<&str>;
    /// Its tags.
    fn tags(&self) -> &[Tag];
    /// Its resource group.
    fn resource_group(&self) -> Option<&ResourceGroupId>;
    /// Changes its tags and its resource group, and tells whether they are others now.
    fn relabel(&mut self, change: &dyn Fn(&mut Vec<Tag>, &mut Option<ResourceGroupId>)) -> bool;
}

/// The readers of a pair or of a group: its type, and the types of its id, status, places, effects and name.
macro_rules! replica {
    ($Replica:ident, $Id:ident, $Status:ident, $Place:ident, $Effect:ident, $Name:ident) => {
        /// Reading what pairs and groups are alike in.
        impl $Replica {
            /// Its id.
            pub const fn id(&self) -> &$Id {
                &self.id
            }

            /// The account that owns it.
            pub const fn account(&self) -> &AccountId {
                &self.account
            }

            /// How often it was changed.
            pub const fn revision(&self) -> Revision {
                self.revision
            }

            /// The place that it was created with as source; never changes.
            pub const fn primary(&self) -> &$Place {
                &self.primary
            }

            /// The place that it was created with as destination; never changes.
            pub const fn standby(&self) -> &$Place {
                &self.standby
            }

            /// The place that is copied now.
            pub const fn source(&self) -> &$Place {
                if self.reversed { &self.standby } else { &self.primary }
            }

            /// The place that is copied to now.
            pub const fn destination(&self) -> &$Place {
                if self.reversed { &self.primary } else { &self.standby }
            }

            /// The production site: by policy the place it was created with as source, or the one that is copied now.
            pub const fn production(&self, policy: &EbsPolicy) -> &$Place {
                match policy.production_site {
                    ProductionSite::Initial => &self.primary,
                    ProductionSite::Current => self.source(),
                }
            }

            /// The disaster recovery site: the other one.
            pub const fn backup(&self, policy: &EbsPolicy) -> &$Place {
                match policy.production_site {
                    ProductionSite::Initial => &self.standby,
                    ProductionSite::Current => self.destination(),
                }
            }

            /// The pending effect; the copies of a group are pending effects of its members.
            pub const fn pending(&self) -> Option<Pending<$Effect>> {
                self.pending
            }

            /// The next deadline: a copy cycle or round, or the end of the tombstone.
            pub const fn due(&self) -> Option<Timestamp> {
                self.due
            }

            /// When it was created.
            pub const fn created_at(&self) -> Timestamp {
                self.created_at
            }

            /// Its name.
            pub fn name(&self) -> Option<&$Name> {
                self.settings.name.as_ref()
            }

            /// Its description.
            pub fn description(&self) -> Option<&Description> {
                self.settings.description.as_ref()
            }

            /// Whether replication time control is on; a group's holds for every member.
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

        impl Replica for $Replica {
            fn id_str(&self) -> &str {
                self.id.as_str()
            }

            fn account(&self) -> &AccountId {
                &self.account
            }

            fn ordinal(&self) -> u64 {
                self.ordinal
            }

            fn is_deleted(&self) -> bool {
                self.status == $Status::Deleted
            }

            fn regions(&self) -> [&RegionId; 2] {
                [&self.primary.region, &self.standby.region]
            }

            fn destination_region(&self) -> &RegionId {
                &self.destination().region
            }

            fn region_of(&self, site: Site, policy: &EbsPolicy) -> &RegionId {
                match site {
                    Site::Production => &self.production(policy).region,
                    Site::Backup => &self.backup(policy).region,
                }
            }

            fn name_str(&self) -> Option<&str> {
                self.name().map(|name| name.as_str())
            }

            fn tags(&self) -> &[Tag] {
                &self.settings.tags
            }

            fn resource_group(&self) -> Option<&ResourceGroupId> {
                self.settings.resource_group.as_ref()
            }

            fn relabel(&mut self, change: &dyn Fn(&mut Vec<Tag>, &mut Option<ResourceGroupId>)) -> bool {
                let settings = alloc::sync::Arc::make_mut(&mut self.settings);
                let before = (settings.tags.clone(), settings.resource_group.clone());
                change(&mut settings.tags, &mut settings.resource_group);
                let changed = (&before.0, &before.1) != (&settings.tags, &settings.resource_group);
                if changed {
                    self.revision.advance();
                }
                changed
            }
        }
    };
}

replica! { ReplicaPair, PairId, PairStatus, End, PairEffect, Name }
replica! { ReplicaGroup, GroupId, GroupStatus, Location, GroupEffect, GroupName }
