//! An item of `DescribeDiskReplicaPairs`, back to the pair it describes.
//!
//! `Primary…` and `Standby…` say where it was created, `Source…` and `Destination…` how it copies now. From the two it
//! follows whether it is reversed (`W-040`); an object that leaves out the former is taken as not reversed. The disks
//! are named by direction alone, so they move with it.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::ToString;

use serde_json::Value;

use super::fields::Fields;
use super::{Defaults, IdKind, SeedError, SeedList, SeedProblem, SeededPair};
use crate::ebs::{
    Bandwidth, Charge, CreateDiskReplicaPair, End, PairSeed, PairSettings, PairStatus, PeriodUnit,
};
use crate::ids::{DiskId, PairId, RegionId, ResourceGroupId, ZoneId};
use crate::text::{Description, Name, StatusMessage};

/// Where something is, as far as it is said.
#[derive(Clone)]
struct Place {
    region: Option<RegionId>,
    zone: Option<ZoneId>,
}

impl Place {
    fn read(fields: &Fields<'_>, region: &str, zone: &str) -> Result<Self, SeedError> {
        Ok(Self {
            region: fields.parsed(region, RegionId::parse)?,
            zone: fields.parsed(zone, ZoneId::parse)?,
        })
    }

    /// Whether the two may be one place: nothing that both say differs.
    fn may_be(&self, other: &Self) -> bool {
        let agree = |one: Option<&str>, two: Option<&str>| one.is_none() || two.is_none() || one == two;
        agree(self.region.as_ref().map(RegionId::as_str), other.region.as_ref().map(RegionId::as_str))
            && agree(self.zone.as_ref().map(ZoneId::as_str), other.zone.as_ref().map(ZoneId::as_str))
    }

    /// What either says.
    fn and(self, other: Self) -> Self {
        Self { region: self.region.or(other.region), zone: self.zone.or(other.zone) }
    }
}

pub(super) fn read(
    list: SeedList,
    index: usize,
    object: &Value,
    defaults: &mut Defaults<'_>,
) -> Result<SeededPair, SeedError> {
    let fields = Fields::new(list, index, object)?;
    let id = fields.parsed("ReplicaPairId", PairId::parse)?;
    let id =
        id.map_or_else(|| minted(&fields, "ReplicaPairId", defaults, IdKind::Pair, PairId::parse), Ok)?;
    let (reversed, primary, standby) = ends(&fields, defaults)?;
    let status = fields.parsed("Status", |text| PairStatus::parse(text).ok_or("there is no such status"))?;
    let status = status.unwrap_or(PairStatus::Created);
    let message = fields.parsed("StatusMessage", StatusMessage::parse)?;
    let shown = matches!(status, PairStatus::Invalid | PairStatus::CreateFailed);
    let seed = PairSeed {
        id,
        status,
        status_message: message.filter(|_| shown),
        reversed,
        created_at: fields.seconds("CreateTime")?.unwrap_or(defaults.now),
        last_recover_point: fields.seconds("LastRecoverPoint")?,
        request: CreateDiskReplicaPair {
            source_zone: primary.zone,
            source_disk: primary.disk,
            destination_region: standby.region,
            destination_zone: standby.zone,
            destination_disk: standby.disk,
            settings: PairSettings {
                name: fields.parsed("PairName", Name::parse)?,
                description: fields.parsed("Description", Description::parse)?,
                charge: charge(&fields)?,
                enable_rtc: fields.flag("EnableRtc")?.unwrap_or(false),
                resource_group: fields.parsed("ResourceGroupId", ResourceGroupId::parse)?,
                tags: fields.tags("TagKey", "TagValue")?,
            },
        },
    };
    Ok(SeededPair { region: primary.region, seed })
}

/// Whether the pair is reversed, its primary and its standby.
fn ends(fields: &Fields<'_>, defaults: &mut Defaults<'_>) -> Result<(bool, End, End), SeedError> {
    let source = Place::read(fields, "SourceRegion", "SourceZoneId")?;
    let destination = Place::read(fields, "DestinationRegion", "DestinationZoneId")?;
    let primary = Place::read(fields, "PrimaryRegion", "PrimaryZone")?;
    let standby = Place::read(fields, "StandbyRegion", "StandbyZone")?;
    // An object that leaves out where it was created agrees with both, and is taken as not reversed.
    let reversed = match (
        source.may_be(&primary) && destination.may_be(&standby),
        source.may_be(&standby) && destination.may_be(&primary),
    ) {
        (true, _) => false,
        (false, true) => true,
        (false, false) => return Err(fields.error("PrimaryRegion", SeedProblem::Direction)),
    };
    let (at_primary, at_standby) = if reversed {
        (("DestinationDiskId", destination), ("SourceDiskId", source))
    } else {
        (("SourceDiskId", source), ("DestinationDiskId", destination))
    };
    let primary_disk = disk(fields, at_primary.0, defaults)?;
    let standby_disk = disk(fields, at_standby.0, defaults)?;
    let (primary, standby) = (primary.and(at_primary.1), standby.and(at_standby.1));
    let region = |place: &Place| place.region.clone().or_else(|| region_of(place.zone.as_ref()?));
    let primary_region = region(&primary).unwrap_or_else(|| defaults.region.clone());
    let standby_region = region(&standby).unwrap_or_else(|| defaults.region.clone());
    let primary_zone = match primary.zone {
        Some(zone) => zone,
        None => zone_apart(&primary_region, standby.zone.as_ref()),
    };
    let standby_zone = match standby.zone {
        Some(zone) => zone,
        None => zone_apart(&standby_region, Some(&primary_zone)),
    };
    let primary = End { region: primary_region, zone: primary_zone, disk: primary_disk };
    let standby = End { region: standby_region, zone: standby_zone, disk: standby_disk };
    let one_place = primary.region == standby.region && primary.zone == standby.zone;
    if one_place || primary.disk == standby.disk {
        return Err(fields.error("", SeedProblem::TooClose));
    }
    Ok((reversed, primary, standby))
}

/// The region that a zone is named after: `cn-hangzhou` of `cn-hangzhou-i`, `us-east-1` of `us-east-1a`.
fn region_of(zone: &ZoneId) -> Option<RegionId> {
    let region = zone.as_str().strip_suffix(|letter: char| letter.is_ascii_lowercase())?;
    RegionId::parse(region.strip_suffix('-').unwrap_or(region)).ok()
}

/// The first zone of a region, or the second if that is taken.
fn zone_apart(region: &RegionId, taken: Option<&ZoneId>) -> ZoneId {
    let first = ZoneId::first_of(region);
    match ZoneId::parse(&format!("{region}-b")) {
        Ok(second) if taken == Some(&first) => second,
        _ => first,
    }
}

fn disk(fields: &Fields<'_>, name: &str, defaults: &mut Defaults<'_>) -> Result<DiskId, SeedError> {
    let disk = fields.parsed(name, DiskId::parse)?;
    disk.map_or_else(|| minted(fields, name, defaults, IdKind::Disk, DiskId::parse), Ok)
}

/// An id from the caller. One that is none is reported like a pasted one.
pub(super) fn minted<T, E: core::fmt::Display>(
    fields: &Fields<'_>,
    name: &str,
    defaults: &mut Defaults<'_>,
    kind: IdKind,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, SeedError> {
    parse(&(defaults.mint)(kind)).map_err(|why| fields.bad(name, why.to_string()))
}

/// How the pair is paid for. Answers do not tell the period, so it is taken to be the shortest.
fn charge(fields: &Fields<'_>) -> Result<Charge, SeedError> {
    let bandwidth = fields.number("Bandwidth")?;
    let prepaid = match fields.text("ChargeType")? {
        Some("PREPAY") => true,
        Some("POSTPAY") => false,
        Some(_) => return Err(fields.bad("ChargeType", "neither PREPAY nor POSTPAY")),
        // A postpaid pair shows 0.
        None => bandwidth.is_some_and(|kbps| kbps != 0),
    };
    if !prepaid {
        return Ok(Charge::PostPay);
    }
    let sold = bandwidth.map_or(Some(Bandwidth::Kbps10240), Bandwidth::from_kbps);
    let why = Cow::Borrowed("not a bandwidth that is sold");
    let bandwidth = sold.ok_or_else(|| fields.bad("Bandwidth", why))?;
    Ok(Charge::PrePay { bandwidth, period: 1, unit: PeriodUnit::Month })
}
