//! The requests of the measurements, as each build spells them.

#[cfg(not(feature = "former"))]
pub use ours::*;
#[cfg(feature = "former")]
pub use theirs::*;

#[cfg(not(feature = "former"))]
mod ours {
    use failover_model::ebs::{
        AddDiskReplicaPair, CreateDiskReplicaGroup, CreateDiskReplicaPair, StartDiskReplicaPair,
        StopDiskReplicaPair,
    };
    use failover_model::polardb::{CreateDbCluster, Engine, HotStandby};
    use failover_model::{GroupId, PairId};

    use crate::id;

    pub fn create_pair(at: usize) -> CreateDiskReplicaPair {
        CreateDiskReplicaPair::new(
            (id("cn-shanghai-a"), id(&format!("d-source{at:08}"))),
            (id("cn-beijing"), id("cn-beijing-b"), id(&format!("d-destination{at:08}"))),
        )
    }

    pub fn start(pair: PairId) -> StartDiskReplicaPair {
        StartDiskReplicaPair::new(pair)
    }

    pub fn stop(pair: PairId) -> StopDiskReplicaPair {
        StopDiskReplicaPair::new(pair)
    }

    pub fn add(group: GroupId, pair: PairId) -> AddDiskReplicaPair {
        AddDiskReplicaPair::new(group, pair)
    }

    pub fn create_group() -> CreateDiskReplicaGroup {
        CreateDiskReplicaGroup::new(id("cn-shanghai-a"), (id("cn-beijing"), id("cn-beijing-b")))
    }

    pub fn create_cluster() -> CreateDbCluster {
        CreateDbCluster::new(Engine::MySql, "8.0", id("polar.mysql.x4.large"))
            .node_number(3)
            .hot_standby(HotStandby::Off)
    }
}

#[cfg(feature = "former")]
mod theirs {
    use failover_model::ebs::{
        AddDiskReplicaPair, CreateDiskReplicaGroup, CreateDiskReplicaPair, GroupSettings, PairSettings,
        StartDiskReplicaPair, StopDiskReplicaPair,
    };
    use failover_model::polardb::{CreateDbCluster, Edition, Engine, PayType};
    use failover_model::{GroupId, PairId};

    use crate::id;

    pub fn create_pair(at: usize) -> CreateDiskReplicaPair {
        CreateDiskReplicaPair {
            source_zone: id("cn-shanghai-a"),
            source_disk: id(&format!("d-source{at:08}")),
            destination_region: id("cn-beijing"),
            destination_zone: id("cn-beijing-b"),
            destination_disk: id(&format!("d-destination{at:08}")),
            settings: PairSettings::default(),
        }
    }

    pub fn start(pair: PairId) -> StartDiskReplicaPair {
        StartDiskReplicaPair { pair, one_shot: false }
    }

    pub fn stop(pair: PairId) -> StopDiskReplicaPair {
        StopDiskReplicaPair { pair }
    }

    pub fn add(group: GroupId, pair: PairId) -> AddDiskReplicaPair {
        AddDiskReplicaPair { group, pair }
    }

    pub fn create_group() -> CreateDiskReplicaGroup {
        CreateDiskReplicaGroup {
            source_zone: id("cn-shanghai-a"),
            destination_region: id("cn-beijing"),
            destination_zone: id("cn-beijing-b"),
            settings: GroupSettings::default(),
        }
    }

    pub fn create_cluster() -> CreateDbCluster {
        CreateDbCluster {
            engine: Engine::MySql,
            version: "8.0".into(),
            edition: Edition::Normal,
            class: id("polar.mysql.x4.large"),
            node_number: 3,
            pay_type: PayType::Postpaid,
            zone: None,
            description: None,
            resource_group: None,
            tags: Vec::new(),
            other: Vec::new(),
        }
    }
}
