//! The requests that pairs alone have, and what they say of a pair.

use alloc::vec::Vec;

use crate::calendar::{DAY, after_months};
use crate::constructor::constructor;
use crate::ebs::pair::rules::E_697;
use crate::ids::{DiskId, OrderId, PairId, RegionId, ResourceGroupId, ZoneId};
use crate::rule::cite;
use crate::text::{Description, Name, Tag};
use crate::time::{Span, Timestamp};

/// How a pair is paid for; decides its bandwidth.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "UPPERCASE", deny_unknown_fields)
)]
pub enum Charge {
    /// `POSTPAY`: 0 (dynamic) is reported as bandwidth.
    #[default]
    PostPay,
    /// `POSTPAY` along with a bandwidth, as a request may have it: by policy refused, or read as `POSTPAY` (`E-016`).
    #[cfg_attr(feature = "serde", serde(rename = "POSTPAY_WITH"))]
    PostPayWith {
        /// Bandwidth in Kbit/s, not 0.
        bandwidth: u64,
    },
    /// `PREPAY`.
    PrePay {
        /// Bandwidth in Kbit/s.
        bandwidth: Bandwidth,
        /// Paid period, in the unit below.
        period: u8,
        /// `Month` or, in older SDKs, `Week`.
        unit: PeriodUnit,
    },
}

impl Charge {
    /// What a pair keeps of it: a bandwidth along with `POSTPAY` comes to nothing.
    pub(crate) fn kept(&self) -> Self {
        match self {
            Self::PostPayWith { .. } => Self::PostPay,
            kept => kept.clone(),
        }
    }
}

/// The unit of a paid period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum PeriodUnit {
    /// `Week`.
    Week,
    /// `Month`.
    Month,
}

impl PeriodUnit {
    /// Whether the vendor sells this many of the unit: weeks 1 to 4; months 1 to 9, 12, 24, 36, 48 and 60, the union
    /// of the lists in SDK 1.4.0, 3.1.2 and 5.0.1.
    pub const fn sells(self, period: u8) -> bool {
        match self {
            Self::Week => matches!(period, 1..=4),
            Self::Month => matches!(period, 1..=9 | 12 | 24 | 36 | 48 | 60),
        }
    }

    /// Whether the newest list, of SDKs since 4.1.0, has this many of the unit (`E-015`).
    pub const fn is_newly_sold(self, period: u8) -> bool {
        matches!((self, period), (Self::Month, 1 | 2 | 3 | 6 | 12 | 24 | 36 | 60))
    }

    /// When so many of the unit that begin at a time end: weeks of seven days; months of the calendar in UTC, on the same
    /// day of the month or its last (`E-697`).
    pub const fn end(self, begin: Timestamp, period: u8) -> Timestamp {
        cite!(E_697);
        match self {
            Self::Week => begin.after(Span::from_secs((period as u64).saturating_mul(7).saturating_mul(DAY))),
            Self::Month => after_months(begin, period as u64),
        }
    }
}

/// The bandwidths of a prepaid pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "u64", into = "u32")
)]
pub enum Bandwidth {
    /// 10 Mbit/s, the default.
    Kbps10240,
    /// 20 Mbit/s.
    Kbps20480,
    /// 50 Mbit/s.
    Kbps51200,
    /// 100 Mbit/s.
    Kbps102400,
}

impl Bandwidth {
    /// In Kbit/s.
    pub const fn as_kbps(self) -> u32 {
        match self {
            Self::Kbps10240 => 10_240,
            Self::Kbps20480 => 20_480,
            Self::Kbps51200 => 51_200,
            Self::Kbps102400 => 102_400,
        }
    }

    /// The bandwidth of this many Kbit/s, if it is sold.
    pub const fn from_kbps(kbps: u64) -> Option<Self> {
        match kbps {
            10_240 => Some(Self::Kbps10240),
            20_480 => Some(Self::Kbps20480),
            51_200 => Some(Self::Kbps51200),
            102_400 => Some(Self::Kbps102400),
            _ => None,
        }
    }
}

impl From<Bandwidth> for u32 {
    fn from(bandwidth: Bandwidth) -> Self {
        bandwidth.as_kbps()
    }
}

/// A number of Kbit/s that is not sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a bandwidth of {0} Kbit/s is not sold")]
pub struct BadBandwidth(pub u64);

impl TryFrom<u64> for Bandwidth {
    type Error = BadBandwidth;

    fn try_from(kbps: u64) -> Result<Self, BadBandwidth> {
        Self::from_kbps(kbps).ok_or(BadBandwidth(kbps))
    }
}

/// `CreateDiskReplicaPair`: records the relation; a start must follow. Called in the source disk's region.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct CreateDiskReplicaPair {
    /// Zone of the source disk.
    pub source_zone: ZoneId,
    /// Source disk (`DiskId`).
    pub source_disk: DiskId,
    /// Region of the destination disk.
    pub destination_region: RegionId,
    /// Zone of the destination disk.
    pub destination_zone: ZoneId,
    /// Destination disk.
    pub destination_disk: DiskId,
    /// The name, the charge and other settings.
    pub settings: PairSettings,
}

impl CreateDiskReplicaPair {
    /// A pair from a disk in the region of the call to another disk, without a name and paid by use.
    pub fn new(
        (source_zone, source_disk): (ZoneId, DiskId),
        (destination_region, destination_zone, destination_disk): (RegionId, ZoneId, DiskId),
    ) -> Self {
        let settings = PairSettings::default();
        Self { source_zone, source_disk, destination_region, destination_zone, destination_disk, settings }
    }
}

constructor! { @set CreateDiskReplicaPair {} { settings: PairSettings } }

/// The settings of a pair, on which no lifecycle decision depends. By default it has no name and is paid by use.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct PairSettings {
    /// `PairName`.
    pub name: Option<Name>,
    /// `Description`.
    pub description: Option<Description>,
    /// `ChargeType`, `Bandwidth`, `Period` and `PeriodUnit`. The RPO is not here: only 900 s is sold.
    pub charge: Charge,
    /// `EnableRtc`, false by default.
    pub enable_rtc: bool,
    /// `ResourceGroupId`.
    pub resource_group: Option<ResourceGroupId>,
    /// `Tag.N`, at most 20.
    pub tags: Vec<Tag>,
}

constructor! {
    PairSettings
    {
        name => name: Name,
        description => description: Description,
        resource_group => resource_group: ResourceGroupId,
    }
    { charge: Charge, enable_rtc: bool, tags: Vec<Tag> }
}

/// The answer of `CreateDiskReplicaPair`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct PairCreated {
    /// The new pair.
    pub pair: PairId,
    /// Its billing order.
    pub order: OrderId,
}

/// `ModifyDiskReplicaPair`: changes a pair's name, description or replication time control. Called at either end.
///
/// The page allows it in `created` and `stopped` (`E-270`, `E-271`) and scopes that to name and description; whether
/// replication time control can be changed at other times no source says, so one rule holds for the whole call. The
/// replication time control of a grouped pair is its group's and does not change alone (`E-623`); its name may change, on
/// which no source says anything. There is no `RPO`, since only 900 s is sold. The metadata lists both site codes for the
/// call although either end accepts it; the model produces neither.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct ModifyDiskReplicaPair {
    /// The pair.
    pub pair: PairId,
    /// `PairName`; absent to leave it.
    pub name: Option<Name>,
    /// `Description`; absent to leave it.
    pub description: Option<Description>,
    /// `EnableRtc`; absent to leave it.
    pub enable_rtc: Option<bool>,
    /// `Bandwidth` in Kbit/s; absent to leave it. Changes nothing unless by policy (`E-274`, `E-275`).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub bandwidth: Option<u64>,
}

constructor! {
    ModifyDiskReplicaPair(pair: PairId)
    {
        name => name: Name,
        description => description: Description,
        enable_rtc => enable_rtc: bool,
        bandwidth => bandwidth: u64,
    }
    {}
}
