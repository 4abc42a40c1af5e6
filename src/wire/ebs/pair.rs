//! Replication pairs: their parameters, their answers, and what an answer of `DescribeDiskReplicaPairs` enters
//! (`docs/facts/ebs.md#pair-pages`).
//!
//! `Primary…` and `Standby…` are where the pair was created, `Source…` and `Destination…` the direction in which it copies
//! now. A recover point is absent before the first copy, not 0 (`E-652`). The bandwidth of a postpaid pair is 0: it is
//! allotted as needed, and the pair never expires.

use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

use super::labels::TagRecord;
use super::place::Sites;
use crate::control_plane::Refusal;
use crate::ebs::{
    Bandwidth, Charge, CreateDiskReplicaPair, DescribeDiskReplicaPairProgress, DescribeDiskReplicaPairs,
    ModifyDiskReplicaPair, PairCreated, PairPage, PairProgress, PairSeed, PairSettings, PairStatus,
    PeriodUnit, RPO, ReplicaPair, ReprotectDiskReplicaPair, Site, StartDiskReplicaPair,
};
use crate::ids::{DiskId, GroupId, PairId, RegionId, ResourceGroupId, ZoneId};
use crate::text::{Description, GroupName, Name};
use crate::wire::cursor::{self, page, page_fields};
use crate::wire::misread::{Misread, SeedProblem};
use crate::wire::object::{count, object, text};
use crate::wire::reader::{INT32, INT64, Reader};
use crate::wire::seed::{self, Defaults, IdKind, SeedError, SeedList, typed};

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

object! {
    /// What `CreateDiskReplicaPair` answers.
    CreateDiskReplicaPairResponse {
        request_id: String = "RequestId",
        pair: Option<String> = "ReplicaPairId",
        order: Option<String> = "OrderId",
    }

    /// What `DescribeDiskReplicaPairProgress` answers.
    DescribeDiskReplicaPairProgressResponse {
        progress: Option<u64> = "Progress",
        recover_point: Option<u64> = "RecoverPoint",
        request_id: String = "RequestId",
    }

    /// What `DescribeDiskReplicaPairs` answers.
    DescribeDiskReplicaPairsResponse {
        request_id: String = "RequestId",
        next_token: Option<String> = "NextToken",
        pairs: Vec<PairRecord> = "ReplicaPairs",
        page_number: Option<u64> = "PageNumber",
        page_size: Option<u64> = "PageSize",
        total_count: Option<u64> = "TotalCount",
    }

    /// A pair in that list.
    PairRecord {
        pair: Option<String> = "ReplicaPairId",
        source_region: Option<String> = "SourceRegion",
        source_zone: Option<String> = "SourceZoneId",
        source_disk: Option<String> = "SourceDiskId",
        destination_region: Option<String> = "DestinationRegion",
        destination_zone: Option<String> = "DestinationZoneId",
        destination_disk: Option<String> = "DestinationDiskId",
        name: Option<String> = "PairName",
        description: Option<String> = "Description",
        status: Option<String> = "Status",
        rpo: Option<u64> = "RPO",
        bandwidth: Option<u64> = "Bandwidth",
        status_message: Option<String> = "StatusMessage",
        last_recover_point: Option<u64> = "LastRecoverPoint",
        group: Option<String> = "ReplicaGroupId",
        create_time: Option<u64> = "CreateTime",
        group_name: Option<String> = "ReplicaGroupName",
        site: Option<String> = "Site",
        primary_region: Option<String> = "PrimaryRegion",
        standby_region: Option<String> = "StandbyRegion",
        primary_zone: Option<String> = "PrimaryZone",
        standby_zone: Option<String> = "StandbyZone",
        charge_type: Option<String> = "ChargeType",
        expired_time: Option<u64> = "ExpiredTime",
        enable_rtc: Option<bool> = "EnableRtc",
        tags: Vec<TagRecord> = "Tags",
        resource_group: Option<String> = "ResourceGroupId",
    }
}

impl CreateDiskReplicaPairResponse {
    /// The answer.
    pub fn new(created: &PairCreated, request_id: &str) -> Self {
        Self {
            request_id: String::from(request_id),
            pair: text(created.pair.as_str()),
            order: text(created.order.as_str()),
        }
    }
}

impl DescribeDiskReplicaPairProgressResponse {
    /// The answer.
    pub fn new(progress: &PairProgress, request_id: &str) -> Self {
        Self {
            progress: Some(u64::from(progress.percent)),
            recover_point: progress.recover_point.map(|at| at.as_secs()),
            request_id: String::from(request_id),
        }
    }
}

impl DescribeDiskReplicaPairsResponse {
    /// The answer. Pages by token end with an empty token (`W-034`); pages by number have none.
    pub fn new(page: &PairPage, request_id: &str) -> Self {
        let (next_token, page_number, page_size) = page_fields(page.page, page.next);
        let group_name = |pair: &ReplicaPair| page.group_names.get(pair.group()?);
        let record = |pair: &ReplicaPair| PairRecord::new(pair, group_name(pair), page.site);
        Self {
            request_id: String::from(request_id),
            next_token,
            pairs: page.pairs.iter().map(record).collect(),
            page_number,
            page_size,
            total_count: count(page.total),
        }
    }
}

impl PairRecord {
    /// The record of a pair, with the name of its group, seen from this site.
    pub fn new(pair: &ReplicaPair, group_name: Option<&GroupName>, site: Site) -> Self {
        let (source, destination) = (pair.source(), pair.destination());
        let (primary, standby) = (pair.primary(), pair.standby());
        let (charge_type, bandwidth) = match pair.charge() {
            Charge::PostPay | Charge::PostPayWith { .. } => ("POSTPAY", 0),
            Charge::PrePay { bandwidth, .. } => ("PREPAY", bandwidth.as_kbps()),
        };
        Self {
            pair: text(pair.id()),
            source_region: text(&source.region),
            source_zone: text(&source.zone),
            source_disk: text(&source.disk),
            destination_region: text(&destination.region),
            destination_zone: text(&destination.zone),
            destination_disk: text(&destination.disk),
            name: pair.name().and_then(text),
            description: pair.description().and_then(text),
            status: text(pair.status()),
            rpo: Some(RPO_SECONDS),
            bandwidth: Some(u64::from(bandwidth)),
            status_message: pair.status_message().and_then(text),
            last_recover_point: pair.last_recover_point().map(|at| at.as_secs()),
            group: pair.group().and_then(text),
            create_time: Some(pair.created_at().as_secs()),
            group_name: group_name.and_then(text),
            site: text(site.as_str()),
            primary_region: text(&primary.region),
            standby_region: text(&standby.region),
            primary_zone: text(&primary.zone),
            standby_zone: text(&standby.zone),
            charge_type: text(charge_type),
            expired_time: pair.expires_at().map(|at| at.as_secs()),
            enable_rtc: Some(pair.enable_rtc()),
            tags: pair.tags().iter().map(Into::into).collect(),
            resource_group: pair.resource_group().and_then(text),
        }
    }
}

/// A pair to be adopted in the region of its primary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeededPair {
    /// The region of its primary.
    pub region: RegionId,
    /// The pair.
    pub seed: PairSeed,
    /// The group that it says it is in. It joins through the group's own seed.
    pub group: Option<GroupId>,
}

/// Reads items of `DescribeDiskReplicaPairs`.
///
/// # Errors
///
/// [`SeedError`] about the first object that cannot be read; ids may have been minted by then.
pub fn seed_pairs(objects: &[Value], defaults: &mut Defaults<'_>) -> Result<Vec<SeededPair>, SeedError> {
    seed::read(SeedList::ReplicaPairs, objects, |record| enter(record, defaults))
}

type R = PairRecord;

fn enter(record: &PairRecord, defaults: &mut Defaults<'_>) -> Result<SeededPair, Misread> {
    let charge = charge(record)?;
    let id = defaults.id(record, R::pair, IdKind::Pair)?;
    let sites = [
        (R::source_region, R::source_zone),
        (R::destination_region, R::destination_zone),
        (R::primary_region, R::primary_zone),
        (R::standby_region, R::standby_zone),
    ];
    let Sites { reversed, primary, standby } = Sites::read(record, sites, defaults)?;
    // The disks are named by direction alone, so they move with it.
    let (source, destination) = (R::source_disk, R::destination_disk);
    let (at_primary, at_standby) = if reversed { (destination, source) } else { (source, destination) };
    let primary_disk = defaults.id(record, at_primary, IdKind::Disk)?;
    let standby_disk = defaults.id(record, at_standby, IdKind::Disk)?;
    if primary_disk == standby_disk {
        return Err(SeedProblem::TooClose.into());
    }
    let status = typed(record, R::status)?.unwrap_or(PairStatus::Created);
    let shown = matches!(status, PairStatus::Invalid | PairStatus::CreateFailed);
    let seed = PairSeed {
        id,
        status,
        status_message: typed(record, R::status_message)?.filter(|_| shown),
        reversed,
        created_at: record.create_time.map_or(defaults.now, seed::seconds),
        last_recover_point: record.last_recover_point.map(seed::seconds),
        expires_at: record.expired_time.map(seed::seconds),
        request: CreateDiskReplicaPair {
            source_zone: primary.1,
            source_disk: primary_disk,
            destination_region: standby.0,
            destination_zone: standby.1,
            destination_disk: standby_disk,
            settings: PairSettings {
                name: typed(record, R::name)?,
                description: typed(record, R::description)?,
                charge,
                enable_rtc: record.enable_rtc.unwrap_or(false),
                resource_group: typed(record, R::resource_group)?,
                tags: seed::tags(record, R::tags, [TagRecord::key, TagRecord::value])?,
            },
        },
    };
    Ok(SeededPair { region: primary.0, seed, group: typed(record, R::group)? })
}

/// How the pair is paid for. Answers do not tell the period, so it is taken to be the shortest; when it
/// expires they do.
fn charge(record: &PairRecord) -> Result<Charge, Misread> {
    // A postpaid pair shows 0.
    let prepaid = match typed::<_, ChargeType>(record, R::charge_type)? {
        Some(charge_type) => charge_type == ChargeType::Prepay,
        None => record.bandwidth.is_some_and(|kbps| kbps != 0),
    };
    if !prepaid {
        return Ok(Charge::PostPay);
    }
    let sold = record.bandwidth.map_or(Some(Bandwidth::Kbps10240), Bandwidth::from_kbps);
    let bandwidth = sold.ok_or_else(|| Misread::at(R::bandwidth.name, "not a bandwidth that is sold"))?;
    Ok(Charge::PrePay { bandwidth, period: 1, unit: PeriodUnit::Month })
}
