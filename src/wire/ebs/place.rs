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

    /// Whether the two may be one place: nothing that both say differs.
    fn may_be(&self, other: &Self) -> bool {
        let region = self.region.is_none() || other.region.is_none() || self.region == other.region;
        region && (self.zone.is_none() || other.zone.is_none() || self.zone == other.zone)
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
    fn reversed([source, destination]: [&Said; 2], [primary, standby]: [&Said; 2]) -> Option<bool> {
        match (
            source.may_be(primary) && destination.may_be(standby),
            source.may_be(standby) && destination.may_be(primary),
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
        let reversed = Self::reversed([&source, &destination], [&primary, &standby])
            // The vendor's own sample has source and primary in two zones of one region.
            .or_else(|| {
                let regions =
                    |sites: [&Said; 2]| sites.map(|said| Said { region: said.region.clone(), zone: None });
                let ([source, destination], [primary, standby]) =
                    (regions([&source, &destination]), regions([&primary, &standby]));
                let apart = primary.region != standby.region;
                Self::reversed([&source, &destination], [&primary, &standby]).filter(|_| apart)
            });
        let reversed = reversed.ok_or(SeedProblem::Direction)?;
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
