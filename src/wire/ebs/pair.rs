//! Replication pairs: their parameters, their answers, and what an answer of `DescribeDiskReplicaPairs` enters
//! (`docs/facts/ebs.md#pair-pages`).
//!
//! `Primary…` and `Standby…` are where the pair was created, `Source…` and `Destination…` the direction in which it copies
//! now. A recover point is absent before the first copy, not 0 (`E-652`). The bandwidth of a postpaid pair is 0: it is
//! allotted as needed, and the pair never expires.

use alloc::string::String;
use alloc::vec::Vec;

use super::labels::{TAG, TagRecord};
use super::place::Sites;
use crate::control_plane::Refusal;
use crate::ebs::{
    Bandwidth, Charge, CreateDiskReplicaPair, DescribeDiskReplicaPairProgress, DescribeDiskReplicaPairs,
    ModifyDiskReplicaPair, PairCreated, PairPage, PairProgress, PairSeed, PairSettings, PairStatus,
    PeriodUnit, RPO, ReplicaPair, ReprotectDiskReplicaPair, Site, StartDiskReplicaPair,
};
use crate::ids::{DiskId, GroupId, PairId, RegionId, ResourceGroupId, ZoneId};
use crate::text::{Description, Name};
use crate::time::Timestamp;
use crate::wire::cursor::{self, next_token, page, page_number, page_size};
use crate::wire::enter::{Defaults, IdKind};
use crate::wire::object::{Number, Text, count, object, text};
use crate::wire::pasted::{Misread, Pasted, SeedProblem};
use crate::wire::reader::{INT32, INT64, Reader};

/// The only recovery point objective, in seconds.
pub(super) const RPO_SECONDS: u64 = RPO.as_millis() / 1_000;

/// How a pair is paid for.
#[derive(Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum ChargeType {
    Prepay,
    Postpay,
}

/// The pair, and the token that every operation on one pair takes.
pub(in crate::wire) fn pair(reader: &mut Reader<'_>) -> Result<PairId, Refusal> {
    let pair = reader.required("ReplicaPairId", PairId::parse)?;
    reader.take_token()?;
    Ok(pair)
}

pub(in crate::wire) fn start(reader: &mut Reader<'_>) -> Result<StartDiskReplicaPair, Refusal> {
    Ok(StartDiskReplicaPair { pair: pair(reader)?, one_shot: reader.flag("OneShot")?.unwrap_or(false) })
}

pub(in crate::wire) fn reprotect(reader: &mut Reader<'_>) -> Result<ReprotectDiskReplicaPair, Refusal> {
    let pair = pair(reader)?;
    Ok(ReprotectDiskReplicaPair { pair, reverse_replicate: reader.flag("ReverseReplicate")?.unwrap_or(true) })
}

pub(in crate::wire) fn modify(reader: &mut Reader<'_>) -> Result<ModifyDiskReplicaPair, Refusal> {
    let pair = reader.required("ReplicaPairId", PairId::parse)?;
    let name = reader.optional("PairName", Name::parse)?;
    let description = reader.optional("Description", Description::parse)?;
    reader.take_token()?;
    // By default not open (`E-274`), so any number will do.
    let bandwidth = reader.number("Bandwidth", 0..=INT64)?;
    reader.number("RPO", RPO_SECONDS..=RPO_SECONDS)?;
    let enable_rtc = reader.flag("EnableRtc")?;
    Ok(ModifyDiskReplicaPair { pair, name, description, enable_rtc, bandwidth })
}

pub(in crate::wire) fn progress(reader: &Reader<'_>) -> Result<DescribeDiskReplicaPairProgress, Refusal> {
    Ok(DescribeDiskReplicaPairProgress { pair: reader.required("ReplicaPairId", PairId::parse)? })
}

pub(in crate::wire) fn create(reader: &mut Reader<'_>) -> Result<CreateDiskReplicaPair, Refusal> {
    let source_zone = reader.required("SourceZoneId", ZoneId::parse)?;
    let source_disk = reader.required("DiskId", DiskId::parse)?;
    let destination_region = reader.required("DestinationRegionId", RegionId::parse)?;
    let destination_disk = reader.required("DestinationDiskId", DiskId::parse)?;
    let destination_zone = reader.required("DestinationZoneId", ZoneId::parse)?;
    let name = reader.optional("PairName", Name::parse)?;
    let description = reader.optional("Description", Description::parse)?;
    let charge_types = [("PREPAY", ChargeType::Prepay), ("POSTPAY", ChargeType::Postpay)];
    let charge_type = reader.choice("ChargeType", &charge_types)?.unwrap_or(ChargeType::Postpay);
    let period = period(reader, charge_type)?;
    reader.take_token()?;
    let charge = charge_asked(reader, period)?;
    reader.number("RPO", RPO_SECONDS..=RPO_SECONDS)?;
    let resource_group = reader.optional("ResourceGroupId", ResourceGroupId::parse)?;
    let tags = reader.tags()?;
    let enable_rtc = reader.flag("EnableRtc")?.unwrap_or(false);
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
fn period(reader: &Reader<'_>, charge_type: ChargeType) -> Result<Option<(u8, PeriodUnit)>, Refusal> {
    let prepaid = charge_type == ChargeType::Prepay;
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

/// How the pair is to be paid for, with the `Bandwidth` asked for. A public client sends 0 along with `POSTPAY`; whether
/// more may be asked for is a policy (`E-016`).
fn charge_asked(reader: &Reader<'_>, period: Option<(u8, PeriodUnit)>) -> Result<Charge, Refusal> {
    let kbps = reader.number("Bandwidth", 0..=INT64)?;
    let Some((period, unit)) = period else {
        return Ok(match kbps {
            None | Some(0) => Charge::PostPay,
            Some(bandwidth) => Charge::PostPayWith { bandwidth },
        });
    };
    let sold = kbps.map_or(Some(Bandwidth::Kbps10240), Bandwidth::from_kbps);
    let bandwidth = sold.ok_or_else(|| reader.bad("Bandwidth", "not a bandwidth that is sold"))?;
    Ok(Charge::PrePay { bandwidth, period, unit })
}

pub(in crate::wire) fn describe(reader: &Reader<'_>) -> Result<DescribeDiskReplicaPairs, Refusal> {
    let max_results = reader.number("MaxResults", 1..=500)?;
    let after = reader.optional("NextToken", cursor::decode)?;
    let pairs = reader.ids("PairIds", 100, PairId::parse)?;
    let sites = [Site::Production, Site::Backup].map(|site| (site.as_str(), site));
    let site = reader.choice("Site", &sites)?.unwrap_or_default();
    // A group id is spelled like any other, and so is the hyphen that stands for no group.
    let group = reader.optional("ReplicaGroupId", |text| PairId::parse(text).map(|_| String::from(text)))?;
    let number = reader.number("PageNumber", 1..=INT32)?;
    let size = reader.number("PageSize", 1..=100)?;
    let resource_group = reader.optional("ResourceGroupId", ResourceGroupId::parse)?;
    let tags = reader.tags()?;
    let name = reader.text("Name")?.map(String::from);
    let page = page(max_results, after, number, size);
    Ok(DescribeDiskReplicaPairs { pairs, name, group, site, resource_group, tags, page })
}

object! {
    /// What `CreateDiskReplicaPair` answers.
    CreateDiskReplicaPairResponse(created: &PairCreated, request_id: &str) {
        request_id: String = "RequestId" => request_id.into(),
        pair: Text = "ReplicaPairId" => text(&created.pair),
        order: Text = "OrderId" => text(&created.order),
    }

    /// What `DescribeDiskReplicaPairProgress` answers.
    DescribeDiskReplicaPairProgressResponse(progress: &PairProgress, request_id: &str) {
        progress: Number = "Progress" => Some(progress.percent.into()),
        recover_point: Number = "RecoverPoint" => progress.recover_point.map(Timestamp::as_secs),
        request_id: String = "RequestId" => request_id.into(),
    }

    /// What `DescribeDiskReplicaPairs` answers.
    DescribeDiskReplicaPairsResponse(page: &PairPage, request_id: &str) {
        request_id: String = "RequestId" => request_id.into(),
        next_token: Text = "NextToken" => next_token(page.next),
        pairs: Vec<PairRecord> = "ReplicaPairs" => page.pairs.iter().map(|pair| PairRecord::new(pair, page)).collect(),
        page_number: Number = "PageNumber" => Some(page_number(page.page).into()),
        page_size: Number = "PageSize" => Some(page_size(page.page).into()),
        total_count: Number = "TotalCount" => count(page.total),
    }

    /// A pair in that list.
    PairRecord(pair: &ReplicaPair, page: &PairPage) {
        pair: Text = "ReplicaPairId" => text(pair.id()),
        source_region: Text = "SourceRegion" => text(&pair.source().region),
        source_zone: Text = "SourceZoneId" => text(&pair.source().zone),
        source_disk: Text = "SourceDiskId" => text(&pair.source().disk),
        destination_region: Text = "DestinationRegion" => text(&pair.destination().region),
        destination_zone: Text = "DestinationZoneId" => text(&pair.destination().zone),
        destination_disk: Text = "DestinationDiskId" => text(&pair.destination().disk),
        name: Text = "PairName" => pair.name().and_then(text),
        description: Text = "Description" => pair.description().and_then(text),
        status: Text = "Status" => text(pair.status()),
        rpo: Number = "RPO" => Some(RPO_SECONDS),
        bandwidth: Number = "Bandwidth" => Some(charge_shown(pair.charge()).1.into()),
        status_message: Text = "StatusMessage" => pair.status_message().and_then(text),
        last_recover_point: Number = "LastRecoverPoint" => pair.last_recover_point().map(Timestamp::as_secs),
        group: Text = "ReplicaGroupId" => pair.group().and_then(text),
        create_time: Number = "CreateTime" => Some(pair.created_at().as_secs()),
        group_name: Text = "ReplicaGroupName" => pair.group().and_then(|group| page.group_names.get(group)).and_then(text),
        site: Text = "Site" => text(page.site.as_str()),
        primary_region: Text = "PrimaryRegion" => text(&pair.primary().region),
        standby_region: Text = "StandbyRegion" => text(&pair.standby().region),
        primary_zone: Text = "PrimaryZone" => text(&pair.primary().zone),
        standby_zone: Text = "StandbyZone" => text(&pair.standby().zone),
        charge_type: Text = "ChargeType" => text(charge_shown(pair.charge()).0),
        expired_time: Number = "ExpiredTime" => pair.expires_at().map(|at| at.as_secs()),
        enable_rtc: Option<bool> = "EnableRtc" => Some(pair.enable_rtc()),
        tags: Vec<TagRecord> = "Tags" => pair.tags().iter().map(TagRecord::new).collect(),
        resource_group: Text = "ResourceGroupId" => pair.resource_group().and_then(text),
    }
}

/// `ChargeType` and `Bandwidth`: a postpaid pair has none of its own.
const fn charge_shown(charge: &Charge) -> (&'static str, u32) {
    match charge {
        Charge::PostPay | Charge::PostPayWith { .. } => ("POSTPAY", 0),
        Charge::PrePay { bandwidth, .. } => ("PREPAY", bandwidth.as_kbps()),
    }
}

/// A pair to be adopted in the region of its primary.
#[derive(Debug, Clone)]
pub(in crate::wire) struct SeededPair {
    pub(in crate::wire) region: RegionId,
    pub(in crate::wire) seed: PairSeed,
    /// The group that it says it is in.
    pub(in crate::wire) group: Option<GroupId>,
}

/// Reads an item of `DescribeDiskReplicaPairs`.
pub(in crate::wire) fn read(pasted: Pasted<'_>, defaults: &mut Defaults<'_>) -> Result<SeededPair, Misread> {
    let id = pasted.id("ReplicaPairId", IdKind::Pair, defaults)?;
    let Sites { reversed, primary, standby } =
        Sites::read(pasted, ["SourceRegion", "DestinationRegion"], defaults)?;
    // The disks are named by direction alone, so they move with it.
    let (source, destination) = ("SourceDiskId", "DestinationDiskId");
    let (at_primary, at_standby) = if reversed { (destination, source) } else { (source, destination) };
    let primary_disk = pasted.id(at_primary, IdKind::Disk, defaults)?;
    let standby_disk = pasted.id(at_standby, IdKind::Disk, defaults)?;
    if primary_disk == standby_disk {
        return Err(SeedProblem::TooClose.into());
    }
    let seed = PairSeed {
        id,
        status: pasted.typed("Status")?.unwrap_or(PairStatus::Created),
        status_message: pasted.kept("StatusMessage"),
        reversed,
        created_at: pasted.seconds("CreateTime").unwrap_or(defaults.now),
        last_recover_point: pasted.seconds("LastRecoverPoint"),
        expires_at: pasted.seconds("ExpiredTime"),
        request: CreateDiskReplicaPair {
            source_zone: primary.1,
            source_disk: primary_disk,
            destination_region: standby.0,
            destination_zone: standby.1,
            destination_disk: standby_disk,
            settings: PairSettings {
                name: pasted.kept("PairName"),
                description: pasted.kept("Description"),
                charge: charge(pasted),
                enable_rtc: pasted.flag("EnableRtc"),
                resource_group: pasted.kept("ResourceGroupId"),
                tags: pasted.tags(TAG),
            },
        },
    };
    Ok(SeededPair { region: primary.0, seed, group: pasted.typed("ReplicaGroupId")? })
}

/// How the pair is paid for. Answers do not tell the period, so it is taken to be the shortest; they tell when the pair
/// expires.
fn charge(pasted: Pasted<'_>) -> Charge {
    let kbps = pasted.number("Bandwidth");
    // A postpaid pair shows 0.
    let by_bandwidth =
        if kbps.is_some_and(|kbps| kbps != 0) { ChargeType::Prepay } else { ChargeType::Postpay };
    match pasted.kept("ChargeType").unwrap_or(by_bandwidth) {
        ChargeType::Postpay => Charge::PostPay,
        ChargeType::Prepay => {
            let bandwidth = kbps.and_then(Bandwidth::from_kbps).unwrap_or(Bandwidth::Kbps10240);
            Charge::PrePay { bandwidth, period: 1, unit: PeriodUnit::Month }
        }
    }
}
