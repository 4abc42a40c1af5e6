//! Nodes, zones and the lock: parameters and answers (`docs/facts/polardb.md#operations`).
//!
//! Work can be planned for later: `PlannedStartTime` and, half an hour after it or later, `PlannedEndTime` (`P-602`). The
//! model has no schedule, so planned work begins at once; the times are read, checked and, where the operation takes a
//! token, compared under it. There is no clock here, so a start may be any time ahead.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::control_plane::Refusal;
use crate::ids::{ClusterId, NodeClass, NodeId, ZoneId};
use crate::polardb::nodes::rules::P_211;
use crate::polardb::{
    CreateDbNodes, DeleteDbNodes, ModifyDbClusterDeletion, ModifyDbClusterMaintainTime,
    ModifyDbClusterPrimaryZone, ModifyDbNodeClass, ModifyDbNodeConfig, ModifyDbNodeHotReplicaMode,
    ModifyDbNodesClass, ModifyType, NewNode, NodeKind, NodeTarget, NodesCreated, Ordered, PolarDbReason,
    Priority, RestartDbNode,
};
use crate::rule::cite;
use crate::time::{Span, Timestamp};
use crate::wire::rules::P_602;

use super::clusters::{ZONE_TYPES, cluster};
use super::words::SWITCH;
use crate::wire::civil::parse_moment;
use crate::wire::object::{Text, object, text};
use crate::wire::reader::{Reader, number};

const KINDS: [(&str, NodeKind); 3] =
    [("RO", NodeKind::Ordinary), ("STANDBY", NodeKind::Standby), ("DLNode", NodeKind::Ai)];

/// Parameters that the operations define and the model does not use; the token compares them as they are spelled.
type Unused = Vec<(Arc<str>, Arc<str>)>;

/// The shortest window that can be planned.
const SHORTEST_WINDOW: Span = Span::from_secs(1_800);

/// The most entries that a list of nodes may have (`P-211`).
const MAX_NODES: u32 = 15;

pub(in crate::wire) fn create(reader: &mut Reader<'_>) -> Result<CreateDbNodes, Refusal> {
    let cluster = cluster(reader)?;
    reader.take_token()?;
    planned(reader)?;
    let nodes = list(reader, &cluster, ["TargetClass", "ZoneId"], |reader, [class, zone]| {
        let class = reader.member("DBNode", class, NodeClass::parse)?;
        Ok(NewNode { class, zone: reader.member("DBNode", zone, ZoneId::parse)? })
    })?;
    let kind = reader.choice("DBNodeType", &KINDS)?.unwrap_or_default();
    let column_store = reader.choice("ImciSwitch", &SWITCH)?.unwrap_or(false);
    let kind = if column_store && kind == NodeKind::Ordinary { NodeKind::ColumnStore } else { kind };
    let other = unused(reader, &["ResourceGroupId", "EndpointBindList"])?;
    Ok(CreateDbNodes { cluster, nodes, kind, other })
}

pub(in crate::wire) fn delete(reader: &mut Reader<'_>) -> Result<DeleteDbNodes, Refusal> {
    let cluster = cluster(reader)?;
    reader.take_token()?;
    let kind = reader.choice("DBNodeType", &KINDS)?;
    let numbers = reader.entries("DBNodeId.", &[""]);
    few(reader, &cluster, &numbers, "DBNodeId")?;
    let mut nodes = Vec::with_capacity(numbers.len());
    for number in numbers {
        nodes.extend(reader.member("DBNode", &format!("DBNodeId.{number}"), NodeId::parse)?);
    }
    Ok(DeleteDbNodes { cluster, nodes, kind })
}

pub(in crate::wire) fn class(reader: &mut Reader<'_>) -> Result<ModifyDbNodeClass, Refusal> {
    let cluster = cluster(reader)?;
    let modify_type = modify_type(reader)?;
    let class = reader.required("DBNodeTargetClass", NodeClass::parse)?;
    reader.take_token()?;
    planned(reader)?;
    let ai_nodes = reader.choice("DBNodeType", &[("DLNode", true)])?.unwrap_or(false);
    let other = unused(reader, &["SubCategory", "PlannedFlashingOffTime"])?;
    Ok(ModifyDbNodeClass { cluster, modify_type, class, ai_nodes, other })
}

pub(in crate::wire) fn classes(reader: &mut Reader<'_>) -> Result<ModifyDbNodesClass, Refusal> {
    let cluster = cluster(reader)?;
    let modify_type = modify_type(reader)?;
    let nodes = list(reader, &cluster, ["DBNodeId", "TargetClass"], |reader, [node, class]| {
        let node = reader.member("DBNode", node, NodeId::parse)?;
        let class = reader.member("DBNode", class, NodeClass::parse)?;
        match (node, class) {
            (Some(node), Some(class)) => Ok(NodeTarget { node, class }),
            _ => Err(reader.bad("DBNode", "both DBNodeId and TargetClass, or neither")),
        }
    })?;
    reader.take_token()?;
    planned(reader)?;
    let other = unused(reader, &["SubCategory", "PlannedFlashingOffTime"])?;
    Ok(ModifyDbNodesClass { cluster, modify_type, nodes, other })
}

pub(in crate::wire) fn config(reader: &mut Reader<'_>) -> Result<ModifyDbNodeConfig, Refusal> {
    let cluster = cluster(reader)?;
    let node = reader.required("DBNodeId", NodeId::parse)?;
    reader.required("ConfigName", |name| match name {
        "FailoverPriority" => Ok(()),
        _ => Err("FailoverPriority is the only configuration of a node"),
    })?;
    let range = Priority::MIN.get()..=Priority::MAX.get();
    // The range leaves nothing that is not a priority.
    let priority = |text| number(text, range).map(|number| Priority::new(number).unwrap_or_default());
    Ok(ModifyDbNodeConfig { cluster, node, priority: reader.required("ConfigValue", priority)? })
}

pub(in crate::wire) fn restart(reader: &Reader<'_>) -> Result<RestartDbNode, Refusal> {
    let node = reader.required("DBNodeId", NodeId::parse)?;
    planned(reader)?;
    reader.flag("FromTimeService")?.unwrap_or(false);
    Ok(RestartDbNode { node })
}

pub(in crate::wire) fn hot_replica(reader: &mut Reader<'_>) -> Result<ModifyDbNodeHotReplicaMode, Refusal> {
    let cluster = cluster(reader)?;
    let node = reader.required("DBNodeId", NodeId::parse)?;
    let on = reader.required_choice("HotReplicaMode", &SWITCH)?;
    Ok(ModifyDbNodeHotReplicaMode { cluster, node, on })
}

pub(in crate::wire) fn zone(reader: &mut Reader<'_>) -> Result<ModifyDbClusterPrimaryZone, Refusal> {
    let cluster = cluster(reader)?;
    let zone = reader.required("ZoneId", ZoneId::parse)?;
    let zone_type = reader.choice("ZoneType", &ZONE_TYPES)?.unwrap_or_default();
    let vswitch = reader.text("VSwitchId")?.map(Arc::from);
    reader.flag("IsSwitchOverForDisaster")?.unwrap_or(false);
    planned(reader)?;
    reader.flag("FromTimeService")?.unwrap_or(false);
    Ok(ModifyDbClusterPrimaryZone { cluster, zone, zone_type, vswitch })
}

pub(in crate::wire) fn lock(reader: &mut Reader<'_>) -> Result<ModifyDbClusterDeletion, Refusal> {
    Ok(ModifyDbClusterDeletion {
        cluster: cluster(reader)?,
        protection: reader.flag("Protection")?.unwrap_or(false),
    })
}

pub(in crate::wire) fn maintain_time(
    reader: &mut Reader<'_>,
) -> Result<ModifyDbClusterMaintainTime, Refusal> {
    Ok(ModifyDbClusterMaintainTime {
        cluster: cluster(reader)?,
        window: reader.required("MaintainTime", |text| {
            is_an_hour(text).then(|| Arc::from(text)).ok_or("not a whole hour such as 16:00Z-17:00Z")
        })?,
    })
}

/// Whether a window begins on the hour, in UTC, and lasts one.
fn is_an_hour(window: &str) -> bool {
    let hour = |text: &str| {
        let hour = text.strip_suffix(":00Z")?;
        let hour =
            Some(hour).filter(|hour| hour.len() == 2 && hour.bytes().all(|byte| byte.is_ascii_digit()))?;
        hour.parse::<u8>().ok().filter(|hour| *hour < 24)
    };
    let hours = window.split_once('-').and_then(|(from, to)| Some((hour(from)?, hour(to)?)));
    hours.is_some_and(|(from, to)| (from, to) == (23, 0) || from.checked_add(1) == Some(to))
}

fn modify_type(reader: &Reader<'_>) -> Result<ModifyType, Refusal> {
    let types = [ModifyType::Upgrade, ModifyType::Downgrade].map(|kind| (kind.as_str(), kind));
    reader.required_choice("ModifyType", &types)
}

/// The entries of `DBNode.N`, in the order of their numbers; an entry gets the names of its two fields.
fn list<T>(
    reader: &Reader<'_>,
    cluster: &ClusterId,
    fields: [&str; 2],
    entry: impl Fn(&Reader<'_>, [&str; 2]) -> Result<T, Refusal>,
) -> Result<Vec<T>, Refusal> {
    let [one, two] = fields;
    let numbers = reader.entries("DBNode.", &[&format!(".{one}"), &format!(".{two}")]);
    few(reader, cluster, &numbers, "DBNode")?;
    let read =
        |number: u32| entry(reader, [&format!("DBNode.{number}.{one}"), &format!("DBNode.{number}.{two}")]);
    numbers.into_iter().map(read).collect()
}

/// At least one entry, and none beyond the most that a list may have: the highest number is the length (`W-023`).
fn few(reader: &Reader<'_>, cluster: &ClusterId, numbers: &[u32], list: &'static str) -> Result<(), Refusal> {
    match numbers.last() {
        None => Err(reader.missing(list)),
        Some(highest) if *highest > MAX_NODES => {
            let (operation, cluster) = (reader.operation(), cluster.clone());
            Err(PolarDbReason::NodeNumber { cluster, rule: P_211 }.of(operation).into())
        }
        Some(_) => Ok(()),
    }
}

/// The window in which work is to happen (`P-602`). Without an end it is half an hour long.
fn planned(reader: &Reader<'_>) -> Result<(), Refusal> {
    cite!(P_602);
    let start: Option<Timestamp> = reader.optional("PlannedStartTime", parse_moment)?;
    let end = reader.optional("PlannedEndTime", parse_moment)?;
    match (start, end) {
        (None, Some(_)) => Err(reader.bad("PlannedEndTime", "an end without a PlannedStartTime (P-602)")),
        (Some(start), Some(end)) if end < start.after(SHORTEST_WINDOW) => {
            Err(reader.bad("PlannedEndTime", "less than half an hour after PlannedStartTime (P-602)"))
        }
        _ => Ok(()),
    }
}

/// The unused parameters: these, the planned times and those of an order.
fn unused(reader: &Reader<'_>, names: &[&'static str]) -> Result<Unused, Refusal> {
    const ORDERS: [&str; 5] =
        ["PlannedStartTime", "PlannedEndTime", "AutoUseCoupon", "PromotionCode", "CloudProvider"];
    let mut other = Vec::new();
    for name in names.iter().chain(&ORDERS) {
        other.extend(reader.text(name)?.map(|text| (Arc::from(*name), Arc::from(String::from(text)))));
    }
    Ok(other)
}

object! {
    /// What `CreateDBNodes` answers.
    CreateDbNodesResponse(created: &NodesCreated, request_id: &str) {
        nodes: NodeIdList = "DBNodeIds" => NodeIdList::new(&created.nodes),
        request_id: String = "RequestId" => request_id.into(),
        cluster: Text = "DBClusterId" => text(&created.cluster),
        order: Text = "OrderId" => text(&created.order),
    }

    /// The nesting of the new nodes' ids.
    NodeIdList(nodes: &[NodeId]) {
        nodes: Vec<String> = "DBNodeId" => nodes.iter().map(ToString::to_string).collect(),
    }

    /// What `DeleteDBNodes`, the class changes and `ModifyDBNodeHotReplicaMode` answer.
    OrderedResponse(ordered: &Ordered, request_id: &str) {
        request_id: String = "RequestId" => request_id.into(),
        cluster: Text = "DBClusterId" => text(&ordered.cluster),
        order: Text = "OrderId" => text(&ordered.order),
    }
}
