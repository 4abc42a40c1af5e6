//! An item of `DescribeDiskReplicaPairs`, back to the pair it describes.
//!
//! The disks are named by direction alone, so they move with it.

use alloc::borrow::Cow;
use alloc::string::ToString;

use serde_json::Value;

use super::fields::Fields;
use super::place::Sites;
use super::{Defaults, IdKind, SeedError, SeedList, SeedProblem, SeededPair};
use crate::ebs::{
    Bandwidth, Charge, CreateDiskReplicaPair, End, PairSeed, PairSettings, PairStatus, PeriodUnit,
};
use crate::ids::{DiskId, GroupId, PairId, ResourceGroupId};
use crate::text::{Description, Name, StatusMessage};

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
    let group = fields.parsed("ReplicaGroupId", GroupId::parse)?;
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
    Ok(SeededPair { region: primary.region, seed, group })
}

/// Whether the pair is reversed, its primary and its standby.
fn ends(fields: &Fields<'_>, defaults: &mut Defaults<'_>) -> Result<(bool, End, End), SeedError> {
    let Sites { reversed, primary, standby } =
        Sites::read(fields, ("SourceRegion", "DestinationRegion"), defaults)?;
    let (at_primary, at_standby) =
        if reversed { ("DestinationDiskId", "SourceDiskId") } else { ("SourceDiskId", "DestinationDiskId") };
    let primary_disk = disk(fields, at_primary, defaults)?;
    let standby_disk = disk(fields, at_standby, defaults)?;
    let primary = End { region: primary.0, zone: primary.1, disk: primary_disk };
    let standby = End { region: standby.0, zone: standby.1, disk: standby_disk };
    if primary.disk == standby.disk {
        return Err(fields.error("", SeedProblem::TooClose));
    }
    Ok((reversed, primary, standby))
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
