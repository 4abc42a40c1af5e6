//! The parameters of the PolarDB operations on nodes, zones and the lock (`facts/polardb.md` §4.1).

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::control_plane::Refusal;
use crate::ids::{NodeClass, NodeId, ZoneId};
use crate::polardb::{
    CreateDbNodes, DeleteDbNodes, ModifyDbClusterDeletion, ModifyDbClusterPrimaryZone, ModifyDbNodeClass,
    ModifyDbNodeHotReplicaMode, ModifyDbNodesClass, ModifyType, NewNode, NodeKind, NodeTarget, RestartDbNode,
    TargetZoneType,
};

use super::polardb::cluster;
use super::reader::Reader;

const KINDS: [(&str, NodeKind); 3] =
    [("RO", NodeKind::Ordinary), ("STANDBY", NodeKind::Standby), ("DLNode", NodeKind::Ai)];

const SWITCH: [(&str, bool); 2] = [("ON", true), ("OFF", false)];

const PLANNED: [&str; 2] = ["PlannedStartTime", "PlannedEndTime"];

pub(super) fn create(reader: &mut Reader<'_>) -> Result<CreateDbNodes, Refusal> {
    let cluster = cluster(reader)?;
    reader.take_token()?;
    let other = unused(reader, &["ResourceGroupId", "EndpointBindList", PLANNED[0], PLANNED[1]])?;
    let nodes = list(reader, |reader, number| {
        let class = reader.member("DBNode", number, "TargetClass", NodeClass::parse)?;
        Ok(NewNode { class, zone: reader.member("DBNode", number, "ZoneId", ZoneId::parse)? })
    })?;
    let kind = reader.choice("DBNodeType", &KINDS)?.unwrap_or_default();
    let column_store = reader.choice("ImciSwitch", &SWITCH)?.unwrap_or(false);
    let kind = if column_store && kind == NodeKind::Ordinary { NodeKind::ColumnStore } else { kind };
    Ok(CreateDbNodes { cluster, nodes, kind, other })
}

pub(super) fn delete(reader: &mut Reader<'_>) -> Result<DeleteDbNodes, Refusal> {
    let cluster = cluster(reader)?;
    reader.take_token()?;
    let kind = reader.choice("DBNodeType", &KINDS)?;
    let mut nodes = BTreeMap::new();
    for name in reader.names("DBNodeId.") {
        let Some(number) = name.strip_prefix("DBNodeId.").and_then(|number| number.parse::<u32>().ok())
        else {
            continue;
        };
        if let Some(text) = reader.text(name)? {
            let node = NodeId::parse(text).map_err(|why| reader.bad("DBNodeId", alloc::format!("{why}")))?;
            nodes.insert(number, node);
        }
    }
    if nodes.is_empty() {
        return Err(reader.missing("DBNodeId"));
    }
    Ok(DeleteDbNodes { cluster, nodes: nodes.into_values().collect(), kind })
}

pub(super) fn class(reader: &mut Reader<'_>) -> Result<ModifyDbNodeClass, Refusal> {
    let cluster = cluster(reader)?;
    let modify_type = modify_type(reader)?;
    let class = reader.required("DBNodeTargetClass", NodeClass::parse)?;
    reader.take_token()?;
    let other = unused(reader, &[PLANNED[0], PLANNED[1], "SubCategory"])?;
    let ai_nodes = reader.choice("DBNodeType", &[("DLNode", true)])?.unwrap_or(false);
    Ok(ModifyDbNodeClass { cluster, modify_type, class, ai_nodes, other })
}

pub(super) fn classes(reader: &mut Reader<'_>) -> Result<ModifyDbNodesClass, Refusal> {
    let cluster = cluster(reader)?;
    let modify_type = modify_type(reader)?;
    let nodes = list(reader, |reader, number| {
        let node = reader.member("DBNode", number, "DBNodeId", NodeId::parse)?;
        let class = reader.member("DBNode", number, "TargetClass", NodeClass::parse)?;
        match (node, class) {
            (Some(node), Some(class)) => Ok(NodeTarget { node, class }),
            _ => Err(reader.bad("DBNode", "both DBNodeId and TargetClass, or neither")),
        }
    })?;
    reader.take_token()?;
    let other = unused(reader, &[PLANNED[0], PLANNED[1], "SubCategory"])?;
    Ok(ModifyDbNodesClass { cluster, modify_type, nodes, other })
}

pub(super) fn restart(reader: &Reader<'_>) -> Result<RestartDbNode, Refusal> {
    Ok(RestartDbNode { node: reader.required("DBNodeId", NodeId::parse)? })
}

pub(super) fn hot_replica(reader: &mut Reader<'_>) -> Result<ModifyDbNodeHotReplicaMode, Refusal> {
    let cluster = cluster(reader)?;
    let node = reader.required("DBNodeId", NodeId::parse)?;
    let on = reader.choice("HotReplicaMode", &SWITCH)?.ok_or_else(|| reader.missing("HotReplicaMode"))?;
    Ok(ModifyDbNodeHotReplicaMode { cluster, node, on })
}

pub(super) fn zone(reader: &mut Reader<'_>) -> Result<ModifyDbClusterPrimaryZone, Refusal> {
    let cluster = cluster(reader)?;
    let zone = reader.required("ZoneId", ZoneId::parse)?;
    let kinds = [("Primary", TargetZoneType::Primary), ("Standby", TargetZoneType::Standby)];
    let zone_type = reader.choice("ZoneType", &kinds)?.unwrap_or_default();
    let vswitch = reader.text("VSwitchId")?.map(Arc::from);
    Ok(ModifyDbClusterPrimaryZone { cluster, zone, zone_type, vswitch })
}

pub(super) fn lock(reader: &mut Reader<'_>) -> Result<ModifyDbClusterDeletion, Refusal> {
    Ok(ModifyDbClusterDeletion { cluster: cluster(reader)?, protection: reader.flag("Protection", false)? })
}

fn modify_type(reader: &Reader<'_>) -> Result<ModifyType, Refusal> {
    let types = [ModifyType::Upgrade, ModifyType::Downgrade].map(|kind| (kind.as_str(), kind));
    reader.choice("ModifyType", &types)?.ok_or_else(|| reader.missing("ModifyType"))
}

/// The entries of `DBNode.N`, in the order of their numbers.
fn list<T>(
    reader: &Reader<'_>,
    entry: impl Fn(&Reader<'_>, u32) -> Result<T, Refusal>,
) -> Result<Vec<T>, Refusal> {
    let numbers: BTreeMap<u32, ()> = reader
        .names("DBNode.")
        .filter_map(|name| name.strip_prefix("DBNode.")?.split_once('.')?.0.parse().ok())
        .map(|number: u32| (number, ()))
        .collect();
    if numbers.is_empty() {
        return Err(reader.missing("DBNode"));
    }
    numbers.into_keys().map(|number| entry(reader, number)).collect()
}

fn unused(reader: &Reader<'_>, names: &[&'static str]) -> Result<Vec<(Arc<str>, Arc<str>)>, Refusal> {
    let mut other = Vec::new();
    for name in names {
        other.extend(reader.text(name)?.map(|text| (Arc::from(*name), Arc::from(String::from(text)))));
    }
    Ok(other)
}
