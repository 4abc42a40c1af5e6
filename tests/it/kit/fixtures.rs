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

use failover_model::ebs::{CreateDiskReplicaPair, DescribeDiskReplicaPairs, PairSeed, PairStatus};
use failover_model::polardb::{
    ClusterSeed, ClusterStatus, DataSyncMode, DbNode, Edition, Engine, FailoverDbCluster, HotStandby,
    NodeKind, PayType, Priority, Role, TargetZoneType,
};
use failover_model::text::StatusMessage;
use failover_model::{Call, ClusterId, ControlPlane, Input, PairId, Timestamp};

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

/// A pair as [`create_request`] asks for it, which never copied.
#[allow(dead_code, reason = "worlds of clusters do without")]
pub fn pair_seed(number: u32, status: PairStatus) -> PairSeed {
    PairSeed {
        id: pair_id(number),
        status,
        status_message: None,
        reversed: false,
        created_at: at(0),
        last_recover_point: None,
        expires_at: None,
        request: create_request(number),
    }
}

/// An id as long as the vendor's.
#[allow(dead_code, reason = "for what is measured")]
pub fn long_pair_id(number: usize) -> PairId {
    id(&format!("pair-cn-{number:011}"))
}

/// The same with ids as long as the vendor's.
#[allow(dead_code, reason = "for what is measured")]
pub fn long_pair_seed(number: usize, status: PairStatus) -> PairSeed {
    let request = CreateDiskReplicaPair::new(
        (id("cn-shanghai-a"), id(&format!("d-source{number:08}"))),
        (id(DESTINATION), id("cn-beijing-b"), id(&format!("d-destination{number:08}"))),
    );
    PairSeed { id: long_pair_id(number), request, ..pair_seed(0, status) }
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

/// An id as long as the vendor's.
#[allow(dead_code, reason = "for what is measured")]
pub fn long_cluster_id(number: usize) -> ClusterId {
    id(&format!("pc-{number:017}"))
}

/// A writer and four readers, of which two come first.
#[allow(dead_code, reason = "for what is measured")]
pub fn cluster_of_five(number: usize) -> ClusterSeed {
    let mut seed =
        ClusterSeed { id: long_cluster_id(number), ..seed(&[("a", 3), ("b", 3), ("c", 2), ("d", 1)]) };
    for node in &mut seed.nodes {
        node.id = id(&format!("pi-{}-{number}", node.id));
    }
    seed
}
