//! Global database networks (GDN): a primary cluster and up to four secondaries in other regions that replicate from it.
//!
//! A network has no lifecycle table: its status follows from what is pending (`P-400`), every call needs an active network
//! (`P-451`), and creation and deletion end with no status at all.
//!
//! ```text
//! create → creating → active → deleting → gone        only with the primary alone
//!                   ↘ gone     ↘ removing_member → active
//!                              ↘ locked → active      a switch-over, planned or forced
//! ```
//!
//! The clusters live in `cluster/`; a network holds their ids and who is the primary. A cluster does not know its network.

pub(crate) mod decide;
pub(crate) mod describe;
pub(crate) mod plan;
pub(crate) mod requests;
pub(crate) mod rules;

use alloc::vec::Vec;

use crate::ids::{AccountId, ClusterId, NetworkId, ResourceGroupId};
use crate::lifecycle::Pending;
use crate::revision::{Latest, Revision};
use crate::spelling::spelled;
use crate::stored::stored;
use crate::text::NetworkDescription;
use crate::time::Timestamp;

spelled! {
    /// The status of a network (`GDNStatus`).
    NetworkStatus, "network status"
    /// Being created.
    Creating = "creating",
    /// Running.
    Active = "active",
    /// A switch-over is under way: its clusters take no call that changes them.
    Locked = "locked",
    /// A secondary is being removed.
    RemovingMember = "removing_member",
    /// Being deleted.
    Deleting = "deleting",
}

spelled! {
    /// The role of a cluster in its network (`Role`).
    MemberRole
    /// The cluster that is written to.
    Primary = "primary",
    /// A secondary cluster.
    Standby = "standby",
}

spelled! {
    /// How a switch-over is made (`Forced`).
    #[derive(Default)]
    SwitchMode, "mode of a switch-over"
    /// The primary stops, the secondary applies all of it, and then they change roles: nothing is lost (`P-446`).
    #[default]
    Planned = "planned",
    /// The secondary takes over with what it has, whatever becomes of the primary (`P-447`).
    Forced = "forced",
}

/// Work that a network asks of the embedder.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
pub enum NetworkEffect {
    /// Make the network around its primary.
    Create,
    /// Take the network apart.
    Delete,
    /// Stop replication to this secondary, and open it for writing.
    Remove(ClusterId),
    /// Make this secondary the primary.
    SwitchOver {
        /// The new primary.
        to: ClusterId,
        /// How.
        mode: SwitchMode,
    },
}

/// A secondary cluster of a network.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Secondary {
    /// The cluster.
    pub cluster: ClusterId,
    /// Whether it replicates from the primary. One that a forced switch-over left behind does not (`P-447`).
    pub replicates: bool,
}

stored! {
    /// A global database network.
    pub struct GlobalDatabaseNetwork {
        pub(crate) id: NetworkId,
        pub(crate) account: AccountId,
        pub(crate) description: Option<NetworkDescription>,
        pub(crate) resource_group: Option<ResourceGroupId>,
        pub(crate) created_at: Timestamp,
        pub(crate) primary: ClusterId,
        /// In the order in which they joined.
        pub(crate) secondaries: Vec<Secondary>,
        pub(crate) pending: Option<Pending<NetworkEffect>>,
        pub(crate) revision: Revision,
        pub(crate) latest: Latest,
    }
    verified by Self::check
}

/// A network that exists elsewhere, to be adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkSeed {
    /// Its id.
    pub id: NetworkId,
    /// Its description.
    pub description: Option<NetworkDescription>,
    /// Its resource group.
    pub resource_group: Option<ResourceGroupId>,
    /// When it was created.
    pub created_at: Timestamp,
    /// The primary, a cluster that is known.
    pub primary: ClusterId,
    /// The secondaries, clusters that are known.
    pub secondaries: Vec<ClusterId>,
    /// Its status. `Locked` and `RemovingMember` are adopted as `Active`, since the secondary concerned is not known.
    pub status: NetworkStatus,
}

impl GlobalDatabaseNetwork {
    /// How often it was changed.
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// Its status, which is not stored: it follows from what is pending.
    pub fn status(&self) -> NetworkStatus {
        match self.pending.as_ref().map(|pending| &pending.effect) {
            None => NetworkStatus::Active,
            Some(NetworkEffect::Create) => NetworkStatus::Creating,
            Some(NetworkEffect::Delete) => NetworkStatus::Deleting,
            Some(NetworkEffect::Remove(_)) => NetworkStatus::RemovingMember,
            Some(NetworkEffect::SwitchOver { .. }) => NetworkStatus::Locked,
        }
    }

    /// The role of a cluster; `None` if it is not in this network.
    pub fn role(&self, cluster: &ClusterId) -> Option<MemberRole> {
        match self.secondary(cluster) {
            Some(_) => Some(MemberRole::Standby),
            None => (self.primary == *cluster).then_some(MemberRole::Primary),
        }
    }

    /// The secondary of this id.
    pub fn secondary(&self, cluster: &ClusterId) -> Option<&Secondary> {
        self.secondaries.iter().find(|secondary| secondary.cluster == *cluster)
    }

    /// Its clusters with their roles, the primary first and then the secondaries in the order in which they joined.
    pub fn members(&self) -> impl Iterator<Item = (&ClusterId, MemberRole)> + Clone {
        let secondaries = self.secondaries.iter().map(|secondary| (&secondary.cluster, MemberRole::Standby));
        core::iter::once((&self.primary, MemberRole::Primary)).chain(secondaries)
    }

    /// Its id.
    pub const fn id(&self) -> &NetworkId {
        &self.id
    }

    /// The account that owns it and its clusters.
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// Its description.
    pub const fn description(&self) -> Option<&NetworkDescription> {
        self.description.as_ref()
    }

    /// Its resource group.
    pub const fn resource_group(&self) -> Option<&ResourceGroupId> {
        self.resource_group.as_ref()
    }

    /// When it was created.
    pub const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// Its primary cluster.
    pub const fn primary(&self) -> &ClusterId {
        &self.primary
    }

    /// Its secondary clusters, in the order in which they joined.
    pub fn secondaries(&self) -> &[Secondary] {
        &self.secondaries
    }

    /// The pending effect.
    pub const fn pending(&self) -> Option<&Pending<NetworkEffect>> {
        self.pending.as_ref()
    }
}
