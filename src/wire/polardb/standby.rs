//! `ModifyDBCluster` and `ModifyDBClusterArch`: the switches of the standby cluster, drills, and what stands by
//! (`docs/facts/polardb.md#modify-cluster`).

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::clusters::cluster;
use super::words::STANDBY_HA;
use crate::control_plane::Refusal;
use crate::ids::{NodeId, ZoneId};
use crate::polardb::{
    DataSyncMode, DrillScope, FaultDrill, ModifyDbCluster, ModifyDbClusterArch, StandbyArch,
};
use crate::wire::reader::Reader;

/// The spellings of `FaultSimulateMode` (SDK 9.2.1 and metadata of 2025-12, read 2026-11).
const SCOPES: [(&str, DrillScope); 5] = [
    ("0", DrillScope::PrimaryZone),
    ("FaultInjection", DrillScope::PrimaryZone),
    ("FaultInjectToPrimaryAz", DrillScope::PrimaryZone),
    ("1", DrillScope::Node),
    ("FaultInjectToDbNode", DrillScope::Node),
];

/// The values of `FaultInjectionType` (likewise): how a node is made to fail, which decides nothing.
const INJECTIONS: [(&str, ()); 3] = [("0", ()), ("CrashSQLInjection", ()), ("StopContainer", ())];

/// The spellings of `DataSyncMode` (SDK 9.2.1, read 2026-11), whose own example is the last.
pub(super) const DATA_SYNC: [(&str, DataSyncMode); 3] = [
    (DataSyncMode::Async.as_str(), DataSyncMode::Async),
    (DataSyncMode::Semi.as_str(), DataSyncMode::Semi),
    ("AsynSync", DataSyncMode::Async),
];

const ARCHES: [(&str, StandbyArch); 2] = [
    (StandbyArch::Storage.as_str(), StandbyArch::Storage),
    (StandbyArch::Compute.as_str(), StandbyArch::Compute),
];

/// Parameters that `ModifyDBCluster` defines and the model does not use: the metadata of 2024-06 and SDK 9.2.1 together.
const UNUSED: [&str; 7] = [
    "StorageAutoScale",
    "CompressStorage",
    "StorageUpperBound",
    "ImciAutoIndex",
    "TableMeta",
    "ModifyRowCompression",
    "ConnectionResourceQuota",
];

pub(in crate::wire) fn modify(reader: &mut Reader<'_>) -> Result<ModifyDbCluster, Refusal> {
    let cluster = cluster(reader)?;
    let standby_ha = reader.choice("StandbyHAMode", &STANDBY_HA)?;
    let data_sync = reader.choice("DataSyncMode", &DATA_SYNC)?;
    let scope = reader.choice("FaultSimulateMode", &SCOPES)?;
    let nodes = reader.ids("DBNodeCrashList", usize::MAX, NodeId::parse)?;
    let injection = reader.choice("FaultInjectionType", &INJECTIONS)?;
    let drill = match scope {
        Some(scope) => Some(FaultDrill { scope, nodes }),
        None if !nodes.is_empty() => return Err(reader.bad("DBNodeCrashList", "without a FaultSimulateMode")),
        None if injection.is_some() => {
            return Err(reader.bad("FaultInjectionType", "without a FaultSimulateMode"));
        }
        None => None,
    };
    let mut other = Vec::new();
    for name in UNUSED {
        other.extend(reader.text(name)?.map(|text| (Arc::from(name), Arc::from(text))));
    }
    Ok(ModifyDbCluster { cluster, standby_ha, data_sync, drill, other })
}

pub(in crate::wire) fn arch(reader: &mut Reader<'_>) -> Result<ModifyDbClusterArch, Refusal> {
    let cluster = cluster(reader)?;
    let standby = reader.required_choice("HotStandbyCluster", &ARCHES)?;
    Ok(ModifyDbClusterArch { cluster, standby, zone: standby_zone(reader)? })
}

/// `StandbyAZ`, whose word `auto` leaves the choice to the service.
pub(super) fn standby_zone(reader: &Reader<'_>) -> Result<Option<ZoneId>, Refusal> {
    Ok(reader.optional("StandbyAZ", ZoneId::parse)?.filter(|zone| zone.as_str() != "auto"))
}
