//! An answer of `DescribeDBClusterAttribute`, back to the cluster it describes.

use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;

use serde_json::Value;

use super::fields::Fields;
use super::pair::minted;
use super::{Defaults, IdKind, SeedError, SeedList, SeedProblem};
use crate::ids::{ClusterId, NodeClass, NodeId, RegionId, ResourceGroupId, ZoneId};
use crate::polardb::{
    BadPriority, ClusterSeed, ClusterStatus, DbNode, Edition, Engine, NodeKind, PayType, Priority, Role,
};
use crate::text::{Description, StatusMessage};
use crate::time::Timestamp;

pub(super) fn read(
    list: SeedList,
    index: usize,
    object: &Value,
    defaults: &mut Defaults<'_>,
) -> Result<ClusterSeed, SeedError> {
    let fields = Fields::new(list, index, object)?;
    let id = fields.parsed("DBClusterId", ClusterId::parse)?;
    let id =
        id.map_or_else(|| minted(&fields, "DBClusterId", defaults, IdKind::Cluster, ClusterId::parse), Ok)?;
    let region = fields.parsed("RegionId", RegionId::parse)?.unwrap_or_else(|| defaults.region.clone());
    let engine = fields.parsed("DBType", |text| Engine::parse(text).ok_or("there is no such engine"))?;
    let engine = engine.unwrap_or(Engine::MySql);
    let version = fields.text("DBVersion")?.or(engine.versions().last().copied()).unwrap_or_default();
    let status = fields.parsed("DBClusterStatus", status)?.unwrap_or(ClusterStatus::Running);
    let created_at = fields.iso("CreationTime")?.unwrap_or(defaults.now);
    let nodes = nodes(&fields, &Cluster { region: &region, engine, status: &status, created_at }, defaults)?;
    Ok(ClusterSeed {
        id,
        engine,
        version: Arc::from(version),
        edition: fields.parsed("Category", edition)?.unwrap_or_default(),
        pay_type: fields.parsed("PayType", pay_type)?.unwrap_or(PayType::Postpaid),
        description: fields.parsed("DBClusterDescription", Description::parse)?,
        resource_group: fields.parsed("ResourceGroupId", ResourceGroupId::parse)?,
        tags: fields.tags("Key", "Value")?,
        deletion_lock: match fields.number("DeletionLock")? {
            None | Some(0) => false,
            Some(1) => true,
            Some(_) => return Err(fields.bad("DeletionLock", "neither 0 nor 1")),
        },
        created_at,
        nodes,
        status,
        region,
    })
}

/// What nodes take over from their cluster.
struct Cluster<'a> {
    region: &'a RegionId,
    engine: Engine,
    status: &'a ClusterStatus,
    created_at: Timestamp,
}

/// The nodes of a cluster, one of them the writer: the first if no node says so (`W-041`).
fn nodes(
    fields: &Fields<'_>,
    cluster: &Cluster<'_>,
    defaults: &mut Defaults<'_>,
) -> Result<Vec<DbNode>, SeedError> {
    let listed = fields.list("DBNodes")?;
    let mut named = false;
    for node in &listed {
        named |= node.text("DBNodeRole")? == Some(Role::Writer.as_str());
    }
    let mut nodes = Vec::with_capacity(listed.len());
    for (at, fields) in listed.iter().enumerate() {
        let by_default = if at == 0 && !named { Role::Writer } else { Role::Reader };
        nodes.push(node(fields, cluster, by_default, defaults)?);
    }
    match nodes.iter().filter(|node| node.role == Role::Writer).count() {
        1 => Ok(nodes),
        other => Err(fields.error("DBNodes", SeedProblem::Writers(other))),
    }
}

fn node(
    fields: &Fields<'_>,
    cluster: &Cluster<'_>,
    by_default: Role,
    defaults: &mut Defaults<'_>,
) -> Result<DbNode, SeedError> {
    let id = fields.parsed("DBNodeId", NodeId::parse)?;
    let id = id.map_or_else(|| minted(fields, "DBNodeId", defaults, IdKind::Node, NodeId::parse), Ok)?;
    let (role, kind) = role_and_kind(fields, by_default)?;
    let priority = match fields.number("FailoverPriority")? {
        None => Priority::MIN,
        Some(number) => {
            let byte = u8::try_from(number).unwrap_or(u8::MAX);
            Priority::new(byte).map_err(|BadPriority(_)| {
                fields.bad("FailoverPriority", alloc::format!("a failover priority is 1 to 15, not {number}"))
            })?
        }
    };
    let class = fields.parsed("DBNodeClass", NodeClass::parse)?;
    let class = match class {
        Some(class) => class,
        None => NodeClass::parse(usual_class(cluster.engine))
            .map_err(|why| fields.bad("DBNodeClass", why.to_string()))?,
    };
    let zone = fields.parsed("ZoneId", ZoneId::parse)?;
    Ok(DbNode {
        id,
        role,
        kind,
        priority,
        class,
        zone: zone.unwrap_or_else(|| ZoneId::first_of(cluster.region)),
        created_at: fields.iso("CreationTime")?.unwrap_or(cluster.created_at),
        up: true,
        replicating: true,
        busy: busy(fields, cluster.status)?,
        hot_replica: fields.switch("HotReplicaMode")?,
    })
}

/// The role of a node and its kind, which shows in the role, in its column-store switch or in its sub-cluster. The
/// writer is of the ordinary kind whatever its switches say.
fn role_and_kind(fields: &Fields<'_>, by_default: Role) -> Result<(Role, NodeKind), SeedError> {
    let column_store = fields.switch("ImciSwitch")?;
    let standby = fields.text("SubCluster")? == Some("Standby");
    let of_reader = match (standby, column_store) {
        (true, _) => NodeKind::Standby,
        (false, true) => NodeKind::ColumnStore,
        (false, false) => NodeKind::Ordinary,
    };
    let found = match fields.text("DBNodeRole")? {
        Some("Writer") => (Role::Writer, NodeKind::Ordinary),
        Some("Reader") => (Role::Reader, of_reader),
        Some("ColumnReader") => (Role::Reader, NodeKind::ColumnStore),
        Some("AI") => (Role::Reader, NodeKind::Ai),
        Some(_) => return Err(fields.bad("DBNodeRole", "not Writer, Reader, ColumnReader or AI")),
        None if by_default == Role::Writer => (Role::Writer, NodeKind::Ordinary),
        None => (Role::Reader, of_reader),
    };
    Ok(found)
}

/// What keeps a node busy. A node of a cluster that is being created or released follows its cluster.
fn busy(fields: &Fields<'_>, cluster: &ClusterStatus) -> Result<Option<StatusMessage>, SeedError> {
    let status = fields.parsed("DBNodeStatus", StatusMessage::parse)?;
    let follows = matches!(cluster, ClusterStatus::Creating | ClusterStatus::Deleting);
    Ok(status.filter(|status| match status.as_str() {
        "Running" | "Switching" => false,
        other => !follows || other != cluster.as_str(),
    }))
}

fn status(text: &str) -> Result<ClusterStatus, crate::text::BadText> {
    let known =
        [ClusterStatus::Creating, ClusterStatus::Running, ClusterStatus::Switching, ClusterStatus::Deleting];
    match known.into_iter().find(|status| status.as_str() == text) {
        Some(status) => Ok(status),
        None => StatusMessage::parse(text).map(ClusterStatus::Busy),
    }
}

fn edition(text: &str) -> Result<Edition, &'static str> {
    let spelled = |edition: &Edition| [edition.as_category(), edition.as_creation_category()].contains(&text);
    Edition::ALL.iter().copied().find(spelled).ok_or("there is no such edition")
}

fn pay_type(text: &str) -> Result<PayType, &'static str> {
    let known = [PayType::Postpaid, PayType::Prepaid];
    known.into_iter().find(|known| known.as_str() == text).ok_or("neither Postpaid nor Prepaid")
}

/// A class of the engine, for nodes that do not say.
const fn usual_class(engine: Engine) -> &'static str {
    match engine {
        Engine::MySql => "polar.mysql.x4.large",
        Engine::PostgreSql => "polar.pg.x4.large",
        Engine::Oracle => "polar.o.x4.large",
    }
}
