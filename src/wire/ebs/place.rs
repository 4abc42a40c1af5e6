//! Where the two sites of a pasted pair or group are, and which way it copies.
//!
//! `Primary…` and `Standby…` say where it was created, `Source…` and `Destination…` how it copies now. From the two it
//! follows whether it is reversed (`W-040`); an object that leaves out the former is taken as not reversed.

use alloc::format;

use crate::ids::{RegionId, ZoneId};
use crate::rule::cite;
use crate::wire::enter::Defaults;
use crate::wire::pasted::{Misread, Pasted, SeedProblem};
use crate::wire::rules::W_040;

/// Where a site is, as far as the object says.
struct Said {
    region: Option<RegionId>,
    zone: Option<ZoneId>,
}

impl Said {
    fn read(pasted: Pasted<'_>, [region, zone]: [&str; 2]) -> Result<Self, Misread> {
        Ok(Self { region: pasted.typed(region)?, zone: pasted.typed(zone)? })
    }

    /// Whether the two may be in one region: they do not name two.
    fn may_share_a_region(&self, other: &Self) -> bool {
        self.region.is_none() || other.region.is_none() || self.region == other.region
    }

    /// Whether the two may be one place.
    fn may_be(&self, other: &Self) -> bool {
        self.may_share_a_region(other)
            && (self.zone.is_none() || other.zone.is_none() || self.zone == other.zone)
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

cite!(W_040);

impl Sites {
    /// Whether source and destination are standby and primary, unless they are neither. An object that leaves out where
    /// it was created agrees with both, and is taken as not reversed.
    fn reversed(
        [source, destination, primary, standby]: [&Said; 4],
        alike: fn(&Said, &Said) -> bool,
    ) -> Option<bool> {
        match (
            alike(source, primary) && alike(destination, standby),
            alike(source, standby) && alike(destination, primary),
        ) {
            (true, _) => Some(false),
            (false, true) => Some(true),
            (false, false) => None,
        }
    }

    /// The sites that source and destination, primary and standby name. `source_region` and `destination_region` are
    /// what the fields of these regions are called.
    pub(super) fn read(
        pasted: Pasted<'_>,
        [source_region, destination_region]: [&str; 2],
        defaults: &Defaults<'_>,
    ) -> Result<Self, Misread> {
        let source = Said::read(pasted, [source_region, "SourceZoneId"])?;
        let destination = Said::read(pasted, [destination_region, "DestinationZoneId"])?;
        let primary = Said::read(pasted, ["PrimaryRegion", "PrimaryZone"])?;
        let standby = Said::read(pasted, ["StandbyRegion", "StandbyZone"])?;
        let said = [&source, &destination, &primary, &standby];
        // The vendor's own sample has source and primary in two zones of one region; then the regions tell.
        let by_region =
            || Self::reversed(said, Said::may_share_a_region).filter(|_| primary.region != standby.region);
        let reversed = Self::reversed(said, Said::may_be).or_else(by_region).ok_or(SeedProblem::Direction)?;
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
            return Err(SeedProblem::TooClose.into());
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
