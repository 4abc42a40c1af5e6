//! The parameters of the EBS operations (`facts/ebs.md` §§2.1, 2.3, 5.1).

pub(super) mod tags;

use alloc::string::String;
use core::fmt::Display;

use crate::control_plane::Refusal;
use crate::ebs::{
    Bandwidth, Charge, CreateDiskReplicaPair, Cursor, DescribeDiskReplicaPairProgress,
    DescribeDiskReplicaPairs, ModifyDiskReplicaPair, Page, PairSettings, PeriodUnit, RPO,
    ReprotectDiskReplicaPair, Site, StartDiskReplicaPair,
};
use crate::ids::{DiskId, PairId, RegionId, ResourceGroupId, ZoneId};
use crate::text::{Description, Name};

use super::cursor;
use super::reader::Reader;

/// The greatest value of the vendor's `int32`.
pub(super) const INT32: u64 = i32::MAX as u64;

/// The greatest value of its `int64`.
pub(super) const INT64: u64 = i64::MAX as u64;

/// The pair, and the token that every operation on one pair takes.
pub(super) fn pair(reader: &mut Reader<'_>) -> Result<PairId, Refusal> {
    let pair = reader.required("ReplicaPairId", PairId::parse)?;
    reader.take_token()?;
    Ok(pair)
}

pub(super) fn start(reader: &mut Reader<'_>) -> Result<StartDiskReplicaPair, Refusal> {
    Ok(StartDiskReplicaPair { pair: pair(reader)?, one_shot: reader.flag("OneShot", false)? })
}

pub(super) fn reprotect(reader: &mut Reader<'_>) -> Result<ReprotectDiskReplicaPair, Refusal> {
    let pair = pair(reader)?;
    Ok(ReprotectDiskReplicaPair { pair, reverse_replicate: reader.flag("ReverseReplicate", true)? })
}

pub(super) fn modify(reader: &mut Reader<'_>) -> Result<ModifyDiskReplicaPair, Refusal> {
    let pair = reader.required("ReplicaPairId", PairId::parse)?;
    let name = reader.optional("PairName", Name::parse)?;
    let description = reader.optional("Description", Description::parse)?;
    reader.take_token()?;
    // Not open (`E-274`), so any number will do.
    reader.number("Bandwidth", 0..=INT64)?;
    reader.optional("RPO", only_rpo)?;
    let enable_rtc = reader.optional_flag("EnableRtc")?;
    Ok(ModifyDiskReplicaPair { pair, name, description, enable_rtc })
}

pub(super) fn progress(reader: &Reader<'_>) -> Result<DescribeDiskReplicaPairProgress, Refusal> {
    Ok(DescribeDiskReplicaPairProgress { pair: reader.required("ReplicaPairId", PairId::parse)? })
}

pub(super) fn create(reader: &mut Reader<'_>) -> Result<CreateDiskReplicaPair, Refusal> {
    let source_zone = reader.required("SourceZoneId", ZoneId::parse)?;
    let source_disk = reader.required("DiskId", DiskId::parse)?;
    let destination_region = reader.required("DestinationRegionId", RegionId::parse)?;
    let destination_disk = reader.required("DestinationDiskId", DiskId::parse)?;
    let destination_zone = reader.required("DestinationZoneId", ZoneId::parse)?;
    let name = reader.optional("PairName", Name::parse)?;
    let description = reader.optional("Description", Description::parse)?;
    let prepaid = reader.choice("ChargeType", &[("PREPAY", true), ("POSTPAY", false)])?.unwrap_or(false);
    let period = period(reader, prepaid)?;
    reader.take_token()?;
    let bandwidth = bandwidth(reader, prepaid)?;
    reader.optional("RPO", only_rpo)?;
    let resource_group = reader.optional("ResourceGroupId", ResourceGroupId::parse)?;
    let tags = reader.tags()?;
    let enable_rtc = reader.flag("EnableRtc", false)?;
    let charge = match (period, bandwidth) {
        (Some((period, unit)), Some(bandwidth)) => Charge::PrePay { bandwidth, period, unit },
        _ => Charge::PostPay,
    };
    Ok(CreateDiskReplicaPair {
        source_zone,
        source_disk,
        destination_region,
        destination_zone,
        destination_disk,
        settings: PairSettings { name, description, charge, enable_rtc, resource_group, tags },
    })
}

/// `Period` and `PeriodUnit`, for a prepaid pair alone. What can be sold needs both, so the unit is read before the
/// number is judged.
fn period(reader: &Reader<'_>, prepaid: bool) -> Result<Option<(u8, PeriodUnit)>, Refusal> {
    let period = reader.number("Period", 0..=INT32)?;
    if prepaid && period.is_none() {
        return Err(reader.missing("Period"));
    }
    let units = [("Month", PeriodUnit::Month), ("Week", PeriodUnit::Week)];
    let unit = reader.choice("PeriodUnit", &units)?.unwrap_or(PeriodUnit::Month);
    let Some(period) = period.filter(|_| prepaid) else { return Ok(None) };
    let sold = u8::try_from(period).ok().filter(|period| unit.sells(*period));
    sold.map(|period| Some((period, unit))).ok_or_else(|| reader.bad("Period", "not a period that is sold"))
}

/// `Bandwidth`, for a prepaid pair alone. A public client sends 0 along with `POSTPAY`; more must not be asked for.
fn bandwidth(reader: &Reader<'_>, prepaid: bool) -> Result<Option<Bandwidth>, Refusal> {
    let kbps = reader.number("Bandwidth", 0..=u64::MAX)?;
    match (prepaid, kbps) {
        (false, None | Some(0)) => Ok(None),
        (false, Some(_)) => Err(reader.bad("Bandwidth", "a postpaid pair has no bandwidth of its own")),
        (true, None) => Ok(Some(Bandwidth::Kbps10240)),
        (true, Some(kbps)) => match Bandwidth::from_kbps(kbps) {
            Some(bandwidth) => Ok(Some(bandwidth)),
            None => Err(reader.bad("Bandwidth", "not a bandwidth that is sold")),
        },
    }
}

pub(super) fn only_rpo(text: &str) -> Result<(), impl Display> {
    let only = RPO.as_millis() / 1_000;
    crate::wire::params::reader::number(text, only..=only).map(drop)
}

pub(super) fn describe(reader: &Reader<'_>) -> Result<DescribeDiskReplicaPairs, Refusal> {
    let max_results = reader.number("MaxResults", 1..=500)?;
    let after = reader.optional("NextToken", cursor::decode)?;
    let pairs = reader.ids("PairIds", 100, PairId::parse)?;
    let sites = [Site::Production, Site::Backup].map(|site| (site.as_str(), site));
    let site = reader.choice("Site", &sites)?.unwrap_or_default();
    // A group id is spelled like any other, and so is the hyphen that stands for no group.
    let group = reader.optional("ReplicaGroupId", PairId::parse)?;
    let number = reader.number("PageNumber", 1..=INT32)?;
    let size = reader.number("PageSize", 1..=100)?;
    let resource_group = reader.optional("ResourceGroupId", ResourceGroupId::parse)?;
    let tags = reader.tags()?;
    let name = reader.text("Name")?.map(String::from);
    let page = page(max_results, after, number, size);
    let group = group.map(|group| String::from(group.as_str()));
    Ok(DescribeDiskReplicaPairs { pairs, name, group, site, resource_group, tags, page })
}

/// A token, or a number of results, asks for pages by token; then number and size are ignored.
pub(super) fn page(
    max_results: Option<u64>,
    after: Option<Cursor>,
    number: Option<u64>,
    size: Option<u64>,
) -> Page {
    let by_token = after.is_some() || max_results.is_some() || (number.is_none() && size.is_none());
    if by_token {
        Page::Token { max_results: narrow(max_results, 10), after }
    } else {
        Page::Number { number: narrow(number, 1), size: narrow(size, 10) }
    }
}

/// A number that its range has made small enough, or the default.
fn narrow<T: TryFrom<u64>>(number: Option<u64>, default: T) -> T {
    number.and_then(|number| T::try_from(number).ok()).unwrap_or(default)
}
