//! Names and requests that tests share; `tests/worlds.rs` includes this file too.

/// The value with these fields set; requests cannot be written as literals outside the library.
macro_rules! with {
    ($request:expr, $($field:ident = $value:expr),+ $(,)?) => {{
        let mut request = $request;
        $(request.$field = $value;)+
        request
    }};
}

use std::sync::Arc;

use failover_model::ebs::{CreateDiskReplicaPair, DescribeDiskReplicaPairs};
use failover_model::polardb::{
    ClusterSeed, ClusterStatus, DataSyncMode, DbNode, Edition, Engine, FailoverDbCluster, HotStandby,
    NodeKind, PayType, Priority, Role, TargetZoneType,
};
use failover_model::text::StatusMessage;
use failover_model::{Call, ControlPlane, Input, PairId, Timestamp};

/// Where pairs are created as source.
pub const SOURCE: &str = "cn-shanghai";
/// Where they are created as destination.
pub const DESTINATION: &str = "cn-beijing";
/// A region that is neither.
#[allow(dead_code, reason = "`tests/worlds.rs` does without")]
pub const ELSEWHERE: &str = "cn-heyuan";
/// The account that owns everything.
pub const OWNER: &str = "1001";
/// A cluster's id.
pub const CLUSTER: &str = "pc-1";
/// When a world begins. Not zero, so that time can be too early.
pub const START: u64 = 1_000_000;

pub fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(ms)
}

pub fn id<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().expect("a well-formed id")
}

#[allow(dead_code, reason = "`tests/worlds.rs` does without")]
pub fn ids<T: std::str::FromStr>(names: &[&str]) -> Vec<T> {
    names.iter().map(|name| id(name)).collect()
}

pub fn message(text: &str) -> StatusMessage {
    StatusMessage::parse(text).unwrap()
}

pub fn priority(number: u8) -> Priority {
    Priority::new(number).unwrap()
}

/// The time that an input has.
#[allow(dead_code, reason = "`tests/worlds.rs` does without")]
pub fn time(input: &Input) -> Timestamp {
    match input {
        Input::Call(call, ..) => call.now,
        Input::Report(now, _) | Input::Advance(now) => *now,
    }
}

/// Moves the clock of a control plane to `now` and does nothing else: a describe of nobody's resources.
#[allow(dead_code, reason = "`tests/worlds.rs` does without")]
pub fn look(plane: &mut ControlPlane, now: Timestamp) {
    let call = Call { now, account: id("nobody"), region: id(ELSEWHERE), token: None };
    let reply = plane.describe_disk_replica_pairs(&call, &DescribeDiskReplicaPairs::default());
    assert!(reply.step.is_empty());
}

pub fn pair_id(number: u32) -> PairId {
    id(&format!("pair-{number}"))
}

pub fn create_request(number: u32) -> CreateDiskReplicaPair {
    CreateDiskReplicaPair::new(
        (id("cn-shanghai-a"), id(&format!("s-{number}"))),
        (id(DESTINATION), id("cn-beijing-b"), id(&format!("t-{number}"))),
    )
}

pub fn failover_request(target: Option<&str>) -> FailoverDbCluster {
    with!(
        FailoverDbCluster::new(id(CLUSTER)).target_zone_type(TargetZoneType::Primary),
        target = target.map(id)
    )
}

pub fn node(name: &str, role: Role, number: u8) -> DbNode {
    DbNode {
        id: id(name),
        role,
        kind: NodeKind::Ordinary,
        priority: priority(number),
        class: id("polar.mysql.x4.large"),
        zone: id("cn-shanghai-a"),
        created_at: at(0),
        up: true,
        replicating: true,
        busy: None,
        hot_replica: false,
    }
}

pub fn seed(readers: &[(&str, u8)]) -> ClusterSeed {
    let mut nodes = vec![node("w", Role::Writer, 1)];
    nodes.extend(readers.iter().map(|(name, number)| node(name, Role::Reader, *number)));
    ClusterSeed {
        id: id(CLUSTER),
        region: id(SOURCE),
        engine: Engine::MySql,
        version: Arc::from("8.0"),
        edition: Edition::Normal,
        pay_type: PayType::Postpaid,
        description: None,
        resource_group: None,
        tags: Vec::new(),
        deletion_lock: false,
        created_at: at(0),
        hot_standby: HotStandby::Off,
        standby_zone: None,
        standby_ha: None,
        data_sync: DataSyncMode::Async,
        serverless: None,
        strict_consistency: false,
        expires_at: None,
        settings: Vec::new(),
        nodes,
        status: ClusterStatus::Running,
    }
}
