//! Requests about clusters.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::constructor::constructor;
use crate::ids::{ClusterId, NetworkId, NodeClass, NodeId, OrderId, ResourceGroupId, ZoneId};
use crate::polardb::cluster::rules::{P_011, P_014, P_017, P_018};
use crate::polardb::election::electorate::TargetZoneType;
use crate::polardb::election::ranking::Priority;
use crate::polardb::election::rules::P_101;
use crate::rule::cite;
use crate::spelling::spelled;
use crate::text::{Description, Tag};

spelled! {
    /// The database engine (`DBType`).
    Engine, "engine"
    /// `MySQL`: a manual failover may leave the target to the election.
    MySql = "MySQL",
    /// `PostgreSQL`: a manual failover must name its target.
    PostgreSql = "PostgreSQL",
    /// `Oracle`: PostgreSQL compatible with Oracle; likewise.
    Oracle = "Oracle",
}

impl Engine {
    /// The versions that can be created.
    pub const fn versions(self) -> &'static [&'static str] {
        match self {
            Self::MySql => &["5.6", "5.7", "8.0"],
            Self::PostgreSql => &["11", "14", "15", "16", "17", "18"],
            Self::Oracle => &["11", "14"],
        }
    }
}

spelled! {
    /// The edition, spelled as in answers (`Category`). Requests spell `Archive` differently.
    #[derive(Default)]
    Edition, "edition"
    /// `Normal`: cluster edition.
    #[default]
    Normal = "Normal",
    /// `Basic`: a single node.
    Basic = "Basic",
    /// `ArchiveNormal` in requests, `Archive` in answers.
    Archive = "Archive",
    /// `NormalMultimaster`: several writers; its failover works differently.
    NormalMultimaster = "NormalMultimaster",
    /// `SENormal`: standard edition.
    SeNormal = "SENormal",
}

impl Edition {
    /// `CreationCategory` in requests.
    pub const fn as_creation_category(self) -> &'static str {
        if matches!(self, Self::Archive) { "ArchiveNormal" } else { self.as_str() }
    }

    /// Whether a cluster of this engine and version can be of it (`P-014`).
    pub fn is_for(self, engine: Engine, version: &str) -> bool {
        cite!(P_014);
        match (self, engine) {
            (Self::Normal, _) | (Self::Basic | Self::SeNormal, Engine::MySql) => true,
            (Self::Archive | Self::NormalMultimaster, _) => engine == Engine::MySql && version == "8.0",
            (Self::Basic, _) | (Self::SeNormal, Engine::PostgreSql) => version == "14",
            (Self::SeNormal, Engine::Oracle) => false,
        }
    }

    /// Whether its clusters fail over to a read-only node (`P-101`).
    pub const fn fails_over(self) -> bool {
        cite!(P_101);
        matches!(self, Self::Normal | Self::SeNormal)
    }

    /// The numbers of nodes that a new cluster can have, and the default (`P-011`).
    pub const fn node_numbers(self) -> (core::ops::RangeInclusive<u8>, u8) {
        cite!(P_011);
        match self {
            Self::Basic => (1..=1, 1),
            Self::SeNormal => (1..=8, 1),
            Self::Normal | Self::Archive | Self::NormalMultimaster => (1..=16, 2),
        }
    }
}

spelled! {
    /// `PayType`.
    PayType, "pay type"
    /// Pay as you go.
    Postpaid = "Postpaid",
    /// Subscription.
    Prepaid = "Prepaid",
}

spelled! {
    /// What stands by for the primary zone, spelled as in requests (`HotStandbyCluster`).
    #[derive(Default)]
    HotStandby, "hot standby"
    /// `ON`: storage in a second zone.
    Storage = "ON",
    /// `EQUAL`: storage in a second zone, and compute nodes once they are added.
    Compute = "EQUAL",
    /// `STANDBY`: the storage standby of the standard edition.
    Standard = "STANDBY",
    /// `OFF`: nothing.
    #[default]
    Off = "OFF",
}

impl HotStandby {
    /// What a new cluster of this edition has unless it is said (`P-017`).
    pub const fn of(edition: Edition) -> Self {
        cite!(P_017);
        match edition {
            Edition::Normal => Self::Storage,
            Edition::SeNormal => Self::Standard,
            Edition::Basic | Edition::Archive | Edition::NormalMultimaster => Self::Off,
        }
    }

    /// Why a new cluster of this edition with this zone of its own cannot have it: the parameter, and what is wrong with it
    /// (`P-018`).
    pub(crate) fn misfit(
        self,
        edition: Edition,
        zone: Option<&ZoneId>,
        standby: Option<&ZoneId>,
    ) -> Option<(&'static str, &'static str)> {
        cite!(P_018);
        match (self, edition) {
            (Self::Standard, Edition::SeNormal) | (Self::Off, _) => {}
            (Self::Standard, _) => {
                return Some(("HotStandbyCluster", "STANDBY is for the standard edition (P-018)"));
            }
            (_, Edition::Normal) => {}
            _ => return Some(("HotStandbyCluster", "the edition has no such standby cluster (P-018)")),
        }
        match (self, standby) {
            (Self::Off, Some(_)) => {
                Some(("StandbyAZ", "without a standby cluster there is no such zone (P-018)"))
            }
            (_, Some(_)) if standby == zone => Some(("StandbyAZ", "it is the primary zone (P-018)")),
            _ => None,
        }
    }
}

spelled! {
    /// That the nodes of a cluster scale by themselves (`ServerlessType`).
    Serverless, "serverless type"
    /// `AgileServerless`: in class and number, between bounds.
    Agile = "AgileServerless",
    /// `SteadyServerless`: beyond what their class has; no creation asks for it.
    Steady = "SteadyServerless",
}

/// `CreateDBCluster`: creates a cluster, by itself or in a global database network, of one writer and `node_number - 1` readers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct CreateDbCluster {
    /// `DBType`.
    pub engine: Engine,
    /// `DBVersion`, one of [`Engine::versions`].
    pub version: Arc<str>,
    /// `CreationCategory`, `Normal` by default.
    pub edition: Edition,
    /// `DBNodeClass`, of every node.
    pub class: NodeClass,
    /// `DBNodeNum`, within [`Edition::node_numbers`]; it counts for MySQL alone (`P-011`).
    pub node_number: u8,
    /// `PayType`.
    pub pay_type: PayType,
    /// `Period` and `UsedTime`: the months paid for, which a subscription needs.
    pub months: Option<u8>,
    /// `ZoneId`.
    pub zone: Option<ZoneId>,
    /// `HotStandbyCluster`, by default what [`HotStandby::of`] says.
    pub hot_standby: HotStandby,
    /// `StandbyAZ`, which `EQUAL` demands; by default the first zone of the region beside the primary one.
    pub standby_zone: Option<ZoneId>,
    /// `ServerlessType`.
    pub serverless: Option<Serverless>,
    /// `StrictConsistency`, off by default: strong consistency over three zones.
    pub strict_consistency: bool,
    /// `DBClusterDescription`.
    pub description: Option<Description>,
    /// `ResourceGroupId`.
    pub resource_group: Option<ResourceGroupId>,
    /// `Tag.N`, at most 20.
    pub tags: Vec<Tag>,
    /// `GDNId` with `CreationOption=CreateGdnStandby`: the network that the cluster joins as secondary (`P-410`).
    pub joins: Option<NetworkId>,
    /// The parameters that decide nothing later, by wire name. They count when two requests with one token are compared,
    /// and answers show what they have a field for (`P-623`).
    pub other: Vec<(Arc<str>, Arc<str>)>,
}

constructor! {
    @set CreateDbCluster
    {
        months => months: u8,
        zone => zone: ZoneId,
        standby_zone => standby_zone: ZoneId,
        serverless => serverless: Serverless,
        description => description: Description,
        resource_group => resource_group: ResourceGroupId,
        joins => joins: NetworkId
    }
    {
        node_number: u8,
        pay_type: PayType,
        hot_standby: HotStandby,
        strict_consistency: bool,
        tags: Vec<Tag>,
        other: Vec<(Arc<str>, Arc<str>)>
    }
}

impl CreateDbCluster {
    /// A cluster of this class that is paid by use, of cluster edition, with as many nodes and what stands by as the vendor gives it.
    pub fn new(engine: Engine, version: impl Into<Arc<str>>, class: NodeClass) -> Self {
        Self {
            engine,
            version: version.into(),
            edition: Edition::Normal,
            class,
            node_number: Edition::Normal.node_numbers().1,
            pay_type: PayType::Postpaid,
            months: None,
            zone: None,
            hot_standby: HotStandby::of(Edition::Normal),
            standby_zone: None,
            serverless: None,
            strict_consistency: false,
            description: None,
            resource_group: None,
            tags: Vec::new(),
            joins: None,
            other: Vec::new(),
        }
    }

    /// The same of this edition, with as many nodes and what stands by as the vendor gives to it.
    #[must_use]
    pub fn edition(self, edition: Edition) -> Self {
        Self { edition, node_number: edition.node_numbers().1, hot_standby: HotStandby::of(edition), ..self }
    }

    /// The text of a parameter that decides nothing later.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        self.other.iter().find(|(known, _)| &**known == name).map(|(_, text)| &**text)
    }
}

/// What `CreateDBCluster` answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ClusterCreated {
    /// The new cluster.
    pub cluster: ClusterId,
    /// Its billing order.
    pub order: OrderId,
    /// Its resource group, as requested.
    pub resource_group: Option<ResourceGroupId>,
}

/// `DeleteDBCluster`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct DeleteDbCluster {
    /// The cluster.
    pub cluster: ClusterId,
}

constructor! { DeleteDbCluster(cluster: ClusterId) {} {} }

/// `ModifyDBNodeConfig` with `ConfigName=FailoverPriority`, the only one there is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct ModifyDbNodeConfig {
    /// The cluster.
    pub cluster: ClusterId,
    /// The node.
    pub node: NodeId,
    /// `ConfigValue`.
    pub priority: Priority,
}

constructor! { ModifyDbNodeConfig(cluster: ClusterId, node: NodeId, priority: Priority) {} {} }

/// `FailoverDBCluster`: a read-only node becomes the primary.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct FailoverDbCluster {
    /// The cluster.
    pub cluster: ClusterId,
    /// `TargetDBNodeId`; absent, the node is elected.
    pub target: Option<NodeId>,
    /// `RollBackForDisaster`, false by default: return to the original zone after a switch between zones. Without
    /// such a switch it has no effect.
    pub roll_back_for_disaster: bool,
    /// `TargetZoneType`, `Primary` by default.
    pub target_zone_type: TargetZoneType,
}

constructor! {
    FailoverDbCluster(cluster: ClusterId)
    { to => target: NodeId }
    {
        roll_back_for_disaster: bool = false,
        target_zone_type: TargetZoneType = TargetZoneType::Primary,
    }
}
