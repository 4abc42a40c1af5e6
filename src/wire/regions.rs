//! `DescribeRegions` of both products: parameters and answers (`docs/facts/ebs.md#describe-regions`,
//! `docs/facts/polardb.md#describe-regions-of-polardb`).
//!
//! EBS answers flat lists and where each region is reached, PolarDB nested ones. Names of regions and zones in a language,
//! `LocalName`, the model does not hold.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::control_plane::{Refusal, RegionList};
use crate::ebs::{DescribeEbsRegions, RegionFeature};
use crate::ids::{RegionId, ZoneId};
use crate::operation::Product;
use crate::wire::object::{Text, object, text};
use crate::wire::pasted::{Misread, Pasted};
use crate::wire::reader::Reader;

pub(in crate::wire) fn describe(reader: &Reader<'_>) -> Result<DescribeEbsRegions, Refusal> {
    let feature = |text| RegionFeature::parse(text).ok_or("neither ear nor lens nor dbsc");
    Ok(DescribeEbsRegions { feature: reader.optional("ResourceType", feature)? })
}

/// A region of either answer, and its zones that can be read.
pub(in crate::wire) fn read(pasted: Pasted<'_>) -> Result<(RegionId, BTreeSet<ZoneId>), Misread> {
    let zones = pasted.list("Zones", |_, zone| Ok(Pasted::of(zone)?.kept("ZoneId")))?;
    Ok((pasted.required("RegionId")?, zones.into_iter().flatten().collect()))
}

object! {
    /// What `DescribeRegions` of EBS answers.
    DescribeEbsRegionsResponse(list: &RegionList, request_id: &str) {
        request_id: String = "RequestId" => request_id.into(),
        regions: Vec<EbsRegion> = "Regions" => list.regions.iter().map(|(region, zones)| EbsRegion::new(region, zones)).collect(),
    }

    /// A region of EBS.
    EbsRegion(region: &RegionId, zones: &BTreeSet<ZoneId>) {
        local_name: Text = "LocalName",
        endpoint: Text = "RegionEndpoint" => Some(format!("{}.{region}.aliyuncs.com", Product::Ebs.code())),
        region: Text = "RegionId" => text(region),
        zones: Vec<EbsZone> = "Zones" => zones.iter().map(EbsZone::new).collect(),
    }

    /// A zone of such a region.
    EbsZone(zone: &ZoneId) {
        local_name: Text = "LocalName",
        zone: Text = "ZoneId" => text(zone),
        features: Vec<String> = "ResourceTypes" => Vec::from([RegionFeature::AsyncReplication.as_str().into()]),
    }

    /// What `DescribeRegions` of PolarDB answers.
    DescribePolarDbRegionsResponse(list: &RegionList, request_id: &str) {
        request_id: String = "RequestId" => request_id.into(),
        regions: PolarDbRegionList = "Regions" => PolarDbRegionList::new(list),
    }

    /// The nesting of its regions.
    PolarDbRegionList(list: &RegionList) {
        regions: Vec<PolarDbRegion> = "Region" => list.regions.iter().map(|(region, zones)| PolarDbRegion::new(region, zones)).collect(),
    }

    /// A region of PolarDB.
    PolarDbRegion(region: &RegionId, zones: &BTreeSet<ZoneId>) {
        zones: PolarDbZoneList = "Zones" => PolarDbZoneList::new(zones),
        region: Text = "RegionId" => text(region),
    }

    /// The nesting of its zones.
    PolarDbZoneList(zones: &BTreeSet<ZoneId>) {
        zones: Vec<PolarDbZone> = "Zone" => zones.iter().map(PolarDbZone::new).collect(),
    }

    /// A zone of such a region.
    PolarDbZone(zone: &ZoneId) {
        zone: Text = "ZoneId" => text(zone),
        vpc_enabled: Option<bool> = "VpcEnabled" => Some(true),
    }
}
