//! Where the two sites of a pasted pair or group are, and which way it copies.
//!
//! `Primary…` and `Standby…` say where it was created, `Source…` and `Destination…` how it copies now. From the two it
//! follows whether it is reversed (`W-040`); an object that leaves out the former is taken as not reversed.

use alloc::format;

use super::fields::Fields;
use super::{Defaults, SeedError, SeedProblem};
use crate::ids::{RegionId, ZoneId};

/// Where something is, as far as it is said.
#[derive(Clone)]
struct Said {
    region: Option<RegionId>,
    zone: Option<ZoneId>,
}

impl Said {
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

/// The two sites of a pair or group.
pub(super) struct Sites {
    pub(super) reversed: bool,
    pub(super) primary: (RegionId, ZoneId),
    pub(super) standby: (RegionId, ZoneId),
}

impl Sites {
    /// Reads them; pairs and groups spell the regions of the direction differently.
    pub(super) fn read(
        fields: &Fields<'_>,
        (source_region, destination_region): (&str, &str),
        defaults: &Defaults<'_>,
    ) -> Result<Self, SeedError> {
        let source = Said::read(fields, source_region, "SourceZoneId")?;
        let destination = Said::read(fields, destination_region, "DestinationZoneId")?;
        let primary = Said::read(fields, "PrimaryRegion", "PrimaryZone")?;
        let standby = Said::read(fields, "StandbyRegion", "StandbyZone")?;
        // An object that leaves out where it was created agrees with both, and is taken as not reversed.
        let reversed = match (
            source.may_be(&primary) && destination.may_be(&standby),
            source.may_be(&standby) && destination.may_be(&primary),
        ) {
            (true, _) => false,
            (false, true) => true,
            (false, false) => return Err(fields.error("PrimaryRegion", SeedProblem::Direction)),
        };
        let (at_primary, at_standby) = if reversed { (destination, source) } else { (source, destination) };
        let (primary, standby) = (primary.and(at_primary), standby.and(at_standby));
        let region = |said: &Said| said.region.clone().or_else(|| region_of(said.zone.as_ref()?));
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
        let (primary, standby) = ((primary_region, primary_zone), (standby_region, standby_zone));
        if primary == standby {
            return Err(fields.error("", SeedProblem::TooClose));
        }
        Ok(Self { reversed, primary, standby })
    }
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
