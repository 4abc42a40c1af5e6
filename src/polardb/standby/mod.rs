//! The hot standby cluster of a cluster: whether it takes over by itself, how data reach it, what it consists of, and the
//! drills that show it at work.

mod decide;
pub(crate) mod requests;
pub(crate) mod rules;

use crate::polardb::cluster::DbCluster;
use crate::polardb::cluster::requests::{Edition, Engine, HotStandby};
use crate::polardb::nodes::NodeKind;
use crate::polardb::nodes::work::NodeWork;
use crate::polardb::standby::requests::{DataSyncMode, StandbyHaMode};
use crate::polardb::standby::rules::{P_188, P_192};
use crate::rule::cite;

impl DbCluster {
    /// Whether it has a standby cluster: storage, or standby nodes.
    pub fn has_standby(&self) -> bool {
        self.hot_standby != HotStandby::Off || self.has_standby_nodes()
    }

    pub(in crate::polardb) fn has_standby_nodes(&self) -> bool {
        self.nodes.iter().any(|node| node.kind == NodeKind::Standby)
    }

    /// Whether its standby cluster can take over a lost primary zone by itself: for MySQL cluster edition alone (`P-188`).
    pub(in crate::polardb) fn switches_zones(&self) -> bool {
        cite!(P_188);
        self.engine == Engine::MySql && self.edition == Edition::Normal
    }

    /// `StandbyHAMode` as it is shown; `None` where there is nothing that it could switch (`P-188`, `P-192`).
    pub fn standby_ha_shown(&self) -> Option<&'static str> {
        cite!(P_192);
        let drilled = matches!(&self.work, Some(work) if matches!(work.effect, NodeWork::InjectFault { .. }));
        let mode = if drilled { "0" } else { self.standby_ha.as_str() };
        (self.switches_zones() && self.has_standby()).then_some(mode)
    }

    /// `DataSyncMode` as it is shown, likewise.
    pub fn data_sync_shown(&self) -> Option<&'static str> {
        (self.switches_zones() && self.has_standby()).then_some(self.data_sync.as_str())
    }

    /// Whether its standby cluster takes over a lost primary zone by itself.
    pub const fn standby_ha(&self) -> StandbyHaMode {
        self.standby_ha
    }

    /// How data reach its standby cluster.
    pub const fn data_sync(&self) -> DataSyncMode {
        self.data_sync
    }
}
