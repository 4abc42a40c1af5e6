//! Validated identifiers.
//!
//! An identifier is 1 to 128 bytes of ASCII letters, digits and `- _ . : *`. The vendor publishes prefixes
//! (`pair-`, `pc-`, `pi-`) but no grammar, so a well-formed identifier with another prefix is simply unknown.
//! The star is admitted because the vendor's own samples mask identifiers with it. Comparison is bytewise.
//!
//! Identifiers share their text: a clone allocates nothing.

use core::fmt;

use smol_str::SmolStr;

use crate::checked::checked;

/// Why a text is not a valid identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadId {
    /// The text is empty.
    #[error("an identifier must not be empty")]
    Empty,
    /// The text is longer than 128 bytes; carries its length.
    #[error("an identifier has at most 128 bytes, not {0}")]
    TooLong(usize),
    /// The byte at this position is not a letter, a digit or one of `- _ . : *`.
    #[error("byte {0} of the identifier is not a letter, a digit or one of - _ . : *")]
    BadByte(usize),
}

fn validate(text: &str) -> Result<(), BadId> {
    if text.is_empty() {
        return Err(BadId::Empty);
    }
    if text.len() > 128 {
        return Err(BadId::TooLong(text.len()));
    }
    let bad = |byte: u8| !(byte.is_ascii_alphanumeric() || b"-_.:*".contains(&byte));
    match text.bytes().position(bad) {
        Some(at) => Err(BadId::BadByte(at)),
        None => Ok(()),
    }
}

/// An identifier of which one is given to nothing.
#[cfg(feature = "testing")]
pub(crate) trait Unknown: core::str::FromStr<Err = BadId> {
    /// That one.
    fn unknown() -> Self;
}

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        checked! { BadId; $($(#[$doc])* $name: validate;)* }

        $(
            #[cfg(feature = "testing")]
            impl Unknown for $name {
                fn unknown() -> Self {
                    Self(SmolStr::new_static("unknown"))
                }
            }
        )*
    };
}

identifiers! {
    /// The account that owns resources; on the wire it is identified by an access key.
    AccountId;
    /// A region, such as `cn-shanghai`.
    RegionId;
    /// A zone of a region, such as `cn-shanghai-e`.
    ZoneId;
    /// An EBS disk, such as `d-bp131n0q38u3a4zi`.
    DiskId;
    /// An EBS replication pair, such as `pair-cn-dsa`.
    PairId;
    /// An EBS consistent group of pairs, such as `pg-cn-dsa`.
    GroupId;
    /// A drill of a pair or of a group, such as `drill-cn-dsa` or `pg-drill-cn-dsa`.
    DrillId;
    /// A PolarDB cluster, such as `pc-bp1s826a1up`.
    ClusterId;
    /// A PolarDB node, such as `pi-bp18z52akld3`.
    NodeId;
    /// A PolarDB global database network, such as `gdn-bp1fttxsrmv`.
    NetworkId;
    /// A billing order that a creating call returns.
    OrderId;
    /// A resource group, such as `rg-acfmvs`.
    ResourceGroupId;
    /// A PolarDB node class, such as `polar.mysql.x4.large`.
    NodeClass;
}

impl ZoneId {
    /// The first zone of a region, by the vendor's naming: the region and `-a`.
    pub(crate) fn first_of(region: &RegionId) -> Self {
        Self::of(region, "a")
    }

    /// The first zone of a region that is not this one.
    pub(crate) fn beside(region: &RegionId, zone: &Self) -> Self {
        let first = Self::first_of(region);
        if first == *zone { Self::of(region, "b") } else { first }
    }

    /// Whether it is a zone of this region, by the vendor's naming.
    pub(crate) fn is_in(&self, region: &RegionId) -> bool {
        self.as_str().starts_with(region.as_str())
    }

    fn of(region: &RegionId, letter: &str) -> Self {
        let zone = alloc::format!("{region}-{letter}");
        Self(if validate(&zone).is_ok() { SmolStr::from(zone) } else { region.0.clone() })
    }
}

/// A resource was not given as many ids as it is made of, each once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("there is not one new id for each part that it is made of, each once")]
pub struct WrongIds;

/// The id of a resource that has effects or deadlines.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceId {
    /// A replication pair.
    Pair(PairId),
    /// A consistent group.
    Group(GroupId),
    /// A drill.
    Drill(DrillId),
    /// A cluster.
    Cluster(ClusterId),
    /// A global database network.
    Network(NetworkId),
}

macro_rules! resource_ids {
    ($($kind:ident: $id:ty),*) => {$(
        impl From<$id> for ResourceId {
            fn from(id: $id) -> Self {
                Self::$kind(id)
            }
        }
    )*};
}

resource_ids!(Pair: PairId, Group: GroupId, Drill: DrillId, Cluster: ClusterId, Network: NetworkId);

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ResourceId {
    /// The id.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pair(pair) => pair.as_str(),
            Self::Group(group) => group.as_str(),
            Self::Drill(drill) => drill.as_str(),
            Self::Cluster(cluster) => cluster.as_str(),
            Self::Network(network) => network.as_str(),
        }
    }
}

/// The id of an effect.
///
/// It is unique in a control plane and never reused, so it serves as fencing token and attempt number: a report with an
/// id other than the pending one is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EffectId(pub u64);

impl EffectId {
    /// The id so many further on.
    pub(crate) const fn after(self, effects: u64) -> Self {
        Self(self.0.saturating_add(effects))
    }
}

impl fmt::Display for EffectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
